/* tag, rmi, image history, image inspect. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "command/columns.h"
#include "command/image.h"
#include "command/inspection.h"
#include "command/output.h"
#include "command/rows.h"
#include "command/sheet.h"
#include "command/target.h"
#include "model/json.h"
#include "runtime/images.h"
#include "base/banned.h"

#define OUTPUT_MAX (256u * 1024 * 1024)
#define USERS_TOLD_MAX 300 /* bytes of their names */
#define CREATED_BY_CELLS 45 /* docker shows so much of a step */

static int run_tag(struct session *session, const struct invocation *call, struct error *err)
{
	struct action action;
	struct result result;
	if (strchr(call->operands[1], '@'))
		return error_set(err, ERROR_USAGE, "'%.80s': a new name has a tag, not a digest", call->operands[1]);
	action_init(&action, VERB_TAG);
	strvec_push(&action.targets, call->operands[0]);
	strvec_push(&action.words, call->operands[1]);
	int failed = session_perform(session, &action, &result, err);
	action_release(&action);
	if (!failed)
		result_release(&result);
	return failed;
}

/* ---- rmi ---- */

/* *unnamed: a container is made of an image without a name. */
static int find_users(struct session *session, const char *id, struct strvec *users, bool *unnamed, struct error *err)
{
	struct result images, containers;
	if (image_list(session, NULL, &images, err) < 0)
		return -1;
	int failed = session_list(session, &containers, err);
	if (!failed) {
		image_users(session_runtime(session, err), &images.images, &containers.containers, id, users);
		*unnamed = image_unnamed_used(&images.images, &containers.containers);
		result_release(&containers);
	}
	result_release(&images);
	return failed;
}

/* Nothing where it cannot be found out. */
static void find_users_by_name(struct session *session, const char *name, struct strvec *users)
{
	struct result images;
	struct error ignored;
	bool unnamed;
	if (image_list(session, NULL, &images, &ignored) < 0)
		return;
	const struct image *image = image_find(session_runtime(session, &ignored), &images.images, name);
	if (image)
		find_users(session, image->id, users, &unnamed, &ignored);
	result_release(&images);
}

static int refuse_used(const struct strvec *users, const char *name, bool taken_along, struct error *err)
{
	const char *them = users->nr == 1 ? "it" : "them";
	SCOPED(buf_release) struct buf names = BUF_INIT(USERS_TOLD_MAX);
	for (size_t i = 0; i < users->nr; i++)
		if (buf_printf(&names, "%s%s", i ? ", " : "", users->items[i]) < 0)
			break;
	error_set(err, ERROR_IN_USE, "it is in use by container%s %s%s", users->nr == 1 ? "" : "s", buf_text(&names),
		  names.len + 64 > USERS_TOLD_MAX ? ", …" : "");
	if (taken_along)
		error_hint(err, "remove %s first: --force would take %s along here", them, them);
	else
		error_hint(err, "remove %s first", them);
	return error_about(err, name);
}

/* The engine's own answer: it finds by a digest or a short id what no list shows. */
static int ask_id(struct session *session, const char *name, struct arena *arena, const char **id, struct error *err)
{
	struct result inspected;
	struct json_rows rows;
	if (session_act(session, VERB_IMAGE_INSPECT, name, &inspected, err) < 0)
		return -1;
	int failed = json_parse_rows(buf_text(&inspected.text), inspected.text.len, &rows, err);
	result_release(&inspected);
	if (failed)
		return -1;
	*id = rows.nr == 1 ? json_text(rows.items[0], "Id", arena) : "";
	json_rows_release(&rows);
	return **id ? 0 : error_set(err, ERROR_RUNTIME, "its runtime does not tell its id: who uses it is not known");
}

/*
 * One runtime would remove them, and their logs; also those of an untagged image that this one was made from, if that is to go with it:
 * *keep_parents then.
 */
static int check_users(struct session *session, const char *name, bool *keep_parents, struct error *err)
{
	SCOPED(strvec_release) struct strvec users = STRVEC_INIT;
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	const char *id;
	if (ask_id(session, name, &arena, &id, err) < 0)
		return err->kind == ERROR_NOT_FOUND ? 0 : -1; /* the engine is to say so */
	if (find_users(session, id, &users, keep_parents, err) < 0)
		return -1;
	return users.nr ? refuse_used(&users, name, true, err) : 0;
}

