/* src/base: errors, buffers, vectors, arenas, moments, files and text. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/macros.h"
#include "base/moment.h"
#include "base/strvec.h"
#include "base/sgr.h"
#include "base/text.h"

#include "suite.h"

/* --- error ------------------------------------------------------------------------------------------------------- */

START_TEST(error_is_made_and_wrapped)
{
	struct error err = { .detail = 77 };

	ck_assert_int_eq(error_set(&err, ERROR_NOT_FOUND, "no container '%s'", "web"), -1);
	ck_assert_int_eq(err.kind, ERROR_NOT_FOUND);
	ck_assert_int_eq(err.detail, 0);
	ck_assert_str_eq(err.text, "no container 'web'");
	ck_assert_int_eq(error_wrap(&err, "line %d", 3), -1);
	ck_assert_str_eq(err.text, "line 3: no container 'web'");
	ck_assert_int_eq(err.kind, ERROR_NOT_FOUND);
}
END_TEST

START_TEST(error_from_errno)
{
	struct error err;

	errno = ENOSPC;
	ck_assert_int_eq(error_system(&err, "cannot write '%s'", "a.log"), -1);
	ck_assert_int_eq(err.kind, ERROR_SYSTEM);
	ck_assert_int_eq(err.detail, ENOSPC);
	ck_assert_str_eq(err.text, "cannot write 'a.log': No space left on device");
}
END_TEST

START_TEST(error_may_be_made_from_its_own_text)
{
	struct error err;

	error_set(&err, ERROR_FAILED, "first");
	error_set(&err, ERROR_USAGE, "second after %s and %s", err.text, err.text);
	ck_assert_str_eq(err.text, "second after first and first");
	error_wrap(&err, "%s", err.text);
	ck_assert_str_eq(err.text, "second after first and first: second after first and first");
}
END_TEST

START_TEST(error_too_long_is_cut_between_characters)
{
	const size_t room = sizeof(((struct error *)NULL)->text);
	char longer[2048];

	for (size_t shift = 0; shift < 3; shift++) {
		struct error err;
		size_t len;

		memset(longer, 'x', shift);
		for (size_t at = shift; at + 3 < sizeof(longer); at += 3)
			memcpy(longer + at, "€", 4);
		error_set(&err, ERROR_FAILED, "%s", longer);
		len = strlen(err.text);
		ck_assert_uint_gt(len, room - 8);
		ck_assert_str_eq(err.text + len - 3, "…");
		ck_assert_uint_eq((len - shift) % 3, 0);
		ck_assert_int_eq(memcmp(err.text, longer, len - 3), 0);
		error_wrap(&err, "context");
		ck_assert_int_eq(strncmp(err.text, "context: ", 9), 0);
		ck_assert_uint_lt(strlen(err.text), room);
	}
}
END_TEST

START_TEST(error_of_exactly_the_room_is_whole)
{
	struct error err;
	char text[sizeof(err.text) + 1];

	memset(text, 'y', sizeof(err.text));
	text[sizeof(err.text)] = '\0';
	error_set(&err, ERROR_FAILED, "%s", text);
	ck_assert_str_eq(err.text + sizeof(err.text) - sizeof("…"), "…");
	error_set(&err, ERROR_FAILED, "%s", text + 1);
	ck_assert_str_eq(err.text, text + 1);
}
END_TEST

