/* A container described once. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "model/spec.h"
#include "model/value.h"

static struct spec spec, other;
static struct strvec wrong, words;
static struct buf text;
static struct error err;

static void setup(void)
{
	spec_init(&spec);
	spec_init(&other);
	buf_init(&text, 1000000);
}

static void teardown(void)
{
	spec_release(&spec);
	spec_release(&other);
	strvec_release(&wrong);
	strvec_release(&words);
	buf_release(&text);
}

static void give_to(struct spec *to, const char *name, const char *value)
{
	const struct option *option = spec_option(name, strlen(name));
	ck_assert_msg(option != NULL, "%s", name);
	spec_give(to, option, value);
}

static void give(const char *name, const char *value)
{
	give_to(&spec, name, value);
}

static const char *line(void)
{
	strvec_release(&words);
	buf_clear(&text);
	spec_add_words(&spec, &words);
	strvec_quote(&words, &text);
	return buf_text(&text);
}

static size_t check(void)
{
	strvec_release(&wrong);
	return spec_check(&spec, true, &wrong);
}

START_TEST(keeps_what_it_was_given)
{
	give("name", "web");
	give("publish", "8080:80");
	give("volume", "/a:/b");
	give("env", "A=1");
	spec_set_image(&spec, "nginx");
	ck_assert_str_eq(line(), "--name=web --env=A=1 --publish=8080:80 --volume=/a:/b nginx");
	give("publish", "8081:81");
	give("name", "web2");
	give("env", "B=x y");
	ck_assert_str_eq(line(), "--name=web2 --env=A=1 '--env=B=x y' --publish=8080:80 --publish=8081:81 --volume=/a:/b nginx");
	ck_assert_str_eq(spec_value(&spec, "name"), "web2");
	ck_assert_ptr_null(spec_value(&spec, "restart"));
}
END_TEST

START_TEST(of_two_with_one_key_the_last_counts)
{
	give("env", "A=1");
	give("env", "AB=2");
	give("env", "A=3");
	give("label", "k");
	give("label", "k=v");
	spec_set_image(&spec, "i");
	ck_assert_str_eq(line(), "--env=A=3 --env=AB=2 --label=k=v i");
}
END_TEST

START_TEST(flags_can_be_taken_back)
{
	give("init", "true");
	ck_assert(spec_flag(&spec, "init"));
	give("init", "false");
	ck_assert(!spec_flag(&spec, "init"));
	give("publish", "80");
	spec_take(&spec, "publish");
	ck_assert_str_eq(line(), "");
}
END_TEST

/* What is purser's own is typed, but not asked of an engine. */
START_TEST(an_engine_is_not_asked_for_what_is_our_own)
{
	give("rm", "true");
	give("detach", "true");
	give("health-script", "check.sh");
	give("tty", "true");
	spec_set_image(&spec, "i");
	strvec_push_all(&spec.command, "sh", "-c", "a b", NULL);
	spec_add_options(&spec, &words);
	ck_assert_uint_eq(words.nr, 1);
	ck_assert_str_eq(words.items[0], "--tty");
	ck_assert_str_eq(line(), "--health-script=check.sh --tty --rm --detach i sh -c 'a b'");
}
END_TEST

START_TEST(all_that_is_wrong_is_said)
{
	static const char *const starts[] = { "needs an IMAGE", "--name: 'a/b'", "--publish: '99999:80'", "--memory: 'lots'", "--restart: 'maybe'",
					      "--health-interval: '-1s'" };
	give("name", "a/b");
	give("publish", "8080:80");
	give("publish", "99999:80");
	give("memory", "lots");
	give("restart", "maybe");
	give("health-interval", "-1s");
	ck_assert_uint_eq(check(), ARRAY_LEN(starts));
	for (size_t i = 0; i < ARRAY_LEN(starts); i++)
		ck_assert_msg(!strncmp(wrong.items[i], starts[i], strlen(starts[i])), "%s", wrong.items[i]);
	ck_assert_uint_eq(spec_check(&other, false, &wrong), 0);
}
END_TEST

