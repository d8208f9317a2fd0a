/* events: what happens to containers, as it happens, in docker's words whatever the runtime. */
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "command/acquaintance.h"
#include "command/output.h"
#include "command/rows.h"
#include "logs/task.h"
#include "model/json.h"
#include "base/banned.h"

#define AGAIN_MS 3000              /* between a stream that ended and the next try */
#define LATE_MS 1000               /* what happened before --until may come so much later … */
#define END_MS 10000               /* … and a runtime that ends its stream then may take so long */
#define WAITING_MAX (8u * 1024 * 1024) /* bytes of events that were not looked at yet */
#define LINE_MAX_BYTES 65536

struct stream {
	struct session *session;
	const struct runtime *runtime;
	bool json;
	moment since, until; /* 0: none */
	int64_t over_ms;     /* monotonic: until is over, whatever may still come */
	struct strvec containers, words, labels; /* filters */
	struct acquaintance known;
	struct buf waiting;
	struct task task;
};

/* ---- which ---- */

static void take_filters(const struct invocation *call, struct stream *stream)
{
	for (size_t i = 0; i < call->given_nr; i++) {
		const char *value = call->given[i].value;
		if (strcmp(call->given[i].option->name, "filter") != 0)
			continue;
		if (!strncmp(value, "container=", 10))
			strvec_push(&stream->containers, value + 10);
		else if (!strncmp(value, "event=", 6))
			strvec_push(&stream->words, value + 6);
		else if (!strncmp(value, "label=", 6))
			strvec_push(&stream->labels, value + 6);
	}
}

static bool is_asked_for(const struct strvec *containers, const struct container_event *event)
{
	for (size_t i = 0; i < containers->nr; i++) {
		const char *word = containers->items[i];
		if (text_matches(word, event->name) || (strlen(word) >= 4 && !strncmp(event->id, word, strlen(word))))
			return true;
	}
	return containers->nr == 0;
}

/* A name that was not told is looked up; likewise the labels, where the runtime does not filter by them. */
static bool fits(struct stream *stream, struct container_event *event)
{
	bool by_label = stream->labels.nr && !runtime_filters_events(stream->runtime);
	struct acquainted *one = acquaintance_find(&stream->known, event->id);
	struct error ignored;
	if ((!*event->name || by_label) && (!one || one->stale)) {
		acquaintance_refresh(stream->session, &stream->known, &ignored);
		one = acquaintance_find(&stream->known, event->id);
	}
	if (!*event->name && one)
		memcpy(event->name, one->name, sizeof event->name);
	if (!*event->image && one)
		memcpy(event->image, one->image, sizeof event->image);
	if (by_label && !(one && one->fits))
		return false;
	if ((stream->since && event->at < stream->since) || (stream->until && event->at > stream->until))
		return false;
	if (stream->words.nr && !strvec_has(&stream->words, happening_word(event->what)))
		return false;
	return is_asked_for(&stream->containers, event);
}

/* ---- printing ---- */

struct attribute {
	const char *key, *value;
};

#define ATTRIBUTES_MAX 5

static size_t list_attributes(const struct container_event *event, char code[16], struct attribute out[ATTRIBUTES_MAX])
{
	size_t nr = 0;
	snprintf(code, 16, "%d", event->exit_code);
	if (event->what == HAPPENED_END)
		out[nr++] = (struct attribute){ "exitCode", code };
	if (*event->image)
		out[nr++] = (struct attribute){ "image", event->image };
	out[nr++] = (struct attribute){ "name", event->name };
	if (event->what == HAPPENED_RENAME && *event->detail)
		out[nr++] = (struct attribute){ "oldName", event->detail };
	if (event->what == HAPPENED_KILL && *event->detail)
		out[nr++] = (struct attribute){ "signal", event->detail };
	return nr;
}

static void add_json(struct buf *line, const struct stream *stream, const char *type, const char *action, const char *id, moment at,
		     const struct attribute *attributes, size_t nr)
{
	buf_printf(line, "{\"Type\":\"%s\",\"Action\":", type);
	json_add_text(line, action);
	buf_printf(line, ",\"Actor\":{\"ID\":\"%s\",\"Attributes\":{", id);
	for (size_t i = 0; i < nr; i++) {
		buf_printf(line, "%s\"%s\":", i ? "," : "", attributes[i].key);
		json_add_text(line, attributes[i].value);
	}
	buf_printf(line, "}},\"Runtime\":\"%s\",\"time\":%lld,\"timeNano\":%lld}", stream->runtime->name, (long long)(at / MOMENT_SECOND),
		   (long long)at);
}

