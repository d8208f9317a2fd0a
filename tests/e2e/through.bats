#!/usr/bin/env bats
# What is handed to the runtime as it is, and docker's management words for what purser does itself.
# also: nerdctl podman

load helpers
load terminal

setup() {
	need_engine
	begin
}
teardown() {
	close_terminal
	end
}

# A program in the runtime's place that says what it was given, and what it reads; a word that is a number is its status. What else is asked
# of it is the real one's.
stand_in() {
	real=$(command -v "$runtime")
	mkdir "$scratch/bin"
	cat >"$scratch/bin/$runtime" <<-SH
		#!/bin/sh
		case \$1 in
		compose|login|secret|pod|namespace|swarm|info) ;;
		*) exec "$real" "\$@" ;;
		esac
		printf '<%s>' "\$@"
		echo
		echo "to stderr" >&2
		sed 's/^/read: /'
		case \$2 in [0-9]*) exit \$2 ;; esac
	SH
	chmod +x "$scratch/bin/$runtime"
	PATH=$scratch/bin:$PATH
}

@test "through: words and options arrive as they are; output, errors and status come back" {
	stand_in
	run --separate-stderr purser compose -f 'a b.yaml' --profile x up -d --help -- ''
	status_is 0
	equal "$output" '<compose><-f><a b.yaml><--profile><x><up><-d><--help><--><>'
	equal "$stderr" 'to stderr'
	run --separate-stderr purser compose 7
	status_is 7
	equal "$stderr" 'to stderr'
	run --separate-stderr purser compose
	equal "$output" '<compose>'
}

# bats test_tags=long
@test "through: it reads what purser was given to read, but never a script" {
	stand_in
	equal "$(printf 'a\nb\n' | purser_reading secret-less 2>&1 | wc -l)" 1
	equal "$(printf 'a\nb\n' | purser_reading login --password-stdin 2>/dev/null)" $'<login><--password-stdin>\nread: a\nread: b'
	printf 'login x\ninfo y\n' >"$scratch/script"
	equal "$(purser_reading <"$scratch/script" 2>/dev/null)" $'<login><x>\n<info><y>'
	equal "$(purser_reading -f - <"$scratch/script" 2>/dev/null)" $'<login><x>\n<info><y>'
	equal "$(echo typed | purser_reading -f "$scratch/script" 2>/dev/null)" $'<login><x>\nread: typed\n<info><y>'
}

# bats test_tags=long
@test "through: -n prints the request, and nothing is started" {
	stand_in
	run --separate-stderr purser -n compose up -d 'a b'
	status_is 0
	equal "$stderr" ''
	equal "$output" "$runtime compose up -d 'a b'"
}

@test "through: what may remove containers comes after their logs were collected to the end" {
	stand_in_that_removes
	made a --network none "$image" sh -c 'trap "seq 101 20000" USR1; seq 100; while :; do sleep 0.05; done'
	eventually 10 logged "$me-a" 100
	purser -q track "$me-a"
	engine kill -s USR1 "$me-a"
	eventually 20 logged "$me-a" 20000
	run --separate-stderr purser -q compose down "$me-a"
	status_is 0
	lacks "$stderr" 'not all logs are collected'
	absent "$me-a"
	equal "$(bytes "$(stored "$me-a")" stdout)" "$(seq 20000)"
	has "$(purser help compose)" 'collected first'
	lacks "$(purser help login)" 'collected first'
}

# Its compose down removes a container, at once.
stand_in_that_removes() {
	real=$(command -v "$runtime")
	mkdir "$scratch/bin"
	cat >"$scratch/bin/$runtime" <<-SH
		#!/bin/sh
		[ "\$1 \$2" = "compose down" ] || exec "$real" "\$@"
		exec "$real" rm ${remove_at_once[*]} "\$3"
	SH
	chmod +x "$scratch/bin/$runtime"
	PATH=$scratch/bin:$PATH
}

# bats test_tags=long
@test "through: what may remove containers does so also where a log cannot be collected, and says so" {
	stand_in_that_removes
	made a --network none "$image" sh -c 'echo up; sleep 1000'
	eventually 10 logged "$me-a" 1
	purser -q track "$me-a"
	mv "$logs" "$scratch/elsewhere"
	touch "$logs"
	run --separate-stderr purser -q compose down "$me-a"
	rm "$logs"
	mv "$scratch/elsewhere" "$logs"
	status_is 0
	has "$stderr" 'logs are not collected'
	absent "$me-a"
}

