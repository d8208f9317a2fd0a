#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "logs/logfile.h"
#include "logs/scan.h"
#include "scratch.h"
#include "suite.h"

#define NAME "0123456789ab+web.log"
#define FIRST_TIME INT64_C(1795320239283805114) /* 2026-11-22T04:03:59.283805114Z */
#define LOG_MAX 4000
#define SEVERAL_MIB (8u * 1024 * 1024)

/* The disk itself takes no part: what is synced when is for the tests of the intake. */
int fdatasync(int fd UNUSED)
{
	return 0;
}

/* ---- an engine's log ---- */

static struct log {
	struct record records[LOG_MAX];
	size_t nr;
	struct buf bytes;        /* of all records */
	struct buf stored;       /* as a file should have them */
	size_t end[LOG_MAX + 1]; /* in `stored`, behind so many records */
} engine;

static void log_clear(void)
{
	buf_release(&engine.bytes);
	buf_release(&engine.stored);
	memset(&engine, 0, sizeof engine);
	buf_init(&engine.bytes, SEVERAL_MIB);
	buf_init(&engine.stored, SEVERAL_MIB);
	/* Records point into it, so it may not move. */
	char *room = xcalloc(1, SEVERAL_MIB);
	ck_assert_int_eq(buf_add(&engine.bytes, room, SEVERAL_MIB), 0);
	free(room);
	buf_clear(&engine.bytes);
}

static void log_add(moment at, enum stream stream, bool partial, const char *bytes, size_t len)
{
	ck_assert_uint_lt(engine.nr, LOG_MAX);
	const char *kept = engine.bytes.bytes + engine.bytes.len;
	ck_assert_int_eq(buf_add(&engine.bytes, bytes, len), 0);
	engine.records[engine.nr] = (struct record){ at, stream, partial, kept, len };
	ck_assert_int_eq(record_store(&engine.records[engine.nr++], &engine.stored), 0);
	engine.end[engine.nr] = engine.stored.len;
}

/* What is hard about logs: bytes of any kind, empty lines, equal lines, equal times, times that go back, lines in parts. */
static void log_add_hard(size_t records, unsigned longest)
{
	static moment now = FIRST_TIME, line_at[3];
	static unsigned parts[3];
	for (size_t i = 0; i < records; i++) {
		char bytes[4096];
		enum stream stream = random_below(3) ? STREAM_STDOUT : STREAM_STDERR;
		size_t len = random_below(longest);
		for (size_t b = 0; b < len; b++) {
			bytes[b] = random_below(4) ? 'x' : (char)random_next();
			bytes[b] = bytes[b] == '\n' ? '\r' : bytes[b];
		}
		if (parts[stream]) {
			bool last = --parts[stream] == 0;
			log_add(line_at[stream], stream, !last, "part", 4);
			continue;
		}
		now += random_below(20) ? 1 + (moment)random_below(1000000)
					: -5000000000 + (moment)random_below(1000000);
		if (!random_below(8)) {
			parts[stream] = 1 + random_below(5);
			line_at[stream] = now;
			log_add(now, stream, true, "part", 4);
		} else {
			log_add(now, stream, false, bytes, len);
		}
	}
}

static size_t records_in(off_t size)
{
	size_t nr = 0;
	while (nr < engine.nr && (off_t)engine.end[nr + 1] <= size)
		nr++;
	return nr;
}

/* ---- the file ---- */

static void setup(void)
{
	scratch_make();
	random_start(random_seed());
	log_clear();
}

static void teardown(void)
{
	scratch_remove();
	buf_release(&engine.bytes);
	buf_release(&engine.stored);
}

static void must_open(struct logfile *file)
{
	struct error err;
	ck_assert_msg(logfile_open(file, scratch, NAME, 0, &err) == 0, "%s", err.text);
}

/* Gives the file what it lacks of the first `nr` records, as a poll does. Returns how many that were. */
static size_t catch_up(struct logfile *file, size_t nr)
{
	struct matcher matcher;
	struct error err;
	size_t fresh = 0;
	bool all = cursor_empty(&file->cursor);

	matcher_init(&matcher, &file->cursor, MATCH_WHOLE, 0);
	for (size_t i = 0; i < nr; i++)
		if (all || matcher_feed(&matcher, &engine.records[i])) {
			ck_assert_msg(logfile_append(file, &engine.records[i], &err) == 0, "%s", err.text);
			fresh++;
		}
	ck_assert_msg(all || nr == 0 || matcher_end(&matcher, true), "the file's end was not found");
	ck_assert_msg(logfile_flush(file, &err) == 0, "%s", err.text);
	return fresh;
}

