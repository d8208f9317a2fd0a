#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logs/cursor.h"
#include "logmodel.h"
#include "scratch.h"
#include "suite.h"

/*
 * A log in short: each record is a time (one digit or letter), then for stdout a letter and for stderr a capital one (what it says), and
 * '.' if it has no newline: "1a 2b. 2b. 3X".
 */
static size_t parse(const char *text, struct record *records)
{
	size_t nr = 0;
	while (*text) {
		bool is_stderr = text[1] >= 'A' && text[1] <= 'Z';
		records[nr++] = (struct record){ text[0], is_stderr ? STREAM_STDERR : STREAM_STDOUT, text[2] == '.',
						 text + 1, 1 };
		text += text[2] == '.' ? 3 : 2;
		text += *text == ' ';
	}
	return nr;
}

static void put(const char *file, bool from_start, struct cursor *cursor)
{
	struct record records[100];
	size_t nr = parse(file, records);
	*cursor = (struct cursor){ .from_start = from_start };
	for (size_t i = 0; i < nr; i++)
		cursor_advance(cursor, &records[i]);
}

enum found { NOT, FOUND, DOUBTFUL };

/* How many records of the window are new, and whether the file's end was found there. */
static size_t match(const struct cursor *cursor, const char *window, enum match how, bool whole, enum found *found)
{
	struct record records[100];
	struct matcher matcher;
	size_t nr = parse(window, records), fresh = 0;
	matcher_init(&matcher, cursor, how, 0);
	for (size_t i = 0; i < nr; i++)
		fresh += matcher_feed(&matcher, &records[i]);
	*found = !matcher_end(&matcher, whole) ? NOT : matcher.doubtful ? DOUBTFUL : FOUND;
	return fresh;
}

static const struct {
	const char *file, *window;
	enum match how;
	bool whole;
	enum found found;
	size_t fresh;
} rows[] = {
	{ "1a 2b 3c", "2b 3c 4d 5e", MATCH_TAIL, false, FOUND, 2 },
	{ "1a 2b 3c", "2b 3c", MATCH_TAIL, false, FOUND, 0 },
	{ "1a 2b 3c", "4d 5e", MATCH_TAIL, false, NOT, 0 },
	{ "1a 2b 3c", "4d 5e", MATCH_WHOLE, true, NOT, 0 },
	{ "1a 2b 3c", "4d 5e", MATCH_REST, true, NOT, 0 },
	{ "1a 2b 3c", "", MATCH_WHOLE, true, NOT, 0 },
	/* The window's first block may lack some, unless the window is everything. */
	{ "1a 2b 3c", "3c 4d", MATCH_TAIL, false, NOT, 0 },
	{ "1a 2b 3c", "3c", MATCH_TAIL, false, NOT, 0 },
	{ "1a", "1a", MATCH_TAIL, true, FOUND, 0 },
	{ "1a", "1a 2b", MATCH_TAIL, true, NOT, 0 },
	{ "1a", "1a 2b", MATCH_WHOLE, true, FOUND, 1 },
	/* … of which the engine may have dropped what stood before, and some of these. */
	{ "1a 2b 3c", "3c 4d", MATCH_WHOLE, true, DOUBTFUL, 1 },
	{ "1a 2b 3c", "3c", MATCH_TAIL, true, DOUBTFUL, 0 },
	{ "1a 2b 3c 4d.", "3c 4d. 5e", MATCH_WHOLE, true, FOUND, 1 },
	/* Times go back. */
	{ "1a 9b 2c", "9b 2c 8d 1e", MATCH_TAIL, false, FOUND, 2 },
	/* Equal times and equal records are counted. */
	{ "1a 2b 2b", "1a 2b 2b 2b 2b", MATCH_TAIL, false, FOUND, 2 },
	{ "1a 2b 2b", "1a 2b 2c", MATCH_TAIL, false, NOT, 0 },
	{ "1a 2b 2b", "2b 2b 2b 3c", MATCH_TAIL, false, NOT, 0 },
	/* Streams and ends count. */
	{ "1a 2b", "1a 2B 3c", MATCH_TAIL, false, NOT, 0 },
	{ "1a 2b", "1a 2b. 3c", MATCH_TAIL, false, NOT, 0 },
	/* A line in equal parts, from the beginning of the log on. */
	{ "1a. 1a.", "1a. 1a. 1a. 1a.", MATCH_TAIL, true, NOT, 0 },
	{ "1a. 1a.", "1a. 1a. 1a. 1a. 1a", MATCH_WHOLE, true, FOUND, 3 },
	{ "1a. 1b. 1c. 1a.", "1a. 1b. 1c. 1a. 1d", MATCH_WHOLE, true, FOUND, 1 },
	/* Two lines in equal parts, each between the other's. */
	{ "1a. 2B. 1a. 2B.", "1a. 2B. 1a. 2B. 1a. 2B. 1a. 2B.", MATCH_TAIL, false, NOT, 0 },
	{ "1a. 2B. 1a. 2B.", "1a. 2B. 1a. 2B. 1a. 2B. 1a. 2B.", MATCH_WHOLE, true, FOUND, 4 },
	{ "0x 1a. 2B. 1a. 2B.", "1a. 2B. 1a. 2B. 1a. 2B. 1a. 2B.", MATCH_TAIL, false, NOT, 0 },
	{ "0x 1a. 2B. 1a. 2B.", "9z 0x 1a. 2B. 1a. 2B. 1a. 2B. 1a. 2B.", MATCH_TAIL, false, FOUND, 4 },
	{ "0x 1a. 2B. 1a. 2B", "1a. 2B. 1a. 2B 1a. 1a", MATCH_TAIL, false, FOUND, 2 },
	/* The same block again, before it has the end of its line. */
	{ "1a. 2B 1a. 3C 1a", "0x 1a. 2B 1a. 3C 1a 4d", MATCH_TAIL, false, FOUND, 1 },
	/* The anchor is gone, what follows it is not. */
	{ "0x 1a. 1b. 1c.", "1b. 1c. 1d", MATCH_TAIL, true, NOT, 0 },
	{ "0x 1a. 1b. 1c.", "1b. 1c. 1d", MATCH_WHOLE, true, NOT, 0 },
	{ "0x 1a. 1b. 1c.", "1b. 1c. 1d", MATCH_REST, true, DOUBTFUL, 1 },
	{ "0x 1a. 1b. 1c.", "1c.", MATCH_REST, true, DOUBTFUL, 0 },
	{ "0x 1a. 1b. 1c.", "1d. 1c.", MATCH_REST, true, NOT, 0 },
	{ "0x 1a. 1a. 1a.", "1a. 1a. 1a. 1a. 1b 2c. 2d 3e", MATCH_LINES, true, DOUBTFUL, 1 },
	{ "0x 1a. 2B. 1a. 2B.", "1a. 2B. 1a. 2B. 1a. 2B. 1a. 2B 3c.", MATCH_LINES, true, DOUBTFUL, 0 },
	{ "0x 1b 1b 1b", "1b 1b 2c", MATCH_WHOLE, true, NOT, 0 },
	{ "0x 1b 1b 1b", "1b 1b 2c", MATCH_LINES, true, DOUBTFUL, 1 },
};

