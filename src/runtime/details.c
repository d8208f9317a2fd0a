/* What `inspect` tells of a container, and of how its log is kept. */
#include "runtime/details.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/banned.h"

moment detail_moment(const struct json *row, const char *path, struct arena *arena)
{
	const char *text = json_text(row, path, arena);
	moment at = 0;
	moment_scan(text, strlen(text), &at);
	return at;
}

static const struct log_driver *find_log_driver(const struct dialect *dialect, const char *name)
{
	static const struct log_driver unknown = { 0 };
	for (size_t i = 0; i < ARRAY_LEN(dialect->log_drivers) && dialect->log_drivers[i].name; i++)
		if (!strcmp(dialect->log_drivers[i].name, name))
			return &dialect->log_drivers[i];
	return &unknown;
}

enum log_form runtime_log_form(const struct runtime *runtime, const char *log_driver)
{
	const struct log_driver *driver = find_log_driver(runtime->dialect, log_driver);
	return driver->refuses ? LOG_FORM_NONE : driver->form;
}

const char *runtime_log_driver(const struct runtime *runtime, size_t i)
{
	const struct dialect *dialect = runtime->dialect;
	return i < ARRAY_LEN(dialect->log_drivers) ? dialect->log_drivers[i].name : NULL;
}

/* When the oldest of several files is dropped the one that is written to is empty, so one less is what is surely there. */
static int64_t decode_kept(const struct dialect *dialect, const struct log_driver *driver, const struct json *row, struct arena *arena)
{
	int64_t size = 0;
	text_size(json_text(row, dialect->log_size, arena), 1000, &size);
	const char *files = json_text(row, dialect->log_files, arena);
	long number = *files ? strtol(files, NULL, 10) : driver->files;
	if (!size)
		size = driver->kept;
	if (number < 1 || number > 1000000)
		number = 1;
	return number > 1 ? size * (number - 1) : size;
}

static const char *decode_log_path(const struct dialect *dialect, const struct json *row, struct arena *arena)
{
	const char *chosen = dialect->log_path_option ? json_text(row, dialect->log_path_option, arena) : "";
	return *chosen ? chosen : json_text(row, dialect->log_path, arena);
}

static enum window_kind window_kind(const struct dialect *dialect, const struct log_driver *driver, const struct json *row)
{
	if (driver->form == LOG_FORM_JOURNAL)
		return WINDOW_JOURNAL;
	return dialect->raw_terminal && json_bool(row, "Config.Tty") ? WINDOW_TERMINAL : WINDOW_WRITES;
}

/* What the last one of them printed. */
static const char *last_check(const struct json *log, struct arena *arena)
{
	const char *output = "";
	for (const struct json *check = json_first(log); check; check = json_next(check))
		output = json_text(check, "Output", arena);
	return output;
}

void detail_read(const struct dialect *dialect, const struct json *row, struct arena *arena, struct container_detail *out)
{
	const char *state = json_text(row, "State.Status", arena), *log_path = decode_log_path(dialect, row, arena);
	const char *driver_name = json_text(row, dialect->log_driver, arena);
	if (!*driver_name && *log_path)
		driver_name = dialect->log_drivers[0].name;
	const struct log_driver *driver = find_log_driver(dialect, driver_name);
	*out = (struct container_detail){
		.id = json_text(row, "Id", arena),
		.name = container_own_name(json_text(row, "Name", arena), arena),
		.log_driver = driver_name,
		.log_form = driver->form,
		.log_path = log_path,
		.error = json_text(row, "State.Error", arena),
		.log_kept = decode_kept(dialect, driver, row, arena),
		.state = *state ? container_state_parse(state) : dialect->blank_state,
		.exit_code = (int)json_number(row, "State.ExitCode"),
		.pid = json_number(row, "State.Pid"),
		.window = window_kind(dialect, driver, row),
		.oom_killed = json_bool(row, "State.OOMKilled"),
		.written = json_number(row, "SizeRw"),
		.terminal = dialect->attaches_terminals || json_bool(row, "Config.Tty"),
		.created = detail_moment(row, "Created", arena),
		.started = detail_moment(row, "State.StartedAt", arena),
		.finished = detail_moment(row, "State.FinishedAt", arena),
		.health = json_text(row, "State.Health.Status", arena),
		.health_output = last_check(json_child(row, "State.Health.Log"), arena),
		.health_failures = (int)json_number(row, "State.Health.FailingStreak"),
		.check_interval = json_number(row, "Config.Healthcheck.Interval"),
	};
	if (!strcmp(out->health, "none"))
		out->health = "";
}
