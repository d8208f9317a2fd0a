/*
 * The way from windows to stored logs under everything that can happen to files: a crash or an error at each single call, torn writes,
 * crashes while recovering, a loss of power, somebody's hands. The engine is a model; the files are real.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/text.h"
#include "logs/intake.h"
#include "logs/scan.h"
#include "logs/upkeep.h"
#include "faults.h"
#include "scratch.h"
#include "suite.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define FIRST_TIME INT64_C(1795320239283805114) /* 2026-11-22T04:03:59.283805114Z */
#define RECORDS_MAX 4000

/* ---- the engine ---- */

static struct {
	struct record records[RECORDS_MAX];
	char bytes[RECORDS_MAX][120];
	size_t nr, dropped;
	moment now, line_at[3];
	unsigned parts[3];
	bool sticky;         /* `since` is asked of records until one is not before it; of each where it is not */
	size_t hidden, late; /* records not given for a window's `since`; given though they are before it */
} engine;

static void engine_clear(void)
{
	memset(&engine, 0, sizeof engine);
	engine.now = FIRST_TIME;
}

static void engine_add(moment at, enum stream stream, bool partial, const char *bytes, size_t len)
{
	ck_assert_uint_lt(engine.nr, RECORDS_MAX);
	memcpy(engine.bytes[engine.nr], bytes, len);
	engine.records[engine.nr] = (struct record){ at, stream, partial, engine.bytes[engine.nr], len };
	engine.nr++;
}

/* Empty lines, equal lines, bytes of any kind, times that go back, lines in parts that bear the time of the first. */
static void engine_write(size_t records)
{
	for (size_t i = 0; i < records; i++) {
		enum stream stream = random_below(3) ? STREAM_STDOUT : STREAM_STDERR;
		char bytes[100];
		size_t len = random_below(sizeof bytes);
		for (size_t b = 0; b < len; b++) {
			bytes[b] = random_below(4) ? 'x' : (char)random_next();
			bytes[b] = bytes[b] == '\n' ? '\0' : bytes[b];
		}
		if (engine.parts[stream]) {
			bool last = --engine.parts[stream] == 0;
			engine_add(engine.line_at[stream], stream, !last, "part", 4);
			continue;
		}
		engine.now += random_below(20) ? 1 + (moment)random_below(1000000) : -5000000000 + (moment)random_below(1000000);
		if (!random_below(8)) {
			engine.parts[stream] = 1 + random_below(5);
			engine.line_at[stream] = engine.now;
			engine_add(engine.now, stream, true, "part", 4);
		} else {
			engine_add(engine.now, stream, false, bytes, len);
		}
	}
}

/*
 * What a window with a `since` begins with, and what is left out of it: docker before 24 leaves out every record that is before that time, later
 * ones only what comes before the first that is not (moby daemon/logger/loggerutils/logfile.go, forwarder.Do).
 */
static bool engine_gives(moment at, int64_t since, bool *reached)
{
	bool before = at < since * MOMENT_SECOND;
	*reached |= !before;
	bool given = engine.sticky ? *reached : !before;
	engine.hidden += !given;
	engine.late += given && before;
	return given;
}

/* ---- purser ---- */

static struct purser {
	struct store store;
	struct journal journal;
	struct intake intake;
	struct upkeep upkeep;
} purser;

static struct keeping keeping;
static const char *name = "web";

static bool everything_is_tracked(void *arg UNUSED, const char *id UNUSED)
{
	return true;
}

static int purser_start(struct error *err)
{
	pid_t holder;
	purser.journal.fd = -1;
	if (store_open(&purser.store, scratch_path, &keeping, err) < 0)
		return -1;
	if (store_lock(&purser.store, &holder, err) != 0 || journal_open(&purser.journal, purser.store.dir, err) < 0) {
		store_close(&purser.store);
		return -1;
	}
	intake_init(&purser.intake, &purser.store, ID, name);
	purser.intake.diary.journal = &purser.journal;
	upkeep_init(&purser.upkeep, &purser.store, &purser.journal);
	return 0;
}

static void purser_end(void)
{
	intake_close(&purser.intake);
	upkeep_stop(&purser.upkeep);
	journal_close(&purser.journal);
	store_close(&purser.store);
}

