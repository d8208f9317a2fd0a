/*
 * Errors are values: made where something happens, given context on the way up, printed once at the top.
 *
 * A function that can fail returns 0 or -1 and takes `struct error *err` last. On failure it has filled *err
 * and left its other outputs alone. An error owns nothing, so making one cannot fail and there is nothing to release.
 * The text is lower case, has no full stop, and says what, which, and what to do.
 */
#ifndef PURSER_BASE_ERROR_H
#define PURSER_BASE_ERROR_H

#include <stdbool.h>

#include "base/macros.h"

/* X(kind, exit status of a command that ends with it) */
#define ERRORS(X)                                                                                                      \
	X(FAILED, 1)          /* the engine refused, or something else went wrong */                                   \
	X(USAGE, 2)           /* the words typed are wrong; nothing was started */                                     \
	X(NOT_FOUND, 1)       /* no such container, image, file */                                                     \
	X(NAME_TAKEN, 1)      /* there is one of that name */                                                          \
	X(IN_USE, 1)          /* something else needs it, or has the port, or holds the lock */                        \
	X(STATE, 1)           /* the container is not in the state that this needs */                                  \
	X(VALUE, 1)           /* the engine does not take a value; one that purser does not take is USAGE */           \
	X(UNSUPPORTED, 2)     /* this runtime cannot do that; nothing was started */                                   \
	X(READONLY, 1)        /* purser is not to change anything; nothing was started */                              \
	X(SYSTEM, 1)          /* a system call failed; `detail` is errno */                                            \
	X(TIMEOUT, 124)       /* the deadline passed */                                                                \
	X(RUNTIME, 125)       /* the runtime does not work: unreadable reply, reply past its ceiling */                \
	X(UNREACHABLE, 125)   /* no engine answers */                                                                  \
	X(DENIED, 125)        /* one does, but not to this user */                                                     \
	X(NOT_EXECUTABLE, 126)                                                                                         \
	X(NO_PROGRAM, 127)    /* the program is not installed */                                                       \
	X(SIGNALLED, 128)     /* the program died by signal `detail`: status 128 + detail */                           \
	X(CANCELLED, 130)     /* Ctrl-C, SIGTERM or SIGHUP */                                                          \
	X(UNREAD, 141)        /* who read the output has gone, as when SIGPIPE ends a program; nothing to print */     \
	X(STATUS, 0)          /* the container's command ended with status `detail`; nothing to print */

enum error_kind {
	ERROR_NONE = 0,
#define X(kind, status) ERROR_##kind,
	ERRORS(X)
#undef X
};

#define ERROR_TEXT_MAX 512
#define ERROR_SUBJECT_MAX 256
#define ERROR_HINT_MAX 256

struct error {
	enum error_kind kind;
	int detail; /* errno, a signal's number or an exit status, where the kind says so */
	int status; /* the exit status, where it is not its kind's; 0: it is */
	char text[ERROR_TEXT_MAX];
	char subject[ERROR_SUBJECT_MAX]; /* what it is about, by name; "": nothing in particular, or the text says it */
	char hint[ERROR_HINT_MAX];       /* what to do; "": nothing more than the text says */
};

/* Fills *err; always returns -1, so that `return error_set(...)` reads well. */
int error_set(struct error *err, enum error_kind kind, const char *format, ...) PRINTF_LIKE(3, 4);

/* ERROR_SYSTEM from errno: "FORMAT: strerror". Always returns -1. */
int error_system(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Puts "FORMAT: " before the text that is there, keeping its kind. Always returns -1. */
int error_wrap(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* What is cut if it is too long. Both return -1. */
int error_about(struct error *err, const char *subject);
int error_hint(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* The exit status for this error; 0 for ERROR_NONE. */
int error_status(const struct error *err);

/* "usage", "not found", ... for machine-readable output. */
const char *error_kind_name(enum error_kind kind);

#endif
