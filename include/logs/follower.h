/*
 * Follows one container: reads windows of its log, finds where the stored file ends in them, appends what follows.
 * Belongs to the collector's thread; never waits.
 *
 * A poll asks for the newest `tail` records. If the file's end is not among them the next window is eight times larger, up to
 * everything. If it is not in everything either, and what the engine has is no continuation of the file, it has dropped records since
 * the last poll: a gap, reported once, and everything it has is appended. An empty file needs no search: it gets everything.
 */
#ifndef PURSER_LOGS_FOLLOWER_H
#define PURSER_LOGS_FOLLOWER_H

#include "logs/cursor.h"
#include "logs/framer.h"
#include "logs/logfile.h"
#include "logs/store.h"
#include "logs/task.h"
#include "logs/tracked.h"

#define FOLLOWER_NEVER INT64_MAX

struct follower {
	struct tracked entry; /* the collector's copy; posted after every change */
	struct tracked_table *table;
	const struct store *store;
	bool collects;        /* false: another purser writes the file; only look whether it is complete */

	bool inspect_due;     /* the entry's details are unknown or may have changed */
	bool inspecting;      /* an inspection that includes it is under way */
	int64_t inspected_ms;
	moment announced_end; /* the end that was announced last; an engine may list it late, and twice */

	int64_t due_ms;       /* when to poll next; FOLLOWER_NEVER: only when asked to */
	int interval_ms;
	int failures;         /* in a row */

	struct logfile file;
	bool opened;
	bool trusts_clock;    /* a poll since opening succeeded: --since may bound the next ones */
	int64_t tail;         /* of the next window */
	enum match match;     /* for a window with everything: MATCH_WHOLE, and what it comes to when that finds nothing … */
	uint64_t overlap;     /* … but this */
	bool take_all;        /* the next window's records are all new */
	bool too_small;       /* the window was given up: its first record shows that it does not reach back */
	bool gap;             /* take_all because of a gap … */
	moment gap_after;     /* … behind the record of this time */

	struct task window, removal;
	struct framer framer;
	struct matcher matcher;
	int64_t progress_ms;  /* when the window last brought something */
	uint64_t drain_ticket;/* what was asked before the window began */
	bool ended_before;    /* the container's end was known before the window began */
	uint64_t fresh;       /* new records in this window */
	moment first_fresh, last_fresh;
};

struct follower *follower_new(const struct tracked *entry, struct tracked_table *table, const struct store *store);
/* Tells what it waits for to end, so that all of a collector's end side by side. */
void follower_stop(struct follower *follower);
void follower_free(struct follower *follower);

/* Whether a window is to be started now. */
bool follower_due(const struct follower *follower, int64_t now_ms);
/* Whether somebody waits for its log. */
bool follower_awaited(const struct follower *follower);
void follower_poll_now(struct follower *follower);
/* Somebody waits for everything up to now: see tracked_ask_drain. */
void follower_ask_drain(struct follower *follower, uint64_t ticket);
/* Starts the next window. Failures are posted, not returned. */
void follower_start(struct follower *follower);
/* After poll(2): moves records, finishes what is done. */
void follower_step(struct follower *follower);
/* The engine does not have the container any more. */
void follower_gone(struct follower *follower);
/* The engine could not even be asked about it. */
void follower_unreachable(struct follower *follower, const struct error *err);
/* Its state or name as the engine has it now. */
void follower_listed(struct follower *follower, const struct container *row);
void follower_inspected(struct follower *follower, const struct container_detail *detail);

#endif
