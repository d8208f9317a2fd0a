/*
 * Which containers the log directory lists as tracked, kept in step with the table; and who collects. What another purser changes is seen
 * by inotify, and when the one that collects is gone this one takes its place.
 */
#ifndef PURSER_LOGS_ROSTER_H
#define PURSER_LOGS_ROSTER_H

#include "logs/journal.h"
#include "logs/store.h"
#include "logs/tracked.h"

struct roster {
	struct store *store;
	struct tracked_table *table;
	int directory;       /* inotify; -1: not to be had */
	struct strvec known; /* ids on the list when it was last read */
	int64_t lock_due_ms;
};

void roster_init(struct roster *roster, struct store *store, struct tracked_table *table);
void roster_release(struct roster *roster);

/* Takes over what the list has, and drops what somebody took off it. */
void roster_read(struct roster *roster);
/* After poll on roster->directory: reads it if it was changed. */
void roster_step(struct roster *roster);
/* Puts a container on the list and into the table. */
void roster_add(struct roster *roster, const struct runtime *runtime, const char *id, const char *name);

/* Tries to become the one that collects, now and then. True once: it is, and the journal is open. */
bool roster_take_lock(struct roster *roster, struct journal *journal, int64_t now_ms);

#endif
