#!/usr/bin/env bats
# Containers described once: checked as a whole, built step by step, read back, written as JSON, compared.
# also: podman nerdctl

load helpers

setup() {
	need_engine
	begin
}
teardown() { end; }

# script LINE…: what purser says to these lines; goes on after a failure
script() {
	printf '%s\n' "$@" >lines
	run purser -q -k -f lines
}

idle='trap "exit 0" TERM; while :; do sleep 0.1; done'

@test "describe: all that is wrong is said, before anything is started" {
	run -2 purser run --name a/b -p 99999:80 --memory lots --restart maybe Image
	equal "${#lines[@]}" 5
	has "${lines[0]}" "purser: run: IMAGE: 'Image' is not an image"
	has "${lines[1]}" "purser: run: --name: 'a/b' is not a name"
	has "${lines[2]}" "purser: run: --publish: '99999:80' is not a port"
	has "${lines[3]}" "purser: run: --memory: 'lots' is not a size"
	has "${lines[4]}" "purser: run: --restart: 'maybe' is not a restart policy"
	fails 2 create --rm --restart always "$image"
	fails 2 create -p 8080:80 -p 8080:81 "$image"
	has "$output" 'want the same port'
	fails 2 create --memory 1g --memory-swap 5m "$image"
	[[ ! -e $logs/tracked ]]
	equal "$(engine ps -aq --filter "label=purser.owner=$me")" ''
}

@test "describe: a container is built step by step, once" {
	script "new $me-web" "show $me-web" "with $me-web -l purser.owner=$me -e A=1 -e 'B=x y'" "with $me-web -e A=2 $image sleep 100" \
		"show $me-web" "build $me-web" "build $me-web" 'show' "start $me-web" "with $me-web -e C=3" "exec $me-web sh -c 'env; sleep 0.2'"
	local id
	id=$(engine inspect -f '{{.Id}}' "$me-web")
	equal "${lines[0]}" "run --name=$me-web"
	equal "${lines[1]}" "run --name=$me-web --env=A=2 '--env=B=x y' --label=purser.owner=$me $image sleep 100"
	equal "${lines[2]}" "$id"
	equal "${lines[3]}" "$id" # the same one
	has "${lines[5]}" "$me-web"
	has "${lines[5]}" "$id"
	equal "${lines[6]}" "$me-web"
	has "$output" "with: $me-web is built already"
	has "$output" $'\nB=x y'
	equal "$(engine ps -aq --filter "label=purser.owner=$me" | wc -l)" 1
	is_state "$me-web" running
}

@test "describe: without an image nothing is built" {
	script "new $me-web" "build $me-web"
	status_is 2
	equal "$output" "purser: lines:2: build: no image specified for container $me-web (with $me-web IMAGE)"
	script "show $me-web"
	status_is 1
	has "$output" "no draft is called $me-web (new $me-web begins one)"
	equal "$(engine ps -aq --filter "label=purser.owner=$me")" ''
}

@test "describe: start builds what is not built; reset leaves the name and the image" {
	script "new $me-web $image sh -c '$idle'" "with $me-web -l purser.owner=$me -w /tmp" "start $me-web" "reset $me-web" "show $me-web" 'show'
	status_is 0
	equal "${lines[0]}" "$me-web"
	equal "${lines[-3]}" "run --name=$me-web $image"
	has "${lines[-1]}" 'not built'
	absent "$me-web"
	script "new $me-web $image true" "with $me-web --memory lots" "with $me-web --name other" "show $me-web"
	has "${lines[0]}" "with: --memory: 'lots' is not a size"
	has "${lines[1]}" 'a draft keeps its name'
	equal "${lines[2]}" "run --name=$me-web $image true"
}

