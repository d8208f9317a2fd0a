/*
 * One container's stored log, as it is written. The file is its own cursor: opening reads its tail, and that of what was rotated from
 * it where the file itself is too young, and knows where it ends.
 *
 * Appending is crash-safe without a journal: only whole records ever count. Opening cuts a torn last line and nothing else; what
 * was cut is still the engine's and comes again with the next window. A record that is stored is never changed.
 *
 * A file is rotated when it has reached its size, between two lines: at the end of one, before a record with another time, so that the
 * last block of the rotated file is whole and is the anchor (logs/cursor.h). Each step leaves a state that opening understands: an empty
 * file called .rotating, which the next rotation takes; no file but the rotated one; the new file.
 */
#ifndef PURSER_LOGS_LOGFILE_H
#define PURSER_LOGS_LOGFILE_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"
#include "logs/cursor.h"
#include "logs/logname.h"
#include "logs/record.h"

struct logfile {
	int dir; /* borrowed */
	char name[LOG_NAME_MAX + 1];
	int fd;
	off_t size;            /* of the file, pending bytes not counted */
	struct cursor cursor;  /* behind the last record appended, pending ones included */
	struct buf pending;
	off_t unsynced;        /* bytes written since the last fdatasync */
	int64_t synced_ms;
	bool distrusted;       /* it failed: the kernel may have forgotten them, and they are written once more before the next */
	bool replaced;         /* somebody cut, removed or replaced the file while it was open; whoever tells that clears it */
	bool line_ended;       /* the last record has a newline */
	unsigned number;       /* what this file will be called when it is rotated */
	off_t max_size;        /* it is rotated from then on; 0: never */
	off_t rotate_at;       /* … or later, where that failed … */
	struct error rotation; /* … for this reason */
	bool rotated;          /* since this was last cleared */
};

/* Opens or creates `name` in the directory `dir` (0600), cuts a torn tail, finds the cursor. */
int logfile_open(struct logfile *file, int dir, const char *name, off_t max_size, struct error *err);
/* Like it, but for looking only: no lock, nothing is cut or created; the torn tail is left out of account. */
int logfile_open_reading(struct logfile *file, int dir, const char *name, struct error *err);
void logfile_close(struct logfile *file);

/*
 * For a file that was written to when the machine lost its power: cuts it before the first line, of those that may not have reached the
 * disk, that has a block of zeros in it, as file systems show where data was lost. A file that is not there is as it should be.
 */
int logfile_mend(int dir, const char *name, off_t *cut, struct error *err);

/*
 * Adds a record; it is in the file after logfile_flush, or earlier. After an error (ERROR_SYSTEM: ENOSPC, EIO, …) close the file and
 * open it again, unless it is distrusted: that finds what is stored.
 */
int logfile_append(struct logfile *file, const struct record *record, struct error *err);
int logfile_flush(struct logfile *file, struct error *err);
/* Nothing comes for a while: keeps no memory but a little for what is to be written. */
void logfile_rest(struct logfile *file);

/* fdatasync, if something was written and a second or a mebibyte has gone by since the last one. */
int logfile_sync(struct logfile *file, struct error *err);
/* In how many ms that is due; -1: nothing was written. */
int logfile_sync_wait_ms(const struct logfile *file);

#endif
