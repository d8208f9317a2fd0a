/* The shell at a terminal: readline by its callback interface, in one poll loop with signals and the collector's news. */
#ifndef PURSER_FRONT_SHELL_H
#define PURSER_FRONT_SHELL_H

#include "command/session.h"

/* Until quit, Ctrl-D, SIGTERM or SIGHUP. Returns the status of the last command. */
int shell_run(struct session *session);

#endif
