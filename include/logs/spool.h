/* The files of one log, read from their beginning to their end, and on from there whenever more was stored. */
#ifndef PURSER_LOGS_SPOOL_H
#define PURSER_LOGS_SPOOL_H

#include "logs/scan.h"

struct spool {
	const struct store *store; /* borrowed */
	char id[CONTAINER_ID_LEN + 1], name[STORE_NAME_MAX + 1];
	struct shelf_files files;
	ino_t inode;        /* of the file that was written to, … */
	struct place place; /* … and how far that was read, or whatever was the end */
};

/* ERROR_NOT_FOUND: nothing is stored of it. */
int spool_open(struct spool *spool, const struct store *store, const char *id, const char *name, struct error *err);
void spool_release(struct spool *spool);
/* Before its files are opened: one that is newer than these will be seen as another one. */
void spool_note(struct spool *spool);
/* Whether there is more than up to spool->place. Where not, that costs three calls of stat(2). */
bool spool_has_more(struct spool *spool);

#endif
