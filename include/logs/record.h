/*
 * One log record, and the line it is stored as: the format of Kubernetes' container logs, which lnav, Fluent Bit, Vector and Promtail
 * read.
 *
 *   2026-11-22T04:03:59.283805114Z stdout F line 8
 *   <RFC 3339, 9 digits, Z> <stdout|stderr> <F: the engine had a newline here | P: it had none> <bytes, never a newline>
 */
#ifndef PURSER_LOGS_RECORD_H
#define PURSER_LOGS_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/moment.h"

enum stream { STREAM_STDOUT = 1, STREAM_STDERR = 2 };

struct record {
	moment at;
	enum stream stream;
	bool partial;      /* the engine's record has no newline at its end: a part of a long line, or output that ended without one */
	const char *bytes; /* borrowed; any byte but newline */
	size_t len;
};

/* Takes one record of a sequence; -1 with *err ends it. */
typedef int record_fn(void *arg, const struct record *record, struct error *err);

#define RECORD_HEAD_LEN (MOMENT_TEXT_LEN + sizeof " stdout F " - 1)

/* Adds the stored line, newline included. -1 at the buffer's ceiling. */
int record_store(const struct record *record, struct buf *out);

/* How many bytes that is. */
size_t record_stored_len(const struct record *record);

/* Reads a stored line (without its newline). false: it is none. */
bool record_load(const char *line, size_t len, struct record *out);
/* The same without its time, which is not looked at: what is true here may still be no record. */
bool record_peek(const char *line, size_t len, struct record *out);
/* The same line as others write it, conmon among them: with any RFC 3339 time. */
bool record_read(const char *line, size_t len, struct record *out);

/* The same number for the same record, and for no other in practice: time, stream, bytes and end all count. */
uint64_t record_digest(const struct record *record);

#endif
