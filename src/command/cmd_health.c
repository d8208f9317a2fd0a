/* health: how containers' health checks go, as their engines count; a check run now; waiting until all are healthy. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "command/columns.h"
#include "command/last.h"
#include "command/output.h"
#include "command/rows.h"
#include "command/session.h"
#include "command/target.h"
#include "model/json.h"
#include "base/banned.h"

#define LOOK_MS 500
#define OUTPUT_MAX (16u * 1024 * 1024)
#define CELLS_MAX (1024u * 1024)
#define COLUMNS 4

/* One container's, as it is shown. */
struct finding {
	const struct target *target;
	const char *status, *output;
	int failures;
	int64_t interval;
	bool is_live, is_known;
	int64_t checked_ms; /* when --run last ran its check; 0: never */
};

struct findings {
	struct finding *items;
	size_t nr;
	struct arena arena;
	int status; /* of the last that could not be asked */
};

static void findings_release(struct findings *findings)
{
	free(findings->items);
	arena_release(&findings->arena);
}

static bool is(const struct finding *finding, const char *status)
{
	return finding->is_known && !strcmp(finding->status, status);
}

static int ask(struct session *session, struct findings *findings, struct finding *finding, struct error *err)
{
	struct result result;
	if (session_act(session, VERB_INSPECT, finding->target->id, &result, err) < 0)
		return -1;
	finding->is_known = result.details.nr > 0;
	finding->status = "none";
	finding->output = "";
	if (finding->is_known) {
		const struct container_detail *detail = &result.details.items[0];
		finding->status = arena_text(&findings->arena, *detail->health ? detail->health : "none");
		finding->output = arena_text(&findings->arena, detail->health_output);
		finding->failures = detail->health_failures;
		finding->interval = detail->check_interval;
		finding->is_live = STATES_LIVE & (1u << detail->state);
	}
	result_release(&result);
	return 0;
}

/* Each --interval of its own, while it is waited for. */
static int run_check(struct session *session, struct finding *finding, struct error *err)
{
	int64_t now = monotonic_ms();
	if (finding->checked_ms && now - finding->checked_ms < finding->interval / 1000000)
		return 0;
	finding->checked_ms = now;
	return session_act(session, VERB_HEALTH, finding->target->id, NULL, err);
}

static int look_at(struct session *session, const struct invocation *call, struct findings *findings, struct finding *finding,
		   struct error *err)
{
	const struct runtime *before = session_turn_to(session, finding->target->runtime);
	int failed = check_options(finding->target->runtime, call, err);
	if (!failed && invocation_has(call, "run"))
		failed = run_check(session, finding, err);
	if (!failed)
		failed = ask(session, findings, finding, err);
	session_turn_to(session, before);
	return failed;
}

/* What cannot be asked is said once, and left out. */
static int look(struct session *session, const struct invocation *call, struct findings *findings, struct error *err)
{
	size_t kept = 0;
	arena_release(&findings->arena); /* each look says everything anew */
	for (size_t i = 0; i < findings->nr; i++) {
		struct error one = { 0 };
		struct finding *finding = &findings->items[i];
		if (look_at(session, call, findings, finding, &one) == 0) {
			findings->items[kept++] = *finding;
			continue;
		}
		if (one.kind == ERROR_CANCELLED) {
			*err = one;
			return -1;
		}
		error_wrap(&one, "health: %s", finding->target->name);
		target_point_elsewhere(session, finding->target->name, &one);
		output_error(session->where, &one);
		findings->status = error_status(&one);
	}
	findings->nr = kept;
	return 0;
}

static bool all_are_healthy(const struct findings *findings)
{
	for (size_t i = 0; i < findings->nr; i++)
		if (!is(&findings->items[i], "healthy"))
			return false;
	return true;
}

/* One that has no check, or does not run, will not become so. */
static bool is_worth_waiting(const struct findings *findings)
{
	for (size_t i = 0; i < findings->nr; i++)
		if (!findings->items[i].is_live || is(&findings->items[i], "none"))
			return false;
	return findings->nr > 0 && !findings->status;
}

