#!/usr/bin/env bash
# picture.sh BENCH_JSON SVG - draws what bench.sh measured: how it compares, and how it grows.
set -euo pipefail
export LC_ALL=C

json=${1:?usage: picture.sh BENCH_JSON SVG}
svg=${2:?usage: picture.sh BENCH_JSON SVG}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# What is compared with docker's, one line each: label, then the ratios by CLI, by socket and with the engine's files ("-" where none).
jq -r '[ { key: "ps", metric: "wall", label: "ps" }, { key: "ps-prompt", metric: "wall", label: "ps at\\nprompt" },
	{ key: "catch", metric: "wall", label: "catch up:\\ntime" }, { key: "catch", metric: "cpu", label: "catch up:\\nCPU" },
	{ key: "follow", metric: "total", label: "follow:\\nCPU" }, { key: "follow", metric: "pss", label: "follow:\\nmemory" },
	{ key: "poll", metric: "wall", label: "poll" } ] as $shown
	| .measured as $all | $shown[] | . as $s
	| [ $all[] | select(.key == $s.key and .metric == $s.metric and (.against_size | not)) ][0] | select(.)
	| [ "\"" + $s.label + "\"", (.values | .cli, .socket, .files | .ratio // "-") ] | @tsv' "$json" | sed 's/\\\\n/\\n/' >"$dir/ratios"
jq -r '.growth[] | .key + "\t" + .who + "\t" + (.points[] | "\(.size)\t\(.value.median)")' "$json" >"$dir/growth"

# curves KEY: the plot clauses for each contender that has points
curves() {
	local who clauses=()
	local -A title=([docker]='docker' [cli]='purser by CLI' [socket]='purser by socket' [files]="purser, engine's files") color=([docker]=1 [cli]=2 [socket]=3 [files]=4)
	for who in docker cli socket files; do
		awk -F'\t' -v key="$1" -v who="$who" '$1 == key && $2 == who { print $3, ($4 > 0.001 ? $4 : 0.001) }' "$dir/growth" >"$dir/$1.$who"
		[[ ! -s $dir/$1.$who ]] || clauses+=("'$dir/$1.$who' with linespoints linestyle ${color[$who]} title \"${title[$who]}\"")
	done
	((${#clauses[@]})) || clauses=('NaN notitle')
	local IFS=,
	echo "${clauses[*]}"
}

bars() {
	local column file="'$dir/ratios'" clauses=()
	local titles=([2]='by CLI' [3]='by socket' [4]="engine's files")
	for column in 2 3 4; do
		! awk -F'\t' -v c="$column" '$c != "-" { found = 1 } END { exit !found }' "$dir/ratios" ||
			clauses+=("$file using $column:xticlabels(1) linestyle $column title \"${titles[column]}\"")
	done
	((${#clauses[@]})) || clauses=('NaN notitle')
	local IFS=,
	echo "${clauses[*]}, 1 with lines linestyle 1 title 'docker'"
}

gnuplot <<END
set terminal svg size 1200,760 font 'sans-serif,12' background 'white'
set output '$dir/picture.svg'
set style line 1 linecolor rgb '#777777' linewidth 2 pointtype 7 pointsize 0.6
set style line 2 linecolor rgb '#c8641e' linewidth 2 pointtype 7 pointsize 0.6
set style line 3 linecolor rgb '#1f6fb4' linewidth 2 pointtype 7 pointsize 0.6
set style line 4 linecolor rgb '#2a8a4a' linewidth 2 pointtype 7 pointsize 0.6
set datafile missing '-'
set grid ytics linecolor rgb '#dddddd'
set multiplot layout 2,2
set logscale y
set key top right outside horizontal

set title "purser's cost, docker's is 1"
set style data histograms
set style histogram clustered gap 1
set style fill solid noborder
set yrange [0.0005:*]
plot $(bars)

set style data points
set autoscale y
set logscale x
set key top left
set title 'a poll with nothing new (docker: logs --since 1s)'
set xlabel 'MB of log'
set ylabel 'ms'
plot $(curves poll)

set title 'a minute idle: CPU of client and engine'
set xlabel 'containers tracked'
plot $(curves idle)

set title 'ps at the prompt (docker: a process)'
set xlabel 'containers listed'
plot $(curves ps-prompt)
END
cp "$dir/picture.svg" "$svg"
