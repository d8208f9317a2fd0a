#!/usr/bin/env bats
# logs prints what docker logs prints, to the byte: from the stored file, also when the container is gone.

load helpers

# The containers most tests look at are made once, at the same time; nobody removes or restarts them.
setup_file() {
	begin "$BATS_FILE_TMPDIR"
	[[ -n $runtime ]] || return 0
	export kept=$me
	local pids=() pid
	# name | options, before the image | the command of sh -c
	while IFS='|' read -r name options script; do
		# shellcheck disable=SC2086 # words
		made "$name" $options "$image" sh -c "$script" >/dev/null &
		pids+=($!)
	done <<-'LIST'
		both||i=0; while [ $i -lt 500 ]; do echo "out $i"; echo "err $i" >&2; i=$((i+1)); done
		long||for c in a b c; do head -c 40000 /dev/zero | tr '\0' $c; echo; head -c 40000 /dev/zero | tr '\0' $c >&2; echo >&2; done
		exact||for n in 16383 16384 16385 32768; do head -c $n /dev/zero | tr '\0' x; echo; echo after $n; done
		exactend||head -c 16384 /dev/zero | tr '\0' x
		nul||printf 'a\0b\n\0\n\0\0end\0'; printf '\0err\n' >&2
		escape||printf '\033[31mred\033[0m\n\033]0;title\007\b\r\033[2J\n'; printf '\033[1merr\n' >&2
		invalid||printf 'caf\351 \377\376 \303(\n\200'; printf '\300\257\n' >&2
		invalidlong||head -c 50000 /dev/zero | tr '\0' '\377'; echo; echo end
		straddle||head -c 16383 /dev/zero | tr '\0' x; printf '\303\251\n\342\202\254 end\n'
		nonl||printf one; sleep 0.3; printf 'two' >&2
		empty||echo; echo; echo x; echo; echo >&2; echo >&2; echo y >&2
		silent||true
		blanks||printf '  two\n\ttab \n x  \n \n'; printf ' \n' >&2
		stamped||echo '2026-11-22T04:03:59.283805114Z stdout F not a record'; echo '2026-11-22T04:03:59.283805114Z fake'; printf '2026-11-22T04:03:59.283805114Z '
		crlf||printf 'dos\r\nmac\rmore\r\n\r\n'
		tty|-t|echo first; printf 'no newline yet'; echo; echo to-stderr >&2; printf '\033[31mred\033[0m\n'
		ttylong|-t|for c in a b; do head -c 40000 /dev/zero | tr '\0' $c; echo; done; echo end
		ttyempty|-t|echo; echo; printf last
		ttynul|-t|printf 'a\0b\nc'
		ttystamped|-t|echo '2026-11-22T04:03:59.283805114Z fake'; echo 2026-11-22T04:03:59Z; echo end
		local|--log-driver local|echo out; echo err >&2; printf 'caf\351 \377 \0 no newline'
		none|--log-driver none|echo unseen
		spread||for i in 1 2 3 4 5; do echo "out $i"; sleep 0.15; echo "err $i" >&2; sleep 0.15; done
	LIST
	for pid in "${pids[@]}"; do wait "$pid"; done
	eventually 30 all_ended
	# A directory each: a purser looks at all that is tracked in its directory, and these tests look at one.
	for name in $(engine ps -a --filter "label=purser.owner=$kept" --format "{{.Names}}"); do
		logs=$BATS_FILE_TMPDIR/${name#"$kept-"} purser -q track "$name" >/dev/null
	done
}
all_ended() { [[ -z $(engine ps -q --filter "label=purser.owner=$kept") ]]; }

teardown_file() {
	begin "$BATS_FILE_TMPDIR"
	[[ -z $runtime ]] || me=$kept
	end
}

setup() {
	need_engine
	begin
	kept_logs=$BATS_FILE_TMPDIR
}
teardown() { end; }

# same_output CONTAINER [OPTION…]: purser and the engine print the same, on each stream; collected in $from or here
same_output() {
	local name=$1
	shift
	engine logs "$@" "$name" >theirs.out 2>theirs.err
	in_time "$PURSER" -q -l "${from:-$logs}" logs "$@" "$name" >ours.out 2>ours.err </dev/null || return
	same_bytes ours.out theirs.out && same_bytes ours.err theirs.err
}

# Of one that was collected: what is printed, and what is stored.
same_kept() {
	local name=$kept-$1
	from=$kept_logs/$1 same_output "$name" || return
	logs=$kept_logs/$1 equal_to_engine "$name" || return
	[[ -s theirs.out || -s theirs.err || $1 == silent ]]
}

@test "logs: both streams, interleaved" { same_kept both; }
@test "logs: lines of 40,000 bytes" { same_kept long; }
@test "logs: lines of exactly 16,384 bytes and their neighbours" { same_kept exact; }
@test "logs: 16,384 bytes without a newline" { same_kept exactend; }
@test "logs: NUL" { same_kept nul; }
@test "logs: ESC, BEL, BS and CR" { same_kept escape; }
@test "logs: invalid UTF-8" { same_kept invalid; }
@test "logs: 50,000 bytes of invalid UTF-8 in one line" { same_kept invalidlong; }
@test "logs: a character across the 16,384th byte" { same_kept straddle; }
@test "logs: no final newline" { same_kept nonl; }
@test "logs: empty lines" { same_kept empty; }
@test "logs: nothing at all" { same_kept silent; }
@test "logs: blanks at the ends of lines" { same_kept blanks; }
@test "logs: lines that look like records or stamps" { same_kept stamped; }
@test "logs: CR LF" { same_kept crlf; }
@test "logs: a terminal" { same_kept tty; }
@test "logs: a terminal, lines of 40,000 bytes" { same_kept ttylong; }
@test "logs: a terminal, empty lines, no final newline" { same_kept ttyempty; }
@test "logs: a terminal, NUL" { same_kept ttynul; }
@test "logs: a terminal, lines that look like stamps" { same_kept ttystamped; }
@test "logs: the local log driver" { same_kept local; }

@test "logs: the log driver none: said, status 1, the same as untracked" {
	run in_time "$PURSER" -q -l "$kept_logs/none" logs "$kept-none"
	status_is 1
	has "$output" 'does not support reading'
	run purser logs "$kept-none"
	status_is 1
	has "$output" 'does not support reading'
	run in_time "$PURSER" --json -q -l "$kept_logs/none" status
	equal "$(jq -r 'select(.Name == "'"$kept-none"'").Log' <<<"$output")" unreadable
}

@test "logs: -n" {
	local n
	for n in 0 1 3 10 all; do
		echo "-n $n"
		from=$kept_logs/spread same_output "$kept-spread" -n "$n"
		from=$kept_logs/nonl same_output "$kept-nonl" "--tail=$n"
		from=$kept_logs/long same_output "$kept-long" --tail "$n"
		from=$kept_logs/tty same_output "$kept-tty" -n "$n"
	done
}

@test "logs: -t" {
	local name
	for name in both long nul invalid nonl empty spread stamped tty ttylong ttyempty local; do
		echo "$name"
		from=$kept_logs/$name same_output "$kept-$name" -t
		[[ -s theirs.out ]]
	done
}

@test "logs: --since and --until, at the very stamps and between" {
	local stamps stamp
	mapfile -t stamps < <(engine logs -t "$kept-spread" 2>&1 | cut -d' ' -f1 | sort)
	equal "${#stamps[@]}" 10
	for stamp in "${stamps[0]}" "${stamps[4]}" "${stamps[9]}" 2020-01-01T00:00:00Z 2099-01-01 "${stamps[3]:0:19}" "$(date -d "${stamps[5]}" +%s.%N)"; do
		echo "$stamp"
		from=$kept_logs/spread same_output "$kept-spread" --since "$stamp"
		from=$kept_logs/spread same_output "$kept-spread" --until "$stamp"
		from=$kept_logs/spread same_output "$kept-spread" -t --since "$stamp" -n 4
	done
	from=$kept_logs/spread same_output "$kept-spread" --since "${stamps[2]}" --until "${stamps[6]}"
	equal "$(cat ours.out ours.err | wc -l)" 5
	from=$kept_logs/spread same_output "$kept-spread" --since 10m
	from=$kept_logs/spread same_output "$kept-spread" --since 1s --until 0s
	from=$kept_logs/spread same_output "$kept-spread" --until 1h
}

@test "logs: both streams into one file keep the order in which they are stored" {
	in_time "$PURSER" -q -l "$kept_logs/spread" logs "$kept-spread" >ours 2>&1
	engine logs "$kept-spread" >theirs 2>&1
	same_bytes ours theirs
	in_time "$PURSER" -q -l "$kept_logs/both" logs "$kept-both" >ours 2>&1
	sed 's/^[^ ]* std... F //' "$kept_logs/both/"*.log >theirs
	same_bytes ours theirs
}

@test "logs: of a container that is not tracked it comes from the engine, with every option" {
	same_output "$kept-both"
	same_output "$kept-nul"
	same_output "$kept-tty" -t
	same_output "$kept-spread" -n 3 -t --since 10m --until 0s
	[[ ! -e $logs/tracked ]]
}

@test "logs: by the beginning of the id, by the whole id" {
	local id
	id=$(id_of "$kept-spread")
	from=$kept_logs/spread same_output "${id:0:12}"
	from=$kept_logs/spread same_output "$id"
	from=$kept_logs/spread same_output "${id:0:6}" -n 2
}

@test "logs: restarted, the last line without a newline" {
	made a "$image" sh -c 'echo begin; printf "$(cat /proc/sys/kernel/random/uuid) no newline"; printf err >&2'
	purser -q track "$me-a"
	again a 1
	again a 2
	purser -q status
	again a 1
	same_output "$me-a" -t
	same_output "$me-a"
	equal "$(grep -o 'no newline' ours.out | wc -l)" 5
	equal_to_engine "$me-a"
}

@test "logs: a terminal, restarted, the last line without a newline" {
	made a -t "$image" sh -c 'echo begin; printf "$(cat /proc/sys/kernel/random/uuid) no newline"'
	made b -t "$image" sh -c 'head -c 16384 /dev/zero | tr "\0" x'
	purser -q track "$me-a" "$me-b"
	local i
	for i in 1 2 3; do
		again a 1
		again b 1
		purser -q status
	done
	same_output "$me-a" -t
	same_output "$me-a"
	equal "$(grep -o 'no newline' ours.out | wc -l)" 4
	equal_to_engine "$me-a"
	same_output "$me-b" -t
	same_output "$me-b"
	equal "$(wc -c <ours.out)" 65536
}

@test "logs: a terminal, restarted twice between two looks, the last line without a newline" {
	made a -t "$image" sh -c 'echo begin; printf "$(cat /proc/sys/kernel/random/uuid) no newline"'
	purser -q track "$me-a"
	again a 2
	same_output "$me-a"
	equal "$(grep -o 'no newline' ours.out | wc -l)" 3
	equal_to_engine "$me-a"
}

# again NAME TIMES: starts it, and waits for its end
again() {
	local i
	for ((i = 0; i < $2; i++)); do
		eventually 10 is_state "$me-$1" exited
		engine start "$me-$1"
	done
	eventually 10 is_state "$me-$1" exited
}

@test "logs: restarted by its policy" {
	purser -q run --name "$me-a" "${labels[@]}" --restart on-failure:3 "$image" sh -c 'cat /proc/sys/kernel/random/uuid; printf x >&2; exit 3'
	eventually 20 restarted "$me-a" 3
	eventually 10 is_state "$me-a" exited
	same_output "$me-a"
	equal "$(wc -l <ours.out)" 4
}
restarted() { [[ $(engine inspect -f '{{.RestartCount}}' "$1") == "$2" ]]; }

@test "logs: of a removed container, from what is stored, with every option; status 0" {
	purser -q run --name "$me-a" "${labels[@]}" "$image" sh -c 'echo one; echo err >&2; sleep 0.2; printf "three\0"'
	eventually 10 is_state "$me-a" exited
	local id
	id=$(id_of "$me-a")
	purser -q logs "$me-a" >/dev/null 2>&1
	engine logs "$me-a" >theirs.out 2>theirs.err
	engine logs -t -n 1 "$me-a" >theirs.tail
	purser -q rm "$me-a"
	absent "$me-a"
	purser logs "$me-a" >ours.out 2>ours.err
	same_bytes ours.out theirs.out
	same_bytes ours.err theirs.err
	purser logs -t -n 1 "$me-a" >ours.tail
	same_bytes ours.tail theirs.tail
	purser logs -f "${id:0:12}" >ours.out 2>ours.err
	same_bytes ours.out theirs.out
	run purser logs "$me-nobody"
	status_is 1
	one_message "$output"
	has "$output" "$me-nobody"
}

@test "logs: of a removed container also without an engine" {
	purser -q run --name "$me-a" "${labels[@]}" "$image" sh -c 'echo one'
	eventually 10 is_state "$me-a" exited
	purser -q rm "$me-a"
	DOCKER_HOST=unix:///nonexistent run purser logs "$me-a"
	status_is 0
	equal "$output" one
	PATH=/nonexistent run "$PURSER" -l "$logs" logs "$me-a"
	status_is 0
	equal "$output" one
}

@test "logs: -f misses nothing and ends with the container" {
	purser -q run --name "$me-a" "${labels[@]}" --log-opt max-size=200m "$image" \
		sh -c 'i=0; while [ $i -lt 40 ]; do seq 1 200; seq 1 100 >&2; i=$((i+1)); sleep 0.05; done; printf end'
	seconds=30 purser -q logs -f "$me-a" >ours.out 2>ours.err
	is_state "$me-a" exited
	engine logs "$me-a" >theirs.out 2>theirs.err
	same_bytes ours.out theirs.out
	same_bytes ours.err theirs.err
	equal "$(wc -l <ours.out)" 8000
}

@test "logs: -f of a container that is not tracked" {
	made a "$image" sh -c 'for i in 1 2 3 4 5; do echo $i; sleep 0.1; done'
	run purser logs -f "$me-a"
	status_is 0
	equal "$output" $'1\n2\n3\n4\n5'
}

@test "logs: -f -n shows the last ones and goes on" {
	purser -q run --name "$me-a" "${labels[@]}" "$image" sh -c 'trap "echo bye; exit" TERM; seq 1 50; while :; do sleep 0.05; done'
	spawn follow "$me-a"
	eventually 10 grep -qx 50 followed
	engine stop -t 5 "$me-a"
	ended "$spawned" 0
	equal "$(cat followed)" $'49\n50\nbye'
}
follow() { in_time "$PURSER" -q -l "$logs" logs -f -n 2 "$1" >followed </dev/null; }

@test "logs: -f in time: a line is shown within two seconds of being written" {
	purser -q run --name "$me-a" "${labels[@]}" "$image" sh -c 'trap "echo now; " USR1; echo ready; while :; do sleep 0.05; done'
	spawn follow "$me-a"
	eventually 10 grep -q ready followed
	sleep 1
	engine kill -s USR1 "$me-a"
	eventually 2 grep -q now followed
}

@test "logs: SIGTERM ends -f, tracked or not, at once" {
	made a "$image" sleep 60
	purser -q run --name "$me-b" "${labels[@]}" "$image" sh -c 'echo ready; sleep 60'
	local name
	for name in a b; do
		spawn follow_directly "$me-$name"
		eventually 10 follows "$spawned"
		sleep 0.3
		kill -TERM "$spawned"
		ended "$spawned" 143 8
	done
	is_state "$me-a" running
	is_state "$me-b" running
}
follow_directly() { exec "$PURSER" -q -l "$logs" logs -f "$1" >followed </dev/null; }
follows() { started_child "$1" || grep -q ready followed; } # the engine's CLI, or what is stored
started_child() { [[ -n $(cat "/proc/$1/task"/*/children 2>/dev/null) ]]; }

@test "logs: a reader that goes away ends it, without a word" {
	purser -q run --name "$me-a" "${labels[@]}" "$image" sh -c 'seq 1 50000; sleep 60'
	eventually 10 enough "$me-a" 50000
	local status=0
	in_time "$PURSER" -q -l "$logs" logs "$me-a" 2>said </dev/null | head -n 1 >first || true
	equal "$(cat first)" 1
	equal "$(<said)" ''
	spawn follow_to_head "$me-a"
	ended "$spawned" 0 15
}
enough() { (($(engine logs "$1" | wc -l) >= $2)); }
follow_to_head() { "$PURSER" -q -l "$logs" logs -f "$1" 2>/dev/null </dev/null | head -n 1 >/dev/null; }

# merged NAME…: what is stored of them in the order of time, each line behind its container's name, with its time
merged() {
	local name width=0
	for name; do ((${#name} <= width)) || width=${#name}; done
	for name; do
		sed -E "s/^([^ ]+) std... F (.*)/\\1 $(printf '%-*s' "$width" "$name") | \\1 \\2/" "$(stored "$name")"
	done | LC_ALL=C sort -s -k1,1 | cut -d' ' -f2-
}

@test "logs: several are put in the order of time, each line behind its container's name; a pattern, -n" {
	engine create --name "$me-a" "${labels[@]}" "$image" sh -c 'for i in 1 2 3 4 5 6; do echo "a $i"; sleep 0.4; done'
	engine create --name "$me-long-b" "${labels[@]}" "$image" sh -c 'for i in 1 2 3 4 5 6; do echo "b $i" >&2; sleep 0.4; done; printf unfinished'
	engine start "$me-a" "$me-long-b"
	purser -q track "$me-a" "$me-long-b"
	eventually 10 is_state "$me-a" exited
	eventually 10 is_state "$me-long-b" exited
	purser -q logs -t "$me-a" "$me-long-b" >ours 2>&1
	merged "$me-a" "$me-long-b" | sed 's/ [^ ]* stdout P / /' >theirs
	has "$(tail -n 1 ours)" "$me-long-b | "
	has "$(tail -n 1 ours)" unfinished
	head -n 12 theirs >wanted
	head -n 12 ours >shown
	same_bytes shown wanted
	(($(head -n 12 ours | cut -d'|' -f1 | uniq | wc -l) > 3)) # they do take turns
	purser -q logs "$me-*" 2>errors >out
	equal "$(cut -d'|' -f2- out)" "$(printf ' a %s\n' 1 2 3 4 5 6; printf ' unfinished')"
	equal "$(cut -d'|' -f2- errors)" "$(printf ' b %s\n' 1 2 3 4 5 6)"
	run purser -q logs -n 1 "$me-a" "$me-a" "$me-l*"
	equal "$output" "$me-a      | a 6
$me-long-b | unfinished"
	# gone, and not tracked
	purser -q rm "$me-a"
	made c "$image" echo from-c
	run purser -q logs "$me-*" -n 1
	status_is 0
	has "$output" "$me-a      | a 6"
	has "$output" "not tracked, so not shown: $me-c"
	run purser -q logs "$me-a" "$me-c"
	status_is 2
	has "$output" "track it"
	run purser -q logs "$me-nobody*"
	status_is 1
	has "$output" "$me-nobody*"
	run purser -q logs "label=purser.owner=$me" -n 1
	status_is 0
	has "$output" "$me-long-b | unfinished"
	has "$output" "not tracked, so not shown: $me-c"
}

@test "logs: -f of a pattern takes in what comes, and ends when all have ended" {
	purser -q run --name "$me-a" "${labels[@]}" "$image" sh -c "$until_told"
	spawn follow_label
	local by_label=$spawned
	spawn follow_several "$me-*"
	eventually 10 grep -qx "$me-a | begin" followed
	purser -q run --name "$me-bb" "${labels[@]}" "$image" sh -c "$until_told"
	eventually 10 grep -qx "$me-bb | begin" followed
	made ccc "$image" sh -c "$until_told" # by somebody else
	eventually 15 grep -qx "$me-ccc | begin" followed
	engine stop -t 5 "$me-a" "$me-bb" "$me-ccc"
	ended "$spawned" 0
	ended "$by_label" 0
	equal "$(grep -c '| end$' followed)" 3
	equal "$(sort labelled)" "$(sort followed)"
	lacks "$(cat followed)" '---'
}
until_told='trap "echo end; exit 3" TERM; echo begin; while :; do sleep 0.05; done'
follow_label() { exec "$PURSER" -q -l "$logs" logs -f "label=purser.owner=$me" >labelled </dev/null; }
follow_several() { exec "$PURSER" -q -l "$logs" logs -f "$@" >followed </dev/null; }

@test "logs: -F goes on with the name: when it runs again, and when another container has it" {
	local id
	purser -q run --name "$me-a" "${labels[@]}" "$image" sh -c "$until_told"
	spawn follow_name "$me-a"
	eventually 10 grep -qx begin followed
	engine stop -t 5 "$me-a"
	eventually 10 grep -qe "^--- $me-a exited (3) " followed
	engine start "$me-a"
	eventually 10 lines_are begin end "--- $me-a exited" "--- $me-a restarted" begin
	engine rm "${remove_at_once[@]}" "$me-a"
	id=$(made a "$image" sh -c "echo another; $until_told")
	eventually 20 grep -qxe "--- $me-a is a new container ${id:0:12}" followed
	eventually 10 lines_are begin end "--- $me-a exited" "--- $me-a restarted" begin "--- $me-a exited" "--- $me-a removed" \
		"--- $me-a is" another begin
	kill -TERM "$spawned"
	ended "$spawned" 143
}
follow_name() { exec "$PURSER" -q -l "$logs" logs -F "$@" >followed </dev/null; }
# lines_are LINE…: what was followed; of purser's own lines the first three words
lines_are() { [[ $(sed -E 's/^(--- [^ ]+ [^ ]+).*/\1/' followed) == "$(printf '%s\n' "$@")" ]]; }

@test "logs: usage: none, wrong values" {
	run purser logs
	status_is 2
	run purser logs 'a/b'
	status_is 2
	run purser logs -n x a
	status_is 2
	run purser logs --since yesterday-ish a
	status_is 2
	has "$output" --since
}
