#include "logs/chronicle.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define SILENCE_UNKNOWN MOMENT_SECOND /* before a start, where the end before it was not seen */
#define SLACK (2 * MOMENT_SECOND)     /* between what an engine says and the stamps of records */

static bool is_start(const struct mark *mark)
{
	return mark->event == JOURNAL_STARTED || mark->event == JOURNAL_RESTARTED;
}

/* ---- what there is ---- */

struct gathering {
	struct chronicle *into;
	size_t room;
};

/* The same gap may have been written down again, with a later end. */
static struct chronicle_item *same_gap(const struct chronicle *chronicle, const struct mark *mark)
{
	for (size_t i = chronicle->nr; i > 0; i--) {
		struct chronicle_item *item = &chronicle->items[i - 1];
		if (item->mark.event == JOURNAL_GAP)
			return item->mark.behind == mark->behind && item->mark.from == mark->from ? item : NULL;
	}
	return NULL;
}

/* The newest mark is a start. An end that was learned, and written down, before it may be its own (logs/life.h). */
static void put_before_its_end(struct chronicle *chronicle)
{
	struct chronicle_item *start = &chronicle->items[chronicle->nr - 1], *end = NULL;
	for (struct chronicle_item *item = start; item > chronicle->items; item--) {
		const struct mark *mark = &item[-1].mark;
		if (is_start(mark) && mark->at >= start->mark.at)
			return; /* the clock was set back */
		if (is_start(mark))
			break;
		if (mark->event == JOURNAL_EXITED && !end)
			end = &item[-1];
	}
	if (!end || end->mark.at <= start->mark.at)
		return;
	struct chronicle_item moved = *start;
	memmove(end + 1, end, (size_t)(start - end) * sizeof *end);
	*end = moved;
}

static int gather(void *arg, const struct mark *mark, struct error *err UNUSED)
{
	struct gathering *gathering = arg;
	struct chronicle *into = gathering->into;
	if (mark->event == JOURNAL_COMPLETE)
		return 0;
	struct chronicle_item *same = mark->event == JOURNAL_GAP ? same_gap(into, mark) : NULL;
	if (same) {
		same->mark = *mark;
		return 0;
	}
	if (into->nr == CHRONICLE_MAX)
		memmove(into->items, into->items + 1, --into->nr * sizeof *into->items);
	if (into->nr == gathering->room) {
		gathering->room = gathering->room ? gathering->room * 2 : 64;
		into->items = xrealloc(into->items, gathering->room * sizeof *into->items);
	}
	into->items[into->nr++] = (struct chronicle_item){ .mark = *mark };
	if (is_start(mark))
		put_before_its_end(into);
	return 0;
}

/* ---- where it belongs ---- */

/* A mark that looks for its place between two records. */
struct seeker {
	struct chronicle_item *item;
	moment from, to; /* the time that it belongs into; for a moment both are that */
	bool set_back;   /* the clock was, before this start */
	int64_t best;    /* how well the best place so far fits; 0: there is none */
};

static int by_end(const void *a, const void *b)
{
	const struct seeker *left = a, *right = b;
	return left->to < right->to ? -1 : left->to > right->to;
}

/* When it happened. */
static moment moment_of(const struct mark *mark)
{
	if (mark->event == JOURNAL_GAP)
		return mark->to ? mark->to : INT64_MAX - 2 * SLACK; /* what a removal took away is at the end */
	if (mark->event == JOURNAL_DELETED)
		return mark->to;
	return mark->at ? mark->at : mark->time;
}

/* Starts are looked for in the silence before them; an end is where the next start is. */
static size_t make_seekers(struct chronicle *chronicle, struct seeker *seekers)
{
	moment last_end = 0;
	size_t nr = 0;
	for (size_t i = 0; i < chronicle->nr; i++) {
		struct chronicle_item *item = &chronicle->items[i];
		moment at = moment_of(&item->mark), from = at;
		bool set_back = false;
		if (is_start(&item->mark)) {
			set_back = last_end > at;
			from = last_end && last_end < at ? last_end : at - SILENCE_UNKNOWN;
			last_end = 0;
		} else if (item->mark.event == JOURNAL_EXITED) {
			last_end = at;
			continue;
		} else if (item->mark.event == JOURNAL_GAP) {
			from = item->mark.from;
		}
		seekers[nr++] = (struct seeker){ item, from, at, set_back, 0 };
	}
	qsort(seekers, nr, sizeof *seekers, by_end);
	return nr;
}

