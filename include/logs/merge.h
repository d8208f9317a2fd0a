/*
 * Several stored logs as one sequence in the order of time. The order of each log by itself is kept, also where its times run backwards,
 * and so are the parts of one line together, as far as they are there; records of the same time come by the names of their logs.
 */
#ifndef PURSER_LOGS_MERGE_H
#define PURSER_LOGS_MERGE_H

#include "logs/reader.h"
#include "logs/spool.h"
#include "logs/turns.h"

struct merge_log {
	struct spool spool; /* whose log it is; how far it was read, once the reader is closed */
	struct selection selection;
	struct reader reader;
	bool open;            /* the reader is; else it came to the end */
	struct record record; /* that waits for its turn */
};

struct merge {
	const struct store *store; /* borrowed */
	struct merge_log **logs;   /* in the order they were added */
	size_t nr, room;
	struct turns turns;
	struct merge_log *given; /* the one whose record was given last; it is read on when the next one is asked for */
	size_t given_nr;
	struct error failed; /* the first that could not be read to its end */
};

/* One record, and whose it is: merge->logs[nr]. Valid until the next call. */
struct merged {
	size_t nr;
	const struct merge_log *log;
	struct record record;
	struct place begins; /* where it stands in that log */
};

void merge_init(struct merge *merge, const struct store *store);
void merge_release(struct merge *merge);

/* What is selected of one more log; as far as its times go it takes its place among what is still to come. ERROR_NOT_FOUND: nothing is stored of it. */
int merge_add(struct merge *merge, const char *id, const char *name, const struct selection *selection,
	      struct error *err);

/*
 * 1: *out; 0: there are no more; -1: that too, but a log could not be read to its end: the first error of that kind, once, after all that the others
 * have.
 */
int merge_next(struct merge *merge, struct merged *out, struct error *err);

/* After the end: what was stored since then comes next. Where nothing was, that costs three calls of stat(2) a log. */
void merge_go_on(struct merge *merge);

#endif
