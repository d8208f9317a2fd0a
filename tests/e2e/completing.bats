#!/usr/bin/env bats
# What Tab offers at a terminal, what it says of it, and what is suggested while a line is typed.

load helpers
load terminal

# A docker that has what stands in these files: a row of `ps`, `images`, … a line.
stand_in() {
	mkdir bin
	printf '{"ID":"%064d","Names":"%s","Image":"%s","State":"%s","Labels":"%s"}\n' 1 web nginx:1.25 running 'tier=front,stage=live' \
		2 db postgres running tier=back 3 job busybox exited tier=back >"$scratch/ps"
	printf '{"Repository":"%s","Tag":"%s","ID":"1","CreatedSince":"2 weeks ago","Size":"70MB"}\n' nginx 1.25 postgres latest >images
	printf '{"ID":"%s","Name":"%s","Driver":"bridge","Scope":"local"}\n' 1 back 2 bridge >networks
	: >events
	printf '{"Name":"data","Driver":"local","Scope":"local"}\n' >volumes
	cat >bin/docker <<-END
		#!/bin/sh
		test ! -e "$scratch/hung" || exec sleep 100
		case "\$1 \$2" in
		ps*) exec cat "$scratch/ps" ;;
		images*) exec cat "$scratch/images" ;;
		'network ls') exec cat "$scratch/networks" ;;
		'volume create') printf '{"Name":"%s","Driver":"local"}\n' "\$3" >>"$scratch/volumes"; echo "\$3" ;;
		'network create') printf '{"ID":"3","Name":"%s","Driver":"bridge"}\n' "\$3" >>"$scratch/networks"; printf '%064d\n' 3 ;;
		'volume ls') exec cat "$scratch/volumes" ;;
		events*) exec tail -n +1 -f "$scratch/events" ;;
		stop*) echo "Error response from daemon: No such container: \$4" >&2; exit 1 ;;
		'network inspect') echo "Error: No such network: x" >&2; exit 1 ;;
		'network rm') echo "Error response from daemon: network \$3 not found" >&2; exit 1 ;;
		'volume rm') echo "Error: No such volume: \$3" >&2; exit 1 ;;
		info*) echo STAND-IN ;;
		esac
	END
	chmod +x bin/docker
	export PATH=$scratch/bin:$PATH PURSER_RUNTIME=docker PURSER_TRANSPORT=cli
}

knows() { completes "$@" >/dev/null 2>&1; }

@test "completing: what it is stands beside each name, in a window of any width; networks, volumes, labels" {
	stand_in
	open_purser
	eventually 15 last_line_is 'purser docker:2/3>'
	eventually 15 knows 'volume rm da' 'volume rm data'
	eventually 15 knows 'network rm ba' 'network rm back'

	lists_lines 'stop ' 'db   running, postgres' 'web  running, nginx:1.25'
	lists_lines 'run --network ' 'back           bridge' 'bridge         bridge, always there' 'container:db   running, postgres' \
		'container:job  exited, busybox' 'container:web  running, nginx:1.25'
	lists_lines 'rmi ' 'nginx:1.25       70MB, 2 weeks ago' 'postgres:latest  70MB, 2 weeks ago'
	lists_lines 'stop --' '--help    explain this command' '--signal  the signal to begin with' \
		'--time    how long to wait before killing it; -1 for ever'
	completes 'ps -f lab' 'ps -f label='
	completes 'ps -f label=ti' 'ps -f label=tier='
	completes 'ps -f label=tier=f' 'ps -f label=tier=front'
	completes 'run --volumes-from w' 'run --volumes-from web'
	completes 'inspect --type volume ' 'inspect --type volume data'
	lists 'ps -f status=' status={created,dead,exited,paused,removing,restarting,running}

	in_tmux resize-window -x 40 -y 10
	eventually 10 cleared
	lists_lines 'stop --' '--help    explain this command' '--signal  the signal to begin with' '--time    how long to wait before kill…'
}

# bats test_tags=slow
@test "completing: once the engine does not answer any more, it is said how old it is what is shown" {
	stand_in
	open_purser
	eventually 15 last_line_is 'purser docker:2/3>'
	touch hung
	keys C-u
	eventually 10 cleared
	type_text 'stop '
	eventually 30 ages
}
ages() {
	keys Tab Tab
	sleep 0.2
	[[ $(screen | tail -n 2 | head -n 1) =~ ^as\ of\ 1[0-9]\ s\ ago$ ]]
}

@test "completing: what is made here is offered at once" {
	stand_in
	open_purser
	eventually 15 knows 'volume rm da' 'volume rm data'
	does 'network create front'
	eventually 15 knows 'network rm fr' 'network rm front'
	does 'volume create pool'
	eventually 15 knows 'volume rm po' 'volume rm pool'
}

