/* The programs that these tests run are this one, with an argument (see `helpers`), and a few that every system has. */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/moment.h"
#include "scratch.h"
#include "suite.h"
#include "system/request.h"

#define MIB (1024u * 1024)
#define RECORDS 100000
#define SELF "/proc/self/exe"

static char self[4096];

/* ---- what the programs do ---- */

/* A mebibyte on each pipe, a little at a time: whoever reads only one of them waits for ever. */
static int help_both(void)
{
	char bytes[1024];
	for (unsigned i = 0; i < 1024; i++) {
		memset(bytes, 'o', sizeof bytes);
		fd_write_all(1, bytes, sizeof bytes);
		memset(bytes, 'e', sizeof bytes);
		fd_write_all(2, bytes, sizeof bytes);
	}
	return 3;
}

/* Much, then why. */
static int help_reason(void)
{
	char bytes[1024];
	memset(bytes, 'e', sizeof bytes);
	for (unsigned i = 0; i < 100; i++)
		fd_write_all(2, bytes, sizeof bytes);
	dprintf(2, "\nwhy\n");
	return 1;
}

static int help_flood(void)
{
	char bytes[4096];
	memset(bytes, 'y', sizeof bytes);
	while (fd_write_all(1, bytes, sizeof bytes) == sizeof bytes)
		;
	return 0;
}

/* Leaves a process behind that keeps the pipes open. */
static int help_grandchild(void)
{
	if (fork() == 0) {
		sleep(30);
		_exit(0);
	}
	dprintf(1, "done\n");
	return 0;
}

static int help_deaf(void)
{
	signal(SIGTERM, SIG_IGN);
	dprintf(1, "deaf\n");
	for (;;)
		pause();
	return 0;
}

/* Deaf, with a deaf child in the group, whose pid it prints. */
static int help_deaf_family(void)
{
	signal(SIGTERM, SIG_IGN);
	pid_t child = fork();
	if (child == 0)
		for (;;)
			pause();
	dprintf(1, "%d\n", (int)child);
	for (;;)
		pause();
	return 0;
}

/* Obeys TERM, but leaves a child in its group that does not. */
static int help_deaf_child(void)
{
	pid_t child = fork();
	if (child == 0) {
		signal(SIGTERM, SIG_IGN);
		for (;;)
			pause();
	}
	usleep(50000);
	dprintf(1, "%d\n", (int)child);
	for (;;)
		pause();
	return 0;
}

static int help_environment(void)
{
	char line[256];
	DIR *dir = opendir("/proc/self/fd");
	for (struct dirent *item; (item = readdir(dir));)
		if (item->d_name[0] != '.' && atoi(item->d_name) != dirfd(dir))
			dprintf(1, "fd %s\n", item->d_name);
	closedir(dir);
	FILE *status = fopen("/proc/self/status", "re");
	while (fgets(line, sizeof line, status))
		if (!strncmp(line, "SigBlk", 6) || !strncmp(line, "SigIgn", 6) || !strncmp(line, "SigCgt", 6))
			dprintf(1, "%s", line);
	fclose(status);
	dprintf(1, "group %s\n", getpgrp() == getpid() ? "own" : "other");
	dprintf(1, "session %s\n", getsid(0) == getpid() ? "own" : "other");
	dprintf(1, "stdin %zd\n", read(0, line, sizeof line));
	return 0;
}

/* "o17" on stdout or "e18" on stderr, by turns that are not regular, and some longer than others. */
static size_t make_record(unsigned i, char bytes[3000], bool *is_err)
{
	int len = snprintf(bytes, 3000, "%c%u", (i * 2654435761u >> 7) % 3 ? 'o' : 'e', i);
	size_t more = i % 100 ? i % 40 : 2900;
	memset(bytes + len, i % 7 ? 'x' : '\n', more);
	*is_err = bytes[0] == 'e';
	return (size_t)len + more;
}

static int help_records(void)
{
	for (unsigned i = 0; i < RECORDS; i++) {
		char bytes[3000];
		bool is_err;
		size_t len = make_record(i, bytes, &is_err);
		if (write(is_err ? 2 : 1, bytes, len) != (ssize_t)len)
			return 9;
	}
	return 5;
}

/* What a datagram of `len` bytes meets with: printed as a record after it. */
static int help_sizes(void)
{
	static const size_t lens[] = { 1, 16384, 65536, 200u * 1024, REQUEST_RECORD_MAX - 512, 8u * MIB };
	char *bytes = calloc(1, 8u * MIB);
	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		memset(bytes, 'a' + (int)i, lens[i]);
		ssize_t written = write(1, bytes, lens[i]);
		dprintf(2, "%zu: %s", lens[i],
			written == (ssize_t)lens[i] ? "whole"
			: written < 0               ? strerror(errno)
						    : "in part");
	}
	free(bytes);
	return 0;
}

