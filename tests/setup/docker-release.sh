#!/usr/bin/env bash
# docker-release.sh 28|29 CMD… - runs CMD where dockerd is one of that release, built from its released source, beside whatever docker the
# machine has. What was built is kept outside the tree; the first time takes some minutes.
# Exit 3 and the reason if it cannot be built here.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

(($# >= 2)) && [[ $1 == 28 || $1 == 29 ]] || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
release=$1
shift
kept=${XDG_CACHE_HOME:-$HOME/.cache}/purser-test/docker-$release

give_up() {
	printf 'no docker %s: %s\n' "$release" "$1" >&2
	exit 3
}

# fetch MODULE VERSION: its source as a directory that may be changed, on stdout. What docker and its CLI are made of they say in a file of
# another name.
fetch() {
	local from to=$scratch/${1//\//-}
	from=$(cd / && go mod download -json "$1@$2" | sed -n 's/^\t"Dir": "\(.*\)",\?$/\1/p')
	[[ -n $from ]]
	cp -r "$from" "$to"
	chmod -R u+w "$to"
	rm -rf "$to/vendor"
	[[ ! -e $to/vendor.mod ]] || { mv "$to/vendor.mod" "$to/go.mod" && mv "$to/vendor.sum" "$to/go.sum"; }
	echo "$to"
}

# build SOURCE VARIABLE=VERSION PACKAGE…
build() (
	cd "$1"
	go build -mod=mod -trimpath -buildvcs=false -ldflags "-s -w ${2:+-X $2}" -o "$made/" "${@:3}"
)

build_28() {
	local source
	source=$(fetch github.com/docker/docker v28.5.2+incompatible)
	CGO_ENABLED=0 build "$source" github.com/docker/docker/dockerversion.Version=28.5.2 ./cmd/dockerd ./cmd/docker-proxy
}

# Its CLI as well, and a runc: the CLI before it shows images in another way, and Debian's runc knows no namespace of time.
# Not every proxy has the swarmkit that both name.
build_29() {
	local source swarmkit=github.com/moby/swarmkit/v2
	source=$(fetch github.com/moby/moby/v2 v2.0.0-beta.24)
	(cd "$source" && go mod edit -replace "$swarmkit=$swarmkit@v2.1.2")
	CGO_ENABLED=0 build "$source" github.com/moby/moby/v2/dockerversion.Version=29.0.0 ./cmd/dockerd ./cmd/docker-proxy
	source=$(fetch github.com/docker/cli v29.9.3+incompatible)
	(cd "$source" && go mod edit -replace "$swarmkit=$swarmkit@v2.1.2")
	CGO_ENABLED=0 build "$source" github.com/docker/cli/cli/version.Version=29.9.3 ./cmd/docker
	source=$(fetch github.com/opencontainers/runc v1.3.3)
	(cd "$source" && go mod edit -dropreplace github.com/opencontainers/selinux -dropreplace github.com/opencontainers/selinux@v1.12.0)
	build "$source" '' -tags seccomp .
}

PATH=$PATH:/usr/local/go/bin
"$here/packages.sh" build docker go-docker || true # what there is to say, the build says
if [[ ! -x $kept/dockerd ]]; then
	command -v go >/dev/null || give_up 'no go is there to build it with'
	scratch=$(mktemp -d)
	trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
	made=$scratch/made
	mkdir -p "$made" "$kept"
	("build_$release") >"$kept/build.log" 2>&1 || give_up "it cannot be built: $(tail -n 3 "$kept/build.log")"
	mv "$made"/* "$kept"
fi
PATH=$kept:$PATH "$@"
