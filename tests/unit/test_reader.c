#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "logs/pack.h"
#include "logs/reader.h"
#include "scratch.h"
#include "suite.h"

#define RECORDS_MAX 3000

static struct record records[RECORDS_MAX];
static char texts[RECORDS_MAX][64];
static size_t nr;
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

#define NAME "0123456789ab+web.log"

static void must_pack(unsigned number)
{
	struct pack pack;
	struct error err;
	int done;
	ck_assert_msg(pack_start(&pack, scratch, NAME, number, &err) == 0, "%s", err.text);
	while ((done = pack_step(&pack, &err)) == 0)
		;
	ck_assert_msg(done == 1, "%s", err.text);
}

/* How the log is divided into files: behind which of them it is rotated, and whether that file is compressed. */
enum cut { CUT_NOWHERE, CUT_PLAIN, CUT_MIXED };

static void write_part(struct buf *bytes, unsigned *number, enum cut cut)
{
	char file[LOG_NAME_MAX + 1];
	log_part_make(NAME, &(struct log_part){ ++*number, false }, file);
	scratch_write(file, bytes->bytes ? bytes->bytes : "", bytes->len);
	if (cut == CUT_MIXED && random_below(2))
		must_pack(*number);
	buf_clear(bytes);
}

/* Times that mostly grow. With `foreign`, lines between them that are no records. */
static void make_log(size_t count, size_t longest, bool foreign, enum cut cut)
{
	SCOPED(buf_release) struct buf bytes = BUF_INIT(64u * 1024 * 1024);
	char *padding = xmalloc(longest + 1);
	unsigned number = 0;
	shelf_release(&files);
	shelf_siblings(scratch, NAME, &files);
	for (size_t i = 0; i < files.nr; i++)
		unlinkat(scratch, files.items[i].file, 0);
	memset(padding, 'p', longest + 1);
	nr = count;
	for (size_t i = 0; i < nr; i++) {
		int len = snprintf(texts[i], sizeof texts[i], "%zu", i);
		records[i] = (struct record){ 1000 + (moment)i * 10 - (moment)random_below(30),
					      random_below(2) ? STREAM_STDOUT : STREAM_STDERR, random_below(4) == 0,
					      texts[i], (size_t)len };
		if (foreign && !random_below(5))
			buf_add_text(&bytes, random_below(2) ? "no record\n" : "\n");
		struct record padded = records[i];
		SCOPED(buf_release) struct buf text = BUF_INIT(longest + 100);
		buf_printf(&text, "%zu %.*s", i, (int)random_below((unsigned)longest + 1), padding);
		padded.bytes = text.bytes;
		padded.len = text.len;
		ck_assert_int_eq(record_store(&padded, &bytes), 0);
		if (cut && !random_below(40))
			write_part(&bytes, &number, cut);
	}
	buf_add_text(&bytes, "2026-11-22T04:03:59.283805114Z stdout F torn");
	scratch_write(NAME, bytes.bytes, bytes.len);
	shelf_release(&files);
	shelf_siblings(scratch, NAME, &files);
	ck_assert_uint_eq(files.nr, number + 1);
	free(padding);
}

struct taken {
	size_t nr;
	size_t which[RECORDS_MAX];
	struct place begins[RECORDS_MAX];
};

static void take_all(const struct selection *selection, struct taken *out)
{
	struct record record;
	struct reader reader;
	struct error err;
	int more;
	out->nr = 0;
	ck_assert_msg(reader_open(&reader, scratch, &files, selection, &err) == 0, "%s", err.text);
	while ((more = reader_next(&reader, &record, &err)) > 0) {
		size_t which = strtoul(record.bytes, NULL, 10);
		ck_assert_uint_lt(which, nr);
		ck_assert_int_eq(record.at, records[which].at);
		ck_assert_int_eq(record.stream, records[which].stream);
		ck_assert_int_eq(record.partial, records[which].partial);
		out->begins[out->nr] = reader.scan.begins;
		out->which[out->nr++] = which;
	}
	ck_assert_msg(more == 0, "%s", err.text);
	reader_release(&reader);
}

