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

/*
 * One row of `ps`, in docker's words. Missing: a text is "", a state UNKNOWN. What a runtime's list lacks is missing there: nerdctl's since when
 * a container is up, podman's mounts, the image's id where docker's CLI or nerdctl is asked.
 */
struct container {
	const char *id, *name, *image, *image_id, *command, *created_at, *running_for, *status, *ports, *labels, *mounts, *networks;
	enum container_state state;
};

/* How an engine keeps a container's log. */
enum log_form {
	LOG_FORM_UNKNOWN, /* only the engine itself can be asked */
	LOG_FORM_DOCKER,  /* docker's json-file: the engine's own business, but known */
	LOG_FORM_NERDCTL, /* nerdctl's json-file: its files are all there is */
	LOG_FORM_K8S,     /* podman's k8s-file, of conmon: likewise */
	LOG_FORM_JOURNAL, /* entries of the machine's journal */
	LOG_FORM_NONE,    /* nothing is kept that can be read */
};

/* How the records of a container's log come, where they are asked for. */
enum window_kind {
	WINDOW_WRITES,   /* each is one write of the runtime's CLI, or one frame of its engine's API */
	WINDOW_TERMINAL, /* raw text, which does not tell records apart well enough to be counted */
	WINDOW_JOURNAL,  /* entries of the machine's journal: JSON, one a line */
};

/* What `inspect` tells and `ps` does not. Missing: "", 0, false; without a state it is UNKNOWN, and CREATED for nerdctl. */
struct container_detail {
	const char *id, *name, *log_driver, *error;
	enum log_form log_form;
	const char *log_path; /* of the file that the engine writes it to, where it tells; also when nobody but the engine may read it */
	int64_t log_kept; /* bytes the engine keeps of the log at least, as it stores them, once there were so many; 0: all, or not known */
	enum container_state state;
	int exit_code;
	long long pid; /* on its engine's machine; 0: it does not run */
	enum window_kind window;
	bool oom_killed;
	int64_t written; /* bytes that it has in files of its own; 0: none, or nobody asked for them (--size) */
	bool terminal; /* it has one; of nerdctl, which does not tell, always */
	moment created, started, finished; /* 0: never */
	/* Of its health check, as its engine counts: "starting", "healthy", "unhealthy", or "" where it has none. */
	const char *health, *health_output; /* what the last check printed */
	int health_failures;                /* of the last checks, without one that went well between */
	int64_t check_interval;             /* nanoseconds; 0: it has no check, or not one of its own time */
};

/* X(what, docker's word for it) */
#define HAPPENINGS(X)                                                                                                  \
	X(OTHER, "")                                                                                                   \
	X(CREATE, "create")                                                                                            \
	X(START, "start")                                                                                              \
	X(END, "die")                                                                                                  \
	X(STOP, "stop")                                                                                                \
	X(KILL, "kill")                                                                                                \
	X(PAUSE, "pause")                                                                                              \
	X(UNPAUSE, "unpause")                                                                                          \
	X(RESTART, "restart")                                                                                          \
	X(RENAME, "rename")                                                                                            \
	X(UPDATE, "update")                                                                                            \
	X(OOM, "oom")                                                                                                  \
	X(HEALTH, "health_status")                                                                                     \
	X(DESTROY, "destroy")

/* Something that happened to a container, as an engine tells it. */
struct container_event {
	enum container_happening {
#define X(what, word) HAPPENED_##what,
		HAPPENINGS(X)
#undef X
	} what;
	/* What it happened to. Of what is no container nothing but this and `at` is told. */
	enum { ABOUT_CONTAINER, ABOUT_IMAGE, ABOUT_NETWORK, ABOUT_VOLUME } about;
	char id[CONTAINER_ID_LEN + 1];
	char name[CONTAINER_NAME_MAX + 1];   /* "": not told */
	char image[CONTAINER_NAME_MAX + 1];  /* likewise */
	char detail[CONTAINER_NAME_MAX + 1]; /* KILL: the signal; RENAME: the name before; HEALTH: healthy, unhealthy; "": not told */
	moment at;
	int exit_code; /* HAPPENED_END */
};

/* docker's word; "" for OTHER. */
const char *happening_word(enum container_happening what);

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
