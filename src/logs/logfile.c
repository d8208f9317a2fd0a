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
#include "logs/scan.h"
#include "base/banned.h"

#define PENDING_FLUSH (256u * 1024)
#define PENDING_MAX (4u * 1024 * 1024) /* one record over the flush mark has room */
#define RESTING_ROOM 4096u
#define TAIL_FIRST (64 * 1024)
#define SYNC_MS 1000
#define SYNC_BYTES (1024 * 1024)
#define UNSYNCED_MAX (SYNC_BYTES + PENDING_MAX)
#define SECTOR 512                     /* what a disk writes whole or not at all */
#define ROTATE_RETRY (1024 * 1024)     /* bytes written before it is tried again */
#define ROTATING ".rotating"           /* the next file until it has its name; only one log is rotated at a time */

/* ---- opening ---- */

static int open_at(int dir, const char *name, int flags)
{
	return openat(dir, name, flags | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0600);
}

static int read_cursor(struct logfile *file, const struct shelf_files *files, struct place from, struct error *err)
{
	struct record record;
	struct scan scan;
	int more;

	file->cursor = (struct cursor){ .from_start = from.number == 1 && from.offset == 0 };
	scan_init(&scan, file->dir, files, from);
	for (unsigned damaged = 0; (more = scan_next(&scan, &record, err)) > 0; damaged = scan.damaged) {
		if (damaged != scan.damaged)
			file->cursor = (struct cursor){ 0 }; /* what is missing before this record nobody knows */
		cursor_advance(&file->cursor, &record);
		file->line_ended = !record.partial;
	}
	if (more < 0 && scan.damaged)
		more = 0; /* it goes on behind what can be read; whoever reads it is told */
	file->size = scan.place.offset;
	if (more == 0 && scan.place.number != file->number)
		more = error_set(err, ERROR_FAILED, "%s is being rotated", file->name);
	scan_release(&scan);
	return more;
}

/* Reads back until what stands before makes no difference, or to the beginning. */
static int find_cursor(struct logfile *file, struct error *err)
{
	SCOPED(shelf_release) struct shelf_files files;
	struct place from;

	shelf_siblings(file->dir, file->name, &files);
	file->number = scan_number(&files, files.nr);
	for (off_t bytes = TAIL_FIRST;; bytes *= 4) {
		if (scan_back(file->dir, &files, bytes, &from, err) < 0 ||
		    read_cursor(file, &files, from, err) < 0)
			return -1;
		bool all = from.offset == 0 && from.number == scan_number(&files, 0);
		if (all || cursor_settled(&file->cursor))
			return 0;
	}
}

static int open_file(struct logfile *file, int dir, const char *name, int flags, struct error *err)
{
	*file = (struct logfile){ .dir = dir, .fd = -1, .synced_ms = monotonic_ms() };
	buf_init(&file->pending, PENDING_MAX);
	snprintf(file->name, sizeof file->name, "%s", name);
	file->fd = open_at(dir, name, flags);
	struct stat st;
	if (file->fd < 0 || fstat(file->fd, &st) < 0)
		return error_system(err, "%s", name);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_FAILED, "%s is not a regular file", name);
	file->size = fd_last_line_end(file->fd, st.st_size);
	return file->size < 0 ? error_system(err, "reading %s", name) : 0;
}

int logfile_open(struct logfile *file, int dir, const char *name, off_t max_size, struct error *err)
{
	if (open_file(file, dir, name, O_RDWR | O_CREAT | O_APPEND, err) < 0)
		goto failed;
	if (lseek(file->fd, 0, SEEK_END) > file->size && ftruncate(file->fd, file->size) < 0) {
		error_system(err, "cutting the torn end of %s", name);
		goto failed;
	}
	file->max_size = file->rotate_at = max_size;
	if (find_cursor(file, err) == 0)
		return 0;
failed:
	logfile_close(file);
	return -1;
}

int logfile_open_reading(struct logfile *file, int dir, const char *name, struct error *err)
{
	if (open_file(file, dir, name, O_RDONLY, err) == 0 && find_cursor(file, err) == 0)
		return 0;
	logfile_close(file);
	return -1;
}

void logfile_close(struct logfile *file)
{
	if (file->fd >= 0 && file->unsynced)
		fdatasync(file->fd);
	fd_close(&file->fd);
	buf_release(&file->pending);
}

/* ---- after a loss of power ---- */

/* Whether a whole sector of the line is zeros: `at` is where in the file it begins. */
static bool has_lost_sector(const char *line, size_t len, off_t at)
{
	static const char zeros[SECTOR];
	size_t sector = (size_t)(SECTOR - at % SECTOR) % SECTOR;
	for (; sector + SECTOR <= len; sector += SECTOR)
		if (!memcmp(line + sector, zeros, SECTOR))
			return true;
	return false;
}

/* How many of the bytes, which begin with a line and stand at `at` in the file, are lines that can be trusted. */
static size_t trusted(const char *bytes, size_t len, off_t at)
{
	size_t used = 0;
	const char *newline;
	while ((newline = memchr(bytes + used, '\n', len - used))) {
		size_t line = (size_t)(newline - bytes) - used;
		if (has_lost_sector(bytes + used, line, at + (off_t)used))
			break;
		used += line + 1;
	}
	return used;
}

