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

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
mkdir "$root"/{bin,dev,etc,proc,root,sys}
mkdir -m 1777 "$root/tmp"
cp "$(command -v busybox)" "$root/bin/busybox"
for applet in $(busybox --list); do
	[[ $applet == busybox ]] || ln -s busybox "$root/bin/$applet"
done
printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'nobody:x:65534:65534:nobody:/:/bin/sh' >"$root/etc/passwd"
printf '%s\n' 'root:x:0:' 'nogroup:x:65534:' >"$root/etc/group"

tar -C "$root" --owner=0 --group=0 -c . |
	timeout 60 "$runtime" import -c 'LABEL purser.test=1' -c 'CMD ["sh"]' -c 'ENV PATH=/bin' - "$name" >/dev/null ||
	give_up "$runtime answers, but cannot import an image"
# An engine may answer and yet be unable to start a container; better to know it here than in every test.
if ! timeout 60 "$runtime" run --rm "$name" true; then
	"$runtime" rmi -f "$name" >/dev/null || true
	give_up "$runtime answers, but cannot run a container"
fi
echo "image: $name, made from $(busybox | sed -n '1s/ (.*//p')"
