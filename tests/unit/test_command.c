#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/command.h"
#include "command/words.h"
#include "suite.h"

#define FUZZ_ROUNDS 200000

static const struct option run_options[] = {
	{ "detach", 'd', KIND_FLAG, NULL, "do not wait for it", false, true },
	{ "interactive", 'i', KIND_FLAG, NULL, "keep its input open", false, false },
	{ "env", 'e', KIND_ENV, "NAME=VALUE", "a variable", true, false },
	{ "hostname", 'h', KIND_TEXT, "NAME", "its host's name", false, false },
	{ "name", 0, KIND_NAME, "NAME", "its name", false, false },
	{ "publish", 'p', KIND_PORT, "PORT", "open a port", true, false },
	{ 0 },
};

static const struct operand run_operands[] = {
	{ .name = "IMAGE", .kind = KIND_IMAGE, .min = 1, .max = 1, .help = "what to run" },
	{ .name = "COMMAND", .kind = KIND_REST, .min = 0, .max = 0, .help = "instead of the image's own" },
	{ 0 },
};

static const struct example run_examples[] = {
	{ "run -d --name web nginx", "a web server in the background" },
	{ 0 },
};

static const char *const run_unsupported[] = { "gpus", "device", NULL };

static const struct command cmd_run = {
	.name = "run",
	.summary = "start a new container",
	.details = "As docker | podman run.",
	.options = run_options,
	.operands = run_operands,
	.examples = run_examples,
	.unsupported = run_unsupported,
};

static const struct option logs_options[] = {
	{ .name = "follow", .letter = 'f', .kind = KIND_FLAG, .help = "go on with what comes" },
	{ .name = "tail", .letter = 'n', .kind = KIND_TAIL, .value_name = "LINES", .help = "so many lines" },
	{ .name = "timestamps", .letter = 't', .kind = KIND_FLAG, .help = "show the time of each line" },
	{ 0 },
};

static const struct operand one_container[] = {
	{ .name = "CONTAINER", .kind = KIND_CONTAINER, .min = 1, .max = 1, .help = "whose" },
	{ 0 },
};

static const struct command cmd_logs = {
	.name = "logs",
	.alias = "log",
	.summary = "show what a container wrote",
	.options = logs_options,
	.operands = one_container,
};

static const struct operand some_containers[] = {
	{ .name = "CONTAINER", .kind = KIND_CONTAINER, .min = 1, .max = 0, .help = "which" },
	{ 0 },
};

static const struct command cmd_start = { .name = "start", .summary = "start containers", .operands = some_containers };
static const struct command cmd_stop = { .name = "stop", .summary = "stop containers", .operands = some_containers };
static const struct command cmd_rm = {
	.name = "rm",
	.alias = "remove",
	.summary = "remove containers",
	.operands = some_containers,
	.flags = COMMAND_DESTROYS,
};

static const struct operand rename_operands[] = {
	{ .name = "CONTAINER", .kind = KIND_CONTAINER, .min = 1, .max = 1, .help = "which" },
	{ .name = "NAME", .kind = KIND_NAME, .min = 1, .max = 1, .help = "its new name" },
	{ 0 },
};

static const struct command cmd_rename = { .name = "rename", .summary = "name it anew", .operands = rename_operands };

static const struct operand pair_operands[] = {
	{ .name = "IMAGE", .kind = KIND_IMAGE, .min = 2, .max = 2, .help = "both" },
	{ 0 },
};

static const struct command cmd_compare = { .name = "compare", .summary = "compare images", .operands = pair_operands };
static const struct option ps_options[] = {
	{ .name = "all", .letter = 'a', .kind = KIND_FLAG, .help = "all of them" },
	{ .name = "filter",
	  .letter = 'f',
	  .kind = KIND_FILTER,
	  .value_name = "KEY=VALUE",
	  .help = "some",
	  .many = true,
	  .alone = "follow" },
	{ .name = "follow", .kind = KIND_FLAG, .help = "go on" },
	{ 0 },
};
static const struct command cmd_ps = { .name = "ps", .summary = "list containers", .options = ps_options };
static const struct operand rest_operands[] = {
	{ .name = "COMMAND", .kind = KIND_REST, .min = 1, .max = 0, .help = "of its own" },
	{ 0 },
};

