#include <check.h>
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "logs.h"
#include "logs/shelf.h"
#include "logs/verify.h"
#include "scratch.h"
#include "suite.h"

#define NAME "0123456789ab+web.log"
#define MANY 20000

static struct verify verify;
static struct error err;
static struct shelf_files files;

static void setup(void)
{
	scratch_make();
	random_start(random_seed());
}

static void teardown(void)
{
	shelf_release(&files);
	scratch_remove();
}

/* A letter is a record: its time, what is in it, and its stream: stderr if it is a capital. */
static struct record record_of(const char *letter)
{
	static const char texts[] = "abcdefghijklmnopqrstuvwxyz";
	int nr = tolower((unsigned char)*letter) - 'a';
	return (struct record){ logs_time((unsigned)nr), isupper((unsigned char)*letter) ? STREAM_STDERR : STREAM_STDOUT, false,
				&texts[nr], 1 };
}

static void empty_shelf(void)
{
	shelf_release(&files);
	shelf_siblings(scratch, NAME, &files);
	for (size_t i = 0; i < files.nr; i++)
		unlinkat(scratch, files.items[i].file, 0);
	shelf_release(&files);
}

/* "ab|c|": a file numbered `first`, one behind it, and an empty one that is written to. Of `packed` each bit is a file. */
static void store(const char *stored, unsigned first, unsigned packed)
{
	SCOPED(buf_release) struct buf bytes = BUF_INIT(64 * 1024);
	unsigned number = first;
	empty_shelf();
	for (; *stored; stored++) {
		if (*stored != '|') {
			struct record record = record_of(stored);
			ck_assert_int_eq(record_store(&record, &bytes), 0);
			continue;
		}
		char file[LOG_NAME_MAX + 1];
		log_part_make(NAME, &(struct log_part){ number, false }, file);
		scratch_write(file, buf_text(&bytes), bytes.len);
		if (packed & 1u << (number - first))
			logs_pack(NAME, number);
		buf_clear(&bytes);
		number++;
	}
	scratch_write(NAME, buf_text(&bytes), bytes.len);
	shelf_siblings(scratch, NAME, &files);
}

static void take(const char *engine)
{
	ck_assert_msg(verify_open(&verify, scratch, &err) == 0, "%s", err.text);
	for (const char *letter = engine; *letter; letter++) {
		struct record record = record_of(letter);
		ck_assert_int_eq(verify_take(&verify, &record, &err), 0);
	}
}

static int compare(const char *engine, bool ended)
{
	take(engine);
	int failed = verify_compare(&verify, &files, ended, &err);
	for (const char *letter = engine; !failed && *letter; letter++) {
		struct record record = record_of(letter);
		verify_look(&verify, &record);
	}
	verify_release(&verify);
	return failed;
}

static void glimpse_must_be(const struct glimpse *glimpse, char letter)
{
	if (letter == '-') {
		ck_assert_uint_eq(glimpse->digest, 0);
		ck_assert_int_eq(glimpse->at, 0);
		return;
	}
	struct record record = record_of(&letter);
	ck_assert_int_eq(glimpse->at, record.at);
	ck_assert_int_eq(glimpse->stream, record.stream);
	ck_assert_uint_eq(glimpse->len, 1);
	ck_assert_uint_eq(glimpse->shown, 1);
	ck_assert_int_eq(glimpse->bytes[0], record.bytes[0]);
}

struct row {
	const char *engine, *stored;
	unsigned first;
	enum verify_result result;
	unsigned same, not_kept;
	const char *shown; /* of the engine, of what is stored */
};

static void rows_must_be(const struct row *rows, size_t nr, bool ended)
{
	for (size_t i = 0; i < nr; i++) {
		const struct row *row = &rows[i];
		const struct verdict *is = &verify.verdict;
		store(row->stored, row->first, 0);
		ck_assert_msg(compare(row->engine, ended) == 0, "%s", err.text);
		ck_assert_msg(is->result == row->result && is->same == row->same && is->not_kept == row->not_kept,
			      "'%s' '%s': %d, %llu the same, %llu not kept", row->engine, row->stored, (int)is->result,
			      (unsigned long long)is->same, (unsigned long long)is->not_kept);
		glimpse_must_be(&is->engine, row->shown[0]);
		glimpse_must_be(&is->stored, row->shown[1]);
	}
}

