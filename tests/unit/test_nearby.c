#include <check.h>
#include <string.h>

#include "command/nearby.h"
#include "suite.h"

static struct session session;

static const struct runtime *called(const char *name)
{
	struct error err;
	return runtime_find(name, &err);
}

static void set_up(void)
{
	struct error err;
	struct container rows[] = { { .name = "web-front" }, { .name = "db" } };
	struct image images[] = { { .repository = "nginx", .tag = "1.25" }, { .repository = "host:5000/busybox", .tag = "latest" } };
	struct resource things[] = { { .name = "backend", .driver = "", .labels = "" } };
	session = (struct session){ .table = tracked_new(&err), .runtime = called("docker") };
	seen_set(session.table, session.runtime, SEEN_CONTAINERS, seen_of_containers(&(struct container_list){ rows, 2, ARENA_INIT }, 1));
	seen_set(session.table, session.runtime, SEEN_IMAGES, seen_of_images(&(struct image_list){ images, 2, ARENA_INIT }, 1));
	seen_set(session.table, session.runtime, SEEN_NETWORKS, seen_of_resources(&(struct resource_list){ things, 1, ARENA_INIT }, 1));
}

static void tear_down(void)
{
	tracked_free(session.table);
}

static const struct {
	enum kind kind;
	const char *word, *hint;
} words[] = {
	{ KIND_CONTAINER, "web-frnot", "did you mean 'web-front'?" },
	{ KIND_CONTAINER, "web", "did you mean 'web-front'?" },
	{ KIND_CONTAINER, "docker:web-frnt", "did you mean 'docker:web-front'?" },
	{ KIND_CONTAINER, "podman:web-frnt", "" }, /* of that nothing was seen */
	{ KIND_CONTAINER, "db", "" },              /* it is gone since */
	{ KIND_CONTAINER, "else", "" },
	{ KIND_CONTAINER, "web-frn*", "" },
	{ KIND_IMAGE, "ngnix", "did you mean 'nginx'?" },
	{ KIND_IMAGE, "nginx:1.26", "did you mean 'nginx:1.25'?" },
	{ KIND_IMAGE, "nginx", "" },
	{ KIND_NETWORK, "bakend", "did you mean 'backend'?" },
	{ KIND_VOLUME_NAME, "bakend", "" },
	{ KIND_OBJECT, "bakend", "did you mean 'backend'?" },
	{ KIND_OBJECT, "dbb", "did you mean 'db'?" },
	{ KIND_TEXT, "bakend", "" },
};

START_TEST(hints)
{
	struct error err;

	error_set(&err, ERROR_NOT_FOUND, "no such thing");
	nearby_hint(&session, words[_i].kind, words[_i].word, &err);
	ck_assert_str_eq(err.hint, words[_i].hint);
}
END_TEST

START_TEST(hints_only_at_what_is_missing)
{
	struct error err;

	error_set(&err, ERROR_IN_USE, "it is used");
	nearby_hint(&session, KIND_CONTAINER, "web-frnt", &err);
	ck_assert_str_eq(err.hint, "");
	error_set(&err, ERROR_NOT_FOUND, "no such thing");
	error_hint(&err, "make it");
	nearby_hint(&session, KIND_CONTAINER, "web-frnt", &err);
	ck_assert_str_eq(err.hint, "make it");
}
END_TEST

START_TEST(hints_at_whatever_is_named)
{
	static const struct option network = { "network", 0, KIND_NETWORK, "NETWORK", "where" };
	static const struct operand operands[] = { { "IMAGE", KIND_IMAGE, 1, 1, .help = "what" }, { "WORD", KIND_REST, 0, 0, .help = "how" }, { 0 } };
	static const struct command row = { .name = "run", .operands = operands };
	static char image[] = "nginx", backend[] = "backend", ngnix[] = "ngnix";
	char *known[] = { image, backend, NULL }, *unknown[] = { ngnix, backend, NULL };
	struct invocation call = { .command = &row, .given = { { &network, "bakend" } }, .given_nr = 1, .operands = known, .operands_nr = 2 };
	struct error err;

	error_set(&err, ERROR_NOT_FOUND, "no such thing");
	nearby_hint_call(&session, &call, &err);
	ck_assert_str_eq(err.hint, "did you mean 'backend'?");
	call.operands = unknown;
	error_set(&err, ERROR_NOT_FOUND, "no such thing");
	nearby_hint_call(&session, &call, &err);
	ck_assert_str_eq(err.hint, "did you mean 'nginx'?");
}
END_TEST

static Suite *nearby_suite(void)
{
	Suite *suite = suite_create("nearby");
	TCase *all = tcase_create("all");

	tcase_add_checked_fixture(all, set_up, tear_down);
	tcase_add_loop_test(all, hints, 0, ARRAY_LEN(words));
	tcase_add_test(all, hints_only_at_what_is_missing);
	tcase_add_test(all, hints_at_whatever_is_named);
	suite_add_tcase(suite, all);
	return suite;
}

SUITE_MAIN(nearby_suite)
