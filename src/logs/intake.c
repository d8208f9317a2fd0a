#include "logs/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "logs/shelf.h"
#include "base/banned.h"

#define DAY_S 86400

void intake_init(struct intake *intake, const struct store *store, const char *id, const char *name)
{
	*intake = (struct intake){ .store = store, .file = { .fd = -1 } };
	diary_init(&intake->diary, id, name);
	seek_reset(&intake->seek);
}

void intake_close(struct intake *intake)
{
	if (intake->opened)
		logfile_close(&intake->file);
	intake->opened = false;
	intake->trusts_clock = false;
	intake->lacking = 0;
	seek_reset(&intake->seek);
}

static bool stores(const struct intake *intake)
{
	return intake->diary.journal != NULL;
}

/* ---- opening ---- */

/* The day that the log has in its name stays, whenever else the container starts. */
static void wanted_name(const struct intake *intake, const struct shelf_files *files, moment started, char wanted[LOG_NAME_MAX + 1])
{
	struct log_name of = { 0 };
	memcpy(of.id, intake->diary.id, sizeof of.id);
	memcpy(of.name, intake->diary.name, sizeof of.name);
	log_day(started ? started : moment_now(), of.day);
	for (size_t i = 0; i < files->nr; i++)
		if (files->items[i].of.day[0])
			memcpy(of.day, files->items[i].of.day, sizeof of.day);
	store_file_name(intake->store, &of, wanted);
}

/* From the oldest on; after a crash in between the next opening goes on with it. A copy that somebody made keeps its name. */
static int rename_to(const struct intake *intake, const struct shelf_files *files, const char *wanted, struct error *err)
{
	bool any = false;
	for (size_t i = 0; i < files->nr; i++) {
		const struct shelf_file *file = &files->items[i];
		char name[LOG_NAME_MAX + 1];
		if (!strcmp(file->whole, wanted))
			continue;
		log_part_make(wanted, &file->part, name);
		if (renameat2(intake->store->dir, file->file, intake->store->dir, name, RENAME_NOREPLACE) < 0 && errno != EEXIST)
			return error_system(err, "renaming %s to %s", file->file, name);
		any = true;
	}
	if (any)
		fsync(intake->store->dir);
	return 0;
}

static int mend(struct intake *intake, const char *name, struct error *err)
{
	char what[100];
	off_t cut;
	if (!intake->store->power_lost || intake->mended)
		return 0;
	if (logfile_mend(intake->store->dir, name, &cut, err) < 0)
		return -1;
	intake->mended = true;
	if (!cut)
		return 0;
	snprintf(what, sizeof what, "%lld bytes at its end did not survive a loss of power; they are fetched again", (long long)cut);
	diary_changed(&intake->diary, what);
	return 0;
}

static int open_to_write(struct intake *intake, const struct shelf_files *files, const char *wanted, struct error *err)
{
	if (rename_to(intake, files, wanted, err) < 0 || mend(intake, wanted, err) < 0)
		return -1;
	return logfile_open(&intake->file, intake->store->dir, wanted, intake->store->keeping.max_size, err);
}

/* Under whatever name it has: who collects may not have seen the new one yet. */
static int open_to_look(struct intake *intake, const struct shelf_files *files, const char *wanted, struct error *err)
{
	return logfile_open_reading(&intake->file, intake->store->dir, files->nr ? files->items[files->nr - 1].whole : wanted, err);
}

int intake_open(struct intake *intake, moment started, struct error *err)
{
	SCOPED(shelf_release) struct shelf_files files = { 0 };
	char wanted[LOG_NAME_MAX + 1];

	if (intake->opened)
		return intake->file.distrusted ? logfile_sync(&intake->file, err) : 0;
	if (diary_recall(&intake->diary, intake->store->dir, err) < 0)
		return -1;
	shelf_every(intake->store, intake->diary.id, intake->diary.name, &files);
	wanted_name(intake, &files, started, wanted);
	int failed = stores(intake) ? open_to_write(intake, &files, wanted, err) : open_to_look(intake, &files, wanted, err);
	if (failed)
		return -1;
	intake->opened = true;
	seek_reset(&intake->seek);
	return 0;
}

/* ---- a window ---- */