/* ---- two logs ---- */

START_TEST(whether_or_not_it_has_ended)
{
	static const struct row rows[] = {
		{ "abcdef", "abcdef", 1, VERIFY_SAME, 6, 0, "--" },
		{ "a", "a", 1, VERIFY_SAME, 1, 0, "--" },
		{ "", "", 1, VERIFY_SAME, 0, 0, "--" },
		{ "", "abc", 1, VERIFY_SAME, 0, 0, "--" },
		{ "abc", "", 1, VERIFY_ENDS_EARLY, 0, 0, "a-" },
		{ "abcdef", "abcd", 1, VERIFY_ENDS_EARLY, 4, 0, "e-" },
		{ "cdef", "abcdef", 1, VERIFY_SAME, 4, 0, "--" },
		{ "f", "abcdef", 1, VERIFY_SAME, 1, 0, "--" },
		{ "cdef", "abcde", 1, VERIFY_ENDS_EARLY, 3, 0, "f-" },
		{ "abcdef", "abdef", 1, VERIFY_DIFFERS, 2, 0, "cd" },
		{ "abcdef", "abf", 1, VERIFY_DIFFERS, 2, 0, "cf" },
		{ "abcdef", "abccdef", 1, VERIFY_DIFFERS, 3, 0, "dc" },
		{ "abcdef", "abcabcdef", 1, VERIFY_SAME, 6, 0, "--" },
		{ "abccdef", "abcdef", 1, VERIFY_DIFFERS, 3, 0, "cd" },
		{ "abcdef", "abxdef", 1, VERIFY_DIFFERS, 2, 0, "cx" },
		{ "abcdef", "abcdex", 1, VERIFY_DIFFERS, 5, 0, "fx" },
		{ "abcdef", "abdcef", 1, VERIFY_DIFFERS, 2, 0, "cd" },
		{ "abcdef", "xbcdef", 1, VERIFY_DIFFERS, 0, 0, "ax" },
		{ "cdef", "abcdxf", 1, VERIFY_DIFFERS, 2, 0, "ex" },
		{ "abc", "def", 1, VERIFY_DIFFERS, 0, 0, "ad" },
		{ "abCDef", "abCdef", 1, VERIFY_DIFFERS, 3, 0, "Dd" },
		{ "abcdef", "cdef", 1, VERIFY_BEGINS_LATE, 4, 2, "a-" },
		{ "abcdef", "f", 1, VERIFY_BEGINS_LATE, 1, 5, "a-" },
		{ "abcdef", "|cdef", 2, VERIFY_SAME, 4, 2, "--" },
		{ "abcdef", "|cdef", 1, VERIFY_BEGINS_LATE, 4, 2, "a-" },
		{ "abcdef", "c|def", 3, VERIFY_SAME, 4, 2, "--" },
		{ "abcdef", "c|dex", 3, VERIFY_DIFFERS, 3, 2, "fx" },
		{ "abcdef", "c|de", 3, VERIFY_ENDS_EARLY, 3, 2, "f-" },
		{ "aaaa", "aaaa", 1, VERIFY_SAME, 4, 0, "--" },
		{ "aaab", "aaaab", 1, VERIFY_SAME, 4, 0, "--" },
		{ "abaab", "abaab", 1, VERIFY_SAME, 5, 0, "--" },
	};
	for (int ended = 0; ended < 2; ended++)
		rows_must_be(rows, ARRAY_LEN(rows), ended);
}
END_TEST

