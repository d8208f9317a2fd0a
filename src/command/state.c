#include "command/state.h"

#include "base/banned.h"

/* What an engine may say of a wrong state: nerdctl has no container or no task then. */
static bool may_be_state(const struct error *err)
{
	return err->kind == ERROR_STATE || err->kind == ERROR_NOT_FOUND || err->kind == ERROR_FAILED;
}

int state_explain(struct session *session, const char *id, unsigned states, const char *needed, struct error *err)
{
	struct result result;
	struct error ignored;
	if (!may_be_state(err) || session_act(session, VERB_INSPECT, id, &result, &ignored) < 0)
		return -1;
	if (result.details.nr) {
		const struct container_detail *detail = &result.details.items[0];
		if (detail->state != CONTAINER_UNKNOWN && !(states & (1u << detail->state))) {
			error_set(err, ERROR_STATE, "it is %s, and would have to be %s", container_state_name(detail->state), needed);
			error_about(err, detail->name);
			if (detail->state == CONTAINER_PAUSED)
				error_hint(err, "unpause lets it go on");
		}
	}
	result_release(&result);
	return -1;
}
