/*
 * Keeps the log directory within what is to be kept (struct keeping): compresses rotated files, deletes the oldest ones beyond a log's number
 * of files, and beyond the directory's size. What is deleted is written down first.
 *
 * Never deleted are the file that a tracked container's log is written to, and the newest one rotated from it, in which the place where it
 * goes on may have to be found.
 */
#ifndef PURSER_LOGS_UPKEEP_H
#define PURSER_LOGS_UPKEEP_H

#include <stdint.h>

#include "logs/journal.h"
#include "logs/pack.h"
#include "logs/store.h"

struct upkeep {
	const struct store *store;
	struct journal *journal;
	struct pack pack;
	int64_t due_ms;      /* when to look at the directory again */
	bool pack_fails;     /* for some file; that was told, and will be told again when it did not for all */
	size_t pack_failed;  /* so many of those that are to be compressed were tried in vain since it began with the first one */
	struct strvec stuck; /* files that could not be deleted: it was written down that they would be */
	char trouble[ERROR_TEXT_MAX]; /* what is to be told: "" nothing. Whoever tells it clears it */
	bool over_budget;    /* it cannot be helped; that was told */
};

/* Whether the log of this container (12 digits of its id at least) is still written to. */
typedef bool tracked_fn(void *arg, const char *id);

void upkeep_init(struct upkeep *upkeep, const struct store *store, struct journal *journal);
/* Does what is due, and a slice of compressing. */
void upkeep_step(struct upkeep *upkeep, tracked_fn *is_tracked, void *arg);
void upkeep_now(struct upkeep *upkeep);
/* In how many ms there is something to do; -1: never. */
int upkeep_wait_ms(const struct upkeep *upkeep);
void upkeep_stop(struct upkeep *upkeep);

#endif
