/* start, stop, restart, rm: one request a container, one line a container. */
#include <stdlib.h>
#include <string.h>

#include "command/output.h"
#include "command/rows.h"
#include "command/session.h"
#include "command/target.h"
#include "base/banned.h"

/* What was done to it changed its state: the collector is to look. */
static int request_for(struct session *session, const struct invocation *call, enum verb verb, const char *id, struct error *err)
{
	struct action action;
	struct result result;
	const char *grace = invocation_value(call, "time");

	action_init(&action, verb);
	forward_options(call, &action.options);
	if (grace) {
		/* --time in docker before 28, --timeout since: the letter is what all have. */
		action.grace_s = (int)strtol(grace, NULL, 10);
		strvec_push_all(&action.options, "-t", grace, NULL);
	}
	strvec_push(&action.targets, id);
	int failed = session_perform(session, &action, &result, err);
	action_release(&action);
	if (!failed)
		result_release(&result);
	if (verb != VERB_REMOVE)
		tracked_ask_drain(session->table, id);
	return failed;
}

static int each_target(struct session *session, const struct invocation *call, unsigned states, target_fn *act, struct error *err)
{
	SCOPED(targets_release) struct targets targets = { 0 };
	if (targets_find(session, call, states, &targets, err) < 0)
		return -1;
	return targets_each(session, call, &targets, act, err);
}

/* Whoever is started here is collected: also what was made outside. */
static int start_one(struct session *session, const struct invocation *call, const char *id, const char *name UNUSED,
		     struct error *err)
{
	if (session_track_existing(session, id, err) < 0)
		return -1;
	return request_for(session, call, VERB_START, id, err);
}

static int stop_one(struct session *session, const struct invocation *call, const char *id, const char *name UNUSED,
		    struct error *err)
{
	tracked_expect_end(session->table, id);
	return request_for(session, call, VERB_STOP, id, err);
}

static int restart_one(struct session *session, const struct invocation *call, const char *id, const char *name UNUSED,
		       struct error *err)
{
	if (session_track_existing(session, id, err) < 0)
		return -1;
	tracked_expect_end(session->table, id);
	return request_for(session, call, VERB_RESTART, id, err);
}

static int run_start(struct session *session, const struct invocation *call, struct error *err)
{
	return each_target(session, call, STATES_ENDED, start_one, err);
}

static int run_stop(struct session *session, const struct invocation *call, struct error *err)
{
	return each_target(session, call, STATES_LIVE, stop_one, err);
}

static int run_restart(struct session *session, const struct invocation *call, struct error *err)
{
	return each_target(session, call, STATES_ANY, restart_one, err);
}

/* ---- rm ---- */

static int kill_first(struct session *session, const char *id, struct error *err)
{
	struct error reason;
	if (session_act(session, VERB_KILL, id, NULL, &reason) == 0 || reason.kind != ERROR_CANCELLED)
		return 0; /* not running is no reason not to remove it; anything worse the removal will meet as well */
	*err = reason;
	return -1;
}

/* Its log, to the last line, before the engine throws it away. */
static int save_log(struct session *session, const char *id, const char *name, struct error *err)
{
	struct error reason;
	if (session_drain(session, id, &reason) == 0)
		return 0;
	if (reason.kind == ERROR_CANCELLED || !session->interactive)
		goto refused;
	output_warning("%s: %s", name, reason.text);
	int yes = session_confirm(session, "remove it all the same, and lose what is not collected", &reason);
	if (yes > 0)
		return 0;
	if (yes == 0)
		error_set(&reason, ERROR_CANCELLED, "nothing done");
refused:
	*err = reason;
	return -1;
}

static int remove_one(struct session *session, const struct invocation *call, const char *id, const char *name, struct error *err)
{
	struct tracked entry;
	bool tracked = tracked_get(session->table, id, &entry) && !session->settings.dry_run;
	bool force = invocation_has(call, "force");

	if (tracked && force) {
		tracked_expect_end(session->table, id);
		if (kill_first(session, id, err) < 0)
			return -1;
	}
	if (tracked && save_log(session, id, name, err) < 0)
		return -1;
	if (tracked)
		tracked_expect_end(session->table, id);
	if (request_for(session, call, VERB_REMOVE, id, err) < 0)
		return -1;
	return tracked ? session_forget(session, id, err) : 0;
}

static int run_rm(struct session *session, const struct invocation *call, struct error *err)
{
	return each_target(session, call, invocation_has(call, "force") ? STATES_ANY : STATES_ENDED, remove_one, err);
}

#define CONTAINERS(fitting, text)                                                                                      \
	(const struct operand[])                                                                                       \
	{                                                                                                              \
		{ "CONTAINER", KIND_CONTAINER, 1, 0, .states = fitting, .help = text }, { 0 }                          \
	}

static const struct option stop_options[] = {
	{ "time", 't', KIND_SECONDS, "SECONDS", "how long to wait before killing it; -1 for ever" },
	{ "signal", 's', KIND_SIGNAL, "SIGNAL", "the signal to begin with", .forward = true },
	{ 0 },
};

const struct command cmd_start = {
	.name = "start",
	.summary = "start containers that are created or have ended",
	.operands = CONTAINERS(STATES_ENDED, "name, id or pattern; collected from now on"),
	.examples = (const struct example[]){ { "start web db", "both" }, { "start 'job-*'", "all whose name fits" }, { 0 } },
	.flags = COMMAND_COLLECTS,
	.run = run_start,
};

const struct command cmd_stop = {
	.name = "stop",
	.summary = "stop running containers",
	.options = stop_options,
	.operands = CONTAINERS(STATES_LIVE, "name, id or pattern"),
	.examples = (const struct example[]){ { "stop -t 3 web", "kill it if it has not ended within 3 seconds" }, { 0 } },
	.flags = COMMAND_COLLECTS,
	.run = run_stop,
};

const struct command cmd_restart = {
	.name = "restart",
	.summary = "stop containers and start them again",
	.options = stop_options,
	.operands = CONTAINERS(STATES_ANY, "name, id or pattern"),
	.examples = (const struct example[]){ { "restart web", "its log goes on in the same file" }, { 0 } },
	.flags = COMMAND_COLLECTS,
	.run = run_restart,
};

const struct command cmd_rm = {
	.name = "rm",
	.summary = "collect containers' logs to the end, then remove them",
	.details = "The stored log stays: `logs NAME` shows it later. If a log cannot be collected to its end the container is not\n"
		   "removed; `untrack NAME` gives its log up.",
	.options = (const struct option[]){ { "force", 'f', KIND_FLAG, NULL, "kill it first if it runs", .forward = true },
					    { "volumes", 'v', KIND_FLAG, NULL, "remove its anonymous volumes as well", .forward = true },
					    { 0 } },
	.operands = CONTAINERS(STATES_ANY, "name, id or pattern"),
	.examples = (const struct example[]){ { "rm -f web", "kill, collect the rest, remove" }, { 0 } },
	.flags = COMMAND_COLLECTS | COMMAND_DESTROYS,
	.run = run_rm,
};
