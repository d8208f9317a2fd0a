#!/usr/bin/env bats
# One behaviour: each command of purser's, the same inputs, outputs, exit statuses and kinds of errors, whatever the runtime.
# also: nerdctl podman

load helpers

setup() {
	need_engine
	begin
	mine=(-f "label=purser.owner=$me")
}
teardown() { end; }

idle='trap "exit 7" TERM; echo up; while :; do sleep 0.05; done'

# run_it NAME [OPTION…] IMAGE…: run by purser
run_it() {
	local name=$1
	shift
	purser -q run --name "$me-$name" "${labels[@]}" "$@"
}

make_it() {
	local name=$1
	shift
	purser -q create --name "$me-$name" "${labels[@]}" "$@"
}

# ---- run, create

@test "contract: run prints the whole id; what was given arrives in the container" {
	echo 'FROM_FILE=of file' >"$scratch/env"
	mkdir "$scratch/data"
	echo 'of host' >"$scratch/data/file"
	run --separate-stderr run_it a -e 'GIVEN=a b' --env-file "$scratch/env" -v "$scratch/data:/data:ro" -w /data -h somewhere -u 1000:1000 \
		--entrypoint sh --memory 64m --cpus 0.5 --network none "$image" -c 'echo "$GIVEN, $FROM_FILE, $(cat file), $(hostname), $(id -u), $PWD"; '"$last_breath"
	status_is 0
	like "$output" '^[0-9a-f]{64}$'
	equal "$stderr" ''
	equal "$(id_of "$me-a")" "$output"
	eventually 10 is_state "$me-a" exited
	run --separate-stderr purser -q logs "$me-a"
	equal "$output" 'a b, of file, of host, somewhere, 1000, /data'
}

@test "contract: run's status: 127 no such command, 126 one that cannot be run, 125 no image, name taken" {
	run -127 --separate-stderr run_it a --network none "$image" no-such-program
	equal "$output" ''
	one_message "$stderr"
	has "$stderr" 'was created but did not start'
	has "$stderr" 'executable file not found'
	is_state "$me-a" created || is_state "$me-a" ''
	run -127 --separate-stderr run_it b --network none "$image" /no/such/program
	run --separate-stderr run_it c --network none "$image" /etc
	status_is 126
	one_message "$stderr"
	has "$stderr" 'permission denied'
	make_it d --network none "$image" true >/dev/null
	refused 125 'already' run --name "$me-d" "${labels[@]}" --network none "$image" true
	refused 125 'no such file\|does not exist' run --rm "${labels[@]}" --network none --mount "type=bind,source=$scratch/none,target=/x" "$image" true
	refused 125 'no-such-image' run --name "$me-e" "${labels[@]}" --pull never purser-no-such-image true
	absent "$me-e"
}

# podman loses on the screen, one time in twenty, what is written right before the end, also without purser. The log has it.
@test "contract: run -it has the terminal until it ends, with its status" {
	local breath=:
	[[ $runtime != podman ]] || breath='sleep 1'
	run -4 on_terminal "$PURSER -l $logs run -it --name $me-a ${labels[*]} --network none $image sh -c 'echo \$((6 * 7)); $breath; exit 4'"
	has "$output" 42
	lacks "$output" errors
	is_state "$me-a" exited
}

@test "contract: run -i reads what purser reads until it ends, with its status; -it without a terminal makes nothing" {
	refused 1 'not a TTY' run -it --name "$me-a" "${labels[@]}" --network none "$image" true
	absent "$me-a"
	if [[ $runtime == nerdctl ]]; then
		refused 2 'has no run -i without -t' run -i --name "$me-a" "${labels[@]}" --network none "$image" true
		absent "$me-a"
		return
	fi
	head -c 300000 /dev/urandom >bytes
	run -3 --separate-stderr purser_reading -q run -i --name "$me-a" "${labels[@]}" --network none "$image" sh -c 'md5sum; echo err >&2; sleep 0.2; exit 3' <bytes
	equal "$output" "$(md5sum <bytes)"
	equal "$stderr" err
	equal "$(purser -q logs "$me-a" 2>/dev/null)" "$output"
	run --separate-stderr slow_script "run -i --rm --name $me-b ${labels[*]} --network none $image cat" '!echo is not read'
	status_is 0
	equal "$output" 'is not read'
	equal "$stderr" ''
	eventually 20 collected_away "$me-b"
	run -127 --separate-stderr purser -q run -i --name "$me-c" "${labels[@]}" --network none "$image" no-such-program
	one_message "$stderr"
}

