/* track, untrack, status: which containers are collected, and how that stands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "command/columns.h"
#include "command/deed.h"
#include "command/live.h"
#include "command/output.h"
#include "command/rows.h"
#include "command/selector.h"
#include "command/session.h"
#include "command/stored.h"
#include "command/target.h"
#include "logs/scan.h"
#include "model/json.h"
#include "base/banned.h"

#define LOOK_MS 3000
#define REFRESH_MS 1000

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
	if (session_list(session, &result, err) < 0)
		return -1;
	for (size_t i = 0; i < result.containers.nr; i++)
		targets_add(out, session_runtime(session, err), result.containers.items[i].name, result.containers.items[i].id);
	result_release(&result);
	return 0;
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

static void add_tracked(const struct session *session, const struct tracked *entry, struct targets *out)
{
	targets_add(out, entry->runtime, target_name(session, entry->runtime, entry->name, &out->arena), entry->id);
}

/* Of `runtime`; NULL: any. */
static void add_fitting(const struct session *session, const struct tracked *entries, size_t nr, const struct runtime *runtime,
			const char *pattern, struct targets *out)
{
	for (size_t i = 0; i < nr; i++)
		if ((!runtime || entries[i].runtime == runtime) &&
		    (text_matches(pattern, entries[i].name) || !strcmp(pattern, entries[i].id)))
			add_tracked(session, &entries[i], out);
}

/* Patterns mean what is tracked, not what the engine has: the present runtime's, and where that has none, any. */
static int find_tracked(struct session *session, const char *word, const struct tracked *entries, size_t nr, struct targets *out,
			struct error *err)
{
	size_t before = out->nr;
	const char *pattern;
	const struct runtime *only = runtime_prefix(word, &pattern);
	struct tracked entry;
	enum selector_form form = selector_read(word).form;
	if (form != SELECTS_NAME && form != SELECTS_PATTERN)
		return targets_find_word(session, word, STATES_ANY, out, err);
	add_fitting(session, entries, nr, only ? only : session_runtime(session, err), pattern, out);
	if (out->nr == before && !only)
		add_fitting(session, entries, nr, NULL, pattern, out);
	if (out->nr == before && stored_find_tracked(session, word, &entry))
		add_tracked(session, &entry, out);
	return out->nr > before ? 0 : error_set(err, ERROR_NOT_FOUND, "'%s' is not tracked", word);
}

static int find_all_tracked(struct session *session, const struct invocation *call, struct targets *out, struct error *err)
{
	struct tracked *entries;
	size_t nr = tracked_all(session->table, &entries);
	int failed = 0;
	for (size_t i = 0; i < nr && invocation_has(call, "all"); i++)
		add_tracked(session, &entries[i], out);
	for (size_t i = 0; i < call->operands_nr && !failed; i++)
		failed = find_tracked(session, call->operands[i], entries, nr, out, err);
	free(entries);
	return failed;
}

