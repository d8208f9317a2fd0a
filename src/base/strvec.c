/* A NULL-terminated vector of strings that it owns, and its words quoted for reading back. */
#include "base/strvec.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define FIRST_ROOM 8

void strvec_init(struct strvec *vec)
{
	*vec = (struct strvec)STRVEC_INIT;
}

void strvec_release(struct strvec *vec)
{
	for (size_t i = 0; i < vec->nr; i++)
		free(vec->items[i]);
	free(vec->items);
	strvec_init(vec);
}

static void push_owned(struct strvec *vec, char *text)
{
	if (vec->nr + 1 >= vec->room) {
		vec->room = vec->room > 0 ? vec->room * 2 : FIRST_ROOM;
		vec->items = xrealloc(vec->items, vec->room * sizeof(*vec->items));
	}
	vec->items[vec->nr++] = text;
	vec->items[vec->nr] = NULL;
}

void strvec_push(struct strvec *vec, const char *text)
{
	push_owned(vec, xstrdup(text));
}

void strvec_push_len(struct strvec *vec, const char *text, size_t len)
{
	char *copy = xmalloc(len + 1);

	if (len > 0)
		memcpy(copy, text, len);
	copy[len] = '\0';
	push_owned(vec, copy);
}

void strvec_pushf(struct strvec *vec, const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	text = xcalloc(len < 0 ? 1 : (size_t)len + 1, 1);
	if (len > 0) {
		va_start(args, format);
		vsnprintf(text, (size_t)len + 1, format, args);
		va_end(args);
	}
	push_owned(vec, text);
}

void strvec_push_all(struct strvec *vec, ...)
{
	const char *text;
	va_list texts;

	va_start(texts, vec);
	while ((text = va_arg(texts, const char *)) != NULL)
		strvec_push(vec, text);
	va_end(texts);
}

bool strvec_drop(struct strvec *vec, const char *text)
{
	for (size_t i = 0; i < vec->nr; i++) {
		if (strcmp(vec->items[i], text) != 0)
			continue;
		free(vec->items[i]);
		memmove(vec->items + i, vec->items + i + 1, (vec->nr - i) * sizeof(*vec->items));
		vec->nr--;
		return true;
	}
	return false;
}

bool strvec_has(const struct strvec *vec, const char *text)
{
	for (size_t i = 0; i < vec->nr; i++) {
		if (strcmp(vec->items[i], text) == 0)
			return true;
	}
	return false;
}

static int compare_items(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void strvec_sort(struct strvec *vec)
{
	if (vec->nr > 1)
		qsort(vec->items, vec->nr, sizeof(*vec->items), compare_items);
}

static bool needs_no_quotes(const char *word)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";

	return *word != '\0' && word[strspn(word, safe)] == '\0';
}

static int add_quoted(struct buf *out, const char *word)
{
	if (buf_add(out, "'", 1) < 0)
		return -1;
	for (;;) {
		size_t plain = strcspn(word, "'");

		if (buf_add(out, word, plain) < 0)
			return -1;
		word += plain;
		if (*word == '\0')
			return buf_add(out, "'", 1);
		if (buf_add_text(out, "'\\''") < 0)
			return -1;
		word++;
	}
}

static int add_word(struct buf *out, const char *word)
{
	if (needs_no_quotes(word))
		return buf_add_text(out, word);
	return add_quoted(out, word);
}

/* Under a ceiling words are left out whole, never inside a quote: what was added of the last one is taken back. */
void word_quote(struct buf *out, const char *word)
{
	size_t start = out->len;

	if (add_word(out, word) < 0)
		buf_truncate(out, start);
}

void strvec_quote(const struct strvec *vec, struct buf *out)
{
	for (size_t i = 0; i < vec->nr; i++) {
		size_t start = out->len;

		if ((i > 0 && buf_add(out, " ", 1) < 0) || add_word(out, vec->items[i]) < 0) {
			buf_truncate(out, start);
			return;
		}
	}
}