@test "completing: what others make is offered as soon as the engine tells" {
	stand_in
	open_purser
	eventually 15 knows 'network rm ba' 'network rm back'
	printf '{"ID":"4","Name":"theirs","Driver":"bridge"}\n' >>networks
	keys C-u
	printf '{"Type":"network","Action":"create","Actor":{"ID":"4"},"timeNano":%s}\n' "$(date +%s%N)" >>events
	eventually 15 knows 'network rm th' 'network rm theirs'
}

@test "completing: what is not there is answered with what is called nearly so" {
	stand_in
	open_purser
	eventually 15 knows 'volume rm da' 'volume rm data'
	eventually 15 knows 'network rm ba' 'network rm back'
	does 'stop wbe'
	[[ $(printed) == *"(did you mean 'web'?)"* ]]
	does 'stop docker:dbb'
	[[ $(printed) == *"(did you mean 'docker:db'?)"* ]]
	does 'network rm bakc'
	[[ $(printed) == *"(did you mean 'back'?)"* ]]
	does 'volume rm dat'
	[[ $(printed) == *"(did you mean 'data'?)"* ]]
	does 'stop nothing'
	[[ $(printed) != *'did you mean'* ]]
}

@test "completing: paths in a container are looked for while the line comes to them; Tab starts no process" {
	local id main starts
	need_engine
	id=$(made box "$image" sleep 1000)
	engine exec "$id" sh -c 'mkdir -p /some/where; touch "/some/where/one name" /some/where/other'
	open_terminal
	type_text "clear; ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e signal=none -e trace=fork,vfork,clone,clone3,execve $PURSER -l $logs"
	keys Enter
	at_prompt
	eventually 15 knows "exec $me-b" "exec $me-box"
	main=$(sed -n '1s/ .*//p' trace)
	starts=$(grep -c "^$main " trace)
	type_text "cp $me-box:/some/"
	eventually 15 looked_into /some/
	eventually 10 becomes "cp $me-box:/some/where/" || { screen; return 1; }
	eventually 15 looked_into /some/where/
	type_text 'ot'
	eventually 10 becomes "cp $me-box:/some/where/other" || { screen; return 1; }
	equal "$(grep -c "^$main " trace)" "$starts"
}

# becomes LINE: once what was looked for has come, by Tab
becomes() {
	line_is "$1" && return
	keys Tab
	sleep 0.1
	line_is "$1"
}

looked_into() { grep -qE "\"ls\".*\"$1\"" trace; }

# ---- other shells

typed() { last_line_is "$1"; }

# other_completes TYPED BECOMES: behind the prompt "sh> "
other_completes() {
	keys C-u
	eventually 10 last_line_is 'sh>'
	type_text "$1"
	keys Tab
	eventually 10 typed "sh> $2" || { screen; return 1; }
}

in_other_shell() {
	stand_in
	touch 'my file'
	ln -s "$PURSER" bin/purser
	open_terminal
	type_text "$1"
	keys Enter
	keys C-l
	eventually 10 last_line_is 'sh>'
	other_completes 'purser sto' 'purser stop'
	other_completes 'purser stop w' 'purser stop web'
	other_completes 'purser start docker:j' 'purser start docker:job'
	other_completes 'purser -l /tmp rmi ngi' 'purser -l /tmp rmi nginx:1.25'
	other_completes 'purser run --network=ba' 'purser run --network=back'
	other_completes 'purser run --volumes-f' 'purser run --volumes-from'
	other_completes 'purser ps -f label=ti' 'purser ps -f label=tier='
	other_completes 'purser run --env-file my' 'purser run --env-file my\ file'
	keys C-u C-l
	eventually 10 last_line_is 'sh>'
	type_text 'purser stop '
	keys Tab Tab
	shows 'running, nginx:1.25'
	shows 'running, postgres'
}

@test "completing: bash asks purser" {
	printf "PS1='sh> '\nsource %q\n" "$root/src/completions/purser.bash" >rc
	in_other_shell "exec bash --noprofile --rcfile $scratch/rc -i"
}

@test "completing: zsh asks purser" {
	command -v zsh || skip 'no zsh here'
	mkdir zdir
	cat >zdir/.zshrc <<-END
		PS1='sh> '
		fpath=($root/src/completions \$fpath)
		autoload -Uz compinit && compinit -D -u
		setopt no_auto_menu
	END
	in_other_shell "ZDOTDIR=$scratch/zdir exec zsh -i"
}

fish_says() { equal "$(fish --no-config -c "source $root/src/completions/purser.fish; complete -C '$1'")" "$2"; }

