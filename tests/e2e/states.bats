#!/usr/bin/env bats
# What changes a container's state, or waits for one: kill, pause, unpause, rename, update, wait, container prune, and whether what was
# started has ended at once.
# also: nerdctl podman

load helpers
load terminal

setup() {
	need_engine
	begin
}
teardown() {
	close_terminal
	end
}

idle='trap "exit 7" TERM; trap "echo told" HUP; echo up; while :; do sleep 0.05; done'

# ended_with CODE NAME: it has ended with that
ended_with() { is_state "$2" exited && equal "$(engine inspect -f '{{.State.ExitCode}}' "$2")" "$1"; }

# ---- kill

@test "states: kill ends at once, another signal arrives; what does not run is refused, in words that say its state" {
	made a --network none "$image" sh -c "$idle"
	made c --network none "$image" sleep 1000
	engine create --name "$me-b" "${labels[@]}" --network none "$image" true
	eventually 10 logged "$me-a" 1
	prints "$me-a" kill -s HUP "$me-a"
	eventually 10 logged "$me-a" 2
	is_state "$me-a" running
	prints "$me-a" kill "$me-a"
	eventually 10 ended_with 137 "$me-a"
	refused 1 "kill: $me-a: it is exited, and would have to be running or paused" kill "$me-a"
	refused 1 "kill: $me-b: it is created, and would have to be running or paused" kill "$me-b"
	kind_is 'wrong state' kill "$me-b"
	refused 1 'no such container' kill "$me-none"
	refused 2 "'NOSIG' is not a signal" kill -s NOSIG "$me-c"
	run --separate-stderr purser -q kill "$me-a" "$me-c"
	status_is 1
	equal "$output" "$me-c"
	one_message "$stderr"
}

# bats test_tags=long
@test "states: kill of several by a pattern; a dry run kills nothing" {
	made a --network none "$image" sleep 1000
	made b --network none "$image" sleep 1000
	run purser -n kill -s TERM "$me-a"
	equal "$output" "$runtime kill --signal=TERM $me-a"
	is_state "$me-a" running
	run --separate-stderr purser -q kill "$me-*"
	equal "$(sort <<<"$output")" "$me-a"$'\n'"$me-b"
	eventually 10 is_state "$me-a" exited
	eventually 10 is_state "$me-b" exited
}

# ---- pause, unpause

@test "states: pause and unpause; each refuses what is not in its state" {
	made a --network none "$image" sh -c "$idle"
	made b --network none "$image" true
	engine create --name "$me-c" "${labels[@]}" --network none "$image" true
	eventually 10 is_state "$me-b" exited
	refused 1 "unpause: $me-a: it is running, and would have to be paused" unpause "$me-a"
	prints "$me-a" pause "$me-a"
	is_state "$me-a" paused
	refused 1 "pause: $me-a: it is paused, and would have to be running" pause "$me-a"
	refused 1 "start: $me-a: it is paused, and would have to be created or exited (unpause lets it go on)" start "$me-a"
	prints "$me-a" unpause "$me-a"
	is_state "$me-a" running
	for state in "exited $me-b" "created $me-c"; do
		refused 1 "it is ${state% *}, and would have to be running" pause "${state#* }"
		refused 1 "it is ${state% *}, and would have to be paused" unpause "${state#* }"
		kind_is 'wrong state' pause "${state#* }"
	done
	for verb in pause unpause; do refused 1 'no such container' "$verb" "$me-none"; done
	prints "$me-a" pause "$me-a"
	prints "$me-a" kill "$me-a"
	eventually 10 ended_with 137 "$me-a"
}

# ---- rename

@test "states: rename of what runs, was never started, has ended; the log goes on under the new name" {
	purser -q run --name "$me-a" "${labels[@]}" --network none "$image" sh -c "$idle" >/dev/null
	eventually 10 logged "$me-a" 1
	prints '' rename "$me-a" "$me-b"
	is_state "$me-b" running
	absent "$me-a"
	prints up logs "$me-b"
	stored "$me-b"
	purser -q kill -s HUP "$me-b"
	eventually 10 logged "$me-b" 2
	prints $'up\ntold' logs "$me-b"
	purser -q stop -t 5 "$me-b"
	prints '' rename "$me-b" "$me-c"
	prints $'up\ntold' logs "$me-c"
	engine create --name "$me-d" "${labels[@]}" --network none "$image" true
	prints '' rename "$me-d" "$me-e"
	is_state "$me-e" created || is_state "$me-e" ''
}

