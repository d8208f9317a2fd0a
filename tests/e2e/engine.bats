#!/usr/bin/env bats
# The collector and what befalls an engine, on an engine of the file's own (tests/setup/private-engine.sh): it is killed, stopped, paused,
# replaced, and drops records. Whatever happens, what it has in the end is stored once, and what it has not any more is said.

load helpers
load terminal

engine_dir=${BATS_FILE_TMPDIR-}/engine
other_dir=${BATS_FILE_TMPDIR-}/other

# Not with the test's HOME: what this starts outlives the test.
private() { HOME=/ "$root/tests/setup/private-engine.sh" "$1" "$engine_dir" "${@:2}"; }
private_other() { HOME=/ "$root/tests/setup/private-engine.sh" "$1" "$other_dir" "${@:2}"; }

setup_file() {
	[[ $runtime == docker ]] || { echo 'no docker here' >"$BATS_FILE_TMPDIR/none"; return; }
	local code=0
	private start --live-restore >"$BATS_FILE_TMPDIR/said" 2>&1 || code=$?
	if ((code == 3)); then
		mv "$BATS_FILE_TMPDIR/said" "$BATS_FILE_TMPDIR/none"
		return
	fi
	cat "$BATS_FILE_TMPDIR/said"
	((code == 0))
	echo --live-restore >"$BATS_FILE_TMPDIR/options"
	DOCKER_HOST=$(private host) PURSER_RUNTIME=docker "$root/tests/setup/image.sh" "$image"
}

teardown_file() {
	private_other end
	private end
}

setup() {
	begin
	[[ ! -s $BATS_FILE_TMPDIR/none ]] || skip "$(<"$BATS_FILE_TMPDIR/none")"
	labels+=(--network none)
	DOCKER_HOST=$(private host)
	export DOCKER_HOST
	engine_with --live-restore
}

