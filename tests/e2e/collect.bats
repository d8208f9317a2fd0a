#!/usr/bin/env bats
# What the collector promises: every record the engine still has is stored once, in order, unmodified - whoever dies meanwhile.
# also: cli nerdctl podman

load helpers

setup() { begin; }
teardown() { end; }

# bats test_tags=long
@test "collect: purser is killed ten times while a container floods both streams; nothing is lost or doubled" {
	local kills=0 hits=0 grown=0 life=0 pause=0.25 before # hits: how often the container was running; grown: how often the log grew first
	need_engine
	[[ $runtime == docker ]] || life=2 pause=2 # they are slower to answer
	purser -q create --name "$me-flood" "${labels[@]}" --log-opt max-size=200m "$image" \
		sh -c 'count() { i=0; while [ $i -lt 200000 ]; do seq $((i + 1)) $((i += 10000)); sleep '"$pause"'; done; }; count & count >&2; wait; '"$last_breath"
	mkfifo in
	exec 8<>in
	engine start "$me-flood"
	while ((kills < 10)); do
		before=$(cat "$logs"/*.log 2>/dev/null | wc -c)
		printf 'status\n' >&8 # a purser that is asked nothing collects nothing
		spawn "$PURSER" -q -l "$logs" <in
		sleep "$life.$((RANDOM % 5 + 1))$((RANDOM % 10))"
		not over "$spawned" # it was there to be killed
		kill -KILL "$spawned"
		wait "$spawned" || true
		kills=$((kills + 1))
		grown=$((grown + ($(cat "$logs"/*.log 2>/dev/null | wc -c) > before)))
		hits=$((hits + $(is_state "$me-flood" running && echo 1 || echo 0)))
	done
	exec 8>&-
	eventually 60 is_state "$me-flood" exited
	purser -q status
	equal_to_engine "$me-flood"
	equal "$(wc -l <"$scratch/ours.out") $(wc -l <"$scratch/ours.err")" '200000 200000'
	((hits >= 5))
	((grown >= 1)) # a life may be shorter than the way back to the end of the file
}

@test "collect: status after a kill in the middle says how it stands, and brings the rest" {
	local records=3001
	need_engine
	reading -q
	tell "run --name $me-a -l purser.owner=$me $image sh -c 'i=0; while [ \$i -lt 3000 ]; do echo \$i; i=\$((i+1)); done; sleep 1; echo end'"
	eventually 20 more_than "$me-a" 100
	kill -KILL "$spawned"
	wait "$spawned" || true
	no_more
	eventually 20 is_state "$me-a" exited
	purser status
	run purser --json status
	status_is 0
	[[ $runtime != podman ]] || records=$(wc -l <"$(engine_file "$me-a")") # conmon may make two of a line
	equal "$(jq -r '[.Name, .State, .Log, .Records, .Gaps, .Error] | @tsv' <<<"$output")" "$me-a"$'\texited\tcomplete\t'"$records"$'\t0\t'
	equal "$(bytes "$(stored "$me-a")" stdout | wc -l)" 3001
	equal_to_engine "$me-a"
}

# bats test_tags=long
@test "collect: what a crash tore in two is stored whole, once" {
	need_engine
	made a "$image" sh -c 'seq 1 500; printf "%s" no-newline; '"$last_breath"
	eventually 10 is_state "$me-a" exited
	purser track "$me-a"
	local file size cut
	file=$(stored "$me-a")
	size=$(stat -c %s "$file")
	for cut in 1 7 40 3000 $((size - 1)) "$size"; do
		truncate -s $((size - cut)) "$file"
		purser -q status
		equal "$(stat -c %s "$file")" "$size"
		equal_to_engine "$me-a"
	done
}

@test "collect: track takes a container's whole past, over restarts, and what comes after" {
	need_engine
	made a "$image" sh -c 'echo "run $(cat /proc/uptime)"; seq 1 200 >&2; trap "echo bye; '"$last_breath"'; exit 3" TERM; while :; do sleep 0.1; done'
	eventually 10 logged "$me-a" 201
	engine restart -t 5 "$me-a"
	eventually 10 logged "$me-a" 403
	run purser track "$me-a"
	status_is 0
	equal "$output" "$me-a"
	equal_to_engine "$me-a"
	engine stop -t 5 "$me-a"
	run purser status
	status_is 0
	equal_to_engine "$me-a"
	equal "$(grep -c . "$scratch/ours.out")" 4
}
# bats test_tags=long
@test "collect: untrack leaves it alone, track goes on where the file ends" {
	need_engine
	made a "$image" sh -c 'echo one; trap "echo three; '"$last_breath"'; exit" TERM; trap "echo two" USR1; while :; do sleep 0.05; done'
	made b "$image" true
	eventually 10 logged "$me-a" 1
	purser track "$me-a" "$me-b"
	run purser untrack "$me-a"
	status_is 0
	equal "$output" "$me-a"
	engine kill -s USR1 "$me-a"
	eventually 10 logged "$me-a" 2
	run purser --json status
	equal "$(jq -r .Name <<<"$output")" "$me-b"
	equal "$(bytes "$(stored "$me-a")" stdout)" one
	purser track "$me-a"
	equal "$(bytes "$(stored "$me-a")" stdout)" $'one\ntwo'
	engine stop -t 5 "$me-a"
	purser status
	equal_to_engine "$me-a"
	run purser untrack "$me-a" "$me-nobody"
	status_is 1
	has "$output" "'$me-nobody' is not tracked"
	run purser untrack --all
	status_is 0
	run purser --json status
	equal "$output" ''
}

# bats test_tags=long
@test "collect: track --all, patterns, several at once, one that is not there" {
	need_engine
	made x1 "$image" sh -c "echo 1; $last_breath"
	made x2 "$image" sh -c "echo 2; $last_breath"
	made y "$image" sh -c "echo 3; $last_breath"
	eventually 10 is_state "$me-y" exited
	run purser track "$me-x?" "$me-none" "$me-y"
	status_is 1
	has "$output" "$me-none"
	has "${output,,}" 'no such container'
	equal "$(grep -c "^$me-" <<<"$output")" 3
	equal_to_engine "$me-x1"
	equal_to_engine "$me-x2"
	equal_to_engine "$me-y"
	run purser untrack "$me-x*"
	status_is 0
	equal "$(sort <<<"$output")" "$me-x1"$'\n'"$me-x2"
	run purser track --all
	status_is 0
	equal "$(grep "^$me-" <<<"$output" | sort)" "$(engine ps -a --filter "label=purser.owner=$me" --format '{{.Names}}' | sort)"
	run purser track
	status_is 2
	run purser track --all "$me-y"
	status_is 2
}

# bats test_tags=long
@test "collect: the end of a script drains" {
	need_engine
	run purser -q -c "
run --name $me-a -l purser.owner=$me $image sh -c 'seq 1 20000; seq 1 20000 >&2; $last_breath'
!until $runtime inspect -f '{{.State.Status}}' $me-a | grep -q exited; do sleep 0.05; done"
	status_is 0
	equal_to_engine "$me-a"
	equal "$(wc -l <"$scratch/ours.err")" 20000
}

# bats test_tags=long
@test "collect: containers go on running when purser is gone, and are taken up by the next one" {
	need_engine
	purser -q run --name "$me-a" "${labels[@]}" "$image" sh -c 'trap "echo last; '"$last_breath"'; exit" TERM; echo first; while :; do sleep 0.05; done'
	is_state "$me-a" running
	engine stop -t 5 "$me-a"
	run purser status
	status_is 0
	equal "$(bytes "$(stored "$me-a")" stdout)" $'first\nlast'
}

# bats test_tags=long
@test "collect: two purser on one directory; the second says who collects, and takes over" {
	need_engine
	reading
	local first=$spawned
	tell "run --name $me-a -l purser.owner=$me $image sh -c 'trap \"echo last; $last_breath; exit\" TERM; echo first; while :; do sleep 0.05; done'"
	eventually 20 more_than "$me-a" 0

	run purser status
	status_is 0
	has "$output" "another purser (pid $first) collects into $logs"
	has "$output" "collected by another purser (pid $first)"
	run purser --json -q status
	equal "$(jq -r '[.Name, .Records] | @tsv' <<<"$output")" "$me-a"$'\t1'
	run purser -q logs "$me-a"
	status_is 0
	equal "$output" first

	# what the second starts is collected by the first, also after the second has gone
	run purser -q run --name "$me-b" "${labels[@]}" "$image" sh -c "echo b1; sleep 0.5; echo b2; $last_breath"
	status_is 0
	eventually 20 is_state "$me-b" exited
	eventually 10 more_than "$me-b" 1
	equal "$(bytes "$(stored "$me-b")" stdout)" $'b1\nb2'

	# rm in the second: stored to the end first
	engine stop -t 5 "$me-a"
	run purser -q rm "$me-a"
	status_is 0
	absent "$me-a"
	equal "$(bytes "$(stored "$me-a")" stdout)" $'first\nlast'

	# the first is gone: another does its work
	kill -KILL "$first"
	wait "$first" || true
	no_more
	run purser status
	status_is 0
	lacks "$output" 'another purser'
}

@test "collect: a second purser that runs takes over when the first is killed" {
	need_engine
	reading -q
	local first=$spawned
	tell "run --name $me-a -l purser.owner=$me $image sh -c 'i=0; while :; do echo \$i; i=\$((i+1)); sleep 0.02; done'"
	eventually 20 more_than "$me-a" 0
	mkfifo in2
	spawn second
	exec 9>in2
	echo status >&9
	eventually 10 grep -q . second.said
	kill -KILL "$first"
	wait "$first" || true
	no_more
	local before
	before=$(records "$(stored "$me-a")")
	eventually 15 more_than "$me-a" $((before + 50))
	echo "rm -f $me-a" >&9
	eventually 20 absent "$me-a"
	exec 9>&-
	ended "$spawned" 0
	bytes "$(stored "$me-a")" stdout >got
	seq 0 $(($(wc -l <got) - 1)) >wanted
	same_bytes got wanted
}
second() { exec "$PURSER" -l "$logs" <in2 >second.said 2>&1; }

# bats test_tags=long
@test "collect: a second purser takes over while it looks at a log, and what was removed meanwhile is written down once" {
	need_engine
	mkdir slow
	printf '#!/bin/sh\n[ "$1" != logs ] || sleep 1\nexec %s "$@"\n' "$(type -P "$runtime")" >"slow/$runtime"
	chmod +x "slow/$runtime"
	reading -q
	local first=$spawned
	tell "run --name $me-a -l purser.owner=$me $image sh -c 'i=0; while :; do echo \$i; i=\$((i+1)); sleep 0.02; done'"
	tell "run --name $me-b -l purser.owner=$me $image sleep 60"
	eventually 20 more_than "$me-a" 0
	PATH=$PWD/slow:$PATH spawn following "$me-a"
	eventually 15 followed 1
	kill -KILL "$first"
	wait "$first" || true
	no_more
	engine rm "${remove_at_once[@]}" "$me-b"
	local before
	before=$(records "$(stored "$me-a")")
	eventually 20 more_than "$me-a" $((before + 50))
	eventually 10 grep -q removed "$logs/journal.jsonl"
	engine stop -t 0 "$me-a"
	ended "$spawned" 0
	equal "$(jq -r --arg name "$me-b" 'select(.name == $name) | .event' "$logs/journal.jsonl" | grep -xc removed)" 1
	bytes "$(stored "$me-a")" stdout >got
	seq 0 $(($(wc -l <got) - 1)) >wanted
	same_bytes got wanted
	same_bytes followed wanted
}

# bats test_tags=long
@test "collect: logs -f in a second purser shows everything and ends with the container" {
	need_engine
	reading -q
	tell "run --name $me-a -l purser.owner=$me $image sh -c 'trap \"seq 101 2000; $last_breath; exit\" TERM; seq 1 100; while :; do sleep 0.05; done'"
	eventually 20 more_than "$me-a" 99
	seconds=40 spawn following "$me-a"
	eventually 15 followed 100
	engine stop -t 5 "$me-a"
	ended "$spawned" 0 20
	seq 1 2000 >wanted
	same_bytes followed wanted
	no_more
}
following() { in_time "$PURSER" -q -l "$logs" logs -f "$1" >followed </dev/null; }
followed() { (($(wc -l <followed) >= $1)); }

last_event_is() { [[ $(jq -r .event "$logs/journal.jsonl" | tail -n 1) == "$1" ]]; }

# Files that are held open are read to their end when the container is gone: rotation.bats.
# bats test_tags=not-nerdctl,not-podman
@test "collect: one run's end does not make the next one complete: what is removed in it is told as a gap" {
	need_engine
	reading -q
	tell "run --name $me-a -l purser.owner=$me $image sh -c 'trap exit TERM; echo begins; while :; do sleep 0.02; done'"
	eventually 20 more_than "$me-a" 0
	for runs in 2 3 4; do
		engine restart -t 5 "$me-a"
		eventually 10 more_than "$me-a" $((runs - 1))
		eventually 10 last_event_is restarted # a script learns of it with the next list
	done
	engine rm "${remove_at_once[@]}" "$me-a"
	eventually 10 grep -q removed "$logs/journal.jsonl"
	no_more
	ended "$spawned" 0
	equal "$(jq -r .event "$logs/journal.jsonl" | tail -n 3 | paste -sd' ')" 'exited gap removed'
}

@test "collect: a rename from outside: the file follows, and goes on" {
	need_engine
	reading
	tell "run --name $me-a -l purser.owner=$me $image sh -c 'trap \"echo last; $last_breath; exit\" TERM; echo first; while :; do sleep 0.05; done'"
	eventually 20 more_than "$me-a" 0
	local inode
	inode=$(stat -c %i "$(stored "$me-a")")
	engine rename "$me-a" "$me-z"
	eventually 15 stored "$me-z"
	equal "$(find "$logs" -name '*.log' | wc -l)" 1
	equal "$(stat -c %i "$(stored "$me-z")")" "$inode"
	tell "stop -t 5 $me-z"
	tell "logs $me-z"
	no_more
	ended "$spawned" 0
	said last
	equal "$(bytes "$(stored "$me-z")" stdout)" $'first\nlast'
	run purser --json status
	equal "$(jq -r .Name <<<"$output")" "$me-z"
}

# bats test_tags=long
@test "collect: a rename while no purser runs: the file follows at the next one" {
	need_engine
	purser -q run --name "$me-a" "${labels[@]}" "$image" sh -c "echo one; $last_breath"
	eventually 10 logged "$me-a" 1
	engine rename "$me-a" "$me-z"
	run purser status
	status_is 0
	equal "$(find "$logs" -name '*.log' | wc -l)" 1
	equal "$(bytes "$(stored "$me-z")" stdout)" one
}

# bats test_tags=long
@test "collect: the same name with a new id is a new file; logs shows the newest" {
	need_engine
	purser -q run --name "$me-a" "${labels[@]}" "$image" sh -c "echo old; $last_breath"
	eventually 10 is_state "$me-a" exited
	purser -q rm "$me-a"
	purser -q run --name "$me-a" "${labels[@]}" "$image" sh -c "echo new; $last_breath"
	eventually 10 is_state "$me-a" exited
	run purser logs "$me-a"
	equal "$output" new
	purser -q rm "$me-a"
	equal "$(find "$logs" -name "*+$me-a.log" | wc -l)" 2
	run purser logs "$me-a"
	status_is 0
	equal "$output" new
}

# bats test_tags=long
@test "collect: removed outside before all was read: said, and not asked for again" {
	need_engine
	purser -q run --name "$me-a" "${labels[@]}" "$image" sh -c 'echo one; sleep 60'
	eventually 10 logged "$me-a" 1
	purser -q status
	engine rm "${remove_at_once[@]}" "$me-a"
	run purser status
	status_is 0
	has "$output" "$me-a was removed outside"
	run purser --json status
	equal "$output" ''
	run purser logs "$me-a"
	status_is 0
	equal "$output" one
}

# Where its file is held open nothing is lost, and nothing is said.
# bats test_tags=not-nerdctl,not-podman
@test "collect: removed outside under a running script: said on stderr" {
	need_engine
	reading
	tell "run --name $me-a -l purser.owner=$me $image sh -c 'echo one; sleep 60'"
	eventually 20 more_than "$me-a" 0
	engine rm "${remove_at_once[@]}" "$me-a"
	eventually 10 said "$me-a was removed outside" # also while the script waits for its next line
	no_more
	ended "$spawned" 0 30
	said "$me-a was removed outside"
}

# rotation.bats has this and the next one for them.
# bats test_tags=not-nerdctl,not-podman
@test "collect: what the engine dropped before it was read is said to be missing, and nothing else is" {
	need_engine
	purser -q run --name "$me-a" "${labels[@]}" --log-opt max-size=40k --log-opt max-file=2 "$image" \
		sh -c 'trap "seq 101 5000; exit" TERM; seq 1 100; while :; do sleep 0.05; done'
	eventually 10 logged "$me-a" 100
	purser -q status
	equal "$(records "$(stored "$me-a")")" 100
	engine stop -t 10 "$me-a"
	engine logs "$me-a" >left
	(($(wc -l <left) < 4000)) # the engine did drop some
	run purser status
	status_is 0
	has "$output" "$me-a: gap: the engine dropped records between"
	{
		seq 1 100
		cat left
	} >wanted
	bytes "$(stored "$me-a")" stdout >got
	same_bytes got wanted
}

# bats test_tags=not-nerdctl,not-podman
@test "collect: the engine rotates while purser reads: nothing is lost, no gap is claimed" {
	need_engine
	purser -q run --name "$me-a" "${labels[@]}" --log-opt max-size=100k --log-opt max-file=3 "$image" \
		sh -c 'i=0; while [ $i -lt 4000 ]; do echo "$i out"; echo "$i err" >&2; i=$((i+1)); [ $((i % 100)) != 0 ] || sleep 0.1; done'
	run purser logs -f "$me-a"
	status_is 0
	lacks "$output" gap
	bytes "$(stored "$me-a")" stdout >got.out
	bytes "$(stored "$me-a")" stderr >got.err
	seq 0 3999 | sed 's/$/ out/' >wanted.out
	seq 0 3999 | sed 's/$/ err/' >wanted.err
	same_bytes got.out wanted.out
	same_bytes got.err wanted.err
	(($(engine logs "$me-a" 2>&1 | wc -l) < 8000)) # else nothing was rotated away
}

# bats test_tags=long
@test "collect: someone deletes or cuts a stored file: it goes on from there, without the past" {
	need_engine
	reading -q
	tell "run --name $me-a -l purser.owner=$me $image sh -c 'i=0; while :; do echo \$i; i=\$((i+1)); sleep 0.02; done'"
	eventually 20 more_than "$me-a" 20
	rm "$(stored "$me-a")"
	eventually 10 more_than "$me-a" 20
	truncate -s 0 "$(stored "$me-a")"
	eventually 10 more_than "$me-a" 20
	tell "rm -f $me-a"
	no_more
	ended "$spawned" 0
	bytes "$(stored "$me-a")" stdout >got
	seq "$(head -n 1 got)" "$(tail -n 1 got)" >wanted
	(($(head -n 1 got) > 40))
	same_bytes got wanted
}

# The stand-in is one for docker.
# bats test_tags=not-nerdctl,not-podman,slow
@test "collect: the engine is away for a while; then nothing is missing" {
	fake_begin
	reading -k
	tell "run --name $me-a purser-test sh -c 'i=0; while [ \$i -lt 300 ]; do echo \$i; i=\$((i+1)); sleep 0.02; done'"
	eventually 20 more_than "$me-a" 20
	fake_mode fail
	tell "ps"
	eventually 10 said 'does not answer'
	sleep 1
	fake_mode ''
	tell "logs -f $me-a"
	no_more
	ended "$spawned" 125 30
	bytes "$(stored "$me-a")" stdout >got
	seq 0 299 >wanted
	same_bytes got wanted
}

# bats test_tags=long
@test "collect: names that could be paths stay in the directory; modes are private" {
	need_engine
	purser -q run --name "$me-a..b-_.c" "${labels[@]}" "$image" sh -c "echo x; $last_breath"
	[[ -f $(stored "$me-a..b-_.c") ]]
	equal "$(stat -c %a "$logs")" 700
	equal "$(stat -c %a "$(stored "$me-a..b-_.c")")" 600
	equal "$(find "$logs" -type f -perm /077 | wc -l)" 0
}

# docker's two ways
# bats test_tags=not-nerdctl,not-podman,long,slow
@test "collect: a long session leaks no file descriptor and no process" {
	need_engine
	local transport i before
	for transport in socket cli; do
		export PURSER_TRANSPORT=$transport
		leaks_nothing
		engine rm "${remove_at_once[@]}" "$me-a" >/dev/null
		rm -f in said
	done
}
leaks_nothing() {
	reading -qk
	tell "run --name $me-a -l purser.owner=$me $image sleep 60"
	eventually 20 more_said 1
	five_rounds first # connections that are kept are open then, and the stream of events
	before=$(descriptors)
	five_rounds second
	five_rounds last
	eventually 5 no_more_descriptors_than $((before + 2)) # what is under way ends
	equal "$(zombies)" ""
	no_more
	ended "$spawned" 2 30
}
five_rounds() { # NAME
	for i in 1 2 3 4 5; do
		tell "ps -a; logs $me-a; images -q; logs $me-nobody; nonsense; untrack $me-a; track $me-a; status"
	done
	tell "!echo $1"
	eventually 40 said "$1"
	sleep 2
}
no_more_descriptors_than() { (($(descriptors) <= $1)); }
zombies() {
	local child
	for child in $(<"/proc/$spawned/task/$spawned/children"); do
		grep -l '^State:.Z' "/proc/$child/status" 2>/dev/null || true
	done
}
more_said() { (($(wc -l <"$scratch/said") >= $1)); }
descriptors() { find "/proc/$spawned/fd" -type l | wc -l; }

# bats test_tags=slow
@test "collect: containers that write without pause do not keep the quiet ones waiting" {
	need_engine
	local name quiet=(q1 q2 q3) round
	for name in loud1 loud2 loud3 loud4 loud5; do # more than windows are read at once
		made "$name" --network none --log-opt max-size=20m --log-opt max-file=2 "$image" sh -c 'while :; do seq 2000; sleep 0.1; done' >/dev/null
	done
	for name in "${quiet[@]}"; do
		made "$name" --network none "$image" sh -c 'while :; do date; sleep 0.3; done' >/dev/null
	done
	collecting "$me-loud1" "$me-loud2" "$me-loud3" "$me-loud4" "$me-loud5" "$me-q1" "$me-q2" "$me-q3"
	for name in "${quiet[@]}"; do eventually 20 more_than "$me-$name" 5; done
	for round in 1 2 3 4 5 6; do
		sleep 0.7
		for name in "${quiet[@]}"; do eventually 1 is_fresh "$me-$name" || { echo "round $round"; return 1; }; done
	done
}
is_fresh() { # NAME: its newest record is no older than a second
	local at
	at=$(tail -n 1 "$(stored "$1")")
	(($(date -d "${at%% *}" +%s%3N) > $(date +%s%3N) - 1000))
}
