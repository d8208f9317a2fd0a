#include "logs/collector.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/moment.h"
#include "logs/follower.h"
#include "logs/onlooker.h"
#include "logs/roster.h"
#include "logs/upkeep.h"
#include "logs/watch.h"
#include "base/banned.h"

#define WINDOWS_MAX 4               /* windows that engines are asked for at once; looks into files are over before the next turn, or wait for it */
#define CHECKS_MAX 4                /* health checks that are run at once */
#define CHECKS_LATE_MS 100          /* a check that waits for others is not looked at more often */
#define LOOKS_AT_ONCE 100           /* so many a second take a millisecond's gathering */
#define GATHER_MAX_MS 5
#define INTERVAL_OBSERVING_MS 250
#define SCRIPT_LIVES_ON_MS 1000     /* then an events stream is worth its process */
#define REINSPECT_MISSING_MS 500
#define REINSPECT_MS 60000          /* a run that began and ended between two lists, unseen, is found by its starting time */

struct collector {
	pthread_t thread;
	atomic_bool stop;
	struct store *store;
	struct tracked_table *table;
	bool prompt;
	int64_t started_ms;

	/* The rest is the thread's own. */
	struct roster roster;
	struct collection collection;
	struct upkeep upkeep;
	struct onlooker onlooker;
	struct follower **followers;
	size_t followers_nr;
	struct watch watches[RUNTIMES_MAX];
	size_t watches_nr;
};

static void note(struct collector *collector, enum journal_event event, const char *name, const char *text)
{
	struct mark mark = { .event = event };
	snprintf(mark.name, sizeof mark.name, "%s", name);
	snprintf(mark.text, sizeof mark.text, "%s", text);
	if (collector->collection.collects)
		journal_note(&collector->collection.journal, &mark);
}

/* ---- followers ---- */

static struct follower *find_follower(struct collector *collector, const struct tracked *entry)
{
	for (size_t i = 0; i < collector->followers_nr; i++)
		if (collector->followers[i]->entry.generation == entry->generation)
			return collector->followers[i];
	return NULL;
}

static void update_follower(struct follower *follower, const struct tracked *entry)
{
	if (entry->drain_asked > follower->entry.drain_asked)
		follower_ask_drain(follower, entry->drain_asked);
	if (entry->hurry && !follower->entry.hurry)
		follower_poll_now(follower);
	follower->entry.hurry = entry->hurry;
}

/* It is not tracked any more: somebody gave its log up, or removed it through purser. */
static void drop_follower(struct collector *collector, struct follower *follower)
{
	if (tracked_take_removed(collector->table, follower->entry.id))
		follower_removed(follower, "by purser");
	follower_free(follower);
}

/* Walks the table: followers for new entries, none for those that are gone from it. */
static void walk_table(struct collector *collector)
{
	struct tracked *entries;
	size_t nr = tracked_all(collector->table, &entries);
	struct follower **followers = xcalloc(nr + 1, sizeof(struct follower *));

	for (size_t i = 0; i < nr; i++) {
		followers[i] = find_follower(collector, &entries[i]);
		if (!followers[i])
			followers[i] = follower_new(&entries[i], &collector->collection);
		update_follower(followers[i], &entries[i]);
	}
	for (size_t i = 0; i < collector->followers_nr; i++) {
		bool kept = false;
		for (size_t j = 0; j < nr && !kept; j++)
			kept = followers[j] == collector->followers[i];
		if (!kept)
			drop_follower(collector, collector->followers[i]);
	}
	free(collector->followers);
	free(entries);
	collector->followers = followers;
	collector->followers_nr = nr;
}

/* ---- what the engine holds ---- */

static struct follower *find_by_id(struct collector *collector, const char *id)
{
	for (size_t i = 0; i < collector->followers_nr; i++)
		if (!strcmp(collector->followers[i]->entry.id, id))
			return collector->followers[i];
	return NULL;
}

/* Whether everything is to be tracked that this runtime has. */
static bool wants(struct collector *collector, const struct runtime *runtime)
{
	return tracked_wants_all(collector->table, runtime);
}

