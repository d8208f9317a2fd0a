/* What is asked of docker's HTTP API, said as docker's CLI says it. */
#include "runtime/api.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

/* What is added at once is shorter than 256 bytes: where it did not fit, more than REQUEST_TARGET_MAX is there already. */
#define TARGET_ROOM (REQUEST_TARGET_MAX + 256)

/* What oci.c asks docker's CLI for. */
#define LIFE_EVENTS                                                                                                    \
	"{\"type\":{\"container\":true,\"image\":true,\"network\":true,\"volume\":true},\"event\":{\"create\":true,\"start\":true,\"pause\":true,\"unpause\":true,"     \
	"\"rename\":true,\"restart\":true,\"die\":true,\"destroy\":true,"                            \
	"\"pull\":true,\"tag\":true,\"untag\":true,\"delete\":true,\"import\":true,\"load\":true}}"

static void add_escaped(struct buf *out, const char *text)
{
	static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
	for (; *text; text++) {
		if (strchr(unreserved, *text))
			buf_add(out, text, 1);
		else
			buf_printf(out, "%%%02X", (unsigned char)*text);
	}
}

static void add_parameter(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, "%c%s=", strchr(buf_text(out), '?') ? '&' : '?', name);
	add_escaped(out, value);
}

static void add_number(struct buf *out, const char *name, long long number)
{
	char text[24];
	snprintf(text, sizeof text, "%lld", number);
	add_parameter(out, name, text);
}

/* What `ps` and `images` were asked for. */
struct listing {
	bool all, latest;
	long last;             /* -1: not said */
	struct strvec filters; /* KEY=VALUE */
};

/* What stands behind "--NAME="; "true" for "--NAME", NULL for another option. */
static const char *option_value(const char *option, const char *name)
{
	size_t len = strlen(name);
	if (strncmp(option, "--", 2) != 0 || strncmp(option + 2, name, len) != 0)
		return NULL;
	option += 2 + len;
	return !*option ? "true" : *option == '=' ? option + 1 : NULL;
}

static bool read_flag(const char *value, bool *out)
{
	*out = !strcmp(value, "true");
	return *out || !strcmp(value, "false");
}

/* "010" is 8 to the CLI: it has its say. */
static bool read_last(const char *value, long *out)
{
	size_t digits = strspn(value, "0123456789");
	*out = strtol(value, NULL, 10);
	return digits > 0 && digits < 10 && !value[digits] && (*value != '0' || digits == 1);
}

