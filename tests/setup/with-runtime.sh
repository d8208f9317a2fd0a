#!/usr/bin/env bash
# with-runtime.sh RUNTIME CMD… - runs CMD with PURSER_TEST_RUNTIME=RUNTIME, an engine of that runtime and the tests' image in it: docker's
# as with-engine.sh has it, nerdctl's and podman's one of its own (runtime-engine.sh), which is taken down when CMD has ended.
# Exit 3 and the reason if there can be none here.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

(($# >= 2)) || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
export PURSER_TEST_RUNTIME=$1 PURSER_RUNTIME=$1
shift

"$here/packages.sh" "$PURSER_TEST_RUNTIME" || true # what there is to say, the engine's set-up says
if [[ $PURSER_TEST_RUNTIME == docker ]]; then
	exec "$here/with-engine.sh" bash -c 'tests/setup/engine.sh && tests/setup/image.sh purser-test:latest && exec "$@"' bash "$@"
fi
engine=$(mktemp -d "${TMPDIR:-/tmp}/purser-$PURSER_TEST_RUNTIME.XXXXXX")
trap '"$here/runtime-engine.sh" "$PURSER_TEST_RUNTIME" end "$engine"; rm -rf "$engine"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
"$here/runtime-engine.sh" "$PURSER_TEST_RUNTIME" start "$engine"
environment=$("$here/runtime-engine.sh" "$PURSER_TEST_RUNTIME" env "$engine")
eval "$environment"
"$here/image.sh" purser-test:latest
"$@"
