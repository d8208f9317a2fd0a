/* File descriptors: all close-on-exec from birth; EINTR and short transfers are handled here and nowhere else. */
#ifndef PURSER_BASE_FD_H
#define PURSER_BASE_FD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

/* Closes *fd if it is one and sets it to -1; errno is kept. For SCOPED(). */
void fd_close(int *fd);

/* Writes all of it. Returns how many bytes were written: less than `len` only on an error, then errno tells which. */
size_t fd_write_all(int fd, const void *bytes, size_t len);

/* Reads up to `len` bytes at `offset`, fewer only at the end of the file. -1 with errno on an error. */
ssize_t fd_read_at(int fd, void *bytes, size_t len, off_t offset);

/*
 * Looks back from `end` for newlines, until it has found *newlines of them: *behind is the offset behind the last one found then, and 0 if
 * there were not so many. *newlines becomes how many are lacking. -1 with errno on an error.
 */
int fd_find_newlines(int fd, off_t end, long long *newlines, off_t *behind);
/* Where the last whole line before `end` ends: the offset behind its newline, 0 if there is none. -1 with errno on an error. */
off_t fd_last_line_end(int fd, off_t end);

/* What is left to read of a file or a pipe, up to the ceiling of `out`; `name` is for messages. */
int fd_read_rest(int fd, const char *name, struct buf *out, struct error *err);

/* A whole small file into `out`, up to its ceiling. */
int fd_read_file(int dir, const char *path, struct buf *out, struct error *err);

/* Replaces `path` under the directory `dir` as one step: temporary file (0600), fsync, rename, fsync of the directory. */
int fd_replace_file(int dir, const char *path, const void *bytes, size_t len, struct error *err);

/* An eventfd used as a bell: ring from any thread, poll for it, and clear. */
int bell_open(struct error *err);
void bell_ring(int bell);
void bell_clear(int bell);

#endif
