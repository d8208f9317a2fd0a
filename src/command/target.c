#include "command/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "command/consent.h"
#include "command/last.h"
#include "command/nearby.h"
#include "command/output.h"
#include "command/selector.h"
#include "base/banned.h"

void targets_release(struct targets *targets)
{
	free(targets->items);
	arena_release(&targets->arena);
	*targets = (struct targets){ 0 };
}

void targets_add(struct targets *targets, const struct runtime *runtime, const char *name, const char *id)
{
	for (size_t i = 0; i < targets->nr; i++)
		if (targets->items[i].runtime == runtime && !strcmp(targets->items[i].id, id))
			return;
	if (targets->nr == targets->room) {
		targets->room = targets->room ? targets->room * 2 : 16;
		targets->items = xrealloc(targets->items, targets->room * sizeof *targets->items);
	}
	targets->items[targets->nr++] =
		(struct target){ runtime, arena_text(&targets->arena, name), arena_text(&targets->arena, id) };
}

/* "podman:web" */
static const char *with_prefix(const struct runtime *runtime, const char *name, struct arena *arena)
{
	size_t size = strlen(runtime->name) + strlen(name) + 2;
	char *text = arena_alloc(arena, size);
	snprintf(text, size, "%s:%s", runtime->name, name);
	return text;
}

const char *target_name(const struct session *session, const struct runtime *runtime, const char *name, struct arena *arena)
{
	const struct runtime *present = session->instead ? session->instead : session->runtime;
	return runtime == present ? name : with_prefix(runtime, name, arena);
}

/* ---- which other runtime has it ---- */

static bool has_tracked(struct session *session, const struct runtime *runtime, const char *pattern, char name[STORE_NAME_MAX + 1])
{
	struct tracked *entries;
	size_t nr = tracked_all(session->table, &entries);
	bool found = false;
	for (size_t i = 0; i < nr && !found; i++) {
		found = entries[i].runtime == runtime && entries[i].phase != PHASE_GONE && text_matches(pattern, entries[i].name);
		if (found)
			memcpy(name, entries[i].name, sizeof entries[i].name);
	}
	free(entries);
	return found;
}

static bool has_seen(struct session *session, const struct runtime *runtime, const char *pattern, char name[STORE_NAME_MAX + 1])
{
	SCOPED(seen_leave) struct seen_list *list = seen_take(session->table, runtime, SEEN_CONTAINERS);
	for (size_t i = 0; list && i < list->nr; i++)
		if (text_matches(pattern, list->items[i].name)) {
			snprintf(name, STORE_NAME_MAX + 1, "%s", list->items[i].name);
			return true;
		}
	return false;
}

void target_point_elsewhere(struct session *session, const char *word, struct error *err)
{
	const char *pattern;
	const struct runtime *meant = runtime_prefix(word, &pattern);
	char name[STORE_NAME_MAX + 1];
	if (err->kind != ERROR_NOT_FOUND)
		return;
	if (!meant)
		meant = session->instead ? session->instead : session->runtime;
	for (const struct runtime *const *other = runtimes; *other; other++)
		if (*other != meant && (has_tracked(session, *other, pattern, name) || has_seen(session, *other, pattern, name))) {
			error_set(err, ERROR_NOT_FOUND, "%s; %s has one: %s:%s", err->text, (*other)->name, (*other)->name, name);
			error_about(err, word);
			return;
		}
	nearby_hint(session, KIND_CONTAINER, word, err);
}

/* ---- finding them ---- */

/* From the engine itself, so that a word never acts on what was there some seconds ago. `filter` may be NULL. */
static int list(struct session *session, const struct runtime *runtime, const char *filter, struct result *out,
		struct error *err)
{
	struct action action;
	const struct runtime *before = session_turn_to(session, runtime);
	action_init(&action, VERB_LIST);
	strvec_push(&action.options, "--all");
	if (filter)
		strvec_push(&action.options, filter);
	int failed = session_perform(session, &action, out, err);
	action_release(&action);
	session_turn_to(session, before);
	return failed;
}

/* What a word fits: those in a wanted state are taken, of the others one is remembered. */
struct fitting {
	const struct runtime *runtime;
	unsigned states;
	size_t found, others;
	char other[CONTAINER_NAME_MAX + 1];
	enum container_state other_state;
};

