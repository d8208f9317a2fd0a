#include "runtime/describe.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/json.h"
#include "runtime/dialect.h"
#include "base/banned.h"

#define VALUE_MAX (1024u * 1024)

/* What is read from, and where it goes. */
struct describing {
	const struct runtime *runtime;
	const struct json *container, *image; /* the image's may be NULL */
	struct arena *arena;
	struct spec *out;
};

static void give(const struct describing *of, const char *name, const char *value)
{
	const struct option *option = spec_option(name, strlen(name));
	if (!is_lacked(option->lacked_by, of->runtime->name))
		spec_give(of->out, option, value);
}

/* ---- single values ---- */

/*
 * Text that is given where it is neither "" nor one of the values in `usual`, which are what some engine chooses by itself, nor what the image
 * has at the same place.
 */
static const struct plain {
	const char *option, *path, *usual;
} texts[] = {
	{ "domainname", "Config.Domainname", "" },
	{ "volume-driver", "HostConfig.VolumeDriver", "" },
	{ "user", "Config.User", "" },
	{ "workdir", "Config.WorkingDir", " / " },
	{ "cpuset-cpus", "HostConfig.CpusetCpus", "" },
	{ "cpuset-mems", "HostConfig.CpusetMems", "" },
	{ "pid", "HostConfig.PidMode", " private " },
	{ "ipc", "HostConfig.IpcMode", " private shareable " },
	{ "uts", "HostConfig.UTSMode", " private " },
	{ "userns", "HostConfig.UsernsMode", "" },
	{ "cgroup-parent", "HostConfig.CgroupParent", "" },
	{ "runtime", "HostConfig.Runtime", " runc " },
	{ "umask", "Config.Umask", " 0022 " }, /* podman's */
};

/* Numbers, and sizes in bytes, that are given where they are none of these. */
static const struct plain numbers[] = {
	{ "cpu-shares", "HostConfig.CpuShares", " 0 " },
	{ "cpu-rt-period", "HostConfig.CpuRealtimePeriod", " 0 " },
	{ "cpu-rt-runtime", "HostConfig.CpuRealtimeRuntime", " 0 " },
	{ "memory", "HostConfig.Memory", " 0 " },
	{ "memory-reservation", "HostConfig.MemoryReservation", " 0 " },
	{ "memory-swappiness", "HostConfig.MemorySwappiness", " 0 -1 " },
	{ "shm-size", "HostConfig.ShmSize", " 0 67108864 65536000 " },
	{ "pids-limit", "HostConfig.PidsLimit", " 0 2048 " },
	{ "blkio-weight", "HostConfig.BlkioWeight", " 0 " },
	{ "oom-score-adj", "HostConfig.OomScoreAdj", " 0 " },
	{ "stop-timeout", "Config.StopTimeout", " 0 10 " },
};

static const struct plain flags[] = {
	{ "publish-all", "HostConfig.PublishAllPorts", NULL }, { "oom-kill-disable", "HostConfig.OomKillDisable", NULL },
	{ "privileged", "HostConfig.Privileged", NULL },       { "read-only", "HostConfig.ReadonlyRootfs", NULL },
	{ "init", "HostConfig.Init", NULL },		       { "interactive", "Config.OpenStdin", NULL },
	{ "tty", "Config.Tty", NULL },			       { "rm", "HostConfig.AutoRemove", NULL },
};

static bool is_usual(const char *usual, const char *value)
{
	char word[300];
	snprintf(word, sizeof word, " %s ", value);
	return strstr(usual, word) != NULL;
}

static void take_plain(const struct describing *of)
{
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const char *value = json_text(of->container, texts[i].path, of->arena);
		if (*value && !is_usual(texts[i].usual, value) && strcmp(value, json_text(of->image, texts[i].path, of->arena)) != 0)
			give(of, texts[i].option, value);
	}
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		char value[32];
		snprintf(value, sizeof value, "%lld", json_number(of->container, numbers[i].path));
		if (!is_usual(numbers[i].usual, value))
			give(of, numbers[i].option, value);
	}
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (json_bool(of->container, flags[i].path))
			give(of, flags[i].option, "true");
}

