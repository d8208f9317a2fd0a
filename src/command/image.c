#include "command/image.h"

#include <string.h>

#include "command/output.h"
#include "command/target.h"
#include "base/banned.h"

int image_ask(struct session *session, const struct invocation *call, enum verb verb, const char *image, struct result *out,
	      struct error *err)
{
	struct action action;
	action_init(&action, verb);
	forward_options(call, &action.options);
	strvec_push(&action.targets, image);
	int failed = session_perform(session, &action, out, err);
	action_release(&action);
	return failed;
}

int image_each(struct session *session, const struct invocation *call, image_fn *act, void *arg, struct error *err)
{
	int status = 0;
	for (size_t i = 0; i < call->operands_nr; i++) {
		struct error one = { 0 };
		if (act(session, call, call->operands[i], arg, &one) == 0)
			continue;
		if (one.kind == ERROR_CANCELLED) {
			*err = one;
			return -1;
		}
		status = error_status(&one);
		if (one.kind == ERROR_STATUS) /* it has said so itself */
			continue;
		if (strstr(one.text, call->operands[i]))
			error_wrap(&one, "%s", call->command->name);
		else
			error_wrap(&one, "%s: %s", call->command->name, call->operands[i]);
		output_error(session->where, &one);
	}
	if (!status)
		return 0;
	error_set(err, ERROR_STATUS, "some failed");
	err->detail = status;
	return -1;
}

int image_list(struct session *session, const char *filter, struct result *out, struct error *err)
{
	struct action action;
	action_init(&action, VERB_IMAGES);
	if (filter)
		strvec_pushf(&action.options, "--filter=%s", filter);
	int failed = session_perform(session, &action, out, err);
	action_release(&action);
	return failed;
}

bool image_on_terminal(const struct session *session)
{
	return output_is_terminal() && !session->settings.json && !session->settings.dry_run;
}
