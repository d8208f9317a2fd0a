/* Which stored log is meant by what was typed: NAME, NAME@2, an id. */
#ifndef PURSER_COMMAND_STORED_H
#define PURSER_COMMAND_STORED_H

#include "command/session.h"
#include "logs/shelf.h"

/*
 * Of all containers that were called so the newest is number 1: one that is tracked now comes first, then those whose last record is
 * newest. `id` gets 12 digits at least. ERROR_NOT_FOUND says how many there are.
 */
int stored_find(struct session *session, const char *word, char id[CONTAINER_ID_LEN + 1], struct error *err);

/* "web@2" → "web", 2; "web" → "web", 1. */
unsigned stored_number(const char *word, char name[STORE_NAME_MAX + 1]);

#endif
