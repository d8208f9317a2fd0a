/*
 * One entry of the machine's journal, as `journalctl --output=json --all` prints it → a record. Pure.
 *
 *   {"__REALTIME_TIMESTAMP":"1795686850036452","PRIORITY":"6","MESSAGE":"hello\\n",…}
 *
 * conmon and nerdctl's logger write stdout with priority 6 and stderr with 3, and a line with its newline. Should a conmon leave that out, it still says
 * CONTAINER_PARTIAL_MESSAGE where there was none; nerdctl's entries have an IMAGE_NAME, and no such word (conmon src/ctr_logging.c, nerdctl
 * pkg/logging/journald_logger.go). A message that is no printable UTF-8 is an array of bytes.
 */
#ifndef PURSER_LOGS_JOURNALD_H
#define PURSER_LOGS_JOURNALD_H

#include "logs/record.h"

/* out->bytes are borrowed from `bytes`. false: it is no such entry. */
bool journald_record(const char *line, size_t len, struct buf *bytes, struct record *out);

#endif
