#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logs/framer.h"
#include "scratch.h"
#include "suite.h"

#define T1 "2026-11-22T04:03:59.283805114Z"
#define T2 "2026-11-22T04:04:00.000000001Z"
#define T3 "2026-11-22T05:00:00.123456789Z"
#define T4 "2026-11-23T05:00:00.123456789Z"

/* What a framer gave, as stored lines; and what it took for the CLI's own words. */
struct framed {
	struct framer framer;
	struct buf lines;
	size_t records, fail_at;
};

static int take(void *arg, const struct record *record, struct error *err)
{
	struct framed *framed = arg;
	if (++framed->records == framed->fail_at)
		return error_set(err, ERROR_SYSTEM, "disk full");
	ck_assert_int_eq(record_store(record, &framed->lines), 0);
	return 0;
}

static void start(struct framed *framed, enum window_kind kind)
{
	*framed = (struct framed){ 0 };
	buf_init(&framed->lines, 64u * 1024 * 1024);
	framer_init(&framed->framer, kind, take, framed);
}

static void release(struct framed *framed)
{
	framer_release(&framed->framer);
	buf_release(&framed->lines);
}

static void feed(struct framed *framed, enum stream stream, const char *bytes, size_t len)
{
	struct error err;
	char *exact = xmalloc(len); /* so that reading behind it is seen */
	memcpy(exact, bytes, len);
	ck_assert_msg(framer_feed(&framed->framer, stream, exact, len, &err) == 0, "%s", err.text);
	free(exact);
}

static void end(struct framed *framed)
{
	struct error err;
	ck_assert_msg(framer_end(&framed->framer, &err) == 0, "%s", err.text);
}

/* ---- write by write ---- */

START_TEST(a_write_is_a_record)
{
	static const struct {
		enum stream stream;
		const char *write, *line, *said;
	} rows[] = {
		{ STREAM_STDOUT, T1 " a\n", T1 " stdout F a\n", "" },
		{ STREAM_STDERR, T1 " a\n", T1 " stderr F a\n", "" },
		{ STREAM_STDOUT, T1 " a", T1 " stdout P a\n", "" },
		{ STREAM_STDOUT, T1 " \n", T1 " stdout F \n", "" },
		{ STREAM_STDOUT, T1 " ", T1 " stdout P \n", "" },
		{ STREAM_STDOUT, T1 "  a\n", T1 " stdout F  a\n", "" },
		{ STREAM_STDOUT, T1 " a\r\n", T1 " stdout F a\r\n", "" },
		{ STREAM_STDOUT, "2026-11-22T04:03:59Z a\n", "2026-11-22T04:03:59.000000000Z stdout F a\n", "" },
		{ STREAM_STDOUT, "2026-11-22T04:03:59.5Z a\n", "2026-11-22T04:03:59.500000000Z stdout F a\n", "" },
		{ STREAM_STDOUT, "2026-11-22T05:03:59.5+01:00 a\n", "2026-11-22T04:03:59.500000000Z stdout F a\n", "" },
		{ STREAM_STDOUT, T1 " " T2 " a\n", T1 " stdout F " T2 " a\n", "" },
		{ STREAM_STDOUT, T1 " a" T1 " b\n", T1 " stdout F a" T1 " b\n", "" },
		{ STREAM_STDERR, "Error response from daemon: no\n", "", "Error response from daemon: no\n" },
		{ STREAM_STDERR, T1 "\n", "", T1 "\n" },
		{ STREAM_STDERR, T1, "", T1 },
		{ STREAM_STDERR, T1 "x\n", "", T1 "x\n" },
		{ STREAM_STDERR, "2026-11-22 04:03:59.283805114Z a\n", "", "2026-11-22 04:03:59.283805114Z a\n" },
		{ STREAM_STDERR, " " T1 " a\n", "", " " T1 " a\n" },
		{ STREAM_STDERR, "\n", "", "\n" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct framed framed;
		start(&framed, WINDOW_WRITES);
		feed(&framed, rows[i].stream, rows[i].write, strlen(rows[i].write));
		end(&framed);
		ck_assert_str_eq(buf_text(&framed.lines), rows[i].line);
		ck_assert_str_eq(buf_text(&framed.framer.said), rows[i].said);
		release(&framed);
	}
}
END_TEST

START_TEST(any_bytes_are_kept)
{
	struct framed framed;
	char write[31 + 257] = T1 " ";
	for (int i = 0; i < 256; i++)
		write[31 + i] = (char)(i == '\n' ? 0 : i);
	write[31 + 256] = '\n';
	start(&framed, WINDOW_WRITES);
	feed(&framed, STREAM_STDOUT, write, sizeof write);
	ck_assert_uint_eq(framed.lines.len, RECORD_HEAD_LEN + 257);
	ck_assert_int_eq(memcmp(framed.lines.bytes + RECORD_HEAD_LEN, write + 31, 257), 0);
	release(&framed);
}
END_TEST

START_TEST(parts_of_a_line_stay_parts)
{
	struct framed framed;
	char *write = xmalloc(40000);
	SCOPED(buf_release) struct buf should = BUF_INIT(100000);
	static const size_t parts[] = { 16384, 16384, 7233 };

	start(&framed, WINDOW_WRITES);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		bool last = i + 1 == ARRAY_LEN(parts);
		memset(write, 'x', 40000);
		memcpy(write, T1 " ", 31);
		write[31 + parts[i]] = '\n';
		feed(&framed, STREAM_STDERR, write, 31 + parts[i] + last);
		write[31 + parts[i]] = '\0';
		buf_printf(&should, T1 " stderr %c %s\n", last ? 'F' : 'P', write + 31);
	}
	end(&framed);
	same_bytes(&framed.lines, should.bytes, should.len);
	release(&framed);
	free(write);
}
END_TEST

