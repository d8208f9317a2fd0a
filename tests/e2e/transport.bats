#!/usr/bin/env bats
# docker's engine is asked over its socket, or by its CLI: the same is shown and stored either way, the way that was chosen is taken, and
# whatever else answers at the socket, or breaks off there, does no harm. Between purser and the engine stands tests/fake/server.c.
# shellcheck disable=SC1003,SC2030,SC2031,SC2154 # backslashes are meant; each test is a process; helpers and bats have their own variables

load helpers

# One waits for its deadline while the other tests run; the last looks at what became of it.
setup_file() {
	begin "$BATS_FILE_TMPDIR"
	[[ -x $build/fake/server ]] || { echo "no $build/fake/server: make tests" && return 1; }
	: >nothing
	spawn "$build/fake/server" "$scratch/door" "$scratch/asked" - '0 / hold nothing'
	eventually 5 test -S door
	spawn wait_for_deadline auto
	spawn wait_for_deadline socket
}
wait_for_deadline() { # HOW
	local code=0 start=$EPOCHREALTIME
	DOCKER_HOST=unix://$scratch/door PURSER_RUNTIME=docker "$PURSER" -q -l "$logs" --transport "$1" ps </dev/null >"said.$1" 2>&1 || code=$?
	echo "$code $(((${EPOCHREALTIME/./} - ${start/./}) / 1000000))" >"came_to.$1"
}
teardown_file() {
	local pid
	while read -r pid; do
		kill -KILL -- "-$pid" 2>/dev/null || true
	done <"$BATS_FILE_TMPDIR/spawned"
	begin "$BATS_FILE_TMPDIR"
	end
}

