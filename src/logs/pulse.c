#include "logs/pulse.h"

#include <limits.h>
#include <unistd.h>

#include "base/banned.h"

#define MILLISECOND 1000000

/* An engine somewhere else may well have somebody who does it there. */
static bool is_left_to_us(const struct runtime *runtime)
{
	char endpoint[ENDPOINT_NAME_MAX + 1];
	if (!runtime_leaves_checks(runtime) || access("/run/systemd/system", F_OK) == 0)
		return false;
	endpoint_name(runtime->name, &runtime_arguments(runtime)->always, endpoint);
	return !*endpoint;
}

void pulse_set(struct pulse *pulse, const struct runtime *runtime, const struct container_detail *detail, int64_t now_ms)
{
	bool beats = detail->state == CONTAINER_RUNNING && detail->check_interval > 0 && is_left_to_us(runtime);
	int64_t interval = beats ? detail->check_interval / MILLISECOND : 0, before = pulse->interval_ms;
	pulse->interval_ms = beats && interval < PULSE_LEAST_MS ? PULSE_LEAST_MS : interval;
	if (!before)
		pulse->due_ms = now_ms + pulse->interval_ms;
}

bool pulse_due(const struct pulse *pulse, int64_t now_ms)
{
	return pulse->interval_ms && !pulse->task.active && now_ms >= pulse->due_ms;
}

int pulse_wait_ms(const struct pulse *pulse, int64_t now_ms)
{
	int64_t left = pulse->due_ms - now_ms;
	if (!pulse->interval_ms || pulse->task.active)
		return -1;
	return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

void pulse_start(struct pulse *pulse, const struct runtime *runtime, const char *id, int64_t now_ms)
{
	struct action action;
	struct error ignored; /* what is wrong with the engine others find out, and say */
	action_init(&action, VERB_HEALTH);
	strvec_push(&action.targets, id);
	pulse->due_ms = now_ms + pulse->interval_ms;
	task_start(&pulse->task, runtime, &action, NULL, NULL, &ignored);
}

bool pulse_step(struct pulse *pulse)
{
	struct result result = { 0 };
	struct error ignored;
	if (!task_step(&pulse->task) || task_finish(&pulse->task, &result, &ignored) < 0)
		return false;
	result_release(&result);
	return true;
}
