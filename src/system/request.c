#include "system/carrier.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/moment.h"
#include "base/banned.h"

void request_init(struct request *request)
{
	*request = (struct request){ .io = REQUEST_CAPTURE };
	strvec_init(&request->argv);
	strvec_init(&request->variables);
	buf_init(&request->http.target, REQUEST_TARGET_MAX);
}

void request_release(struct request *request)
{
	strvec_release(&request->argv);
	strvec_release(&request->variables);
	buf_release(&request->http.target);
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

static void note_progress(struct running *running)
{
	int stall_ms = running->request->stall_ms;
	running->stalled_at = stall_ms > 0 ? monotonic_ms() + stall_ms : INT64_MAX;
}

/* A program stands in for a socket that gave nothing. */
static bool program_stands_in(const struct running *running)
{
	return running->carrier == &exchange_carrier && running->request->http.program_stands_in && !running->ending && !running->sink_fed;
}

static int start_program_instead(struct running *running, struct error *err)
{
	running->carrier = &process_carrier;
	buf_clear(&running->reply.out);
	buf_clear(&running->reply.err);
	note_progress(running);
	return process_carrier.start(running, err);
}

int request_start(struct running *running, const struct request *request, struct error *err)
{
	*running = (struct running){ .request = request, .kill_at = INT64_MAX };
	running->carrier = request->http.socket ? &exchange_carrier : &process_carrier;
	running->deadline = request->timeout_ms > 0 ? monotonic_ms() + request->timeout_ms : INT64_MAX;
	note_progress(running);
	reply_init(&running->reply);
	if (request->io == REQUEST_CAPTURE)
		running->reply.out.limit = running->reply.err.limit = request->reply_max ? request->reply_max : REQUEST_REPLY_MAX;

	if (running->carrier->start(running, err) == 0)
		return 0;
	if (program_stands_in(running) && start_program_instead(running, err) == 0)
		return 0;
	reply_release(&running->reply);
	return -1;
}

size_t request_fds(const struct running *running, struct pollfd fds[REQUEST_FDS])
{
	return running->carrier->fds(running, fds);
}

int request_wait_ms(const struct running *running)
{
	int64_t limit = running->deadline < running->stalled_at ? running->deadline : running->stalled_at;
	int64_t at = running->ending ? running->kill_at : limit;
	int wait = running->carrier->wait_ms(running);
	if (at == INT64_MAX)
		return wait;
	int64_t left = at - monotonic_ms();
	int to_deadline = left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
	return wait < 0 || wait > to_deadline ? to_deadline : wait;
}

void running_fail(struct running *running, const struct error *why)
{
	if (running->ending)
		return;
	running->ending = true;
	running->why = *why;
	running->kill_at = monotonic_ms() + REQUEST_GRACE_MS;
	running->carrier->end(running);
}

void request_stop(struct running *running, enum error_kind kind, const char *why)
{
	struct error err;
	error_set(&err, kind, "%s", why);
	running_fail(running, &err);
}

static void past_ceiling(struct running *running, size_t ceiling)
{
	struct error err;
	error_set(&err, ERROR_RUNTIME, "%s printed more than %zu bytes; it was stopped", running->request->argv.items[0],
		  ceiling);
	running_fail(running, &err);
}

void running_feed_sink(struct running *running, enum request_stream stream, const char *bytes, size_t len)
{
	struct error err = { 0 };
	note_progress(running);
	running->sink_fed = true;
	if (!running->ending && running->request->sink(running->request->sink_arg, stream, bytes, len, &err) < 0)
		running_fail(running, &err);
}

/* Why a program failed stands at the end of what it said. */
static void keep_newest(struct buf *said, const char *bytes, size_t len)
{
	if (len > said->limit) {
		bytes += len - said->limit;
		len = said->limit;
	}
	if (said->len > said->limit - len)
		buf_drop(said, said->len - (said->limit - len));
	buf_add(said, bytes, len);
}

void running_take(struct running *running, enum request_stream stream, const char *bytes, size_t len)
{
	bool captured = running->request->io == REQUEST_CAPTURE;
	note_progress(running);
	if (!captured && stream == REQUEST_OUT) {
		running_feed_sink(running, stream, bytes, len);
		return;
	}
	struct buf *into = stream == REQUEST_OUT ? &running->reply.out : &running->reply.err;
	if (!captured)
		keep_newest(into, bytes, len);
	else if (buf_add(into, bytes, len) < 0)
		past_ceiling(running, into->limit);
}

/* Whether it is to end for that, or to end at once. */
static bool check_clock(struct running *running)
{
	int64_t now = monotonic_ms();
	struct error err;
	bool was_ending = running->ending;
	if (!running->ending && now >= running->stalled_at) {
		error_set(&err, ERROR_TIMEOUT, "%s sent nothing for %g seconds", running->request->argv.items[0],
			  running->request->stall_ms / 1000.0);
		running_fail(running, &err);
	}
	if (!running->ending && now >= running->deadline) {
		error_set(&err, ERROR_TIMEOUT, "%s did not finish within %g seconds", running->request->argv.items[0],
			  running->request->timeout_ms / 1000.0);
		running_fail(running, &err);
	}
	bool is_late = running->ending && now >= running->kill_at;
	if (is_late) {
		running->carrier->force(running);
		running->kill_at = INT64_MAX;
	}
	return is_late || running->ending != was_ending;
}

static bool run_program_instead(struct running *running)
{
	struct reply reply;
	struct error err;
	if (!program_stands_in(running) || running->carrier->result(running, &reply, &err) == 0)
		return false;
	running->carrier->release(running);
	if (start_program_instead(running, &err) == 0)
		return true;
	running->ending = true;
	running->why = err;
	return false;
}

static bool has_ended(struct running *running)
{
	return running->carrier->step(running) && !run_program_instead(running);
}

/* Who has ended has, however long nobody looked: the clock comes second. */
bool request_step(struct running *running)
{
	if (!running->done)
		running->done = has_ended(running) || (check_clock(running) && has_ended(running));
	return running->done;
}

void request_add_words(struct running *running, const char *bytes, size_t len)
{
	keep_newest(&running->reply.err, bytes, len);
}

int request_finish(struct running *running, struct reply *reply, struct error *err)
{
	int failed = -1;
	*reply = running->reply;
	if (running->ending)
		*err = running->why;
	else
		failed = running->carrier->result(running, reply, err);
	running->carrier->release(running);
	return failed;
}

#define BESIDE_FDS 3

/* Polls `fds`, of which there are `nr`, behind which there is room for what it waits for besides. true: whoever waits wants to end. */
static bool wait_once(const struct running *running, struct pollfd *fds, size_t nr, int wait_ms, int cancel_fd,
		      const struct beside *beside)
{
	fds[nr] = (struct pollfd){ .fd = cancel_fd, .events = POLLIN };
	for (size_t i = 0; i < ARRAY_LEN(beside->fds); i++)
		fds[nr + 1 + i] = (struct pollfd){ .fd = beside->serve ? beside->fds[i] : -1, .events = POLLIN };
	if (beside->serve && (wait_ms < 0 || wait_ms > beside->every_ms))
		wait_ms = beside->every_ms;
	bool rang = poll(fds, nr + BESIDE_FDS, wait_ms) > 0;
	if (rang && fds[nr].revents)
		return true;
	return beside->serve && beside->serve(beside->arg, running);
}

int request_run_beside(const struct request *request, int cancel_fd, const struct beside *beside, struct reply *reply,
		       struct error *err)
{
	static const struct beside nothing;
	struct running running;
	if (request_start(&running, request, err) < 0) {
		reply_init(reply);
		return -1;
	}
	while (!request_step(&running)) {
		struct pollfd fds[REQUEST_FDS + BESIDE_FDS];
		size_t nr = request_fds(&running, fds);
		if (running.ending)
			poll(fds, nr, request_wait_ms(&running));
		else if (wait_once(&running, fds, nr, request_wait_ms(&running), cancel_fd, beside ? beside : &nothing))
			request_stop(&running, ERROR_CANCELLED, "cancelled");
	}
	return request_finish(&running, reply, err);
}

int request_run(const struct request *request, int cancel_fd, struct reply *reply, struct error *err)
{
	return request_run_beside(request, cancel_fd, NULL, reply, err);
}

int wait_beside(int ms, int cancel_fd, const struct beside *beside)
{
	static const struct beside nothing;
	struct pollfd fds[BESIDE_FDS];
	int64_t until = monotonic_ms() + ms, left;
	while ((left = until - monotonic_ms()) > 0)
		if (wait_once(NULL, fds, 0, (int)left, cancel_fd, beside ? beside : &nothing))
			return 0;
	return 1;
}

int64_t request_read(const struct running *running)
{
	char path[64];
	SCOPED(buf_release) struct buf text = BUF_INIT(4096);
	struct error ignored;
	if (running->carrier != &process_carrier)
		return -1;
	snprintf(path, sizeof path, "/proc/%d/io", (int)running->process.pid);
	if (fd_read_file(AT_FDCWD, path, &text, &ignored) < 0 || strncmp(buf_text(&text), "rchar: ", 7) != 0)
		return -1;
	return strtoll(buf_text(&text) + 7, NULL, 10);
}
