/*
 * run and create. Both are two engine requests, create and start, so that the id is known when the start fails. A container runs
 * detached, and its log is collected, unless it is given the terminal (-it).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "command/output.h"
#include "command/passing.h"
#include "command/rows.h"
#include "command/session.h"
#include "command/specs.h"
#include "base/banned.h"

/* What docker's run and create know besides (model/spec.c has what they are given). */
static const char *const unsupported[] = {
	"attach", "cpu-count", "cpu-percent", "disable-content-trust", "io-maxbandwidth", "io-maxiops", "isolation", "kernel-memory",
	"quiet", "sig-proxy", "use-api-socket", NULL,
};

#define OWN_OPTIONS                                                                                                    \
	{ "spec", 0, KIND_FILE, "FILE", "what `describe --as json` prints; options given here count more" },           \
	{ "cidfile", 0, KIND_FILE, "FILE", "write the container's id into a new file" }

static const struct operand create_operands[] = {
	{ "IMAGE", KIND_IMAGE, 0, 1, .help = "what to run; not needed where --spec has it" },
	{ "COMMAND", KIND_REST, 0, 0, .help = "the command and its arguments, instead of the image's" },
	{ 0 },
};

static bool is_attached(const struct spec *spec)
{
	return spec_flag(spec, "interactive") && !spec_flag(spec, "detach");
}

/* Before anything is made. */
static int check_attached(struct session *session, const struct spec *spec, struct error *err)
{
	const struct runtime *runtime = session_runtime(session, err);
	if (!runtime)
		return -1;
	if (spec_flag(spec, "tty"))
		return passing_check_input(session, err);
	if (runtime_attaches_pipes(runtime))
		return 0;
	error_set(err, ERROR_UNSUPPORTED, "%s has no run -i without -t", runtime->name);
	return error_hint(err, "with -d it runs, and waits for what nobody can type");
}

static int run_attached(struct session *session, const struct invocation *call, const struct spec *spec, const char *id, struct error *err)
{
	SCOPED(strvec_release) struct strvec options = STRVEC_INIT;
	const char *keys = invocation_value(call, "detach-keys");
	strvec_push(&options, "--interactive");
	if (keys)
		strvec_pushf(&options, "--detach-keys=%s", keys);
	if (passing_start(session, id, &options, err) == 0)
		return 0;
	return err->kind == ERROR_STATUS || err->kind == ERROR_CANCELLED || err->kind == ERROR_UNREAD ? -1 : specs_start_failed(session, spec, id, err);
}

static bool reads_along(const struct invocation *call)
{
	return invocation_has(call, "interactive") && !invocation_has(call, "detach");
}

static int take_all(const struct invocation *call, struct spec *spec, struct error *err)
{
	if (specs_take(call, spec, err) < 0)
		return -1;
	specs_take_image(call, 0, spec);
	return 0;
}

static int check(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(spec_release) struct spec spec;
	spec_init(&spec);
	return take_all(call, &spec, err) < 0 ? -1 : specs_check(session, call, &spec, true, err);
}

/* Begun before the container is made, so that what cannot be written to makes none. */
static int begin_cidfile(const char *path, struct error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd >= 0)
		return fd;
	error_system(err, "cannot make '%s'", path);
	if (err->detail == EEXIST)
		error_hint(err, "another container may have it; remove the file, or name another");
	return -1;
}

static int create(struct session *session, const struct invocation *call, const struct spec *spec, char id[CONTAINER_ID_LEN + 1], struct error *err)
{
	const char *path = session->settings.dry_run ? NULL : invocation_value(call, "cidfile");
	SCOPED(fd_close) int fd = path ? begin_cidfile(path, err) : -1;
	if (path && fd < 0)
		return -1;
	if (specs_create(session, spec, id, err) < 0) {
		if (path)
			unlink(path);
		return -1;
	}
	if (!path || fd_write_all(fd, id, CONTAINER_ID_LEN) == CONTAINER_ID_LEN)
		return 0;
	error_system(err, "%s was created, but its id cannot be written to '%s'", id, path);
	unlink(path);
	return -1;
}

static int run_create(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(spec_release) struct spec spec;
	char id[CONTAINER_ID_LEN + 1];
	spec_init(&spec);
	if (take_all(call, &spec, err) < 0 || create(session, call, &spec, id, err) < 0)
		return -1;
	if (!session->settings.dry_run)
		output_line("%s", id);
	return 0;
}

static int run_run(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(spec_release) struct spec spec;
	char id[CONTAINER_ID_LEN + 1];
	spec_init(&spec);
	if (take_all(call, &spec, err) < 0)
		return -1;
	if (is_attached(&spec) && check_attached(session, &spec, err) < 0)
		return -1;
	if (create(session, call, &spec, id, err) < 0) {
		specs_status(err);
		return -1;
	}
	if (is_attached(&spec))
		return run_attached(session, call, &spec, id, err);
	if (specs_start(session, &spec, id, err) < 0)
		return -1;
	if (!session->settings.dry_run)
		output_line("%s", id);
	return 0;
}

const struct command cmd_run = {
	.name = "run",
	.summary = "create a container from an image, start it, collect its log",
	.details = "The container runs detached and its id is printed, as with docker run -d; with -i, and without -d, it reads what purser\n"
		   "reads and is shown until it ends, with -it on the terminal.\n"
		   "\n"
		   "With --rm purser removes the container itself, once it has ended and its log is stored to the last line. Where no\n"
		   "collector runs (the log directory cannot be used), the engine removes it, and the log with it.",
	.options = (const struct option[]){ OWN_OPTIONS,
					    { "detach-keys", 0, KIND_TEXT, "KEYS", "what leaves one that has the terminal running: ctrl-p,ctrl-q" },
					    { 0 } },
	.more_options = spec_options,
	.operands = create_operands,
	.unsupported = unsupported,
	.passes_on = reads_along,
	.examples = (const struct example[]){ { "run --name web -p 8080:80 nginx", "a web server, its log collected" },
					      { "run --rm busybox sh -c 'seq 1 5'", "a short job; only its log stays" },
					      { "run -it busybox sh", "a shell in a container" },
					      { "run -i --rm busybox wc", "counts what it is given: purser run … <file" },
					      { 0 } },
	.flags = COMMAND_COLLECTS,
	.check = check,
	.run = run_run,
};

const struct command cmd_create = {
	.name = "create",
	.summary = "create a container without starting it",
	.options = (const struct option[]){ OWN_OPTIONS, { 0 } },
	.more_options = spec_options,
	.operands = create_operands,
	.unsupported = unsupported,
	.examples = (const struct example[]){ { "create --name job -e MODE=fast busybox env", "start it later: start job" }, { 0 } },
	.flags = COMMAND_COLLECTS,
	.check = check,
	.run = run_create,
};
