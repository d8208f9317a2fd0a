#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/macros.h"
#include "runtime/endpoint.h"
#include "scratch.h"
#include "suite.h"

#define STANDARD "/var/run/docker.sock"

static char found[ENDPOINT_MAX + 1];
static struct strvec arguments;

static const char *find(void)
{
	endpoint_find(&arguments, found);
	return found;
}

static const char *name_of(const char *runtime)
{
	static char name[ENDPOINT_NAME_MAX + 1];
	endpoint_name(runtime, &arguments, name);
	return name;
}

static void give(const char *first, const char *second)
{
	strvec_release(&arguments);
	strvec_push(&arguments, first);
	if (second)
		strvec_push(&arguments, second);
}

static void write_file(const char *path, const char *text)
{
	struct error err;
	ck_assert_msg(fd_replace_file(scratch, path, text, strlen(text), &err) == 0, "%s", err.text);
}

static void add_context(const char *directory, const char *text)
{
	char path[256];
	mkdirat(scratch, "contexts", 0700);
	mkdirat(scratch, "contexts/meta", 0700);
	snprintf(path, sizeof path, "contexts/meta/%s", directory);
	ck_assert_int_eq(mkdirat(scratch, path, 0700), 0);
	snprintf(path, sizeof path, "contexts/meta/%s/meta.json", directory);
	write_file(path, text);
}

static void setup(void)
{
	scratch_make();
	setenv("DOCKER_CONFIG", scratch_path, 1);
	unsetenv("DOCKER_HOST");
	unsetenv("DOCKER_CONTEXT");
	unsetenv("CONTAINERD_NAMESPACE");
	unsetenv("CONTAINERD_ADDRESS");
	unsetenv("CONTAINER_HOST");
	unsetenv("CONTAINER_CONNECTION");
	setenv("NERDCTL_TOML", "/nonexistent", 1);
}

static void teardown(void)
{
	strvec_release(&arguments);
	scratch_remove();
}

START_TEST(without_anything_it_is_the_standard_one)
{
	ck_assert_str_eq(find(), STANDARD);
	unsetenv("DOCKER_CONFIG");
	setenv("HOME", scratch_path, 1);
	ck_assert_str_eq(find(), STANDARD);
	unsetenv("HOME");
	ck_assert_str_eq(find(), STANDARD);
}
END_TEST

START_TEST(docker_host)
{
	static const struct {
		const char *host, *path;
	} hosts[] = {
		{ "unix:///run/user/1000/docker.sock", "/run/user/1000/docker.sock" },
		{ "tcp://127.0.0.1:2375", "" },
		{ "ssh://me@there", "" },
		{ "unix://", "" },
		{ "unix://relative.sock", "" },
		{ "/run/docker.sock", "" },
		{ "", STANDARD },
	};
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		setenv("DOCKER_HOST", hosts[i].host, 1);
		ck_assert_str_eq(find(), hosts[i].path);
	}
}
END_TEST

START_TEST(a_path_longer_than_sockets_have)
{
	char host[7 + ENDPOINT_MAX + 2] = "unix:///";
	memset(host + 8, 'x', ENDPOINT_MAX - 1);
	setenv("DOCKER_HOST", host, 1);
	ck_assert_uint_eq(strlen(find()), ENDPOINT_MAX);
	host[8 + ENDPOINT_MAX - 1] = 'x';
	setenv("DOCKER_HOST", host, 1);
	ck_assert_str_eq(find(), "");
}
END_TEST

START_TEST(contexts)
{
	add_context("aaa", "{\"Name\":\"near\",\"Metadata\":{},\"Endpoints\":{\"docker\":{\"Host\":\"unix:///near.sock\",\"SkipTLSVerify\":false}}}");
	add_context("bbb", "{\"Name\":\"far\",\"Endpoints\":{\"docker\":{\"Host\":\"ssh://far\"}}}");
	add_context("ccc", "{\"Name\":\"broken\"");
	add_context("ddd", "{\"Name\":\"empty\"}");
	setenv("DOCKER_CONTEXT", "near", 1);
	ck_assert_str_eq(find(), "/near.sock");
	setenv("DOCKER_CONTEXT", "far", 1);
	ck_assert_str_eq(find(), "");
	setenv("DOCKER_CONTEXT", "broken", 1);
	ck_assert_str_eq(find(), "");
	setenv("DOCKER_CONTEXT", "empty", 1);
	ck_assert_str_eq(find(), "");
	setenv("DOCKER_CONTEXT", "unknown", 1);
	ck_assert_str_eq(find(), "");
	setenv("DOCKER_CONTEXT", "default", 1);
	ck_assert_str_eq(find(), STANDARD);
	setenv("DOCKER_CONTEXT", "near", 1);
	setenv("DOCKER_HOST", "unix:///host.sock", 1); /* comes first, as for docker */
	ck_assert_str_eq(find(), "/host.sock");
}
END_TEST

