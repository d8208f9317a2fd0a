/* new, with, show, reset: a container described step by step. `build` and `start` make it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/columns.h"
#include "command/drafts.h"
#include "command/output.h"
#include "command/removal.h"
#include "command/rows.h"
#include "command/session.h"
#include "command/specs.h"
#include "command/target.h"
#include "base/banned.h"

static struct draft *find(struct session *session, const char *name, struct error *err)
{
	struct draft *draft = drafts_find(session, name);
	if (draft)
		return draft;
	error_set(err, ERROR_NOT_FOUND, "no draft is called %s", name);
	error_about(err, name);
	error_hint(err, "new %s begins one", name);
	return NULL;
}

/* ---- new, with ---- */

static int take(const struct invocation *call, struct spec *spec, struct error *err)
{
	if (specs_take(call, spec, err) < 0)
		return -1;
	specs_take_image(call, 1, spec);
	return 0;
}

/* Values alone are wrong or sound; whether they go together is known when all are there. */
static int check(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(spec_release) struct spec spec;
	spec_init(&spec);
	if (kind_check(KIND_DRAFT, "NAME", call->operands[0], err) < 0 || take(call, &spec, err) < 0)
		return -1;
	return specs_check(session, call, &spec, false, err);
}

/* Whether the engine has one of that name already: then it is taken as it is. */
static int adopt(struct session *session, const char *name, char id[CONTAINER_ID_LEN + 1], struct spec *found, struct error *err)
{
	struct result result;
	id[0] = '\0';
	if (session_act(session, VERB_INSPECT, name, &result, err) < 0)
		return err->kind == ERROR_NOT_FOUND ? 0 : -1;
	/* An engine takes the beginning of an id for a name. */
	bool is_it = result.details.nr && !strcmp(result.details.items[0].name, name);
	if (is_it)
		snprintf(id, CONTAINER_ID_LEN + 1, "%s", result.details.items[0].id);
	result_release(&result);
	const struct runtime *runtime = session_runtime(session, err);
	if (!is_it || (runtime && is_lacked(cmd_describe.lacked_by, runtime->name)))
		return 0;
	return specs_describe(session, id, found, err);
}

static int begin(struct session *session, const struct invocation *call, const struct spec *given, struct error *err)
{
	SCOPED(spec_release) struct spec found;
	char id[CONTAINER_ID_LEN + 1];
	spec_init(&found);
	if (adopt(session, call->operands[0], id, &found, err) < 0)
		return -1;
	if (*id && (call->given_nr || call->operands_nr > 1)) {
		error_set(err, ERROR_NAME_TAKEN, "%s is there already", call->operands[0]);
		error_about(err, call->operands[0]);
		return error_hint(err, "new %s alone takes it as it is", call->operands[0]);
	}
	struct draft *draft = drafts_begin(session, call->operands[0]);
	draft->adopted = *id;
	memcpy(draft->id, id, sizeof id);
	spec_copy(&draft->spec, *id ? &found : given);
	spec_give(&draft->spec, spec_option("name", strlen("name")), draft->name);
	if (*id)
		output_line("%s is there already: %.12s", draft->name, draft->id);
	return 0;
}

static int run_new(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(spec_release) struct spec given;
	spec_init(&given);
	return take(call, &given, err) < 0 ? -1 : begin(session, call, &given, err);
}

static int run_with(struct session *session, const struct invocation *call, struct error *err)
{
	struct draft *draft = find(session, call->operands[0], err);
	if (!draft)
		return -1;
	if (*draft->id)
		return error_set(err, ERROR_STATE, "%s is built already; reset %s removes the container", draft->name, draft->name);
	SCOPED(spec_release) struct spec changed;
	spec_init(&changed);
	spec_copy(&changed, &draft->spec);
	if (take(call, &changed, err) < 0 || specs_check(session, call, &changed, false, err) < 0)
		return -1;
	if (strcmp(spec_value(&changed, "name"), draft->name) != 0)
		return error_set(err, ERROR_USAGE, "--name: a draft keeps its name; new %s begins another", spec_value(&changed, "name"));
	spec_copy(&draft->spec, &changed);
	return 0;
}

/* ---- show ---- */

static int run_show(struct session *session, const struct invocation *call, struct error *err)
{
	if (call->operands_nr) {
		const struct draft *draft = find(session, call->operands[0], err);
		if (draft)
			specs_print(session, invocation_value(call, "as"), &draft->spec);
		return draft ? 0 : -1;
	}
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	const struct column columns[] = { { "NAME", false }, { "IMAGE", true }, { "CONTAINER", false } };
	const char **cells = xcalloc(session->drafts->nr + 1, ARRAY_LEN(columns) * sizeof *cells), **cell = cells;
	for (size_t i = 0; i < session->drafts->nr; i++) {
		const struct draft *draft = session->drafts->items[i];
		*cell++ = target_name(session, draft->runtime, draft->name, &arena);
		*cell++ = draft->spec.image ? draft->spec.image : "-";
		*cell++ = *draft->id ? draft->id : "not built";
	}
	columns_print(columns, ARRAY_LEN(columns), cells, session->drafts->nr);
	free(cells);
	return 0;
}

