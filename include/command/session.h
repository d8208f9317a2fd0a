/*
 * A session: what a call of a command needs. One for the shell, a script or a single command; used by one thread.
 */
#ifndef PURSER_COMMAND_SESSION_H
#define PURSER_COMMAND_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "command/command.h"
#include "command/settings.h"
#include "logs/collector.h"
#include "logs/store.h"
#include "logs/tracked.h"
#include "runtime/runtime.h"
#include "system/signals.h"

/* X(choice, why a runtime is the default one) */
#define CHOICES(X)                                                                                                     \
	X(OPTION, "--runtime")                                                                                         \
	X(VARIABLE, "PURSER_RUNTIME")                                                                                  \
	X(CONFIG, "the config file")                                                                                   \
	X(USE, "use")                                                                                                  \
	X(ONLY, "the only one installed")                                                                              \
	X(ANSWERS, "the first that answers")                                                                           \
	X(SILENT, "the first installed; none answers")

enum choice {
#define X(choice, text) CHOICE_##choice,
	CHOICES(X)
#undef X
};

const char *choice_text(enum choice choice);

struct drafts;  /* command/drafts.h */
struct targets; /* command/target.h */

struct session {
	struct sources *sources;
	struct settings settings;      /* as they are read from the sources */
	bool interactive;              /* somebody types and can be asked */
	bool watched;                  /* one command or a shell at a terminal: who typed it looks at what it prints */
	bool captured;                 /* what is printed is taken by watch: no program has the terminal */
	bool reads_commands;           /* from standard input: nothing else may read it */
	struct signals *signals;
	const struct runtime *runtime; /* the default one; NULL until session_runtime chose it */
	enum choice choice;            /* why it is that one */
	char silent[64];               /* those before it that were asked and do not answer: "docker, nerdctl" */
	char endpoint[ENDPOINT_NAME_MAX + 1]; /* what it talks to by its own settings; "": the standard one */
	const struct runtime *instead; /* what is worked with now: of one command (podman ps), of one container (podman:web); NULL: the default */
	struct store store;
	struct tracked_table *table;
	struct collector *collector;   /* NULL until something is to be collected */
	bool collector_tried;          /* if it could not be started, that was said */
	struct drafts *drafts;
	struct strvec aliases;         /* command/alias.h */
	unsigned depth;                /* how many files are being read, one from within another */
	struct targets *last; /* what `-` stands for (command/last.h); NULL: nothing yet */
	int patience_ms;               /* no request takes longer; 0: each has its own time */
	bool quit;
	bool drained;                  /* a command collected everything up to then */
	int status;                    /* of the last command */
	int last_status;               /* of the last one that has ended, as status tells it; -1: none has */
	const struct beside *beside;   /* done while requests are waited for; NULL: nothing */
	struct error warned;           /* while that is done: the last warning, which is not printed */
	const char *where;             /* file and line of the command that runs, of a script; else NULL */
	void (*show_history)(size_t count); /* the shell's; NULL elsewhere */
};

int session_init(struct session *session, struct sources *sources, struct signals *signals, struct error *err);
/* Stops the collector as it is: session_drain first. */
void session_release(struct session *session);

/* Makes a setting, of which the value was checked, as `set` does: where it may not be made now that is an error. */
int session_set(struct session *session, const struct option *option, const char *value, struct error *err);

/* Nothing that an engine has is changed with --readonly: then it is ERROR_READONLY, and says whose wish that was. */
int session_may_change(const struct session *session, struct error *err);

/* The runtime that is worked with: the default one, chosen at the first call, unless it is another instead. NULL with *err. */
const struct runtime *session_runtime(struct session *session, struct error *err);
/* Works with `instead` from now on (NULL: the default), and returns what was worked with, to turn back to. */
const struct runtime *session_turn_to(struct session *session, const struct runtime *instead);
/*
 * Calls `act` working with the present runtime, or with each that is installed. Of those, one that fails is a warning, unless
 * all do: then it is -1 with the first one's error. ERROR_CANCELLED ends it.
 */
typedef int session_fn(struct session *session, void *arg, struct error *err);
int session_each_runtime(struct session *session, bool all, session_fn *act, void *arg, struct error *err);
/* Makes another one the default. */
int session_use(struct session *session, const char *name, struct error *err);

/* Where logs are, or would be: adds it to `path`. */
int session_log_directory(const struct session *session, struct buf *path, struct error *err);
/* Opens the log directory (for reading what is stored, too). */
int session_store(struct session *session, struct error *err);

/*
 * Starts the collector if it does not run yet. Whether logs are collected, by this purser or another: if not, that was said once, as a
 * warning, since containers can be worked with all the same.
 */
bool session_collect(struct session *session);

/* An initialised request as this session makes it; ERROR_READONLY where it may not change anything. */
int session_compose(struct session *session, const struct runtime *runtime, const struct action *action, struct request *request,
		    struct error *err);
/* compose → run → decode. With --dry-run an action that changes something is printed instead, and *out is empty. */
int session_perform(struct session *session, const struct action *action, struct result *out, struct error *err);
/* The same, with each write of the runtime's CLI to `sink`. */
int session_perform_to(struct session *session, const struct action *action, request_sink *sink, void *arg, struct result *out,
		       struct error *err);

/* One verb, one container. `out` may be NULL where nothing comes back. */
int session_act(struct session *session, enum verb verb, const char *target, struct result *out, struct error *err);

/* All containers the engine has, in any state. */
int session_list(struct session *session, struct result *out, struct error *err);

/* Tracks a container and puts it on the directory's list. Failing to is a warning. */
void session_track(struct session *session, const char *id, const char *name, bool remove);
/* The same for one the engine has already, by name or id. */
int session_track_existing(struct session *session, const char *target, struct error *err);
int session_untrack(struct session *session, const char *id, struct error *err);
/* The same for a container that was just removed. */
int session_forget(struct session *session, const char *id, struct error *err);
/* The tracked container of `runtime` (NULL: any) that `name` is the name, the id or the id's beginning (4 digits or more) of. Gone ones do not count. */
bool session_find_tracked(struct session *session, const struct runtime *runtime, const char *name, struct tracked *out);

/* By the call's --format, else by the session's --json. */
bool session_wants_json(const struct session *session, const struct invocation *call);

/* Standard input is free to be read as data: no terminal, and not where commands come from. */
int session_check_input(const struct session *session, const char *instead, struct error *err);

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
/* Waits, and does meanwhile what is to be done beside requests. 1: so long passed; 0: the user wants to end. */
int session_pause(const struct session *session, int ms);
/* At a prompt: what the collector is to tell of is what is set. */
void session_announce(const struct session *session);
/* Where there is no prompt to say it above: what the collector has to tell goes to stderr. */
void session_tell_news(struct session *session);
/* Waits for the table's bell; -1 with ERROR_CANCELLED if the user wants to stop waiting. */
int session_wait_news(struct session *session, int timeout_ms, struct error *err);

#endif
