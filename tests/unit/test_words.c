#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/words.h"
#include "suite.h"

#define ROUND_TRIPS 100000
#define WORDS_MAX 6

/* The words of one line as "a|b|c", or "!" and the error's text. */
static const char *split(const char *line, size_t len)
{
	static char text[1024];
	struct words words;
	struct error err;

	text[0] = '\0';
	if (words_split(line, len, WORDS_WHOLE, &words, &err) < 0) {
		ck_assert_int_eq(err.kind, ERROR_USAGE);
		snprintf(text, sizeof(text), "!%s", err.text);
		return text;
	}
	for (size_t i = 0, end = 0; i < words.argv.nr; i++)
		end += (size_t)snprintf(text + end, sizeof(text) - end, "%s%s", i > 0 ? "|" : "", words.argv.items[i]);
	words_release(&words);
	return text;
}

static const struct {
	const char *line, *words;
} lines[] = {
	{ "", "" },
	{ " \t ", "" },
	{ "ps", "ps" },
	{ "  ps \t -a  ", "ps|-a" },
	{ "ps\r", "ps" },
	{ "ps \r\n", "ps" },
	{ "a ''", "a|" },
	{ "a \"\"", "a|" },
	{ "'a b'c\"d e\"", "a bcd e" },
	{ "'a\\b \"'", "a\\b \"" },
	{ "\"a'b \\\" \\\\ \\n $x `y`\"", "a'b \" \\ \\n $x `y`" },
	{ "\"\\$x \\`y\\` \\'\"", "$x `y` \\'" },
	{ "a\\ b \\'\\\"\\#\\;", "a b|'\"#;" },
	{ "$HOME `id` $(id) *.c ~ {a,b} <x >y | &", "$HOME|`id`|$(id)|*.c|~|{a,b}|<x|>y|||&" },
	{ "# all of it", "" },
	{ "#", "" },
	{ "ps # 'unbalanced ; here", "ps" },
	{ "a#b c\\#d '#e'", "a#b|c#d|#e" },
	{ "''#b", "#b" },
	{ "ps;stop", "ps" },
	{ "ps\nstop", "ps" },
	{ ";ps", "" },
	{ "\nps", "" },
	{ "'a;b' \"c\nd\"", "a;b|c\nd" },
	{ "run \\\n  -d \\\r\n img", "run|-d|img" },
	{ "ru\\\nn x", "run|x" },
	{ "\\\nps", "ps" },
	{ "\"a\\\nb\"", "a\\\nb" },
	{ "caf\xc3\xa9 \xff", "caf\xc3\xa9|\xff" },
	{ "'", "!unbalanced ' at column 1" },
	{ "stop web db 'x y", "!unbalanced ' at column 13" },
	{ "ps \"a'", "!unbalanced \" at column 4" },
	{ "ps \"a\\\"", "!unbalanced \" at column 4" },
	{ "'a' b'", "!unbalanced ' at column 6" },
	{ "ps \\", "!nothing follows the \\ at column 4" },
};

START_TEST(splits_a_line)
{
	ck_assert_str_eq(split(lines[_i].line, strlen(lines[_i].line)), lines[_i].words);
}
END_TEST

START_TEST(refuses_a_nul_byte)
{
	ck_assert_str_eq(split("ps\0-a", 5), "!a NUL byte at column 3");
	ck_assert_str_eq(split("ps '\0'", 6), "!a NUL byte at column 5");
	ck_assert_str_eq(split("ps # \0", 6), "!a NUL byte at column 6");
	ck_assert_str_eq(split("ps;\0", 4), "ps");
}
END_TEST

START_TEST(refuses_a_command_past_its_ceiling)
{
	char *line = malloc(WORDS_LINE_MAX + 2);
	struct words words;
	struct error err;

	memset(line, 'x', WORDS_LINE_MAX + 1);
	ck_assert_int_eq(words_split(line, WORDS_LINE_MAX, WORDS_WHOLE, &words, &err), 0);
	ck_assert_uint_eq(strlen(words.argv.items[0]), WORDS_LINE_MAX);
	words_release(&words);
	ck_assert_int_eq(words_split(line, WORDS_LINE_MAX + 1, WORDS_WHOLE, &words, &err), -1);
	ck_assert_str_eq(err.text, "a command of more than 1048576 bytes");

	line[10] = ';';
	ck_assert_int_eq(words_split(line, WORDS_LINE_MAX + 1, WORDS_WHOLE, &words, &err), 0);
	ck_assert_uint_eq(words.consumed, 11);
	words_release(&words);
	free(line);
}
END_TEST

START_TEST(goes_on_behind_what_was_consumed)
{
	static const char script[] = "ps -a; stop 'a;b' # c;d\n\n;rm x";
	static const char *const firsts[] = { "ps", "stop", NULL, NULL, "rm" };
	size_t at = 0;

	for (size_t i = 0; i < ARRAY_LEN(firsts); i++) {
		struct words words;
		struct error err;

		ck_assert_int_eq(words_split(script + at, strlen(script) - at, WORDS_WHOLE, &words, &err), 0);
		ck_assert_int_eq(words.argv.nr == 0, firsts[i] == NULL);
		if (firsts[i] != NULL)
			ck_assert_str_eq(words.argv.items[0], firsts[i]);
		ck_assert_int_eq(words.ended, i + 1 < ARRAY_LEN(firsts));
		at += words.consumed;
		words_release(&words);
	}
	ck_assert_uint_eq(at, strlen(script));
}
END_TEST

