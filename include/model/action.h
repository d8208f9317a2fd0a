/*
 * What is asked of a runtime: typed intents that know no runtime. A runtime composes a request from an action.
 */
#ifndef PURSER_MODEL_ACTION_H
#define PURSER_MODEL_ACTION_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/moment.h"
#include "base/strvec.h"
#include "model/container.h"

/* X(verb, what it changes: NOTHING; HERE, a file of this machine; THERE, something that an engine has) */
#define VERBS(X)                                                                                                       \
	X(VERSION, NOTHING)       /* does an engine answer? */                                                         \
	X(IDENTITY, NOTHING)      /* which one? */                                                                     \
	X(INFO, NOTHING)          /* how it is set up */                                                               \
	X(CLIENT, NOTHING)        /* of its CLI: which version; no engine is asked */                                  \
	X(LIST, NOTHING)          /* containers */                                                                     \
	X(IMAGES, NOTHING)                                                                                             \
	X(INSPECT, NOTHING)       /* details of `targets`; several at once */                                          \
	X(CREATE, THERE)          /* `words`: image, command, arguments */                                             \
	X(START, THERE)                                                                                                \
	X(START_ATTACHED, THERE)  /* start, with --attach or --interactive among its options */                        \
	X(STOP, THERE)                                                                                                 \
	X(RESTART, THERE)                                                                                              \
	X(KILL, THERE)                                                                                                 \
	X(PAUSE, THERE)                                                                                                \
	X(UNPAUSE, THERE)                                                                                              \
	X(RENAME, THERE)          /* `words`: the new name */                                                          \
	X(UPDATE, THERE)          /* limits and restart policy of one that exists */                                   \
	X(WAIT, NOTHING)          /* until it has ended */                                                             \
	X(REMOVE, THERE)                                                                                               \
	X(EXEC, THERE)            /* `words`: command, arguments */                                                    \
	X(LIST_FILES, THERE)      /* names in one of its directories: `words` are the program that runs there */        \
	X(ATTACH, THERE)          /* the terminal is handed to one that runs */                                        \
	X(COPY, THERE)            /* into it; `words`: from where, to where */                                         \
	X(COPY_OUT, HERE)         /* out of it; likewise */                                                            \
	X(EXPORT, HERE)           /* its file system, as tar: into a file */                                           \
	X(COMMIT, THERE)          /* `words`: the image's name */                                                      \
	X(DIFF, NOTHING)                                                                                               \
	X(PORT, NOTHING)                                                                                               \
	X(TOP, NOTHING)           /* `words`: options of ps */                                                         \
	X(INSPECT_RAW, NOTHING)   /* as INSPECT, but the engine's own JSON */                                          \
	X(STATS, NOTHING)         /* once */                                                                           \
	X(HEALTH, THERE)          /* its health check is run now */                                                    \
	X(PULL, THERE)                                                                                                 \
	X(PUSH, THERE)                                                                                                 \
	X(TAG, THERE)                                                                                                  \
	X(IMAGE_REMOVE, THERE)                                                                                         \
	X(IMAGE_INSPECT, NOTHING)                                                                                      \
	X(HISTORY, NOTHING)                                                                                            \
	X(SAVE, HERE)             /* it is to become a file */                                                         \
	X(LOAD, THERE)                                                                                                 \
	X(IMPORT, THERE)                                                                                               \
	X(BUILD, THERE)                                                                                                \
	X(NETWORKS, NOTHING)                                                                                           \
	X(NETWORK_CREATE, THERE)                                                                                       \
	X(NETWORK_REMOVE, THERE)                                                                                       \
	X(NETWORK_INSPECT, NOTHING)                                                                                    \
	X(NETWORK_CONNECT, THERE) /* `words`: network, container */                                                    \
	X(NETWORK_DISCONNECT, THERE)                                                                                   \
	X(VOLUMES, NOTHING)                                                                                            \
	X(VOLUME_CREATE, THERE)                                                                                        \
	X(VOLUME_REMOVE, THERE)                                                                                        \
	X(VOLUME_INSPECT, NOTHING)                                                                                     \
	X(THROUGH, THERE)         /* `words`: whatever purser has no command for, with the terminal */                 \
	X(LOGS, NOTHING)          /* as a person reads them, straight to the terminal */                               \
	X(WINDOW, NOTHING)        /* the newest `tail` records, for the collector */                                   \
	X(HINT, NOTHING)          /* nothing, until there is a record younger than `since_at`; over a socket only */   \
	X(EVENTS, NOTHING)        /* what happens to containers, one JSON object a line, without end */

enum verb {
#define X(verb, changes) VERB_##verb,
	VERBS(X)
#undef X
};

#define TAIL_ALL (-1)
#define GRACE_OWN INT_MIN

struct action {
	enum verb verb;
	struct strvec targets; /* containers: full ids where they are known */
	struct strvec options; /* in the spelling docker, nerdctl and podman share: "--filter=name=web" */
	struct strvec words;   /* VERB_CREATE: what follows the options */
	bool on_terminal;      /* its program has the terminal, and shows its progress there */
	bool takes_input;      /* purser's own standard input is its */
	enum window_kind window; /* VERB_WINDOW */
	int64_t tail;          /* VERB_WINDOW: records, or TAIL_ALL */
	int64_t since;         /* VERB_WINDOW, VERB_EVENTS: unix seconds; 0: from the beginning, from now on */
	moment since_at;       /* VERB_HINT */
	int64_t until;         /* VERB_EVENTS: unix seconds; 0: without end */
	int within_ms;         /* VERB_WAIT: it is given up after so long; 0: never */
	bool is_past;          /* VERB_EVENTS: `until` is over */
	bool whole_life;       /* VERB_EVENTS: all that happens to containers, not only what begins, ends or changes their lives */
	int grace_s;           /* VERB_STOP, VERB_RESTART: seconds a container is given to end; negative: all it needs; GRACE_OWN: its own, mostly ten */
};

void action_init(struct action *action, enum verb verb);
void action_release(struct action *action);

enum reach { CHANGES_NOTHING, CHANGES_HERE, CHANGES_THERE };
enum reach verb_changes(enum verb verb);

#endif
