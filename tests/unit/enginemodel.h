/*
 * An engine that writes real log files, in any of the forms, and a purser without processes that stores them: what tests of reading those files
 * share. Each record has its number in its bytes.
 */
#ifndef PURSER_TESTS_ENGINEMODEL_H
#define PURSER_TESTS_ENGINEMODEL_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logs/reading.h"
#include "logs/scan.h"
#include "logs/shelf.h"
#include "scratch.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define NAME ID "-json.log"
#define FIRST_TIME INT64_C(1795320239283805114) /* 2026-11-22T04:03:59.283805114Z */
#define RECORDS_MAX 60000
#define LINE_MAX_LEN 400

static struct error err;

/* ---- the engine ---- */

/* Its newest records are in its files, oldest first; the last one is written to. */
static struct {
	struct record records[RECORDS_MAX];
	char bytes[RECORDS_MAX][40];
	size_t nr, dropped;
	moment now;
	bool continues; /* the line before has more parts */

	enum log_form form;
	char path[160];
	size_t written; /* records up to here are in the files */
	size_t torn;    /* bytes of the next one are, too */
} engine;

static inline void engine_begin(enum log_form form)
{
	memset(&engine, 0, sizeof engine);
	engine.now = FIRST_TIME;
	engine.form = form;
	mkdirat(scratch, "engine", 0700);
	snprintf(engine.path, sizeof engine.path, "%s/engine/" NAME, scratch_path);
	scratch_write("engine/" NAME, "", 0);
}

static inline int engine_line(const struct record *record, char line[LINE_MAX_LEN])
{
	char at[MOMENT_TEXT_LEN + 1];
	moment_format(record->at, at);
	if (engine.form == LOG_FORM_K8S) /* conmon writes an offset */
		return snprintf(line, LINE_MAX_LEN, "%.29s+00:00 %s %c %.*s\n", at, record->stream == STREAM_STDERR ? "stderr" : "stdout",
				record->partial ? 'P' : 'F', (int)record->len, record->bytes);
	return snprintf(line, LINE_MAX_LEN, "{\"log\":\"%.*s%s\",\"stream\":\"%s\",\"time\":\"%s\"}\n", (int)record->len, record->bytes,
			record->partial ? "" : "\\n", record->stream == STREAM_STDERR ? "stderr" : "stdout", at);
}

/* Up to the record `nr`, and of that one `torn` bytes. */
static inline void engine_flush(size_t nr, size_t torn)
{
	SCOPED(buf_release) struct buf lines = BUF_INIT(64u << 20);
	SCOPED(fd_close) int fd = openat(scratch, "engine/" NAME, O_WRONLY | O_APPEND | O_CLOEXEC);
	char line[LINE_MAX_LEN];
	for (; engine.written < nr; engine.written++, engine.torn = 0) {
		size_t len = (size_t)engine_line(&engine.records[engine.written], line);
		buf_add(&lines, line + engine.torn, len - engine.torn);
	}
	if (torn) {
		engine_line(&engine.records[nr], line);
		buf_add(&lines, line, torn);
		engine.torn = torn;
	}
	ck_assert_int_ge(fd, 0);
	ck_assert_uint_eq(fd_write_all(fd, buf_text(&lines), lines.len), lines.len);
}

/* Each has its number in its bytes. Equal times, times that go back, lines in parts with the time of the first. */
static inline void engine_add(size_t records)
{
	for (size_t i = 0; i < records; i++, engine.nr++) {
		ck_assert_uint_lt(engine.nr, RECORDS_MAX);
		struct record *record = &engine.records[engine.nr];
		if (!engine.continues && random_below(5))
			engine.now += random_below(20) ? 1 + (moment)random_below(1000000) : -5000000000 + (moment)random_below(1000000);
		record->bytes = engine.bytes[engine.nr];
		record->len = (size_t)snprintf(engine.bytes[engine.nr], sizeof engine.bytes[0], "%zu:%.*s", engine.nr, (int)random_below(20),
					       "and it says no more");
		record->stream = engine.continues ? engine.records[engine.nr - 1].stream : random_below(3) ? STREAM_STDOUT : STREAM_STDERR;
		record->at = engine.now;
		record->partial = engine.continues = random_below(8) == 0;
	}
}

static inline void engine_write(size_t records)
{
	engine_add(records);
	engine_flush(engine.nr, 0);
}

/* The beginning of a line, or what is left of one. */
static inline void engine_write_piece(void)
{
	if (engine.nr > engine.written || engine.nr + 1 >= RECORDS_MAX) {
		engine_flush(engine.nr, 0);
		return;
	}
	engine_add(1);
	engine_flush(engine.nr - 1, 1 + random_below(40));
}

