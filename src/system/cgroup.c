#include "system/cgroup.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/banned.h"

#define GROUPS_MAX 65536
#define MICROSECOND 1000

static bool has_controller(const char *list, size_t len, const char *name)
{
	for (const char *end = list + len; list < end;) {
		size_t word = strcspn(list, ",:");
		if (word == strlen(name) && !memcmp(list, name, word))
			return true;
		list += word + 1;
	}
	return false;
}

/* "4:cpu,cpuacct:/default/94e0…" of version 1, "0::/system.slice/nerdctl-94e0….scope" of version 2. */
int cgroup_cpu_file(const char *groups, const char *mark, char *path, size_t size)
{
	int unit = 0;
	for (size_t len; *groups; groups += len + (groups[len] == '\n')) {
		len = strcspn(groups, "\n");
		const char *list = memchr(groups, ':', len), *group = list ? memchr(list + 1, ':', len - (size_t)(list + 1 - groups)) : NULL;
		if (!group)
			continue;
		list++;
		int list_len = (int)(group - list), group_len = (int)(len - (size_t)(group + 1 - groups));
		group++;
		const char *marked = memmem(group, (size_t)group_len, mark, strlen(mark));
		if (!marked)
			continue;
		group_len = (int)(marked - group) + (int)strcspn(marked, "/\n"); /* not the groups that it may have made inside */
		if (has_controller(list, (size_t)list_len, "cpuacct")) { /* what both versions have, the first counts */
			snprintf(path, size, "%.*s%.*s/cpuacct.usage", list_len, list, group_len, group);
			return 1;
		}
		if (list_len == 0) {
			snprintf(path, size, "%.*s/cpu.stat", group_len - 1, group + 1);
			unit = MICROSECOND;
		}
	}
	return unit;
}

int64_t cgroup_cpu_time(long long pid, const char *mark)
{
	SCOPED(buf_release) struct buf groups = BUF_INIT(GROUPS_MAX);
	SCOPED(buf_release) struct buf usage = BUF_INIT(GROUPS_MAX);
	char path[PATH_MAX], file[PATH_MAX];
	struct error ignored;
	snprintf(path, sizeof path, "/proc/%lld/cgroup", pid);
	if (fd_read_file(AT_FDCWD, path, &groups, &ignored) < 0)
		return -1;
	int unit = cgroup_cpu_file(buf_text(&groups), mark, file, sizeof file - sizeof "/sys/fs/cgroup/");
	if (!unit)
		return -1;
	snprintf(path, sizeof path, "/sys/fs/cgroup/%.4000s", file);
	if (fd_read_file(AT_FDCWD, path, &usage, &ignored) < 0)
		return -1;
	const char *text = buf_text(&usage), *key = "usage_usec ";
	if (!strncmp(text, key, strlen(key)))
		text += strlen(key);
	return (int64_t)strtoll(text, NULL, 10) * unit;
}
