#include "logs/turns.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/banned.h"

void turns_release(struct turns *turns)
{
	free(turns->heap);
	*turns = (struct turns){ 0 };
}

static bool is_before(const struct turn *a, const struct turn *b)
{
	if (a->at != b->at)
		return a->at < b->at;
	int order = strcmp(a->name, b->name);
	return order ? order < 0 : a->nr < b->nr;
}

void turns_put(struct turns *turns, moment at, const char *name, size_t nr)
{
	struct turn turn = { at, name, nr };
	if (turns->nr == turns->room) {
		turns->room = turns->room ? turns->room * 2 : 16;
		turns->heap = xrealloc(turns->heap, turns->room * sizeof *turns->heap);
	}
	size_t hole = turns->nr++;
	for (size_t above; hole > 0; hole = above) {
		above = (hole - 1) / 2;
		if (!is_before(&turn, &turns->heap[above]))
			break;
		turns->heap[hole] = turns->heap[above];
	}
	turns->heap[hole] = turn;
}

bool turns_take(struct turns *turns, size_t *nr)
{
	if (turns->nr == 0)
		return false;
	*nr = turns->heap[0].nr;
	struct turn last = turns->heap[--turns->nr];
	size_t hole = 0;
	for (size_t below; (below = 2 * hole + 1) < turns->nr; hole = below) {
		if (below + 1 < turns->nr && is_before(&turns->heap[below + 1], &turns->heap[below]))
			below++;
		if (!is_before(&turns->heap[below], &last))
			break;
		turns->heap[hole] = turns->heap[below];
	}
	turns->heap[hole] = last;
	return true;
}
