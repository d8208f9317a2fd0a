#!/usr/bin/env bats
# Wrong words, wrong files, wrong engines, full disks: one clear message, the right status, no hang, nothing left behind, nothing lost.

load helpers

# One waits for its deadline while the other tests run; the last looks at what became of it.
setup_file() (
	begin "$BATS_FILE_TMPDIR" # in a subshell, as what setup_file exports the tests would have
	spawn wait_for_deadline
)
wait_for_deadline() {
	fake_begin
	fake_mode hang-ps
	local code=0 start=$EPOCHREALTIME
	"$PURSER" -l "$logs" ps </dev/null >said 2>&1 || code=$?
	echo "$code $(((${EPOCHREALTIME/./} - ${start/./}) / 1000000))" >came_to
}
teardown_file() {
	begin "$BATS_FILE_TMPDIR"
	end
}

setup() { begin; }
teardown() { end; }

# ---- words

@test "bad input: an unknown command, and the one that was meant" {
	fake_begin
	fails 2 satus
	has "$output" "unknown command 'satus'; did you mean 'status'?"
	fails 2 imagse
	has "$output" "did you mean 'images'?"
	fails 2 xyzzy
	lacks "$output" 'did you mean'
	has "$output" 'help lists them'
	fails 2 ''
	run -2 purser -c 'ps; psx; images'
	has "$output" "unknown command 'psx'"
	lacks "$output" REPOSITORY
}

@test "bad input: nothing is abbreviated outside of the shell at a terminal" {
	fake_begin
	fails 2 stat
	fails 2 -c 'imag'
}

@test "bad input: an unbalanced quote, a lone backslash: the line and the column" {
	fake_begin
	fails 2 -c "ps -f 'name=x"
	has "$output" "unbalanced ' at column 7"
	fails 2 -c 'run "a'
	has "$output" 'unbalanced " at column 5'
	fails 2 -c 'ps \'
	has "$output" 'column 4'
	printf 'help\nps\n  ps "x\n' >script
	run -2 purser -f script
	has "$output" 'script:3: unbalanced " at column 6'
}

@test "bad input: unknown options" {
	fake_begin
	fails 2 ps --al
	has "$output" 'did you mean --all?'
	fails 2 ps -Z
	has "$output" 'unknown option -Z'
	fails 2 ps -aqZ
	has "$output" '-Z in -aqZ'
	fails 2 ps -quiet
	has "$output" 'did you mean --quiet?'
	fails 2 --nonsense ps
	fails 2 -l
	fails 2 ps extra
	has "$output" "'extra' is one word too many"
	[[ ! -e $fake/calls ]]
}

@test "bad input: bad values: which, why, what instead; no request is made" {
	fake_begin
	local option value
	while read -r command option value; do
		fails 2 "$command" "$option" "$value" purser-test
		has "$output" "'$value' is not"
	done <<-'LIST'
		run -p 99999:80
		run -p http
		run -p 80/icmp
		run -p 1.2.3.400:80:80
		run -p 80-79
		run -m lots
		run -m 12q
		run -m -5
		run --cpus two
		run --restart sometimes
		run -v relative
		run --pull perhaps
		run --name a/b
		run --name x
		run --name -x
		run -e =x
		stop -t soon
		stop -t -2
		stop -t 1.5
		stop -s NOSUCH
		stop -s 65
		logs -n -5
		logs -n many
	LIST
	fails 2 logs --since 'last week' purser-test
	has "$output" --since
	fails 2 logs --since 10x purser-test
	fails 2 ps -n x
	fails 2 ps -f nonsense=x
	fails 2 ps -f name
	fails 2 ps --format yaml
	fails 2 run UPPER/Case
	fails 2 stop 'a b'
	fails 2 stop $'a\nb'
	fails 2 stop ../etc
	fails 2 -r lxc ps
	fails 2 --color sometimes ps
	[[ ! -e $fake/calls ]]
}

@test "bad input: control characters and escapes in words come out harmless" {
	fake_begin
	local text=$'x\e[31m\e]0;t\a\r\x7f\xff\n'
	for words in "$text" "ps|$text" "ps|-f|$text" "stop|$text" "run|--$text|i" "run|-p|$text|i" "-f|$text" "-r|$text|ps" "help|$text" "logs|--since|$text|a"; do
		IFS='|' read -r -d '' -a words < <(printf '%s\0' "$words") || true
		run purser "${words[@]}"
		((status > 0))
		lacks "$output" $'\e'
		lacks "$output" $'\a'
		lacks "$output" $'\r'
		one_message "$output"
	done
}

@test "bad input: a script that is not there, a directory, not readable" {
	fake_begin
	fails 1 -f "$scratch/none"
	has "$output" 'No such file'
	fails 1 -f "$scratch"
	has "$output" 'directory'
	fails 2 -f a -c b
}

