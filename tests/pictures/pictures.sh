#!/usr/bin/env bash
# pictures.sh [NAME…] - README's pictures, docs/NAME.svg: purser in a real terminal (tmux) with real containers of docker's; what stands on
# the screen is taken as it is. The engine is one of its own (tests/setup/private-engine.sh), so that nobody else's containers are in them.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${PURSER_BUILD:-build}
[[ $build == /* ]] || build=$root/$build
PURSER=purser # found in PATH, as people type it
PATH=$build:$PATH
columns=104

scratch=$(mktemp -d)
logs=$scratch/logs
export HOME=$scratch/home XDG_STATE_HOME=$scratch/home/state XDG_CONFIG_HOME=$scratch/home/config PURSER_RUNTIME=docker
export TERM=xterm-256color LC_ALL=C.UTF-8 SHELL=/bin/sh
unset NO_COLOR PURSER_TRANSPORT PURSER_LOG_DIR
mkdir -p "$HOME"
cd "$scratch"

eventually() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		((SECONDS < end)) || { echo "in vain for too long: $*" >&2; screen >&2; return 1; }
		sleep 0.05
	done
}
# shellcheck source=tests/e2e/terminal.bash
. "$root/tests/e2e/terminal.bash"

private() { "$root/tests/setup/private-engine.sh" "$1" "$scratch/engine" "${@:2}"; }

finish() {
	close_terminal
	private end
	rm -rf "$scratch"
}

# say TEXT: typed as somebody would, at the prompt
say() {
	enter "$1"
	at_prompt 30
}

# take NAME TITLE: what is on the screen becomes docs/NAME.svg
take() {
	local cursor
	read -r -a cursor < <(in_tmux display-message -p '#{?cursor_flag,#{cursor_x} #{cursor_y},}')
	in_tmux capture-pane -e -p | python3 "$root/tests/pictures/svg.py" "$columns" "$2" "${cursor[@]}" >"$root/docs/$1.svg"
	echo "docs/$1.svg"
}

# begin ROWS: an empty log directory, no container, purser at its prompt in a window of so many rows
begin() {
	local ids
	close_terminal
	mapfile -t ids < <(docker ps -aq)
	((${#ids[@]} == 0)) || docker rm -f "${ids[@]}" >/dev/null
	rm -rf "$logs" "$XDG_STATE_HOME"
	mkdir -p "$logs" "$XDG_STATE_HOME/purser" "$XDG_CONFIG_HOME/purser"
	# The usual prompt, but for where this engine's socket is.
	echo 'prompt "purser %runtime:%running/%total%{red}%mark%{plain}> "' >"$XDG_CONFIG_HOME/purser/config"
	: >"$XDG_STATE_HOME/purser/greeted"
	open_terminal "$columns" "$1"
	type_text 'clear; purser'
	keys Enter
	at_prompt
}

# ---- what the containers do
# shellcheck disable=SC2016 # it is for their own shell, as below

web='i=0
while :; do
	i=$((i + 1))
	echo "GET /cart/$((i * 37 % 90 + 10)) 200 $((i * 7 % 40 + 3)) ms"
	[ ! -e /refuse ] || echo "POST /order 502: worker refused the connection" >&2
	sleep 0.7
done'

# shellcheck disable=SC2016
db='echo "database system is ready to accept connections"
n=0
while sleep 2; do
	n=$((n + 1))
	head -c 4000000 /dev/urandom | md5sum >/dev/null
	echo "checkpoint $n complete: wrote $((n * 53 % 200)) buffers"
done'

# shellcheck disable=SC2016
worker='n=100
until [ -e /refuse ]; do
	n=$((n + 1))
	head -c 20000000 /dev/urandom | md5sum >/dev/null
	echo "order $n packed"
done
echo "order $((n + 1)): connection to db refused, giving up" >&2
exit 1'

# make_image NAME PROGRAM
make_image() {
	local id
	id=$(docker create purser-test:latest)
	printf '%s\n' "$2" >program
	docker cp program "$id:/program" >/dev/null
	docker commit -c 'CMD ["sh", "/program"]' "$id" "$1:1" >/dev/null
	docker rm "$id" >/dev/null
}

refuse() { docker exec "$1" touch /refuse; }

# ---- the pictures

picture_shell() {
	begin 24
	say 'run --name db db:1'
	say 'run --name web web:1'
	say 'run --name worker worker:1'
	eventually 20 logged 'order 106 packed'
	say 'ps'
	say 'logs --tail 3 worker'
	type_text 'logs --tail 3 w' # what an earlier line went on with stands in grey behind it
	refuse worker
	eventually 20 noticed worker
	eventually 20 runs 2
}
runs() { [[ $(last_line) =~ docker:$1[^0-9] ]]; }
logged() { grep -qsF "$1" "$logs"/*.log; }
noticed() { screen | grep -q "^\[$1 "; }

picture_stats() {
	begin 9
	say 'run --name db db:1'
	say 'run --name web web:1'
	say 'run --name web-2 web:1'
	say 'run --name worker worker:1'
	eventually 10 cleared
	type_text 'stats -f'
	keys Enter
	eventually 20 shown 'MEM USAGE'
	sleep 4 # until there is something to see
}

picture_grep() {
	begin 24
	say 'run --name web web:1'
	say 'run --name worker worker:1'
	refuse web
	eventually 20 logged 'order 104 packed'
	refuse worker
	eventually 20 noticed worker
	say 'rm -f web worker'
	eventually 10 cleared
	say 'ps -a'
	say 'grep refused'
	say 'grep -C 2 "giving up" worker'
}

declare -A titles=([shell]='purser: notices come above the line that is being typed' [stats]='purser: stats -f'
	[grep]='purser: grep through the logs of containers that are gone')

trap finish EXIT
DOCKER_HOST=$(private start --bridge '')
export DOCKER_HOST
"$root/tests/setup/image.sh" purser-test:latest
make_image web "$web"
make_image db "$db"
make_image worker "$worker"
(($#)) || set -- shell stats grep
for name in "$@"; do
	"picture_$name"
	take "$name" "${titles[$name]}"
done
