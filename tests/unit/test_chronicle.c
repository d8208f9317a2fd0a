#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "diaries.h"
#include "logs/chronicle.h"
#include "suite.h"

#define LOG "0123456789ab+web.log"
#define MS (MOMENT_SECOND / 1000)
#define BEGIN INT64_C(1795348800000000000)
#define LAST SIZE_MAX /* of a run: it has no end */

static struct journal journal;
static struct chronicle chronicle;
static struct shelf_files files;
static struct error err;

static void setup(void)
{
	scratch_make();
	must_open_journal(&journal);
}

static void teardown(void)
{
	journal_close(&journal);
	chronicle_release(&chronicle);
	shelf_release(&files);
	scratch_remove();
}

/* ---- a log, its times in ms from BEGIN on ---- */

static struct place places[300]; /* of its records, and behind the last one */
static size_t places_nr;

#define ROTATE -1 /* among them: what follows is in the next file */

static void log_is(const long *times, size_t nr)
{
	struct buf bytes = BUF_INIT(1u << 20);
	struct log_part part = { 1, false };
	char file[LOG_NAME_MAX + 1];
	places_nr = 0;
	for (size_t i = 0; i < nr; i++) {
		if (times[i] == ROTATE) {
			log_part_make(LOG, &part, file);
			scratch_write(file, buf_text(&bytes), bytes.len);
			buf_clear(&bytes);
			part.number++;
			continue;
		}
		struct record record = { BEGIN + times[i] * MS, STREAM_STDOUT, false, "x", 1 };
		places[places_nr++] = (struct place){ part.number, (off_t)bytes.len };
		record_store(&record, &bytes);
	}
	places[places_nr] = (struct place){ part.number, (off_t)bytes.len };
	scratch_write(LOG, buf_text(&bytes), bytes.len);
	buf_release(&bytes);
	shelf_release(&files);
	shelf_siblings(scratch, LOG, &files);
}

#define LOG_IS(...) log_is((const long[]){ __VA_ARGS__ }, ARRAY_LEN(((const long[]){ __VA_ARGS__ })))

/* ---- its marks ---- */

static void happens(enum journal_event event, long at, const char *text)
{
	struct mark mark = { .event = event, .id = ID_WEB, .at = BEGIN + at * MS };
	snprintf(mark.text, sizeof mark.text, "%s", text);
	journal_note(&journal, &mark);
}

static void gap(long from, long to, uint64_t behind, const char *text)
{
	struct mark mark = { .event = JOURNAL_GAP, .id = ID_WEB, .behind = behind };
	mark.from = from ? BEGIN + from * MS : 0;
	mark.to = to ? BEGIN + to * MS : 0;
	snprintf(mark.text, sizeof mark.text, "%s", text);
	journal_note(&journal, &mark);
}

static void deleted(long to, const char *text)
{
	struct mark mark = { .event = JOURNAL_DELETED, .id = ID_WEB, .to = BEGIN + to * MS };
	snprintf(mark.text, sizeof mark.text, "%s", text);
	journal_note(&journal, &mark);
}

static void must_read(void)
{
	chronicle_release(&chronicle);
	ck_assert_msg(chronicle_read(&chronicle, scratch, ID_WEB, &files, &err) == 0, "%s", err.text);
	for (size_t i = 1; i < chronicle.nr; i++)
		ck_assert_int_le(place_compare(chronicle.items[i - 1].place, chronicle.items[i].place), 0);
}

/* The log as it is shown: a digit or letter for each record, and the marks' texts in between. */
static void shown_must_be(const char *should)
{
	char is[1000] = "";
	size_t next = 0;
	must_read();
	for (size_t i = 0; i <= places_nr; i++) {
		for (; next < chronicle.nr && place_compare(chronicle.items[next].place, places[i]) == 0; next++)
			snprintf(is + strlen(is), sizeof is - strlen(is), "[%s]", chronicle.items[next].mark.text);
		if (i < places_nr)
			snprintf(is + strlen(is), sizeof is - strlen(is), "%c", (int)('0' + i));
	}
	ck_assert_uint_eq(next, chronicle.nr); /* each is where a record begins, or at the end */
	ck_assert_str_eq(is, should);
}

