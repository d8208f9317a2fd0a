/*
 * Logs whose files are all there is of them, podman's and nerdctl's: stored each record once while conmon throws away what it rotates, while
 * nerdctl's logger counts from 1 again, while lines are damaged, disks fail and purser is killed. What is lost all the same is told.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "enginemodel.h"
#include "faults.h"
#include "suite.h"

static const enum log_form forms[] = { LOG_FORM_K8S, LOG_FORM_NERDCTL };

/* nerdctl's: what the last one that was rotated away is called, and when that was. Times in a log may go back; this does not. */
static unsigned number;
static time_t touched = FIRST_TIME / MOMENT_SECOND;

/* As conmon does it: a new file gets the name of the old one, which is gone. */
static void rotate_conmon(void)
{
	scratch_write("engine/" NAME ".tmp", "", 0);
	ck_assert_int_eq(renameat(scratch, "engine/" NAME ".tmp", scratch, "engine/" NAME), 0);
	engine.dropped = engine.nr;
}

/* As nerdctl's logger does it: renamed, touched, made anew. */
static void rotate_nerdctl(void)
{
	char to[128];
	touched++;
	struct timespec times[2] = { { .tv_sec = touched }, { .tv_sec = touched } };
	snprintf(to, sizeof to, "engine/" NAME ".%u", ++number);
	ck_assert_int_eq(renameat(scratch, "engine/" NAME, scratch, to), 0);
	ck_assert_int_eq(utimensat(scratch, to, times, 0), 0);
	scratch_write("engine/" NAME, "", 0);
}

static void rotate(void)
{
	engine_flush(engine.nr, 0);
	if (engine.form == LOG_FORM_K8S)
		rotate_conmon();
	else
		rotate_nerdctl();
}

/* What a collector does when inotify tells. */
static void hear(void)
{
	rotations_take(&rotations);
	shortcut_keep_up(&shortcut);
}

static void begin(enum log_form form)
{
	keeping = (struct keeping){ 0 };
	meanwhile = NULL;
	number = 0;
	engine_begin(form);
	purser_start();
}

static void anew(enum log_form form)
{
	purser_ends();
	empty_directory();
	begin(form);
}

static void setup(void)
{
	scratch_make();
	random_start(random_seed());
	begin(LOG_FORM_K8S);
}

static void teardown(void)
{
	purser_ends();
	scratch_remove();
}

START_TEST(nothing_is_lost_by_rotation)
{
	anew(forms[_i]);
	for (int i = 0; i < 40; i++) {
		engine_write(random_below(100));
		if (i % 3)
			store_all(window_in_file);
		rotate();
		hear();
	}
	store_all(window_in_file);
	stored_must_be_right(true);
	ck_assert_uint_eq(gaps_told(), 0);
	ck_assert_int_lt(open_files(), 20); /* what is stored was let go */
}
END_TEST

START_TEST(rotated_while_it_is_read)
{
	anew(forms[_i]);
	engine_write(40000);
	meanwhile = rotate;
	for (int i = 0; i < 5; i++) {
		window_in_file();
		hear();
	}
	meanwhile = NULL;
	store_all(window_in_file);
	stored_must_be_right(true);
	ck_assert_uint_eq(engine.form == LOG_FORM_K8S ? 0 : gaps_told(), 0);
}
END_TEST

START_TEST(one_that_came_and_went_is_told)
{
	for (unsigned lost = 1; lost < 4; lost++) {
		anew(LOG_FORM_K8S);
		engine_write(100);
		store_all(window_in_file);
		engine_write(10); /* these are still in what is held */
		for (unsigned i = 0; i < lost; i++) {
			rotate();
			engine_write(20);
		}
		rotate();
		engine_write(30);
		hear();
		store_all(window_in_file);
		ck_assert_uint_eq(stored_must_be_right(true), 1);
		ck_assert_uint_eq(gaps_told(), 1);
		ck_assert_uint_eq(intake.stored, 140);
		engine_write(30);
		rotate();
		hear();
		store_all(window_in_file);
		ck_assert_uint_eq(gaps_told(), 1);
	}
}
END_TEST

