/*
 * The files that a container's log has at its engine: PATH, and what was rotated away from it. Which there are, in which order, all of them opened
 * as they stood at one moment. Nothing is ever written or locked here.
 */
#ifndef PURSER_LOGS_ENGINEPARTS_H
#define PURSER_LOGS_ENGINEPARTS_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "base/error.h"

#define ENGINEPARTS_MAX 256

/* How what is rotated away is called, and so which is older. */
enum parts_order {
	PARTS_NUMBERED, /* docker: PATH.1 is the newest of them, and each is renamed at each rotation; compressed ones end in .gz (moby daemon/logger/loggerutils/logfile.go) */
	PARTS_TIMED,    /* nerdctl: numbers grow, from 1 again when the container is started again; each is touched when it is rotated away (github.com/fahedouch/go-logrotate) */
	PARTS_ONE,      /* conmon: it is removed (conmon src/ctr_logging.c, reopen_k8s_file) */
};

struct enginepart {
	unsigned number; /* 0: the one that is written to */
	bool packed;
	struct timespec changed;
	int fd; /* -1: not opened yet, or read to its end */
	dev_t device;
	ino_t inode;
	bool lost_before; /* records between it and the part before it were never seen */
};

/* Oldest first. */
struct engineparts {
	struct enginepart *items;
	size_t nr;
};

/* -1 with ERROR_SYSTEM (ENOENT, EACCES, …), or ERROR_FAILED if one is not a regular file or there are too many. */
int engineparts_open(const char *path, enum parts_order order, struct engineparts *out, struct error *err);
/*
 * Adds those that were begun since the newest of `parts`, which is to be still open. Returns how many that are, or -1 as above. What is no more there
 * to be opened is not counted.
 */
int engineparts_follow(const char *path, enum parts_order order, struct engineparts *parts, struct error *err);
void engineparts_close(struct engineparts *parts);
/* Closes the oldest `nr`, and takes them out. */
void engineparts_drop(struct engineparts *parts, size_t nr);

/* What a part is called, `name` being what the one is that is written to. */
void enginepart_name(const char *name, const struct enginepart *part, char file[NAME_MAX + 1]);

#endif
