#!/usr/bin/env bats
# How purser is started, what it reads, and how it ends. The stand-in engine does for most: what is asked of it is in $fake/calls.
# also: 29

load helpers

setup() { begin; }
teardown() { end; }

asked() { grep -qE -- "$1" "$fake/calls" 2>/dev/null; }

@test "command line: one command, -c, -f FILE, -f -, standard input say the same" {
	fake_begin
	printf 'images -q\n' >script
	purser images -q >one
	purser -c 'images -q' >two
	purser -f script >three
	purser_reading -f - <script >four
	purser_reading <script >five
	printf 'images -q' | purser_reading >six
	[[ -s one ]]
	local file
	for file in two three four five six; do same_bytes one "$file"; done
}

@test "command line: a script is a program by its first line" {
	fake_begin
	{
		echo "#!/usr/bin/env -S $PURSER -l $logs -f"
		echo 'images -q # a comment'
		printf 'help quit\r\n' # of another system
	} >program
	chmod +x program
	run in_time ./program </dev/null
	status_is 0
	has "$output" 'Usage: quit'
	equal "$(grep -c . <<<"$(head -n 2 <<<"$output")")" 2
}

@test "command line: lines, ; comments, continuation, quotes over lines" {
	fake_begin
	cat >script <<-'SCRIPT'

		# a comment; images
		help quit; help use # and images
		help \
		history
		create --name NAME -e 'A=1
		2' \
		  purser-test "echo
		x"  ;; ;
	SCRIPT
	sed -i "s/NAME/$me-a/" script
	run purser -qf script
	status_is 0
	has "$output" 'Usage: quit'
	has "$output" 'Usage: use'
	has "$output" 'Usage: history'
	lacks "$output" REPOSITORY
	equal "$(tr '\0' '|' <"$fake/containers/$(tail -n 1 <<<"$output")/args")" $'echo\nx|'
	equal "$(tr '\0' '|' <"$fake/containers/$(tail -n 1 <<<"$output")/env")" $'A=1\n2|'
}

@test "command line: nothing is expanded" {
	fake_begin
	: >file1
	run purser -q create --name "$me-a" purser-test '$HOME' '~' '*' '`id`' '{a,b}'
	status_is 0
	equal "$(tr '\0' '|' <"$fake/containers/$output/args")" '$HOME|~|*|`id`|{a,b}|'
	run purser -qc "create --name $me-b purser-test \$HOME ~ * \`id\` {a,b} \$(id) && x | y > z & < w !"
	status_is 0
	equal "$(tr '\0' '|' <"$fake/containers/$output/args")" '$HOME|~|*|`id`|{a,b}|$(id)|&&|x|||y|>|z|&|<|w|!|'
	[[ ! -e z ]]
}

@test "command line: a line with ! is the shell's, its status the command's" {
	fake_begin
	run purser -c $'!echo "$((1 + 1))" \'it is\'; echo x | tr x y\nhelp quit'
	status_is 0
	equal "$(head -n 2 <<<"$output")" $'2 it is\ny'
	has "$output" 'Usage: quit'
	run purser -c $'  !exit 7\nhelp quit'
	status_is 7
	equal "$output" ''
	run purser -c '!kill -9 $$'
	status_is 137
	SHELL=/nonexistent run -127 purser -c '!true'
	one_message "$output"
}

@test "command line: exit statuses" {
	fake_begin
	run purser images
	status_is 0
	run purser stop nobody
	status_is 1
	run purser nonsense
	status_is 2
	run purser run no-such-image
	status_is 125
	purser -q create --name "$me-a" purser-test no-such-program >/dev/null
	run -127 purser -q run purser-test no-such-program
	run purser -c $'!exit 130'
	status_is 130
	printf 'stop nobody\n' >script
	run purser -f script
	status_is 1
	has "$output" 'script:1: stop: nobody'
}

@test "command line: the first failure ends a script, -k goes on; the status is that of a failure" {
	fake_begin
	printf '%s\n' 'help quit' 'stop nobody' 'nonsense' 'help use' >script
	run purser -f script
	status_is 1
	has "$output" 'script:2: '
	lacks "$output" 'script:3: '
	lacks "$output" 'Usage: use'
	run purser -kf script
	status_is 2
	has "$output" 'script:2: '
	has "$output" 'script:3: '
	has "$output" 'Usage: use'
	run purser -kc 'nonsense; stop nobody; help use; # done'
	status_is 1
	run purser_reading -k < <(echo nonsense; sleep 0.3; echo help use)
	status_is 2
	run purser -kc 'help use; help quit'
	status_is 0
	run purser -c 'quit; nonsense'
	status_is 0
	lacks "$output" nonsense
}

