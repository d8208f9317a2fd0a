/* Any bytes as docker's multiplexed stream: no crash, and the same records however it is cut. The first byte is the length of the pieces. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "system/frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static int take(void *arg, enum frame_stream stream, const char *bytes, size_t len, struct error *err UNUSED)
{
	struct buf *told = arg;
	require(stream <= FRAME_ERROR && len <= FRAME_MAX);
	buf_printf(told, "%d %zu ", (int)stream, len);
	buf_add(told, bytes, len);
	return 0;
}

static void feed(const char *bytes, size_t len, size_t piece, struct buf *told)
{
	struct frames frames;
	struct error err;
	int failed = 0;

	frames_init(&frames, take, told);
	for (size_t at = 0; at < len && !failed; at += piece) {
		size_t now = len - at < piece ? len - at : piece;
		char *exact = xmalloc(now); /* so that reading behind it is seen */
		memcpy(exact, bytes + at, now);
		failed = frames_feed(&frames, exact, now, &err);
		free(exact);
		require(!failed || (err.kind == ERROR_RUNTIME && err.text[0]));
	}
	if (!failed)
		buf_add_text(told, frames_whole(&frames) ? "whole" : "cut");
	else
		buf_add_text(told, "failed");
	frames_release(&frames);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf one = BUF_INIT(1 << 26), other = BUF_INIT(1 << 26);
	if (size < 2)
		return 0;
	const char *bytes = (const char *)data + 1;
	feed(bytes, size - 1, (size_t)data[0] + 1, &one);
	feed(bytes, size - 1, size - 1, &other);
	require(!strcmp(buf_text(&one), buf_text(&other)) && one.len == other.len);
	buf_release(&one);
	buf_release(&other);
	return 0;
}
