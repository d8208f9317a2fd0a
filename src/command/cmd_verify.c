/* logs verify: reads everything the engine has once more, and compares. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "command/drain.h"
#include "command/output.h"
#include "command/rows.h"
#include "command/session.h"
#include "command/stored.h"
#include "command/target.h"
#include "logs/enginelog.h"
#include "logs/framer.h"
#include "logs/verify.h"
#include "base/banned.h"

/* The engine's records, read to compare them, and once more to show one. */
struct comparison {
	struct framer framer;
	struct verify verify;
	bool again;
};

static int take_record(void *arg, const struct record *record, struct error *err)
{
	struct comparison *comparison = arg;
	if (!comparison->again)
		return verify_take(&comparison->verify, record, err);
	verify_look(&comparison->verify, record);
	return 0;
}

static int take_bytes(void *arg, enum request_stream stream, const char *bytes, size_t len, struct error *err)
{
	struct comparison *comparison = arg;
	return framer_feed(&comparison->framer, stream == REQUEST_ERR ? STREAM_STDERR : STREAM_STDOUT, bytes, len, err);
}

/* Where the engine's files are all there is of a log. */
static int read_files(const struct container_detail *detail, struct comparison *comparison, struct error *err)
{
	struct record record;
	int more = 1, failed = 0;
	struct enginelog *log = enginelog_open(detail->log_path, detail->log_form, err);
	if (!log)
		return -1;
	while (!failed && more > 0) {
		more = enginelog_next(log, &record, err);
		if (more > 0)
			failed = take_record(comparison, &record, err);
		else if (more == 0 && enginelog_broken(log))
			more = 1;
		enginelog_pass(log);
	}
	enginelog_close(log);
	return more < 0 ? -1 : failed;
}

static int ask_engine(struct session *session, const struct tracked *tracked, struct comparison *comparison, struct error *err)
{
	struct action action;
	struct result result;
	action_init(&action, VERB_WINDOW);
	action.tail = TAIL_ALL;
	action.window = tracked->window;
	strvec_push(&action.targets, tracked->id);
	framer_init(&comparison->framer, tracked->window, take_record, comparison);
	int failed = session_perform_to(session, &action, take_bytes, comparison, &result, err);
	if (!failed)
		failed = framer_end(&comparison->framer, err);
	if (failed && err->kind == ERROR_STATUS) /* the engine's CLI has said why, to us */
		error_set(err, ERROR_FAILED, "%s", buf_text(&comparison->framer.said));
	framer_release(&comparison->framer);
	action_release(&action);
	return failed;
}

static int read_engine(struct session *session, const struct tracked *tracked, struct comparison *comparison, struct error *err)
{
	struct result result;
	if (session_act(session, VERB_INSPECT, tracked->id, &result, err) < 0)
		return -1;
	const struct container_detail *detail = result.details.items;
	bool in_files = result.details.nr == 1 && enginelog_is_log(detail->log_form) && access(detail->log_path, R_OK) == 0;
	int failed = in_files ? read_files(detail, comparison, err) : ask_engine(session, tracked, comparison, err);
	result_release(&result);
	return failed;
}

static void show_glimpse(struct buf *out, const char *whose, const struct glimpse *glimpse)
{
	char at[MOMENT_TEXT_LEN + 1];
	if (!glimpse->at) { /* the engine has dropped it meanwhile */
		buf_printf(out, "%s another", whose);
		return;
	}
	moment_format(glimpse->at, at);
	buf_printf(out, "%s %s %s \"", whose, at, glimpse->stream == STREAM_STDERR ? "stderr" : "stdout");
	text_add_safe(out, glimpse->bytes, glimpse->shown, false);
	buf_printf(out, "\"%s (%zu bytes)", glimpse->shown < glimpse->len ? "…" : "", glimpse->len);
}

static void show_verdict(const char *name, const struct verdict *verdict, struct buf *out)
{
	unsigned long long same = verdict->same, next = same + 1;
	switch (verdict->result) {
	case VERIFY_SAME:
		buf_printf(out, "%s: identical, %llu records (%llu stdout, %llu stderr)", name, same, same - verdict->same_stderr,
			   (unsigned long long)verdict->same_stderr);
		if (verdict->not_kept)
			buf_printf(out, "; %llu older ones are not kept here any more", (unsigned long long)verdict->not_kept);
		return;
	case VERIFY_DIFFERS:
		buf_printf(out, "%s: %llu records are the same, then it differs at record %llu: ", name, same, next);
		show_glimpse(out, "the engine has", &verdict->engine);
		show_glimpse(out, ", stored is", &verdict->stored);
		return;
	case VERIFY_ENDS_EARLY:
		buf_printf(out, "%s: %llu records are the same, then what is stored ends, and ", name, same);
		show_glimpse(out, "the engine has", &verdict->engine);
		return;
	case VERIFY_GOES_ON:
		buf_printf(out, "%s: %llu records are the same, then the engine's log ends, and ", name, same);
		show_glimpse(out, "stored is", &verdict->stored);
		return;
	case VERIFY_BEGINS_LATE:
		buf_printf(out, "%s: the first %llu of the engine's records are not stored: ", name, (unsigned long long)verdict->not_kept);
		show_glimpse(out, "the first is", &verdict->engine);
		buf_printf(out, "; the %llu behind them are the same", same);
		return;
	}
}