START_TEST(what_goes_on_behind_the_engines_end)
{
	static const struct row running[] = {
		{ "abcd", "abcdef", 1, VERIFY_SAME, 4, 0, "--" },
		{ "cd", "abcdef", 1, VERIFY_SAME, 2, 0, "--" },
		{ "abcd", "cdef", 1, VERIFY_BEGINS_LATE, 2, 2, "a-" },
	}, ended[] = {
		{ "abcd", "abcdef", 1, VERIFY_GOES_ON, 4, 0, "-e" },
		{ "cd", "abcdeF", 1, VERIFY_GOES_ON, 2, 0, "-e" },
		{ "abcdef", "abcdeff", 1, VERIFY_GOES_ON, 6, 0, "-f" },
		{ "bcd", "a|bc|dE", 4, VERIFY_GOES_ON, 3, 0, "-E" },
	};
	rows_must_be(running, ARRAY_LEN(running), false);
	rows_must_be(ended, ARRAY_LEN(ended), true);
}
END_TEST

START_TEST(streams_are_counted_and_separate)
{
	store("aBcDEf", 1, 0);
	ck_assert_int_eq(compare("aBcDEf", true), 0);
	ck_assert_int_eq(verify.verdict.result, VERIFY_SAME);
	ck_assert_uint_eq(verify.verdict.same_stderr, 3);
	ck_assert_int_eq(compare("BcDEf", true), 0);
	ck_assert_uint_eq(verify.verdict.same_stderr, 3);
	ck_assert_int_eq(compare("cDef", true), 0);
	ck_assert_int_eq(verify.verdict.result, VERIFY_DIFFERS);
	ck_assert_uint_eq(verify.verdict.same_stderr, 1);
	store("c|DEF", 2, 0);
	ck_assert_int_eq(compare("aBcDEF", true), 0); /* what is not kept does not count */
	ck_assert_uint_eq(verify.verdict.same, 4);
	ck_assert_uint_eq(verify.verdict.same_stderr, 3);
}
END_TEST

/* Time, stream, end, length and each byte. */
START_TEST(everything_about_a_record_counts)
{
	static const struct record right = { LOGS_FIRST_TIME, STREAM_STDOUT, false, "x\0\x80y", 4 };
	static const struct record wrong[] = {
		{ LOGS_FIRST_TIME + 1, STREAM_STDOUT, false, "x\0\x80y", 4 }, { LOGS_FIRST_TIME, STREAM_STDERR, false, "x\0\x80y", 4 },
		{ LOGS_FIRST_TIME, STREAM_STDOUT, true, "x\0\x80y", 4 },      { LOGS_FIRST_TIME, STREAM_STDOUT, false, "x\0\x80y", 3 },
		{ LOGS_FIRST_TIME, STREAM_STDOUT, false, "x\0\x80y", 5 },     { LOGS_FIRST_TIME, STREAM_STDOUT, false, "x\0\x81y", 4 },
		{ LOGS_FIRST_TIME, STREAM_STDOUT, false, "y\0\x80y", 4 },     { LOGS_FIRST_TIME, STREAM_STDOUT, false, "x\1\x80y", 4 },
		{ LOGS_FIRST_TIME, STREAM_STDOUT, false, "", 0 },
	};
	for (size_t i = 0; i <= ARRAY_LEN(wrong); i++) {
		const struct record *stored = i < ARRAY_LEN(wrong) ? &wrong[i] : &right;
		SCOPED(buf_release) struct buf bytes = BUF_INIT(1024);
		record_store(stored, &bytes);
		scratch_write(NAME, bytes.bytes, bytes.len);
		shelf_siblings(scratch, NAME, &files);
		take("");
		ck_assert_int_eq(verify_take(&verify, &right, &err), 0);
		ck_assert_int_eq(verify_compare(&verify, &files, false, &err), 0);
		ck_assert_msg(verify.verdict.result == (stored == &right ? VERIFY_SAME : VERIFY_DIFFERS), "%zu", i);
		verify_release(&verify);
		shelf_release(&files);
	}
}
END_TEST

