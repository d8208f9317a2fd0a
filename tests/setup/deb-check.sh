#!/usr/bin/env bash
# deb-check.sh - the package that `make deb` left in build/deb: lintian has nothing against it; it is installed into a directory, has what
# make install has, runs, and leaves nothing when it is purged. What it is built with is what packages.sh names.
set -euo pipefail
cd "$(dirname "$0")/../.."

fail() {
	echo "deb-check.sh: $1" >&2
	exit 1
}

# What make installs that a package has not, or has elsewhere: the license is Debian's, the manual is compressed.
expected() {
	make -s -o all install BUILD="$scratch/built" PREFIX=/usr ZSH_COMPLETIONS=/usr/share/zsh/vendor-completions DESTDIR="$scratch/made"
	(cd "$scratch/made" && find . -type f) | sed -E '\,/LICENSE$,d; s,/purser\.1$,&.gz,'
	printf './usr/share/doc/purser/%s\n' changelog.gz copyright
}

in_root() { dpkg --root="$scratch/root" --force-not-root --force-script-chrootless --force-depends --log="$scratch/log" "$@" >"$scratch/said" 2>&1 || fail "$(<"$scratch/said")"; }

files_in_root() { (cd "$scratch/root" && find . -path ./var/lib/dpkg -prune -o ! -type d -print | sort); }

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

needed=$(sed -n '/^Build-Depends:/,/^[^ B]/s/^\(Build-Depends:\)\? *\([a-z0-9-]*\).*/\2/p' debian/control)
while read -r package; do
	case $package in make | gcc | libc6-dev) continue ;; esac # every package is built with them
	grep -qxF "$package" <<<"$needed" || fail "debian/control does not build-depend on $package"
done < <(sed -n '/^\tbuild)/,/;;/s/.*echo .\([a-z0-9-]*\) .*/\1/p' tests/setup/packages.sh)

debs=(build/deb/purser_*.deb)
[[ -f ${debs[0]} && ${#debs[@]} == 1 ]] || fail 'no package in build/deb: make deb'
lintian --allow-root --fail-on error,warning build/deb/*.changes || fail 'lintian has something against it'

mkdir -p "$scratch"/root/var/lib/dpkg/{info,updates,triggers} "$scratch/built"
: >"$scratch/root/var/lib/dpkg/status"
in_root -i "${debs[0]}"
cp "$scratch/root/usr/bin/purser" "$scratch/built/purser"
"$scratch/built/purser" help --man >"$scratch/built/purser.1"
diff <(expected | sort) <(files_in_root) || fail 'it has not what make install has'
[[ $("$scratch/root/usr/bin/purser" --version) == "purser $(dpkg-parsechangelog -S Version)" ]] || fail 'debian/changelog has another version'
man --warnings -l "$scratch/root/usr/share/man/man1/purser.1.gz" >/dev/null 2>"$scratch/said"
[[ ! -s $scratch/said ]] || fail "$(<"$scratch/said")"
in_root -P purser
[[ -z $(files_in_root) ]] || fail "it leaves $(files_in_root)"
echo "package: ${debs[0]} is sound"
