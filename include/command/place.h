/* What cp copies from and to: [RUNTIME:]CONTAINER:PATH, a path here, or - for a tar. Pure. */
#ifndef PURSER_COMMAND_PLACE_H
#define PURSER_COMMAND_PLACE_H

#include <stdbool.h>
#include <stddef.h>

struct place {
	const char *container; /* with its runtime before it, if that was given: borrowed, not terminated; NULL: it is here */
	size_t container_len;
	const char *path; /* "-": standard input or output, where it is here */
};

/*
 * docker's rule: what begins with / or . is here, and so is what has no colon; else a container's name is before the colon. false: that is
 * none, or no path follows.
 */
bool place_read(const char *word, struct place *out);

/* Of what the path names everything that is inside: "dir/.", "/". */
bool place_means_content(const char *path);

#endif
