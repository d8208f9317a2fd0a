#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "command/config.h"
#include "scratch.h"
#include "suite.h"

const struct command *const commands[] = { NULL };

static const struct option options[] = {
	{ "runtime", 'r', KIND_RUNTIME, "NAME", "which", .scope = SCOPE_LIVE },
	{ "log-max-size", 0, KIND_SIZE, "SIZE", "how large", .scope = SCOPE_START },
	{ "log-dir", 'l', KIND_TEXT, "DIR", "where", .scope = SCOPE_START },
	{ "json", 0, KIND_FLAG, NULL, "how", .scope = SCOPE_LIVE },
	{ "podman-args", 0, KIND_WORDS, "WORDS", "besides", .many = true, .scope = SCOPE_START },
	{ "yes", 'y', KIND_FLAG, NULL, "always", .scope = SCOPE_CALL },
	{ "file", 'f', KIND_TEXT, "FILE", "from where" },
	{ 0 },
};
static const struct command program = { .name = "program", .options = options };

static struct config config;
static struct error err;

static void write_config(const char *text, size_t len)
{
	mkdirat(scratch, "purser", 0700);
	scratch_write("purser/config", text, len);
}

static int read_text(const char *text)
{
	write_config(text, strlen(text));
	config_release(&config);
	return config_read(&program, &config, &err);
}

static void setup(void)
{
	scratch_make();
	setenv("XDG_CONFIG_HOME", scratch_path, 1);
}

static void teardown(void)
{
	config_release(&config);
	scratch_remove();
}

/* "name=value name=value" as they were given. */
static const char *settings(void)
{
	static char text[4096];
	size_t end = 0;
	*text = '\0';
	for (size_t i = 0; i < config.call.given_nr; i++)
		end += (size_t)snprintf(text + end, sizeof text - end, "%s%s=%s", i ? " " : "", config.call.given[i].option->name,
					config.call.given[i].value);
	return text;
}

static const struct {
	const char *text, *settings;
} files[] = {
	{ "", "" },
	{ "\n\n  # nothing\n", "" },
	{ "runtime podman", "runtime=podman" },
	{ "runtime podman\nlog-max-size 10m\n", "runtime=podman log-max-size=10m" },
	{ "\truntime  podman # mine\r\n", "runtime=podman" },
	{ "runtime docker\nruntime podman\n", "runtime=podman" },
	{ "json", "json=true" },
	{ "json false", "json=false" },
	{ "json on", "json=true" },
	{ "json off", "json=false" },
	{ "log-dir on", "log-dir=on" },
	{ "log-dir '/a b/c'", "log-dir=/a b/c" },
	{ "log-dir \"\"", "log-dir=" },
	{ "podman-args --cgroup-manager cgroupfs", "podman-args=--cgroup-manager cgroupfs" },
	{ "podman-args '--ulimit nofile=1:1'", "podman-args=--ulimit nofile=1:1" },
	{ "podman-args --label 'a b'", "podman-args=--label 'a b'" },
	{ "podman-args -a\npodman-args -b", "podman-args=-a podman-args=-b" },
};

START_TEST(settings_are_read)
{
	ck_assert_msg(read_text(files[_i].text) == 0, "%s", err.text);
	ck_assert_str_eq(settings(), files[_i].settings);
}
END_TEST

static const struct {
	const char *text, *where, *what;
} faults[] = {
	{ "rutime podman", "config:1: ", "unknown setting 'rutime'; did you mean 'runtime'?" },
	{ "\n\nrunt-size 1", "config:3: ", "unknown setting 'runt-size'" },
	{ "--runtime podman", "config:1: ", "unknown setting '--runtime'" },
	{ "json\nyes", "config:2: ", "'yes' is for the command line only" },
	{ "file x", "config:1: ", "'file' is for the command line only" },
	{ "help", "config:1: ", "unknown setting 'help'" },
	{ "runtime", "config:1: ", "'runtime' needs a value: runtime NAME" },
	{ "podman-args", "config:1: ", "'podman-args' needs a value" },
	{ "runtime podman docker", "config:1: ", "'docker' is one word too many" },
	{ "json yes", "config:1: ", "json: 'yes' is not a flag value" },
	{ "json true true", "config:1: ", "one word too many" },
	{ "log-max-size ten", "config:1: ", "log-max-size: 'ten' is not a size" },
	{ "podman-args \"--label 'a\"", "config:1: ", "podman-args: '--label 'a' is not a list of words" },
	{ "podman-args \"a;b\"", "config:1: ", "is not a list of words" },
	{ "runtime 'podman\nx'", "config:1: ", "unbalanced '" },
	{ "json\nalias x", "config:2: ", "'x' stands for nothing: x='WORDS'" },
	{ "alias", "config:1: ", "alias needs a definition" },
	{ "alias a='b; c'", "config:1: ", "a: an alias is the first words of one command" },
	{ "alias 'a b=c'", "config:1: ", "is no name of an alias" },
	{ "json; runtime podman", "config:1: ", "one setting a line" },
	{ "json;", "config:1: ", "one setting a line" },
};

