/*
 * The short way to a container's log: docker's own file, read as it lies on the disk (logs/enginelog.h) instead of being asked for. Taken only
 * where the user wants it, for catching up and for following; that a log is complete, and each drain, is settled by the engine itself.
 *
 * Before the file is read it is proven to be the engine's log at both ends (logs/proof.h). Where the engine is found to have something else
 * than the file, or the file cannot be understood, it is refused, and the engine is asked as ever.
 */
#ifndef PURSER_LOGS_SHORTCUT_H
#define PURSER_LOGS_SHORTCUT_H

#include "logs/proof.h"

struct shortcut {
	char *path; /* NULL: there is none */
	enum { SHORTCUT_UNPROVEN, SHORTCUT_PROVEN, SHORTCUT_REFUSED } trust;
	struct proof proof;
	unsigned proofs;           /* that did not hold, in a row */
	struct enginelog *log;     /* NULL: not open */
	struct engineplace stored; /* what stands before it is stored; inode 0: nobody knows */
	unsigned rounds;           /* windows from the file since the last one from the engine */
};

/* `path` of the engine's file, "" if there is none. What was known of another one is forgotten. */
void shortcut_set(struct shortcut *shortcut, const char *path);
void shortcut_stop(struct shortcut *shortcut); /* what it waits for, so that all of a collector's end side by side */
void shortcut_release(struct shortcut *shortcut);

/* Whether it is there and not refused. */
bool shortcut_usable(const struct shortcut *shortcut);
/* Whether the file is so long that reading it instead of asking for all of it is worth its proof. */
bool shortcut_saves(const struct shortcut *shortcut);
void shortcut_refuse(struct shortcut *shortcut);
/* Is nothing to be read for a while: keeps no file open, and proves nothing. */
void shortcut_rest(struct shortcut *shortcut);
/* Something else has added to the stored log, or it was opened anew. */
void shortcut_lose_place(struct shortcut *shortcut);

/* Begins to prove it. -1 with *err: it cannot be opened and is refused, or the engine could not be asked. */
int shortcut_prove(struct shortcut *shortcut, const struct runtime *runtime, const char *id, struct error *err);
/* After poll: 1: it is proven now; 0: nothing new; -1 with *err: refused, or to be proven again. */
int shortcut_step(struct shortcut *shortcut, struct error *err);

/*
 * Opens the log where reading is to go on: behind what is stored if that is known (1), else `tail` records before its end, or earlier, or at its
 * beginning (TAIL_ALL) (0). -1 with *err.
 */
int shortcut_begin(struct shortcut *shortcut, int64_t tail, struct error *err);

#endif
