/* use, docker, nerdctl, podman, help, history, quit: about the shell itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/version.h"
#include "command/interpret.h"
#include "command/manpage.h"
#include "command/output.h"
#include "command/rows.h"
#include "command/session.h"
#include "command/settings.h"
#include "command/topics.h"
#include "base/banned.h"

#define TEXT_MAX (1024u * 1024)

static void show_runtime(const struct session *session, const struct runtime *runtime)
{
	char endpoint[ENDPOINT_NAME_MAX + 1];
	const char *socket = runtime_socket(runtime), *why = "";
	bool present = runtime == session->runtime;
	endpoint_name(runtime->name, &runtime_arguments(runtime)->always, endpoint);
	if (!program_installed(runtime->program))
		why = "not installed";
	else if (present)
		why = choice_text(session->choice);
	output_line("%c %s%s%s%s%s%s%s%s", present ? '*' : ' ', runtime->name, *endpoint ? "@" : "", endpoint, *why ? " (" : "", why,
		    *why ? ")" : "", *socket ? ", asked over " : "", socket);
}

static int run_use(struct session *session, const struct invocation *call, struct error *err)
{
	if (call->operands_nr)
		return session_use(session, call->operands[0], err);
	if (!session_runtime(session, err))
		return -1;
	for (const struct runtime *const *runtime = runtimes; *runtime; runtime++)
		show_runtime(session, *runtime);
	return 0;
}

/* docker ps, podman ps: the row's name is the runtime's. */
static int run_with(struct session *session, const struct invocation *call, struct error *err)
{
	const struct runtime *runtime = runtime_find(call->command->name, err);
	if (!runtime)
		return -1;
	const struct runtime *before = session_turn_to(session, runtime);
	int failed = interpret_inner(session, &call->words, err);
	session_turn_to(session, before);
	return failed;
}

/* A command, what commands of two words begin with, or a topic. */
static int explain(const struct invocation *call, struct buf *text, struct error *err)
{
	const char *first = call->operands[0], *second = call->operands_nr > 1 ? call->operands[1] : NULL;
	const struct topic *topic = second ? NULL : topic_find(first);
	const struct command *command = second  ? command_find_two(first, second)
					: topic ? NULL
						: command_find(first, true);
	if (command)
		manual_command(command, text);
	else if (topic)
		manual_topic(topic, text);
	else if (second || !manual_group(first, text))
		return error_set(err, ERROR_USAGE, "unknown command '%.60s%s%.60s'; help lists them", first,
				 second ? " " : "", second ? second : "");
	return 0;
}

static int run_help(struct session *session UNUSED, const struct invocation *call, struct error *err)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(TEXT_MAX);
	if (invocation_has(call, "markdown"))
		manual_markdown(&text);
	else if (invocation_has(call, "overview"))
		manual_overview(&text);
	else if (invocation_has(call, "runtimes"))
		manual_runtimes(&text);
	else if (invocation_has(call, "man"))
		manpage(&program, VERSION, VERSION_DATE, &text);
	else if (!call->operands_nr)
		manual_list(&text);
	else if (explain(call, &text, err) < 0)
		return -1;
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

static int run_quit(struct session *session, const struct invocation *call, struct error *err)
{
	session->quit = true;
	if (!call->operands_nr || !strcmp(call->operands[0], "0"))
		return 0;
	error_set(err, ERROR_STATUS, "exit status %s", call->operands[0]);
	err->detail = (int)strtol(call->operands[0], NULL, 10) & 255;
	return -1;
}

const struct command cmd_use = {
	.name = "use",
	.summary = "choose the runtime, or show which there are",
	.operands = (const struct operand[]){ { "RUNTIME", KIND_RUNTIME, 0, 1, .help = "docker, nerdctl or podman" }, { 0 } },
	.examples = (const struct example[]){ { "use podman", "podman's containers from here on" }, { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_OFFLINE,
	.run = run_use,
};

#define RUN_WITH(runtime)                                                                                              \
	{                                                                                                              \
		.name = runtime, .summary = "run one command with " runtime ", whatever the default is",                      \
		.operands = (const struct operand[]){ { "COMMAND", KIND_REST, 1, 0, .help = "a command and its arguments" }, { 0 } }, \
		.examples = (const struct example[]){ { runtime " ps -a", "its containers" }, { 0 } },                        \
		.flags = COMMAND_HARMLESS | COMMAND_OFFLINE | COMMAND_PREFIX, .run = run_with,                                                   \
	}

const struct command cmd_docker = RUN_WITH("docker");
const struct command cmd_nerdctl = RUN_WITH("nerdctl");
const struct command cmd_podman = RUN_WITH("podman");

const struct command cmd_help = {
	.name = "help",
	.summary = "list the commands; explain one, or what all have in common",
	.options =
		(const struct option[]){ { "markdown", 0, KIND_FLAG, NULL, "the list as docs/commands.md has it" },
					    { "overview", 0, KIND_FLAG, NULL, "the list as README has it" },
					 { "runtimes", 0, KIND_FLAG, NULL, "what each runtime can, as docs/runtimes.md has it" },
					    { "man", 0, KIND_FLAG, NULL, "all of it as a page for man, in roff" },
					 { 0 } },
	.operands =
		(const struct operand[]){ { "COMMAND", KIND_COMMAND, 0, 2, .help = "which one; or a topic, as keys" },
					  { 0 } },
	.examples = (const struct example[]){ { "help run", "its options and examples" },
					      { "help keys", "of the line editor" },
					      { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_OFFLINE | COMMAND_PAGES,
	.run = run_help,
};

const struct command cmd_history = {
	.name = "history",
	.summary = "show the lines typed before",
	.operands = (const struct operand[]){ { "NUMBER", KIND_COUNT, 0, 1, .help = "only the last ones" }, { 0 } },
	.examples = (const struct example[]){ { "history 20", "the last twenty" }, { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_OFFLINE | COMMAND_PAGES,
	.run = run_history,
};

const struct command cmd_quit = {
	.name = "quit",
	.alias = "exit",
	.summary = "collect what there is, and leave; containers go on running",
	.operands = (const struct operand[]){ { "STATUS", KIND_COUNT, 0, 1, .help = "what purser ends with; 0 if there is none" }, { 0 } },
	.examples = (const struct example[]){ { "quit", "Ctrl-D does the same" }, { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_OFFLINE,
	.run = run_quit,
};
