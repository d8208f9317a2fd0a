/* What commands for networks and for volumes have in common. */
#ifndef PURSER_COMMAND_RESOURCE_H
#define PURSER_COMMAND_RESOURCE_H

#include "command/deed.h"

/* Networks, or volumes. */
struct resource_kind {
	enum verb list, inspect;
	const char *noun;               /* "network": also what containers are filtered by */
	enum kind filter;               /* its words are the keys that its list can be filtered by */
	const char *in_use_hint;        /* what to do about one that is in use */
	bool takes_dangling;            /* the engine's list knows which volumes no container has */
};

extern const struct resource_kind network_kind, volume_kind;

/* Those that fit all of the call's filters. What an engine filters wrongly, or not at all, is filtered here. */
int resources_list(struct session *session, const struct invocation *call, const struct resource_kind *kind, struct resource_list *out,
		   struct error *err);
/* Each operand. */
int resources_remove(struct session *session, const struct invocation *call, const struct deed *removal, struct error *err);
/* If *err is that it is in use, it says from now on by which containers. */
void resource_name_users(struct session *session, const struct resource_kind *kind, const char *name, struct error *err);
/* Prints what the engine says of each operand, as one array; with --format as it is. */
int resources_inspect(struct session *session, const struct invocation *call, const struct resource_kind *kind, struct error *err);
/* Shows those that fit the call's filters, `wanted`, and no container uses; asks, unless with --force; removes them. */
int resources_prune(struct session *session, const struct invocation *call, const struct resource_kind *kind,
		    bool (*wanted)(const struct resource *one, const void *call), const struct deed *removal, struct error *err);

#endif
