/* ps and images: docker's columns, from JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/output.h"
#include "command/rows.h"
#include "command/session.h"
#include "command/target.h"
#include "model/json.h"
#include "base/text.h"
#include "base/banned.h"

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

static bool wants_json(const struct session *session, const struct invocation *call)
{
	const char *format = invocation_value(call, "format");
	return format ? !strcmp(format, "json") : session->settings.json;
}

struct field {
	const char *key, *value;
};

static void add_object(struct buf *out, const struct field *fields, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		buf_printf(out, "%s\"%s\":", i ? "," : "{", fields[i].key);
		json_add_text(out, fields[i].value);
	}
	buf_add_text(out, "}\n");
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

static void print_containers_json(const struct container_list *list)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(OUTPUT_MAX);
	for (size_t i = 0; i < list->nr; i++) {
		const struct container *row = &list->items[i];
		const struct field fields[] = {
			{ "Command", row->command },         { "CreatedAt", row->created_at },
			{ "ID", row->id },                   { "Image", row->image },
			{ "Labels", row->labels },           { "Mounts", row->mounts },
			{ "Names", row->name },              { "Networks", row->networks },
			{ "Ports", row->ports },             { "RunningFor", row->running_for },
			{ "State", container_state_name(row->state) }, { "Status", row->status },
		};
		add_object(&text, fields, ARRAY_LEN(fields));
	}
	output_bytes(&text);
}

static void print_containers(struct container_list *list, bool whole)
{
	static const struct column columns[] = { { "CONTAINER ID", false }, { "IMAGE", true },  { "COMMAND", true }, { "CREATED", false },
						 { "STATUS", false },       { "PORTS", true }, { "NAMES", false } };
	const char **cells = xcalloc(list->nr + 1, ARRAY_LEN(columns) * sizeof *cells), **cell = cells;
	for (size_t i = 0; i < list->nr; i++) {
		const struct container *row = &list->items[i];
		*cell++ = shown_id(row->id, whole, &list->arena);
		*cell++ = row->image;
		*cell++ = shown_command(row->command, whole, &list->arena);
		*cell++ = *row->running_for ? row->running_for : row->created_at;
		*cell++ = row->status;
		*cell++ = row->ports;
		*cell++ = row->name;
	}
	output_table(columns, ARRAY_LEN(columns), cells, list->nr);
	free(cells);
}

static int run_ps(struct session *session, const struct invocation *call, struct error *err)
{
	struct result result;
	bool whole = invocation_has(call, "no-trunc");
	if (ask(session, call, VERB_LIST, &result, err) < 0)
		return -1;
	struct container_list *list = &result.containers;
	if (invocation_has(call, "quiet")) {
		for (size_t i = 0; i < list->nr; i++)
			output_line("%s", shown_id(list->items[i].id, whole, &list->arena));
	} else if (wants_json(session, call)) {
		print_containers_json(list);
	} else {
		print_containers(list, whole);
	}
	result_release(&result);
	return 0;
}

static void print_images_json(const struct image_list *list)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(OUTPUT_MAX);
	for (size_t i = 0; i < list->nr; i++) {
		const struct image *row = &list->items[i];
		const struct field fields[] = {
			{ "CreatedAt", row->created_at },   { "CreatedSince", row->created_since }, { "ID", row->id },
			{ "Repository", row->repository }, { "Size", row->size },                  { "Tag", row->tag },
		};
		add_object(&text, fields, ARRAY_LEN(fields));
	}
	output_bytes(&text);
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
		*cell++ = row->created_since;
		*cell++ = row->size;
	}
	output_table(columns, ARRAY_LEN(columns), cells, list->nr);
	free(cells);
}

static int run_images(struct session *session, const struct invocation *call, struct error *err)
{
	struct result result;
	bool whole = invocation_has(call, "no-trunc");
	if (ask(session, call, VERB_IMAGES, &result, err) < 0)
		return -1;
	struct image_list *list = &result.images;
	if (invocation_has(call, "quiet")) {
		for (size_t i = 0; i < list->nr; i++)
			output_line("%s", shown_id(list->items[i].id, whole, &list->arena));
	} else if (wants_json(session, call)) {
		print_images_json(list);
	} else {
		print_images(list, whole);
	}
	result_release(&result);
	return 0;
}

#define SHOWING_OPTIONS                                                                                                \
	{ "quiet", 'q', KIND_FLAG, NULL, "ids only" }, { "no-trunc", 0, KIND_FLAG, NULL, "whole ids and commands" },  \
	{                                                                                                              \
		"format", 0, KIND_FORMAT, "FORMAT", "table, or json: one object a line"                                \
	}

const struct command cmd_ps = {
	.name = "ps",
	.summary = "list running containers",
	.options = (const struct option[]){ { "all", 'a', KIND_FLAG, NULL, "also those that do not run", .forward = true },
					    { "last", 'n', KIND_COUNT, "NUMBER", "the last created ones, in any state", .forward = true },
					    { "latest", 'l', KIND_FLAG, NULL, "the last created one, in any state", .forward = true },
					    { "filter", 'f', KIND_FILTER, "KEY=VALUE", "only those that fit: name=, label=, status=, …",
					      .many = true, .forward = true },
					    SHOWING_OPTIONS,
					    { 0 } },
	.examples = (const struct example[]){ { "ps -a", "all containers" },
					      { "ps -f label=tier=web -q", "the ids of those with a label" },
					      { 0 } },
	.run = run_ps,
};

const struct command cmd_images = {
	.name = "images",
	.summary = "list images",
	.options = (const struct option[]){ { "all", 'a', KIND_FLAG, NULL, "also intermediate ones", .forward = true },
					    { "filter", 'f', KIND_FILTER, "KEY=VALUE", "only those that fit: reference=, label=, …",
					      .many = true, .forward = true },
					    SHOWING_OPTIONS,
					    { 0 } },
	.examples = (const struct example[]){ { "images --format json", "for programs" }, { 0 } },
	.run = run_images,
};
