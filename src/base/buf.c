/* A growable run of bytes with a ceiling, and allocation that cannot fail. */
#include "base/buf.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"

#include "base/banned.h"

#define FIRST_ROOM 64

__attribute__((noreturn)) static void out_of_memory(void)
{
	static const char message[] = "purser: out of memory\n";

	fd_write_all(STDERR_FILENO, message, sizeof(message) - 1);
	_exit(1);
}

/* Asking for nothing may give NULL, which here means failure. */
static size_t at_least_one(size_t size)
{
	return size > 0 ? size : 1;
}

void *xmalloc(size_t size)
{
	return xrealloc(NULL, size);
}

void *xcalloc(size_t count, size_t size)
{
	void *memory = calloc(at_least_one(count), at_least_one(size));

	if (memory == NULL)
		out_of_memory();
	return memory;
}

void *xrealloc(void *old, size_t size)
{
	void *memory = realloc(old, at_least_one(size));

	if (memory == NULL)
		out_of_memory();
	return memory;
}

char *xstrdup(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(xmalloc(size), text, size);
}

void buf_init(struct buf *buf, size_t limit)
{
	*buf = (struct buf)BUF_INIT(limit);
}

void buf_release(struct buf *buf)
{
	free(buf->bytes);
	buf_init(buf, buf->limit);
}

void buf_clear(struct buf *buf)
{
	buf_truncate(buf, 0);
}

static bool fits(const struct buf *buf, size_t more)
{
	return buf->len <= buf->limit && more <= buf->limit - buf->len;
}

/* Makes room for `more` bytes, which fit under the ceiling, and the NUL. Doubles, so that adding stays cheap. */
static void reserve(struct buf *buf, size_t more)
{
	size_t need = buf->len + more + 1;
	size_t room = buf->room > 0 ? buf->room * 2 : FIRST_ROOM;

	if (need <= buf->room)
		return;
	if (room > buf->limit)
		room = buf->limit + 1;
	if (room < need)
		room = need;
	buf->bytes = xrealloc(buf->bytes, room);
	buf->room = room;
}

int buf_add(struct buf *buf, const void *bytes, size_t len)
{
	if (!fits(buf, len))
		return -1;
	reserve(buf, len);
	if (len > 0)
		memcpy(buf->bytes + buf->len, bytes, len);
	buf->len += len;
	buf->bytes[buf->len] = '\0';
	return 0;
}

char *buf_reserve(struct buf *buf, size_t len)
{
	if (!fits(buf, len))
		return NULL;
	reserve(buf, len);
	return buf->bytes + buf->len;
}

void buf_grow(struct buf *buf, size_t len)
{
	buf->len += len;
	buf->bytes[buf->len] = '\0';
}

int buf_add_text(struct buf *buf, const char *text)
{
	return buf_add(buf, text, strlen(text));
}

PRINTF_LIKE(1, 0) static int formatted_len(const char *format, va_list args)
{
	va_list copy;
	int len;

	va_copy(copy, args);
	len = vsnprintf(NULL, 0, format, copy);
	va_end(copy);
	return len;
}

PRINTF_LIKE(2, 0) static int add_formatted(struct buf *buf, const char *format, va_list args)
{
	int len = formatted_len(format, args);

	if (len < 0 || !fits(buf, (size_t)len))
		return -1;
	reserve(buf, (size_t)len);
	vsnprintf(buf->bytes + buf->len, (size_t)len + 1, format, args);
	buf->len += (size_t)len;
	return 0;
}

int buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;
	int result;

	va_start(args, format);
	result = add_formatted(buf, format, args);
	va_end(args);
	return result;
}

void buf_drop(struct buf *buf, size_t len)
{
	if (buf->bytes == NULL)
		return;
	if (len > buf->len)
		len = buf->len;
	buf->len -= len;
	memmove(buf->bytes, buf->bytes + len, buf->len + 1);
}

void buf_truncate(struct buf *buf, size_t len)
{
	if (len >= buf->len)
		return;
	buf->len = len;
	buf->bytes[len] = '\0';
}

const char *buf_text(const struct buf *buf)
{
	return buf->bytes != NULL ? buf->bytes : "";
}
