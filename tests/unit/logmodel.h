/*
 * A model of an engine's log and of purser's file of it, for the tests and the fuzzer of the cursor.
 *
 * The engine's log is a sequence of records of which it still has the newest; the file is a list of places in that sequence, so
 * what is stored twice or passed over is seen at once. Polls are those of logs/seek.h, and what can go wrong does: records arrive and the
 * engine rotates between two windows, a window breaks off, the file is cut, somebody edits it.
 */
#ifndef PURSER_TESTS_LOGMODEL_H
#define PURSER_TESTS_LOGMODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logs/seek.h"

#define MODEL_RECORDS 1024

struct model_record {
	moment at;
	enum stream stream;
	bool partial;
	unsigned text;
};

struct model {
	/* The engine's side. */
	struct model_record records[MODEL_RECORDS];
	size_t written, dropped;

	/* The file: which of the engine's records are in it, and behind how many of them a gap was reported. */
	size_t stored[4 * MODEL_RECORDS];
	size_t nr;
	bool gap_at[4 * MODEL_RECORDS + 1];
	struct cursor cursor;

	struct seek seek;
	int64_t own_tail;     /* of every other first window, instead of what seek plans; 0: never */
	bool widening;        /* the last window was too small */
	size_t dropped_first; /* what the engine had dropped when the file was begun */

	size_t windows;
	/*
	 * The engine dropped a part of the file's only block, in which records are alike. Nothing in what it has left tells
	 * how many, and a file with more blocks would at least tell that it did (struct matcher, doubtful).
	 */
	bool undecidable;
	char wrong[256]; /* what went wrong first; "" if nothing did */
};

static inline struct record model_load(const struct model_record *from)
{
	return (struct record){ from->at, from->stream, from->partial, (const char *)&from->text, sizeof from->text };
}

static inline void model_init(struct model *model, int64_t own_tail)
{
	*model = (struct model){ .own_tail = own_tail };
	seek_reset(&model->seek);
}

static inline bool model_full(const struct model *model)
{
	return model->written == MODEL_RECORDS;
}

static inline void model_write(struct model *model, moment at, enum stream stream, bool partial, unsigned text)
{
	if (!model_full(model))
		model->records[model->written++] = (struct model_record){ at, stream, partial, text };
}

/* The engine has only its newest `keep` records left. */
static inline void model_rotate(struct model *model, size_t keep)
{
	size_t first = keep < model->written ? model->written - keep : 0;
	if (first > model->dropped)
		model->dropped = first;
}

/* What opening the file does. */
static inline void model_reopen(struct model *model)
{
	memset(&model->cursor, 0, sizeof model->cursor);
	model->cursor.from_start = true;
	for (size_t i = 0; i < model->nr; i++) {
		struct record record = model_load(&model->records[model->stored[i]]);
		cursor_advance(&model->cursor, &record);
	}
}

/* purser ends at once: of what it stored the first `keep` records are left, of what it knew nothing. */
static inline void model_crash(struct model *model, size_t keep)
{
	if (keep < model->nr) {
		memset(model->gap_at + keep, 0, (model->nr - keep + 1) * sizeof model->gap_at[0]);
		model->nr = keep;
	}
	model_reopen(model);
	seek_reset(&model->seek);
	model->widening = false;
}

static inline void model_complain(struct model *model, const char *what, size_t place)
{
	if (!model->wrong[0])
		snprintf(model->wrong, sizeof model->wrong, "%s: record %zu of %zu (%zu dropped), behind %zu stored",
			 what, place, model->written, model->dropped, model->nr);
}

static inline void model_store(struct model *model, size_t place)
{
	if (model->nr == sizeof model->stored / sizeof model->stored[0])
		return;
	model->stored[model->nr++] = place;
	struct record record = model_load(&model->records[place]);
	cursor_advance(&model->cursor, &record);
}

