#!/usr/bin/env bats
# Looking at containers: inspect, stats, health, events. The same on each runtime, but for what its CLI does not know.
# also: nerdctl podman

load helpers
load terminal

setup() {
	need_engine
	begin
}
burn='for i in 1 2 3 4; do while :; do :; done & done; wait'
idle='trap "exit 7" TERM; while :; do sleep 0.1; done'

container() { # NAME [OPTION…] SCRIPT
	made "$1" --network none "${@:2:$#-2}" "$image" sh -c "${*: -1}" >/dev/null
}

value() { jq -r --arg name "$me-$2" "select(.Name == \$name).$1" <<<"$output"; }

# NAME KEY OPERATOR NUMBER: of what stats told last
compares() { jq -es --arg name "$me-$1" ".[] | select(.Name == \$name) | .$2 $3 $4" <<<"$output" >/dev/null || { echo "$1: not .$2 $3 $4 in: $output"; return 1; }; }

# ---- inspect

@test "looking: inspect has the engine's own JSON, of several as one array, in the order asked for" {
	container a "$idle"
	run --separate-stderr purser -q inspect "$me-a" "$image"
	status_is 0
	equal "$stderr" ''
	equal "$(jq -r 'length' <<<"$output")" 2
	equal "$(jq -r '.[0].Id' <<<"$output")" "$(id_of "$me-a")"
	has "$(jq -c '.[1].RepoTags' <<<"$output")" purser-test:latest
	equal "$(jq -S '.[0].Config' <<<"$output")" "$(engine container inspect "$me-a" | jq -S '.[0].Config')"
}

@test "looking: inspect of what is not there has status 1 and names it; the others are there all the same" {
	container a "$idle"
	run --separate-stderr purser -q inspect "$me-none" "$me-a" "$me-Other"
	status_is 1
	equal "$(jq -r 'length' <<<"$output")" 1
	has "$stderr" "inspect: $me-none: no such object"
	has "$stderr" "inspect: $me-Other: no such object"
	run --separate-stderr purser -q inspect "$me-none"
	equal "$output" '[]'
	run --separate-stderr purser -q --json inspect "$me-none"
	status_is 1
	equal "$(jq -r '.Error | .Kind + " " + .Subject' <<<"$stderr")" "not found $me-none"
}

@test "looking: inspect --format is the engine's template, a line each; one that is none has status 1" {
	local type
	container a "$idle"
	run --separate-stderr purser -q inspect -f '{{.Id}} {{.State.Status}}' "$me-a" "$me-a"
	status_is 0
	equal "$output" "$(id_of "$me-a") running"$'\n'"$(id_of "$me-a") running"
	run --separate-stderr purser -q inspect -f '{{.State' "$me-a"
	status_is 1
	one_message "$stderr"
	has "$stderr" template
	for type in image network volume; do
		run --separate-stderr purser -q inspect --type "$type" "$me-a"
		status_is 1
		equal "$output" '[]'
		one_message "$stderr"
	done
	run --separate-stderr purser -q inspect --type node "$me-a"
	status_is 2
}

# ---- stats

# Hundredths of a second that the kernel gave to the processes of a container.
ticks() {
	local pid
	pid=$(engine container inspect -f '{{.State.Pid}}' "$1")
	for pid in "$pid" $(<"/proc/$pid/task/$pid/children"); do cat "/proc/$pid/stat"; done | awk '{ sum += $14 + $15 } END { print sum }'
}

# More than half a processor; or half of what it had, where the machine has too much else to do to give it that.
burns_half() {
	local before began=${EPOCHREALTIME/./} had
	before=$(ticks "$me-burn")
	run purser -q --json stats "$me-burn" "$me-idle"
	had=$((($(ticks "$me-burn") - before) * 1000000 / (${EPOCHREALTIME/./} - began)))
	status_is 0 && compares burn CPUPercent '>' "$((had < 100 ? had / 2 : 50))"
}

