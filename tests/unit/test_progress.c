#include <check.h>

#include "base/macros.h"
#include "command/progress.h"
#include "suite.h"

static void text_is(struct progress_state state, size_t cells, const char *expected)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(1000);
	state.what = "save web:1";
	if (!state.note)
		state.note = "";
	progress_text(&state, cells, &text);
	ck_assert_str_eq(buf_text(&text), expected);
}

START_TEST(tells_what_is_known)
{
	text_is((struct progress_state){ .speed = -1 }, 0, "save web:1: 0B, 0s");
	text_is((struct progress_state){ .done = 45000000, .speed = 30000000, .seconds = 75 }, 0,
		"save web:1: 45MB, 30MB/s, 1m15s");
	text_is((struct progress_state){ .done = 40000000, .total = 100000000, .speed = 30000000 }, 0,
		"save web:1: 40MB of 100MB, 30MB/s, 2s left");
	text_is((struct progress_state){ .done = 1, .total = 100, .speed = 0, .seconds = 3 }, 0,
		"save web:1: 1B of 100B, 0B/s, 3s");
	text_is((struct progress_state){ .done = 10, .speed = -1, .note = "up to 14:03:22" }, 0,
		"save web:1: 10B, 0s, up to 14:03:22");
}
END_TEST

START_TEST(has_a_bar_where_there_is_room)
{
	text_is((struct progress_state){ .done = 0, .total = 100, .speed = -1 }, 70,
		"save web:1: [--------------------] 0% 0B of 100B, 0s");
	text_is((struct progress_state){ .done = 52, .total = 100, .speed = 10 }, 80,
		"save web:1: [##########----------] 52% 52B of 100B, 10B/s, 4s left");
	text_is((struct progress_state){ .done = 100, .total = 100, .speed = 10 }, 80,
		"save web:1: [####################] 100% 100B of 100B, 10B/s, 0s left");
	text_is((struct progress_state){ .done = 52, .total = 100, .speed = 10 }, 69,
		"save web:1: 52B of 100B, 10B/s, 4s left");
}
END_TEST

START_TEST(tells_how_long_where_nothing_is_counted)
{
	text_is((struct progress_state){ .done = -1, .total = 7, .speed = -1, .seconds = 65 }, 80, "save web:1: 1m05s");
	text_is((struct progress_state){ .done = -1, .speed = -1, .seconds = 5, .note = "3 of 7 layers" }, 0,
		"save web:1: 5s, 3 of 7 layers");
}
END_TEST

/* A total is what an engine thinks. */
START_TEST(more_than_all_is_no_share)
{
	text_is((struct progress_state){ .done = 101, .total = 100, .speed = 10, .seconds = 10 }, 80,
		"save web:1: 101B, 10B/s, 10s");
}
END_TEST

static Suite *progress_suite(void)
{
	Suite *suite = suite_create("progress");
	TCase *all = tcase_create("all");

	tcase_add_test(all, tells_what_is_known);
	tcase_add_test(all, has_a_bar_where_there_is_room);
	tcase_add_test(all, tells_how_long_where_nothing_is_counted);
	tcase_add_test(all, more_than_all_is_no_share);
	suite_add_tcase(suite, all);
	return suite;
}

SUITE_MAIN(progress_suite)
