/*
 * What a person or a program sees: the only place that prints results and errors. Text that came from outside is made safe
 * for a terminal here.
 */
#ifndef PURSER_COMMAND_OUTPUT_H
#define PURSER_COMMAND_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/macros.h"

/* One line on stdout, made safe. */
void output_line(const char *format, ...) PRINTF_LIKE(1, 2);
/* Bytes on stdout just as they are: our own text. */
void output_bytes(const struct buf *bytes);
/* "purser: [WHERE: ]TEXT" on stderr, made safe. `where` may be NULL. */
void output_error(const char *where, const struct error *err);
/* The same for what is no error. */
void output_warning(const char *format, ...) PRINTF_LIKE(1, 2);

/* A line on stderr, where that is a terminal, that gives way to the next one and to any message. "" takes it away. */
void output_progress(const char *format, ...) PRINTF_LIKE(1, 2);

/* A column of a table; `shrink`: may be cut when the terminal is too narrow, the largest first. */
struct column {
	const char *title;
	bool shrink;
};

/*
 * Rows of columns_nr cells each, in `cells` (unsafe text; NULL is ""). Columns are as wide as their content; on a terminal, those that may
 * are cut so that a row fits a line. In a pipe nothing is ever cut.
 */
void output_table(const struct column *columns, size_t columns_nr, const char *const *cells, size_t rows_nr);

/* "auto" (on a terminal, unless NO_COLOR is set), "always" or "never"; false for any other word. Messages on stderr are coloured. */
bool output_set_color(const char *when);

/* Whether stdout is a terminal. */
bool output_is_terminal(void);
/* Its width; SIZE_MAX for none. */
size_t output_width(void);
/* Everything printed so far is really written; false if it cannot be (a closed pipe, a full disk). */
bool output_flush(void);

#endif
