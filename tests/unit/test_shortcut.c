/*
 * The short way from docker's own file to the stored log: its proof, where reading goes on, and whole windows of it, in turns with those of the
 * engine, while docker writes, rotates and compresses, disks fail and purser is killed. The engine is a model that writes real files.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "enginemodel.h"
#include "faults.h"
#include "suite.h"

#define PARTS_MAX 5

/* Docker's files, oldest first; the last one is written to. */
static struct {
	size_t begins[PARTS_MAX]; /* with this record */
	bool packed[PARTS_MAX];
	size_t parts;
} files;

static void file_name(size_t part, bool packed, char name[128])
{
	size_t number = files.parts - 1 - part;
	if (number == 0)
		snprintf(name, 128, "engine/" NAME);
	else
		snprintf(name, 128, "engine/" NAME ".%zu%s", number, packed ? ".gz" : "");
}

static void engine_pack(void)
{
	SCOPED(buf_release) struct buf bytes = BUF_INIT(64u << 20);
	char plain[128], packed[128];
	size_t part = files.parts - 2;
	if (files.parts < 2 || files.packed[part])
		return;
	file_name(part, false, plain);
	file_name(part, true, packed);
	scratch_read(plain, &bytes);
	gzFile out = gzdopen(openat(scratch, packed, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), "wb1");
	ck_assert_int_eq(gzwrite(out, buf_text(&bytes), (unsigned)bytes.len), (int)bytes.len);
	ck_assert_int_eq(gzclose(out), Z_OK);
	ck_assert_int_eq(unlinkat(scratch, plain, 0), 0);
	files.packed[part] = true;
}

/* As docker does it, from the oldest file on. */
static void engine_rotate(size_t max_files)
{
	char from[128], to[128];
	if (files.begins[files.parts - 1] == engine.nr)
		return; /* docker never rotates an empty file */
	engine_flush(engine.nr, 0);
	if (files.parts == max_files) {
		file_name(0, files.packed[0], from);
		ck_assert_int_eq(unlinkat(scratch, from, 0), 0);
		memmove(files.begins, files.begins + 1, sizeof files.begins - sizeof files.begins[0]);
		memmove(files.packed, files.packed + 1, sizeof files.packed - sizeof files.packed[0]);
		files.parts--;
		engine.dropped = files.parts ? files.begins[0] : engine.nr;
	}
	for (size_t part = 0; part < files.parts; part++) {
		file_name(part, files.packed[part], from);
		files.parts++;
		file_name(part, files.packed[part], to);
		files.parts--;
		ck_assert_int_eq(renameat(scratch, from, scratch, to), 0);
	}
	files.begins[files.parts] = engine.nr;
	files.packed[files.parts] = false;
	files.parts++;
	scratch_write("engine/" NAME, "", 0);
}

/* What the engine itself gives, and what a follower does with it. */
static enum reading_state window_of_engine(void)
{
	int outcome = -1;
	if (open_log() < 0)
		return READING_NOT_STORED;
	struct window window = intake_plan(&intake);
	size_t first = engine.dropped, nr = engine.written;
	if (window.tail != TAIL_ALL && nr - first > (size_t)window.tail)
		first = nr - (size_t)window.tail;
	intake_begin(&intake, &window);
	int failed = 0;
	for (size_t i = first; i < nr && !failed; i++)
		failed = intake_take(&intake, &engine.records[i], &err);
	if (failed)
		intake_break(&intake);
	else
		outcome = intake_end(&intake, true, &err);
	if (outcome != 1 || intake.seek.fresh)
		shortcut_lose_place(&shortcut);
	return failed && intake.too_small ? READING_AGAIN : outcome < 0 ? READING_NOT_STORED : outcome ? READING_STORED : READING_AGAIN;
}

/* Once, from where it is known that what is stored ends. */
static void goes_on(uint64_t records)
{
	ck_assert_uint_ne(shortcut.stored.inode, 0);
	ck_assert_int_eq(window_in_file(), READING_STORED);
	ck_assert_uint_eq(intake.seek.records, records);
	ck_assert_uint_eq(intake.seek.fresh, records);
}

