#include "command/session.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/moment.h"
#include "command/alias.h"
#include "command/drafts.h"
#include "command/last.h"
#include "command/output.h"
#include "command/target.h"
#include "command/words.h"
#include "base/banned.h"

#define PROMPT_WAITS_MS 1000   /* for an engine that may be the one to choose */

/* How engines are reached is settled before anything asks one. */
static int choose_transport(const struct settings *settings, struct error *err)
{
	enum transport transport = TRANSPORT_AUTO;
	char socket[ENDPOINT_MAX + 1];
	if (settings->transport && transport_parse(settings->transport, &transport, err) < 0)
		return -1;
	endpoint_find(&runtime_arguments(runtimes[0])->always, socket);
	if (transport == TRANSPORT_SOCKET && !*socket)
		return error_set(err, ERROR_USAGE, "--transport socket: docker is not reached by a unix socket here; look at DOCKER_HOST, docker context show and docker-args");
	runtime_reach(transport, socket);
	return 0;
}

static void take_settings(struct session *session)
{
	session->settings = settings_read(session->sources);
	output_set_style(session->settings.color, session->settings.plain);
	output_errors_as_json(session->settings.json);
}

int session_init(struct session *session, struct sources *sources, struct signals *signals, struct error *err)
{
	*session = (struct session){ .sources = sources, .signals = signals, .store = { .dir = -1, .lock = -1 }, .last_status = -1 };
	take_settings(session);
	if (choose_transport(&session->settings, err) < 0)
		return -1;
	session->table = tracked_new(err);
	if (!session->table)
		return -1;
	session->drafts = xcalloc(1, sizeof *session->drafts);
	for (size_t i = 0; i < sources->config->aliases.nr; i++)
		alias_define(&session->aliases, sources->config->aliases.items[i]);
	return 0;
}

void session_release(struct session *session)
{
	collector_stop(session->collector);
	store_close(&session->store);
	tracked_free(session->table);
	if (session->drafts)
		drafts_release(session->drafts);
	free(session->drafts);
	strvec_release(&session->aliases);
	last_release(session);
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
		if (session->patience_ms)
			request.timeout_ms = session->patience_ms;
		well = request_run(&request, session_cancel_fd(session), &reply, &err) == 0 && reply.status == 0;
		reply_release(&reply);
	}
	request_release(&request);
	action_release(&action);
	return well;
}

const char *choice_text(enum choice choice)
{
	static const char *const texts[] = {
#define X(choice, text) [CHOICE_##choice] = text,
		CHOICES(X)
#undef X
	};
	return texts[choice];
}

static void make_default(struct session *session, const struct runtime *runtime, enum choice choice)
{
	session->runtime = runtime;
	session->choice = choice;
	endpoint_name(runtime->name, &runtime_arguments(runtime)->always, session->endpoint);
	seen_choose_runtime(session->table, runtime);
}

static void note_silent(struct session *session, const struct runtime *runtime)
{
	size_t len = strlen(session->silent);
	snprintf(session->silent + len, sizeof session->silent - len, "%s%s", len ? ", " : "", runtime->name);
}

static int none_installed(struct error *err)
{
	return error_set(err, ERROR_NO_PROGRAM, "none of docker, nerdctl and podman is installed; install one, for instance docker.io");
}

/* The first that answers. Asking takes a process each, so a machine with one installed is not asked. */
static int choose(struct session *session, struct error *err)
{
	const struct runtime *installed[RUNTIMES_MAX];
	size_t nr = 0, first = 0;
	for (const struct runtime *const *runtime = runtimes; *runtime; runtime++)
		if (program_installed((*runtime)->program))
			installed[nr++] = *runtime;
	if (nr == 0)
		return none_installed(err);
	while (nr > 1 && first < nr && !answers(installed[first], session))
		note_silent(session, installed[first++]);
	if (first == nr)
		make_default(session, installed[0], CHOICE_SILENT);
	else
		make_default(session, installed[first], nr > 1 ? CHOICE_ANSWERS : CHOICE_ONLY);
	return 0;
}

