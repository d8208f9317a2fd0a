/*
 * The log directory: which files there are, which containers are tracked, and who collects.
 *
 *   <first 12 of id>+<name>.log   one a container (logs/logfile.h)
 *   tracked                       one line a container: <id> <runtime> <-|rm> <name>
 *   collector.lock                held (an OFD lock) by the purser that collects; its pid is in it
 *
 * Several purser may share a directory: `tracked` is changed under a lock on the directory, and only the one that holds collector.lock
 * writes log files.
 */
#ifndef PURSER_LOGS_STORE_H
#define PURSER_LOGS_STORE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/strvec.h"
#include "model/container.h"

#define STORE_NAME_MAX 255     /* bytes of a container's name that are kept */
#define STORE_TRACKED_MAX 4096 /* containers tracked at once */

struct store {
	char path[PATH_MAX];
	int dir;  /* -1: not open */
	int lock; /* -1: this purser does not collect */
};

struct store_entry {
	char id[CONTAINER_ID_LEN + 1];
	char runtime[16];
	char name[STORE_NAME_MAX + 1];
	bool remove; /* `run --rm`: remove the container once its log is collected */
};

struct store_entries {
	struct store_entry *items;
	size_t nr;
};

/* Creates the directory (0700) and its parents where they are missing. */
int store_open(struct store *store, const char *path, struct error *err);
void store_close(struct store *store);

/* Becomes the collector of this directory. Returns 0, 1 if another purser is (its pid in *holder, 0 if unknown), or -1. */
int store_lock(struct store *store, pid_t *holder, struct error *err);

int store_tracked(const struct store *store, struct store_entries *out, struct error *err);
void store_entries_release(struct store_entries *entries);
/* Adds the entry, or replaces the one with its id. */
int store_put(const struct store *store, const struct store_entry *entry, struct error *err);
int store_drop(const struct store *store, const char *id, struct error *err);

/* The file name for a container; bytes that have no place in a name become '_'. */
void store_file_name(const char *id, const char *name, char file[STORE_NAME_MAX + 1]);
/* The file that this container has already, under whatever name it had then; "" if none. */
void store_find_file(const struct store *store, const char *id, char file[STORE_NAME_MAX + 1]);

/* Log files whose container was called `name`, or whose id begins with it; the one written last comes first. */
void store_match(const struct store *store, const char *name, struct strvec *files);
/* The names of all containers whose log is kept. */
void store_names(const struct store *store, struct strvec *names);

#endif
