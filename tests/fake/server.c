/*
 * server SOCKET LOG ENGINE RULE… - listens at SOCKET and stands between clients and the engine that listens at ENGINE ("-": there is none; a
 * directory: one of files, below).
 * LOG gets "listens" when it does, a line for each request, "METHOD TARGET ACTION", and one for each answer that was spoilt, "cut" or "stalled".
 *
 * A RULE is "TIMES WORD ACTION…". A request that has WORD in its target, or begins with it if WORD is "^…", takes the first such rule that
 * was not taken TIMES times before (0: no limit). ACTION is one of
 *   pass             to the engine; also where there is no rule
 *   cut BYTES        so much of the answer, then the end of the connection
 *   stall BYTES MS   so much of the answer, then nothing for so long, then the rest
 *   delay MS         to the engine after that time
 *   refuse CODE      that status, and words like an engine's
 *   say FILE         the file's bytes instead of an answer, then the end of the connection
 *   hold FILE        the file's bytes, and nothing more
 *   flood FILE       the file's bytes, its last line without end
 *
 * An engine of files has one container, and is the version PURSER_FAKE_VERSION says, 20.10 if it is unset. In its directory: what it answers, as JSON, to
 * /containers/json (containers), /images/json (images), /info (info) and /containers/…/json (inspect); and in log what the container says, for
 * /containers/…/logs: TIME STREAM TEXT.
 *
 * Clients ask for one thing after the other, so that what begins with a method is a request, and what comes until the next one is its answer.
 */
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define PIECE (64 * 1024)
#define WORD_MAX 256
#define NO_LIMIT (-1)

struct rule {
	unsigned times, taken;
	char word[WORD_MAX], action[16], argument[WORD_MAX];
	long ms; /* of a stall */
};

static struct rule *rules;
static size_t rules_nr;
static pthread_mutex_t rules_mutex = PTHREAD_MUTEX_INITIALIZER;
static const struct rule pass = { .action = "pass" };
static const char *engine_path;
static bool engine_is_files;
static int log_fd;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void read_rule(const char *text, struct rule *rule)
{
	*rule = (struct rule){ 0 };
	if (sscanf(text, "%u %255s %15s %255s %ld", &rule->times, rule->word, rule->action, rule->argument, &rule->ms) <
	    3) {
		fprintf(stderr, "server: no rule: %s\n", text);
		exit(2);
	}
}

static bool fits(const struct rule *rule, const char *target)
{
	if (rule->times && rule->taken == rule->times)
		return false;
	return *rule->word == '^' ? !strncmp(target, rule->word + 1, strlen(rule->word + 1))
				  : strstr(target, rule->word) != NULL;
}

static const struct rule *take_rule(const char *target)
{
	const struct rule *found = &pass;
	pthread_mutex_lock(&rules_mutex);
	for (size_t i = 0; i < rules_nr && found == &pass; i++) {
		if (!fits(&rules[i], target))
			continue;
		rules[i].taken++;
		found = &rules[i];
	}
	pthread_mutex_unlock(&rules_mutex);
	return found;
}

static void note(const char *method, const char *target, const char *action)
{
	char line[4096];
	int len = snprintf(line, sizeof line, "%.15s%s%.3900s%s%.15s\n", method, *method ? " " : "", target,
			   *target ? " " : "", action);
	if (write(log_fd, line, (size_t)len) != len)
		die("log");
}

static int unix_socket(const char *path, struct sockaddr_un *address)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (snprintf(address->sun_path, sizeof address->sun_path, "%s", path) >= (int)sizeof address->sun_path) {
		fprintf(stderr, "server: too long a path: %s\n", path);
		exit(2);
	}
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		die("socket");
	return fd;
}

static bool send_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
		if (sent < 0)
			return false;
		bytes += sent;
		len -= (size_t)sent;
	}
	return true;
}

