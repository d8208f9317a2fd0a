/* Arrays of several answers as one. */
#include <check.h>

#include "base/buf.h"
#include "base/macros.h"
#include "command/inspection.h"
#include "suite.h"

static const struct {
	const char *replies[3], *members;
} arrays[] = {
	{ { "[\n  {}\n]\n" }, "  {}" },
	{ { "[{}]", "[\n    {}\n]" }, "{},\n    {}" },
	{ { "[[1],[2]]", "[\"]\"]" }, "[1],[2],\n\"]\"" },
	{ { "[]", " [ ]\n", "[{}]" }, "{}" },
	{ { "", "{}", "[" }, "" },
	{ { "]", "[{}", "{}]" }, "" },
};

START_TEST(members_are_joined)
{
	SCOPED(buf_release) struct buf members = BUF_INIT(1000);
	for (size_t i = 0; i < ARRAY_LEN(arrays[0].replies) && arrays[_i].replies[i]; i++) {
		SCOPED(buf_release) struct buf reply = BUF_INIT(1000);
		buf_add_text(&reply, arrays[_i].replies[i]);
		members_add(&members, &reply);
	}
	ck_assert_str_eq(buf_text(&members), arrays[_i].members);
}
END_TEST

static Suite *inspection_suite(void)
{
	Suite *suite = suite_create("inspection");
	TCase *all = tcase_create("all");

	tcase_add_loop_test(all, members_are_joined, 0, (int)ARRAY_LEN(arrays));
	suite_add_tcase(suite, all);
	return suite;
}

SUITE_MAIN(inspection_suite)
