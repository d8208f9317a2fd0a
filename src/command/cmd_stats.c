/* stats: what containers use, once or again and again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/columns.h"
#include "command/last.h"
#include "command/live.h"
#include "command/meter.h"
#include "command/output.h"
#include "command/rows.h"
#include "command/sheet.h"
#include "model/json.h"
#include "runtime/texts.h"
#include "base/banned.h"

#define REFRESH_MS 1000
#define OUTPUT_MAX (64u * 1024 * 1024)
#define COLUMNS 8

struct view {
	bool whole_ids, json;
	const char *template;
};

/* ---- texts, as docker has them ---- */

static const char *percent(double number, struct arena *arena)
{
	char text[64];
	snprintf(text, sizeof text, "%.2f%%", number);
	return arena_text(arena, text);
}

static const char *pair(const char *first, const char *second, struct arena *arena)
{
	char text[80];
	snprintf(text, sizeof text, "%s / %s", first, second);
	return arena_text(arena, text);
}

static const char *memory(const struct usage *usage, struct arena *arena)
{
	return pair(text_memory_size(usage->memory, arena), text_memory_size(usage->memory_limit, arena), arena);
}

static const char *transfer(int64_t one, int64_t other, struct arena *arena)
{
	return pair(text_human_size(one, arena), text_human_size(other, arena), arena);
}

static const char *shown_id(const struct metered *one, const struct view *view, struct arena *arena)
{
	return view->whole_ids ? one->id : arena_copy(arena, one->id, strnlen(one->id, CONTAINER_ID_SHORT));
}

static const char *count(long number, struct arena *arena)
{
	char text[24];
	snprintf(text, sizeof text, "%ld", number);
	return arena_text(arena, text);
}

/* ---- printing ---- */

static const struct column columns[COLUMNS] = { { "CONTAINER ID", false, 6 }, { "NAME", true },
						{ "CPU %", false },           { "MEM USAGE / LIMIT", false, 2 },
						{ "MEM %", false, 1 },        { "NET I/O", false, 4 },
						{ "BLOCK I/O", false, 5 },    { "PIDS", false, 3 } };

static void fill(const struct meter *meter, const struct view *view, const char **cell, struct arena *arena)
{
	for (size_t i = 0; i < meter->nr; i++) {
		const struct metered *one = &meter->items[i];
		const struct usage *usage = &one->usage;
		*cell++ = shown_id(one, view, arena);
		*cell++ = one->name;
		*cell++ = percent(usage->cpu_percent, arena);
		*cell++ = memory(usage, arena);
		*cell++ = percent(usage->memory_percent, arena);
		*cell++ = transfer(usage->received, usage->sent, arena);
		*cell++ = transfer(usage->read, usage->written, arena);
		*cell++ = count(usage->processes, arena);
	}
}

static void print_table(const struct meter *meter, const struct view *view)
{
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	const char **cells = xcalloc(meter->nr + 1, COLUMNS * sizeof *cells);
	fill(meter, view, cells, &arena);
	columns_print(columns, COLUMNS, cells, meter->nr);
	free(cells);
}

static void add_text(struct buf *out, const char *key, const char *value)
{
	json_add_text(out, key);
	buf_add_text(out, ":");
	json_add_text(out, value);
	buf_add_text(out, ",");
}

static void add_number(struct buf *out, const char *key, int64_t value)
{
	buf_printf(out, "\"%s\":%lld,", key, (long long)value);
}

/* docker's keys, whose values are texts, and the numbers. */
static void add_object(const struct metered *one, const struct view *view, struct buf *out)
{
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	const struct usage *usage = &one->usage;
	buf_add_text(out, "{");
	add_text(out, "BlockIO", transfer(usage->read, usage->written, &arena));
	add_text(out, "CPUPerc", percent(usage->cpu_percent, &arena));
	add_text(out, "Container", one->name);
	add_text(out, "ID", shown_id(one, view, &arena));
	add_text(out, "MemPerc", percent(usage->memory_percent, &arena));
	add_text(out, "MemUsage", memory(usage, &arena));
	add_text(out, "Name", one->name);
	add_text(out, "NetIO", transfer(usage->received, usage->sent, &arena));
	add_text(out, "PIDs", count(usage->processes, &arena));
	add_text(out, "Runtime", one->runtime->name);
	add_number(out, "BytesRead", usage->read);
	add_number(out, "BytesWritten", usage->written);
	add_number(out, "BytesReceived", usage->received);
	add_number(out, "BytesSent", usage->sent);
	add_number(out, "MemoryBytes", usage->memory);
	add_number(out, "MemoryLimitBytes", usage->memory_limit);
	add_number(out, "Processes", usage->processes);
	buf_printf(out, "\"CPUPercent\":%.2f,\"MemoryPercent\":%.2f}\n", usage->cpu_percent, usage->memory_percent);
}

