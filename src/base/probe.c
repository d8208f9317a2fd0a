#include "base/probe.h"

#include <stdint.h>
#include <string.h>

#include "base/macros.h"
#include "base/banned.h"

#define LANES 32

typedef unsigned char lanes __attribute__((vector_size(LANES)));

_Static_assert(PROBE_STRETCH % LANES == 0, "stretches are looked at lane by lane");

/* ---- which bytes ---- */

/* What logs have most of, the most frequent first. */
static const char frequent[] = " 0e1ta2oni3sr45d678l9c:.u\"m-p,/g[]=yfh_bvw(){}kTZ";

/* The higher the rarer. */
static size_t rarity(unsigned char byte)
{
	const char *at = byte ? strchr(frequent, byte) : NULL;
	return at ? (size_t)(at - frequent) : sizeof frequent;
}

static bool is_letter(unsigned char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static unsigned char fold_of(unsigned char byte, bool any_case)
{
	return any_case && is_letter(byte) ? 'a' ^ 'A' : 0;
}

/* The place of the rarest byte but for the one at `but`. */
static size_t rarest(const struct needle *needle, bool any_case, size_t but)
{
	size_t place = but == 0, best = 0;
	for (size_t i = 0; i < needle->len; i++) {
		unsigned char byte = (unsigned char)needle->bytes[i];
		size_t rare = rarity(byte | fold_of(byte, any_case)) + 1;
		if (i == but || rare <= best)
			continue;
		place = i;
		best = rare;
	}
	return place;
}

static size_t distance(size_t a, size_t b)
{
	return a > b ? a - b : b - a;
}

/* Bytes of one word come together more often than by chance. */
static size_t farthest(const struct needle *needle, size_t a, size_t b)
{
	size_t place = a, best = 0;
	for (size_t i = 0; i < needle->len; i++) {
		size_t nearer = distance(i, a) < distance(i, b) ? distance(i, a) : distance(i, b);
		if (nearer > best) {
			place = i;
			best = nearer;
		}
	}
	return place;
}

void probe_make(struct probe *probe, const struct needle *needle, bool any_case)
{
	*probe = (struct probe){ .len = needle->len };
	probe->places[0] = rarest(needle, any_case, SIZE_MAX);
	probe->places[1] = rarest(needle, any_case, probe->places[0]);
	probe->places[2] = farthest(needle, probe->places[0], probe->places[1]);
	for (size_t i = 0; i < PROBE_BYTES; i++) {
		unsigned char byte = (unsigned char)needle->bytes[probe->places[i]];
		probe->folds[i] = fold_of(byte, any_case);
		probe->bytes[i] = byte | probe->folds[i];
	}
}

/* ---- looking ---- */

#define INLINE static inline __attribute__((always_inline))

/* The bytes that are looked for, in all lanes. */
struct broad {
	lanes bytes[PROBE_BYTES], folds[PROBE_BYTES];
};

INLINE bool has_any(const lanes *found)
{
	uint64_t parts[LANES / sizeof(uint64_t)], any = 0;
	memcpy(parts, found, sizeof parts);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		any |= parts[i];
	return any != 0;
}

/* Whether in a stretch there is a place where the first `nr` bytes are. */
INLINE bool may_begin(const struct probe *probe, const struct broad *broad, const char *stretch, size_t nr)
{
	lanes found = { 0 }, loaded;
	for (size_t i = 0; i < PROBE_STRETCH; i += LANES) {
		lanes here = ~(lanes){ 0 };
#pragma GCC unroll 3
		for (size_t k = 0; k < nr; k++) {
			memcpy(&loaded, stretch + probe->places[k] + i, sizeof loaded);
			here &= (lanes)((loaded | broad->folds[k]) == broad->bytes[k]);
		}
		found |= here;
	}
	return has_any(&found);
}

/* Two bytes are mostly enough. */
INLINE const char *next(const struct probe *probe, const char *from, const char *end)
{
	struct broad broad;
	for (size_t i = 0; i < PROBE_BYTES; i++) {
		broad.bytes[i] = (lanes){ 0 } + probe->bytes[i];
		broad.folds[i] = (lanes){ 0 } + probe->folds[i];
	}
	for (; (size_t)(end - from) >= PROBE_STRETCH + probe->len; from += PROBE_STRETCH)
		if (may_begin(probe, &broad, from, 2) && may_begin(probe, &broad, from, PROBE_BYTES))
			return from;
	return (size_t)(end - from) < probe->len ? end : from;
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static const char *next_with_avx2(const struct probe *probe, const char *from,
								  const char *end)
{
	return next(probe, from, end);
}
#endif

/* Each time as many lanes at once as the processor has. */
const char *probe_next(const struct probe *probe, const char *from, const char *end)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx2"))
		return next_with_avx2(probe, from, end);
#endif
	return next(probe, from, end);
}
