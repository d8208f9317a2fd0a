#include <check.h>
#include <stdio.h>
#include <string.h>

#include "logs/seek.h"
#include "scratch.h"
#include "suite.h"

static struct seek seek;
static struct cursor file;

/* A nanosecond lies between two records, but from this one on so many more. */
static struct {
	size_t from;
	moment by;
} slower;

static struct record numbered(size_t which)
{
	moment more = which > slower.from ? (moment)(which - slower.from) * slower.by : 0;
	static char texts[20000][8];
	int len = snprintf(texts[which], sizeof texts[which], "%zu", which);
	return (struct record){ 1000 + (moment)which + more, STREAM_STDOUT, false, texts[which], (size_t)len };
}

/* The file has the engine's records from `first` up to `end`, and was just opened. */
static void file_has(size_t first, size_t end)
{
	file = (struct cursor){ .from_start = true };
	for (size_t i = first; i < end; i++) {
		struct record record = numbered(i);
		cursor_advance(&file, &record);
	}
	seek_reset(&seek);
}

static void setup(void)
{
	slower.from = SIZE_MAX;
	file_has(0, 0);
}

struct window {
	size_t fresh; /* new records … */
	size_t first; /* … from this one on */
	bool missed, too_small, done;
};

/* What a window comes to in which the engine has the records from `dropped` up to `written`. */
static struct window poll_window(size_t dropped, size_t written, bool counted, bool bounded)
{
	struct window window = { 0 };
	int64_t tail = seek_plan(&seek, &file);
	size_t first = tail != TAIL_ALL && written > dropped + (size_t)tail ? written - (size_t)tail : dropped;
	seek_begin(&seek, &file, bounded);
	for (size_t i = first; i < written; i++) {
		struct record record = numbered(i);
		enum seek_record is = seek_feed(&seek, &record);
		if (is == SEEK_TOO_SMALL) {
			ck_assert_uint_eq(i, first);
			ck_assert_int_gt(record.at, cursor_at(&file));
			window.too_small = true;
			seek_widen(&seek);
			return window;
		}
		if (is == SEEK_OLD) {
			ck_assert_uint_eq(window.fresh, 0);
			continue;
		}
		if (window.fresh++ == 0) {
			window.first = i;
			window.missed = seek_missed(&seek);
		}
		ck_assert_int_eq(seek.last_fresh, record.at);
		cursor_advance(&file, &record);
	}
	window.done = seek_end(&seek, counted);
	return window;
}

/* Windows until one is enough: the last of them. */
static struct window poll_all(size_t dropped, size_t written)
{
	struct window window = { 0 };
	for (int tries = 0; tries < 10 && !window.done; tries++) {
		ck_assert_uint_eq(window.fresh, 0);
		window = poll_window(dropped, written, true, false);
	}
	return window;
}

static void window_must_be(struct window is, bool done, size_t fresh, size_t first, bool missed)
{
	ck_assert_msg(is.done == done && is.fresh == fresh && (!fresh || is.first == first) && is.missed == missed,
		      "%s, %zu new from %zu on%s", is.done ? "done" : "not done", is.fresh, is.first, is.missed ? ", missed" : "");
}

START_TEST(an_empty_file_gets_everything)
{
	ck_assert_int_eq(seek_plan(&seek, &file), TAIL_ALL);
	window_must_be(poll_window(0, 5000, true, false), true, 5000, 0, false);
	file_has(0, 0);
	window_must_be(poll_window(0, 0, true, false), true, 0, 0, false);
	window_must_be(poll_window(300, 310, true, false), true, 10, 300, false); /* nothing is known of what came before */
	window_must_be(poll_window(300, 312, true, false), true, 2, 310, false);
}
END_TEST

START_TEST(new_records_follow_the_files_end)
{
	file_has(0, 100);
	window_must_be(poll_window(0, 100, true, false), true, 0, 0, false);
	window_must_be(poll_window(0, 101, true, false), true, 1, 100, false);
	window_must_be(poll_all(0, 110), true, 9, 101, false);
	window_must_be(poll_all(107, 111), true, 1, 110, false); /* only the last ones are left */
}
END_TEST

/* How many windows it takes; *largest: records asked for at most, by the windows that were too small and the one behind them. */
static unsigned windows_until_found(size_t written, int64_t *largest, bool *any_too_small)
{
	struct window window;
	unsigned nr = 0;
	*largest = 0;
	do {
		int64_t tail = seek_plan(&seek, &file);
		if (tail == TAIL_ALL || tail > *largest)
			*largest = tail == TAIL_ALL ? INT64_MAX : tail;
		window = poll_window(0, written, true, false);
		*any_too_small |= window.too_small;
		nr++;
	} while (!window.done && nr < 20);
	window_must_be(window, true, written - 100, 100, false);
	return nr;
}

