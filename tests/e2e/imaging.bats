#!/usr/bin/env bats
# Images: names, archives, histories, builds, what may not be removed, registries that do not answer; the same whatever the runtime.
# also: nerdctl podman

load helpers

setup() {
	need_engine
	begin
}

# No label reaches all images: they are found by name. What has none is found by the label of own_image.
teardown() {
	local ids name
	if [[ -n ${me-} && -n $runtime ]]; then
		timeout 30 "$runtime" ps -aq --no-trunc --filter "label=purser.owner=$me" >"$scratch/ids"
		mapfile -t ids <"$scratch/ids"
		((${#ids[@]} == 0)) || timeout 60 "$runtime" rm "${remove_at_once[@]}" "${ids[@]}" >/dev/null
		for name in $(timeout 30 "$runtime" images --format '{{.Repository}}:{{.Tag}}' | grep -F "$me"); do
			timeout 60 "$runtime" rmi -f "$name" >/dev/null
		done
		timeout 30 "$runtime" images -q --filter dangling=true --filter "label=purser.owner=$me" >"$scratch/ids"
		mapfile -t ids <"$scratch/ids"
		((${#ids[@]} == 0)) || timeout 60 "$runtime" rmi -f "${ids[@]}" >/dev/null
	fi
	end
}

# own_archive FILE NAME [KEY=VALUE]: an archive as save writes it, of an image of one layer with busybox, labelled as this test's
own_archive() {
	local dir=$scratch/own file=$1 name=$2 label=${3:-x=y} layer
	rm -rf "$dir"
	mkdir -p "$dir/root/bin"
	cp "$(command -v busybox)" "$dir/root/bin/busybox"
	for applet in sh sleep true cat; do ln -s busybox "$dir/root/bin/$applet"; done
	echo "$me $label" >"$dir/root/mark"
	tar -C "$dir/root" --owner=0 --group=0 -cf "$dir/layer.tar" .
	layer=$(sha256sum <"$dir/layer.tar" | cut -c1-64)
	cat >"$dir/config.json" <<-JSON
		{"architecture": "$(dpkg --print-architecture)", "os": "linux", "created": "2026-11-20T10:00:00Z",
		"config": {"Cmd": ["sh"], "Env": ["PATH=/bin"], "Labels": {"purser.owner": "$me", "${label%%=*}": "${label#*=}"}},
		"history": [{"created": "2026-11-20T10:00:00Z", "created_by": "ADD file:x in /", "comment": "the files"},
		{"created": "2026-11-20T10:00:00Z", "created_by": "CMD [\"sh\"]", "empty_layer": true}],
		"rootfs": {"type": "layers", "diff_ids": ["sha256:$layer"]}}
	JSON
	echo "[{\"Config\": \"config.json\", \"RepoTags\": [\"$name\"], \"Layers\": [\"layer.tar\"]}]" >"$dir/manifest.json"
	tar -C "$dir" -cf "$file" manifest.json config.json layer.tar
}

# own_image NAME [KEY=VALUE]: that image, in the engine
own_image() {
	own_archive "$scratch/own.tar" "$@"
	engine load -q -i "$scratch/own.tar" >/dev/null
}

id_of_image() { engine images -q --no-trunc "$1" | head -n 1; }

has_image() { [[ -n $(engine images -q "$1") ]]; }

nothing_left_in() { # DIRECTORY FILE…: these and no others
	local dir=$1
	shift
	equal "$(ls -A "$dir")" "$(printf '%s\n' "$@")"
}

# ---- names

@test "imaging: tag gives a further name; rmi takes one away, and the image with the last" {
	own_image "$me-a:1"
	prints '' tag "$me-a:1" "127.0.0.1:5000/$me/b:2"
	equal "$(id_of_image "127.0.0.1:5000/$me/b:2")" "$(id_of_image "$me-a:1")"
	run --separate-stderr purser rmi "127.0.0.1:5000/$me/b:2"
	status_is 0
	equal "${lines[0]}" "Untagged: 127.0.0.1:5000/$me/b:2"
	not has_image "127.0.0.1:5000/$me/b:2"
	has_image "$me-a:1"
	run --separate-stderr purser rmi "$me-a:1"
	status_is 0
	equal "${lines[0]}" "Untagged: $me-a:1"
	like "${lines[1]}" '^Deleted: sha256:[0-9a-f]{64}$'
	not has_image "$me-a:1"
}

# bats test_tags=long
@test "imaging: bad names are refused before anything is asked" {
	refused 2 'is not an image' tag "$image" Upper:1
	refused 2 'is not an image' tag "$image" "127.0.0.1:5000/$me/Upper"
	refused 2 'is not an image' rmi ''
	refused 2 'is not an image' rmi 'a b'
	refused 2 'not a digest' tag "$image" "$me-a@sha256:$(printf '0%.0s' {1..64})"
	refused 2 'needs' tag "$image"
	refused 2 'needs' rmi
	refused 2 'needs' pull
	refused 1 'invalid' tag "$image" "$me-a:"
}

@test "imaging: what is not there is not found, in the same words, and the others are done" {
	own_image "$me-a:1"
	refused 1 "no such image: $me-none" tag "$me-none:1" "$me-b:1"
	refused 1 "no such image: $me-none:1" rmi "$me-none:1"
	refused 1 'no such image: 0123456789ab' rmi 0123456789ab
	refused 1 "no such image: $me-none" image history "$me-none"
	run -1 --separate-stderr purser -q image inspect "$me-none" # of which docker prints an array, too
	equal "$output" '[]'
	one_message "$stderr"
	has "$stderr" "no such image: $me-none"
	refused 1 "no such image: $me-none" push "$me-none"
	run --separate-stderr purser --json rmi "$me-none:1"
	like "$stderr" '^\{"Error":\{"Kind":"not found","Subject":"'"$me"'-none:1","Message":"rmi: no such image: [^"]*","Hint":"","Where":"","Status":1\}\}$'
	prints '' rmi -f "$me-none:1"
	run --separate-stderr purser rmi "$me-none:1" "$me-a:1" "$me-none:2"
	status_is 1
	equal "${lines[0]}" "Untagged: $me-a:1"
	equal "$stderr" "purser: rmi: no such image: $me-none:1"$'\n'"purser: rmi: no such image: $me-none:2"
}

# bats test_tags=long
@test "imaging: rmi by short id, whole id, with and without its algorithm" {
	local id way
	for way in 0 1 2; do
		own_image "$me-a:1"
		id=$(id_of_image "$me-a:1")
		case $way in
		0) id=${id#sha256:} && id=${id:0:12} ;;
		1) id=${id#sha256:} ;;
		esac
		run --separate-stderr purser rmi "$id"
		status_is 0
		has "$output" "Untagged: $me-a:1"
		not has_image "$me-a:1"
	done
}

# Only podman gives an image a digest to be called by that was never in a registry.
@test "imaging: rmi by digest, or one message that there is none of that" {
	own_image "$me-a:1"
	local digest=sha256:$(printf '0%.0s' {1..64})
	refused 1 'no such image' rmi "$me-a@$digest"
	[[ $runtime == podman ]] || return 0
	digest=$(engine image inspect --format '{{.Digest}}' "$me-a:1")
	run --separate-stderr purser rmi "localhost/$me-a@$digest"
	status_is 0
	not has_image "$me-a:1"
}

# bats test_tags=long
@test "imaging: an id with several names needs --force, which takes them all" {
	own_image "$me-a:1"
	engine tag "$me-a:1" "$me-b:1"
	local id
	id=$(id_of_image "$me-a:1")
	refused 1 'name one of its tags' rmi "$id"
	has_image "$me-a:1"
	run --separate-stderr purser rmi -f "$id"
	status_is 0
	has "$output" "Untagged: $me-a:1"
	has "$output" "Untagged: $me-b:1"
	not has_image "$me-b:1"
}

@test "imaging: what containers use is not removed, and they are named; by force no container goes" {
	own_image "$me-a:1"
	engine tag "$me-a:1" "$me-b:1"
	engine create --name "$me-one" "${labels[@]}" --network none "$me-a:1" sleep 1000
	engine rmi "$me-b:1" >/dev/null
	refused 1 "$me-a:1: it is in use by container $me-one (remove it first)" rmi "$me-a:1"
	engine create --name "$me-two" "${labels[@]}" --network none "$me-a:1" sleep 1000
	run --separate-stderr purser --json rmi "$me-a:1"
	status_is 1
	has "$stderr" '"Kind":"in use","Subject":"'"$me-a:1"'"'
	has "$stderr" 'in use by containers '
	has "$stderr" "$me-one"
	has "$stderr" "$me-two"
	local id
	id=$(id_of_image "$me-a:1")
	refused 1 "$me-one" rmi "${id:7:12}"
	has_image "$me-a:1"
	if [[ $runtime == podman ]]; then
		refused 1 "$me-one" rmi -f "$me-a:1"
		has_image "$me-a:1"
	else
		run --separate-stderr purser rmi -f "$me-a:1"
		status_is 0
		has "$output" "Untagged: $me-a:1"
		not has_image "$me-a:1"
	fi
	exists "$me-one"
	exists "$me-two"
}

@test "imaging: --no-prune is passed on, or refused by name" {
	own_image "$me-a:1"
	if [[ $runtime == nerdctl ]]; then
		refused 2 'nerdctl has no --no-prune' rmi --no-prune "$me-a:1"
		has_image "$me-a:1"
	else
		run --separate-stderr purser rmi --no-prune "$me-a:1"
		status_is 0
		not has_image "$me-a:1"
	fi
}

# bats test_tags=long
@test "imaging: a dry run prints what would be asked, and does nothing" {
	own_image "$me-a:1"
	run --separate-stderr purser -n rmi -f "$me-a:1"
	equal "${lines[-1]}" "$runtime rmi --force $me-a:1"
	prints "$runtime tag $me-a:1 $me-b:1" -n tag "$me-a:1" "$me-b:1"
	prints "$runtime pull --quiet 127.0.0.1:1/$me:1" -n pull -q "127.0.0.1:1/$me:1"
	prints "$runtime save $me-a:1" -n save -o "$scratch/a.tar" "$me-a:1"
	has_image "$me-a:1"
	not has_image "$me-b:1"
	not test -e "$scratch/a.tar"
}

# moved_tag: an image without a name that $me-one was made from as $me-a:1, which is another image's name by now; its id: $old
moved_tag() {
	own_image "$me-a:1" was=first
	old=$(id_of_image "$me-a:1")
	engine create --name "$me-one" "${labels[@]}" --network none "$me-a:1" sleep 1000
	own_image "$me-a:1" was=second
	[[ $(id_of_image "$me-a:1") != "$old" ]]
}

@test "imaging: rmi -f takes no container whose image's name is another's by now, or is not listed" {
	moved_tag
	if [[ $runtime == podman ]]; then
		refused 1 "$me-one" rmi -f "$old"
		refused 1 "$me-one" rmi -f "${old:7:12}"
		run --separate-stderr purser rmi -f "$me-a:1"
		status_is 0
	else
		run purser rmi -f "$old"
	fi
	exists "$me-one"
}

@test "imaging: rmi -f by digest takes no container" {
	own_image "$me-a:1"
	engine create --name "$me-one" "${labels[@]}" --network none "$me-a:1" sleep 1000
	local digest
	digest=$(engine images --digests --format '{{.Digest}}' "$me-a:1" | head -n 1)
	if [[ $runtime == podman ]]; then
		refused 1 "$me-one" rmi -f "localhost/$me-a@$digest"
	else
		run purser rmi -f "$me-a@$digest"
	fi
	exists "$me-one"
}

# bats test_tags=not-docker,not-nerdctl
@test "imaging: rmi -f takes no container of an untagged image that it was made from" {
	local parent
	mkdir "$scratch/context"
	cp "$(command -v busybox)" "$scratch/context/true"
	printf 'FROM scratch\nCOPY true /bin/true\nLABEL purser.owner=%s\nLABEL x=y\n' "$me" >"$scratch/context/Dockerfile"
	engine build -q -t "$me-a:1" "$scratch/context" >/dev/null
	parent=$(engine images -a --no-trunc --filter "label=purser.owner=$me" --format '{{.Repository}} {{.ID}}' | sed -n 's/^<none> //p')
	engine create --name "$me-one" "${labels[@]}" --network none "$parent" true
	run --separate-stderr purser rmi -f "$me-a:1"
	status_is 0
	not has_image "$me-a:1"
	exists "$me-one"
}

# ---- history, inspect

@test "imaging: history has docker's columns, the newest step first" {
	own_image "$me-a:1"
	run --separate-stderr purser image history "$me-a:1"
	status_is 0
	equal "$stderr" ''
	equal "${#lines[@]}" 3
	like "${lines[0]}" '^IMAGE          CREATED +CREATED BY        SIZE      COMMENT$'
	like "${lines[1]}" '^([0-9a-f]{12}|<missing>   ) +[^ ].* ago +CMD \["sh"\] +0B *$'
	like "${lines[2]}" '^([0-9a-f]{12}|<missing>   ) +[^ ].* ago +ADD file:x in / +[0-9.]+MB +the files$'
	run --separate-stderr purser image history -q --no-trunc "$me-a:1"
	equal "${#lines[@]}" 2
	like "$output" 'sha256:[0-9a-f]{64}'
	has "$output" '<missing>'
	run --separate-stderr purser --json image history "$me-a:1"
	equal "$(jq -r '[.Comment, .CreatedBy, (.CreatedAt | .[0:20]), (keys | join(","))] | join("|")' <<<"${lines[1]}")" \
		'the files|ADD file:x in /|2026-11-20T10:00:00Z|Comment,CreatedAt,CreatedBy,CreatedSince,ID,Size'
}

@test "imaging: image inspect is one array, of those that are there" {
	own_image "$me-a:1"
	run --separate-stderr purser image inspect "$me-a:1"
	status_is 0
	equal "$(jq -r '.[].Config.Labels["purser.owner"]' <<<"$output")" "$me"
	run --separate-stderr purser image inspect "$me-a:1" "$me-none" "$image"
	status_is 1
	equal "$(jq length <<<"$output")" 2
	one_message "$stderr"
	has "$stderr" "no such image: $me-none"
	prints "$me" image inspect -f '{{index .Config.Labels "purser.owner"}}' "$me-a:1"
}

# ---- archives

# bats test_tags=long
@test "imaging: image inspect: every byte in a pipe, what is safe on a terminal" {
	own_image "$me-a:1" 'odd=a\u009b31m\u202eb'
	local odd=$'a\u009b31m\u202eb'
	purser image inspect "$me-a:1" >"$scratch/piped"
	grep -qF "$odd" "$scratch/piped"
	run in_time script -qec "$PURSER -l $logs image inspect $me-a:1" /dev/null </dev/null
	status_is 0
	has "$output" '31m'
	lacks "$output" $'\u009b'
	lacks "$output" $'\u202e'
}

@test "imaging: save and load: to a file, through pipes, one image and several" {
	own_image "$me-a:1"
	engine tag "$me-a:1" "$me-b:2"
	local id
	id=$(id_of_image "$me-a:1")
	prints '' save -o "$scratch/both.tar" "$me-a:1" "$me-b:2"
	tar -tf "$scratch/both.tar" >/dev/null
	purser save "$me-a:1" >"$scratch/piped.tar"
	tar -tf "$scratch/piped.tar" >/dev/null
	engine rmi "$me-a:1" "$me-b:2" >/dev/null
	run --separate-stderr purser load -i "$scratch/both.tar"
	status_is 0
	equal "$(sort <<<"$output")" "Loaded image: $me-a:1"$'\n'"Loaded image: $me-b:2"
	equal "$(id_of_image "$me-b:2")" "$id"
	engine rmi "$me-a:1" "$me-b:2" >/dev/null
	run --separate-stderr purser_reading load -q <"$scratch/piped.tar"
	status_is 0
	equal "$output" "Loaded image: $me-a:1"
	equal "$(id_of_image "$me-a:1")" "$id"
}

# bats test_tags=long
@test "imaging: save leaves a whole file or none, and replaces none unasked" {
	own_image "$me-a:1"
	mkdir "$scratch/to"
	echo older >"$scratch/to/a.tar"
	refused 1 "is there already" save -o "$scratch/to/a.tar" "$me-a:1"
	equal "$(<"$scratch/to/a.tar")" older
	refused 1 "no such image: $me-none:1" save --force -o "$scratch/to/a.tar" "$me-none:1"
	refused 1 "no such image: $me-none:1" save --force -o "$scratch/to/a.tar" "$me-a:1" "$me-none:1"
	equal "$(<"$scratch/to/a.tar")" older
	refused 1 "no such image: $me-none:1" save -o "$scratch/to/b.tar" "$me-none:1"
	nothing_left_in "$scratch/to" a.tar
	refused 1 '' save -o "$scratch/nowhere/a.tar" "$me-a:1"
	refused 2 'is a directory' save -o "$scratch/to" "$me-a:1"
	refused 2 'is for --output' save --force "$me-a:1"
	prints '' save --force -o "$scratch/to/a.tar" "$me-a:1"
	tar -tf "$scratch/to/a.tar" >/dev/null
	nothing_left_in "$scratch/to" a.tar
}

# bats test_tags=long
@test "imaging: a full disk is one message and no file" {
	own_image "$me-a:1"
	mkdir "$scratch/small"
	# shellcheck disable=SC2016
	run --separate-stderr in_time unshare -m --propagation private bash -c 'mount -t tmpfs -o size=64k purser-test "$1"; "$2" -l "$3" save -o "$1/a.tar" "$4" </dev/null; code=$?; ls -A "$1"; exit $code' \
		- "$scratch/small" "$PURSER" "$logs" "$me-a:1"
	status_is 1
	equal "$output" ''
	one_message "$stderr"
	has "$stderr" 'No space left on device'
}

# bats test_tags=long
@test "imaging: save never writes to a terminal, and load reads none" {
	run in_time script -qec "$PURSER -l $logs save $image" /dev/null </dev/null
	status_is 2
	has "$output" 'not for a terminal'
	run in_time script -qec "$PURSER -l $logs load" /dev/null </dev/null
	status_is 2
	has "$output" 'give --input FILE'
}

# bats test_tags=long
@test "imaging: load does not eat a script's commands" {
	run --separate-stderr purser_reading <<<$'load\nstatus'
	status_is 2
	has "$stderr" 'give --input FILE'
	run --separate-stderr purser_reading -k <<<$'load\nhelp tag'
	has "$stderr" 'give --input FILE'
	has "$output" 'give an image another name'
	own_archive "$scratch/own.tar" "$me-a:1"
	run --separate-stderr purser_reading -c 'load; help tag' <"$scratch/own.tar"
	status_is 0
	equal "${lines[0]}" "Loaded image: $me-a:1"
}

# bats test_tags=long
@test "imaging: what is no archive is said to be none" {
	tar -C /etc -cf "$scratch/no.tar" hostname
	refused 1 'load takes what save wrote' load -i "$scratch/no.tar"
	refused 1 'no such file' load -i "$scratch/none.tar"
}

@test "imaging: import makes an image of a file system, from a file and from a pipe" {
	own_archive "$scratch/own.tar" "$me-a:1"
	if [[ $runtime == nerdctl ]]; then
		refused 2 'nerdctl has no import' import "$scratch/own/layer.tar" "$me-i:1"
		return
	fi
	run --separate-stderr purser import -m 'of a test' -c 'CMD ["cat", "/mark"]' -c "LABEL purser.owner=$me" "$scratch/own/layer.tar" "$me-i:1"
	status_is 0
	equal "$stderr" ''
	like "$output" '^sha256:[0-9a-f]{64}$'
	equal "$(engine run --rm "${labels[@]}" --network none "$me-i:1" cat /mark)" "$me x=y"
	has "$(purser image history "$me-i:1")" 'of a test'
	run --separate-stderr purser_reading import - "$me-j:1" <"$scratch/own/layer.tar"
	status_is 0
	has_image "$me-j:1"
	refused 1 'no such file' import "$scratch/none.tar"
	run --separate-stderr purser_reading <<<"import - $me-k:1"
	status_is 2
	has "$stderr" 'give a FILE'
}

# ---- registries

# bats test_tags=long
@test "imaging: a registry that does not answer: one message each, status 1" {
	own_image "$me-a:1"
	engine tag "$me-a:1" "127.0.0.1:1/$me:1"
	refused 1 'connection refused.*its registry does not answer' pull "127.0.0.1:1/$me-none:1"
	refused 1 'connection refused.*its registry does not answer' push "127.0.0.1:1/$me:1"
	run --separate-stderr purser pull -q "127.0.0.1:1/$me-none:1" "127.0.0.1:1/$me-none:2"
	status_is 1
	equal "$output" ''
	equal "${#stderr_lines[@]}" 2
	refused 1 "no such image: 127.0.0.1:1/$me-none" push "127.0.0.1:1/$me-none:1"
	run in_time script -qec "$PURSER -l $logs pull 127.0.0.1:1/$me-none:1" /dev/null </dev/null
	status_is 1
	has "$output" 'connection refused'
}

# mute_registry: one that takes what it is asked, and says nothing; its port in $port, what it was asked in $scratch/asked
mute_registry() {
	port=$((20000 + RANDOM % 10000))
	spawn mute_registry_listening
	eventually 10 grep -q ":$(printf '%04X' "$port") 0*:0000 0A" /proc/net/tcp /proc/net/tcp6
}
mute_registry_listening() { exec busybox nc -ll -p "$port" -e sh -c "cat >>'$scratch/asked'" </dev/null >/dev/null 2>&1; }

# bats test_tags=long
@test "imaging: Ctrl-C ends a pull" {
	mute_registry
	spawn pulling "127.0.0.1:$port/$me:1"
	local pid=$spawned
	eventually 20 test -s "$scratch/asked"
	kill -INT "$pid"
	ended "$pid" 130 10
	one_message "$(<"$scratch/said")"
}
pulling() { exec "$PURSER" -l "$logs" pull "$@" </dev/null >"$scratch/said" 2>&1; }

# ---- build

# context NAME: a directory to build from
context() {
	mkdir -p "$scratch/context"
	echo 'of the context' >"$scratch/context/file"
	printf 'FROM %s\nARG WORD=none\nLABEL purser.owner=%s word=$WORD\nCOPY file /file\n' "$1" "$me" >"$scratch/context/Dockerfile"
}

# bats test_tags=not-nerdctl,long
@test "imaging: build: the context's Dockerfile, or another; options arrive; quietly it prints the id" {
	own_image "$me-a:1"
	context "$me-a:1"
	run --separate-stderr purser build -t "$me-b:1" --build-arg WORD=given --label "further=one" "$scratch/context"
	status_is 0
	has "$output" 'FROM'
	equal "$(engine run --rm "${labels[@]}" --network none "$me-b:1" cat /file)" 'of the context'
	equal "$(purser image inspect "$me-b:1" | jq -r '.[].Config.Labels | [.word, .further] | join(" ")')" 'given one'
	printf 'FROM scratch\nLABEL purser.owner=%s\nCOPY file /other\n' "$me" >"$scratch/context/Other"
	run --separate-stderr purser build -q --no-cache -t "$me-c:1" -t "$me-d:1" -f "$scratch/context/Other" "$scratch/context"
	status_is 0
	like "$output" '^(sha256:)?[0-9a-f]{64}$'
	equal "$(id_of_image "$me-c:1")" "$(id_of_image "$me-d:1")"
	run in_time script -qec "$PURSER -l $logs build -t $me-e:1 $scratch/context" /dev/null </dev/null
	status_is 0
	has_image "$me-e:1"
	# podman has no such line where there is no network
	[[ $runtime == podman ]] || echo 'RUN test "$(awk '"'/there/ { print \$1 }'"' /etc/hosts)" = 10.1.2.3' >>"$scratch/context/Dockerfile"
	run --separate-stderr purser build --network none --add-host there:10.1.2.3 --memory 64m --rm --iidfile "$scratch/id" -t "$me-f:1" "$scratch/context"
	status_is 0
	equal "$(sed 's/^sha256://' "$scratch/id")" "$(id_of_image "$me-f:1" | sed 's/^sha256://')"
	if [[ $runtime == docker ]]; then refused 1 'unknown flag: --secret' build --secret id=a "$scratch/context"; fi
}

# bats test_tags=not-nerdctl,long
@test "imaging: build of what cannot be built: status 1, the reason, no image" {
	context scratch
	echo 'COPY none /none' >>"$scratch/context/Dockerfile"
	run --separate-stderr purser build -t "$me-b:1" "$scratch/context"
	status_is 1
	one_message "$stderr"
	has "$stderr" none
	not has_image "$me-b:1"
	echo 'NONSENSE' >"$scratch/context/Dockerfile"
	run --separate-stderr purser build -q -t "$me-b:1" "$scratch/context"
	status_is 1
	one_message "$stderr"
}

@test "imaging: build refuses what is no context, and where there is no builder it says so" {
	refused 1 'no such directory' build -t "$me-b:1" "$scratch/none"
	: >"$scratch/file"
	refused 2 'is no directory' build -t "$me-b:1" "$scratch/file"
	refused 2 'is not an image' build -t 'Upper' "$scratch"
	[[ $runtime != podman ]] || refused 2 'podman has no --progress' build --progress plain "$scratch"
	[[ $runtime == nerdctl ]] || return 0
	context scratch
	refused 1 'no buildkit host is available (nerdctl builds with BuildKit: install buildctl, and start buildkitd)' build -t "$me-b:1" "$scratch/context"
}

# ---- prune

@test "imaging: image prune shows what would go, asks, and removes what no container uses" {
	own_image "$me-a:1" used=yes
	engine create --name "$me-one" "${labels[@]}" --network none "$me-a:1" true
	own_image "$me-b:1" used=no
	local only=(--filter "label=purser.owner=$me")
	refused 2 'say yes with --yes' image prune -a "${only[@]}"
	refused 2 'by label=, label!= and until=' -y image prune -a --filter dangling=true
	refused 2 'not a filter' -y image prune -a --filter nonsense
	refused 2 'until' -y image prune -a --filter until=nonsense
	run --separate-stderr purser -n image prune -a "${only[@]}"
	status_is 0
	has "$output" "$me-b"
	equal "${lines[-1]}" "$runtime rmi $me-b:1"
	has_image "$me-b:1"
	run --separate-stderr purser image prune -a -f "${only[@]}" --filter label!=used=no
	status_is 0
	has "$output" 'Total reclaimed space: 0B'
	has_image "$me-b:1"
	run --separate-stderr purser -y image prune -a "${only[@]}" --filter until=2026-11-19
	status_is 0
	has "$output" 'Total reclaimed space: 0B'
	has_image "$me-b:1"
	run --separate-stderr purser -y image prune -a "${only[@]}"
	status_is 0
	equal "$stderr" ''
	like "${lines[0]}" '^REPOSITORY +TAG +IMAGE ID +SIZE$'
	like "${lines[1]}" "^$me-b +1 +[0-9a-f]{12} +[0-9.]+MB\$"
	like "$output" 'Deleted: sha256:[0-9a-f]{64}'
	like "${lines[-1]}" '^Total reclaimed space: [0-9.]+[kM]?B$'
	not has_image "$me-b:1"
	has_image "$me-a:1"
}

# bats test_tags=long
@test "imaging: image prune removes what was shown, not what came to be meanwhile" {
	own_image "$me-a:1" turn=first
	own_image "$me-b:1" turn=second
	mkfifo "$scratch/answer"
	spawn asked
	exec 8>"$scratch/answer"
	printf 'image prune -a --filter label=purser.owner=%s\n' "$me" >&8
	eventually 20 said 'remove these images'
	engine tag "$me-b:1" "$me-c:1"
	own_image "$me-b:1" turn=third
	printf 'y\n' >&8
	eventually 20 said 'Total reclaimed space'
	printf 'quit\n' >&8
	exec 8>&-
	not has_image "$me-a:1"
	has_image "$me-b:1"
	has_image "$me-c:1"
}
asked() {
	exec script -qec "$PURSER -l $logs" /dev/null <"$scratch/answer" >"$scratch/said" 2>&1
}
