/* A log directory for one test: its store, stored records, what lies in it. */
#ifndef PURSER_TESTS_LOGS_H
#define PURSER_TESTS_LOGS_H

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "logs/pack.h"
#include "logs/record.h"
#include "logs/store.h"
#include "scratch.h"

#define LOGS_FIRST_TIME INT64_C(1795320239283805114) /* 2026-11-22T04:03:59.283805114Z */

static inline bool logs_has(const char *file)
{
	struct stat st;
	return fstatat(scratch, file, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* What a name can stand for that is no regular file. */
enum oddity { ODD_DIRECTORY, ODD_FIFO, ODD_LINK, ODD_DANGLING, ODDITIES };

static inline void logs_make_odd(const char *file, enum oddity oddity)
{
	int failed = oddity == ODD_DIRECTORY ? mkdirat(scratch, file, 0700)
		     : oddity == ODD_FIFO    ? mkfifoat(scratch, file, 0600)
		     : oddity == ODD_LINK    ? symlinkat("target", scratch, file)
					     : symlinkat("nowhere", scratch, file);
	ck_assert_int_eq(failed, 0);
}

static inline int descriptors_nr(void)
{
	int nr = 0;
	for (int fd = 0; fd < 256; fd++)
		nr += fcntl(fd, F_GETFD) >= 0;
	return nr;
}

static inline moment logs_time(unsigned nr)
{
	return LOGS_FIRST_TIME + nr * MOMENT_SECOND;
}

/* Records `first` to `last`, a second apart, with their numbers for bytes. */
static inline void logs_add(struct buf *out, unsigned first, unsigned last)
{
	for (unsigned nr = first; nr <= last; nr++) {
		char bytes[16];
		int len = snprintf(bytes, sizeof bytes, "%u", nr);
		struct record record = { logs_time(nr), STREAM_STDOUT, false, bytes, (size_t)len };
		if (record_store(&record, out) < 0)
			ck_abort_msg("no room for record %u", nr);
	}
}

static inline void logs_write(const char *file, unsigned first, unsigned last)
{
	SCOPED(buf_release) struct buf bytes = BUF_INIT(1024 * 1024);
	logs_add(&bytes, first, last);
	scratch_write(file, buf_text(&bytes), bytes.len);
}

static inline void logs_pack(const char *whole, unsigned number)
{
	struct pack pack;
	struct error err;
	int done;
	ck_assert_msg(pack_start(&pack, scratch, whole, number, &err) == 0, "%s", err.text);
	while ((done = pack_step(&pack, &err)) == 0)
		;
	ck_assert_msg(done == 1, "%s", err.text);
}

static inline void logs_cut(const char *file, off_t by)
{
	struct stat st;
	SCOPED(fd_close) int fd = openat(scratch, file, O_WRONLY | O_CLOEXEC);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_ge(st.st_size, by);
	ck_assert_int_eq(ftruncate(fd, st.st_size - by), 0);
}

#endif
