/*
 * What the engine holds, as decoded from its replies. Strings are borrowed from the list's arena; a field the engine
 * did not give is "" (never NULL). Unknown JSON keys are ignored.
 */
#ifndef PURSER_MODEL_CONTAINER_H
#define PURSER_MODEL_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/moment.h"

#define CONTAINER_ID_LEN 64 /* hexadecimal digits of a full id */
#define CONTAINER_ID_SHORT 12
#define CONTAINER_NAME_MAX 255 /* bytes of it that are kept */

/* X(state, as docker calls it) */
#define CONTAINER_STATES(X)                                                                                            \
	X(UNKNOWN, "unknown")                                                                                          \
	X(CREATED, "created")                                                                                          \
	X(RUNNING, "running")                                                                                          \
	X(PAUSED, "paused")                                                                                            \
	X(RESTARTING, "restarting")                                                                                    \
	X(REMOVING, "removing")                                                                                        \
	X(EXITED, "exited")                                                                                            \
	X(DEAD, "dead")

enum container_state {
#define X(state, name) CONTAINER_##state,
	CONTAINER_STATES(X)
#undef X
};

/* Sets of states, for what a command can be applied to. */
#define STATE_BIT(state) (1u << CONTAINER_##state)
#define STATES_ANY (~0u)
#define STATES_ENDED (STATE_BIT(CREATED) | STATE_BIT(EXITED) | STATE_BIT(DEAD))
#define STATES_LIVE (STATE_BIT(RUNNING) | STATE_BIT(PAUSED) | STATE_BIT(RESTARTING))

/* One row of `ps`; the human texts are the engine's own. */
struct container {
	const char *id, *name, *image, *command, *created_at, *running_for, *status, *ports, *labels, *mounts, *networks;
	enum container_state state;
};

/* What `inspect` tells and `ps` does not. */
struct container_detail {
	const char *id, *name, *log_driver, *error;
	const char *log_path; /* of the file that the engine writes it to, where it tells; also when nobody but the engine may read it */
	int64_t log_kept; /* bytes the engine keeps of the log at least, as it stores them, once there were so many; 0: all, or not known */
	enum container_state state;
	int exit_code;
	bool tty, oom_killed;
	moment created, started, finished; /* 0: never */
};

/* Something that happened to a container, as an engine tells it. */
struct container_event {
	enum container_happening {
		HAPPENED_OTHER,
		HAPPENED_CREATE,
		HAPPENED_START,
		HAPPENED_END,
	} what;
	char id[CONTAINER_ID_LEN + 1];
	char name[CONTAINER_NAME_MAX + 1]; /* "": not told */
	moment at;
	int exit_code; /* HAPPENED_END */
};

/* One row of `images`. */
struct image {
	const char *id, *repository, *tag, *created_at, *created_since, *size;
};

struct container_list {
	struct container *items;
	size_t nr;
	struct arena arena;
};

struct detail_list {
	struct container_detail *items;
	size_t nr;
	struct arena arena;
};

struct image_list {
	struct image *items;
	size_t nr;
	struct arena arena;
};

void container_list_release(struct container_list *list);
void detail_list_release(struct detail_list *list);
void image_list_release(struct image_list *list);

const char *container_state_name(enum container_state state);

/* From an engine's word; podman's "stopped" and "configured", nerdctl's "stopped" count as what docker calls them. */
enum container_state container_state_parse(const char *word);

/* Of all its names ("/web,/db/alias") the one that is not another container's word for it. */
const char *container_own_name(const char *names, struct arena *arena);

/* [a-zA-Z0-9][a-zA-Z0-9_.-]+, as engines demand of a name. */
bool container_name_valid(const char *name);

#endif
