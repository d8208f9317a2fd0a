#!/usr/bin/env bash
# with-journal.sh CMD… - runs CMD where there is a systemd-journald of its own, whether or not systemd runs: for containers whose log
# driver is journald, and for journalctl. CMD is in a mount namespace in which /run/systemd and /run/log are others.
# Exit 3 and the reason if there can be none here.
set -euo pipefail

give_up() {
	printf 'no journal: %s\n' "$1" >&2
	exit 3
}

program=/lib/systemd/systemd-journald
(($#)) || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
((EUID == 0)) || give_up "only root can start one, and this is $(id -un)"
[[ -x $program ]] || give_up "$program is not installed"
[[ -v PURSER_TEST_JOURNAL ]] || PURSER_TEST_JOURNAL=1 exec unshare --mount --propagation private "$0" "$@"

trap '[[ ! -v journald ]] || kill "$journald"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir -p /run/systemd /run/log
mount -t tmpfs -o mode=755 tmpfs /run/systemd
mount -t tmpfs -o mode=755 tmpfs /run/log
mkdir /run/log/journal /run/systemd/journal
# Nothing is left out, however much is written; and what the kernel has to say is not ours.
printf '%s\n' '[Journal]' Storage=volatile RateLimitIntervalSec=0 ReadKMsg=no Audit=no ForwardToWall=no >/run/log/journald.conf
mount --bind /run/log/journald.conf /etc/systemd/journald.conf
"$program" </dev/null >/run/log/words 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
journald=$!
for _ in {1..100}; do
	[[ ! -S /run/systemd/journal/socket ]] || break
	sleep 0.05
done
[[ -S /run/systemd/journal/socket ]] || give_up "systemd-journald does not start: $(tail -n 3 /run/log/words)"
"$@"
