#!/usr/bin/env bats
# start, stop, restart, rm: several targets, patterns, failures in between, and what of a log is saved before its container goes.

load helpers

setup() {
	need_engine
	begin
}
teardown() { end; }

idle='trap "exit 7" TERM; while :; do sleep 0.05; done'

@test "lifecycle: start, stop, restart of several: one line a target, in their order, as they were named" {
	purser -q create --name "$me-a" "${labels[@]}" "$image" sh -c "$idle" >/dev/null
	purser -q create --name "$me-b" "${labels[@]}" "$image" sh -c "$idle" >/dev/null
	local id
	id=$(id_of "$me-b")
	run purser start "$me-a" "${id:0:12}"
	status_is 0
	equal "$output" "$me-a"$'\n'"${id:0:12}"
	is_state "$me-a" running
	is_state "$me-b" running
	local before
	before=$(started "$me-a")
	run purser restart -t 5 "$me-b" "$me-a"
	status_is 0
	equal "$output" "$me-b"$'\n'"$me-a"
	[[ $(started "$me-a") != "$before" ]]
	is_state "$me-a" running
	run purser stop -t 5 "$me-a" "$me-b" "$me-a"
	status_is 0
	equal "$output" "$me-a"$'\n'"$me-b"
	is_state "$me-a" exited
	equal "$(engine inspect -f '{{.State.ExitCode}}' "$me-a")" 7
	run purser rm "$me-a" "$id"
	status_is 0
	equal "$output" "$me-a"$'\n'"$id"
	absent "$me-a"
	absent "$me-b"
}
started() { engine inspect -f '{{.State.StartedAt}}' "$1"; }

@test "lifecycle: a failing target does not keep the others from it; the status says so" {
	made a "$image" sh -c "$idle"
	made b "$image" sh -c "$idle"
	run --separate-stderr purser stop --timeout 5 "$me-a" "$me-none" "$me-b"
	status_is 1
	equal "$output" "$me-a"$'\n'"$me-b"
	one_message "$stderr"
	has "$stderr" "stop: $me-none"
	has "$stderr" 'No such container'
	is_state "$me-b" exited
	run --separate-stderr purser start "$me-none" "$me-a" "$me-nobody"
	status_is 1
	equal "$output" "$me-a"
	equal "$(grep -c '^purser: start: ' <<<"$stderr")" 2
	is_state "$me-a" running
	run --separate-stderr purser rm "$me-none" "$me-a" "$me-b"
	status_is 1
	equal "$output" "$me-b"
	has "$stderr" "$me-none"
	like "$stderr" 'running container|container is running' # docker before 23, and since
	is_state "$me-a" running
	absent "$me-b"
	run --separate-stderr purser restart "$me-none"
	status_is 1
	equal "$output" ''
}

@test "lifecycle: statuses and words are docker's" {
	made a "$image" sh -c "$idle"
	local verb
	for verb in start stop restart rm; do
		run engine "$verb" "$me-none"
		local theirs=$status
		run purser "$verb" "$me-none"
		equal "$status" "$theirs"
	done
	# what is there already is no failure, as with docker
	run purser start "$me-a"
	status_is 0
	run purser stop -t 5 "$me-a"
	status_is 0
	run purser stop "$me-a"
	status_is 0
}

@test "lifecycle: patterns mean the fitting ones in a fitting state" {
	made w1 "$image" sh -c "$idle"
	made w2 "$image" sh -c "$idle"
	made v "$image" sh -c "$idle"
	run purser stop -t 5 "$me-w*"
	status_is 0
	equal "$(sort <<<"$output")" "$me-w1"$'\n'"$me-w2"
	is_state "$me-v" running
	run purser start "$me-w?"
	status_is 0
	is_state "$me-w1" running
	run purser restart -t 5 "$me-?"
	status_is 0
	equal "$output" "$me-v"
	run purser stop "$me-x*"
	status_is 1
	has "$output" "no container fits '$me-x*'"
	run purser start "$me-w?" # they run
	status_is 1
	is_state "$me-w1" running
}

@test "lifecycle: a pattern that removes needs a yes; the names are said; nothing is abbreviated" {
	made w1 "$image" true
	made w2 "$image" true
	made v "$image" true
	eventually 10 is_state "$me-w2" exited
	eventually 10 is_state "$me-w1" exited
	run purser rm "$me-w*"
	status_is 2
	has "$output" "$me-w1"
	has "$output" "$me-w2"
	lacks "$output" "$me-v"
	has "$output" --yes
	exists "$me-w1"
	exists "$me-w2"
	run purser -c "rm $me-w*"
	status_is 2
	exists "$me-w1"
	run purser -n rm "$me-w*"
	status_is 0
	exists "$me-w1"
	run purser -y rm "$me-w*"
	status_is 0
	absent "$me-w1"
	absent "$me-w2"
	exists "$me-v"
	run purser -yc "rm $me-?"
	status_is 0
	absent "$me-v"
}

