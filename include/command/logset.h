/* The containers whose logs are meant by the words of one call, each once. */
#ifndef PURSER_COMMAND_LOGSET_H
#define PURSER_COMMAND_LOGSET_H

#include "command/session.h"

struct logset_item {
	char id[CONTAINER_ID_LEN + 1]; /* 12 digits at least */
	char name[STORE_NAME_MAX + 1];
	bool collected; /* it is tracked, and not gone */
};

struct logset {
	struct logset_item *items;
	size_t nr, room;
	struct strvec untracked; /* what the engine has, and nobody collects */
	struct strvec seen;      /* "ID NAME" of all that was tracked when the words were last looked at */
	int64_t tried_ms;
};

void logset_release(struct logset *set);

/*
 * Adds what a word means: a name, an id, NAME@2; a pattern, of the names that are tracked and of those whose log is kept; label=KEY, @PROJECT or -,
 * of what the engine has. What there is and is not tracked is added to `untracked`, a name only if the engine has it now. ERROR_NOT_FOUND: it means
 * nothing at all.
 */
int logset_add_word(struct session *session, const char *word, struct logset *set, struct error *err);

/*
 * Adds what has come since: tracked containers that the words mean now, and with `names` another container that has got such a name. One that has
 * appeared at the engine, and that no purser made, is tracked by that.
 */
void logset_add_new(struct session *session, char *const *words, size_t nr, bool names, struct logset *set);
/* What is there now is not new. Before logset_add_new. */
void logset_note_present(struct session *session, struct logset *set);

/* Whether it may stand for several, now or later. */
bool logset_is_open(const char *word);

#endif
