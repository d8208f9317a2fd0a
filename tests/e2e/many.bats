#!/usr/bin/env bats
# Doing a lot: words that stand for several containers. The same on each runtime.
# also: nerdctl podman

load helpers
load terminal

setup() {
	need_engine
	begin
}
idle='trap "exit 7" TERM; while :; do sleep 0.1; done'

container() { # NAME [OPTION…]: it runs until it is told to end
	made "$1" --network none "${@:2}" "$image" sh -c "$idle" >/dev/null
}

does_not_run() { [[ $(engine ps -q --no-trunc) != *"$(id_of "$1")"* ]]; }

# ---- words that stand for several

# bats test_tags=long
@test "many: label=, @project, patterns and - stand for containers, of those that are in a state for it" {
	container a -l "tier=$me" -l "com.docker.compose.project=$me"
	container b -l "tier=$me" -l "io.podman.compose.project=$me" -l "two=$me"
	container c -l "tier=other$me" -l "two=$me"
	engine create --name "$me-made" --network none "${labels[@]}" -l "tier=$me" "$image" true >/dev/null
	run --separate-stderr purser -q -k -c "pause label=tier=$me; unpause -; stats --no-stream --format json @$me"
	status_is 0
	equal "$stderr" ''
	equal "$(grep -v '^{' <<<"$output" | sort | paste -sd' ')" "$me-a $me-a $me-b $me-b"
	equal "$(grep '^{' <<<"$output" | jq -r .Name | sort | paste -sd' ')" "$me-a $me-b"
	run --separate-stderr purser -q -c "ps -f label=two=$me --format json; stop -t 1 -; ps -f name=$me-b; stop -"
	status_is 1
	equal "$(grep -v '^{' <<<"$output" | grep "^$me" | sort | paste -sd' ')" "$me-b $me-c"
	has "$stderr" 'stop: -: the last result has no containers'
	does_not_run "$me-b"
	run --separate-stderr purser -q -c "inspect -f '{{.State.Status}}' label=tier=$me"
	status_is 0
	equal "$(wc -l <<<"$output")" 3
	run --separate-stderr purser -q -c "exec @$me sh -c 'echo it is me'"
	equal "$output" 'it is me'
}

# bats test_tags=long
@test "many: a word that stands for nothing, or for too many, says so; nothing is done then" {
	container a -l "tier=$me"
	container b -l "tier=$me"
	run --separate-stderr purser -q stop -
	status_is 1
	one_message "$stderr"
	has "$stderr" 'stop: -: there is no last result yet'
	run --separate-stderr purser -q stop "$me-a" label=tier=none "$me-b"
	status_is 1
	has "$stderr" "stop: no container fits 'label=tier=none'"
	run --separate-stderr purser -q start "label=tier=$me"
	status_is 1
	has "$stderr" "no container fits 'label=tier=$me' (but 2 in another state: "
	run --separate-stderr purser -q unpause "@none-$me"
	status_is 1
	has "$stderr" "no container fits '@none-$me'"
	run --separate-stderr purser -q exec "label=tier=$me" true
	status_is 2
	has "$stderr" "'label=tier=$me' stands for 2 containers; exec takes one ("
	run --separate-stderr purser -q rm -f "label=tier=$me"
	status_is 2
	has "$stderr" 'say yes with --yes'
	is_state "$me-a" running
	is_state "$me-b" running
	run --separate-stderr purser -q -c "run --name $me-c --network none -l purser.owner=$me -l purser.test=e2e $image sh -c 'echo one; exec sleep 60'; exec - echo two; rm -f -"
	status_is 2
	equal "$(tail -n 1 <<<"$output")" two
	has "$stderr" "rm $me-c: say yes"
	run --separate-stderr purser -q -y -c "ps -af name=$me-c -q; rm -f -; rm -f -"
	status_is 1
	has "$stderr" 'the last result has no containers'
	absent "$me-c"
}

# ---- asking

