#include "model/spec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "model/json.h"
#include "model/value.h"
#include "base/banned.h"

#define SPEC_TEXT_MAX (4u * 1024 * 1024)

static const char *const of_host[] = { "host", NULL };
static const char *const log_drivers[] = { "fluentd", "journald", "json-file", "k8s-file", "local", "none", "syslog", NULL };
static const char *const capabilities[] = {
	"ALL",          "AUDIT_CONTROL",   "AUDIT_READ",         "AUDIT_WRITE", "BLOCK_SUSPEND", "BPF",         "CHECKPOINT_RESTORE", "CHOWN",
	"DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER",             "FSETID",      "IPC_LOCK",      "IPC_OWNER",   "KILL",               "LEASE",
	"LINUX_IMMUTABLE", "MAC_ADMIN",    "MAC_OVERRIDE",       "MKNOD",       "NET_ADMIN",     "NET_BIND_SERVICE", "NET_BROADCAST", "NET_RAW",
	"PERFMON",      "SETFCAP",         "SETGID",             "SETPCAP",     "SETUID",        "SYSLOG",      "SYS_ADMIN",          "SYS_BOOT",
	"SYS_CHROOT",   "SYS_MODULE",      "SYS_NICE",           "SYS_PACCT",   "SYS_PTRACE",    "SYS_RAWIO",   "SYS_RESOURCE",       "SYS_TIME",
	"SYS_TTY_CONFIG", "WAKE_ALARM",    NULL,
};

