/*
 * Follows one container: asks for windows of its log when they are due, hands them to its intake, and posts how that stands. Belongs to
 * the collector's thread; never waits.
 */
#ifndef PURSER_LOGS_FOLLOWER_H
#define PURSER_LOGS_FOLLOWER_H

#include "logs/arrears.h"
#include "logs/pulse.h"
#include "logs/reading.h"
#include "logs/tracked.h"
#include "logs/vigil.h"

#define FOLLOWER_NEVER INT64_MAX

/* What all followers of a collector share. */
struct collection {
	struct tracked_table *table;
	const struct store *store;
	struct journal journal;
	bool collects;          /* false: another purser writes the logs; only look whether they are complete. Followers are made anew when it changes */
	bool reads_engine_files;
	bool readonly;
	struct vigils vigils;
	struct rotations rotations;
	struct load windows, looks; /* that the engine was asked for; all, those in files as well */
	unsigned disk_fails;    /* how many followers cannot store what they have: it is said for the first, and when none is left */
	bool upkeep_due;        /* a log was rotated */
};

struct follower {
	struct tracked entry; /* the collector's copy; posted after every change */
	struct collection *collection;

	bool inspect_due;     /* the entry's details are unknown or may have changed */
	bool inspecting;      /* an inspection that includes it is under way */
	int64_t inspected_ms;
	int64_t inspect_not_before_ms; /* it was not there */
	int64_t inspect_asked_ms;
	int64_t happened_ms;  /* when an event told of it: an inspection that began before does not know */
	int64_t doubted_ms;   /* it was seen at another engine, then, than the one that has it; 0: no */
	int64_t missed_ms;    /* the engine did not have it, then; 0: it has. Gone it is when this is known to be the engine that had it */
	bool last_look;       /* its engine does not have it any more, but what it wrote is still held: that is read first … */
	bool looked_last;     /* … and was: nothing of it can be missing */
	bool life_due;        /* what the last inspection found is not written down yet: events that tell more may be on their way */
	char new_name[STORE_NAME_MAX + 1]; /* what it is to be called when the window under way has ended; "": as it is */
	bool seen_alive;      /* since purser began */
	moment announced_end; /* the end that was announced last; an engine may list it late, and twice */
	bool ran;             /* the last inspection found it running, … */
	bool unhealthy;       /* … and its health check failing */
	int restarts;         /* by its policy, or outside, without a rest between them */
	int last_exit_code;   /* as an event told it; -1: none did */
	int64_t killed_in_ms; /* when an event told that something in it was killed for memory; 0: none did, or it was said */
	struct arrears arrears;

	char *log_path;       /* the engine's own file */
	struct shortcut shortcut;
	int64_t asked_engine_ms; /* when the engine gave a window last */
	struct vigil vigil;   /* since the last window began */

	int64_t due_ms;       /* when to poll next; FOLLOWER_NEVER: only when asked to */
	struct pace pace;
	bool disk_fails;      /* counted in the collection */

	struct intake intake;
	struct reading reading; /* the window under way … */
	bool broke_off;         /* the one before did, in the middle */
	uint64_t drain_ticket;  /* … what was asked before it began … */
	bool ended_before;      /* … and whether the container's end was known then, and nobody wrote to its log any more */
	struct task removal;
	struct pulse pulse;
};

struct follower *follower_new(const struct tracked *entry, struct collection *collection);
/* Tells what it waits for to end, so that all of a collector's end side by side. */
void follower_stop(struct follower *follower);
void follower_free(struct follower *follower);

/* Whether a window is to be started now. */
bool follower_due(const struct follower *follower, int64_t now_ms);
/* Whether its window, the next one or that under way, is much more than a look at the newest records. */
bool follower_reads_far(const struct follower *follower);
/* When it is to be looked at again, if not for what it waits for: ms from now, -1: never. */
int follower_wait_ms(const struct follower *follower, int64_t now_ms);
/* Whether somebody waits for its log. */
bool follower_awaited(const struct follower *follower);
void follower_poll_now(struct follower *follower);
/* What its watch tells: see vigil_woken. */
void follower_woken(struct follower *follower, bool over);
/* Somebody waits for everything up to now: see tracked_ask_drain. */
void follower_ask_drain(struct follower *follower, uint64_t ticket);
/* Starts the next window. Failures are posted, not returned. */
void follower_start(struct follower *follower);
/* After poll(2): moves records, finishes what is done. */
void follower_step(struct follower *follower);

/* What the engine says. Its state or name as it is listed: */
void follower_listed(struct follower *follower, const struct container *row);
void follower_inspected(struct follower *follower, const struct container_detail *detail, int64_t asked_ms);
/* What was inspected can be written down: no events come that happened before. */
void follower_up_to_date(struct follower *follower);
/*
 * It was there when it was asked for at `seen_ms`, and who answered at `identified_ms`, asked at `asked_ms`, was this engine. False: that
 * cannot be, if it is the engine that had it before. Who it is must be asked again, and the container be seen again, to believe it.
 */
bool follower_seen_at(struct follower *follower, const char *engine, int64_t asked_ms, int64_t identified_ms, int64_t seen_ms);
void follower_happened(struct follower *follower, const struct container_event *event);
/* It is not there. What that means is known when the engine is: see follower_identified. */
void follower_missing(struct follower *follower);
/* This engine answered at `asked_ms` or later. */
void follower_identified(struct follower *follower, const char *engine, int64_t asked_ms);
/* It was removed, and purser did that or knows who did: written down, with what may be missing. */
void follower_removed(struct follower *follower, const char *by);
/* The engine could not even be asked about it. */
void follower_unreachable(struct follower *follower, const struct error *err);

/* Between follower.c and standing.c only ---------------------------------------------------------------------------- */

/* Whether this purser writes the logs. */
bool follower_collects(const struct follower *follower);
/* Whether the container was seen to have ended. */
bool follower_has_ended(const struct follower *follower);
/* Whether nothing will bring more of its log, unless the engine says otherwise. */
bool follower_is_settled(const struct follower *follower);
void follower_settle(struct follower *follower, enum phase phase, const char *why);
/* A notice about it: its name, with the runtime's where that is not the default one, and what is given. */
void follower_tell(const struct follower *follower, const char *format, ...) PRINTF_LIKE(2, 3);
/* The same of a kind that is gathered; `among` is put behind its name among others ("", " (3)"). */
void follower_tell_as(const struct follower *follower, enum notice_kind kind, const char *among, const char *format, ...) PRINTF_LIKE(4, 5);
/* Shows how it stands. */
void follower_post(struct follower *follower);
void follower_set_error(struct follower *follower, const char *text);
/* It could not be read now, and who waits for it is told so. */
void follower_failed(struct follower *follower, const struct error *err);
/* What was still held of one that its engine does not have any more is stored. */
void follower_looked_last(struct follower *follower);
/* All that was waited for before the last window is stored. */
void follower_drained(struct follower *follower);

void follower_rename(struct follower *follower, const char *name);
/* It has ended and is complete, and was to be removed then. */
void follower_start_removal(struct follower *follower);
void follower_step_removal(struct follower *follower);

#endif
