/* build: an image, by the runtime's own builder. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command/drafts.h"
#include "command/image.h"
#include "command/output.h"
#include "command/rows.h"
#include "command/target.h"
#include "base/banned.h"

/* What a builder prints as it goes: of its containers, too. */
static int show(void *arg UNUSED, enum request_stream stream UNUSED, const char *bytes, size_t len, struct error *err)
{
	return output_foreign(false, bytes, len) ? 0 : output_failed(err);
}

/* A repository is fetched by the builder. */
static bool is_address(const char *context)
{
	return strstr(context, "://") || !strncmp(context, "git@", 4);
}

static int check_context(const struct session *session, const char *context, struct error *err)
{
	struct stat st;
	if (!strcmp(context, "-"))
		return session_check_input(session, "give a directory", err);
	if (is_address(context))
		return 0;
	if (stat(context, &st) < 0) {
		if (errno != ENOENT)
			return error_system(err, "%s", context);
		error_set(err, ERROR_NOT_FOUND, "no such directory: '%s'", context);
		return error_about(err, context);
	}
	if (!S_ISDIR(st.st_mode))
		return error_set(err, ERROR_USAGE, "'%s' is no directory; name a Dockerfile with --file", context);
	return 0;
}

static int build_image(struct session *session, const struct invocation *call, struct error *err)
{
	struct action action;
	struct result result;
	const char *context = call->operands[0];
	bool terminal = image_on_terminal(session) && strcmp(context, "-") != 0;
	if (check_context(session, context, err) < 0)
		return -1;
	action_init(&action, VERB_BUILD);
	action.on_terminal = terminal;
	action.takes_input = !strcmp(context, "-");
	forward_options(call, &action.options);
	strvec_push(&action.words, context);
	int failed = session_perform_to(session, &action, terminal ? NULL : show, NULL, &result, err);
	action_release(&action);
	if (!failed)
		result_release(&result);
	else if (err->kind == ERROR_STATUS)
		err->detail = 1; /* as everywhere, whatever the builder ended with on the terminal */
	return failed;
}

/* The container that is described so; ./NAME is a directory all the same. */
static int build_draft(struct session *session, struct draft *draft, struct error *err)
{
	if (drafts_build(session, draft, err) < 0)
		return -1;
	if (!session->settings.dry_run)
		output_line("%s", draft->id);
	return 0;
}

static int run_build(struct session *session, const struct invocation *call, struct error *err)
{
	struct draft *draft = call->given_nr ? NULL : drafts_find(session, call->operands[0]);
	return draft ? build_draft(session, draft, err) : build_image(session, call, err);
}

