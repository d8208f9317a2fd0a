/*
 * Lines of one stored log that fit a pattern, oldest first, with the lines around them. The pattern sees a line's text only, without the time
 * it is stored with and without the CR that a container with a terminal ends it with. A line that is stored in several parts is one; but one
 * of more than HUNT_LINE_MAX bytes is searched in pieces of about that size, and what lies across two of them is not found.
 *
 * Blocks of the files are searched for the pattern's needles as they are; only lines that have one are looked at.
 */
#ifndef PURSER_LOGS_HUNT_H
#define PURSER_LOGS_HUNT_H

#include "base/pattern.h"
#include "logs/spool.h"

#define HUNT_LINE_MAX (1024u * 1024)
#define HUNT_CONTEXT_MAX 10000 /* lines before one, of at most 4 MiB together */

/* What is looked for in all logs. */
struct hunt_wish {
	struct pattern *pattern;    /* borrowed */
	bool invert;                /* lines that do not fit */
	unsigned before, after;     /* how many lines around one that fits */
	moment since, until;        /* as in struct selection; others are as if they were not there … */
	enum stream stream;         /* … and so are those of the other stream; 0: both count */
	bool goes_on;               /* more is to come: the last line, if it has not ended, waits */
	struct pattern *unfinished; /* private */
};

int hunt_wish_init(struct hunt_wish *wish, struct pattern *pattern, struct error *err);
/* The same for another thread, with `pattern`, the pattern's twin. `wish` must outlive it. */
void hunt_wish_twin(struct hunt_wish *twin, const struct hunt_wish *wish, struct pattern *pattern);
void hunt_wish_release(struct hunt_wish *wish);

struct found {
	moment at; /* of its first part */
	enum stream stream;
	const char *bytes;
	size_t len;
	bool fits;  /* false: it only stands beside one that does */
	bool apart; /* lines were left out before it, if only such as do not count */
};

struct hunt {
	const struct hunt_wish *wish;
	struct spool spool;
	struct scan scan;
	bool open;            /* the scan is */
	unsigned block;       /* bytes searched at once */
	size_t blocks;        /* that were read */
	bool parks;           /* the file does not stay open between them */
	const char *at, *end; /* the whole lines of the block that is searched, from here on */
	struct hints hints;
	bool walks; /* each line of it has to be looked at */
	struct hunt_part {
		struct buf bytes;
		moment at;
		bool begun;
	} parts[2]; /* by stream: of the line that has not ended */
	struct hunt_kept {
		struct buf bytes;
		moment at;
		enum stream stream;
	} * kept; /* a ring: lines that may turn out to stand before one that fits */
	size_t kept_first, kept_nr, kept_bytes;
	unsigned after_left; /* so many more lines stand behind one that fitted */
	bool apart;
	struct found found; /* to be given, after what is kept */
	bool waits;
};

enum hunt_result {
	HUNT_FAILED = -2,  /* the pattern takes too much work: *err */
	HUNT_DAMAGED = -1, /* all was given that can be read of this log: *err */
	HUNT_END,          /* all was given */
	HUNT_FOUND,
	HUNT_LATER, /* nothing yet; out->at is about where the search is now */
};

/* `wish` must outlive it. ERROR_NOT_FOUND: nothing is stored. */
int hunt_open(struct hunt *hunt, const struct store *store, const char *id, const char *name,
	      const struct hunt_wish *wish, struct error *err);
void hunt_release(struct hunt *hunt);
/* One of `nr` hunts at the same time: how much memory it may take, and whether its file stays open. */
void hunt_share(struct hunt *hunt, size_t nr);
/* *out is valid until the next call. No call reads more than some 2 MiB. */
enum hunt_result hunt_next(struct hunt *hunt, struct found *out, struct error *err);
/* After the end: whether more was stored since then. */
bool hunt_go_on(struct hunt *hunt);

#endif
