/* What carries a request out: a program (process.c) or a GET over a socket (exchange.c). Between request.c and these two only. */
#ifndef PURSER_SYSTEM_CARRIER_H
#define PURSER_SYSTEM_CARRIER_H

#include "system/request.h"

struct carrier {
	/* -1: nothing was started. */
	int (*start)(struct running *running, struct error *err);
	size_t (*fds)(const struct running *running, struct pollfd fds[REQUEST_FDS]);
	int (*wait_ms)(const struct running *running); /* -1: only its fds count */
	bool (*step)(struct running *running);         /* moves data; true: it is over */
	/* It is to end: asked to, and later forced to. */
	void (*end)(struct running *running);
	void (*force)(struct running *running);
	/* How a request ended that was not ended by us: reply->status and ->code, or -1. */
	int (*result)(const struct running *running, struct reply *reply, struct error *err);
	void (*release)(struct running *running); /* also behind a start that failed */
};

extern const struct carrier process_carrier, exchange_carrier;

/* For carriers: what came, for the reply or the sink, within their ceilings. */
void running_take(struct running *running, enum request_stream stream, const char *bytes, size_t len);
/* The same, to the sink whatever the request's form. */
void running_feed_sink(struct running *running, enum request_stream stream, const char *bytes, size_t len);
/* It cannot go on, and this is why. */
void running_fail(struct running *running, const struct error *why);

#endif
