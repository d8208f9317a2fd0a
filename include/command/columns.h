/* Tables as docker's CLI prints them: a title over each column, cells made safe for a terminal. */
#ifndef PURSER_COMMAND_COLUMNS_H
#define PURSER_COMMAND_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strvec.h"

/*
 * A column of a table; `shrink`: may be cut when the terminal is too narrow, the largest first. `spare`: may be left out when that is not enough, the
 * largest number first; 0: never.
 */
struct column {
	const char *title;
	bool shrink;
	unsigned spare;
};

/*
 * Rows of columns_nr cells each, in `cells` (unsafe text; NULL is ""). Columns are as wide as their content; on a terminal, those that may
 * are cut, or left out, so that a row fits a line. In a pipe nothing is ever cut.
 */
void columns_print(const struct column *columns, size_t columns_nr, const char *const *cells, size_t rows_nr);

/*
 * The same, as safe lines of at most `available` cells; the titles are the first. `widths`, a number for each column, is what they took the last time, 0
 * at first: while a table is drawn anew no column gets narrower, so that what stands in it does not jump.
 */
void columns_lines(const struct column *columns, size_t columns_nr, const char *const *cells, size_t rows_nr,
		   size_t *widths, size_t available, struct strvec *lines);

#endif
