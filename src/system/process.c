/* Requests carried out by a program. */
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
#include "system/carrier.h"
#include "base/banned.h"

#define PIPE_READ (64 * 1024)
#define RECORD_BATCH 16
#define RECORD_BATCHES 64

extern char **environ;

bool program_find(const char *program, char file[PATH_MAX])
{
	const char *path = getenv("PATH");
	for (const char *part = path ? path : "/bin:/usr/bin"; part; part = strchr(part, ':'), part = part ? part + 1 : NULL) {
		int len = snprintf(file, PATH_MAX, "%.*s/%s", (int)strcspn(part, ":"), part, program);
		if (len < PATH_MAX && access(file, X_OK) == 0)
			return true;
	}
	*file = '\0';
	return false;
}

bool program_installed(const char *program)
{
	char file[PATH_MAX];
	return program_find(program, file);
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
	/* The kernel doubles it. With more, if that is the machine's default, a write that the receiver has no room for would be cut in silence. */
	static const int room = REQUEST_RECORD_MAX / 2;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room) < 0 ||
	    connect(fd, (const struct sockaddr *)receiver, receiver_len) < 0) {
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
	_Static_assert(sizeof running->process.out_sender.address >= sizeof address, "an address fits");

	running->process.out = bound_socket(&address, &len, err);
	if (running->process.out < 0)
		return -1;
	fcntl(running->process.out, F_SETFL, O_NONBLOCK);
	running->process.records = xmalloc(RECORD_BATCH * REQUEST_RECORD_MAX);
	ends->out = make_sender(&address, len, &running->process.out_sender, err);
	if (ends->out < 0)
		return -1;
	ends->err = make_sender(&address, len, &running->process.err_sender, err);
	return ends->err < 0 ? -1 : 0;
}

static int make_channels(struct running *running, struct ends *ends, struct error *err)
{
	const struct request *request = running->request;
	bool terminal = request->io == REQUEST_TERMINAL;
	if (terminal && request->input) {
		ends->in = fcntl(request->input, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		if (ends->in < 0)
			return error_system(err, "standard input");
	} else if (!terminal || request->no_input) {
		ends->in = request->takes_input ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1) : open("/dev/null", O_RDONLY | O_CLOEXEC);
		if (ends->in < 0)
			return error_system(err, request->takes_input ? "standard input" : "/dev/null");
	}
	if (terminal)
		return request->keeps_words ? make_pipe(&running->process.err, &ends->err, err) : 0;
	if (running->request->io == REQUEST_RECORDS)
		return make_record_sockets(running, ends, err);
	if (make_pipe(&running->process.out, &ends->out, err) < 0)
		return -1;
	return make_pipe(&running->process.err, &ends->err, err);
}

static bool in_foreground(const struct request *request)
{
	return request->io == REQUEST_TERMINAL || request->foreground;
}

