#!/usr/bin/env bats
# What doctor finds out.
# also: podman nerdctl journal

load helpers

setup() { begin; }

teardown() { end; }

# of RUNTIME FILTER: from what doctor --json printed
of() { jq -r --arg name "$1" ".Runtimes[] | select(.Name == \$name) | $2" <<<"$output"; }

# advised RUNTIME PART: it has a problem, and this is what to do
advised() { has "$(jq -r --arg name "$1" '.Problems[] | select(.Runtime == $name) | .Advice' <<<"$output")" "$2"; }

# alone: the stand-in is the only runtime there is
alone() {
	local program
	fake_begin
	mkdir -p "$scratch/bin"
	for program in bash env cat date head sleep readlink timeout mkdir rm; do ln -sf "$(command -v "$program")" "$scratch/bin/"; done
	ln -sf "$root/tests/fake/docker" "$scratch/bin/docker"
	unset PURSER_RUNTIME
}

doctor() { in_time env PATH="$scratch/bin" "$PURSER" -l "$logs" doctor "$@" </dev/null; }

@test "doctor: the runtime of this run works, and what it is" {
	need_engine
	run -0 purser doctor --json
	equal "$(jq -r .Chosen <<<"$output")" "$runtime"
	equal "$(jq -r .Choice <<<"$output")" PURSER_RUNTIME
	equal "$(jq -r .Works <<<"$output")" true
	equal "$(of "$runtime" .Answers)" true
	equal "$(of "$runtime" .Program)" "$(command -v "$runtime")"
	equal "$(of "$runtime" .Client)" "$("$runtime" --version | sed 's/.*version \([^,]*\).*/\1/')"
	(($(of "$runtime" .Ms) < 10000))
	((${#output} > 0 && $(of "$runtime" '.ClockAheadMs | fabs | floor') < 2000))
	equal "$(jq '[.Runtimes[].Name] | join(" ")' <<<"$output")" '"docker nerdctl podman"'
	case $runtime in
	docker) equal "$(of docker .LogDriver)" "$(docker info --format '{{.LoggingDriver}}')" ;;
	nerdctl) equal "$(of nerdctl .LogDriver)" json-file ;;
	podman)
		equal "$(of podman .LogDriver)" "$(podman info --format '{{.Host.LogDriver}}')"
		[[ ! -v PURSER_TEST_JOURNAL ]] || has "$(of podman .Read)" journalctl
		;;
	esac
	run -0 purser doctor
	equal "${lines[-1]}" "$runtime works"
	has "$output" "$runtime"
	has "$output" 'chosen by: PURSER_RUNTIME'
	run -0 purser "$runtime" doctor
	has "$output" 'chosen by: this command'
}

# bats test_tags=long
@test "doctor: what a directory holds, and who collects into it; one that is not there is not made" {
	need_engine
	run -0 purser doctor --json
	equal "$(jq -r .Machine.LogDir <<<"$output")" "$logs"
	equal "$(jq -c '.Machine | [.LogDirExists, .Tracked, .Collector]' <<<"$output")" '[false,0,0]'
	[[ ! -e $logs ]]
	made web "$image" sleep 1000 >/dev/null
	collecting "$me-web"
	eventually 20 grep -q . "$logs/tracked"
	run -0 purser doctor --json
	equal "$(jq -c '.Machine | [.LogDirExists, .Tracked, .Collector]' <<<"$output")" "[true,1,$spawned]"
	run -0 purser doctor
	has "$output" "1 containers, collected by another purser (pid $spawned)"
	kill -TERM "$spawned"
	ended "$spawned" 0
	run -0 purser doctor
	has "$output" '1 containers; no purser collects now'
}

@test "doctor: limits are those of this process" {
	need_engine
	run -0 purser doctor --json
	equal "$(jq .Machine.InotifyWatches <<<"$output")" "$(</proc/sys/fs/inotify/max_user_watches)"
	run -0 bash -c "ulimit -Sn 200; exec '$PURSER' -l '$logs' doctor --json"
	equal "$(jq -c '.Machine | [.OpenFiles, .FollowedMax]' <<<"$output")" '[200,36]'
	run -0 bash -c "ulimit -Sn 128; exec '$PURSER' -l '$logs' doctor --json"
	advised '' 'ulimit -n'
}

