#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "front/history.h"
#include "front/script.h"
#include "suite.h"

#define HISTORY_ENTRIES_MAX 10000
#define WRITERS 8
#define WRITES 500

static char home[] = "/tmp/purser-history-XXXXXX";
static char path[64];

static void set_up(void)
{
	snprintf(home, sizeof home, "/tmp/purser-history-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(home));
	snprintf(path, sizeof path, "%s/purser/history", home);
	setenv("XDG_STATE_HOME", home, 1);
	umask(0); /* modes are the module's own doing */
}

static void tear_down(void)
{
	char directory[64];
	unlink(path);
	snprintf(directory, sizeof directory, "%s/purser", home);
	rmdir(directory);
	rmdir(home);
}

/* ---- the file ---- */

static void put_file(const char *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
	close(fd);
}

static void assert_entries(const char *const *expected)
{
	struct strvec entries = STRVEC_INIT;
	size_t nr = 0;
	history_read(&entries, HISTORY_ENTRIES_MAX);
	for (; expected[nr]; nr++) {
		ck_assert_uint_lt(nr, entries.nr);
		ck_assert_str_eq(entries.items[nr], expected[nr]);
	}
	ck_assert_uint_eq(entries.nr, nr);
	strvec_release(&entries);
}

START_TEST(keeps_what_was_entered)
{
	const char *const entries[] = { "ps -a", "run x sh -c 'a\n\n\tb\n'", "logs caf\xc3\xa9", "ps -a", NULL };
	assert_entries((const char *const[]){ NULL });
	for (size_t i = 0; entries[i]; i++)
		history_append(entries[i]);
	assert_entries(entries);
}
END_TEST

START_TEST(no_entry_twice_in_a_row)
{
	const char *const typed[] = { "ps", "ps", "a 'b\nps'", "a 'b\nps'", "ps'", "ps'", "s'", "ps", NULL };
	for (size_t i = 0; typed[i]; i++)
		history_append(typed[i]);
	assert_entries((const char *const[]){ "ps", "a 'b\nps'", "ps'", "s'", "ps", NULL });
}
END_TEST

START_TEST(only_its_owner_reads_it)
{
	struct stat status;
	history_append("ps");
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_int_eq(status.st_mode & 07777, 0600);
	chmod(path, 0644);
	history_append("ps -a");
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_int_eq(status.st_mode & 07777, 0600);
	*strrchr(path, '/') = '\0';
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_int_eq(status.st_mode & 07777, 0700);
	snprintf(path, sizeof path, "%s/purser/history", home);
}
END_TEST

/* A crash, or another editor, left it so. */
START_TEST(reads_a_damaged_file)
{
	static const char damaged[] = "\tno first line\nps\n\n\n\0\0\0\0\nlogs w";
	history_append("x");
	put_file(damaged, sizeof damaged - 1);
	history_append("ps -a");
	assert_entries((const char *const[]){ "\tno first line", "ps", "logs w", "ps -a", NULL });
}
END_TEST

START_TEST(works_without_a_place)
{
	struct strvec entries = STRVEC_INIT;
	unsetenv("XDG_STATE_HOME");
	unsetenv("HOME");
	history_append("ps");
	setenv("XDG_STATE_HOME", "/proc/nowhere", 1);
	history_append("ps");
	history_read(&entries, HISTORY_ENTRIES_MAX);
	ck_assert_uint_eq(entries.nr, 0);
	setenv("XDG_STATE_HOME", home, 1);
}
END_TEST

static void put_many(size_t nr)
{
	struct buf text = BUF_INIT(1024 * 1024);
	history_append("x"); /* makes the directory */
	for (size_t i = 0; i < nr; i++)
		buf_printf(&text, "old %zu\n", i);
	put_file(text.bytes, text.len);
	buf_release(&text);
}

static size_t file_lines(void)
{
	FILE *file = fopen(path, "r");
	size_t lines = 0;
	ck_assert_ptr_nonnull(file);
	for (int byte; (byte = getc(file)) != EOF;)
		lines += byte == '\n';
	fclose(file);
	return lines;
}

START_TEST(is_cut_back_when_it_is_read)
{
	struct strvec entries = STRVEC_INIT;
	struct stat status;
	put_many(HISTORY_ENTRIES_MAX + HISTORY_ENTRIES_MAX / 5);
	history_append("a 'b\nc'");
	history_read(&entries, HISTORY_ENTRIES_MAX);
	ck_assert_str_eq(entries.items[entries.nr - 1], "a 'b\nc'");
	strvec_release(&entries);

	ck_assert_uint_eq(file_lines(), HISTORY_ENTRIES_MAX + 1);
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_int_eq(status.st_mode & 07777, 0600);
	history_append("ps");
	history_read(&entries, HISTORY_ENTRIES_MAX);
	ck_assert_uint_eq(entries.nr, HISTORY_ENTRIES_MAX + 1);
	ck_assert_str_eq(entries.items[entries.nr - 1], "ps");
	ck_assert_str_eq(entries.items[entries.nr - 2], "a 'b\nc'");
	strvec_release(&entries);
}
END_TEST

static void write_many(int writer)
{
	char entry[64];
	for (int i = 0; i < WRITES; i++) {
		snprintf(entry, sizeof entry, "new '%d\n%d'", writer, i);
		history_append(entry);
	}
	_exit(0);
}

/* The order of each writer's entries is kept, none is missing, none is torn. */
static void assert_all_written(const struct strvec *entries)
{
	int next[WRITERS] = { 0 }, writer, number;
	for (size_t i = 0; i < entries->nr; i++) {
		if (strncmp(entries->items[i], "new ", 4) != 0)
			continue;
		ck_assert_int_eq(sscanf(entries->items[i], "new '%d\n%d'", &writer, &number), 2);
		ck_assert_int_eq(number, next[writer]++);
	}
	for (writer = 0; writer < WRITERS; writer++)
		ck_assert_int_eq(next[writer], WRITES);
}

/* The file is cut back, and so replaced, while the writers are at it. */
START_TEST(shells_at_once_lose_nothing)
{
	struct strvec entries = STRVEC_INIT;
	int running = WRITERS, status;
	put_many(HISTORY_ENTRIES_MAX + HISTORY_ENTRIES_MAX / 10 - WRITERS);
	for (int i = 0; i < WRITERS; i++)
		if (fork() == 0)
			write_many(i);
	while (running > 0) {
		history_read(&entries, HISTORY_ENTRIES_MAX);
		strvec_release(&entries);
		if (waitpid(-1, &status, WNOHANG) <= 0)
			continue;
		ck_assert_int_eq(status, 0);
		running--;
	}
	history_read(&entries, HISTORY_ENTRIES_MAX);
	assert_all_written(&entries);
	strvec_release(&entries);
	ck_assert_uint_lt(file_lines(), HISTORY_ENTRIES_MAX + 2 * WRITERS * WRITES);
}
END_TEST

START_TEST(keeps_as_many_as_are_wished)
{
	struct strvec entries = STRVEC_INIT;
	put_many(20);
	history_read(&entries, 10);
	ck_assert_uint_eq(file_lines(), 10);
	strvec_release(&entries);
}
END_TEST

/* ---- secrets ---- */

static const struct {
	const char *entry;
	bool wanted;
} wishes[] = {
	{ "", false },
	{ " ps", false },
	{ "\tps", false },
	{ "ps", true },
	{ "# a note", true },
	{ "run -e MODE=fast -e NAME=x web", true },
	{ "run -e PASSWORD web", true }, /* its value is in the environment */
	{ "run --name passkeys web", true },
	{ "logs it's", true },
	{ "run -e DB_PASSWORD=x web", false },
	{ "run -eDB_PASSWORD=x web", false },
	{ "run --env=DB_PASSWORD=x web", false },
	{ "run --env 'db_password=a b' web", false },
	{ "run -e \"API_TOKEN\"=x web", false },
	{ "run -e AWS_SECRET_ACCESS_KEY=x web", false },
	{ "run -e STRIPE_KEY=x web", false },
	{ "run -e MYSQL_PWD=x db", false },
	{ "run -l io.x/credentials=x web", false },
	{ "run -e URL=http://x/?token=x web", false },
	{ "run -e DATABASE_URL=postgres://me:x@db/y web", false },
	{ "run -e DATABASE_URL=postgres://me@db:5432/y web", true },
	{ "run web sh -c 'export PASSWORD=x; serve'", false },
	{ "ps; run -e TOKEN=x web", false },
	{ "ps\nrun -e TOKEN=x web", false },
	{ "login -p x", false },
	{ "login -px -u me", false },
	{ "login --password x", false },
	{ "login --password=x", false },
	{ "login --password-stdin", true },
	{ "!docker login -u me -p x", false },
	{ "podman login -u me -p x registry.example", false },
	{ "swarm join --token x 10.1.0.1:2377", false },
	{ "manifest push --creds me:x web", false },
	{ "manifest push --creds=me:x web", false },
	{ "swarm join-token worker", true },
	{ "!TOKEN=x curl y", false },
	{ "run -e 'PASSWORD=x web", false }, /* an open quote */
	{ "ps -p 80:80", true },
	{ "exec db mysql -uroot -px", false },
	{ "exec db mysql -u root -p x", false },
	{ "exec -it db /usr/bin/mysqldump -px base", false },
	{ "run -p 80:80 mysql", true },
	{ "exec db redis-cli -a x ping", false },
	{ "exec web curl -u me:x http://y", false },
	{ "exec web curl -u me http://y", true }, /* it asks */
	{ "exec web curl --user=me:x http://y", false },
	{ "exec -u 1000:1000 web curl http://y", true }, /* a user and a group */
	{ "exec web curl -H 'Authorization: Bearer x' http://y", false },
	{ "exec db sh -c 'mysql -px <base'", false },
	{ "exec db sh -c \"sh -c 'redis-cli -a x'\"", false },
	{ "exec db sh -c 'mysql -u root'", true },
	{ "run -e GH=ghp_x web", false },
	{ "!sshpass -p x ssh y", false },
	{ "alias in='login -u me -p x'", false },
};

START_TEST(keeps_no_secret)
{
	ck_assert_msg(history_wants(wishes[_i].entry) == wishes[_i].wanted, "%s", wishes[_i].entry);
}
END_TEST

/* ---- lines: what is one entry of what was pasted ---- */

static const struct {
	const char *text, *line; /* NULL: it goes on */
} pastes[] = {
	{ "", NULL },
	{ "ps", NULL },
	{ "\n", "\n" },
	{ "ps\nrm x\n", "ps\n" },
	{ "ps; rm x\nps\n", "ps; rm x\n" },
	{ "ps;", NULL },
	{ "run 'a\nb' c\nps\n", "run 'a\nb' c\n" },
	{ "run 'a\nb", NULL },
	{ "run a \\\n b\nps\n", "run a \\\n b\n" },
	{ "# it's\nps\n", "# it's\n" },
	{ "!echo it's\nps\n", "!echo it's\n" },
	{ " ! echo \"\nps\n", " ! echo \"\n" },
	{ "ps; !echo '\nps'\n", "ps; !echo '\n" },
	{ "!echo it's", NULL },
};

START_TEST(tells_where_a_line_ends)
{
	const char *text = pastes[_i].text, *line = pastes[_i].line;
	size_t len = script_line_len(text, strlen(text));
	ck_assert_uint_eq(len, line ? strlen(line) : 0);
}
END_TEST

static Suite *history_suite(void)
{
	Suite *suite = suite_create("history");
	TCase *file = tcase_create("file"), *pure = tcase_create("pure");
	tcase_set_timeout(file, 30);
	tcase_add_checked_fixture(file, set_up, tear_down);
	tcase_add_test(file, keeps_what_was_entered);
	tcase_add_test(file, no_entry_twice_in_a_row);
	tcase_add_test(file, only_its_owner_reads_it);
	tcase_add_test(file, reads_a_damaged_file);
	tcase_add_test(file, works_without_a_place);
	tcase_add_test(file, keeps_as_many_as_are_wished);
	tcase_add_test(file, is_cut_back_when_it_is_read);
	tcase_add_test(file, shells_at_once_lose_nothing);
	suite_add_tcase(suite, file);
	tcase_add_loop_test(pure, keeps_no_secret, 0, (int)ARRAY_LEN(wishes));
	tcase_add_loop_test(pure, tells_where_a_line_ends, 0, (int)ARRAY_LEN(pastes));
	suite_add_tcase(suite, pure);
	return suite;
}

SUITE_MAIN(history_suite)
