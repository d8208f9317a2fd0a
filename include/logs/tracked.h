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
	bool tty, oom_killed;
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

/* One line for the user; false if there is none. Takes it away. */
bool tracked_next_notice(struct tracked_table *table, char *text, size_t size);
/* Every container that the chosen runtime has, now and later, is to be tracked. */
void tracked_want_all(struct tracked_table *table);
bool tracked_wants_all(struct tracked_table *table);
/* Somebody reads along: from now on it is also said that a container has ended, and that an engine does not answer, and soon. */
void tracked_announce(struct tracked_table *table);

/* What the engine was last seen to hold, for the prompt and completion. Names are added to `out`. */
size_t seen_running(struct tracked_table *table);
void seen_containers(struct tracked_table *table, unsigned states, struct strvec *out);
void seen_images(struct tracked_table *table, struct strvec *out);
/* Which runtime's things are seen. */
const struct runtime *seen_runtime(struct tracked_table *table);
void seen_choose_runtime(struct tracked_table *table, const struct runtime *runtime);

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
/* Whether to say what a script sees by itself: that a container has ended, that an engine does not answer. */
bool tracked_announces(struct tracked_table *table);
void seen_set_containers(struct tracked_table *table, const struct container_list *list);
void seen_set_images(struct tracked_table *table, const struct image_list *list);
void collecting_set(struct tracked_table *table, pid_t holder, const char *why);

#endif
