#!/usr/bin/env bash
# torture.sh [SECONDS [SEED]] - ten containers write all that there is to write, on an engine of their own, while purser and the engine are
# killed -9, stopped and continued, and containers are renamed, restarted and removed, at random. Then what is stored is compared with
# what the engine has, stream by stream; of containers that are gone, with what it had before; and holes are compared with gaps.
# Closes with one table of figures. Exit 1 if anything was lost or repeated; what there was is kept then.
set -Eeuo pipefail
trap 'echo "torture.sh: line $LINENO failed: $BASH_COMMAND" >&2' ERR
cd "$(dirname "$0")/../.."
root=$PWD

seconds=${1:-600}
seed=${2:-$(($(date +%s) % 100000))}
RANDOM=$seed
purser=$root/${PURSER_BUILD:-build}/purser
tools=$root/${PURSER_BUILD:-build}/torture
dir=$(mktemp -d /tmp/torture-XXXXXX)
logs=$dir/logs
image='purser-test:latest'
engine() { timeout 120 docker "$@" </dev/null; }
private() { "$root/tests/setup/private-engine.sh" "$1" "$dir/engine" "${@:2}"; }

collector='' failures=0 records=0 lost=0 repeated=0 holes=0 gaps=0 compared=0
declare -A did=() kind_of=() name_of=() how_gone=()
engine_kills=()

count() { did[$1]=$((${did[$1]:-0} + 1)); }
say() { printf '%5ds %s\n' "$SECONDS" "$1"; }
wrong() {
	say "WRONG: $1"
	failures=$((failures + 1))
}

cleanup() {
	local code=$?
	trap - EXIT
	end_collector -KILL
	private end || true
	if ((code == 0)); then rm -rf "$dir"; else echo "kept: $dir (seed $seed)"; fi
	exit "$code"
}

# ---- purser

options() { # another choice for every life
	case $((RANDOM % 4)) in
	0) echo --log-max-size 300k ;;
	1) echo --log-max-size 2m --log-compress ;;
	esac
}

start_collector() {
	# shellcheck disable=SC2046
	setsid "$purser" -q -l "$logs" $(options) collect --all >>"$dir/said" 2>&1 </dev/null &
	collector=$!
}

end_collector() { # SIGNAL
	[[ -n $collector ]] || return 0
	kill -CONT "$collector" 2>/dev/null || true
	kill "$1" "$collector" 2>/dev/null || true
	wait "$collector" 2>/dev/null || true
	collector=
}

# ---- containers

# create NAME KIND [OPTION…]
create() {
	local name=$1 kind=$2 id
	id=$(engine run -d --name "$name" --network none -l purser.test=torture -v "$tools/emitter:/emitter:ro" "${@:3}" "$image" \
		/emitter "$kind" "$RANDOM") || { wrong "$name could not be made"; return; }
	kind_of[$id]=$kind
	name_of[$id]=$name
}

