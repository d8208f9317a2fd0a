#include "front/shell.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "base/fd.h"
#include "command/complete.h"
#include "command/output.h"
#include "command/interpret.h"
#include "front/history.h"
#include "front/script.h"
#include "logs/shelf.h"
#include "base/banned.h"

#define NOTICE_SIZE 512
#define HANGUP_WAIT_MS 500

/*
 * Two states. At the prompt readline has the terminal, and every wait is in wait_key. While lines run the terminal is as purser found it,
 * and whoever waits polls session_cancel_fd.
 */
static struct { /* readline's callbacks have no argument of ours */
	struct session *session;
	bool at_prompt;
	char *line; /* entered and not yet run; NULL at the end of input */
	char prompt[64];
	struct termios terminal; /* as it is while lines run */
	bool has_terminal;
} shell;

/* ---- the prompt ---- */

static void make_prompt(char *prompt, size_t size)
{
	const struct session *session = shell.session;
	snprintf(prompt, size, "purser %s:%zu> ", session->runtime ? session->runtime->name : "-",
		 seen_running(session->table));
}

static void leave_prompt(void)
{
	rl_callback_handler_remove();
	shell.at_prompt = false;
}

static void take_line(char *line)
{
	leave_prompt();
	shell.line = line;
}

static void print_notice(const char *notice)
{
	output_line("[%s]", notice);
	output_flush();
}

static void show_prompt(void)
{
	char notice[NOTICE_SIZE];
	while (tracked_next_notice(shell.session->table, notice, sizeof notice))
		print_notice(notice);
	make_prompt(shell.prompt, sizeof shell.prompt);
	rl_callback_handler_install(shell.prompt, take_line);
	shell.at_prompt = true;
}

/* In the middle of a search or a key sequence readline's line is not what is on the screen. */
static bool may_redraw(void)
{
	return shell.at_prompt &&
	       !RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH | RL_STATE_SEARCH | RL_STATE_COMPLETING |
			   RL_STATE_NUMERICARG | RL_STATE_MULTIKEY | RL_STATE_MOREINPUT | RL_STATE_METANEXT);
}

/* The one way to print while a line is being typed: above it, and the line comes back as it was. */
static void show_news(void)
{
	struct tracked_table *table = shell.session->table;
	char notice[NOTICE_SIZE], prompt[sizeof shell.prompt];
	if (!may_redraw())
		return;
	bool any = tracked_next_notice(table, notice, sizeof notice);
	make_prompt(prompt, sizeof prompt);
	if (!any && !strcmp(prompt, shell.prompt))
		return;
	rl_clear_visible_line();
	for (; any; any = tracked_next_notice(table, notice, sizeof notice))
		print_notice(notice);
	memcpy(shell.prompt, prompt, sizeof prompt);
	rl_set_prompt(shell.prompt);
	rl_on_new_line();
	rl_redisplay();
}

/* ---- history ---- */

static void load_history(void)
{
	SCOPED(strvec_release) struct strvec entries = STRVEC_INIT;
	history_read(&entries);
	stifle_history(HISTORY_ENTRIES_MAX);
	for (size_t i = 0; i < entries.nr; i++)
		add_history(entries.items[i]);
}

static const char *nth_entry(int i)
{
	return history_get(history_base + i)->line;
}

static void remember(const char *entry)
{
	if (!history_wants(entry))
		return;
	if (history_length == 0 || strcmp(nth_entry(history_length - 1), entry) != 0)
		add_history(entry);
	history_append(entry);
}

static void show_history(size_t count)
{
	int first = count && count < (size_t)history_length ? history_length - (int)count : 0;
	for (int i = first; i < history_length; i++)
		output_line("%5d  %s", history_base + i, nth_entry(i));
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
		shelf_names(&session->store, out);
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
static size_t found_next, word_start;

/*
 * What replaces the line from `word_start` on, where readline's word begins. The one completed may begin before that, with a quote or an
 * option's name and =, or behind it.
 */
static char *next_candidate(const char *text UNUSED, int state)
{
	if (state == 0)
		found_next = 0;
	if (found_next >= found.candidates.nr)
		return NULL;
	const char *candidate = found.candidates.items[found_next++];
	SCOPED(buf_release) struct buf word = BUF_INIT(64 * 1024);
	if (word_start > found.start) {
		size_t before = word_start - found.start - (strchr("'\"", rl_line_buffer[found.start]) != NULL);
		buf_add_text(&word, candidate + (before < strlen(candidate) ? before : strlen(candidate)));
	} else {
		buf_add(&word, rl_line_buffer + word_start, found.start - word_start);
		buf_add_text(&word, candidate);
	}
	return xstrdup(buf_text(&word));
}

static char **complete_word(const char *text, int start, int end UNUSED)
{
	const struct complete_source source = { source_containers, source_stored, source_images, source_runtimes,
						shell.session };
	complete(rl_line_buffer, (size_t)rl_point, &source, &found);
	found.is_file |= *rl_line_buffer == '!'; /* the user's own shell mostly wants files */
	word_start = (size_t)start;
	rl_attempted_completion_over = !found.is_file;
	rl_completion_suppress_append = found.no_blank;
	char **matches = found.is_file ? NULL : rl_completion_matches(text, next_candidate);
	completion_release(&found);
	return matches;
}

/* As many as the screen holds, rather than readline's question whether to list them all, which would block in reading the answer. */
static void list_candidates(char **matches, int nr, int longest)
{
	int rows, columns;
	rl_get_screen_size(&rows, &columns);
	int in_row = longest + 2 < columns ? (columns - 1) / (longest + 2) : 1; /* the last column stays free */
	int room = rows > 4 ? (rows - 3) * in_row : in_row;
	rl_variable_bind("page-completions", "off");
	rl_display_match_list(matches, nr < room ? nr : room, longest);
	if (nr > room)
		output_line("… and %d more", nr - room);
	output_flush();
	rl_forced_update_display();
}

/* ---- the loop ---- */

/* A new line below what was typed, wherever in it the cursor was. */
static void drop_line(void)
{
	rl_free_line_state();
	rl_callback_sigcleanup();
	rl_point = rl_end;
	rl_redisplay();
	fputs("^C\r\n", rl_outstream);
	leave_prompt();
	show_prompt();
}

static void end_by_signal(int number)
{
	shell.session->quit = true;
	shell.session->status = 128 + number;
}

static void take_signals(void)
{
	int number;
	while ((number = signals_take(shell.session->signals))) {
		if (number == SIGINT)
			drop_line();
		else if (number != SIGQUIT)
			end_by_signal(number);
	}
}

/*
 * The terminal is gone. SIGHUP comes with it, or when the shell that purser was started from has ended, or not at all (nohup). It is waited
 * for, as it would hit also the requests that are just being started to store the logs.
 */
static void end_with_terminal(void)
{
	struct pollfd hangup = { .fd = shell.session->signals->stop_fd, .events = POLLIN };
	poll(&hangup, 1, HANGUP_WAIT_MS);
	shell.session->quit = true;
}

static void wait_key(void)
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
	if (fds[0].revents & (POLLHUP | POLLERR))
		end_with_terminal();
	if (fds[0].revents && !session->quit)
		rl_callback_read_char();
	show_news(); /* after a key, too: what could not be shown before it may be now */
}

