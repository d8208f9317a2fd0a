/*
 * logs: what docker logs would print, from the stored log, so that it works for containers that are gone as well. Of a container that
 * exists but is not tracked it comes from the engine.
 */
#include <string.h>

#include "command/drain.h"
#include "command/logshow.h"
#include "command/output.h"
#include "command/pager.h"
#include "command/recordview.h"
#include "command/rows.h"
#include "command/selector.h"
#include "command/session.h"
#include "command/target.h"
#include "base/banned.h"

/* ---- from the store ---- */

/* What is stored is made up to date. Failing to is a warning, but Ctrl-C is not. */
static int drain(struct session *session, const struct logset *set, struct error *err)
{
	for (size_t i = 0; i < set->nr; i++) /* all at once first, so that they are read side by side */
		if (set->items[i].collected)
			tracked_ask_drain(session->table, set->items[i].id);
	for (size_t i = 0; i < set->nr; i++) {
		struct error drain_err;
		if (!set->items[i].collected || session_drain(session, set->items[i].id, &drain_err) == 0)
			continue;
		if (drain_err.kind == ERROR_CANCELLED) {
			*err = drain_err;
			return -1;
		}
		output_warning("%s: what is stored ends early: %s", set->items[i].name, drain_err.text);
	}
	return 0;
}

static int add_one(struct log_show *show, struct logset_item *who, struct error *err)
{
	struct tracked entry;
	if (who->collected && tracked_get(show->session->table, who->id, &entry)) {
		memcpy(who->name, entry.name, sizeof who->name);
		if (entry.phase == PHASE_UNREADABLE)
			return error_set(err, ERROR_FAILED, "%s", entry.error);
	}
	return log_show_add(show, who, err);
}

/* Of several, one that cannot be shown is a warning as long as another can. One that has not written anything yet is waited for. */
static int add_all(struct log_show *show, struct logset *set, bool follows, struct error *err)
{
	struct error one;
	size_t shown = 0;
	for (size_t i = 0; i < set->nr; i++) {
		if (add_one(show, &set->items[i], &one) == 0 || (follows && set->items[i].collected && one.kind == ERROR_NOT_FOUND)) {
			shown++;
			continue;
		}
		if (!show->named || one.kind == ERROR_USAGE) {
			*err = one;
			return -1;
		}
		*err = one;
		output_warning("%s", one.text);
	}
	return shown ? 0 : -1;
}

/* An id, and NAME@2, are one container's for ever; a name may be another's, and a word for several mean more. */
static bool may_come_again(const struct invocation *call, const struct logset *set)
{
	for (size_t i = 0; i < call->operands_nr; i++) {
		struct selector selector = selector_read(call->operands[i]);
		if (selector.form != SELECTS_NAME)
			return true;
		for (size_t j = 0; j < set->nr; j++)
			if (!strcmp(set->items[j].name, selector.text))
				return true;
	}
	return false;
}

/* Who looks on goes on with the name, as long as they like; a script is to end as docker's does, unless it says otherwise. */
static bool follows_names(const struct session *session, const struct invocation *call, const struct logset *set)
{
	bool wanted = invocation_has(call, "follow-name") || (invocation_has(call, "follow") && session->watched);
	return wanted && may_come_again(call, set);
}

static int show_stored(struct session *session, const struct invocation *call, struct logset *set, bool named, struct error *err)
{
	bool by_name = follows_names(session, call, set);
	bool follows = by_name || invocation_has(call, "follow") || invocation_has(call, "follow-name");
	struct log_show show;
	if (drain(session, set, err) < 0)
		return -1;
	log_show_init(&show, session, call, named);
	show.follows_names = by_name;
	int failed = add_all(&show, set, follows, err);
	if (!failed)
		failed = log_show_print(&show, NULL, err);
	if (!failed && follows)
		failed = log_show_follow(&show, set, err);
	log_show_release(&show);
	return failed;
}

/* ---- from the engine ---- */

/* What the engine's CLI writes, for a terminal: a record is one write. */
static int print_piece(void *arg, enum request_stream stream, const char *bytes, size_t len, struct error *err)
{
	const struct view *view = arg;
	bool to_stderr = stream == REQUEST_ERR && !view->json;
	while (len > 0) {
		const char *newline = memchr(bytes, '\n', len);
		struct record record = { .stream = to_stderr ? STREAM_STDERR : STREAM_STDOUT,
					 .partial = !newline,
					 .bytes = bytes,
					 .len = newline ? (size_t)(newline - bytes) : len };
		if (view_record(arg, NULL, &record, err) < 0)
			return -1;
		bytes += record.len + (newline != NULL);
		len -= record.len + (newline != NULL);
	}
	if (!output_wanted())
		return error_set(err, ERROR_CANCELLED, "nobody reads any more");
	return output_flush() ? 0 : output_failed(err);
}