const struct command cmd_build = {
	.name = "build",
	.summary = "build an image from a Dockerfile, or a draft's container",
	.details = "build NAME, where NAME is a draft (new), creates its container, once; start runs it.\n\n"
		   "The runtime's builder does it, and has the terminal while it does; nerdctl's needs BuildKit's buildctl and buildkitd. In a\n"
		   "pipe there is what the builder prints on standard output.",
	.options = (const struct option[]){ { "tag", 't', KIND_IMAGE, "IMAGE", "the image's name", .many = true, .forward = true },
					    { "file", 'f', KIND_FILE, "FILE", "the Dockerfile, if it is not PATH/Dockerfile", .forward = true },
					    { "build-arg", 0, KIND_ENV, "NAME=VALUE", "set a variable of the Dockerfile", .many = true,
					      .forward = true },
					    { "label", 0, KIND_LABEL, "KEY=VALUE", "set a label", .many = true, .forward = true },
					    { "target", 0, KIND_TEXT, "STAGE", "only up to this stage", .forward = true },
					    { "platform", 0, KIND_TEXT, "PLATFORM", "for which platform: linux/arm64", .forward = true, .words = platform_words },
					    { "no-cache", 0, KIND_FLAG, NULL, "do every step anew", .forward = true },
					    { "pull", 0, KIND_FLAG, NULL, "look for newer images to build from", .forward = true },
					    { "quiet", 'q', KIND_FLAG, NULL, "print the id only", .forward = true },
					    { "network", 0, KIND_TEXT, "NETWORK", "of its RUN steps: none, host, default", .forward = true },
					    { "add-host", 0, KIND_TEXT, "NAME:ADDRESS", "a line of their /etc/hosts", .many = true, .forward = true },
					    { "cache-from", 0, KIND_TEXT, "IMAGE", "whose layers may be taken", .many = true, .forward = true },
					    { "iidfile", 0, KIND_FILE, "FILE", "write the image's id into it", .forward = true },
					    { "rm", 0, KIND_FLAG, NULL, "remove containers that it made: true, unless =false", .forward = true },
					    { "force-rm", 0, KIND_FLAG, NULL, "also where it failed", .forward = true, .lacked_by = "nerdctl" },
					    { "memory", 'm', KIND_SIZE, "SIZE", "how much memory a step may use", .forward = true, .lacked_by = "nerdctl" },
					    { "memory-swap", 0, KIND_SIZE, "SIZE", "memory and swap together; -1 for no limit", .forward = true, .lacked_by = "nerdctl" },
					    { "shm-size", 0, KIND_SIZE, "SIZE", "of /dev/shm", .forward = true, .lacked_by = "nerdctl" },
					    { "ulimit", 0, KIND_SETTING, "NAME=SOFT[:HARD]", "a limit of its processes", .many = true, .forward = true,
					      .lacked_by = "nerdctl" },
					    { "security-opt", 0, KIND_TEXT, "OPTION", "of seccomp, apparmor, …", .many = true, .forward = true,
					      .lacked_by = "nerdctl" },
					    { "cgroup-parent", 0, KIND_TEXT, "CGROUP", "the cgroup that steps are put under", .forward = true,
					      .lacked_by = "nerdctl" },
					    { "cpu-shares", 'c', KIND_COUNT, "NUMBER", "a step's share of processor time; 1024 is usual", .forward = true,
					      .lacked_by = "nerdctl" },
					    { "cpu-period", 0, KIND_COUNT, "MICROSECONDS", "in which --cpu-quota counts", .forward = true, .lacked_by = "nerdctl" },
					    { "cpu-quota", 0, KIND_WEIGHT, "MICROSECONDS", "of processor time in each period", .forward = true,
					      .lacked_by = "nerdctl" },
					    { "cpuset-cpus", 0, KIND_TEXT, "LIST", "which processors it may use: 0-3,5", .forward = true,
					      .lacked_by = "nerdctl" },
					    { "cpuset-mems", 0, KIND_TEXT, "LIST", "which memory nodes it may use", .forward = true, .lacked_by = "nerdctl" },
					    { "compress", 0, KIND_FLAG, NULL, "send the directory compressed", .forward = true, .lacked_by = "nerdctl" },
					    { "secret", 0, KIND_TEXT, "SECRET", "id=NAME,src=FILE, of BuildKit", .many = true, .forward = true },
					    { "ssh", 0, KIND_TEXT, "AGENT", "default, or NAME=SOCKET, of BuildKit", .many = true, .forward = true },
					    { "output", 'o', KIND_TEXT, "WHERE", "type=local,dest=DIRECTORY, of BuildKit", .many = true, .forward = true },
					    { "progress", 0, KIND_TEXT, "HOW", "auto, plain or tty, of BuildKit", .forward = true,
					      .words = (const char *const[]){ "auto", "plain", "tty", NULL },
					      .lacked_by = "podman" },
					    { 0 } },
	.unsupported = (const char *const[]){ "isolation", "squash", "cache-to", "load", "push", "metadata-file", "builder", "allow", "attest",
					      "build-context", "disable-content-trust", "no-cache-filter", "provenance", "sbom", "annotation", "check",
					      "call", NULL },
	.operands = (const struct operand[]){ { "PATH", KIND_CONTEXT, 1, 1, .help = "the directory to build from, an address, or - for an archive on standard input; or a draft" },
					      { 0 } },
	.examples = (const struct example[]){ { "build -t web:2 .", "of the Dockerfile here" },
					      { "build web", "the container that new web began to describe" },
					      { 0 } },
	.run = run_build,
};
