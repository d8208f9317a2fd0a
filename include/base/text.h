/*
 * Text for people. What comes from containers and engines is data: control characters are made visible before they
 * reach a terminal, and columns are measured in cells, not bytes.
 */
#ifndef PURSER_BASE_TEXT_H
#define PURSER_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * Adds `bytes` so that a terminal can only print them, and takes as many cells as text_cells says: C0 controls as ^X, DEL as ^?; C1
 * controls, direction marks, line separators, other characters that are not seen, and bytes that are not UTF-8 as \xHH; joiners are left
 * out (base/glyph.h). A tab becomes a blank. Newlines are kept only with `keep_newlines`.
 */
void text_add_safe(struct buf *out, const char *bytes, size_t len, bool keep_newlines);

/* How many bytes at the end are the beginning of a character whose other bytes may follow. */
size_t text_unfinished(const char *bytes, size_t len);

/* Terminal cells that `text` (already safe) takes; colours (base/sgr.h) take none. */
size_t text_cells(const char *text);

/*
 * How many rows of so many cells a terminal takes for `bytes`, the begun last one included, counted to `max`. A newline begins a row, a tab
 * goes to the next eighth cell.
 */
size_t text_rows(const char *bytes, size_t len, size_t columns, size_t max);

/* Adds `text` (already safe) cut to `cells` with "…" at the end if it was longer, and padded to `cells` if `pad`. */
void text_add_cells(struct buf *out, const char *text, size_t cells, bool pad);

/* Whether `text` fits a pattern of literal characters, `*` and `?`. */
bool text_matches(const char *pattern, const char *text);
bool text_is_pattern(const char *text);

/* How many newlines there are. */
unsigned text_lines(const char *bytes, size_t len);

/* How many edits make `a` into `b`, at most 99: for "did you mean". */
size_t text_distance(const char *a, const char *b);

/* The nearest of the NULL-terminated `words`, or NULL if none is near enough to be what was meant. */
const char *text_nearest(const char *typed, const char *const *words);

/* "10m", "1.5g", "64 KiB": bytes, with units of `thousand` (1000 or 1024). false: it is no such size. */
bool text_size(const char *text, unsigned thousand, int64_t *out);

/*
 * A hash of bytes, eight at a time, for identity, not for secrets. Start with TEXT_HASH_START; what is hashed in two pieces has another hash
 * than the whole.
 */
#define TEXT_HASH_START 14695981039346656037ULL
unsigned long long text_hash(unsigned long long hash, const void *bytes, size_t len);

#endif