static void on_event(void *arg, const struct watch *watch, const struct container_event *event)
{
	struct collector *collector = arg;
	struct follower *follower = find_by_id(collector, event->id);
	bool begins = event->what == HAPPENED_CREATE || event->what == HAPPENED_START;
	if (follower)
		follower_happened(follower, event);
	else if (begins && watch->events_live && wants(collector, watch->runtime))
		roster_add(&collector->roster, watch->runtime, event->id, event->name);
	else if (watch->events_live && tracked_announcing(collector->table) == ANNOUNCE_ALL && watch->runtime == seen_runtime(collector->table))
		onlooker_happened(&collector->onlooker, collector->table, event);
}

static struct watch *watch_of(struct collector *collector, const struct runtime *runtime)
{
	for (size_t i = 0; i < collector->watches_nr; i++)
		if (collector->watches[i].runtime == runtime)
			return &collector->watches[i];
	if (collector->watches_nr == RUNTIMES_MAX)
		return NULL;
	struct watch *watch = &collector->watches[collector->watches_nr++];
	watch_init(watch, runtime);
	watch->prompt = collector->prompt;
	watch->on_event = on_event;
	watch->on_event_arg = collector;
	return watch;
}

/* How long until it is seen that this is no short script; 0: it is. */
static int64_t until_lives_on(const struct collector *collector)
{
	int64_t left = collector->started_ms + SCRIPT_LIVES_ON_MS - monotonic_ms();
	return left > 0 ? left : 0;
}

static void list_what_changed(struct collector *collector, struct watch *watch)
{
	for (enum seen_kind kind = 0; kind < SEEN_NR; kind++)
		if (seen_take_asked(collector->table, watch->runtime, kind))
			watch_list_kind(watch, kind);
}

static void look_where_wanted(struct collector *collector, struct watch *watch)
{
	char place[SEEN_PLACE_MAX];
	if (!watch->paths.active && !collector->collection.readonly && seen_take_wanted(collector->table, watch->runtime, place))
		watch_look_into(watch, place);
}

/* A runtime is watched from when it is first chosen, has a container tracked, or all it has is wanted. */
static void watch_runtimes(struct collector *collector)
{
	const struct runtime *chosen = seen_runtime(collector->table);
	if (chosen)
		watch_of(collector, chosen);
	for (const struct runtime *const *runtime = runtimes; *runtime; runtime++)
		if (wants(collector, *runtime))
			watch_of(collector, *runtime);
	for (size_t i = 0; i < collector->followers_nr; i++) {
		struct watch *watch = watch_of(collector, collector->followers[i]->entry.runtime);
		if (watch && collector->followers[i]->entry.hurry)
			watch->hints = true; /* its end is to be seen at once */
	}
	bool lives_on = until_lives_on(collector) == 0;
	for (size_t i = 0; i < collector->watches_nr; i++)
		list_what_changed(collector, &collector->watches[i]);
	for (size_t i = 0; i < collector->watches_nr; i++)
		look_where_wanted(collector, &collector->watches[i]);
	for (size_t i = 0; i < collector->watches_nr; i++)
		collector->watches[i].hints |= lives_on || tracked_announces(collector->table);
}

/* While an engine does not answer only those are asked for that somebody waits for. Which engine it is, is asked first of all. */
static bool worth_asking(struct collector *collector, const struct follower *follower)
{
	const struct watch *watch = watch_of(collector, follower->entry.runtime);
	return !watch || shortcut_is_log(&follower->shortcut) || (watch->identity_tried && (!watch->backoff_ms || follower_awaited(follower)));
}

/* Windows that are being asked for. */
struct asked {
	size_t all, far;
};

static void count_asked(struct asked *asked, const struct follower *follower)
{
	asked->all += follower->reading.task.active;
	asked->far += follower->reading.task.active && follower_reads_far(follower);
}

/* Whoever has waited longest. One place is kept for looks at the newest: large windows may take seconds each. */
static struct follower *next_due(struct collector *collector, const struct asked *asked, int64_t now_ms)
{
	struct follower *next = NULL;
	for (size_t i = 0; i < collector->followers_nr; i++) {
		struct follower *follower = collector->followers[i];
		bool fits = asked->far < WINDOWS_MAX - 1 || !follower_reads_far(follower);
		if (fits && follower_due(follower, now_ms) && worth_asking(collector, follower) && (!next || follower->due_ms < next->due_ms))
			next = follower;
	}
	return next;
}

