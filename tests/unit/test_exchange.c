/* Requests over a unix socket. What answers is a thread of this test that plays a script, so that it can do what no engine does. */
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/moment.h"
#include "scratch.h"
#include "suite.h"
#include "system/request.h"

#define OK_HEAD "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n\r\n"
#define MANY 3000

/* ---- the server ---- */

struct script {
	const char *bytes;
	size_t len;
	size_t piece;     /* bytes a write; 0: all at once */
	bool stalls;      /* keeps the connection open behind them, and says nothing more */
	bool keeps_alive; /* answers the next request of the connection as well */
	size_t repeats;   /* the bytes, so many times more */
};

static struct server {
	int fd, stop;
	pthread_t thread;
	char path[108];
	struct script script;
	atomic_uint connections, requests;
	char asked[8192]; /* the last request */
} server = { .fd = -1 };

static bool read_request(int fd)
{
	size_t len = 0;
	while (len < sizeof server.asked - 1) {
		struct pollfd fds[] = { { .fd = fd, .events = POLLIN }, { .fd = server.stop, .events = POLLIN } };
		poll(fds, 2, -1);
		ssize_t got = fds[1].revents ? 0 : read(fd, server.asked + len, sizeof server.asked - 1 - len);
		if (got <= 0)
			return false;
		len += (size_t)got;
		server.asked[len] = '\0';
		if (strstr(server.asked, "\r\n\r\n"))
			return true;
	}
	return false;
}

static bool send_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		size_t piece = server.script.piece && server.script.piece < len ? server.script.piece : len;
		ssize_t sent = send(fd, bytes, piece, MSG_NOSIGNAL);
		if (sent < 0)
			return false;
		bytes += sent;
		len -= (size_t)sent;
	}
	return true;
}

static void wait_for_the_other(int fd)
{
	struct pollfd fds[] = { { .fd = fd, .events = POLLIN }, { .fd = server.stop, .events = POLLIN } };
	poll(fds, 2, -1);
}

static void serve_one(int fd)
{
	const struct script *script = &server.script;
	while (read_request(fd)) {
		atomic_fetch_add(&server.requests, 1);
		bool sent = send_all(fd, script->bytes, script->len);
		for (size_t i = 0; sent && i < script->repeats; i++)
			sent = send_all(fd, script->bytes, script->len);
		if (script->stalls)
			wait_for_the_other(fd);
		if (!script->keeps_alive)
			return;
	}
}