START_TEST(error_statuses)
{
	static const struct {
		enum error_kind kind;
		int detail, status;
	} rows[] = {
		{ ERROR_NONE, 0, 0 },        { ERROR_FAILED, 0, 1 },       { ERROR_USAGE, 0, 2 },
		{ ERROR_NOT_FOUND, 2, 1 },   { ERROR_SYSTEM, ENOENT, 1 },  { ERROR_TIMEOUT, 0, 124 },
		{ ERROR_RUNTIME, 0, 125 },   { ERROR_NO_PROGRAM, 0, 127 }, { ERROR_SIGNALLED, 9, 137 },
		{ ERROR_CANCELLED, 0, 130 }, { ERROR_STATUS, 42, 42 },     { ERROR_STATUS, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct error err = { .kind = rows[i].kind, .detail = rows[i].detail };

		ck_assert_int_eq(error_status(&err), rows[i].status);
	}
}
END_TEST

START_TEST(error_kinds_have_distinct_names)
{
	for (int kind = ERROR_NONE; kind <= ERROR_STATUS; kind++) {
		const char *name = error_kind_name((enum error_kind)kind);

		ck_assert_str_ne(name, "unknown");
		for (int other = ERROR_NONE; other < kind; other++)
			ck_assert_str_ne(name, error_kind_name((enum error_kind)other));
	}
	ck_assert_str_eq(error_kind_name(ERROR_NOT_FOUND), "not found");
}
END_TEST

/* --- buf --------------------------------------------------------------------------------------------------------- */

START_TEST(buf_keeps_its_ceiling)
{
	SCOPED(buf_release) struct buf buf = BUF_INIT(5);

	ck_assert_str_eq(buf_text(&buf), "");
	ck_assert_int_eq(buf_add_text(&buf, "abc"), 0);
	ck_assert_int_eq(buf_add_text(&buf, "def"), -1);
	ck_assert_str_eq(buf_text(&buf), "abc");
	ck_assert_int_eq(buf_printf(&buf, "%d", 123), -1);
	ck_assert_str_eq(buf_text(&buf), "abc");
	ck_assert_int_eq(buf_printf(&buf, "%d", 12), 0);
	ck_assert_str_eq(buf_text(&buf), "abc12");
	ck_assert_uint_eq(buf.len, 5);
	ck_assert_int_eq(buf_add(&buf, "", 0), 0);
	ck_assert_int_eq(buf_add(&buf, "", 1), -1);
}
END_TEST

START_TEST(buf_with_ceiling_zero_takes_nothing)
{
	SCOPED(buf_release) struct buf buf = BUF_INIT(0);

	ck_assert_int_eq(buf_add(&buf, NULL, 0), 0);
	ck_assert_int_eq(buf_add(&buf, "a", 1), -1);
	ck_assert_int_eq(buf_printf(&buf, "%s", ""), 0);
	ck_assert_str_eq(buf_text(&buf), "");
}
END_TEST

START_TEST(buf_grows_and_ends_with_a_nul)
{
	SCOPED(buf_release) struct buf buf = BUF_INIT(SIZE_MAX);

	for (unsigned i = 0; i < 5000; i++) {
		char byte = (char)(i % 7);

		ck_assert_int_eq(buf_add(&buf, &byte, 1), 0);
		ck_assert_int_eq(buf.bytes[buf.len], '\0');
		ck_assert_uint_lt(buf.len, buf.room);
	}
	for (unsigned i = 0; i < 5000; i++)
		ck_assert_int_eq(buf.bytes[i], (char)(i % 7));
}
END_TEST

START_TEST(buf_never_has_more_room_than_its_ceiling_needs)
{
	SCOPED(buf_release) struct buf buf = BUF_INIT(1000);

	while (buf_add(&buf, "xyz", 3) == 0)
		ck_assert_uint_le(buf.room, 1001);
	ck_assert_uint_eq(buf.len, 999);
}
END_TEST

START_TEST(buf_drops_truncates_and_clears)
{
	SCOPED(buf_release) struct buf buf = BUF_INIT(100);

	buf_drop(&buf, 3);
	buf_truncate(&buf, 0);
	buf_clear(&buf);
	ck_assert_str_eq(buf_text(&buf), "");
	buf_add_text(&buf, "hello world");
	buf_drop(&buf, 6);
	ck_assert_str_eq(buf_text(&buf), "world");
	buf_drop(&buf, 0);
	buf_truncate(&buf, 7);
	ck_assert_str_eq(buf_text(&buf), "world");
	buf_truncate(&buf, 2);
	ck_assert_str_eq(buf_text(&buf), "wo");
	buf_drop(&buf, 50);
	ck_assert_str_eq(buf_text(&buf), "");
	buf_add_text(&buf, "again");
	buf_clear(&buf);
	ck_assert_uint_eq(buf.len, 0);
	ck_assert_str_eq(buf_text(&buf), "");
	buf_release(&buf);
	ck_assert_ptr_null(buf.bytes);
	ck_assert_int_eq(buf_add_text(&buf, "usable after release"), 0);
}
END_TEST

START_TEST(buf_printf_of_any_length)
{
	SCOPED(buf_release) struct buf buf = BUF_INIT(100000);

	for (int width = 0; width < 300; width++) {
		buf_clear(&buf);
		ck_assert_int_eq(buf_printf(&buf, "<%*s>", width, ""), 0);
		ck_assert_uint_eq(buf.len, (size_t)width + 2);
		ck_assert_int_eq(buf.bytes[buf.len - 1], '>');
	}
}
END_TEST

/* Sanitizers answer an impossible allocation themselves. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif

#ifndef SANITIZED
START_TEST(out_of_memory_ends_the_program)
{
	char said[64] = "";
	int pipe_ends[2], status;
	pid_t child;

	ck_assert_int_eq(pipe(pipe_ends), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		volatile size_t too_much = SIZE_MAX / 2;

		dup2(pipe_ends[1], STDERR_FILENO);
		_exit(xrealloc(NULL, too_much) != NULL ? 77 : 78);
	}
	close(pipe_ends[1]);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 1);
	ck_assert_int_eq(read(pipe_ends[0], said, sizeof(said) - 1), 22);
	close(pipe_ends[0]);
	ck_assert_str_eq(said, "purser: out of memory\n");
}
END_TEST
#endif

/* --- strvec ------------------------------------------------------------------------------------------------------ */

START_TEST(strvec_is_null_terminated)
{
	SCOPED(strvec_release) struct strvec vec = STRVEC_INIT;

	for (unsigned i = 0; i < 100; i++) {
		strvec_pushf(&vec, "item %u", i);
		ck_assert_uint_eq(vec.nr, i + 1);
		ck_assert_ptr_null(vec.items[vec.nr]);
	}
	for (unsigned i = 0; i < 100; i++) {
		char expected[16];

		snprintf(expected, sizeof(expected), "item %u", i);
		ck_assert_str_eq(vec.items[i], expected);
	}
}
END_TEST

START_TEST(strvec_pushes_searches_and_sorts)
{
	SCOPED(strvec_release) struct strvec vec = STRVEC_INIT;

	strvec_sort(&vec);
	ck_assert(!strvec_has(&vec, "web"));
	strvec_push_all(&vec, "web", "db", "", NULL);
	strvec_push_len(&vec, "cache-and-more", 5);
	strvec_push_len(&vec, NULL, 0);
	ck_assert_uint_eq(vec.nr, 5);
	ck_assert(strvec_has(&vec, "cache"));
	ck_assert(!strvec_has(&vec, "cach"));
	strvec_sort(&vec);
	ck_assert_str_eq(vec.items[0], "");
	ck_assert_str_eq(vec.items[1], "");
	ck_assert_str_eq(vec.items[2], "cache");
	ck_assert_str_eq(vec.items[3], "db");
	ck_assert_str_eq(vec.items[4], "web");
	ck_assert_ptr_null(vec.items[5]);
}
END_TEST

START_TEST(words_are_quoted_only_where_needed)
{
	static const char *const rows[][2] = {
		{ "web", "web" },
		{ "a_@%+=:,./-Z9", "a_@%+=:,./-Z9" },
		{ "", "''" },
		{ "two words", "'two words'" },
		{ "it's", "'it'\\''s'" },
		{ "'", "''\\'''" },
		{ "$(reboot)", "'$(reboot)'" },
		{ "*", "'*'" },
		{ "a;b", "'a;b'" },
		{ "#c", "'#c'" },
		{ "~", "'~'" },
		{ "back\\slash", "'back\\slash'" },
		{ "new\nline", "'new\nline'" },
		{ "é", "'é'" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCOPED(buf_release) struct buf out = BUF_INIT(100);

		word_quote(&out, rows[i][0]);
		ck_assert_str_eq(buf_text(&out), rows[i][1]);
	}
}
END_TEST

START_TEST(quoted_words_are_cut_whole)
{
	SCOPED(strvec_release) struct strvec vec = STRVEC_INIT;

	strvec_push_all(&vec, "rm", "it's", "web", NULL);
	for (size_t limit = 0; limit <= 20; limit++) {
		SCOPED(buf_release) struct buf out = BUF_INIT(limit);
		const char *expected = limit < 2    ? ""
				       : limit < 12 ? "rm"
				       : limit < 16 ? "rm 'it'\\''s'"
						    : "rm 'it'\\''s' web";

		strvec_quote(&vec, &out);
		ck_assert_str_eq(buf_text(&out), expected);
	}
}
END_TEST

/* --- arena ------------------------------------------------------------------------------------------------------- */

START_TEST(arena_pieces_are_zeroed_aligned_and_apart)
{
	struct arena arena = ARENA_INIT;
	struct piece {
		unsigned char *bytes;
		size_t size;
	} pieces[2000];

	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		size_t size = i % 97 == 0 ? 20000 + i : i % 50;

		pieces[i] = (struct piece){ arena_alloc(&arena, size), size };
		ck_assert_ptr_nonnull(pieces[i].bytes);
		ck_assert_uint_eq((uintptr_t)pieces[i].bytes % _Alignof(max_align_t), 0);
		for (size_t j = 0; j < size; j++) {
			if (pieces[i].bytes[j] != 0)
				ck_abort_msg("piece %zu is not zeroed", i);
		}
		memset(pieces[i].bytes, (int)(i % 251) + 1, size);
	}
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		for (size_t j = 0; j < pieces[i].size; j++) {
			if (pieces[i].bytes[j] != i % 251 + 1)
				ck_abort_msg("piece %zu was overwritten", i);
		}
	}
	arena_release(&arena);
	ck_assert_ptr_null(arena.newest);
}
END_TEST

START_TEST(arena_copies_texts)
{
	struct arena arena = ARENA_INIT;
	char *text = arena_text(&arena, "web");
	char *cut = arena_copy(&arena, "abcdef", 3);
	char *empty = arena_copy(&arena, NULL, 0);
	char *with_nul = arena_copy(&arena, "a\0b", 3);

	ck_assert_str_eq(text, "web");
	ck_assert_str_eq(cut, "abc");
	ck_assert_str_eq(empty, "");
	ck_assert_int_eq(memcmp(with_nul, "a\0b", 4), 0);
	arena_release(&arena);
	arena_release(&arena);
	ck_assert_str_eq(arena_text(&arena, "usable after release"), "usable after release");
	arena_release(&arena);
}
END_TEST

/* --- moment ------------------------------------------------------------------------------------------------------ */

static uint64_t random_state = 88172645463325252ULL;

/* xorshift64: the same numbers in every run. */
static uint64_t next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* In long loops a failed check is reported by ck_abort_msg: each ck_assert costs system calls even when it holds. */
static void assert_round_trip(moment at)
{
	char text[MOMENT_TEXT_LEN + 1];
	moment back = ~at;

	moment_format(at, text);
	if (strlen(text) != MOMENT_TEXT_LEN || moment_scan(text, MOMENT_TEXT_LEN, &back) != MOMENT_TEXT_LEN ||
	    back != at)
		ck_abort_msg("%lld became '%s' and %lld", (long long)at, text, (long long)back);
}

