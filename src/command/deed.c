#include "command/deed.h"

#include <poll.h>
#include <stdlib.h>

#include "command/last.h"
#include "command/nearby.h"
#include "command/output.h"
#include "base/banned.h"

#define PROGRESS_MS 1000 /* who has to wait longer is told for what */
#define PROGRESS_MAX 1024

/* ---- what is told ---- */

struct telling {
	struct session *session;
	const struct invocation *call;
	bool silent;
	struct targets done;
	int status;
	struct error cancelled; /* ERROR_NONE: nobody did */
};

static bool takes_containers(const struct command *command)
{
	return command->operands && command->operands->kind == KIND_CONTAINER;
}

/* The engine names the container by the id it was asked with; the user knows it by its name. */
static void tell_failure(struct telling *telling, const struct target *target, struct error *err)
{
	if (err->kind == ERROR_CANCELLED) {
		telling->cancelled = *err;
		return;
	}
	if (takes_containers(telling->call->command))
		target_point_elsewhere(telling->session, target->name, err);
	else if (telling->call->command->operands)
		nearby_hint(telling->session, telling->call->command->operands->kind, target->name, err);
	error_wrap(err, "%s: %s", telling->call->command->name, target->name);
	output_error(telling->session->where, err);
	telling->status = error_status(err);
}

static void tell(struct telling *telling, const struct target *target, int failed, struct error *err)
{
	if (failed) {
		tell_failure(telling, target, err);
		return;
	}
	if (!telling->silent && !telling->session->settings.dry_run)
		output_line("%s", target->name);
	targets_add(&telling->done, target->runtime, target->name, target->id);
}

/* What was removed is no result; it is dropped where that is done. */
static int finish_telling(struct telling *telling, struct error *err)
{
	const struct command *command = telling->call->command;
	if (takes_containers(command) && !(command->flags & COMMAND_DESTROYS))
		last_set(telling->session, &telling->done);
	targets_release(&telling->done);
	if (telling->cancelled.kind != ERROR_NONE) {
		*err = telling->cancelled;
		if (command->flags & COMMAND_ENDS && !*err->hint)
			error_hint(err, "the engine may do it all the same");
		return -1;
	}
	if (!telling->status)
		return 0;
	error_set(err, ERROR_STATUS, "some failed");
	err->detail = telling->status;
	return -1;
}

/* ---- one after the other ---- */

static int act_on(struct session *session, const struct invocation *call, const struct target *target, target_fn *act,
		  struct error *err)
{
	const struct runtime *before = session_turn_to(session, target->runtime);
	int failed = check_options(target->runtime, call, err);
	if (!failed)
		failed = act(session, call, target->id, target->name, err);
	session_turn_to(session, before);
	return failed;
}

static int each(struct session *session, const struct invocation *call, const struct targets *targets, target_fn *act,
		bool silent, struct error *err)
{
	struct telling telling = { .session = session, .call = call, .silent = silent };
	for (size_t i = 0; i < targets->nr && telling.cancelled.kind == ERROR_NONE; i++) {
		struct error one = { 0 };
		int failed = act_on(session, call, &targets->items[i], act, &one);
		tell(&telling, &targets->items[i], failed, &one);
	}
	return finish_telling(&telling, err);
}

int targets_each(struct session *session, const struct invocation *call, const struct targets *targets, target_fn *act,
		 struct error *err)
{
	return each(session, call, targets, act, false, err);
}

int targets_each_silent(struct session *session, const struct invocation *call, const struct targets *targets,
			target_fn *act, struct error *err)
{
	return each(session, call, targets, act, true, err);
}

/* ---- side by side ---- */

struct job {
	struct target *target;
	struct action action;
	struct request request;
	struct running running;
	enum { JOB_WAITS, JOB_RUNS, JOB_ANSWERED } stage;
	int failed;
	struct error err;
	struct result result;
	bool has_result;
	int64_t answered_ms;
};

/* Those before `told` are told, those from `next` on not started. */
struct crew {
	struct telling telling;
	const struct deed *deed;
	struct job *jobs;
	size_t nr, told, next, running;
	int64_t began_ms;
};

