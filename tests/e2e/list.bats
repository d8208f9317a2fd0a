#!/usr/bin/env bats
# ps and images print docker's columns; what they print is compared with docker's own output.

load helpers

setup() {
	need_engine
	begin
	mine=(-f "label=purser.owner=$me")
}
teardown() { end; }

# Where a second passes between the two, the ages differ: then again, until they are minutes.
same_list() {
	local end=$((SECONDS + 70))
	while ((SECONDS < end)); do
		engine "$@" "${theirs_only[@]}" >theirs
		purser -q "$@" >ours || return
		! cmp -s theirs ours || return 0
	done
	diff theirs ours
}

# The table of images as docker's CLI has it, until 28 by itself: since 29 it has other columns, and leaves out what has no name.
same_images() {
	local theirs_only=()
	[[ $(engine version -f '{{.Client.Version}}') != 29* ]] ||
		theirs_only=(-a --format 'table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}')
	same_list images "$@"
}

three() {
	made one -p 127.0.0.1::80 -p 127.0.0.1::53/udp "$image" sleep 60 >/dev/null
	made two "$image" sh -c 'echo a rather long command that is cut by docker; exit 3' >/dev/null
	engine create --name "$me-four" "${labels[@]}" "$image" ünïcödé '\' "$(printf "a\tb")" aaaaaaaaaaaaaaa >/dev/null
	engine create --name "$me-three" "${labels[@]}" --network none "$image" echo 'quotes " and '"'" >/dev/null
	eventually 10 is_state "$me-two" exited
}

@test "ps: columns, order, ages, ports, status and names are docker's" {
	three
	same_list ps "${mine[@]}"
	equal "$(wc -l <ours)" 2
	same_list ps -a "${mine[@]}"
	equal "$(wc -l <ours)" 5
	has "$(cat ours)" '127.0.0.1:'
	has "$(cat ours)" 'Exited (3)'
	same_list ps -a --no-trunc "${mine[@]}"
	has "$(cat ours)" 'a rather long command that is cut by docker'
	head -n 1 ours | grep -qE '^CONTAINER ID +IMAGE +COMMAND +CREATED +STATUS +PORTS +NAMES$'
}

@test "ps: -q, -n, -l, -f, in every spelling" {
	three
	same_list ps -q "${mine[@]}"
	equal "$(wc -l <ours)" 1
	same_list ps -aq "${mine[@]}"
	equal "$(wc -l <ours)" 4
	same_list ps -aq --no-trunc "${mine[@]}"
	equal "$(head -n 1 ours | tr -d '\n' | wc -c)" 64
	same_list ps -qn 2 "${mine[@]}"
	equal "$(wc -l <ours)" 2
	same_list ps -q --last=1
	same_list ps -lq
	same_list ps -ql "${mine[@]}"
	same_list ps -aq -f "name=^$me-t" "${mine[@]}"
	equal "$(wc -l <ours)" 2
	same_list ps -aq --filter status=created --filter status=exited "${mine[@]}"
	equal "$(wc -l <ours)" 3
	same_list ps -q -f status=exited "${mine[@]}"
	same_list ps -aq -f exited=3 "${mine[@]}"
	equal "$(wc -l <ours)" 1
	same_list ps -aq -f "ancestor=$image" "${mine[@]}"
	same_list ps -aq -f "before=$me-three" "${mine[@]}"
	same_list ps -aq -f "since=$me-one" "${mine[@]}"
	same_list ps -aq -f network=none "${mine[@]}"
	equal "$(wc -l <ours)" 1
	same_list ps -aq -f label=no.such.label
	equal "$(wc -l <ours)" 0
	run purser -q ps -f label=no.such.label
	equal "$output" "$(engine ps -f label=no.such.label)"
	run purser -q ps -f status=nonsense # what the engine refuses
	equal "$((status != 0))" 1
	one_message "$output"
}

# Some of docker's CLIs print labels in another order each time.
sorted='.Labels |= (split(",") | sort | join(","))'

