/* rename, update: what is changed of containers that exist. */
#include <string.h>

#include "command/deed.h"
#include "command/rows.h"
#include "command/state.h"
#include "command/target.h"
#include "base/banned.h"

/* ---- rename ---- */

#define NAME_TAKES_MS 2000 /* as long as another window of its log may take; it is taken all the same */

/* The collector learns it by looking; whoever asks for the log by the new name is to find it. */
static int wait_for_name(struct session *session, const char *id, const char *name, struct error *err)
{
	int64_t until = monotonic_ms() + NAME_TAKES_MS;
	struct tracked entry;
	tracked_ask_drain(session->table, id);
	while (tracked_get(session->table, id, &entry) && entry.phase != PHASE_GONE && entry.phase != PHASE_UNREADABLE &&
	       strcmp(entry.name, name) != 0 && monotonic_ms() < until)
		if (session_wait_news(session, 100, err) < 0)
			return -1;
	return 0;
}

static int ask_engine(struct session *session, const char *id, const char *name, struct error *err)
{
	struct action action;
	struct result result;
	action_init(&action, VERB_RENAME);
	strvec_push(&action.targets, id);
	strvec_push(&action.words, name);
	int failed = session_perform(session, &action, &result, err);
	action_release(&action);
	if (!failed)
		result_release(&result);
	return failed;
}

/* podman takes a container's own name for a new one. */
static int check_new(struct session *session, const char *id, const char *name, struct error *err)
{
	struct result result;
	if (session_act(session, VERB_INSPECT, id, &result, err) < 0)
		return -1;
	bool own = result.details.nr && !strcmp(result.details.items[0].name, name);
	result_release(&result);
	if (!own)
		return 0;
	error_set(err, ERROR_NAME_TAKEN, "it is called '%s' already", name);
	return error_about(err, name);
}

static int rename_one(struct session *session, const struct invocation *call, const char *id, const char *name UNUSED, struct error *err)
{
	const char *new_name = call->operands[1];
	if (check_new(session, id, new_name, err) < 0)
		return -1;
	if (ask_engine(session, id, new_name, err) == 0)
		return wait_for_name(session, id, new_name, err);
	if (err->kind != ERROR_NAME_TAKEN)
		return -1;
	error_set(err, ERROR_NAME_TAKEN, "another container is called '%s'", new_name);
	error_hint(err, "rename or remove that one first");
	return error_about(err, new_name);
}

static int run_rename(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(targets_release) struct targets targets = { 0 };
	struct invocation old = *call;
	old.operands_nr = 1;
	if (targets_find(session, &old, STATES_ANY, &targets, err) < 0)
		return -1;
	if (targets.nr > 1)
		return error_set(err, ERROR_USAGE, "'%s' fits %zu containers: one is renamed at a time", call->operands[0], targets.nr);
	return targets_each_silent(session, call, &targets, rename_one, err);
}

/* ---- update ---- */

static int updated(struct session *session, const struct invocation *call UNUSED, const struct target *target, const struct answer *answer,
		   struct error *err)
{
	if (answer->failed && err->kind == ERROR_STATE)
		return state_explain(session, target->id, STATES_LIVE, "running or paused", err);
	return answer->failed;
}

static int run_update(struct session *session, const struct invocation *call, struct error *err)
{
	static const struct deed update = { .verb = VERB_UPDATE, .takes_options = true, .after = updated };
	SCOPED(targets_release) struct targets targets = { 0 };
	if (call->given_nr == 0) {
		error_set(err, ERROR_USAGE, "what is to be changed?");
		return error_hint(err, "for instance --cpus 0.5; help update lists all");
	}
	if (targets_find(session, call, STATES_ANY, &targets, err) < 0)
		return -1;
	return targets_do(session, call, &targets, &update, err);
}

const struct command cmd_rename = {
	.name = "rename",
	.summary = "give a container another name; its log goes on under that",
	.operands = (const struct operand[]){ { "CONTAINER", KIND_CONTAINER, 1, 1, .help = "which one: name or id" },
					      { "NAME", KIND_NAME, 1, 1, .help = "what it is to be called" },
					      { 0 } },
	.examples = (const struct example[]){ { "rename web web-old", "logs web-old shows all of it" }, { 0 } },
	.flags = COMMAND_COLLECTS,
	.run = run_rename,
};

const struct command cmd_update = {
	.name = "update",
	.summary = "change limits and the restart policy of containers",
	.details = "docker and nerdctl change what does not run as well, for its next start; podman changes only what runs, until it ends.",
	.options =
		(const struct option[]){
			{ "cpus", 0, KIND_CPUS, "NUMBER", "how many processors it may use", .forward = true },
			{ "cpu-shares", 'c', KIND_COUNT, "NUMBER",
			  "its weight where processors are short; 1024 is usual", .forward = true },
			{ "cpu-period", 0, KIND_COUNT, "MICROSECONDS", "in which --cpu-quota counts", .forward = true },
			{ "cpu-quota", 0, KIND_WEIGHT, "MICROSECONDS",
			  "of processor time in each period; -1 for no limit", .forward = true },
			{ "cpuset-cpus", 0, KIND_TEXT, "LIST", "which processors it may use: 0-3,5", .forward = true },
			{ "cpuset-mems", 0, KIND_TEXT, "LIST", "which memory nodes it may use", .forward = true },
			{ "memory", 'm', KIND_SIZE, "SIZE", "how much memory it may use: 512m, 2g", .forward = true },
			{ "memory-swap", 0, KIND_SIZE, "SIZE", "memory and swap together; -1 for no limit",
			  .forward = true },
			{ "memory-reservation", 0, KIND_SIZE, "SIZE",
			  "what it is pressed down to where memory is short", .forward = true },
			{ "blkio-weight", 0, KIND_COUNT, "NUMBER", "its weight at disks: 10 to 1000, 0 for none",
			  .forward = true },
			{ "pids-limit", 0, KIND_WEIGHT, "NUMBER", "how many processes it may have; -1 for no limit",
			  .forward = true, .lacked_by = "podman" },
			{ "restart", 0, KIND_RESTART, "POLICY",
			  "restart it when it ends: no, always, unless-stopped, on-failure[:N]", .forward = true,
			  .lacked_by = "podman" },
			{ 0 } },
	.operands = (const struct operand[]){ { "CONTAINER", KIND_CONTAINER, 1, 0, .help = TARGET_HELP }, { 0 } },
	.unsupported = (const char *const[]){ "cpu-rt-period", "cpu-rt-runtime", "kernel-memory", NULL },
	.examples = (const struct example[]){ { "update --cpus 0.5 --memory 256m --memory-swap 512m web",
						"at once, without a restart" },
					      { "update --restart always 'web-*'", "not with podman" },
					      { 0 } },
	.flags = COMMAND_COLLECTS,
	.run = run_update,
};
