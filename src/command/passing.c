#include "command/passing.h"

#include <string.h>
#include <unistd.h>

#include "command/drain.h"
#include "command/output.h"
#include "base/banned.h"

#define WORDS_MAX (64u * 1024) /* bytes that may be the CLI's own words */
#define WRITES_KEPT 2          /* docker says why, and then what for */

/* What passes through. Writes that begin as the CLI's own words do are kept back until it is known whether they were the last. */
struct passing {
	const struct runtime *runtime;
	enum verb verb;
	struct buf kept;
	unsigned kept_writes;
	bool kept_is_err;
};

static int let_go(struct passing *passing, struct error *err)
{
	bool well = !passing->kept.len || output_foreign(passing->kept_is_err, buf_text(&passing->kept), passing->kept.len);
	buf_clear(&passing->kept);
	passing->kept_writes = 0;
	return well ? 0 : output_failed(err);
}

static int pass(void *arg, enum request_stream stream, const char *bytes, size_t len, struct error *err)
{
	struct passing *passing = arg;
	bool is_err = stream == REQUEST_ERR, speaks = runtime_speaks(passing->runtime, passing->verb, bytes, len);
	bool goes_on = speaks && is_err == passing->kept_is_err && passing->kept_writes < WRITES_KEPT;
	if (!goes_on && let_go(passing, err) < 0)
		return -1;
	passing->kept_is_err = is_err;
	passing->kept_writes++;
	if (speaks && buf_add(&passing->kept, bytes, len) == 0)
		return 0;
	if (let_go(passing, err) < 0)
		return -1;
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

/* `may_be_own`, if not NULL, has the last word on whether what was kept is the CLI's. */
static int perform_passing(struct session *session, const struct action *action, bool (*may_be_own)(void *arg), void *arg, struct error *err)
{
	struct passing passing = { .runtime = session_runtime(session, err), .verb = action->verb, .kept = BUF_INIT(WORDS_MAX) };
	struct result result;
	int failed = session_perform_to(session, action, pass, &passing, &result, err);
	if (!failed) {
		result_release(&result);
		failed = let_go(&passing, err);
	} else if (is_own_end(&passing, err) && (!may_be_own || may_be_own(arg))) {
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

/* On the terminal. */
static int perform_there(struct session *session, const struct action *action, struct error *err)
{
	struct result result;
	int failed = session_perform(session, action, &result, err);
	if (!failed)
		result_release(&result);
	return failed;
}

int passing_perform(struct session *session, const struct action *action, bool passes, struct error *err)
{
	return passes ? perform_passing(session, action, NULL, NULL, err) : perform_there(session, action, err);
}

int passing_check_input(const struct session *session, struct error *err)
{
	if (session->settings.dry_run || isatty(STDIN_FILENO))
		return 0;
	error_set(err, ERROR_FAILED, "the input device is not a TTY");
	return error_hint(err, "without -t it may be anything");
}

/* ---- a start ---- */

/* A moment ago it had not been started, or at another time; and its CLI's words count only while that is still so. */
struct start {
	struct session *session;
	const char *id;
	struct container_detail before;
};

/* How it stands, without the texts; false: nobody knows. */
static bool look(struct session *session, const char *id, struct container_detail *out, struct error *err)
{
	struct result result;
	if (session_act(session, VERB_INSPECT, id, &result, err) < 0)
		return false;
	bool known = result.details.nr > 0;
	if (known)
		*out = (struct container_detail){ .state = result.details.items[0].state,
						  .exit_code = result.details.items[0].exit_code,
						  .terminal = result.details.items[0].terminal,
						  .started = result.details.items[0].started,
						  .finished = result.details.items[0].finished };
	result_release(&result);
	if (!known)
		error_set(err, ERROR_NOT_FOUND, "no such container");
	return known;
}

static bool has_begun(const struct start *start, struct container_detail *now)
{
	struct error ignored;
	return look(start->session, start->id, now, &ignored) &&
	       (now->started != start->before.started || now->finished != start->before.finished);
}

static bool has_not_begun(void *arg)
{
	struct container_detail now;
	return !has_begun(arg, &now);
}

/* Whatever the CLI said, what has begun and ended was started, and its status is the one that counts. */
static int settle(const struct start *start, int failed, struct error *err)
{
	struct container_detail now;
	bool ours = failed && (err->kind == ERROR_CANCELLED || err->kind == ERROR_UNREAD || err->kind == ERROR_SYSTEM);
	bool left_it = !failed && start->before.terminal;
	if (ours || left_it || !has_begun(start, &now))
		return failed;
	if (STATES_LIVE & (1u << now.state)) {
		if (!failed)
			failed = error_set(err, ERROR_CANCELLED, "left before it ended");
		return failed;
	}
	if (!now.exit_code)
		return 0;
	error_set(err, ERROR_STATUS, "exit status %d", now.exit_code);
	err->detail = now.exit_code;
	return -1;
}

static int perform_start(struct start *start, const struct strvec *options, struct error *err)
{
	struct action action;
	action_init(&action, VERB_START_ATTACHED);
	for (size_t i = 0; i < options->nr; i++)
		strvec_push(&action.options, options->items[i]);
	if (!strvec_has(options, "--attach")) /* podman needs both */
		strvec_push(&action.options, "--attach");
	strvec_push(&action.targets, start->id);
	tracked_expect_end(start->session->table, start->id);
	int failed = start->before.terminal ? perform_there(start->session, &action, err) :
					      perform_passing(start->session, &action, has_not_begun, start, err);
	action_release(&action);
	return failed;
}

int passing_start(struct session *session, const char *id, const struct strvec *options, struct error *err)
{
	struct start start = { session, id, { .terminal = true } };
	struct error drain_err;
	if (!session->settings.dry_run && !look(session, id, &start.before, err))
		return -1;
	if (start.before.terminal && strvec_has(options, "--interactive") && passing_check_input(session, err) < 0)
		return -1;
	int failed = perform_start(&start, options, err);
	if (session->settings.dry_run)
		return failed;
	failed = settle(&start, failed, err);
	if (failed && err->kind != ERROR_STATUS)
		tracked_ask_drain(session->table, id); /* it may go on, and nobody waits for that */
	else if (session->collector && session_drain(session, id, &drain_err) < 0)
		output_warning("%s", drain_err.text);
	return failed;
}
