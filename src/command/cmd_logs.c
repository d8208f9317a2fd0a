/*
 * logs: what docker logs would print, from the stored file, so that it works for containers that are gone as well. Of a container that
 * exists but is not tracked it comes from the engine.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "command/output.h"
#include "command/rows.h"
#include "command/session.h"
#include "command/target.h"
#include "logs/logfile.h"
#include "logs/reader.h"
#include "base/banned.h"

struct view {
	bool timestamps;
	struct buf safe;
};

/* Byte for byte; but a terminal is only ever given what it can print. */
static void print_text(struct view *view, FILE *to, const char *bytes, size_t len)
{
	if (!isatty(fileno(to))) {
		fwrite(bytes, 1, len, to);
		return;
	}
	if (len && bytes[len - 1] == '\r') /* a container with a terminal ends its lines with it */
		len--;
	buf_clear(&view->safe);
	text_add_safe(&view->safe, bytes, len, false);
	fwrite(buf_text(&view->safe), 1, view->safe.len, to);
}

/* stdout to stdout, stderr to stderr */
static int print_record(void *arg, const struct record *record, struct error *err)
{
	struct view *view = arg;
	FILE *to = record->stream == STREAM_STDERR ? stderr : stdout;
	char at[MOMENT_TEXT_LEN + 1];

	if (to == stderr)
		fflush(stdout); /* they may be one file: what came before is to stand before */
	if (view->timestamps) {
		moment_format(record->at, at);
		fprintf(to, "%s ", at);
	}
	print_text(view, to, record->bytes, record->len);
	if (!record->partial)
		putc('\n', to);
	return ferror(to) ? error_system(err, "output could not be written") : 0;
}

static int read_selection(const struct invocation *call, struct selection *out, struct error *err)
{
	const char *tail = invocation_value(call, "tail"), *since = invocation_value(call, "since");
	const char *until = invocation_value(call, "until");
	*out = (struct selection){ .tail = -1 };
	if (tail && strcmp(tail, "all") != 0)
		out->tail = strtoll(tail, NULL, 10);
	if (since && moment_parse_since(since, moment_now(), &out->since, err) < 0)
		return error_wrap(err, "--since");
	if (until && moment_parse_since(until, moment_now(), &out->until, err) < 0)
		return error_wrap(err, "--until");
	return 0;
}

static int open_stored(const struct session *session, const char *file, off_t *end, struct error *err)
{
	struct logfile stored;
	if (logfile_open_reading(&stored, session->store.dir, file, err) < 0)
		return -1;
	int fd = fcntl(stored.fd, F_DUPFD_CLOEXEC, 3);
	*end = stored.size;
	logfile_close(&stored);
	return fd < 0 ? error_system(err, "%s", file) : fd;
}

static int print_stored(const struct session *session, const struct invocation *call, const char *file, off_t *end,
			struct error *err)
{
	struct view view = { .timestamps = invocation_has(call, "timestamps"), .safe = BUF_INIT(16u * 1024 * 1024) };
	struct selection selection;
	if (read_selection(call, &selection, err) < 0)
		return -1;
	SCOPED(fd_close) int fd = open_stored(session, file, end, err);
	int failed = fd < 0 ? -1 : reader_select(fd, *end, &selection, print_record, &view, err);
	buf_release(&view.safe);
	return failed;
}

/* Shows what is stored behind `from` as it comes, until the container's log is complete. */
static int follow_stored(struct session *session, const struct invocation *call, const struct tracked *tracked, off_t from,
			 struct error *err)
{
	struct view view = { .timestamps = invocation_has(call, "timestamps"), .safe = BUF_INIT(16u * 1024 * 1024) };
	struct tracked entry = *tracked;
	bool there = true, over = false;
	int failed = 0;

	tracked_hurry(session->table, tracked->id, true);
	while (!failed && !over) {
		there = tracked_get(session->table, tracked->id, &entry);
		over = !there || entry.phase == PHASE_COMPLETE || entry.phase == PHASE_GONE || entry.phase == PHASE_UNREADABLE;
		off_t end;
		SCOPED(fd_close) int fd = open_stored(session, entry.file, &end, err);
		if (fd < 0) {
			failed = -1;
		} else if (end > from) {
			failed = logfile_each(fd, from, end, print_record, &view, err);
			from = end;
			output_flush();
		}
		if (!failed && !over)
			failed = session_wait_news(session, 1000, err);
	}
	tracked_hurry(session->table, tracked->id, false);
	buf_release(&view.safe);
	return failed;
}