static const struct operand through_operands[] = {
	{ .name = "ARGUMENT", .kind = KIND_REST, .min = 0, .max = 0, .help = "its own" },
	{ 0 },
};
static const struct command cmd_stopy = { .name = "stopy", .summary = "theirs", .operands = through_operands, .flags = COMMAND_THROUGH };
static const struct command cmd_prune = { .name = "container prune", .summary = "remove what has ended" };
static const struct command cmd_network_ls = { .name = "network ls", .summary = "list networks" };
static const struct command cmd_podman = {
	.name = "podman",
	.summary = "with podman",
	.operands = rest_operands,
	.flags = COMMAND_PREFIX,
};
static const struct command cmd_secret = { .name = "secret", .summary = "for machines", .flags = COMMAND_HIDDEN };

const struct command *const commands[] = {
	&cmd_run, &cmd_logs, &cmd_start, &cmd_stop, &cmd_rm, &cmd_rename, &cmd_compare, &cmd_ps, &cmd_podman, &cmd_secret,
	&cmd_stopy, &cmd_prune, &cmd_network_ls, NULL,
};

const struct command_group command_groups[] = {
	{ "Run them", (const struct command *const[]){ &cmd_run, &cmd_start, &cmd_stop, &cmd_rm, &cmd_rename, &cmd_prune, NULL } },
	{ "And the rest", (const struct command *const[]){ &cmd_secret, &cmd_logs, &cmd_podman, NULL } },
	{ 0 },
};

static int parse(const char *line, enum parse_mode mode, struct words *words, struct invocation *call,
		 struct error *err)
{
	enum words_mode words_mode = mode == PARSE_WHOLE ? WORDS_WHOLE : WORDS_PARTIAL;

	ck_assert_int_eq(words_split(line, strlen(line), words_mode, words, err), 0);
	return command_parse(&words->argv, mode, false, call, err);
}

/* A call as "name option=value ... : operand ...", or "!" and the error's text. */
static const char *parsed(const char *line)
{
	static char text[1024];
	struct words words;
	struct invocation call;
	struct error err;
	size_t end;

	if (parse(line, PARSE_WHOLE, &words, &call, &err) < 0) {
		ck_assert_int_eq(err.kind, ERROR_USAGE);
		snprintf(text, sizeof(text), "!%s", err.text);
		words_release(&words);
		return text;
	}
	end = (size_t)snprintf(text, sizeof(text), "%s", call.command->name);
	for (size_t i = 0; i < call.given_nr; i++)
		end += (size_t)snprintf(text + end, sizeof(text) - end, " %s=%s", call.given[i].option->name,
					call.given[i].value);
	end += (size_t)snprintf(text + end, sizeof(text) - end, "%s", call.help ? " help" : "");
	for (size_t i = 0; i < call.operands_nr; i++)
		end += (size_t)snprintf(text + end, sizeof(text) - end, "%s %s", i == 0 ? " :" : "", call.operands[i]);
	ck_assert_ptr_null(call.operands[call.operands_nr]);
	invocation_release(&call);
	words_release(&words);
	return text;
}

#define CONTAINER_USE                                                                                                  \
	"use a name or an id: letters, digits, _ . - (and * ? for a pattern), or RUNTIME:NAME; label=KEY[=VALUE], "    \
	"@PROJECT or -"

