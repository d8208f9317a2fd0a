/*
 * logs: what docker logs would print, from the stored log, so that it works for containers that are gone as well. Of a container that
 * exists but is not tracked it comes from the engine.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "command/output.h"
#include "command/rows.h"
#include "command/session.h"
#include "command/stored.h"
#include "command/target.h"
#include "logs/chronicle.h"
#include "logs/reader.h"
#include "base/banned.h"

#define TEXT_MAX (16u * 1024 * 1024)

struct view {
	bool timestamps;
	struct buf safe;
	struct chronicle marks; /* empty if they are not asked for */
	size_t next_mark;
};

static void view_init(struct view *view, const struct invocation *call)
{
	*view = (struct view){ .timestamps = invocation_has(call, "timestamps"), .safe = BUF_INIT(TEXT_MAX) };
}

static void view_release(struct view *view)
{
	buf_release(&view->safe);
	chronicle_release(&view->marks);
}

/* ---- records ---- */

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
static int print_record(struct view *view, const struct record *record, struct error *err)
{
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

/* ---- marks ---- */

static const char *show_moment(moment at, char text[MOMENT_TEXT_LEN + 1])
{
	if (!at)
		return "?";
	moment_format(at, text);
	return text;
}

static void print_mark(const struct mark *mark)
{
	char at[MOMENT_TEXT_LEN + 1], from[MOMENT_TEXT_LEN + 1], to[MOMENT_TEXT_LEN + 1];
	const char *event = journal_event_name(mark->event), *text = mark->text;

	fflush(stderr);
	switch (mark->event) {
	case JOURNAL_EXITED:
		output_line("--- %s exited (%d) %s%s%s", mark->name, mark->code, show_moment(mark->at, at), *text ? ": " : "", text);
		break;
	case JOURNAL_GAP:
		output_line("--- %s gap: %s between %s and %s", mark->name, text, show_moment(mark->from, from),
			    mark->to ? show_moment(mark->to, to) : "its end");
		break;
	case JOURNAL_DELETED:
		output_line("--- %s deleted up to %s: %s", mark->name, show_moment(mark->to, to), text);
		break;
	default:
		output_line("--- %s %s %s%s%s", mark->name, event, show_moment(mark->at ? mark->at : mark->time, at), *text ? ": " : "",
			    text);
	}
}

static void print_marks_before(struct view *view, struct place place)
{
	const struct chronicle *marks = &view->marks;
	for (; view->next_mark < marks->nr && place_compare(marks->items[view->next_mark].place, place) <= 0; view->next_mark++)
		print_mark(&marks->items[view->next_mark].mark);
}

/* Behind the last record that was chosen, where others follow, only what ended there: what begins there is the next one's. */
static void print_last_marks(struct view *view, const struct selection *selection)
{
	const struct chronicle *marks = &view->marks;
	for (; view->next_mark < marks->nr; view->next_mark++) {
		const struct chronicle_item *item = &marks->items[view->next_mark];
		bool begins = item->mark.event == JOURNAL_STARTED || item->mark.event == JOURNAL_RESTARTED;
		if (selection->to.number && (begins || place_compare(item->place, selection->to) > 0))
			return;
		print_mark(&item->mark);
	}
}

/* What lies before the first record that was chosen is not shown. */
static void skip_marks(struct view *view, struct place first)
{
	while (view->next_mark < view->marks.nr && place_compare(view->marks.items[view->next_mark].place, first) < 0)
		view->next_mark++;
}

/* ---- a stored log ---- */

/* One container's, as it was asked for. */
struct stored {
	char id[CONTAINER_ID_LEN + 1], name[STORE_NAME_MAX + 1];
	struct selection selection;
	struct place shown; /* up to here */
};

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

/* What the journal has, where it is needed. */
static int read_chronicle(const struct session *session, const struct invocation *call, struct stored *stored,
			  const struct shelf_files *files, struct view *view, struct error *err)
{
	const char *run = invocation_value(call, "run");
	struct chronicle chronicle;
	if (!run && !invocation_has(call, "marks"))
		return 0;
	if (chronicle_read(&chronicle, session->store.dir, stored->id, files, err) < 0)
		return -1;
	unsigned nth = run && *run == '-' ? (unsigned)strtoul(run + 1, NULL, 10) : 1;
	bool known = !run || chronicle_run(&chronicle, nth, &stored->selection.from, &stored->selection.to);
	if (invocation_has(call, "marks"))
		view->marks = chronicle;
	else
		chronicle_release(&chronicle);
	return known ? 0 : error_set(err, ERROR_NOT_FOUND, "run %s of '%s' is not known", run, stored->name);
}

static int print_selected(const struct session *session, struct stored *stored, const struct shelf_files *files, struct view *view,
			  struct error *err)
{
	const struct selection *selection = &stored->selection;
	bool whole = selection->tail < 0 && !selection->since && !selection->from.number, first = true;
	struct reader reader;
	struct record record;
	int more = reader_open(&reader, session->store.dir, files, selection, err);
	while (more >= 0 && (more = reader_next(&reader, &record, err)) > 0) {
		if (first && !whole)
			skip_marks(view, reader.scan.begins);
		first = false;
		print_marks_before(view, reader.scan.begins);
		if (print_record(view, &record, err) < 0)
			more = -1;
	}
	if (more == 0 && !selection->until)
		print_last_marks(view, selection);
	stored->shown = reader.scan.place;
	reader_release(&reader);
	output_flush();
	return more;
}

static int print_stored(const struct session *session, const struct invocation *call, struct stored *stored, struct view *view,
			struct error *err)
{
	SCOPED(shelf_release) struct shelf_files files = { 0 };
	if (read_selection(call, &stored->selection, err) < 0)
		return -1;
	shelf_of(&session->store, stored->id, stored->name, &files);
	if (files.nr == 0)
		return error_set(err, ERROR_NOT_FOUND, "nothing is stored of '%s' yet", stored->name);
	if (read_chronicle(session, call, stored, &files, view, err) < 0)
		return -1;
	return print_selected(session, stored, &files, view, err);
}

/* ---- following ---- */

static int print_new(const struct session *session, struct stored *stored, struct view *view, struct error *err)
{
	SCOPED(shelf_release) struct shelf_files files = { 0 };
	struct record record;
	struct scan scan;
	int more;
	shelf_of(&session->store, stored->id, stored->name, &files);
	scan_init(&scan, session->store.dir, &files, stored->shown);
	while ((more = scan_next(&scan, &record, err)) > 0)
		if (print_record(view, &record, err) < 0)
			break;
	stored->shown = scan.place;
	scan_release(&scan);
	output_flush();
	return more == 0 ? 0 : -1;
}

struct mark_counter {
	size_t seen, known;
};

static int print_new_mark(void *arg, const struct mark *mark, struct error *err UNUSED)
{
	struct mark_counter *counter = arg;
	if (counter->seen++ >= counter->known && mark->event != JOURNAL_COMPLETE)
		print_mark(mark);
	return 0;
}

static int count_mark(void *arg, const struct mark *mark UNUSED, struct error *err UNUSED)
{
	((struct mark_counter *)arg)->known++;
	return 0;
}

static bool is_over(struct session *session, const char *id)
{
	struct tracked entry;
	if (!tracked_get(session->table, id, &entry))
		return true;
	return entry.phase == PHASE_COMPLETE || entry.phase == PHASE_GONE || entry.phase == PHASE_UNREADABLE;
}

/* Shows what is stored behind what was shown as it comes, until the container's log is complete. */
static int follow_stored(struct session *session, const struct invocation *call, struct stored *stored, struct view *view,
			 struct error *err)
{
	bool marks = invocation_has(call, "marks"), over = false;
	struct mark_counter counter = { 0 };
	int failed = marks ? journal_each(session->store.dir, stored->id, count_mark, &counter, err) : 0;

	tracked_hurry(session->table, stored->id, true);
	while (!failed && !over) {
		over = is_over(session, stored->id);
		failed = print_new(session, stored, view, err);
		if (!failed && marks) {
			counter.seen = 0;
			failed = journal_each(session->store.dir, stored->id, print_new_mark, &counter, err);
			counter.known = counter.seen;
			output_flush();
		}
		if (!failed && !over)
			failed = session_wait_news(session, 1000, err);
	}
	tracked_hurry(session->table, stored->id, false);
	return failed;
}

static int show_tracked(struct session *session, const struct invocation *call, const struct tracked *tracked, struct error *err)
{
	struct stored stored = { 0 };
	struct tracked entry;
	struct error drain_err;
	struct view view;
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
	memcpy(stored.id, entry.id, sizeof stored.id);
	memcpy(stored.name, entry.name, sizeof stored.name);
	view_init(&view, call);
	int failed = print_stored(session, call, &stored, &view, err);
	if (!failed && invocation_has(call, "follow"))
		failed = follow_stored(session, call, &stored, &view, err);
	view_release(&view);
	return failed;
}

static int show_stored(struct session *session, const struct invocation *call, const char *word, struct error *err)
{
	struct stored stored = { 0 };
	struct view view;
	if (stored_find(session, word, stored.id, err) < 0)
		return -1;
	stored_number(word, stored.name);
	view_init(&view, call);
	int failed = print_stored(session, call, &stored, &view, err);
	view_release(&view);
	return failed;
}

/* ---- from the engine ---- */

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
	bool terminal = isatty(STDOUT_FILENO) || isatty(STDERR_FILENO);
	struct action action;
	struct result result;
	struct view view;
	if (invocation_has(call, "run") || invocation_has(call, "marks"))
		return error_set(err, ERROR_USAGE, "'%s' is not tracked, so nothing is known of its runs; track it", name);
	view_init(&view, call);
	action_init(&action, VERB_LOGS);
	forward_options(call, &action.options);
	strvec_push(&action.targets, name);
	int failed = session_perform_to(session, &action, terminal ? print_piece : NULL, &view, &result, err);
	action_release(&action);
	view_release(&view);
	return failed;
}

