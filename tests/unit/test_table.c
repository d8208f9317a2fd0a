/* What every row of the real table promises to parser, help, completion and documents. */
#include <check.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "command/command.h"
#include "command/settings.h"
#include "command/topics.h"
#include "command/words.h"
#include "suite.h"

static size_t commands_nr(void)
{
	size_t nr = 0;

	while (commands[nr] != NULL)
		nr++;
	return nr;
}

static void assert_text(const char *where, const char *what, const char *text)
{
	ck_assert_msg(text != NULL && *text != '\0', "%s: no text for %s", where, what);
	ck_assert_msg(text[strlen(text) - 1] != '.', "%s: %s: full stop: %s", where, what, text);
	ck_assert_msg(strpbrk(text, "\n\t") == NULL, "%s: %s: more than a line: %s", where, what, text);
}

/* What reads well behind a name: "list containers". Only an acronym starts with a capital. */
static void assert_phrase(const char *where, const char *what, const char *text)
{
	assert_text(where, what, text);
	ck_assert_msg(!isupper((unsigned char)text[0]) || isupper((unsigned char)text[1]), "%s: %s: capital: %s", where,
		      what, text);
}

START_TEST(has_a_summary_and_a_function)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		assert_phrase(commands[i]->name, "summary", commands[i]->summary);
		ck_assert_msg(commands[i]->run != NULL, "%s: no function", commands[i]->name);
	}
}
END_TEST

START_TEST(has_names_of_its_own)
{
	ck_assert_uint_gt(commands_nr(), 0);
	for (size_t i = 0; commands[i] != NULL; i++) {
		ck_assert_msg(command_find(commands[i]->name, false) == commands[i], "%s: name taken",
			      commands[i]->name);
		if (commands[i]->alias != NULL)
			ck_assert_msg(command_find(commands[i]->alias, false) == commands[i], "%s: alias %s taken",
				      commands[i]->name, commands[i]->alias);
	}
}
END_TEST

static bool flag_of(const struct command *command, const char *name)
{
	for (const struct option *option = command->options; option->name != NULL; option++) {
		if (strcmp(option->name, name) == 0)
			return option->kind == KIND_FLAG;
	}
	return false;
}

static void audit_option(const struct command *command, const struct option *option)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	ck_assert_msg(strlen(option->name) > 1 && option->name[0] != '-' &&
			      strspn(option->name, allowed) == strlen(option->name),
		      "%s: --%s: name", command->name, option->name);
	ck_assert_msg(option->letter == 0 || isalnum((unsigned char)option->letter), "%s: --%s: letter", command->name,
		      option->name);
	ck_assert_msg((option->kind == KIND_FLAG) == (option->value_name == NULL),
		      "%s: --%s: a value has a name, a flag none", command->name, option->name);
	ck_assert_msg(option->kind != KIND_REST, "%s: --%s: REST is for operands", command->name, option->name);
	ck_assert_msg(strcmp(option->name, "help") != 0, "%s: --help is the parser's", command->name);
	ck_assert_msg(option->alone == NULL || flag_of(command, option->alone), "%s: -%c: --%s is no flag of it",
		      command->name, option->letter, option->alone);
	assert_phrase(command->name, option->name, option->help);
	for (const struct option *other = command->options; other != option; other++) {
		ck_assert_msg(strcmp(other->name, option->name) != 0, "%s: --%s twice", command->name, option->name);
		ck_assert_msg(other->letter == 0 || other->letter != option->letter, "%s: -%c twice", command->name,
			      option->letter);
	}
}

START_TEST(has_sound_options)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		const struct option *option = commands[i]->options;

		for (; option != NULL && option->name != NULL; option++)
			audit_option(commands[i], option);
	}
	for (const struct option *option = program.options; option->name != NULL; option++)
		audit_option(&program, option);
}
END_TEST

static bool has_option(const struct command *command, const char *name)
{
	const struct option *option = command->options;

	while (option != NULL && option->name != NULL && strcmp(option->name, name) != 0)
		option++;
	return option != NULL && option->name != NULL;
}

