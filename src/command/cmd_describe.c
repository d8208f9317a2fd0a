/* describe: how a container was made. */
#include "command/inside.h"
#include "command/output.h"
#include "command/rows.h"
#include "command/specs.h"
#include "base/banned.h"

static void print_difference(void *arg, const char *name, const char *from, const char *to)
{
	bool *any = arg;
	output_line("%s: %s -> %s", name, *from ? from : "-", *to ? to : "-");
	*any = true;
}

static int describe(struct session *session, const struct invocation *call, const char *word, struct spec *out, struct error *err)
{
	struct inside inside;
	if (inside_enter(session, call, word, STATES_ANY, &inside, err) < 0)
		return -1;
	int failed = specs_describe(session, inside.id, out, err);
	inside_leave(session, &inside);
	return failed;
}

static int compare(struct session *session, const struct invocation *call, const struct spec *spec, const char *other, struct error *err)
{
	SCOPED(spec_release) struct spec from, to;
	bool any = false;
	spec_init(&from);
	spec_init(&to);
	spec_copy(&from, spec);
	if (describe(session, call, other, &to, err) < 0)
		return -1;
	spec_take(&from, "name");
	spec_take(&to, "name");
	spec_compare(&from, &to, print_difference, &any);
	if (!any)
		return 0;
	error_set(err, ERROR_STATUS, "they differ");
	err->detail = 1;
	return -1;
}

static int run_describe(struct session *session, const struct invocation *call, struct error *err)
{
	SCOPED(spec_release) struct spec spec;
	const char *other = invocation_value(call, "against");
	spec_init(&spec);
	if (describe(session, call, call->operands[0], &spec, err) < 0)
		return -1;
	if (other)
		return compare(session, call, &spec, other, err);
	specs_print(session, invocation_value(call, "as"), &spec);
	return 0;
}

const struct command cmd_describe = {
	.name = "describe",
	.summary = "how a container was made, as a line that makes another one like it",
	.details = "However it was made: what its image has already, and what the engine chose by itself, is left out. A health check that was put\n"
		   "into it as a file (--health-script) is told as the command that runs it.",
	.lacked_by = "nerdctl",
	.options = (const struct option[]){ SPECS_AS,
					    { "against", 0, KIND_CONTAINER, "CONTAINER",
					      "say what differs, a line each; status 1 if anything does (names do not count)" },
					    { 0 } },
	.operands = (const struct operand[]){ { "CONTAINER", KIND_CONTAINER, 1, 1, .help = "name or id" }, { 0 } },
	.examples = (const struct example[]){ { "describe web", "run --name=web --publish=8080:80 nginx" },
					      { "describe web --as json", "for create --spec" },
					      { "describe web --against web2", "what is not the same" },
					      { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_PAGES,
	.run = run_describe,
};
