/*
 * Where a stored log ends, and how to find that place in what the engine returns. Pure.
 *
 * The engine's log is one sequence of records and the stored file a prefix of it (but for reported gaps). A poll returns a window: the
 * newest K records. What the file lacks is what follows, in the window, the place where the file ends. That place is found by
 * what the records are, never by comparing times: times repeat, and go backwards when two streams or a clock step meet.
 *
 * Neighbouring records with the same time form a block. Parts of one long line all have the time of the first and may be equal to
 * each other, so a block of nothing but parts may come again and again, between records of the other stream. A block with the end of a
 * line in it comes only once. The last such block is the anchor: the file's end is found where a window has that block and behind it
 * exactly what the file has behind it. As long as a file has no end of a line, its beginning is the anchor, and takes a window that holds
 * everything there is.
 *
 * If the engine has dropped the anchor itself it is in the middle of lines longer than all that it keeps. A log that begins with what the
 * file ends with is taken for its continuation (MATCH_REST). Where that can be read in several ways, because the parts are alike,
 * nobody can tell which of them are new: they are left out, and the next whole line is where the file goes on (MATCH_LINES).
 * In either case something may be missing: the window is doubtful, and that is told as a gap.
 *
 * If the engine does have lines that stand near the file's end, in blocks that are whole, but not the anchor, somebody has edited the file:
 * what follows the last of these lines is new (MATCH_KNOWN), and that is told as well.
 */
#ifndef PURSER_LOGS_CURSOR_H
#define PURSER_LOGS_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "logs/record.h"

#define CURSOR_LAST 64

/* Some records in a row: the time of the first, how many, and the digest of their digests in order. */
struct span {
	moment at;
	uint64_t count, chain;
};

struct cursor {
	uint64_t records;           /* seen on the way here; the file may have more */
	bool from_start;            /* the file has no more; set by who reads it */
	struct span block;          /* the last one, which may still be growing */
	struct span anchor;         /* from the anchor's first record to the end of the file */
	struct span anchor_block;   /* the anchor by itself */
	uint64_t blocks, anchor_nr; /* how many were seen; which of them, from 1, is the anchor */
	bool firm;                  /* the anchor has the end of a line in it */
	moment earliest;            /* time from the anchor on */
	struct {
		bool known;
		moment at; /* of its last record, if that has no newline: what follows it may have the same time; else 0 */
	} open[2];              /* by stream */
	uint64_t last[CURSOR_LAST];       /* digests of the last records: a ring */
	uint64_t lines;                   /* ends of lines that were seen … */
	uint64_t last_lines[CURSOR_LAST]; /* … and the digests of the last of these: a ring */
};

/* Moves the cursor behind `record`. */
void cursor_advance(struct cursor *cursor, const struct record *record);
bool cursor_empty(const struct cursor *cursor);
/* Whether what stands before the first record the cursor was moved over can make no difference to it. */
bool cursor_settled(const struct cursor *cursor);
/* The time of the last record; 0 when empty. */
moment cursor_at(const struct cursor *cursor);
/* No time that a window needs for being matched, and none that its new records get from unfinished lines, is earlier; 0: unknown. */
moment cursor_earliest(const struct cursor *cursor);
/* How many records a window needs for being matched. */
int64_t cursor_reach(const struct cursor *cursor);

enum match {
	MATCH_TAIL,  /* a window with the newest records */
	MATCH_WHOLE, /* a window with everything there is */
	/* The same, once MATCH_WHOLE has not found the anchor: */
	MATCH_REST,  /* if what is there overlaps the file in one way: what follows is new */
	MATCH_LINES, /* if it does in several: from the next whole line on all is new */
	MATCH_KNOWN, /* if it does in none: what follows the last line that the file knows */
};

#define MATCHER_CANDIDATES 8

/* Reads one window, from its oldest record on. */
struct matcher {
	enum match match;
	struct cursor file;
	uint64_t records; /* in the window */
	moment at;        /* of the last one */
	struct candidate {
		struct span span;
		bool at_start; /* the window's first block, which may lack some */
	} candidates[MATCHER_CANDIDATES];
	size_t candidates_nr;
	uint64_t found_at_start;    /* how many records from the window's beginning on are the file's, if it is whole */
	uint64_t last[CURSOR_LAST]; /* digests: a ring */
	uint64_t overlaps;          /* in how many ways what is there can overlap the file … */
	uint64_t overlap;           /* … and how many records are known to be the same, the last time */
	bool begun;                 /* the window's first block is over */
	uint64_t known;             /* lines since then that are among the file's last */
	uint64_t least;             /* MATCH_REST: how many must be the same; MATCH_KNOWN: how many must be known */
	bool found;
	bool doubtful; /* found, but before what is new something may be missing; complete after matcher_end */
};

/*
 * `least` is what MATCH_WHOLE found: the overlap, for MATCH_REST; how many were known, for MATCH_KNOWN. Should the engine drop more
 * meanwhile, less proves nothing.
 */
void matcher_init(struct matcher *matcher, const struct cursor *file, enum match match, uint64_t least);

/* Takes the next record; true if it is new: it follows the place where the file ends. */
bool matcher_feed(struct matcher *matcher, const struct record *record);

/*
 * After the last record: whether the file's end was in the window. `whole`: the window turned out to hold everything there is,
 * which settles it for a window that begins with the anchor and has nothing new.
 */
bool matcher_end(struct matcher *matcher, bool whole);

#endif
