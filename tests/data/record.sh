#!/usr/bin/env bash
# record.sh RUNTIME DIR [CLI…] - records in DIR what the CLI of docker, nerdctl or podman prints for each request of purser's, and its status.
# CLI… is what it is called, with the options that lead to its engine; without it RUNTIME itself.
# It needs the test image (tests/setup/image.sh) and containers without a network.
set -uo pipefail

runtime=$1 dir=$2
shift 2
cli=("${@:-$runtime}")
data=/tmp/unit
containers=(unit-one unit-two unit-tty unit-bad unit-paused unit-stop unit-locked unit-checked unit-renamed)
labels=(--label purser.test=unit --network none)

remove_all() { for name in "${containers[@]}"; do "${cli[@]}" rm -f "$name"; done; } >/dev/null 2>&1
trap 'remove_all; rm -rf "$data"' EXIT
remove_all
mkdir -p "$dir" "$data"
rm -f "$dir"/*

say() { # NAME COMMAND…: what it prints, and its status
	local name=$1 status=0
	shift
	"$@" >"$dir/$name.out" 2>"$dir/$name.err" </dev/null || status=$?
	echo "$name $status" >>"$dir/statuses"
}

fields() {
	local field out=
	for field; do out+="${out:+,}\"$field\":{{json .$field}}"; done
	echo "--format={$out}"
}
images=$(fields Repository Tag ID CreatedAt CreatedSince Size)
identity=(info --format '{{.ID}}')
case $runtime in
docker)
	rows=$(fields ID Names Image Command CreatedAt RunningFor State Status Ports Labels Mounts Networks)
	nowhere=(docker -H unix:///nowhere/docker.sock) refused=(docker -H tcp://127.0.0.1:1)
	denied=(env HOME=/nowhere DOCKER_CONFIG=/nowhere setpriv --reuid=65534 --clear-groups docker -H)
	;;
nerdctl)
	rows=$(fields ID Names Image Command CreatedAt Status Ports LabelsMap)
	nowhere=(nerdctl --address /nowhere/containerd.sock) refused=(nerdctl --address "$data/engine.sock")
	denied=(env HOME=/nowhere setpriv --reuid=65534 --clear-groups nerdctl --address)
	identity=(info)
	;;
podman)
	rows=--format=json
	nowhere=(podman --remote --url unix:///nowhere/podman.sock) refused=(podman --remote --url tcp://127.0.0.1:1)
	denied=(env HOME=/tmp setpriv --reuid=65534 --clear-groups podman --remote --url)
	identity=(info --format '{{if .Host.ServiceIsRemote}}{{.Host.Hostname}}:{{end}}{{.Store.GraphRoot}}')
	;;
esac
create() { "${cli[@]}" create "${labels[@]}" "$@"; }

say create-ok create --name unit-one --label 'quotes="a b",c=d' -v "$data:/data" purser-test sh -c 'echo "a\"b" ü; exit 3'
say create-conflict create --name unit-one purser-test true
say create-bad-name create --name 'bad name' purser-test true
say create-no-image create --name unit-none purser-test-no-such-image true
say create-pull-never create --pull never --name unit-none purser-test-no-such-image true
say create-bad-value create --restart bogus --name unit-none purser-test true
for args in "unit-two purser-test sleep 1000" "-t unit-tty purser-test sleep 1000" "unit-paused purser-test sleep 1000" \
	"unit-stop purser-test sleep 1000" "unit-bad purser-test no-such-program" "unit-locked purser-test /etc"; do
	read -ra args <<<"$args"
	[[ ${args[0]} == -t ]] && options=(-t) && args=("${args[@]:1}") || options=()
	create "${options[@]}" --name "${args[@]}" >/dev/null
done
for name in unit-one unit-two unit-tty unit-paused unit-stop; do "${cli[@]}" start "$name" >/dev/null; done
"${cli[@]}" pause unit-paused >/dev/null
sleep 2
say start-ok "${cli[@]}" start unit-one
sleep 1
say start-running "${cli[@]}" start unit-two
say start-paused "${cli[@]}" start unit-paused
say start-no-program "${cli[@]}" start unit-bad
say start-not-executable "${cli[@]}" start unit-locked
say start-unknown "${cli[@]}" start unit-no-such
say start-some "${cli[@]}" start unit-two unit-no-such
say list "${cli[@]}" ps --no-trunc "$rows" --all --filter=label=purser.test=unit
say list-none "${cli[@]}" ps --no-trunc "$rows" --filter=label=purser.no=such
say images "${cli[@]}" images --no-trunc "$images" --all
say images-none "${cli[@]}" images --no-trunc "$images" --filter=reference=purser-test-no-such-image
say inspect "${cli[@]}" container inspect unit-one unit-two unit-tty unit-bad unit-paused
say inspect-unknown "${cli[@]}" container inspect unit-no-such
say inspect-some "${cli[@]}" container inspect unit-one unit-no-such unit-two
say rm-running "${cli[@]}" rm unit-two
say rm-paused "${cli[@]}" rm unit-paused
say rm-unknown "${cli[@]}" rm unit-no-such
say rm-force-unknown "${cli[@]}" rm --force unit-no-such
say kill-ok "${cli[@]}" kill unit-stop
sleep 1
say kill-stopped "${cli[@]}" kill unit-stop
say kill-unknown "${cli[@]}" kill unit-no-such
say kill-bad-signal "${cli[@]}" kill --signal NOSIG unit-two
say stop-stopped "${cli[@]}" stop unit-one
say stop-created "${cli[@]}" stop unit-bad
say stop-unknown "${cli[@]}" stop unit-no-such
say stop-paused "${cli[@]}" stop -t 1 unit-paused
"${cli[@]}" start unit-paused >/dev/null 2>&1
"${cli[@]}" pause unit-paused >/dev/null 2>&1
say restart-paused "${cli[@]}" restart -t 1 unit-paused
say restart-unknown "${cli[@]}" restart unit-no-such
say unpause-running "${cli[@]}" unpause unit-two
say unpause-unknown "${cli[@]}" unpause unit-no-such
say pause-stopped "${cli[@]}" pause unit-one
say pause-created "${cli[@]}" pause unit-bad
say pause-unknown "${cli[@]}" pause unit-no-such
"${cli[@]}" start unit-paused >/dev/null 2>&1
"${cli[@]}" pause unit-paused >/dev/null 2>&1
say pause-paused "${cli[@]}" pause unit-paused
say kill-created "${cli[@]}" kill unit-bad
say rename-taken "${cli[@]}" rename unit-two unit-one
say rename-unknown "${cli[@]}" rename unit-no-such unit-new
say rename-bad-name "${cli[@]}" rename unit-two bad/name
say update-ok "${cli[@]}" update --cpu-shares=512 unit-two
say update-stopped "${cli[@]}" update --cpu-shares=512 unit-one
say update-unknown "${cli[@]}" update --cpu-shares=512 unit-no-such
say update-bad-value "${cli[@]}" update --cpuset-cpus=9999 unit-two
say wait-ended "${cli[@]}" wait unit-one
say wait-created "${cli[@]}" wait unit-bad
say wait-unknown "${cli[@]}" wait unit-no-such
say logs-unknown "${cli[@]}" logs --timestamps unit-no-such
check=(--health-cmd 'echo "not yet"; exit 1' --health-interval 1s --health-retries 1 --memory 64m)
[[ $runtime != nerdctl ]] || check=(--memory 64m) # 2.1.2 has none
create "${check[@]}" --name unit-checked purser-test sh -c 'while :; do :; done' >/dev/null
say stats-created "${cli[@]}" stats --no-stream --no-trunc --format '{{json .}}' unit-two unit-checked
"${cli[@]}" start unit-checked >/dev/null
sleep 3
say health-none "${cli[@]}" healthcheck run unit-two
say health-failed "${cli[@]}" healthcheck run unit-checked
say inspect-health "${cli[@]}" container inspect unit-checked unit-two
say stats "${cli[@]}" stats --no-stream --no-trunc --format '{{json .}}' unit-two unit-checked
say stats-unknown "${cli[@]}" stats --no-stream --no-trunc --format '{{json .}}' unit-two unit-no-such
for kind in image network volume; do say "inspect-no-$kind" "${cli[@]}" $kind inspect unit-no-such; done
say inspect-bad-template "${cli[@]}" container inspect --format '{{.Nope' unit-two
say rm-ok "${cli[@]}" rm unit-stop
say usage "${cli[@]}" ps --no-such-flag
say version "${cli[@]}" version --format '{{json .}}'
say identity "${cli[@]}" "${identity[@]}"
say info "${cli[@]}" info --format '{{json .}}'
say client "${cli[@]}" --version
timeout 8 "${cli[@]}" events --format '{{json .}}' >"$dir/events.out" &
sleep 1
"${cli[@]}" start unit-one >/dev/null
wait %1
case $runtime in
nerdctl) timeout 10 "${cli[@]}" events --format '{{json .}}' >"$dir/watch.out" & ;;
*) timeout 10 "${cli[@]}" events --format '{{json .}}' --filter=type=container --filter=label=purser.test=unit >"$dir/watch.out" & ;;
esac
sleep 1
"${cli[@]}" pause unit-checked >/dev/null
"${cli[@]}" unpause unit-checked >/dev/null
"${cli[@]}" rename unit-checked unit-renamed >/dev/null
"${cli[@]}" kill unit-renamed >/dev/null
sleep 2
"${cli[@]}" rm unit-renamed >/dev/null
wait "$!"
say no-engine-list "${nowhere[@]}" ps --no-trunc "$rows" --all
say no-engine-inspect "${nowhere[@]}" container inspect unit-one unit-two
say no-engine-version "${nowhere[@]}" version --format '{{json .}}'
say no-engine-info "${nowhere[@]}" info --format '{{json .}}'
python3 -c "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])" "$data/engine.sock"
say refused "${refused[@]}" ps --no-trunc "$rows" --all
chmod 0 "$data/engine.sock"
case $runtime in
nerdctl) say denied "${denied[@]}" "$data/engine.sock" ps --all ;;
*) say denied "${denied[@]}" "unix://$data/engine.sock" ps --all ;;
esac
sed -i 's/ on [0-9.]*:53/ on 192.0.2.53:53/' "$dir"/*.err
find "$dir" -size 0 -delete