static void add_words(struct buf *line, const char *type, const char *action, const char *id, moment at, const struct attribute *attributes,
		      size_t nr)
{
	char time[MOMENT_TEXT_LEN + 1];
	moment_format(at, time);
	buf_printf(line, "%s %s %s%s%s (", time, type, action, *id ? " " : "", id);
	for (size_t i = 0; i < nr; i++)
		buf_printf(line, "%s%s=%s", i ? ", " : "", attributes[i].key, attributes[i].value);
	buf_add_text(line, ")");
}

static void print(const struct stream *stream, const char *type, const char *action, const char *id, moment at,
		  const struct attribute *attributes, size_t nr)
{
	SCOPED(buf_release) struct buf line = BUF_INIT(LINE_MAX_BYTES);
	if (stream->json)
		add_json(&line, stream, type, action, id, at, attributes, nr);
	else
		add_words(&line, type, action, id, at, attributes, nr);
	output_line("%s", buf_text(&line));
}

static void print_event(const struct stream *stream, const struct container_event *event)
{
	struct attribute attributes[ATTRIBUTES_MAX];
	char code[16], action[sizeof event->detail + 32];
	size_t nr = list_attributes(event, code, attributes);
	bool is_health = event->what == HAPPENED_HEALTH && *event->detail;
	snprintf(action, sizeof action, "%s%s%s", happening_word(event->what), is_health ? ": " : "", is_health ? event->detail : "");
	print(stream, "container", action, event->id, event->at, attributes, nr);
}

/* Something may have been missed. */
static void print_reload(const struct stream *stream)
{
	print(stream, "events", "reload", "", moment_now(), (const struct attribute[]){ { "runtime", stream->runtime->name } }, 1);
}

/* ---- the stream ---- */

static int take(void *arg, enum request_stream from UNUSED, const char *bytes, size_t len, struct error *err)
{
	struct stream *stream = arg;
	if (buf_add(&stream->waiting, bytes, len) < 0)
		return error_set(err, ERROR_RUNTIME, "%s tells of more events than can be kept", stream->runtime->name);
	return 0;
}

static void show_line(struct stream *stream, const char *line, size_t len)
{
	struct container_event event;
	struct acquainted *one;
	if (!stream->runtime->read_event(stream->runtime, line, len, &event))
		return;
	if (event.what == HAPPENED_OTHER) {
		one = acquaintance_find(&stream->known, event.id);
		if (one)
			one->stale = true;
		return;
	}
	if (fits(stream, &event))
		print_event(stream, &event);
	if (event.what == HAPPENED_DESTROY)
		acquaintance_drop(&stream->known, event.id);
}

/* Whole lines only. */
static int show_waiting(struct stream *stream, struct error *err)
{
	const char *text = buf_text(&stream->waiting), *newline;
	size_t shown = 0;
	while ((newline = memchr(text + shown, '\n', stream->waiting.len - shown))) {
		show_line(stream, text + shown, (size_t)(newline - text) - shown);
		shown = (size_t)(newline - text) + 1;
	}
	buf_drop(&stream->waiting, shown);
	return output_flush() ? 0 : output_failed(err);
}

static int begin(struct stream *stream, struct error *err)
{
	struct action action;
	if (acquaintance_refresh(stream->session, &stream->known, err) < 0) /* does it answer? */
		return -1;
	action_init(&action, VERB_EVENTS);
	action.whole_life = true;
	action.since = stream->since / MOMENT_SECOND;
	if (stream->since && stream->until) { /* without the first, podman would tell all that it knows */
		action.until = stream->until / MOMENT_SECOND + 1;
		action.is_past = stream->until <= moment_now();
	}
	for (size_t i = 0; i < stream->labels.nr && runtime_filters_events(stream->runtime); i++)
		strvec_pushf(&action.options, "--filter=label=%s", stream->labels.items[i]);
	buf_clear(&stream->waiting);
	return task_start(&stream->task, stream->runtime, &action, take, stream, err);
}

static int left_ms(const struct stream *stream)
{
	moment left = stream->until - moment_now();
	if (!stream->until)
		return -1;
	return left < 0 ? 0 : left > INT_MAX / 2 * (moment)1000000 ? INT_MAX / 2 : (int)(left / 1000000) + 1;
}

static int earlier(int one, int other)
{
	return one < 0 ? other : other < 0 || one < other ? one : other;
}

static int cancelled(const struct stream *stream, struct error *err)
{
	struct pollfd cancel = { .fd = session_cancel_fd(stream->session), .events = POLLIN };
	return poll(&cancel, 1, 0) > 0 ? error_set(err, ERROR_CANCELLED, "cancelled") : 0;
}

