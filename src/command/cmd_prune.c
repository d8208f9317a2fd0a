/* container prune: what does not run goes, its log collected to the end. */
#include <stdlib.h>
#include <string.h>

#include "command/columns.h"
#include "command/output.h"
#include "command/removal.h"
#include "command/rows.h"
#include "command/target.h"
#include "runtime/texts.h"
#include "base/banned.h"

/* docker's filters of prune, of which its lists know the first only. */
struct filters {
	struct strvec labels;   /* "--filter=label=…" */
	struct strvec unlabels; /* the same, of what is left alone */
	moment until;           /* made before that; 0: at any time */
};

static void filters_release(struct filters *filters)
{
	strvec_release(&filters->labels);
	strvec_release(&filters->unlabels);
}

static int read_filter(const char *value, struct filters *out, struct error *err)
{
	if (!strncmp(value, "label=", 6)) {
		strvec_pushf(&out->labels, "--filter=%s", value);
		return 0;
	}
	if (!strncmp(value, "label!=", 7)) {
		strvec_pushf(&out->unlabels, "--filter=label=%s", value + 7);
		return 0;
	}
	if (!strncmp(value, "until=", 6))
		return moment_parse_since(value + 6, moment_now(), &out->until, err) < 0 ? error_wrap(err, "--filter") : 0;
	error_set(err, ERROR_USAGE, "--filter: '%.80s' is not a filter of container prune", value);
	return error_hint(err, "there are label=KEY[=VALUE], label!=KEY[=VALUE] and until=TIME");
}

static int read_filters(const struct invocation *call, struct filters *out, struct error *err)
{
	for (size_t i = 0; i < call->given_nr; i++)
		if (!strcmp(call->given[i].option->name, "filter") && read_filter(call->given[i].value, out, err) < 0)
			return -1;
	return 0;
}

static int list(struct session *session, const char *const *filters, size_t filters_nr, struct result *out, struct error *err)
{
	struct action action;
	action_init(&action, VERB_LIST);
	strvec_push(&action.options, "--all");
	for (size_t i = 0; i < filters_nr; i++)
		strvec_push(&action.options, filters[i]);
	int failed = session_perform(session, &action, out, err);
	action_release(&action);
	return failed;
}

/* ---- what would go ---- */

struct candidates {
	struct result listed;
	bool *goes;
	size_t nr; /* that go */
};

static void candidates_release(struct candidates *all)
{
	free(all->goes);
	result_release(&all->listed);
}

static void spare(struct candidates *all, const char *id)
{
	const struct container_list *list = &all->listed.containers;
	for (size_t i = 0; i < list->nr; i++)
		if (all->goes[i] && !strcmp(list->items[i].id, id)) {
			all->goes[i] = false;
			all->nr--;
		}
}

static int spare_labelled(struct session *session, const struct filters *filters, struct candidates *all, struct error *err)
{
	for (size_t i = 0; i < filters->unlabels.nr && all->nr; i++) {
		struct result labelled;
		const char *filter = filters->unlabels.items[i];
		if (list(session, &filter, 1, &labelled, err) < 0)
			return -1;
		for (size_t j = 0; j < labelled.containers.nr; j++)
			spare(all, labelled.containers.items[j].id);
		result_release(&labelled);
	}
	return 0;
}

/* Lists have it in words only. What was removed meanwhile is gone anyway. */
static int spare_younger(struct session *session, const struct filters *filters, struct candidates *all, struct error *err)
{
	const struct container_list *list = &all->listed.containers;
	for (size_t i = 0; i < list->nr && filters->until; i++) {
		struct result inspected;
		if (!all->goes[i])
			continue;
		int failed = session_act(session, VERB_INSPECT, list->items[i].id, &inspected, err);
		if (failed && err->kind != ERROR_NOT_FOUND)
			return -1;
		if (failed || !inspected.details.nr || inspected.details.items[0].created >= filters->until)
			spare(all, list->items[i].id);
		if (!failed)
			result_release(&inspected);
	}
	return 0;
}

static int find(struct session *session, const struct filters *filters, struct candidates *out, struct error *err)
{
	if (list(session, (const char *const *)filters->labels.items, filters->labels.nr, &out->listed, err) < 0)
		return -1;
	const struct container_list *list = &out->listed.containers;
	out->goes = xcalloc(list->nr + 1, sizeof *out->goes);
	for (size_t i = 0; i < list->nr; i++) {
		out->goes[i] = (STATES_ENDED & (1u << list->items[i].state)) != 0;
		out->nr += out->goes[i];
	}
	if (spare_labelled(session, filters, out, err) < 0)
		return -1;
	return spare_younger(session, filters, out, err);
}

