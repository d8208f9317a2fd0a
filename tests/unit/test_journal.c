#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diaries.h"
#include "faults.h"
#include "suite.h"

#define TURNS_AT (4 * 1024 * 1024)
#define NOON INT64_C(1795348800123456789)

static struct journal journal;
static struct error err;

static void setup(void)
{
	scratch_make();
	must_open_journal(&journal);
	random_start(random_seed());
}

static void teardown(void)
{
	journal_close(&journal);
	scratch_remove();
}

static struct mark mark_of(enum journal_event event, const char *id, const char *text)
{
	struct mark mark = { .event = event };
	snprintf(mark.id, sizeof mark.id, "%s", id);
	snprintf(mark.text, sizeof mark.text, "%s", text);
	return mark;
}

static void note(const char *text)
{
	struct mark mark = mark_of(JOURNAL_CHANGED, ID_WEB, text);
	journal_note(&journal, &mark);
}

static int commit(const char *text)
{
	struct mark mark = mark_of(JOURNAL_GAP, ID_WEB, text);
	return journal_commit(&journal, &mark, &err);
}

/* The texts of all marks, oldest first, with blanks between. */
static void texts_must_be(const char *should)
{
	char is[4096] = "";
	marks_read(NULL);
	for (size_t i = 0; i < marks_nr; i++)
		snprintf(is + strlen(is), sizeof is - strlen(is), "%s%s", i ? " " : "", marks[i].text);
	ck_assert_str_eq(is, should);
}

static off_t size_of(const char *file)
{
	struct stat st;
	return fstatat(scratch, file, &st, AT_SYMLINK_NOFOLLOW) < 0 ? -1 : st.st_size;
}

static void append(const char *bytes, size_t len)
{
	int fd = openat(scratch, JOURNAL_FILE, O_WRONLY | O_APPEND | O_CLOEXEC);
	ck_assert_uint_eq(fd_write_all(fd, bytes, len), len);
	close(fd);
}

static void open_again(void)
{
	journal_close(&journal);
	must_open_journal(&journal);
}

/* ---- marks ---- */

START_TEST(a_mark_comes_back_as_it_was)
{
	moment before = moment_now();
	for (int event = 0; event <= JOURNAL_ENGINE_OTHER; event++) {
		struct mark mark = mark_of(event, ID_WEB, "why \"it\" is so: \\ \t\n\x01\x7f \xc3\xbc");
		snprintf(mark.name, sizeof mark.name, "web\x1b[31m\r\n{\"event\":\"gap\"}");
		mark.at = NOON;
		mark.from = 1;
		mark.to = INT64_MAX;
		mark.behind = UINT64_MAX - 1;
		mark.code = event == JOURNAL_EXITED ? -137 : 0;
		journal_note(&journal, &mark);
		ck_assert_uint_eq(marks_read(NULL), (size_t)event + 1);
		ck_assert_int_ge(marks[event].time, before);
		ck_assert_int_le(marks[event].time, moment_now());
		mark.time = marks[event].time;
		ck_assert_str_eq(marks[event].name, mark.name);
		ck_assert_str_eq(marks[event].text, mark.text);
		ck_assert_mem_eq(&marks[event], &mark, sizeof mark);
	}
	journal_note(&journal, &(struct mark){ .event = JOURNAL_DISK_WORKS });
	size_t last = marks_read(NULL) - 1;
	marks[last].time = 0;
	ck_assert_mem_eq(&marks[last], (&(struct mark){ .event = JOURNAL_DISK_WORKS }), sizeof marks[last]);
}
END_TEST

START_TEST(bytes_that_are_no_text_do_no_harm)
{
	struct mark mark = mark_of(JOURNAL_CHANGED, ID_WEB, "");
	memset(mark.text, '\xff', sizeof mark.text - 1);
	memset(mark.name, '\x02', sizeof mark.name - 1);
	journal_note(&journal, &mark);
	note("next");
	ck_assert_uint_eq(marks_read(ID_WEB), 2);
	ck_assert_mem_eq(marks[0].name, mark.name, sizeof mark.name);
	size_t len = strlen(marks[0].text);
	ck_assert_uint_eq(len, (sizeof mark.text - 1) / 3 * 3);
	for (size_t i = 0; i < len; i += 3)
		ck_assert_mem_eq(marks[0].text + i, "\xef\xbf\xbd", 3);
	ck_assert_str_eq(marks[1].text, "next");
}
END_TEST

