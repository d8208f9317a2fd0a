/* What tells of something new. The engine is a thread that answers each request with a byte of log, at once. */
#include <check.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/moment.h"
#include "logs/vigil.h"
#include "scratch.h"
#include "suite.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ANSWER "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"

static struct vigils vigils;
static struct vigil vigil;
static struct sockaddr_un address = { .sun_family = AF_UNIX };
static int listener;
static pthread_t engine;
static atomic_uint asked;

static void *answer_all(void *arg)
{
	char request[4096];
	int fd;
	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		if (read(fd, request, sizeof request) > 0) {
			atomic_fetch_add(&asked, 1); /* before who asked can know */
			send(fd, ANSWER, sizeof ANSWER - 1, MSG_NOSIGNAL);
		}
		while (read(fd, request, sizeof request) > 0)
			;
		close(fd);
	}
	return arg;
}

static void setup(void)
{
	scratch_make();
	snprintf(address.sun_path, sizeof address.sun_path, "%s/s", scratch_path);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq(listen(listener, 8), 0);
	atomic_store(&asked, 0);
	ck_assert_int_eq(pthread_create(&engine, NULL, answer_all, NULL), 0);
	runtime_reach(TRANSPORT_AUTO, address.sun_path);
	vigils = (struct vigils){ .wake = { -1 } };
	vigil_init(&vigil, &vigils);
}

static void teardown(void)
{
	vigil_end(&vigil);
	ck_assert_uint_eq(vigils.streams, 0);
	shutdown(listener, SHUT_RDWR);
	pthread_join(engine, NULL);
	fd_close(&listener);
	scratch_remove();
}

/* A window that brought nothing, and then the stream, if there is one, until it tells. Whether it did. */
static bool is_told(void)
{
	int64_t until = monotonic_ms() + 5000;
	vigil_begin(&vigil, NULL);
	vigil_ask(&vigil, runtimes[0], ID);
	if (vigil_kind(&vigil) == VIGIL_NONE)
		return false;
	ck_assert_uint_eq(vigils.streams, 1);
	while (!vigil_step(&vigil)) {
		struct pollfd fds[REQUEST_FDS];
		ck_assert_int_lt(monotonic_ms(), until);
		poll(fds, request_fds(&vigil.stream.running, fds), 50);
	}
	ck_assert(vigil.told);
	ck_assert_int_eq(vigil_kind(&vigil), VIGIL_NONE);
	ck_assert_uint_eq(vigils.streams, 0);
	return true;
}

START_TEST(a_stream_tells_and_is_over)
{
	ck_assert(is_told());
	ck_assert_uint_eq(atomic_load(&asked), 1);
}
END_TEST

/* An engine whose clock is ahead tells of what the window had: it is not asked for ever, and again once it was right. */
START_TEST(in_vain_it_is_asked_a_few_times)
{
	unsigned times = 0;
	while (times < 100 && is_told())
		times++;
	ck_assert_uint_ge(times, 2);
	ck_assert_uint_le(times, 10);
	vigil_was_right(&vigil);
	ck_assert(is_told());
	for (unsigned i = 0; i < 20; i++) {
		vigil_was_right(&vigil);
		ck_assert(is_told());
	}
}
END_TEST

START_TEST(without_a_socket_or_with_too_many_streams_there_is_none)
{
	runtime_reach(TRANSPORT_CLI, address.sun_path);
	ck_assert(!is_told());
	runtime_reach(TRANSPORT_AUTO, address.sun_path);
	vigils.streams = VIGIL_STREAMS_MAX;
	ck_assert(!is_told());
	vigils.streams = 0;
	ck_assert(is_told());
}
END_TEST

static Suite *vigil_suite(void)
{
	Suite *suite = suite_create("vigil");
	TCase *all = tcase_create("vigil");
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_test(all, a_stream_tells_and_is_over);
	tcase_add_test(all, in_vain_it_is_asked_a_few_times);
	tcase_add_test(all, without_a_socket_or_with_too_many_streams_there_is_none);
	tcase_set_timeout(all, 30);
	suite_add_tcase(suite, all);
	return suite;
}

SUITE_MAIN(vigil_suite)