START_TEST(moment_round_trips)
{
	static const moment edges[] = { 0,
					1,
					-1,
					MOMENT_SECOND,
					-MOMENT_SECOND,
					INT64_MAX,
					INT64_MIN,
					INT64_MIN + 1,
					INT64_MIN + MOMENT_SECOND,
					INT64_MAX - MOMENT_SECOND };

	for (size_t i = 0; i < ARRAY_LEN(edges); i++)
		assert_round_trip(edges[i]);
	for (int i = 0; i < 100000; i++)
		assert_round_trip((moment)next_random());
	for (int i = 0; i < 100000; i++)
		assert_round_trip((moment)(next_random() % (4102444800ULL * MOMENT_SECOND)));
}
END_TEST

/* Every day of the range, against the C library's calendar. */
START_TEST(moment_agrees_with_gmtime)
{
	for (int64_t day = -106750; day <= 106750; day++) {
		time_t seconds = (time_t)(day * 86400 + (day & 0xFFFF) % 86400);
		char expected[64], text[MOMENT_TEXT_LEN + 1];
		struct tm tm;

		gmtime_r(&seconds, &tm);
		strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%S.000000007Z", &tm);
		moment_format(seconds * MOMENT_SECOND + 7, text);
		if (strcmp(text, expected) != 0)
			ck_abort_msg("'%s', not '%s'", text, expected);
	}
}
END_TEST

START_TEST(moment_scans)
{
	static const struct {
		const char *text;
		moment at;
		size_t taken; /* 0: all of it */
	} rows[] = {
		{ "1970-01-01T00:00:00Z", 0, 0 },
		{ "2026-11-22T04:03:59.283805114Z", 1795320239283805114, 0 },
		{ "2026-11-22 04:03:59.283805114Z", 1795320239283805114, 0 },
		{ "2026-11-22T04:03:59.2838Z", 1795320239283800000, 0 },
		{ "2026-11-22T04:03:59Z", 1795320239000000000, 0 },
		{ "2026-11-22T04:03:59.5Z stdout F x", 1795320239500000000, 22 },
		{ "2026-11-22T04:03:59ZZ", 1795320239000000000, 20 },
		{ "2026-11-22T06:03:59+02:00", 1795320239000000000, 0 },
		{ "2026-11-22T09:48:59.000000001+05:45", 1795320239000000001, 0 },
		{ "2026-11-21T16:33:59-11:30", 1795320239000000000, 0 },
		{ "2026-11-22T04:03:59-00:00", 1795320239000000000, 0 },
		{ "2026-11-23T04:02:59+23:59", 1795320239000000000, 0 },
		{ "2024-02-29T00:00:00Z", 1709164800000000000, 0 },
		{ "2000-02-29T00:00:00Z", 951782400000000000, 0 },
		{ "1969-12-31T23:59:59.999999999Z", -1, 0 },
		{ "2016-12-31T23:59:60Z", 1483228800000000000, 0 },
		{ "2016-12-31T23:59:60.5Z", 1483228800500000000, 0 },
		{ "2017-01-01T05:29:60+05:30", 1483228800000000000, 0 },
		{ "0001-01-01T00:00:00Z", 0, 0 },
		{ "9999-12-31T23:59:59.999999999Z", 0, 0 },
		{ "1677-09-21T00:12:43.145224192Z", INT64_MIN, 0 },
		{ "1677-09-21T00:12:43.145224191Z", 0, 0 },
		{ "2262-04-11T23:47:16.854775807Z", INT64_MAX, 0 },
		{ "2262-04-11T23:47:16.854775808Z", 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t len = strlen(rows[i].text), taken = rows[i].taken > 0 ? rows[i].taken : len;
		moment at = 12345;

		ck_assert_msg(moment_scan(rows[i].text, len, &at) == taken, "taken of '%s'", rows[i].text);
		ck_assert_msg(at == rows[i].at, "'%s': %lld", rows[i].text, (long long)at);
	}
}
END_TEST

START_TEST(moment_scan_refuses)
{
	static const char *const rows[] = {
		"", "2", "2026-11-22", "2026-11-22T", "2026-11-22T04:03:59", "2026-11-22T04:03:59.Z",
		"2026-11-22T04:03:59.", "2026-11-22T04:03:59.1234567890Z", "2026-11-22T04:03:59,5Z",
		"2026-11-22T04:03:59z", "2026-11-22t04:03:59Z", "2026-11-22T04:03Z", "2026-11-22_04:03:59Z",
		"2026-1-22T04:03:59Z", "26-11-22T04:03:59Z", "02026-11-22T04:03:59Z", "+2026-11-22T04:03:59Z",
		"-026-11-22T04:03:59Z", " 2026-11-22T04:03:59Z", "0000-11-22T04:03:59Z", "2026-00-22T04:03:59Z",
		"2026-13-22T04:03:59Z", "2026-11-00T04:03:59Z", "2026-11-31T04:03:59Z", "2026-02-29T04:03:59Z",
		"1900-02-29T04:03:59Z", "2100-02-29T04:03:59Z", "2026-11-22T24:00:00Z", "2026-11-22T04:60:59Z",
		"2026-11-22T04:03:61Z", "2026-11-22T04:03:60Z", "2026-11-22T23:59:60+01:00", "2026-11-22T04:03:59+0100",
		"2026-11-22T04:03:59+01", "2026-11-22T04:03:59+24:00", "2026-11-22T04:03:59+01:60",
		"2026-11-22T04:03:59+1:00", "2026-11-22T04:03:59 +01:00", "2026-11-22T04:03:59--1:00",
		"2026-11-22T 4:03:59Z", "2026-11-22T04:-3:59Z", "2026-11-22T04:03:5aZ", "2026/11/22T04:03:59Z",
		"2026-11-22T04:03:59\xEF\xBC\x99Z",
		/* the neighbours of the digits in ASCII, where they would add up to something plausible */
		"2026-11-22T0::03:59Z", "2026-11-22T04:0::59Z", "2026-11-22T04:03:1/Z", "2026-1/-22T04:03:59Z",
		"2026-11-1/T04:03:59Z", "202/-11-22T04:03:59Z", "2026-11-22T04:03:59.5:Z", "2026-11-22T04:03:59+0::00",
		"2026x11-22T04:03:59Z", "2026-11x22T04:03:59Z", "2026-11-22T04x03:59Z", "2026-11-22T04:03x59Z",
		"2026-11-22T04:03:59x01:00", "2026-11-22T0Z", "2026-11-22T00:00:0Z", "T04:03:59Z", " 04:03:59Z",
		"2026-11-22T04:03:59+01x00"
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		moment at = 12345;

		ck_assert_msg(moment_scan(rows[i], strlen(rows[i]), &at) == 0, "'%s' is taken", rows[i]);
		ck_assert_int_eq(at, 12345);
	}
}
END_TEST

/* Under ASan this also proves that nothing behind `len` is read. */
START_TEST(moment_scan_stops_at_len)
{
	static const char whole[] = "2026-11-22T04:03:59.283805114+01:00";

	for (size_t len = 0; len < sizeof(whole) - 1; len++) {
		char *part = xmalloc(len);
		moment at = 12345;

		memcpy(part, whole, len);
		ck_assert_uint_eq(moment_scan(part, len, &at), 0);
		ck_assert_int_eq(at, 12345);
		free(part);
	}
}
END_TEST

START_TEST(moment_scans_what_go_prints)
{
	static const struct {
		const char *text;
		moment at;
		size_t taken;
	} rows[] = {
		{ "2026-11-22 04:03:59.283805114 +0000 UTC", 1795320239283805114, 35 },
		{ "2026-11-22 04:03:59 +0000 UTC", 1795320239000000000, 25 },
		{ "2026-11-22 04:03:59.5 +0000", 1795320239500000000, 27 },
		{ "2026-11-22 09:48:59 +0545 +0545", 1795320239000000000, 25 },
		{ "2026-11-21 16:33:59 -1130 XST m=+0.1", 1795320239000000000, 25 },
		{ "0001-01-01 00:00:00 +0000 UTC", 0, 25 },
		{ "", 12345, 0 },
		{ "N/A", 12345, 0 },
		{ "2026-11-22 04:03:59", 12345, 0 },
		{ "2026-11-22 04:03:59 ", 12345, 0 },
		{ "2026-11-22 04:03:59 UTC", 12345, 0 },
		{ "2026-11-22 04:03:59 +000", 12345, 0 },
		{ "2026-11-22 04:03:59 +00:00", 12345, 0 },
		{ "2026-11-22 04:03:59 +2400", 12345, 0 },
		{ "2026-11-22 04:03:59  +0000", 12345, 0 },
		{ "2026-11-22 04:03:59+0000", 12345, 0 },
		{ "2026-11-22T04:03:59Z", 12345, 0 },
		{ "2026-13-22 04:03:59 +0000 UTC", 12345, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		moment at = 12345;

		ck_assert_msg(moment_scan_go(rows[i].text, strlen(rows[i].text), &at) == rows[i].taken, "taken of '%s'", rows[i].text);
		ck_assert_msg(at == rows[i].at, "'%s': %lld", rows[i].text, (long long)at);
	}
}
END_TEST

START_TEST(moment_scan_survives_random_bytes)
{
	static const char whole[] = "2026-11-22T04:03:59.283805114+01:00";
	static const char letters[] = "0123456789-+:.TZ \x80\xff";

	for (int i = 0; i < 200000; i++) {
		char text[sizeof(whole)];
		moment at;
		size_t taken;

		memcpy(text, whole, sizeof(whole));
		for (uint64_t changes = next_random() % 4; changes > 0; changes--)
			text[next_random() % (sizeof(whole) - 1)] = letters[next_random() % (sizeof(letters) - 1)];
		taken = moment_scan(text, sizeof(whole) - 1, &at);
		if (taken >= sizeof(whole))
			ck_abort_msg("%zu bytes taken of '%s'", taken, text);
		if (taken > 0)
			assert_round_trip(at);
	}
}
END_TEST

START_TEST(clocks_go)
{
	struct timespec first, last;
	int64_t before_ms = monotonic_ms();
	moment now;

	clock_gettime(CLOCK_REALTIME, &first);
	now = moment_now();
	clock_gettime(CLOCK_REALTIME, &last);
	ck_assert_int_ge(now, first.tv_sec * MOMENT_SECOND + first.tv_nsec);
	ck_assert_int_le(now, last.tv_sec * MOMENT_SECOND + last.tv_nsec);
	usleep(20000);
	ck_assert_int_ge(monotonic_ms() - before_ms, 20);
	ck_assert_int_lt(monotonic_ms() - before_ms, 20000);
}
END_TEST

START_TEST(since_is_read)
{
	static const moment now = 1795320239 * MOMENT_SECOND;
	static const struct {
		const char *text;
		moment at;
	} rows[] = {
		{ "2026-11-22T04:03:59Z", 1795320239 * MOMENT_SECOND },
		{ "2026-11-22T04:03:59.5+01:00", 1795316639500000000 },
		{ "2026-11-22T04:03:59", 1795338239 * MOMENT_SECOND },
		{ "2026-11-22 04:03:59.25", 1795338239250000000 },
		{ "2026-11-22", 1795323600 * MOMENT_SECOND },
		{ "2026-07-01", 1782882000 * MOMENT_SECOND },
		{ "1795320239", now },
		{ "1795320239.000000001", now + 1 },
		{ "1136073600.5", 1136073600500000000 },
		{ "0", 0 },
		{ "9223372036.854775807", INT64_MAX },
		{ "90s", now - 90 * MOMENT_SECOND },
		{ "1h30m", now - 5400 * MOMENT_SECOND },
		{ "2d", now - 172800 * MOMENT_SECOND },
		{ "0s", now },
	};

	setenv("TZ", "<-05>5", 1); /* five hours west, all year */
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct error err;
		moment at = 12345;

		ck_assert_msg(moment_parse_since(rows[i].text, now, &at, &err) == 0, "'%s' is refused", rows[i].text);
		ck_assert_msg(at == rows[i].at, "'%s': %lld", rows[i].text, (long long)at);
	}
}
END_TEST

START_TEST(since_refuses)
{
	static const char *const rows[] = { "",
					    " ",
					    "yesterday",
					    "2026-13-01",
					    "2026-11-22T",
					    "2026-11-22T04:03:59Zx",
					    "2026-11-22 ",
					    "-5",
					    "-5m",
					    "+5",
					    "5x",
					    "1h30",
					    "1.",
					    ".5",
					    "1795320239.1234567890",
					    "9223372037",
					    "99999999999999999999",
					    "9999-01-01",
					    "9999-01-01T00:00:00Z",
					    "0001-01-01T00:00:00Z",
					    "1e9",
					    "0x10",
					    "5m ",
					    "5 m",
					    "200000d" };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct error err = { .kind = ERROR_NONE };
		moment at = 12345;

		ck_assert_msg(moment_parse_since(rows[i], 0, &at, &err) == -1, "'%s' is taken", rows[i]);
		ck_assert_int_eq(at, 12345);
		ck_assert_int_eq(err.kind, ERROR_USAGE);
		ck_assert_ptr_nonnull(strstr(err.text, rows[i]));
	}
}
END_TEST