setup() {
	need_engine
	begin
	[[ $runtime == docker ]] || skip 'only docker is asked over a socket'
	local host
	host=$(engine context inspect -f '{{.Endpoints.docker.Host}}')
	[[ $host == unix:///* ]] || skip "docker is not reached by a unix socket here, but by $host"
	socket=${host#unix://}
	mine=(-f "label=purser.owner=$me")
	open=
}

teardown() {
	local failed=0 ids
	if [[ -n ${socket-} ]]; then
		mapfile -t ids < <(engine ps -q -f status=paused -f "label=purser.owner=$me")
		((${#ids[@]} == 0)) || engine unpause "${ids[@]}" >/dev/null || failed=1
	fi
	end || failed=1
	if [[ -n ${socket-} ]]; then
		mapfile -t ids < <(engine volume ls -q -f "label=purser.owner=$me")
		((${#ids[@]} == 0)) || engine volume rm "${ids[@]}" >/dev/null || failed=1
		mapfile -t ids < <(
			engine images --format '{{.Repository}}:{{.Tag}}' -f "reference=$me-*" -f "reference=$me-*/*"
			engine images -q -f "label=purser.owner=$me"
		)
		((${#ids[@]} == 0)) || engine rmi "${ids[@]}" >/dev/null || failed=1
	fi
	[[ -z ${open-} ]] || rm -rf "${open:?}"
	return "$failed"
}

# between NAME RULE…: a server in front of the engine, which listens at $scratch/NAME and writes down in NAME.asked; its pid in $between
between() { server "$1" "$socket" "${@:2}"; }

# instead NAME RULE…: the same without an engine
instead() { server "$1" - "${@:2}"; }

server() { # NAME ENGINE RULE…
	local before
	: >>"$scratch/$1.asked"
	before=$(asked "$1" '^listens')
	spawn "$build/fake/server" "$scratch/$1" "$scratch/$1.asked" "${@:2}"
	between=$spawned
	eventually 5 listens_more "$1" "$before"
}
listens_more() { (($(asked "$1" '^listens') > $2)); }

asked() { grep -c -- "$2" "$scratch/$1.asked" 2>/dev/null || true; } # NAME PATTERN: how many requests

# A docker before docker in PATH that writes down what it is asked; with DOCKER_HOST, one that asks there.
calls_are_counted() {
	mkdir -p "$scratch/bin"
	printf '#!/bin/sh\necho "$*" >>%q\n%s exec %q "$@"\n' "$scratch/calls" "${1:+DOCKER_HOST=$1}" "$(PATH=$system_path command -v docker)" \
		>"$scratch/bin/docker"
	chmod +x "$scratch/bin/docker"
	PATH=$scratch/bin:$system_path
	: >"$scratch/calls"
}
calls() { wc -l <"$scratch/calls"; }

# ---- the same, either way

# same ARGUMENT…: purser says the same by both ways, with the same status. What ticks between the two is asked for again:
# of seven containers most of the time one does, until they are a minute old, and their ages are said in minutes.
same() {
	local end=$((SECONDS + 70))
	while ((SECONDS < end)); do
		says cli "$@"
		says socket "$@"
		! cmp -s by_cli by_socket || return 0
	done
	printf '%q ' "$@"
	echo "by the CLI and by the socket:"
	diff by_cli by_socket
}
says() { # HOW ARGUMENT…
	local code=0
	purser -q --transport "$@" >out 2>err || code=$?
	{
		"${shaped[@]}" <out
		echo "and says:"
		cat err
		echo "status $code"
	} >"by_$1"
}
shaped=(cat)

came() { equal "$(sed -n '$s/^status //p' by_socket)" "$1"; } # STATUS, of what was compared last

odd_containers() {
	local image_id
	engine network create --label "purser.owner=$me" "$me-net" >/dev/null
	engine volume create --label "purser.owner=$me" "$me-volume" >/dev/null
	made ports -p 127.0.0.1::80 -p 127.0.0.1::81 -p 127.0.0.1::53/udp -p 9 --expose 7000-7003 --expose 7002/udp "$image" sleep 600 >/dev/null
	made places -v /anonymous -v "$me-volume:/named" -v "$scratch:/outside:ro" --network "$me-net" --health-cmd true --health-interval 1h \
		"$image" sleep 600 >/dev/null
	engine network connect bridge "$me-places"
	made linked --link "$me-ports:other" -t "$image" sleep 600 >/dev/null
	made stopped --network none "$image" sleep 600 >/dev/null
	engine pause "$me-stopped" >/dev/null
	made over --network none "$image" sh -c 'echo a rather long command that is cut by docker; exit 3' >/dev/null
	image_id=$(engine image inspect -f '{{.Id}}' "$image")
	engine create --name "$me-new" "${labels[@]}" -l $'lines=a\nb' -l $'esc=\e[31m' -l 'quote="\' -l 'comma=a,b=c' -l empty= "$image_id" \
		ünïcödé '\' "$(printf 'a\tb\001\177')" "$(printf '\342\200\250\360\237\220\263')" >/dev/null
	engine create --name "$me-x" "${labels[@]}" --network none "$image" echo 'quotes " and '"'" >/dev/null
	engine rename "$me-x" "$me-a.renamed_1"
	eventually 10 is_state "$me-over" exited
}

# bats test_tags=slow
@test "transport: ps shows the same by socket and by CLI, of containers of all kinds, and refuses the same" {
	local filter
	odd_containers
	same ps "${mine[@]}"
	came 0
	same ps -a "${mine[@]}"
	equal "$(grep -c "$me-" by_socket)" 7
	has "$(cat by_socket)" Paused
	has "$(cat by_socket)" '(health'
	has "$(cat by_socket)" '->80/tcp'
	has "$(cat by_socket)" '7000-7003/tcp'
	same ps -a --no-trunc "${mine[@]}"
	same ps -q "${mine[@]}"
	same ps -aq --no-trunc "${mine[@]}"
	same ps -n 2 "${mine[@]}"
	same ps -an 0 "${mine[@]}"
	same ps -n -1 "${mine[@]}"
	same ps -l "${mine[@]}"
	same ps -q --last=010 "${mine[@]}"
	shaped=(jq -Sc '(.Labels, .Networks) |= (split(",") | sort | join(","))')
	same ps -a --format json "${mine[@]}"
	equal "$(grep -c '^{' by_socket)" 7
	has "$(cat by_socket)" "$me-net"
	has "$(cat by_socket)" "$me-volume"
	same --json ps -l "${mine[@]}"
	shaped=(cat)
	for filter in status=paused status=exited exited=3 exited=4 "name=^/$me-o" 'name=[' "id=$(id_of "$me-new" | head -c 9)" "ancestor=$image" \
		"before=$me-over" "since=$me-ports" "network=$me-net" "volume=/named" "volume=$me-volume" publish=80 expose=7001/tcp label=comma \
		label=comma=a,b=c label=empty= 'label=quote="\' health=starting is-task=false; do
		same ps -aq -f "$filter" "${mine[@]}"
	done
	for filter in status=nonsense nonsense=1 exited=x health=x before=no-such-container publish=x; do
		same ps -f "$filter" "${mine[@]}"
		not came 0
	done
	for filter in novalue '' =x 'STATUS=exited' ' name = x '; do
		same ps -a -f "$filter" "${mine[@]}"
	done
}

@test "transport: images shows the same by socket and by CLI: tags, no tag, filters" {
	engine tag "$image" "$me-one:1"
	engine tag "$image" "$me-one:2"
	engine tag "$image" "$me-two/three:latest"
	echo "$me" >unlike
	tar -c unlike | engine import -c "LABEL purser.owner=$me" - >/dev/null # without a name
	shaped=(sort) # the CLI shows names of one image in any order
	same images -f "reference=$me-*"
	equal "$(grep -c "^$me-one" by_socket)" 2
	same images -f "reference=$me-*/*"
	same images -a --no-trunc -f "reference=$image"
	same images -q -f "reference=$image"
	same images -a -f "label=purser.owner=$me" # since 29 docker's CLI leaves such images out where it is not asked for all
	equal "$(grep -c '^<none> *<none>' by_socket)" 1
	same images -f dangling=true -f "label=purser.owner=$me"
	same images -f dangling=false -f "label=purser.owner=$me"
	same images -f "before=$me-one:1" -f label=purser.test=1
	shaped=(jq -Sc .)
	same images --format json -f "reference=$me-one"
	shaped=(sort)
	same images -f dangling=perhaps
	not came 0
	same images -f nonsense=1
	not came 0
	same images -f since=no-such-image
	not came 0
}

# What is hard to take apart: both streams, no newline at the end, long lines, bytes, empty lines, a second run.
# shellcheck disable=SC2016 # for the shell in the container
odd_logs() {
	made out --network none "$image" sh -c 'for i in 1 2 3 4 5; do echo out $i; echo err $i >&2; done; echo; echo; printf "no newline"; exit 3' >/dev/null
	made long --network none "$image" sh -c 'head -c 50000 /dev/zero | tr "\0" x; echo; head -c 16384 /dev/zero | tr "\0" y; echo; seq 1 2000' >/dev/null
	made bytes --network none "$image" sh -c 'head -c 3000 /dev/urandom; echo; printf "\0\r\n\033[31m\n\377\376\n"' >/dev/null
	made tty --network none -t "$image" sh -c 'seq 1 300; echo err >&2; printf "no newline"' >/dev/null
	made silent --network none "$image" true >/dev/null
	made alive --network none "$image" sh -c 'seq 1 500; seq 501 1000 >&2; exec sleep 600' >/dev/null
	engine create --name "$me-new" "${labels[@]}" --network none "$image" true >/dev/null
	local name
	for name in out long bytes tty silent; do eventually 10 is_state "$me-$name" exited; done
	eventually 10 logged "$me-alive" 1000
	engine start "$me-out" >/dev/null
	eventually 10 logged "$me-out" 20
	eventually 10 is_state "$me-out" exited
}

# bats test_tags=slow
@test "transport: what is stored by socket is what is stored by CLI, and logs, verify, status, track and rm say the same" {
	local how name file all=(out long bytes tty silent alive new)
	odd_logs
	for name in "${all[@]}"; do # not tracked
		same logs "$me-$name"
		came 0
	done
	same logs -t -n 3 "$me-alive"
	same logs --since 2001-01-01 "$me-tty"
	same logs no-such-container
	not came 0
	same logs verify "$me-out"
	same track "$me-no-such"
	not came 0
	same rm "$me-no-such"
	not came 0
	same rm -f "$me-no-such"
	same untrack "$me-no-such"

	for how in cli socket; do
		purser -q -l "$scratch/$how" --transport "$how" track "${all[@]/#/$me-}" >"$how.said" 2>&1
	done
	same_bytes cli.said socket.said
	for name in "${all[@]}"; do
		file=$(logs=$scratch/socket stored "$me-$name") || [[ $name == silent || $name == new ]]
		[[ -z $file ]] || same_bytes "$file" "cli/${file##*/}"
	done
	logs=$scratch/socket
	equal_to_engine "$me-out"
	equal "$(records "$(stored "$me-out")")" 26
	for name in "${all[@]}"; do
		same logs -t "$me-$name"
		came 0
	done
	same logs --marks -n 2 "$me-out"
	same logs verify
	came 0
	has "$(cat by_socket)" identical
	shaped=(jq -c 'del(.Lag)')
	same --json status
	equal "$(grep -c '^{' by_socket)" 7
	shaped=(cat)
	same untrack "$me-out"
}

# ---- which way is taken

@test "transport: by socket no CLI is run, by CLI no socket is asked, and auto takes the socket" {
	calls_are_counted
	between door
	export DOCKER_HOST=unix://$scratch/door
	made a --network none "$image" sh -c 'echo x; exec sleep 600' >/dev/null
	eventually 10 logged "$me-a" 1
	local how words before
	for how in socket auto; do
		for words in 'ps -a' images "track $me-a" "logs verify $me-a" status; do
			: >calls
			before=$(asked door ' pass$')
			# shellcheck disable=SC2086 # words
			purser -q --transport "$how" $words >/dev/null
			equal "$how $words: $(calls)" "$how $words: 0"
			(($(asked door ' pass$') > before))
		done
	done
	: >calls
	PURSER_TRANSPORT=socket purser -q ps >/dev/null
	purser -q ps >/dev/null
	PURSER_TRANSPORT=cli purser -q --transport socket ps >/dev/null # what is said on the command line counts
	equal "$(calls)" 0
	purser -q --transport cli ps >/dev/null
	PURSER_TRANSPORT=cli purser -q ps >/dev/null
	equal "$(grep -c '^ps ' calls)" 2
	equal "$(calls)" 2
	# nor need there be one
	in_time env PATH=/nonexistent "$PURSER" -q -l "$logs" --transport socket ps "${mine[@]}" >shown
	has "$(cat shown)" "$me-a"
	run -127 env PATH=/nonexistent "$PURSER" -q -l "$logs" --transport cli ps
	one_message "$output"
}

# ---- which socket

# context NAME HOST: one of docker's, made by hand
context() {
	local dir
	dir=$scratch/docker/contexts/meta/$(printf %s "$1" | sha256sum | cut -d ' ' -f 1)
	mkdir -p "$dir"
	printf '{"Name":"%s","Metadata":{},"Endpoints":{"docker":{"Host":"%s","SkipTLSVerify":false}}}' "$1" "$2" >"$dir/meta.json"
}

# leads_to NAME COMMAND…: one request came to that door, and none to another
leads_to() {
	local door
	: >one.asked
	: >two.asked
	"${@:2}" >shown || return
	has "$(cat shown)" 'CONTAINER ID' || return
	for door in one two; do
		if [[ $door == "$1" ]]; then
			equal "$door: $(asked "$door" '/containers/json')" "$door: 1" || return
		else
			equal "$door: $(asked "$door" .)" "$door: 0" || return
		fi
	done
}

@test "transport: DOCKER_HOST, DOCKER_CONTEXT and currentContext lead where they lead docker's CLI, in that order" {
	local how
	between one
	between two
	mkdir docker
	context first "unix://$scratch/one"
	context second "unix://$scratch/two"
	context far tcp://127.0.0.1:1
	export DOCKER_CONFIG=$scratch/docker
	for how in socket auto cli; do
		DOCKER_HOST=unix://$scratch/one leads_to one purser -q --transport "$how" ps
		echo '{"currentContext":"first"}' >docker/config.json
		leads_to one purser -q --transport "$how" ps
		DOCKER_CONTEXT=second leads_to two purser -q --transport "$how" ps
		DOCKER_CONTEXT=second DOCKER_HOST=unix://$scratch/one leads_to one purser -q --transport "$how" ps
		DOCKER_HOST='' DOCKER_CONTEXT='' leads_to one purser -q --transport "$how" ps
		DOCKER_CONTEXT=default leads_to none purser -q --transport "$how" ps
		rm docker/config.json
		leads_to none purser -q --transport "$how" ps
	done
	leads_to one docker --context first ps # it is a context to docker as well
	mv "docker/contexts/meta/$(printf first | sha256sum | cut -d ' ' -f 1)" docker/contexts/meta/any-name
	DOCKER_CONTEXT=first leads_to one purser -q --transport socket ps
	unset DOCKER_CONFIG
}

@test "transport: no socket to be had is the CLI's with auto, and wrong usage with --transport socket; so is an unknown word" {
	mkdir docker
	context far tcp://127.0.0.1:1
	echo '{"currentContext":"far"}' >docker/config.json
	calls_are_counted
	no_socket DOCKER_HOST=tcp://127.0.0.1:1
	no_socket DOCKER_HOST=ssh://nobody@127.0.0.1:1
	no_socket "DOCKER_HOST=unix://$scratch/$(printf 'x%.0s' {1..120})"
	no_socket "DOCKER_CONFIG=$scratch/docker"
	no_socket DOCKER_CONTEXT=no-such-context
	for words in nonsense sockets CLI; do
		run -2 purser --transport "$words" ps
		one_message "$output"
		has "$output" "'$words'"
		has "$output" 'auto, socket and cli'
		PURSER_TRANSPORT=$words run -2 purser ps
		one_message "$output"
	done
	run -0 env DOCKER_HOST=tcp://127.0.0.1:1 "$PURSER" help # which needs none
}
no_socket() { # NAME=VALUE
	: >calls
	run -2 env "$1" timeout 20 "$PURSER" -q -l "$logs" --transport socket ps
	one_message "$output"
	has "$output" DOCKER_HOST
	equal "$(calls)" 0
	run env "$1" timeout 20 "$PURSER" -q -l "$logs" ps
	one_message "$output"
	((status == 125 || status == 1)) || equal "$status" 125
	equal "$(calls)" 1
}

# ---- what else may be at a socket

# bad NAME PART…: by socket, one message with these parts, and 125; with auto, the CLI's, whatever that finds
bad() {
	bad_alone "$@"
	export DOCKER_HOST=unix://$scratch/$1
	calls_are_counted
	run purser -q ps -a "${mine[@]}"
	one_message "$output"
	((status == 125 || status == 1))
	[[ $output != *'error during connect'* && $output != *'not answer'* ]] || status_is 125
	equal "$(calls)" 1
	calls_are_counted "unix://$socket" # a CLI that knows better
	run purser -q ps -a "${mine[@]}"
	status_is 0
	has "$output" "$me-a"
	equal "$(calls)" 1
	unset DOCKER_HOST
	PATH=$system_path
}

bad_alone() { # NAME PART…: by socket
	local part
	calls_are_counted
	DOCKER_HOST=unix://$scratch/$1 run purser -q --transport socket ps -a
	status_is 125
	one_message "$output"
	for part in docker "$scratch/$1" "${@:2}"; do has "$output" "$part"; done
	equal "$(calls)" 0
}

@test "transport: a socket that is missing, dead, no engine's, or breaks off: a clear message, or the CLI's answer" {
	local ok='HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Type: application/json\r\n'
	engine create --name "$me-a" "${labels[@]}" --network none "$image" true >/dev/null
	bad missing 'does not answer' 'No such file' 'is its engine started?'
	instead refused
	kill -KILL "$between"
	eventually 5 over "$between"
	[[ -S refused ]]
	bad refused 'does not answer' 'Connection refused' 'is its engine started?'
	mkdir directory
	bad directory 'does not answer'
	printf 'HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>' >nginx
	instead web '0 / say nginx'
	bad web 'is not its engine' 'another HTTP server'
	printf 'HTTP/1.1 502 Bad Gateway\r\nServer: nginx\r\nContent-Length: 3\r\n\r\nno\n' >gateway
	instead web502 '0 / say gateway'
	bad web502 'is not its engine'
	head -c 3000 /dev/urandom | LC_ALL=C tr 'HTP\r\n' x >noise
	instead garbage '0 / say noise'
	bad garbage 'is not its engine'
	printf 'SSH-2.0-OpenSSH_9.2\r\n' >ssh
	instead ssh-server '0 / say ssh'
	bad ssh-server 'is not its engine'
	: >nothing
	instead closes '0 / say nothing'
	bad closes 'broke off'
	printf 'HTTP/1.1 200 OK\r\nApi-Ver' >half
	instead half-a-head '0 / say half'
	bad half-a-head
	printf '%bContent-Length: 1000\r\n\r\n[{"Id":"' "$ok" >short
	instead half-a-body '0 / say short'
	bad half-a-body 'broke off'
	printf '%bTransfer-Encoding: chunked\r\n\r\n5\r\n[{"Id' "$ok" >chunk
	instead half-a-chunk '0 / say chunk'
	bad half-a-chunk 'broke off'
	printf '%b\r\n[]' "$ok" >endless
	instead no-end '0 / say endless'
	bad_alone no-end 'broke off' # which is good enough for the CLI
	printf '%bX-Header: %s\r\n' "$ok" "$(printf 'x%.0s' {1..200})" >headers
	instead many-headers '0 / flood headers'
	bad many-headers 'too many headers'
}

@test "transport: an answer without an end is stopped at its ceiling, one that makes no sense is called so: nobody else is asked" {
	local how
	printf 'HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\n\r\n%1000s\n' '' >body
	printf 'HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 8\r\n\r\n[{"Id":]' >nonsense
	printf 'HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 13\r\n\r\n[{"Id":"../"}]' >evil
	instead endless '0 / flood body'
	instead senseless '1 / say nonsense' '1 / say evil' '1 / say nonsense' '1 / say evil'
	calls_are_counted "unix://$socket"
	for how in socket auto; do
		DOCKER_HOST=unix://$scratch/endless run -125 purser -q --transport "$how" ps
		one_message "$output"
		has "$output" 'more than 67108864 bytes'
		DOCKER_HOST=unix://$scratch/senseless run purser -q --transport "$how" ps
		one_message "$output"
		((status > 0 && status < 128))
		DOCKER_HOST=unix://$scratch/senseless run purser -q --transport "$how" ps
		one_message "$output"
		((status > 0 && status < 128))
	done
	equal "$(calls)" 0
}

@test "transport: an engine that breaks off once, or refuses once" {
	between door '1 ^/containers cut 0' '1 ^/containers cut 100' '1 ^/containers cut 700' '2 ^/containers refuse 500' '1 ^/containers cut 500'
	export DOCKER_HOST=unix://$scratch/door
	engine create --name "$me-a" "${labels[@]}" --network none "$image" true >/dev/null
	calls_are_counted
	local try
	for try in 1 2 3; do # the CLI stands in, by the same socket
		purser -q ps -a "${mine[@]}" >shown
		has "$(cat shown)" "$me-a"
		equal "$(calls)" "$try"
	done
	run -1 purser -q ps -a "${mine[@]}" # the engine has said it: nobody else need be asked
	equal "$output" 'purser: ps: Error response from daemon: told to refuse'
	equal "$(calls)" 3
	run -1 purser -q --transport socket ps -a "${mine[@]}"
	equal "$output" 'purser: ps: Error response from daemon: told to refuse'
	run -125 purser -q --transport socket ps -a "${mine[@]}"
	one_message "$output"
	purser -q --transport socket ps -a "${mine[@]}" >shown
	has "$(cat shown)" "$me-a"
	equal "$(calls)" 3
}

# ---- another user

# A place that every user can get to, in $open; scratch directories are their owner's alone.
open_place() {
	open=$(mktemp -d /tmp/purser-e2e.XXXXXX)
	chmod 755 "$open"
	cp "$PURSER" "$open/purser"
	mkdir "$open/logs"
	((EUID != 0)) || chown 65534:65534 "$open/logs"
	ln -s "$open/door" "$scratch/door"
}

# as_other COMMAND…: as a user who may do nothing (whoever runs this, if that is not root)
as_other() {
	export DOCKER_CONFIG=$open/none
	((EUID == 0)) || exec "$@"
	exec setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$@"
}

other_purser() { (as_other timeout -k 3 30 "$open/purser" -q -l "$open/logs" "$@" </dev/null); }

@test "transport: a socket that may not be used: its group is named, or sudo; the CLI says the same in its words" {
	open_place
	spawn "$build/fake/server" "$open/door" "$scratch/door.asked" "$socket"
	eventually 5 test -S "$open/door"
	local group
	for group in daemon 54321; do
		((EUID == 0)) || group=$(id -gn)
		((EUID != 0)) || chown "0:$group" "$open/door"
		chmod 0 "$open/door"
		DOCKER_HOST=unix://$open/door run -125 other_purser --transport socket ps
		one_message "$output"
		has "$output" "no permission to use $open/door"
		if [[ $group == 54321 ]]; then
			has "$output" '(join the group that owns it, or use sudo)'
		else
			has "$output" "(join its group, $group, or use sudo)"
		fi
		DOCKER_HOST=unix://$open/door run -125 other_purser ps
		one_message "$output"
		has "$output" 'permission denied'
		has "$output" 'or use sudo'
	done
	equal "$(asked door /containers)" 0
	chmod 666 "$open/door"
	DOCKER_HOST=unix://$open/door other_purser --transport socket ps >shown
	has "$(cat shown)" 'CONTAINER ID'
}

# ---- deadlines, ^C

@test "transport: a socket that says nothing: ^C ends the request at once" {
	local how start
	: >nothing
	instead silent '0 / hold nothing'
	calls_are_counted "unix://$socket"
	for how in auto socket; do
		: >silent.asked
		spawn interrupted "$how"
		eventually 5 asked_once silent
		sleep 0.2
		start=${EPOCHREALTIME/./}
		kill -INT "$spawned"
		ended "$spawned" 130 3
		((${EPOCHREALTIME/./} - start < 1000000))
	done
	equal "$(calls)" 0
}
interrupted() { DOCKER_HOST=unix://$scratch/silent exec "$PURSER" -q -l "$logs" --transport "$1" ps </dev/null; }
asked_once() { (($(asked "$1" /containers) == 1)); }

# ---- cut answers, and no record lost

# collects NAME OPTION…: a purser that collects the test's container into a directory of that name, by a door of that name; its pid in $spawned
collects() { spawn "collects_purser" "$@"; }
collects_purser() {
	DOCKER_HOST=unix://$scratch/$1 exec "$PURSER" -q -l "$scratch/logs.$1" "${@:2}" collect "$me-a" </dev/null >"$scratch/said.$1" 2>&1
}

# Rules that cut windows of the log at these bytes; between two of them one is left whole, so that the next comes soon.
cuts() {
	local bytes
	rules=()
	for bytes in "$@"; do
		rules+=("1 ^/containers/$id/logs?stdout=1&stderr=1&timestamps=1 cut $bytes" "1 ^/containers/$id/logs?stdout=1&stderr=1&timestamps=1 pass")
	done
}

windows_asked() { (($(windows door "$me-a") >= 1)); }
spoilt() { (($(asked "$1" "^$2") >= $3)); } # NAME cut|stalled NUMBER

file_of() { logs=$scratch/logs.$1 stored "$me-a"; }

grows() { (($(records "$(file_of "$1")") > $2)); } # NAME NUMBER

complete() { grep -q '"event":"complete"' "$scratch/logs.$1/journal.jsonl"; }

# children PID: CLIs that run; but for a stream of events, which one may have begun when the socket failed, and goes on
children() { pgrep -a -P "$1" | grep -v ' events ' || true; }

# descriptors PID: how many, while no CLI stands in
descriptors() { local fds=("/proc/$1/fd/"*) && echo ${#fds[@]}; }

has_at_most() { (($(descriptors "$1") <= $2)) && [[ -z $(children "$1") ]]; } # PID NUMBER

@test "transport: a container is renamed while its log is being read: the file follows when that has ended, though nothing more is written" {
	local id
	made a "$image" sh -c 'echo first; sleep 1000' >/dev/null
	eventually 10 logged "$me-a" 1
	id=$(id_of "$me-a")
	between door "1 ^/containers/$id/logs?stdout=1&stderr=1&timestamps=1 stall 100 3000"
	collects door --transport socket
	eventually 10 windows_asked
	engine rename "$me-a" "$me-z"
	logs=$scratch/logs.door
	eventually 10 stored "$me-z"
	equal "$(bytes "$(stored "$me-z")" stdout)" first
	equal "$(find "$logs" -name '*.log' | wc -l)" 1
}

# bats test_tags=slow
@test "transport: answers cut at any byte, a stall, an engine that refuses, a server that is killed: nothing is lost, repeated or leaked" {
	local id name how before rules=() pid=() server=() held=()
	# shellcheck disable=SC2016 # for the shell in the container
	made a --network none "$image" sh -c 'i=0; until [ -e /over ]; do
		seq $((i + 1)) $((i += 20)); seq $i $((i + 9)) >&2; head -c 700 /dev/zero | tr "\0" x; echo; sleep 0.1; done' >/dev/null
	id=$(id_of "$me-a")
	for how in auto socket; do
		cuts 0 1 100 184 186 189 193 198 199 222 237 250 300 350 # head, chunk, frame and record begin and end about there
		between "$how" "${rules[@]}" "1 ^/containers/$id/logs?stdout=1&stderr=1&timestamps=1 stall 300 12000" \
			"1 ^/containers/$id/json cut 300" '1 ^/info cut 10' '2 ^/containers/json cut 250' '2 ^/events cut 190'
		server[${#server[@]}]=$between
		collects "$how" --transport "$how"
		pid[${#pid[@]}]=$spawned
	done
	for how in auto socket; do eventually 20 grows "$how" 100; done
	for name in 0 1; do held[name]=$(descriptors "${pid[name]}"); done
	for how in auto socket; do eventually 40 spoilt "$how" stalled 1; done
	for how in auto socket; do
		(($(asked "$how" '^cut') >= 14))
		before=$(records "$(file_of "$how")")
		eventually 20 grows "$how" "$before"
	done

	kill -KILL "${server[@]}"
	sleep 1.2 # refused
	for how in auto socket; do
		between "$how" "1 ^/containers/$id/logs?stdout=1&stderr=1&timestamps=1 refuse 500" '1 ^/containers/json refuse 500' '1 ^/containers delay 700'
		before=$(records "$(file_of "$how")")
		eventually 20 grows "$how" "$before"
		before=$(records "$(file_of "$how")")
		eventually 20 grows "$how" $((before + 100))
	done
	# One for each of the requests that may be under way side by side; each of what was spoilt would be many more.
	for name in 0 1; do eventually 5 has_at_most "${pid[name]}" $((held[name] + 4)); done

	engine exec "$me-a" touch /over
	eventually 10 is_state "$me-a" exited
	for how in auto socket; do eventually 20 complete "$how"; done
	kill -TERM "${pid[@]}"
	for name in 0 1; do ended "${pid[name]}" 0; done
	for how in auto socket; do
		logs=$scratch/logs.$how
		equal_to_engine "$me-a"
		has "$(purser -q logs verify "$me-a")" identical
		equal "$(grep -c '"event":"gap"' "$logs/journal.jsonl" || true)" 0
	done
	same_bytes "$(file_of auto)" "$(file_of socket)"
	grep -v '^x' ours.out >got
	seq 1 "$(wc -l <got)" >wanted
	same_bytes got wanted
}

# bats test_tags=slow
@test "transport: a cut answer is never taken for all that a container said" {
	local bytes rules=() pids=() all=() id
	made a --network none "$image" sh -c 'echo one; echo two >&2; echo three; printf four' >/dev/null
	eventually 10 is_state "$me-a" exited
	id=$(id_of "$me-a")
	purser -q track "$me-a" >/dev/null
	equal_to_engine "$me-a"
	mapfile -t all < <(seq 0 30 180; seq 186 6 440)
	for bytes in "${all[@]}"; do rules+=("1 ^/containers/$id/logs cut $bytes"); done
	between door "${rules[@]}"
	for bytes in "${all[@]}"; do
		spawn tracks "$bytes"
		pids+=("$spawned")
	done
	for bytes in "${pids[@]}"; do ended "$bytes" 0; done
	(($(asked door '^cut') >= 30))
	for bytes in "${all[@]}"; do
		if [[ $(<"$bytes.code") == 0 ]]; then
			same_bytes "$bytes.first" "$(stored "$me-a")"
		else
			equal "$(<"$bytes.code")" 1
			has "$(<"$bytes.said")" "$me-a could not be collected to its end"
		fi
		same_bytes "$(logs=$scratch/$bytes stored "$me-a")" "$(stored "$me-a")"
	done
}
# Whoever is told that it failed may try again, and may meet with another cut.
tracks() { # DIRECTORY
	local code=0 logs=$scratch/$1
	export DOCKER_HOST=unix://$scratch/door PURSER_TRANSPORT=socket
	purser -q track "$me-a" >"$1.said" 2>&1 || code=$?
	cat "$logs"/*.log >"$1.first" 2>/dev/null || true
	((code == 0)) || eventually 20 purser -q status >/dev/null 2>>"$1.again"
	echo "$code" >"$1.code"
}

# ---- what idle containers cost

waiting='until [ -e /go ]; do sleep 0.1; done; echo "it speaks"; exec sleep 600'

windows() { asked door "/containers/$(id_of "$1")/logs?.*timestamps=1"; } # NAME: how many were asked for

hints() { asked door "/containers/$(id_of "$1")/logs?.*follow=1"; }

follows() { [[ $(purser -q status --format json | jq -r "select(.Name == \"$1\") | .Log") == following ]]; }

# speaks NAME: it is told to, and what it says is in its file within a second
speaks() {
	local file stamp
	file=$(stored "$1" 2>/dev/null) || return
	engine exec "$1" touch /go
	eventually 3 grep -q 'it speaks' "$file"
	stamp=$(date -d "$(grep 'it speaks' "$file" | cut -d ' ' -f 1)" +%s%N)
	(($(date -d "$(stat -c %y "$file")" +%s%N) - stamp < 1000000000))
}

# One purser, where it is root, watches the engine's files; another, of another user, cannot.
# bats test_tags=slow
@test "transport: idle containers are not read at all where their files are watched, else seldom; what they say is stored within a second" {
	local name how theirs pids=() ways=(hinted)
	open_place
	spawn "$build/fake/server" "$open/door" "$scratch/hinted.asked" "$socket"
	eventually 5 test -S "$open/door"
	chmod 666 "$open/door"
	between watched
	for name in a b; do
		made "$name" --network none "$image" sh -c "echo it begins; $waiting" >/dev/null
	done
	spawn collects_as_other "$me-a" "$me-b"
	pids=("$spawned")
	if [[ -r $(engine inspect -f '{{.LogPath}}' "$me-a") ]]; then
		DOCKER_HOST=unix://$scratch/watched collecting "$me-a" "$me-b"
		pids+=("$spawned")
		ways+=(watched)
	fi
	theirs=$open/logs
	for name in a b; do
		for how in "${ways[@]}"; do eventually 10 stores "$how" "$name" 1; done
		eventually 15 hinted_more "$me-$name" 0
	done
	sleep 2
	for how in "${ways[@]}"; do : >"$how.asked"; done
	sleep 10
	for name in a b; do
		echo "$name: $(windows hinted "$me-$name") windows, $(hints hinted "$me-$name") hints"
		(($(windows hinted "$me-$name") <= 3 && $(hints hinted "$me-$name") <= 3))
	done
	equal "$(asked watched '/logs')" 0
	for name in a b; do
		engine exec "$me-$name" touch /go
		for how in "${ways[@]}"; do
			eventually 5 stores "$how" "$name" 2
			(($(late "$how" "$name") < 1000))
		done
	done
	kill -TERM "${pids[@]}"
	for name in "${pids[@]}"; do ended "$name" 0; done
}
collects_as_other() {
	DOCKER_HOST=unix://$open/door as_other "$open/purser" -q -l "$open/logs" collect "$@" </dev/null >"$scratch/said.other" 2>&1
}
hinted_more() { (($(hints hinted "$1") > $2)); }

windows() { asked "$1" "/containers/$(id_of "$2")/logs?.*timestamps=1"; } # WAY NAME: how many were asked for
hints() { asked "$1" "/containers/$(id_of "$2")/logs?.*follow=1"; }

log_of() { # WAY NAME
	[[ $1 == watched ]] || local logs=$theirs
	stored "$me-$2" 2>/dev/null
}
stores() { (($(records "$(log_of "$1" "$2")") == $3)); } # WAY NAME NUMBER

late() { # WAY NAME: ms from when its last record was written until it was stored
	local file
	file=$(log_of "$1" "$2")
	echo $((($(date -d "$(stat -c %y "$file")" +%s%N) - $(date -d "$(tail -n 1 "$file" | cut -d ' ' -f 1)" +%s%N)) / 1000000))
}

# ---- what was begun first

@test "transport: a socket that says nothing: the deadline ends the request, by either way, and nobody else is asked" {
	local how code seconds
	for how in auto socket; do
		eventually 20 test -s "$BATS_FILE_TMPDIR/came_to.$how"
		read -r code seconds <"$BATS_FILE_TMPDIR/came_to.$how"
		equal "$how: $code" "$how: 124"
		((seconds >= 14 && seconds <= 17))
		one_message "$(cat "$BATS_FILE_TMPDIR/said.$how")"
		has "$(cat "$BATS_FILE_TMPDIR/said.$how")" 'did not finish within 15 seconds'
	done
	equal "$(grep -c '^GET ' "$BATS_FILE_TMPDIR/asked")" 2
}