# slow_script LINE LINE: the second comes when the first has begun to run
slow_script() { { echo "$1"; sleep 2; echo "$2"; } | purser_reading -q; }

@test "contract: run -dit detaches, as docker does" {
	run --separate-stderr run_it a -dit --network none "$image" sh
	status_is 0
	equal "$output" "$(id_of "$me-a")"
	is_state "$me-a" running
}

@test "contract: run --rm leaves the log and no container, also when it did not start" {
	run_it a --rm --network none "$image" sh -c "echo kept; $last_breath" >/dev/null
	eventually 20 collected_away "$me-a"
	prints kept logs "$me-a"
	run -127 --separate-stderr run_it b --rm --network none "$image" no-such-program
	absent "$me-b"
}

collected_away() { purser -q collect --once >/dev/null && absent "$1"; }

# bats test_tags=long
@test "contract: run --rm finds its name free again when the one before has ended; while that runs it is taken" {
	local run
	for run in 1 2; do
		run_it a --rm --network none "$image" sh -c "echo $run; sleep 2" >/dev/null # nobody is there to remove it then
		eventually 10 is_state "$me-a" exited
	done
	run_it a --rm --network none "$image" sh -c "$idle" >/dev/null
	equal "$(purser -q logs "$me-a@2")" 2
	equal "$(purser -q logs "$me-a@3")" 1
	refused 125 'already' run --rm --name "$me-a" "${labels[@]}" --network none "$image" true
	is_state "$me-a" running
}

@test "contract: create does not start; a name that is taken and an image that is not there have status 1" {
	run --separate-stderr make_it a --network none "$image" true
	status_is 0
	equal "$output" "$(id_of "$me-a")"
	run --separate-stderr purser ps -a "${mine[@]}" --format json
	has "$output" '"State":"created","Status":"Created"'
	refused 1 'already' create --name "$me-a" "${labels[@]}" --network none "$image" true
	refused 1 'no-such-image' create --name "$me-b" "${labels[@]}" --pull never purser-no-such-image true
	refused 2 '' create --name 'bad name' "$image" true
	equal "$(purser -n create --net none --dns-opt ndots:1 "$image" true)" "$(purser -n create --network none --dns-option ndots:1 "$image" true)"
}

@test "contract: --cidfile: the id in a new file; none where nothing was made, and nothing is made where it cannot be" {
	make_it a --network none --cidfile "$scratch/id" "$image" true
	equal "$(<"$scratch/id")" "$(id_of "$me-a")"
	refused 1 'File exists' run --name "$me-b" "${labels[@]}" --network none --cidfile "$scratch/id" "$image" true
	refused 1 'No such file' create --name "$me-b" "${labels[@]}" --network none --cidfile "$scratch/none/id" "$image" true
	absent "$me-b"
	equal "$(<"$scratch/id")" "$(id_of "$me-a")"
	refused 125 'already' run --name "$me-a" "${labels[@]}" --network none --cidfile "$scratch/other" "$image" true
	[[ ! -e $scratch/other ]]
	purser -n create --cidfile "$scratch/other" "$image" true >/dev/null
	[[ ! -e $scratch/other ]]
}

@test "contract: an option that a runtime lacks is refused before anything is started" {
	case $runtime in
	nerdctl)
		refused 2 'nerdctl has no --network-alias' run --name "$me-a" "${labels[@]}" --network-alias x "$image" true
		absent "$me-a"
		has "$(purser help run)" 'not with nerdctl'
		;;
	podman)
		made a --network none "$image" sh -c "$idle"
		refused 2 'podman has no --signal' stop -s INT "$me-a"
		is_state "$me-a" running
		has "$(purser help stop)" 'not with podman'
		;;
	*)
		made a --network none "$image" sh -c 'trap "exit 5" INT; while :; do sleep 0.05; done'
		prints "$me-a" stop -s INT -t 1 "$me-a" # an engine before 23 takes no notice of the signal
		;;
	esac
}

# ---- start, stop, restart, rm

