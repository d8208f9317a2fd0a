#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/needles.h"
#include "base/pattern.h"
#include "scratch.h"
#include "suite.h"

static struct error err;

static bool fits(const char *text, struct pattern_wish how, const char *bytes)
{
	struct fit fit;
	struct pattern *pattern = pattern_new(text, &how, &err);
	ck_assert_msg(pattern != NULL, "%s", err.text);
	int found = pattern_find(pattern, bytes, strlen(bytes), 0, &fit, &err);
	ck_assert_int_ge(found, 0);
	pattern_free(pattern);
	return found;
}

#define PLAIN ((struct pattern_wish){ 0 })
#define FIXED ((struct pattern_wish){ .fixed = true })
#define ANY_CASE ((struct pattern_wish){ .ignore_case = true })
#define WORDS ((struct pattern_wish){ .words = true })
#define FIXED_WORDS ((struct pattern_wish){ .fixed = true, .words = true })
#define WHOLE ((struct pattern_wish){ .lines = true })

START_TEST(what_fits)
{
	ck_assert(fits("a+b", PLAIN, "xaab"));
	ck_assert(!fits("a+b", FIXED, "xaab"));
	ck_assert(fits("a+b", FIXED, "xa+b"));
	ck_assert(fits("\\E.*", FIXED, "x\\E.*x"));
	ck_assert(fits("", PLAIN, ""));
	ck_assert(fits("^$", PLAIN, ""));
	ck_assert(!fits("ERROR", PLAIN, "error"));
	ck_assert(fits("ERROR", ANY_CASE, "error"));
	ck_assert(fits("über", ANY_CASE, "ÜBER"));
	ck_assert(fits("(?i)x", PLAIN, "X"));
	ck_assert(fits("web", WORDS, "a web-1"));
	ck_assert(!fits("web", WORDS, "webs web_ aweb"));
	ck_assert(fits("-f", FIXED_WORDS, "ls -f x"));
	ck_assert(!fits("über", WORDS, "überall"));
	ck_assert(fits("a|b", WHOLE, "b"));
	ck_assert(!fits("a|b", WHOLE, "ab"));
	ck_assert(fits("x.z", PLAIN, "xüz"));
}
END_TEST

START_TEST(bytes_that_are_no_text)
{
	ck_assert(fits("abc", PLAIN, "\xff\xfe" "abc\xc3"));
	ck_assert(fits("c$", PLAIN, "\xff" "c"));
	ck_assert(!fits("a.b", PLAIN, "a\xff" "b"));
	ck_assert(fits("\xff", FIXED, "a\xff" "b")); /* a pattern that is none is one of bytes */
	ck_assert(fits("a\xff.b", PLAIN, "a\xff\xfe" "b"));
}
END_TEST

START_TEST(what_does_not_make_sense_is_told_with_the_place)
{
	ck_assert_ptr_null(pattern_new("(a+", &PLAIN, &err));
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	ck_assert_ptr_nonnull(strstr(err.text, "'(a+'"));
	ck_assert_ptr_nonnull(strstr(err.text, "character 4"));
	ck_assert_ptr_null(pattern_new("a)(b", &WHOLE, &err));
	ck_assert_ptr_null(pattern_new("[z-a]", &WORDS, &err));
}
END_TEST

