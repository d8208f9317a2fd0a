#!/usr/bin/env bats
# The shell at a terminal: what is typed, what is shown, and what happens when somebody presses the wrong key.

load helpers
load terminal

# The words after "run" for a container of the stand-in that ends, with this code, as soon as the file NAME.go is there.
job() { echo "--name $1 purser-test sh -c 'until test -e $scratch/$1.go; do sleep 0.05; done; exit ${2:-0}'"; }

none_runs() { [[ ! $(docker ps -q) ]]; }

calls() { grep -c "^$1" "$fake/calls" || true; }
called() { (($(calls "$1") > $2)); }

in_terminal_file() { type_text "$1 >$2"; keys Enter; eventually 10 test -s "$2"; }

one_line_wrapped() { printf 'logs'; printf ' word%02d' {1..20}; }

# ---- notices

@test "terminal: a container that ends is announced above the line being typed, which stays as it is" {
	fake_begin
	open_purser
	does "run $(job xx 3)"
	keys C-l
	type_text 'logs --tail 5 xx'
	keys Left Left Left Left
	eventually 5 line_is 'logs --tail 5 xx'
	: >xx.go
	shows '[xx exited (3)]'
	eventually 5 line_is 'logs --tail 5 xx'
	equal "$(screen | tail -n 2 | head -n 1)" '[xx exited (3)]'
	equal "$(cursor)" 12
	type_text '1'
	eventually 5 line_is 'logs --tail 15 xx'
}

@test "terminal: a line of two rows survives a notice, a resize, and Ctrl-C in its middle" {
	local line
	line=$(one_line_wrapped)
	fake_begin
	open_purser
	does "run $(job xx 3)"
	keys C-l
	type_text "$line"
	eventually 5 line_is "$line"
	keys C-a M-f M-f
	: >xx.go
	shows '[xx exited (3)]'
	eventually 5 line_is "$line"
	type_text s
	eventually 5 line_is "${line/word01/word01s}"

	in_tmux resize-window -x 40 -y 10
	type_text t
	shows word01st
	in_tmux resize-window -x 100 -y 40
	type_text u
	shows word01stu

	keys C-l
	eventually 5 line_is "${line/word01/word01stu}"
	keys C-c
	at_prompt
	shows 'word19 word20^C'
	does use
}

@test "terminal: a notice waits for the end of a search" {
	fake_begin
	open_purser
	does "run $(job xx 5)"
	does use
	keys C-r
	type_text us
	eventually 5 last_line_is "(reverse-i-search)\`us': use"
	: >xx.go
	eventually 10 called 'container inspect' "$(calls 'container inspect')"
	sleep 0.3 # the notice is there now, and must not be shown
	last_line_is "(reverse-i-search)\`us': use"
	keys C-g
	shows '[xx exited (5)]'
	at_prompt
}

@test "terminal: what ends while a command runs is announced before the next prompt" {
	fake_begin
	open_purser
	does "run $(job xx 4)"
	does "run $(job yy)"
	keys C-l
	enter '!until test -e over; do sleep 0.05; done'
	: >xx.go
	eventually 10 called 'container inspect' "$(calls 'container inspect')"
	: >over
	shows '[xx exited (4)]'
	at_prompt
}

# ---- Ctrl-C, Ctrl-D, Ctrl-Z

@test "terminal: Ctrl-C drops the line, whatever is being done to it" {
	fake_begin
	open_purser
	does use
	type_text 'ps --no'
	keys C-c
	at_prompt
	keys C-r
	type_text us
	shows i-search
	keys C-c
	at_prompt
	type_text 'run --'
	keys Tab Tab
	shows --volume
	keys C-c
	at_prompt
	keys M-3
	shows '(arg: 3)'
	keys C-c
	at_prompt
	keys C-c C-c C-c
	at_prompt
	keys Up
	eventually 5 line_is use
}

@test "terminal: Ctrl-C ends the request, not the container, not purser" {
	fake_begin
	open_purser
	does "run --name xx purser-test sh -c 'trap \"\" TERM; echo first; while :; do sleep 0.1; done'"
	enter 'logs -f xx'
	shows $'\nfirst'
	keys C-c
	shows 'logs: cancelled'
	at_prompt
	enter 'stop -t 60 xx'
	eventually 5 called stop 0
	keys C-c C-c
	shows 'stop: cancelled'
	at_prompt
	[[ $(docker ps -q) ]]
	enter '!sleep 100'
	keys C-c
	at_prompt
	[[ $(docker ps -q) ]]
}

