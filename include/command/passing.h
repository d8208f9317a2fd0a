/*
 * What runs in a container, with what is typed and shown here. Where it has a terminal the runtime's CLI has ours; where not, every write of the
 * CLI's passes through here: what the container wrote goes on byte for byte, what the CLI says itself becomes an error of ours.
 */
#ifndef PURSER_COMMAND_PASSING_H
#define PURSER_COMMAND_PASSING_H

#include "command/session.h"

/* ERROR_STATUS: it ended with .detail. `passes`: it has no terminal. */
int passing_perform(struct session *session, const struct action *action, bool passes, struct error *err);

/*
 * Starts a container, with --interactive and --detach-keys among `options` as its CLI has them. Returns when it has ended, and what it wrote is stored, or
 * it was left; ERROR_STATUS as above, ERROR_CANCELLED: it had no terminal, was left, and goes on. Otherwise it may not have been started.
 */
int passing_start(struct session *session, const char *id, const struct strvec *options, struct error *err);

/* Before our terminal is given away: whether stdin is one. Nothing is given away in a dry run. */
int passing_check_input(const struct session *session, struct error *err);

#endif
