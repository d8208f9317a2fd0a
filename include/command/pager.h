/*
 * What does not fit the screen goes through the user's pager, as git does it: only where somebody looks at a terminal, and never what fits.
 *
 * Between pager_begin and pager_end everything that command/output prints on the terminal is held, until it is known to be more than the
 * screen has; from then on the pager has it, and the terminal. A pager that cannot be started is done without.
 */
#ifndef PURSER_COMMAND_PAGER_H
#define PURSER_COMMAND_PAGER_H

#include "command/session.h"

/* Does nothing where nobody is to page, or somebody does already. True: pager_end is to follow. */
bool pager_begin(struct session *session);
/*
 * Returns when the pager has ended. A command that failed because its output was not wanted any more has done what was wanted: `failed` and
 * *err are what it came to, and the result is what that comes to now.
 */
int pager_end(struct session *session, int failed, const struct error *err);

/* What is printed from now on is no text to page through: shows what is held, and holds nothing more. */
void pager_give_up(void);

#endif
