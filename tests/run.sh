#!/usr/bin/env bash
# run.sh [--unit|--e2e]… - runs the unit test programs in $PURSER_BUILD/tests (build/tests) and the end-to-end tests in tests/e2e,
# and closes with one line: N passed, N failed[, N skipped]. Exit 1 if a test failed or none ran.
# PURSER_STRICT=1 counts a skipped test as failed. Tests may rely on what is exported here.
set -euo pipefail
cd "$(dirname "$0")/.."

passed=0 failed=0 skipped=0
export PURSER_BUILD=${PURSER_BUILD:-build}

# Adds up the lines "100%: Checks: 12, Failures: 0, Errors: 0"; a program that fails without one of them crashed.
run_unit() {
	local program=$1 bad=0 code=0 checks failures errors
	echo "== ${program##*/}"
	timeout --foreground -k 5 300 "$program" >"$out" 2>&1 || code=$?
	cat "$out"
	while read -r checks failures errors; do
		((passed += checks - failures - errors, bad += failures + errors)) || true
	done < <(sed -nE 's/^[0-9]+%: Checks: ([0-9]+), Failures: ([0-9]+), Errors: ([0-9]+)$/\1 \2 \3/p' "$out")
	if ((bad == 0)) && { ((code != 0)) || ! grep -q '%: Checks: ' "$out"; }; then
		echo "${program##*/}: ended with status $code and reported no failed check"
		bad=1
	fi
	((failed += bad)) || true
}

# One file, its report and status in a directory of its own; what bats says is shown when it has ended, as files run side by side.
# FILE may be cli:FILE, for docker asked by its CLI: by itself it is asked over its socket.
run_file() {
	local file=${1#cli:} report=$2 code=0
	mkdir "$report"
	[[ $1 != cli:* ]] || export PURSER_TEST_TRANSPORT=cli
	bats --timing --report-formatter tap --output "$report" "$file" </dev/null >"$report/said" 2>&1 || code=$?
	echo "$code" >"$report/status"
	echo "== ${1##*/}${PURSER_TEST_TRANSPORT:+, by $PURSER_TEST_TRANSPORT}"
	cat "$report/said"
}

# Counts in the TAP report; a test that was planned but not reported, and a bats that fails with no test failed, are failures too.
count_file() {
	local report=$1/report.tap code planned good bad skips
	code=$(<"$1/status")
	[[ -s $report ]] || : >"$report"
	planned=$(sed -nE '1s/^1\.\.([0-9]+)$/\1/p' "$report")
	skips=$(grep -cE '^ok [0-9]+ .*# skip' "$report") || true
	good=$(($(grep -cE '^ok [0-9]+ ' "$report") - skips)) || true
	bad=$((${planned:-0} - good - skips))
	if ((bad == 0 && code != 0)); then
		echo "bats ended with status $code and reported no failed test: ${1##*/}"
		bad=1
	fi
	((passed += good, skipped += skips, failed += bad)) || true
}

# As many files at a time as there are processors, those that were listed first first.
run_e2e() {
	local file running=0
	prepare_engine
	for file in "$@"; do
		if ((running == $(nproc))); then
			wait -n
			running=$((running - 1))
		fi
		run_file "$file" "$scratch/${file//\//-}" &
		running=$((running + 1))
	done
	wait
	for file in "$@"; do count_file "$scratch/${file//\//-}"; done
}

# Tests with a real engine skip themselves when PURSER_TEST_RUNTIME is empty.
prepare_engine() {
	tests/setup/packages.sh engine || true
	if tests/setup/engine.sh && tests/setup/image.sh purser-test:latest; then
		PURSER_TEST_RUNTIME=$(tests/setup/runtime.sh)
	else
		PURSER_TEST_RUNTIME=
	fi
	export PURSER_TEST_RUNTIME BATS_TEST_TIMEOUT=120
}

kinds=$*
for kind in "$@"; do
	[[ $kind == --unit || $kind == --e2e ]] || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
out=$scratch/out
shopt -s nullglob

if [[ -z $kinds || $kinds == *--unit* ]]; then
	for program in "$PURSER_BUILD"/tests/test_*; do
		if [[ -f $program && -x $program ]]; then run_unit "$program"; fi
	done
fi
if [[ -z $kinds || $kinds == *--e2e* ]]; then
	# by size, the longest first, so that none is left over at the end
	mapfile -t files < <(wc -c tests/e2e/*.bats | sort -rn | awk '$2 != "total" { print $2 }')
	if ((${#files[@]})); then run_e2e "${files[@]}" cli:tests/e2e/collect.bats; fi
fi

if [[ ${PURSER_STRICT:-} == 1 ]] && ((skipped)); then
	echo "skipped tests count as failed (PURSER_STRICT=1): $skipped"
	((failed += skipped, skipped = 0)) || true
fi
if ((skipped)); then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
((failed == 0 && passed + skipped > 0))
