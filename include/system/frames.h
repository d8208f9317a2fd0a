/*
 * docker's multiplexed stream → the records in it. Pure. A frame is eight bytes, [stream 0 0 0][length, big-endian], and a payload; in the
 * answer to `logs` each is one record. Stream 3 tells an error of the engine's in the middle of the answer
 * (github.com/moby/moby api/types/container: pkg/stdcopy).
 */
#ifndef PURSER_SYSTEM_FRAMES_H
#define PURSER_SYSTEM_FRAMES_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"

#define FRAME_HEAD 8
#define FRAME_MAX (1024u * 1024 + 64) /* bytes of a payload: a record has at most 1 MiB, and its time before it */

enum frame_stream { FRAME_STDIN = 0, FRAME_STDOUT = 1, FRAME_STDERR = 2, FRAME_ERROR = 3 };

/* Takes one payload; `bytes` are its own for the call only. -1 with *err ends it. */
typedef int frame_fn(void *arg, enum frame_stream stream, const char *bytes, size_t len, struct error *err);

struct frames {
	frame_fn *emit;
	void *arg;
	struct buf carry; /* the frame that has not come to its end, from its head on */
};

void frames_init(struct frames *frames, frame_fn *emit, void *arg);
void frames_release(struct frames *frames);

/* Bytes as they come, cut anywhere. -1 with what `emit` said, or ERROR_RUNTIME if these are no frames. */
int frames_feed(struct frames *frames, const char *bytes, size_t len, struct error *err);

/* Whether the last frame was whole. */
bool frames_whole(const struct frames *frames);

#endif
