#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "logs.h"
#include "logs/enginelog.h"
#include "logs/jsonfile.h"
#include "scratch.h"
#include "suite.h"

#define NAME "0123456789ab-json.log"
#define LINE(text) "{\"log\":\"" text "\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-22T04:03:59.283805114Z\"}\n"
#define LINE_LEN ((off_t)sizeof LINE("a") - 1)

static struct enginelog *elog;
static char path[128];
static struct error err;

static void setup(void)
{
	scratch_make();
	snprintf(path, sizeof path, "%s/" NAME, scratch_path);
}

static void teardown(void)
{
	enginelog_close(elog);
	elog = NULL;
	scratch_remove();
}

static void write_file(const char *file, const char *text)
{
	scratch_write(file, text, strlen(text));
}

static void add_to(const char *file, const char *bytes, size_t len)
{
	SCOPED(fd_close) int fd = openat(scratch, file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_uint_eq(fd_write_all(fd, bytes, len), len);
}

static void add_text(const char *file, const char *text)
{
	add_to(file, text, strlen(text));
}

static void write_packed(const char *file, const char *text)
{
	int fd = openat(scratch, file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	gzFile out = gzdopen(fd, "wb");
	ck_assert_int_eq(gzwrite(out, text, (unsigned)strlen(text)), (int)strlen(text));
	ck_assert_int_eq(gzclose(out), Z_OK);
}

static void rename_file(const char *from, const char *to)
{
	ck_assert_int_eq(renameat(scratch, from, scratch, to), 0);
}

static void open_log(void)
{
	enginelog_close(elog);
	elog = enginelog_open(path, LOG_FORM_DOCKER, &err);
	ck_assert_msg(elog != NULL, "%s", err.text);
}

static void open_fails(enum error_kind kind, int detail)
{
	elog = enginelog_open(path, LOG_FORM_DOCKER, &err);
	ck_assert_ptr_null(elog);
	ck_assert_int_eq(err.kind, kind);
	ck_assert_int_eq(err.kind == ERROR_SYSTEM ? err.detail : 0, detail);
}

/* Four files, the oldest two packed, with a hole in their numbers: a b, c, d, e f. */
static void four_files(void)
{
	write_packed(NAME ".4.gz", LINE("a") LINE("b"));
	write_packed(NAME ".3.gz", LINE("c"));
	write_file(NAME ".1", LINE("d"));
	write_file(NAME, LINE("e") LINE("f"));
	open_log();
}

static void record_must_be(const char *should)
{
	struct record record;
	ck_assert_msg(enginelog_next(elog, &record, &err) == 1, "%s", err.text);
	ck_assert_msg(record.len == strlen(should) && !memcmp(record.bytes, should, record.len), "%.*s instead of %s",
		      (int)record.len, record.bytes, should);
}

/* The texts of the records from here on. */
static void rest_must_be(const char *should)
{
	SCOPED(buf_release) struct buf is = BUF_INIT(1u << 20);
	struct record record;
	int more;
	while ((more = enginelog_next(elog, &record, &err)) > 0)
		buf_add(&is, record.bytes, record.len);
	ck_assert_msg(more == 0, "%s", err.text);
	ck_assert_int_eq(enginelog_next(elog, &record, &err), 0);
	ck_assert_str_eq(buf_text(&is), should);
}

/* Those until it goes wrong, which it does for good. */
static void must_fail_behind(const char *should, const char *why)
{
	SCOPED(buf_release) struct buf is = BUF_INIT(1u << 20);
	struct record record;
	int more;
	while ((more = enginelog_next(elog, &record, &err)) > 0)
		buf_add(&is, record.bytes, record.len);
	ck_assert_str_eq(buf_text(&is), should);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(more, -1);
		ck_assert_int_eq(err.kind, ERROR_FAILED);
		ck_assert_msg(strstr(err.text, why) != NULL, "'%s' has no '%s'", err.text, why);
		more = enginelog_next(elog, &record, &err);
	}
}

static void place_must_be(const char *file, off_t at)
{
	struct engineplace place = enginelog_place(elog);
	struct stat st = { 0 };
	if (file)
		ck_assert_int_eq(fstatat(scratch, file, &st, 0), 0);
	ck_assert_uint_eq(place.inode, st.st_ino);
	ck_assert_uint_eq(place.device, st.st_dev);
	ck_assert_int_eq(place.at, at);
}

/* ---- opening ---- */

START_TEST(what_is_not_there)
{
	open_fails(ERROR_SYSTEM, ENOENT);
	write_file(NAME "x", LINE("a"));
	open_fails(ERROR_SYSTEM, ENOENT);
	write_file(NAME ".1", LINE("a"));
	open_fails(ERROR_SYSTEM, ENOENT);
	snprintf(path, sizeof path, "%s/none/" NAME, scratch_path);
	open_fails(ERROR_SYSTEM, ENOENT);
	enginelog_close(NULL);
}
END_TEST

START_TEST(what_is_no_file)
{
	int before = descriptors_nr();
	for (enum oddity oddity = 0; oddity < ODDITIES; oddity++) {
		write_file("target", LINE("a"));
		logs_make_odd(NAME, oddity);
		open_fails(ERROR_FAILED, 0);
		unlinkat(scratch, NAME, oddity == ODD_DIRECTORY ? AT_REMOVEDIR : 0);
		write_file(NAME, LINE("a"));
		logs_make_odd(NAME ".1", oddity);
		open_fails(ERROR_FAILED, 0);
		unlinkat(scratch, NAME ".1", oddity == ODD_DIRECTORY ? AT_REMOVEDIR : 0);
		unlinkat(scratch, NAME, 0);
	}
	ck_assert_int_eq(descriptors_nr(), before);
}
END_TEST

START_TEST(names_that_are_none)
{
	static const char *const names[] = { NAME ".",         NAME ".0",
					     NAME ".01",       NAME ".1x",
					     NAME ".x",        NAME ".gz",
					     NAME "1",         NAME ".1.gzip",
					     NAME ".1.gz.gz",  NAME "-1",
					     NAME ".1.1",      NAME ".-1",
					     NAME ".99999999", "x0123456789ab-json.log",
					     "0123456789ab" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		write_file(names[i], "x\n");
	write_file(NAME, LINE("b"));
	write_file(NAME ".900000", LINE("a"));
	open_log();
	rest_must_be("ab");
}
END_TEST

START_TEST(as_many_files_as_there_may_be)
{
	char file[64];
	write_file(NAME, LINE("z"));
	for (unsigned i = 1; i < ENGINEPARTS_MAX; i++) {
		snprintf(file, sizeof file, NAME ".%u", i);
		write_file(file, i == 10 ? LINE("a") : i == 9 ? LINE("b") : "");
	}
	open_log();
	rest_must_be("abz");
	enginelog_close(elog);
	snprintf(file, sizeof file, NAME ".%u", ENGINEPARTS_MAX);
	write_file(file, "");
	open_fails(ERROR_FAILED, 0);
}
END_TEST

START_TEST(a_relative_path)
{
	char before[4096];
	ck_assert_ptr_nonnull(getcwd(before, sizeof before));
	write_file(NAME, LINE("a"));
	ck_assert_int_eq(fchdir(scratch), 0);
	strcpy(path, NAME);
	open_log();
	ck_assert_int_eq(chdir(before), 0);
	rest_must_be("a");
}
END_TEST

/* ---- where reading goes on ---- */

START_TEST(oldest_first)
{
	four_files();
	rest_must_be("abcdef");
	ck_assert_int_eq(enginelog_rewind(elog, &err), 0);
	record_must_be("a");
	ck_assert_int_eq(enginelog_rewind(elog, &err), 0);
	rest_must_be("abcdef");
}
END_TEST

START_TEST(back_from_the_end)
{
	static const char *const should[] = { "", "f", "ef", "def", "cdef", "abcdef", "abcdef", "abcdef" };
	four_files();
	for (unsigned read_before = 0; read_before < 2; read_before++)
		for (size_t i = 0; i < ARRAY_LEN(should); i++) {
			ck_assert_int_eq(enginelog_go_back(elog, i, &err), 0);
			ck_assert_uint_eq(enginelog_place(elog).inode, 0);
			if (read_before)
				rest_must_be(should[i]);
			else if (*should[i])
				record_must_be((char[]){ *should[i], '\0' });
		}
	ck_assert_int_eq(enginelog_go_back(elog, UINT64_MAX, &err), 0);
	rest_must_be("abcdef");
	add_text(NAME, "{\"log\":\"torn");
	ck_assert_int_eq(enginelog_go_back(elog, 1, &err), 0);
	rest_must_be("f");
	write_file(NAME, "");
	ck_assert_int_eq(enginelog_go_back(elog, 1, &err), 0);
	rest_must_be("d");
}
END_TEST

START_TEST(places)
{
	struct engineplace seen[6];
	four_files();
	place_must_be(NULL, 0);
	record_must_be("a");
	place_must_be(NULL, 0);
	for (const char *c = "bc"; *c; c++)
		record_must_be((char[]){ *c, '\0' });
	place_must_be(NULL, 0);
	record_must_be("d");
	place_must_be(NAME ".1", LINE_LEN);
	seen[0] = enginelog_place(elog);
	record_must_be("e");
	place_must_be(NAME, LINE_LEN);
	seen[1] = enginelog_place(elog);
	rest_must_be("f");
	place_must_be(NAME, 2 * LINE_LEN);
	seen[2] = enginelog_place(elog);
	static const char *const should[] = { "ef", "f", "" };
	for (size_t i = 0; i < ARRAY_LEN(should); i++) {
		ck_assert_int_eq(enginelog_go_to(elog, &seen[i], &err), 0);
		ck_assert_mem_eq(&(ino_t){ enginelog_place(elog).inode }, &seen[i].inode, sizeof(ino_t));
		rest_must_be(should[i]);
	}
	struct engineplace start = { seen[1].device, seen[1].inode, 0 };
	ck_assert_int_eq(enginelog_go_to(elog, &start, &err), 0);
	rest_must_be("ef");
}
END_TEST

START_TEST(places_that_are_not_there)
{
	four_files();
	rest_must_be("abcdef");
	struct engineplace there = enginelog_place(elog), packed = there;
	struct stat st;
	ck_assert_int_eq(fstatat(scratch, NAME ".3.gz", &st, 0), 0);
	packed.inode = st.st_ino;
	packed.at = 0;
	const struct engineplace none[] = {
		{ 0 },
		packed,
		{ there.device + 1, there.inode, there.at },
		{ there.device, there.inode, there.at + 1 },
		{ there.device, there.inode, there.at - 1 },
		{ there.device, there.inode, -1 },
		{ there.device, there.inode, INT64_MAX },
	};
	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		ck_assert_int_eq(enginelog_go_to(elog, &none[i], &err), 1);
		ck_assert_uint_eq(enginelog_place(elog).inode, 0);
		record_must_be("a");
	}
}
END_TEST

START_TEST(going_fails_when_it_is_gone)
{
	four_files();
	for (const char *c = "abcde"; *c; c++)
		record_must_be((char[]){ *c, '\0' });
	struct engineplace place = enginelog_place(elog);
	unlinkat(scratch, NAME, 0);
	ck_assert_int_eq(enginelog_rewind(elog, &err), -1);
	ck_assert_int_eq(enginelog_go_back(elog, 1, &err), -1);
	ck_assert_int_eq(enginelog_go_to(elog, &place, &err), -1);
	ck_assert_int_eq(err.detail, ENOENT);
	rest_must_be("f");
}
END_TEST

/* ---- while docker writes ---- */

START_TEST(grows)
{
	static const char whole[] = LINE("b");
	write_file(NAME, "");
	open_log();
	rest_must_be("");
	add_text(NAME, LINE("a"));
	rest_must_be("a");
	for (size_t i = 0; i < sizeof whole - 1; i++) {
		rest_must_be("");
		add_to(NAME, whole + i, 1);
	}
	place_must_be(NAME, LINE_LEN);
	rest_must_be("b");
	place_must_be(NAME, 2 * LINE_LEN);
}
END_TEST

static void rotate_plain(void)
{
	rename_file(NAME ".1", NAME ".2");
	rename_file(NAME, NAME ".1");
	write_file(NAME, "");
}

START_TEST(rotated_while_it_is_open)
{
	write_file(NAME ".1", LINE("a"));
	write_file(NAME, LINE("b"));
	open_log();
	record_must_be("a");
	add_text(NAME, LINE("c"));
	rotate_plain();
	add_text(NAME, LINE("d"));
	rotate_plain();
	add_text(NAME, LINE("e"));
	rest_must_be("bc");
	struct engineplace place = enginelog_place(elog);
	open_log();
	ck_assert_int_eq(enginelog_go_to(elog, &place, &err), 0);
	rest_must_be("de");
	place = enginelog_place(elog);
	unlinkat(scratch, NAME, 0);
	write_packed(NAME ".1.gz", LINE("d") LINE("e"));
	unlinkat(scratch, NAME ".1", 0);
	write_file(NAME, LINE("f"));
	struct enginelog *held = elog; /* so that its inode is not used again */
	elog = NULL;
	open_log();
	enginelog_close(held);
	ck_assert_int_eq(enginelog_go_to(elog, &place, &err), 1);
	rest_must_be("bcdef");
}
END_TEST

/* The packed one may not be whole yet. */
START_TEST(while_one_is_packed)
{
	write_packed(NAME ".2.gz", LINE("a"));
	write_file(NAME ".1.gz", "\x1f\x8b");
	write_file(NAME ".1", LINE("b"));
	write_file(NAME, LINE("c"));
	open_log();
	rest_must_be("abc");
}
END_TEST

START_TEST(files_that_were_read_are_closed)
{
	write_file(NAME ".2", LINE("a"));
	write_packed(NAME ".1.gz", LINE("b"));
	write_file(NAME, LINE("c"));
	int before = descriptors_nr();
	open_log();
	ck_assert_int_eq(descriptors_nr(), before + 3);
	rest_must_be("abc");
	ck_assert_int_eq(descriptors_nr(), before + 1);
	ck_assert_int_eq(enginelog_rewind(elog, &err), 0);
	ck_assert_int_eq(descriptors_nr(), before + 3);
	record_must_be("a");
	record_must_be("b");
	enginelog_close(elog);
	elog = NULL;
	ck_assert_int_eq(descriptors_nr(), before);
}
END_TEST

static atomic_bool rotating;

static const char *numbered_line(unsigned number)
{
	static char line[200];
	snprintf(line, sizeof line,
		 "{\"log\":\"%u\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-22T04:03:59.283805114Z\"}\n", number);
	return line;
}

/* docker with max-file=5 and compress, a line a file. */
static void *rotate_fast(void *arg)
{
	for (unsigned line = 1; rotating; line++) {
		unlinkat(scratch, NAME ".4.gz", 0);
		renameat(scratch, NAME ".3.gz", scratch, NAME ".4.gz");
		renameat(scratch, NAME ".2.gz", scratch, NAME ".3.gz");
		renameat(scratch, NAME ".1.gz", scratch, NAME ".2.gz");
		renameat(scratch, NAME, scratch, NAME ".1");
		write_file(NAME, numbered_line(line + 1));
		write_packed(NAME ".1.gz", numbered_line(line));
		unlinkat(scratch, NAME ".1", 0);
		usleep(random_below(1000));
	}
	return arg;
}

/* Whatever comes in between: neighbours, in order. */
START_TEST(opened_while_it_is_rotated)
{
	pthread_t thread;
	unsigned opened = 0;
	rotating = true;
	write_file(NAME, numbered_line(1));
	ck_assert_int_eq(pthread_create(&thread, NULL, rotate_fast, NULL), 0);
	for (unsigned tries = random_tries(2000); tries > 0; tries--) {
		struct record record;
		unsigned long last = 0;
		elog = enginelog_open(path, LOG_FORM_DOCKER, &err);
		if (!elog)
			continue;
		opened++;
		while (enginelog_next(elog, &record, &err) > 0) {
			char number[16] = "";
			memcpy(number, record.bytes, record.len < 15 ? record.len : 15);
			ck_assert_msg(last == 0 || strtoul(number, NULL, 10) == last + 1, "%s behind %lu", number,
				      last);
			last = strtoul(number, NULL, 10);
		}
		enginelog_close(elog);
		elog = NULL;
	}
	rotating = false;
	pthread_join(thread, NULL);
	ck_assert_uint_gt(opened, 0);
}
END_TEST

/* ---- what is wrong with it ---- */

START_TEST(garbage)
{
	static const char *const lines[] = { "\n", "x\n", "2026-11-22T04:03:59.283805114Z stdout F a\n",
					     "{\"log\":\"torn" LINE("b") };
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		write_file(NAME, LINE("a"));
		add_text(NAME, lines[i]);
		add_text(NAME, LINE("c"));
		open_log();
		must_fail_behind("a", NAME " has no line of docker's json-file driver at byte 7");
		place_must_be(NAME, LINE_LEN);
	}
}
END_TEST

