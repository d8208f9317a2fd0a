/* network create, rm, ls, inspect, connect, disconnect, prune. */
#include <stdlib.h>
#include <string.h>

#include "command/columns.h"
#include "command/output.h"
#include "command/resource.h"
#include "command/rows.h"
#include "command/sheet.h"
#include "base/text.h"
#include "base/banned.h"

const struct resource_kind network_kind = {
	.list = VERB_NETWORKS,
	.inspect = VERB_NETWORK_INSPECT,
	.noun = "network",
	.filter = KIND_NETWORK_FILTER,
	.in_use_hint = "remove these containers first, or disconnect them",
};

/* ---- create ---- */

/* podman prints the name. */
static void print_id(struct session *session, const char *printed, const char *name)
{
	struct action action;
	struct result result;
	struct error ignored;
	size_t len = strcspn(printed, "\n");
	const char *id = printed;
	action_init(&action, VERB_NETWORKS);
	bool listed = len != CONTAINER_ID_LEN && session_perform(session, &action, &result, &ignored) == 0;
	action_release(&action);
	for (size_t i = 0; listed && i < result.resources.nr; i++)
		if (!strcmp(result.resources.items[i].name, name)) {
			id = result.resources.items[i].id;
			len = strlen(id);
		}
	output_line("%.*s", (int)len, id);
	if (listed)
		result_release(&result);
}

static int run_create(struct session *session, const struct invocation *call, struct error *err)
{
	struct action action;
	struct result result;
	const char *name = call->operands[0];
	action_init(&action, VERB_NETWORK_CREATE);
	forward_options(call, &action.options);
	strvec_push(&action.targets, name);
	int failed = session_perform(session, &action, &result, err);
	action_release(&action);
	if (failed)
		return -1;
	if (!session->settings.dry_run)
		print_id(session, buf_text(&result.text), name);
	result_release(&result);
	return 0;
}

/* ---- rm, prune ---- */

static int after_removal(struct session *session, const struct invocation *call UNUSED, const struct target *target,
			 const struct answer *answer, struct error *err)
{
	if (answer->failed)
		resource_name_users(session, &network_kind, target->name, err);
	return answer->failed;
}

static const struct deed removal = { .verb = VERB_NETWORK_REMOVE, .after = after_removal };

static int run_rm(struct session *session, const struct invocation *call, struct error *err)
{
	return resources_remove(session, call, &removal, err);
}

static bool is_any(const struct resource *network UNUSED, const void *call UNUSED)
{
	return true;
}

static int run_prune(struct session *session, const struct invocation *call, struct error *err)
{
	return resources_prune(session, call, &network_kind, is_any, &removal, err);
}

/* ---- ls, inspect ---- */

static void print_ids(const struct resource_list *list, bool whole)
{
	for (size_t i = 0; i < list->nr; i++)
		output_line("%.*s", whole ? (int)strlen(list->items[i].id) : CONTAINER_ID_SHORT, list->items[i].id);
}

static const char *shown_id(const struct resource *row, bool whole, struct arena *arena)
{
	return whole ? row->id : arena_copy(arena, row->id, strnlen(row->id, CONTAINER_ID_SHORT));
}

static const struct sheet_key keys[] = { { "CreatedAt", "CREATED AT" }, { "Driver", "DRIVER" },     { "ID", "NETWORK ID" },
					 { "IPv6", "IPV6" },            { "Internal", "INTERNAL" }, { "Labels", "LABELS" },
					 { "Name", "NAME" },            { "Scope", "SCOPE" },       { 0 } };

static void fill_sheet(struct resource_list *list, bool whole, struct sheet *sheet)
{
	sheet_make(sheet, keys, list->nr);
	for (size_t i = 0; i < list->nr; i++) {
		const struct resource *row = &list->items[i];
		sheet_add(sheet, row->created_at);
		sheet_add(sheet, row->driver);
		sheet_add(sheet, shown_id(row, whole, &list->arena));
		sheet_add(sheet, row->ipv6 ? "true" : "false");
		sheet_add(sheet, row->internal ? "true" : "false");
		sheet_add(sheet, row->labels);
		sheet_add(sheet, row->name);
		sheet_add(sheet, row->scope);
	}
}

static void print_table(struct resource_list *list, bool whole)
{
	static const struct column columns[] = { { "NETWORK ID", false }, { "NAME", true }, { "DRIVER", false }, { "SCOPE", false } };
	const char **cells = xcalloc(list->nr + 1, ARRAY_LEN(columns) * sizeof *cells), **cell = cells;
	for (size_t i = 0; i < list->nr; i++) {
		const struct resource *row = &list->items[i];
		*cell++ = shown_id(row, whole, &list->arena);
		*cell++ = row->name;
		*cell++ = row->driver;
		*cell++ = row->scope;
	}
	columns_print(columns, ARRAY_LEN(columns), cells, list->nr);
	free(cells);
}

