/* track, untrack, status: which containers are collected, and how that stands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "command/output.h"
#include "command/rows.h"
#include "command/session.h"
#include "command/target.h"
#include "logs/scan.h"
#include "model/json.h"
#include "base/banned.h"

#define LOOK_MS 3000

static int need_collector(struct session *session, struct error *err)
{
	if (session_collect(session) || session->settings.dry_run)
		return 0;
	return error_set(err, ERROR_FAILED, "no log directory to collect into");
}

static int track_one(struct session *session, const struct invocation *call UNUSED, const char *id, const char *name UNUSED,
		     struct error *err)
{
	return session_track_existing(session, id, err);
}

static int untrack_one(struct session *session, const struct invocation *call UNUSED, const char *id, const char *name,
		       struct error *err)
{
	struct tracked entry;
	if (!tracked_get(session->table, id, &entry))
		return error_set(err, ERROR_NOT_FOUND, "'%s' is not tracked", name);
	return session->settings.dry_run ? 0 : session_untrack(session, id, err);
}

static int one_or_all(const struct invocation *call, struct error *err)
{
	bool all = invocation_has(call, "all");
	if (all && call->operands_nr)
		return error_set(err, ERROR_USAGE, "give containers or --all, not both");
	if (!all && !call->operands_nr)
		return error_set(err, ERROR_USAGE, "needs at least one CONTAINER, or --all");
	return 0;
}

static int find_all(struct session *session, struct targets *out, struct error *err)
{
	struct result result;
	int failed = session_list(session, &result, err);
	for (size_t i = 0; !failed && i < result.containers.nr; i++) {
		strvec_push(&out->names, result.containers.items[i].name);
		strvec_push(&out->ids, result.containers.items[i].id);
	}
	if (!failed)
		result_release(&result);
	return failed;
}

static int run_track(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(targets_release) struct targets targets = { 0 };
	if (one_or_all(call, err) < 0 || need_collector(session, err) < 0)
		return -1;
	int failed = invocation_has(call, "all") ? find_all(session, &targets, err)
						 : targets_find(session, call, STATES_ANY, &targets, err);
	return failed ? -1 : targets_each(session, call, &targets, track_one, err);
}

/* Patterns and --all mean what is tracked, not what the engine has. */
static int find_tracked(struct session *session, const struct invocation *call, struct targets *out, struct error *err)
{
	struct tracked *entries;
	size_t nr = tracked_all(session->table, &entries);
	int failed = 0;
	for (size_t i = 0; i < nr && invocation_has(call, "all"); i++) {
		strvec_push(&out->names, entries[i].name);
		strvec_push(&out->ids, entries[i].id);
	}
	for (size_t o = 0; o < call->operands_nr && !failed; o++) {
		size_t before = out->ids.nr;
		for (size_t i = 0; i < nr; i++)
			if (text_matches(call->operands[o], entries[i].name) || !strcmp(call->operands[o], entries[i].id)) {
				strvec_push(&out->names, entries[i].name);
				strvec_push(&out->ids, entries[i].id);
			}
		struct tracked entry;
		if (out->ids.nr == before && session_find_tracked(session, call->operands[o], &entry)) {
			strvec_push(&out->names, entry.name);
			strvec_push(&out->ids, entry.id);
		}
		if (out->ids.nr == before)
			failed = error_set(err, ERROR_NOT_FOUND, "'%s' is not tracked", call->operands[o]);
	}
	free(entries);
	return failed;
}

static int run_untrack(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(targets_release) struct targets targets = { 0 };
	if (one_or_all(call, err) < 0 || need_collector(session, err) < 0 || find_tracked(session, call, &targets, err) < 0)
		return -1;
	return targets_each(session, call, &targets, untrack_one, err);
}

/* ---- status ---- */

/* What is stored of a container: the files are what counts, and they are read each time. */
struct stored_size {
	uint64_t records, bytes, files;
};

static struct stored_size measure(const struct session *session, const struct tracked *entry)
{
	SCOPED(shelf_release) struct shelf_files files;
	struct stored_size size = { 0 };
	struct error ignored;
	shelf_of(&session->store, entry->id, entry->name, &files);
	size.files = files.nr;
	scan_count(session->store.dir, &files, &size.records, &size.bytes, &ignored);
	return size;
}

