#!/usr/bin/env bats
# The examples that help shows are run as they are, in an engine of this file's own (tests/setup/private-engine.sh), since they take names
# like web and remove what others may need. What an example of a new row needs besides is a line in `prepare`; one that cannot be run has
# its reason in `reason`.

load helpers
load terminal

engine_dir=${BATS_FILE_TMPDIR-}/engine

# Not with the test's HOME: what this starts outlives the test.
private() { HOME=/ "$root/tests/setup/private-engine.sh" "$1" "$engine_dir" "${@:2}"; }

setup_file() {
	[[ $runtime == docker ]] || { echo 'no docker here' >"$BATS_FILE_TMPDIR/none"; return; }
	local code=0
	private start --bridge '' >"$BATS_FILE_TMPDIR/said" 2>&1 || code=$?
	if ((code == 3)); then
		mv "$BATS_FILE_TMPDIR/said" "$BATS_FILE_TMPDIR/none"
		return
	fi
	cat "$BATS_FILE_TMPDIR/said"
	((code == 0))
	DOCKER_HOST=$(private host) PURSER_RUNTIME=docker "$root/tests/setup/image.sh" "$image"
}

teardown_file() { private end; }

setup() {
	begin
	[[ ! -s $BATS_FILE_TMPDIR/none ]] || skip "$(<"$BATS_FILE_TMPDIR/none")"
	DOCKER_HOST=$(private host)
	export DOCKER_HOST
}

teardown() {
	close_terminal
	[[ -s $BATS_FILE_TMPDIR/none ]] || remove_world
	end
	no_sanitizer_spoke
}

# examples: of all rows that help lists
examples() {
	local name
	"$PURSER" help | awk -F '  +' '/^  / { print $2 }' | while read -r name; do
		# shellcheck disable=SC2086 # a name may be two words
		"$PURSER" help $name | sed -n '/^Examples:$/,$s/^  \([^ ].*\)/\1/p'
	done
}

# reason LINE: why it is not run here; nothing if it is
reason() {
	case $1 in
	'pull '* | 'push '*) echo 'there is no registry' ;;
	*podman* | nerdctl* | *'--all-runtimes'*) echo 'of several engines: runtimes.bats' ;;
	esac
}

# ---- the world that examples are of

gone() {
	local name
	for name in "$@"; do engine rm -f "$name" >/dev/null 2>&1 || true; done
}

remove_world() {
	local ids
	mapfile -t ids < <(engine ps -aq)
	((${#ids[@]} == 0)) || engine rm -fv "${ids[@]}" >/dev/null
}

begin_world() {
	local container
	mkdir -p site/etc
	printf 'FROM %s\nCMD ["true"]\n' "$image" >Dockerfile
	: >site/index.html
	container=$(engine run -d "$image" sh -c 'date >/etc/nginx.conf; mkdir /srv')
	engine wait "$container" >/dev/null
	engine commit -c 'CMD ["sh", "-c", "trap exit TERM; trap : HUP; while :; do echo \"error: status=502 timeout, deadlock\"; sleep 0.3; done"]' "$container" nginx >/dev/null
	engine rm "$container" >/dev/null
	engine tag "$image" busybox
	(cd site && tar -cf ../root.tar .)
}

# all that there are, and how they are
containers() { engine ps -a --format '{{.Names}} {{.State}}'; }

# there NAME STATE OPTION…: among $containers there is one of that name in that state, or it is made
there() {
	local found
	found=$(sed -n "s/^$1 //p" <<<"$containers")
	[[ $found != "$2" ]] || return 0
	case $found in
	paused) engine unpause "$1" >/dev/null ;;
	?*) engine start "$1" >/dev/null ;;
	*) engine run -d --name "$1" "${@:3}" >/dev/null ;;
	esac
}

make_world() {
	local containers
	containers=$(containers)
	there web running -l tier=web -p 8080:80 --health-cmd true --health-interval 1s nginx
	there web2 running nginx
	there web-1 running nginx
	there postgres running nginx
	there db running --health-cmd true --health-interval 1s nginx sh -c 'echo ready to accept; exec sleep 1000'
	there job-1 exited busybox true
	there job exited busybox true
}

# What of all that is no container
make_rest() {
	local network
	engine tag nginx web:1
	engine tag nginx web:2
	for network in back front; do
		engine network inspect "$network" >/dev/null 2>&1 || engine network create "$network" >/dev/null
	done
	engine volume create data >/dev/null
}