START_TEST(a_second_window_is_as_large_as_times_let_expect)
{
	int64_t largest;
	bool any_too_small = false;
	for (size_t written = 200; written < 20000; written += 797) {
		file_has(0, 100);
		ck_assert_uint_le(windows_until_found(written, &largest, &any_too_small), 2);
		ck_assert_int_le(largest, 3 * (int64_t)written);
	}
	ck_assert(!any_too_small);
}
END_TEST

/* What was written last came slowly, so less is expected than there is. */
START_TEST(where_times_mislead_windows_grow_until_the_end_is_found)
{
	int64_t largest;
	bool any_too_small = false;
	for (size_t written = 200; written < 20000; written += 797) {
		slower.from = written - 70;
		slower.by = MOMENT_SECOND;
		file_has(0, 100);
		ck_assert_uint_le(windows_until_found(written, &largest, &any_too_small), 5);
		ck_assert(largest == INT64_MAX || largest <= 8 * (int64_t)written);
	}
	ck_assert(any_too_small); /* a large one is not read to be known as that */
}
END_TEST

/* A burst after a day: not everything is read at once. */
START_TEST(a_leap_has_an_end)
{
	struct cursor burst = { 0 };
	struct record record = { 1, STREAM_STDOUT, false, "", 0 };
	cursor_advance(&burst, &record);
	seek_reset(&seek);
	int64_t tail = seek_plan(&seek, &burst);
	seek_begin(&seek, &burst, false);
	for (int64_t i = 0; i < tail; i++) {
		record.at = 86400 * MOMENT_SECOND + i;
		seek_feed(&seek, &record);
	}
	ck_assert(!seek_end(&seek, true));
	ck_assert_int_gt(seek_plan(&seek, &burst), 8 * tail);
	ck_assert_int_le(seek_plan(&seek, &burst), 65536);
}
END_TEST

START_TEST(beyond_some_size_it_is_everything)
{
	file_has(0, 10);
	for (int tries = 0; tries < 100 && seek_plan(&seek, &file) != TAIL_ALL; tries++) {
		seek_begin(&seek, &file, false);
		seek_widen(&seek);
	}
	ck_assert_int_eq(seek_plan(&seek, &file), TAIL_ALL);
}
END_TEST

/* Fewer records than were asked for are everything; but only if it is known where one ends. */
START_TEST(fewer_than_asked_for_are_everything)
{
	static const struct {
		int lacking;
		bool counted, everything;
	} rows[] = { { 1, true, true }, { 1, false, false }, { 0, true, false } };
	for (size_t row = 0; row < ARRAY_LEN(rows); row++) {
		file_has(0, 100);
		window_must_be(poll_window(0, 110, true, false), true, 10, 100, false);
		int64_t tail = seek_plan(&seek, &file);
		seek_begin(&seek, &file, false);
		for (int64_t i = rows[row].lacking; i < tail; i++) {
			struct record record = numbered(500 + (size_t)i);
			ck_assert_int_eq(seek_feed(&seek, &record), SEEK_OLD);
		}
		ck_assert(!seek_end(&seek, rows[row].counted));
		ck_assert_int_eq(seek_plan(&seek, &file) == TAIL_ALL, rows[row].everything);
	}
}
END_TEST

START_TEST(a_window_has_room_for_what_is_needed)
{
	struct record record = numbered(1);
	file_has(0, 1);
	for (int i = 0; i < 3000; i++)
		cursor_advance(&file, &record);
	ck_assert_int_gt(seek_plan(&seek, &file), cursor_reach(&file));
	ck_assert_int_gt(cursor_reach(&file), 2999);
}
END_TEST

START_TEST(a_gap_is_found_in_everything_only)
{
	file_has(0, 100);
	window_must_be(poll_all(200, 5000), true, 4800, 200, true);
	window_must_be(poll_all(200, 5001), true, 1, 5000, false);
}
END_TEST

START_TEST(one_record_that_was_dropped_is_a_gap)
{
	file_has(0, 100);
	window_must_be(poll_all(98, 140), true, 40, 100, false);
	file_has(0, 100);
	window_must_be(poll_all(101, 140), true, 39, 101, true);
}
END_TEST

/* A window bounded by a time does not tell what is not in it. */
START_TEST(what_was_not_asked_for_is_not_missed)
{
	for (int bounded = 0; bounded < 2; bounded++) {
		struct window window = { 0 };
		file_has(0, 100);
		for (int tries = 0; tries < 10 && !window.done; tries++)
			window = poll_window(99, 140, true, bounded);
		window_must_be(window, true, 40, 100, !bounded);
	}
}
END_TEST

/* An engine that has nothing, for now, has not dropped anything. */
START_TEST(nothing_at_all_is_no_gap)
{
	file_has(0, 100);
	ck_assert(!poll_window(0, 0, true, false).done);
	window_must_be(poll_window(0, 0, true, false), true, 0, 0, false);
	window_must_be(poll_all(0, 105), true, 5, 100, false);
	window_must_be(poll_all(105, 105), true, 0, 0, false);
}
END_TEST

