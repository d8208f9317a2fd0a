/*
 * What the benchmark's containers run; static, as they have no libraries.
 *
 *   emitter flood LINES LENGTH   writes so many lines of so many bytes as fast as it can, then "end", and stays
 *   emitter steady HZ GO         while the file GO is there, so many lines a second of 100 bytes, each beginning with "@" and the time
 *                                in nanoseconds since 1970 at which it is written
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
#define STEADY_LENGTH 100
#define LENGTH_MAX 16000

static void end(int number)
{
	(void)number;
	_exit(0);
}

static void write_all(const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t written = write(1, bytes, len);
		if (written <= 0)
			_exit(1);
		bytes += written;
		len -= (size_t)written;
	}
}

static void flood(unsigned long lines, size_t length)
{
	static char bytes[64 * 1024];
	size_t len = 0;
	for (unsigned long i = 1; i <= lines; i++) {
		if (len + length > sizeof bytes) {
			write_all(bytes, len);
			len = 0;
		}
		int head = snprintf(bytes + len, length, "%010lu ", i);
		memset(bytes + len + head, 'a' + (int)(i % 26), length - (size_t)head - 1);
		bytes[len + length - 1] = '\n';
		len += length;
	}
	write_all(bytes, len);
	write_all("end\n", 4);
	for (;;)
		pause();
}

static long long now(clockid_t clock)
{
	struct timespec at;
	clock_gettime(clock, &at);
	return at.tv_sec * SECOND + at.tv_nsec;
}

static void sleep_until(long long at)
{
	struct timespec until = { at / SECOND, at % SECOND };
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) != 0)
		;
}

/* Containers begin at different times, so that their lines do not come at the same ones. */
static void steady(long long hz, const char *go)
{
	long long at = now(CLOCK_MONOTONIC);
	char line[STEADY_LENGTH + 1];
	memset(line, '.', sizeof line);
	line[STEADY_LENGTH - 1] = '\n';
	for (unsigned long nr = 0;; sleep_until(at)) {
		if (access(go, F_OK) != 0) {
			at += SECOND;
			continue;
		}
		at += SECOND / hz;
		int head = snprintf(line, sizeof line, "@%lld %08lu ", now(CLOCK_REALTIME), ++nr);
		line[head] = '.';
		write_all(line, STEADY_LENGTH);
	}
}

int main(int argc, char **argv)
{
	signal(SIGTERM, end);
	if (argc == 4 && !strcmp(argv[1], "flood") && atol(argv[3]) > 20 && atol(argv[3]) <= LENGTH_MAX)
		flood(strtoul(argv[2], NULL, 10), (size_t)atol(argv[3]));
	if (argc == 4 && !strcmp(argv[1], "steady") && atol(argv[2]) > 0)
		steady(atol(argv[2]), argv[3]);
	fputs("usage: emitter flood LINES LENGTH | emitter steady HZ GO\n", stderr);
	return 2;
}
