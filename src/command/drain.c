#include "command/drain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command/output.h"
#include "command/progress.h"
#include "command/target.h"
#include "base/banned.h"

#define STALLED_MS 30000 /* without a byte more stored, waiting is given up */
#define LOOK_MS 250
#define NEWBORN_MS 1000 /* an engine may take some of that to tell that a container has ended */
#define NEWBORN_POLL_MS 100
#define NOTE_MAX 4096

/* One log that is waited for. */
struct awaited {
	char id[CONTAINER_ID_LEN + 1];
	uint64_t ticket;
	uint64_t bytes; /* of its file, as last seen */
	bool over;
};

struct drain {
	struct session *session;
	struct awaited *items;
	size_t nr, left;
	int64_t stored;      /* bytes, since it began */
	int64_t progress_ms; /* when anything was stored last */
	int failed;
	struct error *err;
};

/* ---- how far it is ---- */

static void add_name(const struct session *session, const struct tracked *entry, struct buf *out)
{
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	buf_add_text(out, target_name(session, entry->runtime, entry->name, &arena));
}

static void add_time(moment at, struct buf *out)
{
	char text[40];
	struct tm then, now;
	time_t seconds = at / MOMENT_SECOND, present = time(NULL);
	bool today = localtime_r(&seconds, &then) && localtime_r(&present, &now) && then.tm_yday == now.tm_yday &&
		     then.tm_year == now.tm_year;
	strftime(text, sizeof text, today ? "%H:%M:%S" : "%Y-%m-%d %H:%M", &then);
	buf_printf(out, "up to %s", text);
}

/* "web up to 14:03:22, db"; of a single one its time only. */
static void make_note(const struct drain *drain, struct buf *out)
{
	struct tracked entry;
	for (size_t i = 0; i < drain->nr; i++) {
		if (drain->items[i].over || !tracked_get(drain->session->table, drain->items[i].id, &entry))
			continue;
		buf_add_text(out, out->len ? ", " : "");
		if (drain->nr > 1)
			add_name(drain->session, &entry, out);
		if (entry.last_at && drain->nr > 1)
			buf_add_text(out, " ");
		if (entry.last_at)
			add_time(entry.last_at, out);
	}
}

static void begin_progress(struct drain *drain, struct progress *progress)
{
	SCOPED(buf_release) struct buf what = BUF_INIT(NOTE_MAX);
	struct tracked entry;
	if (drain->nr == 1 && tracked_get(drain->session->table, drain->items[0].id, &entry)) {
		buf_add_text(&what, "collecting the log of ");
		add_name(drain->session, &entry, &what);
	} else {
		buf_printf(&what, "collecting %zu logs", drain->nr);
	}
	buf_add_text(&what, " (Ctrl-C leaves it for later)");
	progress_begin(progress, drain->session, buf_text(&what), 0);
}

static void show(const struct drain *drain, struct progress *progress)
{
	SCOPED(buf_release) struct buf note = BUF_INIT(NOTE_MAX);
	make_note(drain, &note);
	progress_show(progress, drain->stored, buf_text(&note));
}

/* ---- waiting ---- */

static void fail(struct drain *drain, const struct error *why)
{
	*drain->err = *why;
	drain->failed = -1;
}

static void end_item(struct drain *drain, struct awaited *item)
{
	item->over = true;
	drain->left--;
	drain->progress_ms = monotonic_ms();
}

/* A file that was rotated begins anew. */
static void note_stored(struct drain *drain, struct awaited *item)
{
	struct tracked entry;
	if (!tracked_get(drain->session->table, item->id, &entry) || entry.bytes == item->bytes)
		return;
	drain->stored += (int64_t)(entry.bytes > item->bytes ? entry.bytes - item->bytes : entry.bytes);
	item->bytes = entry.bytes;
	drain->progress_ms = monotonic_ms();
}