START_TEST(of_a_long_record_the_beginning_is_shown)
{
	char text[200];
	memset(text, 'x', sizeof text);
	struct record record = { LOGS_FIRST_TIME, STREAM_STDERR, true, text, sizeof text }, other = record;
	SCOPED(buf_release) struct buf bytes = BUF_INIT(1024);
	record_store(&record, &bytes);
	scratch_write(NAME, bytes.bytes, bytes.len);
	shelf_siblings(scratch, NAME, &files);
	take("");
	other.len = VERIFY_SHOWN;
	ck_assert_int_eq(verify_take(&verify, &other, &err), 0);
	ck_assert_int_eq(verify_compare(&verify, &files, false, &err), 0);
	ck_assert_int_eq(verify.verdict.engine.at, 0); /* until it is seen again */
	verify_look(&verify, &record);
	ck_assert_int_eq(verify.verdict.engine.at, 0);
	verify_look(&verify, &other);
	ck_assert_uint_eq(verify.verdict.engine.len, VERIFY_SHOWN);
	ck_assert_uint_eq(verify.verdict.engine.shown, VERIFY_SHOWN);
	ck_assert_uint_eq(verify.verdict.stored.len, sizeof text);
	ck_assert_uint_eq(verify.verdict.stored.shown, VERIFY_SHOWN);
	ck_assert_int_eq(memcmp(verify.verdict.stored.bytes, text, VERIFY_SHOWN), 0);
	verify_release(&verify);
}
END_TEST

/* ---- files ---- */

START_TEST(rotated_and_compressed_it_is_one_log)
{
	static const char *const cuts[] = { "|abcdef", "abc|def", "abcdef|", "a|b|c|d|e|f", "ab||cd|ef", "|||abcdef|" };
	for (size_t i = 0; i < ARRAY_LEN(cuts); i++)
		for (unsigned packed = 0; packed < 32; packed++) {
			store(cuts[i], 1, packed);
			ck_assert_int_eq(compare("abcdef", true), 0);
			ck_assert_msg(verify.verdict.result == VERIFY_SAME && verify.verdict.same == 6, "%s %x", cuts[i], packed);
			ck_assert_int_eq(compare("abcDef", true), 0);
			ck_assert_msg(verify.verdict.result == VERIFY_DIFFERS && verify.verdict.same == 3, "%s %x", cuts[i], packed);
		}
}
END_TEST

START_TEST(a_file_that_is_missing_in_the_middle_is_seen)
{
	store("ab|cd|ef", 1, 0);
	ck_assert_int_eq(unlinkat(scratch, NAME ".2", 0), 0);
	for (int listed = 1; listed >= 0; listed--) { /* deleted while it is read; before */
		ck_assert_int_eq(compare("abcdef", true), 0);
		ck_assert_int_eq(verify.verdict.result, VERIFY_DIFFERS);
		ck_assert_uint_eq(verify.verdict.same, 2);
		glimpse_must_be(&verify.verdict.engine, 'c');
		glimpse_must_be(&verify.verdict.stored, 'e');
		shelf_release(&files);
		shelf_siblings(scratch, NAME, &files);
	}
}
END_TEST

START_TEST(a_torn_line_and_lines_of_others_do_not_count)
{
	SCOPED(buf_release) struct buf bytes = BUF_INIT(4096);
	store("abcdef", 1, 0);
	scratch_read(NAME, &bytes);
	buf_add_text(&bytes, "no record\n\n");
	scratch_write(NAME, bytes.bytes, bytes.len);
	ck_assert_int_eq(compare("abcdef", true), 0);
	ck_assert_int_eq(verify.verdict.result, VERIFY_SAME);
	logs_cut(NAME, 12);
	ck_assert_int_eq(compare("abcdef", true), 0);
	ck_assert_int_eq(verify.verdict.result, VERIFY_ENDS_EARLY);
	ck_assert_uint_eq(verify.verdict.same, 5);
}
END_TEST

