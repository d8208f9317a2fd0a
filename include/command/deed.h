/* What is done to each of several containers: asked for side by side, told in the order in which they were named. */
#ifndef PURSER_COMMAND_DEED_H
#define PURSER_COMMAND_DEED_H

#include "command/target.h"

/* What came of a request. */
struct answer {
	int failed;                  /* -1: *err says why */
	const struct result *result; /* otherwise */
	int64_t at_ms;               /* monotonic; when it came */
};

/* One request for each, of one verb. The session works with the target's runtime while these are called. */
struct deed {
	enum verb verb;
	bool takes_options;           /* the call's options that are the engine's */
	const struct strvec *options; /* besides; NULL: none */
	bool silent;                  /* the names of those that went well are not printed */
	/* Before it is asked: -1 with *err, and it is not. It may find another id to ask with. May be NULL. */
	int (*before)(struct session *session, const struct invocation *call, struct target *target, struct error *err);
	/* Returns 0, or -1 with *err, which is what it was told. NULL: just what came of it. */
	int (*after)(struct session *session, const struct invocation *call, const struct target *target,
		     const struct answer *answer, struct error *err);
};

/*
 * So many requests as the setting `parallel` says are under way at once. A failure is printed, and the others go on; Ctrl-C ends all. The name of
 * each that went well is printed. -1 if any failed, with the last one's status, already printed: *err becomes ERROR_STATUS.
 */
int targets_do(struct session *session, const struct invocation *call, struct targets *targets, const struct deed *deed,
	       struct error *err);

/* The same for what is more than one request: `act` is called for one after the other. */
typedef int target_fn(struct session *session, const struct invocation *call, const char *id, const char *name,
		      struct error *err);
int targets_each(struct session *session, const struct invocation *call, const struct targets *targets, target_fn *act,
		 struct error *err);
/* The same, where `act` prints what there is to be printed. */
int targets_each_silent(struct session *session, const struct invocation *call, const struct targets *targets,
			target_fn *act, struct error *err);

#endif
