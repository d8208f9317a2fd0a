/* What the commands about images share. */
#ifndef PURSER_COMMAND_IMAGE_H
#define PURSER_COMMAND_IMAGE_H

#include "command/session.h"

/* `verb`, with the options that are the engine's, of one image; `out` is to be released. */
int image_ask(struct session *session, const struct invocation *call, enum verb verb, const char *image, struct result *out,
	      struct error *err);

/*
 * Calls `act` for each operand; a failure is printed and the next one follows. -1 if any failed: *err is ERROR_STATUS then, or
 * ERROR_CANCELLED, which ends it.
 */
typedef int image_fn(struct session *session, const struct invocation *call, const char *image, void *arg, struct error *err);
int image_each(struct session *session, const struct invocation *call, image_fn *act, void *arg, struct error *err);

/* All images, without the intermediate ones. `filter` may be NULL: "dangling=true". */
int image_list(struct session *session, const char *filter, struct result *out, struct error *err);

/* Whether a program is given the terminal, to show its progress there. */
bool image_on_terminal(const struct session *session);

#endif
