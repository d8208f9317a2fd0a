/* When a log is called behind. */
#include <check.h>

#include "base/macros.h"
#include "logs/arrears.h"
#include "suite.h"

#define NOTHING_NEW (-1000000 * MOMENT_SECOND)
#define S(seconds) ((seconds)*MOMENT_SECOND)

/* How old the newest record was, look by look, and what was told: - nothing, b behind, c caught up. */
static const struct {
	moment ages[10];
	const char *told;
} courses[] = {
	{ { S(0), S(1), S(29), S(0) }, "----" },
	{ { S(0), S(31), S(40), S(0) }, "-b-c" },
	{ { S(0), S(31), NOTHING_NEW, S(32) }, "-bcb" },
	{ { S(3600), S(1800), S(31), S(1), S(2), S(60) }, "-----b" }, /* its past is caught up with first */
	{ { S(3600), NOTHING_NEW, S(3600) }, "---" },                 /* a clock that is an hour behind */
	{ { S(3600), NOTHING_NEW, S(1), S(40) }, "---b" },
	{ { S(-3600), S(-3600), S(-3560), S(-3590) }, "--bc" }, /* one that is an hour ahead */
	{ { NOTHING_NEW, S(120), S(121), S(0), S(40) }, "----b" },
};

START_TEST(is_told)
{
	struct arrears arrears = { 0 };
	for (size_t i = 0; courses[_i].told[i]; i++) {
		moment age = courses[_i].ages[i];
		enum arrears_news news =
			age == NOTHING_NEW ? arrears_nothing_new(&arrears) : arrears_stored(&arrears, age);
		ck_assert_msg("-bc"[news] == courses[_i].told[i], "course %d, look %zu: %c", _i, i, "-bc"[news]);
	}
}
END_TEST

static Suite *arrears_suite(void)
{
	Suite *suite = suite_create("arrears");
	TCase *tcase = tcase_create("arrears");
	tcase_add_loop_test(tcase, is_told, 0, ARRAY_LEN(courses));
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(arrears_suite)