/* All that a container may be given. `.forward`: an engine knows it by that name. */
const struct option spec_options[] = {
	{ "name", 0, KIND_NAME, "NAME", "the container's name", .forward = true },
	{ "env", 'e', KIND_ENV, "NAME=VALUE", "set an environment variable", .many = true, .forward = true },
	{ "env-file", 0, KIND_FILE, "FILE", "read environment variables from a file", .many = true, .forward = true },
	{ "publish", 'p', KIND_PORT, "PORT", "publish a port: [[IP:]HOST:]CONTAINER[/PROTOCOL]", .many = true, .forward = true },
	{ "publish-all", 'P', KIND_FLAG, NULL, "publish all ports that the image exposes", .forward = true, .lacked_by = "nerdctl" },
	{ "expose", 0, KIND_EXPOSED, "PORT", "a port that others may reach without its being published", .many = true, .forward = true, .lacked_by = "nerdctl" },
	{ "volume", 'v', KIND_VOLUME, "VOLUME", "bind mount a volume: [SOURCE:]TARGET[:OPTIONS]", .many = true, .forward = true },
	{ "volume-driver", 0, KIND_TEXT, "DRIVER", "what makes volumes that are not there yet", .forward = true, .lacked_by = "nerdctl, podman" },
	{ "mount", 0, KIND_MOUNT, "MOUNT", "attach a mount: type=bind,source=/a,target=/b", .many = true, .forward = true },
	{ "tmpfs", 0, KIND_TEXT, "PATH[:OPTIONS]", "mount a file system in memory", .many = true, .forward = true },
	{ "volumes-from", 0, KIND_PEER, "CONTAINER", "mount the volumes of another container", .many = true, .forward = true },
	{ "network", 0, KIND_NETWORK, "NETWORK", "connect to a network", .many = true, .forward = true, .also = "net" },
	{ "network-alias", 0, KIND_TEXT, "NAME", "a further name in the network", .many = true, .forward = true, .lacked_by = "nerdctl", .also = "net-alias" },
	{ "ip", 0, KIND_TEXT, "ADDRESS", "its IPv4 address in the network", .forward = true },
	{ "ip6", 0, KIND_TEXT, "ADDRESS", "its IPv6 address in the network", .forward = true },
	{ "mac-address", 0, KIND_TEXT, "ADDRESS", "its hardware address in the network", .forward = true },
	{ "link-local-ip", 0, KIND_TEXT, "ADDRESS", "a link-local address in the network", .many = true, .forward = true, .lacked_by = "nerdctl, podman" },
	{ "link", 0, KIND_PEER, "NAME[:ALIAS]", "link to another container", .many = true, .forward = true, .lacked_by = "nerdctl, podman" },
	{ "add-host", 0, KIND_TEXT, "NAME:ADDRESS", "a line of its /etc/hosts", .many = true, .forward = true },
	{ "dns", 0, KIND_TEXT, "ADDRESS", "a name server", .many = true, .forward = true },
	{ "dns-option", 0, KIND_TEXT, "OPTION", "an option of the resolver", .many = true, .forward = true, .also = "dns-opt" },
	{ "dns-search", 0, KIND_TEXT, "DOMAIN", "where names are looked up", .many = true, .forward = true },
	{ "label", 'l', KIND_LABEL, "KEY=VALUE", "set a label", .many = true, .forward = true },
	{ "label-file", 0, KIND_FILE, "FILE", "read labels from a file", .many = true, .forward = true },
	{ "annotation", 0, KIND_SETTING, "KEY=VALUE", "a word to what runs it; docker since 24", .many = true, .forward = true },
	{ "entrypoint", 0, KIND_TEXT, "COMMAND", "replace the image's entrypoint", .forward = true },
	{ "workdir", 'w', KIND_TEXT, "DIRECTORY", "the directory the command starts in", .forward = true },
	{ "user", 'u', KIND_TEXT, "USER", "name or number, and group: 1000:1000", .forward = true },
	{ "group-add", 0, KIND_TEXT, "GROUP", "a further group of the user", .many = true, .forward = true },
	{ "hostname", 'h', KIND_TEXT, "NAME", "the container's host name", .forward = true },
	{ "domainname", 0, KIND_TEXT, "NAME", "the container's domain name", .forward = true, .lacked_by = "podman" },
	{ "cpus", 0, KIND_CPUS, "NUMBER", "how many processors it may use", .forward = true },
	{ "cpu-shares", 'c', KIND_COUNT, "NUMBER", "its share of processor time beside others; 1024 is the usual one", .forward = true },
	{ "cpu-period", 0, KIND_COUNT, "MICROSECONDS", "in which the quota is counted", .forward = true },
	{ "cpu-quota", 0, KIND_WEIGHT, "MICROSECONDS", "of processor time in each period", .forward = true },
	{ "cpu-rt-period", 0, KIND_COUNT, "MICROSECONDS", "in which its real-time processor time is counted", .forward = true },
	{ "cpu-rt-runtime", 0, KIND_WEIGHT, "MICROSECONDS", "of real-time processor time in each of them", .forward = true },
	{ "cpuset-cpus", 0, KIND_TEXT, "LIST", "which processors it may use: 0-3,5", .forward = true },
	{ "cpuset-mems", 0, KIND_TEXT, "LIST", "which memory nodes it may use", .forward = true },
	{ "memory", 'm', KIND_SIZE, "SIZE", "how much memory it may use: 512m, 2g", .forward = true },
	{ "memory-reservation", 0, KIND_SIZE, "SIZE", "what it is held to where memory is short", .forward = true },
	{ "memory-swap", 0, KIND_SIZE, "SIZE", "memory and swap together; -1 for no limit", .forward = true },
	{ "memory-swappiness", 0, KIND_WEIGHT, "NUMBER", "how readily it is swapped out, 0 to 100", .forward = true },
	{ "shm-size", 0, KIND_SIZE, "SIZE", "of /dev/shm", .forward = true },
	{ "pids-limit", 0, KIND_WEIGHT, "NUMBER", "how many processes it may have; -1 for no limit", .forward = true },
	{ "blkio-weight", 0, KIND_COUNT, "NUMBER", "its share of the disks beside others, 10 to 1000", .forward = true },
	{ "blkio-weight-device", 0, KIND_DEVICE_COUNT, "DEVICE:NUMBER", "the same at one disk: /dev/sda:200", .many = true, .forward = true },
	{ "device-read-bps", 0, KIND_DEVICE_SIZE, "DEVICE:SIZE", "how much it may read in a second: /dev/sda:1m", .many = true, .forward = true },
	{ "device-write-bps", 0, KIND_DEVICE_SIZE, "DEVICE:SIZE", "how much it may write in a second", .many = true, .forward = true },
	{ "device-read-iops", 0, KIND_DEVICE_COUNT, "DEVICE:NUMBER", "how often it may read in a second: /dev/sda:1000", .many = true, .forward = true },
	{ "device-write-iops", 0, KIND_DEVICE_COUNT, "DEVICE:NUMBER", "how often it may write in a second", .many = true, .forward = true },
	{ "storage-opt", 0, KIND_SETTING, "KEY=VALUE", "an option of what keeps its file system: size=10g", .many = true, .forward = true, .lacked_by = "nerdctl, podman" },
	{ "oom-kill-disable", 0, KIND_FLAG, NULL, "do not kill it where memory ends", .forward = true },
	{ "oom-score-adj", 0, KIND_WEIGHT, "NUMBER", "how soon it is killed where memory ends, -1000 to 1000", .forward = true },
	{ "umask", 0, KIND_TEXT, "MODE", "the umask of its first process: 0027; docker since 29", .forward = true },
	{ "ulimit", 0, KIND_SETTING, "NAME=SOFT[:HARD]", "a limit of its processes", .many = true, .forward = true },
	{ "sysctl", 0, KIND_SETTING, "NAME=VALUE", "a setting of the kernel", .many = true, .forward = true },
	{ "device", 0, KIND_TEXT, "DEVICE", "a device of the machine: /dev/sdc[:/dev/xvdc[:rwm]]", .many = true, .forward = true },
	{ "device-cgroup-rule", 0, KIND_TEXT, "RULE", "devices it may make and use: 'c 1:3 mr'", .many = true, .forward = true, .lacked_by = "nerdctl" },
	{ "gpus", 0, KIND_TEXT, "GPUS", "graphics processors: all, or how many", .forward = true, .lacked_by = "podman" },
	{ "restart", 0, KIND_RESTART, "POLICY", "restart it when it ends: no, always, unless-stopped, on-failure[:N]", .forward = true },
	{ "stop-signal", 0, KIND_SIGNAL, "SIGNAL", "what `stop` sends to it", .forward = true },
	{ "stop-timeout", 0, KIND_WEIGHT, "SECONDS", "how long `stop` waits before it kills", .forward = true },
	{ "health-cmd", 0, KIND_TEXT, "COMMAND", "whose status tells whether it is healthy; also several lines", .forward = true, .lacked_by = "nerdctl" },
	{ "health-script", 0, KIND_FILE, "FILE", "the same, from a file that is put into the container", .lacked_by = "nerdctl" },
	{ "health-interval", 0, KIND_DURATION, "TIME", "between two checks: 30s", .forward = true, .lacked_by = "nerdctl" },
	{ "health-timeout", 0, KIND_DURATION, "TIME", "that a check may take", .forward = true, .lacked_by = "nerdctl" },
	{ "health-start-period", 0, KIND_DURATION, "TIME", "in which failures do not count yet", .forward = true, .lacked_by = "nerdctl" },
	{ "health-start-interval", 0, KIND_DURATION, "TIME", "between two checks in that time; docker since 25", .forward = true, .lacked_by = "nerdctl, podman" },
	{ "health-retries", 0, KIND_COUNT, "NUMBER", "failures one after the other until it is unhealthy", .forward = true, .lacked_by = "nerdctl" },
	{ "no-healthcheck", 0, KIND_FLAG, NULL, "no check, whatever the image has", .forward = true, .lacked_by = "nerdctl" },
	{ "privileged", 0, KIND_FLAG, NULL, "give it all rights on the machine", .forward = true },
	{ "cap-add", 0, KIND_TEXT, "CAPABILITY", "a right more", .many = true, .forward = true, .words = capabilities },
	{ "cap-drop", 0, KIND_TEXT, "CAPABILITY", "a right less", .many = true, .forward = true, .words = capabilities },
	{ "security-opt", 0, KIND_TEXT, "OPTION", "of seccomp, apparmor, selinux, …", .many = true, .forward = true,
	  .words = (const char *const[]){ "apparmor=", "label=", "no-new-privileges", "seccomp=", "systempaths=unconfined", NULL } },
	{ "read-only", 0, KIND_FLAG, NULL, "its file system cannot be written to", .forward = true },
	{ "init", 0, KIND_FLAG, NULL, "run a small init as its first process", .forward = true },
	{ "pid", 0, KIND_SHARED, "MODE", "whose processes it sees: host, container:NAME", .forward = true, .words = of_host },
	{ "ipc", 0, KIND_SHARED, "MODE", "whose shared memory it has: host, private, shareable, container:NAME", .forward = true,
	  .words = (const char *const[]){ "host", "none", "private", "shareable", NULL } },
	{ "uts", 0, KIND_TEXT, "MODE", "host: the host name of the machine", .forward = true, .words = of_host },
	{ "userns", 0, KIND_TEXT, "MODE", "its user namespace", .forward = true, .words = of_host },
	{ "cgroupns", 0, KIND_TEXT, "MODE", "host or private", .forward = true, .words = (const char *const[]){ "host", "private", NULL } },
	{ "cgroup-parent", 0, KIND_TEXT, "CGROUP", "the cgroup it is put under", .forward = true },
	{ "runtime", 0, KIND_TEXT, "NAME", "what runs it: runc, kata-runtime", .forward = true, .lacked_by = "podman" },
	{ "snapshotter", 0, KIND_TEXT, "NAME", "what keeps its file system: native, overlayfs", .forward = true, .lacked_by = "docker, podman" },
	{ "platform", 0, KIND_TEXT, "OS/ARCH", "of an image that has several", .forward = true, .words = platform_words },
	{ "pull", 0, KIND_PULL, "POLICY", "pull the image: always, missing, never", .forward = true },
	{ "log-driver", 0, KIND_TEXT, "DRIVER", "where the engine keeps the log", .forward = true, .words = log_drivers },
	{ "log-opt", 0, KIND_SETTING, "KEY=VALUE", "an option of the log driver", .many = true, .forward = true },
	{ "interactive", 'i', KIND_FLAG, NULL, "keep standard input open; run without -d reads from it", .forward = true },
	{ "tty", 't', KIND_FLAG, NULL, "give it a terminal", .forward = true },
	{ "rm", 0, KIND_FLAG, NULL, "remove it when it has ended and its log is collected" },
	{ "detach", 'd', KIND_FLAG, NULL, "with -i: leave it alone; all others run detached anyway" },
	{ 0 },
};