static int run_ls(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(resource_list_release) struct resource_list list = { 0 };
	SCOPED(sheet_release) struct sheet sheet = { 0 };
	bool whole = invocation_has(call, "no-trunc");
	const char *template;
	if (sheet_template(call, keys, &template, err) < 0 || resources_list(session, call, &network_kind, &list, err) < 0)
		return -1;
	if (invocation_has(call, "quiet")) {
		print_ids(&list, whole);
	} else if (template || session_wants_json(session, call)) {
		fill_sheet(&list, whole || !template, &sheet);
		sheet_print(&sheet, template);
	} else {
		print_table(&list, whole);
	}
	return 0;
}

static int run_inspect(struct session *session, const struct invocation *call, struct error *err)
{
	return resources_inspect(session, call, &network_kind, err);
}

/* ---- connect, disconnect ---- */

/* docker connects a container that does not run to any network, and to one that is not there as well. */
static int check_network(struct session *session, const char *name, struct error *err)
{
	return session_act(session, VERB_NETWORK_INSPECT, name, NULL, err);
}

static int join(struct session *session, const struct invocation *call, const struct target *target, enum verb verb, struct error *err)
{
	struct action action;
	struct result result;
	if (check_options(target->runtime, call, err) < 0 || check_network(session, call->operands[0], err) < 0)
		return -1;
	action_init(&action, verb);
	forward_options(call, &action.options);
	strvec_push(&action.words, call->operands[0]);
	strvec_push(&action.words, target->id);
	int failed = session_perform(session, &action, &result, err);
	action_release(&action);
	if (!failed)
		result_release(&result);
	return failed;
}

/* The second operand is a container: all that can be said of one can be said of it. Like docker it prints nothing. */
static int join_each(struct session *session, const struct invocation *call, enum verb verb, struct error *err)
{
	SCOPED(targets_release) struct targets targets = { 0 };
	struct invocation container = *call;
	container.operands++;
	container.operands_nr--;
	int failed = targets_find(session, &container, STATES_ANY, &targets, err);
	for (size_t i = 0; i < targets.nr && !failed; i++) {
		const struct runtime *before = session_turn_to(session, targets.items[i].runtime);
		failed = join(session, call, &targets.items[i], verb, err);
		session_turn_to(session, before);
	}
	return failed;
}

static int run_connect(struct session *session, const struct invocation *call, struct error *err)
{
	return join_each(session, call, VERB_NETWORK_CONNECT, err);
}

static int run_disconnect(struct session *session, const struct invocation *call, struct error *err)
{
	return join_each(session, call, VERB_NETWORK_DISCONNECT, err);
}

/* ---- rows ---- */

#define NETWORKS(text)                                                                                                 \
	(const struct operand[])                                                                                       \
	{                                                                                                              \
		{ "NETWORK", KIND_NETWORK, 1, 0, .help = text }, { 0 }                                                 \
	}

static const struct operand join_operands[] = {
	{ "NETWORK", KIND_NETWORK, 1, 1, .help = "its name or id" },
	{ "CONTAINER", KIND_CONTAINER, 1, 1, .help = TARGET_HELP },
	{ 0 },
};

const struct command cmd_network_create = {
	.name = "network create",
	.summary = "create a network",
	.options = (const struct option[]){ { "driver", 'd', KIND_TEXT, "DRIVER", "what makes it; bridge, if none is given", .forward = true,
					      .words = (const char *const[]){ "bridge", "ipvlan", "macvlan", "overlay", NULL } },
					    { "subnet", 0, KIND_SUBNET, "SUBNET", "its addresses: 10.1.0.0/16", .many = true, .forward = true },
					    { "gateway", 0, KIND_ADDRESS, "ADDRESS", "of its subnet, the host's own", .many = true, .forward = true },
					    { "ip-range", 0, KIND_SUBNET, "SUBNET", "the part of its subnet that containers are given addresses from",
					      .many = true, .forward = true },
					    { "internal", 0, KIND_FLAG, NULL, "nothing outside is reached from it", .forward = true,
					      .lacked_by = "nerdctl" },
					    { "ipv6", 0, KIND_FLAG, NULL, "IPv6 as well", .forward = true },
					    { "attachable", 0, KIND_FLAG, NULL, "containers may be put into it by hand (swarm)", .forward = true,
					      .lacked_by = "nerdctl, podman" },
					    { "label", 0, KIND_LABEL, "KEY=VALUE", "set a label", .many = true, .forward = true },
					    { "opt", 'o', KIND_TEXT, "KEY=VALUE", "an option of the driver", .many = true, .forward = true },
					    { 0 } },
	.operands = (const struct operand[]){ { "NETWORK", KIND_NETWORK_NAME, 1, 1, .help = "its name" }, { 0 } },
	.unsupported = (const char *const[]){ "aux-address", "config-from", "config-only", "ingress", "ipam-driver", "ipam-opt", "ipv4",
					      "scope", NULL },
	.examples = (const struct example[]){ { "network create back", "containers run with --network back reach each other" },
					      { "network create --subnet 10.1.0.0/24 --internal back", "with these addresses, and no way out" },
					      { 0 } },
	.run = run_create,
};

