/* Actions → what docker, nerdctl and podman are asked: one grammar. What differs between them is data, in their dialects. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "runtime/api.h"
#include "runtime/dialect.h"
#include "runtime/journald.h"
#include "base/banned.h"

#define WINDOW_STALLS_MS 10000
#define GRACE_MAX_S 2000000 /* 23 days: for as long a request is waited for */

/* What each verb is called, and how long it may take. */
static const struct {
	const char *words[6];
	enum request_io io;
	int timeout_s; /* 0: no deadline */
	bool says;     /* what it prints is the result, as it is */
} verbs[] = {
	[VERB_VERSION] = { { "version", "--format", "{{json .}}" }, REQUEST_CAPTURE, 5 },
	[VERB_IDENTITY] = { { NULL }, REQUEST_CAPTURE, 15 }, /* the dialect says how */
	[VERB_INFO] = { { "info", "--format", "{{json .}}" }, REQUEST_CAPTURE, 5 },
	[VERB_CLIENT] = { { "--version" }, REQUEST_CAPTURE, 5 },
	[VERB_LIST] = { { "ps", "--no-trunc" }, REQUEST_CAPTURE, 15 },
	[VERB_IMAGES] = { { "images", "--no-trunc" }, REQUEST_CAPTURE, 15 },
	[VERB_INSPECT] = { { "container", "inspect" }, REQUEST_CAPTURE, 15 },
	[VERB_CREATE] = { { "create" }, REQUEST_CAPTURE, 0 }, /* may pull an image */
	[VERB_START] = { { "start" }, REQUEST_CAPTURE, 60 },
	[VERB_START_ATTACHED] = { { "start" }, REQUEST_TERMINAL, 0 },
	[VERB_STOP] = { { "stop" }, REQUEST_CAPTURE, 30 },
	[VERB_RESTART] = { { "restart" }, REQUEST_CAPTURE, 60 },
	[VERB_KILL] = { { "kill" }, REQUEST_CAPTURE, 30 },
	[VERB_PAUSE] = { { "pause" }, REQUEST_CAPTURE, 30 },
	[VERB_UNPAUSE] = { { "unpause" }, REQUEST_CAPTURE, 30 },
	[VERB_RENAME] = { { "rename" }, REQUEST_CAPTURE, 30 },
	[VERB_UPDATE] = { { "update" }, REQUEST_CAPTURE, 30 },
	[VERB_WAIT] = { { "wait" }, REQUEST_CAPTURE, 0 },
	[VERB_REMOVE] = { { "rm" }, REQUEST_CAPTURE, 60, .says = true },
	[VERB_EXEC] = { { "exec" }, REQUEST_RECORDS, 0 },
	[VERB_LIST_FILES] = { { "exec" }, REQUEST_CAPTURE, 5, .says = true },
	[VERB_ATTACH] = { { "attach" }, REQUEST_TERMINAL, 0 },
	[VERB_COPY] = { { "cp" }, REQUEST_CAPTURE, 0 },
	[VERB_COPY_OUT] = { { "cp" }, REQUEST_CAPTURE, 0 },
	[VERB_EXPORT] = { { "export" }, REQUEST_STREAM, 0 },
	[VERB_COMMIT] = { { "commit" }, REQUEST_CAPTURE, 0 },
	[VERB_DIFF] = { { "diff" }, REQUEST_CAPTURE, 60 },
	[VERB_PORT] = { { "port" }, REQUEST_CAPTURE, 15, .says = true },
	[VERB_TOP] = { { "top" }, REQUEST_CAPTURE, 15, .says = true },
	[VERB_INSPECT_RAW] = { { "container", "inspect" }, REQUEST_CAPTURE, 15, .says = true },
	[VERB_STATS] = { { "stats", "--no-stream", "--no-trunc", "--format", "{{json .}}" }, REQUEST_CAPTURE, 30 },
	[VERB_HEALTH] = { { "healthcheck", "run" }, REQUEST_CAPTURE, 120 },
	[VERB_PULL] = { { "pull" }, REQUEST_CAPTURE, 0, .says = true },
	[VERB_PUSH] = { { "push" }, REQUEST_CAPTURE, 0, .says = true },
	[VERB_TAG] = { { "tag" }, REQUEST_CAPTURE, 15 },
	[VERB_IMAGE_REMOVE] = { { "rmi" }, REQUEST_CAPTURE, 60, .says = true },
	[VERB_IMAGE_INSPECT] = { { "image", "inspect" }, REQUEST_CAPTURE, 15, .says = true },
	[VERB_HISTORY] = { { "history", "--no-trunc" }, REQUEST_CAPTURE, 15, .says = true },
	[VERB_SAVE] = { { "save" }, REQUEST_STREAM, 0 },
	[VERB_LOAD] = { { "load" }, REQUEST_CAPTURE, 0, .says = true },
	[VERB_IMPORT] = { { "import" }, REQUEST_CAPTURE, 0, .says = true },
	[VERB_BUILD] = { { "build" }, REQUEST_STREAM, 0 },
	[VERB_NETWORKS] = { { "network", "ls" }, REQUEST_CAPTURE, 15 },
	[VERB_NETWORK_CREATE] = { { "network", "create" }, REQUEST_CAPTURE, 60, .says = true },
	[VERB_NETWORK_REMOVE] = { { "network", "rm" }, REQUEST_CAPTURE, 60 },
	[VERB_NETWORK_INSPECT] = { { "network", "inspect" }, REQUEST_CAPTURE, 15, .says = true },
	[VERB_NETWORK_CONNECT] = { { "network", "connect" }, REQUEST_CAPTURE, 60 },
	[VERB_NETWORK_DISCONNECT] = { { "network", "disconnect" }, REQUEST_CAPTURE, 60 },
	[VERB_VOLUMES] = { { "volume", "ls" }, REQUEST_CAPTURE, 15 },
	[VERB_VOLUME_CREATE] = { { "volume", "create" }, REQUEST_CAPTURE, 60, .says = true },
	[VERB_VOLUME_REMOVE] = { { "volume", "rm" }, REQUEST_CAPTURE, 60 },
	[VERB_VOLUME_INSPECT] = { { "volume", "inspect" }, REQUEST_CAPTURE, 15, .says = true },
	[VERB_THROUGH] = { { NULL }, REQUEST_TERMINAL, 0 },
	[VERB_LOGS] = { { "logs" }, REQUEST_TERMINAL, 0 },
	[VERB_WINDOW] = { { "logs", "--timestamps" }, REQUEST_RECORDS, 0 }, /* however long it takes, as long as something comes */
	[VERB_HINT] = { { NULL }, REQUEST_STREAM, 0 },
	[VERB_EVENTS] = { { "events", "--format", "{{json .}}" }, REQUEST_STREAM, 0 },
};

