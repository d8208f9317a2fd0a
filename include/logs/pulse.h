/*
 * Runs one container's health check at its interval, where its engine leaves that to somebody else: podman asks systemd to, and where there is
 * none nobody does. What comes of it the engine counts itself, as of any check. Belongs to the collector's thread; never waits.
 */
#ifndef PURSER_LOGS_PULSE_H
#define PURSER_LOGS_PULSE_H

#include "logs/task.h"

#define PULSE_LEAST_MS 1000

struct pulse {
	int64_t interval_ms; /* 0: nothing to do */
	int64_t due_ms;
	struct task task;
};

/* As it was inspected at `now_ms`. */
void pulse_set(struct pulse *pulse, const struct runtime *runtime, const struct container_detail *detail, int64_t now_ms);
bool pulse_due(const struct pulse *pulse, int64_t now_ms);
/* ms from now, -1: never. */
int pulse_wait_ms(const struct pulse *pulse, int64_t now_ms);
/* The next one is an interval after this began, or when this is over, if that takes longer. */
void pulse_start(struct pulse *pulse, const struct runtime *runtime, const char *id, int64_t now_ms);
/* Whether a check is over: what came of it the engine knows. */
bool pulse_step(struct pulse *pulse);

#endif
