/*
 * What containers share: networks and volumes, as decoded from an engine's lists. Strings are borrowed from the list's arena; a field the
 * engine did not give is "" (never NULL).
 */
#ifndef PURSER_MODEL_RESOURCE_H
#define PURSER_MODEL_RESOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct resource {
	const char *id;         /* what it is asked for by: a network's id, a volume's name */
	const char *name, *driver, *scope, *labels, *created_at;
	const char *mountpoint; /* of a volume */
	bool internal, ipv6;    /* of a network */
	bool builtin;           /* a network that is always there */
};

struct resource_list {
	struct resource *items;
	size_t nr;
	struct arena arena;
};

void resource_list_release(struct resource_list *list);
/* Keeps only those for which `wanted` is true. */
void resource_list_keep(struct resource_list *list, bool (*wanted)(const struct resource *one, const void *arg), const void *arg);
/* By id. */
bool resource_list_has(const struct resource_list *list, const struct resource *one);
/* Whether a volume was given no name by anybody: engines call it by 64 hexadecimal digits. */
bool volume_is_anonymous(const struct resource *volume);

#endif
