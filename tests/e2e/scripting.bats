#!/usr/bin/env bats
# Settings, scripts, and what they say where something is wrong. The stand-in engine does.

load helpers

setup() { begin; }
teardown() { end; }

# configured LINE…: the config file
configured() {
	mkdir -p "$XDG_CONFIG_HOME/purser"
	printf '%s\n' "$@" >"$XDG_CONFIG_HOME/purser/config"
}

from() { jq -r --arg name "$1" 'select(.Setting == $name) | "\(.Value) \(.From)"' <<<"$output"; }

@test "set: every setting, and where it comes from" {
	fake_begin
	configured '# mine' 'parallel 3' 'notify off' 'color always'
	export PURSER_NOTIFY=mine NO_COLOR=1 PAGER=more
	unset PURSER_PAGER
	run purser -k --json -c 'set prompt hello; set'
	status_is 0
	equal "$(from parallel)" "3 $XDG_CONFIG_HOME/purser/config:2"
	equal "$(from notify)" 'mine PURSER_NOTIFY'
	equal "$(from color)" "always $XDG_CONFIG_HOME/purser/config:4"
	equal "$(from pager)" 'more PAGER'
	equal "$(from keep-going)" 'on command line'
	equal "$(from prompt)" 'hello set'
	equal "$(from suggest)" 'on default'
	equal "$(from runtime)" 'docker PURSER_RUNTIME'
	equal "$(from log-dir)" "$logs command line"
	run purser set parallel
	has "$output" 'parallel   3 '
}

@test "set: what can be changed, and what cannot, checked as on the command line" {
	fake_begin
	run purser -k -c 'set json on; set notify; set json off; set color red; set nonsens 1; set log-dir x; set -e; nonsense; set notify'
	status_is 2
	has "$output" '{"Setting":"notify","Value":"mine","From":"default"}'
	has "$output" "color: 'red' is not a choice: use auto, always or never"
	has "$output" "unknown setting 'nonsens'"
	has "$output" 'log-dir can be set only at the start'
	lacks "$output" 'SETTING'
	run purser --color red set
	has "$output" "color: 'red' is not a choice: use auto, always or never"
	PURSER_COLOR=red run purser set
	status_is 2
	has "$output" "PURSER_COLOR: 'red' is not a choice: use auto, always or never"
	# what use says is a setting, too
	run purser -c 'set runtime docker; use; set runtime'
	has "$output" '* docker'
	has "$output" 'docker    set'
}

@test "readonly: what may change something is refused before anything is asked; looking and collecting go on" {
	fake_begin
	docker create --name "$me-a" purser-test sh -c "echo hello; sleep 100" >/dev/null
	docker start "$me-a" >/dev/null
	: >"$fake/calls"
	printf '%s\n' "stop $me-a" "rm -f $me-a" "run purser-test true" "exec $me-a true" "cp /etc/hosts $me-a:/tmp" 'compose down' '!touch here' \
		"docker kill $me-a" 'set readonly off' >script
	run purser -k --readonly -f script
	status_is 2
	equal "$(grep -c 'only looks' <<<"$output")" 8
	has "$output" 'script:1: stop: refused'
	has "$output" 'readonly stays on'
	not grep -qvE '^(version|ps|inspect|events|logs|info)' "$fake/calls"
	[[ ! -e here ]]
	configured readonly
	run purser -k -c "ps -q; track $me-a; logs $me-a; stop $me-a"
	has "$output" hello
	has "$output" "it is on by: $XDG_CONFIG_HOME/purser/config:1"
	equal "$(docker ps -q | wc -l)" 1
	# what run --rm asked for is left to a purser that may
	rm "$XDG_CONFIG_HOME/purser/config"
	purser run --rm --name "$me-b" purser-test sleep 3 >/dev/null
	one_runs() { (($(docker ps -q | wc -l) == 1)); }
	eventually 15 one_runs
	purser --readonly -c "logs $me-b; status" >/dev/null
	[[ -L $fake/names/$me-b ]]
	looked_at() { purser -c 'status' >/dev/null; [[ ! -L $fake/names/$me-b ]]; }
	eventually 15 looked_at
}

@test "scripts: alias, source, try; what fails is told with its file and line, through all files that read it" {
	fake_begin
	configured "alias hq='help quit'" 'quiet'
	printf '%s\n' "alias k='set'" '# a comment' 'k notify mine' 'try source inner' >inner
	printf '%s\n' 'source inner' 'hq' 'set notify' 'try nonsense \' '   more' 'try stop nobody' \
		'alias a=b b=a; try a' 'unalias a; try a' 'alias' 'source bad' 'set prompt never' >script
	printf '%s\n' '' 'images' 'stop' 'images' >bad
	run purser -f script
	status_is 2
	has "$output" 'script:1: inner:4: source: '"'inner'"' reads itself'
	has "$output" 'tried: it goes on; status 2'
	has "$output" 'Usage: quit'
	has "$output" 'notify    mine      set'
	has "$output" "script:4: unknown command 'nonsense'"
	has "$output" 'script:6: stop: nobody'
	has "$output" "script:7: unknown command 'a'"
	has "$output" "alias hq='help quit'"
	has "$output" 'script:10: bad:3: stop: needs at least one CONTAINER'
	equal "$(grep -c REPOSITORY <<<"$output")" 1
	equal "$(grep -c '^purser: ' <<<"$output")" 7
	run purser -c 'try nonsense; hq'
	status_is 0
	run purser -c $'quit 5\nimages'
	status_is 5
	equal "$output" ''
	configured '' "alias ps='images'"
	run purser hq
	status_is 2
	has "$output" "config:2: 'ps' is a command"
}