static void start_windows(struct collector *collector, int64_t now_ms)
{
	struct asked asked = { 0 };
	struct follower *next;
	for (size_t i = 0; i < collector->followers_nr; i++)
		count_asked(&asked, collector->followers[i]);
	while (asked.all < WINDOWS_MAX && (next = next_due(collector, &asked, now_ms))) {
		follower_start(next);
		count_asked(&asked, next);
	}
}

static const struct container *find_row(const struct container_list *list, const char *id)
{
	for (size_t i = 0; i < list->nr; i++)
		if (!strcmp(list->items[i].id, id))
			return &list->items[i];
	return NULL;
}

/* It was there when it was asked for at `seen_ms`. */
static void seen(struct follower *follower, struct watch *watch, int64_t seen_ms)
{
	if (!follower_seen_at(follower, watch->engine, watch->identity_asked_ms, watch->identity_ms, seen_ms) &&
	    watch->identity_asked_ms < follower->doubted_ms)
		watch_identify_now(watch);
}

static void reconcile_one(struct follower *follower, struct watch *watch, const struct container *row, int64_t listed_ms)
{
	if (row) {
		follower_listed(follower, row);
		seen(follower, watch, listed_ms);
		follower->inspect_due |= monotonic_ms() - follower->inspected_ms > REINSPECT_MS;
	} else if (follower->entry.added_ms < listed_ms) {
		follower_missing(follower);
	}
}

static void reconcile(struct collector *collector, struct watch *watch, const struct container_list *list, int64_t listed_ms)
{
	for (size_t i = 0; i < collector->followers_nr; i++) {
		struct follower *follower = collector->followers[i];
		if (follower->entry.runtime == watch->runtime)
			reconcile_one(follower, watch, find_row(list, follower->entry.id), listed_ms);
	}
	for (size_t i = 0; wants(collector, watch->runtime) && i < list->nr; i++)
		if (!find_by_id(collector, list->items[i].id))
			roster_add(&collector->roster, watch->runtime, list->items[i].id, list->items[i].name);
	seen_set(collector->table, watch->runtime, SEEN_CONTAINERS, seen_of_containers(list, listed_ms));
}

static void report_answer(struct collector *collector, const struct watch *watch, bool was_in_trouble)
{
	bool in_trouble = watch->trouble[0] != '\0', announces = tracked_announces(collector->table);
	if (in_trouble == was_in_trouble)
		return;
	seen_set_answers(collector->table, watch->runtime, !in_trouble);
	note(collector, in_trouble ? JOURNAL_ENGINE_DOWN : JOURNAL_ENGINE_UP, watch->runtime->name, watch->trouble);
	if (announces && in_trouble)
		tracked_notify(collector->table, "%s", watch->trouble);
	else if (announces)
		tracked_notify(collector->table, "%s answers again", watch->runtime->name);
}

/* The engine does not answer: that is how the logs stand that are not complete. */
static void unreachable(struct collector *collector, const struct runtime *runtime, const struct error *err)
{
	for (size_t i = 0; i < collector->followers_nr; i++)
		if (collector->followers[i]->entry.runtime == runtime)
			follower_unreachable(collector->followers[i], err);
}

static void take_list(struct collector *collector, struct watch *watch)
{
	struct result result = { 0 };
	struct error err;
	int64_t started_ms;
	bool was_in_trouble = watch->trouble[0] != '\0';

	int failed = watch_listed(watch, &started_ms, &result, &err);
	if (failed < 0)
		return;
	report_answer(collector, watch, was_in_trouble);
	if (!failed)
		reconcile(collector, watch, &result.containers, started_ms);
	else if (!was_in_trouble)
		unreachable(collector, watch->runtime, &err);
	result_release(&result);
}

/* One that is missing, or at another engine, is looked at again when it is seen. */
static bool wants_inspection(const struct follower *follower, const struct watch *watch, int64_t now_ms)
{
	enum phase phase = follower->entry.phase;
	return follower->entry.runtime == watch->runtime && follower->inspect_due && !follower->missed_ms && phase != PHASE_GONE &&
	       phase != PHASE_OTHER && now_ms >= follower->inspect_not_before_ms;
}

