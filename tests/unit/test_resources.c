/* Networks and volumes: rows of the three runtimes, and how they refuse. */
#include <check.h>
#include <string.h>

#include "runtime/runtime.h"
#include "suite.h"

#define ID "3e0f0011e778b92828c29998ddaf8e925a86c204834485c74ba857102db62ce5"

static struct action action;
static struct reply reply;
static struct result result;
static struct error err;

static int decode(const char *runtime, enum verb verb, int status, const char *out, const char *words)
{
	const struct runtime *self = runtime_find(runtime, &err);
	action_release(&action);
	reply_release(&reply);
	result_release(&result);
	memset(&err, 0, sizeof err);
	action_init(&action, verb);
	reply_init(&reply);
	strvec_push(&action.targets, "subject");
	reply.status = status;
	buf_add_text(&reply.out, out);
	buf_add_text(&reply.err, words);
	return self->decode(self, &action, &reply, &result, &err);
}

static void assert_resource(size_t i, const char *id, const char *name, const char *driver, const char *labels, bool builtin)
{
	ck_assert_uint_lt(i, result.resources.nr);
	const struct resource *one = &result.resources.items[i];
	ck_assert_str_eq(one->id, id);
	ck_assert_str_eq(one->name, name);
	ck_assert_str_eq(one->driver, driver);
	ck_assert_str_eq(one->labels, labels);
	ck_assert_str_eq(one->scope, "local");
	ck_assert_int_eq(one->builtin, builtin);
}

START_TEST(networks_of_docker)
{
	ck_assert_int_eq(decode("docker", VERB_NETWORKS, 0,
				"{\"CreatedAt\":\"2026-11-26 12:53:21.668734509 +0000 UTC\",\"Driver\":\"bridge\",\"ID\":\"" ID
				"\",\"IPv6\":\"false\",\"Internal\":\"false\",\"Labels\":\"\",\"Name\":\"bridge\",\"Scope\":\"local\"}\n"
				"{\"Driver\":\"null\",\"ID\":\"10b0\",\"IPv6\":\"true\",\"Internal\":\"true\",\"Labels\":\"a=b,c=d\",\"Name\":\"podman\",\"Scope\":\"local\"}\n",
				""),
			 0);
	ck_assert_uint_eq(result.resources.nr, 2);
	assert_resource(0, ID, "bridge", "bridge", "", true);
	assert_resource(1, "10b0", "podman", "null", "a=b,c=d", false);
	ck_assert_str_eq(result.resources.items[0].created_at, "2026-11-26 12:53:21.668734509 +0000 UTC");
	ck_assert(!result.resources.items[0].internal && !result.resources.items[0].ipv6);
	ck_assert(result.resources.items[1].internal && result.resources.items[1].ipv6);
}
END_TEST

START_TEST(networks_of_podman)
{
	ck_assert_int_eq(decode("podman", VERB_NETWORKS, 0,
				"[{\"name\":\"back\",\"id\":\"" ID "\",\"driver\":\"bridge\",\"created\":\"2026-11-26T13:31:07.887292299Z\","
				"\"subnets\":[{\"subnet\":\"10.213.87.0/24\"}],\"ipv6_enabled\":true,\"internal\":true,\"labels\":{\"c\":\"d\",\"a\":\"b\"}},"
				"{\"name\":\"podman\",\"id\":\"2f\",\"driver\":\"bridge\",\"ipv6_enabled\":false,\"internal\":false}]",
				""),
			 0);
	ck_assert_uint_eq(result.resources.nr, 2);
	assert_resource(0, ID, "back", "bridge", "a=b,c=d", false);
	assert_resource(1, "2f", "podman", "bridge", "", true);
	ck_assert(result.resources.items[0].internal && result.resources.items[0].ipv6);
	ck_assert_str_eq(result.resources.items[0].created_at, "2026-11-26T13:31:07.887292299Z");
}
END_TEST

START_TEST(networks_of_nerdctl)
{
	ck_assert_int_eq(decode("nerdctl", VERB_NETWORKS, 0,
				"{\"ID\":\"17f29b073143\",\"Name\":\"bridge\",\"Labels\":\"nerdctl/default-network=true\"}\n"
				"{\"ID\":\"3e0f0011e778\",\"Name\":\"back\",\"Labels\":\"a=b\"}\n{\"ID\":\"\",\"Name\":\"host\",\"Labels\":\"\"}\n",
				""),
			 0);
	ck_assert_uint_eq(result.resources.nr, 3);
	assert_resource(0, "3e0f0011e778", "back", "", "a=b", false);
	assert_resource(1, "17f29b073143", "bridge", "", "nerdctl/default-network=true", true);
	assert_resource(2, "host", "host", "", "", true);
}
END_TEST

