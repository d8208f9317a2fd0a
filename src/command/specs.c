#include "command/specs.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "command/last.h"
#include "command/output.h"
#include "model/value.h"
#include "runtime/describe.h"
#include "base/banned.h"

#define SPEC_FILE_MAX (1u * 1024 * 1024)
#define NAME_LEAVES_MS 10000 /* a log that takes longer to be stored is worth a word to the user */
#define HEALTH_SCRIPT "/.purser-health" /* in the container */

/* ---- from a call ---- */

static int read_spec(const char *path, struct spec *spec, struct error *err)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(SPEC_FILE_MAX);
	if (fd_read_file(AT_FDCWD, path, &text, err) < 0)
		return -1;
	return spec_read(buf_text(&text), text.len, spec, err) < 0 ? error_wrap(err, "%s", path) : 0;
}

static bool is_of_spec(const struct option *option)
{
	return spec_option(option->name, strlen(option->name)) == option;
}

int specs_take(const struct invocation *call, struct spec *spec, struct error *err)
{
	const char *file = invocation_value(call, "spec");
	if (file && read_spec(file, spec, err) < 0)
		return -1;
	for (size_t i = 0; i < call->given_nr; i++)
		if (is_of_spec(call->given[i].option))
			spec_give(spec, call->given[i].option, call->given[i].value);
	return 0;
}

void specs_take_image(const struct invocation *call, size_t first, struct spec *spec)
{
	if (first < call->operands_nr)
		spec_set_image(spec, call->operands[first]);
	if (first + 1 < call->operands_nr)
		strvec_release(&spec->command);
	for (size_t i = first + 1; i < call->operands_nr; i++)
		strvec_push(&spec->command, call->operands[i]);
}

int specs_check(struct session *session, const struct invocation *call, const struct spec *spec, bool whole, struct error *err)
{
	SCOPED(strvec_release) struct strvec wrong = STRVEC_INIT;
	if (!spec_check(spec, whole, &wrong))
		return 0;
	for (size_t i = 0; i < wrong.nr; i++) {
		error_set(err, ERROR_USAGE, "%s", wrong.items[i]);
		if (i + 1 == wrong.nr)
			break;
		error_wrap(err, "%s", call->command->name);
		output_error(session->where, err);
	}
	return -1;
}

/* ---- what to do ---- */

/* "8080" of "127.0.0.1:8080:80/tcp"; "": it has none of its own, or a range. */
static void host_port(const char *publish, char port[8])
{
	SCOPED(buf_release) struct buf normal = BUF_INIT(SPEC_FILE_MAX);
	value_normal(KIND_PORT, publish, &normal);
	const char *text = buf_text(&normal), *end = strrchr(text, ':'), *start = end;
	port[0] = '\0';
	while (start && start > text && start[-1] >= '0' && start[-1] <= '9')
		start--;
	if (start && start < end && end - start < 8)
		snprintf(port, 8, "%.*s", (int)(end - start), start);
}

/* The engine's words name the port, and none of them who has it: docker's list has it as "0.0.0.0:8080->80/tcp". */
static void hint_at_port(struct session *session, const struct spec *spec, struct error *err)
{
	struct result result;
	struct error ignored;
	const struct strvec *ports = spec_values(spec, "publish");
	if (session_list(session, &result, &ignored) < 0)
		return;
	for (size_t i = 0; i < ports->nr && !*err->hint; i++) {
		char port[8], wanted[16], said[16];
		host_port(ports->items[i], port);
		snprintf(wanted, sizeof wanted, ":%s->", port);
		snprintf(said, sizeof said, ":%s", port);
		if (!*port || !strstr(err->text, said))
			continue;
		error_hint(err, "port %s is taken by a program of this machine, or by a container of another runtime", port);
		for (size_t j = 0; j < result.containers.nr; j++)
			if (strstr(result.containers.items[j].ports, wanted))
				error_hint(err, "%s has port %s", result.containers.items[j].name, port);
	}
	result_release(&result);
}

static void hint_at_image(const struct spec *spec, struct error *err)
{
	const char *policy = spec_value(spec, "pull");
	if (policy && !strcmp(policy, "never"))
		error_hint(err, "pull %s brings it", spec->image);
	else if (!*err->hint)
		error_hint(err, "it is not here, and could not be pulled: images lists what is");
}

