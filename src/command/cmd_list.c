/* ps and images: docker's columns, from JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/columns.h"
#include "command/last.h"
#include "command/live.h"
#include "command/output.h"
#include "command/rows.h"
#include "command/session.h"
#include "command/sheet.h"
#include "command/target.h"
#include "model/json.h"
#include "base/text.h"
#include "base/banned.h"

#define REFRESH_MS 1000
#define COMMAND_CELLS 20 /* docker shows so much of a command */
#define OUTPUT_MAX (256u * 1024 * 1024)

static int ask(struct session *session, const struct invocation *call, enum verb verb, struct result *out, struct error *err)
{
	struct action action;
	action_init(&action, verb);
	forward_options(call, &action.options);
	int failed = session_perform(session, &action, out, err);
	action_release(&action);
	return failed;
}

/* An id as docker shortens it: 12 digits, without its algorithm. */
static const char *shown_id(const char *id, bool whole, struct arena *arena)
{
	const char *digits = strncmp(id, "sha256:", 7) == 0 ? id + 7 : id;
	return whole ? id : arena_copy(arena, digits, strnlen(digits, CONTAINER_ID_SHORT));
}

/* How many bytes of a quoted text are one character: of \", \x1b, \u00fc and \U0001f433 as well. */
static size_t quoted_char_len(const char *at)
{
	size_t len = 1;
	if (*at == '\\')
		return at[1] == 'x' ? 4 : at[1] == 'u' ? 6 : at[1] == 'U' ? 10 : 2;
	while (((unsigned char)at[len] & 0xC0) == 0x80)
		len++;
	return len;
}

/* docker cuts a command before it quotes it: here what is inside of the quotes is counted and cut. */
static const char *shown_command(const char *command, bool whole, struct arena *arena)
{
	SCOPED(buf_release) struct buf safe = BUF_INIT(OUTPUT_MAX);
	size_t len = strlen(command), at = 1, kept = len, chars = 0;
	bool quoted = len >= 2 && command[0] == '"' && command[len - 1] == '"';

	while (quoted && !whole && at + 1 < len) {
		at += quoted_char_len(command + at);
		if (++chars == COMMAND_CELLS - 1)
			kept = at;
	}
	bool cut = chars > COMMAND_CELLS && kept < len;
	text_add_safe(&safe, command, cut ? kept : len, false);
	if (cut)
		buf_add_text(&safe, "…\"");
	return arena_text(arena, buf_text(&safe));
}

/* What each runtime has that was asked. */
struct listing {
	const struct invocation *call;
	struct {
		const struct runtime *runtime;
		struct result result;
	} of[RUNTIMES_MAX];
	size_t nr;
};

static int take_list(struct session *session, void *arg, struct error *err)
{
	struct listing *listing = arg;
	const struct runtime *runtime = session_runtime(session, err);
	listing->of[listing->nr].runtime = runtime;
	if (check_options(runtime, listing->call, err) < 0 ||
	    ask(session, listing->call, VERB_LIST, &listing->of[listing->nr].result, err) < 0)
		return -1;
	listing->nr++;
	return 0;
}

static void listing_release(struct listing *listing)
{
	for (size_t i = 0; i < listing->nr; i++)
		result_release(&listing->of[i].result);
}

static size_t rows_nr(const struct listing *listing)
{
	size_t nr = 0;
	for (size_t i = 0; i < listing->nr; i++)
		nr += listing->of[i].result.containers.nr;
	return nr;
}

static void print_ids(struct container_list *list, bool whole)
{
	for (size_t i = 0; i < list->nr; i++)
		output_line("%s", shown_id(list->items[i].id, whole, &list->arena));
}

static const struct sheet_key container_keys[] = { { "Command", "COMMAND" },      { "CreatedAt", "CREATED AT" }, { "ID", "CONTAINER ID" },
						   { "Image", "IMAGE" },          { "Labels", "LABELS" },        { "Mounts", "MOUNTS" },
						   { "Names", "NAMES" },          { "Networks", "NETWORKS" },    { "Ports", "PORTS" },
						   { "RunningFor", "CREATED" },   { "Runtime", "RUNTIME" },      { "State", "STATE" },
						   { "Status", "STATUS" },        { 0 } };