static struct session *session_of(const struct crew *crew)
{
	return crew->telling.session;
}

static bool is_cancelled(const struct crew *crew)
{
	return crew->telling.cancelled.kind != ERROR_NONE;
}

static void make_action(const struct crew *crew, struct job *job)
{
	const struct invocation *call = crew->telling.call;
	const char *grace = invocation_value(call, "time");
	action_init(&job->action, crew->deed->verb);
	if (crew->deed->takes_options)
		forward_options(call, &job->action.options);
	for (size_t i = 0; crew->deed->options && i < crew->deed->options->nr; i++)
		strvec_push(&job->action.options, crew->deed->options->items[i]);
	if (grace)
		job->action.grace_s = (int)strtol(grace, NULL, 10);
	strvec_push(&job->action.targets, job->target->id);
}

static int prepare(struct crew *crew, struct job *job)
{
	const struct invocation *call = crew->telling.call;
	if (check_options(job->target->runtime, call, &job->err) < 0)
		return -1;
	if (crew->deed->before && crew->deed->before(session_of(crew), call, job->target, &job->err) < 0)
		return -1;
	make_action(crew, job);
	return 0;
}

static int perform(struct crew *crew, struct job *job)
{
	int failed = session_perform(session_of(crew), &job->action, &job->result, &job->err);
	job->has_result = !failed;
	return failed;
}

/* What is only shown is done with at once. */
static int begin(struct crew *crew, struct job *job)
{
	const struct runtime *runtime = job->target->runtime;
	if (session_of(crew)->settings.dry_run) {
		job->stage = JOB_ANSWERED;
		return perform(crew, job);
	}
	if (session_compose(session_of(crew), runtime, &job->action, &job->request, &job->err) < 0 ||
	    request_start(&job->running, &job->request, &job->err) < 0)
		return -1;
	job->stage = JOB_RUNS;
	crew->running++;
	return 0;
}

static void start(struct crew *crew, struct job *job)
{
	const struct runtime *before = session_turn_to(session_of(crew), job->target->runtime);
	job->failed = prepare(crew, job);
	if (!job->failed)
		job->failed = begin(crew, job);
	if (job->failed)
		job->stage = JOB_ANSWERED;
	if (job->failed && job->err.kind == ERROR_CANCELLED)
		crew->telling.cancelled = job->err;
	session_turn_to(session_of(crew), before);
}

static void take_answer(struct crew *crew, struct job *job)
{
	const struct runtime *runtime = job->target->runtime;
	struct reply reply;
	job->failed = request_finish(&job->running, &reply, &job->err);
	if (!job->failed)
		job->failed = runtime->decode(runtime, &job->action, &reply, &job->result, &job->err);
	job->has_result = !job->failed;
	reply_release(&reply);
	job->stage = JOB_ANSWERED;
	job->answered_ms = monotonic_ms();
	crew->running--;
	if (!(crew->telling.call->command->flags & COMMAND_DESTROYS))
		tracked_ask_drain(session_of(crew)->table,
				  job->target->id); /* it is another now: the collector is to look */
}

/* What has been told by then is on the screen while the others go on. */
static void tell_job(struct crew *crew, struct job *job)
{
	struct session *session = session_of(crew);
	const struct runtime *before = session_turn_to(session, job->target->runtime);
	if (job->failed && job->action.targets.nr &&
	    runtime_wants_unpaused(job->target->runtime, &job->action, &job->err))
		job->failed = perform(crew, job);
	struct answer answer = { job->failed, &job->result, job->answered_ms };
	/* What was never asked for has nothing to be explained. */
	if (crew->deed->after && job->action.targets.nr && job->err.kind != ERROR_CANCELLED &&
	    !session->settings.dry_run)
		job->failed = crew->deed->after(session, crew->telling.call, job->target, &answer, &job->err);
	output_progress("%s", "");
	tell(&crew->telling, job->target, job->failed, &job->err);
	session_turn_to(session, before);
}

static void release_job(struct job *job)
{
	if (job->has_result)
		result_release(&job->result);
	action_release(&job->action);
	request_release(&job->request);
}

