#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/json.h"
#include "runtime/runtime.h"
#include "scratch.h"
#include "suite.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DATA "tests/data/docker-20.10/"

static struct error err;
static struct action action;
static struct reply reply;
static struct result result;

static void setup(void)
{
	memset(&err, 0, sizeof err);
	memset(&result, 0, sizeof result);
	action_init(&action, VERB_LIST);
	reply_init(&reply);
}

static void teardown(void)
{
	action_release(&action);
	reply_release(&reply);
	result_release(&result);
}

static void again(enum verb verb)
{
	teardown();
	setup();
	action.verb = verb;
}

static const struct runtime *runtime_of(const char *name)
{
	const struct runtime *runtime = runtime_find(name, &err);
	ck_assert_msg(runtime != NULL, "%s", err.text);
	return runtime;
}

/* ---- registry ---- */

START_TEST(runtimes_are_found_by_name)
{
	ck_assert_str_eq(runtime_of("docker")->program, "docker");
	ck_assert_str_eq(runtime_of("nerdctl")->program, "nerdctl");
	ck_assert_str_eq(runtime_of("podman")->program, "podman");
	ck_assert_ptr_eq(runtimes[0], runtime_of("docker"));
	ck_assert_ptr_null(runtimes[3]);
	ck_assert_ptr_null(runtime_find("Docker", &err));
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	ck_assert_ptr_nonnull(strstr(err.text, "docker, nerdctl and podman"));
}
END_TEST

/* ---- compose ---- */

#define FIELD(name) "\"" name "\":{{json ." name "}}"
#define SHORT_FIELDS FIELD("ID") "," FIELD("Names") "," FIELD("Image") "," FIELD("Command") "," FIELD("CreatedAt") ","
#define ROWS                                                                                                           \
	"--format={" SHORT_FIELDS FIELD("RunningFor") "," FIELD("State") "," FIELD("Status") "," FIELD(                \
		"Ports") "," FIELD("Labels") "," FIELD("Mounts") "," FIELD("Networks") "}"
#define NERDCTL_ROWS "--format={" SHORT_FIELDS FIELD("Status") "," FIELD("Ports") "," FIELD("Labels") "}"
#define IMAGE_ROWS                                                                                                     \
	"--format={" FIELD("Repository") "," FIELD("Tag") "," FIELD("ID") "," FIELD("CreatedAt") "," FIELD(            \
		"CreatedSince") "," FIELD("Size") "}"
#define LIFE                                                                                                           \
	"--filter=type=container|--filter=event=create|--filter=event=start|--filter=event=pause|--filter=event="      \
	"unpause|"                                                                                                     \
	"--filter=event=rename|--filter=event=restart|"

