#include <check.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "logs.h"
#include "logs/shelf.h"
#include "logs/store.h"
#include "scratch.h"
#include "suite.h"

#define ID_A "aaaaaaaaaaaa"
#define ID_B "bbbbbbbbbbbb"
#define WHOLE_A ID_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define WHOLE_B ID_B "0123456789abcdef0123456789abcdef0123456789abcdef0123"

static struct store store;
static struct error err;
static struct shelf_files files;
static struct strvec found;

static void open_store(const char *template)
{
	pid_t holder;
	ck_assert_msg(store_open(&store, scratch_path, &(struct keeping){ .template = template }, &err) == 0, "%s", err.text);
	if (template)
		ck_assert_msg(store_lock(&store, &holder, &err) == 0, "%s", err.text);
}

static void setup(void)
{
	scratch_make();
	open_store(NULL);
}

static void teardown(void)
{
	shelf_release(&files);
	strvec_release(&found);
	store_close(&store);
	scratch_remove();
}

/* Makes the files, up to a NULL. */
static void make(const char *first, ...)
{
	va_list more;
	va_start(more, first);
	for (const char *file = first; file; file = va_arg(more, const char *))
		scratch_write(file, "", 0);
	va_end(more);
}

/* What is on the shelf, up to a NULL, in this order. */
static void must_be(const char *first, ...)
{
	size_t nr = 0;
	va_list more;
	va_start(more, first);
	for (const char *file = first; file; file = va_arg(more, const char *)) {
		ck_assert_msg(nr < files.nr, "%s is missing", file);
		ck_assert_str_eq(files.items[nr++].file, file);
	}
	va_end(more);
	ck_assert_msg(nr == files.nr, "%s is too much", nr < files.nr ? files.items[nr].file : "");
	shelf_release(&files);
}

static void must_find(const char *name, const char *first, const char *second)
{
	size_t nr = (first != NULL) + (second != NULL);
	strvec_release(&found);
	shelf_match(&store, name, &found);
	ck_assert_msg(found.nr == nr, "'%s': %zu, not %zu", name, found.nr, nr);
	ck_assert_msg(!first || strvec_has(&found, first), "'%s': %s", name, first);
	ck_assert_msg(!second || strvec_has(&found, second), "'%s': %s", name, second);
}

/* ---- all of them ---- */

START_TEST(an_empty_shelf)
{
	shelf_all(&store, &files);
	must_be(NULL);
	shelf_every(&store, WHOLE_A, "web", &files);
	must_be(NULL);
	shelf_of(&store, WHOLE_A, "web", &files);
	must_be(NULL);
	shelf_siblings(scratch, ID_A "+web.log", &files);
	must_be(NULL);
	must_find("web", NULL, NULL);
	shelf_names(&store, &found);
	ck_assert_uint_eq(found.nr, 0);
}
END_TEST

START_TEST(all_logs_by_name_and_number)
{
	make(ID_B "+api.log.2", ID_A "+web.log", ID_A "+web.log.10", ID_B "+api.log", ID_A "+web.log.9.gz", ID_A "+web.log.9", ID_A "+web.log.2", NULL);
	shelf_all(&store, &files);
	must_be(ID_A "+web.log.2", ID_A "+web.log.9", ID_A "+web.log.9.gz", ID_A "+web.log.10", ID_A "+web.log", ID_B "+api.log.2", ID_B "+api.log", NULL);
}
END_TEST

START_TEST(what_a_name_tells_is_filled_in)
{
	make(ID_A "+web.log.9.gz", ID_B "+.log", NULL);
	shelf_all(&store, &files);
	ck_assert_uint_eq(files.nr, 2);
	ck_assert_str_eq(files.items[0].file, ID_A "+web.log.9.gz");
	ck_assert_str_eq(files.items[0].whole, ID_A "+web.log");
	ck_assert_uint_eq(files.items[0].part.number, 9);
	ck_assert(files.items[0].part.packed);
	ck_assert_str_eq(files.items[0].of.id, ID_A);
	ck_assert_str_eq(files.items[0].of.name, "web");
	ck_assert_str_eq(files.items[0].of.day, "");
	ck_assert_uint_eq(files.items[1].part.number, 0);
	ck_assert(!files.items[1].part.packed);
	ck_assert_str_eq(files.items[1].of.name, "");
}
END_TEST

