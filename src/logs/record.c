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

/* " stdout F TEXT" */
static bool read_tag(const char *tag, size_t len, struct record *out)
{
	size_t head = RECORD_HEAD_LEN - MOMENT_TEXT_LEN;
	if (len < head)
		return false;
	bool is_stderr = !memcmp(tag, " stderr ", 8);
	if (!is_stderr && memcmp(tag, " stdout ", 8) != 0)
		return false;
	if ((tag[8] != 'F' && tag[8] != 'P') || tag[9] != ' ')
		return false;
	out->stream = is_stderr ? STREAM_STDERR : STREAM_STDOUT;
	out->partial = tag[8] == 'P';
	out->bytes = tag + head;
	out->len = len - head;
	return true;
}

bool record_read(const char *line, size_t len, struct record *out)
{
	struct record record = { 0 };
	size_t time = moment_scan(line, len, &record.at);
	if (time == 0 || line[10] != 'T' || !read_tag(line + time, len - time, &record)) /* moment_scan takes a blank as well */
		return false;
	*out = record;
	return true;
}

bool record_peek(const char *line, size_t len, struct record *out)
{
	*out = (struct record){ 0 };
	return len >= RECORD_HEAD_LEN && line[MOMENT_TEXT_LEN - 1] == 'Z' && read_tag(line + MOMENT_TEXT_LEN, len - MOMENT_TEXT_LEN, out);
}

bool record_load(const char *line, size_t len, struct record *out)
{
	return record_peek(line, len, out) && record_read(line, len, out);
}

uint64_t record_digest(const struct record *record)
{
	unsigned char head[] = { (unsigned char)record->stream, record->partial };
	uint64_t hash = text_hash(TEXT_HASH_START, &record->at, sizeof record->at);
	hash = text_hash(hash, head, sizeof head);
	return text_hash(hash, record->bytes, record->len);
}
