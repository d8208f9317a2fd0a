#include "command/meter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/moment.h"
#include "system/cgroup.h"
#include "base/banned.h"

#define SHARE_MS 1000       /* a share is of so much time, if there was no look before */
#define SHARE_LEAST_MS 500  /* of less it says little */
#define TRIES 3             /* what is removed while its engine is asked makes it refuse: then it is asked for the others */

/* What was known of a container at a moment. */
struct past {
	char id[CONTAINER_ID_LEN + 1];
	long long pid;
	int64_t cpu_time, at_ms;
};

static void release_list(struct meter *meter)
{
	free(meter->items);
	arena_release(&meter->arena);
}

void meter_release(struct meter *meter)
{
	targets_release(&meter->targets);
	release_list(meter);
	free(meter->past);
	*meter = (struct meter){ 0 };
}

/* ---- which ---- */

static void add(struct session *session, struct meter *meter, const struct runtime *runtime, const struct container *container)
{
	for (size_t i = 0; i < meter->nr; i++)
		if (meter->items[i].runtime == runtime && !strcmp(meter->items[i].id, container->id))
			return;
	if (meter->nr == meter->room) {
		meter->room = meter->room ? meter->room * 2 : 16;
		meter->items = xrealloc(meter->items, meter->room * sizeof *meter->items);
	}
	struct metered *one = &meter->items[meter->nr++];
	*one = (struct metered){ .runtime = runtime, .usage = { .id = "", .cpu_time = CPU_TIME_UNKNOWN } };
	snprintf(one->id, sizeof one->id, "%s", container->id);
	one->name = target_name(session, runtime, arena_text(&meter->arena, container->name), &meter->arena);
}

/* By name, by id, or by the beginning of one that no other has. */
static const struct container *find(const struct container_list *list, const char *word, struct error *err)
{
	const struct container *found = NULL;
	for (size_t i = 0; i < list->nr; i++)
		if (!strcmp(list->items[i].name, word))
			return &list->items[i];
	for (size_t i = 0; i < list->nr; i++) {
		if (strncmp(list->items[i].id, word, strlen(word)) != 0)
			continue;
		if (found) {
			error_set(err, ERROR_VALUE, "several containers have an id that begins with '%s'", word);
			return NULL;
		}
		found = &list->items[i];
	}
	if (!found) {
		error_set(err, ERROR_NOT_FOUND, "no such container");
		error_about(err, word);
	}
	return found;
}

/* Those of this runtime that are asked for; `live` gets the ids of those that run. */
static int list_them(struct session *session, struct meter *meter, const struct runtime *runtime, struct strvec *live,
		     meter_missing_fn *missing, void *arg, struct error *err)
{
	struct result result;
	struct error reason;
	if (session_list(session, &result, err) < 0)
		return -1;
	const struct container_list *list = &result.containers;
	for (size_t i = 0; i < meter->targets.nr; i++) {
		const struct target *target = &meter->targets.items[i];
		if (target->runtime != runtime)
			continue;
		const struct container *container = find(list, target->id, &reason);
		if (container)
			add(session, meter, runtime, container);
		else
			missing(arg, target, &reason);
	}
	for (size_t i = 0; i < list->nr; i++)
		if (!meter->targets.nr && (meter->all || (STATES_LIVE & (1u << list->items[i].state))))
			add(session, meter, runtime, &list->items[i]);
	for (size_t i = 0; i < meter->nr; i++)
		for (size_t j = 0; j < list->nr; j++)
			if (meter->items[i].runtime == runtime && !strcmp(meter->items[i].id, list->items[j].id) &&
			    (STATES_LIVE & (1u << list->items[j].state)))
				strvec_push(live, meter->items[i].id);
	result_release(&result);
	return 0;
}

/* ---- how much ---- */