static int ask_removal(struct session *session, const struct invocation *call, const char *name, bool keep_parents, struct result *out,
		       struct error *err)
{
	struct action action;
	action_init(&action, VERB_IMAGE_REMOVE);
	forward_options(call, &action.options);
	if (keep_parents && !invocation_has(call, "no-prune"))
		strvec_push(&action.options, "--no-prune");
	strvec_push(&action.targets, name);
	int failed = session_perform(session, &action, out, err);
	action_release(&action);
	return failed;
}

static int remove_image(struct session *session, const struct invocation *call, const char *name, void *arg UNUSED, struct error *err)
{
	SCOPED(strvec_release) struct strvec users = STRVEC_INIT;
	struct result result;
	bool careful = invocation_has(call, "force") && runtime_force_takes_users(session_runtime(session, err)), keep_parents = false;
	if (careful && check_users(session, name, &keep_parents, err) < 0)
		return -1;
	if (ask_removal(session, call, name, keep_parents, &result, err) < 0) {
		if (err->kind == ERROR_IN_USE)
			find_users_by_name(session, name, &users);
		return users.nr ? refuse_used(&users, name, false, err) : -1;
	}
	output_text(&result.text);
	result_release(&result);
	return 0;
}

static int run_rmi(struct session *session, const struct invocation *call, struct error *err)
{
	return image_each(session, call, remove_image, NULL, err);
}

/* ---- history ---- */

static const char *short_id(const char *id, struct arena *arena)
{
	const char *digits = strncmp(id, "sha256:", 7) == 0 ? id + 7 : id;
	return arena_copy(arena, digits, strnlen(digits, CONTAINER_ID_SHORT));
}

/* One line of it, cut as docker cuts it. */
static const char *short_text(const char *text, struct arena *arena)
{
	SCOPED(buf_release) struct buf safe = BUF_INIT(OUTPUT_MAX), cut = BUF_INIT(OUTPUT_MAX);
	text_add_safe(&safe, text, strlen(text), false);
	text_add_cells(&cut, buf_text(&safe), CREATED_BY_CELLS, false);
	return arena_text(arena, buf_text(&cut));
}

static void print_history(struct image_history *history, bool whole)
{
	static const struct column columns[] = {
		{ "IMAGE", false }, { "CREATED", false }, { "CREATED BY", true }, { "SIZE", false }, { "COMMENT", true }
	};
	const char **cells = xcalloc(history->nr + 1, ARRAY_LEN(columns) * sizeof *cells), **cell = cells;
	for (size_t i = 0; i < history->nr; i++) {
		const struct image_step *step = &history->items[i];
		*cell++ = whole ? step->id : short_id(step->id, &history->arena);
		*cell++ = *step->created_since ? step->created_since : "N/A";
		*cell++ = whole ? step->created_by : short_text(step->created_by, &history->arena);
		*cell++ = step->size;
		*cell++ = step->comment;
	}
	columns_print(columns, ARRAY_LEN(columns), cells, history->nr);
	free(cells);
}

static const struct sheet_key history_keys[] = { { "Comment", "COMMENT" },     { "CreatedAt", "CREATED AT" }, { "CreatedBy", "CREATED BY" },
						 { "CreatedSince", "CREATED" }, { "ID", "IMAGE" },             { "Size", "SIZE" },
						 { 0 } };

static void fill_history(struct image_history *history, bool whole, struct sheet *sheet)
{
	sheet_make(sheet, history_keys, history->nr);
	for (size_t i = 0; i < history->nr; i++) {
		const struct image_step *step = &history->items[i];
		sheet_add(sheet, step->comment);
		sheet_add(sheet, step->created_at);
		sheet_add(sheet, whole ? step->created_by : short_text(step->created_by, &history->arena));
		sheet_add(sheet, step->created_since);
		sheet_add(sheet, whole ? step->id : short_id(step->id, &history->arena));
		sheet_add(sheet, step->size);
	}
}

static void print_history_ids(struct image_history *history, bool whole)
{
	for (size_t i = 0; i < history->nr; i++)
		output_line("%s", whole ? history->items[i].id : short_id(history->items[i].id, &history->arena));
}

