/* Text for people: made safe for a terminal, measured in cells, matched and compared. */
#include "base/text.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/glyph.h"
#include "base/macros.h"
#include "base/sgr.h"

#include "base/banned.h"

/* The length of the character at `bytes` if a terminal may have it as it is, else 0. */
static size_t safe_len(const char *bytes, size_t len, bool keep_newlines)
{
	uint32_t point;
	size_t taken = glyph_decode(bytes, len, &point);

	if (taken == 0)
		return 0;
	if (point == '\n')
		return keep_newlines;
	return glyph_kind(point) == GLYPH_PLAIN ? taken : 0;
}

/* Adds the character at `bytes` made visible, or leaves out a joiner; returns how many bytes it was, 0 at the ceiling. */
static size_t add_visible(struct buf *out, const char *bytes, size_t len)
{
	unsigned char first = (unsigned char)bytes[0];
	char visible[4 * sizeof("\\xHH")];
	uint32_t point;
	size_t taken = glyph_decode(bytes, len, &point);

	if (first == '\t')
		return buf_add(out, " ", 1) < 0 ? 0 : 1;
	if (first < 0x80)
		return buf_printf(out, "^%c", first ^ 0x40) < 0 ? 0 : 1;
	if (taken > 0 && glyph_kind(point) == GLYPH_JOINER)
		return taken;
	if (taken == 0)
		taken = 1;
	for (size_t i = 0; i < taken; i++)
		snprintf(visible + 4 * i, sizeof(visible) - 4 * i, "\\x%02x", (unsigned char)bytes[i]);
	return buf_add_text(out, visible) < 0 ? 0 : taken;
}

void text_add_safe(struct buf *out, const char *bytes, size_t len, bool keep_newlines)
{
	while (len > 0) {
		size_t safe = 0, taken;

		while (safe < len && (taken = safe_len(bytes + safe, len - safe, keep_newlines)) > 0)
			safe += taken;
		if (buf_add(out, bytes, safe) < 0)
			return;
		bytes += safe;
		len -= safe;
		if (len == 0)
			return;
		taken = add_visible(out, bytes, len);
		if (taken == 0)
			return;
		bytes += taken;
		len -= taken;
	}
}

size_t text_unfinished(const char *bytes, size_t len)
{
	for (size_t nr = 1; nr <= len && nr < 4; nr++) {
		unsigned char first = (unsigned char)bytes[len - nr];
		size_t need = first >= 0xF8 ? 0 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 0;
		if ((first & 0xC0) != 0x80)
			return need > nr ? nr : 0;
	}
	return 0;
}

/* The length of the character or sequence at `text` in bytes, at least 1, and in *cells how wide it is. */
static size_t measure(const char *text, size_t len, size_t *cells)
{
	size_t colour = *text == '\033' ? sgr_len(text, len) : 0;
	uint32_t point;

	*cells = 0;
	if (colour > 0)
		return colour;
	size_t taken = glyph_decode(text, len, &point);

	*cells = taken > 0 ? glyph_cells(point) : 1;
	return taken > 0 ? taken : 1;
}

size_t text_cells(const char *text)
{
	size_t len = strlen(text), total = 0, cells;

	for (size_t at = 0; at < len; total += cells)
		at += measure(text + at, len - at, &cells);
	return total;
}

size_t text_rows(const char *bytes, size_t len, size_t columns, size_t max)
{
	size_t rows = 0, used = 0, cells;
	bool begun = false;

	for (size_t at = 0; at < len && rows < max;) {
		char byte = bytes[at];

		at += measure(bytes + at, len - at, &cells);
		if (byte == '\t')
			cells = 8 - used % 8;
		if (!begun || (byte != '\n' && used + cells > columns)) {
			rows++;
			used = 0;
		}
		begun = byte != '\n';
		used += cells;
	}
	return rows;
}

/* How many bytes of `text` fit into `room` cells; *used is how many cells those take. */
static size_t cut_at(const char *text, size_t room, size_t *used)
{
	size_t len = strlen(text), at = 0;

	*used = 0;
	while (at < len) {
		size_t cells, taken = measure(text + at, len - at, &cells);

		if (cells > room - *used)
			break;
		*used += cells;
		at += taken;
	}
	return at;
}

