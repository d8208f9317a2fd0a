#!/usr/bin/env bash
# runtime-engine.sh - an engine of the tests' own for nerdctl or podman, beside whatever the machine has. (docker's: private-engine.sh)
#
#   nerdctl|podman start DIR   makes one that keeps everything in DIR. It answers when this returns
#   nerdctl|podman env DIR     prints the shell commands after which a plain nerdctl or podman is this engine's
#   nerdctl|podman end DIR     takes all of it down, whatever state it is in: processes, containers, mounts, cgroups, its data
#
# Containers have no network but lo. Exit 3 and the reason if there can be none here.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/until.bash"
PATH=$PATH:/usr/sbin:/sbin

usage() {
	sed -n '4,8s/^# \?//p' "$0" >&2
	exit 2
}

fail() {
	printf 'runtime-engine.sh: %s\n' "$1" >&2
	exit 1
}

give_up() {
	printf 'no engine for %s: %s\n' "$runtime" "$1" >&2
	exit 3
}

need() {
	local program
	((EUID == 0)) || give_up "only root can start one, and this is $(id -un)"
	for program in "$@"; do
		command -v "$program" >/dev/null || give_up "$program is not installed"
	done
	mountpoint -q /sys/fs/cgroup || cgroupfs-mount 2>/dev/null || give_up 'no cgroups are mounted'
}

answers() (
	eval "$(environment)"
	timeout -k 1 10 "$runtime" ps -q >/dev/null 2>"$dir/words"
)

exported() { # NAME VALUE…
	printf 'export %s=%q\n' "$@"
}

# ---- nerdctl: a containerd. Its namespace is also what its containers' cgroup is called.

nerdctl_start() {
	local plugins=/usr/lib/cni # Debian's
	need containerd containerd-shim-runc-v2 runc
	[[ -x $plugins/loopback ]] || plugins=/opt/cni/bin
	[[ -x $plugins/loopback ]] || give_up 'no CNI plugins are installed'
	"$here/nerdctl.sh" >"$dir/nerdctl.path" || exit
	cat >"$dir/containerd.toml" <<-TOML
		version = 2
		root = "$dir/containerd"
		state = "$run/containerd"
		disabled_plugins = ["io.containerd.grpc.v1.cri"]
		[grpc]
		address = "$run/containerd.sock"
	TOML
	cat >"$dir/nerdctl.toml" <<-TOML
		address = "$run/containerd.sock"
		namespace = "$id"
		data_root = "$dir/nerdctl"
		cni_path = "$plugins"
		cni_netconfpath = "$dir/networks"
		cgroup_manager = "cgroupfs"
	TOML
	# What nerdctl takes for its default network. Its own would make an interface and firewall rules of the machine's.
	mkdir -p "$dir/networks"
	cat >"$dir/networks/nerdctl-bridge.conflist" <<-JSON
		{"cniVersion": "1.0.0", "name": "bridge", "nerdctlID": "$(printf bridge | sha256sum | cut -c1-64)",
		"nerdctlLabels": {"nerdctl/default-network": "true"}, "plugins": [{"type": "loopback"}]}
	JSON
	# Descriptors above 2 belong to whoever waits for our output; a daemon may not hold them open.
	setsid containerd --config "$dir/containerd.toml" </dev/null >"$dir/containerd.log" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
	until_true 30 nerdctl_answers_or_is_over "$!" || true
}

nerdctl_answers_or_is_over() { [[ ! -d /proc/$1 ]] || answers; }

nerdctl_environment() {
	exported NERDCTL_TOML "$dir/nerdctl.toml" PATH "$(dirname "$(<"$dir/nerdctl.path")"):$PATH"
}

nerdctl_cgroups() { find /sys/fs/cgroup -maxdepth 2 -type d -name "$id"; }

# What containerd, its shims and CNI keep where no configuration reaches
nerdctl_remains() {
	echo "/run/containerd/runc/$id"
	find /var/lib/cni/results -name "bridge-$id-*"
	find "$run/containerd" -name address -exec sed -n 's,^unix://,,p' {} +
}

# ---- podman: no daemon, but a conmon for each container

