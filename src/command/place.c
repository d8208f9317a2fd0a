#include "command/place.h"

#include <string.h>

#include "command/selector.h"
#include "model/container.h"
#include "runtime/runtime.h"
#include "base/banned.h"

/* A name, or the beginning of an id; or the last result. A file may be called as the other words that stand for containers. */
static bool is_container(const char *name, size_t len)
{
	char word[CONTAINER_NAME_MAX + 1];
	if (len > CONTAINER_NAME_MAX)
		return false;
	memcpy(word, name, len);
	word[len] = '\0';
	struct selector selector = selector_read(word);
	return !selector.runtime && (selector.form == SELECTS_NAME || selector.form == SELECTS_LAST) &&
	       selector_valid(word);
}

bool place_read(const char *word, struct place *out)
{
	const char *name = word;
	const char *colon = *word == '/' || *word == '.' ? NULL : strchr(word, ':');
	*out = (struct place){ .path = word };
	if (!colon)
		return true;
	/* A container may be called as a runtime is: then no other colon follows. */
	if (runtime_prefix(word, &name) && *name != '/' && strchr(name, ':'))
		colon = strchr(name, ':');
	else
		name = word;
	*out = (struct place){ word, (size_t)(colon - word), colon + 1 };
	return *out->path && is_container(name, (size_t)(colon - name));
}

bool place_means_content(const char *path)
{
	size_t len = strlen(path);
	while (len > 0 && path[len - 1] == '/')
		len--;
	return len == 0 || (path[len - 1] == '.' && (len == 1 || path[len - 2] == '/'));
}
