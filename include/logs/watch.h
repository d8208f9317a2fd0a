/*
 * Watches what one runtime holds: lists containers, inspects those that are asked about, reads images, networks and volumes now and then, asks which engine it is
 * that answers, and keeps an events stream open as a hint to list at once. The list is the truth; an event lost costs at most
 * WATCH_INTERVAL_MS.
 */
#ifndef PURSER_LOGS_WATCH_H
#define PURSER_LOGS_WATCH_H

#include "logs/seen.h"
#include "logs/task.h"

struct watch {
	const struct runtime *runtime;
	bool hints;                /* keep an events stream: somebody waits for what happens */
	bool prompt;               /* keep for completion what is no container, too */
	struct task list, inspect, events, identity;
	struct task others[SEEN_NR]; /* of all but containers */
	struct task paths;
	char paths_of[SEEN_PLACE_MAX];
	int64_t list_due_ms, inspect_due_ms, others_due_ms[SEEN_NR], events_due_ms, identity_due_ms;
	int64_t identity_asked_ms; /* 0: never */
	int64_t identity_ms;       /* when it was answered last; INT64_MAX: never */
	bool identity_tried;       /* it was asked for, and there was an answer of some kind */
	bool identity_unknown;     /* there was none to be had: to be reported by watch_identified */
	char engine[ENGINE_ID_MAX + 1]; /* that answered last; "": not known, or the runtime does not tell */
	int backoff_ms;            /* after a failure; 0: the engine answers */
	int events_backoff_ms;     /* after a stream that ended at once */
	char trouble[512];         /* why it does not */
	struct buf event;          /* the line that is being read */
	struct strvec ended;       /* ids of containers that have, by an event, and that the list may still have as running */
	int doubt_ms;              /* the next list comes so soon, if it has */
	bool events_live;          /* it tells what happened since the stream was opened … */
	moment events_opened;      /* … not before */
	void (*on_event)(void *arg, const struct watch *watch, const struct container_event *event); /* before the next list */
	void *on_event_arg;
};

void watch_init(struct watch *watch, const struct runtime *runtime);
/* Tells what it waits for to end, so that all of a collector's end side by side. */
void watch_stop(struct watch *watch);
void watch_release(struct watch *watch);

/* Starts what is due. */
void watch_schedule(struct watch *watch, int64_t now_ms);
void watch_list_now(struct watch *watch);
void watch_list_kind(struct watch *watch, enum seen_kind kind);
/* Which engine is it, from now on? */
void watch_identify_now(struct watch *watch);
int watch_wait_ms(const struct watch *watch, int64_t now_ms);
/* Whether an inspection may start now. */
bool watch_may_inspect(const struct watch *watch, int64_t now_ms);
/* Starts inspecting `ids`, which become the watch's. */
int watch_inspect(struct watch *watch, struct strvec *ids, struct error *err);

/* What is done by now; each gives a result once. -1: not done, 0: *out is the caller's, 1: it failed with *err. */
int watch_listed(struct watch *watch, int64_t *started_ms, struct result *out, struct error *err);
int watch_inspected(struct watch *watch, struct result *out, struct error *err);
int watch_other(struct watch *watch, enum seen_kind kind, int64_t *started_ms, struct result *out);
int watch_identified(struct watch *watch, struct result *out);
/* Looks into a directory of a container, "web:/etc/", unless it is looking into one: false. Then, of watch->paths_of: */
bool watch_look_into(struct watch *watch, const char *place);
int watch_looked(struct watch *watch, int64_t *started_ms, struct result *out);
/* Moves the events stream on. */
void watch_step_events(struct watch *watch);
/* Whether all events that the engine still had when the stream was opened have come, or none are waited for. */
bool watch_has_caught_up(const struct watch *watch, int64_t now_ms);

#endif
