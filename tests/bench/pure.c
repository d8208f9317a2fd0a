/*
 * The pure parts over fixed input, for counting instructions: callgrind.sh runs `pure PART` with --toggle-collect=measured_PART, so that
 * only what stands in these functions counts. `pure` alone lists the parts and how many operations each is.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"
#include "command/command.h"
#include "command/complete.h"
#include "command/words.h"
#include "logs/framer.h"
#include "logs/jsonfile.h"
#include "logs/logfile.h"
#include "logs/seek.h"
#include "model/json.h"
#include "system/frames.h"

#define RECORDS 20000
#define REPEATS 2000
#define WINDOW 5000
#define PIECE 40000 /* bytes that a read of the socket gives, about */
#define MEASURED(part)                                                                                                 \
	void measured_##part(void);                                                                                    \
	__attribute__((noinline)) void measured_##part(void)

static struct record records[RECORDS];
static struct buf texts, wire, framed, stored, json;
static size_t wire_at[RECORDS + 1];
static uint64_t result; /* so that nothing is left out as useless */

static const char *const typed[] = {
	"ps -a --filter label=purser.test --no-trunc",
	"run --name web -d -p 8080:80 -e 'GREETING=hello world' -v /srv:/srv:ro --restart on-failure:3 busybox sh -c "
	"\"echo \\\"hi\\\"; sleep 5\"",
	"logs --tail 100 --since 10m -t web # how it began",
	"stop -t 3 web db cache",
	"rm -f web; ps",
};

static void fail(const char *what)
{
	fprintf(stderr, "pure: %s\n", what);
	exit(1);
}

/* ---- input: always the same */

static uint64_t random_next(void)
{
	static uint64_t state = 88172645463325252ULL;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Two streams, lines of 20 to 180 bytes, times of which some are equal, and some parts of long lines. */
static void make_records(void)
{
	moment at = 1700000000 * MOMENT_SECOND;
	size_t lens[RECORDS], offset = 0;
	for (size_t i = 0; i < RECORDS; i++) {
		char line[200];
		lens[i] = 20 + random_next() % 160;
		for (size_t c = 0; c < lens[i]; c++)
			line[c] = (char)(' ' + random_next() % 90);
		buf_add(&texts, line, lens[i]);
	}
	for (size_t i = 0; i < RECORDS; i++) {
		at += random_next() % 4 ? (moment)(random_next() % 1000000) : 0;
		records[i] = (struct record){ .at = at,
					      .stream = random_next() % 3 ? STREAM_STDOUT : STREAM_STDERR,
					      .partial = random_next() % 50 == 0,
					      .bytes = texts.bytes + offset,
					      .len = lens[i] };
		offset += lens[i];
	}
}

/* As the CLI writes them, each by itself. */
static void make_wire(void)
{
	for (size_t i = 0; i < RECORDS; i++) {
		char at[MOMENT_TEXT_LEN + 1];
		moment_format(records[i].at, at);
		buf_printf(&wire, "%s ", at);
		buf_add(&wire, records[i].bytes, records[i].len);
		if (!records[i].partial)
			buf_add(&wire, "\n", 1);
		wire_at[i + 1] = wire.len;
	}
}

/* As the engine's socket gives them. */
static void make_frames(void)
{
	for (size_t i = 0; i < RECORDS; i++) {
		size_t len = wire_at[i + 1] - wire_at[i];
		const char head[FRAME_HEAD] = { (char)records[i].stream, 0, 0, 0, 0, 0, (char)(len >> 8), (char)len };
		buf_add(&framed, head, sizeof head);
		buf_add(&framed, wire.bytes + wire_at[i], len);
	}
}

/* As docker stores them. */
static void make_json(void)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(1 << 20);
	for (size_t i = 0; i < RECORDS; i++) {
		char at[MOMENT_TEXT_LEN + 1];
		moment_format(records[i].at, at);
		buf_clear(&text);
		buf_add(&text, records[i].bytes, records[i].len);
		if (!records[i].partial)
			buf_add(&text, "\n", 1);
		buf_add_text(&json, "{\"log\":");
		json_add_text(&json, buf_text(&text));
		buf_printf(&json, ",\"stream\":\"%s\",\"time\":\"%s\"}\n", records[i].stream == STREAM_STDERR ? "stderr" : "stdout", at);
	}
}

/* ---- what is measured */

MEASURED(words)
{
	struct words words;
	struct error err;
	for (size_t i = 0; i < REPEATS; i++) {
		const char *line = typed[i % ARRAY_LEN(typed)];
		if (words_split(line, strlen(line), WORDS_WHOLE, &words, &err) < 0)
			fail(err.text);
		result += words.argv.nr;
		words_release(&words);
	}
}

