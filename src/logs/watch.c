#include "logs/watch.h"

#include <stdio.h>
#include <string.h>

#include "base/moment.h"
#include "base/banned.h"

#define BACKOFF_FIRST_MS 250
#define INSPECT_RETRY_MS 500
#define EVENTS_LIFE_S 600       /* a stream that outlives a purser that was killed ends by itself */
#define EVENTS_REPLAY_MS 500    /* what an engine still has of the past comes within this time */
#define EVENTS_STEADY_MS 1000   /* one that lived so long did not fail */
#define EVENT_MAX (256u * 1024) /* bytes of one event; it holds all labels */
#define EVENT_SETTLE_MS 50      /* events come in bursts: one list for all of them */
#define DOUBT_FIRST_MS 100
#define DOUBT_LAST_MS 1600 /* then it is believed */
#define ENDED_MAX 256

void watch_init(struct watch *watch, const struct runtime *runtime)
{
	*watch = (struct watch){ .runtime = runtime, .identity_ms = INT64_MAX };
	buf_init(&watch->event, EVENT_MAX);
}

void watch_stop(struct watch *watch)
{
	task_stop(&watch->list);
	task_stop(&watch->inspect);
	for (size_t kind = 0; kind < SEEN_NR; kind++)
		task_stop(&watch->others[kind]);
	task_stop(&watch->paths);
	task_stop(&watch->events);
	task_stop(&watch->identity);
}

void watch_release(struct watch *watch)
{
	task_abandon(&watch->list);
	task_abandon(&watch->inspect);
	for (size_t kind = 0; kind < SEEN_NR; kind++)
		task_abandon(&watch->others[kind]);
	task_abandon(&watch->paths);
	task_abandon(&watch->events);
	task_abandon(&watch->identity);
	buf_release(&watch->event);
	strvec_release(&watch->ended);
}

void watch_list_now(struct watch *watch)
{
	int64_t soon = monotonic_ms() + EVENT_SETTLE_MS;
	if (watch->list_due_ms > soon)
		watch->list_due_ms = soon;
}

void watch_list_kind(struct watch *watch, enum seen_kind kind)
{
	if (kind == SEEN_CONTAINERS)
		watch_list_now(watch);
	else
		watch->others_due_ms[kind] = 0;
}

void watch_identify_now(struct watch *watch)
{
	watch->identity_due_ms = 0;
}

/* What it held before is known from the lists. */
static void note_other(struct watch *watch, const struct container_event *event)
{
	static const enum seen_kind kinds[] = { [ABOUT_IMAGE] = SEEN_IMAGES, [ABOUT_NETWORK] = SEEN_NETWORKS, [ABOUT_VOLUME] = SEEN_VOLUMES };
	if (event->about != ABOUT_CONTAINER && event->at > watch->events_opened)
		watch->others_due_ms[kinds[event->about]] = monotonic_ms() + EVENT_SETTLE_MS;
}

static void note_end(struct watch *watch, const struct container_event *event)
{
	if (event->about != ABOUT_CONTAINER || event->at <= watch->events_opened)
		return;
	if (event->what == HAPPENED_START)
		strvec_drop(&watch->ended, event->id);
	if (event->what == HAPPENED_END && watch->ended.nr < ENDED_MAX) {
		strvec_push(&watch->ended, event->id);
		watch->doubt_ms = DOUBT_FIRST_MS;
	}
}

static void end_event(struct watch *watch)
{
	struct container_event event = { 0 };
	if (watch->on_event && watch->runtime->read_event(watch->runtime, buf_text(&watch->event), watch->event.len, &event)) {
		watch->events_live = event.at > watch->events_opened;
		watch->on_event(watch->on_event_arg, watch, &event);
	}
	note_other(watch, &event);
	note_end(watch, &event);
	buf_clear(&watch->event);
	watch_list_now(watch);
}

static int take_events(void *arg, enum request_stream stream UNUSED, const char *bytes, size_t len, struct error *err UNUSED)
{
	struct watch *watch = arg;
	while (len > 0) {
		const char *newline = memchr(bytes, '\n', len);
		size_t part = newline ? (size_t)(newline - bytes) : len;
		buf_add(&watch->event, bytes, part); /* too long a one is only a hint to list, like any other */
		if (newline)
			end_event(watch);
		bytes += part + (newline != NULL);
		len -= part + (newline != NULL);
	}
	return 0;
}

static void start(struct watch *watch, struct task *task, struct action *action, request_sink *sink)
{
	struct error err;
	if (task_start(task, watch->runtime, action, sink, watch, &err) < 0)
		snprintf(watch->trouble, sizeof watch->trouble, "%s", err.text);
}