#define OPTIONS_NR (ARRAY_LEN(spec_options) - 1)

void spec_init(struct spec *spec)
{
	*spec = (struct spec){ .values = xcalloc(OPTIONS_NR, sizeof *spec->values) };
}

void spec_release(struct spec *spec)
{
	for (size_t i = 0; spec->values && i < OPTIONS_NR; i++)
		strvec_release(&spec->values[i]);
	strvec_release(&spec->command);
	free(spec->values);
	free(spec->image);
	*spec = (struct spec){ 0 };
}

static void push_all(struct strvec *to, const struct strvec *from)
{
	for (size_t i = 0; i < from->nr; i++)
		strvec_push(to, from->items[i]);
}

void spec_copy(struct spec *to, const struct spec *from)
{
	spec_release(to);
	spec_init(to);
	to->image = from->image ? xstrdup(from->image) : NULL;
	push_all(&to->command, &from->command);
	for (size_t i = 0; i < OPTIONS_NR; i++)
		push_all(&to->values[i], &from->values[i]);
}

void spec_set_image(struct spec *spec, const char *image)
{
	char *copy = xstrdup(image);
	free(spec->image);
	spec->image = copy;
}

/* Of these the last one with the same key counts. */
static bool is_keyed(const struct option *option)
{
	return option->kind == KIND_ENV || option->kind == KIND_LABEL || option->kind == KIND_SETTING;
}

