#include "model/container.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "base/banned.h"

static const char *const state_names[] = {
#define X(state, name) [CONTAINER_##state] = name,
	CONTAINER_STATES(X)
#undef X
};

void container_list_release(struct container_list *list)
{
	free(list->items);
	arena_release(&list->arena);
	*list = (struct container_list){ 0 };
}

void detail_list_release(struct detail_list *list)
{
	free(list->items);
	arena_release(&list->arena);
	*list = (struct detail_list){ 0 };
}

void image_list_release(struct image_list *list)
{
	free(list->items);
	arena_release(&list->arena);
	*list = (struct image_list){ 0 };
}

const char *happening_word(enum container_happening what)
{
	static const char *const words[] = {
#define X(what, word) [HAPPENED_##what] = word,
		HAPPENINGS(X)
#undef X
	};
	return words[what];
}

const char *container_state_name(enum container_state state)
{
	return state_names[state];
}

enum container_state container_state_parse(const char *word)
{
	static const struct {
		const char *word;
		enum container_state state;
	} others[] = {
		{ "up", CONTAINER_RUNNING },          { "stopped", CONTAINER_EXITED },   { "configured", CONTAINER_CREATED },
		{ "initialized", CONTAINER_CREATED }, { "stopping", CONTAINER_RUNNING }, { "pausing", CONTAINER_RUNNING },
	};
	for (size_t i = 0; i < ARRAY_LEN(state_names); i++)
		if (!strcasecmp(word, state_names[i]))
			return (enum container_state)i;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (!strcasecmp(word, others[i].word))
			return others[i].state;
	return CONTAINER_UNKNOWN;
}

const char *container_own_name(const char *names, struct arena *arena)
{
	const char *name = names, *end = names;
	for (; *end; name = end + 1) {
		name += *name == '/';
		end = name + strcspn(name, ",");
		if (!*end || !memchr(name, '/', (size_t)(end - name)))
			break;
	}
	return arena_copy(arena, name, (size_t)(end - name));
}

bool container_name_valid(const char *name)
{
	if (!isascii((unsigned char)name[0]) || !isalnum((unsigned char)name[0]) || !name[1])
		return false;
	for (const char *c = name; *c; c++)
		if (!isascii((unsigned char)*c) || (!isalnum((unsigned char)*c) && !strchr("_.-", *c)))
			return false;
	return true;
}
