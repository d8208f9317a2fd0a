/* Keys as terminals send them. */
#include <check.h>
#include <string.h>

#include "base/macros.h"
#include "command/keys.h"
#include "suite.h"

/* What is typed, and the keys that come of it: u d p P h e q, in order. */
static const struct {
	const char *typed, *keys;
} typings[] = {
	{ "kj", "ud" },
	{ "\033[A\033[B\033OA\033OB", "udud" },
	{ "\033[5~\033[6~ b", "pPPp" },
	{ "\033[H\033[F\033OH\033OF\033[1~\033[4~\033[7~\033[8~gG", "hehehehehe" },
	{ "q", "q" },
	{ "\004", "q" },
	{ "\033q", "q" }, /* the escape key alone means nothing, and swallows nothing */
	{ "\033\033[B", "d" },
	{ "\033[1;5Aj", "d" }, /* Ctrl-Up: of no meaning, but whole */
	{ "\033[200~j\033[201~", "d" },
	{ "\033[99999999999jq", "q" }, /* what never ends ends */
	{ "xyz\303\274j", "d" },
	{ "", "" },
};

START_TEST(are_known)
{
	static const char letters[] = { [KEY_UP] = 'u',   [KEY_DOWN] = 'd', [KEY_PAGE_UP] = 'p', [KEY_PAGE_DOWN] = 'P',
					[KEY_HOME] = 'h', [KEY_END] = 'e',  [KEY_QUIT] = 'q' };
	struct keys keys = { 0 };
	char found[32] = "";
	for (const char *byte = typings[_i].typed; *byte; byte++) {
		enum key key = keys_take(&keys, *byte);
		if (key != KEY_NONE)
			strncat(found, &letters[key], 1);
	}
	ck_assert_str_eq(found, typings[_i].keys);
}
END_TEST

static Suite *keys_suite(void)
{
	Suite *suite = suite_create("keys");
	TCase *tcase = tcase_create("keys");
	tcase_add_loop_test(tcase, are_known, 0, ARRAY_LEN(typings));
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(keys_suite)