START_TEST(a_text_is_cut_between_characters)
{
	struct buf line = BUF_INIT(4096);
	for (size_t pad = 505; pad < 516; pad++) {
		buf_clear(&line);
		buf_add_text(&line, "{\"event\":\"gap\",\"text\":\"");
		for (size_t i = 0; i < pad; i++)
			buf_add_text(&line, "x");
		buf_add_text(&line, "\xe2\x82\xac\"}\n");
		scratch_write(JOURNAL_FILE, buf_text(&line), line.len);
		ck_assert_uint_eq(marks_read(NULL), 1);
		ck_assert_uint_eq(strlen(marks[0].text), pad + 3 <= 511 ? pad + 3 : pad < 511 ? pad : 511);
	}
	buf_release(&line);
}
END_TEST

START_TEST(marks_of_one_container)
{
	static const char *const ids[] = { ID_WEB, ID_API, "", "0123456789ac" };
	struct mark mark;
	for (size_t i = 0; i < 40; i++) {
		mark = mark_of(JOURNAL_STARTED, ids[i % 4], i % 4 == 1 ? "0123456789ab" : "");
		journal_note(&journal, &mark);
	}
	ck_assert_uint_eq(marks_read(NULL), 40);
	ck_assert_uint_eq(marks_read(ID_WEB), 10);
	ck_assert_uint_eq(marks_read("0123456789ab"), 10);
	ck_assert_uint_eq(marks_read("fedcba987654"), 10);
	ck_assert_uint_eq(marks_read("000000000000"), 0);
}
END_TEST

static int stop_at_second(void *arg, const struct mark *mark UNUSED, struct error *why)
{
	return ++*(int *)arg == 2 ? error_set(why, ERROR_CANCELLED, "enough") : 0;
}

START_TEST(who_reads_may_end_it)
{
	int seen = 0;
	note("a");
	note("b");
	note("c");
	ck_assert_int_eq(renameat(scratch, JOURNAL_FILE, scratch, JOURNAL_TURNED), 0);
	note("d");
	ck_assert_int_eq(journal_each(scratch, NULL, stop_at_second, &seen, &err), -1);
	ck_assert_int_eq(seen, 2);
	ck_assert_str_eq(err.text, "enough");
}
END_TEST

/* ---- what else may stand there ---- */

START_TEST(lines_that_are_none_are_passed_over)
{
	static const char *const lines[] = {
		"",
		"garbage",
		"{",
		"{}",
		"null",
		"\"started\"",
		"{\"event\":3}",
		"{\"event\":\"\"}",
		"{\"event\":\"Started\"}",
		"{\"event\":\"forgotten\",\"text\":\"x\"}",
		"{\"Event\":\"started\"}",
		"{\"event\":\"started\"",
		"{\"event\":\"started\"} {",
		"{\"event\":\"started\",\"text\":\"\xff",
		"{\"text\":\"started\"}",
	};
	note("first");
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		append(lines[i], strlen(lines[i]));
		append("\n", 1);
		texts_must_be("first");
	}
	append("\0\0\n", 3);
	note("last");
	texts_must_be("first last");
}
END_TEST

START_TEST(keys_that_are_unknown_or_of_another_kind_are_left_out)
{
	static const char line[] = "{\"later\":{\"at\":[1]},\"event\":\"gap\",\"id\":7,\"at\":12,\"from\":\"yesterday\","
				   "\"to\":\"1970-01-01T00:00:01Z\","
				   "\"code\":\"3\",\"behind\":\"xyz\",\"text\":null,\"name\":\"web\"}\n";
	append(line, strlen(line));
	ck_assert_uint_eq(marks_read(NULL), 1);
	ck_assert_str_eq(marks[0].id, "");
	ck_assert_str_eq(marks[0].name, "web");
	ck_assert_str_eq(marks[0].text, "");
	ck_assert_int_eq(marks[0].to, MOMENT_SECOND);
	ck_assert(!marks[0].at && !marks[0].from && !marks[0].code && !marks[0].behind);
}
END_TEST

