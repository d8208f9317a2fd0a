/* The part of a checkup that no engine is asked for: the log directory, and limits. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "command/checkup.h"
#include "base/banned.h"

#define TEXT_MAX (2 * PATH_MAX)
#define SPACE_MIN (UINT64_C(64) << 20)
/* Descriptors that are not a container's: 64 streams, 4 windows of up to 5, the directory's, and the shell's. */
#define DESCRIPTORS_OWN 128
/* A container's stored log, and its engine's file (counted in /proc/PID/fd). */
#define DESCRIPTORS_EACH 2

/* ---- the log directory ---- */

/* What is to hold a directory that is not there yet. */
static void nearest_parent(const char *path, char parent[PATH_MAX])
{
	snprintf(parent, PATH_MAX, "%s", path);
	while (access(parent, F_OK) < 0) {
		char *slash = strrchr(parent, '/');
		if (!slash || slash == parent) {
			snprintf(parent, PATH_MAX, "%s", slash ? "/" : ".");
			return;
		}
		*slash = '\0';
	}
}

static void check_space(struct checkup *checkup, const char *directory)
{
	struct statvfs space;
	char what[TEXT_MAX];
	if (statvfs(directory, &space) < 0)
		return;
	checkup->machine.free_bytes = (uint64_t)space.f_bavail * space.f_frsize;
	if (checkup->machine.free_bytes >= SPACE_MIN)
		return;
	snprintf(what, sizeof what, "only %llu MiB are free for logs in %s", (unsigned long long)(checkup->machine.free_bytes >> 20), directory);
	checkup_add_problem(checkup, NULL, what, "make room there, or rotate logs with --log-max-size and --log-max-total");
}

static void check_collector(struct session *session, struct machine_checkup *machine, struct error *err)
{
	struct store_entries entries;
	if (session_store(session, err) < 0 || store_tracked(&session->store, &entries, err) < 0)
		return;
	machine->tracked = entries.nr;
	store_entries_release(&entries);
	machine->collected = store_collector(&session->store, &machine->collector, err);
}

static void check_log_directory(struct session *session, struct checkup *checkup)
{
	static const char advice[] = "use the user that owns it, or another one with --log-dir";
	SCOPED(buf_release) struct buf path = BUF_INIT(PATH_MAX);
	char holder[PATH_MAX], what[TEXT_MAX];
	struct machine_checkup *machine = &checkup->machine;
	struct error err = { 0 };
	machine->log_directory = "";
	if (session_log_directory(session, &path, &err) < 0) {
		checkup_add_problem(checkup, NULL, err.text, advice);
		return;
	}
	machine->log_directory = arena_text(&checkup->arena, buf_text(&path));
	machine->exists = access(machine->log_directory, F_OK) == 0;
	nearest_parent(machine->log_directory, holder);
	check_space(checkup, holder);
	if (access(holder, R_OK | W_OK | X_OK) < 0) {
		snprintf(what, sizeof what, "logs cannot be written to %s: %s", machine->log_directory, strerror(errno));
		checkup_add_problem(checkup, NULL, what, advice);
	}
	if (machine->exists)
		check_collector(session, machine, &err);
	if (err.kind)
		checkup_add_problem(checkup, NULL, err.text, advice);
}

/* ---- limits ---- */

static long read_limit(const char *path)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(64);
	struct error ignored;
	return fd_read_file(AT_FDCWD, path, &text, &ignored) < 0 ? 0 : strtol(buf_text(&text), NULL, 10);
}

/* What others of this user have taken is told by nobody: it is tried. */
static void try_inotify(struct checkup *checkup)
{
	SCOPED(fd_close) int fd = inotify_init1(IN_CLOEXEC);
	if (fd < 0)
		checkup_add_problem(checkup, NULL, "inotify cannot be used: all instances that a user may have are taken",
				    "let there be more with sysctl fs.inotify.max_user_instances=1024");
	else if (inotify_add_watch(fd, "/", IN_CREATE) < 0 && errno == ENOSPC)
		checkup_add_problem(checkup, NULL, "no file can be watched: all watches that a user may have are taken",
				    "let there be more with sysctl fs.inotify.max_user_watches=524288");
}

static void check_limits(struct checkup *checkup)
{
	struct machine_checkup *machine = &checkup->machine;
	char what[TEXT_MAX];
	getrlimit(RLIMIT_NOFILE, &machine->descriptors);
	rlim_t most = machine->descriptors.rlim_cur;
	machine->followed_max = most > DESCRIPTORS_OWN ? (most - DESCRIPTORS_OWN) / DESCRIPTORS_EACH : 0;
	machine->watches = read_limit("/proc/sys/fs/inotify/max_user_watches");
	machine->instances = read_limit("/proc/sys/fs/inotify/max_user_instances");
	try_inotify(checkup);
	if (machine->followed_max > machine->tracked && machine->followed_max > 0)
		return;
	snprintf(what, sizeof what, "%llu open files are enough for following %zu containers, and %zu are tracked", (unsigned long long)most,
		 machine->followed_max, machine->tracked);
	checkup_add_problem(checkup, NULL, what, "begin purser after ulimit -n 65536, or with LimitNOFILE=65536 in its unit");
}

void checkup_machine(struct session *session, struct checkup *checkup)
{
	check_log_directory(session, checkup);
	check_limits(checkup);
}
