#include "command/session.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/moment.h"
#include "command/output.h"
#include "command/words.h"
#include "base/banned.h"

#define DRAIN_STALLED_MS 30000 /* without a byte more stored, waiting is given up */
#define PROMPT_WAITS_MS 1000   /* for an engine that may be the one to choose */
#define NEWBORN_MS 1000 /* an engine may take some of that to tell that a container has ended */
#define NEWBORN_POLL_MS 100
#define DRAIN_TELL_MS 2000     /* then it is said what is waited for */

/* How engines are reached is settled before anything asks one. */
static int choose_transport(const struct settings *settings, struct error *err)
{
	const char *word = settings->transport ? settings->transport : getenv("PURSER_TRANSPORT");
	enum transport transport = TRANSPORT_AUTO;
	char socket[ENDPOINT_MAX + 1];
	if (word && *word && transport_parse(word, &transport, err) < 0)
		return -1;
	endpoint_find(socket);
	if (transport == TRANSPORT_SOCKET && !*socket)
		return error_set(err, ERROR_USAGE, "--transport socket: docker is not reached by a unix socket here; look at DOCKER_HOST and docker context show");
	runtime_reach(transport, socket);
	return 0;
}

int session_init(struct session *session, const struct settings *settings, struct signals *signals, struct error *err)
{
	*session = (struct session){ .settings = *settings, .signals = signals, .store = { .dir = -1, .lock = -1 } };
	if (choose_transport(settings, err) < 0)
		return -1;
	session->table = tracked_new(err);
	return session->table ? 0 : -1;
}

void session_release(struct session *session)
{
	collector_stop(session->collector);
	store_close(&session->store);
	tracked_free(session->table);
}

/* ---- the runtime ---- */

static bool answers(const struct runtime *runtime, const struct session *session)
{
	struct action action;
	struct request request;
	struct reply reply;
	struct error err;
	bool well = false;

	action_init(&action, VERB_VERSION);
	request_init(&request);
	if (runtime->compose(runtime, &action, &request, &err) == 0) {
		if (session->interactive)
			request.timeout_ms = PROMPT_WAITS_MS;
		well = request_run(&request, session_cancel_fd(session), &reply, &err) == 0 && reply.status == 0;
		reply_release(&reply);
	}
	request_release(&request);
	action_release(&action);
	return well;
}

/* The first that answers. Asking takes a process each, so a machine with one installed is not asked. */
static const struct runtime *choose(const struct session *session, struct error *err)
{
	const struct runtime *installed[8];
	size_t nr = 0;
	for (const struct runtime *const *runtime = runtimes; *runtime && nr < ARRAY_LEN(installed); runtime++)
		if (program_installed((*runtime)->program))
			installed[nr++] = *runtime;
	if (nr == 0) {
		error_set(err, ERROR_NO_PROGRAM, "none of docker, nerdctl and podman is installed; install one, for instance docker.io");
		return NULL;
	}
	for (size_t i = 0; i < nr && nr > 1; i++)
		if (answers(installed[i], session))
			return installed[i];
	return installed[0];
}

const struct runtime *session_runtime(struct session *session, struct error *err)
{
	const char *name = session->settings.runtime ? session->settings.runtime : getenv("PURSER_RUNTIME");
	if (session->runtime)
		return session->runtime;
	session->runtime = name && *name ? runtime_find(name, err) : choose(session, err);
	seen_choose_runtime(session->table, session->runtime);
	return session->runtime;
}

int session_use(struct session *session, const char *name, struct error *err)
{
	const struct runtime *runtime = runtime_find(name, err);
	if (!runtime)
		return -1;
	if (!program_installed(runtime->program))
		return error_set(err, ERROR_NO_PROGRAM, "%s: not found in PATH; is it installed?", runtime->program);
	session->runtime = runtime;
	seen_choose_runtime(session->table, runtime);
	return 0;
}

/* ---- the log directory and the collector ---- */

