#include "logs/tracked.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/moment.h"
#include "base/banned.h"

#define SILENT_MS (3 * WATCH_INTERVAL_MS)
#define EXPECTED_MAX 256 /* ends of containers that are not tracked; those that never came give way */

/* What is known and wanted of one runtime. */
struct holding {
	const struct runtime *runtime; /* NULL: this place is free */
	bool wants_all;
	bool silent; /* it did not answer when it was asked last */
	struct seen_list *seen[SEEN_NR];
	bool asked_anew[SEEN_NR];
	char paths_wanted[SEEN_PLACE_MAX], paths_of[SEEN_PLACE_MAX]; /* "": none */
	struct seen_list *paths;
};

struct tracked_table {
	pthread_mutex_t mutex;
	int work, news;

	struct tracked *entries;
	size_t nr, room;
	struct strvec removed; /* ids dropped because purser removed the containers, until the collector takes them */
	uint64_t next_generation, next_ticket;

	const struct runtime *chosen;
	int64_t chosen_ms;
	struct holding holdings[RUNTIMES_MAX];

	struct notices notices;
	enum announcing announcing;
	unsigned troubles; /* bits; of an engine each holding knows */
	struct strvec expected; /* ids of containers that are not tracked, and that the shell is ending */

	pid_t collecting;
	char collecting_why[NOTICE_LEN];
};

const char *phase_name(enum phase phase)
{
	static const char *const names[] = {
#define X(phase, name) [PHASE_##phase] = name,
		PHASES(X)
#undef X
	};
	return names[phase];
}

static void lock(struct tracked_table *table)
{
	pthread_mutex_lock(&table->mutex);
}

static void unlock(struct tracked_table *table)
{
	pthread_mutex_unlock(&table->mutex);
}

struct tracked_table *tracked_new(struct error *err)
{
	struct tracked_table *table = xcalloc(1, sizeof *table);
	table->work = bell_open(err);
	table->news = bell_open(err);
	if (table->work < 0 || table->news < 0) {
		tracked_free(table);
		return NULL;
	}
	pthread_mutex_init(&table->mutex, NULL);
	return table;
}

void tracked_free(struct tracked_table *table)
{
	if (!table)
		return;
	fd_close(&table->work);
	fd_close(&table->news);
	pthread_mutex_destroy(&table->mutex);
	for (size_t i = 0; i < RUNTIMES_MAX; i++)
		for (size_t kind = 0; kind < SEEN_NR; kind++)
			seen_leave(&table->holdings[i].seen[kind]);
	for (size_t i = 0; i < RUNTIMES_MAX; i++)
		seen_leave(&table->holdings[i].paths);
	strvec_release(&table->removed);
	strvec_release(&table->expected);
	notices_release(&table->notices);
	free(table->entries);
	free(table);
}

int tracked_work_bell(const struct tracked_table *table)
{
	return table->work;
}

int tracked_news_bell(const struct tracked_table *table)
{
	return table->news;
}

/* These three need the mutex held. */

static struct tracked *find(struct tracked_table *table, const char *id)
{
	for (size_t i = 0; i < table->nr; i++)
		if (!strcmp(table->entries[i].id, id))
			return &table->entries[i];
	return NULL;
}

static struct tracked *append(struct tracked_table *table)
{
	if (table->nr == table->room) {
		table->room = table->room ? table->room * 2 : 16;
		table->entries = xrealloc(table->entries, table->room * sizeof *table->entries);
	}
	struct tracked *entry = &table->entries[table->nr++];
	*entry = (struct tracked){ .generation = ++table->next_generation, .added_ms = monotonic_ms(), .added_at = moment_now() };
	return entry;
}

static struct holding *holding_of(struct tracked_table *table, const struct runtime *runtime)
{
	struct holding *holding = table->holdings;
	while (holding->runtime && holding->runtime != runtime)
		holding++;
	holding->runtime = runtime;
	return holding;
}

/* The shell's side. */

bool tracked_add(struct tracked_table *table, const struct runtime *runtime, const struct store_entry *as)
{
	lock(table);
	struct tracked *entry = find(table, as->id);
	bool added = !entry;
	if (added) {
		entry = append(table);
		entry->runtime = runtime;
		entry->remove_when_complete = as->remove;
		entry->phase = PHASE_WAITING;
		snprintf(entry->id, sizeof entry->id, "%s", as->id);
		snprintf(entry->name, sizeof entry->name, "%s", as->name);
		snprintf(entry->engine, sizeof entry->engine, "%s", as->engine);
	}
	unlock(table);
	bell_ring(table->work);
	return added;
}

