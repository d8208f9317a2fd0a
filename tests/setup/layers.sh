#!/usr/bin/env bash
# layers.sh - checks who may include and call what. Prints each offence as FILE:LINE: what is wrong, and exits 1 if any.
set -euo pipefail
cd "$(dirname "$0")/../.."

layers=(base system model runtime logs command front)
offences=0

offence() {
	printf '%s\n' "$1"
	offences=$((offences + 1))
}

# The place of a layer in the order, or nothing if there is no such layer.
rank() {
	local i
	for i in "${!layers[@]}"; do
		if [[ ${layers[i]} == "$1" ]]; then echo "$i"; fi
	done
}

# LINE:NAME for each #include "NAME" in FILE.
own_includes() {
	grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' "$1" | sed -E 's/^([0-9]+):[^"]*"([^"]*).*/\1:\2/'
}

# A file includes its own layer and those before it; src/main.c stands above all of them.
check_includes() {
	local file=$1 own=$2 line name theirs
	while IFS=: read -r line name; do
		theirs=$(rank "${name%%/*}")
		if [[ -z $theirs ]]; then
			offence "$file:$line: \"$name\" is in no layer (own headers are included as \"layer/module.h\")"
		elif ((theirs > own)); then
			offence "$file:$line: ${layers[own]} may not include ${layers[theirs]} (\"$name\")"
		fi
	done < <(own_includes "$file")
}

check_banned_is_last() {
	local file=$1 last
	last=$(grep -nE '^[[:space:]]*#[[:space:]]*include' "$file" | tail -n 1) || true
	if [[ $last != *'"base/banned.h"'* ]]; then
		offence "$file:${last%%:*}: the last include must be \"base/banned.h\""
	fi
}

# only PATTERN WHAT FILE…: lines that fit PATTERN may be in these files only.
only() {
	local pattern=$1 what=$2 hit file allowed
	shift 2
	while IFS= read -r hit; do
		file=${hit%%:*}
		for allowed in "$@"; do
			# shellcheck disable=SC2053 # the right side is a pattern
			if [[ $file == $allowed ]]; then continue 2; fi
		done
		offence "$(cut -d: -f1-2 <<<"$hit"): $what belongs in $* only"
	done < <(grep -rnE --include='*.[ch]' "$pattern" src include || true)
}

shopt -s nullglob
for layer in "${layers[@]}"; do
	for file in "include/$layer"/*.h "src/$layer"/*.c; do
		check_includes "$file" "$(rank "$layer")"
	done
	for file in "src/$layer"/*.c; do
		check_banned_is_last "$file"
	done
done
for file in src/*.c; do
	check_includes "$file" $((${#layers[@]} - 1))
	check_banned_is_last "$file"
done

only '#[[:space:]]*include.*cJSON\.h' 'cJSON' src/model/json.c
only '#[[:space:]]*include[[:space:]]*<readline/' 'readline' 'src/front/*.c'
only '\<posix_spawnp?[[:space:]]*\(' 'posix_spawn' src/system/process.c
only '#[[:space:]]*include[[:space:]]*<curl/' 'libcurl' src/system/exchange.c
only '\<pthread_create[[:space:]]*\(' 'pthread_create' src/logs/collector.c src/logs/chase.c
only '\<pthread_mutex_' 'a mutex' src/logs/tracked.c src/logs/chase.c

exit $((offences > 0))