static const struct {
	const char *line, *call;
} calls[] = {
	{ "podman ps -a", "podman : ps -a" },
	{ "podman podman rm --help", "podman : podman rm --help" },
	{ "podman --help ps", "podman help" },
	{ "podman", "!podman: needs at least one COMMAND" },
	{ "ps", "ps" },
	{ "log web", "logs : web" },
	{ "logs web -f", "logs follow=true : web" },
	{ "logs -n5 web", "logs tail=5 : web" },
	{ "ps -f name=x", "ps filter=name=x" }, /* -f alone means something else than with a value behind it */
	{ "ps -f", "ps follow=true" },
	{ "ps -af", "ps all=true follow=true" },
	{ "ps -f -a", "ps follow=true all=true" },
	{ "ps -f name=x -f", "ps filter=name=x follow=true" },
	{ "ps -fname=x --follow", "ps filter=name=x follow=true" },
	{ "ps -f=name=x", "ps filter=name=x" },
	{ "logs -n=5 web", "logs tail=5 : web" },
	{ "logs -n 5 web", "logs tail=5 : web" },
	{ "logs --tail 5 web", "logs tail=5 : web" },
	{ "logs --tail=5 web", "logs tail=5 : web" },
	{ "logs -ftn5 web", "logs follow=true timestamps=true tail=5 : web" },
	{ "logs -ft=false web", "logs follow=true timestamps=false : web" },
	{ "logs --follow=false web", "logs follow=false : web" },
	{ "logs -n 1 -n 2 web", "logs tail=2 : web" },
	{ "logs -f -- web", "logs follow=true : web" },
	{ "stop a b c", "stop : a b c" },
	{ "stop 'web-*'", "stop : web-*" },
	{ "run -e A=1 -e B= img", "run env=A=1 env=B= : img" },
	{ "run --name=xy -d img ls -l --name y", "run name=xy detach=true : img ls -l --name y" },
	{ "run img -- -d", "run : img -- -d" },
	{ "run -- img -d", "run : img -d" },
	{ "run img --help", "run : img --help" },
	{ "run -h host img", "run hostname=host : img" },
	{ "run -e -x img", "run env=-x : img" },
	{ "rename a bb", "rename : a bb" },
	{ "compare a b", "compare : a b" },
	{ "secret", "secret" },

	{ "stopy", "stopy" },
	{ "stopy --help", "stopy : --help" },
	{ "stopy -f x --y z", "stopy : -f x --y z" },
	{ "stopy -- a", "stopy : -- a" },
	{ "container stop web", "stop : web" },
	{ "container run -d img -d", "run detach=true : img -d" },
	{ "container ls", "ps" },
	{ "container remove web", "rm : web" },
	{ "container prune", "container prune" },
	{ "container stop --help", "stop help" },
	{ "container", "!container: say what, one of prune, ls, list, ps, logs, rename, rm, remove, run, start, stop" },
	{ "container -x",
	  "!container: say what, one of prune, ls, list, ps, logs, rename, rm, remove, run, start, stop" },
	{ "container stpo web", "!unknown command 'container stpo'; did you mean 'container stop'?" },
	{ "container kill web",
	  "!container: say what, one of prune, ls, list, ps, logs, rename, rm, remove, run, start, stop" },
	{ "network ls", "network ls" },
	{ "network list", "network ls" },
	{ "network list --help", "network ls help" },
	{ "network remove web", "!network: say what, one of ls, list" },
	{ "image ls", "!unknown command 'image' (help lists them)" },
	{ "contaner stop web", "!unknown command 'contaner'; did you mean 'container'? (help lists them)" },
	{ "stpo", "!unknown command 'stpo'; did you mean 'stop'? (help lists them)" },
	{ "stoy", "!unknown command 'stoy'; did you mean 'stop'? (help lists them)" },

	{ "stop -h", "stop help" },
	{ "stop --help", "stop help" },
	{ "stop web --help", "stop help : web" },
	{ "logs -fh", "logs follow=true help" },
	{ "run --help", "run help" },

	{ "pss", "!unknown command 'pss'; did you mean 'ps'? (help lists them)" },
	{ "lgos web", "!unknown command 'lgos'; did you mean 'logs'? (help lists them)" },
	{ "frobnicate", "!unknown command 'frobnicate' (help lists them)" },
	{ "secre", "!unknown command 'secre' (help lists them)" },
	{ "''", "!unknown command '' (help lists them)" },
	{ "run --gpus all img", "!run: --gpus is an option of docker that purser does not know yet" },
	{ "run --gpus=all img", "!run: --gpus is an option of docker that purser does not know yet" },
	{ "run --nmae web img", "!run: unknown option --nmae; did you mean --name?" },
	{ "run --nmae=web img", "!run: unknown option --nmae; did you mean --name?" },
	{ "run --frobnicate img", "!run: unknown option --frobnicate (help run lists them)" },
	{ "run -name web img", "!run: unknown option -name; did you mean --name?" },
	{ "run -x img", "!run: unknown option -x (help run lists them)" },
	{ "run -dx img", "!run: unknown option -x in -dx (help run lists them)" },
	{ "run -d\xc3\xa9 img", "!run: unknown option -\xc3\xa9 in -d\xc3\xa9 (help run lists them)" },
	{ "run --=x img", "!run: unknown option -- (help run lists them)" },
	{ "stop --force web", "!stop: unknown option --force (help stop lists them)" },
	{ "run img --name", "run : img --name" },
	{ "run --name", "!run: --name needs a value: --name NAME" },
	{ "logs web -n", "!logs: --tail needs a value: --tail LINES" },
	{ "logs --follow=yes web", "!logs: --follow: 'yes' is not a flag value: use true or false" },
	{ "logs -n most web", "!logs: --tail: 'most' is not a number: use a whole number or all" },
	{ "run -p 80800:80 img",
	  "!run: --publish: '80800:80' is not a port: use [[IP:]HOST:]CONTAINER[/tcp|udp|sctp], ports 1 to 65535" },
	{ "stop", "!stop: needs at least one CONTAINER" },
	{ "logs", "!logs: needs a CONTAINER" },
	{ "run -d", "!run: needs an IMAGE" },
	{ "rename a", "!rename: needs a NAME" },
	{ "compare a", "!compare: needs IMAGE 2 times" },
	{ "ps web", "!ps: 'web' is one word too many (help ps shows its use)" },
	{ "rename a bb cc", "!rename: 'cc' is one word too many (help rename shows its use)" },
	{ "rename a b",
	  "!rename: NAME: 'b' is not a name: use letters, digits, _ . -, two or more, first a letter or digit" },
	{ "stop a ''", "!stop: CONTAINER: '' is not a container: " CONTAINER_USE },
	{ "stop -", "stop : -" },
	{ "stop -- -f", "!stop: CONTAINER: '-f' is not a container: " CONTAINER_USE },
};