/* As objects have it, with nothing cut, or as a table does. */
static void add_container(const struct runtime *runtime, const struct container *row, bool whole, struct arena *arena, struct sheet *sheet)
{
	const char *const values[] = {
		whole ? row->command : shown_command(row->command, false, arena),
		row->created_at,
		shown_id(row->id, whole, arena),
		row->image,
		row->labels,
		row->mounts,
		row->name,
		row->networks,
		row->ports,
		row->running_for,
		runtime->name,
		container_state_name(row->state),
		row->status,
	};
	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		sheet_add(sheet, values[i]);
}

static void fill_sheet(struct listing *listing, bool whole, struct sheet *sheet)
{
	sheet_make(sheet, container_keys, rows_nr(listing));
	for (size_t i = 0; i < listing->nr; i++) {
		struct container_list *list = &listing->of[i].result.containers;
		for (size_t j = 0; j < list->nr; j++)
			add_container(listing->of[i].runtime, &list->items[j], whole, &list->arena, sheet);
	}
}

#define CONTAINER_COLUMNS 7

static const struct column container_columns[CONTAINER_COLUMNS] = {
	{ "CONTAINER ID", false, 3 }, { "IMAGE", true, 1 }, { "COMMAND", true, 5 }, { "CREATED", false, 4 },
	{ "STATUS", false },          { "PORTS", true, 2 }, { "NAMES", false }
};

static const char **fill_containers(const struct session *session, const struct runtime *runtime, struct container_list *list, bool whole,
				    const char **cell)
{
	for (size_t i = 0; i < list->nr; i++) {
		const struct container *row = &list->items[i];
		*cell++ = shown_id(row->id, whole, &list->arena);
		*cell++ = row->image;
		*cell++ = shown_command(row->command, whole, &list->arena);
		*cell++ = *row->running_for ? row->running_for : row->created_at;
		*cell++ = row->status;
		*cell++ = row->ports;
		*cell++ = target_name(session, runtime, row->name, &list->arena);
	}
	return cell;
}

static void print_containers(const struct session *session, struct listing *listing, bool whole)
{
	size_t nr = rows_nr(listing);
	const char **cells = xcalloc(nr + 1, CONTAINER_COLUMNS * sizeof *cells), **cell = cells;
	for (size_t i = 0; i < listing->nr; i++)
		cell = fill_containers(session, listing->of[i].runtime, &listing->of[i].result.containers, whole, cell);
	columns_print(container_columns, CONTAINER_COLUMNS, cells, nr);
	free(cells);
}

/* What was listed is what `-` stands for. */
static void note_listed(struct session *session, const struct listing *listing)
{
	SCOPED(targets_release) struct targets listed = { 0 };
	for (size_t i = 0; i < listing->nr; i++)
		for (size_t j = 0; j < listing->of[i].result.containers.nr; j++) {
			const struct container *row = &listing->of[i].result.containers.items[j];
			targets_add(&listed, listing->of[i].runtime, row->name, row->id);
		}
	last_set(session, &listed);
}

/* ---- followed ---- */

struct followed {
	const struct invocation *call;
	bool all_runtimes, whole, json;
};

/* Of a state what does not change by time going by: "running (healthy)", "exited Exited (3)". */
static const char *lasting(const struct container *row, struct arena *arena)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(OUTPUT_MAX);
	const char *parenthesis = strrchr(row->status, '(');
	size_t len = parenthesis ? strcspn(parenthesis, ")") : 0;
	buf_printf(&text, "%s %.*s\n%s\n%s\n%s", container_state_name(row->state), (int)len, len ? parenthesis : "",
		   row->name, row->image, row->ports);
	return arena_text(arena, buf_text(&text));
}

static const char *object_of(const struct runtime *runtime, const struct container *row, struct arena *arena)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(OUTPUT_MAX);
	SCOPED(sheet_release) struct sheet sheet;
	sheet_make(&sheet, container_keys, 1);
	add_container(runtime, row, true, arena, &sheet);
	sheet_add_object(&sheet, 0, &text);
	return arena_text(arena, buf_text(&text));
}

static void take_rows(const struct session *session, const struct runtime *runtime, struct container_list *list,
		      const struct followed *followed, struct live_rows *out, size_t first)
{
	const char **cells = out->cells + first * CONTAINER_COLUMNS,
		   **end = fill_containers(session, runtime, list, followed->whole, cells);
	for (const char **cell = cells; cell < end; cell++)
		*cell = arena_text(&out->arena, *cell);
	for (size_t i = 0; i < list->nr; i++) {
		const struct container *row = &list->items[i];
		out->keys[first + i] = arena_text(&out->arena, row->id);
		out->names[first + i] = cells[(i + 1) * CONTAINER_COLUMNS - 1];
		out->same[first + i] = lasting(row, &out->arena);
		if (followed->json)
			out->objects[first + i] = object_of(runtime, row, &out->arena);
	}
}