static bool same_key(const char *a, const char *b)
{
	size_t len = strcspn(a, "=");
	return strcspn(b, "=") == len && !memcmp(a, b, len);
}

static void put_keyed(struct strvec *values, const char *value)
{
	for (size_t i = 0; i < values->nr; i++)
		if (same_key(values->items[i], value)) {
			free(values->items[i]);
			values->items[i] = xstrdup(value);
			return;
		}
	strvec_push(values, value);
}

void spec_give(struct spec *spec, const struct option *option, const char *value)
{
	struct strvec *values = &spec->values[option - spec_options];
	if (is_keyed(option)) {
		put_keyed(values, value);
		return;
	}
	if (!option->many)
		strvec_release(values);
	if (option->kind != KIND_FLAG || strcmp(value, "false") != 0)
		strvec_push(values, value);
}

const struct option *spec_option(const char *name, size_t len)
{
	for (const struct option *option = spec_options; option->name; option++)
		if (strlen(option->name) == len && !memcmp(option->name, name, len))
			return option;
	return NULL;
}

const struct strvec *spec_values(const struct spec *spec, const char *name)
{
	return &spec->values[spec_option(name, strlen(name)) - spec_options];
}

void spec_take(struct spec *spec, const char *name)
{
	strvec_release(&spec->values[spec_option(name, strlen(name)) - spec_options]);
}

