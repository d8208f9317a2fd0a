/*
 * The lines typed, in $XDG_STATE_HOME/purser/history (0600). Shells share it: each line is appended under a lock the moment it is
 * entered, so none is lost. Lines that carry a secret are not kept.
 */
#ifndef PURSER_FRONT_HISTORY_H
#define PURSER_FRONT_HISTORY_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/strvec.h"

#define HISTORY_LINES_MAX 10000

/* Lines kept so far, oldest first. Never fails: without a file there are none. */
void history_read(struct strvec *lines);

/* Appends a line; longer histories are cut to HISTORY_LINES_MAX now and then. */
void history_append(const char *line);

/* Whether a line is to be kept: not empty, not begun with a blank, no password in it. */
bool history_wants(const char *line);

#endif