/* What a follower does until it has everything up to `nr`; -1 when that fails. */
static int poll_up_to(size_t nr, struct error *err)
{
	struct intake *intake = &purser.intake;
	for (unsigned windows = 0; windows < 30; windows++) {
		if (intake_open(intake, FIRST_TIME, err) < 0)
			return -1;
		struct window window = intake_plan(intake);
		size_t first = engine.dropped;
		bool reached = false;
		int failed = 0;
		if (window.tail != TAIL_ALL && nr - first > (size_t)window.tail)
			first = nr - (size_t)window.tail;
		intake_begin(intake, &window);
		for (size_t i = first; i < nr && !failed; i++)
			if (engine_gives(engine.records[i].at, window.since, &reached))
				failed = intake_take(intake, &engine.records[i], err);
		if (failed) {
			intake_break(intake);
			if (!intake->too_small)
				return -1;
			continue;
		}
		int outcome = intake_end(intake, true, err);
		if (outcome)
			return outcome < 0 ? -1 : 0;
	}
	return error_set(err, ERROR_FAILED, "the end was not found in 30 windows");
}

static void keep_up(void)
{
	upkeep_now(&purser.upkeep);
	do
		upkeep_step(&purser.upkeep, everything_is_tracked, NULL);
	while (purser.upkeep.pack.active);
	journal_flush(&purser.journal);
}

static void rename_container(const char *to)
{
	intake_close(&purser.intake);
	diary_renamed(&purser.intake.diary, to);
}

/* ---- what must be ---- */

/* Checks that the stored records are these of the engine's, each once. */
static void stored_must_be(const size_t *places, size_t nr)
{
	SCOPED(shelf_release) struct shelf_files files;
	struct store store;
	struct record record;
	struct error err;
	struct scan scan;
	size_t at = 0;
	int more;
	ck_assert_int_eq(store_open(&store, scratch_path, &keeping, &err), 0);
	shelf_of(&store, ID, NULL, &files);
	scan_init(&scan, store.dir, &files, (struct place){ 0 });
	while ((more = scan_next(&scan, &record, &err)) > 0) {
		ck_assert_msg(at < nr, "more than %zu records are stored", nr);
		const struct record *should = &engine.records[places[at]];
		ck_assert_msg(record_digest(&record) == record_digest(should), "stored record %zu is not record %zu", at, places[at]);
		at++;
	}
	ck_assert_msg(more == 0, "%s", err.text);
	ck_assert_msg(at == nr, "%zu records are stored instead of %zu", at, nr);
	scan_release(&scan);
	store_close(&store);
}

static void stored_must_be_all_but(size_t from, size_t to)
{
	static size_t places[RECORDS_MAX];
	size_t nr = 0;
	for (size_t i = 0; i < engine.nr; i++)
		if (i < from || i >= to)
			places[nr++] = i;
	stored_must_be(places, nr);
}

static int count_gap(void *arg, const struct mark *mark, struct error *err UNUSED)
{
	life_recall(arg, mark);
	return 0;
}

static uint64_t gaps_written_down(void)
{
	struct life life = { 0 };
	struct error err;
	ck_assert_int_eq(journal_each(scratch, ID, count_gap, &life, &err), 0);
	return life.gaps;
}

/* Nothing is left lying about. */
static void only_known_files(const char *called)
{
	DIR *dir = opendir(scratch_path);
	for (struct dirent *item; (item = readdir(dir));) {
		char whole[LOG_NAME_MAX + 1], should[64];
		struct log_part part;
		bool known = item->d_name[0] == '.' || !strcmp(item->d_name, "journal.jsonl") || !strcmp(item->d_name, "collector.lock");
		snprintf(should, sizeof should, "%.12s+%s.log", ID, called);
		known |= log_part_read(item->d_name, whole, &part) && !strcmp(whole, should);
		ck_assert_msg(known, "%s was left", item->d_name);
	}
	closedir(dir);
}

static void empty_directory(void)
{
	scratch_empty(openat(scratch, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)); /* one of its own, which begins at the beginning */
}

