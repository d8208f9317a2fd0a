#include "logs/reading.h"

#include <string.h>

#include "base/moment.h"
#include "base/banned.h"

#define FILE_HELPING 16384 /* records of a file at a time, so that no other container waits for long */
#define RECORD_OVERHEAD 80 /* bytes that an engine stores with each record, about */

static int take_record(void *arg, const struct record *record, struct error *err)
{
	struct reading *reading = arg;
	uint64_t fresh = reading->intake->seek.fresh;
	reading->brought = true;
	if (intake_take(reading->intake, record, err) < 0)
		return -1;
	if (reading->intake->seek.fresh > fresh)
		reading->window.bytes += record->len + RECORD_OVERHEAD;
	return 0;
}

static int take_bytes(void *arg, enum request_stream stream, const char *bytes, size_t len, struct error *err)
{
	struct reading *reading = arg;
	return framer_feed(&reading->framer, stream == REQUEST_ERR ? STREAM_STDERR : STREAM_STDOUT, bytes, len, err);
}

int reading_start(struct reading *reading, struct intake *intake, const struct runtime *runtime, const char *id, enum window_kind kind,
		  struct error *err)
{
	struct window asked = intake_plan(intake);
	struct action action;
	action_init(&action, VERB_WINDOW);
	action.window = kind;
	action.tail = asked.tail;
	action.since = asked.since;
	strvec_push(&action.targets, id);
	*reading = (struct reading){ .intake = intake, .kind = kind };
	reading->window.began_ms = monotonic_ms();
	if (task_start(&reading->task, runtime, &action, take_bytes, reading, err) < 0)
		return -1;
	framer_init(&reading->framer, kind, take_record, reading);
	intake_begin(intake, &asked);
	return 0;
}

int reading_start_in_file(struct reading *reading, struct intake *intake, struct shortcut *shortcut, struct error *err)
{
	struct window asked = intake_plan(intake);
	int known = shortcut_begin(shortcut, asked.tail, err);
	if (known < 0)
		return -1;
	if (known)
		intake_goes_on(intake, shortcut_loss(shortcut));
	asked.since = 0;
	*reading = (struct reading){ .intake = intake, .shortcut = shortcut, .in_file = true };
	reading->window.began_ms = monotonic_ms();
	intake_begin(intake, &asked);
	return 0;
}

bool reading_active(const struct reading *reading)
{
	return reading->task.active || reading->in_file;
}

void reading_abandon(struct reading *reading)
{
	if (reading->task.active)
		framer_release(&reading->framer);
	task_abandon(&reading->task);
	reading->in_file = false;
}

static enum reading_state broke(struct reading *reading, const struct error *err)
{
	bool too_small = reading->intake->too_small;
	intake_break(reading->intake);
	if (too_small)
		return READING_AGAIN;
	if (err->kind == ERROR_NOT_FOUND)
		return READING_MISSING;
	if (strstr(err->text, "does not support reading"))
		return READING_UNREADABLE;
	return err->kind == ERROR_SYSTEM ? READING_NOT_STORED : READING_FAILED;
}

/* It was read to its end. */
static enum reading_state conclude(struct reading *reading, struct error *err)
{
	const struct seek *seek = &reading->intake->seek;
	reading->window.ended_ms = monotonic_ms();
	reading->window.records = seek->records;
	reading->window.fresh = seek->fresh;
	int outcome = intake_end(reading->intake, reading->kind != WINDOW_TERMINAL, err);
	return outcome < 0 ? READING_NOT_STORED : outcome == 0 ? READING_AGAIN : READING_STORED;
}

static enum reading_state finish(struct reading *reading, struct error *err)
{
	struct result result = { 0 };
	struct framer *framer = &reading->framer;

	request_add_words(&reading->task.running, buf_text(&framer->said), framer->said.len);
	int failure = task_finish(&reading->task, &result, err);
	if (!failure)
		failure = framer_end(framer, err);
	framer_release(framer);
	if (failure)
		return broke(reading, err);
	return conclude(reading, err);
}

/* What was read and what is stored need not be the same from here on. */
static enum reading_state broke_in_file(struct reading *reading, int any, const struct error *err)
{
	reading->in_file = false;
	shortcut_lose_place(reading->shortcut);
	if (any > 0)
		return broke(reading, err);
	intake_break(reading->intake);
	return READING_FAILED;
}

/* On the way to where the stored log ends: what is missing here is missing there as well, and was told. */
static bool passes_over_old(const struct reading *reading)
{
	struct enginelog *log = reading->shortcut->log;
	if (!enginelog_broken(log) || !seek_searches(&reading->intake->seek))
		return false;
	enginelog_pass(log);
	return true;
}

static enum reading_state step_in_file(struct reading *reading, struct error *err)
{
	struct enginelog *log = reading->shortcut->log;
	struct record record;
	int any = 1;
	for (unsigned i = 0; i < FILE_HELPING && any > 0; i++) {
		any = enginelog_next(log, &record, err);
		if (any < 0 || (any > 0 && take_record(reading, &record, err) < 0))
			return broke_in_file(reading, any, err);
	}
	if (any > 0 || passes_over_old(reading))
		return READING_ON;
	reading->in_file = false;
	enum reading_state state = conclude(reading, err);
	if (state != READING_STORED)
		shortcut_lose_place(reading->shortcut);
	else if (!shortcut_stored(reading->shortcut))
		state = READING_AGAIN;
	return state;
}

enum reading_state reading_step(struct reading *reading, struct error *err)
{
	if (reading->in_file)
		return step_in_file(reading, err);
	if (!reading->task.active)
		return READING_NONE;
	return task_step(&reading->task) ? finish(reading, err) : READING_ON;
}
