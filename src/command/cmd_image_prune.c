/* image prune: what would go is shown before it goes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "command/columns.h"
#include "command/image.h"
#include "command/output.h"
#include "command/rows.h"
#include "runtime/images.h"
#include "runtime/texts.h"
#include "base/banned.h"

struct filters {
	struct strvec labels;   /* "label=…" */
	struct strvec unlabels; /* the same, of what is left alone */
	moment until;           /* made before that; INT64_MAX: at any time */
};

static void filters_release(struct filters *filters)
{
	strvec_release(&filters->labels);
	strvec_release(&filters->unlabels);
}

/* What would go. */
struct pruning {
	struct result images;
	const struct image **going;
	size_t nr;
};

static void pruning_release(struct pruning *pruning)
{
	free(pruning->going);
	result_release(&pruning->images);
}

/* docker's prune knows no key but these, and the engines' lists only the first. */
static int read_filter(const char *value, struct filters *out, struct error *err)
{
	moment at;
	if (!strncmp(value, "label=", 6)) {
		strvec_push(&out->labels, value);
		return 0;
	}
	if (!strncmp(value, "label!=", 7)) {
		strvec_pushf(&out->unlabels, "label=%s", value + 7);
		return 0;
	}
	if (strncmp(value, "until=", 6) != 0)
		return error_set(err, ERROR_USAGE, "--filter: '%.80s': images are pruned by label=, label!= and until=", value);
	if (moment_parse_since(value + 6, moment_now(), &at, err) < 0)
		return error_wrap(err, "--filter: until");
	if (at < out->until)
		out->until = at;
	return 0;
}

static int read_filters(const struct invocation *call, struct filters *out, struct error *err)
{
	for (size_t i = 0; i < call->given_nr; i++)
		if (!strcmp(call->given[i].option->name, "filter") && read_filter(call->given[i].value, out, err) < 0)
			return -1;
	return 0;
}

/* ---- what would go ---- */

static int list(struct session *session, bool dangling, const char *const *filters, size_t filters_nr, struct result *out, struct error *err)
{
	struct action action;
	action_init(&action, VERB_IMAGES);
	if (dangling)
		strvec_push(&action.options, "--filter=dangling=true");
	for (size_t i = 0; i < filters_nr; i++)
		strvec_pushf(&action.options, "--filter=%s", filters[i]);
	int failed = session_perform(session, &action, out, err);
	action_release(&action);
	return failed;
}

/* A container's image may be one that a filter leaves out: it is looked for among all. */
static bool is_used(const struct runtime *runtime, const struct result *all, const struct result *containers, const struct image *image)
{
	SCOPED(strvec_release) struct strvec users = STRVEC_INIT;
	image_users(runtime, &all->images, &containers->containers, image->id, &users);
	return users.nr > 0;
}

/* One whose age is not known stays. */
static bool is_older(const struct image *image, moment until)
{
	moment created = image_created(image);
	return until == INT64_MAX || (created && created < until);
}

static bool has_image(const struct image_list *images, const struct image *image, bool by_name)
{
	for (size_t i = 0; i < images->nr; i++) {
		const struct image *one = &images->items[i];
		if (!strcmp(one->id, image->id) &&
		    (!by_name || (!strcmp(one->repository, image->repository) && !strcmp(one->tag, image->tag))))
			return true;
	}
	return false;
}

/* Those that are not among `images`, or that are. */
static void keep(struct pruning *pruning, const struct image_list *images, bool those_in_it, bool by_name)
{
	size_t nr = 0;
	for (size_t i = 0; i < pruning->nr; i++)
		if (has_image(images, pruning->going[i], by_name) == those_in_it)
			pruning->going[nr++] = pruning->going[i];
	pruning->nr = nr;
}