static int look_at_containers(struct session *session, void *arg, struct live_rows *out, struct error *err)
{
	const struct followed *followed = arg;
	SCOPED(listing_release) struct listing listing = { .call = followed->call };
	if (session_each_runtime(session, followed->all_runtimes, take_list, &listing, err) < 0)
		return -1;
	note_listed(session, &listing);
	live_rows_make(out, rows_nr(&listing), CONTAINER_COLUMNS);
	for (size_t i = 0, first = 0; i < listing.nr; i++) {
		take_rows(session, listing.of[i].runtime, &listing.of[i].result.containers, followed, out, first);
		first += listing.of[i].result.containers.nr;
	}
	return 0;
}

static int follow_containers(struct session *session, const struct invocation *call, struct error *err)
{
	struct followed followed = { call, invocation_has(call, "all-runtimes"), invocation_has(call, "no-trunc"),
				     session_wants_json(session, call) };
	const struct live_source source = { "containers", "Names",       container_columns,  CONTAINER_COLUMNS,
					    REFRESH_MS,   followed.json, look_at_containers, &followed };
	if (invocation_has(call, "quiet"))
		return error_set(err, ERROR_USAGE, "--quiet and --follow exclude each other");
	return live_follow(session, &source, err);
}

static int run_ps(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(listing_release) struct listing listing = { .call = call };
	SCOPED(sheet_release) struct sheet sheet = { 0 };
	bool whole = invocation_has(call, "no-trunc");
	const char *template;
	if (sheet_template(call, container_keys, &template, err) < 0)
		return -1;
	if (invocation_has(call, "follow"))
		return follow_containers(session, call, err);
	if (session_each_runtime(session, invocation_has(call, "all-runtimes"), take_list, &listing, err) < 0)
		return -1;
	note_listed(session, &listing);
	if (invocation_has(call, "quiet")) {
		for (size_t i = 0; i < listing.nr; i++)
			print_ids(&listing.of[i].result.containers, whole);
	} else if (template || session_wants_json(session, call)) {
		fill_sheet(&listing, whole || !template, &sheet);
		sheet_print(&sheet, template);
	} else {
		print_containers(session, &listing, whole);
	}
	return 0;
}

static const struct sheet_key image_keys[] = { { "CreatedAt", "CREATED AT" }, { "CreatedSince", "CREATED" }, { "ID", "IMAGE ID" },
					       { "Repository", "REPOSITORY" }, { "Size", "SIZE" },            { "Tag", "TAG" },
					       { 0 } };

static void fill_images(struct image_list *list, bool whole, struct sheet *sheet)
{
	sheet_make(sheet, image_keys, list->nr);
	for (size_t i = 0; i < list->nr; i++) {
		const struct image *row = &list->items[i];
		sheet_add(sheet, row->created_at);
		sheet_add(sheet, row->created_since);
		sheet_add(sheet, shown_id(row->id, whole, &list->arena));
		sheet_add(sheet, row->repository);
		sheet_add(sheet, row->size);
		sheet_add(sheet, row->tag);
	}
}

static void print_images(struct image_list *list, bool whole)
{
	static const struct column columns[] = {
		{ "REPOSITORY", true }, { "TAG", true }, { "IMAGE ID", false }, { "CREATED", false }, { "SIZE", false }
	};
	const char **cells = xcalloc(list->nr + 1, ARRAY_LEN(columns) * sizeof *cells), **cell = cells;
	for (size_t i = 0; i < list->nr; i++) {
		const struct image *row = &list->items[i];
		*cell++ = row->repository;
		*cell++ = row->tag;
		*cell++ = shown_id(row->id, whole, &list->arena);
		*cell++ = *row->created_since ? row->created_since : "N/A";
		*cell++ = row->size;
	}
	columns_print(columns, ARRAY_LEN(columns), cells, list->nr);
	free(cells);
}

/* "nginx" is all of its tags, "nginx:1.27" one; podman would take in all other names of the image as well. */
static bool is_called(const struct image *row, const char *pattern)
{
	SCOPED(buf_release) struct buf name = BUF_INIT(OUTPUT_MAX);
	buf_printf(&name, "%s:%s", row->repository, row->tag);
	return text_matches(pattern, row->repository) || text_matches(pattern, buf_text(&name));
}

