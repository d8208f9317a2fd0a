#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/pattern.h"
#include "logs.h"
#include "logs/hunt.h"
#include "scratch.h"
#include "suite.h"

#define FILE_NAME "aaaaaaaaaaaa+web.log"
#define LINES_MAX 2000

static struct store store;
static struct error err;
static struct buf bytes = BUF_INIT(256u * 1024 * 1024);
static unsigned rotated;
static bool has_others; /* lines that are no records */

/* Lines as they are meant, in the order in which they end. */
static struct line {
	moment at;
	enum stream stream;
	char *text;
	size_t len;
} lines[LINES_MAX];
static size_t lines_nr;

static void setup(void)
{
	static const struct keeping keeping;
	scratch_make();
	random_start(random_seed());
	ck_assert_int_eq(store_open(&store, scratch_path, &keeping, &err), 0);
}

static void forget(void)
{
	SCOPED(shelf_release) struct shelf_files files;
	for (size_t i = 0; i < lines_nr; i++)
		free(lines[i].text);
	lines_nr = 0;
	rotated = 0;
	buf_clear(&bytes);
	shelf_of(&store, "aaaaaaaaaaaa", NULL, &files);
	for (size_t i = 0; i < files.nr; i++)
		unlinkat(scratch, files.items[i].file, 0);
}

static void teardown(void)
{
	forget();
	buf_release(&bytes);
	store_close(&store);
	scratch_remove();
}

static void flush(void)
{
	scratch_write(FILE_NAME, buf_text(&bytes), bytes.len);
}

static void rotate(void)
{
	char file[LOG_NAME_MAX + 1];
	flush();
	log_part_make(FILE_NAME, &(struct log_part){ ++rotated, false }, file);
	ck_assert_int_eq(renameat(scratch, FILE_NAME, scratch, file), 0);
	if (random_below(2))
		logs_pack(FILE_NAME, rotated);
	buf_clear(&bytes);
}

static void store_record(moment at, enum stream stream, bool partial, const char *text, size_t len)
{
	struct record record = { at, stream, partial, text, len };
	ck_assert_int_eq(record_store(&record, &bytes), 0);
}

/* One line in parts at random, with nothing of the same stream between them. */
static void add_line(const char *text, size_t len, enum stream stream, bool in_parts)
{
	static moment at;
	at += random_below(10);
	size_t from = 0;
	lines[lines_nr++] = (struct line){ at, stream, memcpy(xmalloc(len + 1), text, len), len };
	while (in_parts && len - from > 1) {
		size_t part = 1 + random_below((unsigned)(len - from));
		store_record(at, stream, true, text + from, part);
		from += part;
		if (!random_below(3)) { /* may begin in one file and end in the next */
			rotate();
			break;
		}
	}
	store_record(at, stream, false, text + from, len - from);
	if (has_others && !random_below(20))
		buf_add_text(&bytes, "no record: abcabc\n");
	if (!random_below(60))
		rotate();
}

static void random_log(size_t nr, unsigned longest, bool parts)
{
	forget();
	char *text = xmalloc(longest + 1);
	has_others = random_below(2);
	while (lines_nr < nr) {
		size_t len = random_below(longest + 1);
		for (size_t i = 0; i < len; i++)
			text[i] = "abcAB dF\0\r\xff\xc3"[random_below(longest > 1000 ? 8 : 12)];
		add_line(text, len, random_below(2) ? STREAM_STDOUT : STREAM_STDERR, parts && !random_below(5));
	}
	free(text);
	flush();
}

/* ---- the same in the simplest way ---- */

static bool naive_fits(const struct hunt_wish *wish, const struct line *line)
{
	struct fit fit;
	size_t len = line->len && line->text[line->len - 1] == '\r' ? line->len - 1 : line->len;
	return (pattern_find(wish->pattern, line->text, len, 0, &fit, &err) > 0) != wish->invert;
}

