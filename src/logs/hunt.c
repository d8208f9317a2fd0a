#include "logs/hunt.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define MEMORY (32u * 1024 * 1024) /* for what is read of all logs at once */
#define BLOCK (128u * 1024)        /* stays in the processor's cache while it is searched */
#define BLOCKS 16                  /* searched at a time */
#define OPEN_MAX_LOGS 128          /* of more logs than these no file stays open while another one is searched */
#define KEPT_MAX (4u * 1024 * 1024)
#define DAY (24 * 3600 * MOMENT_SECOND) /* clocks are not set back further than that */
#define UNFINISHED "[rt] P "            /* " stdout P ", " stderr P " */

int hunt_wish_init(struct hunt_wish *wish, struct pattern *pattern, struct error *err)
{
	*wish = (struct hunt_wish){ .pattern = pattern };
	wish->unfinished = pattern_new(UNFINISHED, &(struct pattern_wish){ 0 }, err);
	return wish->unfinished ? 0 : -1;
}

void hunt_wish_twin(struct hunt_wish *twin, const struct hunt_wish *wish, struct pattern *pattern)
{
	*twin = *wish;
	twin->pattern = pattern;
	twin->unfinished = pattern_twin(wish->unfinished);
}

void hunt_wish_release(struct hunt_wish *wish)
{
	pattern_free(wish->unfinished);
}

/* ---- lines that are kept, as they may stand before one that fits ---- */

static struct hunt_kept *kept_at(const struct hunt *hunt, size_t nr)
{
	return &hunt->kept[(hunt->kept_first + nr) % hunt->wish->before];
}

static struct hunt_kept *take_oldest(struct hunt *hunt)
{
	struct hunt_kept *oldest = kept_at(hunt, 0);
	hunt->kept_first = (hunt->kept_first + 1) % hunt->wish->before;
	hunt->kept_nr--;
	hunt->kept_bytes -= oldest->bytes.len;
	return oldest;
}

static void drop_kept(struct hunt *hunt)
{
	hunt->apart |= hunt->kept_nr > 0;
	hunt->kept_nr = hunt->kept_bytes = 0;
}

static void keep(struct hunt *hunt, const struct found *line)
{
	if (!hunt->kept)
		hunt->kept = xcalloc(hunt->wish->before, sizeof *hunt->kept);
	while (hunt->kept_nr && (hunt->kept_nr == hunt->wish->before || hunt->kept_bytes + line->len > KEPT_MAX)) {
		take_oldest(hunt);
		hunt->apart = true;
	}
	struct hunt_kept *kept = kept_at(hunt, hunt->kept_nr++);
	kept->bytes.limit = 2 * KEPT_MAX;
	buf_clear(&kept->bytes);
	buf_add(&kept->bytes, line->bytes, line->len);
	hunt->kept_bytes += line->len;
	kept->at = line->at;
	kept->stream = line->stream;
}

/* ---- lines ---- */

static bool is_selected(const struct hunt_wish *wish, moment at)
{
	return (!wish->since || at >= wish->since) && (!wish->until || at <= wish->until);
}

/* 1: it is wanted, 0, -1: *err. */
static int is_wanted(const struct hunt_wish *wish, const char *bytes, size_t len, struct error *err)
{
	struct fit fit;
	if (len && bytes[len - 1] == '\r')
		len--;
	int found = pattern_find(wish->pattern, bytes, len, 0, &fit, err);
	return found < 0 ? -1 : (found > 0) != wish->invert;
}

static void take(struct hunt *hunt, const struct found *line)
{
	if (!is_selected(hunt->wish, line->at))
		return;
	if (!line->fits && hunt->after_left == 0) {
		if (hunt->wish->before)
			keep(hunt, line);
		else
			hunt->apart = true;
		return;
	}
	hunt->after_left = line->fits ? hunt->wish->after : hunt->after_left - 1;
	hunt->found = *line;
	hunt->waits = true;
}

static int judge(struct hunt *hunt, struct found *line, struct error *err)
{
	int wanted = is_wanted(hunt->wish, line->bytes, line->len, err);
	if (wanted < 0)
		return -1;
	line->fits = wanted;
	take(hunt, line);
	return 0;
}

static struct hunt_part *part_of(struct hunt *hunt, enum stream stream)
{
	return &hunt->parts[stream == STREAM_STDERR];
}

