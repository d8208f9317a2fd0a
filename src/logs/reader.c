#include "logs/reader.h"

#include <string.h>

#include "base/banned.h"

static bool is_behind(const struct selection *selection, struct place place)
{
	return selection->to.number && place_compare(place, selection->to) > 0;
}

/* Behind a place in the middle of the log nothing can be counted from the end: all is counted first. */
static int count(struct reader *reader, int dir, const struct shelf_files *files, struct error *err)
{
	const struct selection *selection = &reader->selection;
	struct record record;
	struct scan scan;
	long long nr = 0;
	int more;
	scan_init(&scan, dir, files, selection->from);
	while ((more = scan_next(&scan, &record, err)) > 0 && !is_behind(selection, scan.place))
		nr++;
	bool failed = more < 0 && !scan.damaged; /* that is told when the records come */
	scan_release(&scan);
	reader->skip = nr > selection->tail ? nr - selection->tail : 0;
	return failed ? -1 : 0;
}

int reader_open(struct reader *reader, int dir, const struct shelf_files *files, const struct selection *selection, struct error *err)
{
	bool between = selection->from.number || selection->to.number;
	struct place from = selection->from;

	*reader = (struct reader){ .selection = *selection };
	if (selection->tail == 0 || (selection->tail > 0 && between)) {
		if (count(reader, dir, files, err) < 0)
			return -1;
	} else if (selection->tail > 0 && scan_find_tail(dir, files, selection->tail, &from, err) < 0) {
		return -1;
	}
	scan_init(&reader->scan, dir, files, from);
	return 0;
}

int reader_next(struct reader *reader, struct record *out, struct error *err)
{
	const struct selection *selection = &reader->selection;
	int more;
	while ((more = scan_next(&reader->scan, out, err)) > 0) {
		if (is_behind(selection, reader->scan.place))
			return 0;
		if (reader->skip > 0) {
			reader->skip--;
			continue;
		}
		if (selection->since && out->at < selection->since)
			continue;
		if (selection->until && out->at > selection->until)
			continue;
		return 1;
	}
	return more;
}

void reader_release(struct reader *reader)
{
	scan_release(&reader->scan);
}

moment reader_last_time(int dir, const struct shelf_files *files)
{
	const struct selection last = { .tail = 1 };
	struct error ignored;
	struct record record;
	struct reader reader;
	moment at = 0;
	if (reader_open(&reader, dir, files, &last, &ignored) == 0 && reader_next(&reader, &record, &ignored) > 0)
		at = record.at;
	reader_release(&reader);
	return at;
}
