#include "logs/cursor.h"

#include <string.h>

#include "base/text.h"
#include "base/banned.h"

static void span_start(struct span *span, moment at)
{
	*span = (struct span){ .at = at, .chain = TEXT_HASH_START };
}

static void span_add(struct span *span, uint64_t digest)
{
	span->count++;
	span->chain = text_hash(span->chain, &digest, sizeof digest);
}

static bool same_records(const struct span *a, const struct span *b)
{
	return a->count == b->count && a->chain == b->chain;
}

static void note_stream(struct cursor *cursor, const struct record *record)
{
	size_t stream = record->stream == STREAM_STDERR;
	cursor->open[stream].known = true;
	cursor->open[stream].at = record->partial ? record->at : 0;
}

void cursor_advance(struct cursor *cursor, const struct record *record)
{
	uint64_t digest = record_digest(record);

	if (cursor->records == 0 || cursor->block.at != record->at) {
		span_start(&cursor->block, record->at);
		cursor->blocks++;
	}
	if (cursor->records == 0) {
		span_start(&cursor->anchor, record->at);
		cursor->earliest = record->at;
		cursor->anchor_nr = 1;
	}
	cursor->last[cursor->records++ % CURSOR_LAST] = digest;
	span_add(&cursor->block, digest);
	span_add(&cursor->anchor, digest);
	if (record->at < cursor->earliest)
		cursor->earliest = record->at;
	if (!record->partial) {
		cursor->last_lines[cursor->lines++ % CURSOR_LAST] = digest;
		cursor->firm = true;
		cursor->anchor = cursor->block;
		cursor->anchor_nr = cursor->blocks;
		cursor->earliest = record->at;
	}
	if (cursor->anchor_nr == cursor->blocks)
		cursor->anchor_block = cursor->block;
	note_stream(cursor, record);
}

bool cursor_empty(const struct cursor *cursor)
{
	return cursor->records == 0;
}

bool cursor_settled(const struct cursor *cursor)
{
	return cursor->firm && cursor->anchor_nr > 1;
}

moment cursor_at(const struct cursor *cursor)
{
	return cursor->records ? cursor->block.at : 0;
}

moment cursor_earliest(const struct cursor *cursor)
{
	moment earliest = cursor->earliest;
	for (size_t i = 0; i < 2; i++) {
		if (!cursor->open[i].known && !cursor->from_start)
			return 0;
		if (cursor->open[i].at && cursor->open[i].at < earliest)
			earliest = cursor->open[i].at;
	}
	return earliest;
}

int64_t cursor_reach(const struct cursor *cursor)
{
	return (int64_t)cursor->anchor.count + 1; /* one in front of it tells that the anchor is whole */
}

void matcher_init(struct matcher *matcher, const struct cursor *file, enum match match, uint64_t least)
{
	*matcher = (struct matcher){ .match = match, .file = *file, .least = least };
}

/* ---- the anchor ---- */

static void add_candidate(struct matcher *matcher, moment at)
{
	bool at_start = matcher->records == 1;
	if (at != matcher->file.anchor.at || matcher->candidates_nr == MATCHER_CANDIDATES)
		return;
	if (!at_start && !matcher->file.firm)
		return;
	struct candidate *candidate = &matcher->candidates[matcher->candidates_nr++];
	candidate->at_start = at_start && matcher->match == MATCH_TAIL;
	span_start(&candidate->span, at);
}

/*
 * In a window that begins with the anchor, though the file does not: the engine has dropped what stood before. If the file ends with the
 * anchor's own block, that may have had more records like these, some of them dropped as well.
 */
static bool may_lack_some(const struct cursor *file)
{
	return file->anchor_block.count == file->anchor.count && (file->anchor_nr > 1 || !file->from_start);
}

/* Whether the candidate is still one. */
static bool check_candidate(struct matcher *matcher, const struct candidate *candidate)
{
	const struct cursor *file = &matcher->file;
	if (candidate->span.count == file->anchor_block.count && candidate->span.chain != file->anchor_block.chain)
		return false;
	if (candidate->span.count < file->anchor.count)
		return true;
	if (!same_records(&candidate->span, &file->anchor))
		return false;
	if (candidate->at_start) {
		matcher->found_at_start = matcher->records;
		return false;
	}
	matcher->found = true;
	matcher->doubtful = matcher->records == file->anchor.count && may_lack_some(file);
	return false;
}

