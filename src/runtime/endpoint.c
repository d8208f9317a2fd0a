#include "runtime/endpoint.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* What follows the option in its own word, or in the next one; NULL: it is another word. */
static const char *value_of(const char *option, const char *word, const char *next)
{
	size_t len = strlen(option);
	if (strncmp(word, option, len) != 0)
		return NULL;
	if (!word[len])
		return next;
	if (word[len] == '=')
		return word + len + 1;
	return option[1] == '-' ? NULL : word + len;
}

/* As the last one says. */
static const char *given(const struct strvec *arguments, const char *option)
{
	const char *value = NULL, *one;
	for (size_t i = 0; i < arguments->nr; i++)
		if ((one = value_of(option, arguments->items[i], arguments->items[i + 1])))
			value = one;
	return value;
}

/* ---- docker ---- */

static bool config_path(const struct strvec *arguments, char path[PATH_MAX], const char *name)
{
	const char *option = given(arguments, "--config"), *home = getenv("HOME");
	const char *directory = option ? option : getenv("DOCKER_CONFIG");
	int len = directory && *directory ? snprintf(path, PATH_MAX, "%s/%s", directory, name)
					  : snprintf(path, PATH_MAX, "%s/.docker/%s", home ? home : "", name);
	return len < PATH_MAX;
}

static const char *current_context(const struct strvec *arguments, struct arena *arena)
{
	char file[PATH_MAX];
	return config_path(arguments, file, "config.json") ? read_text(file, "currentContext", arena) : "";
}

/* Contexts stand in directories named by a digest; each says in its file what it is called. */
static const char *context_host(const struct strvec *arguments, const char *name, struct arena *arena)
{
	char directory[PATH_MAX], file[PATH_MAX];
	const char *host = "";
	DIR *contexts = config_path(arguments, directory, "contexts/meta") ? opendir(directory) : NULL;
	for (struct dirent *entry; contexts && !*host && (entry = readdir(contexts));) {
		int len = snprintf(file, sizeof file, "%s/%s/meta.json", directory, entry->d_name);
		if (len < (int)sizeof file && !strcmp(read_text(file, "Name", arena), name))
			host = read_text(file, "Endpoints.docker.Host", arena);
	}
	if (contexts)
		closedir(contexts);
	return host;
}

/* ---- nerdctl ---- */

/* The quoted text that stands in `line` behind KEY and =. */
static const char *toml_value(const char *line, const char *key, struct arena *arena)
{
	size_t len = strlen(key);
	line += strspn(line, " \t");
	if (strncmp(line, key, len) != 0)
		return NULL;
	line += len + strspn(line + len, " \t");
	if (*line != '=')
		return NULL;
	line += 1 + strspn(line + 1, " \t");
	const char quote[] = { *line, '\n', '\0' };
	return *line == '"' || *line == '\'' ? arena_copy(arena, line + 1, strcspn(line + 1, quote)) : NULL;
}

static bool toml_path(char path[PATH_MAX])
{
	const char *named = getenv("NERDCTL_TOML"), *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int len;
	if (named && *named)
		len = snprintf(path, PATH_MAX, "%s", named);
	else if (geteuid() == 0)
		len = snprintf(path, PATH_MAX, "/etc/nerdctl/nerdctl.toml");
	else if (config && *config)
		len = snprintf(path, PATH_MAX, "%s/nerdctl/nerdctl.toml", config);
	else
		len = snprintf(path, PATH_MAX, "%s/.config/nerdctl/nerdctl.toml", home ? home : "");
	return len < PATH_MAX;
}

/* Its settings stand before the first table, one a line. */
static const char *toml_text(const char *key, struct arena *arena)
{
	SCOPED(buf_release) struct buf bytes = BUF_INIT(CONFIG_MAX);
	char path[PATH_MAX];
	struct error ignored;
	const char *value = NULL;
	if (!toml_path(path) || fd_read_file(AT_FDCWD, path, &bytes, &ignored) < 0)
		return "";
	for (const char *line = buf_text(&bytes); *line && *line != '[' && !value; line += line[0] == '\n') {
		value = toml_value(line, key, arena);
		line += strcspn(line, "\n");
	}
	return value ? value : "";
}

