#include "logs/enginelog.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "base/fd.h"
#include "base/text.h"
#include "logs/jsonfile.h"
#include "base/banned.h"

#define CHUNK (256u * 1024)
#define TEXT_MAX (3 * JSONFILE_LINE_MAX)
#define NUMBER_DIGITS_MAX 6
#define OPEN_TRIES 32
#define OPEN_PAUSE_NS 100000

struct part {
	unsigned number; /* 0: the one that is written to */
	bool packed;
	int fd; /* -1: not opened yet, or read to its end */
	dev_t device;
	ino_t inode;
};

/* Oldest first. */
struct parts {
	struct part items[ENGINELOG_FILES_MAX];
	size_t nr;
};

struct enginelog {
	char *path;
	const char *name; /* the end of it */
	struct parts parts;
	size_t at; /* the part that is read */
	gzFile in; /* it, if it is packed and was begun */
	struct buf bytes;
	off_t begins; /* where in the part they do */
	size_t used;  /* of them */
	struct buf text;
	struct engineplace place;
};

/* ---- which files there are ---- */

/* What docker calls a part of the log `name`. */
static bool part_parse(const char *name, const char *file, struct part *out)
{
	size_t len = strlen(name), digits;
	if (strncmp(file, name, len) != 0)
		return false;
	*out = (struct part){ .fd = -1 };
	file += len;
	if (*file == '\0')
		return true;
	digits = strspn(file + 1, "0123456789");
	if (*file != '.' || file[1] == '0' || digits == 0 || digits > NUMBER_DIGITS_MAX)
		return false;
	out->number = (unsigned)strtoul(file + 1, NULL, 10);
	file += 1 + digits;
	out->packed = !strcmp(file, ".gz");
	return out->packed || *file == '\0';
}

static void part_file(const char *name, const struct part *part, char file[NAME_MAX + 1])
{
	if (part->number == 0)
		snprintf(file, NAME_MAX + 1, "%s", name);
	else
		snprintf(file, NAME_MAX + 1, "%s.%u%s", name, part->number, part->packed ? ".gz" : "");
}

/* While docker compresses a file there are both; the one that is not compressed is whole. false: too many. */
static bool parts_add(struct parts *parts, const struct part *part)
{
	size_t at = 0;
	while (at < parts->nr && parts->items[at].number > part->number)
		at++;
	if (at < parts->nr && parts->items[at].number == part->number) {
		parts->items[at].packed &= part->packed;
		return true;
	}
	if (parts->nr == ENGINELOG_FILES_MAX)
		return false;
	memmove(parts->items + at + 1, parts->items + at, (parts->nr - at) * sizeof *part);
	parts->items[at] = *part;
	parts->nr++;
	return true;
}

static void parts_close(struct parts *parts)
{
	for (size_t i = 0; i < parts->nr; i++)
		fd_close(&parts->items[i].fd);
}

static int list(const struct enginelog *log, DIR *dir, struct parts *out, struct error *err)
{
	struct part part;
	out->nr = 0;
	rewinddir(dir);
	for (;;) {
		errno = 0;
		const struct dirent *item = readdir(dir);
		if (!item)
			return errno ? error_system(err, "listing the files of %s", log->path) : 0;
		if (part_parse(log->name, item->d_name, &part) && !parts_add(out, &part))
			return error_set(err, ERROR_FAILED, "%s has more than %d files", log->path,
					 ENGINELOG_FILES_MAX);
	}
}

/* ---- opening, while docker rotates and compresses ---- */

