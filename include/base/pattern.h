/*
 * What people look for in text, in PCRE2's grammar; nothing else knows of it. Text is UTF-8 where it is, and else bytes, which no character
 * of a pattern fits; a pattern that is no UTF-8 itself is one of bytes. A pattern is used by one thread.
 *
 * Much text is searched for the pattern's needles first: bytes of which each match has some. Looking for them costs little more than reading.
 */
#ifndef PURSER_BASE_PATTERN_H
#define PURSER_BASE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/needles.h"

struct pattern; /* private */

struct pattern_wish {
	bool fixed; /* all characters mean themselves */
	bool ignore_case;
	bool words; /* no letter, digit or _ stands beside what fits */
	bool lines; /* nothing at all does */
};

/* NULL: ERROR_USAGE, with the place. */
struct pattern *pattern_new(const char *text, const struct pattern_wish *wish, struct error *err);
/* The same for another thread. `pattern` must outlive it. */
struct pattern *pattern_twin(const struct pattern *pattern);
void pattern_free(struct pattern *pattern);

/* Where it fits. */
struct fit {
	size_t begin, end;
};

/*
 * Whether it fits anywhere from `from` on; the first place. The whole of `bytes` is the text: what stands before `from` can still be looked
 * back at. 1, 0, or -1: it would take too much work, which is the pattern's fault.
 */
int pattern_find(struct pattern *pattern, const char *bytes, size_t len, size_t from, struct fit *out,
		 struct error *err);

/* Whether there are needles; if not, each line has to be looked at. */
bool pattern_has_needles(const struct pattern *pattern);

/* The place of each needle in what is searched. */
struct hints {
	const char *end;
	const char *next[NEEDLES_MAX];
};

void pattern_hints(const struct pattern *pattern, struct hints *hints, const char *bytes, size_t len);
/* The first needle from `from` on, which never goes back; NULL: there is none. */
const char *pattern_hint(struct pattern *pattern, struct hints *hints, const char *from);

#endif