# bats test_tags=not-podman,not-nerdctl
@test "many: at a prompt it is shown what goes, each with its state, before several go or end" {
	local i
	container a -l "tier=$me"
	container b -l "tier=$me"
	engine pause "$me-b" >/dev/null
	open_terminal 100 12
	start_purser -q
	does "ps -f label=tier=$me"
	enter "stop -t 1 label=tier=$me"
	eventually 15 asked "stop $me-"
	shown "$me-a   running "
	shown "$me-b   paused "
	shown "STATE"
	keys n Enter
	shows 'stop: nothing done'
	at_prompt
	is_state "$me-a" running
	engine unpause "$me-b" >/dev/null
	enter 'stop -t 1 -'
	eventually 15 asked "stop $me-"
	keys y Enter
	at_prompt 30
	does_not_run "$me-a"
	does_not_run "$me-b"
	for i in 1 2 3 4 5 6 7 8 9; do
		engine create --name "$me-made$i" --network none "${labels[@]}" -l "tier=$me" "$image" true >/dev/null
	done
	does ''
	enter "rm label=tier=$me"
	eventually 15 last_line_is 'rm these 11 containers? [y/N]'
	shown '… and 3 more: '
	keys C-c
	at_prompt
	enter "rm label=tier=$me"
	eventually 15 last_line_is 'rm these 11 containers? [y/N]'
	keys y Enter
	at_prompt 60
	absent "$me-made9"
	absent "$me-a"
}
asked() { [[ $(last_line) == "$1"*'? [y/N]' ]]; }

# ---- side by side

deaf='trap "" TERM; while :; do sleep 0.1; done'

finished() { date -d "$(engine container inspect -f '{{.State.FinishedAt}}' "$1" | sed 's/ [A-Z]*$//')" +%s; }

# bats test_tags=slow
@test "many: several are stopped side by side, and told in the order in which they were named, each failure too" {
	local name first last
	for name in a b c; do made "$name" --network none "$image" sh -c "$deaf" >/dev/null; done
	container quick
	run --separate-stderr purser -q -k stop -t 4 "$me-a" "$me-none" "$me-quick" "$me-b" "$me-c"
	status_is 1
	equal "$(paste -sd' ' <<<"$output")" "$me-a $me-quick $me-b $me-c"
	one_message "$stderr"
	has "${stderr,,}" "stop: $me-none: "
	for name in a b c; do finished "$me-$name" >>finished; done
	first=$(sort -n finished | head -n 1) last=$(sort -n finished | tail -n 1)
	((last - first < 4)) || { cat finished; return 1; }
	run --separate-stderr purser -q start "$me-quick" "$me-c" "$me-a"
	status_is 0
	equal "$(paste -sd' ' <<<"$output")" "$me-quick $me-c $me-a"
	run --separate-stderr purser -q -c "restart -t 0 $me-a $me-quick; kill -; rm $me-none -; rm $me-a $me-none $me-quick"
	status_is 2
	equal "$(paste -sd' ' <<<"$output")" "$me-a $me-quick $me-a $me-quick"
	run --separate-stderr purser -q rm -f "$me-a" "$me-none" "$me-quick" "$me-b" "$me-c"
	status_is 0
	equal "$(paste -sd' ' <<<"$output")" "$me-a $me-quick $me-b $me-c"
	absent "$me-a"
	absent "$me-c"
}