static void step_all(struct crew *crew)
{
	for (size_t i = crew->told; i < crew->next; i++)
		if (crew->jobs[i].stage == JOB_RUNS && request_step(&crew->jobs[i].running))
			take_answer(crew, &crew->jobs[i]);
}

/* What was done by now is. */
static void stop_all(struct crew *crew)
{
	step_all(crew);
	for (size_t i = crew->told; i < crew->next; i++)
		if (crew->jobs[i].stage == JOB_RUNS)
			request_stop(&crew->jobs[i].running, ERROR_CANCELLED, "cancelled");
}

/* Who has to wait is told for whom. */
static void show_progress(const struct crew *crew)
{
	SCOPED(buf_release) struct buf names = BUF_INIT(PROGRESS_MAX);
	size_t done = crew->told;
	if (crew->nr < 2 || monotonic_ms() - crew->began_ms < PROGRESS_MS)
		return;
	for (size_t i = crew->told; i < crew->next; i++) {
		const struct job *job = &crew->jobs[i];
		done += job->stage == JOB_ANSWERED;
		if (job->stage == JOB_RUNS)
			buf_printf(&names, "%s%s", names.len ? ", " : "", job->target->name);
	}
	output_progress("%s: %zu of %zu done; waiting for %s", crew->telling.call->command->name, done, crew->nr,
			buf_text(&names));
}

static void wait_for_some(struct crew *crew)
{
	int cancel_fd = session_cancel_fd(session_of(crew)), wait_ms = PROGRESS_MS;
	struct pollfd *fds = xcalloc(crew->running * REQUEST_FDS + 1, sizeof *fds);
	size_t nr = 0;
	for (size_t i = crew->told; i < crew->next; i++) {
		const struct job *job = &crew->jobs[i];
		if (job->stage != JOB_RUNS)
			continue;
		int own_ms = request_wait_ms(&job->running);
		nr += request_fds(&job->running, fds + nr);
		if (own_ms >= 0 && own_ms < wait_ms)
			wait_ms = own_ms;
	}
	fds[nr] = (struct pollfd){ .fd = is_cancelled(crew) ? -1 : cancel_fd, .events = POLLIN };
	poll(fds, nr + 1, wait_ms);
	if (fds[nr].revents) {
		error_set(&crew->telling.cancelled, ERROR_CANCELLED, "cancelled");
		stop_all(crew);
	}
	free(fds);
}

static void start_some(struct crew *crew)
{
	unsigned limit = session_of(crew)->settings.parallel;
	while (!is_cancelled(crew) && crew->next < crew->nr && crew->running < (limit ? limit : 1))
		start(crew, &crew->jobs[crew->next++]);
	if (is_cancelled(crew))
		stop_all(crew);
}

static void tell_some(struct crew *crew)
{
	while (crew->told < crew->next && crew->jobs[crew->told].stage == JOB_ANSWERED) {
		struct job *job = &crew->jobs[crew->told++];
		tell_job(crew, job);
		release_job(job);
	}
	output_flush();
}

int targets_do(struct session *session, const struct invocation *call, struct targets *targets, const struct deed *deed,
	       struct error *err)
{
	struct crew crew = { .telling = { .session = session, .call = call, .silent = deed->silent },
			     .deed = deed,
			     .nr = targets->nr };
	crew.jobs = xcalloc(targets->nr + 1, sizeof *crew.jobs);
	crew.began_ms = monotonic_ms();
	for (size_t i = 0; i < targets->nr; i++) {
		crew.jobs[i].target = &targets->items[i];
		request_init(&crew.jobs[i].request);
	}
	for (;;) {
		start_some(&crew);
		step_all(&crew);
		tell_some(&crew);
		if (crew.told == crew.next && (crew.next == crew.nr || is_cancelled(&crew)))
			break;
		if (crew.told < crew.next && crew.running) {
			show_progress(&crew);
			wait_for_some(&crew);
		}
	}
	output_progress("%s", "");
	free(crew.jobs);
	return finish_telling(&crew.telling, err);
}
