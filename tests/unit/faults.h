/*
 * Calls that change files, counted, and one of them made to go wrong: SQLite's way to find what an error or a crash at any point does
 * is to try each point, n = 1, 2, 3 …, until a run has none left.
 *
 * The test program's own definitions stand before the C library's.
 */
#ifndef PURSER_TESTS_FAULTS_H
#define PURSER_TESTS_FAULTS_H

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum fault {
	FAULT_NONE,
	FAULT_DIE,    /* before it is done */
	FAULT_TEAR,   /* a write when half of it is done; else as FAULT_DIE */
	FAULT_ERROR,  /* it fails, once, with faults.error */
	FAULT_BROKEN, /* it fails, and all that follow until faults_end */
	FAULT_SHORT,  /* a write does a part, and says so; else nothing goes wrong */
};

#define FAULT_STATUS 86 /* of a process that died of one */

static struct {
	enum fault kind;
	int error;
	unsigned long at, calls; /* which call, from 1 on; how many there were */
	off_t synced;            /* what was on the disk, of the file that fdatasync was called for last */
	off_t written_again;     /* bytes that pwrite wrote */
} faults;

static inline void faults_start(enum fault kind, int error, unsigned long at)
{
	faults.kind = kind;
	faults.error = error;
	faults.at = at;
	faults.calls = 0;
}

/* Whether there was a call to go wrong. */
static inline bool faults_end(void)
{
	bool happened = faults.kind && faults.calls >= faults.at;
	faults.kind = FAULT_NONE;
	return happened;
}

static inline bool faults_now(void)
{
	faults.calls++;
	return faults.kind && (faults.kind == FAULT_BROKEN ? faults.calls >= faults.at : faults.calls == faults.at);
}

__attribute__((noreturn)) static inline void faults_die(void)
{
	syscall(SYS_exit_group, FAULT_STATUS);
	__builtin_unreachable();
}

/* Whether this call fails now, with errno set. */
static inline bool faults_strike(void)
{
	if (!faults_now() || faults.kind == FAULT_SHORT)
		return false;
	if (faults.kind == FAULT_DIE || faults.kind == FAULT_TEAR)
		faults_die();
	errno = faults.error;
	return true;
}

static inline bool faults_is_file(int fd)
{
	struct stat st;
	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

ssize_t write(int fd, const void *bytes, size_t len)
{
	if (!faults_is_file(fd))
		return syscall(SYS_write, fd, bytes, len);
	bool now = faults_now();
	if (now && faults.kind == FAULT_DIE)
		faults_die();
	if (now && (faults.kind == FAULT_TEAR || faults.kind == FAULT_SHORT)) {
		ssize_t written = syscall(SYS_write, fd, bytes, len > 1 ? len / 2 : len);
		if (faults.kind == FAULT_TEAR)
			faults_die();
		return written;
	}
	if (now) {
		errno = faults.error;
		return -1;
	}
	return syscall(SYS_write, fd, bytes, len);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	if (faults_strike())
		return -1;
	faults.written_again += (off_t)len;
	return syscall(SYS_pwrite64, fd, bytes, len, at);
}

int ftruncate(int fd, off_t size)
{
	return faults_strike() ? -1 : (int)syscall(SYS_ftruncate, fd, size);
}

static inline void faults_note_sync(int fd)
{
	struct stat st;
	faults.synced = fstat(fd, &st) == 0 ? st.st_size : 0;
}

int fdatasync(int fd)
{
	if (faults_strike())
		return -1;
	faults_note_sync(fd);
	return 0; /* the disk itself takes no part in these tests */
}

int fsync(int fd)
{
	if (faults_strike())
		return -1;
	if (faults_is_file(fd))
		faults_note_sync(fd);
	return 0;
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
	return faults_strike() ? -1 : (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	return renameat2(from_dir, from, to_dir, to, 0);
}

int unlinkat(int dir, const char *path, int flags)
{
	return faults_strike() ? -1 : (int)syscall(SYS_unlinkat, dir, path, flags);
}

int openat(int dir, const char *path, int flags, ...)
{
	va_list args;
	va_start(args, flags);
	int mode = flags & O_CREAT ? va_arg(args, int) : 0;
	va_end(args);
	bool changes = flags & (O_CREAT | O_TRUNC);
	return changes && faults_strike() ? -1 : (int)syscall(SYS_openat, dir, path, flags, mode);
}

#endif
