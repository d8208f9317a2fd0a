#include <check.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diaries.h"
#include "faults.h"
#include "logs/diary.h"
#include "suite.h"

#define MS (MOMENT_SECOND / 1000)
#define T(seconds) ((seconds) * MOMENT_SECOND)

static struct journal journal;
static struct diary diary;
static struct error err;

static void begin(void)
{
	diary_init(&diary, ID_WEB, "web");
	diary.journal = &journal;
	ck_assert_msg(diary_recall(&diary, scratch, &err) == 0, "%s", err.text);
}

static void setup(void)
{
	scratch_make();
	must_open_journal(&journal);
	begin();
}

static void teardown(void)
{
	journal_close(&journal);
	scratch_remove();
}

/* Another purser goes on. */
static void begin_again(void)
{
	journal_close(&journal);
	must_open_journal(&journal);
	begin();
}

/* Everything that is written down: what happened, when, and with which code. */
static void written_must_be(const char *should)
{
	SCOPED(buf_release) struct buf is = BUF_INIT(10000);
	marks_read(NULL);
	for (size_t i = 0; i < marks_nr; i++) {
		buf_printf(&is, "%s%s", i ? ", " : "", journal_event_name(marks[i].event));
		if (marks[i].at)
			buf_printf(&is, " %lld", (long long)(marks[i].at / MOMENT_SECOND));
		if (marks[i].code)
			buf_printf(&is, " (%d)", marks[i].code);
		ck_assert_str_eq(marks[i].id, ID_WEB);
	}
	ck_assert_str_eq(buf_text(&is), should);
}

/* ---- runs ---- */

START_TEST(runs_are_written_down_once)
{
	static const char should[] = "started 100, exited 110 (3), restarted 120, exited 130 (137)";
	diary_starts(&diary, T(100));
	diary_is(&diary, T(100) - MS, false, 0, 0, false);
	written_must_be("started 100");
	diary_ends(&diary, T(110), 3);
	diary_is(&diary, T(100) - MS, true, T(110) - MS, 3, false);
	diary_starts(&diary, T(120));
	diary_is(&diary, T(120) - MS, false, 0, 0, false);
	diary_ends(&diary, T(130), 137);
	written_must_be(should);
	for (int times = 0; times < 2; times++) { /* the engine tells it all again */
		begin_again();
		diary_starts(&diary, T(100));
		diary_ends(&diary, T(110), 3);
		diary_starts(&diary, T(120));
		diary_ends(&diary, T(130), 137);
		diary_is(&diary, T(120) - MS, true, T(130) - MS, 137, false);
		written_must_be(should);
	}
	ck_assert_str_eq(marks[0].name, "web");
}
END_TEST

START_TEST(a_run_that_only_an_inspection_knows)
{
	diary_is(&diary, T(100), true, T(110), 1, false);
	diary_is(&diary, T(100), true, T(110), 1, false);
	diary_starts(&diary, T(100) + MS);
	diary_ends(&diary, T(110) + MS, 1);
	begin_again();
	diary_is(&diary, T(200), true, T(200), 0, false);
	written_must_be("started 100, exited 110 (1), restarted 200, exited 200");
}
END_TEST

START_TEST(what_was_not_started_is_not_written_down)
{
	diary_is(&diary, 0, false, 0, 0, false);
	diary_is(&diary, 0, true, T(100), 127, false);
	written_must_be("");
}
END_TEST

START_TEST(killed_for_memory)
{
	diary_is(&diary, T(100), true, T(110), 137, true);
	diary_starts(&diary, T(120));
	diary_is(&diary, T(120) - MS, false, 0, 0, true); /* that is still of the run before */
	diary_ends(&diary, T(130), 1);
	written_must_be("started 100, exited 110 (137), restarted 120, exited 130 (1)");
	ck_assert_str_eq(marks[0].text, "");
	ck_assert_str_eq(marks[1].text, "killed for memory");
	ck_assert_str_eq(marks[3].text, "");
}
END_TEST

START_TEST(complete_once_a_run)
{
	diary_starts(&diary, T(100));
	diary_ends(&diary, T(110), 0);
	diary_complete(&diary);
	diary_complete(&diary);
	begin_again();
	ck_assert(diary.life.complete);
	diary_complete(&diary);
	diary_starts(&diary, T(120));
	ck_assert(!diary.life.complete);
	begin_again();
	ck_assert(!diary.life.complete);
	diary_ends(&diary, T(130), 0);
	diary_complete(&diary);
	written_must_be("started 100, exited 110, complete, restarted 120, exited 130, complete");
}
END_TEST

/* ---- what else happens ---- */