/* What the window behind the first `before` records brought: each record once, and none left out that the engine had. */
static inline void model_check(struct model *model, size_t before)
{
	bool doubtful = model->seek.matcher.doubtful;
	if (model->nr == before || model->undecidable)
		return;
	model->gap_at[before] = seek_missed(&model->seek);
	for (size_t i = before; i < model->nr; i++) {
		size_t place = model->stored[i], next = i ? model->stored[i - 1] + 1 : model->dropped_first;
		if (place == next)
			continue;
		if (place < next)
			model_complain(model, "stored twice", place);
		else if (!model->gap_at[i])
			model_complain(model, "passed over in silence up to", place);
		else if (next >= model->dropped && !doubtful)
			model_complain(model, "a gap where there was none, up to", place);
	}
}

/* Whether any two of the records from the anchor on are alike. */
static inline bool model_has_twins(const struct model *model, size_t anchor)
{
	for (size_t i = anchor; i < model->written; i++)
		for (size_t j = i + 1; j < model->written; j++)
			if (!memcmp(&model->records[i], &model->records[j], sizeof model->records[i]))
				return true;
	return false;
}

/* Whether a gap was reported behind the `nr` first records: then what the file has there is not what the engine has. */
static inline bool model_gap_behind(const struct model *model, size_t nr)
{
	for (size_t i = nr; i < model->nr; i++)
		if (model->gap_at[i])
			return true;
	return false;
}

enum model_outcome { MODEL_AGAIN, MODEL_UP_TO_DATE };

/* What can be known of the anchor before the window is read. */
static inline void model_look_at_anchor(struct model *model)
{
	const struct seek *seek = &model->seek;
	size_t anchor = model->stored[model->nr - model->cursor.anchor.count];
	if (model->dropped > anchor && model->cursor.anchor_nr == 1)
		model->undecidable |= model_has_twins(model, anchor);
	if (seek->match != MATCH_WHOLE && model->dropped <= anchor && !model_gap_behind(model, model->nr - model->cursor.anchor.count))
		model_complain(model, "the anchor was there and not found", anchor);
}

/* One window; it breaks off after `whole_for` records. */
static inline enum model_outcome model_window(struct model *model, size_t whole_for)
{
	struct seek *seek = &model->seek;
	size_t before = model->nr, first = model->dropped, end = model->written, at;

	seek_plan(seek, &model->cursor);
	if (model->windows++ % 2 && model->own_tail && seek->tail != TAIL_ALL && !model->widening)
		seek->tail = model->own_tail; /* also one that is too small to be of use */
	if (seek->tail != TAIL_ALL && end - first > (size_t)seek->tail)
		first = end - (size_t)seek->tail;
	seek_begin(seek, &model->cursor, false);
	if (!seek->take_all)
		model_look_at_anchor(model);
	if (before == 0)
		model->dropped_first = first;
	for (at = first; at < end && at - first != whole_for; at++) {
		struct record record = model_load(&model->records[at]);
		if (seek_feed(seek, &record) == SEEK_NEW)
			model_store(model, at);
	}
	model_check(model, before);
	if (at < end) {
		seek_reset(seek);
		model->widening = false;
		model_reopen(model);
		return MODEL_AGAIN;
	}
	bool doubtful = seek->matcher.doubtful;
	model->widening = !seek_end(seek, true);
	if (model->widening)
		return MODEL_AGAIN;
	if (!model->undecidable && !doubtful && !seek->matcher.doubtful && end > model->dropped &&
	    (model->nr == 0 || model->stored[model->nr - 1] + 1 < end))
		model_complain(model, "up to date without", end - 1);
	return MODEL_UP_TO_DATE;
}

static inline void model_print(const struct model *model)
{
	for (size_t i = 0; i < model->written; i++) {
		const struct model_record *record = &model->records[i];
		fprintf(stderr, "%s%zu:%lld%s%s%u", i % 10 ? "  " : "\n", i, (long long)record->at,
			record->stream == STREAM_STDERR ? "e" : "o", record->partial ? "P" : "F", record->text);
	}
	fprintf(stderr, "\nstored:");
	for (size_t i = 0; i < model->nr; i++)
		fprintf(stderr, "%s%zu", model->gap_at[i] ? " | " : " ", model->stored[i]);
	fprintf(stderr, "\n");
}

#endif
