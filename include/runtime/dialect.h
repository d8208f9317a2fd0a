/*
 * What differs between the runtimes that share docker's grammar. Each has a file with its dialect and nothing else: data, and how one row
 * of its answers is read. oci.c and decode.c have what they share. What docker shows is what all are made to show.
 */
#ifndef PURSER_RUNTIME_DIALECT_H
#define PURSER_RUNTIME_DIALECT_H

#include "model/json.h"
#include "runtime/runtime.h"

/* Part of what a CLI says when it refuses, in any case, and what that means. A * in it stands for anything. */
struct refusal {
	const char *words; /* NULL ends an array */
	enum error_kind kind;
	const char *hint;  /* what to do; NULL: the words say it */
	bool ends;         /* nothing that a person needs follows the words */
};

#define EVENTS_ALL 0    /* it keeps few events: all of them are asked for */
#define EVENTS_LIVE (-1) /* it keeps none: its stream begins now, and has no end */

struct dialect {
	const char *const *identity;      /* how it is asked for the id of its engine; NULL-terminated */
	const char *identity_is;          /* what that is, in words */
	const char *container_format;     /* which makes `ps` print rows of JSON */
	const char *const *network_rows, *const *volume_rows; /* likewise `network ls` and `volume ls`; NULL-terminated */
	const char *default_network;      /* which containers are in without another, and which is never removed */
	const char *const *event_options; /* only what changes a container's life: health checks alone make many others */
	const char *const *watch_options; /* … and all that happens to containers */
	int64_t events_reach_s;           /* so far before the end of the stream the past is asked for; or one of the above */
	const char *only_past;            /* instead of an --until that is over: with that it may end before it has told all; NULL: it tells all */
	const struct refusal *refusals;   /* that no engine answers or it denies, or that there is none of that name; for all others see refusal.c */
	const char *const *registries;    /* what it puts before images' names and docker does not show */
	const char *told_in_warnings;     /* what it says behind warnings that are the reason; NULL: they never are */
	const char *refuses_paused;       /* what it says to who stops or restarts a paused container: it has to go on first; NULL: it does not */
	const char *force_at_once;        /* the option without which `rm --force` gives a container time to end; NULL: it never does */
	const char *grace_without_end;    /* behind -t */
	const char *history_format;       /* which makes `history` print JSON */
	const char *save_several;         /* the option without which `save` takes a second image for a name of the first; NULL: none */
	bool force_takes_users;           /* `rmi --force` removes the containers that use an image with it */
	const char *const *own_words;     /* how what its CLI itself says begins (with a * as above), among what it passes on of VERB_EXEC and VERB_ATTACH; NULL-terminated */
	const char *const *start_words;   /* the same of VERB_START_ATTACHED: whether that has begun tells what it was */
	const char *tells_status;         /* among these: the status of what was run follows, and its CLI ends with another */
	const char *detached;             /* among these: the user left it, which is no failure */
	const char *const *commit_options; /* so that `commit` does what docker's does */
	const char *copy_as_it_is;        /* the option without which `cp` gives what it copies other owners */
	const char *follows_links;        /* the option of `cp` that it does not know, because it always does so */
	bool commits_by_name;             /* `commit` needs a name for the image */
	bool copies_patterns;             /* `cp` takes a source with *, ?, [ for a pattern, and finds nothing where a backslash is before them */
	bool copies_by_tar;               /* `cp` gives the source's name to tar, which takes one that begins with - for an option */
	bool copies_no_tar;               /* `cp` knows no - */
	bool attaches_terminals;          /* `attach` reaches only containers with a terminal, and `inspect` does not tell which have one */
	enum container_state blank_state; /* of a container that has none in `inspect` */
	bool leaves_checks;               /* health checks are run by systemd's timers, or by nobody; `healthcheck run` runs one */
	bool misjudges;                   /* its `stats` divide by what is no time (cgroups of version 1), and by 8 EiB without a limit of memory */
	bool inspects_singly;             /* of several it tells none where one is not there */
	bool blank_when_gone;             /* what is removed while it is listed leaves an empty row */
	bool oldest_first;                /* in lists; docker has the newest first */
	bool has_api;                     /* its engine speaks docker's, with times of nanoseconds */
	bool tail_spoils;                 /* its `logs --tail` spoils lines that came in parts: all of a log is asked for */
	const char *skips_record;         /* what its `logs` says, and goes on, when a record could not be written; NULL: it fails then */
	bool raw_terminal;                /* its `logs` copies a terminal's text as it comes, where others write record by record */

	/* Where `info` tells it; NULL: it does not. */
	const char *info_version, *info_log_driver, *info_root, *info_clock, *info_remote;
	const char *install, *start, *let_in; /* how one comes by it; what to do where its engine does not answer, and where it denies */

	/* Where `inspect` tells how a log is kept. Without a driver's name, but with a path, it is the first of them. */
	const char *log_driver, *log_path, *log_path_option, *log_size, *log_files;
	struct log_driver {
		const char *name;
		enum log_form form;
		int64_t kept; /* bytes of a file, where the container does not say; 0: any number */
		long files;   /* likewise; 0: one */
		bool refuses; /* it keeps nothing, and its engine says so in its own words when it is asked */
	} log_drivers[8];

	/* The engine's id, from what it said; "": there is none. */
	void (*read_identity)(const char *text, char id[ENGINE_ID_MAX + 1]);
	/* A row of `ps`. `image` is as the runtime has it. */
	void (*read_container)(const struct json *row, moment now, struct arena *arena, struct container *out);
	/* One event; *out is empty before. `id` may be anything. */
	void (*read_event)(const struct json *event, struct arena *arena, struct container_event *out);
};

/* A field of a Go template, and the key we give it. */
#define FIELD(name) "\"" name "\":{{json ." name "}}"

extern const struct runtime runtime_docker, runtime_nerdctl, runtime_podman;

/* The three functions of a struct runtime, for one with a dialect (oci.c, decode.c). */
int oci_compose(const struct runtime *self, const struct action *action, struct request *request, struct error *err);
int oci_decode(const struct runtime *self, const struct action *action, const struct reply *reply, struct result *out, struct error *err);
bool oci_read_event(const struct runtime *self, const char *line, size_t len, struct container_event *out);

/* What a verb prints is its result, as it is. */
bool oci_says(enum verb verb);

/* The name of an image as docker shows it. */
const char *oci_familiar_image(const struct dialect *dialect, const char *name);

/* What the word of an engine means: docker's, unless `words` has it; HAPPENED_OTHER for any other. */
struct happening {
	const char *word; /* NULL ends an array */
	enum container_happening what;
};
enum container_happening happening_of(const char *word, const struct happening *words);

#endif
