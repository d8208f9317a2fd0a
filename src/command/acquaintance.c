#include "command/acquaintance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

void acquaintance_release(struct acquaintance *known)
{
	free(known->items);
	*known = (struct acquaintance){ 0 };
}

struct acquainted *acquaintance_find(const struct acquaintance *known, const char *id)
{
	for (size_t i = 0; i < known->nr; i++)
		if (!strcmp(known->items[i].id, id))
			return &known->items[i];
	return NULL;
}

void acquaintance_drop(struct acquaintance *known, const char *id)
{
	struct acquainted *one = acquaintance_find(known, id);
	if (one)
		*one = known->items[--known->nr];
}

static struct acquainted *take_in(struct acquaintance *known, const char *id)
{
	struct acquainted *one = acquaintance_find(known, id);
	if (one)
		return one;
	if (known->nr == known->room) {
		known->room = known->room ? known->room * 2 : 16;
		known->items = xrealloc(known->items, known->room * sizeof *known->items);
	}
	one = &known->items[known->nr++];
	*one = (struct acquainted){ 0 };
	snprintf(one->id, sizeof one->id, "%s", id);
	return one;
}

/* All, or those with the labels. */
static int list(struct session *session, struct acquaintance *known, bool fitting, struct error *err)
{
	struct action action;
	struct result result;
	action_init(&action, VERB_LIST);
	strvec_push(&action.options, "--all");
	for (size_t i = 0; fitting && i < known->labels->nr; i++)
		strvec_pushf(&action.options, "--filter=label=%s", known->labels->items[i]);
	int failed = session_perform(session, &action, &result, err);
	action_release(&action);
	if (failed)
		return -1;
	for (size_t i = 0; i < result.containers.nr; i++) {
		struct acquainted *one = take_in(known, result.containers.items[i].id);
		snprintf(one->name, sizeof one->name, "%s", result.containers.items[i].name);
		snprintf(one->image, sizeof one->image, "%s", result.containers.items[i].image);
		one->fits |= fitting || !known->labels->nr;
		one->stale = false;
	}
	result_release(&result);
	return 0;
}

int acquaintance_refresh(struct session *session, struct acquaintance *known, struct error *err)
{
	if (list(session, known, false, err) < 0)
		return -1;
	return known->labels->nr ? list(session, known, true, err) : 0;
}
