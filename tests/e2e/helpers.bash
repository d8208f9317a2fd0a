# helpers.bash - what the end-to-end tests share. A test file loads it; setup calls begin, teardown calls end.
#
# What a test (or a setup_file) makes is its own: a log directory, HOME and XDG_STATE_HOME in a scratch directory, containers called
# $me-… and labelled purser.owner=$me. end removes them, and ends the processes that `spawn` started, also after a failure.
# No wait is without a deadline.
# shellcheck shell=bash

bats_require_minimum_version 1.5.0

root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
build=${PURSER_BUILD:-build}
[[ $build == /* ]] || build=$root/$build
PURSER=$build/purser
runtime=${PURSER_TEST_RUNTIME-docker}
image=purser-test:latest
patience=1
[[ $build != */asan && $build != */tsan ]] || patience=5 # sanitizers are slow
remove_at_once=(-fv)
strace=(env "ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0" strace) # under which nobody can look for leaks
[[ $runtime != podman ]] || remove_at_once+=(-t 0) # it alone gives them time to end

# begin [DIRECTORY]: a world of its own for the test
begin() {
	engine_answers || return
	scratch=${1:-$BATS_TEST_TMPDIR}
	me=pe2e-$$-${BATS_TEST_NUMBER:-0}
	logs=$scratch/logs
	fake=$scratch/fake
	system_path=$PATH
	# What the engine's CLI needs to be found is where it was before HOME is another.
	[[ -n ${DOCKER_CONFIG-} || ! -d $HOME/.docker ]] || export DOCKER_CONFIG=$HOME/.docker
	mkdir -p "$scratch/home" "$scratch/state"
	export HOME=$scratch/home XDG_STATE_HOME=$scratch/state XDG_CONFIG_HOME=$scratch/config TZ=UTC LC_ALL=C.UTF-8
	export SHELL=/bin/sh TERM=xterm PURSER_RUNTIME=$runtime PURSER_PAGER=off # a test that wants one says so
	unset PURSER_LOG_DIR PURSER_FAKE_MODE NO_COLOR LESS LV
	export PURSER_TRANSPORT=${PURSER_TEST_TRANSPORT-}
	cd "$scratch" || return
	touch "$scratch/spawned"
	labels=(-l purser.test=e2e -l "purser.owner=$me")
}