START_TEST(too_much_work)
{
	struct fit fit;
	char bytes[100];
	struct pattern *pattern = pattern_new("(a|aa)+$", &PLAIN, &err);
	memset(bytes, 'a', sizeof bytes);
	bytes[sizeof bytes - 1] = 'b';
	ck_assert_int_eq(pattern_find(pattern, bytes, sizeof bytes, 0, &fit, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_FAILED);
	ck_assert_ptr_nonnull(strstr(err.text, "(a|aa)+$"));
	ck_assert_int_eq(pattern_find(pattern, "aa", 2, 0, &fit, &err), 1); /* the next text is another one */
	pattern_free(pattern);
}
END_TEST

/* pattern, its needles with blanks between */
static const struct {
	const char *pattern, *needles;
} examples[] = {
	{ "deadlock", "deadlock" },
	{ "dead.*locked", "locked" },
	{ "time(out|d)", "time" },
	{ "(timeout|refused)", "timeout refused" },
	{ "ab|(?:cd|efg)", "ab cd efg" },
	{ "ab|c", "" },
	{ "ab|", "" },
	{ "colou?red", "colo" },
	{ "abc*", "ab" },
	{ "abc{0,3}de", "ab" },
	{ "abc{2}de", "abc" },
	{ "ab{2}{3}", "" },
	{ "{\"level\"", "{\"level\"" },
	{ "10\\.0\\.0", "10.0.0" },
	{ "\\d+ms", "ms" },
	{ "\\Nabc", "abc" },
	{ "\\N{U+41}tz", "" },
	{ "[abc]defg[]x]", "defg" },
	{ "[[:alpha:]]xyz", "xyz" },
	{ "(?i)abc", "abc" },
	{ "(?x)a b c", "" },
	{ "a(?=bc)", "" },
	{ "\\Qa.b\\E", "" },
	{ "(a)\\1bc", "" },
	{ "(foo)?bar", "bar" },
	{ "(foo)*", "" },
	{ "a.b", "" },
	{ "aü?bc", "bc" },
	{ "^error$", "error" },
};

static void show(const struct needles *needles, char *out, size_t size)
{
	*out = '\0';
	for (size_t i = 0; i < needles->nr; i++) {
		size_t len = strlen(out);
		snprintf(out + len, size - len, "%s%.*s", i ? " " : "", (int)needles->items[i].len, needles->items[i].bytes);
	}
}

START_TEST(what_a_pattern_cannot_fit_without)
{
	char text[400];
	struct needles needles;
	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		needles_find(examples[i].pattern, false, false, &needles);
		show(&needles, text, sizeof text);
		ck_assert_msg(!strcmp(text, examples[i].needles), "%s: '%s'", examples[i].pattern, text);
	}
	needles_find("a|b+", true, false, &needles);
	show(&needles, text, sizeof text);
	ck_assert_str_eq(text, "a|b+");
	needles_find("disk failure", false, true, &needles); /* the kelvin sign is a k, too */
	show(&needles, text, sizeof text);
	ck_assert_str_eq(text, " failure");
}
END_TEST

/* Whatever fits has a needle. */
START_TEST(needles_are_in_all_that_fits)
{
	static const char *const pieces[] = { "a", "b",	   "ab",    "ba", "(",	  ")",	 "|",	"*",  "+",   "?",   ".",  "[ab]", "[^a]",
					      "{2}", "{0,1}", "(?:", "\\b", "^", "$",	 "k",	"ü",  "\\.", "{",   "\\", "(?i)", "abba" };
	unsigned fitted = 0;
	random_start(random_seed());
	for (unsigned times = 0; times < random_tries(30000); times++) {
		char text[100] = "", bytes[24];
		for (unsigned i = 0, nr = 1 + random_below(8); i < nr; i++)
			snprintf(text + strlen(text), sizeof text - strlen(text), "%s", pieces[random_below(ARRAY_LEN(pieces))]);
		struct pattern_wish how = { .ignore_case = random_below(2), .fixed = !random_below(8) };
		struct pattern *pattern = pattern_new(text, &how, &err);
		for (unsigned i = 0; pattern && i < 20; i++) {
			struct fit fit;
			struct hints hints;
			size_t len = random_below(sizeof bytes);
			for (size_t b = 0; b < len; b++)
				bytes[b] = "aabbABkK.\xc3\xbc\xff"[random_below(12)];
			if (pattern_find(pattern, bytes, len, 0, &fit, &err) <= 0 || !pattern_has_needles(pattern))
				continue;
			fitted++;
			pattern_hints(pattern, &hints, bytes, len);
			ck_assert_msg(pattern_hint(pattern, &hints, bytes) != NULL, "%s fits '%.*s'", text, (int)len, bytes);
		}
		pattern_free(pattern);
	}
	ck_assert_uint_gt(fitted, 0);
}
END_TEST

static Suite *pattern_suite(void)
{
	Suite *suite = suite_create("pattern");
	TCase *tcase = tcase_create("pattern");
	tcase_add_test(tcase, what_fits);
	tcase_add_test(tcase, bytes_that_are_no_text);
	tcase_add_test(tcase, what_does_not_make_sense_is_told_with_the_place);
	tcase_add_test(tcase, too_much_work);
	tcase_add_test(tcase, what_a_pattern_cannot_fit_without);
	tcase_add_test(tcase, needles_are_in_all_that_fits);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(pattern_suite)