/* What was stored of a window that broke off is in the file: the next one goes on behind it. */
START_TEST(a_window_that_broke_off_is_begun_anew)
{
	file_has(0, 100);
	seek_plan(&seek, &file);
	seek_begin(&seek, &file, false);
	for (size_t i = 90; i < 103; i++) {
		struct record record = numbered(i);
		if (seek_feed(&seek, &record) == SEEK_NEW)
			cursor_advance(&file, &record);
	}
	seek_reset(&seek);
	ck_assert_int_ne(seek_plan(&seek, &file), TAIL_ALL);
	window_must_be(poll_window(0, 110, true, false), true, 7, 103, false);
}
END_TEST

START_TEST(a_window_follows_what_the_last_one_brought)
{
	file_has(0, 100);
	for (size_t written = 100; written < 10000; written += 1500)
		ck_assert(poll_all(0, written).done);
	ck_assert_int_ge(seek_plan(&seek, &file), 3000);
	ck_assert(poll_all(0, 9100).done);
	ck_assert_int_lt(seek_plan(&seek, &file), 100);
}
END_TEST

/* Whoever knows that a window begins where the file ends need not look for that. */
START_TEST(where_it_goes_on_all_is_new)
{
	file_has(0, 100);
	seek_plan(&seek, &file);
	seek_goes_on(&seek, false);
	seek_begin(&seek, &file, false);
	for (size_t i = 100; i < 150; i++) {
		struct record record = numbered(i);
		ck_assert_int_eq(seek_feed(&seek, &record), SEEK_NEW);
		ck_assert(!seek_missed(&seek));
		cursor_advance(&file, &record);
	}
	ck_assert(seek_end(&seek, true));
	ck_assert_uint_eq(seek.fresh, 50);
	window_must_be(poll_window(0, 160, true, false), true, 10, 150, false); /* the next one is searched again */
	seek_plan(&seek, &file);
	seek_goes_on(&seek, false);
	seek_begin(&seek, &file, false);
	ck_assert(seek_end(&seek, true)); /* nothing new is all right, too */
	window_must_be(poll_window(0, 160, true, false), true, 0, 0, false);
}
END_TEST

/* Also where windows of another kind did not find the end, or found that something is missing. */
START_TEST(where_it_goes_on_nothing_is_missed)
{
	file_has(0, 100);
	while (!seek.missed)
		ck_assert(!poll_window(200, 5000, true, false).done);
	seek_plan(&seek, &file);
	seek_goes_on(&seek, false);
	seek_begin(&seek, &file, false);
	struct record record = numbered(100);
	ck_assert_int_eq(seek_feed(&seek, &record), SEEK_NEW);
	ck_assert(!seek_missed(&seek));
	ck_assert(seek_end(&seek, true));
}
END_TEST

START_TEST(far_is_more_than_a_look_at_the_newest)
{
	file_has(0, 0);
	ck_assert(seek_is_far(&seek, &file));
	file_has(0, 100);
	ck_assert(!seek_is_far(&seek, &file));
	ck_assert(poll_window(0, 1000, true, false).too_small || seek.tail > 64);
	file_has(0, 100);
	while (!seek_is_far(&seek, &file)) {
		ck_assert_int_lt(seek_plan(&seek, &file), 4096);
		seek_begin(&seek, &file, false);
		seek_widen(&seek);
	}
	ck_assert_int_ge(seek_plan(&seek, &file), 4096);
	struct record part = { 1, STREAM_STDOUT, true, "", 0 };
	file_has(0, 0);
	cursor_advance(&file, &part);
	ck_assert(seek_is_far(&seek, &file)); /* all of it is needed */
}
END_TEST

static Suite *seek_suite(void)
{
	Suite *suite = suite_create("seek");
	TCase *tcase = tcase_create("seek");
	const TTest *const tests[] = {
		an_empty_file_gets_everything,
		new_records_follow_the_files_end,
		a_second_window_is_as_large_as_times_let_expect,
		where_times_mislead_windows_grow_until_the_end_is_found,
		a_leap_has_an_end,
		beyond_some_size_it_is_everything,
		fewer_than_asked_for_are_everything,
		a_window_has_room_for_what_is_needed,
		a_gap_is_found_in_everything_only,
		one_record_that_was_dropped_is_a_gap,
		what_was_not_asked_for_is_not_missed,
		nothing_at_all_is_no_gap,
		a_window_that_broke_off_is_begun_anew,
		a_window_follows_what_the_last_one_brought,
		where_it_goes_on_all_is_new,
		where_it_goes_on_nothing_is_missed,
		far_is_more_than_a_look_at_the_newest,
	};
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_set_timeout(tcase, 30);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(seek_suite)