static struct words split[ARRAY_LEN(typed)];

MEASURED(command)
{
	static struct invocation call;
	struct error err;
	for (size_t i = 0; i < REPEATS; i++) {
		if (command_parse(&split[i % ARRAY_LEN(typed)].argv, PARSE_WHOLE, true, &call, &err) < 0)
			fail(err.text);
		result += call.given_nr;
		invocation_release(&call);
	}
}

static struct seen_list *seen[SEEN_NR];

static const struct seen_list *see(void *arg UNUSED, const char *runtime UNUSED, enum seen_kind kind)
{
	return seen[kind];
}

/* A thousand of each kind. */
static void make_seen(void)
{
	static struct container rows[1000];
	static struct image images[1000];
	static struct resource resources[1000];
	static char called[1000][32];
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(called[i], sizeof called[i], "container-%04u", i * 7919 % 1000);
		rows[i] = (struct container){ .name = called[i], .image = "nginx:latest", .labels = "tier=web,com.docker.compose.project=shop", .state = CONTAINER_RUNNING };
		images[i] = (struct image){ .repository = called[i], .tag = "latest", .size = "70MB", .created_since = "2 weeks ago" };
		resources[i] = (struct resource){ .id = called[i], .name = called[i], .driver = "bridge", .labels = "" };
	}
	seen[SEEN_CONTAINERS] = seen_of_containers(&(struct container_list){ rows, 1000, ARENA_INIT }, monotonic_ms());
	seen[SEEN_IMAGES] = seen_of_images(&(struct image_list){ images, 1000, ARENA_INIT }, monotonic_ms());
	seen[SEEN_NETWORKS] = seen_of_resources(&(struct resource_list){ resources, 1000, ARENA_INIT }, monotonic_ms());
	seen[SEEN_VOLUMES] = seen_of_resources(&(struct resource_list){ resources, 1000, ARENA_INIT }, monotonic_ms());
}

MEASURED(complete)
{
	const struct complete_source source = { .seen = see };
	static const char line[] = "stop -t 3 container-07";
	struct completion found;
	for (size_t i = 0; i < REPEATS / 100; i++) {
		complete(line, sizeof line - 1, &source, &found);
		result += found.nr;
		completion_release(&found);
	}
}

static int count_record(void *arg, const struct record *record, struct error *err UNUSED)
{
	(*(uint64_t *)arg)++;
	result += record->len;
	return 0;
}

static void frame(bool raw)
{
	struct framer framer;
	struct error err;
	uint64_t nr = 0;
	framer_init(&framer, raw ? WINDOW_TERMINAL : WINDOW_WRITES, count_record, &nr);
	for (size_t i = 0; i < RECORDS; i++)
		if (framer_feed(&framer, raw ? STREAM_STDOUT : records[i].stream, wire.bytes + wire_at[i],
				wire_at[i + 1] - wire_at[i], &err) < 0)
			fail(err.text);
	if (framer_end(&framer, &err) < 0)
		fail(err.text);
	framer_release(&framer);
	if (nr < RECORDS * 9 / 10)
		fail("records are missing");
}

static int count_frame(void *arg, enum frame_stream stream, const char *bytes UNUSED, size_t len, struct error *err UNUSED)
{
	(*(uint64_t *)arg)++;
	result += len + stream;
	return 0;
}

MEASURED(frames)
{
	struct frames frames;
	struct error err;
	uint64_t nr = 0;
	frames_init(&frames, count_frame, &nr);
	for (size_t at = 0; at < framed.len; at += PIECE)
		if (frames_feed(&frames, framed.bytes + at, framed.len - at < PIECE ? framed.len - at : PIECE, &err) < 0)
			fail(err.text);
	if (!frames_whole(&frames) || nr != RECORDS)
		fail("frames are missing");
	frames_release(&frames);
}

MEASURED(jsonfile)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(3 * JSONFILE_LINE_MAX);
	struct record record;
	for (const char *line = json.bytes, *newline; (newline = memchr(line, '\n', (size_t)(json.bytes + json.len - line))); line = newline + 1) {
		if (!jsonfile_record(line, (size_t)(newline - line), &text, &record))
			fail("not a line of docker's");
		result += record.len;
	}
}

MEASURED(framer)
{
	frame(false);
}

MEASURED(framer_raw)
{
	frame(true);
}

static struct cursor middle, near_end;

