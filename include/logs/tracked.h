/*
 * The tracked container table: what the shell and the collector share, under one mutex.
 *
 * The mutex protects everything in this module: the entries, what the engine was last seen to hold, the notices and the collector's own
 * state. No input or output, no callback and no waiting happens under it; every function locks, copies and unlocks. The
 * two bells (eventfds) wake the other side: `work` the collector, `news` the shell.
 *
 * The shell adds and drops entries and reads copies. The collector walks the table to learn what is due, works without the lock, and
 * posts what it found if the entry is still the one it took: a container dropped and tracked anew has another generation.
 */
#ifndef PURSER_LOGS_TRACKED_H
#define PURSER_LOGS_TRACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "logs/seen.h"
#include "logs/notices.h"
#include "logs/store.h"
#include "model/container.h"
#include "runtime/runtime.h"

/* X(phase, as `status` shows it) */
#define PHASES(X)                                                                                                      \
	X(WAITING, "waiting")       /* not yet asked for the first time */                                             \
	X(FOLLOWING, "following")   /* collected up to the last poll */                                                \
	X(BEHIND, "catching up")    /* a window is being read that brought records */                                  \
	X(COMPLETE, "complete")     /* it ended, and its log was read once more after that */                          \
	X(TROUBLE, "trouble")       /* the last poll failed; `error` says why; it is tried again */                    \
	X(UNREADABLE, "unreadable") /* its log driver keeps nothing that can be read */                                \
	X(ELSEWHERE, "elsewhere")   /* shown only: another purser collects, and knows */                              \
	X(OTHER, "other engine")    /* another engine answers than the one that has it; it waits for that */          \
	X(GONE, "gone")             /* the engine does not have it any more */

enum phase {
#define X(phase, name) PHASE_##phase,
	PHASES(X)
#undef X
};

const char *phase_name(enum phase phase);

struct tracked {
	char id[CONTAINER_ID_LEN + 1];
	char name[STORE_NAME_MAX + 1];
	const struct runtime *runtime;
	char engine[STORE_ENGINE_MAX + 1]; /* the id of the engine that has it; "": not known */
	uint64_t generation;
	int64_t added_ms;            /* monotonic */
	moment added_at;
	bool remove_when_complete;   /* `run --rm` */
	bool end_expected;           /* the shell itself is ending it: no notice */
	bool hurry;                  /* somebody looks on: poll as often as data could flow */

	enum container_state state;  /* as last listed */
	bool detailed;               /* the next five are known */
	int exit_code;
	bool oom_killed;
	enum window_kind window;
	moment started, finished;

	enum phase phase;
	char file[STORE_NAME_MAX + 1]; /* in the log directory; "" before the first record */
	uint64_t bytes;                /* of the file */
	uint64_t fresh;                /* records appended since this purser began to collect */
	uint64_t gaps;                 /* written down, of its whole life */
	moment gap_from, gap_to;       /* the last of them; 0: not known */
	moment last_at;                /* time of the last record stored; 0: none */
	int64_t lag_ms;                /* from a record's time to its being stored, newest record of the last poll that had any */
	char error[512];

	uint64_t drain_asked, drain_done, drain_failed; /* tickets */
};

struct tracked_table;

struct tracked_table *tracked_new(struct error *err);
void tracked_free(struct tracked_table *table);
int tracked_work_bell(const struct tracked_table *table);
int tracked_news_bell(const struct tracked_table *table);

/* The shell's side ------------------------------------------------------------------------------------------------ */

/* Adds the container, or leaves it as it is if it is there already; true if it was added. */
bool tracked_add(struct tracked_table *table, const struct runtime *runtime, const struct store_entry *as);
bool tracked_drop(struct tracked_table *table, const char *id);
/* The same for one that was just removed from its engine by this purser. */
bool tracked_drop_removed(struct tracked_table *table, const char *id);
bool tracked_get(struct tracked_table *table, const char *id, struct tracked *copy);
/* Copies of all entries, in the order they were added; free() them. */
size_t tracked_all(struct tracked_table *table, struct tracked **copies);
void tracked_expect_end(struct tracked_table *table, const char *id);
void tracked_hurry(struct tracked_table *table, const char *id, bool hurry);

/*
 * Asks for the container to be looked at and its log to be collected up to now. Returns a ticket for tracked_drained, 0 if it is not tracked.
 * tracked_drained: 1 when a poll that began after the asking has stored everything (or there is nothing to be had), 0 not yet, -1 when
 * such a poll failed: *err says why. An entry that is gone from the table counts as drained.
 */
uint64_t tracked_ask_drain(struct tracked_table *table, const char *id);
int tracked_drained(struct tracked_table *table, const char *id, uint64_t ticket, struct error *err);
/* Whether this copy of an entry is up to date: looked at at least once, not behind, and nothing asked for is outstanding. */
bool tracked_settled(const struct tracked *entry);

