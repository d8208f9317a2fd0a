/* docker, as its CLI says it. Its API is in api.c and answer.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/dialect.h"
#include "base/banned.h"

static void read_identity(const char *text, char id[ENGINE_ID_MAX + 1])
{
	size_t len = strcspn(text, "\n");
	if (len <= ENGINE_ID_MAX && strcspn(text, " \t") >= len)
		snprintf(id, ENGINE_ID_MAX + 1, "%.*s", (int)len, text);
}

static void read_container(const struct json *row, moment now UNUSED, struct arena *arena, struct container *out)
{
	*out = (struct container){
		.id = json_text(row, "ID", arena),
		.name = container_own_name(json_text(row, "Names", arena), arena),
		.image = json_text(row, "Image", arena),
		.image_id = "",
		.command = json_text(row, "Command", arena),
		.created_at = json_text(row, "CreatedAt", arena),
		.running_for = json_text(row, "RunningFor", arena),
		.status = json_text(row, "Status", arena),
		.ports = json_text(row, "Ports", arena),
		.labels = json_text(row, "Labels", arena),
		.mounts = json_text(row, "Mounts", arena),
		.networks = json_text(row, "Networks", arena),
		.state = container_state_parse(json_text(row, "State", arena)),
	};
}

/* "health_status: healthy", "exec_create: sh -c …" */
static const char *read_action(const char *action, struct arena *arena, struct container_event *out)
{
	size_t len = strcspn(action, ":");
	if (action[len])
		snprintf(out->detail, sizeof out->detail, "%s", action + len + strspn(action + len, ": "));
	return arena_copy(arena, action, len);
}

static void read_event(const struct json *event, struct arena *arena, struct container_event *out)
{
	static const struct happening none[] = { { 0 } };
	out->what = happening_of(read_action(json_text(event, "Action", arena), arena, out), none);
	if (out->what == HAPPENED_KILL)
		snprintf(out->detail, sizeof out->detail, "%s", json_text(event, "Actor.Attributes.signal", arena));
	if (out->what == HAPPENED_RENAME)
		snprintf(out->detail, sizeof out->detail, "%s", container_own_name(json_text(event, "Actor.Attributes.oldName", arena), arena));
	snprintf(out->image, sizeof out->image, "%s", json_text(event, "Actor.Attributes.image", arena));
	snprintf(out->id, sizeof out->id, "%s", json_text(event, "Actor.ID", arena));
	snprintf(out->name, sizeof out->name, "%s", json_text(event, "Actor.Attributes.name", arena));
	out->at = json_number(event, "timeNano");
	out->exit_code = (int)strtol(json_text(event, "Actor.Attributes.exitCode", arena), NULL, 10);
}

/*
 * Rows are asked for field by field: `--format json` is not known before docker 23, and `{{json .}}` makes it measure every container's
 * size.
 */
