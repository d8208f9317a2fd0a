#include "front/statedir.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/banned.h"

static bool make_path(char path[PATH_MAX])
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int len;
	if (state && *state == '/')
		len = snprintf(path, PATH_MAX, "%s/purser/", state);
	else if (home && *home == '/')
		len = snprintf(path, PATH_MAX, "%s/.local/state/purser/", home);
	else
		return false;
	return len < PATH_MAX;
}

static void make_directories(char *path)
{
	for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
}

int statedir_open(void)
{
	char path[PATH_MAX];
	if (!make_path(path))
		return -1;
	make_directories(path);
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}
