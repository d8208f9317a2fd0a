#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logs/record.h"
#include "scratch.h"
#include "suite.h"

#define LINE "2026-11-22T04:03:59.283805114Z stdout F line 8"
#define AT INT64_C(1795320239283805114)

static void assert_same(const struct record *is, const struct record *should)
{
	ck_assert_int_eq(is->at, should->at);
	ck_assert_int_eq(is->stream, should->stream);
	ck_assert_int_eq(is->partial, should->partial);
	ck_assert_uint_eq(is->len, should->len);
	ck_assert_int_eq(memcmp(is->bytes, should->bytes, is->len), 0);
}

START_TEST(the_line_is_the_format_others_read)
{
	static const struct {
		struct record record;
		const char *line;
	} rows[] = {
		{ { AT, STREAM_STDOUT, false, "line 8", 6 }, LINE "\n" },
		{ { AT, STREAM_STDERR, false, "line 8", 6 }, "2026-11-22T04:03:59.283805114Z stderr F line 8\n" },
		{ { AT, STREAM_STDOUT, true, "line 8", 6 }, "2026-11-22T04:03:59.283805114Z stdout P line 8\n" },
		{ { AT, STREAM_STDOUT, false, "", 0 }, "2026-11-22T04:03:59.283805114Z stdout F \n" },
		{ { 1, STREAM_STDERR, true, " ", 1 }, "1970-01-01T00:00:00.000000001Z stderr P  \n" },
		{ { INT64_MAX, STREAM_STDOUT, false, "z", 1 }, "2262-04-11T23:47:16.854775807Z stdout F z\n" },
		{ { -1, STREAM_STDOUT, false, "z", 1 }, "1969-12-31T23:59:59.999999999Z stdout F z\n" },
	};
	ck_assert_uint_eq(RECORD_HEAD_LEN, strlen(LINE) - strlen("line 8"));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCOPED(buf_release) struct buf out = BUF_INIT(1000);
		struct record back;
		ck_assert_int_eq(record_store(&rows[i].record, &out), 0);
		ck_assert_str_eq(buf_text(&out), rows[i].line);
		ck_assert(record_load(out.bytes, out.len - 1, &back));
		assert_same(&back, &rows[i].record);
	}
}
END_TEST

START_TEST(any_bytes_come_back)
{
	char bytes[600];
	random_start(random_seed());
	for (unsigned i = 0; i < random_tries(40000); i++) {
		SCOPED(buf_release) struct buf out = BUF_INIT(1000);
		struct record record, back;
		size_t len = random_below(random_below(8) ? 40 : sizeof bytes);
		for (size_t b = 0; b < len; b++) {
			bytes[b] = (char)random_next();
			bytes[b] = bytes[b] == '\n' ? '\0' : bytes[b];
		}
		record =
			(struct record){ (moment)(random_next() << 16 ^ random_next()),
					 random_below(2) ? STREAM_STDOUT : STREAM_STDERR, random_below(2), bytes, len };
		ck_assert_int_eq(record_store(&record, &out), 0);
		ck_assert_uint_eq(out.len, RECORD_HEAD_LEN + len + 1);
		ck_assert_ptr_eq(memchr(out.bytes, '\n', out.len), out.bytes + out.len - 1);
		ck_assert(record_load(out.bytes, out.len - 1, &back));
		assert_same(&back, &record);
		ck_assert_uint_eq(record_digest(&back), record_digest(&record));
	}
}
END_TEST

START_TEST(at_the_ceiling_nothing_is_added)
{
	struct record record = { AT, STREAM_STDOUT, false, "line 8", 6 };
	for (size_t limit = 0; limit < strlen("before") + strlen(LINE) + 1; limit++) {
		SCOPED(buf_release) struct buf out = BUF_INIT(limit);
		size_t before = buf_add_text(&out, "before") == 0 ? 6 : 0;
		ck_assert_int_eq(record_store(&record, &out), -1);
		ck_assert_uint_eq(out.len, before);
	}
}
END_TEST

START_TEST(every_prefix_of_a_head_is_refused)
{
	struct record record;
	for (size_t len = 0; len <= strlen(LINE); len++) {
		char *exact = xmalloc(len + 1); /* so that reading behind it is seen */
		memcpy(exact, LINE, len);
		exact = xrealloc(exact, len ? len : 1);
		ck_assert_msg(record_load(exact, len, &record) == (len >= RECORD_HEAD_LEN), "%zu bytes", len);
		free(exact);
	}
}
END_TEST