/* Tail first, then times, as docker does. */
static void naive(const struct selection *selection, struct taken *out)
{
	out->nr = 0;
	for (size_t i = 0; i < nr; i++) {
		if (selection->tail >= 0 && (long long)(nr - i) > selection->tail)
			continue;
		if (selection->since && records[i].at < selection->since)
			continue;
		if (selection->until && records[i].at > selection->until)
			continue;
		out->which[out->nr++] = i;
	}
}

static void compare(const struct selection *selection)
{
	static struct taken is, should;
	take_all(selection, &is);
	naive(selection, &should);
	ck_assert_msg(is.nr == should.nr && !memcmp(is.which, should.which, is.nr * sizeof is.which[0]),
		      "tail %lld since %lld until %lld: %zu records, not %zu", selection->tail,
		      (long long)selection->since, (long long)selection->until, is.nr, should.nr);
}

START_TEST(any_selection_is_the_naive_one)
{
	for (unsigned file = 0; file < random_tries(20); file++) {
		make_log(random_below(random_below(3) ? 300 : RECORDS_MAX), random_below(2) ? 0 : 400, false, random_below(3));
		for (unsigned i = 0; i < 60; i++) {
			moment last = 1000 + (moment)nr * 10;
			struct selection selection = {
				.tail = random_below(3) ? (long long)random_below((unsigned)nr + 3) : -1,
				.since = random_below(2) ? (moment)random_below((unsigned)last + 50) : 0,
				.until = random_below(2) ? (moment)random_below((unsigned)last + 50) : 0,
			};
			compare(&selection);
		}
	}
}
END_TEST

START_TEST(every_tail)
{
	for (enum cut cut = CUT_NOWHERE; cut <= CUT_MIXED; cut++) {
		make_log(250, 500, false, cut);
		for (long long tail = -1; tail < 255; tail++)
			compare(&(struct selection){ .tail = tail });
		compare(&(struct selection){ .tail = INT64_MAX - 1 });
	}
}
END_TEST

START_TEST(bounds_are_inclusive)
{
	make_log(50, 0, false, CUT_MIXED);
	for (size_t i = 0; i < nr; i++) {
		compare(&(struct selection){ .tail = -1, .since = records[i].at });
		compare(&(struct selection){ .tail = -1, .until = records[i].at });
		compare(&(struct selection){ .tail = -1, .since = records[i].at, .until = records[i].at });
		compare(&(struct selection){ .tail = -1, .since = records[i].at + 1, .until = records[i].at });
	}
}
END_TEST

START_TEST(an_empty_log)
{
	make_log(0, 0, false, CUT_MIXED);
	compare(&(struct selection){ .tail = -1 });
	compare(&(struct selection){ .tail = 0 });
	compare(&(struct selection){ .tail = 5 });
}
END_TEST

START_TEST(lines_of_others_are_not_shown)
{
	make_log(300, 100, true, CUT_MIXED);
	compare(&(struct selection){ .tail = -1 });
	compare(&(struct selection){ .tail = 0 });
	compare(&(struct selection){ .tail = -1, .since = 2000, .until = 3000 });
}
END_TEST

/* From any record on, up to any other; counted from there. */
START_TEST(what_lies_between_two_places)
{
	static struct taken all, is;
	make_log(300, 100, false, CUT_MIXED);
	take_all(&(struct selection){ .tail = -1 }, &all);
	for (unsigned i = 0; i < 500; i++) {
		size_t from = random_below(300), to = from + random_below(300 - (unsigned)from), tail = random_below(400);
		struct selection selection = { .tail = random_below(2) ? (long long)tail : -1, .from = all.begins[from], .to = all.begins[to] };
		size_t first = selection.tail >= 0 && to - from > tail ? to - tail : from;
		take_all(&selection, &is);
		ck_assert_uint_eq(is.nr, to - first);
		for (size_t r = 0; r < is.nr; r++)
			ck_assert_uint_eq(is.which[r], first + r);
	}
}
END_TEST