@test "contract: start, stop and restart print the name, whatever state it is in; unknown ones have status 1" {
	make_it a --network none "$image" sh -c "$idle" >/dev/null
	prints "$me-a" stop "$me-a"
	prints "$me-a" start "$me-a"
	is_state "$me-a" running
	prints "$me-a" start "$me-a"
	eventually 10 logged "$me-a" 1
	prints "$me-a" stop -t 5 "$me-a"
	is_state "$me-a" exited
	equal "$(engine inspect -f '{{.State.ExitCode}}' "$me-a")" 7
	prints "$me-a" stop "$me-a"
	prints "$me-a" restart -t 5 "$me-a"
	is_state "$me-a" running
	eventually 10 logged "$me-a" 2
	prints "$me-a" stop -t -1 "$me-a"
	purser -q start "$me-a"
	for verb in start stop restart; do refused 1 'no such container' "$verb" "$me-none"; done
	run --separate-stderr purser -q stop -t 0 "$me-none" "$me-a"
	status_is 1
	equal "$output" "$me-a"
	one_message "$stderr"
}

@test "contract: a paused container can be stopped, restarted and removed by force, and not be started or just removed" {
	run_it a --network none "$image" sh -c "$idle" >/dev/null
	eventually 10 logged "$me-a" 1
	engine pause "$me-a"
	refused 1 '' start "$me-a"
	refused 1 'paused' rm "$me-a"
	run --separate-stderr purser ps -a "${mine[@]}" --format json
	has "$output" '"State":"paused","Status":"Up'
	has "$output" '(Paused)"'
	prints "$me-a" stop -t 5 "$me-a"
	is_state "$me-a" exited
	purser -q start "$me-a"
	engine pause "$me-a"
	prints "$me-a" restart -t 1 "$me-a"
	is_state "$me-a" running
	engine pause "$me-a"
	prints "$me-a" rm -f "$me-a"
	absent "$me-a"
}

@test "contract: rm refuses what runs; by force it is quick, and finds nothing wrong with what is not there" {
	run_it a --network none "$image" sleep 1000 >/dev/null
	made b --network none "$image" sleep 1000
	refused 1 'running' rm "$me-a"
	refused 1 'running' rm "$me-b"
	refused 1 'no such container' rm "$me-none"
	prints '' rm -f "$me-none" # which docker does not say it removed, either
	SECONDS=0
	prints "$me-a"$'\n'"$me-b" rm -f "$me-a" "$me-b"
	((SECONDS < 8))
	absent "$me-a"
	absent "$me-b"
}

# ---- ps, images

@test "contract: ps has docker's columns and words, the newest first" {
	made a --network none -l 'quotes="a b",c=d' "$image" sh -c 'exit 3'
	made b --network none "$image" sleep 1000
	made c --network none "$image" sleep 1000
	eventually 10 is_state "$me-a" exited
	run --separate-stderr purser ps "${mine[@]}" -q --no-trunc
	equal "$output" "$(id_of "$me-c")"$'\n'"$(id_of "$me-b")"
	run --separate-stderr purser ps "${mine[@]}" -aq
	equal "${#lines[@]}" 3
	equal "${#lines[0]}" 12
	run --separate-stderr purser ps -q "${mine[@]}" -f "name=$me-b" --no-trunc
	equal "$output" "$(id_of "$me-b")"
	run --separate-stderr purser ps -l -q --no-trunc "${mine[@]}"
	equal "$output" "$(id_of "$me-c")"
	run --separate-stderr purser ps -a "${mine[@]}"
	like "${lines[0]}" '^CONTAINER ID   IMAGE                COMMAND +CREATED +STATUS +PORTS     NAMES$'
	like "${lines[2]}" "^[0-9a-f]{12}   purser-test:latest   \"sleep 1000\" +[^ ].* ago +Up.* $me-b\$"
	like "${lines[3]}" "^[0-9a-f]{12}   purser-test:latest   \"sh -c '?exit 3'?\" +[^ ].* ago +Exited \(3\) [^ ].* ago +$me-a\$"
	run --separate-stderr purser ps -a "${mine[@]}" -f status=exited --format json
	equal "${#lines[@]}" 1
	local pattern='^\{"Command":"\\"sh -c .?exit 3.?\\"","CreatedAt":"[-0-9]{10} [:0-9]{8} \+0000 UTC","ID":"[0-9a-f]{64}","Image":"purser-test:latest",'
	pattern+='"Labels":"([^"]|\\")*quotes=\\"a b\\",c=d([^"]|\\")*","Mounts":"","Names":"'$me'-a","Networks":"(none)?","Ports":"","RunningFor":"[^"]* ago",'
	pattern+='"Runtime":"'$runtime'","State":"exited","Status":"Exited \(3\) [^"]* ago"\}$'
	like "$output" "$pattern"
}