const char *spec_value(const struct spec *spec, const char *name)
{
	const struct strvec *values = spec_values(spec, name);
	return values->nr ? values->items[values->nr - 1] : NULL;
}

bool spec_flag(const struct spec *spec, const char *name)
{
	return spec_values(spec, name)->nr > 0;
}

/* ---- what is wrong ---- */

static void check_values(const struct spec *spec, size_t i, struct strvec *wrong)
{
	const struct option *option = &spec_options[i];
	for (size_t j = 0; j < spec->values[i].nr; j++) {
		char what[64];
		struct error err;
		snprintf(what, sizeof what, "--%s", option->name);
		if (value_check(option->kind, what, spec->values[i].items[j], &err) < 0)
			strvec_push(wrong, err.text);
	}
}

/* -1 where none is given. What is no size was said already. */
static long long size_of(const struct spec *spec, const char *name)
{
	SCOPED(buf_release) struct buf bytes = BUF_INIT(64);
	const char *value = spec_value(spec, name);
	if (!value || !value_rule(KIND_SIZE)->accepts(value))
		return -1;
	value_normal(KIND_SIZE, value, &bytes);
	return strtoll(buf_text(&bytes), NULL, 10);
}

static void check_memory(const struct spec *spec, struct strvec *wrong)
{
	long long memory = size_of(spec, "memory"), both = size_of(spec, "memory-swap");
	if (both > 0 && memory < 0)
		strvec_push(wrong, "--memory-swap: is memory and swap together, so --memory is needed as well");
	else if (both > 0 && both < memory)
		strvec_pushf(wrong, "--memory-swap: '%s' is less than --memory '%s', which is part of it", spec_value(spec, "memory-swap"),
			     spec_value(spec, "memory"));
}

static void check_health(const struct spec *spec, struct strvec *wrong)
{
	static const char *const parts[] = { "health-interval", "health-timeout", "health-start-period", "health-start-interval", "health-retries" };
	bool command = spec_value(spec, "health-cmd"), script = spec_value(spec, "health-script"), none = spec_flag(spec, "no-healthcheck");
	if (command && script)
		strvec_push(wrong, "--health-script: there is a --health-cmd already; give one of them");
	if (none && (command || script))
		strvec_push(wrong, "--no-healthcheck: there is a check; give one of them");
	for (size_t i = 0; none && i < ARRAY_LEN(parts); i++)
		if (spec_value(spec, parts[i]))
			strvec_pushf(wrong, "--no-healthcheck: there is --%s; give one of them", parts[i]);
}

static void check_restart(const struct spec *spec, struct strvec *wrong)
{
	const char *policy = spec_value(spec, "restart");
	if (spec_flag(spec, "rm") && policy && strcmp(policy, "no") != 0)
		strvec_push(wrong, "--rm: what is removed when it ends cannot be restarted; leave out --restart or --rm");
}

/* Two ports of the machine that are the same would only be found when it starts. */
static void check_ports(const struct spec *spec, struct strvec *wrong)
{
	const struct strvec *ports = spec_values(spec, "publish");
	for (size_t i = 0; i < ports->nr; i++)
		for (size_t j = 0; j < i; j++) {
			SCOPED(buf_release) struct buf one = BUF_INIT(SPEC_TEXT_MAX), other = BUF_INIT(SPEC_TEXT_MAX);
			value_normal(KIND_PORT, ports->items[i], &one);
			value_normal(KIND_PORT, ports->items[j], &other);
			size_t host = strcspn(buf_text(&one), ":"), end = strcspn(buf_text(&one), "/");
			bool simple = host < end && !strchr(buf_text(&one) + host + 1, ':');
			if (simple && strlen(buf_text(&other)) > host && !memcmp(buf_text(&one), buf_text(&other), host + 1) &&
			    !strcmp(strchr(buf_text(&one), '/'), strchr(buf_text(&other), '/')) &&
			    strcmp(buf_text(&one), buf_text(&other)) != 0) {
				strvec_pushf(wrong, "--publish: '%s' and '%s' want the same port of the machine", ports->items[j], ports->items[i]);
				return;
			}
		}
}