/* The environment with a request's own variables behind it. For free(); its strings are not copied. */
static char **environment(const struct request *request)
{
	size_t nr = 0;
	while (environ[nr])
		nr++;
	char **all = xcalloc(nr + request->variables.nr + 1, sizeof *all);
	memcpy(all, environ, nr * sizeof *all);
	memcpy(all + nr, request->variables.items, request->variables.nr * sizeof *all);
	return all;
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
	if (ends->in >= 0)
		posix_spawn_file_actions_adddup2(&actions, ends->in, STDIN_FILENO);
	if (ends->out >= 0)
		posix_spawn_file_actions_adddup2(&actions, ends->out, STDOUT_FILENO);
	if (ends->err >= 0)
		posix_spawn_file_actions_adddup2(&actions, ends->err, STDERR_FILENO);
	if (!in_foreground(request))
		flags |= POSIX_SPAWN_SETPGROUP;
	posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
	sigemptyset(&none);
	sigfillset(&all);
	if (in_foreground(request))
		sigdelset(&all, SIGTSTP); /* purser, which ignores it, could not wake who stopped */
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setflags(&attributes, flags);

	char **variables = request->variables.nr ? environment(request) : NULL;
	int failed = posix_spawnp(&running->process.pid, request->argv.items[0], &actions, &attributes,
				  request->argv.items, variables ? variables : environ);
	free(variables);
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

static void release(struct running *running)
{
	fd_close(&running->process.out);
	fd_close(&running->process.err);
	fd_close(&running->process.pidfd);
	free(running->process.records);
	running->process.records = NULL;
}

static int start(struct running *running, struct error *err)
{
	struct process *process = &running->process;
	struct ends ends = { -1, -1, -1 };

	*process = (struct process){ .pidfd = -1, .out = -1, .err = -1 };
	int failed = make_channels(running, &ends, err) < 0 || spawn(running, &ends, err) < 0;
	ends_close(&ends);
	if (!failed) {
		process->pidfd = (int)syscall(SYS_pidfd_open, process->pid, 0);
		if (process->pidfd >= 0)
			return 0;
		error_system(err, "pidfd_open");
		kill(process->pid, SIGKILL);
		waitpid(process->pid, NULL, 0);
	}
	release(running);
	return -1;
}

static size_t fds_of(const struct running *running, struct pollfd fds[REQUEST_FDS])
{
	const struct process *process = &running->process;
	size_t nr = 0;
	fds[nr++] = (struct pollfd){ .fd = process->pidfd, .events = POLLIN };
	if (process->out >= 0)
		fds[nr++] = (struct pollfd){ .fd = process->out, .events = POLLIN };
	if (process->err >= 0)
		fds[nr++] = (struct pollfd){ .fd = process->err, .events = POLLIN };
	return nr;
}

static int wait_ms(const struct running *running UNUSED)
{
	return -1;
}

static void signal_group(const struct running *running, int number)
{
	/* The leader is not reaped before the request is done, so its number cannot be someone else's. */
	if (in_foreground(running->request))
		kill(running->process.pid, number);
	else
		kill(-running->process.pid, number);
}

static void end(struct running *running)
{
	signal_group(running, running->request->ends_by_kill ? SIGKILL : SIGTERM);
}

static void force(struct running *running)
{
	signal_group(running, SIGKILL);
}

/* Returns whether there may be more at once. */
static bool read_pipe(struct running *running, int *fd, enum request_stream stream)
{
	char bytes[PIPE_READ];
	ssize_t len = *fd < 0 ? -1 : read(*fd, bytes, sizeof bytes);
	if (len > 0) {
		running_take(running, stream, bytes, (size_t)len);
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
	if (sent_by(header, &running->process.out_sender))
		running_feed_sink(running, REQUEST_OUT, header->msg_iov->iov_base, message->msg_len);
	else if (sent_by(header, &running->process.err_sender))
		running_feed_sink(running, REQUEST_ERR, header->msg_iov->iov_base, message->msg_len);
}

static bool read_batch(struct running *running)
{
	struct sockaddr_un from[RECORD_BATCH];
	struct iovec slots[RECORD_BATCH];
	struct mmsghdr messages[RECORD_BATCH];

	for (size_t i = 0; i < RECORD_BATCH; i++) {
		slots[i] = (struct iovec){ running->process.records + i * REQUEST_RECORD_MAX, REQUEST_RECORD_MAX };
		messages[i] = (struct mmsghdr){ .msg_hdr = { .msg_name = &from[i],
							     .msg_namelen = sizeof from[i],
							     .msg_iov = &slots[i],
							     .msg_iovlen = 1 } };
	}
	int nr = running->process.out < 0 ? -1 : recvmmsg(running->process.out, messages, RECORD_BATCH, MSG_DONTWAIT, NULL);
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
	if (running->request->io == REQUEST_RECORDS)
		return read_records(running);
	bool more_out = read_pipe(running, &running->process.out, REQUEST_OUT);
	bool more_err = read_pipe(running, &running->process.err, REQUEST_ERR);
	return more_out || more_err;
}

static bool has_exited(struct running *running)
{
	struct pollfd exited = { .fd = running->process.pidfd, .events = POLLIN };
	return poll(&exited, 1, 0) > 0;
}

static bool step(struct running *running)
{
	/* Asked before reading: what the program wrote before it ended is then in the channels already. */
	bool exited = has_exited(running);
	bool more = read_channels(running);
	if (!exited || (more && !running->ending))
		return false;
	if (running->ending)
		force(running); /* grandchildren that outlived the leader */
	while (waitpid(running->process.pid, &running->process.wait_status, 0) < 0 && errno == EINTR)
		;
	return true;
}

static int result(const struct running *running, struct reply *reply, struct error *err)
{
	int status = running->process.wait_status;
	if (WIFSIGNALED(status)) {
		error_set(err, ERROR_SIGNALLED, "%s was killed by signal %d (%s)", running->request->argv.items[0], WTERMSIG(status),
			  strsignal(WTERMSIG(status)));
		err->detail = WTERMSIG(status);
		return -1;
	}
	reply->status = WEXITSTATUS(status);
	return 0;
}

const struct carrier process_carrier = {
	.start = start,
	.fds = fds_of,
	.wait_ms = wait_ms,
	.step = step,
	.end = end,
	.force = force,
	.result = result,
	.release = release,
};
