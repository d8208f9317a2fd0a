/* CONTAINER operands: names, beginnings of ids, and the words that stand for several (selector.h) → what to act on. */
#ifndef PURSER_COMMAND_TARGET_H
#define PURSER_COMMAND_TARGET_H

#include "base/arena.h"
#include "command/session.h"

/* Of an operand that is found by it. */
#define TARGET_HELP "name, id, pattern, label=KEY[=VALUE], @PROJECT or -"

struct target {
	const struct runtime *runtime; /* that has it */
	const char *name;              /* as it is to be shown: what was typed, or what it stood for */
	const char *id;   /* as the engine is asked: the full id of a tracked container, else the name itself */
};

struct targets {
	struct target *items;
	size_t nr, room;
	struct arena arena;
};

void targets_release(struct targets *targets);
/* Unless it is there already. */
void targets_add(struct targets *targets, const struct runtime *runtime, const char *name, const char *id);

/*
 * Adds what one word stands for. `states`: only these fit a pattern, a label or a project (STATES_…); one that nothing fits is
 * ERROR_NOT_FOUND. A word without a runtime before it means the one that is worked with, whatever others have.
 */
int targets_find_word(struct session *session, const char *word, unsigned states, struct targets *out,
		      struct error *err);
/*
 * The same for all operands. If one of them stands for several, and the command destroys, or at a prompt ends more than one, the user is
 * asked: ERROR_CANCELLED when the answer is no.
 */
int targets_find(struct session *session, const struct invocation *call, unsigned states, struct targets *out, struct error *err);

/* "web", and "podman:web" where that is not the runtime that is worked with. */
const char *target_name(const struct session *session, const struct runtime *runtime, const char *name, struct arena *arena);
/* If err is that there is no `word`: which other runtime has one is added to it, as far as it was seen, or what is called nearly so. */
void target_point_elsewhere(struct session *session, const char *word, struct error *err);

/* ERROR_UNSUPPORTED: the runtime cannot do that, or does not know an option that was given. */
int check_options(const struct runtime *runtime, const struct invocation *call, struct error *err);
/* Adds the call's options that the engine is to have, as --name=value, in the order they were given. */
void forward_options(const struct invocation *call, struct strvec *options);

#endif