static struct past *past_of(struct meter *meter, const char *id)
{
	for (size_t i = 0; i < meter->past_nr; i++)
		if (!strcmp(meter->past[i].id, id))
			return &meter->past[i];
	meter->past = xrealloc(meter->past, (meter->past_nr + 1) * sizeof *meter->past);
	struct past *past = &meter->past[meter->past_nr++];
	*past = (struct past){ .cpu_time = CPU_TIME_UNKNOWN };
	snprintf(past->id, sizeof past->id, "%s", id);
	return past;
}

static long long pid_of(struct session *session, const char *id)
{
	struct result result;
	struct error ignored;
	if (session_act(session, VERB_INSPECT, id, &result, &ignored) < 0)
		return 0;
	long long pid = result.details.nr ? result.details.items[0].pid : 0;
	result_release(&result);
	return pid;
}

/* From the kernel, where the runtime's own share cannot be believed. */
static int64_t counted_time(struct session *session, struct meter *meter, const char *id)
{
	struct past *past = past_of(meter, id);
	int64_t time = past->pid ? cgroup_cpu_time(past->pid, id) : CPU_TIME_UNKNOWN;
	if (time != CPU_TIME_UNKNOWN)
		return time;
	past->pid = pid_of(session, id); /* it may have been started again */
	return past->pid ? cgroup_cpu_time(past->pid, id) : CPU_TIME_UNKNOWN;
}

static void begin_counting(struct session *session, struct meter *meter, const struct strvec *live)
{
	for (size_t i = 0; i < live->nr; i++) {
		struct past *past = past_of(meter, live->items[i]);
		if (past->cpu_time != CPU_TIME_UNKNOWN)
			continue;
		int64_t time = counted_time(session, meter, live->items[i]);
		past = past_of(meter, live->items[i]);
		past->cpu_time = time;
		past->at_ms = monotonic_ms();
	}
}

/* Whether the share is known. */
static bool take_share(struct meter *meter, const char *id, struct usage *usage)
{
	struct past *past = past_of(meter, id);
	int64_t now = monotonic_ms(), before = past->cpu_time, passed = now - past->at_ms;
	if (before != CPU_TIME_UNKNOWN && passed < SHARE_LEAST_MS)
		return false;
	past->cpu_time = usage->cpu_time;
	past->at_ms = now;
	if (before == CPU_TIME_UNKNOWN)
		return false;
	usage->cpu_percent = usage->cpu_time > before ? (double)(usage->cpu_time - before) / ((double)passed * 1e6) * 100 : 0;
	return true;
}

static struct metered *metered_of(struct meter *meter, const struct runtime *runtime, const char *id)
{
	size_t len = strlen(id);
	for (size_t i = 0; i < meter->nr && len; i++)
		if (meter->items[i].runtime == runtime && !strncmp(meter->items[i].id, id, len))
			return &meter->items[i];
	return NULL;
}

static int ask(struct session *session, const struct strvec *ids, struct result *out, struct error *err)
{
	struct action action;
	action_init(&action, VERB_STATS);
	for (size_t i = 0; i < ids->nr; i++)
		strvec_push(&action.targets, ids->items[i]);
	int failed = session_perform(session, &action, out, err);
	action_release(&action);
	return failed;
}

/* Without a limit of its own, all that the machine has is its limit, as for docker. */
static void judge(struct session *session, struct meter *meter, const char *id, struct usage *usage)
{
	usage->cpu_time = counted_time(session, meter, id);
	if (usage->memory_limit)
		return;
	usage->memory_limit = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
	usage->memory_percent = (double)usage->memory / (double)usage->memory_limit * 100;
}