/* Somebody else sends to the receiver's name, which is not secret. */
static int help_stranger(void)
{
	struct sockaddr_un receiver;
	socklen_t len = sizeof receiver;
	if (getpeername(1, (struct sockaddr *)&receiver, &len) < 0)
		return 1;
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	sendto(fd, "forged", 6, 0, (struct sockaddr *)&receiver, len);
	write(1, "true", 4);
	struct sockaddr_un own = { .sun_family = AF_UNIX };
	bind(fd, (struct sockaddr *)&own, sizeof(sa_family_t));
	sendto(fd, "forged", 6, 0, (struct sockaddr *)&receiver, len);
	write(2, "too", 3);
	return 0;
}

static int help_silent_end(void)
{
	close(1);
	close(2);
	usleep(200000);
	return 4;
}

static int help_pair_then_wait(void)
{
	write(1, "one", 3);
	write(1, "two", 3);
	sleep(30);
	return 0;
}

static int help_segv(void)
{
	struct rlimit none = { 0, 0 };
	setrlimit(RLIMIT_CORE, &none);
	signal(SIGSEGV, SIG_DFL);
	raise(SIGSEGV);
	return 0;
}

static int help_stdin(void)
{
	char bytes[10];
	return read(0, bytes, sizeof bytes) == 0 ? 0 : 1;
}

static const struct {
	const char *name;
	int (*run)(void);
} helpers[] = {
	{ "both", help_both },
	{ "reason", help_reason },
	{ "flood", help_flood },
	{ "grandchild", help_grandchild },
	{ "deaf", help_deaf },
	{ "deaf-family", help_deaf_family },
	{ "deaf-child", help_deaf_child },
	{ "environment", help_environment },
	{ "records", help_records },
	{ "sizes", help_sizes },
	{ "stranger", help_stranger },
	{ "silent-end", help_silent_end },
	{ "pair-then-wait", help_pair_then_wait },
	{ "segv", help_segv },
	{ "stdin", help_stdin },
};

/* ---- the requests ---- */

static struct request request;
static struct reply reply;
static struct error err;

static void setup(void)
{
	request_init(&request);
	reply_init(&reply);
	memset(&err, 0, sizeof err);
}

static void teardown(void)
{
	request_release(&request);
	reply_release(&reply);
}

static void helper(const char *name)
{
	strvec_push_all(&request.argv, self, "--help-test", name, NULL);
}

static int run(void)
{
	return request_run(&request, -1, &reply, &err);
}

static bool gone(pid_t pid)
{
	char path[64];
	for (unsigned i = 0; i < 200; i++) {
		char line[256] = "";
		snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
		FILE *stat = fopen(path, "re");
		if (!stat)
			return true;
		bool dead = fgets(line, sizeof line, stat) && strstr(line, ") Z ");
		fclose(stat);
		if (dead)
			return true; /* whoever adopted it has not looked yet */
		usleep(10000);
	}
	return false;
}

START_TEST(both_pipes_are_read_at_once)
{
	helper("both");
	request.timeout_ms = 20000;
	ck_assert_msg(run() == 0, "%s", err.text);
	ck_assert_int_eq(reply.status, 3);
	ck_assert_uint_eq(reply.out.len, MIB);
	ck_assert_uint_eq(reply.err.len, MIB);
	ck_assert_ptr_null(memchr(reply.out.bytes, 'e', MIB));
	ck_assert_ptr_null(memchr(reply.err.bytes, 'o', MIB));
}
END_TEST

START_TEST(a_grandchild_is_not_waited_for)
{
	int64_t start = monotonic_ms();
	helper("grandchild");
	ck_assert_msg(run() == 0, "%s", err.text);
	ck_assert_int_lt(monotonic_ms() - start, 5000);
	ck_assert_str_eq(buf_text(&reply.out), "done\n");
	ck_assert_int_eq(reply.status, 0);
}
END_TEST

START_TEST(the_deaf_are_killed)
{
	int64_t start = monotonic_ms();
	helper("deaf-family");
	request.timeout_ms = 700;
	ck_assert_int_eq(run(), -1);
	int64_t took = monotonic_ms() - start;
	ck_assert_int_eq(err.kind, ERROR_TIMEOUT);
	ck_assert_ptr_nonnull(strstr(err.text, "0.7 seconds"));
	ck_assert_int_ge(took, 700 + REQUEST_GRACE_MS - 100);
	ck_assert_int_lt(took, 700 + REQUEST_GRACE_MS + 5000);
	pid_t child = (pid_t)strtol(buf_text(&reply.out), NULL, 10);
	ck_assert_int_gt(child, 0);
	ck_assert(gone(child));
}
END_TEST

START_TEST(who_ended_in_time_did_though_nobody_looked)
{
	struct running running;
	strvec_push(&request.argv, "true");
	request.timeout_ms = 1000;
	ck_assert_msg(request_start(&running, &request, &err) == 0, "%s", err.text);
	usleep(1300000);
	while (!request_step(&running))
		;
	ck_assert_msg(request_finish(&running, &reply, &err) == 0, "%s", err.text);
	ck_assert_int_eq(reply.status, 0);
}
END_TEST

