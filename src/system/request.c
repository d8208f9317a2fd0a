#include "system/request.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/moment.h"
#include "base/banned.h"

#define PIPE_READ (64 * 1024)
#define RECORD_BATCH 16
#define RECORD_BATCHES 64

extern char **environ;

void request_init(struct request *request)
{
	*request = (struct request){ .io = REQUEST_CAPTURE };
	strvec_init(&request->argv);
}

void request_release(struct request *request)
{
	strvec_release(&request->argv);
}

bool program_installed(const char *program)
{
	const char *path = getenv("PATH");
	char file[PATH_MAX];
	for (const char *part = path ? path : "/bin:/usr/bin"; part; part = strchr(part, ':'), part = part ? part + 1 : NULL) {
		int len = snprintf(file, sizeof file, "%.*s/%s", (int)strcspn(part, ":"), part, program);
		if (len < (int)sizeof file && access(file, X_OK) == 0)
			return true;
	}
	return false;
}

void reply_init(struct reply *reply)
{
	*reply = (struct reply){ 0 };
	buf_init(&reply->out, REQUEST_REPLY_MAX);
	buf_init(&reply->err, REQUEST_ERRORS_MAX);
}

void reply_release(struct reply *reply)
{
	buf_release(&reply->out);
	buf_release(&reply->err);
}

/* The child's side of its channels. */
struct ends {
	int in, out, err;
};

static void ends_close(struct ends *ends)
{
	fd_close(&ends->in);
	fd_close(&ends->out);
	fd_close(&ends->err);
}

static int make_pipe(int *ours, int *theirs, struct error *err)
{
	int fds[2];
	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_system(err, "pipe");
	*ours = fds[0];
	*theirs = fds[1];
	fcntl(*ours, F_SETFL, O_NONBLOCK);
	return 0;
}

static int bound_socket(struct sockaddr_un *address, socklen_t *len, struct error *err)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_system(err, "socket");
	/* An address of the family alone makes the kernel choose an unused abstract name. */
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	*len = sizeof *address;
	if (bind(fd, (struct sockaddr *)address, sizeof(sa_family_t)) < 0 ||
	    getsockname(fd, (struct sockaddr *)address, len) < 0) {
		error_system(err, "bind");
		fd_close(&fd);
		return -1;
	}
	return fd;
}

static int make_sender(const struct sockaddr_un *receiver, socklen_t receiver_len, struct sender *sender, struct error *err)
{
	struct sockaddr_un own;
	socklen_t len;
	int fd = bound_socket(&own, &len, err);
	if (fd < 0)
		return -1;
	if (connect(fd, (const struct sockaddr *)receiver, receiver_len) < 0) {
		error_system(err, "connect");
		fd_close(&fd);
		return -1;
	}
	memcpy(sender->address, &own, len);
	sender->len = len;
	return fd;
}

static int make_record_sockets(struct running *running, struct ends *ends, struct error *err)
{
	struct sockaddr_un address;
	socklen_t len;
	_Static_assert(sizeof running->out_sender.address >= sizeof address, "an address fits");

	running->out = bound_socket(&address, &len, err);
	if (running->out < 0)
		return -1;
	fcntl(running->out, F_SETFL, O_NONBLOCK);
	running->records = xmalloc(RECORD_BATCH * REQUEST_RECORD_MAX);
	ends->out = make_sender(&address, len, &running->out_sender, err);
	if (ends->out < 0)
		return -1;
	ends->err = make_sender(&address, len, &running->err_sender, err);
	return ends->err < 0 ? -1 : 0;
}

static int make_channels(struct running *running, struct ends *ends, struct error *err)
{
	if (running->request->io == REQUEST_TERMINAL)
		return 0;
	ends->in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (ends->in < 0)
		return error_system(err, "/dev/null");
	if (running->request->io == REQUEST_RECORDS)
		return make_record_sockets(running, ends, err);
	if (make_pipe(&running->out, &ends->out, err) < 0)
		return -1;
	return make_pipe(&running->err, &ends->err, err);
}

