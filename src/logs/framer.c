#include "logs/framer.h"

#include <string.h>

#include "logs/journald.h"
#include "base/banned.h"

#define SAID_MAX 4096

void framer_init(struct framer *framer, enum window_kind kind, record_fn *emit, void *arg)
{
	*framer = (struct framer){ .kind = kind, .emit = emit, .arg = arg };
	buf_init(&framer->carry, 2 * FRAMER_RECORD_MAX);
	buf_init(&framer->said, SAID_MAX);
	buf_init(&framer->message, FRAMER_RECORD_MAX);
}

void framer_release(struct framer *framer)
{
	buf_release(&framer->carry);
	buf_release(&framer->said);
	buf_release(&framer->message);
}

/* Length of "<time> " at the start of `bytes`, 0 if there is none. */
static size_t stamp_len(const char *bytes, size_t len, moment *at)
{
	if (len < sizeof "2026-11-22T04:03:59Z " - 1 || bytes[10] != 'T')
		return 0;
	size_t stamp = moment_scan(bytes, len, at);
	return stamp && stamp < len && bytes[stamp] == ' ' ? stamp + 1 : 0;
}

/* `bytes` begin with a stamp; a newline, if there is one, is the last of them. */
static int emit_record(struct framer *framer, enum stream stream, const char *bytes, size_t len, struct error *err)
{
	struct record record = { .stream = stream, .partial = true };
	size_t stamp = stamp_len(bytes, len, &record.at);
	if (bytes[len - 1] == '\n') {
		record.partial = false;
		len--;
	}
	record.bytes = bytes + stamp;
	record.len = len - stamp;
	return framer->emit(framer->arg, &record, err);
}

static void keep_said(struct framer *framer, const char *bytes, size_t len)
{
	size_t room = framer->said.limit - framer->said.len;
	buf_add(&framer->said, bytes, len < room ? len : room);
}

static int feed_write(struct framer *framer, enum stream stream, const char *bytes, size_t len, struct error *err)
{
	moment at;
	if (!stamp_len(bytes, len, &at)) {
		keep_said(framer, bytes, len);
		return 0;
	}
	const char *newline = memchr(bytes, '\n', len);
	if (newline && newline != bytes + len - 1)
		return error_set(err, ERROR_RUNTIME, "several log records came in one write; this CLI cannot be read record by record");
	return emit_record(framer, stream, bytes, len, err);
}

/* Where, in a record of raw text that begins at `bytes`, the next one's stamp stands; `len` if nowhere. */
static size_t next_stamp(const char *bytes, size_t len)
{
	moment own, other;
	size_t stamp = stamp_len(bytes, len, &own);
	const char *from = bytes + stamp;

	/* The T in a stamp's middle is looked for, 10 bytes in. */
	while (from < bytes + len) {
		const char *t = memchr(from, 'T', (size_t)(bytes + len - from));
		if (!t)
			break;
		from = t + 1;
		if ((size_t)(t - bytes) < stamp + 10)
			continue;
		size_t at = (size_t)(t - bytes) - 10;
		if (stamp_len(bytes + at, len - at, &other) != MOMENT_TEXT_LEN + 1 || bytes[at + MOMENT_TEXT_LEN - 1] != 'Z')
			continue;
		bool next_part = other == own && at - stamp >= FRAMER_PART;
		if (next_part || other > own)
			return at;
	}
	return len;
}

/* Cuts off and emits what is whole in `carry`; with `end`, all of it. */
static int emit_raw(struct framer *framer, bool end, struct error *err)
{
	const char *bytes = buf_text(&framer->carry);
	size_t len = framer->carry.len, at = 0;
	int failed = 0;

	while (at < len && !failed) {
		const char *newline = memchr(bytes + at, '\n', len - at);
		size_t line = newline ? (size_t)(newline - bytes) + 1 - at : len - at;
		moment stamped;
		if (!stamp_len(bytes + at, line, &stamped)) {
			if (!newline && !end)
				break;
			keep_said(framer, bytes + at, line);
			at += line;
			continue;
		}
		size_t next = next_stamp(bytes + at, line);
		/* Without a newline the end of a stamp may still be on its way. */
		if (next == line && !newline && !end)
			break;
		failed = emit_record(framer, STREAM_STDOUT, bytes + at, next, err);
		at += next;
	}
	buf_drop(&framer->carry, at);
	return failed;
}

/* The whole lines in `carry`. */
static int emit_entries(struct framer *framer, struct error *err)
{
	const char *bytes = buf_text(&framer->carry), *newline;
	size_t at = 0;
	int failed = 0;
	while (!failed && (newline = memchr(bytes + at, '\n', framer->carry.len - at))) {
		struct record record;
		size_t len = (size_t)(newline - bytes) - at;
		failed = journald_record(bytes + at, len, &framer->message, &record) ?
				 framer->emit(framer->arg, &record, err) :
				 error_set(err, ERROR_RUNTIME, "journalctl printed what is no entry of a container's log: %.100s", bytes + at);
		at += len + 1;
	}
	buf_drop(&framer->carry, at);
	return failed;
}

int framer_feed(struct framer *framer, enum stream stream, const char *bytes, size_t len, struct error *err)
{
	if (len == 0)
		return 0;
	if (framer->kind == WINDOW_WRITES)
		return feed_write(framer, stream, bytes, len, err);
	if (stream == STREAM_STDERR) { /* a terminal has one stream, and so has journalctl: this is the program speaking */
		keep_said(framer, bytes, len);
		return 0;
	}
	if (buf_add(&framer->carry, bytes, len) < 0)
		return error_set(err, ERROR_RUNTIME, "a log record of more than %d bytes", FRAMER_RECORD_MAX);
	return framer->kind == WINDOW_JOURNAL ? emit_entries(framer, err) : emit_raw(framer, false, err);
}

int framer_end(struct framer *framer, struct error *err)
{
	if (framer->kind != WINDOW_JOURNAL)
		return emit_raw(framer, true, err);
	return framer->carry.len ? error_set(err, ERROR_RUNTIME, "journalctl ended in the middle of an entry") : 0;
}
