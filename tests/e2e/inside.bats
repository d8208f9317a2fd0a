#!/usr/bin/env bats
# In and out of containers: exec, attach, cp, export, commit, diff, port, top, the same whatever the runtime.
# also: nerdctl podman

load helpers
load terminal

setup() {
	need_engine
	begin
	names=purser-inside-$$-${BATS_TEST_NUMBER:-0} # images cannot have labels of ours on every runtime
}
teardown() {
	close_terminal
	if [[ -n ${mounted-} ]]; then umount "$mounted"; fi
	end
	timeout 30 "$runtime" rmi -f "$names:1" "$names:2" "$names:3" >/dev/null 2>&1 || true
	no_sanitizer_spoke
}

stays() { made "$1" --network none "${@:2}" "$image" sleep 1000 >/dev/null; }

lacking() { [[ $runtime == nerdctl ]]; }

# full_directory DIRECTORY: a file system of its own, of 64 KiB
full_directory() {
	mkdir -p "$1"
	unshare -m true 2>/dev/null || skip 'may not mount here (needs root)'
	mount -t tmpfs -o size=64k purser-test "$1"
	mounted=$1
}

# ---- exec

@test "inside: exec passes its arguments, both streams and its status as they are" {
	stays a
	# nerdctl may lose what is written right before the end
	run -7 --separate-stderr purser -q exec "$me-a" sh -c 'echo "$1"; echo err >&2; sleep 0.2; exit 7' - $'a b "c" \'d\' $e; `f` \\ *\n'
	equal "$output" $'a b "c" \'d\' $e; `f` \\ *'
	equal "$stderr" err
	prints 'b ||/tmp' exec -e 'A=b ' -e EMPTY= -w /tmp "$me-a" sh -c 'echo "$A|$EMPTY|$PWD"; sleep 0.2'
	printf 'OF=file\n' >env
	prints 'file 1000' exec --env-file env -u 1000:1000 "$me-a" sh -c 'echo $OF $(id -u); sleep 0.2'
	prints words exec "$me-a" -- sh -c 'echo words; sleep 0.2'
	for code in 1 125 127 255; do run "-$code" --separate-stderr purser -q exec "$me-a" sh -c "exit $code"; equal "$output$stderr" ''; done
	run -137 --separate-stderr purser -q exec "$me-a" sh -c 'kill -9 $$'
}

@test "inside: exec: what cannot be run is 127 or 126, with one message on stderr" {
	stays a
	refused 127 'executable file not found' exec "$me-a" no-such-program
	refused 127 'no such file' exec "$me-a" /no/such/program
	refused 126 'permission denied' exec "$me-a" /etc
	refused 126 'chdir' exec -w /no/such/directory "$me-a" true
	refused 126 'user' exec -u no-such-user "$me-a" true
	refused 127 'executable file not found' exec -d "$me-a" no-such-program
}

# bats test_tags=long
@test "inside: exec: a program whose words are like a runtime's own is passed on with its status" {
	stays a
	local word
	for word in 'Error response from daemon: no' 'Error: it is so' 'time="1" level=fatal msg="boom"' 'OCI runtime exec failed: not'; do
		run -3 --separate-stderr purser -q exec "$me-a" sh -c 'echo "$1"; echo more; sleep 0.2; exit 3' - "$word"
		equal "$output" "$word"$'\nmore'
	done
	prints "$word" exec "$me-a" sh -c 'echo "$1"; sleep 0.2' - "$word"
}

@test "inside: exec where nothing runs is told before the runtime is asked" {
	made a --network none "$image" true >/dev/null
	eventually 10 is_state "$me-a" exited
	stays b
	engine pause "$me-b" >/dev/null
	engine create --name "$me-c" "${labels[@]}" --network none "$image" true >/dev/null
	refused 1 "'$me-a' is not running: it is exited (start it first)" exec "$me-a" true
	refused 1 "'$me-b' is paused (unpause it first)" exec "$me-b" true
	refused 1 "'$me-c' is not running: it is created" exec "$me-c" true
	refused 1 'no such container' exec "$me-none" true
	refused 1 "'$me-a' is not running" attach "$me-a"
	refused 1 "'$me-b' is paused" attach "$me-b"
	refused 1 'no such container' attach "$me-none"
	refused 1 "'$me-a' is not running" top "$me-a"
	kind_is "wrong state" exec "$me-a" true
	kind_is 'not found' exec "$me-none" true
	refused 1 "no container fits '$me-\*' (but 3 in another state" exec "$me-*" true
	refused 2 "stands for 3 containers; diff takes one" diff "$me-*"
	refused 2 'more\|needs' exec
	engine unpause "$me-b" >/dev/null
	refused 2 'needs a COMMAND' exec "$me-b"
	refused 1 'not a TTY' exec -it "$me-b" true
}