static void compare(const struct hunt_wish *wish)
{
	static size_t chosen[LINES_MAX];
	static int why[LINES_MAX]; /* 0: not shown, 1: beside one, 2: fits */
	size_t nr = 0;
	for (size_t i = 0; i < lines_nr; i++) {
		bool is_there = (!wish->since || lines[i].at >= wish->since) &&
				(!wish->until || lines[i].at <= wish->until) &&
				(!wish->stream || lines[i].stream == wish->stream);
		if (is_there)
			chosen[nr++] = i;
	}
	memset(why, 0, sizeof why);
	for (size_t i = 0; i < nr; i++)
		if (naive_fits(wish, &lines[chosen[i]])) {
			for (size_t b = i > wish->before ? i - wish->before : 0; b <= i + wish->after && b < nr; b++)
				why[b] = why[b] == 2 ? 2 : 1;
			why[i] = 2;
		}

	struct hunt hunt;
	struct found found;
	enum hunt_result result;
	size_t at = 0;
	bool was_shown = false;
	ck_assert_int_eq(hunt_open(&hunt, &store, "aaaaaaaaaaaa", "web", wish, &err), 0);
	if (random_below(2))
		hunt_share(&hunt, 1000); /* small blocks, and the file is closed between them */
	while ((result = hunt_next(&hunt, &found, &err)) > 0) {
		if (result == HUNT_LATER)
			continue;
		for (; at < nr && !why[at]; at++)
			was_shown = false;
		ck_assert_msg(at < nr, "%zu bytes at %lld too much", found.len, (long long)found.at);
		const struct line *line = &lines[chosen[at]];
		ck_assert_uint_eq(found.len, line->len);
		ck_assert(!memcmp(found.bytes, line->text, line->len));
		ck_assert_int_eq(found.at, line->at);
		ck_assert_int_eq(found.stream, line->stream);
		ck_assert_int_eq(found.fits, why[at] == 2);
		ck_assert(found.apart || was_shown || at == 0);
		ck_assert(!found.apart || !was_shown || has_others || wish->since || wish->until || wish->stream);
		was_shown = true;
		at++;
	}
	ck_assert_msg(result == HUNT_END, "%s", err.text);
	for (; at < nr; at++)
		ck_assert_int_eq(why[at], 0);
	hunt_release(&hunt);
}

static const char *const patterns[] = { "abc", "a.b", "^ab",    "b$",       "dA|bca|cab", "d(ab|bb)c",
					"AAA", "",    "d[^a]b", "c\\xff?a", "a b",        "F" };

START_TEST(what_is_found_is_what_the_naive_way_finds)
{
	for (unsigned times = 0; times < random_tries(60); times++) {
		random_log(random_below(random_below(2) ? 60 : LINES_MAX), random_below(4) ? 30 : 5000,
			   random_below(2));
		for (unsigned i = 0; i < 20; i++) {
			struct pattern_wish how = { .ignore_case = random_below(2),
						    .words = !random_below(5),
						    .lines = !random_below(8) };
			struct pattern *pattern = pattern_new(patterns[random_below(ARRAY_LEN(patterns))], &how, &err);
			struct hunt_wish wish;
			ck_assert_ptr_nonnull(pattern);
			ck_assert_int_eq(hunt_wish_init(&wish, pattern, &err), 0);
			wish.invert = !random_below(6);
			wish.before = random_below(2) ? random_below(5) : 0;
			wish.after = random_below(2) ? random_below(5) : 0;
			wish.stream = random_below(4) ? 0 : STREAM_STDERR;
			wish.since = random_below(4) || !lines_nr ? 0 : lines[random_below((unsigned)lines_nr)].at;
			wish.until = random_below(4) || !lines_nr ? 0 : lines[random_below((unsigned)lines_nr)].at;
			compare(&wish);
			hunt_wish_release(&wish);
			pattern_free(pattern);
		}
	}
}
END_TEST

static struct pattern *pattern;
static struct hunt_wish wish;

static void look_for(const char *text)
{
	pattern = pattern_new(text, &(struct pattern_wish){ 0 }, &err);
	ck_assert_ptr_nonnull(pattern);
	ck_assert_int_eq(hunt_wish_init(&wish, pattern, &err), 0);
}

static void done(void)
{
	hunt_wish_release(&wish);
	pattern_free(pattern);
}

static enum hunt_result next(struct hunt *hunt, struct found *out)
{
	enum hunt_result result;
	while ((result = hunt_next(hunt, out, &err)) == HUNT_LATER)
		;
	return result;
}

/* The text is all that counts: not the time, not the stream, not the place in the file. */
START_TEST(the_head_of_a_line_is_not_searched)
{
	struct hunt hunt;
	struct found found;
	logs_write(FILE_NAME, 1, 500);
	static const char *const none[] = { "stdout", "2026", "F ", "^2026-11", "Z" };
	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		look_for(none[i]);
		ck_assert_int_eq(hunt_open(&hunt, &store, "aaaaaaaaaaaa", "web", &wish, &err), 0);
		ck_assert_int_eq(next(&hunt, &found), HUNT_END);
		hunt_release(&hunt);
		done();
	}
}
END_TEST