static void file_must_be(const void *bytes, size_t len)
{
	SCOPED(buf_release) struct buf is = BUF_INIT(SEVERAL_MIB * 4);
	scratch_read(NAME, &is);
	same_bytes(&is, bytes, len);
}

static void file_must_have(size_t records)
{
	file_must_be(engine.stored.bytes, engine.end[records]);
}

static void same_record(const struct record *record, const struct record *should)
{
	ck_assert_int_eq(record->at, should->at);
	ck_assert_int_eq(record->stream, should->stream);
	ck_assert_int_eq(record->partial, should->partial);
	ck_assert_uint_eq(record->len, should->len);
	ck_assert_int_eq(memcmp(record->bytes, should->bytes, record->len), 0);
}

/* All records that are stored are the engine's first ones. Returns how many there are. */
static size_t compare_stored(void)
{
	SCOPED(shelf_release) struct shelf_files files;
	struct record record;
	struct error err;
	struct scan scan;
	size_t nr = 0;
	int more;
	shelf_siblings(scratch, NAME, &files);
	scan_init(&scan, scratch, &files, (struct place){ 0 });
	while ((more = scan_next(&scan, &record, &err)) > 0) {
		ck_assert_uint_lt(nr, engine.nr);
		same_record(&record, &engine.records[nr++]);
	}
	ck_assert_msg(more == 0, "%s", err.text);
	scan_release(&scan);
	return nr;
}

START_TEST(what_is_appended_is_read_back)
{
	struct logfile file;
	log_add_hard(1500, 2000);
	must_open(&file);
	ck_assert(cursor_empty(&file.cursor));
	ck_assert_uint_eq(catch_up(&file, engine.nr), engine.nr);
	ck_assert_int_eq(file.size, (off_t)engine.stored.len);
	ck_assert_int_eq(cursor_at(&file.cursor), engine.records[engine.nr - 1].at);
	ck_assert_uint_eq(compare_stored(), engine.nr);
	logfile_close(&file);
	file_must_have(engine.nr);
}
END_TEST

START_TEST(opened_again_it_knows_where_it_ends)
{
	log_add_hard(3000, 300);
	for (size_t nr = 0; nr <= engine.nr; nr += 1 + random_below(60)) {
		struct logfile file;
		size_t before = nr > 50 ? nr - random_below(50) : 0;
		scratch_write(NAME, engine.stored.bytes, engine.end[before]);
		must_open(&file);
		ck_assert_int_eq(file.size, (off_t)engine.end[before]);
		ck_assert_uint_eq(catch_up(&file, nr), nr - before);
		ck_assert_uint_eq(catch_up(&file, nr), 0);
		logfile_close(&file);
		file_must_have(nr);
	}
}
END_TEST

START_TEST(appended_is_in_the_file_after_flush)
{
	struct logfile file;
	struct error err;
	log_add_hard(3, 100);
	must_open(&file);
	for (size_t i = 0; i < engine.nr; i++) {
		ck_assert_int_eq(logfile_append(&file, &engine.records[i], &err), 0);
		ck_assert_int_eq(file.size, (off_t)engine.end[i]);
		ck_assert_int_eq(logfile_flush(&file, &err), 0);
		ck_assert_int_eq(file.size, (off_t)engine.end[i + 1]);
		file_must_have(i + 1);
	}
	ck_assert_int_eq(logfile_flush(&file, &err), 0);
	logfile_close(&file);
	file_must_have(3);
}
END_TEST

START_TEST(much_is_written_before_flush)
{
	struct logfile file;
	struct error err;
	char *bytes = xmalloc(100000);
	memset(bytes, 'x', 100000);
	must_open(&file);
	for (size_t i = 0; i < 20; i++) {
		log_add(FIRST_TIME + (moment)i, STREAM_STDOUT, false, bytes, 100000);
		ck_assert_int_eq(logfile_append(&file, &engine.records[i], &err), 0);
	}
	ck_assert_int_gt(file.size, 1000000);
	logfile_close(&file); /* what was not flushed is not in the file … */
	must_open(&file);
	ck_assert_uint_gt(catch_up(&file, engine.nr), 0); /* … and comes again */
	logfile_close(&file);
	file_must_have(engine.nr);
	free(bytes);
}
END_TEST