static int show_from_engine(struct session *session, const struct invocation *call, const char *name, struct error *err)
{
	bool ours = session->settings.json || output_file_is_terminal(false) || output_file_is_terminal(true);
	struct action action;
	struct result result;
	struct view view;
	if (invocation_has(call, "run") || invocation_has(call, "marks"))
		return error_set(err, ERROR_USAGE, "'%s' is not tracked, so nothing is known of its runs; track it", name);
	view_init(&view, false, invocation_has(call, "raw-colors")); /* times are the engine's own */
	view.json = session->settings.json;
	action_init(&action, VERB_LOGS);
	forward_options(call, &action.options);
	if (invocation_has(call, "follow-name") && !invocation_has(call, "follow"))
		strvec_push(&action.options, "--follow");
	strvec_push(&action.targets, name);
	int failed = session_perform_to(session, &action, ours ? print_piece : NULL, &view, &result, err);
	action_release(&action);
	view_release(&view);
	return failed;
}

static int show_untracked(struct session *session, const struct invocation *call, const char *name, struct error *err)
{
	const char *rest;
	const struct runtime *only = runtime_prefix(call->operands[0], &rest);
	const struct runtime *before = session_turn_to(session, only ? only : session->instead);
	int failed = show_from_engine(session, call, name, err);
	session_turn_to(session, before);
	return failed;
}

/* Merged is what is stored: of what is not, there is no way to tell the order. */
static int check_untracked(const struct logset *set, const struct invocation *call, struct error *err)
{
	SCOPED(buf_release) struct buf names = BUF_INIT(64 * 1024);
	if (!set->untracked.nr)
		return 0;
	strvec_quote(&set->untracked, &names);
	for (size_t i = 0; i < call->operands_nr; i++)
		if (!set->nr || (!logset_is_open(call->operands[i]) && strvec_has(&set->untracked, call->operands[i])))
			return error_set(err, ERROR_USAGE, "several logs are shown from what is stored, and this is not tracked: %s; track it",
					 buf_text(&names));
	output_warning("not tracked, so not shown: %s", buf_text(&names));
	return 0;
}

static int run_logs(struct session *session, const struct invocation *call, struct error *err)
{
	bool named = call->operands_nr > 1 || logset_is_open(call->operands[0]);
	struct logset set = { 0 };
	int failed = 0;
	if (invocation_has(call, "follow") || invocation_has(call, "follow-name"))
		pager_give_up();
	for (size_t i = 0; i < call->operands_nr && !failed; i++)
		failed = logset_add_word(session, call->operands[i], &set, err);
	if (!failed && !named && set.untracked.nr)
		failed = show_untracked(session, call, set.untracked.items[0], err);
	else if (!failed && check_untracked(&set, call, err) < 0)
		failed = -1;
	else if (!failed)
		failed = show_stored(session, call, &set, named, err);
	logset_release(&set);
	return failed;
}

const struct command cmd_logs = {
	.name = "logs",
	.summary = "show what containers wrote, also those that are gone",
	.details = "Of a tracked container, and of one that is gone, it comes from the stored log; of one that is not tracked, from the\n"
		   "engine. NAME@2 is the container before that had this name, NAME@3 the one before that. What went to stderr comes on\n"
		   "stderr. Several, also by a pattern, are put in the order of time, each line behind its container's name; they have to be\n"
		   "tracked, or gone. -n counts for each of them.\n"
		   "\n"
		   "-f ends when all have ended, and takes in what comes and fits a pattern. With -F, and at a terminal with -f too, it goes on\n"
		   "with the name until Ctrl-C: when the container runs again, and when another one is made with that name, which is tracked\n"
		   "then; lines that begin with --- say so.\n"
		   "\n"
		   "On a terminal, control characters are shown as ^X, and errors, warnings and debugging lines have a colour; a pipe gets\n"
		   "every byte as it was.",
	.options = (const struct option[]){ { "follow", 'f', KIND_FLAG, NULL, "go on as more is written", .forward = true },
					    { "follow-name", 'F', KIND_FLAG, NULL, "the same, with whatever container has the name, until Ctrl-C" },
					    { "tail", 'n', KIND_TAIL, "NUMBER", "only the last ones; all", .forward = true },
					    { "since", 0, KIND_SINCE, "TIME", "from then on: 10m, 2026-11-22T04:00:00Z", .forward = true },
					    { "until", 0, KIND_SINCE, "TIME", "up to then", .forward = true },
					    { "timestamps", 't', KIND_FLAG, NULL, "put its time before each record", .forward = true },
					    { "run", 0, KIND_RUN, "RUN", "only one run of the container: last, -2 for the one before, …" },
					    { "marks", 0, KIND_FLAG, NULL, "show where it started and ended, and where records are missing" },
					    { "raw-colors", 0, KIND_FLAG, NULL, "on a terminal, keep the colours that the container wrote" },
					    { 0 } },
	.operands = (const struct operand[]){ { "CONTAINER", KIND_LOG, 1, 0, .help = "NAME@2, " TARGET_HELP "; podman:NAME" }, { 0 } },
	.examples = (const struct example[]){ { "logs -f web", "follow web" },
					      { "logs -f web 'db*'", "of several, also of those that will be called so" },
					      { "logs -n 20 --since 1h web", "of its last 20 records those of the last hour" },
					      { "logs --run -2 web", "what it wrote before it was last restarted" },
					      { "logs web@2", "the container that was called web before" },
					      { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_COLLECTS | COMMAND_OFFLINE | COMMAND_PAGES,
	.run = run_logs,
};
