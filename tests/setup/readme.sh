#!/usr/bin/env bash
# readme.sh [--check] - puts the tables that purser itself prints between their marks in README.md and docs. With --check it
# changes nothing, and fails with the difference if one of them is stale.
set -euo pipefail
cd "$(dirname "$0")/../.."

purser=${PURSER_BUILD:-build}/purser

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
stale=0

# put FILE NAME OPTION: what help prints with it, between the marks of that name
put() {
	local mark from="<!-- $2 -->" to="<!-- /$2 -->"
	for mark in "$from" "$to"; do
		if [[ $(grep -cxF -- "$mark" "$1") != 1 ]]; then
			echo "$1: the line $mark must be there, once" >&2
			exit 1
		fi
	done
	{
		sed "/^${from}\$/q" "$1"
		"$purser" help "$3"
		sed -n "\\|^${to}\$|,\$p" "$1"
	} >"$scratch/next"
	! cmp -s "$scratch/next" "$1" || return 0
	if [[ $check ]]; then
		diff -u "$1" "$scratch/next" || true
		stale=1
	else
		cat "$scratch/next" >"$1"
	fi
}

[[ ${1-} == --check ]] && check=1 || check=
put README.md commands --overview
put docs/commands.md commands --markdown
put docs/runtimes.md runtimes --runtimes
((!stale)) || { echo 'a table is stale: run make readme' >&2; exit 1; }