START_TEST(several_records_in_a_write_are_an_error)
{
	static const char write[] = T1 " a\n" T2 " b\n";
	struct framed framed;
	struct error err;
	start(&framed, WINDOW_WRITES);
	ck_assert_int_eq(framer_feed(&framed.framer, STREAM_STDOUT, write, strlen(write), &err), -1);
	ck_assert_int_eq(err.kind, ERROR_RUNTIME);
	ck_assert_uint_eq(framed.records, 0);
	release(&framed);
}
END_TEST

START_TEST(the_cli_cannot_talk_for_ever)
{
	struct framed framed;
	start(&framed, WINDOW_WRITES);
	for (int i = 0; i < 10000; i++)
		feed(&framed, STREAM_STDERR, "Error: no\n", 10);
	ck_assert_uint_eq(framed.framer.said.len, 4096);
	ck_assert_int_eq(strncmp(buf_text(&framed.framer.said), "Error: no\nError: no\n", 20), 0);
	release(&framed);
}
END_TEST

/* ---- a terminal's raw text ---- */

static const struct {
	const char *text, *lines, *said;
} raw_rows[] = {
	{ "", "", "" },
	{ T1 " a\r\n", T1 " stdout F a\r\n", "" },
	{ T1 " a\n" T2 " b\n", T1 " stdout F a\n" T2 " stdout F b\n", "" },
	{ T1 " a\n" T2 " b", T1 " stdout F a\n" T2 " stdout P b\n", "" },
	{ T1 " \n" T2 " ", T1 " stdout F \n" T2 " stdout P \n", "" },
	{ T1 " a\n" T1 " a\n" T1 " a\n", T1 " stdout F a\n" T1 " stdout F a\n" T1 " stdout F a\n", "" },
	/* Times that go back from line to line. */
	{ T2 " a\n" T1 " b\n", T2 " stdout F a\n" T1 " stdout F b\n", "" },
	/* The last line of a run without a newline, and the next run; any number of runs. */
	{ T1 " $ " T2 " $ ", T1 " stdout P $ \n" T2 " stdout P $ \n", "" },
	{ T1 " $ " T2 " $ " T3 " $ " T4 " $ x\n",
	  T1 " stdout P $ \n" T2 " stdout P $ \n" T3 " stdout P $ \n" T4 " stdout F $ x\n", "" },
	{ T1 " a\n" T2 " TTT" T3 " b\n", T1 " stdout F a\n" T2 " stdout P TTT\n" T3 " stdout F b\n", "" },
	{ T1 " " T2 " b\n", T1 " stdout P \n" T2 " stdout F b\n", "" },
	/* What the program printed is not later than its line, has other digits, or nothing behind it. */
	{ T2 " at " T1 " ok\n", T2 " stdout F at " T1 " ok\n", "" },
	{ T2 " at " T2 " ok\n", T2 " stdout F at " T2 " ok\n", "" },
	{ T1 " 2099-01-01T00:00:00Z ok\n", T1 " stdout F 2099-01-01T00:00:00Z ok\n", "" },
	{ T1 " 2099-01-01T00:00:00.123Z ok\n", T1 " stdout F 2099-01-01T00:00:00.123Z ok\n", "" },
	{ T1 " 2099-01-01T00:00:00.1234+00:00 ok\n", T1 " stdout F 2099-01-01T00:00:00.1234+00:00 ok\n", "" },
	{ T1 " due=2099-01-01T00:00:00.123456789Z;\n", T1 " stdout F due=2099-01-01T00:00:00.123456789Z;\n", "" },
	{ T1 " due=2099-01-01T00:00:00.123456789Z\n", T1 " stdout F due=2099-01-01T00:00:00.123456789Z\n", "" },
	{ T1 " 2099-01-01 00:00:00.123456789Z ok\n", T1 " stdout F 2099-01-01 00:00:00.123456789Z ok\n", "" },
	{ T1 " T T TTTTTTTTTTTTTTTT T:T:T.TZ\n", T1 " stdout F T T TTTTTTTTTTTTTTTT T:T:T.TZ\n", "" },
	/* The CLI's own words. */
	{ "no\n", "", "no\n" },
	{ "no", "", "no" },
	{ T1 " a\nno\n" T2 " b\n", T1 " stdout F a\n" T2 " stdout F b\n", "no\n" },
	{ "\n\n" T1 " a\n", T1 " stdout F a\n", "\n\n" },
};