START_TEST(parses_a_call)
{
	ck_assert_str_eq(parsed(calls[_i].line), calls[_i].call);
}
END_TEST

START_TEST(refuses_more_options_than_fit)
{
	struct strvec argv = STRVEC_INIT;
	struct invocation call;
	struct error err;

	strvec_push(&argv, "run");
	for (size_t i = 0; i < GIVEN_MAX; i++)
		strvec_push(&argv, "-eA=1");
	strvec_push(&argv, "img");
	ck_assert_int_eq(command_parse(&argv, PARSE_WHOLE, false, &call, &err), 0);
	ck_assert_uint_eq(call.given_nr, GIVEN_MAX);
	invocation_release(&call);

	free(argv.items[argv.nr - 1]);
	argv.items[argv.nr - 1] = strdup("-eB=1");
	strvec_push(&argv, "img");
	ck_assert_int_eq(command_parse(&argv, PARSE_WHOLE, false, &call, &err), -1);
	ck_assert_str_eq(err.text, "run: more than 256 options");
	ck_assert_int_eq(command_parse(&argv, PARSE_PARTIAL, false, &call, &err), 0);
	ck_assert_uint_eq(call.given_nr, GIVEN_MAX);
	invocation_release(&call);
	strvec_release(&argv);
}
END_TEST

