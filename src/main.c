/* Options → a shell, a script, or one command. */
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "base/version.h"
#include "command/drain.h"
#include "command/interpret.h"
#include "command/output.h"
#include "command/rehearse.h"
#include "command/settings.h"
#include "front/script.h"
#include "front/shell.h"
#include "base/banned.h"

static bool given(const struct invocation *call, const char *option)
{
	return invocation_has(call, option);
}

static int check_options(const struct sources *sources, struct error *err)
{
	const struct invocation *call = sources->line;
	if (given(call, "file") + given(call, "command") + (call->operands_nr > 0) > 1)
		return error_set(err, ERROR_USAGE, "--file, --command and a COMMAND exclude each other");
	if (given(call, "check") && call->operands_nr > 0)
		return error_set(err, ERROR_USAGE, "--check is for scripts: give --file, --command or standard input");
	return settings_check(sources, err);
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

/* All of it at once: nothing of it is run. */
static int check(struct session *session, const char *name, const char *lines)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(SOURCE_MAX);
	struct error err;
	bool from_input = !lines && (!name || !strcmp(name, "-"));
	if (lines)
		return rehearse_text(session, NULL, lines, strlen(lines));
	if ((from_input ? fd_read_rest(STDIN_FILENO, "standard input", &text, &err) : fd_read_file(AT_FDCWD, name, &text, &err)) == 0)
		return rehearse_text(session, from_input ? NULL : name, buf_text(&text), text.len);
	output_error(NULL, &err);
	return error_status(&err);
}

static int run(struct session *session, const struct invocation *call)
{
	const char *file = invocation_value(call, "file"), *lines = invocation_value(call, "command");
	if (given(call, "check"))
		return check(session, file, lines);
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

static int run_session(struct sources *sources)
{
	const struct invocation *call = sources->line;
	struct signals signals;
	struct session session;
	struct error err;

	settings_take_arguments(sources);
	if (signals_open(&signals, &err) < 0 || session_init(&session, sources, &signals, &err) < 0) {
		output_error(NULL, &err);
		return error_status(&err);
	}
	bool commands_given = call->operands_nr || given(call, "file") || given(call, "command") || given(call, "check");
	const char *file = invocation_value(call, "file");
	session.reads_commands = !commands_given || (file && !strcmp(file, "-"));
	session.interactive = !commands_given && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	session.watched = session.interactive || (call->operands_nr && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO));
	int status = finish(&session, call, run(&session, call));
	session_release(&session);
	signals_close(&signals);
	settings_release_arguments();
	if (output_flush() || status)
		return status;
	output_failed(&err);
	return error_status(&err);
}

static int run_configured(const struct invocation *call)
{
	struct config config;
	struct error err;
	if (config_read(&program, &config, &err) < 0) {
		output_error(NULL, &err);
		return error_status(&err);
	}
	struct sources sources = { .line = call, .config = &config };
	int status = 0;
	if (check_options(&sources, &err) < 0) {
		output_error(NULL, &err);
		status = error_status(&err);
	} else {
		status = run_session(&sources);
	}
	sources_release(&sources);
	config_release(&config);
	return status;
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
	if (command_parse_as(&program, &words, PARSE_WHOLE, &call, &err) < 0) {
		output_error(NULL, &err);
		return error_status(&err);
	}
	if (call.help) {
		SCOPED(buf_release) struct buf text = BUF_INIT(64 * 1024);
		manual_command(&program, &text);
		output_bytes(&text);
	} else if (given(&call, "version")) {
		puts("purser " VERSION);
	} else {
		status = run_configured(&call);
	}
	invocation_release(&call);
	return status;
}
