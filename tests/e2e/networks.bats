#!/usr/bin/env bats
# Networks and volumes: made, listed, shown, joined, removed; what is in use stays, and the error says by which containers.
# also: nerdctl podman

load helpers
load terminal

setup() {
	need_engine
	begin
	marks=(--label purser.test=e2e --label "purser.owner=$me")
	mine=(--filter "label=purser.owner=$me")
	net=10.213.$(($$ % 200 + BATS_TEST_NUMBER))
}
teardown() {
	local ids
	close_terminal
	end
	mapfile -t ids < <(engine volume ls -q --filter "label=purser.owner=$me")
	((${#ids[@]} == 0)) || engine volume rm "${ids[@]}" >/dev/null
	rm -rf /var/lib/cni/networks/"$me"-* # where nerdctl's plugins note the addresses of networks that are gone
}

# network NAME [OPTION…]: made by purser; prints its id. Its addresses follow from its name, which is a letter.
network() {
	local name=$me-$1 part
	part=$(printf %d "'$1")
	shift
	purser -q network create "${marks[@]}" --subnet "$net.$(((part - 97) * 16))/28" "$@" "$name"
}

volume() {
	local name=$me-$1
	shift
	purser -q volume create "${marks[@]}" "$@" "$name"
}

# in_network NAME NETWORK: a container that holds it. docker's and nerdctl's have to run; podman's need not, and would have a bridge that is
# called as that of another engine.
in_network() {
	if [[ $runtime != podman ]]; then
		made "$1" --network "$me-$2" "$image" sleep 1000
	else
		engine create --name "$me-$1" "${labels[@]}" --network "$me-$2" "$image" sleep 1000
	fi
}

with_volume() { # NAME VOLUME
	engine create --name "$me-$1" "${labels[@]}" --network none -v "$me-$2:/data" "$image" true
}

networks() { engine network ls --format '{{.Name}}' | grep -F -- "$me" | sort | tr '\n' ' '; }
volumes() { engine volume ls -q "${mine[@]}" | sort | tr '\n' ' '; }

# ---- networks

@test "network create: prints the whole id; a second of that name is refused" {
	run --separate-stderr network a
	status_is 0
	equal "$stderr" ''
	[[ $output =~ ^[0-9a-f]{12,64}$ ]]
	[[ $runtime == nerdctl ]] || equal "${#output}" 64
	[[ $(engine network inspect "$me-a") == *"$net.0/28"* ]]
	refused 1 'already exists\|already used' network create "$me-a"
	refused 1 'overlaps\|already used' network create --subnet "$net.0/28" "$me-b"
	equal "$(networks)" "$me-a "
	run purser --json network create "$me-a"
	has "$output" '"Kind":"name taken"'
}

# bats test_tags=long
@test "network create: bad values are refused before anything is started" {
	mkdir "$scratch/bin"
	printf '#!/bin/sh\necho started >&2; exit 9\n' >"$scratch/bin/$runtime"
	chmod +x "$scratch/bin/$runtime"
	PATH=$scratch/bin:$PATH
	refused 2 "'test???' is not a name: use letters, digits" network create 'test???'
	refused 2 "'te st' is not a name" network create 'te st'
	refused 2 "'host' is not a name" network create host
	refused 2 'is not a subnet' network create --subnet 10.213.300.0/24 x
	refused 2 'is not an address' network create --subnet 10.213.3.0/24 --gateway 10.213 x
	refused 2 'use dangling=, driver=' network ls --filter reference=x
	refused 2 'use dangling=, driver=, label=, name=' volume ls --filter until=1h
	refused 2 'is not a name: use letters, digits' volume create 'test???'
	refused 2 'say what, one of create, rm' network
	refused 2 "did you mean 'volume create'" volume craete x
}

@test "network create: what a runtime cannot do is refused before anything is made" {
	case $runtime in
	docker)
		network a --internal --attachable
		equal "$(engine network inspect -f '{{.Internal}} {{.Attachable}}' "$me-a")" 'true true'
		;;
	podman)
		refused 2 'podman has no --attachable' network create --attachable "$me-a"
		network a --internal
		has "$(engine network inspect "$me-a")" '"internal": true'
		;;
	nerdctl)
		refused 2 'nerdctl has no --attachable' network create --attachable "$me-a"
		refused 2 'nerdctl has no --internal' network create --internal "$me-a"
		refused 2 'nerdctl has no network connect' network connect bridge "$me-a"
		refused 2 'nerdctl has no --driver' volume create -d local "$me-a"
		equal "$(networks)" ''
		;;
	esac
}