START_TEST(what_is_no_log_is_passed_over)
{
	make("tracked", "names", "journal.jsonl", "journal.jsonl.1", "collector.lock", ".rotating", PACK_TEMPORARY, "web.log", "aaaa+web.log", ".log",
	     ID_A "+web.log.01", ID_A "+web.log.0", ID_A "+web.log.gz", ID_A "+web.log.1.gz.gz", ID_A "+web.log.1000000000", ID_A "+web.log~",
	     ID_A "+web.logs", ID_A "-web.log", "AAAAAAAAAAAA+web.log", "." ID_A "+web.log", NULL);
	make(ID_A "+\xff\xfe\n\t.log", ID_A "+web.log.1", NULL);
	shelf_all(&store, &files);
	must_be(ID_A "+web.log.1", NULL);
}
END_TEST

START_TEST(many_files_and_the_longest_names)
{
	char name[LOG_NAME_MAX + 1];
	size_t fixed = strlen(ID_A "+");
	memcpy(name, ID_A "+", fixed);
	memset(name + fixed, 'n', sizeof name - fixed);
	memcpy(name + LOG_NAME_MAX - 4, ".log", 5);
	scratch_write(name, "", 0);
	for (unsigned number = 300; number > 0; number--) {
		char file[LOG_NAME_MAX + 1];
		log_part_make(ID_B "+web.log", &(struct log_part){ number, number % 2 }, file);
		scratch_write(file, "", 0);
	}
	shelf_all(&store, &files);
	ck_assert_uint_eq(files.nr, 301);
	ck_assert_str_eq(files.items[0].file, name);
	for (unsigned i = 1; i <= 300; i++)
		ck_assert_uint_eq(files.items[i].part.number, i);
	shelf_release(&files);
	ck_assert_ptr_null(files.items);
	shelf_release(&files);
}
END_TEST

/* ---- one container's ---- */

START_TEST(one_containers_by_number)
{
	make(ID_A "+web.log", ID_A "+web.log.10.gz", ID_A "+web.log.9", ID_B "+web.log", ID_B "+web.log.1", NULL);
	shelf_of(&store, WHOLE_A, "web", &files);
	must_be(ID_A "+web.log.9", ID_A "+web.log.10.gz", ID_A "+web.log", NULL);
	shelf_of(&store, ID_A, NULL, &files); /* 12 digits, and any name */
	must_be(ID_A "+web.log.9", ID_A "+web.log.10.gz", ID_A "+web.log", NULL);
	shelf_of(&store, "cccccccccccc", "web", &files);
	must_be(NULL);
}
END_TEST

START_TEST(of_one_number_the_preferred_name_and_then_the_plain_file_is_taken)
{
	make(ID_A "+old.log.1", ID_A "+new.log.1.gz", ID_A "+new.log.2", ID_A "+new.log.2.gz", ID_A "+old.log.3.gz", ID_A "+old.log", ID_A "+new.log", NULL);
	shelf_every(&store, WHOLE_A, "new", &files);
	must_be(ID_A "+new.log.1.gz", ID_A "+old.log.1", ID_A "+new.log.2", ID_A "+new.log.2.gz", ID_A "+old.log.3.gz", ID_A "+new.log", ID_A "+old.log", NULL);
	shelf_of(&store, WHOLE_A, "new", &files);
	must_be(ID_A "+new.log.1.gz", ID_A "+new.log.2", ID_A "+old.log.3.gz", ID_A "+new.log", NULL);
	shelf_of(&store, WHOLE_A, "old", &files);
	must_be(ID_A "+old.log.1", ID_A "+new.log.2", ID_A "+old.log.3.gz", ID_A "+old.log", NULL);
	shelf_of(&store, WHOLE_A, "third", &files);
	must_be(ID_A "+old.log.1", ID_A "+new.log.2", ID_A "+old.log.3.gz", ID_A "+new.log", NULL);
}
END_TEST

START_TEST(the_preferred_name_is_known_with_bytes_no_file_can_have)
{
	make(ID_A "+a.b.log", ID_A "+w_b.log", NULL);
	shelf_of(&store, WHOLE_A, "w/b", &files);
	must_be(ID_A "+w_b.log", NULL);
}
END_TEST

START_TEST(siblings_are_one_name)
{
	make(ID_A "+web.log", ID_A "+web.log.2.gz", ID_A "+web.log.2", ID_A "+web.log.1", ID_A "+web2.log.3", ID_A "+we.log", ID_A "+web.log.log.4", NULL);
	shelf_siblings(scratch, ID_A "+web.log", &files);
	must_be(ID_A "+web.log.1", ID_A "+web.log.2", ID_A "+web.log", NULL);
	make("any.log", "any.log.1", NULL); /* whatever it is called */
	shelf_siblings(scratch, "any.log", &files);
	must_be("any.log.1", "any.log", NULL);
	shelf_siblings(scratch, ID_A "+web.log.1", &files);
	must_be(NULL);
}
END_TEST