end() {
	local pid ids
	[[ -n ${scratch-} ]] || return 0 # it was skipped before it began
	while read -r pid; do
		kill -KILL -- "-$pid" "$pid" 2>/dev/null || true
	done <"$scratch/spawned"
	if [[ -d $fake ]]; then fake_end; fi
	PATH=$system_path
	unset DOCKER_HOST
	if [[ -n $runtime ]]; then
		mapfile -t ids < <(owned ps -a --no-trunc)
		((${#ids[@]} == 0)) || timeout 60 "$runtime" rm "${remove_at_once[@]}" "${ids[@]}" >/dev/null
		mapfile -t ids < <(owned network ls)
		((${#ids[@]} == 0)) || timeout 60 "$runtime" network rm "${ids[@]}" >/dev/null
	fi
	engine_answers || return
	eventually 5 none_left || { leftovers | while read -r pid; do tr "\\0" " " <"${pid%environ}cmdline"; echo; done; return 1; }
}

# owned COMMAND…: prints the ids of what this test made. No test of the file goes on with an engine that does not answer.
owned() {
	local code=0
	timeout 30 "$runtime" "$@" -q --filter "label=purser.owner=$me" || code=$?
	((code != 124)) || : >"$BATS_RUN_TMPDIR/engine-hangs"
}

engine_answers() { [[ ! -e $BATS_RUN_TMPDIR/engine-hangs ]] || { echo 'the engine no longer answers'; return 1; }; }

need_engine() { [[ -n $runtime ]] || skip 'no container engine here'; }

# ---- running

# Its status is the program's own: 143 or 137 says that it was still running when its time was up.
in_time() { timeout --preserve-status -k 3 "${seconds:-60}" "$@"; }

# on_terminal COMMAND: one at which nobody types. At the end of its own input script(1) may hang up.
on_terminal() {
	[[ -p $scratch/idle ]] || mkfifo "$scratch/idle"
	in_time script -qec "$1" /dev/null <>"$scratch/idle"
}

# purser with this test's log directory and no input
purser() { in_time "$PURSER" -l "$logs" "$@" </dev/null; }

# the same with its input left open
purser_reading() { in_time "$PURSER" -l "$logs" "$@"; }

engine() { in_time "$runtime" "$@" </dev/null; }

# made NAME [OPTION…] IMAGE…: a detached container made by the engine itself; prints its id
made() {
	local name=$1
	shift
	engine run -d --name "$me-$name" "${labels[@]}" "$@"
}

# spawn COMMAND…: in the background, in a process group of its own; its pid in $spawned
spawn() {
	set -m
	"$@" 3>&- 4>&- &
	spawned=$!
	set +m
	echo "$spawned" >>"$scratch/spawned"
}

# reading [OPTION…]: purser in the background, its commands from the pipe $scratch/in, what it says in $scratch/said
reading() {
	mkfifo "$scratch/in"
	spawn reading_purser "$@"
	exec 8>"$scratch/in"
}
reading_purser() { exec "$PURSER" -l "$logs" "$@" <"$scratch/in" >"$scratch/said" 2>&1; }

tell() { printf '%s\n' "$1" >&8; }

no_more() { exec 8>&-; }

said() { grep -qF -- "$1" "$scratch/said"; }

# collecting [OPTION…] [CONTAINER…]: purser collect in the background, what it says in $scratch/said
collecting() { spawn collecting_purser "$@"; }
collecting_purser() { exec "$PURSER" -l "$logs" collect "$@" </dev/null >"$scratch/said" 2>&1; }

# eventually SECONDS COMMAND…: as soon as it succeeds
eventually() {
	local end=$((${EPOCHREALTIME/./} + $1 * 1000000 * patience))
	shift
	until "$@"; do
		if ((${EPOCHREALTIME/./} > end)); then
			echo "in vain for too long: $*"
			return 1
		fi
		sleep 0.05
	done
}

# ended PID STATUS [SECONDS]: the spawned process ends in time, with this status
ended() {
	local status=0
	eventually "${3:-20}" over "$1" || return
	wait "$1" || status=$?
	equal "$status" "$2"
}

# over PID: it has ended, whether or not somebody has taken notice
over() {
	local state
	state=$(sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null) || return 0
	[[ -z $state || $state == Z ]]
}

# leftovers: what still runs of all that this test started, apart from containers
leftovers() {
	local environ
	for environ in $(HOME=/ grep -lzxF "HOME=$scratch/home" /proc/[0-9]*/environ 2>/dev/null); do
		[[ $(<"${environ%environ}comm") == conmon ]] || echo "$environ" # podman's: it stays as long as what it watches in a container
	done 2>/dev/null
}

none_left() { [[ -z $(leftovers) ]]; }

# ---- containers

is_state() { [[ $(engine inspect -f '{{.State.Status}}' "$1" 2>/dev/null) == "$2" ]]; }

exists() { engine container inspect "$1" >/dev/null 2>&1; }

absent() { ! exists "$1"; }

id_of() { engine container inspect -f '{{.Id}}' "$1"; }

# ---- saying what is wrong

# not COMMAND…: it fails. (A bare ! would let it pass either way.)
not() {
	if "$@"; then
		printf 'succeeded: %s\n' "$*"
		return 1
	fi
}

equal() {
	[[ $1 == "$2" ]] && return
	printf 'is:        %q\nshould be: %q\n' "$1" "$2"
	return 1
}

has() { # TEXT PART
	[[ $1 == *"$2"* ]] && return
	printf 'not there: %q\nin: %s\n' "$2" "$1"
	return 1
}

lacks() { # TEXT PART
	[[ $1 != *"$2"* ]] && return
	printf 'there: %q\nin: %s\n' "$2" "$1"
	return 1
}

same_bytes() { # FILE FILE
	cmp -- "$1" "$2" && return
	wc -c -- "$1" "$2"
	return 1
}

# failed STATUS: bats' run gave this status
status_is() {
	((status == $1)) && return
	printf 'status %s, should be %s; output:\n%s\n' "$status" "$1" "$output"
	return 1
}

# One message and no more, of purser itself.
one_message() {
	local lines
	lines=$(grep -c . <<<"$1")
	[[ $1 == 'purser: '* ]] && ((lines == 1)) && return
	printf 'not one message of purser:\n%s\n' "$1"
	return 1
}

# ---- purser by itself

# refused STATUS WORDS COMMAND…: purser fails with one message that has these words, in any case, and prints nothing
refused() {
	local code=$1 words=$2
	shift 2
	run "-$code" --separate-stderr purser -q "$@"
	equal "$output" ''
	one_message "$stderr"
	grep -qi -- "$words" <<<"$stderr" || has "$stderr" "$words"
	lacks "$stderr" 'level='
}

# fails STATUS ARGUMENT…: purser fails with one message, which is in $output
fails() {
	local code=$1
	shift
	run "-$code" purser "$@"
	one_message "$output"
}

# prints WORDS COMMAND…: it prints these words, and nothing else
prints() {
	local words=$1
	shift
	run --separate-stderr purser -q "$@"
	equal "$stderr" ''
	status_is 0
	equal "$output" "$words"
}

# kind_is KIND COMMAND…: it fails with an error of that kind
kind_is() {
	run --separate-stderr purser -q --json "${@:2}"
	equal "$(grep '^{' <<<"$stderr" | jq -r .Error.Kind)" "$1"
}

like() { [[ $1 =~ $2 ]] || equal "$1" "$2"; }

# ---- stored logs

# stored NAME: the path of the only stored log of that name
stored() {
	local files=("$logs"/*+"$1".log)
	((${#files[@]} == 1)) && [[ -f ${files[0]} ]] && echo "${files[0]}" && return
	printf 'not one stored log of %s but: %s\n' "$1" "$(ls "$logs")" >&2
	return 1
}

# records FILE: how many
records() { [[ -e $1 ]] && wc -l <"$1" || echo 0; }

# more_than NAME NUMBER: so many records are stored
more_than() { (($(records "$(stored "$1" 2>/dev/null)") > $2)); }

logged() { (($(engine logs "$1" 2>&1 | wc -l) >= $2)); } # NAME NUMBER: the engine has so many lines

# bytes FILE stdout|stderr: what the container wrote there. A record marked P has no newline of its own.
bytes() {
	local mark=$'\x02partial\x02'
	LC_ALL=C sed -n -e "/^[^ ]* $2 F /{s///;p;d}" -e "/^[^ ]* $2 P /{s///;s/\$/$mark/;p}" -- "$1" | LC_ALL=C sed -z "s/$mark\n//g"
}

# engine_file CONTAINER: where its engine keeps its log; nothing if that is no file
engine_file() {
	local field=.LogPath
	[[ $runtime != podman ]] || field=.HostConfig.LogConfig.Path
	engine container inspect -f "{{$field}}" "$1" 2>/dev/null
}

# engine_has CONTAINER FILE: what its engine has of each stream, in FILE.out and FILE.err. docker is asked; of the others it is what their
# files have, as nerdctl's logs knows only the newest of them and podman's may come too early or spoil a line.
engine_has() {
	local file
	file=$(engine_file "$1")
	if [[ $runtime == docker || ! -e $file ]]; then
		engine logs "$1" >"$2.out" 2>"$2.err"
	else
		"bytes_of_$runtime" "$file" stdout >"$2.out"
		"bytes_of_$runtime" "$file" stderr >"$2.err"
	fi
}
bytes_of_podman() { bytes "$@"; }
bytes_of_nerdctl() {
	local files=("$1")
	[[ ! -e $1.1 ]] || mapfile -t files < <(ls -tr "$1".* "$1")
	jq -j --arg stream "$2" 'select(.stream == $stream).log' "${files[@]}"
}

# equal_to_engine CONTAINER [NAME]: what is stored of each stream is what the engine has, to the byte
equal_to_engine() {
	local file
	file=$(stored "${2:-$1}") || return
	engine_has "$1" "$scratch/theirs"
	bytes "$file" stdout >"$scratch/ours.out"
	bytes "$file" stderr >"$scratch/ours.err"
	same_bytes "$scratch/ours.out" "$scratch/theirs.out" && same_bytes "$scratch/ours.err" "$scratch/theirs.err"
}

# gaps_of CONTAINER: how many the journal has
gaps_of() { events_of "$1" | grep -cx gap || true; }

# is_noted CONTAINER EVENT: the journal has it
is_noted() { events_of "$1" | grep -qx "$2"; }
events_of() { jq -r --arg name "$1" 'select(.name == $name).event' "$logs/journal.jsonl" 2>/dev/null; }

# What a container does before it ends. nerdctl's logger leaves what is still on its way when a container ends (pkg/logging/logging.go).
last_breath=:
[[ $runtime != nerdctl ]] || last_breath='sleep 1'

# ---- the stand-in for docker (tests/fake/docker), for what a real engine cannot be made to do

fake_begin() {
	mkdir -p "$fake"
	export PURSER_FAKE_DIR=$fake PATH=$root/tests/fake:$PATH PURSER_RUNTIME=docker PURSER_TRANSPORT=cli
	export PURSER_FAKE_VERSION=${PURSER_TEST_FAKE_VERSION-}
	unset DOCKER_HOST
}

fake_mode() { printf '%s' "$1" >"$fake/mode"; }

# Its containers are processes of this machine.
fake_end() {
	local state pid supervisor
	rm -f "$fake/mode"
	for state in "$fake"/containers/*/state; do
		[[ -e $state ]] || continue
		read -r _ _ _ _ _ pid supervisor _ <"$state"
		for pid in $pid $supervisor; do
			((pid == 0)) || kill -KILL -- "-$pid" "$pid" 2>/dev/null || true
		done
	done
}
