/* A directory for one test, and numbers that look random and are the same each time. */
#ifndef PURSER_TESTS_SCRATCH_H
#define PURSER_TESTS_SCRATCH_H

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"

static char scratch_path[64];
static int scratch = -1;

static inline void scratch_make(void)
{
	snprintf(scratch_path, sizeof scratch_path, "/tmp/purser-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(scratch_path));
	scratch = open(scratch_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(scratch, 0);
}

/* Removes what is in the directory `fd`, and closes it. */
static inline void scratch_empty(int fd)
{
	DIR *dir = fdopendir(fd);
	for (struct dirent *item; dir && (item = readdir(dir));) {
		if (!strcmp(item->d_name, ".") || !strcmp(item->d_name, "..") || unlinkat(fd, item->d_name, 0) == 0)
			continue;
		scratch_empty(openat(fd, item->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
		unlinkat(fd, item->d_name, AT_REMOVEDIR);
	}
	if (dir)
		closedir(dir);
}

static inline void scratch_remove(void)
{
	scratch_empty(scratch);
	scratch = -1;
	rmdir(scratch_path);
}

static inline void scratch_write(const char *name, const void *bytes, size_t len)
{
	int fd = openat(scratch, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_uint_eq(fd_write_all(fd, bytes, len), len);
	close(fd);
}

static inline void scratch_read(const char *name, struct buf *out)
{
	struct error err;
	buf_clear(out);
	ck_assert_msg(fd_read_file(scratch, name, out, &err) == 0, "%s", err.text);
}

static inline void same_bytes(const struct buf *is, const void *should, size_t len)
{
	size_t at = 0;
	while (at < is->len && at < len && is->bytes[at] == ((const char *)should)[at])
		at++;
	ck_assert_msg(is->len == len && at == len, "%zu bytes instead of %zu, different from byte %zu on", is->len, len,
		      at);
}

/* PURSER_TEST_SEED gives other numbers. */
static uint64_t random_state = 88172645463325252ULL;

static inline uint64_t random_seed(void)
{
	const char *text = getenv("PURSER_TEST_SEED");
	return text ? strtoull(text, NULL, 0) : 20261122;
}

static inline void random_start(uint64_t seed)
{
	random_state = seed * 0x9E3779B97F4A7C15ULL | 1;
}

static inline uint64_t random_next(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state * 0x2545F4914F6CDD1DULL >> 16;
}

static inline unsigned random_below(unsigned limit)
{
	return (unsigned)(random_next() % limit);
}

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define RANDOM_SLOWNESS 20
#elif __has_feature(address_sanitizer)
#define RANDOM_SLOWNESS 4
#endif
#endif
#ifndef RANDOM_SLOWNESS
#if defined(__SANITIZE_THREAD__)
#define RANDOM_SLOWNESS 20
#elif defined(__SANITIZE_ADDRESS__)
#define RANDOM_SLOWNESS 4
#else
#define RANDOM_SLOWNESS 1
#endif
#endif

/* How often to repeat what is tried at random: less where all is slow, as under valgrind, where CK_TIMEOUT_MULTIPLIER is set. */
static inline unsigned random_tries(unsigned tries)
{
	const char *slow = getenv("CK_TIMEOUT_MULTIPLIER");
	unsigned times = slow ? (unsigned)strtoul(slow, NULL, 10) : 1;
	return tries / (RANDOM_SLOWNESS * (times > 1 ? times * 5 : 1)) + 1;
}

#endif