@test "looking: stats: one that burns uses more than half a processor, one that does not next to nothing; memory and its limit" {
	container burn --memory 64m "$burn"
	container idle "$idle"
	eventually 20 burns_half
	compares burn CPUPercent '<' "$(nproc) * 100 + 20"
	compares idle CPUPercent '<' "$(value CPUPercent burn)"
	compares idle CPUPercent '<' 40
	compares burn MemoryLimitBytes '>' 67000000
	compares burn MemoryLimitBytes '<' 67200000
	compares burn MemoryBytes '>' 50000
	compares burn MemoryPercent '>' 0
	compares burn Processes '>=' 5
	compares idle MemoryLimitBytes '>' 67200000
	compares idle MemoryLimitBytes '<' "$(awk '/MemTotal/ { print $2 * 1100 }' /proc/meminfo)"
	equal "$(value Name idle)" "$me-idle"
	equal "$(value Runtime idle)" "$runtime"
	has "$(value MemUsage burn)" ' / 64MiB'
}

# bats test_tags=long
@test "looking: stats: docker's columns; one that does not run has zeros; one that is not there is named, the others are shown" {
	container a "$idle"
	engine create --name "$me-made" "${labels[@]}" --network none "$image" true >/dev/null
	run --separate-stderr purser -q stats "$me-a" "$me-none" "$me-made"
	status_is 1
	one_message "$stderr"
	has "$stderr" "stats: $me-none: no such container"
	equal "$(head -n 1 <<<"$output" | tr -s ' ')" 'CONTAINER ID NAME CPU % MEM USAGE / LIMIT MEM % NET I/O BLOCK I/O PIDS'
	equal "$(wc -l <<<"$output")" 3
	equal "$(tail -n 1 <<<"$output" | tr -s ' ' | cut -d ' ' -f 2-)" "$me-made 0.00% 0B / 0B 0.00% 0B / 0B 0B / 0B 0"
	has "$(sed -n 2p <<<"$output")" "$(id_of "$me-a" | cut -c -12)"
	spawn followed stats -f "$me-a"
	eventually 20 has_lines 2 "$me-a" # a row each time, until somebody ends it
	kill -INT -- "-$spawned"
	ended "$spawned" 130
	run --separate-stderr purser -q stats "$me-none"
	status_is 1
	equal "$output" ''
	one_message "$stderr"
}

# bats test_tags=long,slow
@test "looking: stats without names has those that run, --all the others too; a pattern; the beginning of an id; a whole id" {
	container a "$idle"
	engine create --name "$me-made" "${labels[@]}" --network none "$image" true >/dev/null
	run --separate-stderr purser -q stats --format json
	status_is 0
	has "$output" "\"$me-a\""
	lacks "$output" "\"$me-made\""
	run --separate-stderr purser -q stats --all --format json
	has "$output" "\"$me-made\""
	run --separate-stderr purser -q stats "$me-*" --no-trunc --format json
	equal "$(jq -r '.Name + " " + .ID' <<<"$output")" "$me-a $(id_of "$me-a")"
	run --separate-stderr purser -q stats "$(id_of "$me-a" | cut -c -12)" --format json
	equal "$(jq -r .Name <<<"$output")" "$me-a"
}

followed() { exec "$PURSER" -q -l "$logs" "$@" </dev/null >"$scratch/followed" 2>&1; }
has_lines() { (($(grep -c "$2" followed) >= $1)); }

shows_zeros() { screen | grep -q "$me-a .* 0.00% .* 0B / 0B "; }
shows_use() { screen | grep -qE "$me-a .* [1-9][0-9.]*(KiB|MiB) / "; }

# bats test_tags=long
@test "looking: stats in a terminal is drawn again in its place; what ends becomes zeros, what goes goes; q ends it" {
	container a "$idle"
	container b "$idle"
	open_purser -q
	type_text "stats $me-a $me-b"
	keys Enter
	shows 'MEM USAGE / LIMIT' 20
	eventually 10 shows_use
	engine kill "$me-a" >/dev/null
	eventually 20 shows_zeros
	equal "$(screen | grep -c 'MEM USAGE')" 1
	engine rm "${remove_at_once[@]}" "$me-b" >/dev/null
	eventually 20 hidden "$me-b   "
	keys q
	at_prompt
	shown "$me-a" # the last of it stays
	type_text 'help use' # typed characters are shown again
	eventually 5 line_is 'help use'
	keys Enter
	at_prompt
	enter "stats $me-a"
	shows 'MEM USAGE'
	keys C-c
	at_prompt
}
hidden() { ! shown "$1"; }

