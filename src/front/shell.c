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
#include "base/text.h"
#include "command/complete.h"
#include "command/drafts.h"
#include "command/listing.h"
#include "command/output.h"
#include "command/prompt.h"
#include "command/words.h"
#include "command/interpret.h"
#include "front/greeting.h"
#include "front/history.h"
#include "front/script.h"
#include "front/suggestion.h"
#include "logs/shelf.h"
#include "base/banned.h"

#define NOTICE_LEAST 40 /* cells of a line that tells of many, however narrow the window is */
#define LOOK_MS 5000 /* so often it is seen that nothing was heard of an engine */
#define HANGUP_WAIT_MS 500
#define LISTING_MAX (1024u * 1024) /* bytes of what Tab shows */

/*
 * Two states. At the prompt readline has the terminal, and every wait is in wait_key. While lines run the terminal is as purser found it,
 * and whoever waits polls session_cancel_fd.
 */
static struct { /* readline's callbacks have no argument of ours */
	struct session *session;
	bool at_prompt;
	char *line; /* entered and not yet run; NULL at the end of input */
	struct buf begun; /* lines that go on in the one that is being typed: a quote is open, or they end in a backslash */
	struct buf prompt;
	struct termios terminal; /* as it is while lines run */
	bool has_terminal;
} shell;

/* ---- the prompt ---- */

/* Nothing is asked for it: it is what the collector has seen. */
static void make_prompt(struct buf *prompt)
{
	const struct session *session = shell.session;
	SCOPED(buf_release) struct buf mark = BUF_INIT(PROMPT_MAX);
	char why[NOTICE_LEN];
	buf_clear(prompt);
	if (shell.begun.len) {
		buf_add_text(prompt, "> ");
		return;
	}
	if (!session->collector || collecting_elsewhere(session->table, why, sizeof why) < 0)
		buf_add_text(&mark, "off");
	else
		troubles_name(tracked_troubles(session->table), &mark);
	const struct prompt_facts facts = {
		.runtime = session->runtime ? session->runtime->name : NULL,
		.context = session->endpoint,
		.running = seen_running(session->table, session->runtime),
		.total = seen_total(session->table, session->runtime),
		.readonly = session->settings.readonly,
		.mark = buf_text(&mark),
		.status = session->last_status > 0 ? session->last_status : 0,
		.color = output_has_color(false),
	};
	prompt_make(session->settings.prompt, &facts, prompt);
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

static void print_notices(void)
{
	SCOPED(strvec_release) struct strvec lines = STRVEC_INIT;
	size_t width = output_width();
	tracked_take_notices(shell.session->table, width > NOTICE_LEAST ? width - 2 : NOTICE_LEAST, &lines);
	for (size_t i = 0; i < lines.nr; i++)
		output_line("[%s]", lines.items[i]);
	output_flush();
}

/* Only what is asked for: else inputrc's own may be bound to either. */
static void take_keys(void)
{
	const char *keys = shell.session->settings.keys, *present = rl_variable_value("editing-mode");
	if (keys && (!present || strcmp(keys, present) != 0))
		rl_variable_bind("editing-mode", keys);
}

static void show_prompt(void)
{
	session_announce(shell.session);
	print_notices();
	take_keys();
	make_prompt(&shell.prompt);
	rl_reset_screen_size(); /* a command that had the screen may have seen it change */
	rl_callback_handler_install(buf_text(&shell.prompt), take_line);
	shell.at_prompt = true;
}

/* In the middle of a search or a key sequence readline's line is not what is on the screen. */
static bool may_redraw(void)
{
	return shell.at_prompt &&
	       !RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH | RL_STATE_SEARCH | RL_STATE_COMPLETING |
			   RL_STATE_NUMERICARG | RL_STATE_MULTIKEY | RL_STATE_MOREINPUT | RL_STATE_METANEXT);
}

/* ---- what is suggested ---- */

/*
 * readline knows nothing of it: it is drawn behind the line while a key is waited for, where readline's cursor stands, and taken away
 * before readline does anything.
 */
static struct {
	char *line, *rest; /* for which line, and what may follow; NULL: nothing */
	bool shown;
	bool offered;      /* it was shown when the key was pressed that is being read */
} suggestion;

