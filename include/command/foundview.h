/*
 * Lines that were found, as people and programs see them, on stdout whichever stream they were written to. A pipe gets every byte as it was;
 * a terminal what it can print, with its time, the container's name in a colour of its own, and the places that fit marked:
 *
 *   web | a line that fits
 *   web - one that stands beside it
 */
#ifndef PURSER_COMMAND_FOUNDVIEW_H
#define PURSER_COMMAND_FOUNDVIEW_H

#include "base/pattern.h"
#include "command/recordview.h"
#include "logs/hunt.h"

struct found_view {
	struct view names;
	struct pattern *pattern; /* borrowed; NULL: nothing is marked */
	bool terminal, coloured; /* what it is for; asked for once, as each answer is a system call */
	bool named;              /* there may be several containers */
	bool timestamps;         /* whole ones, also into a pipe */
	bool only_fits;          /* each place that fits by itself, instead of its line */
	bool json;
	struct buf text;
};

void found_view_init(struct found_view *view, struct pattern *pattern);
void found_view_release(struct found_view *view);

int found_view_line(struct found_view *view, const struct byline *who, const char *id, const struct found *found,
		    struct error *err);
/* What was left out between two lines. */
void found_view_gap(struct found_view *view);
/* How many lines of a container fitted; or, with `counted` false, that some did. */
void found_view_sum(struct found_view *view, const struct byline *who, const char *id, unsigned long long lines,
		    bool counted);

#endif
