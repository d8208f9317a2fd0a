#include "command/interpret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "command/output.h"
#include "command/words.h"
#include "base/banned.h"

static int run_call(struct session *session, const struct invocation *call, struct error *err)
{
	const struct command *command = call->command;
	if (call->help) {
		SCOPED(buf_release) struct buf text = BUF_INIT(WORDS_LINE_MAX);
		manual_command(command, &text);
		output_bytes(&text);
		return 0;
	}
	if (!(command->flags & COMMAND_OFFLINE) && !session_runtime(session, err))
		return -1;
	if (command->flags & COMMAND_COLLECTS)
		session_collect(session);
	return command->run(session, call, err);
}

/* A command that SIGTERM or SIGHUP ended has their status; Ctrl-C is an end of its own. */
static void end_by_signal(struct session *session, struct error *err)
{
	int number = session_take_stop(session);
	if (!number || !err)
		return;
	err->kind = ERROR_SIGNALLED;
	err->detail = number;
}

int interpret_words(struct session *session, const char *where, const struct strvec *words)
{
	struct invocation *call = xcalloc(1, sizeof *call);
	struct error err = { 0 };
	session->where = where;
	int failed = command_parse(words, PARSE_WHOLE, session->interactive, call, &err);
	if (!failed) {
		failed = run_call(session, call, &err);
		if (failed)
			error_wrap(&err, "%s", call->command->name);
		invocation_release(call);
	}
	free(call);
	if (!output_flush() && !failed) {
		failed = error_set(&err, ERROR_SYSTEM, "output could not be written");
		session->quit = true; /* nobody reads any more */
	}
	if (failed)
		output_error(where, &err);
	if (failed && err.kind == ERROR_CANCELLED)
		end_by_signal(session, &err);
	session_tell_news(session);
	session->status = failed ? error_status(&err) : 0;
	return session->status;
}

/* A line that begins with ! goes to the user's own shell, by the user's own wish. */
static int run_outside(struct session *session, const char *where, const char *line, size_t len)
{
	const char *shell = getenv("SHELL");
	struct request request;
	struct reply reply;
	struct error err;

	request_init(&request);
	request.io = REQUEST_TERMINAL;
	strvec_push_all(&request.argv, shell && *shell ? shell : "/bin/sh", "-c", NULL);
	strvec_push_len(&request.argv, line, len);
	output_flush();
	int failed = request_run(&request, session_end_fd(session), &reply, &err);
	end_by_signal(session, failed ? &err : NULL);
	session->status = failed ? error_status(&err) : reply.status;
	if (failed)
		output_error(where, &err);
	reply_release(&reply);
	request_release(&request);
	return session->status;
}

/* Runs what stands at the start of `text`; returns how many bytes that was. */
static size_t run_next(struct session *session, const char *where, const char *text, size_t len)
{
	struct words words;
	struct error err;
	size_t blank = strspn(text, " \t");

	session->status = 0;
	if (blank < len && text[blank] == '!') {
		const char *newline = memchr(text, '\n', len);
		size_t line = newline ? (size_t)(newline - text) : len;
		run_outside(session, where, text + blank + 1, line - blank - 1);
		return line + (newline != NULL);
	}
	if (words_split(text, len, WORDS_WHOLE, &words, &err) < 0) {
		const char *newline = memchr(text, '\n', len);
		output_error(where, &err);
		session->status = error_status(&err);
		return newline ? (size_t)(newline - text) + 1 : len;
	}
	size_t consumed = words.consumed;
	if (words.argv.nr)
		interpret_words(session, where, &words.argv);
	words_release(&words);
	return consumed;
}

int interpret_text(struct session *session, const char *name, unsigned line, const char *text, size_t len)
{
	int status = 0;
	for (size_t at = 0; at < len && !session->quit;) {
		char where[300];
		snprintf(where, sizeof where, "%s:%u", name ? name : "", line);
		size_t used = run_next(session, name ? where : NULL, text + at, len - at);
		line += text_lines(text + at, used);
		at += used;
		if (session->status)
			status = session->status;
		if (session->status && !session->settings.keep_going)
			break;
	}
	return status;
}
