/*
 * A file that appears under its name only when it is whole: what a request streams goes into a temporary one beside it, which gets the
 * name, as one step, when all is written and synced. Whatever goes wrong before leaves nothing behind, and an older file as it was.
 */
#ifndef PURSER_COMMAND_WHOLEFILE_H
#define PURSER_COMMAND_WHOLEFILE_H

#include <limits.h>
#include <stdbool.h>

#include "command/progress.h"

struct wholefile {
	int parent, fd; /* the directory, and the temporary file in it */
	bool replaces;  /* an older file may be replaced */
	char path[PATH_MAX];
	char temporary[32];
	int64_t written;           /* bytes */
	struct progress *progress; /* that tells of them; NULL, as wholefile_begin leaves it: none */
};

/*
 * What is there already is ERROR_NAME_TAKEN, unless it is a file and `replaces`; a path that is none to write to fails here, before
 * anything is asked of an engine.
 */
int wholefile_begin(struct wholefile *file, const char *path, bool replaces, struct error *err);
/* A request's sink; its argument is the wholefile. */
int wholefile_sink(void *arg, enum request_stream stream, const char *bytes, size_t len, struct error *err);
/* It becomes the file. On failure it is abandoned. */
int wholefile_commit(struct wholefile *file, struct error *err);
/* Behind a commit it does nothing. */
void wholefile_abandon(struct wholefile *file);

#endif