static bool drop(struct tracked_table *table, const char *id, bool removed)
{
	lock(table);
	struct tracked *entry = find(table, id);
	if (entry) {
		if (removed)
			strvec_push(&table->removed, id);
		size_t behind = (size_t)(table->entries + table->nr - entry) - 1;
		memmove(entry, entry + 1, behind * sizeof *entry);
		table->nr--;
	}
	unlock(table);
	bell_ring(table->work);
	return entry != NULL;
}

bool tracked_drop(struct tracked_table *table, const char *id)
{
	return drop(table, id, false);
}

bool tracked_drop_removed(struct tracked_table *table, const char *id)
{
	return drop(table, id, true);
}

bool tracked_get(struct tracked_table *table, const char *id, struct tracked *copy)
{
	lock(table);
	const struct tracked *entry = find(table, id);
	if (entry)
		*copy = *entry;
	unlock(table);
	return entry != NULL;
}

size_t tracked_all(struct tracked_table *table, struct tracked **copies)
{
	lock(table);
	size_t nr = table->nr;
	*copies = xmalloc((nr + 1) * sizeof **copies);
	if (nr)
		memcpy(*copies, table->entries, nr * sizeof **copies);
	unlock(table);
	return nr;
}

void tracked_expect_end(struct tracked_table *table, const char *id)
{
	lock(table);
	struct tracked *entry = find(table, id);
	if (entry)
		entry->end_expected = true;
	else if (table->announcing == ANNOUNCE_ALL)
		strvec_push(&table->expected, id);
	if (table->expected.nr > EXPECTED_MAX)
		strvec_drop(&table->expected, table->expected.items[0]);
	unlock(table);
}

void tracked_hurry(struct tracked_table *table, const char *id, bool hurry)
{
	lock(table);
	struct tracked *entry = find(table, id);
	if (entry)
		entry->hurry = hurry;
	unlock(table);
	bell_ring(table->work);
}

uint64_t tracked_ask_drain(struct tracked_table *table, const char *id)
{
	uint64_t ticket = 0;
	lock(table);
	struct tracked *entry = find(table, id);
	if (entry)
		ticket = entry->drain_asked = ++table->next_ticket;
	unlock(table);
	bell_ring(table->work);
	return ticket;
}

int tracked_drained(struct tracked_table *table, const char *id, uint64_t ticket, struct error *err)
{
	int drained = 1;
	lock(table);
	const struct tracked *entry = find(table, id);
	if (entry && entry->drain_done < ticket) {
		drained = 0;
		if (entry->drain_failed >= ticket)
			drained = error_set(err, ERROR_FAILED, "the log of %s could not be collected to its end: %s", entry->name,
					    entry->error);
	}
	unlock(table);
	return drained;
}

bool tracked_settled(const struct tracked *entry)
{
	return entry->phase != PHASE_WAITING && entry->phase != PHASE_BEHIND && (entry->drain_done >= entry->drain_asked || entry->drain_failed >= entry->drain_asked);
}

size_t tracked_take_notices(struct tracked_table *table, size_t cells, struct strvec *lines)
{
	lock(table);
	notices_take(&table->notices, cells, lines);
	unlock(table);
	return lines->nr;
}

int tracked_notices_wait_ms(struct tracked_table *table)
{
	lock(table);
	int wait_ms = notices_wait_ms(&table->notices, monotonic_ms());
	unlock(table);
	return wait_ms;
}

void tracked_want_all(struct tracked_table *table, const struct runtime *runtime)
{
	lock(table);
	holding_of(table, runtime)->wants_all = true;
	unlock(table);
	bell_ring(table->work);
}

bool tracked_wants_all(struct tracked_table *table, const struct runtime *runtime)
{
	lock(table);
	bool wants_all = holding_of(table, runtime)->wants_all;
	unlock(table);
	return wants_all;
}

void tracked_announce(struct tracked_table *table, enum announcing what)
{
	lock(table);
	table->announcing = what;
	unlock(table);
}

struct seen_list *seen_take(struct tracked_table *table, const struct runtime *runtime, enum seen_kind kind)
{
	lock(table);
	struct seen_list *list = seen_hold(holding_of(table, runtime)->seen[kind]);
	unlock(table);
	return list;
}

