#include "logs/record.h"

#include <string.h>

#include "base/text.h"
#include "base/banned.h"

size_t record_stored_len(const struct record *record)
{
	return RECORD_HEAD_LEN + record->len + 1;
}

int record_store(const struct record *record, struct buf *out)
{
	char head[RECORD_HEAD_LEN + 1];
	moment_format(record->at, head);
	memcpy(head + MOMENT_TEXT_LEN, record->stream == STREAM_STDERR ? " stderr " : " stdout ", 8);
	head[RECORD_HEAD_LEN - 2] = record->partial ? 'P' : 'F';
	head[RECORD_HEAD_LEN - 1] = ' ';

	size_t before = out->len;
	if (buf_add(out, head, RECORD_HEAD_LEN) < 0 || buf_add(out, record->bytes, record->len) < 0 || buf_add(out, "\n", 1) < 0) {
		out->len = before;
		return -1;
	}
	return 0;
}

bool record_load(const char *line, size_t len, struct record *out)
{
	moment at;
	if (len < RECORD_HEAD_LEN || moment_scan(line, len, &at) != MOMENT_TEXT_LEN)
		return false;
	if (line[10] != 'T' || line[MOMENT_TEXT_LEN - 1] != 'Z') /* moment_scan takes a blank and an offset as well */
		return false;
	const char *tag = line + MOMENT_TEXT_LEN;
	bool is_stderr = !memcmp(tag, " stderr ", 8);
	if (!is_stderr && memcmp(tag, " stdout ", 8) != 0)
		return false;
	if ((tag[8] != 'F' && tag[8] != 'P') || tag[9] != ' ')
		return false;
	*out = (struct record){
		.at = at,
		.stream = is_stderr ? STREAM_STDERR : STREAM_STDOUT,
		.partial = tag[8] == 'P',
		.bytes = line + RECORD_HEAD_LEN,
		.len = len - RECORD_HEAD_LEN,
	};
	return true;
}

uint64_t record_digest(const struct record *record)
{
	unsigned char head[] = { (unsigned char)record->stream, record->partial };
	uint64_t hash = text_hash(TEXT_HASH_START, &record->at, sizeof record->at);
	hash = text_hash(hash, head, sizeof head);
	return text_hash(hash, record->bytes, record->len);
}