# bats test_tags=slow
@test "lifecycle: stop -t and -s, restart -t" {
	made a "$image" sh -c 'trap "echo term" TERM; trap "echo int; exit 5" INT; while :; do sleep 0.05; done'
	made theirs "$image" sh -c 'trap "exit 5" INT; while :; do sleep 0.05; done'
	purser -q track "$me-a" >/dev/null
	if engine stop --help | grep -q -- --signal; then
		engine stop -s INT -t 1 "$me-theirs"
		run purser stop -s INT -t 1 "$me-a"
		status_is 0
		equal "$(engine inspect -f '{{.State.ExitCode}}' "$me-a")" "$(engine inspect -f '{{.State.ExitCode}}' "$me-theirs")"
	else # a CLI before 23: its refusal is told
		run purser stop -s INT -t 1 "$me-a"
		status_is 1
		has "$output" signal
	fi
	engine rm -f "$me-theirs"
	purser -q start "$me-a" >/dev/null
	local start=$EPOCHREALTIME took
	run purser stop -t 1 "$me-a"
	took=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
	status_is 0
	equal "$(engine inspect -f '{{.State.ExitCode}}' "$me-a")" 137
	((took >= 900 && took < 5000))
	purser -q start "$me-a" >/dev/null
	run purser restart --time=0 "$me-a"
	status_is 0
	is_state "$me-a" running
	run purser stop --time 0 "$me-a"
	status_is 0
	equal_to_engine "$me-a"
}

@test "lifecycle: rm -f of a running container that floods: stored is what the engine had, to the last byte" {
	purser -q run --name "$me-a" "${labels[@]}" --log-opt max-size=200m "$image" \
		sh -c 'while :; do seq 1 1000; seq 1 1000 >&2; sleep 0.02; done' >/dev/null
	sleep 0.7
	# A hard link keeps the engine's own file.
	local path json
	path=$(engine inspect -f '{{.LogPath}}' "$me-a")
	json=$(dirname "$(dirname "$path")")/$me.kept
	ln "$path" "$json"
	seconds=100 run purser -q rm -f "$me-a"
	mv "$json" kept.json
	status_is 0
	equal "$output" "$me-a"
	absent "$me-a"
	jq -j 'select(.stream == "stdout").log' kept.json >theirs.out
	jq -j 'select(.stream == "stderr").log' kept.json >theirs.err
	bytes "$(stored "$me-a")" stdout >ours.out
	bytes "$(stored "$me-a")" stderr >ours.err
	(($(wc -l <theirs.out) > 1000))
	same_bytes ours.out theirs.out
	same_bytes ours.err theirs.err
}

@test "lifecycle: rm -f in a script of what was started there" {
	run purser -q -c "
run --name $me-a -l purser.owner=$me $image sh -c 'i=0; while :; do echo \$i; i=\$((i+1)); done'
rm -f $me-a
logs -n 1 $me-a"
	status_is 0
	absent "$me-a"
	bytes "$(stored "$me-a")" stdout >got
	seq 0 $(($(wc -l <got) - 1)) >wanted
	same_bytes got wanted
	equal "$(tail -n 1 <<<"$output")" "$(tail -n 1 got)"
}

@test "lifecycle: rm of what is not tracked, of a created one, with -v its volume" {
	made a "$image" true
	eventually 10 is_state "$me-a" exited
	run purser rm "$me-a"
	status_is 0
	absent "$me-a"
	run purser -q -c "create --name $me-b -l purser.owner=$me $image true; rm $me-b"
	status_is 0
	absent "$me-b"
	local volume
	engine create --name "$me-c" "${labels[@]}" -v /data "$image" true
	volume=$(engine inspect -f '{{(index .Mounts 0).Name}}' "$me-c")
	run purser rm -v "$me-c"
	status_is 0
	run engine volume inspect "$volume"
	status_is 1
	run purser rm "$me-a"
	status_is 1
	one_message "$output"
	run purser rm -f "$me-a" # as docker says of one that is not there
	local ours=$status
	run engine rm -f "$me-a"
	equal "$ours" "$status"
}

@test "lifecycle: restart keeps one file" {
	purser -q run --name "$me-a" "${labels[@]}" "$image" sh -c 'echo up; trap "echo down; exit" TERM; while :; do sleep 0.05; done' >/dev/null
	purser -q restart -t 5 "$me-a" "$me-a"
	purser -q stop -t 5 "$me-a"
	run purser logs "$me-a"
	equal "$output" $'up\ndown\nup\ndown'
	equal "$(find "$logs" -name '*.log' | wc -l)" 1
	equal_to_engine "$me-a"
}

@test "lifecycle: an unknown option or no target at all" {
	local verb
	for verb in start stop restart rm; do
		run purser "$verb"
		status_is 2
		has "$output" "$verb: needs at least one CONTAINER"
		run purser "$verb" --nonsense a
		status_is 2
	done
}
