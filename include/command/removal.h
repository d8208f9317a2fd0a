/* Removing containers so that no line of their logs is lost. */
#ifndef PURSER_COMMAND_REMOVAL_H
#define PURSER_COMMAND_REMOVAL_H

#include "command/target.h"

enum removal_says { REMOVAL_SAYS_NAMES, REMOVAL_SAYS_IDS };

/*
 * Each one's log is collected to the end first, if it is collected at all; where that cannot be done the user is asked, and in a script it is not
 * removed. `options` as the engine is to have them; with --force among them all are killed before that. What was removed is printed, by
 * name or by id; that there is none is no error by force. Returns as targets_do.
 */
int removals(struct session *session, const struct invocation *call, struct targets *targets, const struct strvec *options,
	     enum removal_says says, struct error *err);

#endif