static int spare_labelled(struct session *session, const struct filters *filters, struct pruning *pruning, struct error *err)
{
	for (size_t i = 0; i < filters->unlabels.nr && pruning->nr; i++) {
		struct result labelled;
		const char *filter = filters->unlabels.items[i];
		if (list(session, false, &filter, 1, &labelled, err) < 0)
			return -1;
		keep(pruning, &labelled.images, false, false);
		result_release(&labelled);
	}
	return 0;
}

static int choose(struct session *session, const struct invocation *call, const struct filters *filters, struct pruning *out,
		  struct error *err)
{
	struct result all, containers;
	const struct strvec *labels = &filters->labels;
	*out = (struct pruning){ 0 };
	if (list(session, !invocation_has(call, "all"), (const char *const *)labels->items, labels->nr, &out->images, err) < 0)
		return -1;
	const struct image_list *images = &out->images.images;
	if (image_list(session, NULL, &all, err) < 0)
		goto failed;
	if (session_list(session, &containers, err) < 0) {
		result_release(&all);
		goto failed;
	}
	const struct runtime *runtime = session_runtime(session, err);
	out->going = xcalloc(images->nr + 1, sizeof *out->going);
	for (size_t i = 0; i < images->nr; i++)
		if (is_older(&images->items[i], filters->until) && !is_used(runtime, &all, &containers, &images->items[i]))
			out->going[out->nr++] = &images->items[i];
	result_release(&all);
	result_release(&containers);
	if (spare_labelled(session, filters, out, err) == 0)
		return 0;
failed:
	pruning_release(out);
	return -1;
}

static const char *sum_of(const struct pruning *pruning, struct arena *arena)
{
	return text_human_size(image_bytes(pruning->going, pruning->nr), arena);
}

static void show(struct pruning *pruning)
{
	static const struct column columns[] = { { "REPOSITORY", true }, { "TAG", true }, { "IMAGE ID", false }, { "SIZE", false } };
	struct arena *arena = &pruning->images.images.arena;
	const char **cells = xcalloc(pruning->nr + 1, ARRAY_LEN(columns) * sizeof *cells), **cell = cells;
	for (size_t i = 0; i < pruning->nr; i++) {
		const struct image *image = pruning->going[i];
		const char *digits = strncmp(image->id, "sha256:", 7) == 0 ? image->id + 7 : image->id;
		*cell++ = image->repository;
		*cell++ = image->tag;
		*cell++ = arena_copy(arena, digits, strnlen(digits, CONTAINER_ID_SHORT));
		*cell++ = image->size;
	}
	columns_print(columns, ARRAY_LEN(columns), cells, pruning->nr);
	free(cells);
}

static int confirm(struct session *session, struct pruning *pruning, struct error *err)
{
	char question[200];
	snprintf(question, sizeof question, "remove %s, up to %s", pruning->nr == 1 ? "this image" : "these images",
		 sum_of(pruning, &pruning->images.images.arena));
	int yes = session_confirm(session, question, err);
	if (yes == 0)
		return error_set(err, ERROR_CANCELLED, "nothing done");
	return yes < 0 ? -1 : 0;
}

/* ---- the removal ---- */

static bool is_named(const struct image *image)
{
	return strcmp(image->repository, "<none>") != 0 && strcmp(image->tag, "<none>") != 0;
}

/* 1: it is gone; 0: something needs it, *why tells what. */
static int remove_one(struct session *session, const struct image *image, struct error *why)
{
	struct action action;
	struct result result;
	action_init(&action, VERB_IMAGE_REMOVE);
	if (is_named(image))
		strvec_pushf(&action.targets, "%s:%s", image->repository, image->tag);
	else
		strvec_push(&action.targets, image->id);
	int failed = session_perform(session, &action, &result, why);
	action_release(&action);
	if (failed && why->kind == ERROR_NOT_FOUND) /* with what was made of it */
		return 1;
	if (failed)
		return why->kind == ERROR_IN_USE ? 0 : -1;
	output_text(&result.text);
	result_release(&result);
	return 1;
}

