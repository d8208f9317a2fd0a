/* How a follower's container stands at its engine: what lists, inspections and events say of it, that it is not there, its removal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "logs/announce.h"
#include "logs/follower.h"
#include "logs/reader.h"
#include "base/banned.h"

/* ---- the container's end ---- */

static void removal_failed(struct follower *follower, const struct error *err)
{
	follower_tell(follower, " could not be removed: %s", err->text);
	follower->entry.remove_when_complete = false;
	follower_drained(follower);
}

void follower_start_removal(struct follower *follower)
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
	return !life->complete && !life->removed && !never_ran && !follower->looked_last && follower->entry.phase != PHASE_UNREADABLE;
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
	if (follower_collects(follower) && store_drop(follower->collection->store, follower->entry.id, &err) < 0)
		follower_tell(follower, ": %s", err.text);
	follower_settle(follower, PHASE_GONE, "");
}

static void finish_removal(struct follower *follower)
{
	struct result result = { 0 };
	struct error err;
	int failed = task_finish(&follower->removal, &result, &err);
	if (!failed)
		result_release(&result);
	if (!failed || err.kind == ERROR_NOT_FOUND) {
		follower_removed(follower, "by purser, as it has ended (--rm)");
		forget(follower);
		return;
	}
	removal_failed(follower, &err);
	follower_post(follower);
}

void follower_step_removal(struct follower *follower)
{
	if (task_step(&follower->removal))
		finish_removal(follower);
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
	if (follower_collects(follower) && store_put(follower->collection->store, &stored, &err) < 0)
		follower_tell(follower, ": %s", err.text);
}

void follower_missing(struct follower *follower)
{
	bool looks = follower->last_look && shortcut_holds(&follower->shortcut);
	if (follower->missed_ms || looks || follower_is_settled(follower) || follower->removal.active || reading_active(&follower->reading))
		return; /* a window under way may still bring its last records; the next list says it again */
	follower->last_look = !follower->looked_last && follower_collects(follower) && shortcut_holds(&follower->shortcut);
	if (follower->last_look)
		follower_poll_now(follower);
	else
		follower->missed_ms = monotonic_ms();
}

void follower_looked_last(struct follower *follower)
{
	follower->last_look = false;
	follower->looked_last = true;
	follower->missed_ms = monotonic_ms();
}

static void gone(struct follower *follower)
{
	struct tracked_table *table = follower->collection->table;
	bool expected = tracked_take_expected_end(table, follower->entry.id);
	if (may_lack_end(follower) && !expected)
		follower_tell(follower, " was removed outside; what it may have written after the last look is lost");
	if (follower->looked_last)
		diary_complete(&follower->intake.diary);
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
		follower_settle(follower, PHASE_OTHER, "another engine answers than the one that has it");
	else
		gone(follower);
}

bool follower_seen_at(struct follower *follower, const char *engine, int64_t asked_ms, int64_t identified_ms, int64_t seen_ms)
{
	struct tracked *entry = &follower->entry;
	bool fits = !*engine || !strcmp(entry->engine, engine), believed = follower->doubted_ms && asked_ms > follower->doubted_ms && seen_ms > identified_ms;
	if (fits || !follower_collects(follower) || follower_is_settled(follower) || follower->missed_ms) {
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
	follower_post(follower);
	return true;
}

void follower_rename(struct follower *follower, const char *name)
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
		follower_rename(follower, name);
}

/* The engine has it, whatever was thought before. */
static void is_there(struct follower *follower, enum container_state state)
{
	follower->missed_ms = 0;
	follower->last_look = follower->looked_last = false;
	follower->entry.state = state;
	follower->seen_alive |= (STATES_LIVE & (1u << state)) != 0;
	if (follower->entry.phase == PHASE_OTHER) {
		follower->entry.phase = PHASE_WAITING;
		follower_set_error(follower, "");
		follower->inspect_due = true;
		follower_poll_now(follower);
	}
}

void follower_listed(struct follower *follower, const struct container *row)
{
	bool changed = follower->entry.state != row->state;

	is_there(follower, row->state);
	take_name(follower, row->name);
	announce_killed_inside(follower);
	changed |= follower->ran && !follower->inspect_due && !strstr(row->status, "(unhealthy)") == follower->unhealthy;
	if (!changed)
		return;
	follower->inspect_due = true;
	follower_poll_now(follower);
	follower_post(follower);
}

