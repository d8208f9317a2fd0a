/* wait: until containers have ended, run, are healthy, or have written something. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/deed.h"
#include "command/output.h"
#include "command/rows.h"
#include "command/target.h"
#include "logs/scan.h"
#include "base/banned.h"

#define LOOK_MS 250  /* between two inspections: no engine tells a script of what is waited for */
#define NEWS_MS 1000 /* as long as nothing is stored, the stored log is looked at so often */
#define LOG_WORD "log " /* what stands behind it is looked for */
#define REST_MAX (16u * 1024 * 1024)

struct waiting {
	struct invocation call; /* first: what targets_each hands through is this */
	const char *condition;
	int64_t deadline;       /* monotonic, for all containers; INT64_MAX: none */
	moment since;           /* of its log only what was written from then on counts */
};

static const struct waiting *waiting_of(const struct invocation *call)
{
	return (const struct waiting *)call;
}

static int left_ms(const struct waiting *waiting, int most)
{
	int64_t left = waiting->deadline - monotonic_ms();
	return left < 0 ? 0 : left < most ? (int)left : most;
}

static int timed_out(const struct waiting *waiting, const char *what, const char *about, struct error *err)
{
	return error_set(err, ERROR_TIMEOUT, "it %s%s within %s seconds", what, about, invocation_value(&waiting->call, "timeout"));
}

/* ---- until it has ended ---- */

struct standing {
	enum container_state state;
	int exit_code;
	bool has_check, is_healthy;
};

static int look(struct session *session, const char *id, struct standing *out, struct error *err)
{
	struct result result;
	*out = (struct standing){ .state = CONTAINER_UNKNOWN };
	if (session_act(session, VERB_INSPECT, id, &result, err) < 0)
		return -1;
	if (result.details.nr) {
		const struct container_detail *detail = &result.details.items[0];
		*out = (struct standing){ detail->state, detail->exit_code, *detail->health, !strcmp(detail->health, "healthy") };
	}
	result_release(&result);
	return 0;
}

static bool is_in(const struct standing *standing, unsigned states)
{
	return (states & (1u << standing->state)) != 0;
}

static int ask_engine(struct session *session, const struct waiting *waiting, const char *id, int *exit_code, struct error *err)
{
	struct action action;
	struct result result;
	int left = left_ms(waiting, INT_MAX);
	action_init(&action, VERB_WAIT);
	action.within_ms = waiting->deadline == INT64_MAX ? 0 : left > 0 ? left : 1; /* 0 would be for ever */
	strvec_push(&action.targets, id);
	int failed = session_perform(session, &action, &result, err);
	action_release(&action);
	if (failed)
		return err->kind == ERROR_TIMEOUT ? timed_out(waiting, "has not ended", "", err) : -1;
	*exit_code = result.exit_code;
	result_release(&result);
	return 0;
}

/* As docker: of one that has never run as well, and then nerdctl knows of nothing to wait for. */
static int wait_exited(struct session *session, const struct waiting *waiting, const char *id, const char *name UNUSED, struct error *err)
{
	struct standing standing;
	if (look(session, id, &standing, err) < 0)
		return -1;
	if (!is_in(&standing, STATES_ENDED)) {
		if (left_ms(waiting, 1) == 0)
			return timed_out(waiting, "has not ended", "", err);
		if (ask_engine(session, waiting, id, &standing.exit_code, err) < 0)
			return -1;
	}
	output_line("%d", standing.exit_code);
	output_flush();
	return 0;
}

/* ---- until it runs, until it is healthy ---- */

static int ended_before(const char *what, const char *about, int exit_code, struct error *err)
{
	return error_set(err, ERROR_STATE, "it has ended with status %d, and %s%s", exit_code, what, about);
}

static int wait_look(struct session *session, const struct waiting *waiting, struct error *err)
{
	int64_t until = monotonic_ms() + left_ms(waiting, LOOK_MS);
	for (int64_t left; (left = until - monotonic_ms()) > 0;)
		if (session_wait_news(session, (int)left, err) < 0)
			return -1;
	return 0;
}

