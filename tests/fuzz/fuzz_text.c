/* Any bytes as what a container wrote: what a terminal is given has no control sequence but colours, and a level is found without harm. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/sgr.h"
#include "base/text.h"
#include "logs/level.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

/* Without controls, but for whole colours where they are allowed. */
static void check(const struct buf *safe, bool colours)
{
	for (size_t at = 0; at < safe->len;) {
		const unsigned char *byte = (const unsigned char *)safe->bytes + at;
		size_t colour = colours ? sgr_len(safe->bytes + at, safe->len - at) : 0;
		require(colour || (*byte >= 0x20 && *byte != 0x7F && !(*byte == 0xC2 && byte[1] < 0xA0)));
		at += colour ? colour : 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct buf safe = BUF_INIT(4 * size + 64), again = BUF_INIT(4 * size + 64), coloured = BUF_INIT(4 * size + 64);

	text_add_safe(&safe, bytes, size, false);
	check(&safe, false);
	text_add_safe(&again, buf_text(&safe), safe.len, false);
	require(strcmp(buf_text(&again), buf_text(&safe)) == 0);
	sgr_add_safe(&coloured, bytes, size);
	check(&coloured, true);
	require(text_rows(buf_text(&safe), safe.len, 1, SIZE_MAX) >= (safe.len > 0));
	level_of(bytes, size);
	buf_release(&safe);
	buf_release(&again);
	buf_release(&coloured);
	return 0;
}