size_t spec_check(const struct spec *spec, bool whole, struct strvec *wrong)
{
	size_t before = wrong->nr;
	struct error err;
	if (spec->image && value_check(KIND_IMAGE, "IMAGE", spec->image, &err) < 0)
		strvec_push(wrong, err.text);
	else if (!spec->image && whole)
		strvec_push(wrong, "needs an IMAGE");
	for (size_t i = 0; i < OPTIONS_NR; i++)
		check_values(spec, i, wrong);
	if (wrong->nr == before) {
		check_memory(spec, wrong);
		check_health(spec, wrong);
		check_restart(spec, wrong);
		check_ports(spec, wrong);
	}
	return wrong->nr - before;
}

const struct option *spec_lacked(const struct spec *spec, const char *runtime)
{
	for (size_t i = 0; i < OPTIONS_NR; i++)
		if (spec->values[i].nr && is_lacked(spec_options[i].lacked_by, runtime))
			return &spec_options[i];
	return NULL;
}

/* ---- as words ---- */

static void push_option(const struct option *option, const char *value, struct strvec *out)
{
	if (option->kind == KIND_FLAG && !strcmp(value, "true"))
		strvec_pushf(out, "--%s", option->name);
	else
		strvec_pushf(out, "--%s=%s", option->name, value);
}

static void push_options(const struct spec *spec, bool all, struct strvec *out)
{
	for (size_t i = 0; i < OPTIONS_NR; i++)
		for (size_t j = 0; j < spec->values[i].nr; j++)
			if (all || spec_options[i].forward)
				push_option(&spec_options[i], spec->values[i].items[j], out);
}

void spec_add_options(const struct spec *spec, struct strvec *options)
{
	push_options(spec, false, options);
}

void spec_add_words(const struct spec *spec, struct strvec *words)
{
	push_options(spec, true, words);
	if (spec->image)
		strvec_push(words, spec->image);
	push_all(words, &spec->command);
}

/* ---- as JSON ---- */

static void add_key(struct buf *out, const char *key, bool lines, bool *any)
{
	buf_add_text(out, *any ? "," : "");
	buf_add_text(out, lines ? "\n  " : "");
	json_add_text(out, key);
	buf_add_text(out, lines ? ": " : ":");
	*any = true;
}

static void add_list(struct buf *out, const struct strvec *values)
{
	buf_add_text(out, "[");
	for (size_t i = 0; i < values->nr; i++) {
		buf_add_text(out, i ? "," : "");
		json_add_text(out, values->items[i]);
	}
	buf_add_text(out, "]");
}

void spec_write(const struct spec *spec, bool lines, struct buf *out)
{
	bool any = false;
	buf_add_text(out, "{");
	if (spec->image) {
		add_key(out, "image", lines, &any);
		json_add_text(out, spec->image);
	}
	if (spec->command.nr) {
		add_key(out, "command", lines, &any);
		add_list(out, &spec->command);
	}
	for (size_t i = 0; i < OPTIONS_NR; i++) {
		if (!spec->values[i].nr)
			continue;
		add_key(out, spec_options[i].name, lines, &any);
		if (spec_options[i].many)
			add_list(out, &spec->values[i]);
		else if (spec_options[i].kind == KIND_FLAG && !strcmp(spec->values[i].items[0], "true"))
			buf_add_text(out, "true");
		else
			json_add_text(out, spec->values[i].items[0]);
	}
	buf_add_text(out, lines && any ? "\n}\n" : "}\n");
}

static int refuse(struct error *err, const char *key, const char *use)
{
	return error_set(err, ERROR_USAGE, "\"%.80s\": use %s", key, use);
}

static int read_command(const struct json *item, struct spec *spec, struct arena *arena, struct error *err)
{
	if (!json_is_list(item))
		return refuse(err, "command", "a list of texts");
	for (const struct json *word = json_first(item); word; word = json_next(word)) {
		const char *text = json_scalar(word, arena);
		if (!text)
			return refuse(err, "command", "a list of texts");
		strvec_push(&spec->command, text);
	}
	return 0;
}

