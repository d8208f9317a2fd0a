#!/usr/bin/env bats
# How logs are kept: rotated, compressed, deleted, named, compared with the engine; on disks that fail, with clocks that are set.

load helpers
load terminal

setup() { begin; }
teardown() {
	close_terminal
	end
}

# ---- the files of one log

# whole NAME: all its records, in a file whose path is printed
whole() {
	local file
	: >"$scratch/whole"
	while IFS= read -r file; do
		if [[ $file == *.gz ]]; then gzip -dc "$file"; else cat "$file"; fi >>"$scratch/whole"
	done < <(find "$logs" -name "*+$1.log.*" | sort -V)
	cat "$logs"/*"+$1.log" >>"$scratch/whole"
	echo "$scratch/whole"
}

whole_equals_engine() {
	engine logs "$1" >theirs.out 2>theirs.err
	bytes "$(whole "$1")" stdout >ours.out
	bytes "$(whole "$1")" stderr >ours.err
	same_bytes ours.out theirs.out && same_bytes ours.err theirs.err
}

marks_of() { jq -r --arg name "$me-$1" 'select(.name == $name) | .event' "$logs/journal.jsonl"; }

flood='i=0; while [ $i -lt 3000 ]; do echo "line $i of the flood"; echo "err $i" >&2; i=$((i+1)); done'

@test "keep: rotated and compressed it is one log, for logs, status and verify" {
	need_engine
	made a "$image" sh -c "$flood"
	eventually 20 is_state "$me-a" exited
	run purser --log-max-size 16k --log-compress -q track "$me-a"
	status_is 0
	eventually 10 all_compressed "$me-a"
	(($(find "$logs" -name '*.gz' | wc -l) >= 10))
	equal "$(find "$logs" -type f -perm /077 | wc -l)" 0
	whole_equals_engine "$me-a"

	purser logs "$me-a" >shown.out 2>shown.err
	same_bytes shown.out theirs.out
	same_bytes shown.err theirs.err
	purser logs -n 1234 "$me-a" >shown.out 2>shown.err
	tail -n 1234 whole >last
	bytes last stdout >wanted
	same_bytes shown.out wanted
	bytes last stderr >wanted
	same_bytes shown.err wanted
	run purser -q logs verify "$me-a"
	status_is 0
	equal "$output" "$me-a: identical, 6000 records (3000 stdout, 3000 stderr)"
	run purser -q --json status
	equal "$(jq -r '[.Records, .Gaps, .Files > 10] | @tsv' <<<"$output")" $'6000\t0\ttrue'

	# as a purser that does not rotate sees it, and after the container
	purser -q rm "$me-a"
	purser logs "$me-a" >shown.out 2>shown.err
	same_bytes shown.out theirs.out
	same_bytes shown.err theirs.err
}
all_compressed() { # the last purser has had no time for them
	purser --log-max-size 16k --log-compress -q status >/dev/null
	[[ -z $(find "$logs" -name "*+$1.log.*[0-9]") ]]
}

@test "keep: logs -f goes on over rotation" {
	need_engine
	made a "$image" sh -c 'i=0; while [ $i -lt 400 ]; do echo "line $i"; i=$((i+1)); sleep 0.005; done'
	purser --log-max-size 1k --log-compress -q track "$me-a"
	run purser --log-max-size 1k --log-compress -q logs -f "$me-a"
	status_is 0
	equal "$output" "$(seq 0 399 | sed 's/^/line /')"
	(($(find "$logs" -name "*+$me-a.log.*" | wc -l) > 5))
}

@test "keep: only so many files, only so many bytes; the newest stay, and that it was deleted is written down" {
	need_engine
	purser -q run --name "$me-a" "${labels[@]}" "$image" sh -c "$flood"
	eventually 20 is_state "$me-a" exited
	purser --log-max-size 8k --log-max-files 3 -q untrack "$me-a"
	rm "$logs"/*.log*
	purser --log-max-size 8k --log-max-files 3 -q track "$me-a"
	eventually 10 at_most_files 3 "$me-a"
	has "$(marks_of a)" deleted
	engine logs "$me-a" >theirs.out 2>theirs.err
	bytes "$(whole "$me-a")" stdout >ours.out
	(($(wc -l <whole) > 200 && $(wc -l <whole) < 600))
	tail -n "$(wc -l <ours.out)" theirs.out >wanted
	same_bytes ours.out wanted
	# it is still known where it goes on
	engine start "$me-a"
	eventually 20 is_state "$me-a" exited
	purser --log-max-size 8k --log-max-files 3 -q status
	run purser -q logs verify "$me-a"
	status_is 0
	has "$output" 'older ones are not kept here any more'

	# the whole directory: what is oldest goes first, of containers that are gone all of it
	purser -q run --name "$me-b" "${labels[@]}" "$image" sh -c 'seq 1 2000'
	eventually 20 is_state "$me-b" exited
	purser -q rm "$me-b"
	touch -d '1 hour ago' "$logs"/*"+$me-b.log"
	run purser --log-max-size 8k --log-max-total 20k -q status
	status_is 0
	eventually 10 at_most_files 0 "$me-b"
	(($(cat "$logs"/*.log* | wc -c) <= 20480 + 8192))
	[[ -s $(stored "$me-a") ]]
	has "$(marks_of b)" deleted
	run purser logs "$me-b"
	status_is 1
}
at_most_files() {
	purser --log-max-size 8k --log-max-files 3 -q status >/dev/null
	(($(find "$logs" -name "*+$2.log*" | wc -l) <= $1))
}

@test "keep: what cannot be" {
	local words
	for words in '--log-compress' '--log-max-files 3' '--log-max-total 1g' '--log-max-size 1k --log-max-files 1' '--log-max-size x' \
		'--log-name %n' '--log-name %i' '--log-name ../%i%n' '--log-name %n/%i' '--log-name .%n%i' '--log-name %i%n%x' '--log-name %i%I%n'; do
		# shellcheck disable=SC2086
		run purser $words status
		status_is 2
		one_message "$output"
	done
	[[ ! -e $logs ]]
}

@test "keep: a template for names, with the day of the start; it stays for the next purser, and can be changed" {
	need_engine
	local id day
	purser -q --log-name '%d_%n_%i' run --name "$me-a" "${labels[@]}" "$image" sh -c 'trap "echo last; exit" TERM; echo first; while :; do sleep 0.05; done'
	id=$(id_of "$me-a")
	day=$(engine inspect -f '{{.State.StartedAt}}' "$me-a")
	equal "$(ls "$logs"/*.log)" "$logs/${day:0:10}_$me-a_${id:0:12}.log"
	engine rename "$me-a" "$me-z"
	engine stop -t 5 "$me-z"
	purser -q status
	equal "$(ls "$logs"/*.log)" "$logs/${day:0:10}_$me-z_${id:0:12}.log"
	run purser -q logs "$me-z"
	equal "$output" $'first\nlast'
	purser -q --log-name '%n.%I' status
	equal "$(ls "$logs"/*.log)" "$logs/$me-z.$id.log"
	run purser -q logs "$me-z"
	equal "$output" $'first\nlast'
	purser -q rm "$me-z"
	run purser -q logs "$me-z"
	equal "$output" $'first\nlast'
}

@test "keep: verify finds a record that was changed, one that is missing, and what is gone" {
	need_engine
	made a "$image" sh -c 'seq 1 100; sleep 0.3; seq 101 200 >&2'
	made b "$image" sh -c 'echo b'
	eventually 10 is_state "$me-b" exited
	eventually 10 is_state "$me-a" exited
	purser -q track "$me-a" "$me-b"
	run purser -q logs verify
	status_is 0
	has "$output" "$me-a: identical, 200 records (100 stdout, 100 stderr)"
	has "$output" "$me-b: identical, 1 records"

	sed -i '50s/50$/5x/' "$(stored "$me-a")"
	run purser -q logs verify "$me-a"
	status_is 1
	has "$output" "$me-a: 49 records are the same, then it differs at record 50: the engine has 20"
	has "$output" 'stdout "50" (2 bytes), stored is 20'
	has "$output" 'stdout "5x" (2 bytes)'
	sed -i '50d' "$(stored "$me-a")"
	run purser -q logs verify "$me-a" "$me-b"
	status_is 1
	has "$output" "$me-a: 49 records are the same"
	has "$output" "$me-b: identical"

	purser -q rm "$me-b"
	run purser -q logs verify "$me-b"
	status_is 1
	one_message "$output"
	has "$output" 'does not have'
	run purser -q logs verify "$me-nobody"
	status_is 1
	one_message "$output"
	has "$output" 'not tracked'
}

@test "keep: a compressed file that is damaged is said, and all goes on behind it" {
	need_engine
	made a "$image" sh -c 'seq 1 1000; while [ ! -e /more ]; do sleep 0.05; done; seq 1001 2000; sleep 60'
	eventually 10 logged "$me-a" 1000
	purser --log-max-size 4k --log-compress -q track "$me-a"
	eventually 10 all_compressed "$me-a"
	truncate -s 100 "$(find "$logs" -name '*.log.5.gz')" "$(find "$logs" -name '*.log.*.gz' | sort -V | tail -n 1)"
	engine exec "$me-a" touch /more
	eventually 10 logged "$me-a" 2000
	purser -q collect --once
	run purser -q status --format json
	equal "$(jq -r '[.Log, .Gaps] | @tsv' <<<"$output")" $'following\t0'
	run --separate-stderr purser -q logs "$me-a"
	status_is 1
	has "$stderr" 'damaged'
	equal "$(sort -n <<<"$output" | uniq -d)" ''
	equal "$(tail -n 1000 <<<"$output")" "$(seq 1001 2000)"
	(($(wc -l <<<"$output") > 1500))
}

@test "keep: the lock is removed: who collected sees it, and no record is stored twice" {
	need_engine
	made a "$image" sh -c 'i=0; while :; do i=$((i + 1)); echo $i; usleep 5000; done'
	collecting "$me-a"
	eventually 10 more_than "$me-a" 100
	rm "$logs/collector.lock"
	eventually 10 test -s "$logs/collector.lock"
	spawn second
	eventually 10 grep -q 'another purser' said2
	engine stop -t 0 "$me-a"
	eventually 10 marked_complete a
	equal_to_engine "$me-a"
}

@test "keep: what came and went while purser was stopped is written down by its name" {
	need_engine
	collecting --all
	made a "$image" sleep 60
	eventually 10 stored "$me-a"
	kill -STOP "$spawned"
	made b "$image" sh -c 'echo b'
	eventually 10 is_state "$me-b" exited
	engine rm "$me-b"
	kill -CONT "$spawned"
	eventually 10 marks_of b
	eventually 10 is_marked b removed
	equal "$(jq -r 'select(.id == .name) | .event' "$logs/journal.jsonl")" ''
}
is_marked() { marks_of "$1" | grep -qx "$2"; }

@test "keep: tracked and names that are no files are not waited for" {
	local file
	mkdir -p "$logs"
	for file in tracked names; do
		mkfifo "$logs/$file"
		run purser status
		has "$output" 'not a regular file'
		rm "$logs/$file"
	done
}

# ---- collecting alone

@test "keep: collect --once catches up and ends; --all takes what is there" {
	need_engine
	made a "$image" sh -c "$flood"
	made b "$image" sh -c 'echo b'
	eventually 20 is_state "$me-a" exited
	run purser collect --once "$me-a"
	status_is 0
	equal "$output" 'containers: 1, records stored: 6000, gaps: 0'
	equal_to_engine "$me-a"
	run purser collect --once --all
	status_is 0
	equal_to_engine "$me-b"
	run purser collect --once "$me-nobody"
	status_is 1
	run purser collect --all "$me-a"
	status_is 2
}

@test "keep: collect --all goes on until it is told to end; a container that comes and goes is in it" {
	need_engine
	collecting --all
	local collector=$spawned
	eventually 10 test -e "$logs/journal.jsonl"
	made a "$image" sh -c 'echo one; sleep 0.5; echo two'
	eventually 10 is_state "$me-a" exited
	eventually 10 marked_complete a
	equal_to_engine "$me-a"
	eventually 5 grep -qF "$me-a exited (0)" said
	# one more waits, and takes over
	spawn second
	eventually 10 grep -q 'another purser' said2
	kill -KILL "$collector"
	wait "$collector" || true
	made b "$image" sh -c 'echo b'
	eventually 15 marked_complete b
	made c "$image" sh -c 'trap "echo last; exit" TERM; echo first; while :; do sleep 0.05; done'
	eventually 10 stored "$me-c"
	kill -TERM "$spawned"
	ended "$spawned" 0
	equal_to_engine "$me-c"
}
second() { exec "$PURSER" -l "$logs" collect --all </dev/null >said2 2>&1; }
marked_complete() { marks_of "$1" 2>/dev/null | grep -qx complete; }

@test "keep: collect shows a line of progress on a terminal, and takes it away" {
	need_engine
	made a "$image" sh -c 'seq 1 100; sleep 60'
	open_terminal
	type_text "$PURSER -l $logs collect $me-a; echo ended: \$?"
	keys Enter
	eventually 15 on_screen 'containers: 1, catching up: 0, in trouble: 0; records stored: 100, gaps: 0'
	keys C-c
	eventually 15 on_screen 'ended: 0'
	not on_screen 'records stored'
}
on_screen() { in_tmux capture-pane -p | grep -qF -- "$1"; }

# ---- disks

@test "keep: a disk that takes nothing for a while: said once, nothing harmed, it goes on by itself" {
	need_engine
	local name id paths=()
	mkdir -p "$logs"
	for name in a b; do
		id=$(made $name "$image" sh -c 'i=0; while [ $i -lt 400 ]; do echo $i; i=$((i+1)); sleep 0.01; done')
		: >"$logs/${id:0:12}+$me-$name.log"
		paths+=(-P "$logs/${id:0:12}+$me-$name.log")
	done
	spawn failing "${paths[@]}"
	eventually 40 marked_complete a
	eventually 40 marked_complete b
	kill -TERM "$(pgrep -P "$spawned" -x purser)"
	ended "$spawned" 0
	cat said
	(($(grep -c INJECTED trace) >= 5))
	equal "$(grep -c 'cannot be stored: .*Read-only file system' said)" 1
	equal "$(grep -c 'are stored again' said)" 1
	equal_to_engine "$me-a"
	equal_to_engine "$me-b"
	equal "$(jq -r 'select(.event | startswith("disk")) | .event' "$logs/journal.jsonl")" $'disk fails\ndisk works'
}
failing() {
	exec "${strace[@]}" -f -o trace "$@" -e trace=write -e inject=write:error=EROFS:when=3..8 "$PURSER" -l "$logs" collect "$me-a" "$me-b" </dev/null >said 2>&1
}

# Every call that writes takes half a second: nobody but the collector waits.
@test "keep: a slow disk: the prompt does not wait for it, and nothing is lost" {
	need_engine
	made a "$image" sh -c 'i=0; while [ $i -lt 300 ]; do echo $i; i=$((i+1)); sleep 0.01; done'
	purser -q track "$me-a"
	mkfifo in
	spawn slow
	exec 8>in
	echo '!echo ready' >&8
	eventually 20 grep -q ready said
	for turn in 1 2 3 4 5; do
		local asked=${EPOCHREALTIME/./}
		echo "help; !echo turn $turn" >&8
		eventually 10 grep -q "turn $turn" said
		((${EPOCHREALTIME/./} - asked < 1000000))
		sleep 0.5
	done
	echo "logs -f $me-a" >&8
	exec 8>&-
	ended "$spawned" 0 60
	equal_to_engine "$me-a"
}
slow() { exec "${strace[@]}" -f -o trace -e trace=fdatasync,fsync -e inject=fdatasync,fsync:delay_enter=500000 "$PURSER" -q -l "$logs" <in >said 2>&1; }

# bats test_tags=slow
@test "keep: an fdatasync that fails is done again, with what it was for" {
	need_engine
	made a "$image" sh -c 'i=0; while [ $i -lt 400 ]; do echo $i; i=$((i+1)); sleep 0.01; done'
	purser -q track "$me-a"
	run in_time "${strace[@]}" -f -o trace -e trace=fdatasync,pwrite64 -e inject=fdatasync:error=EIO:when=2..3 "$PURSER" -l "$logs" logs -f "$me-a"
	status_is 0
	equal "$(grep -c 'cannot be stored' <<<"$output")" 1
	equal "$(grep -c 'are stored again' <<<"$output")" 1
	grep -q pwrite64 trace
	equal_to_engine "$me-a"
}

# The real program; each call in turn is for the unit tests of the intake.
@test "keep: killed at the n-th call that syncs, cuts, renames or deletes a file, n = 1, 2, 4, 7 …" {
	need_engine
	local at=1 step=1 killed=0 calls=ftruncate,rename,renameat,renameat2,fdatasync,fsync,unlinkat
	made a "$image" sh -c 'seq 1 300; seq 301 600 >&2; printf end'
	eventually 10 is_state "$me-a" exited
	while :; do
		rm -rf "$logs"
		in_time "${strace[@]}" -f -o trace -e trace=$calls -e inject=$calls:signal=KILL:when=$at \
			"$PURSER" -q --log-max-size 2k --log-compress -l "$logs" collect --once "$me-a" </dev/null >/dev/null 2>&1 && break
		killed=$((killed + 1)) at=$((at + step)) step=$((step + 1))
		purser -q --log-max-size 2k --log-compress collect --once "$me-a"
		whole_equals_engine "$me-a"
	done
	whole_equals_engine "$me-a"
	echo "killed $killed times"
	((killed >= 6))
}

# ---- clocks

# An engine's json-file of a container that has ended, written anew with times of our own: forward, back an hour, ahead two, back a bit.
@test "keep: the engine's clock is set back an hour and ahead two, also while purser is down" {
	need_engine
	local log k=0 step at=1795320239
	made a "$image" true
	eventually 10 is_state "$me-a" exited
	log=$(engine inspect -f '{{.LogPath}}' "$me-a")
	[[ -w $log ]] || skip "the engine's files are not to be written here"
	for step in 0 1 -3600 1 7200 -5 0 -3600 1 -86000 3600 7200 0; do
		at=$((at + step))
		for _ in 1 2 3 4 5 6 7 8 9; do
			k=$((k + 1))
			printf '{"log":"%d\\n","stream":"%s","time":"%(%Y-%m-%dT%H:%M:%S)T.%09dZ"}\n' $k "$([[ $((k % 3)) == 0 ]] && echo stderr || echo stdout)" $((at + k / 5)) $((k * 7919 % 1000000000)) >>"$log"
		done
		run purser collect --once "$me-a"
		status_is 0
		has "$output" 'gaps: 0'
		whole_equals_engine "$me-a"
	done
	equal "$(wc -l <"$(stored "$me-a")")" $k
}

# bats test_tags=slow
@test "keep: purser's own clock is set back an hour and ahead two while it runs" {
	need_engine
	made a "$image" sh -c 'i=0; while [ $i -lt 700 ]; do echo $i; i=$((i+1)); sleep 0.01; done'
	echo '+0' >clock
	spawn faked
	for offset in -3600 +3600 -90000 +7200; do
		sleep 1
		echo "${offset}s" >clock
	done
	eventually 20 is_state "$me-a" exited
	eventually 20 marked_complete a
	kill -TERM "$spawned"
	ended "$spawned" 0
	equal_to_engine "$me-a"
	lacks "$(<said)" gap
	(($(jq -r .time "$logs/journal.jsonl" | cut -c1-13 | sort -u | wc -l) >= 2)) # else no clock was set
}
faked() {
	local library
	library=$(dpkg -L libfaketime | grep 'libfaketimeMT.so')
	exec env LD_PRELOAD="$library" FAKETIME_TIMESTAMP_FILE="$scratch/clock" FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 \
		"$PURSER" -l "$logs" collect "$me-a" </dev/null >said 2>&1
}

# ---- the short and the long

# short_lives FROM TO: containers that end at once are complete, each of them, and nothing else is left of them
short_lives() {
	local i
	need_engine
	for ((i = $1; i <= $2; i++)); do
		echo "run --rm --name $me-r$i -l purser.owner=$me $image sh -c 'echo out $i; echo err $i >&2; exit $((i % 7))'"
	done >script
	seconds=110 purser -q -f script >/dev/null
	for ((i = $1; i <= $2; i++)); do
		equal "$(bytes "$(stored "$me-r$i")" stdout) $(bytes "$(stored "$me-r$i")" stderr)" "out $i err $i"
	done
	equal "$(jq -r 'select(.event == "gap")' "$logs/journal.jsonl")" ''
	equal "$(jq -r 'select(.event == "complete") | .id' "$logs/journal.jsonl" | sort -u | wc -l)" $(($2 - $1 + 1))
	equal "$(jq -r 'select(.event == "removed") | .text' "$logs/journal.jsonl" | sort -u)" 'by purser, as it has ended (--rm)'
	equal "$(engine ps -aq --filter "label=purser.owner=$me" | wc -l)" 0
}
@test "keep: run --rm of 100 containers that end at once: 1 to 25" { short_lives 1 25; }
# bats test_tags=slow
@test "keep: run --rm of 100 containers that end at once: 26 to 50" { short_lives 26 50; }
# bats test_tags=slow
@test "keep: run --rm of 100 containers that end at once: 51 to 75" { short_lives 51 75; }
# bats test_tags=slow
@test "keep: run --rm of 100 containers that end at once: 76 to 100" { short_lives 76 100; }

@test "keep: a line of 32 MB passes through little memory" {
	need_engine
	made a --log-opt max-size=200m "$image" sh -c 'head -c 33554432 /dev/zero | tr "\0" x; echo; echo behind it'
	collecting "$me-a"
	eventually 60 marked_complete a
	local peak
	peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$spawned/status")
	echo "peak: $peak kB"
	kill -TERM "$spawned"
	ended "$spawned" 0
	equal_to_engine "$me-a"
	((peak < 32768)) || [[ $build == *san ]]
}
