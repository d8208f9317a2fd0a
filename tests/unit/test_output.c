#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "command/output.h"
#include "suite.h"

static int screen, was;

/* stdout is a terminal, of which `screen` is the other side. */
static void open_screen(void)
{
	struct termios raw;
	screen = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_ge(screen, 0);
	ck_assert_int_eq(grantpt(screen) | unlockpt(screen), 0);
	int other = open(ptsname(screen), O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_ge(other, 0);
	tcgetattr(other, &raw);
	cfmakeraw(&raw);
	tcsetattr(other, TCSANOW, &raw);
	fflush(stdout);
	was = dup(STDOUT_FILENO);
	dup2(other, STDOUT_FILENO);
	close(other);
}

static void close_screen(void)
{
	fflush(stdout);
	dup2(was, STDOUT_FILENO);
	close(was);
	close(screen);
}

static void shows(const char *should)
{
	char text[1000] = "";
	size_t len = 0;
	struct pollfd fd = { .fd = screen, .events = POLLIN };
	while (len < sizeof text - 1 && poll(&fd, 1, len < strlen(should) ? 2000 : 0) > 0) {
		ssize_t got = read(screen, text + len, sizeof text - 1 - len);
		if (got <= 0)
			break;
		len += (size_t)got;
	}
	ck_assert_str_eq(text, should);
}

START_TEST(characters_in_pieces_are_whole)
{
	output_foreign(false, "a\303", 2);
	output_foreign(false, "\274b\342", 3);
	output_foreign(false, "\202", 1);
	output_foreign(false, "\254\n", 2);
	shows("a\303\274b\342\202\254\n");
}
END_TEST

START_TEST(what_is_never_finished_is_shown_in_the_end)
{
	output_foreign(false, "a\303", 2);
	output_foreign(false, "b\342\202", 3);
	shows("a\\xc3b");
	output_foreign_end();
	shows("\\xe2\\x82");
	output_foreign(false, "c", 1);
	shows("c");
}
END_TEST

START_TEST(a_question_is_safe)
{
	output_question("remove 'a\033[2J\302\233b'");
	shows("remove 'a^[[2J\\xc2\\x9bb'? [y/N] ");
}
END_TEST

START_TEST(a_screen_is_drawn_once)
{
	struct strvec lines = STRVEC_INIT;
	struct buf drawn = BUF_INIT(1000);
	strvec_push_all(&lines, "a", "b", NULL);
	ck_assert(output_screen_draw(&lines, 1, &drawn));
	shows("\033[H\033[Ka\r\n\033[K\033[7mb\033[27m");
	ck_assert(output_screen_draw(&lines, 1, &drawn));
	shows("");
	ck_assert(output_screen_draw(&lines, SIZE_MAX, &drawn));
	shows("\033[H\033[Ka\r\n\033[Kb");
	strvec_release(&lines);
	buf_release(&drawn);
}
END_TEST

static Suite *output_suite(void)
{
	Suite *suite = suite_create("output");
	TCase *tcase = tcase_create("terminal");
	tcase_add_checked_fixture(tcase, open_screen, close_screen);
	tcase_add_test(tcase, characters_in_pieces_are_whole);
	tcase_add_test(tcase, what_is_never_finished_is_shown_in_the_end);
	tcase_add_test(tcase, a_question_is_safe);
	tcase_add_test(tcase, a_screen_is_drawn_once);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(output_suite)
