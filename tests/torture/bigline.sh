#!/usr/bin/env bash
# bigline.sh [MEBIBYTES] - a container writes one line of that size (1024: a gibibyte) while purser collects it: what is stored is what was
# written, and purser's memory stays under 32 MB.
set -euo pipefail
cd "$(dirname "$0")/../.."

mebibytes=${1:-1024}
purser=$PWD/${PURSER_BUILD:-build}/purser
dir=$(mktemp -d /tmp/bigline-XXXXXX)
container='' collector=''

cleanup() {
	local code=$?
	trap - EXIT
	[[ -z $collector ]] || kill -KILL "$collector" 2>/dev/null || true
	[[ -z $container ]] || timeout 120 docker rm -fv "$container" >/dev/null || true
	rm -rf "$dir"
	exit "$code"
}
trap cleanup EXIT

tests/setup/image.sh purser-test:latest >/dev/null
mkdir "$dir/logs"
# Some machines' engines keep less than that.
container=$(docker run -d -l purser.test=torture --network none --log-driver json-file --log-opt max-size=100g --log-opt max-file=1 purser-test:latest \
	sh -c "yes 0123456789abcde | head -c ${mebibytes}m | tr '\n' ' '; echo; sleep 1000")
began=$EPOCHREALTIME
"$purser" -q -l "$dir/logs" collect "$container" >"$dir/said" 2>&1 </dev/null &
collector=$!

# Everything is there when the line has its end.
until tail -qc 40000 "$dir"/logs/*.log 2>/dev/null | grep -aq ' stdout F '; do
	kill -0 "$collector" 2>/dev/null || { cat "$dir/said"; exit 1; }
	(($(date +%s) < ${began%.*} + 1800)) || { echo 'bigline.sh: not stored within half an hour'; exit 1; }
	sleep 0.5
done
peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB$/\1/p' "/proc/$collector/status")
seconds=$(($(date +%s) - ${began%.*}))
kill -TERM "$collector"
wait "$collector"
collector=''

wanted=$({ yes 0123456789abcde || true; } | head -c "${mebibytes}M" | tr '\n' ' ' | { cat; echo; } | sha256sum)
records=$("${purser%/*}/torture/checker" split "$dir/line" "$dir/nothing" <"$(echo "$dir"/logs/*.log)")
[[ $(sha256sum <"$dir/line") == "$wanted" ]] || { echo 'bigline.sh: what is stored is not what was written'; exit 1; }
printf 'a line of %d MiB: stored as written, in %d records, in %d s; memory at most %d kB (VmHWM)\n' "$mebibytes" "$records" "$seconds" "$peak"
((peak < 32000))
