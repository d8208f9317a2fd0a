#include "logs/upkeep.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/moment.h"
#include "logs/reader.h"
#include "base/banned.h"

#define INTERVAL_MS 60000 /* containers go, and others put files into the directory */

void upkeep_init(struct upkeep *upkeep, const struct store *store, struct journal *journal)
{
	*upkeep = (struct upkeep){ .store = store, .journal = journal };
}

void upkeep_now(struct upkeep *upkeep)
{
	upkeep->due_ms = 0;
}

void upkeep_stop(struct upkeep *upkeep)
{
	pack_abandon(&upkeep->pack);
	strvec_release(&upkeep->stuck);
}

/* By default everything is kept as it is. */
static bool has_work(const struct upkeep *upkeep)
{
	const struct keeping *keeping = &upkeep->store->keeping;
	return keeping->max_files || keeping->pack || keeping->max_total;
}

int upkeep_wait_ms(const struct upkeep *upkeep)
{
	int64_t left = upkeep->due_ms - monotonic_ms();
	if (!has_work(upkeep))
		return -1;
	return upkeep->pack.active || left < 0 ? 0 : (int)left;
}

/* ---- what may go ---- */

struct candidate {
	const struct shelf_file *file;
	off_t size;
	moment modified;
};

static void look_at(const struct store *store, const struct shelf_file *file, struct candidate *out)
{
	struct stat st = { 0 };
	fstatat(store->dir, file->file, &st, AT_SYMLINK_NOFOLLOW);
	*out = (struct candidate){ file, st.st_size, st.st_mtim.tv_sec * MOMENT_SECOND + st.st_mtim.tv_nsec };
}

/* Of all files of one log, `nr` from `first` on, whether number `at` must stay. */
static bool is_needed(const struct shelf_files *files, size_t first, size_t nr, size_t at, bool tracked)
{
	unsigned number = files->items[first + at].part.number, newest = 0;
	for (size_t i = 0; i < nr; i++)
		if (files->items[first + i].part.number > newest)
			newest = files->items[first + i].part.number;
	return tracked && (number == 0 || number == newest);
}

/* What is not written down is not deleted. `at`: which of the files; those of its log stand before it. */
static bool delete_file(struct upkeep *upkeep, const struct shelf_files *files, size_t at)
{
	const struct shelf_file *file = &files->items[at];
	size_t first = at;
	while (first > 0 && !strcmp(files->items[first - 1].whole, file->whole))
		first--;
	const struct shelf_files up_to = { &files->items[first], at - first + 1 };
	struct mark mark = { .event = JOURNAL_DELETED, .to = reader_last_time(upkeep->store->dir, &up_to) };
	struct error err;
	if (upkeep->pack.active && !strcmp(upkeep->pack.file, file->file))
		pack_abandon(&upkeep->pack);
	memcpy(mark.id, file->of.id, sizeof mark.id);
	memcpy(mark.name, file->of.name, sizeof mark.name);
	snprintf(mark.text, sizeof mark.text, "%s", file->file);
	bool stuck = strvec_has(&upkeep->stuck, file->file);
	if (!stuck && journal_commit(upkeep->journal, &mark, &err) < 0)
		return false;
	bool gone = unlinkat(upkeep->store->dir, file->file, 0) == 0;
	if (!gone && !stuck)
		strvec_push(&upkeep->stuck, file->file);
	return gone;
}

/* ---- a log's number of files ---- */

static void delete_beyond_number(struct upkeep *upkeep, const struct shelf_files *files, size_t first, size_t nr)
{
	const struct shelf_file *file = &files->items[first];
	size_t max = upkeep->store->keeping.max_files, parts = 1; /* a plain and a compressed one of the same number are one */
	for (size_t i = 1; i < nr; i++)
		parts += file[i].part.number != file[i - 1].part.number;
	for (size_t i = 0; max && parts > max && file[i].part.number; i++) {
		delete_file(upkeep, files, first + i);
		parts -= i + 1 == nr || file[i].part.number != file[i + 1].part.number;
	}
}

/* ---- the directory's size ---- */

static int by_age(const void *a, const void *b)
{
	const struct candidate *left = a, *right = b;
	if (left->modified != right->modified)
		return left->modified < right->modified ? -1 : 1;
	unsigned left_nr = left->file->part.number - 1, right_nr = right->file->part.number - 1; /* the one that is written to is the last */
	return left_nr < right_nr ? -1 : left_nr > right_nr;
}

struct survey {
	struct candidate *may_go;
	size_t nr;
	off_t total;
};

/* None counts as older than what comes behind it in its log, whatever a clock said. */
static void order_ages(struct candidate *log, size_t nr)
{
	for (; nr > 1; nr--)
		if (log[nr - 2].modified > log[nr - 1].modified)
			log[nr - 2].modified = log[nr - 1].modified;
}

static void survey_log(const struct upkeep *upkeep, const struct shelf_files *files, size_t first, size_t nr, bool tracked,
		       struct survey *survey)
{
	size_t before = survey->nr;
	for (size_t i = 0; i < nr; i++) {
		struct candidate *next = &survey->may_go[survey->nr];
		look_at(upkeep->store, &files->items[first + i], next);
		survey->total += next->size;
		survey->nr += !is_needed(files, first, nr, i, tracked);
	}
	order_ages(survey->may_go + before, survey->nr - before);
}

