#include "logs/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/banned.h"

#define CHUNK (256u * 1024)
#define CHUNK_LEAST (8u * 1024)
#define LINE_MAX_BYTES (2u * 1024 * 1024)

unsigned scan_number(const struct shelf_files *files, size_t at)
{
	unsigned newest = 0;
	if (at < files->nr && files->items[at].part.number)
		return files->items[at].part.number;
	for (size_t i = 0; i < files->nr; i++)
		if (files->items[i].part.number > newest)
			newest = files->items[i].part.number;
	return newest + 1;
}

int place_compare(struct place a, struct place b)
{
	if (a.number != b.number)
		return a.number < b.number ? -1 : 1;
	return a.offset < b.offset ? -1 : a.offset > b.offset;
}

/* ---- opening, while the collector rotates, compresses and deletes ---- */

static int open_file(int dir, const char *file)
{
	return openat(dir, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
}

/* A rotated file, by now compressed or not. -1 with errno. */
static int open_rotated(int dir, const char *whole, unsigned number, bool *packed)
{
	char file[LOG_NAME_MAX + 1];
	int fd = -1;
	for (unsigned tries = 0; tries < 3 && fd < 0; tries++) {
		*packed = tries == 1;
		log_part_make(whole, &(struct log_part){ number, *packed }, file);
		fd = open_file(dir, file);
		if (fd < 0 && errno != ENOENT)
			break;
	}
	return fd;
}

/* The file that is written to, if it still has this number; else the one that has it by now. */
static int open_newest(int dir, const char *whole, unsigned number, bool *packed, bool *newest)
{
	int fd = open_rotated(dir, whole, number, packed);
	*newest = fd < 0 && errno == ENOENT;
	if (!*newest)
		return fd;
	*packed = false;
	fd = open_file(dir, whole);
	int why = errno, rotated = open_rotated(dir, whole, number, packed);
	if (rotated < 0) {
		errno = why;
		return fd;
	}
	fd_close(&fd);
	*newest = false;
	return rotated;
}

static int damaged(gzFile in, const char *file, struct error *err)
{
	int code;
	const char *why = gzerror(in, &code), *behind_name = strstr(why, ">: "); /* zlib calls a file "<fd:14>" */
	if (behind_name)
		why = behind_name + 3;
	return code == Z_ERRNO ? error_system(err, "reading %s", file)
			       : error_set(err, ERROR_FAILED, "%s is damaged: %s", file, why);
}

/* Bytes that were read, 0 at the end, -1: *err. zlib takes a compressed file that ends too early for one that ends, and tells only if asked. */
static int read_some(gzFile in, const char *file, void *room, unsigned size, struct error *err)
{
	int got = gzread(in, room, size), code = Z_OK;
	if (got == 0)
		gzerror(in, &code);
	return got < 0 || code != Z_OK ? damaged(in, file, err) : got;
}

static int read_from(struct scan *scan, int fd, bool packed, off_t offset, struct error *err)
{
	const char *file = scan->files->items[scan->at].file;
	struct stat st;
	if (fstat(fd, &st) < 0 || (!packed && lseek(fd, offset, SEEK_SET) < 0))
		return error_system(err, "%s", file);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_FAILED, "%s is not a regular file", file);
	scan->in = gzdopen(fd, "rb");
	if (!scan->in)
		return error_set(err, ERROR_FAILED, "%s cannot be read", file);
	gzbuffer(scan->in, scan->chunk / 4); /* so that zlib reads most of a plain file without copying it */
	return packed && gzseek(scan->in, offset, SEEK_SET) < 0 ? damaged(scan->in, file, err) : 0;
}

/* Opens what `place` is in. 1: open, 0: there is no more, -1: *err. */
static int open_place(struct scan *scan, struct error *err)
{
	for (; scan->at < scan->files->nr; scan->at++) {
		const struct shelf_file *file = &scan->files->items[scan->at];
		unsigned number = scan_number(scan->files, scan->at);
		bool packed;
		if (scan->place.number < number)
			scan->place = (struct place){ number, 0 };
		if (file->part.number && scan->place.number > number)
			continue;
		int fd = file->part.number ? open_rotated(scan->dir, file->whole, number, &packed)
					   : open_newest(scan->dir, file->whole, scan->place.number, &packed, &scan->newest);
		if (fd < 0 && errno == ENOENT)
			continue; /* deleted meanwhile */
		if (fd < 0)
			return error_system(err, "%s", file->file);
		if (read_from(scan, fd, packed, scan->place.offset, err) == 0)
			return 1;
		if (!scan->in)
			close(fd);
		return -1;
	}
	return 0;
}

static void close_place(struct scan *scan)
{
	if (scan->in)
		gzclose_r(scan->in);
	scan->in = NULL;
	scan->parked = false;
	buf_clear(&scan->bytes);
	scan->used = 0;
	scan->too_long = false;
}

void scan_init(struct scan *scan, int dir, const struct shelf_files *files, struct place from)
{
	*scan = (struct scan){ .dir = dir, .files = files, .place = from, .chunk = CHUNK };
	buf_init(&scan->bytes, LINE_MAX_BYTES + 2 * CHUNK);
}

