/* What is shown in grey behind a line: how the last line that began so went on. Pure; the shell draws it. */
#ifndef PURSER_FRONT_SUGGESTION_H
#define PURSER_FRONT_SUGGESTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* How `entry` goes on from `line`; NULL where it does not, or is nothing to be shown in a row: of several lines, or with control characters. */
const char *suggestion_from(const char *entry, const char *line);
/* Bytes of its first word, with the blanks before it. */
size_t suggestion_word_len(const char *rest);
/*
 * Adds as much of it as the row has room for, and returns its cells: 0, and nothing added, where the line does not leave room for any, or
 * is not a single row itself. `prompt` is readline's, in which what takes no room stands between \001 and \002.
 */
size_t suggestion_fit(const char *prompt, const char *line, const char *rest, size_t columns, struct buf *out);

#endif
