#!/usr/bin/env bash
# run.sh [--unit|--e2e|--docker]… - runs the unit test programs in $PURSER_BUILD/tests (build/tests) and the end-to-end tests in tests/e2e,
# or these against docker alone (which may be another: docker-release.sh),
# and closes with what failed or was skipped, and one line: N passed, N failed[, N skipped]. Exit 1 if a test failed or none ran.
# A runtime that is missing is named, and its tests are skipped. PURSER_STRICT=1 counts a skipped test as failed.
# Tests may rely on what is exported here. Some are tagged (bats test_tags): not-docker, not-nerdctl, not-podman are not run against that one,
# journal is run only where logs are in one;
# long are run against docker over its socket, and any other way only with PURSER_LONG=1, slow against none without it.
set -euo pipefail
cd "$(dirname "$0")/.."

passed=0 failed=0 skipped=0
export PURSER_BUILD=${PURSER_BUILD:-build}

# close ITEM LINES: what the report closes with
close() { [[ -z $2 ]] || sed "s|^|${1/tests\/e2e\//}: |" <<<"$2" >>"$scratch/closing"; }

# One program, its report in a file; what it says is shown when it has ended, as programs run side by side.
run_unit() {
	local program=$1 report=$2 code=0
	timeout --foreground -k 5 300 "$program" >"$report" 2>&1 || code=$?
	echo "$code" >"$report.status"
	echo "== ${program##*/}"
	cat "$report"
}

# Adds up the lines "100%: Checks: 12, Failures: 0, Errors: 0"; a program that fails without one of them crashed.
count_unit() {
	local program=$1 report=$2 code bad=0 checks failures errors
	code=$(<"$report.status")
	while read -r checks failures errors; do
		((passed += checks - failures - errors, bad += failures + errors)) || true
	done < <(sed -nE 's/^[0-9]+%: Checks: ([0-9]+), Failures: ([0-9]+), Errors: ([0-9]+)$/\1 \2 \3/p' "$report")
	if ((bad == 0)) && { ((code != 0)) || ! grep -q '%: Checks: ' "$report"; }; then
		close "${program##*/}" "ended with status $code and reported no failed check"
		bad=1
	fi
	close "${program##*/}" "$(grep -E ':[FE]:' "$report")"
	((failed += bad)) || true
}

# One file, its report and status in a directory of its own; what bats says is shown when it has ended, as files run side by side.
# FILE may be cli:FILE, for docker asked by its CLI: by itself it is asked over its socket; or nerdctl:FILE or podman:FILE;
# or journal:FILE, for podman with its logs in a journal. In 29:FILE the stand-in is one for docker 29.
# If docker locks itself up, all of the file is run again, once.
run_file() {
	local file=${1#*:} report=$2 code runtime=("${docker[@]}") tags='!not-docker'
	case $1 in
	cli:*) export PURSER_TEST_TRANSPORT=cli ;;
	29:*) export PURSER_TEST_FAKE_VERSION=29 ;;
	journal:*) runtime=(tests/setup/with-journal.sh tests/setup/with-runtime.sh podman) tags='!not-podman' ;;
	*:*) runtime=(tests/setup/with-runtime.sh "${1%%:*}") tags="!not-${1%%:*}" ;;
	esac
	[[ $1 == journal:* ]] || tags+=',!journal'
	if [[ ${PURSER_LONG-} != 1 ]]; then
		tags+=',!slow'
		[[ $1 != *:* || $1 == 29:* ]] || tags+=',!long'
	fi
	mkdir "$report"
	for _ in 1 2; do
		code=0
		"${runtime[@]}" bats --filter-tags "$tags" --timing --report-formatter tap --output "$report" "$file" </dev/null >>"$report/said" 2>&1 || code=$?
		((code == engine_locked_up)) || break
		rm -f "$report/report.tap"
	done
	echo "$code" >"$report/status"
	echo "== ${1/tests\/e2e\//}"
	cat "$report/said"
}

