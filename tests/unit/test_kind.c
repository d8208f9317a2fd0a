#include <check.h>
#include <string.h>

#include "command/command.h"
#include "suite.h"

static const struct {
	enum kind kind;
	const char *value;
} accepted[] = {
	{ KIND_FLAG, "true" },
	{ KIND_FLAG, "false" },
	{ KIND_TEXT, "" },
	{ KIND_TEXT, "any thing\n" },
	{ KIND_REST, "" },
	{ KIND_CONTAINER, "web" },
	{ KIND_CONTAINER, "a" },
	{ KIND_CONTAINER, "4f5c" },
	{ KIND_CONTAINER, "*" },
	{ KIND_CONTAINER, "web-?_x.1" },
	{ KIND_CONTAINER, "podman:web" },
	{ KIND_CONTAINER, "nerdctl:*" },
	{ KIND_CONTAINER, "label=tier=web" },
	{ KIND_CONTAINER, "podman:@shop" },
	{ KIND_CONTAINER, "-" },
	{ KIND_OBJECT, "-" },
	{ KIND_LOG, "web@2" },
	{ KIND_LOG, "docker:web@2" },
	{ KIND_LOG, "web*" },
	{ KIND_LOG, "podman:label=tier=web" },
	{ KIND_LOG, "@shop" },
	{ KIND_WORDS, "" },
	{ KIND_WORDS, "--cgroup-manager cgroupfs 'a b'" },
	{ KIND_NAME, "web-1_x.y" },
	{ KIND_NAME, "a1" },
	{ KIND_IMAGE, "nginx" },
	{ KIND_IMAGE, "nginx:1.25-ALPINE" },
	{ KIND_IMAGE, "localhost/x" },
	{ KIND_IMAGE, "localhost:5000/x/y:T" },
	{ KIND_IMAGE, "Registry.example.com:443/team/app:1@sha256:0a" },
	{ KIND_IMAGE, "REGISTRY/app" },
	{ KIND_IMAGE, "sha256:8a3c" },
	{ KIND_IMAGE, "8a3c" },
	{ KIND_OBJECT, "web" },
	{ KIND_OBJECT, "podman:registry/x:1" },
	{ KIND_OBJECT_TYPE, "volume" },
	{ KIND_EVENT_FILTER, "container=web" },
	{ KIND_EVENT_FILTER, "event=die" },
	{ KIND_EVENT_FILTER, "event=health_status" },
	{ KIND_EVENT_FILTER, "label=a" },
	{ KIND_EVENT_FILTER, "label=a=b" },
	{ KIND_COMMAND, "ps" },
	{ KIND_RUNTIME, "podman" },
	{ KIND_COUNT, "0" },
	{ KIND_COUNT, "2147483647" },
	{ KIND_TAIL, "all" },
	{ KIND_TAIL, "10" },
	{ KIND_SECONDS, "0" },
	{ KIND_SECONDS, "-1" },
	{ KIND_WEIGHT, "0" },
	{ KIND_WEIGHT, "-1" },
	{ KIND_CONDITION, "healthy" },
	{ KIND_CONDITION, "log ready to accept" },
	{ KIND_SINCE, "10m" },
	{ KIND_SINCE, "2026-11-22T04:03:59.283805114Z" },
	{ KIND_SIGNAL, "TERM" },
	{ KIND_SIGNAL, "SIGTERM" },
	{ KIND_SIGNAL, "sigkill" },
	{ KIND_SIGNAL, "1" },
	{ KIND_SIGNAL, "64" },
	{ KIND_SIGNAL, "RTMIN" },
	{ KIND_SIGNAL, "SIGRTMIN+15" },
	{ KIND_SIGNAL, "RTMAX-14" },
	{ KIND_PORT, "80" },
	{ KIND_PORT, "8080:80" },
	{ KIND_PORT, "8080:80/udp" },
	{ KIND_PORT, "80/SCTP" },
	{ KIND_PORT, ":80" },
	{ KIND_PORT, "127.0.0.1:8080:80" },
	{ KIND_PORT, "127.0.0.1::80" },
	{ KIND_PORT, "[::1]:8080:80" },
	{ KIND_PORT, "::1:8080:80" },
	{ KIND_PORT, "8000-8010:9000-9010" },
	{ KIND_PORT, "8000-8010:80" },
	{ KIND_PORT, "7000-7001" },
	{ KIND_PORT, "1:65535" },
	{ KIND_ENV, "A=b=c d" },
	{ KIND_ENV, "A=" },
	{ KIND_ENV, "HOME" },
	{ KIND_FILE, "./x y" },
	{ KIND_PLACE, "web:/etc" },
	{ KIND_PLACE, "podman:web:x" },
	{ KIND_PLACE, "./a:b" },
	{ KIND_PLACE, "-" },
	{ KIND_VOLUME, "/data" },
	{ KIND_VOLUME, "data:/data" },
	{ KIND_VOLUME, "/srv:/data:ro,z" },
	{ KIND_VOLUME, "./x:/data" },
	{ KIND_VOLUME, "../x:/data" },
	{ KIND_VOLUME, ".:/data" },
	{ KIND_MOUNT, "type=bind,source=/a,target=/b" },
	{ KIND_MOUNT, "type=tmpfs,dst=/b,tmpfs-size=1m" },
	{ KIND_MOUNT, "type=bind,\"source=/a,b\",\"destination=/c,d\",readonly" },
	{ KIND_NETWORK, "bridge" },
	{ KIND_NETWORK, "container:web" },
	{ KIND_NETWORK, "name=net,alias=db" },
	{ KIND_NETWORK_NAME, "back" },
	{ KIND_NETWORK_NAME, "b" },
	{ KIND_NETWORK_NAME, "a_b.c-1" },
	{ KIND_VOLUME_NAME, "x" },
	{ KIND_SUBNET, "10.1.0.0/16" },
	{ KIND_SUBNET, "0.0.0.0/0" },
	{ KIND_SUBNET, "fd00::/64" },
	{ KIND_SUBNET, "fd00::/128" },
	{ KIND_ADDRESS, "10.1.0.1" },
	{ KIND_ADDRESS, "fd00::1" },
	{ KIND_LABEL, "key" },
	{ KIND_LABEL, "key=" },
	{ KIND_LABEL, "com.example=a b" },
	{ KIND_SIZE, "512" },
	{ KIND_DEVICE_SIZE, "/dev/sda:1048576" },
	{ KIND_DEVICE_SIZE, "/dev/mapper/a-b:1.5mb" },
	{ KIND_DEVICE_COUNT, "/dev/sda:1000" },
	{ KIND_SIZE, "512m" },
	{ KIND_SIZE, "512M" },
	{ KIND_SIZE, "1gb" },
	{ KIND_SIZE, "1GiB" },
	{ KIND_SIZE, "1.5g" },
	{ KIND_SIZE, ".5g" },
	{ KIND_SIZE, "10b" },
	{ KIND_SIZE, "10 k" },
	{ KIND_SIZE, "-1" },
	{ KIND_CPUS, "2" },
	{ KIND_CPUS, "0.5" },
	{ KIND_CPUS, ".000000001" },
	{ KIND_RESTART, "no" },
	{ KIND_RESTART, "unless-stopped" },
	{ KIND_RESTART, "on-failure" },
	{ KIND_RESTART, "on-failure:3" },
	{ KIND_PULL, "missing" },
	{ KIND_FILTER, "name=web" },
	{ KIND_FILTER, "label=a=b" },
	{ KIND_FILTER, "label!=a" },
	{ KIND_FORMAT, "json" },
	{ KIND_TEMPLATE, "table" },
	{ KIND_TEMPLATE, "{{.Names}}: {{.Status}}" },
	{ KIND_TEMPLATE, "table {{.ID}}" },
};