static void delete_beyond_size(struct upkeep *upkeep, const struct shelf_files *files, struct survey *survey)
{
	off_t max = upkeep->store->keeping.max_total;
	qsort(survey->may_go, survey->nr, sizeof *survey->may_go, by_age);
	bool failed = false;
	for (size_t i = 0; i < survey->nr && survey->total > max; i++) {
		if (delete_file(upkeep, files, (size_t)(survey->may_go[i].file - files->items)))
			survey->total -= survey->may_go[i].size;
		else
			failed = true;
	}
	bool over = survey->total > max;
	if (over && !upkeep->over_budget)
		snprintf(upkeep->trouble, sizeof upkeep->trouble, "the logs take %lld bytes, more than they should (%lld): %s",
			 (long long)survey->total, (long long)max, failed ? "some could not be deleted" : "all of them are still written to");
	upkeep->over_budget = over;
}

/* ---- the whole directory ---- */

/* Number of the files from `first` on that are one log's. */
static size_t log_files(const struct shelf_files *files, size_t first)
{
	size_t nr = 1;
	while (first + nr < files->nr && !strcmp(files->items[first].whole, files->items[first + nr].whole))
		nr++;
	return nr;
}

static void packing_failed(struct upkeep *upkeep, struct error *err)
{
	if (upkeep->pack_fails)
		return;
	upkeep->pack_fails = true;
	error_wrap(err, "a log could not be compressed, and stays as it is");
	memcpy(upkeep->trouble, err->text, sizeof upkeep->trouble);
}

/* The first that can be, behind those that could not; when none is left that should be, the next one that cannot is told again. */
static void choose_to_pack(struct upkeep *upkeep, const struct shelf_files *files)
{
	bool left = false;
	size_t passed_over = upkeep->pack_failed;
	for (size_t i = 0; i < files->nr && upkeep->store->keeping.pack && !upkeep->pack.active; i++) {
		const struct shelf_file *file = &files->items[i];
		struct error err;
		if (file->part.packed || !file->part.number)
			continue;
		left = true;
		if (passed_over > 0)
			passed_over--;
		else if (pack_start(&upkeep->pack, upkeep->store->dir, file->whole, file->part.number, &err) < 0)
			packing_failed(upkeep, &err);
	}
	upkeep->pack_fails &= left;
	if (!upkeep->pack.active)
		upkeep->pack_failed = 0;
}

/* A crash, or an error, has left the plain file beside the compressed one. */
static void delete_plain_twin(struct upkeep *upkeep, const struct shelf_file *plain, const struct shelf_file *next)
{
	bool twins = !strcmp(plain->whole, next->whole) && plain->part.number == next->part.number && next->part.packed;
	if (twins && pack_is_whole(upkeep->store->dir, plain->whole, plain->part.number))
		unlinkat(upkeep->store->dir, plain->file, 0);
}

static void look_through(struct upkeep *upkeep, tracked_fn *is_tracked, void *arg)
{
	SCOPED(shelf_release) struct shelf_files files;
	struct survey survey = { 0 };
	if (!upkeep->pack.active)
		unlinkat(upkeep->store->dir, PACK_TEMPORARY, 0);
	shelf_all(upkeep->store, &files);
	for (size_t i = 0; i + 1 < files.nr; i++)
		delete_plain_twin(upkeep, &files.items[i], &files.items[i + 1]);
	shelf_release(&files);
	shelf_all(upkeep->store, &files);
	for (size_t first = 0, nr; first < files.nr; first += nr) {
		nr = log_files(&files, first);
		delete_beyond_number(upkeep, &files, first, nr);
	}
	shelf_release(&files);
	shelf_all(upkeep->store, &files);
	survey.may_go = xcalloc(files.nr + 1, sizeof *survey.may_go);
	for (size_t first = 0, nr; first < files.nr; first += nr) {
		nr = log_files(&files, first);
		survey_log(upkeep, &files, first, nr, is_tracked(arg, files.items[first].of.id), &survey);
	}
	if (upkeep->store->keeping.max_total)
		delete_beyond_size(upkeep, &files, &survey);
	free(survey.may_go);
	choose_to_pack(upkeep, &files);
}

static void go_on_packing(struct upkeep *upkeep)
{
	struct error err;
	int done = pack_step(&upkeep->pack, &err);
	if (done < 0) {
		upkeep->pack_failed++;
		packing_failed(upkeep, &err);
	}
	if (done != 0)
		upkeep_now(upkeep); /* there may be another one */
}

void upkeep_step(struct upkeep *upkeep, tracked_fn *is_tracked, void *arg)
{
	int64_t now_ms = monotonic_ms();
	if (has_work(upkeep) && now_ms >= upkeep->due_ms) {
		upkeep->due_ms = now_ms + INTERVAL_MS;
		look_through(upkeep, is_tracked, arg);
	}
	if (upkeep->pack.active)
		go_on_packing(upkeep);
}
