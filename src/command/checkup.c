#include "command/checkup.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "logs/enginelog.h"
#include "base/banned.h"

#define DEADLINE_MS 10000
#define CLOCK_TOLERATED (2 * MOMENT_SECOND)

void checkup_release(struct checkup *checkup)
{
	arena_release(&checkup->arena);
}

void checkup_add_problem(struct checkup *checkup, const struct runtime *runtime, const char *what, const char *advice)
{
	if (checkup->problems_nr < ARRAY_LEN(checkup->problems))
		checkup->problems[checkup->problems_nr++] =
			(struct problem){ runtime, arena_text(&checkup->arena, what), arena_text(&checkup->arena, advice) };
}

/* ---- one thing asked of all, side by side ---- */

struct asking {
	struct runtime_checkup *of;
	struct action action;
	struct request request;
	struct running running;
	int64_t began_ms;
	moment began;
	bool active;
};

/* What is done with an answer: 0 and *result, or -1 and *err. `reply` is the engine's. */
typedef void take_fn(struct checkup *checkup, const struct asking *asking, const struct reply *reply, int failed, const struct result *result,
		     const struct error *err);

static int ignore(void *arg UNUSED, enum request_stream stream UNUSED, const char *bytes UNUSED, size_t len UNUSED, struct error *err UNUSED)
{
	return 0;
}

static void end_asking(struct checkup *checkup, struct asking *asking, take_fn *take)
{
	const struct runtime *runtime = asking->of->runtime;
	struct result result = { 0 };
	struct reply reply;
	struct error err = { 0 };
	int failed = request_finish(&asking->running, &reply, &err);
	if (!failed)
		failed = runtime->decode(runtime, &asking->action, &reply, &result, &err);
	take(checkup, asking, &reply, failed, &result, &err);
	result_release(&result);
	reply_release(&reply);
	request_release(&asking->request);
	action_release(&asking->action);
	asking->active = false;
}

static void begin_asking(struct checkup *checkup, struct asking *asking, take_fn *take)
{
	const struct runtime *runtime = asking->of->runtime;
	struct reply none;
	struct error err;
	request_init(&asking->request);
	asking->began = moment_now();
	asking->began_ms = monotonic_ms();
	if (runtime->compose(runtime, &asking->action, &asking->request, &err) == 0) {
		asking->request.timeout_ms = DEADLINE_MS;
		asking->request.sink = ignore;
		asking->active = request_start(&asking->running, &asking->request, &err) == 0;
	}
	if (asking->active)
		return;
	reply_init(&none);
	take(checkup, asking, &none, -1, &(struct result){ 0 }, &err);
	request_release(&asking->request);
	action_release(&asking->action);
}

static bool any_active(const struct asking *askings, size_t nr)
{
	bool any = false;
	for (size_t i = 0; i < nr; i++)
		any |= askings[i].active;
	return any;
}

static void wait_for_any(const struct asking *askings, size_t nr, int cancel_fd, bool *cancelled)
{
	struct pollfd fds[1 + RUNTIMES_MAX * REQUEST_FDS] = { { .fd = *cancelled ? -1 : cancel_fd, .events = POLLIN } };
	size_t fds_nr = 1;
	int wait_ms = -1;
	for (size_t i = 0; i < nr; i++) {
		if (!askings[i].active)
			continue;
		int most = request_wait_ms(&askings[i].running);
		fds_nr += request_fds(&askings[i].running, fds + fds_nr);
		if (most >= 0 && (wait_ms < 0 || most < wait_ms))
			wait_ms = most;
	}
	poll(fds, fds_nr, wait_ms);
	*cancelled |= fds[0].revents != 0;
}

static int ask(struct session *session, struct checkup *checkup, struct asking *askings, size_t nr, take_fn *take, struct error *err)
{
	bool cancelled = false;
	for (size_t i = 0; i < nr; i++)
		begin_asking(checkup, &askings[i], take);
	while (any_active(askings, nr)) {
		wait_for_any(askings, nr, session_cancel_fd(session), &cancelled);
		for (size_t i = 0; i < nr; i++) {
			if (askings[i].active && cancelled)
				request_stop(&askings[i].running, ERROR_CANCELLED, "cancelled");
			if (askings[i].active && request_step(&askings[i].running))
				end_asking(checkup, &askings[i], take);
		}
	}
	return cancelled ? error_set(err, ERROR_CANCELLED, "cancelled") : 0;
}

