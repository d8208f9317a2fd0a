/* What is told at the prompt, and how much of it at once. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "logs/notices.h"
#include "logs/onlooker.h"
#include "suite.h"

static struct notices notices;

static void setup(void)
{
	notices = (struct notices){ 0 };
}

static void teardown(void)
{
	notices_release(&notices);
}

static void end(const char *name, int code)
{
	char text[400], among[400];
	snprintf(text, sizeof text, "%s exited (%d)", name, code);
	snprintf(among, sizeof among, code ? "%s (%d)" : "%s", name, code);
	notices_add(&notices, NOTICE_EXITED, among, text, 1000);
}

static void many(unsigned nr)
{
	char name[20];
	for (unsigned i = 0; i < nr; i++) {
		snprintf(name, sizeof name, "web-%u", i);
		end(name, 0);
	}
}

static void tells(size_t cells, const char *should)
{
	struct strvec lines = STRVEC_INIT;
	char text[64 * 1024] = "";
	notices_take(&notices, cells, &lines);
	for (size_t i = 0; i < lines.nr; i++) {
		strcat(text, lines.items[i]);
		strcat(text, "\n");
	}
	ck_assert_str_eq(text, should);
	strvec_release(&lines);
}

START_TEST(a_few_are_told_one_by_one)
{
	end("a", 0);
	end("b", 3);
	end("c", 0);
	tells(80, "a exited (0)\nb exited (3)\nc exited (0)\n");
	tells(80, "");
}
END_TEST

START_TEST(many_are_one_line)
{
	end("a", 0);
	end("b", 3);
	many(2);
	tells(80, "4 containers exited: a, b (3), web-0, web-1\n");
	many(500);
	tells(80, "500 containers exited: web-0, web-1, web-2, web-3, web-4, web-5, web-6, web-7, …\n");
	many(500);
	tells(45, "500 containers exited: web-0, web-1, web-2, …\n");
	many(500);
	tells(1, "500 containers exited: web-0, …\n");
}
END_TEST

START_TEST(a_line_of_many_is_never_too_long)
{
	char longer[300] = "";
	struct strvec lines = STRVEC_INIT;
	memset(longer, 'n', sizeof longer - 1);
	for (unsigned i = 0; i < 200; i++)
		end(longer, 1);
	notices_take(&notices, SIZE_MAX, &lines);
	ck_assert_uint_eq(lines.nr, 1);
	ck_assert_uint_lt(strlen(lines.items[0]), NOTICE_LEN + sizeof ", …");
	strvec_release(&lines);
	many(500);
	notices_take(&notices, SIZE_MAX, &lines);
	ck_assert_uint_lt(strlen(lines.items[0]), NOTICE_LEN + sizeof ", …");
	ck_assert_ptr_nonnull(strstr(lines.items[0], ", web-20,"));
	strvec_release(&lines);
}
END_TEST

START_TEST(each_kind_is_gathered_by_itself)
{
	many(4);
	notices_add(&notices, NOTICE_OTHER, "", "logs cannot be stored", 1000);
	notices_add(&notices, NOTICE_UNHEALTHY, "x", "x is unhealthy", 1000);
	end("late", 0);
	notices_add(&notices, NOTICE_OTHER, "", "logs are stored again", 1000);
	tells(80,
	      "5 containers exited: web-0, web-1, web-2, web-3, late\nlogs cannot be stored\nx is unhealthy\nlogs are stored again\n");
}
END_TEST

START_TEST(the_oldest_give_way)
{
	char text[32], should[64 * 32] = "";
	for (unsigned i = 0; i < 100; i++) {
		snprintf(text, sizeof text, "notice %u", i);
		notices_add(&notices, NOTICE_OTHER, "", text, 1000);
		if (i >= 100 - NOTICES_MAX)
			snprintf(should + strlen(should), sizeof should - strlen(should), "%s\n", text);
	}
	tells(80, should);
}
END_TEST

static void add_at(int64_t ms)
{
	notices_add(&notices, NOTICE_EXITED, "a", "a exited (0)", ms);
}

static void take(void)
{
	struct strvec lines = STRVEC_INIT;
	notices_take(&notices, 80, &lines);
	strvec_release(&lines);
}

START_TEST(they_are_gathered_until_it_is_quiet_but_not_for_ever)
{
	ck_assert_int_eq(notices_wait_ms(&notices, 0), -1);
	add_at(1000);
	ck_assert_int_eq(notices_wait_ms(&notices, 1000), 150);
	ck_assert_int_eq(notices_wait_ms(&notices, 1150), 0);
	add_at(1100);
	ck_assert_int_eq(notices_wait_ms(&notices, 1100), 150);
	for (int64_t ms = 1200; ms < 1900; ms += 100)
		add_at(ms);
	add_at(1900);
	ck_assert_int_eq(notices_wait_ms(&notices, 1900), 100);
	ck_assert_int_eq(notices_wait_ms(&notices, 2000), 0);
	take();
	for (int64_t ms = 2000; ms <= 6900; ms += 100) /* a storm: less often */
		add_at(ms);
	ck_assert_int_eq(notices_wait_ms(&notices, 6900), 100);
	take();
	add_at(10000);
	ck_assert_int_eq(notices_wait_ms(&notices, 10000), 150);
	take();
	for (int64_t ms = 20000; ms < 21000; ms += 100)
		add_at(ms);
	ck_assert_int_eq(notices_wait_ms(&notices, 20950), 50);
}
END_TEST

