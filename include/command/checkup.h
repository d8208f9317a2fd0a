/*
 * What stands between purser and its work: each runtime, the log directory, the limits of this process and machine. Nothing is changed or
 * made. Engines are asked side by side, for a few seconds at most.
 */
#ifndef PURSER_COMMAND_CHECKUP_H
#define PURSER_COMMAND_CHECKUP_H

#include <limits.h>
#include <stdint.h>
#include <sys/resource.h>

#include "base/arena.h"
#include "command/session.h"

/* What tells that a container has written something. */
enum waker { WAKER_WATCH, WAKER_STREAM, WAKER_CLOCK };

/* A line each. */
struct problem {
	const struct runtime *runtime; /* whose it is; NULL: the machine's */
	const char *what, *advice;
};

struct runtime_checkup {
	const struct runtime *runtime;
	char program[PATH_MAX];               /* "": not installed; then nothing else is known */
	char client[ENGINE_WORD_MAX + 1];     /* version of that; "": it does not tell */
	char endpoint[ENDPOINT_NAME_MAX + 1]; /* as endpoint_name has it */
	bool answers;                         /* then the following is known */
	bool by_socket;
	int64_t took_ms;
	struct engine_info info;
	int64_t ahead;                        /* of this machine's clock, nanoseconds; where info.clock is not 0 */
	enum log_form log_form;               /* of its default driver */
	bool reads_files;                     /* which such logs are in */
	enum waker waker;
};

struct machine_checkup {
	const char *log_directory; /* "": there is no place for one */
	bool exists;               /* if not, it is made when something is to be collected */
	uint64_t free_bytes;       /* for purser */
	int collected;             /* by `collector`: as store_collector has it */
	pid_t collector;
	size_t tracked;
	struct rlimit descriptors;
	size_t followed_max; /* containers whose files are held open, within them */
	long watches, instances; /* of inotify, for one user; 0: not known */
};

struct checkup {
	bool reads_engine_files; /* as the user wants */
	struct runtime_checkup runtimes[RUNTIMES_MAX];
	size_t runtimes_nr;
	const struct runtime_checkup *chosen; /* which is worked with; NULL: none is installed */
	const char *choice;                   /* why that one; "" */
	struct machine_checkup machine;
	struct problem problems[64];
	size_t problems_nr;
	struct arena arena;
};

/* -1: it was cancelled, or there is no runtime of the name that was given. */
int checkup_make(struct session *session, struct checkup *out, struct error *err);
void checkup_release(struct checkup *checkup);

/* Adds one; `what` and `advice` are copied. */
void checkup_add_problem(struct checkup *checkup, const struct runtime *runtime, const char *what, const char *advice);
/* Fills `machine`. (machine.c) */
void checkup_machine(struct session *session, struct checkup *checkup);

#endif