static void json_moment(struct buf *out, const char *key, moment at)
{
	char text[MOMENT_TEXT_LEN + 1] = "";
	if (at)
		moment_format(at, text);
	buf_printf(out, ",\"%s\":\"%s\"", key, text);
}

static void json_status(const struct tracked *entry, const struct stored_size *size, struct buf *out)
{
	buf_add_text(out, "{\"ID\":");
	json_add_text(out, entry->id);
	buf_add_text(out, ",\"Name\":");
	json_add_text(out, entry->name);
	buf_printf(out, ",\"Runtime\":\"%s\",\"State\":\"%s\",\"Log\":\"%s\"", entry->runtime->name, container_state_name(entry->state),
		   phase_name(entry->phase));
	buf_printf(out, ",\"Records\":%llu,\"Bytes\":%llu,\"Files\":%llu,\"LagMs\":%lld,\"Gaps\":%llu", (unsigned long long)size->records,
		   (unsigned long long)size->bytes, (unsigned long long)size->files, (long long)entry->lag_ms,
		   (unsigned long long)entry->gaps);
	json_moment(out, "GapFrom", entry->gap_from);
	json_moment(out, "GapTo", entry->gap_to);
	buf_add_text(out, ",\"Error\":");
	json_add_text(out, entry->error);
	buf_add_text(out, ",\"File\":");
	json_add_text(out, entry->file);
	buf_add_text(out, "}\n");
}

#define STATUS_COLUMNS 8

static void row_status(const struct tracked *entry, const struct stored_size *size, struct arena *arena, const char **cells)
{
	char number[32];
	cells[0] = entry->name;
	cells[1] = container_state_name(entry->state);
	cells[2] = phase_name(entry->phase);
	snprintf(number, sizeof number, "%llu", (unsigned long long)size->records);
	cells[3] = arena_text(arena, number);
	snprintf(number, sizeof number, "%llu", (unsigned long long)size->bytes);
	cells[4] = arena_text(arena, number);
	if (entry->last_at && entry->fresh)
		snprintf(number, sizeof number, "%lldms", (long long)entry->lag_ms);
	else
		snprintf(number, sizeof number, "-");
	cells[5] = arena_text(arena, number);
	snprintf(number, sizeof number, "%llu", (unsigned long long)entry->gaps);
	cells[6] = arena_text(arena, number);
	cells[7] = entry->error[0] ? entry->error : entry->file;
}

static void print_gaps(const struct tracked *entries, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		char from[MOMENT_TEXT_LEN + 1] = "its beginning", to[MOMENT_TEXT_LEN + 1] = "its end";
		if (!entries[i].gaps)
			continue;
		if (entries[i].gap_from)
			moment_format(entries[i].gap_from, from);
		if (entries[i].gap_to)
			moment_format(entries[i].gap_to, to);
		output_line("%s: the last gap is between %s and %s; logs --marks %s shows all", entries[i].name, from, to, entries[i].name);
	}
}

static void print_status(const struct session *session, const struct tracked *entries, size_t nr, bool json)
{
	static const struct column columns[STATUS_COLUMNS] = { { "NAME", true },   { "STATE", false }, { "LOG", false },  { "RECORDS", false },
							       { "BYTES", false }, { "LAG", false },   { "GAPS", false }, { "FILE OR ERROR", true } };
	SCOPED(buf_release) struct buf text = BUF_INIT(16u * 1024 * 1024);
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	const char **cells = xcalloc(nr + 1, STATUS_COLUMNS * sizeof *cells);
	for (size_t i = 0; i < nr; i++) {
		struct stored_size size = measure(session, &entries[i]);
		if (json)
			json_status(&entries[i], &size, &text);
		else
			row_status(&entries[i], &size, &arena, cells + i * STATUS_COLUMNS);
	}
	if (json) {
		output_bytes(&text);
	} else {
		output_table(columns, STATUS_COLUMNS, cells, nr);
		print_gaps(entries, nr);
	}
	free(cells);
}

static void print_heading(const struct session *session, pid_t holder, const char *why)
{
	if (holder > 0)
		output_line("logs in %s, collected by another purser (pid %d)", session->store.path, (int)holder);
	else if (holder)
		output_line("logs in %s, not collected: %s", session->store.path, why);
	else
		output_line("logs in %s", session->store.path);
}

