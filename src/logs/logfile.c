#include "logs/logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/moment.h"
#include "base/banned.h"

#define PENDING_FLUSH (256u * 1024)
#define PENDING_MAX (4u * 1024 * 1024) /* one record over the flush mark has room */
#define LINE_MAX_BYTES (2u * 1024 * 1024)
#define READ_CHUNK (256u * 1024)
#define TAIL_FIRST (64 * 1024)
#define SYNC_MS 1000
#define SYNC_BYTES (1024 * 1024)

/* Finds the last newline before `end`; *after is the offset behind it, 0 if there is none. */
static int behind_last_newline(int fd, off_t end, off_t *after, struct error *err)
{
	char bytes[8192];
	while (end > 0) {
		size_t len = end < (off_t)sizeof bytes ? (size_t)end : sizeof bytes;
		ssize_t got = fd_read_at(fd, bytes, len, end - (off_t)len);
		if (got < 0)
			return error_system(err, "reading");
		const char *newline = memrchr(bytes, '\n', (size_t)got);
		if (newline) {
			*after = end - (off_t)len + (newline - bytes) + 1;
			return 0;
		}
		end -= (off_t)len;
	}
	*after = 0;
	return 0;
}

int logfile_line_start(int fd, off_t offset, off_t *start, struct error *err)
{
	return behind_last_newline(fd, offset, start, err);
}

/* Hands over the whole lines in `bytes`; returns how many bytes they took, or -1. */
static ssize_t each_line(const char *bytes, size_t len, record_fn *each, void *arg, struct error *err)
{
	size_t at = 0;
	const char *newline;
	while ((newline = memchr(bytes + at, '\n', len - at))) {
		struct record record;
		size_t line = (size_t)(newline - bytes) - at;
		if (record_load(bytes + at, line, &record) && each(arg, &record, err) < 0)
			return -1;
		at += line + 1;
	}
	return (ssize_t)at;
}

int logfile_each(int fd, off_t start, off_t end, record_fn *each, void *arg, struct error *err)
{
	SCOPED(buf_release) struct buf carry = BUF_INIT(LINE_MAX_BYTES + READ_CHUNK);
	char *bytes = xmalloc(READ_CHUNK);
	int failed = 0;

	while (start < end && !failed) {
		size_t want = end - start < (off_t)READ_CHUNK ? (size_t)(end - start) : READ_CHUNK;
		ssize_t got = fd_read_at(fd, bytes, want, start);
		if (got <= 0) {
			failed = got < 0 ? error_system(err, "reading") : 0;
			break;
		}
		start += got;
		if (buf_add(&carry, bytes, (size_t)got) < 0) {
			buf_clear(&carry); /* a line this long is none of ours */
			continue;
		}
		ssize_t used = each_line(carry.bytes, carry.len, each, arg, err);
		if (used < 0)
			failed = -1;
		else
			buf_drop(&carry, (size_t)used);
	}
	free(bytes);
	return failed;
}

static int advance(void *arg, const struct record *record, struct error *err UNUSED)
{
	cursor_advance(arg, record);
	return 0;
}

/* Reads back until what stands before makes no difference, or to the beginning of the file. */
static int find_cursor(struct logfile *file, struct error *err)
{
	for (off_t span = TAIL_FIRST;; span *= 4) {
		struct cursor cursor = { 0 };
		off_t start = 0;
		if (span < file->size && behind_last_newline(file->fd, file->size - span, &start, err) < 0)
			return -1;
		if (logfile_each(file->fd, start, file->size, advance, &cursor, err) < 0)
			return -1;
		cursor.from_start = start == 0;
		file->cursor = cursor;
		if (start == 0 || cursor_settled(&cursor))
			return 0;
	}
}

