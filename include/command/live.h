/*
 * A table that is followed: what it is about is looked at again and again, until somebody presses q or Ctrl-C.
 *
 * On a terminal it has the whole screen, keys move about in it, and whatever becomes of it the terminal is then as it was. Keys are answered while an engine is waited
 * for, too; how old the rows are is said where they are old. Elsewhere, and as JSON, rows are printed as lines: all, and from then on those that changed.
 */
#ifndef PURSER_COMMAND_LIVE_H
#define PURSER_COMMAND_LIVE_H

#include <stdbool.h>

#include "base/arena.h"
#include "command/columns.h"
#include "command/session.h"

/* What a look found, `nr` of each; all of it is the arena's. */
struct live_rows {
	size_t nr;
	const char **keys;    /* which row is which, from one look to the next */
	const char **names;   /* what one is called when it has gone */
	const char **cells;   /* nr × the columns */
	const char **objects; /* each as a line of JSON; where that is wanted */
	const char **
		same; /* two rows of a key and equal in this are not told as changed; NULL in the first: all change always */
	struct arena arena;
};

struct live_source {
	const char *things;   /* what the rows are: "containers" */
	const char *name_key; /* in JSON, of what one is called */
	const struct column *columns;
	size_t columns_nr;
	int every_ms;
	bool json;
	/* Fills *out, begun by live_rows_make. What it asks for is asked through the session. */
	int (*look)(struct session *session, void *arg, struct live_rows *out, struct error *err);
	void *arg;
};

/* Room for so many rows. */
void live_rows_make(struct live_rows *rows, size_t nr, size_t columns_nr);

/* -1: the first look failed, it cannot be written, or purser is to end; of what is no screen Ctrl-C is ERROR_CANCELLED. */
int live_follow(struct session *session, const struct live_source *source, struct error *err);

#endif
