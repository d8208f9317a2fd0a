#!/usr/bin/env bash
# bench.sh - measures purser beside what people use, on a real engine: every figure in one run, contenders in turns, medians of several
# rounds. Prints a table; the same as JSON and Markdown in build/bench, and a picture. A missed aim is marked, and is no failure.
#
#   BENCH_QUICK=1         everything small: two minutes; says whether it works, not how fast purser is
#   BENCH_ROWS='1 4'      only these: 1 ps, 2 ps at the prompt, 3 polls, 4 catching up, 5 following, 6 prompt and Tab, 7 growth
#   BENCH_ROUNDS=5        in how many rounds; what takes milliseconds, in four times as many; row 7 in a fifth
#   BENCH_PICTURE=FILE    where the picture goes (docs/bench.svg); empty: none
#
# purser is measured by CLI; by the engine's socket, and with the engine's files, where it has these options. Containers are of the
# image purser-test, are labelled with this run's name, and are removed when it ends, however it ends.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
export LC_ALL=C
unset PURSER_TRANSPORT PURSER_RUNTIME PURSER_LOG_DIR
for name in $(compgen -e PURSER_READ_ || true); do unset "$name"; done

quick=${BENCH_QUICK:-0}
rows=" ${BENCH_ROWS:-1 2 3 4 5 6 7} "
picture=${BENCH_PICTURE-docs/bench.svg}
build=$root/${PURSER_BUILD:-build}
purser=$build/purser
tools=$build/bench
image='purser-test:latest'
owner=bench-$$

if [[ $quick == 1 ]]; then
	rounds=${BENCH_ROUNDS:-3}
	lines=200000 sizes='1 4 16 64' steps='1 10' listed=5 followed=10 follow_seconds=2 idle_seconds=3 presses=30 candidates=500
else
	rounds=${BENCH_ROUNDS:-5}
	lines=2000000 sizes='1 10 100 1000' steps='1 10 100 500' listed=20 followed=100 follow_seconds=12 idle_seconds=10 presses=300 candidates=1000
fi
line_length=100 # of what is caught up
long_line=1000  # of the logs that are polled: bytes count there, and they are made and stored sooner
hz=10
settle=5      # seconds until a client has started and has what was written before
idle_settle=9 # … and until purser looks at idle logs as seldom as it ever does
[[ $quick != 1 ]] || settle=2 idle_settle=3

scratch=$(mktemp -d "${TMPDIR:-/tmp}/purser-bench-XXXXXX")
export TMPDIR=$scratch
results=$tools/raw.tsv
client=() # pids of the client that is being measured

say() { printf '%4ds  %s\n' "$SECONDS" "$1"; }
fail() {
	echo "bench.sh: $1" >&2
	exit 1
}
wanted() { [[ $rows == *" $1 "* ]]; }

# ---- cleaning up