static int show_tracked(struct session *session, const struct invocation *call, const struct tracked *tracked, struct error *err)
{
	struct tracked entry;
	struct error drain_err;
	off_t end = 0;
	if (session_drain(session, tracked->id, &drain_err) < 0) {
		if (drain_err.kind == ERROR_CANCELLED) {
			*err = drain_err;
			return -1;
		}
		output_warning("%s: what is stored ends early: %s", tracked->name, drain_err.text);
	}
	if (!tracked_get(session->table, tracked->id, &entry))
		entry = *tracked;
	if (entry.phase == PHASE_UNREADABLE)
		return error_set(err, ERROR_FAILED, "%s", entry.error);
	if (!entry.file[0])
		store_find_file(&session->store, entry.id, entry.file);
	if (!entry.file[0])
		return error_set(err, ERROR_NOT_FOUND, "nothing is stored of '%s' yet", entry.name);
	if (print_stored(session, call, entry.file, &end, err) < 0)
		return -1;
	output_flush();
	return invocation_has(call, "follow") ? follow_stored(session, call, &entry, end, err) : 0;
}

/* What the engine's CLI writes, for a terminal. */
static int print_piece(void *arg, enum request_stream stream, const char *bytes, size_t len, struct error *err)
{
	struct view *view = arg;
	FILE *to = stream == REQUEST_ERR ? stderr : stdout;
	while (len > 0) {
		const char *newline = memchr(bytes, '\n', len);
		size_t line = newline ? (size_t)(newline - bytes) : len;
		print_text(view, to, bytes, line);
		if (newline)
			putc('\n', to);
		bytes += line + (newline != NULL);
		len -= line + (newline != NULL);
	}
	return output_flush() ? 0 : error_system(err, "output could not be written");
}

static int show_from_engine(struct session *session, const struct invocation *call, const char *name, struct error *err)
{
	struct view view = { .safe = BUF_INIT(16u * 1024 * 1024) };
	bool terminal = isatty(STDOUT_FILENO) || isatty(STDERR_FILENO);
	struct action action;
	struct result result;
	action_init(&action, VERB_LOGS);
	forward_options(call, &action.options);
	strvec_push(&action.targets, name);
	int failed = session_perform_to(session, &action, terminal ? print_piece : NULL, &view, &result, err);
	action_release(&action);
	buf_release(&view.safe);
	return failed;
}

static int run_logs(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(strvec_release) struct strvec files = STRVEC_INIT;
	const char *name = call->operands[0];
	struct tracked tracked;
	struct error store_err;
	off_t end;

	bool runtime = session_runtime(session, err) != NULL;
	if (runtime && session_find_tracked(session, name, &tracked))
		return show_tracked(session, call, &tracked, err);
	if (runtime && session_act(session, VERB_INSPECT, name, NULL, err) == 0)
		return show_from_engine(session, call, name, err);
	if (session_store(session, &store_err) == 0)
		store_match(&session->store, name, &files);
	return files.nr ? print_stored(session, call, files.items[0], &end, err) : -1;
}

const struct command cmd_logs = {
	.name = "logs",
	.summary = "show what a container wrote, also one that is gone",
	.details = "Of a tracked container, and of one that is gone, it comes from the stored file; of one that is not tracked, from the\n"
		   "engine. What went to stderr comes on stderr. On a terminal, control characters are shown as ^X; a pipe gets every byte\n"
		   "as it was.",
	.options = (const struct option[]){ { "follow", 'f', KIND_FLAG, NULL, "go on until the container ends", .forward = true },
					    { "tail", 'n', KIND_TAIL, "NUMBER", "only the last ones; all", .forward = true },
					    { "since", 0, KIND_SINCE, "TIME", "from then on: 10m, 2026-11-22T04:00:00Z", .forward = true },
					    { "until", 0, KIND_SINCE, "TIME", "up to then", .forward = true },
					    { "timestamps", 't', KIND_FLAG, NULL, "put its time before each record", .forward = true },
					    { 0 } },
	.operands = (const struct operand[]){ { "CONTAINER", KIND_CONTAINER, 1, 1, .stored = true, .help = "name or id" }, { 0 } },
	.examples = (const struct example[]){ { "logs -f web", "follow web" },
					      { "logs -n 20 --since 1h web", "of its last 20 records those of the last hour" },
					      { 0 } },
	.flags = COMMAND_COLLECTS | COMMAND_OFFLINE,
	.run = run_logs,
};
