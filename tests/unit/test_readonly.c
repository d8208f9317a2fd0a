/* With --readonly a row is known to change nothing, or it is refused before anything is started. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command/interpret.h"
#include "command/words.h"
#include "suite.h"

/* Whoever adds one here has looked at all that it may do. */
static const char *const harmless[] = {
	"ps",        "stats", "watch",      "health",        "events",        "inspect",    "top",         "port",       "logs",
	"logs verify", "track",    "untrack",       "status",        "collect",    "cp",          "diff",       "export",
	"images",    "save",       "image inspect", "image history", "network ls", "network inspect", "volume ls", "volume inspect",
	"new",       "with",       "show",          "describe",      "wait",       "use",         "docker",     "nerdctl",
	"podman",    "doctor",     "help",          "set",           "history",    "quit",        "search",     "version",
	"info",      "complete",   "alias",       "unalias",    "source",
	"try",       "watch",       "grep",       NULL,
};

static bool is_known(const char *name)
{
	for (const char *const *known = harmless; *known; known++)
		if (!strcmp(*known, name))
			return true;
	return false;
}

START_TEST(a_row_is_known_to_be_harmless_or_is_not)
{
	for (size_t i = 0; commands[i]; i++)
		ck_assert_msg(!(commands[i]->flags & COMMAND_HARMLESS) == !is_known(commands[i]->name), "%s: is it harmless?", commands[i]->name);
	for (const char *const *name = harmless; *name; name++) {
		const char *blank = strchr(*name, ' ');
		char first[32];
		snprintf(first, sizeof first, "%.*s", blank ? (int)(blank - *name) : 31, *name);
		ck_assert_msg(blank ? command_find_two(first, blank + 1) != NULL : command_find(*name, false) != NULL, "%s is no row", *name);
	}
}
END_TEST

static struct session session;
static struct error err;

static void make_session(void)
{
	static struct invocation line;
	static struct config config;
	static struct sources sources = { .line = &line, .config = &config };
	settings_set(&sources, setting_option("readonly", &err), "true");
	/* Nobody could be asked: without a table, a signal or a runtime whoever tries to does not get far. */
	session = (struct session){ .sources = &sources, .settings = settings_read(&sources) };
}

static void run_line(const char *text)
{
	struct words words;
	ck_assert_int_eq(words_split(text, strlen(text), WORDS_WHOLE, &words, &err), 0);
	ck_assert_msg(interpret_inner(&session, &words.argv, &err) < 0, "%s was done", text);
	ck_assert_msg(err.kind == ERROR_READONLY, "%s: %s", text, err.text);
	ck_assert_str_eq(err.hint, "a purser without --readonly does it; here it is on by: set");
	words_release(&words);
}

START_TEST(all_others_are_refused)
{
	make_session();
	for (size_t i = 0; commands[i]; i++)
		if (!(commands[i]->flags & COMMAND_HARMLESS))
			for (const struct example *example = commands[i]->examples; example && example->line; example++)
				run_line(example->line);
	run_line("podman stop web");
	run_line("docker nerdctl rm web");
	ck_assert_ptr_null(session.runtime);
	session.runtime = runtimes[0];
	run_line("cp file web:/tmp");
	run_line("cp db:/etc/hosts web:/tmp");
	ck_assert(!session.collector_tried);
}
END_TEST

/* Whatever a row would do: what a runtime is asked for goes by its verb. */
START_TEST(so_is_every_request_that_changes_something)
{
	size_t refused = 0;
	make_session();
	session.runtime = runtimes[0];
	for (enum verb verb = 0; verb <= VERB_EVENTS; verb++) {
		struct action action;
		struct result result;
		if (verb_changes(verb) != CHANGES_THERE)
			continue;
		action_init(&action, verb);
		ck_assert_int_eq(session_perform(&session, &action, &result, &err), -1);
		ck_assert_int_eq(err.kind, ERROR_READONLY);
		action_release(&action);
		refused++;
	}
	ck_assert_uint_gt(refused, 20);
	static const enum verb looks[] = { VERB_LIST, VERB_INSPECT, VERB_LOGS, VERB_WINDOW, VERB_EVENTS, VERB_STATS, VERB_WAIT, VERB_TOP };
	for (size_t i = 0; i < ARRAY_LEN(looks); i++)
		ck_assert_int_eq(verb_changes(looks[i]), CHANGES_NOTHING);
	ck_assert_int_eq(verb_changes(VERB_COPY_OUT), CHANGES_HERE);
	ck_assert_int_eq(verb_changes(VERB_SAVE), CHANGES_HERE);
}
END_TEST

START_TEST(a_line_for_another_shell_is_refused)
{
	make_session();
	ck_assert_int_eq(interpret_text(&session, NULL, 1, "!exit 77", 8), 1);
}
END_TEST

static Suite *readonly_suite(void)
{
	Suite *suite = suite_create("readonly");
	TCase *all = tcase_create("readonly");
	tcase_add_test(all, a_row_is_known_to_be_harmless_or_is_not);
	tcase_add_test(all, all_others_are_refused);
	tcase_add_test(all, so_is_every_request_that_changes_something);
	tcase_add_test(all, a_line_for_another_shell_is_refused);
	suite_add_tcase(suite, all);
	return suite;
}

SUITE_MAIN(readonly_suite)
