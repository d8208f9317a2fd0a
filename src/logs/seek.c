#include "logs/seek.h"

#include "base/banned.h"

#define TAIL_MIN 4 /* each record costs an engine some microseconds */
#define TAIL_START 64
#define TAIL_MAX 4096     /* of a first attempt; more is asked for only when it did not reach back far enough */
#define TAIL_LAST 1000000 /* beyond it: everything */
#define TAIL_GROWS 8      /* so many times, where one window was too small … */
#define TAIL_LEAP 65536   /* … or up to this at once, where times let expect it: they may mislead, and this is read in a fraction of a second */

void seek_reset(struct seek *seek)
{
	*seek = (struct seek){ .tail = TAIL_START, .match = MATCH_WHOLE };
}

int64_t seek_plan(struct seek *seek, const struct cursor *file)
{
	int64_t least = cursor_reach(file) + TAIL_MIN;
	if (cursor_empty(file))
		seek->take_all = true;
	if (seek->take_all || !file->firm)
		seek->tail = TAIL_ALL;
	else if (seek->tail != TAIL_ALL && seek->tail < least)
		seek->tail = least;
	return seek->tail;
}

bool seek_is_far(const struct seek *seek, const struct cursor *file)
{
	return seek->take_all || cursor_empty(file) || !file->firm || seek->tail == TAIL_ALL || seek->tail >= TAIL_MAX;
}

void seek_goes_on(struct seek *seek, bool missed)
{
	seek->take_all = true;
	seek->missed = missed;
}

void seek_begin(struct seek *seek, const struct cursor *file, bool bounded)
{
	matcher_init(&seek->matcher, file, seek->tail == TAIL_ALL ? seek->match : MATCH_TAIL, seek->least);
	seek->bounded = bounded;
	seek->records = seek->fresh = 0;
}

/*
 * A large window that begins later than the file ends need not be read to be known as too small. Times can mislead here: then the
 * next window is larger than it need be, and everything is never given up.
 */
static bool begins_too_late(const struct seek *seek, const struct record *record)
{
	return seek->records == 1 && seek->tail >= TAIL_MAX && record->at > cursor_at(&seek->matcher.file);
}

enum seek_record seek_feed(struct seek *seek, const struct record *record)
{
	if (seek->records++ == 0)
		seek->first_at = record->at;
	seek->last_at = record->at;
	if (!seek->take_all) {
		if (begins_too_late(seek, record))
			return SEEK_TOO_SMALL;
		if (!matcher_feed(&seek->matcher, record))
			return SEEK_OLD;
	}
	seek->fresh++;
	seek->last_fresh = record->at;
	return SEEK_NEW;
}

bool seek_searches(const struct seek *seek)
{
	return !seek->take_all && !seek->matcher.found;
}

bool seek_missed(const struct seek *seek)
{
	return seek->take_all ? seek->missed : seek->matcher.doubtful && !seek->bounded;
}

static void widen_to(struct seek *seek, int64_t tail)
{
	seek->tail = tail > TAIL_LAST ? TAIL_ALL : tail;
}

void seek_widen(struct seek *seek)
{
	widen_to(seek, seek->tail * TAIL_GROWS);
}

/* Twice as far back as the file's end should be, if as much was written all the time as in this window. */
static void widen_by_times(struct seek *seek)
{
	moment end = cursor_at(&seek->matcher.file);
	int64_t tail = seek->tail * TAIL_GROWS;
	if (end < seek->first_at && seek->first_at < seek->last_at) {
		double windows = (double)(seek->last_at - end) / (double)(seek->last_at - seek->first_at);
		double expected = windows * 2 * (double)seek->tail;
		int64_t leap = expected < TAIL_LEAP ? (int64_t)expected : TAIL_LEAP;
		if (leap > tail)
			tail = leap;
	}
	widen_to(seek, tail);
}

/* Everything was read, and the anchor is not there. */
static void read_otherwise(struct seek *seek)
{
	const struct matcher *matcher = &seek->matcher;
	if (seek->match != MATCH_WHOLE) { /* meanwhile the engine dropped more */
		seek->match = MATCH_WHOLE;
	} else if (matcher->overlaps > 0) {
		seek->match = matcher->overlaps == 1 ? MATCH_REST : MATCH_LINES;
		seek->least = matcher->overlap;
	} else if (matcher->known > 0) {
		seek->match = MATCH_KNOWN;
		seek->least = matcher->known;
	} else {
		seek->take_all = seek->missed = true;
	}
}

bool seek_end(struct seek *seek, bool counted)
{
	bool all = seek->tail == TAIL_ALL;
	bool whole = all || (counted && seek->records < (uint64_t)seek->tail);
	bool found = matcher_end(&seek->matcher, whole);

	if (!seek->take_all && !found && !(all && seek->records == 0)) {
		if (all)
			read_otherwise(seek);
		else if (whole)
			seek->tail = TAIL_ALL;
		else
			widen_by_times(seek);
		return false;
	}
	seek->take_all = seek->missed = false;
	seek->match = MATCH_WHOLE;
	seek->tail = seek->fresh < TAIL_MAX / 2 ? (int64_t)seek->fresh * 2 + TAIL_MIN : TAIL_MAX;
	return true;
}
