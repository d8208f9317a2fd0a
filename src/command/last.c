#include "command/last.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

void last_release(struct session *session)
{
	if (session->last)
		targets_release(session->last);
	free(session->last);
	session->last = NULL;
}

void last_set(struct session *session, const struct targets *targets)
{
	if (session->settings.dry_run)
		return;
	struct targets *last = xcalloc(1, sizeof *last);
	for (size_t i = 0; i < targets->nr; i++) {
		const char *name;
		runtime_prefix(targets->items[i].name, &name);
		targets_add(last, targets->items[i].runtime, name, targets->items[i].id);
	}
	last_release(session);
	session->last = last;
}

void last_set_one(struct session *session, const char *name, const char *id)
{
	SCOPED(targets_release) struct targets one = { 0 };
	struct error ignored;
	targets_add(&one, session_runtime(session, &ignored), name, id);
	last_set(session, &one);
}

void last_drop(struct session *session, const char *id)
{
	struct targets *last = session->last;
	size_t kept = 0;
	for (size_t i = 0; last && i < last->nr; i++)
		if (strcmp(last->items[i].id, id) != 0)
			last->items[kept++] = last->items[i];
	if (last)
		last->nr = kept;
}

int last_add_to(struct session *session, struct targets *out, struct error *err)
{
	const struct targets *last = session->last;
	if (!last || !last->nr) {
		error_set(err, ERROR_NOT_FOUND,
			  last ? "-: the last result has no containers" : "-: there is no last result yet");
		return error_hint(err, "it is what the last command of this session listed, made or acted on");
	}
	for (size_t i = 0; i < last->nr; i++) {
		const struct target *one = &last->items[i];
		struct tracked entry; /* it may have been given a name meanwhile */
		const char *name = tracked_get(session->table, one->id, &entry) ? entry.name : one->name;
		targets_add(out, one->runtime, target_name(session, one->runtime, name, &out->arena), one->id);
	}
	return 0;
}