static void keep_called(struct image_list *list, const char *pattern)
{
	size_t kept = 0;
	for (size_t i = 0; i < list->nr; i++)
		if (is_called(&list->items[i], pattern))
			list->items[kept++] = list->items[i];
	list->nr = kept;
}

static int run_images(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(sheet_release) struct sheet sheet = { 0 };
	struct result result;
	bool whole = invocation_has(call, "no-trunc");
	const char *template;
	if (sheet_template(call, image_keys, &template, err) < 0 || ask(session, call, VERB_IMAGES, &result, err) < 0)
		return -1;
	struct image_list *list = &result.images;
	if (call->operands_nr)
		keep_called(list, runtime_familiar_image(session_runtime(session, err), call->operands[0]));
	if (invocation_has(call, "quiet")) {
		for (size_t i = 0; i < list->nr; i++)
			output_line("%s", shown_id(list->items[i].id, whole, &list->arena));
	} else if (template || session_wants_json(session, call)) {
		fill_images(list, whole || !template, &sheet);
		sheet_print(&sheet, template);
	} else {
		print_images(list, whole);
	}
	result_release(&result);
	return 0;
}

#define SHOWING_OPTIONS                                                                                                \
	{ "quiet", 'q', KIND_FLAG, NULL, "ids only" }, { "no-trunc", 0, KIND_FLAG, NULL, "do not cut what is long" },  \
	{                                                                                                              \
		"format", 0, KIND_TEMPLATE, "FORMAT", SHEET_FORMATS                                                     \
	}

const struct command cmd_ps = {
	.name = "ps",
	.summary = "list running containers",
	.details = "-f is docker's --filter where a KEY=VALUE follows; with nothing behind it, or another option, it means --follow. Followed on a\n"
		   "terminal the table has the whole screen: arrows (or j, k), PgUp, PgDn, Home and End choose a row, which keeps its place whatever\n"
		   "comes and goes, and q or Ctrl-C leave. Into a pipe, or as JSON, it is a line for each container, and one whenever it changes.\n"
		   "Rows that an engine keeps waiting say how old they are.",
	.options = (const struct option[]){ { "all", 'a', KIND_FLAG, NULL, "also those that do not run", .forward = true },
					    { "all-runtimes", 0, KIND_FLAG, NULL, "of every runtime that is installed" },
					    { "last", 'n', KIND_COUNT, "NUMBER", "the last created ones, in any state", .forward = true },
					    { "latest", 'l', KIND_FLAG, NULL, "the last created one, in any state", .forward = true },
					    { "filter", 'f', KIND_FILTER, "KEY=VALUE", "only those that fit: name=, label=, status=, …",
					      .many = true, .forward = true, .alone = "follow" },
					    { "follow", 0, KIND_FLAG, NULL, "look again and again, until q; also -f with nothing or an option behind it" },
					    SHOWING_OPTIONS,
					    { 0 } },
	.examples = (const struct example[]){ { "ps -a", "all containers" },
					      { "ps -a -f", "followed: arrows, PgUp and PgDn, Home and End move about, q leaves" },
					      { "ps --all-runtimes", "docker's, nerdctl's and podman's running containers" },
					      { "ps -f label=tier=web -q", "the ids of those with a label" },
					      { 0 } },
	.unsupported = (const char *const[]){ "size", NULL },
	.flags = COMMAND_HARMLESS | COMMAND_PAGES,
	.run = run_ps,
};

const struct command cmd_images = {
	.name = "images",
	.summary = "list images",
	.options = (const struct option[]){ { "all", 'a', KIND_FLAG, NULL, "also intermediate ones", .forward = true },
					    { "filter", 'f', KIND_IMAGE_FILTER, "KEY=VALUE", "only those that fit: reference=, label=, …",
					      .many = true, .forward = true },
					    SHOWING_OPTIONS,
					    { 0 } },
	.operands = (const struct operand[]){ { "IMAGE", KIND_IMAGE, 0, 1, .help = "only this one: REPOSITORY for all of its tags, or with one of them; also a pattern" }, { 0 } },
	.examples = (const struct example[]){ { "images nginx", "all of its tags" }, { "images --format json", "for programs" }, { 0 } },
	.unsupported = (const char *const[]){ "digests", "tree", NULL },
	.flags = COMMAND_HARMLESS | COMMAND_PAGES,
	.run = run_images,
};