/* ---- containers that nobody tracks ---- */

static struct tracked_table *table;
static struct onlooker onlooker;

static void setup_onlooker(void)
{
	struct error err;
	table = tracked_new(&err);
	tracked_announce(table, ANNOUNCE_ALL);
	onlooker = (struct onlooker){ 0 };
}

static void teardown_onlooker(void)
{
	onlooker_release(&onlooker);
	tracked_free(table);
}

static void happens(enum container_happening what, const char *id, const char *detail, int code, const char *told)
{
	struct container_event event = { .what = what, .exit_code = code };
	struct strvec lines = STRVEC_INIT;
	snprintf(event.id, sizeof event.id, "%s", id);
	snprintf(event.name, sizeof event.name, "%s", strcmp(id, "0123456789abcdef") ? id : "");
	snprintf(event.detail, sizeof event.detail, "%s", detail);
	onlooker_happened(&onlooker, table, &event);
	tracked_take_notices(table, 80, &lines);
	ck_assert_str_eq(lines.nr ? lines.items[0] : "", told);
	strvec_release(&lines);
}

START_TEST(what_events_say_is_told)
{
	happens(HAPPENED_END, "web", "", 3, "web exited (3)");
	happens(HAPPENED_END, "0123456789abcdef", "", 0, "0123456789ab exited (0)");
	happens(HAPPENED_START, "web", "", 0, "");
	happens(HAPPENED_HEALTH, "web", "healthy", 0, "");
	happens(HAPPENED_HEALTH, "web", "unhealthy", 0, "web is unhealthy");
	happens(HAPPENED_HEALTH, "web", "unhealthy", 0, "");
	happens(HAPPENED_HEALTH, "web", "healthy", 0, "web is healthy again");
	happens(HAPPENED_HEALTH, "web", "unhealthy", 0, "web is unhealthy");
	happens(HAPPENED_END, "web", "", 1, "web exited (1)");
	happens(HAPPENED_HEALTH, "web", "healthy", 0, "");
	happens(HAPPENED_OOM, "web", "", 0, "");
	happens(HAPPENED_END, "db", "", 1, "db exited (1)");
	happens(HAPPENED_OOM, "web", "", 0, "");
	happens(HAPPENED_END, "web", "", 137, "web exited (137), killed for memory");
	tracked_expect_end(table, "web");
	happens(HAPPENED_END, "web", "", 0, "");
	happens(HAPPENED_END, "web", "", 0, "web exited (0)");
}
END_TEST

static Suite *notices_suite(void)
{
	Suite *suite = suite_create("notices");
	TCase *tcase = tcase_create("notices");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_few_are_told_one_by_one);
	tcase_add_test(tcase, many_are_one_line);
	tcase_add_test(tcase, a_line_of_many_is_never_too_long);
	tcase_add_test(tcase, each_kind_is_gathered_by_itself);
	tcase_add_test(tcase, the_oldest_give_way);
	tcase_add_test(tcase, they_are_gathered_until_it_is_quiet_but_not_for_ever);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("onlooker");
	tcase_add_checked_fixture(tcase, setup_onlooker, teardown_onlooker);
	tcase_add_test(tcase, what_events_say_is_told);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(notices_suite)
