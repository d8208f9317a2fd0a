/* What the rows say, as help and as documents. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "command/command.h"
#include "command/topics.h"
#include "base/banned.h"

#define TERM_CELLS_MAX 28 /* a longer term pushes its own help to the right instead of everyone's */
#define USAGE_MAX 4096

/* Terms and what they mean, to be aligned. A term without a meaning is a heading. */
struct entries {
	struct strvec terms, meanings;
};

static void entries_release(struct entries *entries)
{
	strvec_release(&entries->terms);
	strvec_release(&entries->meanings);
}

static void entries_add_heading(struct entries *entries, const char *heading)
{
	strvec_push(&entries->terms, heading);
	strvec_push(&entries->meanings, "");
}

static void entries_print(const struct entries *entries, struct buf *out)
{
	size_t width = 0;

	for (size_t i = 0; i < entries->terms.nr; i++) {
		size_t cells = text_cells(entries->terms.items[i]);

		if (*entries->meanings.items[i] != '\0' && cells > width && cells <= TERM_CELLS_MAX)
			width = cells;
	}
	for (size_t i = 0; i < entries->terms.nr; i++) {
		size_t cells = text_cells(entries->terms.items[i]);
		int padding = cells < width ? (int)(width - cells) : 0;

		if (*entries->meanings.items[i] == '\0')
			buf_printf(out, "%s%s:\n", i > 0 ? "\n" : "", entries->terms.items[i]);
		else
			buf_printf(out, "  %s%*s  %s\n", entries->terms.items[i], padding, "", entries->meanings.items[i]);
	}
}

void manual_usage(const struct command *command, struct buf *out)
{
	buf_add_text(out, command->name);
	if (next_option(command, NULL) != NULL)
		buf_add_text(out, " [OPTIONS]");
	for (const struct operand *operand = command->operands; operand != NULL && operand->name != NULL; operand++)
		buf_printf(out, operand->min == 0 ? " [%s%s]" : " %s%s", operand->name, operand->max == 1 ? "" : "…");
}

static void add_operands(const struct operand *operand, struct buf *out)
{
	SCOPED(entries_release) struct entries entries = { 0 };

	if (operand == NULL || operand->name == NULL)
		return;
	for (; operand->name != NULL; operand++) {
		strvec_push(&entries.terms, operand->name);
		strvec_push(&entries.meanings, operand->help);
	}
	buf_add_text(out, "\nOperands:\n");
	entries_print(&entries, out);
}

static void push_option(struct entries *entries, const struct option *option)
{
	char letter[] = "    ";

	if (option->letter != 0)
		snprintf(letter, sizeof(letter), "-%c, ", option->letter);
	strvec_pushf(&entries->terms, "%s--%s%s%s", letter, option->name, option->kind == KIND_FLAG ? "" : " ",
		     option->kind == KIND_FLAG ? "" : option->value_name);
	strvec_pushf(&entries->meanings, option->lacked_by ? "%s; not with %s" : "%s", option->help, option->lacked_by);
}

static void add_options(const struct command *command, struct buf *out)
{
	SCOPED(entries_release) struct entries entries = { 0 };
	struct option help = { .name = "help", .letter = 'h', .kind = KIND_FLAG, .help = "show this text" };

	for (const struct option *option = NULL; (option = next_option(command, option)) != NULL;) {
		if (option->letter == help.letter)
			help.letter = 0;
		push_option(&entries, option);
	}
	push_option(&entries, &help);
	buf_add_text(out, "\nOptions:\n");
	entries_print(&entries, out);
}

static void add_examples(const struct example *example, struct buf *out)
{
	if (example == NULL || example->line == NULL)
		return;
	buf_add_text(out, "\nExamples:\n");
	for (; example->line != NULL; example++)
		buf_printf(out, "  %s\n      %s\n", example->line, example->effect);
}

void manual_command(const struct command *command, struct buf *out)
{
	buf_add_text(out, "Usage: ");
	manual_usage(command, out);
	buf_printf(out, "\n\n%s\n", command->summary);
	if (command->alias != NULL)
		buf_printf(out, "also called %s\n", command->alias);
	if (command->lacked_by != NULL)
		buf_printf(out, "not with %s\n", command->lacked_by);
	if (command->details != NULL)
		buf_printf(out, "\n%s\n", command->details);
	add_operands(command->operands, out);
	add_options(command, out);
	add_examples(command->examples, out);
}

