/*
 * The config file, $XDG_CONFIG_HOME/purser/config, else ~/.config/purser/config: one setting a line, NAME VALUE, in the grammar of words.h.
 * Names are those of the program's long options, and values are checked as theirs; a flag needs none, and may be on or off. Where a list of
 * words is the value, the rest of the line may be it: podman-args --cgroup-manager cgroupfs.
 */
#ifndef PURSER_COMMAND_CONFIG_H
#define PURSER_COMMAND_CONFIG_H

#include <limits.h>

#include "command/command.h"

struct config {
	char path[PATH_MAX];    /* of the file; "": there is no place for one */
	struct strvec words;    /* private: what `call` borrows from, */
	struct strvec lines;    /* and in which line each of them stands */
	struct strvec aliases;  /* definitions of command/alias.h, from lines as at the prompt: alias NAME='WORDS' */
	struct invocation call; /* the settings, as options given */
};

void config_release(struct config *config);

/* Without a file there are no settings. ERROR_USAGE with the file and the line; another error where there is a file and it cannot be read. */
int config_read(const struct command *program, struct config *out, struct error *err);
/* The number of the line that counts for a setting; "" where there is none. */
const char *config_line(const struct config *config, const char *name);

/* How a value of a setting is spelled as an option's: on and 1 are true, off and 0 are false, of a flag. */
const char *config_spelling(const struct option *option, const char *value);

#endif
