/* Any bytes as a stored line: no crash, and a record that is read and stored again is the same line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "logs/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void load_and_store(const char *line, size_t len)
{
	struct record record, again;
	struct buf out = BUF_INIT(len + 1);
	if (!record_load(line, len, &record))
		return;
	require(record.bytes == line + RECORD_HEAD_LEN && record.len == len - RECORD_HEAD_LEN);
	if (record.at != 0 && memchr(line, '\n', len) == NULL &&
	    line[17] != '6') { /* a leap second is written as the next one */
		require(record_store(&record, &out) == 0);
		require(out.len == len + 1 && !memcmp(out.bytes, line, len));
		require(record_load(out.bytes, len, &again) && record_digest(&again) == record_digest(&record));
	}
	buf_release(&out);
}

/* Any bytes as a record: it comes back. */
static void store_and_load(const char *bytes, size_t len)
{
	struct record record = { .stream = STREAM_STDOUT }, again;
	struct buf out = BUF_INIT(len + RECORD_HEAD_LEN + 1);
	if (len < sizeof record.at + 1 || memchr(bytes, '\n', len))
		return;
	memcpy(&record.at, bytes, sizeof record.at);
	record.stream = bytes[8] & 1 ? STREAM_STDERR : STREAM_STDOUT;
	record.partial = bytes[8] & 2;
	record.bytes = bytes + 9;
	record.len = len - 9;
	require(record_store(&record, &out) == 0);
	require(record_load(out.bytes, out.len - 1, &again));
	require(again.at == record.at && again.stream == record.stream && again.partial == record.partial);
	require(again.len == record.len && !memcmp(again.bytes, record.bytes, record.len));
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	load_and_store((const char *)data, size);
	store_and_load((const char *)data, size);
	return 0;
}
