/*
 * A session: what a call of a command needs. One for the shell, a script or a single command; used by one thread.
 */
#ifndef PURSER_COMMAND_SESSION_H
#define PURSER_COMMAND_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "command/command.h"
#include "logs/collector.h"
#include "logs/store.h"
#include "logs/tracked.h"
#include "runtime/runtime.h"
#include "system/signals.h"

struct settings {
	const char *runtime; /* NULL: PURSER_RUNTIME, else the first that answers */
	const char *transport; /* NULL: PURSER_TRANSPORT, else auto */
	const char *log_dir; /* NULL: PURSER_LOG_DIR, else ./logs if it exists, else $XDG_STATE_HOME/purser/logs */
	struct keeping keeping;
	bool read_engine_files;
	bool keep_going, dry_run, yes, quiet, json;
};

struct session {
	struct settings settings;
	bool interactive;              /* somebody types and can be asked */
	struct signals *signals;
	const struct runtime *runtime; /* NULL until session_runtime chose one */
	struct store store;
	struct tracked_table *table;
	struct collector *collector;   /* NULL until something is to be collected */
	bool collector_tried;          /* if it could not be started, that was said */
	bool quit;
	bool drained;                  /* a command collected everything up to then */
	int status;                    /* of the last command */
	const char *where;             /* file and line of the command that runs, of a script; else NULL */
	void (*show_history)(size_t count); /* the shell's; NULL elsewhere */
};

int session_init(struct session *session, const struct settings *settings, struct signals *signals, struct error *err);
/* Stops the collector as it is: session_drain first. */
void session_release(struct session *session);

/* The runtime, chosen at the first call. NULL with *err. */
const struct runtime *session_runtime(struct session *session, struct error *err);
int session_use(struct session *session, const char *name, struct error *err);

/* Opens the log directory (for reading what is stored, too). */
int session_store(struct session *session, struct error *err);

/*
 * Starts the collector if it does not run yet. Whether logs are collected, by this purser or another: if not, that was said once, as a
 * warning, since containers can be worked with all the same.
 */
bool session_collect(struct session *session);

/* compose → run → decode. With --dry-run an action that changes something is printed instead, and *out is empty. */
int session_perform(struct session *session, const struct action *action, struct result *out, struct error *err);
/* The same, with each write of the runtime's CLI to `sink`. */
int session_perform_to(struct session *session, const struct action *action, request_sink *sink, void *arg, struct result *out,
		       struct error *err);

/* One verb, one container. `out` may be NULL where nothing comes back. */
int session_act(struct session *session, enum verb verb, const char *target, struct result *out, struct error *err);

/* All containers the engine has, in any state. */
int session_list(struct session *session, struct result *out, struct error *err);

/* Collects everything up to now from `id`; waits until it is stored, as long as it goes on. */
int session_drain(struct session *session, const char *id, struct error *err);
/* The same for every tracked container. */
int session_drain_all(struct session *session, struct error *err);
/* That, before purser ends; what is to be removed when it has ended (`run --rm`) gets a second from its start to do so. */
int session_leave(struct session *session, struct error *err);

/* Tracks a container and puts it on the directory's list. Failing to is a warning. */
void session_track(struct session *session, const char *id, const char *name, bool remove);
/* The same for one the engine has already, by name or id. */
int session_track_existing(struct session *session, const char *target, struct error *err);
int session_untrack(struct session *session, const char *id, struct error *err);
/* The same for a container that was just removed. */
int session_forget(struct session *session, const char *id, struct error *err);
/* The tracked container that `name` is the name, the id or the id's beginning (4 digits or more) of. Gone ones do not count. */
bool session_find_tracked(struct session *session, const char *name, struct tracked *out);

/* Yes or no: from the user, or from -y; in a script without it an error. 1 yes, 0 no, -1 *err. */
int session_confirm(struct session *session, const char *question, struct error *err);

/* What becomes readable when the user wants the running command to end; the second while a program has the terminal. */
int session_cancel_fd(const struct session *session);
int session_end_fd(const struct session *session);
/*
 * Takes the signals that ended a command, so that they do not end the next one. SIGTERM and SIGHUP end the session: then it returns
 * the number of the last one, else 0.
 */
int session_take_stop(struct session *session);
/* Where there is no prompt to say it above: what the collector has to tell goes to stderr. */
void session_tell_news(struct session *session);
/* Waits for the table's bell; -1 with ERROR_CANCELLED if the user wants to stop waiting. */
int session_wait_news(struct session *session, int timeout_ms, struct error *err);

#endif
