#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "logs/scan.h"
#include "scratch.h"
#include "suite.h"

#define NAME "0123456789ab+web.log"
#define STAMP "2026-11-22T04:03:59.283805114Z stdout F "
#define LINE(text) STAMP text "\n"
#define LINE_LEN ((off_t)sizeof LINE("a") - 1)

static struct shelf_files files;
static struct error err;

static void setup(void)
{
	scratch_make();
}

static void teardown(void)
{
	shelf_release(&files);
	scratch_remove();
}

static void look(void)
{
	shelf_release(&files);
	shelf_siblings(scratch, NAME, &files);
}

static void write_file(const char *file, const char *text)
{
	scratch_write(file, text, strlen(text));
}

static void write_packed(const char *file, const char *text)
{
	int fd = openat(scratch, file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	gzFile out = gzdopen(fd, "wb");
	ck_assert_int_eq(gzwrite(out, text, (unsigned)strlen(text)), (int)strlen(text));
	ck_assert_int_eq(gzclose(out), Z_OK);
}

/* Three files, the oldest packed: a b, c, d e. */
static void three_files(void)
{
	write_packed(NAME ".3.gz", LINE("a") LINE("b"));
	write_file(NAME ".4", LINE("c"));
	write_file(NAME, LINE("d") LINE("e"));
	look();
	ck_assert_uint_eq(files.nr, 3);
}

/* The texts of the records from there on. */
static void read_must_be(struct place from, const char *should)
{
	SCOPED(buf_release) struct buf is = BUF_INIT(1u << 20);
	struct record record;
	struct scan scan;
	struct place last = { 0 };
	int more;
	scan_init(&scan, scratch, &files, from);
	while ((more = scan_next(&scan, &record, &err)) > 0) {
		buf_add(&is, record.bytes, record.len);
		ck_assert_int_lt(place_compare(scan.begins, scan.place), 0);
		ck_assert_int_ge(place_compare(scan.begins, last), 0);
		last = scan.place;
	}
	ck_assert_msg(more == 0, "%s", err.text);
	ck_assert_int_eq(scan_next(&scan, &record, &err), 0);
	scan_release(&scan);
	ck_assert_str_eq(buf_text(&is), should);
}

static size_t records_read;

static int read_fails(void)
{
	struct record record;
	struct scan scan;
	int more;
	scan_init(&scan, scratch, &files, (struct place){ 0 });
	for (records_read = 0; (more = scan_next(&scan, &record, &err)) > 0; records_read++)
		;
	scan_release(&scan);
	return more;
}

START_TEST(places_have_an_order)
{
	static const struct place places[] = { { 0, 0 }, { 1, 0 }, { 1, 1 }, { 1, INT64_MAX }, { 2, 0 }, { 4000000000u, 0 } };
	for (int i = 0; i < (int)ARRAY_LEN(places); i++)
		for (int j = 0; j < (int)ARRAY_LEN(places); j++) {
			int order = place_compare(places[i], places[j]);
			ck_assert_int_eq((order > 0) - (order < 0), (i > j) - (i < j));
		}
}
END_TEST

START_TEST(files_have_numbers)
{
	three_files();
	ck_assert_uint_eq(scan_number(&files, 0), 3);
	ck_assert_uint_eq(scan_number(&files, 1), 4);
	ck_assert_uint_eq(scan_number(&files, 2), 5);
	unlinkat(scratch, NAME ".3.gz", 0);
	unlinkat(scratch, NAME ".4", 0);
	look();
	ck_assert_uint_eq(scan_number(&files, 0), 1);
}
END_TEST

START_TEST(from_any_place_on)
{
	static const struct {
		struct place from;
		const char *should;
	} rows[] = {
		{ { 0, 0 }, "abcde" },
		{ { 0, 500 }, "abcde" }, /* gone: from the beginning of the next one */
		{ { 2, LINE_LEN }, "abcde" },
		{ { 3, 0 }, "abcde" },
		{ { 3, LINE_LEN }, "bcde" },
		{ { 3, 2 * LINE_LEN }, "cde" },
		{ { 3, 1 }, "bcde" }, /* the rest of a line is none */
		{ { 4, 0 }, "cde" },
		{ { 5, 0 }, "de" },
		{ { 5, LINE_LEN }, "e" },
		{ { 5, 2 * LINE_LEN }, "" },
	};
	three_files();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		read_must_be(rows[i].from, rows[i].should);
}
END_TEST

START_TEST(nothing_is_nothing)
{
	uint64_t lines, bytes;
	struct place place;
	look();
	read_must_be((struct place){ 0 }, "");
	ck_assert_int_eq(scan_count(scratch, &files, &lines, &bytes, &err), 0);
	ck_assert(!lines && !bytes);
	ck_assert_int_eq(scan_find_tail(scratch, &files, 5, &place, &err), 0);
	ck_assert_int_eq(place_compare(place, (struct place){ 1, 0 }), 0);
	ck_assert_int_eq(scan_back(scratch, &files, 5, &place, &err), 0);
	ck_assert_int_eq(place_compare(place, (struct place){ 1, 0 }), 0);
	write_file(NAME, "");
	look();
	read_must_be((struct place){ 0 }, "");
	three_files();
	for (size_t i = 0; i < files.nr; i++)
		unlinkat(scratch, files.items[i].file, 0); /* meanwhile */
	read_must_be((struct place){ 0 }, "");
	ck_assert_int_eq(scan_count(scratch, &files, &lines, &bytes, &err), 0);
	ck_assert(!lines && !bytes);
}
END_TEST

START_TEST(what_is_no_record_is_passed_over)
{
	write_file(NAME ".1", "\n" LINE("a") "no record\n" LINE("b") STAMP "torn in a rotated file");
	write_file(NAME, LINE("c") "2026-11-22T04:03:59Z stdout F x\n" STAMP "torn");
	look();
	read_must_be((struct place){ 0 }, "abc");
}
END_TEST

/* Two mebibytes are the most that a record can have; one of one is read. */
START_TEST(a_line_too_long_is_passed_over)
{
	static const size_t lengths[] = { 1u << 20, 3u << 20, (5u << 20) + 1, 9u << 20 };
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++)
		for (int torn = 0; torn < 2; torn++) {
			SCOPED(buf_release) struct buf bytes = BUF_INIT(16u << 20);
			struct record record;
			struct scan scan;
			size_t read = 0;
			buf_add_text(&bytes, LINE("a") STAMP);
			size_t padded = bytes.len + lengths[i];
			while (bytes.len < padded) /* its pieces look like records */
				buf_add_text(&bytes, bytes.len % 4096 || bytes.len + sizeof STAMP > padded ? "x" : STAMP "x");
			buf_add_text(&bytes, LINE("b"));
			buf_add_text(&bytes, torn ? STAMP : LINE("c"));
			scratch_write(NAME, bytes.bytes, bytes.len);
			look();
			scan_init(&scan, scratch, &files, (struct place){ 0 });
			while (scan_next(&scan, &record, &err) > 0) {
				static const char texts[] = "axc";
				if (++read == 2 && i > 0)
					read++;
				ck_assert_int_eq(record.bytes[0], texts[read - 1]);
			}
			ck_assert_uint_eq(read, torn ? (i > 0 ? 1 : 2) : 3);
			ck_assert_int_eq(scan.place.number, 1);
			if (!torn)
				ck_assert_int_eq(scan.begins.offset, (off_t)padded + 2 * LINE_LEN);
			scan_release(&scan);
		}
}
END_TEST

