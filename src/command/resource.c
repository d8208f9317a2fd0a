#include "command/resource.h"

#include <stdio.h>
#include <string.h>

#include "base/moment.h"
#include "command/inspection.h"
#include "command/output.h"
#include "base/banned.h"

#define TEXT_MAX (64u * 1024 * 1024)

/* ---- filters ---- */

/* "label!=x": the key is "label", and what fits is not wanted. */
struct filter {
	const char *given, *value;
	char key[32];
	bool negated;
};

static struct filter read_filter(const char *given)
{
	size_t len = strcspn(given, "=");
	struct filter filter = { .given = given, .value = given[len] ? given + len + 1 : "" };
	filter.negated = len > 0 && given[len - 1] == '!';
	snprintf(filter.key, sizeof filter.key, "%.*s", (int)(len - filter.negated), given);
	return filter;
}

static int check_filter(const struct resource_kind *kind, const struct filter *filter, struct error *err)
{
	SCOPED(buf_release) struct buf known = BUF_INIT(1024);
	bool is_label = !strcmp(filter->key, "label");
	for (const char *const *key = kind_words(kind->filter); *key; key++) {
		if (!strcmp(*key, filter->key) && (is_label || !filter->negated))
			return 0;
		buf_printf(&known, "%s%s=", known.len ? ", " : "", *key);
	}
	return error_set(err, ERROR_USAGE, "--filter: a %s has no '%.60s': use %s", kind->noun, filter->given, buf_text(&known));
}

static int ask(struct session *session, const struct resource_kind *kind, const char *filter, struct resource_list *out, struct error *err)
{
	struct action action;
	struct result result;
	action_init(&action, kind->list);
	if (filter)
		strvec_pushf(&action.options, "--filter=%s", filter);
	int failed = session_perform(session, &action, &result, err);
	action_release(&action);
	if (!failed)
		*out = result.resources;
	return failed;
}

static bool is_in(const struct resource *one, const void *list)
{
	return resource_list_has(list, one);
}

static bool is_not_in(const struct resource *one, const void *list)
{
	return !resource_list_has(list, one);
}

/* One engine knows no other filters, and another joins different ones by "or": each is asked for by itself. */
static int keep_asked(struct session *session, const struct resource_kind *kind, const struct filter *filter, struct resource_list *out,
		      struct error *err)
{
	struct resource_list fitting;
	const char *equals = strchr(filter->given, '=');
	SCOPED(buf_release) struct buf given = BUF_INIT(TEXT_MAX);
	buf_printf(&given, "%s%s", filter->key, equals);
	if (ask(session, kind, buf_text(&given), &fitting, err) < 0)
		return -1;
	resource_list_keep(out, filter->negated ? is_not_in : is_in, &fitting);
	resource_list_release(&fitting);
	return 0;
}

static bool has_value(const struct resource *one, const void *arg)
{
	const struct filter *filter = arg;
	if (!strcmp(filter->key, "driver"))
		return !strcmp(one->driver, filter->value);
	if (!strcmp(filter->key, "scope"))
		return !strcmp(one->scope, filter->value);
	if (!strcmp(filter->key, "type"))
		return !strcmp(one->builtin ? "builtin" : "custom", filter->value);
	return !strncmp(one->id, filter->value, strlen(filter->value));
}

static bool is_older(const struct resource *one, const void *arg)
{
	const moment *until = arg;
	moment created = 0;
	size_t len = strlen(one->created_at);
	return (moment_scan(one->created_at, len, &created) || moment_scan_go(one->created_at, len, &created)) && created < *until;
}

/* Where one has no time, none is known there. */
static int keep_older(const struct filter *filter, struct resource_list *out, struct error *err)
{
	moment until;
	if (moment_parse_since(filter->value, moment_now(), &until, err) < 0)
		return error_wrap(err, "--filter until");
	for (size_t i = 0; i < out->nr; i++)
		if (!out->items[i].builtin && !*out->items[i].created_at)
			return error_set(err, ERROR_UNSUPPORTED, "--filter until: it is not known when '%s' was made", out->items[i].name);
	resource_list_keep(out, is_older, &until);
	return 0;
}

