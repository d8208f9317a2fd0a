#!/usr/bin/env bats
# What purser tells by itself, above the line that is typed; and tables that are followed: ps -f, stats -f, status -f.

load helpers
load terminal

# ---- notices

# above LINE TEXT: this is told above the line that is typed, which stays as it is, with the cursor where it was
above() {
	eventually 20 tells "[$2]" || { screen; return 1; }
	eventually 10 line_is "$1"
	equal "$(cursor)" $((${#1} - 3))
}
untypes() { keys C-e C-u; }

tells() {
	local line
	while read -r line; do
		[[ $line != \[${1:1:-1}\] ]] || return 0
	done < <(screen)
	return 1
}
types() {
	untypes
	eventually 10 cleared
	type_text "$1"
	keys Left Left Left
	eventually 10 line_is "$1"
}

# docker lists what has ended as running until its network is taken down.
@test "noticing: the prompt counts what runs, soon after something has ended" {
	need_engine
	made a "$image" sleep 1000 >/dev/null
	open_purser -q
	local name
	for name in b c d e; do
		made "$name" "$image" sleep 0.1 >/dev/null
		eventually 10 is_state "$me-$name" exited
		eventually 2 counts_what_runs
	done
}
counts_what_runs() {
	keys Enter
	sleep 0.2
	[[ $(last_line) =~ :([0-9]+)/[0-9]+\>$ ]] && ((BASH_REMATCH[1] == $(engine ps -q | wc -l)))
}

@test "noticing: what ends, is killed for memory, becomes unhealthy and healthy again, and is started again is told once, above the line" {
	need_engine
	open_purser -q
	does "run --name $me-a ${labels[*]} --network none --health-cmd 'test ! -e /ill' --health-interval 0.3s --health-retries 1 $image sleep 1000"
	does "run --name $me-b ${labels[*]} --network none --restart on-failure:1 $image sh -c 'sleep 1; exit 3'"
	types 'logs -f nothing'
	above 'logs -f nothing' "$me-b exited (3) and was started again"
	above 'logs -f nothing' "$me-b exited (3)"
	eventually 20 is_healthy "$me-a"
	engine exec "$me-a" touch /ill
	above 'logs -f nothing' "$me-a is unhealthy"
	engine exec "$me-a" rm /ill
	above 'logs -f nothing' "$me-a is healthy again"
	made c --network none --memory 16m "$image" sh -c 'sleep 2; tail /dev/zero'
	untypes
	does "track $me-c"
	types 'logs -f nothing'
	above 'logs -f nothing' "$me-c exited (137), killed for memory"
	equal "$(all_screens | grep -c '^\[')" 5
	untypes
	does "rm -f $me-a $me-b $me-c" # what the shell does itself is not told
	equal "$(all_screens | grep -c '^\[')" 5
}
is_healthy() { [[ $(engine inspect -f '{{.State.Health.Status}}' "$1") == healthy ]]; }

@test "noticing: mine are those that are tracked, all are all, off is nothing; many at once are one line" {
	local name
	fake_begin
	for name in {a..j}; do docker start "$(docker create --name "theirs-$name" purser-test sh -c "until test -e $scratch/go; do sleep 0.2; done")"; done
	docker start "$(docker create --name other-1 purser-test sh -c "until test -e $scratch/go1; do sleep 0.1; done")"
	docker start "$(docker create --name other-2 purser-test sh -c "until test -e $scratch/go2; do sleep 0.1; done; exit 2")"
	docker start "$(docker create --name other-3 purser-test sh -c "until test -e $scratch/go3; do sleep 0.1; done")"
	open_purser -q
	does "run --name own-1 purser-test sh -c 'until test -e $scratch/go1; do sleep 0.1; done; exit 1'"
	does "run --name own-3 purser-test sh -c 'until test -e $scratch/go3; do sleep 0.1; done; exit 1'"
	: >go1
	shows '[own-1 exited (1)]'
	does 'set notify all'
	: >go2
	shows '[other-2 exited (2)]'
	lacks "$(all_screens)" '[other-1'
	does 'track --all'
	types 'logs -f nothing'
	: >go
	eventually 20 told_all || { screen; false; }
	line_is 'logs -f nothing'
	untypes
	does 'set notify off'
	: >go3
	eventually 15 ended_all
	sleep 1
	does use
	lacks "$(all_screens)" '-3 exited'
}
# However they were gathered: each once, and in few lines.
told_all() {
	local told
	told=$(all_screens | grep '^\[.*exited')
	for name in {a..j}; do [[ $told == *theirs-$name* || $told == *…* ]] || return; done
	(($(grep -c . <<<"$told") < 8))
}
ended_all() { [[ ! $(docker ps -q) ]]; }

@test "noticing: a log that falls behind, and a gap, are told above the line" {
	local id
	fake_begin
	open_purser -q
	does "run --name aa purser-test sh -c 'echo first; sleep 1000'"
	eventually 15 has_first
	id=$(readlink "$fake/names/aa")
	types 'logs -f nothing'
	record -90 >>"$fake/containers/$id/log"
	above 'logs -f nothing' 'aa: its log is stored 9? s behind what it writes'
	record 0 >>"$fake/containers/$id/log"
	above 'logs -f nothing' 'aa: all of its log is stored again'
	record 0 >"$fake/containers/$id/log" # all that was stored is gone
	above 'logs -f nothing' 'aa: gap: *'
	last_line_is 'purser docker:1/1 !gap> logs -f nothing'
	untypes
	enter status # then it is known
	eventually 15 last_line_is 'purser docker:1/1>'
}

@test "noticing: the prompt is as it is set, says how the last command went and what is wrong, and waits for no engine" {
	fake_begin
	docker start "$(docker create --name aa purser-test sleep 1000)"
	docker create --name bb purser-test true
	open_purser -q --color always
	eventually 15 last_line_is 'purser docker:1/2>'
	fake_mode fail
	eventually 20 last_line_is 'purser docker:1/2 !engine>'
	has "$(in_tmux capture-pane -p -e)" $'\e[31m !engine'
	fake_mode hang
	type_text help # it is not asked for the prompt, or for a key
	eventually 3 last_line_is 'purser docker:1/2 !engine> help'
	untypes
	fake_mode ''
	eventually 30 last_line_is 'purser docker:1/2>'
	enter "set prompt '%nothing> '"
	eventually 10 shown '%runtime' # what there is
	at_prompt
	enter 'stop nobody'
	at_prompt
	enter status
	shows 'the last command had status 1'
	at_prompt
	type_text "set prompt '%{bold}%running%{plain} of %total%status: '"
	keys Enter
	eventually 10 last_line_is '1 of 2:'
	has "$(in_tmux capture-pane -p -e)" $'\e[1m1'
	type_text 'stop nobody'
	keys Enter
	eventually 10 last_line_is '1 of 2 (1):'
	keys Enter
	type_text 'a long line, which is edited where it seems to be'
	keys C-a
	type_text 'x'
	eventually 10 last_line_is '1 of 2 (1): xa long line, which is edited where it seems to be'
	equal "$(in_tmux display-message -p '#{cursor_x}')" 13
}
has_first() { [[ -s $(stored aa 2>/dev/null) ]]; }
record() { echo "$(date -u -d "$1 seconds" +%Y-%m-%dT%H:%M:%S.%NZ) stdout late"; }

# ---- tables that are followed

# lists_rows: a stand-in whose `ps` prints what is in the file rows then, and which hangs as long as there is a file hang
lists_rows() {
	mkdir bin
	cat >bin/docker <<-END
		#!/bin/sh
		[ "\$1" = ps ] || exec sleep 100
		while [ -e $scratch/hang ]; do sleep 0.1; done
		exec cat $scratch/rows
	END
	chmod +x bin/docker
	export PATH=$scratch/bin:$PATH PURSER_RUNTIME=docker PURSER_TRANSPORT=cli
}

# rows FIRST LAST: the stand-in has containers with these numbers
rows() {
	local i
	for ((i = $1; i <= $2; i++)); do
		printf '{"ID":"%064d","Names":"web-%d","State":"running","Status":"Up 2 minutes","Image":"img","Command":"\\"sh\\"","RunningFor":"2 minutes ago"}\n' "$i" "$i"
	done >rows.new
	mv rows.new rows
}

# names: those on the screen, from its top, the chosen one in brackets
names() {
	in_tmux capture-pane -p -e | sed -n $'s/.*\e\\[7m.*\\(web-[0-9]*\\).*/[\\1]/p; t; s/.*\\(web-[0-9]*\\).*/\\1/p' | paste -sd' '
}
names_are() { [[ $(names) == "$1" ]]; }
has_row() { [[ $(screen | tr -s ' ') == *"$1"* ]]; }
screen_is() { [[ $(screen) == "$1" ]]; }

@test "noticing: ps -f keeps its place while rows come and go, at any size of the window; q leaves the terminal as it was" {
	lists_rows
	rows 1001 1005
	open_terminal 90 8
	type_text 'stty -g >before'
	keys Enter
	eventually 10 test -s before
	start_purser
	type_text 'ps -f'
	keys Enter
	eventually 15 names_are 'web-1001 web-1002 web-1003 web-1004 web-1005'
	equal "$(in_tmux capture-pane -p | sed 's/ *$//')" "CONTAINER ID   IMAGE     COMMAND   CREATED         STATUS         PORTS     NAMES
000000000000   img       \"sh\"      2 minutes ago   Up 2 minutes             web-1001
000000000000   img       \"sh\"      2 minutes ago   Up 2 minutes             web-1002
000000000000   img       \"sh\"      2 minutes ago   Up 2 minutes             web-1003
000000000000   img       \"sh\"      2 minutes ago   Up 2 minutes             web-1004
000000000000   img       \"sh\"      2 minutes ago   Up 2 minutes             web-1005

1-5 of 5 containers; q leaves"
	keys Down j Down
	eventually 10 names_are 'web-1001 web-1002 [web-1003] web-1004 web-1005'
	rows 990 3000
	eventually 15 shown '12-17 of 2011 containers'
	names_are 'web-1001 web-1002 [web-1003] web-1004 web-1005 web-1006'
	rows 1003 3000
	eventually 15 names_are '[web-1003] web-1004 web-1005 web-1006 web-1007 web-1008'
	keys PageDown
	eventually 10 names_are '[web-1009] web-1010 web-1011 web-1012 web-1013 web-1014'
	rows 1010 3000
	eventually 15 names_are '[web-1010] web-1011 web-1012 web-1013 web-1014 web-1015'
	keys End k
	eventually 10 names_are 'web-2995 web-2996 web-2997 web-2998 [web-2999] web-3000'
	in_tmux resize-window -x 40 -y 10
	eventually 10 names_are 'web-2993 web-2994 web-2995 web-2996 web-2997 web-2998 [web-2999] web-3000'
	equal "$(screen | head -n 2)" 'IMAGE     STATUS         NAMES
img       Up 2 minutes   web-2993'
	in_tmux resize-window -x 20 -y 3
	eventually 10 screen_is 'STATUS         NAMES
Up 2 minutes   web-…
1990-1990 of 1991 c…'
	in_tmux resize-window -x 200 -y 60
	eventually 10 shown '1934-1991 of 1991 containers; q leaves'
	keys Home
	eventually 10 shown '1-58 of 1991'
	rows 1 9
	eventually 15 names_are 'web-1 web-2 web-3 web-4 web-5 web-6 web-7 web-8 web-9'
	keys q
	at_prompt
	shown 'web-9' # the last of it stays
	enter quit
	at_shell
	type_text 'stty -g >after'
	keys Enter
	eventually 10 test -s after
	same_bytes before after
}

# bats test_tags=slow
@test "noticing: while an engine hangs the rows of ps -f say how old they are, keys move at once, and q, Ctrl-C or SIGTERM end it" {
	local how
	lists_rows
	rows 1001 1003
	open_terminal 80 10
	type_text 'stty -g >before'
	keys Enter
	eventually 10 test -s before
	for how in 'keys q' 'keys C-c' 'term' 'keys C-d'; do
		rm -f hang
		start_purser -q
		type_text 'ps -f'
		keys Enter
		eventually 15 shown '1-3 of 3 containers; q leaves'
		: >hang
		eventually 20 shown 's old'
		keys j j
		eventually 3 names_are 'web-1001 [web-1002] web-1003'
		in_tmux resize-window -x 60 -y 10
		eventually 3 names_are 'web-1001 [web-1002] web-1003'
		$how
		[[ $how == term ]] || { at_prompt 3 && keys C-d; }
		at_shell
		rm -f after
		type_text 'stty -g >after'
		keys Enter
		eventually 10 test -s after
		same_bytes before after
	done
}
term() { kill -TERM "$(purser_pid)"; }

@test "noticing: where not even the first look of ps -f, or stats, is answered, the screen says what is waited for, and q or Ctrl-C ends it" {
	local key
	local -A table=([q]=stats [C-c]='ps -f')
	lists_rows
	rows 1001 1003
	open_purser -q
	for key in q C-c; do
		: >hang
		type_text "${table[$key]}"
		keys Enter
		eventually 10 shown 'waiting for containers; q leaves'
		eventually 10 shown 'waiting for containers, 4 s; q leaves'
		keys $key
		at_prompt 3
		not shown waiting
		rm hang
	done
	type_text 'ps -f'
	keys Enter
	eventually 15 shown '1-3 of 3 containers; q leaves'
	keys q
	at_prompt
}

@test "noticing: ps -f into a pipe is a line for each container, and one whenever it changes or goes; as JSON likewise" {
	fake_begin
	docker start "$(docker create --name aa purser-test sleep 100)"
	spawn follows ps -a -f
	eventually 15 grep -q 'Up .* aa$' followed
	docker start "$(docker create --name bb purser-test sh -c 'sleep 0.1; exit 4')"
	eventually 15 grep -q 'Exited (4) .* bb$' followed
	sleep 2.2 # time goes by: that is no change
	docker rm bb
	eventually 15 grep -qx 'bb gone' followed || { cat followed; false; }
	equal "$(grep -c ' aa$' followed)" 1
	equal "$(grep -c NAMES followed)" 1
	kill -INT -- "-$spawned"
	ended "$spawned" 130

	spawn follows --json ps -f -a
	eventually 15 grep -q '"Names":"aa"' followed
	docker rm -f aa
	eventually 15 grep -q gone followed
	equal "$(jq -rs 'map([.Names, .State] | join(" ")) | join(",")' followed)" 'aa running,aa gone'
	spawn follows ps -f --filter name=none
	eventually 15 grep -q NAMES followed # before it is purser the shell swallows the signal
	kill -INT -- "-$spawned"
	ended "$spawned" 130
	run purser ps -f none
	status_is 2
	has "$output" '--filter'
	run purser ps -q -f
	status_is 2
}
follows() { exec "$PURSER" -q -l "$logs" "$@" </dev/null >"$scratch/followed" 2>&1; }

@test "noticing: status -f shows how collecting goes on; a terminal that draws nothing gets lines" {
	fake_begin
	open_terminal 110 12
	start_purser -q
	does "run --name aa purser-test sh -c 'until test -e $scratch/go; do sleep 0.05; done; echo one; echo two; sleep 100'"
	type_text 'status -f'
	keys Enter
	eventually 15 has_row 'aa running following 0 0.0'
	: >go
	eventually 15 has_row 'aa running following 2 '
	shown "1-1 of 1 logs in $logs; q leaves"
	keys q
	at_prompt
	enter quit
	at_shell
	type_text "TERM=dumb $PURSER -q -l $logs ps -f"
	keys Enter
	eventually 15 shown ' aa'
	lacks "$(screen)" leaves
	keys C-c
	at_shell
}
