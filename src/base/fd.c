/* File descriptors: whole transfers, replacing a file in one step, and a bell between threads. */
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

void fd_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd); /* never again after EINTR: on Linux the number is free already */
	*fd = -1;
	errno = saved;
}

size_t fd_write_all(int fd, const void *bytes, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = write(fd, (const char *)bytes + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return done;
}

ssize_t fd_read_at(int fd, void *bytes, size_t len, off_t offset)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = pread(fd, (char *)bytes + done, len - done, offset + (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

int fd_find_newlines(int fd, off_t end, long long *newlines, off_t *behind)
{
	char bytes[16 * 1024];

	*behind = 0;
	while (end > 0 && *newlines > 0) {
		size_t len = end < (off_t)sizeof(bytes) ? (size_t)end : sizeof(bytes);
		ssize_t got = fd_read_at(fd, bytes, len, end - (off_t)len);
		const char *newline;

		if (got < 0)
			return -1;
		for (size_t left = (size_t)got; *newlines > 0 && (newline = memrchr(bytes, '\n', left)) != NULL;) {
			left = (size_t)(newline - bytes);
			if (--*newlines == 0)
				*behind = end - (off_t)len + (off_t)left + 1;
		}
		end -= (off_t)len;
	}
	return 0;
}

off_t fd_last_line_end(int fd, off_t end)
{
	long long newlines = 1;
	off_t behind;

	return fd_find_newlines(fd, end, &newlines, &behind) < 0 ? -1 : behind;
}

int fd_read_rest(int fd, const char *path, struct buf *out, struct error *err)
{
	char chunk[16384];

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_system(err, "cannot read '%s'", path);
		if (n == 0)
			return 0;
		if (buf_add(out, chunk, (size_t)n) < 0)
			return error_set(err, ERROR_FAILED, "'%s' is larger than %zu bytes", path, out->limit);
	}
}

static int open_error(const char *path, struct error *err)
{
	error_system(err, "cannot open '%s'", path);
	if (err->detail == ENOENT)
		err->kind = ERROR_NOT_FOUND;
	return -1;
}

int fd_read_file(int dir, const char *path, struct buf *out, struct error *err)
{
	SCOPED(fd_close) int fd = openat(dir, path, O_RDONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	size_t start = out->len;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return open_error(path, err);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_FAILED, "'%s' is not a regular file", path);
	if (fd_read_rest(fd, path, out, err) < 0) {
		buf_truncate(out, start);
		return -1;
	}
	return 0;
}

/* The directory that holds `path`, so that the rename and its fsync mean the same one. */
static int open_parent(int dir, const char *path, struct error *err)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
	char parent[PATH_MAX] = ".";
	int fd;

	if (len >= sizeof(parent)) {
		errno = ENAMETOOLONG;
		return error_system(err, "cannot write '%s'", path);
	}
	if (len > 0) {
		memcpy(parent, path, len);
		parent[len] = '\0';
	}
	fd = openat(dir, parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_system(err, "cannot open directory '%s'", parent);
	return fd;
}

#define TEMPORARY_SIZE sizeof(".purser-0123abcd.tmp")

/* The name is not made from the file's own, which may already be as long as a name can be. */
static int create_temporary(int parent, char name[TEMPORARY_SIZE])
{
	uint32_t number;
	int fd;

	do {
		if (getrandom(&number, sizeof(number), 0) < 0)
			return -1;
		snprintf(name, TEMPORARY_SIZE, ".purser-%08x.tmp", (unsigned)number);
		fd = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	} while (fd < 0 && errno == EEXIST);
	return fd;
}

/* Some network file systems cannot sync a directory and say so with EINVAL: there is no more to do then. */
static int sync_directory(int fd)
{
	return fsync(fd) < 0 && errno != EINVAL ? -1 : 0;
}

int fd_replace_file(int dir, const char *path, const void *bytes, size_t len, struct error *err)
{
	SCOPED(fd_close) int parent = open_parent(dir, path, err);
	SCOPED(fd_close) int fd = -1;
	const char *slash = strrchr(path, '/');
	char temporary[TEMPORARY_SIZE];

	if (parent < 0)
		return -1;
	fd = create_temporary(parent, temporary);
	if (fd < 0)
		return error_system(err, "cannot create a file beside '%s'", path);
	if (fd_write_all(fd, bytes, len) < len || fsync(fd) < 0 ||
	    renameat(parent, temporary, parent, slash != NULL ? slash + 1 : path) < 0) {
		error_system(err, "cannot write '%s'", path);
		unlinkat(parent, temporary, 0);
		return -1;
	}
	if (sync_directory(parent) < 0)
		return error_system(err, "cannot sync the directory of '%s'", path);
	return 0;
}

int bell_open(struct error *err)
{
	int bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	return bell >= 0 ? bell : error_system(err, "cannot make an eventfd");
}

void bell_ring(int bell)
{
	uint64_t one = 1;

	fd_write_all(bell, &one, sizeof(one));
}

void bell_clear(int bell)
{
	uint64_t rings;
	ssize_t n;

	do
		n = read(bell, &rings, sizeof(rings));
	while (n < 0 && errno == EINTR);
}
