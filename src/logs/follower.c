#include "logs/follower.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "base/banned.h"

#define INTERVAL_MIN_MS 250
#define INTERVAL_MAX_MS 5000
#define STALLED_MS 10000      /* a window that brings nothing for so long is given up */
#define RATE_FADES_MS 60000   /* a peak is forgotten in about that time */
#define RECORD_OVERHEAD 80    /* bytes that an engine stores with each record, about */
#define OVERWRITE_SHARE 4     /* polls in the time an engine needs to overwrite all it keeps, at least */
#define REREAD_SHARE 4        /* of the time no more than one in so many is spent on reading again what is stored */

struct follower *follower_new(const struct tracked *entry, struct collection *collection)
{
	struct follower *follower = xcalloc(1, sizeof *follower);
	follower->entry = *entry;
	follower->collection = collection;
	follower->inspect_due = true;
	follower->interval_ms = INTERVAL_MIN_MS;
	intake_init(&follower->intake, collection->store, entry->id, entry->name);
	if (collection->collects)
		follower->intake.journal = &collection->journal;
	struct error err;
	if (intake_recall(&follower->intake, &err) < 0)
		tracked_notify(collection->table, "%s: what was written down of it cannot be read: %s", entry->name, err.text);
	return follower;
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
	intake_close(&follower->intake);
	follower->collection->disk_fails -= follower->disk_fails;
	free(follower);
}

static bool collects(const struct follower *follower)
{
	return follower->intake.journal != NULL;
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
	const struct life *life = &follower->intake.life;
	follower->entry.gaps = life->gaps;
	follower->entry.gap_from = life->gap.from;
	follower->entry.gap_to = life->gap.to;
	tracked_post(follower->collection->table, &follower->entry);
}

static void set_error(struct follower *follower, const char *text)
{
	if (text != follower->entry.error)
		snprintf(follower->entry.error, sizeof follower->entry.error, "%s", text);
}

/* ---- the journal ---- */

static void start_mark(const struct follower *follower, enum journal_event event, struct mark *mark)
{
	*mark = (struct mark){ .event = event };
	memcpy(mark->id, follower->entry.id, sizeof mark->id);
	snprintf(mark->name, sizeof mark->name, "%s", follower->entry.name);
}

static void note(struct follower *follower, const struct mark *mark)
{
	if (collects(follower))
		journal_note(&follower->collection->journal, mark);
}

static void note_start(struct follower *follower, moment at)
{
	struct mark mark;
	start_mark(follower, follower->intake.life.before ? JOURNAL_RESTARTED : JOURNAL_STARTED, &mark);
	mark.at = at;
	note(follower, &mark);
}

static void note_end(struct follower *follower, moment at, int code)
{
	struct mark mark;
	start_mark(follower, JOURNAL_EXITED, &mark);
	mark.at = at;
	mark.code = code;
	if (follower->entry.oom_killed)
		snprintf(mark.text, sizeof mark.text, "killed for memory");
	note(follower, &mark);
}

static void note_complete(struct follower *follower)
{
	struct mark mark;
	if (follower->intake.life.complete)
		return;
	follower->intake.life.complete = true;
	start_mark(follower, JOURNAL_COMPLETE, &mark);
	note(follower, &mark);
}

/* ---- when ---- */

bool follower_due(const struct follower *follower, int64_t now_ms)
{
	if (follower->window.active || follower->removal.active || follower->inspect_due || !follower->entry.detailed ||
	    follower->missed_ms)
		return false;
	if (follower_awaited(follower) && collects(follower))
		return true;
	/* What another purser collects is looked at while somebody follows it. */
	bool followed = follower->entry.hurry && follower->entry.phase != PHASE_COMPLETE;
	return (follower_awaited(follower) || collects(follower) || followed) && now_ms >= follower->due_ms;
}

/* Whether what was written waits for its fdatasync, and nobody else will see to that. */
static bool sync_pending(const struct follower *follower)
{
	const struct intake *intake = &follower->intake;
	return intake->opened && !intake->file.distrusted && !follower->window.active;
}

