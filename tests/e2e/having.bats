#!/usr/bin/env bats
# Having purser: what is installed and taken away again, the manual page, what the first start says.

load helpers
load terminal

# ---- installation

# make_it TARGET VARIABLE…: with the program that is tested, whatever is newer
make_it() { make -s -C "$root" -o all "$1" BUILD="$build" "${@:2}"; }

files_in() { (cd "$1" && find . ! -type d | sort); }

listing() { (cd "$1" && find . -printf '%y %m %p\n' | sort); }

installed_files() {
	echo ./bin/purser
	echo ./share/bash-completion/completions/purser
	(cd "$root" && printf './share/doc/purser/%s\n' LICENSE README.md ARCHITECTURE.md CONTRIBUTING.md docs/*)
	echo ./share/fish/vendor_completions.d/purser.fish
	echo ./share/man/man1/purser.1
	echo ./share/zsh/site-functions/_purser
	printf './lib/systemd/%s/purser.service\n' system user
}

@test "having: make install brings all of it; uninstall leaves nothing" {
	make_it all >/dev/null
	make_it install PREFIX=/usr DESTDIR="$scratch/staged"
	equal "$(files_in staged/usr)" "$(installed_files | sort)"
	equal "$(files_in staged | grep -vc '^./usr/')" 0
	[[ -x staged/usr/bin/purser && $(stat -c %a staged/usr/share/man/man1/purser.1) == 644 ]]
	make_it uninstall PREFIX=/usr DESTDIR="$scratch/staged" >/dev/null
	equal "$(files_in staged)" ''

	# Where others have something it stays as it was, empty directories that every prefix has included.
	mkdir -p prefix/{bin,lib,share/man,share/doc/other}
	echo other >prefix/share/doc/other/README
	listing prefix >before
	make_it install PREFIX="$scratch/prefix"
	run "$scratch/prefix/bin/purser" --version
	status_is 0
	grep -q "ExecStart=$scratch/prefix/bin/purser " prefix/lib/systemd/user/purser.service
	make_it uninstall PREFIX="$scratch/prefix" >/dev/null
	make_it uninstall PREFIX="$scratch/prefix" >/dev/null # nothing is there: nothing happens
	equal "$(listing prefix)" "$(<before)"
}

@test "having: both units for systemd are sound" {
	make_it install PREFIX=/usr DESTDIR="$scratch/root" >/dev/null
	has "$(<root/usr/lib/systemd/system/purser.service)" 'ExecStart=/usr/bin/purser --log-dir /var/log/purser collect --all'
	has "$(<root/usr/lib/systemd/user/purser.service)" 'ExecStart=/usr/bin/purser collect --all'
	local kind
	mkdir run
	for kind in system user; do
		# where the program is now, so that it is found
		sed "s:/usr/bin/purser:$scratch/root/usr/bin/purser:" "root/usr/lib/systemd/$kind/purser.service" >purser.service
		XDG_RUNTIME_DIR=$scratch/run run systemd-analyze "--$kind" verify --man=no ./purser.service
		echo "$output"
		lacks "$output" purser.service
		status_is 0
	done
}

# ---- the manual page

@test "having: the manual page renders without a warning, wide and narrow, and has what help has" {
	local word
	"$PURSER" help --man >purser.1
	run mandoc -T lint -W warning purser.1
	equal "$output" ''
	for MANWIDTH in 100 72; do
		export MANWIDTH
		run --separate-stderr man --warnings -l purser.1
		# shellcheck disable=SC2154 # bats sets it
		equal "$stderr" ''
		status_is 0
	done
	man -l purser.1 >shown
	grep -qE '^ +purser - a shell for your containers' shown
	while read -r word; do
		# shellcheck disable=SC2086 # a name may be two words
		grep -qE -- "^ +$word( |\$)" shown || { echo "not there: $word"; return 1; }
	done < <("$PURSER" help | awk -F '  +' '/^  / { print $2 }')
	while read -r word; do
		grep -qE -- "^ +(-., )?$word( |\$)" shown || { echo "not there: $word"; return 1; }
	done < <("$PURSER" --help | sed -nE 's/^ +(-., )?(--[a-z-]+).*/\2/p' | grep -v help)
	grep -qE '^EXIT STATUS$' shown
}

# ---- the first start

@test "having: the first start at a terminal says what this is about, once; a quiet one and scripts never" {
	purser -c 'help quit' >/dev/null
	[[ ! -e $XDG_STATE_HOME/purser/greeted ]]
	open_terminal
	type_text "clear; $PURSER -q -l $logs"
	keys Enter
	at_prompt
	not shown 'Every line'
	keys C-d
	at_shell

	type_text "clear; $PURSER -l $logs"
	keys Enter
	at_prompt
	equal "$(screen | head -n 3)" "Every line that your containers write is kept in $logs, also when they are gone: logs NAME shows it.
run IMAGE starts a container, track NAME takes in one that runs already, track --all all of them.
Tab completes and lists, help explains, help keys the keys, Ctrl-D leaves. This is said once."
	equal "$(screen | wc -l)" 4
	keys C-d
	at_shell

	type_text "clear; $PURSER -l $logs"
	keys Enter
	at_prompt
	not shown 'Every line'
	shown "logs in $logs; help lists the commands"
	keys C-d
	at_shell
}