@test "network ls: docker's columns, ids, JSON; filters of one meaning" {
	local id driver=bridge default=bridge
	[[ $runtime != podman ]] || default=podman
	[[ $runtime != nerdctl ]] || driver=
	id=$(network a)
	network b --label tier=test
	run --separate-stderr purser network ls
	[[ ${lines[0]} =~ ^'NETWORK ID'\ +NAME\ +DRIVER\ +SCOPE$ ]]
	[[ $output =~ ${id:0:12}\ +$me-a\ +$driver\ +local ]]
	prints "${id:0:12}" network ls -q --filter "name=$me-a"
	[[ $runtime == nerdctl ]] || prints "$id" network ls -q --no-trunc --filter "name=$me-a"
	run purser network ls "${mine[@]}" --format json
	equal "$(jq -r '[.Name, .Scope, .Internal] | join(" ")' <<<"$output" | sort)" "$me-a local false"$'\n'"$me-b local false"
	equal "$(purser --json network ls "${mine[@]}" --filter label=tier=test | jq -r .Name)" "$me-b"
	equal "$(purser network ls --filter 'label!=tier' "${mine[@]}" --format json | jq -r .Name)" "$me-a"
	equal "$(purser network ls --filter type=builtin -q --format json | wc -l)" "$([[ $runtime == podman ]] && echo 1 || echo 3)"
	has "$(purser network ls --filter type=builtin)" " $default "
	in_network c a >/dev/null
	equal "$(purser network ls --filter dangling=true "${mine[@]}" --format json | jq -r .Name)" "$me-b"
	equal "$(purser network ls --filter dangling=false "${mine[@]}" --format json | jq -r .Name)" "$me-a"
	case $runtime in
	nerdctl) refused 2 'not known which driver' network ls --filter driver=bridge ;;
	*) equal "$(purser network ls --filter driver=bridge "${mine[@]}" -q | wc -l)" 2 ;;
	esac
}

@test "network inspect: one array of all that are there; the others are said to be missing" {
	network a >/dev/null
	network b >/dev/null
	run --separate-stderr purser network inspect "$me-a" "$me-b"
	status_is 0
	equal "$(jq -r '.[] | .Name // .name' <<<"$output" | tr '\n' ' ')" "$me-a $me-b "
	run --separate-stderr purser network inspect "$me-none" "$me-b"
	status_is 1
	equal "$(jq -r '.[] | .Name // .name' <<<"$output")" "$me-b"
	one_message "$stderr"
	has "$stderr" "$me-none"
	run --separate-stderr purser network inspect "$me-none"
	status_is 1
	equal "$output" '[]'
	equal "$(purser network inspect -f '{{len .Labels}}' "$me-a" "$me-b")" 2$'\n'2
}

@test "network rm: several; one that is in use stays, and its containers are named" {
	network a >/dev/null
	network b >/dev/null
	network c >/dev/null
	in_network web a >/dev/null
	refused 1 "network rm: $me-a: in use by $me-web (remove these containers first" network rm "$me-a"
	run purser --json network rm "$me-a"
	has "$output" '"Kind":"in use"'
	has "$output" "\"Subject\":\"$me-a\""
	run --separate-stderr purser -q network rm "$me-b" "$me-none" "$me-a" "$me-c"
	status_is 1
	equal "$output" "$me-b"$'\n'"$me-c"
	has "$stderr" "$me-none: "
	has "$stderr" "in use by $me-web"
	lacks "$stderr" 'exit status'
	equal "$(networks)" "$me-a "
	engine rm "${remove_at_once[@]}" "$me-web" >/dev/null
	prints "$me-a" network rm "$me-a"
	refused 1 "$me-a" network rm "$me-a"
	run purser --json network rm "$me-a"
	has "$output" '"Kind":"not found"'
	refused 1 'pre-defined\|default network' network rm "$([[ $runtime == podman ]] && echo podman || echo bridge)"
}