static void setup(void)
{
	scratch_make();
	random_start(random_seed());
	engine_clear();
	keeping = (struct keeping){ 0 };
	name = "web";
}

static void teardown(void)
{
	scratch_remove();
}

/* ---- a life, to be interrupted ---- */

#define STEPS 6
#define STEP_RECORDS 40

/* Polls as the log grows; it is rotated and compressed, and the container renamed on the way. */
static int live(struct error *err)
{
	if (purser_start(err) < 0)
		return -1;
	int failed = 0;
	for (size_t step = 1; step <= STEPS && !failed; step++) {
		if (step == STEPS / 2)
			rename_container("api");
		failed = poll_up_to(step * STEP_RECORDS, err);
		keep_up();
	}
	purser_end();
	return failed;
}

/* As the next purser does it, to which the container is known by its new name. */
static int recover(struct error *err)
{
	name = "api";
	if (purser_start(err) < 0)
		return -1;
	int failed = poll_up_to(engine.nr, err);
	if (!failed)
		keep_up();
	purser_end();
	return failed;
}

static void must_recover(void)
{
	struct error err;
	ck_assert_msg(recover(&err) == 0, "%s", err.text);
}

typedef int part_of_life(struct error *err);

/* Runs it in a process that dies at the call number `at`; false if it came to its end before. */
static bool dies_at(part_of_life *life, enum fault how, unsigned long at)
{
	pid_t child = fork();
	if (child == 0) {
		struct error err;
		faults_start(how, 0, at);
		int failed = life(&err);
		faults_end();
		_exit(failed ? 1 : 0);
	}
	int status;
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFEXITED(status) && (WEXITSTATUS(status) == FAULT_STATUS || WEXITSTATUS(status) == 0), "status %x at call %lu", status, at);
	return WEXITSTATUS(status) == FAULT_STATUS;
}

static void must_be_whole(void)
{
	stored_must_be_all_but(0, 0);
	ck_assert_uint_eq(gaps_written_down(), 0);
	only_known_files("api");
}

static void crash_everywhere(enum fault how, unsigned long least)
{
	unsigned long points = 0;
	engine_write(STEPS * STEP_RECORDS);
	while (dies_at(live, how, points + 1)) {
		points++;
		must_recover();
		must_be_whole();
		must_recover(); /* once more changes nothing */
		must_be_whole();
		empty_directory();
		name = "web";
	}
	must_be_whole();
	ck_assert_uint_ge(points, least);
	printf("crash points: %lu, %s\n", points, how == FAULT_TEAR ? "writes torn" : "calls not made");
}

START_TEST(killed_before_each_call)
{
	keeping = (struct keeping){ .max_size = 4096, .pack = true };
	crash_everywhere(FAULT_DIE, 60);
}
END_TEST

START_TEST(killed_in_the_middle_of_each_write)
{
	keeping = (struct keeping){ .max_size = 4096, .pack = true };
	crash_everywhere(FAULT_TEAR, 60);
}
END_TEST

START_TEST(killed_without_rotation)
{
	crash_everywhere(FAULT_TEAR, 15);
}
END_TEST

START_TEST(killed_again_while_recovering)
{
	unsigned long points = 0, tried = 0;
	keeping = (struct keeping){ .max_size = 4096, .pack = true };
	engine_write(STEPS * STEP_RECORDS);
	for (;; points++) {
		name = "web";
		if (!dies_at(live, FAULT_TEAR, points + 1))
			break;
		for (unsigned long again = 1 + random_below(3); dies_at(recover, FAULT_TEAR, again); again += 1 + random_below(12))
			tried++;
		must_recover();
		must_be_whole();
		empty_directory();
	}
	ck_assert_uint_gt(tried, points);
	printf("crash points: %lu, crashes while recovering: %lu\n", points, tried);
}
END_TEST