START_TEST(a_record_of_a_mebibyte_is_kept_and_a_larger_file_line_too)
{
	struct logfile file;
	char *bytes = xmalloc(2u * 1024 * 1024);
	memset(bytes, 'y', 2u * 1024 * 1024);
	log_add(FIRST_TIME, STREAM_STDERR, true, bytes, 1024u * 1024);
	log_add(FIRST_TIME, STREAM_STDERR, true, bytes, 2u * 1024 * 1024);
	log_add(FIRST_TIME, STREAM_STDERR, false, "end", 3);
	must_open(&file);
	ck_assert_uint_eq(catch_up(&file, 3), 3);
	logfile_close(&file);
	must_open(&file);
	ck_assert_uint_eq(catch_up(&file, 3), 0);
	ck_assert_uint_eq(compare_stored(), 3);
	logfile_close(&file);
	free(bytes);
}
END_TEST

START_TEST(too_long_a_record_is_an_error_and_changes_nothing)
{
	struct logfile file;
	struct error err;
	char *bytes = xcalloc(1, 5u * 1024 * 1024);
	struct record record = { FIRST_TIME, STREAM_STDOUT, false, bytes, 5u * 1024 * 1024 };
	log_add_hard(2, 10);
	must_open(&file);
	catch_up(&file, 2);
	ck_assert_int_eq(logfile_append(&file, &record, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_RUNTIME);
	ck_assert_int_eq(logfile_flush(&file, &err), 0);
	logfile_close(&file);
	file_must_have(2);
	free(bytes);
}
END_TEST

/* ---- crashes ---- */

/* Wherever a crash cut the file: only a torn last line is lost, and it comes again. */
START_TEST(cut_at_every_byte)
{
	log_add_hard(60, 60);
	for (size_t cut = 0; cut <= engine.stored.len; cut++) {
		struct logfile file;
		size_t whole = records_in((off_t)cut);
		scratch_write(NAME, engine.stored.bytes, cut);
		must_open(&file);
		ck_assert_int_eq(file.size, (off_t)engine.end[whole]);
		file_must_have(whole);
		ck_assert_uint_eq(catch_up(&file, engine.nr), engine.nr - whole);
		logfile_close(&file);
		file_must_have(engine.nr);
	}
}
END_TEST

/* A crash of the machine can leave zeros where bytes were to be. */
START_TEST(zeros_at_the_end)
{
	static const char zeros[100000];
	log_add_hard(40, 60);
	for (size_t from = 0; from <= engine.stored.len; from += 1 + random_below(20)) {
		for (unsigned kind = 0; kind < 3; kind++) {
			struct logfile file;
			size_t whole = records_in((off_t)from), rest = engine.stored.len - from;
			SCOPED(buf_release) struct buf bytes = BUF_INIT(SEVERAL_MIB);
			buf_add(&bytes, engine.stored.bytes, from);
			buf_add(&bytes, zeros, kind == 0 ? rest : kind == 1 ? 1 : sizeof zeros);
			scratch_write(NAME, bytes.bytes, bytes.len);
			must_open(&file);
			ck_assert_int_eq(file.size, (off_t)engine.end[whole]);
			catch_up(&file, engine.nr);
			logfile_close(&file);
			file_must_have(engine.nr);
		}
	}
}
END_TEST

/* Crashes in any order, each at any byte of what was written since the file was opened, or before. */
START_TEST(many_crashes)
{
	for (unsigned life = 0; life < random_tries(300); life++) {
		size_t written = 0;
		log_clear();
		log_add_hard(200, 80);
		unlinkat(scratch, NAME, 0);
		while (written < engine.nr) {
			struct logfile file;
			must_open(&file);
			for (unsigned polls = random_below(4); polls > 0; polls--) {
				written += random_below(20);
				if (written > engine.nr)
					written = engine.nr;
				catch_up(&file, written);
				file_must_have(written);
			}
			if (random_below(2) && file.size > 0)
				ck_assert_int_eq(ftruncate(file.fd,
							   file.size -
								   (off_t)random_below((unsigned)file.size < 400
											       ? (unsigned)file.size + 1
											       : 400)),
						 0);
			logfile_close(&file);
		}
		struct logfile file;
		must_open(&file);
		catch_up(&file, engine.nr);
		logfile_close(&file);
		file_must_have(engine.nr);
	}
}
END_TEST

/* ---- no space ---- */

static struct rlimit old_limit;

static void limit_files(rlim_t bytes)
{
	struct rlimit limit = { bytes, old_limit.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* The disk becomes full at every byte: what got through stays, the rest comes when there is space again. */
START_TEST(no_space_at_every_byte)
{
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old_limit), 0);
	log_add_hard(30, 60);
	for (size_t space = 0; space < engine.stored.len; space++) {
		struct logfile file;
		struct error err = { 0 };
		bool failed = false, flush_each = random_below(2);
		unlinkat(scratch, NAME, 0);
		must_open(&file);
		limit_files(space);
		for (size_t i = 0; i < engine.nr && !failed; i++) {
			failed = logfile_append(&file, &engine.records[i], &err) < 0;
			if (flush_each && !failed)
				failed = logfile_flush(&file, &err) < 0;
		}
		if (!failed)
			failed = logfile_flush(&file, &err) < 0;
		limit_files(old_limit.rlim_cur);
		ck_assert(failed);
		ck_assert_int_eq(err.kind, ERROR_SYSTEM);
		ck_assert_int_eq(err.detail, EFBIG);
		if (random_below(2)) { /* to go on without closing stores nothing twice */
			logfile_flush(&file, &err);
			ck_assert_int_eq(lseek(file.fd, 0, SEEK_END), (off_t)space);
		}
		logfile_close(&file);

		must_open(&file);
		ck_assert_int_eq(file.size, (off_t)engine.end[records_in((off_t)space)]);
		catch_up(&file, engine.nr);
		logfile_close(&file);
		file_must_have(engine.nr);
	}
}
END_TEST

/* As long as it stays full every attempt fails, and none leaves anything behind. */
START_TEST(no_space_for_long)
{
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old_limit), 0);
	log_add_hard(200, 60);
	size_t space = engine.end[57] + 11;
	limit_files(space);
	for (unsigned attempt = 0; attempt < 50; attempt++) {
		struct logfile file;
		struct error err;
		struct matcher matcher;
		bool failed = false;
		must_open(&file);
		bool all = cursor_empty(&file.cursor);
		matcher_init(&matcher, &file.cursor, MATCH_WHOLE, 0);
		for (size_t i = 0; i < engine.nr && !failed; i++)
			if (all || matcher_feed(&matcher, &engine.records[i]))
				failed = logfile_append(&file, &engine.records[i], &err) < 0;
		failed = failed || logfile_flush(&file, &err) < 0;
		ck_assert(failed);
		logfile_close(&file);
	}
	limit_files(old_limit.rlim_cur);
	struct logfile file;
	must_open(&file);
	file_must_have(57);
	ck_assert_uint_eq(catch_up(&file, engine.nr), engine.nr - 57);
	logfile_close(&file);
	file_must_have(engine.nr);
}
END_TEST