static int choose_named(struct session *session, struct error *err)
{
	static const enum choice choices[] = { [ORIGIN_CONFIG] = CHOICE_CONFIG, [ORIGIN_VARIABLE] = CHOICE_VARIABLE,
					       [ORIGIN_LINE] = CHOICE_OPTION,   [ORIGIN_SET] = CHOICE_USE };
	enum choice choice = choices[session->settings.runtime_by];
	const struct runtime *runtime = runtime_find(session->settings.runtime, err);
	if (!runtime)
		return error_wrap(err, "%s", choice_text(choice));
	make_default(session, runtime, choice);
	return 0;
}

const struct runtime *session_runtime(struct session *session, struct error *err)
{
	if (session->instead)
		return session->instead;
	if (session->runtime)
		return session->runtime;
	int failed = session->settings.runtime ? choose_named(session, err) : choose(session, err);
	return failed ? NULL : session->runtime;
}

const struct runtime *session_turn_to(struct session *session, const struct runtime *instead)
{
	const struct runtime *before = session->instead;
	session->instead = instead;
	return before;
}

static int act_with(struct session *session, const struct runtime *runtime, session_fn *act, void *arg, struct error *err)
{
	const struct runtime *before = session_turn_to(session, runtime);
	int failed = act(session, arg, err);
	session_turn_to(session, before);
	return failed;
}

int session_each_runtime(struct session *session, bool all, session_fn *act, void *arg, struct error *err)
{
	const struct runtime *present = session_runtime(session, err);
	struct error failures[RUNTIMES_MAX] = { 0 };
	size_t nr = 0, well = 0;
	if (!present)
		return -1;
	if (!all)
		return act_with(session, present, act, arg, err);
	for (const struct runtime *const *runtime = runtimes; *runtime; runtime++) {
		if (!program_installed((*runtime)->program))
			continue;
		if (act_with(session, *runtime, act, arg, &failures[nr]) == 0)
			well++;
		else if (failures[nr++].kind == ERROR_CANCELLED)
			break;
	}
	if (!nr && !well)
		return none_installed(err);
	if (nr && (!well || failures[nr - 1].kind == ERROR_CANCELLED)) {
		*err = failures[well ? nr - 1 : 0];
		return -1;
	}
	for (size_t i = 0; i < nr && !session->beside; i++)
		output_warning("%s", failures[i].text);
	if (nr && session->beside)
		session->warned = failures[0];
	return 0;
}

int session_use(struct session *session, const char *name, struct error *err)
{
	const struct runtime *runtime = runtime_find(name, err);
	if (!runtime)
		return -1;
	if (!program_installed(runtime->program))
		return error_set(err, ERROR_NO_PROGRAM, "%s: not found in PATH; is it installed?", runtime->program);
	make_default(session, runtime, CHOICE_USE);
	settings_set(session->sources, setting_option("runtime", err), name);
	take_settings(session);
	return 0;
}

int session_set(struct session *session, const struct option *option, const char *value, struct error *err)
{
	const struct setting before = setting_find(session->sources, option);
	if (option->scope == SCOPE_START)
		return error_set(err, ERROR_USAGE, "%s can be set only at the start: purser --%s=…, or a line in %s", option->name, option->name,
				 *session->sources->config->path ? session->sources->config->path : "the config file");
	if (option->scope == SCOPE_LOCK && before.value && !strcmp(before.value, "true") && strcmp(value, "true") != 0)
		return error_set(err, ERROR_USAGE, "%s stays on until purser ends", option->name);
	if (!strcmp(option->name, "runtime"))
		return session_use(session, value, err);
	settings_set(session->sources, option, value);
	take_settings(session);
	return 0;
}

