/* Containers by id, as an engine listed them: for events, which may have nothing but an id. */
#ifndef PURSER_COMMAND_ACQUAINTANCE_H
#define PURSER_COMMAND_ACQUAINTANCE_H

#include "command/session.h"

struct acquainted {
	char id[CONTAINER_ID_LEN + 1];
	char name[CONTAINER_NAME_MAX + 1], image[CONTAINER_NAME_MAX + 1];
	bool fits;  /* the labels asked for */
	bool stale; /* something happened to it that may have changed its name */
};

struct acquaintance {
	const struct strvec *labels; /* KEY or KEY=VALUE; all of them are to fit */
	struct acquainted *items;
	size_t nr, room;
};

void acquaintance_release(struct acquaintance *known);
/* Asks the runtime that is worked with. Those that are gone stay known. */
int acquaintance_refresh(struct session *session, struct acquaintance *known, struct error *err);
/* NULL: no such one, as far as is known. */
struct acquainted *acquaintance_find(const struct acquaintance *known, const char *id);
void acquaintance_drop(struct acquaintance *known, const char *id);

#endif