podman_start() {
	local driver=k8s-file
	need podman conmon runc
	[[ ! -v PURSER_TEST_JOURNAL ]] || driver=journald # as with-journal.sh has one
	cat >"$dir/containers.conf" <<-TOML
		[containers]
		default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
		log_driver = "$driver"
		netns = "none"
		[engine]
		cgroup_manager = "cgroupfs"
		events_logger = "file"
		lock_type = "file"
		runtime = "runc"
		tmp_dir = "$run/tmp"
		volume_path = "$dir/volumes"
		[network]
		network_backend = "cni"
		network_config_dir = "$dir/networks"
	TOML
	cat >"$dir/storage.conf" <<-TOML
		[storage]
		driver = "vfs"
		graphroot = "$dir/storage"
		runroot = "$run/storage"
	TOML
	: >"$dir/registries.conf"
}

podman_environment() {
	exported CONTAINERS_CONF "$dir/containers.conf" CONTAINERS_STORAGE_CONF "$dir/storage.conf" \
		CONTAINERS_REGISTRIES_CONF "$dir/registries.conf"
}

podman_containers() { find "$dir"/storage/vfs-containers -mindepth 1 -maxdepth 1 -type d -printf '%f\n'; }

podman_cgroups() {
	local container
	for container in $(podman_containers); do
		find /sys/fs/cgroup -maxdepth 3 -type d -path "*/libpod_parent/libpod-$container"
	done
}

podman_remains() { podman_containers | sed 's,^,/run/runc/,'; }

# ---- all of it

start() {
	[[ -z $(ls -A "$dir") ]] || fail "$dir is not empty"
	unmount
	rm -rf "$run" # of another directory, which is gone, and had this one's number
	mkdir "$run"
	"${runtime}_start"
	until_true 5 answers || give_up "it does not answer: $(tail -n 3 "$dir/words")"
}

environment() { "${runtime}_environment"; }

# Engine, shims, loggers and monitors: each has one of its directories in its command line.
helpers() {
	pgrep -f "^([^ ]*/)?(containerd|containerd-shim[^ ]*|conmon|nerdctl|podman|runc) (.* )?[^ ]*($dir|$run)/" || true
}

# CLIs whose callers are gone. Which engine they speak to, their environment says.
strays() {
	local pid
	for pid in $(pgrep -x 'podman|nerdctl'); do
		! grep -qzF -- "=$dir/" "/proc/$pid/environ" 2>/dev/null || echo "$pid"
	done
}

# Those in containers. A frozen one dies when it is thawed.
contained() {
	local group
	for group in $("${runtime}_cgroups" 2>/dev/null); do
		find "$group" -name freezer.state -exec sh -c 'echo THAWED >"$1"' sh {} \; 2>/dev/null || true
		find "$group" -name cgroup.procs -exec cat {} + 2>/dev/null || true
	done
}

none_runs() {
	local pids
	mapfile -t pids < <(helpers; strays; contained)
	((${#pids[@]} == 0)) || { kill -KILL "${pids[@]}" 2>/dev/null; false; }
}

unmount() {
	local mounts
	mapfile -t mounts < <(awk -v a="$dir/" -v b="$run/" 'index($2, a) == 1 || index($2, b) == 1 { print $2 }' /proc/mounts | tac)
	((${#mounts[@]} == 0)) || umount -l "${mounts[@]}"
}

remove_cgroups() {
	local groups
	mapfile -t groups < <("${runtime}_cgroups" 2>/dev/null)
	((${#groups[@]} == 0)) || find "${groups[@]}" -depth -type d -exec rmdir {} + 2>/dev/null
	[[ -z $("${runtime}_cgroups" 2>/dev/null) ]]
}

end() {
	local remains
	[[ -d $run ]] || return 0 # nothing was begun there
	mapfile -t remains < <("${runtime}_remains" 2>/dev/null) # what lists them may be gone later
	until_true 20 none_runs || fail "these do not end: $(helpers; strays; contained)"
	unmount
	until_true 5 remove_cgroups || fail "these cgroups cannot be removed: $("${runtime}_cgroups")"
	rm -rf "${remains[@]}" "$run" "${dir:?}"
}

(($# == 3)) || usage
runtime=$1 verb=$2 dir=$(realpath -m -- "$3")
[[ $runtime == nerdctl || $runtime == podman ]] || usage
[[ $verb != start ]] || mkdir -p "$dir"
[[ -d $dir ]] || { [[ $verb == end ]] && exit; fail "no engine was started in $dir"; }
id=purser-engine-$(stat -c %d-%i "$dir")
run=/run/$id # sockets are here: their paths may have no more than 107 bytes
case $verb in
start) start ;;
env) environment ;;
end) end ;;
*) usage ;;
esac
