#include "logs/follower.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "logs/announce.h"
#include "base/banned.h"

struct follower *follower_new(const struct tracked *entry, struct collection *collection)
{
	struct follower *follower = xcalloc(1, sizeof *follower);
	follower->entry = *entry;
	follower->entry.phase = PHASE_WAITING;
	follower->announced_end = entry->finished;
	follower->last_exit_code = -1;
	follower->collection = collection;
	follower->inspect_due = true;
	vigil_init(&follower->vigil, &collection->vigils);
	shortcut_init(&follower->shortcut, &collection->rotations);
	pace_init(&follower->pace);
	intake_init(&follower->intake, collection->store, entry->id, entry->name);
	if (collection->collects)
		follower->intake.diary.journal = &collection->journal;
	struct error err;
	if (diary_recall(&follower->intake.diary, collection->store->dir, &err) < 0)
		follower_tell(follower, ": what was written down of it cannot be read: %s", err.text);
	return follower;
}

void follower_stop(struct follower *follower)
{
	task_stop(&follower->reading.task);
	task_stop(&follower->removal);
	task_stop(&follower->pulse.task);
	vigil_stop(&follower->vigil);
	shortcut_stop(&follower->shortcut);
}

void follower_free(struct follower *follower)
{
	reading_abandon(&follower->reading);
	task_abandon(&follower->removal);
	task_abandon(&follower->pulse.task);
	vigil_end(&follower->vigil);
	shortcut_release(&follower->shortcut);
	free(follower->log_path);
	intake_close(&follower->intake);
	follower->collection->disk_fails -= follower->disk_fails;
	free(follower);
}

#define NAME_LEN (STORE_NAME_MAX + 32) /* of a container, with its runtime's */

static void shown_name(const struct follower *follower, char *name, size_t size)
{
	const struct tracked *entry = &follower->entry;
	const struct runtime *chosen = seen_runtime(follower->collection->table);
	bool foreign = chosen && entry->runtime != chosen;
	snprintf(name, size, "%s%s%s", foreign ? entry->runtime->name : "", foreign ? ":" : "", entry->name);
}

void follower_tell(const struct follower *follower, const char *format, ...)
{
	char name[NAME_LEN], text[512];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	shown_name(follower, name, sizeof name);
	tracked_notify(follower->collection->table, "%s%s", name, text);
}

void follower_tell_as(const struct follower *follower, enum notice_kind kind, const char *among, const char *format, ...)
{
	char name[NAME_LEN], text[NOTICE_LEN], whole[NAME_LEN + NOTICE_LEN], named[NAME_LEN + 32];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	shown_name(follower, name, sizeof name);
	snprintf(whole, sizeof whole, "%s%s", name, text);
	snprintf(named, sizeof named, "%s%s", name, among);
	tracked_tell(follower->collection->table, kind, named, whole);
}

bool follower_collects(const struct follower *follower)
{
	return follower->collection->collects;
}

bool follower_has_ended(const struct follower *follower)
{
	return (STATE_BIT(EXITED) | STATE_BIT(DEAD)) & (1u << follower->entry.state);
}

bool follower_awaited(const struct follower *follower)
{
	return follower->entry.drain_asked > follower->entry.drain_done &&
	       follower->entry.drain_asked > follower->entry.drain_failed;
}

void follower_post(struct follower *follower)
{
	const struct life *life = &follower->intake.diary.life;
	follower->entry.gaps = life->gaps;
	follower->entry.gap_from = life->gap.from;
	follower->entry.gap_to = life->gap.to;
	tracked_post(follower->collection->table, &follower->entry);
}

void follower_set_error(struct follower *follower, const char *text)
{
	if (text != follower->entry.error)
		snprintf(follower->entry.error, sizeof follower->entry.error, "%s", text);
}

/* ---- when ---- */

bool follower_due(const struct follower *follower, int64_t now_ms)
{
	if (follower->last_look)
		return !reading_active(&follower->reading) && now_ms >= follower->due_ms;
	if (reading_active(&follower->reading) || proof_active(&follower->shortcut.proof) || follower->removal.active || follower->inspect_due || !follower->entry.detailed ||
	    follower->missed_ms)
		return false;
	if (follower_awaited(follower) && follower_collects(follower))
		return true;
	/* What another purser collects is looked at while somebody follows it. */
	bool followed = follower->entry.hurry && follower->entry.phase != PHASE_COMPLETE;
	return (follower_awaited(follower) || follower_collects(follower) || followed) && now_ms >= follower->due_ms;
}