/* Another template for the names, another way of keeping: nothing but names changes. */
START_TEST(killed_while_names_change)
{
	unsigned long points = 0;
	keeping = (struct keeping){ .max_size = 4096 };
	engine_write(STEPS * STEP_RECORDS);
	for (;; points++) {
		struct error err;
		keeping = (struct keeping){ .max_size = 4096 };
		ck_assert_int_eq(live(&err), 0);
		keeping = (struct keeping){ .max_size = 8192, .pack = true, .template = "%n-%d-%I" };
		bool died = dies_at(recover, FAULT_TEAR, points + 1);
		must_recover();
		stored_must_be_all_but(0, 0);
		ck_assert_uint_eq(gaps_written_down(), 0);
		SCOPED(shelf_release) struct shelf_files files;
		shelf_siblings(scratch, "api-2026-11-22-" ID ".log", &files);
		ck_assert_uint_gt(files.nr, 3);
		empty_directory();
		name = "web";
		if (!died)
			break;
	}
	ck_assert_uint_gt(points, 10);
}
END_TEST

/* ---- errors ---- */

/* Polls again after a failure, as a follower does. */
static void go_on_to(size_t nr)
{
	struct error err = { 0 };
	for (unsigned tries = 0; tries < 4; tries++)
		if (poll_up_to(nr, &err) == 0)
			return;
	ck_abort_msg("%s", err.text);
}

/* The same life, with one call that fails, or all from there on for a while. */
static bool fails_at(enum fault how, int error, unsigned long at)
{
	struct error err;
	name = "web";
	ck_assert_int_eq(purser_start(&err), 0);
	faults_start(how, error, at);
	for (size_t step = 1; step <= STEPS; step++) {
		if (step == STEPS / 2)
			rename_container("api");
		poll_up_to(step * STEP_RECORDS, &err);
		keep_up();
		if (how == FAULT_BROKEN && faults.calls > at + 20)
			faults_end();
	}
	bool happened = faults_end() || faults.calls >= at;
	go_on_to(engine.nr);
	keep_up();
	purser_end();
	return happened;
}

static void fail_everywhere(enum fault how, int error)
{
	unsigned long points = 0;
	keeping = (struct keeping){ .max_size = 4096, .pack = true };
	engine_write(STEPS * STEP_RECORDS);
	while (fails_at(how, error, points + 1)) {
		points++;
		stored_must_be_all_but(0, 0);
		ck_assert_uint_eq(gaps_written_down(), 0);
		must_recover();
		must_be_whole();
		empty_directory();
	}
	ck_assert_uint_gt(points, 60);
	printf("calls that fail: %lu, %s%s\n", points, how == FAULT_SHORT ? "short writes" : strerror(error), how == FAULT_BROKEN ? ", for long" : "");
}

START_TEST(no_space_at_each_call)
{
	fail_everywhere(FAULT_ERROR, ENOSPC);
}
END_TEST

START_TEST(no_space_for_some_time)
{
	fail_everywhere(FAULT_BROKEN, ENOSPC);
}
END_TEST

START_TEST(an_io_error_at_each_call)
{
	fail_everywhere(FAULT_ERROR, EIO);
}
END_TEST

START_TEST(read_only_for_some_time)
{
	fail_everywhere(FAULT_BROKEN, EROFS);
}
END_TEST

START_TEST(no_descriptors_for_some_time)
{
	fail_everywhere(FAULT_BROKEN, EMFILE);
}
END_TEST

START_TEST(each_write_is_short)
{
	fail_everywhere(FAULT_SHORT, 0);
}
END_TEST

/* ---- gaps ---- */

#define GAP_FROM 100
#define GAP_TO 150

static int live_up_to_the_gap(struct error *err)
{
	if (purser_start(err) < 0)
		return -1;
	int failed = poll_up_to(GAP_FROM, err);
	purser_end();
	return failed;
}

static int live_over_the_gap(struct error *err)
{
	if (purser_start(err) < 0)
		return -1;
	int failed = poll_up_to(engine.nr, err);
	purser_end();
	return failed;
}

