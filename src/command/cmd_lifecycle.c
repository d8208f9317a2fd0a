/* start, stop, restart, rm: one request a container, one line a container; and one that is started with what is typed and shown here. */
#include "command/deed.h"
#include "command/drafts.h"
#include "command/early.h"
#include "command/last.h"
#include "command/passing.h"
#include "command/removal.h"
#include "command/rows.h"
#include "command/state.h"
#include "base/banned.h"

static int find_and_do(struct session *session, const struct invocation *call, unsigned states, const struct deed *deed, struct error *err)
{
	SCOPED(targets_release) struct targets targets = { 0 };
	if (targets_find(session, call, states, &targets, err) < 0)
		return -1;
	return targets_do(session, call, &targets, deed, err);
}

/* Whoever is started here is collected: also what was made outside. A draft's container is made first. */
static int before_start(struct session *session, const struct invocation *call UNUSED, struct target *target, struct error *err)
{
	const char *own_name;
	runtime_prefix(target->name, &own_name);
	struct draft *draft = drafts_find(session, own_name);
	if (draft && drafts_build(session, draft, err) < 0)
		return -1;
	if (draft && *draft->id)
		target->id = draft->id;
	return session_track_existing(session, target->id, err);
}

static int started(struct session *session, const struct invocation *call UNUSED, const struct target *target, const struct answer *answer,
		   struct error *err)
{
	if (answer->failed)
		return state_explain(session, target->id, STATES_ENDED, "created or exited", err);
	return early_end(session, target->id, target->name, answer->at_ms, err);
}

static int expect_end(struct session *session, const struct invocation *call UNUSED, struct target *target, struct error *err UNUSED)
{
	tracked_expect_end(session->table, target->id);
	return 0;
}

static int before_restart(struct session *session, const struct invocation *call, struct target *target, struct error *err)
{
	return session_track_existing(session, target->id, err) < 0 ? -1 : expect_end(session, call, target, err);
}

static int restarted(struct session *session, const struct invocation *call UNUSED, const struct target *target, const struct answer *answer,
		     struct error *err)
{
	return answer->failed ? -1 : early_end(session, target->id, target->name, answer->at_ms, err);
}

static bool shows_it(const struct invocation *call)
{
	return invocation_has(call, "attach") || invocation_has(call, "interactive");
}

static int start_attached(struct session *session, const struct invocation *call, struct target *target, struct error *err)
{
	SCOPED(strvec_release) struct strvec options = STRVEC_INIT;
	forward_options(call, &options);
	if (check_options(target->runtime, call, err) < 0 || before_start(session, call, target, err) < 0)
		return -1;
	last_set_one(session, target->name, target->id);
	if (passing_start(session, target->id, &options, err) == 0)
		return 0;
	return state_explain(session, target->id, STATES_ENDED, "created or exited", err);
}

static int find_and_start_attached(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(targets_release) struct targets targets = { 0 };
	if (targets_find(session, call, STATES_ENDED, &targets, err) < 0)
		return -1;
	if (targets.nr > 1)
		return error_set(err, ERROR_USAGE, "%zu containers: only one can be attached to", targets.nr);
	const struct runtime *before = session_turn_to(session, targets.items[0].runtime);
	int failed = start_attached(session, call, &targets.items[0], err);
	session_turn_to(session, before);
	if (failed && err->kind != ERROR_STATUS && err->kind != ERROR_CANCELLED) {
		target_point_elsewhere(session, targets.items[0].name, err);
		error_wrap(err, "%s", targets.items[0].name);
	}
	return failed;
}

static int run_start(struct session *session, const struct invocation *call, struct error *err)
{
	if (shows_it(call))
		return find_and_start_attached(session, call, err);
	static const struct deed deed = { .verb = VERB_START, .takes_options = true, .before = before_start, .after = started };
	return find_and_do(session, call, STATES_ENDED, &deed, err);
}

static int run_stop(struct session *session, const struct invocation *call, struct error *err)
{
	static const struct deed deed = { .verb = VERB_STOP, .takes_options = true, .before = expect_end };
	return find_and_do(session, call, STATES_LIVE, &deed, err);
}