/* With the mutex held: not long ago. */
static bool knows_paths(const struct holding *holding, const char *place)
{
	return holding->paths && !strcmp(holding->paths_of, place) && monotonic_ms() - holding->paths->at_ms < SEEN_PATHS_MS;
}

struct seen_list *seen_take_paths(struct tracked_table *table, const struct runtime *runtime, const char *place)
{
	lock(table);
	const struct holding *holding = holding_of(table, runtime);
	struct seen_list *list = strcmp(holding->paths_of, place) == 0 ? seen_hold(holding->paths) : NULL;
	unlock(table);
	return list;
}

void seen_want_paths(struct tracked_table *table, const struct runtime *runtime, const char *place)
{
	lock(table);
	struct holding *holding = holding_of(table, runtime);
	bool wants = !knows_paths(holding, place) && strlen(place) < SEEN_PLACE_MAX && strcmp(holding->paths_wanted, place) != 0;
	if (wants)
		snprintf(holding->paths_wanted, sizeof holding->paths_wanted, "%s", place);
	unlock(table);
	if (wants)
		bell_ring(table->work);
}

void seen_ask_anew(struct tracked_table *table, const struct runtime *runtime, enum seen_kind kind)
{
	lock(table);
	holding_of(table, runtime)->asked_anew[kind] = true;
	unlock(table);
	bell_ring(table->work);
}

size_t seen_running(struct tracked_table *table, const struct runtime *runtime)
{
	struct seen_list *list = seen_take(table, runtime, SEEN_CONTAINERS);
	size_t running = 0;
	for (size_t i = 0; list && i < list->nr; i++)
		running += list->items[i].state == CONTAINER_RUNNING;
	seen_leave(&list);
	return running;
}

size_t seen_total(struct tracked_table *table, const struct runtime *runtime)
{
	struct seen_list *list = seen_take(table, runtime, SEEN_CONTAINERS);
	size_t total = list ? list->nr : 0;
	seen_leave(&list);
	return total;
}

const struct runtime *seen_runtime(struct tracked_table *table)
{
	lock(table);
	const struct runtime *runtime = table->chosen;
	unlock(table);
	return runtime;
}

void seen_choose_runtime(struct tracked_table *table, const struct runtime *runtime)
{
	lock(table);
	table->chosen = runtime;
	table->chosen_ms = monotonic_ms();
	unlock(table);
	bell_ring(table->work);
}

pid_t collecting_elsewhere(struct tracked_table *table, char *why, size_t size)
{
	lock(table);
	pid_t holder = table->collecting;
	snprintf(why, size, "%s", table->collecting_why);
	unlock(table);
	return holder;
}

/* A list that was not renewed in time is as good as no answer. Needs the mutex held. */
static bool is_silent(struct tracked_table *table)
{
	const struct holding *holding = table->chosen ? holding_of(table, table->chosen) : NULL;
	if (!holding)
		return false;
	int64_t heard_ms = holding->seen[SEEN_CONTAINERS] ? holding->seen[SEEN_CONTAINERS]->at_ms : table->chosen_ms;
	return holding->silent || monotonic_ms() - heard_ms > SILENT_MS;
}

/* Logs that cannot be read while nothing else is wrong. Needs the mutex held. */
static bool has_troubled_log(const struct tracked_table *table)
{
	for (size_t i = 0; i < table->nr; i++)
		if (table->entries[i].phase == PHASE_TROUBLE)
			return true;
	return false;
}

unsigned tracked_troubles(struct tracked_table *table)
{
	lock(table);
	unsigned troubles = table->troubles | (is_silent(table) ? TROUBLE_BIT(ENGINE) : 0);
	if (!(troubles & (TROUBLE_BIT(ENGINE) | TROUBLE_BIT(DISK))) && has_troubled_log(table))
		troubles |= TROUBLE_BIT(LOG);
	unlock(table);
	return troubles;
}

void tracked_troubles_seen(struct tracked_table *table)
{
	lock(table);
	table->troubles &= ~(TROUBLE_BIT(GAP) | TROUBLE_BIT(LOG));
	unlock(table);
}