START_TEST(volumes_of_all)
{
	ck_assert_int_eq(decode("docker", VERB_VOLUMES, 0,
				"{\"Driver\":\"local\",\"Labels\":\"k=v\",\"Mountpoint\":\"/m\",\"Name\":\"data\",\"Scope\":\"local\"}\n"
				"{\"Driver\":\"local\",\"Labels\":\"\",\"Mountpoint\":\"/n\",\"Name\":\"" ID "\",\"Scope\":\"local\"}\n",
				""),
			 0);
	assert_resource(1, "data", "data", "local", "k=v", false);
	ck_assert_str_eq(result.resources.items[1].mountpoint, "/m");
	ck_assert(!volume_is_anonymous(&result.resources.items[1]));
	ck_assert(volume_is_anonymous(&result.resources.items[0]));
	ck_assert_int_eq(decode("nerdctl", VERB_VOLUMES, 0, "{\"Name\":\"v10\"}{\"Name\":\"v2\"}", ""), 0);
	ck_assert_str_eq(result.resources.items[0].name, "v2");
	ck_assert_int_eq(decode("podman", VERB_VOLUMES, 0, "[{\"Name\":\"data\",\"Driver\":\"local\",\"Labels\":{\"k\":\"v\"},\"Scope\":\"local\"}]", ""), 0);
	assert_resource(0, "data", "data", "local", "k=v", false);
	ck_assert_int_eq(decode("nerdctl", VERB_VOLUMES, 0, "{\"Driver\":\"local\",\"Labels\":\"k=v\",\"Name\":\"data\",\"Scope\":\"local\",\"Size\":\"\"}", ""),
			 0);
	assert_resource(0, "data", "data", "local", "k=v", false);
}
END_TEST

/* What has no name is not there; what is no JSON is an error; keys of another type are missing. */
START_TEST(garbage)
{
	static const char *const runtimes_of[] = { "docker", "nerdctl", "podman" };
	for (size_t i = 0; i < ARRAY_LEN(runtimes_of); i++)
		for (int volumes = 0; volumes < 2; volumes++) {
			enum verb verb = volumes ? VERB_VOLUMES : VERB_NETWORKS;
			ck_assert_int_eq(decode(runtimes_of[i], verb, 0, "", ""), 0);
			ck_assert_uint_eq(result.resources.nr, 0);
			ck_assert_int_eq(decode(runtimes_of[i], verb, 0, "{}\n{\"Name\":7,\"name\":null}\n{\"Name\":\"\"}", ""), 0);
			ck_assert_uint_eq(result.resources.nr, 0);
			ck_assert_int_eq(decode(runtimes_of[i], verb, 0, "{\"Name\":\"x\",\"Labels\":[1,{}],\"Driver\":{},\"Internal\":1}", ""), 0);
			ck_assert_uint_eq(result.resources.nr, 1);
			ck_assert_str_eq(result.resources.items[0].driver, "");
			ck_assert_int_eq(decode(runtimes_of[i], verb, 0, "NETWORK ID   NAME\n", ""), -1);
			ck_assert_int_eq(err.kind, ERROR_RUNTIME);
			ck_assert_int_eq(decode(runtimes_of[i], verb, 0, "[{\"Name\":\"x\"", ""), -1);
			ck_assert_int_eq(err.kind, ERROR_RUNTIME);
		}
}
END_TEST

static bool is_second(const struct resource *one, const void *arg)
{
	return !strcmp(one->name, arg);
}

START_TEST(some_are_kept)
{
	struct resource_list list = { 0 };
	ck_assert_int_eq(decode("docker", VERB_VOLUMES, 0, "{\"Name\":\"a\"}{\"Name\":\"b\"}{\"Name\":\"c\"}", ""), 0);
	list = result.resources;
	result.resources = (struct resource_list){ 0 };
	struct resource b = list.items[1], d = { .id = "d" };
	ck_assert(resource_list_has(&list, &b) && !resource_list_has(&list, &d));
	resource_list_keep(&list, is_second, "b");
	ck_assert_uint_eq(list.nr, 1);
	ck_assert_str_eq(list.items[0].name, "b");
	resource_list_keep(&list, is_second, "c");
	ck_assert_uint_eq(list.nr, 0);
	ck_assert(!resource_list_has(&list, &b));
	resource_list_release(&list);
}
END_TEST