START_TEST(malformed_heads_are_refused)
{
	static const char *const lines[] = {
		"",
		" ",
		" 2026-11-22T04:03:59.283805114Z stdout F x",
		"2026-11-22T04:03:59.283805114Z  stdout F x",
		"2026-11-22T04:03:59.283805114Z\tstdout F x",
		"2026-11-22T04:03:59.283805114Z stdout  F x",
		"2026-11-22T04:03:59.283805114Z stdout FP x",
		"2026-11-22T04:03:59.283805114Z stdout FPx x",
		"2026-11-22T04:03:59.283805114Z stdout f x",
		"2026-11-22T04:03:59.283805114Z stdout X x",
		"2026-11-22T04:03:59.283805114Z stdout F",
		"2026-11-22T04:03:59.283805114Z stdout Fx",
		"2026-11-22T04:03:59.283805114Z stdout F\tx",
		"2026-11-22T04:03:59.283805114Z stdin_ F x",
		"2026-11-22T04:03:59.283805114Z STDOUT F x",
		"2026-11-22T04:03:59.283805114Z stdou F xx",
		"2026-11-22T04:03:59.283805114Z stdoutt F x",
		"2026-11-22T04:03:59.28380511Z stdout F xx",
		"2026-11-22T04:03:59.2838051145Z stdout F x",
		"2026-11-22T04:03:59Z stdout F xxxxxxxxxxxx",
		"2026-11-22T04:03:59,283805114Z stdout F x",
		"2026-11-22T04:03:59.283805114z stdout F x",
		"2026-11-22T04:03:60.283805114Z stdout F x",
		"2026-11-22T24:03:59.283805114Z stdout F x",
		"2026-11-22T04:60:59.283805114Z stdout F x",
		"2026-11-32T04:03:59.283805114Z stdout F x",
		"2026-02-29T04:03:59.283805114Z stdout F x",
		"2026-13-22T04:03:59.283805114Z stdout F x",
		"2026-00-22T04:03:59.283805114Z stdout F x",
		"2026-11-00T04:03:59.283805114Z stdout F x",
		"0000-11-22T04:03:59.283805114Z stdout F x",
		"+026-11-22T04:03:59.283805114Z stdout F x",
		"2026/11/22T04:03:59.283805114Z stdout F x",
		"2026-11-22_04:03:59.283805114Z stdout F x",
		"2026-11-22 04:03:59.283805114Z stdout F x",
		"2026-11-22T04:03:59.2838+00:00 stdout F x",
		"2026-11-22T04:03:59.2838-01:00 stdout F x",
		"{\"log\":\"x\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-22T04:03:59.283805114Z\"}",
	};
	struct record record;
	ck_assert(record_load(LINE, strlen(LINE), &record));
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		ck_assert_msg(!record_load(lines[i], strlen(lines[i]), &record), "'%s'", lines[i]);
}
END_TEST

/* A head with any one byte changed is refused, or is another record: never the same. */
START_TEST(no_byte_of_a_head_is_idle)
{
	struct record should, is;
	ck_assert(record_load(LINE, strlen(LINE), &should));
	for (size_t at = 0; at < RECORD_HEAD_LEN; at++) {
		for (int byte = 0; byte < 256; byte++) {
			char line[sizeof LINE] = LINE;
			line[at] = (char)byte;
			if (LINE[at] == (char)byte || !record_load(line, strlen(LINE), &is))
				continue;
			ck_assert_msg(is.at != should.at || is.stream != should.stream || is.partial != should.partial,
				      "byte %zu: %02x", at, byte);
			ck_assert_msg(record_digest(&is) != record_digest(&should), "byte %zu: %02x", at, byte);
		}
	}
}
END_TEST

START_TEST(random_bytes_are_survived)
{
	char line[80];
	random_start(random_seed());
	for (unsigned i = 0; i < random_tries(150000); i++) {
		struct record record;
		size_t len = random_below(sizeof line);
		for (size_t b = 0; b < len; b++)
			line[b] = random_below(12) && b < sizeof LINE ? LINE[b] : (char)random_next();
		if (record_load(line, len, &record)) {
			ck_assert_ptr_eq(record.bytes, line + RECORD_HEAD_LEN);
			ck_assert_uint_eq(record.len, len - RECORD_HEAD_LEN);
		}
	}
}
END_TEST

/* Time, stream, bytes and end all count. */
START_TEST(digests_differ)
{
	const struct record one = { AT, STREAM_STDOUT, false, "ab\0c", 4 };
	struct record other;
	ck_assert_uint_eq(record_digest(&one), record_digest(&(struct record){ AT, STREAM_STDOUT, false, "ab\0c", 4 }));
	other = one, other.at++;
	ck_assert_uint_ne(record_digest(&one), record_digest(&other));
	other = one, other.stream = STREAM_STDERR;
	ck_assert_uint_ne(record_digest(&one), record_digest(&other));
	other = one, other.partial = true;
	ck_assert_uint_ne(record_digest(&one), record_digest(&other));
	other = one, other.len = 3;
	ck_assert_uint_ne(record_digest(&one), record_digest(&other));
	other = one, other.bytes = "ab\0d";
	ck_assert_uint_ne(record_digest(&one), record_digest(&other));
}
END_TEST

static Suite *record_suite(void)
{
	Suite *suite = suite_create("record");
	TCase *tcase = tcase_create("record");
	tcase_add_test(tcase, the_line_is_the_format_others_read);
	tcase_add_test(tcase, any_bytes_come_back);
	tcase_add_test(tcase, at_the_ceiling_nothing_is_added);
	tcase_add_test(tcase, every_prefix_of_a_head_is_refused);
	tcase_add_test(tcase, malformed_heads_are_refused);
	tcase_add_test(tcase, no_byte_of_a_head_is_idle);
	tcase_add_test(tcase, random_bytes_are_survived);
	tcase_add_test(tcase, digests_differ);
	tcase_set_timeout(tcase, 30);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(record_suite)
