#include "logs/merge.h"

#include <stdlib.h>

#include "base/banned.h"

#define MEMORY (32u * 1024 * 1024) /* for what is read of all logs at once */
#define OPEN_MAX_LOGS 128          /* of more logs than these no file stays open while another log has its turn */

void merge_init(struct merge *merge, const struct store *store)
{
	*merge = (struct merge){ .store = store };
}

static void close_log(struct merge_log *log)
{
	if (log->open)
		log->spool.place = log->reader.scan.place;
	log->open = false;
	reader_release(&log->reader);
}

void merge_release(struct merge *merge)
{
	for (size_t i = 0; i < merge->nr; i++) {
		close_log(merge->logs[i]);
		spool_release(&merge->logs[i]->spool);
		free(merge->logs[i]);
	}
	free(merge->logs);
	turns_release(&merge->turns);
	*merge = (struct merge){ 0 };
}

static void note_failure(struct merge *merge, const struct error *err)
{
	if (!merge->failed.kind)
		merge->failed = *err;
}

static int open_log(struct merge *merge, struct merge_log *log, const struct selection *selection, struct error *err)
{
	spool_note(&log->spool);
	if (reader_open(&log->reader, merge->store->dir, &log->spool.files, selection, err) < 0)
		return -1;
	scan_share(&log->reader.scan, MEMORY / (unsigned)merge->nr);
	log->open = true;
	return 0;
}

/* Reads the next record of a log, which then waits for its turn. */
static bool read_on(struct merge *merge, struct merge_log *log)
{
	struct error err;
	int more = log->open ? reader_next(&log->reader, &log->record, &err) : 0;
	if (more < 0)
		note_failure(merge, &err);
	if (more <= 0)
		close_log(log);
	else if (merge->nr > OPEN_MAX_LOGS)
		scan_park(&log->reader.scan);
	return more > 0;
}

static void wait_for_turn(struct merge *merge, size_t nr)
{
	struct merge_log *log = merge->logs[nr];
	if (read_on(merge, log))
		turns_put(&merge->turns, log->record.at, log->spool.name, nr);
}

int merge_add(struct merge *merge, const char *id, const char *name, const struct selection *selection,
	      struct error *err)
{
	struct merge_log *log = xcalloc(1, sizeof *log);
	log->selection = *selection;
	if (merge->nr == merge->room) {
		merge->room = merge->room ? merge->room * 2 : 16;
		merge->logs = xrealloc(merge->logs, merge->room * sizeof *merge->logs);
	}
	merge->logs[merge->nr++] = log;
	if (spool_open(&log->spool, merge->store, id, name, err) < 0 || open_log(merge, log, selection, err) < 0) {
		reader_release(&log->reader);
		spool_release(&log->spool);
		free(log);
		merge->nr--;
		return -1;
	}
	wait_for_turn(merge, merge->nr - 1);
	return 0;
}

static int end(struct merge *merge, struct error *err)
{
	if (!merge->failed.kind)
		return 0;
	*err = merge->failed;
	merge->failed = (struct error){ 0 };
	return -1;
}

/* The next part of the line that was begun, or whoever is next. */
static struct merge_log *take_turn(struct merge *merge)
{
	struct merge_log *given = merge->given;
	bool unfinished = given && given->record.partial;
	merge->given = NULL;
	if (unfinished && read_on(merge, given))
		return given;
	if (given && !unfinished)
		wait_for_turn(merge, merge->given_nr);
	return turns_take(&merge->turns, &merge->given_nr) ? merge->logs[merge->given_nr] : NULL;
}

int merge_next(struct merge *merge, struct merged *out, struct error *err)
{
	struct merge_log *log = take_turn(merge);
	merge->given = log;
	if (!log)
		return end(merge, err);
	*out = (struct merged){ merge->given_nr, log, log->record, log->reader.scan.begins };
	return 1;
}

void merge_go_on(struct merge *merge)
{
	struct error err;
	for (size_t i = 0; i < merge->nr; i++) {
		struct merge_log *log = merge->logs[i];
		struct selection rest = { .tail = -1,
					  .since = log->selection.since,
					  .until = log->selection.until,
					  .from = log->spool.place };
		if (log->open || log->selection.to.number || !spool_has_more(&log->spool))
			continue;
		if (open_log(merge, log, &rest, &err) < 0)
			note_failure(merge, &err);
		else
			wait_for_turn(merge, i);
	}
}