START_TEST(accepts)
{
	struct error err = { .text = "" };

	ck_assert_msg(kind_check(accepted[_i].kind, "X", accepted[_i].value, &err) == 0, "%s", err.text);
}
END_TEST

#define FLAG_USE "use true or false"
#define CONTAINER_USE                                                                                                  \
	"use a name or an id: letters, digits, _ . - (and * ? for a pattern), or RUNTIME:NAME; label=KEY[=VALUE], "    \
	"@PROJECT or -"
#define PLACE_USE "use CONTAINER:PATH, a path here (./a:b where its name has a colon), or -"
#define NAME_USE "use letters, digits, _ . -, two or more, first a letter or digit"
#define IMAGE_USE "use [REGISTRY/]REPOSITORY[:TAG][@DIGEST], the repository in lower case"
#define COUNT_USE "use a whole number from 0 to 2147483647"
#define SECONDS_USE "use a whole number of seconds, or -1 for no limit"
#define SIGNAL_USE "use a name (TERM, SIGTERM, RTMIN+3) or a number from 1 to 64"
#define PORT_USE "use [[IP:]HOST:]CONTAINER[/tcp|udp|sctp], ports 1 to 65535"
#define ENV_USE "use NAME=VALUE, or NAME to pass on its present value"
#define VOLUME_USE "use [SOURCE:]/PATH[:OPTIONS], SOURCE a volume's name or a path from / or ."
#define NETWORK_NAME_USE "use letters, digits, _ . -, first a letter or digit, and neither host nor none"
#define SUBNET_USE "use ADDRESS/LENGTH: 10.1.0.0/16, fd00::/64"
#define ADDRESS_USE "use one of IPv4 or IPv6: 10.1.0.1, fd00::1"
#define MOUNT_USE "use type=bind|volume|tmpfs,source=SOURCE,target=/PATH"
#define NETWORK_USE "use a network's name, bridge, host, none or container:NAME"
#define SIZE_USE "use bytes, or a number with b, k, m or g: 512m, 1.5g"
#define DEVICE_SIZE_USE "use /dev/NAME:BYTES, or with k, m or g: /dev/sda:1m"
#define DEVICE_COUNT_USE "use /dev/NAME:NUMBER, a whole number: /dev/sda:1000"
#define CPUS_USE "use a decimal number over 0: 0.5, 2"
#define RESTART_USE "use no, always, unless-stopped, on-failure or on-failure:TIMES"
#define EVENT_FILTER_USE "use container=NAME, label=KEY[=VALUE], or event= and one of docker's words: create, start, die, …"
#define FILTER_USE "use KEY=VALUE with a key docker knows: name, status, label, ancestor, …"

