#include "command/topics.h"

#include <stddef.h>
#include <string.h>

#include "base/banned.h"

static const struct term words[] = {
	{ "'…'", "keeps blanks and everything else" },
	{ "\"…\"", "the same, but a backslash keeps \", $, ` and a backslash" },
	{ "\\", "keeps the next character; at the end of a line that goes on in the next" },
	{ ";", "ends a command" },
	{ "#", "begins a comment" },
	{ "!COMMAND", "goes to your own shell, the whole line" },
	{ 0 },
};

static const struct term names[] = {
	{ "web", "the default runtime's container web; a part of its id does as well, if no other begins so" },
	{ "'web-*'", "all whose name fits, with * and ?; quotes are not needed" },
	{ "podman:web", "podman's container web, whatever the default is; docker: and nerdctl: likewise" },
	{ "label=tier=web", "all that have this label, with this value; label=tier: with any" },
	{ "@shop", "all that compose made for the project shop" },
	{ "podman:*", "all of podman's; label= and @ may follow as well" },
	{ "-", "those of the last result: what the last command listed (ps), made (run, create) or acted on, but for "
	       "what it removed" },
	{ "web@2", "a stored log: of the container that was called web before" },
	{ 0 },
};

static const struct term scripts[] = {
	{ "purser -f FILE", "runs the commands in it; so does `purser` on what comes by a pipe, and -c on its words" },
	{ "purser --check -f FILE", "says all that is wrong in it, and runs nothing" },
	{ "set -k, set -e", "go on after a failure; stop at the first one, as is usual" },
	{ "try COMMAND", "may fail" },
	{ "source FILE", "reads another script" },
	{ "alias NAME='WORDS'", "makes a command of one's own, also in the config file" },
	{ "wait --for healthy NAME", "waits for something instead of asking again and again" },
	{ "--json", "makes all that is printed objects, one a line" },
	{ "-y", "says yes to every question" },
	{ 0 },
};

static const struct term keys[] = {
	{ "Tab", "complete the word; twice: list what fits" },
	{ "Right, Ctrl-E", "at the end of the line: take what stands behind it in grey, which a line before had; Alt-F: a word of it" },
	{ "Up, Down", "earlier lines, later ones; also Ctrl-P, Ctrl-N" },
	{ "Ctrl-R", "look for what is typed next in earlier lines; Ctrl-R again: further back; Ctrl-G: give up" },
	{ "Ctrl-A, Ctrl-E", "to the beginning, the end of the line" },
	{ "Alt-B, Alt-F", "a word back, a word on" },
	{ "Ctrl-W, Ctrl-U", "delete a word, all before the cursor" },
	{ "Alt-D, Ctrl-K", "delete the next word, all behind the cursor" },
	{ "Ctrl-Y", "put back what was deleted last" },
	{ "Alt-.", "the last word of the line before" },
	{ "Ctrl-_", "undo" },
	{ "Ctrl-L", "clear the screen" },
	{ "Ctrl-C", "at the prompt: drop the line; while a command runs: end it" },
	{ "Ctrl-D", "on an empty line: quit" },
	{ "Ctrl-P Ctrl-Q", "leave a container that has the terminal; it goes on running (--detach-keys)" },
	{ "q", "leave a table that is followed (stats -f)" },
	{ 0 },
};

static const struct term statuses[] = {
	{ "0", "all went well" },
	{ "1", "something failed; what, is on standard error" },
	{ "2", "it was not understood: a word, an option, a value" },
	{ "124", "a deadline passed" },
	{ "125", "the runtime failed" },
	{ "126", "a command cannot be run" },
	{ "127", "a command is not there" },
	{ "128+N", "signal N ended it: 130 is Ctrl-C, 137 is kill -9, 141 a pipe that nobody reads" },
	{ "other", "the status of what ran in a container (exec, run -it, attach, wait)" },
	{ 0 },
};

static const struct term files[] = {
	{ "logs/", "the logs: in the directory purser is started in, if it has one; else $XDG_STATE_HOME/purser/logs" },
	{ "logs/journal.jsonl", "what happened to containers, and gaps in logs" },
	{ "$XDG_STATE_HOME/purser/history",
	  "the lines typed before ($XDG_STATE_HOME is ~/.local/state if it is not set)" },
	{ "$XDG_CONFIG_HOME/purser/config",
	  "options of purser, one a line, without dashes ($XDG_CONFIG_HOME is ~/.config if it is not set)" },
	{ "~/.inputrc", "keys of the line editor; those of purser alone behind $if purser" },
	{ 0 },
};

static const struct term variables[] = {
	{ "PURSER_RUNTIME", "--runtime; so each option that `set` shows: PURSER_LOG_DIR, PURSER_COLOR …" },
	{ "NO_COLOR", "no colours, if it is not empty" },
	{ "TERM", "dumb: nothing is drawn anew or coloured" },
	{ "PAGER", "shows what does not fit the screen" },
	{ "SHELL", "what lines that begin with ! go to" },
	{ "DOCKER_HOST, DOCKER_CONTEXT", "which engine docker talks to" },
	{ "CONTAINERD_ADDRESS, CONTAINERD_NAMESPACE", "the same for nerdctl" },
	{ "CONTAINER_HOST, CONTAINER_CONNECTION", "the same for podman" },
	{ 0 },
};

const struct topic topics[] = {
	{ "words", "how a line is read: quotes, comments, several commands", words,
	  "Words are separated by blanks. Nothing is expanded: $ and ` are characters like others." },
	{ "names", "how containers are named: patterns, other runtimes, logs of those that are gone", names,
	  "Of what a pattern, a label and a project fit those are taken that are in a state for it: stop takes what runs. "
	  "Before such a word, or -, removes containers, or at the prompt ends several, they are shown, and you are asked. "
	  "Where one container is wanted it may stand for one." },
	{ "scripts", "what there is for scripts", scripts,
	  "Messages begin with FILE:LINE, behind the files that read it. There are no variables and no conditions: in front of "
	  "purser stands a shell that has them, and `$` is data here." },
	{ "keys", "what keys do", keys,
	  "These are readline's, as in bash; ~/.inputrc may say others. `set keys vi`, or the line set editing-mode vi in it, "
	  "makes them those of vi. In tables that are followed arrows or j and k, PgUp, PgDn, Home and End choose a row." },
	{ "exit-status", "what statuses mean", statuses, "Where several things failed it is that of the last one." },
	{ "files", "what is kept where", files, NULL },
	{ "environment", "the variables that purser reads", variables,
	  "What `set` and the command line say counts first, then PURSER_…, then the config file, then the other variables." },
	{ 0 },
};

const struct topic *topic_find(const char *name)
{
	for (const struct topic *topic = topics; topic->name != NULL; topic++)
		if (strcmp(topic->name, name) == 0)
			return topic;
	return NULL;
}