int follower_wait_ms(const struct follower *follower, int64_t now_ms)
{
	int64_t wait = -1;
	if (!follower->window.active && collects(follower) && follower->due_ms != FOLLOWER_NEVER && follower->due_ms > now_ms)
		wait = follower->due_ms - now_ms;
	int sync = sync_pending(follower) ? logfile_sync_wait_ms(&follower->intake.file) : -1;
	return (int)(sync >= 0 && (wait < 0 || sync < wait) ? sync : wait);
}

/* The time in which, at the rate of late, the engine overwrites all that it keeps; INTERVAL_MAX_MS if that is longer. */
static int overwrite_ms(const struct follower *follower)
{
	double ms = follower->rate > 0 && follower->log_kept ? (double)follower->log_kept / follower->rate * 1000 : INTERVAL_MAX_MS;
	return ms < INTERVAL_MAX_MS ? (int)ms : INTERVAL_MAX_MS;
}

static void schedule(struct follower *follower, int interval_ms)
{
	int max = follower->entry.hurry ? INTERVAL_MIN_MS : INTERVAL_MAX_MS, quarter = overwrite_ms(follower) / OVERWRITE_SHARE;
	follower->interval_ms = interval_ms < max ? interval_ms : max;
	follower->due_ms = monotonic_ms() + (follower->interval_ms < quarter ? follower->interval_ms : quarter);
}

void follower_poll_now(struct follower *follower)
{
	follower->due_ms = 0;
	follower->interval_ms = INTERVAL_MIN_MS;
}

void follower_take_over(struct follower *follower)
{
	if (collects(follower) || follower->window.active)
		return;
	intake_close(&follower->intake);
	follower->intake.journal = &follower->collection->journal;
	follower_poll_now(follower);
}

/* ---- a window's records ---- */

static int open_log(struct follower *follower, struct error *err)
{
	if (intake_open(&follower->intake, follower->entry.started, err) < 0)
		return -1;
	const struct logfile *file = &follower->intake.file;
	follower->entry.bytes = (uint64_t)file->size;
	follower->entry.last_at = cursor_at(&file->cursor);
	memcpy(follower->entry.file, file->name, sizeof follower->entry.file);
	return 0;
}

/* A long window is seen to go on: whoever waits for it sees the file grow. */
static void show_progress(struct follower *follower)
{
	if (follower->entry.bytes == (uint64_t)follower->intake.file.size)
		return;
	follower->entry.bytes = (uint64_t)follower->intake.file.size;
	follower->entry.phase = PHASE_BEHIND;
	post(follower);
}

