/* docker, nerdctl and podman: one grammar. What differs between them is data, in their rows at the end. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/json.h"
#include "runtime/api.h"
#include "runtime/runtime.h"
#include "base/banned.h"

/*
 * Rows are asked for field by field: `--format json` is not known to docker before 23, and `{{json .}}` makes docker measure every
 * container's size.
 */
struct dialect {
	const char *const *container_fields; /* of `ps`; each is a template field and the key we give it */
	const char *const *image_fields;
	const char *const *event_options;    /* only what changes a container's life: health checks alone make many others */
	bool has_identity;                   /* its engine has an id */
	bool has_api;                        /* its engine speaks docker's, with times of nanoseconds */
};

#define WINDOW_STALLS_MS 10000

/* What each verb is called, and how long it may take. */
static const struct {
	const char *words[6];
	enum request_io io;
	int timeout_s; /* 0: no deadline */
} verbs[] = {
	[VERB_VERSION] = { { "version", "--format", "{{json .}}" }, REQUEST_CAPTURE, 5 },
	[VERB_IDENTITY] = { { "info", "--format", "{{.ID}}" }, REQUEST_CAPTURE, 15 },
	[VERB_LIST] = { { "ps", "--no-trunc" }, REQUEST_CAPTURE, 15 },
	[VERB_IMAGES] = { { "images", "--no-trunc" }, REQUEST_CAPTURE, 15 },
	[VERB_INSPECT] = { { "container", "inspect" }, REQUEST_CAPTURE, 15 },
	[VERB_CREATE] = { { "create" }, REQUEST_CAPTURE, 0 }, /* may pull an image */
	[VERB_START] = { { "start" }, REQUEST_CAPTURE, 60 },
	[VERB_ATTACH] = { { "start", "--attach", "--interactive" }, REQUEST_TERMINAL, 0 },
	[VERB_STOP] = { { "stop" }, REQUEST_CAPTURE, 30 },
	[VERB_RESTART] = { { "restart" }, REQUEST_CAPTURE, 60 },
	[VERB_KILL] = { { "kill" }, REQUEST_CAPTURE, 30 },
	[VERB_REMOVE] = { { "rm" }, REQUEST_CAPTURE, 60 },
	[VERB_LOGS] = { { "logs" }, REQUEST_TERMINAL, 0 },
	[VERB_WINDOW] = { { "logs", "--timestamps" }, REQUEST_RECORDS, 0 }, /* however long it takes, as long as something comes */
	[VERB_HINT] = { { NULL }, REQUEST_STREAM, 0 },
	[VERB_EVENTS] = { { "events", "--format", "{{json .}}" }, REQUEST_STREAM, 0 },
};