static int run_untrack(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(targets_release) struct targets targets = { 0 };
	if (one_or_all(call, err) < 0 || need_collector(session, err) < 0 || find_all_tracked(session, call, &targets, err) < 0)
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

static void json_begin(const struct tracked *entry, struct buf *out)
{
	buf_add_text(out, "{\"ID\":");
	json_add_text(out, entry->id);
	buf_add_text(out, ",\"Name\":");
	json_add_text(out, entry->name);
	buf_printf(out, ",\"Runtime\":\"%s\",\"State\":\"%s\",\"Log\":\"%s\"", entry->runtime->name, container_state_name(entry->state),
		   phase_name(entry->phase));
}

static void json_end(const struct tracked *entry, struct buf *out)
{
	buf_printf(out, ",\"LagMs\":%lld,\"Gaps\":%llu", (long long)entry->lag_ms, (unsigned long long)entry->gaps);
	json_moment(out, "GapFrom", entry->gap_from);
	json_moment(out, "GapTo", entry->gap_to);
	buf_add_text(out, ",\"Error\":");
	json_add_text(out, entry->error);
	buf_add_text(out, ",\"File\":");
	json_add_text(out, entry->file);
	buf_add_text(out, "}\n");
}

static void json_status(const struct tracked *entry, const struct stored_size *size, struct buf *out)
{
	json_begin(entry, out);
	buf_printf(out, ",\"Records\":%llu,\"Bytes\":%llu,\"Files\":%llu", (unsigned long long)size->records,
		   (unsigned long long)size->bytes, (unsigned long long)size->files);
	json_end(entry, out);
}

#define STATUS_COLUMNS 8

static void row_status(const struct session *session, const struct tracked *entry, const struct stored_size *size, struct arena *arena,
		       const char **cells)
{
	char number[32];
	cells[0] = target_name(session, entry->runtime, entry->name, arena);
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

static void print_gaps(const struct session *session, const struct tracked *entries, size_t nr, struct arena *arena)
{
	for (size_t i = 0; i < nr; i++) {
		char from[MOMENT_TEXT_LEN + 1] = "its beginning", to[MOMENT_TEXT_LEN + 1] = "its end";
		if (!entries[i].gaps)
			continue;
		if (entries[i].gap_from)
			moment_format(entries[i].gap_from, from);
		if (entries[i].gap_to)
			moment_format(entries[i].gap_to, to);
		const char *name = target_name(session, entries[i].runtime, entries[i].name, arena);
		output_line("%s: the last gap is between %s and %s; logs --marks %s shows all", name, from, to, name);
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
			row_status(session, &entries[i], &size, &arena, cells + i * STATUS_COLUMNS);
	}
	if (json) {
		output_bytes(&text);
	} else {
		columns_print(columns, STATUS_COLUMNS, cells, nr);
		print_gaps(session, entries, nr, &arena);
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

/* An object of its own, as it is of no container. */
static void print_last_status(const struct session *session, bool json)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(64);
	if (session->last_status < 0)
		return;
	buf_printf(&text, json ? "{\"LastStatus\":%d}\n" : "the last command had status %d\n", session->last_status);
	output_bytes(&text);
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

/* All that is tracked, as it stands now; free() it. */
static size_t take_entries(struct session *session, struct tracked **entries, pid_t *holder, char *why, size_t size)
{
	size_t nr = tracked_all(session->table, entries);
	look_at_files(session, *entries, nr);
	*holder = collecting_elsewhere(session->table, why, size);
	for (size_t i = 0; i < nr && *holder; i++)
		(*entries)[i].phase = PHASE_ELSEWHERE;
	return nr;
}

/* ---- followed ---- */

#define FOLLOWED_COLUMNS 9

/* Nothing is read for it but what the table has: files may be large. */
struct followed {
	bool json;
	struct tracked *before; /* at the look before */
	size_t before_nr;
	int64_t before_ms;
};

/* Records a second since the look before; -1: not known. */
static double rate_of(const struct followed *followed, const struct tracked *entry, int64_t now_ms)
{
	for (size_t i = 0; i < followed->before_nr && now_ms > followed->before_ms; i++) {
		const struct tracked *before = &followed->before[i];
		if (before->generation == entry->generation && entry->fresh >= before->fresh)
			return (double)(entry->fresh - before->fresh) * 1000 / (double)(now_ms - followed->before_ms);
	}
	return -1;
}

static uint64_t newest_file_size(const struct session *session, const struct tracked *entry)
{
	struct stat is;
	if (entry->phase != PHASE_ELSEWHERE)
		return entry->bytes;
	return entry->file[0] && fstatat(session->store.dir, entry->file, &is, 0) == 0 ? (uint64_t)is.st_size : 0;
}

static void row_followed(const struct session *session, const struct tracked *entry, double rate, struct arena *arena,
			 const char **cells)
{
	const char *row[STATUS_COLUMNS], *number;
	char per_second[32] = "-";
	struct stored_size size = { .records = entry->fresh, .bytes = newest_file_size(session, entry) };
	row_status(session, entry, &size, arena, row);
	if (rate >= 0)
		snprintf(per_second, sizeof per_second, "%.*f", rate < 10 ? 1 : 0, rate);
	number = arena_text(arena, per_second);
	const char *const all[FOLLOWED_COLUMNS] = { row[0], row[1], row[2],
						    row[3], number, row[4],
						    row[5], row[6], arena_text(arena, row[7]) };
	memcpy(cells, all, sizeof all);
}

static const char *object_of(const struct tracked *entry, const char *const *cells, struct arena *arena)
{
	SCOPED(buf_release) struct buf object = BUF_INIT(1024 * 1024);
	json_begin(entry, &object);
	buf_printf(&object, ",\"New\":%s,\"Bytes\":%s", cells[3], cells[5]);
	json_end(entry, &object);
	return arena_text(arena, buf_text(&object));
}

static void take_row(const struct session *session, const struct followed *followed, const struct tracked *entry,
		     int64_t now_ms, struct live_rows *out, size_t row)
{
	const char **cells = out->cells + row * FOLLOWED_COLUMNS;
	char same[sizeof entry->error + 128];
	row_followed(session, entry, rate_of(followed, entry, now_ms), &out->arena, cells);
	out->keys[row] = arena_text(&out->arena, entry->id);
	out->names[row] = cells[0] = arena_text(&out->arena, cells[0]);
	snprintf(same, sizeof same, "%s %s %s %s %s %s", cells[1], cells[2], cells[3], cells[5], cells[7], cells[8]);
	out->same[row] = arena_text(&out->arena, same);
	if (followed->json)
		out->objects[row] = object_of(entry, cells, &out->arena);
}

static int look_at_logs(struct session *session, void *arg, struct live_rows *out, struct error *err UNUSED)
{
	struct followed *followed = arg;
	struct tracked *entries;
	pid_t holder;
	char why[256];
	size_t nr = take_entries(session, &entries, &holder, why, sizeof why);
	int64_t now_ms = monotonic_ms();
	live_rows_make(out, nr, FOLLOWED_COLUMNS);
	for (size_t i = 0; i < nr; i++)
		take_row(session, followed, &entries[i], now_ms, out, i);
	if (holder < 0)
		error_set(&session->warned, ERROR_FAILED, "not collected: %s", why);
	free(followed->before);
	followed->before = entries;
	followed->before_nr = nr;
	followed->before_ms = now_ms;
	return 0;
}

static int follow_logs(struct session *session, bool json, struct error *err)
{
	static const struct column columns[FOLLOWED_COLUMNS] = {
		{ "NAME", true },    { "STATE", false, 3 }, { "LOG", false },
		{ "NEW", false, 5 }, { "PER S", false, 6 }, { "BYTES", false, 4 },
		{ "LAG", false, 1 }, { "GAPS", false, 2 },  { "FILE OR ERROR", true, 7 }
	};
	SCOPED(buf_release) struct buf things = BUF_INIT(2 * PATH_MAX);
	struct followed followed = { .json = json };
	buf_printf(&things, "logs in %s", session->store.path);
	const struct live_source source = { buf_text(&things), "Name", columns,      FOLLOWED_COLUMNS,
					    REFRESH_MS,        json,   look_at_logs, &followed };
	int failed = live_follow(session, &source, err);
	free(followed.before);
	return failed;
}

static int run_status(struct session *session, const struct invocation *call, struct error *err)
{
	struct tracked *entries;
	bool json = session_wants_json(session, call);
	pid_t holder;
	char why[256];

	if (need_collector(session, err) < 0 || wait_first_look(session, err) < 0)
		return -1;
	if (invocation_has(call, "follow")) {
		tracked_troubles_seen(session->table);
		return follow_logs(session, json, err);
	}
	size_t nr = take_entries(session, &entries, &holder, why, sizeof why);
	tracked_troubles_seen(session->table);
	if (!json)
		print_heading(session, holder, why);
	print_last_status(session, json);
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
	.operands =
		(const struct operand[]){ { "CONTAINER", KIND_CONTAINER, 0, 0, .help = TARGET_HELP "; podman:NAME" },
					  { 0 } },
	.examples = (const struct example[]){ { "track web", "from its first line on" },
					      { "track --all", "everything" },
					      { "track 'podman:*'", "everything of another runtime" },
					      { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_COLLECTS,
	.run = run_track,
};

const struct command cmd_untrack = {
	.name = "untrack",
	.summary = "stop collecting; what is stored stays",
	.options = ALL_OPTION("all that are tracked"),
	.operands =
		(const struct operand[]){ { "CONTAINER", KIND_CONTAINER, 0, 0, .help = TARGET_HELP "; podman:NAME" },
					  { 0 } },
	.examples = (const struct example[]){ { "untrack 'job-*'", "leave those alone" }, { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_COLLECTS,
	.run = run_untrack,
};

const struct command cmd_status = {
	.name = "status",
	.summary = "show what is collected, and how that stands",
	.details = "LOG is waiting, following, catching up, complete, trouble (it is tried again), unreadable (the log driver keeps nothing),\n"
		   "elsewhere (another purser collects), other engine (the one that has it does not answer, but another) or gone. LAG is the\n"
		   "time from the engine's stamp on the last record to its being stored. GAPS counts the times that records were lost before\n"
		   "they could be read. RECORDS and BYTES are what is stored, rotated and compressed files included. Followed (-f), NEW is what this\n"
		   "purser stored since it began, PER S how much of it a second, and BYTES the newest file.\n"
		   "Before them stands the exit status of the last command, with --json an object of its own: {\"LastStatus\":0}.",
	.options = (const struct option[]){ { "follow", 'f', KIND_FLAG, NULL, "again and again, until q; a line for each change into a pipe" },
					    { "format", 0, KIND_FORMAT, "FORMAT", "table, or json: one object a line" },
					    { 0 } },
	.examples = (const struct example[]){ { "status", "all tracked containers" }, { "status -f", "the same while it goes on" }, { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_COLLECTS | COMMAND_PAGES,
	.run = run_status,
};
