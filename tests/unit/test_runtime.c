#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "model/json.h"
#include "runtime/runtime.h"
#include "scratch.h"
#include "suite.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DATA "tests/data/"

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

START_TEST(a_runtime_before_a_name)
{
	static const struct {
		const char *word, *runtime, *name;
	} words[] = {
		{ "web", NULL, "web" },           { "podman:web", "podman", "web" }, { "docker:", "docker", "" }, { "pod:web", NULL, "pod:web" },
		{ "podman2:web", NULL, "podman2:web" }, { ":web", NULL, ":web" },    { "podman:a:b", "podman", "a:b" },
	};
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		const char *name;
		const struct runtime *runtime = runtime_prefix(words[i].word, &name);
		ck_assert_ptr_eq(runtime, words[i].runtime ? runtime_of(words[i].runtime) : NULL);
		ck_assert_str_eq(name, words[i].name);
	}
}
END_TEST

/* ---- compose ---- */

#define FIELD(name) "\"" name "\":{{json ." name "}}"
#define SHORT_FIELDS FIELD("ID") "," FIELD("Names") "," FIELD("Image") "," FIELD("Command") "," FIELD("CreatedAt") ","
#define ROWS                                                                                                           \
	"--format={" SHORT_FIELDS FIELD("RunningFor") "," FIELD("State") "," FIELD("Status") "," FIELD(                \
		"Ports") "," FIELD("Labels") "," FIELD("Mounts") "," FIELD("Networks") "}"
#define NERDCTL_ROWS "--format={" SHORT_FIELDS FIELD("Status") "," FIELD("Ports") "," FIELD("LabelsMap") "}"
#define IMAGE_ROWS                                                                                                     \
	"--format={" FIELD("Repository") "," FIELD("Tag") "," FIELD("ID") "," FIELD("CreatedAt") "," FIELD(            \
		"CreatedSince") "," FIELD("Size") "}"
#define NETWORK_ROWS                                                                                                   \
	"--format={" FIELD("ID") "," FIELD("Name") "," FIELD("Driver") "," FIELD("Scope") "," FIELD("CreatedAt") "," FIELD(    \
		"Internal") "," FIELD("IPv6") "," FIELD("Labels") "}"
#define VOLUME_ROWS                                                                                                    \
	"--format={" FIELD("Name") "," FIELD("Driver") "," FIELD("Scope") "," FIELD("Mountpoint") "," FIELD("Labels") "}"
#define LIFE                                                                                                           \
	"--filter=type=container|--filter=event=create|--filter=event=start|--filter=event=pause|--filter=event="      \
	"unpause|"                                                                                                     \
	"--filter=event=rename|--filter=event=restart|"

#define OTHERS                                                                                                         \
	"--filter=type=image|--filter=type=network|--filter=type=volume|--filter=event=pull|--filter=event=tag|--filter=event=untag|" \
	"--filter=event=delete|--filter=event=import|--filter=event=load|"