/* A run begins with the record `first` and ends before `behind`; places_nr: behind all of them. */
static void run_must_be(unsigned nth, size_t first, size_t behind)
{
	struct place from, to;
	ck_assert(chronicle_run(&chronicle, nth, &from, &to));
	ck_assert_int_eq(place_compare(from, places[first]), 0);
	if (behind == LAST)
		ck_assert(to.number == 0 && to.offset == 0);
	else
		ck_assert_int_eq(place_compare(to, places[behind]), 0);
}

static void run_must_be_unknown(unsigned nth)
{
	struct place from, to;
	ck_assert(!chronicle_run(&chronicle, nth, &from, &to));
}

/* ---- runs ---- */

START_TEST(runs_are_counted_from_the_end)
{
	LOG_IS(10, 500, 10010, 10500, 20010, 20020, 20030);
	happens(JOURNAL_STARTED, 0, "s1");
	happens(JOURNAL_EXITED, 600, "e1");
	happens(JOURNAL_COMPLETE, 0, "complete");
	happens(JOURNAL_RESTARTED, 10000, "s2");
	happens(JOURNAL_EXITED, 10600, "e2");
	happens(JOURNAL_RESTARTED, 20000, "s3");
	shown_must_be("[s1]01[e1][s2]23[e2][s3]456");
	run_must_be(1, 4, LAST);
	run_must_be(2, 2, 4);
	run_must_be(3, 0, 2);
	run_must_be_unknown(4);
	run_must_be_unknown(1000);
	happens(JOURNAL_EXITED, 20031, "e3");
	shown_must_be("[s1]01[e1][s2]23[e2][s3]456[e3]");
	run_must_be(1, 4, LAST);
}
END_TEST

START_TEST(runs_over_several_files)
{
	LOG_IS(10, ROTATE, 500, 10010, ROTATE, 10500, ROTATE, 20010, 20020);
	happens(JOURNAL_STARTED, 0, "s1");
	happens(JOURNAL_EXITED, 600, "e1");
	happens(JOURNAL_RESTARTED, 10000, "s2");
	happens(JOURNAL_EXITED, 10600, "e2");
	happens(JOURNAL_RESTARTED, 20000, "s3");
	shown_must_be("[s1]01[e1][s2]23[e2][s3]45");
	run_must_be(1, 4, LAST);
	run_must_be(2, 2, 4);
	run_must_be(3, 0, 2);
}
END_TEST

/* The engine stamps some milliseconds behind an end and before a start. */
START_TEST(a_run_begins_behind_the_longest_silence)
{
	LOG_IS(10, 605, 609, 9990, 9995, 10010, 10020);
	happens(JOURNAL_STARTED, 0, "s1");
	happens(JOURNAL_EXITED, 600, "e1");
	happens(JOURNAL_RESTARTED, 10000, "s2");
	shown_must_be("[s1]012[e1][s2]3456");
	run_must_be(1, 3, LAST);
	run_must_be(2, 0, 3);
}
END_TEST

/* That the end was seen gives more than a second to look in. */
START_TEST(an_end_that_was_not_seen)
{
	LOG_IS(10, 7000, 9500, 9980, 10010);
	happens(JOURNAL_STARTED, 0, "s1");
	happens(JOURNAL_RESTARTED, 10000, "s2");
	shown_must_be("[s1]01[s2]234"); /* 500 ms of silence, and then 480 */
	happens(JOURNAL_EXITED, 10100, "e2");
	happens(JOURNAL_RESTARTED, 10110, "s3");
	shown_must_be("[s1]01[s2]234[e2][s3]");
	run_must_be(1, 5, LAST);
	run_must_be(2, 2, 5);
}
END_TEST

/* A silence long before a start, or before another one, is not its own; that at the end of the log may be. */
START_TEST(a_silence_of_another_time)
{
	LOG_IS(10, 7000, 8500, 9300, 9980, 10010, 18500, 19100, 19900, 20010, 29300);
	happens(JOURNAL_STARTED, 0, "s1");
	happens(JOURNAL_EXITED, 7100, "e1");
	happens(JOURNAL_RESTARTED, 7200, "s2");
	happens(JOURNAL_RESTARTED, 10000, "s3");
	happens(JOURNAL_RESTARTED, 20000, "s4");
	happens(JOURNAL_RESTARTED, 30000, "s5");
	shown_must_be("[s1]01[e1][s2]23[s3]4567[s4]89:[s5]");
}
END_TEST