bool follower_reads_far(const struct follower *follower)
{
	return seek_is_far(&follower->intake.seek, &follower->intake.file.cursor);
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
	if (!reading_active(&follower->reading) && follower_collects(follower) && follower->due_ms != FOLLOWER_NEVER && follower->due_ms > now_ms)
		wait = follower->due_ms - now_ms;
	int sync = sync_pending(follower) ? logfile_sync_wait_ms(&follower->intake.file) : -1;
	return (int)(sync >= 0 && (wait < 0 || sync < wait) ? sync : wait);
}

/* Never before now: who is due for longest is read first, and one that needs window after window is not to come before all others each time. */
static void schedule(struct follower *follower, int wait_ms)
{
	follower->due_ms = monotonic_ms() + wait_ms;
}

void follower_poll_now(struct follower *follower)
{
	schedule(follower, 0);
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

/* ---- the engine's own files ---- */

#define STILL_WRITTEN_MS 20 /* a look again, where a container has ended, but not who writes its log */
#define AUDIT_MS 60000 /* so often the engine is asked although its file is read */
#define ROUNDS_MAX 3   /* windows in the file, while the engine is to be asked but would have to send much */

static void refuse_shortcut(struct follower *follower, const char *why)
{
	shortcut_refuse(&follower->shortcut);
	follower_tell(follower, ": its engine's file is not read any more: %s", why);
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
	schedule(follower, 0);
	if (is_not_to_be_had(err))
		shortcut_refuse(shortcut);
	else if (shortcut->trust != SHORTCUT_UNPROVEN)
		refuse_shortcut(follower, err->text);
}

/* What is all there is of a log could not be read. It may not be there yet; if it never may be read, there is only the engine's CLI. */
static void leave_log(struct follower *follower, const struct error *err)
{
	bool denied = err->kind == ERROR_SYSTEM && (err->detail == EACCES || err->detail == EPERM);
	shortcut_rest(&follower->shortcut);
	if (denied)
		refuse_shortcut(follower, err->text);
}

/* For following and for catching up. Who waits for the log, that it is complete, and a look now and then, are the engine's to answer. */
static bool takes_shortcut(const struct follower *follower)
{
	const struct shortcut *shortcut = &follower->shortcut;
	const struct seek *seek = &follower->intake.seek;
	if (shortcut_is_log(shortcut))
		return follower->entry.state != CONTAINER_CREATED || follower->last_look; /* before it ran there is none */
	if (!follower->collection->reads_engine_files || !follower_collects(follower) || follower->entry.window != WINDOW_WRITES || !shortcut_usable(shortcut))
		return false;
	if (shortcut->rounds < ROUNDS_MAX && seek_is_far(seek, &follower->intake.file.cursor) && shortcut_saves(shortcut))
		return true;
	if (shortcut->rounds >= ROUNDS_MAX && shortcut->trust == SHORTCUT_UNPROVEN)
		return false;
	return follower->vigil.told && !follower_awaited(follower) && !follower_has_ended(follower) &&
	       monotonic_ms() - follower->asked_engine_ms < AUDIT_MS;
}

/* The engine has given a window, and everything up to its end is stored. */
static void engine_answered(struct follower *follower)
{
	uint64_t fresh = follower->reading.window.fresh;
	follower->asked_engine_ms = monotonic_ms();
	follower->shortcut.rounds = 0;
	if (follower->reading.shortcut)
		return;
	if (fresh)
		shortcut_lose_place(&follower->shortcut);
	else if (!follower->vigil.told)
		shortcut_rest(&follower->shortcut);
}

/* ---- how a poll can come out ---- */

static void tell_findings(struct follower *follower)
{
	struct intake *intake = &follower->intake;
	char from[MOMENT_TEXT_LEN + 1], to[MOMENT_TEXT_LEN + 1];
	if (intake->gap_found && !follower->reading.shortcut && follower->shortcut.trust == SHORTCUT_PROVEN)
		refuse_shortcut(follower, "what the engine has does not follow what it had");
	if (intake->gap_found) {
		tracked_set_trouble(follower->collection->table, TROUBLE_GAP, true);
		moment_format(intake->diary.life.gap.from, from);
		moment_format(intake->diary.life.gap.to, to);
		follower_tell_as(follower, NOTICE_GAP, "", ": gap: %s between %s and %s", intake->diary.life.gap.text, from, to);
	}
	if (intake->change_found)
		follower_tell(follower, ": somebody cut or replaced its stored log; it goes on there");
	if (intake->file.rotation.kind)
		follower_tell(follower, ": its log could not be rotated and grows: %s", intake->file.rotation.text);
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
	tracked_set_trouble(collection->table, TROUBLE_DISK, fails);
	if (fails)
		tracked_notify(collection->table, "logs cannot be stored: %s; trying again", why);
	else
		tracked_notify(collection->table, "logs are stored again");
}

void follower_failed(struct follower *follower, const struct error *err)
{
	follower->entry.phase = PHASE_TROUBLE;
	follower_set_error(follower, err->text);
	if (follower_awaited(follower))
		follower->entry.drain_failed = follower->drain_ticket;
	schedule(follower, pace_after_failure(&follower->pace, follower->entry.hurry));
	follower_post(follower);
}

static void step_shortcut(struct follower *follower)
{
	struct error err;
	if (shortcut_step(&follower->shortcut, &err) < 0)
		leave_shortcut(follower, &err);
}

static void storing_failed(struct follower *follower, const struct error *err)
{
	if (follower_collects(follower))
		set_disk_fails(follower, true, err->text);
	follower_failed(follower, err);
}

void follower_drained(struct follower *follower)
{
	if (follower->entry.drain_done < follower->drain_ticket)
		follower->entry.drain_done = follower->drain_ticket;
}

/* There is nothing to be read until the engine says otherwise. What may be thrown away soon after it begins again is held all the same. */
static void rest(struct follower *follower)
{
	follower->due_ms = FOLLOWER_NEVER;
	vigil_end(&follower->vigil);
	if (!shortcut_holds(&follower->shortcut))
		shortcut_rest(&follower->shortcut);
	intake_close(&follower->intake);
}

/* No reading will bring anything more, unless the engine says otherwise. */
void follower_settle(struct follower *follower, enum phase phase, const char *why)
{
	rest(follower);
	shortcut_rest(&follower->shortcut);
	follower->entry.phase = phase;
	follower_set_error(follower, why);
	follower->entry.drain_done = follower->entry.drain_asked;
	follower_post(follower);
}

bool follower_is_settled(const struct follower *follower)
{
	enum phase phase = follower->entry.phase;
	return phase == PHASE_GONE || phase == PHASE_UNREADABLE || phase == PHASE_OTHER;
}

void follower_ask_drain(struct follower *follower, uint64_t ticket)
{
	follower->entry.drain_asked = ticket;
	if (follower_is_settled(follower))
		follower_settle(follower, follower->entry.phase, follower->entry.error);
	else
		follower->inspect_due = true; /* whether it has ended decides what the next window completes */
}

/* ---- a window came to its end ---- */

static void stored_all(struct follower *follower)
{
	const struct seek *seek = &follower->intake.seek;
	bool is_log = follower->reading.shortcut && shortcut_is_log(&follower->shortcut);
	bool settles = is_log || !follower->reading.shortcut;
	bool complete = settles && follower->ended_before && follower_has_ended(follower);
	bool ended_meanwhile = follower_has_ended(follower) && !follower->ended_before; /* the last of it may be behind this window */

	follower->broke_off = false;
	if (settles)
		engine_answered(follower);
	else if (!seek->fresh)
		follower->shortcut.rounds = ROUNDS_MAX; /* that this is all is the engine's to say, however much it has to send */
	set_disk_fails(follower, false, "");
	follower_set_error(follower, "");
	if (seek->fresh) {
		int64_t lag = moment_now() - seek->last_fresh;
		follower->entry.last_at = seek->last_fresh;
		follower->entry.lag_ms = lag > 0 ? lag / 1000000 : 0;
		announce_arrears(follower, arrears_stored(&follower->arrears, lag));
	} else {
		announce_arrears(follower, arrears_nothing_new(&follower->arrears));
	}
	follower->entry.phase = complete ? PHASE_COMPLETE : PHASE_FOLLOWING;
	schedule_next(follower);
	if (!settles && (follower_awaited(follower) || follower_has_ended(follower)))
		schedule(follower, 0);
	if (ended_meanwhile)
		schedule(follower, is_log ? STILL_WRITTEN_MS : 0);
	if (complete || follower->entry.state == CONTAINER_CREATED) /* it writes nothing until its state changes */
		rest(follower);
	if (complete) {
		follower_up_to_date(follower);
		diary_complete(&follower->intake.diary);
	}
	if (complete && follower->entry.remove_when_complete && !follower->collection->readonly)
		follower_start_removal(follower);
	else if (settles && !ended_meanwhile)
		follower_drained(follower);
	follower_post(follower);
	if (follower->last_look)
		follower_looked_last(follower);
}

/* Another purser writes the log: all that can be said is whether it has what the last window had. */
static void looked_at_all(struct follower *follower)
{
	schedule(follower, PACE_MIN_MS);
	if (follower->intake.lacking && intake_filled_up(&follower->intake) <= 0)
		return;
	intake_close(&follower->intake);
	follower_set_error(follower, "");
	follower->entry.phase = follower->ended_before && follower_has_ended(follower) ? PHASE_COMPLETE : PHASE_FOLLOWING;
	follower_drained(follower);
	follower_post(follower);
}

static void read_more(struct follower *follower)
{
	follower->entry.phase = PHASE_BEHIND;
	schedule(follower, 0);
	follower_post(follower);
}

/* One that broke off in the middle is asked for again at once: whoever waits for the log need not know. */
static void window_broke(struct follower *follower, const struct error *err)
{
	bool again = follower->reading.brought && !follower->broke_off;
	follower->broke_off = again;
	if (again)
		read_more(follower);
	else
		follower_failed(follower, err);
}

/* It was cut, or cannot be read: looked at anew, what is missing shows. */
static void log_broke(struct follower *follower, const struct error *err)
{
	shortcut_rest(&follower->shortcut);
	window_broke(follower, err);
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
	if (shortcut->trust == SHORTCUT_UNPROVEN && !shortcut_is_log(shortcut))
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
		if (shortcut_is_log(&follower->shortcut))
			leave_log(follower, &err);
		else
			leave_shortcut(follower, &err);
	}
	load_count(&follower->collection->windows, monotonic_ms());
	load_count(&follower->collection->looks, monotonic_ms());
	if (follower_collects(follower))
		vigil_begin(&follower->vigil, follower->log_path);
	if (reading_start(&follower->reading, &follower->intake, entry->runtime, entry->id, entry->window, &err) < 0)
		follower_failed(follower, &err);
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
	follower->ended_before = follower_has_ended(follower) && !shortcut_is_written(&follower->shortcut);
	if (open_log(follower, &err) == 0)
		start_window(follower);
	else if (follower_collects(follower))
		storing_failed(follower, &err);
	else
		schedule(follower, PACE_MIN_MS); /* its collector has not begun the file yet */
}

