/*
 * One character of UTF-8, and what a terminal makes of it. Characters that are invisible, or that terminals do not agree on how wide they
 * are, would move what stands behind them in the row; so they are told apart from what is plain.
 */
#ifndef PURSER_BASE_GLYPH_H
#define PURSER_BASE_GLYPH_H

#include <stddef.h>
#include <stdint.h>

/*
 * Decodes one sequence. Returns its length, 0 if there is none: a stray or missing continuation byte, an overlong form, half of a
 * surrogate pair, or more than Unicode has.
 */
size_t glyph_decode(const char *bytes, size_t len, uint32_t *point);

enum glyph {
	GLYPH_PLAIN,  /* as it is; combining marks and letters written from the right are */
	GLYPH_HIDDEN, /* not seen, but it acts, or makes two names look the same: controls, direction marks and overrides, what has no width */
	GLYPH_JOINER, /* only says how its neighbours look: joiners, variation selectors, colours of skin. The text is the same without */
};

enum glyph glyph_kind(uint32_t point);

/* Terminal cells; 1 for what the C library does not know. */
size_t glyph_cells(uint32_t point);

#endif
