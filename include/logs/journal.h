/*
 * journal.jsonl: what happened to the containers whose logs are kept here, and to the keeping itself; one JSON object a line. It tells what
 * log files cannot: where the engine dropped records before they were read, when a run of a container began and ended, what became of it.
 *
 *   {"time":"2026-11-25T22:10:11.283805114Z","event":"exited","id":"ba0c…","name":"web","at":"2026-11-25T22:10:10.9…Z","code":3}
 *
 * Only the purser that collects writes it. What cannot be written at once (the disk is full) waits in memory for the next time; a gap does
 * not: it is on the disk before the first record behind it is stored, or that record is not stored.
 */
#ifndef PURSER_LOGS_JOURNAL_H
#define PURSER_LOGS_JOURNAL_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/moment.h"
#include "logs/logname.h"

/* X(event, as it is written) */
#define JOURNAL_EVENTS(X)                                                                                              \
	X(STARTED, "started")           /* `at`: by the engine's clock */                                              \
	X(RESTARTED, "restarted")       /* the same, of a container that ran before */                                 \
	X(EXITED, "exited")             /* `at`, `code`; `text`: "killed for memory" or "" */                          \
	X(COMPLETE, "complete")         /* after its end, all that the engine has was stored */                        \
	X(RENAMED, "renamed")           /* `text`: what it was called before */                                        \
	X(REMOVED, "removed")           /* the engine does not have it any more; `text`: who did it, and what that means */ \
	X(GAP, "gap")                   /* records between `from` and `to` were never read; `text`: why */             \
	X(CHANGED, "changed")           /* somebody cut, replaced or edited its stored log; `text`: what follows from it */ \
	X(DELETED, "deleted")           /* stored records up to `to` made room for newer ones; `text`: the file */     \
	X(DISK_FAILS, "disk fails")     /* logs cannot be stored; `text`: why */                                       \
	X(DISK_WORKS, "disk works")                                                                                    \
	X(ENGINE_DOWN, "engine down")   /* `name`: of the runtime; `text`: why */                                      \
	X(ENGINE_UP, "engine up")                                                                                      \
	X(ENGINE_OTHER, "engine other") /* another engine answers, which is not the one that has these containers; `text`: its id */

enum journal_event {
#define X(event, name) JOURNAL_##event,
	JOURNAL_EVENTS(X)
#undef X
};

const char *journal_event_name(enum journal_event event);

struct mark {
	enum journal_event event;
	moment time;                   /* when it was written down; set by the journal */
	char id[CONTAINER_ID_LEN + 1]; /* "" where it is about no container */
	char name[LOG_NAME_MAX + 1];
	moment at, from, to;           /* 0: does not apply, or not known */
	int code;
	uint64_t behind;               /* of a gap: the digest of the last records before it. The same gap may be found, and written down, again */
	char text[512];
};

struct journal {
	int dir; /* borrowed */
	int fd;  /* -1: not open; then nothing is written */
	off_t size;
	struct buf waiting;
};

int journal_open(struct journal *journal, int dir, struct error *err);
void journal_close(struct journal *journal);

/* Writes the mark down, now or later. */
void journal_note(struct journal *journal, const struct mark *mark);
/* On the disk, or an error and it is not in the journal. */
int journal_commit(struct journal *journal, const struct mark *mark, struct error *err);
/* Writes what waits, if it can be written now. */
void journal_flush(struct journal *journal);

/* Takes one mark; -1 with *err ends the reading. */
typedef int mark_fn(void *arg, const struct mark *mark, struct error *err);
/* Up to where the journal was read. */
struct journal_place {
	ino_t inode;
	off_t offset;
};

/* All marks, oldest first; with `id` only those about that container (12 digits of it are enough). Lines that are none are passed over. */
int journal_each(int dir, const char *id, mark_fn *each, void *arg, struct error *err);
/* Its end; and all that was written since, up to what is its end then. */
void journal_end(int dir, struct journal_place *place);
int journal_since(int dir, struct journal_place *place, mark_fn *each, void *arg, struct error *err);

#endif
