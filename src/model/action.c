#include "model/action.h"

#include "base/banned.h"

void action_init(struct action *action, enum verb verb)
{
	*action = (struct action){ .verb = verb, .tail = TAIL_ALL, .grace_s = 10 };
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

bool verb_changes(enum verb verb)
{
	static const bool changes[] = {
#define X(verb, changes) [VERB_##verb] = changes,
		VERBS(X)
#undef X
	};
	return changes[verb];
}

const char *verb_name(enum verb verb)
{
	static const char *const names[] = {
#define X(verb, changes) [VERB_##verb] = #verb,
		VERBS(X)
#undef X
	};
	return names[verb];
}