START_TEST(what_nerdctl_keeps_is_not_lost)
{
	anew(LOG_FORM_NERDCTL);
	engine_write(100);
	store_all(window_in_file);
	for (int i = 0; i < 5; i++) {
		engine_write(10);
		rotate();
	}
	engine_write(10);
	hear();
	store_all(window_in_file);
	stored_must_be_right(true);
	purser_ends();
	engine_write(10);
	number = 0; /* another logger: what it rotates away replaces the oldest */
	rotate();
	engine_write(10);
	purser_start();
	store_all(window_in_file);
	stored_must_be_right(true);
	ck_assert_uint_eq(gaps_told(), 0);
}
END_TEST

START_TEST(what_was_rotated_while_nobody_looked_is_a_gap)
{
	engine_write(100);
	store_all(window_in_file);
	purser_ends();
	engine_write(10);
	rotate();
	purser_start();
	store_all(window_in_file); /* of a file that is empty still */
	engine_write(10);
	store_all(window_in_file);
	ck_assert_uint_eq(stored_must_be_right(true), 1);
	ck_assert_uint_eq(gaps_told(), 1);
}
END_TEST

START_TEST(one_that_is_removed_is_read_to_its_end)
{
	anew(forms[_i]);
	engine_write(100);
	store_all(window_in_file);
	ck_assert(shortcut_holds(&shortcut));
	engine_write(10);
	ck_assert_int_eq(unlinkat(scratch, "engine/" NAME, 0), 0);
	hear();
	store_all(window_in_file);
	ck_assert_uint_eq(intake.stored, 110);
	stored_must_be_right(true);
}
END_TEST

START_TEST(an_unfinished_line_is_waited_for)
{
	anew(forms[_i]);
	engine_write(10);
	store_all(window_in_file);
	for (size_t torn = 1; torn < 45; torn += 6) {
		engine_add(2);
		engine_flush(engine.nr - 1, torn);
		store_all(window_in_file);
		ck_assert_uint_eq(intake.seek.fresh, 1);
		store_all(window_in_file);
		ck_assert_uint_eq(intake.seek.fresh, 0);
		engine_flush(engine.nr, 0);
		store_all(window_in_file);
		stored_must_be_right(true);
	}
	ck_assert_uint_eq(gaps_told(), 0);
}
END_TEST

static void add(const char *text)
{
	SCOPED(fd_close) int fd = openat(scratch, "engine/" NAME, O_WRONLY | O_APPEND | O_CLOEXEC);
	ck_assert_uint_eq(fd_write_all(fd, text, strlen(text)), strlen(text));
}

static size_t stored_gaps_are(size_t gaps)
{
	ck_assert_uint_eq(gaps_told(), gaps);
	return gaps;
}

/* Told as the gap it may be, and no more often than once. */
START_TEST(a_damaged_line_is_passed_over_and_told)
{
	anew(forms[_i]);
	add("garbage at the very beginning\n");
	engine_write(60);
	store_all(window_in_file);
	ck_assert_uint_eq(intake.stored, 60);
	size_t gaps = gaps_told();
	add("garbage\n\n\nmore garbage\n");
	store_all(window_in_file);
	stored_gaps_are(gaps); /* nothing is known to be behind it */
	engine_write(60);
	store_all(window_in_file);
	ck_assert_uint_eq(intake.stored, 120);
	stored_gaps_are(gaps + 1);
	purser_ends();
	purser_start();
	engine_write(60);
	store_all(window_in_file);
	ck_assert_uint_eq(intake.stored, 60);
	stored_gaps_are(gaps + 1);
}
END_TEST

/* What is missing in what is stored already was told then; the way to where that ends leads over it. */
START_TEST(a_damaged_line_far_back_is_no_gap_again)
{
	static const size_t behind[] = { 1, 5, 300, 5000 }; /* records: in the first window for sure, in larger ones */
	for (size_t i = 0; i < sizeof behind / sizeof *behind; i++) {
		anew(forms[_i]);
		engine_write(60);
		add("garbage\n");
		engine_write(behind[i]);
		store_all(window_in_file);
		stored_gaps_are(1);
		purser_ends();
		engine_write(3000);
		purser_start();
		store_all(window_in_file);
		ck_assert_uint_eq(intake.stored, 3000);
		stored_gaps_are(1);
	}
}
END_TEST