START_TEST(zeros_of_a_crash)
{
	static const char zeros[4096];
	write_file(NAME, LINE("a"));
	add_to(NAME, zeros, sizeof zeros);
	open_log();
	rest_must_be("a");
	add_text(NAME, LINE("b"));
	must_fail_behind("", "no line");
}
END_TEST

START_TEST(torn_before_it_was_rotated)
{
	write_file(NAME ".1", LINE("a") "{\"log\":\"b");
	write_file(NAME, LINE("c"));
	open_log();
	must_fail_behind("a", NAME ".1 has no line");
}
END_TEST

static void write_long(size_t len)
{
	char *line = xmalloc(len + 1);
	static const char head[] = "{\"log\":\"",
			  tail[] = "\",\"stream\":\"stdout\",\"time\":\"2026-11-22T04:03:59.283805114Z\"}";
	memset(line, 'x', len);
	memcpy(line, head, sizeof head - 1);
	memcpy(line + len - (sizeof tail - 1), tail, sizeof tail - 1);
	line[len] = '\n';
	scratch_write(NAME, line, len + 1);
	free(line);
}

START_TEST(long_lines)
{
	struct record record;
	write_long(JSONFILE_LINE_MAX);
	add_text(NAME, LINE("a"));
	open_log();
	ck_assert_int_eq(enginelog_next(elog, &record, &err), 1);
	ck_assert_uint_gt(record.len, JSONFILE_LINE_MAX - 200);
	ck_assert(record.partial);
	rest_must_be("a");

	write_long(JSONFILE_LINE_MAX + 1);
	open_log();
	must_fail_behind("", "no line");

	write_long(3 * JSONFILE_LINE_MAX);
	logs_cut(NAME, 1);
	open_log();
	must_fail_behind("", "no line");
}
END_TEST

