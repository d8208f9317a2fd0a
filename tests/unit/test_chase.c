#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/pattern.h"
#include "logs.h"
#include "logs/chase.h"
#include "scratch.h"
#include "suite.h"

#define LOGS 7

static struct store store;
static struct error err;
static struct pattern *pattern;
static struct hunt_wish wish;

static void setup(void)
{
	static const struct keeping keeping;
	scratch_make();
	random_start(random_seed());
	ck_assert_int_eq(store_open(&store, scratch_path, &keeping, &err), 0);
}

static void teardown(void)
{
	hunt_wish_release(&wish);
	pattern_free(pattern);
	store_close(&store);
	scratch_remove();
}

static void look_for(const char *text)
{
	pattern = pattern_new(text, &(struct pattern_wish){ 0 }, &err);
	ck_assert_ptr_nonnull(pattern);
	ck_assert_int_eq(hunt_wish_init(&wish, pattern, &err), 0);
}

static void name_log(size_t nr, char id[static CONTAINER_ID_SHORT + 1])
{
	memset(id, "0123456789abcdef"[nr], CONTAINER_ID_SHORT);
	id[CONTAINER_ID_SHORT] = '\0';
}

/* A log that takes several steps; one record in `rare` has a needle. */
static void make_log(size_t nr, unsigned rare)
{
	char id[CONTAINER_ID_SHORT + 1], file[LOG_NAME_MAX + 1], text[200];
	SCOPED(buf_release) struct buf bytes = BUF_INIT(64u * 1024 * 1024);
	unsigned records = random_below(40000);
	memset(text, '.', sizeof text);
	for (unsigned i = 0; i < records; i++) {
		memcpy(text + 20, random_below(rare) ? "nothing" : "needle!", 7);
		struct record record = { logs_time(i), STREAM_STDOUT, false, text, 30 + random_below(170) };
		ck_assert_int_eq(record_store(&record, &bytes), 0);
	}
	name_log(nr, id);
	snprintf(file, sizeof file, "%s+web.log", id);
	scratch_write(file, buf_text(&bytes), bytes.len);
}

static void open_hunt(size_t nr, struct hunt *hunt)
{
	char id[CONTAINER_ID_SHORT + 1];
	name_log(nr, id);
	ck_assert_int_eq(hunt_open(hunt, &store, id, "web", &wish, &err), 0);
}

/* Where one is to be found next, as the hunt itself says. */
static void expect(struct hunt *hunt, enum hunt_result result, const struct found *found)
{
	struct found own;
	enum hunt_result own_result;
	while ((own_result = hunt_next(hunt, &own, &err)) == HUNT_LATER)
		;
	ck_assert_int_eq(result, own_result);
	if (result != HUNT_FOUND)
		return;
	ck_assert_int_eq(found->at, own.at);
	ck_assert_uint_eq(found->len, own.len);
	ck_assert_mem_eq(found->bytes, own.bytes, own.len);
}

static struct hunt hunts[LOGS];
static struct quarry quarries[LOGS];

static void send_all(struct chase *chase, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		open_hunt(i, &hunts[i]);
		quarry_init(&quarries[i], &hunts[i]);
		chase_send(chase, &quarries[i]);
	}
}

/* Hunts may be released only when the chase is. */
static void release(size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		quarry_release(&quarries[i]);
		hunt_release(&hunts[i]);
	}
}

static void chase_all(struct chase *chase)
{
	struct hunt own[LOGS];
	struct found found;
	bool ended[LOGS] = { false };
	size_t left = LOGS;
	for (size_t i = 0; i < LOGS; i++) {
		open_hunt(i, &own[i]);
		open_hunt(i, &hunts[i]);
		quarry_init(&quarries[i], &hunts[i]);
		if (random_below(4))
			chase_send(chase, &quarries[i]);
	}
	while (left) {
		size_t i = random_below(LOGS);
		if (ended[i])
			continue;
		enum hunt_result result = chase_next(chase, &quarries[i], &found, &err);
		if (result == HUNT_LATER)
			continue;
		expect(&own[i], result, &found);
		ended[i] = result != HUNT_FOUND;
		left -= ended[i];
	}
	release(LOGS);
	for (size_t i = 0; i < LOGS; i++)
		hunt_release(&own[i]);
}