# prepare LINE: what it needs besides; lines that the session has before it are left in $before
prepare() {
	before=
	case $1 in
	'run --name web '*) gone web ;;
	'create --name job '*) gone job ;;
	'with '* | 'show '* | 'build web' | 'reset '*) gone web && before='new web nginx' ;;
	'new web '*) gone web ;;
	'save '* | 'export '*) rm -f web.tar ;;
	'load '*) engine save -o web.tar web:1 ;;
	'unpause '*) engine pause web >/dev/null ;;
	'logs --run '* | 'logs web@2'*)
		purser track web
		gone web
		make_world
		purser track web
		purser restart web
		;;
	'logs -f '*) purser track web db ;;
	'grep '*' web@2') prepare 'logs web@2' ;;
	'grep '*) purser track --all ;;
	'unalias '*) before="alias ll='ps -a'" ;;
	'source '*) echo "alias ll='ps -a'" >aliases.purser ;;
	'untrack '*) purser track job-1 ;;
	'network create '*) engine network rm back >/dev/null ;;
	'network disconnect '*) engine network connect back web ;;
	esac
}

# status_of LINE: other than 0
status_of() {
	case $1 in
	*'exit 3'*) echo 3 ;;
	*' --against '*) echo 1 ;; # they differ
	*) echo 0 ;;
	esac
}

try() {
	local line=$1 code=0 before
	make_world
	prepare "$line"
	printf '%s\n' "$before" "$line" >script
	purser -y -f script >said 2>&1 || code=$?
	((code == $(status_of "$line"))) || { echo "$line: status $code: $(<said)"; return 1; }
	case $line in
	rename*) gone web-old ;;
	network* | volume* | image* | rmi* | load*) make_rest ;;
	esac
}

# ---- those that end only when they are told to

is_endless() { [[ $1 =~ ^(logs|grep)\ -f\ |^(events|attach|watch)\ |^(ps|status)\ .*-f$|^collect\ --all$ ]]; }

endless_purser() { exec "$PURSER" -l "$logs" -c "$1" </dev/null >said 2>&1; }

ends() {
	local logs=$logs before
	[[ $1 != 'collect '* ]] || logs=$scratch/collected # whose files are new
	make_world
	prepare "$1"
	: >said
	spawn endless_purser "$1"
	eventually 20 said_something "$1" || { echo "$1: says nothing"; return 1; }
	kill -INT -- "-$spawned" # as Ctrl-C does
	ended "$spawned" "$([[ $1 == collect* ]] && echo 0 || echo 130)" || { echo "$1: $(<said)"; return 1; }
}

# Of events there is only what happens meanwhile; collect says nothing, but makes files.
said_something() {
	[[ $1 != 'events '* || -s said ]] || engine restart -t 0 web >/dev/null
	[[ -s said ]] || { [[ $1 == 'collect '* ]] && compgen -G "$logs/*+postgres.log" >/dev/null; }
}

# ---- those of a terminal

is_of_terminal() { [[ $1 == *' -it '* || $1 == stats || $1 == 'history '* || $1 == quit ]]; }

try_in_terminal() {
	eventually 10 cleared
	enter "$1"
	case $1 in
	*' -it '*)
		eventually 20 last_line_is '/ #'
		type_text exit
		keys Enter
		;;
	stats)
		shows 'postgres'
		keys q
		;;
	quit) at_shell && return ;;
	esac
	at_prompt
}

# run_part N OF: the N-th part of OF parts of all examples
run_part() {
	local line why failed=0 nr=-1
	begin_world
	make_rest
	mapfile -t lines < <(examples)
	((${#lines[@]} >= 100))
	for line in "${lines[@]}"; do
		((nr += 1, nr * $2 / ${#lines[@]} == $1 - 1)) || continue
		why=$(reason "$line")
		if [[ -n $why ]]; then
			echo "not run: $line ($why)"
		elif is_endless "$line"; then
			ends "$line" || failed=1
		elif ! is_of_terminal "$line"; then
			try "$line" || failed=1
		fi
	done
	((failed == 0))
}

# bats test_tags=slow
@test "examples: what help shows can be typed (1 of 4)" { run_part 1 4; }

# bats test_tags=slow
@test "examples: what help shows can be typed (2 of 4)" { run_part 2 4; }

# bats test_tags=slow
@test "examples: what help shows can be typed (3 of 4)" { run_part 3 4; }

# bats test_tags=slow
@test "examples: what help shows can be typed (4 of 4)" { run_part 4 4; }

# bats test_tags=slow
@test "examples: what help shows can be typed in a terminal" {
	local line
	begin_world
	make_rest
	make_world
	open_purser
	mapfile -t lines < <(examples)
	for line in "${lines[@]}"; do
		! is_of_terminal "$line" || try_in_terminal "$line"
	done
}
