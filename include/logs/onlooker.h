/* What is told of containers that nobody tracks, where all are to be told of: only what events say, as nothing is asked about them. */
#ifndef PURSER_LOGS_ONLOOKER_H
#define PURSER_LOGS_ONLOOKER_H

#include "logs/tracked.h"

#define ONLOOKER_UNWELL_MAX 1000

struct onlooker {
	char killed[CONTAINER_ID_LEN +
		    1];       /* the last one in which something was killed for memory; mostly it ends by that */
	struct strvec unwell; /* ids of those whose health checks fail */
};

void onlooker_release(struct onlooker *onlooker);
void onlooker_happened(struct onlooker *onlooker, struct tracked_table *table, const struct container_event *event);

#endif