@test "command line: dry run: the requests are printed, none that changes something is made" {
	fake_begin
	docker create --name "$me-a" purser-test true >/dev/null
	: >"$fake/calls"
	printf '%s\n' "run --name $me-b -e 'A=x y' purser-test sh -c 'a \"b\"'" "start $me-a" "stop $me-a" "restart $me-a" "rm $me-a" "rm -f '$me-*'" \
		"create --name $me-c purser-test" "track $me-a" 'track --all' >script
	run purser -nkf script
	status_is 0
	not grep -qE '^(create|start|stop|restart|kill|rm)' "$fake/calls"
	equal "$(ls "$fake/names")" "$me-a"
	has "$output" 'docker create'
	has "$output" "docker stop"
	# what is printed is what a shell would run
	local line
	line=$(grep '^docker create' <<<"$output" | head -n 1)
	eval "set -- $line"
	equal "$(printf '%s|' "${@: -4}")" 'purser-test|sh|-c|a "b"|'
	has "$line" 'A=x y'
	[[ ! -e $logs/tracked ]]
	run purser -n images -q
	status_is 0
	equal "$(tail -n +2 <<<"$output")" "$(purser images -q)"
}

@test "command line: -y, -q, --json, --color, NO_COLOR" {
	fake_begin
	run purser --json images
	status_is 0
	equal "$(jq -rs '.[0].Repository' <<<"$output")" purser-demo
	run purser --color=always nonsense
	has "$output" $'\e['
	run purser --color never nonsense
	lacks "$output" $'\e'
	run purser nonsense
	lacks "$output" $'\e'
	run in_time script -qec "'$PURSER' nonsense" /dev/null </dev/null
	has "$output" $'\e['
	NO_COLOR=1 run in_time script -qec "'$PURSER' nonsense" /dev/null </dev/null
	lacks "$output" $'\e'
	run purser -y help quit
	status_is 0
}

@test "command line: help, version, wrong options; none needs an engine or a log directory" {
	export PURSER_RUNTIME='' DOCKER_HOST=unix:///nonexistent
	local word
	for word in -h --help; do
		run "$PURSER" "$word"
		status_is 0
		has "$output" 'Usage: purser'
	done
	for word in -V --version; do
		run "$PURSER" "$word"
		status_is 0
		[[ $output =~ ^purser\ [0-9]+\.[0-9]+ ]]
	done
	run "$PURSER" help
	status_is 0
	while read -r word; do
		# shellcheck disable=SC2086 # a name may be two words
		run "$PURSER" help $word
		status_is 0
		has "$output" "Usage: $word"
		# shellcheck disable=SC2086
		run "$PURSER" $word --help
		status_is 0
		has "$output" "Usage: $word"
	done < <(awk -F '  +' '/^  / { print $2 }' <<<"$output")
	run "$PURSER" help network
	status_is 0
	has "$output" 'Usage: network COMMAND…'
	has "$output" 'create'
	run "$PURSER" --helpme
	status_is 2
	run "$PURSER" help nonsense
	status_is 2
	[[ ! -e $XDG_STATE_HOME/purser && ! -e logs && ! -e $HOME/.local ]]
}

@test "command line: which runtime: -r, PURSER_RUNTIME, the first that answers" {
	fake_begin
	mkdir bin
	ln -s "$root/tests/fake/docker" bin/nerdctl
	PATH=$scratch/bin:$PATH
	run purser -r nerdctl -n create x
	has "$output" 'nerdctl create'
	PURSER_RUNTIME=nerdctl run purser -n create x
	has "$output" 'nerdctl create'
	PURSER_RUNTIME=nerdctl run purser -r docker -n create x
	has "$output" 'docker create'
	PURSER_RUNTIME=lxc run purser ps
	status_is 2
	has "$output" lxc
	PURSER_RUNTIME='' run purser -n create x
	has "$output" 'docker create'
	run purser -nc 'use nerdctl; create x; use docker; create x'
	equal "$(sed 's/ .*//' <<<"$output" | tr '\n' ' ')" 'nerdctl docker '
	fake_mode fail-version
	PURSER_RUNTIME='' run purser -n create x
	status_is 0
	run -127 in_time env PATH="$scratch/bin" "$PURSER" -l "$logs" use podman
	one_message "$output"
}