/* Of the running ones. 1: a share is not known yet. */
static int measure(struct session *session, struct meter *meter, const struct runtime *runtime, const struct strvec *live, struct error *err)
{
	struct result result;
	bool counts = runtime_misjudges_usage(runtime);
	int more = 0;
	static const struct strvec all_that_run = STRVEC_INIT; /* so that one which goes meanwhile does no harm */
	if (counts)
		begin_counting(session, meter, live);
	if (ask(session, meter->targets.nr ? live : &all_that_run, &result, err) < 0)
		return -1;
	for (size_t i = 0; i < result.usages.nr; i++) {
		struct usage *usage = &result.usages.items[i];
		struct metered *one = metered_of(meter, runtime, usage->id);
		if (!one)
			continue;
		if (counts)
			judge(session, meter, one->id, usage);
		if (usage->cpu_time != CPU_TIME_UNKNOWN && !take_share(meter, one->id, usage))
			more = 1;
		one->usage = *usage;
		one->usage.id = "";
	}
	result_release(&result);
	return more;
}

static void drop_of(struct meter *meter, const struct runtime *runtime)
{
	size_t kept = 0;
	for (size_t i = 0; i < meter->nr; i++)
		if (meter->items[i].runtime != runtime)
			meter->items[kept++] = meter->items[i];
	meter->nr = kept;
}

static void say_nothing(void *arg UNUSED, const struct target *target UNUSED, const struct error *err UNUSED)
{
}

static int look_at(struct session *session, struct meter *meter, const struct runtime *runtime, meter_missing_fn *missing, void *arg,
		   struct error *err)
{
	const struct runtime *before = session_turn_to(session, runtime);
	int status = -1;
	for (int tries = TRIES; tries > 0; tries--) {
		SCOPED(strvec_release) struct strvec live = STRVEC_INIT;
		drop_of(meter, runtime);
		status = list_them(session, meter, runtime, &live, missing, arg, err);
		if (status == 0 && live.nr)
			status = measure(session, meter, runtime, &live, err);
		missing = say_nothing; /* it was said */
		if (status >= 0 || err->kind != ERROR_NOT_FOUND)
			break;
	}
	session_turn_to(session, before);
	return status;
}

/* What was known of containers that are not looked at any more. */
static void forget_others(struct meter *meter)
{
	size_t kept = 0;
	for (size_t i = 0; i < meter->past_nr; i++) {
		bool is_there = false;
		for (size_t j = 0; j < meter->nr && !is_there; j++)
			is_there = !strcmp(meter->items[j].id, meter->past[i].id);
		if (is_there)
			meter->past[kept++] = meter->past[i];
	}
	meter->past_nr = kept;
}

/* All runtimes that are meant. */
static int look_once(struct session *session, struct meter *meter, meter_missing_fn *missing, void *arg, struct error *err)
{
	const struct runtime *present = session_runtime(session, err);
	int more = 0;
	if (!present)
		return -1;
	meter->nr = 0;
	arena_release(&meter->arena);
	for (const struct runtime *const *runtime = runtimes; *runtime; runtime++) {
		bool meant = !meter->targets.nr && *runtime == present;
		for (size_t i = 0; i < meter->targets.nr && !meant; i++)
			meant = meter->targets.items[i].runtime == *runtime;
		int status = meant ? look_at(session, meter, *runtime, missing, arg, err) : 0;
		if (status < 0)
			return -1;
		more |= status;
	}
	forget_others(meter);
	return more;
}

static int look_until_known(struct session *session, struct meter *meter, meter_missing_fn *missing, void *arg, struct error *err)
{
	int more = look_once(session, meter, missing, arg, err);
	if (more <= 0)
		return more;
	if (!session_pause(session, SHARE_MS))
		return error_set(err, ERROR_CANCELLED, "cancelled");
	return look_once(session, meter, say_nothing, NULL, err) < 0 ? -1 : 0;
}

static void take_list(struct meter *meter, const struct meter *from)
{
	meter->items = from->items;
	meter->nr = from->nr;
	meter->room = from->room;
	meter->arena = from->arena;
}

int meter_look(struct session *session, struct meter *meter, meter_missing_fn *missing, void *arg, struct error *err)
{
	struct meter before = *meter;
	take_list(meter, &(struct meter){ 0 });
	int failed = look_until_known(session, meter, missing, arg, err);
	release_list(failed ? meter : &before);
	if (failed)
		take_list(meter, &before);
	return failed;
}
