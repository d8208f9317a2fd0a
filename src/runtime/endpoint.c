#include "runtime/endpoint.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "model/json.h"
#include "base/banned.h"

#define CONFIG_MAX (1024u * 1024)
#define DEFAULT_HOST "unix:///var/run/docker.sock"

/* The text at `path` in a JSON file, "" if there is none. */
static const char *read_text(const char *file, const char *path, struct arena *arena)
{
	SCOPED(buf_release) struct buf bytes = BUF_INIT(CONFIG_MAX);
	struct json_rows rows;
	struct error ignored;
	if (fd_read_file(AT_FDCWD, file, &bytes, &ignored) < 0 || json_parse_rows(buf_text(&bytes), bytes.len, &rows, &ignored) < 0)
		return "";
	const char *text = rows.nr ? json_text(rows.items[0], path, arena) : "";
	json_rows_release(&rows);
	return text;
}

static bool config_path(char path[PATH_MAX], const char *name)
{
	const char *given = getenv("DOCKER_CONFIG"), *home = getenv("HOME");
	int len = given && *given ? snprintf(path, PATH_MAX, "%s/%s", given, name)
				  : snprintf(path, PATH_MAX, "%s/.docker/%s", home ? home : "", name);
	return len < PATH_MAX;
}

static const char *context_name(struct arena *arena)
{
	const char *named = getenv("DOCKER_CONTEXT");
	char file[PATH_MAX];
	if (named && *named)
		return named;
	return config_path(file, "config.json") ? read_text(file, "currentContext", arena) : "";
}

/* Contexts stand in directories named by a digest; each says in its file what it is called. */
static const char *context_host(const char *name, struct arena *arena)
{
	char directory[PATH_MAX], file[PATH_MAX];
	const char *host = "";
	DIR *contexts = config_path(directory, "contexts/meta") ? opendir(directory) : NULL;
	for (struct dirent *entry; contexts && !*host && (entry = readdir(contexts));) {
		int len = snprintf(file, sizeof file, "%s/%s/meta.json", directory, entry->d_name);
		if (len < (int)sizeof file && !strcmp(read_text(file, "Name", arena), name))
			host = read_text(file, "Endpoints.docker.Host", arena);
	}
	if (contexts)
		closedir(contexts);
	return host;
}

void endpoint_find(char path[ENDPOINT_MAX + 1])
{
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	const char *host = getenv("DOCKER_HOST");
	if (!host || !*host) {
		const char *context = context_name(&arena);
		host = !*context || !strcmp(context, "default") ? DEFAULT_HOST : context_host(context, &arena);
	}
	bool local = !strncmp(host, "unix:///", 8) && strlen(host) - 7 <= ENDPOINT_MAX;
	snprintf(path, ENDPOINT_MAX + 1, "%s", local ? host + 7 : "");
}
