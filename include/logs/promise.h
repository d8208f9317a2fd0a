/* How logs of a form are read, and what is promised of them: in words, for people. */
#ifndef PURSER_LOGS_PROMISE_H
#define PURSER_LOGS_PROMISE_H

#include "model/container.h"

struct promise {
	const char *short_way; /* "its files": for a table */
	const char *way;       /* what is read, … */
	const char *otherwise; /* … and what instead of files that cannot be read; NULL: it is none of files */
	const char *promised;
};

const struct promise *promise_of(enum log_form form);

#endif
