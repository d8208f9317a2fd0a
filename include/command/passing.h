/*
 * What runs in a container, with what is typed and shown here. Where it has a terminal the runtime's CLI has ours; where not, every write of the
 * CLI's passes through here: what the container wrote goes on byte for byte, what the CLI says itself becomes an error of ours.
 */
#ifndef PURSER_COMMAND_PASSING_H
#define PURSER_COMMAND_PASSING_H

#include "command/session.h"

/* ERROR_STATUS: it ended with .detail. `passes`: it has no terminal. */
int passing_perform(struct session *session, const struct action *action, bool passes, struct error *err);

/* The same for a start, with the options of the CLI's own; returns when the container has ended, or was left, and what it wrote is stored. */
int passing_start(struct session *session, const char *id, const struct strvec *options, bool passes, struct error *err);

/* Before ours is given away: whether stdin is one. */
int passing_check_input(struct error *err);

#endif
