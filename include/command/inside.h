/* One container that a command works in: found, its runtime turned to, and known to be there before its CLI is asked to do anything. */
#ifndef PURSER_COMMAND_INSIDE_H
#define PURSER_COMMAND_INSIDE_H

#include "command/session.h"
#include "model/container.h"

struct inside {
	const struct runtime *before; /* what was worked with */
	char name[CONTAINER_NAME_MAX + 1]; /* as it was given, without a runtime */
	char id[CONTAINER_NAME_MAX + 1]; /* as the engine is asked */
	enum container_state state;   /* UNKNOWN with --dry-run, which asks for nothing */
	bool terminal;                /* it has one */
};

/*
 * `word` stands for one container: [RUNTIME:]NAME, an id, or what fits no other one in `states`. In a state that is not among `states` it is ERROR_STATE. Where it goes well the session
 * works with the container's runtime until inside_leave.
 */
int inside_enter(struct session *session, const struct invocation *call, const char *word, unsigned states, struct inside *out,
		 struct error *err);
void inside_leave(struct session *session, const struct inside *inside);

/* Asks for `verb`; the call's operands behind the container are its words. */
int inside_ask(struct session *session, const struct invocation *call, const struct inside *inside, enum verb verb, struct result *out,
		struct error *err);

/* For a tar on stdout: ERROR_USAGE where that is a terminal; and the request's sink, whose argument is not used. */
int inside_check_output(struct error *err);
int inside_output(void *arg, enum request_stream stream, const char *bytes, size_t len, struct error *err);

#endif