START_TEST(cut_under_us)
{
	write_file(NAME, LINE("a") LINE("b"));
	open_log();
	rest_must_be("ab");
	logs_cut(NAME, LINE_LEN);
	must_fail_behind("", "was cut to");
	struct engineplace place = enginelog_place(elog);
	open_log();
	ck_assert_int_eq(enginelog_go_to(elog, &place, &err), 1);
}
END_TEST

START_TEST(packed_files_that_are_damaged)
{
	struct stat st;
	write_packed(NAME ".1.gz", LINE("a") LINE("b"));
	write_file(NAME, LINE("c"));
	ck_assert_int_eq(fstatat(scratch, NAME ".1.gz", &st, 0), 0);
	for (off_t cut = 1; cut <= st.st_size; cut++) {
		logs_cut(NAME ".1.gz", 1);
		struct record record;
		int more;
		open_log();
		while ((more = enginelog_next(elog, &record, &err)) > 0)
			ck_assert_int_ne(record.bytes[0], 'c');
		ck_assert_int_eq(more, -1);
		ck_assert_int_eq(err.kind, ERROR_FAILED);
		ck_assert_int_eq(enginelog_next(elog, &record, &err), -1);
		ck_assert_int_eq(enginelog_go_back(elog, 1, &err), 0);
		rest_must_be("c");
		ck_assert_int_eq(enginelog_go_back(elog, 4, &err), -1);
	}
	write_file(NAME ".1.gz", LINE("not packed"));
	open_log();
	must_fail_behind("", NAME ".1.gz is damaged: it is not compressed");
}
END_TEST