START_TEST(runs_that_wrote_nothing)
{
	LOG_IS(10, 30010);
	happens(JOURNAL_STARTED, 0, "s1");
	happens(JOURNAL_EXITED, 600, "e1");
	happens(JOURNAL_RESTARTED, 10000, "s2");
	happens(JOURNAL_EXITED, 10000, "e2");
	happens(JOURNAL_RESTARTED, 20000, "s3");
	happens(JOURNAL_EXITED, 20001, "e3");
	happens(JOURNAL_RESTARTED, 30000, "s4");
	happens(JOURNAL_EXITED, 30011, "e4");
	happens(JOURNAL_RESTARTED, 40000, "s5");
	shown_must_be("[s1]0[e1][s2][e2][s3][e3][s4]1[e4][s5]");
	run_must_be(1, 2, LAST);
	run_must_be(2, 1, 2);
	run_must_be(3, 1, 1);
	run_must_be(5, 0, 1);
}
END_TEST

START_TEST(runs_before_what_was_deleted)
{
	LOG_IS(20010, 20020, 30010);
	happens(JOURNAL_STARTED, 0, "s1");
	happens(JOURNAL_EXITED, 600, "e1");
	happens(JOURNAL_RESTARTED, 20000, "s2");
	happens(JOURNAL_EXITED, 20100, "e2");
	happens(JOURNAL_RESTARTED, 30000, "s3");
	shown_must_be("[s1][e1][s2]01[e2][s3]2");
	run_must_be(1, 2, LAST);
	run_must_be(2, 0, 2);
	run_must_be(3, 0, 0);
}
END_TEST

START_TEST(records_of_equal_times_stay_together)
{
	LOG_IS(10, 10, 10, 10000, 10000, 10000);
	happens(JOURNAL_STARTED, 10, "s1");
	happens(JOURNAL_EXITED, 10, "e1");
	happens(JOURNAL_RESTARTED, 10000, "s2");
	happens(JOURNAL_EXITED, 10000, "e2");
	shown_must_be("[s1]012[e1][s2]345[e2]");
}
END_TEST

START_TEST(the_clock_is_set_back_between_runs)
{
	LOG_IS(50010, 50020, 50030, 10010, 10020, 60000);
	happens(JOURNAL_STARTED, 50000, "s1");
	happens(JOURNAL_EXITED, 50040, "e1");
	happens(JOURNAL_RESTARTED, 10000, "s2");
	happens(JOURNAL_EXITED, 10030, "e2");
	shown_must_be("[s1]012[e1][s2]345[e2]");
	run_must_be(1, 3, LAST);
	run_must_be(2, 0, 3);
}
END_TEST

START_TEST(no_run_is_known)
{
	LOG_IS(10, 20);
	must_read();
	ck_assert_uint_eq(chronicle.nr, 0);
	run_must_be_unknown(1);
	happens(JOURNAL_EXITED, 30, "e");
	happens(JOURNAL_RENAMED, 15, "r");
	shown_must_be("0[r]1[e]");
	run_must_be_unknown(1);
}
END_TEST

START_TEST(a_log_without_records)
{
	log_is(NULL, 0);
	happens(JOURNAL_STARTED, 0, "s");
	gap(0, 5, 1, "g");
	happens(JOURNAL_EXITED, 10, "e");
	shown_must_be("[s][g][e]");
	run_must_be(1, 0, LAST);
	unlinkat(scratch, LOG, 0);
	must_read();
	ck_assert_uint_eq(chronicle.nr, 3);
	shelf_release(&files);
	must_read();
	ck_assert_uint_eq(chronicle.nr, 3);
	ck_assert(chronicle_run(&chronicle, 1, &places[0], &places[1]));
}
END_TEST

/* ---- other marks ---- */

START_TEST(a_mark_is_behind_what_has_its_time)
{
	static const char *const should[] = { "[r]012345", "012[r]345", "012[r]345", "0123[r]45", "012345[r]", "012345[r]" };
	static const long at[] = { 9, 10, 11, 20, 30, 31 };
	LOG_IS(10, 10, 10, 20, 30, 30);
	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		scratch_write(JOURNAL_FILE, "", 0);
		happens(JOURNAL_RENAMED, at[i], "r");
		shown_must_be(should[i]);
	}
}
END_TEST