static int log_directory(const struct session *session, struct buf *path, struct error *err)
{
	const char *given = session->settings.log_dir ? session->settings.log_dir : getenv("PURSER_LOG_DIR");
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	if (given && *given)
		return buf_add_text(path, given);
	if (access("logs", F_OK) == 0)
		return buf_add_text(path, "logs");
	if (state && *state == '/')
		return buf_printf(path, "%s/purser/logs", state);
	if (home && *home == '/')
		return buf_printf(path, "%s/.local/state/purser/logs", home);
	return error_set(err, ERROR_USAGE, "no place for logs: HOME is not set; give --log-dir");
}

int session_store(struct session *session, struct error *err)
{
	SCOPED(buf_release) struct buf path = BUF_INIT(PATH_MAX);
	if (session->store.dir >= 0)
		return 0;
	if (log_directory(session, &path, err) < 0)
		return -1;
	return store_open(&session->store, buf_text(&path), &session->settings.keeping, err);
}

static void start_collector(struct session *session)
{
	struct collecting how = { .prompt = session->interactive, .reads_engine_files = session->settings.read_engine_files };
	struct error err = { 0 };
	char why[256];
	session->collector_tried = true;
	if (session->interactive)
		tracked_announce(session->table);
	if (session_store(session, &err) == 0)
		session->collector = collector_start(&session->store, session->table, &how, &err);
	if (!session->collector) {
		output_warning("logs are not collected: %s", err.text);
		return;
	}
	pid_t holder = collecting_elsewhere(session->table, why, sizeof why);
	if (holder < 0)
		output_warning("logs are not collected: %s", why);
	else if (holder && !session->settings.quiet)
		output_warning("another purser (pid %d) collects into %s; this one leaves it to it", (int)holder, session->store.path);
}

bool session_collect(struct session *session)
{
	char why[256];
	if (session->settings.dry_run)
		return false;
	if (!session->collector_tried)
		start_collector(session);
	return session->collector && collecting_elsewhere(session->table, why, sizeof why) >= 0;
}

/* ---- requests ---- */

int session_cancel_fd(const struct session *session)
{
	return session->signals ? session->signals->stop_fd : -1;
}

int session_end_fd(const struct session *session)
{
	return session->signals ? session->signals->end_fd : -1;
}

static void print_request(const struct request *request)
{
	SCOPED(buf_release) struct buf line = BUF_INIT(WORDS_LINE_MAX);
	strvec_quote(&request->argv, &line);
	output_line("%s", buf_text(&line));
}

int session_take_stop(struct session *session)
{
	int number, last = 0;
	while (session->signals && (number = signals_take(session->signals)))
		if (number != SIGINT && number != SIGQUIT)
			last = number;
	session->quit |= last != 0;
	return last;
}

static int run_request(struct session *session, const struct action *action, const struct request *request, struct result *out,
		       struct error *err)
{
	struct reply reply;
	bool terminal = request->io == REQUEST_TERMINAL;
	if (terminal)
		output_flush();
	int failed = request_run(request, terminal ? session_end_fd(session) : session_cancel_fd(session), &reply, err);
	if (terminal && !(failed && err->kind == ERROR_CANCELLED))
		session_take_stop(session); /* the Ctrl-C typed meanwhile were the program's */
	if (!failed && (terminal || request->sink) && reply.status != 0 && !reply.err.len) { /* it has said so itself */
		failed = error_set(err, ERROR_STATUS, "exit status %d", reply.status);
		err->detail = reply.status;
	}
	if (!failed)
		failed = session->runtime->decode(session->runtime, action, &reply, out, err);
	reply_release(&reply);
	return failed;
}

int session_perform(struct session *session, const struct action *action, struct result *out, struct error *err)
{
	return session_perform_to(session, action, NULL, NULL, out, err);
}

