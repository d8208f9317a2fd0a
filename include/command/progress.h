/*
 * What takes long tells how far it is: on a terminal a line that is drawn anew, elsewhere, and in plain mode, a line now and then. Nothing with
 * --quiet, nor of what does not take long.
 */
#ifndef PURSER_COMMAND_PROGRESS_H
#define PURSER_COMMAND_PROGRESS_H

#include <stdint.h>

#include "command/session.h"

struct progress {
	char what[128];
	bool quiet;
	int64_t total; /* bytes; 0: not known */
	/* Private. Monotonic ms. */
	int64_t began_ms, said_ms, marked_ms;
	int64_t marked, speed; /* bytes at the mark, and a second since the one before; -1: not known yet */
};

/* "save web:1" */
void progress_begin(struct progress *progress, const struct session *session, const char *what, int64_t total);
/* So many bytes by now (-1: not known); `note` is added, and may be "". May be called as often as one likes. */
void progress_show(struct progress *progress, int64_t done, const char *note);
/* Takes the line away. */
void progress_end(struct progress *progress);

/* A request that takes long. */
struct work {
	const char *what;
	int64_t total; /* bytes; 0: not known */
	bool counts;   /* what its program reads is what is worked through */
	/* Adds what can be said besides, of what it has printed up to now; NULL: nothing. */
	void (*tell)(const struct buf *printed, struct buf *note);
};

/* As session_perform_to. The call's own --quiet is one, too. Where the program has the terminal, it tells itself. */
int progress_perform(struct session *session, const struct invocation *call, const struct work *work,
		     const struct action *action, request_sink *sink, void *arg, struct result *out, struct error *err);

/* How far something is. */
struct progress_state {
	const char *what, *note;
	int64_t done, total, speed, seconds; /* bytes (-1: not known), bytes a second (-1), since it began */
};

/* "save web:1: 45MB of 100MB, 30MB/s, 2s left", and with `cells` for it a bar before the numbers. Pure. */
void progress_text(const struct progress_state *state, size_t cells, struct buf *out);

#endif
