#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "logs.h"
#include "logs/shelf.h"
#include "logs/upkeep.h"
#include "scratch.h"
#include "suite.h"

#define A "aaaaaaaaaaaa+web.log"
#define B "bbbbbbbbbbbb+web.log"
#define SIZE 1000
#define STEPS_MAX 1000
#define LARGE (2u * 1024 * 1024)

static struct store store;
static struct journal journal;
static struct upkeep upkeep;
static struct error err;
static const char *tracked; /* first digits of ids */
static struct buf noted = BUF_INIT(64 * 1024);
static unsigned made_nr;

static void setup(void)
{
	scratch_make();
	made_nr = 0;
	tracked = "ab";
	ck_assert_msg(store_open(&store, scratch_path, &(struct keeping){ 0 }, &err) == 0, "%s", err.text);
	ck_assert_msg(journal_open(&journal, store.dir, &err) == 0, "%s", err.text);
	upkeep_init(&upkeep, &store, &journal);
}

static void teardown(void)
{
	upkeep_stop(&upkeep);
	journal_close(&journal);
	store_close(&store);
	buf_release(&noted);
	scratch_remove();
}

static bool is_tracked(void *arg, const char *id)
{
	ck_assert_ptr_eq(arg, &tracked);
	ck_assert_uint_ge(strlen(id), CONTAINER_ID_SHORT);
	return strchr(tracked, *id) != NULL;
}

static void step(void)
{
	upkeep_step(&upkeep, is_tracked, &tracked);
}

static void settle(void)
{
	unsigned steps = 0;
	upkeep_now(&upkeep);
	while (upkeep_wait_ms(&upkeep) == 0 && steps++ < STEPS_MAX)
		step();
	ck_assert_uint_lt(steps, STEPS_MAX);
}

/* A file with one record, each a second later and younger than the one before. */
static void put(const char *file, size_t size)
{
	SCOPED(buf_release) struct buf bytes = BUF_INIT(LARGE + 100);
	char *text = xcalloc(1, size);
	made_nr++;
	memset(text, 'x', size);
	struct record record = { logs_time(made_nr), STREAM_STDOUT, false, text, size - RECORD_HEAD_LEN - 1 };
	ck_assert_int_eq(record_store(&record, &bytes), 0);
	scratch_write(file, bytes.bytes, bytes.len);
	free(text);
	const struct timespec times[] = { { made_nr, 0 }, { made_nr, 0 } };
	ck_assert_int_eq(utimensat(scratch, file, times, 0), 0);
}

/* "a1z a2 a": compressed A.1, A.2, A. */
static void put_all(const char *list)
{
	for (; *list; list += strcspn(list, " "), list += *list == ' ') {
		const char *whole = *list == 'a' ? A : B;
		char file[LOG_NAME_MAX + 1], *end;
		struct log_part part = { .number = (unsigned)strtoul(list + 1, &end, 10) };
		log_part_make(whole, &part, file);
		put(file, SIZE);
		if (*end == 'z')
			logs_pack(whole, part.number);
	}
}

static void must_be(const char *list)
{
	SCOPED(shelf_release) struct shelf_files files;
	SCOPED(buf_release) struct buf text = BUF_INIT(4096);
	shelf_all(&store, &files);
	for (size_t i = 0; i < files.nr; i++) {
		const struct log_part *part = &files.items[i].part;
		buf_printf(&text, "%s%c", text.len ? " " : "", files.items[i].whole[0]);
		if (part->number)
			buf_printf(&text, "%u%s", part->number, part->packed ? "z" : "");
	}
	ck_assert_str_eq(buf_text(&text), list);
}

static int note(void *arg UNUSED, const struct mark *mark, struct error *failure UNUSED)
{
	ck_assert_int_eq(mark->event, JOURNAL_DELETED);
	ck_assert_uint_eq(strlen(mark->id), CONTAINER_ID_SHORT);
	ck_assert_str_eq(mark->name, "web");
	buf_printf(&noted, "%s%s until %lld", noted.len ? ", " : "", mark->text + CONTAINER_ID_SHORT + 1,
		   mark->to ? (long long)((mark->to - LOGS_FIRST_TIME) / MOMENT_SECOND) : 0);
	return 0;
}

/* What the journal says was deleted, up to which record. */
static void must_be_noted(const char *should)
{
	buf_clear(&noted);
	ck_assert_int_eq(journal_each(scratch, NULL, note, NULL, &err), 0);
	ck_assert_str_eq(buf_text(&noted), should);
}

static void must_be_told(const char *part)
{
	if (part)
		ck_assert_msg(strstr(upkeep.trouble, part) != NULL, "'%s'", upkeep.trouble);
	else
		ck_assert_str_eq(upkeep.trouble, "");
	upkeep.trouble[0] = '\0';
}

