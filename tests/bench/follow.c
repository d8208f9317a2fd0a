/*
 * What following costs, and how late it is.
 *
 *   follow SECONDS EXPECTED DIR ENGINE_PID [PID…]
 *
 * Over so many seconds, the processor time of the processes and all their descendants, and of the engine; the lag of every line that was
 * written in that time by `emitter steady`: from the time in the line to when it stands in a file in DIR. Then, five times in a second
 * while all goes on, the memory of these processes: the proportional set size, that counts a shared page once.
 * Prints: client CPU ms, engine CPU ms, mean PSS kB, lines seen, lag p50, p99 and most in µs (0 where no line was seen).
 *
 * Files are watched by inotify: the kernel tells of each write(2) at once, so that a line is seen some ten µs after it is there, and
 * nothing is spent while there is none; looking at a hundred files every 2 ms would cost what is to be measured. Until EXPECTED lines
 * have come and LEAST_MS are over, but no longer than GRACE_SECONDS, lines that were written in time are waited for. Those that have not
 * come by then count with that lag, which is less than theirs.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
#define GRACE_SECONDS 3
#define LEAST_MS 500
#define FILES_MAX 1024
#define PIDS_MAX 8192
#define LAGS_MAX (4 * 1000 * 1000)
#define MEMORY_SAMPLES 5

static void fail(const char *what)
{
	fprintf(stderr, "follow: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long long now(clockid_t clock)
{
	struct timespec at;
	return clock_gettime(clock, &at) == 0 ? at.tv_sec * SECOND + at.tv_nsec : 0;
}

static void sleep_ms(long ms)
{
	struct timespec wait = { ms / 1000, ms % 1000 * 1000000 };
	nanosleep(&wait, NULL);
}

/* ---- lag; all of it is the watching thread's, until that was joined */

static struct file {
	char name[256];
	int fd;
	off_t at; /* behind the last whole line that was read */
} files[FILES_MAX];
static size_t files_nr, lags_nr;
static long long lags[LAGS_MAX], began, ended, expected;
static const char *directory;
static int watch;
static volatile bool over;

static struct file *open_file(const char *name, bool from_end)
{
	char path[4096];
	struct stat stat;
	for (size_t i = 0; i < files_nr; i++)
		if (!strcmp(files[i].name, name))
			return &files[i];
	if (files_nr == FILES_MAX || *name == '.')
		return NULL;
	struct file *file = &files[files_nr];
	snprintf(path, sizeof path, "%s/%s", directory, name);
	snprintf(file->name, sizeof file->name, "%s", name);
	file->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (file->fd < 0 || fstat(file->fd, &stat) < 0 || !S_ISREG(stat.st_mode))
		return NULL;
	file->at = from_end ? stat.st_size : 0;
	files_nr++;
	return file;
}

static void take_line(const char *line, size_t len, long long seen)
{
	const char *stamp = memchr(line, '@', len);
	if (!stamp || line + len - stamp < 21)
		return;
	long long written = strtoll(stamp + 1, NULL, 10);
	if (written >= began && written < ended && lags_nr < LAGS_MAX)
		lags[lags_nr++] = seen - written;
}

static void read_file(struct file *file)
{
	static char bytes[256 * 1024];
	ssize_t got;
	while ((got = pread(file->fd, bytes, sizeof bytes, file->at)) > 0) {
		long long seen = now(CLOCK_REALTIME);
		char *line = bytes, *newline;
		while ((newline = memchr(line, '\n', (size_t)(bytes + got - line)))) {
			take_line(line, (size_t)(newline - line), seen);
			line = newline + 1;
		}
		if (line == bytes)
			return;
		file->at += line - bytes;
	}
}

static void open_all(void)
{
	DIR *dir = opendir(directory);
	if (!dir)
		fail(directory);
	for (struct dirent *item; (item = readdir(dir));)
		open_file(item->d_name, true);
	closedir(dir);
}

static void *watch_files(void *unused)
{
	static char bytes[64 * 1024] __attribute__((aligned(8)));
	long long last = ended + GRACE_SECONDS * SECOND, first = ended + LEAST_MS * 1000000LL;
	while (now(CLOCK_REALTIME) < last &&
	       !(over && (long long)lags_nr >= expected && (!expected || now(CLOCK_REALTIME) >= first))) {
		struct pollfd wait = { .fd = watch, .events = POLLIN };
		if (poll(&wait, 1, 50) <= 0)
			continue;
		ssize_t got = read(watch, bytes, sizeof bytes);
		for (char *at = bytes; at < bytes + got;) {
			struct inotify_event *event = (struct inotify_event *)at;
			struct file *file = event->len ? open_file(event->name, false) : NULL;
			if (file)
				read_file(file);
			at += sizeof *event + event->len;
		}
	}
	return unused;
}

static int by_size(const void *a, const void *b)
{
	long long left = *(const long long *)a, right = *(const long long *)b;
	return left < right ? -1 : left > right;
}