# bats test_tags=long
@test "inside: exec: 3 MB of any bytes arrive as they are, in and out" {
	stays a
	head -c 3000000 /dev/urandom >bytes
	purser_reading -q exec -i "$me-a" sh -c 'cat >/bytes; md5sum </bytes' <bytes >said
	equal "$(cat said)" "$(md5sum <bytes)"
	purser -q exec "$me-a" cat /bytes >back
	same_bytes bytes back
	purser_reading -q exec -i "$me-a" cat <bytes | cmp - bytes
}

# bats test_tags=long
@test "inside: exec without -i reads nothing: a script's next line is run" {
	stays a
	printf 'exec %s-a cat\nexec %s-a echo next\n' "$me" "$me" | purser_reading -q >said
	equal "$(cat said)" next
	printf 'cat /etc/passwd | head -c 0; echo from-sh\n' >commands
	purser_reading -q exec -i "$me-a" <commands >said
	equal "$(cat said)" from-sh
}

# bats test_tags=long
@test "inside: exec -d does not wait and prints nothing" {
	stays a
	prints '' exec -d "$me-a" sh -c 'echo yes >/done'
	eventually 10 engine exec "$me-a" test -s /done
}

# bats test_tags=long
@test "inside: five at once, each with its own" {
	stays a
	local i pids=() before=$SECONDS
	for i in 1 2 3 4 5; do
		(code=0; purser -q exec "$me-a" sh -c "seq 1 2000; $last_breath; exit $i" >"of$i" 2>"err$i" || code=$?; echo "$code" >"code$i") 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	seq 1 2000 >should
	for i in 1 2 3 4 5; do
		equal "$(cat "code$i")" "$i"
		same_bytes "of$i" should
		equal "$(cat "err$i")" ''
	done
	((SECONDS - before < 30))
}

# bats test_tags=long
@test "inside: a container that ends takes its exec with it: no hang" {
	stays a
	spawn exec_waiting
	eventually 10 grep -q began said
	engine kill "$me-a" >/dev/null
	eventually 20 over "$spawned"
	local code=0
	wait "$spawned" || code=$?
	((code > 0))
}
exec_waiting() { exec "$PURSER" -q -l "$logs" exec "$me-a" sh -c 'echo began; exec sleep 1000' </dev/null >"$scratch/said" 2>&1; }

execs_again() { # NR: until one does not go well
	until ! purser -q exec "$me-a" echo well >>"of$1" 2>"err$1"; do :; done
}
all_have_begun() { local i; for i in 1 2 3 4 5 6 7 8 9 10; do [[ -s of$i ]] || return 1; done; }

# bats test_tags=long
@test "inside: ten that exec while their container is stopped: each ends, and says why" {
	made a --network none "$image" sh -c 'trap "exit 0" TERM; while :; do sleep 0.1; done' >/dev/null
	local i pids=()
	for i in 1 2 3 4 5 6 7 8 9 10; do
		spawn execs_again "$i"
		pids+=("$spawned")
	done
	eventually 30 all_have_begun
	engine stop "$me-a" >/dev/null
	for i in "${pids[@]}"; do eventually 30 over "$i"; done
	for i in 1 2 3 4 5 6 7 8 9 10; do
		equal "$(sort -u "of$i")" well
		[[ ! -s err$i ]] || one_message "$(cat "err$i")"
	done
	refused 1 "'$me-a' is not running" exec "$me-a" echo well
}

# bats test_tags=long
@test "inside: INT ends the waiting, with 130, and no container" {
	stays a
	spawn exec_waiting
	eventually 10 grep -q began said
	kill -INT "$spawned"
	ended "$spawned" 130
	has "$(cat said)" 'exec: cancelled'
	is_state "$me-a" running
}

