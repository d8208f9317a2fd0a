#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "logs/jsonfile.h"
#include "scratch.h"
#include "suite.h"

#define TIME "2026-11-22T04:03:59.283805114Z"
#define AT INT64_C(1795320239283805114)
#define LINE(log) "{\"log\":\"" log "\",\"stream\":\"stdout\",\"time\":\"" TIME "\"}"
#define REPLACED "\xEF\xBF\xBD"

static struct buf text;
static struct record record;

static void setup(void)
{
	buf_init(&text, 3 * JSONFILE_LINE_MAX);
}

static void teardown(void)
{
	buf_release(&text);
}

/* From memory that ends where the line does, so that a sanitizer sees who reads on. */
static bool decode(const char *line, size_t len)
{
	static char *copy;
	free(copy);
	copy = xmalloc(len);
	memcpy(copy, line, len);
	return jsonfile_record(copy, len, &text, &record);
}

#define DECODE(line) decode(line, sizeof(line) - 1)

static void record_must_be(const char *line, size_t line_len, const char *bytes, size_t len, bool partial)
{
	record = (struct record){ 0 };
	ck_assert_msg(decode(line, line_len), "%.*s is refused", (int)line_len, line);
	ck_assert_int_eq(record.at, AT);
	ck_assert_int_eq(record.stream, STREAM_STDOUT);
	ck_assert_msg(record.len == len && !memcmp(record.bytes, bytes, len), "%.*s gives '%.*s'", (int)line_len, line,
		      (int)record.len, record.bytes);
	ck_assert_msg(record.partial == partial, "%.*s is %spartial", (int)line_len, line,
		      record.partial ? "" : "not ");
}

#define MUST_BE(line, bytes, partial) record_must_be(line, sizeof(line) - 1, bytes, sizeof(bytes) - 1, partial)

START_TEST(lines_of_docker)
{
	MUST_BE(LINE("line 8\\n"), "line 8", false);
	MUST_BE(LINE("a part"), "a part", true);
	MUST_BE(LINE("\\n"), "", false);
	MUST_BE(LINE(""), "", true);
	MUST_BE(LINE("\\r\\n"), "\r", false);
	MUST_BE(LINE("\\u001b[1m\\u0026\\u003c\\u003e \\\"a\\\" \\\\n \\u2028\\n"), "\x1b[1m&<> \"a\" \\n \xE2\x80\xA8",
		false);
	MUST_BE(LINE("a\\u0000b\\n"), "a\0b", false);
	MUST_BE(LINE("\\ufffd\\n"), REPLACED, false);
	MUST_BE(LINE("\x7F\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\\n"), "\x7F\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80", false);
	MUST_BE("{\"stream\":\"stdout\",\"time\":\"" TIME "\"}", "", true); /* as docker writes an empty one */
}
END_TEST

START_TEST(streams)
{
	ck_assert(DECODE("{\"log\":\"e\\n\",\"stream\":\"stderr\",\"time\":\"" TIME "\"}"));
	ck_assert_int_eq(record.stream, STREAM_STDERR);
	ck_assert(!DECODE("{\"log\":\"e\\n\",\"stream\":\"stdin\",\"time\":\"" TIME "\"}"));
	ck_assert(!DECODE("{\"log\":\"e\\n\",\"stream\":\"\",\"time\":\"" TIME "\"}"));
	ck_assert(!DECODE("{\"log\":\"e\\n\",\"stream\":\"stdout\\n\",\"time\":\"" TIME "\"}"));
	ck_assert(!DECODE("{\"log\":\"e\\n\",\"stream\":1,\"time\":\"" TIME "\"}"));
	ck_assert(!DECODE("{\"log\":\"e\\n\",\"time\":\"" TIME "\"}"));
}
END_TEST

