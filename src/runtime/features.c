/* What is in the dialects, told to people. */
#include "runtime/dialect.h"
#include "runtime/endpoint.h"
#include "base/banned.h"

static void tell_transport(const struct runtime *runtime, struct buf *out)
{
	const struct dialect *dialect = runtime->dialect;
	buf_add_text(out, dialect->has_api ? "its socket for lists, inspections and logs, else its CLI" : "its CLI");
}

static void tell_variables(const struct runtime *runtime, struct buf *out)
{
	endpoint_variables(runtime->name, out);
}

static void tell_identity(const struct runtime *runtime, struct buf *out)
{
	const struct dialect *dialect = runtime->dialect;
	buf_add_text(out, dialect->identity_is);
}

static void tell_events(const struct runtime *runtime, struct buf *out)
{
	const struct dialect *dialect = runtime->dialect;
	if (dialect->events_reach_s == EVENTS_LIVE)
		buf_add_text(out, "from now on");
	else if (dialect->events_reach_s == EVENTS_ALL)
		buf_add_text(out, "also the past, as far as it keeps it");
	else
		buf_printf(out, "also the past, of %lld hours", (long long)dialect->events_reach_s / 3600);
}

static void tell_waker(const struct runtime *runtime, struct buf *out)
{
	const struct dialect *dialect = runtime->dialect;
	buf_add_text(out, dialect->has_api ? "a watch on its files, else a stream over its socket" : "a watch on its files");
}

static void tell_terminals(const struct runtime *runtime, struct buf *out)
{
	const struct dialect *dialect = runtime->dialect;
	buf_add_text(out, dialect->raw_terminal ? "told apart by their times" : "as they were written");
}

static void tell_paused(const struct runtime *runtime, struct buf *out)
{
	const struct dialect *dialect = runtime->dialect;
	buf_add_text(out, dialect->refuses_paused ? "go on first" : "as they are");
}

const struct feature runtime_features[] = {
	{ "is asked over", tell_transport },
	{ "which engine is meant", tell_variables },
	{ "is told from other engines by", tell_identity },
	{ "starts and ends are known", tell_events },
	{ "new lines are told of by", tell_waker },
	{ "records of a container with a terminal", tell_terminals },
	{ "paused containers that are stopped", tell_paused },
	{ 0 },
};
