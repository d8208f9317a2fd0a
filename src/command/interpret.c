#include "command/interpret.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/text.h"
#include "command/alias.h"
#include "command/nearby.h"
#include "command/objects.h"
#include "command/output.h"
#include "command/pager.h"
#include "command/target.h"
#include "command/words.h"
#include "base/banned.h"

#define SOURCE_DEPTH_MAX 16

/* Each of them may be another runtime's: target.c and inside.c check the options for it. */
static bool names_containers(const struct command *command)
{
	return command->operands && (command->operands->kind == KIND_CONTAINER || command->operands->kind == KIND_PLACE);
}

static int run_row(struct session *session, const struct invocation *call, struct error *err)
{
	const struct command *command = call->command;
	if (call->help) {
		SCOPED(buf_release) struct buf text = BUF_INIT(WORDS_LINE_MAX);
		manual_command(command, &text);
		output_bytes(&text);
		return 0;
	}
	if (!(command->flags & COMMAND_HARMLESS) && session_may_change(session, err) < 0)
		return -1;
	if (command->check && command->check(session, call, err) < 0)
		return -1;
	const struct runtime *runtime = command->flags & COMMAND_OFFLINE ? NULL : session_runtime(session, err);
	if (!(command->flags & COMMAND_OFFLINE) && (!runtime || (!names_containers(command) && check_options(runtime, call, err) < 0)))
		return -1;
	if (command->flags & COMMAND_COLLECTS)
		session_collect(session);
	return command->run(session, call, err);
}

static int run_call(struct session *session, const struct invocation *call, struct error *err)
{
	bool pages = call->help || (call->command->flags & COMMAND_PAGES);
	bool begun = pages && pager_begin(session);
	bool objects = session->settings.json && objects_begin(call);
	int failed = run_row(session, call, err);
	if (objects)
		objects_end(call, !failed);
	return begun ? pager_end(session, failed, err) : failed;
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

int interpret_inner(struct session *session, const struct strvec *words, struct error *err)
{
	SCOPED(strvec_release) struct strvec expanded = STRVEC_INIT;
	struct invocation *call = xcalloc(1, sizeof *call);
	alias_expanded(&session->aliases, words, &expanded);
	int failed = command_parse(&expanded, PARSE_WHOLE, session->interactive, call, err);
	if (!failed) {
		failed = run_call(session, call, err);
		if (failed) {
			nearby_hint_call(session, call, err);
			error_wrap(err, "%s", call->command->name);
		}
		invocation_release(call);
	}
	free(call);
	return failed;
}

static int end_with(struct session *session, int status)
{
	return session->status = session->last_status = status;
}

int interpret_words(struct session *session, const char *where, const struct strvec *words)
{
	struct error err = { 0 };
	session->where = where;
	int failed = interpret_inner(session, words, &err);
	if (!output_flush() && !failed) {
		failed = output_failed(&err);
		session->quit = true; /* nobody reads any more */
	}
	if (failed)
		output_error(where, &err);
	if (failed && err.kind == ERROR_CANCELLED)
		end_by_signal(session, &err);
	session_tell_news(session);
	return end_with(session, failed ? error_status(&err) : 0);
}

/* A line that begins with ! goes to the user's own shell, by the user's own wish. */
static int run_outside(struct session *session, const char *where, const char *line, size_t len)
{
	const char *shell = getenv("SHELL");
	struct request request;
	struct reply reply;
	struct error err;

	if (session_may_change(session, &err) < 0) {
		output_error(where, &err);
		return end_with(session, error_status(&err));
	}
	request_init(&request);
	request.io = REQUEST_TERMINAL;
	strvec_push_all(&request.argv, shell && *shell ? shell : "/bin/sh", "-c", NULL);
	strvec_push_len(&request.argv, line, len);
	output_flush();
	int failed = request_run(&request, session_end_fd(session), &reply, &err);
	end_by_signal(session, failed ? &err : NULL);
	int status = end_with(session, failed ? error_status(&err) : reply.status);
	if (failed)
		output_error(where, &err);
	reply_release(&reply);
	request_release(&request);
	return status;
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
		end_with(session, error_status(&err));
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
		SCOPED(buf_release) struct buf where = BUF_INIT(SOURCE_MAX);
		buf_printf(&where, "%s:%u", name ? name : "", line);
		size_t used = run_next(session, name ? buf_text(&where) : NULL, text + at, len - at);
		line += text_lines(text + at, used);
		at += used;
		if (session->status)
			status = session->status;
		if (session->status && !session->settings.keep_going)
			break;
	}
	return status;
}

/* "script:3: FILE:7": each is called as it was named. */
static bool is_being_read(const char *where, const char *path)
{
	size_t len = strlen(path);
	for (const char *at = where; at && (at = strstr(at, path)); at++)
		if ((at == where || at[-1] == ' ') && at[len] == ':')
			return true;
	return false;
}

int interpret_read_source(const char *path, unsigned depth, const char *where, struct buf *text, struct buf *name, struct error *err)
{
	if (is_being_read(where, path))
		return error_set(err, ERROR_USAGE, "'%.200s' reads itself", path);
	if (depth >= SOURCE_DEPTH_MAX)
		return error_set(err, ERROR_USAGE, "'%.200s': %d files within each other are enough", path, SOURCE_DEPTH_MAX);
	if (fd_read_file(AT_FDCWD, path, text, err) < 0)
		return -1;
	buf_printf(name, "%s%s%s", where ? where : "", where ? ": " : "", path);
	return 0;
}

int interpret_source(struct session *session, const char *path, struct error *err)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(SOURCE_MAX), name = BUF_INIT(SOURCE_MAX);
	const char *where = session->where;
	if (interpret_read_source(path, session->depth, where, &text, &name, err) < 0)
		return -1;
	session->depth++;
	int status = interpret_text(session, buf_text(&name), 1, buf_text(&text), text.len);
	session->depth--;
	session->where = where;
	if (!status)
		return 0;
	err->kind = ERROR_STATUS;
	err->detail = status;
	return -1;
}