@test "ps, images: templates of fields say what they say to docker" {
	local template
	three
	made five -l "tier=$me" -l team=a "$image" sleep 60 >/dev/null
	for template in '{{.Names}}' '{{ .ID }}: {{.Image}} is {{.State}}' 'table {{.Ports}}\t{{.Names}}\t{{.Status}}' \
		'table {{.ID}}\t{{.Command}}\t{{.RunningFor}}' '{{.Names}}\n\t{{.Label "tier"}}|{{.Label "none"}}' \
		'table {{.Names}} of {{.Label "purser.owner"}}\t{{.CreatedAt}}' '{{json .Command}} {{json .Networks}}' \
		'table {{.Names}}' 'a\b{ {{.Names}} }\\' 'table {{.Mounts}}\t{{.Names}}'; do
		same_list ps -a --format "$template" "${mine[@]}"
		same_list ps -a --no-trunc --format "$template" "${mine[@]}"
		same_list ps --format "$template" -f label=no.such.label
	done
	for template in '{{.Repository}}:{{.Tag}}' 'table {{.ID}}\t{{.Repository}}\t{{.Size}}' '{{.ID}} {{.CreatedSince}}'; do
		same_list images --format "$template"
		same_list images --no-trunc --format "$template"
	done
	same_list network ls --format 'table {{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Internal}}'
	same_list image history --format '{{.ID}} {{.CreatedBy}} {{.Size}}' "$image"
	equal "$(purser -q stats --no-stream --format 'table {{.Name}}\t{{.PIDs}}' "$me-one" "$me-five")" \
		"$(engine stats --no-stream --format 'table {{.Name}}\t{{.PIDs}}' "$me-one" "$me-five")"
	run purser -q ps --format '{{json .}}' -f "name=$me-five"
	equal "$(jq -r .Names <<<"$output")" "$me-five"
}

@test "ps: a template that is more than fields, or has a field that is not there, is refused before the engine is asked" {
	fake_begin
	fails 2 ps --format '{{range .Names}}'
	one_message "$output"
	has "$output" "'{{range .Names}}' is not known here: use {{.KEY}}"
	fails 2 ps --format '{{.Nmaes}}'
	one_message "$output"
	has "$output" "there is no '.Nmaes' here: use Command, CreatedAt, ID,"
	fails 2 images --format '{{.Label "a"}}'
	has "$output" "there is no '.Label' here"
	fails 2 ps --format '{{.ID'
	has "$output" "'{{.ID' is not known here"
	fails 2 ps --format yaml
	has "$output" 'use table, json or a template'
	fails 2 ps -f --format '{{.ID}}'
	has "$output" 'exclude each other'
	[[ ! -e $fake/calls ]]
}

@test "ps: JSON has docker's keys and values" {
	three
	run purser -q ps -a --format json "${mine[@]}"
	status_is 0
	jq -ces 'length == 4' <<<"$output"
	local keys
	keys=$(jq -r 'keys[]' <<<"$output" | sort -u)
	lacks "$keys" Size # it costs the engine a walk through every file
	engine ps -a --no-trunc --format '{{json .}}' "${mine[@]}" | jq -Sc --argjson k "$(jq -s 'map(keys) | add | unique' <<<"$output")" \
		'with_entries(select(.key as $a | $k | index($a))) | del(.RunningFor, .Status)' | jq -Sc "$sorted" >theirs
	equal "$(jq -r .Runtime <<<"$output" | sort -u)" "$runtime" # which docker has not
	jq -Sc "del(.Runtime, .RunningFor, .Status) | $sorted" <<<"$output" >ours
	diff theirs ours
	(($(jq -s '.[0] | length' <ours) >= 10))
	run purser -q --json ps -a "${mine[@]}"
	equal "$(jq -Sc "del(.Runtime, .RunningFor, .Status) | $sorted" <<<"$output")" "$(cat ours)"
	run purser -q --json ps --format table "${mine[@]}"
	has "$output" 'CONTAINER ID'
	run purser -q --json ps -f label=no.such.label
	equal "$output" ''
}

