#include <check.h>
#include <stdio.h>
#include <string.h>

#include "command/command.h"
#include "command/complete.h"
#include "command/words.h"
#include "model/container.h"
#include "suite.h"

#define MANY_CONTAINERS 1000
#define MANY_ROUNDS 20

static const struct option logs_options[] = {
	{ .name = "follow", .letter = 'f', .kind = KIND_FLAG, .help = "go on with what comes" },
	{ .name = "tail", .letter = 'n', .kind = KIND_TAIL, .value_name = "LINES", .help = "from the end" },
	{ 0 },
};

static const struct operand logs_operands[] = {
	{ .name = "CONTAINER", .kind = KIND_LOG, .min = 1, .max = 0, .help = "whose" },
	{ 0 },
};

static const struct operand stop_operands[] = {
	{ .name = "CONTAINER", .kind = KIND_CONTAINER, .min = 1, .max = 0, .states = STATES_LIVE, .help = "which" },
	{ 0 },
};

static const struct option stop_options[] = {
	{ .name = "signal", .letter = 's', .kind = KIND_SIGNAL, .value_name = "SIGNAL", .help = "instead of TERM" },
	{ 0 },
};

static const struct option run_options[] = {
	{ .name = "env-file", .kind = KIND_FILE, .value_name = "FILE", .help = "variables" },
	{ .name = "filter", .kind = KIND_FILTER, .value_name = "FILTER", .help = "which", .many = true },
	{ .name = "restart", .kind = KIND_RESTART, .value_name = "POLICY", .help = "when" },
	{ .name = "runtime", .letter = 'r', .kind = KIND_RUNTIME, .value_name = "NAME", .help = "which" },
	{ .name = "volume", .letter = 'v', .kind = KIND_VOLUME, .value_name = "VOLUME", .help = "its data" },
	{ .name = "like", .letter = 'l', .kind = KIND_CONTAINER, .value_name = "CONTAINER", .help = "as another" },
	{ 0 },
};

static const struct operand run_operands[] = {
	{ .name = "IMAGE", .kind = KIND_IMAGE, .min = 1, .max = 1, .help = "what" },
	{ .name = "COMMAND", .kind = KIND_REST, .min = 0, .max = 0, .help = "instead" },
	{ 0 },
};

static const struct operand help_operands[] = {
	{ .name = "COMMAND", .kind = KIND_COMMAND, .min = 0, .max = 0, .help = "which" },
	{ 0 },
};

static const struct operand source_operands[] = {
	{ .name = "FILE", .kind = KIND_FILE, .min = 1, .max = 1, .help = "which" },
	{ 0 },
};

static const struct command cmd_run = { .name = "run", .options = run_options, .operands = run_operands };
static const struct command cmd_logs = { .name = "logs", .options = logs_options, .operands = logs_operands };
static const struct command cmd_stop = { .name = "stop", .options = stop_options, .operands = stop_operands };
static const struct command cmd_stats = { .name = "stats" };
static const struct command cmd_help = { .name = "help", .operands = help_operands };
static const struct command cmd_source = { .name = "source", .operands = source_operands };
static const struct command cmd_secret = { .name = "secret", .flags = COMMAND_HIDDEN };

const struct command *const commands[] = {
	&cmd_run, &cmd_logs, &cmd_stop, &cmd_stats, &cmd_help, &cmd_source, &cmd_secret, NULL,
};

static void add_containers(void *arg UNUSED, unsigned states, struct strvec *out)
{
	if (states & STATE_BIT(RUNNING))
		strvec_push_all(out, "web2", "web1", "db", NULL);
	if (states & STATE_BIT(EXITED))
		strvec_push_all(out, "web-old", "job", NULL);
}

static void add_stored(void *arg UNUSED, struct strvec *out)
{
	strvec_push_all(out, "gone", "web1", NULL);
}

static void add_images(void *arg UNUSED, struct strvec *out)
{
	strvec_push_all(out, "nginx:latest", "busybox:1.36", NULL);
}

static void add_runtimes(void *arg UNUSED, struct strvec *out)
{
	strvec_push_all(out, "podman", "docker", NULL);
}

static const struct complete_source source = {
	.containers = add_containers, .stored = add_stored, .images = add_images, .runtimes = add_runtimes
};

