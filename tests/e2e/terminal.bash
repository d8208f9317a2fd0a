# terminal.bash - a terminal for a test, in which purser runs: tmux with a server of the test's own. Loaded behind helpers; teardown
# calls close_terminal before end, which then finds purser if it outlives its terminal. No wait is without a deadline.
# shellcheck shell=bash

in_tmux() { tmux -S "$scratch/tmux" -f /dev/null "$@"; }

# open_terminal [COLUMNS ROWS]: with a shell in it, whose prompt is "sh> "
open_terminal() {
	local columns=${1:-100} rows=${2:-40}
	export ASAN_OPTIONS=${ASAN_OPTIONS-}:log_path=$scratch/sanitizer TSAN_OPTIONS=${TSAN_OPTIONS-}:log_path=$scratch/sanitizer
	PS1='sh> ' ENV='' in_tmux new-session -d -x "$columns" -y "$rows" 'exec sh' 3>&- 4>&-
	in_tmux set-option -g remain-on-exit on
	in_tmux set-option -g history-limit 10000
	eventually 10 last_line_is 'sh>'
}

close_terminal() { in_tmux kill-server 2>/dev/null || true; }

# What a sanitizer says is not on the screen, as that may be cleared. For teardown, when purser has ended.
no_sanitizer_spoke() { ! cat "$scratch"/sanitizer.* 2>/dev/null; }

# Before and after each test of a file that has nothing of its own to do then.
setup() { begin; }
teardown() {
	close_terminal
	end
	no_sanitizer_spoke
}

# open_purser [OPTION…]: purser in a terminal, at its prompt
open_purser() {
	open_terminal
	start_purser "$@"
}

start_purser() {
	type_text "clear; $PURSER -l $logs $*"
	keys Enter
	at_prompt
}

# ---- typing

keys() { in_tmux send-keys "$@"; }

type_text() { in_tmux send-keys -l -- "$1"; }

# paste [OPTION] FILE: -p as a terminal that marks pastes
paste_file() {
	in_tmux load-buffer "${*: -1}"
	in_tmux paste-buffer "${@:1:$#-1}"
}

# enter LINE: at the prompt; returns when the line runs (or has run)
enter() {
	local before
	type_text "$1"
	eventually 10 line_is "$1"
	before=$(place)
	keys Enter
	eventually 10 not_in "$before"
}

place() { in_tmux display-message -p '#{cursor_x} #{cursor_y} #{history_size}'; }

not_in() { [[ $(place) != "$1" ]]; }

# does LINE: enters it, and returns when the prompt is back. The screen shows nothing else: see said.
does() {
	eventually 10 cleared
	enter "$1"
	at_prompt
}

# ---- looking

# What is on the screen, wrapped lines joined, without the blank lines at its end, and without what is suggested in grey behind the last.
screen() {
	in_tmux capture-pane -p -J -e | sed 's/[[:blank:]]*$//' | sed -e :more -e '/^\n*$/{$d;N;b more' -e '}' |
		sed -E $'$s/\x1b\\[90m[^\x1b]*//; s/\x1b\\[[0-9;]*m//g; s/[[:blank:]]*$//'
}

# What is suggested behind the last line; nothing: "".
suggested() { in_tmux capture-pane -p -J -e | sed -nE $'s/.*\x1b\\[90m([^\x1b]*).*/\\1/p' | tail -n 1; }

suggests() { eventually 10 is_suggested "$1" || { in_tmux capture-pane -p -e; return 1; }; }

is_suggested() { [[ $(suggested) == "$1" ]]; }

# All of it, what has left the screen too.
all_screens() { in_tmux capture-pane -p -J -S - | sed 's/[[:blank:]]*$//'; }

last_line() { screen | tail -n 1; }

last_line_is() { [[ $(last_line) == "$1" ]]; }

prompt_pattern='^purser [a-z]+(@[^ ]+)?:[0-9]+/[0-9]+( readonly)?( ![a-z,]+)?>'

# line_is TEXT: purser's prompt is the last line, with this behind it
line_is() { [[ $(last_line) =~ $prompt_pattern\ ?(.*)$ && ${BASH_REMATCH[-1]} == "${1%"${1##*[! ]}"}" ]]; }

# A notice may come at any time: then once more.
cleared() { keys C-l && sleep 0.05 && [[ $(screen) =~ $prompt_pattern$ ]]; }

at_prompt() { eventually "${1:-15}" line_is '' || { screen; return 1; }; }

at_shell() { eventually "${1:-15}" last_line_is 'sh>' || { screen; return 1; }; }

shown() { [[ $(screen) == *"$1"* ]]; }

shows() { eventually "${2:-15}" shown "$1" || { screen; return 1; }; }

# What the last line entered by `does` printed.
printed() { screen | sed '1d;$d'; }

# The cursor's column behind the prompt, 0 is the first.
cursor() {
	local prompt
	[[ $(last_line) =~ $prompt_pattern ]]
	prompt=${BASH_REMATCH[0]}
	echo $(($(in_tmux display-message -p '#{cursor_x}') - ${#prompt} - 1))
}

# completes TYPED BECOMES: what Tab makes of it; the line is cleared afterwards
completes() {
	keys C-u
	eventually 10 line_is ''
	type_text "$1"
	keys Tab
	eventually 5 line_is "$2" || { screen; return 1; }
	keys C-u
	eventually 10 line_is ''
}

# lists TYPED CANDIDATE…: what Tab shows, and no more
lists() {
	local typed=$1
	shift
	keys C-u
	eventually 10 cleared
	type_text "$typed"
	eventually 10 line_is "$typed"
	keys Tab Tab
	eventually 5 lists_them "$*" || { screen; return 1; }
	line_is "$typed"
	keys C-u
}

# lists_lines TYPED LINE…: the same, where something is said of each
lists_lines() {
	local typed=$1
	shift
	keys C-u
	eventually 10 cleared
	type_text "$typed"
	eventually 10 line_is "$typed"
	keys Tab Tab
	eventually 5 lines_are "$(printf '%s\n' "$@")" || { screen; return 1; }
	line_is "$typed"
	keys C-u
}

lines_are() { [[ $(screen | sed '1d;$d') == "$1" ]]; }

lists_them() { [[ $(screen | sed '1d;$d' | tr -s ' \n' '\n\n' | sort | paste -sd' ') == "$(tr ' ' '\n' <<<"$1" | sort | paste -sd' ')" ]]; }

# The pid of the purser in the terminal.
purser_pid() { pgrep -x -P "$(in_tmux display-message -p '#{pane_pid}')" purser; }