# bats test_tags=not-nerdctl
@test "network connect, disconnect: to several networks, before it is started; unknown ones are told apart" {
	network a >/dev/null
	network b >/dev/null
	network c >/dev/null
	engine create --name "$me-web" "${labels[@]}" --network "$me-a" "$image" sleep 1000 >/dev/null
	prints '' network connect --alias db --ip "$net.18" "$me-b" "$me-web"
	prints '' network connect "$me-c" "$runtime:$me-web"
	equal "$(connected)" "$me-a $me-b $me-c "
	[[ $runtime == podman ]] || has "$(engine inspect "$me-web")" "$net.18" # podman tells once it is started
	prints '' network disconnect "$me-c" "$me-web"
	equal "$(connected)" "$me-a $me-b "
	refused 1 "is not connected" network disconnect "$me-c" "$me-web"
	refused 1 "network .*not found" network connect "$me-none" "$me-web"
	refused 1 'no such container' network connect "$me-c" "$me-none"
	refused 1 'no container fits' network connect "$me-c" "$me-none-*"
	run purser --json network disconnect "$me-none" "$me-web"
	has "$output" '"Kind":"not found"'
	run purser -n network disconnect "$me-b" "$me-web"
	equal "${lines[-1]}" "$runtime network disconnect $me-b $me-web"
	equal "$(connected)" "$me-a $me-b "
}
connected() { engine inspect -f '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}' "$me-web"; }

# bats test_tags=long
@test "network prune: asks; takes what fits and nobody uses, and nothing else" {
	network a >/dev/null
	network b >/dev/null
	network c --label keep=yes >/dev/null
	engine create --name "$me-web" "${labels[@]}" --network "$me-a" "$image" sleep 1000 >/dev/null
	refused 2 'remove these 2 networks: say yes with --yes' network prune "${mine[@]}"
	refused 2 'remove 1 network: say yes with --yes' network prune "${mine[@]}" --filter 'label!=keep'
	equal "$(networks)" "$me-a $me-b $me-c "
	prints "$me-b" -y network prune "${mine[@]}" --filter 'label!=keep'
	equal "$(networks)" "$me-a $me-c "
	prints '' -y network prune "${mine[@]}" --filter label=keep=no
	prints "$me-c" -y network prune "${mine[@]}" --filter label=keep
	prints '' network prune "${mine[@]}"
	equal "$(networks)" "$me-a "
}

# bats test_tags=not-nerdctl
@test "network ls, prune: until= takes what is older, and leaves what is younger" {
	local between
	network a >/dev/null
	between=$(date -u +%Y-%m-%dT%H:%M:%S.%NZ)
	network b >/dev/null
	prints "$(id_of_network a)" network ls -q --no-trunc "${mine[@]}" -f "until=$between"
	prints '' network ls -q "${mine[@]}" --filter until=1h
	prints '' -y network prune "${mine[@]}" --filter until=1h
	prints "$me-a" -y network prune "${mine[@]}" --filter "until=$between"
	equal "$(networks)" "$me-b "
}
id_of_network() { purser network ls -q --no-trunc "${mine[@]}" --filter "name=$me-$1"; }

# bats test_tags=long
@test "network prune, volume prune: -f does not ask; it is no filter there" {
	network a >/dev/null
	volume a >/dev/null
	prints '' network prune -f --filter label=purser.owner="$me" --filter label=keep
	prints "$me-a" network prune -f "${mine[@]}"
	prints '' volume prune --force "${mine[@]}"
	prints "$me-a" volume prune -af "${mine[@]}"
	equal "$(networks)$(volumes)" ''
}

# bats test_tags=long
@test "network inspect, volume inspect: in a pipe the bytes are the runtime's own" {
	local template='{{"a\tb\xff"}}'
	network a >/dev/null
	volume a >/dev/null
	purser network inspect -f "$template" "$me-a" >"$scratch/network"
	purser volume inspect -f "$template" "$me-a" >"$scratch/volume"
	printf 'a\tb\xff\n' >"$scratch/expected"
	same_bytes "$scratch/network" "$scratch/expected"
	same_bytes "$scratch/volume" "$scratch/expected"
}

# docker looks for a plugin for fifteen seconds
# bats test_tags=slow
@test "network create, volume create: a driver that is not there" {
	refused 1 'bogus' network create -d bogus "$me-b"
	[[ $runtime == nerdctl ]] || refused 1 'bogus' volume create -d bogus "$me-b"
	equal "$(networks)$(volumes)" ''
}

