#include "model/action.h"

#include "base/banned.h"

void action_init(struct action *action, enum verb verb)
{
	*action = (struct action){ .verb = verb, .tail = TAIL_ALL, .grace_s = GRACE_OWN };
	strvec_init(&action->targets);
	strvec_init(&action->options);
	strvec_init(&action->words);
}

void action_release(struct action *action)
{
	strvec_release(&action->targets);
	strvec_release(&action->options);
	strvec_release(&action->words);
}

enum reach verb_changes(enum verb verb)
{
	static const enum reach changes[] = {
#define X(verb, changes) [VERB_##verb] = CHANGES_##changes,
		VERBS(X)
#undef X
	};
	return changes[verb];
}