START_TEST(tells_what_was_given)
{
	struct words words;
	struct invocation call;
	struct error err;

	ck_assert_int_eq(parse("logs -f -t=false -n 3 web", PARSE_WHOLE, &words, &call, &err), 0);
	ck_assert(invocation_has(&call, "follow"));
	ck_assert(!invocation_has(&call, "timestamps"));
	ck_assert(invocation_has(&call, "tail"));
	ck_assert(!invocation_has(&call, "since"));
	ck_assert_str_eq(invocation_value(&call, "tail"), "3");
	ck_assert_str_eq(invocation_value(&call, "timestamps"), "false");
	ck_assert_ptr_null(invocation_value(&call, "since"));
	invocation_release(&call);
	words_release(&words);

	ck_assert_int_eq(parse("run -e A=1 -e A=2 img", PARSE_WHOLE, &words, &call, &err), 0);
	ck_assert_str_eq(invocation_value(&call, "env"), "A=2");
	invocation_release(&call);
	words_release(&words);
}
END_TEST

static const struct {
	const char *typed;
	bool abbreviate;
	const struct command *found;
} names[] = {
	{ "ps", false, &cmd_ps },
	{ "log", false, &cmd_logs },
	{ "remove", false, &cmd_rm },
	{ "lo", false, NULL },
	{ "lo", true, &cmd_logs },
	{ "sta", true, &cmd_start },
	{ "st", true, NULL },
	{ "ren", true, &cmd_rename },
	{ "remo", true, NULL },
	{ "sec", true, NULL },
	{ "secret", false, &cmd_secret },
	{ "", true, NULL },
	{ "xyz", true, NULL },
	{ "p", true, &cmd_ps },
	{ "sto", true, &cmd_stop },
	{ "stopy", true, &cmd_stopy },
	{ "contain", true, NULL },
	{ "podma", true, NULL },
	{ "podman", false, &cmd_podman },
	{ "PS", true, NULL },
};

START_TEST(finds_a_command)
{
	ck_assert_ptr_eq(command_find(names[_i].typed, names[_i].abbreviate), names[_i].found);
}
END_TEST

static const char *abbreviation_error(const char *name)
{
	static struct error err;
	struct strvec argv = STRVEC_INIT;
	struct invocation call;

	strvec_push(&argv, name);
	ck_assert_int_eq(command_parse(&argv, PARSE_WHOLE, true, &call, &err), -1);
	strvec_release(&argv);
	return err.text;
}

START_TEST(says_why_an_abbreviation_does_not_do)
{
	ck_assert_str_eq(abbreviation_error("st"), "'st' may stand for more than one command: start stop");
	ck_assert_str_eq(abbreviation_error("remo"), "'remo' is not enough: rm destroys and is never abbreviated");
	ck_assert_str_eq(abbreviation_error("pss"), "unknown command 'pss'; did you mean 'ps'? (help lists them)");
}
END_TEST

static const struct {
	const char *line;
	const char *awaits; /* "command", "option", "--NAME=prefix", "OPERAND", "" */
} cursors[] = {
	{ "", "command" },
	{ "sto", "command" },
	{ "nosuch ", "" },
	{ "ps ", "" },
	{ "stop ", "CONTAINER" },
	{ "stop a b we", "CONTAINER" },
	{ "stop -", "option" },
	{ "logs --", "option" },
	{ "logs --ta", "option" },
	{ "logs --tail", "option" },
	{ "logs -n", "option" },
	{ "logs -f", "option" },
	{ "logs --tail ", "--tail=" },
	{ "logs --tail -", "--tail=-" },
	{ "logs --tail=", "--tail=" },
	{ "logs --tail=1", "--tail=1" },
	{ "logs -fn1", "--tail=1" },
	{ "logs -n 1", "--tail=1" },
	{ "logs --follow=t", "--follow=t" },
	{ "logs --nosuch=t", "" },
	{ "logs --nosuch ", "CONTAINER" },
	{ "logs -Z ", "CONTAINER" },
	{ "logs -f ", "CONTAINER" },
	{ "logs web ", "" },
	{ "logs -- -", "CONTAINER" },
	{ "run ", "IMAGE" },
	{ "run img ", "COMMAND" },
	{ "run img -", "COMMAND" },
	{ "run img ls -l ", "COMMAND" },
	{ "rename a ", "NAME" },
	{ "run --name=bad/name ", "IMAGE" },
	{ "stop --he", "option" },
	{ "podma", "command" },
	{ "podman ", "command" },
	{ "podman stop ", "CONTAINER" },
	{ "podman stop --", "option" },
	{ "podman podman logs -n 5", "--tail=5" },
};