/* A long window is seen to go on: whoever waits for it sees the file grow. */
static void show_progress(struct follower *follower)
{
	uint64_t bytes = (uint64_t)follower->intake.file.size;
	if (!follower_collects(follower) || follower->entry.bytes == bytes)
		return;
	follower->entry.bytes = bytes;
	follower->entry.phase = PHASE_BEHIND;
	follower_post(follower);
}

static void go_on_after(struct follower *follower, enum reading_state state, const struct error *err)
{
	switch (state) {
	case READING_NONE:
	case READING_ON:
		return;
	case READING_STORED:
		(follower_collects(follower) ? stored_all : looked_at_all)(follower);
		return;
	case READING_AGAIN:
		read_more(follower);
		return;
	case READING_MISSING:
		follower_missing(follower);
		return;
	case READING_UNREADABLE:
		follower_settle(follower, PHASE_UNREADABLE, err->text);
		return;
	case READING_NOT_STORED:
		storing_failed(follower, err);
		return;
	case READING_FAILED:
		if (!follower->reading.shortcut)
			window_broke(follower, err);
		else if (shortcut_is_log(&follower->shortcut))
			log_broke(follower, err);
		else
			leave_shortcut(follower, err);
		return;
	}
}

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
	bool renamed = state > READING_ON && follower->new_name[0] && strcmp(follower->new_name, follower->entry.name) != 0;
	if (renamed)
		follower_rename(follower, follower->new_name);
	go_on_after(follower, state, &err);
	if (renamed)
		follower_poll_now(follower); /* its file gets the name then, however long nothing is written */
}

void follower_step(struct follower *follower)
{
	struct error err;
	shortcut_keep_up(&follower->shortcut);
	step_reading(follower);
	step_shortcut(follower);
	if (vigil_step(&follower->vigil) && !reading_active(&follower->reading))
		hasten(follower);
	follower_step_removal(follower);
	if (pulse_step(&follower->pulse) && tracked_announces(follower->collection->table))
		follower->inspect_due = true; /* podman's events and lists say nothing of it */
	if (sync_pending(follower) && logfile_sync(&follower->intake.file, &err) < 0)
		storing_failed(follower, &err);
}