START_TEST(marks_of_one_place_stay_in_order)
{
	LOG_IS(10, 20, 30);
	happens(JOURNAL_RENAMED, 22, "a");
	happens(JOURNAL_CHANGED, 21, "b");
	happens(JOURNAL_RENAMED, 12, "c");
	happens(JOURNAL_RENAMED, 23, "d");
	happens(JOURNAL_RENAMED, 5, "e");
	shown_must_be("[e]0[c]1[a][b][d]2");
}
END_TEST

START_TEST(marks_in_any_order)
{
	LOG_IS(0, 10000, 20000, 30000, 40000, 50000, 60000, 70000);
	for (int i = 7; i >= 0; i--)
		happens(JOURNAL_RENAMED, i * 10000 + 5000, (char[]){ (char)('a' + i), '\0' });
	shown_must_be("0[a]1[b]2[c]3[d]4[e]5[f]6[g]7[h]");
}
END_TEST

/* It has no time of its own. */
START_TEST(what_has_no_time_is_where_it_was_written_down)
{
	struct mark mark = { .event = JOURNAL_REMOVED, .id = ID_WEB, .text = "removed" };
	long now = (long)((moment_now() - BEGIN) / MS);
	LOG_IS(now - 2000, now - 1000, now + 10000);
	journal_note(&journal, &mark);
	shown_must_be("01[removed]2");
}
END_TEST

START_TEST(gaps_are_where_records_are_missing)
{
	static const struct {
		long from, to;
		const char *should;
	} rows[] = {
		{ 0, 10, "[g]01234567" },   /* at the very start */
		{ 5, 10, "[g]01234567" },
		{ 10, 20, "01[g]234567" },
		{ 20, 30, "0123[g]4567" },
		{ 30, 60, "01234[g]567" },
		{ 60, 60, "012345[g]67" },  /* in the middle of records of one time */
		{ 60, 0, "01234567[g]" },   /* at the very end */
		{ 0, 0, "01234567[g]" },
		{ 20, 25, "0123[g]4567" },  /* what was stored behind it is not there any more */
		{ 100, 200, "01234567[g]" },
	};
	LOG_IS(10, 10, 20, 20, 30, 60, 60, 60);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		scratch_write(JOURNAL_FILE, "", 0);
		gap(rows[i].from, rows[i].to, 1, "g");
		shown_must_be(rows[i].should);
	}
}
END_TEST

/* Times run backwards there, and the same ones are elsewhere, too. */
START_TEST(a_gap_is_known_by_both_its_sides)
{
	LOG_IS(10, 30, 20, 40, 20, 30, 50);
	gap(40, 20, 1, "a");
	gap(20, 30, 2, "b");
	shown_must_be("0123[a]4[b]56");
}
END_TEST

START_TEST(a_gap_that_was_found_again_is_one)
{
	LOG_IS(10, 20, 30, 40);
	gap(10, 20, 7, "a");
	gap(10, 30, 7, "b");
	shown_must_be("01[b]23");
	gap(10, 30, 8, "c");
	gap(20, 30, 8, "d");
	shown_must_be("01[b][c][d]23");
	gap(30, 40, 9, "e");
	happens(JOURNAL_RENAMED, 41, "r");
	gap(30, 40, 9, "f");
	shown_must_be("01[b][c][d]2[f]3[r]");
}
END_TEST

START_TEST(what_was_deleted_is_before_what_is_left)
{
	LOG_IS(30, 40);
	deleted(10, "a");
	gap(15, 30, 1, "g");
	deleted(20, "b");
	shown_must_be("[a][g][b]01");
	gap(20, 25, 2, "h"); /* between records that are gone */
	shown_must_be("[a][g][b][h]01");
}
END_TEST

START_TEST(of_this_container_only)
{
	struct mark mark = { .event = JOURNAL_STARTED, .id = ID_API, .at = BEGIN, .text = "other" };
	LOG_IS(10);
	journal_note(&journal, &mark);
	mark.event = JOURNAL_DISK_FAILS;
	mark.id[0] = '\0';
	journal_note(&journal, &mark);
	happens(JOURNAL_STARTED, 0, "s");
	shown_must_be("[s]0");
}
END_TEST

