#include "logs/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "model/json.h"
#include "base/banned.h"

#define JOURNAL "journal.jsonl"
#define JOURNAL_OLD "journal.jsonl.1"
#define JOURNAL_MAX (4 * 1024 * 1024) /* then the old one is replaced by this one */
#define WAITING_MAX (256u * 1024)
#define LINE_MAX_BYTES (16u * 1024)
#define CHUNK (64u * 1024)

const char *journal_event_name(enum journal_event event)
{
	static const char *const names[] = {
#define X(event, name) [JOURNAL_##event] = name,
		JOURNAL_EVENTS(X)
#undef X
	};
	return names[event];
}

/* ---- a mark as a line ---- */

static void add_text(struct buf *line, const char *key, const char *text)
{
	if (!*text)
		return;
	buf_printf(line, ",\"%s\":", key);
	json_add_text(line, text);
}

static void add_moment(struct buf *line, const char *key, moment at)
{
	char text[MOMENT_TEXT_LEN + 1];
	if (!at)
		return;
	moment_format(at, text);
	buf_printf(line, ",\"%s\":\"%s\"", key, text);
}

static void add_line(struct buf *out, const struct mark *mark)
{
	char now[MOMENT_TEXT_LEN + 1];
	moment_format(moment_now(), now);
	buf_printf(out, "{\"time\":\"%s\",\"event\":\"%s\"", now, journal_event_name(mark->event));
	add_text(out, "id", mark->id);
	add_text(out, "name", mark->name);
	add_moment(out, "at", mark->at);
	add_moment(out, "from", mark->from);
	add_moment(out, "to", mark->to);
	if (mark->event == JOURNAL_EXITED)
		buf_printf(out, ",\"code\":%d", mark->code);
	if (mark->behind)
		buf_printf(out, ",\"behind\":\"%016llx\"", (unsigned long long)mark->behind);
	add_text(out, "text", mark->text);
	buf_add_text(out, "}\n");
}

static moment read_moment(const struct json *row, const char *key, struct arena *arena)
{
	const char *text = json_text(row, key, arena);
	moment at = 0;
	moment_scan(text, strlen(text), &at);
	return at;
}

/* As much as has room, but no part of a character. */
static void read_text(const struct json *row, const char *key, struct arena *arena, char *to, size_t size)
{
	const char *text = json_text(row, key, arena);
	size_t len = strlen(text);
	if (len >= size)
		for (len = size - 1; len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80;)
			len--;
	snprintf(to, size, "%.*s", (int)len, text);
}

static bool read_mark(const struct json *row, struct mark *out)
{
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	const char *event = json_text(row, "event", &arena);
	size_t found = 0;

	*out = (struct mark){ 0 };
	while (found <= JOURNAL_ENGINE_OTHER && strcmp(journal_event_name(found), event) != 0)
		found++;
	if (found > JOURNAL_ENGINE_OTHER)
		return false;
	out->event = found;
	out->time = read_moment(row, "time", &arena);
	out->at = read_moment(row, "at", &arena);
	out->from = read_moment(row, "from", &arena);
	out->to = read_moment(row, "to", &arena);
	out->code = (int)json_number(row, "code");
	out->behind = strtoull(json_text(row, "behind", &arena), NULL, 16);
	read_text(row, "id", &arena, out->id, sizeof out->id);
	read_text(row, "name", &arena, out->name, sizeof out->name);
	read_text(row, "text", &arena, out->text, sizeof out->text);
	return true;
}

/* ---- writing ---- */

/* What a crash, or somebody, left of the last line is no line, and may not become the beginning of the next one. */
static int cut_torn_end(struct journal *journal, struct error *err)
{
	off_t size = lseek(journal->fd, 0, SEEK_END);
	journal->size = size < 0 ? -1 : fd_last_line_end(journal->fd, size);
	if (journal->size < 0 || (journal->size < size && ftruncate(journal->fd, journal->size) < 0))
		return error_system(err, JOURNAL);
	return 0;
}

