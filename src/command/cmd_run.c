/*
 * run and create. Both are two engine requests, create and start, so that the id is known when the start fails. A container runs
 * detached, and its log is collected, unless it is given the terminal (-it).
 */
#include <stdio.h>
#include <string.h>

#include "command/output.h"
#include "command/rows.h"
#include "command/session.h"
#include "command/target.h"
#include "base/banned.h"

/* A new option of docker's that needs no thought of ours is one line here. */
#define CREATE_OPTIONS                                                                                                 \
	{ "name", 0, KIND_NAME, "NAME", "the container's name", .forward = true },                                     \
	{ "env", 'e', KIND_ENV, "NAME=VALUE", "set an environment variable", .many = true, .forward = true },          \
	{ "env-file", 0, KIND_FILE, "FILE", "read environment variables from a file", .many = true, .forward = true }, \
	{ "publish", 'p', KIND_PORT, "PORT", "publish a port: [[IP:]HOST:]CONTAINER[/PROTOCOL]", .many = true,         \
	  .forward = true },                                                                                           \
	{ "volume", 'v', KIND_VOLUME, "VOLUME", "bind mount a volume: [SOURCE:]TARGET[:OPTIONS]", .many = true,        \
	  .forward = true },                                                                                           \
	{ "mount", 0, KIND_MOUNT, "MOUNT", "attach a mount: type=bind,source=/a,target=/b", .many = true,              \
	  .forward = true },                                                                                           \
	{ "network", 0, KIND_NETWORK, "NETWORK", "connect to a network", .many = true, .forward = true },              \
	{ "network-alias", 0, KIND_TEXT, "NAME", "a further name in the network", .many = true, .forward = true },     \
	{ "label", 'l', KIND_LABEL, "KEY=VALUE", "set a label", .many = true, .forward = true },                       \
	{ "entrypoint", 0, KIND_TEXT, "COMMAND", "replace the image's entrypoint", .forward = true },                  \
	{ "workdir", 'w', KIND_TEXT, "DIRECTORY", "the directory the command starts in", .forward = true },            \
	{ "user", 'u', KIND_TEXT, "USER", "name or number, and group: 1000:1000", .forward = true },                   \
	{ "hostname", 'h', KIND_TEXT, "NAME", "the container's host name", .forward = true },                            \
	{ "cpus", 0, KIND_CPUS, "NUMBER", "how many processors it may use", .forward = true },                         \
	{ "memory", 'm', KIND_SIZE, "SIZE", "how much memory it may use: 512m, 2g", .forward = true },                 \
	{ "restart", 0, KIND_RESTART, "POLICY", "restart it when it ends: no, always, unless-stopped, on-failure[:N]", \
	  .forward = true },                                                                                           \
	{ "pull", 0, KIND_PULL, "POLICY", "pull the image: always, missing, never", .forward = true },                 \
	{ "log-driver", 0, KIND_TEXT, "DRIVER", "where the engine keeps the log", .forward = true },                   \
	{ "log-opt", 0, KIND_TEXT, "KEY=VALUE", "an option of the log driver", .many = true, .forward = true },        \
	{ "interactive", 'i', KIND_FLAG, NULL, "keep standard input open", .forward = true },                          \
	{ "tty", 't', KIND_FLAG, NULL, "give it a terminal", .forward = true },                                        \
	{ "rm", 0, KIND_FLAG, NULL, "remove it when it has ended and its log is collected" }

/* What docker's run and create know besides. */
static const char *const unsupported[] = {
	"add-host", "annotation", "attach", "blkio-weight", "blkio-weight-device", "cap-add", "cap-drop", "cgroup-parent", "cgroupns",
	"cidfile", "cpu-count", "cpu-percent", "cpu-period", "cpu-quota", "cpu-rt-period", "cpu-rt-runtime", "cpu-shares",
	"cpuset-cpus", "cpuset-mems", "detach-keys", "device", "device-cgroup-rule", "device-read-bps", "device-read-iops",
	"device-write-bps", "device-write-iops", "disable-content-trust", "dns", "dns-option", "dns-search", "domainname", "expose",
	"gpus", "group-add", "health-cmd", "health-interval", "health-retries", "health-start-interval", "health-start-period",
	"health-timeout", "init", "io-maxbandwidth", "io-maxiops", "ip", "ip6", "ipc", "isolation", "kernel-memory", "label-file",
	"link", "link-local-ip", "mac-address", "memory-reservation", "memory-swap", "memory-swappiness", "no-healthcheck",
	"oom-kill-disable", "oom-score-adj", "pid", "pids-limit", "platform", "privileged", "publish-all", "quiet", "read-only",
	"runtime", "security-opt", "shm-size", "sig-proxy", "stop-signal", "stop-timeout", "storage-opt", "sysctl", "tmpfs",
	"ulimit", "use-api-socket", "userns", "uts", "volume-driver", "volumes-from", NULL,
};

static const struct operand create_operands[] = {
	{ "IMAGE", KIND_IMAGE, 1, 1, .help = "what to run" },
	{ "COMMAND", KIND_REST, 0, 0, .help = "the command and its arguments, instead of the image's" },
	{ 0 },
};