/* ---- purser ---- */

static struct store store;
static struct journal journal;
static struct intake intake;
static struct shortcut shortcut;
static struct keeping keeping;
static struct rotations rotations;

static inline void purser_start(void)
{
	char path[160];
	pid_t holder;
	snprintf(path, sizeof path, "%s/store", scratch_path);
	journal.fd = -1;
	ck_assert_msg(store_open(&store, path, &keeping, &err) == 0, "%s", err.text);
	ck_assert_int_eq(store_lock(&store, &holder, &err), 0);
	ck_assert_int_eq(journal_open(&journal, store.dir, &err), 0);
	intake_init(&intake, &store, ID, "web");
	intake.diary.journal = &journal;
	rotations_open(&rotations);
	shortcut_init(&shortcut, &rotations);
	shortcut_set(&shortcut, engine.path, engine.form);
	shortcut.trust = SHORTCUT_PROVEN;
}

/* What is written stays, as after kill -9. */
static inline void purser_ends(void)
{
	shortcut_release(&shortcut);
	rotations_close(&rotations);
	intake_close(&intake);
	journal_close(&journal);
	store_close(&store);
}

static inline int open_log(void)
{
	if (!intake.opened)
		shortcut_lose_place(&shortcut);
	return intake_open(&intake, FIRST_TIME, &err);
}

/* Called between its steps, as docker may come in anywhere. */
static void (*meanwhile)(void);

static inline enum reading_state window_in_file(void)
{
	struct reading reading = { 0 };
	enum reading_state state;
	if (open_log() < 0)
		return READING_NOT_STORED;
	if (reading_start_in_file(&reading, &intake, &shortcut, &err) < 0)
		return READING_FAILED;
	ck_assert(reading_active(&reading));
	do {
		if (meanwhile)
			meanwhile();
		state = reading_step(&reading, &err);
	} while (state == READING_ON);
	ck_assert(!reading_active(&reading));
	return state;
}

typedef enum reading_state window_fn(void);

static inline void store_all(window_fn *window)
{
	enum reading_state state = READING_AGAIN;
	for (int windows = 0; windows < 30 && state == READING_AGAIN; windows++)
		state = window();
	ck_assert_msg(state == READING_STORED, "state %d: %s", state, err.text);
}

static inline int count_gap(void *count, const struct mark *mark, struct error *ignored UNUSED)
{
	if (mark->event == JOURNAL_GAP)
		++*(size_t *)count;
	return 0;
}

static inline size_t gaps_told(void)
{
	size_t gaps = 0;
	ck_assert_int_eq(journal_each(store.dir, ID, count_gap, &gaps, &err), 0);
	return gaps;
}

/* Each once, in the engine's order; what is lacking is what it dropped, and was told. Returns how many holes there are. */
static inline size_t stored_must_be_right(bool up_to_date)
{
	SCOPED(shelf_release) struct shelf_files files;
	struct record record;
	struct scan scan;
	size_t next = 0, holes = 0, gaps = gaps_told();
	int more;
	shelf_of(&store, ID, NULL, &files);
	scan_init(&scan, store.dir, &files, (struct place){ 0 });
	while ((more = scan_next(&scan, &record, &err)) > 0) {
		size_t is = strtoul(record.bytes, NULL, 10);
		ck_assert_msg(is >= next, "record %zu is stored again behind %zu", is, next);
		ck_assert_msg(is == next || is <= engine.dropped, "from record %zu up to %zu is not stored, and was dropped only up to %zu",
			      next, is, engine.dropped);
		ck_assert_uint_lt(is, engine.nr);
		ck_assert_msg(record_digest(&record) == record_digest(&engine.records[is]), "record %zu is stored as another", is);
		holes += is > next && next > 0;
		next = is + 1;
	}
	ck_assert_msg(more == 0, "%s", err.text);
	bool has_none = engine.dropped == engine.written;
	ck_assert_msg(!up_to_date || has_none || next == engine.written, "%zu records are stored of %zu", next, engine.written);
	ck_assert_msg(holes <= gaps, "%zu holes, %zu gaps told", holes, gaps);
	ck_assert_msg(engine.dropped || !gaps, "%zu gaps told, and nothing was dropped", gaps);
	scan_release(&scan);
	return holes;
}

static inline void empty_directory(void)
{
	scratch_empty(openat(scratch, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static inline int open_files(void)
{
	int nr = 0;
	for (int fd = 0; fd < 512; fd++)
		nr += fcntl(fd, F_GETFD) >= 0;
	return nr;
}

#endif