/* Wherever it is killed: the gap is written down once, and not one record without it. */
START_TEST(a_gap_is_written_down_once)
{
	unsigned long points = 0;
	struct error err;
	for (bool died = true; died; points++) {
		engine_clear();
		random_start(7);
		engine_write(GAP_FROM);
		engine_add(++engine.now, STREAM_STDOUT, false, "last", 4);
		engine.nr--;
		engine.records[GAP_FROM - 1] = engine.records[GAP_FROM];
		engine.records[GAP_FROM - 1].bytes = memcpy(engine.bytes[GAP_FROM - 1], "last", 4);
		engine_write(150);
		engine.dropped = 0;
		ck_assert_int_eq(live_up_to_the_gap(&err), 0);
		engine.dropped = GAP_TO;
		died = dies_at(live_over_the_gap, points % 2 ? FAULT_TEAR : FAULT_DIE, points / 2 + 1);
		ck_assert_uint_le(gaps_written_down(), 1);
		ck_assert_msg(live_over_the_gap(&err) == 0, "%s", err.text);
		stored_must_be_all_but(GAP_FROM, GAP_TO);
		ck_assert_uint_eq(gaps_written_down(), 1);
		ck_assert_int_eq(live_over_the_gap(&err), 0);
		ck_assert_uint_eq(gaps_written_down(), 1);
		empty_directory();
	}
	ck_assert_uint_gt(points, 10);
}
END_TEST

/* A gap that cannot be written down is not passed over. */
START_TEST(what_is_behind_a_gap_waits_for_the_journal)
{
	struct error err;
	engine_write(GAP_FROM);
	engine.parts[STREAM_STDOUT] = engine.parts[STREAM_STDERR] = 0;
	engine_add(++engine.now, STREAM_STDOUT, false, "last", 4);
	ck_assert_int_eq(purser_start(&err), 0);
	ck_assert_int_eq(poll_up_to(engine.nr, &err), 0);
	size_t before = engine.nr;
	engine_write(100);
	engine.dropped = before + 50;
	fd_close(&purser.journal.fd);
	ck_assert_int_eq(poll_up_to(engine.nr, &err), -1);
	ck_assert_int_eq(poll_up_to(engine.nr, &err), -1);
	purser_end();
	static size_t places[RECORDS_MAX];
	for (size_t i = 0; i < before; i++)
		places[i] = i;
	stored_must_be(places, before);
	ck_assert_int_eq(live_over_the_gap(&err), 0);
	stored_must_be_all_but(before, before + 50);
	ck_assert_uint_eq(gaps_written_down(), 1);
}
END_TEST

/* ---- loss of power ---- */

/* Sectors that were not synced may be there or not, and the file be as long as it was or shorter. */
static void lose_power(const char *file, off_t synced)
{
	SCOPED(buf_release) struct buf bytes = BUF_INIT(16u * 1024 * 1024);
	scratch_read(file, &bytes);
	size_t size = bytes.len, kept = (size_t)synced < size ? (size_t)synced : size;
	if (size > kept && random_below(2))
		size = kept + random_below((unsigned)(size - kept) + 1);
	for (size_t sector = kept / 512; sector * 512 < size; sector++) {
		size_t from = sector * 512 < kept ? kept : sector * 512, to = (sector + 1) * 512 < size ? (sector + 1) * 512 : size;
		if (from % 512 == 0 && random_below(3) == 0)
			memset(bytes.bytes + from, 0, to - from);
	}
	scratch_write(file, bytes.bytes, size);
	scratch_write("collector.lock", "1 00000000-0000-0000-0000-000000000000\n", 39);
}

static int live_without_an_end(struct error *err)
{
	if (purser_start(err) < 0)
		return -1;
	for (size_t at = 0; at <= engine.nr; at += 40) {
		if (poll_up_to(at, err) < 0)
			return -1;
		if (at == engine.nr / 2)
			purser.intake.file.synced_ms = 0; /* in this time a second has gone by */
	}
	scratch_write("synced", &faults.synced, sizeof faults.synced);
	faults_die();
}

START_TEST(any_loss_of_power_is_mended)
{
	unsigned cut = 0;
	for (unsigned times = 0; times < random_tries(300); times++) {
		struct error err;
		off_t synced;
		engine_clear();
		engine_write(400);
		dies_at(live_without_an_end, FAULT_NONE, 0);
		SCOPED(buf_release) struct buf bytes = BUF_INIT(100);
		scratch_read("synced", &bytes);
		memcpy(&synced, bytes.bytes, sizeof synced);
		unlinkat(scratch, "synced", 0);
		lose_power("0123456789ab+web.log", synced);
		ck_assert_int_eq(purser_start(&err), 0);
		ck_assert(purser.store.power_lost);
		ck_assert_msg(poll_up_to(engine.nr, &err) == 0, "%s", err.text);
		purser_end();
		stored_must_be_all_but(0, 0);
		ck_assert_uint_eq(gaps_written_down(), 0);
		SCOPED(buf_release) struct buf journal = BUF_INIT(100000);
		scratch_read("journal.jsonl", &journal);
		cut += strstr(buf_text(&journal), "did not survive a loss of power") != NULL;
		empty_directory();
	}
	ck_assert_uint_gt(cut, 0);
}
END_TEST