static void take_details(struct collector *collector, struct watch *watch)
{
	struct result result = { 0 };
	struct error err;
	int64_t started_ms = watch->inspect.started_ms;

	int failed = watch_inspected(watch, &result, &err);
	if (failed < 0)
		return;
	bool unreachable = failed && err.kind != ERROR_NOT_FOUND;
	for (size_t i = 0; i < collector->followers_nr; i++) {
		struct follower *follower = collector->followers[i];
		if (follower->entry.runtime != watch->runtime || !follower->inspecting)
			continue;
		follower->inspecting = false;
		const struct container_detail *detail = NULL;
		for (size_t d = 0; d < result.details.nr && !detail; d++)
			if (!strcmp(result.details.items[d].id, follower->entry.id))
				detail = &result.details.items[d];
		if (detail) {
			follower_inspected(follower, detail, started_ms);
			seen(follower, watch, started_ms);
		} else if (unreachable) {
			follower_unreachable(follower, &err);
		} else {
			follower->inspect_not_before_ms = monotonic_ms() + REINSPECT_MISSING_MS;
			if (follower->entry.added_ms < started_ms)
				follower_missing(follower);
		}
	}
	result_release(&result);
}

/* Which engine answers: then it is known what it means that a container is not there. */
static void take_identity(struct collector *collector, struct watch *watch)
{
	struct result result = { 0 };
	if (watch_identified(watch, &result) != 0)
		return;
	if (watch->engine[0] && strcmp(watch->engine, result.engine) != 0) {
		note(collector, JOURNAL_ENGINE_OTHER, watch->runtime->name, result.engine);
		tracked_notify(collector->table, "another %s engine answers now; logs of the one before wait for it", watch->runtime->name);
	}
	memcpy(watch->engine, result.engine, sizeof watch->engine);
	for (size_t i = 0; i < collector->followers_nr; i++) {
		struct follower *follower = collector->followers[i];
		if (follower->entry.runtime != watch->runtime)
			continue;
		follower_identified(follower, watch->engine, watch->identity_asked_ms);
		if (follower->entry.detailed)
			seen(follower, watch, 0);
	}
	result_release(&result);
}

static void write_lives_down(struct collector *collector, const struct watch *watch)
{
	if (!watch_has_caught_up(watch, monotonic_ms()))
		return;
	for (size_t i = 0; i < collector->followers_nr; i++)
		if (collector->followers[i]->entry.runtime == watch->runtime)
			follower_up_to_date(collector->followers[i]);
}

static void ask_for_missing(struct collector *collector, struct watch *watch)
{
	for (size_t i = 0; i < collector->followers_nr && !watch->identity.active; i++)
		if (collector->followers[i]->entry.runtime == watch->runtime &&
		    collector->followers[i]->missed_ms > watch->identity_asked_ms)
			watch_identify_now(watch);
}

/* What only completion asks for. Of a directory that cannot be looked into nothing is known, and that for a while. */
static void take_paths(struct collector *collector, struct watch *watch)
{
	struct result result = { 0 };
	int64_t started_ms;
	int failed = watch_looked(watch, &started_ms, &result);
	if (failed < 0)
		return;
	seen_set_paths(collector->table, watch->runtime, watch->paths_of, seen_of_lines(failed ? "" : buf_text(&result.text), started_ms));
	result_release(&result);
}

/* The same of lists. */
static void take_others(struct collector *collector, struct watch *watch)
{
	for (enum seen_kind kind = SEEN_CONTAINERS + 1; kind < SEEN_NR; kind++) {
		struct result result = { 0 };
		int64_t started_ms;
		int failed = watch_other(watch, kind, &started_ms, &result);
		if (!failed)
			seen_set(collector->table, watch->runtime, kind,
				 kind == SEEN_IMAGES ? seen_of_images(&result.images, started_ms) : seen_of_resources(&result.resources, started_ms));
		if (failed >= 0)
			result_release(&result);
	}
}

static void ask_about(struct follower *follower, struct strvec *ids, int64_t now_ms)
{
	follower->inspecting = true;
	follower->inspect_asked_ms = now_ms;
	strvec_push(ids, follower->entry.id);
}

