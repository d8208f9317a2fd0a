/* doctor: whether purser can do its work here, and what to do where it cannot. */
#include <inttypes.h>
#include <stdio.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/checkup.h"
#include "command/output.h"
#include "command/rows.h"
#include "logs/promise.h"
#include "model/json.h"
#include "base/banned.h"

#define TEXT_MAX (1024u * 1024)
#define MILLISECOND (MOMENT_SECOND / 1000)

static const char *const waker_words[] = {
	[WAKER_WATCH] = "a watch on its files",
	[WAKER_STREAM] = "a stream over its socket",
	[WAKER_CLOCK] = "the clock: a look every 5 s",
};

static const char *way_of(const struct runtime_checkup *of)
{
	const struct promise *promise = promise_of(of->log_form);
	return promise->otherwise && !of->reads_files ? promise->otherwise : promise->way;
}

static const char *promised_of(const struct runtime_checkup *of)
{
	return promise_of(of->log_form)->promised;
}

/* ---- as text ---- */

static void PRINTF_LIKE(2, 3) line(const char *title, const char *format, ...)
{
	va_list args;
	char *words;
	va_start(args, format);
	int len = vasprintf(&words, format, args);
	va_end(args);
	if (len < 0)
		return;
	output_line("  %-9s %s", title, words);
	free(words);
}

static void print_problem(const struct problem *problem)
{
	output_line("  ! %s", problem->what);
	output_line("    to do: %s", problem->advice);
}

static void print_problems(const struct checkup *checkup, const struct runtime *runtime)
{
	for (size_t i = 0; i < checkup->problems_nr; i++)
		if (checkup->problems[i].runtime == runtime)
			print_problem(&checkup->problems[i]);
}

static void print_clock(const struct runtime_checkup *of)
{
	if (of->info.clock)
		line("clock", "%lld ms %s this machine's", llabs(of->ahead) / MILLISECOND, of->ahead < 0 ? "behind" : "ahead of");
	else
		line("clock", "%s", of->info.remote ? "not told" : "this machine's");
}

static void print_runtime(const struct checkup *checkup, const struct runtime_checkup *of)
{
	const struct runtime *runtime = of->runtime;
	bool chosen = of == checkup->chosen;
	output_line("%s%s%s%s%s", runtime->name, *of->endpoint ? "@" : "", of->endpoint, chosen ? ", chosen by: " : "",
		    chosen ? checkup->choice : "");
	if (!*of->program) {
		line("program", "not installed: %s", runtime_install_advice(runtime));
		return;
	}
	line("program", "%s, version %s", of->program, *of->client ? of->client : "not told");
	if (of->answers) {
		line("engine", "version %s, answers in %" PRId64 " ms %s%s", of->info.version, of->took_ms, of->by_socket ? "over " : "by its CLI",
		     of->by_socket ? runtime_socket(runtime) : "");
		line("logs", "%s, if a container does not say otherwise", of->info.log_driver);
		line("read", "%s", way_of(of));
		line("promised", "%s", promised_of(of));
		line("woken by", "%s", waker_words[of->waker]);
		print_clock(of);
	}
	print_problems(checkup, runtime);
}

static void print_log_directory(const struct machine_checkup *machine)
{
	const char *what = machine->exists ? "" : ", which is made when something is collected";
	if (!*machine->log_directory)
		return;
	line("logs", "in %s%s; %" PRIu64 " MiB are free", machine->log_directory, what, machine->free_bytes >> 20);
	if (machine->collected > 0)
		line("tracked", "%zu containers, collected by %s (pid %d)", machine->tracked,
		     machine->collector == getpid() ? "this purser" : "another purser", (int)machine->collector);
	else
		line("tracked", "%zu containers; no purser collects now", machine->tracked);
}

static void print_machine(const struct checkup *checkup)
{
	const struct machine_checkup *machine = &checkup->machine;
	output_line("this machine");
	print_log_directory(machine);
	line("files", "%llu may be open (at most %llu), enough for following %zu containers", (unsigned long long)machine->descriptors.rlim_cur,
	     (unsigned long long)machine->descriptors.rlim_max, machine->followed_max);
	line("inotify", "%ld watches and %ld instances a user", machine->watches, machine->instances);
	line("user", "%d%s", (int)geteuid(), geteuid() == 0 ? " (root)" : "");
	print_problems(checkup, NULL);
}

static void print_text(const struct checkup *checkup)
{
	for (size_t i = 0; i < checkup->runtimes_nr; i++) {
		print_runtime(checkup, &checkup->runtimes[i]);
		output_line("%s", "");
	}
	print_machine(checkup);
	output_line("%s", "");
}

/* ---- as JSON ---- */

static void add_key(struct buf *out, const char *key)
{
	if (out->len && !strchr("{[", out->bytes[out->len - 1]))
		buf_add_text(out, ",");
	buf_printf(out, "\"%s\":", key);
}

static void add_word(struct buf *out, const char *key, const char *text)
{
	add_key(out, key);
	json_add_text(out, text);
}

static void add_count(struct buf *out, const char *key, uint64_t number)
{
	add_key(out, key);
	buf_printf(out, "%" PRIu64, number);
}

static void add_flag(struct buf *out, const char *key, bool flag)
{
	add_key(out, key);
	buf_add_text(out, flag ? "true" : "false");
}

