/*
 * Containers that are described step by step at the prompt, before they are made. A session's, and gone with it; used by its thread.
 */
#ifndef PURSER_COMMAND_DRAFTS_H
#define PURSER_COMMAND_DRAFTS_H

#include "command/session.h"
#include "model/spec.h"

struct draft {
	char *name;
	const struct runtime *runtime;    /* whose container it is to be */
	struct spec spec;                 /* its --name is `name` */
	char id[CONTAINER_ID_LEN + 1];    /* of the container that was built from it, or was there before; "": none */
	bool adopted;                     /* it was there before */
};

struct drafts {
	struct draft **items;
	size_t nr;
};

void drafts_release(struct drafts *drafts);
/* Of the runtime that is worked with. NULL: there is none of that name. */
struct draft *drafts_find(struct session *session, const char *name);
/* Begins one, instead of the one of that name if there is one. */
struct draft *drafts_begin(struct session *session, const char *name);

/* Creates its container, unless it has one that is still there. */
int drafts_build(struct session *session, struct draft *draft, struct error *err);

#endif