static bool looked_at(const struct tracked *entries, size_t nr)
{
	int64_t now_ms = monotonic_ms();
	for (size_t i = 0; i < nr; i++)
		if (!tracked_settled(&entries[i]) && now_ms - entries[i].added_ms < LOOK_MS)
			return false;
	return true;
}

/* A container that was just taken up has nothing to say yet: it is looked at once first, or LOOK_MS go by. */
static int wait_first_look(struct session *session, struct error *err)
{
	char why[256];
	for (;;) {
		struct tracked *entries;
		size_t nr = tracked_all(session->table, &entries);
		bool looked = looked_at(entries, nr);
		free(entries);
		if (looked || collecting_elsewhere(session->table, why, sizeof why))
			return 0;
		if (session_wait_news(session, 100, err) < 0)
			return -1;
	}
}

/* What another purser collects is known by its files alone. */
static void look_at_files(const struct session *session, struct tracked *entries, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		SCOPED(shelf_release) struct shelf_files files = { 0 };
		if (entries[i].file[0])
			continue;
		shelf_of(&session->store, entries[i].id, entries[i].name, &files);
		if (files.nr)
			memcpy(entries[i].file, files.items[files.nr - 1].file, sizeof entries[i].file);
	}
}

static int run_status(struct session *session, const struct invocation *call, struct error *err)
{
	struct tracked *entries;
	const char *format = invocation_value(call, "format");
	bool json = format ? !strcmp(format, "json") : session->settings.json;
	char why[256];

	if (need_collector(session, err) < 0 || wait_first_look(session, err) < 0)
		return -1;
	size_t nr = tracked_all(session->table, &entries);
	look_at_files(session, entries, nr);
	pid_t holder = collecting_elsewhere(session->table, why, sizeof why);
	for (size_t i = 0; i < nr && holder; i++)
		entries[i].phase = PHASE_ELSEWHERE;
	if (!json)
		print_heading(session, holder, why);
	print_status(session, entries, nr, json);
	free(entries);
	return 0;
}

#define ALL_OPTION(text)                                                                                               \
	(const struct option[])                                                                                        \
	{                                                                                                              \
		{ "all", 'a', KIND_FLAG, NULL, text }, { 0 }                                                           \
	}

const struct command cmd_track = {
	.name = "track",
	.summary = "collect the logs of containers made outside, their whole past included",
	.options = ALL_OPTION("all that the engine has"),
	.operands = (const struct operand[]){ { "CONTAINER", KIND_CONTAINER, 0, 0, .help = "name, id or pattern" }, { 0 } },
	.examples = (const struct example[]){ { "track web", "from its first line on" }, { "track --all", "everything" }, { 0 } },
	.flags = COMMAND_COLLECTS,
	.run = run_track,
};

const struct command cmd_untrack = {
	.name = "untrack",
	.summary = "stop collecting; what is stored stays",
	.options = ALL_OPTION("all that are tracked"),
	.operands = (const struct operand[]){ { "CONTAINER", KIND_CONTAINER, 0, 0, .help = "name, id or pattern" }, { 0 } },
	.examples = (const struct example[]){ { "untrack 'job-*'", "leave those alone" }, { 0 } },
	.flags = COMMAND_COLLECTS,
	.run = run_untrack,
};

const struct command cmd_status = {
	.name = "status",
	.summary = "show what is collected, and how that stands",
	.details = "LOG is waiting, following, catching up, complete, trouble (it is tried again), unreadable (the log driver keeps nothing),\n"
		   "elsewhere (another purser collects), other engine (the one that has it does not answer, but another) or gone. LAG is the\n"
		   "time from the engine's stamp on the last record to its being stored. GAPS counts the times that records were lost before\n"
		   "they could be read. RECORDS and BYTES are what is stored, rotated and compressed files included.",
	.options = (const struct option[]){ { "format", 0, KIND_FORMAT, "FORMAT", "table, or json: one object a line" }, { 0 } },
	.examples = (const struct example[]){ { "status", "all tracked containers" }, { 0 } },
	.flags = COMMAND_COLLECTS,
	.run = run_status,
};