static void add_engine(struct buf *out, const struct runtime_checkup *of)
{
	add_word(out, "Version", of->info.version);
	add_count(out, "Ms", (uint64_t)of->took_ms);
	add_word(out, "Transport", of->by_socket ? "socket" : "cli");
	add_word(out, "LogDriver", of->info.log_driver);
	add_word(out, "Read", way_of(of));
	add_word(out, "Promised", promised_of(of));
	add_word(out, "WokenBy", waker_words[of->waker]);
	add_key(out, "ClockAheadMs");
	if (of->info.clock)
		buf_printf(out, "%" PRId64, of->ahead / MILLISECOND);
	else
		buf_add_text(out, of->info.remote ? "null" : "0");
}

static void add_runtime(struct buf *out, const struct checkup *checkup, const struct runtime_checkup *of)
{
	buf_add_text(out, out->bytes[out->len - 1] == '}' ? ",{" : "{");
	add_word(out, "Name", of->runtime->name);
	add_flag(out, "Chosen", of == checkup->chosen);
	add_word(out, "Program", of->program);
	add_word(out, "Client", of->client);
	add_word(out, "Endpoint", of->endpoint);
	add_word(out, "Socket", runtime_socket(of->runtime));
	add_flag(out, "Answers", of->answers);
	if (of->answers)
		add_engine(out, of);
	buf_add_text(out, "}");
}

static void add_machine(struct buf *out, const struct machine_checkup *machine)
{
	add_key(out, "Machine");
	buf_add_text(out, "{");
	add_word(out, "LogDir", machine->log_directory);
	add_flag(out, "LogDirExists", machine->exists);
	add_count(out, "FreeBytes", machine->free_bytes);
	add_count(out, "Tracked", machine->tracked);
	add_count(out, "Collector", machine->collected > 0 ? (uint64_t)machine->collector : 0);
	add_count(out, "OpenFiles", machine->descriptors.rlim_cur);
	add_count(out, "OpenFilesMax", machine->descriptors.rlim_max);
	add_count(out, "FollowedMax", machine->followed_max);
	add_count(out, "InotifyWatches", (uint64_t)machine->watches);
	add_count(out, "InotifyInstances", (uint64_t)machine->instances);
	add_count(out, "User", geteuid());
	buf_add_text(out, "}");
}

static void add_problems(struct buf *out, const struct checkup *checkup)
{
	add_key(out, "Problems");
	buf_add_text(out, "[");
	for (size_t i = 0; i < checkup->problems_nr; i++) {
		const struct problem *problem = &checkup->problems[i];
		buf_add_text(out, i ? ",{" : "{");
		add_word(out, "Runtime", problem->runtime ? problem->runtime->name : "");
		add_word(out, "Problem", problem->what);
		add_word(out, "Advice", problem->advice);
		buf_add_text(out, "}");
	}
	buf_add_text(out, "]");
}

static void print_json(const struct checkup *checkup, bool works)
{
	SCOPED(buf_release) struct buf out = BUF_INIT(TEXT_MAX);
	buf_add_text(&out, "{");
	add_word(&out, "Chosen", checkup->chosen ? checkup->chosen->runtime->name : "");
	add_word(&out, "Choice", checkup->choice);
	add_flag(&out, "Works", works);
	add_key(&out, "Runtimes");
	buf_add_text(&out, "[");
	for (size_t i = 0; i < checkup->runtimes_nr; i++)
		add_runtime(&out, checkup, &checkup->runtimes[i]);
	buf_add_text(&out, "]");
	add_machine(&out, &checkup->machine);
	add_problems(&out, checkup);
	buf_add_text(&out, "}\n");
	output_bytes(&out);
}

/* ---- the verdict ---- */

static void print_verdict(const struct runtime_checkup *chosen, bool works)
{
	if (!chosen)
		output_line("there is no runtime to work with");
	else if (works)
		output_line("%s works", chosen->runtime->name);
	else
		output_line("%s does not work: it %s", chosen->runtime->name, *chosen->program ? "does not answer" : "is not installed");
}

static int run_doctor(struct session *session, const struct invocation *call, struct error *err)
{
	struct checkup checkup;
	bool json = invocation_has(call, "json") || session->settings.json;
	if (checkup_make(session, &checkup, err) < 0)
		return -1;
	bool works = checkup.chosen && checkup.chosen->answers;
	if (json) {
		print_json(&checkup, works);
	} else {
		print_text(&checkup);
		print_verdict(checkup.chosen, works);
	}
	checkup_release(&checkup);
	if (works)
		return 0;
	error_set(err, ERROR_STATUS, "the runtime does not work");
	err->detail = 125;
	return -1;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.summary = "say what works here, what does not, and what to do about it",
	.details = "Asks each runtime that is installed, for ten seconds at most, and looks at the log directory and at limits. Nothing is changed.\n"
		   "A line that begins with ! is a problem, the next one says what to do. The exit status is 0 if the chosen runtime works, else 125.\n"
		   "\n"
		   "--json: Chosen, Choice, Works; Runtimes, of each Name, Chosen, Program (\"\": not installed), Client, Endpoint, Socket, Answers, and\n"
		   "where it does Version, Ms, Transport, LogDriver, Read, Promised, WokenBy and ClockAheadMs (null: not known); Machine, with LogDir,\n"
		   "LogDirExists, FreeBytes, Tracked, Collector (its pid, 0: none), OpenFiles, OpenFilesMax, FollowedMax, InotifyWatches,\n"
		   "InotifyInstances and User; Problems, of each Runtime (\"\": the machine), Problem and Advice.",
	.options = (const struct option[]){ { "json", 0, KIND_FLAG, NULL, "one object" }, { 0 } },
	.examples = (const struct example[]){ { "doctor", "all runtimes, and this machine" },
					      { "doctor --json", "the same for a program" },
					      { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_OFFLINE,
	.run = run_doctor,
};
