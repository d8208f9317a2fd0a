#!/usr/bin/env bash
# with-engine.sh CMD… - runs CMD so that it may talk to docker: as it is, or with sudo where docker's socket is root's alone
# (as it is right after docker.io was installed).
set -euo pipefail
cd "$(dirname "$0")/../.."

tests/setup/packages.sh engine || true # what there is to say, CMD's own set-up says
tests/setup/engine.sh >/dev/null 2>&1 || true

socket=/var/run/docker.sock
if ((EUID == 0)) || [[ -n ${DOCKER_HOST-} || ! -S $socket || -w $socket ]] || ! command -v sudo >/dev/null; then
	exec "$@"
fi
echo "$(id -un) may not talk to docker; going on with sudo: $*"
keep=()
for name in PATH CI BATS_TEST_TIMEOUT PURSER_STRICT PURSER_BUILD PURSER_RUNTIME PURSER_TEST_RUNTIME PURSER_LONG BENCH_QUICK BENCH_ROWS BENCH_ROUNDS BENCH_PICTURE; do
	[[ ! -v $name ]] || keep+=("$name=${!name}")
done
code=0
sudo env "${keep[@]}" "$@" || code=$?
sudo chown -R "$(id -u):$(id -g)" build
exit "$code"
