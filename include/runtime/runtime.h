/*
 * Runtimes: how an action becomes a request and a reply becomes values. Pure: bytes in, bytes out; nothing here starts anything.
 * A new runtime of docker's grammar is a file with its dialect (dialect.h); one of another grammar has its own compose and decode.
 */
#ifndef PURSER_RUNTIME_RUNTIME_H
#define PURSER_RUNTIME_RUNTIME_H

#include "base/buf.h"
#include "model/action.h"
#include "model/container.h"
#include "model/engine.h"
#include "model/usage.h"
#include "model/resource.h"
#include "runtime/endpoint.h"
#include "system/request.h"

#define ENGINE_ID_MAX 127
#define RUNTIMES_MAX 8

/* What a reply means; which member is filled follows from the action's verb. */
struct result {
	struct container_list containers; /* LIST */
	struct detail_list details;       /* INSPECT */
	struct image_list images;         /* IMAGES */
	struct usage_list usages;         /* STATS */
	struct resource_list resources;   /* NETWORKS, VOLUMES */
	char id[CONTAINER_ID_LEN + 1];    /* CREATE */
	char engine[ENGINE_ID_MAX + 1];   /* IDENTITY */
	struct engine_info info;          /* INFO */
	char client[ENGINE_WORD_MAX + 1]; /* CLIENT */
	int exit_code;                    /* WAIT */
	struct buf text;                  /* what all others printed that print something */
};

void result_release(struct result *result);

struct runtime {
	const char *name, *program;
	/* Fills argv, io, deadline and, where there is one, the HTTP form of an initialised request. ERROR_UNSUPPORTED where the runtime lacks the verb. */
	int (*compose)(const struct runtime *self, const struct action *action, struct request *request, struct error *err);
	/*
	 * From a reply that ended by itself, with any status. -1: ERROR_RUNTIME (the reply makes no sense), or what the engine refused, in its own
	 * words: ERROR_UNREACHABLE, ERROR_DENIED, ERROR_NOT_FOUND, ERROR_NAME_TAKEN, ERROR_IN_USE, ERROR_STATE, ERROR_VALUE, else ERROR_FAILED.
	 */
	int (*decode)(const struct runtime *self, const struct action *action, const struct reply *reply, struct result *out,
		      struct error *err);
	/* Reads one line of VERB_EVENTS. false: it says nothing of a container. */
	bool (*read_event)(const struct runtime *self, const char *line, size_t len, struct container_event *out);
	const void *dialect;
};

/* What to do where the program is not installed, and where no engine answers or it denies (ERROR_UNREACHABLE, ERROR_DENIED); a line each. */
const char *runtime_install_advice(const struct runtime *runtime);
const char *runtime_advice(const struct runtime *runtime, enum error_kind kind);

/* How the log of a container with this log driver is kept; the drivers of which that is known, NULL behind the last. */
enum log_form runtime_log_form(const struct runtime *runtime, const char *log_driver);
const char *runtime_log_driver(const struct runtime *runtime, size_t i);

/* What tells runtimes apart for who uses them, in words for a table; a name of NULL is behind the last. (features.c) */
struct feature {
	const char *name;
	void (*tell)(const struct runtime *runtime, struct buf *out);
};
extern const struct feature runtime_features[];

/*
 * Whether what VERB_STATS has of processors, and of a memory without a limit, is not to be believed. Such a runtime's containers are this machine's,
 * whose kernel can be asked.
 */
bool runtime_misjudges_usage(const struct runtime *runtime);
/* Whether VERB_EVENTS takes filters ("--filter=label=tier=web"). */
bool runtime_filters_events(const struct runtime *runtime);
/* Whether health checks are run by others than its engine: by VERB_HEALTH. */
bool runtime_leaves_checks(const struct runtime *runtime);
/* Whether a write of its CLI, during VERB_EXEC, VERB_ATTACH or VERB_START_ATTACHED, is a line that begins as what it says itself; all others are what was run in the container. */
bool runtime_speaks(const struct runtime *runtime, enum verb verb, const char *bytes, size_t len);
/* Whether VERB_START_ATTACHED can be of a container without a terminal. */
bool runtime_attaches_pipes(const struct runtime *runtime);
/* How `ps` and `images` show an image of that name: without the registry that is understood. */
const char *runtime_familiar_image(const struct runtime *runtime, const char *name);
/* Whether `rmi --force` removes the containers of an image, and their logs, with it. */
bool runtime_force_takes_users(const struct runtime *runtime);
/* Whether `action` was refused because the container is paused, and can be done once it goes on. */
bool runtime_wants_unpaused(const struct runtime *runtime, const struct action *action, const struct error *err);

/*
 * How docker's engine is asked for what only reads: over its socket, by its CLI, or over the socket with the CLI standing in where that
 * fails. Everything else, and the other runtimes, are asked by their CLIs.
 */
enum transport { TRANSPORT_AUTO, TRANSPORT_SOCKET, TRANSPORT_CLI };

/* ERROR_USAGE with the words that exist. */
int transport_parse(const char *word, enum transport *out, struct error *err);
/* From now on; before a second thread is started. `socket` as endpoint_find gives it. */
void runtime_reach(enum transport transport, const char *socket);
/* The socket it is asked over; "": by its CLI only. */
const char *runtime_socket(const struct runtime *runtime);
/* Whether VERB_INSPECT is to have one target. Of several it gives those that are there; so asked it gives none if one is not. */
bool runtime_inspects_singly(const struct runtime *runtime);

/* What a runtime's program is given besides, each time: right behind its name, and behind `create`. To be filled before a second thread is started. */
struct runtime_arguments {
	struct strvec always, create;
};
struct runtime_arguments *runtime_arguments(const struct runtime *runtime);

/* All of them, in the order in which one is chosen; NULL-terminated. */
extern const struct runtime *const runtimes[];

/* ERROR_USAGE with the names that exist. */
const struct runtime *runtime_find(const char *name, struct error *err);
/* "podman:web" → podman, and *name is "web"; without a runtime's name and a colon NULL, and *name is `word`. */
const struct runtime *runtime_prefix(const char *word, const char **name);

#endif
