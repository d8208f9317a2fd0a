/*
 * What happens to one container, as it is written down: its part of the journal, and what that comes to. Nothing is written twice, and
 * nothing at all where another purser collects.
 */
#ifndef PURSER_LOGS_DIARY_H
#define PURSER_LOGS_DIARY_H

#include "logs/life.h"

struct diary {
	struct journal *journal; /* NULL: another purser's to write */
	char id[CONTAINER_ID_LEN + 1], name[LOG_NAME_MAX + 1];
	bool recalled;
	struct life life;        /* known once it was recalled */
};

void diary_init(struct diary *diary, const char *id, const char *name);
/* Reads what is written down of it in the log directory `dir`. Does nothing the second time. */
int diary_recall(struct diary *diary, int dir, struct error *err);

/* Events, and what an inspection found; written down where it is news. */
void diary_starts(struct diary *diary, moment at);
void diary_ends(struct diary *diary, moment at, int code);
void diary_is(struct diary *diary, moment started, bool has_ended, moment ended, int code, bool killed_for_memory);

/* Its log is stored to the end of its last run. */
void diary_complete(struct diary *diary);
/* It has this name now. */
void diary_renamed(struct diary *diary, const char *name);
/* Somebody cut, replaced or edited its stored log. */
void diary_changed(struct diary *diary, const char *what);
/* The engine does not have it any more. */
void diary_removed(struct diary *diary, const char *by);
/* What it wrote behind `from`, if anything, is lost with it. */
void diary_lost_end(struct diary *diary, moment from);

/*
 * Records between these times were never read; `behind` tells the place in the stored log: the same gap may be found again. It is on the
 * disk then, or an error.
 */
int diary_gap(struct diary *diary, moment from, moment to, uint64_t behind, const char *why, struct error *err);

#endif
