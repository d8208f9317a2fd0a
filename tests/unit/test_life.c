#include <check.h>
#include <stdio.h>
#include <string.h>

#include "logs/life.h"
#include "scratch.h"
#include "suite.h"

#define MS (MOMENT_SECOND / 1000)
#define T(seconds) ((seconds) * MOMENT_SECOND)
#define NOT_YET -1 /* as an end, of an inspection: it runs */

static struct life life;

/* What is learned, one step after the other, and what of it is news: "s" a start, "e" an end, "se" both, "" nothing. */
struct step {
	enum { EVENT_START, EVENT_END, INSPECTION, AGAIN } what;
	moment at, ended;
	const char *news;
};

#define START(at, news) { EVENT_START, at, 0, news }
#define END(at, news) { EVENT_END, at, 0, news }
#define IS(started, ended, news) { INSPECTION, started, ended, news }
#define KILLED { AGAIN, 0, 0, "" } /* purser was, and knows what it wrote down */

static struct mark written[64];
static size_t written_nr;

static void write_down(enum journal_event event, moment at)
{
	ck_assert_uint_lt(written_nr, 64);
	written[written_nr++] = (struct mark){ .event = event, .at = at };
}

static void forget(void)
{
	life = (struct life){ 0 };
	written_nr = 0;
}

static void recall(void)
{
	life = (struct life){ 0 };
	for (size_t i = 0; i < written_nr; i++)
		life_recall(&life, &written[i]);
}

static struct life_news learn(const struct step *step)
{
	struct life_news news = { 0 };
	if (step->what == EVENT_START)
		news.started = life_starts(&life, step->at);
	else if (step->what == EVENT_END)
		news.ended = life_ends(&life, step->at);
	else if (step->what == INSPECTION)
		news = life_is(&life, step->at, step->ended != NOT_YET, step->ended == NOT_YET ? 0 : step->ended);
	else
		recall();
	if (news.started)
		write_down(JOURNAL_STARTED, step->at);
	if (news.ended)
		write_down(JOURNAL_EXITED, step->what == INSPECTION ? step->ended : step->at);
	return news;
}

static void follow(const char *which, const struct step *steps, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		struct life_news news = learn(&steps[i]);
		char is[3] = "";
		snprintf(is, sizeof is, "%s%s", news.started ? "s" : "", news.ended ? "e" : "");
		ck_assert_msg(!strcmp(is, steps[i].news), "%s, step %zu: \"%s\" is news, not \"%s\"", which, i + 1, is, steps[i].news);
	}
}

#define FOLLOW(...)                                                                                                    \
	do {                                                                                                           \
		const struct step steps[] = { __VA_ARGS__ };                                                           \
		follow(__func__, steps, sizeof steps / sizeof steps[0]);                                               \
	} while (0)

/* ---- one source ---- */

START_TEST(events_in_order)
{
	FOLLOW(START(T(100), "s"), END(T(110), "e"), START(T(111), "s"), END(T(111) + 1, "e"), START(T(111) + 2, "s"));
	ck_assert_int_eq(life.started, T(111) + 2);
	ck_assert_int_eq(life.ended, 0);
	ck_assert_int_eq(life.before, T(111) + 1);
}
END_TEST

START_TEST(events_told_twice)
{
	FOLLOW(START(T(100), "s"), START(T(100), ""), END(T(110), "e"), END(T(110), ""), START(T(100), ""), START(T(120), "s"),
	       END(T(110), ""), START(T(120), ""), END(T(130), "e"));
	FOLLOW(START(T(100), ""), END(T(110), ""), START(T(120), ""), END(T(130), ""));
	ck_assert_int_eq(life.started, T(120));
	ck_assert_int_eq(life.ended, T(130));
}
END_TEST

START_TEST(events_out_of_order)
{
	FOLLOW(END(T(110), "e"), START(T(100), ""), START(T(120), "s"), END(T(115), ""), END(T(120) - 1, ""), END(T(121), "e"));
}
END_TEST

START_TEST(inspections_alone)
{
	FOLLOW(IS(0, NOT_YET, ""), IS(T(100), NOT_YET, "s"), IS(T(100), NOT_YET, ""), IS(T(100), T(110), "e"), IS(T(100), T(110), ""),
	       IS(T(120), NOT_YET, "s"), IS(T(100), T(110), ""), IS(T(120), T(130), "e"), IS(T(140), T(141), "se"));
	ck_assert_int_eq(life.before, T(130));
}
END_TEST

/* It was made, and is to be started; or that failed. */
START_TEST(what_never_started_has_no_run)
{
	FOLLOW(IS(0, NOT_YET, ""), IS(0, T(100), ""), IS(0, 0, ""));
	ck_assert_int_eq(life.started, 0);
	ck_assert_int_eq(life.ended, 0);
	FOLLOW(START(T(100), "s"));
}
END_TEST

