#!/usr/bin/env bats
# Engines rotate logs, and throw away what they rotated: who reads along loses nothing, who does not is told.
# (docker with one file only, which is its default, throws away at once what it wrote a moment ago; so it has three.)
# also: nerdctl podman

load helpers

setup() {
	need_engine
	begin
	mkdir told
	tells=(-v "$scratch/told:/told")
}
teardown() { end; }

# numbers FROM TO: a container's script that writes them to both streams, six digits each, at most 1500 of each a second, once /told/FROM
# is there
numbers() {
	echo "numbers() {
		while ! [ -e /told/$1 ]; do usleep 20000; done
		i=$(($1 - 1)); while [ \$i -lt $2 ]; do
			i=\$((i + 150)); seq \$((i - 149)) \$i | sed 's/^/00000/; s/.*\(......\)\$/\1 is long enough to be rotated away soon/'; usleep 100000
		done
	}
	numbers & numbers >&2; wait"
}

# is_whole STREAM FROM TO: what is stored in $file is each number once
is_whole() {
	bytes "$file" "$1" | awk '{ print $1 + 0 }' >"$scratch/got"
	seq "$2" "$3" >"$scratch/wanted"
	same_bytes "$scratch/got" "$scratch/wanted"
}

# holes STREAM: how many there are in what is stored in $file, how often a number is not greater than the one before, and how many lines are
# torn that do not stand at a hole: conmon cuts a line where a read of its ends, and may have thrown away one of the parts.
holes() {
	bytes "$file" "$1" | awk 'BEGIN { last = -1 }
		$0 != "0" && (length($1) != 6 || $0 != $1 " is long enough to be rotated away soon") { torn++; next }
		{ hole = $1 > last + 1; elsewhere += hole && torn ? torn - 1 : torn; holes += hole; repeats += $1 <= last; last = $1 + 0; torn = 0 }
		END { print holes + 0, repeats + 0, elsewhere + torn }'
}

last() { bytes "$file" "$1" | tail -n 1 | awk '{ print $1 + 0 }'; }

# was_rotated CONTAINER BEGINNING: the engine's oldest file is not the one any more that began with it
was_rotated() {
	local file
	file=$(engine_file "$1")
	[[ -e $file.1 ]] || ! grep -q "[\" ]$2" "$file"
}

complete() { eventually 40 is_noted "$me-$1" complete; }

@test "rotation: while purser reads along nothing is lost" {
	local file
	made a "${tells[@]}" --log-opt max-size=100k --log-opt max-file=3 "$image" sh -c "echo 0; echo 0 >&2; $(numbers 1 6000); $last_breath"
	collecting "$me-a"
	eventually 10 more_than "$me-a" 1
	touch told/1
	complete a
	was_rotated "$me-a" '000001 is long'
	file=$(stored "$me-a")
	is_whole stdout 0 6000
	is_whole stderr 0 6000
	equal "$(gaps_of "$me-a")" 0
}

# falls_behind SIGNAL: purser gets it, and the engine throws away much of what is written then
falls_behind() {
	made a "${tells[@]}" --log-opt max-size=100k --log-opt max-file=2 "$image" \
		sh -c "echo 0; echo 0 >&2; $(numbers 1 1500); $(numbers 1501 6000); $last_breath"
	collecting "$me-a"
	eventually 10 more_than "$me-a" 1
	touch told/1
	eventually 20 more_than "$me-a" 3001
	kill "-$1" "$spawned"
	touch told/1501
	eventually 40 is_state "$me-a" exited
}

# has_one_gap CONTAINER: and nothing else is missing of it
has_one_gap() {
	local file
	complete a
	file=$(stored "$me-a")
	equal "$(holes stdout) $(holes stderr) $(gaps_of "$me-a")" '1 0 0 1 0 0 1'
	equal "$(last stdout) $(last stderr)" '6000 6000'
}

@test "rotation: purser is killed, and the engine throws away what it had not read: one gap, told, and nothing else is missing" {
	falls_behind KILL
	run purser status
	status_is 0
	has "$output" "$me-a: gap: "
	has_one_gap
}

# bats test_tags=slow
@test "rotation: purser stands still with the log open, and the engine throws away what it had not read: one gap, told" {
	falls_behind STOP
	kill -CONT "$spawned"
	has_one_gap
	said "$me-a: gap: "
}