/* ---- reset ---- */

/* It is not this draft that made it. */
static bool sure(struct session *session, const struct draft *draft, struct error *err)
{
	char question[CONTAINER_NAME_MAX + 64];
	snprintf(question, sizeof question, "remove %s, which was there before", draft->name);
	int yes = session_confirm(session, question, err);
	if (yes == 0)
		error_set(err, ERROR_CANCELLED, "nothing done");
	return yes > 0;
}

static int remove_container(struct session *session, const struct invocation *call, const struct draft *draft, struct error *err)
{
	SCOPED(targets_release) struct targets one = { 0 };
	SCOPED(strvec_release) struct strvec options = STRVEC_INIT;
	strvec_push(&options, "--force");
	targets_add(&one, draft->runtime, draft->name, draft->id);
	return removals(session, call, &one, &options, REMOVAL_SAYS_NAMES, err);
}

static int run_reset(struct session *session, const struct invocation *call, struct error *err)
{
	struct draft *draft = find(session, call->operands[0], err);
	if (!draft)
		return -1;
	SCOPED(buf_release) struct buf image = BUF_INIT(REQUEST_REPLY_MAX);
	if (draft->spec.image)
		buf_add_text(&image, draft->spec.image);
	if (draft->adopted && !sure(session, draft, err))
		return -1;
	if (*draft->id && remove_container(session, call, draft, err) < 0)
		return -1;
	draft = drafts_begin(session, draft->name);
	if (image.len)
		spec_set_image(&draft->spec, buf_text(&image));
	return 0;
}

#define DRAFT(text)                                                                                                    \
	{                                                                                                              \
		"NAME", KIND_DRAFT, 1, 1, .help = text                                                                 \
	}

static const struct option taken_options[] = {
	{ "spec", 0, KIND_FILE, "FILE", "what `describe --as json` prints; options given here count more" },
	{ 0 },
};

const struct command cmd_new = {
	.name = "new",
	.summary = "begin to describe a container",
	.details = "A draft is described step by step, at the prompt or in a script: new, with, show; build or start makes the container.\n"
		   "Where a container of that name exists already the draft is that one.",
	.options = taken_options,
	.more_options = spec_options,
	.operands = (const struct operand[]){ DRAFT("the container's name"),
					      { "IMAGE", KIND_IMAGE, 0, 1, .help = "what to run" },
					      { "COMMAND", KIND_REST, 0, 0, .help = "the command and its arguments, instead of the image's" },
					      { 0 } },
	.examples = (const struct example[]){ { "new web nginx", "then: with web -p 8080:80; build web; start web" }, { 0 } },
	.flags = COMMAND_HARMLESS,
	.check = check,
	.run = run_new,
};

const struct command cmd_with = {
	.name = "with",
	.summary = "add to a draft",
	.options = taken_options,
	.more_options = spec_options,
	.operands = (const struct operand[]){ DRAFT("of a draft"),
					      { "IMAGE", KIND_IMAGE, 0, 1, .help = "what to run, instead of what it has" },
					      { "COMMAND", KIND_REST, 0, 0, .help = "the command and its arguments, instead of what it has" },
					      { 0 } },
	.examples = (const struct example[]){ { "with web -p 8080:80 -e MODE=fast", "what may be given many times is added" }, { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_OFFLINE,
	.check = check,
	.run = run_with,
};

const struct command cmd_show = {
	.name = "show",
	.summary = "show a draft, or which there are",
	.options = (const struct option[]){ SPECS_AS, { 0 } },
	.operands = (const struct operand[]){ { "NAME", KIND_DRAFT, 0, 1, .help = "of a draft; without, all are listed" }, { 0 } },
	.examples = (const struct example[]){ { "show web --as json", "for new --spec" }, { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_OFFLINE | COMMAND_PAGES,
	.run = run_show,
};

const struct command cmd_reset = {
	.name = "reset",
	.summary = "remove a draft's container, and all of the draft but its name and image",
	.details = "As rm -f: its log is collected to the end first, and stays.",
	.operands = (const struct operand[]){ DRAFT("of a draft"), { 0 } },
	.examples = (const struct example[]){ { "reset web", "begin again" }, { 0 } },
	.flags = COMMAND_COLLECTS | COMMAND_DESTROYS,
	.run = run_reset,
};
