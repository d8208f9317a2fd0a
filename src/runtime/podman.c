/* podman. Measured with 4.3.1. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "runtime/dialect.h"
#include "runtime/texts.h"
#include "base/banned.h"

#define TEXT_MAX (64u * 1024 * 1024)
#define DAY_S (24 * 3600)

/* Where its containers are: it has no id. A path that is long or has blanks counts as its hash. */
static void read_identity(const char *text, char id[ENGINE_ID_MAX + 1])
{
	size_t len = strcspn(text, "\n");
	if (len <= ENGINE_ID_MAX && strcspn(text, " \t") >= len)
		snprintf(id, ENGINE_ID_MAX + 1, "%.*s", (int)len, text);
	else
		snprintf(id, ENGINE_ID_MAX + 1, "%016llx", text_hash(TEXT_HASH_START, text, len));
}

/* As docker's engine puts it: an argument with a blank in it is quoted. */
static const char *command_of(const struct json *words, struct arena *arena)
{
	SCOPED(buf_release) struct buf line = BUF_INIT(TEXT_MAX);
	SCOPED(arena_release) struct arena scratch = ARENA_INIT;
	for (const struct json *word = json_first(words); word; word = json_next(word)) {
		const char *text = json_text(word, "", &scratch), *quote = line.len && strchr(text, ' ') ? "'" : "";
		buf_printf(&line, "%s%s%s%s", line.len ? " " : "", quote, text, quote);
	}
	return text_quoted(buf_text(&line), arena);
}

static void add_numbers(struct buf *out, long long first, long long count)
{
	buf_printf(out, "%lld", first);
	if (count > 1)
		buf_printf(out, "-%lld", first + count - 1);
}

static const char *ports_of(const struct json *list, struct arena *arena)
{
	SCOPED(buf_release) struct buf out = BUF_INIT(TEXT_MAX);
	SCOPED(arena_release) struct arena scratch = ARENA_INIT;
	for (const struct json *port = json_first(list); port; port = json_next(port)) {
		const char *ip = json_text(port, "host_ip", &scratch);
		long long count = json_number(port, "range");
		buf_printf(&out, strchr(ip, ':') ? "%s[%s]:" : "%s%s:", out.len ? ", " : "", *ip ? ip : "0.0.0.0");
		add_numbers(&out, json_number(port, "host_port"), count);
		buf_add_text(&out, "->");
		add_numbers(&out, json_number(port, "container_port"), count);
		buf_printf(&out, "/%s", json_text(port, "protocol", &scratch));
	}
	return arena_text(arena, buf_text(&out));
}

/* In docker's words; podman says "Up 2 hours ago", and of a paused one not since when. */
static const char *status_of(const struct json *row, enum container_state state, moment now, struct arena *arena)
{
	SCOPED(arena_release) struct arena scratch = ARENA_INIT;
	const char *up = text_length(json_number(row, "StartedAt"), now, &scratch);
	char text[120];
	switch (state) {
	case CONTAINER_CREATED:
		return "Created";
	case CONTAINER_RUNNING:
		snprintf(text, sizeof text, "Up %s", up);
		break;
	case CONTAINER_PAUSED:
		snprintf(text, sizeof text, "Up %s (Paused)", up);
		break;
	case CONTAINER_EXITED:
		snprintf(text, sizeof text, "Exited (%lld) %s", json_number(row, "ExitCode"),
			 text_since(json_number(row, "ExitedAt"), now, &scratch));
		break;
	default:
		return json_text(row, "Status", arena);
	}
	return arena_text(arena, text);
}

static void read_container(const struct json *row, moment now, struct arena *arena, struct container *out)
{
	SCOPED(arena_release) struct arena scratch = ARENA_INIT;
	long long created = json_number(row, "Created");
	*out = (struct container){
		.id = json_text(row, "Id", arena),
		.name = container_own_name(text_of_array(json_child(row, "Names"), &scratch), arena),
		.image = json_text(row, "Image", arena),
		.image_id = json_text(row, "ImageID", arena),
		.command = command_of(json_child(row, "Command"), arena),
		.created_at = created ? text_local_time(created, arena) : "",
		.running_for = created ? text_since(created, now, arena) : "",
		.ports = ports_of(json_child(row, "Ports"), arena),
		.labels = text_of_labels(json_child(row, "Labels"), NULL, arena),
		.mounts = "", /* it has only where they are in the container */
		.networks = text_of_array(json_child(row, "Networks"), arena),
		.state = container_state_parse(json_text(row, "State", &scratch)),
	};
	out->status = status_of(row, out->state, now, arena);
}

