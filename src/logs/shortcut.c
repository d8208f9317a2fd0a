#include "logs/shortcut.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/banned.h"

#define WORTH_A_PROOF (64 * 1024) /* bytes; a rotated file is long, too */
#define PROOFS_MAX 3 /* tries: the engine may have rotated in between */

void shortcut_init(struct shortcut *shortcut, struct rotations *rotations)
{
	*shortcut = (struct shortcut){ .rotations = rotations, .watch = ROTATIONS_NONE };
}

bool shortcut_usable(const struct shortcut *shortcut)
{
	return shortcut->path && shortcut->trust != SHORTCUT_REFUSED;
}

static bool is_log(const struct shortcut *shortcut)
{
	return enginelog_is_log(shortcut->form);
}

bool shortcut_is_log(const struct shortcut *shortcut)
{
	return shortcut_usable(shortcut) && is_log(shortcut);
}

bool shortcut_holds(const struct shortcut *shortcut)
{
	return shortcut->log && shortcut_is_log(shortcut);
}

static void close_log(struct shortcut *shortcut)
{
	enginelog_close(shortcut->log);
	shortcut->log = NULL;
	if (shortcut->watch != ROTATIONS_NONE)
		rotations_drop(shortcut->rotations, shortcut->watch);
	shortcut->watch = ROTATIONS_NONE;
}

void shortcut_rest(struct shortcut *shortcut)
{
	proof_abandon(&shortcut->proof);
	close_log(shortcut);
	shortcut_lose_place(shortcut);
}

void shortcut_lose_place(struct shortcut *shortcut)
{
	struct error ignored;
	shortcut->stored.inode = 0;
	if (shortcut_holds(shortcut))
		enginelog_rewind(shortcut->log, &ignored); /* where it stopped is no place to go on, either */
}

void shortcut_stop(struct shortcut *shortcut)
{
	if (proof_active(&shortcut->proof))
		task_stop(&shortcut->proof.task);
}

void shortcut_release(struct shortcut *shortcut)
{
	shortcut_rest(shortcut);
	free(shortcut->path);
	shortcut_init(shortcut, shortcut->rotations);
}

void shortcut_set(struct shortcut *shortcut, const char *path, enum log_form form)
{
	if (shortcut->path && !strcmp(shortcut->path, path))
		return;
	shortcut_release(shortcut);
	shortcut->path = *path ? xstrdup(path) : NULL;
	shortcut->form = form;
}

bool shortcut_saves(const struct shortcut *shortcut)
{
	char rotated[PATH_MAX];
	struct stat is;
	if (stat(shortcut->path, &is) == 0 && is.st_size >= WORTH_A_PROOF)
		return true;
	int len = snprintf(rotated, sizeof rotated, "%s.1", shortcut->path);
	return len < (int)sizeof rotated && access(rotated, F_OK) == 0;
}

void shortcut_refuse(struct shortcut *shortcut)
{
	shortcut_rest(shortcut);
	shortcut->trust = SHORTCUT_REFUSED;
}

int shortcut_prove(struct shortcut *shortcut, const struct runtime *runtime, const char *id, struct error *err)
{
	struct enginelog *log = enginelog_open(shortcut->path, shortcut->form, err);
	if (!log) { /* the engine need not be asked */
		shortcut_refuse(shortcut);
		return -1;
	}
	enginelog_close(log);
	return proof_start(&shortcut->proof, runtime, id, err);
}

/* Whether the file is what the engine said. */
static int compare(struct shortcut *shortcut, struct error *err)
{
	struct enginelog *log = enginelog_open(shortcut->path, shortcut->form, err);
	if (!log)
		return -1;
	int holds = proof_holds(&shortcut->proof, log, err);
	if (holds == 0)
		error_set(err, ERROR_FAILED, "%s does not have what the engine says", shortcut->path);
	enginelog_close(log);
	return holds;
}

