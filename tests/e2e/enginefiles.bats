#!/usr/bin/env bats
# Reading docker's own files (--read-engine-files): what is stored is what it is without, also where the file is not to be had, is another's, or
# is rotated and compressed while it is read. That the file was read is seen with strace, or among purser's descriptors.

load helpers

setup() {
	begin
	need_engine
	[[ $runtime == docker ]] || skip 'only docker has such files'
	docker_root=$(engine info -f '{{.DockerRootDir}}')
	[[ -r $docker_root/containers && -x $docker_root/containers ]] || skip "$docker_root may not be read here: root may"
	export PURSER_READ_ENGINE_FILES=1
	labels+=(--network none)
}

teardown() { end; }

log_path() { engine inspect -f '{{.LogPath}}' "$1"; }

# A container's command: lines on both streams until it is told to end, or has said so many on each.
# shellcheck disable=SC2016 # for the shell in the container
counting='trap : USR1; count() { i=0; until [ -e /over ] || [ $i -ge ${most:-1000000} ]; do seq $((i + 1)) $((i += 50)); sleep 0.05; done; }; count & count >&2; wait'
told_to_end() { engine exec "$1" touch /over && eventually 20 is_state "$1" exited; }

# traced COMMAND…: what it opens and reads of files, in $scratch/trace
traced() { "${strace[@]}" -f -y -qq -s 16 -e trace=openat,pread64 -o "$scratch/trace" "$@"; }

opened() { grep -F "openat(" "$scratch/trace" | grep -cF -- "$1" || true; } # PART: how often

# has_open PID PATH: a descriptor of the process is this file, or one that was rotated away from it
has_open() { readlink "/proc/$1/fd/"* 2>/dev/null | grep -qF -- "$2"; }
lets_go() { not has_open "$@" >/dev/null; }

# where COMMAND…: in front of another command, $where shows that one something else where docker keeps its containers; COMMAND mounts it
where() {
	unshare -m --propagation private true 2>/dev/null || skip 'no mount namespaces here'
	where=(unshare -m --propagation private sh -ec "$* exec \"\$@\"" sh)
}
collecting_there() { spawn collecting_purser_there "$@"; }
collecting_purser_there() { exec "${where[@]}" "$PURSER" -l "$logs" collect "$@" </dev/null >"$scratch/said" 2>&1; }

noted() { grep -cF "\"event\":\"$1\"" "$logs/journal.jsonl" || true; } # EVENT: how often

verified() { # NAME
	run purser -q logs verify "$1"
	status_is 0
	has "$output" identical
}

ends() { # PID: a purser that collects is told to end
	kill -TERM "$1"
	ended "$1" 0
}

# ---- catching up

# bats test_tags=slow
@test "engine files: 400,000 lines in two streams are caught up with from the file, killed five times on the way" {
	local file path size kills grown=0 before
	made flood --log-opt max-size=200m "$image" sh -c 'seq 1 200000 & seq 1 200000 >&2; wait'
	eventually 40 is_state "$me-flood" exited
	path=$(log_path "$me-flood")
	for kills in 1 2 3 4 5; do
		before=$(cat "$logs"/*.log 2>/dev/null | wc -c)
		spawn "$PURSER" -q -l "$logs" track "$me-flood"
		for _ in {1..100}; do
			(($(cat "$logs"/*.log 2>/dev/null | wc -c) == before)) || break
			sleep 0.01
		done
		kill -KILL "$spawned" 2>/dev/null || true
		wait "$spawned" || true
		grown=$((grown + ($(cat "$logs"/*.log 2>/dev/null | wc -c) > before)))
	done
	((grown >= 1))
	purser -q track "$me-flood"
	equal_to_engine "$me-flood"
	equal "$(wc -l <"$scratch/ours.out") $(wc -l <"$scratch/ours.err")" '200000 200000'
	verified "$me-flood"
	equal "$(noted gap) $(noted complete)" '0 1'

	# from the beginning, at once: all of it is read there
	file=$(stored "$me-flood")
	mv "$logs" "$scratch/first"
	traced "$PURSER" -q -l "$logs" track "$me-flood" </dev/null
	same_bytes "$(stored "$me-flood")" "$scratch/first/${file##*/}"
	size=$(stat -c %s "$path")
	(($(grep -F pread64 "$scratch/trace" | grep -cF "$path") > size / 262144))
}

