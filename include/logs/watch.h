/*
 * Watches what one runtime holds: lists containers, inspects those that are asked about, reads images now and then, and keeps an events
 * stream open as a hint to list at once. The list is the truth; an event lost costs at most WATCH_INTERVAL_MS.
 */
#ifndef PURSER_LOGS_WATCH_H
#define PURSER_LOGS_WATCH_H

#include "logs/task.h"

#define WATCH_INTERVAL_MS 5000

struct watch {
	const struct runtime *runtime;
	bool hints;                /* keep an events stream, and the images for completion: for somebody at a prompt */
	struct task list, inspect, images, events;
	int64_t list_due_ms, inspect_due_ms, images_due_ms, events_due_ms;
	int backoff_ms;            /* after a failure; 0: the engine answers */
	char trouble[512];         /* why it does not */
	struct buf event;          /* the line that is being read */
	void (*on_event)(void *arg, const char *line); /* called for each event, before the next list */
	void *on_event_arg;
};

void watch_init(struct watch *watch, const struct runtime *runtime, bool hints);
/* Tells what it waits for to end, so that all of a collector's end side by side. */
void watch_stop(struct watch *watch);
void watch_release(struct watch *watch);

/* Starts what is due. */
void watch_schedule(struct watch *watch, int64_t now_ms);
void watch_list_now(struct watch *watch);
int watch_wait_ms(const struct watch *watch, int64_t now_ms);
/* Whether an inspection may start now. */
bool watch_may_inspect(const struct watch *watch, int64_t now_ms);
/* Starts inspecting `ids`, which become the watch's. */
int watch_inspect(struct watch *watch, struct strvec *ids, struct error *err);

/* What is done by now; each gives a result once. -1: not done, 0: *out is the caller's, 1: it failed with *err. */
int watch_listed(struct watch *watch, int64_t *started_ms, struct result *out, struct error *err);
int watch_inspected(struct watch *watch, struct result *out, struct error *err);
int watch_images(struct watch *watch, struct result *out);
/* Moves the events stream on. */
void watch_step_events(struct watch *watch);

#endif
