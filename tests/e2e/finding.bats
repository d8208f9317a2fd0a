#!/usr/bin/env bats
# grep: over what is stored of containers that run and of those that are gone, in one order of time.

load helpers
load terminal

# record SECOND TEXT [STREAM [F|P]]: a stored line
record() { printf '2026-11-22T04:03:%02d.000000000Z %s %s %s\n' "$1" "${3-stdout}" "${4-F}" "$2"; }

# Logs of containers that are gone: web, and another one of that name before it, whose log was rotated, once compressed; and db.
kept() {
	mkdir -p "$logs"
	chmod 700 "$logs"
	{ record 1 'old one starts'; record 2 'error: first'; } | gzip >"$logs/aaaaaaaaaaaa+web.log.1.gz"
	{ record 3 'between'; record 4 'Error: second' stderr; } >"$logs/aaaaaaaaaaaa+web.log.2"
	{ record 5 'error in pa' stdout P; record 6 'meanwhile' stderr; record 7 'rts'; } >"$logs/aaaaaaaaaaaa+web.log"
	{ record 8 'error: new one'; record 10 $'\x1b[31mred\x1b[0m error \xff'; } >"$logs/bbbbbbbbbbbb+web.log"
	{ record 2 'db quiet'; record 5 'db error'; record 9 'db ends'; } >"$logs/cccccccccccc+db.log"
}

@test "grep: logs that are kept, rotated, compressed, in parts, of containers that are gone, in one order of time" {
	local all
	kept
	all=$'web@2 | error: first\ndb | db error\nweb@2 | error in parts\nweb | error: new one\nweb | \x1b[31mred\x1b[0m error \xff'
	equal "$(purser grep error)" "$all"
	equal "$(purser grep error 'w*' 'd*')" "$all"
	equal "$(purser grep -i 'err.*(first|second)' 2>&1)" $'web@2 | error: first\nweb@2 | Error: second'
	equal "$(purser grep --stderr . 'w*')" $'web@2 | Error: second\nweb@2 | meanwhile'
	equal "$(purser grep -x 'error in parts' web@2)" 'error in parts'
	equal "$(purser grep -o -E '[a-z]+$' web@2 db)" \
		$'web@2 | starts\ndb | quiet\nweb@2 | first\nweb@2 | between\nweb@2 | second\ndb | error\nweb@2 | meanwhile\nweb@2 | parts\ndb | ends'
	equal "$(purser grep -C1 -w error db 'w*' | tr -d '\033\377')" \
		$'web@2 - old one starts\nweb@2 | error: first\nweb@2 - between\n--\ndb - db quiet\ndb | db error\ndb - db ends\n--\nweb@2 - meanwhile\nweb@2 | error in parts\n--\nweb | error: new one\nweb | [31mred[0m error '
	equal "$(purser grep -c error)" $'db | 1\nweb | 2\nweb@2 | 2'
	equal "$(purser grep -l db)" db
	equal "$(purser grep --since 2026-11-22T04:03:05Z --until 2026-11-22T04:03:08Z error)" $'db | db error\nweb@2 | error in parts\nweb | error: new one'
	equal "$(purser grep -v error db)" $'db quiet\ndb ends'
	equal "$(purser grep -t quiet db)" '2026-11-22T04:03:02.000000000Z db quiet'
	equal "$(purser --json grep quiet)" \
		'{"Time":"2026-11-22T04:03:02.000000000Z","Container":"db","ID":"cccccccccccc","Stream":"stdout","Line":"db quiet","Fits":true}'

	# statuses, as grep has them
	run -0 purser grep -q error
	run -1 purser grep 'stdout F'
	equal "$(purser grep nothing 2>&1)" ''
	run -2 purser grep '(a'
	has "$(purser grep '(a' 2>&1)" "pattern '(a' does not make sense at its character 3"
	run -2 purser grep error nobody
	run -2 purser grep error 'no*'
	record 1 "$(printf 'a%.0s' {1..60})b" >"$logs/dddddddddddd+slow.log"
	run -2 purser grep '(a|aa)+$'
	has "$(purser grep '(a|aa)+$' 2>&1)" "pattern '(a|aa)+\$' takes too much work"
	head -c 60 "$logs/aaaaaaaaaaaa+web.log.1.gz" >"$logs/cut" && mv "$logs/cut" "$logs/aaaaaaaaaaaa+web.log.1.gz"
	run -2 purser grep 'new one'
	has "$(purser grep 'new one' 2>/dev/null)" 'web | error: new one'
	has "$(purser grep 'new one' 2>&1)" 'is damaged'
}

@test "grep: on a terminal with times, coloured names and marked places, safe to look at; Ctrl-C ends it" {
	kept
	open_terminal 100 20
	start_purser
	does 'grep error'
	has "$(screen)" '2026-11-22T04:03:02.000Z web@2 | error: first'
	has "$(screen)" '2026-11-22T04:03:05.000Z db    | db error'
	has "$(screen)" 'web   | ^[[31mred^[[0m error \xff'
	has "$(in_tmux capture-pane -p -e)" $'db \e[1m\e[31merror'
	enter 'grep -f error'
	eventually 10 shows 'web   | ^[[31mred^[[0m error \xff'
	keys C-c
	at_prompt
}

shows() { [[ $(screen) == *"$1"* ]]; }

@test "grep -f: what running containers write, and those that appear, while one is restarted and one removed" {
	need_engine
	purser -q run --name "$me-a" "${labels[@]}" "$image" sh -c 'echo needle one; read -r x </dev/zero' >/dev/null
	reading
	tell "grep -f 'needle|end' '$me-*'"
	eventually 15 said "$me-a | needle one"
	no_more
	purser -q run --name "$me-b" "${labels[@]}" "$image" sh -c 'echo hay; echo needle two' >/dev/null
	eventually 20 said "$me-b | needle two"
	purser -q rm -f "$me-a" "$me-b" >/dev/null
	equal "$(purser grep needle)" "$me-a | needle one"$'\n'"$me-b | needle two"
	lacks "$(cat "$scratch/said")" hay
}