/* ---- when ---- */

START_TEST(by_default_nothing_is_done)
{
	put_all("a1 a2 a3 a");
	scratch_write(PACK_TEMPORARY, "x", 1);
	tracked = "";
	ck_assert_int_eq(upkeep_wait_ms(&upkeep), -1);
	step();
	upkeep_now(&upkeep);
	step();
	ck_assert_int_eq(upkeep_wait_ms(&upkeep), -1);
	must_be("a1 a2 a3 a");
	must_be_noted("");
	ck_assert(logs_has(PACK_TEMPORARY));
}
END_TEST

START_TEST(it_looks_now_and_then_and_when_it_is_told_to)
{
	store.keeping.max_files = 2;
	ck_assert_int_eq(upkeep_wait_ms(&upkeep), 0);
	step();
	ck_assert_int_gt(upkeep_wait_ms(&upkeep), 1000);
	put_all("a1 a2 a");
	step();
	must_be("a1 a2 a");
	upkeep_now(&upkeep);
	ck_assert_int_eq(upkeep_wait_ms(&upkeep), 0);
	step();
	must_be("a2 a");
	ck_assert_int_gt(upkeep_wait_ms(&upkeep), 1000);
}
END_TEST

/* ---- what goes ---- */

START_TEST(beyond_their_number_a_logs_oldest_files_go)
{
	static const struct {
		unsigned max;
		const char *before, *after, *noted;
	} rows[] = {
		{ 3, "a1 a2 a", "a1 a2 a", "" },
		{ 3, "a1 a2 a3 a", "a2 a3 a", "web.log.1 until 1" },
		{ 2, "a1z a2z a3z a", "a3z a", "web.log.1.gz until 1, web.log.2.gz until 2" },
		{ 2, "a8 a9 a10z a11 a", "a11 a", "web.log.8 until 1, web.log.9 until 2, web.log.10.gz until 3" },
		{ 2, "a b", "a b", "" },
		{ 2, "a1 a2 a b1 b", "a2 a b1 b", "web.log.1 until 1" },
		{ 2, "a1 a2 a3", "a2 a3", "web.log.1 until 1" }, /* killed in the middle of rotating */
		{ 5, "a1 a2 a3 a4 b1 b2 b3 b4 b", "a1 a2 a3 a4 b1 b2 b3 b4 b", "" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		store.keeping.max_files = rows[i].max;
		tracked = i % 2 ? "ab" : "";
		put_all(rows[i].before);
		settle();
		must_be(rows[i].after);
		must_be_noted(rows[i].noted);
		must_be_told(NULL);
		teardown();
		setup();
	}
}
END_TEST

START_TEST(beyond_the_size_the_oldest_of_all_go)
{
	static const struct {
		off_t max;
		const char *tracked, *before, *after, *told;
	} rows[] = {
		{ 4 * SIZE, "ab", "a1 a2 a3 a", "a1 a2 a3 a", NULL },
		{ 4 * SIZE - 1, "ab", "a1 a2 a3 a", "a2 a3 a", NULL },
		{ 3 * SIZE, "ab", "a1 a2 a3 a", "a2 a3 a", NULL },
		{ 2 * SIZE, "ab", "a1 a2 a3 a", "a3 a", NULL },
		{ 2 * SIZE - 1, "ab", "a1 a2 a3 a", "a3 a", "2000 bytes, more than they should (1999)" },
		{ 1, "", "a1 a2 a3 a", "", NULL },
		{ 5 * SIZE, "ab", "a1 b1 b2 a2 b3 a3 a b", "a2 a3 a b3 b", NULL },
		{ 1, "ab", "a1 b1 b2 a2 b3 a3 a b", "a3 a b3 b", "still written to" },
		{ 1, "b", "a1 b1 b2 a2 b3 a3 a b", "b3 b", "still written to" },
		{ 3 * SIZE, "a", "b1 b a1 a2 a", "a1 a2 a", NULL },
		{ 1, "a", "a1", "a1", "still written to" },
		{ 1, "a", "a", "a", "still written to" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		store.keeping.max_total = rows[i].max;
		tracked = rows[i].tracked;
		put_all(rows[i].before);
		settle();
		must_be(rows[i].after);
		must_be_told(rows[i].told);
		teardown();
		setup();
	}
}
END_TEST

START_TEST(of_the_same_age_the_lower_number_goes_first)
{
	const struct timespec times[] = { { 5, 0 }, { 5, 0 } };
	store.keeping.max_total = 2 * SIZE;
	tracked = "";
	put_all("a a10 a9 a2");
	ck_assert_int_eq(utimensat(scratch, A, times, 0), 0);
	ck_assert_int_eq(utimensat(scratch, A ".10", times, 0), 0);
	ck_assert_int_eq(utimensat(scratch, A ".9", times, 0), 0);
	ck_assert_int_eq(utimensat(scratch, A ".2", times, 0), 0);
	settle();
	must_be("a10 a");
	must_be_noted("web.log.2 until 4, web.log.9 until 3");
}
END_TEST

START_TEST(too_much_is_told_once_each_time)
{
	store.keeping.max_total = SIZE;
	put_all("a1 a");
	settle();
	must_be_told("2000 bytes");
	settle();
	must_be_told(NULL);
	store.keeping.max_total = 2 * SIZE;
	settle();
	must_be_told(NULL);
	store.keeping.max_total = SIZE;
	settle();
	must_be_told("2000 bytes");
}
END_TEST

START_TEST(what_cannot_be_written_down_is_not_deleted)
{
	store.keeping.max_files = 2;
	store.keeping.max_total = 1;
	tracked = "";
	put_all("a1 a2 a3 a b1");
	int fd = journal.fd;
	journal.fd = -1;
	settle();
	must_be("a1 a2 a3 a b1");
	must_be_told("could not be deleted");
	journal.fd = fd;
	settle();
	must_be("");
	must_be_noted("web.log.1 until 1, web.log.2 until 2, web.log.3 until 3, web.log until 4, web.log.1 until 5");
}
END_TEST

START_TEST(what_cannot_be_deleted_is_written_down_once)
{
	store.keeping.max_files = 2;
	put_all("a2 a3 a");
	logs_make_odd(A ".1", ODD_DIRECTORY);
	settle();
	settle();
	settle();
	must_be("a1 a3 a");
	must_be_noted("web.log.1 until 0, web.log.2 until 1");
}
END_TEST

START_TEST(what_is_no_log_stays)
{
	store.keeping = (struct keeping){ .max_files = 2, .max_total = 1, .pack = true };
	tracked = "";
	scratch_write("target", "do not touch", 12);
	scratch_write("web.log", "theirs", 6);
	scratch_write("web.log.1", "theirs", 6);
	scratch_write(A ".01", "theirs", 6);
	scratch_write("tracked", "", 0);
	logs_make_odd(A ".1", ODD_LINK);
	put_all("a2 a3 a");
	settle();
	must_be("");
	ck_assert(logs_has("target") && logs_has("web.log") && logs_has("web.log.1") && logs_has(A ".01") && logs_has("tracked"));
	ck_assert(logs_has("journal.jsonl"));
}
END_TEST

/* ---- compressing ---- */

START_TEST(all_rotated_files_are_compressed)
{
	store.keeping.pack = true;
	put_all("a1 a2z a3 a b1 b");
	scratch_write(PACK_TEMPORARY, "left by a crash", 15);
	settle();
	must_be("a1z a2z a3z a b1z b");
	must_be_noted("");
	must_be_told(NULL);
	ck_assert(!logs_has(PACK_TEMPORARY));
	logs_make_odd(PACK_TEMPORARY, ODD_DANGLING);
	put_all("a4");
	settle();
	must_be("a1z a2z a3z a4z a b1z b");
}
END_TEST

START_TEST(a_large_file_is_compressed_in_slices)
{
	unsigned steps = 0;
	store.keeping.pack = true;
	put(A ".1", LARGE);
	do {
		step();
		must_be(upkeep.pack.active ? "a1" : "a1z");
		must_be_told(NULL);
		upkeep_now(&upkeep);
		steps++;
	} while (upkeep.pack.active);
	ck_assert_uint_ge(steps, 5);
	must_be("a1z");
}
END_TEST

START_TEST(stopped_it_leaves_the_plain_file)
{
	store.keeping.pack = true;
	put(A ".1", LARGE);
	step();
	ck_assert(upkeep.pack.active);
	ck_assert_int_eq(upkeep_wait_ms(&upkeep), 0);
	ck_assert(logs_has(PACK_TEMPORARY));
	upkeep_stop(&upkeep);
	upkeep_stop(&upkeep);
	ck_assert(!logs_has(PACK_TEMPORARY));
	must_be("a1");
	upkeep_init(&upkeep, &store, &journal);
	settle();
	must_be("a1z");
}
END_TEST

START_TEST(what_is_deleted_while_it_is_compressed_does_not_come_again)
{
	store.keeping = (struct keeping){ .max_files = 2, .pack = true };
	put(A ".1", LARGE);
	put_all("a");
	step();
	ck_assert(upkeep.pack.active);
	put_all("a2");
	settle();
	must_be("a2z a");
	must_be_noted("web.log.1 until 1");
	ck_assert(!logs_has(PACK_TEMPORARY));
}
END_TEST

START_TEST(a_plain_file_beside_its_compressed_one_goes_without_a_word)
{
	store.keeping.max_files = 3;
	put_all("a1z a2z a");
	made_nr = 0;
	put(A ".1", SIZE);
	settle();
	must_be("a1z a2z a");
	must_be_noted("");
}
END_TEST

START_TEST(a_plain_file_beside_a_damaged_one_is_compressed_anew)
{
	store.keeping.pack = true;
	put_all("a1z a2z a");
	made_nr = 0;
	put(A ".1", SIZE);
	logs_cut(A ".1.gz", 20);
	settle();
	must_be("a1z a2z a");
	made_nr = 0;
	put(A ".1", SIZE);
	ck_assert(pack_is_whole(scratch, A, 1));
}
END_TEST

START_TEST(one_that_cannot_be_compressed_is_told_once_and_passed_over)
{
	store.keeping.pack = true;
	logs_make_odd(A ".1", ODD_DANGLING);
	put_all("a2 b1");
	settle();
	must_be("a1 a2z b1z");
	must_be_told(A ".1");
	put_all("a3");
	settle();
	must_be("a1 a2z a3z b1z");
	must_be_told(NULL);
	ck_assert_int_eq(unlinkat(scratch, A ".1", 0), 0);
	settle();
	logs_make_odd(B ".2", ODD_DANGLING);
	settle();
	must_be_told(B ".2");
}
END_TEST

START_TEST(of_a_damaged_pair_the_plain_file_stays)
{
	store.keeping.max_files = 2;
	put_all("a1z a");
	made_nr = 0;
	put(A ".1", SIZE);
	logs_cut(A ".1.gz", 20);
	settle();
	ck_assert(logs_has(A ".1"));
	must_be_noted("");
}
END_TEST

START_TEST(the_newest_plain_file_of_a_damaged_pair_stays)
{
	store.keeping.max_total = 1;
	put_all("a1z a");
	made_nr = 0;
	put(A ".1", SIZE);
	logs_cut(A ".1.gz", 20);
	settle();
	ck_assert(logs_has(A ".1"));
}
END_TEST

START_TEST(one_that_fails_keeps_none_from_being_compressed)
{
	store.keeping.pack = true;
	logs_make_odd(A ".1", ODD_DIRECTORY);
	put_all("a2 b1");
	for (unsigned i = 0; i < 5; i++)
		settle();
	must_be("a1 a2z b1z");
}
END_TEST

START_TEST(several_that_cannot_be_deleted_are_written_down_once)
{
	store.keeping.max_files = 2;
	put_all("a3 a b3 b");
	logs_make_odd(A ".1", ODD_DIRECTORY);
	logs_make_odd(B ".1", ODD_DIRECTORY);
	settle();
	settle();
	settle();
	must_be_noted("web.log.1 until 0, web.log.1 until 0");
}
END_TEST

START_TEST(of_one_log_the_lowest_number_goes_first)
{
	const struct timespec stepped[] = { { 1, 0 }, { 1, 0 } };
	store.keeping.max_total = 3 * SIZE;
	put_all("a1 a2 a3 a");
	ck_assert_int_eq(utimensat(scratch, A ".2", stepped, 0), 0);
	ck_assert_int_eq(utimensat(scratch, A ".1", (const struct timespec[]){ { 9, 0 }, { 9, 0 } }, 0), 0);
	settle();
	must_be("a2 a3 a");
}
END_TEST

static Suite *upkeep_suite(void)
{
	Suite *suite = suite_create("upkeep");
	TCase *tcase = tcase_create("upkeep");
	const TTest *const tests[] = {
		by_default_nothing_is_done,
		it_looks_now_and_then_and_when_it_is_told_to,
		beyond_their_number_a_logs_oldest_files_go,
		beyond_the_size_the_oldest_of_all_go,
		of_the_same_age_the_lower_number_goes_first,
		too_much_is_told_once_each_time,
		what_cannot_be_written_down_is_not_deleted,
		what_cannot_be_deleted_is_written_down_once,
		what_is_no_log_stays,
		all_rotated_files_are_compressed,
		a_large_file_is_compressed_in_slices,
		stopped_it_leaves_the_plain_file,
		what_is_deleted_while_it_is_compressed_does_not_come_again,
		a_plain_file_beside_its_compressed_one_goes_without_a_word,
		a_plain_file_beside_a_damaged_one_is_compressed_anew,
		one_that_cannot_be_compressed_is_told_once_and_passed_over,
		of_a_damaged_pair_the_plain_file_stays,
		the_newest_plain_file_of_a_damaged_pair_stays,
		one_that_fails_keeps_none_from_being_compressed,
		several_that_cannot_be_deleted_are_written_down_once,
		of_one_log_the_lowest_number_goes_first,
	};
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 30);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(upkeep_suite)
