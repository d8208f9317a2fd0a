/*
 * Texts as docker's CLI makes them (28.2: its cli/command/formatter, and go-units), for what comes as values. Results are in `arena`.
 */
#ifndef PURSER_RUNTIME_TEXTS_H
#define PURSER_RUNTIME_TEXTS_H

#include "base/arena.h"
#include "base/moment.h"
#include "base/strvec.h"
#include "model/json.h"

/* strconv.Quote: a command, in quotes. */
const char *text_quoted(const char *text, struct arena *arena);
/* time.Unix(seconds, 0).String(): "2026-11-25 05:41:26 +0000 UTC", in local time */
const char *text_local_time(long long seconds, struct arena *arena);
/* "2 hours": from then to now. A length of time that is too long for 64 bits is the longest there is, as in Go. */
const char *text_length(long long seconds, moment now, struct arena *arena);
/* "2 hours ago" */
const char *text_since(long long seconds, moment now, struct arena *arena);
/* "2.13MB" */
const char *text_human_size(long long bytes, struct arena *arena);
/* "1.805MiB" */
const char *text_memory_size(long long bytes, struct arena *arena);
/* With commas between. */
const char *text_joined(const struct strvec *texts, struct arena *arena);
/* The texts of an array, joined. */
const char *text_of_array(const struct json *array, struct arena *arena);
/* An object of texts as "key=value,…", sorted; without keys that begin with one of `hidden` (NULL-terminated, or NULL). */
const char *text_of_labels(const struct json *object, const char *const *hidden, struct arena *arena);
/* An array of mounts: of each its volume's name, or what it shows of the host. */
const char *text_of_mounts(const struct json *array, struct arena *arena);

#endif
