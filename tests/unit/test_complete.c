#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/command.h"
#include "command/complete.h"
#include "command/listing.h"
#include "command/words.h"
#include "model/container.h"
#include "runtime/runtime.h"
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
	{ .name = "signal", .letter = 's', .kind = KIND_SIGNAL, .value_name = "SIGNAL", .help = "instead of TERM", .lacked_by = "podman" },
	{ 0 },
};

static const struct option run_options[] = {
	{ .name = "env-file", .kind = KIND_FILE, .value_name = "FILE", .help = "variables" },
	{ .name = "filter", .kind = KIND_FILTER, .value_name = "FILTER", .help = "which", .many = true },
	{ .name = "restart", .kind = KIND_RESTART, .value_name = "POLICY", .help = "when" },
	{ .name = "runtime", .letter = 'r', .kind = KIND_RUNTIME, .value_name = "NAME", .help = "which" },
	{ .name = "volume", .letter = 'v', .kind = KIND_VOLUME, .value_name = "VOLUME", .help = "its data" },
	{ .name = "network", .kind = KIND_NETWORK, .value_name = "NETWORK", .help = "where" },
	{ .name = "pid", .kind = KIND_SHARED, .value_name = "MODE", .help = "whose", .words = (const char *const[]){ "host", NULL } },
	{ .name = "volumes-from", .kind = KIND_PEER, .value_name = "CONTAINER", .help = "whose", .many = true },
	{ .name = "label", .kind = KIND_LABEL, .value_name = "LABEL", .help = "what", .many = true },
	{ .name = "env", .letter = 'e', .kind = KIND_ENV, .value_name = "NAME", .help = "what", .many = true },
	{ .name = "image-filter", .kind = KIND_IMAGE_FILTER, .value_name = "FILTER", .help = "which", .many = true },
	{ .name = "network-filter", .kind = KIND_NETWORK_FILTER, .value_name = "FILTER", .help = "which", .many = true },
	{ .name = "event-filter", .kind = KIND_EVENT_FILTER, .value_name = "FILTER", .help = "which", .many = true },
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

static const struct command cmd_run = { .name = "run", .summary = "begin it", .options = run_options, .operands = run_operands };
static const struct command cmd_logs = { .name = "logs", .summary = "do it", .options = logs_options, .operands = logs_operands };
static const struct command cmd_stop = { .name = "stop", .summary = "end it", .options = stop_options, .operands = stop_operands };
static const struct command cmd_stats = { .name = "stats", .summary = "do it" };
static const struct command cmd_help = { .name = "help", .summary = "do it", .operands = help_operands };
static const struct command cmd_source = { .name = "source", .summary = "do it", .operands = source_operands };
static const struct operand rest_operands[] = {
	{ .name = "ARGUMENT", .kind = KIND_REST, .min = 0, .max = 0, .help = "its own" },
	{ 0 },
};
static const struct command cmd_stack = { .name = "stack", .summary = "do it", .operands = rest_operands, .lacked_by = "nerdctl", .flags = COMMAND_THROUGH };
static const struct operand copy_operands[] = {
	{ .name = "PLACE", .kind = KIND_PLACE, .min = 2, .max = 2, .help = "from where, to where" },
	{ 0 },
};

static const struct operand set_operands[] = {
	{ .name = "NAME", .kind = KIND_OPTION, .min = 0, .max = 1, .help = "which" },
	{ .name = "VALUE", .kind = KIND_VALUE, .min = 0, .max = 1, .help = "what" },
	{ 0 },
};
static const struct command cmd_set = { .name = "set", .summary = "do it", .operands = set_operands, .flags = COMMAND_HIDDEN };
static const struct operand leave_operands[] = { { .name = "NETWORK", .kind = KIND_NETWORK, .min = 1, .max = 0, .help = "which" }, { 0 } };
static const struct operand look_operands[] = { { .name = "NAME", .kind = KIND_OBJECT, .min = 1, .max = 0, .help = "which" }, { 0 } };
static const struct operand make_operands[] = { { .name = "PATH", .kind = KIND_CONTEXT, .min = 1, .max = 1, .help = "of what" }, { 0 } };
static const struct option look_options[] = { { .name = "type", .kind = KIND_OBJECT_TYPE, .value_name = "TYPE", .help = "which" }, { 0 } };
static const struct command cmd_leave = { .name = "leave", .summary = "do it", .operands = leave_operands, .flags = COMMAND_HIDDEN | COMMAND_DESTROYS };
static const struct command cmd_look = { .name = "look", .summary = "do it", .options = look_options, .operands = look_operands, .flags = COMMAND_HIDDEN };
static const struct command cmd_make = { .name = "make", .summary = "do it", .operands = make_operands, .flags = COMMAND_HIDDEN };
static const struct command cmd_copy = { .name = "copy", .summary = "do it", .operands = copy_operands, .flags = COMMAND_HIDDEN };
static const struct command cmd_secret = { .name = "secret", .summary = "do it", .flags = COMMAND_HIDDEN };
static const struct operand prefix_operands[] = { { "COMMAND", KIND_REST, 1, 0, .help = "one" }, { 0 } };
static const struct operand every_operands[] = { { "NUMBER", KIND_COUNT, 1, 1, .help = "how often" }, { "COMMAND", KIND_REST, 1, 0, .help = "one" }, { 0 } };
static const struct command cmd_podman = { .name = "podman", .summary = "do it", .operands = prefix_operands, .flags = COMMAND_PREFIX };
static const struct command cmd_every = { .name = "every", .summary = "do it", .operands = every_operands, .flags = COMMAND_HIDDEN | COMMAND_PREFIX };

const struct command *const commands[] = {
	&cmd_run, &cmd_logs, &cmd_stop, &cmd_stats, &cmd_help, &cmd_source, &cmd_secret, &cmd_podman, &cmd_every, &cmd_stack, &cmd_copy, &cmd_leave, &cmd_look, &cmd_make, &cmd_set, NULL,
};

#define WEB "running, nginx:latest"

static struct seen containers[] = {
	{ .name = "web2", .note = WEB, .state = CONTAINER_RUNNING, .labels = "tier=web,stage=a,com.docker.compose.project=shop" },
	{ .name = "web1", .note = WEB, .state = CONTAINER_RUNNING, .labels = "tier=web,note=one,two" },
	{ .name = "db", .note = "running, postgres", .state = CONTAINER_RUNNING, .labels = "tier=db" },
	{ .name = "web-old", .note = "exited, nginx:1", .state = CONTAINER_EXITED, .labels = "" },
	{ .name = "job", .note = "exited, busybox", .state = CONTAINER_EXITED, .labels = "" },
};
static struct seen images[] = { { .name = "nginx:latest", .note = "70MB", .labels = "" }, { .name = "busybox:1.36", .note = "4MB", .labels = "" } };
static struct seen networks[] = { { .name = "back", .note = "bridge", .labels = "zone=x" }, { .name = "bridge", .note = "bridge", .labels = "", .builtin = true } };
static struct seen volumes[] = { { .name = "data", .note = "local", .labels = "" } };
static struct seen of_others[RUNTIMES_MAX * SEEN_NR];

#define LIST(things) { .items = (things), .nr = ARRAY_LEN(things) }

/* Of a runtime that is named, one thing of each kind: "podman-web", "podman-image:1". */
static const struct seen_list *of_other(const char *runtime, enum seen_kind kind)
{
	static const char *const names[] = { "web", "image:1", "net", "vol" };
	static struct seen_list lists[RUNTIMES_MAX * SEEN_NR];
	static char texts[RUNTIMES_MAX * SEEN_NR][32];
	size_t at = (strcmp(runtime, "docker") == 0 ? 0 : 1) * SEEN_NR + kind;

	snprintf(texts[at], sizeof(texts[at]), "%s-%s", runtime, names[kind]);
	of_others[at] = (struct seen){ .name = texts[at], .note = "", .labels = "", .state = CONTAINER_RUNNING };
	lists[at] = (struct seen_list){ .items = &of_others[at], .nr = 1, .at_ms = monotonic_ms() };
	return &lists[at];
}

static int64_t age_ms;

static const struct seen_list *see(void *arg UNUSED, const char *runtime, enum seen_kind kind)
{
	static struct seen_list lists[SEEN_NR] = { LIST(containers), LIST(images), LIST(networks), LIST(volumes) };

	if (runtime != NULL)
		return of_other(runtime, kind);
	lists[kind].at_ms = monotonic_ms() - age_ms;
	return &lists[kind];
}

static void add_stored(void *arg UNUSED, struct strvec *out)
{
	strvec_push_all(out, "gone", "web1", NULL);
}

static const struct seen_list *see_paths(void *arg UNUSED, const char *runtime, const char *place)
{
	static struct seen items[] = { { .name = "passwd", .note = "", .labels = "" }, { .name = "ssl/", .note = "", .labels = "" } };
	static struct seen_list list = LIST(items);

	if (runtime != NULL)
		return strcmp(place, "podman-web:/etc/") == 0 ? &list : NULL;
	return strcmp(place, "web1:/etc/") == 0 || strcmp(place, "job:/etc/") == 0 ? &list : NULL;
}

static void add_drafts(void *arg UNUSED, struct strvec *out)
{
	strvec_push(out, "plan");
}

static void add_runtimes(void *arg UNUSED, struct strvec *out)
{
	strvec_push_all(out, "podman", "docker", NULL);
}

static const struct complete_source source = {
	.seen = see, .paths = see_paths, .stored = add_stored, .drafts = add_drafts, .runtimes = add_runtimes
};

/* "start: candidate candidate", with "+" behind the last if no blank is to follow, "FILE" for paths. */
static const char *completed(const char *line, const struct complete_source *names)
{
	static char text[1024];
	struct completion completion;
	size_t end;

	complete(line, strlen(line), names, &completion);
	end = (size_t)snprintf(text, sizeof(text), "%zu:", completion.start);
	for (size_t i = 0; i < completion.nr; i++)
		end += (size_t)snprintf(text + end, sizeof(text) - end, " %s", completion.items[i].word);
	snprintf(text + end, sizeof(text) - end, "%s%s", completion.no_blank ? "+" : "",
		 completion.is_file ? " FILE" : "");
	completion_release(&completion);
	return text;
}

static const struct {
	const char *line, *candidates;
} cursors[] = {
	{ "", "0: container help logs podman run source stack stats stop" },
	{ "st", "0: stack stats stop" },
	{ "con", "0: container" },
	{ "container ", "10: logs run stats stop" },
	{ "container st", "10: stats stop" },
	{ "container x", "10:" },
	{ "container stop w", "15: web1 web2" },
	{ "image ", "6:" },
	{ "every 2 sto", "8: stop" },
	{ "every 2 podman logs podman-", "20: podman-web" },
	{ "every 2 logs --f", "13: --follow" },
	{ "every ", "6:" },
	{ "podman sta", "7: stack stats" },
	{ "stack ", "6:" },
	{ "set not", "4: notify" },
	{ "set vers", "4:" },
	{ "set notify ", "11: all mine off" },
	{ "set json o", "9: off on" },
	{ "set runtime p", "12: podman" },
	{ "set nothing o", "12:" },
	{ "stack -", "6:" },
	{ "  sto", "2: stop" },
	{ "'st", "0: stack stats stop" },
	{ "sec", "0:" },
	{ "ps ;st", "4: stack stats stop" },
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
	{ "run --filter status=", "13: status=created status=dead status=exited status=paused status=removing status=restarting status=running" },
	{ "run --filter status=ex", "13: status=exited" },
	{ "run --filter=status=ex", "13: status=exited" },
	{ "run --filter health=h", "13: health=healthy" },
	{ "run --filter network=b", "13: network=back network=bridge" },
	{ "run --filter volume=", "13: volume=data" },
	{ "run --filter ancestor=n", "13: ancestor=nginx:latest" },
	{ "run --filter name=j", "13: name=job" },
	{ "run --filter label=", "13: label=com.docker.compose.project= label=note= label=stage= label=tier=" },
	{ "run --filter label=t", "13: label=tier=+" },
	{ "run --filter label=tier=", "13: label=tier=db label=tier=web" },
	{ "run --filter label=note=", "13: label=note=one,two" },
	{ "run --image-filter reference=b", "19: reference=busybox:1.36" },
	{ "run --image-filter sta", "19:" },
	{ "run --network-filter name=ba", "21: name=back" },
	{ "run --network-filter label=zone=", "21: label=zone=x" },
	{ "run --event-filter event=di", "19: event=die" },
	{ "run --event-filter container=j", "19: container=job" },
	{ "run --event-filter label=ti", "19: label=tier=+" },

	{ "run --network ", "14: back bridge container:db container:job container:web-old container:web1 container:web2" },
	{ "run --network=container:j", "14: container:job" },
	{ "run --pid ", "10: container:db container:job container:web-old container:web1 container:web2 host" },
	{ "run --volumes-from j", "19: job" },
	{ "run --label ti", "12: tier=+" },
	{ "run --label tier=", "12: tier=db tier=web" },
	{ "run -e PURSER_TEST_V", "7: PURSER_TEST_VARIABLE" },
	{ "run -v ", "7: data:+" },
	{ "leave ", "6: back" },
	{ "look ", "5: back bridge busybox:1.36 data db job nginx:latest web-old web1 web2" },
	{ "look --type volume ", "19: data" },
	{ "look --type=network ba", "20: back" },
	{ "make ", "5: plan" },
	{ "make ./", "5: FILE" },

	{ "run ", "4: busybox:1.36 nginx:latest" },
	{ "run --restart no ng", "17: nginx:latest" },
	{ "run nginx ", "10:" },
	{ "run nginx -", "10:" },
	{ "stop pod", "5: podman:+" },
	{ "stop la", "5: label=+" },
	{ "stop label=ti", "5: label=tier=+" },
	{ "stop web1 label=tier=w", "10: label=tier=web" },
	{ "look label=stage=", "5: label=stage=a" },
	{ "stop @", "5: @shop" },
	{ "stop d", "5: db" },
	{ "stop do", "5: docker:+" },
	{ "stop podman:", "5: podman:podman-web" },
	{ "stop podman:x", "5:" },
	{ "copy we", "5: web-old: web1: web2:" },
	{ "copy jo", "5: job:+" },
	{ "copy podman:", "5: podman:podman-web:+" },
	{ "copy fi", "5: FILE" },
	{ "copy web1:/etc/", "5: web1:/etc/passwd web1:/etc/ssl/" },
	{ "copy web1:/etc/pa", "5: web1:/etc/passwd" },
	{ "copy web1:/etc/s", "5: web1:/etc/ssl/+" },
	{ "copy web1:etc/s", "5: web1:etc/ssl/+" },
	{ "copy x web1:/etc/pa", "7: web1:/etc/passwd" },
	{ "copy web1:/usr/", "5:" },
	{ "copy job:/etc/", "5:" }, /* it does not run */
	{ "copy /etc:/etc/", "5:" },
	{ "copy podman:podman-web:/etc/p", "5: podman:podman-web:/etc/passwd" },
	{ "podman copy podman-web:/etc/p", "12: podman-web:/etc/passwd" },
	{ "copy web1:/x db", "13: db:+" },
	{ "stop 'podman:p", "5: podman:podman-web" },
	{ "stop docker:d", "5: docker:docker-web" },
	{ "stop lxc:", "5:" },
	{ "logs pod", "5: podman:+" },
	{ "logs podman:", "5: podman:podman-web" },
	{ "run --like podman:p", "11: podman:podman-web" },
	{ "run --like pod", "11: podman:+" },
	{ "run pod", "4:" },

	{ "podman ", "7: container help logs podman run source stack stats stop" },
	{ "podman sto", "7: stop" },
	{ "podman stop ", "12: podman-web" },
	{ "podman stop docker:d", "12: docker:docker-web" },
	{ "podman stop -s KI", "15: KILL" },
	{ "stop -", "5: --help --signal" },
	{ "podman stop -", "12: --help" },
	{ "podman run ", "11: podman-image:1" },
	{ "podman podman stop p", "19: podman-web" },
	{ "podman logs -", "12: --follow --help --tail" },

	{ "help s", "5: scripts source stack stats stop" },
	{ "help stop s", "10: scripts source stack stats" },

	{ "source ", "7: FILE" },
	{ "source a/b", "7: FILE" },
	{ "run --env-file=x", "15: FILE" },
	{ "run -v /sr", "7: FILE" },
	{ "run -v /srv:/", "7:" },
	{ "run -v da", "7: data:+" },
};

START_TEST(offers)
{
	setenv("PURSER_TEST_VARIABLE", "secret", 1);
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
	ck_assert_uint_eq(completion.nr, 2);
	ck_assert_uint_eq(completion.start, 5);
	completion_release(&completion);
}
END_TEST

static const struct seen_list *see_hostile(void *arg UNUSED, const char *runtime UNUSED, enum seen_kind kind UNUSED)
{
	static const char *const names[] = { "a\x1b[2Jb", "a\nb", "a\xff", "a b", "a'b", "a\"b", "a;b", "a#", "a\\", "a$(id)",
					     "a\xe2\x80\xaez", "a\xc3\xa9" };
	static struct seen items[ARRAY_LEN(names)];
	static struct seen_list list = LIST(items);

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		items[i] = (struct seen){ .name = names[i], .note = "", .labels = "", .state = CONTAINER_RUNNING };
	return &list;
}

START_TEST(offers_no_name_that_would_move_the_cursor)
{
	static const struct complete_source hostile = { .seen = see_hostile };

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
	static const struct complete_source hostile = { .seen = see_hostile };

	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		struct completion completion;

		complete(starts[i], strlen(starts[i]), &hostile, &completion);
		for (size_t j = 0; j < completion.nr; j++)
			assert_fits_in(starts[i], &completion, completion.items[j].word);
		completion_release(&completion);
	}
}
END_TEST