typedef bool wanted_fn(const struct runtime_checkup *of);

static int ask_each(struct session *session, struct checkup *checkup, enum verb verb, wanted_fn *wanted, take_fn *take, struct error *err)
{
	static const char no_id[] = "0000000000000000000000000000000000000000000000000000000000000000";
	struct asking *askings = xcalloc(RUNTIMES_MAX, sizeof *askings);
	size_t nr = 0;
	for (size_t i = 0; i < checkup->runtimes_nr; i++) {
		if (!wanted(&checkup->runtimes[i]))
			continue;
		askings[nr].of = &checkup->runtimes[i];
		struct action *action = &askings[nr++].action;
		action_init(action, verb);
		if (verb != VERB_WINDOW)
			continue;
		action->window = WINDOW_JOURNAL;
		action->tail = 0;
		strvec_push(&action->targets, no_id);
	}
	int failed = ask(session, checkup, askings, nr, take, err);
	free(askings);
	return failed;
}

/* ---- what is asked ---- */

static bool is_installed(const struct runtime_checkup *of)
{
	return *of->program;
}

static void take_client(struct checkup *checkup UNUSED, const struct asking *asking, const struct reply *reply UNUSED, int failed,
			const struct result *result, const struct error *err UNUSED)
{
	if (!failed)
		memcpy(asking->of->client, result->client, sizeof result->client);
}

/* Where the refusal does not say what it means, the socket may. */
static enum error_kind refusal_of(const struct runtime *runtime, const struct error *err)
{
	const char *socket = runtime_socket(runtime);
	if (err->kind == ERROR_UNREACHABLE || err->kind == ERROR_DENIED)
		return err->kind;
	if (err->kind != ERROR_RUNTIME || !*socket || access(socket, R_OK | W_OK) == 0)
		return ERROR_NONE;
	return errno == EACCES ? ERROR_DENIED : ERROR_UNREACHABLE;
}

static void add_silence(struct checkup *checkup, const struct runtime *runtime, const struct error *err)
{
	enum error_kind kind = refusal_of(runtime, err);
	char advice[128];
	if (kind) {
		checkup_add_problem(checkup, runtime, err->text, runtime_advice(runtime, kind));
		return;
	}
	snprintf(advice, sizeof advice, err->kind == ERROR_TIMEOUT ? "see what its engine does, and restart it" : "see what %s info says by itself",
		 runtime->program);
	checkup_add_problem(checkup, runtime, err->text, advice);
}

/* Its log is where the engine said that it keeps such things; where nobody said, it is this user's own. */
static bool may_read_files(struct checkup *checkup, const struct runtime_checkup *of, bool wanted)
{
	char what[PATH_MAX + 128];
	if (of->info.remote || (*of->info.root && access(of->info.root, R_OK | X_OK) < 0)) {
		snprintf(what, sizeof what, "its files, in %s, cannot be read: %s", of->info.root,
			 of->info.remote ? "they are on another machine" : strerror(errno));
		if (wanted)
			checkup_add_problem(checkup, of->runtime, what, "use the user that owns them, or sudo, on the machine that has them");
		return false;
	}
	return true;
}

static enum waker waker_of(const struct runtime_checkup *of)
{
	if (of->reads_files)
		return WAKER_WATCH;
	return of->by_socket ? WAKER_STREAM : WAKER_CLOCK;
}

static void check_clock(struct checkup *checkup, struct runtime_checkup *of, const struct asking *asking)
{
	char what[128];
	moment now = moment_now();
	if (!of->info.clock)
		return;
	of->ahead = of->info.clock - (asking->began + (now - asking->began) / 2);
	if (llabs(of->ahead) < CLOCK_TOLERATED + (now - asking->began))
		return;
	snprintf(what, sizeof what, "its clock is %lld s %s this machine's: its records have its times", llabs(of->ahead) / MOMENT_SECOND,
		 of->ahead > 0 ? "ahead of" : "behind");
	checkup_add_problem(checkup, of->runtime, what, "let both keep network time, with timedatectl set-ntp true");
}

