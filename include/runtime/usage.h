/* A row of `stats` as docker, nerdctl and podman print it, whose numbers are texts with units: "1.805MiB / 23.54GiB". */
#ifndef PURSER_RUNTIME_USAGE_H
#define PURSER_RUNTIME_USAGE_H

#include "model/json.h"
#include "model/usage.h"

/* What is no number ("--", of a container that ended meanwhile) is 0. */
void usage_read(const struct json *row, struct arena *arena, struct usage *out);

#endif
