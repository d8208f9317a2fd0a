/* pull and push: with the CLI's own progress at a terminal; elsewhere one line, the last that it prints. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "command/image.h"
#include "command/output.h"
#include "command/progress.h"
#include "command/rows.h"
#include "command/target.h"
#include "base/banned.h"

/* The reference or the id of what was pulled, the digest of what was pushed. */
static void print_last_line(const struct buf *text)
{
	const char *start = buf_text(text), *end = start + text->len;
	while (end > start && isspace((unsigned char)end[-1]))
		end--;
	const char *line = end;
	while (line > start && line[-1] != '\n' && line[-1] != '\r')
		line--;
	if (end > line)
		output_line("%.*s", (int)(end - line), line);
}

static bool ends_with(const char *line, size_t len, const char *end)
{
	size_t end_len = strlen(end);
	return len >= end_len && !memcmp(line + len - end_len, end, end_len);
}

/* "3 of 7 layers": docker tells of each in a line, several times; the others say nothing that could be counted. */
static void tell_layers(const struct buf *printed, struct buf *note)
{
	size_t all = 0, done = 0;
	for (const char *line = buf_text(printed); *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t len = strcspn(line, "\r\n");
		bool is_there = ends_with(line, len, ": Already exists") || ends_with(line, len, ": Layer already exists");
		all += is_there || ends_with(line, len, ": Pulling fs layer") || ends_with(line, len, ": Preparing");
		done += is_there || ends_with(line, len, ": Pull complete") || ends_with(line, len, ": Pushed");
	}
	if (all)
		buf_printf(note, "%zu of %zu layers", done, all);
}

static int transfer(struct session *session, const struct invocation *call, const char *image, void *arg, struct error *err)
{
	struct action action;
	struct result result;
	char what[CONTAINER_NAME_MAX];
	action_init(&action, *(const enum verb *)arg);
	action.on_terminal = image_on_terminal(session);
	forward_options(call, &action.options);
	strvec_push(&action.targets, image);
	snprintf(what, sizeof what, "%s %s", call->command->name, image);
	const struct work work = { .what = what, .tell = tell_layers };
	int failed = progress_perform(session, call, &work, &action, NULL, NULL, &result, err);
	action_release(&action);
	if (failed && err->kind == ERROR_STATUS)
		err->detail = 1; /* docker's, whoever said on the terminal what is wrong */
	if (failed)
		return -1;
	print_last_line(&result.text);
	result_release(&result);
	return 0;
}

static int run_pull(struct session *session, const struct invocation *call, struct error *err)
{
	enum verb verb = VERB_PULL;
	return image_each(session, call, transfer, &verb, err);
}

static int run_push(struct session *session, const struct invocation *call, struct error *err)
{
	enum verb verb = VERB_PUSH;
	return image_each(session, call, transfer, &verb, err);
}

const struct command cmd_pull = {
	.name = "pull",
	.summary = "fetch images from their registries",
	.details = "In a pipe only the last line is printed: what was pulled, by docker and nerdctl as a reference, by podman as an id.",
	.options = (const struct option[]){ { "quiet", 'q', KIND_FLAG, NULL, "without progress", .forward = true },
					    { "all-tags", 'a', KIND_FLAG, NULL, "all tags of it", .forward = true, .lacked_by = "nerdctl" },
					    { "platform", 0, KIND_TEXT, "PLATFORM", "of which platform, if there are several: linux/arm64",
					      .words = platform_words, .forward = true },
					    { 0 } },
	.operands = (const struct operand[]){ { "IMAGE", KIND_IMAGE, 1, 0, .help = "name, with a tag or a digest; without: latest" }, { 0 } },
	.examples = (const struct example[]){ { "pull nginx:1.27 postgres:17", "one after the other" }, { 0 } },
	.run = run_pull,
};

const struct command cmd_push = {
	.name = "push",
	.summary = "send images to the registries that their names begin with",
	.options = (const struct option[]){ { "quiet", 'q', KIND_FLAG, NULL, "without progress", .forward = true }, { 0 } },
	.operands = (const struct operand[]){ { "IMAGE", KIND_IMAGE, 1, 0, .help = "name, with a tag; without: latest" }, { 0 } },
	.examples = (const struct example[]){ { "push registry.example.org:5000/web:1", "as the registry's login allows" }, { 0 } },
	.run = run_push,
};
