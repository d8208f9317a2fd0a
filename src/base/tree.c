#include "base/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/banned.h"

#define DEPTH_MAX 64 /* directories that are open at once */

struct removal {
	int top;
	unsigned moved, named;
};

/* However deep they are: what is too deep is removed from there. */
static void move_to_top(struct removal *removal, int from, const char *name)
{
	char to[32];
	int failed;
	do {
		snprintf(to, sizeof to, "deep.%u", removal->named++);
		failed = renameat2(from, name, removal->top, to, RENAME_NOREPLACE);
	} while (failed && errno == EEXIST);
	removal->moved += !failed;
}

static void remove_content(struct removal *removal, int fd, unsigned depth);

static void remove_directory(struct removal *removal, int in, const char *name, unsigned depth)
{
	fchmodat(in, name, 0700, 0);
	if (depth == DEPTH_MAX) {
		move_to_top(removal, in, name);
		return;
	}
	remove_content(removal, openat(in, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), depth + 1);
	unlinkat(in, name, AT_REMOVEDIR);
}

/* All that is in the directory `fd`, which it closes. Only a directory's mode ever stands in the way, and a link's is its target's. */
static void remove_content(struct removal *removal, int fd, unsigned depth)
{
	if (fd >= 0)
		fchmod(fd, 0700);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	for (struct dirent *item; dir && (item = readdir(dir));) {
		struct stat st;
		if (!strcmp(item->d_name, ".") || !strcmp(item->d_name, "..") || fstatat(fd, item->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (S_ISDIR(st.st_mode))
			remove_directory(removal, fd, item->d_name, depth);
		else
			unlinkat(fd, item->d_name, 0);
	}
	if (dir)
		closedir(dir);
	else
		fd_close(&fd);
}

int tree_remove(const char *path)
{
	chmod(path, 0700);
	struct removal removal = { .top = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) };
	do {
		removal.moved = 0;
		remove_content(&removal, openat(removal.top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), 1);
	} while (removal.moved);
	fd_close(&removal.top);
	return rmdir(path);
}
