/* What containers use of the machine, in numbers. */
#ifndef PURSER_MODEL_USAGE_H
#define PURSER_MODEL_USAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define CPU_TIME_UNKNOWN (-1)

/* One row of `stats`. What is missing, and all of a container that does not run, is 0. Bytes are as exact as the runtime's text had them. */
struct usage {
	const char *id; /* as long as the runtime gave it */
	double cpu_percent; /* 100 is one processor */
	int64_t cpu_time;   /* nanoseconds of all processors since it started; CPU_TIME_UNKNOWN */
	int64_t memory, memory_limit; /* bytes; limit 0: none is told */
	double memory_percent;
	int64_t received, sent; /* bytes, over its networks */
	int64_t read, written;  /* bytes, of block devices */
	long processes;
};

struct usage_list {
	struct usage *items;
	size_t nr;
	struct arena arena;
};

void usage_list_release(struct usage_list *list);

#endif