static void take_fitting(const struct selector *selector, const struct container_list *list, struct fitting *fitting,
			 struct targets *out)
{
	for (size_t i = 0; i < list->nr; i++) {
		const struct container *one = &list->items[i];
		if (selector->form == SELECTS_PATTERN && !text_matches(selector->text, one->name))
			continue;
		if (fitting->states & (1u << one->state)) {
			const char *name =
				selector->runtime ? with_prefix(selector->runtime, one->name, &out->arena) : one->name;
			targets_add(out, fitting->runtime, name, one->id);
			fitting->found++;
		} else if (!fitting->others++) {
			snprintf(fitting->other, sizeof fitting->other, "%s", one->name);
			fitting->other_state = one->state;
		}
	}
}

static int none_fits(struct session *session, const struct selector *selector, const struct fitting *fitting,
		     struct error *err)
{
	error_set(err, ERROR_NOT_FOUND, "no container fits '%s'", selector->word);
	if (fitting->others == 1)
		error_hint(err, "but %s, which is %s", fitting->other, container_state_name(fitting->other_state));
	else if (fitting->others)
		error_hint(err, "but %zu in another state: %s is %s, …", fitting->others, fitting->other,
			   container_state_name(fitting->other_state));
	else
		target_point_elsewhere(session, selector->word, err);
	return -1;
}

static int find_fitting(struct session *session, const struct selector *selector, struct fitting *fitting,
			struct targets *out, struct error *err)
{
	SCOPED(strvec_release) struct strvec filters = STRVEC_INIT;
	size_t at = 0;
	selector_filters(selector, &filters);
	do {
		struct result result;
		if (list(session, fitting->runtime, filters.nr ? filters.items[at] : NULL, &result, err) < 0)
			return -1;
		take_fitting(selector, &result.containers, fitting, out);
		result_release(&result);
	} while (++at < filters.nr);
	return fitting->found ? 0 : none_fits(session, selector, fitting, err);
}

static void find_named(struct session *session, const struct selector *selector, const struct runtime *runtime,
		       struct targets *out)
{
	struct tracked entry;
	bool tracked = session_find_tracked(session, runtime, selector->text, &entry);
	targets_add(out, runtime, selector->word, tracked ? entry.id : selector->text);
}

int targets_find_word(struct session *session, const char *word, unsigned states, struct targets *out,
		      struct error *err)
{
	struct selector selector = selector_read(word);
	struct fitting fitting = { .runtime = selector.runtime ? selector.runtime : session_runtime(session, err),
				   .states = states };
	if (!fitting.runtime)
		return -1;
	if (selector.form == SELECTS_LAST)
		return last_add_to(session, out, err);
	if (selector.form != SELECTS_NAME)
		return find_fitting(session, &selector, &fitting, out, err);
	find_named(session, &selector, fitting.runtime, out);
	return 0;
}

/* What is named one by one was meant; what a word stands for may be more than was thought of. */
static bool wants_consent(const struct session *session, const struct command *command, const struct targets *targets)
{
	if (command->flags & COMMAND_DESTROYS)
		return true;
	return (command->flags & COMMAND_ENDS) && targets->nr > 1 && session->interactive;
}

int targets_find(struct session *session, const struct invocation *call, unsigned states, struct targets *out, struct error *err)
{
	bool by_selector = false;
	int failed = 0;
	*out = (struct targets){ 0 };
	for (size_t i = 0; i < call->operands_nr && !failed; i++) {
		by_selector |= selector_read(call->operands[i]).form != SELECTS_NAME;
		failed = targets_find_word(session, call->operands[i], states, out, err);
	}
	if (!failed && by_selector && wants_consent(session, call->command, out))
		failed = consent(session, call->command->name, out, err);
	if (failed)
		targets_release(out);
	return failed;
}

int check_options(const struct runtime *runtime, const struct invocation *call, struct error *err)
{
	if (is_lacked(call->command->lacked_by, runtime->name))
		return error_set(err, ERROR_UNSUPPORTED, "%s has no %s", runtime->name, call->command->name);
	for (size_t i = 0; i < call->given_nr; i++) {
		const struct option *option = call->given[i].option;
		if (is_lacked(option->lacked_by, runtime->name))
			return error_set(err, ERROR_UNSUPPORTED, "%s has no --%s", runtime->name, option->name);
	}
	return 0;
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
