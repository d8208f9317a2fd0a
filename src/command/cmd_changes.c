/* diff, port, top: what one container has changed, published, and runs. */
#include "command/inside.h"
#include "command/output.h"
#include "command/rows.h"
#include "base/banned.h"

/* `check` may find that what was answered is a refusal. */
static int show(struct session *session, const struct invocation *call, enum verb verb, unsigned states,
		int (*check)(const struct invocation *call, const struct inside *inside, struct error *err), struct error *err)
{
	struct inside inside;
	struct result result;
	if (inside_enter(session, call, call->operands[0], states, &inside, err) < 0)
		return -1;
	int failed = inside_ask(session, call, &inside, verb, &result, err);
	if (!failed) {
		if (!result.text.len && check)
			failed = check(call, &inside, err);
		output_text(&result.text);
		result_release(&result);
	}
	inside_leave(session, &inside);
	return failed;
}

static int run_diff(struct session *session, const struct invocation *call, struct error *err)
{
	return show(session, call, VERB_DIFF, STATES_ANY, NULL, err);
}

/* podman says nothing of a port that is not published. */
static int check_port(const struct invocation *call, const struct inside *inside, struct error *err)
{
	if (call->operands_nr < 2)
		return 0;
	error_set(err, ERROR_NOT_FOUND, "no public port '%s' published for %s", call->operands[1], inside->name);
	return error_about(err, call->operands[1]);
}

static int run_port(struct session *session, const struct invocation *call, struct error *err)
{
	return show(session, call, VERB_PORT, STATES_ANY, check_port, err);
}

/* nerdctl says nothing of one that is paused. */
static int check_top(const struct invocation *call UNUSED, const struct inside *inside, struct error *err)
{
	error_set(err, ERROR_STATE, "'%s' is %s", inside->name, container_state_name(inside->state));
	return error_about(err, inside->name);
}

static int run_top(struct session *session, const struct invocation *call, struct error *err)
{
	return show(session, call, VERB_TOP, STATE_BIT(RUNNING) | STATE_BIT(PAUSED), check_top, err);
}

const struct command cmd_diff = {
	.name = "diff",
	.summary = "list what a container has changed in its image's files",
	.details = "A is what was added, C changed, D deleted; sorted by path. podman and nerdctl list as well what they put into /etc themselves.",
	.operands = (const struct operand[]){ { "CONTAINER", KIND_CONTAINER, 1, 1, .help = "in any state" }, { 0 } },
	.examples = (const struct example[]){ { "diff web", "A /tmp/cache, C /etc, …" }, { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_PAGES,
	.run = run_diff,
};

const struct command cmd_port = {
	.name = "port",
	.summary = "list a container's published ports",
	.operands = (const struct operand[]){ { "CONTAINER", KIND_CONTAINER, 1, 1, .help = "in any state" },
					      { "PORT", KIND_PORT, 0, 1, .help = "only where this one of the container's is: 80, 53/udp" },
					      { 0 } },
	.examples = (const struct example[]){ { "port web 80", "0.0.0.0:8080" }, { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_PAGES,
	.run = run_port,
};

const struct command cmd_top = {
	.name = "top",
	.summary = "list what runs in a container",
	.details = "Options of ps come behind CONTAINER. podman lists columns of its own, with the process numbers inside of the container, and\n"
		   "neither podman nor nerdctl lists those of a paused container.",
	.operands = (const struct operand[]){ { "CONTAINER", KIND_CONTAINER, 1, 1, .states = STATES_LIVE, .help = "one that runs" },
					      { "OPTION", KIND_REST, 0, 0, .help = "of ps: -o pid,comm" },
					      { 0 } },
	.examples = (const struct example[]){ { "top web -o pid,comm", "numbers and names" }, { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_PAGES,
	.run = run_top,
};