@test "through: what a runtime lacks is refused; another's words reach it behind its name" {
	local theirs
	case $runtime in
	docker) theirs=pod ;;
	nerdctl) theirs=swarm ;;
	podman) theirs=namespace ;;
	esac
	stand_in
	run --separate-stderr purser "$theirs" ls
	status_is 2
	one_message "$stderr"
	has "$stderr" "$runtime has no $theirs"
	run --separate-stderr purser "$runtime" compose ps -q
	equal "$output" '<compose><ps><-q>'
}

@test "through: the real ones" {
	run --separate-stderr purser version
	status_is 0
	equal "$output" "$(engine version 2>/dev/null)"
	run --separate-stderr purser info
	status_is 0
	has "$output" 'ersion'
	run --separate-stderr purser system no-such-thing
	((status > 0))
	lacks "$stderr" 'purser: '
}

# bats test_tags=long
@test "through: no mistyped word of purser's becomes one of theirs" {
	stand_in
	run --separate-stderr purser stpo x
	status_is 2
	equal "$stderr" "purser: unknown command 'stpo'; did you mean 'stop'? (help lists them)"
	run --separate-stderr purser compsoe up
	status_is 2
	equal "$stderr" "purser: unknown command 'compsoe'; did you mean 'compose'? (help lists them)"
	run purser help
	lacks "$output" $'\n  compose'
	has "$output" 'Handed to the runtime as they are: compose, login, '
	has "$(purser help compose)" 'start and stop what a compose file describes'
}

# bats test_tags=long
@test "through: at the prompt it has the terminal; a secret typed there is not kept" {
	stand_in
	open_purser
	enter 'info 5'
	shows '<info><5>'
	type_text 'to it'
	keys Enter C-d
	shows 'read: to it'
	at_prompt
	enter 'login -u me -p hidden registry.example'
	keys C-d
	at_prompt
	enter 'swarm join --token hidden'
	[[ $runtime != docker ]] || keys C-d
	at_prompt
	enter quit
	at_shell
	has "$(<"$XDG_STATE_HOME/purser/history")" 'info 5'
	lacks "$(<"$XDG_STATE_HOME/purser/history")" hidden
}

# ---- management words

# bats test_tags=long
@test "management words: container and image before a command are docker's way to say it" {
	made a --network none "$image" sh -c 'trap "exit 7" TERM; echo up; while :; do sleep 0.05; done'
	eventually 10 logged "$me-a" 1
	equal "$(purser -q container logs "$me-a")" up
	equal "$(purser container ls -q --filter "label=purser.owner=$me" --no-trunc)" "$(id_of "$me-a")"
	equal "$(purser -q container stop -t 5 "$me-a")" "$me-a"
	is_state "$me-a" exited
	has "$(purser help container stop)" 'stop running containers'
	has "$(purser container stop --help)" 'stop running containers'
	equal "$(purser image ls -q)" "$(purser images -q)"
	equal "$(purser -q container rm "$me-a")" "$me-a"
	absent "$me-a"
	run --separate-stderr purser container stpo x
	status_is 2
	equal "$stderr" "purser: unknown command 'container stpo'; did you mean 'container stop'?"
	run --separate-stderr purser container
	status_is 2
	has "$stderr" 'purser: container: say what, one of '
}

# bats test_tags=long
@test "management words: docker's other names for ls and rm" {
	local first
	for first in container image network volume; do
		has "$(purser "$first" list --help)" "$(purser "$first" ls --help | sed -n 3p)"
		has "$(purser "$first" remove --help)" "$(purser "$first" rm --help | sed -n 3p)"
	done
	made a --network none "$image" true
	eventually 10 is_state "$me-a" exited
	equal "$(purser -q container remove "$me-a")" "$me-a"
	engine volume create --label "purser.owner=$me" "$me-a" >/dev/null
	equal "$(purser -q volume list -q --filter "label=purser.owner=$me")" "$me-a"
	equal "$(purser -q volume remove "$me-a")" "$me-a"
	run --separate-stderr purser network remvoe x
	status_is 2
	equal "$stderr" "purser: unknown command 'network remvoe'; did you mean 'network remove'?"
	run --separate-stderr purser nosuch
	status_is 2
	equal "$stderr" "purser: unknown command 'nosuch' (help lists them)"
}
