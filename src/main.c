/* Options → a shell, a script, or one command. */
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "command/output.h"
#include "command/interpret.h"
#include "front/script.h"
#include "front/shell.h"
#include "base/banned.h"

#define VERSION "0.1.0"

/* The program itself is a row: its options are parsed and explained like any command's. */
static const struct command program = {
	.name = "purser",
	.summary = "a shell for your containers that keeps every log line",
	.details = "Without COMMAND: a shell if standard input is a terminal, else the commands on standard input.",
	.options =
		(const struct option[]){
			{ "runtime", 'r', KIND_RUNTIME, "NAME", "docker, nerdctl or podman (PURSER_RUNTIME; else the first that answers)" },
			{ "transport", 0, KIND_TEXT, "HOW", "how docker is asked: its socket, its cli, or auto: the cli where the socket fails (PURSER_TRANSPORT)" },
			{ "log-dir", 'l', KIND_TEXT, "DIR", "where logs are kept (PURSER_LOG_DIR; else ./logs, else in XDG_STATE_HOME)" },
			{ "log-name", 0, KIND_LOG_NAME, "NAME", "how logs are called: %n name, %i or %I id, %d day of the start (%i+%n)" },
			{ "log-max-size", 0, KIND_SIZE, "SIZE", "rotate a log when it has this size: 10m (never)" },
			{ "log-max-files", 0, KIND_FILES, "NUMBER", "keep so many files of a log, the one that is written to included (all)" },
			{ "log-compress", 0, KIND_FLAG, NULL, "compress rotated files" },
			{ "log-max-total", 0, KIND_SIZE, "SIZE", "delete the oldest rotated files, and logs of containers that are gone, beyond it" },
			{ "read-engine-files", 0, KIND_FLAG, NULL, "catch up and follow from docker's own json-file logs, where they may be read (PURSER_READ_ENGINE_FILES=1)" },
			{ "file", 'f', KIND_TEXT, "FILE", "run the commands in FILE; - is standard input" },
			{ "command", 'c', KIND_TEXT, "LINES", "run these commands" },
			{ "keep-going", 'k', KIND_FLAG, NULL, "scripts: go on after a failure" },
			{ "dry-run", 'n', KIND_FLAG, NULL, "print the requests that change something instead of making them" },
			{ "yes", 'y', KIND_FLAG, NULL, "yes to every question" },
			{ "quiet", 'q', KIND_FLAG, NULL, "say only what was asked for" },
			{ "json", 0, KIND_FLAG, NULL, "lists as JSON, one object a line" },
			{ "color", 0, KIND_TEXT, "WHEN", "auto, always or never (NO_COLOR)" },
			{ "version", 'V', KIND_FLAG, NULL, "print the version" },
			{ 0 },
		},
	.operands = (const struct operand[]){ { "COMMAND", KIND_REST, 0, 0, .help = "one command and its arguments; purser help lists them" },
					      { 0 } },
	.examples = (const struct example[]){ { "purser ps -a", "one command" },
					      { "purser -f deploy.purser", "a script; #!/usr/bin/env -S purser -f makes it a program" },
					      { 0 } },
};

static bool given(const struct invocation *call, const char *option)
{
	return invocation_has(call, option);
}

/* Options that mean nothing where no log is ever rotated. */
static const char *const of_rotation[] = { "log-max-files", "log-compress", "log-max-total" };

static int check_options(const struct invocation *call, struct error *err)
{
	const char *color = invocation_value(call, "color");
	if (color && !output_set_color(color))
		return error_set(err, ERROR_USAGE, "--color: '%.40s' is none of auto, always and never", color);
	if (given(call, "file") + given(call, "command") + (call->operands_nr > 0) > 1)
		return error_set(err, ERROR_USAGE, "--file, --command and a COMMAND exclude each other");
	for (size_t i = 0; i < ARRAY_LEN(of_rotation); i++)
		if (given(call, of_rotation[i]) && !given(call, "log-max-size"))
			return error_set(err, ERROR_USAGE, "--%s: only rotated files are compressed or deleted; give --log-max-size", of_rotation[i]);
	return 0;
}

