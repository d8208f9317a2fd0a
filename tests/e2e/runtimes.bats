#!/usr/bin/env bats
# Several runtimes in one session: docker's engine, and one of this file's own for podman, and for nerdctl where there can be one.

load helpers
load terminal

setup_file() {
	local name environment
	export engines=$BATS_FILE_TMPDIR
	for name in podman nerdctl; do
		engine_begin "$name" || continue
		environment=$("$root/tests/setup/runtime-engine.sh" "$name" env "$engines/$name")
		eval "$environment"
		PURSER_RUNTIME=$name "$root/tests/setup/image.sh" "$image"
		: >"$engines/$name.works"
	done
}

engine_begin() { # RUNTIME: 3 and the reason if there can be none
	"$root/tests/setup/runtime-engine.sh" "$1" start "$engines/$1" 2>"$engines/$1.why"
}

teardown_file() {
	local name
	for name in podman nerdctl; do "$root/tests/setup/runtime-engine.sh" "$name" end "$engines/$name"; done
}

setup() { begin; }

teardown() {
	local name
	close_terminal
	for name in podman nerdctl; do
		[[ ! -e $engines/$name.works ]] || remove_all_of "$name"
	done
	end
	no_sanitizer_spoke
}

remove_all_of() {
	local ids at_once=(-f)
	[[ $1 != podman ]] || at_once+=(-t 0) # it alone gives them time to end
	mapfile -t ids < <(timeout 30 "$1" ps -aq --no-trunc)
	((${#ids[@]} == 0)) || timeout 60 "$1" rm "${at_once[@]}" "${ids[@]}" >/dev/null
}

need() { # RUNTIME…
	local name
	need_engine
	[[ $runtime == docker ]] || skip 'the default of this file is docker'
	for name in "$@"; do
		[[ -e $engines/$name.works ]] || skip "$(<"$engines/$name.why")"
	done
}

# by RUNTIME COMMAND…: its own CLI
by() { in_time "$@" </dev/null; }

state_by() { by "$1" inspect -f '{{.State.Status}}' "$2"; }

# runs RUNTIME NAME SCRIPT: a container made by purser
runs() { purser -q "$1" run --name "$2" "${labels[@]}" "$image" sh -c "$3"; }

# id_by RUNTIME NAME: the first twelve digits
id_by() { by "$1" inspect -f '{{.Id}}' "$2" | cut -c1-12; }

# installed NAME…: for `limited` there are no other runtimes
installed() {
	mkdir -p bin
	while (($#)); do ln -s "$(command -v "$1")" bin/ && shift; done
}

limited() { in_time env PATH="$scratch/bin" "$PURSER" -l "$logs" "$@" </dev/null; }

@test "runtimes: containers of one name in each, collected side by side, shown apart" {
	need podman
	local name all=(docker podman)
	[[ ! -e $engines/nerdctl.works ]] || all+=(nerdctl)
	for name in "${all[@]}"; do
		runs "$name" "$me-web" "echo I am of $name; exec sleep 1000"
	done
	run -0 purser -q logs "$me-web"
	equal "$output" 'I am of docker'
	for name in "${all[@]}"; do
		run -0 purser -q logs "$name:$me-web"
		equal "$output" "I am of $name"
		run -0 purser -q "$name" logs "$me-web"
		equal "$output" "I am of $name"
		equal "$(bytes "$logs/$(id_by "$name" "$me-web")+$me-web.log" stdout)" "I am of $name"
	done
	run -0 purser -q logs verify "podman:$me-web" "$me-web"
	has "$output" "podman:$me-web: identical, 1 records"
	has "$output" $'\n'"$me-web: identical, 1 records"

	run -0 purser status
	has "$output" $'\n'"$me-web "
	has "$output" $'\n'"podman:$me-web "
	run -0 purser -r podman status
	has "$output" $'\n'"docker:$me-web "
	has "$output" $'\n'"$me-web "
	run -0 purser -q --json status
	equal "$(jq -r "select(.Name == \"$me-web\") | .Runtime" <<<"$output" | sort | paste -sd' ')" "$(printf '%s\n' "${all[@]}" | sort | paste -sd' ')"
}

@test "runtimes: one is acted on, the other of that name is left alone" {
	need podman
	local name
	for name in docker podman; do
		runs "$name" "$me-web" "echo I am of $name; exec sleep 1000"
	done
	run -0 purser -q stop -t 0 "podman:$me-web"
	equal "$output" "podman:$me-web"
	equal "$(state_by podman "$me-web")" exited
	is_state "$me-web" running
	run -0 purser podman start "$me-web"
	equal "$(state_by podman "$me-web")" running
	run -0 purser -q stop -t 0 "$me-web"
	is_state "$me-web" exited
	equal "$(state_by podman "$me-web")" running
	# What an option is worth is a matter of who has the container.
	run -2 purser stop -s INT "podman:$me-web"
	has "$output" 'podman has no --signal'
	run -0 purser -q start "$me-web"
	run -0 purser -q -r podman stop -s KILL -t 1 "docker:$me-web" # an engine before 23 is not told which signal, and waits ten seconds without -t
	is_state "$me-web" exited

	run purser rm -f "podman:$me-*"
	status_is 2
	has "$output" "rm podman:$me-web: say yes"
	run -0 purser -qy rm -f "podman:$me-*"
	equal "$output" "podman:$me-web"
	not by podman container exists "$me-web"
	exists "$me-web"
	run -0 purser -q logs "$me-web@2"
	equal "$output" $'I am of podman\nI am of podman'
}

@test "runtimes: a name alone is the default runtime's; where another has it, the error says so" {
	local word
	need podman
	runs podman "$me-far" 'exec sleep 1000'
	for word in stop rm restart track; do
		run -1 purser -q "$word" "$me-far"
		one_message "$output"
		has "$output" "; podman has one: podman:$me-far"
	done
	run purser -q rm -f "$me-far"
	equal "$(state_by podman "$me-far")" running
	run purser stop "$me-fa*"
	has "$output" "no container fits '$me-fa*'; podman has one: podman:$me-far"
	run purser stop "docker:$me-far"
	has "$output" "podman has one: podman:$me-far"
	run purser -r podman stop "docker:$me-far"
	has "$output" "podman has one: podman:$me-far"
	run purser stop "podman:$me-none"
	status_is 1
	lacks "$output" 'has one'
	run purser run --name "podman:$me-x" "$image"
	status_is 2
	equal "$(state_by podman "$me-far")" running
	# what changes no container goes on to look
	run -0 purser -q untrack "$me-far"
	equal "$output" "podman:$me-far"
	run -0 purser -q logs "podman:$me-far"
	run purser logs "$me-far"
	status_is 0
}

@test "runtimes: track and collect what others have" {
	need podman
	made db "$image" sh -c 'echo docker; exec sleep 1000'
	made other "$image" sleep 1000
	by podman run -d --name "$me-web" "$image" sh -c 'echo podman; exec sleep 1000' >/dev/null
	by podman run -d --name "$me-too" "$image" sh -c 'echo too; exec sleep 1000' >/dev/null
	run -0 purser collect --once "podman:$me-web" "docker:$me-db"
	has "$output" 'containers: 2, records stored: 2'
	equal "$(bytes "$(stored "$me-web")" stdout)" podman
	equal "$(bytes "$(stored "$me-db")" stdout)" docker
	run -0 purser -q track 'podman:*'
	equal "$(sort <<<"$output")" "$(printf '%s\n' "podman:$me-too" "podman:$me-web" | sort)"
	equal "$(bytes "$(stored "$me-too")" stdout)" too
	run -0 purser -q untrack 'podman:*'
	equal "$(sort <<<"$output")" "$(printf '%s\n' "podman:$me-too" "podman:$me-web" | sort)"
	run -0 purser -q untrack --all
	equal "$output" "$me-db"
}

@test "runtimes: collect --all --all-runtimes takes in all there is, and what comes later" {
	need podman
	fake_begin
	docker create --name ours purser-test sh -c 'echo docker; exec sleep 1000'
	docker start ours
	by podman run -d --name "$me-web" "$image" sh -c 'echo podman; exec sleep 1000' >/dev/null
	run purser collect --all-runtimes
	status_is 2
	run purser collect --once --all
	lacks "$(ls "$logs")" "$me-web"
	run -0 purser collect --once --all --all-runtimes
	equal "$(bytes "$(stored "$me-web")" stdout)" podman
	equal "$(bytes "$(stored ours)" stdout)" docker
	collecting --all --all-runtimes
	by podman run -d --name "$me-late" "$image" sh -c 'echo late; exec sleep 1000' >/dev/null
	eventually 30 more_than "$me-late" 0
	kill -TERM "$spawned"
	ended "$spawned" 0
}

@test "runtimes: ps --all-runtimes: one table; one that does not answer is a warning, all are a failure" {
	need podman
	made web "$image" sleep 1000
	by podman run -d --name "$me-pod" "$image" sleep 1000 >/dev/null
	run -0 --separate-stderr purser ps --all-runtimes
	equal "$(grep -c '^CONTAINER ID' <<<"$output")" 1
	[[ $output =~ \ $me-web($'\n'|$) && $output =~ \ podman:$me-pod($'\n'|$) ]]
	equal "$stderr" ''
	run -0 purser podman ps --all-runtimes
	[[ $output =~ \ docker:$me-web($'\n'|$) && $output =~ \ $me-pod($'\n'|$) ]]
	run -0 purser -q --json ps --all-runtimes
	equal "$(jq -r "select(.Names | startswith(\"$me-\")) | .Runtime + \" \" + .Names" <<<"$output" | sort)" "docker $me-web"$'\n'"podman $me-pod"
	run -0 purser -q --json ps -f "label=purser.owner=$me"
	equal "$(jq -r .Runtime <<<"$output")" docker
	run -0 purser ps -q --no-trunc --all-runtimes
	has "$output" "$(id_of "$me-web")"
	has "$output" "$(by podman inspect -f '{{.Id}}' "$me-pod")"

	export DOCKER_HOST=unix:///nonexistent
	run -0 --separate-stderr purser ps --all-runtimes
	has "$output" "podman:$me-pod"
	has "$stderr" 'docker does not answer'
	installed docker
	run -125 limited ps --all-runtimes
	one_message "$output"
}

@test "runtimes: the first that answers, why, and what was said instead of it" {
	need podman
	installed docker podman
	export PURSER_RUNTIME=''
	run -0 limited use
	has "$output" '* docker (the first that answers), asked over /'
	[[ $output =~ \ nerdctl[^\ ]*\ \(not\ installed\) ]]
	export DOCKER_HOST=unix:///nonexistent
	run -0 limited use
	has "$output" '* podman (the first that answers)'
	has "$output" '  docker@/nonexistent'
	run -0 limited -r docker use
	has "$output" '* docker@/nonexistent (--runtime)'
	PURSER_RUNTIME=docker run -0 limited use
	has "$output" '(PURSER_RUNTIME)'
	run -0 limited -c 'use docker; use'
	has "$output" '* docker@/nonexistent (use)'
	run -0 limited -c 'podman use docker; use'
	has "$output" '* docker@/nonexistent (use)'
	rm bin/docker
	run -0 limited use
	has "$output" '* podman (the only one installed)'
	PURSER_RUNTIME=lxc run -2 limited ps
	has "$output" "PURSER_RUNTIME: unknown runtime 'lxc'"
}

@test "runtimes: the config file, what comes before it, and what is wrong in it" {
	need podman
	mkdir -p config/purser
	printf '%s\n' '# mine' 'runtime podman' 'json' 'podman-args --log-level error' "podman-run-args --label purser.extra=1 --env 'A=b c'" \
		>config/purser/config
	unset PURSER_RUNTIME
	run -0 purser use
	has "$output" '* podman (the config file)'
	PURSER_RUNTIME=docker run -0 purser use
	has "$output" '* docker (PURSER_RUNTIME)'
	PURSER_RUNTIME=docker run -0 purser -r podman use
	has "$output" '* podman (--runtime)'
	run -0 purser --json=false -n create x
	equal "$output" "podman --log-level error create --label purser.extra=1 --env 'A=b c' x"
	run -0 purser --json=false --podman-run-args '' -n create x
	equal "$output" 'podman --log-level error create x'
	run -0 purser -q run --name "$me-x" "$image" sleep 1000
	equal "$(by podman inspect -f '{{index .Config.Labels "purser.extra"}}' "$me-x")" 1
	run -0 purser -q ps
	equal "$(jq -r .Names <<<"$output")" "$me-x"
	run -0 purser -q --json=false ps
	has "$output" 'CONTAINER ID'

	printf '%s\n' 'runtime podman' '' 'log-max-size ten' >config/purser/config
	run -2 purser ps
	one_message "$output"
	has "$output" "config/purser/config:3: log-max-size: 'ten' is not a size"
	run -0 purser --version
	echo 'yes' >config/purser/config
	run -2 purser ps
	has "$output" "config:1: 'yes' is for the command line only"
	echo 'log-compress' >config/purser/config
	run -2 purser ps
	has "$output" 'give --log-max-size'
	rm config/purser/config
	mkdir config/purser/config
	run -1 purser ps
	one_message "$output"
}

@test "runtimes: arguments that mean another engine: docker is asked by its CLI, not over the socket that was found" {
	need
	run -0 purser ps
	run -125 purser --docker-args '-H unix:///nonexistent' ps
	has "$output" '/nonexistent'
	run -2 purser --docker-args '-H unix:///nonexistent' --transport socket ps
	run -0 purser --docker-args '-H unix:///nonexistent' use
	has "$output" '* docker@/nonexistent (PURSER_RUNTIME)'
	lacks "$output" 'asked over'
}

is_podman_prompt() { [[ $(last_line) =~ ^'purser podman:1/'[0-9]+'>'$ ]]; }

@test "runtimes: the prompt, and Tab behind podman:" {
	need podman
	by podman run -d --name "$me-pod" "$image" sleep 1000 >/dev/null
	made web "$image" sleep 1000
	installed docker podman
	export DOCKER_HOST=unix:///nonexistent PURSER_RUNTIME=
	PURSER="env PATH=$scratch/bin $PURSER"
	open_purser
	shown 'podman answers (docker does not)'
	eventually 15 is_podman_prompt
	completes 'stop pod' 'stop podman:'
	completes 'stop podman:' "stop podman:$me-pod"
	completes "stop $me-p" "stop $me-pod"
	completes "podman stop $me-p" "podman stop $me-pod"
	completes 'podm' 'podman'
	does 'use docker'
	eventually 15 last_line_is 'purser docker@/nonexistent:0/0 !engine>'
	completes "stop podman:$me-p" "stop podman:$me-pod"
	completes "stop $me-p" "stop $me-p"
	does "podman run --name $me-five -l purser.owner=$me $image sh -c 'exit 5'"
	eventually 15 shown "[podman:$me-five exited (5)]"
	enter quit
	at_shell
}
