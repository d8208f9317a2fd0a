#!/usr/bin/env bash
# grep.sh - measures `purser grep` beside rg and GNU grep on the same stored logs: each pattern in turns, medians of several rounds, as Markdown.
# Wall time, and in brackets processor time, in seconds; the files are in the page cache. Ratios are of medians of processor time, purser's to each.
#
#   BENCH_ROUNDS=5   in how many rounds
#   BENCH_MIB=1024   of logs, in two containers, one of them in two files
set -euo pipefail
cd "$(dirname "$0")/../.."
purser=$PWD/${PURSER_BUILD:-build}/purser
stored=$PWD/${PURSER_BUILD:-build}/bench/stored
rounds=${BENCH_ROUNDS:-5}
mib=${BENCH_MIB:-1024}
utf8=${BENCH_LOCALE:-C.UTF-8}
patterns=('deadlock' '-i deadlock' '"took":2999' 'deadlock|plugh|xyzzy' 'order.*payment' '[0-9]{4}ms$' '[A-Z]{9}')

work=$(mktemp -d "${TMPDIR:-/tmp}/purser-bench-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -m 700 "$work/logs"
"$stored" $((mib / 4)) 1 >"$work/logs/aaaaaaaaaaaa+web.log.1"
"$stored" $((mib / 4)) 2 >"$work/logs/aaaaaaaaaaaa+web.log"
"$stored" $((mib / 2)) 3 >"$work/logs/bbbbbbbbbbbb+db.log"
cat "$work"/logs/* >/dev/null

contenders=(purser rg1 rg grep grep8)
search() { # CONTENDER ARGUMENT…: what it finds goes through a pipe, since grep looks no further where nobody reads it
	case $1 in
	purser) "$purser" -q -l "$work/logs" grep "${@:2}" | cat ;;
	rg1) rg -a -j1 "${@:2}" "$work/logs" | cat ;;
	rg) rg -a "${@:2}" "$work/logs" | cat ;;
	grep) LC_ALL=C grep -a -r -E "${@:2}" "$work/logs" | cat ;;
	grep8) LC_ALL=$utf8 grep -a -r -E "${@:2}" "$work/logs" | cat ;;
	esac >/dev/null || (($? == 1)) # nothing is found: no failure
}

measure() { # CONTENDER NUMBER ARGUMENT…: adds "WALL CPU" to its file
	local TIMEFORMAT='%R %U %S'
	{ time search "$1" "${@:3}" 2>/dev/null; } 2>&1 | awk '{ print $1, $2 + $3 }' >>"$work/$1.$2"
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; } # of the first column

echo "| pattern | purser | rg -j1 | rg | grep, LC_ALL=C | grep, $utf8 |"
echo '| --- | --- | --- | --- | --- | --- |'
for number in "${!patterns[@]}"; do
	read -ra words <<<"${patterns[number]}"
	for ((round = 0; round < rounds; round++)); do
		for contender in "${contenders[@]}"; do
			[[ $contender == grep8 && ${words[0]} == '[A-Z]{9}' ]] && ((round > 0)) && continue # half a minute each
			measure "$contender" "$number" "${words[@]}"
		done
	done
	printf "| \`%s\`" "${patterns[number]//|/\\|}"
	own=$(cut -d' ' -f2 "$work/purser.$number" | median)
	for contender in "${contenders[@]}"; do
		wall=$(median <"$work/$contender.$number")
		cpu=$(cut -d' ' -f2 "$work/$contender.$number" | median)
		awk -v w="$wall" -v c="$cpu" -v o="$own" -v first="$contender" \
			'BEGIN { printf " | %.2f (%.2f)", w, c; if (first != "purser") printf " ×%.2f", o / c }'
	done
	echo ' |'
done
