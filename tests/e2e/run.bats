#!/usr/bin/env bats
# run and create mean what they mean for docker: what the engine then holds is compared with what docker itself makes.

load helpers

setup() {
	need_engine
	begin
}
teardown() { end; }

# What the engine holds of a container, without what differs from one to the next
held() {
	engine container inspect "$1" | jq -S '.[0] | {Path, Args, Config, HostConfig, Mounts, Networks: .NetworkSettings.Networks}
		| .Config.Env |= sort | .HostConfig.Binds |= (. // [] | sort) | .Mounts |= sort_by(.Destination)
		| del(.Networks[]?.NetworkID) | del(.Mounts[]? | select(.Type == "volume") | .Name, .Source)
		| if (.Config.Hostname | test("^[0-9a-f]{12}$")) then del(.Config.Hostname) else . end'
}

# same_container [OPTION…] IMAGE…: created by each, it is the same
same_container() {
	engine create --name "$me-theirs" "${labels[@]}" "$@" >/dev/null || return
	purser -q create --name "$me-ours" "${labels[@]}" "$@" >/dev/null || return
	held "$me-theirs" >theirs.json
	held "$me-ours" >ours.json
	engine rm -fv "$me-theirs" "$me-ours" >/dev/null
	(($(wc -c <theirs.json) > 500)) || return
	diff theirs.json ours.json
}

@test "run: a container without options, with a command, with words like options" {
	same_container "$image"
	same_container "$image" sh -c 'echo "$HOME"; exit 3'
	same_container "$image" ls -la --help -- -n 5
	same_container -- "$image" -x
	same_container "$image" echo '' ' ' $'a\tb\nc' '*' '?' '$(touch x)' '`id`' ';' '|' '\' '"' "'" $'\xff\xfe' 'ü'
}

@test "run: environment, its hostile values too" {
	printf '%s\n' '# comment' 'FROM_FILE=1' 'SPACED=a b  c' "QUOTED='x'" >env
	PASSED='on from here' same_container -e PLAIN=1 -e EMPTY= -e PASSED -e NOT_THERE -e 'EQ=a=b=c' -e $'LINES=one\ntwo\r\n' \
		-e "Q='\"" -e 'SUBST=$(touch hit)`touch hit`$HOME' -e $'BYTES=\xff\xfe\x80' -e $'ESC=\e[31m' -e 'BACK=\\ \n' \
		--env 'LAST=x;y&z|*?#~' --env-file env --env=JOINED=1 "$image"
	[[ ! -e hit ]]
	jq -e '.Config.Env | index("EQ=a=b=c") and index("SUBST=$(touch hit)`touch hit`$HOME") and index("PASSED=on from here")' ours.json
}

@test "run: the same hostile values through a script's quotes" {
	cat >script <<-'SCRIPT'
		create --name NAME -l OWNER -e 'A=one
		two $(touch hit) `touch hit` "x" \n' -e "B=it's \"quoted\" \\ $HOME" -e C=a\ b\'\"\;\#c 'IMAGE' echo '' "a;b" # comment
	SCRIPT
	sed -i "s/NAME/$me-ours/; s/OWNER/purser.owner=$me/; s/IMAGE/$image/" script
	purser -q -f script
	engine container inspect "$me-ours" | jq -r '.[0].Config.Env | sort[] | select(test("^[ABC]="))' >got
	cat >wanted <<-'WANTED'
		A=one
		two $(touch hit) `touch hit` "x" \n
		B=it's "quoted" \ $HOME
		C=a b'";#c
	WANTED
	same_bytes got wanted
	equal "$(engine container inspect -f '{{json .Args}}' "$me-ours")" '["","a;b"]'
	[[ ! -e hit ]]
}

@test "run: ports, volumes, mounts" {
	same_container -p 80 -p 127.0.0.1:18080:81/tcp -p 18053:53/udp -p '18100-18102:9000-9002' -p 127.0.0.1::82 -p '[::1]:18083:83' "$image"
	mkdir dir
	same_container -v "$scratch/dir:/a" -v "$scratch/dir:/b:ro" -v /anonymous -v ./dir:/c --volume="$scratch/dir:/d:rw" "$image"
	same_container --mount type=tmpfs,target=/t,tmpfs-size=65536 --mount "type=bind,source=$scratch/dir,target=/x,readonly" "$image"
}

@test "run: network, name in it, host name, user, directory, entrypoint" {
	same_container --network none "$image"
	same_container --network host -h box.example -u 1000:1000 -w /tmp/there "$image"
	same_container --network bridge --hostname box --user nobody --workdir=/ --entrypoint /bin/sh "$image" -c true
	engine network create --internal --label "purser.owner=$me" "$me-net" >/dev/null
	same_container --network "$me-net" --network-alias other --network-alias another --entrypoint '' "$image" true
}

@test "run: limits, restart policy, log driver, terminal, input, labels, pull" {
	same_container --cpus 0.5 -m 64m --restart on-failure:3 --log-driver json-file --log-opt max-size=1m --log-opt max-file=2 "$image"
	same_container --cpus=1.25 --memory=134217728 --restart=unless-stopped --log-driver local -t "$image"
	same_container -it --restart always --log-driver none --pull never "$image"
	same_container -i --restart no -l plain -l empty= -l 'a=b=c' -l $'lines=1\n2' --label 'json={"a":"b,c"}' --pull=missing "$image"
	same_container -t=false --interactive=true "$image"
}

# Words that docker takes must not be refused by purser before it has asked; spellings that nobody writes (--cpus 1/2) are left out.
# bats test_tags=slow
@test "run: no value that docker takes is refused" {
	local bad=0 taken=0
	mkdir -p dir
	while read -r option value; do
		[[ -n $option ]] || continue
		value=${value//DIR/$scratch/dir}
		if [[ $option == image ]]; then set -- "$value"; else set -- "$option" "$value" "$image"; fi
		if engine create "${labels[@]}" "$@" >/dev/null 2>&1; then
			taken=$((taken + 1))
			purser -n create "$@" >said 2>&1 || { bad=1; cat said; }
		fi
	done <<-LIST
		-p 80
		-p 80/tcp
		-p 80/TCP
		-p 80/sctp
		-p 18080:80
		-p 127.0.0.1:18080:80
		-p 127.0.0.1::80
		-p :80
		-p 0:80
		-p 0.0.0.0:18080:80
		-p 18080-18082:80-82
		-p 18080-18082:80
		-p 80-82
		-p [::1]:18080:80
		-p [::]:18080:80
		-p ::1:18080:80
		-p localhost:18080:80
		-p 65536:80
		-p 18080:80:90
		-p x
		-m 64m
		-m 64M
		-m 64mb
		-m 64MB
		-m 64MiB
		-m 1g
		-m 1.5g
		-m 0.5g
		-m 67108864
		-m 67108864b
		-m 64\ m
		-m 0
		-m -1
		-m .5g
		-m 1t
		--cpus 1
		--cpus 0.5
		--cpus .5
		--cpus 1.
		--cpus 1.123456789
		--cpus 1.1234567891
		--cpus 01
		--restart no
		--restart always
		--restart unless-stopped
		--restart on-failure
		--restart on-failure:0
		--restart on-failure:5
		--restart on-failure:-1
		--restart always:3
		--restart sometimes
		-v DIR:/a
		-v DIR:/a:ro
		-v DIR:/a:ro,z
		-v DIR:/a:rprivate,ro
		-v DIR:/a/../b
		-v /anonymous
		-v ./dir:/a
		-v ../:/a
		-v DIR/:/a/
		-v DIR:a
		-v ~:/a
		-v DIR:/
		-v DIR:/a:xx
		--mount type=tmpfs,target=/a
		--mount type=tmpfs,dst=/a
		--mount type=tmpfs,destination=a
		--mount type=bind,src=DIR,target=/a
		--mount TYPE=bind,SRC=DIR,TARGET=/a
		--mount target=/a,type=tmpfs
		--mount "type=bind","source=DIR","target=/a"
		--mount type=volume,target=/a
		--mount target=/a
		--mount type=bind,target=/a
		-e A
		-e A=
		-e A.B-C=1
		-e =x
		-l a
		-l a=
		-l =x
		-l a\ b=c
		--network none
		--network host
		--network default
		--network bridge
		--network name=bridge
		--network name=bridge,alias=x
		--network container:nobody
		--network no-such-network
		-u 0
		-u :0
		-u nobody:nogroup
		-u 1000:1000
		-w /a/b
		-w relative
		-h a
		-h a.b.c
		-h A_b
		--entrypoint /bin/sh
		--pull always
		--pull never
		--pull missing
		--log-driver none
		--log-driver journald
		--log-opt max-size=1m
		--log-opt tag={{.Name}}
		--log-opt x
		--name $me-x
		--name $me.x_y-z
		--env-file /dev/null
		--hostname $(printf 'h%.0s' {1..63})
		image $image
		image ${image%:*}
		image docker.io/library/$image
		image library/$image
		image $(engine images -q --no-trunc "$image")
		image $(engine images -q "$image")
		image $(engine images -q --no-trunc "$image" | cut -c8-30)
	LIST
	((taken >= 60))
	equal "$bad" 0
}

@test "run: prints the id, starts it detached; create does not start; start does" {
	run purser -q run --name "$me-a" "${labels[@]}" "$image" sleep 60
	status_is 0
	equal "$output" "$(id_of "$me-a")"
	is_state "$me-a" running
	run purser -q run -d "${labels[@]}" "$image" true
	status_is 0
	[[ $output =~ ^[0-9a-f]{64}$ ]]
	run purser -q create --name "$me-b" "${labels[@]}" "$image" sh -c 'echo started'
	status_is 0
	equal "$output" "$(id_of "$me-b")"
	is_state "$me-b" created
	run purser -q start "$me-b"
	status_is 0
	equal "$output" "$me-b"
	eventually 10 is_state "$me-b" exited
	run purser logs "$me-b"
	equal "$output" started
}

# bats test_tags=slow
@test "run: --rm of what ends at once: 20 of 20 complete and removed" {
	local i
	for i in {1..20}; do
		echo "run --rm --name $me-$i -l purser.owner=$me $image sh -c 'seq $i $((i + 499)); echo err $i >&2; printf end'"
	done >script
	purser -q -f script >ids
	equal "$(sort -u ids | grep -cE '^[0-9a-f]{64}$')" 20
	eventually 30 none_of_them
	purser -q status >/dev/null
	for i in {1..20}; do
		{
			seq "$i" $((i + 499))
			printf end
		} >wanted
		bytes "$(stored "$me-$i")" stdout >got
		same_bytes got wanted
		equal "$(bytes "$(stored "$me-$i")" stderr)" "err $i"
	done
	equal "$(cat "$logs/tracked")" ''
}
none_of_them() { [[ -z $(engine ps -aq --filter "label=purser.owner=$me") ]]; }

@test "run: --rm of what outlives purser: the next purser stores it to the end, then removes it" {
	purser -q run --rm --name "$me-a" "${labels[@]}" -v /anonymous "$image" sh -c 'trap "seq 1 300; exit" TERM; echo up; while :; do sleep 0.05; done'
	is_state "$me-a" running
	local volume
	volume=$(engine container inspect -f '{{(index .Mounts 0).Name}}' "$me-a")
	engine stop -t 5 "$me-a"
	exists "$me-a"
	purser -q status >/dev/null
	eventually 5 absent "$me-a"
	run engine volume inspect "$volume" # an anonymous volume goes with it, as with docker run --rm
	status_is 1
	{
		echo up
		seq 1 300
	} >wanted
	bytes "$(stored "$me-a")" stdout >got
	same_bytes got wanted
}

@test "run: command not found: 127; not executable: 126; the container is named, and stays" {
	run -127 purser run --name "$me-a" "${labels[@]}" "$image" no-such-command
	one_message "$output"
	has "$output" "$(id_of "$me-a" | cut -c1-12)"
	has "$output" no-such-command
	is_state "$me-a" created
	run -127 purser run --name "$me-b" "${labels[@]}" "$image" /no/such/command
	run purser run --name "$me-c" "${labels[@]}" "$image" /etc/passwd
	status_is 126
	one_message "$output"
	run -127 purser run --name "$me-d" --rm "${labels[@]}" "$image" no-such-command
	absent "$me-d"
}

@test "run: the engine refuses: 125, in its words; nothing is left" {
	made a "$image" true
	run purser run --name "$me-a" "${labels[@]}" "$image" true
	status_is 125
	one_message "$output"
	has "$output" 'already in use'
	run purser create --name "$me-a" "${labels[@]}" "$image" true
	((status == 1 || status == 125))
	has "$output" 'already in use'
	run purser run --pull never --name "$me-b" "${labels[@]}" purser-no-such-image true
	status_is 125
	one_message "$output"
	has "$output" 'No such image'
	absent "$me-b"
	run purser run --name "$me-c" "${labels[@]}" --network no-such-network "$image" true
	status_is 125
	run purser run --name "$me-d" "${labels[@]}" -v "$scratch:/a" -v /tmp:/a "$image" true
	status_is 125
	has "$output" 'Duplicate mount point'
	absent "$me-d"
}

@test "run: options of docker's that purser lacks are refused by name, before anything is made" {
	local option
	for option in --attach --sig-proxy --isolation --kernel-memory --quiet; do
		run purser run --name "$me-a" $option x "$image" true
		status_is 2
		one_message "$output"
		has "$output" "${option%=*} is an option of docker"
	done
	for option in -a -Z --nonsense --nam; do
		run purser run $option x "$image" true
		status_is 2
		one_message "$output"
		has "$output" "$option"
	done
	absent "$me-a"
	equal "$(engine ps -aq --filter "label=purser.owner=$me")" ''
}

@test "run: what docker's own help lists is known, supported or not" {
	local option missing=()
	for option in $(engine run --help | grep -oE '^ +(-., )?--[a-z0-9-]+' | grep -oE '\-\-[a-z0-9-]+'); do
		run purser -n run "$option" x x "$image"
		lacks "$output" "unknown option $option" >/dev/null || missing+=("$option")
	done
	equal "${missing[*]}" ''
}

@test "run: usage: no image, bad name" {
	run purser run
	status_is 2
	has "$output" 'needs an IMAGE'
	run purser run --name 'a b' "$image"
	status_is 2
	run purser run --name
	status_is 2
	has "$output" 'needs a value'
	run purser run --help
	status_is 0
	has "$output" '--env-file'
}

@test "run: a port that is taken: by whom; an image that is not here: what to do; as JSON" {
	local port
	made holder -p 127.0.0.1::80 "$image" sleep 1000 >/dev/null
	port=$(engine port "$me-holder" 80 | sed 's/.*://')
	run -125 --separate-stderr purser -q run --rm --name "$me-a" "${labels[@]}" -p "127.0.0.1:$port:80" "$image" sleep 1000
	one_message "$stderr"
	has "$stderr" "($me-holder has port $port)"
	absent "$me-a"
	run -125 --separate-stderr purser -q --json run --rm --name "$me-a" "${labels[@]}" -p "127.0.0.1:$port:80" "$image" sleep 1000
	equal "$(jq -r '.Error | "\(.Kind)|\(.Subject)|\(.Hint)|\(.Status)"' <<<"$stderr")" "in use|$me-a|$me-holder has port $port|125"
	run -125 --separate-stderr purser -q run --pull never "$me-no-such:1"
	has "$stderr" "(pull $me-no-such:1 brings it)"
	run -1 --separate-stderr purser -q --json stop "$me-no-such"
	equal "$(jq -r '.Error | "\(.Kind)|\(.Subject)|\(.Status)"' <<<"$stderr")" "not found|$me-no-such|1"
	run -2 --separate-stderr purser -q --json ps --nonsense
	equal "$(jq -r '.Error | "\(.Kind)|\(.Status)"' <<<"$stderr")" 'usage|2'
}
