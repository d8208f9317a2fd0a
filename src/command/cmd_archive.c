/* save, load, import: images and file systems as tar archives. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "command/image.h"
#include "command/output.h"
#include "command/rows.h"
#include "command/target.h"
#include "command/wholefile.h"
#include "model/json.h"
#include "base/banned.h"

/* ---- save ---- */

static int to_stdout(void *arg UNUSED, enum request_stream stream UNUSED, const char *bytes, size_t len, struct error *err)
{
	if (fd_write_all(STDOUT_FILENO, bytes, len) < len)
		return error_system(err, "standard output cannot be written");
	return 0;
}

/* Of several, which. */
static void name_missing(struct session *session, const struct invocation *call, struct error *err)
{
	struct result ignored;
	struct error missing;
	if (err->kind != ERROR_NOT_FOUND || call->operands_nr < 2)
		return;
	for (size_t i = 0; i < call->operands_nr; i++) {
		if (session_act(session, VERB_IMAGE_INSPECT, call->operands[i], &ignored, &missing) == 0)
			result_release(&ignored);
		else if (missing.kind == ERROR_NOT_FOUND) {
			*err = missing;
			return;
		}
	}
}

static int save_to(struct session *session, const struct invocation *call, request_sink *sink, void *arg, struct error *err)
{
	struct action action;
	struct result result;
	action_init(&action, VERB_SAVE);
	forward_options(call, &action.options);
	for (size_t i = 0; i < call->operands_nr; i++)
		strvec_push(&action.targets, call->operands[i]);
	int failed = session_perform_to(session, &action, sink, arg, &result, err);
	action_release(&action);
	if (!failed)
		result_release(&result);
	else
		name_missing(session, call, err);
	return failed;
}

/* What engines count of images is about what their archive has. 0: not known. */
static int64_t size_of(struct session *session, const struct invocation *call)
{
	int64_t size = 0;
	for (size_t i = 0; i < call->operands_nr && output_progress_cells(); i++) {
		struct result result;
		struct json_rows rows;
		struct error ignored;
		if (session_act(session, VERB_IMAGE_INSPECT, call->operands[i], &result, &ignored) < 0)
			return 0;
		if (json_parse_rows(buf_text(&result.text), result.text.len, &rows, &ignored) == 0) {
			size += rows.nr ? json_number(rows.items[0], "Size") : 0;
			json_rows_release(&rows);
		}
		result_release(&result);
	}
	return size;
}

static int save_to_file(struct session *session, const struct invocation *call, const char *path, struct error *err)
{
	struct wholefile file;
	struct progress progress;
	char what[PATH_MAX];
	if (wholefile_begin(&file, path, invocation_has(call, "force"), err) < 0)
		return -1;
	snprintf(what, sizeof what, "save %s", path);
	progress_begin(&progress, session, what, size_of(session, call));
	file.progress = &progress;
	int failed = save_to(session, call, wholefile_sink, &file, err);
	progress_end(&progress);
	if (!failed)
		return wholefile_commit(&file, err);
	wholefile_abandon(&file);
	return -1;
}

static int run_save(struct session *session, const struct invocation *call, struct error *err)
{
	const char *path = invocation_value(call, "output");
	if (!path && invocation_has(call, "force"))
		return error_set(err, ERROR_USAGE, "--force is for --output FILE");
	if (!path && output_is_terminal())
		return error_set(err, ERROR_USAGE, "an archive is not for a terminal: give --output FILE, or a pipe");
	output_flush();
	if (!path || session->settings.dry_run)
		return save_to(session, call, to_stdout, NULL, err);
	return save_to_file(session, call, path, err);
}

/* ---- load, import ---- */

static int check_readable(const char *path, struct error *err)
{
	if (access(path, R_OK) == 0)
		return 0;
	if (errno != ENOENT)
		return error_system(err, "%s", path);
	error_set(err, ERROR_NOT_FOUND, "no such file: '%s'", path);
	return error_about(err, path);
}

