#include "command/logset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "base/text.h"
#include "command/selector.h"
#include "command/stored.h"
#include "command/target.h"
#include "base/banned.h"

#define TRIES_EVERY_MS 1000

void logset_release(struct logset *set)
{
	free(set->items);
	strvec_release(&set->untracked);
	strvec_release(&set->seen);
	*set = (struct logset){ 0 };
}

static void add(struct logset *set, const char *id, const char *name, bool collected)
{
	for (size_t i = 0; i < set->nr; i++)
		if (!strncmp(set->items[i].id, id, CONTAINER_ID_SHORT))
			return;
	if (set->nr == set->room) {
		set->room = set->room ? set->room * 2 : 16;
		set->items = xrealloc(set->items, set->room * sizeof *set->items);
	}
	struct logset_item *item = &set->items[set->nr++];
	snprintf(item->id, sizeof item->id, "%s", id);
	snprintf(item->name, sizeof item->name, "%s", name);
	item->collected = collected;
}

static void add_untracked(struct logset *set, const char *name)
{
	if (!strvec_has(&set->untracked, name))
		strvec_push(&set->untracked, name);
}

bool logset_is_open(const char *word)
{
	return selector_read(word).form != SELECTS_NAME;
}

/* ---- one name ---- */

static int add_stored(struct session *session, const char *word, struct logset *set, struct error *err)
{
	char id[CONTAINER_ID_LEN + 1], name[STORE_NAME_MAX + 1];
	struct tracked entry;
	if (stored_find(session, word, id, err) < 0)
		return -1;
	unsigned number = stored_number(word, name);
	bool tracked = number == 1 && stored_find_tracked(session, word, &entry);
	add(set, id, tracked ? entry.name : name, tracked);
	return 0;
}

/* What the present runtime has, then what there is else; with a runtime before the name nothing else. */
static int add_name(struct session *session, const char *word, bool only, struct logset *set, struct error *err)
{
	char name[STORE_NAME_MAX + 1];
	struct tracked entry;
	struct error engine_err, *reason = &engine_err;

	if (stored_number(word, name) > 1)
		return add_stored(session, word, set, err);
	const struct runtime *runtime = session_runtime(session, reason);
	if (runtime && session_find_tracked(session, runtime, name, &entry)) {
		add(set, entry.id, entry.name, true);
		return 0;
	}
	if (runtime && session_act(session, VERB_INSPECT, name, NULL, reason) == 0) {
		add_untracked(set, name);
		return 0;
	}
	if (!only && session_find_tracked(session, NULL, name, &entry)) {
		add(set, entry.id, entry.name, true);
		return 0;
	}
	if (add_stored(session, word, set, err) == 0)
		return 0;
	if (err->kind == ERROR_NOT_FOUND) { /* nothing is stored either: what the engine said counts */
		*err = engine_err;
		target_point_elsewhere(session, word, err);
	}
	return -1;
}

/* ---- words that stand for several ---- */

/* Of the runtime that is worked with, and not gone. */
static void add_tracked_fitting(struct session *session, const char *pattern, struct logset *set)
{
	struct error ignored;
	const struct runtime *runtime = session_runtime(session, &ignored);
	struct tracked *entries;
	size_t nr = tracked_all(session->table, &entries);
	for (size_t i = 0; i < nr; i++)
		if (entries[i].runtime == runtime && entries[i].phase != PHASE_GONE &&
		    text_matches(pattern, entries[i].name))
			add(set, entries[i].id, entries[i].name, true);
	free(entries);
}

static bool has_name(const struct logset *set, const char *name)
{
	for (size_t i = 0; i < set->nr; i++)
		if (!strcmp(set->items[i].name, name))
			return true;
	return false;
}

/* Of each name whose log is kept the newest container; with a runtime before the pattern not what is known to be another's. */
static void add_stored_fitting(struct session *session, const struct selector *selector, struct logset *set)
{
	SCOPED(strvec_release) struct strvec names = STRVEC_INIT;
	shelf_names(&session->store, &names);
	for (size_t i = 0; i < names.nr; i++) {
		SCOPED(buf_release) struct buf word = BUF_INIT(STORE_NAME_MAX + 32);
		struct error ignored;
		if (!text_matches(selector->text, names.items[i]) || has_name(set, names.items[i]))
			continue;
		buf_printf(&word, "%s%s%s", selector->runtime ? selector->runtime->name : "",
			   selector->runtime ? ":" : "", names.items[i]);
		add_stored(session, buf_text(&word), set, &ignored);
	}
}

/* An engine that does not answer has nothing that could be missed. */
static int add_untracked_fitting(struct session *session, const char *pattern, struct logset *set, struct error *err)
{
	struct result result;
	struct tracked entry;
	if (session_list(session, &result, err) < 0)
		return err->kind == ERROR_CANCELLED ? -1 : 0;
	for (size_t i = 0; i < result.containers.nr; i++) {
		const struct container *container = &result.containers.items[i];
		if (text_matches(pattern, container->name) && !tracked_get(session->table, container->id, &entry))
			add_untracked(set, container->name);
	}
	result_release(&result);
	return 0;
}

static int add_fitting(struct session *session, const struct selector *selector, struct logset *set, struct error *err)
{
	size_t nr = set->nr, untracked = set->untracked.nr;
	if (session_store(session, err) < 0)
		return -1;
	add_tracked_fitting(session, selector->text, set);
	add_stored_fitting(session, selector, set);
	if (add_untracked_fitting(session, selector->text, set, err) < 0)
		return -1;
	if (set->nr > nr || set->untracked.nr > untracked)
		return 0;
	return error_set(err, ERROR_NOT_FOUND, "no container, and no log that is kept, fits '%s'", selector->word);
}

