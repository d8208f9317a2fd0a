/* Stored logs of one container or several, printed as one sequence; and what is stored from then on, as it comes. */
#ifndef PURSER_COMMAND_LOGSHOW_H
#define PURSER_COMMAND_LOGSHOW_H

#include "command/logset.h"
#include "command/recordview.h"
#include "logs/chronicle.h"
#include "logs/merge.h"

/* One container's log. */
struct log_source {
	struct logset_item who;
	struct byline byline;
	struct selection selection;
	struct chronicle marks; /* empty if they are not asked for */
	size_t next_mark;
	bool begun;        /* a record of it was shown */
	bool merged;       /* it is in the merge; else nothing is stored of it yet */
	struct mark *news; /* while it is followed: written down, and to be shown where it belongs */
	size_t news_nr, news_room;
};

struct log_show {
	struct session *session;
	const struct invocation *call;
	struct view view;
	bool named;         /* each line has its container's name */
	bool marks;         /* all that the journal has is shown … */
	bool follows_names; /* … or what is between one container and the next, or one run and the next */
	struct log_source **sources;
	size_t nr, room;
	struct merge merge;
	struct log_source **of_log; /* merge.logs[i]'s */
	struct journal_place journal;
};

void log_show_init(struct log_show *show, struct session *session, const struct invocation *call, bool named);
void log_show_release(struct log_show *show);

/* What the call selects of it is to be shown. ERROR_NOT_FOUND: nothing is stored of it, or its run is not known. */
int log_show_add(struct log_show *show, const struct logset_item *who, struct error *err);
/* One that came later: from its beginning, as soon as something is stored. */
void log_show_add_new(struct log_show *show, const struct logset_item *who);

/* Tries it once more with what nothing was stored of. */
int log_show_merge(struct log_show *show, struct log_source *source, struct error *err);

/* All there is; or all there is since, with what `before` has to print before a record. */
typedef void log_show_fn(struct log_show *show, struct log_source *source, const struct record *record);
int log_show_print(struct log_show *show, log_show_fn *before, struct error *err);

/* Goes on until all have ended; where names are followed, until the user has had enough. */
int log_show_follow(struct log_show *show, struct logset *set, struct error *err);

#endif