#define FATAL(words) "time=\"2026-11-26T13:31:33Z\" level=fatal msg=\"" words "\"\n"
#define ERROR(words) "time=\"2026-11-26T13:31:33Z\" level=error msg=\"" words "\"\n"
#define WARNING(words) "time=\"2026-11-26T13:31:33Z\" level=warning msg=\"" words "\"\n"

static const struct {
	const char *runtime;
	enum verb verb;
	enum error_kind kind;
	const char *words, *text; /* what it said; what is handed on */
} refusals[] = {
	{ "docker", VERB_NETWORK_CREATE, ERROR_NAME_TAKEN, "Error response from daemon: network with name x already exists\n", "already exists" },
	{ "nerdctl", VERB_NETWORK_CREATE, ERROR_NAME_TAKEN, FATAL("network with name x already exists"), "network with name x already exists" },
	{ "podman", VERB_NETWORK_CREATE, ERROR_NAME_TAKEN, "Error: network name x already used: network already exists\n", "already used" },
	{ "docker", VERB_NETWORK_CREATE, ERROR_IN_USE, "Error response from daemon: Pool overlaps with other one on this address space\n", "Pool" },
	{ "nerdctl", VERB_NETWORK_CREATE, ERROR_IN_USE, FATAL("subnet 10.1.0.0/24 overlaps with other one on this address space"), "10.1.0.0/24" },
	{ "podman", VERB_NETWORK_CREATE, ERROR_IN_USE, "Error: subnet 10.1.0.0/24 is already used on the host or by another config\n", "10.1" },
	{ "docker", VERB_NETWORK_CREATE, ERROR_VALUE, "Error response from daemon: plugin \"bogus\" not found\n", "plugin \"bogus\" not found" },
	{ "nerdctl", VERB_NETWORK_CREATE, ERROR_VALUE, FATAL("unsupported cni driver \\\"bogus\\\""), "unsupported cni driver \"bogus\"" },
	{ "podman", VERB_NETWORK_CREATE, ERROR_VALUE, "Error: unsupported driver bogus: invalid argument\n", "bogus" },
	{ "docker", VERB_NETWORK_REMOVE, ERROR_NOT_FOUND, "Error response from daemon: network x not found\nexit status 1\n",
	  "Error response from daemon: network x not found" },
	{ "nerdctl", VERB_NETWORK_REMOVE, ERROR_NOT_FOUND, ERROR("no network found matching: x") FATAL("no network could be removed"),
	  "no network found matching: x" },
	{ "podman", VERB_NETWORK_REMOVE, ERROR_NOT_FOUND, "Error: unable to find network with name or ID x: network not found\n", "unable" },
	{ "docker", VERB_NETWORK_REMOVE, ERROR_IN_USE,
	  "Error response from daemon: error while removing network: network x id d55f has active endpoints\nexit status 1\n", "active" },
	{ "nerdctl", VERB_NETWORK_REMOVE, ERROR_IN_USE,
	  ERROR("network \\\"x\\\" is in use by container [\\\"169e\\\"]") FATAL("no network could be removed"), "is in use by" },
	{ "podman", VERB_NETWORK_REMOVE, ERROR_IN_USE,
	  "Error: \"x\" has associated containers with it. Use -f to forcibly delete containers and pods: network is being used\n", "x" },
	{ "docker", VERB_NETWORK_REMOVE, ERROR_VALUE, "Error response from daemon: bridge is a pre-defined network and cannot be removed\n", "bridge" },
	{ "nerdctl", VERB_NETWORK_REMOVE, ERROR_VALUE, ERROR("cannot remove pre-defined network bridge"), "bridge" },
	{ "podman", VERB_NETWORK_REMOVE, ERROR_VALUE, "Error: default network podman cannot be removed\n", "podman" },
	{ "docker", VERB_NETWORK_CONNECT, ERROR_STATE, "Error response from daemon: endpoint with name web already exists in network x\n", "web" },
	{ "podman", VERB_NETWORK_CONNECT, ERROR_STATE,
	  "Error: container bc9d is already connected to network \"x\": network is already connected\n", "connected" },
	{ "docker", VERB_NETWORK_CONNECT, ERROR_STATE,
	  "Error response from daemon: container cannot be connected to multiple networks with one of the networks in private (none) mode\n", "none" },
	{ "podman", VERB_NETWORK_CONNECT, ERROR_STATE, "Error: \"\" is not supported: invalid network mode\n", "network mode" },
	{ "docker", VERB_NETWORK_CONNECT, ERROR_NOT_FOUND, "Error response from daemon: No such container: web\n", "web" },
	{ "docker", VERB_NETWORK_DISCONNECT, ERROR_STATE, "Error response from daemon: container 27d6 is not connected to network x\n", "27d6" },
	{ "podman", VERB_NETWORK_DISCONNECT, ERROR_STATE, "Error: container web is not connected to network x\n", "web" },
	{ "podman", VERB_VOLUME_CREATE, ERROR_NAME_TAKEN, "Error: volume with name x already exists: volume already exists\n", "already" },
	{ "docker", VERB_VOLUME_CREATE, ERROR_VALUE,
	  "Error response from daemon: create x: error looking up volume plugin bogus: plugin \"bogus\" not found\n", "bogus" },
	{ "docker", VERB_VOLUME_CREATE, ERROR_VALUE, "Error response from daemon: create x: invalid option: \"bogus\"\n", "bogus" },
	{ "docker", VERB_VOLUME_REMOVE, ERROR_NOT_FOUND, "Error response from daemon: get x: no such volume\n", "no such volume" },
	{ "nerdctl", VERB_VOLUME_REMOVE, ERROR_NOT_FOUND, WARNING("volume \\\"x\\\": not found") FATAL("some volumes could not be removed"),
	  "volume \"x\": not found" },
	{ "nerdctl", VERB_VOLUME_INSPECT, ERROR_NOT_FOUND,
	  WARNING("volume-store error\\nnot found\\n\\\"x/volume.json\\\" does not exist") FATAL("some volumes could not be inspected"), "not found" },
	{ "podman", VERB_VOLUME_REMOVE, ERROR_NOT_FOUND, "Error: no volume with name \"x\" found: no such volume\n", "no such volume" },
	{ "docker", VERB_VOLUME_REMOVE, ERROR_IN_USE, "Error response from daemon: remove x: volume is in use - [ecb5]\n", "ecb5" },
	{ "nerdctl", VERB_VOLUME_REMOVE, ERROR_IN_USE,
	  WARNING("volume \\\"x\\\" is in use (failed precondition)") FATAL("some volumes could not be removed"), "is in use" },
	{ "podman", VERB_VOLUME_REMOVE, ERROR_IN_USE,
	  "Error: volume x is being used by the following container(s): 74f1: volume is being used\n", "74f1" },
	/* what only looks like one of these */
	{ "docker", VERB_START, ERROR_FAILED, "Error response from daemon: exec: \"x\": executable file not found in $PATH\n", "executable" },
	{ "nerdctl", VERB_VOLUME_REMOVE, ERROR_FAILED, WARNING("a riddle") FATAL("some volumes could not be removed"), "a riddle" },
	{ "nerdctl", VERB_VOLUME_REMOVE, ERROR_FAILED, FATAL("some volumes could not be removed"), "some volumes could not be removed" },
};

