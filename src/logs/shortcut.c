#include "logs/shortcut.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

#define WORTH_A_PROOF (64 * 1024) /* bytes; a rotated file is long, too */
#define PROOFS_MAX 3 /* tries: the engine may have rotated in between */

void shortcut_rest(struct shortcut *shortcut)
{
	proof_abandon(&shortcut->proof);
	enginelog_close(shortcut->log);
	shortcut->log = NULL;
	shortcut_lose_place(shortcut);
}

void shortcut_lose_place(struct shortcut *shortcut)
{
	shortcut->stored.inode = 0;
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
	*shortcut = (struct shortcut){ 0 };
}

void shortcut_set(struct shortcut *shortcut, const char *path)
{
	if (shortcut->path && !strcmp(shortcut->path, path))
		return;
	shortcut_release(shortcut);
	shortcut->path = *path ? xstrdup(path) : NULL;
}

bool shortcut_usable(const struct shortcut *shortcut)
{
	return shortcut->path && shortcut->trust != SHORTCUT_REFUSED;
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
	struct enginelog *log = enginelog_open(shortcut->path, err);
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
	struct enginelog *log = enginelog_open(shortcut->path, err);
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

static int reopen(struct shortcut *shortcut, struct error *err)
{
	struct enginelog *log = enginelog_open(shortcut->path, err);
	if (!log)
		return -1;
	int lost = shortcut->stored.inode ? enginelog_go_to(log, &shortcut->stored, err) : 1;
	enginelog_close(shortcut->log);
	shortcut->log = log;
	if (lost)
		shortcut_lose_place(shortcut);
	return lost < 0 ? -1 : 0;
}

int shortcut_begin(struct shortcut *shortcut, int64_t tail, struct error *err)
{
	bool goes_on = shortcut->log && shortcut->stored.inode && enginelog_stands(shortcut->log);
	if (!goes_on && reopen(shortcut, err) < 0)
		return -1;
	if (shortcut->stored.inode)
		return 1;
	int failed = tail == TAIL_ALL ? enginelog_rewind(shortcut->log, err) : enginelog_go_back(shortcut->log, (uint64_t)tail, err);
	return failed < 0 ? -1 : 0;
}
