/* What may stand at a place of a line, by its kind: what completion offers. */
#ifndef PURSER_COMMAND_PROPOSALS_H
#define PURSER_COMMAND_PROPOSALS_H

#include "command/command.h"
#include "command/complete.h"

struct proposals {
	const struct complete_source *source;
	const struct invocation *call;
	const char *prefix; /* what is typed of it: nothing else is taken */
	struct proposal *items;
	size_t nr, room;
	struct arena arena;
	int64_t old_ms; /* see struct completion */
};

/* Commands, and the first words of those of two; what may follow such a word. */
void propose_commands(struct proposals *proposals);
void propose_second_words(struct proposals *proposals, const char *first);
void propose_options(struct proposals *proposals);
void propose_values(struct proposals *proposals, const struct option *option);
void propose_operands(struct proposals *proposals, const struct operand *operand);
/* "podman:" and "label=", where "podman:web" may become of it. */
void propose_leads(struct proposals *proposals, enum kind kind);

#endif
