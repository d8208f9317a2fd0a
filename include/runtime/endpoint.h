/*
 * Where docker's engine listens, found as docker's CLI does: DOCKER_HOST, else the context that DOCKER_CONTEXT or the config file's
 * currentContext names, else /var/run/docker.sock (docs.docker.com/engine/manage-resources/contexts: DOCKER_HOST comes first).
 */
#ifndef PURSER_RUNTIME_ENDPOINT_H
#define PURSER_RUNTIME_ENDPOINT_H

#define ENDPOINT_MAX 107 /* bytes of a unix socket's path */

/* Its path; "" where the engine is reached otherwise (tcp, ssh), or nobody can tell: then the CLI is to be asked. */
void endpoint_find(char path[ENDPOINT_MAX + 1]);

#endif