static const struct seen_list *see_many(void *arg UNUSED, const char *runtime UNUSED, enum seen_kind kind UNUSED)
{
	static struct seen items[MANY_CONTAINERS];
	static char names[MANY_CONTAINERS][32];
	static struct seen_list list = LIST(items);

	for (unsigned i = 0; i < MANY_CONTAINERS; i++) {
		snprintf(names[i], sizeof(names[i]), "project-service-%u", (i * 7919) % MANY_CONTAINERS);
		items[i] = (struct seen){ .name = names[i], .note = WEB, .state = CONTAINER_RUNNING, .labels = "tier=web,com.docker.compose.project=p" };
	}
	return &list;
}

START_TEST(is_quick_among_many)
{
	static const struct complete_source many = { .seen = see_many, .stored = add_stored };
	static const char *const lines[] = { "stop project-service-1 project-service-2 ", "run --filter label=", "run --like " };

	for (size_t line = 0; line < ARRAY_LEN(lines); line++) {
		int64_t start = monotonic_ms();
		size_t nr = 0;

		for (size_t i = 0; i < MANY_ROUNDS; i++) {
			struct completion completion;

			complete(lines[line], strlen(lines[line]), &many, &completion);
			nr = completion.nr;
			completion_release(&completion);
		}
		ck_assert_uint_eq(nr, line == 0 ? MANY_CONTAINERS - 2 : line == 1 ? 2 : MANY_CONTAINERS);
		ck_assert_int_le((monotonic_ms() - start) / MANY_ROUNDS, 50);
	}
}
END_TEST

