/* Collecting on demand: waiting until what containers wrote is stored, as long as it goes on; how far it is, is told meanwhile. */
#ifndef PURSER_COMMAND_DRAIN_H
#define PURSER_COMMAND_DRAIN_H

#include "command/session.h"

/* Everything up to now from `id`. */
int session_drain(struct session *session, const char *id, struct error *err);
/* The same for every tracked container, side by side; of several failures the last one's error. */
int session_drain_all(struct session *session, struct error *err);
/* That, before purser ends; what is to be removed when it has ended (`run --rm`) gets a second from its start to do so. */
int session_leave(struct session *session, struct error *err);

#endif