static bool flag_given(const struct invocation *call, const char *name)
{
	const char *value = invocation_value(call, name);
	return value && !strcmp(value, "true");
}

/* Creates the container and tracks it. */
static int create(struct session *session, const struct invocation *call, char id[CONTAINER_ID_LEN + 1], struct error *err)
{
	struct action action;
	struct result result;
	const char *name = invocation_value(call, "name");
	bool remove = flag_given(call, "rm"), collected = session_collect(session);

	action_init(&action, VERB_CREATE);
	forward_options(call, &action.options);
	/* The engine would remove it, and its log, the moment it ends: only where nobody collects it. */
	if (remove && !collected)
		strvec_push(&action.options, "--rm");
	for (size_t i = 0; i < call->operands_nr; i++)
		strvec_push(&action.words, call->operands[i]);
	int failed = session_perform(session, &action, &result, err);
	action_release(&action);
	if (failed)
		return -1;
	snprintf(id, CONTAINER_ID_LEN + 1, "%s", session->settings.dry_run ? (name ? name : "CONTAINER") : result.id);
	if (!session->settings.dry_run)
		session_track(session, id, name ? name : "", remove && collected);
	return 0;
}

/* As docker's run: 127 the command is not there, 126 it cannot be run, 125 anything else of the engine's. */
static void as_docker_run(struct error *err)
{
	if (err->kind != ERROR_FAILED && err->kind != ERROR_NOT_FOUND)
		return;
	if (strstr(err->text, "executable file not found") || strstr(err->text, "no such file or directory: unknown"))
		err->kind = ERROR_NO_PROGRAM;
	else if (strstr(err->text, "permission denied: unknown"))
		err->kind = ERROR_NOT_EXECUTABLE;
	else
		err->kind = ERROR_RUNTIME;
}

static int start_failed(struct session *session, const struct invocation *call, const char *id, struct error *err)
{
	struct error ignored;
	as_docker_run(err);
	if (flag_given(call, "rm") && session_act(session, VERB_REMOVE, id, NULL, &ignored) == 0)
		session_forget(session, id, &ignored);
	else
		error_wrap(err, "container %.12s was created but did not start", id);
	return -1;
}

/* The terminal is the container's until it ends. */
static int run_attached(struct session *session, const struct invocation *call, const char *id, struct error *err)
{
	struct error drain_err;
	tracked_expect_end(session->table, id);
	int failed = session_act(session, VERB_ATTACH, id, NULL, err);
	if (failed && err->kind != ERROR_STATUS)
		return start_failed(session, call, id, err);
	if (session->collector && session_drain(session, id, &drain_err) < 0)
		output_warning("%s", drain_err.text);
	return failed;
}

static int run_create(struct session *session, const struct invocation *call, struct error *err)
{
	char id[CONTAINER_ID_LEN + 1];
	if (create(session, call, id, err) < 0)
		return -1;
	if (!session->settings.dry_run)
		output_line("%s", id);
	return 0;
}

static int run_run(struct session *session, const struct invocation *call, struct error *err)
{
	char id[CONTAINER_ID_LEN + 1];
	if (create(session, call, id, err) < 0) {
		as_docker_run(err);
		return -1;
	}
	if (flag_given(call, "tty") && flag_given(call, "interactive"))
		return run_attached(session, call, id, err);
	if (session_act(session, VERB_START, id, NULL, err) < 0)
		return start_failed(session, call, id, err);
	tracked_ask_drain(session->table, id); /* it runs now: the collector is to look */
	if (!session->settings.dry_run)
		output_line("%s", id);
	return 0;
}

const struct command cmd_run = {
	.name = "run",
	.summary = "create a container from an image, start it, collect its log",
	.details = "The container runs detached and its id is printed, as with docker run -d; with -it it has the terminal until it ends.\n"
		   "\n"
		   "With --rm purser removes the container itself, once it has ended and its log is stored to the last line. Where no\n"
		   "collector runs (the log directory cannot be used), the engine removes it, and the log with it.",
	.options = (const struct option[]){ CREATE_OPTIONS,
					    { "detach", 'd', KIND_FLAG, NULL, "nothing: containers run detached anyway" },
					    { 0 } },
	.operands = create_operands,
	.unsupported = unsupported,
	.examples = (const struct example[]){ { "run --name web -p 8080:80 nginx", "a web server, its log collected" },
					      { "run --rm busybox sh -c 'seq 1 5'", "a short job; only its log stays" },
					      { "run -it busybox sh", "a shell in a container" },
					      { 0 } },
	.flags = COMMAND_COLLECTS,
	.run = run_run,
};

const struct command cmd_create = {
	.name = "create",
	.summary = "create a container without starting it",
	.options = (const struct option[]){ CREATE_OPTIONS, { 0 } },
	.operands = create_operands,
	.unsupported = unsupported,
	.examples = (const struct example[]){ { "create --name job -e MODE=fast busybox env", "start it later: start job" }, { 0 } },
	.flags = COMMAND_COLLECTS,
	.run = run_create,
};
