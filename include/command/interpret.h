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

#define SOURCE_MAX (16u * 1024 * 1024)
/*
 * A script that another one names, at `where` (NULL: at the prompt), `depth` files deep: adds what is in it, and how it is called in messages,
 * "script:3: FILE".
 */
int interpret_read_source(const char *path, unsigned depth, const char *where, struct buf *text, struct buf *name, struct error *err);
/* Runs it. What fails in it is printed; then it is ERROR_STATUS. */
int interpret_source(struct session *session, const char *path, struct error *err);

/* Runs one command given as words, as a part of another: what fails is not printed here. -1 with *err. */
int interpret_inner(struct session *session, const struct strvec *words, struct error *err);
/* Runs one command given as words. Returns its exit status. */
int interpret_words(struct session *session, const char *where, const struct strvec *words);

#endif
