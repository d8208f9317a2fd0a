#include "logs/roster.h"

#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/banned.h"

#define LOCK_RETRY_MS 2000

void roster_init(struct roster *roster, struct store *store, struct tracked_table *table)
{
	char path[64];
	*roster = (struct roster){ .store = store, .table = table };
	roster->directory = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	snprintf(path, sizeof path, "/proc/self/fd/%d", store->dir);
	if (roster->directory >= 0 && inotify_add_watch(roster->directory, path, IN_MOVED_TO) < 0)
		fd_close(&roster->directory);
}

void roster_release(struct roster *roster)
{
	strvec_release(&roster->known);
	fd_close(&roster->directory);
}

static void take_over(struct roster *roster, const struct store_entry *entry)
{
	struct error err;
	const struct runtime *runtime = runtime_find(entry->runtime, &err);
	if (runtime)
		tracked_add(roster->table, runtime, entry);
}

static bool is_listed(const struct store_entries *entries, const char *id)
{
	for (size_t i = 0; i < entries->nr; i++)
		if (!strcmp(entries->items[i].id, id))
			return true;
	return false;
}

void roster_read(struct roster *roster)
{
	struct store_entries entries;
	struct error err;
	if (store_tracked(roster->store, &entries, &err) < 0) {
		tracked_notify(roster->table, "%s", err.text);
		return;
	}
	for (size_t i = 0; i < roster->known.nr; i++) {
		struct tracked entry;
		const char *id = roster->known.items[i];
		if (!is_listed(&entries, id) && tracked_get(roster->table, id, &entry) && entry.phase != PHASE_GONE)
			tracked_drop(roster->table, id);
	}
	strvec_release(&roster->known);
	for (size_t i = 0; i < entries.nr; i++) {
		take_over(roster, &entries.items[i]);
		strvec_push(&roster->known, entries.items[i].id);
	}
	store_entries_release(&entries);
}

void roster_step(struct roster *roster)
{
	char events[4096];
	bool any = false;
	while (roster->directory >= 0 && read(roster->directory, events, sizeof events) > 0)
		any = true;
	if (any)
		roster_read(roster);
}

void roster_add(struct roster *roster, const struct runtime *runtime, const char *id, const char *name)
{
	struct store_entry entry = { 0 };
	struct error err;
	snprintf(entry.id, sizeof entry.id, "%s", id);
	snprintf(entry.name, sizeof entry.name, "%s", *name ? name : id);
	snprintf(entry.runtime, sizeof entry.runtime, "%s", runtime->name);
	if (store_put(roster->store, &entry, &err) < 0)
		tracked_notify(roster->table, "%s: %s", entry.name, err.text);
	tracked_add(roster->table, runtime, &entry);
}

bool roster_take_lock(struct roster *roster, struct journal *journal, int64_t now_ms)
{
	struct error err = { 0 };
	pid_t holder = 0;
	if (now_ms < roster->lock_due_ms)
		return false;
	roster->lock_due_ms = now_ms + LOCK_RETRY_MS;
	int busy = store_lock(roster->store, &holder, &err);
	if (busy > 0)
		collecting_set(roster->table, holder ? holder : -1, "another purser collects");
	else if (busy < 0 || journal_open(journal, roster->store->dir, &err) < 0)
		collecting_set(roster->table, -1, err.text);
	else
		collecting_set(roster->table, 0, "");
	return busy == 0 && journal->fd >= 0;
}
