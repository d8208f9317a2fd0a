/*
 * A growable run of bytes with a ceiling: every buffer fed from outside has one.
 * The bytes are always followed by a NUL that is not counted. Running out of memory ends the program.
 */
#ifndef PURSER_BASE_BUF_H
#define PURSER_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

#include "base/macros.h"

struct buf {
	char *bytes; /* NULL until something was added */
	size_t len, room, limit;
};

#define BUF_INIT(ceiling) { .limit = (ceiling) }

void buf_init(struct buf *buf, size_t limit);
void buf_release(struct buf *buf);

/* Forgets the content, keeps the memory. */
void buf_clear(struct buf *buf);

/* Add at the end; -1 when the ceiling would be passed, and then nothing is added. */
int buf_add(struct buf *buf, const void *bytes, size_t len);
int buf_add_text(struct buf *buf, const char *text);
int buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);

/* Room for `len` bytes behind the content; NULL when the ceiling would be passed. What was written there counts after buf_grow. */
char *buf_reserve(struct buf *buf, size_t len);
void buf_grow(struct buf *buf, size_t len);

/* Drops the first `len` bytes. */
void buf_drop(struct buf *buf, size_t len);

/* Keeps only the first `len` bytes. */
void buf_truncate(struct buf *buf, size_t len);

/* The content as a string ("" when empty); valid until the next change. */
const char *buf_text(const struct buf *buf);

/* Allocation that cannot fail: the program ends with a message when memory does. */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text);

#endif