@test "engine files: without being asked to, none is opened" {
	made a "$image" sh -c 'seq 1 10000'
	eventually 20 is_state "$me-a" exited
	unset PURSER_READ_ENGINE_FILES
	traced "$PURSER" -q -l "$logs" track "$me-a" </dev/null
	equal "$(opened -json.log)" 0
	equal_to_engine "$me-a"
	rm -rf "$logs"
	traced "$PURSER" -q --read-engine-files -l "$logs" track "$me-a" </dev/null
	(($(opened -json.log) > 0))
	equal_to_engine "$me-a"
}

# ---- following

@test "engine files: followed through rotation, compressed and not: nothing is lost, no gap is claimed, nothing stays open behind the end" {
	local mode path
	for mode in false true; do
		made "$mode" --log-opt max-size=64k --log-opt max-file=3 --log-opt compress="$mode" "$image" sh -c "$counting"
	done
	collecting "$me-false" "$me-true"
	for mode in false true; do
		path=$(log_path "$me-$mode")
		eventually 20 has_open "$spawned" "$path"
		eventually 20 compgen -G "$path.2*"
	done
	eventually 30 more_than "$me-false" 10000
	eventually 30 more_than "$me-true" 10000
	for mode in false true; do
		told_to_end "$me-$mode"
		path=$(log_path "$me-$mode")
		eventually 10 lets_go "$spawned" "$path"
	done
	eventually 10 complete 2
	ends "$spawned"
	equal "$(noted gap)" 0
	lacks "$(<"$scratch/said")" 'not read any more'
	for mode in false true; do
		verified "$me-$mode"
		for stream in stdout stderr; do
			bytes "$(stored "$me-$mode")" "$stream" >got
			seq 1 "$(wc -l <got)" >wanted
			same_bytes got wanted
		done
		engine logs "$me-$mode" >theirs.out 2>theirs.err
		equal "$(tail -n 1 got)" "$(tail -n 1 theirs.err)"
	done
}
complete() { (($(noted complete) >= $1)); }

@test "engine files: purser is killed while it follows a log that is rotated: the next one goes on" {
	local lives
	made a --log-opt max-size=200k --log-opt max-file=3 --log-opt compress=true "$image" sh -c "$counting"
	purser -q track "$me-a"
	for lives in 1 2 3 4 5; do
		collecting "$me-a"
		eventually 20 more_than "$me-a" $((lives * 1500))
		has_open "$spawned" "$(log_path "$me-a")" || echo 'not open at the moment'
		kill -KILL "$spawned"
		wait "$spawned" || true
	done
	told_to_end "$me-a"
	purser -q status
	verified "$me-a"
	equal "$(noted gap)" 0
	for stream in stdout stderr; do
		bytes "$(stored "$me-a")" "$stream" >got
		seq 1 "$(wc -l <got)" >wanted
		same_bytes got wanted
	done
}

@test "engine files: restarted, renamed, ended, removed by purser, by itself and outside" {
	reading
	tell "run --name $me-a -l purser.owner=$me --network none $image sh -c '$counting'"
	eventually 20 more_than "$me-a" 300
	eventually 10 has_open "$spawned" "$(log_path "$me-a")"
	engine restart -t 0 "$me-a"
	eventually 10 twice_begun "$me-a"
	engine rename "$me-a" "$me-b"
	eventually 10 more_than "$me-b" 1500
	told_to_end "$me-b"
	eventually 10 lets_go "$spawned" -json.log
	equal_to_engine "$me-b"

	tell "run --rm --name $me-c -l purser.owner=$me --network none $image sh -c 'seq 1 5000; seq 1 5000 >&2'"
	eventually 20 absent "$me-c"
	eventually 5 more_than "$me-c" 9999
	equal "$(bytes "$(stored "$me-c")" stdout | md5sum)" "$(seq 1 5000 | md5sum)"
	equal "$(bytes "$(stored "$me-c")" stderr | md5sum)" "$(seq 1 5000 | md5sum)"

	tell "run --name $me-d -l purser.owner=$me --network none $image sh -c '$counting'"
	eventually 20 more_than "$me-d" 500
	engine rm -f "$me-d" # outside, in the middle
	eventually 10 said "$me-d was removed outside"
	eventually 10 lets_go "$spawned" -json.log
	tell "rm $me-b"
	eventually 20 absent "$me-b"
	no_more
	ended "$spawned" 0 30
	lacks "$(<"$scratch/said")" 'not read any more'
	for stream in stdout stderr; do
		bytes "$(stored "$me-d")" "$stream" >got
		seq 1 "$(wc -l <got)" >wanted
		same_bytes got wanted
	done
}
twice_begun() { [[ $(bytes "$(stored "$1")" stdout | grep -cx 1) == 2 ]]; }

