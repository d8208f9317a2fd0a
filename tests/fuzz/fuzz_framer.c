/*
 * Any bytes as what the CLI prints: no crash, nothing made up, and of a terminal's text the same records however it is cut into pieces.
 * The first byte says how: bit 0 a terminal's text, the others the length of the pieces.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "logs/framer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

struct framed {
	struct buf lines;
	size_t records, bytes;
};

static int take(void *arg, const struct record *record, struct error *err UNUSED)
{
	struct framed *framed = arg;
	framed->records++;
	framed->bytes += record->len;
	require(memchr(record->bytes, '\n', record->len) == NULL);
	require(record_store(record, &framed->lines) == 0);
	return 0;
}

static void frame(const char *text, size_t len, bool raw, size_t piece, struct framed *framed, struct buf *said)
{
	struct framer framer;
	struct error err;
	int failed = 0;

	*framed = (struct framed){ 0 };
	buf_init(&framed->lines, 64u * 1024 * 1024);
	framer_init(&framer, raw ? WINDOW_TERMINAL : WINDOW_WRITES, take, framed);
	for (size_t at = 0; at < len && !failed; at += piece) {
		size_t now = len - at < piece ? len - at : piece;
		char *exact = xmalloc(now); /* so that reading behind it is seen */
		memcpy(exact, text + at, now);
		failed = framer_feed(&framer, (at & 1) && !raw ? STREAM_STDERR : STREAM_STDOUT, exact, now, &err);
		free(exact);
		require(!failed || err.text[0]);
	}
	if (!failed)
		require(framer_end(&framer, &err) == 0);
	require(framed->bytes + framer.said.len <= len);
	buf_add(said, buf_text(&framer.said), framer.said.len);
	framer_release(&framer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct framed one, other;
	struct buf one_said = BUF_INIT(100000), other_said = BUF_INIT(100000);
	if (size < 2)
		return 0;
	const char *text = (const char *)data + 1;
	bool raw = data[0] & 1;

	frame(text, size - 1, raw, (data[0] >> 1) + 1, &one, &one_said);
	frame(text, size - 1, raw, size - 1, &other, &other_said);
	if (raw) {
		require(one.records == other.records && one.lines.len == other.lines.len);
		require(one.lines.len == 0 || !memcmp(one.lines.bytes, other.lines.bytes, one.lines.len));
		require(!strcmp(buf_text(&one_said), buf_text(&other_said)));
	}
	buf_release(&one.lines);
	buf_release(&other.lines);
	buf_release(&one_said);
	buf_release(&other_said);
	return 0;
}