/* ---- to a container ---- */

/* The engines' cp keeps the mode of what it copies. */
static int copy_executable(const char *path, char copy[64], struct error *err)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(SPEC_FILE_MAX);
	if (fd_read_file(AT_FDCWD, path, &text, err) < 0)
		return -1;
	snprintf(copy, 64, "/tmp/purser-health.XXXXXX");
	SCOPED(fd_close) int fd = mkostemp(copy, O_CLOEXEC);
	if (fd < 0)
		return error_system(err, "%s", copy);
	if (fchmod(fd, 0755) == 0 && fd_write_all(fd, buf_text(&text), text.len) == text.len)
		return 0;
	error_system(err, "%s", copy);
	unlink(copy);
	return -1;
}

static int put_health_script(struct session *session, const char *path, const char *id, struct error *err)
{
	struct action action;
	struct result result;
	char copy[64];
	if (copy_executable(path, copy, err) < 0)
		return -1;
	action_init(&action, VERB_COPY);
	strvec_push(&action.words, copy);
	strvec_pushf(&action.words, "%s:" HEALTH_SCRIPT, id);
	int failed = session_perform(session, &action, &result, err);
	action_release(&action);
	if (!failed)
		result_release(&result);
	unlink(copy);
	return failed;
}

static int create(struct session *session, const struct spec *spec, bool removed_by_engine, struct result *result, struct error *err)
{
	struct action action;
	action_init(&action, VERB_CREATE);
	spec_add_options(spec, &action.options);
	if (spec_value(spec, "health-script"))
		strvec_push(&action.options, "--health-cmd=" HEALTH_SCRIPT);
	if (removed_by_engine)
		strvec_push(&action.options, "--rm");
	strvec_push(&action.words, spec->image);
	for (size_t i = 0; i < spec->command.nr; i++)
		strvec_push(&action.words, spec->command.items[i]);
	int failed = session_perform(session, &action, result, err);
	action_release(&action);
	return failed;
}

/* What `run --rm` made, and ended while no purser ran, has its name only until its log is stored: the collector sees to that. */
static bool leaves_name(struct session *session, const char *name)
{
	int64_t until = monotonic_ms() + NAME_LEAVES_MS;
	struct tracked entry;
	struct error ignored;
	bool tracked = session_find_tracked(session, session_runtime(session, &ignored), name, &entry) && !strcmp(entry.name, name);
	if (!tracked || !entry.remove_when_complete)
		return false;
	tracked_ask_drain(session->table, entry.id);
	while (tracked_get(session->table, entry.id, &entry) && entry.phase != PHASE_GONE) {
		if ((STATES_LIVE & (1u << entry.state)) || monotonic_ms() >= until || session_wait_news(session, 100, &ignored) < 0)
			return false;
	}
	return true;
}

/* It was created, and is to be as if it had not been; unless nobody wants to wait for that. */
static int undo(struct session *session, const char *id, struct error *err)
{
	struct error ignored;
	if (err->kind != ERROR_CANCELLED && session_act(session, VERB_REMOVE, id, NULL, &ignored) == 0) {
		session_forget(session, id, &ignored);
		return error_wrap(err, "--health-script");
	}
	return error_wrap(err, "container %.12s was created, without its --health-script", id);
}

int specs_create(struct session *session, const struct spec *spec, char id[CONTAINER_ID_LEN + 1], struct error *err)
{
	struct result result;
	char made[CONTAINER_ID_LEN + 1];
	const char *name = spec_value(spec, "name"), *script = spec_value(spec, "health-script");
	const struct runtime *runtime = session_runtime(session, err);
	const struct option *lacked = runtime ? spec_lacked(spec, runtime->name) : NULL;
	if (!runtime || lacked)
		return runtime ? error_set(err, ERROR_UNSUPPORTED, "%s has no --%s", runtime->name, lacked->name) : -1;
	bool remove = spec_flag(spec, "rm"), collected = session_collect(session);
	/* The engine would remove it, and its log, the moment it ends: only where nobody collects it. */
	int failed = create(session, spec, remove && !collected, &result, err);
	if (failed && err->kind == ERROR_NAME_TAKEN && name && collected && leaves_name(session, name))
		failed = create(session, spec, remove && !collected, &result, err);
	if (failed) {
		if (err->kind == ERROR_NOT_FOUND)
			hint_at_image(spec, err);
		return -1;
	}
	snprintf(made, sizeof made, "%s", session->settings.dry_run ? (name ? name : "CONTAINER") : result.id);
	result_release(&result);
	if (!session->settings.dry_run)
		session_track(session, made, name ? name : "", remove && collected);
	if (script && put_health_script(session, script, made, err) < 0)
		return undo(session, made, err);
	last_set_one(session, name ? name : made, made);
	memcpy(id, made, sizeof made);
	return 0;
}