# Counts in the TAP report; a test that was planned but not reported, and a bats that fails with no test failed, are failures too.
# Where there can be no engine of the file's runtime the file is skipped.
count_file() {
	local report=$2/report.tap code planned good bad skips
	code=$(<"$2/status")
	if [[ ! -e $report ]] && ((code == 3)); then
		close "$1" "skipped: $(tail -n 1 "$2/said")"
		((skipped += 1))
		return
	fi
	close "$1" "$(grep '^with-runtime.sh: ' "$2/said")"
	[[ -s $report ]] || : >"$report"
	close "$1" "$(grep -E '^not ok |^ok .*# skip' "$report")"
	planned=$(sed -nE '1s/^1\.\.([0-9]+)$/\1/p' "$report")
	skips=$(grep -cE '^ok [0-9]+ .*# skip' "$report") || true
	good=$(($(grep -cE '^ok [0-9]+ ' "$report") - skips)) || true
	bad=$((${planned:-0} - good - skips))
	if ((bad == 0 && code != 0)); then
		close "$1" "bats ended with status $code and reported no failed test"
		bad=1
	fi
	((passed += good, skipped += skips, failed += bad)) || true
}

# side_by_side NUMBER RUN COUNT ITEM…: RUN ITEM REPORT for each, that many at a time, those that were listed first first;
# then COUNT ITEM REPORT. Each is a process group of its own, so that all of it, and the engine that was started for it, ends with this script.
side_by_side() {
	local most=$1 run=$2 count=$3 item running=0
	shift 3
	set -m
	for item in "$@"; do
		if ((running == most)); then
			wait -n
			running=$((running - 1))
		fi
		"$run" "$item" "$scratch/${item//\//-}" &
		running=$((running + 1))
	done
	wait
	set +m
	for item in "$@"; do "$count" "$item" "$scratch/${item//\//-}"; done
}

# Tests with a real engine skip themselves when PURSER_TEST_RUNTIME is empty.
prepare_engines() {
	export PURSER_TEST_RUNTIME='' BATS_TEST_TIMEOUT=${BATS_TEST_TIMEOUT:-120}
	tests/setup/packages.sh docker nerdctl podman || true
	! tests/setup/with-runtime.sh docker true || docker=(tests/setup/with-runtime.sh docker)
	wait_for_nerdctl
}

longest_first() { wc -c "$@" | sort -rn | awk '$2 != "total" { print $2 }'; }

# list_files: the longest first, so that none is left over at the end. A file that has a line "# also: cli 29 podman journal nerdctl" is run
# against these, too; nerdctl last, which may still be being built.
list_files() {
	local way file ways='cli 29 podman journal nerdctl'
	[[ $kinds != *--docker* ]] || ways=cli
	mapfile -t files < <(longest_first tests/e2e/*.bats)
	for way in $ways; do
		for file in tests/e2e/*.bats; do
			! grep -qE "^# also:( .*)? $way( |\$)" "$file" || files+=("$way:$file")
		done
	done
}

# In a process group of its own, as it has children.
build_nerdctl() {
	((EUID == 0)) || return 0 # nobody else can start an engine for it
	set -m
	tests/setup/nerdctl.sh >/dev/null 2>&1 &
	set +m
	building=$!
	disown
}

# Many tests say how soon something is to happen, and a compiler beside them takes its time from purser and from engines.
wait_for_nerdctl() {
	[[ -n $building ]] || return 0
	renice -n 0 -g "$building" >/dev/null 2>&1 || true
	while kill -0 -- "-$building" 2>/dev/null; do sleep 0.5; done
}

finish() {
	local group
	for group in $(jobs -p) $building; do kill -TERM -- "-$group" 2>/dev/null || true; done
	wait
	rm -rf "$scratch"
}

kinds=$*
for kind in "$@"; do
	[[ $kind == --unit || $kind == --e2e || $kind == --docker ]] || { sed -n '2,6s/^# //p' "$0" >&2; exit 2; }
done
scratch=$(mktemp -d)
building=
docker=()
engine_locked_up=4 # by with-runtime.sh
trap finish EXIT
shopt -s nullglob
list_files
[[ $kinds == --unit || ${files[*]} != *nerdctl:* ]] || build_nerdctl

if [[ -z $kinds || $kinds == *--unit* ]]; then
	mapfile -t programs < <(longest_first tests/unit/test_*.c | sed "s|^tests/unit/\(.*\)\.c\$|$PURSER_BUILD/tests/\1|")
	side_by_side $(($(nproc) * 2)) run_unit count_unit "${programs[@]}" # most of their time they wait for the kernel
fi
if [[ -z $kinds || $kinds == *--e2e* || $kinds == *--docker* ]] && ((${#files[@]})); then
	prepare_engines
	side_by_side "$(nproc)" run_file count_file "${files[@]}"
fi

[[ ! -e $scratch/closing ]] || cat "$scratch/closing"
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
