/* Asking before containers go that nobody named one by one. */
#ifndef PURSER_COMMAND_CONSENT_H
#define PURSER_COMMAND_CONSENT_H

#include "command/target.h"

/*
 * At a prompt they are shown, each with its state, as many as the screen has room for, and the rest counted; then "WHAT a b? [y/N]". 0: yes;
 * ERROR_CANCELLED: no; ERROR_USAGE: nobody can be asked.
 */
int consent(struct session *session, const char *what, const struct targets *targets, struct error *err);

/* "rm a b c", or "rm these 40 containers" where so many names would not be read. */
void consent_question(const char *what, const struct targets *targets, struct buf *out);
/* "170 running, 30 exited", in the order of the states. */
void consent_count(const enum container_state *states, size_t nr, struct buf *out);

#endif