/* docker's, which is there where it was given, as a number. */
static void take_umask(const struct describing *of)
{
	char value[32];
	for (const struct json *item = json_first(json_child(of->container, "HostConfig")); item; item = json_next(item))
		if (!strcmp(json_key(item), "Umask")) {
			snprintf(value, sizeof value, "%04llo", (unsigned long long)json_number(item, ""));
			give(of, "umask", value);
		}
}

/* ---- lists ---- */

static bool list_has(const struct json *list, const char *value, struct arena *arena)
{
	for (const struct json *item = json_first(list); item; item = json_next(item))
		if (!strcmp(json_text(item, "", arena), value))
			return true;
	return false;
}

static bool map_has(const struct json *map, const char *key, const char *value, struct arena *arena)
{
	for (const struct json *item = json_first(map); item; item = json_next(item))
		if (!strcmp(json_key(item), key) && (!value || !strcmp(json_text(item, "", arena), value)))
			return true;
	return false;
}

/* As it is given, behind what the engine puts before it: "CAP_NET_ADMIN" is NET_ADMIN. */
static const struct {
	const char *option, *path, *before;
} lists[] = {
	{ "volumes-from", "HostConfig.VolumesFrom", "" }, { "add-host", "HostConfig.ExtraHosts", "" },
	{ "dns", "HostConfig.Dns", "" },		  { "dns-option", "HostConfig.DnsOptions", "" },
	{ "dns-search", "HostConfig.DnsSearch", "" },	  { "group-add", "HostConfig.GroupAdd", "" },
	{ "device-cgroup-rule", "HostConfig.DeviceCgroupRules", "" },
	{ "cap-add", "HostConfig.CapAdd", "CAP_" },	  { "cap-drop", "HostConfig.CapDrop", "CAP_" },
};

static void take_lists(const struct describing *of)
{
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		for (const struct json *item = json_first(json_child(of->container, lists[i].path)); item; item = json_next(item)) {
			const char *value = json_text(item, "", of->arena);
			size_t before = strlen(lists[i].before);
			give(of, lists[i].option, strncmp(value, lists[i].before, before) != 0 ? value : value + before);
		}
	/* What goes without saying for one that is privileged. */
	for (const struct json *item = json_first(json_child(of->container, "HostConfig.SecurityOpt"));
	     item && !json_bool(of->container, "HostConfig.Privileged"); item = json_next(item))
		give(of, "security-opt", json_text(item, "", of->arena));
}

/* What every container of podman's has. */
static bool is_engines_own(const char *variable, const char *hostname)
{
	static const char *const own[] = { "TERM=xterm", "container=podman", "container=oci", "HOME=/root", "HOME=/", NULL };
	for (const char *const *known = own; *known; known++)
		if (!strcmp(variable, *known))
			return true;
	return !strncmp(variable, "HOSTNAME=", 9) && !strcmp(variable + 9, hostname);
}

static void take_environment(const struct describing *of, const char *hostname)
{
	const struct json *of_image = json_child(of->image, "Config.Env");
	for (const struct json *item = json_first(json_child(of->container, "Config.Env")); item; item = json_next(item)) {
		const char *variable = json_text(item, "", of->arena);
		if (!list_has(of_image, variable, of->arena) && !is_engines_own(variable, hostname))
			give(of, "env", variable);
	}
}

static void give_pair(const struct describing *of, const char *option, const char *key, const char *value)
{
	SCOPED(buf_release) struct buf pair = BUF_INIT(VALUE_MAX);
	buf_printf(&pair, *value ? "%s=%s" : "%s", key, value);
	give(of, option, buf_text(&pair));
}

static const struct {
	const char *option, *path;
} maps[] = {
	{ "sysctl", "HostConfig.Sysctls" },
	{ "storage-opt", "HostConfig.StorageOpt" },
	{ "annotation", "HostConfig.Annotations" },
};

