/* Rows of `inspect` → what a container is, and how its log is kept; pure. */
#ifndef PURSER_RUNTIME_DETAILS_H
#define PURSER_RUNTIME_DETAILS_H

#include "model/json.h"
#include "runtime/dialect.h"

/* Texts are in `arena`. */
void detail_read(const struct dialect *dialect, const struct json *row, struct arena *arena, struct container_detail *out);
/* A time in a row; 0 where there is none. */
moment detail_moment(const struct json *row, const char *path, struct arena *arena);

#endif