START_TEST(what_is_found_does_not_depend_on_how_many_look)
{
	look_for("nee[d]le");
	wish.before = wish.after = 1;
	for (unsigned times = 0; times < random_tries(6); times++) {
		struct chase *chase = chase_new(&wish, random_below(5));
		for (size_t i = 0; i < LOGS; i++)
			make_log(i, 1 + random_below(random_below(2) ? 5 : 20000));
		chase_share(chase, random_below(2) ? LOGS : 100000);
		chase_all(chase);
		chase_all(chase); /* once more, by the same threads */
		chase_free(chase);
	}
}
END_TEST

START_TEST(one_that_is_under_way_is_left_where_it_is)
{
	struct found found;
	look_for("nothing like it");
	for (size_t i = 0; i < LOGS; i++)
		make_log(i, 10);
	for (unsigned threads = 0; threads < 4; threads++) {
		struct chase *chase = chase_new(&wish, threads);
		send_all(chase, LOGS);
		ck_assert_int_ne(chase_next(chase, &quarries[threads], &found, &err), HUNT_FOUND);
		chase_free(chase);
		release(LOGS);
	}
}
END_TEST

START_TEST(one_that_is_left_is_not_gone_on_with)
{
	struct found found;
	enum hunt_result result;
	look_for("nothing like it");
	struct chase *chase = chase_new(&wish, 0);
	make_log(0, 10);
	make_log(1, 10);
	send_all(chase, 2);
	chase_leave(chase, &quarries[0]);
	while ((result = chase_next(chase, &quarries[1], &found, &err)) == HUNT_LATER)
		;
	ck_assert_int_eq(result, HUNT_END);
	ck_assert_uint_eq(hunts[0].blocks, 0);
	chase_free(chase);
	release(2);
}
END_TEST

/* An error is the one's whose it is, and the others go on. */
START_TEST(a_log_that_is_damaged_among_others)
{
	struct found found;
	char id[CONTAINER_ID_SHORT + 1], file[LOG_NAME_MAX + 1];
	look_for("needle");
	make_log(0, 1);
	make_log(1, 1);
	name_log(1, id);
	snprintf(file, sizeof file, "%s+web.log.1.gz", id);
	scratch_write(file, "\x1f\x8b\x08\0\0\0\0\0\0\3garbage that is no deflate stream", 43);
	struct chase *chase = chase_new(&wish, 2);
	send_all(chase, 2);
	for (size_t i = 0; i < 2; i++) {
		enum hunt_result result;
		while ((result = chase_next(chase, &quarries[i], &found, &err)) > HUNT_END)
			;
		ck_assert_int_eq(result, i == 1 ? HUNT_DAMAGED : HUNT_END);
	}
	ck_assert_ptr_nonnull(strstr(err.text, "is damaged"));
	chase_free(chase);
	release(2);
}
END_TEST

START_TEST(no_more_threads_than_are_of_use)
{
	ck_assert_uint_eq(chase_threads(0), 0);
	ck_assert_uint_eq(chase_threads(1), 0);
	ck_assert_uint_le(chase_threads(2), 1);
	chase_free(NULL);
}
END_TEST

static Suite *chase_suite(void)
{
	Suite *suite = suite_create("chase");
	TCase *tcase = tcase_create("chase");
	tcase_add_test(tcase, what_is_found_does_not_depend_on_how_many_look);
	tcase_add_test(tcase, one_that_is_under_way_is_left_where_it_is);
	tcase_add_test(tcase, one_that_is_left_is_not_gone_on_with);
	tcase_add_test(tcase, a_log_that_is_damaged_among_others);
	tcase_add_test(tcase, no_more_threads_than_are_of_use);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(chase_suite)