/* ---- more than one read ---- */

/* Lines of any length in files of any size, some packed: the same from the beginning, from each place, and so many from the end. */
START_TEST(many_lines)
{
	enum { LINES = 3000 };
	static struct engineplace behind[LINES + 1];
	SCOPED(buf_release) struct buf bytes = BUF_INIT(1u << 26);
	static unsigned char filler[20000];
	struct record record;
	random_start(random_seed());
	memset(filler, 'x', sizeof filler);
	unsigned number = 4;
	char file[64];
	for (unsigned line = 1; line <= LINES; line++) {
		int len = random_below(10) ? (int)random_below(200) : (int)random_below(sizeof filler);
		buf_printf(
			&bytes,
			"{\"log\":\"%u%.*s\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-22T04:03:59.283805114Z\"}\n",
			line, len, (const char *)filler);
		if (line % (LINES / 5) != 0)
			continue;
		snprintf(file, sizeof file, number > 2 ? NAME ".%u.gz" : number ? NAME ".%u" : NAME, number);
		if (number > 2)
			write_packed(file, bytes.bytes);
		else
			write_file(file, bytes.bytes);
		number--;
		buf_clear(&bytes);
	}
	open_log();
	for (unsigned line = 1; line <= LINES; line++) {
		ck_assert_int_eq(enginelog_next(elog, &record, &err), 1);
		ck_assert_int_eq(record.stream, STREAM_STDERR);
		ck_assert_uint_eq(strtoul(record.bytes, NULL, 10), line);
		behind[line] = enginelog_place(elog);
	}
	ck_assert_int_eq(enginelog_next(elog, &record, &err), 0);
	for (unsigned tries = random_tries(500); tries > 0; tries--) {
		unsigned line = 1 + random_below(LINES - 1), back = 1 + random_below(LINES);
		ck_assert_int_eq(enginelog_go_to(elog, &behind[line], &err), line <= LINES / 5 * 2);
		ck_assert_int_eq(enginelog_next(elog, &record, &err), 1);
		ck_assert_uint_eq(strtoul(record.bytes, NULL, 10), line <= LINES / 5 * 2 ? 1 : line + 1);
		unsigned first = LINES - back + 1;
		if (first <= LINES / 5 * 2)
			first = first <= LINES / 5 ? 1 : LINES / 5 + 1;
		ck_assert_int_eq(enginelog_go_back(elog, back, &err), 0);
		ck_assert_int_eq(enginelog_next(elog, &record, &err), 1);
		ck_assert_uint_eq(strtoul(record.bytes, NULL, 10), first);
	}
}
END_TEST

