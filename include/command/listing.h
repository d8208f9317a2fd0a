/* Candidates as they are shown below a line. Pure. */
#ifndef PURSER_COMMAND_LISTING_H
#define PURSER_COMMAND_LISTING_H

#include "command/complete.h"

/*
 * Adds lines for a terminal of so many columns and rows, of which three stay free: one candidate a line with its note beside it, where all fit
 * so; else the words in columns, as many as there is room for. How old it is what is shown is said where completion found it to be old.
 */
void listing_add(const struct completion *completion, size_t columns, size_t rows, struct buf *out);

#endif