/* Its name is on the disk before what it tells. */
static int open_or_create(int dir)
{
	int fd = openat(dir, JOURNAL, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (fd >= 0)
		fsync(dir);
	return fd;
}

int journal_open(struct journal *journal, int dir, struct error *err)
{
	*journal = (struct journal){ .dir = dir };
	buf_init(&journal->waiting, WAITING_MAX);
	journal->fd = open_or_create(dir);
	if (journal->fd < 0)
		return error_system(err, JOURNAL);
	if (cut_torn_end(journal, err) == 0)
		return 0;
	journal_close(journal);
	return -1;
}

void journal_close(struct journal *journal)
{
	if (journal->fd >= 0) {
		journal_flush(journal);
		fdatasync(journal->fd);
	}
	fd_close(&journal->fd);
	buf_release(&journal->waiting);
}

/* Whether the file that is open is no longer the one of that name. */
static bool was_taken_away(const struct journal *journal)
{
	struct stat ours, named;
	bool there = fstatat(journal->dir, JOURNAL, &named, AT_SYMLINK_NOFOLLOW) == 0;
	return !there || (fstat(journal->fd, &ours) == 0 && (ours.st_ino != named.st_ino || ours.st_dev != named.st_dev));
}

/* A new file where the old one is full, or somebody took it away. */
static int renew(struct journal *journal, struct error *err)
{
	bool gone = was_taken_away(journal);
	if (!gone && journal->size < JOURNAL_MAX)
		return 0;
	if (!gone && renameat(journal->dir, JOURNAL, journal->dir, JOURNAL_OLD) < 0)
		return error_system(err, JOURNAL);
	int fd = open_or_create(journal->dir);
	if (fd < 0)
		return error_system(err, JOURNAL);
	close(journal->fd);
	journal->fd = fd;
	return cut_torn_end(journal, err);
}

static void take_back(struct journal *journal, off_t size)
{
	if (size >= 0 && ftruncate(journal->fd, size) == 0)
		journal->size = size;
}

/* All of it, or nothing of it. */
static int write_lines(struct journal *journal, const struct buf *lines, struct error *err)
{
	if (renew(journal, err) < 0)
		return -1;
	if (lseek(journal->fd, 0, SEEK_END) != journal->size && cut_torn_end(journal, err) < 0)
		return -1;
	off_t before = journal->size;
	size_t written = fd_write_all(journal->fd, buf_text(lines), lines->len);
	journal->size = before + (off_t)lines->len;
	if (written == lines->len)
		return 0;
	error_system(err, JOURNAL);
	take_back(journal, before);
	return -1;
}

void journal_flush(struct journal *journal)
{
	struct error ignored;
	if (journal->fd >= 0 && journal->waiting.len && write_lines(journal, &journal->waiting, &ignored) == 0)
		buf_clear(&journal->waiting);
}

void journal_note(struct journal *journal, const struct mark *mark)
{
	SCOPED(buf_release) struct buf line = BUF_INIT(LINE_MAX_BYTES);
	add_line(&line, mark);
	buf_add(&journal->waiting, buf_text(&line), line.len);
	journal_flush(journal);
}

int journal_commit(struct journal *journal, const struct mark *mark, struct error *err)
{
	SCOPED(buf_release) struct buf lines = BUF_INIT(WAITING_MAX + LINE_MAX_BYTES);
	if (journal->fd < 0)
		return error_set(err, ERROR_FAILED, JOURNAL " is not open");
	buf_add(&lines, buf_text(&journal->waiting), journal->waiting.len);
	add_line(&lines, mark);
	if (write_lines(journal, &lines, err) < 0)
		return -1;
	if (fdatasync(journal->fd) == 0) {
		buf_clear(&journal->waiting);
		return 0;
	}
	error_system(err, "fdatasync " JOURNAL);
	take_back(journal, journal->size - (off_t)lines.len);
	return -1;
}

/* ---- reading ---- */

static int each_line(const char *line, size_t len, const char *id, mark_fn *each, void *arg, struct error *err)
{
	struct json_rows rows;
	struct mark mark;
	struct error ignored;
	int failed = 0;

	if (id && !memmem(line, len, id, CONTAINER_ID_SHORT)) /* most lines are others' and need not be parsed */
		return 0;
	if (json_parse_rows(line, len, &rows, &ignored) < 0)
		return 0;
	for (size_t i = 0; i < rows.nr && !failed; i++)
		if (read_mark(rows.items[i], &mark) && (!id || !strncmp(mark.id, id, CONTAINER_ID_SHORT)))
			failed = each(arg, &mark, err);
	json_rows_release(&rows);
	return failed;
}

/* From *place on, which is behind the last whole line then. */
static int each_from(int fd, off_t *place, const char *id, mark_fn *each, void *arg, struct error *err)
{
	SCOPED(buf_release) struct buf bytes = BUF_INIT(LINE_MAX_BYTES + CHUNK);
	bool too_long = false; /* in the middle of a line that is none of ours */
	off_t at = *place;

	for (;;) {
		char *room = buf_reserve(&bytes, CHUNK);
		if (!room) {
			buf_clear(&bytes);
			too_long = true;
			continue;
		}
		ssize_t got = fd_read_at(fd, room, CHUNK, at);
		if (got <= 0)
			return got < 0 ? error_system(err, "reading " JOURNAL) : 0;
		buf_grow(&bytes, (size_t)got);
		at += got;
		const char *line = bytes.bytes, *newline;
		while ((newline = memchr(line, '\n', (size_t)(bytes.bytes + bytes.len - line)))) {
			if (!too_long && each_line(line, (size_t)(newline - line), id, each, arg, err) < 0)
				return -1;
			too_long = false;
			line = newline + 1;
		}
		buf_drop(&bytes, (size_t)(line - bytes.bytes));
		*place = at - (off_t)bytes.len;
	}
}

static int open_to_read(int dir, const char *file)
{
	return openat(dir, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

static int each_in(int dir, const char *file, const char *id, mark_fn *each, void *arg, struct error *err)
{
	SCOPED(fd_close) int fd = open_to_read(dir, file);
	off_t place = 0;
	if (fd < 0)
		return errno == ENOENT ? 0 : error_system(err, "%s", file);
	return each_from(fd, &place, id, each, arg, err);
}

int journal_each(int dir, const char *id, mark_fn *each, void *arg, struct error *err)
{
	if (each_in(dir, JOURNAL_OLD, id, each, arg, err) < 0)
		return -1;
	return each_in(dir, JOURNAL, id, each, arg, err);
}

void journal_end(int dir, struct journal_place *place)
{
	struct stat st;
	*place = (struct journal_place){ 0 };
	if (fstatat(dir, JOURNAL, &st, AT_SYMLINK_NOFOLLOW) == 0)
		*place = (struct journal_place){ st.st_ino, st.st_size };
}

/* What was written before the file got the old one's name. */
static int each_rotated(int dir, struct journal_place *place, mark_fn *each, void *arg, struct error *err)
{
	SCOPED(fd_close) int fd = open_to_read(dir, JOURNAL_OLD);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0 || st.st_ino != place->inode)
		return 0;
	return each_from(fd, &place->offset, NULL, each, arg, err);
}

int journal_since(int dir, struct journal_place *place, mark_fn *each, void *arg, struct error *err)
{
	SCOPED(fd_close) int fd = open_to_read(dir, JOURNAL);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return errno == ENOENT ? 0 : error_system(err, JOURNAL);
	if (st.st_ino != place->inode) {
		if (place->inode && each_rotated(dir, place, each, arg, err) < 0)
			return -1;
		*place = (struct journal_place){ .inode = st.st_ino };
	}
	return st.st_size > place->offset ? each_from(fd, &place->offset, NULL, each, arg, err) : 0;
}