START_TEST(what_cannot_be_read_is_an_error)
{
	int before = descriptors_nr();
	store("abc|def", 1, 1);
	scratch_write(NAME ".1.gz", "\x1f\x8b\x08\0\0\0\0\0\0\3garbage that is no deflate stream", 43);
	ck_assert_int_eq(compare("abcdef", true), -1);
	ck_assert_ptr_nonnull(strstr(err.text, NAME ".1.gz"));
	for (enum oddity odd = ODD_DIRECTORY; odd < ODDITIES; odd++) {
		store("abc", 1, 0);
		logs_make_odd(NAME ".1", odd);
		shelf_release(&files);
		shelf_siblings(scratch, NAME, &files);
		ck_assert_msg(compare("abc", true) == -1, "%d", (int)odd);
		ck_assert_int_eq(unlinkat(scratch, NAME ".1", odd == ODD_DIRECTORY ? AT_REMOVEDIR : 0), 0);
	}
	ck_assert_int_eq(descriptors_nr(), before);
}
END_TEST

START_TEST(nothing_is_left_in_the_directory)
{
	unsigned nr = 0;
	take("abc");
	DIR *dir = opendir(scratch_path);
	while (readdir(dir))
		nr++;
	closedir(dir);
	ck_assert_uint_eq(nr, 2);
	verify_release(&verify);
}
END_TEST

START_TEST(a_file_system_without_nameless_files_will_do)
{
	int dir = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_eq(verify_open(&verify, dir, &err), 0);
	struct record record = record_of("a");
	ck_assert_int_eq(verify_take(&verify, &record, &err), 0);
	ck_assert_int_eq(verify_compare(&verify, &files, true, &err), 0);
	ck_assert_int_eq(verify.verdict.result, VERIFY_ENDS_EARLY);
	verify_release(&verify);
	close(dir);
}
END_TEST

/* ---- many ---- */

enum harm { HARM_NONE, HARM_LACKS, HARM_TWICE, HARM_OTHER, HARM_SWAPPED, HARMS };

static void write_harmed(size_t from, size_t place, enum harm harm)
{
	SCOPED(buf_release) struct buf bytes = BUF_INIT(4u * 1024 * 1024);
	for (size_t at = from; at < MANY; at++) {
		unsigned nr = (unsigned)at;
		if (harm == HARM_SWAPPED && (at == place || at == place + 1))
			nr = (unsigned)(2 * place + 1 - at);
		if (harm == HARM_OTHER && at == place)
			nr += MANY;
		if (harm != HARM_LACKS || at != place)
			logs_add(&bytes, nr, nr);
		if (harm == HARM_TWICE && at == place)
			logs_add(&bytes, nr, nr);
	}
	scratch_write(NAME ".2", bytes.bytes, bytes.len);
	if (random_below(2))
		logs_pack(NAME, 2);
}

/* Each can begin before the other; behind the later beginning something may be wrong. */
START_TEST(one_harm_among_many_is_found)
{
	for (unsigned i = 0; i < random_tries(30); i++) {
		size_t stored_from = random_below(MANY / 2), engine_from = random_below(3) ? random_below(MANY / 2) : stored_from;
		size_t later = stored_from > engine_from ? stored_from : engine_from;
		size_t place = later + 1 + random_below((unsigned)(MANY - later - 3));
		enum harm harm = random_below(HARMS);
		write_harmed(stored_from, place, harm);
		shelf_siblings(scratch, NAME, &files);
		take("");
		for (size_t nr = engine_from; nr < MANY; nr++) {
			char text[16];
			int len = snprintf(text, sizeof text, "%zu", nr);
			struct record record = { logs_time((unsigned)nr), STREAM_STDOUT, false, text, (size_t)len };
			if (verify_take(&verify, &record, &err) < 0)
				ck_abort_msg("%s", err.text);
		}
		ck_assert_msg(verify_compare(&verify, &files, random_below(2), &err) == 0, "%s", err.text);
		size_t differs = harm == HARM_NONE ? MANY : harm == HARM_TWICE ? place + 1 : place;
		ck_assert_int_eq(verify.verdict.result, harm == HARM_NONE ? VERIFY_SAME : VERIFY_DIFFERS);
		ck_assert_uint_eq(verify.verdict.same, differs - later);
		ck_assert_uint_eq(verify.verdict.not_kept, later - engine_from);
		verify_release(&verify);
		empty_shelf();
	}
}
END_TEST