static void start_list(struct watch *watch)
{
	struct action action;
	action_init(&action, VERB_LIST);
	strvec_push(&action.options, "--all");
	start(watch, &watch->list, &action, NULL);
}

static void start_others(struct watch *watch, int64_t now_ms)
{
	static const enum verb verbs[SEEN_NR] = { [SEEN_IMAGES] = VERB_IMAGES, [SEEN_NETWORKS] = VERB_NETWORKS, [SEEN_VOLUMES] = VERB_VOLUMES };
	for (enum seen_kind kind = SEEN_CONTAINERS + 1; kind < SEEN_NR; kind++) {
		struct action action;
		if (watch->others[kind].active || now_ms < watch->others_due_ms[kind])
			continue;
		watch->others_due_ms[kind] = now_ms + seen_every_ms(kind);
		action_init(&action, verbs[kind]);
		start(watch, &watch->others[kind], &action, NULL);
	}
}

/* From the oldest that the engine still has, which are few: what happened while no stream was open is among them. */
static void start_events(struct watch *watch)
{
	struct action action;
	action_init(&action, VERB_EVENTS);
	action.since = 1;
	watch->events_opened = moment_now();
	action.until = moment_now() / MOMENT_SECOND + EVENTS_LIFE_S;
	buf_clear(&watch->event);
	start(watch, &watch->events, &action, take_events);
}

static void start_identity(struct watch *watch)
{
	struct action action;
	struct error err;
	action_init(&action, VERB_IDENTITY);
	watch->identity_asked_ms = monotonic_ms();
	if (task_start(&watch->identity, watch->runtime, &action, NULL, NULL, &err) == 0)
		return;
	watch->identity_tried = true;
	watch->identity_unknown = err.kind == ERROR_UNSUPPORTED;
}

void watch_schedule(struct watch *watch, int64_t now_ms)
{
	if (!watch->identity.active && now_ms >= watch->identity_due_ms) {
		watch->identity_due_ms = INT64_MAX;
		start_identity(watch);
	}
	if (!watch->list.active && now_ms >= watch->list_due_ms) {
		watch->list_due_ms = now_ms + WATCH_INTERVAL_MS;
		start_list(watch);
	}
	if (watch->backoff_ms)
		return;
	if (watch->prompt)
		start_others(watch, now_ms);
	if (watch->hints && !watch->events.active && now_ms >= watch->events_due_ms) {
		watch->events_due_ms = now_ms + WATCH_INTERVAL_MS; /* should it not start at all */
		start_events(watch);
		watch_list_now(watch); /* what happened before the stream was open is in the list */
	}
}

int watch_wait_ms(const struct watch *watch, int64_t now_ms)
{
	int64_t due = watch->list_due_ms;
	if (watch->hints && !watch->backoff_ms && !watch->events.active && watch->events_due_ms < due)
		due = watch->events_due_ms;
	if (watch->list.active)
		due = now_ms + WATCH_INTERVAL_MS;
	for (enum seen_kind kind = SEEN_CONTAINERS + 1; kind < SEEN_NR; kind++)
		if (watch->prompt && !watch->backoff_ms && !watch->others[kind].active && watch->others_due_ms[kind] < due)
			due = watch->others_due_ms[kind];
	if (!watch->inspect.active && watch->inspect_due_ms > now_ms && watch->inspect_due_ms < due)
		due = watch->inspect_due_ms;
	if (!watch->identity.active && watch->identity_due_ms < due)
		due = watch->identity_due_ms;
	return due <= now_ms ? 0 : (int)(due - now_ms);
}

bool watch_may_inspect(const struct watch *watch, int64_t now_ms)
{
	return !watch->inspect.active && now_ms >= watch->inspect_due_ms;
}

int watch_inspect(struct watch *watch, struct strvec *ids, struct error *err)
{
	struct action action;
	action_init(&action, VERB_INSPECT);
	action.targets = *ids;
	strvec_init(ids);
	watch->inspect_due_ms = monotonic_ms() + INSPECT_RETRY_MS;
	return task_start(&watch->inspect, watch->runtime, &action, NULL, NULL, err);
}

static void note_answer(struct watch *watch, bool answered, const struct error *err)
{
	if (answered) {
		if (watch->backoff_ms)
			watch_identify_now(watch); /* it may be another one */
		watch->backoff_ms = 0;
		watch->trouble[0] = '\0';
		return;
	}
	watch->backoff_ms = watch->backoff_ms ? watch->backoff_ms * 2 : BACKOFF_FIRST_MS;
	if (watch->backoff_ms > WATCH_INTERVAL_MS)
		watch->backoff_ms = WATCH_INTERVAL_MS;
	watch->list_due_ms = monotonic_ms() + watch->backoff_ms;
	snprintf(watch->trouble, sizeof watch->trouble, "%s", err->text);
}

