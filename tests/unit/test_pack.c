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
#include <zlib.h>

#include "logs.h"
#include "logs/pack.h"
#include "scratch.h"
#include "suite.h"

#define NAME "0123456789ab+web.log"
#define SIZE_MAX_TRIED (3u * 1024 * 1024)

static struct pack pack;
static struct error err;
static struct buf content = BUF_INIT(SIZE_MAX_TRIED);

static void setup(void)
{
	scratch_make();
	random_start(random_seed());
	scratch_write("target", "do not touch", 12);
}

static void teardown(void)
{
	buf_release(&content);
	scratch_remove();
}

/* Lines, or bytes that do not get smaller. */
static void write_rotated(unsigned number, size_t size, bool wild)
{
	char file[LOG_NAME_MAX + 1];
	buf_clear(&content);
	char *bytes = buf_reserve(&content, size);
	for (size_t i = 0; i < size; i++)
		bytes[i] = wild ? (char)random_next() : i % 40 == 39 ? '\n' : (char)('a' + i % 7);
	buf_grow(&content, size);
	log_part_make(NAME, &(struct log_part){ number, false }, file);
	scratch_write(file, buf_text(&content), size);
}

static void gunzip(const char *file, struct buf *out)
{
	int fd = openat(scratch, file, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	gzFile in = gzdopen(fd, "rb");
	int got, code;
	buf_clear(out);
	while ((got = gzread(in, buf_reserve(out, 16 * 1024), 16 * 1024)) > 0)
		buf_grow(out, (size_t)got);
	gzerror(in, &code);
	ck_assert_int_eq(code, Z_OK);
	ck_assert(!gzdirect(in));
	ck_assert_int_eq(gzclose_r(in), Z_OK);
}

static void packed_must_be_content(const char *file)
{
	SCOPED(buf_release) struct buf unpacked = BUF_INIT(SIZE_MAX_TRIED + 64 * 1024);
	gunzip(file, &unpacked);
	same_bytes(&unpacked, buf_text(&content), content.len);
}

static void content_must_be_in(const char *file)
{
	SCOPED(buf_release) struct buf bytes = BUF_INIT(SIZE_MAX_TRIED);
	scratch_read(file, &bytes);
	same_bytes(&bytes, buf_text(&content), content.len);
}

START_TEST(a_compressed_file_takes_the_place_of_the_plain_one)
{
	static const size_t sizes[] = { 0, 1, 40, 16 * 1024, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 3u * 1024 * 1024 };
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		write_rotated(7, sizes[i], i % 2);
		logs_pack(NAME, 7);
		ck_assert(!pack.active);
		ck_assert(!logs_has(NAME ".7"));
		ck_assert(!logs_has(PACK_TEMPORARY));
		packed_must_be_content(NAME ".7.gz");
	}
}
END_TEST