static void begin_anew(void)
{
	keeping = (struct keeping){ 0 };
	meanwhile = NULL;
	engine_begin(LOG_FORM_DOCKER);
	memset(&files, 0, sizeof files);
	files.parts = 1;
	purser_start();
}

static void setup(void)
{
	scratch_make();
	random_start(random_seed());
	begin_anew();
}

static void teardown(void)
{
	purser_ends();
	scratch_remove();
}

/* ---- the proof ---- */

/* What the engine says when it has the records from `first` up to `end`. */
static struct proof proof_of(size_t first, size_t end)
{
	struct proof proof = { .stage = PROOF_HAD, .has_oldest = end > first };
	if (proof.has_oldest)
		proof.oldest = record_digest(&engine.records[first]);
	for (size_t i = end - first > PROOF_RECORDS ? end - PROOF_RECORDS : first; i < end; i++)
		proof.newest[proof.newest_nr++] = record_digest(&engine.records[i]);
	return proof;
}

static void proof_must(int hold, const struct proof *proof)
{
	struct enginelog *log = enginelog_open(engine.path, LOG_FORM_DOCKER, &err);
	ck_assert_msg(log != NULL, "%s", err.text);
	ck_assert_int_eq(proof_holds(proof, log, &err), hold);
	enginelog_close(log);
}

START_TEST(the_engines_own_log_is_proven)
{
	struct proof proof = proof_of(0, 0);
	proof_must(1, &proof);
	for (size_t nr = 1; nr < 200; nr += nr < 40 ? 1 : 40) {
		engine_write(nr - engine.nr);
		proof = proof_of(0, nr);
		proof_must(1, &proof);
	}
	engine_rotate(3);
	proof = proof_of(0, engine.nr);
	proof_must(1, &proof);
	engine_pack();
	proof_must(1, &proof);
	engine_write(10); /* it goes on while it is asked */
	proof_must(1, &proof);
	engine_write(5000);
	proof_must(1, &proof);
	proof = proof_of(0, engine.nr);
	engine_rotate(2);
	proof_must(0, &proof); /* what it began with is gone meanwhile */
	proof = proof_of(engine.dropped, engine.nr);
	proof_must(1, &proof);
}
END_TEST

START_TEST(another_log_is_not_proven)
{
	struct proof proof = proof_of(0, 0), other;
	engine_write(100);
	proof_must(0, &proof);
	proof = proof_of(0, 100);
	other = proof;
	other.oldest++;
	proof_must(0, &other);
	other = proof;
	other.newest[0]++;
	proof_must(0, &other);
	other = proof;
	other.newest[PROOF_RECORDS - 1]++;
	proof_must(0, &other);
	engine_add(1);
	proof = proof_of(0, 101); /* the file is an old copy */
	proof_must(0, &proof);
	engine_flush(101, 0);
	proof_must(1, &proof);
	proof = proof_of(50, 101); /* … or the engine dropped what it begins with */
	proof_must(0, &proof);
	scratch_write("engine/" NAME, "", 0);
	proof = proof_of(0, 101);
	proof_must(0, &proof);
	proof = proof_of(100, 101);
	proof_must(0, &proof);
	scratch_write("engine/" NAME, "anything\n", 9);
	proof_must(-1, &proof);
}
END_TEST

/* ---- where it begins ---- */

static void begins(int how)
{
	int is = shortcut_begin(&shortcut, 16, &err);
	ck_assert_msg(is == how, "%d instead of %d: %s", is, how, is < 0 ? err.text : "");
	ck_assert_int_eq(shortcut.stored.inode != 0, how > 0);
}

START_TEST(goes_on_behind_its_place)
{
	engine_write(100);
	begins(0);
	store_all(window_in_file);
	begins(1);
	engine_write(7);
	goes_on(7);
	goes_on(0);
	engine_write(1);
	goes_on(1);
	stored_must_be_right(true);
}
END_TEST

