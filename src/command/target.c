#include "command/target.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "command/output.h"
#include "base/banned.h"

void targets_release(struct targets *targets)
{
	strvec_release(&targets->names);
	strvec_release(&targets->ids);
}

static void add_target(struct targets *targets, const char *name, const char *id)
{
	if (strvec_has(&targets->ids, id))
		return;
	strvec_push(&targets->names, name);
	strvec_push(&targets->ids, id);
}

/* Everything the engine has, so that a pattern never acts on what was there some seconds ago. */
static int find_fitting(struct session *session, const char *pattern, unsigned states, struct targets *out, struct error *err)
{
	struct result result;
	if (session_list(session, &result, err) < 0)
		return -1;
	size_t before = out->ids.nr;
	for (size_t i = 0; i < result.containers.nr; i++) {
		const struct container *container = &result.containers.items[i];
		if ((states & (1u << container->state)) && text_matches(pattern, container->name))
			add_target(out, container->name, container->id);
	}
	result_release(&result);
	return out->ids.nr > before ? 0 : error_set(err, ERROR_NOT_FOUND, "no container fits '%s'", pattern);
}

static int confirm(struct session *session, const struct command *command, const struct targets *targets, struct error *err)
{
	SCOPED(buf_release) struct buf question = BUF_INIT(64 * 1024);
	buf_add_text(&question, command->name);
	for (size_t i = 0; i < targets->names.nr; i++)
		buf_printf(&question, " %s", targets->names.items[i]);
	int yes = session_confirm(session, buf_text(&question), err);
	if (yes == 0)
		return error_set(err, ERROR_CANCELLED, "nothing done");
	return yes < 0 ? -1 : 0;
}

int targets_find(struct session *session, const struct invocation *call, unsigned states, struct targets *out, struct error *err)
{
	bool by_pattern = false;
	*out = (struct targets){ 0 };
	for (size_t i = 0; i < call->operands_nr; i++) {
		const char *word = call->operands[i];
		struct tracked entry;
		if (text_is_pattern(word)) {
			by_pattern = true;
			if (find_fitting(session, word, states, out, err) < 0)
				goto failed;
		} else {
			bool tracked = session_find_tracked(session, word, &entry);
			add_target(out, word, tracked ? entry.id : word);
		}
	}
	if (by_pattern && (call->command->flags & COMMAND_DESTROYS) && confirm(session, call->command, out, err) < 0)
		goto failed;
	return 0;
failed:
	targets_release(out);
	return -1;
}

int targets_each(struct session *session, const struct invocation *call, const struct targets *targets, target_fn *act,
		 struct error *err)
{
	int status = 0;
	for (size_t i = 0; i < targets->ids.nr; i++) {
		struct error one = { 0 };
		const char *name = targets->names.items[i];
		if (act(session, call, targets->ids.items[i], name, &one) == 0) {
			if (!session->settings.dry_run)
				output_line("%s", name);
			continue;
		}
		if (one.kind == ERROR_CANCELLED) {
			*err = one;
			return -1;
		}
		/* The engine names the container by the id it was asked with; the user knows it by its name. */
		error_wrap(&one, "%s: %s", call->command->name, name);
		output_error(session->where, &one);
		status = error_status(&one);
	}
	if (!status)
		return 0;
	error_set(err, ERROR_STATUS, "some failed");
	err->detail = status;
	return -1;
}

void forward_options(const struct invocation *call, struct strvec *options)
{
	for (size_t i = 0; i < call->given_nr; i++) {
		const struct given *given = &call->given[i];
		if (!given->option->forward)
			continue;
		if (given->option->kind == KIND_FLAG && !strcmp(given->value, "true"))
			strvec_pushf(options, "--%s", given->option->name);
		else
			strvec_pushf(options, "--%s=%s", given->option->name, given->value);
	}
}
