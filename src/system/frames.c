#include "system/frames.h"

#include <stdint.h>

#include "base/banned.h"

void frames_init(struct frames *frames, frame_fn *emit, void *arg)
{
	*frames = (struct frames){ .emit = emit, .arg = arg };
	buf_init(&frames->carry, FRAME_HEAD + FRAME_MAX);
}

void frames_release(struct frames *frames)
{
	buf_release(&frames->carry);
}

bool frames_whole(const struct frames *frames)
{
	return frames->carry.len == 0;
}

static int payload_len(const char *head, size_t *len, struct error *err)
{
	const unsigned char *byte = (const unsigned char *)head;
	*len = (size_t)byte[4] << 24 | (size_t)byte[5] << 16 | (size_t)byte[6] << 8 | byte[7];
	if (byte[0] > FRAME_ERROR || byte[1] || byte[2] || byte[3] || *len > FRAME_MAX)
		return error_set(err, ERROR_RUNTIME, "what came is no stream of log records (it has a head %02x%02x%02x%02x, length %zu)",
				 byte[0], byte[1], byte[2], byte[3], *len);
	return 0;
}

/* Emits the whole frames at the start of `bytes`; *used is where the first that is not whole begins, *wants how long that is at least. */
static int emit_whole(struct frames *frames, const char *bytes, size_t len, size_t *used, size_t *wants, struct error *err)
{
	*used = 0;
	for (;;) {
		size_t payload = 0, left = len - *used;
		*wants = FRAME_HEAD;
		if (left < FRAME_HEAD)
			return 0;
		if (payload_len(bytes + *used, &payload, err) < 0)
			return -1;
		*wants = FRAME_HEAD + payload;
		if (left < *wants)
			return 0;
		if (frames->emit(frames->arg, (enum frame_stream)bytes[*used], bytes + *used + FRAME_HEAD, payload, err) < 0)
			return -1;
		*used += *wants;
	}
}

int frames_feed(struct frames *frames, const char *bytes, size_t len, struct error *err)
{
	size_t used, wants;

	/* What was begun is completed first, with no more than it lacks, so that the rest need not be copied. */
	while (frames->carry.len && len) {
		if (emit_whole(frames, buf_text(&frames->carry), frames->carry.len, &used, &wants, err) < 0)
			return -1;
		size_t lacking = wants - frames->carry.len, part = lacking < len ? lacking : len;
		buf_add(&frames->carry, bytes, part);
		bytes += part;
		len -= part;
		if (emit_whole(frames, buf_text(&frames->carry), frames->carry.len, &used, &wants, err) < 0)
			return -1;
		buf_drop(&frames->carry, used);
	}
	if (emit_whole(frames, bytes, len, &used, &wants, err) < 0)
		return -1;
	if (len > used)
		buf_add(&frames->carry, bytes + used, len - used);
	return 0;
}
