/*
 * Whether a log is stored later than it is written, from how old its newest record was when it was stored. Pure.
 *
 * What is read of a log's past is old in any case: only one that was up to date can fall behind. An engine whose clock goes wrong makes all records look old, or
 * young: what counts is how much older they are than they have been.
 */
#ifndef PURSER_LOGS_ARREARS_H
#define PURSER_LOGS_ARREARS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/moment.h"

#define ARREARS_BOUND (30 * MOMENT_SECOND)

struct arrears {
	bool was_up_to_date, behind, known;
	moment least; /* known: the youngest that one was */
};

enum arrears_news { ARREARS_NO_NEWS, ARREARS_BEHIND, ARREARS_CAUGHT_UP };

/* All that there is was stored, and the newest of it was `age` old (may be negative). */
enum arrears_news arrears_stored(struct arrears *arrears, moment age);
/* All that there is was stored before. */
enum arrears_news arrears_nothing_new(struct arrears *arrears);

#endif