/* What stands behind the program, with "o1 o2" as options, "t1 t2" as targets and "w1" as words. */
static const struct {
	enum verb verb;
	const char *docker, *nerdctl, *podman; /* NULL: as docker's; "": it lacks the verb */
	enum request_io io;
	int timeout_ms;
} composed[] = {
	{ VERB_VERSION, "version|--format|{{json .}}|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 5000 },
	{ VERB_IDENTITY, "info|--format|{{.ID}}|o1|o2|t1|t2|w1", "info|o1|o2|t1|t2|w1",
	  "info|--format|{{if .Host.ServiceIsRemote}}{{.Host.Hostname}}:{{end}}{{.Store.GraphRoot}}|o1|o2|t1|t2|w1",
	  REQUEST_CAPTURE, 15000 },
	{ VERB_INFO, "info|--format|{{json .}}|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 5000 },
	{ VERB_CLIENT, "--version|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 5000 },
	{ VERB_LIST, "ps|--no-trunc|" ROWS "|o1|o2|t1|t2|w1", "ps|--no-trunc|" NERDCTL_ROWS "|o1|o2|t1|t2|w1",
	  "ps|--no-trunc|--format=json|o1|o2|t1|t2|w1", REQUEST_CAPTURE, 15000 },
	{ VERB_IMAGES, "images|--no-trunc|" IMAGE_ROWS "|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 15000 },
	{ VERB_INSPECT, "container|inspect|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 15000 },
	{ VERB_CREATE, "create|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 0 },
	{ VERB_START, "start|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 60000 },
	{ VERB_START_ATTACHED, "start|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_TERMINAL, 0 },
	{ VERB_STOP, "stop|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 40000 },
	{ VERB_RESTART, "restart|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 70000 },
	{ VERB_KILL, "kill|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 30000 },
	{ VERB_UNPAUSE, "unpause|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 30000 },
	{ VERB_REMOVE, "rm|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 60000 },
	{ VERB_LOGS, "logs|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_TERMINAL, 0 },
	{ VERB_WINDOW, "logs|--timestamps|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_RECORDS, 0 },
	{ VERB_HINT, "", "", "", REQUEST_STREAM, 0 },
	{ VERB_EVENTS, "events|--format|{{json .}}|" LIFE "--filter=event=die|--filter=event=destroy|" OTHERS "o1|o2|t1|t2|w1",
	  "events|--format|{{json .}}|o1|o2|t1|t2|w1",
	  "events|--format|{{json .}}|" LIFE "--filter=event=died|--filter=event=remove|o1|o2|t1|t2|w1", REQUEST_STREAM,
	  0 },
	{ VERB_PAUSE, "pause|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 30000 },
	{ VERB_RENAME, "rename|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 30000 },
	{ VERB_UPDATE, "update|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 30000 },
	{ VERB_WAIT, "wait|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 0 },
	{ VERB_LIST_FILES, "exec|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 5000 },
	{ VERB_EXEC, "exec|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_RECORDS, 0 },
	{ VERB_ATTACH, "attach|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_TERMINAL, 0 },
	{ VERB_COPY, "cp|o1|o2|t1|t2|w1", NULL, "cp|--archive=false|o1|o2|t1|t2|w1", REQUEST_CAPTURE, 0 },
	{ VERB_COPY_OUT, "cp|o1|o2|t1|t2|w1", NULL, "cp|--archive=false|o1|o2|t1|t2|w1", REQUEST_CAPTURE, 0 },
	{ VERB_EXPORT, "export|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_STREAM, 0 },
	{ VERB_COMMIT, "commit|o1|o2|t1|t2|w1", NULL, "commit|--format=docker|--pause=true|--quiet|o1|o2|t1|t2|w1", REQUEST_CAPTURE, 0 },
	{ VERB_DIFF, "diff|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 60000 },
	{ VERB_PORT, "port|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 15000 },
	{ VERB_TOP, "top|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 15000 },
	{ VERB_INSPECT_RAW, "container|inspect|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 15000 },
	{ VERB_STATS, "stats|--no-stream|--no-trunc|--format|{{json .}}|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 30000 },
	{ VERB_HEALTH, "healthcheck|run|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 120000 },
	{ VERB_PULL, "pull|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 0 },
	{ VERB_PUSH, "push|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 0 },
	{ VERB_TAG, "tag|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 15000 },
	{ VERB_IMAGE_REMOVE, "rmi|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 60000 },
	{ VERB_IMAGE_INSPECT, "image|inspect|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 15000 },
	{ VERB_HISTORY, "history|--no-trunc|--format={{json .}}|o1|o2|t1|t2|w1", NULL, "history|--no-trunc|--format=json|o1|o2|t1|t2|w1",
	  REQUEST_CAPTURE, 15000 },
	{ VERB_SAVE, "save|o1|o2|t1|t2|w1", NULL, "save|--multi-image-archive|o1|o2|t1|t2|w1", REQUEST_STREAM, 0 },
	{ VERB_LOAD, "load|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 0 },
	{ VERB_IMPORT, "import|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 0 },
	{ VERB_BUILD, "build|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_STREAM, 0 },
	{ VERB_NETWORKS, "network|ls|--no-trunc|" NETWORK_ROWS "|o1|o2|t1|t2|w1", "network|ls|--format={{json .}}|o1|o2|t1|t2|w1",
	  "network|ls|--format=json|o1|o2|t1|t2|w1", REQUEST_CAPTURE, 15000 },
	{ VERB_NETWORK_CREATE, "network|create|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 60000 },
	{ VERB_NETWORK_REMOVE, "network|rm|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 60000 },
	{ VERB_NETWORK_INSPECT, "network|inspect|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 15000 },
	{ VERB_NETWORK_CONNECT, "network|connect|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 60000 },
	{ VERB_NETWORK_DISCONNECT, "network|disconnect|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 60000 },
	{ VERB_VOLUMES, "volume|ls|" VOLUME_ROWS "|o1|o2|t1|t2|w1", "volume|ls|--format={{json .}}|o1|o2|t1|t2|w1",
	  "volume|ls|--format=json|o1|o2|t1|t2|w1", REQUEST_CAPTURE, 15000 },
	{ VERB_VOLUME_CREATE, "volume|create|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 60000 },
	{ VERB_VOLUME_REMOVE, "volume|rm|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 60000 },
	{ VERB_VOLUME_INSPECT, "volume|inspect|o1|o2|t1|t2|w1", NULL, NULL, REQUEST_CAPTURE, 15000 },
	{ VERB_THROUGH, "o1|o2|t1|t2|w1", NULL, NULL, REQUEST_TERMINAL, 0 },
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
	action.window = WINDOW_TERMINAL;
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

/* podman before 4.7 spoils what it gives with --tail (containers/podman#19545). */
START_TEST(all_of_a_log_is_asked_of_podman)
{
	struct request request;
	again(VERB_WINDOW);
	action.tail = 64;
	action.since = 1795320239;
	strvec_push(&action.targets, ID);
	request_init(&request);
	runtime_of("podman")->compose(runtime_of("podman"), &action, &request, &err);
	ck_assert_str_eq(joined(&request.argv), "logs|--timestamps|--since=1795320239|" ID);
	request_release(&request);
}
END_TEST

START_TEST(journals_are_asked_by_journalctl)
{
	for (const struct runtime *const *runtime = runtimes; *runtime; runtime++) {
		struct request request;
		again(VERB_WINDOW);
		action.window = WINDOW_JOURNAL;
		action.tail = 64;
		action.since = 1795320239;
		strvec_push(&action.targets, ID);
		request_init(&request);
		ck_assert_int_eq((*runtime)->compose(*runtime, &action, &request, &err), 0);
		ck_assert_str_eq(request.argv.items[0], "journalctl");
		ck_assert_str_eq(joined(&request.argv), "--quiet|--no-pager|--all|--output=json|--output-fields=MESSAGE,PRIORITY,CONTAINER_PARTIAL_MESSAGE,IMAGE_NAME|"
							"--since=@1795320239|--lines=64|CONTAINER_ID_FULL=" ID);
		ck_assert_int_eq(request.io, REQUEST_STREAM);
		ck_assert_ptr_null(request.http.socket);
		ck_assert_int_eq(request.stall_ms, 10000);
		request_release(&request);
	}
}
END_TEST

/* podman alone would wait ten seconds. */
START_TEST(force_waits_for_nothing)
{
	for (const struct runtime *const *runtime = runtimes; *runtime; runtime++) {
		struct request request;
		again(VERB_REMOVE);
		strvec_push_all(&action.options, "--force", "--volumes", NULL);
		request_init(&request);
		(*runtime)->compose(*runtime, &action, &request, &err);
		ck_assert_str_eq(joined(&request.argv), strcmp((*runtime)->name, "podman") ? "rm|--force|--volumes" : "rm|--time=0|--force|--volumes");
		request_release(&request);
	}
}
END_TEST

START_TEST(arguments_that_are_always_given)
{
	const struct runtime *podman = runtime_of("podman");
	SCOPED(buf_release) struct buf line = BUF_INIT(4096);
	for (enum verb verb = VERB_CREATE; verb <= VERB_START; verb++) {
		struct request request;
		again(verb);
		strvec_push(&action.targets, "x");
		strvec_push(&runtime_arguments(podman)->always, "--cgroup-manager=cgroupfs");
		strvec_push(&runtime_arguments(podman)->create, "--ulimit=nofile=9");
		request_init(&request);
		ck_assert_int_eq(podman->compose(podman, &action, &request, &err), 0);
		buf_clear(&line);
		strvec_quote(&request.argv, &line);
		ck_assert_str_eq(buf_text(&line), verb == VERB_CREATE ? "podman --cgroup-manager=cgroupfs create --ulimit=nofile=9 x"
								      : "podman --cgroup-manager=cgroupfs start x");
		request_release(&request);
		strvec_release(&runtime_arguments(podman)->always);
		strvec_release(&runtime_arguments(podman)->create);
	}
	ck_assert_uint_eq(runtime_arguments(runtime_of("docker"))->always.nr, 0);
}
END_TEST

START_TEST(the_grace_counts_for_the_deadline)
{
	static const struct {
		enum verb verb;
		int grace_s, timeout_ms;
		const char *words;
	} graces[] = {
		{ VERB_STOP, 0, 30000, "stop|-t|0" },	    { VERB_STOP, 100, 130000, "stop|-t|100" }, { VERB_STOP, -1, 0, "stop|-t|-1" },
		{ VERB_RESTART, 5, 65000, "restart|-t|5" }, { VERB_RESTART, -1, 0, "restart|-t|-1" },  { VERB_KILL, 100, 30000, "kill" },
		{ VERB_STOP, GRACE_OWN, 40000, "stop" },
	};
	for (size_t i = 0; i < ARRAY_LEN(graces); i++) {
		struct request request;
		again(graces[i].verb);
		action.grace_s = graces[i].grace_s;
		request_init(&request);
		runtimes[0]->compose(runtimes[0], &action, &request, &err);
		ck_assert_int_eq(request.timeout_ms, graces[i].timeout_ms);
		ck_assert_str_eq(joined(&request.argv), graces[i].words);
		request_release(&request);
	}
}
END_TEST

START_TEST(waiting_has_no_deadline_but_its_own)
{
	static const int within[] = { 0, 1, 1500 };
	for (size_t i = 0; i < ARRAY_LEN(within); i++) {
		struct request request;
		again(VERB_WAIT);
		action.within_ms = within[i];
		request_init(&request);
		runtimes[0]->compose(runtimes[0], &action, &request, &err);
		ck_assert_int_eq(request.timeout_ms, within[i]);
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

static const struct recording {
	const char *dir, *runtime;
	bool is_old;       /* made when less was asked */
	const char *image; /* as it shows what a container was made from as purser-test */
	const char *command, *mounts, *networks, *identity;
} recordings[] = {
	{ "docker-20.10/cli-28.2", "docker", false, "purser-test", "\"sh -c 'echo \\\"a\\\\\\\"b\\\" \xc3\xbc; exit 3'\"", "/tmp/unit", "none", "" },
	{ "docker-20.10/cli-20.10", "docker", true, "purser-test", "\"sh -c 'echo \\\"a\\\\\\\"b\\\" \xc3\xbc; exit 3'\"", "/tmp/unit", "none", "" },
	{ "nerdctl-2.1", "nerdctl", false, "purser-test:latest", "\"sh -c echo \\\"a\\\\\\\"b\\\" \xc3\xbc; exit 3\"", "/tmp/unit", "none",
	  "94e0dced-0631-4824-8d5e-fc98377884fc/default" },
	{ "podman-4.3", "podman", false, "purser-test:latest", "\"sh -c 'echo \\\"a\\\\\\\"b\\\" \xc3\xbc; exit 3'\"", "", "", "/var/lib/containers/storage" },
};

#define EACH_RECORDING(one)                                                                                            \
	for (const struct recording *one = recordings; one < recordings + ARRAY_LEN(recordings); one++)

static void read_if_there(const char *dir, const char *name, const char *suffix, struct buf *into)
{
	char path[200];
	struct error none;
	snprintf(path, sizeof path, DATA "%s/%s.%s", dir, name, suffix);
	fd_read_file(AT_FDCWD, path, into, &none);
}

/* As it was recorded; -1: it was not. */
static int recorded_status(const struct recording *recording, const char *name)
{
	SCOPED(buf_release) struct buf statuses = BUF_INIT(10000);
	char path[200], word[100];
	snprintf(path, sizeof path, DATA "%s/statuses", recording->dir);
	buf_add_text(&statuses, "\n");
	ck_assert_msg(fd_read_file(AT_FDCWD, path, &statuses, &err) == 0, "%s (run this from the top directory)", err.text);
	snprintf(word, sizeof word, "\n%s ", name);
	const char *at = strstr(buf_text(&statuses), word);
	return at ? (int)strtol(at + strlen(word), NULL, 10) : -1;
}

/* Decodes the recording. */
static int decode_recorded(const struct recording *recording, const char *name, enum verb verb, size_t targets)
{
	const struct runtime *runtime = runtime_of(recording->runtime);
	again(verb);
	for (size_t i = 0; i < targets; i++)
		strvec_push(&action.targets, "unit");
	reply.status = recorded_status(recording, name);
	ck_assert_msg(reply.status >= 0, "%s: %s was not recorded", recording->dir, name);
	read_if_there(recording->dir, name, "out", &reply.out);
	read_if_there(recording->dir, name, "err", &reply.err);
	return runtime->decode(runtime, &action, &reply, &result, &err);
}

static const struct container *row_named(const char *name)
{
	for (size_t i = 0; i < result.containers.nr; i++)
		if (!strcmp(result.containers.items[i].name, name))
			return &result.containers.items[i];
	ck_abort_msg("no %s in the list", name);
	return NULL;
}

static void is_like(const char *text, const char *beginning, const char *end)
{
	size_t len = strlen(text);
	ck_assert_msg(!strncmp(text, beginning, strlen(beginning)) && len >= strlen(end) && !strcmp(text + len - strlen(end), end),
		      "'%s' is not %s…%s", text, beginning, end);
}

START_TEST(recorded_lists)
{
	EACH_RECORDING (recording) {
		ck_assert_msg(decode_recorded(recording, "list", VERB_LIST, 0) == 0, "%s", err.text);
		ck_assert_uint_eq(result.containers.nr, recording->is_old ? 5 : 7);
		ck_assert_int_eq(row_named("unit-one")->state, CONTAINER_EXITED);
		ck_assert_int_eq(row_named("unit-two")->state, CONTAINER_RUNNING);
		ck_assert_int_eq(row_named("unit-tty")->state, CONTAINER_RUNNING);
		ck_assert_int_eq(row_named("unit-bad")->state, CONTAINER_CREATED);
		ck_assert_int_eq(row_named("unit-paused")->state, CONTAINER_PAUSED);
		is_like(row_named("unit-two")->status, "Up", "");
		is_like(row_named("unit-paused")->status, "Up", "(Paused)");
		ck_assert_str_eq(row_named("unit-bad")->status, "Created");
		/* The newest is first. */
		const struct container *one = row_named("unit-one");
		ck_assert_ptr_eq(one, &result.containers.items[result.containers.nr - 1]);
		ck_assert_ptr_eq(row_named("unit-two"), one - 1);
		ck_assert_str_eq(one->image, recording->image);
		ck_assert_uint_eq(strlen(one->image_id), strcmp(recording->runtime, "podman") ? 0 : 64);
		ck_assert_str_eq(one->command, recording->command);
		ck_assert_str_eq(one->labels, "purser.test=unit,quotes=\"a b\",c=d");
		ck_assert_str_eq(one->mounts, recording->mounts);
		ck_assert_str_eq(one->networks, recording->networks);
		ck_assert_str_eq(one->ports, "");
		is_like(one->status, "Exited (3) ", " ago");
		is_like(one->created_at, "2026-11-2", " +0000 UTC");
		ck_assert_uint_eq(strlen(one->created_at), strlen("2026-11-26 09:18:34 +0000 UTC"));
		is_like(one->running_for, "", " ago");
		ck_assert_int_eq(decode_recorded(recording, "list-none", VERB_LIST, 0), 0);
		ck_assert_uint_eq(result.containers.nr, 0);
	}
}
END_TEST

START_TEST(recorded_details)
{
	EACH_RECORDING (recording) {
		bool is_docker = !strcmp(recording->runtime, "docker");
		ck_assert_msg(decode_recorded(recording, "inspect", VERB_INSPECT, 5) == 0, "%s", err.text);
		ck_assert_uint_eq(result.details.nr, 5);
		const struct container_detail *one = &result.details.items[0], *two = one + 1, *tty = one + 2,
					      *bad = one + 3, *paused = one + 4;
		ck_assert_str_eq(one->name, "unit-one");
		ck_assert_int_eq(one->state, CONTAINER_EXITED);
		ck_assert_int_eq(one->exit_code, 3);
		ck_assert_str_eq(one->log_driver, !strcmp(recording->runtime, "podman") ? "k8s-file" : "json-file");
		ck_assert(one->created > 0 && one->started > one->created && one->finished > one->started);
		ck_assert(one->window == WINDOW_WRITES && !one->oom_killed);
		ck_assert_int_eq(two->state, CONTAINER_RUNNING);
		ck_assert_int_eq(two->finished, 0); /* the year 1, or "" */
		ck_assert(two->started > 0);
		ck_assert_int_eq(tty->state, CONTAINER_RUNNING);
		ck_assert_int_eq(tty->window, is_docker ? WINDOW_TERMINAL : WINDOW_WRITES); /* the others' logs have records all the same */
		ck_assert_int_eq(bad->state, CONTAINER_CREATED);
		ck_assert_int_eq(bad->exit_code, is_docker ? 127 : 0);
		ck_assert(bad->started == 0 && bad->finished == 0);
		ck_assert_int_eq(paused->state, CONTAINER_PAUSED);

		/* Of several the ones that are there; of one it is an error. nerdctl is asked for one at a time. */
		bool singly = !strcmp(recording->runtime, "nerdctl");
		ck_assert_int_eq(runtime_inspects_singly(runtime_of(recording->runtime)), singly);
		ck_assert_int_eq(decode_recorded(recording, "inspect-some", VERB_INSPECT, 3), singly ? -1 : 0);
		ck_assert_uint_eq(result.details.nr, singly ? 0 : 2);
		ck_assert_int_eq(decode_recorded(recording, "inspect-unknown", VERB_INSPECT, 1), -1);
		ck_assert_int_eq(err.kind, ERROR_NOT_FOUND);
		ck_assert_int_eq(decode_recorded(recording, "inspect-unknown", VERB_INSPECT, 2), singly ? -1 : 0);
		ck_assert_uint_eq(result.details.nr, 0);
		ck_assert_int_eq(decode_recorded(recording, "no-engine-inspect", VERB_INSPECT, 2), -1);
		ck_assert_int_eq(err.kind, ERROR_UNREACHABLE);
	}
}
END_TEST

START_TEST(recorded_images_and_ids)
{
	EACH_RECORDING (recording) {
		bool found = false;
		ck_assert_msg(decode_recorded(recording, "images", VERB_IMAGES, 0) == 0, "%s", err.text);
		for (size_t j = 0; j < result.images.nr; j++) {
			const struct image *image = &result.images.items[j];
			found |= !strcmp(image->repository, "purser-test") && !strcmp(image->tag, "latest");
			ck_assert_uint_eq(strlen(image->id), strlen("sha256:") + 64);
			ck_assert(image->size[0] && !strchr(image->size, ' '));
			is_like(image->created_at, "20", " +0000 UTC");
			is_like(image->created_since, "", " ago");
		}
		ck_assert(found);
		ck_assert_int_eq(decode_recorded(recording, "images-none", VERB_IMAGES, 0), 0);
		ck_assert_uint_eq(result.images.nr, 0);
		ck_assert_msg(decode_recorded(recording, "create-ok", VERB_CREATE, 0) == 0, "%s", err.text);
		ck_assert_uint_eq(strlen(result.id), CONTAINER_ID_LEN);
		if (recording->is_old)
			continue;
		ck_assert_msg(decode_recorded(recording, "identity", VERB_IDENTITY, 0) == 0, "%s", err.text);
		if (*recording->identity)
			ck_assert_str_eq(result.engine, recording->identity);
	}
}
END_TEST

START_TEST(recorded_infos)
{
	static const struct {
		const char *runtime, *version, *log_driver, *root, *client;
		bool has_clock;
	} infos[] = {
		{ "docker", "20.10.24+dfsg1", "json-file", "/var/lib/docker", "28.2.2", true },
		{ "nerdctl", "1.6.20~ds1", "json-file", "", "<unknown>", false },
		{ "podman", "4.3.1", "k8s-file", "/var/lib/containers/storage", "4.3.1", false },
	};
	EACH_RECORDING (recording) {
		size_t i = 0;
		if (recording->is_old)
			continue;
		while (strcmp(infos[i].runtime, recording->runtime) != 0)
			i++;
		ck_assert_msg(decode_recorded(recording, "info", VERB_INFO, 0) == 0, "%s", err.text);
		ck_assert_str_eq(result.info.version, infos[i].version);
		ck_assert_str_eq(result.info.log_driver, infos[i].log_driver);
		ck_assert_str_eq(result.info.root, infos[i].root);
		ck_assert_int_eq(result.info.clock > INT64_C(1795000000) * MOMENT_SECOND, infos[i].has_clock);
		ck_assert(!result.info.remote);
		ck_assert_msg(decode_recorded(recording, "client", VERB_CLIENT, 0) == 0, "%s", err.text);
		ck_assert_str_eq(result.client, infos[i].client);
	}
}
END_TEST

START_TEST(infos_that_say_nothing)
{
	static const char *const texts[] = { "", "[]", "{}", "{\"ServerVersion\":7}", "{\"ServerVersion\":\"\"}", "no JSON" };
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		again(VERB_INFO);
		buf_add_text(&reply.out, texts[i]);
		ck_assert_int_eq(runtimes[0]->decode(runtimes[0], &action, &reply, &result, &err), -1);
		ck_assert_int_eq(err.kind, ERROR_RUNTIME);
	}
	again(VERB_CLIENT);
	buf_add_text(&reply.out, "docker 28");
	ck_assert_int_eq(runtimes[0]->decode(runtimes[0], &action, &reply, &result, &err), -1);
	again(VERB_INFO);
	buf_add_text(&reply.out, "{\"version\":{\"Version\":\"5\"},\"host\":{\"serviceIsRemote\":true}}");
	ck_assert_int_eq(runtime_of("podman")->decode(runtime_of("podman"), &action, &reply, &result, &err), 0);
	ck_assert(result.info.remote);
	ck_assert_str_eq(result.info.log_driver, "");
}
END_TEST

/* What to do follows from what a refusal means. */
START_TEST(advice)
{
	for (const struct runtime *const *runtime = runtimes; *runtime; runtime++) {
		ck_assert_ptr_nonnull(strstr(runtime_install_advice(*runtime), "install"));
		ck_assert_ptr_nonnull(strstr(runtime_advice(*runtime, ERROR_UNREACHABLE), "start"));
		ck_assert_ptr_nonnull(strstr(runtime_advice(*runtime, ERROR_DENIED), "sudo"));
	}
	ck_assert_int_eq(decode_recorded(&recordings[0], "denied", VERB_LIST, 0), -1);
	ck_assert_int_eq(err.kind, ERROR_DENIED);
	ck_assert_int_eq(decode_recorded(&recordings[0], "no-engine-info", VERB_INFO, 0), -1);
	ck_assert_int_eq(err.kind, ERROR_UNREACHABLE);
}
END_TEST

START_TEST(log_forms)
{
	static const struct {
		const char *runtime, *driver;
		enum log_form form;
	} forms[] = {
		{ "docker", "json-file", LOG_FORM_DOCKER },   { "docker", "none", LOG_FORM_NONE },      { "docker", "journald", LOG_FORM_UNKNOWN },
		{ "nerdctl", "json-file", LOG_FORM_NERDCTL }, { "nerdctl", "syslog", LOG_FORM_NONE },   { "podman", "json-file", LOG_FORM_K8S },
		{ "podman", "journald", LOG_FORM_JOURNAL },   { "podman", "passthrough", LOG_FORM_NONE }, { "podman", "", LOG_FORM_UNKNOWN },
	};
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		ck_assert_int_eq(runtime_log_form(runtime_of(forms[i].runtime), forms[i].driver), forms[i].form);
}
END_TEST

static void same_detail(const struct container_detail *is, const struct container_detail *should)
{
	ck_assert_str_eq(is->id, should->id);
	ck_assert_str_eq(is->name, should->name);
	ck_assert_str_eq(is->log_driver, should->log_driver);
	ck_assert_str_eq(is->log_path, should->log_path);
	ck_assert_str_eq(is->error, should->error);
	ck_assert_int_eq(is->log_kept, should->log_kept);
	ck_assert_int_eq(is->state, should->state);
	ck_assert_int_eq(is->exit_code, should->exit_code);
	ck_assert(is->window == should->window && is->oom_killed == should->oom_killed);
	ck_assert(is->created == should->created && is->started == should->started && is->finished == should->finished);
}

/* The same containers as docker 29 tells of them: without what was taken out of its API. */
START_TEST(details_of_docker_29_are_the_same)
{
	struct result recorded;
	ck_assert_int_eq(decode_recorded(&recordings[0], "inspect", VERB_INSPECT, 5), 0);
	recorded = result;
	memset(&result, 0, sizeof result);
	again(VERB_INSPECT);
	ck_assert_int_eq(fd_read_file(AT_FDCWD, "tests/data/docker-29/api/inspect", &reply.out, &err), 0);
	reply.code = 200;
	ck_assert_msg(runtimes[0]->decode(runtimes[0], &action, &reply, &result, &err) == 0, "%s", err.text);
	ck_assert_uint_eq(result.details.nr, recorded.details.nr);
	for (size_t i = 0; i < result.details.nr; i++)
		same_detail(&result.details.items[i], &recorded.details.items[i]);
	result_release(&recorded);
}
END_TEST

/* docker 29 no longer has "status", "id" and "from" in them (moby api/docs/CHANGELOG.md, v1.52). */
START_TEST(events_of_all_engines)
{
	static const char *const lines[] = {
		"{\"status\":\"die\",\"id\":\"" ID "\",\"from\":\"purser-test\",\"Type\":\"container\",\"Action\":\"die\",\"Actor\":{\"ID\":\"" ID
		"\",\"Attributes\":{\"exitCode\":\"3\",\"image\":\"purser-test\",\"name\":\"web\"}},\"scope\":\"local\",\"time\":1795320239,"
		"\"timeNano\":1795320239283805184}",
		"{\"Type\":\"container\",\"Action\":\"die\",\"Actor\":{\"ID\":\"" ID "\",\"Attributes\":{\"execDuration\":\"1\",\"exitCode\":\"3\","
		"\"image\":\"purser-test\",\"name\":\"web\"}},\"scope\":\"local\",\"time\":1795320239,\"timeNano\":1795320239283805184}",
	};
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct container_event event;
		ck_assert(runtimes[0]->read_event(runtimes[0], lines[i], strlen(lines[i]), &event));
		ck_assert_str_eq(event.id, ID);
		ck_assert_str_eq(event.name, "web");
		ck_assert_int_eq(event.what, HAPPENED_END);
		ck_assert_int_eq(event.exit_code, 3);
		ck_assert_int_eq(event.at, INT64_C(1795320239283805184));
	}
}
END_TEST

/* A refusal means the same whoever says it. */
static const struct {
	const char *name;
	enum verb verb;
	enum error_kind kind;
	const char *docker, *nerdctl, *podman; /* what is handed on of their words */
} refusals[] = {
	{ "create-conflict", VERB_CREATE, ERROR_NAME_TAKEN, "already in use", "already used by ID", "already in use" },
	{ "create-bad-name", VERB_CREATE, ERROR_VALUE, "only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed", "must match pattern", "names must match" },
	{ "create-bad-value", VERB_CREATE, ERROR_VALUE, "invalid restart policy", "unsupported restart policy \"bogus\", supported", "valid restart policy" },
	{ "create-no-image", VERB_CREATE, ERROR_NOT_FOUND, "Unable to find image", "failed to resolve reference", "did not resolve" },
	{ "create-pull-never", VERB_CREATE, ERROR_NOT_FOUND, "No such image", "image not available", "image not known" },
	{ "start-no-program", VERB_START, ERROR_FAILED, "executable file not found", "executable file not found", "command that was not found" },
	{ "start-not-executable", VERB_START, ERROR_FAILED, "permission denied: unknown", "permission denied: unknown", "OCI permission denied" },
	{ "start-paused", VERB_START, ERROR_STATE, "cannot start a paused", "already exists", "must be in Created or Stopped state" },
	{ "start-unknown", VERB_START, ERROR_NOT_FOUND, "No such container: unit-no-such", "no such container: unit-no-such", "no such container" },
	{ "start-some", VERB_START, ERROR_NOT_FOUND, "No such container: unit-no-such", "no such container: unit-no-such", "no such container" },
	{ "rm-running", VERB_REMOVE, ERROR_STATE, "cannot remove a running container", "is in running status", "as it is running" },
	{ "rm-paused", VERB_REMOVE, ERROR_STATE, "cannot remove a paused container", "is in paused status", "as it is paused" },
	{ "rm-unknown", VERB_REMOVE, ERROR_NOT_FOUND, "No such container", "no such container", "no such container" },
	{ "kill-stopped", VERB_KILL, ERROR_STATE, "is not running", "is not running", "can only kill running" },
	{ "kill-unknown", VERB_KILL, ERROR_NOT_FOUND, "No such container", "no such container", "no such container" },
	{ "kill-bad-signal", VERB_KILL, ERROR_VALUE, "Invalid signal: NOSIG", "invalid signal: SIGNOSIG", "invalid signal: NOSIG" },
	{ "stop-unknown", VERB_STOP, ERROR_NOT_FOUND, "No such container", "no such container", "no such container" },
	{ "restart-unknown", VERB_RESTART, ERROR_NOT_FOUND, "No such container", "no such container", "no such container" },
	{ "unpause-running", VERB_UNPAUSE, ERROR_STATE, "is not paused", "is not paused", "is not paused" },
	{ "unpause-unknown", VERB_UNPAUSE, ERROR_NOT_FOUND, "No such container", "no such container", "no such container" },
	{ "pause-stopped", VERB_PAUSE, ERROR_STATE, "is not running", "is not running", "is not running" },
	{ "pause-created", VERB_PAUSE, ERROR_STATE, "is not running", "no running task found", "is not running" },
	{ "pause-paused", VERB_PAUSE, ERROR_STATE, "already paused", "already paused", "already paused" },
	{ "pause-unknown", VERB_PAUSE, ERROR_NOT_FOUND, "No such container", "no such container", "no such container" },
	{ "rename-taken", VERB_RENAME, ERROR_NAME_TAKEN, "already in use", "already used by ID", "already in use" },
	{ "rename-unknown", VERB_RENAME, ERROR_NOT_FOUND, "No such container", "no such container", "no such container" },
	{ "rename-bad-name", VERB_RENAME, ERROR_VALUE, "are allowed", "must match pattern", "names must match" },
	{ "update-unknown", VERB_UPDATE, ERROR_NOT_FOUND, "No such container", "no such container", "no such container" },
	{ "update-bad-value", VERB_UPDATE, ERROR_VALUE, "9999 for cpuset cpus", "numerical result out of range", "numerical result out of range" },
	{ "wait-unknown", VERB_WAIT, ERROR_NOT_FOUND, "No such container", "no such container", "no such container" },
	{ "logs-unknown", VERB_WINDOW, ERROR_NOT_FOUND, "No such container", "no such container", "no such container" },
	{ "no-engine-list", VERB_LIST, ERROR_UNREACHABLE, "is its engine started?", "is its engine started?", "is its engine started?" },
	{ "no-engine-info", VERB_INFO, ERROR_UNREACHABLE, "is its engine started?", "is its engine started?", "is its engine started?" },
	{ "no-engine-version", VERB_VERSION, ERROR_UNREACHABLE, "is its engine started?", "is its engine started?", "is its engine started?" },
	{ "refused", VERB_LIST, ERROR_UNREACHABLE, "is its engine started?", "is its engine started?", "is its engine started?" },
	{ "denied", VERB_LIST, ERROR_DENIED, /* nerdctl looks for an engine of the user's own */ "join the group", "rootless containerd not running", "join the group" },
	{ "usage", VERB_LIST, ERROR_FAILED, "unknown flag: --no-such-flag", "unknown flag: --no-such-flag", "unknown flag: --no-such-flag" },
};

START_TEST(recorded_refusals)
{
	EACH_RECORDING (recording) {
		for (size_t j = 0; j < ARRAY_LEN(refusals); j++) {
			const char *words = !strcmp(recording->runtime, "docker")    ? refusals[j].docker
					    : !strcmp(recording->runtime, "nerdctl") ? refusals[j].nerdctl
										     : refusals[j].podman;
			if (recording->is_old && recorded_status(recording, refusals[j].name) < 0)
				continue;
			ck_assert_int_eq(decode_recorded(recording, refusals[j].name, refusals[j].verb, 1), -1);
			bool denied = refusals[j].kind == ERROR_DENIED && !strcmp(recording->runtime, "nerdctl");
			ck_assert_msg(err.kind == (denied ? ERROR_UNREACHABLE : refusals[j].kind), "%s: %s: %s", refusals[j].name,
				      error_kind_name(err.kind), err.text);
			ck_assert_msg(strstr(err.text, words) != NULL, "%s: %s", refusals[j].name, err.text);
			ck_assert_msg(!strstr(err.text, "--help") && !strchr(err.text, '\n') && !strstr(err.text, "level="), "%s", err.text);
		}
	}
}
END_TEST

/* … and so does doing it: also what is no error for docker. */
START_TEST(recorded_successes)
{
	static const struct {
		const char *name;
		enum verb verb;
	} successes[] = {
		{ "start-ok", VERB_START },	  { "start-running", VERB_START }, { "kill-ok", VERB_KILL },
		{ "rm-force-unknown", VERB_REMOVE }, { "rm-ok", VERB_REMOVE },	   { "stop-stopped", VERB_STOP },
		{ "stop-created", VERB_STOP },	  { "version", VERB_VERSION },	   { "update-ok", VERB_UPDATE },
	};
	EACH_RECORDING (recording)
		for (size_t j = 0; j < ARRAY_LEN(successes); j++)
			if (!recording->is_old || recorded_status(recording, successes[j].name) >= 0)
				ck_assert_msg(decode_recorded(recording, successes[j].name, successes[j].verb, 1) == 0, "%s: %s: %s",
					      recording->dir, successes[j].name, err.text);
}
END_TEST

/* podman's runtime knows only what runs, and nerdctl has no status of what never ran. */
START_TEST(what_some_do_to_containers_that_do_not_run)
{
	EACH_RECORDING (recording) {
		bool podman = !strcmp(recording->runtime, "podman"), nerdctl = !strcmp(recording->runtime, "nerdctl");
		if (recording->is_old)
			continue;
		ck_assert_int_eq(decode_recorded(recording, "update-stopped", VERB_UPDATE, 1), podman ? -1 : 0);
		ck_assert(!podman || err.kind == ERROR_STATE);
		ck_assert_int_eq(decode_recorded(recording, "wait-created", VERB_WAIT, 1), nerdctl ? -1 : 0);
		ck_assert(!nerdctl || err.kind == ERROR_STATE);
		ck_assert_int_eq(decode_recorded(recording, "wait-ended", VERB_WAIT, 1), 0);
		ck_assert_int_eq(result.exit_code, 3);
	}
}
END_TEST

START_TEST(statuses_that_are_none)
{
	static const char *const garbage[] = { "", "\n", "x\n", "-1\n", "12x\n", "1\n2\n", " 3", "99999999999999999999\n" };
	for (size_t i = 0; i < ARRAY_LEN(garbage); i++) {
		again(VERB_WAIT);
		buf_add_text(&reply.out, garbage[i]);
		ck_assert_msg(runtimes[0]->decode(runtimes[0], &action, &reply, &result, &err) == -1, "'%s'", garbage[i]);
		ck_assert_int_eq(err.kind, ERROR_RUNTIME);
	}
	again(VERB_WAIT);
	buf_add_text(&reply.out, "137\r\n");
	ck_assert_int_eq(runtimes[0]->decode(runtimes[0], &action, &reply, &result, &err), 0);
	ck_assert_int_eq(result.exit_code, 137);
}
END_TEST

START_TEST(refusals_of_limits)
{
	static const char *const words[] = {
		"Error response from daemon: Minimum memory limit allowed is 6MB",
		"Error response from daemon: Cannot update container ab: Memory limit should be smaller than already set memoryswap limit, "
		"update the memoryswap at the same time",
		"Error response from daemon: Range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available",
		"Error response from daemon: Requested CPUs are not available - requested 99, available: 0-1",
		"time=\"2026-11-26T13:30:37Z\" level=fatal msg=\"1 errors:\\nrunc did not terminate successfully: exit status 1: unable to set "
		"memory limit to 1024 (current usage: 339968, peak usage: 4345856)\\n: unknown\"",
	};
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		again(VERB_UPDATE);
		reply.status = 1;
		buf_add_text(&reply.err, words[i]);
		ck_assert_int_eq(runtimes[0]->decode(runtimes[0], &action, &reply, &result, &err), -1);
		ck_assert_msg(err.kind == ERROR_VALUE, "%s: %s", error_kind_name(err.kind), err.text);
	}
}
END_TEST

START_TEST(health_is_as_the_engine_counts)
{
	static const char *const healths[][2] = {
		{ "{}", "" }, { "{\"Health\":{\"Status\":\"\"}}", "" }, { "{\"Health\":{\"Status\":\"none\"}}", "" },
		{ "{\"Health\":{\"Status\":\"starting\"}}", "starting" }, { "{\"Health\":{\"Status\":\"healthy\",\"Log\":[]}}", "healthy" },
	};
	for (size_t i = 0; i < ARRAY_LEN(healths); i++) {
		again(VERB_INSPECT);
		buf_printf(&reply.out, "[{\"Id\":\"" ID "\",\"State\":%s}]", healths[i][0]);
		ck_assert_int_eq(runtimes[0]->decode(runtimes[0], &action, &reply, &result, &err), 0);
		ck_assert_str_eq(result.details.items[0].health, healths[i][1]);
	}
}
END_TEST

/* Only podman has to be told to let it go on first, and only for this. */
START_TEST(what_is_paused_is_unpaused_first)
{
	EACH_RECORDING (recording) {
		const struct runtime *runtime = runtime_of(recording->runtime);
		bool refuses = !strcmp(recording->runtime, "podman");
		if (recording->is_old)
			continue;
		ck_assert_int_eq(decode_recorded(recording, "stop-paused", VERB_STOP, 1), refuses ? -1 : 0);
		ck_assert_int_eq(refuses && runtime_wants_unpaused(runtime, &action, &err), refuses);
		ck_assert_int_eq(decode_recorded(recording, "restart-paused", VERB_RESTART, 1), refuses ? -1 : 0);
		ck_assert_int_eq(refuses && runtime_wants_unpaused(runtime, &action, &err), refuses);
		decode_recorded(recording, "rm-paused", VERB_REMOVE, 1);
		ck_assert(!runtime_wants_unpaused(runtime, &action, &err));
		decode_recorded(recording, "stop-unknown", VERB_STOP, 1);
		ck_assert(!runtime_wants_unpaused(runtime, &action, &err));
	}
}
END_TEST

/* unit-one was started, and ended with 3. */
START_TEST(recorded_events)
{
	EACH_RECORDING (recording) {
		const struct runtime *runtime = runtime_of(recording->runtime);
		SCOPED(buf_release) struct buf lines = BUF_INIT(1000000);
		moment started = 0, ended = 0;
		if (recording->is_old)
			continue;
		read_if_there(recording->dir, "events", "out", &lines);
		for (const char *line = buf_text(&lines); *line; line += strcspn(line, "\n") + 1) {
			struct container_event event;
			if (!runtime->read_event(runtime, line, strcspn(line, "\n"), &event))
				continue;
			ck_assert_uint_eq(strlen(event.id), CONTAINER_ID_LEN);
			if (event.what == HAPPENED_START)
				started = event.at;
			if (event.what != HAPPENED_END)
				continue;
			ended = event.at;
			ck_assert_int_eq(event.exit_code, 3);
			ck_assert_str_eq(event.name, !strcmp(recording->runtime, "nerdctl") ? "" : "unit-one");
		}
		ck_assert_msg(started > 1795000000 * MOMENT_SECOND && ended > started, "%s", recording->dir);
	}
}
END_TEST

/* What its stats said: unit-two slept, unit-checked burned; before that it was only created. */
START_TEST(recorded_stats)
{
	EACH_RECORDING (recording) {
		bool is_podman = !strcmp(recording->runtime, "podman"), is_nerdctl = !strcmp(recording->runtime, "nerdctl");
		if (recording->is_old)
			continue;
		ck_assert_msg(decode_recorded(recording, "stats", VERB_STATS, 2) == 0, "%s", err.text);
		ck_assert_uint_eq(result.usages.nr, 2);
		const struct usage *two = &result.usages.items[0], *checked = &result.usages.items[1];
		ck_assert_uint_eq(strlen(two->id), CONTAINER_ID_LEN);
		ck_assert_int_eq(two->processes, 1);
		ck_assert(two->memory > 300000 && two->memory < 400000);
		ck_assert(is_nerdctl ? two->memory_limit == 0 : two->memory_limit > INT64_C(20000000000));
		ck_assert(checked->memory_limit > 67000000 && checked->memory_limit < 67200000);
		ck_assert(checked->memory_percent > 0.4 && checked->memory_percent < 4);
		ck_assert_int_eq(checked->cpu_time != CPU_TIME_UNKNOWN, is_podman);
		ck_assert(is_nerdctl || checked->cpu_percent > 10);
		ck_assert_int_eq(runtime_misjudges_usage(runtime_of(recording->runtime)), is_nerdctl);
		ck_assert_msg(decode_recorded(recording, "stats-created", VERB_STATS, 2) == 0, "%s", err.text);
		ck_assert_uint_eq(result.usages.nr, 2);
		ck_assert(result.usages.items[1].memory == 0 && result.usages.items[1].cpu_percent == 0 && result.usages.items[1].processes == 0);
		ck_assert_int_eq(decode_recorded(recording, "stats-unknown", VERB_STATS, 2), -1);
		ck_assert_int_eq(err.kind, ERROR_NOT_FOUND);
	}
}
END_TEST

/* unit-checked has a check, which fails; unit-two has none. */
START_TEST(recorded_health)
{
	EACH_RECORDING (recording) {
		bool is_podman = !strcmp(recording->runtime, "podman"), is_nerdctl = !strcmp(recording->runtime, "nerdctl");
		if (recording->is_old)
			continue;
		ck_assert_msg(decode_recorded(recording, "inspect-health", VERB_INSPECT, 2) == 0, "%s", err.text);
		const struct container_detail *checked = &result.details.items[0], *two = checked + 1;
		ck_assert_str_eq(checked->health, is_nerdctl ? "" : "unhealthy");
		is_like(checked->health_output, is_nerdctl ? "" : "not yet", "");
		ck_assert_int_eq(checked->health_failures >= 1, !is_nerdctl);
		ck_assert_int_eq(checked->check_interval, is_nerdctl ? 0 : MOMENT_SECOND);
		ck_assert(checked->pid > 1);
		ck_assert_str_eq(two->health, "");
		ck_assert_str_eq(two->health_output, "");
		ck_assert_int_eq(two->check_interval, 0);
		if (!is_podman)
			continue; /* it is not asked */
		/* A check that fails was run all the same. */
		ck_assert_int_eq(decode_recorded(recording, "health-failed", VERB_HEALTH, 1), 0);
		ck_assert_int_eq(decode_recorded(recording, "health-none", VERB_HEALTH, 1), -1);
		ck_assert_int_eq(err.kind, ERROR_STATE);
	}
}
END_TEST

START_TEST(recorded_descriptions)
{
	static const struct {
		const char *name;
		enum verb verb;
		enum error_kind kind;
	} refused[] = {
		{ "inspect-unknown", VERB_INSPECT_RAW, ERROR_NOT_FOUND },
		{ "inspect-no-image", VERB_IMAGE_INSPECT, ERROR_NOT_FOUND },
		{ "inspect-no-network", VERB_NETWORK_INSPECT, ERROR_NOT_FOUND },
		{ "inspect-no-volume", VERB_VOLUME_INSPECT, ERROR_NOT_FOUND },
		{ "inspect-bad-template", VERB_INSPECT_RAW, ERROR_VALUE },
	};
	EACH_RECORDING (recording) {
		for (size_t i = 0; i < ARRAY_LEN(refused) && !recording->is_old; i++) {
			ck_assert_int_eq(decode_recorded(recording, refused[i].name, refused[i].verb, 1), -1);
			ck_assert_msg(err.kind == refused[i].kind, "%s: %s: %s", recording->dir, refused[i].name, err.text);
		}
		ck_assert_int_eq(decode_recorded(recording, "inspect", VERB_INSPECT_RAW, 1), 0);
		ck_assert_str_eq(buf_text(&result.text), buf_text(&reply.out));
	}
}
END_TEST

/* unit-checked was paused, unpaused, renamed, killed and removed. */
START_TEST(recorded_lives)
{
	EACH_RECORDING (recording) {
		const struct runtime *runtime = runtime_of(recording->runtime);
		bool is_nerdctl = !strcmp(recording->runtime, "nerdctl");
		SCOPED(buf_release) struct buf lines = BUF_INIT(1000000);
		SCOPED(buf_release) struct buf words = BUF_INIT(1000);
		if (recording->is_old)
			continue;
		read_if_there(recording->dir, "watch", "out", &lines);
		for (const char *line = buf_text(&lines); *line; line += strcspn(line, "\n") + 1) {
			struct container_event event;
			if (!runtime->read_event(runtime, line, strcspn(line, "\n"), &event) || event.what == HAPPENED_OTHER ||
			    event.what == HAPPENED_HEALTH)
				continue;
			buf_printf(&words, "%s ", happening_word(event.what));
			if (event.what == HAPPENED_KILL && !strcmp(recording->runtime, "docker"))
				ck_assert_str_eq(event.detail, "9");
			if (event.what == HAPPENED_RENAME)
				ck_assert_str_eq(event.name, "unit-renamed");
			if (event.what == HAPPENED_END)
				ck_assert_int_eq(event.exit_code, 137);
			if (!is_nerdctl)
				ck_assert_str_eq(event.image, strcmp(recording->runtime, "docker") ? "purser-test:latest" : "purser-test");
		}
		ck_assert_str_eq(buf_text(&words), is_nerdctl ? "pause unpause die destroy " : "pause unpause rename kill die destroy ");
	}
}
END_TEST

static const char *watch_composed(const char *runtime, int64_t since, int64_t until, bool is_past)
{
	static char text[4000];
	struct request request;
	again(VERB_EVENTS);
	action.whole_life = true;
	action.since = since;
	action.until = until;
	action.is_past = is_past;
	compose_over(TRANSPORT_AUTO, "/s.sock", runtime, &request);
	ck_assert_ptr_null(request.http.socket);
	snprintf(text, sizeof text, "%s", joined(&request.argv));
	request_release(&request);
	runtime_reach(TRANSPORT_AUTO, "");
	return text;
}

START_TEST(a_whole_life_is_asked_for)
{
	ck_assert_str_eq(watch_composed("docker", 0, 0, false), "events|--format|{{json .}}|--filter=type=container");
	ck_assert_str_eq(watch_composed("podman", 1, 1795000600, false), "events|--format|{{json .}}|--filter=type=container|--since=1|--until=1795000600");
	ck_assert_str_eq(watch_composed("podman", 1, 1795000600, true), "events|--format|{{json .}}|--filter=type=container|--since=1|--stream=false");
	ck_assert_str_eq(watch_composed("docker", 1, 1795000600, true), "events|--format|{{json .}}|--filter=type=container|--since=1|--until=1795000600");
	ck_assert_str_eq(watch_composed("nerdctl", 1, 1795000600, false), "events|--format|{{json .}}");
	ck_assert(runtime_filters_events(runtime_of("docker")) && runtime_filters_events(runtime_of("podman")));
	ck_assert(!runtime_filters_events(runtime_of("nerdctl")));
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

static const char *events_composed(const char *runtime, int64_t since, int64_t until)
{
	static char text[4000];
	struct request request;
	again(VERB_EVENTS);
	action.since = since;
	action.until = until;
	request_init(&request);
	ck_assert_int_eq(runtime_of(runtime)->compose(runtime_of(runtime), &action, &request, &err), 0);
	snprintf(text, sizeof text, "%s", joined(&request.argv));
	request_release(&request);
	const char *options = strstr(text, "|--since");
	return options ? options + 1 : (options = strstr(text, "|--until")) ? options + 1 : "";
}

/* docker keeps 256; podman all since boot, of which a day is asked for; nerdctl none, and its stream has no end. */
START_TEST(events_of_the_past)
{
	ck_assert_str_eq(events_composed("docker", 1, 1795000600), "--since=1|--until=1795000600");
	ck_assert_str_eq(events_composed("podman", 1, 1795000600), "--since=1794914200|--until=1795000600");
	ck_assert_str_eq(events_composed("podman", 1795000000, 1795000600), "--since=1795000000|--until=1795000600");
	ck_assert_str_eq(events_composed("podman", 0, 1795000600), "--until=1795000600");
	ck_assert_str_eq(events_composed("nerdctl", 1, 1795000600), "");
}
END_TEST

START_TEST(events_that_count_and_others)
{
	static const struct {
		const char *runtime, *line;
		bool counts;
		enum container_happening what;
		moment at;
		int exit_code;
	} events[] = {
		{ "docker", "{\"Action\":\"die\",\"Actor\":{\"ID\":\"" ID "\",\"Attributes\":{\"exitCode\":\"137\"}},\"timeNano\":5}", true, HAPPENED_END, 5, 137 },
		{ "docker", "{\"Action\":\"rename\",\"Actor\":{\"ID\":\"" ID "\"}}", true, HAPPENED_RENAME, 0, 0 },
		{ "podman", "{\"ID\":\"" ID "\",\"Status\":\"died\",\"Time\":\"1970-01-01T00:00:01.5Z\",\"ContainerExitCode\":9}", true, HAPPENED_END, 1500000000, 9 },
		{ "podman", "{\"ID\":\"" ID "\",\"Status\":\"start\",\"time\":1,\"timeNano\":1000000007}", true, HAPPENED_START, 1000000007, 0 },
		{ "podman", "{\"Name\":\"purser-test\",\"Status\":\"pull\",\"Type\":\"image\"}", false, HAPPENED_OTHER, 0, 0 },
		{ "nerdctl", "{\"Timestamp\":\"1970-01-01T00:00:02Z\",\"Topic\":\"/containers/create\",\"Event\":\"{\\\"id\\\":\\\"" ID "\\\"}\"}", true, HAPPENED_CREATE, 2000000000, 0 },
		{ "nerdctl", "{\"Timestamp\":\"1970-01-01T00:00:02Z\",\"Topic\":\"/tasks/exit\",\"Event\":\"{\\\"container_id\\\":\\\"" ID "\\\",\\\"id\\\":\\\"" ID
			     "\\\",\\\"exit_status\\\":7,\\\"exited_at\\\":{\\\"seconds\\\":1,\\\"nanos\\\":4}}\"}", true, HAPPENED_END, 2000000000, 7 },
		/* what was exec'ed */
		{ "nerdctl", "{\"Topic\":\"/tasks/exit\",\"Event\":\"{\\\"container_id\\\":\\\"" ID "\\\",\\\"id\\\":\\\"abc\\\",\\\"exit_status\\\":7}\"}", true, HAPPENED_OTHER, 0, 7 },
		{ "nerdctl", "{\"Topic\":\"/snapshot/remove\",\"Event\":\"{\\\"key\\\":\\\"x\\\"}\"}", false, HAPPENED_OTHER, 0, 0 },
		{ "nerdctl", "{\"Topic\":\"/tasks/exit\",\"Event\":\"[7\"}", false, HAPPENED_OTHER, 0, 0 },
		{ "nerdctl", "", false, HAPPENED_OTHER, 0, 0 },
		{ "docker", "[]", false, HAPPENED_OTHER, 0, 0 },
	};
	for (size_t i = 0; i < ARRAY_LEN(events); i++) {
		struct container_event event;
		const struct runtime *runtime = runtime_of(events[i].runtime);
		ck_assert_msg(runtime->read_event(runtime, events[i].line, strlen(events[i].line), &event) == events[i].counts, "%s", events[i].line);
		if (!events[i].counts)
			continue;
		ck_assert_msg(event.what == events[i].what && event.at == events[i].at && event.exit_code == events[i].exit_code, "%s", events[i].line);
		ck_assert_str_eq(event.id, ID);
	}
}
END_TEST

START_TEST(events_of_other_things)
{
	static const struct {
		const char *runtime, *line;
		int about;
	} events[] = {
		{ "docker", "{\"Type\":\"network\",\"Action\":\"create\",\"Actor\":{\"ID\":\"" ID "\"},\"timeNano\":5}", ABOUT_NETWORK },
		{ "docker", "{\"Type\":\"volume\",\"Action\":\"destroy\",\"Actor\":{\"ID\":\"data\"},\"timeNano\":5}", ABOUT_VOLUME },
		{ "docker", "{\"Type\":\"image\",\"Action\":\"tag\",\"Actor\":{\"ID\":\"sha256:" ID "\"},\"timeNano\":5}", ABOUT_IMAGE },
		{ "nerdctl", "{\"Topic\":\"/images/create\",\"Event\":\"{\\\"name\\\":\\\"x\\\"}\",\"Timestamp\":\"1970-01-01T00:00:00.000000005Z\"}", ABOUT_IMAGE },
	};
	for (size_t i = 0; i < ARRAY_LEN(events); i++) {
		struct container_event event;
		const struct runtime *runtime = runtime_of(events[i].runtime);
		ck_assert_msg(!runtime->read_event(runtime, events[i].line, strlen(events[i].line), &event), "%s", events[i].line);
		ck_assert_int_eq(event.about, events[i].about);
		ck_assert_int_eq(event.at, 5);
	}
}
END_TEST

START_TEST(identities)
{
	static const struct {
		const char *runtime, *out, *id; /* NULL: none */
	} engines[] = {
		{ "docker", "ABC:DEF\n", "ABC:DEF" },
		{ "docker", "no id\n", NULL },
		{ "docker", "\n", NULL },
		{ "nerdctl", "Client:\n Namespace:\tk8s.io\n\nServer:\n ID: 94e0\n", "94e0/k8s.io" },
		{ "nerdctl", "Client:\n Namespace:\tdefault\n", NULL },
		{ "nerdctl", "Server:\n ID: 94e0\n", NULL },
		{ "podman", "/var/lib/containers/storage\n", "/var/lib/containers/storage" },
		{ "podman", "far:/home/u/.local/share/containers/storage\n", "far:/home/u/.local/share/containers/storage" },
		{ "podman", "/home/a b/storage\n", "064cf3cc9446438e" },
		{ "podman", "", NULL },
	};
	for (size_t i = 0; i < ARRAY_LEN(engines); i++) {
		int failed = decode_text(engines[i].runtime, VERB_IDENTITY, 0, engines[i].out, "time=\"x\" level=warning msg=\"y\"\n");
		ck_assert_msg(failed == (engines[i].id ? 0 : -1), "%s: %s", engines[i].runtime, engines[i].out);
		if (engines[i].id)
			ck_assert_str_eq(result.engine, engines[i].id);
		else
			ck_assert_int_eq(err.kind, ERROR_RUNTIME);
	}
}
END_TEST

/* A list of podman's has values where docker's has texts. */
START_TEST(ports_and_times_of_podman)
{
	char text[1000];
	snprintf(text, sizeof text,
		 "[{\"Id\":\"" ID "\",\"State\":\"running\",\"StartedAt\":%lld,\"Created\":86400,\"Command\":null,\"Image\":\"localhost/a/b:1\","
		 "\"Ports\":[{\"host_ip\":\"\",\"container_port\":80,\"host_port\":8080,\"range\":1,\"protocol\":\"tcp\"},"
		 "{\"host_ip\":\"127.0.0.1\",\"container_port\":9000,\"host_port\":9000,\"range\":4,\"protocol\":\"udp\"},"
		 "{\"host_ip\":\"::1\",\"container_port\":53,\"host_port\":53,\"range\":1,\"protocol\":\"udp\"}],\"Networks\":[\"a\",\"b\"]},"
		 "{\"Id\":\"" ID "\",\"Image\":\"docker.io/library/x\",\"State\":\"removing\",\"Status\":\"Removing\"}]",
		 (long long)(moment_now() / MOMENT_SECOND) - 7200);
	ck_assert_msg(decode_text("podman", VERB_LIST, 0, text, "") == 0, "%s", err.text);
	const struct container *one = &result.containers.items[1], *other = &result.containers.items[0];
	ck_assert_str_eq(one->ports, "0.0.0.0:8080->80/tcp, 127.0.0.1:9000-9003->9000-9003/udp, [::1]:53->53/udp");
	ck_assert_str_eq(one->status, "Up 2 hours");
	ck_assert_str_eq(one->created_at, "1970-01-02 00:00:00 +0000 UTC");
	ck_assert_str_eq(one->networks, "a,b");
	ck_assert_str_eq(one->image, "a/b:1");
	ck_assert_str_eq(one->command, "\"\"");
	ck_assert_str_eq(other->status, "Removing");
	ck_assert_int_eq(other->state, CONTAINER_REMOVING);
	ck_assert_str_eq(other->image, "x");
	ck_assert_str_eq(other->created_at, "");
}
END_TEST

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
		{ "podman", 2, "", "Error: container x is running: container state improper\n", ERROR_STATE },
		{ "podman", 125, "",
		  "Error: unable to connect to Podman socket: dial unix /run/podman.sock: connect: no such file\n",
		  ERROR_UNREACHABLE },
		{ "podman", 125, "", "Error: can only kill running containers. x is in state exited\n", ERROR_STATE },
		{ "nerdctl", 1, "", "time=\"2026-11-22T04:03:59Z\" level=fatal msg=\"no such container x\"\n",
		  ERROR_NOT_FOUND },
		{ "nerdctl", 1, "",
		  "level=fatal msg=\"cannot access containerd socket \\\"/run/containerd/containerd.sock\\\"\"\n",
		  ERROR_UNREACHABLE },
		{ "docker", 1, "", "Error: No such object: x\n", ERROR_NOT_FOUND },
		{ "docker", 1, "", "Error response from daemon: configured logging driver does not support reading\n",
		  ERROR_FAILED },
		{ "docker", 126, "OCI runtime exec failed: no\n", "", ERROR_FAILED }, /* said on stdout */
		{ "docker", 1, "", "", ERROR_FAILED },
		{ "docker", 1, "", "\n\n\nRun 'docker ps --help' for more information\n", ERROR_FAILED },
		{ "docker", 1, "", "dial unix /var/run/docker.sock: connect: permission denied\n", ERROR_DENIED },
		{ "docker", 1, "", "error during connect: Get \"http://%2Fs/v1.50/containers/json\": EOF\n", ERROR_UNREACHABLE },
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

/*
 * docker 29, from its source: the client's words (moby v29 client/request.go, from 28.3 on), the daemon's (daemon/delete.go, daemon/kill.go,
 * container/view.go, daemon/server/middleware/version.go).
 */
START_TEST(refusals_of_docker_29)
{
	static const struct {
		const char *errors;
		enum error_kind kind;
		const char *words;
	} refused[] = {
		{ "failed to connect to the docker API at unix:///nowhere/docker.sock; check if the path is correct and if the daemon is running: dial "
		  "unix /nowhere/docker.sock: connect: no such file or directory\n",
		  ERROR_UNREACHABLE, "is its engine started?" },
		{ "Cannot connect to the Docker daemon at tcp://127.0.0.1:1. Is the docker daemon running?\n", ERROR_UNREACHABLE, "is its engine started?" },
		{ "permission denied while trying to connect to the docker API at unix:///var/run/docker.sock\n", ERROR_DENIED, "join the group" },
		{ "Error response from daemon: client version 1.41 is too old. Minimum supported API version is 1.44, please upgrade your client to a "
		  "newer version\n",
		  ERROR_FAILED, "is too old" },
		{ "Error response from daemon: No such container: x\nfailed to start containers: x\n", ERROR_NOT_FOUND, "No such container: x" },
		{ "Error response from daemon: No such image: x:latest\n", ERROR_NOT_FOUND, "No such image" },
		{ "Error response from daemon: cannot kill container: x: container " ID " is not running\n", ERROR_STATE, "is not running" },
		{ "Error response from daemon: cannot remove container \"x\": container is running: stop the container before removing or force remove\n",
		  ERROR_STATE, "container is running" },
		{ "Error response from daemon: configured logging driver does not support reading\n", ERROR_FAILED, "does not support reading" },
		{ "unknown flag: --no-such-flag\n\nUsage:  docker ps [OPTIONS]\n\nRun 'docker ps --help' for more information\n", ERROR_FAILED, "unknown flag" },
	};
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		ck_assert_int_eq(decode_text("docker", VERB_START, 1, "", refused[i].errors), -1);
		ck_assert_msg(err.kind == refused[i].kind, "%s: %s", error_kind_name(err.kind), err.text);
		ck_assert_msg(strstr(err.text, refused[i].words) != NULL, "%s", err.text);
		ck_assert_msg(!strstr(err.text, "failed to start"), "%s", err.text); /* which says nothing new */
	}
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
	ck_assert(detail->state == CONTAINER_UNKNOWN && detail->window == WINDOW_WRITES && detail->started == 0 && detail->exit_code == 0);
	ck_assert_str_eq(detail->log_driver, "");
	ck_assert_int_eq(decode_text("docker", VERB_IMAGES, 0, "{}", ""), 0);
	ck_assert_str_eq(result.images.items[0].repository, "");
}
END_TEST

START_TEST(how_logs_are_kept)
{
	static const struct {
		const char *runtime, *detail;
		enum log_form form;
		const char *path;
		int64_t kept;
		enum window_kind window;
	} rows[] = {
		{ "docker", "\"LogPath\":\"/d\",\"HostConfig\":{\"LogConfig\":{\"Type\":\"json-file\",\"Config\":{\"max-size\":\"10m\",\"max-file\":\"3\"}}}",
		  LOG_FORM_DOCKER, "/d", 20000000, WINDOW_WRITES },
		{ "docker", "\"HostConfig\":{\"LogConfig\":{\"Type\":\"local\"}}", LOG_FORM_UNKNOWN, "", 80000000, WINDOW_WRITES },
		{ "docker", "\"HostConfig\":{\"LogConfig\":{\"Type\":\"journald\"}},\"Config\":{\"Tty\":true}", LOG_FORM_UNKNOWN, "", 0, WINDOW_TERMINAL },
		{ "nerdctl", "\"LogPath\":\"/n\",\"HostConfig\":{\"LogConfig\":{\"driver\":\"json-file\",\"opts\":{\"max-size\":\"20k\"}}}", LOG_FORM_NERDCTL,
		  "/n", 20000, WINDOW_WRITES },
		{ "nerdctl", "\"LogPath\":\"/n\",\"HostConfig\":{\"LogConfig\":{\"driver\":\"json-file\",\"opts\":{\"log-path\":\"/other\"}}}", LOG_FORM_NERDCTL,
		  "/other", 104857600, WINDOW_WRITES },
		{ "nerdctl", "\"LogPath\":\"/n\"", LOG_FORM_NERDCTL, "/n", 104857600, WINDOW_WRITES }, /* before it told the driver */
		{ "nerdctl", "\"LogPath\":\"\",\"HostConfig\":{\"LogConfig\":{\"driver\":\"\"}}", LOG_FORM_NONE, "", 0, WINDOW_WRITES },
		{ "nerdctl", "\"HostConfig\":{\"LogConfig\":{\"driver\":\"journald\"}}", LOG_FORM_JOURNAL, "", 0, WINDOW_JOURNAL },
		{ "podman", "\"HostConfig\":{\"LogConfig\":{\"Type\":\"k8s-file\",\"Path\":\"/p\",\"Size\":\"20kB\"}},\"Config\":{\"Tty\":true}", LOG_FORM_K8S, "/p",
		  20000, WINDOW_WRITES },
		{ "podman", "\"HostConfig\":{\"LogConfig\":{\"Type\":\"json-file\",\"Path\":\"/p\",\"Size\":\"0B\"}}", LOG_FORM_K8S, "/p", 0, WINDOW_WRITES },
		{ "podman", "\"HostConfig\":{\"LogConfig\":{\"Type\":\"journald\"}}", LOG_FORM_JOURNAL, "", 0, WINDOW_JOURNAL },
		{ "podman", "\"HostConfig\":{\"LogConfig\":{\"Type\":\"none\"}}", LOG_FORM_NONE, "", 0, WINDOW_WRITES },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCOPED(buf_release) struct buf text = BUF_INIT(4096);
		buf_printf(&text, "[{\"Id\":\"" ID "\",%s}]", rows[i].detail);
		ck_assert_int_eq(decode_text(rows[i].runtime, VERB_INSPECT, 0, buf_text(&text), ""), 0);
		const struct container_detail *detail = &result.details.items[0];
		ck_assert_msg(detail->log_form == rows[i].form && detail->window == rows[i].window && detail->log_kept == rows[i].kept, "%s %s: %d %d %lld",
			      rows[i].runtime, rows[i].detail, detail->log_form, detail->window, (long long)detail->log_kept);
		ck_assert_str_eq(detail->log_path, rows[i].path);
	}
}
END_TEST

/* nerdctl goes on, and says nothing of it with its status. */
START_TEST(a_window_that_skipped_a_record_failed)
{
	static const char words[] = "time=\"2026-11-22T04:03:59Z\" level=error msg=\"error while writing log entry to output stream\" error=\"message too long\"\n";
	ck_assert_int_eq(decode_text("nerdctl", VERB_WINDOW, 0, "", words), -1);
	ck_assert_int_eq(decode_text("nerdctl", VERB_WINDOW, 0, "", "time=\"2026-11-22T04:03:59Z\" level=warning msg=\"else\"\n"), 0);
	ck_assert_int_eq(decode_text("docker", VERB_WINDOW, 0, "", ""), 0);
}
END_TEST

START_TEST(states_and_names_of_all_runtimes)
{
	static const struct {
		const char *runtime, *row;
		enum container_state state;
		const char *name;
	} states[] = {
		{ "docker", "\"State\":\"running\",\"Names\":\"web\"", CONTAINER_RUNNING, "web" },
		{ "docker", "\"State\":\"weird\",\"Status\":\"Up\"", CONTAINER_UNKNOWN, "" },
		{ "docker", "\"Names\":\"/a/b,/c/d\"", CONTAINER_UNKNOWN, NULL },
		{ "docker", "\"Names\":\",,,\"", CONTAINER_UNKNOWN, "" },
		{ "docker", "\"State\":\"EXITED\"", CONTAINER_EXITED, "" },
		{ "nerdctl", "\"Status\":\"Up 5 minutes\",\"Names\":\"/web\"", CONTAINER_RUNNING, "web" },
		{ "nerdctl", "\"Status\":\"Exited (0) 2 days ago\",\"Names\":\"web,db/web\"", CONTAINER_EXITED, "web" },
		{ "nerdctl", "\"Status\":\"Created\",\"Names\":\"/db/alias,/web\"", CONTAINER_CREATED, "web" },
		{ "nerdctl", "\"Status\":\"Paused\"", CONTAINER_PAUSED, "" },
		{ "nerdctl", "\"Status\":\"\"", CONTAINER_UNKNOWN, "" },
		{ "podman", "\"Id\":\"" ID "\",\"State\":\"stopped\",\"Names\":[\"web\"]", CONTAINER_EXITED, "web" },
		{ "podman", "\"Id\":\"" ID "\",\"State\":\"configured\",\"Names\":[]", CONTAINER_CREATED, "" },
		{ "podman", "\"Id\":\"" ID "\",\"State\":\"initialized\"", CONTAINER_CREATED, "" },
		{ "podman", "\"Id\":\"" ID "\",\"State\":\"stopping\"", CONTAINER_RUNNING, "" },
	};
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		char text[300];
		snprintf(text, sizeof text, "{\"ID\":\"" ID "\",%s}", states[i].row);
		ck_assert_msg(decode_text(states[i].runtime, VERB_LIST, 0, text, "") == 0, "%s", err.text);
		ck_assert_msg(result.containers.items[0].state == states[i].state, "%s", text);
		if (states[i].name)
			ck_assert_str_eq(result.containers.items[0].name, states[i].name);
	}
}
END_TEST

/* Blank is not the same as without an id, and nobody else leaves blank rows. */
START_TEST(what_goes_while_nerdctl_lists_is_a_blank_row)
{
	static const char *const blank = "{\"ID\":\"\",\"Names\":\"\",\"Image\":\"\"}\n{\"ID\":\"" ID "\",\"Names\":\"web\"}";
	ck_assert_msg(decode_text("nerdctl", VERB_LIST, 0, blank, "") == 0, "%s", err.text);
	ck_assert_uint_eq(result.containers.nr, 1);
	ck_assert_str_eq(result.containers.items[0].name, "web");
	ck_assert_int_eq(decode_text("nerdctl", VERB_LIST, 0, "{\"ID\":\"\",\"Names\":\"web\"}", ""), -1);
	ck_assert_int_eq(decode_text("docker", VERB_LIST, 0, blank, ""), -1);
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
	ck_assert_int_eq(fd_read_file(AT_FDCWD, DATA "docker-20.10/cli-28.2/inspect.out", &text, &none), 0);
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
		a_runtime_before_a_name,
		arguments_that_are_always_given,
		every_verb_is_composed_for_every_runtime,
		over_the_socket,
		a_hint_has_no_program,
		a_window_of_a_terminal_is_raw,
		all_of_a_log_is_asked_of_podman,
		journals_are_asked_by_journalctl,
		how_logs_are_kept,
		a_window_that_skipped_a_record_failed,
		answers_of_the_socket,
		a_window_says_how_much,
		force_waits_for_nothing,
		the_grace_counts_for_the_deadline,
		waiting_has_no_deadline_but_its_own,
		hostile_words_stay_single_words,
		recorded_lists,
		recorded_details,
		recorded_images_and_ids,
		recorded_infos,
		infos_that_say_nothing,
		advice,
		log_forms,
		details_of_docker_29_are_the_same,
		events_of_all_engines,
		recorded_refusals,
		recorded_successes,
		what_some_do_to_containers_that_do_not_run,
		statuses_that_are_none,
		refusals_of_limits,
		health_is_as_the_engine_counts,
		what_is_paused_is_unpaused_first,
		recorded_events,
		recorded_stats,
		recorded_health,
		recorded_descriptions,
		recorded_lives,
		a_whole_life_is_asked_for,
		events_of_the_past,
		events_that_count_and_others,
		events_of_other_things,
		identities,
		ports_and_times_of_podman,
		refusals_of_other_runtimes,
		refusals_of_docker_29,
		a_refusal_behind_many_warnings_is_known,
		arrays_and_lines_are_the_same,
		missing_keys_are_empty,
		states_and_names_of_all_runtimes,
		what_goes_while_nerdctl_lists_is_a_blank_row,
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
