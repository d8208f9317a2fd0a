/*
 * Points in time and lengths of time.
 * A moment is nanoseconds since 1970-01-01T00:00:00Z in an int64_t (1677 to 2262); 0 stands for "never", as
 * engines print the year 1 for it.
 */
#ifndef PURSER_BASE_MOMENT_H
#define PURSER_BASE_MOMENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

typedef int64_t moment;

#define MOMENT_SECOND INT64_C(1000000000)
#define MOMENT_TEXT_LEN 30 /* "2026-11-22T04:03:59.283805114Z" */

moment moment_now(void);

/* Milliseconds on the monotonic clock: for deadlines and intervals, never shown. */
int64_t monotonic_ms(void);

/* Writes exactly MOMENT_TEXT_LEN characters and a NUL: RFC 3339, nine digits, Z. */
void moment_format(moment at, char text[MOMENT_TEXT_LEN + 1]);

/*
 * Reads an RFC 3339 time at the start of `text`: "T" or a blank between date and time, zero to nine digits of fraction, Z or
 * an offset. Returns how many bytes it took, 0 if there is none. (docker and podman print nine digits, nerdctl trims zeros.)
 */
size_t moment_scan(const char *text, size_t len, moment *out);
/* The same for Go's own way to print a time: "2026-11-22 04:03:59.2838 +0100 CET". The zone's name, if there is one, is not taken. */
size_t moment_scan_go(const char *text, size_t len, moment *out);

/*
 * What --since and --until take: RFC 3339 with or without zone (without: local time), a date, unix seconds with an optional
 * fraction, or a length of time before now ("90s", "1h30m", "2d").
 */
int moment_parse_since(const char *text, moment now, moment *out, struct error *err);

/* "1m30s", "250ms", "10" (seconds) to nanoseconds. Units: ns us ms s m h d. */
int duration_parse(const char *text, int64_t *out, struct error *err);

/* "About a minute", "3 hours": a length of time in the words docker uses. `text` gets at most `size` bytes. */
void duration_words(int64_t length, char *text, size_t size);

#endif