/*
 * A day before the oldest time the file's end has, and not after the clock's: no clock step shorter than a day hides a record, and of a
 * long history only what is near is sent.
 */
static int64_t bound(const struct intake *intake)
{
	moment from = cursor_earliest(&intake->file.cursor), now = moment_now();
	if (!intake->trusts_clock || intake->seek.tail == TAIL_ALL)
		return 0;
	int64_t seconds = (from < now ? from : now) / MOMENT_SECOND - DAY_S;
	return seconds > 0 ? seconds : 0;
}

struct window intake_plan(struct intake *intake)
{
	int64_t tail = seek_plan(&intake->seek, &intake->file.cursor);
	intake->loss = NULL;
	return (struct window){ .tail = tail, .since = bound(intake) };
}

void intake_goes_on(struct intake *intake, const char *loss)
{
	seek_goes_on(&intake->seek, loss != NULL);
	intake->loss = loss;
}

void intake_begin(struct intake *intake, const struct window *window)
{
	seek_begin(&intake->seek, &intake->file.cursor, window->since > 0);
	intake->lacking = 0;
	intake->too_small = intake->gap_found = intake->change_found = false;
}

/* Enough of the file's end to know the same gap again, should a crash keep what comes behind it from being stored. */
static uint64_t end_digest(const struct cursor *cursor)
{
	return cursor->anchor.chain ^ cursor->block.chain ^ cursor->block.count;
}

static int write_gap_down(struct intake *intake, const struct record *first, struct error *err)
{
	const struct cursor *end = &intake->seek.matcher.file;
	bool edited = intake->seek.match == MATCH_KNOWN;
	intake->gap_found = true;
	if (edited)
		intake->loss = "the stored log was edited, records may be missing";
	else if (!intake->loss)
		intake->loss = "the engine dropped records";
	return diary_gap(&intake->diary, cursor_at(end), first->at, end_digest(end), intake->loss, err);
}

int intake_take(struct intake *intake, const struct record *record, struct error *err)
{
	struct seek *seek = &intake->seek;
	switch (seek_feed(seek, record)) {
	case SEEK_OLD:
		return 0;
	case SEEK_TOO_SMALL:
		intake->too_small = true;
		return error_set(err, ERROR_CANCELLED, "the window does not reach back");
	case SEEK_NEW:
		break;
	}
	if (!stores(intake)) {
		intake->lacking += (off_t)record_stored_len(record);
		return 0;
	}
	if (seek->fresh == 1 && seek_missed(seek) && write_gap_down(intake, record, err) < 0)
		return -1;
	if (logfile_append(&intake->file, record, err) < 0)
		return -1;
	intake->stored++;
	return 0;
}

static void write_change_down(struct intake *intake)
{
	if (!intake->file.replaced)
		return;
	intake->file.replaced = false;
	intake->change_found = true;
	diary_changed(&intake->diary, "somebody cut or replaced it; it goes on there");
}

static int flush(struct intake *intake, struct error *err)
{
	if (!stores(intake))
		return 0;
	int failed = logfile_flush(&intake->file, err);
	write_change_down(intake);
	return failed;
}

int intake_end(struct intake *intake, bool counted, struct error *err)
{
	if (flush(intake, err) < 0) {
		if (!intake->file.distrusted)
			intake_close(intake);
		return -1;
	}
	logfile_rest(&intake->file);
	if (!seek_end(&intake->seek, counted))
		return 0;
	intake->trusts_clock = true;
	return 1;
}

int intake_filled_up(struct intake *intake)
{
	const struct logfile *file = &intake->file;
	struct stat ours = { 0 }, named;
	if (fstat(file->fd, &ours) == 0 && ours.st_size >= file->size + intake->lacking)
		return 1;
	if (fstatat(file->dir, file->name, &named, AT_SYMLINK_NOFOLLOW) == 0 && named.st_ino == ours.st_ino && named.st_dev == ours.st_dev)
		return 0;
	intake_close(intake);
	return -1;
}

void intake_break(struct intake *intake)
{
	struct error ignored;
	if (intake->too_small) {
		seek_widen(&intake->seek);
		return;
	}
	flush(intake, &ignored);
	if (intake->file.distrusted)
		seek_reset(&intake->seek);
	else
		intake_close(intake);
}
