#include "logs/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/banned.h"

#define SLICE (256u * 1024)
#define WINDOW_GZIP (15 + 16) /* zlib.h: the largest window, and a gzip header and trailer */
#define MEMORY_LEVEL 8

int pack_start(struct pack *pack, int dir, const char *whole, unsigned number, struct error *err)
{
	*pack = (struct pack){ .dir = dir, .in = -1, .out = -1 };
	log_part_make(whole, &(struct log_part){ number, false }, pack->file);
	log_part_make(whole, &(struct log_part){ number, true }, pack->packed);
	pack->in = openat(dir, pack->file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	if (pack->in < 0)
		return error_system(err, "%s", pack->file);
	if (fstat(pack->in, &st) < 0 || !S_ISREG(st.st_mode)) {
		fd_close(&pack->in);
		return error_set(err, ERROR_FAILED, "%s is not a regular file", pack->file);
	}
	pack->out = openat(dir, PACK_TEMPORARY, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (pack->out < 0 ||
	    deflateInit2(&pack->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, WINDOW_GZIP, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) {
		error_system(err, PACK_TEMPORARY);
		fd_close(&pack->in);
		fd_close(&pack->out);
		return -1;
	}
	pack->active = true;
	return 0;
}

static int write_out(struct pack *pack, int flush, struct error *err)
{
	unsigned char bytes[16 * 1024];
	do {
		pack->stream.next_out = bytes;
		pack->stream.avail_out = sizeof bytes;
		if (deflate(&pack->stream, flush) == Z_STREAM_ERROR)
			return error_set(err, ERROR_FAILED, "%s: zlib failed", pack->file);
		size_t len = sizeof bytes - pack->stream.avail_out;
		if (fd_write_all(pack->out, bytes, len) < len)
			return error_system(err, "writing " PACK_TEMPORARY);
	} while (pack->stream.avail_out == 0);
	return 0;
}

/* It is as old as what is in it. */
static int put_in_place(struct pack *pack, struct error *err)
{
	struct stat st;
	if (fstat(pack->in, &st) == 0)
		futimens(pack->out, (struct timespec[]){ st.st_atim, st.st_mtim });
	if (fsync(pack->out) < 0)
		return error_system(err, "fsync " PACK_TEMPORARY);
	if (renameat(pack->dir, PACK_TEMPORARY, pack->dir, pack->packed) < 0)
		return error_system(err, "%s", pack->packed);
	fsync(pack->dir);
	unlinkat(pack->dir, pack->file, 0);
	return 0;
}

static int slice(struct pack *pack, struct error *err)
{
	char *bytes = xmalloc(SLICE);
	ssize_t got;
	do
		got = read(pack->in, bytes, SLICE);
	while (got < 0 && errno == EINTR);
	int failed = got < 0 ? error_system(err, "reading %s", pack->file) : 0;
	if (!failed) {
		pack->stream.next_in = (unsigned char *)bytes;
		pack->stream.avail_in = (unsigned)got;
		failed = write_out(pack, got ? Z_NO_FLUSH : Z_FINISH, err);
	}
	free(bytes);
	if (failed)
		return -1;
	return got > 0 ? 0 : put_in_place(pack, err) < 0 ? -1 : 1;
}

static void finish(struct pack *pack)
{
	deflateEnd(&pack->stream);
	fd_close(&pack->in);
	fd_close(&pack->out);
	pack->active = false;
}

int pack_step(struct pack *pack, struct error *err)
{
	int done = slice(pack, err);
	if (done < 0)
		pack_abandon(pack);
	else if (done > 0)
		finish(pack);
	return done;
}

void pack_abandon(struct pack *pack)
{
	if (!pack->active)
		return;
	unlinkat(pack->dir, PACK_TEMPORARY, 0);
	finish(pack);
}

bool pack_is_whole(int dir, const char *whole, unsigned number)
{
	char file[LOG_NAME_MAX + 1], packed[LOG_NAME_MAX + 1];
	log_part_make(whole, &(struct log_part){ number, false }, file);
	log_part_make(whole, &(struct log_part){ number, true }, packed);
	SCOPED(fd_close) int plain = openat(dir, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	int fd = openat(dir, packed, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	gzFile in = fd < 0 ? NULL : gzdopen(fd, "rb");
	char theirs[16 * 1024], ours[sizeof theirs];
	off_t at = 0;
	int got = -1;
	bool same = plain >= 0 && in && !gzdirect(in);
	while (same && (got = gzread(in, theirs, sizeof theirs)) > 0) {
		same = fd_read_at(plain, ours, (size_t)got, at) == got && !memcmp(ours, theirs, (size_t)got);
		at += got;
	}
	int code = Z_OK; /* gzread takes an early end for the end */
	if (in)
		gzerror(in, &code);
	same = same && got == 0 && code == Z_OK && fd_read_at(plain, ours, 1, at) == 0;
	if (in)
		gzclose_r(in);
	else
		fd_close(&fd);
	return same;
}