static void push_template(struct strvec *argv, const char *const *fields)
{
	struct buf text = BUF_INIT(4096);
	for (const char *const *field = fields; *field; field++)
		buf_printf(&text, "%s\"%s\":{{json .%s}}", field == fields ? "{" : ",", *field, *field);
	strvec_pushf(argv, "--format=%s}", buf_text(&text));
	buf_release(&text);
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

static void compose_http(const struct runtime *self, const struct action *action, struct http *http)
{
	const char *socket = runtime_socket(self);
	if (!*socket || !api_target(action, &http->target))
		return;
	http->socket = socket;
	http->mark = "Api-Version";
	http->program_stands_in = !reach.only && verbs[action->verb].words[0];
}

static int compose(const struct runtime *self, const struct action *action, struct request *request, struct error *err)
{
	const struct dialect *dialect = self->dialect;
	struct strvec *argv = &request->argv;

	compose_http(self, action, &request->http);
	if (action->verb == VERB_HINT && !request->http.socket)
		return error_set(err, ERROR_UNSUPPORTED, "%s has no socket to be told over", self->name);
	if (action->verb == VERB_IDENTITY && !dialect->has_identity)
		return error_set(err, ERROR_UNSUPPORTED, "%s has no id of its engine", self->name);
	strvec_push(argv, self->program);
	for (size_t i = 0; i < ARRAY_LEN(verbs[0].words) && verbs[action->verb].words[i]; i++)
		strvec_push(argv, verbs[action->verb].words[i]);
	if (action->verb == VERB_LIST)
		push_template(argv, dialect->container_fields);
	if (action->verb == VERB_IMAGES)
		push_template(argv, dialect->image_fields);
	for (size_t i = 0; action->verb == VERB_EVENTS && dialect->event_options[i]; i++)
		strvec_push(argv, dialect->event_options[i]);
	if (action->verb == VERB_EVENTS && action->since > 0)
		strvec_pushf(argv, "--since=%lld", (long long)action->since);
	if (action->verb == VERB_EVENTS && action->until > 0)
		strvec_pushf(argv, "--until=%lld", (long long)action->until);
	if (action->verb == VERB_WINDOW && action->since > 0)
		strvec_pushf(argv, "--since=%lld", (long long)action->since); /* whole unix seconds: the one spelling all read alike */
	if (action->verb == VERB_WINDOW && action->tail != TAIL_ALL)
		strvec_pushf(argv, "--tail=%lld", (long long)action->tail);
	push_all(argv, &action->options);
	push_all(argv, &action->targets);
	push_all(argv, &action->words);

	request->io = verbs[action->verb].io;
	if (action->verb == VERB_WINDOW && action->tty)
		request->io = REQUEST_STREAM; /* raw text, of one stream */
	request->timeout_ms = verbs[action->verb].timeout_s * 1000;
	request->stall_ms = action->verb == VERB_WINDOW ? WINDOW_STALLS_MS : 0;
	if (action->verb == VERB_STOP || action->verb == VERB_RESTART)
		request->timeout_ms = action->grace_s < 0 ? 0 : request->timeout_ms + action->grace_s * 1000;
	return 0;
}

/* The engine's own words, without the advice its CLI adds. */
static void engine_words(const struct reply *reply, char *text, size_t size)
{
	SCOPED(buf_release) struct buf refusal = BUF_INIT(REQUEST_ERRORS_MAX);
	const struct buf *from = reply->err.len ? &reply->err : &reply->out;
	struct buf words = BUF_INIT(4096);
	if (reply->code >= 300) {
		api_refusal(buf_text(from), from->len, &refusal);
		from = &refusal;
	}
	const char *line = buf_text(from);

	while (*line) {
		size_t len = strcspn(line, "\n");
		if (len && strncmp(line, "See '", 5) != 0 && strncmp(line, "Run '", 5) != 0)
			buf_printf(&words, "%s%.*s", words.len ? " " : "", (int)(len < 1000 ? len : 1000), line);
		line += len + (line[len] == '\n');
	}
	snprintf(text, size, "%s", words.len ? buf_text(&words) : "it said nothing");
	buf_release(&words);
}

static bool says(const char *text, const char *const *phrases)
{
	for (; *phrases; phrases++)
		if (strcasestr(text, *phrases))
			return true;
	return false;
}

/* A verb's refusals can only be told apart by their text: exit statuses differ by verb, runtime and version. */
static int refused(const struct runtime *self, const struct reply *reply, struct error *err)
{
	static const char *const missing[] = { "no such container", "no such object", "no such image", "no container with name",
					       "image not known", "unable to find image", NULL };
	static const char *const denied[] = { "permission denied while trying to connect", "dial unix", NULL };
	static const char *const unreachable[] = { "cannot connect to", "is the docker daemon running", "connection refused",
						   "unable to connect", "cannot access containerd socket", NULL };
	static const char *const broken_off[] = { "error during connect", NULL };
	char text[4096]; /* warnings may come first: what is looked for can be far behind */
	engine_words(reply, text, sizeof text);
	if (reply->code == 404 || says(text, missing))
		return error_set(err, ERROR_NOT_FOUND, "%s", text);
	if (says(text, unreachable) || (says(text, broken_off) && !says(text, denied)))
		return error_set(err, ERROR_RUNTIME, "%s does not answer: %s (is its engine started?)", self->name, text);
	if (says(text, denied))
		return error_set(err, ERROR_RUNTIME, "%s: %s (join the group that owns the socket, or use sudo)", self->name, text);
	return error_set(err, ERROR_FAILED, "%s", text);
}

/* Engines say it in `State`; where a runtime has no such field its `Status` begins with the word: "Exited (0) …". */
static enum container_state row_state(const char *state, const char *status)
{
	char word[32];
	if (*state)
		return container_state_parse(state);
	snprintf(word, sizeof word, "%.*s", (int)strcspn(status, " "), status);
	return container_state_parse(word);
}

static void decode_container(const struct json *row, struct arena *arena, struct container *out)
{
	*out = (struct container){
		.id = json_text(row, "ID", arena),
		.name = container_own_name(json_text(row, "Names", arena), arena),
		.image = json_text(row, "Image", arena),
		.command = json_text(row, "Command", arena),
		.created_at = json_text(row, "CreatedAt", arena),
		.running_for = json_text(row, "RunningFor", arena),
		.status = json_text(row, "Status", arena),
		.ports = json_text(row, "Ports", arena),
		.labels = json_text(row, "Labels", arena),
		.mounts = json_text(row, "Mounts", arena),
		.networks = json_text(row, "Networks", arena),
	};
	out->state = row_state(json_text(row, "State", arena), out->status);
}

static void decode_image(const struct json *row, struct arena *arena, struct image *out)
{
	*out = (struct image){
		.id = json_text(row, "ID", arena),
		.repository = json_text(row, "Repository", arena),
		.tag = json_text(row, "Tag", arena),
		.created_at = json_text(row, "CreatedAt", arena),
		.created_since = json_text(row, "CreatedSince", arena),
		.size = json_text(row, "Size", arena),
	};
}

static moment decode_moment(const struct json *row, const char *path, struct arena *arena)
{
	const char *text = json_text(row, path, arena);
	moment at = 0;
	moment_scan(text, strlen(text), &at);
	return at;
}

/*
 * docker's json-file keeps all, or max-file files of max-size; its local driver 5 of 20m. When the oldest is dropped the one that
 * is written to is empty, so one less is what is surely there.
 */
static int64_t decode_kept(const struct json *row, const char *driver, struct arena *arena)
{
	bool is_local = !strcmp(driver, "local");
	int64_t size = 0;
	text_size(json_text(row, "HostConfig.LogConfig.Config.max-size", arena), 1000, &size);
	const char *files = json_text(row, "HostConfig.LogConfig.Config.max-file", arena);
	long number = *files ? strtol(files, NULL, 10) : is_local ? 5 : 1;
	if (is_local && !size)
		size = 20000000;
	if (number < 1 || number > 1000000)
		number = 1;
	return number > 1 ? size * (number - 1) : size;
}

static void decode_detail(const struct json *row, struct arena *arena, struct container_detail *out)
{
	*out = (struct container_detail){
		.id = json_text(row, "Id", arena),
		.name = container_own_name(json_text(row, "Name", arena), arena),
		.log_driver = json_text(row, "HostConfig.LogConfig.Type", arena),
		.log_path = json_text(row, "LogPath", arena),
		.error = json_text(row, "State.Error", arena),
		.log_kept = decode_kept(row, json_text(row, "HostConfig.LogConfig.Type", arena), arena),
		.state = container_state_parse(json_text(row, "State.Status", arena)),
		.exit_code = (int)json_number(row, "State.ExitCode"),
		.tty = json_bool(row, "Config.Tty"),
		.oom_killed = json_bool(row, "State.OOMKilled"),
		.created = decode_moment(row, "Created", arena),
		.started = decode_moment(row, "State.StartedAt", arena),
		.finished = decode_moment(row, "State.FinishedAt", arena),
	};
}

static bool id_valid(const char *id)
{
	return strlen(id) == CONTAINER_ID_LEN && strspn(id, "0123456789abcdef") == CONTAINER_ID_LEN;
}

static int check_id(const struct runtime *self, const char *id, struct error *err)
{
	if (id_valid(id))
		return 0;
	return error_set(err, ERROR_RUNTIME, "%s gave a container without a valid id ('%.70s')", self->name, id);
}

static int decode_containers(const struct runtime *self, const struct json_rows *rows, bool http, struct container_list *out,
			     struct error *err)
{
	moment now = moment_now();
	out->items = xcalloc(rows->nr + 1, sizeof *out->items);
	for (size_t i = 0; i < rows->nr; i++) {
		if (http)
			api_container(rows->items[i], now, &out->arena, &out->items[out->nr]);
		else
			decode_container(rows->items[i], &out->arena, &out->items[out->nr]);
		if (check_id(self, out->items[out->nr++].id, err) < 0)
			return -1;
	}
	return 0;
}

static int decode_details(const struct runtime *self, const struct json_rows *rows, struct detail_list *out, struct error *err)
{
	out->items = xcalloc(rows->nr + 1, sizeof *out->items);
	for (size_t i = 0; i < rows->nr; i++) {
		decode_detail(rows->items[i], &out->arena, &out->items[out->nr]);
		if (check_id(self, out->items[out->nr++].id, err) < 0)
			return -1;
	}
	return 0;
}

static void decode_images(const struct json_rows *rows, struct image_list *out)
{
	out->items = xcalloc(rows->nr + 1, sizeof *out->items);
	for (size_t i = 0; i < rows->nr; i++)
		decode_image(rows->items[i], &out->arena, &out->items[out->nr++]);
}

static int decode_rows(const struct runtime *self, enum verb verb, const struct reply *reply, struct result *out,
		       struct error *err)
{
	struct json_rows rows;
	if (json_parse_rows(buf_text(&reply->out), reply->out.len, &rows, err) < 0)
		return error_wrap(err, "%s printed something unreadable", self->name);
	int failed = 0;
	if (verb == VERB_LIST)
		failed = decode_containers(self, &rows, reply->code != 0, &out->containers, err);
	else if (verb == VERB_INSPECT)
		failed = decode_details(self, &rows, &out->details, err);
	else if (reply->code)
		api_images(&rows, moment_now(), &out->images);
	else
		decode_images(&rows, &out->images);
	json_rows_release(&rows);
	return failed;
}

/* The id is the last line: a pull before it may print others. */
static int decode_created(const struct runtime *self, const struct reply *reply, struct result *out, struct error *err)
{
	const char *text = buf_text(&reply->out);
	size_t end = reply->out.len;
	while (end > 0 && isspace((unsigned char)text[end - 1]))
		end--;
	size_t start = end;
	while (start > 0 && text[start - 1] != '\n')
		start--;
	snprintf(out->id, sizeof out->id, "%.*s", (int)(end - start), text + start);
	return end - start == CONTAINER_ID_LEN ? check_id(self, out->id, err)
					       : error_set(err, ERROR_RUNTIME, "%s create printed no id", self->name);
}

/* The CLI prints it by itself, the API has it among much else. */
static const char *identity_text(const struct reply *reply, struct arena *arena)
{
	struct json_rows rows;
	struct error ignored;
	if (!reply->code)
		return buf_text(&reply->out);
	if (json_parse_rows(buf_text(&reply->out), reply->out.len, &rows, &ignored) < 0)
		return "";
	const char *text = rows.nr ? json_text(rows.items[0], "ID", arena) : "";
	json_rows_release(&rows);
	return text;
}

static int decode_identity(const struct runtime *self, const struct reply *reply, struct result *out, struct error *err)
{
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	const char *text = identity_text(reply, &arena);
	size_t len = strcspn(text, "\n");
	if (len == 0 || len > ENGINE_ID_MAX || strcspn(text, " \t") < len)
		return error_set(err, ERROR_RUNTIME, "%s gave no id of its engine", self->name);
	snprintf(out->engine, sizeof out->engine, "%.*s", (int)len, text);
	return 0;
}

static bool read_event(const struct runtime *self UNUSED, const char *line, size_t len, struct container_event *out)
{
	static const struct {
		const char *action;
		enum container_happening what;
	} known[] = { { "create", HAPPENED_CREATE }, { "start", HAPPENED_START }, { "die", HAPPENED_END }, { "died", HAPPENED_END } };
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	struct json_rows rows;
	struct error ignored;

	*out = (struct container_event){ 0 };
	if (json_parse_rows(line, len, &rows, &ignored) < 0)
		return false;
	for (size_t i = 0; i < rows.nr && i < 1; i++) {
		const char *action = json_text(rows.items[i], "Action", &arena);
		snprintf(out->id, sizeof out->id, "%s", json_text(rows.items[i], "Actor.ID", &arena));
		snprintf(out->name, sizeof out->name, "%s", json_text(rows.items[i], "Actor.Attributes.name", &arena));
		out->at = json_number(rows.items[i], "timeNano");
		out->exit_code = (int)strtol(json_text(rows.items[i], "Actor.Attributes.exitCode", &arena), NULL, 10);
		for (size_t k = 0; k < ARRAY_LEN(known); k++)
			if (!strcmp(action, known[k].action))
				out->what = known[k].what;
	}
	json_rows_release(&rows);
	return id_valid(out->id);
}

static int decode(const struct runtime *self, const struct action *action, const struct reply *reply, struct result *out,
		  struct error *err)
{
	struct result result = { 0 };
	int failed = 0;

	/* `inspect` of several gives those it found, and fails for the others. */
	bool some = action->verb == VERB_INSPECT && action->targets.nr > 1;
	if (reply->status != 0 && !some)
		return refused(self, reply, err);
	switch (action->verb) {
	case VERB_LIST:
	case VERB_IMAGES:
	case VERB_INSPECT:
		failed = decode_rows(self, action->verb, reply, &result, err);
		break;
	case VERB_CREATE:
		failed = decode_created(self, reply, &result, err);
		break;
	case VERB_IDENTITY:
		failed = decode_identity(self, reply, &result, err);
		break;
	default:
		break;
	}
	/* … unless no engine answered, which gives none as well. */
	if (!failed && some && reply->status != 0 && result.details.nr == 0 && refused(self, reply, err) < 0)
		failed = err->kind == ERROR_NOT_FOUND ? 0 : -1;
	if (failed < 0) {
		result_release(&result);
		return -1;
	}
	*out = result;
	return 0;
}

#define IMAGE_FIELDS "Repository", "Tag", "ID", "CreatedAt", "CreatedSince", "Size"

#define CONTAINER_FIELDS                                                                                               \
	(const char *const[])                                                                                          \
	{                                                                                                              \
		"ID", "Names", "Image", "Command", "CreatedAt", "RunningFor", "State", "Status", "Ports", "Labels", "Mounts",      \
			"Networks", NULL                                                                               \
	}
#define EVENT(name) "--filter=event=" name
#define LIFE_EVENTS                                                                                                    \
	"--filter=type=container", EVENT("create"), EVENT("start"), EVENT("pause"), EVENT("unpause"), EVENT("rename"), EVENT("restart")

static const struct dialect docker_dialect = {
	.container_fields = CONTAINER_FIELDS,
	.image_fields = (const char *const[]){ IMAGE_FIELDS, NULL },
	.event_options = (const char *const[]){ LIFE_EVENTS, EVENT("die"), EVENT("destroy"), NULL },
	.has_identity = true,
	.has_api = true,
};

/* nerdctl's rows have no State, RunningFor, Mounts and Networks; asking for them is an error there. */
static const struct dialect nerdctl_dialect = {
	.container_fields = (const char *const[]){ "ID", "Names", "Image", "Command", "CreatedAt", "Status", "Ports", "Labels", NULL },
	.image_fields = (const char *const[]){ IMAGE_FIELDS, NULL },
	.event_options = (const char *const[]){ NULL }, /* its events are containerd's, with filters of their own */
};

static const struct dialect podman_dialect = {
	.container_fields = CONTAINER_FIELDS,
	.image_fields = (const char *const[]){ IMAGE_FIELDS, NULL },
	.event_options = (const char *const[]){ LIFE_EVENTS, EVENT("died"), EVENT("remove"), NULL },
};

static const struct runtime docker = { "docker", "docker", compose, decode, read_event, &docker_dialect };
static const struct runtime nerdctl = { "nerdctl", "nerdctl", compose, decode, read_event, &nerdctl_dialect };
static const struct runtime podman = { "podman", "podman", compose, decode, read_event, &podman_dialect };

const struct runtime *const runtimes[] = { &docker, &nerdctl, &podman, NULL };