/* podman keeps there what it was called with, and what it makes of it. */
static bool is_podmans_annotation(const char *key)
{
	return !strncmp(key, "io.podman.", 10) || !strncmp(key, "io.kubernetes.cri-o.", 20) || !strcmp(key, "io.container.manager") ||
	       !strcmp(key, "org.opencontainers.image.stopSignal");
}

static void give_setting(const struct describing *of, const char *option, const struct json *item)
{
	SCOPED(buf_release) struct buf pair = BUF_INIT(VALUE_MAX);
	buf_printf(&pair, "%s=%s", json_key(item), json_text(item, "", of->arena));
	give(of, option, buf_text(&pair));
}

static void take_maps(const struct describing *of)
{
	const struct json *of_image = json_child(of->image, "Config.Labels");
	for (const struct json *item = json_first(json_child(of->container, "Config.Labels")); item; item = json_next(item)) {
		const char *value = json_text(item, "", of->arena);
		if (!map_has(of_image, json_key(item), value, of->arena))
			give_pair(of, "label", json_key(item), value);
	}
	for (size_t i = 0; i < ARRAY_LEN(maps); i++)
		for (const struct json *item = json_first(json_child(of->container, maps[i].path)); item; item = json_next(item))
			give_setting(of, maps[i].option, item);
	for (const struct json *item = json_first(json_child(of->container, "Config.Annotations")); item; item = json_next(item))
		if (!is_podmans_annotation(json_key(item)))
			give_setting(of, "annotation", item);
}

/* ---- what needs a thought ---- */

static void take_name_and_host(const struct describing *of, const char *hostname)
{
	const char *name = container_own_name(json_text(of->container, "Name", of->arena), of->arena);
	const char *id = json_text(of->container, "Id", of->arena);
	give(of, "name", name);
	if (*hostname && strncmp(hostname, id, strlen(hostname)) != 0)
		give(of, "hostname", hostname);
}

static void push_list(struct strvec *out, const struct json *list, struct arena *arena)
{
	for (const struct json *item = json_first(list); item; item = json_next(item))
		strvec_push(out, json_text(item, "", arena));
}

/* podman before 5 has it as one text. */
static void read_entrypoint(const struct json *object, struct strvec *out, struct arena *arena)
{
	const char *text = json_text(object, "Config.Entrypoint", arena);
	if (*text)
		strvec_push(out, text);
	else
		push_list(out, json_child(object, "Config.Entrypoint"), arena);
}

static bool same(const struct strvec *a, const struct strvec *b)
{
	bool equal = a->nr == b->nr;
	for (size_t i = 0; equal && i < a->nr; i++)
		equal = !strcmp(a->items[i], b->items[i]);
	return equal;
}

/* --entrypoint is one word: the others go before the command. The image's command does not count where there is an entrypoint. */
static void take_command(const struct describing *of)
{
	SCOPED(strvec_release) struct strvec entry = STRVEC_INIT, entry_before = STRVEC_INIT, words = STRVEC_INIT, words_before = STRVEC_INIT;
	read_entrypoint(of->container, &entry, of->arena);
	read_entrypoint(of->image, &entry_before, of->arena);
	push_list(&words, json_child(of->container, "Config.Cmd"), of->arena);
	push_list(&words_before, json_child(of->image, "Config.Cmd"), of->arena);
	bool own_entry = entry.nr && !same(&entry, &entry_before);
	if (own_entry)
		give(of, "entrypoint", entry.items[0]);
	for (size_t i = 1; own_entry && i < entry.nr; i++)
		strvec_push(&of->out->command, entry.items[i]);
	if (own_entry || !same(&words, &words_before))
		for (size_t i = 0; i < words.nr; i++)
			strvec_push(&of->out->command, words.items[i]);
}