static const struct {
	enum kind kind;
	const char *value, *text;
} refused[] = {
	{ KIND_FLAG, "yes", "X: 'yes' is not a flag value: " FLAG_USE },
	{ KIND_FLAG, "", "X: '' is not a flag value: " FLAG_USE },
	{ KIND_CONDITION, "log ", "X: 'log ' is not a condition: use exited, running, healthy or 'log TEXT'" },
	{ KIND_CONDITION, "soon", "X: 'soon' is not a condition: use exited, running, healthy or 'log TEXT'" },
	{ KIND_CONTAINER, "lxc:web", "X: 'lxc:web' is not a container: " CONTAINER_USE },
	{ KIND_CONTAINER, "podman:", "X: 'podman:' is not a container: " CONTAINER_USE },
	{ KIND_CONTAINER, "podman:docker:a", "X: 'podman:docker:a' is not a container: " CONTAINER_USE },
	{ KIND_CONTAINER, "podman:-f", "X: 'podman:-f' is not a container: " CONTAINER_USE },
	{ KIND_WORDS, "'a", "X: ''a' is not a list of words: use words as at the prompt, with their quotes closed" },
	{ KIND_CONTAINER, "", "X: '' is not a container: " CONTAINER_USE },
	{ KIND_CONTAINER, "-f", "X: '-f' is not a container: " CONTAINER_USE },
	{ KIND_CONTAINER, "a b", "X: 'a b' is not a container: " CONTAINER_USE },
	{ KIND_CONTAINER, "../x", "X: '../x' is not a container: " CONTAINER_USE },
	{ KIND_CONTAINER, "a;b", "X: 'a;b' is not a container: " CONTAINER_USE },
	{ KIND_PLACE, "", "X: '' is not a place: " PLACE_USE },
	{ KIND_PLACE, "web:", "X: 'web:' is not a place: " PLACE_USE },
	{ KIND_PLACE, "w*:/x", "X: 'w*:/x' is not a place: " PLACE_USE },
	{ KIND_NAME, "a", "X: 'a' is not a name: " NAME_USE },
	{ KIND_NAME, "-web", "X: '-web' is not a name: " NAME_USE },
	{ KIND_NAME, "w/b", "X: 'w/b' is not a name: " NAME_USE },
	{ KIND_NAME, "caf\xc3\xa9", "X: 'caf\xc3\xa9' is not a name: " NAME_USE },
	{ KIND_IMAGE, "", "X: '' is not an image: " IMAGE_USE },
	{ KIND_IMAGE, "Nginx", "X: 'Nginx' is not an image: " IMAGE_USE },
	{ KIND_IMAGE, "example.com/Team/app", "X: 'example.com/Team/app' is not an image: " IMAGE_USE },
	{ KIND_IMAGE, "team/App:1", "X: 'team/App:1' is not an image: " IMAGE_USE },
	{ KIND_IMAGE, "-v", "X: '-v' is not an image: " IMAGE_USE },
	{ KIND_IMAGE, "a b", "X: 'a b' is not an image: " IMAGE_USE },
	{ KIND_IMAGE, ":tag", "X: ':tag' is not an image: " IMAGE_USE },
	{ KIND_COMMAND, "", "X: '' is not a command: use a command's name" },
	{ KIND_RUNTIME, "", "X: '' is not a runtime: use docker, nerdctl or podman" },
	{ KIND_COUNT, "", "X: '' is not a number: " COUNT_USE },
	{ KIND_COUNT, "-1", "X: '-1' is not a number: " COUNT_USE },
	{ KIND_COUNT, "1.5", "X: '1.5' is not a number: " COUNT_USE },
	{ KIND_COUNT, "0x10", "X: '0x10' is not a number: " COUNT_USE },
	{ KIND_COUNT, "2147483648", "X: '2147483648' is not a number: " COUNT_USE },
	{ KIND_COUNT, "99999999999999999999999", "X: '99999999999999999999999' is not a number: " COUNT_USE },
	{ KIND_TAIL, "most", "X: 'most' is not a number: use a whole number or all" },
	{ KIND_SECONDS, "-2", "X: '-2' is not a duration: " SECONDS_USE },
	{ KIND_SECONDS, "10s", "X: '10s' is not a duration: " SECONDS_USE },
	{ KIND_SIGNAL, "", "X: '' is not a signal: " SIGNAL_USE },
	{ KIND_SIGNAL, "SIG", "X: 'SIG' is not a signal: " SIGNAL_USE },
	{ KIND_SIGNAL, "NOSIG", "X: 'NOSIG' is not a signal: " SIGNAL_USE },
	{ KIND_SIGNAL, "0", "X: '0' is not a signal: " SIGNAL_USE },
	{ KIND_SIGNAL, "65", "X: '65' is not a signal: " SIGNAL_USE },
	{ KIND_SIGNAL, "-9", "X: '-9' is not a signal: " SIGNAL_USE },
	{ KIND_SIGNAL, "RTMIN+16", "X: 'RTMIN+16' is not a signal: " SIGNAL_USE },
	{ KIND_SIGNAL, "RTMIN+0", "X: 'RTMIN+0' is not a signal: " SIGNAL_USE },
	{ KIND_SIGNAL, "RTMAX-15", "X: 'RTMAX-15' is not a signal: " SIGNAL_USE },
	{ KIND_DEVICE_SIZE, "/dev/sda", "X: '/dev/sda' is not a limit: " DEVICE_SIZE_USE },
	{ KIND_DEVICE_SIZE, "/dev/sda:", "X: '/dev/sda:' is not a limit: " DEVICE_SIZE_USE },
	{ KIND_DEVICE_SIZE, "/dev/sda:-1", "X: '/dev/sda:-1' is not a limit: " DEVICE_SIZE_USE },
	{ KIND_DEVICE_SIZE, "/dev/disk/by-path/pci-0000:00:1f.2:1mb", "X: '/dev/disk/by-path/pci-0000:00:1f.2:1mb' is not a limit: " DEVICE_SIZE_USE },
	{ KIND_DEVICE_SIZE, "/x:1m", "X: '/x:1m' is not a limit: " DEVICE_SIZE_USE },
	{ KIND_DEVICE_SIZE, "sda:1m", "X: 'sda:1m' is not a limit: " DEVICE_SIZE_USE },
	{ KIND_DEVICE_COUNT, "/dev/sda:1m", "X: '/dev/sda:1m' is not a limit: " DEVICE_COUNT_USE },
	{ KIND_DEVICE_COUNT, "1000", "X: '1000' is not a limit: " DEVICE_COUNT_USE },
	{ KIND_PORT, "", "X: '' is not a port: " PORT_USE },
	{ KIND_PORT, "80800:80", "X: '80800:80' is not a port: " PORT_USE },
	{ KIND_PORT, "0", "X: '0' is not a port: " PORT_USE },
	{ KIND_PORT, "65536", "X: '65536' is not a port: " PORT_USE },
	{ KIND_PORT, "8080:", "X: '8080:' is not a port: " PORT_USE },
	{ KIND_PORT, "80/http", "X: '80/http' is not a port: " PORT_USE },
	{ KIND_PORT, "80/", "X: '80/' is not a port: " PORT_USE },
	{ KIND_PORT, "web:80", "X: 'web:80' is not a port: " PORT_USE },
	{ KIND_PORT, "300.0.0.1:80:80", "X: '300.0.0.1:80:80' is not a port: " PORT_USE },
	{ KIND_PORT, "localhost:80:80", "X: 'localhost:80:80' is not a port: " PORT_USE },
	{ KIND_PORT, "[::1:80:80", "X: '[::1:80:80' is not a port: " PORT_USE },
	{ KIND_PORT, "90-80", "X: '90-80' is not a port: " PORT_USE },
	{ KIND_PORT, "80-", "X: '80-' is not a port: " PORT_USE },
	{ KIND_PORT, "80:90-91", "X: '80:90-91' is not a port: " PORT_USE },
	{ KIND_PORT, "80-82:90-91", "X: '80-82:90-91' is not a port: " PORT_USE },
	{ KIND_PORT, "80 :80", "X: '80 :80' is not a port: " PORT_USE },
	{ KIND_ENV, "", "X: '' is not a variable: " ENV_USE },
	{ KIND_ENV, "=x", "X: '=x' is not a variable: " ENV_USE },
	{ KIND_FILE, "", "X: '' is not a file: use a path" },
	{ KIND_VOLUME, "", "X: '' is not a volume: " VOLUME_USE },
	{ KIND_VOLUME, "data", "X: 'data' is not a volume: " VOLUME_USE },
	{ KIND_VOLUME, "/a:b", "X: '/a:b' is not a volume: " VOLUME_USE },
	{ KIND_VOLUME, "/a:/", "X: '/a:/' is not a volume: " VOLUME_USE },
	{ KIND_VOLUME, "a/b:/c", "X: 'a/b:/c' is not a volume: " VOLUME_USE },
	{ KIND_VOLUME, "~/a:/c", "X: '~/a:/c' is not a volume: " VOLUME_USE },
	{ KIND_VOLUME, ":/c", "X: ':/c' is not a volume: " VOLUME_USE },
	{ KIND_VOLUME, "/a:/b:", "X: '/a:/b:' is not a volume: " VOLUME_USE },
	{ KIND_VOLUME, "/a:/b:ro:z", "X: '/a:/b:ro:z' is not a volume: " VOLUME_USE },
	{ KIND_MOUNT, "", "X: '' is not a mount: " MOUNT_USE },
	{ KIND_MOUNT, "type=bind,source=/a", "X: 'type=bind,source=/a' is not a mount: " MOUNT_USE },
	{ KIND_MOUNT, "type=bind,target=b", "X: 'type=bind,target=b' is not a mount: " MOUNT_USE },
	{ KIND_NETWORK_NAME, "", "X: '' is not a name: " NETWORK_NAME_USE },
	{ KIND_NETWORK_NAME, "test?x", "X: 'test?x' is not a name: " NETWORK_NAME_USE },
	{ KIND_NETWORK_NAME, "te st", "X: 'te st' is not a name: " NETWORK_NAME_USE },
	{ KIND_NETWORK_NAME, "-a", "X: '-a' is not a name: " NETWORK_NAME_USE },
	{ KIND_NETWORK_NAME, "_a", "X: '_a' is not a name: " NETWORK_NAME_USE },
	{ KIND_NETWORK_NAME, "host", "X: 'host' is not a name: " NETWORK_NAME_USE },
	{ KIND_NETWORK_NAME, "none", "X: 'none' is not a name: " NETWORK_NAME_USE },
	{ KIND_VOLUME_NAME, "", "X: '' is not a volume: use a volume's name" },
	{ KIND_VOLUME_NAME, "-f", "X: '-f' is not a volume: use a volume's name" },
	{ KIND_SUBNET, "10.1.0.0", "X: '10.1.0.0' is not a subnet: " SUBNET_USE },
	{ KIND_SUBNET, "10.1.300.0/24", "X: '10.1.300.0/24' is not a subnet: " SUBNET_USE },
	{ KIND_SUBNET, "10.1.0.0/33", "X: '10.1.0.0/33' is not a subnet: " SUBNET_USE },
	{ KIND_SUBNET, "10.1.0.0/", "X: '10.1.0.0/' is not a subnet: " SUBNET_USE },
	{ KIND_SUBNET, "fd00::/129", "X: 'fd00::/129' is not a subnet: " SUBNET_USE },
	{ KIND_SUBNET, "[fd00::]/64", "X: '[fd00::]/64' is not a subnet: " SUBNET_USE },
	{ KIND_SUBNET, "/24", "X: '/24' is not a subnet: " SUBNET_USE },
	{ KIND_ADDRESS, "", "X: '' is not an address: " ADDRESS_USE },
	{ KIND_ADDRESS, "10.1.0", "X: '10.1.0' is not an address: " ADDRESS_USE },
	{ KIND_ADDRESS, "10.1.0.0/24", "X: '10.1.0.0/24' is not an address: " ADDRESS_USE },
	{ KIND_ADDRESS, "[::1]", "X: '[::1]' is not an address: " ADDRESS_USE },
	{ KIND_NETWORK, "", "X: '' is not a network: " NETWORK_USE },
	{ KIND_NETWORK, "a b", "X: 'a b' is not a network: " NETWORK_USE },
	{ KIND_LABEL, "=x", "X: '=x' is not a label: use KEY or KEY=VALUE" },
	{ KIND_SIZE, "", "X: '' is not a size: " SIZE_USE },
	{ KIND_SIZE, "m", "X: 'm' is not a size: " SIZE_USE },
	{ KIND_SIZE, ".", "X: '.' is not a size: " SIZE_USE },
	{ KIND_SIZE, "-5m", "X: '-5m' is not a size: " SIZE_USE },
	{ KIND_SIZE, "5x", "X: '5x' is not a size: " SIZE_USE },
	{ KIND_SIZE, "5bb", "X: '5bb' is not a size: " SIZE_USE },
	{ KIND_SIZE, "5mi", "X: '5mi' is not a size: " SIZE_USE },
	{ KIND_SIZE, "1.2.3m", "X: '1.2.3m' is not a size: " SIZE_USE },
	{ KIND_CPUS, "", "X: '' is not a number: " CPUS_USE },
	{ KIND_CPUS, "0", "X: '0' is not a number: " CPUS_USE },
	{ KIND_CPUS, "0.0", "X: '0.0' is not a number: " CPUS_USE },
	{ KIND_CPUS, "-1", "X: '-1' is not a number: " CPUS_USE },
	{ KIND_CPUS, "two", "X: 'two' is not a number: " CPUS_USE },
	{ KIND_CPUS, "0.0000000001", "X: '0.0000000001' is not a number: " CPUS_USE },
	{ KIND_RESTART, "never", "X: 'never' is not a restart policy: " RESTART_USE },
	{ KIND_RESTART, "always:3", "X: 'always:3' is not a restart policy: " RESTART_USE },
	{ KIND_RESTART, "on-failure:", "X: 'on-failure:' is not a restart policy: " RESTART_USE },
	{ KIND_PULL, "sometimes", "X: 'sometimes' is not a pull policy: use always, missing or never" },
	{ KIND_OBJECT_TYPE, "node", "X: 'node' is not a type: use container, image, network or volume" },
	{ KIND_EVENT_FILTER, "event=died", "X: 'event=died' is not a filter: " EVENT_FILTER_USE },
	{ KIND_EVENT_FILTER, "event=", "X: 'event=' is not a filter: " EVENT_FILTER_USE },
	{ KIND_EVENT_FILTER, "container=", "X: 'container=' is not a filter: " EVENT_FILTER_USE },
	{ KIND_EVENT_FILTER, "image=x", "X: 'image=x' is not a filter: " EVENT_FILTER_USE },
	{ KIND_FILTER, "name", "X: 'name' is not a filter: " FILTER_USE },
	{ KIND_FILTER, "=x", "X: '=x' is not a filter: " FILTER_USE },
	{ KIND_FILTER, "nmae=x", "X: 'nmae=x' is not a filter: " FILTER_USE },
	{ KIND_FORMAT, "yaml", "X: 'yaml' is not a format: use table or json" },
	{ KIND_FORMAT, "{{.ID}}", "X: '{{.ID}}' is not a format: use table or json" },
	{ KIND_TEMPLATE, "yaml", "X: 'yaml' is not a format: use table, json or a template: {{.Name}}" },
};