int session_perform_to(struct session *session, const struct action *action, request_sink *sink, void *arg, struct result *out,
		       struct error *err)
{
	struct request request;
	const struct runtime *runtime = session_runtime(session, err);
	if (!runtime)
		return -1;
	*out = (struct result){ 0 };
	request_init(&request);
	int failed = runtime->compose(runtime, action, &request, err);
	if (sink) {
		if (request.io == REQUEST_TERMINAL)
			request.io = REQUEST_RECORDS;
		request.sink = sink;
		request.sink_arg = arg;
	}
	if (!failed && session->settings.dry_run) {
		print_request(&request);
		if (!verb_changes(action->verb))
			failed = run_request(session, action, &request, out, err);
	} else if (!failed) {
		failed = run_request(session, action, &request, out, err);
	}
	request_release(&request);
	return failed;
}

int session_act(struct session *session, enum verb verb, const char *target, struct result *out, struct error *err)
{
	struct action action;
	struct result result;
	action_init(&action, verb);
	strvec_push(&action.targets, target);
	int failed = session_perform(session, &action, &result, err);
	action_release(&action);
	if (failed)
		return -1;
	if (out)
		*out = result;
	else
		result_release(&result);
	return 0;
}

int session_list(struct session *session, struct result *out, struct error *err)
{
	struct action action;
	action_init(&action, VERB_LIST);
	strvec_push(&action.options, "--all");
	int failed = session_perform(session, &action, out, err);
	action_release(&action);
	return failed;
}

/* ---- collecting on demand ---- */

void session_tell_news(struct session *session)
{
	char text[512];
	while (!session->interactive && tracked_next_notice(session->table, text, sizeof text))
		output_warning("%s", text);
}

int session_wait_news(struct session *session, int timeout_ms, struct error *err)
{
	int bell = tracked_news_bell(session->table);
	struct pollfd fds[] = { { .fd = bell, .events = POLLIN }, { .fd = session_cancel_fd(session), .events = POLLIN } };
	poll(fds, ARRAY_LEN(fds), timeout_ms);
	session_tell_news(session);
	if (fds[1].revents)
		return error_set(err, ERROR_CANCELLED, "cancelled");
	bell_clear(bell);
	return 0;
}

static uint64_t stored_bytes(struct session *session, const char *id)
{
	struct tracked entry;
	return tracked_get(session->table, id, &entry) ? entry.bytes : 0;
}

int session_drain(struct session *session, const char *id, struct error *err)
{
	struct tracked entry;
	uint64_t ticket = tracked_ask_drain(session->table, id), bytes = stored_bytes(session, id);
	int64_t started = monotonic_ms(), progress = started;
	bool told = session->settings.quiet;
	char why[256];
	int drained;

	if (!ticket)
		return 0;
	if (collecting_elsewhere(session->table, why, sizeof why) < 0)
		return error_set(err, ERROR_FAILED, "its log is not collected: %s", why);
	while ((drained = tracked_drained(session->table, id, ticket, err)) == 0) {
		if (session_wait_news(session, 250, err) < 0)
			return -1;
		int64_t now = monotonic_ms();
		uint64_t stored = stored_bytes(session, id);
		if (stored != bytes)
			progress = now;
		bytes = stored;
		if (!told && now - started > DRAIN_TELL_MS && tracked_get(session->table, id, &entry)) {
			output_warning("collecting the log of %s to its end (Ctrl-C leaves it for later)", entry.name);
			told = true;
		}
		if (now - progress > DRAIN_STALLED_MS)
			return error_set(err, ERROR_TIMEOUT, "its log could not be collected to its end: nothing came for %d seconds",
					 DRAIN_STALLED_MS / 1000);
	}
	return drained < 0 ? -1 : 0;
}

static bool collects(struct session *session)
{
	char why[256];
	return session->collector && !collecting_elsewhere(session->table, why, sizeof why);
}

int session_drain_all(struct session *session, struct error *err)
{
	struct tracked *entries;
	int failed = 0;
	if (!collects(session))
		return 0;
	size_t nr = tracked_all(session->table, &entries);
	for (size_t i = 0; i < nr; i++) /* all at once first, so that they are read side by side */
		tracked_ask_drain(session->table, entries[i].id);
	for (size_t i = 0; i < nr && (!failed || err->kind != ERROR_CANCELLED); i++) {
		struct error one;
		if (session_drain(session, entries[i].id, &one) < 0) {
			*err = one;
			failed = -1;
		}
	}
	free(entries);
	session_tell_news(session);
	session->drained = !failed;
	return failed;
}