static int run_history(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(image_history_release) struct image_history history = { 0 };
	SCOPED(sheet_release) struct sheet sheet = { 0 };
	struct result result;
	bool whole = invocation_has(call, "no-trunc");
	const char *template;
	if (sheet_template(call, history_keys, &template, err) < 0)
		return -1;
	if (image_ask(session, call, VERB_HISTORY, call->operands[0], &result, err) < 0)
		return -1;
	int failed = image_history_read(buf_text(&result.text), result.text.len, moment_now(), &history, err);
	result_release(&result);
	if (failed)
		return -1;
	if (invocation_has(call, "quiet")) {
		print_history_ids(&history, whole);
	} else if (template || session_wants_json(session, call)) {
		fill_history(&history, whole || !template, &sheet);
		sheet_print(&sheet, template);
	} else {
		print_history(&history, whole);
	}
	return 0;
}

/* ---- image inspect ---- */

static int ask(struct session *session, const struct invocation *call, const char *name, const void *arg UNUSED, struct result *out,
	       struct error *err)
{
	return image_ask(session, call, VERB_IMAGE_INSPECT, name, out, err);
}

static int run_inspect(struct session *session, const struct invocation *call, struct error *err)
{
	return inspection(session, call, ask, NULL, err);
}

#define ONE_IMAGE(text)                                                                                                \
	(const struct operand[])                                                                                       \
	{                                                                                                              \
		{ "IMAGE", KIND_IMAGE, 1, 1, .help = text }, { 0 }                                                     \
	}
#define IMAGES(text)                                                                                                   \
	(const struct operand[])                                                                                       \
	{                                                                                                              \
		{ "IMAGE", KIND_IMAGE, 1, 0, .help = text }, { 0 }                                                     \
	}

const struct command cmd_tag = {
	.name = "tag",
	.summary = "give an image another name",
	.operands = (const struct operand[]){ { "IMAGE", KIND_IMAGE, 1, 1, .help = "name or id" },
					      { "NAME", KIND_IMAGE, 1, 1, .help = "its further name, with or without a tag" },
					      { 0 } },
	.examples = (const struct example[]){ { "tag web:1 registry.example.org:5000/web:1", "the name to push it by" }, { 0 } },
	.run = run_tag,
};

const struct command cmd_rmi = {
	.name = "rmi",
	.summary = "remove images",
	.details = "An image that containers use is not removed, and it is said which. With --force docker and nerdctl take its name away\n"
		   "all the same; podman would remove the containers with it, so there it stays refused,\n"
		   "and untagged images that it was made from stay where a container may be made of one.\n"
		   "nerdctl says Deleted also of layers that another name keeps.",
	.options = (const struct option[]){ { "force", 'f', KIND_FLAG, NULL, "also with several names, or used by containers", .forward = true },
					    { "no-prune", 0, KIND_FLAG, NULL, "keep the untagged images it was made from", .forward = true,
					      .lacked_by = "nerdctl" },
					    { 0 } },
	.operands = IMAGES("name, digest or id"),
	.examples = (const struct example[]){ { "rmi web:1 web:2", "both names, and what has no other" }, { 0 } },
	.flags = COMMAND_DESTROYS,
	.run = run_rmi,
};

const struct command cmd_image_history = {
	.name = "image history",
	.summary = "show how an image was made",
	.details = "nerdctl tells the ids of layers, where docker has those of images.",
	.options = (const struct option[]){ { "quiet", 'q', KIND_FLAG, NULL, "ids only" },
					    { "no-trunc", 0, KIND_FLAG, NULL, "whole ids and commands" },
					    { "format", 0, KIND_TEMPLATE, "FORMAT", SHEET_FORMATS },
					    { 0 } },
	.operands = ONE_IMAGE("which one"),
	.examples = (const struct example[]){ { "image history --no-trunc web:1", "each step, the newest first" }, { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_PAGES,
	.run = run_history,
};

const struct command cmd_image_inspect = {
	.name = "image inspect",
	.summary = "show all that the engine knows of images, as JSON",
	.options = (const struct option[]){ { "format", 'f', KIND_TEXT, "TEMPLATE", "a Go template, with the runtime's own keys", .forward = true },
					    { 0 } },
	.operands = IMAGES("name, digest or id"),
	.examples = (const struct example[]){ { "image inspect web:1", "an array of one object" }, { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_PAGES,
	.run = run_inspect,
};
