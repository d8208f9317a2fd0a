/*
 * stored MEBIBYTES SEED: that much of a stored log on stdout, of lines as web servers and programs write them, the same for the same seed.
 * One in 100,000 has "deadlock detected" in it.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char *const words[] = { "request", "served", "from",    "cache",    "connection", "closed",
				     "by",      "peer",   "user",    "login",    "failed",     "took",
				     "timeout", "retry",  "order",   "payment",  "queue",      "worker",
				     "table",   "index",  "started", "finished", "accepted",   "query" };

static uint64_t state;

static unsigned below(unsigned limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)((state * 0x2545F4914F6CDD1DULL >> 16) % limit);
}

static const char *word(void)
{
	return words[below(sizeof words / sizeof words[0])];
}

static int add_text(char *to, size_t room)
{
	switch (below(3)) {
	case 0:
		return snprintf(
			to, room,
			"10.%u.%u.%u - - [22/Nov/2026:04:03:59 +0000] \"GET /api/v1/%s/%u HTTP/1.1\" %u %u \"-\" \"Mozilla/5.0\"",
			below(256), below(256), below(256), word(), below(100000), below(50) ? 200 : 500,
			below(100000));
	case 1:
		return snprintf(to, room, "{\"level\":\"%s\",\"msg\":\"%s %s %s\",\"took\":%u,\"id\":\"%08x\"}",
				below(100) ? "info" : "error", word(), word(), word(), below(3000), below(UINT32_MAX));
	default:
		return snprintf(to, room, "INFO  [%s-%u] %s %s %s %s in %ums", word(), below(16), word(), word(),
				word(), word(), below(5000));
	}
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	uint64_t left = strtoull(argv[1], NULL, 10) << 20, now = UINT64_C(1795320239) * 1000000000;
	state = strtoull(argv[2], NULL, 10) * 0x9E3779B97F4A7C15ULL | 1;
	while (left > 0) {
		char line[1024], day[32];
		struct tm tm;
		now += below(2000000);
		time_t seconds = (time_t)(now / 1000000000);
		gmtime_r(&seconds, &tm);
		strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm);
		size_t len = (size_t)snprintf(line, sizeof line, "%s.%09uZ %s F ", day, (unsigned)(now % 1000000000),
					      below(8) ? "stdout" : "stderr");
		len += (size_t)add_text(line + len, sizeof line - len);
		len += (size_t)snprintf(line + len, sizeof line - len, "%s\n",
					below(100000) ? "" : " deadlock detected");
		fwrite(line, 1, len, stdout);
		left -= len < left ? len : left;
	}
	return 0;
}
