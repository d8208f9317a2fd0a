/* When a health check is due that nobody else runs. */
#include <check.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/moment.h"
#include "logs/pulse.h"
#include "suite.h"

static struct pulse pulse;
static struct container_detail detail;
static struct error err;

static void setup(void)
{
	static const char *const names[] = { "CONTAINER_HOST", "CONTAINER_CONNECTION", "CONTAINERS_CONF", "XDG_CONFIG_HOME", "HOME" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		unsetenv(names[i]);
	pulse = (struct pulse){ 0 };
	detail = (struct container_detail){ .state = CONTAINER_RUNNING, .check_interval = 2 * MOMENT_SECOND };
}

static const struct runtime *podman(void)
{
	return runtime_find("podman", &err);
}

/* Where systemd is, it does. */
static bool is_ours(void)
{
	return access("/run/systemd/system", F_OK) != 0;
}

START_TEST(of_podmans_that_run_and_have_a_check)
{
	pulse_set(&pulse, podman(), &detail, 5000);
	ck_assert_int_eq(pulse.interval_ms, is_ours() ? 2000 : 0);
	detail.state = CONTAINER_PAUSED;
	pulse_set(&pulse, podman(), &detail, 5000);
	ck_assert_int_eq(pulse.interval_ms, 0);
	ck_assert(!pulse_due(&pulse, INT64_MAX));
	ck_assert_int_eq(pulse_wait_ms(&pulse, 0), -1);
	detail = (struct container_detail){ .state = CONTAINER_RUNNING };
	pulse_set(&pulse, podman(), &detail, 5000);
	ck_assert_int_eq(pulse.interval_ms, 0);
}
END_TEST

START_TEST(not_what_an_engine_does_or_another_machine)
{
	pulse_set(&pulse, runtime_find("docker", &err), &detail, 5000);
	ck_assert_int_eq(pulse.interval_ms, 0);
	pulse_set(&pulse, runtime_find("nerdctl", &err), &detail, 5000);
	ck_assert_int_eq(pulse.interval_ms, 0);
	setenv("CONTAINER_HOST", "ssh://elsewhere/podman.sock", 1);
	pulse_set(&pulse, podman(), &detail, 5000);
	ck_assert_int_eq(pulse.interval_ms, 0);
}
END_TEST

START_TEST(an_interval_after_it_was_seen_and_not_put_off_by_looking)
{
	pulse.interval_ms = 2000;
	pulse.due_ms = 7000;
	ck_assert(!pulse_due(&pulse, 6999));
	ck_assert_int_eq(pulse_wait_ms(&pulse, 6900), 100);
	ck_assert(pulse_due(&pulse, 7000));
	ck_assert_int_eq(pulse_wait_ms(&pulse, 9000), 0);
	pulse_set(&pulse, podman(), &detail, 6500);
	ck_assert_int_eq(pulse.due_ms, 7000);
	pulse.task.active = true;
	ck_assert(!pulse_due(&pulse, 9000));
	ck_assert_int_eq(pulse_wait_ms(&pulse, 9000), -1);
}
END_TEST

START_TEST(not_more_often_than_each_second)
{
	detail.check_interval = 1;
	pulse_set(&pulse, podman(), &detail, 5000);
	ck_assert_int_eq(pulse.interval_ms, is_ours() ? PULSE_LEAST_MS : 0);
	ck_assert_int_eq(pulse_wait_ms(&pulse, 5000), is_ours() ? PULSE_LEAST_MS : -1);
}
END_TEST

static Suite *pulse_suite(void)
{
	Suite *suite = suite_create("pulse");
	TCase *due = tcase_create("due");

	tcase_add_checked_fixture(due, setup, NULL);
	tcase_add_test(due, of_podmans_that_run_and_have_a_check);
	tcase_add_test(due, not_what_an_engine_does_or_another_machine);
	tcase_add_test(due, an_interval_after_it_was_seen_and_not_put_off_by_looking);
	tcase_add_test(due, not_more_often_than_each_second);
	suite_add_tcase(suite, due);
	return suite;
}

SUITE_MAIN(pulse_suite)