START_TEST(it_is_small_its_owners_and_as_old_as_what_is_in_it)
{
	const struct timespec times[] = { { 1000, 5 }, { 2000, 123456789 } };
	struct stat st;
	mode_t mask = umask(0);
	write_rotated(1, SIZE_MAX_TRIED, false);
	ck_assert_int_eq(utimensat(scratch, NAME ".1", times, 0), 0);
	logs_pack(NAME, 1);
	umask(mask);
	ck_assert_int_eq(fstatat(scratch, NAME ".1.gz", &st, 0), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(st.st_mtim.tv_sec, 2000);
	ck_assert_int_eq(st.st_mtim.tv_nsec, 123456789);
	ck_assert_int_lt(st.st_size, SIZE_MAX_TRIED / 20);
}
END_TEST

START_TEST(until_it_is_done_the_plain_file_stays)
{
	unsigned steps = 0;
	write_rotated(1, SIZE_MAX_TRIED, true);
	ck_assert_int_eq(pack_start(&pack, scratch, NAME, 1, &err), 0);
	ck_assert(pack.active);
	int done;
	while ((done = pack_step(&pack, &err)) == 0) {
		content_must_be_in(NAME ".1");
		ck_assert(!logs_has(NAME ".1.gz"));
		ck_assert(pack.active);
		steps++;
	}
	ck_assert_int_eq(done, 1);
	ck_assert(!pack.active);
	ck_assert_uint_ge(steps, 5);
	packed_must_be_content(NAME ".1.gz");
}
END_TEST

START_TEST(abandoned_it_leaves_nothing_behind)
{
	int before = descriptors_nr();
	write_rotated(1, SIZE_MAX_TRIED, true);
	for (int steps = 0; steps < 3; steps++) {
		ck_assert_int_eq(pack_start(&pack, scratch, NAME, 1, &err), 0);
		ck_assert(logs_has(PACK_TEMPORARY));
		for (int i = 0; i < steps; i++)
			ck_assert_int_eq(pack_step(&pack, &err), 0);
		pack_abandon(&pack);
		pack_abandon(&pack); /* nothing is under way */
		ck_assert(!pack.active);
		ck_assert(!logs_has(PACK_TEMPORARY));
		ck_assert(!logs_has(NAME ".1.gz"));
		content_must_be_in(NAME ".1");
	}
	ck_assert_int_eq(descriptors_nr(), before);
	logs_pack(NAME, 1);
	packed_must_be_content(NAME ".1.gz");
	ck_assert_int_eq(descriptors_nr(), before);
}
END_TEST

START_TEST(what_a_crash_left_is_overwritten)
{
	SCOPED(buf_release) struct buf packed = BUF_INIT(SIZE_MAX_TRIED), junk = BUF_INIT(SIZE_MAX_TRIED);
	write_rotated(1, 5000, true);
	logs_pack(NAME, 1);
	scratch_read(NAME ".1.gz", &packed);
	while (junk.len < 2 * packed.len)
		buf_add_text(&junk, "junk");
	scratch_write(PACK_TEMPORARY, junk.bytes, junk.len);
	scratch_write(NAME ".1.gz", junk.bytes, junk.len);
	scratch_write(NAME ".1", buf_text(&content), content.len);
	logs_pack(NAME, 1);
	ck_assert(!logs_has(PACK_TEMPORARY));
	scratch_read(NAME ".1.gz", &junk);
	same_bytes(&junk, packed.bytes, packed.len);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_an_error)
{
	int before = descriptors_nr();
	ck_assert_int_eq(pack_start(&pack, scratch, NAME, 1, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_SYSTEM);
	ck_assert_int_eq(err.detail, ENOENT);
	ck_assert_ptr_nonnull(strstr(err.text, NAME ".1"));
	ck_assert(!pack.active);
	ck_assert(!logs_has(NAME ".1.gz"));
	pack_abandon(&pack);
	ck_assert_int_eq(descriptors_nr(), before);
}
END_TEST

START_TEST(links_and_directories_are_not_compressed)
{
	static const enum oddity odd[] = { ODD_LINK, ODD_DANGLING, ODD_DIRECTORY };
	for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
		int before = descriptors_nr();
		logs_make_odd(NAME ".1", odd[i]);
		int failed = pack_start(&pack, scratch, NAME, 1, &err);
		if (!failed)
			failed = pack_step(&pack, &err);
		ck_assert_int_eq(failed, -1);
		ck_assert(!pack.active);
		ck_assert(logs_has(NAME ".1"));
		ck_assert(!logs_has(NAME ".1.gz"));
		ck_assert_int_eq(descriptors_nr(), before);
		ck_assert_int_eq(unlinkat(scratch, NAME ".1", odd[i] == ODD_DIRECTORY ? AT_REMOVEDIR : 0), 0);
	}
}
END_TEST

START_TEST(the_temporary_file_is_no_other)
{
	write_rotated(1, 100, false);
	for (enum oddity odd = 0; odd < ODDITIES; odd++) {
		int before = descriptors_nr();
		logs_make_odd(PACK_TEMPORARY, odd);
		ck_assert_int_eq(pack_start(&pack, scratch, NAME, 1, &err), -1);
		ck_assert_int_eq(err.kind, ERROR_SYSTEM);
		ck_assert(!pack.active);
		ck_assert(!logs_has("nowhere"));
		ck_assert_int_eq(descriptors_nr(), before);
		ck_assert_int_eq(unlinkat(scratch, PACK_TEMPORARY, odd == ODD_DIRECTORY ? AT_REMOVEDIR : 0), 0);
	}
	content_must_be_in(NAME ".1");
	buf_clear(&content);
	buf_add_text(&content, "do not touch");
	content_must_be_in("target");
}
END_TEST

START_TEST(on_a_full_disk_the_plain_file_stays)
{
	struct rlimit before, small;
	write_rotated(1, SIZE_MAX_TRIED, true);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = (struct rlimit){ 1024 * 1024, before.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	int done;
	ck_assert_int_eq(pack_start(&pack, scratch, NAME, 1, &err), 0);
	while ((done = pack_step(&pack, &err)) == 0)
		;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
	ck_assert_int_eq(done, -1);
	ck_assert_int_eq(err.kind, ERROR_SYSTEM);
	ck_assert_int_eq(err.detail, EFBIG);
	ck_assert(!pack.active);
	ck_assert(!logs_has(PACK_TEMPORARY));
	ck_assert(!logs_has(NAME ".1.gz"));
	content_must_be_in(NAME ".1");
}
END_TEST

/* ---- both of them there ---- */

static void write_both(size_t size, bool wild)
{
	write_rotated(1, size, wild);
	logs_pack(NAME, 1);
	scratch_write(NAME ".1", buf_text(&content), content.len);
}

START_TEST(a_whole_one_is_known)
{
	static const size_t sizes[] = { 0, 1, 16 * 1024, 16 * 1024 + 1, 600000 };
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		write_both(sizes[i], i % 2);
		ck_assert_msg(pack_is_whole(scratch, NAME, 1), "%zu bytes", sizes[i]);
	}
	ck_assert(!pack_is_whole(scratch, NAME, 2));
	ck_assert(!pack_is_whole(scratch, "other.log", 1));
}
END_TEST

START_TEST(one_that_lacks_something_is_known)
{
	SCOPED(buf_release) struct buf packed = BUF_INIT(SIZE_MAX_TRIED);
	write_both(3 * 16 * 1024, true);
	scratch_read(NAME ".1.gz", &packed);
	size_t sums = packed.len - 8; /* where check sum and length stand */
	for (size_t cut = 0; cut < sums; cut += cut < 30 || cut > sums - 50 ? 1 : 997) {
		scratch_write(NAME ".1.gz", packed.bytes, cut);
		ck_assert_msg(!pack_is_whole(scratch, NAME, 1), "%zu of %zu bytes", cut, packed.len);
	}
	for (size_t at = 100; at < packed.len; at = at < 40000 ? at + 4999 : at < sums ? sums : at + 1) {
		packed.bytes[at] ^= 0x10;
		scratch_write(NAME ".1.gz", packed.bytes, packed.len);
		ck_assert_msg(!pack_is_whole(scratch, NAME, 1), "byte %zu of %zu", at, packed.len);
		packed.bytes[at] ^= 0x10;
	}
	scratch_write(NAME ".1.gz", packed.bytes, packed.len);
	ck_assert(pack_is_whole(scratch, NAME, 1));
	logs_cut(NAME ".1", 1); /* it has more than the plain one */
	ck_assert(!pack_is_whole(scratch, NAME, 1));
}
END_TEST

START_TEST(a_plain_one_that_has_more_or_other_bytes_is_known)
{
	SCOPED(buf_release) struct buf plain = BUF_INIT(SIZE_MAX_TRIED);
	write_both(40000, false);
	scratch_read(NAME ".1", &plain);
	buf_add_text(&plain, "\n");
	scratch_write(NAME ".1", plain.bytes, plain.len);
	ck_assert(!pack_is_whole(scratch, NAME, 1));
	plain.bytes[39999] ^= 1;
	scratch_write(NAME ".1", plain.bytes, plain.len - 1);
	ck_assert(!pack_is_whole(scratch, NAME, 1));
	scratch_write(NAME ".1", "", 0);
	ck_assert(!pack_is_whole(scratch, NAME, 1));
}
END_TEST

START_TEST(what_is_no_compressed_file_has_nothing)
{
	write_rotated(1, 1000, false);
	ck_assert(!pack_is_whole(scratch, NAME, 1));
	scratch_write(NAME ".1.gz", buf_text(&content), content.len); /* the same, not compressed */
	ck_assert(!pack_is_whole(scratch, NAME, 1));
	scratch_write(NAME ".1", "", 0);
	scratch_write(NAME ".1.gz", "", 0);
	ck_assert(!pack_is_whole(scratch, NAME, 1));
	ck_assert_int_eq(unlinkat(scratch, NAME ".1.gz", 0), 0);
	for (enum oddity odd = 0; odd < ODDITIES; odd++) {
		int before = descriptors_nr();
		logs_make_odd(NAME ".1.gz", odd);
		ck_assert(!pack_is_whole(scratch, NAME, 1));
		ck_assert_int_eq(descriptors_nr(), before);
		ck_assert_int_eq(unlinkat(scratch, NAME ".1.gz", odd == ODD_DIRECTORY ? AT_REMOVEDIR : 0), 0);
	}
}
END_TEST

START_TEST(one_without_its_check_sum_is_not_whole)
{
	write_both(1000, true);
	logs_cut(NAME ".1.gz", 1);
	ck_assert(!pack_is_whole(scratch, NAME, 1));
}
END_TEST

START_TEST(a_fifo_is_not_compressed)
{
	logs_make_odd(NAME ".1", ODD_FIFO);
	int failed = pack_start(&pack, scratch, NAME, 1, &err);
	while (!failed)
		failed = pack_step(&pack, &err);
	ck_assert_int_eq(failed, -1);
	ck_assert(logs_has(NAME ".1"));
}
END_TEST

static Suite *pack_suite(void)
{
	Suite *suite = suite_create("pack");
	TCase *tcase = tcase_create("pack");
	const TTest *const tests[] = {
		a_compressed_file_takes_the_place_of_the_plain_one,
		it_is_small_its_owners_and_as_old_as_what_is_in_it,
		until_it_is_done_the_plain_file_stays,
		abandoned_it_leaves_nothing_behind,
		what_a_crash_left_is_overwritten,
		a_file_that_is_not_there_is_an_error,
		links_and_directories_are_not_compressed,
		the_temporary_file_is_no_other,
		on_a_full_disk_the_plain_file_stays,
		a_whole_one_is_known,
		one_that_lacks_something_is_known,
		a_plain_one_that_has_more_or_other_bytes_is_known,
		what_is_no_compressed_file_has_nothing,
		one_without_its_check_sum_is_not_whole,
		a_fifo_is_not_compressed,
	};
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 30);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(pack_suite)
