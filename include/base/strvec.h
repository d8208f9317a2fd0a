/* A NULL-terminated vector of strings that it owns: argv. */
#ifndef PURSER_BASE_STRVEC_H
#define PURSER_BASE_STRVEC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/macros.h"

struct strvec {
	char **items; /* items[nr] is NULL once anything was pushed */
	size_t nr, room;
};

#define STRVEC_INIT { 0 }

void strvec_init(struct strvec *vec);
void strvec_release(struct strvec *vec);
void strvec_push(struct strvec *vec, const char *text);
void strvec_push_len(struct strvec *vec, const char *text, size_t len);
void strvec_pushf(struct strvec *vec, const char *format, ...) PRINTF_LIKE(2, 3);
void strvec_push_all(struct strvec *vec, ...) __attribute__((sentinel));
bool strvec_has(const struct strvec *vec, const char *text);
/* Takes out the first that is `text`; whether there was one. */
bool strvec_drop(struct strvec *vec, const char *text);
void strvec_sort(struct strvec *vec);

/* Adds `word` so that words_split (and a POSIX shell) gives it back: quoted with '…' only where it needs it. */
void word_quote(struct buf *out, const char *word);

/* All words, quoted, with blanks between: for messages, history and --dry-run. */
void strvec_quote(const struct strvec *vec, struct buf *out);

#endif
