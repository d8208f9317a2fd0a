#include "logs/follower.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "logs/reader.h"
#include "base/banned.h"

struct follower *follower_new(const struct tracked *entry, struct collection *collection)
{
	struct follower *follower = xcalloc(1, sizeof *follower);
	follower->entry = *entry;
	follower->entry.phase = PHASE_WAITING;
	follower->announced_end = entry->finished;
	follower->collection = collection;
	follower->inspect_due = true;
	vigil_init(&follower->vigil, &collection->vigils);
	pace_init(&follower->pace);
	intake_init(&follower->intake, collection->store, entry->id, entry->name);
	if (collection->collects)
		follower->intake.diary.journal = &collection->journal;
	struct error err;
	if (diary_recall(&follower->intake.diary, collection->store->dir, &err) < 0)
		tracked_notify(collection->table, "%s: what was written down of it cannot be read: %s", entry->name, err.text);
	return follower;
}

void follower_stop(struct follower *follower)
{
	task_stop(&follower->reading.task);
	task_stop(&follower->removal);
	vigil_stop(&follower->vigil);
	shortcut_stop(&follower->shortcut);
}

void follower_free(struct follower *follower)
{
	reading_abandon(&follower->reading);
	task_abandon(&follower->removal);
	vigil_end(&follower->vigil);
	shortcut_release(&follower->shortcut);
	free(follower->log_path);
	intake_close(&follower->intake);
	follower->collection->disk_fails -= follower->disk_fails;
	free(follower);
}