/* Until a line is entered, or the session is to end. */
static void read_line(void)
{
	show_prompt();
	while (shell.at_prompt && !shell.session->quit)
		wait_key();
	if (shell.at_prompt) {
		leave_prompt();
		puts("");
	} else if (!shell.line) {
		puts("quit");
		shell.session->quit = true;
	}
}

/* How a program that was killed left the terminal is not kept; how one that ended by itself did is, for stty. */
static void mend_terminal(void)
{
	struct termios *kept = &shell.terminal, now;
	if (!shell.has_terminal || tcgetattr(STDIN_FILENO, &now) < 0)
		return;
	if (shell.session->status <= 128) {
		*kept = now;
	} else if (now.c_iflag != kept->c_iflag || now.c_oflag != kept->c_oflag || now.c_lflag != kept->c_lflag) {
		tcsetattr(STDIN_FILENO, TCSADRAIN, kept);
		putchar('\r'); /* what was printed since may have ended anywhere in the row */
	}
}

/* Each line that was pasted runs as if it was typed alone: after a failure too, but not after Ctrl-C. */
static void run_lines(const char *text)
{
	size_t len = strlen(text);
	for (size_t line; len > 0 && !shell.session->quit; text += line, len -= line) {
		line = script_line_len(text, len);
		if (line == 0)
			line = len;
		char *entry = strndup(text, line - (text[line - 1] == '\n'));
		remember(entry);
		int status = interpret_text(shell.session, NULL, 1, entry, strlen(entry));
		free(entry);
		mend_terminal();
		if (status == 128 + SIGINT)
			return;
	}
}

/* In the background readline would take the terminal from the program that has it: stops, as that program's shell expects it to. */
static void wait_for_terminal(void)
{
	pid_t owner;
	/* Where nobody could continue it, the signal does nothing. */
	for (int tries = 0; tries < 16 && (owner = tcgetpgrp(STDIN_FILENO)) >= 0 && owner != getpgrp(); tries++)
		kill(0, SIGTTIN);
}

static void set_up_readline(void)
{
	rl_readline_name = "purser";
	rl_catch_signals = 0;
	rl_catch_sigwinch = 0;
	rl_change_environment = 0; /* the collector's thread starts requests with it */
	rl_attempted_completion_function = complete_word;
	rl_completion_display_matches_hook = list_candidates;
	rl_completion_query_items = 0;
	rl_basic_word_break_characters = " \t\n;=";
	rl_completer_quote_characters = "'\"";
	rl_filename_quote_characters = " \t\n;#\\'\"";
	rl_variable_bind("expand-tilde", "on"); /* in a completed path, since ~ means nothing to a runtime */
	using_history();
	load_history();
}

/* When a terminal is closed, SIGHUP comes after that was seen, or twice. It is not to keep the logs from being stored. */
static void ignore_hangup(void)
{
	sigset_t hangup;
	sigemptyset(&hangup);
	sigaddset(&hangup, SIGHUP);
	signal(SIGHUP, SIG_IGN);
	pthread_sigmask(SIG_UNBLOCK, &hangup, NULL); /* a blocked one would be kept, ignored or not */
}

int shell_run(struct session *session)
{
	struct error err;
	shell.session = session;
	wait_for_terminal();
	shell.has_terminal = tcgetattr(STDIN_FILENO, &shell.terminal) == 0;
	session->show_history = show_history;
	set_up_readline();
	if (!session_runtime(session, &err))
		output_error(NULL, &err);
	bool collects = session_collect(session);
	if (collects && !session->settings.quiet)
		output_line("logs in %s; help lists the commands, Tab completes, Ctrl-D leaves", session->store.path);
	output_flush();

	while (!session->quit) {
		read_line();
		if (shell.line)
			run_lines(shell.line);
		free(shell.line);
		shell.line = NULL;
	}
	ignore_hangup();
	int status = session->status;
	clear_history();
	session->show_history = NULL;
	return status;
}
