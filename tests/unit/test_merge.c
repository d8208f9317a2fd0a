#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "logs.h"
#include "logs/merge.h"
#include "scratch.h"
#include "suite.h"

#define LOGS_MAX 300
#define RECORDS_MAX 6000

static struct store store;
static struct merge merge;
static struct error err;

static void setup(void)
{
	static const struct keeping keeping;
	scratch_make();
	random_start(random_seed());
	ck_assert_int_eq(store_open(&store, scratch_path, &keeping, &err), 0);
	merge_init(&merge, &store);
}

static void teardown(void)
{
	merge_release(&merge);
	store_close(&store);
	scratch_remove();
}

/* ---- what one log has, and writing it ---- */

struct entry {
	moment at;
	bool partial;
};

static struct written {
	char id[16], name[16], file[LOG_NAME_MAX + 1];
	struct buf bytes; /* of the file that is written to */
	unsigned rotated;
	struct entry entries[RECORDS_MAX / 20];
	size_t nr, taken;
	moment last;
} * logs;
static size_t logs_nr;

static void begin_logs(size_t nr)
{
	logs = xcalloc(nr, sizeof *logs);
	logs_nr = nr;
	for (size_t i = 0; i < nr; i++) {
		snprintf(logs[i].id, sizeof logs[i].id, "%012zx", i + 0xabc000000000);
		snprintf(logs[i].name, sizeof logs[i].name, "c%03zu", (i * 7) % nr); /* names have another order */
		snprintf(logs[i].file, sizeof logs[i].file, "%s+%s.log", logs[i].id, logs[i].name);
		buf_init(&logs[i].bytes, 64u * 1024 * 1024);
		logs[i].last = 1000;
	}
}

static void end_logs(void)
{
	for (size_t i = 0; i < logs_nr; i++)
		buf_release(&logs[i].bytes);
	free(logs);
}

static void rotate(struct written *log)
{
	char rotated[LOG_NAME_MAX + 1];
	log_part_make(log->file, &(struct log_part){ ++log->rotated, false }, rotated);
	scratch_write(log->file, buf_text(&log->bytes), log->bytes.len);
	ck_assert_int_eq(renameat(scratch, log->file, scratch, rotated), 0);
	buf_clear(&log->bytes);
	if (random_below(2))
		logs_pack(log->file, log->rotated);
}

/* Times grow, repeat, and run backwards. */
static void write_some(struct written *log, size_t count, moment latest)
{
	char text[64];
	for (size_t i = 0; i < count && log->nr < ARRAY_LEN(log->entries); i++) {
		struct entry *entry = &log->entries[log->nr];
		log->last += random_below(4) ? random_below(20) : 0;
		if (log->last > latest)
			log->last = latest;
		*entry = (struct entry){ log->last - (random_below(10) ? 0 : random_below(50)), !random_below(6) };
		int len = snprintf(text, sizeof text, "%zu of %s", log->nr++, log->name);
		struct record record = { entry->at, STREAM_STDOUT, entry->partial, text, (size_t)len };
		ck_assert_int_eq(record_store(&record, &log->bytes), 0);
		if (!random_below(40))
			rotate(log);
	}
	scratch_write(log->file, buf_text(&log->bytes), log->bytes.len);
}

static void add_all(const struct selection *selection)
{
	for (size_t i = 0; i < logs_nr; i++)
		ck_assert_msg(merge_add(&merge, logs[i].id, logs[i].name, selection, &err) == 0, "%s", err.text);
}

/* Who is next by looking at each. */
static struct written *naive(struct written *given)
{
	struct written *first = NULL;
	if (given && given->taken > 0 && given->entries[given->taken - 1].partial && given->taken < given->nr)
		return given;
	for (size_t i = 0; i < logs_nr; i++) {
		struct written *log = &logs[i];
		if (log->taken == log->nr)
			continue;
		moment at = log->entries[log->taken].at, best = first ? first->entries[first->taken].at : 0;
		if (!first || at < best || (at == best && strcmp(log->name, first->name) < 0))
			first = log;
	}
	return first;
}

static void compare_all(void)
{
	struct written *given = NULL;
	struct merged merged;
	int more;
	while ((more = merge_next(&merge, &merged, &err)) > 0) {
		char text[64];
		struct written *should = naive(given);
		ck_assert_ptr_nonnull(should);
		ck_assert_str_eq(merged.log->spool.name, should->name);
		ck_assert_ptr_eq(merge.logs[merged.nr], merged.log);
		size_t len = (size_t)snprintf(text, sizeof text, "%zu of %s", should->taken, should->name);
		ck_assert_uint_eq(merged.record.len, len);
		ck_assert_mem_eq(merged.record.bytes, text, len);
		ck_assert_int_eq(merged.record.at, should->entries[should->taken].at);
		should->taken++;
		given = should;
	}
	ck_assert_msg(more == 0, "%s", err.text);
	ck_assert_ptr_null(naive(NULL));
}

static void any_logs(size_t nr)
{
	merge_init(&merge, &store);
	begin_logs(nr);
	for (size_t i = 0; i < nr; i++)
		write_some(&logs[i], random_below(RECORDS_MAX / 20), 1000000);
	add_all(&(struct selection){ .tail = -1 });
	compare_all();
	for (unsigned times = 0; times < 5; times++) {
		for (size_t i = 0; i < nr; i++)
			if (random_below(2))
				write_some(&logs[i], random_below(40), 1000000);
		merge_go_on(&merge);
		compare_all();
	}
	merge_release(&merge);
	for (size_t i = 0; i < nr; i++) {
		SCOPED(shelf_release) struct shelf_files files;
		shelf_of(&store, logs[i].id, NULL, &files);
		for (size_t f = 0; f < files.nr; f++)
			unlinkat(scratch, files.items[f].file, 0);
	}
	end_logs();
}