/* "80/tcp": [{"HostIp": "", "HostPort": "8080"}] */
static void take_ports(const struct describing *of)
{
	const struct json *published = json_child(of->container, "HostConfig.PortBindings");
	for (const struct json *port = json_first(published); port; port = json_next(port))
		for (const struct json *at = json_first(port); at; at = json_next(at)) {
			SCOPED(buf_release) struct buf value = BUF_INIT(VALUE_MAX);
			const char *ip = json_text(at, "HostIp", of->arena), *host = json_text(at, "HostPort", of->arena);
			const char *key = json_key(port);
			size_t end = strlen(key);
			if (end > 4 && !strcmp(key + end - 4, "/tcp"))
				end -= 4;
			bool random = !*host || !strcmp(host, "0");
			if (*ip && strcmp(ip, "0.0.0.0") != 0)
				buf_printf(&value, strchr(ip, ':') ? "[%s]:" : "%s:", ip);
			buf_printf(&value, "%s%s%.*s", random ? "" : host, random && !value.len ? "" : ":", (int)end, key);
			give(of, "publish", buf_text(&value));
		}
	for (const struct json *port = json_first(json_child(of->container, "Config.ExposedPorts")); port; port = json_next(port))
		if (!map_has(published, json_key(port), NULL, of->arena) &&
		    !map_has(json_child(of->image, "Config.ExposedPorts"), json_key(port), NULL, of->arena))
			give(of, "expose", json_key(port));
}

/* Options without those that are understood: "/a:/b:ro,rprivate,rbind" is "/a:/b:ro". */
static void add_options(struct buf *out, const char *options)
{
	static const char usual[] = " rw rprivate rbind nosuid nodev noexec tmpcopyup z ";
	bool any = false;
	for (size_t len; *options; options += len + (options[len] == ',')) {
		char word[64];
		len = strcspn(options, ",");
		snprintf(word, sizeof word, "%.*s", (int)len, options);
		if (is_usual(usual, word))
			continue;
		buf_printf(out, "%s%s", any ? "," : ":", word);
		any = true;
	}
}

static void take_binds(const struct describing *of)
{
	for (const struct json *item = json_first(json_child(of->container, "HostConfig.Binds")); item; item = json_next(item)) {
		SCOPED(buf_release) struct buf value = BUF_INIT(VALUE_MAX);
		const char *bind = json_text(item, "", of->arena), *target = strchr(bind, ':');
		size_t len = target ? (size_t)(target - bind) + 1 + strcspn(target + 1, ":") : strlen(bind);
		buf_add(&value, bind, len);
		if (bind[len] == ':')
			add_options(&value, bind + len + 1);
		give(of, "volume", buf_text(&value));
	}
	for (const struct json *item = json_first(json_child(of->container, "Config.Volumes")); item; item = json_next(item))
		if (!map_has(json_child(of->image, "Config.Volumes"), json_key(item), NULL, of->arena))
			give(of, "volume", json_key(item));
}

static void take_mounts(const struct describing *of)
{
	for (const struct json *item = json_first(json_child(of->container, "HostConfig.Mounts")); item; item = json_next(item)) {
		SCOPED(buf_release) struct buf value = BUF_INIT(VALUE_MAX);
		const char *source = json_text(item, "Source", of->arena);
		buf_printf(&value, "type=%s,%s%s%starget=%s%s", json_text(item, "Type", of->arena), *source ? "source=" : "", source,
			   *source ? "," : "", json_text(item, "Target", of->arena), json_bool(item, "ReadOnly") ? ",readonly" : "");
		give(of, "mount", buf_text(&value));
	}
}

/* podman gives one that cannot be written to what it may need to write to. */
static void take_tmpfs(const struct describing *of)
{
	bool read_only = json_bool(of->container, "HostConfig.ReadonlyRootfs");
	for (const struct json *item = json_first(json_child(of->container, "HostConfig.Tmpfs")); item; item = json_next(item)) {
		SCOPED(buf_release) struct buf value = BUF_INIT(VALUE_MAX);
		const char *options = json_text(item, "", of->arena);
		if (read_only && strstr(options, "tmpcopyup") && is_usual(" /run /tmp /var/tmp ", json_key(item)))
			continue;
		buf_add_text(&value, json_key(item));
		add_options(&value, options);
		give(of, "tmpfs", buf_text(&value));
	}
}