@test "bad input: NUL bytes in a script: said, with the line; the rest is not run" {
	fake_begin
	printf 'help quit\nps\0 -a\nhelp ps\n' >script
	run -2 purser -f script
	has "$output" 'script:2: a NUL byte at column 3'
	lacks "$output" 'list running containers'
	printf '\0' >script
	run -2 purser -f script
	head -c 100000 /dev/zero >script
	run -2 purser -f script
	head -c 300000 /dev/urandom >script
	seconds=20 run purser -f script
	((status == 1 || status == 2))
	equal "$(grep -c . <<<"$output")" 1
}

@test "bad input: a line of 1 MiB: taken whole or refused in one message" {
	fake_begin
	local big
	head -c 900000 /dev/zero | tr '\0' x >word
	{ printf 'run purser-test echo '; cat word; echo; } >script
	run purser -n -f script # one request of 900,000 bytes
	status_is 0
	((${#output} > 900000))
	{ printf 'run purser-test echo '; cat word word; echo; } >script
	run -2 purser -f script
	one_message "$output"
	((${#output} < 1000))
	has "$output" 'more than 1048576 bytes'
	# without a newline, from a pipe that stays open
	seconds=20 run -2 purser_reading < <(head -c 3000000 /dev/zero | tr '\0' x; exec sleep 5)
	one_message "$output"
	# one argument longer than the kernel takes
	head -c 200000 /dev/zero | tr '\0' x >word
	{ printf 'run --name big purser-test echo '; cat word; echo; } >script
	run purser -f script
	((status > 0 && status < 128))
	one_message "$output"
	((${#output} < 1000))
}

@test "bad input: 10,000 operands arrive" {
	fake_begin
	local words
	mapfile -t words < <(seq 1 10000)
	run purser -q create --name "$me-a" purser-test echo "${words[@]}"
	status_is 0
	tr '\0' '\n' <"$fake/containers/$output/args" >got
	{ echo echo; seq 1 10000; } >wanted
	same_bytes got wanted
	{ printf 'create --name %s-b purser-test echo' "$me"; printf ' %s' "${words[@]}"; echo; } >script
	run purser -q -f script
	status_is 0
	equal "$(tr '\0' '\n' <"$fake/containers/$output/args" | wc -l)" 10001
	run -2 purser rename "${words[@]}"
	run purser -n stop "${words[@]}"
	status_is 0
	equal "$(wc -l <<<"$output")" 10000
}

@test "bad input: more options than a command can hold" {
	fake_begin
	local words=() i
	for ((i = 0; i < 5000; i++)); do words+=(-e "V$i=x"); done
	run purser -n create "${words[@]}" purser-test
	if ((status == 0)); then
		equal "$(grep -o -- 'V[0-9]*=x' <<<"$output" | wc -l)" 5000
	else
		status_is 2
		one_message "$output"
	fi
}

# ---- engines

@test "bad input: no runtime is installed" {
	mkdir empty
	PATH=$scratch/empty PURSER_RUNTIME='' run -127 "$PURSER" -l "$logs" ps
	one_message "$output"
	has "$output" 'none of docker, nerdctl and podman is installed'
	PATH=$scratch/empty run -127 "$PURSER" -r nerdctl -l "$logs" ps
	one_message "$output"
	has "$output" 'nerdctl: not found in PATH'
	PATH=$scratch/empty run "$PURSER" -l "$logs" help
	status_is 0
	# there, but not a program
	mkdir bin
	echo 'not a program' >bin/docker
	chmod +x bin/docker
	PATH=$scratch/bin PURSER_TRANSPORT=cli run -126 "$PURSER" -r docker -l "$logs" ps
	one_message "$output"
}

@test "bad input: the engine does not run" {
	need_engine
	export DOCKER_HOST=unix:///nonexistent PURSER_RUNTIME=docker
	local command
	for command in ps images 'start a' 'stop a' 'rm -f a' 'run purser-test' 'create purser-test' 'track a' 'track --all' 'logs a'; do
		# shellcheck disable=SC2086 # words
		fails 125 $command
		has "$output" 'docker does not answer'
		has "$output" 'unix:///nonexistent'
	done
	mkdir others
	for command in podman nerdctl; do printf '#!/bin/sh\necho none >&2\nexit 125\n' >"others/$command" && chmod +x "others/$command"; done
	unset PURSER_RUNTIME
	PATH=$PWD/others:$PATH fails 125 ps
	PATH=$PWD/others:$PATH fails 125 -yc 'rm -f "x*"'
}

# bats test_tags=slow
@test "bad input: the engine hangs: Ctrl-C and SIGTERM end the waiting, and no child is left" {
	fake_begin
	fake_mode hang
	local command
	for command in ps 'logs a'; do
		# shellcheck disable=SC2086 # words
		spawn waiting $command
		eventually 5 asked
		kill -INT "$spawned"
		ended "$spawned" 130 6
		rm -f "$fake/calls"
	done
	spawn waiting -c $'ps\nhelp quit'
	eventually 5 asked
	kill -TERM "$spawned"
	ended "$spawned" 143 6
	lacks "$(cat said)" 'collect what there is'
	eventually 3 none_left
}
waiting() { exec "$PURSER" -l "$logs" "$@" </dev/null >said 2>&1; }
asked() { [[ -s $fake/calls ]]; }

@test "bad input: only the log hangs; other commands work, the end is not waited for forever" {
	fake_begin
	purser -q run --name "$me-a" purser-test sh -c 'echo one; sleep 30' >/dev/null
	fake_mode hang-logs
	run purser -q ps
	status_is 0
	has "$output" "$me-a"
	eventually 3 none_but_fake
}
none_but_fake() { [[ -z $(leftovers | while read -r file; do tr '\0' ' ' <"${file%environ}cmdline" | grep -v supervise; done) ]]; }

@test "bad input: the engine prints rubbish, dies, exits strangely, floods" {
	fake_begin
	fake_mode garbage
	fails 125 ps
	lacks "$output" $'\e'
	fails 125 images
	fails 125 create purser-test
	fake_mode signal
	fails 139 ps
	has "$output" 'signal 11'
	fails 139 start a
	fake_mode exit127
	fails 1 ps
	fake_mode flood
	seconds=30 fails 125 ps
	has "$output" 'more than'
	fake_mode fail
	fails 125 ps
	eventually 3 none_left
}

@test "bad input: rubbish in place of a log is not stored, and said" {
	fake_begin
	purser -q run --name "$me-a" purser-test sh -c 'echo one; sleep 0.3; echo two' >/dev/null
	eventually 5 fake_logged 2
	fake_mode garbage-logs
	run purser -q status
	fake_mode flood-logs
	seconds=40 run purser -q logs -n 1 "$me-a"
	rm -f "$fake/mode"
	run purser -q logs "$me-a"
	[[ $output == $'one\ntwo'* ]]
}
fake_logged() { (($(cat "$fake"/containers/*/log | wc -l) >= $1)); }

# ---- the log directory

@test "bad input: a log directory that cannot be: one message, the command still works" {
	fake_begin
	local directory
	: >file
	for directory in /proc/nothing/logs "$scratch/file" "$scratch/file/logs" /dev/null; do
		run in_time "$PURSER" -l "$directory" run --name "$me-a" purser-test true </dev/null
		status_is 0
		equal "$(grep -c '^purser: ' <<<"$output")" 1
		has "$output" 'logs are not collected'
		has "$output" "${directory%/logs}"
		run in_time "$PURSER" -l "$directory" status </dev/null
		((status > 0))
		docker rm -f "$me-a" >/dev/null
	done
	purser ps # whose parents are missing is made
	in_time "$PURSER" -l "$scratch/a/b/c" create purser-test </dev/null
	[[ -d $scratch/a/b/c ]]
	env -u HOME -u XDG_STATE_HOME "$PURSER" create purser-test </dev/null >said 2>&1
	has "$(cat said)" 'no place for logs'
}

# with_directory MOUNT-OPTIONS COMMAND…: in a mount namespace of its own, where $logs is a file system of its own
with_directory() {
	local options=$1
	shift
	mkdir -p "$logs"
	in_time unshare -m --propagation private bash -ec 'mount -t tmpfs -o "$1" purser "$2"; shift 2; "$@"' - "$options" "$logs" "$@"
}

may_mount() { unshare -m true 2>/dev/null || skip 'may not mount here (needs root)'; }

@test "bad input: a read-only log directory: said once, the command works" {
	may_mount
	fake_begin
	run with_directory ro,size=64k "$PURSER" -l "$logs" run --name "$me-a" purser-test true
	status_is 0
	equal "$(grep -c '^purser: ' <<<"$output")" 1
	has "$output" 'Read-only file system'
	[[ -d $fake/containers ]]
	equal "$(ls "$fake/names")" "$me-a"
}

@test "bad input: a full log directory: said, nothing lost when there is space again" {
	need_engine
	may_mount
	made a "$image" sh -c 'i=0; while [ $i -lt 4000 ]; do echo "line $i"; i=$((i+1)); done; printf end >&2'
	eventually 20 is_state "$me-a" exited
	cat >steps <<-'STEPS'
		purser=$1 logs=$2 name=$3
		code=0
		"$purser" -l "$logs" track "$name" </dev/null >full 2>&1 || code=$?
		echo "$code" >full.status
		tail -c 1 "$logs"/*.log | od -An -c >full.end
		wc -l <$(echo "$logs"/*.log) >full.lines
		mount -o remount,size=10m "$logs"
		"$purser" -l "$logs" status </dev/null >space 2>&1
		cp "$logs"/*.log stored
	STEPS
	seconds=100 with_directory size=64k bash -e steps "$PURSER" "$logs" "$me-a"
	cat full
	local said
	said=$(grep -ci 'no space left' full)
	((said >= 1 && said <= 2)) # when it happens, and as what the command failed of
	(($(cat full.status) > 0))
	(($(cat full.lines) > 100 && $(cat full.lines) < 4000))
	engine logs "$me-a" >theirs.out 2>theirs.err
	bytes stored stdout >ours.out
	bytes stored stderr >ours.err
	same_bytes ours.out theirs.out
	same_bytes ours.err theirs.err
}

@test "bad input: the disk fills up under a running purser and is freed again: it goes on by itself" {
	need_engine
	may_mount
	cat >steps <<-'STEPS'
		purser=$1 logs=$2 name=$3 image=$4 owner=$5
		mkfifo in
		"$purser" -l "$logs" <in >said 2>&1 &
		exec 8>in
		echo "run --name $name -l purser.owner=$owner $image sh -c 'i=0; while [ \$i -lt 3000 ]; do echo line \$i; i=\$((i+1)); done; sleep 2; echo last'" >&8
		for i in {1..100}; do ! grep -qi 'no space' said || break; sleep 0.1; done
		mount -o remount,size=10m "$logs"
		for i in {1..200}; do tail -n 1 "$logs"/*.log | grep -q last && break; sleep 0.1; done
		exec 8>&-
		wait $! || echo "ended with $?" >>said
		cp "$logs"/*.log stored
	STEPS
	seconds=80 with_directory size=64k bash -e steps "$PURSER" "$logs" "$me-a" "$image" "$me"
	cat said
	engine logs "$me-a" >theirs
	bytes stored stdout >ours
	same_bytes ours theirs
}

@test "bad input: files of others in the log directory are left alone" {
	need_engine
	mkdir -p "$logs"
	local id
	id=$(made a "$image" sh -c 'echo one')
	eventually 10 is_state "$me-a" exited
	echo secret >secret
	ln -s "$scratch/secret" "$logs/${id:0:12}+$me-a.log"
	run purser -q track "$me-a"
	equal "$(cat secret)" secret
	rm "$logs/${id:0:12}+$me-a.log"
	mkdir "$logs/${id:0:12}+$me-a.log"
	run purser -q status
	rmdir "$logs/${id:0:12}+$me-a.log"
	echo 'rubbish in the list' >>"$logs/tracked"
	run purser -q --json status
	status_is 0
	equal "$(bytes "$(stored "$me-a")" stdout)" one
}

@test "bad input: a FIFO in place of a log does not hang" {
	need_engine
	mkdir -p "$logs"
	local id
	id=$(made a "$image" sh -c 'echo one')
	eventually 10 is_state "$me-a" exited
	mkfifo "$logs/${id:0:12}+$me-a.log"
	seconds=20 run purser -q track "$me-a"
	((status < 128))
	seconds=20 run purser -q logs "$me-a"
	((status < 128))
}

# ---- terminals

@test "bad input: what a container wrote does not reach a terminal as control characters" {
	need_engine
	purser -q run --name "$me-a" "${labels[@]}" "$image" sh -c 'printf "a\033[31mred\033]0;title\007\b\r\302\233x\n"; printf "\033[2Jerr\n" >&2'
	eventually 10 is_state "$me-a" exited
	purser -q logs "$me-a" >/dev/null 2>&1
	in_time script -qec "'$PURSER' -q -l '$logs' logs $me-a" /dev/null </dev/null >shown
	lacks "$(tr -d '\r' <shown)" $'\e'
	lacks "$(cat shown)" $'\a'
	lacks "$(cat shown)" $'\x9b'
	lacks "$(cat shown)" $'\b'
	has "$(cat shown)" '^[[31mred'
	has "$(cat shown)" '^[[2Jerr'
	# a pipe gets every byte
	run purser -q logs "$me-a"
	has "$output" $'\e[31mred'
	# of one that is not tracked as well
	in_time "$PURSER" -q -l "$logs" untrack "$me-a" </dev/null
	in_time script -qec "'$PURSER' -q -l '$logs' logs $me-a" /dev/null </dev/null >shown
	lacks "$(cat shown)" $'\e'
}

@test "bad input: the engine hangs: the deadline ends it; no child is left" {
	cd "$BATS_FILE_TMPDIR"
	eventually 30 test -s came_to
	local code seconds
	read -r code seconds <came_to
	equal "$code" 124
	((seconds >= 14 && seconds < 25))
	one_message "$(cat said)"
	has "$(cat said)" 'did not finish within 15 seconds'
	scratch=$BATS_FILE_TMPDIR eventually 3 none_left
}