static void check_socket(struct checkup *checkup, const struct runtime_checkup *of)
{
	char what[ENDPOINT_MAX + 128];
	const char *socket = runtime_socket(of->runtime);
	if (!*socket || of->by_socket)
		return;
	bool reachable = access(socket, R_OK | W_OK) == 0, denied = !reachable && errno == EACCES;
	snprintf(what, sizeof what, "its CLI stands in for %s, which gave no answer%s%s: each look is a process", socket, reachable ? "" : ": ",
		 reachable ? "" : strerror(errno));
	checkup_add_problem(checkup, of->runtime, what, runtime_advice(of->runtime, denied ? ERROR_DENIED : ERROR_UNREACHABLE));
}

static void check_logs(struct checkup *checkup, struct runtime_checkup *of)
{
	of->log_form = runtime_log_form(of->runtime, of->info.log_driver);
	bool wanted = checkup->reads_engine_files || enginelog_is_log(of->log_form);
	of->reads_files = enginelog_is_readable(of->log_form) && may_read_files(checkup, of, wanted);
	of->waker = waker_of(of);
	if (of->log_form == LOG_FORM_NONE)
		checkup_add_problem(checkup, of->runtime, "its default log driver keeps nothing that can be read again",
				    "give containers another one, with run --log-driver, or change the default");
}

static void take_info(struct checkup *checkup, const struct asking *asking, const struct reply *reply, int failed, const struct result *result,
		      const struct error *err)
{
	struct runtime_checkup *of = asking->of;
	if (failed) {
		add_silence(checkup, of->runtime, err);
		return;
	}
	of->answers = true;
	of->took_ms = monotonic_ms() - asking->began_ms;
	of->by_socket = reply->code != 0;
	of->info = result->info;
	check_clock(checkup, of, asking);
	check_socket(checkup, of);
	check_logs(checkup, of);
}

static bool logs_to_journal(const struct runtime_checkup *of)
{
	return of->answers && of->log_form == LOG_FORM_JOURNAL;
}

static void take_journal(struct checkup *checkup, const struct asking *asking, const struct reply *reply UNUSED, int failed,
			 const struct result *result UNUSED, const struct error *err)
{
	const struct runtime *runtime = asking->of->runtime;
	if (failed && err->kind == ERROR_NO_PROGRAM)
		checkup_add_problem(checkup, runtime, err->text, "install systemd, or give containers another log driver");
	else if (failed)
		checkup_add_problem(checkup, runtime, err->text, "join the group systemd-journal, or use sudo");
}

static int choose(struct session *session, struct checkup *checkup, struct error *err)
{
	const struct runtime *runtime = session_runtime(session, err);
	checkup->choice = "";
	if (!runtime)
		return err->kind == ERROR_NO_PROGRAM ? 0 : -1;
	for (size_t i = 0; i < checkup->runtimes_nr; i++)
		if (checkup->runtimes[i].runtime == runtime)
			checkup->chosen = &checkup->runtimes[i];
	checkup->choice = runtime == session->runtime ? choice_text(session->choice) : "this command";
	return 0;
}

int checkup_make(struct session *session, struct checkup *out, struct error *err)
{
	*out = (struct checkup){ .reads_engine_files = session->settings.read_engine_files };
	for (const struct runtime *const *runtime = runtimes; *runtime; runtime++) {
		struct runtime_checkup *of = &out->runtimes[out->runtimes_nr++];
		of->runtime = *runtime;
		program_find((*runtime)->program, of->program);
		endpoint_name((*runtime)->name, &runtime_arguments(*runtime)->always, of->endpoint);
	}
	if (choose(session, out, err) < 0)
		return -1;
	checkup_machine(session, out);
	if (ask_each(session, out, VERB_CLIENT, is_installed, take_client, err) == 0 &&
	    ask_each(session, out, VERB_INFO, is_installed, take_info, err) == 0 &&
	    ask_each(session, out, VERB_WINDOW, logs_to_journal, take_journal, err) == 0)
		return 0;
	checkup_release(out);
	return -1;
}