static int end_part(struct hunt *hunt, enum stream stream, struct error *err)
{
	struct hunt_part *part = part_of(hunt, stream);
	struct found line = {
		.at = part->at, .stream = stream, .bytes = buf_text(&part->bytes), .len = part->bytes.len
	};
	part->begun = false;
	return judge(hunt, &line, err);
}

static int add_part(struct hunt *hunt, const struct record *record, struct error *err)
{
	struct hunt_part *part = part_of(hunt, record->stream);
	if (!part->begun) {
		buf_clear(&part->bytes);
		part->at = record->at;
		part->begun = true;
	}
	buf_add(&part->bytes, record->bytes, record->len);
	return record->partial && part->bytes.len < HUNT_LINE_MAX ? 0 : end_part(hunt, record->stream, err);
}

/* Most lines do not fit, and their time need not be known. */
static int look_at(struct hunt *hunt, const char *bytes, size_t len, struct error *err)
{
	const struct hunt_wish *wish = hunt->wish;
	struct record record;
	if (!record_peek(bytes, len, &record) || (wish->stream && record.stream != wish->stream))
		return 0;
	if (record.partial || part_of(hunt, record.stream)->begun)
		return record_load(bytes, len, &record) ? add_part(hunt, &record, err) : 0;
	int wanted = is_wanted(wish, record.bytes, record.len, err);
	if (wanted < 0)
		return -1;
	if (!wanted && !wish->before && !hunt->after_left)
		hunt->apart = true;
	else if (record_load(bytes, len, &record))
		take(hunt, &(struct found){ record.at, record.stream, record.bytes, record.len, wanted, false });
	return 0;
}

/* ---- blocks ---- */

static bool counts(const struct hunt_wish *wish, const char *line, size_t len, struct found *out)
{
	struct record record;
	if (!record_load(line, len, &record) || !is_selected(wish, record.at) ||
	    (wish->stream && record.stream != wish->stream))
		return false;
	*out = (struct found){ .at = record.at, .stream = record.stream, .bytes = record.bytes, .len = record.len };
	return true;
}

/* None of these lines fits; the last of them may stand before one that does. */
static void pass(struct hunt *hunt, const char *from, const char *to)
{
	const char *line = to, *newline;
	struct found found;
	if (!hunt->wish->before) {
		hunt->apart |= from < to;
		return;
	}
	for (unsigned nr = 0; nr < hunt->wish->before && line > from;) {
		const char *end = line - 1;
		newline = memrchr(from, '\n', (size_t)(end - from));
		line = newline ? newline + 1 : from;
		nr += counts(hunt->wish, line, (size_t)(end - line), &found);
	}
	if (line > from) {
		drop_kept(hunt);
		hunt->apart = true;
	}
	for (; line < to; line = newline + 1) {
		newline = memchr(line, '\n', (size_t)(to - line));
		if (counts(hunt->wish, line, (size_t)(newline - line), &found))
			keep(hunt, &found);
	}
}

/* To the line that has the next needle, or to the end. */
static void leap(struct hunt *hunt)
{
	const char *needle = pattern_hint(hunt->wish->pattern, &hunt->hints, hunt->at), *line = hunt->end;
	if (needle) {
		const char *newline = memrchr(hunt->at, '\n', (size_t)(needle - hunt->at));
		line = newline ? newline + 1 : hunt->at;
	}
	pass(hunt, hunt->at, line);
	hunt->at = line;
}

static int search(struct hunt *hunt, struct error *err)
{
	if (!hunt->walks && !hunt->after_left && !hunt->parts[0].begun && !hunt->parts[1].begun)
		leap(hunt);
	if (hunt->at == hunt->end)
		return 0;
	const char *line = hunt->at, *newline = memchr(line, '\n', (size_t)(hunt->end - line));
	hunt->at = newline + 1;
	return look_at(hunt, line, (size_t)(newline - line), err);
}

static void close_log(struct hunt *hunt)
{
	if (hunt->open) {
		hunt->spool.place = hunt->scan.place;
		scan_release(&hunt->scan);
	}
	hunt->open = false;
	hunt->at = hunt->end = NULL;
}

