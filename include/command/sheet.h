/* Things of one kind, each with docker's keys, printed as objects or as a template says (command/template.h). */
#ifndef PURSER_COMMAND_SHEET_H
#define PURSER_COMMAND_SHEET_H

#include <stddef.h>

#include "command/command.h"

#define SHEET_FORMATS "table, json (an object a line), or a template of fields: '{{.Name}}', 'table {{.ID}}\\t{{.Name}}'"

/* "Labels" has to be among them where {{.Label …}} is to be known. */
struct sheet_key {
	const char *name, *title; /* what stands over its column; NULL: there are no more */
};

struct sheet {
	const struct sheet_key *keys;
	size_t keys_nr, nr;
	const char **values; /* borrowed texts, row by row; `next` is the first that was not filled */
	size_t next;
};

/* With room for `nr` rows. */
void sheet_make(struct sheet *sheet, const struct sheet_key *keys, size_t nr);
void sheet_release(struct sheet *sheet);
/* The next value, as the keys are in order. */
void sheet_add(struct sheet *sheet, const char *value);

/* One row as JSON, a line. */
void sheet_add_object(const struct sheet *sheet, size_t nr, struct buf *out);

/* The call's template, NULL if its format is another. ERROR_USAGE if it cannot be one with these keys: before anything is asked for. */
int sheet_template(const struct invocation *call, const struct sheet_key *keys, const char **out, struct error *err);
/* NULL: as objects. */
void sheet_print(const struct sheet *sheet, const char *template);

#endif