/* A label, a project, the last result: what the engine has of it. */
static int add_targets(struct session *session, const char *word, struct logset *set, struct error *err)
{
	struct targets targets = { 0 };
	struct tracked entry;
	int failed = targets_find_word(session, word, STATES_ANY, &targets, err);
	for (size_t i = 0; i < targets.nr && !failed; i++) {
		const struct target *target = &targets.items[i];
		if (tracked_get(session->table, target->id, &entry) ||
		    session_find_tracked(session, target->runtime, target->id, &entry))
			add(set, entry.id, entry.name, true);
		else
			add_untracked(set, target->name);
	}
	targets_release(&targets);
	return failed;
}

static int add_word(struct session *session, const struct selector *selector, struct logset *set, struct error *err)
{
	switch (selector->form) {
	case SELECTS_NAME:
		return add_name(session, selector->word, selector->runtime != NULL, set, err);
	case SELECTS_PATTERN:
		return add_fitting(session, selector, set, err);
	default:
		return add_targets(session, selector->word, set, err);
	}
}

int logset_add_word(struct session *session, const char *word, struct logset *set, struct error *err)
{
	struct selector selector = selector_read(word);
	const struct runtime *before = session_turn_to(session, selector.runtime ? selector.runtime : session->instead);
	int failed = add_word(session, &selector, set, err);
	session_turn_to(session, before);
	return failed;
}

/* ---- what comes later ---- */

static bool note_present(struct session *session, struct logset *set)
{
	struct tracked *entries;
	size_t nr = tracked_all(session->table, &entries);
	bool any = false;
	for (size_t i = 0; i < nr; i++) {
		SCOPED(buf_release) struct buf who = BUF_INIT(CONTAINER_ID_LEN + STORE_NAME_MAX + 2);
		buf_printf(&who, "%s %s", entries[i].id, entries[i].name);
		if (strvec_has(&set->seen, buf_text(&who)))
			continue;
		strvec_push(&set->seen, buf_text(&who));
		any = true;
	}
	free(entries);
	return any;
}

void logset_note_present(struct session *session, struct logset *set)
{
	note_present(session, set);
}

/* "tier=web", or "tier" with any value, among "a=b,tier=web". */
static bool has_label(const char *labels, const char *label)
{
	size_t len = strlen(label);
	for (const char *at = labels; at; at = strchr(at, ','), at += at != NULL)
		if (!strncmp(at, label, len) && (!at[len] || at[len] == ',' || (at[len] == '=' && !strchr(label, '='))))
			return true;
	return false;
}

/* The last result is what it was. */
static bool means(const struct selector *selector, bool names, const struct seen *seen)
{
	static const char filter[] = "--filter=label=";
	SCOPED(strvec_release) struct strvec filters = STRVEC_INIT;
	if (selector->form == SELECTS_NAME)
		return names && !strcmp(selector->text, seen->name);
	if (selector->form == SELECTS_PATTERN)
		return text_matches(selector->text, seen->name);
	selector_filters(selector, &filters);
	for (size_t i = 0; i < filters.nr; i++)
		if (has_label(seen->labels, filters.items[i] + strlen(filter)))
			return true;
	return false;
}

/* What was there before is not new, unless it has the name of one that is followed, and gone. */
static void track_strangers(struct session *session, const struct selector *selector, bool names,
			    const struct logset *set)
{
	struct error ignored;
	struct tracked entry;
	const struct runtime *runtime = session_runtime(session, &ignored);
	SCOPED(seen_leave)
	struct seen_list *present = runtime ? seen_take(session->table, runtime, SEEN_CONTAINERS) : NULL;
	for (size_t i = 0; present && i < present->nr; i++) {
		const char *name = present->items[i].name;
		bool is_new = has_name(set, name) || !strvec_has(&set->untracked, name);
		if (is_new && means(selector, names, &present->items[i]) && !session_find_tracked(session, runtime, name, &entry))
			session_track_existing(session, name, &ignored);
	}
}

static void add_new_of(struct session *session, const struct selector *selector, bool names, struct logset *set)
{
	struct error ignored;
	struct tracked entry;
	switch (selector->form) {
	case SELECTS_NAME:
		if (names && session_find_tracked(session, session_runtime(session, &ignored), selector->text, &entry))
			add(set, entry.id, entry.name, true);
		break;
	case SELECTS_PATTERN:
		add_tracked_fitting(session, selector->text, set);
		break;
	case SELECTS_LAST:
		break;
	default:
		add_targets(session, selector->word, set, &ignored);
	}
}

void logset_add_new(struct session *session, char *const *words, size_t nr, bool names, struct logset *set)
{
	bool tries = monotonic_ms() - set->tried_ms >= TRIES_EVERY_MS;
	for (size_t i = 0; i < nr && tries; i++) {
		struct selector selector = selector_read(words[i]);
		const struct runtime *before =
			session_turn_to(session, selector.runtime ? selector.runtime : session->instead);
		track_strangers(session, &selector, names, set);
		session_turn_to(session, before);
	}
	if (tries)
		set->tried_ms = monotonic_ms();
	if (!note_present(session, set))
		return;
	for (size_t i = 0; i < nr; i++) {
		struct selector selector = selector_read(words[i]);
		const struct runtime *before =
			session_turn_to(session, selector.runtime ? selector.runtime : session->instead);
		add_new_of(session, &selector, names, set);
		session_turn_to(session, before);
	}
}