# bats test_tags=long
@test "rotation: a container that is started again, and rotated in each run, is one log" {
	local file run
	made a "${tells[@]}" --log-opt max-size=50k --log-opt max-file=3 "$image" sh -c 'run=$(cat /number 2>/dev/null || echo 1); echo $((run + 1)) >/number
		echo $((run * 3000)); while ! [ -e /told/$run ]; do usleep 20000; done
		for i in 0 1 2 3 4 5 6 7 8 9; do
			seq $((run * 3000 + i * 300 + 1)) $((run * 3000 + i * 300 + 300)) | sed "s/\$/ is long enough to be rotated away soon/"; usleep 100000
		done; '"$last_breath"
	collecting "$me-a"
	for run in 1 2 3; do
		eventually 20 ends_with "$me-a" $((run * 3000))
		touch told/$run
		eventually 20 is_state "$me-a" exited
		((run == 3)) || engine start "$me-a"
	done
	complete a
	was_rotated "$me-a" '3001 is long'
	file=$(stored "$me-a")
	bytes "$file" stdout | cut -d' ' -f1 >got
	seq 3000 12000 | sed 's/^[69]000$/&\n&/' >wanted # each run begins with the last one's last number
	same_bytes got wanted
	equal "$(gaps_of "$me-a")" 0
}

ends_with() { [[ $(tail -n 1 "$(stored "$1" 2>/dev/null)") == *" $2" ]]; }

# Its own file, by a hard link, says what that had.
# bats test_tags=not-docker
@test "rotation: removed from outside while it writes at full speed: stored is what the engine had, to the last byte" {
	local file
	made a --log-opt max-size=500m "$image" sh -c 'while :; do seq 1000; seq 1000 >&2; done'
	collecting "$me-a"
	eventually 30 more_than "$me-a" 20000
	file=$(engine_file "$me-a")
	ln "$file" kept
	engine rm "${remove_at_once[@]}" "$me-a"
	eventually 20 is_noted "$me-a" removed
	"bytes_of_$runtime" kept stdout >theirs.out
	"bytes_of_$runtime" kept stderr >theirs.err
	bytes "$(stored "$me-a")" stdout >ours.out
	bytes "$(stored "$me-a")" stderr >ours.err
	same_bytes ours.out theirs.out
	same_bytes ours.err theirs.err
	equal "$(gaps_of "$me-a")" 0 || { cat "$logs/journal.jsonl"; return 1; }
	kill "$spawned"
	ended "$spawned" 0
}

# nerdctl looks for the file when it is asked for its path, and may find it gone while the container is being removed.
# bats test_tags=not-docker,not-podman
@test "rotation: asked while it removes a container, the engine knows of no file any more: what is held is read to its end" {
	local file
	forgetful_engine
	made a --log-opt max-size=500m "$image" sh -c 'while :; do seq 100; seq 100 >&2; sleep 0.02; done'
	collecting "$me-a"
	eventually 30 more_than "$me-a" 2000
	file=$(engine_file "$me-a")
	ln "$file" kept
	touch forget
	engine pause "$me-a" # which is an event, so that it is asked
	eventually 20 test -e forgot
	engine unpause "$me-a"
	sleep 1
	engine rm "${remove_at_once[@]}" "$me-a"
	eventually 20 is_noted "$me-a" removed
	bytes_of_nerdctl kept stdout >theirs.out
	bytes "$(stored "$me-a")" stdout >ours.out
	same_bytes ours.out theirs.out
	equal "$(gaps_of "$me-a")" 0 || { cat "$logs/journal.jsonl"; return 1; }
	kill "$spawned"
	ended "$spawned" 0
}
# Where there is a file `forget` its inspect tells no path.
forgetful_engine() {
	real=$(command -v nerdctl)
	mkdir bin
	cat >bin/nerdctl <<-SH
		#!/bin/sh
		case " \$* " in *" inspect "*) [ ! -e "$scratch/forget" ] || { "$real" "\$@" | sed 's/"LogPath": "[^"]*"/"LogPath": ""/'; : >"$scratch/forgot"; exit; } ;; esac
		exec "$real" "\$@"
	SH
	chmod +x bin/nerdctl
	PATH=$scratch/bin:$PATH
}

