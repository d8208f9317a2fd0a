/* The journal of a scratch directory, for the tests of what is written into it and of what is made of it. */
#ifndef PURSER_TESTS_DIARIES_H
#define PURSER_TESTS_DIARIES_H

#include "logs/journal.h"
#include "scratch.h"

#define ID_WEB "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID_API "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define JOURNAL_FILE "journal.jsonl"
#define JOURNAL_TURNED "journal.jsonl.1"
#define MARKS_MAX 5000

static struct mark marks[MARKS_MAX];
static size_t marks_nr;

static inline int take_mark(void *arg UNUSED, const struct mark *mark, struct error *err UNUSED)
{
	ck_assert_uint_lt(marks_nr, MARKS_MAX);
	marks[marks_nr++] = *mark;
	return 0;
}

/* What is written down about that container, NULL: about any, in `marks`. */
static inline size_t marks_read(const char *id)
{
	struct error err;
	marks_nr = 0;
	ck_assert_msg(journal_each(scratch, id, take_mark, NULL, &err) == 0, "%s", err.text);
	return marks_nr;
}

static inline void must_open_journal(struct journal *journal)
{
	struct error err;
	ck_assert_msg(journal_open(journal, scratch, &err) == 0, "%s", err.text);
}

#endif
