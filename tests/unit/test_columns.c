#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "command/columns.h"
#include "suite.h"

static const struct column columns[] = {
	{ "ID", false, 2 }, { "IMAGE", true, 1 }, { "STATUS", false }, { "NAME", false }
};
static const char *const rows[] = { "0123456789", "registry.example/image:1", "Up", "web", "1", "i", "Exited (3)",
				    "a-name" };

/* The lines of a table of two rows, with a | at each end. */
static void is_drawn(size_t *widths, size_t available, const char *should)
{
	struct strvec lines = STRVEC_INIT;
	char text[1000] = "";
	columns_lines(columns, ARRAY_LEN(columns), rows, 2, widths, available, &lines);
	for (size_t i = 0; i < lines.nr; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s|\n", lines.items[i]);
	ck_assert_str_eq(text, should);
	strvec_release(&lines);
}

START_TEST(a_table_fits_a_window)
{
	size_t widths[ARRAY_LEN(columns)] = { 0 };
	is_drawn(widths, 60,
		 "ID           IMAGE                      STATUS       NAME|\n"
		 "0123456789   registry.example/image:1   Up           web|\n"
		 "1            i                          Exited (3)   a-name|\n");
	is_drawn(widths, 50,
		 "ID           IMAGE             STATUS       NAME|\n"
		 "0123456789   registry.examp…   Up           web|\n"
		 "1            i                 Exited (3)   a-name|\n");
	is_drawn(widths, 40,
		 "IMAGE                STATUS       NAME|\n"
		 "registry.example/…   Up           web|\n"
		 "i                    Exited (3)   a-name|\n");
	is_drawn(widths, 20,
		 "STATUS       NAME|\n"
		 "Up           web|\n"
		 "Exited (3)   a-name|\n");
	is_drawn(widths, 10,
		 "STATUS   …|\n"
		 "Up       …|\n"
		 "Exited (3…|\n");
}
END_TEST

START_TEST(a_column_gets_no_narrower)
{
	size_t widths[ARRAY_LEN(columns)] = { 20, 0, 0, 0 };
	is_drawn(widths, 100,
		 "ID                     IMAGE                      STATUS       NAME|\n"
		 "0123456789             registry.example/image:1   Up           web|\n"
		 "1                      i                          Exited (3)   a-name|\n");
}
END_TEST

static Suite *columns_suite(void)
{
	Suite *suite = suite_create("columns");
	TCase *tcase = tcase_create("columns");
	tcase_add_test(tcase, a_table_fits_a_window);
	tcase_add_test(tcase, a_column_gets_no_narrower);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(columns_suite)
