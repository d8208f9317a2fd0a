/* watch: a command again and again. On a terminal what it prints is a table that is followed, of a line each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "base/text.h"
#include "command/alias.h"
#include "command/columns.h"
#include "command/interpret.h"
#include "command/live.h"
#include "command/output.h"
#include "command/rows.h"
#include "command/session.h"
#include "base/banned.h"

#define TEXT_MAX (4u * 1024 * 1024) /* of what it prints; more is not looked at */
#define TITLE_MAX 1024
#define COLUMNS 1

struct watching {
	struct strvec words; /* the command's, borrowed */
	int every_ms;
};

/* ---- what may be repeated ---- */

static int check_words(const struct session *session, const struct strvec *words, struct error *err);

static int check_call(const struct session *session, const struct invocation *call, struct error *err)
{
	const struct command *command = call->command;
	if (call->help)
		return 0;
	if (command == &cmd_watch || command == &cmd_quit)
		return error_set(err, ERROR_USAGE, "%s cannot be watched", command->name);
	if (invocation_has(call, "follow"))
		return error_set(err, ERROR_USAGE, "--follow goes on by itself: leave watch or that out");
	if (command->flags & COMMAND_SOURCES)
		return error_set(err, ERROR_USAGE, "%s is not done again and again: what a script does is not known", command->name);
	if (command->flags & (COMMAND_DESTROYS | COMMAND_ENDS))
		return error_set(err, ERROR_USAGE, "%s is not done again and again: it %s containers, images or others",
				 command->name, command->flags & COMMAND_DESTROYS ? "removes" : "ends");
	if ((command->flags & COMMAND_THROUGH) && (command->flags & COMMAND_COLLECTS)) {
		error_set(err, ERROR_USAGE, "%s is not done again and again: it may remove containers", command->name);
		return error_hint(err, "your shell's watch repeats what does not: !watch docker %s …", command->name);
	}
	return command->flags & COMMAND_PREFIX ? check_words(session, &call->words, err) : 0;
}

static int check_words(const struct session *session, const struct strvec *words, struct error *err)
{
	SCOPED(strvec_release) struct strvec expanded = STRVEC_INIT;
	struct invocation *call = xcalloc(1, sizeof *call);
	alias_expanded(&session->aliases, words, &expanded);
	int failed = command_parse(&expanded, PARSE_WHOLE, session->interactive, call, err);
	if (!failed) {
		failed = check_call(session, call, err);
		invocation_release(call);
	}
	free(call);
	return failed;
}

/* ---- on a screen ---- */

static ssize_t take(void *arg, const char *bytes, size_t len)
{
	struct buf *text = arg;
	size_t room = text->limit - text->len;
	buf_add(text, bytes, len < room ? len : room);
	return (ssize_t)len;
}

/* It prints as into a file, and asks nobody: who looks on sees the lines that it printed, its error among them. */
static int run_captured(struct session *session, const struct strvec *words, struct buf *text, struct error *err)
{
	bool watched = session->watched, quiet = session->settings.quiet;
	FILE *file = fopencookie(text, "w", (cookie_io_functions_t){ .write = take });
	output_capture(file);
	session->settings.quiet = true;
	session->watched = false;
	session->captured = true;
	int failed = interpret_inner(session, words, err);
	if (failed && err->kind != ERROR_CANCELLED) {
		output_error(NULL, err);
		failed = 0;
	}
	session->captured = false;
	session->watched = watched;
	session->settings.quiet = quiet;
	output_capture(NULL);
	fclose(file);
	return failed;
}

static size_t line_len(const char *text)
{
	return strcspn(text, "\n");
}

static void make_rows(const struct buf *text, struct live_rows *out)
{
	const char *at = buf_text(text);
	size_t lines = text_lines(at, text->len) + (text->len && at[text->len - 1] != '\n');
	live_rows_make(out, lines, COLUMNS);
	for (size_t i = 0; i < lines; i++) {
		char number[24];
		snprintf(number, sizeof number, "%zu", i);
		out->keys[i] = out->names[i] = arena_text(&out->arena, number);
		out->cells[i] = arena_copy(&out->arena, at, line_len(at));
		at += line_len(at);
		at += *at == '\n';
	}
}

static int look(struct session *session, void *arg, struct live_rows *out, struct error *err)
{
	const struct watching *watching = arg;
	SCOPED(buf_release) struct buf text = BUF_INIT(TEXT_MAX);
	if (run_captured(session, &watching->words, &text, err) < 0)
		return -1;
	make_rows(&text, out);
	return 0;
}

static int watch_on_screen(struct session *session, struct watching *watching, struct error *err)
{
	SCOPED(buf_release) struct buf title = BUF_INIT(TITLE_MAX), words = BUF_INIT(TEXT_MAX);
	strvec_quote(&watching->words, &words);
	buf_printf(&title, "Every %gs: ", watching->every_ms / 1000.0);
	text_add_cells(&title, buf_text(&words), TITLE_MAX / 8, false);
	const struct column column = { .title = buf_text(&title), .shrink = true };
	const struct live_source source = { .things = "lines",
					    .columns = &column,
					    .columns_nr = COLUMNS,
					    .every_ms = watching->every_ms,
					    .look = look,
					    .arg = watching };
	return live_follow(session, &source, err);
}

/* ---- elsewhere ---- */

static int watch_in_lines(struct session *session, const struct watching *watching, struct error *err)
{
	do {
		struct error one = { 0 };
		int failed = interpret_inner(session, &watching->words, &one);
		if (failed && one.kind == ERROR_CANCELLED)
			break;
		if (failed)
			output_error(session->where, &one);
		if (!output_flush())
			return output_failed(err);
	} while (!session->settings.dry_run && session_pause(session, watching->every_ms));
	return session->settings.dry_run ? 0 : error_set(err, ERROR_CANCELLED, "cancelled");
}

static int run_watch(struct session *session, const struct invocation *call, struct error *err)
{
	struct watching watching = { .every_ms = (int)(strtod(call->operands[0], NULL) * 1000) };
	watching.words = (struct strvec){ .items = (char **)call->operands + 1, .nr = call->operands_nr - 1 };
	if (check_words(session, &watching.words, err) < 0)
		return -1;
	bool on_screen = output_can_draw() && !session->settings.json && !session->settings.dry_run;
	return on_screen ? watch_on_screen(session, &watching, err) : watch_in_lines(session, &watching, err);
}

const struct command cmd_watch = {
	.name = "watch",
	.summary = "run a command again and again, and show what it prints",
	.details =
		"On a terminal it has the screen, where keys move about as in ps -f, until q or Ctrl-C. Elsewhere, in plain mode and with --json, each time's output follows the one before, until Ctrl-C. What removes or ends something is not repeated.",
	.operands = (const struct operand[]){ { "SECONDS", KIND_INTERVAL, 1, 1, .help = "between two times: 2, 0.5" },
					      { "COMMAND", KIND_REST, 1, 0, .help = "a command and its arguments" },
					      { 0 } },
	.examples = (const struct example[]){ { "watch 2 ps -a", "all containers, every two seconds" },
					      { "watch 5 exec web cat /proc/loadavg", "what one says" },
					      { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_OFFLINE | COMMAND_PREFIX,
	.run = run_watch,
};