teardown() {
	local failed=0 ids
	close_terminal
	end || failed=1
	if [[ ! -s $BATS_FILE_TMPDIR/none ]]; then
		DOCKER_HOST=$(private host)
		export DOCKER_HOST
		engine_with --live-restore
		mapfile -t ids < <(engine ps -aq)
		((${#ids[@]} == 0)) || engine rm -fv "${ids[@]}" >/dev/null || failed=1
		private_other end || failed=1
	fi
	return "$failed"
}

# engine_with OPTION…: it runs, with these options and no others
engine_with() {
	if [[ $(cat "$BATS_FILE_TMPDIR/options") == "$*" ]] && timeout 5 docker ps -q >/dev/null 2>&1; then return; fi
	private kill 2>/dev/null || true
	engine_starts "$@"
}
engine_starts() {
	private start "$@" >/dev/null || return 1
	echo "$*" >"$BATS_FILE_TMPDIR/options"
}

# ask SECONDS LINE: what purser answers, in time
ask() {
	local before end
	before=$(wc -c <"$scratch/said")
	end="answered $EPOCHREALTIME"
	tell "$2"
	tell "!echo $end"
	eventually "$1" said "$end" || return
	tail -c +$((before + 1)) "$scratch/said" | grep -vF 'answered '
}

# stands NAME KEY: what status says of the container
stands() { ask 5 'status --format json' | grep '^{' | jq -r --arg name "$1" "select(.Name == \$name) | .$2"; }

# Asking takes processes: not twenty times a second.
stands_at() { [[ $(stands "$1" "$2") == "$3" ]] || { sleep 0.2 && false; }; } # NAME KEY VALUE
stands_with() { [[ $(stands "$1" "$2") == *"$3"* ]] || { sleep 0.2 && false; }; } # NAME KEY PART

# ---- what is stored, what is written down

# journal FILTER: the marks that it lets through, one a line
journal() { cat "$logs"/journal.jsonl.1 "$logs"/journal.jsonl 2>/dev/null | jq -c "select($1)"; }

noted() { journal ".event == \"$1\"" | wc -l; } # EVENT: how often

noted_more() { (($(noted "$1") > $2)); }

# ours NAME: what is stored of its stdout
ours() { bytes "$(stored "$1")" stdout; }

# A container's command: lines on both streams, some hundred a second, until it is `told_to_end`.
# shellcheck disable=SC2016 # for the shell in the container
counting='trap exit TERM; count() { i=0; until [ -e /over ]; do seq $((i + 1)) $((i += 50)); sleep 0.1; done; }; count & count >&2; wait'
told_to_end() { engine exec "$1" touch /over && eventually 20 is_state "$1" exited; }

# ---- the engine is gone for a while

@test "engine: killed -9 four times, its containers live on: each stream is what the engine has, and the trouble was shown" {
	local kills
	reading -k
	tell "run --name $me-a -l purser.owner=$me --network none $image sh -c '$counting'"
	eventually 20 more_than "$me-a" 400
	for kills in 1 2 3 4; do
		private kill
		if ((kills == 2)); then
			eventually 10 stands_at "$me-a" Log trouble
			eventually 10 stands_with "$me-a" Error 'does not answer'
			eventually 10 noted_more 'engine down' 0
		fi
		engine_starts --live-restore
		eventually 15 stands_at "$me-a" Log following
		equal "$(engine inspect -f '{{.State.Status}} {{.RestartCount}}' "$me-a")" 'running 0' # it did live on
		eventually 15 more_than "$me-a" $((400 + 500 * kills))
	done
	told_to_end "$me-a"
	no_more
	ended "$spawned" 0 30
	equal_to_engine "$me-a"
	(($(wc -l <"$scratch/ours.out") > 1000 && $(wc -l <"$scratch/ours.err") > 1000))
	equal "$(noted 'engine up')" "$(noted 'engine down')"
	equal "$(noted gap) $(noted removed)" '0 0'
}

# bats test_tags=slow
@test "engine: killed -9, and what it restarts begins anew: all runs are stored, as the engine has them" {
	local run
	engine_with
	collecting --all
	eventually 10 watched
	made a --restart always "$image" sh -c "$counting"
	eventually 20 beginnings "$me-a" 1
	for run in 2 3; do
		private kill
		engine_starts
		eventually 20 beginnings "$me-a" "$run"
	done
	engine update --restart no "$me-a"
	told_to_end "$me-a"
	eventually 20 noted_more complete 0
	kill -TERM "$spawned"
	ended "$spawned" 0
	equal_to_engine "$me-a"
	equal "$(grep -cx 1 "$scratch/ours.out") $(grep -cx 1 "$scratch/ours.err")" '3 3'
	equal "$(noted started) $(noted restarted) $(noted gap)" '1 2 0'
	for run in 1 2 3; do
		equal "$(purser logs --run "-$run" "$me-a" 2>/dev/null | grep -cx 1)" 1
	done
}
beginnings() { (($(ours "$1" 2>/dev/null | grep -cx 1) >= $2)); } # NAME: how many runs' first line is stored

@test "engine: stopped and started again: its containers' last words are stored, and what they say when they are started" {
	engine_with
	reading -k
	tell "run --name $me-a -l purser.owner=$me --network none $image sh -c 'trap \"seq 1001 3000; exit 5\" TERM; seq 1 1000; while :; do sleep 0.05; done'"
	eventually 20 more_than "$me-a" 999
	private stop
	has "$(ask 5 ps)" 'does not answer'
	eventually 10 noted_more 'engine down' 0
	engine_starts
	eventually 15 stands_at "$me-a" Log complete
	equal "$(stands "$me-a" State) $(stands "$me-a" Error)" 'exited '
	equal "$(noted 'engine up')" "$(noted 'engine down')"
	equal "$(journal '.event == "exited"' | jq .code)" 5
	ours "$me-a" >got
	seq 1 3000 >wanted
	same_bytes got wanted
	engine start "$me-a"
	eventually 15 more_than "$me-a" 3999
	engine stop -t 5 "$me-a"
	no_more
	ended "$spawned" 125 30 # as ps could not be answered
	equal_to_engine "$me-a"
	equal "$(wc -l <"$scratch/ours.out")" 6000
	equal "$(noted gap)" 0
}

# bats test_tags=slow
@test "engine: it hangs for twenty seconds: purser answers meanwhile, says what hangs, and has everything afterwards" {
	local end
	reading -k
	tell "run --name $me-a -l purser.owner=$me --network none $image sh -c '$counting'"
	tell "run --name $me-b -l purser.owner=$me --network none $image sleep 300" # says nothing: only lists tell
	eventually 20 stands_at "$me-b" Log following
	eventually 20 more_than "$me-a" 400
	private pause
	end=$((SECONDS + 20))
	while ((SECONDS < end)); do
		has "$(ask 1 'help')" 'list the commands'
		has "$(ask 1 'status')" "$me-a"
		(($(pgrep -c -P "$spawned") <= 8)) # it does not ask more and more
		sleep 0.5
	done
	eventually 10 stands_at "$me-a" Log trouble # at once if a window was under way; else the next list tells, after its deadline
	[[ $(stands "$me-a" Error) == *'sent nothing for'* || $(stands "$me-a" Error) == *'did not finish within'* ]]
	eventually 10 noted_more 'engine down' 0
	eventually 5 stands_at "$me-b" Log trouble
	private continue
	eventually 15 stands_at "$me-a" Log following
	eventually 15 noted_more 'engine up' 0
	eventually 15 stands_at "$me-b" Log following
	told_to_end "$me-a"
	no_more
	ended "$spawned" 0 30
	equal_to_engine "$me-a"
	equal "$(noted gap) $(noted removed)" '0 0'
}

# bats test_tags=slow
@test "engine: another one behind the same socket: nothing is forgotten, and all goes on when the first is back" {
	local first second before
	private_other start >/dev/null
	first=$(engine info -f '{{.ID}}')
	second=$(DOCKER_HOST=$(private_other host) engine info -f '{{.ID}}')
	[[ $first != "$second" ]]
	behind_socket private
	purser -q run --name "$me-a" "${labels[@]}" "$image" sh -c "$counting"
	reading -k
	eventually 20 stands_at "$me-a" Log following
	private kill
	eventually 10 noted_more 'engine down' 0
	engine_starts --live-restore
	eventually 10 knows_engine "$first" 1
	before=$(<"$logs/tracked")

	private stop
	behind_socket private_other
	eventually 15 stands_at "$me-a" Log 'other engine'
	equal "$(journal '.event == "engine other"' | jq -r .text)" "$second"
	sleep 6 # lists go on
	stands_at "$me-a" Log 'other engine'
	equal "$(<"$logs/tracked")" "$before"
	not said removed
	equal "$(ask 5 "logs -n 1 $me-a" | wc -l)" 1 # what is stored is there
	has "$(ask 5 "ps -a")" NAMES

	# so it does for a purser that begins now
	kill -KILL "$spawned"
	wait "$spawned" || true
	no_more
	run purser status --format json
	status_is 0
	equal "$(grep '^{' <<<"$output" | jq -r .Log)" 'other engine'
	lacks "$output" removed
	equal "$(<"$logs/tracked")" "$before"

	rm in
	reading -k
	eventually 15 stands_at "$me-a" Log 'other engine'
	engine_starts --live-restore
	behind_socket private
	eventually 15 stands_at "$me-a" Log following
	told_to_end "$me-a"
	no_more
	ended "$spawned" 0 30
	equal "$(<"$logs/tracked")" "$before"
	equal_to_engine "$me-a"
	equal "$(noted removed) $(noted gap)" '0 0'
}
# A socket's path that leads to this one, as one that docker took over from another would.
behind_socket() {
	local host
	host=$("$1" host)
	ln -sfn "${host#unix://}" "$scratch/docker.sock"
	export DOCKER_HOST=unix://$scratch/docker.sock
}
knows_engine() { (($(grep -cF "$1" "$logs/tracked") == $2)); } # ID: that so many tracked ones have

# ---- what the engine drops, and what it keeps otherwise

@test "engine: it drops records while no purser runs: one gap, with the times on both sides, wherever it is asked for" {
	local from to gap marks
	purser -q run --name "$me-a" "${labels[@]}" --log-opt max-size=40k --log-opt max-file=2 "$image" \
		sh -c 'trap "seq 101 5000; exit" TERM; seq 1 100; while :; do sleep 0.05; done'
	eventually 10 logged "$me-a" 100
	purser -q status
	equal "$(records "$(stored "$me-a")")" 100
	from=$(tail -n 1 "$(stored "$me-a")" | cut -d ' ' -f 1)
	engine stop -t 10 "$me-a"
	engine logs -t "$me-a" >left
	to=$(head -n 1 left | cut -d ' ' -f 1)
	(($(wc -l <left) < 4000)) # it did drop some

	run purser status --format json
	status_is 0
	equal "$(grep '^{' <<<"$output" | jq -r '[.Log, .Gaps, .GapFrom, .GapTo] | @tsv')" "complete"$'\t1\t'"$from"$'\t'"$to"
	gap=$(journal '.event == "gap"')
	equal "$(wc -l <<<"$gap")" 1
	equal "$(jq -r '[.id, .name, .from, .to] | @tsv' <<<"$gap")" "$(id_of "$me-a")"$'\t'"$me-a"$'\t'"$from"$'\t'"$to"
	{
		seq 1 100
		cut -d ' ' -f 2- left
	} >wanted
	ours "$me-a" >got
	same_bytes got wanted

	marks=$(purser logs --marks "$me-a")
	equal "$(grep -A 1 -B 1 -F ' gap: ' <<<"$marks")" "100
--- $me-a gap: the engine dropped records between $from and $to
$(head -n 1 left | cut -d ' ' -f 2-)"
	equal "$(grep -v '^--- ' <<<"$marks")" "$(<wanted)"

	# it is the same one for a purser that looks again
	run purser status --format json
	equal "$(grep '^{' <<<"$output" | jq -r .Gaps)" 1
	equal "$(noted gap)" 1
}

# bats test_tags=slow
@test "engine: it rotates all the time, but purser is quicker: no gap, nothing missing; json-file that compresses, and local" {
	local driver
	reading -k
	# Each keeps at least what is written in four seconds.
	flood json '--log-opt max-size=1m --log-opt max-file=3 --log-opt compress=true'
	flood local '--log-driver local --log-opt max-size=300k --log-opt max-file=3'
	for driver in json local; do
		eventually 40 is_state "$me-$driver" exited
	done
	no_more
	ended "$spawned" 0 30
	equal "$(noted gap)" 0
	for driver in json local; do
		(($(engine logs "$me-$driver" 2>/dev/null | wc -l) < 30000)) # it did drop some
		seq 1 40000 >wanted
		ours "$me-$driver" >got
		same_bytes got wanted
		bytes "$(stored "$me-$driver")" stderr >got
		seq 40001 41000 >wanted
		same_bytes got wanted
	done
}
flood() { # NAME OPTIONS: 40 000 lines, 500 at a time
	tell "run --name $me-$1 -l purser.owner=$me --network none $2 $image \
sh -c 'i=0; while [ \$i -lt 40000 ]; do seq \$((i + 1)) \$((i += 500)); sleep 0.12; done; seq 40001 41000 >&2'"
}

# bats test_tags=slow
@test "engine: a log driver that keeps nothing is called unreadable, and is left alone" {
	local before
	export PURSER_TRANSPORT=cli # whose calls can be counted
	requests_are_counted
	reading -k
	tell "run --name $me-a -l purser.owner=$me --network none --log-driver none $image sh -c 'while :; do echo x; sleep 0.05; done'"
	tell "run --name $me-b -l purser.owner=$me --network none $image sh -c 'while :; do sleep 0.05; done'"
	eventually 10 stands_at "$me-a" Log unreadable
	has "$(stands "$me-a" Error)" 'does not support reading'
	eventually 10 stands_at "$me-b" Log following
	sleep 2 # that it was started is seen, and makes it be tried again
	before=$(requests ".*logs .*$(id_of "$me-a")")
	sleep 6
	equal "$(requests ".*logs .*$(id_of "$me-a")")" "$before"
	(($(requests ".*logs .*$(id_of "$me-b")") >= 1)) # else nothing was counted
	((before <= 4))
	stands_at "$me-a" Log unreadable
	has "$(ask 10 "logs $me-a")" 'does not support reading'
	no_more
	ended "$spawned" 1 30
	equal "$(noted gap)" 0
}
# A docker before docker in PATH that writes down what it is asked.
requests_are_counted() {
	mkdir "$scratch/bin"
	printf '#!/bin/sh\necho "$*" >>%q\nexec %q "$@"\n' "$scratch/requests" "$(command -v docker)" >"$scratch/bin/docker"
	chmod +x "$scratch/bin/docker"
	PATH=$scratch/bin:$PATH
}
requests() { grep -c "^$1" "$scratch/requests" || true; } # PATTERN

# ---- what happens outside

@test "engine: what ends outside is shown within a second; without the events stream within five, and there is another soon" {
	local i purser stream
	export PURSER_TRANSPORT=cli # whose stream of events is a process that can be stopped
	for i in 1 2 3 4; do
		made "$i" "$image" sh -c "trap 'exit $i' TERM; while :; do sleep 0.05; done"
	done
	purser -q track "$me-1" "$me-2" "$me-3" "$me-4"
	open_purser
	purser=$(purser_pid)
	eventually 10 has_stream "$purser"
	does status
	for i in 1 2; do
		engine kill -s TERM "$me-$i"
		eventually 1 shown "[$me-$i exited ($i)]" || { screen; return 1; }
	done
	# one that hangs is worse than one that ends
	stream=$(events_stream "$purser")
	kill -STOP "$stream"
	engine kill -s TERM "$me-3"
	eventually 6 shown "[$me-3 exited (3)]" || { screen; return 1; }
	kill -KILL "$stream"
	engine kill -s TERM "$me-4"
	eventually 5 shown "[$me-4 exited (4)]" || { screen; return 1; }
	eventually 5 has_stream "$purser" "$stream"
	at_prompt
}
events_stream() { pgrep -P "$1" -f '^docker events'; } # PID: of purser
watched() { (($(engine info -f '{{.NEventsListener}}') > 0)); } # by whatever way
has_stream() { # PID [NOT THIS ONE]
	local stream
	stream=$(events_stream "$1") && [[ $stream != "${2-}" ]]
}

# bats test_tags=slow
@test "engine: pause, restart, rename: nothing of it is trouble, and the log goes on in its file" {
	local inode end
	reading -k
	tell "run --name $me-a -l purser.owner=$me --network none $image sh -c 'i=0; until [ -e /over ]; do echo \$((i += 1)); sleep 0.3; done'"
	eventually 20 more_than "$me-a" 2
	inode=$(stat -c %i "$(stored "$me-a")")
	engine pause "$me-a"
	eventually 10 stands_at "$me-a" State paused
	end=$((SECONDS + 12)) # longer than anything is waited for
	while ((SECONDS < end)); do
		equal "$(stands "$me-a" 'State + " " + .Log + .Error')" 'paused following'
		sleep 0.5
	done
	engine unpause "$me-a"
	eventually 10 stands_at "$me-a" State running
	engine restart -t 0 "$me-a"
	eventually 15 beginnings "$me-a" 2
	equal "$(stat -c %i "$(stored "$me-a")")" "$inode"
	engine rename "$me-a" "$me-z"
	eventually 20 stored "$me-z" 2>/dev/null
	eventually 10 stands_at "$me-z" Log following
	no_more
	ended "$spawned" 0 30

	engine rename "$me-z" "$me-y"
	told_to_end "$me-y"
	purser -q status
	equal "$(find "$logs" -name '*.log')" "$(stored "$me-y")"
	equal "$(stat -c %i "$(stored "$me-y")")" "$inode"
	equal_to_engine "$me-y"
	equal "$(noted gap) $(noted removed) $(noted renamed)" '0 0 2'
}

# bats test_tags=slow
@test "engine: the same name five times is five logs; NAME@2 is the one before" {
	local life # not i, which run sets
	collecting --all
	eventually 10 watched
	for life in 1 2 3 4 5; do
		made a "$image" sh -c "echo life $life; echo bad $life >&2"
		eventually 10 is_state "$me-a" exited
		eventually 10 complete "$life"
		((life == 5)) || engine rm "$me-a"
	done
	kill -TERM "$spawned"
	ended "$spawned" 0
	equal "$(find "$logs" -name "*+$me-a.log" | wc -l)" 5
	for life in 1 2 3 4 5; do
		run --separate-stderr purser logs "$me-a@$((6 - life))"
		status_is 0
		equal "$output / $stderr" "life $life / bad $life"
	done
	run purser logs "$me-a@6"
	status_is 1
	equal "$(purser logs "$me-a" 2>/dev/null)" 'life 5'
}
complete() { (($(noted complete) >= $1)); }

@test "engine: logs --run gives what one run wrote, of a container that was restarted three times" {
	local run
	collecting --all
	eventually 10 watched
	# shellcheck disable=SC2016 # for the shell in the container
	made a "$image" sh -c 'read n </n; n=$((n + 1)); echo $n >/n; echo "begin $n"; seq 1 $((n * 10)) >&2
		trap "echo end $n; exit" TERM; while :; do sleep 0.05; done' 2>/dev/null
	for run in 1 2 3 4; do
		eventually 10 engine_said "$me-a" "begin $run"
		((run == 4)) || engine restart -t 5 "$me-a"
	done
	eventually 10 ours_has "$me-a" 'begin 4'
	kill -TERM "$spawned"
	ended "$spawned" 0
	for run in 1 2 3 4; do
		run --separate-stderr purser logs --run "-$((5 - run))" "$me-a"
		status_is 0
		equal "$output" "begin $run$([[ $run == 4 ]] || printf '\nend %s' "$run")"
		equal "$(grep -v 'n: nonexistent\|/n:' <<<"$stderr")" "$(seq 1 $((run * 10)))"
	done
	equal "$(purser logs --run last "$me-a" 2>/dev/null)" 'begin 4'
	run purser logs --run -5 "$me-a"
	status_is 1
}
engine_said() { engine logs "$1" 2>/dev/null | grep -qx "$2"; }
ours_has() { ours "$1" | grep -qx "$2"; }