/* One over the ceiling, of any length, with and without a mark in its end, as the last and before others. */
START_TEST(a_line_too_long_is_passed_over)
{
	static const char inside[] = "{\"event\":\"gap\",\"text\":\"inside\"}";
	for (size_t len = 100u * 1024; len < 1100u * 1024; len += 65u * 1024 + 7) {
		char *line = xmalloc(len);
		memset(line, ' ', len);
		memcpy(line + len - strlen(inside) - 1, inside, strlen(inside));
		line[len - 1] = '\n';
		scratch_write(JOURNAL_FILE, "", 0);
		note("before");
		append(line, len);
		texts_must_be("before");
		note("behind");
		note("further");
		texts_must_be("before behind further");
		append(line, len - 1);
		texts_must_be("before behind further");
		free(line);
	}
}
END_TEST

START_TEST(random_bytes_are_survived)
{
	static const char sample[] = "{\"time\":\"2026-11-25T22:10:11.283805114Z\",\"event\":\"exited\","
				     "\"id\":\"" ID_WEB "\",\"code\":3}\n";
	for (unsigned i = 0; i < random_tries(3000); i++) {
		char text[1000];
		size_t len = random_below(sizeof text);
		for (size_t c = 0; c < len; c++)
			text[c] = random_below(60) ? sample[c % (sizeof sample - 1)] : (char)random_next();
		scratch_write(JOURNAL_FILE, text, len);
		size_t all = marks_read(NULL);
		ck_assert_uint_le(all, len / 20);
		ck_assert_uint_le(marks_read(ID_WEB), all);
	}
}
END_TEST

START_TEST(a_torn_end_is_cut_at_every_byte)
{
	SCOPED(buf_release) struct buf whole = BUF_INIT(4096);
	note("a");
	off_t first = size_of(JOURNAL_FILE);
	note("b");
	scratch_read(JOURNAL_FILE, &whole);
	for (size_t len = 0; len < whole.len; len++) {
		scratch_write(JOURNAL_FILE, whole.bytes, len);
		texts_must_be(len < (size_t)first ? "" : "a");
		open_again();
		ck_assert_int_eq(size_of(JOURNAL_FILE), len < (size_t)first ? 0 : first);
		note("c");
		texts_must_be(len < (size_t)first ? "c" : "a c");
	}
}
END_TEST

START_TEST(what_somebody_adds_without_a_newline_spoils_nothing)
{
	note("a");
	append("{\"event\":", 9);
	note("b");
	append("torn", 4);
	ck_assert_int_eq(commit("c"), 0);
	texts_must_be("a b c");
	scratch_write(JOURNAL_FILE, "", 0);
	note("d");
	texts_must_be("d");
}
END_TEST

START_TEST(taken_away_it_begins_anew)
{
	note("a");
	ck_assert_int_eq(unlinkat(scratch, JOURNAL_FILE, 0), 0);
	texts_must_be("");
	note("b");
	texts_must_be("b");
	ck_assert_int_eq(renameat(scratch, JOURNAL_FILE, scratch, "kept"), 0);
	scratch_write(JOURNAL_FILE, "torn", 4);
	ck_assert_int_eq(commit("c"), 0);
	texts_must_be("c");
}
END_TEST

