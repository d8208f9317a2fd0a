#!/usr/bin/env bash
# private-engine.sh - a docker engine of a test's own, which may be killed, stopped and replaced without harm to the machine's.
#
#   start DIR [--live-restore] [DOCKERD-OPTION…]
#                  starts one that keeps everything in DIR, also one that was killed or stopped there before; with other options if
#                  others are given. It answers when this returns. Its own log is DIR/dockerd.log
#   host DIR       prints what DOCKER_HOST is to be for it; so does start, as its last line
#   kill DIR       kill -9 of dockerd alone: with --live-restore its containers go on
#   stop DIR       asks dockerd to end, and waits for that
#   pause DIR      SIGSTOP for dockerd
#   continue DIR   SIGCONT
#   in DIR CMD…    runs CMD where a plain docker is this engine's, and its ports are those of loopback
#   end DIR        takes all of it down, whatever state it is in: dockerd, containers, what they mounted, its data
#
# Containers reach each other and the engine's loopback, nothing else. It has an id of its own. Exit 3 and the reason if there can be
# none here.
#
# Everything it starts lives in a pid namespace, whose end is the end of all of them, whatever they were doing and however they died
# before; and in a mount and a network namespace, because
#   - two dockerds would have one docker0;
#   - a containerd of the machine's, where there is one, would be used by both (/run is another there);
#   - dockerd before 23 takes its id, and all take their settings, from /etc/docker (which is another there).
set -euo pipefail
. "$(dirname "$0")/until.bash"
PATH=$PATH:/usr/sbin:/sbin

start_seconds=40
stop_seconds=30 # dockerd gives its containers ten, and itself fifteen

usage() {
	sed -n '4,14s/^# \?//p' "$0" >&2
	exit 2
}

fail() {
	printf 'private-engine.sh: %s\n' "$1" >&2
	exit 1
}

give_up() {
	printf 'no private engine: %s\n' "$1" >&2
	exit 3
}

last_words() { grep -v level=info "$dir/dockerd.log" | tail -n 5; }

# ---- its processes

# DIR/init: the pid of the namespace's first process, and which namespace that is: the pid may have become another process's meanwhile.
init() { # prints the pid, if that process lives
	local pid namespace
	{ read -r pid namespace <"$dir/init"; } 2>/dev/null || return
	[[ $namespace == pid:* && $(readlink "/proc/$pid/ns/pid") == "$namespace" ]] && echo "$pid"
}

no_init() { ! init >/dev/null; }

# in_it PROGRAM: prints the pid of the one that runs there
in_it() {
	local init
	init=$(init) && pgrep --oldest --ns "$init" --nslist pid -x "$1"
}

not_in_it() { ! in_it "$1" >/dev/null; }

signal_dockerd() { # SIGNAL
	local pid
	pid=$(in_it dockerd) || fail "no dockerd of $dir runs"
	kill "-$1" "$pid"
}

# ---- what is there

