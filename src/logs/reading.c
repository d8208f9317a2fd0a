#include "logs/reading.h"

#include <string.h>

#include "base/moment.h"
#include "base/banned.h"

#define STALLED_MS 10000   /* a window that brings nothing for so long is given up */
#define RECORD_OVERHEAD 80 /* bytes that an engine stores with each record, about */

static int take_record(void *arg, const struct record *record, struct error *err)
{
	struct reading *reading = arg;
	uint64_t fresh = reading->intake->seek.fresh;
	if (intake_take(reading->intake, record, err) < 0)
		return -1;
	if (reading->intake->seek.fresh > fresh)
		reading->window.bytes += record->len + RECORD_OVERHEAD;
	return 0;
}

static int take_bytes(void *arg, enum request_stream stream, const char *bytes, size_t len, struct error *err)
{
	struct reading *reading = arg;
	reading->progress_ms = monotonic_ms();
	return framer_feed(&reading->framer, stream == REQUEST_ERR ? STREAM_STDERR : STREAM_STDOUT, bytes, len, err);
}

int reading_start(struct reading *reading, struct intake *intake, const struct runtime *runtime, const char *id, bool tty,
		  struct error *err)
{
	struct window asked = intake_plan(intake);
	struct action action;
	action_init(&action, VERB_WINDOW);
	action.tty = tty;
	action.tail = asked.tail;
	action.since = asked.since;
	strvec_push(&action.targets, id);
	*reading = (struct reading){ .intake = intake, .tty = tty, .progress_ms = monotonic_ms() };
	reading->window.began_ms = reading->progress_ms;
	if (task_start(&reading->task, runtime, &action, take_bytes, reading, err) < 0)
		return -1;
	framer_init(&reading->framer, tty, take_record, reading);
	intake_begin(intake, &asked);
	return 0;
}

bool reading_active(const struct reading *reading)
{
	return reading->task.active;
}

void reading_abandon(struct reading *reading)
{
	if (reading->task.active)
		framer_release(&reading->framer);
	task_abandon(&reading->task);
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
	reading->window.ended_ms = monotonic_ms();
	reading->window.records = reading->intake->seek.records;
	reading->window.fresh = reading->intake->seek.fresh;
	int outcome = intake_end(reading->intake, !reading->tty, err);
	return outcome < 0 ? READING_NOT_STORED : outcome == 0 ? READING_AGAIN : READING_STORED;
}

enum reading_state reading_step(struct reading *reading, struct error *err)
{
	if (!reading->task.active)
		return READING_NONE;
	if (monotonic_ms() - reading->progress_ms > STALLED_MS)
		request_stop(&reading->task.running, ERROR_TIMEOUT, "the engine does not send its log");
	return task_step(&reading->task) ? finish(reading, err) : READING_ON;
}