START_TEST(only_a_regular_file_of_its_owner)
{
	struct journal other;
	struct stat st;
	ck_assert_int_eq(fstatat(scratch, JOURNAL_FILE, &st, 0), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(fcntl(journal.fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	scratch_write("target", "torn", 4);
	for (int kind = 0; kind < 3; kind++) {
		unlinkat(scratch, JOURNAL_FILE, 0);
		int made = kind == 0   ? symlinkat("target", scratch, JOURNAL_FILE)
			   : kind == 1 ? mkfifoat(scratch, JOURNAL_FILE, 0600)
				       : mkdirat(scratch, JOURNAL_FILE, 0700);
		ck_assert_int_eq(made, 0);
		ck_assert_int_eq(journal_open(&other, scratch, &err), -1);
		ck_assert_int_eq(err.kind, ERROR_SYSTEM);
		ck_assert_int_eq(other.fd, -1);
		journal_note(&other, &(struct mark){ .event = JOURNAL_DISK_WORKS });
		ck_assert_int_eq(journal_commit(&other, &(struct mark){ .event = JOURNAL_GAP }, &err), -1);
		journal_close(&other);
		ck_assert_int_eq(journal_each(scratch, NULL, take_mark, NULL, &err), -1);
		note("waits");
	}
	ck_assert_int_eq(size_of("target"), 4);
	ck_assert_int_eq(unlinkat(scratch, JOURNAL_FILE, AT_REMOVEDIR), 0);
	note("too");
	texts_must_be("waits waits waits too");
}
END_TEST

/* ---- the turn ---- */

/* Marks until the journal turns with the next one. */
static void fill(void)
{
	char text[500];
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	while (size_of(JOURNAL_FILE) < TURNS_AT)
		note(text);
}

/* The short texts only. */
static int take_short(void *arg, const struct mark *mark, struct error *why UNUSED)
{
	buf_printf(arg, "%s", strlen(mark->text) < 10 ? mark->text : "");
	return 0;
}

static void short_texts_must_be(const char *should)
{
	SCOPED(buf_release) struct buf is = BUF_INIT(1000);
	ck_assert_msg(journal_each(scratch, NULL, take_short, &is, &err) == 0, "%s", err.text);
	ck_assert_str_eq(buf_text(&is), should);
}

START_TEST(a_full_journal_turns)
{
	note("a");
	fill();
	note("b");
	ck_assert_int_ge(size_of(JOURNAL_TURNED), TURNS_AT);
	ck_assert_int_lt(size_of(JOURNAL_TURNED), TURNS_AT + 1000);
	ck_assert_int_lt(size_of(JOURNAL_FILE), 1000);
	short_texts_must_be("ab");
	open_again();
	fill();
	ck_assert_int_eq(commit("c"), 0);
	note("d");
	short_texts_must_be("bcd"); /* the oldest gave way */
}
END_TEST

static void since_must_be(struct journal_place *place, const char *should)
{
	SCOPED(buf_release) struct buf is = BUF_INIT(1000);
	ck_assert_msg(journal_since(scratch, place, take_short, &is, &err) == 0, "%s", err.text);
	ck_assert_str_eq(buf_text(&is), should);
}

START_TEST(who_follows_has_each_mark_once)
{
	struct journal_place place = { 0 };
	since_must_be(&place, "");
	note("a");
	note("b");
	since_must_be(&place, "ab");
	since_must_be(&place, "");
	append("{\"torn", 6);
	since_must_be(&place, "");
	append("\n", 1);
	open_again();
	note("c");
	since_must_be(&place, "c");
	journal_end(scratch, &place);
	since_must_be(&place, "");
	note("d");
	fill();
	note("e"); /* the file has turned, with d in the old one */
	ck_assert_int_gt(size_of(JOURNAL_TURNED), 0);
	since_must_be(&place, "de");
	note("f");
	since_must_be(&place, "f");
}
END_TEST

/* In the middle of the turn: the new file is not there yet, or is, and empty. */
START_TEST(killed_in_the_turn_nothing_is_lost)
{
	for (int made = 0; made < 2; made++) {
		scratch_write(JOURNAL_FILE, "", 0);
		open_again();
		note("a");
		fill();
		journal_close(&journal);
		ck_assert_int_eq(renameat(scratch, JOURNAL_FILE, scratch, JOURNAL_TURNED), 0);
		if (made)
			scratch_write(JOURNAL_FILE, "", 0);
		short_texts_must_be("a");
		must_open_journal(&journal);
		note("b");
		short_texts_must_be("ab");
		ck_assert_int_ge(size_of(JOURNAL_TURNED), TURNS_AT);
	}
}
END_TEST

START_TEST(a_turn_that_fails_is_tried_again)
{
	fill();
	for (unsigned long at = 1; at <= 2; at++) {
		faults_start(FAULT_ERROR, EIO, at);
		ck_assert_int_eq(commit("a"), -1);
		ck_assert(faults_end());
		short_texts_must_be("");
	}
	faults_start(FAULT_ERROR, EIO, 1);
	note("b");
	ck_assert(faults_end());
	short_texts_must_be("");
	note("c");
	short_texts_must_be("bc");
}
END_TEST

/* ---- the disk ---- */

START_TEST(what_cannot_be_written_waits)
{
	note("a");
	faults_start(FAULT_BROKEN, ENOSPC, 1);
	note("b");
	note("c");
	ck_assert_int_eq(commit("not"), -1);
	ck_assert_int_eq(err.kind, ERROR_SYSTEM);
	ck_assert_int_eq(err.detail, ENOSPC);
	ck_assert(faults_end());
	texts_must_be("a");
	journal_flush(&journal);
	texts_must_be("a b c");
	journal_flush(&journal);
	texts_must_be("a b c");

	faults_start(FAULT_ERROR, ENOSPC, 1);
	note("d");
	ck_assert(faults_end());
	ck_assert_int_eq(commit("e"), 0);
	texts_must_be("a b c d e");

	faults_start(FAULT_ERROR, ENOSPC, 1);
	note("f");
	ck_assert(faults_end());
	open_again();
	texts_must_be("a b c d e f");
}
END_TEST

START_TEST(what_waits_has_a_ceiling)
{
	faults_start(FAULT_BROKEN, ENOSPC, 1);
	for (int i = 0; i < 4000; i++)
		note("waits long");
	ck_assert(faults_end());
	ck_assert_uint_le(journal.waiting.len, 1024u * 1024);
	ck_assert_int_eq(commit("last"), 0);
	size_t nr = marks_read(ID_WEB);
	ck_assert_uint_gt(nr, 100);
	ck_assert_uint_lt(nr, 4000);
	ck_assert_str_eq(marks[0].text, "waits long");
	ck_assert_str_eq(marks[nr - 2].text, "waits long");
	ck_assert_str_eq(marks[nr - 1].text, "last");
}
END_TEST

static void limit_files(rlim_t bytes)
{
	struct rlimit limit;
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* The disk becomes full in the middle of what is written: nothing of it stays, and it is not there twice later. */
START_TEST(no_space_at_every_byte)
{
	signal(SIGXFSZ, SIG_IGN);
	note("a");
	rlim_t from = (rlim_t)size_of(JOURNAL_FILE);
	for (rlim_t space = 0; space < 3 * from; space += 1 + random_below(9)) {
		scratch_write(JOURNAL_FILE, "", 0);
		note("a");
		limit_files(from + space);
		note("b");
		bool waits = journal.waiting.len > 0;
		bool done = commit("c") == 0;
		off_t size = size_of(JOURNAL_FILE);
		limit_files(RLIM_INFINITY);
		if (waits)
			ck_assert_int_eq(size, (off_t)from);
		texts_must_be(waits ? "a" : done ? "a b c" : "a b");
		note("d");
		texts_must_be(done ? "a b c d" : "a b d");
	}
}
END_TEST

/* Whichever call fails, or does only a part: what was committed is there once, what was not is not there, and what waits comes once. */
START_TEST(a_commit_is_all_or_nothing)
{
	static const enum fault kinds[] = { FAULT_ERROR, FAULT_SHORT };
	for (size_t kind = 0; kind < 2; kind++) {
		bool happened = true;
		for (unsigned long at = 1; happened; at++) {
			scratch_write(JOURNAL_FILE, "", 0);
			faults_start(FAULT_ERROR, EIO, 1);
			note("a");
			faults_end();
			faults_start(kinds[kind], EIO, at);
			bool done = commit("b") == 0;
			happened = faults_end();
			texts_must_be(done ? "a b" : "");
			note("c");
			texts_must_be(done ? "a b c" : "a c");
		}
	}
}
END_TEST

START_TEST(a_commit_is_on_the_disk)
{
	faults.synced = -1;
	note("a");
	ck_assert_int_eq(faults.synced, -1);
	ck_assert_int_eq(commit("b"), 0);
	ck_assert_int_eq(faults.synced, size_of(JOURNAL_FILE));
	note("c");
	journal_close(&journal);
	ck_assert_int_eq(faults.synced, size_of(JOURNAL_FILE));
	must_open_journal(&journal);
}
END_TEST

static Suite *journal_suite(void)
{
	Suite *suite = suite_create("journal");
	TCase *tcase = tcase_create("journal");
	const TTest *const tests[] = {
		a_mark_comes_back_as_it_was,
		bytes_that_are_no_text_do_no_harm,
		a_text_is_cut_between_characters,
		marks_of_one_container,
		who_reads_may_end_it,
		lines_that_are_none_are_passed_over,
		keys_that_are_unknown_or_of_another_kind_are_left_out,
		a_line_too_long_is_passed_over,
		random_bytes_are_survived,
		a_torn_end_is_cut_at_every_byte,
		what_somebody_adds_without_a_newline_spoils_nothing,
		taken_away_it_begins_anew,
		only_a_regular_file_of_its_owner,
		a_full_journal_turns,
		who_follows_has_each_mark_once,
		killed_in_the_turn_nothing_is_lost,
		a_turn_that_fails_is_tried_again,
		what_cannot_be_written_waits,
		what_waits_has_a_ceiling,
		no_space_at_every_byte,
		a_commit_is_all_or_nothing,
		a_commit_is_on_the_disk,
	};
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 30);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(journal_suite)
