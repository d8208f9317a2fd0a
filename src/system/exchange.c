/*
 * Requests carried out over a unix socket, by libcurl. Each thread has one multi handle, which keeps connections for its next requests;
 * whichever request of the thread is stepped, libcurl moves that one's socket and what its clock says is due.
 */
#include <curl/curl.h>
#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/moment.h"
#include "system/carrier.h"
#include "base/banned.h"

#define HEAD_MAX (64u * 1024) /* bytes of all headers of an answer */
#define READ_SIZE (64L * 1024)
#define LONG_MS 20 /* a stream of records that takes longer is read … */
#define REST_MS 1  /* … with rests: engines write it record by record, and each read would find but one */

struct wire {
	CURLM *multi;
	int64_t due_ms; /* when libcurl's clock wants to be looked at; INT64_MAX: never */
};

static pthread_key_t wire_key;
static pthread_once_t wire_once = PTHREAD_ONCE_INIT;

static void wire_free(void *arg)
{
	struct wire *wire = arg;
	curl_multi_cleanup(wire->multi);
	free(wire);
}

static void wire_prepare(void)
{
	curl_global_init(CURL_GLOBAL_NOTHING); /* no TLS on a unix socket */
	pthread_key_create(&wire_key, wire_free);
}

static int on_timer(CURLM *multi UNUSED, long ms, void *arg)
{
	struct wire *wire = arg;
	/* Never too early: libcurl, finding nothing to do yet, would not tell of the same time again. */
	wire->due_ms = ms < 0 ? INT64_MAX : ms == 0 ? monotonic_ms() : monotonic_ms() + ms + 1;
	return 0;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg UNUSED, void *of_socket UNUSED)
{
	struct running *running = NULL;
	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &running);
	if (!running)
		return 0;
	running->exchange.fd = what == CURL_POLL_REMOVE ? -1 : fd;
	running->exchange.events = (short)((what & CURL_POLL_IN ? POLLIN : 0) | (what & CURL_POLL_OUT ? POLLOUT : 0));
	return 0;
}

