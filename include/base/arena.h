/* Memory for the values of one reply: given out piece by piece, released at once. */
#ifndef PURSER_BASE_ARENA_H
#define PURSER_BASE_ARENA_H

#include <stddef.h>

struct arena {
	struct arena_block *newest; /* private */
};

#define ARENA_INIT { 0 }

/* Zeroed, aligned for any object, valid until arena_release. */
void *arena_alloc(struct arena *arena, size_t size);
char *arena_copy(struct arena *arena, const char *bytes, size_t len); /* with a NUL behind it */
char *arena_text(struct arena *arena, const char *text);
void arena_release(struct arena *arena);

#endif
