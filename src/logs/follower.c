#include "logs/follower.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/moment.h"
#include "base/banned.h"

#define INTERVAL_MIN_MS 250
#define INTERVAL_MAX_MS 5000
#define STALLED_MS 15000   /* a window that brings nothing for so long is given up */
#define TAIL_MIN 16
#define TAIL_START 64
#define TAIL_MAX 4096      /* of a first attempt; more is asked for only when it did not reach back far enough */
#define TAIL_LAST 1000000  /* beyond it: everything */
#define DAY_S 86400

struct follower *follower_new(const struct tracked *entry, struct tracked_table *table, const struct store *store)
{
	struct follower *follower = xcalloc(1, sizeof *follower);
	follower->entry = *entry;
	follower->table = table;
	follower->store = store;
	follower->inspect_due = true;
	follower->interval_ms = INTERVAL_MIN_MS;
	follower->match = MATCH_WHOLE;
	follower->tail = TAIL_START;
	follower->file.fd = -1;
	return follower;
}

static void close_file(struct follower *follower)
{
	if (follower->opened)
		logfile_close(&follower->file);
	follower->opened = false;
	follower->trusts_clock = false;
}

void follower_stop(struct follower *follower)
{
	task_stop(&follower->window);
	task_stop(&follower->removal);
}

void follower_free(struct follower *follower)
{
	if (follower->window.active)
		framer_release(&follower->framer);
	task_abandon(&follower->window);
	task_abandon(&follower->removal);
	close_file(follower);
	free(follower);
}

static bool has_ended(const struct follower *follower)
{
	return (STATE_BIT(EXITED) | STATE_BIT(DEAD)) & (1u << follower->entry.state);
}

bool follower_awaited(const struct follower *follower)
{
	return follower->entry.drain_asked > follower->entry.drain_done &&
	       follower->entry.drain_asked > follower->entry.drain_failed;
}

static void post(struct follower *follower)
{
	tracked_post(follower->table, &follower->entry);
}

static void set_error(struct follower *follower, const char *text)
{
	if (text != follower->entry.error)
		snprintf(follower->entry.error, sizeof follower->entry.error, "%s", text);
}

bool follower_due(const struct follower *follower, int64_t now_ms)
{
	if (follower->window.active || follower->removal.active || follower->inspect_due || !follower->entry.detailed)
		return false;
	if (follower_awaited(follower) && follower->collects)
		return true;
	/* What another purser collects is looked at while somebody follows it. */
	bool followed = follower->entry.hurry && follower->entry.phase != PHASE_COMPLETE;
	return (follower_awaited(follower) || follower->collects || followed) && now_ms >= follower->due_ms;
}

static void schedule(struct follower *follower, int interval_ms)
{
	int max = follower->entry.hurry ? INTERVAL_MIN_MS : INTERVAL_MAX_MS;
	follower->interval_ms = interval_ms < max ? interval_ms : max;
	follower->due_ms = monotonic_ms() + follower->interval_ms;
}

void follower_poll_now(struct follower *follower)
{
	follower->due_ms = 0;
	follower->interval_ms = INTERVAL_MIN_MS;
}

/* ---- the file ---- */