# bats test_tags=not-podman,not-nerdctl,slow
@test "looking: stats in a terminal shows what it knew for as long as no request goes well" {
	container a "$idle"
	mkdir bin
	printf '#!/bin/sh\n[ ! -e %s ] || { echo "it is in trouble" >&2; exit 1; }\nexec %s "$@"\n' "$scratch/trouble" "$(type -P docker)" >bin/docker
	chmod +x bin/docker
	export PATH=$scratch/bin:$PATH PURSER_TRANSPORT=cli
	open_purser -q
	type_text "stats $me-a"
	keys Enter
	eventually 20 shows_use
	touch trouble
	eventually 20 shown 'in trouble'
	shows_use
	rm trouble
	eventually 20 hidden 'in trouble'
	shows_use
	keys q
	at_prompt
}

# ---- health

check() { # NAME: one whose check fails as long as /well is not there
	container "$1" --health-cmd 'echo "looked at $(ls /well 2>&1)"; test -e /well' --health-interval 1s --health-retries 1 "$idle"
}

health_is() { [[ $(purser -q health -q "$me-$1" 2>/dev/null) == "$2" ]]; }
# What podman without systemd does not do: it counts a check when one is run.
runs_check() { [[ $runtime != podman ]] || purser -q health --run "$me-$1" >/dev/null || true; }
becomes() { runs_check "$1" && health_is "$1" "$2"; }

# bats test_tags=not-nerdctl,long
@test "looking: health in a terminal shows nothing of a check's output that moves the cursor, as JSON neither" {
	container a --health-cmd "printf 'x\\302\\2332Jy\\n'" --health-interval 1s --health-retries 1 "$idle"
	eventually 20 becomes a healthy
	run in_time script -qec "$PURSER -q -l $logs -r $runtime --json health $me-a" /dev/null </dev/null
	has "$output" 'x\u009b2Jy'
	lacks "$output" $'\u009b'
	equal "$(purser -q --json health "$me-a" | jq -r .Output | head -n 1)" $'x\u009b2Jy'
}

# bats test_tags=not-nerdctl
@test "looking: health flips with what the check says: its status, how often it failed, what it printed" {
	check a
	eventually 20 becomes a unhealthy
	run --separate-stderr purser -q health "$me-a"
	status_is 1
	has "$output" 'unhealthy'
	has "$output" 'No such file'
	run --separate-stderr purser -q --json health "$me-a"
	equal "$(jq -r .Status <<<"$output")" unhealthy
	(($(jq -r .FailingStreak <<<"$output") >= 1))
	engine exec "$me-a" touch /well
	eventually 20 becomes a healthy
	run --separate-stderr purser -q health "$me-a"
	status_is 0
	lacks "$output" unhealthy
	has "$output" 'looked at /well'
}

# bats test_tags=not-nerdctl,long
@test "looking: the health of a container that is collected is checked, whoever does it" {
	check a
	engine create --name "$me-b" "${labels[@]}" --network none "$image" true >/dev/null
	collecting "$me-a" "$me-b"
	eventually 20 health_is a unhealthy
	engine exec "$me-a" touch /well
	eventually 20 health_is a healthy
	engine stop -t 0 "$me-a" >/dev/null
	engine start "$me-a" >/dev/null
	engine exec "$me-a" rm /well
	eventually 20 health_is a unhealthy
}

# bats test_tags=not-nerdctl,long
@test "looking: health --wait is done when it is healthy; its time limit has status 124" {
	local run=()
	[[ $runtime != podman ]] || run=(--run)
	check a
	run --separate-stderr purser -q health --wait --timeout 1 "${run[@]}" "$me-a"
	status_is 124
	spawn in_time "$PURSER" -q -l "$logs" health --wait "${run[@]}" "$me-a"
	engine exec "$me-a" touch /well
	ended "$spawned" 0 20
}

@test "looking: health of what has no check is none, status 1, not waited for; one that is not there is named" {
	container a "$idle"
	run --separate-stderr purser -q health --wait "$me-a" "$me-none"
	status_is 1
	has "$output" none
	one_message "$stderr"
	has "$stderr" "$me-none"
	run --separate-stderr purser -q health -q --wait "$me-a"
	status_is 1
	equal "$output" none
}

# bats test_tags=not-podman
@test "looking: health --run where it is not needed, or cannot be, is refused" {
	run --separate-stderr purser -q health --run "$me-a"
	status_is 2
	one_message "$stderr"
	has "$stderr" 'has no --run'
}

# ---- events

