/*
 * Completion: the real parser says what is awaited, the kind says where candidates come from. No process is started and nothing is waited
 * for; names come from what the source has, which is what the collector last saw.
 */
#ifndef PURSER_COMMAND_COMPLETE_H
#define PURSER_COMMAND_COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strvec.h"
#include "logs/seen.h"

/* Where names come from. `runtime` is the name of one, NULL where none is chosen yet. Any of the functions may be NULL. */
struct complete_source {
	/* What a runtime holds of a kind; NULL: that is not known. It has to stay until the candidates are used. */
	const struct seen_list *(*seen)(void *arg, const char *runtime, enum seen_kind kind);
	/* What is known of the names in a directory of a container that runs: "web:/etc/". */
	const struct seen_list *(*paths)(void *arg, const char *runtime, const char *place);
	/* These add to `out`, unsorted. */
	void (*stored)(void *arg, struct strvec *out); /* containers whose log is kept, removed ones too */
	void (*drafts)(void *arg, struct strvec *out);
	void (*runtimes)(void *arg, struct strvec *out);
	void *arg;
	const char *runtime; /* the chosen one: what it lacks is not offered; NULL: none yet */
	const struct strvec *aliases; /* command/alias.h; NULL: none */
};

struct proposal {
	const char *word; /* whole, unquoted */
	const char *note; /* what is said of it in a list; "": nothing */
	size_t order;     /* private */
};

struct completion {
	struct proposal *items; /* sorted by word, each once; strings are the completion's */
	size_t nr;
	struct arena arena; /* private */
	size_t start;       /* where in the line the part they replace starts */
	bool is_file;       /* candidates are paths: readline's file completion takes over */
	bool no_blank;      /* do not put a blank behind a single candidate ("--tail": = or a blank may follow) */
	int64_t old_ms; /* so long ago it was seen what is offered, where that is longer than it should be; else 0 */
};

void completion_release(struct completion *completion);

/* Candidates for the word that ends at `point`. Never fails: where nothing fits there are none. */
void complete(const char *line, size_t point, const struct complete_source *source, struct completion *out);
/*
 * The same for purser's own command line, split as another shell does it: the first word is the program's name, its options come before the command,
 * and the last word is the one under the cursor. `start` means nothing.
 */
void complete_program(const struct strvec *argv, const struct complete_source *source, struct completion *out);

#endif