static void check_raw(size_t row, const size_t *cuts, size_t nr)
{
	const char *text = raw_rows[row].text;
	struct framed framed;
	size_t at = 0;
	start(&framed, WINDOW_TERMINAL);
	for (size_t i = 0; i < nr; i++) {
		if (cuts[i] > at)
			feed(&framed, STREAM_STDOUT, text + at, cuts[i] - at);
		at = cuts[i];
	}
	if (strlen(text) > at)
		feed(&framed, STREAM_STDOUT, text + at, strlen(text) - at);
	end(&framed);
	ck_assert_str_eq(buf_text(&framed.lines), raw_rows[row].lines);
	ck_assert_str_eq(buf_text(&framed.framer.said), raw_rows[row].said);
	release(&framed);
}

START_TEST(raw_text_is_cut_into_records)
{
	for (size_t row = 0; row < ARRAY_LEN(raw_rows); row++)
		check_raw(row, NULL, 0);
}
END_TEST

START_TEST(raw_text_in_any_two_pieces_gives_the_same)
{
	for (size_t row = 0; row < ARRAY_LEN(raw_rows); row++)
		for (size_t cut = 0; cut <= strlen(raw_rows[row].text); cut++)
			check_raw(row, &cut, 1);
}
END_TEST

START_TEST(raw_text_in_any_three_pieces_gives_the_same)
{
	for (size_t row = 0; row < ARRAY_LEN(raw_rows); row++)
		for (size_t first = 0; first <= strlen(raw_rows[row].text); first++)
			for (size_t second = first; second <= strlen(raw_rows[row].text); second += 1 + second / 7)
				check_raw(row, (size_t[]){ first, second }, 2);
}
END_TEST

START_TEST(raw_text_byte_by_byte_gives_the_same)
{
	for (size_t row = 0; row < ARRAY_LEN(raw_rows); row++) {
		size_t cuts[512], nr = strlen(raw_rows[row].text);
		for (size_t i = 0; i < nr; i++)
			cuts[i] = i;
		check_raw(row, cuts, nr);
	}
}
END_TEST

/* A line of `len` bytes as docker's CLI prints it of a terminal: the time again after each 16,384 bytes. */
static void add_long_line(struct buf *raw, struct buf *lines, const char *at, size_t len, bool newline, char filler)
{
	char *part = xmalloc(FRAMER_PART);
	do {
		size_t now = len < FRAMER_PART ? len : FRAMER_PART;
		bool last = now == len;
		memset(part, filler, now);
		buf_printf(raw, "%s %.*s%s", at, (int)now, part, last && newline ? "\n" : "");
		buf_printf(lines, "%s stdout %c %.*s\n", at, last && newline ? 'F' : 'P', (int)now, part);
		len -= now;
	} while (len > 0);
	free(part);
}

START_TEST(raw_long_lines_are_cut_where_the_time_is_repeated)
{
	static const size_t lens[] = { 1, 16383, 16384, 16385, 32767, 32768, 32769, 40001, 200000 };
	random_start(random_seed());
	for (unsigned i = 0; i < random_tries(300); i++) {
		SCOPED(buf_release) struct buf raw = BUF_INIT(4000000), lines = BUF_INIT(4000000);
		struct framed framed;
		add_long_line(&raw, &lines, T1, lens[random_below(ARRAY_LEN(lens))], random_below(2),
			      random_below(2) ? 'x' : 'T');
		add_long_line(&raw, &lines, T2, lens[random_below(ARRAY_LEN(lens))], random_below(2), 'y');
		add_long_line(&raw, &lines, T3, lens[random_below(ARRAY_LEN(lens))], random_below(2), '9');
		start(&framed, WINDOW_TERMINAL);
		for (size_t at = 0; at < raw.len;) {
			size_t piece = 1 + random_below(random_below(3) ? 32768 : 40);
			piece = piece < raw.len - at ? piece : raw.len - at;
			feed(&framed, STREAM_STDOUT, raw.bytes + at, piece);
			at += piece;
		}
		end(&framed);
		same_bytes(&framed.lines, lines.bytes, lines.len);
		ck_assert_uint_eq(framed.framer.said.len, 0);
		release(&framed);
	}
}
END_TEST

