#!/usr/bin/env bash
# runtime.sh - prints the runtime whose engine answers: PURSER_RUNTIME if set, else the first of docker, nerdctl, podman.
# Exit 1 and the runtimes' own words on stderr if none does.
set -euo pipefail

PATH=$PATH:/usr/sbin:/sbin
for runtime in ${PURSER_RUNTIME:-docker nerdctl podman}; do
	command -v "$runtime" >/dev/null || { echo "$runtime: not installed" >&2 && continue; }
	code=0
	words=$(timeout -k 1 "${PROBE_SECONDS:-10}" "$runtime" ps -q 2>&1 >/dev/null </dev/null) || code=$?
	case $code in
	0) echo "$runtime" && exit 0 ;;
	124 | 137) echo "$runtime: no answer in ${PROBE_SECONDS:-10} s" >&2 ;;
	*) echo "$runtime: ${words:-exit status $code}" >&2 ;;
	esac
done
exit 1