/* "start: candidate candidate", with "+" behind the last if no blank is to follow, "FILE" for paths. */
static const char *completed(const char *line, const struct complete_source *names)
{
	static char text[1024];
	struct completion completion;
	size_t end;

	complete(line, strlen(line), names, &completion);
	end = (size_t)snprintf(text, sizeof(text), "%zu:", completion.start);
	for (size_t i = 0; i < completion.candidates.nr; i++)
		end += (size_t)snprintf(text + end, sizeof(text) - end, " %s", completion.candidates.items[i]);
	snprintf(text + end, sizeof(text) - end, "%s%s", completion.no_blank ? "+" : "",
		 completion.is_file ? " FILE" : "");
	completion_release(&completion);
	return text;
}

static const struct {
	const char *line, *candidates;
} cursors[] = {
	{ "", "0: help logs run source stats stop" },
	{ "st", "0: stats stop" },
	{ "  sto", "2: stop" },
	{ "'st", "0: stats stop" },
	{ "sec", "0:" },
	{ "ps ;st", "4: stats stop" },
	{ "a;b;c\nstop we", "11: web1 web2" },
	{ "stop ';st", "5:" },
	{ "st # st", "7:" },
	{ "nosuch ", "7:" },
	{ "stats ", "6:" },

	{ "stop ", "5: db web1 web2" },
	{ "stop w", "5: web1 web2" },
	{ "sto w", "4: web1 web2" },
	{ "stop web1 ", "10: db web2" },
	{ "stop web1 web1", "10:" },
	{ "stop 'we", "5: web1 web2" },
	{ "stop \"we", "5: web1 web2" },
	{ "stop w\\e", "5: web1 web2" },
	{ "stop x", "5:" },
	{ "logs ", "5: db gone job web-old web1 web2" },
	{ "logs g", "5: gone" },

	{ "logs -", "5: --follow --help --tail" },
	{ "logs --t", "5: --tail+" },
	{ "logs --f", "5: --follow" },
	{ "logs -f -", "8: --help --tail" },
	{ "logs --tail=", "12:" },
	{ "logs -- -", "8:" },
	{ "logs --follow=", "14: false true" },
	{ "stats -", "6: --help" },
	{ "run --filter=a=b --fi", "17: --filter+" },

	{ "stop -s T", "8: TERM TRAP TSTP TTIN TTOU" },
	{ "stop -sTE", "7: TERM" },
	{ "stop -s=TE", "8: TERM" },
	{ "stop --signal TE", "14: TERM" },
	{ "stop --signal=TE", "14: TERM" },
	{ "stop --signal='TE", "14: TERM" },
	{ "stop '--signal=TE", "5: --signal=TERM" },
	{ "stop --sig\\nal=TE", "5: --signal=TERM" },
	{ "stop '-sTE", "5: -sTERM" },
	{ "run --restart o", "14: on-failure" },
	{ "run --runtime ", "14: docker podman" },
	{ "run --like j", "11: job" },
	{ "run --filter sta", "13: status=+" },
	{ "run --filter status=", "13: status=+" },
	{ "run --filter status=ex", "13:" },

	{ "run ", "4: busybox:1.36 nginx:latest" },
	{ "run --restart no ng", "17: nginx:latest" },
	{ "run nginx ", "10:" },
	{ "run nginx -", "10:" },
	{ "help s", "5: source stats stop" },
	{ "help stop s", "10: source stats" },

	{ "source ", "7: FILE" },
	{ "source a/b", "7: FILE" },
	{ "run --env-file=x", "15: FILE" },
	{ "run -v /sr", "7: FILE" },
	{ "run -v /srv:/", "7:" },
	{ "run -v da", "7:" },
};

START_TEST(offers)
{
	ck_assert_str_eq(completed(cursors[_i].line, &source), cursors[_i].candidates);
}
END_TEST

START_TEST(needs_no_source)
{
	static const struct complete_source none = { 0 };

	ck_assert_str_eq(completed("stop ", &none), "5:");
	ck_assert_str_eq(completed("logs ", &none), "5:");
	ck_assert_str_eq(completed("run ", &none), "4:");
	ck_assert_str_eq(completed("run --runtime ", &none), "14:");
	ck_assert_str_eq(completed("he", &none), "0: help");
}
END_TEST

