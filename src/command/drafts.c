#include "command/drafts.h"

#include <stdlib.h>
#include <string.h>

#include "command/specs.h"
#include "base/banned.h"

static void draft_free(struct draft *draft)
{
	spec_release(&draft->spec);
	free(draft->name);
	free(draft);
}

void drafts_release(struct drafts *drafts)
{
	for (size_t i = 0; i < drafts->nr; i++)
		draft_free(drafts->items[i]);
	free(drafts->items);
	*drafts = (struct drafts){ 0 };
}

static const struct runtime *present_runtime(const struct session *session)
{
	return session->instead ? session->instead : session->runtime;
}

struct draft *drafts_find(struct session *session, const char *name)
{
	const struct drafts *drafts = session->drafts;
	for (size_t i = 0; i < drafts->nr; i++)
		if (drafts->items[i]->runtime == present_runtime(session) && !strcmp(drafts->items[i]->name, name))
			return drafts->items[i];
	return NULL;
}

static void clear(struct draft *draft)
{
	spec_release(&draft->spec);
	spec_init(&draft->spec);
	spec_give(&draft->spec, spec_option("name", strlen("name")), draft->name);
	draft->id[0] = '\0';
	draft->adopted = false;
}

struct draft *drafts_begin(struct session *session, const char *name)
{
	struct drafts *drafts = session->drafts;
	struct draft *draft = drafts_find(session, name);
	if (!draft) {
		draft = xcalloc(1, sizeof *draft);
		draft->name = xstrdup(name);
		draft->runtime = present_runtime(session);
		drafts->items = xrealloc(drafts->items, (drafts->nr + 1) * sizeof *drafts->items);
		drafts->items[drafts->nr++] = draft;
	}
	clear(draft);
	return draft;
}

/* It may have been removed, here or elsewhere. */
static int forget_if_gone(struct session *session, struct draft *draft, struct error *err)
{
	if (!*draft->id || session->settings.dry_run)
		return 0;
	if (session_act(session, VERB_INSPECT, draft->id, NULL, err) == 0)
		return 0;
	if (err->kind != ERROR_NOT_FOUND)
		return -1;
	draft->id[0] = '\0';
	return 0;
}

int drafts_build(struct session *session, struct draft *draft, struct error *err)
{
	if (forget_if_gone(session, draft, err) < 0)
		return -1;
	if (*draft->id)
		return 0;
	if (!draft->spec.image)
		return error_set(err, ERROR_USAGE, "no image specified for container %s (with %s IMAGE)", draft->name, draft->name);
	return specs_create(session, &draft->spec, draft->id, err);
}