START_TEST(times)
{
	static const struct {
		const char *text;
		moment at;
	} good[] = {
		{ "1970-01-01T00:00:01Z", MOMENT_SECOND },        { "1970-01-01T00:00:01.5Z", 1500000000 },
		{ "1970-01-01T00:00:01.000000001Z", 1000000001 }, { "1970-01-01T01:00:01.25+01:00", 1250000000 },
		{ "1969-12-31T23:59:59.999999999Z", -1 },         { "0001-01-01T00:00:00Z", 0 },
	};
	static const char *const bad[] = { "",
					   "1970",
					   "1970-01-01 00:00:01Z",
					   "1970-01-01T00:00:01",
					   "1970-01-01T00:00:01Zz",
					   "1970-13-01T00:00:01Z",
					   "1970-01-01T00:00:01.Z",
					   "\\u0031970-01-01T00:00:01Z" };
	char line[200];
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		int len = snprintf(line, sizeof line, "{\"log\":\"\\n\",\"stream\":\"stdout\",\"time\":\"%s\"}",
				   good[i].text);
		ck_assert_msg(decode(line, (size_t)len), "%s", line);
		ck_assert_int_eq(record.at, good[i].at);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int len =
			snprintf(line, sizeof line, "{\"log\":\"\\n\",\"stream\":\"stdout\",\"time\":\"%s\"}", bad[i]);
		ck_assert_msg(!decode(line, (size_t)len), "%s", line);
	}
	ck_assert(!DECODE("{\"log\":\"e\\n\",\"stream\":\"stdout\"}"));
	ck_assert(!DECODE("{\"log\":\"e\\n\",\"stream\":\"stdout\",\"time\":1}"));
}
END_TEST

START_TEST(other_keys_and_orders)
{
	MUST_BE("{\"time\":\"" TIME "\",\"stream\":\"stdout\",\"log\":\"a\\n\"}", "a", false);
	MUST_BE("{\"log\":\"a\\n\",\"stream\":\"stdout\",\"attrs\":{\"tag\":\"we\\\"b}\",\"log\":\"no\",\"time\":"
		"\"no\"},\"time\":\"" TIME "\"}",
		"a", false);
	MUST_BE("{\"attrs\":{},\"x\":[],\"y\":[1,-2.5e+3,true,null,{\"a\":[false]}],\"log\":\"a\\n\",\"stream\":"
		"\"stdout\",\"time\":\"" TIME "\"}",
		"a", false);
	MUST_BE(" { \"log\" : \"a\\n\" , \"stream\" :\t\"stdout\" , \"time\" : \"" TIME "\" } \r", "a", false);
	MUST_BE("{\"log\":\"\\tb\",\"log\":\"a\\n\",\"stream\":\"stdout\",\"time\":\"" TIME "\"}", "a", false);
}
END_TEST

/* As Go's encoding/json does. */
START_TEST(escapes)
{
	MUST_BE(LINE("\\\"\\\\\\/\\b\\f\\r\\t\\n"), "\"\\/\b\f\r\t", false);
	MUST_BE(LINE("\\u0041\\u00e4\\u20AC\\ud83d\\ude00\\uDBFF\\uDFFF"),
		"A\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\xF4\x8F\xBF\xBF", true);
	MUST_BE(LINE("\\u000a"), "", false);
	MUST_BE(LINE("\\ud800"), REPLACED, true);
	MUST_BE(LINE("\\udc00\\ud83d\\n"), REPLACED REPLACED, false);
	MUST_BE(LINE("\\ud83d\\u0041"), REPLACED "A", true);
	MUST_BE(LINE("\\ud83d\\ud83d\\ude00"), REPLACED "\xF0\x9F\x98\x80", true);
	MUST_BE(LINE("\\ud83d\\n"), REPLACED, false);
}
END_TEST

