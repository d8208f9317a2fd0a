/*
 * What is to be told to whoever sits at the prompt, gathered: what happens to many containers within a moment is one line. Pure; the table
 * (tracked.h) has one.
 */
#ifndef PURSER_LOGS_NOTICES_H
#define PURSER_LOGS_NOTICES_H

#include <stdint.h>

#include "base/macros.h"
#include "base/strvec.h"

#define NOTICES_MAX 64    /* lines that wait; the oldest give way */
#define NOTICES_APART 3   /* so many of a kind are told one by one */
#define NOTICE_LEN 256    /* bytes of one, its NUL included */
#define NOTICES_NAMED 100 /* names that a line of many may have */

/* X(kind, what "12 containers" did) */
#define NOTICE_KINDS(X)                                                                                                \
	X(OTHER, "") /* never gathered */                                                                              \
	X(EXITED, "exited")                                                                                            \
	X(KILLED, "were killed for memory")                                                                            \
	X(RESTARTED, "exited and were started again")                                                                  \
	X(UNHEALTHY, "are unhealthy")                                                                                  \
	X(HEALTHY, "are healthy again")                                                                                \
	X(BEHIND, "write faster than their logs are stored")                                                           \
	X(CAUGHT_UP, "have all of their logs stored again")                                                            \
	X(GAP, "have gaps in their logs")

enum notice_kind {
#define X(kind, did) NOTICE_##kind,
	NOTICE_KINDS(X)
#undef X
};

/* Several of one kind. */
struct notice {
	enum notice_kind kind;
	size_t nr;
	struct strvec names; /* the first of them, … */
	struct strvec texts; /* … and what is told of each if they are few */
};

struct notices {
	struct notice items[NOTICES_MAX]; /* the oldest first */
	size_t nr;
	int64_t first_ms, last_ms; /* when the first and the last of them came */
	bool stormy;               /* the last ones that were taken were many */
};

void notices_release(struct notices *notices);
/* `name`: as it is among others, "web (3)". */
void notices_add(struct notices *notices, enum notice_kind kind, const char *name, const char *text, int64_t now_ms);
/* How long they are gathered from now on; 0: they are to be told, -1: there are none. */
int notices_wait_ms(const struct notices *notices, int64_t now_ms);
/* Adds them to `lines` and forgets them. Of many so many are named as `cells` cells hold. */
void notices_take(struct notices *notices, size_t cells, struct strvec *lines);

#endif
