#!/usr/bin/env bats
# Reading at a terminal: the pager, colours, and text that would move the cursor or its columns.

load helpers
load terminal

# ---- the pager

in_pager() { eventually "${1-10}" pager_waits || { screen; return 1; }; }
pager_waits() { [[ $(in_tmux capture-pane -p | tail -n 1) == : ]]; }

# The pid of the program that purser has started in the terminal.
pager_pid() { pgrep -P "$(purser_pid)" -x less; }

@test "reading: what does not fit goes into the pager; what fits, a pipe, and a pager that is not there do without" {
	fake_begin
	unset PURSER_PAGER
	open_terminal 80 12
	start_purser
	enter 'help logs'
	in_pager 10
	has "$(screen)" 'show what'
	keys Space
	eventually 10 not_in_first_page
	keys C-c # the pager's own
	keys Space
	keys q
	at_prompt
	keys C-l
	type_text images
	eventually 10 line_is images # what is typed is seen again
	keys Enter
	at_prompt
	has "$(screen)" REPOSITORY

	# one that is killed in the middle, and one that is left with purser still writing
	enter 'help logs'
	in_pager 10
	kill -KILL "$(pager_pid)"
	at_prompt
	does 'history 1'
	has "$(printed)" 'history 1'
	enter 'help logs'
	in_pager 10
	in_tmux resize-window -x 70 -y 14
	in_pager 10
	keys q
	at_prompt

	# ^Z stops neither
	enter 'help logs'
	in_pager 10
	keys C-z
	keys q
	at_prompt
	keys C-d
	at_shell

	# one command; into a pipe; switched off; not there; with arguments, and quotes
	type_text "clear; $PURSER help logs"
	keys Enter
	in_pager 10
	keys q
	at_shell
	type_text "clear; $PURSER help logs | tail -n 1"
	keys Enter
	at_shell
	type_text "clear; $PURSER --pager off help logs"
	keys Enter
	at_shell
	type_text "clear; $PURSER --pager 'no-such-pager -x' help logs"
	keys Enter
	at_shell
	has "$(all_screens)" 'the container that was called web before'
	type_text "clear; PAGER=\"sed 's/^/through it: /'\" $PURSER help logs"
	keys Enter
	at_shell
	has "$(all_screens)" 'through it: Examples'
	type_text "clear; TERM=dumb $PURSER help logs"
	keys Enter
	at_shell
}
not_in_first_page() { [[ $(screen) != *'show what'* ]]; }

@test "reading: purser is ended, or its window closed, while the pager has the terminal" {
	local pid
	fake_begin
	unset PURSER_PAGER
	open_terminal 80 12
	start_purser
	enter 'help logs'
	in_pager
	pid=$(pager_pid)
	kill -TERM "$(purser_pid)"
	at_shell 20
	over "$pid"
	type_text 'echo "typed and seen"'
	eventually 10 last_line_is 'sh> echo "typed and seen"'
	keys C-u

	# what is written on and on stops with who reads it
	type_text "clear; $PURSER -q -l $logs --pager 'head -n 2' help logs"
	keys Enter
	at_shell
	equal "$(screen | head -n 2 | tail -n 1)" ''
	has "$(screen | head -n 1)" Usage
	start_purser
	pid=$(purser_pid)
	enter 'help logs'
	in_pager
	close_terminal
	eventually 20 over "$pid"
}

# ---- colours and names

# What is on the screen, with the colours that are not the usual one.
coloured() { in_tmux capture-pane -p -e -J | sed $'s/\e\\[39m//g'; }
# has_line TEXT: a line of the screen is exactly that, with its colours
has_line() { grep -qxF -- "$1" <(coloured | sed 's/[[:blank:]]*$//'); }