void text_add_cells(struct buf *out, const char *text, size_t cells, bool pad)
{
	size_t len = strlen(text), used, cut = cut_at(text, cells, &used);

	if (cut < len && cells > 0) {
		cut = cut_at(text, cells - 1, &used);
		buf_add(out, text, cut);
		buf_add_text(out, "…");
		used++;
	} else {
		buf_add(out, text, cut);
	}
	while (pad && used < cells && buf_add(out, " ", 1) == 0)
		used++;
}

bool text_is_pattern(const char *text)
{
	return strpbrk(text, "*?") != NULL;
}

bool text_matches(const char *pattern, const char *text)
{
	const char *star = NULL, *resume = NULL;

	/* Only the last star ever needs to take more: what the earlier ones took was already enough. */
	while (*text != '\0') {
		if (*pattern == '*') {
			star = ++pattern;
			resume = text;
		} else if (*pattern == '?' || *pattern == *text) {
			pattern++;
			text++;
		} else if (star != NULL) {
			pattern = star;
			text = ++resume;
		} else {
			return false;
		}
	}
	return pattern[strspn(pattern, "*")] == '\0';
}

#define DISTANCE_MAX ((size_t)99)

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * Letters left out, put in, exchanged, or swapped with their neighbour (optimal string alignment), row by row.
 * Words longer than DISTANCE_MAX are DISTANCE_MAX apart: nobody meant one by the other.
 */
size_t text_distance(const char *a, const char *b)
{
	size_t rows[3][DISTANCE_MAX + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];
	size_t a_len = strlen(a), b_len = strlen(b);

	if (a_len > DISTANCE_MAX || b_len > DISTANCE_MAX)
		return strcmp(a, b) == 0 ? 0 : DISTANCE_MAX;
	for (size_t j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *free_row = before;

		before = above;
		above = row;
		row = free_row;
		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			row[j] = least(above[j - 1] + (a[i - 1] != b[j - 1]), least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return row[b_len];
}

const char *text_nearest(const char *typed, const char *const *words)
{
	size_t len = strlen(typed), limit = len < 5 ? 1 : (len + 1) / 3;
	size_t nearest = limit + 1;
	const char *found = NULL;

	if (len == 0)
		return NULL;
	for (; *words != NULL; words++) {
		size_t distance = text_distance(typed, *words);

		/* A word that was only begun is near however much of it is missing. */
		if (strncmp(*words, typed, len) == 0)
			distance = least(distance, 1);
		if (distance < nearest) {
			nearest = distance;
			found = *words;
		}
	}
	return found;
}

/* For one `hash` no two words, and for one word no two hashes, come to the same. */
static unsigned long long mix(unsigned long long hash, unsigned long long word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 32;
}

unsigned long long text_hash(unsigned long long hash, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	unsigned long long word;

	hash = mix(hash, len);
	for (; len >= sizeof word; at += sizeof word, len -= sizeof word) {
		memcpy(&word, at, sizeof word);
		hash = mix(hash, word);
	}
	if (len) {
		word = 0;
		memcpy(&word, at, len);
		hash = mix(hash, word);
	}
	return hash;
}

unsigned text_lines(const char *bytes, size_t len)
{
	unsigned lines = 0;

	for (size_t i = 0; i < len; i++)
		lines += bytes[i] == '\n';
	return lines;
}

bool text_size(const char *text, unsigned thousand, int64_t *out)
{
	static const char units[] = "bkmgt";
	char *end;
	double number = strtod(text, &end);

	if (end == text || !isdigit((unsigned char)*text) || number < 0)
		return false;
	while (*end == ' ')
		end++;
	const char *unit = *end != '\0' ? strchr(units, tolower((unsigned char)*end)) : units;
	if (unit == NULL || (*end != '\0' && end[1] != '\0' && strcasecmp(end + 1, "b") != 0 && strcasecmp(end + 1, "ib") != 0))
		return false;
	for (; unit > units; unit--)
		number *= thousand;
	if (number > 1e18)
		return false;
	*out = (int64_t)(number + 0.5); /* 8.19 * 1e6 is a little less than what is meant */
	return true;
}