START_TEST(files_end_is_found)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct cursor cursor;
		enum found found;
		put(rows[i].file, true, &cursor);
		size_t fresh = match(&cursor, rows[i].window, rows[i].how, rows[i].whole, &found);
		ck_assert_msg(found == rows[i].found && fresh == rows[i].fresh, "%s, %s: %d, %zu new", rows[i].file,
			      rows[i].window, found, fresh);
	}
}
END_TEST

/* The engine dropped more between the window that found one overlap and the one that is to use it: now there are several. */
START_TEST(a_shorter_overlap_proves_nothing)
{
	struct record records[100];
	struct matcher matcher;
	struct cursor cursor;
	size_t fresh = 0;
	put("0x 1a. 1b. 1b. 1b.", true, &cursor);
	size_t nr = parse("1a. 1b. 1b. 1b. 1b. 1c", records);
	matcher_init(&matcher, &cursor, MATCH_WHOLE, 0);
	for (size_t i = 0; i < nr; i++)
		fresh += matcher_feed(&matcher, &records[i]);
	ck_assert(!matcher_end(&matcher, true) && fresh == 0);
	ck_assert_uint_eq(matcher.overlaps, 1);
	ck_assert_uint_eq(matcher.overlap, 4);
	for (size_t dropped = 0; dropped < 3; dropped++) {
		struct matcher rest;
		fresh = 0;
		matcher_init(&rest, &cursor, MATCH_REST, matcher.overlap);
		for (size_t i = dropped; i < nr; i++)
			fresh += matcher_feed(&rest, &records[i]);
		ck_assert_int_eq(matcher_end(&rest, true), dropped == 0);
		ck_assert_uint_eq(fresh, dropped == 0 ? 2 : 0);
	}
}
END_TEST

