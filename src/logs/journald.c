#include "logs/journald.h"

#include <stdlib.h>
#include <string.h>

#include "model/json.h"
#include "base/banned.h"

#define PRIORITY_ERROR "3"

static bool take_bytes(const struct json *message, struct buf *out)
{
	for (const struct json *item = json_first(message); item; item = json_next(item)) {
		long long byte = json_number(item, "");
		char c = (char)byte;
		if (byte < 0 || byte > 255 || buf_add(out, &c, 1) < 0)
			return false;
	}
	return true;
}

static bool take_message(const struct json *entry, struct arena *arena, struct buf *out)
{
	const struct json *message = json_child(entry, "MESSAGE");
	buf_clear(out);
	return message ? take_bytes(message, out) : buf_add_text(out, json_text(entry, "MESSAGE", arena)) == 0;
}

static bool take_entry(const struct json *entry, struct arena *arena, struct buf *bytes, struct record *out)
{
	const char *at = json_text(entry, "__REALTIME_TIMESTAMP", arena); /* microseconds */
	char *end;
	long long us = strtoll(at, &end, 10);
	if (end == at || *end || us <= 0 || us > INT64_MAX / 1000 || !take_message(entry, arena, bytes))
		return false;
	bool is_line = bytes->len > 0 && bytes->bytes[bytes->len - 1] == '\n';
	bool is_part = !strcmp(json_text(entry, "CONTAINER_PARTIAL_MESSAGE", arena), "true") || *json_text(entry, "IMAGE_NAME", arena);
	*out = (struct record){
		.at = us * 1000,
		.stream = !strcmp(json_text(entry, "PRIORITY", arena), PRIORITY_ERROR) ? STREAM_STDERR : STREAM_STDOUT,
		.partial = !is_line && is_part,
		.bytes = buf_text(bytes),
		.len = bytes->len - is_line,
	};
	return !memchr(out->bytes, '\n', out->len);
}

bool journald_record(const char *line, size_t len, struct buf *bytes, struct record *out)
{
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	struct json_rows rows;
	struct error ignored;
	if (json_parse_rows(line, len, &rows, &ignored) < 0)
		return false;
	bool taken = rows.nr == 1 && take_entry(rows.items[0], &arena, bytes, out);
	json_rows_release(&rows);
	return taken;
}
