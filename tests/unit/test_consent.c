#include <check.h>

#include "base/macros.h"
#include "command/consent.h"
#include "suite.h"

static void question_is(size_t nr, const char *expected)
{
	SCOPED(targets_release) struct targets targets = { 0 };
	SCOPED(buf_release) struct buf question = BUF_INIT(1000);
	for (size_t i = 0; i < nr; i++) {
		char name[2] = { (char)('a' + i), '\0' };
		targets_add(&targets, runtimes[0], name, name);
	}
	consent_question("rm", &targets, &question);
	ck_assert_str_eq(buf_text(&question), expected);
}

START_TEST(names_those_that_would_be_read)
{
	question_is(1, "rm a");
	question_is(8, "rm a b c d e f g h");
	question_is(9, "rm these 9 containers");
}
END_TEST

START_TEST(counts_by_state)
{
	static const enum container_state states[] = { CONTAINER_EXITED, CONTAINER_RUNNING, CONTAINER_EXITED,
						       CONTAINER_PAUSED };
	SCOPED(buf_release) struct buf none = BUF_INIT(1000), some = BUF_INIT(1000);
	consent_count(states, 0, &none);
	ck_assert_str_eq(buf_text(&none), "");
	consent_count(states, ARRAY_LEN(states), &some);
	ck_assert_str_eq(buf_text(&some), "1 running, 1 paused, 2 exited");
}
END_TEST

static Suite *consent_suite(void)
{
	Suite *suite = suite_create("consent");
	TCase *all = tcase_create("all");

	tcase_add_test(all, names_those_that_would_be_read);
	tcase_add_test(all, counts_by_state);
	suite_add_tcase(suite, all);
	return suite;
}

SUITE_MAIN(consent_suite)
