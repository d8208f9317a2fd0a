#!/usr/bin/env bash
# with-runtime.sh RUNTIME CMD… - runs CMD with PURSER_TEST_RUNTIME=RUNTIME, an engine of that runtime and the tests' image in it: one of
# its own (runtime-engine.sh; docker's: private-engine.sh), which is taken down when CMD has ended; for docker, where there can be none,
# the machine's, as with-engine.sh has it.
# Exit 3 and the reason if there can be none here; exit 4 if the engine has locked itself up meanwhile, as docker before 20.10.27 does
# now and then when containers end (https://github.com/moby/moby/issues/46661).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

(($# >= 2)) || { sed -n '2,6s/^# //p' "$0" >&2; exit 2; }
export PURSER_TEST_RUNTIME=$1 PURSER_RUNTIME=$1
shift

"$here/packages.sh" image "$PURSER_TEST_RUNTIME" || true # what there is to say, the engine's set-up says
engine=$(mktemp -d "${TMPDIR:-/tmp}/purser-$PURSER_TEST_RUNTIME.XXXXXX")
manage=("$here/runtime-engine.sh" "$PURSER_TEST_RUNTIME")
[[ $PURSER_TEST_RUNTIME != docker ]] || manage=("$here/private-engine.sh")
take_down() {
	"${manage[@]}" end "$engine"
	rm -rf "$engine"
}
trap take_down EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

if [[ $PURSER_TEST_RUNTIME != docker ]]; then
	"${manage[@]}" start "$engine"
	environment=$("${manage[@]}" env "$engine")
	eval "$environment"
	in_it=()
elif "${manage[@]}" start "$engine" >/dev/null; then
	in_it=("${manage[@]}" in "$engine")
else
	in_it=("$here/with-engine.sh")
fi
"${in_it[@]}" "$here/image.sh" purser-test:latest
code=0
"${in_it[@]}" "$@" || code=$?
[[ $PURSER_TEST_RUNTIME != docker ]] || "${in_it[@]}" timeout 20 docker network ls -q >/dev/null || {
	echo 'with-runtime.sh: docker has locked itself up' >&2
	code=4
}
exit "$code"