/* All that the engine had when it was read is stored before the two are compared. */
static int compare(struct session *session, const struct tracked *tracked, struct comparison *comparison, struct error *err)
{
	SCOPED(shelf_release) struct shelf_files files = { 0 };
	struct tracked entry;
	if (session_drain(session, tracked->id, err) < 0)
		return -1;
	if (!tracked_get(session->table, tracked->id, &entry))
		entry = *tracked;
	if (entry.phase == PHASE_UNREADABLE || entry.phase == PHASE_OTHER)
		return error_set(err, ERROR_FAILED, "%s", entry.error);
	if (read_engine(session, &entry, comparison, err) < 0 || session_drain(session, entry.id, err) < 0)
		return -1;
	bool still = tracked_get(session->table, tracked->id, &entry);
	shelf_of(&session->store, entry.id, entry.name, &files);
	if (verify_compare(&comparison->verify, &files, still && entry.phase == PHASE_COMPLETE, err) < 0)
		return -1;
	comparison->again = true;
	return comparison->verify.verdict.engine.digest ? read_engine(session, &entry, comparison, err) : 0;
}

static int verify_one(struct session *session, const struct tracked *tracked, const char *name, struct error *err)
{
	struct comparison comparison = { 0 };
	SCOPED(buf_release) struct buf text = BUF_INIT(64 * 1024);
	const struct runtime *before = session_turn_to(session, tracked->runtime);
	int failed = verify_open(&comparison.verify, session->store.dir, err);
	if (!failed)
		failed = compare(session, tracked, &comparison, err);
	session_turn_to(session, before);
	if (!failed) {
		show_verdict(name, &comparison.verify.verdict, &text);
		output_line("%s", buf_text(&text));
		if (comparison.verify.verdict.result != VERIFY_SAME) {
			failed = error_set(err, ERROR_STATUS, "it differs");
			err->detail = 1;
		}
	}
	verify_release(&comparison.verify);
	return failed;
}

static int find_one(struct session *session, const char *word, struct tracked *out, struct error *err)
{
	char name[STORE_NAME_MAX + 1], id[CONTAINER_ID_LEN + 1];
	struct error missing;
	if (stored_number(word, name) == 1 && stored_find_tracked(session, word, out))
		return 0;
	if (stored_find(session, word, id, &missing) == 0)
		return error_set(err, ERROR_NOT_FOUND, "the engine does not have '%s' any more: there is nothing to compare with", word);
	return error_set(err, ERROR_NOT_FOUND, "'%s' is not tracked", word);
}

static int run_verify(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	struct tracked *entries, one;
	struct error failure = { 0 };
	int status = 0;
	if (!session_collect(session))
		return error_set(err, ERROR_FAILED, "no log directory to compare with");
	size_t nr = call->operands_nr ? call->operands_nr : tracked_all(session->table, &entries);
	for (size_t i = 0; i < nr; i++) {
		struct error reason;
		int failed = call->operands_nr ? find_one(session, call->operands[i], &one, &reason) : 0;
		const struct tracked *entry = call->operands_nr ? &one : &entries[i];
		if (!failed && entry->phase == PHASE_GONE)
			continue;
		const char *name = failed ? call->operands[i] : target_name(session, entry->runtime, entry->name, &arena);
		if (!failed)
			failed = verify_one(session, entry, name, &reason);
		if (!failed)
			continue;
		failure = reason;
		status = error_status(&reason);
		if (reason.kind == ERROR_CANCELLED)
			break;
		error_wrap(&reason, "logs verify: %s", name);
		output_error(session->where, &reason);
	}
	if (!call->operands_nr)
		free(entries);
	if (!status)
		return 0;
	if (failure.kind == ERROR_CANCELLED) {
		*err = failure;
		return -1;
	}
	error_set(err, ERROR_STATUS, "some differ");
	err->detail = status;
	return -1;
}

const struct command cmd_verify = {
	.name = "logs verify",
	.summary = "compare stored logs with what the engine has",
	.details = "Reads everything that the engine still has once more. Says how many records are identical, or where the first difference is;\n"
		   "then the exit status is 1. What rotation deleted here, and what the engine dropped, cannot be compared. A container that\n"
		   "is called verify: logs verify@1.",
	.operands = (const struct operand[]){ { "CONTAINER", KIND_LOG, 0, 0, .help = "name or id; podman:NAME; none: all that are tracked" }, { 0 } },
	.examples = (const struct example[]){ { "logs verify web", "to the byte" }, { "logs verify", "all that are tracked" }, { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_COLLECTS,
	.run = run_verify,
};