START_TEST(names_of_earlier_templates_are_still_read)
{
	store_close(&store);
	open_store("%d=%n-%I");
	store_close(&store);
	open_store("%n@%i");
	make(ID_A "+web.log.1", "2026-11-25=web-" WHOLE_A ".log.2", "web@" ID_A ".log", "2026-11-25=api-" WHOLE_B ".log", NULL);
	shelf_of(&store, WHOLE_A, "web", &files);
	ck_assert_uint_eq(files.nr, 3);
	ck_assert_str_eq(files.items[1].of.day, "2026-11-25");
	ck_assert_str_eq(files.items[1].of.id, WHOLE_A);
	must_be(ID_A "+web.log.1", "2026-11-25=web-" WHOLE_A ".log.2", "web@" ID_A ".log", NULL);
	must_find("web", ID_A, NULL);
	must_find("api", ID_B, NULL);
	must_find("bbbb", ID_B, NULL);
}
END_TEST

/* ---- by name ---- */

START_TEST(names_and_ids_are_found)
{
	make(ID_A "+web.log", ID_A "+web.log.1", ID_A "+api.log", ID_B "+api.log.3.gz", "abcd00000000+beef.log", "beef00000000+.log", NULL);
	must_find("web", ID_A, NULL);
	must_find("api", ID_A, ID_B);
	must_find("we", NULL, NULL);
	must_find("webs", NULL, NULL);
	must_find("", NULL, NULL);
	must_find("aaa", NULL, NULL);
	must_find("aaaa", ID_A, NULL);
	must_find(ID_A, ID_A, NULL);
	must_find(WHOLE_A, ID_A, NULL);
	must_find("AAAA", NULL, NULL);
	must_find("aaaab", NULL, NULL);
	must_find("aaaax", NULL, NULL);
	must_find(ID_A "+web", NULL, NULL);
	must_find("beef", "abcd00000000", "beef00000000");
	must_find("bbbb", ID_B, NULL);
}
END_TEST

START_TEST(each_name_is_listed_once)
{
	make(ID_A "+web.log", ID_A "+web.log.1", ID_A "+api.log", ID_B "+api.log.3.gz", "other.log", NULL);
	strvec_push(&found, "web"); /* is there already */
	shelf_names(&store, &found);
	strvec_sort(&found);
	ck_assert_uint_eq(found.nr, 2);
	ck_assert_str_eq(found.items[0], "api");
	ck_assert_str_eq(found.items[1], "web");
}
END_TEST

/* ---- others at work ---- */

START_TEST(the_directory_is_read_anew_each_time)
{
	make(ID_A "+web.log", ID_A "+web.log.1", NULL);
	for (unsigned i = 0; i < 3; i++) {
		shelf_of(&store, WHOLE_A, "web", &files);
		must_be(ID_A "+web.log.1", ID_A "+web.log", NULL);
	}
	ck_assert_int_eq(renameat(scratch, ID_A "+web.log.1", scratch, ID_A "+web.log.2"), 0);
	ck_assert_int_eq(unlinkat(scratch, ID_A "+web.log", 0), 0);
	shelf_of(&store, WHOLE_A, "web", &files);
	must_be(ID_A "+web.log.2", NULL);
}
END_TEST

START_TEST(a_directory_that_is_gone_is_empty)
{
	char gone[] = "/tmp/purser-test-XXXXXX";
	int before = descriptors_nr();
	ck_assert_ptr_nonnull(mkdtemp(gone));
	int dir = open(gone, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	rmdir(gone);
	shelf_siblings(dir, "web.log", &files);
	must_be(NULL);
	close(dir);
	shelf_siblings(dir, "web.log", &files);
	must_be(NULL);
	ck_assert_int_eq(descriptors_nr(), before);
}
END_TEST

static Suite *shelf_suite(void)
{
	Suite *suite = suite_create("shelf");
	TCase *tcase = tcase_create("shelf");
	const TTest *const tests[] = {
		an_empty_shelf,
		all_logs_by_name_and_number,
		what_a_name_tells_is_filled_in,
		what_is_no_log_is_passed_over,
		many_files_and_the_longest_names,
		one_containers_by_number,
		of_one_number_the_preferred_name_and_then_the_plain_file_is_taken,
		the_preferred_name_is_known_with_bytes_no_file_can_have,
		siblings_are_one_name,
		names_of_earlier_templates_are_still_read,
		names_and_ids_are_found,
		each_name_is_listed_once,
		the_directory_is_read_anew_each_time,
		a_directory_that_is_gone_is_empty,
	};
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_checked_fixture(tcase, setup, teardown);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(shelf_suite)
