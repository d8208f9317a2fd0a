/*
 * A line as typed → words. Pure.
 *
 * '…' keeps everything, "…" keeps everything but \", \\, \$ and \`, a backslash keeps the next character, # at the start of a word
 * begins a comment, ; and newline end a command. Nothing is expanded: $ and ` are characters like others. A backslash before
 * a newline joins the lines; a carriage return counts as a blank, so files from elsewhere work.
 */
#ifndef PURSER_COMMAND_WORDS_H
#define PURSER_COMMAND_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strvec.h"

#define WORDS_LINE_MAX (1024 * 1024) /* bytes of one command; a longer one is refused */

enum words_mode {
	WORDS_WHOLE,   /* an open quote is an error */
	WORDS_PARTIAL, /* the end of the line is where the cursor is: an open quote ends there */
};

struct words {
	struct strvec argv;
	size_t consumed;     /* bytes of the line this command took, its ; or newline with it */
	bool ended;          /* by ; or newline: with WORDS_PARTIAL the cursor is in a later command */
	/* WORDS_PARTIAL and not ended: the word under the cursor, argv's last. "" after a blank; argv.nr is 0 in a comment */
	size_t last_start;   /* where in the line it starts, its opening quote included */
	char open_quote;     /* ' or " if the cursor is inside one, else 0 */
	bool escaped;        /* quotes or backslashes occur in it */
};

void words_release(struct words *words);

/*
 * Splits the first command of `line`: call again behind `consumed` for the next. A comment or an empty command gives
 * argv.nr == 0. Errors (ERROR_USAGE): an unbalanced quote or a last backslash, with its column (1 is the first byte); a NUL
 * byte; a command over WORDS_LINE_MAX.
 */
int words_split(const char *line, size_t len, enum words_mode mode, struct words *out, struct error *err);

#endif
