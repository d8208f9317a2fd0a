#include "model/resource.h"

#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "base/banned.h"

#define ANONYMOUS_LEN 64

void resource_list_release(struct resource_list *list)
{
	free(list->items);
	arena_release(&list->arena);
	*list = (struct resource_list){ 0 };
}

void resource_list_keep(struct resource_list *list, bool (*wanted)(const struct resource *one, const void *arg), const void *arg)
{
	size_t kept = 0;
	for (size_t i = 0; i < list->nr; i++)
		if (wanted(&list->items[i], arg))
			list->items[kept++] = list->items[i];
	list->nr = kept;
}

bool resource_list_has(const struct resource_list *list, const struct resource *one)
{
	for (size_t i = 0; i < list->nr; i++)
		if (!strcmp(list->items[i].id, one->id))
			return true;
	return false;
}

bool volume_is_anonymous(const struct resource *volume)
{
	return strlen(volume->name) == ANONYMOUS_LEN && strspn(volume->name, "0123456789abcdef") == ANONYMOUS_LEN;
}