static off_t size_given(const struct invocation *call, const char *option)
{
	int64_t size = 0;
	if (invocation_has(call, option))
		text_size(invocation_value(call, option), 1024, &size);
	return size;
}

static bool is_set(const char *name)
{
	const char *value = getenv(name);
	return value && *value && strcmp(value, "0") != 0;
}

static struct settings read_settings(const struct invocation *call)
{
	return (struct settings){
		.runtime = invocation_value(call, "runtime"),
		.transport = invocation_value(call, "transport"),
		.log_dir = invocation_value(call, "log-dir"),
		.keeping = {
			.template = invocation_value(call, "log-name"),
			.max_size = size_given(call, "log-max-size"),
			.max_files = given(call, "log-max-files") ? (unsigned)strtoul(invocation_value(call, "log-max-files"), NULL, 10) : 0,
			.pack = given(call, "log-compress"),
			.max_total = size_given(call, "log-max-total"),
		},
		.read_engine_files = given(call, "read-engine-files") || is_set("PURSER_READ_ENGINE_FILES"),
		.keep_going = given(call, "keep-going"),
		.dry_run = given(call, "dry-run"),
		.yes = given(call, "yes"),
		.quiet = given(call, "quiet"),
		.json = given(call, "json"),
	};
}

static int run_file(struct session *session, const char *name)
{
	struct error err;
	SCOPED(fd_close) int fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		return script_run(session, fd, name);
	error_system(&err, "%s", name);
	output_error(NULL, &err);
	return error_status(&err);
}

static int run(struct session *session, const struct invocation *call)
{
	const char *file = invocation_value(call, "file"), *lines = invocation_value(call, "command");
	if (call->operands_nr)
		return interpret_words(session, NULL, &call->words);
	if (lines)
		return interpret_text(session, NULL, 1, lines, strlen(lines));
	if (file && strcmp(file, "-") != 0)
		return run_file(session, file);
	if (session->interactive)
		return shell_run(session);
	return script_run(session, STDIN_FILENO, NULL);
}

/* What is tracked is collected to its end before purser leaves, unless its only command was just that. */
static int finish(struct session *session, const struct invocation *call, int status)
{
	struct error err;
	if (call->operands_nr && session->drained)
		return status;
	if (session_leave(session, &err) == 0)
		return status;
	output_error(NULL, &err);
	return status ? status : error_status(&err);
}

static int run_session(const struct invocation *call)
{
	struct settings settings = read_settings(call);
	struct signals signals;
	struct session session;
	struct error err;

	if (signals_open(&signals, &err) < 0 || session_init(&session, &settings, &signals, &err) < 0) {
		output_error(NULL, &err);
		return error_status(&err);
	}
	bool commands_given = call->operands_nr || given(call, "file") || given(call, "command");
	session.interactive = !commands_given && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	int status = finish(&session, call, run(&session, call));
	session_release(&session);
	signals_close(&signals);
	return output_flush() || status ? status : 1;
}

int main(int argc, char **argv)
{
	SCOPED(strvec_release) struct strvec words = STRVEC_INIT;
	struct invocation call;
	struct error err;
	int status = 0;

	/* Widths of characters, and nothing else: messages and numbers stay the same everywhere. */
	if (!setlocale(LC_CTYPE, "") || MB_CUR_MAX == 1)
		setlocale(LC_CTYPE, "C.UTF-8");
	for (int i = 0; i < argc; i++)
		strvec_push(&words, argv[i]);
	if (command_parse_as(&program, &words, &call, &err) < 0) {
		output_error(NULL, &err);
		return error_status(&err);
	}
	if (call.help) {
		SCOPED(buf_release) struct buf text = BUF_INIT(64 * 1024);
		manual_command(&program, &text);
		output_bytes(&text);
	} else if (given(&call, "version")) {
		puts("purser " VERSION);
	} else if (check_options(&call, &err) < 0) {
		output_error(NULL, &err);
		status = error_status(&err);
	} else {
		status = run_session(&call);
	}
	invocation_release(&call);
	return status;
}
