#include "command/wholefile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/banned.h"

static const char *base_name(const struct wholefile *file)
{
	const char *slash = strrchr(file->path, '/');
	return slash ? slash + 1 : file->path;
}

/* Held open, so that everything that follows means the same directory. */
static int open_parent(struct wholefile *file, struct error *err)
{
	char directory[PATH_MAX] = ".";
	size_t len = (size_t)(base_name(file) - file->path);
	if (len)
		snprintf(directory, sizeof directory, "%.*s", (int)len, file->path);
	file->parent = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return file->parent < 0 ? error_system(err, "cannot open directory '%s'", directory) : 0;
}

static int check_free(const struct wholefile *file, struct error *err)
{
	struct stat st;
	if (fstatat(file->parent, base_name(file), &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : error_system(err, "'%s'", file->path);
	if (S_ISDIR(st.st_mode))
		return error_set(err, ERROR_USAGE, "'%s' is a directory; give the path of a file in it", file->path);
	if (file->replaces && (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode)))
		return 0;
	error_set(err, ERROR_NAME_TAKEN, "'%s' is there already", file->path);
	error_about(err, file->path);
	if (!file->replaces)
		error_hint(err, "--force replaces it");
	return -1;
}

/* As a program's file would be: for whom the umask lets. */
static int create_temporary(struct wholefile *file, struct error *err)
{
	uint32_t number;
	do {
		if (getrandom(&number, sizeof number, 0) < 0)
			return error_system(err, "getrandom");
		snprintf(file->temporary, sizeof file->temporary, ".purser-%08x.tmp", (unsigned)number);
		file->fd = openat(file->parent, file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	} while (file->fd < 0 && errno == EEXIST);
	return file->fd < 0 ? error_system(err, "cannot create a file beside '%s'", file->path) : 0;
}

int wholefile_begin(struct wholefile *file, const char *path, bool replaces, struct error *err)
{
	*file = (struct wholefile){ .parent = -1, .fd = -1, .replaces = replaces };
	if (strlen(path) >= sizeof file->path) {
		errno = ENAMETOOLONG;
		return error_system(err, "'%.60s…'", path);
	}
	snprintf(file->path, sizeof file->path, "%s", path);
	if (!*base_name(file))
		return error_set(err, ERROR_USAGE, "'%s' is a directory; give the path of a file in it", path);
	if (open_parent(file, err) == 0 && check_free(file, err) == 0 && create_temporary(file, err) == 0)
		return 0;
	fd_close(&file->parent);
	return -1;
}

int wholefile_sink(void *arg, enum request_stream stream UNUSED, const char *bytes, size_t len, struct error *err)
{
	struct wholefile *file = arg;
	if (fd_write_all(file->fd, bytes, len) < len)
		return error_system(err, "cannot write '%s'", file->path);
	file->written += (int64_t)len;
	if (file->progress)
		progress_show(file->progress, file->written, "");
	return 0;
}

/* Without the right to replace it is only ever a new name: what somebody put there meanwhile stays. */
static int give_name(const struct wholefile *file, struct error *err)
{
	unsigned flags = file->replaces ? 0 : RENAME_NOREPLACE;
	if (renameat2(file->parent, file->temporary, file->parent, base_name(file), flags) == 0)
		return 0;
	if (errno == EINVAL && flags) /* a file system that cannot; what was there at the beginning was looked for then */
		return renameat(file->parent, file->temporary, file->parent, base_name(file)) == 0
			       ? 0
			       : error_system(err, "cannot write '%s'", file->path);
	if (errno == EEXIST) {
		error_set(err, ERROR_NAME_TAKEN, "'%s' is there already: somebody else made it meanwhile", file->path);
		return error_about(err, file->path);
	}
	return error_system(err, "cannot write '%s'", file->path);
}

/* Some network file systems cannot sync a directory, and say so with EINVAL: there is no more to do then. */
int wholefile_commit(struct wholefile *file, struct error *err)
{
	int failed = fsync(file->fd) < 0 ? error_system(err, "cannot write '%s'", file->path) : give_name(file, err);
	if (failed) {
		wholefile_abandon(file);
		return -1;
	}
	if (fsync(file->parent) < 0 && errno != EINVAL)
		failed = error_system(err, "cannot sync the directory of '%s'", file->path);
	fd_close(&file->fd);
	fd_close(&file->parent);
	return failed;
}

void wholefile_abandon(struct wholefile *file)
{
	if (file->fd >= 0)
		unlinkat(file->parent, file->temporary, 0);
	fd_close(&file->fd);
	fd_close(&file->parent);
}