# bats test_tags=long
@test "inside: --dry-run prints what would be asked, and asks for nothing" {
	run --separate-stderr purser -q -n exec -i "$me-none" sh -c 'echo a b'
	status_is 0
	equal "$output" "$runtime exec --interactive $me-none sh -c 'echo a b'"
	run --separate-stderr purser -q -n cp "$me-none:/x" /tmp
	status_is 0
	[[ $runtime != docker ]] || equal "$output" "docker cp $me-none:/x /tmp"
	lacking || { run --separate-stderr purser -q -n export -o out.tar "$me-none"; status_is 0; [[ ! -e out.tar ]]; }
}

# ---- a terminal

# busybox's shell asks the terminal where the cursor is; the answer may come when nobody waits for it any more, and stands in the line then.
prompt_is_there() { [[ $(last_line) =~ $prompt_pattern ]]; }
back_at_prompt() {
	eventually 20 prompt_is_there
	keys C-u
	at_prompt
}

@test "inside: exec -it has the terminal: its size, its keys, Ctrl-C; afterwards it is as it was" {
	stays a
	open_terminal 91 33
	type_text 'stty -a >before'; keys Enter
	eventually 10 test -s before
	at_shell
	start_purser -q -r "$runtime"
	enter "exec -it $me-a sh"
	shows '/ #'
	type_text 'stty size; echo at-$((6*7))'; keys Enter
	shows '33 91'
	shows at-42
	in_tmux resize-window -x 80 -y 30
	eventually 10 resized
	type_text 'sleep 1000'; keys Enter
	sleep 0.3 # until it is what gets the key
	keys C-c
	type_text 'echo still-$((1+1))'; keys Enter
	shows still-2
	type_text 'exit 5'; keys Enter
	back_at_prompt
	enter 'exec '"$me-a"
	shows '/ #'
	type_text 'exit 0'; keys Enter
	back_at_prompt
	enter quit
	at_shell
	in_tmux resize-window -x 91 -y 33
	type_text 'stty -a >after'; keys Enter
	eventually 10 test -s after
	diff before after
}
resized() { type_text 'stty size'; keys Enter; sleep 0.1; shown '30 80'; }

# bats test_tags=long
@test "inside: without -t a terminal is only shown what moves nothing" {
	stays a
	open_purser -q -r "$runtime"
	enter "exec $me-a printf 'x\\033[2Jy\\rz\\n'"
	at_prompt
	shown 'x^[[2Jy^Mz' || shown 'x^[2Jy^Mz' || { screen; return 1; }
}

# bats test_tags=long
@test "inside: a terminal that is closed in the middle leaves nothing behind" {
	stays a
	open_purser -q -r "$runtime"
	local pid
	pid=$(purser_pid)
	enter "exec -it $me-a sh"
	shows '/ #'
	close_terminal
	eventually 20 over "$pid"
	eventually 10 none_left
	is_state "$me-a" running
}

@test "inside: the status of exec -it is the command's" {
	stays a
	run -6 on_terminal "$PURSER -q -l $logs exec -it $me-a sh -c 'echo \$((6 * 7)); sleep 1; exit 6'"
	has "$output" 42
	lacks "$output" level=
}

@test "inside: run -it is left by its --detach-keys, and goes on" {
	open_purser -q -r "$runtime"
	enter "run -it --name $me-a ${labels[*]} --network none --detach-keys ctrl-x,q $image sh -c 'echo is \$((6 * 7)); while :; do sleep 0.1; done'"
	shows 'is 42'
	keys C-x
	sleep 0.3 # podman knows them only one by one
	keys q
	eventually 15 left
	is_state "$me-a" running
}
# nerdctl says that it was left, in the row where the prompt is then.
left() { [[ $(last_line) =~ purser\ $runtime[^\ ]*:1/1\>$ ]]; }

@test "inside: attach has a container's terminal until it ends, with its status" {
	if lacking; then
		stays a -t
		run -2 on_terminal "$PURSER -q -l $logs attach --no-stdin $me-a"
		has "$output" fifo
		return
	fi
	made a --network none -it "$image" sh -c 'read line; echo "got $line"; sleep 1; exit 4' >/dev/null
	open_purser -q -r "$runtime"
	enter "attach $me-a"
	sleep 1 # nothing tells that it is attached
	type_text hello; keys Enter
	shows 'got hello'
	at_prompt
	eventually 5 is_state "$me-a" exited
}