static void hide_suggestion(void)
{
	if (!suggestion.shown)
		return;
	fputs("\033[J", rl_outstream); /* also what a narrower window has put into the next row */
	suggestion.shown = false;
}

static void forget_suggestion(void)
{
	free(suggestion.line);
	free(suggestion.rest);
	suggestion.line = suggestion.rest = NULL;
}

static const char *newest_that_begins(const char *line)
{
	for (int i = history_length; i > 0; i--) {
		const char *rest = suggestion_from(history_get(history_base + i - 1)->line, line);
		if (rest)
			return rest;
	}
	return NULL;
}

static void find_suggestion(void)
{
	if (suggestion.line && !strcmp(suggestion.line, rl_line_buffer))
		return;
	const char *rest = newest_that_begins(rl_line_buffer);
	forget_suggestion();
	suggestion.line = xstrdup(rl_line_buffer);
	suggestion.rest = rest ? xstrdup(rest) : NULL;
}

/* Not while more is coming in: it would only be taken away again. */
static bool may_suggest(void)
{
	const struct settings *settings = &shell.session->settings;
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	return settings->suggest && !settings->plain && !shell.begun.len && output_has_color(false) && rl_get_termcap("ce") && may_redraw() && rl_end > 0 &&
	       rl_point == rl_end && rl_display_prompt == rl_prompt && !RL_ISSTATE(RL_STATE_MACROINPUT | RL_STATE_VIMOTION) && poll(&input, 1, 0) == 0;
}

static void show_suggestion(void)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(PROMPT_MAX);
	int rows, columns;
	if (suggestion.shown || !may_suggest())
		return;
	find_suggestion();
	suggestion.offered = false;
	if (!suggestion.rest)
		return;
	rl_get_screen_size(&rows, &columns);
	size_t cells = suggestion_fit(buf_text(&shell.prompt), rl_line_buffer, suggestion.rest, (size_t)columns, &text);
	if (!cells)
		return;
	fprintf(rl_outstream, "\033[90m%s\033[39m", buf_text(&text));
	while (cells--)
		fputc('\b', rl_outstream);
	fflush(rl_outstream);
	suggestion.shown = suggestion.offered = true;
}

/* Takes what is suggested for this line, or its first word; false: nothing is. */
static bool take_suggestion(bool whole)
{
	if (!suggestion.offered || rl_point != rl_end || strcmp(suggestion.line, rl_line_buffer) != 0)
		return false;
	char *taken = strndup(suggestion.rest, whole ? strlen(suggestion.rest) : suggestion_word_len(suggestion.rest));
	rl_insert_text(taken);
	free(taken);
	return true;
}

static int go_forward(int count, int key)
{
	return take_suggestion(true) ? 0 : rl_forward_char(count, key);
}

static int go_to_end(int count, int key)
{
	return take_suggestion(true) ? 0 : rl_end_of_line(count, key);
}

static int go_forward_word(int count, int key)
{
	return take_suggestion(false) ? 0 : rl_forward_word(count, key);
}

static void bind_instead(rl_command_func_t *before, rl_command_func_t *now, Keymap map)
{
	char **keys = rl_invoking_keyseqs_in_map(before, map);
	for (size_t i = 0; keys && keys[i]; i++) {
		rl_bind_keyseq_in_map(keys[i], now, map);
		free(keys[i]);
	}
	free(keys);
}

/* The keys that move to the right, whichever the user has made them, do so beyond the line's end, too. */
static void bind_suggestion_keys(void)
{
	const Keymap maps[] = { emacs_standard_keymap, vi_insertion_keymap };
	for (size_t i = 0; i < ARRAY_LEN(maps); i++) {
		bind_instead(rl_forward_char, go_forward, maps[i]);
		bind_instead(rl_end_of_line, go_to_end, maps[i]);
		bind_instead(rl_forward_word, go_forward_word, maps[i]);
	}
}

