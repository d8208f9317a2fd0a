/* complete: what other shells ask when Tab is pressed behind "purser". */
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "command/complete.h"
#include "command/drafts.h"
#include "command/output.h"
#include "command/rows.h"
#include "command/session.h"
#include "command/settings.h"
#include "logs/shelf.h"
#include "base/banned.h"

#define PATIENCE_MS 1500 /* somebody waits for it */
#define OUTPUT_MAX (16u * 1024 * 1024)

/* What was asked for up to now, each thing once. */
struct look {
	struct session *session;
	struct seen_list *lists[RUNTIMES_MAX][SEEN_NR];
	bool in_vain; /* an engine did not answer: no more is asked */
};

static struct seen_list *ask(struct session *session, enum seen_kind kind)
{
	static const enum verb verbs[SEEN_NR] = { VERB_LIST, VERB_IMAGES, VERB_NETWORKS, VERB_VOLUMES };
	struct action action;
	struct result result;
	struct error ignored;
	struct seen_list *list;
	int64_t now_ms = monotonic_ms();

	action_init(&action, verbs[kind]);
	if (kind == SEEN_CONTAINERS)
		strvec_push(&action.options, "--all");
	int failed = session_perform(session, &action, &result, &ignored);
	action_release(&action);
	if (failed)
		return NULL;
	if (kind == SEEN_CONTAINERS)
		list = seen_of_containers(&result.containers, now_ms);
	else if (kind == SEEN_IMAGES)
		list = seen_of_images(&result.images, now_ms);
	else
		list = seen_of_resources(&result.resources, now_ms);
	result_release(&result);
	return list;
}

static size_t place_of(const struct runtime *runtime)
{
	size_t place = 0;
	while (runtimes[place] != runtime)
		place++;
	return place;
}

static const struct seen_list *look_for(void *arg, const char *name, enum seen_kind kind)
{
	struct look *look = arg;
	struct error ignored;
	const struct runtime *runtime = look->in_vain ? NULL
					: name        ? runtime_find(name, &ignored)
						      : session_runtime(look->session, &ignored);
	if (!runtime)
		return NULL;
	struct seen_list **list = &look->lists[place_of(runtime)][kind];
	const struct runtime *before = session_turn_to(look->session, runtime);
	if (!*list)
		*list = ask(look->session, kind);
	look->in_vain = !*list;
	session_turn_to(look->session, before);
	return *list;
}

/* A directory that is not there is not to be made. */
static void look_for_stored(void *arg, struct strvec *out)
{
	struct look *look = arg;
	SCOPED(buf_release) struct buf path = BUF_INIT(4096);
	struct error ignored;
	if (session_log_directory(look->session, &path, &ignored) == 0 && access(buf_text(&path), R_OK) == 0 &&
	    session_store(look->session, &ignored) == 0)
		shelf_names(&look->session->store, out);
}

static void look_for_runtimes(void *arg UNUSED, struct strvec *out)
{
	for (const struct runtime *const *runtime = runtimes; *runtime; runtime++)
		if (program_installed((*runtime)->program))
			strvec_push(out, (*runtime)->name);
}

static void look_release(struct look *look)
{
	for (size_t runtime = 0; runtime < RUNTIMES_MAX; runtime++)
		for (size_t kind = 0; kind < SEEN_NR; kind++)
			seen_leave(&look->lists[runtime][kind]);
}

/* What the completed line itself says of the two. */
static void heed_options(struct session *session, const struct strvec *argv)
{
	struct invocation call;
	struct error ignored;
	if (command_parse_as(&program, argv, PARSE_PARTIAL, &call, &ignored) < 0)
		return;
	const char *runtime = invocation_value(&call, "runtime"), *log_dir = invocation_value(&call, "log-dir");
	if (runtime)
		session_turn_to(session, runtime_find(runtime, &ignored));
	if (log_dir)
		session->settings.log_dir = log_dir;
	invocation_release(&call);
}

static void print(const struct completion *completion)
{
	SCOPED(buf_release) struct buf lines = BUF_INIT(OUTPUT_MAX);
	for (size_t i = 0; i < completion->nr; i++) {
		buf_printf(&lines, "%s\t", completion->items[i].word);
		text_add_safe(&lines, completion->items[i].note, strlen(completion->items[i].note), false);
		buf_add(&lines, "\n", 1);
	}
	if (completion->is_file)
		buf_add_text(&lines, "\tfiles\n");
	if (lines.len)
		output_bytes(&lines);
}

static int run_complete(struct session *session, const struct invocation *call, struct error *err UNUSED)
{
	SCOPED(strvec_release) struct strvec argv = STRVEC_INIT;
	SCOPED(look_release) struct look look = { .session = session };
	struct completion completion;
	const char *log_dir = session->settings.log_dir;
	const struct runtime *before = session->instead;

	strvec_push(&argv, program.name);
	for (size_t i = 0; i < call->operands_nr; i++)
		strvec_push(&argv, call->operands[i]);
	session->patience_ms = PATIENCE_MS;
	heed_options(session, &argv);
	const struct complete_source source = { .seen = look_for,
						.stored = look_for_stored,
						.runtimes = look_for_runtimes,
						.arg = &look,
						.runtime = session->instead ? session->instead->name
									    : session->settings.runtime };
	complete_program(&argv, &source, &completion);
	print(&completion);
	completion_release(&completion);
	session->patience_ms = 0;
	session->settings.log_dir = log_dir;
	session_turn_to(session, before);
	return 0;
}

const struct command cmd_complete = {
	.name = "complete",
	.summary = "print what may stand in the place of the last word, for other shells",
	.details = "One a line, with a tab and what is said of it. A line without a word, but with files behind the tab: any path may. An engine\n"
		   "that does not answer within a second and a half is passed over.",
	.operands =
		(const struct operand[]){ { "WORD", KIND_REST, 0, 0,
					    .help = "a line behind purser, up to the cursor; the last may be empty" },
					  { 0 } },
	.examples = (const struct example[]){ { "complete -- stop ''", "the containers that run" }, { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_OFFLINE | COMMAND_HIDDEN | COMMAND_PASSES_ON,
	.run = run_complete,
};