/* How well a mark fits between two records of these times. */
static int64_t fit(const struct seeker *seeker, moment before, moment behind)
{
	const struct mark *mark = &seeker->item->mark;
	moment from = seeker->from > before ? seeker->from : before, to = seeker->to < behind ? seeker->to : behind;
	if (mark->event == JOURNAL_GAP && mark->to && before == mark->from && behind == mark->to)
		return 2;
	if (is_start(mark) && seeker->set_back && before > behind)
		return before > seeker->to && behind >= seeker->to - SLACK ? INT64_MAX : 0;
	if (is_start(mark))
		return to - from;
	/* What belongs between records that are not there any more comes before those that are. */
	bool between = mark->event == JOURNAL_GAP ? before < seeker->to && seeker->to <= behind : before <= seeker->to && seeker->to < behind;
	return seeker->best == 0 && between ? 1 : 0;
}

/* What was written down after a clock was set back is behind that place. */
static void forget_places_behind(struct seeker *seekers, size_t nr, const struct chronicle_item *start)
{
	for (size_t i = 0; i < nr; i++)
		if (seekers[i].item > start && seekers[i].best < INT64_MAX)
			seekers[i].best = 0;
}

static void offer(struct seeker *seekers, size_t nr, moment before, moment behind, struct place place)
{
	moment lowest = (before < behind ? before : behind) - SLACK, highest = (before < behind ? behind : before) + SLACK;
	size_t low = 0, high = nr;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (seekers[middle].to < lowest)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < nr && seekers[low].to <= highest; low++) {
		int64_t how_well = fit(&seekers[low], before, behind);
		if (how_well <= seekers[low].best)
			continue;
		seekers[low].best = how_well;
		seekers[low].item->place = place;
		if (how_well == INT64_MAX)
			forget_places_behind(seekers, nr, seekers[low].item);
	}
}

/* The last end is at the end of the log; the others are before the start that follows them. */
static void place_ends(struct chronicle *chronicle, struct place end)
{
	for (size_t i = chronicle->nr; i > 0; i--) {
		struct chronicle_item *item = &chronicle->items[i - 1];
		if (is_start(&item->mark))
			end = item->place;
		if (item->mark.event == JOURNAL_EXITED)
			item->place = end;
	}
}

/* Stable, as marks of one place stay in the order in which they were written down. */
static void sort_by_place(struct chronicle *chronicle)
{
	for (size_t i = 1; i < chronicle->nr; i++)
		for (size_t j = i; j > 0 && place_compare(chronicle->items[j - 1].place, chronicle->items[j].place) > 0; j--) {
			struct chronicle_item moved = chronicle->items[j];
			chronicle->items[j] = chronicle->items[j - 1];
			chronicle->items[j - 1] = moved;
		}
}

int chronicle_read(struct chronicle *out, int dir, const char *id, const struct shelf_files *files, struct error *err)
{
	struct gathering gathering = { .into = out };
	struct record record;
	struct scan scan;
	moment before = INT64_MIN + 2 * SLACK;
	int more = 0;

	*out = (struct chronicle){ 0 };
	if (journal_each(dir, id, gather, &gathering, err) < 0) {
		chronicle_release(out);
		return -1;
	}
	struct seeker *seekers = xcalloc(out->nr + 1, sizeof *seekers);
	size_t nr = make_seekers(out, seekers);
	scan_init(&scan, dir, files, (struct place){ 0 });
	while (out->nr > 0 && (more = scan_next(&scan, &record, err)) > 0) {
		offer(seekers, nr, before, record.at, scan.begins);
		before = record.at;
	}
	offer(seekers, nr, before, INT64_MAX - SLACK, scan.place);
	for (size_t i = 0; i < nr; i++)
		if (seekers[i].best == 0)
			seekers[i].item->place = scan.place;
	place_ends(out, scan.place);
	sort_by_place(out);
	scan_release(&scan);
	free(seekers);
	if (more < 0) {
		chronicle_release(out);
		return -1;
	}
	return 0;
}

void chronicle_release(struct chronicle *chronicle)
{
	free(chronicle->items);
	*chronicle = (struct chronicle){ 0 };
}

bool chronicle_run(const struct chronicle *chronicle, unsigned nth, struct place *from, struct place *to)
{
	*to = (struct place){ 0 };
	for (size_t i = chronicle->nr; i > 0; i--) {
		const struct chronicle_item *item = &chronicle->items[i - 1];
		if (!is_start(&item->mark))
			continue;
		*from = item->place;
		if (--nth == 0)
			return true;
		*to = item->place;
	}
	return false;
}