static int wait_standing(struct session *session, const struct waiting *waiting, const char *id, bool healthy, struct error *err)
{
	const char *what = healthy ? "was not healthy" : "was not running";
	for (;;) {
		struct standing standing;
		if (look(session, id, &standing, err) < 0)
			return -1;
		if (healthy && standing.state == CONTAINER_RUNNING && !standing.has_check)
			return error_set(err, ERROR_STATE, "it has no health check");
		if (healthy ? standing.is_healthy && is_in(&standing, STATES_LIVE) : standing.state == CONTAINER_RUNNING)
			return 0;
		if (is_in(&standing, STATE_BIT(EXITED) | STATE_BIT(DEAD)))
			return ended_before(what, "", standing.exit_code, err);
		if (left_ms(waiting, 1) == 0)
			return timed_out(waiting, what, "", err);
		if (wait_look(session, waiting, err) < 0)
			return -1;
	}
}

static int wait_running(struct session *session, const struct waiting *waiting, const char *id, const char *name, struct error *err)
{
	if (wait_standing(session, waiting, id, false, err) < 0)
		return -1;
	output_line("%s", name);
	return 0;
}

static int wait_healthy(struct session *session, const struct waiting *waiting, const char *id, const char *name, struct error *err)
{
	if (wait_standing(session, waiting, id, true, err) < 0)
		return -1;
	output_line("%s", name);
	return 0;
}

/* ---- until it has written something ---- */

struct search {
	const char *text;
	size_t len;
	struct place place;      /* up to here it was looked for */
	struct buf rest[3];      /* by stream: the end of a line that came in parts, where the text may have begun */
};

static void search_init(struct search *search, const char *text)
{
	*search = (struct search){ .text = text, .len = strlen(text) };
	for (size_t i = 0; i < ARRAY_LEN(search->rest); i++)
		buf_init(&search->rest[i], REST_MAX);
}

static void search_release(struct search *search)
{
	for (size_t i = 0; i < ARRAY_LEN(search->rest); i++)
		buf_release(&search->rest[i]);
}

static bool has_text(struct search *search, const struct record *record)
{
	struct buf *line = &search->rest[record->stream];
	buf_add(line, record->bytes, record->len);
	bool found = memmem(buf_text(line), line->len, search->text, search->len);
	if (!record->partial)
		buf_clear(line);
	else if (line->len >= search->len)
		buf_drop(line, line->len - search->len + 1);
	return found;
}

/* In what was stored since it was last looked: 1 there it is, 0 not yet. */
static int search_stored(const struct session *session, const struct tracked *entry, moment since, struct search *search, struct error *err)
{
	SCOPED(shelf_release) struct shelf_files files = { 0 };
	struct record record;
	struct scan scan;
	bool found = false;
	int more = 0;
	shelf_of(&session->store, entry->id, entry->name, &files);
	scan_init(&scan, session->store.dir, &files, search->place);
	while (!found && (more = scan_next(&scan, &record, err)) > 0)
		found = record.at >= since && has_text(search, &record);
	search->place = scan.place;
	scan_release(&scan);
	return found ? 1 : more;
}

/* Its log will have nothing more: why that is. 0: it may have. */
static int log_is_over(const struct tracked *entry, const char *text, struct error *err)
{
	switch (entry->phase) {
	case PHASE_COMPLETE:
		return ended_before("its log has no ", text, entry->exit_code, err);
	case PHASE_GONE:
		return error_set(err, ERROR_NOT_FOUND, "it was removed, and its log has no %s", text);
	case PHASE_UNREADABLE:
		return error_set(err, ERROR_FAILED, "%s", entry->error);
	default:
		return 0;
	}
}

static int wait_search(struct session *session, const struct waiting *waiting, const char *id, struct search *search, struct error *err)
{
	/* What is known of it may be of before it was started again. */
	uint64_t ticket = tracked_ask_drain(session->table, id);
	char about[100];
	snprintf(about, sizeof about, "'%.80s'", search->text);
	for (;;) {
		struct tracked entry;
		struct error ignored;
		if (!tracked_get(session->table, id, &entry))
			return error_set(err, ERROR_FAILED, "its log is not collected any more");
		bool known = tracked_drained(session->table, id, ticket, &ignored) != 0;
		int found = search_stored(session, &entry, waiting->since, search, err);
		if (found)
			return found < 0 ? -1 : 0;
		if (known && log_is_over(&entry, about, err) < 0)
			return -1;
		if (left_ms(waiting, 1) == 0)
			return timed_out(waiting, "has not written ", about, err);
		if (session_wait_news(session, left_ms(waiting, NEWS_MS), err) < 0)
			return -1;
	}
}

