#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "logs/logfile.h"
#include "logs/reader.h"
#include "scratch.h"
#include "suite.h"

#define RECORDS_MAX 3000

static struct record records[RECORDS_MAX];
static char texts[RECORDS_MAX][64];
static size_t nr;
static int fd = -1;
static off_t end;

static void setup(void)
{
	scratch_make();
	random_start(random_seed());
}

static void teardown(void)
{
	fd_close(&fd);
	scratch_remove();
}

/* Times that mostly grow. With `foreign`, lines between them that are no records. */
static void make_file(size_t count, size_t longest, bool foreign)
{
	SCOPED(buf_release) struct buf bytes = BUF_INIT(64u * 1024 * 1024);
	char *padding = xmalloc(longest + 1);
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
	}
	end = (off_t)bytes.len;
	buf_add_text(&bytes, "2026-11-22T04:03:59.283805114Z stdout F torn"); /* behind the end */
	scratch_write("log", bytes.bytes, bytes.len);
	fd_close(&fd);
	fd = openat(scratch, "log", O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	free(padding);
}

struct taken {
	size_t nr, stop_at;
	size_t which[RECORDS_MAX];
};

static int take(void *arg, const struct record *record, struct error *err)
{
	struct taken *taken = arg;
	size_t which = strtoul(record->bytes, NULL, 10);
	ck_assert_uint_lt(which, nr);
	ck_assert_int_eq(record->at, records[which].at);
	ck_assert_int_eq(record->stream, records[which].stream);
	ck_assert_int_eq(record->partial, records[which].partial);
	taken->which[taken->nr++] = which;
	return taken->nr == taken->stop_at ? error_set(err, ERROR_FAILED, "enough") : 0;
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
	struct error err;
	is = (struct taken){ 0 };
	ck_assert_msg(reader_select(fd, end, selection, take, &is, &err) == 0, "%s", err.text);
	naive(selection, &should);
	ck_assert_msg(is.nr == should.nr && !memcmp(is.which, should.which, is.nr * sizeof is.which[0]),
		      "tail %lld since %lld until %lld: %zu records, not %zu", selection->tail,
		      (long long)selection->since, (long long)selection->until, is.nr, should.nr);
}

START_TEST(any_selection_is_the_naive_one)
{
	for (unsigned file = 0; file < random_tries(20); file++) {
		make_file(random_below(random_below(3) ? 300 : RECORDS_MAX), random_below(2) ? 0 : 400, false);
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
	make_file(250, 500, false);
	for (long long tail = -1; tail < 255; tail++)
		compare(&(struct selection){ .tail = tail });
	compare(&(struct selection){ .tail = INT64_MAX - 1 });
}
END_TEST

START_TEST(bounds_are_inclusive)
{
	make_file(50, 0, false);
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
	make_file(0, 0, false);
	compare(&(struct selection){ .tail = -1 });
	compare(&(struct selection){ .tail = 0 });
	compare(&(struct selection){ .tail = 5 });
}
END_TEST

START_TEST(lines_of_others_are_not_shown)
{
	make_file(300, 100, true);
	compare(&(struct selection){ .tail = -1 });
	compare(&(struct selection){ .tail = 0 });
	compare(&(struct selection){ .tail = -1, .since = 2000, .until = 3000 });
}
END_TEST

START_TEST(what_is_behind_the_end_is_not_shown)
{
	make_file(20, 0, false);
	end = 0;
	nr = 0;
	compare(&(struct selection){ .tail = -1 });
	compare(&(struct selection){ .tail = 3 });
}
END_TEST

START_TEST(the_takers_error_ends_it)
{
	struct taken taken = { .stop_at = 7 };
	struct error err;
	make_file(100, 0, false);
	ck_assert_int_eq(reader_select(fd, end, &(struct selection){ .tail = -1 }, take, &taken, &err), -1);
	ck_assert_str_eq(err.text, "enough");
	ck_assert_uint_eq(taken.nr, 7);
}
END_TEST

START_TEST(a_large_file_is_read_from_its_end)
{
	make_file(1000, 20000, false);
	ck_assert_int_gt(end, 5 * 1000 * 1000);
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
	tcase_add_test(tcase, what_is_behind_the_end_is_not_shown);
	tcase_add_test(tcase, the_takers_error_ends_it);
	tcase_add_test(tcase, a_large_file_is_read_from_its_end);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 30);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(reader_suite)
