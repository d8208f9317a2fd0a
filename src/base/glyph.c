#include "base/glyph.h"

#include <stdbool.h>
#include <wchar.h>

#include "base/macros.h"
#include "base/banned.h"

size_t glyph_decode(const char *bytes, size_t len, uint32_t *point)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char first = (unsigned char)bytes[0];
	size_t need = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;

	*point = first;
	if (need == 1)
		return 1;
	if (first < 0xC0 || first > 0xF7 || need > len)
		return 0;
	*point = first & (0x7Fu >> need);
	for (size_t i = 1; i < need; i++) {
		if (((unsigned char)bytes[i] & 0xC0) != 0x80)
			return 0;
		*point = *point << 6 | ((unsigned char)bytes[i] & 0x3F);
	}
	if (*point < least[need] || *point > 0x10FFFF || (*point >= 0xD800 && *point <= 0xDFFF))
		return 0;
	return need;
}

struct range {
	uint32_t from, to;
};

/* By rising numbers. Unicode calls them Cc, Cf, Zl and Zp, or default ignorable. */
static const struct range hidden[] = {
	{ 0x00, 0x1F },       { 0x7F, 0x9F },       { 0xAD, 0xAD }, /* soft hyphen */
	{ 0x34F, 0x34F },                                           /* grapheme joiner, which joins nothing */
	{ 0x600, 0x605 },                                           /* signs that enclose the digits behind them */
	{ 0x61C, 0x61C },                                           /* Arabic letter mark */
	{ 0x6DD, 0x6DD },     { 0x70F, 0x70F },     { 0x890, 0x891 },     { 0x8E2, 0x8E2 },
	{ 0x115F, 0x1160 },                                             /* fillers of Hangul */
	{ 0x17B4, 0x17B5 },   { 0x180E, 0x180E },   { 0x200B, 0x200B }, /* a blank without width */
	{ 0x200E, 0x200F },                                             /* direction marks */
	{ 0x2028, 0x202E },                                             /* separators, embeddings and overrides */
	{ 0x2060, 0x206F }, /* word joiner, operators that are not seen, isolates */
	{ 0x3164, 0x3164 },   { 0xFEFF, 0xFEFF },   { 0xFFA0, 0xFFA0 },   { 0xFFF0, 0xFFFB },
	{ 0x110BD, 0x110BD }, { 0x110CD, 0x110CD }, { 0x13430, 0x1343F }, { 0x1BCA0, 0x1BCA3 },
	{ 0x1D173, 0x1D17A }, { 0xE0000, 0xE00FF }, /* tags */
	{ 0xE01F0, 0xE0FFF },
};

static const struct range joiners[] = {
	{ 0x180B, 0x180D }, { 0x180F, 0x180F },   { 0x200C, 0x200D },
	{ 0xFE00, 0xFE0F }, { 0x1F3FB, 0x1F3FF }, { 0xE0100, 0xE01EF },
};

static bool is_among(const struct range *ranges, size_t nr, uint32_t point)
{
	for (size_t i = 0; i < nr && ranges[i].from <= point; i++)
		if (point <= ranges[i].to)
			return true;
	return false;
}

enum glyph glyph_kind(uint32_t point)
{
	if (point >= 0x20 && point < 0x7F)
		return GLYPH_PLAIN;
	if (is_among(hidden, ARRAY_LEN(hidden), point))
		return GLYPH_HIDDEN;
	return is_among(joiners, ARRAY_LEN(joiners), point) ? GLYPH_JOINER : GLYPH_PLAIN;
}

size_t glyph_cells(uint32_t point)
{
	int width = wcwidth((wchar_t)point);
	return width < 0 ? 1 : (size_t)width;
}