/* Until it is closed at the other end, or the time is over. */
static void wait_for_end(int fd, int ms)
{
	struct pollfd other = { .fd = fd, .events = POLLRDHUP };
	poll(&other, 1, ms);
}

/* ---- instead of an engine ---- */

static size_t read_file(const char *path, char *bytes, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, bytes, size);
	if (len < 0)
		die(path);
	close(fd);
	return (size_t)len;
}

static size_t last_line(const char *bytes, size_t len)
{
	size_t start = len ? len - 1 : 0;
	while (start > 0 && bytes[start - 1] != '\n')
		start--;
	return start;
}

static void refuse(int client, const struct rule *rule)
{
	char answer[512];
	static const char body[] = "{\"message\":\"told to refuse\"}\n";
	int len = snprintf(answer, sizeof answer,
			   "HTTP/1.1 %.3s Refused\r\nApi-Version: 1.41\r\nContent-Type: "
			   "application/json\r\nContent-Length: %zu\r\n\r\n%s",
			   rule->argument, sizeof body - 1, body);
	send_all(client, answer, (size_t)len);
}

/* The last line, many at a time. */
static void flood(int client, const char *bytes, size_t len)
{
	char lines[PIECE];
	size_t last = last_line(bytes, len), size = len - last, filled = 0;
	for (; filled + size <= sizeof lines; filled += size)
		memcpy(lines + filled, bytes + last, size);
	while (send_all(client, lines, filled))
		;
}

static void play(int client, const struct rule *rule)
{
	static const char none[1];
	char bytes[PIECE];
	size_t len = read_file(rule->argument, bytes, sizeof bytes);
	bool sent = send_all(client, len ? bytes : none, len);
	if (!strcmp(rule->action, "hold"))
		wait_for_end(client, -1);
	if (!strcmp(rule->action, "flood") && sent && len)
		flood(client, bytes, len);
}

/* ---- an engine of files ---- */

static FILE *open_in_engine(const char *name)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/%s", engine_path, name);
	return fopen(path, "re");
}

static long parameter(const char *target, const char *name, long otherwise)
{
	const char *at = strstr(target, name);
	return at ? atol(at + strlen(name)) : otherwise;
}

static void answer(int client, const char *status, const char *body, size_t len)
{
	char head[200];
	int head_len = snprintf(head, sizeof head, "HTTP/1.1 %s\r\nApi-Version: 1.41\r\nContent-Length: %zu\r\n\r\n",
				status, len);
	if (send_all(client, head, (size_t)head_len))
		send_all(client, body, len);
}

static long long seconds_of(const char *stamp)
{
	struct tm tm = { 0 };
	return strptime(stamp, "%Y-%m-%dT%H:%M:%S", &tm) ? timegm(&tm) : 0;
}

/* A frame: whose, and how long, then "TIME TEXT\n". */
static void add_frame(FILE *out, const char *line, size_t len)
{
	size_t stamp = strcspn(line, " ") + 1, text = stamp + strcspn(line + stamp, " ") + 1, size = stamp + len - text;
	const char head[] = {
		strncmp(line + stamp, "stderr", 6) ? 1 : 2, 0, 0, 0, 0, 0, (char)(size >> 8), (char)size
	};
	fwrite(head, 1, sizeof head, out);
	fwrite(line, 1, stamp, out);
	fwrite(line + text, 1, len - text, out);
}

/* Before docker 24 each record that is before `since` is left out, since then only those before the first that is not. */
static void add_window(FILE *log, long skip, long long since, FILE *out)
{
	const char *version = getenv("PURSER_FAKE_VERSION");
	bool sticky = version && atoi(version) >= 24;
	char *line = NULL;
	size_t room = 0;
	for (ssize_t len; (len = getline(&line, &room, log)) > 0;) {
		if (skip-- > 0 || seconds_of(line) < since)
			continue;
		if (sticky)
			since = LLONG_MIN;
		add_frame(out, line, (size_t)len);
	}
	free(line);
}