static void take_aliases(const struct describing *of, const struct json *network, const char *name)
{
	const char *id = json_text(of->container, "Id", of->arena);
	for (const struct json *item = json_first(json_child(network, "Aliases")); item; item = json_next(item)) {
		const char *alias = json_text(item, "", of->arena);
		if (strncmp(id, alias, strlen(alias)) != 0 && strcmp(alias, name) != 0)
			give(of, "network-alias", alias);
	}
}

static void take_addresses(const struct describing *of, const struct json *network)
{
	const char *ip = json_text(network, "IPAMConfig.IPv4Address", of->arena), *ip6 = json_text(network, "IPAMConfig.IPv6Address", of->arena);
	if (*ip)
		give(of, "ip", ip);
	if (*ip6)
		give(of, "ip6", ip6);
	for (const struct json *item = json_first(json_child(network, "IPAMConfig.LinkLocalIPs")); item; item = json_next(item))
		give(of, "link-local-ip", json_text(item, "", of->arena));
}

static void take_networks(const struct describing *of)
{
	const char *mode = json_text(of->container, "HostConfig.NetworkMode", of->arena);
	const char *name = container_own_name(json_text(of->container, "Name", of->arena), of->arena);
	bool usual = !*mode || is_usual(" default bridge ", mode);
	if (!usual)
		give(of, "network", mode);
	for (const struct json *item = json_first(json_child(of->container, "NetworkSettings.Networks")); item; item = json_next(item)) {
		if (is_usual(" bridge podman default ", json_key(item)))
			continue;
		if (strcmp(json_key(item), mode) != 0 && !is_usual(" none host ", json_key(item)))
			give(of, "network", json_key(item));
		else
			take_addresses(of, item);
		take_aliases(of, item, name);
	}
}

static void take_cpus(const struct describing *of)
{
	long long nano = json_number(of->container, "HostConfig.NanoCpus");
	char value[48];
	if (nano > 0) {
		int len = snprintf(value, sizeof value, "%lld.%09lld", nano / 1000000000, nano % 1000000000);
		while (value[len - 1] == '0')
			value[--len] = '\0';
		if (value[len - 1] == '.')
			value[len - 1] = '\0';
		give(of, "cpus", value);
		return;
	}
	snprintf(value, sizeof value, "%lld", json_number(of->container, "HostConfig.CpuPeriod"));
	if (strcmp(value, "0") != 0)
		give(of, "cpu-period", value);
	snprintf(value, sizeof value, "%lld", json_number(of->container, "HostConfig.CpuQuota"));
	if (strcmp(value, "0") != 0)
		give(of, "cpu-quota", value);
}

/* Twice the memory where nothing is said. */
static void take_swap(const struct describing *of)
{
	long long memory = json_number(of->container, "HostConfig.Memory"), both = json_number(of->container, "HostConfig.MemorySwap");
	char value[32];
	if (!both || (memory && both == 2 * memory) || (!memory && both < 0))
		return;
	snprintf(value, sizeof value, "%lld", both);
	give(of, "memory-swap", value);
}

static void take_restart(const struct describing *of)
{
	const char *policy = json_text(of->container, "HostConfig.RestartPolicy.Name", of->arena);
	long long times = json_number(of->container, "HostConfig.RestartPolicy.MaximumRetryCount");
	char value[64];
	if (!*policy || !strcmp(policy, "no"))
		return;
	snprintf(value, sizeof value, times ? "%s:%lld" : "%s", policy, times);
	give(of, "restart", value);
}

/* A name, or podman's number. */
static void take_stop_signal(const struct describing *of)
{
	const char *name = json_text(of->container, "Config.StopSignal", of->arena);
	long long number = json_number(of->container, "Config.StopSignal");
	char value[32];
	if (number && number != 15) {
		snprintf(value, sizeof value, "%lld", number);
		give(of, "stop-signal", value);
	}
	if (*name && strcmp(name, "SIGTERM") != 0 && strcmp(name, json_text(of->image, "Config.StopSignal", of->arena)) != 0)
		give(of, "stop-signal", name);
}