START_TEST(bytes_that_are_not_utf8)
{
	MUST_BE(LINE("a\xFF\\n"), "a" REPLACED, false);
	MUST_BE(LINE("\x80\xBF"), REPLACED REPLACED, true);
	MUST_BE(LINE("\xC0\x80\xC1\xBF"), REPLACED REPLACED REPLACED REPLACED, true);
	MUST_BE(LINE("\xC3"), REPLACED, true);
	MUST_BE(LINE("\xC3(\xC3\xA4"), REPLACED "(\xC3\xA4", true);
	MUST_BE(LINE("\xE0\x9F\xBF"), REPLACED REPLACED REPLACED, true);
	MUST_BE(LINE("\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80"), "\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80", true);
	MUST_BE(LINE("\xED\xA0\x80"), REPLACED REPLACED REPLACED, true);
	MUST_BE(LINE("\xE2\x82\\n"), REPLACED REPLACED, false);
	MUST_BE(LINE("\xF0\x8F\xBF\xBF"), REPLACED REPLACED REPLACED REPLACED, true);
	MUST_BE(LINE("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"), "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", true);
	MUST_BE(LINE("\xF4\x90\x80\x80\xF5\x80\x80\x80"),
		REPLACED REPLACED REPLACED REPLACED REPLACED REPLACED REPLACED REPLACED, true);
	MUST_BE(LINE("\xF0\x9F\x98"), REPLACED REPLACED REPLACED, true);
}
END_TEST

START_TEST(what_is_no_line)
{
	static const struct {
		const char *line;
		size_t len;
	} rows[] = {
#define ROW(line) { line, sizeof(line) - 1 }
		ROW(""),
		ROW(" "),
		ROW("{"),
		ROW("{}"),
		ROW("[]"),
		ROW("null"),
		ROW("\0\0\0\0\0\0\0\0"),
		ROW("2026-11-22T04:03:59.283805114Z stdout F line 8"),
		ROW(LINE("a\\n") "x"),
		ROW(LINE("a\\n") LINE("a\\n")),
		ROW(LINE("a\\n") "\0"),
		ROW("{\"log\":\"a" LINE("b\\n")), /* torn, and written on */
		ROW("\0\0\0\0" LINE("b\\n")),
		ROW(LINE("a\\nb\\n")),
		ROW(LINE("a\\nb")),
		ROW(LINE("\\n\\n")),
		ROW(LINE("a\\u000Ab\\t")),
		ROW(LINE("a\nb")),
		ROW(LINE("a\\n\n")),
		ROW(LINE("a\tb")),
		ROW(LINE("a\0b")),
		ROW(LINE("\\t\0")),
		ROW(LINE("\\x41")),
		ROW(LINE("\\'")),
		ROW(LINE("\\u00")),
		ROW(LINE("\\u00g0")),
		ROW(LINE("\\ud83d\\u00")),
		ROW("{\"log\":null,\"stream\":\"stdout\",\"time\":\"" TIME "\"}"),
		ROW("{\"log\":[\"a\"],\"stream\":\"stdout\",\"time\":\"" TIME "\"}"),
		ROW("{\"log\" \"a\",\"stream\":\"stdout\",\"time\":\"" TIME "\"}"),
		ROW("{\"log\":\"a\" \"stream\":\"stdout\",\"time\":\"" TIME "\"}"),
		ROW("{\"log\":\"a\",\"stream\":\"stdout\",\"time\":\"" TIME "\",}"),
		ROW("{\"log\":\"a\",\"stream\":\"stdout\",\"time\":\"" TIME "\"]"),
		ROW("{\"a\":{]},\"log\":\"a\",\"stream\":\"stdout\",\"time\":\"" TIME "\"}"),
		ROW("{\"a\":{\"b\"},\"log\":\"a\",\"stream\":\"stdout\",\"time\":\"" TIME "\"}"),
		ROW("{\"a\":[[[[[[[[[[[[1]]]]]]]]]]]],\"log\":\"a\",\"stream\":\"stdout\",\"time\":\"" TIME "\"}"),
		ROW("{\"a\":,\"log\":\"a\",\"stream\":\"stdout\",\"time\":\"" TIME "\"}"),
		ROW("{\"a\":1\",\"log\":\"a\",\"stream\":\"stdout\",\"time\":\"" TIME "\"}"),
#undef ROW
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		ck_assert_msg(!decode(rows[i].line, rows[i].len), "%s is taken", rows[i].line);
}
END_TEST

START_TEST(no_beginning_of_a_line_is_one)
{
	static const char line[] =
		"{\"log\":\"a \\\"b\\\" \\ud83d\\ude00 "
		"\xC3\xA4\\n\",\"stream\":\"stderr\",\"attrs\":{\"tag\":\"\\\"\"},\"time\":\"" TIME "\"}";
	ck_assert(DECODE(line));
	for (size_t len = 0; len < sizeof line - 1; len++)
		ck_assert_msg(!decode(line, len), "%.*s is taken", (int)len, line);
}
END_TEST

START_TEST(plain_text_is_borrowed)
{
	static const char lines[][100] = { LINE("a plain line\\n"), LINE("a part of \xC3\xA4 line") };
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		ck_assert(jsonfile_record(lines[i], strlen(lines[i]), &text, &record));
		ck_assert_ptr_eq(record.bytes, lines[i] + sizeof "{\"log\":\"" - 1);
	}
	ck_assert_uint_eq(text.room, 0);
}
END_TEST