static int run_restart(struct session *session, const struct invocation *call, struct error *err)
{
	static const struct deed deed = { .verb = VERB_RESTART, .takes_options = true, .before = before_restart, .after = restarted };
	return find_and_do(session, call, STATES_ANY, &deed, err);
}

static int run_rm(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(targets_release) struct targets targets = { 0 };
	SCOPED(strvec_release) struct strvec options = STRVEC_INIT;
	forward_options(call, &options);
	if (targets_find(session, call, invocation_has(call, "force") ? STATES_ANY : STATES_ENDED, &targets, err) < 0)
		return -1;
	return removals(session, call, &targets, &options, REMOVAL_SAYS_NAMES, err);
}

#define CONTAINERS(fitting, text)                                                                                      \
	(const struct operand[])                                                                                       \
	{                                                                                                              \
		{ "CONTAINER", KIND_CONTAINER, 1, 0, .states = fitting, .help = text }, { 0 }                          \
	}

static const struct option stop_options[] = {
	{ "time", 't', KIND_SECONDS, "SECONDS", "how long to wait before killing it; -1 for ever", .also = "timeout" },
	{ "signal", 's', KIND_SIGNAL, "SIGNAL", "the signal to begin with", .forward = true, .lacked_by = "podman" },
	{ 0 },
};

const struct command cmd_start = {
	.name = "start",
	.summary = "start containers that are created or have ended",
	.details = "With -a or -i one is shown here, as by attach, until it ends, and the status is its own; in a script that is read from standard\n"
		   "input it reads nothing. If it is left while it goes on the status is 130, or 0 by the detach keys of one with a terminal.",
	.options = (const struct option[]){
		{ "attach", 'a', KIND_FLAG, NULL, "show what it writes, until it ends", .forward = true, .lacked_by = "nerdctl" },
		{ "interactive", 'i', KIND_FLAG, NULL, "it reads what purser reads", .forward = true, .lacked_by = "nerdctl" },
		{ "detach-keys", 0, KIND_TEXT, "KEYS", "what leaves it running: ctrl-p,ctrl-q", .forward = true, .lacked_by = "nerdctl" },
		{ 0 } },
	.operands = CONTAINERS(STATES_ENDED, TARGET_HELP "; collected from now on"),
	.examples = (const struct example[]){ { "start web db", "both" },
					      { "start 'job-*'", "all whose name fits" },
					      { "start -a job", "what it writes, until it ends, with its status" },
					      { 0 } },
	.flags = COMMAND_COLLECTS,
	.passes_on = shows_it,
	.run = run_start,
};

const struct command cmd_stop = {
	.name = "stop",
	.summary = "stop running containers",
	.options = stop_options,
	.operands = CONTAINERS(STATES_LIVE, TARGET_HELP),
	.examples =
		(const struct example[]){ { "stop -t 3 web", "kill it if it has not ended within 3 seconds" }, { 0 } },
	.flags = COMMAND_COLLECTS | COMMAND_ENDS,
	.run = run_stop,
};

const struct command cmd_restart = {
	.name = "restart",
	.summary = "stop containers and start them again",
	.options = stop_options,
	.operands = CONTAINERS(STATES_ANY, TARGET_HELP),
	.examples = (const struct example[]){ { "restart web", "its log goes on in the same file" }, { 0 } },
	.flags = COMMAND_COLLECTS | COMMAND_ENDS,
	.run = run_restart,
};

const struct command cmd_rm = {
	.name = "rm",
	.summary = "collect containers' logs to the end, then remove them",
	.details = "The stored log stays: `logs NAME` shows it later. If a log cannot be collected to its end the container is not\n"
		   "removed, or at the prompt you are asked; `untrack NAME` gives its log up.",
	.options =
		(const struct option[]){
			{ "force", 'f', KIND_FLAG, NULL, "kill it first if it runs", .forward = true },
			{ "volumes", 'v', KIND_FLAG, NULL, "remove its anonymous volumes as well", .forward = true },
			{ 0 } },
	.operands = CONTAINERS(STATES_ANY, TARGET_HELP),
	.examples = (const struct example[]){ { "rm -f web", "kill, collect the rest, remove" }, { 0 } },
	.flags = COMMAND_COLLECTS | COMMAND_DESTROYS,
	.run = run_rm,
};
