#include "front/script.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/text.h"
#include "command/interpret.h"
#include "command/output.h"
#include "command/words.h"
#include "base/banned.h"

#define READ_SIZE 65536

struct script {
	struct session *session;
	const char *name;
	struct buf text; /* read and not yet run */
	unsigned line;   /* number of its first line */
	int status;      /* of the first failure; with keep_going of the last one */
	bool over;
};

/* Bytes up to a newline and with it; 0 if there is none. */
static size_t up_to_newline(const char *text, size_t len)
{
	const char *newline = memchr(text, '\n', len);
	return newline ? (size_t)(newline - text) + 1 : 0;
}

/* The same for the first command, which a ; can end too. */
static size_t command_len(const char *text, size_t len)
{
	struct words words;
	struct error ignored;
	size_t blank = 0;
	while (blank < len && (text[blank] == ' ' || text[blank] == '\t'))
		blank++;
	/* What is wrong in other ways than an open quote is as whole as it will ever be. */
	if ((blank < len && text[blank] == '!') || words_split(text, len, WORDS_PARTIAL, &words, &ignored) < 0)
		return up_to_newline(text, len);
	size_t whole = words.ended ? words.consumed : 0;
	words_release(&words);
	return whole;
}

size_t script_line_len(const char *text, size_t len)
{
	size_t at = 0, command;
	while ((command = command_len(text + at, len - at)) > 0) {
		at += command;
		if (text[at - 1] == '\n')
			return at;
	}
	return 0;
}

size_t script_lines_len(const char *text, size_t len)
{
	size_t whole = 0, line;
	while ((line = script_line_len(text + whole, len - whole)) > 0)
		whole += line;
	return whole;
}

static void run_whole(struct script *script, bool end)
{
	size_t whole = end ? script->text.len : script_lines_len(buf_text(&script->text), script->text.len);
	if (whole == 0)
		return;
	int status = interpret_text(script->session, script->name, script->line, buf_text(&script->text), whole);
	if (status)
		script->status = status;
	script->line += text_lines(buf_text(&script->text), whole);
	buf_drop(&script->text, whole);
	script->over |= script->session->quit || (script->status && !script->session->settings.keep_going);
}

static void fail(struct script *script, const struct error *err)
{
	output_error(script->name, err);
	script->status = error_status(err);
	script->over = true;
}

/* Waits for input or for a signal that ends the script. */
static bool wait_input(struct script *script, int fd)
{
	int bell = tracked_news_bell(script->session->table);
	struct pollfd fds[] = { { .fd = fd, .events = POLLIN },
				{ .fd = session_cancel_fd(script->session), .events = POLLIN },
				{ .fd = bell, .events = POLLIN } };
	while (poll(fds, ARRAY_LEN(fds), -1) < 0 || !(fds[0].revents | fds[1].revents)) {
		bell_clear(bell);
		session_tell_news(script->session);
	}
	if (!fds[1].revents)
		return true;
	struct error err;
	error_set(&err, ERROR_SIGNALLED, "ended by a signal");
	err.detail = signals_take(script->session->signals);
	fail(script, &err);
	return false;
}

static void read_more(struct script *script, int fd)
{
	char bytes[READ_SIZE];
	struct error err;
	if (!wait_input(script, fd))
		return;
	ssize_t len = read(fd, bytes, sizeof bytes);
	if (len < 0 && errno != EINTR) {
		error_system(&err, "reading commands");
		fail(script, &err);
	} else if (len == 0) {
		run_whole(script, true);
		script->over = true;
	} else if (len > 0 && buf_add(&script->text, bytes, (size_t)len) < 0) {
		error_set(&err, ERROR_USAGE, "line %u: a command of more than %d bytes", script->line, WORDS_LINE_MAX);
		fail(script, &err);
	} else {
		run_whole(script, false);
	}
}

int script_run(struct session *session, int fd, const char *name)
{
	struct script script = { .session = session, .name = name, .text = BUF_INIT(WORDS_LINE_MAX + READ_SIZE), .line = 1 };
	while (!script.over)
		read_more(&script, fd);
	buf_release(&script.text);
	return script.status;
}
