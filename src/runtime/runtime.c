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

int transport_parse(const char *word, enum transport *out, struct error *err)
{
	static const char *const words[] = { [TRANSPORT_AUTO] = "auto", [TRANSPORT_SOCKET] = "socket", [TRANSPORT_CLI] = "cli" };
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (!strcmp(words[i], word)) {
			*out = (enum transport)i;
			return 0;
		}
	return error_set(err, ERROR_USAGE, "unknown transport '%.40s'; there are auto, socket and cli", word);
}

void result_release(struct result *result)
{
	container_list_release(&result->containers);
	detail_list_release(&result->details);
	image_list_release(&result->images);
}
