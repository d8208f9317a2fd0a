#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logs/logname.h"
#include "scratch.h"
#include "suite.h"

#define SHORT "0123456789ab"
#define WHOLE SHORT "cdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DAY "2026-11-25"
#define PART_MAX 999999999u

static struct log_name name_of(const char *id, const char *name, const char *day)
{
	struct log_name of = { 0 };
	snprintf(of.id, sizeof of.id, "%s", id);
	snprintf(of.name, sizeof of.name, "%s", name);
	snprintf(of.day, sizeof of.day, "%s", day);
	return of;
}

static const char *made(const char *template, const char *name)
{
	static char file[LOG_NAME_MAX + 1];
	struct log_name of = name_of(WHOLE, name, DAY);
	memset(file, 'x', sizeof file);
	log_name_make(template, &of, file);
	return file;
}

/* `len` times `c` between the two. */
static const char *filled(const char *before, char c, size_t len, const char *after)
{
	static char text[1000];
	size_t begins = strlen(before), ends = begins + len;
	ck_assert_uint_lt(ends + strlen(after), sizeof text);
	memcpy(text, before, begins);
	memset(text + begins, c, len);
	memcpy(text + ends, after, strlen(after) + 1);
	return text;
}

/* ---- templates ---- */

START_TEST(templates_that_can_be_read_back_are_taken)
{
	static const char *const good[] = { LOG_TEMPLATE_DEFAULT, "%n%I", "%n-%i", "%d_%n=%i", "logs,of@%n+%d.%I", "_%i%n", "%i%n.log.1" };
	struct error err;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		ck_assert_msg(log_template_check(good[i], &err) == 0, "%s: %s", good[i], err.text);
}
END_TEST

START_TEST(templates_that_cannot_are_not)
{
	static const char *const bad[] = {
		"", "log", "%i", "%I", "%n", "%d%n", "%n%n%i", "%i%i%n", "%I%I%n", "%i%I%n", "%d%d%i%n", "%i%n%\0x", "%i%n%%", "%i%n%x", "%N%i",
		"%i/%n", "../%i%n", ".%i%n", "-%i%n", "%i %n", "%i\n%n", "%i*%n", "%i:%n", "%i\xc3\xa9%n", "%i\x7f%n", "%i~%n",
	};
	struct error err;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		err.kind = ERROR_NONE;
		ck_assert_msg(log_template_check(bad[i], &err) == -1, "'%s'", bad[i]);
		ck_assert_msg(err.kind == ERROR_USAGE, "'%s'", bad[i]);
	}
}
END_TEST

START_TEST(a_template_has_its_longest)
{
	struct error err;
	ck_assert_int_eq(log_template_check(filled("%i%n", 'x', LOG_TEMPLATE_MAX - 4, ""), &err), 0);
	ck_assert_int_eq(log_template_check(filled("%i%n", 'x', LOG_TEMPLATE_MAX - 3, ""), &err), -1);
	ck_assert_int_eq(err.kind, ERROR_USAGE);
}
END_TEST

/* ---- names ---- */

