#include "command/passing.h"

#include <string.h>
#include <unistd.h>

#include "command/drain.h"
#include "command/output.h"
#include "base/banned.h"

#define WORDS_MAX (64u * 1024) /* bytes of one write that may be the CLI's own words */

/* What passes through. A write that begins as the CLI's own words do is kept back until it is known whether it was the last. */
struct passing {
	const struct runtime *runtime;
	struct buf kept;
	bool kept_is_err;
};

static int let_go(struct passing *passing, struct error *err)
{
	bool well = !passing->kept.len || output_foreign(passing->kept_is_err, buf_text(&passing->kept), passing->kept.len);
	buf_clear(&passing->kept);
	return well ? 0 : output_failed(err);
}

static int pass(void *arg, enum request_stream stream, const char *bytes, size_t len, struct error *err)
{
	struct passing *passing = arg;
	if (let_go(passing, err) < 0)
		return -1;
	passing->kept_is_err = stream == REQUEST_ERR;
	if (runtime_speaks(passing->runtime, bytes, len) && buf_add(&passing->kept, bytes, len) == 0)
		return 0;
	return output_foreign(passing->kept_is_err, bytes, len) ? 0 : output_failed(err);
}

/* What the CLI said last, with one of the statuses that it has of its own, is what it ended for. */
static bool is_own_end(const struct passing *passing, const struct error *err)
{
	static const int statuses[] = { 1, 125, 126, 127, 128, 255 };
	for (size_t i = 0; err->kind == ERROR_STATUS && passing->kept.len && i < ARRAY_LEN(statuses); i++)
		if (err->detail == statuses[i])
			return true;
	return false;
}

static int read_words(const struct passing *passing, const struct action *action, struct error *err)
{
	struct reply reply;
	struct result result;
	reply_init(&reply);
	reply.status = err->detail;
	for (const char *line = buf_text(&passing->kept); *line; line += strcspn(line, "\r"), line += *line == '\r')
		buf_add(&reply.err, line, strcspn(line, "\r"));
	int failed = passing->runtime->decode(passing->runtime, action, &reply, &result, err);
	if (!failed)
		result_release(&result);
	reply_release(&reply);
	return failed;
}

static int perform_passing(struct session *session, const struct action *action, struct error *err)
{
	struct passing passing = { .runtime = session_runtime(session, err), .kept = BUF_INIT(WORDS_MAX) };
	struct result result;
	int failed = session_perform_to(session, action, pass, &passing, &result, err);
	if (!failed) {
		result_release(&result);
		failed = let_go(&passing, err);
	} else if (is_own_end(&passing, err)) {
		failed = read_words(&passing, action, err);
	} else {
		struct error ignored;
		let_go(&passing, &ignored);
	}
	buf_release(&passing.kept);
	if (!output_foreign_end() && !failed)
		failed = output_failed(err);
	return failed;
}

int passing_perform(struct session *session, const struct action *action, bool passes, struct error *err)
{
	struct result result;
	if (passes)
		return perform_passing(session, action, err);
	int failed = session_perform(session, action, &result, err);
	if (!failed)
		result_release(&result);
	return failed;
}

int passing_check_input(struct error *err)
{
	if (isatty(STDIN_FILENO))
		return 0;
	error_set(err, ERROR_FAILED, "the input device is not a TTY");
	return error_hint(err, "without -t it may be anything");
}

/* ---- a start ---- */

/* What it ran ended with, where the runtime keeps that to itself. */
static void find_status(struct session *session, const char *id, struct error *err)
{
	struct result result;
	struct error ignored;
	const struct runtime *runtime = session_runtime(session, &ignored);
	if (!runtime || !runtime_hides_status(runtime) || session_act(session, VERB_INSPECT, id, &result, &ignored) < 0)
		return;
	if (result.details.nr && result.details.items[0].finished)
		err->detail = result.details.items[0].exit_code;
	result_release(&result);
}

int passing_start(struct session *session, const char *id, const struct strvec *options, bool passes, struct error *err)
{
	struct action action;
	struct error drain_err;
	action_init(&action, VERB_START_ATTACHED);
	for (size_t i = 0; i < options->nr; i++)
		strvec_push(&action.options, options->items[i]);
	strvec_push(&action.targets, id);
	tracked_expect_end(session->table, id);
	int failed = passing_perform(session, &action, passes, err);
	action_release(&action);
	if (failed && err->kind != ERROR_STATUS)
		return -1;
	if (failed)
		find_status(session, id, err);
	if (session->collector && session_drain(session, id, &drain_err) < 0)
		output_warning("%s", drain_err.text);
	return failed;
}
