/*
 * From windows of a container's log to its stored log: where the two meet (logs/seek.h), what is new is appended (logs/logfile.h), what is
 * missing is written down first (logs/diary.h). No processes and no clocks: whoever has a window hands its records over.
 *
 *   intake_open, once; then for each window intake_plan → intake_begin → intake_take… → intake_end or intake_break
 */
#ifndef PURSER_LOGS_INTAKE_H
#define PURSER_LOGS_INTAKE_H

#include "logs/diary.h"
#include "logs/logfile.h"
#include "logs/seek.h"
#include "logs/store.h"

struct intake {
	const struct store *store;
	struct diary diary; /* without a journal another purser writes the log; it is only looked at whether it is complete */
	bool mended;        /* after a loss of power */
	uint64_t stored;    /* records, since intake_init */
	bool opened;
	struct logfile file;
	bool trusts_clock; /* a window since opening was read to its end: a time may bound the next ones */
	struct seek seek;
	off_t lacking;     /* where another purser writes the log: bytes that this window has, and the log had not when it was opened */
	bool too_small;    /* the window was given up for that */
	const char *loss;  /* why records may be missing, if they are */
	bool gap_found;    /* in this window; diary.life.gap says which */
	bool change_found; /* in this window: somebody had cut or replaced the log */
};

void intake_init(struct intake *intake, const struct store *store, const char *id, const char *name);

/*
 * Opens the log, under the name that the container has now: files that still have another are renamed. `started` names the day where the
 * log's name has one. When it is open already: an error only if what was written still does not reach the disk.
 */
int intake_open(struct intake *intake, moment started, struct error *err);
void intake_close(struct intake *intake);

/* What to ask the engine for: the newest `tail` records (TAIL_ALL: everything) not before `since` (unix seconds; 0: any). */
struct window {
	int64_t tail, since;
};
struct window intake_plan(struct intake *intake);
void intake_begin(struct intake *intake, const struct window *window);

/* The window is known to begin where the log ends; something is missing in between if that is given. After intake_plan, before intake_begin. */
void intake_goes_on(struct intake *intake, const char *loss);

/* Takes the window's next record. -1: read no more of it, and call intake_break. */
int intake_take(struct intake *intake, const struct record *record, struct error *err);

/*
 * The window came to its end. `counted`: its records can be told apart well enough to be counted. 1: everything is stored; 0: read another
 * window, now; -1: what is new could not all be stored, and the log is closed.
 */
int intake_end(struct intake *intake, bool counted, struct error *err);
/*
 * Where another purser writes the log: whether it has by now what it was lacking when that was found. 1: it has; 0: not yet; -1: it was
 * rotated or replaced, and is closed: another window tells.
 */
int intake_filled_up(struct intake *intake);
/* It broke off. What came before is a part of what is new, from its beginning, and is kept; the log is closed unless the window was too small. */
void intake_break(struct intake *intake);

#endif
