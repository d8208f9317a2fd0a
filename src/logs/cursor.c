#include "logs/cursor.h"

#include <string.h>

#include "base/text.h"
#include "base/banned.h"

/* The i-th block counted from the newest (0). */
static const struct cursor_block *block_back(const struct cursor *cursor, size_t i)
{
	return &cursor->blocks[(cursor->newest + CURSOR_BLOCKS - i) % CURSOR_BLOCKS];
}

static bool starts_block(const struct cursor *cursor, const struct record *record)
{
	return cursor->nr == 0 || cursor->blocks[cursor->newest].at != record->at;
}

void cursor_advance(struct cursor *cursor, const struct record *record)
{
	cursor->last = record_digest(record);
	if (starts_block(cursor, record)) {
		cursor->newest = cursor->nr ? (cursor->newest + 1) % CURSOR_BLOCKS : 0;
		cursor->nr += cursor->nr < CURSOR_BLOCKS;
		cursor->blocks[cursor->newest] = (struct cursor_block){ .at = record->at, .chain = TEXT_HASH_START };
	}
	struct cursor_block *block = &cursor->blocks[cursor->newest];
	block->count++;
	block->chain = text_hash(block->chain, &cursor->last, sizeof cursor->last);
}

bool cursor_empty(const struct cursor *cursor)
{
	return cursor->nr == 0;
}

moment cursor_at(const struct cursor *cursor)
{
	return cursor->nr ? cursor->blocks[cursor->newest].at : 0;
}

moment cursor_earliest(const struct cursor *cursor)
{
	moment earliest = cursor_at(cursor);
	for (size_t i = 1; i < cursor->nr; i++)
		if (block_back(cursor, i)->at < earliest)
			earliest = block_back(cursor, i)->at;
	return earliest;
}

void matcher_init(struct matcher *matcher, const struct cursor *file, bool whole)
{
	*matcher = (struct matcher){ .file = file, .whole = whole };
}

static bool same_block(const struct cursor_block *a, const struct cursor_block *b)
{
	return a->at == b->at && a->count == b->count && a->chain == b->chain;
}

/* The window's oldest block may have lost its first records to the engine's rotation: it fits if it is not longer. */
static bool fits_as_rest(const struct cursor_block *window, const struct cursor_block *file)
{
	return window->at == file->at && window->count <= file->count;
}

static bool earlier_blocks_fit(const struct matcher *matcher)
{
	const struct cursor *seen = &matcher->seen, *file = matcher->file;
	for (size_t i = 1; i < seen->nr && i < file->nr; i++) {
		bool first_of_window = i + 1 == matcher->blocks_seen;
		const struct cursor_block *ours = block_back(file, i), *theirs = block_back(seen, i);
		/* The file's oldest block is whole in the cursor only as far as the file was read back. */
		bool fits = first_of_window ? fits_as_rest(theirs, ours) : same_block(theirs, ours);
		if (!fits)
			return false;
	}
	return true;
}

static bool at_end_of_file(const struct matcher *matcher)
{
	const struct cursor_block *theirs = block_back(&matcher->seen, 0), *ours = block_back(matcher->file, 0);
	if (same_block(theirs, ours) && (matcher->blocks_seen > 1 || matcher->whole))
		return earlier_blocks_fit(matcher);
	/*
	 * Nothing older is left, and the engine's rotation cut our last block itself. Its records have no other mark than their
	 * content: the first that is the file's last.
	 */
	return matcher->blocks_seen == 1 && matcher->whole && fits_as_rest(theirs, ours) &&
	       matcher->seen.last == matcher->file->last;
}

bool matcher_feed(struct matcher *matcher, const struct record *record)
{
	matcher->records++;
	if (matcher->found)
		return true;
	matcher->blocks_seen += starts_block(&matcher->seen, record);
	cursor_advance(&matcher->seen, record);
	matcher->found = at_end_of_file(matcher);
	return false;
}

bool matcher_end(struct matcher *matcher, bool whole)
{
	if (!matcher->found && whole && matcher->records > 0) {
		matcher->whole = true;
		matcher->found = at_end_of_file(matcher);
	}
	return matcher->found;
}
