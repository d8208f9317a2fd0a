/*
 * emitter KIND SEED: what a container of the torture writes. Each line begins with a byte 1, the run and the line's number in its stream:
 * "\1<run> <number> <anything but 1 and newline>". SIGTERM: a last line on both streams, "… end", and exit 0.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES (1024 * 1024 + 64)

static volatile sig_atomic_t told_to_end;
static unsigned long long numbers[3];
static unsigned run;
static char line[LINE_MAX_BYTES];

static void on_term(int signal)
{
	(void)signal;
	told_to_end = 1;
}

static unsigned below(unsigned limit)
{
	return (unsigned)(random() % limit);
}

static void pause_ms(unsigned ms)
{
	struct timespec wait = { ms / 1000, (long)(ms % 1000) * 1000000 };
	if (!told_to_end)
		nanosleep(&wait, NULL);
}

static void write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t written = write(fd, bytes, len);
		if (written < 0 && errno != EINTR)
			_exit(1);
		if (written > 0) {
			bytes += written;
			len -= (size_t)written;
		}
	}
}

static size_t head(int fd)
{
	return (size_t)sprintf(line, "\1%u %llu ", run, ++numbers[fd]);
}

static void emit(int fd, size_t len)
{
	size_t at = head(fd);
	memset(line + at, 'a' + (int)below(26), len);
	line[at + len] = '\n';
	write_all(fd, line, at + len + 1);
}

static int any_stream(void)
{
	return 1 + (int)below(2);
}

static void steady(void)
{
	emit(any_stream(), below(200));
	pause_ms(5);
}

static void bursts(void)
{
	int fd = any_stream();
	for (unsigned i = 500 + below(4000); i > 0 && !told_to_end; i--)
		emit(below(10) ? fd : 3 - fd, below(100));
	pause_ms(1000 + below(3000));
}

static void binary(void)
{
	int fd = any_stream();
	size_t at = head(fd);
	for (unsigned i = below(3000); i > 0; i--) {
		int byte = (int)below(256);
		line[at++] = (char)(byte == 1 || byte == '\n' ? 0 : byte);
	}
	line[at++] = '\n';
	write_all(fd, line, at);
	pause_ms(20);
}

static void large(void)
{
	emit(any_stream(), 1024 * 1024);
	pause_ms(1000);
}

/* Lines that come in pieces, so that the engine cuts them anywhere; some longer than what it takes at once. */
static void pieces(void)
{
	int fd = any_stream();
	size_t at = head(fd);
	write_all(fd, line, at);
	for (unsigned i = below(4); i > 0; i--) {
		size_t len = below(2) ? below(50) : 20000;
		pause_ms(below(50));
		memset(line, 'p', len);
		write_all(fd, line, len);
	}
	write_all(fd, "\n", 1);
	pause_ms(10);
}

static void terminal(void)
{
	emit(1, below(100));
	pause_ms(10);
}

static void restless(void)
{
	for (unsigned i = 50 + below(200); i > 0 && !told_to_end; i--)
		steady();
	told_to_end = 1;
}

static void short_lived(void)
{
	for (unsigned i = 0; i < 1000; i++)
		emit(any_stream(), below(60));
	told_to_end = 1;
}

/* Slowly at first, so that purser has seen the beginning. */
static void flood(void)
{
	static unsigned steps;
	if (steps++ < 20) {
		emit(1, 10);
		pause_ms(200);
		return;
	}
	for (unsigned i = 0; i < 20; i++)
		emit(1, below(100));
	pause_ms(2);
}

static const struct kind {
	const char *name;
	void (*step)(void);
} kinds[] = {
	{ "steady", steady }, { "bursts", bursts }, { "binary", binary }, { "large", large }, { "pieces", pieces },
	{ "terminal", terminal }, { "restless", restless }, { "short", short_lived }, { "flood", flood },
};

/* Which run of the container this is: its files outlive a restart. */
static unsigned count_run(void)
{
	unsigned count = 0;
	FILE *file = fopen("/run-number", "r");
	if (file && fscanf(file, "%u", &count) != 1)
		count = 0;
	if (file)
		fclose(file);
	file = fopen("/run-number", "w");
	if (!file || fprintf(file, "%u\n", ++count) < 0 || fclose(file) != 0)
		_exit(1);
	return count;
}

int main(int argc, char **argv)
{
	const struct kind *kind = NULL;
	for (size_t i = 0; argc == 3 && i < sizeof kinds / sizeof *kinds; i++)
		if (!strcmp(argv[1], kinds[i].name))
			kind = &kinds[i];
	if (!kind) {
		fputs("usage: emitter KIND SEED\n", stderr);
		return 2;
	}
	signal(SIGTERM, on_term);
	run = count_run();
	srandom((unsigned)strtoul(argv[2], NULL, 10) + run);
	while (!told_to_end)
		kind->step();
	for (int fd = 1; fd <= 2; fd++) {
		size_t at = head(fd);
		write_all(fd, line, at + (size_t)sprintf(line + at, "end\n"));
	}
	return 0;
}
