#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/tree.h"
#include "scratch.h"
#include "suite.h"

static void remove_all(void)
{
	scratch_empty(dup(scratch));
	scratch_remove();
}

/* In the scratch directory, as somebody whom modes hold. */
static void as_nobody(void (*act)(void))
{
	int status;
	ck_assert_int_eq(fchmod(scratch, 0777), 0);
	pid_t child = fork();
	if (child == 0) {
		if (fchdir(scratch) < 0 || (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0)))
			_exit(99);
		act();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}

static void demand(bool holds, int which)
{
	if (!holds)
		_exit(which);
}

static void make(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	demand(fd >= 0, 1);
	close(fd);
}

static unsigned mode(const char *path)
{
	struct stat st;
	demand(lstat(path, &st) == 0, 2);
	return st.st_mode & 07777;
}

static mode_t top;

static void in_locked_directories(void)
{
	make("file");
	demand(mkdir("other", 0750) == 0 && chmod("file", 0640) == 0 && chmod("other", 0750) == 0, 3);
	make("other/kept");
	demand(mkdir("tree", 0700) == 0 && mkdir("tree/locked", 0700) == 0 && mkdir("tree/locked/in", 0700) == 0, 4);
	make("tree/locked/in/x");
	demand(symlink("../../file", "tree/locked/to-file") == 0 && symlink("../../other", "tree/locked/to-other") == 0, 5);
	demand(symlink("../file", "tree/file") == 0 && symlink("none", "tree/locked/none") == 0, 6);
	demand(chmod("tree/locked/in", 0) == 0 && chmod("tree/locked", 0500) == 0 && chmod("tree", top) == 0, 7);
	demand(tree_remove("tree") == 0, 8);
	demand(access("tree", F_OK) < 0, 9);
	demand(mode("file") == 0640, 10);
	demand(mode("other") == 0750, 11);
	demand(access("other/kept", F_OK) == 0, 12);
}

START_TEST(modes_do_not_keep_it_and_links_lead_nowhere)
{
	static const mode_t tops[] = { 0, 0500, 0700 };
	top = tops[_i];
	as_nobody(in_locked_directories);
}
END_TEST

static void what_is_no_tree(void)
{
	make("file");
	demand(symlink("file", "link") == 0, 3);
	demand(tree_remove("none") < 0 && errno == ENOENT, 4);
	demand(tree_remove("file") < 0 && errno == ENOTDIR, 5);
	demand(access("file", F_OK) == 0, 6);
}

START_TEST(only_a_directory_is_removed)
{
	as_nobody(what_is_no_tree);
}
END_TEST

/* Deeper than descriptors may be open, and with what has the name of what is moved. */
static void very_deep(void)
{
	struct rlimit few;
	demand(mkdir("tree", 0700) == 0 && mkdir("tree/deep.0", 0700) == 0, 1);
	int at = open("tree", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (unsigned level = 0; level < 3000; level++) {
		demand(mkdirat(at, "d", 0700) == 0 && mkdirat(at, "beside", 0500) == 0, 2);
		int next = openat(at, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		close(at);
		at = next;
	}
	close(at);
	demand(getrlimit(RLIMIT_NOFILE, &few) == 0, 3);
	few.rlim_cur = 100;
	demand(setrlimit(RLIMIT_NOFILE, &few) == 0, 6);
	demand(tree_remove("tree") == 0, 4);
	demand(access("tree", F_OK) < 0, 5);
}

START_TEST(it_may_be_deeper_than_files_may_be_open)
{
	as_nobody(very_deep);
}
END_TEST

static Suite *tree_suite(void)
{
	Suite *suite = suite_create("tree");
	TCase *tcase = tcase_create("tree");
	tcase_add_checked_fixture(tcase, scratch_make, remove_all);
	tcase_add_loop_test(tcase, modes_do_not_keep_it_and_links_lead_nowhere, 0, 3);
	tcase_add_test(tcase, it_may_be_deeper_than_files_may_be_open);
	tcase_add_test(tcase, only_a_directory_is_removed);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(tree_suite)
