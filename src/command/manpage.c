#include "command/manpage.h"

#include <ctype.h>
#include <string.h>
#include <wchar.h>

#include "command/topics.h"
#include "base/banned.h"

#define USAGE_MAX 4096

/* groff_char(7): what stands for itself would come out as a hyphen, a quotation mark or an accent, or is roff's own. */
static const char *spelled(char c)
{
	switch (c) {
	case '\\':
		return "\\(rs";
	case '-':
		return "\\-";
	case '\'':
		return "\\(aq";
	case '"':
		return "\\(dq";
	case '`':
		return "\\(ga";
	case '^':
		return "\\(ha";
	case '~':
		return "\\(ti";
	default:
		return NULL;
	}
}

void manpage_add_text(struct buf *out, const char *text)
{
	mbstate_t state = { 0 };
	const char *end = text + strlen(text);
	size_t len;

	for (const char *at = text; at < end; at += len) {
		wchar_t wide = 0;

		len = mbrtowc(&wide, at, (size_t)(end - at), &state);
		if (len == (size_t)-1 || len == (size_t)-2 || len == 0)
			return;
		if (*at == '.' && (at == text || at[-1] == '\n'))
			buf_add_text(out, "\\&.");
		else if (len > 1)
			buf_printf(out, "\\[u%04X]", (unsigned)wide);
		else if (spelled(*at) != NULL)
			buf_add_text(out, spelled(*at));
		else
			buf_add(out, at, 1);
	}
}

static void add_section(struct buf *out, const char *name)
{
	buf_add_text(out, ".SH ");
	for (; *name != '\0'; name++)
		buf_printf(out, "%c", *name == '-' ? ' ' : toupper((unsigned char)*name));
	buf_add_text(out, "\n");
}

static void add_subsection(struct buf *out, const char *heading)
{
	buf_add_text(out, ".SS ");
	manpage_add_text(out, heading);
	buf_add_text(out, "\n");
}

/* Blank lines part paragraphs. */
static void add_paragraphs(struct buf *out, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		SCOPED(buf_release) struct buf line = BUF_INIT(64 * 1024);

		buf_add(&line, text, len);
		if (len == 0)
			buf_add_text(out, ".PP");
		manpage_add_text(out, buf_text(&line));
		buf_add_text(out, "\n");
		text += len + (text[len] == '\n');
	}
}

static void add_term(struct buf *out, const char *term, const char *meaning)
{
	buf_add_text(out, ".TP\n\\fB");
	manpage_add_text(out, term);
	buf_add_text(out, "\\fR\n");
	manpage_add_text(out, meaning);
	buf_add_text(out, "\n");
}

static void add_option(struct buf *out, const struct option *option)
{
	buf_add_text(out, ".TP\n\\fB");
	if (option->letter != 0)
		buf_printf(out, "\\-%c\\fR, \\fB", option->letter);
	buf_add_text(out, "\\-\\-");
	manpage_add_text(out, option->name);
	buf_add_text(out, "\\fR");
	if (option->kind != KIND_FLAG) {
		buf_add_text(out, " \\fI");
		manpage_add_text(out, option->value_name);
		buf_add_text(out, "\\fR");
	}
	buf_add_text(out, "\n");
	manpage_add_text(out, option->help);
	if (option->lacked_by != NULL)
		buf_printf(out, "; not with %s", option->lacked_by);
	buf_add_text(out, "\n");
}

static void add_options(struct buf *out, const struct option *option)
{
	for (; option != NULL && option->name != NULL; option++)
		add_option(out, option);
}

static void add_examples(struct buf *out, const struct example *example)
{
	if (example == NULL || example->line == NULL)
		return;
	buf_add_text(out, ".PP\nExamples:\n");
	for (; example->line != NULL; example++)
		add_term(out, example->line, example->effect);
}

static void add_command(struct buf *out, const struct command *command)
{
	SCOPED(buf_release) struct buf usage = BUF_INIT(USAGE_MAX);

	manual_usage(command, &usage);
	add_term(out, buf_text(&usage), command->summary);
	buf_add_text(out, ".RS\n");
	if (command->alias != NULL)
		buf_printf(out, ".PP\nAlso called %s.\n", command->alias);
	if (command->lacked_by != NULL)
		buf_printf(out, ".PP\nNot with %s.\n", command->lacked_by);
	if (command->details != NULL) {
		buf_add_text(out, ".PP\n");
		add_paragraphs(out, command->details);
	}
	for (const struct operand *operand = command->operands; operand != NULL && operand->name != NULL; operand++)
		add_term(out, operand->name, operand->help);
	add_options(out, command->options);
	if (command->more_options != NULL)
		buf_add_text(out, ".PP\nAnd the options of a container, below.\n");
	add_examples(out, command->examples);
	buf_add_text(out, ".RE\n");
}

static void add_commands(struct buf *out)
{
	add_section(out, "commands");
	for (const struct command_group *group = command_groups; group->heading != NULL; group++) {
		add_subsection(out, group->heading);
		for (const struct command *const *command = group->commands; *command != NULL; command++)
			if (!((*command)->flags & COMMAND_HIDDEN))
				add_command(out, *command);
	}
	add_subsection(out, "Handed to the runtime as they are");
	for (size_t i = 0; commands[i] != NULL; i++)
		if (commands[i]->flags & COMMAND_THROUGH)
			add_term(out, commands[i]->name, commands[i]->summary);
}

/* What several rows share is told once. */
static void add_shared_options(struct buf *out)
{
	const struct option *told = NULL;

	for (size_t i = 0; commands[i] != NULL; i++) {
		if (commands[i]->more_options == NULL || commands[i]->more_options == told)
			continue;
		told = commands[i]->more_options;
		add_section(out, "options of a container");
		add_options(out, told);
	}
}

static void add_topic(struct buf *out, const struct topic *topic)
{
	add_section(out, topic->name);
	for (const struct term *term = topic->terms; term->name != NULL; term++)
		add_term(out, term->name, term->meaning);
	if (topic->text != NULL) {
		buf_add_text(out, ".PP\n");
		add_paragraphs(out, topic->text);
	}
}

void manpage(const struct command *program, const char *version, const char *date, struct buf *out)
{
	buf_printf(out, ".TH PURSER 1 %s \"purser %s\" \"User Commands\"\n.nh\n.ad l\n", date, version);
	add_section(out, "name");
	buf_add_text(out, "purser \\- ");
	manpage_add_text(out, program->summary);
	buf_add_text(out, "\n");
	add_section(out, "synopsis");
	buf_add_text(out, ".B purser\n[\\fIOPTIONS\\fR] [\\fICOMMAND\\fR [\\fIARGUMENT\\fR]\\&...]\n");
	add_section(out, "description");
	add_paragraphs(out, program->details);
	add_section(out, "options");
	add_options(out, program->options);
	add_commands(out);
	add_shared_options(out);
	for (const struct topic *topic = topics; topic->name != NULL; topic++)
		add_topic(out, topic);
	add_section(out, "examples");
	for (const struct example *example = program->examples; example->line != NULL; example++)
		add_term(out, example->line, example->effect);
	add_section(out, "see also");
	buf_add_text(out, ".BR docker (1),\n.BR podman (1)\n");
}