/* A CLI is asked about all at once, since each call is a process; a socket about one after the other, whoever has waited longest first. */
static void start_inspection(struct collector *collector, struct watch *watch, int64_t now_ms)
{
	struct strvec ids = STRVEC_INIT;
	struct follower *first = NULL;
	struct error err;
	bool singly = runtime_inspects_singly(watch->runtime);
	if (!watch_may_inspect(watch, now_ms))
		return;
	for (size_t i = 0; i < collector->followers_nr; i++) {
		struct follower *follower = collector->followers[i];
		if (!wants_inspection(follower, watch, now_ms))
			continue;
		if (!singly)
			ask_about(follower, &ids, now_ms);
		else if (!first || follower->inspect_asked_ms < first->inspect_asked_ms)
			first = follower;
	}
	if (first)
		ask_about(first, &ids, now_ms);
	if (ids.nr && watch_inspect(watch, &ids, &err) < 0)
		for (size_t i = 0; i < collector->followers_nr; i++)
			if (collector->followers[i]->inspecting && collector->followers[i]->entry.runtime == watch->runtime) {
				collector->followers[i]->inspecting = false;
				follower_unreachable(collector->followers[i], &err);
			}
	strvec_release(&ids);
}

/* It is there, and runs. */
static bool has_pulse(const struct follower *follower)
{
	enum phase phase = follower->entry.phase;
	return !follower->collection->readonly && !follower->missed_ms && phase != PHASE_GONE && phase != PHASE_OTHER && follower->entry.state == CONTAINER_RUNNING;
}

/* Whoever has waited longest; a few at once, as each is a process, and as much of the machine as the check itself. */
static void start_checks(struct collector *collector, int64_t now_ms)
{
	size_t active = 0;
	for (size_t i = 0; i < collector->followers_nr; i++)
		active += collector->followers[i]->pulse.task.active;
	while (active < CHECKS_MAX) {
		struct follower *next = NULL;
		for (size_t i = 0; i < collector->followers_nr; i++) {
			struct follower *follower = collector->followers[i];
			if (has_pulse(follower) && pulse_due(&follower->pulse, now_ms) && (!next || follower->pulse.due_ms < next->pulse.due_ms))
				next = follower;
		}
		if (!next)
			return;
		pulse_start(&next->pulse, next->entry.runtime, next->entry.id, now_ms);
		active++;
	}
}

/* ---- the loop ---- */

struct polled {
	struct pollfd *fds;
	size_t nr, room;
	int64_t wait_ms;
};

static struct pollfd *room_for(struct polled *polled, size_t nr)
{
	if (polled->nr + nr > polled->room) {
		polled->room = polled->nr + nr + 64;
		polled->fds = xrealloc(polled->fds, polled->room * sizeof *polled->fds);
	}
	return polled->fds + polled->nr;
}

static void at_most(struct polled *polled, int64_t ms)
{
	if (ms >= 0 && ms < polled->wait_ms)
		polled->wait_ms = ms;
}

static void poll_fd(struct polled *polled, int fd)
{
	*room_for(polled, 1) = (struct pollfd){ .fd = fd, .events = POLLIN };
	polled->nr++;
}

static void poll_task(struct polled *polled, const struct task *task)
{
	if (!task->active)
		return;
	polled->nr += request_fds(&task->running, room_for(polled, REQUEST_FDS));
	at_most(polled, request_wait_ms(&task->running));
}

static void poll_watch(struct polled *polled, const struct watch *watch, int64_t now_ms)
{
	poll_task(polled, &watch->list);
	poll_task(polled, &watch->inspect);
	for (size_t kind = 0; kind < SEEN_NR; kind++)
		poll_task(polled, &watch->others[kind]);
	poll_task(polled, &watch->paths);
	poll_task(polled, &watch->events);
	poll_task(polled, &watch->identity);
	at_most(polled, watch_wait_ms(watch, now_ms));
}

static void poll_follower(struct polled *polled, const struct follower *follower, int64_t now_ms)
{
	poll_task(polled, &follower->reading.task);
	poll_task(polled, &follower->removal);
	poll_task(polled, &follower->pulse.task);
	poll_task(polled, &follower->vigil.stream);
	poll_task(polled, &follower->shortcut.proof.task);
	if (follower->reading.in_file)
		at_most(polled, 0);
	at_most(polled, follower_wait_ms(follower, now_ms));
	int pulse_ms = has_pulse(follower) ? pulse_wait_ms(&follower->pulse, now_ms) : -1;
	at_most(polled, pulse_ms >= 0 && pulse_ms < CHECKS_LATE_MS ? CHECKS_LATE_MS : pulse_ms);
}