void troubles_name(unsigned troubles, struct buf *out)
{
	static const char *const names[] = {
#define X(trouble, word) [TROUBLE_##trouble] = word,
		TROUBLES(X)
#undef X
	};
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (troubles & (1u << i))
			buf_printf(out, "%s%s", out->len ? "," : "", names[i]);
}

/* The collector's side. */

void tracked_set_trouble(struct tracked_table *table, enum trouble trouble, bool is)
{
	lock(table);
	table->troubles = is ? table->troubles | 1u << trouble : table->troubles & ~(1u << trouble);
	unlock(table);
	bell_ring(table->news);
}

void seen_set_answers(struct tracked_table *table, const struct runtime *runtime, bool answers)
{
	lock(table);
	holding_of(table, runtime)->silent = !answers;
	unlock(table);
	bell_ring(table->news);
}

bool tracked_post(struct tracked_table *table, const struct tracked *found)
{
	lock(table);
	struct tracked *entry = find(table, found->id);
	bool current = entry && entry->generation == found->generation;
	if (current) {
		uint64_t asked = entry->drain_asked;
		bool expected = entry->end_expected, hurry = entry->hurry;
		*entry = *found;
		entry->drain_asked = asked;
		entry->end_expected = expected;
		entry->hurry = hurry;
	}
	unlock(table);
	if (current)
		bell_ring(table->news);
	return current;
}

bool tracked_take_removed(struct tracked_table *table, const char *id)
{
	lock(table);
	bool removed = strvec_drop(&table->removed, id);
	unlock(table);
	return removed;
}

bool tracked_take_expected_end(struct tracked_table *table, const char *id)
{
	lock(table);
	struct tracked *entry = find(table, id);
	bool expected = entry ? entry->end_expected : strvec_drop(&table->expected, id);
	if (entry)
		entry->end_expected = false;
	unlock(table);
	return expected;
}

void tracked_tell(struct tracked_table *table, enum notice_kind kind, const char *name, const char *text)
{
	lock(table);
	if (table->announcing != ANNOUNCE_NOTHING)
		notices_add(&table->notices, kind, name, text, monotonic_ms());
	unlock(table);
	bell_ring(table->news);
}

void tracked_notify(struct tracked_table *table, const char *format, ...)
{
	char text[NOTICE_LEN];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	tracked_tell(table, NOTICE_OTHER, "", text);
}

enum announcing tracked_announcing(struct tracked_table *table)
{
	lock(table);
	enum announcing announcing = table->announcing;
	unlock(table);
	return announcing;
}

bool tracked_announces(struct tracked_table *table)
{
	return tracked_announcing(table) != ANNOUNCE_TROUBLE;
}

bool seen_take_wanted(struct tracked_table *table, const struct runtime *runtime, char place[SEEN_PLACE_MAX])
{
	lock(table);
	struct holding *holding = holding_of(table, runtime);
	memcpy(place, holding->paths_wanted, SEEN_PLACE_MAX);
	holding->paths_wanted[0] = '\0';
	bool wanted = *place && !knows_paths(holding, place); /* it may have been wanted again while it was looked into */
	unlock(table);
	return wanted;
}

void seen_set_paths(struct tracked_table *table, const struct runtime *runtime, const char *place, struct seen_list *list)
{
	lock(table);
	struct holding *holding = holding_of(table, runtime);
	struct seen_list *old = holding->paths;
	holding->paths = list;
	snprintf(holding->paths_of, sizeof holding->paths_of, "%s", place);
	unlock(table);
	seen_leave(&old);
}

bool seen_take_asked(struct tracked_table *table, const struct runtime *runtime, enum seen_kind kind)
{
	lock(table);
	bool *asked = &holding_of(table, runtime)->asked_anew[kind], was_asked = *asked;
	*asked = false;
	unlock(table);
	return was_asked;
}

void seen_set(struct tracked_table *table, const struct runtime *runtime, enum seen_kind kind, struct seen_list *list)
{
	lock(table);
	struct holding *holding = holding_of(table, runtime);
	struct seen_list *old = holding->seen[kind];
	holding->seen[kind] = list;
	unlock(table);
	seen_leave(&old);
	if (kind == SEEN_CONTAINERS)
		bell_ring(table->news); /* the prompt counts them */
}

void collecting_set(struct tracked_table *table, pid_t holder, const char *why)
{
	lock(table);
	table->collecting = holder;
	snprintf(table->collecting_why, sizeof table->collecting_why, "%s", why);
	unlock(table);
}
