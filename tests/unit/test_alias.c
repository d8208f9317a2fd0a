#include <check.h>
#include <string.h>

#include "command/alias.h"
#include "command/complete.h"
#include "command/words.h"
#include "suite.h"

static struct strvec aliases;
static struct error err;

static void setup(void)
{
	static const char *const all[] = { "ll=ps -a --no-trunc", "l=ll -q", "a=b x", "b=a y", "self=self z", "in=exec -it", "p=podman", NULL };
	for (const char *const *one = all; *one; one++) {
		ck_assert_msg(alias_check(*one, &err) == 0, "%s", err.text);
		alias_define(&aliases, *one);
	}
}

static void teardown(void)
{
	strvec_release(&aliases);
}

static const struct {
	const char *line, *expanded;
} lines[] = {
	{ "", "" },
	{ "ps ll", "ps ll" },
	{ "ll", "ps -a --no-trunc" },
	{ "ll 'a b'", "ps -a --no-trunc 'a b'" },
	{ "l web", "ps -a --no-trunc -q web" },
	{ "a", "a y x" },
	{ "self", "self z" },
	{ "l=x", "l=x" },
	{ "LL", "LL" },
};

START_TEST(stands_for_its_words)
{
	struct words words;
	struct buf out = BUF_INIT(1024);
	ck_assert_int_eq(words_split(lines[_i].line, strlen(lines[_i].line), WORDS_WHOLE, &words, &err), 0);
	alias_expand(&aliases, &words.argv);
	strvec_quote(&words.argv, &out);
	ck_assert_str_eq(buf_text(&out), lines[_i].expanded);
	words_release(&words);
	buf_release(&out);
}
END_TEST

static const struct {
	const char *definition, *fault;
} faults[] = {
	{ "ps=images", "'ps' is a command; an alias needs another name" },
	{ "exit=quit", "'exit' is a command" },
	{ "network=x", "'network' is a command" },
	{ "compose=x", "'compose' is a command" },
	{ "=x", "'' is no name of an alias" },
	{ "-x=x", "'-x' is no name of an alias" },
	{ "a b=x", "'a b' is no name of an alias" },
	{ "x", "'x' stands for nothing" },
	{ "x=", "x: an alias is the first words of one command" },
	{ "x=# y", "x: an alias is the first words of one command" },
	{ "x=a; b", "x: an alias is the first words of one command" },
	{ "x=a 'b", "x: unbalanced '" },
};

START_TEST(cannot_be_anything)
{
	ck_assert_int_eq(alias_check(faults[_i].definition, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	ck_assert_msg(strncmp(err.text, faults[_i].fault, strlen(faults[_i].fault)) == 0, "%s", err.text);
}
END_TEST

START_TEST(the_last_of_a_name_counts)
{
	size_t nr = aliases.nr;
	alias_define(&aliases, "ll=images");
	ck_assert_uint_eq(aliases.nr, nr);
	ck_assert_str_eq(alias_find(&aliases, "ll"), "ll=images");
	ck_assert(alias_drop(&aliases, "ll"));
	ck_assert(!alias_drop(&aliases, "ll"));
	ck_assert_ptr_null(alias_find(&aliases, "ll"));
}
END_TEST

/* What is behind an alias is completed as behind its words. */
START_TEST(completion_sees_through)
{
	static const struct {
		const char *line, *first;
	} cursors[] = { { "ll --al", "--all" }, { "l --la", "--last" }, { "p sto", "stop" }, { "sel", "self" }, { "try sto", "stop" }, { "try p sto", NULL } };
	const struct complete_source source = { .aliases = &aliases };
	for (size_t i = 0; i < ARRAY_LEN(cursors); i++) {
		struct completion out;
		complete(cursors[i].line, strlen(cursors[i].line), &source, &out);
		ck_assert_msg((out.nr > 0) == (cursors[i].first != NULL), "%s", cursors[i].line);
		if (out.nr > 0)
			ck_assert_int_eq(strncmp(out.items[0].word, cursors[i].first, strlen(cursors[i].first)), 0);
		completion_release(&out);
	}
}
END_TEST

static Suite *alias_suite(void)
{
	Suite *suite = suite_create("alias");
	TCase *all = tcase_create("alias");
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_loop_test(all, stands_for_its_words, 0, ARRAY_LEN(lines));
	tcase_add_loop_test(all, cannot_be_anything, 0, ARRAY_LEN(faults));
	tcase_add_test(all, the_last_of_a_name_counts);
	tcase_add_test(all, completion_sees_through);
	suite_add_tcase(suite, all);
	return suite;
}

SUITE_MAIN(alias_suite)
