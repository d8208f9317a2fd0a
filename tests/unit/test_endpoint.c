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

static const char *find(void)
{
	endpoint_find(found);
	return found;
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
}

static void teardown(void)
{
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
	suite_add_tcase(suite, all);
	return suite;
}

SUITE_MAIN(endpoint_suite)
