/*
 * Where a stored log ends, and how to find that place in what the engine returns. Pure.
 *
 * The engine's log is one sequence of records and the stored file a prefix of it (but for reported gaps). A poll returns a window: the
 * newest K records. What the file lacks is what follows, in the window, the place where the file ends. That place is found by
 * what the records are, never by comparing times: times repeat, and go backwards when two streams or a clock step meet.
 *
 * Neighbouring records with the same time form a block. A cursor holds the last blocks of the file; the newest of them may still be
 * growing. A window's block fits a cursor's if time, number and content agree, so any number of identical records is counted
 * right, and identical pieces of one long line with other records between them are told apart by their neighbours.
 */
#ifndef PURSER_LOGS_CURSOR_H
#define PURSER_LOGS_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "logs/record.h"

#define CURSOR_BLOCKS 32

struct cursor {
	struct cursor_block {
		moment at;
		uint64_t count; /* records in it so far */
		uint64_t chain; /* digest of their digests, in order */
	} blocks[CURSOR_BLOCKS]; /* a ring; `newest` is the last one */
	size_t nr, newest;
	uint64_t last; /* digest of the last record */
};

/* Moves the cursor behind `record`. */
void cursor_advance(struct cursor *cursor, const struct record *record);
bool cursor_empty(const struct cursor *cursor);
/* The time of the last record; 0 when empty. */
moment cursor_at(const struct cursor *cursor);
/* The earliest time among its blocks; 0 when empty. */
moment cursor_earliest(const struct cursor *cursor);

/* Reads one window, from its oldest record on. */
struct matcher {
	const struct cursor *file;
	struct cursor seen;   /* the window so far */
	uint64_t blocks_seen; /* in all; more than seen.nr once the ring is full */
	uint64_t records;     /* in the window */
	bool whole;           /* nothing older exists than the window's first record; else its first block may lack some */
	bool found;
};

/* `file` must stay unchanged until `found`, and may then be advanced. */
void matcher_init(struct matcher *matcher, const struct cursor *file, bool whole);

/* Takes the next record; true if it is new: it follows the place where the file ends. */
bool matcher_feed(struct matcher *matcher, const struct record *record);

/*
 * After the last record: whether the file's end was in the window. `whole`: the window turned out to hold everything there is,
 * which settles it for a file that ends with the window's first block.
 */
bool matcher_end(struct matcher *matcher, bool whole);

#endif