START_TEST(closed_in_good_order_power_is_not_lost)
{
	struct error err;
	engine_write(10);
	ck_assert_int_eq(live_over_the_gap(&err), 0);
	ck_assert_int_eq(purser_start(&err), 0);
	ck_assert(!purser.store.power_lost);
	purser_end();
}
END_TEST

/* An fdatasync that failed once: the bytes are written again before it is believed. */
START_TEST(what_did_not_reach_the_disk_is_written_again)
{
	struct error err;
	engine_write(400);
	ck_assert_int_eq(purser_start(&err), 0);
	ck_assert_int_eq(poll_up_to(100, &err), 0);
	purser.intake.file.synced_ms = 0;
	faults_start(FAULT_ERROR, EIO, 2); /* the write before it is the first call */
	ck_assert_int_eq(poll_up_to(200, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "fdatasync"));
	faults_end();
	ck_assert(purser.intake.file.distrusted);
	off_t unsynced = purser.intake.file.unsynced;
	ck_assert_int_gt(unsynced, 0);
	ck_assert_int_eq(faults.written_again, 0);
	ck_assert_int_eq(poll_up_to(400, &err), 0);
	ck_assert(!purser.intake.file.distrusted);
	ck_assert_int_eq(faults.written_again, unsynced);
	purser_end();
	stored_must_be_all_but(0, 0);
}
END_TEST

/* ---- somebody's hands ---- */

#define LOG "0123456789ab+web.log"

static void start_with(size_t records)
{
	struct error err;
	engine_write(records);
	for (enum stream stream = STREAM_STDOUT; stream <= STREAM_STDERR; stream++)
		while (engine.parts[stream])
			engine_add(engine.line_at[stream], stream, --engine.parts[stream] > 0, "part", 4);
	ck_assert_int_eq(purser_start(&err), 0);
	ck_assert_int_eq(poll_up_to(engine.nr, &err), 0);
	purser_end();
}

static void go_on_with(size_t records)
{
	struct error err;
	engine_write(records);
	ck_assert_int_eq(purser_start(&err), 0);
	ck_assert_msg(poll_up_to(engine.nr, &err) == 0, "%s", err.text);
	purser_end();
}

static size_t count_lines(const struct buf *bytes)
{
	return text_lines(buf_text(bytes), bytes->len);
}

/* Lines at the end that nobody but somebody wrote: it goes on behind them, and says that it is not sure. */
START_TEST(lines_added_by_somebody)
{
	SCOPED(buf_release) struct buf bytes = BUF_INIT(1 << 20), after = BUF_INIT(1 << 20);
	start_with(200);
	size_t before = engine.nr;
	scratch_read(LOG, &bytes);
	buf_add_text(&bytes, "2026-11-23T04:03:59.283805114Z stdout F I was here\n# and here\n");
	scratch_write(LOG, bytes.bytes, bytes.len);
	go_on_with(100);
	scratch_read(LOG, &after);
	ck_assert_int_eq(memcmp(after.bytes, bytes.bytes, bytes.len), 0);
	buf_drop(&after, bytes.len);
	ck_assert_uint_eq(count_lines(&after), engine.nr - before);
	ck_assert_uint_eq(gaps_written_down(), 1);
	go_on_with(50);
	ck_assert_uint_eq(gaps_written_down(), 1);
}
END_TEST

