/* Commands from a file, from standard input, or from a string. */
#ifndef PURSER_FRONT_SCRIPT_H
#define PURSER_FRONT_SCRIPT_H

#include "command/session.h"

/*
 * Reads commands from `fd` and runs each as soon as it is whole (a quote may span lines). `name` is for messages: "FILE:12: …", NULL for
 * none. Returns the exit status.
 */
int script_run(struct session *session, int fd, const char *name);

#endif