START_TEST(a_torn_line_too_long_is_not_the_next_files)
{
	SCOPED(buf_release) struct buf bytes = BUF_INIT(4u << 20);
	buf_add_text(&bytes, LINE("a"));
	memset(buf_reserve(&bytes, 3u << 20), 'x', 3u << 20);
	buf_grow(&bytes, 3u << 20);
	scratch_write(NAME ".1", bytes.bytes, bytes.len);
	write_file(NAME, LINE("b") LINE("c"));
	look();
	read_must_be((struct place){ 0 }, "abc");
}
END_TEST

START_TEST(only_regular_files_are_read)
{
	three_files();
	unlinkat(scratch, NAME ".4", 0);
	ck_assert_int_eq(symlinkat(NAME, scratch, NAME ".4"), 0);
	ck_assert_int_eq(read_fails(), -1);
	unlinkat(scratch, NAME ".4", 0);
	ck_assert_int_eq(mkfifoat(scratch, NAME ".4", 0600), 0);
	ck_assert_int_eq(read_fails(), -1);
	unlinkat(scratch, NAME ".4", 0);
	ck_assert_int_eq(mkdirat(scratch, NAME ".4", 0700), 0);
	ck_assert_int_eq(read_fails(), -1);
	unlinkat(scratch, NAME ".4", AT_REMOVEDIR);
	unlinkat(scratch, NAME ".3.gz", 0);
	ck_assert_int_eq(mkfifoat(scratch, NAME ".3.gz", 0600), 0);
	ck_assert_int_eq(read_fails(), -1);
}
END_TEST