living=()
pick() { # a container that is there; its id in $id
	living=("${!name_of[@]}")
	id=${living[RANDOM % ${#living[@]}]}
}

# The parts of a stored log, oldest first.
stored() { # ID
	local file
	{
		find "$logs" -name "${1:0:12}+*.log.*" | sed -E 's/.*\.log\.([0-9]+)(\.gz)?$/\1 &/' | sort -n | cut -d' ' -f2-
		find "$logs" -name "${1:0:12}+*.log"
	} | while read -r file; do
		case $file in
		*.gz) zcat "$file" ;;
		*) cat "$file" ;;
		esac
	done
}

take_snapshot() { # ID
	engine logs "$1" >"$dir/before.$1.1" 2>"$dir/before.$1.2"
}

forget() { # ID HOW
	how_gone[$1]=$2
	unset "name_of[$1]"
}

# ---- what befalls them

kill_purser() {
	end_collector -KILL
	count 'purser killed -9'
	((RANDOM % 3)) || sleep "$((RANDOM % 2)).$((RANDOM % 10))"
	start_collector
}

kill_engine() {
	engine_kills+=("$SECONDS")
	private kill
	count 'engine killed -9'
	((RANDOM % 2)) || kill_purser
	private start --live-restore >/dev/null
}

pause_engine() {
	private pause
	sleep $((1 + RANDOM % 3))
	((RANDOM % 3)) || kill_purser
	private continue
	count 'engine stopped and continued'
}

pause_purser() {
	kill -STOP "$collector"
	sleep $((RANDOM % 3)).5
	kill -CONT "$collector"
	count 'purser stopped and continued'
}

rename() {
	pick
	local name=t-${kind_of[$id]}-$RANDOM
	engine rename "$id" "$name" 2>/dev/null || return 0
	name_of[$id]=$name
	count renamed
}

restart() {
	pick
	engine restart -t 1 "$id" >/dev/null 2>&1 || return 0
	count restarted
}

create_again() { # ID: the same name and kind, another container
	local kind=${kind_of[$1]} options=()
	[[ $kind != terminal ]] || options=(-t)
	[[ $kind != restless ]] || options=(--restart always)
	create "$2" "$kind" "${options[@]}"
}

remove_by_purser() {
	pick
	local name=${name_of[$id]}
	take_snapshot "$id" || return 0
	if "$purser" -q -l "$logs" rm -f "$id" >>"$dir/said" 2>&1 </dev/null; then
		forget "$id" purser
		count 'removed by purser'
		create_again "$id" "$name"
	fi
}

remove_outside() {
	pick
	local name=${name_of[$id]}
	take_snapshot "$id" || return 0
	engine rm -f "$id" >/dev/null 2>&1 || return 0
	forget "$id" outside
	count 'removed outside'
	create_again "$id" "$name"
}

shorts=0
run_short() {
	local name=t-short-$((++shorts))
	(
		began=$SECONDS
		code=0
		"$purser" -q -l "$logs" run --rm --name "$name" --network none -l purser.test=torture -v "$tools/emitter:/emitter:ro" \
			"$image" /emitter short "$RANDOM" >/dev/null 2>>"$dir/said" </dev/null || code=$?
		echo "$name $began $SECONDS $code" >>"$dir/shorts"
	) &
	count 'run --rm'
}

befall() {
	local dice=$((RANDOM % 100))
	if ((dice < 55)); then kill_purser
	elif ((dice < 62)); then kill_engine
	elif ((dice < 66)); then pause_engine
	elif ((dice < 72)); then pause_purser
	elif ((dice < 80)); then rename
	elif ((dice < 86)); then restart
	elif ((dice < 90)); then remove_by_purser
	elif ((dice < 94)); then remove_outside
	else run_short; fi
}

# ---- comparing

# taken_apart ID: the stored streams in $dir/ours.1 and .2
taken_apart() {
	local nr
	nr=$(stored "$1" | "$tools/checker" split "$dir/ours.1" "$dir/ours.2") || { wrong "${kind_of[$1]-} $1: what is stored is torn"; return 1; }
	records=$((records + nr))
	compared=$((compared + 1))
}

gaps_of() { # ID
	{ cat "$logs"/journal.jsonl{.1,} 2>/dev/null || true; } | jq -c --arg id "$1" 'select(.id == $id and .event == "gap")' | wc -l
}

# numbers FILE: adds its holes and repeats; the emitter's numbers tell
numbers() {
	local lines file_holes file_repeats ends
	read -r lines file_holes file_repeats ends < <("$tools/checker" count <"$1")
	holes=$((holes + file_holes)) repeated=$((repeated + file_repeats))
	echo "$lines $file_holes $file_repeats $ends" >"$dir/numbers"
}

compare_living() { # ID
	local stream name="${kind_of[$1]} ${1:0:12}"
	engine logs "$1" >"$dir/theirs.1" 2>"$dir/theirs.2"
	taken_apart "$1" || return 0
	for stream in 1 2; do
		cmp -s "$dir/ours.$stream" "$dir/theirs.$stream" && continue
		wrong "$name, stream $stream: not what the engine has: $(cmp "$dir/ours.$stream" "$dir/theirs.$stream" 2>&1 || true)"
		lost=$((lost + 1))
		cp "$dir/ours.$stream" "$dir/differs.ours.${1:0:12}.$stream"
		cp "$dir/theirs.$stream" "$dir/differs.theirs.${1:0:12}.$stream"
	done
	(($(gaps_of "$1") == 0)) || wrong "$name: a gap is told where there is none"
}

# What the engine had shortly before is stored, as far as no gap is told.
compare_gone() { # ID
	local stream ours theirs least name="${kind_of[$1]} ${1:0:12}, removed by ${how_gone[$1]}"
	taken_apart "$1" || return 0
	for stream in 1 2; do
		ours=$(stat -c %s "$dir/ours.$stream") theirs=$(stat -c %s "$dir/before.$1.$stream")
		least=$((ours < theirs ? ours : theirs))
		if ! cmp -s -n "$least" "$dir/ours.$stream" "$dir/before.$1.$stream"; then
			wrong "$name, stream $stream: not what the engine had"
			lost=$((lost + 1))
		elif ((ours < theirs)) && [[ ${how_gone[$1]} == purser ]]; then
			wrong "$name, stream $stream: $((theirs - ours)) bytes are missing"
			lost=$((lost + 1))
		elif ((ours < theirs && $(gaps_of "$1") == 0)); then
			wrong "$name, stream $stream: $((theirs - ours)) bytes are missing, and no gap is told"
			lost=$((lost + 1))
		fi
	done
}

engine_died() { # FROM TO, seconds
	local at
	for at in "${engine_kills[@]}"; do
		((at < $1 - 5 || at > $2 + 5)) || return 0
	done
	return 1
}

# 500 lines or so in each stream, from the first to the end.
compare_short() { # NAME BEGAN ENDED CODE
	local files id stream lines file_holes file_repeats ends
	mapfile -t files < <(find "$logs" -name "*+$1.log*")
	((${#files[@]})) || { engine_died "$2" "$3" || (($4)) || wrong "$1: nothing is stored of it"; return 0; }
	id=${files[0]##*/}
	id=${id%%+*}
	taken_apart "$id" || return 0
	for stream in 1 2; do
		numbers "$dir/ours.$stream"
		read -r lines file_holes file_repeats ends <"$dir/numbers"
		((file_repeats == 0)) || wrong "$1, stream $stream: $file_repeats lines are repeated"
		((file_holes == 0 && ends == 1)) || engine_died "$2" "$3" || (($4)) ||
			wrong "$1, stream $stream: $lines lines, $file_holes holes, $ends end"
	done
}

# ---- an engine that drops what purser has not read

overrun() {
	local end id at_end=$((SECONDS + ${1}))
	create t-flood flood --log-opt max-size=300k --log-opt max-file=2
	for id in "${!name_of[@]}"; do [[ ${kind_of[$id]} != flood ]] || break; done
	sleep 3 # its beginning is seen
	while ((SECONDS < at_end)); do
		end_collector -KILL
		count 'purser killed -9'
		sleep $((RANDOM % 3)).$((RANDOM % 10))
		start_collector
		sleep $((2 + RANDOM % 3))
	done
	say 'flooded'
	engine stop -t 5 "$id" >/dev/null
	catch_up
	taken_apart "$id" || return 0
	local lines flood_holes flood_repeats flood_gaps theirs
	numbers "$dir/ours.1"
	read -r lines flood_holes flood_repeats _ <"$dir/numbers"
	flood_gaps=$(gaps_of "$id")
	gaps=$((gaps + flood_gaps))
	((flood_holes == flood_gaps && flood_repeats == 0)) ||
		wrong "an engine that drops: $lines lines, $flood_holes holes, $flood_gaps gaps told, $flood_repeats repeats"
	engine logs "$id" >"$dir/theirs.1" 2>/dev/null
	theirs=$(stat -c %s "$dir/theirs.1")
	tail -c "$theirs" "$dir/ours.1" | cmp -s - "$dir/theirs.1" || wrong 'an engine that drops: the end is not what the engine has'
	engine rm -f "$id" >/dev/null
	unset "name_of[$id]"
}

catch_up() {
	end_collector -TERM
	"$purser" -q -l "$logs" collect --all --once >>"$dir/said" 2>&1 </dev/null || wrong 'collect --once failed'
}

# ---- the run

trap cleanup EXIT
trap 'exit 130' INT TERM
echo "torture: $seconds seconds, seed $seed, in $dir"
mkdir "$logs"
: >"$dir/shorts"
DOCKER_HOST=$(private start --live-restore | tail -n 1)
export DOCKER_HOST PURSER_RUNTIME=docker
tests/setup/image.sh "$image" >/dev/null
start_collector
create t-steady steady
create t-steady2 steady
create t-bursts bursts
create t-bursts2 bursts
create t-binary binary
create t-large large
create t-pieces pieces
create t-terminal terminal -t
create t-restless restless --restart always
create t-restless2 restless --restart always

end=$((SECONDS + seconds * 9 / 10))
while ((SECONDS < end)); do
	befall
	sleep "$((RANDOM % 3)).$((RANDOM % 10))"
done
say 'ending'
wait_for_shorts() { local pid; for pid in $(jobs -p); do [[ $pid == "$collector" ]] || wait "$pid" || true; done; }
wait_for_shorts
say 'an engine that drops'
overrun $((seconds / 10))
start_collector
say 'all are told to end'
for id in "${!name_of[@]}"; do engine stop -t 5 "$id" >/dev/null; done
say 'catching up'
catch_up
say 'comparing'
for id in "${!name_of[@]}"; do compare_living "$id"; done
for id in "${!how_gone[@]}"; do compare_gone "$id"; done
while read -r name began ended code; do compare_short "$name" "$began" "$ended" "$code"; done <"$dir/shorts"
"$purser" -l "$logs" logs verify >"$dir/verified" 2>&1 </dev/null || wrong "logs verify: $(grep -v identical "$dir/verified" | head -n 3)"

echo
for what in "${!did[@]}"; do printf '%-32s %8d\n' "$what" "${did[$what]}"; done | sort
printf '%-32s %8d\n' 'logs compared' "$compared" 'records compared' "$records" 'lost' "$lost" 'repeated' "$repeated" \
	'holes in a log the engine dropped' "$holes" 'gaps told of it' "$gaps" 'wrong' "$failures"
((failures == 0))