static void look_for_anchor(struct matcher *matcher, moment at, uint64_t digest, bool starts_block)
{
	size_t kept = 0;
	if (starts_block)
		add_candidate(matcher, at);
	for (size_t i = 0; i < matcher->candidates_nr; i++) {
		struct candidate candidate = matcher->candidates[i];
		span_add(&candidate.span, digest);
		if (check_candidate(matcher, &candidate))
			matcher->candidates[kept++] = candidate;
	}
	matcher->candidates_nr = kept;
}

/* ---- a log whose beginning is gone ---- */

/* How many records the window so far and the file end with alike; 0 if not all that are known do. */
static uint64_t overlap(const struct matcher *matcher)
{
	uint64_t compared = matcher->records;
	if (compared > matcher->file.records)
		compared = matcher->file.records;
	if (compared > CURSOR_LAST)
		compared = CURSOR_LAST;
	for (uint64_t i = 1; i <= compared; i++)
		if (matcher->last[(matcher->records - i) % CURSOR_LAST] != matcher->file.last[(matcher->file.records - i) % CURSOR_LAST])
			return 0;
	return compared;
}

static bool look_for_overlap(struct matcher *matcher, uint64_t digest)
{
	matcher->last[(matcher->records - 1) % CURSOR_LAST] = digest;
	uint64_t alike = overlap(matcher);
	if (alike == 0)
		return false;
	matcher->overlaps++;
	matcher->overlap = alike;
	return alike >= matcher->least;
}

/* ---- a file that somebody has edited ---- */

/* A file that nobody edited has no such line if it has not the anchor: the engine drops from the oldest on. */
static void look_for_known(struct matcher *matcher, const struct record *record, uint64_t digest, bool starts_block)
{
	const struct cursor *file = &matcher->file;
	matcher->begun |= starts_block && matcher->records > 1;
	if (!matcher->begun || record->partial)
		return;
	for (uint64_t i = 0; i < file->lines && i < CURSOR_LAST; i++)
		if (file->last_lines[i] == digest) {
			matcher->known++;
			return;
		}
}

/* A whole line that is neither of the anchor's block nor of the file's last: new, and the next anchor. */
static bool is_next_line(const struct matcher *matcher, const struct record *record, bool starts_block)
{
	return starts_block && !record->partial && record->at != matcher->file.anchor.at && record->at != matcher->file.block.at;
}

bool matcher_feed(struct matcher *matcher, const struct record *record)
{
	bool starts_block = matcher->records++ == 0 || matcher->at != record->at;
	matcher->at = record->at;
	if (matcher->found)
		return true;

	uint64_t digest = record_digest(record);
	bool overlaps = look_for_overlap(matcher, digest);
	switch (matcher->match) {
	case MATCH_WHOLE:
		look_for_known(matcher, record, digest, starts_block);
		/* fallthrough */
	case MATCH_TAIL:
		look_for_anchor(matcher, record->at, digest, starts_block);
		return false;
	case MATCH_REST:
		matcher->found = matcher->doubtful = overlaps;
		return false;
	case MATCH_LINES:
		matcher->found = matcher->doubtful = is_next_line(matcher, record, starts_block);
		return matcher->found;
	case MATCH_KNOWN:
		look_for_known(matcher, record, digest, starts_block);
		matcher->found = matcher->doubtful = matcher->known >= matcher->least;
		return false;
	}
	return false;
}

bool matcher_end(struct matcher *matcher, bool whole)
{
	if (whole && matcher->records > 0 && matcher->found_at_start == matcher->records) {
		matcher->found = true;
		matcher->doubtful = may_lack_some(&matcher->file);
	}
	if (matcher->match == MATCH_LINES) /* nothing that is surely new is nothing new */
		matcher->found = matcher->doubtful = true;
	return matcher->found;
}