static const struct {
	const char *line;
	size_t nr;
	const char *last;
	size_t last_start;
	char open_quote;
	bool escaped;
} cursors[] = {
	{ "", 1, "", 0, 0, false },
	{ "  ", 1, "", 2, 0, false },
	{ "st", 1, "st", 0, 0, false },
	{ "stop ", 2, "", 5, 0, false },
	{ "stop we", 2, "we", 5, 0, false },
	{ "stop 'we", 2, "we", 5, '\'', true },
	{ "stop '", 2, "", 5, '\'', true },
	{ "stop ''", 2, "", 5, 0, true },
	{ "stop w'e b", 2, "we b", 5, '\'', true },
	{ "stop 'a' we", 3, "we", 9, 0, false },
	{ "stop 'a' ", 3, "", 9, 0, false },
	{ "stop \"we\\", 2, "we\\", 5, '"', true },
	{ "stop we\\", 2, "we", 5, 0, true },
	{ "stop a\\ b", 2, "a b", 5, 0, true },
	{ "stop \\\n", 2, "", 7, 0, false },
};

START_TEST(finds_the_word_under_the_cursor)
{
	struct words words;
	struct error err;

	ck_assert_int_eq(words_split(cursors[_i].line, strlen(cursors[_i].line), WORDS_PARTIAL, &words, &err), 0);
	ck_assert_uint_eq(words.argv.nr, cursors[_i].nr);
	ck_assert_str_eq(words.argv.items[words.argv.nr - 1], cursors[_i].last);
	ck_assert_uint_eq(words.last_start, cursors[_i].last_start);
	ck_assert_int_eq(words.open_quote, cursors[_i].open_quote);
	ck_assert_int_eq(words.escaped, cursors[_i].escaped);
	ck_assert(!words.ended);
	words_release(&words);
}
END_TEST

START_TEST(finds_no_word_in_a_comment)
{
	struct words words;
	struct error err;

	ck_assert_int_eq(words_split("ps # st", 7, WORDS_PARTIAL, &words, &err), 0);
	ck_assert_uint_eq(words.argv.nr, 0);
	ck_assert(!words.ended);
	words_release(&words);
}
END_TEST

START_TEST(tells_a_cursor_behind_the_command)
{
	struct words words;
	struct error err;

	ck_assert_int_eq(words_split("ps -a;", 6, WORDS_PARTIAL, &words, &err), 0);
	ck_assert(words.ended);
	ck_assert_uint_eq(words.argv.nr, 2);
	words_release(&words);
	ck_assert_int_eq(words_split("ps ';", 5, WORDS_PARTIAL, &words, &err), 0);
	ck_assert(!words.ended);
	words_release(&words);
}
END_TEST

static unsigned random_below(unsigned limit)
{
	static unsigned long long state = 88172645463325252ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state % limit);
}

static void push_random_word(struct strvec *argv)
{
	static const char *const pieces[] = {
		"'",
		"\"",
		"\\",
		"\n",
		"\r",
		"\t",
		" ",
		"#",
		";",
		"$",
		"`",
		"!",
		"*",
		"a",
		"web",
		"-",
		"--x=",
		"\xc3\xa9",
		"\xe6\x97\xa5",
		"\xff",
		"\x01",
		"\x7f",
		"\xc2\xa0",
		"\\\n",
		"''",
		"{",
		"~",
		"&",
		"|",
	};
	char word[64] = "";
	size_t len = 0;

	for (unsigned left = random_below(9); left > 0; left--) {
		const char *piece = pieces[random_below(ARRAY_LEN(pieces))];

		memcpy(word + len, piece, strlen(piece) + 1);
		len += strlen(piece);
	}
	strvec_push(argv, word);
}

static void assert_same(const struct strvec *a, const struct strvec *b, const char *line)
{
	ck_assert_msg(a->nr == b->nr, "%zu words, then %zu: %s", a->nr, b->nr, line);
	for (size_t i = 0; i < a->nr; i++)
		ck_assert_msg(strcmp(a->items[i], b->items[i]) == 0, "word %zu differs: %s", i, line);
}

START_TEST(gives_quoted_words_back)
{
	for (size_t i = 0; i < ROUND_TRIPS; i++) {
		struct strvec argv = STRVEC_INIT;
		struct buf line = BUF_INIT(4096);
		struct words words;
		struct error err;

		for (unsigned left = random_below(WORDS_MAX); left > 0; left--)
			push_random_word(&argv);
		strvec_quote(&argv, &line);
		ck_assert_int_eq(words_split(buf_text(&line), line.len, WORDS_WHOLE, &words, &err), 0);
		ck_assert_uint_eq(words.consumed, line.len);
		assert_same(&argv, &words.argv, buf_text(&line));
		words_release(&words);
		strvec_release(&argv);
		buf_release(&line);
	}
}
END_TEST

static Suite *words_suite(void)
{
	Suite *suite = suite_create("words");
	TCase *whole = tcase_create("whole");
	TCase *partial = tcase_create("partial");
	TCase *property = tcase_create("property");

	tcase_add_loop_test(whole, splits_a_line, 0, ARRAY_LEN(lines));
	tcase_add_test(whole, refuses_a_nul_byte);
	tcase_add_test(whole, refuses_a_command_past_its_ceiling);
	tcase_add_test(whole, goes_on_behind_what_was_consumed);
	tcase_add_loop_test(partial, finds_the_word_under_the_cursor, 0, ARRAY_LEN(cursors));
	tcase_add_test(partial, finds_no_word_in_a_comment);
	tcase_add_test(partial, tells_a_cursor_behind_the_command);
	tcase_set_timeout(property, 60);
	tcase_add_test(property, gives_quoted_words_back);
	suite_add_tcase(suite, whole);
	suite_add_tcase(suite, partial);
	suite_add_tcase(suite, property);
	return suite;
}

SUITE_MAIN(words_suite)
