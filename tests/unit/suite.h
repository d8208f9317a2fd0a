/*
 * The main of a unit test. A test file ends with
 *	static Suite *words_suite(void) { ... }
 *	SUITE_MAIN(words_suite)
 */
#ifndef PURSER_TESTS_SUITE_H
#define PURSER_TESTS_SUITE_H

#include <check.h>
#include <locale.h>
#include <stdlib.h>

/* CK_FORK=no runs all tests in one process, for a debugger; CK_RUN_CASE=name runs one case. */
static inline int suite_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	setlocale(LC_CTYPE, "C.UTF-8"); /* as main does */
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#define SUITE_MAIN(make_suite)                                                                                         \
	int main(void)                                                                                                 \
	{                                                                                                              \
		return suite_run(make_suite());                                                                        \
	}

#endif