static const struct dialect dialect = {
	.identity = (const char *const[]){ "info", "--format", "{{.ID}}", NULL },
	.identity_is = "its id",
	.container_format = "--format={" FIELD("ID") "," FIELD("Names") "," FIELD("Image") "," FIELD("Command") "," FIELD(
		"CreatedAt") "," FIELD("RunningFor") "," FIELD("State") "," FIELD("Status") "," FIELD("Ports") "," FIELD("Labels") "," FIELD("Mounts") "," FIELD("Networks") "}",
	.history_format = "--format={{json .}}",
	.network_rows = (const char *const[]){ "--no-trunc",
					       "--format={" FIELD("ID") "," FIELD("Name") "," FIELD("Driver") "," FIELD("Scope") "," FIELD(
						       "CreatedAt") "," FIELD("Internal") "," FIELD("IPv6") "," FIELD("Labels") "}",
					       NULL },
	.volume_rows = (const char *const[]){ "--format={" FIELD("Name") "," FIELD("Driver") "," FIELD("Scope") "," FIELD(
						      "Mountpoint") "," FIELD("Labels") "}",
					      NULL },
	.default_network = "bridge",
	.event_options = (const char *const[]){ "--filter=type=container", "--filter=event=create", "--filter=event=start",
						"--filter=event=pause", "--filter=event=unpause", "--filter=event=rename",
						"--filter=event=restart", "--filter=event=die", "--filter=event=destroy",
						"--filter=type=image", "--filter=type=network", "--filter=type=volume", "--filter=event=pull",
						"--filter=event=tag", "--filter=event=untag", "--filter=event=delete", "--filter=event=import",
						"--filter=event=load", NULL },
	.watch_options = (const char *const[]){ "--filter=type=container", NULL },
	.events_reach_s = EVENTS_ALL, /* 256 */
	.refusals = (const struct refusal[]){ { "no such container", ERROR_NOT_FOUND },
					      { "no such object", ERROR_NOT_FOUND },
					      { "no such image", ERROR_NOT_FOUND },
					      { "no such volume", ERROR_NOT_FOUND },
					      { "tag does not exist", ERROR_NOT_FOUND },
					      { "unable to find image", ERROR_NOT_FOUND },
					      { "image does not exist locally", ERROR_NOT_FOUND }, /* of a push */
					      { "reference does not exist", ERROR_NOT_FOUND },    /* of a save */
					      { "no such volume", ERROR_NOT_FOUND },
					      { "network * not found", ERROR_NOT_FOUND },
					      { "cannot connect to", ERROR_UNREACHABLE },
					      { "is the docker daemon running", ERROR_UNREACHABLE },
					      { "failed to connect to the docker api", ERROR_UNREACHABLE },
					      { "connection refused", ERROR_UNREACHABLE },
					      { "permission denied while trying to connect", ERROR_DENIED },
					      { "dial unix", ERROR_DENIED },
					      { "error during connect", ERROR_UNREACHABLE },
					      { 0 } },
	.own_words = (const char *const[]){ "Error response from daemon: Container ", "Error response from daemon: container ",
					    "Error response from daemon: unable to find ", "Error response from daemon: No such container",
					    "Error response from daemon: OCI runtime", "Error response from daemon: No such exec",
					    "Error response from daemon: cannot exec", "OCI runtime exec failed: ", "unable to find user ",
					    "unable to find group ", "cannot exec in a ", "ttrpc: closed",
					    /* containerd's, which docker ends as no program does that has no terminal */
					    "*: not found\r\n", "*: unknown\r\n", "*: failed precondition\r\n", "unable to upgrade to tcp, received ", "read escape sequence", NULL },
	.start_words = (const char *const[]){ "Error response from daemon: ", "failed to start containers: ", "Error: failed to start containers: ", NULL },
	.detached = "read escape sequence",
	.has_api = true,
	.raw_terminal = true,
	.grace_without_end = "-1",
	.log_driver = "HostConfig.LogConfig.Type",
	.log_path = "LogPath",
	.log_size = "HostConfig.LogConfig.Config.max-size",
	.log_files = "HostConfig.LogConfig.Config.max-file",
	.log_drivers = { { "json-file", LOG_FORM_DOCKER }, { "local", LOG_FORM_UNKNOWN, 20000000, 5 }, { "none", LOG_FORM_UNKNOWN, .refuses = true },
			 { "journald" }, { "fluentd" }, { "syslog" } }, /* it gives these from the journal, or from a copy it keeps (since 20.10) */
	.info_version = "ServerVersion",
	.info_log_driver = "LoggingDriver",
	.info_root = "DockerRootDir",
	.info_clock = "SystemTime",
	.install = "install it, for instance with apt-get install docker.io",
	.start = "start its engine with systemctl start docker, or look at DOCKER_HOST and docker context ls",
	.let_in = "join the group that owns the socket (usermod -aG docker NAME, then log in again), or use sudo",
	.read_identity = read_identity,
	.read_container = read_container,
	.read_event = read_event,
};

const struct runtime runtime_docker = { "docker", "docker", oci_compose, oci_decode, oci_read_event, &dialect };
