#!/usr/bin/env bats
# The shell in a terminal, at awkward moments: keys, pastes, sizes and faults that come when nobody thought of them.

load helpers
load terminal

# An engine that has these containers: web-1, … Where a file is called as a fault, it has that.
engine_with() { # NUMBER
	local i
	mkdir -p bin
	for ((i = 1; i <= $1; i++)); do
		printf '{"ID":"%064d","Names":"web-%d","State":"exited","Image":"img","Command":"\\"sh\\"","RunningFor":"2 minutes ago","Status":"Exited (0)"}\n' "$i" "$i"
	done >rows
	cat >bin/docker <<-END
		#!/bin/sh
		echo "\$@" >>$scratch/calls
		[ ! -e $scratch/hang ] || { trap '' TERM; while [ -e $scratch/hang ]; do sleep 0.1; done; }
		case \$1 in
		ps) cat $scratch/rows ;;
		rm) for word; do case \$word in rm | -*) ;; *) echo "\$word" ;; esac; done ;;
		events) exec sleep 100 ;;
		esac
	END
	chmod +x bin/docker
	export PATH=$scratch/bin:$PATH PURSER_RUNTIME=docker PURSER_TRANSPORT=cli
}

has_file() { [[ $(paste -sd' ' "$1" 2>/dev/null) == "$2" ]]; }

# ---- pastes

@test "awkward: of what is pasted a question takes its own line, and the prompt the others" {
	engine_with 3
	open_purser -q
	printf '%s\n' "rm 'web-*'" y '!echo 1 >>out' "rm 'web-*'" nothing '!echo 2 >>out' use '!echo 3 >>out' >lines
	paste_file lines
	eventually 20 has_file out '1 2 3'
	at_prompt
	has "$(all_screens)" $'? [y/N] y\nweb-1\nweb-2\nweb-3\n'
	has "$(all_screens)" $'? [y/N] nothing\npurser: rm: nothing done\n'
	equal "$(grep -c '^rm ' calls)" 3 # one for each

	# As a paste that the terminal marks all of it is one line: none of it is an answer.
	rm out
	paste_file -p lines
	keys Enter
	eventually 20 last_line_is 'rm web-1 web-2 web-3? [y/N]'
	keys y Enter
	eventually 20 has_file out 1
	eventually 20 last_line_is 'rm web-1 web-2 web-3? [y/N]'
	keys C-c
	at_prompt
	has_file out 1
	does '!stty -a'
	has "$(printed)" 'isig icanon iexten echo '
}

# ---- questions

# A FIFO in place of its log keeps that from being stored.
@test "awkward: no for one whose log would be lost keeps that one; the others are removed" {
	need_engine
	local -A id
	local name
	for name in a b c; do id[$name]=$(made "$name" "$image" sh -c 'echo one'); done
	eventually 10 is_state "$me-b" exited
	mkdir -p "$logs"
	mkfifo "$logs/${id[b]:0:12}+$me-b.log"
	open_purser -q
	does "track $me-a $me-b $me-c"
	enter "rm $me-a $me-b $me-c"
	shows 'remove it all the same, and lose what is not collected? [y/N]'
	keys n Enter
	at_prompt
	shows "$me-a"$'\n'
	shows "rm: $me-b: not removed"
	shows "$me-c"
	absent "$me-a"
	is_state "$me-b" exited
	absent "$me-c"
}

# ---- engines

# bats test_tags=slow
@test "awkward: watch answers keys and a new size while its command waits for an engine, and shows that command's words only" {
	engine_with 20
	open_terminal 90 12
	start_purser -q
	enter 'watch 0.2 ps -a'
	shows '1-10 of 21 lines; q leaves'
	: >hang
	eventually 15 shown 's old'
	keys End
	eventually 5 shown '12-21 of 21 lines'
	in_tmux resize-window -x 60 -y 8
	eventually 5 shown '16-21 of 21 lines'
	rm hang
	eventually 15 shown '16-21 of 21 lines; q leaves'
	: >hang
	eventually 15 shown 's old'
	keys q
	at_prompt 5
	lacks "$(all_screens)" '^['
}

# bats test_tags=slow
@test "awkward: watch answers keys while its command waits for a log" {
	fake_begin
	docker start "$(docker create --name xx purser-test sleep 100)"
	open_terminal 90 12
	start_purser -q
	does 'track xx'
	enter "watch 0.1 wait --timeout 6 --for 'log never' xx"
	eventually 20 shown '1-1 of 1 lines'
	sleep 0.5 # it waits again now
	keys q
	at_prompt 3
}

@test "awkward: a table that is followed where no keys come says how it is left; in a window of one cell it goes on" {
	local view
	engine_with 3
	open_terminal 80 10
	type_text 'stty -g >before'
	keys Enter
	eventually 10 test -s before
	for view in 'ps -a -f' 'watch 0.2 ps -a'; do
		type_text "clear; $PURSER -q -l $logs $view </dev/null"
		keys Enter
		eventually 15 shown '; Ctrl-C leaves'
		in_tmux resize-window -x 1 -y 1
		eventually 10 is_size 1x1
		in_tmux resize-window -x 80 -y 10
		eventually 10 shown '; Ctrl-C leaves'
		keys C-c
		at_shell
	done
	type_text 'stty -g >after'
	keys Enter
	eventually 10 test -s after
	same_bytes before after
}
is_size() { [[ $(in_tmux display-message -p '#{pane_width}x#{pane_height}') == "$1" ]]; }

# ---- pagers

@test "awkward: a pager that is none, ends at once, never reads, or is deaf leaves the prompt and the terminal as they were" {
	local pager
	engine_with 1
	printf '#!/bin/sh\necho $$ >%q; exec sleep 1000\n' "$scratch/never" >bin/never
	printf '#!/bin/sh\ntrap "" INT TERM; echo $$ >%q; stty -echo raw </dev/tty; while :; do sleep 0.1; done\n' "$scratch/deaf" >bin/deaf
	chmod +x bin/*
	open_terminal 80 12
	start_purser -q
	for pager in true false /nonsense "'head -n 3'" "'less --no-such-option'" never deaf; do
		does "set pager $pager"
		enter 'help run'
		case $pager in
		never)
			eventually 10 test -s never
			keys C-c
			;;
		deaf)
			eventually 10 test -s deaf
			keys C-c C-z C-d
			kill -KILL "$(<deaf)"
			;;
		*less*)
			shows RETURN
			keys Enter
			eventually 10 less_waits
			keys q
			;;
		esac
		at_prompt
		does '!stty -a'
		has "$(printed)" 'isig icanon iexten echo '
	done
}
less_waits() { [[ $(last_line) == *: ]]; } # a line that fills the row above is shown with it as one
