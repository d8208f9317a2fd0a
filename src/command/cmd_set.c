/* set: the settings, where each comes from, and changing them. */
#include <string.h>

#include "command/columns.h"
#include "command/output.h"
#include "command/rows.h"
#include "command/session.h"
#include "command/settings.h"
#include "base/arena.h"
#include "base/banned.h"

#define TEXT_MAX (256u * 1024)
#define COLUMNS 3

static const char *keep(struct buf *text, struct arena *arena)
{
	const char *kept = arena_text(arena, buf_text(text));
	buf_clear(text);
	return kept;
}

static void describe(const struct session *session, const struct option *option, struct arena *arena, const char *cells[COLUMNS])
{
	SCOPED(buf_release) struct buf text = BUF_INIT(TEXT_MAX);
	struct setting setting = setting_find(session->sources, option);
	cells[0] = option->name;
	setting_show(session->sources, &setting, &text);
	cells[1] = keep(&text, arena);
	setting_show_origin(session->sources, &setting, &text);
	cells[2] = keep(&text, arena);
}

static void print_settings(const struct session *session, const char *const *cells, size_t nr)
{
	static const struct column columns[COLUMNS] = { { "SETTING", false }, { "VALUE", true }, { "FROM", true } };
	SCOPED(buf_release) struct buf text = BUF_INIT(TEXT_MAX);
	if (!session->settings.json) {
		columns_print(columns, COLUMNS, cells, nr);
		return;
	}
	for (size_t i = 0; i < nr; i++, cells += COLUMNS)
		output_add_object(&text, (const struct field[]){ { "Setting", cells[0] }, { "Value", cells[1] }, { "From", cells[2] } }, COLUMNS);
	output_bytes(&text);
}

static void show_all(const struct session *session)
{
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	size_t nr = 0;
	for (const struct option *option = program.options; option->name; option++)
		nr += option->scope != SCOPE_NONE;
	const char **cells = arena_alloc(&arena, nr * COLUMNS * sizeof *cells), **cell = cells;
	for (const struct option *option = program.options; option->name; option++)
		if (option->scope != SCOPE_NONE) {
			describe(session, option, &arena, cell);
			cell += COLUMNS;
		}
	print_settings(session, cells, nr);
}

static void show_one(const struct session *session, const struct option *option)
{
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	const char *cells[COLUMNS];
	describe(session, option, &arena, cells);
	print_settings(session, cells, 1);
}

static int check_value(const char *name, const char *value, struct error *err)
{
	const struct option *option = setting_option(name, err);
	return option ? kind_check(option->kind, option->name, config_spelling(option, value), err) : -1;
}

static int check_set(struct session *session UNUSED, const struct invocation *call, struct error *err)
{
	bool stops = invocation_has(call, "stop"), goes_on = invocation_has(call, "keep-going");
	if ((stops || goes_on) && (stops == goes_on || call->operands_nr))
		return error_set(err, ERROR_USAGE, "-e, -k and a NAME exclude each other");
	if (call->operands_nr > 2)
		return error_set(err, ERROR_USAGE, "'%.80s' is one word too many: a value with blanks needs quotes", call->operands[2]);
	if (call->operands_nr > 1)
		return check_value(call->operands[0], call->operands[1], err);
	return call->operands_nr && !setting_option(call->operands[0], err) ? -1 : 0;
}

static int change(struct session *session, const char *name, const char *value, struct error *err)
{
	const struct option *option = setting_option(name, err);
	if (!option)
		return -1;
	return session_set(session, option, config_spelling(option, value), err);
}

static int run_set(struct session *session, const struct invocation *call, struct error *err)
{
	bool stops = invocation_has(call, "stop"), goes_on = invocation_has(call, "keep-going");
	if (stops || goes_on)
		return change(session, "keep-going", goes_on ? "on" : "off", err);
	if (call->operands_nr > 1)
		return change(session, call->operands[0], call->operands[1], err);
	if (call->operands_nr)
		show_one(session, setting_option(call->operands[0], err));
	else
		show_all(session);
	return 0;
}

const struct command cmd_set = {
	.name = "set",
	.summary = "show the settings, and change them until purser ends",
	.details = "Each is an option of purser's own (`purser --help` explains them), and a line in the config file makes it for every purser.\n"
		   "Some count only at the start.",
	.options = (const struct option[]){ { "stop", 'e', KIND_FLAG, NULL, "in scripts, stop at the first failure, as is usual" },
					    { "keep-going", 'k', KIND_FLAG, NULL, "in scripts, go on after a failure" },
					    { 0 } },
	.operands = (const struct operand[]){ { "NAME", KIND_OPTION, 0, 1, .help = "which one" },
					      { "VALUE", KIND_VALUE, 0, 1, .help = "what it is to be; flags are on or off" },
					      { 0 } },
	.examples = (const struct example[]){ { "set", "all of them, and where each comes from" },
					      { "set notify mine", "tell only of containers that are tracked" },
					      { "set -k", "from here on a script goes on after a failure" },
					      { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_OFFLINE | COMMAND_PAGES,
	.check = check_set,
	.run = run_set,
};