static int run_logs(struct session *session, const struct invocation *call, struct error *err)
{
	const char *word = call->operands[0];
	char name[STORE_NAME_MAX + 1];
	struct tracked tracked;
	struct error engine_err, *reason = &engine_err;

	if (stored_number(word, name) > 1)
		return show_stored(session, call, word, err);
	bool runtime = session_runtime(session, reason) != NULL;
	if (runtime && session_find_tracked(session, name, &tracked))
		return show_tracked(session, call, &tracked, err);
	if (runtime && session_act(session, VERB_INSPECT, name, NULL, reason) == 0)
		return show_from_engine(session, call, name, err);
	if (show_stored(session, call, word, err) == 0)
		return 0;
	if (err->kind == ERROR_NOT_FOUND) /* nothing is stored either: what the engine said counts */
		*err = engine_err;
	return -1;
}

const struct command cmd_logs = {
	.name = "logs",
	.summary = "show what a container wrote, also one that is gone",
	.details = "Of a tracked container, and of one that is gone, it comes from the stored log; of one that is not tracked, from the\n"
		   "engine. NAME@2 is the container before that had this name, NAME@3 the one before that. What went to stderr comes on\n"
		   "stderr. On a terminal, control characters are shown as ^X; a pipe gets every byte as it was.",
	.options = (const struct option[]){ { "follow", 'f', KIND_FLAG, NULL, "go on until the container ends", .forward = true },
					    { "tail", 'n', KIND_TAIL, "NUMBER", "only the last ones; all", .forward = true },
					    { "since", 0, KIND_SINCE, "TIME", "from then on: 10m, 2026-11-22T04:00:00Z", .forward = true },
					    { "until", 0, KIND_SINCE, "TIME", "up to then", .forward = true },
					    { "timestamps", 't', KIND_FLAG, NULL, "put its time before each record", .forward = true },
					    { "run", 0, KIND_RUN, "RUN", "only one run of the container: last, -2 for the one before, …" },
					    { "marks", 0, KIND_FLAG, NULL, "show where it started and ended, and where records are missing" },
					    { 0 } },
	.operands = (const struct operand[]){ { "CONTAINER", KIND_LOG, 1, 1, .help = "name, NAME@2 or id" }, { 0 } },
	.examples = (const struct example[]){ { "logs -f web", "follow web" },
					      { "logs -n 20 --since 1h web", "of its last 20 records those of the last hour" },
					      { "logs --run -2 web", "what it wrote before it was last restarted" },
					      { "logs web@2", "the container that was called web before" },
					      { 0 } },
	.flags = COMMAND_COLLECTS | COMMAND_OFFLINE,
	.run = run_logs,
};