/* Of what is no file, how much there is shows only at its end. */
static int take(struct session *session, const struct invocation *call, const char *path, const struct action *action, struct result *out,
		struct error *err)
{
	char what[PATH_MAX];
	struct stat st;
	bool is_file = path && stat(path, &st) == 0 && S_ISREG(st.st_mode);
	snprintf(what, sizeof what, "%s%s%s", call->command->name, path ? " " : "", path ? path : "");
	const struct work work = { .what = what, .total = is_file ? st.st_size : 0, .counts = true };
	return progress_perform(session, call, &work, action, NULL, NULL, out, err);
}

static int run_load(struct session *session, const struct invocation *call, struct error *err)
{
	struct action action;
	struct result result;
	const char *path = invocation_value(call, "input");
	if (path ? check_readable(path, err) < 0 : session_check_input(session, "give --input FILE", err) < 0)
		return -1;
	action_init(&action, VERB_LOAD);
	action.takes_input = !path;
	forward_options(call, &action.options);
	int failed = take(session, call, path, &action, &result, err);
	action_release(&action);
	if (failed)
		return -1;
	output_text(&result.text);
	result_release(&result);
	return 0;
}

static bool is_address(const char *source)
{
	return !strncmp(source, "http://", 7) || !strncmp(source, "https://", 8);
}

static int run_import(struct session *session, const struct invocation *call, struct error *err)
{
	struct action action;
	struct result result;
	const char *source = call->operands[0];
	bool from_input = !strcmp(source, "-");
	if (from_input && session_check_input(session, "give a FILE", err) < 0)
		return -1;
	if (!from_input && !is_address(source) && check_readable(source, err) < 0)
		return -1;
	action_init(&action, VERB_IMPORT);
	action.takes_input = from_input;
	forward_options(call, &action.options);
	for (size_t i = 0; i < call->operands_nr; i++)
		strvec_push(&action.words, call->operands[i]);
	int failed = take(session, call, from_input ? NULL : source, &action, &result, err);
	action_release(&action);
	if (failed)
		return -1;
	output_text(&result.text);
	result_release(&result);
	return 0;
}

const struct command cmd_save = {
	.name = "save",
	.summary = "write images into an archive",
	.details = "A file appears under its name when it is whole and synced: what fails leaves none behind, and an older one as it was.",
	.options = (const struct option[]){ { "output", 'o', KIND_FILE, "FILE", "where to; otherwise standard output, if it is no terminal" },
					    { "force", 0, KIND_FLAG, NULL, "replace FILE if it is there" },
					    { 0 } },
	.operands = (const struct operand[]){ { "IMAGE", KIND_IMAGE, 1, 0, .help = "name or id; several share one archive" }, { 0 } },
	.examples = (const struct example[]){ { "save -o web.tar web:1", "for load, here or elsewhere" }, { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_PASSES_ON,
	.run = run_save,
};

const struct command cmd_load = {
	.name = "load",
	.summary = "take images from an archive that save wrote",
	.details = "Without --input the archive is standard input, unless that is a terminal or where purser reads its commands.",
	.options = (const struct option[]){ { "input", 'i', KIND_FILE, "FILE", "the archive", .forward = true },
					    { "quiet", 'q', KIND_FLAG, NULL, "without progress", .forward = true },
					    { 0 } },
	.examples = (const struct example[]){ { "load -i web.tar", "says what it loaded" }, { 0 } },
	.run = run_load,
};

const struct command cmd_import = {
	.name = "import",
	.summary = "make an image of a file system in an archive",
	.options = (const struct option[]){ { "change", 'c', KIND_TEXT, "INSTRUCTION", "as in a Dockerfile: 'CMD [\"sh\"]'", .many = true,
					      .forward = true },
					    { "message", 'm', KIND_TEXT, "TEXT", "a comment for its history", .forward = true },
					    { 0 } },
	.operands = (const struct operand[]){ { "FILE", KIND_FILE, 1, 1, .help = "the archive, an http address, or - for standard input" },
					      { "IMAGE", KIND_IMAGE, 0, 1, .help = "the image's name" },
					      { 0 } },
	.examples = (const struct example[]){ { "import -c 'CMD [\"/bin/sh\"]' root.tar base:1", "prints the id" }, { 0 } },
	.lacked_by = "nerdctl",
	.run = run_import,
};