# ---- where there is no such file

@test "engine files: log driver local, and a terminal's log, are read from the engine" {
	made local --log-driver local "$image" sh -c 'seq 1 5000; seq 1 5000 >&2'
	made tty -t "$image" sh -c 'seq 1 5000'
	eventually 20 is_state "$me-local" exited
	eventually 20 is_state "$me-tty" exited
	traced "$PURSER" -q -l "$logs" track "$me-local" "$me-tty" </dev/null
	equal "$(opened "$docker_root/containers/")" 0
	equal_to_engine "$me-local"
	equal_to_engine "$me-tty"
	verified "$me-local"
}

@test "engine files: where they are not there, or may not be read, the engine is asked, and nobody is told" {
	local way
	made a "$image" sh -c "most=5000; $counting"
	made b "$image" sh -c 'seq 1 20000'
	eventually 20 is_state "$me-b" exited
	for way in mode=755 mode=700,uid=65534; do
		where mount -t tmpfs -o "$way" none "'$docker_root/containers';"
		[[ $way != *uid* ]] || where+=(setpriv --bounding-set='-dac_override,-dac_read_search')
		not "${where[@]}" test -r "$(log_path "$me-a")"
		run in_time "${where[@]}" "$PURSER" -l "$logs" track "$me-a" "$me-b"
		status_is 0
		equal "$output" "$me-a"$'\n'"$me-b"
		equal_to_engine "$me-b"
		collecting_there "$me-a"
		eventually 20 more_than "$me-a" $(($(records "$(stored "$me-a")") + 1000))
		ends "$spawned"
		lacks "$(<"$scratch/said")" 'not read any more'
		verified "$me-b"
		mv "$logs" "$logs-$way"
	done
	told_to_end "$me-a"
	purser -q track "$me-a"
	equal_to_engine "$me-a"
}

# ---- where it is another

@test "engine files: a file that is not what the engine has is not stored: an old copy, another's, nonsense, an empty one" {
	local path what
	made a "$image" sh -c 'seq 1 20000; seq 1 20000 >&2'
	made other "$image" sh -c 'seq 20001 60000'
	eventually 20 is_state "$me-a" exited
	eventually 20 is_state "$me-other" exited
	path=$(log_path "$me-a")
	where mount --bind "'$scratch/other.log' '$path';"
	for what in "head -n 30000 '$path'" "tail -n +2 '$path'" "cat '$(log_path "$me-other")'" "sed 's/stdout/stderr/;t;s/stderr/stdout/' '$path'" \
		"sed '\$s/.*/nonsense/' '$path'" "sed 1s/stream/streams/ '$path'" :; do
		eval "$what" >other.log
		run in_time "${where[@]}" "$PURSER" -l "$logs" track "$me-a"
		status_is 0
		equal "$output" "$me-a"
		equal_to_engine "$me-a" || { echo "of: $what" && cat "$logs/journal.jsonl" && ls -l "$logs" && return 1; }
		equal "$(noted gap) $(noted complete)" '0 1'
		rm -rf "$logs"
	done
}

@test "engine files: one that was exchanged while no purser ran: the engine's is stored, and that is said once" {
	local path
	made a "$image" sh -c "$counting"
	purser -q track "$me-a"
	eventually 10 logged "$me-a" 3000
	path=$(log_path "$me-a")
	sed 's/"log":"/&other /' "$path" >other.log
	where mount --bind "'$scratch/other.log' '$path';"
	collecting_there "$me-a"
	eventually 20 said 'not read any more'
	eventually 20 more_than "$me-a" $(($(records "$(stored "$me-a")") + 1000))
	told_to_end "$me-a"
	eventually 10 complete 1
	ends "$spawned"
	equal "$(grep -c 'not read any more' "$scratch/said")" 1
	equal_to_engine "$me-a"
	equal "$(noted gap)" 0
}
