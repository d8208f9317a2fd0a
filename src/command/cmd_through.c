/* compose, login, version …: the runtime's own words, handed to it with all that stands behind them. */
#include "command/drain.h"
#include "command/output.h"
#include "command/rows.h"
#include "command/session.h"
#include "command/through.h"
#include "base/banned.h"

/* It is said which log is not whole; what was asked for is done all the same. */
static int collect_first(struct session *session, struct error *err)
{
	struct error reason;
	if (session->settings.dry_run)
		return 0;
	int failed = session_drain_all(session, &reason);
	session->drained = false; /* until it is removed it may write on */
	if (!failed)
		return 0;
	if (reason.kind == ERROR_CANCELLED) {
		*err = reason;
		return -1;
	}
	output_warning("not all logs are collected to their ends: %s", reason.text);
	return 0;
}

static int run_through(struct session *session, const struct invocation *call, struct error *err)
{
	struct action action;
	struct result result;
	if ((call->command->flags & COMMAND_COLLECTS) && collect_first(session, err) < 0)
		return -1;
	action_init(&action, VERB_THROUGH);
	strvec_push(&action.words, call->command->name);
	for (size_t i = 0; i < call->operands_nr; i++)
		strvec_push(&action.words, call->operands[i]);
	int failed = session_perform(session, &action, &result, err);
	action_release(&action);
	if (!failed)
		result_release(&result);
	return failed;
}

#define DETAILS_ANY "It is the runtime's own: its words and options are handed to it as they are, --help as well."
#define DETAILS_REMOVES                                                                                                \
	DETAILS_ANY "\nIt may remove containers: what they wrote up to then is collected first. Where that fails it is said, and it goes on."
#define DETAILS_READS DETAILS_ANY
#define FLAGS_ANY COMMAND_THROUGH
#define FLAGS_READS (COMMAND_THROUGH | COMMAND_HARMLESS)
#define FLAGS_REMOVES (COMMAND_THROUGH | COMMAND_COLLECTS)

#define X(word, text, arguments, what, lacking, removes)                                                               \
	const struct command cmd_through_##word = {                                                                    \
		.name = #word,                                                                                         \
		.summary = text,                                                                                       \
		.details = DETAILS_##removes,                                                                          \
		.operands = (const struct operand[]){ { "ARGUMENT", KIND_REST, 0, 0, .help = "what the runtime has it" }, { 0 } },    \
		.examples = (const struct example[]){ { #word " " arguments, what }, { 0 } },                          \
		.lacked_by = lacking,                                                                                  \
		.flags = FLAGS_##removes,                                                                              \
		.run = run_through,                                                                                    \
	};
THROUGH(X)
#undef X
