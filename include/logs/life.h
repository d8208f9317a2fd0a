/*
 * The runs of one container, put together from what is written down, what events tell and what inspections find. Pure.
 *
 * The same start or end is learned more than once, with times that differ a little: an event comes some milliseconds after the
 * moment that an inspection gives, LIFE_LATE at most. Events may be late or missing, an inspection knows the last run only and may be
 * older than the event before it, and the clock may be set.
 */
#ifndef PURSER_LOGS_LIFE_H
#define PURSER_LOGS_LIFE_H

#include <stdbool.h>

#include "logs/journal.h"

#define LIFE_LATE (10 * MOMENT_SECOND)

struct life {
	moment started;   /* the newest run's beginning, 0: none is known … */
	moment ended;     /* … and its end, 0: it goes on, or nobody saw it */
	moment before;    /* when the run before it ended, or at least began */
	moment started_before; /* when that began */
	moment inspected; /* its beginning as inspections give it, to the nanosecond; 0: none did yet */
	moment inspected_before; /* that of the run before */
	bool start_told;  /* by an event; of what was written down engines tell anew */
	bool complete;    /* it has ended, and all of it is stored */
	bool removed;

	uint64_t gaps;
	struct mark gap;  /* the last of them */
};

/* What is written down, from the oldest mark on. */
void life_recall(struct life *life, const struct mark *mark);

/* An event. Whether that is news: a run began, a run ended. */
bool life_starts(struct life *life, moment at);
bool life_ends(struct life *life, moment at);

/* An inspection: when the last run began, and whether and when it ended. What of it is news; a run that has begun and ended is both. */
struct life_news {
	bool started, ended;
};
struct life_news life_is(struct life *life, moment started, bool has_ended, moment ended);

#endif