static void read_event(const struct json *event, struct arena *arena, struct container_event *out)
{
	static const struct happening words[] = { { "died", HAPPENED_END }, { "remove", HAPPENED_DESTROY }, { 0 } };
	const char *time = json_text(event, "Time", arena);
	out->what = happening_of(json_text(event, "Status", arena), words);
	snprintf(out->id, sizeof out->id, "%s", json_text(event, "ID", arena));
	snprintf(out->name, sizeof out->name, "%s", json_text(event, "Name", arena));
	snprintf(out->image, sizeof out->image, "%s", json_text(event, "Image", arena));
	if (out->what == HAPPENED_HEALTH)
		snprintf(out->detail, sizeof out->detail, "%s", json_text(event, "health_status", arena));
	out->at = json_number(event, "timeNano"); /* podman 5 */
	if (!out->at)
		moment_scan(time, strlen(time), &out->at);
	out->exit_code = (int)json_number(event, "ContainerExitCode");
}

static const struct dialect dialect = {
	.identity = (const char *const[]){ "info", "--format", "{{if .Host.ServiceIsRemote}}{{.Host.Hostname}}:{{end}}{{.Store.GraphRoot}}", NULL },
	.identity_is = "where it keeps its containers",
	.container_format = "--format=json",
	.history_format = "--format=json",
	.save_several = "--multi-image-archive",
	.force_takes_users = true,
	.network_rows = (const char *const[]){ "--format=json", NULL },
	.volume_rows = (const char *const[]){ "--format=json", NULL },
	.default_network = "podman",
	.event_options = (const char *const[]){ "--filter=type=container", "--filter=event=create", "--filter=event=start",
						"--filter=event=pause", "--filter=event=unpause", "--filter=event=rename",
						"--filter=event=restart", "--filter=event=died", "--filter=event=remove", NULL },
	.watch_options = (const char *const[]){ "--filter=type=container", NULL },
	.only_past = "--stream=false", /* 4.3 looks at its log and at the clock side by side */
	.events_reach_s = DAY_S, /* it keeps them from boot on, or as long as the journal does */
	.refusals = (const struct refusal[]){ { "no such container", ERROR_NOT_FOUND },
					      { "no such object", ERROR_NOT_FOUND },
					      { "no container with name", ERROR_NOT_FOUND },
					      { "layer not known", ERROR_NOT_FOUND },
					      { "no such image", ERROR_NOT_FOUND },
					      { "no such volume", ERROR_NOT_FOUND },
					      { "image not known", ERROR_NOT_FOUND },
					      { "no such volume", ERROR_NOT_FOUND },
					      { "network not found", ERROR_NOT_FOUND },
					      { "did not resolve to an alias", ERROR_NOT_FOUND },
					      { "initializing source docker", ERROR_NOT_FOUND }, /* a registry that lacks it, or does not answer */
					      { "connect: permission denied", ERROR_DENIED },
					      { "unable to connect", ERROR_UNREACHABLE },
					      { "cannot connect to", ERROR_UNREACHABLE },
					      { 0 } },
	.own_words = (const char *const[]){ "Error: runc: ", "Error: crun: ", "Error: OCI runtime", "Error: exec failed", "Error: can only create exec",
					    "Error: can only start exec",
					    "Error: unable to find user", "Error: unable to find group", "Error: no container with name",
					    "Error: you can only attach", NULL },
	.start_words = (const char *const[]){ "Error: ", NULL },
	.commit_options = (const char *const[]){ "--format=docker", "--pause=true", "--quiet", NULL }, /* its own format has no place for a message */
	.copies_patterns = true,
	.follows_links = "--follow-link",
	.copy_as_it_is = "--archive=false",
	.registries = (const char *const[]){ "localhost/", "docker.io/library/", "docker.io/", NULL },
	.refuses_paused = "paused",
	.force_at_once = "--time=0",
	.leaves_checks = true,
	.oldest_first = true,
	.grace_without_end = "4294967295",
	.log_driver = "HostConfig.LogConfig.Type",
	.log_path = "HostConfig.LogConfig.Path",
	.log_size = "HostConfig.LogConfig.Size",
	.log_files = "HostConfig.LogConfig.Config.max-file", /* it has none */
	.log_drivers = { { "k8s-file", LOG_FORM_K8S },
			 { "json-file", LOG_FORM_K8S },
			 { "journald", LOG_FORM_JOURNAL },
			 { "none", LOG_FORM_NONE },
			 { "passthrough", LOG_FORM_NONE } },
	.tail_spoils = true,
	.info_version = "version.Version",
	.info_log_driver = "host.logDriver",
	.info_root = "store.graphRoot",
	.info_remote = "host.serviceIsRemote",
	.install = "install it, for instance with apt-get install podman",
	.start = "start its service with systemctl start podman.socket, or look at CONTAINER_HOST and podman system connection list",
	.let_in = "use the user that owns its socket, or sudo",
	.read_identity = read_identity,
	.read_container = read_container,
	.read_event = read_event,
};

const struct runtime runtime_podman = { "podman", "podman", oci_compose, oci_decode, oci_read_event, &dialect };
