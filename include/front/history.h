/*
 * The commands typed, in $XDG_STATE_HOME/purser/history (0600), one an entry. Shells share the file: each entry is appended under a
 * lock the moment it is entered, so none is lost. Entries that carry a secret are not kept.
 *
 * An entry is a line; the further lines of one with a newline in it (within quotes) begin with a tab, which the first line never does.
 */
#ifndef PURSER_FRONT_HISTORY_H
#define PURSER_FRONT_HISTORY_H

#include <stdbool.h>

#include "base/strvec.h"

/* The newest entries, oldest first; a file that grew well over `max` is cut back to it. Never fails: without a file there are none. */
void history_read(struct strvec *entries, size_t max);

/* Appends an entry that history_wants, unless it is the last one there already. */
void history_append(const char *entry);

/* Whether an entry is to be kept: not empty, not begun with a blank, no secret in it as far as can be told. */
bool history_wants(const char *entry);

#endif
