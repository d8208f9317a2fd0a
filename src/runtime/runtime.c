#include "runtime/runtime.h"

#include <string.h>

#include "runtime/dialect.h"
#include "base/banned.h"

const struct runtime *const runtimes[] = { &runtime_docker, &runtime_nerdctl, &runtime_podman, NULL };

const struct runtime *runtime_find(const char *name, struct error *err)
{
	for (const struct runtime *const *runtime = runtimes; *runtime; runtime++)
		if (!strcmp((*runtime)->name, name))
			return *runtime;
	error_set(err, ERROR_USAGE, "unknown runtime '%.40s'; there are docker, nerdctl and podman", name);
	return NULL;
}

const struct runtime *runtime_prefix(const char *word, const char **name)
{
	size_t len = strcspn(word, ":");
	*name = word;
	if (!word[len])
		return NULL;
	for (const struct runtime *const *runtime = runtimes; *runtime; runtime++)
		if (strlen((*runtime)->name) == len && !memcmp((*runtime)->name, word, len)) {
			*name = word + len + 1;
			return *runtime;
		}
	return NULL;
}

struct runtime_arguments *runtime_arguments(const struct runtime *runtime)
{
	static struct runtime_arguments arguments[RUNTIMES_MAX];
	size_t i = 0;
	while (runtimes[i] != runtime)
		i++;
	return &arguments[i];
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
	usage_list_release(&result->usages);
	resource_list_release(&result->resources);
	buf_release(&result->text);
}
