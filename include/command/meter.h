/* What containers use now: asked of their engines, and put into one order and the same numbers, whatever the runtime. */
#ifndef PURSER_COMMAND_METER_H
#define PURSER_COMMAND_METER_H

#include "command/session.h"
#include "command/target.h"
#include "model/usage.h"

/* One container that is looked at. */
struct metered {
	const struct runtime *runtime;
	char id[CONTAINER_ID_LEN + 1];
	const char *name; /* as it is to be shown */
	struct usage usage;
};

/*
 * Looks again and again. A share of the processors is of the time since the look before, where the runtime tells only how much was used since the
 * container started; so the first look at one waits.
 */
struct meter {
	struct targets targets; /* what was asked for; none: all that run */
	bool all;               /* also those that do not run */
	struct metered *items;  /* what was found by the last look, in the order asked for, or that of the list */
	size_t nr, room;
	struct arena arena;     /* of these */
	struct past *past;      /* private */
	size_t past_nr;
};

void meter_release(struct meter *meter);

/* -1: none can be looked at, and what was found before stays. Of those that are asked for by name and are not there, or not any more, `missing` is called for each. */
typedef void meter_missing_fn(void *arg, const struct target *target, const struct error *err);
int meter_look(struct session *session, struct meter *meter, meter_missing_fn *missing, void *arg, struct error *err);

#endif