@test "terminal: Ctrl-C answers a question with no" {
	local answer
	fake_begin
	open_purser
	does 'run --name xx purser-test true'
	eventually 10 none_runs
	for answer in C-c C-d 'n Enter' Enter 'N o Enter'; do
		enter "rm 'xx*'"
		asks
		# shellcheck disable=SC2086
		keys $answer
		at_prompt
		[[ $(docker ps -aq) ]]
	done
	enter "rm 'xx*'"
	asks
	keys y Enter
	at_prompt
	[[ ! $(docker ps -aq) ]]
}
asks() { eventually 10 last_line_is 'rm xx? [y/N]'; }

@test "terminal: an engine that hangs keeps neither the prompt nor Ctrl-C from working" {
	local before
	fake_begin
	fake_mode hang
	open_terminal
	before=${EPOCHREALTIME/./}
	start_purser
	((${EPOCHREALTIME/./} - before < 3000000))
	enter ps
	eventually 5 called ps 1
	keys C-c
	shows 'ps: cancelled'
	at_prompt
	enter 'run purser-test true'
	eventually 5 called create 0
	keys C-c
	shows 'run: cancelled'
	at_prompt
	completes 'sto' 'stop'
	enter quit
	at_shell
}

@test "terminal: leaving waits for the logs and says so; Ctrl-C leaves at once" {
	fake_begin
	open_purser
	does "run --name yy purser-test sh -c 'seq 3; sleep 100'"
	fake_mode hang-logs
	keys C-d
	shows 'collecting the log of yy'
	keys C-c
	at_shell
	fake_mode ''
	start_purser
	enter 'logs yy'
	shows $'\n1\n2\n3\n'
}

@test "terminal: Ctrl-D leaves from an empty line only; quit and exit leave" {
	fake_begin
	open_purser
	type_text 'abc'
	keys C-d
	eventually 5 line_is abc
	keys C-a C-d
	eventually 5 line_is bc
	keys C-u C-k C-d
	at_shell
	shows quit
	start_purser
	enter exit
	at_shell
	start_purser
	enter quit
	at_shell
}

@test "terminal: Ctrl-Z and Ctrl-\\ do nothing at the prompt" {
	fake_begin
	open_purser
	type_text use
	eventually 5 line_is use # a terminal drops what was not read yet
	keys C-z 'C-\'
	type_text ' docker'
	eventually 5 line_is 'use docker'
}

@test "terminal: Ctrl-Z stops no program that purser waits for, and Ctrl-\\ ends it alone" {
	fake_begin
	open_purser
	enter '!until test -e go; do sleep 0.05; done'
	keys C-z
	: >go
	shows '^Zpurser docker:0/0>'
	keys Enter
	at_prompt
	enter '!sleep 100'
	keys 'C-\'
	at_prompt
	does use
}

# ---- the end from outside

@test "terminal: its settings are the same after quit, SIGTERM, and Ctrl-D in the middle of it all" {
	local how
	fake_begin
	open_terminal
	in_terminal_file 'stty -g' before
	for how in 'enter quit' 'keys C-d' 'kill -TERM'; do
		start_purser
		type_text 'ps -'
		keys Tab Tab C-r C-g C-u
		at_prompt
		if [[ $how == kill* ]]; then how+=" $(purser_pid)"; fi
		eval "$how"
		at_shell
		rm -f after
		in_terminal_file 'stty -g' after
		same_bytes before after
	done
}

flood='i=0; while [ $i -lt 2000 ]; do echo "line $i"; i=$((i + 1)); done; sleep 100'

has_2000() { (($(docker logs xx | wc -l) == 2000)); }

all_stored() { (($(bytes "$(stored xx)" stdout | wc -l) == 2000)); }

@test "terminal: SIGTERM at the prompt and during a command: the logs are stored, and purser ends" {
	fake_begin
	open_purser
	does "run --name xx purser-test sh -c '$flood'"
	eventually 20 has_2000
	kill -TERM "$(purser_pid)"
	at_shell 20
	all_stored
	start_purser
	enter 'logs -f xx'
	shows 'line 1999'
	kill -TERM "$(purser_pid)"
	at_shell 20
	start_purser
	enter '!sleep 100'
	kill -TERM "$(purser_pid)"
	at_shell 20
}