# bats test_tags=not-podman,not-nerdctl
@test "many: so many at once as the setting says; the logs of all are stored to their ends before rm -f removes them" {
	local name
	mkdir bin
	cat >bin/docker <<-END
		#!/bin/sh
		[ "\$1" = kill ] || exec $(type -P docker) "\$@"
		echo + >>$scratch/calls
		until [ -e $scratch/go ]; do sleep 0.05; done
		$(type -P docker) "\$@"
		status=\$?
		echo - >>$scratch/calls
		exit \$status
	END
	chmod +x bin/docker
	for name in a b c d e; do made "$name" --network none "$image" sh -c "echo I am $name; $idle" >/dev/null; done
	PATH=$scratch/bin:$PATH PURSER_TRANSPORT=cli spawn killing
	eventually 20 called 2
	touch go
	ended "$spawned" 0 60
	equal "$(paste -sd' ' said)" "$me-a $me-b $me-c $me-d $me-e"
	equal "$(awk '{ now += $1 == "+" ? 1 : -1; if (now > most) most = now } END { print most, NR }' calls)" '2 10'
	rm -f go
	touch go
	run --separate-stderr purser -q -c "track $me-a $me-b $me-c; start -; rm -f -"
	status_is 2
	run --separate-stderr purser -q -y -c "start $me-a $me-b $me-c; rm -f -"
	status_is 0
	for name in a b c; do equal "$(bytes "$(stored "$me-$name")" stdout | tail -n 1)" "I am $name"; done
	absent "$me-b"
}
called() { (($(wc -l <calls) == $1)); } 2>/dev/null
killing() { exec "$PURSER" -l "$logs" -q --parallel 2 kill "$me-a" "$me-b" "$me-c" "$me-d" "$me-e" </dev/null >"$scratch/said" 2>&1; }

# bats test_tags=not-podman,not-nerdctl
@test "many: who waits for several is told for whom; Ctrl-C ends all, and what went well is told" {
	made a --network none "$image" sh -c "$deaf" >/dev/null
	made b --network none "$image" sh -c "$deaf" >/dev/null
	container quick
	open_purser -q
	enter "stop -t 60 $me-quick $me-a $me-b"
	shows "stop: 1 of 3 done; waiting for $me-a, $me-b" 20
	keys C-c
	at_prompt
	has "$(screen)" "$me-quick"$'\n''purser: stop: cancelled'
	lacks "$(screen)" 'waiting for'
	does 'stop -'
	is_state "$me-a" running
}

# ---- what takes long

# A docker in front of docker, whose $1 waits until $scratch/go is there.
held() {
	mkdir -p bin
	cat >bin/docker <<-END
		#!/bin/sh
		[ "\$1" != $1 ] || { $2; until [ -e $scratch/go ]; do sleep 0.05; done; }
		exec $(PATH=$system_path type -P docker) "\$@"
	END
	chmod +x bin/docker
	export PATH=$scratch/bin:$PATH PURSER_TRANSPORT=cli
}

# bats test_tags=not-podman,not-nerdctl,slow
@test "many: what is drained at quit is told, and how far it is; in a pipe a line now and then" {
	held logs :
	open_purser
	does "run --name $me-a --network none -l purser.owner=$me $image sh -c 'echo one; exec sleep 60'"
	does "run --name $me-b --network none -l purser.owner=$me $image sh -c 'echo two; exec sleep 60'"
	enter quit
	shows "collecting 2 logs (Ctrl-C leaves it for later): 0B, " 20
	shows ", $me-a, $me-b"
	touch go
	at_shell
	lacks "$(screen)" 'collecting'
	rm go
	engine kill "$me-a" "$me-b" >/dev/null
	spawn catching_up
	eventually 30 said "purser: collecting 2 logs (Ctrl-C leaves it for later): "
	equal "$(grep -c collecting said)" 1
	touch go
	ended "$spawned" 0
}
catching_up() { exec "$PURSER" -l "$logs" collect --once </dev/null >"$scratch/said" 2>&1; }

# A docker in front of docker, whose $1 prints something ten times a second until $scratch/go is there.
dripping() {
	held "$1" "until [ -e $scratch/go ]; do head -c 10000 /dev/zero; sleep 0.1; done"
}

