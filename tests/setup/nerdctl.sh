#!/usr/bin/env bash
# nerdctl.sh - prints the path of a nerdctl: the one in PATH, else one that is built from its released source, kept outside the tree.
# The first build takes minutes of idle processor time; who calls this meanwhile waits for it.
# Exit 3 and the reason if there can be none here.
set -euo pipefail

version=2.1.2
module=github.com/containerd/nerdctl/v2
kept=${XDG_CACHE_HOME:-$HOME/.cache}/purser-test/nerdctl-$version

give_up() {
	printf 'no nerdctl: %s\n' "$1" >&2
	exit 3
}

# Its own go.sum says what everything it is made of must be. (go install MODULE@VERSION would ask for the module's list of versions
# as well, which not every proxy has.)
build() {
	local source
	source=$(cd / && go mod download -json "$module@v$version" | sed -n 's/^\t"Dir": "\(.*\)",\?$/\1/p')
	[[ -n $source ]] && cd "$source" || return
	CGO_ENABLED=0 GOFLAGS='' nice -n 19 go build -trimpath -buildvcs=false -ldflags "-s -w -X $module/pkg/version.Version=v$version" -gcflags all=-dwarf=false \
		-o "$kept/nerdctl.new" ./cmd/nerdctl
}

! command -v nerdctl || exit 0
PATH=$PATH:/usr/local/go/bin
if [[ ! -x $kept/nerdctl ]]; then
	command -v go >/dev/null || give_up 'it is not installed, and no go is there to build it with'
	mkdir -p "$kept"
	exec 9>"$kept/lock"
	flock 9
	if [[ ! -x $kept/nerdctl ]]; then
		(build) >"$kept/build.log" 2>&1 9>&- || give_up "it cannot be built: $(tail -n 3 "$kept/build.log")"
		mv "$kept/nerdctl.new" "$kept/nerdctl"
	fi
fi
echo "$kept/nerdctl"
