#include "logs/onlooker.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

void onlooker_release(struct onlooker *onlooker)
{
	strvec_release(&onlooker->unwell);
}

static const char *name_of(const struct container_event *event, char shortened[CONTAINER_ID_SHORT + 1])
{
	snprintf(shortened, CONTAINER_ID_SHORT + 1, "%.*s", CONTAINER_ID_SHORT, event->id);
	return *event->name ? event->name : shortened;
}

static void ended(struct onlooker *onlooker, struct tracked_table *table, const struct container_event *event,
		  const char *name)
{
	bool killed = !strcmp(onlooker->killed, event->id);
	char text[NOTICE_LEN], among[NOTICE_LEN];
	onlooker->killed[0] = '\0';
	strvec_drop(&onlooker->unwell, event->id);
	if (tracked_take_expected_end(table, event->id))
		return;
	snprintf(text, sizeof text, "%.200s exited (%d)%s", name, event->exit_code,
		 killed ? ", killed for memory" : "");
	snprintf(among, sizeof among, event->exit_code ? "%.200s (%d)" : "%.200s", name, event->exit_code);
	tracked_tell(table, killed ? NOTICE_KILLED : NOTICE_EXITED, among, text);
}

static void checked(struct onlooker *onlooker, struct tracked_table *table, const struct container_event *event,
		    const char *name)
{
	char text[NOTICE_LEN];
	bool was_unwell = strvec_has(&onlooker->unwell, event->id), unwell = !strcmp(event->detail, "unhealthy");
	if (unwell == was_unwell)
		return;
	if (unwell)
		strvec_push(&onlooker->unwell, event->id);
	else
		strvec_drop(&onlooker->unwell, event->id);
	if (onlooker->unwell.nr > ONLOOKER_UNWELL_MAX)
		strvec_drop(&onlooker->unwell, onlooker->unwell.items[0]);
	snprintf(text, sizeof text, "%.200s %s", name, unwell ? "is unhealthy" : "is healthy again");
	tracked_tell(table, unwell ? NOTICE_UNHEALTHY : NOTICE_HEALTHY, name, text);
}

void onlooker_happened(struct onlooker *onlooker, struct tracked_table *table, const struct container_event *event)
{
	char shortened[CONTAINER_ID_SHORT + 1];
	const char *name = name_of(event, shortened);
	if (event->what == HAPPENED_END)
		ended(onlooker, table, event, name);
	else if (event->what == HAPPENED_HEALTH)
		checked(onlooker, table, event, name);
	else if (event->what == HAPPENED_OOM)
		snprintf(onlooker->killed, sizeof onlooker->killed, "%s", event->id);
}