START_TEST(goes_on_in_what_was_rotated)
{
	engine_write(100);
	store_all(window_in_file);
	for (size_t i = 0; i < 6; i++) {
		engine_write(10);
		engine_rotate(3);
		goes_on(10);
		engine_write(i);
		goes_on(i);
	}
	engine_write(10);
	engine_rotate(3);
	engine_write(20);
	engine_rotate(3);
	engine_write(30);
	goes_on(60);
	stored_must_be_right(true);
}
END_TEST

START_TEST(finds_the_end_behind_what_was_compressed)
{
	engine_write(100);
	store_all(window_in_file);
	for (size_t i = 0; i < 6; i++) {
		engine_write(10);
		engine_rotate(3);
		engine_pack();
		begins(0);
		store_all(window_in_file);
		engine_write(i);
		store_all(window_in_file);
		stored_must_be_right(true);
	}
	engine_rotate(3);
	engine_pack();
	store_all(window_in_file);
	ck_assert_uint_eq(shortcut.stored.inode, 0); /* nothing is in a file yet in which places are known */
	engine_write(1);
	store_all(window_in_file);
	stored_must_be_right(true);
}
END_TEST

START_TEST(what_was_dropped_is_told)
{
	engine_write(100);
	store_all(window_in_file);
	for (int i = 0; i < 4; i++) {
		engine_write(100);
		engine_rotate(2);
	}
	shortcut_rest(&shortcut); /* else it is read all the same, where it is still open */
	store_all(window_in_file);
	ck_assert_uint_eq(stored_must_be_right(true), 1);
}
END_TEST

START_TEST(what_is_cut_is_not_gone_on_in)
{
	engine_write(100);
	store_all(window_in_file);
	scratch_write("engine/" NAME, "", 0);
	engine.dropped = files.begins[0] = engine.nr;
	engine_write(20);
	begins(0);
	store_all(window_in_file);
	engine_write(500);
	store_all(window_in_file);
	ck_assert_uint_eq(stored_must_be_right(true), 0); /* nobody else has written in between */
}
END_TEST

/*
 * The inode and a line's end are there again, but not what stood before it: docker writes the same file anew, or a new one gets the inode
 * of one that was removed. Lines are of the same length.
 */
START_TEST(a_place_is_known_by_what_stands_there)
{
	for (int reopened = 0; reopened < 2; reopened++) {
		struct enginelog *log;
		char line[LINE_MAX_LEN];
		SCOPED(buf_release) struct buf lines = BUF_INIT(1u << 20);
		for (int i = 0; i < 40; i++) {
			struct record record = { FIRST_TIME + i, STREAM_STDOUT, false, "the same", 8 };
			buf_add(&lines, line, (size_t)engine_line(&record, line));
		}
		size_t half = lines.len / 2;
		scratch_write("engine/" NAME, buf_text(&lines), half);
		struct record record;
		ck_assert_int_eq(shortcut_begin(&shortcut, TAIL_ALL, &err), 0);
		for (int i = 0; i < 20; i++)
			ck_assert_int_eq(enginelog_next(shortcut.log, &record, &err), 1);
		shortcut.stored = enginelog_place(shortcut.log);
		begins(1);
		scratch_write("engine/" NAME, buf_text(&lines) + half, half);
		log = enginelog_open(engine.path, LOG_FORM_DOCKER, &err);
		ck_assert_int_eq(enginelog_go_to(log, &shortcut.stored, &err), 1);
		enginelog_close(log);
		if (reopened) {
			enginelog_close(shortcut.log);
			shortcut.log = enginelog_open(engine.path, LOG_FORM_DOCKER, &err);
		}
		begins(0);
		shortcut_rest(&shortcut);
	}
}
END_TEST