# bats test_tags=not-podman,not-nerdctl,slow
@test "many: save and export have a bar on a terminal, a line now and then elsewhere, and nothing with -q" {
	local quiet
	dripping save
	open_purser
	enter "save -o a.tar $image"
	shows 'save a.tar: [' 20
	shown 'kB/s, '
	spawn saving -q quiet.tar
	quiet=$spawned
	spawn saving --plain b.tar
	eventually 30 said 'purser: save b.tar: '
	grep -qE 'save b.tar: [0-9.]+[kM]B, [0-9.]+kB/s, [0-9]+s$' said
	equal "$(grep -c save said)" 1
	equal "$(cat said-q)" ''
	touch go
	at_prompt
	lacks "$(screen)" 'save a.tar:'
	ended "$spawned" 0
	ended "$quiet" 0
	rm go
	dripping export
	container a
	start_again
	enter "export -o c.tar $me-a"
	shows 'export c.tar: ' 20
	keys C-c
	at_prompt
	lacks "$(screen)" 'export c.tar:'
	[[ ! -e c.tar ]]
}
saving() { exec "$PURSER" -l "$logs" "$1" save -o "$2" "$image" </dev/null >/dev/null 2>"$scratch/said${1#--plain}"; }
start_again() {
	enter quit
	at_shell
	start_purser
}

# bats test_tags=not-podman,not-nerdctl,slow
@test "many: load has a bar, and pull says in a pipe how many layers there are" {
	held pull 'echo "a: Pulling fs layer"; echo "b: Already exists"; echo "c: Pulling fs layer"; echo "a: Pull complete"'
	spawn pulling
	eventually 30 said "purser: pull $me:1: 5s, 2 of 3 layers"
	kill -INT "$spawned"
	ended "$spawned" 130
	held load :
	head -c 5000000 /dev/zero >big.tar
	open_purser
	enter 'load -i big.tar'
	shows 'load big.tar: [' 20
	shown ' of 5MB, '
	touch go
	at_prompt
	lacks "$(screen)" 'load big.tar: ['
}
pulling() { exec "$PURSER" -l "$logs" pull "$me:1" </dev/null >"$scratch/said" 2>&1; }

# ---- again and again

# bats test_tags=not-podman,not-nerdctl
@test "many: watch draws a command's output anew until q or Ctrl-C; what it prints is cut to the screen" {
	container a
	open_terminal 80 12
	start_purser -q
	enter "watch 0.5 ps -a -f name=$me-a"
	shows "Every 0.5s: ps -a -f name=$me-a"
	shows "$me-a"
	shown NAMES
	engine kill "$me-a" >/dev/null
	shows 'Exited ('
	equal "$(screen | grep -c NAMES)" 1
	keys q
	at_prompt
	enter "watch 1 exec $me-a true"
	shows "purser: exec: '$me-a' is not running"
	engine start "$me-a" >/dev/null
	eventually 15 hidden 'is not running'
	keys C-c
	at_prompt
	enter "watch 1 exec $me-a sh -c 'seq 1 40; cat /proc/uptime'"
	shows '1-10 of 41 lines'
	in_tmux resize-window -x 60 -y 20
	shows '1-18 of 41 lines'
	keys End
	shows '24-41 of 41 lines'
	keys q
	at_prompt
	enter 'watch 1 version' # the runtime's own has no terminal there
	shows ' lines; q leaves'
	shows 'Version:'
	keys q
	at_prompt
}
hidden() { ! shown "$1"; }

# bats test_tags=long
@test "many: watch in a pipe has each time's output behind the other; what removes, ends or watches is not repeated" {
	local line
	container a
	spawn watching
	eventually 20 watched 3
	is_state "$me-a" running
	kill -INT "$spawned"
	ended "$spawned" 130
	equal "$(grep -v "^$me-a\$" said)" 'purser: watch: cancelled'
	for line in 'watch 2 ps' quit "rm $me-a" "stop $me-a" "$runtime rm -f $me-a" 'container prune -f' 'compose down' "logs -f $me-a" 'source x' 'away' 'nothing' ''; do
		run --separate-stderr purser -q -c "alias away='rm $me-a'; watch 1 $line"
		status_is 2
		one_message "$stderr"
	done
	for line in 0 -1 0.01 x 1e3 '' 99999; do
		run --separate-stderr purser -q watch "$line" ps
		status_is 2
	done
	exists "$me-a"
}
watching() { exec "$PURSER" -l "$logs" -q watch 0.2 exec "$me-a" echo "$me-a" </dev/null >"$scratch/said" 2>&1; }
watched() { (($(wc -l <said) >= $1)); }
