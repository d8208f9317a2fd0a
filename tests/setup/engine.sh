#!/usr/bin/env bash
# engine.sh - makes sure that a container engine answers, and starts docker's if none does. Prints one line: the runtime.
# Exit 3 and the reason if there can be none here.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin

give_up() {
	printf 'no container engine: %s\n' "$1" >&2
	exit 3
}

last_words() { grep -v level=info "$log" | tail -n 3; }

# Ends this script as soon as an engine answers.
done_if_it_answers() {
	if runtime=$("$here/runtime.sh" 2>"$words"); then
		echo "engine: $runtime answers"
		exit 0
	fi
}

# wait_for SECONDS [PID]: until an engine answers, the time is up, or process PID has ended.
wait_for() {
	local end=$((SECONDS + $1))
	while ((SECONDS < end)); do
		PROBE_SECONDS=5 done_if_it_answers
		grep -q 'permission denied while' "$words" && not_in_group
		[[ -z ${2-} || -d /proc/$2 ]] || return 1
		sleep 0.2
	done
	return 1
}

not_in_group() {
	give_up "docker runs, but $(id -un) may not talk to it. Run this as root (sudo), or join the group: sudo usermod -aG docker $(id -un), and log in again."
}

words=$(mktemp)
trap 'rm -f "$words"' EXIT

done_if_it_answers
! grep -q 'permission denied while' "$words" || not_in_group
! grep -q 'no answer in' "$words" || give_up "$(<"$words")"
[[ ${PURSER_RUNTIME:-docker} == docker && -z ${DOCKER_HOST-} ]] || give_up "$(<"$words") (PURSER_RUNTIME=${PURSER_RUNTIME-} DOCKER_HOST=${DOCKER_HOST-})"
command -v dockerd >/dev/null || give_up "$(<"$words") (and no dockerd is installed that could be started)"
! pidof dockerd >/dev/null || wait_for 40 || give_up "a dockerd runs, but does not answer: $(<"$words")"
as_root=()
if ((EUID != 0)); then
	command -v sudo >/dev/null || give_up 'docker does not run, and starting it takes root or sudo.'
	as_root=(sudo)
fi

if [[ -d /run/systemd/system ]]; then
	! timeout 60 "${as_root[@]}" systemctl start docker || wait_for 40 || true
	give_up "systemctl start docker: $("${as_root[@]}" journalctl -u docker -n 5 --no-pager -o cat 2>&1)"
fi

# What cgroup hierarchies need is done by systemd where it runs.
mountpoint -q /sys/fs/cgroup || "${as_root[@]}" cgroupfs-mount 2>/dev/null || true

log=$(mktemp "${TMPDIR:-/tmp}/purser-dockerd.XXXXXX")
options=()
for _ in 1 2 3; do
	echo "starting: dockerd${options[*]:+ ${options[*]}} (its log: $log)"
	# File descriptors above 2 belong to whoever waits for our output; a daemon must not hold them open.
	"${as_root[@]}" setsid nohup dockerd "${options[@]}" </dev/null >"$log" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
	daemon=$!
	! wait_for 40 "$daemon" || exit 0
	if [[ -d /proc/$daemon ]]; then
		"${as_root[@]}" kill "$daemon" || true
		give_up "dockerd started but did not answer in 40 s; its last words, in $log:
$(last_words)"
	fi
	# Each cure has its symptom: an unneeded vfs directory would confuse a later dockerd's choice of storage driver.
	if [[ ${options[*]} != *storage-driver* ]] && ! grep -qs storage-driver /etc/docker/daemon.json &&
		grep -qiE 'graphdriver|storage.driver' <(last_words); then
		options+=(--storage-driver=vfs)
	elif [[ ${options[*]} != *iptables* ]] && grep -qi 'iptables' <(last_words); then
		options+=(--iptables=false)
	else
		break
	fi
done
give_up "dockerd does not start here; its last words, in $log:
$(last_words)"
