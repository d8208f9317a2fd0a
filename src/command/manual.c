/* What the rows say, as help and as documents. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "command/command.h"
#include "base/banned.h"

#define TERM_CELLS_MAX 28 /* a longer term pushes its own help to the right instead of everyone's */
#define USAGE_MAX 4096

/* Terms and what they mean, to be aligned. */
struct entries {
	struct strvec terms, meanings;
};

static void entries_release(struct entries *entries)
{
	strvec_release(&entries->terms);
	strvec_release(&entries->meanings);
}

static void entries_print(const struct entries *entries, struct buf *out)
{
	size_t width = 0;

	for (size_t i = 0; i < entries->terms.nr; i++) {
		size_t cells = text_cells(entries->terms.items[i]);

		if (cells > width && cells <= TERM_CELLS_MAX)
			width = cells;
	}
	for (size_t i = 0; i < entries->terms.nr; i++) {
		size_t cells = text_cells(entries->terms.items[i]);
		int padding = cells < width ? (int)(width - cells) : 0;

		buf_printf(out, "  %s%*s  %s\n", entries->terms.items[i], padding, "", entries->meanings.items[i]);
	}
}

static void add_usage(const struct command *command, struct buf *out)
{
	buf_add_text(out, command->name);
	if (command->options != NULL && command->options->name != NULL)
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
	strvec_push(&entries->meanings, option->help);
}

static void add_options(const struct option *option, struct buf *out)
{
	SCOPED(entries_release) struct entries entries = { 0 };
	struct option help = { .name = "help", .letter = 'h', .kind = KIND_FLAG, .help = "show this text" };

	for (; option != NULL && option->name != NULL; option++) {
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
	add_usage(command, out);
	buf_printf(out, "\n\n%s\n", command->summary);
	if (command->alias != NULL)
		buf_printf(out, "also called %s\n", command->alias);
	if (command->details != NULL)
		buf_printf(out, "\n%s\n", command->details);
	add_operands(command->operands, out);
	add_options(command->options, out);
	add_examples(command->examples, out);
}

void manual_list(struct buf *out)
{
	SCOPED(entries_release) struct entries entries = { 0 };

	for (size_t i = 0; commands[i] != NULL; i++) {
		if (commands[i]->flags & COMMAND_HIDDEN)
			continue;
		strvec_push(&entries.terms, commands[i]->name);
		strvec_push(&entries.meanings, commands[i]->summary);
	}
	entries_print(&entries, out);
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

void manual_markdown(struct buf *out)
{
	buf_add_text(out, "| Command | What it does |\n| --- | --- |\n");
	for (size_t i = 0; commands[i] != NULL; i++) {
		SCOPED(buf_release) struct buf usage = BUF_INIT(USAGE_MAX);

		if (commands[i]->flags & COMMAND_HIDDEN)
			continue;
		add_usage(commands[i], &usage);
		buf_add_text(out, "| `");
		add_cell(out, buf_text(&usage));
		buf_add_text(out, "` | ");
		add_cell(out, commands[i]->summary);
		buf_add_text(out, " |\n");
	}
}
