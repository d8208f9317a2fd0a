/* Commands from a file, from standard input, or from a string. */
#ifndef PURSER_FRONT_SCRIPT_H
#define PURSER_FRONT_SCRIPT_H

#include <stddef.h>

#include "command/session.h"

/*
 * Reads commands from `fd` and runs each line as soon as it is whole (a quote may span lines). `name` is for messages: "FILE:12: …", NULL
 * for none. Returns the exit status.
 */
int script_run(struct session *session, int fd, const char *name);

/*
 * How many bytes the first line of `text` is, its newline included: one that begins with ! ends at the first newline, others at the first
 * outside of quotes. 0 if the text ends before that.
 */
size_t script_line_len(const char *text, size_t len);
/* The same of all the whole lines that it begins with. */
size_t script_lines_len(const char *text, size_t len);

#endif
