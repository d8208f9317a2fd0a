#include "command/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/macros.h"
#include "base/text.h"
#include "command/output.h"
#include "command/words.h"
#include "base/banned.h"

#define HELD_MAX (1024u * 1024) /* what is longer than that in one screen is no text for eyes */

/* There is one terminal. */
static struct {
	struct session *session;                 /* NULL: nothing is paged */
	enum { HOLDING, PAGING, PASSING } state; /* PASSING: without a pager, to the terminal */
	FILE *file;                              /* what output prints into */
	struct buf held;
	size_t rows, columns; /* of the screen */
	struct request request;
	struct running running;
	int pipe; /* to the pager's standard input; -1: it reads no more */
	struct termios before;
	bool has_terminal, ended;
} pager;

/* ---- which one ---- */

static bool is_off(const char *words)
{
	return !*words || !strcmp(words, "off") || !strcmp(words, "cat");
}

static bool may_page(const struct session *session)
{
	return session->watched && !output_is_plain() && !output_has_screen() && output_is_terminal() &&
	       output_height() != SIZE_MAX && !is_off(session->settings.pager);
}

/* ---- the program ---- */

/* Ctrl-C is the pager's. One that it was stopped by would leave nobody to continue it. */
static void give_terminal(void)
{
	struct termios mode;
	pager.has_terminal = tcgetattr(STDIN_FILENO, &pager.before) == 0;
	if (!pager.has_terminal)
		return;
	mode = pager.before;
	mode.c_cc[VSUSP] = _POSIX_VDISABLE;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &mode);
}

/* One that was killed leaves its modes: the other screen, a hidden cursor, colours, keys without echo; and keys that were for it. */
static void take_terminal_back(bool killed)
{
	if (killed) {
		fputs("\033[?47l\033[?1l\033>\033[?25h\033[0m\r\n", stdout);
		fflush(stdout);
	}
	if (pager.has_terminal)
		tcsetattr(STDIN_FILENO, killed ? TCSAFLUSH : TCSADRAIN, &pager.before);
}

static int start(struct error *err)
{
	const char *words = pager.session->settings.pager;
	struct words split;
	int fds[2];

	request_init(&pager.request);
	if (words_split(words, strlen(words), WORDS_WHOLE, &split, err) < 0)
		return -1;
	for (size_t i = 0; i < split.argv.nr; i++)
		strvec_push(&pager.request.argv, split.argv.items[i]);
	words_release(&split);
	if (!pager.request.argv.nr)
		return error_set(err, ERROR_USAGE, "it has no words");
	if (!getenv("LESS"))
		strvec_push(&pager.request.variables, "LESS=FRX");
	if (!getenv("LV"))
		strvec_push(&pager.request.variables, "LV=-c");
	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_system(err, "pipe");
	pager.request.io = REQUEST_TERMINAL;
	pager.request.input = fds[0];
	pager.pipe = fds[1];
	fcntl(pager.pipe, F_SETFL, O_NONBLOCK);
	give_terminal();
	int failed = request_start(&pager.running, &pager.request, err);
	close(fds[0]);
	if (!failed)
		return 0;
	take_terminal_back(false);
	fd_close(&pager.pipe);
	return -1;
}

/* Until the pager takes something, or has ended, or purser is to. */
static void wait_for_pager(bool writes)
{
	struct pollfd fds[REQUEST_FDS + 2];
	size_t nr = request_fds(&pager.running, fds);
	if (!pager.running.ending)
		fds[nr++] = (struct pollfd){ .fd = session_end_fd(pager.session), .events = POLLIN };
	size_t ends = nr - 1;
	if (writes)
		fds[nr++] = (struct pollfd){ .fd = pager.pipe, .events = POLLOUT };
	poll(fds, nr, request_wait_ms(&pager.running));
	if (!pager.running.ending && fds[ends].revents)
		request_stop(&pager.running, ERROR_CANCELLED, "cancelled");
	pager.ended = request_step(&pager.running);
}

static void feed(const char *bytes, size_t len)
{
	while (len > 0 && pager.pipe >= 0 && !pager.ended) {
		ssize_t written = write(pager.pipe, bytes, len);
		if (written > 0) {
			bytes += written;
			len -= (size_t)written;
		} else if (written < 0 && errno == EAGAIN) {
			wait_for_pager(true);
		} else if (written < 0 && errno != EINTR) {
			fd_close(&pager.pipe); /* it was left */
		}
	}
}

static void finish(void)
{
	struct reply reply;
	struct error err;
	fd_close(&pager.pipe);
	while (!pager.ended)
		wait_for_pager(false);
	bool killed = request_finish(&pager.running, &reply, &err) < 0;
	take_terminal_back(killed);
	reply_release(&reply);
	request_release(&pager.request);
}

/* ---- what is printed ---- */

static void pass(void)
{
	pager.state = PASSING;
	fwrite(buf_text(&pager.held), 1, pager.held.len, stdout);
	buf_release(&pager.held);
}

static void begin_paging(void)
{
	struct error err;
	if (start(&err) < 0) {
		request_release(&pager.request);
		pass();
		return;
	}
	pager.state = PAGING;
	feed(buf_text(&pager.held), pager.held.len);
	buf_release(&pager.held);
}

static void hold(const char *bytes, size_t len)
{
	bool full = buf_add(&pager.held, bytes, len) < 0;
	/* The last row is the prompt's. */
	if (!full && text_rows(buf_text(&pager.held), pager.held.len, pager.columns, pager.rows) < pager.rows)
		return;
	size_t held = full ? 0 : len;
	begin_paging();
	if (held < len && pager.state == PAGING)
		feed(bytes, len);
	else if (held < len)
		fwrite(bytes, 1, len, stdout);
}

/* It all counts as written: whether it still is wanted is asked by who prints much. */
static ssize_t take(void *arg UNUSED, const char *bytes, size_t len)
{
	if (pager.state == HOLDING)
		hold(bytes, len);
	else if (pager.state == PAGING)
		feed(bytes, len);
	else if (fwrite(bytes, 1, len, stdout) != len || fflush(stdout) != 0)
		return 0;
	return (ssize_t)len;
}

static enum output_reader reader(void)
{
	if (pager.state == HOLDING)
		return pager.held.len ? READER_READS : READER_WAITS;
	return pager.state == PAGING && (pager.pipe < 0 || pager.ended) ? READER_LEFT : READER_READS;
}

bool pager_begin(struct session *session)
{
	if (pager.session || !may_page(session))
		return false;
	fflush(stdout);
	pager.session = session;
	pager.state = HOLDING;
	pager.rows = output_height();
	pager.columns = output_width();
	pager.pipe = -1;
	pager.ended = false;
	buf_init(&pager.held, HELD_MAX);
	pager.file = fopencookie(NULL, "w", (cookie_io_functions_t){ .write = take });
	output_divert(pager.file, reader);
	return true;
}

static void undivert(void)
{
	fclose(pager.file);
	pager.file = NULL;
	output_divert(NULL, NULL);
}

void pager_give_up(void)
{
	if (!pager.file)
		return;
	fflush(pager.file);
	if (pager.state == HOLDING)
		pass();
	undivert();
}

int pager_end(struct session *session, int failed, const struct error *err)
{
	if (pager.file)
		undivert();
	if (pager.state == HOLDING)
		pass();
	bool left = reader() == READER_LEFT;
	if (pager.state == PAGING) {
		finish();
		session_take_stop(session); /* the Ctrl-C typed meanwhile were the pager's */
	}
	pager.session = NULL;
	return failed && left && err->kind == ERROR_CANCELLED ? 0 : failed;
}
