/*
 * Reads stored records one after the other, through all files of a log, compressed or not. Lines that are no records, and a last one
 * without newline, are passed over. Memory does not grow with the files.
 */
#ifndef PURSER_LOGS_SCAN_H
#define PURSER_LOGS_SCAN_H

#include <sys/types.h>
#include <zlib.h>

#include "logs/record.h"
#include "logs/shelf.h"

/* A place in a log: in the file that has, or will have, this number once it is rotated; bytes as if it was not compressed. */
struct place {
	unsigned number;
	off_t offset;
};

/* Below 0: a is before b, 0: the same, above: behind it. */
int place_compare(struct place a, struct place b);

struct scan {
	int dir;                         /* borrowed, as `files` */
	const struct shelf_files *files; /* oldest first, as shelf_of gives them */
	size_t at;                       /* the file that is read */
	gzFile in;                       /* reads plain files as they are; NULL: none is open */
	bool parked;                     /* none is, but what was read of one is not used up */
	unsigned chunk;                  /* bytes read at once */
	bool newest;                     /* it is the one that is written to: nothing comes after it */
	struct buf bytes;
	size_t used;                     /* of them */
	bool too_long;                   /* in the middle of a line that cannot be a record */
	unsigned damaged;                /* compressed files whose end could not be read … */
	struct error damage;             /* … and what is wrong with the first of them */
	struct place place;              /* behind the last whole line that was read … */
	struct place begins;             /* … and where that begins */
};

/* The number that the file has, or will have: of the one that is written to, one more than that of the newest rotated one. */
unsigned scan_number(const struct shelf_files *files, size_t at);

/* From `from` on; a place in a file that is gone means the beginning of the next one. */
void scan_init(struct scan *scan, int dir, const struct shelf_files *files, struct place from);
/*
 * 1: *out is valid until the next call; 0: there are no more; -1: *err. What cannot be read of a damaged compressed file is passed over: the
 * records behind it come, and then, instead of the end, the error.
 */
int scan_next(struct scan *scan, struct record *out, struct error *err);
/* The same, but as many lines as there are at once, as they are stored, each with its newline; some may be no records. */
int scan_lines(struct scan *scan, const char **lines, size_t *len, struct error *err);
/* Closes the file until more of it is needed; a compressed one stays open, as it would have to be read from its beginning. */
void scan_park(struct scan *scan);
/* How much memory it may take besides what a long line needs; within reason. */
void scan_share(struct scan *scan, unsigned bytes);
void scan_release(struct scan *scan);

/* How many lines there are, and how many bytes the files have. Damaged files count as far as they can be read, here and below. */
int scan_count(int dir, const struct shelf_files *files, uint64_t *lines, uint64_t *bytes, struct error *err);

/* The beginning of the last `lines` lines, one at least, or of everything there is. */
int scan_find_tail(int dir, const struct shelf_files *files, long long lines, struct place *out, struct error *err);

/* The beginning of a line, at least `bytes` from the end, or of everything there is. In file 1 at 0 nothing was ever deleted before it. */
int scan_back(int dir, const struct shelf_files *files, off_t bytes, struct place *out, struct error *err);

#endif
