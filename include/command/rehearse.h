/* A script read without running it: all that is known to be wrong before anything runs. */
#ifndef PURSER_COMMAND_REHEARSE_H
#define PURSER_COMMAND_REHEARSE_H

#include "command/session.h"

/* Prints each fault with its line. `name` as interpret_text has it. Returns 0, or 2 where there is any. */
int rehearse_text(struct session *session, const char *name, const char *text, size_t len);

#endif
