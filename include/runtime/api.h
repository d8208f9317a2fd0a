/*
 * docker's HTTP API: a second way to ask for what only reads. What an action is as a GET, and what the answer means, in the very values
 * that docker's CLI makes of it. Pure. Paths have no version, so that every engine from API 1.24 to 1.52 takes them.
 */
#ifndef PURSER_RUNTIME_API_H
#define PURSER_RUNTIME_API_H

#include "model/action.h"
#include "model/container.h"
#include "model/json.h"
#include "system/request.h"

/*
 * Adds path and query, percent-encoded: "/containers/json?all=1". false, and nothing added: the API has no such verb, or it cannot be said
 * with these options, and the CLI is to be asked.
 */
bool api_target(const struct action *action, struct buf *target);

/* One element of /containers/json, as `docker ps --no-trunc` shows it at `now`. */
void api_container(const struct json *element, moment now, struct arena *arena, struct container *out);

/* Elements of /images/json, as `docker images --no-trunc` shows them: one may be several rows. */
void api_images(const struct json_rows *elements, moment now, struct image_list *out);

/* The CLI's words for an answer that is not 2xx: "Error response from daemon: " and the message in the body. */
void api_refusal(const char *body, size_t len, struct buf *words);

#endif
