/* Which stored log is meant by what was typed: NAME, NAME@2, an id, a runtime and a colon before them. */
#ifndef PURSER_COMMAND_STORED_H
#define PURSER_COMMAND_STORED_H

#include "command/session.h"
#include "logs/shelf.h"

/*
 * Of all containers that were called so the newest is number 1: one that is tracked now comes first, then those whose last record is
 * newest. `id` gets 12 digits at least. ERROR_NOT_FOUND says how many there are. A runtime before the name leaves out what is known to be
 * another's; a name alone means the present runtime's, and where that tracks none, any.
 */
int stored_find(struct session *session, const char *word, char id[CONTAINER_ID_LEN + 1], struct error *err);

/* The tracked container that is number 1. */
bool stored_find_tracked(struct session *session, const char *word, struct tracked *out);

/* "web@2" → "web", 2; "podman:web" → "web", 1. */
unsigned stored_number(const char *word, char name[STORE_NAME_MAX + 1]);

/* All logs that are kept, live or gone, by name and number. */
struct stored_logs {
	struct stored_log {
		char id[CONTAINER_ID_LEN + 1]; /* 12 digits at least */
		char name[STORE_NAME_MAX + 1];
		unsigned number; /* as stored_find counts */
		moment last;     /* of its last record; 0 where no other has its name */
	} *items;
	size_t nr;
};

/* Those of containers whose names fit the pattern, NULL: any; of `only` (NULL: any runtime), as far as is known. */
void stored_list(struct session *session, const char *pattern, const struct runtime *only, struct stored_logs *out);
void stored_logs_release(struct stored_logs *logs);

#endif
