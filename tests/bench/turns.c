/*
 * Measures contenders in turns: A B C A B C …, so that whatever else the machine does meets all of them alike.
 *
 *   turns ROUNDS ENGINE_PID CONTENDER [-- CONTENDER]…
 *
 * A contender is one of
 *   NAME run [>FILE] COMMAND…                  a process, until it has ended
 *   NAME talk LINES LINE COMMAND…              one process for all rounds, that reads lines: from the writing of LINE until so many lines
 *                                              have come. It was talked to once before the first round
 *   NAME prompt EXPECTED COMMAND…              a process at a terminal, until EXPECTED is shown
 *   NAME keys READY TYPED KEYS EXPECTED COMMAND…
 *                                              one process at a terminal for all rounds, which shows READY when it has started. TYPED is
 *                                              typed; then from KEYS until EXPECTED is shown. Ctrl-U follows
 * Prints a line for each: NAME, nanoseconds of wall clock, of processor time (the process and those it waited for; - for talk, prompt and
 * keys), of processor time of the process ENGINE_PID (0: none), and, where @DIR@ stands in the words, the lines in the *.log there.
 * @DIR@ is a new directory each time, which is removed afterwards.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
#define PATIENCE_MS 60000
#define QUIET_MS 30
#define SHOWN_MAX (256 * 1024)
#define CONTENDERS_MAX 64
#define WORDS_MAX 256

enum kind { RUN, TALK, PROMPT, KEYS };

struct contender {
	const char *name;
	enum kind kind;
	char *output;                         /* run */
	long lines;                           /* talk */
	const char *line;                     /* talk */
	const char *ready, *typed, *expected; /* prompt, keys */
	const char *keys;
	char **words;
	pid_t pid; /* of one that stays */
	int in, out;
};

struct shown { /* what a terminal has shown since this was last empty */
	char text[SHOWN_MAX];
	size_t len;
};

struct measured {
	long long wall, cpu, engine, lines; /* -1: not measured */
};

static clockid_t engine_clock;
static bool has_engine;
static struct contender contenders[CONTENDERS_MAX];
static size_t contenders_nr;

static void end_all(void)
{
	for (size_t i = 0; i < contenders_nr; i++)
		if (contenders[i].pid > 0)
			kill(contenders[i].pid, SIGTERM);
}

static void fail(const struct contender *who, const char *what)
{
	fprintf(stderr, "turns: %s%s%s\n", who ? who->name : "", who ? ": " : "", what);
	end_all();
	exit(1);
}

static void on_signal(int number)
{
	end_all();
	_exit(128 + number);
}

static long long now(clockid_t clock)
{
	struct timespec at;
	return clock_gettime(clock, &at) == 0 ? at.tv_sec * SECOND + at.tv_nsec : 0;
}

static long long wall_now(void)
{
	return now(CLOCK_MONOTONIC);
}

static long long engine_now(void)
{
	return has_engine ? now(engine_clock) : 0;
}

/* ---- directories */

static long long count_lines(int dir, const char *name)
{
	static char bytes[1 << 20];
	long long lines = 0;
	ssize_t len;
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && (len = read(fd, bytes, sizeof bytes)) > 0)
		for (char *at = bytes; (at = memchr(at, '\n', (size_t)(bytes + len - at))); at++)
			lines++;
	if (fd >= 0)
		close(fd);
	return lines;
}

