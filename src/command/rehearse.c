#include "command/rehearse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "command/alias.h"
#include "command/interpret.h"
#include "command/output.h"
#include "command/target.h"
#include "command/words.h"
#include "base/banned.h"

struct rehearsal {
	struct session *session;
	struct strvec aliases; /* as they are at that line */
	unsigned depth;
	int status;
};

static int check_words(struct rehearsal *rehearsal, const char *where, const struct strvec *words, struct error *err);

static void check_text(struct rehearsal *rehearsal, const char *name, const char *text, size_t len);

/* What it does at once is done here, too: it counts for the lines that follow. */
static void take_aliases(struct rehearsal *rehearsal, const struct invocation *call)
{
	for (size_t i = 0; i < call->operands_nr; i++)
		if (!strcmp(call->command->name, "unalias"))
			alias_drop(&rehearsal->aliases, call->operands[i]);
		else if (strchr(call->operands[i], '='))
			alias_define(&rehearsal->aliases, call->operands[i]);
}

static int check_source(struct rehearsal *rehearsal, const char *where, const char *path, struct error *err)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(SOURCE_MAX), name = BUF_INIT(SOURCE_MAX);
	if (interpret_read_source(path, rehearsal->depth, where, &text, &name, err) < 0)
		return -1;
	rehearsal->depth++;
	check_text(rehearsal, buf_text(&name), buf_text(&text), text.len);
	rehearsal->depth--;
	return 0;
}

static int check_call(struct rehearsal *rehearsal, const char *where, const struct invocation *call, struct error *err)
{
	const struct command *command = call->command;
	struct session *session = rehearsal->session;
	struct error ignored;
	const struct runtime *runtime = session->settings.runtime ? runtime_find(session->settings.runtime, &ignored) : NULL;
	if (command->flags & COMMAND_PREFIX) {
		size_t before = command_words_before(command) - 1;
		const struct strvec inner = { .items = call->words.items + before, .nr = call->words.nr - before };
		return check_words(rehearsal, where, &inner, err);
	}
	if (!(command->flags & COMMAND_HARMLESS) && session_may_change(session, err) < 0)
		return -1;
	if (command->check && command->check(session, call, err) < 0)
		return -1;
	if (runtime && !(command->flags & COMMAND_OFFLINE) && check_options(runtime, call, err) < 0)
		return -1;
	if (command->flags & COMMAND_ALIASES)
		take_aliases(rehearsal, call);
	if (command->flags & COMMAND_SOURCES)
		return check_source(rehearsal, where, call->operands[0], err);
	return 0;
}

static int check_words(struct rehearsal *rehearsal, const char *where, const struct strvec *words, struct error *err)
{
	SCOPED(strvec_release) struct strvec expanded = STRVEC_INIT;
	struct invocation *call = xcalloc(1, sizeof *call);
	alias_expanded(&rehearsal->aliases, words, &expanded);
	int failed = command_parse(&expanded, PARSE_WHOLE, false, call, err);
	if (!failed) {
		if (!call->help && check_call(rehearsal, where, call, err) < 0)
			failed = error_wrap(err, "%s", call->command->name);
		invocation_release(call);
	}
	free(call);
	return failed;
}

static size_t to_next_line(const char *text, size_t len)
{
	const char *newline = memchr(text, '\n', len);
	return newline ? (size_t)(newline - text) + 1 : len;
}

static size_t check_next(struct rehearsal *rehearsal, const char *where, const char *text, size_t len)
{
	struct words words;
	struct error err = { 0 };
	int failed = 0;
	if (text[strspn(text, " \t")] == '!')
		return to_next_line(text, len);
	if (words_split(text, len, WORDS_WHOLE, &words, &err) < 0) {
		output_error(where, &err);
		rehearsal->status = error_status(&err);
		return to_next_line(text, len);
	}
	size_t consumed = words.consumed;
	if (words.argv.nr)
		failed = check_words(rehearsal, where, &words.argv, &err);
	words_release(&words);
	if (failed) {
		output_error(where, &err);
		rehearsal->status = 2;
	}
	return consumed;
}

static void check_text(struct rehearsal *rehearsal, const char *name, const char *text, size_t len)
{
	unsigned line = 1;
	for (size_t at = 0; at < len;) {
		SCOPED(buf_release) struct buf where = BUF_INIT(SOURCE_MAX);
		buf_printf(&where, "%s:%u", name ? name : "line", line);
		size_t used = check_next(rehearsal, buf_text(&where), text + at, len - at);
		line += text_lines(text + at, used);
		at += used;
	}
}

int rehearse_text(struct session *session, const char *name, const char *text, size_t len)
{
	struct rehearsal rehearsal = { .session = session };
	for (size_t i = 0; i < session->aliases.nr; i++)
		strvec_push(&rehearsal.aliases, session->aliases.items[i]);
	check_text(&rehearsal, name, text, len);
	strvec_release(&rehearsal.aliases);
	return rehearsal.status;
}
