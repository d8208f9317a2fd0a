/*
 * Completion: the real parser says what is awaited, the kind says where candidates come from. No process is started; names
 * come from what the collector last saw.
 */
#ifndef PURSER_COMMAND_COMPLETE_H
#define PURSER_COMMAND_COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strvec.h"

/* Where names come from; the shell's implementation copies from the tracked table. All add to `out`, unsorted. */
struct complete_source {
	void (*containers)(void *arg, unsigned states, struct strvec *out); /* in one of the states; see STATES_ANY */
	void (*stored)(void *arg, struct strvec *out);                      /* containers whose log is kept, removed ones too */
	void (*images)(void *arg, struct strvec *out);
	void (*runtimes)(void *arg, struct strvec *out);
	void *arg;
};

struct completion {
	struct strvec candidates; /* whole words, sorted, each once, unquoted */
	size_t start;             /* where in the line the part they replace starts */
	bool is_file;             /* candidates are paths: readline's file completion takes over */
	bool no_blank;            /* do not put a blank behind a single candidate ("--tail": = or a blank may follow) */
};

void completion_release(struct completion *completion);

/* Candidates for the word that ends at `point`. Never fails: where nothing fits there are none. */
void complete(const char *line, size_t point, const struct complete_source *source, struct completion *out);

#endif
