/*
 * What an engine was seen to hold: for the prompt, completion and hints, which ask nobody. A list never changes once it is made, so whoever
 * holds one reads it without a lock; the table (tracked.h) has the newest.
 */
#ifndef PURSER_LOGS_SEEN_H
#define PURSER_LOGS_SEEN_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "model/container.h"
#include "model/resource.h"

#define WATCH_INTERVAL_MS 5000

/* X(what, how often it is listed anew in any case, in milliseconds) */
#define SEEN_KINDS(X)                                                                                                  \
	X(CONTAINERS, WATCH_INTERVAL_MS)                                                                               \
	X(IMAGES, 60000)                                                                                               \
	X(NETWORKS, 60000)                                                                                             \
	X(VOLUMES, 60000)

enum seen_kind {
#define X(kind, every_ms) SEEN_##kind,
	SEEN_KINDS(X)
#undef X
		SEEN_NR,
};

struct seen {
	const char *name;           /* an image's is with its tag */
	const char *note;           /* what a list of names says beside it */
	const char *labels;         /* of a container, a network, a volume: "a=b,c=d" */
	enum container_state state; /* of a container */
	bool builtin;               /* a network that is always there */
};

struct seen_list {
	struct seen *items;
	size_t nr;
	struct arena arena; /* private, as is the next */
	atomic_uint holders;
	int64_t at_ms; /* monotonic: when it was asked for */
};

/* Each has one holder, the caller. */
struct seen_list *seen_of_containers(const struct container_list *list, int64_t at_ms);
struct seen_list *seen_of_images(const struct image_list *list, int64_t at_ms); /* those that have a name */
struct seen_list *seen_of_resources(const struct resource_list *list, int64_t at_ms);

/* Names, a line each, as a program in a container printed them. */
struct seen_list *seen_of_lines(const char *text, int64_t at_ms);

/* One holder more; one less, after which its pointer is NULL. */
struct seen_list *seen_hold(struct seen_list *list);
void seen_leave(struct seen_list **list);

#define SEEN_PLACE_MAX 4096
#define SEEN_PATHS_MS 10000 /* for so long a directory is not looked into again */

int64_t seen_every_ms(enum seen_kind kind);

#endif