@test "contract: ps of nothing is a heading, or nothing" {
	run --separate-stderr purser ps -a "${mine[@]}"
	status_is 0
	equal "$output" 'CONTAINER ID   IMAGE     COMMAND   CREATED   STATUS    PORTS     NAMES'
	prints '' ps -aq "${mine[@]}"
	prints '' ps -a "${mine[@]}" --format json
}

@test "contract: images has docker's columns and words" {
	run --separate-stderr purser images -f reference=purser-test
	status_is 0
	equal "${#lines[@]}" 2
	like "${lines[0]}" '^REPOSITORY    TAG       IMAGE ID       CREATED +SIZE$'
	like "${lines[1]}" '^purser-test   latest    [0-9a-f]{12}   .* ago +[0-9.]+MB$'
	run --separate-stderr purser images --format json -f reference=purser-test
	local pattern='^\{"CreatedAt":"[-0-9]{10} [:0-9]{8} \+0000 UTC","CreatedSince":"[^"]* ago","ID":"sha256:[0-9a-f]{64}","Repository":"purser-test","Size":"[0-9.]+MB","Tag":"latest"\}$'
	like "$output" "$pattern"
	run --separate-stderr purser images -q --no-trunc -f reference=purser-test
	like "$output" '^sha256:[0-9a-f]{64}$'
}

@test "contract: images of a repository are those with its name, or with one tag of it; other names of the same image are not" {
	local name
	for name in "purser-test:$me" "other/purser-test:$me"; do engine tag "$image" "$name"; done
	equal "$(purser images purser-test | sed -n 's/^\([^ ]*\) *\([^ ]*\).*/\1:\2/p' | sort)" "REPOSITORY:TAG"$'\n'"purser-test:latest"$'\n'"purser-test:$me"
	equal "$(purser images --format '{{.Repository}}:{{.Tag}}' "purser-test:$me")" "purser-test:$me"
	equal "$(purser images --format '{{.Repository}}:{{.Tag}}' other/purser-test)" "other/purser-test:$me"
	equal "$(purser images -q purser)" ''
	equal "$(purser images --format '{{.Repository}}:{{.Tag}}' "*purser-te?t:$me" | sort)" "other/purser-test:$me"$'\n'"purser-test:$me"
	local registry
	case $runtime in
	docker) registry= ;;
	nerdctl) registry=docker.io/library/ ;;
	podman) registry=localhost/ ;;
	esac
	equal "$(purser images --format '{{.Repository}}' "${registry}purser-test:$me")" purser-test
	engine rmi "purser-test:$me" "other/purser-test:$me" >/dev/null
}

# ---- logs, track, status, collect

@test "contract: logs: both streams, the last lines, since and until when, of what is tracked and of what is not" {
	made a --network none "$image" sh -c 'echo one; sleep 1.2; echo two; sleep 0.2; echo three >&2; sleep 0.2; printf end; '"$last_breath"
	eventually 10 is_state "$me-a" exited
	run --separate-stderr purser -q logs "$me-a"
	status_is 0
	equal "$output" $'one\ntwo\nend'
	equal "$stderr" three
	prints "$me-a" track "$me-a"
	run --separate-stderr purser -q logs "$me-a"
	equal "$output" $'one\ntwo\nend'
	equal "$stderr" three
	prints end logs -n 1 "$me-a"
	run --separate-stderr purser -q logs -t -n 1 "$me-a"
	like "$output" '^20[-0-9]{8}T[:0-9]{8}\.[0-9]{9}Z end$'
	local first
	first=$(purser -q logs -t "$me-a" 2>/dev/null | sed -n '1s/ .*//p')
	run --separate-stderr purser -q logs --until "$first" "$me-a"
	equal "$output" one
	refused 1 'no such container' logs "$me-none"
}