static bool runs_by(const struct container_list *list, const char *id)
{
	for (size_t i = 0; i < list->nr; i++)
		if (!strcmp(list->items[i].id, id))
			return list->items[i].state == CONTAINER_RUNNING;
	return false;
}

/* docker tells that a container has ended before it takes its network down, and lists it as running until it has. */
static void doubt(struct watch *watch, const struct container_list *list)
{
	for (size_t i = watch->ended.nr; i-- > 0;)
		if (watch->doubt_ms > DOUBT_LAST_MS || !runs_by(list, watch->ended.items[i]))
			strvec_drop(&watch->ended, watch->ended.items[i]);
	if (!watch->ended.nr)
		return;
	int64_t due = monotonic_ms() + watch->doubt_ms;
	if (due < watch->list_due_ms)
		watch->list_due_ms = due;
	watch->doubt_ms *= 2;
}

int watch_listed(struct watch *watch, int64_t *started_ms, struct result *out, struct error *err)
{
	if (!task_step(&watch->list))
		return -1;
	*started_ms = watch->list.started_ms;
	int failed = task_finish(&watch->list, out, err);
	note_answer(watch, !failed, err);
	if (!failed)
		doubt(watch, &out->containers);
	return failed ? 1 : 0;
}

int watch_inspected(struct watch *watch, struct result *out, struct error *err)
{
	if (!task_step(&watch->inspect))
		return -1;
	int failed = task_finish(&watch->inspect, out, err);
	if (!failed || err->kind == ERROR_NOT_FOUND)
		watch->inspect_due_ms = 0; /* only an engine that does not answer makes the next one wait */
	return failed ? 1 : 0;
}

int watch_other(struct watch *watch, enum seen_kind kind, int64_t *started_ms, struct result *out)
{
	struct error err;
	struct task *task = &watch->others[kind];
	if (!task_step(task))
		return -1;
	*started_ms = task->started_ms;
	return task_finish(task, out, &err) < 0 ? 1 : 0;
}

int watch_identified(struct watch *watch, struct result *out)
{
	struct error err;
	if (watch->identity_unknown) {
		watch->identity_unknown = false;
		return 0;
	}
	if (!task_step(&watch->identity))
		return -1;
	int failed = task_finish(&watch->identity, out, &err);
	watch->identity_tried = true;
	watch->identity_ms = failed ? INT64_MAX : monotonic_ms();
	if (failed)
		watch->identity_due_ms = monotonic_ms() + WATCH_INTERVAL_MS;
	return failed ? 1 : 0;
}

/* busybox has these options, too; a name with a newline looks like two, neither of which will be found. */
bool watch_look_into(struct watch *watch, const char *place)
{
	struct action action;
	size_t container = strcspn(place, ":");
	if (watch->paths.active)
		return false;
	snprintf(watch->paths_of, sizeof watch->paths_of, "%s", place);
	action_init(&action, VERB_LIST_FILES);
	strvec_push_len(&action.targets, place, container);
	strvec_push_all(&action.words, "ls", "-1Ap", "--", place + container + 1, NULL);
	start(watch, &watch->paths, &action, NULL);
	return true;
}

int watch_looked(struct watch *watch, int64_t *started_ms, struct result *out)
{
	struct error err;
	if (!task_step(&watch->paths))
		return -1;
	*started_ms = watch->paths.started_ms;
	return task_finish(&watch->paths, out, &err) < 0 ? 1 : 0;
}

bool watch_has_caught_up(const struct watch *watch, int64_t now_ms)
{
	bool waits = watch->hints && !watch->backoff_ms && !watch->events_backoff_ms;
	return !waits || (watch->events.active && now_ms - watch->events.started_ms > EVENTS_REPLAY_MS);
}

void watch_step_events(struct watch *watch)
{
	struct result result = { 0 };
	struct error err;
	if (!task_step(&watch->events))
		return;
	int64_t now_ms = monotonic_ms();
	bool steady = now_ms - watch->events.started_ms > EVENTS_STEADY_MS;
	task_finish(&watch->events, &result, &err);
	watch->events_backoff_ms = steady || !watch->events_backoff_ms ? BACKOFF_FIRST_MS : watch->events_backoff_ms * 2;
	if (watch->events_backoff_ms > WATCH_INTERVAL_MS)
		watch->events_backoff_ms = WATCH_INTERVAL_MS;
	watch->events_due_ms = now_ms + watch->events_backoff_ms;
	if (steady)
		watch->events_backoff_ms = 0;
	watch_list_now(watch);
}
