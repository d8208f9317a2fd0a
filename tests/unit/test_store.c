#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "logs/store.h"
#include "scratch.h"
#include "suite.h"

#define ID_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ID_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define PROCESSES 8
#define TURNS 40

static const struct keeping keep_all;
static struct store store;
static struct error err;

static void setup(void)
{
	scratch_make();
	ck_assert_msg(store_open(&store, scratch_path, &keep_all, &err) == 0, "%s", err.text);
}

static void teardown(void)
{
	store_close(&store);
	scratch_remove();
}

static struct store_entry entry_of(const char *id, const char *runtime, const char *name, bool remove)
{
	struct store_entry entry = { .remove = remove };
	snprintf(entry.id, sizeof entry.id, "%s", id);
	snprintf(entry.runtime, sizeof entry.runtime, "%s", runtime);
	snprintf(entry.name, sizeof entry.name, "%s", name);
	return entry;
}

static void numbered_id(unsigned number, char id[CONTAINER_ID_LEN + 1])
{
	snprintf(id, CONTAINER_ID_LEN + 1, "%064x", number);
}

static void must_put(const struct store *to, const char *id, const char *name)
{
	struct store_entry entry = entry_of(id, "docker", name, false);
	struct error failure;
	ck_assert_msg(store_put(to, &entry, &failure) == 0, "%s", failure.text);
}

static size_t tracked_nr(void)
{
	struct store_entries entries;
	ck_assert_msg(store_tracked(&store, &entries, &err) == 0, "%s", err.text);
	size_t nr = entries.nr;
	store_entries_release(&entries);
	return nr;
}

/* ---- the directory ---- */