START_TEST(the_newest_are_shown)
{
	char text[20];
	LOG_IS(10, 20);
	for (int i = 0; i < CHRONICLE_MAX + 3; i++) {
		snprintf(text, sizeof text, "%d", i);
		happens(JOURNAL_RENAMED, 15, text);
	}
	must_read();
	ck_assert_uint_eq(chronicle.nr, CHRONICLE_MAX);
	ck_assert_str_eq(chronicle.items[0].mark.text, "3");
	snprintf(text, sizeof text, "%d", CHRONICLE_MAX + 2);
	ck_assert_str_eq(chronicle.items[CHRONICLE_MAX - 1].mark.text, text);
}
END_TEST

START_TEST(what_cannot_be_read_is_an_error)
{
	LOG_IS(10, ROTATE, 20);
	happens(JOURNAL_STARTED, 0, "s");
	unlinkat(scratch, LOG ".1", 0);
	scratch_write(LOG ".1.gz", "\x1f\x8b\x08\0\0\0\0\0\0\3garbage that is no deflate stream", 43);
	ck_assert_int_eq(chronicle_read(&chronicle, scratch, ID_WEB, &files, &err), -1);
	ck_assert_uint_eq(chronicle.nr, 0);
	unlinkat(scratch, JOURNAL_FILE, 0);
	ck_assert_int_eq(symlinkat(LOG, scratch, JOURNAL_FILE), 0);
	ck_assert_int_eq(chronicle_read(&chronicle, scratch, ID_WEB, &files, &err), -1);
	ck_assert_ptr_null(chronicle.items);
	unlinkat(scratch, JOURNAL_FILE, 0);
}
END_TEST

START_TEST(runs_after_the_clock_was_set_back)
{
	LOG_IS(50010, 50020, 50030, 10010, 10020, 10045);
	happens(JOURNAL_STARTED, 50000, "s1");
	happens(JOURNAL_EXITED, 50040, "e1");
	happens(JOURNAL_RESTARTED, 10000, "s2");
	happens(JOURNAL_EXITED, 10030, "e2");
	happens(JOURNAL_RESTARTED, 10040, "s3");
	shown_must_be("[s1]012[e1][s2]34[e2][s3]5");
	run_must_be(1, 5, LAST);
}
END_TEST

START_TEST(an_end_written_down_before_its_beginning)
{
	LOG_IS(10, 500, 10000, 10010);
	happens(JOURNAL_EXITED, 600, "e1");
	happens(JOURNAL_STARTED, 0, "s1");
	happens(JOURNAL_RESTARTED, 10000, "s2");
	shown_must_be("[s1]01[e1][s2]23");
}
END_TEST

/* Two streams' times run backwards there, but the clock was not set. */
START_TEST(its_beginning_is_not_taken_for_a_clock_that_was_set_back)
{
	LOG_IS(3000, 5000, 4000, 5900);
	happens(JOURNAL_EXITED, 6000, "e");
	happens(JOURNAL_STARTED, 2990, "s");
	must_read();
	run_must_be(1, 0, LAST);
}
END_TEST

static Suite *chronicle_suite(void)
{
	Suite *suite = suite_create("chronicle");
	TCase *tcase = tcase_create("chronicle");
	const TTest *const tests[] = {
		runs_are_counted_from_the_end,
		runs_over_several_files,
		a_run_begins_behind_the_longest_silence,
		an_end_that_was_not_seen,
		a_silence_of_another_time,
		runs_that_wrote_nothing,
		runs_before_what_was_deleted,
		records_of_equal_times_stay_together,
		the_clock_is_set_back_between_runs,
		no_run_is_known,
		a_log_without_records,
		a_mark_is_behind_what_has_its_time,
		marks_of_one_place_stay_in_order,
		marks_in_any_order,
		what_has_no_time_is_where_it_was_written_down,
		gaps_are_where_records_are_missing,
		a_gap_is_known_by_both_its_sides,
		a_gap_that_was_found_again_is_one,
		what_was_deleted_is_before_what_is_left,
		of_this_container_only,
		the_newest_are_shown,
		what_cannot_be_read_is_an_error,
		runs_after_the_clock_was_set_back,
		an_end_written_down_before_its_beginning,
		its_beginning_is_not_taken_for_a_clock_that_was_set_back,
	};
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 30);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(chronicle_suite)
