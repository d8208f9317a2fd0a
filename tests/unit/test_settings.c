/* The program's own row, and what counts of what is said in several places. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "command/settings.h"
#include "runtime/runtime.h"
#include "scratch.h"
#include "suite.h"

static struct config config;
static struct invocation line;
static struct strvec words;
static struct sources sources = { .line = &line, .config = &config };
static struct error err;

static void setup(void)
{
	scratch_make();
	setenv("XDG_CONFIG_HOME", scratch_path, 1);
	unsetenv("NO_COLOR");
	unsetenv("PAGER");
	mkdirat(scratch, "purser", 0700);
}

static void forget(void)
{
	invocation_release(&line);
	strvec_release(&words);
	config_release(&config);
	sources_release(&sources);
}

static void teardown(void)
{
	forget();
	scratch_remove();
}

/* `option` is NULL for none on the command line. */
static void say(const char *option, const char *text)
{
	forget();
	scratch_write("purser/config", text, strlen(text));
	strvec_push(&words, "purser");
	if (option)
		strvec_push(&words, option);
	ck_assert_msg(command_parse_as(&program, &words, PARSE_WHOLE, &line, &err) == 0, "%s", err.text);
	ck_assert_msg(config_read(&program, &config, &err) == 0, "%s", err.text);
}

/* "VALUE FROM" */
static const char *shown(const char *name)
{
	static char out[512];
	SCOPED(buf_release) struct buf text = BUF_INIT(sizeof out);
	struct setting setting = setting_find(&sources, setting_option(name, &err));
	setting_show(&sources, &setting, &text);
	buf_add_text(&text, " ");
	setting_show_origin(&sources, &setting, &text);
	snprintf(out, sizeof out, "%s", buf_text(&text));
	return out;
}

static void set(const char *name, const char *value)
{
	settings_set(&sources, setting_option(name, &err), value);
}

/* Each overrules those after it. */
START_TEST(the_nearest_counts)
{
	char from_config[128];
	snprintf(from_config, sizeof from_config, "mine %s/purser/config:2", scratch_path);
	say("--notify=off", "json\nnotify mine\n");
	setenv("PURSER_NOTIFY", "all", 1);
	set("notify", "mine");
	set("notify", "off");
	set("quiet", "true");
	ck_assert_str_eq(shown("notify"), "off set");
	ck_assert_int_eq(settings_read(&sources).notify, NOTIFY_OFF);
	say("--notify=off", "json\nnotify mine\n");
	ck_assert_str_eq(shown("notify"), "off command line");
	say(NULL, "json\nnotify mine\n");
	ck_assert_str_eq(shown("notify"), "all PURSER_NOTIFY");
	ck_assert_int_eq(settings_read(&sources).notify, NOTIFY_ALL);
	setenv("PURSER_NOTIFY", "", 1);
	ck_assert_str_eq(shown("notify"), from_config);
	ck_assert_int_eq(settings_read(&sources).notify, NOTIFY_MINE);
	unsetenv("PURSER_NOTIFY");
	say(NULL, "");
	ck_assert_str_eq(shown("notify"), "mine default");
}
END_TEST

START_TEST(what_other_programs_go_by_counts_less_than_the_config_file)
{
	say(NULL, "");
	ck_assert_str_eq(shown("color"), "auto default");
	setenv("NO_COLOR", "", 1);
	ck_assert_str_eq(shown("color"), "auto default");
	setenv("NO_COLOR", "1", 1);
	ck_assert_str_eq(shown("color"), "never NO_COLOR");
	ck_assert_int_eq(settings_read(&sources).color, COLOR_NEVER);
	setenv("PAGER", "more", 1);
	ck_assert_str_eq(shown("pager"), "more PAGER");
	say(NULL, "color always\nplain off\npager ''");
	ck_assert_int_eq(settings_read(&sources).color, COLOR_ALWAYS);
	ck_assert(!settings_read(&sources).plain);
	ck_assert_str_eq(settings_read(&sources).pager, "");
}
END_TEST

