/*
 * Typed, case-sensitive reading of JSON: the only file with cJSON. A key that is missing or of another type reads as "", 0 or false;
 * unknown keys are ignored. Engines print one value a line or one array: json_parse_rows takes both.
 */
#ifndef PURSER_MODEL_JSON_H
#define PURSER_MODEL_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

struct json; /* one value; belongs to its rows */

struct json_rows {
	const struct json **items; /* objects only */
	size_t nr;
	struct json **roots;       /* private */
	size_t roots_nr;
};

/* ERROR_RUNTIME with the place where it stops being JSON objects. At most 1,000,000 rows. */
int json_parse_rows(const char *bytes, size_t len, struct json_rows *out, struct error *err);
void json_rows_release(struct json_rows *rows);

/* `path` is keys with dots between: "State.ExitCode". Text is copied into `arena`. */
const char *json_text(const struct json *object, const char *path, struct arena *arena);
long long json_number(const struct json *object, const char *path);
bool json_bool(const struct json *object, const char *path);

/*
 * The values of an array or an object, in the order they were written: json_first(json_child(row, "Ports")), then json_next of each
 * until NULL; NULL may be given to all of these. The path "" is the value itself: json_text(item, "", arena). A key is borrowed from its
 * rows, and "" in an array.
 */
const struct json *json_child(const struct json *object, const char *path); /* NULL: no array or object is there */
const struct json *json_first(const struct json *container);
const struct json *json_next(const struct json *item);
const char *json_key(const struct json *item);
bool json_is_list(const struct json *item);
/* A text, a number or a truth value as text ("0.5", "true"); NULL: it is none of them. */
const char *json_scalar(const struct json *item, struct arena *arena);

/* Writing: adds `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD. */
void json_add_text(struct buf *out, const char *text);
void json_add_bytes(struct buf *out, const char *text, size_t len);

#endif