static void look(struct drain *drain)
{
	for (size_t i = 0; i < drain->nr; i++) {
		struct awaited *item = &drain->items[i];
		struct error one;
		if (item->over)
			continue;
		note_stored(drain, item);
		int drained = tracked_drained(drain->session->table, item->id, item->ticket, &one);
		if (drained < 0)
			fail(drain, &one);
		if (drained)
			end_item(drain, item);
	}
}

static void give_up(struct drain *drain)
{
	for (size_t i = 0; i < drain->nr; i++) {
		SCOPED(buf_release) struct buf name = BUF_INIT(NOTE_MAX);
		struct tracked entry;
		struct error one;
		if (drain->items[i].over)
			continue;
		if (tracked_get(drain->session->table, drain->items[i].id, &entry))
			add_name(drain->session, &entry, &name);
		error_set(&one, ERROR_TIMEOUT,
			  "the log of %s could not be collected to its end: nothing came for %d seconds",
			  buf_text(&name), STALLED_MS / 1000);
		fail(drain, &one);
		end_item(drain, &drain->items[i]);
	}
}

static int wait_for_all(struct drain *drain)
{
	struct progress progress;
	begin_progress(drain, &progress);
	drain->progress_ms = monotonic_ms();
	for (look(drain); drain->left; look(drain)) {
		show(drain, &progress);
		if (session_wait_news(drain->session, LOOK_MS, drain->err) < 0) {
			drain->failed = -1;
			break;
		}
		if (monotonic_ms() - drain->progress_ms > STALLED_MS)
			give_up(drain);
	}
	progress_end(&progress);
	return drain->failed;
}

/* All are asked for at once, so that they are read side by side. What is not tracked is not waited for. */
static void ask(struct drain *drain, const char *id)
{
	struct tracked entry;
	struct awaited *item = &drain->items[drain->nr];
	uint64_t ticket = tracked_ask_drain(drain->session->table, id);
	if (!ticket || !tracked_get(drain->session->table, id, &entry))
		return;
	*item = (struct awaited){ .ticket = ticket, .bytes = entry.bytes };
	memcpy(item->id, entry.id, sizeof item->id);
	drain->nr++;
	drain->left++;
}

int session_drain(struct session *session, const char *id, struct error *err)
{
	struct awaited one;
	struct drain drain = { .session = session, .items = &one, .err = err };
	char why[256];
	ask(&drain, id);
	if (!drain.nr)
		return 0;
	if (collecting_elsewhere(session->table, why, sizeof why) < 0)
		return error_set(err, ERROR_FAILED, "its log is not collected: %s", why);
	return wait_for_all(&drain);
}

static bool collects(struct session *session)
{
	char why[256];
	return session->collector && !collecting_elsewhere(session->table, why, sizeof why);
}

int session_drain_all(struct session *session, struct error *err)
{
	struct tracked *entries;
	if (!collects(session))
		return 0;
	size_t nr = tracked_all(session->table, &entries);
	struct drain drain = { .session = session, .items = xcalloc(nr + 1, sizeof *drain.items), .err = err };
	for (size_t i = 0; i < nr; i++)
		ask(&drain, entries[i].id);
	free(entries);
	int failed = wait_for_all(&drain);
	free(drain.items);
	session_tell_news(session);
	session->drained = !failed;
	return failed;
}

/* ---- leaving ---- */

/* One that is to be removed when it has ended, and was begun so recently that it may end at once. */
static bool has_newborn(struct session *session)
{
	struct tracked *entries;
	bool any = false;
	if (!collects(session))
		return false;
	size_t nr = tracked_all(session->table, &entries);
	for (size_t i = 0; i < nr; i++)
		any |= entries[i].remove_when_complete && entries[i].phase != PHASE_GONE &&
		       monotonic_ms() - entries[i].added_ms < NEWBORN_MS;
	free(entries);
	return any;
}

int session_leave(struct session *session, struct error *err)
{
	int failed = session_drain_all(session, err);
	while (!failed && has_newborn(session)) {
		failed = session_wait_news(session, NEWBORN_POLL_MS, err);
		if (!failed)
			failed = session_drain_all(session, err);
	}
	return failed;
}