START_TEST(names_are_made)
{
	static const struct {
		const char *template, *name, *file;
	} rows[] = {
		{ "%i+%n", "web", SHORT "+web.log" },
		{ "%I-%n", "web", WHOLE "-web.log" },
		{ "%n@%d,%i", "web", "web@" DAY "," SHORT ".log" },
		{ "%i+%n", "", SHORT "+.log" },
		{ "%n-%i", "", "_" SHORT ".log" },
		{ "%i+%n", "a/b c\td", SHORT "+a_b_c_d.log" },
		{ "%i+%n", "../../etc/passwd", SHORT "+.._.._etc_passwd.log" },
		{ "%n-%i", "../x", "_._x-" SHORT ".log" },
		{ "%n-%i", "-rf", "_rf-" SHORT ".log" },
		{ "%n-%i", "/x", "_x-" SHORT ".log" },
		{ "%i+%n", "\xc3\xa9+=,@%n", SHORT "+_______n.log" },
		{ "%i+%n", "A.b-c_9", SHORT "+A.b-c_9.log" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		ck_assert_str_eq(made(rows[i].template, rows[i].name), rows[i].file);
}
END_TEST

START_TEST(whatever_bytes_a_name_has_its_file_is_a_plain_one)
{
	random_start(random_seed());
	for (unsigned i = 0; i < random_tries(20000); i++) {
		static const char *const templates[] = { LOG_TEMPLATE_DEFAULT, "%n-%I", "%n%i", "%d=%n%i" };
		char name[LOG_NAME_MAX + 1] = { 0 };
		size_t len = random_below(4) ? random_below(12) : random_below(LOG_NAME_MAX + 1);
		for (size_t c = 0; c < len; c++)
			name[c] = (char)(1 + random_below(255));
		const char *template = templates[random_below(ARRAY_LEN(templates))], *file = made(template, name);
		struct log_name read;
		ck_assert_uint_le(strlen(file), LOG_NAME_MAX);
		ck_assert(*file != '.' && *file != '-');
		ck_assert_uint_eq(strspn(file, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-+="), strlen(file));
		ck_assert_msg(log_name_read(template, file, &read), "%s: %s", template, file);
		ck_assert_msg(log_name_is(read.name, name), "%s: %s", template, file);
		ck_assert_int_eq(strncmp(read.id, WHOLE, CONTAINER_ID_SHORT), 0);
	}
}
END_TEST

START_TEST(the_longest_names_have_room_for_what_rotation_adds)
{
	char *longest = xstrdup(filled("%I%d", 'x', LOG_TEMPLATE_MAX - 6, "%n")), *name = xstrdup(filled("", 'n', LOG_NAME_MAX, ""));
	const char *const templates[] = { LOG_TEMPLATE_DEFAULT, "%I%n", longest };
	for (size_t i = 0; i < ARRAY_LEN(templates); i++) {
		char whole[LOG_NAME_MAX + 1], file[LOG_NAME_MAX + 1], again[LOG_NAME_MAX + 1];
		struct log_part part;
		struct log_name read;
		struct log_name of = name_of(WHOLE, name, DAY);
		log_name_make(templates[i], &of, whole);
		log_part_make(whole, &(struct log_part){ PART_MAX, true }, file);
		ck_assert_uint_le(strlen(file), LOG_NAME_MAX);
		ck_assert(log_part_read(file, again, &part));
		ck_assert_str_eq(again, whole);
		ck_assert_uint_eq(part.number, PART_MAX);
		ck_assert(part.packed);
		ck_assert(log_name_read(templates[i], whole, &read));
		ck_assert_uint_ge(strlen(read.name), 64);
		ck_assert(log_name_is(read.name, name));
	}
	free(longest);
	free(name);
}
END_TEST

START_TEST(names_are_read_back)
{
	struct log_name read;
	ck_assert(log_name_read("%i+%n", SHORT "+web.log", &read));
	ck_assert_str_eq(read.id, SHORT);
	ck_assert_str_eq(read.name, "web");
	ck_assert_str_eq(read.day, "");
	ck_assert(log_name_read("%n+%d-%I", "a-b.log+" DAY "-" WHOLE ".log", &read));
	ck_assert_str_eq(read.id, WHOLE);
	ck_assert_str_eq(read.name, "a-b.log");
	ck_assert_str_eq(read.day, DAY);
	ck_assert(!log_name_read("%n-%i", SHORT "+app-" SHORT ".log", &read)); /* "+" is no byte of a name: it was made from another template */
	ck_assert(log_name_read("%n%i", SHORT SHORT ".log", &read));
	ck_assert_str_eq(read.name, SHORT);
	ck_assert(log_name_read("%n-%i", "_" SHORT ".log", &read));
	ck_assert_str_eq(read.name, "");
	ck_assert(log_name_read("%i+%n", SHORT "+.log", &read));
	ck_assert_str_eq(read.name, "");
}
END_TEST

START_TEST(names_of_others_are_not_read)
{
	static const struct {
		const char *template, *file;
	} rows[] = {
		{ "%i+%n", "" }, { "%i+%n", ".log" }, { "%i+%n", "web.log" }, { "%i+%n", SHORT ".log" },
		{ "%i+%n", SHORT "+web" }, { "%i+%n", SHORT "+web.log.1" }, { "%i+%n", SHORT "+web.LOG" },
		{ "%i+%n", SHORT "-web.log" }, { "%i+%n", "0123456789aB+web.log" }, { "%i+%n", "0123456789a+web.log" },
		{ "%i+%n", "0123456789ag+web.log" }, { "%i+%n", " " SHORT "+web.log" },
		{ "%i+%n", "_" SHORT "+web.log" }, { "%I+%n", SHORT "+web.log" }, { "%n%i", "0123456789a.log" },
		{ "x%n-%i", "_web-" SHORT ".log" }, { "%d+%n%i", "2026-1-025+web" SHORT ".log" },
		{ "%d+%n%i", "2026x11-25+web" SHORT ".log" }, { "%d+%n%i", "2026-11-2x+web" SHORT ".log" },
		{ "a%n-%i", "b-" SHORT ".log" },
	};
	struct log_name read;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		ck_assert_msg(!log_name_read(rows[i].template, rows[i].file, &read), "%s: '%s'", rows[i].template, rows[i].file);
	size_t fixed = strlen(SHORT "+.log");
	ck_assert(log_name_read("%i+%n", filled(SHORT "+", 'n', LOG_NAME_MAX - fixed, ".log"), &read));
	ck_assert(!log_name_read("%i+%n", filled(SHORT "+", 'n', LOG_NAME_MAX - fixed + 1, ".log"), &read));
}
END_TEST

START_TEST(a_name_that_was_read_is_somebodys)
{
#define N63 "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
	static const struct {
		const char *read, *name;
		bool is;
	} rows[] = {
		{ "web", "web", true },  { "web", "we", false },    { "web", "webs", false },  { "web", "Web", false },   { "", "", true },
		{ "", "x", false },      { "x", "", false },        { "a_b", "a/b", true },    { "a_b", "a b", true },    { "a_b", "a_b", true },
		{ "a_b", "a-b", false }, { "a.b", "a_b", false },   { "_x", ".x", true },      { "_x", "-x", true },      { ".x", ".x", true },
		{ "_x", "/x", true },    { "a_x", "a.x", false },   { "_x", "yx", false },     { "__", "\xc3\xa9", true }, { "a/b", "a/b", false },
		{ N63, N63 "n", false }, { N63 "n", N63 "nn", true }, { N63 "n", N63, false }, { N63 "n", N63 "n", true },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		ck_assert_msg(log_name_is(rows[i].read, rows[i].name) == rows[i].is, "'%s' '%s'", rows[i].read, rows[i].name);
}
END_TEST

START_TEST(a_day_is_utc)
{
	static const struct {
		moment at;
		const char *day;
	} rows[] = {
		{ 1, "1970-01-01" },
		{ -1, "1969-12-31" },
		{ INT64_C(1795651199) * MOMENT_SECOND + 999999999, DAY },
		{ INT64_C(1795651200) * MOMENT_SECOND, "2026-11-26" },
	};
	char day[LOG_DAY_LEN + 1];
	setenv("TZ", "Pacific/Kiritimati", 1);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		log_day(rows[i].at, day);
		ck_assert_str_eq(day, rows[i].day);
	}
}
END_TEST

/* ---- parts ---- */

START_TEST(parts_are_split_and_put_together)
{
	static const struct {
		const char *file, *whole;
		unsigned number;
		bool packed;
	} rows[] = {
		{ "web.log", "web.log", 0, false },
		{ "web.log.1", "web.log", 1, false },
		{ "web.log.3.gz", "web.log", 3, true },
		{ "web.log.10", "web.log", 10, false },
		{ "web.log.999999999.gz", "web.log", PART_MAX, true },
		{ "a.log.log.7", "a.log.log", 7, false },
		{ "a.log.1.log", "a.log.1.log", 0, false },
		{ "a.log.1.gz.log.2.gz", "a.log.1.gz.log", 2, true },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char whole[LOG_NAME_MAX + 1], file[LOG_NAME_MAX + 1];
		struct log_part part;
		ck_assert_msg(log_part_read(rows[i].file, whole, &part), "%s", rows[i].file);
		ck_assert_str_eq(whole, rows[i].whole);
		ck_assert_msg(part.number == rows[i].number && part.packed == rows[i].packed, "%s", rows[i].file);
		log_part_make(whole, &part, file);
		ck_assert_str_eq(file, rows[i].file);
	}
}
END_TEST

START_TEST(what_rotation_does_not_make_is_no_part)
{
	static const char *const files[] = {
		"", ".log", ".log.1", ".log.1.gz", "web", "web.lo", "web.log.", "web.log.gz", "web.log..gz", "web.log.0", "web.log.00", "web.log.01",
		"web.log.01.gz", "web.log.0.gz", "web.log.-1", "web.log.+1", "web.log. 1", "web.log.1x", "web.log.x1", "web.log1", "web.log.1.2",
		"web.log.1.gz.gz", "web.log.1.gz.1", "web.log.1.GZ", "web.log.1gz", "web.log.1.bz2", "web.log.1000000000", "web.log.4294967297",
		"web.log.18446744073709551617", "web.log~", "1", ".1", "1.gz", ".gz", ".rotating", ".packing",
	};
	char whole[LOG_NAME_MAX + 1];
	struct log_part part;
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		ck_assert_msg(!log_part_read(files[i], whole, &part), "'%s' is part %u of '%s'", files[i], part.number, whole);
	ck_assert(log_part_read(filled("", 'n', LOG_NAME_MAX - 4, ".log"), whole, &part));
	ck_assert(!log_part_read(filled("", 'n', LOG_NAME_MAX - 3, ".log"), whole, &part));
}
END_TEST

static Suite *logname_suite(void)
{
	Suite *suite = suite_create("logname");
	TCase *tcase = tcase_create("logname");
	const TTest *const tests[] = {
		templates_that_can_be_read_back_are_taken,
		templates_that_cannot_are_not,
		a_template_has_its_longest,
		names_are_made,
		whatever_bytes_a_name_has_its_file_is_a_plain_one,
		the_longest_names_have_room_for_what_rotation_adds,
		names_are_read_back,
		names_of_others_are_not_read,
		a_name_that_was_read_is_somebodys,
		a_day_is_utc,
		parts_are_split_and_put_together,
		what_rotation_does_not_make_is_no_part,
	};
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(logname_suite)