/* Some lines near the end have another text, as after sed -i. */
START_TEST(lines_changed_by_somebody)
{
	SCOPED(buf_release) struct buf bytes = BUF_INIT(1 << 20), after = BUF_INIT(1 << 20);
	for (unsigned times = 0; times < random_tries(30); times++) {
		engine_clear();
		buf_clear(&bytes);
		start_with(300);
		scratch_read(LOG, &bytes);
		size_t before = engine.nr, changed = 0;
		for (char *line = bytes.bytes; line < bytes.bytes + bytes.len; line = strchr(line, '\n') + 1) {
			size_t len = (size_t)((char *)memchr(line, '\n', (size_t)(bytes.bytes + bytes.len - line)) - line);
			if (len > RECORD_HEAD_LEN && (random_below(2) || line + len + 2 >= bytes.bytes + bytes.len)) {
				line[RECORD_HEAD_LEN] ^= 1;
				line[RECORD_HEAD_LEN] = line[RECORD_HEAD_LEN] == '\n' ? 'n' : line[RECORD_HEAD_LEN];
				changed++;
			}
			line = memchr(line, '\n', (size_t)(bytes.bytes + bytes.len - line));
			if (line + 1 >= bytes.bytes + bytes.len)
				break;
		}
		ck_assert_uint_gt(changed, 50);
		scratch_write(LOG, bytes.bytes, bytes.len);
		go_on_with(100);
		scratch_read(LOG, &after);
		ck_assert_int_eq(memcmp(after.bytes, bytes.bytes, bytes.len), 0);
		buf_drop(&after, bytes.len);
		size_t added = count_lines(&after);
		/* What follows the last line that is still as it was comes (again), nothing from before that. */
		ck_assert_uint_ge(added, engine.nr - before);
		ck_assert_uint_le(added, engine.nr - before + 64);
		empty_directory();
	}
}
END_TEST

START_TEST(lines_cut_off_by_somebody)
{
	SCOPED(buf_release) struct buf bytes = BUF_INIT(1 << 20);
	start_with(300);
	scratch_read(LOG, &bytes);
	for (unsigned times = 0; times < random_tries(50); times++) {
		scratch_write(LOG, bytes.bytes, random_below((unsigned)bytes.len));
		go_on_with(0);
		stored_must_be_all_but(0, 0);
	}
	ck_assert_uint_eq(gaps_written_down(), 0);
}
END_TEST

/* While it is open: what was taken away stays away, and that is written down once. */
START_TEST(a_log_taken_away_while_it_is_open)
{
	struct error err;
	static size_t places[RECORDS_MAX];
	engine_write(300);
	ck_assert_int_eq(purser_start(&err), 0);
	ck_assert_int_eq(poll_up_to(100, &err), 0);
	unlinkat(scratch, LOG, 0);
	ck_assert_int_eq(poll_up_to(200, &err), 0);
	ck_assert(purser.intake.change_found);
	ck_assert_int_eq(poll_up_to(300, &err), 0);
	ck_assert(!purser.intake.change_found);
	purser_end();
	for (size_t i = 0; i < 200; i++)
		places[i] = 100 + i;
	stored_must_be(places, 200);
	SCOPED(buf_release) struct buf journal = BUF_INIT(100000);
	scratch_read("journal.jsonl", &journal);
	ck_assert_uint_eq(count_lines(&journal), 1);
	ck_assert_ptr_nonnull(strstr(buf_text(&journal), "\"changed\""));
}
END_TEST

/* ---- windows that are bounded by a time ---- */

#define HOUR (3600 * MOMENT_SECOND)

/* Days pass, and the clock is put back by hours, though never by a day; neighbours have one time, and are alike. */
static void engine_write_for_days(size_t records)
{
	for (size_t i = 0; i < records; i++) {
		static const char bytes[] = "aaaa";
		moment ahead = random_below(8) ? 0 : (moment)random_below(60) * HOUR;
		engine.line_at[0] += ahead; /* the latest time there was */
		if (ahead || random_below(2))
			engine.now = engine.line_at[0] - (moment)random_below(24) * HOUR + (moment)engine.nr;
		engine_add(engine.now, random_below(2) ? STREAM_STDOUT : STREAM_STDERR, false, bytes, random_below(sizeof bytes));
	}
}

