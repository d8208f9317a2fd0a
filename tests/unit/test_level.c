/* src/logs/level.c: how grave a record is. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "logs/level.h"
#include "suite.h"

static const struct {
	const char *line;
	enum level level;
} rows[] = {
	/* nothing said */
	{ "", LEVEL_NONE },
	{ "request 1", LEVEL_NONE },
	{ "no error at all", LEVEL_NONE },
	{ "an Error in a sentence", LEVEL_NONE },
	{ "errors: 3", LEVEL_NONE },
	{ "infobox: x", LEVEL_NONE },
	{ "MY_ERROR_COUNT 3", LEVEL_NONE },
	{ "ERRORS", LEVEL_NONE },
	{ "TERROR", LEVEL_NONE },
	{ "GET /error HTTP/1.1", LEVEL_NONE },
	{ "loglevel", LEVEL_NONE },
	{ "level=", LEVEL_NONE },
	{ "level=high", LEVEL_NONE },
	{ "[x] [7]", LEVEL_NONE },
	{ "[e]", LEVEL_NONE },
	{ "E1126", LEVEL_NONE },
	{ "E1126 12:00", LEVEL_NONE },
	{ "X1126 12:00:00.1 x", LEVEL_NONE },
	{ "{", LEVEL_NONE },
	{ "{\"level\"", LEVEL_NONE },
	{ "{\"level\":", LEVEL_NONE },
	{ "{\"level\":true}", LEVEL_NONE },
	{ "{\"level\":3}", LEVEL_NONE },
	{ "{\"message\":\"ERROR\"}", LEVEL_NONE },
	{ "{\"error\":null}", LEVEL_NONE },
	/* words in capitals */
	{ "ERROR could not open", LEVEL_ERROR },
	{ "2026-11-26 16:23:01,123 ERROR root: x", LEVEL_ERROR },
	{ "2026-11-26T16:23:01Z WARN  app - slow", LEVEL_WARN },
	{ "16:23:01.123 [main] INFO  o.s.Boot - started", LEVEL_INFO },
	{ "DEBUG:root:x", LEVEL_DEBUG },
	{ "WARNING:root:x", LEVEL_WARN },
	{ "CRITICAL:root:x", LEVEL_ERROR },
	{ "2026-11-26 16:23:01.123 UTC [1] FATAL:  the database is starting up", LEVEL_ERROR },
	{ "TRACE x", LEVEL_DEBUG },
	{ "INFO retry after ERROR", LEVEL_INFO },
	{ "x ERROR.", LEVEL_ERROR },
	{ "\033[31mERROR\033[0m x", LEVEL_ERROR },
	{ "\033[2m2026\033[0m \033[33m WARN\033[0m x", LEVEL_WARN },
	/* before a colon, at the beginning */
	{ "error: no such file", LEVEL_ERROR },
	{ "Error: no such file", LEVEL_ERROR },
	{ "panic: runtime error", LEVEL_ERROR },
	{ "warning: unused", LEVEL_WARN },
	{ "Warning: unused", LEVEL_WARN },
	/* in brackets */
	{ "[E] x", LEVEL_ERROR },
	{ "[W] x", LEVEL_WARN },
	{ "[I 16:23:01.123 LabApp] x", LEVEL_INFO },
	{ "[D] x", LEVEL_DEBUG },
	{ "2026/11/26 16:23:01 [error] 29#29: *1 open() failed", LEVEL_ERROR },
	{ "2026/11/26 16:23:01 [notice] 1#1: start", LEVEL_INFO },
	{ "2026/11/26 16:23:01 [crit] 1#1: x", LEVEL_ERROR },
	{ "<warn> x", LEVEL_WARN },
	{ "[Warning] x", LEVEL_WARN },
	/* klog */
	{ "E1126 16:23:01.123456       1 main.go:5] x", LEVEL_ERROR },
	{ "F1126 16:23:01.123456       1 main.go:5] x", LEVEL_ERROR },
	{ "W1126 16:23:01.123456       1 main.go:5] ERROR x", LEVEL_WARN },
	{ "I1126 16:23:01.123456       1 main.go:5] x", LEVEL_INFO },
	/* pairs */
	{ "time=\"2026-11-26T16:23:01Z\" level=error msg=\"x\"", LEVEL_ERROR },
	{ "time=x level=\"warning\" msg=x", LEVEL_WARN },
	{ "ts=1 lvl=dbug lvl=debug", LEVEL_DEBUG },
	{ "level=INFO msg=ERROR", LEVEL_INFO },
	{ "severity=CRITICAL", LEVEL_ERROR },
	/* JSON */
	{ "{\"level\":\"error\",\"msg\":\"x\"}", LEVEL_ERROR },
	{ "{\"msg\":\"x\", \"level\" : \"Warn\"}", LEVEL_WARN },
	{ "{\"level\":50,\"time\":1}", LEVEL_ERROR },
	{ "{\"level\":40}", LEVEL_WARN },
	{ "{\"level\":30}", LEVEL_INFO },
	{ "{\"level\":20}", LEVEL_DEBUG },
	{ "{\"log.level\":\"info\"}", LEVEL_INFO },
	{ "{\"severity\":\"EMERGENCY\"}", LEVEL_ERROR },
	{ "{\"levelname\": \"DEBUG\"}", LEVEL_DEBUG },
};

START_TEST(levels)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		ck_assert_msg(level_of(rows[i].line, strlen(rows[i].line)) == rows[i].level, "'%s': %d", rows[i].line,
			      level_of(rows[i].line, strlen(rows[i].line)));
}
END_TEST

/* Nothing behind `len` is looked at: the sanitizers and valgrind see it if it is. */
START_TEST(of_a_part)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (size_t len = 0; len <= strlen(rows[i].line); len++) {
			char *part = malloc(len ? len : 1);
			memcpy(part, rows[i].line, len);
			level_of(part, len);
			free(part);
		}
}
END_TEST

START_TEST(only_the_beginning)
{
	char line[8192];
	memset(line, ' ', sizeof line);
	memcpy(line + 4000, "ERROR", 5);
	ck_assert_int_eq(level_of(line, sizeof line), LEVEL_NONE);
	line[0] = '{';
	memcpy(line + 4000, "\"level\":\"error\"", 15);
	ck_assert_int_eq(level_of(line, sizeof line), LEVEL_ERROR);
	memset(line + 4000, ' ', 15);
	memcpy(line + 8000, "\"level\":\"error\"", 15);
	ck_assert_int_eq(level_of(line, sizeof line), LEVEL_NONE);
}
END_TEST

static Suite *level_suite(void)
{
	Suite *suite = suite_create("level");
	TCase *tcase = tcase_create("level");
	tcase_add_test(tcase, levels);
	tcase_add_test(tcase, of_a_part);
	tcase_add_test(tcase, only_the_beginning);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(level_suite)