static void print_json(const struct meter *meter, const struct view *view)
{
	SCOPED(buf_release) struct buf out = BUF_INIT(OUTPUT_MAX);
	for (size_t i = 0; i < meter->nr; i++)
		add_object(&meter->items[i], view, &out);
	output_text(&out);
}

static const struct sheet_key keys[] = { { "BlockIO", "BLOCK I/O" }, { "CPUPerc", "CPU %" }, { "Container", "CONTAINER" },
					 { "ID", "CONTAINER ID" },   { "MemPerc", "MEM %" }, { "MemUsage", "MEM USAGE / LIMIT" },
					 { "Name", "NAME" },         { "NetIO", "NET I/O" }, { "PIDs", "PIDS" },
					 { "Runtime", "RUNTIME" },   { 0 } };

static void print_as_template(const struct meter *meter, const struct view *view)
{
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	SCOPED(sheet_release) struct sheet sheet;
	sheet_make(&sheet, keys, meter->nr);
	for (size_t i = 0; i < meter->nr; i++) {
		const struct metered *one = &meter->items[i];
		const struct usage *usage = &one->usage;
		sheet_add(&sheet, transfer(usage->read, usage->written, &arena));
		sheet_add(&sheet, percent(usage->cpu_percent, &arena));
		sheet_add(&sheet, one->name);
		sheet_add(&sheet, shown_id(one, view, &arena));
		sheet_add(&sheet, percent(usage->memory_percent, &arena));
		sheet_add(&sheet, memory(usage, &arena));
		sheet_add(&sheet, one->name);
		sheet_add(&sheet, transfer(usage->received, usage->sent, &arena));
		sheet_add(&sheet, count(usage->processes, &arena));
		sheet_add(&sheet, one->runtime->name);
	}
	sheet_print(&sheet, view->template);
}

static void print(const struct meter *meter, const struct view *view)
{
	if (view->template)
		print_as_template(meter, view);
	else if (view->json)
		print_json(meter, view);
	else
		print_table(meter, view);
}

/* ---- looking ---- */

/* Of those that are not there, why; the first `told` were printed. */
struct missing {
	struct session *session;
	struct error *errors;
	size_t nr, told;
};

static void missing_release(struct missing *missing)
{
	free(missing->errors);
}

static void note_missing(void *arg, const struct target *target, const struct error *err)
{
	struct missing *missing = arg;
	missing->errors = xrealloc(missing->errors, (missing->nr + 1) * sizeof *missing->errors);
	struct error *one = &missing->errors[missing->nr++];
	*one = *err;
	error_wrap(one, "stats: %s", target->name);
	target_point_elsewhere(missing->session, target->name, one);
}

/* On a screen that is drawn anew they would not be seen. */
static void tell_missing(struct missing *missing)
{
	while (missing->told < missing->nr && !output_has_screen())
		output_error(missing->session->where, &missing->errors[missing->told++]);
}

static int some_failed(const struct missing *missing, struct error *err)
{
	if (!missing->nr)
		return 0;
	error_set(err, ERROR_STATUS, "some failed");
	err->detail = error_status(&missing->errors[missing->nr - 1]);
	return -1;
}

static int first_look(struct session *session, struct meter *meter, struct missing *missing, struct error *err)
{
	if (meter_look(session, meter, note_missing, missing, err) < 0)
		return -1;
	tell_missing(missing);
	return meter->nr ? 0 : some_failed(missing, err);
}

static void leave_out(void *arg UNUSED, const struct target *target UNUSED, const struct error *err UNUSED)
{
}

/* Later looks are silent about what has gone. */
struct followed {
	struct meter *meter;
	struct missing *missing;
	const struct view *view;
	bool looked;
};