START_TEST(a_ceiling_is_kept)
{
	SCOPED(buf_release) struct buf small = BUF_INIT(10);
	ck_assert(jsonfile_record(LINE("a"), sizeof LINE("a") - 1, &small, &record));
	ck_assert(!jsonfile_record(LINE("a\\tb"), sizeof LINE("a\\tb") - 1, &small, &record));
}
END_TEST

/* As docker's ffjsonWriteJSONBytesAsString (daemon/logger/jsonfilelog/jsonlog/jsonlogbytes.go), for text that is UTF-8. */
static void add_escaped(struct buf *out, const char *bytes, size_t len)
{
	for (const char *at = bytes; at < bytes + len; at++) {
		if (*at == '"' || *at == '\\')
			buf_printf(out, "\\%c", *at);
		else if (*at == '\n' || *at == '\r')
			buf_add_text(out, *at == '\n' ? "\\n" : "\\r");
		else if ((unsigned char)*at < ' ' || *at == '<' || *at == '>' || *at == '&')
			buf_printf(out, "\\u%04x", (unsigned)*at);
		else
			buf_add(out, at, 1);
	}
}

START_TEST(what_docker_writes_comes_back)
{
	static const char *const pieces[] = {
		"a", "\"", "\\", "\r", "\t", "<", "\xC3\xA4", "\xF0\x9F\x98\x80", "a longer piece", "\x7F", "\x1b["
	};
	SCOPED(buf_release) struct buf bytes = BUF_INIT(1u << 16), line = BUF_INIT(1u << 20);
	random_start(random_seed());
	for (unsigned tries = random_tries(20000); tries > 0; tries--) {
		buf_clear(&bytes);
		buf_clear(&line);
		for (unsigned i = random_below(20); i > 0; i--)
			buf_add_text(&bytes, pieces[random_below(ARRAY_LEN(pieces))]);
		bool partial = random_below(2);
		buf_add_text(&line, "{\"log\":\"");
		add_escaped(&line, buf_text(&bytes), bytes.len);
		buf_printf(&line, "%s\",\"stream\":\"stdout\",\"time\":\"" TIME "\"}", partial ? "" : "\\n");
		record_must_be(line.bytes, line.len, buf_text(&bytes), bytes.len, partial);
	}
}
END_TEST

static Suite *jsonfile_suite(void)
{
	Suite *suite = suite_create("jsonfile");
	TCase *tests = tcase_create("jsonfile");
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, lines_of_docker);
	tcase_add_test(tests, streams);
	tcase_add_test(tests, times);
	tcase_add_test(tests, other_keys_and_orders);
	tcase_add_test(tests, escapes);
	tcase_add_test(tests, bytes_that_are_not_utf8);
	tcase_add_test(tests, what_is_no_line);
	tcase_add_test(tests, no_beginning_of_a_line_is_one);
	tcase_add_test(tests, plain_text_is_borrowed);
	tcase_add_test(tests, a_ceiling_is_kept);
	tcase_add_test(tests, what_docker_writes_comes_back);
	suite_add_tcase(suite, tests);
	return suite;
}

SUITE_MAIN(jsonfile_suite)
