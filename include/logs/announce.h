/* What is told of a follower's container, where somebody reads along: once, and not what the shell did itself. */
#ifndef PURSER_LOGS_ANNOUNCE_H
#define PURSER_LOGS_ANNOUNCE_H

#include "logs/follower.h"

void announce_end(struct follower *follower);
/* The run before was not seen to end. Of one that is restarted over and over again the first time is told, the second, the fourth, the eighth … */
void announce_restart(struct follower *follower, moment run_before);
/* That one is not well when it is first seen is no news. */
void announce_health(struct follower *follower, const struct container_detail *detail, bool first);
/* Something in it was killed, and it goes on all the same: otherwise its end would have been seen by now. */
void announce_killed_inside(struct follower *follower);
void announce_arrears(const struct follower *follower, enum arrears_news news);

#endif