static int keep_driven(const struct filter *filter, struct resource_list *out, struct error *err)
{
	for (size_t i = 0; i < out->nr; i++)
		if (!out->items[i].builtin && !*out->items[i].driver)
			return error_set(err, ERROR_UNSUPPORTED, "--filter driver: it is not known which driver '%s' has", out->items[i].name);
	resource_list_keep(out, has_value, filter);
	return 0;
}

/* ---- what no container uses ---- */

struct needed {
	const struct resource_kind *kind;
	struct result containers;
	struct resource_list dangling; /* by the engine */
	bool wanted; /* what is used, or what is not */
};

static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);
	for (const char *at = list; *at; at += strcspn(at, ","), at += *at == ',')
		if (strcspn(at, ",") == len && !memcmp(at, word, len))
			return true;
	return false;
}

static bool is_used(const struct needed *needed, const struct resource *one)
{
	bool volumes = needed->kind->takes_dangling;
	for (size_t i = 0; i < needed->containers.containers.nr; i++) {
		const struct container *container = &needed->containers.containers.items[i];
		if (has_word(volumes ? container->mounts : container->networks, one->name))
			return true;
	}
	return volumes && !resource_list_has(&needed->dangling, one);
}

static bool fits_usage(const struct resource *one, const void *arg)
{
	const struct needed *needed = arg;
	return needed->wanted ? one->builtin || is_used(needed, one) : !one->builtin && !is_used(needed, one);
}

/* By what containers say, running or not, and what the engine says of volumes: podman's containers do not, and nerdctl's engine does not. */
static int keep_by_usage(struct session *session, const struct resource_kind *kind, bool used, struct resource_list *out, struct error *err)
{
	struct needed needed = { .kind = kind, .wanted = used };
	if (session_list(session, &needed.containers, err) < 0)
		return -1;
	int failed = kind->takes_dangling ? ask(session, kind, "dangling=true", &needed.dangling, err) : 0;
	if (!failed)
		resource_list_keep(out, fits_usage, &needed);
	resource_list_release(&needed.dangling);
	result_release(&needed.containers);
	return failed;
}

static int keep_fitting(struct session *session, const struct resource_kind *kind, const char *given, struct resource_list *out,
			struct error *err)
{
	struct filter filter = read_filter(given);
	if (!strcmp(filter.key, "dangling"))
		return keep_by_usage(session, kind, strcmp(filter.value, "true") != 0 && strcmp(filter.value, "1") != 0, out, err);
	if (!strcmp(filter.key, "until"))
		return keep_older(&filter, out, err);
	if (!strcmp(filter.key, "label") || !strcmp(filter.key, "name"))
		return keep_asked(session, kind, &filter, out, err);
	if (!strcmp(filter.key, "driver"))
		return keep_driven(&filter, out, err);
	resource_list_keep(out, has_value, &filter);
	return 0;
}

int resources_list(struct session *session, const struct invocation *call, const struct resource_kind *kind, struct resource_list *out,
		   struct error *err)
{
	for (size_t i = 0; i < call->given_nr; i++) {
		struct filter filter = read_filter(call->given[i].value);
		if (call->given[i].option->kind == kind->filter && check_filter(kind, &filter, err) < 0)
			return -1;
	}
	if (ask(session, kind, NULL, out, err) < 0)
		return -1;
	for (size_t i = 0; i < call->given_nr; i++)
		if (call->given[i].option->kind == kind->filter &&
		    keep_fitting(session, kind, call->given[i].value, out, err) < 0) {
			resource_list_release(out);
			return -1;
		}
	return 0;
}

/* ---- rm ---- */

