/* Runs what was typed: a line, a script, words. */
#ifndef PURSER_COMMAND_INTERPRET_H
#define PURSER_COMMAND_INTERPRET_H

#include "command/session.h"

/*
 * Runs the commands of some text. Errors are printed. Stops after a failure unless keep_going. `name`, if not NULL, is put before
 * messages with the line's number ("FILE:12: "); the text's first line is number `line`. Returns the exit status: the first
 * failure's, with keep_going the last command's.
 */
int interpret_text(struct session *session, const char *name, unsigned line, const char *text, size_t len);
/* Runs one command given as words. Returns its exit status. */
int interpret_words(struct session *session, const char *where, const struct strvec *words);

#endif