# bats test_tags=long
@test "states: rename refuses the own name, one that is taken, a bad one, and an unknown container" {
	made a --network none "$image" sleep 1000
	made b --network none "$image" sleep 1000
	refused 1 "it is called '$me-a' already" rename "$me-a" "$me-a"
	kind_is 'name taken' rename "$me-a" "$me-a"
	refused 1 "another container is called '$me-b'" rename "$me-a" "$me-b"
	kind_is 'name taken' rename "$me-a" "$me-b"
	refused 2 "'bad/name' is not a name" rename "$me-a" bad/name
	refused 2 'is not a name' rename "$me-a" ''
	refused 1 'no such container' rename "$me-none" "$me-c"
	refused 2 'fits 2 containers' rename "$me-*" "$me-c"
	run purser -n rename "$me-a" "$me-c"
	has "$output" "$runtime rename $me-a $me-c"
	is_state "$me-a" running
}

# ---- update

cgroup_value() { engine exec "$1" sh -c "cat /sys/fs/cgroup/cpu/cpu.shares 2>/dev/null || cat /sys/fs/cgroup/cpu.weight"; }

@test "states: update changes a limit of what runs, and says what is wrong with a value" {
	made a --network none "$image" sleep 1000
	local before
	before=$(cgroup_value "$me-a")
	prints "$me-a" update --cpu-shares 300 "$me-a"
	not equal "$(cgroup_value "$me-a")" "$before"
	prints "$me-a" update --memory 100m --memory-swap 200m --cpus 0.5 "$me-a"
	refused 2 'what is to be changed?' update "$me-a"
	refused 2 'is not a number' update --cpus none "$me-a"
	refused 1 'update: ' update --cpuset-cpus 9999 "$me-a"
	kind_is 'bad value' update --cpuset-cpus 9999 "$me-a"
	refused 1 'no such container' update --cpus 1 "$me-none"
}

@test "states: update of what does not run, and of the restart policy, where the runtime can" {
	made a --network none "$image" true
	eventually 10 is_state "$me-a" exited
	if [[ $runtime == podman ]]; then
		refused 1 "it is exited, and would have to be running or paused" update --cpus 0.5 "$me-a"
		kind_is 'wrong state' update --cpus 0.5 "$me-a"
		refused 2 'podman has no --restart' update --restart no "$me-a"
	else
		prints "$me-a" update --cpus 0.5 "$me-a"
		prints "$me-a" update --restart no "$me-a"
	fi
}

# ---- start and restart look whether it runs

start_tells() { # VERB STATUS WORDS: of $me-a
	run --separate-stderr purser -q "$1" "$me-a"
	[[ $status == 1 ]] && has "$stderr" "$1: $me-a: it ended at once with status $2" && has "$stderr" "$3"
}

# Where an engine is slow to see the end, it is not at once.
@test "states: start and restart tell what ended at once with another status than 0, with its last words" {
	local words=boom
	[[ $runtime != nerdctl ]] || words='' # its logger may lose what is written right before the end
	engine create --name "$me-a" "${labels[@]}" --network none "$image" sh -c 'echo one; echo two; echo three; echo boom; exit 3'
	eventually 30 start_tells start 3 "$words"
	one_message "$stderr"
	equal "$output" ''
	lacks "$stderr" 'one'
	has "$stderr" "(logs $me-a shows all it wrote)"
	eventually 30 start_tells restart 3 "$words"
}

@test "states: start finds nothing wrong with a job that is done, nor with what goes on" {
	engine create --name "$me-a" "${labels[@]}" --network none "$image" true
	engine create --name "$me-b" "${labels[@]}" --network none "$image" sleep 1000
	prints "$me-a"$'\n'"$me-b" start "$me-a" "$me-b"
	is_state "$me-b" running
	prints "$me-b" restart -t 0 "$me-b"
}

