#include <check.h>
#include <string.h>
#include <strings.h>

#include "base/probe.h"
#include "scratch.h"
#include "suite.h"

#define TEXT_LEN (5 * PROBE_STRETCH + 100)

static char text[TEXT_LEN];

static struct probe probe_for(const char *needle, bool any_case)
{
	struct needle made = { .len = strlen(needle) };
	struct probe probe;
	memcpy(made.bytes, needle, made.len);
	probe_make(&probe, &made, any_case);
	return probe;
}

START_TEST(it_passes_over_what_has_none)
{
	struct probe probe = probe_for("deadlock", false);
	memset(text, 'd', TEXT_LEN);
	ck_assert_ptr_eq(probe_next(&probe, text, text + 3 * PROBE_STRETCH), text + 2 * PROBE_STRETCH);
	ck_assert_ptr_eq(probe_next(&probe, text, text + 7), text + 7);
	memcpy(text + PROBE_STRETCH + 3, "deadlock", 8);
	ck_assert_ptr_eq(probe_next(&probe, text, text + TEXT_LEN), text + PROBE_STRETCH);
	ck_assert(probe_next(&probe, text + 2 * PROBE_STRETCH, text + TEXT_LEN) > text + 3 * PROBE_STRETCH);
}
END_TEST

START_TEST(case_makes_no_difference_where_it_must_not)
{
	const char *end = text + TEXT_LEN;
	struct probe folded = probe_for("Xq", true), exact = probe_for("Xq", false), sign = probe_for("[q", true);
	memset(text, '.', TEXT_LEN);
	memcpy(text + PROBE_STRETCH, "xQ", 2);
	ck_assert_ptr_eq(probe_next(&folded, text, end), text + PROBE_STRETCH);
	ck_assert(probe_next(&exact, text, end) > text + PROBE_STRETCH);
	memcpy(text + PROBE_STRETCH, "{Q", 2); /* which differ by the same bit */
	ck_assert(probe_next(&sign, text, end) > text + PROBE_STRETCH);
}
END_TEST

static bool is_there(const char *at, const char *needle, bool any_case)
{
	return any_case ? !strncasecmp(at, needle, strlen(needle)) : !strncmp(at, needle, strlen(needle));
}

/* Of what is passed over each place is tried. */
START_TEST(no_needle_is_passed_over)
{
	static const char letters[] = "abAB[{ \xE4\xC4";
	unsigned there = 0, passed = 0;
	random_start(random_seed());
	for (unsigned tries = random_tries(20000); tries > 0; tries--) {
		char needle[16] = "";
		bool any_case = random_below(2);
		size_t len = 2 + random_below(6), first = random_below(40), text_len = first + random_below(TEXT_LEN - 40);
		for (size_t i = 0; i < len; i++)
			needle[i] = letters[random_below(sizeof letters - 1)];
		memset(text, '.', sizeof text);
		for (unsigned i = random_below(30); i > 0; i--)
			text[random_below(TEXT_LEN)] = letters[random_below(sizeof letters - 1)];
		if (text_len > first + len && random_below(2))
			memcpy(text + first + random_below((unsigned)(text_len - first - len)), needle, len);
		struct probe probe = probe_for(needle, any_case);
		const char *at = text + first, *end = text + text_len, *next = probe_next(&probe, at, end);
		passed += next > at;
		for (; at + len <= end && !is_there(at, needle, any_case); at++)
			;
		if (at + len > end)
			continue;
		there++;
		ck_assert_msg(next <= at, "'%s' at %zu of %zu, passed over to %zu", needle, (size_t)(at - text), text_len,
			      (size_t)(next - text));
	}
	ck_assert_uint_gt(there, 0);
	ck_assert_uint_gt(passed, 0);
}
END_TEST

static Suite *probe_suite(void)
{
	Suite *suite = suite_create("probe");
	TCase *tcase = tcase_create("probe");
	tcase_add_test(tcase, it_passes_over_what_has_none);
	tcase_add_test(tcase, case_makes_no_difference_where_it_must_not);
	tcase_add_test(tcase, no_needle_is_passed_over);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(probe_suite)