START_TEST(a_new_name)
{
	diary_renamed(&diary, "api");
	diary_changed(&diary, "cut");
	diary_removed(&diary, "somebody");
	written_must_be("renamed, changed, removed");
	ck_assert_str_eq(marks[0].name, "api");
	ck_assert_str_eq(marks[0].text, "web");
	ck_assert_str_eq(marks[1].name, "api");
	ck_assert_str_eq(marks[1].text, "cut");
	ck_assert_str_eq(marks[2].name, "api");
	ck_assert_str_eq(marks[2].text, "somebody");
}
END_TEST

START_TEST(a_removal_is_written_down_once)
{
	for (int times = 0; times < 2; times++) {
		diary_removed(&diary, "somebody");
		diary_removed(&diary, "somebody else");
		written_must_be("removed");
		ck_assert_str_eq(marks[0].text, "somebody");
		begin_again();
	}
}
END_TEST

START_TEST(any_name_and_text_does)
{
	char longest[4096];
	memset(longest, '\n', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	diary_renamed(&diary, longest);
	diary_renamed(&diary, "a\"b\\\x1b[0m");
	diary_changed(&diary, longest);
	ck_assert_uint_eq(marks_read(ID_WEB), 3);
	ck_assert_uint_eq(strlen(marks[0].name), LOG_NAME_MAX);
	ck_assert_uint_eq(strspn(marks[1].text, "\n"), LOG_NAME_MAX);
	ck_assert_str_eq(marks[1].name, "a\"b\\\x1b[0m");
	ck_assert_uint_eq(strspn(marks[2].text, "\n"), sizeof marks[2].text - 1);
}
END_TEST

/* ---- gaps ---- */

START_TEST(a_gap_is_written_down_once)
{
	for (int times = 0; times < 3; times++) {
		ck_assert_int_eq(diary_gap(&diary, T(10), T(20), 7, "dropped", &err), 0);
		ck_assert_int_eq(diary_gap(&diary, T(10), T(20), 7, "dropped", &err), 0);
		ck_assert_uint_eq(diary.life.gaps, 1);
		begin_again();
		ck_assert_uint_eq(diary.life.gaps, 1);
	}
	written_must_be("gap");
	ck_assert_int_eq(marks[0].from, T(10));
	ck_assert_int_eq(marks[0].to, T(20));
	ck_assert_uint_eq(marks[0].behind, 7);
	ck_assert_str_eq(marks[0].text, "dropped");
}
END_TEST

START_TEST(a_gap_that_grew_is_still_one)
{
	ck_assert_int_eq(diary_gap(&diary, T(10), T(20), 7, "dropped", &err), 0);
	ck_assert_int_eq(diary_gap(&diary, T(10), T(30), 7, "dropped", &err), 0);
	written_must_be("gap, gap");
	ck_assert_int_eq(marks[1].to, T(30));
	ck_assert_uint_eq(diary.life.gaps, 1);
	ck_assert_int_eq(diary_gap(&diary, T(10), T(30), 8, "dropped", &err), 0);
	ck_assert_int_eq(diary_gap(&diary, T(11), T(30), 8, "dropped", &err), 0);
	ck_assert_uint_eq(diary.life.gaps, 3);
	begin_again();
	ck_assert_uint_eq(diary.life.gaps, 3);
}
END_TEST

START_TEST(the_gap_of_an_empty_log)
{
	ck_assert_int_eq(diary_gap(&diary, 0, 0, 0, "dropped", &err), 0);
	written_must_be("gap");
}
END_TEST

/* Whatever fails: it is an error, and written down the next time. */
START_TEST(a_gap_is_on_the_disk_or_an_error)
{
	unsigned long at = 1;
	for (bool failed = true; failed; at++) {
		scratch_write(JOURNAL_FILE, "", 0);
		begin_again();
		faults_start(FAULT_ERROR, EIO, at);
		failed = diary_gap(&diary, T(10), T(20), 7, "dropped", &err) < 0;
		ck_assert_int_eq(faults_end(), failed);
		ck_assert_uint_eq(marks_read(ID_WEB), failed ? 0 : 1);
		ck_assert_uint_eq(diary.life.gaps, failed ? 0 : 1);
		ck_assert_int_eq(diary_gap(&diary, T(10), T(20), 7, "dropped", &err), 0);
		written_must_be("gap");
		struct stat st;
		ck_assert_int_eq(fstatat(scratch, JOURNAL_FILE, &st, 0), 0);
		ck_assert_int_eq(faults.synced, st.st_size);
	}
	ck_assert_uint_gt(at, 2);
}
END_TEST

START_TEST(a_lost_end_is_a_gap_without_an_end)
{
	diary_lost_end(&diary, T(50));
	diary_removed(&diary, "somebody");
	written_must_be("gap, removed");
	ck_assert_int_eq(marks[0].from, T(50));
	ck_assert_int_eq(marks[0].to, 0);
	ck_assert_uint_eq(diary.life.gaps, 1);
	begin_again();
	ck_assert_uint_eq(diary.life.gaps, 1);
	ck_assert_int_eq(diary.life.gap.from, T(50));
}
END_TEST

/* ---- what is written down already ---- */

START_TEST(what_is_of_others_is_not_recalled)
{
	struct mark mark = { .event = JOURNAL_STARTED, .id = ID_API, .name = "web", .at = T(1) };
	journal_note(&journal, &mark);
	begin_again();
	ck_assert_int_eq(diary.life.started, 0);
	diary_is(&diary, T(100), false, 0, 0, false);
	ck_assert_uint_eq(marks_read(ID_WEB), 1);
	ck_assert_int_eq(marks[0].event, JOURNAL_STARTED);
}
END_TEST

START_TEST(recalled_from_before_the_turn)
{
	diary_starts(&diary, T(100));
	ck_assert_int_eq(renameat(scratch, JOURNAL_FILE, scratch, JOURNAL_TURNED), 0);
	begin_again();
	diary_starts(&diary, T(100));
	diary_ends(&diary, T(110), 0);
	diary_starts(&diary, T(120));
	written_must_be("started 100, exited 110, restarted 120");
}
END_TEST

START_TEST(it_is_recalled_once)
{
	struct mark mark = { .event = JOURNAL_COMPLETE, .id = ID_WEB };
	journal_note(&journal, &mark);
	ck_assert_int_eq(diary_recall(&diary, scratch, &err), 0);
	ck_assert(!diary.life.complete);
	begin_again();
	ck_assert(diary.life.complete);
}
END_TEST

START_TEST(what_cannot_be_recalled_is_tried_again)
{
	diary_starts(&diary, T(100));
	diary_init(&diary, ID_WEB, "web");
	diary.journal = &journal;
	ck_assert_int_eq(renameat(scratch, JOURNAL_FILE, scratch, "kept"), 0);
	ck_assert_int_eq(symlinkat("kept", scratch, JOURNAL_FILE), 0);
	ck_assert_int_eq(diary_recall(&diary, scratch, &err), -1);
	ck_assert(!diary.recalled);
	ck_assert_int_eq(diary.life.started, 0);
	ck_assert_int_eq(renameat(scratch, "kept", scratch, JOURNAL_FILE), 0);
	ck_assert_int_eq(diary_recall(&diary, scratch, &err), 0);
	ck_assert(diary.recalled);
	ck_assert_int_eq(diary.life.started, T(100));
}
END_TEST

START_TEST(where_another_purser_collects_nothing_is_written)
{
	diary.journal = NULL;
	diary_starts(&diary, T(100));
	diary_ends(&diary, T(110), 0);
	diary_is(&diary, T(120), true, T(130), 0, true);
	diary_complete(&diary);
	diary_renamed(&diary, "api");
	diary_changed(&diary, "cut");
	diary_lost_end(&diary, T(130));
	diary_removed(&diary, "somebody");
	written_must_be("");
	ck_assert_int_eq(diary.life.ended, T(130));
	ck_assert_str_eq(diary.name, "api");
}
END_TEST

START_TEST(a_first_run_is_no_restart)
{
	diary_ends(&diary, T(110), 1);
	diary_is(&diary, T(100), true, T(110) - MS, 1, false);
	written_must_be("exited 110 (1), started 100");
}
END_TEST

static Suite *diary_suite(void)
{
	Suite *suite = suite_create("diary");
	TCase *tcase = tcase_create("diary");
	const TTest *const tests[] = {
		runs_are_written_down_once,
		a_run_that_only_an_inspection_knows,
		what_was_not_started_is_not_written_down,
		killed_for_memory,
		complete_once_a_run,
		a_new_name,
		a_removal_is_written_down_once,
		any_name_and_text_does,
		a_gap_is_written_down_once,
		a_gap_that_grew_is_still_one,
		the_gap_of_an_empty_log,
		a_gap_is_on_the_disk_or_an_error,
		a_lost_end_is_a_gap_without_an_end,
		what_is_of_others_is_not_recalled,
		recalled_from_before_the_turn,
		it_is_recalled_once,
		what_cannot_be_recalled_is_tried_again,
		where_another_purser_collects_nothing_is_written,
		a_first_run_is_no_restart,
	};
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 30);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(diary_suite)
