/* nerdctl: containerd's containers, of one namespace. Measured with 2.1.2 over containerd 1.6. */
#include <stdio.h>
#include <string.h>

#include "runtime/dialect.h"
#include "runtime/texts.h"
#include "base/banned.h"

#define LABEL_MAX (1024u * 1024)

/* What stands behind `key` in a line of its own: " ID:   94e0…". */
static int line_value(const char *text, const char *key, const char **value)
{
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		const char *word = text + strspn(text, " ");
		if (strncmp(word, key, strlen(key)) != 0)
			continue;
		*value = word + strlen(key) + strspn(word + strlen(key), " \t");
		return (int)strcspn(*value, " \t\n");
	}
	return 0;
}

/* Another namespace has other containers. Only what is printed for people tells it. */
static void read_identity(const char *text, char id[ENGINE_ID_MAX + 1])
{
	const char *engine, *space;
	int engine_len = line_value(text, "ID:", &engine), space_len = line_value(text, "Namespace:", &space);
	if (engine_len && space_len && engine_len + 1 + space_len <= ENGINE_ID_MAX)
		snprintf(id, ENGINE_ID_MAX + 1, "%.*s/%.*s", engine_len, engine, space_len, space);
}

/* It has no `State`: "Up", "Paused", "Exited (0) 2 hours ago". */
static enum container_state state_of(const char *status)
{
	char word[32];
	snprintf(word, sizeof word, "%.*s", (int)strcspn(status, " "), status);
	return container_state_parse(word);
}

/* It keeps what a container was made with as JSON in its labels. */
static void read_labels(const struct json *labels, struct arena *arena, struct container *out)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(LABEL_MAX);
	SCOPED(arena_release) struct arena scratch = ARENA_INIT;
	struct json_rows rows;
	struct error ignored;
	const char *mounts = "[]", *networks = "[]";
	for (const struct json *label = json_first(labels); label; label = json_next(label)) {
		if (!strcmp(json_key(label), "nerdctl/mounts"))
			mounts = json_text(label, "", &scratch);
		if (!strcmp(json_key(label), "nerdctl/networks"))
			networks = json_text(label, "", &scratch);
	}
	buf_printf(&text, "{\"Mounts\":%s,\"Networks\":%s}", mounts, networks);
	if (json_parse_rows(buf_text(&text), text.len, &rows, &ignored) < 0)
		return;
	out->mounts = text_of_mounts(json_child(rows.items[0], "Mounts"), arena);
	out->networks = text_of_array(json_child(rows.items[0], "Networks"), arena);
	json_rows_release(&rows);
}

static void read_container(const struct json *row, moment now, struct arena *arena, struct container *out)
{
	static const char *const hidden[] = { "nerdctl/", "io.containerd.", "containerd.io/", NULL };
	const char *created_text = json_text(row, "CreatedAt", arena);
	const struct json *labels = json_child(row, "LabelsMap");
	moment created = 0;
	moment_scan(created_text, strlen(created_text), &created);
	*out = (struct container){
		.id = json_text(row, "ID", arena),
		.name = container_own_name(json_text(row, "Names", arena), arena),
		.image = json_text(row, "Image", arena),
		.image_id = "",
		.command = json_text(row, "Command", arena),
		.created_at = created ? text_local_time(created / MOMENT_SECOND, arena) : "",
		.running_for = created ? text_since(created / MOMENT_SECOND, now, arena) : "",
		.status = json_text(row, "Status", arena),
		.ports = json_text(row, "Ports", arena),
		.labels = text_of_labels(labels, hidden, arena),
		.mounts = "",
		.networks = "",
	};
	out->state = state_of(out->status);
	if (out->state == CONTAINER_PAUSED)
		out->status = "Up (Paused)";
	read_labels(labels, arena, out);
}

/*
 * containerd's own: {"Timestamp":…,"Topic":"/tasks/exit","Event":"{…}"}. What is exec'ed in a container ends with an id of its own. The
 * time inside of an exit may be before that of the start, which is when that was told.
 */