/* What stands before the anchor's own neighbour makes no difference. */
START_TEST(read_back_far_enough_it_is_the_same)
{
	static const char file[] = "0x 9y 3q 1a. 2B 1a. 3C 1a. 2D. 1a. 2D.";
	struct cursor all, cursor;
	enum found found;
	put(file, true, &all);
	for (const char *from = file; from; from = strchr(from, ' '), from = from ? from + 1 : NULL) {
		put(from, from == file, &cursor);
		bool settled = from <= strstr(file, "1a. 3C"); /* a block before 3C, which has the last end of a line */
		ck_assert_msg(cursor_settled(&cursor) == settled, "%s", from);
		ck_assert_int_eq(cursor_at(&cursor), '2');
		if (!settled)
			continue;
		ck_assert_int_eq(cursor_reach(&cursor), cursor_reach(&all));
		ck_assert_uint_eq(match(&cursor, "0x 9y 3q 1a. 2B 1a. 3C 1a. 2D. 1a. 2D. 1a. 2D", MATCH_TAIL, false,
					&found),
				  2);
		ck_assert_int_eq(found, FOUND);
	}
	put("", true, &cursor);
	ck_assert(cursor_empty(&cursor) && cursor_at(&cursor) == 0);
}
END_TEST

START_TEST(reach_is_enough)
{
	static const char *const files[] = { "0x 1a", "0x 1a 1a", "0x 1a 2B. 3c.", "0x 1a. 2B 1a. 1a. 2C. 1a." };
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct cursor cursor;
		enum found found;
		put(files[i], true, &cursor);
		size_t reach = (size_t)cursor_reach(&cursor), nr = 0;
		for (const char *from = files[i] + strlen(files[i]);;) {
			while (from > files[i] && from[-1] != ' ')
				from--;
			match(&cursor, from, MATCH_TAIL, false, &found);
			ck_assert_msg((found == FOUND) == (++nr >= reach), "%s of %s", from, files[i]);
			if (from == files[i])
				break;
			from--;
		}
	}
}
END_TEST

/* A part of a line bears the line's first time, however long ago that was. */
START_TEST(earliest_knows_of_unfinished_lines)
{
	static const struct {
		const char *file;
		bool from_start;
		moment earliest;
	} earliest_rows[] = {
		{ "5a 7b", true, '7' },          { "5a 7B", true, '7' },  { "5a 7b", false, 0 },
		{ "5a 7B", false, '7' },         { "5a. 7B", true, '5' }, { "5a. 7B 8C 9D", true, '5' },
		{ "5a. 7B 5a 9D", true, '9' },   { "9a. 5B", true, '5' }, { "9a 5B. 7c", true, '5' },
		{ "7a 3b. 9C. 9C.", true, '3' },
	};
	for (size_t i = 0; i < ARRAY_LEN(earliest_rows); i++) {
		struct cursor cursor;
		put(earliest_rows[i].file, earliest_rows[i].from_start, &cursor);
		ck_assert_msg(cursor_earliest(&cursor) == earliest_rows[i].earliest, "%s: %lld", earliest_rows[i].file,
			      (long long)cursor_earliest(&cursor));
	}
}
END_TEST

/* ---- random logs ---- */

/* A container that writes to both streams: lines, and long lines in equal parts that bear the time of the first. */
struct writer {
	moment now;
	unsigned texts;  /* how many different texts there are */
	unsigned longs;  /* one line in so many is a long one */
	unsigned bursts; /* one line in so many begins a burst: equal lines with equal times */
	struct {
		moment at;
		unsigned parts, text;
	} open[3];
};

typedef void write_fn(struct model *model, struct writer *writer);

static void write_part(struct model *model, struct writer *writer, enum stream stream)
{
	bool ends = --writer->open[stream].parts == 0 && random_below(2); /* or the run ended without a newline */
	model_write(model, writer->open[stream].at, stream, !ends, writer->open[stream].text);
}

static void write_lines(struct model *model, struct writer *writer)
{
	enum stream stream = random_below(3) ? STREAM_STDOUT : STREAM_STDERR;
	if (writer->open[stream].parts) {
		write_part(model, writer, stream);
		return;
	}
	writer->now += random_below(50) ? 1 + (moment)random_below(5) : -(moment)random_below(100000) - 100000;
	unsigned text = random_below(writer->texts);
	bool is_long = !random_below(writer->longs);
	if (is_long) {
		writer->open[stream].at = writer->now;
		writer->open[stream].parts = 1 + random_below(random_below(4) ? 5 : 60);
		writer->open[stream].text = text;
	}
	model_write(model, writer->now, stream, is_long, text);
	for (unsigned more = random_below(writer->bursts) || is_long ? 0 : random_below(5); more > 0; more--)
		model_write(model, writer->now, stream, false, text);
}

/* Records that are all different, with times that mean nothing. */
static void write_unlike(struct model *model, struct writer *writer)
{
	writer->now++;
	model_write(model, 1 + (moment)random_below(4), random_below(2) ? STREAM_STDOUT : STREAM_STDERR,
		    random_below(2), (unsigned)writer->now);
}

/* All that was read at once has one time, and all lines are equal. */
static void write_bursts(struct model *model, struct writer *writer)
{
	enum stream stream = random_below(3) ? STREAM_STDOUT : STREAM_STDERR;
	writer->now += 1 + (moment)random_below(1000);
	for (unsigned lines = random_below(3) ? random_below(4) : random_below(200); lines > 0; lines--)
		model_write(model, writer->now, stream, false, 0);
	if (!random_below(3))
		model_write(model, writer->now, stream, true, 0);
}

