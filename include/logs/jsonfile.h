/*
 * One line of docker's json-file driver → a record, the one that `docker logs` gives for it. Pure.
 *
 *   {"log":"line 8\n","stream":"stdout","attrs":{"tag":"web"},"time":"2026-11-22T04:03:59.283805114Z"}
 */
#ifndef PURSER_LOGS_JSONFILE_H
#define PURSER_LOGS_JSONFILE_H

#include "logs/record.h"

#define JSONFILE_LINE_MAX (1024 * 1024) /* docker stores at most 16 KiB of text in one, escaped to six times as much, and attributes */

/*
 * `line` without its newline. Keys in any order, unknown ones are passed over. false: it is no such line (it was torn, or is something
 * else). out->bytes are borrowed from `line`, or from `text` where something had to be unescaped. The ceiling of `text` is to be three times
 * that of the line: each byte that is not UTF-8 becomes U+FFFD.
 */
bool jsonfile_record(const char *line, size_t len, struct buf *text, struct record *out);

#endif