START_TEST(a_line_torn_by_rotation_is_told)
{
	anew(forms[_i]);
	engine_write(10);
	add("2026-11-22T04:03:5");
	store_all(window_in_file);
	rotate();
	engine_write(10);
	hear();
	store_all(window_in_file);
	ck_assert_uint_eq(intake.stored, 20);
	stored_gaps_are(1);
}
END_TEST

START_TEST(a_file_that_is_emptied_is_a_gap)
{
	anew(forms[_i]);
	engine_write(100);
	store_all(window_in_file);
	engine_write(5);
	scratch_write("engine/" NAME, "", 0);
	engine.dropped = engine.nr;
	engine_write(20);
	enum reading_state state = window_in_file();
	if (state == READING_FAILED) { /* as a follower goes on then */
		shortcut_rest(&shortcut);
		state = READING_AGAIN;
	}
	store_all(window_in_file);
	ck_assert_uint_eq(stored_must_be_right(true), 1);
	ck_assert_uint_eq(gaps_told(), 1);
}
END_TEST

/* nerdctl does not cut lines. What is stored is in parts, and equal. */
START_TEST(a_line_of_megabytes_is_stored_in_parts)
{
	static const size_t len = 5 * 1024 * 1024 + 12345;
	anew(LOG_FORM_NERDCTL);
	SCOPED(buf_release) struct buf line = BUF_INIT(64u << 20), stored = BUF_INIT(64u << 20);
	SCOPED(shelf_release) struct shelf_files shelf = { 0 };
	struct record record;
	struct scan scan;
	bool partial = true;
	buf_add_text(&line, "{\"log\":\"");
	for (size_t i = 0; i < len; i++)
		buf_add(&line, &"0123456789abcdefghijklmnopqrstuvwxyz"[(i * i) % 31], 1);
	size_t text_end = line.len;
	buf_add_text(&line, "\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-22T04:03:59.28Z\"}\n");
	add(buf_text(&line));
	store_all(window_in_file);
	shelf_of(&store, ID, NULL, &shelf);
	scan_init(&scan, store.dir, &shelf, (struct place){ 0 });
	while (scan_next(&scan, &record, &err) > 0) {
		buf_add(&stored, record.bytes, record.len);
		partial = record.partial;
		ck_assert_int_eq(record.stream, STREAM_STDERR);
	}
	scan_release(&scan);
	ck_assert(!partial);
	ck_assert_uint_eq(stored.len, len);
	ck_assert(!memcmp(stored.bytes, line.bytes + text_end - len, len));
	store_all(window_in_file);
	ck_assert_uint_eq(intake.seek.fresh, 0);
	purser_ends();
	purser_start();
	store_all(window_in_file);
	ck_assert_uint_eq(intake.stored, 0);
}
END_TEST