# bats test_tags=long
@test "inside: start -a shows what it writes until it ends, with its status; the log has it, too" {
	engine create --name "$me-a" "${labels[@]}" --network none "$image" sh -c 'echo out; echo err >&2; exit 4'
	if lacking; then
		refused 2 'nerdctl has no --attach' start -a "$me-a"
		! engine inspect -f "{{.State.Status}}" "$me-a" | grep -q -e running -e exited
		return
	fi
	for run in 1 2; do
		run -4 --separate-stderr purser -q start -a "$me-a"
		equal "$output" out
		equal "$stderr" err
		equal "$(bytes "$(stored "$me-a")" stdout | wc -l)" "$run"
	done
	engine create -i --name "$me-b" "${labels[@]}" --network none "$image" sh -c 'cat; echo done'
	run --separate-stderr purser_reading -q start -ai "$me-b" <<<hello
	status_is 0
	equal "$output" $'hello\ndone'
	run --separate-stderr purser_reading -q start -i "$me-b" <<<hello
	equal "$output" $'hello\ndone'
	run --separate-stderr bash -c '{ echo "start -ai $3"; sleep 2; echo '\''!echo is not read'\''; } | "$1" -q -l "$2"' - "$PURSER" "$logs" "$me-b"
	status_is 0
	equal "$output" $'done\nis not read'
	engine create --name "$me-j" "${labels[@]}" --network none "$image" sh -c 'printf "{\"Error\": {}}\n\0\377bin"; exit 3'
	purser -q --json start -a "$me-j" >bytes || equal "$?" 3
	printf '{"Error": {}}\n\0\377bin' | cmp - bytes
	run purser -n start -a "$me-a"
	equal "$output" "$runtime start --attach $me-a"
	refused 2 'only one can be attached to' start -a "$me-a" "$me-b"
	refused 1 'no such container' start -a "$me-none"
	engine create -it --name "$me-c" "${labels[@]}" --network none "$image" true
	refused 1 'not a TTY' start -ai "$me-c"
	is_state "$me-c" created
	engine create --name "$me-d" "${labels[@]}" --network none "$image" /no/such/program
	refused 1 'no such file' start -a "$me-d"
	if [[ $runtime == docker ]]; then
		engine network create "$me-n" --label "purser.owner=$me" >/dev/null
		engine create --name "$me-e" "${labels[@]}" --network "$me-n" "$image" true
		engine network rm "$me-n" >/dev/null
		refused 1 'network' start -a "$me-e"
	fi
	engine create --name "$me-f" "${labels[@]}" --network none "$image" sh -c 'echo Error response from daemon: it is me >&2; exit 1'
	run -1 --separate-stderr purser -q start -a "$me-f"
	equal "$stderr" 'Error response from daemon: it is me'
}

# bats test_tags=not-nerdctl,long
@test "inside: start -ai has the container's terminal until it ends, with its status" {
	engine create -it --name "$me-a" "${labels[@]}" --network none "$image" sh -c 'read line; echo "got $line"; sleep 1; exit 4'
	open_purser -q -r "$runtime"
	enter "start -ai $me-a"
	eventually 10 is_state "$me-a" running
	type_text hello; keys Enter
	shows 'got hello'
	at_prompt
	is_state "$me-a" exited
	does status
	has "$(printed)" 'status 4'
}

# bats test_tags=not-nerdctl,long
@test "inside: attach without a terminal passes on what is written, and leaves it running" {
	made a --network none "$image" sh -c 'while :; do echo out; echo err >&2; sleep 0.1; done' >/dev/null
	spawn attach_watching
	eventually 10 grep -q out out
	eventually 10 grep -q err err
	kill -TERM "$spawned"
	eventually 10 over "$spawned"
	is_state "$me-a" running
}
attach_watching() { exec "$PURSER" -q -l "$logs" attach --no-stdin "$me-a" </dev/null >"$scratch/out" 2>"$scratch/err"; }

