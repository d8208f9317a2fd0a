/*
 * Whose turn it is, of many that each have an order of their own: of those who wait the one with the earliest time; of the same time by
 * name, then by number. Pure.
 */
#ifndef PURSER_LOGS_TURNS_H
#define PURSER_LOGS_TURNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/moment.h"

struct turn {
	moment at;
	const char *name; /* borrowed */
	size_t nr;
};

struct turns {
	struct turn *heap; /* private */
	size_t nr, room;
};

void turns_release(struct turns *turns);
/* `nr` waits for its turn; it may do so once only. */
void turns_put(struct turns *turns, moment at, const char *name, size_t nr);
/* Who is next waits no more. false: nobody does. */
bool turns_take(struct turns *turns, size_t *nr);

#endif