void scan_share(struct scan *scan, unsigned bytes)
{
	scan->chunk = bytes < CHUNK_LEAST ? CHUNK_LEAST : bytes < CHUNK ? bytes : CHUNK;
}

void scan_park(struct scan *scan)
{
	if (!scan->in || !gzdirect(scan->in))
		return;
	gzclose_r(scan->in);
	scan->in = NULL;
	scan->parked = true;
}

/* Where it was left. What was read of the beginning of a line is worth nothing if its end was deleted meanwhile. */
static int unpark(struct scan *scan, struct error *err)
{
	struct place line = scan->place;
	scan->parked = false;
	scan->place.offset += (off_t)(scan->bytes.len - scan->used);
	int more = open_place(scan, err);
	if (more <= 0 || scan->place.number != line.number) {
		buf_clear(&scan->bytes);
		scan->used = 0;
		scan->too_long = false;
		return more;
	}
	scan->place = line;
	return 1;
}

void scan_release(struct scan *scan)
{
	close_place(scan);
	buf_release(&scan->bytes);
}

/* ---- reading ---- */

/* The next whole line of what was read. */
static bool take_line(struct scan *scan, const char **line, size_t *len)
{
	if (!scan->too_long)
		scan->begins = scan->place;
	const char *bytes = buf_text(&scan->bytes) + scan->used;
	const char *newline = memchr(bytes, '\n', scan->bytes.len - scan->used);
	if (!newline)
		return false;
	*line = bytes;
	*len = (size_t)(newline - bytes);
	scan->used += *len + 1;
	scan->place.offset += (off_t)*len + 1;
	return true;
}

/* 1: there is more, 0: the file ends here. */
static int read_more(struct scan *scan, struct error *err)
{
	buf_drop(&scan->bytes, scan->used);
	scan->used = 0;
	char *room = buf_reserve(&scan->bytes, scan->chunk);
	if (!room) { /* a line this long is none of ours */
		scan->too_long = true;
		scan->place.offset += (off_t)scan->bytes.len;
		buf_clear(&scan->bytes);
		room = buf_reserve(&scan->bytes, scan->chunk);
	}
	int got = read_some(scan->in, scan->files->items[scan->at].file, room, scan->chunk, err);
	if (got < 0)
		return -1;
	buf_grow(&scan->bytes, (size_t)got);
	return got > 0;
}

static void next_file(struct scan *scan)
{
	close_place(scan);
	scan->place = (struct place){ scan->place.number + 1, 0 };
	scan->at += scan->files->items[scan->at].part.number != 0;
}

/* Whether it is a compressed file, which may be damaged while those behind it are not. */
static bool pass_over(struct scan *scan, const struct error *err)
{
	if (gzdirect(scan->in))
		return false;
	if (scan->damaged++ == 0)
		scan->damage = *err;
	return true;
}

static int end(const struct scan *scan, struct error *err)
{
	if (!scan->damaged)
		return 0;
	*err = scan->damage;
	return -1;
}

/* The next one of what was read. */
static bool take_record(struct scan *scan, struct record *out)
{
	const char *line;
	size_t len;
	while (take_line(scan, &line, &len)) {
		bool whole = !scan->too_long;
		scan->too_long = false;
		if (whole && record_load(line, len, out))
			return true;
	}
	return false;
}

/* Reads more of the file, or of the next one. 1: it has, 0: there is no more, -1: *err. */
static int refill(struct scan *scan, struct error *err)
{
	for (;;) {
		int more = scan->in ? 1 : scan->parked ? unpark(scan, err) : open_place(scan, err);
		if (more == 0)
			return end(scan, err);
		if (more < 0)
			return -1;
		more = read_more(scan, err);
		if (more > 0)
			return 1;
		if (more < 0 && !pass_over(scan, err))
			return -1;
		if (more == 0 && scan->newest)
			return end(scan, err);
		next_file(scan);
	}
}

int scan_next(struct scan *scan, struct record *out, struct error *err)
{
	while (!take_record(scan, out)) {
		int more = refill(scan, err);
		if (more <= 0)
			return more;
	}
	return 1;
}

/* All whole lines of what was read. */
static bool take_lines(struct scan *scan, const char **lines, size_t *len)
{
	const char *line;
	size_t line_len;
	if (scan->too_long) {
		if (!take_line(scan, &line, &line_len))
			return false;
		scan->too_long = false;
	}
	*lines = buf_text(&scan->bytes) + scan->used;
	const char *last = memrchr(*lines, '\n', scan->bytes.len - scan->used);
	scan->begins = scan->place;
	if (!last)
		return false;
	*len = (size_t)(last + 1 - *lines);
	scan->used += *len;
	scan->place.offset += (off_t)*len;
	return true;
}

int scan_lines(struct scan *scan, const char **lines, size_t *len, struct error *err)
{
	while (!take_lines(scan, lines, len)) {
		int more = refill(scan, err);
		if (more <= 0)
			return more;
	}
	return 1;
}

/* ---- from the end ---- */

