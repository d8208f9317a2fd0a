#!/usr/bin/env bash
# callgrind.sh [--accept] - counts the instructions of one operation of each pure part under callgrind, and compares with
# tests/bench/instructions.txt: exit 1 when one takes more than 5 % more than there. What is there was counted with a certain compiler and C
# library; with others it is only shown. --accept writes what is counted now there.
set -euo pipefail
cd "$(dirname "$0")/../.."
export LC_ALL=C

pure=${PURSER_BUILD:-build}/bench/pure
known=tests/bench/instructions.txt
most=5 # per cent
accept=${1-}
[[ -z $accept || $accept == --accept ]] || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }

# Which variant of memchr and the like is taken depends on the processor; the plain ones are the same everywhere.
export GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-AVX512F,-AVX512VL,-AVX512BW,-EVEX,-ERMS,-FSRM,-BMI2,-AVX_Fast_Unaligned_Load,-Prefer_No_VZEROUPPER

compiler=$("${CC:-cc}" --version | head -n 1)
made_with="${compiler#* } ${CFLAGS-}, $(getconf GNU_LIBC_VERSION), $(uname -m)"
same=no
[[ ! -e $known || $(sed -n '1s/^# //p' "$known") != "$made_with" ]] || same=yes
out=$(mktemp)
trap 'rm -f "$out"' EXIT

count() { # PART: prints how many instructions it took
	local said
	said=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null "--toggle-collect=measured_$1" "$pure" "$1" 2>&1) || { echo "$said" >&2; return 1; }
	sed -n 's/^==[0-9]*== Collected *: *\([0-9]*\).*/\1/p' <<<"$said"
}

echo "# $made_with" >"$out"
worse=0
printf '%-14s %14s %14s %8s  per\n' part instructions known change
while IFS=$'\t' read -r part operations unit; do
	counted=$(count "$part")
	if ((${counted:-0} < operations)); then
		echo "callgrind.sh: nothing was counted of $part" >&2
		exit 1
	fi
	each=$(awk "BEGIN { printf \"%.1f\", $counted / $operations }")
	printf '%s\t%s\t%s\n' "$part" "$each" "$unit" >>"$out"
	before=''
	[[ $same == no ]] || before=$(awk -F'\t' -v part="$part" '$1 == part { print $2 }' "$known")
	change='' mark=''
	if [[ -n $before ]]; then
		change=$(awk "BEGIN { printf \"%+.1f%%\", ($each / $before - 1) * 100 }")
		if awk "BEGIN { exit !($each > $before * (1 + $most / 100)) }"; then
			mark='  MORE'
			worse=$((worse + 1))
		fi
	fi
	printf '%-14s %14s %14s %8s  %s%s\n' "$part" "$each" "${before:--}" "${change:--}" "$unit" "$mark"
done < <("$pure")

if [[ $accept == --accept ]]; then
	cp "$out" "$known"
	chmod 644 "$known"
	echo "written: $known"
elif [[ $same == no ]]; then
	echo "not compared: $known is of $(sed -n '1s/^# //p' "$known" 2>/dev/null || true); this is $made_with"
elif ((worse)); then
	echo "$worse parts take over $most % more instructions than in $known; make callgrind-accept if that is meant to be so"
	exit 1
fi