/* A part is no shorter than 16,384 bytes: the line's own time in its text is text. */
START_TEST(the_own_time_inside_a_short_part_is_text)
{
	SCOPED(buf_release) struct buf raw = BUF_INIT(100000), lines = BUF_INIT(100000);
	struct framed framed;
	char filler[FRAMER_PART];
	memset(filler, 'x', sizeof filler);
	buf_printf(&raw, T1 " %.*s" T1 " y\n", FRAMER_PART - 1, filler);
	buf_printf(&lines, T1 " stdout F %.*s" T1 " y\n", FRAMER_PART - 1, filler);
	start(&framed, WINDOW_TERMINAL);
	feed(&framed, STREAM_STDOUT, raw.bytes, raw.len);
	end(&framed);
	same_bytes(&framed.lines, lines.bytes, lines.len);
	release(&framed);
}
END_TEST

START_TEST(of_a_terminal_stderr_is_the_cli)
{
	struct framed framed;
	start(&framed, WINDOW_TERMINAL);
	feed(&framed, STREAM_STDERR, T1 " Error: no\n", 42);
	end(&framed);
	ck_assert_uint_eq(framed.records, 0);
	ck_assert_str_eq(buf_text(&framed.framer.said), T1 " Error: no\n");
	release(&framed);
}
END_TEST

/* A reply that broke off: what is unfinished is not taken for a record. */
START_TEST(without_an_end_the_unfinished_is_nothing)
{
	struct framed framed;
	start(&framed, WINDOW_TERMINAL);
	feed(&framed, STREAM_STDOUT, T1 " a\n" T2 " b", 65);
	ck_assert_str_eq(buf_text(&framed.lines), T1 " stdout F a\n");
	release(&framed);
}
END_TEST

START_TEST(an_endless_raw_line_is_an_error)
{
	struct framed framed;
	struct error err;
	char chunk[65536];
	int failed = 0;
	size_t fed = 0;
	memset(chunk, 'x', sizeof chunk);
	memcpy(chunk, T1 " ", 31);
	start(&framed, WINDOW_TERMINAL);
	for (; fed < 16u * 1024 * 1024 && !failed; fed += sizeof chunk) {
		failed = framer_feed(&framed.framer, STREAM_STDOUT, chunk, sizeof chunk, &err);
		memset(chunk, 'x', 31);
	}
	ck_assert_int_eq(failed, -1);
	ck_assert_int_eq(err.kind, ERROR_RUNTIME);
	ck_assert_uint_le(fed, 3u * FRAMER_RECORD_MAX);
	release(&framed);
}
END_TEST

START_TEST(the_takers_error_ends_it)
{
	struct framed framed;
	struct error err = { 0 };
	start(&framed, WINDOW_TERMINAL);
	framed.fail_at = 2;
	ck_assert_int_eq(framer_feed(&framed.framer, STREAM_STDOUT, T1 " a\n" T2 " b\n" T3 " c\n", 99, &err), -1);
	ck_assert_str_eq(err.text, "disk full");
	ck_assert_uint_eq(framed.records, 2);
	release(&framed);
	start(&framed, WINDOW_WRITES);
	framed.fail_at = 1;
	ck_assert_int_eq(framer_feed(&framed.framer, STREAM_STDOUT, T1 " a\n", 33, &err), -1);
	release(&framed);
}
END_TEST

static Suite *framer_suite(void)
{
	Suite *suite = suite_create("framer");
	TCase *tcase = tcase_create("framer");
	const TTest *const tests[] = {
		a_write_is_a_record,
		any_bytes_are_kept,
		parts_of_a_line_stay_parts,
		several_records_in_a_write_are_an_error,
		the_cli_cannot_talk_for_ever,
		raw_text_is_cut_into_records,
		raw_text_in_any_two_pieces_gives_the_same,
		raw_text_in_any_three_pieces_gives_the_same,
		raw_text_byte_by_byte_gives_the_same,
		raw_long_lines_are_cut_where_the_time_is_repeated,
		the_own_time_inside_a_short_part_is_text,
		of_a_terminal_stderr_is_the_cli,
		without_an_end_the_unfinished_is_nothing,
		an_endless_raw_line_is_an_error,
		the_takers_error_ends_it,
	};
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_set_timeout(tcase, 30);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(framer_suite)
