/* The last result: the containers that a session's last command listed, made or acted on. What `-` stands for. */
#ifndef PURSER_COMMAND_LAST_H
#define PURSER_COMMAND_LAST_H

#include "command/target.h"

/* From now on it is these, also if they are none; with --dry-run it stays. Names are kept without a runtime before them. */
void last_set(struct session *session, const struct targets *targets);
void last_set_one(struct session *session, const char *name, const char *id);
/* One that was removed is no part of it any more. */
void last_drop(struct session *session, const char *id);
/* ERROR_NOT_FOUND: there is no last result, or nothing is left of it. */
int last_add_to(struct session *session, struct targets *out, struct error *err);
void last_release(struct session *session);

#endif