/* ---- somebody else ---- */

START_TEST(removed_while_open)
{
	struct logfile file;
	log_add_hard(100, 60);
	must_open(&file);
	catch_up(&file, 40);
	ck_assert_int_eq(unlinkat(scratch, NAME, 0), 0);
	ck_assert_uint_eq(catch_up(&file, 70), 30);
	file_must_be(engine.stored.bytes + engine.end[40], engine.end[70] - engine.end[40]);
	ck_assert_uint_eq(catch_up(&file, 100), 30);
	logfile_close(&file);
	file_must_be(engine.stored.bytes + engine.end[40], engine.end[100] - engine.end[40]);
}
END_TEST

START_TEST(replaced_while_open)
{
	struct logfile file;
	SCOPED(buf_release) struct buf should = BUF_INIT(SEVERAL_MIB);
	log_add_hard(100, 60);
	must_open(&file);
	catch_up(&file, 40);
	scratch_write("other", "somebody's\nown\n", 15);
	ck_assert_int_eq(renameat(scratch, "other", scratch, NAME), 0);
	catch_up(&file, 70);
	catch_up(&file, 100);
	logfile_close(&file);
	buf_add_text(&should, "somebody's\nown\n");
	buf_add(&should, engine.stored.bytes + engine.end[40], engine.end[100] - engine.end[40]);
	file_must_be(should.bytes, should.len);
}
END_TEST