/* Nothing but two endless lines in equal parts. */
static void write_endless(struct model *model, struct writer *writer)
{
	enum stream stream = random_below(2) ? STREAM_STDOUT : STREAM_STDERR;
	(void)writer;
	model_write(model, stream, stream, true, 0);
}

/* Everything that can happen between two windows. */
static void live(struct model *model, struct writer *writer, write_fn *write)
{
	for (unsigned writes = random_below(3) ? random_below(4) : random_below(60); writes > 0; writes--)
		write(model, writer);
	if (!random_below(40))
		model_rotate(model, random_below(3) ? 10 + random_below(100) : random_below(10));
	if (!random_below(20)) {
		size_t most = model->nr < 50 ? model->nr : 50;
		model_crash(model, model->nr - random_below((unsigned)most + 1));
	}
}

static void one_life(struct model *model, write_fn *write)
{
	static const int64_t tails[] = { 4, 8, 16, 64 };
	struct writer writer = { .now = 1000000000,
				 .texts = 1 + random_below(3),
				 .longs = 2 + random_below(20),
				 .bursts = 2 + random_below(10) };
	model_init(model, tails[random_below(ARRAY_LEN(tails))]);
	for (unsigned steps = 10 + random_below(30); steps > 0 && !model->wrong[0] && !model->undecidable; steps--) {
		live(model, &writer, write);
		model_window(model, random_below(10) ? SIZE_MAX : random_below(20));
	}
	for (unsigned tries = 0; !model->wrong[0] && model_window(model, SIZE_MAX) == MODEL_AGAIN; tries++)
		if (tries > 20)
			model_complain(model, "never up to date", 0);
}

/* Returns how many of the logs were undecidable. */
static unsigned many_lives(write_fn *write, unsigned lives)
{
	static struct model model;
	uint64_t seed = random_seed();
	unsigned undecidable = 0;
	for (unsigned life = 0; life < lives; life++) {
		random_start(seed + life);
		one_life(&model, write);
		if (model.wrong[0] && model.written < 200)
			model_print(&model);
		ck_assert_msg(!model.wrong[0], "PURSER_TEST_SEED=%llu: %s", (unsigned long long)(seed + life),
			      model.wrong);
		undecidable += model.undecidable;
	}
	return undecidable;
}

START_TEST(random_logs_of_lines)
{
	unsigned lives = random_tries(100000);
	ck_assert_uint_le(many_lives(write_lines, lives), lives / 20);
}
END_TEST

START_TEST(random_logs_of_unlike_records)
{
	ck_assert_uint_eq(many_lives(write_unlike, random_tries(20000)), 0);
}
END_TEST

START_TEST(random_logs_of_bursts)
{
	unsigned lives = random_tries(20000);
	ck_assert_uint_le(many_lives(write_bursts, lives), lives / 20);
}
END_TEST

/* As long as the engine keeps them whole, even these are exact. */
START_TEST(random_logs_of_endless_lines)
{
	static struct model model;
	struct writer writer = { 0 };
	for (unsigned life = 0; life < random_tries(3000); life++) {
		random_start(random_seed() + life);
		model_init(&model, 16);
		for (unsigned step = 0; step < 30; step++) {
			for (unsigned writes = random_below(40); writes > 0; writes--)
				write_endless(&model, &writer);
			model_window(&model, random_below(4) ? SIZE_MAX : random_below(20));
			if (!random_below(8))
				model_crash(&model, random_below((unsigned)model.nr + 1));
		}
		while (model_window(&model, SIZE_MAX) == MODEL_AGAIN)
			;
		ck_assert_msg(!model.wrong[0] && !model.undecidable && model.nr == model.written,
			      "PURSER_TEST_SEED=%llu: %s", (unsigned long long)(random_seed() + life), model.wrong);
	}
}
END_TEST

static Suite *cursor_suite(void)
{
	Suite *suite = suite_create("cursor");
	TCase *tcase = tcase_create("cursor");
	tcase_add_test(tcase, files_end_is_found);
	tcase_add_test(tcase, a_shorter_overlap_proves_nothing);
	tcase_add_test(tcase, read_back_far_enough_it_is_the_same);
	tcase_add_test(tcase, reach_is_enough);
	tcase_add_test(tcase, earliest_knows_of_unfinished_lines);
	tcase_add_test(tcase, random_logs_of_lines);
	tcase_add_test(tcase, random_logs_of_unlike_records);
	tcase_add_test(tcase, random_logs_of_bursts);
	tcase_add_test(tcase, random_logs_of_endless_lines);
	tcase_set_timeout(tcase, 120);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(cursor_suite)
