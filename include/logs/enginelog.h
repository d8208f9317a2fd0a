/*
 * A container's log as docker's json-file driver keeps it on the disk: PATH, and what was rotated away from it, PATH.1, PATH.2 … (the
 * highest number is the oldest; compressed ones end in .gz). Read as one sequence of records. Nothing is ever written or locked here.
 *
 * docker appends whole lines, rotates by renaming (PATH.1 → PATH.2, PATH → PATH.1, a new PATH; github.com/moby/moby
 * daemon/logger/loggerutils/logfile.go) and compresses PATH.1 some time after that. All files are opened first and read through their
 * descriptors, so that a rotation meanwhile takes nothing away; one between two openings is seen, and they are opened anew.
 *
 * The records are those that `docker logs` gives, and with max-file=1 those of PATH.1 before them: docker 20.10 keeps it and does not read it.
 */
#ifndef PURSER_LOGS_ENGINELOG_H
#define PURSER_LOGS_ENGINELOG_H

#include <sys/types.h>

#include "logs/record.h"

#define ENGINELOG_FILES_MAX 64
#define ENGINELOG_MARK 48 /* the end of a line, with its time */

/*
 * Behind a record; in the file, not the name. Which file it is its inode does not tell for sure: docker may remove one, and the next one gets
 * its inode at once, or somebody may empty it. What stands before the place does.
 */
struct engineplace {
	dev_t device;
	ino_t inode; /* 0: nowhere */
	off_t at;
	size_t mark_len;
	char mark[ENGINELOG_MARK];
};

struct enginelog; /* private; see enginelog.c */

/* Opens what stands there now. NULL with ERROR_SYSTEM (ENOENT, EACCES, …), or ERROR_FAILED if it is not a regular file or has too many. */
struct enginelog *enginelog_open(const char *path, struct error *err);
void enginelog_close(struct enginelog *log);

/*
 * Where reading goes on: from the oldest record, as after opening. A file is closed when it was read to its end and there is a newer one; if
 * one was, these three open anew what stands there now. If that fails reading goes on where it was; after any other error, and if a place is
 * not found, from the oldest record.
 */
int enginelog_rewind(struct enginelog *log, struct error *err);
/* From the newest `records` records on, or somewhat earlier, at a record's beginning. Compressed files are only begun at their beginning. */
int enginelog_go_back(struct enginelog *log, uint64_t records, struct error *err);
/* Behind a place, in whichever of the files has it now. 1: none has it (any more, or as long as that), 0: there, -1: *err. */
int enginelog_go_to(struct enginelog *log, const struct engineplace *place, struct error *err);
/* Whether the file that is written to now is the one that is read, and what was read last still stands there: then reading can go on. */
bool enginelog_stands(const struct enginelog *log);

/*
 * 1: *out is valid until the next call. 0: there are no more whole lines now; later there may be. -1 with *err, and again for each further call:
 * what stands there is no such line, is damaged or was cut (ERROR_FAILED), or cannot be read (ERROR_SYSTEM).
 */
int enginelog_next(struct enginelog *log, struct record *out, struct error *err);

/* Behind the record that came last, or the place gone to; inode 0 before the first one and in a compressed file. */
struct engineplace enginelog_place(const struct enginelog *log);

#endif