# bats test_tags=not-nerdctl,not-podman,slow
@test "doctor: engines that hang are waited for side by side, and not long" {
	local began=$EPOCHSECONDS
	alone
	ln -s docker "$scratch/bin/nerdctl"
	export PURSER_RUNTIME=docker
	fake_mode hang-info # ten seconds, and two until it is killed
	run -125 doctor --json
	((EPOCHSECONDS - began < 20))
	equal "$(of nerdctl .Answers)" false
	equal "$(of nerdctl .Client)" 20.10.24
	equal "$(jq -r .Works <<<"$output")" false
	equal "$(of docker .Answers)" false
	has "$(jq -r '.Problems[0].Problem' <<<"$output")" 'did not finish within 10 seconds'
	advised docker 'restart'
	fake_mode fail-info
	run -125 doctor
	equal "${lines[-1]}" 'docker does not work: it does not answer'
}

# bats test_tags=not-nerdctl,not-podman
@test "doctor: an engine that is not there, one that denies, one that talks nonsense: one line what to do" {
	alone
	fake_mode fail-info
	run -125 doctor --json
	advised docker 'systemctl start docker'
	equal "$(of docker .Client)" 20.10.24
	fake_mode garbage
	run -125 doctor --json
	advised docker 'docker info'
	fake_mode denied-info
	run -125 doctor --json
	advised docker 'usermod -aG docker'
	run -125 doctor
	has "$output" '  ! docker: '
	has "$output" '    to do: join the group'
}

# bats test_tags=not-nerdctl,not-podman
@test "doctor: a clock that differs, and a log driver that keeps nothing, are problems of one that works" {
	alone
	echo '2 hours ago' >"$fake/clock"
	echo none >"$fake/log-driver"
	run -0 doctor --json
	equal "$(jq -r .Choice <<<"$output")" 'the only one installed'
	(($(of docker .ClockAheadMs) / 1000 == -7200 || $(of docker .ClockAheadMs) / 1000 == -7199))
	equal "$(of docker .Promised)" nothing
	advised docker timedatectl
	advised docker --log-driver
	equal "$(jq '.Problems | length' <<<"$output")" 2
	run -0 doctor
	has "$output" 'its clock is 7'
	equal "${lines[-1]}" 'docker works'
}

@test "doctor: no runtime, and one that was named and is not installed" {
	mkdir -p bin
	run -125 env -u PURSER_RUNTIME PATH="$scratch/bin" "$PURSER" -l "$logs" doctor
	equal "${lines[-1]}" 'there is no runtime to work with'
	has "$output" 'not installed: install it'
	run -125 env PATH="$scratch/bin" "$PURSER" -r podman -l "$logs" doctor
	equal "${lines[-1]}" 'podman does not work: it is not installed'
}

# bats test_tags=journal
@test "doctor: a journal that cannot be read" {
	printf '#!/bin/sh\necho "No journal files were opened due to insufficient permissions." >&2; exit 1\n' >"$scratch/journalctl"
	chmod +x "$scratch/journalctl"
	PATH=$scratch:$PATH run -0 purser doctor --json
	has "$(jq -r '.Problems[] | select(.Runtime == "podman") | .Problem' <<<"$output")" 'insufficient permissions'
	advised podman systemd-journal
	run -0 purser doctor --json
	equal "$(jq '[.Problems[] | select(.Runtime == "podman")] | length' <<<"$output")" 0
}

# bats test_tags=long
@test "doctor: logs that cannot be written are a problem, and nothing that stops it" {
	need_engine
	: >"$scratch/file"
	run -0 in_time "$PURSER" -l "$scratch/file/logs" doctor --json
	has "$(jq -r '.Problems[] | select(.Runtime == "") | .Problem' <<<"$output")" "logs cannot be written"
	advised '' '--log-dir'
}

# bats test_tags=not-nerdctl,not-podman
@test "doctor: Ctrl-C ends it" {
	alone
	export PURSER_RUNTIME=docker
	fake_mode hang-info
	spawn waiting
	eventually 5 grep -q '^info' "$fake/calls"
	kill -INT "$spawned"
	ended "$spawned" 130 6
	equal "$(cat said)" 'purser: doctor: cancelled'
}
waiting() { exec env PATH="$scratch/bin" "$PURSER" -l "$logs" doctor </dev/null >said 2>&1; }