static const char *toml_namespace(const struct strvec *arguments UNUSED, struct arena *arena)
{
	return toml_text("namespace", arena);
}

static const char *toml_address(const struct strvec *arguments UNUSED, struct arena *arena)
{
	return toml_text("address", arena);
}

/* ---- all ---- */

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const struct setting {
	const char *runtime;
	const char *const *options, *const *variables; /* the first that says something counts */
	const char *(*configured)(const struct strvec *arguments, struct arena *arena); /* "": nothing */
	const char *const *standard;
} settings[] = {
	{ "docker", WORDS("-H", "--host", "-c", "--context"), WORDS("DOCKER_HOST", "DOCKER_CONTEXT"), current_context,
	  WORDS("default", DEFAULT_HOST) },
	{ "nerdctl", WORDS("-n", "--namespace"), WORDS("CONTAINERD_NAMESPACE"), toml_namespace, WORDS("default") },
	{ "nerdctl", WORDS("-a", "--address", "-H", "--host"), WORDS("CONTAINERD_ADDRESS"), toml_address,
	  WORDS("/run/containerd/containerd.sock", "unix:///run/containerd/containerd.sock") },
	{ "podman", WORDS("--url", "-c", "--connection", "-H", "--host", "--context"), WORDS("CONTAINER_HOST", "CONTAINER_CONNECTION"), NULL,
	  WORDS("default") },
};

static const char *by_option(const struct setting *setting, const struct strvec *arguments)
{
	const char *value = NULL;
	for (const char *const *option = setting->options; *option && !value; option++)
		value = given(arguments, *option);
	return value;
}

static const char *value_of_setting(const struct setting *setting, const struct strvec *arguments, struct arena *arena)
{
	const char *value = by_option(setting, arguments);
	for (const char *const *variable = setting->variables; *variable && !(value && *value); variable++)
		value = getenv(*variable);
	if (!(value && *value))
		value = setting->configured ? setting->configured(arguments, arena) : "";
	return value;
}

static bool is_standard(const struct setting *setting, const char *value)
{
	const char *const *standard = setting->standard;
	while (*standard && strcmp(*standard, value) != 0)
		standard++;
	return !*value || *standard;
}

void endpoint_name(const char *runtime, const struct strvec *arguments, char name[ENDPOINT_NAME_MAX + 1])
{
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	*name = '\0';
	for (size_t i = 0; i < ARRAY_LEN(settings) && !*name; i++) {
		const char *value = strcmp(settings[i].runtime, runtime) ? "" : value_of_setting(&settings[i], arguments, &arena);
		if (!is_standard(&settings[i], value))
			snprintf(name, ENDPOINT_NAME_MAX + 1, "%s", value + (strncmp(value, "unix://", 7) ? 0 : 7));
	}
}

void endpoint_variables(const char *runtime, struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		for (const char *const *variable = settings[i].variables; !strcmp(settings[i].runtime, runtime) && *variable; variable++)
			buf_printf(out, "%s%s", out->len ? ", " : "", *variable);
}

void endpoint_find(const struct strvec *arguments, char path[ENDPOINT_MAX + 1])
{
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	const struct setting *docker = &settings[0];
	*path = '\0';
	if (by_option(docker, arguments) || given(arguments, "--config"))
		return;
	const char *host = value_of_setting(docker, arguments, &arena);
	if (is_standard(docker, host))
		host = DEFAULT_HOST;
	else if (!strstr(host, "://"))
		host = context_host(arguments, host, &arena);
	bool local = !strncmp(host, "unix:///", 8) && strlen(host) - 7 <= ENDPOINT_MAX;
	snprintf(path, ENDPOINT_MAX + 1, "%s", local ? host + 7 : "");
}