# ---- wait

@test "states: wait prints statuses, one a line, in the order of the names; also of what has ended, or never ran" {
	made a --network none "$image" sh -c 'sleep 1; exit 5'
	made b --network none "$image" sh -c 'exit 3'
	engine create --name "$me-c" "${labels[@]}" --network none "$image" true
	prints $'5\n3\n0' wait "$me-a" "$me-b" "$me-c"
	prints 5 wait --for exited --timeout 0 "$me-a"
	run --separate-stderr purser -q wait "$me-b" "$me-none" "$me-a"
	status_is 1
	equal "$output" $'3\n5'
	one_message "$stderr"
	has "$stderr" "wait: $me-none: "
}

# bats test_tags=long
@test "states: wait gives up when it is told to, and leaves the container alone" {
	made a --network none "$image" sleep 1000
	for condition in exited 'log nothing'; do
		refused 124 'within 1 seconds' wait --for "$condition" --timeout 1 "$me-a"
		kind_is timeout wait --for "$condition" --timeout 0 "$me-a"
	done
	refused 2 "'soon' is not a condition" wait --for soon "$me-a"
	refused 2 "is not a condition" wait --for 'log ' "$me-a"
	refused 2 '--since is for' wait --since 1m "$me-a"
	is_state "$me-a" running
}

# bats test_tags=long
@test "states: Ctrl-C ends the waiting only" {
	made a --network none "$image" sh -c "$idle"
	spawn waiting_for exited
	eventually 10 asks_engine
	kill -INT "$spawned"
	ended "$spawned" 130
	spawn waiting_for 'log nothing'
	eventually 10 more_than "$me-a" 0
	kill -INT "$spawned"
	ended "$spawned" 130
	is_state "$me-a" running
}
waiting_for() { exec "$PURSER" -l "$logs" wait --for "$1" "$me-a" </dev/null >"$scratch/said" 2>&1; }
asks_engine() { (($(leftovers | wc -l) > 1)); }

# bats test_tags=long
@test "states: wait --for running: what is started meanwhile; what has ended is an error at once, with its status" {
	engine create --name "$me-a" "${labels[@]}" --network none "$image" sleep 1000
	spawn waiting_for running
	refused 124 'it was not running within 0 seconds' wait --for running --timeout 0 "$me-a"
	engine start "$me-a"
	ended "$spawned" 0
	has "$(<"$scratch/said")" "$me-a"
	made b --network none "$image" sh -c 'exit 4'
	eventually 10 is_state "$me-b" exited
	refused 1 'it has ended with status 4, and was not running' wait --for running "$me-b"
	kind_is 'wrong state' wait --for running "$me-b"
}

# bats test_tags=long
@test "states: wait --for log: what was written before, what comes, what never comes" {
	made a --network none "$image" sh -c 'echo one; echo "ready to accept" >&2; sleep 2; echo later; while :; do sleep 0.1; done'
	prints "$me-a" wait --for 'log ready to' --timeout 20 "$me-a"
	prints "$me-a" wait --for 'log later' --timeout 20 "$me-a"
	prints "$me-a" wait --for 'log one' --timeout 0 "$me-a"
	refused 124 "it has not written 'one'" wait --for 'log one' --since "$(date -u -d '+1 hour' +%FT%TZ)" --timeout 0 "$me-a"
	stored "$me-a"
	made b --network none "$image" sh -c 'echo begun; sleep 1; exit 6'
	refused 1 "it has ended with status 6, and its log has no 'ready'" wait --for 'log ready' --timeout 30 "$me-b"
	refused 1 'no such container' wait --for 'log ready' "$me-none"
}

# bats test_tags=long
@test "states: wait --for log: after another start what is known is what is there now" {
	purser -q run --name "$me-a" "${labels[@]}" --network none "$image" sh -c 'echo x >>/n; echo begun; sleep 1; echo run $(wc -l </n); sleep 1' >/dev/null
	prints "$me-a" wait --for 'log run 1' --timeout 30 "$me-a"
	eventually 10 is_state "$me-a" exited
	run --separate-stderr purser_reading -q <<<"start $me-a"$'\n'"wait --for 'log run 2' --timeout 30 $me-a"
	equal "$stderr" ''
	equal "$output" "$me-a"$'\n'"$me-a"
}