@test "completing: fish asks purser; an engine that hangs is not waited for, and gives what needs none" {
	local before
	command -v fish || skip 'no fish here'
	stand_in
	touch 'my file'
	ln -s "$PURSER" bin/purser
	fish_says 'purser stop ' $'db\trunning, postgres\nweb\trunning, nginx:1.25'
	fish_says 'purser -r docker stop w' $'web\trunning, nginx:1.25'
	fish_says 'purser run --network=ba' $'--network=back\tbridge'
	fish_says 'purser run --env-file my' 'my file'
	fish_says 'purser run --env-file=my' '--env-file=my file'
	touch hung
	before=$SECONDS
	fish_says 'purser stop ' ''
	((SECONDS - before < 10))
	fish_says 'purser sto' $'stop\tstop running containers'
}

# ---- suggestions

# remembers LINE…: these were typed before
remembers() {
	mkdir -p state/purser
	printf '%s\n' "$@" >state/purser/history
}

@test "completing: how the last line that began so went on stands in grey behind it, until a key to the right takes it" {
	remembers 'help stop' 'help logs' 'use docker'
	fake_begin
	open_purser
	type_text 'hel'
	suggests 'p logs'
	eventually 5 line_is hel
	equal "$(cursor)" 3
	type_text 'p s'
	suggests top
	keys BSpace BSpace
	suggests ' logs'
	keys Right
	eventually 5 line_is 'help logs'
	suggests ''
	equal "$(cursor)" 9
	keys C-u
	suggests ''
	type_text he
	suggests 'lp logs'
	keys C-e
	eventually 5 line_is 'help logs'
	keys C-u
	type_text he
	keys C-f
	eventually 5 line_is 'help logs'
	keys C-u
	type_text u
	suggests 'se docker'
	keys M-f
	eventually 5 line_is use
	suggests ' docker'
	keys Left
	suggests ''
	keys End
	suggests ' docker'
	# It goes with the line: entered, given up, searched.
	keys Enter
	at_prompt
	not shown 'use docker docker'
	shows '> use'
	type_text 'hel'
	suggests 'p logs'
	keys C-c
	at_prompt
	shows 'hel^C'
	type_text 'hel'
	suggests 'p logs'
	keys C-r
	shows '(reverse-i-search)'
	suggests ''
	keys C-g C-u
	eventually 5 line_is ''

	does 'set suggest off'
	type_text 'hel'
	eventually 5 line_is hel
	suggests ''
	keys Right
	eventually 5 line_is hel
}

@test "completing: what is suggested is in nobody's way: a notice, Tab, a resize, a line of two rows, a paste, a narrow window" {
	remembers "logs $(printf ' word%02d' {1..30})" 'logs --tail 5 xx'
	fake_begin
	open_purser
	does "run --name xx purser-test sh -c 'until test -e $scratch/xx.go; do sleep 0.05; done; exit 3'"
	keys C-l
	type_text 'logs --ta'
	suggests 'il 5 xx'
	: >xx.go
	shows '[xx exited (3)]'
	suggests 'il 5 xx'
	eventually 5 line_is 'logs --ta'
	keys Tab
	eventually 5 line_is 'logs --tail'
	suggests ' 5 xx'
	in_tmux resize-window -x 40 -y 10
	suggests ' 5 xx'
	eventually 5 line_is 'logs --tail'
	in_tmux resize-window -x 30 -y 10
	suggests ''
	in_tmux resize-window -x 100 -y 40
	keys C-u
	type_text 'logs  '
	suggests "$(printf 'word%02d ' {1..12} | cut -c1-73)…"
	equal "$(screen | tail -n 1)" 'purser docker:0/1> logs'
	type_text "$(printf 'word%02d ' {1..12})"
	eventually 5 line_is "$(printf 'logs  '; printf 'word%02d ' {1..12})"
	suggests ''
	keys C-u
	printf 'hel\nhe' >lines
	paste_file -p lines
	eventually 5 shown 'hel'
	keys C-u C-u
	keys C-c
	at_prompt
}

@test "completing: nothing is suggested on a dumb terminal, without colours, for who hears the screen" {
	local how
	remembers 'help logs'
	fake_begin
	open_terminal
	for how in 'TERM=dumb' 'NO_COLOR=1' 'PURSER_PLAIN=on' 'PURSER_SUGGEST=off'; do
		type_text "clear; $how $PURSER -l $logs"
		keys Enter
		at_prompt
		type_text hel
		eventually 5 line_is hel
		type_text p
		eventually 5 line_is help
		is_suggested ''
		keys C-u C-d
		at_shell
	done
}