START_TEST(durations_are_read)
{
	static const struct {
		const char *text;
		int64_t length;
	} rows[] = {
		{ "10", 10 * MOMENT_SECOND },
		{ "0", 0 },
		{ "0.25", MOMENT_SECOND / 4 },
		{ "1m30s", 90 * MOMENT_SECOND },
		{ "250ms", MOMENT_SECOND / 4 },
		{ "7us", 7000 },
		{ "3ns", 3 },
		{ "1.5h", 5400 * MOMENT_SECOND },
		{ "1.000000001s", MOMENT_SECOND + 1 },
		{ "1.9ns", 1 },
		{ "2d", 172800 * MOMENT_SECOND },
		{ "1d2h3m4s5ms6us7ns", 93784005006007 },
		{ "30s1m", 90 * MOMENT_SECOND },
		{ "1m1m", 120 * MOMENT_SECOND },
		{ "0.00000000000000000000000000001s", 0 },
		{ "9223372036854775807ns", INT64_MAX },
		{ "9223372036.854775807s", INT64_MAX },
		{ "106751d", 106751LL * 86400 * MOMENT_SECOND },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct error err;
		int64_t length = -1;

		ck_assert_msg(duration_parse(rows[i].text, &length, &err) == 0, "'%s' is refused", rows[i].text);
		ck_assert_msg(length == rows[i].length, "'%s': %lld", rows[i].text, (long long)length);
	}
}
END_TEST

START_TEST(durations_are_refused)
{
	static const char *const rows[] = { "",
					    "s",
					    "-1s",
					    "+1s",
					    "1 s",
					    " 1s",
					    "1s ",
					    "1m30",
					    "1x",
					    "1S",
					    "1M",
					    "1.s",
					    ".5s",
					    "1..5s",
					    "1.5.5s",
					    "1sm",
					    "9223372036854775808ns",
					    "9223372036.854775808s",
					    "106752d",
					    "99999999999999999999s",
					    "9223372036s9223372036s",
					    "1e3s",
					    "inf",
					    "1\xC2\xB5s" };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct error err = { .kind = ERROR_NONE };
		int64_t length = 12345;

		ck_assert_msg(duration_parse(rows[i], &length, &err) == -1, "'%s' is taken", rows[i]);
		ck_assert_int_eq(length, 12345);
		ck_assert_int_eq(err.kind, ERROR_USAGE);
	}
}
END_TEST