START_TEST(it_goes_on_where_it_was)
{
	struct hunt hunt;
	struct found found;
	look_for("half");
	wish.goes_on = true;
	store_record(1000, STREAM_STDOUT, true, "one ha", 6);
	flush();
	ck_assert_int_eq(hunt_open(&hunt, &store, "aaaaaaaaaaaa", "web", &wish, &err), 0);
	ck_assert_int_eq(next(&hunt, &found), HUNT_END);
	ck_assert(!hunt_go_on(&hunt));
	rotate();
	store_record(1001, STREAM_STDERR, false, "half of another", 15);
	store_record(1002, STREAM_STDOUT, false, "lf", 2);
	flush();
	ck_assert(hunt_go_on(&hunt));
	ck_assert_int_eq(next(&hunt, &found), HUNT_FOUND);
	ck_assert_int_eq(found.at, 1001);
	ck_assert_int_eq(next(&hunt, &found), HUNT_FOUND);
	ck_assert_int_eq(found.at, 1000);
	ck_assert_mem_eq(found.bytes, "one half", 8);
	ck_assert_int_eq(next(&hunt, &found), HUNT_END);
	ck_assert(!hunt_go_on(&hunt));
	hunt_release(&hunt);
	done();
}
END_TEST

/* A line without an end is one where no more can come; beyond the ceiling it is several. */
START_TEST(lines_that_do_not_end)
{
	struct hunt hunt;
	struct found found;
	SCOPED(buf_release) struct buf part = BUF_INIT(64 * 1024);
	look_for("x");
	for (unsigned i = 0; i < 16 * 1024; i++)
		buf_add(&part, "x", 1);
	for (unsigned i = 0; i < 150; i++)
		store_record(1000 + i, STREAM_STDOUT, true, part.bytes, part.len);
	flush();
	size_t all = 0, pieces = 0;
	ck_assert_int_eq(hunt_open(&hunt, &store, "aaaaaaaaaaaa", "web", &wish, &err), 0);
	while (next(&hunt, &found) == HUNT_FOUND) {
		ck_assert_uint_le(found.len, HUNT_LINE_MAX + part.len);
		all += found.len;
		pieces++;
	}
	ck_assert_uint_eq(all, 150 * part.len);
	ck_assert_uint_eq(pieces, 3);
	hunt_release(&hunt);
	done();
}
END_TEST

START_TEST(too_much_work_is_an_error_of_the_pattern)
{
	struct hunt hunt;
	struct found found;
	look_for("(a+)+$");
	store_record(1000, STREAM_STDOUT, false, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
		     67);
	flush();
	ck_assert_int_eq(hunt_open(&hunt, &store, "aaaaaaaaaaaa", "web", &wish, &err), 0);
	ck_assert_int_eq(next(&hunt, &found), HUNT_FAILED);
	ck_assert_msg(strstr(err.text, "(a+)+$") != NULL, "%s", err.text);
	hunt_release(&hunt);
	done();
}
END_TEST

START_TEST(what_is_damaged_is_told_after_all_else)
{
	struct hunt hunt;
	struct found found;
	look_for("5");
	logs_write(FILE_NAME, 4, 6);
	scratch_write(FILE_NAME ".1.gz", "\x1f\x8b\x08\0\0\0\0\0\0\3garbage that is no deflate stream", 43);
	ck_assert_int_eq(hunt_open(&hunt, &store, "aaaaaaaaaaaa", "web", &wish, &err), 0);
	ck_assert_int_eq(next(&hunt, &found), HUNT_FOUND);
	ck_assert_int_eq(next(&hunt, &found), HUNT_DAMAGED);
	ck_assert_ptr_nonnull(strstr(err.text, "is damaged"));
	hunt_release(&hunt);
	done();
}
END_TEST

static Suite *hunt_suite(void)
{
	Suite *suite = suite_create("hunt");
	TCase *tcase = tcase_create("hunt");
	tcase_add_test(tcase, what_is_found_is_what_the_naive_way_finds);
	tcase_add_test(tcase, the_head_of_a_line_is_not_searched);
	tcase_add_test(tcase, it_goes_on_where_it_was);
	tcase_add_test(tcase, lines_that_do_not_end);
	tcase_add_test(tcase, too_much_work_is_an_error_of_the_pattern);
	tcase_add_test(tcase, what_is_damaged_is_told_after_all_else);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(hunt_suite)
