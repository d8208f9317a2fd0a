/* src/command/recordview.c: records of several containers as lines. Into a pipe here: what a terminal shows is tried on one. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/output.h"
#include "command/recordview.h"
#include "suite.h"

static char *text;
static size_t len;
static FILE *file;
static struct view view;
static struct byline web, db;

static enum output_reader reads(void)
{
	return READER_READS;
}

static void setup(void)
{
	file = open_memstream(&text, &len);
	output_divert(file, reads);
	output_set_style(COLOR_NEVER, false);
}

static void begin(void)
{
	view_init(&view, false, false);
	memset(view.terminal, 0, sizeof view.terminal); /* also where the tests' output is one */
	view_introduce(&view, &web, "web");
	view_introduce(&view, &db, "db-1");
}

static void teardown(void)
{
	view_release(&view);
	output_divert(NULL, NULL);
	fclose(file);
	free(text);
}

/* A last "…" says that the record has no newline. */
static void say(const struct byline *who, const char *line)
{
	struct record record = { .at = MOMENT_SECOND, .stream = STREAM_STDOUT, .bytes = line, .len = strlen(line) };
	struct error err;
	record.partial = record.len >= 3 && !strcmp(line + record.len - 3, "…");
	record.len -= record.partial ? 3 : 0;
	ck_assert_int_eq(view_record(&view, who, &record, &err), 0);
}

static void shown(const char *should)
{
	fflush(file);
	ck_assert_str_eq(text, should);
}

START_TEST(each_line_has_its_name)
{
	begin();
	say(&web, "one");
	say(&db, "two");
	say(&db, "");
	shown("web  | one\ndb-1 | two\ndb-1 | \n");
}
END_TEST

START_TEST(parts_of_a_line_stay_one_line)
{
	begin();
	say(&web, "a…");
	say(&web, "b…");
	say(&web, "c");
	say(&web, "d");
	shown("web  | abc\nweb  | d\n");
}
END_TEST

START_TEST(nobody_writes_behind_what_has_not_ended)
{
	begin();
	say(&web, "a…");
	say(&db, "b");
	say(&web, "c…");
	view_note(&view, "web is a new container");
	say(&web, "d");
	shown("web  | a\ndb-1 | b\nweb  | c\n--- web is a new container\nweb  | d\n");
}
END_TEST

START_TEST(one_container_has_its_bytes_as_they_are)
{
	begin();
	view.timestamps = true;
	say(NULL, "a…");
	say(NULL, "\033[31mb\033[0m\r");
	shown("1970-01-01T00:00:01.000000000Z a1970-01-01T00:00:01.000000000Z \033[31mb\033[0m\r\n");
}
END_TEST

START_TEST(names_and_levels_have_colours)
{
	struct byline more[12];
	output_set_style(COLOR_ALWAYS, false);
	begin();
	ck_assert_uint_ne(web.colour, db.colour);
	say(NULL, "ERROR x");
	say(NULL, "WARN x");
	say(NULL, "DEBUG x");
	say(NULL, "INFO x");
	shown("\033[31mERROR x\033[0m\n\033[33mWARN x\033[0m\n\033[2mDEBUG x\033[0m\nINFO x\n");
	for (size_t i = 0; i < 12; i++) { /* more than there are colours */
		char name[8];
		snprintf(name, sizeof name, "n%zu", i);
		view_introduce(&view, &more[i], name);
		for (size_t j = 0; j < i && i < 8; j++)
			ck_assert_uint_ne(more[i].colour, more[j].colour);
	}
}
END_TEST

START_TEST(a_name_keeps_its_colour)
{
	struct view other;
	struct byline again;
	begin();
	view_init(&other, false, false);
	view_introduce(&other, &again, "web");
	ck_assert_uint_eq(again.colour, web.colour);
	view_release(&other);
}
END_TEST

static Suite *recordview_suite(void)
{
	Suite *suite = suite_create("recordview");
	TCase *tcase = tcase_create("recordview");
	const TTest *const tests[] = {
		each_line_has_its_name,
		parts_of_a_line_stay_one_line,
		nobody_writes_behind_what_has_not_ended,
		one_container_has_its_bytes_as_they_are,
		names_and_levels_have_colours,
		a_name_keeps_its_colour,
	};
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_checked_fixture(tcase, setup, teardown);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(recordview_suite)