START_TEST(cut_while_open)
{
	log_add_hard(100, 60);
	for (size_t cut = 0; cut < engine.end[40]; cut += 1 + random_below(100)) {
		struct logfile file;
		SCOPED(buf_release) struct buf should = BUF_INIT(SEVERAL_MIB);
		unlinkat(scratch, NAME, 0);
		must_open(&file);
		catch_up(&file, 40);
		ck_assert_int_eq(ftruncate(file.fd, (off_t)cut), 0);
		catch_up(&file, 70);
		catch_up(&file, 100);
		ck_assert_int_eq(file.size,
				 (off_t)(engine.end[records_in((off_t)cut)] + engine.end[100] - engine.end[40]));
		logfile_close(&file);
		buf_add(&should, engine.stored.bytes, engine.end[records_in((off_t)cut)]);
		buf_add(&should, engine.stored.bytes + engine.end[40], engine.end[100] - engine.end[40]);
		file_must_be(should.bytes, should.len);
	}
}
END_TEST

START_TEST(lines_that_are_no_records_are_passed_over)
{
	struct logfile file;
	SCOPED(buf_release) struct buf bytes = BUF_INIT(SEVERAL_MIB * 2);
	char *garbage = xmalloc(5u * 1024 * 1024);

	memset(garbage, 'g', 5u * 1024 * 1024);
	log_add_hard(30, 60);
	buf_add(&bytes, engine.stored.bytes, engine.end[10]);
	buf_add_text(&bytes, "\n\nno record\n2026-11-22T04:03:59.283805114Z stdou F x\n");
	buf_add(&bytes, garbage, 5u * 1024 * 1024);
	buf_add_text(&bytes, "\n");
	buf_add(&bytes, engine.stored.bytes + engine.end[10], engine.end[20] - engine.end[10]);
	scratch_write(NAME, bytes.bytes, bytes.len);
	must_open(&file);
	ck_assert_int_eq(file.size, (off_t)bytes.len);
	ck_assert_uint_eq(compare_stored(), 20);
	ck_assert_uint_eq(catch_up(&file, 30), 10);
	logfile_close(&file);
	buf_add(&bytes, engine.stored.bytes + engine.end[20], engine.end[30] - engine.end[20]);
	file_must_be(bytes.bytes, bytes.len);
	free(garbage);
}
END_TEST

/* ---- opening ---- */

