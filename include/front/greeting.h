/* What a shell says when it starts. */
#ifndef PURSER_FRONT_GREETING_H
#define PURSER_FRONT_GREETING_H

#include "command/session.h"

/* Where logs are kept, in a line; the first time on this account what that is about, in three. Prints them. */
void greet(const struct session *session);

#endif
