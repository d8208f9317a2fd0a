/*
 * Stored records as people and programs see them: a pipe gets every byte as it was; a terminal only what it can print, in a quiet colour by
 * the record's level, and of several containers each line behind its container's name, as compose has it.
 */
#ifndef PURSER_COMMAND_RECORDVIEW_H
#define PURSER_COMMAND_RECORDVIEW_H

#include "base/buf.h"
#include "logs/journal.h"
#include "logs/record.h"

/* Who has written it, where several write. */
struct byline {
	const char *name; /* borrowed */
	unsigned colour;  /* which of the view's: its own, as long as there are enough */
};

struct view {
	bool timestamps;
	bool json;                 /* objects, all of them on stdout */
	bool keeps_colours;        /* that a container wrote; on a terminal */
	bool terminal[2], coloured[2]; /* what is printed to stdout, to stderr */
	size_t name_cells;         /* of the longest name so far */
	unsigned taken;            /* colours that have an owner, a bit each */
	const struct byline *open; /* whose line has not ended yet, and … */
	enum stream open_stream;   /* … on which stream; 0: none has begun */
	struct buf safe;
};

void view_init(struct view *view, bool timestamps, bool keeps_colours);
void view_release(struct view *view);

/* The same name has the same colour everywhere, unless another one here has that already. */
void view_introduce(struct view *view, struct byline *byline, const char *name);
/* The control sequence of a byline's colour. */
const char *view_name_colour(const struct byline *byline);

/* stdout to stdout, stderr to stderr. `byline`: NULL where there is one container only. */
int view_record(struct view *view, const struct byline *byline, const struct record *record, struct error *err);
/* The same as {"Time":…,"Container":…,"ID":…,"Stream":…,"Line":…}; a line's parts but for the last one have "Unfinished":true. */
int view_object(struct view *view, const char *name, const char *id, const struct record *record, struct error *err);
/* A member, the first of them with the object's beginning: of text from outside. */
void view_add_member(struct buf *out, const char *key, const char *bytes, size_t len);
/* The object's beginning, as far as all such objects have the same. */
void view_begin_object(struct buf *out, const char *name, const char *id, const struct record *record);
/* A line of purser's own among them, that begins with "--- ". */
void view_mark(struct view *view, const struct mark *mark);
void view_note(struct view *view, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
