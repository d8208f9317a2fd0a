/*
 * Commands are rows. One row is the only description of a command: parsing, help, completion, README's list and the tests read
 * it; the dispatcher knows no command by name. A new command is a new row in table.c and its run function.
 */
#ifndef PURSER_COMMAND_COMMAND_H
#define PURSER_COMMAND_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strvec.h"

struct session;
struct invocation;

/*
 * The kind of a value drives both its check and its completion.
 * X(kind, what it is called in messages)
 */
#define KINDS(X)                                                                                                       \
	X(FLAG, "flag value")        /* an option without value; --flag=false switches it off */                       \
	X(TEXT, "text")              /* anything */                                                                    \
	X(CONTAINER, "container")    /* a name, an id, or a pattern over known names */                                \
	X(LOG, "container")          /* whose log is kept, also of one that is gone: NAME[@N] or an id */              \
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
	X(VOLUME, "volume")          /* [SOURCE:]/path[:OPTIONS] */                                                    \
	X(MOUNT, "mount")            /* type=bind,source=…,target=… */                                                 \
	X(NETWORK, "network")                                                                                          \
	X(LABEL, "label")            /* key[=value] */                                                                 \
	X(SIZE, "size")              /* bytes with b, k, m, g */                                                       \
	X(CPUS, "number")            /* a decimal number over 0 */                                                     \
	X(RESTART, "restart policy") /* no, always, unless-stopped, on-failure[:N] */                                  \
	X(PULL, "pull policy")       /* always, missing, never */                                                      \
	X(FILTER, "filter")          /* key=value */                                                                   \
	X(FORMAT, "format")          /* table, json */                                                                 \
	X(REST, "argument")          /* operand only: this and all that follow, options included */

enum kind {
#define X(kind, name) KIND_##kind,
	KINDS(X)
#undef X
};

struct option {
	const char *name;       /* "tail", without dashes; NULL ends the array */
	char letter;            /* 'n', or 0 */
	enum kind kind;
	const char *value_name; /* in help: "NUMBER"; NULL for a flag */
	const char *help;       /* no capital, no full stop */
	bool many;              /* may be given more than once; otherwise the last one counts */
	bool forward;           /* handed to the engine as --name=value just as it was given */
};

struct operand {
	const char *name; /* "CONTAINER"; NULL ends the array */
	enum kind kind;
	unsigned min, max;   /* how many; max 0: any number */
	unsigned states;     /* KIND_CONTAINER: the states completion offers (STATES_… of model/container.h); 0: any */
	const char *help;
};

struct example {
	const char *line, *effect; /* line: as typed at the prompt; NULL ends the array */
};

enum command_flag {
	COMMAND_DESTROYS = 1 << 0, /* never abbreviated; a pattern asks first */
	COMMAND_COLLECTS = 1 << 1, /* needs the collector running */
	COMMAND_OFFLINE = 1 << 2,  /* needs no runtime at all */
	COMMAND_HIDDEN = 1 << 3,   /* not in help's list */
};

struct command {
	const char *name, *alias; /* one word, or two as in "logs verify"; alias: a second name, or NULL */
	const char *summary;      /* one line, no capital, no full stop */
	const char *details;      /* paragraphs for `help NAME`, or NULL */
	const struct option *options;
	const struct operand *operands;
	const struct example *examples;
	const char *const *unsupported; /* names of docker's options for this command that purser refuses by name; NULL ends */
	unsigned flags;
	/* 0, or -1 with *err. What it prints goes through session's output. */
	int (*run)(struct session *session, const struct invocation *call, struct error *err);
};

#define GIVEN_MAX 256 /* options in one call */

struct given {
	const struct option *option;
	const char *value; /* "true" or "false" for a flag */
};

/* One call of a command. Strings are borrowed from the words that were parsed. */
struct invocation {
	const struct command *command;
	struct given given[GIVEN_MAX];
	size_t given_nr;
	char *const *operands; /* operands_nr of them, NULL-terminated; stays valid as long as argv does */
	size_t operands_nr;
	struct strvec words; /* private: what operands points to */
	bool help;           /* -h or --help was met: nothing behind it was parsed, no operand is missed */
	/* PARSE_PARTIAL: what the word under the cursor would be */
	bool wants_command;            /* it is the command's name */
	bool wants_option;             /* it starts with a dash: an option's name */
	const struct option *awaited;  /* it is this option's value … */
	const char *awaited_prefix;    /* … as far as typed ("" if nothing), behind --name= where it is written so */
	const struct operand *next;    /* it is this operand */
};

void invocation_release(struct invocation *call);
bool invocation_has(const struct invocation *call, const char *option);
/* The last value given for `option`, or NULL. */
const char *invocation_value(const struct invocation *call, const char *option);

enum parse_mode {
	PARSE_WHOLE,   /* checks everything */
	PARSE_PARTIAL, /* the last word of argv is under the cursor: says what it would be; checks nothing */
};

/* The rows, NULL-terminated, in the order of help. (table.c) */
extern const struct command *const commands[];

/* By one word: name or alias; with `abbreviate` also by a prefix that fits one row only and nothing that destroys. NULL if none. */
const struct command *command_find(const char *name, bool abbreviate);

/* By two words; NULL if none is called so. */
const struct command *command_find_two(const char *first, const char *second);

/*
 * argv → a call. GNU's way as docker does it: options anywhere before a REST operand, --name=value, --name value, -nVALUE, -n
 * VALUE, -abc for flags, -- ends options. Errors are ERROR_USAGE and say which word, and what was meant where one is near.
 */
int command_parse(const struct strvec *argv, enum parse_mode mode, bool abbreviate, struct invocation *out, struct error *err);

/* The same for a row that is known already; argv's first word is not looked at. Nothing is abbreviated. */
int command_parse_as(const struct command *command, const struct strvec *argv, struct invocation *out, struct error *err);

/* Checks a value (command/kind.c). `what` is how the option or operand is called in the message. */
int kind_check(enum kind kind, const char *what, const char *value, struct error *err);

/* The closed set of words a kind may have (signals, policies, formats, filter keys), NULL-terminated; NULL where it is open. */
const char *const *kind_words(enum kind kind);

/* Help and documents, all from the rows (manual.c). `help NAME`: */
void manual_command(const struct command *command, struct buf *out);
/* `help`: the list, one line each. */
void manual_list(struct buf *out);
/* The command list of README.md, as a Markdown table. */
void manual_markdown(struct buf *out);

#endif
