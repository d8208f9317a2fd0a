#include "command/inside.h"

#include <stdio.h>
#include <string.h>

#include "command/last.h"
#include "command/output.h"
#include "command/target.h"
#include "base/banned.h"

/* Before its CLI is asked, whose status for this could be that of what is run in there. */
static int check_state(const struct inside *inside, unsigned states, struct error *err)
{
	static const char *const advice[] = {
		[CONTAINER_CREATED] = "start it first",	  [CONTAINER_EXITED] = "start it first", [CONTAINER_PAUSED] = "unpause it first",
		[CONTAINER_RESTARTING] = "wait until it runs", [CONTAINER_REMOVING] = "it is being removed", [CONTAINER_DEAD] = "remove it",
	};
	if (inside->state == CONTAINER_UNKNOWN || (states & (1u << inside->state)))
		return 0;
	error_set(err, ERROR_STATE, "'%s' is not running: it is %s", inside->name, container_state_name(inside->state));
	if (inside->state == CONTAINER_PAUSED || inside->state == CONTAINER_RESTARTING)
		error_set(err, ERROR_STATE, "'%s' is %s", inside->name, container_state_name(inside->state));
	error_about(err, inside->name);
	return error_hint(err, "%s", advice[inside->state]);
}

static int look(struct session *session, struct inside *inside, unsigned states, struct error *err)
{
	struct result result;
	if (session->settings.dry_run)
		return 0;
	if (session_act(session, VERB_INSPECT, inside->id, &result, err) < 0)
		return -1;
	if (result.details.nr) {
		inside->state = result.details.items[0].state;
		inside->terminal = result.details.items[0].terminal;
	}
	result_release(&result);
	return check_state(inside, states, err);
}

/* Of what may stand for several, the one that it stands for. */
static int find_one(struct session *session, const struct invocation *call, const char *word, unsigned states,
		    struct inside *out, struct error *err)
{
	SCOPED(targets_release) struct targets targets = { 0 };
	const char *name;
	if (targets_find_word(session, word, states, &targets, err) < 0)
		return -1;
	const struct target *first = &targets.items[0];
	if (targets.nr > 1) {
		error_set(err, ERROR_USAGE, "'%s' stands for %zu containers; %s takes one", word, targets.nr,
			  call->command->name);
		return error_hint(err, "%s, %s%s", first->name, targets.items[1].name, targets.nr > 2 ? ", …" : "");
	}
	if (check_options(first->runtime, call, err) < 0)
		return -1;
	runtime_prefix(first->name, &name);
	snprintf(out->name, sizeof out->name, "%s", name);
	snprintf(out->id, sizeof out->id, "%s", first->id);
	session_turn_to(session, first->runtime);
	return 0;
}

int inside_enter(struct session *session, const struct invocation *call, const char *word, unsigned states, struct inside *out,
		 struct error *err)
{
	*out = (struct inside){ .before = session->instead };
	if (find_one(session, call, word, states, out, err) == 0 && look(session, out, states, err) == 0) {
		last_set_one(session, out->name, out->id);
		return 0;
	}
	session_turn_to(session, out->before);
	target_point_elsewhere(session, word, err);
	return -1;
}

void inside_leave(struct session *session, const struct inside *inside)
{
	session_turn_to(session, inside->before);
}

int inside_ask(struct session *session, const struct invocation *call, const struct inside *inside, enum verb verb, struct result *out,
		struct error *err)
{
	struct action action;
	action_init(&action, verb);
	forward_options(call, &action.options);
	strvec_push(&action.targets, inside->id);
	for (size_t i = 1; i < call->operands_nr; i++)
		strvec_push(&action.words, call->operands[i]);
	int failed = session_perform(session, &action, out, err);
	action_release(&action);
	return failed;
}

int inside_check_output(struct error *err)
{
	if (!output_is_terminal())
		return 0;
	return error_set(err, ERROR_USAGE, "a tar is not for a terminal: give it a file or a pipe");
}

int inside_output(void *arg UNUSED, enum request_stream stream UNUSED, const char *bytes, size_t len, struct error *err)
{
	return output_foreign(false, bytes, len) ? 0 : output_failed(err);
}