int logfile_mend(int dir, const char *name, off_t *cut, struct error *err)
{
	SCOPED(fd_close) int fd = open_at(dir, name, O_RDWR);
	off_t start = 0, size;
	struct stat st;

	*cut = 0;
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_system(err, "%s", name);
	size = st.st_size;
	if (size > UNSYNCED_MAX)
		start = fd_last_line_end(fd, size - UNSYNCED_MAX);
	if (start < 0)
		return error_system(err, "reading %s", name);
	char *bytes = xmalloc((size_t)(size - start));
	ssize_t got = fd_read_at(fd, bytes, (size_t)(size - start), start);
	int failed = got < 0 ? error_system(err, "reading %s", name) : 0;
	off_t kept = failed ? size : start + (off_t)trusted(bytes, (size_t)got, start);
	free(bytes);
	if (!failed && kept < size && (ftruncate(fd, kept) < 0 || fdatasync(fd) < 0))
		failed = error_system(err, "cutting what was lost at the end of %s", name);
	*cut = size - kept;
	return failed;
}

/* ---- rotating ---- */

/* Gives the file its number, which is free unless somebody else puts files there. */
static int move_away(struct logfile *file)
{
	char rotated[LOG_NAME_MAX + 1];
	for (unsigned tries = 0; tries < 100; tries++) {
		log_part_make(file->name, &(struct log_part){ file->number++, false }, rotated);
		if (renameat2(file->dir, file->name, file->dir, rotated, RENAME_NOREPLACE) == 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	return -1;
}

static int rotate(struct logfile *file, struct error *err)
{
	SCOPED(fd_close) int fd = open_at(file->dir, ROTATING, O_RDWR | O_CREAT | O_TRUNC | O_APPEND);
	if (fd < 0)
		return error_system(err, ROTATING);
	if (move_away(file) < 0)
		return error_system(err, "rotating %s", file->name);
	if (renameat2(file->dir, ROTATING, file->dir, file->name, RENAME_NOREPLACE) < 0)
		return error_system(err, "%s", file->name);
	fsync(file->dir);
	int old = file->fd;
	file->fd = fd;
	fd = old;
	file->size = 0;
	file->rotated = true;
	return 0;
}

static bool wants_rotation(const struct logfile *file, const struct record *next)
{
	return file->max_size && file->size + (off_t)file->pending.len >= file->rotate_at && file->line_ended &&
	       next->at != cursor_at(&file->cursor);
}

/* The file is better too large than not written to: where it cannot be rotated it goes on. */
static int make_room(struct logfile *file, struct error *err)
{
	file->synced_ms = 0; /* what is rotated is on the disk */
	if (logfile_flush(file, err) < 0 || logfile_sync(file, err) < 0)
		return -1;
	file->rotation.kind = ERROR_NONE;
	bool failed = rotate(file, &file->rotation) < 0;
	file->rotate_at = failed ? file->size + ROTATE_RETRY : file->max_size;
	return 0;
}

/* ---- writing ---- */

int logfile_append(struct logfile *file, const struct record *record, struct error *err)
{
	if (wants_rotation(file, record) && make_room(file, err) < 0)
		return -1;
	if (record_store(record, &file->pending) < 0)
		return error_set(err, ERROR_RUNTIME, "a log record of %zu bytes is too long to store", record->len);
	cursor_advance(&file->cursor, record);
	file->line_ended = !record->partial;
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
	if (logfile_open(&again, file->dir, file->name, file->max_size, err) < 0)
		return -1;
	fd_close(&file->fd);
	buf_release(&again.pending);
	file->fd = again.fd;
	file->size = again.size;
	file->number = again.number;
	file->unsynced = 0;
	file->replaced = true;
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
	if (!failed)
		return logfile_sync(file, err);
	file->distrusted = false; /* the cursor is not where the file ends any more: it has to be opened again */
	return -1;
}

void logfile_rest(struct logfile *file)
{
	if (file->pending.len == 0 && file->pending.room > RESTING_ROOM)
		buf_release(&file->pending);
}

/* ---- reaching the disk ---- */

int logfile_sync_wait_ms(const struct logfile *file)
{
	int64_t left = file->synced_ms + SYNC_MS - monotonic_ms();
	if (file->unsynced == 0)
		return -1;
	return file->unsynced >= SYNC_BYTES || left < 0 ? 0 : (int)left;
}

/*
 * After an fdatasync that failed the kernel takes what it could not write for written (fsync(2), since Linux 4.13 it says so once): only
 * writing it again makes it try again. Through a descriptor of its own, as one with O_APPEND writes nowhere else.
 */
static int write_again(struct logfile *file, struct error *err)
{
	SCOPED(fd_close) int fd = open_at(file->dir, file->name, O_WRONLY);
	char bytes[64 * 1024];
	struct stat ours, opened;
	if (fd < 0 || fstat(fd, &opened) < 0 || fstat(file->fd, &ours) < 0)
		return error_system(err, "%s", file->name);
	if (ours.st_ino != opened.st_ino || ours.st_size < file->size)
		return 0; /* it is somebody else's by now: the next flush sees to that */
	for (off_t at = file->size - file->unsynced; at < file->size;) {
		off_t left = file->size - at;
		ssize_t got = fd_read_at(file->fd, bytes, left < (off_t)sizeof bytes ? (size_t)left : sizeof bytes, at);
		if (got <= 0 || pwrite(fd, bytes, (size_t)got, at) != got)
			return error_system(err, "writing %s again", file->name);
		at += got;
	}
	return 0;
}

int logfile_sync(struct logfile *file, struct error *err)
{
	if (logfile_sync_wait_ms(file) != 0)
		return 0;
	if (file->distrusted && write_again(file, err) < 0)
		return -1;
	file->distrusted = fdatasync(file->fd) < 0;
	if (file->distrusted)
		return error_system(err, "fdatasync %s", file->name);
	file->unsynced = 0;
	file->synced_ms = monotonic_ms();
	return 0;
}