/* "word|note word|note" of what is offered. */
static const char *noted(const char *line)
{
	static char text[1024];
	struct completion completion;
	size_t end = 0;

	complete(line, strlen(line), &source, &completion);
	*text = '\0';
	for (size_t i = 0; i < completion.nr; i++)
		end += (size_t)snprintf(text + end, sizeof(text) - end, "%s%s|%s", i > 0 ? " " : "", completion.items[i].word, completion.items[i].note);
	completion_release(&completion);
	return text;
}

START_TEST(says_what_it_offers)
{
	ck_assert_str_eq(noted("sto"), "stop|end it");
	ck_assert_str_eq(noted("con"), "container|logs, run, stats, stop");
	ck_assert_str_eq(noted("container sto"), "stop|end it");
	ck_assert_str_eq(noted("logs --t"), "--tail|from the end");
	ck_assert_str_eq(noted("stop web"), "web1|" WEB " web2|" WEB);
	ck_assert_str_eq(noted("logs g"), "gone|gone");
	ck_assert_str_eq(noted("run ng"), "nginx:latest|70MB");
	ck_assert_str_eq(noted("run --network b"), "back|bridge bridge|bridge");
	ck_assert_str_eq(noted("stop -s KI"), "KILL|");
}
END_TEST

START_TEST(says_how_old_it_is)
{
	struct completion completion;

	age_ms = 9000; /* the next list may just be late */
	complete("stop w", 6, &source, &completion);
	ck_assert_int_eq(completion.old_ms, 0);
	completion_release(&completion);
	age_ms = 12000;
	complete("stop w", 6, &source, &completion);
	ck_assert_int_ge(completion.old_ms, 12000);
	completion_release(&completion);
	complete("run ng", 6, &source, &completion); /* images are listed each minute */
	ck_assert_int_eq(completion.old_ms, 0);
	completion_release(&completion);
	complete("sto", 3, &source, &completion);
	ck_assert_int_eq(completion.old_ms, 0);
	completion_release(&completion);
	age_ms = 0;
}
END_TEST

