/*
 * Where a needle may be: three of its bytes, the two rarest in logs and one far from them, are looked for at their distances, thirty-two
 * places at a time. Pure. What is passed over has none; what is not passed over may have one, which is for others to find out.
 */
#ifndef PURSER_BASE_PROBE_H
#define PURSER_BASE_PROBE_H

#include "base/needles.h"

#define PROBE_STRETCH 512 /* bytes, of which it is said whether a needle may begin there */
#define PROBE_BYTES 3

struct probe {
	size_t len;                 /* the needle's */
	size_t places[PROBE_BYTES]; /* of these bytes in it */
	unsigned char bytes[PROBE_BYTES];
	unsigned char folds[PROBE_BYTES]; /* bits that make no difference: what tells upper from lower case */
};

void probe_make(struct probe *probe, const struct needle *needle, bool any_case);
/* The first stretch, of those one behind the other from `from` on, in which a needle may begin; `end`: there is none. */
const char *probe_next(const struct probe *probe, const char *from, const char *end);

#endif