/* Each byte of its end counts: the checksum and the length. */
START_TEST(a_packed_file_that_is_not_what_it_was_is_damaged)
{
	uint64_t lines, bytes;
	SCOPED(buf_release) struct buf packed = BUF_INIT(1000);
	three_files();
	scratch_read(NAME ".3.gz", &packed);
	for (size_t at = packed.len - 8; at < packed.len; at++) {
		packed.bytes[at] ^= 1;
		scratch_write(NAME ".3.gz", packed.bytes, packed.len);
		ck_assert_int_eq(read_fails(), -1);
		ck_assert_ptr_nonnull(strstr(err.text, "is damaged"));
		ck_assert_uint_ge(records_read, 2); /* what stands behind it, at least */
		ck_assert_int_eq(scan_count(scratch, &files, &lines, &bytes, &err), 0);
		packed.bytes[at] ^= 1;
	}
}
END_TEST

/* ---- from the end ---- */

START_TEST(the_last_lines)
{
	static const struct place should[] = { { 5, LINE_LEN }, { 5, 0 }, { 4, 0 }, { 3, LINE_LEN }, { 3, 0 }, { 3, 0 } };
	struct place place;
	for (int torn = 0; torn < 2; torn++) {
		three_files();
		if (torn)
			write_file(NAME, LINE("d") LINE("e") STAMP "torn");
		for (long long lines = 1; lines <= (long long)ARRAY_LEN(should); lines++) {
			ck_assert_int_eq(scan_find_tail(scratch, &files, lines, &place, &err), 0);
			ck_assert_msg(place_compare(place, should[lines - 1]) == 0, "%lld: %u, %lld", lines, place.number, (long long)place.offset);
		}
		ck_assert_int_eq(scan_find_tail(scratch, &files, INT64_MAX - 1, &place, &err), 0);
		ck_assert_int_eq(place_compare(place, (struct place){ 3, 0 }), 0);
	}
}
END_TEST

START_TEST(so_many_bytes_from_the_end)
{
	static const struct {
		off_t bytes;
		struct place should;
	} rows[] = {
		{ 1, { 5, LINE_LEN } },
		{ LINE_LEN, { 5, LINE_LEN } },
		{ LINE_LEN + 1, { 5, 0 } },
		{ 2 * LINE_LEN, { 5, 0 } },
		{ 2 * LINE_LEN + 1, { 4, 0 } },
		{ 3 * LINE_LEN, { 4, 0 } },
		{ 3 * LINE_LEN + 1, { 3, 0 } }, /* a packed file is taken whole */
		{ INT64_MAX, { 3, 0 } },
	};
	struct place place;
	three_files();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ck_assert_int_eq(scan_back(scratch, &files, rows[i].bytes, &place, &err), 0);
		ck_assert_msg(place_compare(place, rows[i].should) == 0, "%lld: %u, %lld", (long long)rows[i].bytes, place.number,
			      (long long)place.offset);
	}
}
END_TEST

START_TEST(a_packed_file_that_is_cut_is_damaged)
{
	uint64_t lines, bytes;
	SCOPED(buf_release) struct buf packed = BUF_INIT(1000);
	three_files();
	scratch_read(NAME ".3.gz", &packed);
	for (size_t len = packed.len - 1; len > 10; len--) {
		scratch_write(NAME ".3.gz", packed.bytes, len);
		ck_assert_int_eq(read_fails(), -1);
		ck_assert_ptr_nonnull(strstr(err.text, "is damaged"));
		ck_assert_uint_ge(records_read, 2); /* what stands behind it, at least */
		ck_assert_int_eq(scan_count(scratch, &files, &lines, &bytes, &err), 0);
	}
}
END_TEST

static Suite *scan_suite(void)
{
	Suite *suite = suite_create("scan");
	TCase *tcase = tcase_create("scan");
	const TTest *const tests[] = {
		places_have_an_order,
		files_have_numbers,
		from_any_place_on,
		nothing_is_nothing,
		what_is_no_record_is_passed_over,
		a_line_too_long_is_passed_over,
		a_torn_line_too_long_is_not_the_next_files,
		only_regular_files_are_read,
		a_packed_file_that_is_not_what_it_was_is_damaged,
		the_last_lines,
		so_many_bytes_from_the_end,
		a_packed_file_that_is_cut_is_damaged,
	};
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 30);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(scan_suite)