START_TEST(durations_in_dockers_words)
{
	static const struct {
		int64_t seconds;
		const char *words;
	} rows[] = {
		{ -5, "Less than a second" }, { 0, "Less than a second" }, { 1, "1 second" },
		{ 2, "2 seconds" },           { 59, "59 seconds" },        { 60, "About a minute" },
		{ 119, "About a minute" },    { 120, "2 minutes" },        { 3599, "59 minutes" },
		{ 3600, "About an hour" },    { 5399, "About an hour" },   { 5400, "2 hours" },
		{ 47 * 3600, "47 hours" },    { 48 * 3600, "2 days" },     { 13 * 86400, "13 days" },
		{ 14 * 86400, "2 weeks" },    { 59 * 86400, "8 weeks" },   { 60 * 86400, "2 months" },
		{ 729 * 86400, "24 months" }, { 730 * 86400, "2 years" },  { 1100 * 86400, "3 years" },
	};
	char small[5];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char words[32];

		duration_words(rows[i].seconds * MOMENT_SECOND, words, sizeof(words));
		ck_assert_str_eq(words, rows[i].words);
	}
	duration_words(MOMENT_SECOND - 1, small, sizeof(small));
	ck_assert_str_eq(small, "Less");
}
END_TEST

/* --- fd ---------------------------------------------------------------------------------------------------------- */

static char directory[] = "/tmp/purser-test-XXXXXX";
static int dir;

static void make_directory(void)
{
	ck_assert_ptr_nonnull(mkdtemp(directory));
	dir = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(dir, 0);
}

static unsigned entries(const char *path)
{
	DIR *open_dir = opendir(path);
	unsigned count = 0;

	ck_assert_ptr_nonnull(open_dir);
	while (readdir(open_dir) != NULL)
		count++;
	closedir(open_dir);
	return count - 2; /* . and .. */
}

static void remove_directory(void)
{
	static const char *const made[] = { "sub/file", "file", "big", "taken" };

	for (size_t i = 0; i < ARRAY_LEN(made); i++)
		unlinkat(dir, made[i], 0);
	unlinkat(dir, "taken", AT_REMOVEDIR);
	unlinkat(dir, "sub", AT_REMOVEDIR);
	fd_close(&dir);
	ck_assert_int_eq(rmdir(directory), 0);
	memcpy(directory + strlen(directory) - 6, "XXXXXX", 6);
}

static void assert_content(const char *path, const char *expected)
{
	SCOPED(buf_release) struct buf content = BUF_INIT(100);
	struct error err;

	ck_assert_int_eq(fd_read_file(dir, path, &content, &err), 0);
	ck_assert_str_eq(buf_text(&content), expected);
}