static int look_again(struct session *session, void *arg, struct live_rows *out, struct error *err)
{
	struct followed *followed = arg;
	struct meter *meter = followed->meter;
	if ((followed->looked ? meter_look(session, meter, leave_out, NULL, err) : first_look(session, meter, followed->missing, err)) < 0)
		return -1;
	followed->looked = true;
	live_rows_make(out, meter->nr, COLUMNS);
	fill(meter, followed->view, out->cells, &out->arena);
	for (size_t i = 0; i < meter->nr; i++) {
		const struct metered *one = &meter->items[i];
		SCOPED(buf_release) struct buf object = BUF_INIT(OUTPUT_MAX);
		out->keys[i] = arena_text(&out->arena, one->id);
		out->cells[i * COLUMNS] = arena_text(&out->arena, out->cells[i * COLUMNS]);
		out->names[i] = out->cells[i * COLUMNS + 1] = arena_text(&out->arena, one->name);
		if (!followed->view->json)
			continue;
		add_object(one, followed->view, &object);
		out->objects[i] = arena_text(&out->arena, buf_text(&object));
	}
	return 0;
}

static int follow(struct session *session, struct meter *meter, struct missing *missing, const struct view *view, struct error *err)
{
	struct followed followed = { .meter = meter, .missing = missing, .view = view };
	const struct live_source source = { "containers", "Name",     columns,    COLUMNS,
					    REFRESH_MS,   view->json, look_again, &followed };
	return live_follow(session, &source, err);
}

static int run_stats(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(meter_release) struct meter meter = { .all = invocation_has(call, "all") };
	struct view view = { .whole_ids = invocation_has(call, "no-trunc"), .json = session_wants_json(session, call) };
	SCOPED(missing_release) struct missing missing = { .session = session };
	if (sheet_template(call, keys, &view.template, err) < 0)
		return -1;
	bool once = invocation_has(call, "no-stream") || session->settings.dry_run,
	     by_itself = output_can_draw() && !view.json && !view.template;
	if (targets_find(session, call, meter.all ? STATES_ANY : STATES_LIVE, &meter.targets, err) < 0)
		return -1;
	if (call->operands_nr)
		last_set(session, &meter.targets);
	bool follows = !once && (by_itself || invocation_has(call, "follow"));
	int failed = follows ? follow(session, &meter, &missing, &view, err) : first_look(session, &meter, &missing, err);
	tell_missing(&missing);
	if (failed < 0)
		return -1;
	if (!follows)
		print(&meter, &view);
	return some_failed(&missing, err);
}

const struct command cmd_stats = {
	.name = "stats",
	.summary = "show what containers use: processors, memory, networks, disks",
	.details = "On a terminal the table is drawn again and again until Ctrl-C or q; arrows (or j, k), PgUp, PgDn, Home and End choose a row, which\n"
		   "keeps its place. Into a pipe, and with --json, it is printed once, with -f each second. 100 % is one processor.\n"
		   "--json has docker's texts and the numbers: bytes and percent. A container that does not run uses nothing.\n"
		   "podman tells how much a container has used since it started, nerdctl what cannot be believed with cgroups of version 1:\n"
		   "their shares are counted by purser, over the last second.",
	.options = (const struct option[]){ { "all", 'a', KIND_FLAG, NULL, "also those that do not run" },
					    { "follow", 'f', KIND_FLAG, NULL, "again and again, also into a pipe" },
					    { "no-stream", 0, KIND_FLAG, NULL, "once" },
					    { "no-trunc", 0, KIND_FLAG, NULL, "whole ids" },
					    { "format", 0, KIND_TEMPLATE, "FORMAT", SHEET_FORMATS },
					    { 0 } },
	.operands = (const struct operand[]){ { "CONTAINER", KIND_CONTAINER, 0, 0, .states = STATES_LIVE,
						.help = TARGET_HELP "; without: all that run" },
					      { 0 } },
	.examples = (const struct example[]){ { "stats", "of all that run, until q" },
					      { "stats --no-stream web db", "of two, once" },
					      { "stats --all --format json", "for programs" },
					      { 0 } },
	.flags = COMMAND_HARMLESS,
	.run = run_stats,
};