START_TEST(an_end_without_a_time_is_one)
{
	FOLLOW(IS(T(100), 0, "se"), IS(T(100), 0, ""), KILLED, IS(T(100), 0, ""));
	ck_assert_int_ne(life.ended, 0);
	FOLLOW(START(T(120), "s"));
}
END_TEST

START_TEST(a_run_of_no_length)
{
	FOLLOW(IS(T(100), T(100), "se"), IS(T(100), T(100), ""), KILLED, IS(T(100), T(100), ""), IS(T(101), T(101), "se"));
}
END_TEST

START_TEST(runs_without_a_pause)
{
	FOLLOW(IS(T(100), T(101), "se"), IS(T(101), T(102), "se"), IS(T(101), T(102), ""), IS(T(102), NOT_YET, "s"), END(T(103), "e"));
}
END_TEST

/* ---- both ---- */

START_TEST(an_event_comes_later_than_what_it_tells)
{
	static const moment late[] = { 0, 1, MS, LIFE_LATE - 1, LIFE_LATE };
	for (size_t i = 0; i < sizeof late / sizeof late[0]; i++) {
		forget();
		FOLLOW(IS(T(100), NOT_YET, "s"), START(T(100) + late[i], ""), IS(T(100), NOT_YET, ""), END(T(150) + late[i], "e"),
		       IS(T(100), T(150), ""), IS(T(200), NOT_YET, "s"), START(T(200) + late[i], ""));
		forget();
		FOLLOW(START(T(100) + late[i], "s"), IS(T(100), NOT_YET, ""), IS(T(100), T(150), "e"), END(T(150) + late[i], ""),
		       IS(T(100), T(150), ""), START(T(200) + late[i], "s"), IS(T(200), NOT_YET, ""));
	}
}
END_TEST

START_TEST(later_than_that_it_is_another_run)
{
	FOLLOW(IS(T(100), T(101), "se"), START(T(100) + LIFE_LATE + 1, "s"));
	forget();
	FOLLOW(IS(T(100), T(101), "se"), START(T(100) + LIFE_LATE, ""));
	forget();
	FOLLOW(IS(T(100), T(101), "se"), START(T(100) + MS, ""), START(T(102), "s"));
}
END_TEST

START_TEST(a_run_is_over_before_its_start_is_told)
{
	FOLLOW(IS(T(100), T(100) + 2 * MS, "se"), START(T(100) + 3 * MS, ""), END(T(100) + 4 * MS, ""), START(T(101), "s"),
	       IS(T(101) - MS, T(101) + MS, "e"), END(T(101) + 2 * MS, ""), IS(T(120), T(120) + MS, "se"), START(T(99), ""),
	       START(T(120) + 2 * MS, ""));
}
END_TEST

START_TEST(an_older_inspection_is_no_news)
{
	FOLLOW(START(T(100), "s"), IS(T(100) - MS, NOT_YET, ""), END(T(150), "e"), START(T(151), "s"), IS(T(100) - MS, NOT_YET, ""),
	       IS(T(100) - MS, T(150) - MS, ""), IS(T(151) - MS, NOT_YET, ""), IS(T(100) - MS, T(150) - MS, ""));
	ck_assert_int_eq(life.started, T(151));
	ck_assert_int_eq(life.ended, 0);
	forget();
	FOLLOW(START(T(100), "s"), END(T(150), "e"), START(T(151), "s"), IS(T(100) - MS, T(150) - MS, ""), IS(T(151) - MS, NOT_YET, ""));
	forget();
	FOLLOW(START(T(100), "s"), END(T(150) + LIFE_LATE, "e"), START(T(170), "s"), IS(T(100) - MS, T(150), ""));
	forget();
	FOLLOW(IS(T(100), T(150), "se"), START(T(200), "s"), END(T(201), "e"), START(T(300), "s"), IS(T(100), T(150), ""));
	forget();
	FOLLOW(START(T(100), "s"), END(T(101), "e"), START(T(102), "s"), IS(T(100) - MS, NOT_YET, ""), IS(T(102) - MS, NOT_YET, ""));
}
END_TEST

START_TEST(an_end_that_was_missed)
{
	FOLLOW(START(T(100), "s"), IS(T(100) - MS, NOT_YET, ""), START(T(200), ""), IS(T(200) - MS, NOT_YET, "s"), START(T(200), ""),
	       END(T(300), "e"));
	ck_assert_int_eq(life.before, T(100));
}
END_TEST

