/* collect: the collector alone, for a service manager or a terminal of its own. */
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "command/drain.h"
#include "command/output.h"
#include "command/rows.h"
#include "command/session.h"
#include "command/target.h"
#include "base/banned.h"

#define PROGRESS_MS 1000

static int track_named(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(targets_release) struct targets targets = { 0 };
	if (targets_find(session, call, STATES_ANY, &targets, err) < 0)
		return -1;
	for (size_t i = 0; i < targets.nr; i++) {
		const struct target *target = &targets.items[i];
		const struct runtime *before = session_turn_to(session, target->runtime);
		int failed = session_track_existing(session, target->id, err);
		session_turn_to(session, before);
		if (failed) {
			target_point_elsewhere(session, target->name, err);
			return error_wrap(err, "%s", target->name);
		}
	}
	return 0;
}

static int track_all(struct session *session, void *arg UNUSED, struct error *err)
{
	struct result result;
	if (session_list(session, &result, err) < 0)
		return -1;
	for (size_t i = 0; i < result.containers.nr; i++)
		session_track(session, result.containers.items[i].id, result.containers.items[i].name, false);
	result_release(&result);
	return 0;
}

/* One that does not answer yet is asked again, by the collector. */
static int want_all(struct session *session, void *arg UNUSED, struct error *err)
{
	const struct runtime *runtime = session_runtime(session, err);
	if (runtime)
		tracked_want_all(session->table, runtime);
	return runtime ? 0 : -1;
}

/* All containers, of the present runtime or of each. */
static int take_all(struct session *session, const struct invocation *call, struct error *err)
{
	if (session_each_runtime(session, invocation_has(call, "all-runtimes"), want_all, NULL, err) < 0)
		return -1;
	if (!invocation_has(call, "once"))
		return 0;
	return session_each_runtime(session, invocation_has(call, "all-runtimes"), track_all, NULL, err);
}

struct totals {
	size_t containers, behind, troubled;
	uint64_t records, gaps;
	int64_t lag_ms; /* the longest of those that write */
};

static struct totals add_up(struct session *session)
{
	struct totals totals = { 0 };
	struct tracked *entries;
	size_t nr = tracked_all(session->table, &entries);
	for (size_t i = 0; i < nr; i++) {
		const struct tracked *entry = &entries[i];
		totals.containers += entry->phase != PHASE_GONE;
		totals.behind += entry->phase == PHASE_BEHIND || entry->phase == PHASE_WAITING;
		totals.troubled += entry->phase == PHASE_TROUBLE || entry->phase == PHASE_OTHER;
		totals.records += entry->fresh;
		totals.gaps += entry->gaps;
		if (entry->phase == PHASE_FOLLOWING && entry->fresh && entry->lag_ms > totals.lag_ms)
			totals.lag_ms = entry->lag_ms;
	}
	free(entries);
	return totals;
}

static void show_progress(struct session *session)
{
	struct totals totals = add_up(session);
	output_progress("containers: %zu, catching up: %zu, in trouble: %zu; records stored: %llu, gaps: %llu, lag: %lld ms",
			totals.containers, totals.behind, totals.troubled, (unsigned long long)totals.records,
			(unsigned long long)totals.gaps, (long long)totals.lag_ms);
}

static void say_totals(struct session *session)
{
	struct totals totals = add_up(session);
	if (!session->settings.quiet)
		output_line("containers: %zu, records stored: %llu, gaps: %llu", totals.containers, (unsigned long long)totals.records,
			    (unsigned long long)totals.gaps);
}

/* Until somebody ends it: that is no failure. */
static void collect_until_told(struct session *session)
{
	struct error told;
	int64_t shown_ms = 0;
	while (session_wait_news(session, PROGRESS_MS, &told) == 0) {
		if (monotonic_ms() - shown_ms < PROGRESS_MS)
			continue;
		shown_ms = monotonic_ms();
		show_progress(session);
	}
	output_progress("%s", "");
	session_take_stop(session);
	session->quit = true;
}

static int run_collect(struct session *session, const struct invocation *call, struct error *err)
{
	bool all = invocation_has(call, "all");
	if (all && call->operands_nr)
		return error_set(err, ERROR_USAGE, "give containers or --all, not both");
	if (invocation_has(call, "all-runtimes") && !all)
		return error_set(err, ERROR_USAGE, "--all-runtimes: goes with --all");
	if (!invocation_has(call, "once"))
		tracked_announce(session->table, ANNOUNCE_MINE);
	if (!session_collect(session))
		return session->settings.dry_run ? 0 : error_set(err, ERROR_FAILED, "no log directory to collect into");
	if (all && take_all(session, call, err) < 0)
		return -1;
	if (track_named(session, call, err) < 0)
		return -1;
	if (!invocation_has(call, "once")) {
		collect_until_told(session);
		return 0;
	}
	if (session_drain_all(session, err) < 0)
		return -1;
	say_totals(session);
	return 0;
}

const struct command cmd_collect = {
	.name = "collect",
	.summary = "collect logs in the foreground, without a shell, until it is told to end",
	.details = "What is tracked already is collected, besides what is named. With --all everything the engine has, and what is started later.\n"
		   "SIGTERM and Ctrl-C end it, with status 0, after what there is was stored. Where another purser collects into the same\n"
		   "directory it waits, and takes over when that is gone.",
	.options =
		(const struct option[]){
			{ "all", 'a', KIND_FLAG, NULL, "all containers, also those that come later" },
			{ "all-runtimes", 0, KIND_FLAG, NULL, "with --all: those of every runtime that is installed" },
			{ "once", 0, KIND_FLAG, NULL, "catch up, and end" },
			{ 0 } },
	.operands =
		(const struct operand[]){ { "CONTAINER", KIND_CONTAINER, 0, 0, .help = TARGET_HELP "; podman:NAME" },
					  { 0 } },
	.examples =
		(const struct example[]){
			{ "collect --all", "for a service manager: purser --log-dir /var/log/purser collect --all" },
			{ "collect --all --all-runtimes", "of docker, nerdctl and podman" },
			{ "collect --once web podman:db", "what those two wrote up to now" },
			{ 0 } },
	.flags = COMMAND_HARMLESS,
	.run = run_collect,
};
