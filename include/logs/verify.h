/*
 * Compares a stored log with what the engine has, record by record.
 *
 * The engine may have dropped what is old, and so may rotation here: each can begin before the other. What both have is one stretch, and
 * must be the same to the byte, in the same order, with nothing left out. Both are made into rows of digests, in files without names, so
 * memory does not grow with them; then the one place is looked for at which the two rows agree.
 */
#ifndef PURSER_LOGS_VERIFY_H
#define PURSER_LOGS_VERIFY_H

#include "logs/scan.h"

#define VERIFY_SHOWN 60 /* bytes of a record that differs */

enum verify_result {
	VERIFY_SAME,
	VERIFY_DIFFERS,     /* at one place: `engine` and `stored` are what stands there */
	VERIFY_ENDS_EARLY,  /* the engine has more: `engine` is what comes next */
	VERIFY_GOES_ON,     /* … or less: `stored` is what comes next */
	VERIFY_BEGINS_LATE, /* the engine has records from before the stored log begins, and nothing was deleted here: `engine` is the first */
};

/* Enough of a record to show it. */
struct glimpse {
	uint64_t digest; /* 0: there is none */
	moment at;
	enum stream stream;
	size_t len, shown;
	char bytes[VERIFY_SHOWN];
};

struct verdict {
	enum verify_result result;
	uint64_t same, same_stderr; /* records that are the same; how many of them are of stderr */
	uint64_t not_kept;          /* of the engine's, from before the stored log begins: deleted by rotation */
	struct glimpse engine, stored;
};

/* A row of digests. */
struct digests {
	int fd;
	struct buf waiting;
	const uint64_t *row; /* once it is complete */
	size_t nr;
};

struct verify {
	int dir; /* borrowed */
	struct digests engine, stored;
	struct verdict verdict;
};

/* `dir`: the log directory. Release it in either case. */
int verify_open(struct verify *verify, int dir, struct error *err);
/* Takes the engine's next record. */
int verify_take(struct verify *verify, const struct record *record, struct error *err);
/*
 * The engine has no more, and what it had is stored by now. `ended`: nothing is written any more, so the stored log may not go on either.
 * verify->verdict is complete then, but for the bytes of `engine`: see verify_look.
 */
int verify_compare(struct verify *verify, const struct shelf_files *files, bool ended, struct error *err);
/* Given the engine's records once more, knows the one that the verdict is about. */
void verify_look(struct verify *verify, const struct record *record);
void verify_release(struct verify *verify);

#endif
