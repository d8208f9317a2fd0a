/* The manual page purser(1), from the rows and topics, in the macros of man(7). */
#ifndef PURSER_COMMAND_MANPAGE_H
#define PURSER_COMMAND_MANPAGE_H

#include "base/buf.h"
#include "command/command.h"

/* `program` is the row of purser itself; `date` is that of this version: 2026-11-26. */
void manpage(const struct command *program, const char *version, const char *date, struct buf *out);

/* Adds text that roff prints as it is: '.' at the beginning of a line, backslashes, hyphens, quotes, characters beyond ASCII. */
void manpage_add_text(struct buf *out, const char *text);

#endif
