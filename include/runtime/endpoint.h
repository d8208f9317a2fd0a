/*
 * What a runtime's CLI talks to by its own settings, found as it finds that: options before variables before files. The CLIs read all of
 * it by themselves; purser needs docker's socket, and what to call what is not the standard one.
 *
 * docker: -H, -c, DOCKER_HOST, DOCKER_CONTEXT, currentContext of its config file, else /var/run/docker.sock
 * (docs.docker.com/engine/manage-resources/contexts). nerdctl: -n, CONTAINERD_NAMESPACE, nerdctl.toml; the same with the address (nerdctl,
 * docs/config.md). podman: --url, --connection, CONTAINER_HOST, CONTAINER_CONNECTION (podman(1)).
 */
#ifndef PURSER_RUNTIME_ENDPOINT_H
#define PURSER_RUNTIME_ENDPOINT_H

#include "base/buf.h"
#include "base/strvec.h"

#define ENDPOINT_MAX 107 /* bytes of a unix socket's path */
#define ENDPOINT_NAME_MAX 63

/*
 * The path of docker's socket; "" where the engine is reached otherwise (tcp, ssh), where `arguments` (of its CLI) name another one, or
 * where nobody can tell: then the CLI is to be asked.
 */
void endpoint_find(const struct strvec *arguments, char path[ENDPOINT_MAX + 1]);

/* The context, namespace, connection or address that the CLI of `runtime` uses; "" for the standard one. What is too long is cut. */
void endpoint_name(const char *runtime, const struct strvec *arguments, char name[ENDPOINT_NAME_MAX + 1]);

/* Adds the names of the variables that say which, with `, ` between. */
void endpoint_variables(const char *runtime, struct buf *out);

#endif
