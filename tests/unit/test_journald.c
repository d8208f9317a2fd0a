#include <check.h>
#include <string.h>

#include "logs/framer.h"
#include "logs/journald.h"
#include "suite.h"

#define AT "\"__REALTIME_TIMESTAMP\":\"1795686850036452\""

static struct buf bytes = BUF_INIT(1u << 20);

static void entry_is(const char *line, enum stream stream, bool partial, const char *text, size_t len)
{
	struct record record;
	ck_assert_msg(journald_record(line, strlen(line), &bytes, &record), "%s", line);
	ck_assert_int_eq(record.at, INT64_C(1795686850036452000));
	ck_assert_int_eq(record.stream, stream);
	ck_assert_int_eq(record.partial, partial);
	ck_assert_uint_eq(record.len, len);
	ck_assert(!memcmp(record.bytes, text, len));
}

START_TEST(entries_are_records)
{
	entry_is("{" AT ",\"PRIORITY\":\"6\",\"MESSAGE\":\"hello\\n\"}", STREAM_STDOUT, false, "hello", 5);
	entry_is("{" AT ",\"PRIORITY\":\"3\",\"MESSAGE\":\"hello\\n\",\"other\":[1]}", STREAM_STDERR, false, "hello", 5);
	entry_is("{" AT ",\"PRIORITY\":\"6\",\"MESSAGE\":\"hello\"}", STREAM_STDOUT, false, "hello", 5);
	entry_is("{" AT ",\"PRIORITY\":\"6\",\"MESSAGE\":\"hello\",\"CONTAINER_PARTIAL_MESSAGE\":\"true\"}", STREAM_STDOUT, true, "hello", 5);
	entry_is("{" AT ",\"PRIORITY\":\"6\",\"MESSAGE\":\"hello\",\"IMAGE_NAME\":\"busybox\"}", STREAM_STDOUT, true, "hello", 5);
	entry_is("{" AT ",\"PRIORITY\":\"6\",\"MESSAGE\":\"\\n\"}", STREAM_STDOUT, false, "", 0);
	entry_is("{" AT ",\"PRIORITY\":\"6\",\"MESSAGE\":[98,0,1,255,120,10]}", STREAM_STDOUT, false, "b\0\1\xffx", 5);
	entry_is("{" AT ",\"PRIORITY\":\"6\",\"MESSAGE\":[]}", STREAM_STDOUT, false, "", 0);
	entry_is("{" AT ",\"PRIORITY\":\"6\",\"MESSAGE\":\"<3>\\u00fc\\ttab\\r\\n\"}", STREAM_STDOUT, false, "<3>ü\ttab\r", 10);
}
END_TEST

START_TEST(what_is_no_entry_is_refused)
{
	static const char *const lines[] = {
		"", "garbage", "[]", "{}", "{\"MESSAGE\":\"a\\n\"}", "{\"__REALTIME_TIMESTAMP\":\"x\",\"MESSAGE\":\"a\"}",
		"{\"__REALTIME_TIMESTAMP\":\"-1\",\"MESSAGE\":\"a\"}", "{\"__REALTIME_TIMESTAMP\":\"99999999999999999999\",\"MESSAGE\":\"a\"}",
		"{" AT ",\"MESSAGE\":\"two\\nlines\\n\"}", "{" AT ",\"MESSAGE\":[256]}", "{" AT ",\"MESSAGE\":[-1]}",
		"{" AT ",\"MESSAGE\":\"a\"} {" AT ",\"MESSAGE\":\"b\"}", "{" AT ",\"MESSAGE\":\"a",
	};
	struct record record;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		ck_assert_msg(!journald_record(lines[i], strlen(lines[i]), &bytes, &record), "%s", lines[i]);
}
END_TEST

static int count(void *nr, const struct record *record, struct error *err UNUSED)
{
	ck_assert_uint_eq(record->len, 5);
	++*(int *)nr;
	return 0;
}

START_TEST(in_pieces_of_any_size)
{
	static const char text[] = "{" AT ",\"MESSAGE\":\"hello\\n\"}\n{" AT ",\"MESSAGE\":\"hallo\\n\"}\n";
	for (size_t piece = 1; piece < sizeof text; piece++) {
		struct framer framer;
		struct error err;
		int nr = 0;
		framer_init(&framer, WINDOW_JOURNAL, count, &nr);
		for (size_t at = 0; at < sizeof text - 1; at += piece) {
			size_t left = sizeof text - 1 - at;
			ck_assert_int_eq(framer_feed(&framer, STREAM_STDOUT, text + at, left < piece ? left : piece, &err), 0);
		}
		ck_assert_int_eq(framer_end(&framer, &err), 0);
		ck_assert_int_eq(nr, 2);
		framer_release(&framer);
	}
}
END_TEST

START_TEST(one_that_breaks_off_is_an_error)
{
	struct framer framer;
	struct error err;
	int nr = 0;
	framer_init(&framer, WINDOW_JOURNAL, count, &nr);
	ck_assert_int_eq(framer_feed(&framer, STREAM_STDOUT, "{\"MESS", 6, &err), 0);
	ck_assert_int_eq(framer_end(&framer, &err), -1);
	ck_assert_int_eq(framer_feed(&framer, STREAM_STDOUT, "AGE\n", 4, &err), -1);
	ck_assert(strstr(err.text, "no entry") != NULL);
	ck_assert_int_eq(framer_feed(&framer, STREAM_STDERR, "Hint", 4, &err), 0);
	ck_assert_str_eq(buf_text(&framer.said), "Hint");
	framer_release(&framer);
}
END_TEST

static Suite *journald_suite(void)
{
	Suite *suite = suite_create("journald");
	TCase *tcase = tcase_create("journald");
	const TTest *const tests[] = { entries_are_records, what_is_no_entry_is_refused, in_pieces_of_any_size, one_that_breaks_off_is_an_error };
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(journald_suite)