static long count_lines(FILE *log)
{
	long lines = 0;
	for (int c; (c = getc(log)) != EOF;)
		lines += c == '\n';
	rewind(log);
	return lines;
}

static void answer_window(int client, const char *target, FILE *log)
{
	char *window = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&window, &len);
	if (!out)
		die("memory");
	add_window(log, count_lines(log) - parameter(target, "&tail=", LONG_MAX),
		   parameter(target, "&since=", LONG_MIN), out);
	fclose(out);
	answer(client, "200 OK", window, len);
	free(window);
}

/* Its beginning, at once; the rest when there is something, or never. */
static void answer_stream(int client, FILE *log)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nTransfer-Encoding: chunked\r\n\r\n",
			  something[] = "1\r\nx\r\n0\r\n\r\n";
	struct pollfd other = { .fd = client, .events = POLLRDHUP };
	send_all(client, head, sizeof head - 1);
	for (long lines = log ? count_lines(log) : 0; !poll(&other, 1, 20);)
		if (log && count_lines(log) > lines) {
			send_all(client, something, sizeof something - 1);
			return;
		}
}

static bool ends_with(const char *text, size_t len, const char *end)
{
	return len >= strlen(end) && !strncmp(text + len - strlen(end), end, strlen(end));
}

static void answer_from_files(int client, const char *target)
{
	static const char *const files[][2] = { { "/containers/json", "containers" },
						{ "/images/json", "images" },
						{ "/info", "info" },
						{ "/json", "inspect" },
						{ "/logs", "log" } };
	static const char unknown[] = "{\"message\":\"page not found\"}\n";
	size_t len = strcspn(target, "?"), i = 0, nr = sizeof files / sizeof *files;
	char body[PIECE];
	FILE *file = NULL;
	while (i < nr && !ends_with(target, len, files[i][0]))
		i++;
	if (i < nr)
		file = open_in_engine(files[i][1]);
	if (ends_with(target, len, "/_ping"))
		answer(client, "200 OK", "OK", 2);
	else if (ends_with(target, len, "/events") || strstr(target, "follow=1"))
		answer_stream(client, file);
	else if (file && ends_with(target, len, "/logs"))
		answer_window(client, target, file);
	else if (file)
		answer(client, "200 OK", body, fread(body, 1, sizeof body, file));
	else
		answer(client, "404 Not Found", unknown, sizeof unknown - 1);
	if (file)
		fclose(file);
}

/* ---- one client ---- */

struct talk {
	int client, engine;
	const struct rule *rule;
	long left; /* bytes of the answer until the rule says what happens */
	char bytes[PIECE];
};

static bool is_request(const char *bytes, size_t len)
{
	static const char *const methods[] = { "GET ", "HEAD ", "POST ", "DELETE ", "PUT " };
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (len > strlen(methods[i]) && !strncmp(bytes, methods[i], strlen(methods[i])))
			return true;
	return false;
}

static bool connect_engine(struct talk *talk)
{
	struct sockaddr_un address;
	if (talk->engine >= 0)
		return true;
	if (!strcmp(engine_path, "-"))
		return false;
	talk->engine = unix_socket(engine_path, &address);
	return connect(talk->engine, (struct sockaddr *)&address, sizeof address) == 0;
}

/* false: that was all for this client. */
static bool take_request(struct talk *talk, size_t len)
{
	char method[16] = "", target[3900] = "";
	struct rule rule;
	sscanf(talk->bytes, "%15s %3899s", method, target);
	talk->rule = take_rule(target);
	rule = *talk->rule;
	note(method, target, rule.action);
	talk->left = !strcmp(rule.action, "cut") || !strcmp(rule.action, "stall") ? atol(rule.argument) : NO_LIMIT;
	if (!strcmp(rule.action, "refuse")) {
		refuse(talk->client, &rule);
		return true;
	}
	if (!strcmp(rule.action, "say") || !strcmp(rule.action, "hold") || !strcmp(rule.action, "flood")) {
		play(talk->client, &rule);
		return false;
	}
	if (!strcmp(rule.action, "delay"))
		wait_for_end(talk->client, atoi(rule.argument));
	if (engine_is_files) {
		answer_from_files(talk->client, target);
		return true;
	}
	return connect_engine(talk) && send_all(talk->engine, talk->bytes, len);
}