/* What is looked at only when it said something. */
enum { WORK_BELL, DIRECTORY, WAKE, ROTATIONS, FIXED_FDS };

/*
 * When many logs are looked at, many are looked at together: each wake-up goes through all of them. The table's bell is heard meanwhile.
 */
static void let_gather(const struct collector *collector)
{
	struct pollfd bell = { .fd = tracked_work_bell(collector->table), .events = POLLIN };
	int ms = (int)(load_now(&collector->collection.looks, monotonic_ms()) / LOOKS_AT_ONCE);
	if (ms > 0)
		poll(&bell, 1, ms < GATHER_MAX_MS ? ms : GATHER_MAX_MS);
}

static void wait_for_something(struct collector *collector, bool rang[FIXED_FDS])
{
	struct polled polled = { .wait_ms = collector->collection.collects ? WATCH_INTERVAL_MS : INTERVAL_OBSERVING_MS };
	int64_t now_ms = monotonic_ms();

	poll_fd(&polled, tracked_work_bell(collector->table));
	poll_fd(&polled, collector->roster.directory); /* poll passes over -1 */
	poll_fd(&polled, collector->collection.vigils.wake.fd);
	poll_fd(&polled, collector->collection.rotations.fd);
	for (size_t i = 0; i < collector->watches_nr; i++)
		poll_watch(&polled, &collector->watches[i], now_ms);
	for (size_t i = 0; i < collector->followers_nr; i++)
		poll_follower(&polled, collector->followers[i], now_ms);
	if (collector->collection.collects)
		at_most(&polled, upkeep_wait_ms(&collector->upkeep));
	if (until_lives_on(collector))
		at_most(&polled, until_lives_on(collector));
	poll(polled.fds, polled.nr, (int)polled.wait_ms);
	for (size_t i = 0; i < FIXED_FDS; i++)
		rang[i] = polled.fds[i].revents != 0;
	free(polled.fds);
}

static void forget_all(struct collector *collector)
{
	for (size_t i = 0; i < collector->followers_nr; i++)
		follower_stop(collector->followers[i]);
	for (size_t i = 0; i < collector->watches_nr; i++)
		watch_stop(&collector->watches[i]);
	for (size_t i = 0; i < collector->followers_nr; i++)
		follower_free(collector->followers[i]);
	for (size_t i = 0; i < collector->watches_nr; i++)
		watch_release(&collector->watches[i]);
	collector->followers_nr = collector->watches_nr = 0;
}

/* Another purser may have begun meanwhile. */
static void give_up_collecting(struct collector *collector)
{
	forget_all(collector);
	upkeep_stop(&collector->upkeep);
	journal_close(&collector->collection.journal);
	collector->collection.collects = false;
	collector->roster.lock_due_ms = 0;
	bell_ring(tracked_work_bell(collector->table));
}

/*
 * What was seen while another purser collected is forgotten: that one wrote down some of it, and may have died before the rest. What it
 * did is read again, what there is and what happened is learned from the engine again.
 */
static void become_collector(struct collector *collector, int64_t now_ms)
{
	struct collection *collection = &collector->collection;
	if (collection->collects && store_locked(collector->store))
		return;
	if (collection->collects)
		give_up_collecting(collector);
	if (!roster_take_lock(&collector->roster, &collection->journal, now_ms))
		return;
	forget_all(collector);
	collection->collects = true;
	bell_ring(tracked_work_bell(collector->table));
}

static void start_what_is_due(struct collector *collector)
{
	int64_t now_ms = monotonic_ms();
	become_collector(collector, now_ms);
	watch_runtimes(collector);
	for (size_t i = 0; i < collector->watches_nr; i++) {
		start_inspection(collector, &collector->watches[i], now_ms);
		ask_for_missing(collector, &collector->watches[i]);
		watch_schedule(&collector->watches[i], now_ms);
	}
	start_windows(collector, now_ms);
	start_checks(collector, now_ms);
}

