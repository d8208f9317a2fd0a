/* exec and attach: what runs in a container, with what is typed and shown here. */
#include <string.h>
#include <unistd.h>

#include "command/inside.h"
#include "command/passing.h"
#include "command/rows.h"
#include "command/target.h"
#include "base/banned.h"

/* ---- exec ---- */

static bool is_on(const struct action *action, const char *option)
{
	return strvec_has(&action->options, option);
}

static void turn_on(struct action *action, const char *option)
{
	if (!is_on(action, option))
		strvec_push(&action->options, option);
}

/* bash where there is one; a person at a terminal wants it with that. */
static int add_shell(struct action *action, struct error *err)
{
	if (is_on(action, "--detach"))
		return error_set(err, ERROR_USAGE, "-d needs a COMMAND");
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
		turn_on(action, "--interactive");
		turn_on(action, "--tty");
	} else if (!is_on(action, "--interactive")) {
		return error_set(err, ERROR_USAGE, "needs a COMMAND: only at a terminal, or with -i, it is a shell");
	}
	strvec_push_all(&action->words, "sh", "-c", "command -v bash >/dev/null 2>&1 && exec bash; exec sh", NULL);
	return 0;
}

static int make_exec(const struct session *session, const struct invocation *call, const char *id, struct action *action, struct error *err)
{
	size_t first = call->operands_nr > 1 && !strcmp(call->operands[1], "--") ? 2 : 1;
	action_init(action, VERB_EXEC);
	forward_options(call, &action->options);
	strvec_push(&action->targets, id);
	for (size_t i = first; i < call->operands_nr; i++)
		strvec_push(&action->words, call->operands[i]);
	if (!action->words.nr && add_shell(action, err) < 0)
		return -1;
	return is_on(action, "--interactive") && is_on(action, "--tty") && !is_on(action, "--detach") ? passing_check_input(session, err) : 0;
}

static int run_exec(struct session *session, const struct invocation *call, struct error *err)
{
	struct inside inside;
	struct action action;
	if (inside_enter(session, call, call->operands[0], STATE_BIT(RUNNING), &inside, err) < 0)
		return -1;
	int failed = make_exec(session, call, inside.id, &action, err);
	if (!failed)
		failed = passing_perform(session, &action, !is_on(&action, "--tty") && !is_on(&action, "--detach"), err);
	action_release(&action);
	inside_leave(session, &inside);
	return failed;
}

/* ---- attach ---- */

static int run_attach(struct session *session, const struct invocation *call, struct error *err)
{
	struct inside inside;
	struct action action;
	if (inside_enter(session, call, call->operands[0], STATE_BIT(RUNNING), &inside, err) < 0)
		return -1;
	action_init(&action, VERB_ATTACH);
	forward_options(call, &action.options);
	if (session->reads_commands && !session->interactive) /* the script's next lines are not for it */
		turn_on(&action, "--no-stdin");
	strvec_push(&action.targets, inside.id);
	int failed = inside.terminal && !is_on(&action, "--no-stdin") ? passing_check_input(session, err) : 0;
	if (!failed)
		failed = passing_perform(session, &action, !inside.terminal, err);
	tracked_ask_drain(session->table, inside.id); /* it may have ended */
	action_release(&action);
	inside_leave(session, &inside);
	return failed;
}

const struct command cmd_exec = {
	.name = "exec",
	.summary = "run a command in a running container",
	.details = "Its exit status is the command's; 126 and 127 say that it cannot be run, or is not there. The words behind CONTAINER are its\n"
		   "arguments as they are: there is no shell, unless the command is one. Without COMMAND it is bash, or else sh, at a terminal with -it.\n"
		   "\n"
		   "Without -t what it writes is passed on byte for byte; only a terminal is shown control characters as ^X. Without -i it reads\n"
		   "nothing, so a script's own lines are safe. Ctrl-C ends the waiting; what runs in the container ends by itself, or with -t,\n"
		   "where it gets the Ctrl-C.",
	.options = (const struct option[]){
		{ "interactive", 'i', KIND_FLAG, NULL, "it reads what purser reads", .forward = true },
		{ "tty", 't', KIND_FLAG, NULL, "give it a terminal", .forward = true },
		{ "env", 'e', KIND_ENV, "NAME=VALUE", "set an environment variable", .many = true, .forward = true },
		{ "env-file", 0, KIND_FILE, "FILE", "read environment variables from a file", .many = true, .forward = true },
		{ "user", 'u', KIND_TEXT, "USER", "name or number, and group: 1000:1000", .forward = true },
		{ "workdir", 'w', KIND_TEXT, "DIRECTORY", "the directory it starts in", .forward = true },
		{ "detach", 'd', KIND_FLAG, NULL, "do not wait for it", .forward = true },
		{ "privileged", 0, KIND_FLAG, NULL, "let it do everything that root may", .forward = true },
		{ "detach-keys", 0, KIND_TEXT, "KEYS", "what leaves it running: ctrl-p,ctrl-q", .forward = true, .lacked_by = "nerdctl" },
		{ 0 } },
	.operands = (const struct operand[]){ { "CONTAINER", KIND_CONTAINER, 1, 1, .states = STATE_BIT(RUNNING), .help = "one that runs" },
					      { "COMMAND", KIND_REST, 0, 0, .help = "the command and its arguments" },
					      { 0 } },
	.examples = (const struct example[]){ { "exec web ls -l /etc", "its output here" },
					      { "exec -it web sh", "a shell in it" },
					      { "exec web sh -c 'echo $HOME; exit 3'", "the status is 3" },
					      { 0 } },
	.flags = COMMAND_PASSES_ON,
	.run = run_exec,
};

const struct command cmd_attach = {
	.name = "attach",
	.summary = "take part in what a running container reads and writes",
	.details = "Ctrl-P Ctrl-Q leaves a container that has a terminal, with status 0. The status is the container's if it ends. What is typed goes\n"
		   "to its program, Ctrl-C too; --sig-proxy=false keeps that from one without a terminal. With nerdctl only containers that\n"
		   "were started with -it and then left can be attached to. In a script that is read from standard input it only watches.",
	.options = (const struct option[]){
		{ "no-stdin", 0, KIND_FLAG, NULL, "only watch", .forward = true },
		{ "detach-keys", 0, KIND_TEXT, "KEYS", "what leaves it: ctrl-p,ctrl-q", .forward = true },
		{ "sig-proxy", 0, KIND_FLAG, NULL, "hand on signals: true, unless =false", .forward = true, .lacked_by = "nerdctl" },
		{ 0 } },
	.operands = (const struct operand[]){ { "CONTAINER", KIND_CONTAINER, 1, 1, .states = STATE_BIT(RUNNING), .help = "one that runs" }, { 0 } },
	.examples = (const struct example[]){ { "attach --no-stdin web", "what it writes, as it comes" }, { 0 } },
	.flags = COMMAND_PASSES_ON,
	.run = run_attach,
};
