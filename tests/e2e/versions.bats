#!/usr/bin/env bats
# Versions of docker differ in what `logs --since` leaves out, in their words and in their options; purser does the same with all of them. The stand-in
# speaks as each. (How answers of the API differ is in tests/unit/test_api.c and test_runtime.c.)
# shellcheck disable=SC2030,SC2031 # each test is a process

load helpers

setup() { begin; }
teardown() { end; }

# as_version VERSION: with a log directory and an engine of its own
as_version() {
	logs=$scratch/logs-$1 fake=$scratch/fake-$1
	fake_begin
	export PURSER_FAKE_VERSION=$1
}

# records_of N: what a container says in the fifteen hours of that number. Its clock is put back by hours and forward again; neighbours have one time, and are alike.
records_of() {
	local i seconds stamp
	for i in {0..39}; do
		seconds=$((1000000000 + $1 * 54000 + i / 2 - i % 6 / 4 * 72000))
		printf -v stamp '%(%Y-%m-%dT%H:%M:%S)T.%09dZ' "$seconds" $((i / 4))
		printf '%s %s line %s\n' "$stamp" "$( ((i % 5)) && echo stdout || echo stderr)" $((i / 2 % 3))
	done
}

# stored_once CONTAINER LOG: what LOG, which grows, has is stored while it grows, each record once
stored_once() {
	local part
	collecting "$1"
	for part in 0 1 2 3; do
		records_of "$part" >>"$2"
		eventually 20 more_than "$1" $((part * 40 + 39))
	done
	kill -TERM "$spawned"
	ended "$spawned" 0
	sed -E 's/ (stdout|stderr) F / \1 /' "$(stored "$1")" >got
	same_bytes got "$2"
	not grep -F '"gap"' "$logs/journal.jsonl"
}

@test "versions: each record once, whatever is left out of a window that is bounded by a time" {
	local version id given=''
	for version in 20.10 29; do
		as_version "$version"
		id=$(docker create --name "$me-a" purser-test sleep 100)
		docker start "$me-a"
		stored_once "$me-a" "$fake/containers/$id/log"
		given+=" $(docker logs --since=1000100000 "$id" 2>&1 | wc -l)"
		docker rm -f "$me-a"
		grep -qE "^logs --timestamps --since=1000[0-9]+ --tail=[0-9]+ $id" "$fake/calls"
	done
	equal "$given" ' 56 80' # the stand-in does differ
}

@test "versions: the same over the socket" {
	local version id given='' frames
	printf -v id '%064d' 7
	for version in 20.10 29; do
		as_version "$version"
		frames=$scratch/engine-$version
		mkdir "$frames"
		echo '{"ID":"FILES"}' >"$frames/info"
		echo "[{\"Id\":\"$id\",\"Names\":[\"/web\"],\"State\":\"running\",\"Status\":\"Up 1 second\"}]" >"$frames/containers"
		echo "{\"Id\":\"$id\",\"Name\":\"/web\",\"State\":{\"Status\":\"running\"},\"HostConfig\":{\"LogConfig\":{\"Type\":\"json-file\"}}}" >"$frames/inspect"
		: >"$frames/log"
		spawn "$build/fake/server" "$frames/door" "$frames/asked" "$frames"
		eventually 5 test -S "$frames/door"
		export DOCKER_HOST=unix://$frames/door PURSER_TRANSPORT=socket
		stored_once web "$frames/log"
		given+=" $(curl -s --unix-socket "$frames/door" "http://x/containers/$id/logs?stdout=1&stderr=1&since=1000100000" | grep -ac ' line ')"
		grep -qE "/logs\?.*&since=1000[0-9]+&tail=" "$frames/asked"
	done
	equal "$given" ' 56 80'
}

statuses() { # runs each line of its input as a command; one line for each: status and command
	local line status
	while read -r line; do
		status=0
		purser -qc "$line" >>said 2>&1 || status=$?
		echo "$status $line"
	done
}

@test "versions: commands end the same way, and it is told when no engine answers" {
	local version
	for version in 20.10 29; do
		as_version "$version"
		: >said
		statuses >"ended-$version" <<-'COMMANDS'
			create --name one purser-test sleep 100
			create --name one purser-test sleep 100
			create --name two purser-test no-such-program
			create --pull never --name three no-such-image
			start one two
			rm one
			stop -t 0 one
			restart -t 0 one
			ps -a
			images
			stop no-such
			rm no-such
			rm -f one two
		COMMANDS
		has "$(<said)" 'executable file not found'
		fake_mode fail
		run purser -q ps
		status_is 125
		has "$output" 'docker does not answer'
		has "$output" 'is its engine started?'
	done
	same_bytes ended-20.10 ended-29
	equal "$(cut -d' ' -f1 ended-29 | tr '\n' ' ')" '0 1 0 1 1 1 0 0 0 0 1 1 0 '
}
