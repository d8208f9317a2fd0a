#include "runtime/runtime.h"

#include <string.h>

#include "base/banned.h"

const struct runtime *runtime_find(const char *name, struct error *err)
{
	for (const struct runtime *const *runtime = runtimes; *runtime; runtime++)
		if (!strcmp((*runtime)->name, name))
			return *runtime;
	error_set(err, ERROR_USAGE, "unknown runtime '%.40s'; there are docker, nerdctl and podman", name);
	return NULL;
}

void result_release(struct result *result)
{
	container_list_release(&result->containers);
	detail_list_release(&result->details);
	image_list_release(&result->images);
}