static int take_record(void *arg, const struct record *record, struct error *err)
{
	struct follower *follower = arg;
	uint64_t fresh = follower->intake.seek.fresh;
	if (intake_take(&follower->intake, record, err) < 0)
		return -1;
	if (follower->intake.seek.fresh > fresh)
		follower->fresh_bytes += record->len + RECORD_OVERHEAD;
	if (collects(follower))
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

static void tell_findings(struct follower *follower)
{
	struct intake *intake = &follower->intake;
	struct tracked_table *table = follower->collection->table;
	char from[MOMENT_TEXT_LEN + 1], to[MOMENT_TEXT_LEN + 1];
	if (intake->gap_found) {
		moment_format(intake->life.gap.from, from);
		moment_format(intake->life.gap.to, to);
		tracked_notify(table, "%s: gap: %s between %s and %s", follower->entry.name, intake->life.gap.text, from, to);
	}
	if (intake->change_found)
		tracked_notify(table, "%s: somebody cut or replaced its stored log; it goes on there", follower->entry.name);
	if (intake->file.rotation.kind)
		tracked_notify(table, "%s: its log could not be rotated and grows: %s", follower->entry.name, intake->file.rotation.text);
	follower->collection->upkeep_due |= intake->file.rotated;
	intake->gap_found = intake->change_found = intake->file.rotated = false;
	intake->file.rotation.kind = ERROR_NONE;
}

static void count_stored(struct follower *follower)
{
	tell_findings(follower);
	follower->entry.fresh = follower->intake.stored;
	if (follower->intake.opened)
		follower->entry.bytes = (uint64_t)follower->intake.file.size;
}

/* That logs cannot be stored is said for the first container that it happens to, and that they can when it is over for the last. */
static void set_disk_fails(struct follower *follower, bool fails, const char *why)
{
	struct collection *collection = follower->collection;
	struct mark mark = { .event = fails ? JOURNAL_DISK_FAILS : JOURNAL_DISK_WORKS };
	if (follower->disk_fails == fails)
		return;
	follower->disk_fails = fails;
	collection->disk_fails += fails ? 1 : -1u;
	if (collection->disk_fails != fails)
		return;
	snprintf(mark.text, sizeof mark.text, "%s", why);
	note(follower, &mark);
	if (fails)
		tracked_notify(collection->table, "logs cannot be stored: %s; trying again", why);
	else
		tracked_notify(collection->table, "logs are stored again");
}

static void failed(struct follower *follower, const struct error *err)
{
	follower->failures++;
	follower->entry.phase = PHASE_TROUBLE;
	set_error(follower, err->text);
	if (follower_awaited(follower))
		follower->entry.drain_failed = follower->drain_ticket;
	schedule(follower, follower->interval_ms * 2);
	post(follower);
}

static void storing_failed(struct follower *follower, const struct error *err)
{
	if (collects(follower))
		set_disk_fails(follower, true, err->text);
	failed(follower, err);
}

static void drained(struct follower *follower)
{
	if (follower->entry.drain_done < follower->drain_ticket)
		follower->entry.drain_done = follower->drain_ticket;
}

/* No reading will bring anything more, unless the engine says otherwise. */
static void settle(struct follower *follower, enum phase phase, const char *why)
{
	intake_close(&follower->intake);
	follower->entry.phase = phase;
	set_error(follower, why);
	follower->entry.drain_done = follower->entry.drain_asked;
	follower->due_ms = FOLLOWER_NEVER;
	post(follower);
}

static bool is_settled(const struct follower *follower)
{
	enum phase phase = follower->entry.phase;
	return phase == PHASE_GONE || phase == PHASE_UNREADABLE || phase == PHASE_OTHER;
}

void follower_ask_drain(struct follower *follower, uint64_t ticket)
{
	follower->entry.drain_asked = ticket;
	if (is_settled(follower))
		settle(follower, follower->entry.phase, follower->entry.error);
	else
		follower->inspect_due = true; /* whether it has ended decides what the next window completes */
}

/* ---- the container's end ---- */

static void removal_failed(struct follower *follower, const struct error *err)
{
	tracked_notify(follower->collection->table, "%s could not be removed: %s", follower->entry.name, err->text);
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

/* What it wrote after the last look, if anything, is lost with it. */
static void note_lost_end(struct follower *follower, const char *why)
{
	struct mark mark;
	start_mark(follower, JOURNAL_GAP, &mark);
	mark.from = follower->entry.last_at;
	snprintf(mark.text, sizeof mark.text, "%s", why);
	life_recall(&follower->intake.life, &mark);
	note(follower, &mark);
}

static bool may_lack_end(const struct follower *follower)
{
	return !follower->intake.life.complete && follower->entry.phase != PHASE_UNREADABLE && follower->entry.state != CONTAINER_CREATED;
}

void follower_removed(struct follower *follower, const char *by)
{
	struct mark mark;
	if (may_lack_end(follower))
		note_lost_end(follower, "it was removed, records may be missing");
	start_mark(follower, JOURNAL_REMOVED, &mark);
	snprintf(mark.text, sizeof mark.text, "%s", by);
	note(follower, &mark);
}

static void forget(struct follower *follower)
{
	struct error err;
	if (collects(follower) && store_drop(follower->collection->store, follower->entry.id, &err) < 0)
		tracked_notify(follower->collection->table, "%s: %s", follower->entry.name, err.text);
	settle(follower, PHASE_GONE, "");
}

static void finish_removal(struct follower *follower)
{
	struct result result = { 0 };
	struct error err;
	if (task_finish(&follower->removal, &result, &err) == 0 || err.kind == ERROR_NOT_FOUND) {
		follower_removed(follower, "by purser, as it has ended (--rm)");
		forget(follower);
		return;
	}
	removal_failed(follower, &err);
	post(follower);
}

/* ---- a window came to its end ---- */

static void measure(struct follower *follower, int64_t now_ms)
{
	int64_t since = follower->started_ms - follower->polled_ms;
	if (follower->polled_ms && since > 0) {
		double now = (double)follower->fresh_bytes * 1000 / (double)since;
		double faded = since < RATE_FADES_MS ? follower->rate * (1 - (double)since / RATE_FADES_MS) : 0;
		follower->rate = now > faded ? now : faded;
	}
	follower->polled_ms = follower->started_ms;
	/* An unfinished line in very many parts is read from its beginning each time. */
	const struct seek *seek = &follower->intake.seek;
	double stored_already = seek->records ? 1 - (double)seek->fresh / (double)seek->records : 0;
	int64_t rest_ms = (int64_t)(stored_already * (double)(now_ms - follower->started_ms)) * REREAD_SHARE;
	if (follower->due_ms < now_ms + rest_ms && rest_ms < overwrite_ms(follower) / OVERWRITE_SHARE)
		follower->due_ms = now_ms + rest_ms;
}

static void stored_all(struct follower *follower)
{
	const struct seek *seek = &follower->intake.seek;
	bool complete = follower->ended_before && has_ended(follower);

	count_stored(follower);
	set_disk_fails(follower, false, "");
	follower->failures = 0;
	set_error(follower, "");
	if (seek->fresh) {
		int64_t lag = moment_now() - seek->last_fresh;
		follower->entry.last_at = seek->last_fresh;
		follower->entry.lag_ms = lag > 0 ? lag / 1000000 : 0;
	}
	follower->entry.phase = complete ? PHASE_COMPLETE : PHASE_FOLLOWING;
	schedule(follower, seek->fresh ? INTERVAL_MIN_MS : follower->interval_ms * 2);
	measure(follower, monotonic_ms());
	if (complete || follower->entry.state == CONTAINER_CREATED) { /* it writes nothing until its state changes */
		follower->due_ms = FOLLOWER_NEVER;
		intake_close(&follower->intake);
	}
	if (complete)
		note_complete(follower);
	if (complete && follower->entry.remove_when_complete)
		start_removal(follower);
	else
		drained(follower);
	post(follower);
}

/* Another purser writes the file: all that can be said is whether it has everything. */
static void looked_at_all(struct follower *follower)
{
	uint64_t lacking = follower->intake.seek.fresh;
	intake_close(&follower->intake);
	schedule(follower, INTERVAL_MIN_MS);
	if (lacking)
		return;
	set_error(follower, "");
	follower->entry.phase = follower->ended_before && has_ended(follower) ? PHASE_COMPLETE : PHASE_FOLLOWING;
	drained(follower);
	post(follower);
}

static void read_more(struct follower *follower)
{
	follower->entry.phase = PHASE_BEHIND;
	follower->due_ms = 0;
	post(follower);
}

static void window_broke(struct follower *follower, const struct error *err)
{
	bool too_small = follower->intake.too_small, missing = err->kind == ERROR_NOT_FOUND;
	bool unreadable = strstr(err->text, "does not support reading") != NULL;

	intake_break(&follower->intake);
	count_stored(follower);
	if (too_small)
		read_more(follower);
	else if (missing)
		follower_missing(follower);
	else if (unreadable)
		settle(follower, PHASE_UNREADABLE, err->text);
	else if (err->kind == ERROR_SYSTEM)
		storing_failed(follower, err);
	else
		failed(follower, err);
}

static void finish_window(struct follower *follower)
{
	struct result result = { 0 };
	struct error err = { 0 };

	request_add_words(&follower->window.running, buf_text(&follower->framer.said), follower->framer.said.len);
	int failure = task_finish(&follower->window, &result, &err);
	if (!failure)
		failure = framer_end(&follower->framer, &err);
	framer_release(&follower->framer);
	if (failure) {
		window_broke(follower, &err);
		return;
	}
	/* A terminal's text does not tell records apart well enough to be counted. */
	int outcome = intake_end(&follower->intake, !follower->entry.tty, &err);
	if (outcome < 0) {
		count_stored(follower);
		storing_failed(follower, &err);
	} else if (outcome == 0) {
		tell_findings(follower);
		read_more(follower);
	} else if (collects(follower)) {
		stored_all(follower);
	} else {
		looked_at_all(follower);
	}
}

/* ---- a window's life ---- */

static int start_window(struct follower *follower, struct error *err)
{
	struct action action;
	follower->asked = intake_plan(&follower->intake);
	action_init(&action, VERB_WINDOW);
	action.tail = follower->asked.tail;
	action.since = follower->asked.since;
	strvec_push(&action.targets, follower->entry.id);
	if (task_start(&follower->window, follower->entry.runtime, &action, take_bytes, follower, err) < 0)
		return -1;
	framer_init(&follower->framer, follower->entry.tty, take_record, follower);
	intake_begin(&follower->intake, &follower->asked);
	follower->fresh_bytes = 0;
	follower->started_ms = follower->progress_ms = monotonic_ms();
	return 0;
}

void follower_start(struct follower *follower)
{
	struct error err;
	follower->drain_ticket = follower->entry.drain_asked;
	follower->ended_before = has_ended(follower);
	if (open_log(follower, &err) < 0) {
		if (collects(follower))
			storing_failed(follower, &err);
		else
			schedule(follower, INTERVAL_MIN_MS); /* its collector has not begun the file yet */
	} else if (start_window(follower, &err) < 0) {
		failed(follower, &err);
	}
}

void follower_step(struct follower *follower)
{
	struct error err;
	bool stalled = follower->window.active && monotonic_ms() - follower->progress_ms > STALLED_MS;
	if (stalled)
		request_stop(&follower->window.running, ERROR_TIMEOUT, "the engine does not send its log");
	if (task_step(&follower->window))
		finish_window(follower);
	if (task_step(&follower->removal))
		finish_removal(follower);
	if (sync_pending(follower) && logfile_sync(&follower->intake.file, &err) < 0)
		storing_failed(follower, &err);
}

/* ---- what the engine says of the container ---- */

static void save_entry(struct follower *follower)
{
	struct store_entry stored = { .remove = follower->entry.remove_when_complete };
	struct error err;
	memcpy(stored.id, follower->entry.id, sizeof stored.id);
	snprintf(stored.runtime, sizeof stored.runtime, "%s", follower->entry.runtime->name);
	snprintf(stored.name, sizeof stored.name, "%s", follower->entry.name);
	snprintf(stored.engine, sizeof stored.engine, "%s", follower->entry.engine);
	if (collects(follower) && store_put(follower->collection->store, &stored, &err) < 0)
		tracked_notify(follower->collection->table, "%s: %s", follower->entry.name, err.text);
}

void follower_missing(struct follower *follower)
{
	if (follower->missed_ms || is_settled(follower) || follower->removal.active || follower->window.active)
		return; /* a window under way may still bring its last records; the next list says it again */
	follower->missed_ms = monotonic_ms();
}

static void gone(struct follower *follower)
{
	struct tracked_table *table = follower->collection->table;
	bool expected = tracked_take_expected_end(table, follower->entry.id);
	if (may_lack_end(follower) && !expected)
		tracked_notify(table, "%s was removed outside; what it may have written after the last look is lost",
			       follower->entry.name);
	follower_removed(follower, follower->seen_alive || follower->inspected_ms ? "outside" : "outside, while nobody collected");
	forget(follower);
}

void follower_identified(struct follower *follower, const char *engine, int64_t asked_ms)
{
	struct tracked *entry = &follower->entry;
	if (follower->missed_ms && asked_ms >= follower->missed_ms) {
		follower->missed_ms = 0;
		if (entry->engine[0] && *engine && strcmp(entry->engine, engine) != 0)
			settle(follower, PHASE_OTHER, "another engine answers than the one that has it");
		else
			gone(follower);
	} else if (!follower->missed_ms && !is_settled(follower) && entry->detailed && strcmp(entry->engine, engine) != 0) {
		snprintf(entry->engine, sizeof entry->engine, "%s", engine);
		save_entry(follower);
		post(follower);
	}
}

static void follow_new_name(struct follower *follower, const char *name)
{
	struct mark mark;
	start_mark(follower, JOURNAL_RENAMED, &mark);
	snprintf(mark.text, sizeof mark.text, "%s", follower->entry.name);
	snprintf(mark.name, sizeof mark.name, "%s", name);
	note(follower, &mark);
	snprintf(follower->entry.name, sizeof follower->entry.name, "%s", name);
	snprintf(follower->intake.name, sizeof follower->intake.name, "%s", name);
	intake_close(&follower->intake); /* opening it gives it its new name */
	save_entry(follower);
	follower_poll_now(follower);
}

static void take_name(struct follower *follower, const char *name)
{
	if (*name && strcmp(follower->entry.name, name) != 0 && !follower->window.active)
		follow_new_name(follower, name);
}

/* The engine has it, whatever was thought before. */
static void is_there(struct follower *follower, enum container_state state)
{
	follower->missed_ms = 0;
	follower->entry.state = state;
	follower->seen_alive |= (STATES_LIVE & (1u << state)) != 0;
	if (follower->entry.phase == PHASE_OTHER) {
		follower->entry.phase = PHASE_WAITING;
		set_error(follower, "");
		follower->inspect_due = true;
		follower_poll_now(follower);
	}
}

void follower_listed(struct follower *follower, const struct container *row)
{
	bool changed = follower->entry.state != row->state;

	is_there(follower, row->state);
	take_name(follower, row->name);
	if (!changed)
		return;
	follower->inspect_due = true;
	follower_poll_now(follower);
	post(follower);
}

void follower_unreachable(struct follower *follower, const struct error *err)
{
	follower->drain_ticket = follower->entry.drain_asked;
	failed(follower, err);
}

void follower_happened(struct follower *follower, const struct container_event *event)
{
	struct life *life = &follower->intake.life;
	if (event->what == HAPPENED_START && life_starts(life, event->at))
		note_start(follower, event->at);
	if (event->what == HAPPENED_END && life_ends(life, event->at))
		note_end(follower, event->at, event->exit_code);
	follower->inspect_due = true;
	follower_poll_now(follower);
}

static void announce_end(struct follower *follower)
{
	const struct tracked *entry = &follower->entry;
	struct tracked_table *table = follower->collection->table;
	bool is_news = follower->seen_alive || entry->finished >= entry->added_at - MOMENT_SECOND;
	follower->announced_end = entry->finished;
	if (!tracked_take_expected_end(table, entry->id) && is_news && tracked_announces(table))
		tracked_notify(table, "%s exited (%d)%s", entry->name, entry->exit_code, entry->oom_killed ? ", killed for memory" : "");
}

static void take_detail(struct follower *follower, const struct container_detail *detail)
{
	struct tracked *entry = &follower->entry;
	entry->detailed = true;
	entry->exit_code = detail->exit_code;
	entry->oom_killed = detail->oom_killed;
	entry->tty = detail->tty;
	entry->started = detail->started;
	entry->finished = detail->finished;
	follower->log_kept = detail->log_kept;
	follower->inspect_due = false;
	follower->inspected_ms = monotonic_ms();
}

void follower_inspected(struct follower *follower, const struct container_detail *detail)
{
	struct tracked *entry = &follower->entry;
	bool first = !entry->detailed;
	bool another_run = !first && entry->started != detail->started;

	is_there(follower, detail->state);
	take_detail(follower, detail);
	take_name(follower, detail->name);

	bool ended = has_ended(follower);
	struct life_news news = life_is(&follower->intake.life, entry->started, ended, entry->finished);
	if (news.started)
		note_start(follower, entry->started);
	if (news.ended)
		note_end(follower, entry->finished, entry->exit_code);
	if (ended && entry->finished != follower->announced_end)
		announce_end(follower);
	if (entry->phase == PHASE_COMPLETE && (!ended || another_run))
		entry->phase = PHASE_FOLLOWING;
	if (first || another_run || (follower->due_ms == FOLLOWER_NEVER && entry->phase == PHASE_FOLLOWING))
		follower_poll_now(follower);
	post(follower);
}
