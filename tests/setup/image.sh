#!/usr/bin/env bash
# image.sh NAME - makes image NAME from the machine's static busybox, if the runtime has none of that name. Reaches no registry.
# Exit 3 and the reason if that fails, or if no container of it can be run.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
name=${1:?usage: image.sh NAME}

give_up() {
	echo "image.sh: $1" >&2
	exit 3
}

runtime=$("$here/runtime.sh")
! timeout 20 "$runtime" image inspect "$name" >/dev/null 2>&1 || exit 0

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
root=$scratch/root
mkdir -m 755 "$root"
mkdir "$root"/{bin,dev,etc,proc,root,sys}
mkdir -m 1777 "$root/tmp"
cp "$(command -v busybox)" "$root/bin/busybox"
"$root/bin/busybox" --install "$root/bin" # as hard links, by one process
printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'nobody:x:65534:65534:nobody:/:/bin/sh' >"$root/etc/passwd"
printf '%s\n' 'root:x:0:' 'nogroup:x:65534:' >"$root/etc/group"

# What all of them load is an archive as docker save writes it, with one layer.
case $(uname -m) in
x86_64) architecture=amd64 ;;
aarch64) architecture=arm64 ;;
*) architecture=$(dpkg --print-architecture) ;;
esac
mkdir "$scratch/archive"
cd "$scratch/archive"
tar -C "$root" --owner=0 --group=0 -cf layer.tar .
cat >config.json <<-JSON
	{"architecture": "$architecture", "os": "linux", "created": "$(date -u +%FT%TZ)",
	"config": {"Cmd": ["sh"], "Env": ["PATH=/bin"], "Labels": {"purser.test": "1"}},
	"rootfs": {"type": "layers", "diff_ids": ["sha256:$(sha256sum <layer.tar | cut -c1-64)"]}}
JSON
cat >manifest.json <<-JSON
	[{"Config": "config.json", "RepoTags": ["$name"], "Layers": ["layer.tar"]}]
JSON
tar -c manifest.json config.json layer.tar | timeout 60 "$runtime" load >/dev/null 2>"$scratch/words" ||
	give_up "$runtime answers, but cannot load an image: $(<"$scratch/words")"
# An engine may answer and yet be unable to start a container; better to know it here than in every test.
if ! timeout 60 "$runtime" run --rm "$name" true; then
	"$runtime" rmi -f "$name" >/dev/null || true
	give_up "$runtime answers, but cannot run a container"
fi
echo "image: $name, made from $(busybox | sed -n '1s/ (.*//p')"
