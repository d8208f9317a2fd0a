#!/usr/bin/env bats
# The same answer to the same thing everywhere: one table, for each runtime; and docker's own answers beside it.
# also: nerdctl podman

load helpers

setup() {
	need_engine
	begin
}
teardown() {
	engine rm "${remove_at_once[@]}" "$me-N" "$me-M" >/dev/null 2>&1 || true
	engine rmi -f "$me-i:t" >/dev/null 2>&1 || true
	engine volume rm "$me-V" >/dev/null 2>&1 || true
	end
}

# What is typed after what; its status; what it prints (ID: an id, NONE: nothing); and docker's own status and output where they are others.
# N and M are containers, V a volume, W a network, I an image's name.
# Where docker differs: bad values are refused before anything is started (2), `run` and `start` tell what ended at once, `exec` has one status for a command
# that is not there, `history` is another thing, `rm` of what is in use names the containers, and output is not the words of errors.
table() {
	cat <<-'LINES'
		create --name N IMAGE sleep 1000       | 0   | ID
		create --name N IMAGE sleep 1000       | 1   | NONE
		create --name N/M IMAGE                | 2   | NONE | 1
		create nosuch.invalid/image            | 1   | NONE
		run nosuch.invalid/image               | 125 | NONE
		run --name N IMAGE sleep 1000          | 125 | NONE
		exec N true                            | 1   | NONE
		pause N                                | 1   | NONE
		kill N                                 | 1   | NONE
		stop N                                 | 0   | N
		start N                                | 0   | N
		start N                                | 0   | N
		rm N                                   | 1   | NONE
		rename N N                             | 1   | NONE
		rename N M                             | 0   | NONE
		rename N M                             | 1   | NONE
		rename M N                             | 0   | NONE
		exec N sh -c 'echo out; sleep 0.2; exit 7' | 7   | out
		exec N sh -c 'echo "$@"; sleep 0.2' - a  b "c d" | 0   | a b c d
		kill -s NOSIG N                        | 2   | NONE | 1
		pause N                                | 0   | N
		pause N                                | 1   | NONE
		exec N true                            | 1   | NONE
		rm N                                   | 1   | NONE
		unpause N                              | 0   | N
		unpause N                              | 1   | NONE
		stop -t 0 N                            | 0   | N
		stop -t 0 N                            | 0   | N
		wait N                                 | 0   | 137
		kill N                                 | 1   | NONE
		restart -t 0 N                         | 0   | N
		stop -t 0 N nosuch                     | 1   | N
		start nosuch N                         | 1   | N
		diff nosuch                            | 1   | NONE
		top nosuch                             | 1   | NONE
		port nosuch                            | 1   | NONE
		wait nosuch                            | 1   | NONE
		logs nosuch                            | 1   | NONE
		kill nosuch                            | 1   | NONE
		restart nosuch                         | 1   | NONE
		rename nosuch M                        | 1   | NONE
		exec nosuch true                       | 1   | NONE
		cp nosuch:/a .                         | 1   | NONE
		cp N:/nosuch .                         | 1   | NONE
		inspect nosuch                         | 1   | []
		rm nosuch                              | 1   | NONE
		rm -f nosuch                           | 0   | NONE
		rm -f N                                | 0   | N
		rm -f N                                | 0   | NONE
		tag IMAGE I                            | 0   | NONE
		tag nosuch I                           | 1   | NONE
		image inspect nosuch                   | 1   | []
		rmi nosuch                             | 1   | NONE
		volume create V                        | 0   | V
		volume create V                        | 0   | V
		volume create 'V?'                     | 2   | NONE | 1
		volume inspect nosuch                  | 1   | []
		volume rm V                            | 0   | V
		volume rm V                            | 1   | NONE
		network inspect nosuch                 | 1   | []
		network rm nosuch                      | 1   | NONE
		stop                                   | 2   | NONE | 1
		nosuch                                 | 2   | NONE | 1
	LINES
}

# answer COMMAND…: "STATUS OUTPUT"; `line` is given to it as words by a shell, as a person types it
answer() {
	local code=0 out
	out=$(eval "$* $line" 2>/dev/null </dev/null) || code=$?
	out=$(tr '\n' ' ' <<<"$out" | sed -E 's/ +$//; s/^[0-9a-f]{64}$/ID/')
	printf '%s %s' "$code" "${out:-NONE}"
}

# in_names PREFIX LINE: with names of its own
in_names() {
	sed -E "s/(^|[ '])([NMVWI])([ :\/?]|\$)/\1$1-\2\3/g; s/(^|[ '\/])([NMVWI])([ :\/?]|\$)/\1$1-\2\3/g; s/IMAGE/$image/g" <<<"$2" | sed -E "s/$1-I( |\$)/$1-i:t\1/g"
}

compare() { # PREFIX COLUMN COMMAND…
	local prefix=$1 column=$2 typed status out theirs line wrong=0
	shift 2
	while IFS='|' read -r typed status out theirs; do
		status=${status// /} out=$(sed -E 's/^ +| +$//g' <<<"$out") theirs=${theirs// /}
		[[ $column == ours || -z $theirs ]] || status=$theirs
		line=$(in_names "$prefix" "$(sed -E 's/ +$//' <<<"$typed")")
		is=$(answer "$@")
		should="$status $(in_names "$prefix" "$out")"
		[[ $is == "$should" ]] || { printf '%s\n  is:        %s\n  should be: %s\n' "$line" "$is" "$should" && wrong=1; }
	done < <(table)
	((wrong == 0))
}

@test "answers: the table, by purser" {
	compare "$me" ours in_time "$PURSER" -q -l "$logs"
}

# bats test_tags=not-nerdctl,not-podman,slow
@test "answers: the table is docker's own, but for what it says" {
	compare "$me" theirs in_time docker
}