@test "contract: all of a loud container's log is stored, of a container with a terminal as well" {
	local loud='i=0; while test $i -lt 500; do echo "out $i"; echo "err $i" >&2; i=$((i + 1)); done'
	run_it a --network none "$image" sh -c "$loud; $last_breath" >/dev/null
	run_it b -t --network none "$image" sh -c "$loud; head -c 20000 /dev/zero | tr '\\0' x; $last_breath" >/dev/null
	eventually 10 is_state "$me-a" exited
	eventually 10 is_state "$me-b" exited
	purser collect --once >/dev/null
	equal_to_engine "$me-a"
	equal "$(purser -q logs "$me-b" | tr -d '\r' | md5sum)" "$(sh -c "$loud; head -c 20000 /dev/zero | tr '\\0' x" 2>&1 | md5sum)"
}

@test "contract: track, status, untrack" {
	made a --network none "$image" sh -c "echo one; echo two; $last_breath; exit 3"
	eventually 10 is_state "$me-a" exited
	refused 1 'no such container' track "$me-none"
	prints "$me-a" track "$me-a"
	purser -q collect --once >/dev/null
	run --separate-stderr purser status --format json
	local pattern='^\{"ID":"[0-9a-f]{64}","Name":"'$me'-a","Runtime":"'$runtime'","State":"exited","Log":"complete","Records":2,"Bytes":[0-9]+,"Files":1,.*,"Gaps":0,"GapFrom":"","GapTo":"","Error":"","File":"[0-9a-f]{12}\+'$me'-a.log"\}$'
	like "$output" "$pattern"
	prints "$me-a" untrack "$me-a"
	refused 1 'is not tracked' untrack "$me-a"
}

@test "contract: starts and ends are known to the run, each once, and their statuses" {
	collecting
	eventually 10 test -e "$logs/collector.lock"
	run_it a --network none "$image" sh -c 'echo hello; sleep 0.5; exit 3' >/dev/null
	eventually 15 marked complete 1
	engine start "$me-a" >/dev/null
	eventually 15 marked complete 2
	equal "$(marks | sed 's/ at .*//' | sort | uniq -c | tr -s ' ' | tr '\n' ';')" \
		' 2 complete; 2 exited 3; 1 restarted; 1 started;'
}
marks() { grep -F "\"$me-a\"" "$logs/journal.jsonl" | sed -nE 's/.*"event":"([a-z]+)".*"code":([0-9]+).*/\1 \2/p; t; s/.*"event":"([a-z]+)".*/\1/p'; }
marked() { (($(marks | grep -c "$1") >= $2)); }

@test "contract: what was removed outside is known to be gone, as its engine is known" {
	run_it a --network none "$image" sleep 1000 >/dev/null
	collecting
	eventually 10 engine_known
	engine rm "${remove_at_once[@]}" "$me-a" >/dev/null
	eventually 15 grep -q '"event":"removed"' "$logs/journal.jsonl"
	prints '' status --format json
	kill "$spawned"
	ended "$spawned" 0
}
engine_known() { grep -qE "\"$me-a\".*\"engine\":\"[^\" ]+\"|$me-a.* [^ ]+[:/-][^ ]+\$" "$logs/tracked"; }

# ---- choosing, an engine that is not there

@test "contract: use says which it is; another one that there is not is refused" {
	run --separate-stderr purser use
	status_is 0
	grep -q "^\* $runtime" <<<"$output"
	refused 2 'unknown runtime' use other
}

# bats test_tags=long
@test "contract: an engine that does not answer has status 125, whatever is asked" {
	made a --network none "$image" sleep 1000
	case $runtime in
	docker) local -x DOCKER_HOST=unix://$scratch/none.sock ;;
	nerdctl) local -x CONTAINERD_ADDRESS=$scratch/none.sock NERDCTL_TOML=$scratch/none.toml ;;
	podman)
		printf '[engine]\nremote = true\n' >"$scratch/containers.conf"
		local -x CONTAINERS_CONF=$scratch/containers.conf CONTAINER_HOST=unix://$scratch/none.sock
		;;
	esac
	refused 125 'does not answer' ps
	refused 125 'does not answer' images
	refused 125 'does not answer' run --rm "$image" true
	refused 125 'does not answer' stop "$me-a"
	refused 125 'does not answer' rm "$me-a"
	refused 125 'does not answer' track "$me-a"
}
