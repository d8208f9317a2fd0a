#!/usr/bin/env bash
# demo.sh - what `make demo` runs: demo.purser on a real engine, or on the stand-in where no engine can be had.
# Removes the containers that it made, however it ends; the collected logs stay in build/demo-logs.
set -euo pipefail
cd "$(dirname "$0")/../.."

logs=build/demo-logs
fake= # the stand-in's state, once it is needed

step() { printf '\n==> %s\n' "$1"; }

remove_containers() {
	local ids
	ids=$(timeout 20 "$runtime" ps -aq --filter label=purser.demo=1) || return 0
	# shellcheck disable=SC2086 # one word for each container
	[[ -z $ids ]] || timeout 60 "$runtime" rm -f $ids >/dev/null
}

# shellcheck disable=SC2317 # called by the trap
clean_up() {
	[[ -z ${runtime-} ]] || remove_containers
	[[ -z $fake ]] || rm -rf "$fake"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say_stand_in() { printf '\n*** STAND-IN, not a real engine: %s ***\n' "$1"; }

step 'What it takes: a container engine, and an image (no registry is reached)'
tests/setup/packages.sh engine image || true # if that fails, the stand-in will do
if tests/setup/engine.sh && tests/setup/image.sh purser-demo:latest; then
	runtime=$(tests/setup/runtime.sh)
else
	say_stand_in 'tests/fake/docker plays the engine, for the reason above'
	fake=$(mktemp -d)
	export PURSER_FAKE_DIR=$fake PATH=$PWD/tests/fake:$PATH
	runtime=docker
fi
remove_containers # of a demo that was killed
echo "runtime: $runtime"

step "build/purser --runtime $runtime --log-dir $logs -f tests/demo/demo.purser"
rm -rf "$logs"
mkdir -m 700 "$logs"
code=0
timeout --foreground -k 5 100 build/purser --runtime "$runtime" --log-dir "$logs" -f tests/demo/demo.purser || code=$?
((code != 124)) || echo 'demo.sh: stopped after 100 s' >&2

step "What was collected, in $logs (TIMESTAMP STREAM F|P TEXT)"
ls -l "$logs"
for file in "$logs"/*; do
	printf '\n%s:\n' "${file##*/}"
	head -n 4 "$file"
done
[[ -z $fake ]] || say_stand_in 'all of this was played by tests/fake/docker'
exit "$code"