# docker cuts it behind 16,384 bytes, podman where a write of conmon's ended.
# bats test_tags=long
@test "states: wait --for log: what is looked for may lie where a long line is cut; two lines are none" {
	made a --network none "$image" sh -c 'head -c 16380 /dev/zero | tr "\0" x; echo needle; echo of; echo two; while :; do sleep 0.1; done'
	prints "$me-a" wait --for 'log xneedle' --timeout 20 "$me-a"
	prints "$me-a" wait --for 'log two' --timeout 20 "$me-a"
	refused 124 'has not written' wait --for 'log oftwo' --timeout 0 "$me-a"
}

# bats test_tags=not-nerdctl, not-podman
@test "states: wait --for healthy: when the check says so; without a check, or when it has ended, an error at once" {
	made a --network none --health-cmd 'test -e /well' --health-interval 200ms "$image" sh -c 'sleep 1; touch /well; while :; do sleep 0.1; done'
	prints "$me-a" wait --for healthy --timeout 30 "$me-a"
	made b --network none "$image" sleep 1000
	refused 1 'it has no health check' wait --for healthy "$me-b"
	made c --network none --health-cmd false --health-interval 200ms "$image" sh -c 'sleep 1; exit 2'
	refused 1 'it has ended with status 2, and was not healthy' wait --for healthy "$me-c"
}

# ---- container prune

mine() { echo "label=purser.owner=$me"; }

# bats test_tags=long
@test "states: container prune removes what does not run, its log collected, and nothing else" {
	made a --network none "$image" sh -c "echo kept; $last_breath"
	made b --network none "$image" sleep 1000
	made p --network none "$image" sleep 1000
	engine create --name "$me-c" "${labels[@]}" --network none "$image" true
	made d -l keep=yes --network none "$image" true
	eventually 10 is_state "$me-a" exited
	eventually 10 is_state "$me-d" exited
	engine pause "$me-p"
	purser -q track "$me-a"
	run --separate-stderr purser -q container prune --filter "$(mine)"
	status_is 2
	has "$stderr" "$me-c"
	lacks "$stderr" "$me-b"
	has "$stderr" 'say yes with --yes'
	exists "$me-a"
	prints '' -y container prune --filter "$(mine)" --filter until=1h
	local a c
	a=$(id_of "$me-a") c=$(id_of "$me-c")
	run purser -n -y container prune --filter "$(mine)" --filter 'label!=keep'
	has "$output" "$runtime rm $a"
	exists "$me-a"
	run --separate-stderr purser -q -y container prune --filter "$(mine)" --filter 'label!=keep'
	status_is 0
	equal "$stderr" ''
	equal "$(sort <<<"$output")" "$(sort <<<"$a"$'\n'"$c"$'\n'"Deleted Containers:")"
	absent "$me-a"
	absent "$me-c"
	is_state "$me-b" running
	is_state "$me-p" paused
	exists "$me-d"
	prints kept logs "$me-a"
	run purser -q container prune -f --filter "$(mine)" --filter label=keep=yes
	absent "$me-d"
	prints '' -y container prune --filter "$(mine)"
}

# bats test_tags=long
@test "states: container prune at the prompt says what each has written before it asks" {
	made a --network none "$image" sh -c 'head -c 3000000 /dev/zero >/big'
	eventually 20 is_state "$me-a" exited
	open_purser -q
	type_text "container prune --filter $(mine)"
	keys Enter
	shows 'SIZE' 20
	eventually 10 last_line_is "container prune: remove $me-a? [y/N]"
	like "$(screen)" '   3(\.01)?MB    ' # docker 29 counts the directory as well
	keys n Enter
	shows 'nothing done'
	exists "$me-a"
}

@test "states: container prune knows docker's filters, and no others" {
	refused 2 'is not a filter of container prune' container prune --filter status=exited
	refused 2 'is not a filter' container prune --filter bogus=x
	refused 2 "--filter: 'never' is not a time" container prune --filter until=never
}
