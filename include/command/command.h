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
#include "model/option.h"

struct session;
struct invocation;
struct topic;

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
	COMMAND_DESTROYS = 1 << 0,  /* never abbreviated; a word that stands for several asks first */
	COMMAND_ENDS = 1 << 1,      /* ends what runs: at a prompt a word that stands for several asks first, if it is more than one */
	COMMAND_HARMLESS = 1 << 2,  /* changes nothing that an engine has; all others --readonly refuses */
	COMMAND_COLLECTS = 1 << 3,  /* needs the collector running */
	COMMAND_OFFLINE = 1 << 4,   /* needs no runtime at all */
	COMMAND_HIDDEN = 1 << 5,    /* not in help's list */
	COMMAND_PREFIX = 1 << 6,    /* what follows is a command of its own (podman ps -a); never abbreviated */
	COMMAND_THROUGH = 1 << 7,   /* the runtime's own (through.h): nothing behind its name is purser's; never abbreviated */
	COMMAND_ALIASES = 1 << 8,   /* what it names may begin later lines */
	COMMAND_SOURCES = 1 << 9,   /* its operand is a script */
	COMMAND_PAGES = 1 << 10,    /* what it prints is a text to look through: in the pager where it does not fit the screen */
	COMMAND_PASSES_ON = 1 << 11, /* what it prints is somebody else's, byte for byte: also with --json */
};

struct command {
	const char *name, *alias; /* one word, or two as in "logs verify"; alias: a second name, or NULL */
	const char *summary;      /* one line, no capital, no full stop */
	const char *details;      /* paragraphs for `help NAME`, or NULL */
	const struct option *options;
	const struct option *more_options; /* that other rows have as well: spec_options */
	const struct operand *operands;
	const struct example *examples;
	const char *lacked_by; /* the runtimes that cannot do it: "nerdctl, podman"; NULL: all can */
	const char *const *unsupported; /* names of docker's options for this command that purser refuses by name; NULL ends */
	unsigned flags;
	bool (*passes_on)(const struct invocation *call); /* whether COMMAND_PASSES_ON holds for this call; NULL: as the flag says */
	/* What was given is checked by this as a whole, instead of value by value, before anything is started; it says all that is wrong. NULL: value by value. */
	int (*check)(struct session *session, const struct invocation *call, struct error *err);
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
	const struct command *prefix; /* PARSE_PARTIAL: the runtime that was put before this one; NULL: none */
	/* PARSE_PARTIAL: what the word under the cursor would be */
	bool wants_command;            /* it is the command's name */
	const char *group;             /* it is the second word of a command that begins with this one, which is none; NULL: it is not */
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

struct command_group {
	const char *heading; /* NULL ends the array */
	const struct command *const *commands; /* NULL-terminated */
};

/* The same but for the runtimes' own words, by what people do; each row is in one. (table.c) */
extern const struct command_group command_groups[];

/* By one word: name or alias; with `abbreviate` also by a prefix that fits one row only and nothing that destroys. NULL if none. */
const struct command *command_find(const char *name, bool abbreviate);

/* By two words, as a row is called, or as docker's management commands: "container stop" is stop. NULL if none is called so. */
const struct command *command_find_two(const char *first, const char *second);

/* Adds the words that commands of two words begin with; what may follow one of them. Some may come twice. */
void command_first_words(struct strvec *out);
void command_second_words(const char *first, struct strvec *out);

/* How many words stand before the command that a row of COMMAND_PREFIX takes: its name, and its other operands. */
size_t command_words_before(const struct command *prefix);

/* The options of a row, its own and then those it shares: of NULL the first; NULL is behind the last. */
const struct option *next_option(const struct command *command, const struct option *option);

/*
 * argv → a call. GNU's way as docker does it: options anywhere before a REST operand, --name=value, --name value, -nVALUE, -n
 * VALUE, -abc for flags, -- ends options. Errors are ERROR_USAGE and say which word, and what was meant where one is near.
 */
int command_parse(const struct strvec *argv, enum parse_mode mode, bool abbreviate, struct invocation *out, struct error *err);

/* The same for a row that is known already; argv's first word is not looked at. Nothing is abbreviated. */
int command_parse_as(const struct command *command, const struct strvec *argv, enum parse_mode mode, struct invocation *out,
		     struct error *err);

/* Checks a value of any kind (command/kind.c). `what` is how the option or operand is called in the message. */
int kind_check(enum kind kind, const char *what, const char *value, struct error *err);

/* The closed set of words a kind may have (signals, policies, formats, filter keys), NULL-terminated; NULL where it is open. */
const char *const *kind_words(enum kind kind);

/* Help and documents, all from the rows (manual.c). "run [OPTIONS] [IMAGE] [COMMAND…]": */
void manual_usage(const struct command *command, struct buf *out);
/* `help NAME`: */
void manual_command(const struct command *command, struct buf *out);
/* `help network`: what may follow the first word of commands of two. false: it is none. */
bool manual_group(const char *first, struct buf *out);
/* `help keys`: */
void manual_topic(const struct topic *topic, struct buf *out);
/* `help`: the list, one line each. */
void manual_list(struct buf *out);
/* The commands as a Markdown table: for README.md, a line for each group; for docs/commands.md, one for each command. */
void manual_overview(struct buf *out);
void manual_markdown(struct buf *out);
/* What each runtime can, likewise. (matrix.c) */
void manual_runtimes(struct buf *out);

#endif