@test "command line: where logs are kept: -l, PURSER_LOG_DIR, ./logs, XDG_STATE_HOME, HOME" {
	fake_begin
	mkdir w
	cd w
	keep() { in_time "$PURSER" -q "$@" create purser-test </dev/null >/dev/null; }
	kept() { [[ $(wc -l <"$1/tracked") == "$2" ]]; }
	keep
	kept "$XDG_STATE_HOME/purser/logs" 1
	env -u XDG_STATE_HOME "$PURSER" -q create purser-test </dev/null >/dev/null
	kept "$HOME/.local/state/purser/logs" 1
	XDG_STATE_HOME=relative keep
	kept "$HOME/.local/state/purser/logs" 2
	[[ ! -e relative ]]
	mkdir logs
	keep
	kept logs 1
	PURSER_LOG_DIR=$scratch/by-variable keep
	kept "$scratch/by-variable" 1
	PURSER_LOG_DIR=$scratch/by-variable keep -l "$scratch/by-option"
	kept "$scratch/by-option" 1
	PURSER_LOG_DIR='' keep
	kept logs 2
	equal "$(stat -c %a "$scratch/by-option")" 700
}

@test "command line: commands from a slow pipe run as they come" {
	fake_begin
	mkfifo in
	spawn reader
	exec 8>in
	echo 'images -q' >&8
	eventually 5 asked '^images'
	printf 'create --name %s-a purser-test echo "a' "$me" >&8
	sleep 0.3
	not asked '^create'
	printf 'b"\nhelp quit\n' >&8
	eventually 5 asked '^create'
	eventually 5 grep -q 'Usage: quit' out
	echo "!echo it's mine" >&8 # of the shell's quotes purser knows nothing
	echo "# don't wait" >&8
	echo 'help use' >&8
	eventually 5 grep -q 'Usage: use' out
	printf 'help history' >&8
	sleep 0.2
	not grep -q 'Usage: history' out
	exec 8>&-
	eventually 5 over "$spawned"
	grep -q 'Usage: history' out
}
reader() { exec "$PURSER" -k -l "$logs" <in >out 2>&1; }

@test "command line: a program that a script runs does not eat the script" {
	fake_begin
	run purser_reading < <(printf '%s\n' '!cat >eaten' 'help quit')
	# It has the script's own input: what it takes is gone, what was read before is not run twice.
	((status == 0))
	(($(grep -c 'Usage: quit' <<<"$output") <= 1))
}

@test "command line: SIGTERM and SIGHUP end a script: status 128 + n, containers go on, logs are stored" {
	need_engine
	local signal number
	for signal in TERM HUP; do
		number=$(kill -l "$signal")
		mkfifo "in.$signal"
		spawn script_on "in.$signal"
		exec 8>"in.$signal"
		echo "run --name $me-$signal -l purser.owner=$me $image sh -c 'seq 1 1000; sleep 60'" >&8
		eventually 15 is_state "$me-$signal" running
		kill "-$signal" "$spawned"
		ended "$spawned" $((128 + number)) 10
		exec 8>&-
		is_state "$me-$signal" running
	done
	purser -q status
	equal "$(bytes "$(stored "$me-TERM")" stdout | wc -l)" 1000
	# in the middle of a command
	spawn in_command "!sleep 30"
	eventually 5 has_child "$spawned"
	sleep 0.2
	kill -TERM "$spawned"
	ended "$spawned" 143 8
	lacks "$(cat out)" 'Usage: quit'
	# Ctrl-C ends it as well
	spawn in_command "logs -f $me-TERM"
	sleep 1
	kill -INT "$spawned"
	ended "$spawned" 130 8
	lacks "$(cat out)" 'Usage: quit'
	is_state "$me-TERM" running
}
script_on() { exec "$PURSER" -q -l "$logs" <"$1" >out 2>&1; }
in_command() { exec "$PURSER" -q -l "$logs" -c "$1"$'\nhelp quit' </dev/null >out 2>&1; }
has_child() { [[ -n $(cat "/proc/$1/task"/*/children 2>/dev/null) ]]; }

@test "command line: a closed standard output, input or error is no crash" {
	fake_begin
	run in_time bash -c '"$1" -l "$2" images <&-' - "$PURSER" "$logs"
	status_is 0
	has "$output" purser-demo
	run in_time bash -c '"$1" -l "$2" images >&-' - "$PURSER" "$logs"
	status_is 1
	run in_time bash -c '"$1" -l "$2" nonsense 2>&-' - "$PURSER" "$logs"
	status_is 2
	equal "$output" ''
	run in_time bash -c '"$1" -l "$2" create purser-test <&- >&- 2>&-; echo $?' - "$PURSER" "$logs"
	((output < 128))
	equal "$(find "$logs" -name '*.log' -size +0 | wc -l)" 0 # nothing of ours went into a log
	run in_time bash -c '"$1" -l "$2" -c "help; images; help" >/dev/full' - "$PURSER" "$logs"
	status_is 1
	one_message "$output"
}
