/*
 * Compares a stored log with what the engine has, record by record.
 *
 * The engine may have dropped what is old, and so may rotation here: each can begin before the other. What both have is one stretch, and
 * must be the same to the byte, in the same order, with nothing left out. Where it begins is found by its first record; if records are alike
 * there, the first place from which all that follows is the same counts.
 */
#ifndef PURSER_LOGS_VERIFY_H
#define PURSER_LOGS_VERIFY_H

#include "logs/scan.h"

#define VERIFY_SHOWN 60 /* bytes of a record that differs */

enum verify_result {
	VERIFY_SAME,
	VERIFY_DIFFERS,     /* at one place: `engine` and `stored` say what stands there */
	VERIFY_ENDS_EARLY,  /* the engine has more: `engine` is what comes next */
	VERIFY_GOES_ON,     /* … or less: `stored` is what comes next */
	VERIFY_BEGINS_LATE, /* the engine has records from before the stored log begins, and nothing was deleted here: `engine` is the first */
};

/* Enough of a record to show it. */
struct glimpse {
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

struct verify {
	struct scan scan;      /* of what is stored; the next record there is the next one to be compared */
	bool begun, aligned;   /* the engine's first record came; it is known where the stretch begins */
	bool over;             /* the verdict stands */
	uint64_t oldest;       /* digest of the oldest stored record; 0: there is none */
	struct place tried;    /* behind the record with which the stretch was taken to begin */
	uint64_t *digests;     /* of the engine's records in the stretch */
	size_t digests_nr;
	size_t compared;       /* so many of them were stored already; the others wait for verify_end */
	bool forgotten;        /* there were too many to keep: the stretch begins where it begins */
	struct verdict verdict;
};

/* `files` must outlive the next call that is given others. Release it in either case. */
int verify_open(struct verify *verify, int dir, const struct shelf_files *files, struct error *err);
/* Takes the engine's next record. */
int verify_take(struct verify *verify, const struct record *record, struct error *err);
/*
 * The engine has no more. `files` as they are by now: what had not been stored before must be there. `ended`: nothing is written any more, so
 * the stored log may not go on either. verify->verdict is complete then.
 */
int verify_end(struct verify *verify, const struct shelf_files *files, bool ended, struct error *err);
void verify_release(struct verify *verify);

#endif
