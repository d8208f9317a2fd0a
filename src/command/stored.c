#include "command/stored.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "logs/reader.h"
#include "base/banned.h"

unsigned stored_number(const char *word, char name[STORE_NAME_MAX + 1])
{
	runtime_prefix(word, &word);
	size_t len = strcspn(word, "@");
	snprintf(name, STORE_NAME_MAX + 1, "%.*s", (int)len, word);
	return word[len] ? (unsigned)strtoul(word + len + 1, NULL, 10) : 1;
}

struct dated {
	const char *id;
	moment last;
};

static int newest_first(const void *a, const void *b)
{
	const struct dated *left = a, *right = b;
	return left->last > right->last ? -1 : left->last < right->last;
}

static moment last_time(const struct session *session, const char *id, const char *name)
{
	SCOPED(shelf_release) struct shelf_files files;
	shelf_of(&session->store, id, name, &files);
	return reader_last_time(session->store.dir, &files);
}

static void sort_by_age(const struct session *session, const char *name, struct strvec *ids)
{
	struct dated *dated = xcalloc(ids->nr + 1, sizeof *dated);
	struct strvec sorted = STRVEC_INIT;
	for (size_t i = 0; i < ids->nr; i++)
		dated[i] = (struct dated){ ids->items[i], last_time(session, ids->items[i], name) };
	qsort(dated, ids->nr, sizeof *dated, newest_first);
	for (size_t i = 0; i < ids->nr; i++)
		strvec_push(&sorted, dated[i].id);
	free(dated);
	strvec_release(ids);
	*ids = sorted;
}

bool stored_find_tracked(struct session *session, const char *word, struct tracked *out)
{
	char name[STORE_NAME_MAX + 1];
	const char *rest;
	const struct runtime *only = runtime_prefix(word, &rest), *present = session->instead ? session->instead : session->runtime;
	stored_number(word, name);
	return session_find_tracked(session, only ? only : present, name, out) || (!only && session_find_tracked(session, NULL, name, out));
}

/* Those that the table knows as another runtime's. Whose a log is that is not there can be anybody's. */
static void drop_others(const struct session *session, const char *word, struct strvec *ids)
{
	const struct runtime *only = runtime_prefix(word, &word);
	struct tracked *entries;
	size_t nr = only ? tracked_all(session->table, &entries) : 0;
	for (size_t i = 0; i < nr; i++) {
		entries[i].id[CONTAINER_ID_SHORT] = '\0';
		if (entries[i].runtime != only)
			strvec_drop(ids, entries[i].id);
	}
	if (only)
		free(entries);
}

int stored_find(struct session *session, const char *word, char id[CONTAINER_ID_LEN + 1], struct error *err)
{
	SCOPED(strvec_release) struct strvec ids = STRVEC_INIT;
	char name[STORE_NAME_MAX + 1], first[CONTAINER_ID_SHORT + 1] = "";
	unsigned number = stored_number(word, name);
	struct tracked tracked;

	if (session_store(session, err) < 0)
		return -1;
	if (stored_find_tracked(session, word, &tracked)) {
		if (number == 1) {
			memcpy(id, tracked.id, sizeof tracked.id);
			return 0;
		}
		number--;
		memcpy(first, tracked.id, CONTAINER_ID_SHORT);
	}
	shelf_match(&session->store, name, &ids);
	strvec_drop(&ids, first);
	drop_others(session, word, &ids);
	if (ids.nr > 1)
		sort_by_age(session, name, &ids);
	if (number > ids.nr)
		return error_set(err, ERROR_NOT_FOUND, "nothing is stored of '%s': %zu container%s of that name %s known", word,
				 ids.nr + (*first != 0), ids.nr + (*first != 0) == 1 ? "" : "s",
				 ids.nr + (*first != 0) == 1 ? "is" : "are");
	snprintf(id, CONTAINER_ID_LEN + 1, "%s", ids.items[number - 1]);
	return 0;
}

/* ---- all of them ---- */

static bool is_of_other(const struct session *session, const char *id, const struct runtime *only)
{
	struct tracked *entries;
	size_t nr = tracked_all(session->table, &entries);
	bool other = false;
	for (size_t i = 0; i < nr && !other; i++)
		other = entries[i].runtime != only && !strncmp(entries[i].id, id, CONTAINER_ID_SHORT);
	free(entries);
	return other;
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct stored_log *)a)->id, ((const struct stored_log *)b)->id);
}

static int by_name_and_age(const void *a, const void *b)
{
	const struct stored_log *left = a, *right = b;
	int order = strcmp(left->name, right->name);
	if (order)
		return order;
	if (left->last != right->last)
		return left->last > right->last ? -1 : 1;
	return strcmp(left->id, right->id);
}

static void keep_each_id_once(struct stored_logs *logs)
{
	size_t kept = 0;
	qsort(logs->items, logs->nr, sizeof *logs->items, by_id);
	for (size_t i = 0; i < logs->nr; i++)
		if (kept == 0 || strcmp(logs->items[kept - 1].id, logs->items[i].id) != 0)
			logs->items[kept++] = logs->items[i];
	logs->nr = kept;
}

/* One that is tracked now comes before all that are not. */
static moment age_of(struct session *session, const struct stored_log *log)
{
	struct tracked tracked;
	if (stored_find_tracked(session, log->name, &tracked) && !strncmp(tracked.id, log->id, CONTAINER_ID_SHORT))
		return INT64_MAX;
	return last_time(session, log->id, log->name);
}

static void number(struct session *session, struct stored_logs *logs)
{
	struct stored_log *items = logs->items;
	qsort(items, logs->nr, sizeof *items, by_name_and_age);
	for (size_t i = 0; i < logs->nr; i++)
		if ((i > 0 && !strcmp(items[i - 1].name, items[i].name)) ||
		    (i + 1 < logs->nr && !strcmp(items[i + 1].name, items[i].name)))
			items[i].last = age_of(session, &items[i]);
	qsort(items, logs->nr, sizeof *items, by_name_and_age);
	for (size_t i = 0; i < logs->nr; i++)
		items[i].number = i > 0 && !strcmp(items[i - 1].name, items[i].name) ? items[i - 1].number + 1 : 1;
}

void stored_list(struct session *session, const char *pattern, const struct runtime *only, struct stored_logs *out)
{
	SCOPED(shelf_release) struct shelf_files files;
	shelf_all(&session->store, &files);
	*out = (struct stored_logs){ .items = xcalloc(files.nr, sizeof *out->items) };
	for (size_t i = 0; i < files.nr; i++) {
		const struct log_name *of = &files.items[i].of;
		struct stored_log *log = &out->items[out->nr];
		if ((pattern && !text_matches(pattern, of->name)) || (only && is_of_other(session, of->id, only)))
			continue;
		snprintf(log->id, sizeof log->id, "%.*s", CONTAINER_ID_SHORT, of->id);
		snprintf(log->name, sizeof log->name, "%s", of->name);
		out->nr++;
	}
	keep_each_id_once(out);
	number(session, out);
}

void stored_logs_release(struct stored_logs *logs)
{
	free(logs->items);
	*logs = (struct stored_logs){ 0 };
}
