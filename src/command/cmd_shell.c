/* use, help, history, quit: about the shell itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/output.h"
#include "command/rows.h"
#include "command/session.h"
#include "base/banned.h"

#define TEXT_MAX (1024u * 1024)

static int run_use(struct session *session, const struct invocation *call, struct error *err)
{
	if (call->operands_nr)
		return session_use(session, call->operands[0], err);
	const struct runtime *current = session_runtime(session, err);
	if (!current)
		return -1;
	for (const struct runtime *const *runtime = runtimes; *runtime; runtime++) {
		const char *socket = runtime_socket(*runtime);
		output_line("%c %s%s%s%s", *runtime == current ? '*' : ' ', (*runtime)->name,
			    program_installed((*runtime)->program) ? "" : " (not installed)", *socket ? ", asked over " : "", socket);
	}
	return 0;
}

static int run_help(struct session *session UNUSED, const struct invocation *call, struct error *err)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(TEXT_MAX);
	if (invocation_has(call, "markdown")) {
		manual_markdown(&text);
	} else if (call->operands_nr) {
		const struct command *command = call->operands_nr > 1 ? command_find_two(call->operands[0], call->operands[1])
								      : command_find(call->operands[0], true);
		if (!command && call->operands_nr > 1)
			return error_set(err, ERROR_USAGE, "unknown command '%.60s %.60s'; help lists them", call->operands[0],
					 call->operands[1]);
		if (!command)
			return error_set(err, ERROR_USAGE, "unknown command '%.60s'; help lists them", call->operands[0]);
		manual_command(command, &text);
	} else {
		manual_list(&text);
	}
	output_bytes(&text);
	return 0;
}

static int run_history(struct session *session, const struct invocation *call, struct error *err)
{
	if (!session->show_history)
		return error_set(err, ERROR_USAGE, "only a shell at a terminal has a history");
	session->show_history(call->operands_nr ? strtoul(call->operands[0], NULL, 10) : 0);
	return 0;
}

static int run_quit(struct session *session, const struct invocation *call UNUSED, struct error *err UNUSED)
{
	session->quit = true;
	return 0;
}

const struct command cmd_use = {
	.name = "use",
	.summary = "choose the runtime, or show which there are",
	.operands = (const struct operand[]){ { "RUNTIME", KIND_RUNTIME, 0, 1, .help = "docker, nerdctl or podman" }, { 0 } },
	.examples = (const struct example[]){ { "use podman", "podman's containers from here on" }, { 0 } },
	.flags = COMMAND_OFFLINE,
	.run = run_use,
};

const struct command cmd_help = {
	.name = "help",
	.summary = "list the commands, or explain one",
	.details = "Words are separated by blanks; '…' and \"…\" keep blanks, a backslash keeps the next character, # begins a comment, ; ends\n"
		   "a command. Nothing is expanded: $ and ` are characters like others. A container's name may be a pattern with * and ?\n"
		   "in quotes or without. A line that begins with ! goes to your own shell.",
	.options = (const struct option[]){ { "markdown", 0, KIND_FLAG, NULL, "the list as README has it" }, { 0 } },
	.operands = (const struct operand[]){ { "COMMAND", KIND_COMMAND, 0, 2, .help = "which one" }, { 0 } },
	.examples = (const struct example[]){ { "help run", "its options and examples" }, { 0 } },
	.flags = COMMAND_OFFLINE,
	.run = run_help,
};

const struct command cmd_history = {
	.name = "history",
	.summary = "show the lines typed before",
	.operands = (const struct operand[]){ { "NUMBER", KIND_COUNT, 0, 1, .help = "only the last ones" }, { 0 } },
	.examples = (const struct example[]){ { "history 20", "the last twenty" }, { 0 } },
	.flags = COMMAND_OFFLINE,
	.run = run_history,
};

const struct command cmd_quit = {
	.name = "quit",
	.alias = "exit",
	.summary = "collect what there is, and leave; containers go on running",
	.examples = (const struct example[]){ { "quit", "Ctrl-D does the same" }, { 0 } },
	.flags = COMMAND_OFFLINE,
	.run = run_quit,
};
