#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"
#include "logs/wake.h"
#include "scratch.h"
#include "suite.h"

static struct wake wake;
static char path[128], other[128];
static int told[16];
static unsigned told_nr;

static unsigned overs;

static void take(void *arg UNUSED, int watch, bool over)
{
	overs += over;
	if (over)
		return;
	ck_assert_uint_lt(told_nr, ARRAY_LEN(told));
	told[told_nr++] = watch;
}

static unsigned hear(void)
{
	told_nr = overs = 0;
	wake_take(&wake, take, NULL);
	return told_nr;
}

static void append(const char *file)
{
	int fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "x\n", 2), 2);
	close(fd);
}

static void setup(void)
{
	scratch_make();
	ck_assert_int_eq(mkdirat(scratch, "a", 0700), 0);
	ck_assert_int_eq(mkdirat(scratch, "b", 0700), 0);
	snprintf(path, sizeof path, "%s/a/a-json.log", scratch_path);
	snprintf(other, sizeof other, "%s/b/b-json.log", scratch_path);
	append(path);
	append(other);
	wake_open(&wake);
	ck_assert_int_ge(wake.fd, 0);
}

static void teardown(void)
{
	wake_close(&wake);
	scratch_remove();
}

START_TEST(what_is_written_wakes_once)
{
	int watch = wake_arm(&wake, path), second = wake_arm(&wake, other);
	ck_assert_int_ne(watch, WAKE_NONE);
	ck_assert_int_ne(watch, second);
	ck_assert_uint_eq(hear(), 0);
	for (unsigned i = 0; i < 100; i++)
		append(path);
	ck_assert_uint_eq(hear(), 1);
	ck_assert_int_eq(told[0], watch);
	ck_assert_uint_eq(overs, 1);
	append(path);
	ck_assert_uint_eq(hear(), 0);
	ck_assert_uint_eq(overs, 0);
	append(other);
	ck_assert_uint_eq(hear(), 1);
	ck_assert_int_eq(told[0], second);
}
END_TEST

START_TEST(armed_anew_it_wakes_again)
{
	for (unsigned i = 0; i < 1000; i++) {
		int watch = wake_arm(&wake, path);
		append(path);
		ck_assert_uint_eq(hear(), 1);
		ck_assert_int_eq(told[0], watch);
	}
}
END_TEST

START_TEST(a_rotation_wakes)
{
	char rotated[140];
	int watch = wake_arm(&wake, path);
	snprintf(rotated, sizeof rotated, "%s.1", path);
	ck_assert_int_eq(rename(path, rotated), 0);
	ck_assert_uint_eq(hear(), 1);
	watch = wake_arm(&wake, path);
	append(path);
	ck_assert_uint_eq(hear(), 1);
	ck_assert_int_eq(told[0], watch);
}
END_TEST

START_TEST(disarmed_it_does_not)
{
	int watch = wake_arm(&wake, path);
	wake_disarm(&wake, watch);
	wake_disarm(&wake, WAKE_NONE);
	append(path);
	ck_assert_uint_eq(hear(), 0);
}
END_TEST

START_TEST(what_cannot_be_watched_is_known)
{
	ck_assert_int_eq(wake_arm(&wake, ""), WAKE_NONE);
	ck_assert_int_eq(wake_arm(&wake, "/file"), WAKE_NONE);
	ck_assert_int_eq(wake_arm(&wake, "file"), WAKE_NONE);
	ck_assert_int_eq(wake_arm(&wake, "/nonexistent/a/b"), WAKE_NONE);
	ck_assert_int_eq(wake_arm(&(struct wake){ -1 }, path), WAKE_NONE);
	strcat(path, "/below-a-file");
	ck_assert_int_eq(wake_arm(&wake, path), WAKE_NONE);
}
END_TEST

static void *append_all_the_time(void *stop)
{
	while (!atomic_load((atomic_bool *)stop)) {
		append(path);
		for (volatile unsigned i = 0; i < 2000; i++)
			;
	}
	return NULL;
}

static bool is_over;

static void take_over(void *arg UNUSED, int watch UNUSED, bool over)
{
	is_over |= over;
}

/* Armed anew each time it is over, while somebody writes all the time, it always tells. */
START_TEST(no_watch_is_lost)
{
	atomic_bool stop = false;
	pthread_t writer;
	ck_assert_int_eq(pthread_create(&writer, NULL, append_all_the_time, &stop), 0);
	for (unsigned i = 0; i < 20000; i++) {
		ck_assert_int_ne(wake_arm(&wake, path), WAKE_NONE);
		for (is_over = false; !is_over;) {
			struct pollfd told_something = { .fd = wake.fd, .events = POLLIN };
			ck_assert_msg(poll(&told_something, 1, 5000) == 1, "lost in round %u", i);
			wake_take(&wake, take_over, NULL);
		}
	}
	atomic_store(&stop, true);
	pthread_join(writer, NULL);
}
END_TEST

/* A directory that is gone tells nothing, and harms nothing. */
START_TEST(a_removed_directory)
{
	wake_arm(&wake, path);
	unlink(path);
	*strrchr(path, '/') = '\0';
	ck_assert_int_eq(rmdir(path), 0);
	hear();
	ck_assert_uint_eq(hear(), 0);
}
END_TEST

static Suite *wake_suite(void)
{
	Suite *suite = suite_create("wake");
	TCase *all = tcase_create("wake");
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_test(all, what_is_written_wakes_once);
	tcase_add_test(all, armed_anew_it_wakes_again);
	tcase_add_test(all, a_rotation_wakes);
	tcase_add_test(all, disarmed_it_does_not);
	tcase_add_test(all, what_cannot_be_watched_is_known);
	tcase_add_test(all, no_watch_is_lost);
	tcase_add_test(all, a_removed_directory);
	tcase_set_timeout(all, 60);
	suite_add_tcase(suite, all);
	return suite;
}

SUITE_MAIN(wake_suite)
