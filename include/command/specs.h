/* Descriptions of containers (model/spec.h), from calls of commands. */
#ifndef PURSER_COMMAND_SPECS_H
#define PURSER_COMMAND_SPECS_H

#include "command/session.h"
#include "model/spec.h"

/* What a row with spec_options was given goes into `spec`; of the others `spec` is read from its file first. */
int specs_take(const struct invocation *call, struct spec *spec, struct error *err);

/* IMAGE [COMMAND…] among the operands, from `first` on. */
void specs_take_image(const struct invocation *call, size_t first, struct spec *spec);

/* Whether it can be asked for. All that is wrong is said, each thing in a message of its own; the last one is *err. */
int specs_check(struct session *session, const struct invocation *call, const struct spec *spec, bool whole, struct error *err);

/* Creates the container and tracks it. With --dry-run `id` is its name. ERROR_UNSUPPORTED: the runtime lacks an option. */
int specs_create(struct session *session, const struct spec *spec, char id[CONTAINER_ID_LEN + 1], struct error *err);

/* Starts one that was just created. */
int specs_start(struct session *session, const struct spec *spec, const char *id, struct error *err);
/* It did not start: it is removed again where it was to be (rm). Returns -1; statuses are those of docker's run. */
int specs_start_failed(struct session *session, const struct spec *spec, const char *id, struct error *err);

/* How it is shown: an option of rows, and what it is worth; `form` may be NULL. */
#define SPECS_AS { "as", 0, KIND_AS, "FORM", "run, a line that makes another one; or json" }
void specs_print(const struct session *session, const char *form, const struct spec *spec);

/* The description of a container that exists, however it was made. */
int specs_describe(struct session *session, const char *target, struct spec *out, struct error *err);

/* Statuses as docker's run has them: 127 the command is not there, 126 it cannot be run, 125 anything else that the engine refused. */
void specs_status(struct error *err);

#endif
