#include <check.h>
#include <string.h>

#include "front/suggestion.h"
#include "suite.h"

START_TEST(goes_on_from_what_is_typed)
{
	ck_assert_str_eq(suggestion_from("logs web", "lo"), "gs web");
	ck_assert_str_eq(suggestion_from("logs web", "logs"), " web");
	ck_assert_ptr_null(suggestion_from("logs web", "logs web"));
	ck_assert_ptr_null(suggestion_from("logs", "logs web"));
	ck_assert_ptr_null(suggestion_from("logs web", "x"));
	ck_assert_ptr_null(suggestion_from("logs web", "")); /* of an empty line everything would be one */
	ck_assert_ptr_null(suggestion_from("logs web\nstop", "lo"));
	ck_assert_ptr_null(suggestion_from("logs\tweb", "lo"));
	ck_assert_ptr_null(suggestion_from("logs \x1b[2J", "lo"));
}
END_TEST

START_TEST(has_words)
{
	ck_assert_uint_eq(suggestion_word_len(" web db"), 4);
	ck_assert_uint_eq(suggestion_word_len("gs web"), 2);
	ck_assert_uint_eq(suggestion_word_len("  "), 2);
	ck_assert_uint_eq(suggestion_word_len(""), 0);
}
END_TEST

static const struct {
	const char *prompt, *line, *rest;
	size_t columns, cells;
	const char *shown;
} fits[] = {
	{ "> ", "lo", "gs web", 80, 6, "gs web" },
	{ "> ", "lo", "gs web", 11, 6, "gs web" },
	{ "> ", "lo", "gs web", 10, 5, "gs w…" },
	{ "> ", "lo", "gs web", 6, 0, "" },
	{ "> ", "lo", "gs web", 5, 0, "" },
	{ "> ", "lo", "gs web", 4, 0, "" }, /* the line has two rows */
	{ "> ", "lo", "gs web", 1, 0, "" },
	{ "\001\x1b[31m\002> \001\x1b[0m\002", "lo", "gs web", 10, 5, "gs w…" },
	{ "first\n> ", "lo", "gs web", 10, 5, "gs w…" },
	{ "\001torn", "lo", "gs web", 10, 6, "gs web" },
	{ "> ", "l\xc3\xb6", "\xe6\x97\xa5\xe6\x9c\xac", 80, 4, "\xe6\x97\xa5\xe6\x9c\xac" },
	{ "> ", "lo", "\xe6\x97\xa5\xe6\x9c\xac", 8, 3, "\xe6\x97\xa5…" },
	{ "> ", "lo", "\xe6\x97\xa5\xe6\x9c\xac", 7, 1, "…" },
	{ "> ", "lo", "a\xe2\x80\xaez", 80, 14, "a\\xe2\\x80\\xaez" },
	{ "> ", "a\tb", "c", 80, 0, "" },
};

START_TEST(fits_the_row)
{
	SCOPED(buf_release) struct buf out = BUF_INIT(4096);

	ck_assert_uint_eq(suggestion_fit(fits[_i].prompt, fits[_i].line, fits[_i].rest, fits[_i].columns, &out), fits[_i].cells);
	ck_assert_str_eq(buf_text(&out), fits[_i].shown);
}
END_TEST

static Suite *suggestion_suite(void)
{
	Suite *suite = suite_create("suggestion");
	TCase *all = tcase_create("all");

	tcase_add_test(all, goes_on_from_what_is_typed);
	tcase_add_test(all, has_words);
	tcase_add_loop_test(all, fits_the_row, 0, ARRAY_LEN(fits));
	suite_add_tcase(suite, all);
	return suite;
}

SUITE_MAIN(suggestion_suite)