/* Each value is sound, and together they are not. */
START_TEST(what_does_not_go_together_is_wrong)
{
	static const struct {
		const char *first, *first_value, *second, *second_value;
		const char *says; /* NULL: all is well */
	} pairs[] = {
		{ "memory", "1g", "memory-swap", "512m", "--memory-swap: '512m' is less than --memory '1g'" },
		{ "memory-swap", "1g", "init", "true", "--memory is needed" },
		{ "memory", "512m", "memory-swap", "1g", NULL },
		{ "memory-swap", "-1", "init", "true", NULL },
		{ "rm", "true", "restart", "always", "--rm:" },
		{ "rm", "true", "restart", "no", NULL },
		{ "no-healthcheck", "true", "health-cmd", "true", "--no-healthcheck:" },
		{ "no-healthcheck", "true", "health-retries", "3", "there is --health-retries" },
		{ "health-cmd", "true", "health-script", "f", "--health-script:" },
		{ "publish", "8080:80", "publish", "8080:81", "'8080:80' and '8080:81' want the same port" },
		{ "publish", "8080:80", "publish", "8080:80/udp", NULL },
		{ "publish", "8080:80", "publish", "8080:80", NULL },
		{ "publish", "127.0.0.1:8080:80", "publish", "127.0.0.2:8080:81", NULL },
		{ "publish", "80", "publish", "81", NULL },
	};
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		spec_release(&spec);
		spec_init(&spec);
		spec_set_image(&spec, "i");
		give(pairs[i].first, pairs[i].first_value);
		give(pairs[i].second, pairs[i].second_value);
		ck_assert_msg(check() == (pairs[i].says != NULL), "%zu: %s", i, wrong.nr ? wrong.items[0] : "");
		if (pairs[i].says)
			ck_assert_msg(strstr(wrong.items[0], pairs[i].says) != NULL, "%s", wrong.items[0]);
	}
}
END_TEST

static void differs(void *arg UNUSED, const char *name, const char *from, const char *to)
{
	buf_printf(&text, "%s:%s>%s\n", name, from, to);
}

static const char *differences(void)
{
	buf_clear(&text);
	spec_compare(&spec, &other, differs, NULL);
	return buf_text(&text);
}

START_TEST(what_means_the_same_is_the_same)
{
	static const struct {
		const char *name, *one, *two;
	} same[] = {
		{ "memory", "512m", "536870912" }, { "cpus", "0.5", ".50" },          { "publish", "8080:80", "8080:80/TCP" },
		{ "publish", "80", ":80/tcp" },    { "publish", "0:80", "80" },       { "publish", "0.0.0.0:1:2", "1:2" },
		{ "health-interval", "90s", "1m30s" }, { "stop-signal", "SIGTERM", "term" }, { "restart", "on-failure", "on-failure:0" },
		{ "volume", "/a:/b:rw", "/a:/b" },    { "device-read-bps", "/dev/a:1m", "/dev/a:1048576" },
	};
	for (size_t i = 0; i < ARRAY_LEN(same); i++) {
		give(same[i].name, same[i].one);
		give_to(&other, same[i].name, same[i].two);
		ck_assert_msg(!*differences(), "%s", buf_text(&text));
		spec_take(&spec, same[i].name);
		spec_take(&other, same[i].name);
	}
	spec_set_image(&spec, "a:1/b");
	spec_set_image(&other, "a:1/b:latest");
	give("env", "A=1");
	give("env", "B=2");
	give_to(&other, "env", "B=2");
	give_to(&other, "env", "A=1");
	ck_assert_str_eq(differences(), "");
}
END_TEST

START_TEST(what_differs_is_told)
{
	spec_set_image(&spec, "a");
	spec_set_image(&other, "b");
	strvec_push_all(&spec.command, "x", "y z", NULL);
	give("memory", "1g");
	give_to(&other, "memory", "2g");
	give_to(&other, "env", "A=1");
	ck_assert_str_eq(differences(), "image:a>b\ncommand:x 'y z'>\nenv:>A=1\nmemory:1g>2g\n");
}
END_TEST

