/* Prompts from templates. */
#include <check.h>

#include "base/macros.h"
#include "command/prompt.h"
#include "suite.h"

static const struct prompt_facts quiet = { "docker", "", 1, 3, false, "", 0, false };
static const struct prompt_facts loud = { "nerdctl", "k8s\033.io", 0, 1000, true, "disk,gap", 130, true };
static const struct prompt_facts none = { NULL, "", 0, 0, false, "", 0, true };

static const struct {
	const char *template;
	const struct prompt_facts *facts;
	const char *prompt;
} prompts[] = {
	{ PROMPT_DEFAULT, &quiet, "purser docker:1/3> " },
	{ PROMPT_DEFAULT, &loud,
	  "purser nerdctl@k8s^[.io:0/1000 readonly\001\033[31m\002 !disk,gap\001\033[0m\002> \001\033[0m\002" },
	{ PROMPT_DEFAULT, &none, "purser -:0/0\001\033[31m\002\001\033[0m\002> \001\033[0m\002" },
	{ "%status$ ", &quiet, "$ " },
	{ "%status$ ", &loud, " (130)$ " },
	{ "100%% %{running}x> ", &quiet, "100% 1x> " },
	{ "%{bold}a%{green}b> ", &loud, "\001\033[1m\002a\001\033[32m\002b> \001\033[0m\002" },
	{ "%{bold}a%{green}b> ", &quiet, "ab> " },
	{ "\033[31m\001> ", &loud, "^[[31m^A> " },
	{ "> ", &loud, "> " },
};

START_TEST(is_made)
{
	struct buf out = BUF_INIT(PROMPT_MAX);
	ck_assert_msg(prompt_valid(prompts[_i].template), "%s", prompts[_i].template);
	prompt_make(prompts[_i].template, prompts[_i].facts, &out);
	ck_assert_str_eq(buf_text(&out), prompts[_i].prompt);
	buf_release(&out);
}
END_TEST

static const char *const wrong[] = {
	"", "%", "a%", "%x", "%runningx", "%{running", "%{}", "%{running}%{", "% ", "50%"
};

START_TEST(is_refused)
{
	struct buf out = BUF_INIT(PROMPT_MAX);
	ck_assert_msg(!prompt_valid(wrong[_i]), "%s", wrong[_i]);
	prompt_make(wrong[_i], &loud, &out); /* and does no harm */
	buf_release(&out);
}
END_TEST

static Suite *prompt_suite(void)
{
	Suite *suite = suite_create("prompt");
	TCase *tcase = tcase_create("prompt");
	tcase_add_loop_test(tcase, is_made, 0, ARRAY_LEN(prompts));
	tcase_add_loop_test(tcase, is_refused, 0, ARRAY_LEN(wrong));
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(prompt_suite)