# Told once, purser first stores what there is, and told again it leaves that for later.
stop_client() {
	local pid
	for pid in "${client[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
	((${#client[@]} == 0)) || sleep 0.5
	for pid in "${client[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
	for pid in "${client[@]}"; do wait "$pid" 2>/dev/null || true; done
	client=()
}

remove_containers() {
	local ids
	mapfile -t ids < <(docker ps -aq --filter "label=purser.owner=$owner")
	((${#ids[@]} == 0)) || printf '%s\n' "${ids[@]}" | xargs -n 20 docker rm -f >/dev/null 2>&1 || true
}

cleanup() {
	local code=$?
	trap - EXIT
	trap '' INT TERM
	local pid
	for pid in "${client[@]}" $(jobs -p); do kill -TERM "$pid" 2>/dev/null || true; done
	wait || true
	# One whose making was under way comes after the first look.
	remove_containers
	remove_containers
	rm -rf "$scratch"
	exit "$code"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# ---- contenders

ours=(cli)
declare -A options=([cli]='' [socket]='--transport socket' [files]='--transport socket --read-engine-files')
missing=''
if "$purser" --transport cli --version >/dev/null 2>&1; then
	options[cli]='--transport cli'
	ours+=(socket)
	if "$purser" --transport socket --read-engine-files --version >/dev/null 2>&1; then
		ours+=(files)
	else
		missing="this purser has no --read-engine-files: no column for the engine's files"
	fi
else
	missing="this purser has no --transport: measured by CLI only"
fi

# Those for which reading logs is not what is measured: the engine's files make no difference.
asking=()
for who in "${ours[@]}"; do [[ $who == files ]] || asking+=("$who"); done

# ours_is NAME DIR: sets $words to that purser with its logs in DIR
ours_is() {
	read -ra words <<<"${options[$1]}"
	words=("$purser" -q "${words[@]}" -l "$2")
}

# ---- measuring

# turns ROW SIZE ROUNDS CONTENDER…, as bench/turns takes them: results go into $results, as ROW, METRIC, CONTENDER, SIZE, VALUE
turns() {
	local row=$1 size=$2 count=$3
	shift 3
	"$tools/turns" "$count" "$engine" "$@" >"$scratch/turns" &
	wait $! # a signal is dealt with at once
	awk -v OFS='\t' -v row="$row" -v size="$size" '{
		n = split($1, who, "@"); at = n > 1 ? who[2] : size
		print row, "wall", who[1], at, $2 / 1e6
		if ($3 != "-") print row, "cpu", who[1], at, $3 / 1e6
		print row, "engine", who[1], at, $4 / 1e6
	}' "$scratch/turns" >>"$results"
}

# add CONTENDER…: to the list of turns in $list
add() {
	((${#list[@]} == 0)) || list+=(--)
	list+=("$@")
}

# make_containers FROM TO COMMAND…: $owner-FROM …, four at a time. With the labels that compose knows its own by.
make_containers() {
	local from=$1 to=$2
	shift 2
	seq "$from" "$to" | xargs -P 4 -I@ docker run -d --name "$owner-@" --network none --label "purser.owner=$owner" --label purser.test=bench \
		--label "com.docker.compose.project=$owner" --label com.docker.compose.service=s@ --label com.docker.compose.container-number=1 \
		--label com.docker.compose.oneoff=False --label com.docker.compose.config-hash=none -v "$shared:/bench:ro" "$image" "$@" >/dev/null
}

# flood NAME LINES LENGTH: a container that has written them, and runs on; the engine drops nothing of it
flood() {
	docker run -d --name "$owner-$1" --network none --label "purser.owner=$owner" --label purser.test=bench -v "$shared:/bench:ro" \
		--log-driver json-file --log-opt max-size=8g --log-opt max-file=1 "$image" /bench/emitter flood "$2" "$3" >/dev/null
}

flooded() { # NAME
	local end=$((SECONDS + 300))
	until [[ $(docker logs --tail 1 "$owner-$1" 2>&1) == end ]]; do
		((SECONDS < end)) || fail "$owner-$1 does not write"
		sleep 0.3
	done
}

names_to() { seq -f "$owner-%.0f" 1 "$1"; }

# ---- 1 and 2: ps

# The CLI's table of these containers has one line more than there are; purser's, too.
measure_ps() { # how many
	local who list=()
	add docker run docker ps --filter "label=purser.owner=$owner"
	for who in "${asking[@]}"; do
		ours_is "$who" "$scratch/ps-$who"
		add "$who" run "${words[@]}" ps --filter "label=purser.owner=$owner"
	done
	say "ps of $1 containers"
	! wanted 1 || turns ps "$1" $((rounds * 4)) "${list[@]}"
	measure_ps_at_prompt "$1" $((rounds * 4))
}

# One purser reads commands from a pipe: from the written line to the last line of its table.
measure_ps_at_prompt() { # how many, rounds
	local who list=()
	wanted 2 || wanted 7 || return 0
	add docker run docker ps --filter "label=purser.owner=$owner"
	for who in "${asking[@]}"; do
		ours_is "$who" "$scratch/ps-$who"
		add "$who" talk $(($1 + 1)) "ps --filter label=purser.owner=$owner" "${words[@]}"
	done
	turns ps-prompt "$1" "$2" "${list[@]}"
}

# ---- 3, and 7 for sizes: polls with nothing new

# A poll is what `collect --once` does in a purser that is running and has everything: it asks the engine once whether there is more of
# each log that it collects, waits for the answer, and prints one line. Each log has a purser of its own for that, which reads commands
# from a pipe; what was stored is one file with as many names as there are of these, since none of them will write to it.
measure_polls() {
	local size who list=() first=${ours[-1]} log
	say "logs of $sizes MB are written"
	for size in $sizes; do flood "log$size" $((size * 1000000 / long_line)) "$long_line"; done
	for size in $sizes; do flooded "log$size"; done
	say 'they are caught up'
	for size in $sizes; do
		ours_is "$first" "$scratch/poll-$size-$first"
		"${words[@]}" track "$owner-log$size" </dev/null >/dev/null
		log=$(echo "$scratch/poll-$size-$first"/*.log)
		(($(wc -l <"$log") == size * 1000000 / long_line + 1)) || fail "$owner-log$size: not all was stored"
		for who in "${ours[@]}"; do
			[[ $who == "$first" ]] || { mkdir -m 700 "$scratch/poll-$size-$who"; ln "$log" "$scratch/poll-$size-$who/"; }
			[[ $who == "$first" ]] || cp "$scratch/poll-$size-$first/tracked" "$scratch/poll-$size-$who/"
		done
	done
	say 'polls'
	for size in $sizes; do
		for who in "${ours[@]}"; do
			ours_is "$who" "$scratch/poll-$size-$who"
			unquiet
			add "$who@$size" talk 1 'collect --once' "${words[@]}"
		done
	done
	turns poll - $((rounds * 4)) "${list[@]}"
	list=()
	for size in $sizes; do add "docker@$size" run docker logs --since 1s "$owner-log$size"; done
	turns poll - "$rounds" "${list[@]}"
	for size in $sizes; do docker rm -f "$owner-log$size" >/dev/null; done
	rm -rf "$scratch"/poll-*
}

# Without -q: `collect --once` prints its line only then.
unquiet() { words=("${words[0]}" "${words[@]:2}"); }

# ---- 4: catching up

measure_catching_up() {
	local who list=()
	say "$lines lines are written"
	flood caught "$lines" "$line_length"
	flooded caught
	add docker run '>@DIR@/all.log' docker logs "$owner-caught"
	for who in "${ours[@]}"; do
		ours_is "$who" @DIR@
		add "$who" run "${words[@]}" track "$owner-caught"
	done
	say 'catching up'
	turns catch "$lines" "$rounds" "${list[@]}"
	awk -v all=$((lines + 1)) '$5 != all { print "bench.sh: " $1 " has " $5 " lines instead of " all; bad = 1 } END { exit bad }' "$scratch/turns" >&2 ||
		fail 'what was caught up is not what was written'
	docker rm -f "$owner-caught" >/dev/null
}

# ---- 5: following

follow_none() { :; }

follow_docker() { # DIR
	local name
	for name in $(names_to "$followed"); do
		docker logs -f --since 0s "$name" >>"$1/$name.log" 2>&1 </dev/null &
		client+=($!)
	done
}

follow_loop() { # DIR: what a script does that asks once a second
	(
		trap 'exit 0' TERM
		since=$(date +%s.%N)
		while :; do
			until=$(date +%s.%N)
			for name in $(names_to "$followed"); do
				docker logs --since "$since" --until "$until" "$name" >>"$1/$name.log" 2>&1 </dev/null || true
			done
			since=$until
			sleep 1
		done
	) &
	client+=($!)
}

have_compose() { docker compose version >/dev/null 2>&1; }

follow_compose() { # DIR
	docker compose -p "$owner" logs -f --no-color --since 0s >>"$1/all.log" 2>"$scratch/said" </dev/null &
	client+=($!)
}

follow_ours() { # NAME DIR
	local names
	mapfile -t names < <(names_to "$followed")
	ours_is "$1" "$2"
	"${words[@]}" collect "${names[@]}" >/dev/null 2>"$scratch/said" </dev/null &
	client+=($!)
}

# follow ROW CONTENDER SIZE SECONDS EXPECTED DIR: what bench/follow says of the client that runs
follow() {
	local cpu engine_cpu pss seen p50 p99 most pid
	local enough=$(($5 ? $5 - followed : 0)) # in each container one line may be just before or behind it
	((${#client[@]})) || enough=0
	"$tools/follow" "$4" "$enough" "$6" "$engine" "${client[@]}" >"$scratch/follow" &
	wait $!
	read -r cpu engine_cpu pss seen p50 p99 most <"$scratch/follow"
	for pid in "${client[@]}"; do [[ -d /proc/$pid ]] || fail "$1: $2 has ended: $(tail -n 3 "$scratch/said")"; done
	awk -v OFS='\t' -v row="$1" -v who="$2" -v size="$3" -v scale="$(awk "BEGIN { print 60 / $4 }")" -v cpu="$cpu" -v engine="$engine_cpu" \
		-v pss="$pss" -v seen="$seen" -v expected="$5" -v p50="$p50" -v p99="$p99" -v most="$most" 'BEGIN {
		print row, "client", who, size, cpu * scale
		print row, "engine", who, size, engine * scale
		if (who == "none") exit
		print row, "pss", who, size, pss / 1024
		if (!expected) exit
		print row, "seen", who, size, seen / expected * 100
		print row, "p50", who, size, p50 / 1000
		print row, "p99", who, size, p99 / 1000
		print row, "most", who, size, most / 1000
	}' >>"$results"
}

# Containers write all the time; each contender starts anew in each turn, and is measured when it has settled. purser goes on in the
# directory that it had the turn before, and first stores what was written meanwhile.
measure_following() {
	local who round contenders=(none docker loop) expected=$((followed * hz * follow_seconds))
	! have_compose || contenders+=(compose)
	contenders+=("${ours[@]}")
	: >"$shared/go"
	say "following $followed containers that write $hz lines a second: ${contenders[*]}"
	for ((round = 1; round <= rounds; round++)); do
		for who in "${contenders[@]}"; do
			mkdir -p "$scratch/follow-$who"
			case $who in
			cli | socket | files) follow_ours "$who" "$scratch/follow-$who" ;;
			*) "follow_$who" "$scratch/follow-$who" ;;
			esac
			sleep "$settle"
			if [[ $who == compose && ! -d /proc/${client[0]} ]]; then
				say "not measured: docker compose logs: $(tail -n 1 "$scratch/said")"
				stop_client
				continue
			fi
			follow follow "$who" "$followed" "$follow_seconds" "$expected" "$scratch/follow-$who"
			stop_client
		done
		say "round $round"
	done
	rm -f "$shared/go"
	rm -rf "$scratch"/follow-*
}

# ---- 6: at a terminal

# Names come from what purser has last seen, whichever way it has asked; so a stand-in for docker that has a list is enough.
make_stand_in() {
	mkdir "$scratch/stand-in"
	for ((i = 0; i < candidates; i++)); do
		printf '{"Command":"\\"sh\\"","CreatedAt":"2026-01-01 00:00:00 +0000 UTC","ID":"%064x","Image":"none","Labels":"","LocalVolumes":"0","Mounts":"","Names":"tab-%04d-x","Networks":"none","Ports":"","RunningFor":"1 hour ago","Size":"0B","State":"running","Status":"Up 1 hour"}\n' \
			$((i + 1)) "$i"
		printf '{"Repository":"tab-%04d-x","Tag":"1","ID":"%d","CreatedSince":"2 weeks ago","Size":"70MB"}\n' "$i" "$i" >&3
		printf '{"ID":"%064x","Name":"tab-%04d-x","Driver":"bridge","Scope":"local"}\n' "$i" "$i" >&4
		printf '{"Name":"tab-%04d-x","Driver":"local","Scope":"local"}\n' "$i" >&5
	done >"$scratch/stand-in/list" 3>"$scratch/stand-in/images" 4>"$scratch/stand-in/networks" 5>"$scratch/stand-in/volumes"
	cat >"$scratch/stand-in/docker" <<-'END'
		#!/bin/sh
		case $1 in
		ps) exec cat "${0%/*}/list" ;;
		images | network | volume) exec cat "${0%/*}/${1%s}s" ;;
		events) while sleep 1 && kill -0 $PPID; do :; done ;;
		info) echo STAND-IN ;;
		esac
	END
	chmod +x "$scratch/stand-in/docker"
}

measure_terminal() {
	local who list=() tab keys
	say 'start to prompt'
	for who in "${asking[@]}"; do
		ours_is "$who" "$scratch/prompt-$who"
		add "$who" prompt '> ' "${words[@]}"
	done
	turns prompt - $((rounds * 4)) "${list[@]}"
	say "Tab among $candidates containers"
	make_stand_in
	tab=$'\t' keys=(keys ":$candidates/$candidates")
	ours_is cli "$scratch/tab"
	words=(env "PATH=$scratch/stand-in:$PATH" "${words[@]}")
	list=()
	add cli "${keys[@]}" "stop tab-0$((candidates - 13))" "$tab" '-x ' "${words[@]}"
	turns tab "$candidates" "$presses" "${list[@]}"
	rm -rf "$scratch/tab"
	list=()
	add cli "${keys[@]}" "network rm tab-0$((candidates - 13))" "$tab" '-x ' "${words[@]}"
	turns tab-network "$candidates" "$presses" "${list[@]}"
	rm -rf "$scratch/tab"
	list=()
	add cli "${keys[@]}" "stop tab-000" "$tab$tab" 'tab-0009-x  running, none' "${words[@]}"
	turns tab-note "$candidates" $((presses / 3)) "${list[@]}"
	rm -rf "$scratch/tab"
	list=()
	add cli "${keys[@]}" 'stop tab-0' "$tab$tab" ' more' "${words[@]}"
	turns tab-list "$candidates" $((presses / 3)) "${list[@]}"
}

# ---- 7: growth with the number of containers

# Nothing is written, and all that there is was stored.
measure_idle() { # how many
	local who round names
	mapfile -t names < <(names_to "$1")
	say "idle: $1 containers"
	for ((round = 1; round <= (rounds + 4) / 5; round++)); do
		follow idle none "$1" "$idle_seconds" 0 "$scratch"
		for who in "${ours[@]}"; do
			ours_is "$who" "$scratch/idle-$who"
			"${words[@]}" collect "${names[@]}" >/dev/null 2>"$scratch/said" </dev/null &
			client=($!)
			sleep $((idle_settle + $1 / 50))
			follow idle "$who" "$1" "$idle_seconds" 0 "$scratch"
			stop_client
			rm -rf "$scratch/idle-$who"
		done
	done
}

# The number of containers grows; what wants a certain number is measured when there are so many.
measure_by_number() {
	local n have=0
	for n in $(tr ' ' '\n' <<<"$steps $listed $followed" | sort -nu); do
		[[ " $steps " != *" $n "* ]] || wanted 7 || ((n <= followed)) || continue
		say "$n containers"
		((n == have)) || make_containers $((have + 1)) "$n" /bench/emitter steady "$hz" /bench/go
		have=$n
		if ((n == listed)) && { wanted 1 || wanted 2; }; then measure_ps "$n"; fi
		if wanted 7 && [[ " $steps " == *" $n "* ]]; then
			((n == listed)) || measure_ps_at_prompt "$n" "$rounds"
			measure_idle "$n"
		fi
		if ((n == followed)) && wanted 5; then measure_following; fi
	done
}

# ---- the run

docker version >/dev/null 2>&1 || fail 'needs a docker that answers'
tests/setup/image.sh "$image"
engine=$(cat /var/run/docker.pid 2>/dev/null || pidof -s dockerd) || fail 'cannot tell which process is the engine'
mkdir -p "$tools"
: >"$results"
shared=$scratch/shared
mkdir "$shared"
cp "$tools/emitter" "$shared/"
[[ -z $missing ]] || echo "$missing"
have_compose || echo 'docker has no compose here: not measured'

! wanted 6 || measure_terminal
! wanted 4 || measure_catching_up
if wanted 3 || wanted 7; then measure_polls; fi
if wanted 1 || wanted 2 || wanted 5 || wanted 7; then measure_by_number; fi
say 'done'

jq -n --arg cores "$(nproc)" --arg cpu "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" --arg kernel "$(uname -r)" \
	--arg engine "$(docker version --format '{{.Server.Version}}')" --arg cli "$(docker version --format '{{.Client.Version}}')" \
	--arg storage "$(docker info --format '{{.Driver}}, logs {{.LoggingDriver}}')" --arg purser "$("$purser" --version)" --arg missing "$missing" \
	--arg date "$(date -u +%F)" --arg quick "$quick" --arg rounds "$rounds" \
	--arg compose "$(docker compose version --short 2>/dev/null || true)" '$ARGS.named' >"$tools/machine.json"
jq -n -R --slurpfile machine "$tools/machine.json" --argjson listed "$listed" --argjson followed "$followed" --argjson lines "$lines" \
	--argjson small "${sizes%% *}" --argjson big "${sizes##* }" --argjson candidates "$candidates" -f tests/bench/report.jq "$results" >"$tools/bench.json"
jq -r -f tests/bench/table.jq "$tools/bench.json" | tee "$tools/bench.md"
if [[ -n $picture ]]; then
	mkdir -p "$(dirname "$picture")"
	tests/bench/picture.sh "$tools/bench.json" "$picture"
fi
