#include "logs/announce.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define RESTED (600 * MOMENT_SECOND) /* who ran so long is not being restarted over and over again */
#define OUTLIVED_MS 1500             /* what was killed in a container and takes it with it has done so by then */

void announce_end(struct follower *follower)
{
	const struct tracked *entry = &follower->entry;
	struct tracked_table *table = follower->collection->table;
	bool is_news = follower->seen_alive || entry->finished >= entry->added_at - MOMENT_SECOND;
	follower->announced_end = entry->finished;
	if (tracked_take_expected_end(table, entry->id) || !is_news || !tracked_announces(table))
		return;
	char among[32] = "";
	if (entry->exit_code)
		snprintf(among, sizeof among, " (%d)", entry->exit_code);
	follower_tell_as(follower, entry->oom_killed ? NOTICE_KILLED : NOTICE_EXITED, among, " exited (%d)%s",
			 entry->exit_code, entry->oom_killed ? ", killed for memory" : "");
}

void announce_restart(struct follower *follower, moment run_before)
{
	const struct tracked *entry = &follower->entry;
	char code[32] = "", times[40] = "";
	if (tracked_take_expected_end(follower->collection->table, entry->id) ||
	    !tracked_announces(follower->collection->table))
		return;
	if (entry->started - run_before > RESTED)
		follower->restarts = 0;
	follower->restarts++;
	if (follower->restarts & (follower->restarts - 1))
		return;
	if (follower->last_exit_code >= 0)
		snprintf(code, sizeof code, " exited (%d) and", follower->last_exit_code);
	if (follower->restarts > 1)
		snprintf(times, sizeof times, ", %d times by now", follower->restarts);
	follower_tell_as(follower, NOTICE_RESTARTED, "", "%s was started again%s", code, times);
}

void announce_health(struct follower *follower, const struct container_detail *detail, bool first)
{
	bool announces = tracked_announces(follower->collection->table),
	     unhealthy = !strcmp(detail->health, "unhealthy");
	if (detail->state != CONTAINER_RUNNING)
		unhealthy = false;
	else if (unhealthy && !follower->unhealthy && !first && announces)
		follower_tell_as(follower, NOTICE_UNHEALTHY, "", " is unhealthy");
	else if (follower->unhealthy && !strcmp(detail->health, "healthy") && announces)
		follower_tell_as(follower, NOTICE_HEALTHY, "", " is healthy again");
	else if (follower->unhealthy && !strcmp(detail->health, "starting"))
		unhealthy = true; /* it was started again: what comes of that is not known yet */
	follower->unhealthy = unhealthy;
}

void announce_killed_inside(struct follower *follower)
{
	bool lives = (STATES_LIVE & (1u << follower->entry.state)) && !follower->inspect_due && !follower->inspecting;
	if (!follower->killed_in_ms || !lives || monotonic_ms() - follower->killed_in_ms < OUTLIVED_MS)
		return;
	follower->killed_in_ms = 0;
	if (tracked_announces(follower->collection->table))
		follower_tell_as(follower, NOTICE_KILLED, "",
				 ": something in it was killed for memory, and it goes on");
}

void announce_arrears(const struct follower *follower, enum arrears_news news)
{
	if (!tracked_announces(follower->collection->table))
		return;
	if (news == ARREARS_BEHIND)
		follower_tell_as(follower, NOTICE_BEHIND, "", ": its log is stored %lld s behind what it writes",
				 (long long)follower->entry.lag_ms / 1000);
	else if (news == ARREARS_CAUGHT_UP)
		follower_tell_as(follower, NOTICE_CAUGHT_UP, "", ": all of its log is stored again");
}