START_TEST(who_obeys_ends_at_once)
{
	int64_t start = monotonic_ms();
	strvec_push_all(&request.argv, "sleep", "60", NULL);
	request.timeout_ms = 200;
	ck_assert_int_eq(run(), -1);
	ck_assert_int_eq(err.kind, ERROR_TIMEOUT);
	ck_assert_int_lt(monotonic_ms() - start, 1900);
}
END_TEST

START_TEST(a_deaf_child_of_an_ended_request_is_killed)
{
	helper("deaf-child");
	request.timeout_ms = 1500;
	ck_assert_int_eq(run(), -1);
	ck_assert_int_eq(err.kind, ERROR_TIMEOUT);
	pid_t child = (pid_t)strtol(buf_text(&reply.out), NULL, 10);
	ck_assert_int_gt(child, 0);
	ck_assert(gone(child));
}
END_TEST

START_TEST(a_flood_is_stopped_at_the_ceiling)
{
	helper("flood");
	request.reply_max = 100000;
	ck_assert_int_eq(run(), -1);
	ck_assert_int_eq(err.kind, ERROR_RUNTIME);
	ck_assert_ptr_nonnull(strstr(err.text, "100000 bytes"));
	ck_assert_uint_le(reply.out.len, 100000);
}
END_TEST

START_TEST(statuses)
{
	static const int values[] = { 0, 1, 125, 126, 127, 255 };
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		char command[32];
		snprintf(command, sizeof command, "exit %d", values[i]);
		teardown();
		setup();
		strvec_push_all(&request.argv, "sh", "-c", command, NULL);
		ck_assert_msg(run() == 0, "%s", err.text);
		ck_assert_int_eq(reply.status, values[i]);
	}
}
END_TEST

START_TEST(what_is_not_there_is_told_from_127)
{
	strvec_push(&request.argv, "purser-test-no-such-program");
	ck_assert_int_eq(run(), -1);
	ck_assert_int_eq(err.kind, ERROR_NO_PROGRAM);
	ck_assert_int_eq(error_status(&err), 127);
	teardown();
	setup();
	strvec_push(&request.argv, "/nowhere/at/all");
	ck_assert_int_eq(run(), -1);
	ck_assert_int_eq(err.kind, ERROR_NO_PROGRAM);
}
END_TEST

START_TEST(what_may_not_run_is_told)
{
	char path[128];
	scratch_make();
	scratch_write("plain", "echo hello\n", 11);
	snprintf(path, sizeof path, "%s/plain", scratch_path);
	strvec_push(&request.argv, path);
	ck_assert_int_eq(run(), -1);
	ck_assert_int_eq(err.kind, ERROR_NOT_EXECUTABLE);
	ck_assert_int_eq(error_status(&err), 126);
	teardown();
	setup();
	strvec_push(&request.argv, scratch_path); /* a directory */
	ck_assert_int_eq(run(), -1);
	ck_assert_int_eq(err.kind, ERROR_NOT_EXECUTABLE);
	/* Executable, but no program and no #!: no shell is given it instead. */
	teardown();
	setup();
	ck_assert_int_eq(fchmodat(scratch, "plain", 0700, 0), 0);
	strvec_push(&request.argv, path);
	ck_assert_int_eq(run(), -1);
	ck_assert_int_eq(err.kind, ERROR_NOT_EXECUTABLE);
	scratch_remove();
}
END_TEST

START_TEST(death_by_signal)
{
	helper("segv");
	ck_assert_int_eq(run(), -1);
	ck_assert_int_eq(err.kind, ERROR_SIGNALLED);
	ck_assert_int_eq(err.detail, SIGSEGV);
	ck_assert_int_eq(error_status(&err), 128 + SIGSEGV);
}
END_TEST

START_TEST(arguments_are_data)
{
	static const char *const words[] = { "$HOME", "`id`", "; id", "a b", "", "\n", "*", "'", "\"", "\\" };
	strvec_push_all(&request.argv, "printf", "<%s>", NULL);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		strvec_push(&request.argv, words[i]);
	ck_assert_msg(run() == 0, "%s", err.text);
	ck_assert_str_eq(buf_text(&reply.out), "<$HOME><`id`><; id><a b><><\n><*><'><\"><\\>");
}
END_TEST