/* What has not ended by the end of the log is a line all the same. */
static enum hunt_result finish(struct hunt *hunt, struct error *err)
{
	close_log(hunt);
	if (hunt->wish->goes_on)
		return HUNT_END;
	for (enum stream stream = STREAM_STDOUT; stream <= STREAM_STDERR && !hunt->waits; stream++)
		if (part_of(hunt, stream)->begun && end_part(hunt, stream, err) < 0)
			return HUNT_FAILED;
	return hunt->waits ? HUNT_FOUND : HUNT_END;
}

static enum hunt_result next_block(struct hunt *hunt, moment *at, struct error *err)
{
	struct fit fit;
	struct record record;
	struct error ignored;
	size_t len;
	int more = hunt->open ? scan_lines(&hunt->scan, &hunt->at, &len, err) : 0;
	if (more < 0) {
		close_log(hunt);
		return HUNT_DAMAGED;
	}
	if (more == 0)
		return finish(hunt, err);
	hunt->blocks++;
	if (hunt->parks)
		scan_park(&hunt->scan);
	hunt->end = hunt->at + len;
	hunt->walks = hunt->wish->invert || !pattern_has_needles(hunt->wish->pattern) ||
		      pattern_find(hunt->wish->unfinished, hunt->at, len, 0, &fit, &ignored) != 0;
	pattern_hints(hunt->wish->pattern, &hunt->hints, hunt->at, len);
	*at = record_load(hunt->at, (size_t)((const char *)memchr(hunt->at, '\n', len) - hunt->at), &record) ? record.at
													     : 0;
	return hunt->wish->until && *at > hunt->wish->until + DAY ? finish(hunt, err) : HUNT_LATER;
}

static void give(struct hunt *hunt, struct found *out)
{
	if (hunt->kept_nr) {
		struct hunt_kept *kept = take_oldest(hunt);
		*out = (struct found){ kept->at, kept->stream, buf_text(&kept->bytes), kept->bytes.len, false, false };
	} else {
		*out = hunt->found;
		hunt->waits = false;
	}
	out->apart = hunt->apart;
	hunt->apart = false;
}

/* Some blocks in a row: what they are read into stays in the cache. */
enum hunt_result hunt_next(struct hunt *hunt, struct found *out, struct error *err)
{
	enum hunt_result result = HUNT_FOUND;
	for (unsigned blocks = 0; !hunt->waits; blocks++) {
		while (!hunt->waits && hunt->at < hunt->end)
			if (search(hunt, err) < 0)
				return HUNT_FAILED;
		if (hunt->waits)
			break;
		result = next_block(hunt, &out->at, err);
		if (result != HUNT_LATER || blocks == BLOCKS)
			break;
	}
	if (!hunt->waits)
		return result;
	give(hunt, out);
	return HUNT_FOUND;
}

/* ---- its life ---- */

static void open_scan(struct hunt *hunt)
{
	spool_note(&hunt->spool);
	scan_init(&hunt->scan, hunt->spool.store->dir, &hunt->spool.files, hunt->spool.place);
	scan_share(&hunt->scan, hunt->block);
	hunt->open = true;
}

void hunt_share(struct hunt *hunt, size_t nr)
{
	hunt->block = nr * BLOCK > MEMORY ? (unsigned)(MEMORY / nr) : BLOCK;
	hunt->parks = nr > OPEN_MAX_LOGS;
	scan_share(&hunt->scan, hunt->block);
}

int hunt_open(struct hunt *hunt, const struct store *store, const char *id, const char *name,
	      const struct hunt_wish *wish, struct error *err)
{
	*hunt = (struct hunt){ .wish = wish, .block = BLOCK };
	if (spool_open(&hunt->spool, store, id, name, err) < 0)
		return -1;
	for (size_t i = 0; i < 2; i++)
		buf_init(&hunt->parts[i].bytes, 4 * HUNT_LINE_MAX);
	open_scan(hunt);
	return 0;
}

void hunt_release(struct hunt *hunt)
{
	close_log(hunt);
	spool_release(&hunt->spool);
	for (size_t i = 0; i < 2; i++)
		buf_release(&hunt->parts[i].bytes);
	for (size_t i = 0; hunt->kept && i < hunt->wish->before; i++)
		buf_release(&hunt->kept[i].bytes);
	free(hunt->kept);
}

bool hunt_go_on(struct hunt *hunt)
{
	if (hunt->open || !spool_has_more(&hunt->spool))
		return false;
	open_scan(hunt);
	return true;
}
