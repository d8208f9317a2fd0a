/*
 * A request: one program run with an argument vector, or the same asked over HTTP. The only way to an engine, and the only place where
 * purser starts a process; no shell is involved.
 *
 * The life of a request that is a program
 *  1. request_start makes the channels (close-on-exec from birth) and spawns argv[0], looked up in PATH, with stdin from /dev/null
 *     (or purser's, if it takes input),
 *     in a process group of its own, with no signal blocked and every signal at its default. A program that is not there
 *     is ERROR_NO_PROGRAM, one that may not run ERROR_NOT_EXECUTABLE: told apart from a program that exits with 127.
 *  2. The caller polls the fds of request_fds together with whatever else it waits for, at most request_wait_ms long, and then
 *     calls request_step, which moves what is there into the reply or the sink. Neither pipe can block the other.
 *  3. The end is the end of the process (a pidfd), not of the pipes: a grandchild that keeps a pipe open is not waited for.
 *     What is still in the channels then is read before the request is done.
 *  4. Past the deadline, when nothing came for too long, past a ceiling, when a sink fails or on request_stop, the whole process group gets SIGTERM, and SIGKILL
 *     after REQUEST_GRACE_MS. The request is done when the process is reaped; the error says why it was ended.
 *  5. request_finish gives the result: 0 and a reply with the exit status if the program ended by itself with any status; -1
 *     with ERROR_TIMEOUT, ERROR_CANCELLED, ERROR_RUNTIME (ceiling), ERROR_SIGNALLED, or the sink's own error.
 *
 *
 * A request that has an HTTP form as well is made over its socket, with the same calls, deadlines and ceilings. The body of an answer 2xx
 * is what a program would have printed on stdout, with status 0; that of another is stderr's, with status 1. It has ended well only
 * if its own end came: what broke off, what is no HTTP, and what lacks the mark of the right kind of server, is ERROR_RUNTIME. Where that happens
 * before the sink got anything, and the program may stand in, the program is run instead, once, within the same deadline.
 *
 * request_run does all of that for a caller with nothing else to wait for. Who starts a request finishes it, in the same thread.
 */
#ifndef PURSER_SYSTEM_REQUEST_H
#define PURSER_SYSTEM_REQUEST_H

#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/strvec.h"
#include "system/frames.h"

#define REQUEST_GRACE_MS 2000
#define REQUEST_FDS 3
#define REQUEST_REPLY_MAX (64u * 1024 * 1024) /* bytes of each of stdout and stderr that a captured reply may have */
#define REQUEST_TARGET_MAX (64u * 1024)       /* bytes of an HTTP path with its query */
#define REQUEST_ERRORS_MAX (64u * 1024)       /* bytes of stderr kept of a streamed request: the newest */

enum request_stream { REQUEST_OUT = 1, REQUEST_ERR = 2 };

/* Takes what the program printed. `bytes` are the sink's for the call only. -1 with *err ends the request. */
typedef int request_sink(void *arg, enum request_stream stream, const char *bytes, size_t len, struct error *err);

enum request_io {
	/* stdout and stderr through pipes into the reply. */
	REQUEST_CAPTURE,
	/* stdout through a pipe to the sink, in pieces of any size; stderr into the reply. */
	REQUEST_STREAM,
	/*
	 * Over HTTP: docker's frames, each one call of the sink. Of a program:
	 * stdout and stderr as two datagram sockets connected to one receiver: each write(2) of the program reaches the sink as one call,
	 * in the order of the writes, with the stream it went to. Go programs write their records unbuffered, so docker's, nerdctl's and
	 * podman's `logs` deliver exact record boundaries and the true order of both streams, which pipes lose. A write over
	 * REQUEST_RECORD_MAX fails in the program (EMSGSIZE).
	 */
	REQUEST_RECORDS,
	/*
	 * The program has purser's own stdin and stdout, and its process group: it is in the foreground of the terminal. Its stderr is purser's
	 * too, or goes into the reply.
	 */
	REQUEST_TERMINAL,
};

#define REQUEST_RECORD_MAX (208u * 1024) /* Linux's default net.core.wmem_max */

/* A GET over a unix socket. */
struct http {
	const char *socket; /* its path, borrowed; NULL: there is no such way, the program is run */
	struct buf target;  /* path and query, percent-encoded */
	const char *mark;   /* the header that every answer of the right kind of server has */
	bool program_stands_in;
};