/* ---- asking ---- */

/* Its engine counts files, so it is only asked for what is shown. */
static const char *size_of(struct session *session, const char *id, struct arena *arena)
{
	struct action action;
	struct result result;
	struct error ignored;
	action_init(&action, VERB_INSPECT);
	strvec_push(&action.options, "--size");
	strvec_push(&action.targets, id);
	int failed = session_perform(session, &action, &result, &ignored);
	action_release(&action);
	if (failed)
		return "?";
	const char *size = result.details.nr ? text_human_size(result.details.items[0].written, arena) : "?";
	result_release(&result);
	return size;
}

static void show(struct session *session, const struct candidates *all)
{
	static const struct column columns[] = {
		{ "CONTAINER ID", false }, { "IMAGE", true }, { "STATUS", false }, { "SIZE", false }, { "NAMES", true }
	};
	const struct container_list *list = &all->listed.containers;
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	const char **cells = xcalloc(all->nr, ARRAY_LEN(columns) * sizeof *cells), **cell = cells;
	for (size_t i = 0; i < list->nr; i++) {
		if (!all->goes[i])
			continue;
		*cell++ = arena_copy(&arena, list->items[i].id, CONTAINER_ID_SHORT);
		*cell++ = list->items[i].image;
		*cell++ = list->items[i].status;
		*cell++ = size_of(session, list->items[i].id, &arena);
		*cell++ = list->items[i].name;
	}
	columns_print(columns, ARRAY_LEN(columns), cells, all->nr);
	free(cells);
}

static int confirm(struct session *session, const struct invocation *call, const struct candidates *all, struct error *err)
{
	SCOPED(buf_release) struct buf question = BUF_INIT(64 * 1024);
	if (invocation_has(call, "force"))
		return 0;
	if (session->interactive && !session->settings.yes && !session->settings.dry_run)
		show(session, all);
	buf_add_text(&question, "container prune: remove");
	for (size_t i = 0; i < all->listed.containers.nr; i++)
		if (all->goes[i])
			buf_printf(&question, " %s", all->listed.containers.items[i].name);
	int yes = session_confirm(session, buf_text(&question), err);
	if (yes == 0)
		return error_set(err, ERROR_CANCELLED, "nothing done");
	return yes < 0 ? -1 : 0;
}

/* ---- the command ---- */

static int prune(struct session *session, const struct invocation *call, const struct candidates *all, struct error *err)
{
	SCOPED(targets_release) struct targets targets = { 0 };
	const struct container_list *list = &all->listed.containers;
	static const struct strvec no_options = STRVEC_INIT;
	const struct runtime *runtime = session_runtime(session, err);
	if (!all->nr)
		return 0;
	if (!runtime || confirm(session, call, all, err) < 0)
		return -1;
	for (size_t i = 0; i < list->nr; i++)
		if (all->goes[i])
			targets_add(&targets, runtime, list->items[i].name, list->items[i].id);
	if (!session->settings.dry_run)
		output_line("Deleted Containers:");
	return removals(session, call, &targets, &no_options, REMOVAL_SAYS_IDS, err);
}

static int run_prune(struct session *session, const struct invocation *call, struct error *err)
{
	struct filters filters = { 0 };
	struct candidates all = { 0 };
	int failed = read_filters(call, &filters, err);
	if (!failed)
		failed = find(session, &filters, &all, err);
	if (!failed)
		failed = prune(session, call, &all, err);
	candidates_release(&all);
	filters_release(&filters);
	return failed;
}

const struct command cmd_container_prune = {
	.name = "container prune",
	.summary = "remove all containers that do not run; what is collected of them is collected to the end",
	.details = "It shows them and asks first. What is removed is what was shown, each as by rm: a container whose log cannot be collected to\n"
		   "its end stays. Stored logs stay. At the prompt it says how much each has written, its log aside.",
	.options = (const struct option[]){ { "force", 'f', KIND_FLAG, NULL, "do not ask" },
					    { "filter", 0, KIND_PRUNE_FILTER, "FILTER", "only some: label=KEY[=VALUE], label!=KEY, until=TIME", .many = true },
					    { 0 } },
	.examples = (const struct example[]){ { "container prune", "all that have ended or were never started" },
					      { "container prune --filter until=24h --filter label=job", "of those, the older jobs" },
					      { 0 } },
	.flags = COMMAND_COLLECTS | COMMAND_DESTROYS,
	.run = run_prune,
};
