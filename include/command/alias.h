/* Aliases: a word that stands for others at the start of a command. Never a command's own name, so none means something else in a script. */
#ifndef PURSER_COMMAND_ALIAS_H
#define PURSER_COMMAND_ALIAS_H

#include "base/error.h"
#include "base/strvec.h"

/* All of them, "NAME=WORDS" each, the words as they are typed. */

/* ERROR_USAGE where it cannot be one. */
int alias_check(const char *definition, struct error *err);
/* Makes one that was checked, instead of another of its name. */
void alias_define(struct strvec *aliases, const char *definition);
/* The whole definition, or NULL. */
const char *alias_find(const struct strvec *aliases, const char *name);
bool alias_drop(struct strvec *aliases, const char *name);

/*
 * Puts what the first word stands for in its place, and again, but each alias once only, so that it ends. The last word stays the last one:
 * with only one word there, of a line that is being typed, call it not.
 */
void alias_expand(const struct strvec *aliases, struct strvec *words);
/* The same of a copy. */
void alias_expanded(const struct strvec *aliases, const struct strvec *words, struct strvec *out);

#endif