START_TEST(says_what_is_awaited_at_the_cursor)
{
	struct words words;
	struct invocation call;
	struct error err;
	char text[256] = "";

	ck_assert_int_eq(parse(cursors[_i].line, PARSE_PARTIAL, &words, &call, &err), 0);
	if (call.wants_command)
		snprintf(text, sizeof(text), "command");
	else if (call.wants_option)
		snprintf(text, sizeof(text), "option");
	else if (call.awaited != NULL)
		snprintf(text, sizeof(text), "--%s=%s", call.awaited->name, call.awaited_prefix);
	else if (call.next != NULL)
		snprintf(text, sizeof(text), "%s", call.next->name);
	ck_assert_str_eq(text, cursors[_i].awaits);
	ck_assert_int_le(call.wants_command + call.wants_option + (call.awaited != NULL) + (call.next != NULL), 1);
	invocation_release(&call);
	words_release(&words);
}
END_TEST

static unsigned random_below(unsigned limit)
{
	static unsigned long long state = 88172645463325252ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state % limit);
}

static const char *random_word(void)
{
	static const char *const words[] = {
		"run",   "logs",  "stop", "rm",         "rename",         "compare",  "ps",         "st",     "",
		"-",     "--",    "---",  "-h",         "--help",         "--help=x", "-d",         "-di",    "-dix",
		"-e",    "-eA=1", "-e=",  "--env",      "--env=",         "--name",   "--name=web", "--gpus", "--gpus=",
		"--=",   "-=",    "-d=",  "-\xff",      "\xff",           "web",      "img",        "IMG",    "*",
		"a b",   "-n",    "-n5",  "--tail=all", "--follow=false", "'",        "\n",         "--nmae", "-p",
		"80:80", "=",
	};

	return words[random_below(ARRAY_LEN(words))];
}

START_TEST(survives_any_words)
{
	for (size_t i = 0; i < FUZZ_ROUNDS; i++) {
		struct strvec argv = STRVEC_INIT;
		struct invocation call;
		struct error err;
		enum parse_mode mode = random_below(2) ? PARSE_WHOLE : PARSE_PARTIAL;

		for (unsigned left = random_below(8); left > 0; left--)
			strvec_push(&argv, random_word());
		if (command_parse(&argv, mode, random_below(2), &call, &err) == 0) {
			ck_assert_ptr_null(call.operands[call.operands_nr]);
			invocation_release(&call);
		} else {
			ck_assert_int_eq(mode, PARSE_WHOLE);
			ck_assert_int_eq(err.kind, ERROR_USAGE);
		}
		strvec_release(&argv);
	}
}
END_TEST

START_TEST(explains_a_command)
{
	static const char manual[] = "Usage: run [OPTIONS] IMAGE [COMMAND…]\n"
				     "\n"
				     "start a new container\n"
				     "\n"
				     "As docker | podman run.\n"
				     "\n"
				     "Operands:\n"
				     "  IMAGE    what to run\n"
				     "  COMMAND  instead of the image's own\n"
				     "\n"
				     "Options:\n"
				     "  -d, --detach          do not wait for it\n"
				     "  -i, --interactive     keep its input open\n"
				     "  -e, --env NAME=VALUE  a variable\n"
				     "  -h, --hostname NAME   its host's name\n"
				     "      --name NAME       its name\n"
				     "  -p, --publish PORT    open a port\n"
				     "      --help            show this text\n"
				     "\n"
				     "Examples:\n"
				     "  run -d --name web nginx\n"
				     "      a web server in the background\n";
	struct buf out = BUF_INIT(65536);

	manual_command(&cmd_run, &out);
	ck_assert_str_eq(buf_text(&out), manual);
	buf_release(&out);
}
END_TEST