static void take_ulimits(const struct describing *of)
{
	for (const struct json *item = json_first(json_child(of->container, "HostConfig.Ulimits")); item; item = json_next(item)) {
		const char *name = json_text(item, "Name", of->arena);
		long long soft = json_number(item, "Soft"), hard = json_number(item, "Hard");
		char value[128];
		if (soft == hard && soft == 1048576) /* podman's own */
			continue;
		if (!strncmp(name, "RLIMIT_", 7))
			name += 7;
		snprintf(value, sizeof value, "%.60s=%lld:%lld", name, soft, hard);
		for (char *at = value; *at && *at != '='; at++)
			*at = (char)tolower((unsigned char)*at);
		give(of, "ulimit", value);
	}
}

static void take_devices(const struct describing *of)
{
	for (const struct json *item = json_first(json_child(of->container, "HostConfig.Devices")); item; item = json_next(item)) {
		SCOPED(buf_release) struct buf value = BUF_INIT(VALUE_MAX);
		const char *rights = json_text(item, "CgroupPermissions", of->arena);
		buf_printf(&value, "%s:%s%s%s", json_text(item, "PathOnHost", of->arena), json_text(item, "PathInContainer", of->arena),
			   *rights ? ":" : "", rights);
		give(of, "device", buf_text(&value));
	}
}

/* [{"Path": "/dev/sda", "Rate": 1048576}] */
static void take_device_limits(const struct describing *of)
{
	static const struct {
		const char *option, *path, *limit;
	} limits[] = {
		{ "blkio-weight-device", "HostConfig.BlkioWeightDevice", "Weight" },
		{ "device-read-bps", "HostConfig.BlkioDeviceReadBps", "Rate" },
		{ "device-write-bps", "HostConfig.BlkioDeviceWriteBps", "Rate" },
		{ "device-read-iops", "HostConfig.BlkioDeviceReadIOps", "Rate" },
		{ "device-write-iops", "HostConfig.BlkioDeviceWriteIOps", "Rate" },
	};
	for (size_t i = 0; i < ARRAY_LEN(limits); i++)
		for (const struct json *item = json_first(json_child(of->container, limits[i].path)); item; item = json_next(item)) {
			SCOPED(buf_release) struct buf value = BUF_INIT(VALUE_MAX);
			buf_printf(&value, "%s:%lld", json_text(item, "Path", of->arena), json_number(item, limits[i].limit));
			give(of, limits[i].option, buf_text(&value));
		}
}

static void take_log(const struct describing *of)
{
	const struct dialect *dialect = of->runtime->dialect;
	const char *driver = json_text(of->container, "HostConfig.LogConfig.Type", of->arena);
	if (*driver && strcmp(driver, dialect->log_drivers[0].name) != 0)
		give(of, "log-driver", driver);
	for (const struct json *item = json_first(json_child(of->container, "HostConfig.LogConfig.Config")); item; item = json_next(item))
		give_pair(of, "log-opt", json_key(item), json_text(item, "", of->arena));
}

static void give_duration(const struct describing *of, const struct json *health, const char *key, const char *option, long long usual)
{
	long long length = json_number(health, key);
	char value[32];
	if (!length || length == usual)
		return;
	if (length % MOMENT_SECOND == 0)
		snprintf(value, sizeof value, "%llds", length / MOMENT_SECOND);
	else
		snprintf(value, sizeof value, "%lldns", length);
	give(of, option, value);
}