START_TEST(what_is_not_there_fails)
{
	engine_write(10);
	store_all(window_in_file);
	ck_assert_int_eq(unlinkat(scratch, "engine/" NAME, 0), 0);
	ck_assert_int_eq(shortcut_begin(&shortcut, 16, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_SYSTEM);
	ck_assert_int_eq(err.detail, ENOENT);
	shortcut_rest(&shortcut);
	ck_assert_int_eq(shortcut_begin(&shortcut, TAIL_ALL, &err), -1);
	ck_assert_int_eq(err.detail, ENOENT);
	ck_assert_int_eq(mkdirat(scratch, "engine/" NAME, 0700), 0);
	ck_assert_int_eq(shortcut_begin(&shortcut, TAIL_ALL, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_FAILED);
	ck_assert_int_eq(unlinkat(scratch, "engine/" NAME, AT_REMOVEDIR), 0);
}
END_TEST

START_TEST(another_file_behind_the_path_is_searched)
{
	SCOPED(buf_release) struct buf lines = BUF_INIT(1u << 20);
	engine_write(100);
	store_all(window_in_file);
	scratch_read("engine/" NAME, &lines);
	scratch_write("engine/copy", buf_text(&lines), lines.len);
	ck_assert_int_eq(renameat(scratch, "engine/copy", scratch, "engine/" NAME), 0);
	begins(0);
	engine_write(10);
	store_all(window_in_file);
	goes_on(0);
	stored_must_be_right(true);
}
END_TEST

START_TEST(only_what_is_there_can_be_used)
{
	ck_assert(shortcut_usable(&shortcut));
	shortcut_set(&shortcut, engine.path, LOG_FORM_DOCKER);
	ck_assert_int_eq(shortcut.trust, SHORTCUT_PROVEN); /* the same one */
	engine_write(3);
	store_all(window_in_file);
	shortcut_refuse(&shortcut);
	ck_assert(!shortcut_usable(&shortcut));
	ck_assert_ptr_null(shortcut.log);
	shortcut_set(&shortcut, engine.path, LOG_FORM_DOCKER);
	ck_assert(!shortcut_usable(&shortcut));
	shortcut_set(&shortcut, "/another", LOG_FORM_DOCKER);
	ck_assert(shortcut_usable(&shortcut));
	ck_assert_int_eq(shortcut.trust, SHORTCUT_UNPROVEN);
	shortcut_set(&shortcut, "", LOG_FORM_DOCKER);
	ck_assert(!shortcut_usable(&shortcut));
	shortcut_set(&shortcut, "", LOG_FORM_DOCKER);
	shortcut_stop(&shortcut);
}
END_TEST

START_TEST(at_rest_nothing_is_open)
{
	ck_assert_int_eq(open_log(), 0);
	int before = open_files();
	for (int i = 0; i < 10; i++) {
		engine_write(10);
		store_all(window_in_file);
		engine_rotate(4);
		store_all(window_in_file);
		ck_assert_int_gt(open_files(), before);
		ck_assert_int_le(open_files(), before + 4);
		if (i % 2)
			shortcut_rest(&shortcut);
		else
			store_all(window_of_engine);
	}
	ck_assert_int_eq(open_files(), before);
	stored_must_be_right(true);
}
END_TEST

/* ---- windows ---- */

START_TEST(catches_up_in_steps)
{
	struct reading reading;
	unsigned steps = 0;
	engine_write(50000);
	engine_rotate(3);
	engine_write(5000);
	ck_assert_int_eq(open_log(), 0);
	ck_assert_int_eq(reading_start_in_file(&reading, &intake, &shortcut, &err), 0);
	while (reading_step(&reading, &err) == READING_ON)
		steps++;
	ck_assert_uint_ge(steps, 3);
	ck_assert_int_eq(reading_step(&reading, &err), READING_NONE);
	ck_assert_uint_eq(reading.window.records, 55000);
	ck_assert_uint_eq(reading.window.fresh, 55000);
	ck_assert_uint_gt(reading.window.bytes, 55000 * 80);
	stored_must_be_right(true);
	goes_on(0);
	store_all(window_of_engine);
	ck_assert_uint_eq(intake.seek.fresh, 0);
}
END_TEST

START_TEST(an_abandoned_window_is_read_again)
{
	struct reading reading;
	engine_write(40000);
	ck_assert_int_eq(open_log(), 0);
	ck_assert_int_eq(reading_start_in_file(&reading, &intake, &shortcut, &err), 0);
	ck_assert_int_eq(reading_step(&reading, &err), READING_ON);
	reading_abandon(&reading);
	ck_assert(!reading_active(&reading));
	purser_ends();
	purser_start();
	store_all(window_in_file);
	stored_must_be_right(true);
}
END_TEST

static void more_comes(void)
{
	engine_write(100);
	engine_rotate(5);
	if (random_below(2))
		engine_pack();
	engine_write(50);
}

START_TEST(rotated_while_it_is_read)
{
	for (int i = 0; i < 10; i++) {
		meanwhile = more_comes;
		enum reading_state state = window_in_file();
		ck_assert(state == READING_STORED || state == READING_AGAIN);
		meanwhile = NULL;
		store_all(i % 3 ? window_in_file : window_of_engine);
		stored_must_be_right(true);
	}
	ck_assert_uint_eq(gaps_told(), 0);
}
END_TEST

START_TEST(an_unfinished_line_is_waited_for)
{
	engine_write(10);
	store_all(window_in_file);
	for (size_t torn = 1; torn < 60; torn += 7) {
		engine_add(2);
		engine_flush(engine.nr - 1, torn);
		goes_on(1);
		goes_on(0);
		if (torn % 2)
			shortcut_rest(&shortcut);
		engine_flush(engine.nr, 0);
		store_all(window_in_file);
		stored_must_be_right(true);
	}
}
END_TEST

START_TEST(a_line_that_is_none_ends_it)
{
	static const char garbage[] = "garbage\n";
	engine_write(60);
	SCOPED(fd_close) int fd = openat(scratch, "engine/" NAME, O_WRONLY | O_APPEND | O_CLOEXEC);
	ck_assert_uint_eq(fd_write_all(fd, garbage, sizeof garbage - 1), sizeof garbage - 1);
	engine_write(60);
	ck_assert_int_eq(window_in_file(), READING_FAILED);
	ck_assert(strstr(err.text, "no line of docker's") != NULL);
	ck_assert_uint_eq(shortcut.stored.inode, 0);
	shortcut_refuse(&shortcut);
	stored_must_be_right(false);
	store_all(window_of_engine); /* behind what came before it */
	stored_must_be_right(true);
}
END_TEST

START_TEST(what_the_engine_gave_is_not_read_again)
{
	for (int i = 0; i < 20; i++) {
		engine_write(1 + random_below(100));
		if (random_below(3) == 0)
			engine_rotate(4);
		store_all(i % 2 ? window_in_file : window_of_engine);
		stored_must_be_right(true);
	}
}
END_TEST

/* Somebody cuts, or removes, what is stored: it goes on there, as it does behind windows of the engine. */
START_TEST(a_stored_log_that_is_edited_goes_on)
{
	char name[] = "store/0123456789ab+web.log";
	engine_write(100);
	store_all(window_in_file);
	scratch_write(name, "", 0);
	engine_write(10);
	goes_on(10);
	ck_assert(intake.change_found);
	ck_assert_int_eq(unlinkat(scratch, name, 0), 0);
	engine_write(10);
	goes_on(10);
	ck_assert(intake.change_found);
	SCOPED(buf_release) struct buf lines = BUF_INIT(1u << 20);
	scratch_read(name, &lines);
	ck_assert_ptr_nonnull(strstr(buf_text(&lines), " 110:"));
	ck_assert_ptr_null(strstr(buf_text(&lines), " 109:"));
}
END_TEST

/* ---- failing disks ---- */

/* A call that fails, once or from there on, while windows of both kinds are stored and the engine rotates. */
static bool fails_at(enum fault how, int error, unsigned long at)
{
	keeping.max_size = 4096;
	engine_write(60);
	store_all(window_in_file);
	engine_write(60);
	faults_start(how, error, at);
	for (int i = 0; i < 6; i++) {
		(i % 3 == 1 ? window_of_engine : window_in_file)();
		enum fault kind = faults.kind;
		faults.kind = FAULT_NONE; /* what the engine does works */
		engine_write(30 + random_below(60));
		if (i % 2 == 0)
			engine_rotate(4);
		faults.kind = kind;
	}
	return faults_end();
}

static void fail_everywhere(enum fault how, int error)
{
	unsigned long points = 0;
	for (bool failed = true; failed; points++) {
		purser_ends();
		empty_directory();
		begin_anew();
		purser_ends();
		keeping.max_size = 4096;
		purser_start();
		failed = fails_at(how, error, points + 1);
		store_all(points % 2 ? window_in_file : window_of_engine);
		stored_must_be_right(true);
		ck_assert_uint_eq(gaps_told(), 0);
	}
	ck_assert_uint_ge(points, 20);
	printf("failures: %lu\n", points);
}

START_TEST(each_call_fails_once)
{
	fail_everywhere(FAULT_ERROR, EIO);
	fail_everywhere(FAULT_ERROR, ENOSPC);
}
END_TEST

START_TEST(everything_fails_from_each_call_on)
{
	fail_everywhere(FAULT_BROKEN, EIO);
}
END_TEST

/* ---- everything at random ---- */

static size_t max_files;

static void at_random(void)
{
	switch (random_below(6)) {
	case 0:
	case 1:
	case 2:
		engine_write(random_below(60));
		break;
	case 3:
		engine_rotate(max_files);
		break;
	case 4:
		engine_pack();
		break;
	case 5:
		engine_write_piece();
		break;
	}
}

/* What was written last is lost, as in a loss of power; a torn line is, too. */
static void lose_some(void)
{
	SCOPED(fd_close) int fd = openat(scratch, "store/0123456789ab+web.log", O_WRONLY | O_CLOEXEC);
	struct stat st;
	off_t by = random_below(3) ? 0 : (off_t)random_below(random_below(2) ? 20 : 2000);
	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > by)
		ck_assert_int_eq(ftruncate(fd, st.st_size - by), 0);
}

static void one_life(void)
{
	max_files = 2 + random_below(PARTS_MAX - 2);
	for (unsigned steps = 20 + random_below(60); steps > 0; steps--) {
		unsigned what = random_below(12);
		if (what < 5) {
			at_random();
		} else if (what < 8) {
			meanwhile = random_below(2) ? at_random : NULL;
			enum reading_state state = window_in_file();
			ck_assert_msg(state == READING_STORED || state == READING_AGAIN, "%d: %s", state, err.text);
		} else if (what < 10) {
			window_of_engine();
		} else if (what == 10) {
			shortcut_rest(&shortcut);
		} else {
			purser_ends();
			lose_some();
			purser_start();
		}
	}
	meanwhile = NULL;
	store_all(random_below(2) ? window_in_file : window_of_engine);
	stored_must_be_right(true);
	store_all(random_below(2) ? window_in_file : window_of_engine);
	stored_must_be_right(true);
}

START_TEST(lives_at_random)
{
	size_t holes = 0, lives = random_tries(1500);
	for (size_t i = 0; i < lives; i++) {
		purser_ends();
		empty_directory();
		begin_anew();
		one_life();
		holes += stored_must_be_right(true);
	}
	printf("lives: %zu, holes told: %zu\n", lives, holes);
}
END_TEST

static Suite *shortcut_suite(void)
{
	Suite *suite = suite_create("shortcut");
	TCase *tcase = tcase_create("shortcut");
	const TTest *const tests[] = {
		the_engines_own_log_is_proven,
		another_log_is_not_proven,
		goes_on_behind_its_place,
		goes_on_in_what_was_rotated,
		finds_the_end_behind_what_was_compressed,
		what_was_dropped_is_told,
		what_is_cut_is_not_gone_on_in,
		a_place_is_known_by_what_stands_there,
		what_is_not_there_fails,
		another_file_behind_the_path_is_searched,
		only_what_is_there_can_be_used,
		at_rest_nothing_is_open,
		catches_up_in_steps,
		an_abandoned_window_is_read_again,
		rotated_while_it_is_read,
		an_unfinished_line_is_waited_for,
		a_line_that_is_none_ends_it,
		what_the_engine_gave_is_not_read_again,
		a_stored_log_that_is_edited_goes_on,
		each_call_fails_once,
		everything_fails_from_each_call_on,
		lives_at_random,
	};
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 120);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(shortcut_suite)
