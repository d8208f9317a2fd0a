/* Memory given out piece by piece and released at once. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#include "base/banned.h"

#define BLOCK_SIZE ((size_t)8192)

struct arena_block {
	struct arena_block *older;
	size_t used, size;
	max_align_t memory[];
};

static struct arena_block *block_new(struct arena_block *older, size_t size)
{
	struct arena_block *block = xcalloc(1, sizeof(*block) + size);

	block->older = older;
	block->size = size;
	return block;
}

static void *take(struct arena_block *block, size_t size)
{
	void *piece = (char *)block->memory + block->used;

	block->used += size;
	return piece;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct arena_block *newest = arena->newest;
	size_t align = alignof(max_align_t);

	if (size > SIZE_MAX / 2)
		return xmalloc(size); /* ends the program */
	size = (size + align - 1) / align * align;
	if (newest != NULL && newest->size - newest->used >= size)
		return take(newest, size);
	if (newest != NULL && size > BLOCK_SIZE / 4) {
		/* Behind the newest, whose room is still good for small pieces. */
		newest->older = block_new(newest->older, size);
		return take(newest->older, size);
	}
	arena->newest = block_new(newest, size > BLOCK_SIZE ? size : BLOCK_SIZE);
	return take(arena->newest, size);
}

char *arena_copy(struct arena *arena, const char *bytes, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);

	if (len > 0)
		memcpy(copy, bytes, len);
	return copy;
}

char *arena_text(struct arena *arena, const char *text)
{
	return arena_copy(arena, text, strlen(text));
}

void arena_release(struct arena *arena)
{
	while (arena->newest != NULL) {
		struct arena_block *older = arena->newest->older;

		free(arena->newest);
		arena->newest = older;
	}
}