# bats test_tags=not-nerdctl,long
@test "inside: attach in a script reads none of it" {
	made a --network none -i "$image" sh -c 'while :; do echo out; [ ! -e /over ] || exit 0; sleep 0.1; done' >/dev/null
	spawn attach_in_script
	eventually 10 grep -q out out
	engine exec "$me-a" touch /over
	ended "$spawned" 0
	equal "$(grep -v -e '^out$' -e '^$' out)" next # podman ends it with a line of its own
	equal "$(cat err)" ''
}
attach_in_script() { exec "$PURSER" -q -l "$logs" <<<"attach $me-a"$'\n!echo next' >"$scratch/out" 2>"$scratch/err"; }

# ---- cp

@test "inside: cp into a container and out again, in every state: files, directories, what is in them" {
	local state
	stays run
	stays pause
	engine pause "$me-pause" >/dev/null
	made exit --network none "$image" true >/dev/null
	eventually 10 is_state "$me-exit" exited
	engine create --name "$me-create" "${labels[@]}" --network none "$image" true >/dev/null
	mkdir -p tree/sub
	head -c 100000 /dev/urandom >tree/bytes
	echo x >'tree/sub/a b:c'
	for state in run pause exit create; do
		prints '' cp tree "$me-$state:/made"
		prints '' cp "$me-$state:/made" "out-$state"
		diff -r tree "out-$state"
	done
	prints '' cp tree/bytes "$me-run:/new"
	prints '' cp "$me-run:/new" back
	same_bytes tree/bytes back
	prints '' cp tree "$me-run:/made"
	prints '' cp "$me-run:/made/tree" again
	diff -r tree again
	prints '' cp tree/. "$me-run:/tmp"
	prints '' cp "$me-run:/tmp/." .
	same_bytes bytes tree/bytes
}

# bats test_tags=long
@test "inside: cp: names that are odd but legal, a colon here, a file of a mode and an owner" {
	stays a
	local name
	for name in 'a b:c' $'new\nline' 'quote"'"'ü"; do
		printf '%s' "$name" >"./$name"
		prints '' cp "./$name" "$me-a:/tmp/"
		prints '' cp "$me-a:/tmp/$name" here
		equal "$(cat here)" "$name"
	done
	engine exec "$me-a" sh -c 'echo of-bracket >"/tmp/[1]\\"; echo of-dash >/tmp/-x'
	: >./-x
	: >'./a*'
	case $runtime in
	nerdctl) refused 2 'begins with -' cp ./-x "$me-a:/tmp" && refused 2 'begins with -' cp "$me-a:/tmp/-x" . ;;
	podman) refused 2 'for a pattern' cp './a*' "$me-a:/tmp" && refused 2 'for a pattern' cp "$me-a:/tmp/[1]\\" here ;;
	*) prints '' cp "$me-a:/tmp/[1]\\" here && equal "$(cat here)" of-bracket && prints '' cp './a*' "$me-a:/tmp/" && prints '' cp "$me-a:/tmp/-x" here && equal "$(cat here)" of-dash ;;
	esac
	echo x >owned
	chown 1234:4321 owned
	chmod 640 owned
	prints '' cp owned "$me-a:/owned"
	equal "$(engine exec "$me-a" stat -c '%u:%g %a' /owned)" '1234:4321 640'
	refused 2 'is not a place' cp 'a b:/x' .
	refused 2 'is not a place' cp "$me-a:" .
	refused 2 'one of SRC and DST' cp owned other
}

@test "inside: cp: what is not there is not found, with one message, and nothing is made" {
	stays a
	refused 1 "'none'" cp none "$me-a:/"
	refused 1 '' cp "$me-a:/none" here
	[[ ! -e here ]]
	refused 1 'no such container' cp "$me-none:/etc/passwd" here
	refused 1 'no such container' cp /etc/passwd "$me-none:/"
	refused 1 '' cp /etc/passwd "$me-a:/no/directory/"
	refused 1 "directory 'no/" cp "$me-a:/etc/passwd" no/directory/file
	kind_is 'not found' cp "$me-a:/none" here
	kind_is 'not found' cp none "$me-a:/"
	kind_is 'not found' cp /etc/passwd "$me-a:/no/directory/file"
	mkdir directory
	refused 1 'directory' cp directory "$me-a:/etc/passwd"
}

