#!/usr/bin/env bash
# packages.sh GROUP… - installs what the groups need and the machine lacks; instant when nothing is missing.
#   build     compiles purser                 image     makes the test image
#   test      runs the tests                  engine    docker, if there is no docker, nerdctl or podman
#   docker    docker                          podman    podman
#   nerdctl   what nerdctl works with; itself it is in no package (nerdctl.sh)
#   go-docker what docker is built with, besides go (docker-release.sh)
#   fuzz      clang and its libFuzzer         sanitize  the same, and valgrind
#   lint      formatting and script checks    bench     what the benchmark computes and draws with
#   deb       makes a Debian package          lintian   checks it
#   pictures  draws README's
# Installs with apt-get; where there is none, it names what is missing and fails only if something is.
set -euo pipefail

# Debian package | what proves that it is there: a program, a file, a static program, a pkg-config module, a C header
rows() {
	case $1 in
	build)
		echo 'make              program make'
		echo 'gcc               program gcc'
		echo 'libc6-dev         header  stdio.h'
		echo 'pkg-config        program pkg-config'
		echo 'libreadline-dev   module  readline'
		echo 'libcjson-dev      module  libcjson'
		echo 'libcurl4-openssl-dev module libcurl'
		echo 'libpcre2-dev      module  libpcre2-8'
		echo 'zlib1g-dev        module  zlib'
		;;
	test)
		echo 'check             module  check'
		echo 'bats              program bats'
		echo 'curl              program curl'
		echo 'faketime          program faketime'
		echo 'fish              program fish'
		echo 'jq                program jq'
		echo 'man-db            program man'
		echo 'mandoc            program mandoc'
		echo 'procps            program ps'
		echo 'strace            program strace'
		echo 'systemd           program systemd-analyze'
		echo 'tmux              program tmux'
		echo 'zsh               program zsh'
		rows image
		;;
	image)
		echo 'busybox-static    static  busybox'
		;;
	engine)
		have_engine || rows docker
		;;
	docker)
		echo 'docker.io         program dockerd'
		echo 'ca-certificates   program update-ca-certificates'
		rows containers
		;;
	nerdctl)
		echo 'containerd        program containerd'
		echo 'containernetworking-plugins file /usr/lib/cni/loopback'
		rows containers
		;;
	podman)
		echo 'podman            program podman'
		echo 'conmon            program conmon'
		rows containers
		;;
	containers)
		echo 'runc              program runc'
		echo 'apparmor          program apparmor_parser' # with AppArmor in the kernel no container starts without it
		echo 'cgroupfs-mount    program cgroupfs-mount'  # nobody else mounts cgroups where there is no systemd
		;;
	go-docker)
		echo 'libseccomp-dev    module  libseccomp'
		;;
	fuzz)
		echo 'clang             program clang'
		echo 'libclang-rt-dev   clang   asan'
		;;
	sanitize)
		rows fuzz
		echo 'valgrind          program valgrind'
		;;
	deb)
		echo 'dpkg-dev          program dpkg-buildpackage'
		echo 'debhelper         program dh'
		echo 'check             module  check'
		;;
	lintian)
		echo 'lintian           program lintian'
		;;
	pictures)
		echo 'python3           program python3'
		echo 'tmux              program tmux'
		rows image
		;;
	bench)
		echo 'gnuplot-nox       program gnuplot'
		echo 'jq                program jq'
		echo 'ripgrep           program rg'
		;;
	lint)
		echo 'clang-format      program clang-format'
		echo 'shellcheck        program shellcheck'
		;;
	*)
		echo "packages.sh: no group \"$1\"; groups: build test image engine docker nerdctl podman go-docker fuzz sanitize lint bench deb lintian pictures" >&2
		return 2
		;;
	esac
}

have_engine() { command -v docker || command -v nerdctl || command -v podman; } >/dev/null

is_there() {
	case $1 in
	program) command -v "$2" ;;
	file) [[ -e $2 ]] ;;
	static) command -v "$2" && ! ldd "$(command -v "$2")" ;;
	module) pkg-config --exists "$2" ;;
	header) gcc -E -include "$2" -x c /dev/null ;;
	clang) [[ -e $(clang "-print-file-name=libclang_rt.$2-$(uname -m).a") ]] ;;
	esac >/dev/null 2>&1
}

# The runtime's package carries clang's version in its name: libclang-rt-14-dev.
package_name() {
	if [[ $1 == libclang-rt-dev ]]; then
		echo "libclang-rt-$(apt-cache depends clang | sed -n 's/.*Depends: clang-\([0-9]\+\)$/\1/p' | head -n 1)-dev"
	else
		echo "$1"
	fi
}

apt() {
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=120 "$@" </dev/null
}

# DPkg::Lock::Timeout does not cover the lock on the package lists, which a machine that has just booted holds for its own update.
update_lists() {
	local tries
	for tries in 1 2 3 4 5 6; do
		if apt update; then return; fi
		[[ $tries == 6 ]] || sleep 5
	done
	echo 'packages.sh: apt-get update failed; going on with the package lists as they are' >&2
}

(($#)) || { sed -n '2,10s/^# //p' "$0" >&2; exit 2; }
PATH=$PATH:/usr/sbin:/sbin

missing=()
for group in "$@"; do
	table=$(rows "$group")
	while read -r package kind what; do
		[[ -z $package || " ${missing[*]} " == *" $package "* ]] || is_there "$kind" "$what" || missing+=("$package")
	done <<<"$table"
done
((${#missing[@]})) || exit 0

if ! command -v apt-get >/dev/null; then
	echo "packages.sh: missing, by their Debian names: ${missing[*]}. Install them with this machine's package manager." >&2
	exit 1
fi
as_root=()
if ((EUID != 0)); then
	if ! command -v sudo >/dev/null; then
		echo "packages.sh: neither root nor sudo; as root, run: apt-get install ${missing[*]}" >&2
		exit 1
	fi
	as_root=(sudo)
fi

echo "installing: ${missing[*]}"
update_lists
names=()
for package in "${missing[@]}"; do
	names+=("$(package_name "$package")")
done
apt install --no-install-recommends "${names[@]}"