/* ---- described ---- */

/* Its image may be gone: then all is told that the container has. */
static int describe_image(struct session *session, const char *image, struct result *out, struct error *err)
{
	if (session_act(session, VERB_IMAGE_INSPECT, image, out, err) == 0)
		return 0;
	*out = (struct result){ 0 };
	return err->kind == ERROR_NOT_FOUND ? 0 : -1;
}

int specs_describe(struct session *session, const char *target, struct spec *out, struct error *err)
{
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	const struct runtime *runtime = session_runtime(session, err);
	struct result container, image = { 0 };
	if (!runtime || session_act(session, VERB_INSPECT_RAW, target, &container, err) < 0)
		return -1;
	int failed = describe_image(session, runtime_image_of(&container.text, &arena), &image, err);
	if (!failed)
		failed = runtime_describe(runtime, &container.text, &image.text, out, err);
	result_release(&container);
	result_release(&image);
	return failed;
}

void specs_status(struct error *err)
{
	static const struct {
		const char *words; /* runc's and containerd's, podman's */
		enum error_kind kind;
	} reasons[] = {
		{ "error mounting", ERROR_FAILED }, /* what is not there is a volume's source */
		{ "executable file not found", ERROR_NO_PROGRAM },
		{ "no such file or directory: unknown", ERROR_NO_PROGRAM },
		{ "attempted to invoke a command that was not found", ERROR_NO_PROGRAM },
		{ "permission denied: unknown", ERROR_NOT_EXECUTABLE },
		{ "is a directory: unknown", ERROR_NOT_EXECUTABLE },
		{ "OCI permission denied", ERROR_NOT_EXECUTABLE },
	};
	size_t i = 0;
	if (error_status(err) != 1 || err->kind == ERROR_SYSTEM)
		return;
	while (i < ARRAY_LEN(reasons) && !strstr(err->text, reasons[i].words))
		i++;
	if (i < ARRAY_LEN(reasons))
		err->kind = reasons[i].kind;
	if (error_status(err) == 1)
		err->status = 125;
}

int specs_start_failed(struct session *session, const struct spec *spec, const char *id, struct error *err)
{
	struct error ignored;
	const char *name = spec_value(spec, "name");
	if (err->kind == ERROR_IN_USE)
		hint_at_port(session, spec, err);
	if (name)
		error_about(err, name);
	specs_status(err);
	if (spec_flag(spec, "rm") && session_act(session, VERB_REMOVE, id, NULL, &ignored) == 0)
		session_forget(session, id, &ignored);
	else
		error_wrap(err, "container %.12s was created but did not start", id);
	return -1;
}

int specs_start(struct session *session, const struct spec *spec, const char *id, struct error *err)
{
	if (session_act(session, VERB_START, id, NULL, err) < 0)
		return specs_start_failed(session, spec, id, err);
	tracked_ask_drain(session->table, id); /* it runs now: the collector is to look */
	return 0;
}

/* ---- shown ---- */

static void print_words(const struct spec *spec)
{
	SCOPED(strvec_release) struct strvec words = STRVEC_INIT;
	SCOPED(buf_release) struct buf line = BUF_INIT(REQUEST_REPLY_MAX);
	strvec_push(&words, "run");
	spec_add_words(spec, &words);
	strvec_quote(&words, &line);
	buf_add_text(&line, "\n");
	output_text(&line);
}

static void print_json(const struct spec *spec, bool lines)
{
	SCOPED(buf_release) struct buf json = BUF_INIT(REQUEST_REPLY_MAX);
	spec_write(spec, lines, &json);
	output_text(&json);
}

void specs_print(const struct session *session, const char *form, const struct spec *spec)
{
	if (session->settings.json && !form)
		print_json(spec, false);
	else if (form && !strcmp(form, "json"))
		print_json(spec, true);
	else
		print_words(spec);
}
