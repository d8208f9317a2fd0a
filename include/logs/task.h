/* An action under way at a runtime: compose, run, decode, without waiting. For whoever has a poll loop of its own. */
#ifndef PURSER_LOGS_TASK_H
#define PURSER_LOGS_TASK_H

#include "runtime/runtime.h"

struct task {
	bool active;
	const struct runtime *runtime;
	struct action action;
	struct request request;
	struct running running;
	int64_t started_ms; /* monotonic */
};

/* Starts `action` (which becomes the task's, also on failure). `sink` and `arg` are for streamed replies, else NULL. */
int task_start(struct task *task, const struct runtime *runtime, struct action *action, request_sink *sink, void *arg,
	       struct error *err);

/* After poll. True once it is done; then call task_finish. False, too, for a task that is not active. */
bool task_step(struct task *task);

/* Decodes the reply and frees the task. */
int task_finish(struct task *task, struct result *out, struct error *err);

/* Tells it to end: before task_abandon, so that several end side by side. */
void task_stop(struct task *task);
/* Ends it without caring for the result: waits for the process to be gone, REQUEST_GRACE_MS at most. */
void task_abandon(struct task *task);

#endif
