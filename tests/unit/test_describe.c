/* From an engine's answer back to a description. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "runtime/describe.h"

#define ID "1fb099856ba3babb7d90b46c49682e33d797ae6b312a4b6201d8df8fc5ad820e"

static struct spec spec;
static struct error err;
static struct buf container, image, text;
static struct strvec words;

static void setup(void)
{
	spec_init(&spec);
	buf_init(&container, 1000000);
	buf_init(&image, 1000000);
	buf_init(&text, 1000000);
}

static void teardown(void)
{
	spec_release(&spec);
	buf_release(&container);
	buf_release(&image);
	buf_release(&text);
	strvec_release(&words);
}

static int describe(const char *runtime, const char *of_container, const char *of_image)
{
	spec_release(&spec);
	spec_init(&spec);
	buf_clear(&container);
	buf_clear(&image);
	buf_add_text(&container, of_container);
	buf_add_text(&image, of_image);
	return runtime_describe(runtime_find(runtime, &err), &container, &image, &spec, &err);
}

static const char *line(void)
{
	strvec_release(&words);
	buf_clear(&text);
	spec_add_words(&spec, &words);
	strvec_quote(&words, &text);
	return buf_text(&text);
}

#define IMAGE "[{\"Config\":{\"Env\":[\"PATH=/bin\"],\"Cmd\":[\"sh\"],\"Labels\":{\"of\":\"image\"},\"ExposedPorts\":{\"80/tcp\":{}},\"Volumes\":{\"/data\":{}},\"WorkingDir\":\"/srv\"}}]"

START_TEST(one_thing_each)
{
	static const struct {
		const char *runtime, *config, *host, *line;
	} cases[] = {
		{ "docker", "\"Cmd\":[\"sh\"],\"Env\":[\"PATH=/bin\"],\"Labels\":{\"of\":\"image\"},\"WorkingDir\":\"/srv\"", "", "i" },
		{ "docker", "\"Cmd\":[\"sh\",\"-c\",\"a b\"]", "", "i sh -c 'a b'" },
		{ "docker", "\"Entrypoint\":[\"a\",\"b\"],\"Cmd\":[\"sh\"]", "", "--entrypoint=a i b sh" },
		{ "podman", "\"Entrypoint\":\"a\",\"Cmd\":null", "", "--entrypoint=a i" },
		{ "docker", "\"Env\":[\"PATH=/else\",\"A=\"]", "", "--env=PATH=/else --env=A= i" },
		{ "podman", "\"Hostname\":\"1fb099856ba3\",\"Env\":[\"TERM=xterm\",\"container=podman\",\"HOSTNAME=1fb099856ba3\",\"HOSTNAME=x\"]", "",
		  "--env=HOSTNAME=x i" },
		{ "docker", "\"Labels\":{\"of\":\"me\",\"k.with.dots\":\"\"}", "", "--label=of=me --label=k.with.dots i" },
		{ "docker", "\"Hostname\":\"1fb099856ba3\"", "", "i" },
		{ "docker", "", "\"Umask\":23", "--umask=0027 i" },
		{ "docker", "", "\"Umask\":0", "--umask=0000 i" },
		{ "podman", "\"Umask\":\"0077\"", "", "--umask=0077 i" },
		{ "podman", "\"Umask\":\"0022\"", "", "i" },
		{ "docker", "\"ExposedPorts\":{\"80/tcp\":{},\"81/udp\":{}}", "", "--expose=81/udp i" },
		{ "docker", "\"ExposedPorts\":{\"81/tcp\":{}}", "\"PortBindings\":{\"81/tcp\":[{\"HostIp\":\"\",\"HostPort\":\"8081\"}]}", "--publish=8081:81 i" },
		{ "docker", "", "\"PortBindings\":{\"53/udp\":[{\"HostIp\":\"::1\",\"HostPort\":\"0\"},{\"HostIp\":\"\",\"HostPort\":\"\"}]}",
		  "'--publish=[::1]::53/udp' --publish=53/udp i" },
		{ "docker", "\"Volumes\":{\"/data\":{},\"/own\":{}}", "\"Binds\":[\"name:/a\",\"/b:/b:rw,z,ro\"]",
		  "--volume=name:/a --volume=/b:/b:ro --volume=/own i" },
		{ "podman", "", "\"ReadonlyRootfs\":true,\"Tmpfs\":{\"/tmp\":\"rw,rprivate,nosuid,nodev,tmpcopyup\",\"/x\":\"size=1m\"}",
		  "--tmpfs=/x:size=1m --read-only i" },
		{ "docker", "", "\"Mounts\":[{\"Type\":\"volume\",\"Source\":\"v\",\"Target\":\"/t\",\"ReadOnly\":true},{\"Type\":\"tmpfs\",\"Target\":\"/y\"}]",
		  "--mount=type=volume,source=v,target=/t,readonly --mount=type=tmpfs,target=/y i" },
		{ "docker", "", "\"NanoCpus\":1250000000,\"CpuPeriod\":100000,\"CpuQuota\":125000", "--cpus=1.25 i" },
		{ "docker", "", "\"NanoCpus\":2000000000", "--cpus=2 i" },
		{ "docker", "", "\"CpuQuota\":50000", "--cpu-quota=50000 i" },
		{ "docker", "", "\"Memory\":1024,\"MemorySwap\":2048", "--memory=1024 i" },
		{ "docker", "", "\"Memory\":1024,\"MemorySwap\":-1", "--memory=1024 --memory-swap=-1 i" },
		{ "docker", "", "\"RestartPolicy\":{\"Name\":\"no\",\"MaximumRetryCount\":0}", "i" },
		{ "docker", "", "\"RestartPolicy\":{\"Name\":\"always\"}", "--restart=always i" },
		{ "podman", "\"StopSignal\":15,\"StopTimeout\":10", "", "i" },
		{ "podman", "\"StopSignal\":2,\"StopTimeout\":3", "", "--stop-signal=2 --stop-timeout=3 i" },
		{ "docker", "\"StopSignal\":\"SIGQUIT\"", "", "--stop-signal=SIGQUIT i" },
		{ "docker", "\"Healthcheck\":{\"Test\":[\"NONE\"]}", "", "--no-healthcheck i" },
		{ "docker", "\"Healthcheck\":{\"Test\":[\"CMD\",\"a b\",\"c\"],\"Interval\":1500000000,\"Retries\":5}", "",
		  "'--health-cmd='\\''a b'\\'' c' --health-interval=1500000000ns --health-retries=5 i" },
		{ "podman", "\"Healthcheck\":{\"Test\":[\"CMD-SHELL\",\"a\\nb\"],\"Interval\":30000000000,\"Timeout\":30000000000,\"Retries\":3}", "",
		  "'--health-cmd=a\nb' i" },
		{ "podman", "", "\"Ulimits\":[{\"Name\":\"RLIMIT_NOFILE\",\"Soft\":1,\"Hard\":2},{\"Name\":\"RLIMIT_NPROC\",\"Soft\":1048576,\"Hard\":1048576}]",
		  "--ulimit=nofile=1:2 i" },
		{ "docker", "", "\"Devices\":[{\"PathOnHost\":\"/dev/a\",\"PathInContainer\":\"/dev/b\",\"CgroupPermissions\":\"r\"}]", "--device=/dev/a:/dev/b:r i" },
		{ "docker", "", "\"LogConfig\":{\"Type\":\"local\",\"Config\":{\"max-size\":\"1m\"}}", "--log-driver=local --log-opt=max-size=1m i" },
		{ "docker", "", "\"NetworkMode\":\"bridge\",\"PidMode\":\"private\",\"IpcMode\":\"private\",\"Runtime\":\"runc\",\"ShmSize\":67108864", "i" },
		{ "docker", "", "\"NetworkMode\":\"host\",\"PidMode\":\"host\",\"Runtime\":\"kata\"", "--network=host --pid=host --runtime=kata i" },
		{ "podman", "", "\"Runtime\":\"oci\",\"CapAdd\":[\"CAP_NET_ADMIN\",\"ALL\"],\"SecurityOpt\":[\"label=disable\"]",
		  "--cap-add=NET_ADMIN --cap-add=ALL --security-opt=label=disable i" },
		{ "docker", "\"Tty\":true,\"OpenStdin\":true", "\"Privileged\":true,\"SecurityOpt\":[\"label=disable\"],\"AutoRemove\":true,\"Init\":true",
		  "--privileged --init --interactive --tty --rm i" },
		{ "docker", "",
		  "\"BlkioWeightDevice\":[{\"Path\":\"/dev/a\",\"Weight\":100}],\"BlkioDeviceReadBps\":[{\"Path\":\"/dev/a\",\"Rate\":1048576},"
		  "{\"Path\":\"/dev/b\",\"Rate\":1}],\"BlkioDeviceWriteBps\":[{\"Path\":\"/dev/a\",\"Rate\":2}],"
		  "\"BlkioDeviceReadIOps\":[{\"Path\":\"/dev/a\",\"Rate\":3}],\"BlkioDeviceWriteIOps\":[{\"Path\":\"/dev/a\",\"Rate\":4}]",
		  "--blkio-weight-device=/dev/a:100 --device-read-bps=/dev/a:1048576 --device-read-bps=/dev/b:1 --device-write-bps=/dev/a:2 "
		  "--device-read-iops=/dev/a:3 --device-write-iops=/dev/a:4 i" },
		{ "docker", "\"Healthcheck\":{\"Test\":[\"CMD-SHELL\",\"true\"],\"StartInterval\":3000000000}",
		  "\"VolumeDriver\":\"nfs\",\"StorageOpt\":{\"size\":\"1g\"},\"DeviceCgroupRules\":[\"c 1:3 mr\"],\"CpuRealtimePeriod\":1000,\"CpuRealtimeRuntime\":10",
		  "--volume-driver=nfs --cpu-rt-period=1000 --cpu-rt-runtime=10 --storage-opt=size=1g '--device-cgroup-rule=c 1:3 mr' "
		  "--health-cmd=true --health-start-interval=3s i" },
		{ "docker", "", "\"Annotations\":{\"a.b\":\"c\"}", "--annotation=a.b=c i" },
		{ "podman", "\"Annotations\":{\"a.b\":\"c\",\"io.kubernetes.cri-o.TTY\":\"false\",\"io.podman.annotations.init\":\"FALSE\"}", "", "--annotation=a.b=c i" },
		{ "docker", "", "\"Links\":[\"/db:/web/database\"],\"Sysctls\":{\"net.a.b\":\"1\"}", "--link=db:database --sysctl=net.a.b=1 i" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char json[2000];
		snprintf(json, sizeof json, "[{\"Id\":\"" ID "\",\"Name\":\"/web\",\"Config\":{\"Image\":\"i\"%s%s},\"HostConfig\":{%s}}]",
			 *cases[i].config ? "," : "", cases[i].config, cases[i].host);
		ck_assert_msg(describe(cases[i].runtime, json, IMAGE) == 0, "%s: %s", json, err.text);
		ck_assert_str_eq(spec_value(&spec, "name"), "web");
		spec_take(&spec, "name");
		ck_assert_str_eq(line(), cases[i].line);
	}
}
END_TEST

START_TEST(networks_and_other_names)
{
	static const char json[] = "[{\"Id\":\"" ID "\",\"Name\":\"web\",\"Config\":{\"Image\":\"docker.io/library/i\"},\"HostConfig\":{\"NetworkMode\":\"front\"},"
				   "\"NetworkSettings\":{\"Networks\":{\"front\":{\"Aliases\":[\"a\",\"1fb099856ba3\",\"web\"]},\"back\":{\"Aliases\":null},"
				   "\"bridge\":{}}}}]";
	ck_assert_int_eq(describe("podman", json, ""), 0);
	ck_assert_str_eq(line(), "--name=web --network=front --network=back --network-alias=a i");
}
END_TEST

/* Without its image all is told that it has. */
START_TEST(an_image_that_is_gone)
{
	static const char json[] = "[{\"Name\":\"web\",\"Config\":{\"Image\":\"i\",\"Cmd\":[\"sh\"],\"Env\":[\"PATH=/bin\"]}}]";
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	ck_assert_int_eq(describe("docker", json, ""), 0);
	ck_assert_str_eq(line(), "--name=web --env=PATH=/bin i sh");
	ck_assert_str_eq(runtime_image_of(&container, &arena), "i");
}
END_TEST

START_TEST(what_is_no_answer)
{
	static const char *const texts[] = { "", "[]", "{}", "[{}]", "[{\"Config\":7}]", "nonsense", "[{\"Config\"" };
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		ck_assert_msg(describe("docker", texts[i], IMAGE) == -1, "%s", texts[i]);
		ck_assert_int_eq(err.kind, ERROR_RUNTIME);
		ck_assert_str_eq(runtime_image_of(&container, &arena), "");
	}
	/* All of another type, and an image that is none. */
	ck_assert_int_eq(describe("docker", "[{\"Name\":1,\"Config\":{\"Env\":{\"a\":1},\"Cmd\":\"x\",\"Labels\":[1],\"Healthcheck\":{\"Test\":[]}},"
					    "\"HostConfig\":{\"PortBindings\":[[{}]],\"Binds\":[1,\":\"],\"Ulimits\":[1],\"NanoCpus\":-5}}]", "[7"), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("describe");
	TCase *tcase = tcase_create("describe");
	SRunner *runner = srunner_create(suite);

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, one_thing_each);
	tcase_add_test(tcase, networks_and_other_names);
	tcase_add_test(tcase, an_image_that_is_gone);
	tcase_add_test(tcase, what_is_no_answer);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