/* The one way to print while a line is being typed: above it, and the line comes back as it was. */
static void show_news(void)
{
	struct tracked_table *table = shell.session->table;
	SCOPED(buf_release) struct buf prompt = BUF_INIT(PROMPT_MAX);
	if (!may_redraw() || shell.session->settings.plain)
		return;
	bool any = tracked_notices_wait_ms(table) == 0;
	make_prompt(&prompt);
	if (!any && !strcmp(buf_text(&prompt), buf_text(&shell.prompt)))
		return;
	hide_suggestion();
	rl_clear_visible_line();
	if (any)
		print_notices();
	buf_clear(&shell.prompt);
	buf_add(&shell.prompt, prompt.bytes, prompt.len);
	rl_set_prompt(buf_text(&shell.prompt));
	rl_on_new_line();
	rl_redisplay();
}

/* ---- history ---- */

static void load_history(void)
{
	SCOPED(strvec_release) struct strvec entries = STRVEC_INIT;
	unsigned max = shell.session->settings.history;
	if (max > 0)
		history_read(&entries, max);
	stifle_history((int)max);
	for (size_t i = 0; i < entries.nr; i++)
		add_history(entries.items[i]);
}

static const char *nth_entry(int i)
{
	return history_get(history_base + i)->line;
}

static void remember(const char *entry)
{
	unsigned max = shell.session->settings.history;
	stifle_history((int)max);
	if (max == 0 || !history_wants(entry))
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

static const struct runtime *runtime_called(const char *name)
{
	struct error ignored;
	return name ? runtime_find(name, &ignored) : NULL;
}

/* What was last seen, held until the candidates are used. */
static struct seen_list *held[RUNTIMES_MAX * (SEEN_NR + 1)];
static size_t held_nr;

static void leave_held(void)
{
	while (held_nr > 0)
		seen_leave(&held[--held_nr]);
}

static const struct seen_list *source_seen(void *arg, const char *runtime, enum seen_kind kind)
{
	struct session *session = arg;
	struct seen_list *list = held_nr < ARRAY_LEN(held) ? seen_take(session->table, runtime_called(runtime), kind) : NULL;
	if (list)
		held[held_nr++] = list;
	return list;
}

/* Whether what is not known is to be found out, which takes a process: while a line is typed, never by Tab. */
static bool foresees;

static const struct seen_list *source_paths(void *arg, const char *runtime, const char *place)
{
	struct session *session = arg;
	if (foresees)
		seen_want_paths(session->table, runtime_called(runtime), place);
	struct seen_list *list = held_nr < ARRAY_LEN(held) ? seen_take_paths(session->table, runtime_called(runtime), place) : NULL;
	if (list)
		held[held_nr++] = list;
	return list;
}

static void source_stored(void *arg, struct strvec *out)
{
	struct session *session = arg;
	if (session->store.dir >= 0)
		shelf_names(&session->store, out);
}

static void source_drafts(void *arg, struct strvec *out)
{
	const struct session *session = arg;
	for (size_t i = 0; i < session->drafts->nr; i++)
		strvec_push(out, session->drafts->items[i]->name);
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
	if (found_next >= found.nr)
		return NULL;
	const char *candidate = found.items[found_next++].word;
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

static void complete_line(struct completion *out)
{
	const struct runtime *runtime = shell.session->runtime;
	const struct complete_source source = { source_seen,	 source_paths,	source_stored, source_drafts,
						source_runtimes, shell.session, runtime ? runtime->name : NULL,
						&shell.session->aliases };
	SCOPED(buf_release) struct buf text = BUF_INIT(SIZE_MAX);
	size_t begun = shell.begun.len;
	buf_add(&text, shell.begun.bytes, begun);
	buf_add_text(&text, rl_line_buffer);
	complete(buf_text(&text), begun + (size_t)rl_point, &source, out);
	leave_held();
	if (out->start < begun) { /* a word that began in an earlier line */
		completion_release(out);
		*out = (struct completion){ 0 };
		return;
	}
	out->start -= begun;
}

/* Called when a key was read: the line may have come to a directory in a container. */
static void foresee(void)
{
	struct completion unused;
	const char *colon = may_redraw() ? strchr(rl_line_buffer, ':') : NULL;
	if (!colon || !strchr(colon, '/'))
		return;
	foresees = true;
	complete_line(&unused);
	foresees = false;
	completion_release(&unused);
}

static char **complete_word(const char *text, int start, int end UNUSED)
{
	completion_release(&found);
	complete_line(&found);
	found.is_file |= *rl_line_buffer == '!'; /* the user's own shell mostly wants files */
	word_start = (size_t)start;
	rl_attempted_completion_over = !found.is_file;
	rl_completion_suppress_append = found.no_blank;
	return found.is_file ? NULL : rl_completion_matches(text, next_candidate);
}

/* Paths are readline's own. As many as the screen holds, rather than its question whether to list them all, which would block in reading the answer. */
static void list_paths(char **matches, int nr, int longest, int rows, int columns)
{
	int in_row = longest + 2 < columns ? (columns - 1) / (longest + 2) : 1; /* the last column stays free */
	int room = rows > 4 ? (rows - 3) * in_row : in_row;
	rl_variable_bind("page-completions", "off");
	rl_display_match_list(matches, nr < room ? nr : room, longest);
	if (nr > room)
		output_line("… and %d more", nr - room);
}

static void list_candidates(char **matches, int nr, int longest)
{
	SCOPED(buf_release) struct buf lines = BUF_INIT(LISTING_MAX);
	int rows, columns;
	rl_get_screen_size(&rows, &columns);
	if (found.is_file) {
		list_paths(matches, nr, longest, rows, columns);
	} else {
		listing_add(&found, (size_t)columns, (size_t)rows, &lines);
		rl_crlf();
		output_bytes(&lines);
	}
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
	buf_clear(&shell.begun);
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
	int gathering = may_redraw() ? tracked_notices_wait_ms(session->table) : -1;
	if (poll(fds, ARRAY_LEN(fds), gathering < 0 ? LOOK_MS : gathering) < 0 && errno != EINTR)
		session->quit = true;
	if (fds[0].revents | fds[1].revents | fds[2].revents)
		hide_suggestion();
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
	if (fds[0].revents)
		foresee();
	show_news(); /* after a key, too: what could not be shown before it may be now */
	show_suggestion();
}

/* A command that is too long is refused as it is. */
static bool goes_on(const struct buf *text)
{
	return text->len <= WORDS_LINE_MAX && script_lines_len(buf_text(text), text->len) < text->len;
}

/* Whole lines, until there is one, or the input is at its end. */
static void take_begun(void)
{
	bool over = !shell.line;
	if (!over) {
		buf_add_text(&shell.begun, shell.line);
		buf_add_text(&shell.begun, "\n");
		free(shell.line);
		shell.line = NULL;
	} else {
		puts("");
	}
	if (!over && goes_on(&shell.begun))
		return;
	shell.line = xstrdup(buf_text(&shell.begun));
	buf_clear(&shell.begun);
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
	} else if (shell.line || shell.begun.len) {
		take_begun();
	} else {
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
	rl_instream = stdin; /* rl_reset_screen_size wants it before the first prompt */
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
	rl_initialize(); /* reads inputrc */
	bind_suggestion_keys();
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

/* A runtime that nobody named is. */
static void say_choice(const struct session *session)
{
	const char *silent = session->silent;
	if (!session->runtime)
		return;
	if (session->choice == CHOICE_SILENT)
		output_line("none of %s answers; %s is asked all the same", silent, session->runtime->name);
	else if (session->choice == CHOICE_ANSWERS && *silent)
		output_line("%s answers (%s %s not)", session->runtime->name, silent, strchr(silent, ',') ? "do" : "does");
}

int shell_run(struct session *session)
{
	struct error err;
	shell.session = session;
	buf_init(&shell.prompt, PROMPT_MAX);
	buf_init(&shell.begun, SIZE_MAX); /* goes_on sees to it that it has one */
	wait_for_terminal();
	shell.has_terminal = tcgetattr(STDIN_FILENO, &shell.terminal) == 0;
	session->show_history = show_history;
	set_up_readline();
	if (!session_runtime(session, &err))
		output_error(NULL, &err);
	bool collects = session_collect(session);
	if (!session->settings.quiet)
		say_choice(session);
	if (collects && !session->settings.quiet)
		greet(session);
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
	buf_release(&shell.prompt);
	buf_release(&shell.begun);
	completion_release(&found);
	forget_suggestion();
	session->show_history = NULL;
	return status;
}