void follower_unreachable(struct follower *follower, const struct error *err)
{
	if (follower_is_settled(follower) || reading_active(&follower->reading) || (follower->entry.phase == PHASE_COMPLETE && !follower_awaited(follower)))
		return;
	follower->drain_ticket = follower->entry.drain_asked;
	follower_failed(follower, err);
}

void follower_happened(struct follower *follower, const struct container_event *event)
{
	struct diary *diary = &follower->intake.diary;
	if (event->what == HAPPENED_START) {
		diary_starts(diary, event->at);
		follower->ended_before = false; /* the window under way does not complete this run */
	}
	if (event->what == HAPPENED_END) {
		diary_ends(diary, event->at, event->exit_code);
		follower->last_exit_code = event->exit_code;
	}
	if (event->what == HAPPENED_OOM)
		follower->killed_in_ms = monotonic_ms();
	follower->happened_ms = monotonic_ms();
	follower->inspect_due = true;
	follower_poll_now(follower);
}

/* While it removes a container nerdctl tells no path any more. What is held can be read to its end all the same. */
static void take_path(struct follower *follower, const struct container_detail *detail)
{
	if (!*detail->log_path && shortcut_holds(&follower->shortcut))
		return;
	free(follower->log_path);
	follower->log_path = *detail->log_path ? xstrdup(detail->log_path) : NULL;
	if (!follower->reading.in_file)
		shortcut_set(&follower->shortcut, enginelog_is_readable(detail->log_form) ? detail->log_path : "", detail->log_form);
}

static void take_detail(struct follower *follower, const struct container_detail *detail, int64_t asked_ms)
{
	struct tracked *entry = &follower->entry;
	entry->detailed = true;
	entry->exit_code = detail->exit_code;
	entry->oom_killed = detail->oom_killed;
	entry->window = detail->window;
	entry->started = detail->started;
	entry->finished = detail->finished;
	follower->pace.kept = detail->log_kept;
	take_path(follower, detail);
	follower->inspect_due = asked_ms < follower->happened_ms;
	follower->inspected_ms = monotonic_ms();
}

static void tell_unreadable(struct follower *follower, const char *driver)
{
	char why[200];
	snprintf(why, sizeof why, "its log driver (%.80s) keeps nothing that can be read", *driver ? driver : "none");
	if (follower->entry.phase != PHASE_UNREADABLE)
		tracked_set_trouble(follower->collection->table, TROUBLE_LOG, true);
	follower_settle(follower, PHASE_UNREADABLE, why);
}

void follower_inspected(struct follower *follower, const struct container_detail *detail, int64_t asked_ms)
{
	struct tracked *entry = &follower->entry;
	bool first = !entry->detailed;
	bool another_run = !first && entry->started != detail->started;
	moment run_before = entry->started;

	is_there(follower, detail->state);
	take_detail(follower, detail, asked_ms);
	take_name(follower, detail->name);
	if (follower_collects(follower))
		pulse_set(&follower->pulse, entry->runtime, detail, monotonic_ms());

	bool ended = follower_has_ended(follower);
	follower->life_due = true;
	if (ended)
		follower->killed_in_ms = 0;
	if (ended && entry->finished != follower->announced_end)
		announce_end(follower);
	else if (another_run && follower->ran && !ended)
		announce_restart(follower, run_before);
	if (another_run)
		follower->last_exit_code = -1;
	announce_health(follower, detail, first);
	follower->ran = !ended && entry->state != CONTAINER_CREATED;
	if (entry->phase == PHASE_COMPLETE && (!ended || another_run))
		entry->phase = PHASE_FOLLOWING;
	if (detail->log_form == LOG_FORM_NONE)
		tell_unreadable(follower, detail->log_driver);
	else if (first || another_run || (follower->due_ms == FOLLOWER_NEVER && entry->phase == PHASE_FOLLOWING))
		follower_poll_now(follower);
	follower_post(follower);
}

void follower_up_to_date(struct follower *follower)
{
	const struct tracked *entry = &follower->entry;
	if (follower->life_due)
		diary_is(&follower->intake.diary, entry->started, follower_has_ended(follower), entry->finished, entry->exit_code, entry->oom_killed);
	follower->life_due = false;
}