START_TEST(looks_no_further_than_the_cursor)
{
	struct completion completion;

	complete("stop we; rm x", 7, &source, &completion);
	ck_assert_uint_eq(completion.candidates.nr, 2);
	ck_assert_uint_eq(completion.start, 5);
	completion_release(&completion);
}
END_TEST

static void add_hostile(void *arg UNUSED, unsigned states UNUSED, struct strvec *out)
{
	strvec_push_all(out, "a\x1b[2Jb", "a\nb", "a\xff", "a b", "a'b", "a\"b", "a;b", "a#", "a\\", "a$(id)",
			"a\xe2\x80\xaez", "a\xc3\xa9", NULL);
}

START_TEST(offers_no_name_that_would_move_the_cursor)
{
	static const struct complete_source hostile = { .containers = add_hostile };

	ck_assert_str_eq(completed("stop a", &hostile), "5: a b a\"b a# a$(id) a'b a;b a\\ a\xc3\xa9");
}
END_TEST

/* What the line editor does with a candidate: puts it, quoted, in the place of what it replaces. */
static void assert_fits_in(const char *line, const struct completion *completion, const char *candidate)
{
	struct buf accepted = BUF_INIT(4096);
	struct words words;
	struct error err;
	const char *last;
	size_t len = strlen(candidate);

	buf_add(&accepted, line, completion->start);
	word_quote(&accepted, candidate);
	ck_assert_int_eq(words_split(buf_text(&accepted), accepted.len, WORDS_WHOLE, &words, &err), 0);
	ck_assert_uint_gt(words.argv.nr, 0);
	last = words.argv.items[words.argv.nr - 1];
	ck_assert_uint_ge(strlen(last), len);
	ck_assert_str_eq(last + strlen(last) - len, candidate);
	words_release(&words);
	buf_release(&accepted);
}

START_TEST(offers_what_fits_in_its_place)
{
	static const char *const starts[] = {
		"stop ",       "stop a",      "stop 'a",       "stop \"a",      "stop a\\",       "stop 'a'",
		"run --like ", "run --like=", "run --like='a", "run '--like=a", "run --li\\ke=a", "run -l",
		"run -la",     "run '-la",    "run -l=",       "run \"-l=a",
	};
	static const struct complete_source hostile = { .containers = add_hostile };

	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		struct completion completion;

		complete(starts[i], strlen(starts[i]), &hostile, &completion);
		for (size_t j = 0; j < completion.candidates.nr; j++)
			assert_fits_in(starts[i], &completion, completion.candidates.items[j]);
		completion_release(&completion);
	}
}
END_TEST

static void add_many(void *arg UNUSED, unsigned states UNUSED, struct strvec *out)
{
	for (unsigned i = 0; i < MANY_CONTAINERS; i++)
		strvec_pushf(out, "project-service-%u", (i * 7919) % MANY_CONTAINERS);
}

START_TEST(is_quick_among_many)
{
	static const struct complete_source many = { .containers = add_many, .stored = add_stored };
	int64_t start = monotonic_ms();

	for (size_t i = 0; i < MANY_ROUNDS; i++) {
		struct completion completion;

		complete("stop project-service-1 project-service-2 ", 41, &many, &completion);
		ck_assert_uint_eq(completion.candidates.nr, MANY_CONTAINERS - 2);
		completion_release(&completion);
	}
	ck_assert_int_le((monotonic_ms() - start) / MANY_ROUNDS, 50);
}
END_TEST

static Suite *complete_suite(void)
{
	Suite *suite = suite_create("complete");
	TCase *offer = tcase_create("offer");
	TCase *hostile = tcase_create("hostile");

	tcase_add_loop_test(offer, offers, 0, ARRAY_LEN(cursors));
	tcase_add_test(offer, needs_no_source);
	tcase_add_test(offer, looks_no_further_than_the_cursor);
	tcase_add_test(offer, is_quick_among_many);
	tcase_add_test(hostile, offers_no_name_that_would_move_the_cursor);
	tcase_add_test(hostile, offers_what_fits_in_its_place);
	suite_add_tcase(suite, offer);
	suite_add_tcase(suite, hostile);
	return suite;
}

SUITE_MAIN(complete_suite)
