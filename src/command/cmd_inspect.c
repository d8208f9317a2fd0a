/* inspect: what an engine knows of a container, an image, a network or a volume, in its own JSON. */
#include <string.h>

#include "command/inspection.h"
#include "command/rows.h"
#include "command/selector.h"
#include "command/session.h"
#include "command/target.h"
#include "base/banned.h"

/* In the order in which docker looks for a name. */
static const struct {
	const char *name;
	enum verb verb;
} types[] = { { "container", VERB_INSPECT_RAW }, { "image", VERB_IMAGE_INSPECT }, { "network", VERB_NETWORK_INSPECT }, { "volume", VERB_VOLUME_INSPECT } };

static int ask(struct session *session, const struct invocation *call, enum verb verb, const char *name, struct result *out, struct error *err)
{
	struct action action;
	action_init(&action, verb);
	forward_options(call, &action.options);
	strvec_push(&action.targets, name);
	int failed = session_perform(session, &action, out, err);
	action_release(&action);
	return failed;
}

/* What has no image's form is not looked for among them: engines have other words for that. */
static bool can_be(enum verb verb, const char *name)
{
	struct error ignored;
	return verb != VERB_IMAGE_INSPECT || kind_check(KIND_IMAGE, "", name, &ignored) == 0;
}

/* The first of the types that has it. */
static int look_for(struct session *session, const struct invocation *call, const char *name, struct result *out, struct error *err)
{
	const char *only = invocation_value(call, "type");
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (only && strcmp(only, types[i].name) != 0)
			continue;
		if (!only && !can_be(types[i].verb, name))
			continue;
		if (ask(session, call, types[i].verb, name, out, err) == 0)
			return 0;
		if (only || err->kind != ERROR_NOT_FOUND)
			return -1;
	}
	error_set(err, ERROR_NOT_FOUND, "no such object");
	return error_about(err, name);
}

/* "podman:web"; but an image may be called "docker:dind". */
static int look_anywhere(struct session *session, const struct invocation *call, const char *word, const void *arg UNUSED, struct result *out,
			 struct error *err)
{
	const char *name;
	const struct runtime *runtime = runtime_prefix(word, &name);
	if (runtime) {
		const struct runtime *before = session_turn_to(session, runtime);
		int failed = look_for(session, call, name, out, err);
		session_turn_to(session, before);
		if (!failed || err->kind != ERROR_NOT_FOUND)
			return failed;
	}
	struct error whole;
	if (look_for(session, call, word, out, &whole) == 0)
		return 0;
	if (!runtime) {
		*err = whole;
		target_point_elsewhere(session, word, err);
	}
	return -1;
}

/* "podman:4f5c…", so that it is found where it is. */
static void push_found(const struct session *session, const struct targets *found, struct strvec *words)
{
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	for (size_t i = 0; i < found->nr; i++)
		strvec_push(words, target_name(session, found->items[i].runtime, found->items[i].id, &arena));
}

/* Words that stand for several are containers. */
static int expand(struct session *session, const struct invocation *call, struct strvec *words, struct error *err)
{
	for (size_t i = 0; i < call->operands_nr; i++) {
		SCOPED(targets_release) struct targets found = { 0 };
		if (selector_read(call->operands[i]).form == SELECTS_NAME)
			strvec_push(words, call->operands[i]);
		else if (targets_find_word(session, call->operands[i], STATES_ANY, &found, err) == 0)
			push_found(session, &found, words);
		else
			return -1;
	}
	return 0;
}

static int run_inspect(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(strvec_release) struct strvec words = STRVEC_INIT;
	struct invocation whole = *call;
	if (expand(session, call, &words, err) < 0)
		return -1;
	whole.operands = words.items;
	whole.operands_nr = words.nr;
	return inspection(session, &whole, look_anywhere, NULL, err);
}

const struct command cmd_inspect = {
	.name = "inspect",
	.summary = "show all that the engine knows of something, as JSON",
	.details = "Of a name that several have, the container is shown, else the image, the network, the volume; --type says which.\n"
		   "The JSON is the engine's own, and so is what a template finds in it: the runtimes have keys of their own besides docker's.",
	.options = (const struct option[]){ { "format", 'f', KIND_TEXT, "TEMPLATE",
					      "what to show, as a Go template: '{{.State.Pid}}'", .forward = true },
					    { "type", 0, KIND_OBJECT_TYPE, "TYPE",
					      "only such a one: container, image, network, volume" },
					    { 0 } },
	.operands =
		(const struct operand[]){
			{ "NAME", KIND_OBJECT, 1, 0,
			  .help = "name or id; podman:NAME; of containers also a pattern, label=, @PROJECT, -" },
			{ 0 } },
	.examples = (const struct example[]){ { "inspect web", "a container, in the engine's JSON" },
					      { "inspect -f '{{.State.Status}}' web db", "one line each" },
					      { "inspect --type network none",
						"a network, even if a container has its name" },
					      { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_PAGES,
	.run = run_inspect,
};