#define IMAGE_FORMAT                                                                                                   \
	"--format={" FIELD("Repository") "," FIELD("Tag") "," FIELD("ID") "," FIELD("CreatedAt") "," FIELD("CreatedSince") "," FIELD(  \
		"Size") "}"

bool oci_says(enum verb verb)
{
	return verbs[verb].says;
}

static void push_words(struct strvec *argv, const char *const *words)
{
	for (; *words; words++)
		strvec_push(argv, *words);
}

static void push_all(struct strvec *argv, const struct strvec *more)
{
	for (size_t i = 0; i < more->nr; i++)
		strvec_push(argv, more->items[i]);
}

/* Set before there is a second thread. */
static struct {
	char socket[ENDPOINT_MAX + 1];
	bool only;
} reach;

void runtime_reach(enum transport transport, const char *socket)
{
	snprintf(reach.socket, sizeof reach.socket, "%s", transport == TRANSPORT_CLI ? "" : socket);
	reach.only = transport == TRANSPORT_SOCKET;
}

const char *runtime_socket(const struct runtime *runtime)
{
	const struct dialect *dialect = runtime->dialect;
	return dialect->has_api ? reach.socket : "";
}

bool runtime_inspects_singly(const struct runtime *runtime)
{
	const struct dialect *dialect = runtime->dialect;
	return dialect->inspects_singly || *runtime_socket(runtime);
}

bool runtime_force_takes_users(const struct runtime *runtime)
{
	const struct dialect *dialect = runtime->dialect;
	return dialect->force_takes_users;
}

bool runtime_leaves_checks(const struct runtime *runtime)
{
	const struct dialect *dialect = runtime->dialect;
	return dialect->leaves_checks;
}

bool runtime_misjudges_usage(const struct runtime *runtime)
{
	const struct dialect *dialect = runtime->dialect;
	return dialect->misjudges;
}

bool runtime_filters_events(const struct runtime *runtime)
{
	const struct dialect *dialect = runtime->dialect;
	return *dialect->watch_options;
}

const char *runtime_familiar_image(const struct runtime *runtime, const char *name)
{
	return oci_familiar_image(runtime->dialect, name);
}

bool runtime_attaches_pipes(const struct runtime *runtime)
{
	const struct dialect *dialect = runtime->dialect;
	return !dialect->attaches_terminals;
}

