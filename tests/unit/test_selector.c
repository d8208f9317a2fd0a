#include <check.h>
#include <string.h>

#include "base/macros.h"
#include "command/selector.h"
#include "suite.h"

static const struct {
	const char *word, *runtime;
	enum selector_form form;
	const char *text;
} words[] = {
	{ "web", NULL, SELECTS_NAME, "web" },
	{ "podman:web", "podman", SELECTS_NAME, "web" },
	{ "label", NULL, SELECTS_NAME, "label" },
	{ "web-*", NULL, SELECTS_PATTERN, "web-*" },
	{ "nerdctl:?", "nerdctl", SELECTS_PATTERN, "?" },
	{ "label=tier", NULL, SELECTS_LABEL, "tier" },
	{ "label=tier=web", NULL, SELECTS_LABEL, "tier=web" },
	{ "label=a=*,@b c", NULL, SELECTS_LABEL, "a=*,@b c" },
	{ "podman:label=a=", "podman", SELECTS_LABEL, "a=" },
	{ "@shop", NULL, SELECTS_PROJECT, "shop" },
	{ "docker:@shop_1.x-y", "docker", SELECTS_PROJECT, "shop_1.x-y" },
	{ "-", NULL, SELECTS_LAST, "" },
};

START_TEST(is_read)
{
	struct selector selector = selector_read(words[_i].word);
	ck_assert_int_eq(selector.form, words[_i].form);
	ck_assert_str_eq(selector.text, words[_i].text);
	ck_assert_int_eq(selector.runtime != NULL, words[_i].runtime != NULL);
	if (selector.runtime)
		ck_assert_str_eq(selector.runtime->name, words[_i].runtime);
	ck_assert(selector_valid(words[_i].word));
}
END_TEST

START_TEST(is_none)
{
	static const char *const none[] = { "",    "--",  "-web",   "web/1",    "a b",     "@",        "@a/b",
					    "@a*", "@-a", "label=", "label==x", "podman:", "podman:-", "podman:@" };
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		ck_assert_msg(!selector_valid(none[i]), "%s", none[i]);
}
END_TEST

static void filters_are(const char *word, const char *first, const char *second)
{
	SCOPED(strvec_release) struct strvec filters = STRVEC_INIT;
	struct selector selector = selector_read(word);
	selector_filters(&selector, &filters);
	ck_assert_uint_eq(filters.nr, (size_t)(first != NULL) + (second != NULL));
	if (first)
		ck_assert_str_eq(filters.items[0], first);
	if (second)
		ck_assert_str_eq(filters.items[1], second);
}

START_TEST(engines_filter)
{
	filters_are("label=tier=a b", "--filter=label=tier=a b", NULL);
	filters_are("podman:label=tier", "--filter=label=tier", NULL);
	filters_are("@shop", "--filter=label=com.docker.compose.project=shop",
		    "--filter=label=io.podman.compose.project=shop");
	filters_are("web-*", NULL, NULL);
	filters_are("-", NULL, NULL);
}
END_TEST

static Suite *selector_suite(void)
{
	Suite *suite = suite_create("selector");
	TCase *all = tcase_create("all");

	tcase_add_loop_test(all, is_read, 0, (int)ARRAY_LEN(words));
	tcase_add_test(all, is_none);
	tcase_add_test(all, engines_filter);
	suite_add_tcase(suite, all);
	return suite;
}

SUITE_MAIN(selector_suite)