int resources_remove(struct session *session, const struct invocation *call, const struct deed *removal, struct error *err)
{
	SCOPED(targets_release) struct targets targets = { 0 };
	const struct runtime *runtime = session_runtime(session, err);
	if (!runtime)
		return -1;
	for (size_t i = 0; i < call->operands_nr; i++)
		targets_add(&targets, runtime, call->operands[i], call->operands[i]);
	return targets_do(session, call, &targets, removal, err);
}

/* What an engine says there are ids at best. */
void resource_name_users(struct session *session, const struct resource_kind *kind, const char *name, struct error *err)
{
	SCOPED(buf_release) struct buf users = BUF_INIT(TEXT_MAX);
	struct action action;
	struct result result;
	struct error ignored;
	if (err->kind != ERROR_IN_USE)
		return;
	action_init(&action, VERB_LIST);
	strvec_push(&action.options, "--all");
	strvec_pushf(&action.options, "--filter=%s=%s", kind->noun, name);
	int failed = session_perform(session, &action, &result, &ignored);
	action_release(&action);
	if (failed)
		return;
	for (size_t i = 0; i < result.containers.nr; i++)
		buf_printf(&users, "%s%s", i ? ", " : "", result.containers.items[i].name);
	if (result.containers.nr)
		error_set(err, ERROR_IN_USE, "in use by %s", buf_text(&users));
	error_about(err, name);
	error_hint(err, "%s", kind->in_use_hint);
	result_release(&result);
}

/* ---- inspect ---- */

static int inspect_one(struct session *session, const struct invocation *call, const char *name, const void *arg, struct result *out,
		       struct error *err)
{
	const struct resource_kind *kind = arg;
	struct action action;
	action_init(&action, kind->inspect);
	forward_options(call, &action.options);
	strvec_push(&action.targets, name);
	int failed = session_perform(session, &action, out, err);
	action_release(&action);
	return failed;
}

int resources_inspect(struct session *session, const struct invocation *call, const struct resource_kind *kind, struct error *err)
{
	return inspection(session, call, inspect_one, kind, err);
}

/* ---- prune ---- */

struct wish {
	bool (*wanted)(const struct resource *one, const void *call);
	const struct invocation *call;
};

static bool is_wanted(const struct resource *one, const void *arg)
{
	const struct wish *wish = arg;
	return wish->wanted(one, wish->call);
}

static int confirm(struct session *session, const struct invocation *call, const struct resource_kind *kind, const struct resource_list *list,
		   struct error *err)
{
	char question[100];
	if (invocation_has(call, "force"))
		return 0;
	if (session->interactive && !session->settings.yes)
		for (size_t i = 0; i < list->nr; i++)
			output_line("%s", list->items[i].name);
	snprintf(question, sizeof question, "remove %s%zu %s%s", list->nr > 1 ? "these " : "", list->nr, kind->noun, list->nr > 1 ? "s" : "");
	int yes = session_confirm(session, question, err);
	return yes ? yes : error_set(err, ERROR_CANCELLED, "nothing done");
}

int resources_prune(struct session *session, const struct invocation *call, const struct resource_kind *kind,
		    bool (*wanted)(const struct resource *one, const void *call), const struct deed *removal, struct error *err)
{
	SCOPED(resource_list_release) struct resource_list list = { 0 };
	SCOPED(targets_release) struct targets targets = { 0 };
	struct wish wish = { wanted, call };
	const struct runtime *runtime = session_runtime(session, err);
	if (!runtime || resources_list(session, call, kind, &list, err) < 0 || keep_by_usage(session, kind, false, &list, err) < 0)
		return -1;
	resource_list_keep(&list, is_wanted, &wish);
	if (!list.nr)
		return 0;
	if (confirm(session, call, kind, &list, err) < 0)
		return -1;
	for (size_t i = 0; i < list.nr; i++)
		targets_add(&targets, runtime, list.items[i].name, list.items[i].id);
	return targets_do(session, call, &targets, removal, err);
}
