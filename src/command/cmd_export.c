/* export and commit: a container's files as a tar, and as an image. */
#include <stdio.h>
#include <string.h>

#include "command/inside.h"
#include "command/output.h"
#include "command/rows.h"
#include "command/target.h"
#include "command/wholefile.h"
#include "base/banned.h"

static int export_to(struct session *session, const char *id, request_sink *sink, void *arg, struct error *err)
{
	struct action action;
	struct result result;
	action_init(&action, VERB_EXPORT);
	strvec_push(&action.targets, id);
	int failed = session_perform_to(session, &action, sink, arg, &result, err);
	action_release(&action);
	if (!failed)
		result_release(&result);
	return failed;
}

static int export_to_file(struct session *session, const struct invocation *call, const char *id, const char *path, struct error *err)
{
	const char *force = invocation_value(call, "force");
	struct wholefile file;
	struct progress progress;
	char what[PATH_MAX];
	if (session->settings.dry_run)
		return export_to(session, id, inside_output, NULL, err);
	if (wholefile_begin(&file, path, force && !strcmp(force, "true"), err) < 0)
		return -1;
	snprintf(what, sizeof what, "export %s", path);
	progress_begin(&progress, session, what, 0);
	file.progress = &progress;
	int failed = export_to(session, id, wholefile_sink, &file, err);
	progress_end(&progress);
	if (!failed)
		failed = wholefile_commit(&file, err);
	wholefile_abandon(&file);
	return failed;
}

static int run_export(struct session *session, const struct invocation *call, struct error *err)
{
	const char *path = invocation_value(call, "output");
	struct inside inside;
	if (!path && inside_check_output(err) < 0)
		return -1;
	if (inside_enter(session, call, call->operands[0], STATES_ANY, &inside, err) < 0)
		return -1;
	int failed = path ? export_to_file(session, call, inside.id, path, err) : export_to(session, inside.id, inside_output, NULL, err);
	inside_leave(session, &inside);
	return failed;
}

static int run_commit(struct session *session, const struct invocation *call, struct error *err)
{
	struct inside inside;
	struct result result;
	if (inside_enter(session, call, call->operands[0], STATES_ANY, &inside, err) < 0)
		return -1;
	int failed = inside_ask(session, call, &inside, VERB_COMMIT, &result, err);
	if (!failed) {
		output_bytes(&result.text);
		result_release(&result);
	}
	inside_leave(session, &inside);
	return failed;
}

const struct command cmd_export = {
	.name = "export",
	.summary = "write a container's files as a tar",
	.details = "FILE appears when it is whole and synced; whatever goes wrong before leaves nothing. Volumes are not part of it.",
	.options = (const struct option[]){ { "output", 'o', KIND_FILE, "FILE", "to write, instead of stdout" },
					    { "force", 'f', KIND_FLAG, NULL, "replace FILE if it is there" },
					    { 0 } },
	.operands = (const struct operand[]){ { "CONTAINER", KIND_CONTAINER, 1, 1, .help = "in any state" }, { 0 } },
	.examples = (const struct example[]){ { "export -o web.tar web", "its whole file system" }, { 0 } },
	.lacked_by = "nerdctl",
	.flags = COMMAND_HARMLESS | COMMAND_PASSES_ON,
	.run = run_export,
};

const struct command cmd_commit = {
	.name = "commit",
	.summary = "make an image of a container as it is now",
	.details = "It is paused meanwhile, unless --pause=false. With nerdctl IMAGE has to be given, a container that was never started has nothing\n"
		   "to commit, and of --change it knows CMD and ENTRYPOINT.",
	.options = (const struct option[]){
		{ "message", 'm', KIND_TEXT, "TEXT", "kept with the image", .forward = true },
		{ "author", 'a', KIND_TEXT, "NAME", "kept with the image", .forward = true },
		{ "change", 'c', KIND_TEXT, "INSTRUCTION", "of a Dockerfile: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, …", .many = true, .forward = true },
		{ "pause", 'p', KIND_FLAG, NULL, "pause it meanwhile: true, unless =false", .forward = true },
		{ 0 } },
	.operands = (const struct operand[]){ { "CONTAINER", KIND_CONTAINER, 1, 1, .help = "in any state" },
					      { "IMAGE", KIND_IMAGE, 0, 1, .help = "its name: NAME[:TAG]" },
					      { 0 } },
	.examples = (const struct example[]){ { "commit -m 'as of today' web web:today", "prints its id" }, { 0 } },
	.run = run_commit,
};