START_TEST(an_end_learned_before_its_beginning)
{
	FOLLOW(END(T(150), "e"), IS(T(100), T(150) - MS, "s"), START(T(100) + MS, ""));
	ck_assert_int_eq(life.started, T(100));
	ck_assert_int_eq(life.ended, T(150));
	forget();
	FOLLOW(START(T(100), "s"), END(T(250), "e"), IS(T(200), T(250) - MS, "s"), KILLED, IS(T(200), T(250) - MS, ""), START(T(200) + MS, ""),
	       END(T(250), ""), START(T(300), "s"));
	ck_assert_int_eq(life.before, T(250));
}
END_TEST

START_TEST(an_end_from_before_a_run_is_not_its_own)
{
	FOLLOW(END(T(90), "e"), IS(T(100), NOT_YET, "s"), END(T(90), ""), END(T(110), "e"));
	ck_assert_int_eq(life.before, T(90));
}
END_TEST

/* ---- the clock is set ---- */

START_TEST(the_clock_is_set_back_while_it_stands)
{
	FOLLOW(IS(T(5000), NOT_YET, "s"), START(T(5000) + MS, ""), END(T(5100), "e"), IS(T(1000), NOT_YET, "s"), START(T(1000) + MS, ""),
	       IS(T(1000), NOT_YET, ""), END(T(1010), "e"), IS(T(1000), T(1010) - MS, ""), START(T(1020), "s"), IS(T(1020) - MS, NOT_YET, ""));
}
END_TEST

START_TEST(the_clock_is_set_back_while_it_runs)
{
	FOLLOW(IS(T(5000), NOT_YET, "s"), IS(T(5000), T(1000), "e"), IS(T(5000), T(1000), ""), IS(T(1001), NOT_YET, "s"),
	       IS(T(1001), T(1002), "e"));
}
END_TEST

START_TEST(the_clock_is_set_forward)
{
	FOLLOW(START(T(100), "s"), IS(T(100) - MS, NOT_YET, ""), END(T(90000), "e"), IS(T(100) - MS, T(90000) - MS, ""),
	       START(T(90001), "s"), IS(T(90001) - MS, NOT_YET, ""));
}
END_TEST

/* ---- what is written down ---- */

START_TEST(what_is_written_down_is_no_news)
{
	FOLLOW(START(T(100), "s"), IS(T(100) - MS, NOT_YET, ""), KILLED, START(T(100), ""), IS(T(100) - MS, NOT_YET, ""), END(T(110), "e"),
	       KILLED, START(T(100), ""), END(T(110), ""), IS(T(100) - MS, T(110) - MS, ""), START(T(120), "s"), KILLED,
	       IS(T(120) - MS, NOT_YET, ""), START(T(100), ""), END(T(110), ""), START(T(120), ""), END(T(130), "e"));
}
END_TEST

START_TEST(what_went_on_without_purser)
{
	FOLLOW(IS(T(100), NOT_YET, "s"), KILLED, IS(T(200), T(210), "se"), KILLED, IS(T(300), NOT_YET, "s"), KILLED, START(T(100), ""),
	       END(T(110), ""), START(T(300) + MS, ""), IS(T(300), NOT_YET, ""));
}
END_TEST

START_TEST(complete_until_it_runs_again)
{
	static const struct mark complete = { .event = JOURNAL_COMPLETE };
	FOLLOW(IS(T(100), T(110), "se"));
	ck_assert(!life.complete);
	life_recall(&life, &complete);
	FOLLOW(START(T(100) + MS, ""), END(T(110) + MS, ""), IS(T(100), T(110), ""));
	ck_assert(life.complete);
	FOLLOW(START(T(120), "s"));
	ck_assert(!life.complete);
	life_recall(&life, &complete);
	life_recall(&life, &(struct mark){ .event = JOURNAL_RESTARTED, .at = T(130) });
	ck_assert(!life.complete);
}
END_TEST

START_TEST(gaps_are_counted_once)
{
	static const struct mark gaps[] = {
		{ .event = JOURNAL_GAP, .from = 10, .to = 20, .behind = 1 }, { .event = JOURNAL_GAP, .from = 10, .to = 30, .behind = 1 },
		{ .event = JOURNAL_GAP, .from = 10, .to = 30, .behind = 2 }, { .event = JOURNAL_GAP, .from = 11, .to = 30, .behind = 2 },
		{ .event = JOURNAL_GAP },
	};
	static const uint64_t nr[] = { 1, 1, 2, 3, 4 };
	for (size_t i = 0; i < 5; i++) {
		life_recall(&life, &gaps[i]);
		ck_assert_uint_eq(life.gaps, nr[i]);
		ck_assert_mem_eq(&life.gap, &gaps[i], sizeof gaps[i]);
	}
	forget();
	life_recall(&life, &gaps[4]); /* of an empty log */
	ck_assert_uint_eq(life.gaps, 1);
}
END_TEST

