/* Any bytes as a line of docker's json-file driver: no crash, and only whole records; what is escaped comes back. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "logs/jsonfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static bool within(const char *bytes, size_t len, const char *whole, size_t whole_len)
{
	return bytes >= whole && bytes + len <= whole + whole_len;
}

static void decode(const char *line, size_t len)
{
	struct buf text = BUF_INIT(3 * len + 3);
	struct record record;
	if (jsonfile_record(line, len, &text, &record)) {
		require(record.stream == STREAM_STDOUT || record.stream == STREAM_STDERR);
		require(!memchr(record.bytes, '\n', record.len));
		require(record.len == 0 || within(record.bytes, record.len, line, len) ||
			within(record.bytes, record.len, text.bytes, text.len));
	}
	buf_release(&text);
}

/* As every byte of it was \u00XX, which is the longest way to say it. */
static void escape_and_decode(const char *bytes, size_t len)
{
	struct buf line = BUF_INIT(6 * len + 200), text = BUF_INIT(3 * (6 * len + 200)), latin = BUF_INIT(2 * len + 1);
	struct record record;
	buf_add_text(&line, "{\"log\":\"");
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = bytes[i] == '\n' ? ' ' : (unsigned char)bytes[i];
		char two[] = { (char)(0xC0 | byte >> 6), (char)(0x80 | (byte & 0x3F)) };
		buf_printf(&line, "\\u%04x", byte);
		if (byte < 0x80)
			buf_add(&latin, &byte, 1);
		else
			buf_add(&latin, two, 2);
	}
	buf_add_text(&line, "\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-22T04:03:59.283805114Z\"}");
	require(jsonfile_record(line.bytes, line.len, &text, &record));
	require(!record.partial && record.len == latin.len && !memcmp(record.bytes, buf_text(&latin), latin.len));
	buf_release(&line);
	buf_release(&text);
	buf_release(&latin);
}

/* Anything as the text of a record: of what is taken as it stands there, the bytes that are no escapes are the same. */
static void decode_as_text(const char *bytes, size_t len)
{
	struct buf line = BUF_INIT(len + 200), text = BUF_INIT(3 * (len + 200));
	struct record record;
	buf_add_text(&line, "{\"stream\":\"stdout\",\"time\":\"2026-11-22T04:03:59.283805114Z\",\"log\":\"");
	buf_add(&line, bytes, len);
	buf_add_text(&line, "\"}");
	if (jsonfile_record(line.bytes, line.len, &text, &record) && !memchr(bytes, '\\', len) &&
	    !memchr(bytes, '"', len)) {
		require(record.partial);
		require(text.len > 0 || (record.len == len && !memcmp(record.bytes, bytes, len)));
	}
	buf_release(&line);
	buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	decode((const char *)data, size);
	escape_and_decode((const char *)data, size);
	decode_as_text((const char *)data, size);
	return 0;
}
