#include "logs/enginelog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/fd.h"
#include "base/text.h"
#include "logs/jsonfile.h"
#include "base/banned.h"

#define CHUNK (256u * 1024)
#define PIECE (256u * 1024) /* a longer record is given in parts, as docker stores it */
#define KEPT_BEHIND (64 * 1024) /* a part is let go when so much of the next one is not needed any more: an anchor may reach back into it */

static bool read_json(const char *line, size_t len, struct buf *text, struct record *out)
{
	return jsonfile_record(line, len, text, out);
}

static bool read_k8s(const char *line, size_t len, struct buf *text UNUSED, struct record *out)
{
	return record_read(line, len, out);
}

/* How a log is kept. */
struct filing {
	const char *line_of; /* as messages call it */
	enum parts_order order;
	size_t line_max;
	bool (*read)(const char *line, size_t len, struct buf *text, struct record *out);
	bool is_log; /* the files are all there is: what cannot be read in them is passed over, and missing */
};

static const struct filing filings[] = {
	[LOG_FORM_DOCKER] = { "docker's json-file driver", PARTS_NUMBERED, JSONFILE_LINE_MAX, read_json, false },
	[LOG_FORM_NERDCTL] = { "nerdctl's json-file driver", PARTS_TIMED, 64u * 1024 * 1024, read_json, true }, /* it does not cut lines */
	[LOG_FORM_K8S] = { "podman's k8s-file driver", PARTS_ONE, 1024 * 1024, read_k8s, true },
};

bool enginelog_is_readable(enum log_form form)
{
	return form < ARRAY_LEN(filings) && filings[form].read;
}

bool enginelog_is_log(enum log_form form)
{
	return form < ARRAY_LEN(filings) && filings[form].is_log;
}

struct enginelog {
	char *path;
	const char *name; /* the end of it */
	const struct filing *filing;
	struct engineparts parts;
	size_t at; /* the part that is read */
	gzFile in; /* it, if it is packed and was begun */
	struct buf bytes;
	off_t begins; /* where in the part they do */
	size_t used;  /* of them */
	struct buf text;
	struct record rest; /* of a record that is given in parts; len 0: none is */
	const char *broken; /* reading stopped there, because of that */
	const char *loss;   /* … and goes on behind it, … */
	bool passes;        /* … where nothing was found yet */
	struct engineplace place;
};

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
	log->rest.len = 0;
	log->broken = NULL;
	log->passes = false;
}

struct enginelog *enginelog_open(const char *path, enum log_form form, struct error *err)
{
	struct enginelog *log = xcalloc(1, sizeof *log);
	log->path = xstrdup(path);
	log->filing = &filings[form];
	const char *slash = strrchr(log->path, '/');
	log->name = slash ? slash + 1 : log->path;
	buf_init(&log->bytes, log->filing->line_max + CHUNK);
	buf_init(&log->text, 3 * log->filing->line_max);
	if (engineparts_open(path, log->filing->order, &log->parts, err) == 0)
		return log;
	enginelog_close(log);
	return NULL;
}

void enginelog_close(struct enginelog *log)
{
	if (!log)
		return;
	go(log, 0, 0);
	engineparts_close(&log->parts);
	buf_release(&log->bytes);
	buf_release(&log->text);
	free(log->path);
	free(log);
}