START_TEST(lines_and_bytes_are_counted)
{
	uint64_t lines, bytes, size = 0;
	struct error err;
	make_log(700, 300, false, CUT_MIXED);
	for (size_t i = 0; i < files.nr; i++) {
		struct stat st;
		ck_assert_int_eq(fstatat(scratch, files.items[i].file, &st, 0), 0);
		size += (uint64_t)st.st_size;
	}
	ck_assert_int_eq(scan_count(scratch, &files, &lines, &bytes, &err), 0);
	ck_assert_uint_eq(lines, 700);
	ck_assert_uint_eq(bytes, size - strlen("2026-11-22T04:03:59.283805114Z stdout F torn"));
	ck_assert_int_eq(reader_last_time(scratch, &files), records[699].at);
}
END_TEST

/* What is listed is by now called otherwise, compressed, or gone; what was written to is rotated. Nothing is shown twice, and only what is gone not at all. */
START_TEST(files_change_under_the_reader)
{
	static struct taken is;
	for (unsigned times = 0; times < random_tries(100); times++) {
		unsigned deleted = 0, first = 0;
		make_log(400, 50, false, CUT_PLAIN);
		if (files.nr < 4)
			continue;
		must_pack(1 + random_below((unsigned)files.nr - 1));
		if (random_below(2)) {
			deleted = 1;
			unlinkat(scratch, files.items[0].file, 0);
			unlinkat(scratch, NAME ".1.gz", 0);
		}
		if (random_below(2)) {
			char rotated[LOG_NAME_MAX + 1];
			log_part_make(NAME, &(struct log_part){ (unsigned)files.nr, false }, rotated);
			ck_assert_int_eq(renameat(scratch, NAME, scratch, rotated), 0);
			if (random_below(2))
				must_pack((unsigned)files.nr);
			scratch_write(NAME, "", 0);
		}
		take_all(&(struct selection){ .tail = -1 }, &is);
		ck_assert(is.nr > 0);
		first = (unsigned)is.which[0];
		ck_assert(deleted || first == 0);
		ck_assert_uint_eq(is.which[is.nr - 1], 399);
		for (size_t i = 1; i < is.nr; i++)
			ck_assert_uint_eq(is.which[i], is.which[i - 1] + 1);
	}
}
END_TEST

START_TEST(a_damaged_file_is_an_error)
{
	struct record record;
	struct reader reader;
	struct error err;
	int more;
	make_log(200, 50, false, CUT_NOWHERE);
	scratch_write(NAME ".1.gz", "\x1f\x8b\x08\0\0\0\0\0\0\3garbage that is no deflate stream", 43);
	shelf_release(&files);
	shelf_siblings(scratch, NAME, &files);
	ck_assert_int_eq(reader_open(&reader, scratch, &files, &(struct selection){ .tail = -1 }, &err), 0);
	while ((more = reader_next(&reader, &record, &err)) > 0)
		;
	ck_assert_int_eq(more, -1);
	ck_assert_ptr_nonnull(strstr(err.text, "is damaged"));
	reader_release(&reader);
}
END_TEST

START_TEST(a_large_file_is_read_from_its_end)
{
	make_log(1000, 20000, false, CUT_NOWHERE);
	compare(&(struct selection){ .tail = 1 });
	compare(&(struct selection){ .tail = 10 });
	compare(&(struct selection){ .tail = 999 });
}
END_TEST

static Suite *reader_suite(void)
{
	Suite *suite = suite_create("reader");
	TCase *tcase = tcase_create("reader");
	tcase_add_test(tcase, any_selection_is_the_naive_one);
	tcase_add_test(tcase, every_tail);
	tcase_add_test(tcase, bounds_are_inclusive);
	tcase_add_test(tcase, an_empty_log);
	tcase_add_test(tcase, lines_of_others_are_not_shown);
	tcase_add_test(tcase, what_lies_between_two_places);
	tcase_add_test(tcase, lines_and_bytes_are_counted);
	tcase_add_test(tcase, files_change_under_the_reader);
	tcase_add_test(tcase, a_damaged_file_is_an_error);
	tcase_add_test(tcase, a_large_file_is_read_from_its_end);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 30);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(reader_suite)