START_TEST(logs_are_merged_as_the_naive_way_does_it)
{
	for (unsigned times = 0; times < random_tries(30); times++)
		any_logs(1 + random_below(6));
}
END_TEST

/* More than are held open at once. */
START_TEST(very_many_logs)
{
	int before = descriptors_nr();
	any_logs(LOGS_MAX);
	ck_assert_int_eq(descriptors_nr(), before);
}
END_TEST

static void expect(const char *name, const char *text)
{
	struct merged merged;
	ck_assert_msg(merge_next(&merge, &merged, &err) == 1, "no %s of %s", text, name);
	ck_assert_str_eq(merged.log->spool.name, name);
	ck_assert_uint_eq(merged.record.len, strlen(text));
	ck_assert_mem_eq(merged.record.bytes, text, strlen(text));
}

static void expect_end(void)
{
	struct merged merged;
	ck_assert_int_eq(merge_next(&merge, &merged, &err), 0);
}

START_TEST(each_log_has_its_own_selection)
{
	logs_write("aaaaaaaaaaaa+web.log", 1, 5);
	logs_write("bbbbbbbbbbbb+db.log", 1, 5);
	ck_assert_int_eq(merge_add(&merge, "aaaaaaaaaaaa", "web", &(struct selection){ .tail = 2 }, &err), 0);
	ck_assert_int_eq(merge_add(&merge, "bbbbbbbbbbbb", "db",
				   &(struct selection){ .tail = -1, .until = logs_time(1) }, &err),
			 0);
	expect("db", "1");
	expect("web", "4");
	expect("web", "5");
	expect_end();
	ck_assert_int_eq(merge_add(&merge, "cccccccccccc", "none", &(struct selection){ .tail = -1 }, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_NOT_FOUND);
	expect_end();
}
END_TEST

/* A tail of nothing is where following begins; what is renamed is followed, and one that comes later takes its place. */
START_TEST(it_goes_on_live)
{
	logs_write("aaaaaaaaaaaa+web.log", 1, 5);
	ck_assert_int_eq(merge_add(&merge, "aaaaaaaaaaaa", "web", &(struct selection){ .tail = 0 }, &err), 0);
	expect_end();
	merge_go_on(&merge);
	expect_end();
	logs_write("aaaaaaaaaaaa+web.log", 1, 7);
	merge_go_on(&merge);
	expect("web", "6");
	logs_write("bbbbbbbbbbbb+db.log", 3, 6);
	ck_assert_int_eq(merge_add(&merge, "bbbbbbbbbbbb", "db", &(struct selection){ .tail = -1 }, &err), 0);
	expect("db", "3");
	expect("db", "4");
	expect("db", "5");
	expect("db", "6");
	expect("web", "7");
	expect_end();
	ck_assert_int_eq(renameat(scratch, "aaaaaaaaaaaa+web.log", scratch, "aaaaaaaaaaaa+new.log"), 0);
	merge_go_on(&merge);
	expect_end();
	logs_write("aaaaaaaaaaaa+new.log", 1, 8);
	merge_go_on(&merge);
	expect("web", "8");
	expect_end();
}
END_TEST

START_TEST(a_torn_line_waits_until_it_is_whole)
{
	SCOPED(buf_release) struct buf bytes = BUF_INIT(4096);
	logs_add(&bytes, 1, 2);
	scratch_write("aaaaaaaaaaaa+web.log", bytes.bytes, bytes.len - 3);
	ck_assert_int_eq(merge_add(&merge, "aaaaaaaaaaaa", "web", &(struct selection){ .tail = -1 }, &err), 0);
	expect("web", "1");
	expect_end();
	merge_go_on(&merge);
	expect_end();
	scratch_write("aaaaaaaaaaaa+web.log", bytes.bytes, bytes.len);
	merge_go_on(&merge);
	expect("web", "2");
	expect_end();
}
END_TEST

START_TEST(what_is_damaged_does_not_hide_the_others)
{
	struct merged merged;
	logs_write("aaaaaaaaaaaa+web.log", 4, 5);
	logs_write("bbbbbbbbbbbb+db.log", 6, 6);
	scratch_write("aaaaaaaaaaaa+web.log.1.gz", "\x1f\x8b\x08\0\0\0\0\0\0\3garbage that is no deflate stream", 43);
	ck_assert_int_eq(merge_add(&merge, "aaaaaaaaaaaa", "web", &(struct selection){ .tail = -1 }, &err), 0);
	ck_assert_int_eq(merge_add(&merge, "bbbbbbbbbbbb", "db", &(struct selection){ .tail = -1 }, &err), 0);
	expect("web", "4");
	expect("web", "5");
	expect("db", "6");
	ck_assert_int_eq(merge_next(&merge, &merged, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "is damaged"));
	expect_end();
}
END_TEST

static Suite *merge_suite(void)
{
	Suite *suite = suite_create("merge");
	TCase *tcase = tcase_create("merge");
	tcase_add_test(tcase, logs_are_merged_as_the_naive_way_does_it);
	tcase_add_test(tcase, very_many_logs);
	tcase_add_test(tcase, each_log_has_its_own_selection);
	tcase_add_test(tcase, it_goes_on_live);
	tcase_add_test(tcase, a_torn_line_waits_until_it_is_whole);
	tcase_add_test(tcase, what_is_damaged_does_not_hide_the_others);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(merge_suite)
