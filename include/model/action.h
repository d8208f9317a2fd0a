/*
 * What is asked of a runtime: typed intents that know no runtime. A runtime composes a request from an action.
 */
#ifndef PURSER_MODEL_ACTION_H
#define PURSER_MODEL_ACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/moment.h"
#include "base/strvec.h"

/* X(verb, changes something) */
#define VERBS(X)                                                                                                       \
	X(VERSION, false)  /* does an engine answer? */                                                                \
	X(IDENTITY, false) /* which one? */                                                                            \
	X(LIST, false)     /* containers */                                                                            \
	X(IMAGES, false)                                                                                               \
	X(INSPECT, false)  /* details of `targets`; several at once */                                                 \
	X(CREATE, true)    /* `words`: image, command, arguments */                                                    \
	X(START, true)                                                                                                 \
	X(ATTACH, true)    /* start with the terminal handed over */                                                   \
	X(STOP, true)                                                                                                  \
	X(RESTART, true)                                                                                               \
	X(KILL, true)                                                                                                  \
	X(REMOVE, true)                                                                                                \
	X(LOGS, false)     /* as a person reads them, straight to the terminal */                                      \
	X(WINDOW, false)   /* the newest `tail` records, for the collector */                                          \
	X(HINT, false)     /* nothing, until there is a record younger than `since_at`; over a socket only */           \
	X(EVENTS, false)   /* what happens to containers, one JSON object a line, without end */

enum verb {
#define X(verb, changes) VERB_##verb,
	VERBS(X)
#undef X
};

#define TAIL_ALL (-1)

struct action {
	enum verb verb;
	struct strvec targets; /* containers: full ids where they are known */
	struct strvec options; /* in the spelling docker, nerdctl and podman share: "--filter=name=web" */
	struct strvec words;   /* VERB_CREATE: what follows the options */
	bool tty;              /* VERB_WINDOW: of a container with a terminal */
	int64_t tail;          /* VERB_WINDOW: records, or TAIL_ALL */
	int64_t since;         /* VERB_WINDOW, VERB_EVENTS: unix seconds; 0: from the beginning, from now on */
	moment since_at;       /* VERB_HINT */
	int64_t until;         /* VERB_EVENTS: unix seconds; 0: without end */
	int grace_s;           /* VERB_STOP, VERB_RESTART: seconds a container is given to end, for the deadline */
};

void action_init(struct action *action, enum verb verb);
void action_release(struct action *action);
bool verb_changes(enum verb verb);
const char *verb_name(enum verb verb);

#endif
