#include "front/shell.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "base/fd.h"
#include "base/text.h"
#include "command/complete.h"
#include "command/output.h"
#include "command/session.h"
#include "front/history.h"
#include "base/banned.h"

/* readline's callbacks have no argument of ours. */
static struct {
	struct session *session;
	char *line;      /* what was entered; NULL at the end of input */
	bool entered;    /* `line` is to be run */
	bool at_prompt;  /* readline has the terminal */
	char prompt[64];
} shell;

/* ---- the prompt ---- */

static void make_prompt(char *prompt, size_t size)
{
	const struct session *session = shell.session;
	snprintf(prompt, size, "purser %s:%zu> ", session->runtime ? session->runtime->name : "-", seen_running(session->table));
}

static void take_line(char *line)
{
	rl_callback_handler_remove();
	shell.at_prompt = false;
	shell.line = line;
	shell.entered = true;
}

static void show_prompt(void)
{
	make_prompt(shell.prompt, sizeof shell.prompt);
	rl_callback_handler_install(shell.prompt, take_line);
	shell.at_prompt = true;
}

/* In the middle of a search or a completion readline's line is not what is on the screen. */
static bool may_redraw(void)
{
	return shell.at_prompt && !RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH | RL_STATE_SEARCH | RL_STATE_COMPLETING |
					      RL_STATE_NUMERICARG | RL_STATE_MULTIKEY | RL_STATE_MOREINPUT | RL_STATE_METANEXT);
}

/* The one way to print while a line is being typed: above it, and the line comes back as it was. */
static void print_above(const char *text)
{
	rl_clear_visible_line();
	output_line("[%s]", text);
	output_flush();
	rl_on_new_line();
	rl_redisplay();
}

static void update_prompt(void)
{
	char prompt[sizeof shell.prompt];
	make_prompt(prompt, sizeof prompt);
	if (!strcmp(prompt, shell.prompt))
		return;
	memcpy(shell.prompt, prompt, sizeof prompt);
	rl_clear_visible_line();
	rl_set_prompt(shell.prompt);
	rl_on_new_line();
	rl_redisplay();
}

static void show_news(void)
{
	char notice[512];
	if (!may_redraw())
		return;
	while (tracked_next_notice(shell.session->table, notice, sizeof notice))
		print_above(notice);
	update_prompt();
}

/* ---- history ---- */

static void load_history(void)
{
	SCOPED(strvec_release) struct strvec lines = STRVEC_INIT;
	history_read(&lines);
	for (size_t i = 0; i < lines.nr; i++)
		add_history(lines.items[i]);
	stifle_history(HISTORY_LINES_MAX);
}

static void remember(const char *line)
{
	const HIST_ENTRY *last = history_length ? history_get(history_base + history_length - 1) : NULL;
	if (!history_wants(line) || (last && !strcmp(last->line, line)))
		return;
	add_history(line);
	/* A file of lines holds lines: pasted ones go into it one by one. */
	for (const char *part = line; *part;) {
		size_t len = strcspn(part, "\n");
		char *one = strndup(part, len);
		if (one && *one)
			history_append(one);
		free(one);
		part += len + (part[len] == '\n');
	}
}

static void show_history(size_t count)
{
	int first = count && count < (size_t)history_length ? history_length - (int)count : 0;
	for (int i = first; i < history_length; i++)
		output_line("%5d  %s", i + 1, history_get(history_base + i)->line);
}

/* ---- completion ---- */

static void source_containers(void *arg, unsigned states, struct strvec *out)
{
	seen_containers(((struct session *)arg)->table, states, out);
}

static void source_stored(void *arg, struct strvec *out)
{
	struct session *session = arg;
	if (session->store.dir >= 0)
		store_names(&session->store, out);
}

static void source_images(void *arg, struct strvec *out)
{
	seen_images(((struct session *)arg)->table, out);
}

static void source_runtimes(void *arg UNUSED, struct strvec *out)
{
	for (const struct runtime *const *runtime = runtimes; *runtime; runtime++)
		strvec_push(out, (*runtime)->name);
}

