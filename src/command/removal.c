#include "command/removal.h"

#include "command/deed.h"
#include "command/drain.h"
#include "command/last.h"
#include "command/output.h"
#include "base/banned.h"

/* Not running is no reason not to remove it; anything worse the removal will meet as well. */
static int killed(struct session *session UNUSED, const struct invocation *call UNUSED, const struct target *target UNUSED,
		  const struct answer *answer UNUSED, struct error *err UNUSED)
{
	return 0;
}

static int before_kill(struct session *session, const struct invocation *call UNUSED, struct target *target, struct error *err UNUSED)
{
	tracked_expect_end(session->table, target->id);
	return 0;
}

static bool is_collected(struct session *session, const char *id)
{
	struct tracked entry;
	return tracked_get(session->table, id, &entry) && !session->settings.dry_run;
}

/* Those that are collected, so that what they still write is stored before they are gone. */
static int kill_collected(struct session *session, const struct invocation *call, const struct targets *targets, struct error *err)
{
	static const struct deed deed = { .verb = VERB_KILL, .silent = true, .before = before_kill, .after = killed };
	SCOPED(targets_release) struct targets collected = { 0 };
	for (size_t i = 0; i < targets->nr; i++)
		if (is_collected(session, targets->items[i].id))
			targets_add(&collected, targets->items[i].runtime, targets->items[i].name, targets->items[i].id);
	return targets_do(session, call, &collected, &deed, err);
}

/* Its log, to the last line, before the engine throws it away. */
static int save_log(struct session *session, const char *id, const char *name, struct error *err)
{
	struct error reason;
	if (session_drain(session, id, &reason) == 0)
		return 0;
	if (reason.kind == ERROR_CANCELLED || !session->interactive)
		goto refused;
	output_warning("%s: %s", name, reason.text);
	int yes = session_confirm(session, "remove it all the same, and lose what is not collected", &reason);
	if (yes > 0)
		return 0;
	if (yes == 0)
		error_set(&reason, ERROR_FAILED, "not removed");
refused:
	*err = reason;
	return -1;
}

static int before_removal(struct session *session, const struct invocation *call UNUSED, struct target *target, struct error *err)
{
	if (!is_collected(session, target->id))
		return 0;
	if (save_log(session, target->id, target->name, err) < 0)
		return -1;
	tracked_expect_end(session->table, target->id);
	return 0;
}

/* All engines print what they removed. */
static int removed(struct session *session, const struct invocation *call UNUSED, const struct target *target, const struct answer *answer,
		   const char *said, struct error *err)
{
	if (answer->failed)
		return -1;
	last_drop(session, target->id);
	if (is_collected(session, target->id) && session_forget(session, target->id, err) < 0)
		return -1;
	if (answer->result->text.len)
		output_line("%s", said);
	return 0;
}

static int removed_name(struct session *session, const struct invocation *call, const struct target *target, const struct answer *answer,
			struct error *err)
{
	return removed(session, call, target, answer, target->name, err);
}

static int removed_id(struct session *session, const struct invocation *call, const struct target *target, const struct answer *answer,
		      struct error *err)
{
	return removed(session, call, target, answer, target->id, err);
}

int removals(struct session *session, const struct invocation *call, struct targets *targets, const struct strvec *options,
	     enum removal_says says, struct error *err)
{
	const struct deed deed = { .verb = VERB_REMOVE,
				   .options = options,
				   .silent = true,
				   .before = before_removal,
				   .after = says == REMOVAL_SAYS_NAMES ? removed_name : removed_id };
	if (strvec_has(options, "--force") && kill_collected(session, call, targets, err) < 0)
		return -1;
	for (size_t i = 0; i < targets->nr; i++) /* all at once first, so that they are read side by side */
		if (is_collected(session, targets->items[i].id))
			tracked_ask_drain(session->table, targets->items[i].id);
	return targets_do(session, call, targets, &deed, err);
}