heard() { grep -qF -- "$1" "$scratch/heard"; }
listening() { # [OPTION…]
	spawn listening_purser "$@"
	listener=$spawned
	eventually 20 tells
}
listening_purser() { exec "$PURSER" -q -l "$logs" events "$@" </dev/null >"$scratch/heard" 2>"$scratch/said"; }
# There is no telling when a stream has begun but that it tells something.
tells() {
	engine create --name "$me-first" "${labels[@]}" --network none "$image" true >/dev/null
	engine rm "$me-first" >/dev/null
	sleep 0.2
	heard "$me-first"
}
actions_of() { sed -n "s/^[^ ]* container \([a-z_]*\) [0-9a-f]* .*name=$me-$1.*/\1/p" "$scratch/heard" | paste -sd ' '; }
actions_are() { [[ $(actions_of "$1") == "$2" ]]; }

@test "looking: events are told in one vocabulary and in their order" {
	local killed=' kill'
	[[ $runtime != nerdctl ]] || killed=
	listening
	container a "$idle"
	engine pause "$me-a" >/dev/null
	engine unpause "$me-a" >/dev/null
	engine kill "$me-a" >/dev/null
	eventually 10 is_state "$me-a" exited
	engine rm "$me-a" >/dev/null
	eventually 10 actions_are a "create start pause unpause$killed die destroy" || { cat "$scratch/heard"; return 1; }
	grep -q "container die [0-9a-f]* (exitCode=137, .*name=$me-a)" "$scratch/heard"
	kill -INT "$listener"
	ended "$listener" 130
}

# bats test_tags=long,slow
@test "looking: events by container, by word, by label, as JSON; --until ends them" {
	container b "$idle"
	listening -f "label=purser.owner=$me" -f event=create -f event=die --format json --until "$(date -d '+8 seconds' -Iseconds)"
	container a "$idle"
	engine run --rm --name "$me-x" -l purser.test=e2e --network none "$image" true >/dev/null
	engine kill "$me-a" >/dev/null
	ended "$listener" 0
	equal "$(jq -r --arg name "$me-a" 'select(.Actor.Attributes.name == $name).Action' "$scratch/heard" | paste -sd ' ')" 'create die'
	equal "$(jq -r --arg name "$me-a" 'select(.Actor.Attributes.name == $name and .Action == "die").Actor.Attributes.exitCode' "$scratch/heard")" 137
	lacks "$(<"$scratch/heard")" "$me-x"
	equal "$(jq -r '.Type' "$scratch/heard" | sort -u)" container
	run --separate-stderr purser -q events -f event=died
	status_is 2
}

# bats test_tags=not-nerdctl
@test "looking: events of the past, and no more, with --since and --until" {
	local from
	from=$(date -Ins)
	container a "$idle"
	engine kill "$me-a" >/dev/null
	run --separate-stderr purser -q events --since "${from/,/.}" --until 0s -f "container=$me-a"
	status_is 0
	equal "$(grep -o ' container [a-z]*' <<<"$output" | tr -d '\n')" ' container create container start container kill container die'
	run --separate-stderr purser -q events --since "${from/,/.}" --until 0s -f "container=$me-a" -f event=die --format '{{json .}}'
	equal "$(jq -r .Action <<<"$output")" die
	run --separate-stderr purser -q events --since 0s --until 0s -f "container=$me-a"
	equal "$output" ''
}

# bats test_tags=not-nerdctl,not-podman
@test "looking: events: a stream that ends is asked for again, and a line says that something may have been missed" {
	fake_begin
	spawn listening_purser
	listener=$spawned
	eventually 10 pgrep -P "$listener" >/dev/null
	docker start "$(docker create --name aa purser-test sh -c "exit 3")" >/dev/null
	eventually 10 heard 'name=aa'
	kill "$(pgrep -P "$listener")"
	eventually 10 heard ' events reload (runtime=docker)'
	has "$(<"$scratch/said")" 'asking again every 3 seconds'
	docker start "$(docker create --name bb purser-test true)" >/dev/null
	eventually 10 heard 'name=bb'
	kill -INT "$listener"
	ended "$listener" 130
	one_message "$(grep -v cancelled "$scratch/said")"
}

# bats test_tags=not-nerdctl,not-podman,long
@test "looking: events of an engine that does not answer are an error at once" {
	fake_begin
	fake_mode fail
	run --separate-stderr purser -q events
	status_is 125
	equal "$output" ''
	one_message "$stderr"
}