START_TEST(faults_say_where)
{
	ck_assert_int_eq(read_text(faults[_i].text), -1);
	ck_assert_int_eq(error_status(&err), 2);
	ck_assert_msg(strstr(err.text, faults[_i].where) != NULL, "%s", err.text);
	ck_assert_msg(strstr(err.text, faults[_i].what) != NULL, "%s", err.text);
	ck_assert_uint_eq(config.call.given_nr, 0);
}
END_TEST

START_TEST(the_line_that_counts_is_known)
{
	ck_assert_int_eq(read_text("\njson\n# nothing\nlog-dir a\njson off\n"), 0);
	ck_assert_str_eq(config_line(&config, "json"), "5");
	ck_assert_str_eq(config_line(&config, "log-dir"), "4");
	ck_assert_str_eq(config_line(&config, "log"), "");
	ck_assert_str_eq(config_line(&config, "runtime"), "");
}
END_TEST

START_TEST(aliases_are_read)
{
	ck_assert_msg(read_text("alias ll='ps -a'\nalias b=x a='y z' # both\nalias b=c\n") == 0, "%s", err.text);
	ck_assert_uint_eq(config.aliases.nr, 3);
	ck_assert_str_eq(config.aliases.items[0], "a=y z");
	ck_assert_str_eq(config.aliases.items[1], "b=c");
	ck_assert_str_eq(config.aliases.items[2], "ll=ps -a");
	ck_assert_str_eq(settings(), "");
}
END_TEST

START_TEST(bytes_that_are_no_text)
{
	write_config("json\0x", 6);
	ck_assert_int_eq(config_read(&program, &config, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "config:1: "));
}
END_TEST

START_TEST(where_it_is_looked_for)
{
	ck_assert_int_eq(config_read(&program, &config, &err), 0); /* there is none */
	ck_assert_str_eq(settings(), "");
	mkdirat(scratch, ".config", 0700);
	mkdirat(scratch, ".config/purser", 0700);
	scratch_write(".config/purser/config", "json", 4);
	setenv("HOME", scratch_path, 1);
	ck_assert_int_eq(config_read(&program, &config, &err), 0);
	ck_assert_str_eq(settings(), "");
	for (const char *const *other = (const char *const[]){ "", "relative", NULL }; *other; other++) {
		setenv("XDG_CONFIG_HOME", *other, 1);
		config_release(&config);
		ck_assert_int_eq(config_read(&program, &config, &err), 0);
		ck_assert_str_eq(settings(), "json=true");
	}
	unsetenv("HOME");
	config_release(&config);
	ck_assert_int_eq(config_read(&program, &config, &err), 0);
	ck_assert_str_eq(settings(), "");
}
END_TEST

START_TEST(what_cannot_be_read_is_an_error)
{
	static char large[256 * 1024 + 2];
	memset(large, '#', sizeof large);
	write_config(large, sizeof large);
	ck_assert_int_eq(config_read(&program, &config, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "larger"));
	unlinkat(scratch, "purser/config", 0);
	mkdirat(scratch, "purser/config", 0700);
	ck_assert_int_eq(config_read(&program, &config, &err), -1);
	unlinkat(scratch, "purser/config", AT_REMOVEDIR);
	unlinkat(scratch, "purser", AT_REMOVEDIR);
	scratch_write("purser", "", 0); /* there can be no file behind it */
	ck_assert_int_eq(config_read(&program, &config, &err), 0);
}
END_TEST

static Suite *config_suite(void)
{
	Suite *suite = suite_create("config");
	TCase *all = tcase_create("config");
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_loop_test(all, settings_are_read, 0, ARRAY_LEN(files));
	tcase_add_loop_test(all, faults_say_where, 0, ARRAY_LEN(faults));
	tcase_add_test(all, the_line_that_counts_is_known);
	tcase_add_test(all, aliases_are_read);
	tcase_add_test(all, bytes_that_are_no_text);
	tcase_add_test(all, where_it_is_looked_for);
	tcase_add_test(all, what_cannot_be_read_is_an_error);
	suite_add_tcase(suite, all);
	return suite;
}

SUITE_MAIN(config_suite)