/* As another shell has it: whole words come back. */
static const char *of_words(const char *word, ...)
{
	static char text[1024];
	SCOPED(strvec_release) struct strvec argv = STRVEC_INIT;
	struct completion completion;
	size_t end = 0;
	va_list words;

	strvec_push(&argv, "purser");
	va_start(words, word);
	for (; word != NULL; word = va_arg(words, const char *))
		strvec_push(&argv, word);
	va_end(words);
	complete_program(&argv, &source, &completion);
	*text = '\0';
	for (size_t i = 0; i < completion.nr; i++)
		end += (size_t)snprintf(text + end, sizeof(text) - end, "%s%s", i > 0 ? " " : "", completion.items[i].word);
	completion_release(&completion);
	return text;
}

START_TEST(takes_words)
{
	ck_assert_str_eq(of_words("sto", NULL), "stop");
	ck_assert_str_eq(of_words("stop", "", NULL), "db web1 web2");
	ck_assert_str_eq(of_words("run", "--like=jo", NULL), "--like=job");
	ck_assert_str_eq(of_words("stop", "-sTE", NULL), "-sTERM");
	ck_assert_str_eq(of_words("run", "a b", "", NULL), "");
}
END_TEST

/* ---- as it is shown ---- */

static const char *listed(const char *line, size_t columns, size_t rows)
{
	static struct buf text = BUF_INIT(64 * 1024);
	struct completion completion;

	buf_clear(&text);
	complete(line, strlen(line), &source, &completion);
	listing_add(&completion, columns, rows, &text);
	completion_release(&completion);
	return buf_text(&text);
}

