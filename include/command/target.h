/* CONTAINER operands: names, beginnings of ids, patterns → what to act on. */
#ifndef PURSER_COMMAND_TARGET_H
#define PURSER_COMMAND_TARGET_H

#include "command/session.h"

struct targets {
	struct strvec names; /* as they are to be shown: what was typed, or what a pattern found */
	struct strvec ids;   /* as the engine is asked: the full id of a tracked container, else the name itself */
};

void targets_release(struct targets *targets);

/*
 * `states`: only these fit a pattern (STATES_…). A pattern that nothing fits is ERROR_NOT_FOUND. If the command destroys and a
 * pattern was given, the user is asked: ERROR_CANCELLED when the answer is no.
 */
int targets_find(struct session *session, const struct invocation *call, unsigned states, struct targets *out, struct error *err);

/*
 * Calls `act` for each; a failure is printed and the next one follows. Prints the name of each that went well. -1 if any failed, with the
 * last one's error, already printed: *err becomes ERROR_STATUS.
 */
typedef int target_fn(struct session *session, const struct invocation *call, const char *id, const char *name, struct error *err);
int targets_each(struct session *session, const struct invocation *call, const struct targets *targets, target_fn *act,
		 struct error *err);

/* Adds the call's options that the engine is to have, as --name=value, in the order they were given. */
void forward_options(const struct invocation *call, struct strvec *options);

#endif
