/*
 * What `logs --timestamps`, or journalctl, prints → records. Pure.
 *
 * A record is "<RFC 3339 time> <bytes>", with a newline where the engine has one. Where each write of the CLI arrives by itself
 * (REQUEST_RECORDS) a record is a write, and nothing inside it can be taken for another record's beginning. Of a container with a
 * terminal the CLI copies raw text; there a record ends
 *  - at a newline;
 *  - after at least FRAMER_PART bytes where the record's own time is repeated: docker cuts long lines at 16,384 bytes, and all
 *    parts bear the time of the first;
 *  - where a later time stands, with nine digits and Z: the last line of an earlier run, that ended without a newline, and the
 *    first of the next. A time that the program printed itself is not later than the one its line was given.
 * All of that can be seen in the text alone, so that what was read once is cut in the same way ever after.
 */
#ifndef PURSER_LOGS_FRAMER_H
#define PURSER_LOGS_FRAMER_H

#include "base/buf.h"
#include "base/error.h"
#include "logs/record.h"
#include "model/container.h"

#define FRAMER_PART 16384
#define FRAMER_RECORD_MAX (1024 * 1024) /* a longer record is a broken reply */

struct framer {
	record_fn *emit;
	void *arg;
	enum window_kind kind;
	struct buf carry;   /* of a terminal, and of the journal: the unfinished record */
	struct buf said;    /* what was no record: the program's own words */
	struct buf message; /* of the journal: the last record */
};

void framer_init(struct framer *framer, enum window_kind kind, record_fn *emit, void *arg);
void framer_release(struct framer *framer);

/* One write of the CLI, or any part of its output where writes are no records. -1 with what `emit` or the reply's form made wrong. */
int framer_feed(struct framer *framer, enum stream stream, const char *bytes, size_t len, struct error *err);

/* The reply is over, and was complete: what is unfinished is a record without a newline. */
int framer_end(struct framer *framer, struct error *err);

#endif