@test "ps: hostile labels, commands and environments are data" {
	engine create --name "$me-x" "${labels[@]}" -l $'a=line1\nline2' -l $'esc=\e[31mred\e]0;t\a' -l 'quote="\' -l 'comma=a,b=c' -l 'json={"x":[1]}' \
		-l "utf=$(printf '\303\274\342\202\254\360\237\220\263')" "$image" $'\e[31mecho' $'a\nb' '"' "'" '\' >/dev/null
	run purser -q --json ps -a "${mine[@]}"
	status_is 0
	engine ps -a --no-trunc --format '{{json .}}' "${mine[@]}" | jq -Sc "{Command, Labels, Names} | $sorted" >theirs
	jq -Sc "{Command, Labels, Names} | $sorted" <<<"$output" >ours
	diff theirs ours
	purser -q ps -a "${mine[@]}" >table
	purser -q ps -a --no-trunc "${mine[@]}" >>table
	equal "$(wc -l <table)" 4
	lacks "$(cat table)" $'\e'
	lacks "$(cat table)" $'\a'
}

@test "ps: nothing is cut in a pipe, whatever COLUMNS says; a terminal's width is kept" {
	made "long-$(printf 'x%.0s' {1..60})" "$image" sleep 60 >/dev/null
	COLUMNS=20 purser -q ps "${mine[@]}" >ours
	has "$(cat ours)" "$(printf 'x%.0s' {1..60})"
	in_time script -qec "stty cols 70; '$PURSER' -q -l '$logs' ps -f label=purser.owner=$me" /dev/null </dev/null | tr -d '\r' >shown
	equal "$(wc -l <shown)" 2
	has "$(cat shown)" "$(printf 'x%.0s' {1..60})" # the name is never cut
	has "$(cat shown)" 'CONTAINER ID'
}

@test "ps: a terminal of 80 columns has a row for each container, without what is spared first" {
	made a "$image" sleep 60 >/dev/null
	made b -p 127.0.0.1::80 "$image" sleep 60 >/dev/null
	in_time script -qec "stty cols 80; '$PURSER' -q -l '$logs' ps -f label=purser.owner=$me" /dev/null </dev/null | tr -d '\r' >shown
	equal "$(wc -l <shown)" 3
	equal "$(sed 's/…/./g' shown | awk 'length > 80')" ''
	lacks "$(cat shown)" COMMAND
	has "$(cat shown)" STATUS
	has "$(cat shown)" "$me-a"
	has "$(cat shown)" "$me-b"
}

@test "images: columns, ids, filters and JSON are docker's" {
	same_images
	same_images -a --no-trunc
	same_list images -q
	same_list images -q --no-trunc -f "reference=$image"
	equal "$(wc -l <ours)" 1
	same_images --filter 'label=purser.test=1'
	same_images -f reference=no-such-image
	equal "$(wc -l <ours)" 1
	run purser -q images --format json -f "reference=$image"
	status_is 0
	engine images --no-trunc --format '{{json .}}' -f "reference=$image" | jq -Sc '{ID, Repository, Tag, CreatedAt, Size}' >theirs
	jq -Sc '{ID, Repository, Tag, CreatedAt, Size}' <<<"$output" >ours
	diff theirs ours
	head -n 1 <(purser -q images) | grep -qE '^REPOSITORY +TAG +IMAGE ID +CREATED +SIZE$'
}

@test "images: one that does not say when it was made" {
	echo '{"architecture": "amd64", "os": "linux", "config": {"Labels": {"purser.test": "1"}}, "rootfs": {"type": "layers", "diff_ids": []}}' >config.json
	echo "[{\"Config\": \"config.json\", \"RepoTags\": [\"$me:timeless\"], \"Layers\": []}]" >manifest.json
	tar -cf archive manifest.json config.json
	engine load -i archive >/dev/null
	run same_images -f "reference=$me"
	engine rmi "$me:timeless" >/dev/null
	status_is 0
	grep -q ' timeless ' ours
	[[ $(engine version -f '{{.Server.Version}}') != 20.* ]] || grep -q 'timeless .* N/A ' ours
}

@test "status: columns and JSON; a name with a dash of everything" {
	purser -q run --name "$me-a.b_c-d" "${labels[@]}" "$image" sh -c 'echo x' >/dev/null
	eventually 10 is_state "$me-a.b_c-d" exited
	purser -q status >shown
	equal "$(head -n 1 shown)" "logs in $logs"
	sed -n 2p shown | grep -qE '^NAME +STATE +LOG +RECORDS +BYTES +LAG +GAPS +FILE OR ERROR$'
	run purser -q --json status
	status_is 0
	jq -e --arg n "$me-a.b_c-d" 'select(.Name == $n and .State == "exited" and .Log == "complete" and .Records == 1 and .Gaps == 0
		and .Runtime == "docker" and .Error == "" and (.ID | length) == 64)' <<<"$output"
	equal "$(jq -r .Bytes <<<"$output")" "$(stat -c %s "$(stored "$me-a.b_c-d")")"
	equal "$(jq -r .File <<<"$output")" "$(basename "$(stored "$me-a.b_c-d")")"
	purser -q status --format json | jq -e .Name
}

@test "ps, images: a reader that goes away is no crash, and nothing to talk about" {
	three
	local codes
	set +o pipefail
	purser -q ps -a --no-trunc "${mine[@]}" 2>said | true
	codes=("${PIPESTATUS[@]}")
	((codes[0] == 0 || codes[0] == 141)) # it may be done before
	equal "$(<said)" ''
	purser -q -c "watch 0.2 ps -a" 2>said | true
	codes=("${PIPESTATUS[@]}")
	equal "${codes[0]}" 141
	equal "$(<said)" ''
	purser -q ps -a >/dev/full 2>said || codes=("$?")
	((codes[0] == 1))
	one_message "$(cat said)"
}