/* One that is to be removed when it has ended, and was begun so recently that it may end at once. */
static bool has_newborn(struct session *session)
{
	struct tracked *entries;
	bool any = false;
	if (!collects(session))
		return false;
	size_t nr = tracked_all(session->table, &entries);
	for (size_t i = 0; i < nr; i++)
		any |= entries[i].remove_when_complete && entries[i].phase != PHASE_GONE &&
		       monotonic_ms() - entries[i].added_ms < NEWBORN_MS;
	free(entries);
	return any;
}

int session_leave(struct session *session, struct error *err)
{
	int failed = session_drain_all(session, err);
	while (!failed && has_newborn(session)) {
		failed = session_wait_news(session, NEWBORN_POLL_MS, err);
		if (!failed)
			failed = session_drain_all(session, err);
	}
	return failed;
}

void session_track(struct session *session, const char *id, const char *name, bool remove)
{
	struct store_entry entry = { .remove = remove };
	struct error err;
	if (!session_collect(session))
		return;
	snprintf(entry.id, sizeof entry.id, "%s", id);
	snprintf(entry.name, sizeof entry.name, "%s", *name ? name : id);
	snprintf(entry.runtime, sizeof entry.runtime, "%s", session->runtime->name);
	if (store_put(&session->store, &entry, &err) < 0)
		output_warning("%s is collected now, but will not be known to the next purser: %s", entry.name, err.text);
	tracked_add(session->table, session->runtime, &entry);
}

int session_track_existing(struct session *session, const char *target, struct error *err)
{
	struct result result;
	struct tracked entry;
	if (tracked_get(session->table, target, &entry) || session->settings.dry_run)
		return 0;
	if (session_act(session, VERB_INSPECT, target, &result, err) < 0)
		return -1;
	for (size_t i = 0; i < result.details.nr; i++)
		session_track(session, result.details.items[i].id, result.details.items[i].name, false);
	result_release(&result);
	return 0;
}

int session_untrack(struct session *session, const char *id, struct error *err)
{
	if (store_drop(&session->store, id, err) < 0)
		return -1;
	tracked_drop(session->table, id);
	return 0;
}

int session_forget(struct session *session, const char *id, struct error *err)
{
	if (store_drop(&session->store, id, err) < 0)
		return -1;
	tracked_drop_removed(session->table, id);
	return 0;
}

bool session_find_tracked(struct session *session, const char *name, struct tracked *out)
{
	struct tracked *entries;
	size_t nr = tracked_all(session->table, &entries), len = strlen(name);
	bool is_id = len >= 4 && strspn(name, "0123456789abcdef") == len, found = false;

	for (size_t pass = 0; pass < 2 && !found; pass++) /* a name counts before the beginning of an id */
		for (size_t i = 0; i < nr && !found; i++) {
			bool fits = pass ? is_id && !strncmp(entries[i].id, name, len) : !strcmp(entries[i].name, name);
			found = fits && entries[i].runtime == session->runtime && entries[i].phase != PHASE_GONE;
			if (found)
				*out = entries[i];
		}
	free(entries);
	return found;
}

/* ---- asking ---- */

int session_confirm(struct session *session, const char *question, struct error *err)
{
	char answer[4096];
	if (session->settings.yes || session->settings.dry_run)
		return 1;
	if (!session->interactive)
		return error_set(err, ERROR_USAGE, "%s: say yes with --yes (-y)", question);
	printf("%s? [y/N] ", question);
	output_flush();
	struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = session_cancel_fd(session), .events = POLLIN } };
	poll(fds, ARRAY_LEN(fds), -1);
	if (fds[1].revents) {
		puts("");
		return error_set(err, ERROR_CANCELLED, "cancelled");
	}
	ssize_t len = read(STDIN_FILENO, answer, sizeof answer); /* not stdio, which would keep an end of input for ever */
	if (len <= 0)
		puts("");
	return len > 0 && (answer[0] == 'y' || answer[0] == 'Y');
}
