#include "command/inspection.h"

#include <ctype.h>
#include <string.h>

#include "command/output.h"
#include "base/banned.h"

#define OUTPUT_MAX (256u * 1024 * 1024)

void members_add(struct buf *members, const struct buf *reply)
{
	const char *from = buf_text(reply), *to = from + reply->len;
	while (to > from && isspace((unsigned char)to[-1]))
		to--;
	while (from < to && isspace((unsigned char)*from))
		from++;
	if (to - from < 2 || *from != '[' || to[-1] != ']')
		return;
	for (from++, to--; from < to && (*from == '\r' || *from == '\n'); from++)
		;
	while (to > from && isspace((unsigned char)to[-1]))
		to--;
	if (to == from)
		return;
	if (members->len)
		buf_add_text(members, ",\n");
	buf_add(members, from, (size_t)(to - from));
}

void members_print(const struct buf *members)
{
	SCOPED(buf_release) struct buf all = BUF_INIT(OUTPUT_MAX);
	buf_printf(&all, members->len ? "[\n%s\n]\n" : "[]\n", buf_text(members));
	output_text(&all);
}

int inspection(struct session *session, const struct invocation *call, inspect_fn *ask, const void *arg, struct error *err)
{
	SCOPED(buf_release) struct buf members = BUF_INIT(OUTPUT_MAX);
	const bool formatted = invocation_has(call, "format");
	int status = 0;
	for (size_t i = 0; i < call->operands_nr; i++) {
		struct result result;
		struct error one = { 0 };
		if (ask(session, call, call->operands[i], arg, &result, &one) == 0) {
			if (formatted)
				output_text(&result.text);
			else
				members_add(&members, &result.text);
			result_release(&result);
			continue;
		}
		if (one.kind == ERROR_CANCELLED) {
			*err = one;
			return -1;
		}
		error_wrap(&one, "%s: %s", call->command->name, call->operands[i]);
		output_error(session->where, &one);
		status = error_status(&one);
	}
	if (!formatted)
		members_print(&members);
	if (!status)
		return 0;
	error_set(err, ERROR_STATUS, "some failed");
	err->detail = status;
	return -1;
}
