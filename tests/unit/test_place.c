/* What cp copies from and to. */
#include <check.h>
#include <stdio.h>

#include "base/macros.h"
#include "command/place.h"
#include "suite.h"

static const struct {
	const char *word, *container, *path; /* container NULL: here; path NULL: refused */
} places[] = {
	{ "web:/etc", "web", "/etc" },
	{ "web:etc", "web", "etc" },
	{ "web:/a:b", "web", "/a:b" },
	{ "podman:web:/etc", "podman:web", "/etc" },
	{ "podman:web:x", "podman:web", "x" },
	{ "podman:/etc:x", "podman", "/etc:x" }, /* a container that is called so */
	{ "docker:etc", "docker", "etc" },
	{ "4f5c:/x", "4f5c", "/x" },
	{ "-:/x", "-", "/x" }, /* the last result's */
	{ "file", NULL, "file" },
	{ "-", NULL, "-" },
	{ "./web:x", NULL, "./web:x" },
	{ "../web:x", NULL, "../web:x" },
	{ "/a:b", NULL, "/a:b" },
	{ "dir/x", NULL, "dir/x" },
	{ "web:", NULL, NULL },
	{ ":/x", NULL, NULL },
	{ "a b:/x", NULL, NULL },
	{ "w*:/x", NULL, NULL },
	{ "-f:/x", NULL, NULL },
	{ "@shop:/x", NULL, NULL },
	{ "label=a:/x", NULL, NULL },
	{ "dir/x:y", NULL, NULL },
	{ "podman::/x", NULL, NULL },
};

START_TEST(is_read)
{
	struct place place;
	char container[100];
	bool well = place_read(places[_i].word, &place);
	ck_assert_msg(well == (places[_i].path != NULL), "%s", places[_i].word);
	if (!well)
		return;
	ck_assert_str_eq(place.path, places[_i].path);
	ck_assert_int_eq(place.container != NULL, places[_i].container != NULL);
	if (!place.container)
		return;
	snprintf(container, sizeof container, "%.*s", (int)place.container_len, place.container);
	ck_assert_str_eq(container, places[_i].container);
}
END_TEST

START_TEST(means_what_is_in_it)
{
	static const char *const content[] = { "/", "//", ".", "./", "dir/.", "dir/./", "/." }, *const itself[] = { "dir", "dir/", "a.", "dir/..", "/x/.y", ".y" };
	for (size_t i = 0; i < ARRAY_LEN(content); i++)
		ck_assert_msg(place_means_content(content[i]), "%s", content[i]);
	for (size_t i = 0; i < ARRAY_LEN(itself); i++)
		ck_assert_msg(!place_means_content(itself[i]), "%s", itself[i]);
}
END_TEST

static Suite *place_suite(void)
{
	Suite *suite = suite_create("place");
	TCase *all = tcase_create("all");

	tcase_add_loop_test(all, is_read, 0, (int)ARRAY_LEN(places));
	tcase_add_test(all, means_what_is_in_it);
	suite_add_tcase(suite, all);
	return suite;
}

SUITE_MAIN(place_suite)