struct request {
	struct strvec argv;
	struct strvec
		variables; /* "NAME=VALUE": what is in the program's environment besides, for names that are not there yet */
	struct http http;
	enum request_io io;
	int input; /* REQUEST_TERMINAL: what is its stdin, a descriptor above 2 of the caller's; 0: purser's own */
	bool no_input;      /* REQUEST_TERMINAL: its stdin is /dev/null all the same */
	bool takes_input;   /* its stdin is purser's own, which is no terminal unless it is in the foreground; otherwise /dev/null, of a REQUEST_TERMINAL purser's always */
	bool foreground;    /* it is in purser's own process group, as REQUEST_TERMINAL always is: it may read the terminal, and gets its Ctrl-C */
	bool keeps_words;   /* REQUEST_TERMINAL: stderr, where the program itself speaks, into the reply */
	bool ends_by_kill;  /* a SIGTERM would be handed on to a container */
	int timeout_ms;     /* from start to end; 0: no deadline */
	int stall_ms;       /* for so long nothing may come; 0: it may take its time */
	size_t reply_max;   /* REQUEST_CAPTURE: ceiling; 0: REQUEST_REPLY_MAX */
	request_sink *sink; /* REQUEST_STREAM, REQUEST_RECORDS */
	void *sink_arg;
};

void request_init(struct request *request);
void request_release(struct request *request);

/* Where in PATH `program` is to be found; false, and "", if nowhere. */
bool program_find(const char *program, char path[PATH_MAX]);
bool program_installed(const char *program);

struct reply {
	int status; /* as $?: 0..255 */
	int code;   /* of HTTP; 0: a program answered */
	struct buf out, err;
};

void reply_init(struct reply *reply);
void reply_release(struct reply *reply);

/* A program under way. */
struct process {
	pid_t pid;
	int pidfd, out, err; /* REQUEST_RECORDS: `out` is the receiver of both */
	struct sender {
		unsigned char address[112];
		size_t len;
	} out_sender, err_sender;
	char *records;
	int wait_status;
};

/* A GET under way. */
struct exchange {
	void *easy; /* libcurl's */
	int fd;     /* of its connection; -1: none */
	short events;
	int64_t began_ms, rests_until_ms;
	bool over;
	int outcome;       /* libcurl's, when it is over */
	size_t head_bytes; /* of the answer */
	bool marked, has_end;
	struct frames frames;
	bool broken_by_engine; /* with an error in the middle of its frames */
};

/* A request under way. Private but for its size. */
struct running {
	const struct request *request;
	const struct carrier *carrier;
	union {
		struct process process;
		struct exchange exchange;
	};
	int64_t deadline, stalled_at, kill_at; /* monotonic ms; INT64_MAX: never */
	bool done, ending;
	bool sink_fed;
	struct error why; /* why it is being ended */
	struct reply reply;
};

/* `request` stays the caller's and must outlive the running one. */
int request_start(struct running *running, const struct request *request, struct error *err);
size_t request_fds(const struct running *running, struct pollfd fds[REQUEST_FDS]);
int request_wait_ms(const struct running *running); /* -1: as long as you like */
/* Moves data, looks at the clock, reaps. Returns true when the request is done. Never blocks. */
bool request_step(struct running *running);
/* Ends it early; go on with poll and request_step until it is done. */
void request_stop(struct running *running, enum error_kind kind, const char *why);
/* For REQUEST_RECORDS, whose streams carry both records and the program's own words: what the sink's owner found to be the latter. */
void request_add_words(struct running *running, const char *bytes, size_t len);
/* Only when done. Hands over the reply (release it in either case) and frees everything else. */
int request_finish(struct running *running, struct reply *reply, struct error *err);

/*
 * The whole life. `cancel_fd` becoming readable cancels (it is not read); -1 for none. Of a REQUEST_TERMINAL Ctrl-C is the program's own.
 */
int request_run(const struct request *request, int cancel_fd, struct reply *reply, struct error *err);

/*
 * Something else to be done meanwhile, for a caller who waits: `serve` is called when one of `fds` (-1: none) has something to be read, and every `every_ms`. true
 * cancels, as cancel_fd does. `running` is what is waited for; NULL: only time is.
 */
struct beside {
	int fds[2];
	int every_ms;
	bool (*serve)(void *arg, const struct running *running);
	void *arg;
};

/* The same with `beside` served, which may be NULL. */
int request_run_beside(const struct request *request, int cancel_fd, const struct beside *beside, struct reply *reply,
		       struct error *err);
/* Waits `ms`. 1: so long passed, or `cancel_fd` (not read), or `beside`, ended it: 0. */
int wait_beside(int ms, int cancel_fd, const struct beside *beside);

/* Bytes that the program has read up to now, from wherever, as the kernel counts them; -1: not known, or it is no program. */
int64_t request_read(const struct running *running);

#endif