int session_may_change(const struct session *session, struct error *err)
{
	SCOPED(buf_release) struct buf origin = BUF_INIT(PATH_MAX + 32);
	struct error ignored;
	if (!session->settings.readonly)
		return 0;
	const struct setting readonly = setting_find(session->sources, setting_option("readonly", &ignored));
	setting_show_origin(session->sources, &readonly, &origin);
	error_set(err, ERROR_READONLY, "refused: this purser only looks, and that may change what the engine has");
	return error_hint(err, "a purser without --readonly does it; here it is on by: %s", buf_text(&origin));
}

/* ---- the log directory and the collector ---- */

int session_log_directory(const struct session *session, struct buf *path, struct error *err)
{
	const char *given = session->settings.log_dir;
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	if (given)
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
	if (session_log_directory(session, &path, err) < 0)
		return -1;
	return store_open(&session->store, buf_text(&path), &session->settings.keeping, err);
}

static void start_collector(struct session *session)
{
	struct collecting how = { .prompt = session->interactive, .reads_engine_files = session->settings.read_engine_files,
				  .readonly = session->settings.readonly };
	struct error err = { 0 };
	char why[256];
	session->collector_tried = true;
	session_announce(session);
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

/* A program that is ended, or that dies, leaves the terminal as it had it. */
static void mend_terminal(const struct termios *before)
{
	struct termios now;
	if (tcgetattr(STDIN_FILENO, &now) == 0 && (now.c_iflag != before->c_iflag || now.c_oflag != before->c_oflag || now.c_lflag != before->c_lflag))
		tcsetattr(STDIN_FILENO, TCSADRAIN, before);
}

static int run_request(struct session *session, const struct runtime *runtime, const struct action *action,
		       const struct request *request, struct result *out, struct error *err)
{
	struct reply reply;
	struct termios before;
	/* An attached container gets the Ctrl-C, if it is to, from its CLI. */
	bool terminal = request->io == REQUEST_TERMINAL || action->verb == VERB_ATTACH || action->verb == VERB_START_ATTACHED;
	bool mends = terminal && tcgetattr(STDIN_FILENO, &before) == 0;
	if (terminal)
		output_flush();
	int failed = request_run_beside(request, terminal ? session_end_fd(session) : session_cancel_fd(session),
					session->beside, &reply, err);
	if (mends && failed)
		mend_terminal(&before);
	if (terminal && !(failed && err->kind == ERROR_CANCELLED))
		session_take_stop(session); /* the Ctrl-C typed meanwhile were the program's */
	if (!failed && (terminal || request->sink) && reply.status != 0 && !reply.err.len) { /* it has said so itself */
		failed = error_set(err, ERROR_STATUS, "exit status %d", reply.status);
		err->detail = reply.status;
	}
	if (!failed)
		failed = runtime->decode(runtime, action, &reply, out, err);
	reply_release(&reply);
	return failed;
}

int session_perform(struct session *session, const struct action *action, struct result *out, struct error *err)
{
	return session_perform_to(session, action, NULL, NULL, out, err);
}

/* What a program would write to the terminal. */
static int print(void *arg UNUSED, enum request_stream stream, const char *bytes, size_t len, struct error *err)
{
	return output_foreign(stream == REQUEST_ERR, bytes, len) ? 0 : output_failed(err);
}

int session_compose(struct session *session, const struct runtime *runtime, const struct action *action, struct request *request,
		    struct error *err)
{
	if (verb_changes(action->verb) == CHANGES_THERE && session_may_change(session, err) < 0)
		return -1;
	if (runtime->compose(runtime, action, request, err) < 0)
		return -1;
	if (session->patience_ms)
		request->timeout_ms = session->patience_ms;
	request->no_input = session->captured || (session->reads_commands && !session->interactive);
	if (request->no_input && action->verb == VERB_START_ATTACHED)
		request->takes_input = false; /* the script's next lines are not for it */
	request->ends_by_kill |=
		session->beside && !verb_changes(action->verb); /* who looks on does not wait for its end */
	return 0;
}

static int ask_once(struct session *session, const struct runtime *runtime, const struct action *action, request_sink *sink, void *arg,
		    struct result *out, struct error *err)
{
	struct request request;
	*out = (struct result){ 0 };
	request_init(&request);
	int failed = session_compose(session, runtime, action, &request, err);
	if (!sink && session->captured && request.io == REQUEST_TERMINAL)
		sink = print;
	if (sink) {
		if (request.io == REQUEST_TERMINAL)
			request.io = REQUEST_RECORDS;
		request.sink = sink;
		request.sink_arg = arg;
	}
	if (!failed && session->settings.dry_run) {
		print_request(&request);
		if (!verb_changes(action->verb))
			failed = run_request(session, runtime, action, &request, out, err);
	} else if (!failed) {
		failed = run_request(session, runtime, action, &request, out, err);
	}
	request_release(&request);
	return failed;
}

/* What completion knows of may be other things now; of containers the engine's events tell. */
static void note_change(struct session *session, const struct runtime *runtime, enum verb verb)
{
	static const struct {
		enum verb verb;
		enum seen_kind kind;
	} changes[] = {
		{ VERB_PULL, SEEN_IMAGES },      { VERB_TAG, SEEN_IMAGES },    { VERB_IMAGE_REMOVE, SEEN_IMAGES },
		{ VERB_LOAD, SEEN_IMAGES },      { VERB_IMPORT, SEEN_IMAGES }, { VERB_BUILD, SEEN_IMAGES },
		{ VERB_COMMIT, SEEN_IMAGES },    { VERB_CREATE, SEEN_IMAGES }, { VERB_CREATE, SEEN_VOLUMES },
		{ VERB_REMOVE, SEEN_VOLUMES },   { VERB_NETWORK_CREATE, SEEN_NETWORKS }, { VERB_NETWORK_REMOVE, SEEN_NETWORKS },
		{ VERB_VOLUME_CREATE, SEEN_VOLUMES }, { VERB_VOLUME_REMOVE, SEEN_VOLUMES }, { VERB_THROUGH, SEEN_IMAGES },
		{ VERB_THROUGH, SEEN_NETWORKS }, { VERB_THROUGH, SEEN_VOLUMES },
	};
	for (size_t i = 0; session->interactive && i < ARRAY_LEN(changes); i++)
		if (changes[i].verb == verb)
			seen_ask_anew(session->table, runtime, changes[i].kind);
}

int session_perform_to(struct session *session, const struct action *action, request_sink *sink, void *arg, struct result *out,
		       struct error *err)
{
	const struct runtime *runtime = session_runtime(session, err);
	struct error ignored;
	if (!runtime)
		return -1;
	int failed = ask_once(session, runtime, action, sink, arg, out, err);
	if (failed && runtime_wants_unpaused(runtime, action, err) &&
	    session_act(session, VERB_UNPAUSE, action->targets.items[0], NULL, &ignored) == 0)
		failed = ask_once(session, runtime, action, sink, arg, out, err);
	note_change(session, runtime, action->verb);
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
	SCOPED(strvec_release) struct strvec lines = STRVEC_INIT;
	if (session->interactive)
		return;
	tracked_take_notices(session->table, SIZE_MAX, &lines);
	for (size_t i = 0; i < lines.nr; i++)
		output_warning("%s", lines.items[i]);
}

void session_announce(const struct session *session)
{
	static const enum announcing what[] = { [NOTIFY_ALL] = ANNOUNCE_ALL, [NOTIFY_MINE] = ANNOUNCE_MINE, [NOTIFY_OFF] = ANNOUNCE_NOTHING };
	if (session->interactive)
		tracked_announce(session->table, what[session->settings.notify]);
}

int session_wait_news(struct session *session, int timeout_ms, struct error *err)
{
	const struct beside *beside = session->beside;
	int bell = tracked_news_bell(session->table);
	struct pollfd fds[] = { { .fd = bell, .events = POLLIN },
				{ .fd = session_cancel_fd(session), .events = POLLIN },
				{ .fd = beside ? beside->fds[0] : -1, .events = POLLIN },
				{ .fd = beside ? beside->fds[1] : -1, .events = POLLIN } };
	poll(fds, ARRAY_LEN(fds), beside && (unsigned)beside->every_ms < (unsigned)timeout_ms ? beside->every_ms : timeout_ms);
	session_tell_news(session);
	if (fds[1].revents || (beside && beside->serve(beside->arg, NULL)))
		return error_set(err, ERROR_CANCELLED, "cancelled");
	bell_clear(bell);
	return 0;
}

void session_track(struct session *session, const char *id, const char *name, bool remove)
{
	struct store_entry entry = { .remove = remove };
	struct error err;
	const struct runtime *runtime = session_runtime(session, &err);
	if (!runtime || !session_collect(session))
		return;
	snprintf(entry.id, sizeof entry.id, "%s", id);
	snprintf(entry.name, sizeof entry.name, "%s", *name ? name : id);
	snprintf(entry.runtime, sizeof entry.runtime, "%s", runtime->name);
	if (store_put(&session->store, &entry, &err) < 0)
		output_warning("%s is collected now, but will not be known to the next purser: %s", entry.name, err.text);
	tracked_add(session->table, runtime, &entry);
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

bool session_find_tracked(struct session *session, const struct runtime *runtime, const char *name, struct tracked *out)
{
	struct tracked *entries;
	size_t nr = tracked_all(session->table, &entries), len = strlen(name);
	bool is_id = len >= 4 && strspn(name, "0123456789abcdef") == len, found = false;

	for (size_t pass = 0; pass < 2 && !found; pass++) /* a name counts before the beginning of an id */
		for (size_t i = 0; i < nr && !found; i++) {
			bool fits = pass ? is_id && !strncmp(entries[i].id, name, len) : !strcmp(entries[i].name, name);
			found = fits && (!runtime || entries[i].runtime == runtime) && entries[i].phase != PHASE_GONE;
			if (found)
				*out = entries[i];
		}
	free(entries);
	return found;
}

bool session_wants_json(const struct session *session, const struct invocation *call)
{
	const char *format = invocation_value(call, "format");
	return format ? !strcmp(format, "json") || !strcmp(format, "{{json .}}") : session->settings.json;
}

int session_check_input(const struct session *session, const char *instead, struct error *err)
{
	if (session->reads_commands)
		return error_set(err, ERROR_USAGE, "standard input is where the commands come from: %s", instead);
	if (isatty(STDIN_FILENO))
		return error_set(err, ERROR_USAGE, "nothing is read from a terminal: %s", instead);
	return 0;
}

int session_pause(const struct session *session, int ms)
{
	return wait_beside(ms, session_cancel_fd(session), session->beside);
}

/* ---- asking ---- */

/*
 * One line, byte by byte: behind it may stand more that was pasted, and is for the prompt. Not by stdio, which would keep an end of input for
 * ever. What ends with CR came before the terminal echoed. 0: none, -1: cancelled.
 */
static int read_answer(const struct session *session, char *answer, size_t size)
{
	struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = session_cancel_fd(session), .events = POLLIN } };
	size_t len = 0;
	char byte = 0;
	for (;;) {
		poll(fds, ARRAY_LEN(fds), -1);
		if (fds[1].revents || read(STDIN_FILENO, &byte, 1) <= 0) {
			puts("");
			return fds[1].revents ? -1 : 0;
		}
		if (byte == '\n' || byte == '\r')
			break;
		if (len + 1 < size)
			answer[len++] = byte;
	}
	if (byte == '\r')
		output_line("%s", answer);
	return 1;
}

int session_confirm(struct session *session, const char *question, struct error *err)
{
	char answer[256] = "";
	if (session->settings.yes || session->settings.dry_run)
		return 1;
	if (!session->interactive)
		return error_set(err, ERROR_USAGE, "%s: say yes with --yes (-y) before the command", question);
	output_question(question);
	int answered = read_answer(session, answer, sizeof answer);
	if (answered < 0)
		return error_set(err, ERROR_CANCELLED, "cancelled");
	return answered && (*answer == 'y' || *answer == 'Y');
}
