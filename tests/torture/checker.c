/*
 * What is stored, taken apart without any of purser's code.
 *
 *   checker split OUT ERR <STORED   writes what the container wrote to each stream, and prints how many records there were
 *   checker count <STREAM           of lines by the emitter: prints "<lines> <holes> <repeats> <ends>"
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *why, unsigned long long where)
{
	fprintf(stderr, "checker: record %llu: %s\n", where, why);
	exit(1);
}

/* "2026-11-22T04:03:59.283805114Z stdout F " */
static void split(FILE *streams[2])
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	unsigned long long records = 0;

	while ((len = getline(&line, &room, stdin)) > 0) {
		records++;
		if (len < 41 || line[len - 1] != '\n')
			fail("torn", records);
		bool out = !memcmp(line + 30, " stdout ", 8);
		if ((!out && memcmp(line + 30, " stderr ", 8) != 0) || (line[38] != 'F' && line[38] != 'P') || line[39] != ' ')
			fail("not in the format", records);
		size_t bytes = (size_t)len - 40 - (line[38] == 'P');
		if (fwrite(line + 40, 1, bytes, streams[!out]) != bytes)
			fail("cannot be written", records);
	}
	printf("%llu\n", records);
	free(line);
}

/* Reads as far as it is that. */
static bool follows(const char *text)
{
	for (; *text; text++) {
		int c = getchar();
		if (c != *text) {
			ungetc(c, stdin);
			return false;
		}
	}
	return true;
}

static void count(void)
{
	unsigned long long lines = 0, holes = 0, repeats = 0, ends = 0, last = 0, number;
	unsigned last_run = 0, run;
	int c;

	while ((c = getchar()) != EOF) {
		if (c != 1)
			continue;
		if (scanf("%u %llu", &run, &number) != 2)
			fail("torn", lines);
		ends += follows(" end");
		lines++;
		bool new_run = run != last_run;
		if (run < last_run || (!new_run && number <= last))
			repeats++;
		else
			holes += number != (new_run ? 1 : last + 1);
		last = number;
		last_run = run;
	}
	printf("%llu %llu %llu %llu\n", lines, holes, repeats, ends);
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "split")) {
		FILE *streams[2] = { fopen(argv[2], "w"), fopen(argv[3], "w") };
		if (!streams[0] || !streams[1])
			fail("cannot be written", 0);
		split(streams);
		return fclose(streams[0]) || fclose(streams[1]);
	}
	if (argc == 2 && !strcmp(argv[1], "count")) {
		count();
		return 0;
	}
	fputs("usage: checker split OUT ERR | checker count\n", stderr);
	return 2;
}