# docker's engine writes and reads its files itself.
# bats test_tags=not-docker
@test "rotation: half a line in the engine's file is waited for, and stored once" {
	local file line
	made a "$image" sh -c 'echo one; sleep 1000'
	eventually 10 logged "$me-a" 1
	purser -q track "$me-a"
	file=$(engine_file "$me-a")
	line=$(sed 's/one/two/' "$file")
	collecting "$me-a"
	printf '%s' "${line:0:50}" >>"$file"
	sleep 1
	equal "$(records "$(stored "$me-a")")" 1
	printf '%s\n' "${line:50}" >>"$file"
	eventually 10 more_than "$me-a" 1
	kill -TERM "$spawned"
	ended "$spawned" 0
	equal "$(bytes "$(stored "$me-a")" stdout)" $'one\ntwo'
	equal "$(gaps_of "$me-a")" 0
}

# docker's engine writes and reads its files itself.
# bats test_tags=not-docker
@test "rotation: a damaged line in the engine's file is a gap, and all else is stored" {
	local file line
	made a "$image" sh -c 'echo one; sleep 1000'
	eventually 10 logged "$me-a" 1
	file=$(engine_file "$me-a")
	line=$(sed 's/one/two/' "$file")
	printf '%s\n' "${line:0:20}" "$line" >>"$file"
	purser -q track "$me-a"
	has "$(purser status)" "$me-a: the last gap is"
	equal "$(bytes "$(stored "$me-a")" stdout)" $'one\ntwo'
	equal "$(gaps_of "$me-a")" 1
}

# docker cuts lines; keep.bats has one of 32 MB.
# bats test_tags=not-docker
@test "rotation: lines of 1 MB and of 20 MB" {
	made a "$image" sh -c "head -c 1048576 /dev/zero | tr '\0' x; echo; head -c 20971520 /dev/zero | tr '\0' y; echo; echo behind; sleep 1"
	collecting "$me-a"
	complete a
	equal_to_engine "$me-a"
	equal "$(wc -lc <ours.out | tr -s ' ')" ' 3 22020105'
}

# bats test_tags=long
@test "rotation: a terminal's log is rotated" {
	local file
	made a -t "${tells[@]}" --log-opt max-size=50k --log-opt max-file=3 "$image" sh -c "echo 0 is ready; ${numbers_of_terminal}; $last_breath"
	collecting "$me-a"
	eventually 10 more_than "$me-a" 0
	touch told/1
	complete a
	was_rotated "$me-a" '1 is long'
	file=$(stored "$me-a")
	is_whole stdout 0 3000
	equal "$(gaps_of "$me-a")" 0
}
numbers_of_terminal='while ! [ -e /told/1 ]; do usleep 20000; done
	for i in 0 1 2 3 4 5 6 7 8 9; do seq $((i * 300 + 1)) $((i * 300 + 300)) | sed "s/$/ is long enough to be rotated away soon/"; usleep 200000; done'

# What is not stored yet stays open, in whatever files it is.
# bats test_tags=not-docker
@test "rotation: no room to store anything while the engine rotates: nothing is lost" {
	local file
	((EUID == 0)) || skip 'only root can mount'
	mkdir -p "$logs"
	mount -t tmpfs -o size=256k,mode=700 purser-test "$logs"
	full_disk || { umount "$logs"; return 1; }
	umount "$logs"
}
full_disk() {
	made a "${tells[@]}" --log-opt max-size=100k "$image" sh -c "echo 0; echo 0 >&2; $(numbers 1 6000); $last_breath" &&
		collecting "$me-a" &&
		eventually 10 more_than "$me-a" 1 &&
		touch told/1 &&
		eventually 30 said 'cannot be stored' &&
		eventually 30 is_state "$me-a" exited &&
		was_rotated "$me-a" '000001 is long' &&
		mount -o remount,size=64m "$logs" &&
		complete a &&
		file=$(stored "$me-a") &&
		is_whole stdout 0 6000 &&
		is_whole stderr 0 6000 &&
		equal "$(gaps_of "$me-a")" 0 &&
		kill -TERM "$spawned" &&
		ended "$spawned" 0
}

# docker's file is read by wish only: enginefiles.bats.
# bats test_tags=not-docker
@test "rotation: where the engine's file may not be read its CLI is asked" {
	made a "$image" sh -c 'seq 1000; seq 1000 >&2; sleep 1'
	spawn denied "$(dirname "$(engine_file "$me-a")")"
	complete a
	has "$(<said)" "file is not read any more: "
	has "$(<said)" 'Permission denied'
	equal_to_engine "$me-a"
}
denied() {
	exec "${strace[@]}" -f -o trace -P "$1" -e trace=openat -e inject=openat:error=EACCES "$PURSER" -l "$logs" collect "$me-a" </dev/null >said 2>&1
}