static struct completion found;
static size_t found_next;
static int word_start;

/* Candidates as readline wants them: what replaces the line from its own idea of the word's start. */
static char *next_candidate(const char *text UNUSED, int state)
{
	if (state == 0)
		found_next = 0;
	if (found_next >= found.candidates.nr)
		return NULL;
	const char *candidate = found.candidates.items[found_next++];
	SCOPED(buf_release) struct buf whole = BUF_INIT(64 * 1024);
	buf_add(&whole, rl_line_buffer, found.start);
	if (rl_line_buffer[found.start] == '\'' || rl_line_buffer[found.start] == '"')
		buf_add(&whole, rl_line_buffer + found.start, 1); /* readline's word begins behind an open quote, ours with it */
	buf_add_text(&whole, candidate);
	size_t skip = (size_t)word_start < whole.len ? (size_t)word_start : whole.len;
	return strdup(buf_text(&whole) + skip);
}

static char **complete_word(const char *text, int start, int end UNUSED)
{
	const struct complete_source source = { source_containers, source_stored, source_images, source_runtimes, shell.session };
	complete(rl_line_buffer, (size_t)rl_point, &source, &found);
	rl_attempted_completion_over = !found.is_file;
	rl_completion_suppress_append = found.no_blank;
	rl_filename_completion_desired = 0;
	word_start = start;
	char **matches = found.is_file ? NULL : rl_completion_matches(text, next_candidate);
	completion_release(&found);
	return matches;
}

/* ---- the loop ---- */

static void clear_line(void)
{
	rl_free_line_state();
	rl_callback_sigcleanup();
	fputs("^C", rl_outstream);
	rl_replace_line("", 0);
	rl_crlf();
	rl_on_new_line();
	rl_redisplay();
}

static void take_signals(void)
{
	int number;
	while ((number = signals_take(shell.session->signals)))
		if (number == SIGINT)
			clear_line();
		else
			shell.session->quit = true;
}

static void wait_line(void)
{
	struct session *session = shell.session;
	int bell = tracked_news_bell(session->table);
	struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN },
				{ .fd = session->signals->stop_fd, .events = POLLIN },
				{ .fd = session->signals->resize_fd, .events = POLLIN },
				{ .fd = bell, .events = POLLIN } };
	if (poll(fds, ARRAY_LEN(fds), -1) < 0 && errno != EINTR)
		session->quit = true;
	if (fds[1].revents)
		take_signals();
	if (fds[2].revents && signals_take_resize(session->signals))
		rl_resize_terminal();
	if (fds[3].revents)
		bell_clear(bell);
	if (fds[0].revents && !session->quit)
		rl_callback_read_char();
	show_news(); /* after a key, too: what could not be shown before it may be now */
}

static void run_line(void)
{
	char *line = shell.line;
	shell.line = NULL;
	shell.entered = false;
	if (!line) {
		puts("quit");
		shell.session->quit = true;
		return;
	}
	remember(line);
	session_run_text(shell.session, NULL, 1, line, strlen(line));
	free(line);
}

static void set_up_readline(void)
{
	rl_readline_name = "purser";
	rl_catch_signals = 0;
	rl_catch_sigwinch = 0;
	rl_attempted_completion_function = complete_word;
	rl_basic_word_break_characters = " \t\n;";
	rl_completer_quote_characters = "'\"";
	using_history();
	load_history();
}

int shell_run(struct session *session)
{
	struct error err;
	shell.session = session;
	session->show_history = show_history;
	set_up_readline();
	if (!session_runtime(session, &err))
		output_error(NULL, &err);
	bool collects = session_collect(session);
	if (collects && !session->settings.quiet)
		output_line("logs in %s; help lists the commands, Tab completes, Ctrl-D leaves", session->store.path);
	output_flush();

	while (!session->quit) {
		show_prompt();
		while (!shell.entered && !session->quit)
			wait_line();
		if (shell.at_prompt) {
			rl_callback_handler_remove();
			puts("");
		}
		if (shell.entered)
			run_line();
	}
	int status = session->status;
	clear_history();
	session->show_history = NULL;
	return status;
}