static bool from_client(struct talk *talk)
{
	ssize_t len = read(talk->client, talk->bytes, sizeof talk->bytes - 1);
	if (len <= 0)
		return false;
	talk->bytes[len] = '\0';
	if (is_request(talk->bytes, (size_t)len))
		return take_request(talk, (size_t)len);
	return talk->engine >= 0 && send_all(talk->engine, talk->bytes, (size_t)len);
}

static bool spoil(struct talk *talk)
{
	bool cut = !strcmp(talk->rule->action, "cut");
	note("", "", cut ? "cut" : "stalled");
	talk->left = NO_LIMIT;
	if (cut)
		return false;
	wait_for_end(talk->client, (int)talk->rule->ms);
	return true;
}

static bool from_engine(struct talk *talk)
{
	size_t size = sizeof talk->bytes;
	if (talk->left == 0 && !spoil(talk))
		return false;
	if (talk->left != NO_LIMIT && (size_t)talk->left < size)
		size = (size_t)talk->left;
	ssize_t len = read(talk->engine, talk->bytes, size);
	if (len <= 0 || !send_all(talk->client, talk->bytes, (size_t)len))
		return false;
	if (talk->left != NO_LIMIT)
		talk->left -= len;
	return true;
}

static void *serve(void *arg)
{
	struct talk *talk = arg;
	for (bool on = true; on;) {
		struct pollfd fds[] = { { .fd = talk->client, .events = POLLIN },
					{ .fd = talk->engine, .events = POLLIN } };
		poll(fds, 2, -1);
		if (fds[1].revents)
			on = from_engine(talk);
		if (on && fds[0].revents)
			on = from_client(talk);
	}
	close(talk->client);
	if (talk->engine >= 0)
		close(talk->engine);
	free(talk);
	return NULL;
}

static void begin(int client)
{
	pthread_t thread;
	struct talk *talk = calloc(1, sizeof *talk);
	if (!talk)
		die("memory");
	talk->client = client;
	talk->engine = -1;
	talk->rule = &pass;
	talk->left = NO_LIMIT;
	if (pthread_create(&thread, NULL, serve, talk) != 0)
		die("thread");
	pthread_detach(thread);
}

/* It has its name only when it can be connected to. */
static int listen_at(const char *path)
{
	char early[sizeof(struct sockaddr_un)];
	struct sockaddr_un address;
	snprintf(early, sizeof early, "%s-", path);
	int fd = unix_socket(early, &address);
	unlink(early);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 128) < 0 || rename(early, path) < 0)
		die(path);
	return fd;
}

int main(int argc, char **argv)
{
	if (argc < 4) {
		fprintf(stderr, "usage: server SOCKET LOG ENGINE RULE…\n");
		return 2;
	}
	struct stat is;
	engine_path = argv[3];
	engine_is_files = stat(engine_path, &is) == 0 && S_ISDIR(is.st_mode);
	rules_nr = (size_t)argc - 4;
	rules = calloc(rules_nr + 1, sizeof *rules);
	log_fd = open(argv[2], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (!rules || log_fd < 0)
		die(argv[2]);
	for (size_t i = 0; i < rules_nr; i++)
		read_rule(argv[4 + i], &rules[i]);
	int fd = listen_at(argv[1]);
	for (note("", "", "listens");;) {
		int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
		if (client < 0)
			die("accept");
		begin(client);
	}
}
