/* The manual page: what roff would take for its own is escaped, and nothing of the real rows is left out. */
#include <check.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "command/manpage.h"
#include "command/topics.h"
#include "suite.h"

static const struct command program = {
	.name = "purser",
	.summary = "a shell",
	.details = "One.\n\n.Two.",
	.options = (const struct option[]){ { "runtime", 'r', KIND_RUNTIME, "NAME", "which" }, { 0 } },
	.examples = (const struct example[]){ { "purser ps", "a list" }, { 0 } },
};

static const struct {
	const char *text, *roff;
} texts[] = {
	{ "plain, with 100 %", "plain, with 100 %" },
	{ ".ie at the beginning\n.and of a line. Not here", "\\&.ie at the beginning\n\\&.and of a line. Not here" },
	{ "'ie \"quoted\"", "\\(aqie \\(dqquoted\\(dq" },
	{ "C:\\new", "C:\\(rsnew" },
	{ "run -it --rm", "run \\-it \\-\\-rm" },
	{ "~/x ^C `y`", "\\(ti/x \\(haC \\(gay\\(ga" },
	{ "COMMAND\xe2\x80\xa6", "COMMAND\\[u2026]" },
	{ "", "" },
};

START_TEST(escapes_what_roff_interprets)
{
	struct buf out = BUF_INIT(4096);

	manpage_add_text(&out, texts[_i].text);
	ck_assert_str_eq(buf_text(&out), texts[_i].roff);
	buf_release(&out);
}
END_TEST

/* FORMAT with `text` escaped in it is somewhere in the page. */
static void assert_in(const char *page, const char *before, const char *text, const char *after)
{
	struct buf wanted = BUF_INIT(65536);

	buf_add_text(&wanted, before);
	manpage_add_text(&wanted, text);
	buf_add_text(&wanted, after);
	ck_assert_msg(strstr(page, buf_text(&wanted)) != NULL, "not in the page: %s", buf_text(&wanted));
	buf_release(&wanted);
}

START_TEST(has_all_that_the_rows_have)
{
	struct buf page = BUF_INIT(1024 * 1024);

	manpage(&program, "1.2.3", "2026-01-31", &page);
	const char *text = buf_text(&page);
	ck_assert_int_eq(strncmp(text, ".TH PURSER 1 2026-01-31 \"purser 1.2.3\" ", 39), 0);
	assert_in(text, "\npurser \\- ", "a shell", "\n");
	assert_in(text, "\nOne.\n.PP\n", ".Two.", "\n");
	assert_in(text, "\\-r\\fR, \\fB\\-\\-", "runtime", "\\fR \\fINAME\\fR\nwhich\n");
	for (const struct command *const *command = commands; *command != NULL; command++) {
		struct buf usage = BUF_INIT(4096);

		if ((*command)->flags & COMMAND_HIDDEN)
			continue;
		manual_usage(*command, &usage);
		if ((*command)->flags & COMMAND_THROUGH)
			assert_in(text, ".TP\n\\fB", (*command)->name, "\\fR\n");
		else
			assert_in(text, ".TP\n\\fB", buf_text(&usage), "\\fR\n");
		assert_in(text, "\\fR\n", (*command)->summary, "\n");
		for (const struct option *option = NULL; (option = next_option(*command, option)) != NULL;)
			assert_in(text, "\\fB\\-\\-", option->name, "\\fR");
		for (const struct example *example = (*command)->examples;
		     !((*command)->flags & COMMAND_THROUGH) && example != NULL && example->line != NULL; example++)
			assert_in(text, "\\fB", example->line, "\\fR\n");
		buf_release(&usage);
	}
	for (const struct topic *topic = topics; topic->name != NULL; topic++)
		for (const struct term *term = topic->terms; term->name != NULL; term++)
			assert_in(text, "\\fB", term->name, "\\fR\n");
	buf_release(&page);
}
END_TEST

/* What is printed once is not missed where it is used: the many options of a container. */
START_TEST(tells_shared_options_once)
{
	struct buf page = BUF_INIT(1024 * 1024);
	int times = 0;

	manpage(&program, "1.2.3", "2026-01-31", &page);
	for (const char *at = buf_text(&page); (at = strstr(at, "\\-\\-publish\\-all\\fR")) != NULL; at++)
		times++;
	ck_assert_int_eq(times, 1);
	buf_release(&page);
}
END_TEST

static Suite *manpage_suite(void)
{
	Suite *suite = suite_create("manpage");
	TCase *pages = tcase_create("pages");

	setlocale(LC_CTYPE, "C.UTF-8");
	tcase_add_loop_test(pages, escapes_what_roff_interprets, 0, ARRAY_LEN(texts));
	tcase_add_test(pages, has_all_that_the_rows_have);
	tcase_add_test(pages, tells_shared_options_once);
	suite_add_tcase(suite, pages);
	return suite;
}

SUITE_MAIN(manpage_suite)
