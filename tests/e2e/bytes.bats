#!/usr/bin/env bats
# What is stored is what the container wrote, by its own account: the same script is run here.
# also: cli nerdctl podman journal

load helpers

setup() {
	need_engine
	begin
}
teardown() { end; }

# Engines that keep logs in JSON replace what is no UTF-8.
invalid='printf "caf\351 \377\376 \303(\n\200\n"; printf "\300\257\n" >&2; head -c 50000 /dev/zero | tr "\0" "\377"; echo'
[[ $runtime == podman ]] || invalid=:

script='
	i=0; while [ $i -lt 500 ]; do echo "out $i"; echo "err $i" >&2; i=$((i + 1)); done
	for c in a b; do head -c 40000 /dev/zero | tr "\0" $c; echo; head -c 40000 /dev/zero | tr "\0" $c >&2; echo >&2; done
	for n in 8191 8192 8193 16383 16384 16385 32768; do head -c $n /dev/zero | tr "\0" x; echo; echo after $n; done
	printf "a\0b\n\0\n\0\0end\0\n"; printf "\0err\n" >&2
	printf "\033[31mred\033[0m\n\033]0;title\007\b\r\033[2J\n"; printf "\033[1merr\n" >&2
	echo; echo; echo x; echo; echo >&2; echo >&2; echo y >&2
	printf "  two\n\ttab \n x  \n \n"; printf " \n" >&2
	echo "2026-11-22T04:03:59.283805114Z stdout F not a record"; echo "2026-11-22T04:03:59.283805114Z fake"
	echo "{\"log\":\"not a record\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-22T04:03:59.283805114Z\"}"
	printf "dos\r\nmac\rmore\r\n\r\n"
	printf "in two "; sleep 0.3; echo pieces
	'"$invalid"'
	printf "\342\202\254 and no newline"; printf "no newline" >&2'

account_of() {
	local run
	for ((run = 0; run < $1; run++)); do busybox sh -c "$script"; done >wanted.out 2>wanted.err
}

is_account_of() { # RUNS
	account_of "$1"
	bytes "$(stored "$me-a")" stdout >got.out
	bytes "$(stored "$me-a")" stderr >got.err
	same_bytes got.out wanted.out && same_bytes got.err wanted.err
}

@test "bytes: all that a container writes, in each of its runs" {
	purser -q run --name "$me-a" "${labels[@]}" "$image" sh -c "$script"$'\n'"$last_breath"
	eventually 20 is_state "$me-a" exited
	purser -q status
	is_account_of 1
	purser -q start "$me-a"
	eventually 20 is_state "$me-a" exited
	purser -q status
	is_account_of 2
	run purser -q logs verify "$me-a"
	status_is 0
	has "$output" identical
}

@test "bytes: the same, read when it has ended" {
	made a "$image" sh -c "$script"$'\n'"$last_breath"
	eventually 20 is_state "$me-a" exited
	purser -q track "$me-a"
	is_account_of 1
}

@test "bytes: the same, of a terminal" {
	made a -t "$image" sh -c 'echo begin; printf "no newline "; sleep 0.3; echo yet; printf "\033[31mred\033[0m\n"; echo to-stderr >&2
		head -c 40000 /dev/zero | tr "\0" a; echo; printf last; '"$last_breath"
	eventually 20 is_state "$me-a" exited
	purser -q track "$me-a"
	{
		printf 'begin\r\nno newline yet\r\n\033[31mred\033[0m\r\nto-stderr\r\n'
		head -c 40000 /dev/zero | tr '\0' a
		printf '\r\nlast'
	} >wanted
	bytes "$(stored "$me-a")" stdout >got
	same_bytes got wanted
}

# Each of them is removed by purser when its log is complete.
ended_at_once() {
	local i
	for ((i = 1; i <= $1; i++)); do
		echo "run --rm --name $me-r$i -l purser.owner=$me $image sh -c 'echo out $i; echo err $i >&2; $last_breath; exit 3'"
	done >script
	echo "logs -f $me-r$1" >>script # the last one has ended by then
	seconds=110 purser -q -f script >/dev/null
	for ((i = 1; i <= $1; i++)); do
		equal "$(bytes "$(stored "$me-r$i")" stdout) $(bytes "$(stored "$me-r$i")" stderr)" "out $i err $i"
	done
	equal "$(jq -r 'select(.event == "gap")' "$logs/journal.jsonl")" ''
	equal "$(jq -r 'select(.event == "complete") | .id' "$logs/journal.jsonl" | sort -u | wc -l)" "$1"
	equal "$(engine ps -aq --filter "label=purser.owner=$me" | wc -l)" 0
}
# keep.bats has a hundred of docker's.
# bats test_tags=not-docker
@test "bytes: run --rm of what ends at once" { ended_at_once 5; }
# bats test_tags=not-docker,long
@test "bytes: run --rm of what ends at once, 25 of them" { ended_at_once 25; }