# bats test_tags=long
@test "inside: cp -L copies what a link points to" {
	stays a
	engine exec "$me-a" sh -c 'echo target >/target; ln -s /target /link'
	prints '' cp -L "$me-a:/link" here
	[[ -f here && ! -L here ]]
	equal "$(cat here)" target
	[[ $runtime != docker ]] || { prints '' cp "$me-a:/link" link; equal "$(readlink link)" /target; }
}

@test "inside: cp with - reads and writes a tar" {
	stays a
	mkdir tree
	echo x >tree/file
	tar cf in.tar tree
	if lacking; then
		refused 2 'cannot copy from or to a tar' cp "$me-a:/etc" -
		return
	fi
	purser_reading -q cp - "$me-a:/tmp" <in.tar
	prints x exec "$me-a" cat /tmp/tree/file
	purser -q cp "$me-a:/tmp/tree" - >out.tar
	mkdir out
	tar xf out.tar -C out
	diff -r tree out/tree
	echo none >no.tar
	run --separate-stderr purser_reading -q cp - "$me-a:/tmp" <no.tar
	status_is 1
	one_message "$stderr"
	run --separate-stderr purser_reading -q -k <<<"cp - $me-a:/tmp"$'\n'"exec $me-a echo next"
	equal "$output" next
	one_message "$stderr"
	has "$stderr" 'standard input is where the commands come from'
}

# bats test_tags=long
@test "inside: cp from one container into another" {
	stays a
	made b --network none "$image" true >/dev/null
	eventually 10 is_state "$me-b" exited
	engine exec "$me-a" sh -c 'mkdir -p /tree/sub; head -c 300000 /dev/urandom >/tree/bytes; echo x >/tree/sub/.hidden; chmod 500 /tree/sub'
	export TMPDIR=$scratch/between
	mkdir "$TMPDIR"
	prints '' cp "$me-a:/tree" "$runtime:$me-b:/made"
	prints '' cp "$me-a:/tree/bytes" "$me-b:/renamed"
	prints '' cp "$me-a:/tree/." "$me-b:/tmp"
	equal "$(ls -A "$TMPDIR")" ''
	prints '' cp "$me-a:/tree" from
	prints '' cp "$me-b:/made" to
	prints '' cp "$me-b:/tmp" tmp
	prints '' cp "$me-b:/renamed" .
	diff -r from to
	diff -r from tmp
	same_bytes renamed from/bytes
	refused 1 '' cp "$me-a:/none" "$me-b:/x"
	refused 1 'no such container' cp "$me-a:/tree" "$me-none:/x"
	equal "$(ls -A "$TMPDIR")" ''
}

# bats test_tags=long
@test "inside: cp: a full disk is said once; no half of it is left" {
	stays a
	full_directory "$scratch/full"
	engine exec "$me-a" sh -c 'head -c 300000 /dev/urandom >/bytes'
	refused 1 'no space\|wrote only' cp "$me-a:/bytes" "$scratch/full/bytes"
	equal "$(ls -A full)" ''
	TMPDIR=$scratch/full refused 1 'no space\|wrote only' cp "$me-a:/bytes" "$me-a:/other"
	equal "$(ls -A full)" ''
}

# ---- export, commit

# bats test_tags=long
@test "inside: export writes a file when it is whole, and no other" {
	engine create --name "$me-a" "${labels[@]}" --network none "$image" true >/dev/null
	if lacking; then
		refused 2 'nerdctl has no export' export -o a.tar "$me-a"
		[[ ! -e a.tar ]]
		return
	fi
	prints '' export -o a.tar "$me-a"
	tar tf a.tar >list
	grep -q bin/busybox list || grep -q bin/sh list
	cp a.tar before
	refused 1 'is there already (--force' export -o a.tar "$me-a"
	same_bytes a.tar before
	prints '' export -f -o a.tar "$me-a"
	purser -q export "$me-a" | tar t >again
	diff list again
	refused 1 'no such container' export -o b.tar "$me-none"
	refused 1 'no such file' export -o none/b.tar "$me-a"
	run -2 on_terminal "$PURSER -q -l $logs export $me-a"
	has "$output" 'not for a terminal'
	full_directory "$scratch/full"
	refused 1 'no space' export -o full/a.tar "$me-a"
	equal "$(ls -A full)" ''
	equal "$(ls -A . | grep -c purser)" 0
	[[ ! -e b.tar ]]
}

