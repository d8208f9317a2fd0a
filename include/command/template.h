/*
 * docker's templates for rows, read piece by piece. Pure. Of Go's templates those pieces are known that are fields: {{.Names}}, {{json .}},
 * {{json .Names}}, {{.Label "tier"}}, and what stands between them, where \t and \n are a tab and a newline. "table " before it makes columns of
 * what tabs divide.
 */
#ifndef PURSER_COMMAND_TEMPLATE_H
#define PURSER_COMMAND_TEMPLATE_H

#include <stddef.h>

struct piece {
	enum {
		PIECE_END,
		PIECE_TEXT,   /* itself; a tab or a newline is one by itself */
		PIECE_VALUE,  /* of this key */
		PIECE_JSON,   /* the same as JSON */
		PIECE_OBJECT, /* all of the row */
		PIECE_LABEL,  /* the value of this label */
		PIECE_UNKNOWN /* not known here: all of it */
	} kind;
	const char *at;
	size_t len;
};

/* What is to be said of each row: behind "table ", or all of it. */
const char *template_rows(const char *template);
/* The piece at *at, which it goes on behind. */
struct piece template_next(const char **at);

#endif