static bool collects(const struct follower *follower)
{
	return follower->collection->collects;
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
	const struct life *life = &follower->intake.diary.life;
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

/* ---- when ---- */

bool follower_due(const struct follower *follower, int64_t now_ms)
{
	if (reading_active(&follower->reading) || proof_active(&follower->shortcut.proof) || follower->removal.active || follower->inspect_due || !follower->entry.detailed ||
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
	return intake->opened && !intake->file.distrusted && !reading_active(&follower->reading);
}

int follower_wait_ms(const struct follower *follower, int64_t now_ms)
{
	int64_t wait = -1;
	if (!reading_active(&follower->reading) && collects(follower) && follower->due_ms != FOLLOWER_NEVER && follower->due_ms > now_ms)
		wait = follower->due_ms - now_ms;
	int sync = sync_pending(follower) ? logfile_sync_wait_ms(&follower->intake.file) : -1;
	return (int)(sync >= 0 && (wait < 0 || sync < wait) ? sync : wait);
}

static void schedule(struct follower *follower, int wait_ms)
{
	follower->due_ms = monotonic_ms() + wait_ms;
}

void follower_poll_now(struct follower *follower)
{
	follower->due_ms = 0;
	pace_hurry(&follower->pace);
}

/* ---- being woken ---- */

/* How long to wait for a window behind the beginning of the last one, once there is something new. */
static void hasten(struct follower *follower)
{
	int64_t soonest = follower->reading.window.began_ms + pace_woken(&follower->pace, load_now(&follower->collection->windows, monotonic_ms()));
	if (soonest < follower->due_ms && follower->due_ms != FOLLOWER_NEVER)
		follower->due_ms = soonest;
}

void follower_woken(struct follower *follower, bool over)
{
	vigil_woken(&follower->vigil, over);
	if (!reading_active(&follower->reading))
		hasten(follower);
}

/* Behind a window that was read to its end. */
static void schedule_next(struct follower *follower)
{
	const struct tracked *entry = &follower->entry;
	int wait = pace_after(&follower->pace, &follower->reading.window, entry->hurry);
	if (follower->reading.window.fresh)
		vigil_was_right(&follower->vigil);
	else if (STATES_LIVE & (1u << entry->state))
		vigil_ask(&follower->vigil, entry->runtime, entry->id);
	switch (vigil_kind(&follower->vigil)) {
	case VIGIL_WATCH:
		wait = PACE_WATCHED_MS;
		break;
	case VIGIL_STREAM:
		wait = PACE_MAX_MS;
		break;
	case VIGIL_NONE:
		break;
	}
	schedule(follower, wait);
	if (follower->vigil.told)
		hasten(follower);
}

/* ---- the engine's own file ---- */

#define AUDIT_MS 60000 /* so often the engine is asked although its file is read */
#define ROUNDS_MAX 3   /* windows in the file, while the engine is to be asked but would have to send much */

static void refuse_shortcut(struct follower *follower, const char *why)
{
	shortcut_refuse(&follower->shortcut);
	tracked_notify(follower->collection->table, "%s: its engine's file is not read any more: %s", follower->entry.name, why);
}

/* Nobody promised that purser may read it, or that the engine is on this machine; and a container that was removed has none. */
static bool is_not_to_be_had(const struct error *err)
{
	return err->kind == ERROR_SYSTEM && (err->detail == ENOENT || err->detail == ENOTDIR || err->detail == EACCES || err->detail == EPERM);
}

/* It could not be proven, now or ever, or not be read: the next window is the engine's. */
static void leave_shortcut(struct follower *follower, const struct error *err)
{
	struct shortcut *shortcut = &follower->shortcut;
	shortcut->rounds = ROUNDS_MAX;
	follower->due_ms = 0;
	if (is_not_to_be_had(err))
		shortcut_refuse(shortcut);
	else if (shortcut->trust != SHORTCUT_UNPROVEN)
		refuse_shortcut(follower, err->text);
}

/* For following and for catching up. Who waits for the log, that it is complete, and a look now and then, are the engine's to answer. */
static bool takes_shortcut(const struct follower *follower)
{
	const struct shortcut *shortcut = &follower->shortcut;
	const struct seek *seek = &follower->intake.seek;
	if (!follower->collection->reads_engine_files || !collects(follower) || follower->entry.tty || !shortcut_usable(shortcut))
		return false;
	if (shortcut->rounds < ROUNDS_MAX && seek_is_far(seek, &follower->intake.file.cursor) && shortcut_saves(shortcut))
		return true;
	if (shortcut->rounds >= ROUNDS_MAX && shortcut->trust == SHORTCUT_UNPROVEN)
		return false;
	return follower->vigil.told && !follower_awaited(follower) && !has_ended(follower) &&
	       monotonic_ms() - follower->asked_engine_ms < AUDIT_MS;
}

/* The engine has given a window, and everything up to its end is stored. */
static void engine_answered(struct follower *follower)
{
	uint64_t fresh = follower->reading.window.fresh;
	follower->asked_engine_ms = monotonic_ms();
	follower->shortcut.rounds = 0;
	if (fresh)
		shortcut_lose_place(&follower->shortcut);
	else if (!follower->vigil.told)
		shortcut_rest(&follower->shortcut);
}

/* ---- how a poll can come out ---- */

static void tell_findings(struct follower *follower)
{
	struct intake *intake = &follower->intake;
	struct tracked_table *table = follower->collection->table;
	char from[MOMENT_TEXT_LEN + 1], to[MOMENT_TEXT_LEN + 1];
	if (intake->gap_found && !follower->reading.shortcut && follower->shortcut.trust == SHORTCUT_PROVEN)
		refuse_shortcut(follower, "what the engine has does not follow what it had");
	if (intake->gap_found) {
		moment_format(intake->diary.life.gap.from, from);
		moment_format(intake->diary.life.gap.to, to);
		tracked_notify(table, "%s: gap: %s between %s and %s", follower->entry.name, intake->diary.life.gap.text, from, to);
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
	journal_note(&collection->journal, &mark);
	if (fails)
		tracked_notify(collection->table, "logs cannot be stored: %s; trying again", why);
	else
		tracked_notify(collection->table, "logs are stored again");
}

static void failed(struct follower *follower, const struct error *err)
{
	follower->entry.phase = PHASE_TROUBLE;
	set_error(follower, err->text);
	if (follower_awaited(follower))
		follower->entry.drain_failed = follower->drain_ticket;
	schedule(follower, pace_after_failure(&follower->pace, follower->entry.hurry));
	post(follower);
}

static void step_shortcut(struct follower *follower)
{
	struct error err;
	if (shortcut_step(&follower->shortcut, &err) < 0)
		leave_shortcut(follower, &err);
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

/* There is nothing to be read until the engine says otherwise. */
static void rest(struct follower *follower)
{
	follower->due_ms = FOLLOWER_NEVER;
	vigil_end(&follower->vigil);
	shortcut_rest(&follower->shortcut);
	intake_close(&follower->intake);
}

/* No reading will bring anything more, unless the engine says otherwise. */
static void settle(struct follower *follower, enum phase phase, const char *why)
{
	rest(follower);
	follower->entry.phase = phase;
	set_error(follower, why);
	follower->entry.drain_done = follower->entry.drain_asked;
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

static bool may_lack_end(const struct follower *follower)
{
	const struct life *life = &follower->intake.diary.life;
	bool never_ran = follower->entry.state == CONTAINER_CREATED && !life->started;
	return !life->complete && !life->removed && !never_ran && follower->entry.phase != PHASE_UNREADABLE;
}

static moment last_stored(const struct follower *follower)
{
	SCOPED(shelf_release) struct shelf_files files = { 0 };
	const struct store *store = follower->collection->store;
	shelf_of(store, follower->entry.id, follower->entry.name, &files);
	return reader_last_time(store->dir, &files);
}

void follower_removed(struct follower *follower, const char *by)
{
	follower_up_to_date(follower);
	if (may_lack_end(follower))
		diary_lost_end(&follower->intake.diary, last_stored(follower));
	diary_removed(&follower->intake.diary, by);
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

static void stored_all(struct follower *follower)
{
	const struct seek *seek = &follower->intake.seek;
	bool asked_engine = !follower->reading.shortcut;
	bool complete = asked_engine && follower->ended_before && has_ended(follower);

	follower->broke_off = false;
	if (asked_engine)
		engine_answered(follower);
	else if (!seek->fresh)
		follower->shortcut.rounds = ROUNDS_MAX; /* that this is all is the engine's to say, however much it has to send */
	set_disk_fails(follower, false, "");
	set_error(follower, "");
	if (seek->fresh) {
		int64_t lag = moment_now() - seek->last_fresh;
		follower->entry.last_at = seek->last_fresh;
		follower->entry.lag_ms = lag > 0 ? lag / 1000000 : 0;
	}
	follower->entry.phase = complete ? PHASE_COMPLETE : PHASE_FOLLOWING;
	schedule_next(follower);
	if (!asked_engine && (follower_awaited(follower) || has_ended(follower)))
		follower->due_ms = 0;
	if (complete || follower->entry.state == CONTAINER_CREATED) /* it writes nothing until its state changes */
		rest(follower);
	if (complete) {
		follower_up_to_date(follower);
		diary_complete(&follower->intake.diary);
	}
	if (complete && follower->entry.remove_when_complete)
		start_removal(follower);
	else if (asked_engine)
		drained(follower);
	post(follower);
}

/* Another purser writes the log: all that can be said is whether it has what the last window had. */
static void looked_at_all(struct follower *follower)
{
	schedule(follower, PACE_MIN_MS);
	if (follower->intake.lacking && intake_filled_up(&follower->intake) <= 0)
		return;
	intake_close(&follower->intake);
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

/* One that broke off in the middle is asked for again at once: whoever waits for the log need not know. */
static void window_broke(struct follower *follower, const struct error *err)
{
	bool again = follower->reading.brought && !follower->broke_off;
	follower->broke_off = again;
	if (again)
		read_more(follower);
	else
		failed(follower, err);
}

/* ---- a window's life ---- */

static int open_log(struct follower *follower, struct error *err)
{
	if (!follower->intake.opened)
		shortcut_lose_place(&follower->shortcut);
	if (intake_open(&follower->intake, follower->entry.started, err) < 0)
		return -1;
	const struct logfile *file = &follower->intake.file;
	follower->entry.bytes = (uint64_t)file->size;
	follower->entry.last_at = cursor_at(&file->cursor);
	memcpy(follower->entry.file, file->name, sizeof follower->entry.file);
	return 0;
}

static int start_in_file(struct follower *follower, struct error *err)
{
	struct shortcut *shortcut = &follower->shortcut;
	if (shortcut->trust == SHORTCUT_UNPROVEN)
		return shortcut_prove(shortcut, follower->entry.runtime, follower->entry.id, err);
	vigil_begin(&follower->vigil, follower->log_path);
	load_count(&follower->collection->looks, monotonic_ms());
	shortcut->rounds++;
	return reading_start_in_file(&follower->reading, &follower->intake, shortcut, err);
}

static void start_window(struct follower *follower)
{
	const struct tracked *entry = &follower->entry;
	struct error err;
	if (takes_shortcut(follower)) {
		if (start_in_file(follower, &err) == 0)
			return;
		leave_shortcut(follower, &err);
	}
	load_count(&follower->collection->windows, monotonic_ms());
	load_count(&follower->collection->looks, monotonic_ms());
	if (collects(follower))
		vigil_begin(&follower->vigil, follower->log_path);
	if (reading_start(&follower->reading, &follower->intake, entry->runtime, entry->id, entry->tty, &err) < 0)
		failed(follower, &err);
}

void follower_start(struct follower *follower)
{
	const struct tracked *entry = &follower->entry;
	struct error err;
	if (follower->intake.lacking) {
		looked_at_all(follower);
		return;
	}
	follower->drain_ticket = entry->drain_asked;
	follower->ended_before = has_ended(follower);
	if (open_log(follower, &err) == 0)
		start_window(follower);
	else if (collects(follower))
		storing_failed(follower, &err);
	else
		schedule(follower, PACE_MIN_MS); /* its collector has not begun the file yet */
}

/* A long window is seen to go on: whoever waits for it sees the file grow. */
static void show_progress(struct follower *follower)
{
	uint64_t bytes = (uint64_t)follower->intake.file.size;
	if (!collects(follower) || follower->entry.bytes == bytes)
		return;
	follower->entry.bytes = bytes;
	follower->entry.phase = PHASE_BEHIND;
	post(follower);
}

static void follow_new_name(struct follower *follower, const char *name);

static void step_reading(struct follower *follower)
{
	struct error err = { 0 };
	enum reading_state state = reading_step(&follower->reading, &err);
	if (state == READING_ON)
		show_progress(follower);
	if (state > READING_ON && state != READING_STORED && !follower->reading.shortcut)
		shortcut_lose_place(&follower->shortcut); /* who knows what it added */
	if (state > READING_ON)
		count_stored(follower);
	if (state > READING_ON && follower->new_name[0] && strcmp(follower->new_name, follower->entry.name) != 0)
		follow_new_name(follower, follower->new_name);
	switch (state) {
	case READING_NONE:
	case READING_ON:
		return;
	case READING_STORED:
		(collects(follower) ? stored_all : looked_at_all)(follower);
		return;
	case READING_AGAIN:
		read_more(follower);
		return;
	case READING_MISSING:
		follower_missing(follower);
		return;
	case READING_UNREADABLE:
		settle(follower, PHASE_UNREADABLE, err.text);
		return;
	case READING_NOT_STORED:
		storing_failed(follower, &err);
		return;
	case READING_FAILED:
		if (follower->reading.shortcut)
			leave_shortcut(follower, &err);
		else
			window_broke(follower, &err);
		return;
	}
}

void follower_step(struct follower *follower)
{
	struct error err;
	step_reading(follower);
	step_shortcut(follower);
	if (vigil_step(&follower->vigil) && !reading_active(&follower->reading))
		hasten(follower);
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
	if (follower->missed_ms || is_settled(follower) || follower->removal.active || reading_active(&follower->reading))
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
	const struct tracked *entry = &follower->entry;
	if (!follower->missed_ms || asked_ms < follower->missed_ms)
		return;
	follower->missed_ms = 0;
	if (entry->engine[0] && *engine && strcmp(entry->engine, engine) != 0)
		settle(follower, PHASE_OTHER, "another engine answers than the one that has it");
	else
		gone(follower);
}

bool follower_seen_at(struct follower *follower, const char *engine, int64_t asked_ms, int64_t identified_ms, int64_t seen_ms)
{
	struct tracked *entry = &follower->entry;
	bool fits = !*engine || !strcmp(entry->engine, engine), believed = follower->doubted_ms && asked_ms > follower->doubted_ms && seen_ms > identified_ms;
	if (fits || !collects(follower) || is_settled(follower) || follower->missed_ms) {
		follower->doubted_ms = 0;
		return true;
	}
	if (entry->engine[0] && !believed) {
		follower->doubted_ms = follower->doubted_ms ? follower->doubted_ms : monotonic_ms();
		return false;
	}
	follower->doubted_ms = 0;
	snprintf(entry->engine, sizeof entry->engine, "%s", engine);
	save_entry(follower);
	post(follower);
	return true;
}

static void follow_new_name(struct follower *follower, const char *name)
{
	if (strcmp(follower->entry.name, follower->entry.id) != 0) /* else its name was not known yet */
		diary_renamed(&follower->intake.diary, name);
	snprintf(follower->intake.diary.name, sizeof follower->intake.diary.name, "%s", name);
	snprintf(follower->entry.name, sizeof follower->entry.name, "%s", name);
	intake_close(&follower->intake); /* opening it gives it its new name */
	save_entry(follower);
	follower_poll_now(follower);
}

/* A log that a window is read into keeps its name until that has ended. */
static void take_name(struct follower *follower, const char *name)
{
	if (!*name)
		return;
	snprintf(follower->new_name, sizeof follower->new_name, "%s", name);
	if (!reading_active(&follower->reading) && strcmp(follower->entry.name, name) != 0)
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
	if (is_settled(follower) || reading_active(&follower->reading) || (follower->entry.phase == PHASE_COMPLETE && !follower_awaited(follower)))
		return;
	follower->drain_ticket = follower->entry.drain_asked;
	failed(follower, err);
}

void follower_happened(struct follower *follower, const struct container_event *event)
{
	struct diary *diary = &follower->intake.diary;
	if (event->what == HAPPENED_START) {
		diary_starts(diary, event->at);
		follower->ended_before = false; /* the window under way does not complete this run */
	}
	if (event->what == HAPPENED_END)
		diary_ends(diary, event->at, event->exit_code);
	follower->happened_ms = monotonic_ms();
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

static void take_detail(struct follower *follower, const struct container_detail *detail, int64_t asked_ms)
{
	struct tracked *entry = &follower->entry;
	entry->detailed = true;
	entry->exit_code = detail->exit_code;
	entry->oom_killed = detail->oom_killed;
	entry->tty = detail->tty;
	entry->started = detail->started;
	entry->finished = detail->finished;
	follower->pace.kept = detail->log_kept;
	free(follower->log_path);
	follower->log_path = *detail->log_path ? xstrdup(detail->log_path) : NULL;
	if (!follower->reading.in_file)
		shortcut_set(&follower->shortcut, !strcmp(detail->log_driver, "json-file") ? detail->log_path : "");
	follower->inspect_due = asked_ms < follower->happened_ms;
	follower->inspected_ms = monotonic_ms();
}

void follower_inspected(struct follower *follower, const struct container_detail *detail, int64_t asked_ms)
{
	struct tracked *entry = &follower->entry;
	bool first = !entry->detailed;
	bool another_run = !first && entry->started != detail->started;

	is_there(follower, detail->state);
	take_detail(follower, detail, asked_ms);
	take_name(follower, detail->name);

	bool ended = has_ended(follower);
	follower->life_due = true;
	if (ended && entry->finished != follower->announced_end)
		announce_end(follower);
	if (entry->phase == PHASE_COMPLETE && (!ended || another_run))
		entry->phase = PHASE_FOLLOWING;
	if (first || another_run || (follower->due_ms == FOLLOWER_NEVER && entry->phase == PHASE_FOLLOWING))
		follower_poll_now(follower);
	post(follower);
}

void follower_up_to_date(struct follower *follower)
{
	const struct tracked *entry = &follower->entry;
	if (follower->life_due)
		diary_is(&follower->intake.diary, entry->started, has_ended(follower), entry->finished, entry->exit_code, entry->oom_killed);
	follower->life_due = false;
}