START_TEST(refuses)
{
	ck_assert_int_eq(decode(refusals[_i].runtime, refusals[_i].verb, 1, "", refusals[_i].words), -1);
	ck_assert_msg(err.kind == refusals[_i].kind, "%s: %s", error_kind_name(err.kind), err.text);
	ck_assert_msg(strstr(err.text, refusals[_i].text) != NULL, "%s", err.text);
	ck_assert_msg(!strstr(err.text, "exit status") && !strstr(err.text, "level="), "%s", err.text);
	ck_assert_str_eq(err.subject, "subject");
}
END_TEST

static void tear_down(void)
{
	action_release(&action);
	reply_release(&reply);
	result_release(&result);
}

static Suite *resources_suite(void)
{
	Suite *suite = suite_create("resources");
	TCase *rows = tcase_create("rows");
	tcase_add_checked_fixture(rows, NULL, tear_down);
	tcase_add_test(rows, networks_of_docker);
	tcase_add_test(rows, networks_of_podman);
	tcase_add_test(rows, networks_of_nerdctl);
	tcase_add_test(rows, volumes_of_all);
	tcase_add_test(rows, garbage);
	tcase_add_test(rows, some_are_kept);
	tcase_add_loop_test(rows, refuses, 0, (int)ARRAY_LEN(refusals));
	suite_add_tcase(suite, rows);
	return suite;
}

SUITE_MAIN(resources_suite)