@test "reading: errors and warnings have a colour, a container's own are kept if asked for; several have a colour a name" {
	local red=$'\e[31m' yellow=$'\e[33m' a=$me-a b=$me-bb
	need_engine
	open_terminal 100 30
	start_purser
	does "run --name $a -l purser.owner=$me -l purser.test=e2e $image sh -c 'echo ERROR bad; echo plain; echo level=warn hm; printf \"\\\\033[32mgreen\\\\033[0m\\\\033]0;x\\\\007\\n\"'"
	eventually 15 is_state "$a" exited
	does "logs $a"
	has_line "${red}ERROR bad" || { coloured; false; }
	has_line plain
	has_line "${yellow}level=warn hm"
	has_line '^[[32mgreen^[[0m^[]0;x^G'
	does "logs --raw-colors $a"
	has_line $'\e[32mgreen^[]0;x^G' || { coloured | cat -v; false; }
	does "run --name $b -l purser.owner=$me -l purser.test=e2e $image echo from-b"
	eventually 15 is_state "$b" exited
	does "logs $a $b"
	equal "$(screen | grep -c ' | ')" 5
	[[ $(coloured | grep -F plain) =~ ^$'\e['([0-9]+)m"$a"\ +\|\ plain ]] || { coloured | cat -v; false; }
	local of_a=${BASH_REMATCH[1]}
	[[ $(coloured | grep -F from-b) =~ ^$'\e['([0-9]+)m"$b"\ \|\ from-b ]] || { coloured | cat -v; false; }
	[[ $of_a != "${BASH_REMATCH[1]}" ]]
	keys C-d
	at_shell

	# none into a pipe, nor where nobody wants any
	type_text "clear; $PURSER -q -l $logs logs $a | cat"
	keys Enter
	at_shell
	has_line 'ERROR bad'
	type_text "clear; NO_COLOR=1 $PURSER -q -l $logs logs $a"
	keys Enter
	at_shell
	has_line 'ERROR bad'
	type_text "clear; $PURSER --color always -q -l $logs logs $a | cat"
	keys Enter
	at_shell
	has_line "${red}ERROR bad"
}

@test "reading: logs -f goes on with the name at a terminal, until Ctrl-C; a long log is left in the pager's first page" {
	local a=$me-a until_told='trap "echo end; exit 3" TERM; echo begin; while :; do sleep 0.05; done'
	need_engine
	unset PURSER_PAGER
	open_terminal 100 20
	start_purser
	does "run --name $a -l purser.owner=$me -l purser.test=e2e $image sh -c '$until_told'"
	enter "logs -f $a"
	shows begin
	engine stop -t 5 "$a"
	shows "--- $a exited (3) "
	shows '--- waiting for it to run again; Ctrl-C ends'
	engine start "$a"
	shows "--- $a restarted "
	eventually 10 begins 2
	keys C-c
	at_prompt
	engine rm -f "$a"
	does "run --name $a-long -l purser.owner=$me -l purser.test=e2e $image seq 1 200000"
	eventually 15 is_state "$a-long" exited
	enter "logs $a-long"
	in_pager 30
	equal "$(screen | head -n 1)" 1
	keys q
	at_prompt
	lacks "$(screen)" 'purser: '
	type_text 'status'
	eventually 10 line_is status
}
begins() { (($(screen | grep -cx begin) >= $1)); }

# ---- columns

# column_of TEXT: the cell that it begins at, the last time it is on the screen
column_of() {
	in_tmux copy-mode
	in_tmux send-keys -X search-backward-text "$1"
	in_tmux display-message -p '#{copy_cursor_x}'
	in_tmux send-keys -X cancel
}

@test "reading: whatever a command is made of, the columns behind it are straight" {
	local i=0 word column
	local words=(plain 日本語コンテナ $'e\u0301o\u0308' $'👩\u200d💻👍🏽❤\ufe0f' $'a\u202eb\u202c\u2066c' $'z\u200bw\ufeff' $'\xff\xfe caf\xe9' 'שלום עולם' $'\U000e0041x' 한글 $'\e[31mred\e[0m\t')
	fake_begin
	for word in "${words[@]}"; do
		docker create --name "name$((++i))end" purser-test "$word" >/dev/null
	done
	open_terminal 120 30
	start_purser
	does 'ps -a'
	column=$(column_of NAMES)
	((column > 20))
	for ((i = 1; i <= ${#words[@]}; i++)); do
		equal "$i $(column_of "name${i}end")" "$i $column"
	done
	has "$(screen)" 'a\xe2\x80\xaeb\xe2\x80\xac' || { screen; false; }
}
