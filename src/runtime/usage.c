#include "runtime/usage.h"

#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "base/text.h"
#include "base/banned.h"

#define PERCENT_MAX 1e9

/* docker's key, which nerdctl has too, and podman's. */
static const char *text_of(const struct json *row, const char *key, const char *podmans, struct arena *arena)
{
	const char *text = json_text(row, key, arena);
	return *text ? text : json_text(row, podmans, arena);
}

/* "32.90%" */
static double percent(const char *text)
{
	char *end;
	double number = strtod(text, &end);
	return end != text && *end == '%' && number >= 0 && number < PERCENT_MAX ? number : 0;
}

/* "KiB" counts in 1024, "kB" in 1000. */
static int64_t bytes(const char *text)
{
	int64_t number = 0;
	return text_size(text, strstr(text, "iB") ? 1024 : 1000, &number) ? number : 0;
}

/* "475.1kB / 25.28GB" */
static void two_sizes(const char *text, struct arena *arena, int64_t *first, int64_t *second)
{
	const char *slash = strstr(text, " / ");
	*first = slash ? bytes(arena_copy(arena, text, (size_t)(slash - text))) : 0;
	*second = slash ? bytes(slash + 3) : 0;
}

/* "1m2.5s" */
static int64_t time_of(const char *text)
{
	struct error ignored;
	int64_t length;
	return *text && duration_parse(text, &length, &ignored) == 0 && length >= 0 ? length : CPU_TIME_UNKNOWN;
}

void usage_read(const struct json *row, struct arena *arena, struct usage *out)
{
	long processes = strtol(text_of(row, "PIDs", "pids", arena), NULL, 10);
	*out = (struct usage){
		.id = text_of(row, "ID", "id", arena),
		.cpu_percent = percent(text_of(row, "CPUPerc", "cpu_percent", arena)),
		.cpu_time = time_of(json_text(row, "cpu_time", arena)), /* podman alone tells it */
		.memory_percent = percent(text_of(row, "MemPerc", "mem_percent", arena)),
		.processes = processes > 0 ? processes : 0,
	};
	two_sizes(text_of(row, "MemUsage", "mem_usage", arena), arena, &out->memory, &out->memory_limit);
	two_sizes(text_of(row, "NetIO", "net_io", arena), arena, &out->received, &out->sent);
	two_sizes(text_of(row, "BlockIO", "block_io", arena), arena, &out->read, &out->written);
}
