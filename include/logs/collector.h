/*
 * The collector: one thread with one poll loop over everything under way. It walks the tracked table to learn what is due, reads
 * windows, appends records, lists what the engine holds, and posts what it finds.
 *
 * It writes log files only while it holds the directory's lock; where another purser does, it watches and answers drains by looking, and
 * takes over when the other is gone.
 */
#ifndef PURSER_LOGS_COLLECTOR_H
#define PURSER_LOGS_COLLECTOR_H

#include "logs/store.h"
#include "logs/tracked.h"

struct collector;

struct collecting {
	bool prompt;             /* somebody sits at one: what can be completed is to be known */
	bool reads_engine_files; /* those of docker's json-file driver, where it may */
	bool readonly;           /* nothing is removed (`run --rm`), and no health check run */
};

/* Tracks what the directory says is tracked, and starts the thread. `store` and `table` must outlive it. NULL with *err. */
struct collector *collector_start(struct store *store, struct tracked_table *table, const struct collecting *how, struct error *err);

/* Ends the thread and its requests at once: drain first what is to be complete. */
void collector_stop(struct collector *collector);

#endif
