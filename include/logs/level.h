/* How grave a record is, by its own words. Pure. */
#ifndef PURSER_LOGS_LEVEL_H
#define PURSER_LOGS_LEVEL_H

#include <stddef.h>

enum level {
	LEVEL_NONE, /* it does not say */
	LEVEL_DEBUG,
	LEVEL_INFO,
	LEVEL_WARN,
	LEVEL_ERROR,
};

/*
 * What comes first counts, of: klog's head (E1126 16:23:01.123456), a member or pair that is called level, lvl, severity … ("level":"error",
 * "level":50 as pino counts, level=error), a mark in brackets ([E], [error], <warn>), a word in capitals (ERROR), or a line that begins with
 * such a word and a colon (error: …). The beginning of a line is looked at, and of JSON somewhat more.
 */
enum level level_of(const char *bytes, size_t len);

#endif
