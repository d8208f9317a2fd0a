/*
 * The log directory: which containers are tracked, how logs are called and kept, and who collects.
 *
 *   <first 12 of id>+<name>.log   one a container (logs/logname.h, logs/logfile.h), and what was rotated from it
 *   journal.jsonl                 what happened (logs/journal.h)
 *   tracked                       one line a container: <id> <runtime> <-|rm> <name> <id of its engine, or ->
 *   names                         templates that logs were called by, one a line, the present one last; not there: the default
 *   collector.lock                held (an OFD lock) by the purser that collects; its pid is in it, and which boot of the machine that was
 *
 * Several purser may share a directory: `tracked` is changed under a lock on the directory, and only the one that holds collector.lock
 * writes log files, the journal and `names`.
 */
#ifndef PURSER_LOGS_STORE_H
#define PURSER_LOGS_STORE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/strvec.h"
#include "logs/logname.h"
#include "model/container.h"

#define STORE_NAME_MAX 255     /* bytes of a container's name that are kept; what is no letter of a word becomes '_' in `tracked` */
#define STORE_ENGINE_MAX 127
#define STORE_TRACKED_MAX 4096 /* containers tracked at once */

/* How much of the logs is kept. */
struct keeping {
	const char *template; /* how they are called; NULL: as they are called already */
	off_t max_size;       /* of a file, before it is rotated; 0: never */
	unsigned max_files;   /* of one log, the one that is written to included; 0: any number */
	bool pack;            /* rotated files are compressed */
	off_t max_total;      /* bytes in the directory; 0: any number */
};

struct store {
	char path[PATH_MAX];
	int dir;  /* -1: not open */
	int lock; /* -1: this purser does not collect */
	struct keeping keeping;
	struct strvec templates; /* the present one last; never empty while the store is open */
	bool power_lost;         /* since logs were written here, without their having been closed */
};

struct store_entry {
	char id[CONTAINER_ID_LEN + 1];
	char runtime[16];
	char name[STORE_NAME_MAX + 1];
	bool remove; /* `run --rm`: remove the container once its log is collected */
	char engine[STORE_ENGINE_MAX + 1]; /* which one has it; "": not known yet, or the runtime does not tell */
};

struct store_entries {
	struct store_entry *items;
	size_t nr;
};

/* Creates the directory (0700) and its parents where they are missing. */
int store_open(struct store *store, const char *path, const struct keeping *keeping, struct error *err);
/* Who collects has closed all logs before. */
void store_close(struct store *store);

/*
 * Becomes the collector of this directory, and its template the present one. Returns 0, 1 if another purser is (its pid in *holder, 0 if
 * unknown), or -1.
 */
int store_lock(struct store *store, pid_t *holder, struct error *err);
/* Who is, this purser included: 1 and its pid (0: unknown), 0: nobody, -1: *err. */
int store_collector(const struct store *store, pid_t *holder, struct error *err);
/* Whether it still is: not, if somebody has removed the file that tells others so. */
bool store_locked(const struct store *store);

int store_tracked(const struct store *store, struct store_entries *out, struct error *err);
void store_entries_release(struct store_entries *entries);
/* Adds the entry, or replaces the one with its id. */
int store_put(const struct store *store, const struct store_entry *entry, struct error *err);
int store_drop(const struct store *store, const char *id, struct error *err);

/* The name of a container's log in the present template. */
void store_file_name(const struct store *store, const struct log_name *of, char file[LOG_NAME_MAX + 1]);

#endif