static int wait_log(struct session *session, const struct waiting *waiting, const char *id, const char *name, struct error *err)
{
	const struct runtime *runtime = session_runtime(session, err);
	struct tracked entry;
	struct search search;
	if (session->settings.dry_run)
		return 0;
	if (!runtime || session_track_existing(session, id, err) < 0)
		return -1;
	if (!session_find_tracked(session, runtime, id, &entry))
		return error_set(err, ERROR_FAILED, "its log is not collected, so it cannot be looked at");
	search_init(&search, waiting->condition + strlen(LOG_WORD));
	tracked_hurry(session->table, entry.id, true);
	int failed = wait_search(session, waiting, entry.id, &search, err);
	tracked_hurry(session->table, entry.id, false);
	search_release(&search);
	if (!failed)
		output_line("%s", name);
	return failed;
}

/* ---- the command ---- */

typedef int wait_fn(struct session *session, const struct waiting *waiting, const char *id, const char *name, struct error *err);

static wait_fn *find_condition(const char *condition)
{
	static const struct {
		const char *word;
		wait_fn *wait;
	} conditions[] = { { "exited", wait_exited }, { "running", wait_running }, { "healthy", wait_healthy } };
	for (size_t i = 0; i < ARRAY_LEN(conditions); i++)
		if (!strcmp(conditions[i].word, condition))
			return conditions[i].wait;
	return wait_log;
}

static int wait_one(struct session *session, const struct invocation *call, const char *id, const char *name, struct error *err)
{
	const struct waiting *waiting = waiting_of(call);
	return find_condition(waiting->condition)(session, waiting, id, name, err);
}

static int run_wait(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(targets_release) struct targets targets = { 0 };
	const char *condition = invocation_value(call, "for"), *timeout = invocation_value(call, "timeout");
	const char *since = invocation_value(call, "since");
	struct waiting waiting = { *call, condition ? condition : "exited", INT64_MAX, 0 };
	if (since && find_condition(waiting.condition) != wait_log)
		return error_set(err, ERROR_USAGE, "--since is for --for 'log TEXT'");
	if (since && moment_parse_since(since, moment_now(), &waiting.since, err) < 0)
		return error_wrap(err, "--since");
	if (timeout)
		waiting.deadline = monotonic_ms() + strtoll(timeout, NULL, 10) * 1000;
	if (targets_find(session, call, STATES_ANY, &targets, err) < 0)
		return -1;
	return targets_each_silent(session, &waiting.call, &targets, wait_one, err);
}

const struct command cmd_wait = {
	.name = "wait",
	.summary = "wait until containers have ended, and print their statuses; or until they are ready",
	.details = "--for healthy waits until its engine finds it healthy (podman looks only where there is systemd, or where purser collects it), --for running until it runs,\n"
		   "--for 'log TEXT' until a line of its log has that text: also one that was written before, since --since where that is given.\n"
		   "Then the container's name is printed. One that has ended before that is an error at once; one that was never started is\n"
		   "waited for.\n"
		   "\n"
		   "Several are waited for one after the other. Ctrl-C ends the waiting, and nothing else.",
	.options = (const struct option[]){ { "for", 0, KIND_CONDITION, "CONDITION",
					      "exited (as without it), running, healthy, or 'log TEXT'" },
					    { "timeout", 0, KIND_COUNT, "SECONDS",
					      "give up after so long, with status 124; 0: only look" },
					    { "since", 0, KIND_SINCE, "TIME",
					      "with --for 'log TEXT': only in what was written from then on" },
					    { 0 } },
	.operands = (const struct operand[]){ { "CONTAINER", KIND_CONTAINER, 1, 0, .help = TARGET_HELP }, { 0 } },
	.examples = (const struct example[]){ { "wait job", "prints the status it ends with" },
					      { "wait --for healthy --timeout 30 db", "status 124 if it takes longer" },
					      { "wait --for 'log ready to accept' db",
						"until it has written that; its log is collected" },
					      { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_COLLECTS,
	.run = run_wait,
};