static void take_what_is_done(struct collector *collector)
{
	for (size_t i = 0; i < collector->watches_nr; i++) {
		watch_step_events(&collector->watches[i]);
		take_list(collector, &collector->watches[i]);
		take_details(collector, &collector->watches[i]);
		take_paths(collector, &collector->watches[i]);
		take_others(collector, &collector->watches[i]);
		take_identity(collector, &collector->watches[i]);
		write_lives_down(collector, &collector->watches[i]);
	}
	for (size_t i = 0; i < collector->followers_nr; i++)
		follower_step(collector->followers[i]);
}

static void on_wake(void *arg, int watch, bool over)
{
	struct collector *collector = arg;
	for (size_t i = 0; i < collector->followers_nr; i++)
		if (collector->followers[i]->vigil.watch == watch || watch == WAKE_NONE)
			follower_woken(collector->followers[i], over);
}

static bool is_tracked(void *arg, const char *id)
{
	struct collector *collector = arg;
	for (size_t i = 0; i < collector->followers_nr; i++)
		if (!strncmp(collector->followers[i]->entry.id, id, CONTAINER_ID_SHORT) && collector->followers[i]->entry.phase != PHASE_GONE)
			return true;
	return false;
}

static void keep_up(struct collector *collector)
{
	if (!collector->collection.collects)
		return;
	if (collector->collection.upkeep_due)
		upkeep_now(&collector->upkeep);
	collector->collection.upkeep_due = false;
	upkeep_step(&collector->upkeep, is_tracked, collector);
	if (collector->upkeep.trouble[0])
		tracked_notify(collector->table, "%s", collector->upkeep.trouble);
	collector->upkeep.trouble[0] = '\0';
	journal_flush(&collector->collection.journal);
}

static void *collect(void *arg)
{
	struct collector *collector = arg;
	bool rang[FIXED_FDS] = { [WORK_BELL] = true };

	for (;;) {
		if (rang[DIRECTORY])
			roster_step(&collector->roster);
		if (rang[WORK_BELL] || rang[DIRECTORY]) {
			bell_clear(tracked_work_bell(collector->table));
			walk_table(collector);
		}
		if (atomic_load(&collector->stop)) /* asked behind the clearing of the bell that tells of it */
			break;
		start_what_is_due(collector);
		let_gather(collector);
		wait_for_something(collector, rang);
		if (rang[WAKE])
			wake_take(&collector->collection.vigils.wake, on_wake, collector);
		if (rang[ROTATIONS])
			rotations_take(&collector->collection.rotations);
		take_what_is_done(collector);
		keep_up(collector);
	}
	forget_all(collector);
	return NULL;
}

struct collector *collector_start(struct store *store, struct tracked_table *table, const struct collecting *how, struct error *err)
{
	struct collector *collector = xcalloc(1, sizeof *collector);
	collector->store = store;
	collector->table = table;
	collector->prompt = how->prompt;
	collector->started_ms = monotonic_ms();
	collector->collection = (struct collection){ .table = table, .store = store, .journal = { .fd = -1 },
						     .reads_engine_files = how->reads_engine_files, .readonly = how->readonly };
	wake_open(&collector->collection.vigils.wake);
	rotations_open(&collector->collection.rotations);
	upkeep_init(&collector->upkeep, store, &collector->collection.journal);
	roster_init(&collector->roster, store, table);
	roster_read(&collector->roster);
	become_collector(collector, 0); /* so that who collects is known from the first prompt on */
	int failed = pthread_create(&collector->thread, NULL, collect, collector);
	if (!failed)
		return collector;
	errno = failed;
	error_system(err, "starting the collector");
	wake_close(&collector->collection.vigils.wake);
	rotations_close(&collector->collection.rotations);
	journal_close(&collector->collection.journal);
	roster_release(&collector->roster);
	free(collector);
	return NULL;
}

void collector_stop(struct collector *collector)
{
	if (!collector)
		return;
	atomic_store(&collector->stop, true);
	bell_ring(tracked_work_bell(collector->table));
	pthread_join(collector->thread, NULL);
	wake_close(&collector->collection.vigils.wake);
	rotations_close(&collector->collection.rotations);
	upkeep_stop(&collector->upkeep);
	journal_close(&collector->collection.journal);
	free(collector->followers);
	onlooker_release(&collector->onlooker);
	roster_release(&collector->roster);
	free(collector);
}