@test "describe: one that exists is adopted, by its whole name" {
	made web1 "$image" sleep 100
	local id
	id=$(engine inspect -f '{{.Id}}' "$me-web1")
	script "new $me-web1" "build $me-web1" "new $me-web" 'show'
	has "${lines[0]}" "$me-web1 is there already: ${id:0:12}"
	equal "${lines[1]}" "$id"
	has "$output" "$me-web "
	has "${lines[-1]}" 'not built'
	# It is not this draft that made it.
	script "new $me-web1 -e A=1 $image" "new $me-web1" "reset $me-web1"
	has "${lines[0]}" "new: $me-web1 is there already (new $me-web1 alone takes it as it is)"
	has "${lines[2]}" "reset: remove $me-web1, which was there before: say yes with --yes (-y) before the command"
	equal "$(engine inspect -f '{{.Id}}' "$me-web1")" "$id"
}

@test "describe: a draft whose container was removed is built again" {
	script "new $me-web $image true" "with $me-web -l purser.owner=$me" "build $me-web" "rm $me-web" "build $me-web" "!$runtime rm -f $me-web >/dev/null" "start $me-web"
	status_is 0
	[[ ${lines[0]} != "${lines[2]}" ]]
	equal "${#lines[2]}" 64
	equal "${lines[3]}" "$me-web"
	exists "$me-web"
}

@test "describe: a draft keeps its name, also where a file has another" {
	echo '{"name": "other", "image": "'"$image"'", "env": ["A=1"]}' >spec.json
	script "new $me-web --spec spec.json" "show $me-web"
	equal "$output" "run --name=$me-web --env=A=1 $image"
}

# bats test_tags=not-docker,not-podman
@test "describe: what a runtime lacks is refused, also where it stands in a file" {
	made a "$image" true
	fails 2 describe "$me-a"
	has "$output" 'nerdctl has no describe'
	echo '{"image": "'"$image"'", "publish-all": true}' >spec.json
	fails 2 create --spec spec.json --name "$me-b"
	has "$output" 'nerdctl has no --publish-all'
	absent "$me-b"
}

# bats test_tags=not-nerdctl
@test "describe: however a container was made, what it gives makes an equal one" {
	local ports=(-p 127.0.0.1::80 -p 127.0.0.1::53/udp --device-cgroup-rule 'c 1:3 mr')
	[[ $runtime != podman ]] || ports=(--network none --annotation a.b=c --annotation empty=)
	engine create --name "$me-a" "${labels[@]}" "${ports[@]}" -e A=1 -e 'B=x y' -e 'Q="'"'" -v "$scratch:/t:ro" --tmpfs /x \
		--mount "type=bind,source=/usr,target=/u,readonly" -w /tmp -u 0:0 --hostname hh --cpus 0.5 -m 64m --cpu-shares 512 --restart on-failure:3 \
		--cap-add NET_ADMIN --cap-drop KILL --read-only --stop-signal INT --shm-size 32m --pids-limit 100 --add-host a:1.2.3.4 \
		--ulimit nofile=100:200 --health-cmd 'true && false' --health-interval 5s \
		--device-read-bps /dev/null:1mb --device-write-iops /dev/null:20 --cpu-rt-period 1000000 --cpu-rt-runtime 1000 --entrypoint sh "$image" -c 'sleep 9' >/dev/null
	purser -q describe "$me-a" >line
	has "$(cat line)" "run --name=$me-a "
	has "$(cat line)" " --env=A=1 "
	has "$(cat line)" " '--env=B=x y' "
	has "$(cat line)" "--cpus=0.5"
	has "$(cat line)" "'--health-cmd=true && false' --health-interval=5s"
	has "$(cat line)" "--restart=on-failure:3"
	has "$(cat line)" "--device-read-bps=/dev/null:1048576"
	if [[ $runtime == podman ]]; then has "$(cat line)" '--annotation=a.b=c --annotation=empty= '; else has "$(cat line)" "'--device-cgroup-rule=c 1:3 mr'"; fi
	has "$(cat line)" "$image -c 'sleep 9'"
	lacks "$(cat line)" PATH=
	# As a line, typed, and as JSON
	sed "s/--name=$me-a/--name=$me-b/; s/^run/create/" line >again
	purser -q -f again
	run -0 purser -q describe "$me-a" --against "$me-b"
	equal "$output" ''
	purser -q describe "$me-a" --as json >spec.json
	jq -e --arg image "$image" '.image == $image and .memory == "67108864" and .["read-only"] == true' spec.json
	purser -q create --spec spec.json --name "$me-c"
	run -0 purser -q describe "$me-c" --against "$me-a"
	# What differs
	purser -q create --spec spec.json --name "$me-d" -m 32m -e B=other -l more=1
	run -1 purser -q describe "$me-a" --against "$me-d"
	has "$output" 'memory: 67108864 -> 33554432'
	has "$output" "'B=x y'"
	has "$output" 'more=1'
	equal "${#lines[@]}" 3
}