static Suite *enginelog_suite(void)
{
	Suite *suite = suite_create("enginelog");
	TCase *tests = tcase_create("enginelog");
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 30);
	tcase_add_test(tests, what_is_not_there);
	tcase_add_test(tests, what_is_no_file);
	tcase_add_test(tests, names_that_are_none);
	tcase_add_test(tests, as_many_files_as_there_may_be);
	tcase_add_test(tests, a_relative_path);
	tcase_add_test(tests, oldest_first);
	tcase_add_test(tests, back_from_the_end);
	tcase_add_test(tests, places);
	tcase_add_test(tests, places_that_are_not_there);
	tcase_add_test(tests, going_fails_when_it_is_gone);
	tcase_add_test(tests, grows);
	tcase_add_test(tests, rotated_while_it_is_open);
	tcase_add_test(tests, while_one_is_packed);
	tcase_add_test(tests, files_that_were_read_are_closed);
	tcase_add_test(tests, opened_while_it_is_rotated);
	tcase_add_test(tests, garbage);
	tcase_add_test(tests, zeros_of_a_crash);
	tcase_add_test(tests, torn_before_it_was_rotated);
	tcase_add_test(tests, long_lines);
	tcase_add_test(tests, cut_under_us);
	tcase_add_test(tests, packed_files_that_are_damaged);
	tcase_add_test(tests, many_lines);
	suite_add_tcase(suite, tests);
	return suite;
}

SUITE_MAIN(enginelog_suite)