START_TEST(directories_are_made_for_their_owner_only)
{
	char path[200];
	struct store made;
	struct stat st;
	mode_t mask = umask(0);
	snprintf(path, sizeof path, "%s/a/b/c", scratch_path);
	ck_assert_int_eq(store_open(&made, path, &keep_all, &err), 0);
	umask(mask);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
	ck_assert_int_eq(fcntl(made.dir, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	store_close(&made);
	ck_assert_int_eq(made.dir, -1);
	ck_assert_int_eq(store_open(&made, path, &keep_all, &err), 0); /* it is there already */
	store_close(&made);
}
END_TEST

START_TEST(a_path_that_cannot_be_is_an_error)
{
	char path[PATH_MAX + 10];
	struct store none;
	scratch_write("file", "", 0);
	snprintf(path, sizeof path, "%s/file/logs", scratch_path);
	ck_assert_int_eq(store_open(&none, path, &keep_all, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_SYSTEM);
	ck_assert_int_eq(err.detail, ENOTDIR);
	snprintf(path, sizeof path, "%s/file", scratch_path);
	ck_assert_int_eq(store_open(&none, path, &keep_all, &err), -1);
	memset(path, 'x', sizeof path);
	path[0] = '/';
	path[sizeof path - 1] = '\0';
	ck_assert_int_eq(store_open(&none, path, &keep_all, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_USAGE);
}
END_TEST

/* ---- what is tracked ---- */

START_TEST(tracked_comes_back)
{
	struct store_entries entries;
	struct store_entry one = entry_of(ID_A, "docker", "web", false),
			   two = entry_of(ID_B, "podman", "name with blanks  ", true);
	ck_assert_uint_eq(tracked_nr(), 0);
	ck_assert_int_eq(store_put(&store, &one, &err), 0);
	ck_assert_int_eq(store_put(&store, &two, &err), 0);
	ck_assert_int_eq(store_tracked(&store, &entries, &err), 0);
	ck_assert_uint_eq(entries.nr, 2);
	ck_assert_str_eq(entries.items[0].id, ID_A);
	ck_assert_str_eq(entries.items[0].runtime, "docker");
	ck_assert_str_eq(entries.items[0].name, "web");
	ck_assert(!entries.items[0].remove);
	ck_assert_str_eq(entries.items[1].id, ID_B);
	ck_assert_str_eq(entries.items[1].runtime, "podman");
	ck_assert_str_eq(entries.items[1].name, "name_with_blanks__"); /* a list of words */
	ck_assert(entries.items[1].remove);
	store_entries_release(&entries);

	one = entry_of(ID_A, "docker", "api", true); /* renamed, in its place */
	ck_assert_int_eq(store_put(&store, &one, &err), 0);
	ck_assert_int_eq(store_tracked(&store, &entries, &err), 0);
	ck_assert_uint_eq(entries.nr, 2);
	ck_assert_str_eq(entries.items[0].name, "api");
	ck_assert(entries.items[0].remove);
	store_entries_release(&entries);

	ck_assert_int_eq(store_drop(&store, ID_A, &err), 0);
	ck_assert_int_eq(store_drop(&store, ID_A, &err), 0);
	ck_assert_uint_eq(tracked_nr(), 1);
	ck_assert_int_eq(store_drop(&store, ID_B, &err), 0);
	ck_assert_uint_eq(tracked_nr(), 0);
}
END_TEST

START_TEST(the_list_is_its_owners)
{
	struct stat st;
	mode_t mask = umask(0);
	must_put(&store, ID_A, "web");
	umask(mask);
	ck_assert_int_eq(fstatat(scratch, "tracked", &st, 0), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
}
END_TEST

START_TEST(corrupt_lines_are_passed_over)
{
	static const char text[] =
		ID_A " docker - web\n"
		     "\n"
		     "garbage\n"
		     "aaaa docker - short\n"
		     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA docker - capitals\n" ID_A
		     "a docker - long\n" ID_B " docker -\n" ID_B " docker\n" ID_B "\n" ID_B " DOCKER - capitals\n" ID_B
		     " ../../x - path\n" ID_B " averyveryverylongruntime - x\n" ID_B " docker zz x\n"
		     " " ID_B " docker - blank\n" ID_B " docker rm api";
	struct store_entries entries;
	scratch_write("tracked", text, strlen(text));
	ck_assert_int_eq(store_tracked(&store, &entries, &err), 0);
	for (size_t i = 0; i < entries.nr; i++)
		ck_assert_msg(!strcmp(entries.items[i].name, "web") || !strcmp(entries.items[i].name, "api") ||
				      !strcmp(entries.items[i].name, "blank"),
			      "%s", entries.items[i].name);
	ck_assert_uint_ge(entries.nr, 2);
	ck_assert_uint_le(entries.nr, 3);
	ck_assert_str_eq(entries.items[0].id, ID_A);
	ck_assert_str_eq(entries.items[entries.nr - 1].name, "api");
	ck_assert(entries.items[entries.nr - 1].remove);
	store_entries_release(&entries);
	must_put(&store, "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc", "new");
	ck_assert_uint_ge(tracked_nr(), 3);
}
END_TEST

START_TEST(random_lists_are_survived)
{
	random_start(random_seed());
	for (unsigned i = 0; i < random_tries(3000); i++) {
		static const char sample[] = ID_A " docker - web\n" ID_B " podman rm api\n";
		char text[1000];
		size_t len = random_below(sizeof text);
		for (size_t c = 0; c < len; c++)
			text[c] = random_below(30) ? sample[c % (sizeof sample - 1)] : (char)random_next();
		struct store_entries entries;
		scratch_write("tracked", text, len);
		ck_assert_int_eq(store_tracked(&store, &entries, &err), 0);
		for (size_t e = 0; e < entries.nr; e++) {
			ck_assert_uint_eq(strlen(entries.items[e].id), CONTAINER_ID_LEN);
			ck_assert_uint_gt(strlen(entries.items[e].name), 0);
			ck_assert_ptr_null(strchr(entries.items[e].name, '\n'));
		}
		store_entries_release(&entries);
	}
}
END_TEST

START_TEST(there_is_a_limit)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(4u * 1024 * 1024);
	char id[CONTAINER_ID_LEN + 1], name[STORE_NAME_MAX + 1];
	memset(name, 'n', STORE_NAME_MAX);
	name[STORE_NAME_MAX] = '\0';
	for (unsigned i = 1; i < STORE_TRACKED_MAX; i++) {
		numbered_id(i, id);
		buf_printf(&text, "%s docker - %s\n", id, name);
	}
	scratch_write("tracked", text.bytes, text.len);
	must_put(&store, ID_A, name);
	ck_assert_uint_eq(tracked_nr(), STORE_TRACKED_MAX);
	struct store_entry more = entry_of(ID_B, "docker", "web", false);
	ck_assert_int_eq(store_put(&store, &more, &err), -1);
	ck_assert_uint_eq(tracked_nr(), STORE_TRACKED_MAX);
	must_put(&store, ID_A, "renamed");
	ck_assert_int_eq(store_drop(&store, ID_A, &err), 0);
	must_put(&store, ID_B, "web");
}
END_TEST

/* A process that adds many and drops half of them again, through a store of its own. */
static void add_and_drop(unsigned process)
{
	struct store own;
	struct error failure;
	char id[CONTAINER_ID_LEN + 1];
	if (store_open(&own, scratch_path, &keep_all, &failure) < 0)
		_exit(1);
	for (unsigned i = 0; i < TURNS; i++) {
		numbered_id(process * 1000 + i, id);
		struct store_entry entry = entry_of(id, "docker", "web", false);
		if (store_put(&own, &entry, &failure) < 0)
			_exit(2);
		if (i % 2 && store_drop(&own, id, &failure) < 0)
			_exit(3);
	}
	store_close(&own);
	_exit(0);
}

START_TEST(processes_do_not_lose_each_others_changes)
{
	pid_t children[PROCESSES];
	for (unsigned i = 0; i < PROCESSES; i++) {
		children[i] = fork();
		ck_assert_int_ge(children[i], 0);
		if (children[i] == 0)
			add_and_drop(i + 1);
	}
	for (unsigned i = 0; i < PROCESSES; i++) {
		int status;
		ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
		ck_assert_int_eq(status, 0);
	}
	struct store_entries entries;
	ck_assert_int_eq(store_tracked(&store, &entries, &err), 0);
	ck_assert_uint_eq(entries.nr, PROCESSES * TURNS / 2);
	for (size_t i = 0; i < entries.nr; i++) {
		unsigned long number = strtoul(entries.items[i].id, NULL, 16);
		ck_assert_uint_eq(number % 1000 % 2, 0);
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(entries.items[i].id, entries.items[j].id);
	}
	store_entries_release(&entries);
}
END_TEST

/* ---- the collector's lock ---- */

START_TEST(one_process_collects)
{
	pid_t holder = 0, child;
	int ready[2], stop[2], status;
	char byte;
	ck_assert_int_eq(pipe(ready) | pipe(stop), 0);
	child = fork();
	if (child == 0) {
		struct store own;
		close(stop[1]);
		if (store_open(&own, scratch_path, &keep_all, &err) < 0 || store_lock(&own, &holder, &err) != 0)
			_exit(1);
		ssize_t ignored = write(ready[1], "x", 1);
		ignored = read(stop[0], &byte, 1);
		(void)ignored;
		_exit(0); /* without giving it back: the kernel does */
	}
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	ck_assert_int_eq(store_lock(&store, &holder, &err), 1);
	ck_assert_int_eq(holder, child);
	ck_assert_int_eq(store.lock, -1);
	close(stop[1]);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(store_lock(&store, &holder, &err), 0);
	ck_assert_int_eq(store_lock(&store, &holder, &err), 0); /* once it has it, it has it */
	close(ready[0]);
	close(ready[1]);
	close(stop[0]);
}
END_TEST

/* Looking takes no lock, and is no holder's business. */
START_TEST(who_collects_is_told)
{
	struct store other;
	pid_t holder = 0;
	ck_assert_int_eq(store_collector(&store, &holder, &err), 0);
	ck_assert_int_eq(faccessat(store.dir, "collector.lock", F_OK, 0), -1);
	ck_assert_int_eq(store_open(&other, scratch_path, &keep_all, &err), 0);
	ck_assert_int_eq(store_lock(&other, &holder, &err), 0);
	ck_assert_int_eq(store_collector(&store, &holder, &err), 1);
	ck_assert_int_eq(holder, getpid());
	ck_assert_int_eq(store_collector(&other, &holder, &err), 1);
	store_close(&other);
	ck_assert_int_eq(store_collector(&store, &holder, &err), 0);
	ck_assert_int_eq(store_lock(&store, &holder, &err), 0);
}
END_TEST

START_TEST(killed_it_gives_the_lock_back)
{
	pid_t holder, child = fork();
	if (child == 0) {
		struct store own;
		if (store_open(&own, scratch_path, &keep_all, &err) < 0 || store_lock(&own, &holder, &err) != 0)
			_exit(1);
		raise(SIGKILL);
	}
	waitpid(child, NULL, 0);
	ck_assert_int_eq(store_lock(&store, &holder, &err), 0);
}
END_TEST

/* The lock belongs to the open file: not to the process, and not to the children it starts. */
START_TEST(two_stores_of_one_process_share_no_lock)
{
	struct store other;
	pid_t holder = 0;
	ck_assert_int_eq(store_open(&other, scratch_path, &keep_all, &err), 0);
	ck_assert_int_eq(store_lock(&store, &holder, &err), 0);
	ck_assert_int_eq(store_lock(&other, &holder, &err), 1);
	ck_assert_int_eq(holder, getpid());
	store_close(&store);
	ck_assert_int_eq(store_lock(&other, &holder, &err), 0);
	store_close(&other);
	ck_assert_int_eq(store_open(&store, scratch_path, &keep_all, &err), 0);
}
END_TEST

START_TEST(garbage_in_the_lock_is_nobody)
{
	struct store other;
	pid_t holder = 99;
	ck_assert_int_eq(store_open(&other, scratch_path, &keep_all, &err), 0);
	ck_assert_int_eq(store_lock(&store, &holder, &err), 0);
	scratch_write("collector.lock", "garbage", 7);
	ck_assert_int_eq(store_lock(&other, &holder, &err), 1);
	ck_assert_int_eq(holder, 0);
	scratch_write("collector.lock", "", 0);
	holder = 99;
	ck_assert_int_eq(store_lock(&other, &holder, &err), 1);
	ck_assert_int_eq(holder, 0);
	store_close(&other);
}
END_TEST

START_TEST(a_symbolic_link_is_no_lock)
{
	pid_t holder;
	struct stat st;
	scratch_write("precious", "content", 7);
	ck_assert_int_eq(symlinkat("precious", scratch, "collector.lock"), 0);
	ck_assert_int_eq(store_lock(&store, &holder, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_SYSTEM);
	ck_assert_int_eq(fstatat(scratch, "precious", &st, 0), 0);
	ck_assert_int_eq(st.st_size, 7);
}
END_TEST

static Suite *store_suite(void)
{
	Suite *suite = suite_create("store");
	TCase *tcase = tcase_create("store");
	const TTest *const tests[] = {
		directories_are_made_for_their_owner_only,
		a_path_that_cannot_be_is_an_error,
		tracked_comes_back,
		the_list_is_its_owners,
		corrupt_lines_are_passed_over,
		random_lists_are_survived,
		there_is_a_limit,
		processes_do_not_lose_each_others_changes,
		one_process_collects,
		who_collects_is_told,
		killed_it_gives_the_lock_back,
		two_stores_of_one_process_share_no_lock,
		garbage_in_the_lock_is_nobody,
		a_symbolic_link_is_no_lock,
	};
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(store_suite)