/* The runtimes' own words, each between two `mark`, where there are any. */
static void add_through(struct buf *out, const char *begin, const char *mark, const char *end)
{
	bool any = false;

	for (size_t i = 0; commands[i] != NULL; i++) {
		if (!(commands[i]->flags & COMMAND_THROUGH))
			continue;
		buf_printf(out, "%s%s%s%s", any ? ", " : begin, mark, commands[i]->name, mark);
		any = true;
	}
	if (any)
		buf_add_text(out, end);
}

static void add_topics(struct buf *out)
{
	buf_add_text(out, "\nExplained by help, too: ");
	for (const struct topic *topic = topics; topic->name != NULL; topic++)
		buf_printf(out, "%s%s", topic == topics ? "" : ", ", topic->name);
	buf_add_text(out, "\n");
}

void manual_list(struct buf *out)
{
	SCOPED(entries_release) struct entries entries = { 0 };

	for (const struct command_group *group = command_groups; group->heading != NULL; group++) {
		entries_add_heading(&entries, group->heading);
		for (const struct command *const *command = group->commands; *command != NULL; command++) {
			if ((*command)->flags & COMMAND_HIDDEN)
				continue;
			strvec_push(&entries.terms, (*command)->name);
			strvec_push(&entries.meanings, (*command)->summary);
		}
	}
	entries_print(&entries, out);
	add_topics(out);
	add_through(out, "\nHanded to the runtime as they are: ", "", "\n");
}

void manual_topic(const struct topic *topic, struct buf *out)
{
	SCOPED(entries_release) struct entries entries = { 0 };

	buf_printf(out, "%s\n\n", topic->summary);
	for (const struct term *term = topic->terms; term->name != NULL; term++) {
		strvec_push(&entries.terms, term->name);
		strvec_push(&entries.meanings, term->meaning);
	}
	entries_print(&entries, out);
	if (topic->text != NULL)
		buf_printf(out, "\n%s\n", topic->text);
}

bool manual_group(const char *first, struct buf *out)
{
	SCOPED(entries_release) struct entries entries = { 0 };

	command_second_words(first, &entries.terms);
	for (size_t i = 0; i < entries.terms.nr; i++)
		strvec_push(&entries.meanings, command_find_two(first, entries.terms.items[i])->summary);
	if (entries.terms.nr == 0)
		return false;
	buf_printf(out, "Usage: %s COMMAND…\n\n", first);
	entries_print(&entries, out);
	return true;
}

/* A | ends a cell of a table, even between backquotes. */
static void add_cell(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '|')
			buf_add_text(out, "\\");
		buf_add(out, text, 1);
	}
}

/* One row of the list, its command or its heading. */
static void add_row(struct buf *out, const char *mark, const char *term, const char *meaning)
{
	buf_printf(out, "| %s", mark);
	add_cell(out, term);
	buf_printf(out, "%s |", mark);
	if (*meaning != '\0')
		buf_add_text(out, " ");
	add_cell(out, meaning);
	buf_add_text(out, " |\n");
}

void manual_overview(struct buf *out)
{
	buf_add_text(out, "| | |\n| --- | --- |\n");
	for (const struct command_group *group = command_groups; group->heading != NULL; group++) {
		const char *between = "";

		buf_printf(out, "| %s | ", group->heading);
		for (const struct command *const *command = group->commands; *command != NULL; command++) {
			if ((*command)->flags & COMMAND_HIDDEN)
				continue;
			buf_printf(out, "%s`%s`", between, (*command)->name);
			between = " ";
		}
		buf_add_text(out, " |\n");
	}
}

void manual_markdown(struct buf *out)
{
	buf_add_text(out, "| Command | What it does |\n| --- | --- |\n");
	for (const struct command_group *group = command_groups; group->heading != NULL; group++) {
		add_row(out, "**", group->heading, "");
		for (const struct command *const *command = group->commands; *command != NULL; command++) {
			SCOPED(buf_release) struct buf usage = BUF_INIT(USAGE_MAX);

			if ((*command)->flags & COMMAND_HIDDEN)
				continue;
			manual_usage(*command, &usage);
			add_row(out, "`", buf_text(&usage), (*command)->summary);
		}
	}
	add_through(out, "| ", "`", " | handed to the runtime as they are, where it has them |\n");
}