static int open_file(struct follower *follower, struct error *err)
{
	char wanted[STORE_NAME_MAX + 1], existing[STORE_NAME_MAX + 1];
	store_file_name(follower->entry.id, follower->entry.name, wanted);
	store_find_file(follower->store, follower->entry.id, existing);
	if (faccessat(follower->store->dir, wanted, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		snprintf(existing, sizeof existing, "%s", wanted); /* others with its id are copies that somebody made */

	if (!follower->collects) {
		if (logfile_open_reading(&follower->file, follower->store->dir, *existing ? existing : wanted, err) < 0)
			return -1;
	} else {
		if (logfile_open(&follower->file, follower->store->dir, *existing ? existing : wanted, err) < 0)
			return -1;
		if (*existing && strcmp(existing, wanted) != 0 && logfile_rename(&follower->file, wanted, err) < 0) {
			logfile_close(&follower->file);
			return -1;
		}
	}
	follower->opened = true;
	follower->entry.bytes = (uint64_t)follower->file.size;
	follower->entry.last_at = cursor_at(&follower->file.cursor);
	snprintf(follower->entry.file, sizeof follower->entry.file, "%s", follower->file.name);
	return 0;
}

/* ---- a window's records ---- */

static void count_fresh(struct follower *follower, const struct record *record)
{
	if (follower->fresh++ == 0)
		follower->first_fresh = record->at;
	follower->last_fresh = record->at;
}

/*
 * A large window that begins later than the file ends need not be read to be known as too small. Times can mislead here: then the
 * next window is larger than it need be, and everything is never given up.
 */
static bool begins_too_late(const struct follower *follower, const struct record *record)
{
	return follower->matcher.records == 0 && follower->tail >= TAIL_MAX && record->at > cursor_at(&follower->file.cursor);
}

/* A long window is seen to go on: whoever waits for it sees the file grow. */
static void show_progress(struct follower *follower)
{
	if (follower->entry.bytes == (uint64_t)follower->file.size)
		return;
	follower->entry.bytes = (uint64_t)follower->file.size;
	follower->entry.phase = PHASE_BEHIND;
	post(follower);
}

static int take_record(void *arg, const struct record *record, struct error *err)
{
	struct follower *follower = arg;
	if (!follower->take_all && begins_too_late(follower, record)) {
		follower->too_small = true;
		return error_set(err, ERROR_CANCELLED, "the window does not reach back");
	}
	if (!follower->take_all && !matcher_feed(&follower->matcher, record))
		return 0;
	count_fresh(follower, record);
	if (!follower->collects)
		return 0;
	if (logfile_append(&follower->file, record, err) < 0)
		return -1;
	show_progress(follower);
	return 0;
}

static int take_bytes(void *arg, enum request_stream stream, const char *bytes, size_t len, struct error *err)
{
	struct follower *follower = arg;
	follower->progress_ms = monotonic_ms();
	return framer_feed(&follower->framer, stream == REQUEST_ERR ? STREAM_STDERR : STREAM_STDOUT, bytes, len, err);
}

/* ---- how a poll can come out ---- */

static void report_gap(struct follower *follower)
{
	char from[MOMENT_TEXT_LEN + 1], to[MOMENT_TEXT_LEN + 1];
	moment_format(follower->gap_after, from);
	moment_format(follower->first_fresh, to);
	follower->entry.gaps++;
	follower->gap = false;
	tracked_notify(follower->table, "%s: gap: the engine dropped records between %s and %s", follower->entry.name, from, to);
}

static void count_stored(struct follower *follower)
{
	if (follower->matcher.doubtful && follower->fresh) {
		follower->gap = true;
		follower->gap_after = cursor_at(&follower->matcher.file);
	}
	follower->take_all = false;
	follower->match = MATCH_WHOLE;
	if (follower->fresh && follower->gap)
		report_gap(follower);
	follower->entry.fresh += follower->fresh;
	follower->entry.bytes = (uint64_t)follower->file.size;
}

static void failed(struct follower *follower, const struct error *err)
{
	bool first = follower->failures++ == 0;
	if (follower->opened)
		count_stored(follower);
	close_file(follower); /* opening it again finds what is really stored */
	follower->entry.phase = PHASE_TROUBLE;
	set_error(follower, err->text);
	if (follower_awaited(follower))
		follower->entry.drain_failed = follower->drain_ticket;
	if (first && err->kind == ERROR_SYSTEM)
		tracked_notify(follower->table, "%s: %s; trying again", follower->entry.name, err->text);
	schedule(follower, follower->interval_ms * 2);
	post(follower);
}

static void drained(struct follower *follower)
{
	if (follower->entry.drain_done < follower->drain_ticket)
		follower->entry.drain_done = follower->drain_ticket;
}

/* No reading will ever bring anything more. */
static void settle(struct follower *follower, enum phase phase, const char *why)
{
	close_file(follower);
	follower->entry.phase = phase;
	set_error(follower, why);
	follower->entry.drain_done = follower->entry.drain_asked;
	follower->due_ms = FOLLOWER_NEVER;
	post(follower);
}

void follower_ask_drain(struct follower *follower, uint64_t ticket)
{
	follower->entry.drain_asked = ticket;
	if (follower->entry.phase == PHASE_GONE || follower->entry.phase == PHASE_UNREADABLE)
		settle(follower, follower->entry.phase, follower->entry.error);
	else
		follower->inspect_due = true; /* whether it has ended decides what the next window completes */
}

static void removal_failed(struct follower *follower, const struct error *err)
{
	tracked_notify(follower->table, "%s could not be removed: %s", follower->entry.name, err->text);
	follower->entry.remove_when_complete = false;
	drained(follower);
}

static void start_removal(struct follower *follower)
{
	struct action action;
	struct error err;
	action_init(&action, VERB_REMOVE);
	strvec_push_all(&action.options, "--volumes", NULL); /* as docker's --rm does: anonymous ones */
	strvec_push(&action.targets, follower->entry.id);
	if (task_start(&follower->removal, follower->entry.runtime, &action, NULL, NULL, &err) < 0)
		removal_failed(follower, &err);
}

static void forget(struct follower *follower)
{
	struct error err;
	if (follower->collects && store_drop(follower->store, follower->entry.id, &err) < 0)
		tracked_notify(follower->table, "%s: %s", follower->entry.name, err.text);
	settle(follower, PHASE_GONE, "");
}

static void finish_removal(struct follower *follower)
{
	struct result result = { 0 };
	struct error err;
	if (task_finish(&follower->removal, &result, &err) == 0 || err.kind == ERROR_NOT_FOUND) {
		forget(follower);
		return;
	}
	removal_failed(follower, &err);
	post(follower);
}

static void stored_all(struct follower *follower)
{
	bool complete = follower->ended_before && has_ended(follower);

	count_stored(follower);
	follower->failures = 0;
	follower->trusts_clock = true;
	set_error(follower, "");
	if (follower->fresh) {
		follower->entry.last_at = follower->last_fresh;
		follower->entry.lag_ms = (moment_now() - follower->last_fresh) / 1000000;
	}
	follower->tail = follower->fresh < TAIL_MAX / 2 ? (int64_t)follower->fresh * 2 + TAIL_MIN : TAIL_MAX;
	follower->entry.phase = complete ? PHASE_COMPLETE : PHASE_FOLLOWING;
	schedule(follower, follower->fresh ? INTERVAL_MIN_MS : follower->interval_ms * 2);
	if (complete || follower->entry.state == CONTAINER_CREATED) { /* it writes nothing until its state changes */
		follower->due_ms = FOLLOWER_NEVER;
		close_file(follower);
	}
	if (complete && follower->entry.remove_when_complete)
		start_removal(follower);
	else
		drained(follower);
	post(follower);
}

/* Another purser writes the file: all that can be said is whether it has everything. */
static void looked_at_all(struct follower *follower)
{
	close_file(follower);
	follower->take_all = false;
	follower->match = MATCH_WHOLE;
	schedule(follower, INTERVAL_MIN_MS);
	if (follower->fresh)
		return;
	set_error(follower, "");
	follower->entry.phase = follower->ended_before && has_ended(follower) ? PHASE_COMPLETE : PHASE_FOLLOWING;
	drained(follower);
	post(follower);
}

/* The window did not hold the end of the file. */
static void widen(struct follower *follower, int64_t tail, bool whole)
{
	uint64_t overlaps = follower->matcher.overlaps;
	if (tail == TAIL_ALL && follower->match == MATCH_REST) {
		follower->match = MATCH_WHOLE; /* meanwhile the engine dropped more */
	} else if (tail == TAIL_ALL && overlaps > 0) {
		follower->match = overlaps == 1 ? MATCH_REST : MATCH_LINES;
		follower->overlap = follower->matcher.overlap;
	} else if (tail == TAIL_ALL) {
		follower->take_all = follower->gap = true;
		follower->gap_after = cursor_at(&follower->file.cursor);
	} else {
		follower->tail = whole || tail * 8 > TAIL_LAST ? TAIL_ALL : tail * 8;
	}
	follower->entry.phase = PHASE_BEHIND;
	follower->due_ms = 0;
	post(follower);
}

/* ---- a window's life ---- */

/*
 * A day before the oldest time the file's end has, and not after the clock's: no clock step shorter than a day hides a record, and of a
 * long history only what is near is sent.
 */
static int64_t since(const struct follower *follower)
{
	moment from = cursor_earliest(&follower->file.cursor), now = moment_now();
	if (!follower->trusts_clock || follower->tail == TAIL_ALL)
		return 0;
	int64_t seconds = (from < now ? from : now) / MOMENT_SECOND - DAY_S;
	return seconds > 0 ? seconds : 0;
}

static int start_window(struct follower *follower, struct error *err)
{
	if (!follower->opened && open_file(follower, err) < 0)
		return -1;
	if (cursor_empty(&follower->file.cursor))
		follower->take_all = true;
	if (follower->take_all || !follower->file.cursor.firm)
		follower->tail = TAIL_ALL;
	else if (follower->tail != TAIL_ALL && follower->tail < cursor_reach(&follower->file.cursor) + TAIL_MIN)
		follower->tail = cursor_reach(&follower->file.cursor) + TAIL_MIN;

	struct action action;
	action_init(&action, VERB_WINDOW);
	action.tail = follower->tail;
	action.since = since(follower);
	strvec_push(&action.targets, follower->entry.id);
	if (task_start(&follower->window, follower->entry.runtime, &action, take_bytes, follower, err) < 0)
		return -1;
	framer_init(&follower->framer, follower->entry.tty, take_record, follower);
	matcher_init(&follower->matcher, &follower->file.cursor,
		     follower->tail == TAIL_ALL ? follower->match : MATCH_TAIL, follower->overlap);
	follower->too_small = false;
	follower->progress_ms = monotonic_ms();
	return 0;
}

void follower_start(struct follower *follower)
{
	struct error err;
	follower->drain_ticket = follower->entry.drain_asked;
	follower->fresh = 0;
	follower->ended_before = has_ended(follower);
	if (start_window(follower, &err) == 0)
		return;
	if (!follower->collects)
		schedule(follower, INTERVAL_MIN_MS); /* its collector has not begun the file yet */
	else
		failed(follower, &err);
}

static int end_of_records(struct follower *follower, struct error *err)
{
	struct result result = { 0 };
	struct error flush_err;

	request_add_words(&follower->window.running, buf_text(&follower->framer.said), follower->framer.said.len);
	int failure = task_finish(&follower->window, &result, err);
	if (!failure)
		failure = framer_end(&follower->framer, err);
	framer_release(&follower->framer);
	/* What came before a failure is a part of what is new, from its beginning: it is kept. */
	if (follower->collects && logfile_flush(&follower->file, failure ? &flush_err : err) < 0)
		failure = -1;
	return failure;
}

static void finish_window(struct follower *follower)
{
	struct error err = { 0 };
	int64_t tail = follower->window.action.tail;
	uint64_t records = follower->matcher.records;
	/* A terminal's text does not tell records apart well enough to be counted. */
	bool whole = tail == TAIL_ALL || (!follower->entry.tty && records < (uint64_t)tail);
	bool bounded = follower->window.action.since > 0; /* what is not there, we did not ask for */

	if (end_of_records(follower, &err) < 0) {
		if (follower->too_small)
			widen(follower, tail, false);
		else if (err.kind == ERROR_NOT_FOUND)
			follower_gone(follower);
		else if (strstr(err.text, "does not support reading"))
			settle(follower, PHASE_UNREADABLE, err.text);
		else
			failed(follower, &err);
		return;
	}
	bool nothing_there = tail == TAIL_ALL && records == 0;
	bool found = matcher_end(&follower->matcher, whole);
	follower->matcher.doubtful &= !bounded;
	if (!follower->take_all && !found && !nothing_there)
		widen(follower, tail, whole);
	else if (follower->collects)
		stored_all(follower);
	else
		looked_at_all(follower);
}

void follower_step(struct follower *follower)
{
	bool stalled = follower->window.active && monotonic_ms() - follower->progress_ms > STALLED_MS;
	if (stalled)
		request_stop(&follower->window.running, ERROR_TIMEOUT, "the engine does not send its log");
	if (task_step(&follower->window))
		finish_window(follower);
	if (task_step(&follower->removal))
		finish_removal(follower);
}

/* ---- what the engine says of the container ---- */

void follower_gone(struct follower *follower)
{
	if (follower->entry.phase == PHASE_GONE || follower->removal.active || follower->window.active)
		return; /* a window under way may still bring its last records; the next list says it again */
	if (follower->entry.phase != PHASE_COMPLETE && follower->entry.phase != PHASE_UNREADABLE &&
	    !tracked_take_expected_end(follower->table, follower->entry.id)) {
		follower->entry.gaps++;
		tracked_notify(follower->table, "%s was removed outside; what it may have written after the last look is lost",
			       follower->entry.name);
	}
	forget(follower);
}

static void follow_new_name(struct follower *follower, const char *name)
{
	struct store_entry stored = { .remove = follower->entry.remove_when_complete };
	struct error err;

	snprintf(follower->entry.name, sizeof follower->entry.name, "%s", name);
	close_file(follower); /* opening it gives it its new name */
	snprintf(stored.id, sizeof stored.id, "%s", follower->entry.id);
	snprintf(stored.runtime, sizeof stored.runtime, "%s", follower->entry.runtime->name);
	snprintf(stored.name, sizeof stored.name, "%s", name);
	if (follower->collects && store_put(follower->store, &stored, &err) < 0)
		tracked_notify(follower->table, "%s: %s", name, err.text);
	follower_poll_now(follower);
}

void follower_listed(struct follower *follower, const struct container *row)
{
	bool changed = follower->entry.state != row->state;

	follower->entry.state = row->state;
	if (strcmp(follower->entry.name, row->name) != 0 && row->name[0] && !follower->window.active)
		follow_new_name(follower, row->name);
	if (!changed)
		return;
	follower->inspect_due = true;
	follower_poll_now(follower);
	post(follower);
}

void follower_unreachable(struct follower *follower, const struct error *err)
{
	follower->drain_ticket = follower->entry.drain_asked;
	follower->fresh = 0;
	failed(follower, err);
}

static void announce_end(struct follower *follower)
{
	const struct tracked *entry = &follower->entry;
	bool since_added = entry->finished >= entry->added_at - MOMENT_SECOND;
	follower->announced_end = entry->finished;
	if (!tracked_take_expected_end(follower->table, entry->id) && since_added && tracked_announces(follower->table))
		tracked_notify(follower->table, "%s exited (%d)%s", entry->name, entry->exit_code,
			       entry->oom_killed ? ", killed for memory" : "");
}

void follower_inspected(struct follower *follower, const struct container_detail *detail)
{
	struct tracked *entry = &follower->entry;
	bool first = !entry->detailed;
	bool another_run = !first && entry->started != detail->started;

	entry->detailed = true;
	if (detail->name[0] && strcmp(entry->name, detail->name) != 0 && !follower->window.active)
		follow_new_name(follower, detail->name);
	entry->state = detail->state;
	entry->exit_code = detail->exit_code;
	entry->oom_killed = detail->oom_killed;
	entry->tty = detail->tty;
	entry->started = detail->started;
	entry->finished = detail->finished;
	follower->inspect_due = false;
	follower->inspected_ms = monotonic_ms();

	bool ended = has_ended(follower);
	if (ended && entry->finished != follower->announced_end)
		announce_end(follower);
	if (entry->phase == PHASE_COMPLETE && (!ended || another_run))
		entry->phase = PHASE_FOLLOWING;
	if (first || another_run || (follower->due_ms == FOLLOWER_NEVER && entry->phase == PHASE_FOLLOWING))
		follower_poll_now(follower);
	post(follower);
}