static int spawn(struct running *running, const struct ends *ends, struct error *err)
{
	const struct request *request = running->request;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	if (request->io != REQUEST_TERMINAL) {
		posix_spawn_file_actions_adddup2(&actions, ends->in, STDIN_FILENO);
		posix_spawn_file_actions_adddup2(&actions, ends->out, STDOUT_FILENO);
		posix_spawn_file_actions_adddup2(&actions, ends->err, STDERR_FILENO);
		flags |= POSIX_SPAWN_SETPGROUP;
	}
	posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
	sigemptyset(&none);
	sigfillset(&all);
	if (request->io == REQUEST_TERMINAL)
		sigdelset(&all, SIGTSTP); /* purser, which ignores it, could not wake who stopped */
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setflags(&attributes, flags);

	int failed = posix_spawnp(&running->pid, request->argv.items[0], &actions, &attributes, request->argv.items, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	switch (failed) {
	case 0:
		return 0;
	case ENOENT:
		return error_set(err, ERROR_NO_PROGRAM, "%s: not found in PATH; is it installed?", request->argv.items[0]);
	case EACCES:
	case ENOEXEC:
		return error_set(err, ERROR_NOT_EXECUTABLE, "%s: %s", request->argv.items[0], strerror(failed));
	default:
		errno = failed;
		return error_system(err, "%s", request->argv.items[0]);
	}
}

static void close_channels(struct running *running)
{
	fd_close(&running->out);
	fd_close(&running->err);
	fd_close(&running->pidfd);
	free(running->records);
	running->records = NULL;
}

int request_start(struct running *running, const struct request *request, struct error *err)
{
	struct ends ends = { -1, -1, -1 };

	*running = (struct running){ .request = request, .pidfd = -1, .out = -1, .err = -1, .kill_at = INT64_MAX };
	running->deadline = request->timeout_ms > 0 ? monotonic_ms() + request->timeout_ms : INT64_MAX;
	reply_init(&running->reply);
	if (request->io == REQUEST_CAPTURE)
		running->reply.out.limit = running->reply.err.limit = request->reply_max ? request->reply_max : REQUEST_REPLY_MAX;

	int failed = make_channels(running, &ends, err) < 0 || spawn(running, &ends, err) < 0;
	ends_close(&ends);
	if (!failed) {
		running->pidfd = (int)syscall(SYS_pidfd_open, running->pid, 0);
		if (running->pidfd >= 0)
			return 0;
		error_system(err, "pidfd_open");
		kill(running->pid, SIGKILL);
		waitpid(running->pid, NULL, 0);
	}
	close_channels(running);
	reply_release(&running->reply);
	return -1;
}

size_t request_fds(const struct running *running, struct pollfd fds[REQUEST_FDS])
{
	size_t nr = 0;
	fds[nr++] = (struct pollfd){ .fd = running->pidfd, .events = POLLIN };
	if (running->out >= 0)
		fds[nr++] = (struct pollfd){ .fd = running->out, .events = POLLIN };
	if (running->err >= 0)
		fds[nr++] = (struct pollfd){ .fd = running->err, .events = POLLIN };
	return nr;
}

int request_wait_ms(const struct running *running)
{
	int64_t at = running->ending ? running->kill_at : running->deadline;
	if (at == INT64_MAX)
		return -1;
	int64_t left = at - monotonic_ms();
	return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

static void signal_group(const struct running *running, int number)
{
	/* The leader is not reaped before the request is done, so its number cannot be someone else's. */
	if (running->request->io == REQUEST_TERMINAL)
		kill(running->pid, number);
	else
		kill(-running->pid, number);
}

static void end_with(struct running *running, const struct error *why)
{
	if (running->ending)
		return;
	running->ending = true;
	running->why = *why;
	running->kill_at = monotonic_ms() + REQUEST_GRACE_MS;
	signal_group(running, SIGTERM);
}

void request_stop(struct running *running, enum error_kind kind, const char *why)
{
	struct error err;
	error_set(&err, kind, "%s", why);
	end_with(running, &err);
}

static void past_ceiling(struct running *running, size_t ceiling)
{
	struct error err;
	error_set(&err, ERROR_RUNTIME, "%s printed more than %zu bytes; it was stopped", running->request->argv.items[0],
		  ceiling);
	end_with(running, &err);
}

static void feed_sink(struct running *running, enum request_stream stream, const char *bytes, size_t len)
{
	struct error err = { 0 };
	if (!running->ending && running->request->sink(running->request->sink_arg, stream, bytes, len, &err) < 0)
		end_with(running, &err);
}

static void take(struct running *running, enum request_stream stream, const char *bytes, size_t len)
{
	bool streamed = running->request->io == REQUEST_STREAM;
	if (streamed && stream == REQUEST_OUT) {
		feed_sink(running, stream, bytes, len);
		return;
	}
	struct buf *into = stream == REQUEST_OUT ? &running->reply.out : &running->reply.err;
	if (buf_add(into, bytes, len) < 0 && !streamed)
		past_ceiling(running, into->limit);
}

/* Returns whether there may be more at once. */
static bool read_pipe(struct running *running, int *fd, enum request_stream stream)
{
	char bytes[PIPE_READ];
	ssize_t len = *fd < 0 ? -1 : read(*fd, bytes, sizeof bytes);
	if (len > 0) {
		take(running, stream, bytes, (size_t)len);
		return true;
	}
	if (len == 0)
		fd_close(fd);
	return false;
}

static bool sent_by(const struct msghdr *message, const struct sender *sender)
{
	return message->msg_namelen == sender->len && !memcmp(message->msg_name, sender->address, sender->len);
}

/* Only the two senders this request made are heard: the receiver's name can be seen by others. */
static void take_record(struct running *running, const struct mmsghdr *message)
{
	const struct msghdr *header = &message->msg_hdr;
	if (sent_by(header, &running->out_sender))
		feed_sink(running, REQUEST_OUT, header->msg_iov->iov_base, message->msg_len);
	else if (sent_by(header, &running->err_sender))
		feed_sink(running, REQUEST_ERR, header->msg_iov->iov_base, message->msg_len);
}

static bool read_batch(struct running *running)
{
	struct sockaddr_un from[RECORD_BATCH];
	struct iovec slots[RECORD_BATCH];
	struct mmsghdr messages[RECORD_BATCH];

	for (size_t i = 0; i < RECORD_BATCH; i++) {
		slots[i] = (struct iovec){ running->records + i * REQUEST_RECORD_MAX, REQUEST_RECORD_MAX };
		messages[i] = (struct mmsghdr){ .msg_hdr = { .msg_name = &from[i],
							     .msg_namelen = sizeof from[i],
							     .msg_iov = &slots[i],
							     .msg_iovlen = 1 } };
	}
	int nr = running->out < 0 ? -1 : recvmmsg(running->out, messages, RECORD_BATCH, MSG_DONTWAIT, NULL);
	for (int i = 0; i < nr; i++)
		take_record(running, &messages[i]);
	return nr > 0;
}

/* The kernel queues few datagrams; while these are taken the program writes the next ones. */
static bool read_records(struct running *running)
{
	for (size_t i = 0; i < RECORD_BATCHES; i++)
		if (!read_batch(running))
			return false;
	return true;
}

/* One helping from each channel, so that neither starves the other nor the caller's loop. */
static bool read_channels(struct running *running)
{
	if (running->request->io == REQUEST_TERMINAL)
		return false;
	if (running->request->io == REQUEST_RECORDS)
		return read_records(running);
	bool more_out = read_pipe(running, &running->out, REQUEST_OUT);
	bool more_err = read_pipe(running, &running->err, REQUEST_ERR);
	return more_out || more_err;
}

static bool has_exited(struct running *running)
{
	struct pollfd exited = { .fd = running->pidfd, .events = POLLIN };
	return poll(&exited, 1, 0) > 0;
}

static void check_clock(struct running *running)
{
	int64_t now = monotonic_ms();
	if (!running->ending && now >= running->deadline) {
		struct error err;
		error_set(&err, ERROR_TIMEOUT, "%s did not finish within %g seconds", running->request->argv.items[0],
			  running->request->timeout_ms / 1000.0);
		end_with(running, &err);
	}
	if (running->ending && now >= running->kill_at) {
		signal_group(running, SIGKILL);
		running->kill_at = INT64_MAX;
	}
}

bool request_step(struct running *running)
{
	if (running->done)
		return true;
	/* Asked before reading: what the program wrote before it ended is then in the channels already. */
	bool exited = has_exited(running);
	bool more = read_channels(running);
	check_clock(running);
	if (!exited || (more && !running->ending))
		return false;
	if (running->ending)
		signal_group(running, SIGKILL); /* grandchildren that outlived the leader */
	while (waitpid(running->pid, &running->wait_status, 0) < 0 && errno == EINTR)
		;
	running->done = true;
	return true;
}

void request_add_words(struct running *running, const char *bytes, size_t len)
{
	buf_add(&running->reply.err, bytes, len);
}

int request_finish(struct running *running, struct reply *reply, struct error *err)
{
	const char *program = running->request->argv.items[0];
	int status = running->wait_status;

	close_channels(running);
	*reply = running->reply;
	if (running->ending) {
		*err = running->why;
		return -1;
	}
	if (WIFSIGNALED(status)) {
		error_set(err, ERROR_SIGNALLED, "%s was killed by signal %d (%s)", program, WTERMSIG(status),
			  strsignal(WTERMSIG(status)));
		err->detail = WTERMSIG(status);
		return -1;
	}
	reply->status = WEXITSTATUS(status);
	return 0;
}

int request_run(const struct request *request, int cancel_fd, struct reply *reply, struct error *err)
{
	struct running running;
	if (request_start(&running, request, err) < 0) {
		reply_init(reply);
		return -1;
	}
	while (!request_step(&running)) {
		struct pollfd fds[REQUEST_FDS + 1];
		size_t nr = request_fds(&running, fds);
		if (cancel_fd >= 0 && !running.ending)
			fds[nr++] = (struct pollfd){ .fd = cancel_fd, .events = POLLIN };
		poll(fds, nr, request_wait_ms(&running));
		if (cancel_fd >= 0 && !running.ending && fds[nr - 1].revents)
			request_stop(&running, ERROR_CANCELLED, "cancelled");
	}
	return request_finish(&running, reply, err);
}
