/* Runtime × feature, from the rows of commands and the dialects of runtimes. */
#include <stdio.h>
#include <string.h>

#include "command/command.h"
#include "logs/promise.h"
#include "runtime/runtime.h"
#include "base/banned.h"

#define CELL_MAX 4096

/* What stands in one cell: of `runtime`, about `what`. */
typedef void cell_fn(const struct runtime *runtime, const void *what, struct buf *out);

static void add_cells(struct buf *out, cell_fn *cell, const void *what)
{
	for (const struct runtime *const *runtime = runtimes; *runtime; runtime++) {
		SCOPED(buf_release) struct buf text = BUF_INIT(CELL_MAX);
		cell(*runtime, what, &text);
		buf_printf(out, " %s |", buf_text(&text));
	}
	buf_add_text(out, "\n");
}

static void add_name(const struct runtime *runtime, const void *what UNUSED, struct buf *out)
{
	buf_add_text(out, runtime->name);
}

static void add_dashes(const struct runtime *runtime UNUSED, const void *what UNUSED, struct buf *out)
{
	buf_add_text(out, "---");
}

static void add_feature(const struct runtime *runtime, const void *what, struct buf *out)
{
	const struct feature *feature = what;
	feature->tell(runtime, out);
}

static void add_features(struct buf *out)
{
	for (const struct feature *feature = runtime_features; feature->name; feature++) {
		buf_printf(out, "| %s |", feature->name);
		add_cells(out, add_feature, feature);
	}
}

/* ---- log drivers ---- */

static bool knows(const struct runtime *runtime, const char *driver)
{
	const char *name;
	for (size_t i = 0; (name = runtime_log_driver(runtime, i)); i++)
		if (!strcmp(name, driver))
			return true;
	return false;
}

/* A driver that several have stands where the first of them has it. */
static bool known_before(const struct runtime *const *runtime, const char *driver)
{
	for (const struct runtime *const *before = runtimes; before < runtime; before++)
		if (knows(*before, driver))
			return true;
	return false;
}

static void add_way(const struct runtime *runtime, const void *what, struct buf *out)
{
	buf_add_text(out, knows(runtime, what) ? promise_of(runtime_log_form(runtime, what))->short_way : "");
}

static void add_any_way(const struct runtime *runtime UNUSED, const void *what UNUSED, struct buf *out)
{
	buf_add_text(out, promise_of(LOG_FORM_UNKNOWN)->short_way);
}

static void add_log_drivers(struct buf *out)
{
	const char *driver;
	for (const struct runtime *const *runtime = runtimes; *runtime; runtime++)
		for (size_t i = 0; (driver = runtime_log_driver(*runtime, i)); i++)
			if (*driver && !known_before(runtime, driver)) {
				buf_printf(out, "| logs of `%s` are read by |", driver);
				add_cells(out, add_way, driver);
			}
	buf_add_text(out, "| logs of other drivers |");
	add_cells(out, add_any_way, NULL);
}

/* ---- commands and options ---- */

static void add_has(const struct runtime *runtime, const void *what, struct buf *out)
{
	buf_add_text(out, is_lacked(what, runtime->name) ? "no" : "yes");
}

/* Those that not all have. */
static void add_own_words(const struct runtime *runtime, const void *what UNUSED, struct buf *out)
{
	for (size_t i = 0; commands[i]; i++)
		if ((commands[i]->flags & COMMAND_THROUGH) && commands[i]->lacked_by && !is_lacked(commands[i]->lacked_by, runtime->name))
			buf_printf(out, "%s`%s`", out->len ? " " : "", commands[i]->name);
}

static bool same_lack(const struct option *a, const struct option *b)
{
	return a->lacked_by && b->lacked_by && !strcmp(a->lacked_by, b->lacked_by);
}

/* A line for all of `options` that the same runtimes lack; `names` are the commands that have them. */
static void add_options(const char *names, const struct option *options, struct buf *out)
{
	for (const struct option *option = options; option && option->name; option++) {
		const struct option *before = options;
		while (before != option && !same_lack(before, option))
			before++;
		if (!option->lacked_by || before != option)
			continue;
		buf_printf(out, "| %s: `--%s`", names, option->name);
		for (const struct option *other = option + 1; other->name; other++)
			if (same_lack(other, option))
				buf_printf(out, " `--%s`", other->name);
		buf_add_text(out, " |");
		add_cells(out, add_has, option->lacked_by);
	}
}

/* What several rows share is said once, of all of them. */
static void add_shared(const struct command *command, struct buf *out)
{
	SCOPED(buf_release) struct buf names = BUF_INIT(4096);
	const struct command *const *first = commands;
	while ((*first)->more_options != command->more_options)
		first++;
	if (*first != command)
		return;
	for (; *first; first++)
		if ((*first)->more_options == command->more_options)
			buf_printf(&names, "%s`%s`", names.len ? " " : "", (*first)->name);
	add_options(buf_text(&names), command->more_options, out);
}

static void add_commands(struct buf *out)
{
	for (size_t i = 0; commands[i]; i++) {
		char name[64];
		if (commands[i]->lacked_by && !(commands[i]->flags & COMMAND_THROUGH)) {
			buf_printf(out, "| `%s` |", commands[i]->name);
			add_cells(out, add_has, commands[i]->lacked_by);
		}
		snprintf(name, sizeof name, "`%s`", commands[i]->name);
		add_options(name, commands[i]->options, out);
		if (commands[i]->more_options)
			add_shared(commands[i], out);
	}
	buf_add_text(out, "| handed to it as they are |");
	add_cells(out, add_own_words, NULL);
	buf_add_text(out, "| all other commands and options |");
	add_cells(out, add_has, NULL);
}

void manual_runtimes(struct buf *out)
{
	buf_add_text(out, "| |");
	add_cells(out, add_name, NULL);
	buf_add_text(out, "| --- |");
	add_cells(out, add_dashes, NULL);
	add_commands(out);
	add_features(out);
	add_log_drivers(out);
}