static void read_event(const struct json *event, struct arena *arena, struct container_event *out)
{
	static const struct happening topics[] = {
		{ "/containers/create", HAPPENED_CREATE }, { "/containers/delete", HAPPENED_DESTROY }, { "/tasks/start", HAPPENED_START },
		{ "/tasks/exit", HAPPENED_END },           { "/tasks/paused", HAPPENED_PAUSE },        { "/tasks/resumed", HAPPENED_UNPAUSE },
		{ "/tasks/oom", HAPPENED_OOM },            { 0 },
	};
	const char *text = json_text(event, "Event", arena), *time = json_text(event, "Timestamp", arena);
	struct json_rows rows;
	struct error ignored;
	if (json_parse_rows(text, strlen(text), &rows, &ignored) < 0)
		return;
	const struct json *body = rows.nr ? rows.items[0] : NULL;
	const char *container = json_text(body, "container_id", arena), *id = json_text(body, "id", arena);
	bool is_exec = *container && *id && strcmp(container, id) != 0;
	snprintf(out->id, sizeof out->id, "%s", *container ? container : id);
	out->what = is_exec ? HAPPENED_OTHER : happening_of(json_text(event, "Topic", arena), topics);
	snprintf(out->image, sizeof out->image, "%s", json_text(body, "image", arena));
	moment_scan(time, strlen(time), &out->at);
	out->exit_code = (int)json_number(body, "exit_status");
	json_rows_release(&rows);
}

/* Its rows have no State, RunningFor, Mounts and Networks; asking for them is an error there. */
static const struct dialect dialect = {
	.identity = (const char *const[]){ "info", NULL },
	.identity_is = "its id, and the namespace",
	.container_format = "--format={" FIELD("ID") "," FIELD("Names") "," FIELD("Image") "," FIELD("Command") "," FIELD(
		"CreatedAt") "," FIELD("Status") "," FIELD("Ports") "," FIELD("LabelsMap") "}",
	.history_format = "--format={{json .}}",
	.network_rows = (const char *const[]){ "--format={{json .}}", NULL },
	.volume_rows = (const char *const[]){ "--format={{json .}}", NULL },
	.default_network = "bridge",
	.event_options = (const char *const[]){ NULL },
	.watch_options = (const char *const[]){ NULL },
	.events_reach_s = EVENTS_LIVE,
	.refusals = (const struct refusal[]){ { "no such container", ERROR_NOT_FOUND },
					      { "no such image", ERROR_NOT_FOUND },
					      { "no network found matching", ERROR_NOT_FOUND },
					      { "some volumes could not be inspected", ERROR_NOT_FOUND },
					      { "image not available", ERROR_NOT_FOUND },
					      { ": not found", ERROR_NOT_FOUND }, /* of a tag, a push */
					      { "no network found", ERROR_NOT_FOUND },
					      { "volume \"*\": not found", ERROR_NOT_FOUND },
					      { "volume.json\" does not exist", ERROR_NOT_FOUND },
					      { "failed to resolve reference", ERROR_NOT_FOUND },
					      { "cannot access containerd socket", ERROR_UNREACHABLE },
					      { "rootless containerd not running", ERROR_UNREACHABLE },
					      { "error while dialing", ERROR_UNREACHABLE },
					      { 0 } },
	.told_in_warnings = "some volumes could not be",
	.own_words = (const char *const[]){ "time=\"", NULL },
	.tells_status = "exec failed with exit code ",
	.detached = "read detach keys",
	.commits_by_name = true,
	.copies_no_tar = true,
	.copies_by_tar = true,
	.attaches_terminals = true,
	.registries = (const char *const[]){ "docker.io/library/", "docker.io/", NULL },
	.misjudges = true,
	.inspects_singly = true,
	.blank_when_gone = true,
	.blank_state = CONTAINER_CREATED, /* it has no task yet */
	.grace_without_end = "-1",
	.log_driver = "HostConfig.LogConfig.driver",
	.log_path = "LogPath",
	.log_path_option = "HostConfig.LogConfig.opts.log-path",
	.log_size = "HostConfig.LogConfig.opts.max-size",
	.log_files = "HostConfig.LogConfig.opts.max-file",
	.log_drivers = { { "json-file", LOG_FORM_NERDCTL, 104857600 },
			 { "journald", LOG_FORM_JOURNAL },
			 { "none", LOG_FORM_NONE },
			 { "", LOG_FORM_NONE }, /* none, of a container */
			 { "fluentd", LOG_FORM_NONE },
			 { "syslog", LOG_FORM_NONE } },
	.skips_record = "error while writing log entry",
	.info_version = "ServerVersion",
	.info_log_driver = "LoggingDriver",
	.install = "install it from github.com/containerd/nerdctl/releases, with containerd",
	.start = "start its engine with systemctl start containerd, without root with containerd-rootless-setuptool.sh install, or look at CONTAINERD_ADDRESS",
	.let_in = "use sudo, or set up containerd for your own user with containerd-rootless-setuptool.sh install",
	.read_identity = read_identity,
	.read_container = read_container,
	.read_event = read_event,
};

const struct runtime runtime_nerdctl = { "nerdctl", "nerdctl", oci_compose, oci_decode, oci_read_event, &dialect };
