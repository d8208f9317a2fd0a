/* Which rows are on the screen: of rows called by letters, those that are shown, the chosen one in brackets. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/grid.h"
#include "suite.h"

static struct grid grid;

static void setup(void)
{
	grid_init(&grid);
}

static void teardown(void)
{
	grid_release(&grid);
}

static void take(const char *letters)
{
	const char *keys[64];
	char texts[64][2] = { "" };
	size_t nr = strlen(letters);
	for (size_t i = 0; i < nr; i++) {
		texts[i][0] = letters[i];
		keys[i] = texts[i];
	}
	grid_take(&grid, keys, nr);
}

static void press(const char *typed)
{
	struct keys keys = { 0 };
	for (; *typed; typed++)
		grid_move(&grid, keys_take(&keys, *typed));
}

static void shows(const char *should)
{
	char text[128] = "";
	for (size_t i = 0; i < grid_shown(&grid); i++) {
		size_t row = grid.top + i;
		ck_assert_uint_lt(row, grid.keys.nr);
		strcat(text, row == grid.chosen ? "[" : "");
		strcat(text, grid.keys.items[row]);
		strcat(text, row == grid.chosen ? "]" : "");
	}
	ck_assert_str_eq(text, should);
}

START_TEST(moves)
{
	take("abcdefghij");
	grid_resize(&grid, 4);
	shows("abcd");
	press("j");
	shows("[a]bcd");
	press("jjj");
	shows("abc[d]");
	press("j");
	shows("bcd[e]");
	press("k");
	shows("bc[d]e");
	press(" ");
	shows("fg[h]i");
	press(" ");
	shows("ghi[j]");
	press("jj ");
	shows("ghi[j]");
	press("b");
	shows("cde[f]");
	press("bb");
	shows("[a]bcd");
	press("kb");
	shows("[a]bcd");
	press("G");
	shows("ghi[j]");
	press("g");
	shows("abcd");
	press(" ");
	shows("[e]fgh");
	press("q");
	shows("[e]fgh");
}
END_TEST

START_TEST(without_a_choice_what_comes_first_is_seen_first)
{
	take("cd");
	grid_resize(&grid, 2);
	take("abcd");
	shows("ab");
	press("Gg");
	take("xabcd");
	shows("xa");
}
END_TEST

START_TEST(the_chosen_one_stays_where_it_is)
{
	take("abcdefgh");
	grid_resize(&grid, 4);
	press("jjjjjjk");
	shows("cd[e]f");
	take("XYabcdefgh"); /* above the screen */
	shows("cd[e]f");
	take("bcdefgh");
	shows("cd[e]f");
	take("bcdZeWfgh"); /* on it */
	shows("dZ[e]W");
	take("degh");
	shows("d[e]gh");
	take("abcde"); /* it becomes the last */
	shows("bcd[e]");
	take("e");
	shows("[e]");
	take("efgh");
	shows("[e]fgh");
}
END_TEST

START_TEST(its_successor_is_chosen_when_it_goes)
{
	take("abcdef");
	grid_resize(&grid, 4);
	press("jjj");
	shows("ab[c]d");
	take("abdef");
	shows("ab[d]e");
	take("abf");
	shows("ab[f]");
	take("ab");
	shows("a[b]");
	take("xyz"); /* all are others */
	shows("xyz");
	press("j");
	take("");
	shows("");
	press("jkG g");
	shows("");
	take("ab");
	shows("ab");
}
END_TEST

START_TEST(a_window_of_any_height)
{
	take("abcdef");
	grid_resize(&grid, 0);
	shows("a");
	press("jjj");
	shows("[c]");
	grid_resize(&grid, 3);
	shows("[c]de");
	grid_resize(&grid, 100);
	shows("ab[c]def");
	press("G");
	grid_resize(&grid, 2);
	shows("e[f]");
	press("gG");
	grid_resize(&grid, 4);
	shows("cde[f]");
}
END_TEST

/* Whatever happens: the chosen one is on the screen, and the screen is full if it can be. */
START_TEST(anything)
{
	static const char pressed[] = "jjkk bGg";
	srand(1);
	grid_resize(&grid, 3);
	for (int i = 0; i < 20000; i++) {
		char letters[27] = "", key[2] = "";
		switch (rand() % 3) {
		case 0:
			for (char letter = 'a'; letter <= 'z'; letter++)
				if (rand() % 3)
					strncat(letters, &letter, 1);
			take(rand() % 20 ? letters : "");
			break;
		case 1:
			grid_resize(&grid, (size_t)rand() % 30);
			break;
		default:
			key[0] = pressed[(size_t)rand() % (sizeof pressed - 1)];
			press(key);
		}
		size_t nr = grid.keys.nr, shown = grid_shown(&grid);
		ck_assert_uint_eq(shown, nr < grid.height ? nr : grid.height);
		if (grid.chosen != GRID_NONE)
			ck_assert(grid.chosen < nr && grid.chosen >= grid.top && grid.chosen < grid.top + shown);
	}
}
END_TEST

static Suite *grid_suite(void)
{
	Suite *suite = suite_create("grid");
	TCase *tcase = tcase_create("grid");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, moves);
	tcase_add_test(tcase, without_a_choice_what_comes_first_is_seen_first);
	tcase_add_test(tcase, the_chosen_one_stays_where_it_is);
	tcase_add_test(tcase, its_successor_is_chosen_when_it_goes);
	tcase_add_test(tcase, a_window_of_any_height);
	tcase_add_test(tcase, anything);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(grid_suite)