START_TEST(refuses)
{
	struct error err = { .text = "" };

	ck_assert_int_eq(kind_check(refused[_i].kind, "X", refused[_i].value, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	ck_assert_str_eq(err.text, refused[_i].text);
}
END_TEST

START_TEST(refuses_a_time_in_the_words_of_moment)
{
	struct error err;

	ck_assert_int_eq(kind_check(KIND_SINCE, "--since", "yesterday", &err), -1);
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	ck_assert_ptr_eq(strstr(err.text, "--since: 'yesterday' is not a time"), err.text);
}
END_TEST

START_TEST(cuts_a_long_value_in_a_message)
{
	struct error err;
	char value[4096];

	memset(value, '-', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	ck_assert_int_eq(kind_check(KIND_PORT, "--publish", value, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, PORT_USE));
}
END_TEST

START_TEST(accepts_each_of_its_words)
{
	static const enum kind closed[] = {
		KIND_FLAG, KIND_RUNTIME, KIND_SIGNAL, KIND_RESTART, KIND_PULL, KIND_FORMAT, KIND_TEMPLATE,
	};

	for (size_t i = 0; i < ARRAY_LEN(closed); i++) {
		const char *const *word = kind_words(closed[i]);
		struct error err;

		ck_assert_ptr_nonnull(word);
		for (; *word != NULL; word++)
			ck_assert_msg(kind_check(closed[i], "X", *word, &err) == 0, "%s", err.text);
	}
}
END_TEST

START_TEST(has_no_words_where_a_kind_is_open)
{
	ck_assert_ptr_null(kind_words(KIND_TEXT));
	ck_assert_ptr_null(kind_words(KIND_CONTAINER));
	ck_assert_ptr_null(kind_words(KIND_REST));
}
END_TEST

static Suite *kind_suite(void)
{
	Suite *suite = suite_create("kind");
	TCase *check = tcase_create("check");
	TCase *words = tcase_create("words");

	tcase_add_loop_test(check, accepts, 0, ARRAY_LEN(accepted));
	tcase_add_loop_test(check, refuses, 0, ARRAY_LEN(refused));
	tcase_add_test(check, refuses_a_time_in_the_words_of_moment);
	tcase_add_test(check, cuts_a_long_value_in_a_message);
	tcase_add_test(words, accepts_each_of_its_words);
	tcase_add_test(words, has_no_words_where_a_kind_is_open);
	suite_add_tcase(suite, check);
	suite_add_tcase(suite, words);
	return suite;
}

SUITE_MAIN(kind_suite)
