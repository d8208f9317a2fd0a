/*
 * A container's log as its engine keeps it on the disk: PATH, and what was rotated away from it (logs/engineparts.h), read as one sequence of
 * records. Nothing is ever written or locked here.
 *
 *   docker   json-file (logs/jsonfile.h). What its `logs` gives, and with max-file=1 the records of PATH.1 before them: docker 20.10 keeps it and does
 *            not read it. Damage is an error, as the engine can be asked instead.
 *   nerdctl  json-file: of all files, where its `logs` reads PATH only. A record over 256 KiB is given in parts.
 *   podman   k8s-file: lines as they are stored here, in one file that conmon throws away when it has its size.
 *
 * Those of nerdctl and podman are all there is of a log. They are held open until what is in them is stored, and those that are begun
 * meanwhile are taken in (enginelog_keep_up): so nothing is lost by rotation, or by removal, while somebody reads along. What is lost all the same, a
 * damaged line or a file that came and went, is where reading stops; enginelog_pass goes on behind it.
 */
#ifndef PURSER_LOGS_ENGINELOG_H
#define PURSER_LOGS_ENGINELOG_H

#include "logs/engineparts.h"
#include "logs/record.h"
#include "model/container.h"

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

/* Whether logs of this form are in files that can be read here; whether these are all there is of them. */
bool enginelog_is_readable(enum log_form form);
bool enginelog_is_log(enum log_form form);

/* Opens what stands there now; `form` is one of files. NULL with ERROR_SYSTEM (ENOENT, EACCES, …), or ERROR_FAILED if it is not a regular file or has too many. */
struct enginelog *enginelog_open(const char *path, enum log_form form, struct error *err);
void enginelog_close(struct enginelog *log);

/*
 * Where reading goes on: from the oldest record, as after opening. One of docker's files is closed when it was read to its end and there is a newer
 * one; if one was, these three open anew what stands there now. If that fails reading goes on where it was; after any other error, and if a place is
 * not found, from the oldest record.
 */
int enginelog_rewind(struct enginelog *log, struct error *err);
/* From the newest `records` records on, or somewhat earlier, at a record's beginning. Compressed files are only begun at their beginning. */
int enginelog_go_back(struct enginelog *log, uint64_t records, struct error *err);
/* Behind a place, in whichever of the files has it now. 1: none has it (any more, or as long as that), 0: there, -1: *err. */
int enginelog_go_to(struct enginelog *log, const struct engineplace *place, struct error *err);
/* Whether reading can go on where it is: what was read last still stands there, and of docker's files it is the one that is written to now. */
bool enginelog_stands(const struct enginelog *log);

/*
 * 1: *out is valid until the next call. 0: there are no more whole lines now; later there may be; or something is missing: see enginelog_broken.
 * -1 with *err, and again for each further call: what stands there is no such line, is damaged or was cut (ERROR_FAILED), or cannot be read
 * (ERROR_SYSTEM).
 */
int enginelog_next(struct enginelog *log, struct record *out, struct error *err);

/* Behind the record that came last, or the place gone to; inode 0 before the first one and in a compressed file. */
struct engineplace enginelog_place(const struct enginelog *log);

/* ---- files that are all there is of a log ---- */

/* Takes in those that were begun since. Returns how many. */
unsigned enginelog_keep_up(struct enginelog *log);
/* Before the newest there was one that could not be taken in. */
void enginelog_lost_one(struct enginelog *log);
/* What is before enginelog_place is stored: files that are not needed for going on, or for finding that place again, are closed. */
void enginelog_let_go(struct enginelog *log);

/* Why reading stopped where it is; NULL: it did not, or this was passed over. */
const char *enginelog_broken(const struct enginelog *log);
void enginelog_pass(struct enginelog *log);
/* What is missing before the record that comes next; NULL: nothing. */
const char *enginelog_passed(const struct enginelog *log);

#endif
