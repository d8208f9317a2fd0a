/* What the commands called inspect have in common. */
#ifndef PURSER_COMMAND_INSPECTION_H
#define PURSER_COMMAND_INSPECTION_H

#include "base/buf.h"
#include "command/session.h"

/* Adds what is between the brackets of an array, `reply`, to others' members; what is no array adds nothing. */
void members_add(struct buf *members, const struct buf *reply);
/* Prints them as one array. */
void members_print(const struct buf *members);

typedef int inspect_fn(struct session *session, const struct invocation *call, const char *name, const void *arg, struct result *out,
		       struct error *err);
/* Asks for each operand, and prints the answers: as one array, with --format as they are. One that fails is said, and the others go on. */
int inspection(struct session *session, const struct invocation *call, inspect_fn *ask, const void *arg, struct error *err);

#endif