START_TEST(refuses_no_option_that_it_has)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		const char *const *name = commands[i]->unsupported;

		for (; name != NULL && *name != NULL; name++) {
			ck_assert_msg((*name)[0] != '-', "%s: %s: without dashes", commands[i]->name, *name);
			ck_assert_msg(!has_option(commands[i], *name), "%s: --%s is supported", commands[i]->name,
				      *name);
		}
	}
}
END_TEST

static void audit_operand(const struct command *command, const struct operand *operand)
{
	const struct operand *next = operand + 1;
	bool is_open = operand->max == 0;

	for (const char *c = operand->name; *c != '\0'; c++)
		ck_assert_msg(isupper((unsigned char)*c) || *c == '-' || *c == ':', "%s: %s: not in capitals",
			      command->name, operand->name);
	assert_phrase(command->name, operand->name, operand->help);
	ck_assert_msg(is_open || operand->min <= operand->max, "%s: %s: least over most", command->name, operand->name);
	ck_assert_msg(!is_open || next->name == NULL, "%s: %s: takes all, but is not last", command->name,
		      operand->name);
	ck_assert_msg(operand->kind != KIND_REST || is_open, "%s: %s: REST takes all", command->name, operand->name);
	ck_assert_msg(next->name == NULL || operand->min == operand->max || next->min == 0,
		      "%s: %s is optional, %s behind it is not", command->name, operand->name, next->name);
	ck_assert_msg(operand->kind != KIND_FLAG, "%s: %s: FLAG is for options", command->name, operand->name);
	ck_assert_msg(operand->kind == KIND_CONTAINER || operand->states == 0,
		      "%s: %s: states of what is no container", command->name, operand->name);
}

START_TEST(has_sound_operands)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		const struct operand *operand = commands[i]->operands;

		for (; operand != NULL && operand->name != NULL; operand++)
			audit_operand(commands[i], operand);
	}
}
END_TEST

static void audit_example(const struct command *command, const struct example *example)
{
	struct words words;
	struct invocation call;
	struct error err = { .text = "" };
	size_t len = strlen(example->line);

	ck_assert_msg(words_split(example->line, len, WORDS_WHOLE, &words, &err) == 0, "%s: %s: %s", command->name,
		      example->line, err.text);
	ck_assert_msg(words.consumed == len && !words.ended, "%s: %s: more than one command", command->name,
		      example->line);
	ck_assert_msg(command_parse(&words.argv, PARSE_WHOLE, false, &call, &err) == 0, "%s: %s: %s", command->name,
		      example->line, err.text);
	ck_assert_msg(call.command == command, "%s: %s: is of %s", command->name, example->line, call.command->name);
	assert_text(command->name, example->line, example->effect);
	invocation_release(&call);
	words_release(&words);
}

START_TEST(has_examples_that_parse)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		const struct example *example = commands[i]->examples;

		ck_assert_msg((commands[i]->flags & COMMAND_HIDDEN) || (example != NULL && example->line != NULL),
			      "%s: no example", commands[i]->name);
		for (; example != NULL && example->line != NULL; example++)
			audit_example(commands[i], example);
	}
}
END_TEST

/* A topic is found by its name, which no command and no abbreviation has; each of its terms is told something of. */
START_TEST(has_topics_beside_the_commands)
{
	for (const struct topic *topic = topics; topic->name != NULL; topic++) {
		struct strvec seconds = STRVEC_INIT;
		struct buf out = BUF_INIT(65536);

		assert_phrase(topic->name, "summary", topic->summary);
		ck_assert_msg(command_find(topic->name, false) == NULL, "%s is a command", topic->name);
		command_second_words(topic->name, &seconds);
		ck_assert_msg(seconds.nr == 0, "%s begins commands", topic->name);
		ck_assert_ptr_eq(topic_find(topic->name), topic);
		for (const struct term *term = topic->terms; term->name != NULL; term++)
			assert_text(topic->name, term->name, term->meaning);
		manual_topic(topic, &out);
		ck_assert_ptr_nonnull(strstr(buf_text(&out), topic->terms->name));
		strvec_release(&seconds);
		buf_release(&out);
	}
	ck_assert_ptr_null(topic_find("key"));
}
END_TEST