static int read_option(const struct json *item, const struct option *option, struct spec *spec, struct arena *arena, struct error *err)
{
	const char *use = option->many ? "a list of texts" : option->kind == KIND_FLAG ? "true or false" : "a text or a number";
	bool list = json_is_list(item);
	if (list && !option->many)
		return refuse(err, option->name, use);
	for (const struct json *one = list ? json_first(item) : item; one; one = list ? json_next(one) : NULL) {
		const char *text = json_scalar(one, arena);
		if (!text)
			return refuse(err, option->name, use);
		spec_give(spec, option, text);
	}
	return 0;
}

static int read_key(const struct json *item, struct spec *spec, struct arena *arena, struct error *err)
{
	const char *key = json_key(item), *text = json_scalar(item, arena);
	const struct option *option = spec_option(key, strlen(key));
	if (option)
		return read_option(item, option, spec, arena, err);
	if (!strcmp(key, "command"))
		return read_command(item, spec, arena, err);
	if (strcmp(key, "image") != 0)
		return refuse(err, key, "image, command or the name of an option of run; there is no such key");
	if (!text)
		return refuse(err, key, "a text");
	spec_set_image(spec, text);
	return 0;
}

int spec_read(const char *text, size_t len, struct spec *spec, struct error *err)
{
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	struct json_rows rows;
	int failed = 0;
	if (json_parse_rows(text, len, &rows, err) < 0) {
		err->kind = ERROR_USAGE;
		return error_wrap(err, "no JSON object");
	}
	if (rows.nr != 1)
		failed = error_set(err, ERROR_USAGE, "one JSON object is wanted, here are %zu", rows.nr);
	for (const struct json *item = failed ? NULL : json_first(json_child(rows.items[0], "")); item && !failed; item = json_next(item))
		failed = read_key(item, spec, &arena, err);
	json_rows_release(&rows);
	return failed;
}

/* ---- what differs ---- */

static void normal_list(const struct option *option, const struct strvec *values, struct strvec *out)
{
	for (size_t i = 0; i < values->nr; i++) {
		SCOPED(buf_release) struct buf normal = BUF_INIT(SPEC_TEXT_MAX);
		value_normal(option->kind, values->items[i], &normal);
		strvec_push(out, buf_text(&normal));
	}
	strvec_sort(out);
}

static bool same_list(const struct strvec *a, const struct strvec *b)
{
	bool same = a->nr == b->nr;
	for (size_t i = 0; same && i < a->nr; i++)
		same = !strcmp(a->items[i], b->items[i]);
	return same;
}

static void tell(const struct strvec *from, const struct strvec *to, const char *name, spec_differs *differs, void *arg)
{
	SCOPED(buf_release) struct buf before = BUF_INIT(SPEC_TEXT_MAX), after = BUF_INIT(SPEC_TEXT_MAX);
	strvec_quote(from, &before);
	strvec_quote(to, &after);
	differs(arg, name, buf_text(&before), buf_text(&after));
}

static void compare_images(const struct spec *from, const struct spec *to, spec_differs *differs, void *arg)
{
	SCOPED(buf_release) struct buf before = BUF_INIT(SPEC_TEXT_MAX), after = BUF_INIT(SPEC_TEXT_MAX);
	if (from->image)
		value_normal(KIND_IMAGE, from->image, &before);
	if (to->image)
		value_normal(KIND_IMAGE, to->image, &after);
	if (strcmp(buf_text(&before), buf_text(&after)) != 0)
		differs(arg, "image", from->image ? from->image : "", to->image ? to->image : "");
}

void spec_compare(const struct spec *from, const struct spec *to, spec_differs *differs, void *arg)
{
	compare_images(from, to, differs, arg);
	if (!same_list(&from->command, &to->command))
		tell(&from->command, &to->command, "command", differs, arg);
	for (size_t i = 0; i < OPTIONS_NR; i++) {
		SCOPED(strvec_release) struct strvec before = STRVEC_INIT, after = STRVEC_INIT;
		normal_list(&spec_options[i], &from->values[i], &before);
		normal_list(&spec_options[i], &to->values[i], &after);
		if (!same_list(&before, &after))
			tell(&from->values[i], &to->values[i], spec_options[i].name, differs, arg);
	}
}