# The path of a socket may have no more than 107 bytes.
choose_socket() {
	[[ ! -s $dir/socket ]] || return 0
	local socket=$dir/docker.sock
	((${#socket} <= 107)) || socket=$(mktemp -d /tmp/purser-engine.XXXXXX)/docker.sock
	echo "$socket" >"$dir/socket"
}

host() {
	[[ -s $dir/socket ]] || fail "no engine was started in $dir"
	echo "unix://$(<"$dir/socket")"
}

answers() { timeout -k 1 5 docker -H "$(host)" ps -q >/dev/null 2>&1; }

answers_or_has_ended() { answers || not_in_it dockerd; }

# The cgroup that its containers are in has a name that no other engine's has.
cgroup() { echo "purser-engine-$(stat -c %d-%i "$dir")"; }

# ---- starting

check_machine() {
	local program
	((EUID == 0)) || give_up "only root can start one, and this is $(id -un)"
	for program in dockerd docker containerd busybox unshare nsenter pgrep setsid; do
		command -v "$program" >/dev/null || give_up "$program is not installed"
	done
	[[ $dir != /run/* ]] || give_up "$dir cannot be its directory: it has another /run"
}

# The namespaces' first process waits for whatever becomes its child: a dead containerd that nobody waited for would be taken for a live
# one by the next dockerd.
# shellcheck disable=SC2016 # for the other shell
first_process='
set -e
mkdir -p /etc/docker
mount --bind "$1/settings" /etc/docker
mount -t tmpfs -o mode=755 tmpfs /run
mountpoint -q /sys/fs/cgroup || cgroupfs-mount
busybox ip link set lo up
trap : HUP INT TERM
: >"$1/ready"
while :; do
	sleep 3600 &
	wait "$!" || true
done'

# Descriptors above 2 belong to whoever waits for our output; what is started here may not hold them open.
in_background() { setsid "$@" </dev/null >>"$dir/dockerd.log" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- & }

is_ready_or_over() { [[ -e $dir/ready ]] || ! kill -0 "$1" 2>/dev/null; }

make_namespaces() {
	local outer pid
	init >/dev/null && return
	rm -f "$dir/ready" "$dir/init"
	in_background unshare --fork --pid --mount-proc --mount --net bash -c "$first_process" bash "$dir"
	outer=$!
	until_true 10 is_ready_or_over "$outer" || true
	[[ -e $dir/ready ]] || give_up "namespaces cannot be had: $(tail -n 3 "$dir/dockerd.log")"
	pid=$(pgrep -P "$outer")
	echo "$pid $(readlink "/proc/$pid/ns/pid")" >"$dir/init"
}

start() {
	check_machine
	[[ -s $dir/socket || ! -e $dir/data ]] || fail "$dir/data is something else"
	mkdir -p "$dir/data" "$dir/settings"
	choose_socket
	make_namespaces
	not_in_it dockerd || fail "dockerd of $dir runs already"
	until_true 5 not_in_it containerd || true # else it outlives dockerd, and the next one goes on with it
	rm -f "/proc/$(init)/root/run/docker.pid"
	# Its parent becomes the namespace's first process.
	in_background nsenter --target "$(init)" --mount --net --pid setsid --fork \
		dockerd --data-root "$dir/data" --exec-root /run/docker --pidfile /run/docker.pid \
		--host "$(host)" --host unix:///run/docker.sock \
		--cgroup-parent "/$(cgroup)" --exec-opt native.cgroupdriver=cgroupfs --iptables=false --ip6tables=false "$@"
	until_true 2 in_it dockerd >/dev/null || true
	until_true "$start_seconds" answers_or_has_ended || true
	! answers || return 0
	not_in_it dockerd || signal_dockerd KILL
	give_up "dockerd does not start, or does not answer; its last words, in $dir/dockerd.log:
$(last_words)"
}

# shellcheck disable=SC2016 # for the other shell
in_namespaces() {
	local init
	init=$(init) || fail "no engine runs in $dir"
	exec nsenter --target "$init" --mount --net --pid bash -c 'cd "$1" && shift && exec "$@"' bash "$PWD" "$@"
}

# ---- ending

remove_cgroups() {
	local group
	for group in /sys/fs/cgroup/{,*/}"$(cgroup)"; do
		[[ -d $group ]] || continue
		until_true 5 remove_cgroup "$group" || fail "$group cannot be removed"
	done
}

# A process that was killed leaves its cgroup a moment later.
remove_cgroup() { find "$1" -depth -type d -exec rmdir {} + 2>/dev/null || [[ ! -d $1 ]]; }

end() {
	local pid socket
	[[ -s $dir/socket ]] || return 0 # nothing was begun there
	if pid=$(init); then
		kill -KILL "$pid"
		until_true 20 no_init || fail "process $pid does not end"
	fi
	remove_cgroups
	socket=$(<"$dir/socket")
	rm -f "$socket"
	[[ $socket == "$dir"/* ]] || rmdir "${socket%/*}"
	rm -rf "${dir:?}/data" "$dir/settings"
	rm -f "$dir/ready" "$dir/init" "$dir/socket"
}

(($# >= 2)) || usage
verb=$1 dir=$(realpath -m -- "$2")
shift 2
case $verb in
start) ;;
in) (($# > 0)) || usage ;;
*) (($# == 0)) || usage ;;
esac
case $verb in
start) start "$@" && host ;;
host) host ;;
kill)
	signal_dockerd KILL
	until_true 10 not_in_it dockerd || fail 'dockerd does not end'
	;;
stop)
	signal_dockerd TERM
	signal_dockerd CONT # it may be paused
	until_true "$stop_seconds" not_in_it dockerd || fail "dockerd has not ended after $stop_seconds s"
	;;
pause) signal_dockerd STOP ;;
continue) signal_dockerd CONT ;;
in) in_namespaces "$@" ;;
end) end ;;
*) usage ;;
esac
