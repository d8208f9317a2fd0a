/* What a container's state has to do with it that an engine refused. */
#ifndef PURSER_COMMAND_STATE_H
#define PURSER_COMMAND_STATE_H

#include "command/session.h"

/*
 * *err says why the container was refused something that only those in `states` can have done to them: if it is in another one, that becomes
 * ERROR_STATE "it is X, and would have to be NEEDED", whatever the engine made of it. Returns -1.
 */
int state_explain(struct session *session, const char *id, unsigned states, const char *needed, struct error *err);

#endif
