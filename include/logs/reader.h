/* Stored records as `logs` shows them: chosen by number, time and place. */
#ifndef PURSER_LOGS_READER_H
#define PURSER_LOGS_READER_H

#include "logs/scan.h"

struct selection {
	long long tail;        /* records counted from the end, as docker counts them: parts of a long line are records; -1: all */
	moment since;          /* not earlier than; 0: from the beginning */
	moment until;          /* not later than; 0: to the end */
	struct place from, to; /* only what lies between; `to` 0, 0: no end */
};

struct reader {
	struct scan scan; /* scan.begins: where the record stands that came last; scan.place: behind it */
	struct selection selection;
	long long skip;   /* records that are passed over first */
};

/*
 * Goes through the selected records, oldest first. Like docker it counts `tail` first and looks at times then. `files` must outlive it;
 * release it in either case.
 */
int reader_open(struct reader *reader, int dir, const struct shelf_files *files, const struct selection *selection, struct error *err);
/* As scan_next. */
int reader_next(struct reader *reader, struct record *out, struct error *err);
void reader_release(struct reader *reader);

/* The time of the log's last record; 0 if it has none. */
moment reader_last_time(int dir, const struct shelf_files *files);

#endif