static long long lag_us(double share)
{
	return lags_nr ? lags[(size_t)((double)(lags_nr - 1) * share)] / 1000 : 0;
}

/* ---- processes */

static struct process {
	int pid, parent;
	bool ours;
	long long cpu; /* ns: its own, and of the children it waited for */
} processes[PIDS_MAX];
static size_t processes_nr;
static char **roots;

static bool read_process(int pid, struct process *out)
{
	char path[64], text[1024];
	long long user, system; /* ticks, of the children it waited for; its own clock is finer */
	clockid_t clock;
	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	FILE *file = fopen(path, "re");
	size_t len = file ? fread(text, 1, sizeof text - 1, file) : 0;
	if (file)
		fclose(file);
	text[len] = 0;
	char *rest = strrchr(text, ')');
	*out = (struct process){ .pid = pid };
	if (!rest || sscanf(rest + 1, " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %lld %lld", &out->parent,
			    &user, &system) != 3)
		return false;
	out->cpu = (user + system) * SECOND / sysconf(_SC_CLK_TCK) +
		   (clock_getcpuclockid(pid, &clock) == 0 ? now(clock) : 0);
	return true;
}

static struct process *find_process(int pid)
{
	for (size_t i = 0; i < processes_nr; i++)
		if (processes[i].pid == pid)
			return &processes[i];
	return NULL;
}

static bool is_root(int pid)
{
	for (char **root = roots; *root; root++)
		if (atoi(*root) == pid)
			return true;
	return false;
}

static void read_processes(void)
{
	DIR *dir = opendir("/proc");
	processes_nr = 0;
	for (struct dirent *item; dir && (item = readdir(dir));)
		if (atoi(item->d_name) > 0 && processes_nr < PIDS_MAX &&
		    read_process(atoi(item->d_name), &processes[processes_nr]))
			processes_nr++;
	if (dir)
		closedir(dir);
	for (size_t i = 0; i < processes_nr; i++)
		for (struct process *at = &processes[i]; at && at->pid > 1 && !processes[i].ours;
		     at = find_process(at->parent))
			processes[i].ours = is_root(at->pid);
}

static long long client_ms(void)
{
	long long cpu = 0;
	if (!*roots)
		return 0;
	read_processes();
	for (size_t i = 0; i < processes_nr; i++)
		if (processes[i].ours)
			cpu += processes[i].cpu;
	return cpu / 1000000;
}

static long long pss_kb(int pid)
{
	char path[64], line[256];
	long long kb = 0;
	snprintf(path, sizeof path, "/proc/%d/smaps_rollup", pid);
	FILE *file = fopen(path, "re");
	while (file && fgets(line, sizeof line, file))
		if (sscanf(line, "Pss: %lld", &kb) == 1)
			break;
	if (file)
		fclose(file);
	return kb;
}

static long long client_kb(void)
{
	long long kb = 0;
	for (int sample = 0; *roots && sample < MEMORY_SAMPLES; sample++) {
		read_processes();
		for (size_t i = 0; i < processes_nr; i++)
			if (processes[i].ours)
				kb += pss_kb(processes[i].pid);
		sleep_ms(1000 / MEMORY_SAMPLES);
	}
	return kb / MEMORY_SAMPLES;
}

int main(int argc, char **argv)
{
	clockid_t engine_clock;
	pthread_t watcher;
	if (argc < 5) {
		fputs("usage: follow SECONDS EXPECTED DIR ENGINE_PID [PID…]\n", stderr);
		return 2;
	}
	expected = atoll(argv[2]);
	directory = argv[3];
	roots = argv + 5;
	if (clock_getcpuclockid(atoi(argv[4]), &engine_clock) != 0)
		fail("the engine's clock");
	watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (watch < 0 || inotify_add_watch(watch, directory, IN_MODIFY) < 0)
		fail(directory);
	open_all();

	long long client = client_ms(), engine = now(engine_clock);
	began = now(CLOCK_REALTIME);
	ended = began + atoll(argv[1]) * SECOND;
	if (pthread_create(&watcher, NULL, watch_files, NULL) != 0)
		fail("no thread");
	while (now(CLOCK_REALTIME) < ended)
		sleep_ms((long)((ended - now(CLOCK_REALTIME)) / 1000000) + 1);
	engine = now(engine_clock) - engine;
	client = client_ms() - client;
	over = true;
	pthread_join(watcher, NULL);
	long long kb = client_kb();
	size_t seen = lags_nr;
	while (seen && (long long)lags_nr < expected && lags_nr < LAGS_MAX)
		lags[lags_nr++] = GRACE_SECONDS * SECOND;
	qsort(lags, lags_nr, sizeof *lags, by_size);
	printf("%lld\t%lld\t%lld\t%zu\t%lld\t%lld\t%lld\n", client, engine / 1000000, kb, seen, lag_us(0.5),
	       lag_us(0.99), lag_us(1));
	return 0;
}
