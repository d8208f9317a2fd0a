/*
 * One container's stored log. The file is its own cursor: opening reads its tail and knows where it ends.
 *
 * Appending is crash-safe without a journal: only whole records ever count. Opening cuts a torn last line and nothing else;
 * what was cut is still the engine's and comes again with the next window. A record that is stored is never rewritten.
 */
#ifndef PURSER_LOGS_LOGFILE_H
#define PURSER_LOGS_LOGFILE_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"
#include "logs/cursor.h"
#include "logs/record.h"

struct logfile {
	int dir; /* borrowed */
	char name[256];
	int fd;
	off_t size;           /* of the file, pending bytes not counted */
	struct cursor cursor; /* behind the last record appended, pending ones included */
	struct buf pending;
	off_t unsynced;       /* bytes written since the last fdatasync */
	int64_t synced_ms;
};

/* Opens or creates `name` in the directory `dir` (0600), cuts a torn tail, finds the cursor. */
int logfile_open(struct logfile *file, int dir, const char *name, struct error *err);
/* Like it, but for looking only: no lock, nothing is cut or created; the torn tail is left out of account. */
int logfile_open_reading(struct logfile *file, int dir, const char *name, struct error *err);
void logfile_close(struct logfile *file);

/*
 * Adds a record; it is in the file after logfile_flush, or earlier. After an error (ERROR_SYSTEM: ENOSPC, EIO, …) close the file and
 * open it again: that finds what is stored.
 */
int logfile_append(struct logfile *file, const struct record *record, struct error *err);
int logfile_flush(struct logfile *file, struct error *err);
/* fdatasync, if a second or a mebibyte has gone by since the last one. */
int logfile_sync(struct logfile *file, struct error *err);

/* Takes the name that the container has now. */
int logfile_rename(struct logfile *file, const char *name, struct error *err);

/*
 * Calls `each` for every record between `start` (the beginning of a line) and `end`, in order. Lines that are no records, and a last
 * one without newline, are passed over. Memory does not grow with the file.
 */
int logfile_each(int fd, off_t start, off_t end, record_fn *each, void *arg, struct error *err);

/* Where the line that holds `offset` begins. */
int logfile_line_start(int fd, off_t offset, off_t *start, struct error *err);

#endif
