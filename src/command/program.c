/* The program itself is a row: its options are parsed and explained like any command's. Most of them are settings. */
#include "command/prompt.h"
#include "command/settings.h"
#include "base/banned.h"

const struct command program = {
	.name = "purser",
	.summary = "a shell for your containers that keeps every log line",
	.details = "Without COMMAND: a shell if standard input is a terminal, else the commands on standard input.\n"
		   "\n"
		   "Options may stand in the config file, $XDG_CONFIG_HOME/purser/config, else ~/.config/purser/config: one a line, without\n"
		   "dashes, as in: runtime podman. In the environment they are PURSER_RUNTIME, PURSER_LOG_DIR and so on. What the command line\n"
		   "says counts first, then the environment, then that file. `set` shows them all, and changes what can be changed later.",
	.options =
		(const struct option[]){
			{ "runtime", 'r', KIND_RUNTIME, "NAME", "docker, nerdctl or podman (PURSER_RUNTIME; else the first that answers)", .scope = SCOPE_LIVE },
			{ "transport", 0, KIND_TEXT, "HOW", "how docker is asked: its socket, its cli, or auto: the cli where the socket fails (PURSER_TRANSPORT)", .scope = SCOPE_START, .initial = "auto",
			  .words = (const char *const[]){ "auto", "cli", "socket", NULL } },
			{ "log-dir", 'l', KIND_FILE, "DIR", "where logs are kept (PURSER_LOG_DIR; else ./logs, else in XDG_STATE_HOME)", .scope = SCOPE_START },
			{ "log-name", 0, KIND_LOG_NAME, "NAME", "how logs are called: %n name, %i or %I id, %d day of the start (%i+%n)", .scope = SCOPE_START },
			{ "log-max-size", 0, KIND_SIZE, "SIZE", "rotate a log when it has this size: 10m (never)", .scope = SCOPE_START },
			{ "log-max-files", 0, KIND_FILES, "NUMBER", "keep so many files of a log, the one that is written to included (all)", .scope = SCOPE_START },
			{ "log-compress", 0, KIND_FLAG, NULL, "compress rotated files", .scope = SCOPE_START },
			{ "log-max-total", 0, KIND_SIZE, "SIZE", "delete the oldest rotated files, and logs of containers that are gone, beyond it", .scope = SCOPE_START },
			{ "read-engine-files", 0, KIND_FLAG, NULL, "catch up and follow from docker's own json-file logs, where they may be read (PURSER_READ_ENGINE_FILES=1)", .scope = SCOPE_START },
			{ "docker-args", 0, KIND_WORDS, "WORDS", "words that docker gets whenever it is run, before its own: '-l debug'", .many = true, .scope = SCOPE_START },
			{ "nerdctl-args", 0, KIND_WORDS, "WORDS", "the same for nerdctl: '--namespace k8s.io'", .many = true, .scope = SCOPE_START },
			{ "podman-args", 0, KIND_WORDS, "WORDS", "the same for podman: '--cgroup-manager cgroupfs'", .many = true, .scope = SCOPE_START },
			{ "docker-run-args", 0, KIND_WORDS, "WORDS", "options that docker's run and create get besides", .many = true, .scope = SCOPE_START },
			{ "nerdctl-run-args", 0, KIND_WORDS, "WORDS", "the same for nerdctl: '--network none'", .many = true, .scope = SCOPE_START },
			{ "podman-run-args", 0, KIND_WORDS, "WORDS", "the same for podman: '--ulimit nofile=1024:1024'", .many = true, .scope = SCOPE_START },
			{ "file", 'f', KIND_FILE, "FILE", "run the commands in FILE; - is standard input" },
			{ "command", 'c', KIND_TEXT, "LINES", "run these commands" },
			{ "check", 0, KIND_FLAG, NULL, "read the commands, say all that is wrong with them, and run none" },
			{ "keep-going", 'k', KIND_FLAG, NULL, "scripts: go on after a failure", .scope = SCOPE_CALL },
			{ "dry-run", 'n', KIND_FLAG, NULL, "print the requests that change something instead of making them", .scope = SCOPE_CALL },
			{ "readonly", 0, KIND_FLAG, NULL, "only look: refuse all that may change what an engine has; once on it stays on", .scope = SCOPE_LOCK },
			{ "yes", 'y', KIND_FLAG, NULL, "yes to every question", .scope = SCOPE_CALL },
			{ "quiet", 'q', KIND_FLAG, NULL, "say only what was asked for", .scope = SCOPE_LIVE },
			{ "json", 0, KIND_FLAG, NULL, "all that is printed as JSON, one object a line", .scope = SCOPE_LIVE },
			{ "color", 0, KIND_WHEN, "WHEN", "auto, always or never; auto is on a terminal, unless NO_COLOR is set", .scope = SCOPE_LIVE, .initial = "auto" },
			{ "plain", 0, KIND_FLAG, NULL, "for a screen reader: nothing is drawn anew, coloured, or put above the line", .scope = SCOPE_LIVE },
			{ "notify", 0, KIND_WHOSE, "WHOSE", "what is told above the prompt: of mine, those that are tracked, of all the runtime has, or off", .scope = SCOPE_LIVE, .initial = "mine" },
			{ "prompt", 0, KIND_PROMPT, "TEXT", "what the prompt says: " PROMPT_WORDS_HELP, .scope = SCOPE_LIVE, .initial = PROMPT_DEFAULT },
			{ "suggest", 0, KIND_FLAG, NULL, "show in grey how a line may go on, from history", .scope = SCOPE_LIVE, .initial = "true" },
			{ "pager", 0, KIND_WORDS, "WORDS", "shows what does not fit the screen; '' or off: none (PAGER)", .scope = SCOPE_LIVE, .initial = "less -R" },
			{ "parallel", 0, KIND_POSITIVE, "NUMBER", "so many requests of one command at once", .scope = SCOPE_LIVE, .initial = "8" },
			{ "keys", 0, KIND_KEYS, "WHICH", "emacs or vi (as inputrc says)", .scope = SCOPE_LIVE },
			{ "history", 0, KIND_COUNT, "NUMBER", "keep so many lines typed; 0 for none", .scope = SCOPE_LIVE, .initial = "10000" },
			{ "version", 'V', KIND_FLAG, NULL, "print the version" },
			{ 0 },
		},
	.operands = (const struct operand[]){ { "COMMAND", KIND_REST, 0, 0, .help = "one command and its arguments; purser help lists them" },
					      { 0 } },
	.examples = (const struct example[]){ { "purser ps -a", "one command" },
					      { "purser -f deploy.purser", "a script; #!/usr/bin/env -S purser -f makes it a program" },
					      { 0 } },
};
