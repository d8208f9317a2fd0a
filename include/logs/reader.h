/* Stored records as `logs` shows them: chosen by number and time. */
#ifndef PURSER_LOGS_READER_H
#define PURSER_LOGS_READER_H

#include <sys/types.h>

#include "logs/record.h"

struct selection {
	long long tail; /* records counted from the end, as docker counts them: parts of a long line are records; -1: all */
	moment since;   /* not earlier than; 0: from the beginning */
	moment until;   /* not later than; 0: to the end */
};

/*
 * Hands over the selected records of the first `end` bytes, oldest first. Like docker it counts `tail` first and looks at times
 * then. `end` must be where a record ends: what logfile_open_reading found.
 */
int reader_select(int fd, off_t end, const struct selection *selection, record_fn *each, void *arg, struct error *err);

#endif