static void *serve(void *arg)
{
	for (;;) {
		struct pollfd fds[] = { { .fd = server.fd, .events = POLLIN }, { .fd = server.stop, .events = POLLIN } };
		poll(fds, 2, -1);
		if (fds[1].revents)
			return arg;
		int fd = accept4(server.fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			continue;
		atomic_fetch_add(&server.connections, 1);
		serve_one(fd);
		close(fd);
	}
}

static void server_listen(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	snprintf(server.path, sizeof server.path, "%s/s", scratch_path);
	snprintf(address.sun_path, sizeof address.sun_path, "%s", server.path);
	server.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(server.fd, (struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq(listen(server.fd, 64), 0);
}

static void server_start(const struct script *script)
{
	struct error err;
	server.script = *script;
	atomic_store(&server.connections, 0);
	atomic_store(&server.requests, 0);
	server_listen();
	server.stop = bell_open(&err);
	ck_assert_int_eq(pthread_create(&server.thread, NULL, serve, NULL), 0);
}

static void server_stop(void)
{
	bell_ring(server.stop);
	pthread_join(server.thread, NULL);
	fd_close(&server.fd);
	fd_close(&server.stop);
	unlink(server.path);
}

/* ---- asking ---- */

struct heard {
	struct buf out, err;
	unsigned calls;
	const char *fails_with;
};

static int hear(void *arg, enum request_stream stream, const char *bytes, size_t len, struct error *err)
{
	struct heard *heard = arg;
	heard->calls++;
	buf_add(stream == REQUEST_ERR ? &heard->err : &heard->out, bytes, len);
	return heard->fails_with ? error_set(err, ERROR_SYSTEM, "%s", heard->fails_with) : 0;
}

static struct heard heard;
static struct reply reply;
static struct error err;
static struct request request;

static void world(void)
{
	scratch_make();
	snprintf(server.path, sizeof server.path, "%s/s", scratch_path);
	request_init(&request);
	strvec_push_all(&request.argv, "engine-cli", "ps", NULL);
	request.http.socket = server.path;
	request.http.mark = "Api-Version";
	request.timeout_ms = 10000;
	buf_add_text(&request.http.target, "/containers/json?all=1");
	heard = (struct heard){ .out = BUF_INIT(1 << 26), .err = BUF_INIT(1 << 20) };
	request.sink = hear;
	request.sink_arg = &heard;
	reply_init(&reply);
	err = (struct error){ 0 };
}

static void world_end(void)
{
	reply_release(&reply);
	request_release(&request);
	buf_release(&heard.out);
	buf_release(&heard.err);
	scratch_remove();
}

static int ask(void)
{
	reply_release(&reply);
	return request_run(&request, -1, &reply, &err);
}

static int ask_of(const char *bytes, size_t len)
{
	struct script script = { .bytes = bytes, .len = len };
	server_start(&script);
	int failed = ask();
	server_stop();
	return failed;
}

static int ask_of_text(const char *text)
{
	return ask_of(text, strlen(text));
}

static void stand_in(const char *script)
{
	strvec_release(&request.argv);
	strvec_init(&request.argv);
	strvec_push_all(&request.argv, "sh", "-c", script, NULL);
	request.http.program_stands_in = true;
}

/* ---- answers ---- */

START_TEST(test_answer)
{
	ck_assert_int_eq(ask_of_text(OK_HEAD "Content-Length: 5\r\n\r\n[{}]\n"), 0);
	ck_assert_str_eq(buf_text(&reply.out), "[{}]\n");
	ck_assert_int_eq(reply.status, 0);
	ck_assert_int_eq(reply.code, 200);
	ck_assert_int_eq(strncmp(server.asked, "GET /containers/json?all=1 HTTP/1.1\r\n", 37), 0);
}
END_TEST

START_TEST(test_chunks)
{
	ck_assert_int_eq(ask_of_text(OK_HEAD CHUNKED "2\r\n[{\r\n3;extension=1\r\n}]\n\r\n0\r\n\r\n"), 0);
	ck_assert_str_eq(buf_text(&reply.out), "[{}]\n");
}
END_TEST

START_TEST(test_refusal)
{
	ck_assert_int_eq(ask_of_text("HTTP/1.1 404 Not Found\r\nApi-Version: 1.41\r\nContent-Length: 17\r\n\r\n{\"message\":\"no\"}\n"), 0);
	ck_assert_int_eq(reply.status, 1);
	ck_assert_int_eq(reply.code, 404);
	ck_assert_str_eq(buf_text(&reply.err), "{\"message\":\"no\"}\n");
	ck_assert_uint_eq(reply.out.len, 0);
}
END_TEST

START_TEST(test_refusal_of_a_stream)
{
	request.io = REQUEST_RECORDS;
	ck_assert_int_eq(ask_of_text("HTTP/1.1 501 Not Implemented\r\nApi-Version: 1.41\r\nContent-Length: 3\r\n\r\nno\n"), 0);
	ck_assert_int_eq(reply.status, 1);
	ck_assert_uint_eq(heard.calls, 0);
	ck_assert_str_eq(buf_text(&reply.err), "no\n");
}
END_TEST

/* "one\n" on stdout, "two" on stderr */
#define FRAMES "\1\0\0\0\0\0\0\4one\n\2\0\0\0\0\0\0\3two"
#define FRAMES_LEN (sizeof FRAMES - 1)
static const char framed[] = OK_HEAD CHUNKED "17\r\n" FRAMES "\r\n0\r\n\r\n";

static void expect_both(void)
{
	ck_assert_str_eq(buf_text(&heard.out), "one\n");
	ck_assert_str_eq(buf_text(&heard.err), "two");
	ck_assert_uint_eq(heard.calls, 2);
}

START_TEST(test_records)
{
	request.io = REQUEST_RECORDS;
	ck_assert_int_eq(ask_of(framed, sizeof framed - 1), 0);
	ck_assert_int_eq(reply.status, 0);
	expect_both();
}
END_TEST

START_TEST(test_records_byte_by_byte)
{
	struct script script = { .bytes = framed, .len = sizeof framed - 1, .piece = 1 };
	request.io = REQUEST_RECORDS;
	server_start(&script);
	ck_assert_int_eq(ask(), 0);
	server_stop();
	expect_both();
}
END_TEST

/* Whatever is cut off, what came whole was told, and that it broke off is known. */
START_TEST(test_cut_at_every_byte)
{
	size_t head = sizeof OK_HEAD CHUNKED - 1;
	request.io = REQUEST_RECORDS;
	for (size_t len = 0; len < sizeof framed - 2; len++) { /* without its very last byte the end has come */
		heard.calls = 0;
		buf_clear(&heard.out);
		buf_clear(&heard.err);
		ck_assert_msg(ask_of(framed, len) < 0, "cut at %zu", len);
		ck_assert_msg(err.kind == ERROR_RUNTIME, "cut at %zu: %s", len, err.text);
		size_t body = len > head + 4 ? len - head - 4 : 0;
		ck_assert_msg(heard.calls == (body >= 12 ? 1u : 0) + (body >= FRAMES_LEN ? 1u : 0), "cut at %zu: %u records", len, heard.calls);
	}
}
END_TEST

START_TEST(test_captured_cut_at_every_byte)
{
	static const char text[] = OK_HEAD "Content-Length: 5\r\n\r\n[{}]\n";
	for (size_t len = 0; len < sizeof text - 1; len++) {
		ck_assert_msg(ask_of(text, len) < 0, "cut at %zu", len);
		ck_assert_msg(err.kind == ERROR_RUNTIME, "cut at %zu: %s", len, err.text);
	}
}
END_TEST

START_TEST(test_error_between_frames)
{
	static const char text[] = OK_HEAD CHUNKED "1a\r\n\1\0\0\0\0\0\0\4one\n\3\0\0\0\0\0\0\6broken\r\n0\r\n\r\n";
	request.io = REQUEST_RECORDS;
	ck_assert_int_eq(ask_of(text, sizeof text - 1), 0);
	ck_assert_int_eq(reply.status, 1);
	ck_assert_str_eq(buf_text(&heard.out), "one\n");
	ck_assert_str_eq(buf_text(&reply.err), "error from daemon in stream: broken");
}
END_TEST

START_TEST(test_half_a_frame_at_the_end)
{
	static const char text[] = OK_HEAD CHUNKED "e\r\n\1\0\0\0\0\0\0\4one\n\1\0\r\n0\r\n\r\n";
	request.io = REQUEST_RECORDS;
	ck_assert_int_lt(ask_of(text, sizeof text - 1), 0);
	ck_assert_ptr_nonnull(strstr(err.text, "in the middle of a record"));
	ck_assert_uint_eq(heard.calls, 1);
}
END_TEST

START_TEST(test_no_frames)
{
	static const char *const bodies[] = { "4\r\nabcd\r\n9\r\nefghijklm\r\n0\r\n\r\n", "8\r\n\1\0\0\0\x7f\0\0\0\r\n0\r\n\r\n" };
	static const size_t lens[] = { 28, 18 };
	request.io = REQUEST_RECORDS;
	for (size_t i = 0; i < 2; i++) {
		char text[256];
		size_t head = sizeof OK_HEAD CHUNKED - 1;
		memcpy(text, OK_HEAD CHUNKED, head);
		memcpy(text + head, bodies[i], lens[i]);
		ck_assert_int_lt(ask_of(text, head + lens[i]), 0);
		ck_assert_int_eq(err.kind, ERROR_RUNTIME);
		ck_assert_ptr_nonnull(strstr(err.text, "no stream of log records"));
		ck_assert_uint_eq(heard.calls, 0);
	}
}
END_TEST

/* ---- what is no engine ---- */

static const struct {
	const char *answer, *says;
} strangers[] = {
	{ "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<html", "another HTTP server" },
	{ "HTTP/1.1 404 Not Found\r\nServer: nginx\r\nContent-Length: 0\r\n\r\n", "another HTTP server" },
	{ "HTTP/1.1 301 Moved\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n", "another HTTP server" },
	{ "SSH-2.0-OpenSSH_9.2\r\n", "is not its engine" },
	{ "garbage\n\n\n", "is not its engine" },
	{ OK_HEAD "\r\n[{}]", "does not say where it ends" },
	{ OK_HEAD CHUNKED "zz\r\n", "broke off" },
	{ OK_HEAD CHUNKED "ffffffffffffffffffff\r\n", "broke off" },
	{ OK_HEAD "Content-Length: -5\r\n\r\n", "" },
	{ "", "broke off" },
};

START_TEST(test_strangers)
{
	ck_assert_int_lt(ask_of_text(strangers[_i].answer), 0);
	ck_assert_int_eq(err.kind, ERROR_RUNTIME);
	ck_assert_msg(strstr(err.text, strangers[_i].says) != NULL, "%s", err.text);
	ck_assert_msg(strstr(err.text, server.path) != NULL, "%s", err.text);
}
END_TEST

START_TEST(test_header_bomb)
{
	struct script script = { .bytes = OK_HEAD, .repeats = 1000000 };
	script.len = strlen(script.bytes);
	server_start(&script);
	int64_t began = monotonic_ms();
	ck_assert_int_lt(ask(), 0);
	server_stop();
	ck_assert_int_eq(err.kind, ERROR_RUNTIME);
	ck_assert_int_lt(monotonic_ms() - began, 5000);
}
END_TEST

START_TEST(test_one_endless_header)
{
	struct script script = { .bytes = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", .len = 64, .repeats = 1000000 };
	server_start(&script);
	ck_assert_int_lt(ask(), 0);
	server_stop();
	ck_assert_int_eq(err.kind, ERROR_RUNTIME);
}
END_TEST

/* A body without end is given up at the ceiling; one for a sink goes on, in bounded memory. */
START_TEST(test_body_bomb)
{
	static char block[1 << 16];
	struct rusage before, after;
	struct script script = { .bytes = block, .len = sizeof block, .repeats = 1 << 16 };
	size_t head = (size_t)snprintf(block, sizeof block, OK_HEAD "Content-Length: 4294967296\r\n\r\n");
	memset(block + head, 'x', sizeof block - head);
	request.reply_max = 1 << 20;
	server_start(&script);
	getrusage(RUSAGE_SELF, &before);
	ck_assert_int_lt(ask(), 0);
	getrusage(RUSAGE_SELF, &after);
	server_stop();
	ck_assert_int_eq(err.kind, ERROR_RUNTIME);
	ck_assert_ptr_nonnull(strstr(err.text, "more than 1048576 bytes"));
	ck_assert_int_lt(after.ru_maxrss - before.ru_maxrss, 8192);
}
END_TEST

/* ---- nobody there ---- */

START_TEST(test_missing)
{
	ck_assert_int_lt(ask(), 0);
	ck_assert_int_eq(err.kind, ERROR_RUNTIME);
	ck_assert_ptr_nonnull(strstr(err.text, "does not answer"));
	ck_assert_ptr_nonnull(strstr(err.text, "No such file"));
}
END_TEST

START_TEST(test_refused)
{
	server_listen();
	fd_close(&server.fd); /* its name stays */
	ck_assert_int_lt(ask(), 0);
	ck_assert_int_eq(err.kind, ERROR_RUNTIME);
	ck_assert_ptr_nonnull(strstr(err.text, "Connection refused"));
}
END_TEST

START_TEST(test_no_permission)
{
	if (geteuid() == 0) /* whom nothing is denied: another user asks */
		ck_assert_int_eq(chmod(scratch_path, 0755), 0);
	server_listen();
	ck_assert_int_eq(chmod(server.path, 0600), 0);
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0);
	else
		ck_assert_int_eq(chmod(server.path, 0), 0);
	int failed = ask();
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
	fd_close(&server.fd);
	ck_assert_int_lt(failed, 0);
	ck_assert_int_eq(err.kind, ERROR_RUNTIME);
	ck_assert_ptr_nonnull(strstr(err.text, "join its group"));
	ck_assert_ptr_nonnull(strstr(err.text, "sudo"));
}
END_TEST

/* ---- time ---- */

static const char *const phases[] = { "", "HTTP/1.1 20", OK_HEAD, OK_HEAD CHUNKED, OK_HEAD CHUNKED "5\r\nab", OK_HEAD CHUNKED "2\r\nab\r\n" };

START_TEST(test_stalls)
{
	struct script script = { .bytes = phases[_i], .len = strlen(phases[_i]), .stalls = true };
	request.timeout_ms = 200;
	server_start(&script);
	int64_t began = monotonic_ms();
	ck_assert_int_lt(ask(), 0);
	int64_t took = monotonic_ms() - began;
	server_stop();
	ck_assert_int_eq(err.kind, ERROR_TIMEOUT);
	ck_assert_int_ge(took, 200);
	ck_assert_int_lt(took, 1500);
}
END_TEST

/* It may take long as a whole, but not send nothing for long. */
START_TEST(test_stall_limit)
{
	static const char text[] = OK_HEAD "Content-Length: 1000\r\n\r\n[";
	struct script script = { .bytes = text, .len = sizeof text - 1, .stalls = true };
	request.timeout_ms = 0;
	request.stall_ms = 200;
	server_start(&script);
	int64_t began = monotonic_ms();
	ck_assert_int_lt(ask(), 0);
	int64_t took = monotonic_ms() - began;
	server_stop();
	ck_assert_int_eq(err.kind, ERROR_TIMEOUT);
	ck_assert_ptr_nonnull(strstr(err.text, "sent nothing for 0.2 seconds"));
	ck_assert_int_ge(took, 200);
	ck_assert_int_lt(took, 1500);
}
END_TEST

START_TEST(test_slow_is_no_stall)
{
	stand_in("for i in 1 2 3 4 5 6; do echo $i; sleep 0.1; done");
	request.timeout_ms = 0;
	request.stall_ms = 400;
	ck_assert_int_eq(ask(), 0);
	ck_assert_str_eq(buf_text(&reply.out), "1\n2\n3\n4\n5\n6\n");
}
END_TEST

/* Between two reads of a long stream the socket rests: however the clock goes on then, there is always something to wait for. */
START_TEST(test_rest_always_ends)
{
	struct script script = { .bytes = framed, .len = sizeof framed - 8, .stalls = true };
	struct pollfd fds[REQUEST_FDS];
	struct running running;
	request.io = REQUEST_RECORDS;
	request.timeout_ms = 0;
	server_start(&script);
	ck_assert_int_eq(request_start(&running, &request, &err), 0);
	for (int64_t until = monotonic_ms() + 60; monotonic_ms() < until;) { /* long enough to rest */
		ck_assert(!request_step(&running));
		poll(fds, request_fds(&running, fds), 1);
	}
	ck_assert(!request_step(&running));
	size_t nr = request_fds(&running, fds);
	usleep(20000); /* as if the clock went on here */
	ck_assert_msg(nr > 0 || request_wait_ms(&running) == 0, "nothing to poll, and %d ms to wait", request_wait_ms(&running));
	request_stop(&running, ERROR_CANCELLED, "enough");
	ck_assert(request_step(&running));
	reply_release(&reply);
	ck_assert_int_lt(request_finish(&running, &reply, &err), 0);
	server_stop();
}
END_TEST

START_TEST(test_nobody_accepts)
{
	request.timeout_ms = 200;
	server_listen();
	ck_assert_int_lt(ask(), 0);
	fd_close(&server.fd);
	ck_assert_int_eq(err.kind, ERROR_TIMEOUT);
}
END_TEST

START_TEST(test_cancel)
{
	struct script script = { .bytes = OK_HEAD, .len = strlen(OK_HEAD), .stalls = true };
	int bell = bell_open(&err);
	bell_ring(bell);
	server_start(&script);
	reply_release(&reply);
	ck_assert_int_lt(request_run(&request, bell, &reply, &err), 0);
	server_stop();
	fd_close(&bell);
	ck_assert_int_eq(err.kind, ERROR_CANCELLED);
}
END_TEST

START_TEST(test_sink_fails)
{
	request.io = REQUEST_RECORDS;
	heard.fails_with = "the disk is full";
	ck_assert_int_lt(ask_of(framed, sizeof framed - 1), 0);
	ck_assert_int_eq(err.kind, ERROR_SYSTEM);
	ck_assert_str_eq(err.text, "the disk is full");
	ck_assert_uint_eq(heard.calls, 1);
}
END_TEST

/* ---- connections ---- */

static size_t count_fds(void)
{
	size_t nr = 0;
	DIR *dir = opendir("/proc/self/fd");
	while (readdir(dir))
		nr++;
	closedir(dir);
	return nr;
}

START_TEST(test_reuse)
{
	static const char text[] = OK_HEAD "Content-Length: 2\r\n\r\n[]";
	struct script script = { .bytes = text, .len = sizeof text - 1, .keeps_alive = true };
	server_start(&script);
	ck_assert_int_eq(ask(), 0);
	size_t fds = count_fds();
	for (unsigned i = 1; i < MANY; i++)
		ck_assert_int_eq(ask(), 0);
	ck_assert_uint_eq(count_fds(), fds);
	ck_assert_uint_eq(atomic_load(&server.requests), MANY);
	ck_assert_uint_eq(atomic_load(&server.connections), 1);
	server_stop();
}
END_TEST

/* The engine was started anew, and the connection that was kept is dead. */
START_TEST(test_reuse_of_a_dead_connection)
{
	static const char text[] = OK_HEAD "Content-Length: 2\r\n\r\n[]";
	struct script script = { .bytes = text, .len = sizeof text - 1, .keeps_alive = true };
	for (unsigned i = 0; i < 3; i++) {
		server_start(&script);
		ck_assert_int_eq(ask(), 0);
		server_stop();
	}
}
END_TEST

/* A connection that broke off in the middle is not used again. */
START_TEST(test_no_reuse_after_a_stop)
{
	static const char text[] = OK_HEAD "Content-Length: 9\r\n\r\n[";
	struct script script = { .bytes = text, .len = sizeof text - 1, .stalls = true };
	request.timeout_ms = 50;
	server_start(&script);
	ck_assert_int_lt(ask(), 0);
	ck_assert_int_lt(ask(), 0);
	ck_assert_uint_eq(atomic_load(&server.connections), 2);
	server_stop();
}
END_TEST

/* Several at once, and each gets its own answer to its end. */
START_TEST(test_side_by_side)
{
	static const char text[] = OK_HEAD "Content-Length: 4\r\nConnection: close\r\n\r\n[{}]";
	struct script script = { .bytes = text, .len = sizeof text - 1 };
	struct running all[8];
	server_start(&script);
	for (size_t i = 0; i < 8; i++)
		ck_assert_int_eq(request_start(&all[i], &request, &err), 0);
	for (size_t done = 0; done < 8;) {
		done = 0;
		for (size_t i = 0; i < 8; i++)
			done += request_step(&all[i]);
		usleep(1000);
	}
	for (size_t i = 0; i < 8; i++) {
		struct reply one;
		ck_assert_int_eq(request_finish(&all[i], &one, &err), 0);
		ck_assert_str_eq(buf_text(&one.out), "[{}]");
		reply_release(&one);
	}
	server_stop();
}
END_TEST

/* ---- the program that stands in ---- */

START_TEST(test_program_stands_in)
{
	stand_in("echo from the program; exit 3");
	ck_assert_int_eq(ask(), 0); /* nobody listens */
	ck_assert_str_eq(buf_text(&reply.out), "from the program\n");
	ck_assert_int_eq(reply.status, 3);
	ck_assert_int_eq(reply.code, 0);
}
END_TEST

START_TEST(test_program_stands_in_for_strangers)
{
	stand_in("echo from the program");
	ck_assert_int_eq(ask_of_text(strangers[_i].answer), 0);
	ck_assert_str_eq(buf_text(&reply.out), "from the program\n");
	ck_assert_uint_eq(reply.err.len, 0);
}
END_TEST

START_TEST(test_program_does_not_repeat_what_was_told)
{
	stand_in("echo from the program");
	request.io = REQUEST_RECORDS;
	ck_assert_int_lt(ask_of(framed, sizeof framed - 10), 0);
	ck_assert_int_eq(err.kind, ERROR_RUNTIME);
	ck_assert_str_eq(buf_text(&heard.out), "one\n");
}
END_TEST

START_TEST(test_program_does_not_stand_in_for_a_refusal)
{
	stand_in("echo from the program");
	ck_assert_int_eq(ask_of_text("HTTP/1.1 500 Error\r\nApi-Version: 1.41\r\nContent-Length: 2\r\n\r\nno"), 0);
	ck_assert_int_eq(reply.code, 500);
	ck_assert_str_eq(buf_text(&reply.err), "no");
}
END_TEST

START_TEST(test_program_shares_the_deadline)
{
	stand_in("sleep 10");
	request.timeout_ms = 200;
	int64_t began = monotonic_ms();
	ck_assert_int_lt(ask(), 0);
	ck_assert_int_eq(err.kind, ERROR_TIMEOUT);
	ck_assert_int_lt(monotonic_ms() - began, 1500);
}
END_TEST

START_TEST(test_program_is_missing)
{
	stand_in("");
	strvec_release(&request.argv);
	strvec_init(&request.argv);
	strvec_push(&request.argv, "no-such-program");
	ck_assert_int_lt(ask(), 0);
	ck_assert_int_eq(err.kind, ERROR_NO_PROGRAM);
}
END_TEST

static Suite *exchange_suite(void)
{
	const struct {
		const char *name;
		const TTest *test;
		int times;
	} tests[] = {
		{ "answer", test_answer, 1 },
		{ "chunks", test_chunks, 1 },
		{ "refusal", test_refusal, 1 },
		{ "refusal of a stream", test_refusal_of_a_stream, 1 },
		{ "records", test_records, 1 },
		{ "records byte by byte", test_records_byte_by_byte, 1 },
		{ "cut at every byte", test_cut_at_every_byte, 1 },
		{ "captured, cut at every byte", test_captured_cut_at_every_byte, 1 },
		{ "error between frames", test_error_between_frames, 1 },
		{ "half a frame at the end", test_half_a_frame_at_the_end, 1 },
		{ "no frames", test_no_frames, 1 },
		{ "strangers", test_strangers, ARRAY_LEN(strangers) },
		{ "header bomb", test_header_bomb, 1 },
		{ "one endless header", test_one_endless_header, 1 },
		{ "body bomb", test_body_bomb, 1 },
		{ "missing", test_missing, 1 },
		{ "refused", test_refused, 1 },
		{ "no permission", test_no_permission, 1 },
		{ "stalls", test_stalls, ARRAY_LEN(phases) },
		{ "stall limit", test_stall_limit, 1 },
		{ "rest always ends", test_rest_always_ends, 1 },
		{ "slow is no stall", test_slow_is_no_stall, 1 },
		{ "nobody accepts", test_nobody_accepts, 1 },
		{ "cancel", test_cancel, 1 },
		{ "sink fails", test_sink_fails, 1 },
		{ "reuse", test_reuse, 1 },
		{ "reuse of a dead connection", test_reuse_of_a_dead_connection, 1 },
		{ "no reuse after a stop", test_no_reuse_after_a_stop, 1 },
		{ "side by side", test_side_by_side, 1 },
		{ "program stands in", test_program_stands_in, 1 },
		{ "program stands in for strangers", test_program_stands_in_for_strangers, ARRAY_LEN(strangers) },
		{ "program does not repeat what was told", test_program_does_not_repeat_what_was_told, 1 },
		{ "program does not stand in for a refusal", test_program_does_not_stand_in_for_a_refusal, 1 },
		{ "program shares the deadline", test_program_shares_the_deadline, 1 },
		{ "program is missing", test_program_is_missing, 1 },
	};
	Suite *suite = suite_create("exchange");
	for (size_t i = 0; i < ARRAY_LEN(tests); i++) {
		TCase *one = tcase_create(tests[i].name);
		tcase_add_checked_fixture(one, world, world_end);
		tcase_set_timeout(one, 30);
		tcase_add_loop_test(one, tests[i].test, 0, tests[i].times);
		suite_add_tcase(suite, one);
	}
	return suite;
}

SUITE_MAIN(exchange_suite)