/* What stands behind the program, with "o1 o2" as options, "t1 t2" as targets and "w1" as words. */
static const struct {
	enum verb verb;
	const char *docker, *nerdctl, *podman; /* NULL: as docker's; "": it lacks the verb */
	enum request_io io;
	int timeout_ms;
} composed[] = {
	{ VERB_VERSION, "version|--format|{{json .}}|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 5000 },
	{ VERB_IDENTITY, "info|--format|{{.ID}}|o1|o2|t1|t2|w1", "", "", REQUEST_CAPTURE, 15000 },
	{ VERB_LIST, "ps|--no-trunc|" ROWS "|o1|o2|t1|t2|w1", "ps|--no-trunc|" NERDCTL_ROWS "|o1|o2|t1|t2|w1", NULL,
	  REQUEST_CAPTURE, 15000 },
	{ VERB_IMAGES, "images|--no-trunc|" IMAGE_ROWS "|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 15000 },
	{ VERB_INSPECT, "container|inspect|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 15000 },
	{ VERB_CREATE, "create|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 0 },
	{ VERB_START, "start|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 60000 },
	{ VERB_ATTACH, "start|--attach|--interactive|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_TERMINAL, 0 },
	{ VERB_STOP, "stop|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 40000 },
	{ VERB_RESTART, "restart|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 70000 },
	{ VERB_KILL, "kill|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 30000 },
	{ VERB_REMOVE, "rm|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 60000 },
	{ VERB_LOGS, "logs|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_TERMINAL, 0 },
	{ VERB_WINDOW, "logs|--timestamps|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_RECORDS, 0 },
	{ VERB_HINT, "", "", "", REQUEST_STREAM, 0 },
	{ VERB_EVENTS, "events|--format|{{json .}}|" LIFE "--filter=event=die|--filter=event=destroy|o1|o2|t1|t2|w1",
	  "events|--format|{{json .}}|o1|o2|t1|t2|w1",
	  "events|--format|{{json .}}|" LIFE "--filter=event=died|--filter=event=remove|o1|o2|t1|t2|w1", REQUEST_STREAM,
	  0 },
};

static const char *joined(const struct strvec *argv)
{
	static char text[4000];
	size_t end = 0;
	text[0] = '\0';
	for (size_t i = 1; i < argv->nr; i++)
		end += (size_t)snprintf(text + end, sizeof text - end, "%s%s", i > 1 ? "|" : "", argv->items[i]);
	return text;
}

START_TEST(every_verb_is_composed_for_every_runtime)
{
	unsigned verbs = 0;
#define X(verb, changes) verbs++;
	VERBS(X)
#undef X
	ck_assert_uint_eq(ARRAY_LEN(composed), verbs);
	for (const struct runtime *const *runtime = runtimes; *runtime; runtime++) {
		for (size_t i = 0; i < ARRAY_LEN(composed); i++) {
			struct request request;
			const char *should =
				!strcmp((*runtime)->name, "nerdctl") ? composed[i].nerdctl : composed[i].podman;
			if (!strcmp((*runtime)->name, "docker") || !should)
				should = composed[i].docker;
			again(composed[i].verb);
			strvec_push_all(&action.options, "o1", "o2", NULL);
			strvec_push_all(&action.targets, "t1", "t2", NULL);
			strvec_push_all(&action.words, "w1", NULL);
			request_init(&request);
			if (!*should) {
				ck_assert_int_eq((*runtime)->compose(*runtime, &action, &request, &err), -1);
				ck_assert_int_eq(err.kind, ERROR_UNSUPPORTED);
				request_release(&request);
				continue;
			}
			ck_assert_int_eq((*runtime)->compose(*runtime, &action, &request, &err), 0);
			ck_assert_str_eq(request.argv.items[0], (*runtime)->program);
			ck_assert_str_eq(joined(&request.argv), should);
			ck_assert_int_eq(request.io, composed[i].io);
			ck_assert_int_eq(request.timeout_ms, composed[i].timeout_ms);
			ck_assert_int_eq(request.stall_ms, composed[i].verb == VERB_WINDOW ? 10000 : 0);
			request_release(&request);
		}
	}
}
END_TEST

static void compose_over(enum transport transport, const char *socket, const char *runtime, struct request *request)
{
	runtime_reach(transport, socket);
	request_init(request);
	ck_assert_msg(runtime_of(runtime)->compose(runtime_of(runtime), &action, request, &err) == 0, "%s", err.text);
}

/* Beside its words a request has a GET, where docker's engine has a socket, and the verb one. */
START_TEST(over_the_socket)
{
	struct request request;
	again(VERB_INSPECT);
	strvec_push(&action.targets, ID);
	compose_over(TRANSPORT_AUTO, "/s.sock", "docker", &request);
	ck_assert_str_eq(request.http.socket, "/s.sock");
	ck_assert_str_eq(buf_text(&request.http.target), "/containers/" ID "/json");
	ck_assert_str_eq(request.http.mark, "Api-Version");
	ck_assert(request.http.program_stands_in);
	ck_assert_str_eq(joined(&request.argv), "container|inspect|" ID);
	request_release(&request);

	compose_over(TRANSPORT_SOCKET, "/s.sock", "docker", &request);
	ck_assert(!request.http.program_stands_in);
	request_release(&request);
	ck_assert_str_eq(runtime_socket(runtime_of("docker")), "/s.sock");
	ck_assert_str_eq(runtime_socket(runtime_of("podman")), "");
	compose_over(TRANSPORT_SOCKET, "/s.sock", "podman", &request);
	ck_assert_ptr_null(request.http.socket);
	request_release(&request);

	compose_over(TRANSPORT_CLI, "/s.sock", "docker", &request);
	ck_assert_ptr_null(request.http.socket);
	request_release(&request);
	compose_over(TRANSPORT_AUTO, "", "docker", &request);
	ck_assert_ptr_null(request.http.socket);
	request_release(&request);

	again(VERB_STOP);
	strvec_push(&action.targets, ID);
	compose_over(TRANSPORT_SOCKET, "/s.sock", "docker", &request);
	ck_assert_ptr_null(request.http.socket);
	request_release(&request);
}
END_TEST

/* No program tells that there is something new. */
START_TEST(a_hint_has_no_program)
{
	struct request request;
	again(VERB_HINT);
	action.since_at = 1795320239 * MOMENT_SECOND + 5;
	strvec_push(&action.targets, ID);
	compose_over(TRANSPORT_AUTO, "/s.sock", "docker", &request);
	ck_assert_str_eq(buf_text(&request.http.target),
			 "/containers/" ID "/logs?stdout=1&stderr=1&follow=1&tail=1&since=1795320239.000000005");
	ck_assert(!request.http.program_stands_in);
	request_release(&request);
}
END_TEST

START_TEST(a_window_of_a_terminal_is_raw)
{
	struct request request;
	again(VERB_WINDOW);
	action.tty = true;
	strvec_push(&action.targets, ID);
	compose_over(TRANSPORT_AUTO, "/s.sock", "docker", &request);
	ck_assert_int_eq(request.io, REQUEST_STREAM);
	request_release(&request);
}
END_TEST

static int decode_answer(enum verb verb, int code, const char *body)
{
	again(verb);
	reply.code = code;
	reply.status = code < 300 ? 0 : 1;
	buf_add_text(code < 300 ? &reply.out : &reply.err, body);
	return runtimes[0]->decode(runtimes[0], &action, &reply, &result, &err);
}

START_TEST(answers_of_the_socket)
{
	ck_assert_int_eq(decode_answer(VERB_LIST, 200, "[{\"Id\":\"" ID "\",\"Names\":[\"/web\"],\"State\":\"running\",\"Status\":\"Up 2 hours\"}]\n"), 0);
	ck_assert_uint_eq(result.containers.nr, 1);
	ck_assert_str_eq(result.containers.items[0].name, "web");
	ck_assert_int_eq(result.containers.items[0].state, CONTAINER_RUNNING);
	ck_assert_str_eq(result.containers.items[0].status, "Up 2 hours");
	ck_assert_int_eq(decode_answer(VERB_LIST, 200, "[{\"Id\":\"web\"}]"), -1); /* no id */
	ck_assert_int_eq(err.kind, ERROR_RUNTIME);
	ck_assert_int_eq(decode_answer(VERB_LIST, 200, "<html>"), -1);
	ck_assert_int_eq(err.kind, ERROR_RUNTIME);
	ck_assert_int_eq(decode_answer(VERB_INSPECT, 200, "{\"Id\":\"" ID "\",\"Name\":\"/web\",\"LogPath\":\"/x/y\"}"), 0);
	ck_assert_str_eq(result.details.items[0].log_path, "/x/y");
	ck_assert_int_eq(decode_answer(VERB_IDENTITY, 200, "{\"ID\":\"ABC:DEF\",\"Containers\":3}"), 0);
	ck_assert_str_eq(result.engine, "ABC:DEF");
	ck_assert_int_eq(decode_answer(VERB_IDENTITY, 200, "{\"Containers\":3}"), -1);
	ck_assert_int_eq(decode_answer(VERB_IDENTITY, 200, "ABC"), -1);
	ck_assert_int_eq(decode_answer(VERB_VERSION, 200, "OK"), 0);
	ck_assert_int_eq(decode_answer(VERB_INSPECT, 404, "{\"message\":\"No such container: web\"}\n"), -1);
	ck_assert_int_eq(err.kind, ERROR_NOT_FOUND);
	ck_assert_str_eq(err.text, "Error response from daemon: No such container: web");
	ck_assert_int_eq(decode_answer(VERB_WINDOW, 501, "{\"message\":\"configured logging driver does not support reading\"}\n"), -1);
	ck_assert_int_eq(err.kind, ERROR_FAILED);
	ck_assert_ptr_nonnull(strstr(err.text, "does not support reading"));
}
END_TEST

START_TEST(a_window_says_how_much)
{
	static const struct {
		int64_t tail, since;
		const char *words;
	} windows[] = {
		{ TAIL_ALL, 0, "logs|--timestamps|" ID },
		{ 64, 0, "logs|--timestamps|--tail=64|" ID },
		{ TAIL_ALL, 1795320239, "logs|--timestamps|--since=1795320239|" ID },
		{ 1000000, INT64_C(9223372036), "logs|--timestamps|--since=9223372036|--tail=1000000|" ID },
		{ 0, -5, "logs|--timestamps|--tail=0|" ID },
	};
	for (size_t i = 0; i < ARRAY_LEN(windows); i++) {
		struct request request;
		again(VERB_WINDOW);
		action.tail = windows[i].tail;
		action.since = windows[i].since;
		strvec_push(&action.targets, ID);
		request_init(&request);
		runtimes[0]->compose(runtimes[0], &action, &request, &err);
		ck_assert_str_eq(joined(&request.argv), windows[i].words);
		request_release(&request);
	}
}
END_TEST

START_TEST(the_grace_counts_for_the_deadline)
{
	static const struct {
		enum verb verb;
		int grace_s, timeout_ms;
	} graces[] = {
		{ VERB_STOP, 0, 30000 },    { VERB_STOP, 100, 130000 }, { VERB_STOP, -1, 0 },
		{ VERB_RESTART, 5, 65000 }, { VERB_RESTART, -1, 0 },    { VERB_KILL, 100, 30000 },
	};
	for (size_t i = 0; i < ARRAY_LEN(graces); i++) {
		struct request request;
		again(graces[i].verb);
		action.grace_s = graces[i].grace_s;
		request_init(&request);
		runtimes[0]->compose(runtimes[0], &action, &request, &err);
		ck_assert_int_eq(request.timeout_ms, graces[i].timeout_ms);
		request_release(&request);
	}
}
END_TEST

START_TEST(hostile_words_stay_single_words)
{
	static const char *const words[] = { "; rm -rf /", "$(id)", "a b", "", "\n", "--privileged" };
	struct request request;
	again(VERB_CREATE);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		strvec_push(&action.words, words[i]);
	request_init(&request);
	runtimes[0]->compose(runtimes[0], &action, &request, &err);
	ck_assert_uint_eq(request.argv.nr, 2 + ARRAY_LEN(words));
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		ck_assert_str_eq(request.argv.items[2 + i], words[i]);
	request_release(&request);
}
END_TEST

/* ---- decode: what real engines said (tests/data/RECORD.md) ---- */

static const char *const clis[] = { "cli-28.2", "cli-20.10" };

static void read_if_there(const char *cli, const char *name, const char *suffix, struct buf *into)
{
	char path[200];
	struct error none;
	snprintf(path, sizeof path, DATA "%s/%s.%s", cli, name, suffix);
	fd_read_file(AT_FDCWD, path, into, &none);
}

/* Decodes the recording. */
static int decode_recorded(const char *cli, const char *name, enum verb verb, size_t targets)
{
	SCOPED(buf_release) struct buf statuses = BUF_INIT(10000);
	char line[100];
	again(verb);
	for (size_t i = 0; i < targets; i++)
		strvec_push(&action.targets, "unit");
	snprintf(line, sizeof line, DATA "%s/statuses", cli);
	ck_assert_msg(fd_read_file(AT_FDCWD, line, &statuses, &err) == 0, "%s (run this from the top directory)",
		      err.text);
	snprintf(line, sizeof line, "\n%s ", name);
	const char *at = strstr(statuses.bytes, line);
	const char *number = at                                                     ? at + strlen(line)
			     : !strncmp(statuses.bytes, line + 1, strlen(line + 1)) ? statuses.bytes + strlen(line + 1)
										    : NULL;
	ck_assert_msg(number != NULL, "%s was not recorded", name);
	reply.status = (int)strtol(number, NULL, 10);
	read_if_there(cli, name, "out", &reply.out);
	read_if_there(cli, name, "err", &reply.err);
	return runtimes[0]->decode(runtimes[0], &action, &reply, &result, &err);
}

static const struct container *row_named(const char *name)
{
	for (size_t i = 0; i < result.containers.nr; i++)
		if (!strcmp(result.containers.items[i].name, name))
			return &result.containers.items[i];
	ck_abort_msg("no %s in the list", name);
	return NULL;
}

START_TEST(recorded_lists)
{
	for (size_t i = 0; i < ARRAY_LEN(clis); i++) {
		ck_assert_msg(decode_recorded(clis[i], "list", VERB_LIST, 0) == 0, "%s", err.text);
		ck_assert_uint_eq(result.containers.nr, 5);
		ck_assert_int_eq(row_named("unit-one")->state, CONTAINER_EXITED);
		ck_assert_int_eq(row_named("unit-two")->state, CONTAINER_RUNNING);
		ck_assert_int_eq(row_named("unit-tty")->state, CONTAINER_RUNNING);
		ck_assert_int_eq(row_named("unit-bad")->state, CONTAINER_CREATED);
		ck_assert_int_eq(row_named("unit-paused")->state, CONTAINER_PAUSED);
		const struct container *one = row_named("unit-one");
		ck_assert_str_eq(one->image, "purser-test");
		ck_assert_str_eq(one->command, "\"sh -c 'echo \\\"a\\\\\\\"b\\\" \xc3\xbc; exit 3'\"");
		ck_assert_str_eq(one->labels, "purser.test=unit,quotes=\"a b\",c=d");
		ck_assert_str_eq(one->mounts, "/tmp/unit");
		ck_assert_str_eq(one->networks, "none");
		ck_assert_int_eq(strncmp(one->status, "Exited (3)", 10), 0);
		ck_assert_int_eq(decode_recorded(clis[i], "list-none", VERB_LIST, 0), 0);
		ck_assert_uint_eq(result.containers.nr, 0);
	}
}
END_TEST

START_TEST(recorded_details)
{
	for (size_t i = 0; i < ARRAY_LEN(clis); i++) {
		ck_assert_msg(decode_recorded(clis[i], "inspect", VERB_INSPECT, 5) == 0, "%s", err.text);
		ck_assert_uint_eq(result.details.nr, 5);
		const struct container_detail *one = &result.details.items[0], *two = one + 1, *tty = one + 2,
					      *bad = one + 3, *paused = one + 4;
		ck_assert_str_eq(one->name, "unit-one");
		ck_assert_int_eq(one->state, CONTAINER_EXITED);
		ck_assert_int_eq(one->exit_code, 3);
		ck_assert_str_eq(one->log_driver, "json-file");
		ck_assert(one->created > 0 && one->started > one->created && one->finished > one->started);
		ck_assert(!one->tty && !one->oom_killed);
		ck_assert_int_eq(two->state, CONTAINER_RUNNING);
		ck_assert_int_eq(two->finished, 0); /* the year 1 */
		ck_assert(tty->tty);
		ck_assert_int_eq(bad->state, CONTAINER_CREATED);
		ck_assert_int_eq(bad->exit_code, 127);
		ck_assert_int_eq(bad->started, 0);
		ck_assert_ptr_nonnull(strstr(bad->error, "executable file not found"));
		ck_assert_int_eq(paused->state, CONTAINER_PAUSED);

		/* Of several the ones that are there; of one it is an error. */
		ck_assert_int_eq(decode_recorded(clis[i], "inspect-some", VERB_INSPECT, 3), 0);
		ck_assert_uint_eq(result.details.nr, 2);
		ck_assert_int_eq(decode_recorded(clis[i], "inspect-unknown", VERB_INSPECT, 1), -1);
		ck_assert_int_eq(err.kind, ERROR_NOT_FOUND);
		ck_assert_int_eq(decode_recorded(clis[i], "inspect-unknown", VERB_INSPECT, 2), 0);
		ck_assert_uint_eq(result.details.nr, 0);
		ck_assert_int_eq(decode_recorded(clis[i], "no-engine-inspect", VERB_INSPECT, 2), -1);
		ck_assert_int_eq(err.kind, ERROR_RUNTIME);
	}
}
END_TEST

START_TEST(recorded_images_and_ids)
{
	for (size_t i = 0; i < ARRAY_LEN(clis); i++) {
		bool found = false;
		ck_assert_msg(decode_recorded(clis[i], "images", VERB_IMAGES, 0) == 0, "%s", err.text);
		for (size_t j = 0; j < result.images.nr; j++) {
			const struct image *image = &result.images.items[j];
			found |= !strcmp(image->repository, "purser-test") && !strcmp(image->tag, "latest");
			ck_assert_uint_eq(strlen(image->id), strlen("sha256:") + 64);
			ck_assert(image->size[0] && image->created_at[0] && image->created_since[0]);
		}
		ck_assert(found);
		ck_assert_int_eq(decode_recorded(clis[i], "images-none", VERB_IMAGES, 0), 0);
		ck_assert_uint_eq(result.images.nr, 0);
		ck_assert_msg(decode_recorded(clis[i], "create-ok", VERB_CREATE, 0) == 0, "%s", err.text);
		ck_assert_uint_eq(strlen(result.id), CONTAINER_ID_LEN);
	}
}
END_TEST

static const struct {
	const char *name;
	enum verb verb;
	enum error_kind kind;
	const char *words;
} refusals[] = {
	{ "create-conflict", VERB_CREATE, ERROR_FAILED, "already in use" },
	{ "create-bad-name", VERB_CREATE, ERROR_FAILED, "only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed" },
	{ "create-no-image", VERB_CREATE, ERROR_NOT_FOUND, "Unable to find image" },
	{ "start-no-program", VERB_START, ERROR_FAILED, "executable file not found" },
	{ "start-unknown", VERB_START, ERROR_NOT_FOUND, "No such container: unit-no-such" },
	{ "start-some", VERB_START, ERROR_NOT_FOUND, "failed to start containers: unit-no-such" },
	{ "rm-running", VERB_REMOVE, ERROR_FAILED, "cannot remove a running container" },
	{ "rm-unknown", VERB_REMOVE, ERROR_NOT_FOUND, "No such container" },
	{ "kill-stopped", VERB_KILL, ERROR_FAILED, "is not running" },
	{ "kill-bad-signal", VERB_KILL, ERROR_FAILED, "Invalid signal: NOSIG" },
	{ "stop-unknown", VERB_STOP, ERROR_NOT_FOUND, "No such container" },
	{ "restart-unknown", VERB_RESTART, ERROR_NOT_FOUND, "No such container" },
	{ "logs-unknown", VERB_WINDOW, ERROR_NOT_FOUND, "No such container" },
	{ "no-engine-list", VERB_LIST, ERROR_RUNTIME, "is its engine started?" },
	{ "no-engine-version", VERB_VERSION, ERROR_RUNTIME, "is its engine started?" },
	{ "refused", VERB_LIST, ERROR_RUNTIME, "is its engine started?" },
	{ "denied", VERB_LIST, ERROR_RUNTIME, "join the group" },
	{ "usage", VERB_LIST, ERROR_FAILED, "unknown flag: --no-such-flag" },
};

START_TEST(recorded_refusals)
{
	for (size_t i = 0; i < ARRAY_LEN(clis); i++) {
		for (size_t j = 0; j < ARRAY_LEN(refusals); j++) {
			ck_assert_int_eq(decode_recorded(clis[i], refusals[j].name, refusals[j].verb, 1), -1);
			ck_assert_msg(err.kind == refusals[j].kind, "%s: %s: %s", refusals[j].name,
				      error_kind_name(err.kind), err.text);
			ck_assert_msg(strstr(err.text, refusals[j].words) != NULL, "%s: %s", refusals[j].name,
				      err.text);
			ck_assert_msg(!strstr(err.text, "--help") && !strchr(err.text, '\n'), "%s", err.text);
		}
		ck_assert_int_eq(decode_recorded(clis[i], "start-ok", VERB_START, 1), 0);
		ck_assert_int_eq(decode_recorded(clis[i], "rm-force-unknown", VERB_REMOVE, 1),
				 0); /* docker finds that no error */
		ck_assert_int_eq(decode_recorded(clis[i], "version", VERB_VERSION, 0), 0);
	}
}
END_TEST

/* ---- decode: what others say ---- */

static int decode_text(const char *runtime, enum verb verb, int status, const char *out, const char *errors)
{
	const struct runtime *of = runtime_of(runtime);
	again(verb);
	strvec_push(&action.targets, "x");
	reply.status = status;
	buf_add_text(&reply.out, out);
	buf_add_text(&reply.err, errors);
	return of->decode(of, &action, &reply, &result, &err);
}

START_TEST(refusals_of_other_runtimes)
{
	static const struct {
		const char *runtime;
		int status;
		const char *out, *errors;
		enum error_kind kind;
	} others[] = {
		{ "podman", 125, "", "Error: no container with name or ID \"x\" found: no such container\n",
		  ERROR_NOT_FOUND },
		{ "podman", 1, "", "Error: inspecting object: no such object: \"x\"\n", ERROR_NOT_FOUND },
		{ "podman", 1, "", "Error: x: image not known\n", ERROR_NOT_FOUND },
		{ "podman", 2, "", "Error: container x is running: container state improper\n", ERROR_FAILED },
		{ "podman", 125, "",
		  "Error: unable to connect to Podman socket: dial unix /run/podman.sock: connect: no such file\n",
		  ERROR_RUNTIME },
		{ "podman", 125, "", "Error: can only kill running containers. x is in state exited\n", ERROR_FAILED },
		{ "nerdctl", 1, "", "time=\"2026-11-22T04:03:59Z\" level=fatal msg=\"no such container x\"\n",
		  ERROR_NOT_FOUND },
		{ "nerdctl", 1, "",
		  "level=fatal msg=\"cannot access containerd socket \\\"/run/containerd/containerd.sock\\\"\"\n",
		  ERROR_RUNTIME },
		{ "docker", 1, "", "Error: No such object: x\n", ERROR_NOT_FOUND },
		{ "docker", 1, "", "Error response from daemon: configured logging driver does not support reading\n",
		  ERROR_FAILED },
		{ "docker", 126, "OCI runtime exec failed: no\n", "", ERROR_FAILED }, /* said on stdout */
		{ "docker", 1, "", "", ERROR_FAILED },
		{ "docker", 1, "", "\n\n\nRun 'docker ps --help' for more information\n", ERROR_FAILED },
		{ "docker", 1, "", "dial unix /var/run/docker.sock: connect: permission denied\n", ERROR_RUNTIME },
		{ "docker", 1, "", "error during connect: Get \"http://%2Fs/v1.50/containers/json\": EOF\n", ERROR_RUNTIME },
	};
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		ck_assert_int_eq(decode_text(others[i].runtime, VERB_START, others[i].status, others[i].out,
					     others[i].errors),
				 -1);
		ck_assert_msg(err.kind == others[i].kind, "%s: %s", error_kind_name(err.kind), err.text);
		ck_assert(err.text[0] != '\0');
	}
	decode_text("docker", VERB_START, 1, "", "");
	ck_assert_str_eq(err.text, "it said nothing");
}
END_TEST

/* Warnings come first, and may be long. */
START_TEST(a_refusal_behind_many_warnings_is_known)
{
	SCOPED(buf_release) struct buf errors = BUF_INIT(10000);
	for (int i = 0; i < 12; i++)
		buf_add_text(&errors, "time=\"2026-11-22T04:03:59Z\" level=warning msg=\"The cgroupv2 manager is set "
				      "to systemd but there is no session\"\n");
	buf_add_text(&errors, "Error: no container with name or ID \"x\" found: no such container\n");
	ck_assert_int_eq(decode_text("podman", VERB_WINDOW, 125, "", errors.bytes), -1);
	ck_assert_int_eq(err.kind, ERROR_NOT_FOUND);
}
END_TEST

START_TEST(arrays_and_lines_are_the_same)
{
	static const char *const lists[] = {
		"{\"ID\":\"" ID "\",\"Names\":\"web\"}\n{\"ID\":\"" ID "\",\"Names\":\"api\"}\n",
		"[{\"ID\":\"" ID "\",\"Names\":\"web\"},{\"ID\":\"" ID "\",\"Names\":\"api\"}]\n",
		"[{\"ID\":\"" ID "\",\"Names\":\"web\"}]\n[]\r\n \t[{\"ID\":\"" ID "\",\"Names\":\"api\"}]",
		"{\"ID\":\"" ID "\",\"Names\":\"web\"}{\"ID\":\"" ID "\",\"Names\":\"api\",\"New\":{\"Key\":[1,2]}}",
	};
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		ck_assert_msg(decode_text("docker", VERB_LIST, 0, lists[i], "WARNING: something\n") == 0, "%s",
			      err.text);
		ck_assert_uint_eq(result.containers.nr, 2);
		ck_assert_str_eq(result.containers.items[0].name, "web");
		ck_assert_str_eq(result.containers.items[1].name, "api");
	}
}
END_TEST

START_TEST(missing_keys_are_empty)
{
	ck_assert_int_eq(decode_text("docker", VERB_LIST, 0,
				     "{\"ID\":\"" ID "\",\"Image\":7,\"State\":null,\"id\":\"x\",\"status\":\"Up\"}",
				     ""),
			 0);
	const struct container *row = &result.containers.items[0];
	ck_assert_str_eq(row->name, "");
	ck_assert_str_eq(row->image, "");
	ck_assert_str_eq(row->status, "");
	ck_assert_int_eq(row->state, CONTAINER_UNKNOWN);
	ck_assert_int_eq(decode_text("docker", VERB_INSPECT, 0,
				     "[{\"Id\":\"" ID "\",\"State\":\"running\",\"Config\":[],\"HostConfig\":null}]",
				     ""),
			 0);
	const struct container_detail *detail = &result.details.items[0];
	ck_assert(detail->state == CONTAINER_UNKNOWN && !detail->tty && detail->started == 0 && detail->exit_code == 0);
	ck_assert_str_eq(detail->log_driver, "");
	ck_assert_int_eq(decode_text("docker", VERB_IMAGES, 0, "{}", ""), 0);
	ck_assert_str_eq(result.images.items[0].repository, "");
}
END_TEST

START_TEST(states_and_names_of_all_runtimes)
{
	static const struct {
		const char *row;
		enum container_state state;
		const char *name;
	} states[] = {
		{ "\"State\":\"running\",\"Names\":\"web\"", CONTAINER_RUNNING, "web" },
		{ "\"Status\":\"Up 5 minutes\",\"Names\":\"/web\"", CONTAINER_RUNNING, "web" },
		{ "\"Status\":\"Exited (0) 2 days ago\",\"Names\":\"web,db/web\"", CONTAINER_EXITED, "web" },
		{ "\"Status\":\"Created\",\"Names\":\"/db/alias,/web\"", CONTAINER_CREATED, "web" },
		{ "\"State\":\"stopped\",\"Names\":\"\"", CONTAINER_EXITED, "" },
		{ "\"State\":\"configured\"", CONTAINER_CREATED, "" },
		{ "\"State\":\"EXITED\"", CONTAINER_EXITED, "" },
		{ "\"State\":\"weird\",\"Status\":\"Up\"", CONTAINER_UNKNOWN, "" },
		{ "\"Names\":\"/a/b,/c/d\"", CONTAINER_UNKNOWN, NULL },
		{ "\"Names\":\",,,\"", CONTAINER_UNKNOWN, "" },
	};
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		char text[300];
		snprintf(text, sizeof text, "{\"ID\":\"" ID "\",%s}", states[i].row);
		ck_assert_msg(decode_text("nerdctl", VERB_LIST, 0, text, "") == 0, "%s", err.text);
		ck_assert_msg(result.containers.items[0].state == states[i].state, "%s", text);
		if (states[i].name)
			ck_assert_str_eq(result.containers.items[0].name, states[i].name);
	}
}
END_TEST

START_TEST(numbers_out_of_range_are_survived)
{
	ck_assert_int_eq(decode_text("docker", VERB_INSPECT, 0,
				     "{\"Id\":\"" ID "\",\"State\":{\"ExitCode\":1e300,\"StartedAt\":\"9999-01-01T00:"
				     "00:00Z\",\"FinishedAt\":\"x\"}}",
				     ""),
			 0);
	ck_assert_int_eq(result.details.items[0].exit_code, 0);
	ck_assert_int_eq(result.details.items[0].started, 0);
	ck_assert_int_eq(decode_text("docker", VERB_INSPECT, 0, "{\"Id\":\"" ID "\",\"State\":{\"ExitCode\":-1}}", ""),
			 0);
	ck_assert_int_eq(result.details.items[0].exit_code, -1);
}
END_TEST

static void must_be_unreadable(enum verb verb, const char *out)
{
	ck_assert_msg(decode_text("docker", verb, 0, out, "") == -1, "%.60s", out);
	ck_assert_int_eq(err.kind, ERROR_RUNTIME);
	ck_assert(result.containers.nr == 0 && result.details.nr == 0 && result.images.nr == 0);
}

START_TEST(what_is_no_reply_is_an_error)
{
	static const char *const texts[] = {
		"garbage", "{",        "[",
		"[{]",     "{\"ID\":", ("{\"ID\":\"" ID "\""),
		"7",       "\"text\"", "null",
		"[[{}]]",  "[7]",      ("{\"ID\":\"" ID "\"} trailing"),
		"\x01",    "\xff\xfe", ("{\"ID\":\"" ID "\"}\n<html>"),
	};
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		must_be_unreadable(VERB_LIST, texts[i]);
		must_be_unreadable(VERB_IMAGES, texts[i]);
		must_be_unreadable(VERB_INSPECT, texts[i]);
	}
}
END_TEST

/* What is used as an id is one: it goes into file names and command lines. */
START_TEST(ids_that_are_none_are_refused)
{
	static const char *const ids[] = {
		"",
		"0123456789ab",
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde",
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0",
		"0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF",
		"../../../../../../../../../../../../../../../../../../etc/passwd",
		"--force567890abcdef0123456789abcdef0123456789abcdef0123456789abc",
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\\n",
	};
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		char text[200];
		snprintf(text, sizeof text, "{\"ID\":\"" ID "\"}{\"ID\":\"%s\"}", ids[i]);
		must_be_unreadable(VERB_LIST, text);
		snprintf(text, sizeof text, "[{\"Id\":\"%s\"}]", ids[i]);
		must_be_unreadable(VERB_INSPECT, text);
		snprintf(text, sizeof text, "%s\n", ids[i]);
		must_be_unreadable(VERB_CREATE, text);
	}
	must_be_unreadable(VERB_LIST, "{\"Names\":\"web\"}");
	must_be_unreadable(VERB_CREATE, "");
	must_be_unreadable(VERB_CREATE, "\n\n");
	must_be_unreadable(VERB_CREATE, ID " " ID "\n");
}
END_TEST

START_TEST(the_created_id_is_the_last_line)
{
	static const char *const texts[] = { ID, ID "\n", ("Pulling\nlayer: done\n" ID "\n"), ID "\r\n\n", ("\n" ID) };
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		ck_assert_msg(decode_text("docker", VERB_CREATE, 0, texts[i], "") == 0, "%s", err.text);
		ck_assert_str_eq(result.id, ID);
	}
}
END_TEST

START_TEST(every_prefix_of_a_reply_is_survived)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(1000000);
	struct error none;
	ck_assert_int_eq(fd_read_file(AT_FDCWD, DATA "cli-28.2/inspect.out", &text, &none), 0);
	for (size_t len = 0; len < text.len; len += 1 + len / 50) {
		again(VERB_INSPECT);
		buf_add(&reply.out, text.bytes, len);
		int failed = runtimes[0]->decode(runtimes[0], &action, &reply, &result, &err);
		ck_assert_int_eq(failed, len == 0 ? 0 : -1); /* nothing at all is no rows */
	}
}
END_TEST

START_TEST(deep_nesting_is_an_error)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(4u * 1024 * 1024);
	buf_add_text(&text, "{\"ID\":\"" ID "\",\"x\":");
	for (int i = 0; i < 1000000; i++)
		buf_add(&text, "[", 1);
	must_be_unreadable(VERB_LIST, text.bytes);
}
END_TEST

START_TEST(ten_megabytes_are_read)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(20u * 1024 * 1024);
	size_t rows = 0;
	for (; text.len < 10u * 1024 * 1024; rows++)
		buf_printf(&text, "{\"ID\":\"" ID "\",\"Names\":\"web-%zu\",\"Labels\":\"%0500d\"}\n", rows, 0);
	ck_assert_msg(decode_text("docker", VERB_LIST, 0, text.bytes, "") == 0, "%s", err.text);
	ck_assert_uint_eq(result.containers.nr, rows);
	char last[40];
	snprintf(last, sizeof last, "web-%zu", rows - 1);
	ck_assert_str_eq(result.containers.items[rows - 1].name, last);
	text.bytes[text.len - 3] = 'x'; /* and refused whole for one byte */
	must_be_unreadable(VERB_LIST, text.bytes);
}
END_TEST

START_TEST(random_replies_are_survived)
{
	static const char sample[] =
		"[{\"ID\":\"" ID "\",\"Id\":\"" ID "\",\"State\":{\"Status\":\"running\",\"ExitCode\":12}},{}]";
	static const enum verb verbs[] = { VERB_LIST, VERB_IMAGES, VERB_INSPECT, VERB_CREATE };
	random_start(random_seed());
	for (unsigned i = 0; i < random_tries(30000); i++) {
		char text[sizeof sample];
		memcpy(text, sample, sizeof sample);
		for (unsigned changes = random_below(4); changes > 0; changes--)
			text[random_below(sizeof sample - 1)] = "\"{}[],:\\x0\xff"[random_below(11)];
		if (decode_text("docker", verbs[random_below(4)], 0, text, "") < 0)
			ck_assert(err.kind == ERROR_RUNTIME && err.text[0]);
		for (size_t row = 0; row < result.containers.nr; row++)
			ck_assert_uint_eq(strlen(result.containers.items[row].id), CONTAINER_ID_LEN);
		for (size_t row = 0; row < result.details.nr; row++)
			ck_assert_uint_eq(strlen(result.details.items[row].id), CONTAINER_ID_LEN);
	}
}
END_TEST

/* ---- JSON ---- */

START_TEST(values_of_json_are_walked)
{
	static const char text[] = "{\"list\":[\"a\",7,null,[\"b\"],{\"k\":true}],\"in\":{\"map\":{\"x.y\":\"1\",\"\":\"2\"}},"
				   "\"none\":[],\"text\":\"t\"}";
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	struct json_rows rows;
	ck_assert_int_eq(json_parse_rows(text, strlen(text), &rows, &err), 0);
	const struct json *row = rows.items[0], *item = json_first(json_child(row, "list"));

	ck_assert_str_eq(json_text(item, "", &arena), "a");
	ck_assert_str_eq(json_key(item), "");
	ck_assert_ptr_null(json_first(item));
	ck_assert_ptr_null(json_child(item, ""));
	item = json_next(item);
	ck_assert_int_eq(json_number(item, ""), 7);
	ck_assert_str_eq(json_text(item, "", &arena), "");
	ck_assert_str_eq(json_text(item, "key", &arena), "");
	item = json_next(json_next(item));
	ck_assert_str_eq(json_text(json_first(item), "", &arena), "b");
	ck_assert_ptr_eq(json_child(item, ""), item);
	item = json_next(item);
	ck_assert(json_bool(item, "k") && json_bool(json_first(item), ""));
	ck_assert_str_eq(json_key(json_first(item)), "k");
	ck_assert_ptr_null(json_next(item));

	item = json_first(json_child(row, "in.map"));
	ck_assert_str_eq(json_key(item), "x.y");
	ck_assert_str_eq(json_key(json_next(item)), "");
	ck_assert_str_eq(json_text(json_next(item), "", &arena), "2");
	ck_assert_ptr_nonnull(json_child(row, "none"));
	ck_assert_ptr_null(json_first(json_child(row, "none")));
	ck_assert_ptr_null(json_child(row, "text"));
	ck_assert_ptr_null(json_child(row, "in.no.map"));

	ck_assert_ptr_null(json_child(NULL, "x"));
	ck_assert_ptr_null(json_first(NULL));
	ck_assert_ptr_null(json_next(NULL));
	ck_assert_str_eq(json_key(NULL), "");
	json_rows_release(&rows);
}
END_TEST

static Suite *runtime_suite(void)
{
	Suite *suite = suite_create("runtime");
	TCase *tcase = tcase_create("runtime");
	const TTest *const tests[] = {
		runtimes_are_found_by_name,
		every_verb_is_composed_for_every_runtime,
		over_the_socket,
		a_hint_has_no_program,
		a_window_of_a_terminal_is_raw,
		answers_of_the_socket,
		a_window_says_how_much,
		the_grace_counts_for_the_deadline,
		hostile_words_stay_single_words,
		recorded_lists,
		recorded_details,
		recorded_images_and_ids,
		recorded_refusals,
		refusals_of_other_runtimes,
		a_refusal_behind_many_warnings_is_known,
		arrays_and_lines_are_the_same,
		missing_keys_are_empty,
		states_and_names_of_all_runtimes,
		numbers_out_of_range_are_survived,
		what_is_no_reply_is_an_error,
		ids_that_are_none_are_refused,
		the_created_id_is_the_last_line,
		every_prefix_of_a_reply_is_survived,
		deep_nesting_is_an_error,
		ten_megabytes_are_read,
		random_replies_are_survived,
		values_of_json_are_walked,
	};
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 30);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(runtime_suite)
