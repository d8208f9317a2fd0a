/*
 * Settings are options of the program's own row (program.c): one line each. What counts is, in this order, what `set` said, the command
 * line, the environment (PURSER_LOG_DIR for log-dir), the config file, what other programs go by too (NO_COLOR), the row's `initial`.
 */
#ifndef PURSER_COMMAND_SETTINGS_H
#define PURSER_COMMAND_SETTINGS_H

#include "command/command.h"
#include "command/config.h"
#include "command/output.h"
#include "logs/store.h"

extern const struct command program;

/* In the order of their kind's words, as enum color of output.h. */
enum notify { NOTIFY_ALL, NOTIFY_MINE, NOTIFY_OFF };

enum origin { ORIGIN_DEFAULT, ORIGIN_CUSTOM, ORIGIN_CONFIG, ORIGIN_VARIABLE, ORIGIN_LINE, ORIGIN_SET };

/* All of them, as they are now. Texts are borrowed from the sources. */
struct settings {
	const char *runtime; /* NULL: the first that answers */
	enum origin runtime_by; /* who named it */
	const char *transport; /* NULL: auto */
	const char *log_dir; /* NULL: ./logs if it exists, else $XDG_STATE_HOME/purser/logs */
	struct keeping keeping;
	bool read_engine_files;
	bool keep_going, dry_run, yes, quiet, json;
	enum notify notify;
	const char *prompt; /* a template of prompt.h */
	bool suggest;
	const char *pager;  /* a line of words; "": none */
	unsigned parallel;  /* requests at once, of one command */
	enum color color;
	bool plain;         /* for who hears the screen: nothing is drawn anew, coloured, or put above the line */
	const char *keys;   /* emacs or vi; NULL: as inputrc says */
	unsigned history;   /* entries that are kept; 0: none */
	bool readonly;      /* nothing that an engine has is changed */
};

struct sources {
	const struct invocation *line; /* a call of `program` */
	const struct config *config;
	struct strvec set;             /* "name=value", by settings_set */
};

void sources_release(struct sources *sources);

/* One of them. */
struct setting {
	const struct option *option;
	const char *value; /* NULL: none; of more than one the last */
	enum origin origin;
};

/* The setting of that name; NULL where there is none, with *err, and what was meant where one is near. */
const struct option *setting_option(const char *name, struct error *err);
struct setting setting_find(const struct sources *sources, const struct option *option);
/* Adds what people see: flags as on and off, and of an option that is given many times all values in a line of words. */
void setting_show(const struct sources *sources, const struct setting *setting, struct buf *out);
/* Adds where it comes from: "command line", "PURSER_JSON", "/home/me/.config/purser/config:3", "NO_COLOR", "set", "default". */
void setting_show_origin(const struct sources *sources, const struct setting *setting, struct buf *out);

/* What was made outside of the command line and the config file, which are checked already; and what excludes each other. */
int settings_check(const struct sources *sources, struct error *err);
struct settings settings_read(const struct sources *sources);
/* Makes one, which was checked: settings_read what is to count from then on, as texts of before are gone. */
void settings_set(struct sources *sources, const struct option *option, const char *value);

/* Words for each runtime's CLI (runtime_arguments). */
void settings_take_arguments(const struct sources *sources);
void settings_release_arguments(void);

#endif