# bats test_tags=not-nerdctl
@test "describe: what the image says is not said again" {
	engine create --name "$me-a" "${labels[@]}" "$image" >/dev/null
	run -0 purser -q describe "$me-a"
	lacks "$output" 'env='
	lacks "$output" PATH
	has "$output" " $image"
	has "$output" "run --name=$me-a"
	engine start "$me-a" >/dev/null
	equal "$(purser -q describe "$me-a")" "$output" # podman adds to it then
	run -1 purser describe "$me-no-such"
}

@test "describe: what is no description is refused, with the key" {
	echo '{"imagine": 1}' >bad.json
	fails 2 create --spec bad.json
	has "$output" '"imagine": use image, command or the name of an option'
	echo '{"image": "'"$image"'", "publish": ["99999"]}' >bad.json
	fails 2 create --spec bad.json
	has "$output" "'99999' is not a port"
	fails 1 create --spec no-such.json
	has "$output" 'no-such.json'
	head -c 100000 /dev/urandom >bad.json
	fails 2 create --spec bad.json
}

# bats test_tags=not-nerdctl
@test "describe: a health check in a file is put into the container" {
	printf '#!/bin/sh\ntest -e /tmp/one || exit 1\ntest -e /tmp/two\n' >check.sh
	purser -q run --name "$me-a" "${labels[@]}" --health-script check.sh --health-interval 1s "$image" sh -c "$idle"
	engine exec "$me-a" sh -c '! /.purser-health'
	engine exec "$me-a" touch /tmp/one /tmp/two
	engine exec "$me-a" /.purser-health
	fails 1 create --name "$me-b" --health-script no-such.sh "$image"
	absent "$me-b"
}

@test "describe: each option that a runtime lacks is known to be lacking" {
	local option theirs ours wrong=() newer=''
	[[ $runtime != docker ]] || newer=$(newer_options)
	"$runtime" create --help 2>&1 | grep -oE -- '--[a-z][a-z0-9-]+' | sort -u >theirs
	"$runtime" --help 2>&1 | grep -oE -- '--snapshotter' >>theirs || true
	purser help create | sed -nE 's/^ +(-[a-zA-Z], +)?(--[a-z].*)/\2/p' >ours
	while read -r option; do
		theirs=no ours=no
		! grep -qxFe "$option" theirs || theirs=yes
		grep -qE -- "^$option .*not with .*$runtime" ours || ours=yes
		[[ $theirs == "$ours" ]] || wrong+=("$option is there: $theirs")
	done < <(grep -oE -- '^--[a-z0-9-]+' ours | grep -vxE -- "--(help|spec|rm|detach|health-script$newer)")
	(($(wc -l <ours) > 70))
	equal "${wrong[*]}" ''
}
# |OPTION…: what this docker's CLI does not have yet, or does not show, as its engine does not
newer_options() {
	local client server
	read -r client server < <(engine version -f '{{.Client.Version}} {{.Server.Version}}')
	((${client%%.*} >= 29)) || printf '|umask'
	((${server%%.*} >= 24)) || printf '|annotation'
	((${server%%.*} >= 25)) || printf '|health-start-interval'
}