/* 1: open, 0: gone meanwhile, -1: *err. */
static int part_open(const struct enginelog *log, int dir, struct part *part, struct error *err)
{
	char file[NAME_MAX + 1];
	struct stat st;
	part_file(log->name, part, file);
	part->fd = openat(dir, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	if (part->fd < 0 && errno == ENOENT)
		return 0;
	if (part->fd < 0 && errno != ELOOP && errno != ENXIO) /* a link, a socket */
		return error_system(err, "%s", file);
	if (part->fd < 0 || fstat(part->fd, &st) < 0 || !S_ISREG(st.st_mode))
		return error_set(err, ERROR_FAILED, "%s is not a regular file", file);
	part->device = st.st_dev;
	part->inode = st.st_ino;
	return 1;
}

/* Whether the directory has exactly these. 1: yes, 0: no, -1: *err. */
static int parts_stand(const struct enginelog *log, DIR *dir, const struct parts *parts, struct error *err)
{
	struct parts now;
	if (list(log, dir, &now, err) < 0)
		return -1;
	if (now.nr != parts->nr)
		return 0;
	for (size_t i = 0; i < now.nr; i++) {
		const struct part *part = &parts->items[i];
		char file[NAME_MAX + 1];
		struct stat st;
		part_file(log->name, part, file);
		if (now.items[i].number != part->number || now.items[i].packed != part->packed ||
		    fstatat(dirfd(dir), file, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_dev != part->device ||
		    st.st_ino != part->inode)
			return 0;
	}
	return 1;
}

/* 1: what stood there at one moment is open, 0 with *err: docker came in between, -1: *err. */
static int parts_try(const struct enginelog *log, DIR *dir, struct parts *out, struct error *err)
{
	if (list(log, dir, out, err) < 0)
		return -1;
	if (out->nr == 0 ||
	    out->items[out->nr - 1].number != 0) { /* docker has renamed it, and not made it anew yet? */
		errno = ENOENT;
		error_system(err, "%s", log->path);
		return out->nr == 0 ? -1 : 0;
	}
	error_set(err, ERROR_FAILED, "the files of %s change faster than they can be opened", log->path);
	for (size_t i = 0; i < out->nr; i++) {
		int opened = part_open(log, dirfd(dir), &out->items[i], err);
		if (opened <= 0)
			return opened;
	}
	return parts_stand(log, dir, out, err);
}

static int parts_open_in(const struct enginelog *log, DIR *dir, struct parts *out, struct error *err)
{
	for (unsigned tries = 1;; tries++) {
		int opened = parts_try(log, dir, out, err);
		if (opened > 0)
			return 0;
		parts_close(out);
		if (opened < 0 || tries == OPEN_TRIES)
			return -1;
		nanosleep(&(struct timespec){ .tv_nsec = OPEN_PAUSE_NS }, NULL);
	}
}

static int parts_open(const struct enginelog *log, struct parts *out, struct error *err)
{
	char *directory = log->name == log->path ? xstrdup(".") : strndup(log->path, (size_t)(log->name - log->path));
	DIR *dir = directory ? opendir(directory) : NULL;
	int failed = dir ? parts_open_in(log, dir, out, err) : error_system(err, "%s", log->path);
	if (dir)
		closedir(dir);
	free(directory);
	return failed;
}

/* ---- where reading goes on ---- */

static void go(struct enginelog *log, size_t at, off_t offset)
{
	if (log->in)
		gzclose_r(log->in);
	log->in = NULL;
	log->at = at;
	log->begins = offset;
	buf_clear(&log->bytes);
	log->used = 0;
}

struct enginelog *enginelog_open(const char *path, struct error *err)
{
	struct enginelog *log = xcalloc(1, sizeof *log);
	log->path = xstrdup(path);
	const char *slash = strrchr(log->path, '/');
	log->name = slash ? slash + 1 : log->path;
	buf_init(&log->bytes, JSONFILE_LINE_MAX + CHUNK);
	buf_init(&log->text, TEXT_MAX);
	if (parts_open(log, &log->parts, err) == 0)
		return log;
	enginelog_close(log);
	return NULL;
}

void enginelog_close(struct enginelog *log)
{
	if (!log)
		return;
	go(log, 0, 0);
	parts_close(&log->parts);
	buf_release(&log->bytes);
	buf_release(&log->text);
	free(log->path);
	free(log);
}

/* Parts that were read to their end were closed then. */
static int open_again(struct enginelog *log, struct error *err)
{
	struct parts parts;
	size_t i = 0;
	while (i < log->parts.nr && log->parts.items[i].fd >= 0)
		i++;
	if (i == log->parts.nr)
		return 0;
	if (parts_open(log, &parts, err) < 0)
		return -1;
	go(log, 0, 0);
	parts_close(&log->parts);
	log->parts = parts;
	return 0;
}

int enginelog_rewind(struct enginelog *log, struct error *err)
{
	if (open_again(log, err) < 0)
		return -1;
	go(log, 0, 0);
	log->place = (struct engineplace){ 0 };
	return 0;
}

static int damaged(const struct enginelog *log, gzFile in, const char *file, struct error *err)
{
	int code;
	const char *why = gzerror(in, &code), *behind_name = strstr(why, ">: "); /* zlib calls a file "<fd:14>" */
	if (code == Z_ERRNO)
		return error_system(err, "reading %s of %s", file, log->path);
	if (behind_name)
		why = behind_name + 3;
	return error_set(err, ERROR_FAILED, "%s is damaged: %s", file, code == Z_OK ? "it is not compressed" : why);
}

/* zlib copies what is not compressed, and takes a file that ends too early for one that ends, if it is not asked. 0: the end, -1: *err. */
static int read_packed(const struct enginelog *log, gzFile in, const struct part *part, void *room, struct error *err)
{
	char file[NAME_MAX + 1];
	int got = gzread(in, room, CHUNK), code = Z_OK;
	if (got == 0)
		gzerror(in, &code);
	if (got >= 0 && code == Z_OK && !gzdirect(in))
		return got;
	part_file(log->name, part, file);
	return damaged(log, in, file, err);
}

/* zlib closes what it reads, so it gets a descriptor of its own. NULL: *err. */
static gzFile begin_packed(const struct enginelog *log, const struct part *part, struct error *err)
{
	int fd = fcntl(part->fd, F_DUPFD_CLOEXEC, 0);
	gzFile in = fd >= 0 && lseek(fd, 0, SEEK_SET) == 0 ? gzdopen(fd, "rb") : NULL;
	if (in) {
		gzbuffer(in, CHUNK);
		return in;
	}
	error_system(err, "reading %s", log->path);
	fd_close(&fd);
	return NULL;
}

/* Counts the part's lines off. */
static int count_packed(const struct enginelog *log, const struct part *part, long long *lines, struct error *err)
{
	gzFile in = begin_packed(log, part, err);
	if (!in)
		return -1;
	char *bytes = xmalloc(CHUNK);
	int got = 0;
	while (*lines > 0 && (got = read_packed(log, in, part, bytes, err)) > 0)
		*lines -= text_lines(bytes, (size_t)got);
	free(bytes);
	gzclose_r(in);
	return got < 0 ? -1 : 0;
}

/* Where in the part the newest *lines of its lines begin; *lines becomes how many are lacking, none if not above 0. */
static int find_lines(const struct enginelog *log, const struct part *part, long long *lines, off_t *offset,
		      struct error *err)
{
	struct stat st;
	long long newlines = *lines + 1;
	*offset = 0;
	if (part->packed)
		return count_packed(log, part, lines, err);
	if (fstat(part->fd, &st) < 0 || fd_find_newlines(part->fd, st.st_size, &newlines, offset) < 0)
		return error_system(err, "reading %s", log->path);
	*lines = newlines - 1;
	return 0;
}

int enginelog_go_back(struct enginelog *log, uint64_t records, struct error *err)
{
	if (enginelog_rewind(log, err) < 0)
		return -1;
	long long left = records < LLONG_MAX ? (long long)records : LLONG_MAX - 1;
	size_t at = log->parts.nr;
	off_t offset;
	do {
		at--;
		if (find_lines(log, &log->parts.items[at], &left, &offset, err) < 0)
			return -1;
	} while (left > 0 && at > 0);
	go(log, at, offset);
	return 0;
}

/* Whether a line ends there, and with what the place knows. 1: yes, 0: no, -1 with errno. */
static int has_place(int fd, const struct engineplace *place)
{
	char is[ENGINELOG_MARK];
	size_t len = place->mark_len ? place->mark_len : 1;
	struct stat st;
	if (fstat(fd, &st) < 0)
		return -1;
	if (place->at < (off_t)len || place->at > st.st_size)
		return place->at == 0;
	ssize_t got = fd_read_at(fd, is, len, place->at - (off_t)len);
	if (got < 0)
		return -1;
	return got == (ssize_t)len && is[len - 1] == '\n' && !memcmp(is, place->mark, place->mark_len);
}

int enginelog_go_to(struct enginelog *log, const struct engineplace *place, struct error *err)
{
	if (enginelog_rewind(log, err) < 0)
		return -1;
	for (size_t i = 0; i < log->parts.nr && place->inode; i++) {
		const struct part *part = &log->parts.items[i];
		if (part->packed || part->device != place->device || part->inode != place->inode)
			continue;
		int has = has_place(part->fd, place);
		if (has < 0)
			return error_system(err, "reading %s", log->path);
		if (!has)
			return 1;
		go(log, i, place->at);
		log->place = *place;
		return 0;
	}
	return 1;
}

bool enginelog_stands(const struct enginelog *log)
{
	const struct part *part = &log->parts.items[log->at];
	const struct engineplace *place = &log->place;
	struct stat now;
	return log->at + 1 == log->parts.nr && !part->packed && stat(log->path, &now) == 0 && now.st_dev == part->device &&
	       now.st_ino == part->inode && place->device == part->device && place->inode == part->inode && has_place(part->fd, place) > 0;
}

/* ---- reading ---- */

static int no_line(const struct enginelog *log, struct error *err)
{
	char file[NAME_MAX + 1];
	part_file(log->name, &log->parts.items[log->at], file);
	return error_set(err, ERROR_FAILED, "%s has no line of docker's json-file driver at byte %lld", file,
			 (long long)log->begins + (long long)log->used);
}

static ssize_t read_plain(struct enginelog *log, const struct part *part, struct error *err)
{
	off_t from = log->begins + (off_t)log->bytes.len;
	struct stat st;
	if (fstat(part->fd, &st) < 0)
		return error_system(err, "reading %s", log->path);
	if (st.st_size < from)
		return error_set(err, ERROR_FAILED, "%s was cut to %lld bytes after %lld of them had been read",
				 log->path, (long long)st.st_size, (long long)from);
	if (st.st_size == from) {
		if (log->bytes.len == 0) { /* who waits for more may wait for long */
			buf_release(&log->bytes);
			buf_release(&log->text);
		}
		return 0;
	}
	ssize_t got = fd_read_at(part->fd, buf_reserve(&log->bytes, CHUNK), CHUNK, from);
	return got < 0 ? error_system(err, "reading %s", log->path) : got;
}

/* 1: there are more bytes, 0: not in this part, -1: *err. */
static int read_more(struct enginelog *log, struct error *err)
{
	const struct part *part = &log->parts.items[log->at];
	ssize_t got;
	buf_drop(&log->bytes, log->used);
	log->begins += (off_t)log->used;
	log->used = 0;
	if (log->bytes.len > JSONFILE_LINE_MAX)
		return no_line(log, err);
	if (part->packed && !log->in && !(log->in = begin_packed(log, part, err)))
		return -1;
	got = part->packed ? read_packed(log, log->in, part, buf_reserve(&log->bytes, CHUNK), err)
			   : read_plain(log, part, err);
	if (got <= 0)
		return (int)got;
	buf_grow(&log->bytes, (size_t)got);
	return 1;
}

static void next_part(struct enginelog *log)
{
	fd_close(&log->parts.items[log->at].fd);
	go(log, log->at + 1, 0);
}

/* Behind this line. */
static void set_place(struct enginelog *log, const struct part *part, const char *line, size_t len)
{
	struct engineplace *place = &log->place;
	place->device = part->device;
	place->inode = part->inode;
	place->at = log->begins + (off_t)log->used;
	place->mark_len = len < sizeof place->mark ? len : sizeof place->mark;
	memcpy(place->mark, line + len - place->mark_len, place->mark_len);
}

static int take_line(struct enginelog *log, const char *line, size_t len, struct record *out, struct error *err)
{
	const struct part *part = &log->parts.items[log->at];
	if (len > JSONFILE_LINE_MAX || !jsonfile_record(line, len, &log->text, out))
		return no_line(log, err);
	log->used += len + 1;
	if (part->packed)
		log->place = (struct engineplace){ 0 };
	else
		set_place(log, part, line, len + 1);
	return 1;
}

int enginelog_next(struct enginelog *log, struct record *out, struct error *err)
{
	for (;;) {
		const char *line = buf_text(&log->bytes) + log->used;
		const char *newline = memchr(line, '\n', log->bytes.len - log->used);
		if (newline)
			return take_line(log, line, (size_t)(newline - line), out, err);
		int more = read_more(log, err);
		if (more < 0)
			return -1;
		if (more > 0)
			continue;
		if (log->at + 1 == log->parts.nr)
			return 0;
		if (log->bytes.len > 0) /* only the newest can have a line that is still being written */
			return no_line(log, err);
		next_part(log);
	}
}

struct engineplace enginelog_place(const struct enginelog *log)
{
	return log->place;
}
