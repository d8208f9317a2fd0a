/*
 * Many hunts at once. Each is gone on with a step at a time: by other threads, ahead of who asks, or by the one that waits for what comes of it.
 * What is found is the same with any number of threads, none among them.
 */
#ifndef PURSER_LOGS_CHASE_H
#define PURSER_LOGS_CHASE_H

#include "logs/hunt.h"

#define CHASE_THREADS_MAX 15 /* more do not make a disk faster */
#define BATCH_LINES 64

struct chase; /* private */

/* One of the hunts, all of it private. Its hunt is not to be touched while it is under way. */
struct quarry {
	struct hunt *hunt; /* borrowed */
	enum { QUARRY_RESTS, QUARRY_QUEUES, QUARRY_RUNS, QUARRY_IS_HAD } state;
	struct quarry *queued_behind;
	/* What was found: what is being given, and what comes next. */
	struct batch {
		struct buf bytes;
		struct found lines[BATCH_LINES];
		size_t begin[BATCH_LINES]; /* of each line in the bytes */
		size_t nr, given;
	} here, next;
	enum hunt_result result; /* behind all that */
	moment at;               /* HUNT_LATER: about where the hunt is */
	bool has_news;           /* a step was made since that was told */
	bool is_left;
	struct error error;
};

void quarry_init(struct quarry *quarry, struct hunt *hunt);
void quarry_release(struct quarry *quarry);

/* How many threads are of use for so many hunts, besides the caller's. */
size_t chase_threads(size_t hunts);
/* `wish` must outlive it. Where threads cannot be had there are fewer. */
struct chase *chase_new(const struct hunt_wish *wish, size_t threads);
/* Hunts that are under way stay where they are. NULL is fine. */
void chase_free(struct chase *chase);
/* Of how many hunts what was found is to be kept in memory. */
void chase_share(struct chase *chase, size_t hunts);

/* It is under way from now on, until chase_next gives something else than HUNT_FOUND and HUNT_LATER. */
void chase_send(struct chase *chase, struct quarry *quarry);
/* As hunt_next; one that was not sent is sent. */
enum hunt_result chase_next(struct chase *chase, struct quarry *quarry, struct found *out, struct error *err);
/* No more is wanted of it. */
void chase_leave(struct chase *chase, struct quarry *quarry);

#endif
