#include "logs/tracked.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/moment.h"
#include "base/banned.h"

#define NOTICES_MAX 64
#define NOTICE_LEN 256

struct seen_container {
	char name[STORE_NAME_MAX + 1];
	enum container_state state;
};

struct tracked_table {
	pthread_mutex_t mutex;
	int work, news;

	struct tracked *entries;
	size_t nr, room;
	struct strvec removed; /* ids dropped because purser removed the containers, until the collector takes them */
	uint64_t next_generation, next_ticket;

	const struct runtime *runtime;
	struct seen_container *containers;
	size_t containers_nr;
	struct strvec images;

	char notices[NOTICES_MAX][NOTICE_LEN];
	size_t notices_first, notices_nr;
	bool announces, wants_all;

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
	strvec_release(&table->images);
	strvec_release(&table->removed);
	free(table->containers);
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

/* These two need the mutex held. */

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

bool tracked_next_notice(struct tracked_table *table, char *text, size_t size)
{
	lock(table);
	bool any = table->notices_nr > 0;
	if (any) {
		snprintf(text, size, "%s", table->notices[table->notices_first]);
		table->notices_first = (table->notices_first + 1) % NOTICES_MAX;
		table->notices_nr--;
	}
	unlock(table);
	return any;
}

void tracked_want_all(struct tracked_table *table)
{
	lock(table);
	table->wants_all = true;
	unlock(table);
	bell_ring(table->work);
}

bool tracked_wants_all(struct tracked_table *table)
{
	lock(table);
	bool wants_all = table->wants_all;
	unlock(table);
	return wants_all;
}

void tracked_announce(struct tracked_table *table)
{
	lock(table);
	table->announces = true;
	unlock(table);
}

size_t seen_running(struct tracked_table *table)
{
	size_t running = 0;
	lock(table);
	for (size_t i = 0; i < table->containers_nr; i++)
		running += table->containers[i].state == CONTAINER_RUNNING;
	unlock(table);
	return running;
}

void seen_containers(struct tracked_table *table, unsigned states, struct strvec *out)
{
	lock(table);
	for (size_t i = 0; i < table->containers_nr; i++)
		if (states & (1u << table->containers[i].state))
			strvec_push(out, table->containers[i].name);
	unlock(table);
}

void seen_images(struct tracked_table *table, struct strvec *out)
{
	lock(table);
	for (size_t i = 0; i < table->images.nr; i++)
		strvec_push(out, table->images.items[i]);
	unlock(table);
}

const struct runtime *seen_runtime(struct tracked_table *table)
{
	lock(table);
	const struct runtime *runtime = table->runtime;
	unlock(table);
	return runtime;
}

void seen_choose_runtime(struct tracked_table *table, const struct runtime *runtime)
{
	lock(table);
	if (table->runtime != runtime) {
		table->runtime = runtime;
		table->containers_nr = 0;
		strvec_release(&table->images);
	}
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

/* The collector's side. */

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
	bool expected = entry && entry->end_expected;
	if (entry)
		entry->end_expected = false;
	unlock(table);
	return expected;
}

void tracked_notify(struct tracked_table *table, const char *format, ...)
{
	lock(table);
	if (table->notices_nr == NOTICES_MAX) { /* the oldest gives way: nobody reads sixty at once */
		table->notices_first = (table->notices_first + 1) % NOTICES_MAX;
		table->notices_nr--;
	}
	size_t slot = (table->notices_first + table->notices_nr++) % NOTICES_MAX;
	va_list args;
	va_start(args, format);
	vsnprintf(table->notices[slot], NOTICE_LEN, format, args);
	va_end(args);
	unlock(table);
	bell_ring(table->news);
}

bool tracked_announces(struct tracked_table *table)
{
	lock(table);
	bool announces = table->announces;
	unlock(table);
	return announces;
}

void seen_set_containers(struct tracked_table *table, const struct container_list *list)
{
	struct seen_container *seen = xcalloc(list->nr + 1, sizeof *seen);
	for (size_t i = 0; i < list->nr; i++) {
		snprintf(seen[i].name, sizeof seen[i].name, "%s", list->items[i].name);
		seen[i].state = list->items[i].state;
	}
	lock(table);
	struct seen_container *old = table->containers;
	table->containers = seen;
	table->containers_nr = list->nr;
	unlock(table);
	free(old);
	bell_ring(table->news);
}

void seen_set_images(struct tracked_table *table, const struct image_list *list)
{
	struct strvec images = STRVEC_INIT;
	for (size_t i = 0; i < list->nr; i++)
		if (strcmp(list->items[i].repository, "<none>") != 0 && strcmp(list->items[i].tag, "<none>") != 0)
			strvec_pushf(&images, "%s:%s", list->items[i].repository, list->items[i].tag);
	lock(table);
	struct strvec old = table->images;
	table->images = images;
	unlock(table);
	strvec_release(&old);
}

void collecting_set(struct tracked_table *table, pid_t holder, const char *why)
{
	lock(table);
	table->collecting = holder;
	snprintf(table->collecting_why, sizeof table->collecting_why, "%s", why);
	unlock(table);
}