/* One that never ends within reason is missing, and what follows it is not. */
START_TEST(a_line_without_end_is_passed_over)
{
	static const char as[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	SCOPED(buf_release) struct buf line = BUF_INIT(64u << 20);
	engine_write(10);
	while (line.len < 3 * 1024 * 1024)
		buf_add(&line, as, sizeof as - 1);
	add(buf_text(&line));
	store_all(window_in_file);
	add("\n");
	engine_write(10);
	store_all(window_in_file);
	ck_assert_uint_eq(intake.stored, 20);
	stored_gaps_are(1);
}
END_TEST

START_TEST(who_still_writes_is_known_by_a_lock)
{
	anew(LOG_FORM_NERDCTL);
	ck_assert(!shortcut_is_written(&shortcut));
	SCOPED(fd_close) int fd = openat(scratch, "engine/logger-lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ck_assert(!shortcut_is_written(&shortcut));
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	ck_assert(shortcut_is_written(&shortcut));
	ck_assert_int_eq(flock(fd, LOCK_UN), 0);
	ck_assert(!shortcut_is_written(&shortcut));
	ck_assert_int_eq(flock(fd, LOCK_EX | LOCK_NB), 0); /* looking at it has left nothing */
}
END_TEST

/* ---- failing disks ---- */

static bool fails_at(enum fault how, int error, unsigned long at)
{
	engine_write(60);
	store_all(window_in_file);
	engine_write(60);
	faults_start(how, error, at);
	for (int i = 0; i < 6; i++) {
		window_in_file();
		enum fault kind = faults.kind;
		faults.kind = FAULT_NONE; /* what the engine does works */
		engine_write(30 + random_below(60));
		if (i % 2 == 0)
			rotate();
		hear();
		faults.kind = kind;
	}
	return faults_end();
}

/* While nothing can be stored, conmon throws its files away: they are held. */
START_TEST(what_cannot_be_stored_is_held)
{
	static const struct {
		enum fault how;
		int error;
	} ways[] = { { FAULT_ERROR, ENOSPC }, { FAULT_BROKEN, EIO } };
	for (size_t way = 0; way < ARRAY_LEN(ways); way++) {
		unsigned long points = 0;
		for (bool failed = true; failed; points++) {
			anew(forms[_i]);
			purser_ends();
			keeping.max_size = 4096;
			purser_start();
			failed = fails_at(ways[way].how, ways[way].error, points + 1);
			store_all(window_in_file);
			stored_must_be_right(true);
			ck_assert_uint_eq(gaps_told(), 0);
		}
		ck_assert_uint_ge(points, 15);
	}
}
END_TEST

/* ---- everything at random ---- */

static bool unheard; /* the engine may come in twice before purser hears of it */

static void at_random(void)
{
	switch (random_below(unheard ? 8 : 5)) {
	default:
		engine_write(random_below(60));
		break;
	case 3:
		engine_write_piece();
		break;
	case 4:
		rotate();
		if (!unheard)
			hear();
		break;
	case 5:
		hear();
		break;
	}
}

static void one_life(bool may_die)
{
	for (unsigned steps = 20 + random_below(60); steps > 0; steps--) {
		unsigned what = random_below(12);
		if (what < 6) {
			at_random();
		} else if (what < 11 || !may_die) {
			meanwhile = random_below(2) ? at_random : NULL;
			enum reading_state state = window_in_file();
			ck_assert_msg(state == READING_STORED || state == READING_AGAIN, "%d: %s", state, err.text);
			meanwhile = NULL;
		} else {
			purser_ends();
			purser_start();
		}
		if (!unheard)
			hear();
	}
	hear();
	engine_flush(engine.nr, 0);
	store_all(window_in_file);
}

/* Alive, and told of each rotation: nothing is missing, whatever comes in between. */
START_TEST(lives_that_hear_everything)
{
	unheard = false;
	for (size_t lives = random_tries(60); lives > 0; lives--) {
		anew(forms[_i]);
		one_life(false);
		ck_assert_uint_eq(stored_must_be_right(true), 0);
		ck_assert_uint_eq(gaps_told(), 0);
	}
}
END_TEST

START_TEST(lives_at_random)
{
	size_t holes = 0, all = random_tries(120);
	unheard = true;
	for (size_t lives = 0; lives < all; lives++) {
		anew(forms[_i]);
		one_life(true);
		holes += stored_must_be_right(true);
	}
	printf("lives: %zu, holes told: %zu\n", all, holes);
	ck_assert(engine.form == LOG_FORM_NERDCTL || holes > 0 || all < 20); /* so few have none, mostly */
}
END_TEST

static Suite *heldlog_suite(void)
{
	Suite *suite = suite_create("heldlog");
	TCase *tcase = tcase_create("heldlog");
	const TTest *const each_form[] = {
		nothing_is_lost_by_rotation,
		rotated_while_it_is_read,
		one_that_is_removed_is_read_to_its_end,
		an_unfinished_line_is_waited_for,
		a_damaged_line_is_passed_over_and_told,
		a_damaged_line_far_back_is_no_gap_again,
		a_line_torn_by_rotation_is_told,
		a_file_that_is_emptied_is_a_gap,
		what_cannot_be_stored_is_held,
		lives_that_hear_everything,
		lives_at_random,
	};
	const TTest *const once[] = {
		one_that_came_and_went_is_told,
		what_nerdctl_keeps_is_not_lost,
		what_was_rotated_while_nobody_looked_is_a_gap,
		a_line_of_megabytes_is_stored_in_parts,
		a_line_without_end_is_passed_over,
		who_still_writes_is_known_by_a_lock,
	};
	for (size_t i = 0; i < ARRAY_LEN(each_form); i++)
		tcase_add_loop_test(tcase, each_form[i], 0, (int)ARRAY_LEN(forms));
	for (size_t i = 0; i < ARRAY_LEN(once); i++)
		tcase_add_test(tcase, once[i]);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 120);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(heldlog_suite)
