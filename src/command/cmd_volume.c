/* volume create, rm, ls, inspect, prune. */
#include <stdlib.h>
#include <string.h>

#include "command/columns.h"
#include "command/output.h"
#include "command/resource.h"
#include "command/rows.h"
#include "command/sheet.h"
#include "base/banned.h"

const struct resource_kind volume_kind = {
	.list = VERB_VOLUMES,
	.inspect = VERB_VOLUME_INSPECT,
	.noun = "volume",
	.filter = KIND_VOLUME_FILTER,
	.in_use_hint = "remove these containers first",
	.takes_dangling = true,
};

/* ---- create ---- */

/* One that is there already is as good, unless another driver has it. */
static bool is_there(struct session *session, const char *name, const char *driver)
{
	struct action action;
	struct result result;
	struct error ignored;
	bool there = false;
	action_init(&action, VERB_VOLUMES);
	int failed = session_perform(session, &action, &result, &ignored);
	action_release(&action);
	if (failed)
		return false;
	for (size_t i = 0; i < result.resources.nr && !there; i++)
		there = !strcmp(result.resources.items[i].name, name) && !strcmp(result.resources.items[i].driver, driver);
	result_release(&result);
	return there;
}

static int run_create(struct session *session, const struct invocation *call, struct error *err)
{
	struct action action;
	struct result result;
	const char *name = call->operands_nr ? call->operands[0] : NULL, *driver = invocation_value(call, "driver");
	action_init(&action, VERB_VOLUME_CREATE);
	forward_options(call, &action.options);
	if (name)
		strvec_push(&action.targets, name);
	int failed = session_perform(session, &action, &result, err);
	action_release(&action);
	if (failed && (!name || err->kind != ERROR_NAME_TAKEN || !is_there(session, name, driver ? driver : "local")))
		return -1;
	if (failed)
		output_line("%s", name);
	else if (!session->settings.dry_run)
		output_line("%.*s", (int)strcspn(buf_text(&result.text), "\n"), buf_text(&result.text));
	if (!failed)
		result_release(&result);
	return 0;
}

/* ---- rm, prune ---- */

/* --force is not handed on: podman would remove the containers as well. */
static int after_removal(struct session *session, const struct invocation *call, const struct target *target,
			 const struct answer *answer, struct error *err)
{
	if (!answer->failed || (err->kind == ERROR_NOT_FOUND && invocation_has(call, "force")))
		return 0;
	resource_name_users(session, &volume_kind, target->name, err);
	return -1;
}

static const struct deed removal = { .verb = VERB_VOLUME_REMOVE, .after = after_removal };

static int run_rm(struct session *session, const struct invocation *call, struct error *err)
{
	return resources_remove(session, call, &removal, err);
}

static bool is_to_be_pruned(const struct resource *volume, const void *call)
{
	return invocation_has(call, "all") || volume_is_anonymous(volume);
}

static int run_prune(struct session *session, const struct invocation *call, struct error *err)
{
	return resources_prune(session, call, &volume_kind, is_to_be_pruned, &removal, err);
}

/* ---- ls, inspect ---- */

static const struct sheet_key keys[] = { { "Driver", "DRIVER" },    { "Labels", "LABELS" }, { "Mountpoint", "MOUNTPOINT" },
					 { "Name", "VOLUME NAME" }, { "Scope", "SCOPE" },   { 0 } };

static void fill_sheet(const struct resource_list *list, struct sheet *sheet)
{
	sheet_make(sheet, keys, list->nr);
	for (size_t i = 0; i < list->nr; i++) {
		const struct resource *row = &list->items[i];
		sheet_add(sheet, row->driver);
		sheet_add(sheet, row->labels);
		sheet_add(sheet, row->mountpoint);
		sheet_add(sheet, row->name);
		sheet_add(sheet, row->scope);
	}
}

static void print_table(const struct resource_list *list)
{
	static const struct column columns[] = { { "DRIVER", false }, { "VOLUME NAME", true } };
	const char **cells = xcalloc(list->nr + 1, ARRAY_LEN(columns) * sizeof *cells), **cell = cells;
	for (size_t i = 0; i < list->nr; i++) {
		*cell++ = list->items[i].driver;
		*cell++ = list->items[i].name;
	}
	columns_print(columns, ARRAY_LEN(columns), cells, list->nr);
	free(cells);
}

