#include "front/history.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "command/words.h"
#include "base/banned.h"

#define FILE_MAX (64u * 1024 * 1024)

static bool make_path(char path[PATH_MAX])
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int len;
	if (state && *state == '/')
		len = snprintf(path, PATH_MAX, "%s/purser/history", state);
	else if (home && *home == '/')
		len = snprintf(path, PATH_MAX, "%s/.local/state/purser/history", home);
	else
		return false;
	if (len >= PATH_MAX)
		return false;
	for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	return true;
}

static int open_locked(int flags)
{
	char path[PATH_MAX];
	int fd = make_path(path) ? open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
	if (fd >= 0)
		flock(fd, LOCK_EX);
	return fd;
}

static void read_lines(int fd, struct strvec *lines)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(FILE_MAX);
	char bytes[65536];
	ssize_t len;
	off_t at = 0;
	while ((len = fd_read_at(fd, bytes, sizeof bytes, at)) > 0 && buf_add(&text, bytes, (size_t)len) == 0)
		at += len;
	for (const char *line = buf_text(&text); *line;) {
		size_t end = strcspn(line, "\n");
		if (end)
			strvec_push_len(lines, line, end);
		line += end + (line[end] == '\n');
	}
}

void history_read(struct strvec *lines)
{
	SCOPED(fd_close) int fd = open_locked(O_RDONLY);
	if (fd >= 0)
		read_lines(fd, lines);
}

static void write_lines(int fd, const struct strvec *lines, size_t first)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(FILE_MAX);
	for (size_t i = first; i < lines->nr; i++)
		buf_printf(&text, "%s\n", lines->items[i]);
	if (ftruncate(fd, 0) == 0 && text.len)
		fd_write_all(fd, text.bytes, text.len);
}

void history_append(const char *line)
{
	SCOPED(fd_close) int fd = open_locked(O_RDWR | O_CREAT | O_APPEND);
	SCOPED(strvec_release) struct strvec lines = STRVEC_INIT;
	if (fd < 0)
		return;
	read_lines(fd, &lines);
	if (lines.nr && !strcmp(lines.items[lines.nr - 1], line))
		return;
	strvec_push(&lines, line);
	if (lines.nr > HISTORY_LINES_MAX + HISTORY_LINES_MAX / 10)
		write_lines(fd, &lines, lines.nr - HISTORY_LINES_MAX);
	else
		write_lines(fd, &lines, lines.nr - 1);
}

/* PASSWORD=…, DB_TOKEN=…: the name of a variable or label that is given a value says what the value is. */
static bool names_a_secret(const char *word)
{
	static const char *const secrets[] = { "pass", "secret", "token", "credential", "apikey", "api_key", "private_key", "access_key" };
	const char *equals = strchr(word, '=');
	char name[128];
	if (!equals)
		return false;
	snprintf(name, sizeof name, "%.*s", (int)(equals - word), word);
	for (size_t i = 0; i < ARRAY_LEN(secrets); i++)
		if (strcasestr(name, secrets[i]))
			return true;
	return false;
}

static bool gives_password(const struct strvec *words)
{
	for (size_t i = 0; i < words->nr; i++) {
		const char *word = words->items[i];
		if (names_a_secret(word) || !strcmp(word, "--password"))
			return true;
		if (!strncmp(word, "-p", 2) && strvec_has(words, "login"))
			return true;
	}
	return false;
}

bool history_wants(const char *line)
{
	size_t len = strlen(line), at = 0;
	if (len == 0 || *line == ' ' || *line == '\t')
		return false;
	while (at < len) {
		struct words words;
		struct error err;
		/* What cannot be read may hold anything; it did not run either. */
		if (words_split(line + at, len - at, WORDS_WHOLE, &words, &err) < 0)
			return !strcasestr(line, "pass") && !strcasestr(line, "secret") && !strcasestr(line, "token");
		bool secret = gives_password(&words.argv);
		at += words.consumed;
		words_release(&words);
		if (secret)
			return false;
	}
	return true;
}
