/*
 * What the journal has about one container, put where it belongs in its log, so that it can be shown there, and so that a run of the
 * container can be told from the next.
 *
 * A run's records are not exactly those between its start and its end: an engine stamps what it reads, some milliseconds after the process
 * has ended or before it takes it for started. But between the end of a run and the next start nothing is written, so the boundary is where
 * the longest silence of that time is.
 */
#ifndef PURSER_LOGS_CHRONICLE_H
#define PURSER_LOGS_CHRONICLE_H

#include "logs/journal.h"
#include "logs/scan.h"

#define CHRONICLE_MAX 4096 /* the newest so many are shown */

struct chronicle {
	struct chronicle_item {
		struct mark mark;
		struct place place; /* before the record that begins there */
	} *items; /* in the log's order */
	size_t nr;
};

int chronicle_read(struct chronicle *out, int dir, const char *id, const struct shelf_files *files, struct error *err);
void chronicle_release(struct chronicle *chronicle);

/* Where the run number `nth` from the end, 1 being the last, begins and ends; `to` 0, 0: it is the last. false: it is not known. */
bool chronicle_run(const struct chronicle *chronicle, unsigned nth, struct place *from, struct place *to);

#endif