static void take_health(const struct describing *of)
{
	SCOPED(strvec_release) struct strvec test = STRVEC_INIT, before = STRVEC_INIT;
	SCOPED(buf_release) struct buf command = BUF_INIT(VALUE_MAX);
	const struct json *health = json_child(of->container, "Config.Healthcheck");
	long long retries = json_number(health, "Retries");
	char number[32];
	push_list(&test, json_child(health, "Test"), of->arena);
	push_list(&before, json_child(of->image, "Config.Healthcheck.Test"), of->arena);
	if (!test.nr)
		return;
	if (!strcmp(test.items[0], "NONE")) {
		give(of, "no-healthcheck", "true");
		return;
	}
	if (!strcmp(test.items[0], "CMD-SHELL") && test.nr == 2)
		buf_add_text(&command, test.items[1]);
	for (size_t i = 1; i < test.nr && strcmp(test.items[0], "CMD-SHELL") != 0; i++) {
		buf_add_text(&command, i > 1 ? " " : "");
		word_quote(&command, test.items[i]);
	}
	if (!same(&test, &before))
		give(of, "health-cmd", buf_text(&command));
	give_duration(of, health, "Interval", "health-interval", 30 * MOMENT_SECOND);
	give_duration(of, health, "Timeout", "health-timeout", 30 * MOMENT_SECOND);
	give_duration(of, health, "StartPeriod", "health-start-period", 0);
	give_duration(of, health, "StartInterval", "health-start-interval", 0);
	snprintf(number, sizeof number, "%lld", retries);
	if (retries && retries != 3)
		give(of, "health-retries", number);
}

/* "/db:/web/database" is db:database. */
static void take_links(const struct describing *of)
{
	for (const struct json *item = json_first(json_child(of->container, "HostConfig.Links")); item; item = json_next(item)) {
		SCOPED(buf_release) struct buf value = BUF_INIT(VALUE_MAX);
		const char *link = json_text(item, "", of->arena), *alias = strrchr(link, '/');
		if (*link == '/' && alias)
			buf_printf(&value, "%.*s:%s", (int)strcspn(link + 1, ":"), link + 1, alias + 1);
		if (value.len)
			give(of, "link", buf_text(&value));
	}
}

static void describe(const struct describing *of)
{
	const char *hostname = json_text(of->container, "Config.Hostname", of->arena);
	spec_set_image(of->out, oci_familiar_image(of->runtime->dialect, json_text(of->container, "Config.Image", of->arena)));
	take_name_and_host(of, hostname);
	take_plain(of);
	take_umask(of);
	take_lists(of);
	take_environment(of, hostname);
	take_maps(of);
	take_command(of);
	take_ports(of);
	take_binds(of);
	take_mounts(of);
	take_tmpfs(of);
	take_networks(of);
	take_links(of);
	take_cpus(of);
	take_swap(of);
	take_restart(of);
	take_stop_signal(of);
	take_ulimits(of);
	take_devices(of);
	take_device_limits(of);
	take_log(of);
	take_health(of);
}

const char *runtime_image_of(const struct buf *container, struct arena *arena)
{
	struct json_rows rows;
	struct error ignored;
	if (json_parse_rows(buf_text(container), container->len, &rows, &ignored) < 0)
		return "";
	const char *image = rows.nr ? json_text(rows.items[0], "Config.Image", arena) : "";
	json_rows_release(&rows);
	return image;
}

int runtime_describe(const struct runtime *self, const struct buf *container, const struct buf *image, struct spec *out, struct error *err)
{
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	struct json_rows rows, image_rows = { 0 };
	struct error ignored;
	if (json_parse_rows(buf_text(container), container->len, &rows, err) < 0)
		return error_wrap(err, "%s printed something unreadable", self->name);
	json_parse_rows(buf_text(image), image->len, &image_rows, &ignored);
	struct describing of = { self, rows.nr ? rows.items[0] : NULL, image_rows.nr ? image_rows.items[0] : NULL, &arena, out };
	int failed = of.container && json_child(of.container, "Config") ? 0 : error_set(err, ERROR_RUNTIME, "%s gave no container", self->name);
	if (!failed)
		describe(&of);
	json_rows_release(&rows);
	json_rows_release(&image_rows);
	return failed;
}