# ---- volumes

@test "volume create: prints the name, also of one that is there; without a name the engine makes one up" {
	prints "$me-a" volume create "${marks[@]}" "$me-a"
	prints "$me-a" volume create "$me-a"
	run --separate-stderr purser volume create "${marks[@]}"
	status_is 0
	[[ $output =~ ^[0-9a-f]{64}$ ]]
	equal "$(volumes)" "$output $me-a "
	if [[ $runtime != nerdctl ]]; then
		prints "$me-c" volume create "${marks[@]}" -d local -o type=tmpfs -o device=tmpfs "$me-c"
	fi
}

@test "volume ls, inspect: docker's columns, names, JSON; what is missing is said" {
	volume a >/dev/null
	volume b --label tier=test >/dev/null
	run --separate-stderr purser volume ls
	[[ ${lines[0]} =~ ^DRIVER\ +'VOLUME NAME'$ ]]
	[[ $output =~ local\ +$me-a ]]
	prints "$me-a"$'\n'"$me-b" volume ls -q "${mine[@]}"
	prints "$me-b" volume ls -q "${mine[@]}" --filter label=tier=test --filter "name=$me"
	equal "$(purser volume ls "${mine[@]}" --filter driver=local --format json | jq -r '[.Name, .Driver, .Scope] | join(" ")')" \
		"$me-a local local"$'\n'"$me-b local local"
	with_volume web a >/dev/null
	prints "$me-b" volume ls -q "${mine[@]}" --filter dangling=true
	prints "$me-a" volume ls -q "${mine[@]}" --filter dangling=false
	run --separate-stderr purser volume inspect "$me-a" "$me-none"
	status_is 1
	equal "$(jq -r '.[].Name' <<<"$output")" "$me-a"
	one_message "$stderr"
	run purser --json volume inspect "$me-none"
	has "$output" '"Kind":"not found"'
}

# bats test_tags=long
@test "volume rm: one that is in use stays with its container, with -f as well; unknown ones" {
	volume a >/dev/null
	volume b >/dev/null
	with_volume web a >/dev/null
	with_volume job a >/dev/null
	refused 1 "volume rm: $me-a: in use by " volume rm "$me-a"
	refused 1 "$me-web" volume rm -f "$me-a"
	refused 1 "$me-job" volume rm -f "$me-a"
	run purser --json volume rm "$me-a"
	has "$output" '"Kind":"in use"'
	exists "$me-web"
	exists "$me-job"
	run --separate-stderr purser -q volume rm "$me-a" "$me-none" "$me-b"
	status_is 1
	equal "$output" "$me-b"
	has "$stderr" "$me-none: "
	refused 1 "$me-none" volume rm "$me-none"
	prints "$me-none" volume rm -f "$me-none"
	engine rm "${remove_at_once[@]}" "$me-web" "$me-job" >/dev/null
	prints "$me-a" volume rm "$me-a"
	equal "$(volumes)" ''
}

# bats test_tags=long
@test "volume prune: asks; only what nobody named, or with -a all, that fits and no container has" {
	local anonymous
	volume a >/dev/null
	volume b >/dev/null
	volume c --label keep=yes >/dev/null
	anonymous=$(purser volume create "${marks[@]}")
	with_volume web a >/dev/null
	refused 2 'remove 1 volume: say yes with --yes' volume prune "${mine[@]}"
	prints "$anonymous" -y volume prune "${mine[@]}"
	prints '' -y volume prune "${mine[@]}"
	prints "$me-b" -y volume prune -a "${mine[@]}" --filter 'label!=keep'
	prints "$me-c" -y volume prune --all "${mine[@]}"
	equal "$(volumes)" "$me-a "
}

# bats test_tags=long
@test "prune at the prompt shows what would go before it asks; no leaves it" {
	volume a >/dev/null
	volume b >/dev/null
	open_purser
	type_text "volume prune -a --filter label=purser.owner=$me"
	keys Enter
	eventually 10 last_line_is 'remove these 2 volumes? [y/N]'
	equal "$(screen | tail -n 3 | head -n 2)" "$me-a"$'\n'"$me-b"
	keys n Enter
	shows 'nothing done'
	equal "$(volumes)" "$me-a $me-b "
}