static void compose_http(const struct runtime *self, const struct action *action, struct http *http)
{
	const char *socket = runtime_socket(self);
	if (!*socket || !api_target(action, &http->target))
		return;
	http->socket = socket;
	http->mark = "Api-Version";
	http->program_stands_in = !reach.only && verbs[action->verb].words[0];
}

static void push_events(struct strvec *argv, const struct dialect *dialect, const struct action *action)
{
	int64_t since = action->since, oldest = action->until - dialect->events_reach_s;
	push_words(argv, action->whole_life ? dialect->watch_options : dialect->event_options);
	if (dialect->events_reach_s == EVENTS_LIVE)
		return;
	if (dialect->events_reach_s != EVENTS_ALL && !action->whole_life && action->until > 0 && since > 0 && since < oldest)
		since = oldest;
	if (since > 0)
		strvec_pushf(argv, "--since=%lld", (long long)since);
	if (action->is_past && dialect->only_past)
		strvec_push(argv, dialect->only_past);
	else if (action->until > 0)
		strvec_pushf(argv, "--until=%lld", (long long)action->until);
}

static bool takes_grace(enum verb verb)
{
	return verb == VERB_STOP || verb == VERB_RESTART;
}

/* --time in docker before 28, --timeout since: the letter is what all have. */
static void push_grace(struct strvec *argv, const struct dialect *dialect, int grace_s)
{
	strvec_push(argv, "-t");
	if (grace_s < 0)
		strvec_push(argv, dialect->grace_without_end);
	else
		strvec_pushf(argv, "%d", grace_s);
}

static bool has_word(const struct strvec *words, size_t at, const char *word)
{
	return words->nr > at && !strcmp(words->items[at], word);
}

/* With the terminal, with what is read and written here passed through, or neither. */
static void compose_exec(const struct action *action, struct request *request)
{
	bool interactive = strvec_has(&action->options, "--interactive");
	if (strvec_has(&action->options, "--detach"))
		request->io = REQUEST_CAPTURE;
	else if (strvec_has(&action->options, "--tty"))
		request->io = REQUEST_TERMINAL;
	else if (interactive)
		request->takes_input = true;
	request->foreground = request->takes_input;
	request->keeps_words = request->io == REQUEST_TERMINAL;
	request->ends_by_kill = true;
}

static void compose_attach(const struct action *action, struct request *request)
{
	bool starts = action->verb == VERB_START_ATTACHED;
	request->takes_input = starts ? strvec_has(&action->options, "--interactive") : !strvec_has(&action->options, "--no-stdin");
	request->foreground = request->keeps_words = request->ends_by_kill = true;
}

/* The source of `cp` is to mean the one file of that name, and nothing else. */
static int check_source(const struct runtime *self, const char *word, struct error *err)
{
	const struct dialect *dialect = self->dialect;
	const char *colon = *word == '/' || *word == '.' ? NULL : strchr(word, ':'), *slash = strrchr(word, '/');
	const char *name = slash ? slash + 1 : colon ? colon + 1 : word;
	if (dialect->copies_by_tar && *name == '-' && name[1])
		return error_set(err, ERROR_UNSUPPORTED, "%s cannot copy '%s': its name begins with -", self->name, name);
	if (dialect->copies_patterns && strpbrk(word, "*?[\\"))
		return error_set(err, ERROR_UNSUPPORTED, "%s cannot copy '%s': it takes *, ?, [ and \\ for a pattern", self->name,
				 colon ? colon + 1 : word);
	return 0;
}

/* Of `cp SRC DST` either may be - for a tar. */
static int compose_copy(const struct runtime *self, const struct action *action, struct request *request, struct error *err)
{
	const struct dialect *dialect = self->dialect;
	if (action->words.nr && check_source(self, action->words.items[0], err) < 0)
		return -1;
	bool in = has_word(&action->words, 0, "-"), out = has_word(&action->words, 1, "-");
	if ((in || out) && dialect->copies_no_tar)
		return error_set(err, ERROR_UNSUPPORTED, "%s cannot copy from or to a tar (-)", self->name);
	if (in) {
		request->takes_input = true;
		request->foreground = true;
	}
	if (out)
		request->io = REQUEST_STREAM;
	return 0;
}

/* What docker does without being told. */
static int push_commit(struct strvec *argv, const struct runtime *self, const struct action *action, struct error *err)
{
	const struct dialect *dialect = self->dialect;
	if (dialect->commits_by_name && !action->words.nr)
		return error_set(err, ERROR_UNSUPPORTED, "%s makes no image without a name: give IMAGE", self->name);
	if (dialect->commit_options)
		push_words(argv, dialect->commit_options);
	return 0;
}

