/* alias, unalias, source, try: what makes scripts. */
#include <string.h>

#include "command/alias.h"
#include "command/interpret.h"
#include "command/output.h"
#include "command/rows.h"
#include "base/banned.h"

static void show_alias(const struct session *session, const char *definition)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(SOURCE_MAX), name = BUF_INIT(SOURCE_MAX);
	const char *words = strchr(definition, '=') + 1;
	buf_add(&name, definition, (size_t)(words - 1 - definition));
	if (session->settings.json) {
		output_add_object(&text, (const struct field[]){ { "Alias", buf_text(&name) }, { "Words", words } }, 2);
		output_bytes(&text);
		return;
	}
	word_quote(&text, words);
	output_line("alias %s=%s", buf_text(&name), buf_text(&text));
}

static int check_alias(struct session *session UNUSED, const struct invocation *call, struct error *err)
{
	for (size_t i = 0; i < call->operands_nr; i++)
		if (strchr(call->operands[i], '=') && alias_check(call->operands[i], err) < 0)
			return -1;
	return 0;
}

static int unknown(const char *name, struct error *err)
{
	return error_set(err, ERROR_NOT_FOUND, "no alias is called '%.80s' (alias lists them)", name);
}

static int run_alias(struct session *session, const struct invocation *call, struct error *err)
{
	for (size_t i = 0; i < session->aliases.nr && !call->operands_nr; i++)
		show_alias(session, session->aliases.items[i]);
	for (size_t i = 0; i < call->operands_nr; i++) {
		const char *operand = call->operands[i], *known = alias_find(&session->aliases, operand);
		if (strchr(operand, '='))
			alias_define(&session->aliases, operand);
		else if (known)
			show_alias(session, known);
		else
			return unknown(operand, err);
	}
	return 0;
}

static int run_unalias(struct session *session, const struct invocation *call, struct error *err)
{
	for (size_t i = 0; i < call->operands_nr; i++)
		if (!alias_drop(&session->aliases, call->operands[i]))
			return unknown(call->operands[i], err);
	return 0;
}

static int run_source(struct session *session, const struct invocation *call, struct error *err)
{
	return interpret_source(session, call->operands[0], err);
}

static void say_tried(const struct session *session, const struct error *err)
{
	struct error told = *err;
	if (err->kind == ERROR_STATUS) /* what failed has said so itself */
		error_set(&told, ERROR_FAILED, "try: it goes on after status %d", err->detail);
	else
		error_hint(&told, "%s%stried: it goes on; status %d", err->hint, *err->hint ? "; " : "", error_status(err));
	output_error(session->where, &told);
}

/* Ctrl-C is not the command's failure. */
static int run_try(struct session *session, const struct invocation *call, struct error *err)
{
	if (interpret_inner(session, &call->words, err) == 0)
		return 0;
	if (err->kind == ERROR_CANCELLED || err->kind == ERROR_SIGNALLED)
		return -1;
	say_tried(session, err);
	return 0;
}

const struct command cmd_alias = {
	.name = "alias",
	.summary = "let a word stand for the first words of a command, or show which do",
	.details = "The words are put in its place, and what is typed behind it follows; so they may be another alias, but none comes twice. A\n"
		   "command's name cannot be one. A line alias NAME='WORDS' in the config file makes it for every purser.",
	.operands = (const struct operand[]){ { "NAME", KIND_TEXT, 0, 0, .help = "NAME='WORDS' makes one, NAME shows it" }, { 0 } },
	.examples = (const struct example[]){ { "alias ll='ps -a --no-trunc'", "ll shows all, whole; ll -q their ids" }, { 0 } },
	.flags = COMMAND_OFFLINE | COMMAND_HARMLESS | COMMAND_ALIASES,
	.check = check_alias,
	.run = run_alias,
};

const struct command cmd_unalias = {
	.name = "unalias",
	.summary = "forget aliases",
	.operands = (const struct operand[]){ { "NAME", KIND_TEXT, 1, 0, .help = "of an alias" }, { 0 } },
	.examples = (const struct example[]){ { "unalias ll", "it is no command any more" }, { 0 } },
	.flags = COMMAND_OFFLINE | COMMAND_HARMLESS | COMMAND_ALIASES,
	.run = run_unalias,
};

const struct command cmd_source = {
	.name = "source",
	.summary = "run the commands in a file, as if they stood here",
	.details = "What fails is told with the file and its line, behind those that it is read from. The first failure ends it, unless `set -k`.",
	.operands = (const struct operand[]){ { "FILE", KIND_FILE, 1, 1, .help = "a script" }, { 0 } },
	.examples = (const struct example[]){ { "source aliases.purser", "what it sets and names stays" }, { 0 } },
	.flags = COMMAND_OFFLINE | COMMAND_HARMLESS | COMMAND_SOURCES,
	.run = run_source,
};

const struct command cmd_try = {
	.name = "try",
	.summary = "run a command that may fail: the script goes on",
	.details = "What went wrong is told as ever, with its status; the script's own status does not count it. Ctrl-C ends the script all the same.",
	.operands = (const struct operand[]){ { "COMMAND", KIND_REST, 1, 0, .help = "a command and its arguments" }, { 0 } },
	.examples = (const struct example[]){ { "try rm -f old", "whether it was there or not" }, { 0 } },
	.flags = COMMAND_OFFLINE | COMMAND_HARMLESS | COMMAND_PREFIX,
	.run = run_try,
};