START_TEST(flags_are_on_and_off)
{
	say("--suggest=false", "quiet\nplain off\n");
	setenv("PURSER_READ_ENGINE_FILES", "1", 1);
	setenv("PURSER_JSON", "off", 1);
	setenv("PURSER_YES", "1", 1); /* of one call: a variable cannot make it */
	struct settings settings = settings_read(&sources);
	ck_assert(settings.quiet && !settings.suggest && !settings.plain && settings.read_engine_files && !settings.json && !settings.yes);
	ck_assert_int_eq(strncmp(shown("suggest"), "off ", 4), 0);
	ck_assert_str_eq(shown("json"), "off PURSER_JSON");
	ck_assert_int_eq(settings_check(&sources, &err), 0);
}
END_TEST

START_TEST(words_are_those_of_one_place)
{
	say("--podman-args=--log-level 'a b'", "podman-args --x\nnerdctl-args --y '1 2'\nnerdctl-args --z");
	ck_assert_str_eq(shown("podman-args"), "--log-level 'a b' command line");
	ck_assert_int_eq(strncmp(shown("nerdctl-args"), "--y '1 2' --z ", 14), 0);
	settings_take_arguments(&sources);
	const struct strvec *podman = &runtime_arguments(runtime_find("podman", &err))->always;
	ck_assert_uint_eq(podman->nr, 2);
	ck_assert_str_eq(podman->items[1], "a b");
	ck_assert_uint_eq(runtime_arguments(runtime_find("nerdctl", &err))->always.nr, 3);
	settings_release_arguments();
}
END_TEST

START_TEST(faults_are_found_before_anything_is_started)
{
	say(NULL, "");
	setenv("PURSER_PARALLEL", "0", 1);
	ck_assert_int_eq(settings_check(&sources, &err), -1);
	ck_assert_str_eq(err.text, "PURSER_PARALLEL: '0' is not a number: use a whole number, 1 or more");
	unsetenv("PURSER_PARALLEL");
	say("--log-max-files=2", "");
	ck_assert_int_eq(settings_check(&sources, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "give --log-max-size"));
	say("--log-max-files=2", "log-max-size 1m");
	ck_assert_int_eq(settings_check(&sources, &err), 0);
	say("--log-compress=false", "");
	ck_assert_int_eq(settings_check(&sources, &err), 0);
	ck_assert_ptr_null(setting_option("promt", &err));
	ck_assert_str_eq(err.text, "unknown setting 'promt'; did you mean 'prompt'?");
	ck_assert_ptr_null(setting_option("version", &err));
}
END_TEST

/* What counts where nobody says anything is a value like any other. */
START_TEST(the_row_is_sound)
{
	say(NULL, "");
	for (const struct option *option = program.options; option->name; option++) {
		ck_assert_msg(option->scope != SCOPE_NONE || !option->initial, "--%s: of no setting", option->name);
		if (option->initial)
			ck_assert_msg(kind_check(option->kind, option->name, option->initial, &err) == 0, "%s", err.text);
		if (option->kind == KIND_WHEN || option->kind == KIND_WHOSE)
			ck_assert_msg(option->initial != NULL, "--%s is always one of its words", option->name);
	}
	struct settings settings = settings_read(&sources);
	ck_assert_ptr_null(settings.runtime);
	ck_assert_ptr_null(settings.keys);
	ck_assert_uint_eq(settings.parallel, 8);
	ck_assert_uint_eq(settings.history, 10000);
	ck_assert(settings.suggest && !settings.plain);
	ck_assert_str_eq(settings.pager, "less -R");
}
END_TEST

static Suite *settings_suite(void)
{
	Suite *suite = suite_create("settings");
	TCase *all = tcase_create("settings");
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_test(all, the_nearest_counts);
	tcase_add_test(all, what_other_programs_go_by_counts_less_than_the_config_file);
	tcase_add_test(all, flags_are_on_and_off);
	tcase_add_test(all, words_are_those_of_one_place);
	tcase_add_test(all, faults_are_found_before_anything_is_started);
	tcase_add_test(all, the_row_is_sound);
	suite_add_tcase(suite, all);
	return suite;
}

SUITE_MAIN(settings_suite)
