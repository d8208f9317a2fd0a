/* What commands for networks and for volumes have in common. */
#ifndef PURSER_COMMAND_RESOURCE_H
#define PURSER_COMMAND_RESOURCE_H

#include "command/deed.h"

/* Networks, or volumes. */
struct resource_kind {
	enum verb list, inspect, remove;
	const char *noun;               /* "network": also what containers are filtered by */
	enum kind filter;               /* its words are the keys that its list can be filtered by */
	const char *in_use_hint;        /* what to do about one that is in use */
	bool takes_dangling;            /* the engine's list knows which volumes no container has */
};

extern const struct resource_kind network_kind, volume_kind;

/* Those that fit all of the call's filters. What an engine filters wrongly, or not at all, is filtered here. */
int resources_list(struct session *session, const struct invocation *call, const struct resource_kind *kind, struct resource_list *out,
		   struct error *err);
/* Calls `act` for each operand; prints the name of each that went well. As targets_each. */
int resources_each(struct session *session, const struct invocation *call, target_fn *act, struct error *err);
/* If it is in use, the error says by which containers. */
int resource_remove(struct session *session, const struct resource_kind *kind, const char *id, const char *name, struct error *err);
/* Prints what the engine says of each operand, as one array; with --format as it is. */
int resources_inspect(struct session *session, const struct invocation *call, const struct resource_kind *kind, struct error *err);
/* Shows those that fit the call's filters, `wanted`, and no container uses; asks, unless with --force; removes them. */
int resources_prune(struct session *session, const struct invocation *call, const struct resource_kind *kind,
		    bool (*wanted)(const struct resource *one, const void *call), target_fn *remove, struct error *err);

#endif
