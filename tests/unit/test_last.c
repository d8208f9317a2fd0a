/* What `-` stands for. */
#include <check.h>
#include <string.h>

#include "base/macros.h"
#include "command/last.h"
#include "suite.h"

static struct session session;
static struct error err;

static void set_up(void)
{
	session = (struct session){ .runtime = runtimes[0], .table = tracked_new(&err) };
	ck_assert_ptr_nonnull(session.table);
}

static void tear_down(void)
{
	last_release(&session);
	tracked_free(session.table);
}

static void set(const char *name, const char *other)
{
	SCOPED(targets_release) struct targets targets = { 0 };
	if (name)
		targets_add(&targets, runtimes[0], name, name);
	if (other)
		targets_add(&targets, runtimes[2], other, "4f5c");
	last_set(&session, &targets);
}

static void stands_for(const char *names)
{
	SCOPED(targets_release) struct targets targets = { 0 };
	SCOPED(buf_release) struct buf found = BUF_INIT(1000);
	ck_assert_int_eq(last_add_to(&session, &targets, &err), *names ? 0 : -1);
	for (size_t i = 0; i < targets.nr; i++)
		buf_printf(&found, "%s%s", i ? " " : "", targets.items[i].name);
	ck_assert_str_eq(buf_text(&found), names);
	ck_assert(*names || err.kind == ERROR_NOT_FOUND);
}

START_TEST(is_what_was_set_last)
{
	stands_for("");
	ck_assert_ptr_nonnull(strstr(err.text, "no last result yet"));
	set("web", "podman:db");
	stands_for("web podman:db");
	set("job", NULL);
	stands_for("job");
	set(NULL, NULL);
	stands_for("");
	ck_assert_ptr_nonnull(strstr(err.text, "has no containers"));
}
END_TEST

START_TEST(is_named_for_the_runtime_that_is_worked_with)
{
	set("web", "podman:db");
	session.runtime = runtimes[2];
	stands_for("docker:web db");
}
END_TEST

START_TEST(loses_what_was_removed)
{
	set("web", "podman:db");
	last_drop(&session, "4f5c");
	last_drop(&session, "none");
	stands_for("web");
	last_drop(&session, "web");
	stands_for("");
}
END_TEST

START_TEST(stays_where_nothing_is_done)
{
	set("web", NULL);
	session.settings.dry_run = true;
	set("job", NULL);
	stands_for("web");
}
END_TEST

/* By the collector, which has learnt its name meanwhile. */
START_TEST(has_the_name_of_now)
{
	static const char id[] = "4f5c";
	struct store_entry entry = { 0 };
	memcpy(entry.id, id, sizeof id);
	memcpy(entry.name, "db-2", sizeof "db-2");
	set(NULL, "podman:db");
	tracked_add(session.table, runtimes[2], &entry);
	stands_for("podman:db-2");
}
END_TEST

static Suite *last_suite(void)
{
	Suite *suite = suite_create("last");
	TCase *all = tcase_create("all");

	tcase_add_checked_fixture(all, set_up, tear_down);
	tcase_add_test(all, is_what_was_set_last);
	tcase_add_test(all, is_named_for_the_runtime_that_is_worked_with);
	tcase_add_test(all, loses_what_was_removed);
	tcase_add_test(all, stays_where_nothing_is_done);
	tcase_add_test(all, has_the_name_of_now);
	suite_add_tcase(suite, all);
	return suite;
}

SUITE_MAIN(last_suite)
