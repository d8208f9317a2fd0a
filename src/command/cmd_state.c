/* kill, pause, unpause: what is done to containers that run. */
#include <string.h>
#include <strings.h>

#include "command/deed.h"
#include "command/rows.h"
#include "command/state.h"
#include "base/banned.h"

#define STATES_RUNNING STATE_BIT(RUNNING)
#define STATES_PAUSED STATE_BIT(PAUSED)

/* Whether it leaves no container alive: then its end is no news. */
static bool ends_surely(const char *signal)
{
	return !signal || !strcasecmp(signal, "KILL") || !strcasecmp(signal, "SIGKILL") || !strcmp(signal, "9");
}

static int before_kill(struct session *session, const struct invocation *call, struct target *target, struct error *err UNUSED)
{
	if (ends_surely(invocation_value(call, "signal")) && !session->settings.dry_run)
		tracked_expect_end(session->table, target->id);
	return 0;
}

static int killed(struct session *session, const struct invocation *call UNUSED, const struct target *target, const struct answer *answer,
		  struct error *err)
{
	return answer->failed ? state_explain(session, target->id, STATES_LIVE, "running or paused", err) : 0;
}

static int paused(struct session *session, const struct invocation *call UNUSED, const struct target *target, const struct answer *answer,
		  struct error *err)
{
	return answer->failed ? state_explain(session, target->id, STATES_RUNNING, "running", err) : 0;
}

static int unpaused(struct session *session, const struct invocation *call UNUSED, const struct target *target, const struct answer *answer,
		    struct error *err)
{
	return answer->failed ? state_explain(session, target->id, STATES_PAUSED, "paused", err) : 0;
}

static int find_and_do(struct session *session, const struct invocation *call, unsigned states, const struct deed *deed, struct error *err)
{
	SCOPED(targets_release) struct targets targets = { 0 };
	if (targets_find(session, call, states, &targets, err) < 0)
		return -1;
	return targets_do(session, call, &targets, deed, err);
}

static int run_kill(struct session *session, const struct invocation *call, struct error *err)
{
	static const struct deed deed = { .verb = VERB_KILL, .takes_options = true, .before = before_kill, .after = killed };
	return find_and_do(session, call, STATES_LIVE, &deed, err);
}

static int run_pause(struct session *session, const struct invocation *call, struct error *err)
{
	static const struct deed deed = { .verb = VERB_PAUSE, .after = paused };
	return find_and_do(session, call, STATES_RUNNING, &deed, err);
}

static int run_unpause(struct session *session, const struct invocation *call, struct error *err)
{
	static const struct deed deed = { .verb = VERB_UNPAUSE, .after = unpaused };
	return find_and_do(session, call, STATES_PAUSED, &deed, err);
}

#define CONTAINERS(fitting)                                                                                            \
	(const struct operand[])                                                                                       \
	{                                                                                                              \
		{ "CONTAINER", KIND_CONTAINER, 1, 0, .states = fitting, .help = TARGET_HELP },                         \
		{                                                                                                      \
			0                                                                                              \
		}                                                                                                      \
	}

const struct command cmd_kill = {
	.name = "kill",
	.summary = "send running containers a signal, KILL if no other is named",
	.options = (const struct option[]){ { "signal", 's', KIND_SIGNAL, "SIGNAL", "the signal: HUP, SIGHUP or 1",
					      .forward = true },
					    { 0 } },
	.operands = CONTAINERS(STATES_LIVE),
	.examples = (const struct example[]){ { "kill web", "it ends at once, with 137" },
					      { "kill -s HUP 'web-*'",
						"all whose name fits are told to read their settings again" },
					      { 0 } },
	.flags = COMMAND_COLLECTS | COMMAND_ENDS,
	.run = run_kill,
};

const struct command cmd_pause = {
	.name = "pause",
	.summary = "stop all processes of containers where they are",
	.operands = CONTAINERS(STATES_RUNNING),
	.examples = (const struct example[]){ { "pause web", "until unpause web" }, { 0 } },
	.flags = COMMAND_COLLECTS,
	.run = run_pause,
};

const struct command cmd_unpause = {
	.name = "unpause",
	.summary = "let paused containers go on",
	.operands = CONTAINERS(STATES_PAUSED),
	.examples = (const struct example[]){ { "unpause web", "it goes on where it was" }, { 0 } },
	.flags = COMMAND_COLLECTS,
	.run = run_unpause,
};
