/*
 * In which windows the end of a stored log is looked for, and what that comes to. Pure.
 *
 * A poll asks for the newest `tail` records. If the file's end is not among them the next window is eight times larger, or as large as
 * the times in this one let expect, up to everything. If it is not in everything either, and what the engine has is no continuation of the file (logs/cursor.h), the engine has
 * dropped records since the last poll: a gap, and everything it has is new. An empty file needs no search: it gets everything.
 */
#ifndef PURSER_LOGS_SEEK_H
#define PURSER_LOGS_SEEK_H

#include "logs/cursor.h"
#include "model/action.h"

struct seek {
	int64_t tail;     /* of the next window, and of the one being read: records, or TAIL_ALL */
	enum match match; /* for a window with everything: MATCH_WHOLE, and what it comes to when that finds nothing … */
	uint64_t least;   /* … but this */
	bool take_all;    /* all that the next window has is new … */
	bool missed;      /* … and the engine has dropped what came before it */

	/* The window being read. */
	struct matcher matcher;
	bool bounded;             /* by a time: what is not there was not asked for */
	uint64_t records, fresh;  /* so far; of these, new */
	moment first_at, last_at; /* times of the first and the last */
	moment last_fresh;
};

/* For a file just opened; also after a window that broke off: what was new in it is in the file that is opened anew. */
void seek_reset(struct seek *seek);

/* How many records to ask for now, or TAIL_ALL. */
int64_t seek_plan(struct seek *seek, const struct cursor *file);
/* Whether that is much more than a look at the newest. */
bool seek_is_far(const struct seek *seek, const struct cursor *file);
/* What follows is known to stand behind the file's end: all of it is new; right there, or something is missing. Before seek_begin. */
void seek_goes_on(struct seek *seek, bool missed);
/* That window comes. */
void seek_begin(struct seek *seek, const struct cursor *file, bool bounded);

enum seek_record {
	SEEK_OLD,       /* stored already, or not known to be new */
	SEEK_NEW,       /* goes into the file */
	SEEK_TOO_SMALL, /* of the window's first record: it is a large one and begins behind the file's end; read no more, seek_widen */
};

/* Takes the window's next record. */
enum seek_record seek_feed(struct seek *seek, const struct record *record);

/* The place where the file ends was not met yet. */
bool seek_searches(const struct seek *seek);

/* Before the first new record of this window something may be missing. Known once there is one. */
bool seek_missed(const struct seek *seek);

/*
 * The window is over. `counted`: its records can be told apart, so fewer than asked for are everything there is. True: the file has
 * everything now, once the new records are in it. False: another window is needed, at once.
 */
bool seek_end(struct seek *seek, bool counted);
/* The same for a window that was not read to its end because it is too small. */
void seek_widen(struct seek *seek);

#endif
