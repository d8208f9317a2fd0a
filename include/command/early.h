/* Whether what was just started has ended at once, which no engine says. */
#ifndef PURSER_COMMAND_EARLY_H
#define PURSER_COMMAND_EARLY_H

#include "command/session.h"

/*
 * Looks on until EARLY_MS after `started_ms` (monotonic), or for as long as one look takes where that is longer. ERROR_FAILED with its status and the last lines of its log,
 * as far as they are collected, if it has ended in that time with another status than 0: a job that is done is none.
 */
#define EARLY_MS 50 /* a wrong argument, or a file that is missing, takes a program some milliseconds; a person does not notice so much */
int early_end(struct session *session, const char *id, const char *name, int64_t started_ms, struct error *err);

#endif
