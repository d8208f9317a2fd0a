#include <check.h>

#include "base/macros.h"
#include "logs/pace.h"
#include "suite.h"

static struct pace pace;
static int64_t now_ms;

static void setup(void)
{
	pace_init(&pace);
	now_ms = 1000000;
}

/* The next window, after the time that the last one told to wait, and how long to wait behind it. */
static int window(int *wait, uint64_t records, uint64_t fresh, uint64_t bytes, int takes_ms)
{
	struct pace_window window = { .began_ms = now_ms, .ended_ms = now_ms + takes_ms, .records = records, .fresh = fresh, .bytes = bytes };
	*wait = pace_after(&pace, &window, false);
	now_ms += takes_ms + *wait;
	return *wait;
}

START_TEST(idle_it_slows_down_and_data_wakes_it)
{
	static const int should[] = { 500, 1000, 2000, 4000, 5000, 5000 };
	int wait = 0;
	for (size_t i = 0; i < ARRAY_LEN(should); i++)
		ck_assert_int_eq(window(&wait, 16, 0, 0, 10), should[i]);
	ck_assert_int_eq(window(&wait, 17, 1, 100, 10), 250);
	ck_assert_int_eq(window(&wait, 17, 1, 100, 10), 250);
	ck_assert_int_eq(window(&wait, 17, 0, 0, 10), 500);
	ck_assert_int_eq(window(&wait, 17, 0, 0, 10), 1000);
	pace_hurry(&pace);
	ck_assert_int_eq(window(&wait, 17, 0, 0, 10), 500);
}
END_TEST

START_TEST(who_looks_on_waits_no_longer_than_a_quarter_of_a_second)
{
	struct pace_window idle = { .began_ms = 1, .ended_ms = 2, .records = 16 };
	for (unsigned i = 0; i < 10; i++)
		ck_assert_int_eq(pace_after(&pace, &idle, true), 250);
	ck_assert_int_eq(pace_after_failure(&pace, true), 250);
}
END_TEST

START_TEST(failures_slow_it_down_too)
{
	static const int should[] = { 500, 1000, 2000, 4000, 5000, 5000 };
	for (size_t i = 0; i < ARRAY_LEN(should); i++)
		ck_assert_int_eq(pace_after_failure(&pace, false), should[i]);
}
END_TEST

/* Whatever the rate: between two windows no more than a quarter of what the engine keeps is written. */
START_TEST(never_less_than_four_times_while_all_is_overwritten)
{
	static const int64_t kept[] = { 20000, 400000, 1000000, 100000000 };
	static const double rates[] = { 100, 10000, 200000, 5000000 }; /* bytes a second */
	for (size_t k = 0; k < ARRAY_LEN(kept); k++)
		for (size_t r = 0; r < ARRAY_LEN(rates); r++) {
			int wait = 0;
			setup();
			pace.kept = kept[k];
			for (unsigned i = 0; i < 30; i++) {
				uint64_t bytes = (uint64_t)(rates[r] * (wait + 20) / 1000);
				window(&wait, bytes / 100 + 10, bytes / 100, bytes, 20);
			}
			ck_assert_msg(rates[r] * wait / 1000 <= (double)kept[k] / 4 + rates[r] / 1000, "kept %lld, rate %g: waits %d ms",
				      (long long)kept[k], rates[r], wait);
			ck_assert_int_le(wait, 250);
		}
}
END_TEST

/* … also when it is quiet for a moment: the peak fades in about a minute. */
START_TEST(a_peak_is_remembered_for_a_while)
{
	int wait = 0;
	pace.kept = 400000;
	window(&wait, 100, 100, 0, 10);
	window(&wait, 5000, 5000, 500000, 10); /* 400,000 in 0.2 s */
	ck_assert_int_lt(wait, 60);
	int64_t loud_ms = now_ms;
	while (now_ms - loud_ms < 20000)
		ck_assert_int_lt(window(&wait, 16, 0, 0, 10), 1000);
	while (now_ms - loud_ms < 600000)
		window(&wait, 16, 0, 0, 10);
	ck_assert_int_eq(wait, 5000);
}
END_TEST

/* What is stored already, and has to be read again for what is new to be found, takes a fifth of the time at most. */
START_TEST(reading_again_takes_its_share_and_no_more)
{
	int wait = 0;
	ck_assert_int_ge(window(&wait, 60000, 10, 160000, 800), 3000);
	ck_assert_int_le(wait, 3200);
	ck_assert_int_eq(window(&wait, 60000, 60000, 160000, 800), 250); /* all of it is new */
	pace.kept = 160000; /* it would be overwritten */
	ck_assert_int_lt(window(&wait, 60000, 10, 160000, 800), 600);
}
END_TEST

static Suite *pace_suite(void)
{
	Suite *suite = suite_create("pace");
	TCase *tcase = tcase_create("pace");
	tcase_add_test(tcase, idle_it_slows_down_and_data_wakes_it);
	tcase_add_test(tcase, who_looks_on_waits_no_longer_than_a_quarter_of_a_second);
	tcase_add_test(tcase, failures_slow_it_down_too);
	tcase_add_test(tcase, never_less_than_four_times_while_all_is_overwritten);
	tcase_add_test(tcase, a_peak_is_remembered_for_a_while);
	tcase_add_test(tcase, reading_again_takes_its_share_and_no_more);
	tcase_add_checked_fixture(tcase, setup, NULL);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(pace_suite)