/* Counts the lines in its *.log, and removes it. */
static long long take_down(const char *path)
{
	DIR *dir = opendir(path);
	long long lines = 0;
	for (struct dirent *item; dir && (item = readdir(dir));) {
		size_t len = strlen(item->d_name);
		if (len > 4 && !strcmp(item->d_name + len - 4, ".log"))
			lines += count_lines(dirfd(dir), item->d_name);
		unlinkat(dirfd(dir), item->d_name, 0);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
	return lines;
}

static char *put_directory(const char *word, const char *dir)
{
	const char *mark = strstr(word, "@DIR@");
	char *out = NULL;
	if (!mark || !dir)
		return strdup(word);
	if (asprintf(&out, "%.*s%s%s", (int)(mark - word), word, dir, mark + 5) < 0)
		abort();
	return out;
}

static bool wants_directory(const struct contender *who)
{
	for (char **word = who->words; *word; word++)
		if (strstr(*word, "@DIR@"))
			return true;
	return who->output && strstr(who->output, "@DIR@");
}

static void make_directory(char *path, size_t size)
{
	const char *parent = getenv("TMPDIR");
	snprintf(path, size, "%s/turn-XXXXXX", parent ? parent : "/tmp");
	if (!mkdtemp(path))
		fail(NULL, "no directory can be made");
}

/* ---- run */

static void start_words(const struct contender *who, int out)
{
	int null = open("/dev/null", O_RDWR);
	dup2(null, 0);
	dup2(out >= 0 ? out : null, 1);
	dup2(out >= 0 ? out : null, 2);
	execvp(who->words[0], who->words);
	_exit(127);
}

static struct measured run(struct contender *who)
{
	char dir[4096] = "", *words[WORDS_MAX + 1] = { 0 }, *output = NULL;
	struct contender with_dir = *who;
	struct measured measured = { .lines = -1 };
	struct rusage usage;
	int status, out = -1;

	if (wants_directory(who))
		make_directory(dir, sizeof dir);
	for (size_t i = 0; who->words[i] && i < WORDS_MAX; i++)
		words[i] = put_directory(who->words[i], dir);
	with_dir.words = words;
	if (who->output) {
		output = put_directory(who->output, dir);
		out = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		if (out < 0)
			fail(who, output);
	}
	long long began = wall_now(), engine = engine_now();
	pid_t pid = fork();
	if (pid == 0)
		start_words(&with_dir, out);
	who->pid = pid;
	while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR)
		;
	who->pid = 0;
	measured.wall = wall_now() - began;
	measured.engine = engine_now() - engine;
	measured.cpu = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * SECOND +
		       (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail(who, "failed");
	if (out >= 0)
		close(out);
	if (*dir)
		measured.lines = take_down(dir);
	for (size_t i = 0; words[i]; i++)
		free(words[i]);
	free(output);
	return measured;
}

/* ---- talk */

static void start_talking(struct contender *who)
{
	int in[2], out[2];
	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
		fail(who, "no pipe");
	who->pid = fork();
	if (who->pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		execvp(who->words[0], who->words);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	who->in = in[1];
	who->out = out[0];
}

static struct measured talk(struct contender *who)
{
	static char bytes[64 * 1024];
	char line[4096];
	long long lines = 0, began = wall_now(), engine = engine_now();
	int len = snprintf(line, sizeof line, "%s\n", who->line);

	if (write(who->in, line, (size_t)len) != len)
		fail(who, "does not listen");
	while (lines < who->lines) {
		struct pollfd wait = { .fd = who->out, .events = POLLIN };
		if (poll(&wait, 1, PATIENCE_MS) <= 0)
			fail(who, "does not answer");
		ssize_t got = read(who->out, bytes, sizeof bytes);
		if (got <= 0)
			fail(who, "has ended");
		for (ssize_t i = 0; i < got; i++)
			lines += bytes[i] == '\n';
	}
	struct measured measured = {
		.wall = wall_now() - began, .cpu = -1, .engine = engine_now() - engine, .lines = -1
	};
	if (lines > who->lines)
		fail(who, "says more than was expected");
	return measured;
}

/* ---- at a terminal */

static void start_at_terminal(struct contender *who)
{
	struct winsize size = { .ws_row = 40, .ws_col = 100 };
	who->pid = forkpty(&who->in, NULL, NULL, &size);
	if (who->pid == 0) {
		setenv("TERM", "xterm", 1);
		execvp(who->words[0], who->words);
		_exit(127);
	}
	if (who->pid < 0)
		fail(who, "no terminal");
	fcntl(who->in, F_SETFD, FD_CLOEXEC);
	who->out = who->in;
}

/* Takes what is shown; false when nothing came for so long. */
static bool look(const struct contender *who, struct shown *shown, int wait_ms)
{
	struct pollfd wait = { .fd = who->out, .events = POLLIN };
	if (poll(&wait, 1, wait_ms) <= 0)
		return false;
	if (shown->len > SHOWN_MAX / 2) {
		memmove(shown->text, shown->text + SHOWN_MAX / 4, shown->len - SHOWN_MAX / 4);
		shown->len -= SHOWN_MAX / 4;
	}
	ssize_t got = read(who->out, shown->text + shown->len, SHOWN_MAX - shown->len - 1);
	if (got <= 0)
		fail(who, "has ended");
	shown->len += (size_t)got;
	return true;
}

static void wait_shown(const struct contender *who, struct shown *shown, const char *text)
{
	while (!memmem(shown->text, shown->len, text, strlen(text)))
		if (!look(who, shown, PATIENCE_MS)) {
			fprintf(stderr, "turns: \"%s\" is not in \"%.*s\"\n", text, (int)shown->len, shown->text);
			fail(who, "does not show what was expected");
		}
}

static void wait_quiet(const struct contender *who, struct shown *shown)
{
	while (look(who, shown, QUIET_MS))
		;
	shown->len = 0;
}

static void type(const struct contender *who, const char *keys)
{
	if (write(who->in, keys, strlen(keys)) != (ssize_t)strlen(keys))
		fail(who, "does not listen");
}

/* Ctrl-D; whatever it still shows is read until it has ended. */
static void leave_terminal(struct contender *who)
{
	char rest[4096];
	int status;
	type(who, "\4");
	while (read(who->out, rest, sizeof rest) > 0)
		;
	close(who->in);
	waitpid(who->pid, &status, 0);
	who->pid = 0;
}

static struct measured prompt(struct contender *who)
{
	static struct shown shown;
	shown.len = 0;
	long long began = wall_now();
	start_at_terminal(who);
	wait_shown(who, &shown, who->expected);
	struct measured measured = { .wall = wall_now() - began, .cpu = -1, .lines = -1 };
	leave_terminal(who);
	return measured;
}

static struct measured press(struct contender *who)
{
	static struct shown shown;
	wait_quiet(who, &shown);
	type(who, who->typed);
	wait_quiet(who, &shown);
	long long began = wall_now();
	type(who, who->keys);
	wait_shown(who, &shown, who->expected);
	struct measured measured = { .wall = wall_now() - began, .cpu = -1, .lines = -1 };
	wait_quiet(who, &shown);
	type(who, "\25");
	return measured;
}

/* ---- all of them */

static const char *next_word(char ***words)
{
	if (!**words)
		fail(NULL, "a contender has too few words");
	return *(*words)++;
}

static void read_contender(char **words)
{
	struct contender *who = &contenders[contenders_nr++];
	who->name = next_word(&words);
	const char *kind = next_word(&words);
	if (!strcmp(kind, "run")) {
		who->kind = RUN;
		if (*words && **words == '>')
			who->output = *words++ + 1;
	} else if (!strcmp(kind, "talk")) {
		who->kind = TALK;
		who->lines = atol(next_word(&words));
		who->line = next_word(&words);
	} else if (!strcmp(kind, "prompt")) {
		who->kind = PROMPT;
		who->expected = next_word(&words);
	} else if (!strcmp(kind, "keys")) {
		who->kind = KEYS;
		who->ready = next_word(&words);
		who->typed = next_word(&words);
		who->keys = next_word(&words);
		who->expected = next_word(&words);
	} else {
		fail(who, "is none of run, talk, prompt and keys");
	}
	who->words = words;
	if (!*words)
		fail(who, "has no command");
}

static void start(struct contender *who)
{
	static struct shown shown;
	shown.len = 0;
	if (who->kind == TALK) {
		start_talking(who);
		talk(who);
	} else if (who->kind == KEYS) {
		start_at_terminal(who);
		wait_shown(who, &shown, who->ready);
	}
}

static struct measured measure(struct contender *who)
{
	switch (who->kind) {
	case RUN:
		return run(who);
	case TALK:
		return talk(who);
	case PROMPT:
		return prompt(who);
	default:
		return press(who);
	}
}

static void stop(struct contender *who)
{
	int status;
	if (who->kind == KEYS)
		leave_terminal(who);
	if (who->kind != TALK)
		return;
	close(who->in);
	waitpid(who->pid, &status, 0);
	who->pid = 0;
}

static void print_measured(const char *name, const struct measured *measured)
{
	const long long values[] = { measured->wall, measured->cpu, measured->engine, measured->lines };
	fputs(name, stdout);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		if (values[i] < 0)
			fputs("\t-", stdout);
		else
			printf("\t%lld", values[i]);
	putchar('\n');
}

int main(int argc, char **argv)
{
	if (argc < 6)
		fail(NULL, "usage: turns ROUNDS ENGINE_PID CONTENDER [-- CONTENDER]…");
	long rounds = atol(argv[1]);
	has_engine = atoi(argv[2]) > 0 && clock_getcpuclockid(atoi(argv[2]), &engine_clock) == 0;
	char **from = argv + 3;
	for (char **word = from;; word++) {
		bool last = !*word;
		if (!last && strcmp(*word, "--") != 0)
			continue;
		*word = NULL;
		if (contenders_nr == CONTENDERS_MAX)
			fail(NULL, "too many contenders");
		read_contender(from);
		from = word + 1;
		if (last)
			break;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < contenders_nr; i++)
		start(&contenders[i]);
	for (long round = 0; round < rounds; round++)
		for (size_t i = 0; i < contenders_nr; i++) {
			struct measured measured = measure(&contenders[i]);
			print_measured(contenders[i].name, &measured);
		}
	for (size_t i = 0; i < contenders_nr; i++)
		stop(&contenders[i]);
	return fflush(stdout) == 0 ? 0 : 1;
}