@test "terminal: its window is closed: the logs are stored, and purser ends" {
	fake_begin
	open_purser
	does "run --name xx purser-test sh -c '$flood'"
	eventually 20 has_2000
	ends_with_its_window
	all_stored

	open_purser
	enter 'logs -f xx'
	shows 'line 1999'
	ends_with_its_window

	open_purser
	enter '!sleep 100'
	ends_with_its_window

	open_terminal # and where nobody says so
	type_text "sh -c \"trap '' HUP; exec $PURSER -l $logs\""
	keys Enter
	at_prompt
	ends_with_its_window
}
ends_with_its_window() {
	local pid
	pid=$(purser_pid)
	close_terminal
	eventually 20 over "$pid"
}

@test "terminal: started in the background it waits for its turn" {
	fake_begin
	open_terminal
	type_text "$PURSER -l $logs &"
	keys Enter
	eventually 10 stopped
	type_text fg
	keys Enter
	at_prompt
	does use
}
stopped() { [[ $(sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$(purser_pid)/status") == T ]]; }

# ---- pasting, history

@test "terminal: fifty pasted lines run in order, once each, marked as a paste or not" {
	local i
	fake_begin
	open_purser
	for i in {1..50}; do echo "!echo $i >>out"; done >lines
	printf 'nonsense\n!echo "it'\''s\n' | cat - lines >marked
	paste_file lines
	eventually 20 ends_with_50
	equal "$(paste -sd' ' out)" "$(seq -s' ' 50)"
	at_prompt
	rm out
	paste_file -p marked
	keys Enter
	eventually 20 ends_with_50
	equal "$(paste -sd' ' out)" "$(seq -s' ' 50)"
	at_prompt
	keys Up
	eventually 5 line_is '!echo 50 >>out'
	keys Up
	eventually 5 line_is '!echo 49 >>out'
}
ends_with_50() { [[ $(tail -n 1 out 2>/dev/null) == 50 ]]; }

@test "terminal: a line that is not whole goes on in the next one; Ctrl-C drops all of it, Ctrl-D says what is missing" {
	fake_begin
	docker start "$(docker create --name aa purser-test sleep 1000)" >/dev/null
	open_purser -q
	type_text 'ps --filter \'; keys Enter
	eventually 5 last_line_is '>'
	type_text 'name=a'; keys Tab # completed as what it is in the whole line: a filter's value, of which nothing is known
	type_text 'a --format \'; keys Enter
	eventually 5 last_line_is '>'
	type_text '"it is'; keys Enter
	eventually 5 last_line_is '>'
	keys 'C-c'
	at_prompt
	lacks "$(screen)" 'is not a format'
	type_text 'ps --filter \'; keys Enter
	type_text 'name=aa \'; keys Enter
	type_text '-'; type_text '-for'; keys Tab
	eventually 5 last_line_is '> --format'
	type_text ' "{{.Names}} is'; keys Enter
	type_text 'there"'; keys Enter
	at_prompt
	has "$(screen)" $'aa is\nthere'
	type_text 'stop "aa'; keys Enter
	eventually 5 last_line_is '>'
	keys C-d
	at_prompt
	has "$(screen)" 'unbalanced " at column 6'
	keys Up Up; keys Enter # one line of history
	eventually 10 shown_twice 'aa is'
	at_prompt
	type_text 'stop \'; keys Enter
	type_text 'a'; keys Tab
	eventually 5 last_line_is '> aa'
	keys Enter
	at_prompt
	does 'ps -a'
	has "$(printed)" Exited
}
shown_twice() { (($(screen | grep -c "$1") >= 2)); }

@test "terminal: history is kept between sessions and shared by shells, without secrets" {
	local file=$XDG_STATE_HOME/purser/history
	fake_begin
	export PURSER_NOTIFY=off # of what one shell runs the other would tell that it ended
	open_purser
	does 'use docker'
	does 'use docker'
	does 'login -p x'
	does 'run -e DB_PASSWORD=x purser-test true'
	does ' help ps'
	in_tmux new-window 'exec sh'
	eventually 10 last_line_is 'sh>'
	start_purser
	keys Up
	eventually 5 line_is 'use docker'
	keys C-u
	does 'help logs'
	in_tmux select-window -t :0
	does 'help rm'
	in_tmux select-window -t :1
	does 'help run'
	enter quit
	at_shell
	equal "$(paste -sd, "$file")" 'use docker,help logs,help rm,help run,quit'
	equal "$(stat -c %a "$file")" 600
	start_purser
	does history
	equal "$(printed | tr -s ' ' | paste -sd,)" ' 1 use docker, 2 help logs, 3 help rm, 4 help run, 5 quit, 6 history'
}

# ---- completion

@test "terminal: Tab completes commands, options, values, containers by state, images, files; it starts no process" {
	local name main starts
	fake_begin
	for name in run-a run-b end-a end-b; do docker create --name "$name" purser-test sleep 100; done
	docker start run-a run-b
	mkdir -p 'my dir' state/purser "$logs"
	touch plain.env 'my dir/a.env' "$logs/aaaaaaaaaaaa+gone.log"
	open_terminal
	type_text "clear; ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e signal=none -e trace=fork,vfork,clone,clone3,execve $PURSER -l $logs"
	keys Enter
	eventually 15 last_line_is 'purser docker:2/4>'
	main=$(sed -n '1s/ .*//p' trace)
	starts=$(grep -c "^$main " trace)

	completes sto 'stop'
	completes '"sto' '"stop"'
	completes 'ps; sto' 'ps; stop'
	completes 'run --na' 'run --name'
	completes 'run --restart=al' 'run --restart=always'
	completes 'run --restart="un' 'run --restart="unless-stopped"'
	completes 'stop --signal HU' 'stop --signal HUP'
	completes 'run purs' 'run purser-'
	completes 'run purser-t' 'run purser-test:latest'
	completes 'stop run-a ru' 'stop run-a run-b'
	completes "logs 'go" "logs 'gone'"
	completes 'run --env-file pl' 'run --env-file plain.env'
	completes 'run --env-file=my' "run --env-file='my dir/"
	completes "run --env-file 'my dir/" "run --env-file 'my dir/a.env'"
	completes '!ls pl' '!ls plain.env'
	completes 'nonsense x' 'nonsense x'
	completes 'rm nothing' 'rm nothing'
	lists_lines 'stop run-' 'run-a  running, purser-test' 'run-b  running, purser-test'
	lists_lines 'start end-' 'end-a  created, purser-test' 'end-b  created, purser-test'
	lists_lines 'rm -f run-a ' 'end-a  created, purser-test' 'end-b  created, purser-test' 'run-b  running, purser-test'
	lists_lines 'logs ' 'end-a   created, purser-test' 'end-b   created, purser-test' 'gone    gone' 'run-a   running, purser-test' \
		'run-b   running, purser-test' 'verify  compare stored logs with what the engine has'
	lists 'run --restart=' always no on-failure unless-stopped

	equal "$(grep -c "^$main " trace)" "$starts"
}

@test "terminal: of a thousand candidates Tab lists what the screen holds" {
	local i
	mkdir bin
	for i in {1001..2000}; do
		printf '{"ID":"%064d","Names":"web-%d","State":"running"}\n' "$i" "$i"
	done >rows
	printf '#!/bin/sh\ncase $1 in ps) exec cat %q ;; events) exec sleep 100 ;; esac\n' "$scratch/rows" >bin/docker
	chmod +x bin/docker
	export PATH=$scratch/bin:$PATH PURSER_RUNTIME=docker PURSER_TRANSPORT=cli
	open_purser
	eventually 15 last_line_is 'purser docker:1000/1000>'
	completes 'stop w' 'stop web-'
	keys C-l
	type_text 'stop web-'
	keys Tab Tab
	shows 'and 667 more'
	eventually 5 line_is 'stop web-'
	equal "$(screen | wc -l)" 40
	shown 'stop web-'
	shown web-1001
}

# ---- programs that are given the terminal

@test "terminal: run -it gives the container the terminal, its size and Ctrl-C, and takes it back" {
	need_engine
	open_purser
	enter "run -it --name $me-i -l purser.owner=$me -l purser.test=e2e $image sh"
	shows '/ #'
	eventually 10 says_size '40 100' # the engine is told a moment after the start
	in_tmux resize-window -x 90 -y 30
	eventually 10 says_size '30 90'
	type_text 'sleep 100; echo st\opped'
	keys Enter
	eventually 10 runs_sleep
	keys C-c
	eventually 10 last_line_is '/ #'
	lacks "$(screen)" stopped
	type_text 'exit 3'
	keys Enter
	at_prompt
	does '!stty -a'
	has "$(printed)" 'isig icanon iexten echo '
	does "ps -a --filter name=$me-i"
	has "$(printed)" 'Exited (3)'
	does "logs $me-i"
	has "$(printed)" 'stty size'
}
says_size() { type_text 'stty size' && keys Enter && sleep 0.2 && shown "$1"; }
runs_sleep() { engine top "$me-i" | grep -q 'sleep 100'; }

@test "terminal: a program behind ! has the terminal; what a killed one leaves behind is mended" {
	fake_begin
	open_purser
	does '!stty -a'
	has "$(printed)" 'isig icanon iexten echo '
	enter '!busybox vi text'
	shows '- text'
	type_text ihello
	shows 'I text'
	keys Escape
	shows '- text'
	type_text ':wq'
	keys Enter
	at_prompt
	equal "$(cat text)" hello
	keys C-l
	enter '!stty raw -echo; kill -KILL $$'
	at_prompt
	does '!stty -a'
	has "$(printed)" 'isig icanon iexten echo '
	does '!stty -ixon'
	does '!stty -a'
	has "$(printed)" ' -ixon '
}

# ---- other terminals, other habits

@test "terminal: a dumb terminal will do" {
	fake_begin
	open_terminal
	type_text 'TERM=dumb'
	keys Enter
	type_text "$PURSER -l $logs"
	keys Enter
	at_prompt
	enter "run $(job xx 3 | cut -c 1-20)" || true # wider than the screen, which does not wrap
	keys C-c
	docker create --name xx purser-test sh -c "until test -e $scratch/xx.go; do sleep 0.05; done; exit 3"
	enter 'track xx'
	at_prompt
	enter 'start xx'
	at_prompt
	type_text 'ps --no'
	: >xx.go
	shows '[xx exited (3)]'
	eventually 5 line_is 'ps --no'
	keys C-u
	type_text 'us'
	keys Tab
	eventually 5 line_is use
	keys C-c
	at_prompt
	keys C-d
	at_shell
}

@test "terminal: inputrc is honoured: vi mode, and what it says about purser" {
	fake_begin
	printf '%s\n' 'set editing-mode vi' '$if purser' '"\C-xu": "use docker"' '$endif' >"$HOME/.inputrc"
	open_purser
	keys C-x u
	eventually 5 line_is 'use docker'
	keys Escape 0 # the first column
	eventually 5 cursor_is 0
	type_text 'cwhelp'
	eventually 5 line_is 'help docker'
	keys Escape C-c # Ctrl-C begins a new line, to be typed into
	at_prompt
	type_text 'use'
	eventually 5 line_is use
}
cursor_is() { [[ $(cursor) == "$1" ]]; }

@test "terminal: nothing a container is called or says can move the cursor" {
	local evil=$'\e]0;OWNED\a\e[31mX\xc2\x9b2JY' id
	fake_begin
	id=$(docker create --name one --label "a=$evil" purser-test sh -c "printf '%s\n' '$evil'; sleep 100")
	printf 'one%s\n' "$evil" >"$fake/containers/$id/name"
	open_terminal
	in_tmux pipe-pane "cat >$scratch/raw"
	start_purser
	does 'start one*'
	has "$(printed)" 'one^[]0;OWNED'
	does ps
	has "$(printed)" '^[]0;OWNED'
	does "logs $id" # from the engine
	has "$(printed)" '^[]0;OWNED'
	does 'track one*'
	does "logs $id"
	has "$(printed)" '^[]0;OWNED'
	does status
	type_text 'stop '
	keys Tab Tab C-u
	at_prompt
	docker kill "$id"
	shows '[one^[]0;OWNED'
	keys C-d
	at_shell
	in_tmux pipe-pane
	grep -qaF OWNED raw
	if LC_ALL=C grep -aP '\e\]0;OWNED|\e\[31mX|\xc2\x9b' raw; then return 1; fi
}

# ---- what it is all for

@test "terminal: run, ps, logs and rm do what they say" {
	local xx=$me-xx
	need_engine
	open_terminal 160 40
	start_purser
	does "run --name $xx -l purser.owner=$me -l purser.test=e2e $image sh -c \"seq 1 5\""
	[[ $(printed | head -n 1) =~ ^[0-9a-f]{64}$ ]]
	shows "[$xx exited (0)]"
	does 'ps -a'
	[[ $(printed | grep -F "$xx") == *"Exited (0)"* ]]
	does "logs $xx"
	equal "$(printed)" "$(seq 1 5)"
	does "rm -f $xx"
	equal "$(printed)" "$xx"
	absent "$xx"
	does "logs $xx"
	equal "$(printed)" "$(seq 1 5)"
}