/* Of docker's, parts that were read to their end were closed then. */
static int open_again(struct enginelog *log, struct error *err)
{
	struct engineparts parts;
	size_t i = 0;
	while (i < log->parts.nr && log->parts.items[i].fd >= 0)
		i++;
	if (i == log->parts.nr)
		return 0;
	if (engineparts_open(log->path, log->filing->order, &parts, err) < 0)
		return -1;
	go(log, 0, 0);
	engineparts_close(&log->parts);
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
static int read_packed(const struct enginelog *log, gzFile in, const struct enginepart *part, void *room, struct error *err)
{
	char file[NAME_MAX + 1];
	int got = gzread(in, room, CHUNK), code = Z_OK;
	if (got == 0)
		gzerror(in, &code);
	if (got >= 0 && code == Z_OK && !gzdirect(in))
		return got;
	enginepart_name(log->name, part, file);
	return damaged(log, in, file, err);
}

/* zlib closes what it reads, so it gets a descriptor of its own. NULL: *err. */
static gzFile begin_packed(const struct enginelog *log, const struct enginepart *part, struct error *err)
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
static int count_packed(const struct enginelog *log, const struct enginepart *part, long long *lines, struct error *err)
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
static int find_lines(const struct enginelog *log, const struct enginepart *part, long long *lines, off_t *offset,
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
		const struct enginepart *part = &log->parts.items[i];
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

/* Whether the place is in the part that is read, and what stands before it is still what it was. */
static bool has_own_place(const struct enginelog *log)
{
	const struct enginepart *part = &log->parts.items[log->at];
	const struct engineplace *place = &log->place;
	return !part->packed && place->device == part->device && place->inode == part->inode && has_place(part->fd, place) > 0;
}

static bool is_written_to(const struct enginelog *log, const struct enginepart *part)
{
	struct stat now;
	return stat(log->path, &now) == 0 && now.st_dev == part->device && now.st_ino == part->inode;
}

/* The same for a part before it: there was nothing behind the place. */
static bool has_earlier_place(const struct enginelog *log)
{
	for (size_t i = log->at; i > 0; i--)
		if (log->parts.items[i - 1].inode == log->place.inode)
			return has_place(log->parts.items[i - 1].fd, &log->place) > 0;
	return false;
}

bool enginelog_stands(const struct enginelog *log)
{
	if (log->filing->is_log)
		return has_own_place(log) || has_earlier_place(log);
	return log->at + 1 == log->parts.nr && has_own_place(log) && is_written_to(log, &log->parts.items[log->at]);
}

/* ---- held across rotation ---- */

unsigned enginelog_keep_up(struct enginelog *log)
{
	struct error ignored;
	int opened = engineparts_follow(log->path, log->filing->order, &log->parts, &ignored);
	return opened > 0 ? (unsigned)opened : 0;
}

void enginelog_lost_one(struct enginelog *log)
{
	log->parts.items[log->parts.nr - 1].lost_before = true;
}

void enginelog_let_go(struct enginelog *log)
{
	size_t needed = log->at;
	while (needed > 0 && log->parts.items[needed].inode != log->place.inode)
		needed--;
	if (needed > 0 && log->place.at < KEPT_BEHIND)
		needed--;
	engineparts_drop(&log->parts, needed);
	log->at -= needed;
}

/* ---- reading ---- */

static int no_line(const struct enginelog *log, struct error *err)
{
	char file[NAME_MAX + 1];
	enginepart_name(log->name, &log->parts.items[log->at], file);
	return error_set(err, ERROR_FAILED, "%s has no line of %s at byte %lld", file, log->filing->line_of,
			 (long long)log->begins + (long long)log->used);
}

/*
 * Something is missing here. 1: it is to be passed over, 0: reading stops before it, -1: *err, where somebody else can be asked.
 */
static int meet_loss(struct enginelog *log, const char *what, struct error *err)
{
	if (!log->filing->is_log)
		return no_line(log, err);
	if (!log->passes)
		log->broken = what;
	return log->passes;
}

static ssize_t read_plain(struct enginelog *log, const struct enginepart *part, struct error *err)
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

static void drop_used(struct enginelog *log)
{
	buf_drop(&log->bytes, log->used);
	log->begins += (off_t)log->used;
	log->used = 0;
}

/* 1: there are more bytes, 0: not in this part, -1: *err. */
static int read_more(struct enginelog *log, struct error *err)
{
	const struct enginepart *part = &log->parts.items[log->at];
	ssize_t got;
	drop_used(log);
	if (part->packed && !log->in && !(log->in = begin_packed(log, part, err)))
		return -1;
	got = part->packed ? read_packed(log, log->in, part, buf_reserve(&log->bytes, CHUNK), err)
			   : read_plain(log, part, err);
	if (got <= 0)
		return (int)got;
	buf_grow(&log->bytes, (size_t)got);
	return 1;
}

/* What was read of a log that is all there is stays open until it is stored. */
static void next_part(struct enginelog *log)
{
	bool passes = log->passes;
	if (!log->filing->is_log)
		fd_close(&log->parts.items[log->at].fd);
	go(log, log->at + 1, 0);
	log->passes = passes;
}

/* Behind a line that ends with these bytes. */
static void set_place(struct enginelog *log, const char *line, size_t len)
{
	const struct enginepart *part = &log->parts.items[log->at];
	struct engineplace *place = &log->place;
	*place = (struct engineplace){ 0 };
	if (part->packed)
		return;
	place->device = part->device;
	place->inode = part->inode;
	place->at = log->begins + (off_t)log->used;
	place->mark_len = len < sizeof place->mark ? len : sizeof place->mark;
	memcpy(place->mark, line + len - place->mark_len, place->mark_len);
}

/* The next part of a long record. */
static int take_rest(struct enginelog *log, struct record *out)
{
	struct record *rest = &log->rest;
	*out = *rest;
	if (log->filing->is_log && out->len > PIECE) {
		out->len = PIECE;
		out->partial = true;
	}
	rest->bytes += out->len;
	rest->len -= out->len;
	return 1;
}

/* 1: *out is the line's record, 0: there is none, -1: *err. */
static int take_line(struct enginelog *log, const char *line, size_t len, struct record *out, struct error *err)
{
	if (len > log->filing->line_max || !log->filing->read(line, len, &log->text, &log->rest)) {
		log->rest.len = 0;
		int passed = meet_loss(log, "a line of its file cannot be read", err);
		if (passed > 0)
			log->used += len + 1;
		return passed < 0 ? -1 : 0;
	}
	log->passes = false;
	log->used += len + 1;
	set_place(log, line, len + 1);
	return take_rest(log, out);
}

/* A line without end so far is too long to be kept until it comes. */
static int take_overlong(struct enginelog *log, struct error *err)
{
	int passed = meet_loss(log, "a line of its file is too long", err);
	if (passed > 0)
		log->used = log->bytes.len - 1; /* one byte of it stays, so that what follows is no line */
	return passed < 0 ? -1 : 0;
}

/* The part was read, and there is a newer one. Only the newest can have a line that is still being written. */
static int leave_part(struct enginelog *log, struct error *err)
{
	int passed = 1;
	if (log->bytes.len > 0)
		passed = meet_loss(log, "its file ends in the middle of a line", err);
	else if (log->parts.items[log->at + 1].lost_before)
		passed = meet_loss(log, "its file was rotated twice before it could be read", err);
	if (passed > 0)
		next_part(log);
	return passed < 0 ? -1 : 0;
}

int enginelog_next(struct enginelog *log, struct record *out, struct error *err)
{
	int taken = 0;
	if (log->rest.len > 0)
		return take_rest(log, out);
	while (taken == 0 && !log->broken) {
		const char *line = buf_text(&log->bytes) + log->used;
		const char *newline = memchr(line, '\n', log->bytes.len - log->used);
		if (newline) {
			taken = take_line(log, line, (size_t)(newline - line), out, err);
			continue;
		}
		if (log->bytes.len - log->used > log->filing->line_max) {
			taken = take_overlong(log, err);
			continue;
		}
		int more = read_more(log, err);
		if (more < 0)
			return -1;
		if (more == 0 && log->at + 1 == log->parts.nr)
			return 0;
		if (more == 0)
			taken = leave_part(log, err);
	}
	return taken;
}

const char *enginelog_broken(const struct enginelog *log)
{
	return log->broken;
}

void enginelog_pass(struct enginelog *log)
{
	if (!log->broken)
		return;
	log->loss = log->broken;
	log->broken = NULL;
	log->passes = true;
}

const char *enginelog_passed(const struct enginelog *log)
{
	return log->passes ? log->loss : NULL;
}

struct engineplace enginelog_place(const struct enginelog *log)
{
	return log->place;
}