START_TEST(cancelled_by_a_descriptor)
{
	int fds[2];
	char byte;
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(write(fds[1], "x", 1), 1);
	int64_t start = monotonic_ms();
	strvec_push_all(&request.argv, "sleep", "60", NULL);
	ck_assert_int_eq(request_run(&request, fds[0], &reply, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_CANCELLED);
	ck_assert_int_eq(error_status(&err), 130);
	ck_assert_int_lt(monotonic_ms() - start, 1900);
	ck_assert_int_eq(read(fds[0], &byte, 1), 1); /* it was not read */
	close(fds[0]);
	close(fds[1]);
}
END_TEST

struct served {
	int fd;
	unsigned times, until;
};

static bool count_times(void *arg, const struct running *running UNUSED)
{
	struct served *served = arg;
	char byte;
	struct pollfd fd = { .fd = served->fd, .events = POLLIN };
	if (poll(&fd, 1, 0) > 0)
		ck_assert_int_eq(read(served->fd, &byte, 1), 1);
	return ++served->times == served->until;
}

START_TEST(something_else_is_done_meanwhile)
{
	int pipe_fds[2];
	ck_assert_int_eq(pipe(pipe_fds), 0);
	struct served served = { .fd = pipe_fds[0], .until = 3 };
	struct beside beside = { { pipe_fds[0], -1 }, 60000, count_times, &served };
	ck_assert_int_eq(write(pipe_fds[1], "abc", 3),
			 3); /* what is typed is seen at once, not when a minute has passed */
	strvec_push_all(&request.argv, "sleep", "60", NULL);
	ck_assert_int_eq(request_run_beside(&request, -1, &beside, &reply, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_CANCELLED);

	served = (struct served){ .fd = pipe_fds[0], .until = 4 };
	beside.every_ms = 10;
	ck_assert_int_eq(wait_beside(60000, -1, &beside), 0);
	ck_assert_uint_eq(served.times, 4);
	served = (struct served){ .fd = pipe_fds[0] };
	ck_assert_int_eq(wait_beside(50, -1, &beside), 1);
	ck_assert_uint_ge(served.times, 1);
	ck_assert_int_eq(write(pipe_fds[1], "x", 1), 1);
	ck_assert_int_eq(wait_beside(60000, pipe_fds[0], NULL), 0);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}
END_TEST

static bool until_enough_is_read(void *arg, const struct running *running)
{
	int64_t *most = arg;
	int64_t now = request_read(running);
	*most = now > *most ? now : *most;
	return *most >= 3000000;
}

START_TEST(what_a_program_reads_is_counted)
{
	int64_t most = -1;
	struct beside beside = { { -1, -1 }, 10, until_enough_is_read, &most };
	strvec_push_all(&request.argv, "dd", "if=/dev/zero", "of=/dev/null", "bs=100000", NULL);
	ck_assert_int_eq(request_run_beside(&request, -1, &beside, &reply, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_CANCELLED);
	ck_assert_int_ge(most, 3000000);
}
END_TEST

START_TEST(stopped_from_outside_with_a_reason)
{
	struct running running;
	strvec_push_all(&request.argv, "sleep", "60", NULL);
	ck_assert_int_eq(request_start(&running, &request, &err), 0);
	ck_assert(!request_step(&running));
	ck_assert_int_eq(request_wait_ms(&running), -1);
	request_stop(&running, ERROR_FAILED, "no more");
	request_stop(&running, ERROR_TIMEOUT, "the first reason counts");
	while (!request_step(&running)) {
		struct pollfd fds[REQUEST_FDS];
		ck_assert_int_ge(request_wait_ms(&running), 0);
		poll(fds, request_fds(&running, fds), request_wait_ms(&running));
	}
	ck_assert(request_step(&running));
	ck_assert_int_eq(request_finish(&running, &reply, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_FAILED);
	ck_assert_str_eq(err.text, "no more");
}
END_TEST

static const char *line_of(const char *text, const char *start)
{
	static char line[256];
	const char *at = strstr(text, start);
	snprintf(line, sizeof line, "%.*s", at ? (int)strcspn(at, "\n") : 0, at ? at : "");
	return line;
}

static void check_environment(const char *text)
{
	ck_assert_msg(!strncmp(text, "fd 0\nfd 1\nfd 2\nSig", 18), "%s", text);
	ck_assert_str_eq(line_of(text, "SigBlk"), "SigBlk:\t0000000000000000");
	/* 32 and 33 are glibc's own; posix_spawn leaves them ignored. */
	unsigned long long ignored = strtoull(line_of(text, "SigIgn") + strlen("SigIgn:"), NULL, 16);
	ck_assert_uint_eq(ignored & ~0x180000000ULL, 0);
	ck_assert_str_eq(line_of(text, "group"), "group own");
	ck_assert_str_eq(line_of(text, "session"), "session other");
	ck_assert_str_eq(line_of(text, "stdin"), "stdin 0");
}

/* Whatever the parent has open, blocks and ignores. */
START_TEST(the_child_is_clean)
{
	sigset_t all;
	int leaked = open("/dev/null", O_RDONLY); /* not close-on-exec */
	int high = fcntl(leaked, F_DUPFD, 700);
	ck_assert_int_ge(leaked, 3);
	ck_assert_int_ge(high, 700);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	for (int number = 1; number < 32; number++)
		if (number != SIGKILL && number != SIGSTOP && number != SIGCHLD)
			signal(number, SIG_IGN);
	helper("environment");
	ck_assert_msg(run() == 0, "%s", err.text);
	check_environment(buf_text(&reply.out));
	close(leaked);
	close(high);
}
END_TEST

static int add_to_buf(void *arg, enum request_stream stream, const char *bytes, size_t len, struct error *failure)
{
	(void)stream;
	return buf_add(arg, bytes, len) < 0 ? error_set(failure, ERROR_FAILED, "full") : 0;
}

START_TEST(the_child_of_streams_and_records_is_clean)
{
	static const enum request_io ios[] = { REQUEST_STREAM, REQUEST_RECORDS };
	int leaked = open("/dev/null", O_RDONLY);
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < ARRAY_LEN(ios); i++) {
		SCOPED(buf_release) struct buf out = BUF_INIT(100000);
		teardown();
		setup();
		helper("environment");
		request.io = ios[i];
		request.sink = add_to_buf;
		request.sink_arg = &out;
		ck_assert_msg(run() == 0, "%s", err.text);
		check_environment(buf_text(&out));
	}
	close(leaked);
}
END_TEST

START_TEST(stdin_is_empty)
{
	helper("stdin");
	ck_assert_int_eq(run(), 0);
	ck_assert_int_eq(reply.status, 0);
}
END_TEST

/* Unless it is to read ours. */
START_TEST(stdin_is_ours_if_it_takes_input)
{
	int fds[2], before = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10);
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_uint_eq(fd_write_all(fds[1], "of ours", 7), 7);
	close(fds[1]);
	dup2(fds[0], STDIN_FILENO);
	close(fds[0]);
	strvec_push(&request.argv, "cat");
	request.takes_input = true;
	int failed = run();
	dup2(before, STDIN_FILENO);
	close(before);
	ck_assert_msg(!failed, "%s", err.text);
	ck_assert_str_eq(buf_text(&reply.out), "of ours");
}
END_TEST

static int group_of_child(void)
{
	int group = -1;
	strvec_push_all(&request.argv, "cat", "/proc/self/stat", NULL);
	ck_assert_int_eq(run(), 0);
	const char *behind = strrchr(buf_text(&reply.out), ')');
	ck_assert_ptr_nonnull(behind);
	ck_assert_int_eq(sscanf(behind, ") %*c %*d %d", &group), 1);
	return group;
}

START_TEST(in_the_foreground_it_is_in_our_group)
{
	request.foreground = true;
	ck_assert_int_eq(group_of_child(), getpgrp());
}
END_TEST

START_TEST(else_it_is_in_its_own)
{
	ck_assert_int_ne(group_of_child(), getpgrp());
}
END_TEST

START_TEST(a_program_with_the_terminal_may_keep_its_words_for_the_reply)
{
	strvec_push_all(&request.argv, "ls", "/no/such/file", NULL);
	request.io = REQUEST_TERMINAL;
	request.keeps_words = true;
	ck_assert_int_eq(run(), 0);
	ck_assert_int_ne(reply.status, 0);
	ck_assert_ptr_nonnull(strstr(buf_text(&reply.err), "/no/such/file"));
}
END_TEST

/* What it says stands in the reply: it writes to stderr, and purser's stdin is not read. */
START_TEST(a_program_with_the_terminal_may_read_a_pipe_and_have_variables)
{
	int fds[2];
	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	ck_assert_int_eq(write(fds[1], "from the pipe", 13), 13);
	close(fds[1]);
	strvec_push_all(&request.argv, "sh", "-c", "cat >&2; printf ' %s %s' \"$OF_THE_REQUEST\" \"$PATH\" >&2", NULL);
	strvec_push(&request.variables, "OF_THE_REQUEST=is there");
	request.io = REQUEST_TERMINAL;
	request.keeps_words = true;
	request.input = fds[0];
	ck_assert_int_eq(run(), 0);
	close(fds[0]);
	ck_assert_ptr_eq(strstr(buf_text(&reply.err), "from the pipe is there "), buf_text(&reply.err));
	ck_assert_ptr_nonnull(strstr(buf_text(&reply.err), getenv("PATH")));
	ck_assert_ptr_null(getenv("OF_THE_REQUEST"));
}
END_TEST

START_TEST(who_would_hand_on_a_signal_is_killed_at_once)
{
	int64_t start = monotonic_ms();
	helper("deaf");
	request.ends_by_kill = true;
	request.timeout_ms = 200;
	ck_assert_int_eq(run(), -1);
	ck_assert_int_eq(err.kind, ERROR_TIMEOUT);
	ck_assert_int_lt(monotonic_ms() - start, 1900);
}
END_TEST

START_TEST(the_end_is_the_end_of_the_process)
{
	int64_t start = monotonic_ms();
	helper("silent-end");
	ck_assert_int_eq(run(), 0);
	ck_assert_int_eq(reply.status, 4);
	ck_assert_int_ge(monotonic_ms() - start, 190);
}
END_TEST

/* ---- streamed ---- */

struct streamed {
	size_t calls, bytes, fail_at;
	bool wrong;
};

static int count_stream(void *arg, enum request_stream stream, const char *bytes, size_t len, struct error *failure)
{
	struct streamed *streamed = arg;
	streamed->calls++;
	streamed->bytes += len;
	streamed->wrong |= stream != REQUEST_OUT || memchr(bytes, 'e', len);
	if (streamed->fail_at && streamed->bytes >= streamed->fail_at)
		return error_set(failure, ERROR_SYSTEM, "the disk is full");
	return 0;
}

START_TEST(a_stream_goes_to_the_sink_and_stderr_to_the_reply)
{
	struct streamed streamed = { 0 };
	helper("both");
	request.io = REQUEST_STREAM;
	request.sink = count_stream;
	request.sink_arg = &streamed;
	ck_assert_msg(run() == 0, "%s", err.text);
	ck_assert_int_eq(reply.status, 3);
	ck_assert_uint_eq(streamed.bytes, MIB);
	ck_assert(!streamed.wrong);
	ck_assert_uint_eq(reply.out.len, 0);
	ck_assert_uint_le(reply.err.len, REQUEST_ERRORS_MAX);
	ck_assert_uint_gt(reply.err.len, 0);
}
END_TEST

START_TEST(of_what_a_stream_says_the_newest_is_kept)
{
	struct streamed streamed = { 0 };
	static char words[REQUEST_ERRORS_MAX + 2];
	struct running running;
	helper("reason");
	request.io = REQUEST_STREAM;
	request.sink = count_stream;
	request.sink_arg = &streamed;
	ck_assert_msg(run() == 0, "%s", err.text);
	ck_assert_uint_eq(reply.err.len, REQUEST_ERRORS_MAX);
	ck_assert_str_eq(buf_text(&reply.err) + reply.err.len - 6, "e\nwhy\n");
	ck_assert_msg(request_start(&running, &request, &err) == 0, "%s", err.text);
	memset(words, 'w', sizeof words);
	words[0] = words[1] = 'o';
	while (!request_step(&running))
		usleep(1000);
	request_add_words(&running, words, sizeof words);
	struct reply whole;
	ck_assert_int_eq(request_finish(&running, &whole, &err), 0);
	ck_assert_uint_eq(whole.err.len, REQUEST_ERRORS_MAX);
	ck_assert_ptr_null(strchr(buf_text(&whole.err), 'o'));
	reply_release(&whole);
}
END_TEST

START_TEST(a_sink_that_fails_ends_the_stream)
{
	struct streamed streamed = { .fail_at = 500000 };
	helper("flood");
	request.io = REQUEST_STREAM;
	request.sink = count_stream;
	request.sink_arg = &streamed;
	ck_assert_int_eq(run(), -1);
	ck_assert_int_eq(err.kind, ERROR_SYSTEM);
	ck_assert_str_eq(err.text, "the disk is full");
	ck_assert_uint_ge(streamed.bytes, 500000);
	ck_assert_uint_lt(streamed.bytes, 500000 + 65536);
}
END_TEST

/* ---- records ---- */

struct recorded {
	unsigned next, fail_at;
	unsigned wrong;
};

static int check_record(void *arg, enum request_stream stream, const char *bytes, size_t len, struct error *failure)
{
	struct recorded *recorded = arg;
	char should[3000];
	bool is_err;
	size_t should_len = make_record(recorded->next++, should, &is_err);
	recorded->wrong += len != should_len || memcmp(bytes, should, len) != 0 || (stream == REQUEST_ERR) != is_err;
	if (recorded->fail_at && recorded->next == recorded->fail_at)
		return error_set(failure, ERROR_SYSTEM, "the disk is full");
	return 0;
}

START_TEST(records_keep_their_boundaries_and_their_order)
{
	struct recorded recorded = { 0 };
	helper("records");
	request.io = REQUEST_RECORDS;
	request.sink = check_record;
	request.sink_arg = &recorded;
	ck_assert_msg(run() == 0, "%s", err.text);
	ck_assert_int_eq(reply.status, 5);
	ck_assert_uint_eq(recorded.wrong, 0);
	ck_assert_uint_eq(recorded.next, RECORDS);
	ck_assert_uint_eq(reply.out.len, 0);
	ck_assert_uint_eq(reply.err.len, 0);
}
END_TEST

START_TEST(a_sink_that_fails_gets_no_more_records)
{
	struct recorded recorded = { .fail_at = 5000 };
	helper("records");
	request.io = REQUEST_RECORDS;
	request.sink = check_record;
	request.sink_arg = &recorded;
	ck_assert_int_eq(run(), -1);
	ck_assert_str_eq(err.text, "the disk is full");
	ck_assert_uint_eq(recorded.next, 5000);
	ck_assert_uint_eq(recorded.wrong, 0);
}
END_TEST

/* What a program wrote just before it ended is there, however the two are seen. */
START_TEST(last_words_are_not_lost)
{
	unsigned times = random_tries(600);
	for (unsigned i = 0; i < times; i++) {
		SCOPED(buf_release) struct buf out = BUF_INIT(1000);
		struct running running;
		teardown();
		setup();
		strvec_push_all(&request.argv, "echo", "last words", NULL);
		request.io = (enum request_io)(i % 3); /* all but the terminal */
		request.sink = add_to_buf;
		request.sink_arg = &out;
		ck_assert_msg(request_start(&running, &request, &err) == 0, "%s", err.text);
		while (!request_step(&running)) /* as often as can be */
			;
		ck_assert_int_eq(request_finish(&running, &reply, &err), 0);
		ck_assert_str_eq(buf_text(request.io == REQUEST_CAPTURE ? &reply.out : &out), "last words\n");
	}
}
END_TEST

/* Several requests at once, each with sockets of its own. */
START_TEST(records_of_several_requests_are_kept_apart)
{
	struct recorded recorded[4] = { 0 };
	struct request requests[4];
	struct running running[4];
	unsigned left = 4;
	for (size_t i = 0; i < 4; i++) {
		request_init(&requests[i]);
		strvec_push_all(&requests[i].argv, self, "--help-test", "records", NULL);
		requests[i].io = REQUEST_RECORDS;
		requests[i].sink = check_record;
		requests[i].sink_arg = &recorded[i];
		ck_assert_msg(request_start(&running[i], &requests[i], &err) == 0, "%s", err.text);
	}
	while (left > 0) {
		struct pollfd fds[4 * REQUEST_FDS];
		size_t nr = 0;
		left = 0;
		for (size_t i = 0; i < 4; i++) {
			if (request_step(&running[i]))
				continue;
			nr += request_fds(&running[i], fds + nr);
			left++;
		}
		poll(fds, nr, left ? 1000 : 0);
	}
	for (size_t i = 0; i < 4; i++) {
		ck_assert_int_eq(request_finish(&running[i], &reply, &err), 0);
		ck_assert_uint_eq(recorded[i].wrong, 0);
		ck_assert_uint_eq(recorded[i].next, RECORDS);
		reply_release(&reply);
		request_release(&requests[i]);
	}
}
END_TEST

static int add_tagged(void *arg, enum request_stream stream, const char *bytes, size_t len, struct error *failure)
{
	if (buf_printf(arg, "%c%zu[%.*s]", stream == REQUEST_ERR ? 'e' : 'o', len, (int)(len < 30 ? len : 1), bytes) <
	    0)
		return error_set(failure, ERROR_FAILED, "full");
	return 0;
}

static void run_tagged(const char *name, struct buf *out)
{
	helper(name);
	request.io = REQUEST_RECORDS;
	request.sink = add_tagged;
	request.sink_arg = out;
	ck_assert_msg(run() == 0, "%s", err.text);
}

START_TEST(a_stranger_is_not_heard)
{
	SCOPED(buf_release) struct buf out = BUF_INIT(10000);
	run_tagged("stranger", &out);
	ck_assert_str_eq(buf_text(&out), "o4[true]e3[too]");
}
END_TEST

/* The kernel counts a datagram's bookkeeping as well, so the largest is a little less than REQUEST_RECORD_MAX. */
START_TEST(records_as_large_as_they_can_be)
{
	SCOPED(buf_release) struct buf out = BUF_INIT(10000), should = BUF_INIT(10000);
	static const size_t lens[] = { 1, 16384, 65536, 200u * 1024, REQUEST_RECORD_MAX - 512 };
	run_tagged("sizes", &out);
	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		char said[40];
		snprintf(said, sizeof said, "%zu: whole", lens[i]);
		buf_printf(&should, "o%zu[%c]e%zu[%s]", lens[i], 'a' + (int)i, strlen(said), said);
	}
	buf_printf(&should, "e25[8388608: Message too long]");
	char *too_long = strstr(should.bytes, "e25[");
	snprintf(too_long, 40, "e%zu[8388608: Message too long]", strlen("8388608: Message too long"));
	ck_assert_str_eq(buf_text(&out), buf_text(&should));
}
END_TEST

/* What was there before the end counts, also when the end was forced. */
START_TEST(records_before_a_deadline_are_not_lost)
{
	SCOPED(buf_release) struct buf out = BUF_INIT(10000);
	helper("pair-then-wait");
	request.io = REQUEST_RECORDS;
	request.sink = add_tagged;
	request.sink_arg = &out;
	request.timeout_ms = 1000;
	ck_assert_int_eq(run(), -1);
	ck_assert_int_eq(err.kind, ERROR_TIMEOUT);
	ck_assert_str_eq(buf_text(&out), "o3[one]o3[two]");
}
END_TEST

START_TEST(words_can_be_added)
{
	struct running running;
	SCOPED(buf_release) struct buf out = BUF_INIT(10000);
	helper("stranger");
	request.io = REQUEST_RECORDS;
	request.sink = add_tagged;
	request.sink_arg = &out;
	ck_assert_int_eq(request_start(&running, &request, &err), 0);
	while (!request_step(&running)) {
		struct pollfd fds[REQUEST_FDS];
		poll(fds, request_fds(&running, fds), 1000);
	}
	request_add_words(&running, "Error: no", 9);
	ck_assert_int_eq(request_finish(&running, &reply, &err), 0);
	ck_assert_str_eq(buf_text(&reply.err), "Error: no");
}
END_TEST

/* ---- nothing is left ---- */

static unsigned open_fds(void)
{
	unsigned nr = 0;
	DIR *dir = opendir("/proc/self/fd");
	while (readdir(dir))
		nr++;
	closedir(dir);
	return nr;
}

static int ignore_all(void *arg, enum request_stream stream, const char *bytes, size_t len, struct error *failure)
{
	(void)arg, (void)stream, (void)bytes, (void)len, (void)failure;
	return 0;
}

START_TEST(a_thousand_requests_leave_nothing)
{
	static const char *const programs[] = { "true", "false", "purser-test-no-such-program", "/" };
	unsigned before = open_fds(), times = RANDOM_SLOWNESS > 1 || random_tries(1000) < 1000 ? 100 : 1000;
	for (unsigned i = 0; i < times; i++) {
		teardown();
		setup();
		strvec_push(&request.argv, programs[i / 3 % ARRAY_LEN(programs)]);
		request.io = (enum request_io)(i % 3); /* all but the terminal */
		request.sink = ignore_all;
		run();
	}
	ck_assert_uint_eq(open_fds(), before);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
}
END_TEST

START_TEST(no_descriptors_left_is_an_error)
{
	struct rlimit old, limit;
	int fds[64];
	size_t nr = 0;
	unsigned before = open_fds();
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
	limit = (struct rlimit){ 40, old.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	while (nr < 64 && (fds[nr] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
		nr++;
	/* From none to seven free ones: at every step of the making something fails, then nothing. */
	for (unsigned free_ones = 0; free_ones < 8; free_ones++) {
		for (int io = REQUEST_CAPTURE; io <= REQUEST_RECORDS; io++) {
			teardown();
			setup();
			strvec_push(&request.argv, "true");
			request.io = (enum request_io)io;
			request.sink = ignore_all;
			int failed = run();
			ck_assert_msg(!failed || (err.kind == ERROR_SYSTEM && err.detail == EMFILE), "%u free: %s",
				      free_ones, err.text);
			ck_assert(failed ? free_ones < 7 : free_ones > 0);
		}
		close(fds[--nr]);
	}
	while (nr > 0)
		close(fds[--nr]);
	setrlimit(RLIMIT_NOFILE, &old);
	ck_assert_uint_eq(open_fds(), before);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

START_TEST(programs_are_looked_up_in_the_path)
{
	ck_assert(program_installed("sh"));
	ck_assert(!program_installed("purser-test-no-such-program"));
	setenv("PATH", "/nowhere", 1);
	ck_assert(!program_installed("sh"));
	setenv("PATH", "/nowhere:/bin:/usr/bin", 1);
	ck_assert(program_installed("sh"));
}
END_TEST

static Suite *request_suite(void)
{
	Suite *suite = suite_create("request");
	TCase *tcase = tcase_create("request");
	const TTest *const tests[] = {
		both_pipes_are_read_at_once,
		a_grandchild_is_not_waited_for,
		the_deaf_are_killed,
		who_ended_in_time_did_though_nobody_looked,
		who_obeys_ends_at_once,
		a_deaf_child_of_an_ended_request_is_killed,
		a_flood_is_stopped_at_the_ceiling,
		statuses,
		what_is_not_there_is_told_from_127,
		what_may_not_run_is_told,
		death_by_signal,
		arguments_are_data,
		cancelled_by_a_descriptor,
		something_else_is_done_meanwhile,
		what_a_program_reads_is_counted,
		stopped_from_outside_with_a_reason,
		the_child_is_clean,
		the_child_of_streams_and_records_is_clean,
		stdin_is_empty,
		stdin_is_ours_if_it_takes_input,
		in_the_foreground_it_is_in_our_group,
		else_it_is_in_its_own,
		a_program_with_the_terminal_may_keep_its_words_for_the_reply,
		a_program_with_the_terminal_may_read_a_pipe_and_have_variables,
		who_would_hand_on_a_signal_is_killed_at_once,
		the_end_is_the_end_of_the_process,
		a_stream_goes_to_the_sink_and_stderr_to_the_reply,
		of_what_a_stream_says_the_newest_is_kept,
		a_sink_that_fails_ends_the_stream,
		records_keep_their_boundaries_and_their_order,
		a_sink_that_fails_gets_no_more_records,
		last_words_are_not_lost,
		records_of_several_requests_are_kept_apart,
		a_stranger_is_not_heard,
		records_as_large_as_they_can_be,
		records_before_a_deadline_are_not_lost,
		words_can_be_added,
		a_thousand_requests_leave_nothing,
		no_descriptors_left_is_an_error,
		programs_are_looked_up_in_the_path,
	};
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 30);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 3 && !strcmp(argv[1], "--help-test") && i < ARRAY_LEN(helpers); i++)
		if (!strcmp(argv[2], helpers[i].name))
			return helpers[i].run();
	ssize_t len = readlink(SELF, self, sizeof self - 1);
	self[len > 0 ? len : 0] = '\0';
	return suite_run(request_suite());
}