/* In one line the command and the option stand, and behind them which runtimes have it. */
static void assert_told(const char *table, const struct command *command, const struct option *option)
{
	char name[80], word[80], cells[80];
	int times = 0;

	snprintf(name, sizeof(name), "`%s`", command->name);
	snprintf(word, sizeof(word), " `--%s`", option->name);
	snprintf(cells, sizeof(cells), " | %s | %s | %s |", is_lacked(option->lacked_by, "docker") ? "no" : "yes",
		 is_lacked(option->lacked_by, "nerdctl") ? "no" : "yes", is_lacked(option->lacked_by, "podman") ? "no" : "yes");
	for (const char *line = table; *line != '\0'; line += strcspn(line, "\n") + 1) {
		char text[2000];

		snprintf(text, sizeof(text), "%.*s", (int)strcspn(line, "\n"), line);
		const char *colon = strchr(text, ':'), *at = strstr(text, name), *option_at = strstr(text, word);
		if (colon == NULL || at == NULL || option_at == NULL || at > colon || option_at < colon)
			continue;
		times++;
		ck_assert_msg(strcmp(text + strlen(text) - strlen(cells), cells) == 0, "%s%s: %s", name, word, text);
	}
	ck_assert_msg(times == 1, "%s%s: %d times", name, word, times);
}

/* A name and a cell for each runtime in each line; each option that one lacks, and each log driver, once. */
START_TEST(runtimes_are_compared)
{
	struct buf out = BUF_INIT(65536);

	manual_runtimes(&out);
	ck_assert_int_eq(strncmp(buf_text(&out), "| | docker | nerdctl | podman |\n| --- | --- | --- | --- |\n", 56), 0);
	for (const char *line = buf_text(&out), *c = line; *c != '\0'; line = c) {
		size_t bars = 0;

		for (; *c != '\n'; c++)
			bars += *c == '|';
		c++;
		ck_assert_msg(bars == 5, "not four cells: %.*s", (int)(c - line), line);
	}
	for (size_t i = 0; commands[i] != NULL; i++)
		for (const struct option *option = NULL; (option = next_option(commands[i], option)) != NULL;)
			if (option->lacked_by != NULL)
				assert_told(buf_text(&out), commands[i], option);
	const char *json = strstr(buf_text(&out), "| logs of `json-file` "), *none = strstr(buf_text(&out), "| logs of `none` ");
	ck_assert_ptr_nonnull(json);
	ck_assert_ptr_null(strstr(json + 1, "| logs of `json-file` "));
	ck_assert_ptr_nonnull(none);
	ck_assert_int_eq(strncmp(none, "| logs of `none` are read by | not at all | not at all | not at all |\n", 70), 0);
	buf_release(&out);
}
END_TEST

/* In the order of the rows, so that what is found by a prefix and what help lists do not differ; and the runtimes' own words in none. */
START_TEST(is_in_one_group)
{
	size_t nr = 0;

	for (const struct command_group *group = command_groups; group->heading != NULL; group++) {
		ck_assert_msg(group->commands[0] != NULL, "%s: nothing in it", group->heading);
		ck_assert_msg(isupper((unsigned char)group->heading[0]), "%s: no capital", group->heading);
		for (size_t i = 0; group->commands[i] != NULL; i++)
			ck_assert_ptr_eq(group->commands[i], commands[nr++]);
	}
	for (; commands[nr] != NULL; nr++)
		ck_assert_msg(commands[nr]->flags & COMMAND_THROUGH, "%s is in no group", commands[nr]->name);
}
END_TEST

static Suite *table_suite(void)
{
	Suite *suite = suite_create("table");
	TCase *rows = tcase_create("rows");

	tcase_add_test(rows, has_a_summary_and_a_function);
	tcase_add_test(rows, has_names_of_its_own);
	tcase_add_test(rows, is_in_one_group);
	tcase_add_test(rows, has_sound_options);
	tcase_add_test(rows, refuses_no_option_that_it_has);
	tcase_add_test(rows, has_sound_operands);
	tcase_add_test(rows, has_examples_that_parse);
	tcase_add_test(rows, has_topics_beside_the_commands);
	tcase_add_test(rows, runtimes_are_compared);
	suite_add_tcase(suite, rows);
	return suite;
}

SUITE_MAIN(table_suite)
