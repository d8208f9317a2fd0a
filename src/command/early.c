#include "command/early.h"

#include "base/text.h"
#include "logs/reader.h"
#include "base/banned.h"

#define LINES 3
#define LINE_CELLS 100
#define LINES_MAX (1024u * 1024)
#define COLLECT_MS 2000 /* for its lines: the message is worth more than they are */
#define EARLIER (200 * MOMENT_SECOND / 1000) /* podman takes a container for started some milliseconds after it has written something */

/* How it stands now, without the texts; false: not known, and *failed that the user does not want to wait for it. */
static bool look(struct session *session, const char *id, struct container_detail *out, bool *failed, struct error *err)
{
	struct result result;
	struct error reason;
	*failed = false;
	if (session_act(session, VERB_INSPECT, id, &result, &reason) < 0) {
		*failed = reason.kind == ERROR_CANCELLED;
		if (*failed)
			*err = reason;
		return false;
	}
	bool known = result.details.nr > 0;
	if (known)
		*out = (struct container_detail){ .state = result.details.items[0].state,
						  .exit_code = result.details.items[0].exit_code,
						  .oom_killed = result.details.items[0].oom_killed,
						  .started = result.details.items[0].started };
	result_release(&result);
	return known;
}

static bool has_failed(const struct container_detail *detail)
{
	bool ended = detail->state == CONTAINER_EXITED || detail->state == CONTAINER_DEAD || detail->state == CONTAINER_RESTARTING;
	return ended && detail->exit_code != 0;
}

static bool collect(struct session *session, const char *id)
{
	uint64_t ticket = tracked_ask_drain(session->table, id);
	int64_t until = monotonic_ms() + COLLECT_MS;
	struct error ignored;
	int drained = 0;
	while (ticket && (drained = tracked_drained(session->table, id, ticket, &ignored)) == 0 && monotonic_ms() < until)
		if (session_wait_news(session, 100, &ignored) < 0)
			return false;
	return drained > 0;
}

static void add_line(struct buf *out, const struct record *record)
{
	SCOPED(buf_release) struct buf safe = BUF_INIT(LINES_MAX);
	text_add_safe(&safe, record->bytes, record->len, false);
	buf_add_text(out, out->len ? " | " : ": ");
	text_add_cells(out, buf_text(&safe), LINE_CELLS, false);
}

/* ": one | two": the last lines that this run wrote; nothing where they are not collected. */
static void add_last_lines(struct session *session, const char *id, moment started, struct buf *out)
{
	SCOPED(shelf_release) struct shelf_files files = { 0 };
	struct selection selection = { .tail = LINES, .since = started > EARLIER ? started - EARLIER : 0 };
	struct tracked entry;
	struct reader reader;
	struct record record;
	struct error ignored;
	if (!collect(session, id) || !tracked_get(session->table, id, &entry))
		return;
	shelf_of(&session->store, id, entry.name, &files);
	if (reader_open(&reader, session->store.dir, &files, &selection, &ignored) == 0)
		while (reader_next(&reader, &record, &ignored) > 0)
			add_line(out, &record);
	reader_release(&reader);
}

static int tell(struct session *session, const struct container_detail *detail, const char *id, const char *name, struct error *err)
{
	SCOPED(buf_release) struct buf lines = BUF_INIT(LINES_MAX);
	add_last_lines(session, id, detail->started, &lines);
	error_set(err, ERROR_FAILED, "it ended at once with status %d%s%s%s", detail->exit_code, detail->oom_killed ? ", killed for memory" : "",
		  detail->state == CONTAINER_RESTARTING ? ", and is to be restarted" : "", buf_text(&lines));
	error_hint(err, "logs %s shows all it wrote", name);
	return error_about(err, name);
}

static int wait_until(struct session *session, int64_t until, struct error *err)
{
	for (int64_t left; (left = until - monotonic_ms()) > 0;)
		if (session_wait_news(session, (int)left, err) < 0)
			return -1;
	return 0;
}

int early_end(struct session *session, const char *id, const char *name, int64_t started_ms, struct error *err)
{
	int64_t until = started_ms + EARLY_MS;
	struct container_detail detail;
	bool failed = false;
	if (session->settings.dry_run)
		return 0;
	for (bool last = false; look(session, id, &detail, &failed, err); last = true) {
		if (has_failed(&detail))
			return tell(session, &detail, id, name, err);
		if (last || (STATES_LIVE & (1u << detail.state)) == 0 || monotonic_ms() >= until)
			return 0;
		if (wait_until(session, until, err) < 0)
			return -1;
	}
	return failed ? -1 : 0;
}