static off_t size_of(int dir, const struct shelf_file *file)
{
	struct stat st;
	return fstatat(dir, file->file, &st, AT_SYMLINK_NOFOLLOW) < 0 ? 0 : st.st_size;
}

static int find_in_plain(int dir, const struct shelf_file *file, long long *newlines, off_t *start, struct error *err)
{
	SCOPED(fd_close) int fd = open_file(dir, file->file);
	struct stat st;
	*start = 0;
	if (fd < 0)
		return errno == ENOENT ? 0 : error_system(err, "%s", file->file);
	if (fstat(fd, &st) < 0)
		return error_system(err, "%s", file->file);
	return fd_find_newlines(fd, st.st_size, newlines, start) < 0 ? error_system(err, "reading %s", file->file) : 0;
}

/* Reads over newlines: at most `lines` of them. Returns how many there were; *offset is behind the last one. */
static int pass_newlines(gzFile in, const char *file, long long lines, long long *passed, off_t *offset, struct error *err)
{
	char bytes[16 * 1024];
	off_t read = 0;
	int got;
	*passed = 0;
	*offset = 0;
	while (*passed < lines && (got = read_some(in, file, bytes, sizeof bytes, err)) != 0) {
		if (got < 0)
			return -1;
		const char *at = bytes, *newline;
		while (*passed < lines && (newline = memchr(at, '\n', (size_t)(bytes + got - at)))) {
			++*passed;
			at = newline + 1;
			*offset = read + (at - bytes);
		}
		read += got;
	}
	return 0;
}

static int find_in_packed(int dir, const struct shelf_file *file, long long *lines, off_t *start, struct error *err)
{
	int fd = open_file(dir, file->file);
	gzFile in = fd < 0 ? NULL : gzdopen(fd, "rb");
	long long all, passed;
	*start = 0;
	if (!in) {
		fd_close(&fd);
		return 0; /* deleted meanwhile */
	}
	pass_newlines(in, file->file, LLONG_MAX, &all, start, err);
	if (all < *lines) {
		*lines -= all;
		*start = 0;
	} else {
		gzclearerr(in);
		gzrewind(in);
		pass_newlines(in, file->file, all - *lines, &passed, start, err);
		*lines = 0;
	}
	gzclose_r(in);
	return 0;
}

/* In a packed file lines are counted, elsewhere the newlines in front of them. */
static int find_in(int dir, const struct shelf_file *file, long long *lines, off_t *start, struct error *err)
{
	if (file->part.packed)
		return find_in_packed(dir, file, lines, start, err);
	long long newlines = *lines + 1;
	if (find_in_plain(dir, file, &newlines, start, err) < 0)
		return -1;
	*lines = newlines == 0 ? 0 : newlines - 1;
	return 0;
}

int scan_find_tail(int dir, const struct shelf_files *files, long long lines, struct place *out, struct error *err)
{
	*out = (struct place){ 1, 0 };
	for (size_t at = files->nr; at > 0 && lines > 0; at--) {
		out->number = scan_number(files, at - 1);
		if (find_in(dir, &files->items[at - 1], &lines, &out->offset, err) < 0)
			return error_wrap(err, "%s", files->items[at - 1].file);
	}
	return 0;
}

int scan_back(int dir, const struct shelf_files *files, off_t bytes, struct place *out, struct error *err)
{
	*out = (struct place){ 1, 0 };
	for (size_t at = files->nr; at > 0 && bytes > 0; at--) {
		const struct shelf_file *file = &files->items[at - 1];
		off_t size = size_of(dir, file);
		*out = (struct place){ scan_number(files, at - 1), 0 };
		if (!file->part.packed && size > bytes) {
			SCOPED(fd_close) int fd = open_file(dir, file->file);
			long long lines = 1;
			bool failed = fd < 0 || fd_find_newlines(fd, size - bytes, &lines, &out->offset) < 0;
			return failed ? error_system(err, "%s", file->file) : 0;
		}
		bytes -= size;
	}
	return 0;
}

static int count_lines(int dir, const struct shelf_file *file, uint64_t *lines, uint64_t *bytes, struct error *err)
{
	int fd = open_file(dir, file->file);
	gzFile in = fd < 0 ? NULL : gzdopen(fd, "rb");
	long long passed;
	off_t end;
	if (!in) {
		fd_close(&fd);
		return 0; /* deleted meanwhile */
	}
	gzbuffer(in, CHUNK);
	int failed = pass_newlines(in, file->file, LLONG_MAX, &passed, &end, err) < 0 && !file->part.packed ? -1 : 0;
	*lines += (uint64_t)passed;
	*bytes += (uint64_t)(file->part.packed ? size_of(dir, file) : end);
	gzclose_r(in);
	return failed;
}

int scan_count(int dir, const struct shelf_files *files, uint64_t *lines, uint64_t *bytes, struct error *err)
{
	*lines = *bytes = 0;
	for (size_t i = 0; i < files->nr; i++)
		if (count_lines(dir, &files->items[i], lines, bytes, err) < 0)
			return -1;
	return 0;
}
