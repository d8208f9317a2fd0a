/* From what a CLI says, or an engine over its socket, when it refuses: what kind of error that is, in its own words. */
#ifndef PURSER_RUNTIME_REFUSAL_H
#define PURSER_RUNTIME_REFUSAL_H

#include "runtime/runtime.h"

/*
 * Fills *err and returns -1. Its subject is the action's first target, else its first word. Without the advice that a CLI adds, and without
 * its warnings, unless there is nothing else.
 */
int refusal_read(const struct runtime *self, const struct action *action, const struct reply *reply, struct error *err);

/*
 * The same of VERB_EXEC, VERB_ATTACH and VERB_START_ATTACHED, where the status may be that of what runs in the container: then it is ERROR_STATUS. 0: the user left
 * it. `reply->err` is what the CLI itself said.
 */
int refusal_of_inner(const struct runtime *self, const struct action *action, const struct reply *reply, struct error *err);

#endif