START_TEST(a_new_file_is_only_its_owners)
{
	struct logfile file;
	struct stat st;
	mode_t mask = umask(0);
	must_open(&file);
	umask(mask);
	ck_assert_int_eq(fstat(file.fd, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(fcntl(file.fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	logfile_close(&file);
}
END_TEST

START_TEST(only_a_regular_file_is_opened)
{
	struct logfile file;
	struct error err;
	struct stat st;
	scratch_write("target", "do not touch", 12);
	ck_assert_int_eq(symlinkat("target", scratch, NAME), 0);
	ck_assert_int_eq(logfile_open(&file, scratch, NAME, 0, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_SYSTEM);
	ck_assert_int_eq(err.detail, ELOOP);
	ck_assert_int_eq(logfile_open_reading(&file, scratch, NAME, &err), -1);
	ck_assert_int_eq(unlinkat(scratch, NAME, 0), 0);
	ck_assert_int_eq(symlinkat("nowhere", scratch, NAME), 0);
	ck_assert_int_eq(logfile_open(&file, scratch, NAME, 0, &err), -1);
	ck_assert_int_eq(fstatat(scratch, "nowhere", &st, 0), -1);
	ck_assert_int_eq(unlinkat(scratch, NAME, 0), 0);
	ck_assert_int_eq(mkdirat(scratch, NAME, 0700), 0);
	ck_assert_int_eq(logfile_open(&file, scratch, NAME, 0, &err), -1);
	ck_assert_int_eq(logfile_open_reading(&file, scratch, NAME, &err), -1);
	ck_assert_int_eq(unlinkat(scratch, NAME, AT_REMOVEDIR), 0);
	ck_assert_int_eq(mkfifoat(scratch, NAME, 0600), 0);
	ck_assert_int_eq(logfile_open(&file, scratch, NAME, 0, &err), -1);
	ck_assert_int_eq(logfile_open_reading(&file, scratch, NAME, &err), -1); /* and does not wait for a writer */
	fstatat(scratch, "target", &st, 0);
	ck_assert_int_eq(st.st_size, 12);
}
END_TEST

START_TEST(reading_changes_nothing)
{
	struct logfile file;
	struct error err;
	struct stat st;
	ck_assert_int_eq(logfile_open_reading(&file, scratch, NAME, &err), -1);
	ck_assert_int_eq(err.detail, ENOENT);
	ck_assert_int_eq(fstatat(scratch, NAME, &st, 0), -1);
	log_add_hard(50, 60);
	for (size_t cut = engine.end[48]; cut <= engine.stored.len; cut++) {
		scratch_write(NAME, engine.stored.bytes, cut);
		ck_assert_msg(logfile_open_reading(&file, scratch, NAME, &err) == 0, "%s", err.text);
		ck_assert_int_eq(file.size, (off_t)engine.end[records_in((off_t)cut)]);
		logfile_close(&file);
		file_must_be(engine.stored.bytes, cut);
	}
}
END_TEST

/* Parts of one line, all with one time, more of them than memory should hold. */
START_TEST(one_huge_block_is_opened_in_little_memory)
{
	struct logfile file;
	struct error err;
	struct rusage before, after;
	char *part = xmalloc(16384);
	memset(part, 'x', 16384);
	must_open(&file);
	for (size_t i = 0; i < 3000; i++) {
		struct record record = { FIRST_TIME, STREAM_STDOUT, true, part, 16384 };
		ck_assert_int_eq(logfile_append(&file, &record, &err), 0);
	}
	ck_assert_int_eq(logfile_flush(&file, &err), 0);
	ck_assert_int_gt(file.size, 48000000);
	logfile_close(&file);

	getrusage(RUSAGE_SELF, &before);
	must_open(&file);
	getrusage(RUSAGE_SELF, &after);
	ck_assert_int_lt(after.ru_maxrss - before.ru_maxrss, 24 * 1024);

	struct matcher matcher;
	size_t fresh = 0;
	matcher_init(&matcher, &file.cursor, MATCH_WHOLE, 0);
	for (size_t i = 0; i < 3005; i++)
		fresh += matcher_feed(&matcher, &(struct record){ FIRST_TIME, STREAM_STDOUT, true, part, 16384 });
	ck_assert_uint_eq(fresh, 5);
	logfile_close(&file);
	free(part);
}
END_TEST

START_TEST(no_file_descriptor_is_left_open)
{
	struct logfile file;
	struct error err;
	log_add_hard(10, 60);
	int first = dup(0);
	close(first);
	for (unsigned i = 0; i < 20; i++) {
		must_open(&file);
		catch_up(&file, 5);
		unlinkat(scratch, NAME, 0);
		catch_up(&file, 10);
		logfile_close(&file);
		ck_assert_int_eq(logfile_open_reading(&file, scratch, "none", &err), -1);
		unlinkat(scratch, NAME, 0);
	}
	int last = dup(0);
	close(last);
	ck_assert_int_eq(first, last);
}
END_TEST

static Suite *logfile_suite(void)
{
	Suite *suite = suite_create("logfile");
	TCase *tcase = tcase_create("logfile");
	const TTest *const tests[] = {
		what_is_appended_is_read_back,
		opened_again_it_knows_where_it_ends,
		appended_is_in_the_file_after_flush,
		much_is_written_before_flush,
		a_record_of_a_mebibyte_is_kept_and_a_larger_file_line_too,
		too_long_a_record_is_an_error_and_changes_nothing,
		cut_at_every_byte,
		zeros_at_the_end,
		many_crashes,
		no_space_at_every_byte,
		no_space_for_long,
		removed_while_open,
		replaced_while_open,
		cut_while_open,
		lines_that_are_no_records_are_passed_over,
		a_new_file_is_only_its_owners,
		only_a_regular_file_is_opened,
		reading_changes_nothing,
		one_huge_block_is_opened_in_little_memory,
		no_file_descriptor_is_left_open,
	};
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 30);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(logfile_suite)