static void poll_for_days(bool sticky)
{
	struct error err;
	engine_clear();
	engine.sticky = sticky;
	engine.now = engine.line_at[0] = 1000000000 * MOMENT_SECOND; /* long ago: the bound is a matter of the records' times */
	ck_assert_int_eq(purser_start(&err), 0);
	while (engine.nr < 1500) {
		engine_write_for_days(random_below(40));
		ck_assert_msg(poll_up_to(engine.nr, &err) == 0, "%s", err.text);
		if (!random_below(10))
			intake_close(&purser.intake);
	}
	purser_end();
	stored_must_be_all_but(0, 0);
	ck_assert_uint_eq(gaps_written_down(), 0);
	empty_directory();
}

START_TEST(bounded_by_a_time_in_either_way)
{
	for (unsigned i = 0; i < 10; i++) {
		poll_for_days(false);
		ck_assert(engine.hidden > 0 && engine.late == 0);
		poll_for_days(true);
		ck_assert(engine.hidden > 0 && engine.late > 0);
	}
}
END_TEST

/* ---- rotation ---- */

/* Whatever its limit: the files are one log, none is much larger than the limit unless a line is, and the place is found again each time. */
START_TEST(rotated_at_any_size)
{
	static const off_t sizes[] = { 1, 100, 1000, 4096, 20000 };
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct error err;
		engine_clear();
		keeping.max_size = sizes[i];
		engine_write(1000);
		for (size_t at = 0; at <= engine.nr; at += 1 + random_below(150)) {
			ck_assert_int_eq(purser_start(&err), 0);
			ck_assert_msg(poll_up_to(at, &err) == 0, "%s", err.text);
			if (random_below(2))
				ck_assert_int_eq(poll_up_to(at, &err), 0);
			purser_end();
		}
		must_recover();
		stored_must_be_all_but(0, 0);
		ck_assert_uint_eq(gaps_written_down(), 0);
		name = "web";
		empty_directory();
	}
}
END_TEST

/* Kept are only so many files; what is deleted is what is oldest, and it is still known where the log goes on. */
START_TEST(the_anchor_survives_deletion)
{
	struct error err;
	static size_t places[RECORDS_MAX];
	keeping = (struct keeping){ .max_size = 2000, .max_files = 2, .pack = true };
	engine_write(1000);
	for (size_t at = 0; at < engine.nr; at += 1 + random_below(60)) {
		ck_assert_int_eq(purser_start(&err), 0);
		ck_assert_msg(poll_up_to(at, &err) == 0, "%s", err.text);
		keep_up();
		purser_end();
	}
	go_on_with(0);
	ck_assert_uint_eq(gaps_written_down(), 0);

	SCOPED(shelf_release) struct shelf_files files;
	uint64_t lines, bytes;
	shelf_siblings(scratch, LOG, &files);
	ck_assert_uint_le(files.nr, 3);
	ck_assert_int_eq(scan_count(scratch, &files, &lines, &bytes, &err), 0);
	ck_assert_uint_gt(lines, 5);
	ck_assert_uint_lt(lines, 400);
	for (size_t i = 0; i < lines; i++)
		places[i] = engine.nr - lines + i;
	stored_must_be(places, lines);
}
END_TEST

static Suite *intake_suite(void)
{
	Suite *suite = suite_create("intake");
	TCase *tcase = tcase_create("intake");
	const TTest *const tests[] = {
		killed_before_each_call,
		killed_in_the_middle_of_each_write,
		killed_without_rotation,
		killed_again_while_recovering,
		killed_while_names_change,
		no_space_at_each_call,
		no_space_for_some_time,
		an_io_error_at_each_call,
		read_only_for_some_time,
		no_descriptors_for_some_time,
		each_write_is_short,
		a_gap_is_written_down_once,
		what_is_behind_a_gap_waits_for_the_journal,
		any_loss_of_power_is_mended,
		closed_in_good_order_power_is_not_lost,
		what_did_not_reach_the_disk_is_written_again,
		lines_added_by_somebody,
		lines_changed_by_somebody,
		lines_cut_off_by_somebody,
		a_log_taken_away_while_it_is_open,
		bounded_by_a_time_in_either_way,
		rotated_at_any_size,
		the_anchor_survives_deletion,
	};
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 120);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(intake_suite)
