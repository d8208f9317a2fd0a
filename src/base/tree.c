#include "base/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/banned.h"

/* All that is in the directory `fd`, which it closes. Only a directory's mode ever stands in the way, and a link's is its target's. */
static void remove_content(int fd)
{
	if (fd >= 0)
		fchmod(fd, 0700);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	for (struct dirent *item; dir && (item = readdir(dir));) {
		struct stat st;
		if (!strcmp(item->d_name, ".") || !strcmp(item->d_name, "..") || fstatat(fd, item->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (S_ISDIR(st.st_mode)) {
			fchmodat(fd, item->d_name, 0700, 0);
			remove_content(openat(fd, item->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
		}
		unlinkat(fd, item->d_name, S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0);
	}
	if (dir)
		closedir(dir);
	else
		fd_close(&fd);
}

int tree_remove(const char *path)
{
	chmod(path, 0700);
	remove_content(open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
	return rmdir(path);
}
