#include "runtime/resources.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/texts.h"
#include "base/banned.h"

/* Keys of networks are docker's, or podman's, which are small. */
static const char *text_of(const struct json *row, const char *key, const char *small_key, struct arena *arena)
{
	const char *text = json_text(row, key, arena);
	return *text ? text : json_text(row, small_key, arena);
}

/* docker gives flags as texts. */
static bool flag_of(const struct json *row, const char *key, const char *small_key)
{
	SCOPED(arena_release) struct arena scratch = ARENA_INIT;
	return json_bool(row, small_key) || !strcmp(json_text(row, key, &scratch), "true");
}

/* podman has an object, the others the text that docker shows. */
static const char *labels_of(const struct json *row, struct arena *arena)
{
	const struct json *labels = json_child(row, "Labels");
	if (!labels)
		labels = json_child(row, "labels");
	return labels ? text_of_labels(labels, NULL, arena) : json_text(row, "Labels", arena);
}

static const char *or_local(const char *scope)
{
	return *scope ? scope : "local"; /* only docker has others */
}

static bool is_builtin(const struct dialect *dialect, const char *name)
{
	return !strcmp(name, "host") || !strcmp(name, "none") || !strcmp(name, dialect->default_network);
}

/* As docker has them: "net2" before "net10". */
static int by_name(const void *a, const void *b)
{
	const struct resource *one = a, *other = b;
	return strverscmp(one->name, other->name);
}

static void sort(struct resource_list *list)
{
	qsort(list->items, list->nr, sizeof *list->items, by_name);
}

void networks_read(const struct dialect *dialect, const struct json_rows *rows, struct resource_list *out)
{
	struct arena *arena = &out->arena;
	out->items = xcalloc(rows->nr + 1, sizeof *out->items);
	for (size_t i = 0; i < rows->nr; i++) {
		const struct json *row = rows->items[i];
		const char *name = text_of(row, "Name", "name", arena), *id = text_of(row, "ID", "id", arena);
		if (!*name)
			continue;
		out->items[out->nr++] = (struct resource){
			.id = *id ? id : name,
			.name = name,
			.driver = text_of(row, "Driver", "driver", arena),
			.scope = or_local(json_text(row, "Scope", arena)),
			.labels = labels_of(row, arena),
			.created_at = text_of(row, "CreatedAt", "created", arena),
			.mountpoint = "",
			.internal = flag_of(row, "Internal", "internal"),
			.ipv6 = flag_of(row, "IPv6", "ipv6_enabled"),
			.builtin = is_builtin(dialect, name),
		};
	}
	sort(out);
}

void volumes_read(const struct json_rows *rows, struct resource_list *out)
{
	struct arena *arena = &out->arena;
	out->items = xcalloc(rows->nr + 1, sizeof *out->items);
	for (size_t i = 0; i < rows->nr; i++) {
		const struct json *row = rows->items[i];
		const char *name = json_text(row, "Name", arena);
		if (!*name)
			continue;
		out->items[out->nr++] = (struct resource){
			.id = name,
			.name = name,
			.driver = json_text(row, "Driver", arena),
			.scope = or_local(json_text(row, "Scope", arena)),
			.labels = labels_of(row, arena),
			.created_at = json_text(row, "CreatedAt", arena),
			.mountpoint = json_text(row, "Mountpoint", arena),
		};
	}
	sort(out);
}
