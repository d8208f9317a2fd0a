#include "front/history.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "command/words.h"
#include "front/statedir.h"
#include "base/banned.h"

#define FILE_NAME "history"
#define SHELLS_MAX 2 /* one within another: sh -c "sh -c …" */
#define READ_MAX (32 * 1024 * 1024) /* bytes of the file's end that are read */

/* ---- the file ---- */

/* The lock is on the directory, since the file may be replaced. */
static int lock_directory(void)
{
	int dir = statedir_open();
	if (dir >= 0)
		flock(dir, LOCK_EX);
	return dir;
}

static void add_entry(struct buf *out, const char *entry)
{
	for (const char *newline; (newline = strchr(entry, '\n')); entry = newline + 1) {
		buf_add(out, entry, (size_t)(newline - entry));
		buf_add(out, "\n\t", 2);
	}
	buf_add_text(out, entry);
	buf_add(out, "\n", 1);
}

static void read_end(int fd, struct buf *text)
{
	char bytes[65536];
	struct stat status;
	ssize_t len;
	off_t at = fstat(fd, &status) == 0 && status.st_size > READ_MAX ? status.st_size - READ_MAX : 0;
	bool cut = at > 0;
	while ((len = fd_read_at(fd, bytes, sizeof bytes, at)) > 0 && buf_add(text, bytes, (size_t)len) == 0)
		at += len;
	const char *newline = cut ? strchr(buf_text(text), '\n') : NULL;
	if (newline)
		buf_drop(text, (size_t)(newline + 1 - text->bytes));
}

/* Takes the entry at the start of `text`; returns how many bytes it was. */
static size_t take_entry(const char *text, size_t len, struct strvec *entries)
{
	SCOPED(buf_release) struct buf entry = BUF_INIT(READ_MAX);
	size_t at = 0;
	do {
		const char *newline = memchr(text + at, '\n', len - at);
		size_t line = newline ? (size_t)(newline - text) - at : len - at;
		if (at > 0) {
			buf_add(&entry, "\n", 1);
			at++, line--;
		}
		buf_add(&entry, text + at, line);
		at += line + (newline != NULL);
	} while (at < len && text[at] == '\t');
	if (*buf_text(&entry))
		strvec_push(entries, buf_text(&entry));
	return at;
}

static void cut_back(int dir, const struct strvec *entries, size_t max)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(2 * READ_MAX);
	struct error ignored;
	for (size_t i = entries->nr - max; i < entries->nr; i++)
		add_entry(&text, entries->items[i]);
	fd_replace_file(dir, FILE_NAME, text.bytes, text.len, &ignored);
}

void history_read(struct strvec *entries, size_t max)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(2 * READ_MAX);
	SCOPED(fd_close) int dir = lock_directory();
	SCOPED(fd_close) int fd = dir < 0 ? -1 : openat(dir, FILE_NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	read_end(fd, &text);
	for (size_t at = 0; at < text.len;)
		at += take_entry(text.bytes + at, text.len - at, entries);
	if (entries->nr > max + max / 10)
		cut_back(dir, entries, max);
}

/* Whether these lines are the last entry. */
static bool ends_with(int fd, off_t size, const struct buf *lines)
{
	size_t before = (size_t)size > lines->len; /* the newline of the entry before */
	size_t len = before + lines->len;
	char *end = xmalloc(len);
	bool same = fd_read_at(fd, end, len, size < (off_t)len ? 0 : size - (off_t)len) == (ssize_t)len &&
		    (!before || *end == '\n') && !memcmp(end + before, lines->bytes, lines->len);
	free(end);
	return same;
}

/* A line that was cut short by a crash is not continued. */
static bool ends_torn(int fd, off_t size)
{
	char last;
	return size > 0 && fd_read_at(fd, &last, 1, size - 1) == 1 && last != '\n';
}

void history_append(const char *entry)
{
	SCOPED(buf_release) struct buf lines = BUF_INIT(READ_MAX);
	const int flags = O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC;
	SCOPED(fd_close) int dir = lock_directory();
	SCOPED(fd_close) int fd = dir < 0 ? -1 : openat(dir, FILE_NAME, flags, 0600);
	struct stat status;
	if (fd < 0 || fstat(fd, &status) < 0)
		return;
	fchmod(fd, 0600);
	add_entry(&lines, entry);
	if (ends_with(fd, status.st_size, &lines))
		return;
	if (ends_torn(fd, status.st_size))
		fd_write_all(fd, "\n", 1);
	if (fd_write_all(fd, lines.bytes, lines.len) < lines.len && ftruncate(fd, status.st_size) < 0)
		return; /* the line stays torn */
}