static int run_ls(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(resource_list_release) struct resource_list list = { 0 };
	SCOPED(sheet_release) struct sheet sheet = { 0 };
	const char *template;
	if (sheet_template(call, keys, &template, err) < 0 || resources_list(session, call, &volume_kind, &list, err) < 0)
		return -1;
	if (invocation_has(call, "quiet")) {
		for (size_t i = 0; i < list.nr; i++)
			output_line("%s", list.items[i].name);
	} else if (template || session_wants_json(session, call)) {
		fill_sheet(&list, &sheet);
		sheet_print(&sheet, template);
	} else {
		print_table(&list);
	}
	return 0;
}

static int run_inspect(struct session *session, const struct invocation *call, struct error *err)
{
	return resources_inspect(session, call, &volume_kind, err);
}

/* ---- rows ---- */

#define VOLUMES(text)                                                                                                  \
	(const struct operand[])                                                                                       \
	{                                                                                                              \
		{ "VOLUME", KIND_VOLUME_NAME, 1, 0, .help = text }, { 0 }                                              \
	}

#define FILTER(letter, text)                                                                                           \
	{                                                                                                              \
		"filter", letter, KIND_VOLUME_FILTER, "KEY=VALUE", text, .many = true                                         \
	}

const struct command cmd_volume_create = {
	.name = "volume create",
	.summary = "create a volume, unless there is one of that name",
	.options = (const struct option[]){ { "driver", 'd', KIND_TEXT, "DRIVER", "who keeps it; local, if none is given", .forward = true,
					      .lacked_by = "nerdctl" },
					    { "opt", 'o', KIND_TEXT, "KEY=VALUE", "an option of the driver", .many = true, .forward = true,
					      .lacked_by = "nerdctl" },
					    { "label", 0, KIND_LABEL, "KEY=VALUE", "set a label", .many = true, .forward = true },
					    { 0 } },
	.operands = (const struct operand[]){ { "VOLUME", KIND_NAME, 0, 1, .help = "its name; without, the engine makes one up" }, { 0 } },
	.unsupported = (const char *const[]){ "availability", "group", "limit-bytes", "required-bytes", "scope", "secret", "sharing",
					      "topology-preferred", "topology-required", "type", NULL },
	.examples = (const struct example[]){ { "volume create data", "then: run -v data:/var/lib/data …" }, { 0 } },
	.run = run_create,
};

const struct command cmd_volume_rm = {
	.name = "volume rm",
	.summary = "remove volumes that no container uses, and what is in them",
	.details = "One that is in use is not removed, with -f neither, and the error says by which containers.",
	.options = (const struct option[]){ { "force", 'f', KIND_FLAG, NULL, "one that is not there is no error" }, { 0 } },
	.operands = VOLUMES("its name"),
	.examples = (const struct example[]){ { "volume rm data", "it is empty the next time" }, { 0 } },
	.flags = COMMAND_DESTROYS,
	.run = run_rm,
};

const struct command cmd_volume_ls = {
	.name = "volume ls",
	.summary = "list volumes",
	.options = (const struct option[]){ { "quiet", 'q', KIND_FLAG, NULL, "names only" },
					    FILTER('f', "only those that fit: name=, label=, driver=, dangling=true for those that no container has"),
					    { "format", 0, KIND_TEMPLATE, "FORMAT", SHEET_FORMATS },
					    { 0 } },
	.examples = (const struct example[]){ { "volume ls -f dangling=true", "those that no container has, running or not" }, { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_PAGES,
	.run = run_ls,
};

const struct command cmd_volume_inspect = {
	.name = "volume inspect",
	.summary = "show all that is known of volumes",
	.details = "It is the runtime's own JSON: its keys differ.",
	.options = (const struct option[]){ { "format", 'f', KIND_TEXT, "TEMPLATE", "a Go template, with the runtime's own keys", .forward = true },
					    { 0 } },
	.operands = VOLUMES("its name"),
	.examples = (const struct example[]){ { "volume inspect data", "where it is, and its labels" }, { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_PAGES,
	.run = run_inspect,
};

const struct command cmd_volume_prune = {
	.name = "volume prune",
	.summary = "remove all volumes that no container uses and nobody named",
	.details = "It shows which they are, and asks. What is in them is lost.",
	.options = (const struct option[]){ { "all", 'a', KIND_FLAG, NULL, "also those that have a name" },
					    { "force", 'f', KIND_FLAG, NULL, "do not ask" },
					    FILTER(0, "only those that fit: label=, label!=, …"),
					    { 0 } },
	.examples = (const struct example[]){ { "volume prune -a --filter label=tier=test", "of those with this label all" }, { 0 } },
	.flags = COMMAND_DESTROYS,
	.run = run_prune,
};
