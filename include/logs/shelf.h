/*
 * Which log files stand in the directory, found by container and by name. It is read anew each time: files come and go by the hands of
 * others, too.
 */
#ifndef PURSER_LOGS_SHELF_H
#define PURSER_LOGS_SHELF_H

#include "logs/logname.h"
#include "logs/store.h"

struct shelf_file {
	char file[LOG_NAME_MAX + 1];
	char whole[LOG_NAME_MAX + 1]; /* without what rotation adds */
	struct log_part part;
	struct log_name of;           /* not filled by shelf_siblings */
};

struct shelf_files {
	struct shelf_file *items;
	size_t nr;
};

void shelf_release(struct shelf_files *files);

/* All of them, by name; the files of one log by number, the one that is written to last. */
void shelf_all(const struct store *store, struct shelf_files *out);
/*
 * One container's, oldest first. They may have several names, if purser was killed in the middle of renaming them, or somebody made
 * copies; the first of a number is the one to take: of the `preferred` container's name if there is one, plain if there is one.
 */
void shelf_every(const struct store *store, const char *id, const char *preferred, struct shelf_files *out);
/* The same with each number taken once. */
void shelf_of(const struct store *store, const char *id, const char *preferred, struct shelf_files *out);
/* The file `whole` and what was rotated from it, oldest first. */
void shelf_siblings(int dir, const char *whole, struct shelf_files *out);

/* Ids, as far as file names tell, of containers that were called `name` or whose id begins with it (4 digits or more). */
void shelf_match(const struct store *store, const char *name, struct strvec *ids);
/* The names of all containers whose log is kept. */
void shelf_names(const struct store *store, struct strvec *names);

#endif
