#include "command/stored.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logs/reader.h"
#include "base/banned.h"

unsigned stored_number(const char *word, char name[STORE_NAME_MAX + 1])
{
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

int stored_find(struct session *session, const char *word, char id[CONTAINER_ID_LEN + 1], struct error *err)
{
	SCOPED(strvec_release) struct strvec ids = STRVEC_INIT;
	char name[STORE_NAME_MAX + 1], first[CONTAINER_ID_SHORT + 1] = "";
	unsigned number = stored_number(word, name);
	struct tracked tracked;

	if (session_store(session, err) < 0)
		return -1;
	if (session_find_tracked(session, name, &tracked)) {
		if (number == 1) {
			memcpy(id, tracked.id, sizeof tracked.id);
			return 0;
		}
		number--;
		memcpy(first, tracked.id, CONTAINER_ID_SHORT);
	}
	shelf_match(&session->store, name, &ids);
	strvec_drop(&ids, first);
	if (ids.nr > 1)
		sort_by_age(session, name, &ids);
	if (number > ids.nr)
		return error_set(err, ERROR_NOT_FOUND, "nothing is stored of '%s': %zu container%s of that name %s known", word,
				 ids.nr + (*first != 0), ids.nr + (*first != 0) == 1 ? "" : "s",
				 ids.nr + (*first != 0) == 1 ? "is" : "are");
	snprintf(id, CONTAINER_ID_LEN + 1, "%s", ids.items[number - 1]);
	return 0;
}