START_TEST(lists_with_notes)
{
	ck_assert_str_eq(listed("stop ", 80, 24), "db    running, postgres\nweb1  " WEB "\nweb2  " WEB "\n");
	ck_assert_str_eq(listed("stop ", 24, 24), "db    running, postgres\nweb1  running, nginx:l…\nweb2  running, nginx:l…\n");
	ck_assert_str_eq(listed("stop ", 12, 24), "db\nweb1\nweb2\n");
	ck_assert_str_eq(listed("stop -s TT", 80, 24), "TTIN  TTOU\n");
}
END_TEST

START_TEST(lists_words_where_notes_do_not_fit)
{
	ck_assert_str_eq(listed("stop ", 14, 5), "db    web2\nweb1\n");
	ck_assert_str_eq(listed("stop ", 8, 5), "db\nweb1\n… and 1 more\n");
	ck_assert_str_eq(listed("stop ", 1, 1), "db\n… and 2 more\n");
}
END_TEST

START_TEST(lists_its_age)
{
	age_ms = 12000;
	ck_assert_str_eq(listed("stop d", 80, 24), "db  running, postgres\nas of 12 s ago\n");
	age_ms = 0;
}
END_TEST

START_TEST(offers_no_option_that_the_runtime_lacks)
{
	struct complete_source names = source;
	names.runtime = "docker";
	ck_assert_str_eq(completed("stop --", &names), "5: --help --signal");
	names.runtime = "podman";
	ck_assert_str_eq(completed("stop --", &names), "5: --help");
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
	tcase_add_test(offer, says_what_it_offers);
	tcase_add_test(offer, says_how_old_it_is);
	tcase_add_test(offer, takes_words);
	tcase_add_test(offer, lists_with_notes);
	tcase_add_test(offer, lists_words_where_notes_do_not_fit);
	tcase_add_test(offer, lists_its_age);
	tcase_add_test(offer, offers_no_option_that_the_runtime_lacks);
	tcase_add_test(hostile, offers_no_name_that_would_move_the_cursor);
	tcase_add_test(hostile, offers_what_fits_in_its_place);
	suite_add_tcase(suite, offer);
	suite_add_tcase(suite, hostile);
	return suite;
}

SUITE_MAIN(complete_suite)