/* 1: until the stream ended, *why; 0: until --until; -1: it was cancelled, or nobody reads. */
static int follow(struct stream *stream, struct error *why, struct error *err)
{
	struct result result = { 0 };
	while (!task_step(&stream->task)) {
		struct pollfd fds[REQUEST_FDS + 1];
		size_t nr = request_fds(&stream->task.running, fds);
		int64_t left = stream->over_ms - monotonic_ms();
		if (show_waiting(stream, err) < 0 || cancelled(stream, err) < 0)
			return -1;
		if (left <= 0)
			return 0;
		fds[nr++] = (struct pollfd){ .fd = session_cancel_fd(stream->session), .events = POLLIN };
		poll(fds, nr, earlier(request_wait_ms(&stream->task.running), left > INT_MAX ? INT_MAX : (int)left));
	}
	if (show_waiting(stream, err) < 0)
		return -1;
	if (task_finish(&stream->task, &result, why) == 0) {
		result_release(&result);
		error_set(why, ERROR_UNREACHABLE, "the stream of %s ended", stream->runtime->name);
	}
	return left_ms(stream) == 0 ? 0 : 1;
}

/* Until there is another stream: 1, or as follow. */
static int begin_again(struct stream *stream, const struct error *why, struct error *err)
{
	struct error trouble = *why;
	output_warning("events: %s; asking again every %d seconds", why->text, AGAIN_MS / 1000);
	for (;;) {
		struct pollfd cancel = { .fd = session_cancel_fd(stream->session), .events = POLLIN };
		if (poll(&cancel, 1, earlier(AGAIN_MS, left_ms(stream))) > 0)
			return error_set(err, ERROR_CANCELLED, "cancelled");
		if (left_ms(stream) == 0)
			return 0;
		stream->since = 0; /* what was shown is not shown again */
		if (begin(stream, &trouble) == 0)
			break;
		if (trouble.kind == ERROR_CANCELLED) {
			*err = trouble;
			return -1;
		}
	}
	print_reload(stream);
	return 1;
}

static int run_stream(struct stream *stream, struct error *err)
{
	struct error why = { 0 };
	int more = begin(stream, err) == 0 ? 1 : -1;
	while (more > 0) {
		more = follow(stream, &why, err);
		if (more > 0)
			more = begin_again(stream, &why, err);
	}
	task_abandon(&stream->task);
	return more;
}

static int read_span(const struct invocation *call, struct stream *stream, struct error *err)
{
	const char *since = invocation_value(call, "since"), *until = invocation_value(call, "until");
	if (since && moment_parse_since(since, moment_now(), &stream->since, err) < 0)
		return error_wrap(err, "--since");
	if (until && moment_parse_since(until, moment_now(), &stream->until, err) < 0)
		return error_wrap(err, "--until");
	return 0;
}

static int run_events(struct session *session, const struct invocation *call, struct error *err)
{
	struct stream stream = { .session = session, .json = session_wants_json(session, call) };
	stream.runtime = session_runtime(session, err);
	if (!stream.runtime || read_span(call, &stream, err) < 0)
		return -1;
	buf_init(&stream.waiting, WAITING_MAX);
	stream.known.labels = &stream.labels;
	take_filters(call, &stream);
	stream.over_ms = INT64_MAX;
	if (stream.until)
		stream.over_ms = monotonic_ms() + left_ms(&stream) + (stream.since ? END_MS : LATE_MS);
	int failed = run_stream(&stream, err);
	acquaintance_release(&stream.known);
	buf_release(&stream.waiting);
	strvec_release(&stream.containers);
	strvec_release(&stream.words);
	strvec_release(&stream.labels);
	return failed;
}

const struct command cmd_events = {
	.name = "events",
	.summary = "show what happens to containers, as it happens",
	.details = "In docker's words, whatever the runtime: create, start, die, stop, kill, pause, unpause, restart, rename, update, oom,\n"
		   "health_status, destroy. It ends at --until or with Ctrl-C. Where the runtime's stream ends before, another one is asked for every three\n"
		   "seconds; a line 'events reload' then says that something may have been missed. nerdctl tells only of create, start,\n"
		   "die, pause, unpause, oom and destroy; podman's stop may be told by die alone.",
	.options = (const struct option[]){ { "since", 0, KIND_SINCE, "TIME", "also what the engine still knows from then on", .lacked_by = "nerdctl" },
					    { "until", 0, KIND_SINCE, "TIME", "end then; without --since a time to come" },
					    { "filter", 'f', KIND_EVENT_FILTER, "KEY=VALUE",
					      "only those that fit: container=NAME, event=WORD (any of several), label= (all of several)", .many = true },
					    { "format", 0, KIND_FORMAT, "FORMAT", "table, or json: one object a line, with docker's keys" },
					    { 0 } },
	.examples = (const struct example[]){ { "events -f event=die -f event=oom", "whatever ends" },
					      { "events -f container=web --format json", "of one, for programs" },
					      { 0 } },
	.flags = COMMAND_HARMLESS,
	.run = run_events,
};