START_TEST(the_config_file)
{
	add_context("aaa", "{\"Name\":\"near\",\"Endpoints\":{\"docker\":{\"Host\":\"unix:///near.sock\"}}}");
	write_file("config.json", "{\"auths\":{},\"currentContext\":\"near\"}");
	ck_assert_str_eq(find(), "/near.sock");
	setenv("DOCKER_CONTEXT", "default", 1);
	ck_assert_str_eq(find(), STANDARD);
	unsetenv("DOCKER_CONTEXT");
	write_file("config.json", "{\"currentContext\":\"gone\"}");
	ck_assert_str_eq(find(), "");
	write_file("config.json", "{\"currentContext\":5}");
	ck_assert_str_eq(find(), STANDARD);
	write_file("config.json", "not JSON");
	ck_assert_str_eq(find(), STANDARD);
}
END_TEST

START_TEST(arguments_that_name_another_engine)
{
	static const char *const words[][2] = {
		{ "-H", "unix:///other.sock" }, { "-Hunix:///other.sock", NULL }, { "--host=tcp://there", NULL }, { "-c", "near" },
		{ "--context", "near" },        { "--config", "/elsewhere" },
	};
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		give(words[i][0], words[i][1]);
		ck_assert_str_eq(find(), "");
	}
	give("--log-level", "debug");
	ck_assert_str_eq(find(), STANDARD);
}
END_TEST

START_TEST(how_docker_is_called)
{
	ck_assert_str_eq(name_of("docker"), "");
	write_file("config.json", "{\"currentContext\":\"far\"}");
	ck_assert_str_eq(name_of("docker"), "far");
	setenv("DOCKER_CONTEXT", "near", 1);
	ck_assert_str_eq(name_of("docker"), "near");
	setenv("DOCKER_CONTEXT", "default", 1);
	ck_assert_str_eq(name_of("docker"), "");
	setenv("DOCKER_HOST", "unix:///run/user/1000/docker.sock", 1);
	ck_assert_str_eq(name_of("docker"), "/run/user/1000/docker.sock");
	setenv("DOCKER_HOST", "unix://" STANDARD, 1);
	ck_assert_str_eq(name_of("docker"), "");
	give("--context=near", NULL); /* counts before the variables */
	ck_assert_str_eq(name_of("docker"), "near");
	ck_assert_str_eq(name_of("podman"), "near");
	ck_assert_str_eq(name_of("nerdctl"), "");
}
END_TEST

START_TEST(how_nerdctl_is_called)
{
	char path[128];
	snprintf(path, sizeof path, "%s/nerdctl.toml", scratch_path);
	setenv("NERDCTL_TOML", path, 1);
	ck_assert_str_eq(name_of("nerdctl"), "");
	write_file("nerdctl.toml", "debug = false\naddress = \"unix:///run/k3s/containerd.sock\"\n\n[other]\nnamespace = \"none\"\n");
	ck_assert_str_eq(name_of("nerdctl"), "/run/k3s/containerd.sock");
	write_file("nerdctl.toml", "# namespace = \"a\"\n namespace='k8s.io' # ours\naddress = \"unix:///run/k3s/containerd.sock\"\n");
	ck_assert_str_eq(name_of("nerdctl"), "k8s.io");
	setenv("CONTAINERD_NAMESPACE", "moby", 1);
	ck_assert_str_eq(name_of("nerdctl"), "moby");
	give("-n", "default");
	setenv("CONTAINERD_ADDRESS", "/run/containerd/containerd.sock", 1);
	ck_assert_str_eq(name_of("nerdctl"), "");
	give("-n", NULL); /* nothing follows it */
	ck_assert_str_eq(name_of("nerdctl"), "moby");
	for (const char *const *text = (const char *const[]){ "namespace", "namespace =", "namespace = \"k8s", "namespaces = \"x\"", "namespace = 5", "\n\n", NULL };
	     *text; text++) {
		unsetenv("CONTAINERD_NAMESPACE");
		write_file("nerdctl.toml", *text);
		ck_assert_str_eq(name_of("nerdctl"), strstr(*text, "\"k8s") ? "k8s" : "");
	}
}
END_TEST

START_TEST(how_podman_is_called)
{
	char longer[2 * ENDPOINT_NAME_MAX];
	ck_assert_str_eq(name_of("podman"), "");
	setenv("CONTAINER_CONNECTION", "prod", 1);
	ck_assert_str_eq(name_of("podman"), "prod");
	setenv("CONTAINER_HOST", "ssh://me@there", 1);
	ck_assert_str_eq(name_of("podman"), "ssh://me@there");
	give("--connection", "test");
	ck_assert_str_eq(name_of("podman"), "test");
	ck_assert_str_eq(name_of("docker"), "");
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	give("--url", longer);
	ck_assert_uint_eq(strlen(name_of("podman")), ENDPOINT_NAME_MAX);
}
END_TEST

static Suite *endpoint_suite(void)
{
	Suite *suite = suite_create("endpoint");
	TCase *all = tcase_create("endpoint");
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_test(all, without_anything_it_is_the_standard_one);
	tcase_add_test(all, docker_host);
	tcase_add_test(all, a_path_longer_than_sockets_have);
	tcase_add_test(all, contexts);
	tcase_add_test(all, the_config_file);
	tcase_add_test(all, arguments_that_name_another_engine);
	tcase_add_test(all, how_docker_is_called);
	tcase_add_test(all, how_nerdctl_is_called);
	tcase_add_test(all, how_podman_is_called);
	suite_add_tcase(suite, all);
	return suite;
}

SUITE_MAIN(endpoint_suite)