int oci_compose(const struct runtime *self, const struct action *action, struct request *request, struct error *err)
{
	const struct dialect *dialect = self->dialect;
	int grace_s = action->grace_s == GRACE_OWN ? 10 : action->grace_s;
	bool copies = action->verb == VERB_COPY || action->verb == VERB_COPY_OUT;
	struct strvec *argv = &request->argv;

	if (action->verb == VERB_WINDOW && action->window == WINDOW_JOURNAL) {
		journald_compose(action, request);
		request->stall_ms = WINDOW_STALLS_MS;
		return 0;
	}
	compose_http(self, action, &request->http);
	if (action->verb == VERB_HINT && !request->http.socket)
		return error_set(err, ERROR_UNSUPPORTED, "%s has no socket to be told over", self->name);
	strvec_push(argv, self->program);
	push_all(argv, &runtime_arguments(self)->always);
	for (size_t i = 0; i < ARRAY_LEN(verbs[0].words) && verbs[action->verb].words[i]; i++)
		strvec_push(argv, verbs[action->verb].words[i]);
	if (action->verb == VERB_IDENTITY)
		push_words(argv, dialect->identity);
	if (action->verb == VERB_CREATE)
		push_all(argv, &runtime_arguments(self)->create);
	if (action->verb == VERB_LIST)
		strvec_push(argv, dialect->container_format);
	if (action->verb == VERB_IMAGES)
		strvec_push(argv, IMAGE_FORMAT);
	if (action->verb == VERB_HISTORY)
		strvec_push(argv, dialect->history_format);
	if (action->verb == VERB_SAVE && action->targets.nr > 1 && dialect->save_several)
		strvec_push(argv, dialect->save_several);
	if (action->verb == VERB_NETWORKS)
		push_words(argv, dialect->network_rows);
	if (action->verb == VERB_VOLUMES)
		push_words(argv, dialect->volume_rows);
	if (action->verb == VERB_EVENTS)
		push_events(argv, dialect, action);
	if (action->verb == VERB_WINDOW && action->since > 0)
		strvec_pushf(argv, "--since=%lld", (long long)action->since); /* whole unix seconds: the one spelling all read alike */
	if (action->verb == VERB_WINDOW && action->tail != TAIL_ALL && !dialect->tail_spoils)
		strvec_pushf(argv, "--tail=%lld", (long long)action->tail);
	if (takes_grace(action->verb) && action->grace_s != GRACE_OWN)
		push_grace(argv, dialect, grace_s);
	if (action->verb == VERB_REMOVE && dialect->force_at_once && strvec_has(&action->options, "--force"))
		strvec_push(argv, dialect->force_at_once);
	if (action->verb == VERB_COMMIT && push_commit(argv, self, action, err) < 0)
		return -1;
	if (copies && dialect->copy_as_it_is && !strvec_has(&action->options, "--archive"))
		strvec_push(argv, dialect->copy_as_it_is);
	for (size_t i = 0; i < action->options.nr; i++)
		if (!copies || !dialect->follows_links || strcmp(action->options.items[i], dialect->follows_links) != 0)
			strvec_push(argv, action->options.items[i]);
	push_all(argv, &action->targets);
	push_all(argv, &action->words);

	request->io = verbs[action->verb].io;
	if (action->verb == VERB_EXEC)
		compose_exec(action, request);
	if (action->verb == VERB_LIST_FILES)
		request->ends_by_kill = true;
	if (action->verb == VERB_ATTACH || action->verb == VERB_START_ATTACHED)
		compose_attach(action, request);
	if (copies && compose_copy(self, action, request, err) < 0)
		return -1;
	if (action->verb == VERB_WINDOW && action->window == WINDOW_TERMINAL)
		request->io = REQUEST_STREAM; /* raw text, of one stream */
	if (action->on_terminal)
		request->io = REQUEST_TERMINAL;
	request->takes_input |= action->takes_input;
	request->timeout_ms = verbs[action->verb].timeout_s * 1000;
	request->stall_ms = action->verb == VERB_WINDOW ? WINDOW_STALLS_MS : 0;
	if (action->verb == VERB_WAIT)
		request->timeout_ms = action->within_ms;
	if (takes_grace(action->verb))
		request->timeout_ms = grace_s < 0 ? 0 : request->timeout_ms + (grace_s < GRACE_MAX_S ? grace_s : GRACE_MAX_S) * 1000;
	return 0;
}