START_TEST(a_log_that_cannot_be_opened_is_an_error)
{
	store("ab|cdef", 1, 0);
	ck_assert_int_eq(unlinkat(scratch, NAME, 0), 0);
	logs_make_odd(NAME, ODD_DANGLING);
	ck_assert_msg(compare("abcdef", true) == -1, "result %d, %llu the same", (int)verify.verdict.result,
		      (unsigned long long)verify.verdict.same);
}
END_TEST

START_TEST(a_compressed_file_that_was_cut_is_an_error)
{
	for (off_t by = 1; by <= 30; by += 29) {
		store("abc|def", 1, 1);
		logs_cut(NAME ".1.gz", by);
		ck_assert_msg(compare("abcdef", true) == -1, "%d bytes: result %d, %llu the same", (int)by, (int)verify.verdict.result,
			      (unsigned long long)verify.verdict.same);
	}
}
END_TEST

START_TEST(what_is_stored_is_known_by_its_digest)
{
	store("abx", 1, 0);
	ck_assert_int_eq(compare("abc", true), 0);
	ck_assert_uint_ne(verify.verdict.stored.digest, 0);
}
END_TEST

START_TEST(the_wrong_order_is_not_identical)
{
	store("f|abcde", 2, 0);
	ck_assert_int_eq(compare("abcdef", false), 0);
	ck_assert_msg(verify.verdict.result == VERIFY_ENDS_EARLY, "result %d, %llu the same", (int)verify.verdict.result, (unsigned long long)verify.verdict.same);
}
END_TEST

START_TEST(the_first_that_both_should_have_differs)
{
	static const struct row rows[] = { { "cdef", "abxdef", 1, VERIFY_DIFFERS, 0, 0, "cx" } };
	rows_must_be(rows, ARRAY_LEN(rows), true);
}
END_TEST

START_TEST(names_of_any_length_are_read)
{
	char whole[LOG_NAME_MAX + 1], file[LOG_NAME_MAX + 10];
	memset(whole, 'n', LOG_NAME_MAX);
	memcpy(whole + 249, ".log", 5);
	snprintf(file, sizeof file, "%s.1", whole);
	store("abc", 1, 0);
	ck_assert_int_eq(renameat(scratch, NAME, scratch, file), 0);
	shelf_release(&files);
	shelf_siblings(scratch, whole, &files);
	ck_assert_uint_eq(files.nr, 1);
	ck_assert_int_eq(compare("abc", true), 0);
	ck_assert_msg(verify.verdict.result == VERIFY_SAME, "result %d, %llu the same", (int)verify.verdict.result, (unsigned long long)verify.verdict.same);
	unlinkat(scratch, file, 0);
}
END_TEST

static Suite *verify_suite(void)
{
	Suite *suite = suite_create("verify");
	TCase *tcase = tcase_create("verify");
	const TTest *const tests[] = {
		whether_or_not_it_has_ended,
		what_goes_on_behind_the_engines_end,
		streams_are_counted_and_separate,
		everything_about_a_record_counts,
		of_a_long_record_the_beginning_is_shown,
		rotated_and_compressed_it_is_one_log,
		a_file_that_is_missing_in_the_middle_is_seen,
		a_torn_line_and_lines_of_others_do_not_count,
		what_cannot_be_read_is_an_error,
		nothing_is_left_in_the_directory,
		a_file_system_without_nameless_files_will_do,
		one_harm_among_many_is_found,
		a_log_that_cannot_be_opened_is_an_error,
		a_compressed_file_that_was_cut_is_an_error,
		what_is_stored_is_known_by_its_digest,
		the_wrong_order_is_not_identical,
		the_first_that_both_should_have_differs,
		names_of_any_length_are_read,
	};
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 30);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(verify_suite)
