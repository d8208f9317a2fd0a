/* What a pattern cannot fit without: found in its text, without trying it. Pure. */
#ifndef PURSER_BASE_NEEDLES_H
#define PURSER_BASE_NEEDLES_H

#include <stdbool.h>
#include <stddef.h>

#define NEEDLES_MAX 6
#define NEEDLE_MAX 64 /* bytes */

/* One of these stands in all that the pattern fits. None: that is not known. */
struct needles {
	struct needle {
		char bytes[NEEDLE_MAX];
		size_t len;
	} items[NEEDLES_MAX];
	size_t nr;
	bool any_case; /* in upper and lower case */
};

/*
 * `text` is a pattern of PCRE2's that compiles, or with `fixed` the text itself. With `ignore_case` needles are of ASCII, and without k and s,
 * which are the lower case of other characters, too.
 */
void needles_find(const char *text, bool fixed, bool ignore_case, struct needles *out);

#endif
