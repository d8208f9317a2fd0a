#!/usr/bin/env bash
# readme.sh [--check] - puts the command table that purser itself prints between the marks in README.md. With --check it
# changes nothing, and fails with the difference if the table there is stale.
set -euo pipefail
cd "$(dirname "$0")/../.."

purser=${PURSER_BUILD:-build}/purser
readme=README.md
from='<!-- commands -->'
to='<!-- /commands -->'

for mark in "$from" "$to"; do
	if [[ $(grep -cxF -- "$mark" "$readme") != 1 ]]; then
		echo "$readme: the line $mark must be there, once" >&2
		exit 1
	fi
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$purser" help --markdown >"$scratch/table"
{
	sed "/^${from}\$/q" "$readme"
	cat "$scratch/table"
	sed -n "\\|^${to}\$|,\$p" "$readme"
} >"$scratch/readme"

if cmp -s "$scratch/readme" "$readme"; then
	exit 0
fi
if [[ ${1-} == --check ]]; then
	diff -u "$readme" "$scratch/readme" || true
	echo "$readme: the command list is stale: run make readme" >&2
	exit 1
fi
cat "$scratch/readme" >"$readme"