const struct command cmd_network_rm = {
	.name = "network rm",
	.summary = "remove networks that no container uses",
	.details = "One that is in use is not removed, and the error says by which containers. docker and nerdctl remove one that only\n"
		   "containers use which do not run; these will not start again then.",
	.operands = NETWORKS("name or id"),
	.examples = (const struct example[]){ { "network rm back front", "both" }, { 0 } },
	.flags = COMMAND_DESTROYS,
	.run = run_rm,
};

#define FILTER(letter, text)                                                                                           \
	{                                                                                                              \
		"filter", letter, KIND_NETWORK_FILTER, "KEY=VALUE", text, .many = true                                         \
	}

const struct command cmd_network_ls = {
	.name = "network ls",
	.summary = "list networks",
	.details = "nerdctl does not say which driver a network has, nor when it was made, and of ids it has twelve digits.",
	.options = (const struct option[]){ { "quiet", 'q', KIND_FLAG, NULL, "ids only" },
					    { "no-trunc", 0, KIND_FLAG, NULL, "whole ids" },
					    FILTER('f', "only those that fit: name=, label=, driver=, type=custom, dangling=true for those that no container is in, …"),
					    { "format", 0, KIND_TEMPLATE, "FORMAT", SHEET_FORMATS },
					    { 0 } },
	.examples = (const struct example[]){ { "network ls -f dangling=true", "those that no container is in, running or not" }, { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_PAGES,
	.run = run_ls,
};

const struct command cmd_network_inspect = {
	.name = "network inspect",
	.summary = "show all that is known of networks",
	.details = "It is the runtime's own JSON: its keys differ.",
	.options = (const struct option[]){ { "format", 'f', KIND_TEXT, "TEMPLATE", "a Go template, with the runtime's own keys", .forward = true },
					    { 0 } },
	.operands = NETWORKS("name or id"),
	.examples = (const struct example[]){ { "network inspect back", "its subnets, and who is in it" }, { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_PAGES,
	.run = run_inspect,
};

const struct command cmd_network_connect = {
	.name = "network connect",
	.summary = "put a container into a network",
	.options = (const struct option[]){ { "alias", 0, KIND_TEXT, "NAME", "a further name of it there", .many = true, .forward = true },
					    { "ip", 0, KIND_ADDRESS, "ADDRESS", "its address there", .forward = true },
					    { "ip6", 0, KIND_ADDRESS, "ADDRESS", "its IPv6 address there", .forward = true },
					    { 0 } },
	.operands = join_operands,
	.lacked_by = "nerdctl",
	.unsupported = (const char *const[]){ "driver-opt", "gw-priority", "link", "link-local-ip", NULL },
	.examples = (const struct example[]){ { "network connect --alias db back postgres", "others there reach it as db" }, { 0 } },
	.run = run_connect,
};

const struct command cmd_network_disconnect = {
	.name = "network disconnect",
	.summary = "take a container out of a network",
	.options = (const struct option[]){ { "force", 'f', KIND_FLAG, NULL, "also where its end of the network is gone", .forward = true },
					    { 0 } },
	.operands = join_operands,
	.lacked_by = "nerdctl",
	.examples = (const struct example[]){ { "network disconnect back web", "its other networks stay" }, { 0 } },
	.run = run_disconnect,
};

const struct command cmd_network_prune = {
	.name = "network prune",
	.summary = "remove all networks that no container uses",
	.details = "It shows which they are, and asks. A container that does not run keeps its networks: it could not be started without.",
	.options = (const struct option[]){ { "force", 'f', KIND_FLAG, NULL, "do not ask" },
					    FILTER(0, "only those that fit: label=, label!=, until=, …"),
					    { 0 } },
	.examples = (const struct example[]){ { "network prune --filter until=24h", "of those that are older than a day" }, { 0 } },
	.flags = COMMAND_DESTROYS,
	.run = run_prune,
};