/* ---- secrets ---- */

static bool has_any(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strcasestr(text, *words))
			return true;
	return false;
}

static const char *const telling[] = {
	"pass", "secret", "token", "credential", "_pwd", "apikey", "_key", "-key", "creds", NULL
};

/* DB_PASSWORD=…, --env=API_TOKEN=…: the name of what is given a value says what the value is. */
static bool names_a_secret(const char *word)
{
	const char *value = strrchr(word, '=');
	if (!value)
		return false;
	char *name = strndup(word, (size_t)(value - word));
	bool telltale = name && has_any(name, telling);
	free(name);
	return telltale;
}

/* postgres://user:password@host/base */
static bool is_address_with_password(const char *word)
{
	const char *user = strstr(word, "://");
	if (!user)
		return false;
	user += 3;
	size_t len = strcspn(user, "/@ ");
	return user[len] == '@' && memchr(user, ':', len);
}

/* Options whose value is the next word; with it in the same word they are known by their names. */
static const char *const before_a_secret[] = { "--password", "--token", "--creds", NULL };

/* Whoever is in the words before it has a secret behind this: with a colon in it, where a user's name is before that. */
static const struct client {
	const char *name, *option;
	bool after_colon;
} clients[] = {
	{ "login", "-p", false },     { "sshpass", "-p", false },    { "mysql", "-p", false },   { "mysqldump", "-p", false },
	{ "mysqladmin", "-p", false }, { "mariadb", "-p", false },   { "mariadb-dump", "-p", false }, { "redis-cli", "-a", false },
	{ "curl", "-u", true },       { "curl", "--user", true },    { "curl", "--proxy-user", true },
};

/* As those who give them out begin them. */
static const char *const beginnings[] = { "ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "AKIA", "xoxb-", "xoxp-", "dckr_pat_", NULL };

static bool is_among(const char *word, const char *const *words)
{
	while (*words && strcmp(word, *words) != 0)
		words++;
	return *words;
}

static bool has_client(const struct strvec *words, size_t before, const char *name)
{
	/* Behind a path, behind a ! or the = of an alias. */
	for (size_t i = 0; i < before; i++) {
		size_t len = strlen(words->items[i]), own = strlen(name);
		if (len >= own && !strcmp(words->items[i] + len - own, name) && (len == own || strchr("/!=", words->items[i][len - own - 1])))
			return true;
	}
	return false;
}

static bool follows_client(const struct strvec *words, size_t at)
{
	const char *word = words->items[at];
	for (size_t i = 0; i < ARRAY_LEN(clients); i++) {
		size_t len = strlen(clients[i].option);
		if (strncmp(word, clients[i].option, len) != 0 || !has_client(words, at, clients[i].name))
			continue;
		const char *value = word[len] ? word + len : at + 1 < words->nr ? words->items[at + 1] : "";
		if (!clients[i].after_colon || strchr(value, ':'))
			return true;
	}
	return false;
}

static bool begins_as_secret(const char *word)
{
	for (const char *const *beginning = beginnings; *beginning; beginning++)
		if (strstr(word, *beginning))
			return true;
	return strcasestr(word, "authorization:") != NULL;
}

static bool holds_secret(const char *text, size_t len, unsigned depth);

static bool has_secret(const struct strvec *words, unsigned depth)
{
	for (size_t i = 0; i < words->nr; i++) {
		const char *word = words->items[i];
		if (names_a_secret(word) || is_address_with_password(word) || is_among(word, before_a_secret) || begins_as_secret(word) ||
		    follows_client(words, i))
			return true;
		/* A line for a shell, as in sh -c. */
		if (depth > 0 && strchr(word, ' ') && holds_secret(word, strlen(word), depth - 1))
			return true;
	}
	return false;
}

static bool holds_secret(const char *text, size_t len, unsigned depth)
{
	for (size_t at = 0; at < len;) {
		struct words words;
		struct error ignored;
		/* What cannot be read may hold anything; it did not run either. */
		if (words_split(text + at, len - at, WORDS_WHOLE, &words, &ignored) < 0)
			return has_any(text + at, telling);
		bool secret = has_secret(&words.argv, depth);
		at += words.consumed;
		words_release(&words);
		if (secret)
			return true;
	}
	return false;
}

bool history_wants(const char *entry)
{
	return *entry && !strchr(" \t\n", *entry) && !holds_secret(entry, strlen(entry), SHELLS_MAX);
}