START_TEST(json_gives_it_back)
{
	for (int lines = 0; lines < 2; lines++) {
		SCOPED(buf_release) struct buf json = BUF_INIT(100000), again = BUF_INIT(100000);
		spec_release(&spec);
		spec_init(&spec);
		spec_release(&other);
		spec_init(&other);
		spec_set_image(&spec, "nginx:1.2");
		strvec_push_all(&spec.command, "sh", "-c", "echo \"\303\274\"\n", "", NULL);
		for (const struct option *option = spec_options; option->name; option++) {
			spec_give(&spec, option, option->kind == KIND_FLAG ? "true" : "a=1");
			if (option->many)
				spec_give(&spec, option, "b=\"\\ \001 \n2");
		}
		spec_write(&spec, lines, &json);
		ck_assert_msg(spec_read(buf_text(&json), json.len, &other, &err) == 0, "%s", err.text);
		ck_assert_str_eq(differences(), "");
		spec_write(&other, lines, &again);
		ck_assert_str_eq(buf_text(&again), buf_text(&json));
		spec_copy(&other, &spec);
		ck_assert_str_eq(differences(), "");
	}
}
END_TEST

START_TEST(json_of_others)
{
	static const struct {
		const char *json, *says; /* NULL: it can be read */
	} texts[] = {
		{ "{\"image\":\"i\",\"cpus\":0.5,\"health-retries\":3,\"init\":true,\"tty\":false,\"env\":\"A=1\",\"command\":[1,\"x\"]}", NULL },
		{ "{}", NULL },
		{ "", "one JSON object" },
		{ "{}{}", "one JSON object" },
		{ "[1]", "no JSON object" },
		{ "{\"image\"", "no JSON object" },
		{ "{\"image\":[\"a\"]}", "\"image\": use a text" },
		{ "{\"imagine\":\"a\"}", "\"imagine\": use image, command or" },
		{ "{\"command\":\"a b\"}", "\"command\": use a list" },
		{ "{\"command\":[{}]}", "\"command\": use a list" },
		{ "{\"name\":[\"a\"]}", "\"name\": use a text or a number" },
		{ "{\"env\":{\"A\":\"1\"}}", "\"env\": use a list" },
		{ "{\"env\":[null]}", "\"env\": use a list" },
		{ "{\"init\":{}}", "\"init\": use true or false" },
	};
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		spec_release(&spec);
		spec_init(&spec);
		int failed = spec_read(texts[i].json, strlen(texts[i].json), &spec, &err);
		ck_assert_msg(failed == (texts[i].says ? -1 : 0), "%s: %s", texts[i].json, err.text);
		if (texts[i].says)
			ck_assert_msg(strstr(err.text, texts[i].says) && err.kind == ERROR_USAGE, "%s", err.text);
		else if (i == 0)
			ck_assert_str_eq(line(), "--env=A=1 --cpus=0.5 --health-retries=3 --init i 1 x");
	}
}
END_TEST

/* A line of options is named once, and has a letter of its own. */
START_TEST(options_are_told_apart)
{
	for (const struct option *option = spec_options; option->name; option++) {
		ck_assert_ptr_eq(spec_option(option->name, strlen(option->name)), option);
		for (const struct option *before = spec_options; before < option; before++)
			ck_assert_msg(!option->letter || option->letter != before->letter, "-%c", option->letter);
	}
	ck_assert_ptr_null(spec_option("nam", 3));
	ck_assert_ptr_null(spec_option("", 0));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		keeps_what_it_was_given, of_two_with_one_key_the_last_counts, flags_can_be_taken_back, an_engine_is_not_asked_for_what_is_our_own,
		all_that_is_wrong_is_said, what_does_not_go_together_is_wrong, what_means_the_same_is_the_same, what_differs_is_told,
		json_gives_it_back, json_of_others, options_are_told_apart,
	};
	Suite *suite = suite_create("spec");
	TCase *tcase = tcase_create("spec");
	SRunner *runner = srunner_create(suite);

	tcase_add_checked_fixture(tcase, setup, teardown);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