START_TEST(file_is_replaced)
{
	struct error err;
	struct stat st;

	ck_assert_int_eq(fd_replace_file(dir, "file", "one", 3, &err), 0);
	assert_content("file", "one");
	ck_assert_int_eq(fd_replace_file(dir, "file", "second", 6, &err), 0);
	assert_content("file", "second");
	ck_assert_int_eq(fd_replace_file(dir, "file", NULL, 0, &err), 0);
	assert_content("file", "");
	ck_assert_int_eq(fstatat(dir, "file", &st, 0), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_uint_eq(entries(directory), 1);
}
END_TEST

START_TEST(file_is_replaced_in_a_subdirectory)
{
	char path[sizeof(directory) + 16];
	struct error err;

	ck_assert_int_eq(mkdirat(dir, "sub", 0700), 0);
	ck_assert_int_eq(fd_replace_file(dir, "sub/file", "x", 1, &err), 0);
	assert_content("sub/file", "x");
	snprintf(path, sizeof(path), "%s/sub", directory);
	ck_assert_uint_eq(entries(path), 1);
	ck_assert_uint_eq(entries(directory), 1);
	snprintf(path, sizeof(path), "%s/sub/file", directory);
	ck_assert_int_eq(fd_replace_file(-1, path, "absolute", 8, &err), 0);
	assert_content("sub/file", "absolute");
}
END_TEST

START_TEST(failed_replacement_leaves_nothing)
{
	char name[300];
	struct error err = { .kind = ERROR_NONE };

	ck_assert_int_eq(mkdirat(dir, "taken", 0700), 0);
	ck_assert_int_eq(fd_replace_file(dir, "taken", "x", 1, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_SYSTEM);
	ck_assert_int_eq(err.detail, EISDIR);
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ck_assert_int_eq(fd_replace_file(dir, name, "x", 1, &err), -1);
	ck_assert_int_eq(err.detail, ENAMETOOLONG);
	ck_assert_int_eq(fd_replace_file(dir, "absent/file", "x", 1, &err), -1);
	ck_assert_int_eq(err.detail, ENOENT);
	ck_assert_uint_eq(entries(directory), 1);
}
END_TEST

START_TEST(longest_name_is_replaced)
{
	char name[256];
	struct error err;

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ck_assert_int_eq(fd_replace_file(dir, name, "x", 1, &err), 0);
	assert_content(name, "x");
	ck_assert_uint_eq(entries(directory), 1);
	unlinkat(dir, name, 0);
}
END_TEST

START_TEST(file_reading_has_a_ceiling)
{
	SCOPED(buf_release) struct buf content = BUF_INIT(50000);
	SCOPED(buf_release) struct buf small = BUF_INIT(40005);
	static char bytes[40001];
	struct error err = { .kind = ERROR_NONE };

	memset(bytes, 'b', sizeof(bytes));
	bytes[7] = '\0';
	ck_assert_int_eq(fd_replace_file(dir, "big", bytes, sizeof(bytes), &err), 0);
	ck_assert_int_eq(fd_read_file(dir, "big", &content, &err), 0);
	ck_assert_uint_eq(content.len, sizeof(bytes));
	ck_assert_int_eq(memcmp(content.bytes, bytes, sizeof(bytes)), 0);
	buf_add_text(&small, "before");
	ck_assert_int_eq(fd_read_file(dir, "big", &small, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_FAILED);
	ck_assert_str_eq(buf_text(&small), "before");
	ck_assert_int_eq(fd_read_file(dir, "absent", &content, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_NOT_FOUND);
	ck_assert_int_eq(err.detail, ENOENT);
	ck_assert_int_eq(fd_read_file(dir, ".", &content, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_FAILED);
	ck_assert_int_eq(mkfifoat(dir, "fifo", 0600), 0);
	ck_assert_int_eq(fd_read_file(dir, "fifo", &content, &err), -1);
	unlinkat(dir, "fifo", 0);
}
END_TEST

START_TEST(reading_at_an_offset)
{
	SCOPED(fd_close) int fd = -1;
	char bytes[10];
	struct error err;

	ck_assert_int_eq(fd_replace_file(dir, "file", "0123456789", 10, &err), 0);
	fd = openat(dir, "file", O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(fd_read_at(fd, bytes, 4, 3), 4);
	ck_assert_int_eq(memcmp(bytes, "3456", 4), 0);
	ck_assert_int_eq(fd_read_at(fd, bytes, 10, 8), 2);
	ck_assert_int_eq(fd_read_at(fd, bytes, 10, 10), 0);
	ck_assert_int_eq(fd_read_at(-1, bytes, 10, 0), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

START_TEST(write_all_says_how_far_it_came)
{
	SCOPED(fd_close) int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	int ends[2];
	static char bytes[1 << 20];
	size_t written;

	ck_assert_int_ge(full, 0);
	ck_assert_uint_eq(fd_write_all(full, "x", 1), 0);
	ck_assert_int_eq(errno, ENOSPC);
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	written = fd_write_all(ends[1], bytes, sizeof(bytes));
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_uint_gt(written, 0);
	ck_assert_uint_lt(written, sizeof(bytes));
	fd_close(&ends[0]);
	fd_close(&ends[1]);
}
END_TEST

static void on_alarm(int number UNUSED)
{
}

/* Reads slowly what is 0, 1, 2, ... 250, 0, ... and ends with 0 when nothing was lost, repeated or exchanged. */
static void read_slowly(int from, size_t expected)
{
	unsigned char chunk[10000];
	size_t seen = 0;
	ssize_t n;

	while ((n = read(from, chunk, sizeof(chunk))) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (chunk[i] != seen++ % 251)
				_exit(1);
		}
		usleep(500);
	}
	_exit(seen == expected ? 0 : 2);
}

START_TEST(write_all_goes_on_after_signals)
{
	static unsigned char bytes[3000000];
	struct itimerval often = { .it_interval.tv_usec = 5000, .it_value.tv_usec = 5000 }, off = { 0 };
	struct sigaction interrupt = { .sa_handler = on_alarm }; /* without SA_RESTART */
	int ends[2], status;
	pid_t child;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i % 251);
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		close(ends[1]);
		read_slowly(ends[0], sizeof(bytes));
	}
	fd_close(&ends[0]);
	sigaction(SIGALRM, &interrupt, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	ck_assert_uint_eq(fd_write_all(ends[1], bytes, sizeof(bytes)), sizeof(bytes));
	setitimer(ITIMER_REAL, &off, NULL);
	fd_close(&ends[1]);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(closing_keeps_errno)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), number = fd;

	errno = EDOM;
	fd_close(&fd);
	ck_assert_int_eq(fd, -1);
	ck_assert_int_eq(errno, EDOM);
	ck_assert_int_eq(fcntl(number, F_GETFD), -1);
	errno = EDOM;
	fd_close(&fd);
	ck_assert_int_eq(errno, EDOM);
}
END_TEST

static bool rings(int bell)
{
	struct pollfd wait = { .fd = bell, .events = POLLIN };

	return poll(&wait, 1, 0) == 1;
}

START_TEST(bell_rings_until_cleared)
{
	struct error err;
	SCOPED(fd_close) int bell = bell_open(&err);

	ck_assert_int_ge(bell, 0);
	ck_assert_int_eq(fcntl(bell, F_GETFD), FD_CLOEXEC);
	ck_assert(!rings(bell));
	bell_clear(bell);
	bell_ring(bell);
	bell_ring(bell);
	ck_assert(rings(bell));
	bell_clear(bell);
	ck_assert(!rings(bell));
}
END_TEST

/* --- text -------------------------------------------------------------------------------------------------------- */

#define BYTES(literal) literal, sizeof(literal) - 1

START_TEST(text_is_made_safe)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool keep_newlines;
		const char *safe;
	} rows[] = {
		{ BYTES(""), false, "" },
		{ BYTES("plain text ~"), false, "plain text ~" },
		{ BYTES("a\tb"), false, "a b" },
		{ BYTES("a\nb\n"), false, "a^Jb^J" },
		{ BYTES("a\nb\n"), true, "a\nb\n" },
		{ BYTES("a\r\nb"), true, "a^M\nb" },
		{ BYTES("\x1b[31mred\x1b]0;title\x07"), true, "^[[31mred^[]0;title^G" },
		{ BYTES("\0\x01\x1f\x7f"), true, "^@^A^_^?" },
		{ BYTES("gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x90\xB3"), true,
		  "gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x90\xB3" },
		{ BYTES("\xC2\x9B[31m \xC2\x80 \xC2\x9F"), true, "\\xc2\\x9b[31m \\xc2\\x80 \\xc2\\x9f" },
		{ BYTES("\xC2\xA0"), true, "\xC2\xA0" },
		{ BYTES("\xE2\x80\xAEtxt.exe"), true, "\\xe2\\x80\\xaetxt.exe" },
		{ BYTES("\xE2\x80\xAA\xE2\x80\xAC"), true, "\\xe2\\x80\\xaa\\xe2\\x80\\xac" },
		{ BYTES("\xE2\x81\xA6\xE2\x81\xA9\xE2\x80\x8E\xE2\x80\x8F"), true,
		  "\\xe2\\x81\\xa6\\xe2\\x81\\xa9\\xe2\\x80\\x8e\\xe2\\x80\\x8f" },
		{ BYTES("\xE2\x80\xA8\xE2\x80\xA9"), true, "\\xe2\\x80\\xa8\\xe2\\x80\\xa9" },
		{ BYTES("\xE2\x80\xA7\xE2\x80\xAF\xE2\x81\x9F\xE2\x81\xB0"), true,
		  "\xE2\x80\xA7\xE2\x80\xAF\xE2\x81\x9F\xE2\x81\xB0" },
		{ BYTES("\xE2\x81\xA0\xE2\x81\xAA\xEF\xBB\xBF\xC2\xAD\xE2\x80\x8B"), true,
		  "\\xe2\\x81\\xa0\\xe2\\x81\\xaa\\xef\\xbb\\xbf\\xc2\\xad\\xe2\\x80\\x8b" },
		{ BYTES("a\xF3\xA0\x81\xA1"
			"b\xE3\x85\xA4"),
		  true,
		  "a\\xf3\\xa0\\x81\\xa1"
		  "b\\xe3\\x85\\xa4" },
		{ BYTES("\xE2\x9D\xA4\xEF\xB8\x8F \xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB "
			"\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD"),
		  true, "\xE2\x9D\xA4 \xF0\x9F\x91\xA9\xF0\x9F\x92\xBB \xF0\x9F\x91\x8D" },
		{ BYTES("e\xCC\x81 \xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D"), true,
		  "e\xCC\x81 \xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D" },
		{ BYTES("\xD8\x9C"), true, "\\xd8\\x9c" },
		{ BYTES("\xFF\xFEx"), true, "\\xff\\xfex" },
		{ BYTES("\x9B[31m"), true, "\\x9b[31m" },
		{ BYTES("\xC0\x8A\xC0\x9B"), true, "\\xc0\\x8a\\xc0\\x9b" },
		{ BYTES("\xE0\x80\x8A"), true, "\\xe0\\x80\\x8a" },
		{ BYTES("\xED\xA0\x80"), true, "\\xed\\xa0\\x80" },
		{ BYTES("\xED\xBF\xBF"), true, "\\xed\\xbf\\xbf" },
		{ BYTES("\xED\x9F\xBF\xEE\x80\x80\xE0\xA0\x80"), true, "\xED\x9F\xBF\xEE\x80\x80\xE0\xA0\x80" },
		{ BYTES("\xF4\x90\x80\x80"), true, "\\xf4\\x90\\x80\\x80" },
		{ BYTES("\xF8\x88\x80\x80\x80"), true, "\\xf8\\x88\\x80\\x80\\x80" },
		{ BYTES("cut \xE2\x82"), true, "cut \\xe2\\x82" },
		{ BYTES("\xE2\x82\x1b"), true, "\\xe2\\x82^[" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCOPED(buf_release) struct buf out = BUF_INIT(1000);

		text_add_safe(&out, rows[i].bytes, rows[i].len, rows[i].keep_newlines);
		ck_assert_str_eq(buf_text(&out), rows[i].safe);
	}
}
END_TEST

/* Whatever goes in: nothing a terminal would act on comes out, and what came out stays as it is. */
START_TEST(unfinished_characters)
{
	static const struct {
		const char *bytes;
		size_t nr;
	} rows[] = { { "", 0 }, { "a", 0 }, { "a\303", 1 }, { "\303\274", 0 }, { "\342\202", 2 }, { "\342\202\254", 0 }, { "x\360\237\230", 3 },
		     { "\360\237\230\200", 0 }, { "\200\200\200\200\200", 0 }, { "\303a", 0 }, { "\377", 0 }, { "\370\200", 0 }, { "\274", 0 } };
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		ck_assert_msg(text_unfinished(rows[i].bytes, strlen(rows[i].bytes)) == rows[i].nr, "row %zu", i);
}
END_TEST

START_TEST(text_of_random_bytes_is_safe)
{
	for (int i = 0; i < 20000; i++) {
		SCOPED(buf_release) struct buf once = BUF_INIT(1000);
		SCOPED(buf_release) struct buf twice = BUF_INIT(1000);
		unsigned char bytes[24];

		for (size_t j = 0; j < sizeof(bytes); j++)
			bytes[j] = (unsigned char)(next_random() >> 20 | (j % 3 == 0 ? 0xC0 : 0));
		text_add_safe(&once, (char *)bytes, sizeof(bytes), false);
		for (size_t j = 0; j < once.len; j++) {
			unsigned char byte = (unsigned char)once.bytes[j];

			if (byte < 0x20 || byte == 0x7F || (byte == 0xC2 && (unsigned char)once.bytes[j + 1] < 0xA0))
				ck_abort_msg("byte %02x came through", byte);
		}
		text_add_safe(&twice, once.bytes, once.len, false);
		if (strcmp(buf_text(&twice), buf_text(&once)) != 0)
			ck_abort_msg("'%s' is not safe as it is", buf_text(&once));
	}
}
END_TEST

START_TEST(text_safe_stops_at_the_ceiling)
{
	for (size_t limit = 0; limit < 12; limit++) {
		SCOPED(buf_release) struct buf out = BUF_INIT(limit);

		text_add_safe(&out, "ab\377cd\033ef", 8, false);
		ck_assert_uint_le(out.len, limit);
		ck_assert_int_eq(strncmp("ab\\xffcd^[ef", buf_text(&out), out.len), 0);
	}
}
END_TEST

START_TEST(text_takes_cells)
{
	static const struct {
		const char *text;
		size_t cells;
	} rows[] = {
		{ "", 0 },     { "web", 3 },  { "grün", 4 },
		{ "日本", 4 }, { "…", 1 },    { "e\xCC\x81", 1 },
		{ "🐳", 2 },    { "\xFF", 1 }, { "\033[1;31mweb\033[0m", 3 },
		{ "שלום", 4 }, { "한글", 4 }, { "ａ", 2 },
		{ "🇩🇪", 2 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		ck_assert_msg(text_cells(rows[i].text) == rows[i].cells, "'%s'", rows[i].text);
}
END_TEST

START_TEST(colours_are_sequences_that_do_nothing_else)
{
	static const struct {
		const char *bytes;
		size_t len;
	} rows[] = {
		{ "\033[m", 3 },
		{ "\033[0m", 4 },
		{ "\033[31mred", 5 },
		{ "\033[1;31;42m", 10 },
		{ "\033[38;5;208mx", 11 },
		{ "\033[48;2;1;2;3m", 13 },
		{ "\033[38:2:1:2:3m", 13 },
		{ "\033[;;m", 5 },
		{ "\033[97m", 5 },
		{ "\033[107m", 6 },
		{ "", 0 },
		{ "m", 0 },
		{ "\033", 0 },
		{ "\033[", 0 },
		{ "\033[31", 0 },
		{ "\033[31h", 0 },
		{ "\033[2J", 0 },
		{ "\033[?1m", 0 },
		{ "\033[>4;2m", 0 },
		{ "\033[8m", 0 },
		{ "\033[31;8m", 0 },
		{ "\033[5m", 0 },
		{ "\033[38m", 0 },
		{ "\033[38;5m", 0 },
		{ "\033[38;5;256m", 0 },
		{ "\033[38;2;1;2m", 0 },
		{ "\033[38;9;1m", 0 },
		{ "\033[99999999999999999999m", 0 },
		{ "\033[3 1m", 0 },
		{ "\033[31\033[32m", 0 },
		{ "\033]0;x\007", 0 },
		{ "\033[108m", 0 },
		{ "\033[0000000000000000000000000000000000000000000000000000000000000000000000000000000000000m", 0 },
		{ "\033[;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;m", 0 },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		ck_assert_msg(sgr_len(rows[i].bytes, strlen(rows[i].bytes)) == rows[i].len, "row %zu", i);
}
END_TEST

START_TEST(colours_may_be_kept_and_nothing_else)
{
	static const struct {
		const char *bytes, *safe;
	} rows[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "\033[31mred\033[0m plain", "\033[31mred\033[0m plain\033[0m" },
		{ "\033[31mto the end", "\033[31mto the end\033[0m" },
		{ "\033[8mhidden", "^[[8mhidden" },
		{ "a\033]0;title\007\033[1mb", "a^[]0;title^G\033[1mb\033[0m" },
		{ "\033\033[1m\033", "^[\033[1m^[\033[0m" },
		{ "\033[2J\033[31", "^[[2J^[[31" },
		{ "\033[32m\xff\033[m", "\033[32m\\xff\033[m\033[0m" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCOPED(buf_release) struct buf out = BUF_INIT(1000);
		sgr_add_safe(&out, rows[i].bytes, strlen(rows[i].bytes));
		ck_assert_str_eq(buf_text(&out), rows[i].safe);
	}
}
END_TEST

START_TEST(text_takes_rows)
{
	static const struct {
		const char *text;
		size_t columns, max, rows;
	} rows[] = {
		{ "", 10, 99, 0 },
		{ "\n", 10, 99, 1 },
		{ "\n\n", 10, 99, 2 },
		{ "a", 10, 99, 1 },
		{ "a\n", 10, 99, 1 },
		{ "a\nb", 10, 99, 2 },
		{ "0123456789", 10, 99, 1 },
		{ "0123456789\n", 10, 99, 1 },
		{ "0123456789\n\n", 10, 99, 2 },
		{ "0123456789a", 10, 99, 2 },
		{ "日本語", 5, 99, 2 },
		{ "日本語", 3, 99, 3 },
		{ "a\tb", 9, 99, 1 },
		{ "a\tb", 8, 99, 2 },
		{ "a\nb\nc\nd", 10, 2, 2 },
		{ "\033[31mabc\033[0m", 3, 99, 1 },
		{ "abc\xff\xff", 4, 99, 2 },
		{ "x", 1, 99, 1 },
		{ "xx\nx", 1, 99, 3 },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		ck_assert_msg(text_rows(rows[i].text, strlen(rows[i].text), rows[i].columns, rows[i].max) ==
				      rows[i].rows,
			      "row %zu", i);
}
END_TEST

START_TEST(text_is_cut_and_padded)
{
	static const struct {
		const char *text;
		size_t cells;
		bool pad;
		const char *out;
	} rows[] = {
		{ "web", 5, false, "web" },     { "web", 5, true, "web  " },
		{ "web", 3, true, "web" },      { "website", 5, true, "webs…" },
		{ "website", 1, true, "…" },    { "website", 0, true, "" },
		{ "", 2, true, "  " },          { "", 0, true, "" },
		{ "grünes", 4, true, "grü…" },  { "日本語", 6, true, "日本語" },
		{ "日本語", 5, true, "日本…" }, { "日本語", 4, true, "日… " },
		{ "日本語", 4, false, "日…" },  { "e\u0301e\u0301", 2, true, "e\u0301e\u0301" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCOPED(buf_release) struct buf out = BUF_INIT(100);

		text_add_cells(&out, rows[i].text, rows[i].cells, rows[i].pad);
		ck_assert_str_eq(buf_text(&out), rows[i].out);
	}
}
END_TEST

START_TEST(patterns_match)
{
	static const struct {
		const char *pattern, *text;
		bool matches;
	} rows[] = {
		{ "web", "web", true },
		{ "web", "webs", false },
		{ "webs", "web", false },
		{ "*", "", true },
		{ "*", "anything", true },
		{ "", "", true },
		{ "", "a", false },
		{ "?", "", false },
		{ "?", "a", true },
		{ "web*", "web", true },
		{ "web*", "web-1", true },
		{ "*-1", "web-1", true },
		{ "*-1", "web-1-1", true },
		{ "*-1", "web-12", false },
		{ "w?b", "wab", true },
		{ "w?b", "wb", false },
		{ "*a*b*c*", "xaybzc", true },
		{ "*a*b*c*", "xaybz", false },
		{ "a*b?d", "aXbbcd", true },
		{ "**", "", true },
		{ "a**b", "ab", true },
		{ "[ab]", "a", false },
		{ "[ab]", "[ab]", true },
		{ "a.c", "abc", false },
		{ "?*", "", false },
		{ "?*?", "ab", true },
		{ "WEB", "web", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ck_assert_msg(text_matches(rows[i].pattern, rows[i].text) == rows[i].matches, "'%s' on '%s'",
			      rows[i].pattern, rows[i].text);
	}
	ck_assert(text_is_pattern("web*"));
	ck_assert(text_is_pattern("?"));
	ck_assert(!text_is_pattern("web-[1]"));
	ck_assert(!text_is_pattern(""));
}
END_TEST

/* A matcher that tries every way would not come back from this one. */
START_TEST(hostile_pattern_is_fast)
{
	char text[20001];

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ck_assert(!text_matches("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", text));
}
END_TEST

START_TEST(text_distances)
{
	static const struct {
		const char *a, *b;
		size_t distance;
	} rows[] = {
		{ "", "", 0 },          { "a", "", 1 },          { "", "abc", 3 },     { "web", "web", 0 },
		{ "stat", "start", 1 }, { "strat", "start", 1 }, { "stop", "top", 1 }, { "kitten", "sitting", 3 },
		{ "ab", "ba", 1 },      { "abc", "ca", 3 },      { "ps", "rm", 2 },    { "images", "image", 1 },
	};
	char longer[301];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ck_assert_uint_eq(text_distance(rows[i].a, rows[i].b), rows[i].distance);
		ck_assert_uint_eq(text_distance(rows[i].b, rows[i].a), rows[i].distance);
	}
	memset(longer, 'x', sizeof(longer) - 1);
	longer[300] = '\0';
	ck_assert_uint_eq(text_distance(longer, "x"), 99);
	ck_assert_uint_eq(text_distance(longer, longer), 0);
	ck_assert_uint_eq(text_distance(longer + 201, ""), 99);
	ck_assert_uint_eq(text_distance(longer + 201, longer + 202), 1);
}
END_TEST

START_TEST(nearest_word_is_found)
{
	static const char *const words[] = { "images", "kill",  "logs", "ps",     "rm",
					     "run",    "start", "stop", "follow", NULL };
	static const char *const none[] = { NULL };
	static const char *const rows[][2] = {
		{ "strat", "start" },    { "stpo", "stop" },   { "lgos", "logs" }, { "sp", "ps" },
		{ "image", "images" },   { "foll", "follow" }, { "run", "run" },   { "imgs", NULL },
		{ "dockerize", NULL },   { "", NULL },         { "xyz", NULL },    { "compose", NULL },
		{ "imagess", "images" }, { "sttar", "start" }
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *nearest = text_nearest(rows[i][0], words);

		ck_assert_msg((nearest == NULL) == (rows[i][1] == NULL), "'%s': %s", rows[i][0], nearest);
		if (nearest != NULL)
			ck_assert_str_eq(nearest, rows[i][1]);
	}
	ck_assert_ptr_null(text_nearest("run", none));
}
END_TEST

/* Every bit counts, and every length. */
START_TEST(hash_tells_bytes_apart)
{
	char one[64], other[64];
	for (size_t len = 0; len < sizeof one; len++) {
		memset(one, 'x', sizeof one);
		memset(other, 'x', sizeof other);
		unsigned long long hash = text_hash(TEXT_HASH_START, one, len);
		ck_assert(text_hash(TEXT_HASH_START, other, len) == hash);
		ck_assert(text_hash(TEXT_HASH_START, one, len + 1) != hash);
		ck_assert(text_hash(TEXT_HASH_START + 1, one, len) != hash);
		for (size_t bit = 0; bit < 8 * len; bit++) {
			other[bit / 8] ^= (char)(1 << bit % 8);
			ck_assert(text_hash(TEXT_HASH_START, other, len) != hash);
			other[bit / 8] ^= (char)(1 << bit % 8);
		}
		memset(other + len, '\0', sizeof other - len);
		ck_assert(text_hash(TEXT_HASH_START, other, len) == hash); /* what stands behind does not count */
	}
	ck_assert(text_hash(TEXT_HASH_START, "a\0", 2) != text_hash(TEXT_HASH_START, "a", 1));
	ck_assert(text_hash(TEXT_HASH_START, "12345678abcdefgh", 16) != text_hash(TEXT_HASH_START, "abcdefgh12345678", 16));
}
END_TEST

/* --- the suite --------------------------------------------------------------------------------------------------- */

static TCase *add_case(Suite *suite, const char *name, const TTest *const *tests, size_t nr)
{
	TCase *tcase = tcase_create(name);

	for (size_t i = 0; i < nr; i++)
		tcase_add_test(tcase, tests[i]);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	return tcase;
}

#define ADD_CASE(suite, name, ...)                                                                                     \
	add_case(suite, name, (const TTest *[]){ __VA_ARGS__ },                                                        \
		 sizeof((const TTest *[]){ __VA_ARGS__ }) / sizeof(const TTest *))

static Suite *base_suite(void)
{
	Suite *suite = suite_create("base");
	TCase *files;

	ADD_CASE(suite, "error", error_is_made_and_wrapped, error_from_errno, error_may_be_made_from_its_own_text,
		 error_too_long_is_cut_between_characters, error_of_exactly_the_room_is_whole, error_statuses,
		 error_kinds_have_distinct_names);
	ADD_CASE(suite, "buf", buf_keeps_its_ceiling, buf_with_ceiling_zero_takes_nothing,
		 buf_grows_and_ends_with_a_nul, buf_never_has_more_room_than_its_ceiling_needs,
		 buf_drops_truncates_and_clears, buf_printf_of_any_length);
#ifndef SANITIZED
	ADD_CASE(suite, "memory", out_of_memory_ends_the_program);
#endif
	ADD_CASE(suite, "strvec", strvec_is_null_terminated, strvec_pushes_searches_and_sorts,
		 words_are_quoted_only_where_needed, quoted_words_are_cut_whole);
	ADD_CASE(suite, "arena", arena_pieces_are_zeroed_aligned_and_apart, arena_copies_texts);
	ADD_CASE(suite, "moment", moment_round_trips, moment_agrees_with_gmtime, moment_scans, moment_scan_refuses,
		 moment_scan_stops_at_len, moment_scans_what_go_prints, moment_scan_survives_random_bytes, clocks_go);
	ADD_CASE(suite, "since", since_is_read, since_refuses);
	ADD_CASE(suite, "duration", durations_are_read, durations_are_refused, durations_in_dockers_words);
	files = ADD_CASE(suite, "fd", file_is_replaced, file_is_replaced_in_a_subdirectory,
			 failed_replacement_leaves_nothing, longest_name_is_replaced, file_reading_has_a_ceiling,
			 reading_at_an_offset, write_all_says_how_far_it_came, write_all_goes_on_after_signals,
			 closing_keeps_errno, bell_rings_until_cleared);
	tcase_add_checked_fixture(files, make_directory, remove_directory);
	ADD_CASE(suite, "text", text_is_made_safe, unfinished_characters, text_of_random_bytes_is_safe,
		 text_safe_stops_at_the_ceiling, text_takes_cells, colours_are_sequences_that_do_nothing_else,
		 colours_may_be_kept_and_nothing_else, text_takes_rows, text_is_cut_and_padded, patterns_match,
		 hostile_pattern_is_fast, text_distances, nearest_word_is_found, hash_tells_bytes_apart);
	return suite;
}

SUITE_MAIN(base_suite)
