/* A file that appears only when it is whole: what there is at each point, and after each thing that can go wrong. */
#include <check.h>
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <signal.h>

#include "command/wholefile.h"
#include "scratch.h"
#include "suite.h"

static struct wholefile file;
static struct error err;
static char path[PATH_MAX];

static const char *in_scratch(const char *name)
{
	snprintf(path, sizeof path, "%s/%s", scratch_path, name);
	return path;
}

static unsigned entries(void)
{
	unsigned nr = 0;
	DIR *dir = opendir(scratch_path);
	for (struct dirent *item; (item = readdir(dir));)
		nr += item->d_name[0] != '.' || item->d_name[1] == 'p';
	closedir(dir);
	return nr;
}

static int feed(const char *text)
{
	return wholefile_sink(&file, REQUEST_OUT, text, strlen(text), &err);
}

static void content_is(const char *name, const char *should)
{
	SCOPED(buf_release) struct buf is = BUF_INIT(65536);
	scratch_read(name, &is);
	ck_assert_str_eq(buf_text(&is), should);
}

START_TEST(appears_when_it_is_whole)
{
	struct stat st;
	mode_t mask = umask(022);
	ck_assert_int_eq(wholefile_begin(&file, in_scratch("a.tar"), false, &err), 0);
	ck_assert_int_eq(feed("one "), 0);
	ck_assert_int_eq(access(in_scratch("a.tar"), F_OK), -1);
	ck_assert_int_eq(feed("two"), 0);
	ck_assert_int_eq(wholefile_commit(&file, &err), 0);
	wholefile_abandon(&file);
	umask(mask);
	content_is("a.tar", "one two");
	ck_assert_uint_eq(entries(), 1);
	ck_assert_int_eq(stat(in_scratch("a.tar"), &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0644);
}
END_TEST

START_TEST(leaves_nothing_when_abandoned)
{
	ck_assert_int_eq(wholefile_begin(&file, in_scratch("a"), false, &err), 0);
	ck_assert_int_eq(feed("one"), 0);
	ck_assert_uint_eq(entries(), 1);
	wholefile_abandon(&file);
	wholefile_abandon(&file);
	ck_assert_uint_eq(entries(), 0);
}
END_TEST

START_TEST(replaces_only_when_it_may)
{
	scratch_write("a", "old", 3);
	ck_assert_int_eq(wholefile_begin(&file, in_scratch("a"), false, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_NAME_TAKEN);
	ck_assert_str_eq(err.subject, path);
	ck_assert_str_eq(err.hint, "--force replaces it");
	ck_assert_uint_eq(entries(), 1);
	ck_assert_int_eq(wholefile_begin(&file, in_scratch("a"), true, &err), 0);
	ck_assert_int_eq(feed("new"), 0);
	content_is("a", "old");
	ck_assert_int_eq(wholefile_commit(&file, &err), 0);
	content_is("a", "new");
	ck_assert_uint_eq(entries(), 1);
}
END_TEST

/* What somebody else made under that name meanwhile stays as it is. */
START_TEST(is_not_put_over_what_came_meanwhile)
{
	ck_assert_int_eq(wholefile_begin(&file, in_scratch("a"), false, &err), 0);
	scratch_write("a", "theirs", 6);
	ck_assert_int_eq(wholefile_commit(&file, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_NAME_TAKEN);
	content_is("a", "theirs");
	ck_assert_uint_eq(entries(), 1);
}
END_TEST

START_TEST(refuses_what_is_no_place_for_a_file)
{
	char name[PATH_MAX + 10];
	scratch_write("plain", "", 0);
	ck_assert_int_eq(mkdirat(scratch, "dir", 0700), 0);
	ck_assert_int_eq(mkfifoat(scratch, "fifo", 0600), 0);
	static const char *const bad[] = { "none/a", "plain/a", "dir", "dir/", "fifo", "" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		for (int replaces = 0; replaces < 2; replaces++) {
			err = (struct error){ 0 };
			ck_assert_msg(wholefile_begin(&file, in_scratch(bad[i]), replaces, &err) == -1, "'%s'", bad[i]);
			ck_assert_msg(*err.text, "'%s'", bad[i]);
			ck_assert_int_eq(file.fd, -1);
			ck_assert_int_eq(file.parent, -1);
		}
	memset(name, 'x', sizeof name);
	name[sizeof name - 1] = '\0';
	ck_assert_int_eq(wholefile_begin(&file, name, false, &err), -1);
	ck_assert_int_eq(err.detail, ENAMETOOLONG);
	ck_assert_uint_eq(entries(), 3);
}
END_TEST

START_TEST(a_write_that_fails_is_said_and_leaves_nothing)
{
	struct rlimit before, small = { 4, 4 };
	ck_assert_int_eq(wholefile_begin(&file, in_scratch("a"), false, &err), 0);
	getrlimit(RLIMIT_FSIZE, &before);
	signal(SIGXFSZ, SIG_IGN);
	small.rlim_max = before.rlim_max;
	setrlimit(RLIMIT_FSIZE, &small);
	int failed = feed("12345678");
	setrlimit(RLIMIT_FSIZE, &before);
	ck_assert_int_eq(failed, -1);
	ck_assert_int_eq(err.kind, ERROR_SYSTEM);
	ck_assert_int_eq(err.detail, EFBIG);
	ck_assert_ptr_nonnull(strstr(err.text, "cannot write '"));
	wholefile_abandon(&file);
	ck_assert_uint_eq(entries(), 0);
}
END_TEST

static Suite *wholefile_suite(void)
{
	Suite *suite = suite_create("wholefile");
	TCase *all = tcase_create("all");

	tcase_add_checked_fixture(all, scratch_make, scratch_remove);
	tcase_add_test(all, appears_when_it_is_whole);
	tcase_add_test(all, leaves_nothing_when_abandoned);
	tcase_add_test(all, replaces_only_when_it_may);
	tcase_add_test(all, is_not_put_over_what_came_meanwhile);
	tcase_add_test(all, refuses_what_is_no_place_for_a_file);
	tcase_add_test(all, a_write_that_fails_is_said_and_leaves_nothing);
	suite_add_tcase(suite, all);
	return suite;
}

SUITE_MAIN(wholefile_suite)