int shortcut_step(struct shortcut *shortcut, struct error *err)
{
	int answered = proof_step(&shortcut->proof, err);
	if (answered <= 0)
		return answered;
	if (compare(shortcut, err) > 0) {
		shortcut->trust = SHORTCUT_PROVEN;
		shortcut->proofs = 0;
		return 1;
	}
	if (err->kind == ERROR_SYSTEM || ++shortcut->proofs == PROOFS_MAX)
		shortcut_refuse(shortcut);
	return -1;
}

/* ---- held across rotation ---- */

/* Until none came in between: then it is known which of those that were counted are there. */
static unsigned take_in(struct shortcut *shortcut, uint64_t *count)
{
	unsigned opened = 0;
	do {
		rotations_take(shortcut->rotations);
		*count = rotations_count(shortcut->rotations, shortcut->watch);
		opened += enginelog_keep_up(shortcut->log);
		rotations_take(shortcut->rotations);
	} while (rotations_count(shortcut->rotations, shortcut->watch) != *count);
	return opened;
}

static void keep_up(struct shortcut *shortcut)
{
	uint64_t count;
	unsigned opened = take_in(shortcut, &count);
	if (count - shortcut->begun > opened)
		enginelog_lost_one(shortcut->log);
	shortcut->begun = count;
}

void shortcut_keep_up(struct shortcut *shortcut)
{
	if (shortcut_holds(shortcut) && rotations_count(shortcut->rotations, shortcut->watch) != shortcut->begun)
		keep_up(shortcut);
}

static int open_to_hold(struct shortcut *shortcut, struct error *err)
{
	close_log(shortcut);
	shortcut->watch = rotations_add(shortcut->rotations, shortcut->path);
	shortcut->log = enginelog_open(shortcut->path, shortcut->form, err);
	if (!shortcut->log) {
		close_log(shortcut);
		return -1;
	}
	take_in(shortcut, &shortcut->begun);
	return 0;
}

bool shortcut_is_written(const struct shortcut *shortcut)
{
	char path[PATH_MAX];
	const char *slash = shortcut->path ? strrchr(shortcut->path, '/') : NULL;
	if (shortcut->form != LOG_FORM_NERDCTL || !slash ||
	    snprintf(path, sizeof path, "%.*s/logger-lock", (int)(slash - shortcut->path), shortcut->path) >= PATH_MAX)
		return false;
	SCOPED(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}

/* ---- where reading goes on ---- */

static int reopen(struct shortcut *shortcut, struct error *err)
{
	if (is_log(shortcut)) {
		shortcut_lose_place(shortcut);
		return open_to_hold(shortcut, err);
	}
	struct enginelog *log = enginelog_open(shortcut->path, shortcut->form, err);
	if (!log)
		return -1;
	int lost = shortcut->stored.inode ? enginelog_go_to(log, &shortcut->stored, err) : 1;
	enginelog_close(shortcut->log);
	shortcut->log = log;
	if (lost)
		shortcut_lose_place(shortcut);
	return lost < 0 ? -1 : 0;
}

/* What is held is kept also where the place in it is not known: it may not be on the disk any more. */
static bool goes_on(const struct shortcut *shortcut)
{
	if (!shortcut->log)
		return false;
	return shortcut->stored.inode ? enginelog_stands(shortcut->log) : is_log(shortcut);
}

int shortcut_begin(struct shortcut *shortcut, int64_t tail, struct error *err)
{
	if (!goes_on(shortcut) && reopen(shortcut, err) < 0)
		return -1;
	if (is_log(shortcut))
		keep_up(shortcut); /* also where there is no inotify to tell */
	if (shortcut->stored.inode || enginelog_broken(shortcut->log)) {
		enginelog_pass(shortcut->log);
		return 1;
	}
	int failed = tail == TAIL_ALL ? enginelog_rewind(shortcut->log, err) : enginelog_go_back(shortcut->log, (uint64_t)tail, err);
	return failed < 0 ? -1 : 0;
}

const char *shortcut_loss(const struct shortcut *shortcut)
{
	return enginelog_passed(shortcut->log);
}

bool shortcut_stored(struct shortcut *shortcut)
{
	shortcut->stored = enginelog_place(shortcut->log);
	if (is_log(shortcut))
		enginelog_let_go(shortcut->log);
	return !enginelog_broken(shortcut->log);
}
