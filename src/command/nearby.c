#include "command/nearby.h"

#include <string.h>

#include "base/text.h"
#include "base/banned.h"

struct names {
	struct session *session;
	const struct runtime *runtime;
	const char *word; /* without the runtime before it */
	struct strvec known;
};

static void add(struct names *names, enum seen_kind kind)
{
	SCOPED(seen_leave) struct seen_list *list = seen_take(names->session->table, names->runtime, kind);
	for (size_t i = 0; list && i < list->nr; i++)
		strvec_push(&names->known, list->items[i].name);
}

/* Where no tag is typed none is compared, nor said. */
static void add_images(struct names *names)
{
	SCOPED(seen_leave) struct seen_list *list = seen_take(names->session->table, names->runtime, SEEN_IMAGES);
	bool tagged = strchr(names->word, ':') != NULL;
	for (size_t i = 0; list && i < list->nr; i++) {
		const char *name = list->items[i].name, *colon = strrchr(name, ':');
		strvec_push_len(&names->known, name, tagged || !colon ? strlen(name) : (size_t)(colon - name));
	}
}

static void add_of_kind(struct names *names, enum kind kind)
{
	if (kind == KIND_CONTAINER || kind == KIND_PEER || kind == KIND_OBJECT)
		add(names, SEEN_CONTAINERS);
	if (kind == KIND_IMAGE || kind == KIND_OBJECT)
		add_images(names);
	if (kind == KIND_NETWORK || kind == KIND_OBJECT)
		add(names, SEEN_NETWORKS);
	if (kind == KIND_VOLUME_NAME || kind == KIND_OBJECT)
		add(names, SEEN_VOLUMES);
}

void nearby_hint(struct session *session, enum kind kind, const char *word, struct error *err)
{
	struct names names = { .session = session };
	if (err->kind != ERROR_NOT_FOUND || *err->hint || text_is_pattern(word))
		return;
	names.runtime = runtime_prefix(word, &names.word);
	if (!names.runtime)
		names.runtime = session->instead ? session->instead : session->runtime;
	add_of_kind(&names, kind);
	const char *meant = names.known.nr ? text_nearest(names.word, (const char *const *)names.known.items) : NULL;
	if (meant && !strvec_has(&names.known, names.word))
		error_hint(err, "did you mean '%.*s%s'?", (int)(names.word - word), word, meant);
	strvec_release(&names.known);
}

/* Which operand the word of that number is. */
static const struct operand *operand_of(const struct command *command, size_t word)
{
	const struct operand *operand = command->operands;
	while (operand && operand->name && operand->max && word >= operand->max)
		word -= operand++->max;
	return operand && operand->name ? operand : NULL;
}

void nearby_hint_call(struct session *session, const struct invocation *call, struct error *err)
{
	for (size_t i = 0; i < call->operands_nr; i++) {
		const struct operand *operand = operand_of(call->command, i);
		if (operand && operand->kind != KIND_CONTAINER)
			nearby_hint(session, operand->kind, call->operands[i], err);
	}
	for (size_t i = 0; i < call->given_nr; i++)
		nearby_hint(session, call->given[i].option->kind, call->given[i].value, err);
}
