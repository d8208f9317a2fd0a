#include "model/usage.h"

#include <stdlib.h>

#include "base/banned.h"

void usage_list_release(struct usage_list *list)
{
	free(list->items);
	arena_release(&list->arena);
	*list = (struct usage_list){ 0 };
}
