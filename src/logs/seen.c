#include "logs/seen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/banned.h"

#define NOTE_MAX 1024

static struct seen_list *list_new(size_t room, int64_t at_ms)
{
	struct seen_list *list = xcalloc(1, sizeof *list);
	list->items = xcalloc(room + 1, sizeof *list->items);
	list->at_ms = at_ms;
	atomic_init(&list->holders, 1);
	return list;
}

struct seen_list *seen_hold(struct seen_list *list)
{
	if (list)
		atomic_fetch_add(&list->holders, 1);
	return list;
}

void seen_leave(struct seen_list **list)
{
	struct seen_list *left = *list;
	*list = NULL;
	if (!left || atomic_fetch_sub(&left->holders, 1) > 1)
		return;
	free(left->items);
	arena_release(&left->arena);
	free(left);
}

int64_t seen_every_ms(enum seen_kind kind)
{
	static const int64_t every_ms[] = {
#define X(kind, every_ms) every_ms,
		SEEN_KINDS(X)
#undef X
	};
	return every_ms[kind];
}

/* "running, nginx:latest": what is there of both. */
static const char *join(struct arena *arena, const char *first, const char *second)
{
	char note[NOTE_MAX];
	snprintf(note, sizeof note, "%s%s%s", first, *first && *second ? ", " : "", second);
	return arena_text(arena, note);
}

struct seen_list *seen_of_containers(const struct container_list *list, int64_t at_ms)
{
	struct seen_list *seen = list_new(list->nr, at_ms);
	for (size_t i = 0; i < list->nr; i++) {
		const struct container *row = &list->items[i];
		seen->items[seen->nr++] = (struct seen){
			.name = arena_text(&seen->arena, row->name),
			.note = join(&seen->arena, container_state_name(row->state), row->image ? row->image : ""),
			.labels = arena_text(&seen->arena, row->labels ? row->labels : ""),
			.state = row->state,
		};
	}
	return seen;
}

struct seen_list *seen_of_images(const struct image_list *list, int64_t at_ms)
{
	struct seen_list *seen = list_new(list->nr, at_ms);
	char name[NOTE_MAX];
	for (size_t i = 0; i < list->nr; i++) {
		const struct image *row = &list->items[i];
		if (!strcmp(row->repository, "<none>") || !strcmp(row->tag, "<none>"))
			continue;
		snprintf(name, sizeof name, "%s:%s", row->repository, row->tag);
		seen->items[seen->nr++] = (struct seen){
			.name = arena_text(&seen->arena, name),
			.note = join(&seen->arena, row->size ? row->size : "",
				     row->created_since ? row->created_since : ""),
			.labels = "",
		};
	}
	return seen;
}

struct seen_list *seen_of_resources(const struct resource_list *list, int64_t at_ms)
{
	struct seen_list *seen = list_new(list->nr, at_ms);
	for (size_t i = 0; i < list->nr; i++) {
		const struct resource *row = &list->items[i];
		seen->items[seen->nr++] = (struct seen){
			.name = arena_text(&seen->arena, row->name),
			.note = join(&seen->arena, row->driver,
				     volume_is_anonymous(row) ? "nobody named it"
				     : row->builtin           ? "always there"
							      : ""),
			.labels = arena_text(&seen->arena, row->labels),
			.builtin = row->builtin,
		};
	}
	return seen;
}

struct seen_list *seen_of_lines(const char *text, int64_t at_ms)
{
	size_t room = text_lines(text, strlen(text)) + 1;
	struct seen_list *seen = list_new(room, at_ms);
	for (size_t len; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\r\n");
		if (len)
			seen->items[seen->nr++] =
				(struct seen){ .name = arena_copy(&seen->arena, text, len), .note = "", .labels = "" };
		len += text[len] == '\r';
	}
	return seen;
}