/* This thread's. */
static struct wire *wire_here(void)
{
	pthread_once(&wire_once, wire_prepare);
	struct wire *wire = pthread_getspecific(wire_key);
	if (wire)
		return wire;
	wire = xcalloc(1, sizeof *wire);
	wire->due_ms = INT64_MAX;
	wire->multi = curl_multi_init();
	if (!wire->multi) {
		free(wire);
		return NULL;
	}
	curl_multi_setopt(wire->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(wire->multi, CURLMOPT_TIMERDATA, wire);
	curl_multi_setopt(wire->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	pthread_setspecific(wire_key, wire);
	return wire;
}

/* ---- what comes ---- */

static long code_of(const struct exchange *exchange)
{
	long code = 0;
	curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &code);
	return code;
}

static bool is_well(const struct exchange *exchange)
{
	long code = code_of(exchange);
	return code >= 200 && code < 300;
}

static bool header_is(const char *line, size_t len, const char *name)
{
	size_t name_len = strlen(name);
	return len > name_len && line[name_len] == ':' && !strncasecmp(line, name, name_len);
}

/* Less than `len` makes libcurl give up. */
static size_t take_header(char *line, size_t size, size_t nr, void *arg)
{
	struct running *running = arg;
	struct exchange *exchange = &running->exchange;
	size_t len = size * nr;
	exchange->head_bytes += len;
	exchange->marked |= header_is(line, len, running->request->http.mark);
	exchange->has_end |= header_is(line, len, "Content-Length") || header_is(line, len, "Transfer-Encoding");
	return exchange->head_bytes <= HEAD_MAX ? len : 0;
}

static int take_frame(void *arg, enum frame_stream stream, const char *bytes, size_t len, struct error *err UNUSED)
{
	struct running *running = arg;
	if (stream != FRAME_ERROR) {
		running_feed_sink(running, stream == FRAME_STDERR ? REQUEST_ERR : REQUEST_OUT, bytes, len);
		return 0;
	}
	static const char what[] = "error from daemon in stream: ";
	running_take(running, REQUEST_ERR, what, sizeof what - 1);
	running_take(running, REQUEST_ERR, bytes, len);
	running->exchange.broken_by_engine = true;
	return 0;
}

static size_t take_body(char *bytes, size_t size, size_t nr, void *arg)
{
	struct running *running = arg;
	struct exchange *exchange = &running->exchange;
	struct error err;
	size_t len = size * nr;

	if (!exchange->marked)
		return 0;
	if (!is_well(exchange))
		running_take(running, REQUEST_ERR, bytes, len);
	else if (running->request->io != REQUEST_RECORDS)
		running_take(running, REQUEST_OUT, bytes, len);
	else if (frames_feed(&exchange->frames, bytes, len, &err) < 0)
		running_fail(running, &err);
	return running->ending || exchange->broken_by_engine ? 0 : len;
}

/* ---- its life ---- */

/* It names the server, so that a connection to one that is not behind the path any more is not used again. */
static unsigned long long inode_of(const char *path)
{
	struct stat is;
	return stat(path, &is) == 0 ? (unsigned long long)is.st_ino : 0;
}

static int start(struct running *running, struct error *err)
{
	struct exchange *exchange = &running->exchange;
	const struct http *http = &running->request->http;
	struct wire *wire = wire_here();
	struct buf url = BUF_INIT(REQUEST_TARGET_MAX + 64);

	*exchange = (struct exchange){ .easy = curl_easy_init(), .fd = -1, .began_ms = monotonic_ms() };
	frames_init(&exchange->frames, take_frame, running);
	if (!wire || !exchange->easy)
		return error_set(err, ERROR_RUNTIME, "libcurl cannot be used");
	buf_printf(&url, "http://engine-%llu%s", inode_of(http->socket), buf_text(&http->target));
	curl_easy_setopt(exchange->easy, CURLOPT_PRIVATE, running);
	curl_easy_setopt(exchange->easy, CURLOPT_UNIX_SOCKET_PATH, http->socket);
	curl_easy_setopt(exchange->easy, CURLOPT_URL, buf_text(&url));
	curl_easy_setopt(exchange->easy, CURLOPT_PROXY, "");
	curl_easy_setopt(exchange->easy, CURLOPT_PROTOCOLS_STR, "http");
	curl_easy_setopt(exchange->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(exchange->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(exchange->easy, CURLOPT_BUFFERSIZE, READ_SIZE);
	curl_easy_setopt(exchange->easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(exchange->easy, CURLOPT_HEADERDATA, running);
	curl_easy_setopt(exchange->easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(exchange->easy, CURLOPT_WRITEDATA, running);
	buf_release(&url);
	if (curl_multi_add_handle(wire->multi, exchange->easy) != CURLM_OK)
		return error_set(err, ERROR_RUNTIME, "libcurl cannot be used");
	return 0;
}

/* Only a step ends a rest: what is to be polled, and for how long, is asked for one after the other, and the clock goes on in between. */
static bool rests(const struct exchange *exchange)
{
	return exchange->rests_until_ms != 0;
}

static size_t fds_of(const struct running *running, struct pollfd fds[REQUEST_FDS])
{
	const struct exchange *exchange = &running->exchange;
	if (exchange->fd < 0 || rests(exchange))
		return 0;
	fds[0] = (struct pollfd){ .fd = exchange->fd, .events = exchange->events };
	return 1;
}

static int wait_ms(const struct running *running)
{
	int64_t due_ms = wire_here()->due_ms, now_ms = monotonic_ms();
	if (rests(&running->exchange) && running->exchange.rests_until_ms < due_ms)
		due_ms = running->exchange.rests_until_ms;
	if (running->exchange.over || due_ms <= now_ms)
		return 0;
	return due_ms == INT64_MAX ? -1 : (int)(due_ms - now_ms);
}

/* Of this request or another one of the thread. */
static void take_ends(struct wire *wire)
{
	CURLMsg *message;
	int left;
	while ((message = curl_multi_info_read(wire->multi, &left))) {
		struct running *running = NULL;
		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &running);
		running->exchange.over = true;
		running->exchange.outcome = (int)message->data.result;
	}
}

static bool step(struct running *running)
{
	struct exchange *exchange = &running->exchange;
	struct wire *wire = wire_here();
	int64_t now_ms = monotonic_ms();
	int under_way;

	if (exchange->over || running->ending)
		return true;
	if (wire->due_ms <= now_ms) {
		wire->due_ms = INT64_MAX;
		curl_multi_socket_action(wire->multi, CURL_SOCKET_TIMEOUT, 0, &under_way);
	}
	if (now_ms >= exchange->rests_until_ms)
		exchange->rests_until_ms = 0;
	if (exchange->fd >= 0 && !rests(exchange)) {
		curl_multi_socket_action(wire->multi, exchange->fd, 0, &under_way); /* it looks itself what there is */
		if (running->request->io == REQUEST_RECORDS && now_ms - exchange->began_ms > LONG_MS)
			exchange->rests_until_ms = now_ms + REST_MS;
	}
	take_ends(wire);
	return exchange->over || running->ending;
}

/* Nobody need be asked: closing the connection is the end. */
static void end(struct running *running UNUSED)
{
}

static void release(struct running *running)
{
	struct exchange *exchange = &running->exchange;
	struct wire *wire = wire_here();
	if (wire && exchange->easy)
		curl_multi_remove_handle(wire->multi, exchange->easy);
	curl_easy_cleanup(exchange->easy);
	exchange->easy = NULL;
	frames_release(&exchange->frames);
}

/* ---- how it ended ---- */

static int explain_connect(const struct running *running, struct error *err)
{
	const char *program = running->request->argv.items[0], *path = running->request->http.socket;
	struct group group, *found = NULL;
	char words[4096];
	struct stat is;
	long number = 0;

	curl_easy_getinfo(running->exchange.easy, CURLINFO_OS_ERRNO, &number);
	if (number != EACCES && number != EPERM)
		return error_set(err, ERROR_RUNTIME, "%s does not answer at %s: %s (is its engine started?)", program, path,
				 number ? strerror((int)number) : "it cannot be connected to");
	if (stat(path, &is) == 0)
		getgrgid_r(is.st_gid, &group, words, sizeof words, &found);
	if (found)
		return error_set(err, ERROR_RUNTIME, "%s: no permission to use %s (join its group, %s, or use sudo)", program, path,
				 found->gr_name);
	return error_set(err, ERROR_RUNTIME, "%s: no permission to use %s (join the group that owns it, or use sudo)", program, path);
}

static int is_no_engine(const struct running *running, const char *why, struct error *err)
{
	return error_set(err, ERROR_RUNTIME, "%s: what answers at %s is not its engine: %s", running->request->argv.items[0],
			 running->request->http.socket, why);
}

static int broke_off(const struct running *running, const char *why, struct error *err)
{
	return error_set(err, ERROR_RUNTIME, "%s: the answer from %s broke off: %s", running->request->argv.items[0],
			 running->request->http.socket, why);
}

static int result(const struct running *running, struct reply *reply, struct error *err)
{
	const struct exchange *exchange = &running->exchange;
	CURLcode outcome = (CURLcode)exchange->outcome;

	if (outcome == CURLE_COULDNT_CONNECT)
		return explain_connect(running, err);
	if (exchange->head_bytes > HEAD_MAX)
		return is_no_engine(running, "too many headers", err);
	if (outcome == CURLE_GOT_NOTHING || outcome == CURLE_RECV_ERROR || outcome == CURLE_SEND_ERROR)
		return broke_off(running, curl_easy_strerror(outcome), err);
	if (code_of(exchange) == 0)
		return is_no_engine(running, curl_easy_strerror(outcome), err);
	if (!exchange->marked)
		return is_no_engine(running, "another HTTP server does", err);
	reply->code = (int)code_of(exchange);
	reply->status = is_well(exchange) && !exchange->broken_by_engine ? 0 : 1;
	if (exchange->broken_by_engine)
		return 0;
	if (outcome != CURLE_OK)
		return broke_off(running, curl_easy_strerror(outcome), err);
	if (!exchange->has_end && exchange->head_bytes)
		return broke_off(running, "it does not say where it ends", err);
	if (!frames_whole(&exchange->frames))
		return broke_off(running, "in the middle of a record", err);
	return 0;
}

const struct carrier exchange_carrier = {
	.start = start,
	.fds = fds_of,
	.wait_ms = wait_ms,
	.step = step,
	.end = end,
	.force = end,
	.result = result,
	.release = release,
};