/* Lines for the user, `cells` wide at most where that can be; takes them away. How many there are now. */
size_t tracked_take_notices(struct tracked_table *table, size_t cells, struct strvec *lines);
/* How long they are gathered from now on: 0: not any more, -1: there are none. */
int tracked_notices_wait_ms(struct tracked_table *table);
/* Every container that the runtime has, now and later, is to be tracked. */
void tracked_want_all(struct tracked_table *table, const struct runtime *runtime);
bool tracked_wants_all(struct tracked_table *table, const struct runtime *runtime);
/* What is said from now on; what happens is heard of soon, where somebody reads along. */
enum announcing {
	ANNOUNCE_TROUBLE, /* what is wrong with collecting: of a script */
	ANNOUNCE_MINE,    /* also that an engine does not answer, and what happens to tracked containers */
	ANNOUNCE_ALL,     /* and to all others of the runtime that is chosen */
	ANNOUNCE_NOTHING, /* somebody reads along, and wants to be told nothing */
};
void tracked_announce(struct tracked_table *table, enum announcing what);

/*
 * What a runtime was last seen to hold: NULL (or 0), if it is not watched. A runtime is watched from when it is chosen, has a container tracked,
 * or all it has is wanted. Of other things than containers nothing is known but at a prompt. The caller becomes a holder of the list.
 */
struct seen_list *seen_take(struct tracked_table *table, const struct runtime *runtime, enum seen_kind kind);
/*
 * The names in a directory of a container, "web:/etc/"; NULL: not known. One at a time is known, of what was wanted last: then the collector runs
 * a program in the container, unless it did so for that place just now.
 */
struct seen_list *seen_take_paths(struct tracked_table *table, const struct runtime *runtime, const char *place);
void seen_want_paths(struct tracked_table *table, const struct runtime *runtime, const char *place);
/* It has changed: the collector is to list it anew, at once. */
void seen_ask_anew(struct tracked_table *table, const struct runtime *runtime, enum seen_kind kind);
size_t seen_running(struct tracked_table *table, const struct runtime *runtime);
size_t seen_total(struct tracked_table *table, const struct runtime *runtime);
/* The one that is chosen; NULL: none yet. */
const struct runtime *seen_runtime(struct tracked_table *table);
void seen_choose_runtime(struct tracked_table *table, const struct runtime *runtime);

/*
 * What the matter is, for whoever has one line to say it in.
 * X(trouble, word)
 */
#define TROUBLES(X)                                                                                                    \
	X(ENGINE, "engine") /* the runtime that is chosen does not answer */                                           \
	X(DISK, "disk")     /* logs cannot be stored */                                                                \
	X(GAP, "gap")       /* one was found since somebody looked */                                                  \
	X(LOG, "log")       /* one cannot be read now; or never, and nobody has looked since */

enum trouble {
#define X(trouble, word) TROUBLE_##trouble,
	TROUBLES(X)
#undef X
};

#define TROUBLE_BIT(trouble) (1u << TROUBLE_##trouble)

unsigned tracked_troubles(struct tracked_table *table);
/* "disk,gap" */
void troubles_name(unsigned troubles, struct buf *out);
/* Somebody looks: gaps and logs that are never to be read are known now. */
void tracked_troubles_seen(struct tracked_table *table);

/* 0 when this purser's collector writes the logs, else why not: the pid of the purser that does, or -1 (`why` says it). */
pid_t collecting_elsewhere(struct tracked_table *table, char *why, size_t size);

/* The collector's side -------------------------------------------------------------------------------------------- */

/* Posts what the collector found; what only the shell sets (drain_asked, end_expected, hurry) stays. False: the entry is not there any more. */
bool tracked_post(struct tracked_table *table, const struct tracked *found);
/* Whether it was dropped as one that purser removed; asked once. */
bool tracked_take_removed(struct tracked_table *table, const char *id);
/* Whether the shell said it is ending this container; asked once for each end. */
bool tracked_take_expected_end(struct tracked_table *table, const char *id);
void tracked_notify(struct tracked_table *table, const char *format, ...) PRINTF_LIKE(2, 3);
/* Something happened to a container: see notices_add. */
void tracked_tell(struct tracked_table *table, enum notice_kind kind, const char *name, const char *text);
void tracked_set_trouble(struct tracked_table *table, enum trouble trouble, bool is);
void seen_set_answers(struct tracked_table *table, const struct runtime *runtime, bool answers);
enum announcing tracked_announcing(struct tracked_table *table);
/* Whether somebody reads along. */
bool tracked_announces(struct tracked_table *table);
/* Whether it is to be listed anew; asked once. */
bool seen_take_asked(struct tracked_table *table, const struct runtime *runtime, enum seen_kind kind);
/* The place of which the names are wanted; asked once. */
bool seen_take_wanted(struct tracked_table *table, const struct runtime *runtime, char place[SEEN_PLACE_MAX]);
void seen_set_paths(struct tracked_table *table, const struct runtime *runtime, const char *place, struct seen_list *list);
/* The list becomes the table's. */
void seen_set(struct tracked_table *table, const struct runtime *runtime, enum seen_kind kind, struct seen_list *list);
void collecting_set(struct tracked_table *table, pid_t holder, const char *why);

#endif