static int open_at(struct logfile *file, int dir, const char *name, int flags, struct error *err)
{
	*file = (struct logfile){ .dir = dir, .fd = -1, .synced_ms = monotonic_ms() };
	buf_init(&file->pending, PENDING_MAX);
	snprintf(file->name, sizeof file->name, "%s", name);
	file->fd = openat(dir, name, flags | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0600);
	struct stat st;
	if (file->fd < 0 || fstat(file->fd, &st) < 0)
		return error_system(err, "%s", name);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_FAILED, "%s is not a regular file", name);
	return behind_last_newline(file->fd, st.st_size, &file->size, err);
}

int logfile_open(struct logfile *file, int dir, const char *name, struct error *err)
{
	if (open_at(file, dir, name, O_RDWR | O_CREAT | O_APPEND, err) < 0)
		goto failed;
	if (lseek(file->fd, 0, SEEK_END) > file->size && ftruncate(file->fd, file->size) < 0) {
		error_system(err, "cutting the torn end of %s", name);
		goto failed;
	}
	if (find_cursor(file, err) == 0)
		return 0;
failed:
	logfile_close(file);
	return -1;
}

int logfile_open_reading(struct logfile *file, int dir, const char *name, struct error *err)
{
	if (open_at(file, dir, name, O_RDONLY, err) == 0 && find_cursor(file, err) == 0)
		return 0;
	logfile_close(file);
	return -1;
}

void logfile_close(struct logfile *file)
{
	fd_close(&file->fd);
	buf_release(&file->pending);
}

int logfile_append(struct logfile *file, const struct record *record, struct error *err)
{
	if (record_store(record, &file->pending) < 0)
		return error_set(err, ERROR_RUNTIME, "a log record of %zu bytes is too long to store", record->len);
	cursor_advance(&file->cursor, record);
	return file->pending.len >= PENDING_FLUSH ? logfile_flush(file, err) : 0;
}

/*
 * Somebody may have removed, replaced or cut the file. Then what follows goes into the file of that name as it is now, and what was
 * stored before is not fetched again: whoever took it away meant to.
 */
static int follow_name(struct logfile *file, struct error *err)
{
	struct stat ours, named;
	if (fstat(file->fd, &ours) < 0)
		return error_system(err, "%s", file->name);
	bool there = fstatat(file->dir, file->name, &named, AT_SYMLINK_NOFOLLOW) == 0;
	if (there && ours.st_ino == named.st_ino && ours.st_dev == named.st_dev && ours.st_size == file->size)
		return 0;

	struct logfile again;
	if (logfile_open(&again, file->dir, file->name, err) < 0)
		return -1;
	fd_close(&file->fd);
	buf_release(&again.pending);
	file->fd = again.fd;
	file->size = again.size;
	return 0;
}

int logfile_flush(struct logfile *file, struct error *err)
{
	if (file->pending.len == 0)
		return 0;
	size_t written = 0, len = file->pending.len;
	int failed = follow_name(file, err);
	if (!failed)
		written = fd_write_all(file->fd, file->pending.bytes, len);
	if (!failed && written < len)
		failed = error_system(err, "writing %s", file->name);
	/* Forgotten also when it failed: written again, the part that did get through would be there twice. */
	buf_clear(&file->pending);
	file->size += (off_t)written;
	file->unsynced += (off_t)written;
	return failed ? -1 : logfile_sync(file, err);
}

int logfile_sync(struct logfile *file, struct error *err)
{
	int64_t now = monotonic_ms();
	if (file->unsynced == 0 || (file->unsynced < SYNC_BYTES && now - file->synced_ms < SYNC_MS))
		return 0;
	if (fdatasync(file->fd) < 0)
		return error_system(err, "fdatasync %s", file->name);
	file->unsynced = 0;
	file->synced_ms = now;
	return 0;
}

int logfile_rename(struct logfile *file, const char *name, struct error *err)
{
	if (renameat2(file->dir, file->name, file->dir, name, RENAME_NOREPLACE) < 0)
		return error_system(err, "renaming %s to %s", file->name, name);
	fsync(file->dir);
	snprintf(file->name, sizeof file->name, "%s", name);
	return 0;
}