static bool may_be_space(char c)
{
	return isspace((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* The CLI cuts blanks, also Unicode's, from both ends of values and names: what may need that is left to it. */
static bool may_be_cut(const char *text)
{
	size_t len = strlen(text);
	return len > 0 && (may_be_space(text[0]) || may_be_space(text[len - 1]));
}

/* The CLI makes keys small as well. */
static bool read_filter(const char *value, struct strvec *out)
{
	size_t key = strspn(value, "abcdefghijklmnopqrstuvwxyz-");
	if (key == 0 || key > 64 || value[key] != '=' || may_be_cut(value + key + 1))
		return false;
	strvec_push(out, value);
	return true;
}

static bool read_option(const char *option, enum verb verb, struct listing *out)
{
	const char *value;
	if ((value = option_value(option, "all")))
		return read_flag(value, &out->all);
	if ((value = option_value(option, "filter")))
		return read_filter(value, &out->filters);
	if (verb == VERB_LIST && (value = option_value(option, "latest")))
		return read_flag(value, &out->latest);
	if (verb == VERB_LIST && (value = option_value(option, "last")))
		return read_last(value, &out->last);
	return false;
}

/* {"label":{"a":true,"b=c":true},"name":{"web":true}}: sorted, all of one key stand together. */
static void add_filters(struct strvec *filters, struct buf *out)
{
	SCOPED(buf_release) struct buf json = BUF_INIT(TARGET_ROOM);
	strvec_sort(filters);
	for (size_t i = 0; i < filters->nr; i++) {
		const char *filter = filters->items[i];
		size_t key = strcspn(filter, "=");
		if (i > 0 && !strncmp(filters->items[i - 1], filter, key + 1))
			buf_add_text(&json, ",");
		else
			buf_printf(&json, "%s\"%.*s\":{", i > 0 ? "}," : "{", (int)key, filter);
		json_add_text(&json, filter + key + 1);
		buf_add_text(&json, ":true");
	}
	buf_add_text(&json, "}}");
	add_parameter(out, "filters", buf_text(&json));
}

static bool add_listing(const struct action *action, const char *path, struct buf *out)
{
	struct listing listing = { .last = -1, .filters = STRVEC_INIT };
	bool known = action->targets.nr == 0 && action->words.nr == 0;

	for (size_t i = 0; known && i < action->options.nr; i++)
		known = read_option(action->options.items[i], action->verb, &listing);
	if (listing.latest && listing.last < 0)
		listing.last = 1;
	buf_add_text(out, path);
	if (listing.all)
		add_parameter(out, "all", "1");
	if (listing.filters.nr > 0)
		add_filters(&listing.filters, out);
	if (listing.last > 0)
		add_number(out, "limit", listing.last);
	strvec_release(&listing.filters);
	return known;
}

/* A part of a path that is empty, "." or ".." would name something else. */
static bool names_a_container(const char *target)
{
	for (const char *part = target;; part++) {
		size_t len = strcspn(part, "/");
		if (len == 0 || (len <= 2 && strspn(part, ".") >= len))
			return false;
		part += len;
		if (!*part)
			return true;
	}
}

static bool add_container(const struct action *action, const char *what, struct buf *out)
{
	const char *target = action->targets.nr == 1 ? action->targets.items[0] : "";
	if (!names_a_container(target) || may_be_cut(target))
		return false;
	buf_add_text(out, "/containers/");
	add_escaped(out, target);
	buf_add_text(out, what);
	return true;
}

static bool add_window(const struct action *action, struct buf *out)
{
	if (!add_container(action, "/logs?stdout=1&stderr=1&timestamps=1", out))
		return false;
	if (action->since > 0)
		add_number(out, "since", action->since);
	if (action->tail != TAIL_ALL)
		add_number(out, "tail", action->tail);
	return true;
}

static bool add_hint(const struct action *action, struct buf *out)
{
	if (!add_container(action, "/logs?stdout=1&stderr=1&follow=1&tail=1", out))
		return false;
	buf_printf(out, "&since=%lld.%09lld", (long long)(action->since_at / MOMENT_SECOND), (long long)(action->since_at % MOMENT_SECOND));
	return true;
}

static bool add_path(const char *path, const struct action *action, struct buf *out)
{
	buf_add_text(out, path);
	return action->targets.nr == 0;
}

static bool add_events(const struct action *action, struct buf *out)
{
	if (!add_path("/events", action, out))
		return false;
	if (action->since > 0)
		add_number(out, "since", action->since);
	if (action->until > 0)
		add_number(out, "until", action->until);
	add_parameter(out, "filters", LIFE_EVENTS);
	return true;
}

static bool add_target(const struct action *action, struct buf *out)
{
	if (action->verb == VERB_LIST)
		return add_listing(action, "/containers/json", out);
	if (action->verb == VERB_IMAGES)
		return add_listing(action, "/images/json", out);
	if (action->options.nr > 0 || action->words.nr > 0)
		return false;
	switch (action->verb) {
	case VERB_VERSION:
		return add_path("/_ping", action, out);
	case VERB_IDENTITY:
	case VERB_INFO:
		return add_path("/info", action, out);
	case VERB_INSPECT:
		return add_container(action, "/json", out);
	case VERB_WINDOW:
		return add_window(action, out);
	case VERB_HINT:
		return add_hint(action, out);
	case VERB_EVENTS:
		return !action->whole_life && add_events(action, out);
	default:
		return false;
	}
}

bool api_target(const struct action *action, struct buf *target)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(TARGET_ROOM);
	return add_target(action, &text) && text.len <= REQUEST_TARGET_MAX && buf_add(target, text.bytes, text.len) == 0;
}
