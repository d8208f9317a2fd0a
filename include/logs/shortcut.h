/*
 * The short way to a container's log: the engine's own files, read as they lie on the disk (logs/enginelog.h) instead of being asked for.
 *
 * docker's are its own business. They are taken only where the user wants it, for catching up and for following; that a log is complete, and each
 * drain, is settled by the engine itself. Before they are read they are proven to be the engine's log at both ends (logs/proof.h). Where the
 * engine is found to have something else, or they cannot be understood, they are refused, and the engine is asked as ever.
 *
 * Those of nerdctl and podman are all that their CLIs could say, and less well (they forget what was rotated, and spoil lines that came in parts): where
 * they may be read nobody is asked. They are kept open, across rotation, as long as the container is followed.
 */
#ifndef PURSER_LOGS_SHORTCUT_H
#define PURSER_LOGS_SHORTCUT_H

#include "logs/proof.h"
#include "logs/rotations.h"

struct shortcut {
	struct rotations *rotations;
	char *path; /* NULL: there is none */
	enum log_form form;
	enum { SHORTCUT_UNPROVEN, SHORTCUT_PROVEN, SHORTCUT_REFUSED } trust;
	struct proof proof;
	unsigned proofs;           /* that did not hold, in a row */
	struct enginelog *log;     /* NULL: not open */
	struct engineplace stored; /* what stands before it is stored; inode 0: nobody knows */
	unsigned rounds;           /* windows from docker's file since the last one from the engine */
	int watch;                 /* of its rotations */
	uint64_t begun;            /* how many of them the open log has taken in */
};

void shortcut_init(struct shortcut *shortcut, struct rotations *rotations);
/* `path` of the engine's file, "" if there is none. What was known of another one is forgotten. */
void shortcut_set(struct shortcut *shortcut, const char *path, enum log_form form);
void shortcut_stop(struct shortcut *shortcut); /* what it waits for, so that all of a collector's end side by side */
void shortcut_release(struct shortcut *shortcut);

/* Whether it is there and not refused. */
bool shortcut_usable(const struct shortcut *shortcut);
/* Whether that is so, and it is all there is of the log. */
bool shortcut_is_log(const struct shortcut *shortcut);
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
/* What is missing before the record that comes next; NULL: nothing. */
const char *shortcut_loss(const struct shortcut *shortcut);
/* Everything that was read is stored. False: reading stopped where something is missing, and can go on behind it. */
bool shortcut_stored(struct shortcut *shortcut);

/* Takes in what was rotated meanwhile, soon, as it may be thrown away. After rotations_take. */
void shortcut_keep_up(struct shortcut *shortcut);
/* Whether a log that is all there is is held open: it can be read to its end when the container is gone. */
bool shortcut_holds(const struct shortcut *shortcut);
/* Whether somebody may still write to it although the container has ended: nerdctl's logger is a process of its own, and holds a lock beside its log. */
bool shortcut_is_written(const struct shortcut *shortcut);

#endif
