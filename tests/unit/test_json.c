/* src/model/json.c: text as JSON has it. */
#include <check.h>

#include "base/macros.h"
#include "model/json.h"
#include "suite.h"

/* A terminal that JSON is printed on gets nothing that it would act on; who reads it gets the same value. */
START_TEST(what_is_not_seen_is_escaped)
{
	static const struct {
		const char *text, *json;
	} rows[] = {
		{ "", "\"\"" },
		{ "a \"b\" \\c/", "\"a \\\"b\\\" \\\\c/\"" },
		{ "\t\n\033\177", "\"\\u0009\\u000a\\u001b\\u007f\"" },
		{ "\xc2\x9b" "2J", "\"\\u009b2J\"" },
		{ "\xe2\x80\xae" "fdp", "\"\\u202efdp\"" },
		{ "\xf3\xa0\x81\xa1", "\"\\udb40\\udc61\"" },
		{ "\xff" "a\xe2\x82", "\"\xef\xbf\xbd" "a\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "grün 日本 🐳 e\xcc\x81", "\"grün 日本 🐳 e\xcc\x81\"" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCOPED(buf_release) struct buf out = BUF_INIT(1000);
		json_add_text(&out, rows[i].text);
		ck_assert_str_eq(buf_text(&out), rows[i].json);
	}
}
END_TEST

static Suite *json_suite(void)
{
	Suite *suite = suite_create("json");
	TCase *tcase = tcase_create("text");
	tcase_add_test(tcase, what_is_not_seen_is_escaped);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(json_suite)
