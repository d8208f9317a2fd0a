/*
 * Options of commands and of containers: what they are called, and the kinds of values.
 */
#ifndef PURSER_MODEL_OPTION_H
#define PURSER_MODEL_OPTION_H

#include <stdbool.h>

/*
 * The kind of a value drives both its check and its completion.
 * X(kind, what it is called in messages)
 */
#define KINDS(X)                                                                                                       \
	X(FLAG, "flag value")        /* an option without value; --flag=false switches it off */                       \
	X(TEXT, "text")              /* anything */                                                                    \
	X(WORDS, "list of words")    /* in the grammar of a line (command/words.h) */                                  \
	X(CONTAINER, "container")    /* [RUNTIME:] and a name, an id, or a pattern over known names */                 \
	X(PEER, "container")         /* of the same engine, as it has it: NAME[:MORE] */                               \
	X(SHARED, "mode")            /* of a namespace: container:NAME, or one of the option's words */                \
	X(LOG, "container")          /* whose log is kept, also of one that is gone: [RUNTIME:]NAME[@N] or an id */    \
	X(NAME, "name")              /* a new container's name */                                                      \
	X(IMAGE, "image")            /* a reference */                                                                 \
	X(COMMAND, "command")        /* one of ours */                                                                 \
	X(RUNTIME, "runtime")        /* docker, nerdctl, podman */                                                     \
	X(COUNT, "number")           /* a whole number, 0 or more */                                                   \
	X(TAIL, "number")            /* a whole number, or "all" */                                                    \
	X(RUN, "run")                /* of a container: last, or -N */                                                 \
	X(LOG_NAME, "name of logs")  /* a template of logs/logname.h */                                                \
	X(FILES, "number of files")  /* 2 or more */                                                                   \
	X(SECONDS, "duration")       /* a whole number; -1 for no limit */                                             \
	X(SINCE, "time")             /* what moment_parse_since takes */                                               \
	X(SIGNAL, "signal")          /* TERM, SIGTERM, 15 */                                                           \
	X(PORT, "port")              /* [IP:][HOST:]CONTAINER[/tcp|udp|sctp], ranges as docker */                      \
	X(ENV, "variable")           /* NAME=value, or NAME for the value purser has */                                \
	X(FILE, "file")                                                                                                \
	X(CONTEXT, "path")           /* what an image is built from; or a draft */                                     \
	X(PLACE, "place")            /* [RUNTIME:]CONTAINER:PATH, a path here, or - (command/place.h) */               \
	X(VOLUME, "volume")          /* [SOURCE:]/path[:OPTIONS] */                                                    \
	X(MOUNT, "mount")            /* type=bind,source=…,target=… */                                                 \
	X(NETWORK, "network")                                                                                          \
	X(NETWORK_NAME, "name")      /* a new network's */                                                             \
	X(VOLUME_NAME, "volume")     /* of one that is there */                                                        \
	X(SUBNET, "subnet")          /* 10.1.0.0/16, fd00::/64 */                                                      \
	X(ADDRESS, "address")        /* 10.1.0.1, fd00::1 */                                                           \
	X(LABEL, "label")            /* key[=value] */                                                                 \
	X(SIZE, "size")              /* bytes with b, k, m, g */                                                       \
	X(CPUS, "number")            /* a decimal number over 0 */                                                     \
	X(WEIGHT, "number")          /* a whole number; -1 where that means the engine's own or no limit */            \
	X(DURATION, "duration")      /* 1h2m3.5s, 300ms */                                                             \
	X(SETTING, "setting")        /* key=value */                                                                   \
	X(DEVICE_SIZE, "limit")      /* of a device: /dev/sda:1m */                                                    \
	X(DEVICE_COUNT, "limit")     /* the same, as a whole number: /dev/sda:1000 */                                  \
	X(EXPOSED, "port")           /* CONTAINER[-CONTAINER][/tcp|udp|sctp] */                                        \
	X(RESTART, "restart policy") /* no, always, unless-stopped, on-failure[:N] */                                  \
	X(PULL, "pull policy")       /* always, missing, never */                                                      \
	X(FILTER, "filter")          /* key=value, of containers */                                                    \
	X(IMAGE_FILTER, "filter")    /* the same, of images; of networks; of volumes; of what is pruned */             \
	X(NETWORK_FILTER, "filter")                                                                                    \
	X(VOLUME_FILTER, "filter")                                                                                     \
	X(PRUNE_FILTER, "filter")                                                                                      \
	X(CONDITION, "condition")    /* what is waited for: exited, running, healthy, log TEXT */                      \
	X(OBJECT, "name")            /* of a container, an image, a network or a volume; or an id */                   \
	X(OBJECT_TYPE, "type")       /* container, image, network, volume */                                           \
	X(EVENT_FILTER, "filter")    /* container=, event=, label= */                                                  \
	X(FORMAT, "format")          /* table, json */                                                                 \
	X(TEMPLATE, "format")        /* the same, or a template of rows (command/template.h) */                        \
	X(AS, "form")                /* of a description: run, json */                                                 \
	X(DRAFT, "draft")            /* the name of one */                                                             \
	X(POSITIVE, "number")        /* a whole number, 1 or more */                                                   \
	X(INTERVAL, "interval")      /* seconds, a decimal number from 0.1 to 86400 */                                 \
	X(WHEN, "choice")            /* auto, always, never */                                                         \
	X(PROMPT, "template")        /* of command/prompt.h */                                                         \
	X(WHOSE, "choice")           /* all, mine, off */                                                              \
	X(KEYS, "choice")            /* emacs, vi */                                                                   \
	X(OPTION, "setting")         /* the name of one */                                                             \
	X(VALUE, "value")            /* of the setting that is named before it */                                      \
	X(REST, "argument")          /* operand only: this and all that follow, options included */

enum kind {
#define X(kind, name) KIND_##kind,
	KINDS(X)
#undef X
};

/* Whether an option, of the program's own row, is a setting (command/settings.h), and where that may be made. */
enum scope {
	SCOPE_NONE,  /* it is none */
	SCOPE_START, /* on the command line, in the environment, in the config file */
	SCOPE_LIVE,  /* there, and by `set` at any time */
	SCOPE_LOCK,  /* the same, but what is on stays on */
	SCOPE_CALL,  /* on the command line and by `set`: a script is to mean the same everywhere */
};

struct option {
	const char *name;       /* "tail", without dashes; NULL ends the array */
	char letter;            /* 'n', or 0 */
	enum kind kind;
	const char *value_name; /* in help: "NUMBER"; NULL for a flag */
	const char *help;       /* no capital, no full stop */
	bool many;              /* may be given more than once; otherwise the last one counts */
	bool forward;           /* handed to the engine as --name=value just as it was given */
	const char *lacked_by;  /* the runtimes that do not know it: "nerdctl, podman"; NULL: all do */
	enum scope scope;
	const char *initial;    /* a setting's, where nobody makes it; NULL: nothing */
	const char *const *words; /* what completion offers besides what its kind has; the value may be another. NULL-terminated, or NULL */
	const char *also;       /* another name of docker's for it, that help does not show; NULL: none */
	const char *alone;      /* the flag that its letter means where no value can follow: at the line's end, before another option; NULL: none */
};

/* .words of options that choose among an image's platforms. */
extern const char *const platform_words[];

/* Whether .lacked_by, of an option or of a command's row, has this runtime. */
bool is_lacked(const char *lacked_by, const char *runtime);

#endif