@test "scripts: --check says all that is wrong, and runs nothing" {
	fake_begin
	configured "alias hq='help quit'"
	printf '%s\n' 'hq use' 'images' 'runn x' 'ps --al' 'stop' 'set notfy all; set parallel x' "alias ll='ps -a'" 'll --nope' \
		'source nowhere' 'source inner' '!touch here' 'docker ps --nope' 'try stop' 'run -p 99999999 img' 'll \' '  -q; stop' 'help "open' >script
	printf '\nstop\nsource inner\n' >inner
	run purser --check -f script
	status_is 2
	equal "$(sed 's/^purser: //; s/: .*//' <<<"$output" | paste -sd' ')" \
		'script:3 script:4 script:5 script:6 script:6 script:8 script:9 script:10 script:10 script:12 script:13 script:14 script:16 script:17'
	has "$output" "script:3: unknown command 'runn'; did you mean 'run'?"
	has "$output" 'script:10: inner:2: stop: needs at least one CONTAINER'
	has "$output" "script:10: inner:3: source: 'inner' reads itself"
	has "$output" 'script:17: unbalanced "'
	[[ ! -e here && ! -e $fake/calls ]]
	run purser --check -c 'images; hq'
	status_is 0
	equal "$output" ''
	run purser_reading --check < <(printf 'images\nstop\n')
	status_is 2
	has "$output" 'line:2: stop: needs'
	run purser --readonly --check -c 'stop web'
	has "$output" 'only looks'
}

# ---- for programs

@test "json: every command prints objects, one a line, or is one that passes on what others print" {
	need_engine
	cat >lines <<-LINES
		run --name $me-a --label purser.test --label purser.owner=$me $image sh -c 'echo {}; echo [; echo out; echo err >&2; printf part; sleep 1000'
		create --name $me-b --label purser.test --label purser.owner=$me $image true
		ps -a
		start $me-b
		wait $me-b
		pause $me-a
		unpause $me-a
		update --memory 64m --memory-swap 64m $me-a
		stats --no-stream $me-a
		health $me-a
		events --since 1s --until 0s
		inspect $me-a
		top $me-a
		port $me-a
		diff $me-a
		logs $me-a
		grep -C 1 out $me-a
		logs verify $me-a
		describe $me-a
		new $me-c $image; with $me-c -e A=1; show $me-c; show; build $me-c; reset $me-c
		rename $me-b $me-d
		commit $me-d $me:1
		tag $me:1 $me:2
		images
		image inspect $me:1
		image history $me:1
		rmi $me:2 $me:1
		import /dev/null $me:none
		load -i /dev/null
		pull 127.0.0.1:1/none:1
		push 127.0.0.1:1/none:1
		image prune --filter label=purser.owner=$me
		container prune --filter label=purser.owner=none-of-$me
		network create --label purser.test $me
		network ls
		network inspect $me
		network connect $me $me-a
		network disconnect $me $me-a
		network prune --filter label=purser.owner=none-of-$me
		network rm $me
		volume create --label purser.test $me
		volume ls
		volume inspect $me
		volume prune --filter label=purser.owner=none-of-$me
		volume rm $me
		untrack $me-a
		track $me-a
		status
		collect --once $me-a
		use
		use docker
		docker ps -a
		nerdctl ps
		podman ps
		doctor
		set
		set json
		alias x=ps
		alias x=ps; unalias x
		try ps
		source /dev/null
		watch 1 watch
		help ps
		help
		history
		kill $me-a
		restart -t 0 $me-a
		stop -t 0 $me-a
		rm $me-a $me-d
		quit
	LINES
	purser --json -q -y -k -f lines >out 2>err || true # whether each can do what it is to is not asked here
	jq -Rc 'fromjson? // {none: .} | select(type != "object" or .none)' out >others
	jq -Rc 'fromjson? // {none: .} | select(type != "object" or (.Error.Kind | not))' err >>others
	equal "$(<others)" ''
	(($(wc -l <out) > 100))
	# These pass on a container's bytes.
	equal "$(comm -23 <(purser help | sed -nE 's/^  ([a-z]+( [a-z]+)?)  .*/\1/p' | sort) \
		<(sed 's/; /\n/g' lines | awk '{ print $1; print $1, $2 }' | sort -u))" $'attach\ncp\nexec\nexport\nsave'
}