static int wait_for_all(struct session *session, const struct invocation *call, struct findings *findings, struct error *err)
{
	const char *limit = invocation_value(call, "timeout");
	int seconds = limit ? (int)strtol(limit, NULL, 10) : -1;
	int64_t end = seconds < 0 ? INT64_MAX : monotonic_ms() + (int64_t)seconds * 1000;
	while (!all_are_healthy(findings) && is_worth_waiting(findings)) {
		struct pollfd cancel = { .fd = session_cancel_fd(session), .events = POLLIN };
		if (monotonic_ms() >= end)
			return error_set(err, ERROR_TIMEOUT, "not healthy within %d seconds", seconds);
		if (poll(&cancel, 1, LOOK_MS) > 0)
			return error_set(err, ERROR_CANCELLED, "cancelled");
		if (look(session, call, findings, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- printing ---- */

static void print_table(const struct findings *findings)
{
	static const struct column columns[COLUMNS] = { { "NAME", false }, { "HEALTH", false }, { "FAILURES", false }, { "LAST OUTPUT", true } };
	SCOPED(buf_release) struct buf numbers = BUF_INIT(CELLS_MAX);
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	const char **cells = xcalloc(findings->nr + 1, COLUMNS * sizeof *cells), **cell = cells;
	for (size_t i = 0; i < findings->nr; i++) {
		const struct finding *one = &findings->items[i];
		size_t len = strlen(one->output);
		while (len && one->output[len - 1] == '\n')
			len--;
		buf_clear(&numbers);
		buf_printf(&numbers, "%d", one->failures);
		*cell++ = one->target->name;
		*cell++ = one->status;
		*cell++ = arena_text(&arena, buf_text(&numbers));
		*cell++ = arena_copy(&arena, one->output, len);
	}
	columns_print(columns, COLUMNS, cells, findings->nr);
	free(cells);
}

static void print_json(const struct findings *findings)
{
	SCOPED(buf_release) struct buf out = BUF_INIT(OUTPUT_MAX);
	for (size_t i = 0; i < findings->nr; i++) {
		const struct finding *one = &findings->items[i];
		buf_add_text(&out, "{\"Name\":");
		json_add_text(&out, one->target->name);
		buf_add_text(&out, ",\"Runtime\":");
		json_add_text(&out, one->target->runtime->name);
		buf_add_text(&out, ",\"Status\":");
		json_add_text(&out, one->status);
		buf_printf(&out, ",\"FailingStreak\":%d,\"Output\":", one->failures);
		json_add_text(&out, one->output);
		buf_add_text(&out, "}\n");
	}
	output_text(&out);
}

static void print(const struct session *session, const struct invocation *call, const struct findings *findings)
{
	if (invocation_has(call, "quiet")) {
		for (size_t i = 0; i < findings->nr; i++)
			output_line("%s", findings->items[i].status);
	} else if (session->settings.json) {
		print_json(findings);
	} else if (findings->nr) {
		print_table(findings);
	}
}

static int run_health(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(targets_release) struct targets targets = { 0 };
	SCOPED(findings_release) struct findings findings = { 0 };
	if (targets_find(session, call, STATES_ANY, &targets, err) < 0)
		return -1;
	last_set(session, &targets);
	findings.items = xcalloc(targets.nr + 1, sizeof *findings.items);
	for (; findings.nr < targets.nr; findings.nr++)
		findings.items[findings.nr] = (struct finding){ .target = &targets.items[findings.nr] };
	if (look(session, call, &findings, err) < 0)
		return -1;
	if (invocation_has(call, "wait") && wait_for_all(session, call, &findings, err) < 0)
		return -1;
	print(session, call, &findings);
	if (!findings.status && all_are_healthy(&findings))
		return 0;
	error_set(err, ERROR_STATUS, "not healthy");
	err->detail = findings.status ? findings.status : 1;
	return -1;
}

const struct command cmd_health = {
	.name = "health",
	.summary = "show how containers' health checks go",
	.details = "The status is 0 if all are healthy, else 1: of one that is unhealthy, of one that is still starting, and of one that has no check\n"
		   "(none). What is shown is what the engine counts. docker runs the checks by itself; podman leaves them to\n"
		   "systemd: where there is none, purser runs those of the containers that it collects, at their intervals, and --run runs one\n"
		   "now. podman counts either. nerdctl has health checks from 2.1.3 on.",
	.options =
		(const struct option[]){
			{ "run", 0, KIND_FLAG, NULL, "run the check now, and with --wait at its interval",
			  .lacked_by = "docker, nerdctl" },
			{ "wait", 'w', KIND_FLAG, NULL, "until all are healthy, or one can no longer become so" },
			{ "timeout", 't', KIND_SECONDS, "SECONDS",
			  "how long to wait; -1 for ever, which it is without" },
			{ "quiet", 'q', KIND_FLAG, NULL, "their statuses only" },
			{ 0 } },
	.operands =
		(const struct operand[]){
			{ "CONTAINER", KIND_CONTAINER, 1, 0, .states = STATES_LIVE, .help = TARGET_HELP }, { 0 } },
	.examples =
		(const struct example[]){
			{ "health web", "healthy, unhealthy, starting or none; how often it failed, and what it said" },
			{ "health --wait --timeout 30 web db", "until both are healthy" },
			{ 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_PAGES,
	.run = run_health,
};