/*
 * Runs one after the other, of which events and inspections tell at random, twice and late but in the order in which they are known, and
 * purser is killed now and then: each run that was inspected is written down once.
 */
START_TEST(any_life_is_told_once)
{
	random_start(random_seed());
	for (unsigned i = 0; i < random_tries(5000); i++) {
		moment now = T(100);
		forget();
		for (size_t run = 1; run <= 20; run++) {
			moment started = now += T(1) + (moment)random_below(100) * MS, told = started + (moment)random_below(900) * MS;
			moment ended = told + 1 + (moment)random_below(5000) * MS, over = ended + (moment)random_below(900) * MS;
			struct step steps[] = { START(told, ""), IS(started, NOT_YET, ""), KILLED, START(told, ""), IS(started, ended, ""),
						KILLED, END(over, ""), IS(started, ended, ""), END(over, "") };
			for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++)
				if (s == 4 || random_below(2))
					learn(&steps[s]);
			now = over;
			ck_assert_uint_eq(written_nr, 2 * run);
			ck_assert_int_eq(written[2 * run - 2].event, JOURNAL_STARTED);
			ck_assert_int_eq(written[2 * run - 1].event, JOURNAL_EXITED);
		}
	}
}
END_TEST

START_TEST(an_only_run_has_none_before_it)
{
	FOLLOW(END(T(150), "e"), IS(T(100), T(150) - MS, "s"));
	ck_assert_int_eq(life.before, 0);
	forget();
	FOLLOW(START(T(100), "s"), END(T(250), "e"), IS(T(200), T(250) - MS, "s"));
	ck_assert_int_eq(life.before, T(100));
}
END_TEST

START_TEST(set_back_and_written_down_it_is_known_again)
{
	FOLLOW(IS(T(5000), NOT_YET, "s"), END(T(5100), "e"), IS(T(1000), NOT_YET, "s"), KILLED, IS(T(1000), NOT_YET, ""),
	       IS(T(1000), T(1010), "e"), KILLED, IS(T(1000), T(1010), ""));
	forget();
	FOLLOW(IS(T(5000), NOT_YET, "s"), END(T(5100), "e"), IS(T(1000), NOT_YET, "s"), KILLED, END(T(1010) + MS, "e"),
	       IS(T(1000), T(1010), ""));
	forget();
	FOLLOW(IS(T(5000), T(5100), "se"), IS(T(4999), T(5050), "se"), KILLED, IS(T(4999), T(5050), ""));
}
END_TEST

START_TEST(an_inspection_older_than_two_events)
{
	FOLLOW(START(T(100), "s"), END(T(200), "e"), START(T(201), "s"), IS(T(100) - MS, NOT_YET, ""), IS(T(201) - MS, NOT_YET, ""));
	forget();
	FOLLOW(IS(T(100), NOT_YET, "s"), KILLED, END(T(200), "e"), START(T(201), "s"), IS(T(100), NOT_YET, ""));
}
END_TEST

START_TEST(events_of_one_nanosecond)
{
	FOLLOW(START(T(100), "s"), END(T(100), "e"), START(T(105), "s"));
	forget();
	FOLLOW(END(T(100), "e"), IS(T(100), T(100), "s"));
}
END_TEST

static Suite *life_suite(void)
{
	Suite *suite = suite_create("life");
	const TTest *const tests[] = {
		events_in_order,
		events_told_twice,
		events_out_of_order,
		inspections_alone,
		what_never_started_has_no_run,
		an_end_without_a_time_is_one,
		a_run_of_no_length,
		runs_without_a_pause,
		an_event_comes_later_than_what_it_tells,
		later_than_that_it_is_another_run,
		a_run_is_over_before_its_start_is_told,
		an_older_inspection_is_no_news,
		an_end_that_was_missed,
		an_end_learned_before_its_beginning,
		an_end_from_before_a_run_is_not_its_own,
		the_clock_is_set_back_while_it_stands,
		the_clock_is_set_back_while_it_runs,
		the_clock_is_set_forward,
		what_is_written_down_is_no_news,
		what_went_on_without_purser,
		complete_until_it_runs_again,
		gaps_are_counted_once,
		any_life_is_told_once,
		an_only_run_has_none_before_it,
		set_back_and_written_down_it_is_known_again,
		an_inspection_older_than_two_events,
		events_of_one_nanosecond,
	};
	TCase *tcase = tcase_create("life");
	tcase_add_checked_fixture(tcase, forget, NULL);
	tcase_set_timeout(tcase, 30);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(life_suite)