static void match(const struct cursor *file, uint64_t fresh)
{
	struct seek seek;
	seek_reset(&seek);
	seek_plan(&seek, file);
	seek_begin(&seek, file, true);
	uint64_t found = 0;
	for (size_t i = RECORDS - WINDOW; i < RECORDS; i++)
		found += seek_feed(&seek, &records[i]) == SEEK_NEW;
	seek_end(&seek, false);
	if (found != fresh)
		fail("the place was not found");
	result += found;
}

/* Windows of which half is new, and of which nothing is. */
MEASURED(seek)
{
	for (size_t i = 0; i < 2; i++) {
		match(&middle, WINDOW / 2);
		match(&near_end, 0);
	}
}

MEASURED(cursor)
{
	struct cursor cursor = { 0 };
	for (size_t i = 0; i < RECORDS; i++)
		cursor_advance(&cursor, &records[i]);
	result += cursor.records;
}

MEASURED(record_store)
{
	buf_clear(&stored);
	for (size_t i = 0; i < RECORDS; i++)
		if (record_store(&records[i], &stored) < 0)
			fail("no room");
}

MEASURED(record_load)
{
	struct record record;
	for (const char *line = stored.bytes, *newline;
	     (newline = memchr(line, '\n', (size_t)(stored.bytes + stored.len - line))); line = newline + 1) {
		if (!record_load(line, (size_t)(newline - line), &record))
			fail("not what was stored");
		result += record.len;
	}
}

static struct logfile file;

MEASURED(logfile)
{
	struct error err;
	for (size_t i = 0; i < RECORDS; i++)
		if (logfile_append(&file, &records[i], &err) < 0)
			fail(err.text);
	if (logfile_flush(&file, &err) < 0)
		fail(err.text);
}

static const char scratch_name[] = "scratch.log";
static int scratch = -1;

static void open_scratch(void)
{
	static char path[] = "/tmp/purser-pure-XXXXXX";
	struct error err;
	if (!mkdtemp(path) || (scratch = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 ||
	    logfile_open(&file, scratch, scratch_name, 0, &err) < 0)
		fail("no scratch file");
}

static void close_scratch(void)
{
	char path[64], target[4096];
	snprintf(path, sizeof path, "/proc/self/fd/%d", scratch);
	ssize_t len = readlink(path, target, sizeof target - 1);
	logfile_close(&file);
	unlinkat(scratch, scratch_name, 0);
	if (len > 0) {
		target[len] = 0;
		rmdir(target);
	}
	close(scratch);
}

/* ---- */

static const struct part {
	const char *name, *unit;
	unsigned operations;
	void (*run)(void);
} parts[] = {
	{ "words", "line", REPEATS, measured_words },
	{ "command", "call", REPEATS, measured_command },
	{ "complete", "Tab among 1,000", REPEATS / 100, measured_complete },
	{ "frames", "record", RECORDS, measured_frames },
	{ "jsonfile", "record", RECORDS, measured_jsonfile },
	{ "framer", "record", RECORDS, measured_framer },
	{ "framer_raw", "record", RECORDS, measured_framer_raw },
	{ "seek", "record of a window", 4 * WINDOW, measured_seek },
	{ "cursor", "record", RECORDS, measured_cursor },
	{ "record_store", "record", RECORDS, measured_record_store },
	{ "record_load", "record", RECORDS, measured_record_load },
	{ "logfile", "record appended", RECORDS, measured_logfile },
};

static void prepare(void)
{
	struct error err;
	buf_init(&texts, 64u << 20);
	buf_init(&wire, 64u << 20);
	buf_init(&framed, 64u << 20);
	buf_init(&json, 64u << 20);
	buf_init(&stored, 64u << 20);
	make_records();
	make_wire();
	make_frames();
	make_json();
	for (size_t i = 0; i < RECORDS; i++) {
		record_store(&records[i], &stored);
		if (i < RECORDS - WINDOW / 2)
			cursor_advance(&middle, &records[i]);
		cursor_advance(&near_end, &records[i]);
	}
	make_seen();
	for (size_t i = 0; i < ARRAY_LEN(typed); i++)
		if (words_split(typed[i], strlen(typed[i]), WORDS_WHOLE, &split[i], &err) < 0)
			fail(err.text);
	open_scratch();
}

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 1 && i < ARRAY_LEN(parts); i++)
		printf("%s\t%u\t%s\n", parts[i].name, parts[i].operations, parts[i].unit);
	if (argc == 1)
		return 0;
	prepare();
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (!strcmp(parts[i].name, argv[1]))
			parts[i].run();
	close_scratch();
	fprintf(stderr, "result %llu\n", (unsigned long long)result);
	return 0;
}