/* One goes only after those that were made of it: as long as some go, the others are tried again. */
static int remove_all(struct session *session, const struct pruning *pruning, struct error *err)
{
	const struct image **left = xcalloc(pruning->nr + 1, sizeof(struct image *));
	size_t left_nr = pruning->nr, before;
	int status = 0;
	struct error why;
	memcpy(left, pruning->going, pruning->nr * sizeof(struct image *));
	do {
		size_t nr = 0;
		before = left_nr;
		for (size_t i = 0; i < before; i++) {
			int gone = remove_one(session, left[i], &why);
			if (gone < 0 && why.kind == ERROR_CANCELLED) {
				free(left);
				*err = why;
				return -1;
			}
			if (gone < 0) {
				status = error_status(&why);
				output_error(session->where, &why);
			}
			if (gone == 0)
				left[nr++] = left[i];
		}
		left_nr = nr;
	} while (left_nr && left_nr < before);
	for (size_t i = 0; i < left_nr; i++)
		if (is_named(left[i]))
			output_warning("%s:%s stays: it is in use", left[i]->repository, left[i]->tag);
		else
			output_warning("%s stays: it is in use", left[i]->id);
	free(left);
	if (!status)
		return 0;
	error_set(err, ERROR_STATUS, "some failed");
	err->detail = status;
	return -1;
}

static int prune(struct session *session, struct pruning *pruning, struct error *err)
{
	struct result now;
	struct error ignored;
	if (image_list(session, NULL, &now, err) < 0)
		return -1;
	keep(pruning, &now.images, true, true); /* a name may have become another image's meanwhile */
	result_release(&now);
	int failed = remove_all(session, pruning, err);
	if (session->settings.dry_run || image_list(session, NULL, &now, &ignored) < 0)
		return failed;
	keep(pruning, &now.images, false, false);
	result_release(&now);
	output_line("Total reclaimed space: %s", sum_of(pruning, &pruning->images.images.arena));
	return failed;
}

static int prune_chosen(struct session *session, const struct invocation *call, const struct filters *filters, struct error *err)
{
	struct pruning pruning;
	if (choose(session, call, filters, &pruning, err) < 0)
		return -1;
	show(&pruning);
	int failed = pruning.nr && !invocation_has(call, "force") ? confirm(session, &pruning, err) : 0;
	if (!failed && pruning.nr)
		failed = prune(session, &pruning, err);
	else if (!failed)
		output_line("Total reclaimed space: 0B");
	pruning_release(&pruning);
	return failed;
}

static int run_prune(struct session *session, const struct invocation *call, struct error *err)
{
	bool asked = session->interactive || session->settings.yes || session->settings.dry_run || invocation_has(call, "force");
	struct filters filters = { .until = INT64_MAX };
	int failed = read_filters(call, &filters, err);
	if (!failed && !asked)
		failed = error_set(err, ERROR_USAGE, "it removes images: say yes with --yes (-y) before the command, or with --force; --dry-run (-n) before it shows which");
	if (!failed)
		failed = prune_chosen(session, call, &filters, err);
	filters_release(&filters);
	return failed;
}

const struct command cmd_image_prune = {
	.name = "image prune",
	.summary = "remove images that no container uses",
	.details = "Those without a name; with --all those with one as well. It shows them and asks first. What is removed is what was shown: one\n"
		   "that is in use by then stays, and so does one whose age is not known, where until is given.",
	.options = (const struct option[]){ { "all", 'a', KIND_FLAG, NULL, "also those that have a name" },
					    { "force", 'f', KIND_FLAG, NULL, "do not ask" },
					    { "filter", 0, KIND_PRUNE_FILTER, "FILTER", "only some: label=KEY[=VALUE], label!=KEY, until=TIME", .many = true },
					    { 0 } },
	.examples = (const struct example[]){ { "image prune --filter until=24h", "those that are a day old" }, { 0 } },
	.flags = COMMAND_DESTROYS,
	.run = run_prune,
};
