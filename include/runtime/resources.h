/* Rows of `network ls` and `volume ls` → values. Pure. */
#ifndef PURSER_RUNTIME_RESOURCES_H
#define PURSER_RUNTIME_RESOURCES_H

#include "runtime/dialect.h"

/* By name, as docker has them; rows without one are left out. */
void networks_read(const struct dialect *dialect, const struct json_rows *rows, struct resource_list *out);
void volumes_read(const struct json_rows *rows, struct resource_list *out);

#endif
