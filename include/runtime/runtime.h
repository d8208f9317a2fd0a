/*
 * Runtimes: how an action becomes a request and a reply becomes values. Pure: bytes in, bytes out; nothing here starts anything.
 * A new runtime of docker's grammar is one row in oci.c; one of another grammar is a file with its own compose and decode.
 */
#ifndef PURSER_RUNTIME_RUNTIME_H
#define PURSER_RUNTIME_RUNTIME_H

#include "model/action.h"
#include "model/container.h"
#include "runtime/endpoint.h"
#include "system/request.h"

#define ENGINE_ID_MAX 127

/* What a reply means; which member is filled follows from the action's verb. */
struct result {
	struct container_list containers; /* LIST */
	struct detail_list details;       /* INSPECT */
	struct image_list images;         /* IMAGES */
	char id[CONTAINER_ID_LEN + 1];    /* CREATE */
	char engine[ENGINE_ID_MAX + 1];   /* IDENTITY */
};

void result_release(struct result *result);

struct runtime {
	const char *name, *program;
	/* Fills argv, io, deadline and, where there is one, the HTTP form of an initialised request. ERROR_UNSUPPORTED where the runtime lacks the verb. */
	int (*compose)(const struct runtime *self, const struct action *action, struct request *request, struct error *err);
	/*
	 * From a reply that ended by itself, with any status. -1: ERROR_NOT_FOUND (no such container or image), ERROR_RUNTIME (no engine
	 * answers, or the reply makes no sense), ERROR_FAILED (the engine refused), in the engine's own words.
	 */
	int (*decode)(const struct runtime *self, const struct action *action, const struct reply *reply, struct result *out,
		      struct error *err);
	/* Reads one line of VERB_EVENTS. false: it says nothing. */
	bool (*read_event)(const struct runtime *self, const char *line, size_t len, struct container_event *out);
	const void *dialect;
};

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

/* All of them, in the order in which one is chosen; NULL-terminated. */
extern const struct runtime *const runtimes[];

/* ERROR_USAGE with the names that exist. */
const struct runtime *runtime_find(const char *name, struct error *err);

#endif
