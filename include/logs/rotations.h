/*
 * How often files were begun anew under a name: inotify on the directories of engines' logs, for those that lose what they rotate away. Counting them
 * tells whether one came and went unseen. One descriptor for all of a collector's logs.
 */
#ifndef PURSER_LOGS_ROTATIONS_H
#define PURSER_LOGS_ROTATIONS_H

#include <stddef.h>
#include <stdint.h>

#define ROTATIONS_NONE (-1)

struct rotations {
	int fd; /* to poll; -1: inotify is not to be had */
	struct rotation {
		int watch;
		char *name;
		uint64_t count;
	} *items;
	size_t nr;
};

void rotations_open(struct rotations *rotations);
void rotations_close(struct rotations *rotations);

/* Counts for `path` from now on, until rotations_drop. Returns its watch, or ROTATIONS_NONE. One log a directory. */
int rotations_add(struct rotations *rotations, const char *path);
void rotations_drop(struct rotations *rotations, int watch);

/* Counts what has happened up to now. Should the kernel have dropped some, each count grows by more than there can have been. */
void rotations_take(struct rotations *rotations);
uint64_t rotations_count(const struct rotations *rotations, int watch);

#endif