# bats test_tags=not-nerdctl,long
@test "inside: export to a reader that goes away ends, and so does one that is interrupted, without a file" {
	stays a
	engine exec "$me-a" sh -c 'head -c 20000000 /dev/zero >/zeros'
	run --separate-stderr bash -c '"$1" -q -l "$2" export "$3" | head -c 1000 | wc -c' - "$PURSER" "$logs" "$me-a"
	equal "$output" 1000
	mkfifo pipe
	spawn export_stalled
	exec 7<pipe
	read -rn 1 -u 7
	kill -INT "$spawned"
	exec 7<&-
	eventually 10 over "$spawned"
}
export_stalled() { exec "$PURSER" -q -l "$logs" export "$me-a" </dev/null >"$scratch/pipe" 2>"$scratch/said"; }

@test "inside: commit prints docker's id; the image has the change" {
	stays a
	engine exec "$me-a" sh -c 'echo changed >/changed'
	run --separate-stderr purser -q commit -m 'a message' -a 'an author' -c 'CMD ["cat", "/changed"]' "$me-a" "$names:1"
	status_is 0
	equal "$stderr" ''
	[[ $output =~ ^sha256:[0-9a-f]{64}$ ]]
	is_state "$me-a" running
	made b --network none "$names:1" >/dev/null
	eventually 10 is_state "$me-b" exited
	eventually 10 logged "$me-b" 1
	equal "$(engine logs "$me-b")" changed
	gives_id commit --pause=false "$me-a" "$names:2"
	made c --network none "$image" true >/dev/null
	eventually 10 is_state "$me-c" exited
	gives_id commit "$me-c" "$names:3"
	refused 1 'no such container' commit "$me-none" "$names:2"
	refused 1 'change' commit -c 'RUN true' "$me-a" "$names:2"
	kind_is "bad value" commit -c 'RUN true' "$me-a" "$names:2"
	refused 2 'is not an image' commit "$me-a" Bad:Name:x
	if lacking; then refused 2 'give IMAGE' commit "$me-a"; fi
}
gives_id() {
	run --separate-stderr purser -q "$@"
	status_is 0
	[[ $output =~ ^sha256:[0-9a-f]{64}$ ]] || equal "$output" sha256:…
}

# ---- diff, port, top

# bats test_tags=long
@test "inside: diff lists each path once: A, C, D" {
	stays a
	engine exec "$me-a" sh -c 'mkdir /made; echo x >/made/file; rm /etc/passwd'
	run --separate-stderr purser -q diff "$me-a"
	status_is 0
	equal "$stderr" ''
	equal "$(grep -v '^C\|/etc/[hr]' <<<"$output")" $'D /etc/passwd\nA /made\nA /made/file'
	[[ $runtime == nerdctl ]] || equal "$(grep ^C <<<"$output")" 'C /etc'
	refused 1 'no such container' diff "$me-none"
	engine exec "$me-a" touch $'/tmp/of\ttabs'
	purser -q diff "$me-a" | grep -qxF $'A /tmp/of\ttabs'
}

@test "inside: port of one that publishes nothing; top" {
	stays a
	prints '' port "$me-a"
	refused 1 'no public port' port "$me-a" 80
	kind_is 'not found' port "$me-a" 80/tcp
	refused 1 'no such container' port "$me-none"
	refused 1 'no such container' top "$me-none"
	run --separate-stderr purser -q top "$me-a"
	status_is 0
	equal "$stderr" ''
	equal "$(grep -c 'sleep 1000' <<<"$output")" 1
	run --separate-stderr purser -q top "$me-a" -o pid,comm
	status_is 0
	grep -q 'PID' <<<"$output"
	grep -q 'sleep' <<<"$output"
}

# bats test_tags=not-podman,not-nerdctl
@test "inside: port lists what is published" {
	made a -p 127.0.0.1:0:80 -p 127.0.0.1:0:53/udp "$image" sleep 1000 >/dev/null
	run --separate-stderr purser -q port "$me-a"
	status_is 0
	equal "${#lines[@]}" 2
	equal "$(sed 's/[0-9]*$//' <<<"$output" | sort)" $'53/udp -> 127.0.0.1:\n80/tcp -> 127.0.0.1:'
	run --separate-stderr purser -q port "$me-a" 80
	grep -qx '127.0.0.1:[0-9]*' <<<"$output"
}