START_TEST(explains_a_command_without_options)
{
	static const char manual[] = "Usage: rm CONTAINER…\n"
				     "\n"
				     "remove containers\n"
				     "also called remove\n"
				     "\n"
				     "Operands:\n"
				     "  CONTAINER  which\n"
				     "\n"
				     "Options:\n"
				     "  -h, --help  show this text\n";
	struct buf out = BUF_INIT(65536);

	manual_command(&cmd_rm, &out);
	ck_assert_str_eq(buf_text(&out), manual);
	buf_release(&out);
}
END_TEST

START_TEST(lists_commands)
{
	struct buf out = BUF_INIT(65536);

	manual_list(&out);
	ck_assert_str_eq(buf_text(&out),
			 "Run them:\n"
			 "  run              start a new container\n"
			 "  start            start containers\n"
			 "  stop             stop containers\n"
			 "  rm               remove containers\n"
			 "  rename           name it anew\n"
			 "  container prune  remove what has ended\n"
			 "\nAnd the rest:\n"
			 "  logs             show what a container wrote\n"
			 "  podman           with podman\n"
			 "\nExplained by help, too: words, names, scripts, keys, exit-status, files, environment\n"
			 "\nHanded to the runtime as they are: stopy\n");
	buf_release(&out);
}
END_TEST

START_TEST(lists_commands_as_markdown)
{
	struct buf out = BUF_INIT(65536);

	manual_markdown(&out);
	ck_assert_ptr_nonnull(strstr(buf_text(&out), "| Command | What it does |\n| --- | --- |\n| **Run them** | |\n"
						     "| `run [OPTIONS] IMAGE [COMMAND…]` | start a new container |\n"));
	ck_assert_ptr_nonnull(strstr(buf_text(&out), " |\n| **And the rest** | |\n| `logs [OPTIONS] CONTAINER` | "));
	ck_assert_ptr_null(strstr(buf_text(&out), "secret"));
	ck_assert_ptr_nonnull(strstr(buf_text(&out), "\n| `stopy` | handed to the runtime as they are, where it has them |\n"));
	buf_release(&out);
}
END_TEST

START_TEST(lists_commands_by_groups)
{
	struct buf out = BUF_INIT(65536);

	manual_overview(&out);
	ck_assert_str_eq(buf_text(&out), "| | |\n| --- | --- |\n"
					 "| Run them | `run` `start` `stop` `rm` `rename` `container prune` |\n"
					 "| And the rest | `logs` `podman` |\n");
	buf_release(&out);
}
END_TEST

static Suite *command_suite(void)
{
	Suite *suite = suite_create("command");
	TCase *find = tcase_create("find");
	TCase *whole = tcase_create("whole");
	TCase *partial = tcase_create("partial");
	TCase *manual = tcase_create("manual");

	tcase_add_loop_test(find, finds_a_command, 0, ARRAY_LEN(names));
	tcase_add_test(find, says_why_an_abbreviation_does_not_do);
	tcase_add_loop_test(whole, parses_a_call, 0, ARRAY_LEN(calls));
	tcase_add_test(whole, refuses_more_options_than_fit);
	tcase_add_test(whole, tells_what_was_given);
	tcase_set_timeout(whole, 60);
	tcase_add_test(whole, survives_any_words);
	tcase_add_loop_test(partial, says_what_is_awaited_at_the_cursor, 0, ARRAY_LEN(cursors));
	tcase_add_test(manual, explains_a_command);
	tcase_add_test(manual, explains_a_command_without_options);
	tcase_add_test(manual, lists_commands);
	tcase_add_test(manual, lists_commands_as_markdown);
	tcase_add_test(manual, lists_commands_by_groups);
	suite_add_tcase(suite, find);
	suite_add_tcase(suite, whole);
	suite_add_tcase(suite, partial);
	suite_add_tcase(suite, manual);
	return suite;
}

SUITE_MAIN(command_suite)
