#include "base/sgr.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "base/banned.h"

#define SEQUENCE_MAX 64 /* bytes; the longest that makes sense has foreground, background and some attributes */
#define NUMBERS_MAX 32

/* Without 5, 6 (blinking), 8 (concealed), and the fonts and frames that hardly any terminal has. */
static bool is_known(unsigned number)
{
	return number <= 4 || number == 7 || number == 9 || (number >= 21 && number <= 29 && number != 26) ||
	       (number >= 30 && number <= 49 && number != 38 && number != 48) || number == 53 || number == 55 ||
	       number == 59 || (number >= 90 && number <= 107);
}

/* How many of the numbers say a colour, behind 38, 48 or 58: 5;N or 2;R;G;B. 0: they do not. */
static size_t colour_len(const unsigned *numbers, size_t nr)
{
	if (nr >= 2 && numbers[0] == 5)
		return numbers[1] <= 255 ? 2 : 0;
	if (nr >= 4 && numbers[0] == 2)
		return numbers[1] <= 255 && numbers[2] <= 255 && numbers[3] <= 255 ? 4 : 0;
	return 0;
}

static bool are_known(const unsigned *numbers, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (numbers[i] == 38 || numbers[i] == 48 || numbers[i] == 58) {
			size_t colour = colour_len(numbers + i + 1, nr - i - 1);
			if (colour == 0)
				return false;
			i += colour;
		} else if (!is_known(numbers[i])) {
			return false;
		}
	}
	return true;
}

size_t sgr_len(const char *bytes, size_t len)
{
	unsigned numbers[NUMBERS_MAX] = { 0 };
	size_t nr = 0;
	if (len < 3 || bytes[0] != '\033' || bytes[1] != '[')
		return 0;
	for (size_t at = 2; at < len && at < SEQUENCE_MAX; at++) {
		unsigned char byte = (unsigned char)bytes[at];
		if (byte == 'm')
			return are_known(numbers, nr + 1) ? at + 1 : 0;
		if (isdigit(byte))
			numbers[nr] = numbers[nr] * 10 + (byte - '0');
		else if ((byte != ';' && byte != ':') || ++nr == NUMBERS_MAX)
			return 0;
		if (numbers[nr] > 999)
			return 0;
	}
	return 0;
}

void sgr_add_safe(struct buf *out, const char *bytes, size_t len)
{
	bool any = false;
	for (size_t at = 0; at < len;) {
		const char *escape = memchr(bytes + at, '\033', len - at);
		size_t end = escape ? (size_t)(escape - bytes) : len;
		size_t sequence = sgr_len(bytes + end, len - end);
		text_add_safe(out, bytes + at, sequence || end == len ? end - at : end + 1 - at, false);
		buf_add(out, bytes + end, sequence);
		any |= sequence > 0;
		at = sequence ? end + sequence : end + (end < len);
	}
	if (any)
		buf_add_text(out, SGR_RESET);
}
