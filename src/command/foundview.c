#include "command/foundview.h"

#include <stdio.h>
#include <string.h>

#include "base/sgr.h"
#include "base/text.h"
#include "command/output.h"
#include "model/json.h"
#include "base/banned.h"

#define TEXT_MAX (64u * 1024 * 1024) /* a line, with each byte of it escaped */
#define MARK "\033[1;31m"
#define QUIET "\033[2m"
#define SHORT_TIME_LEN 23 /* to the millisecond */

void found_view_init(struct found_view *view, struct pattern *pattern)
{
	*view = (struct found_view){ .pattern = pattern,
				     .terminal = output_file_is_terminal(false),
				     .coloured = output_has_color(false),
				     .text = BUF_INIT(TEXT_MAX) };
	view_init(&view->names, false, false);
}

void found_view_release(struct found_view *view)
{
	view_release(&view->names);
	buf_release(&view->text);
}

static void add(struct found_view *view, const char *colour, const char *text, size_t cells)
{
	bool coloured = *colour && view->coloured;
	buf_add_text(&view->text, coloured ? colour : "");
	text_add_cells(&view->text, text, cells ? cells : text_cells(text), cells != 0);
	buf_add_text(&view->text, coloured ? SGR_RESET : "");
}

static void add_time(struct found_view *view, moment at)
{
	char time[MOMENT_TEXT_LEN + 1];
	moment_format(at, time);
	if (!view->timestamps)
		memcpy(time + SHORT_TIME_LEN, "Z", 2);
	add(view, QUIET, time, 0);
	buf_add_text(&view->text, " ");
}

static void add_name(struct found_view *view, const struct byline *who, const char *behind)
{
	SCOPED(buf_release) struct buf safe = BUF_INIT(4096);
	text_add_safe(&safe, who->name, strlen(who->name), false);
	add(view, view_name_colour(who), buf_text(&safe), view->terminal ? view->names.name_cells : 0);
	buf_add_text(&view->text, behind);
}

static void add_head(struct found_view *view, const struct byline *who, const struct found *found)
{
	if (view->timestamps || view->terminal)
		add_time(view, found->at);
	if (view->named)
		add_name(view, who, found->fits ? " | " : " - ");
}

static void add_foreign(struct found_view *view, const char *bytes, size_t len)
{
	if (view->terminal)
		text_add_safe(&view->text, bytes, len, false);
	else
		buf_add(&view->text, bytes, len);
}

static void add_fit(struct found_view *view, const char *bytes, size_t len)
{
	bool coloured = view->coloured;
	buf_add_text(&view->text, coloured ? MARK : "");
	add_foreign(view, bytes, len);
	buf_add_text(&view->text, coloured ? SGR_RESET : "");
}

/* The next place of some length. */
static bool next_fit(const struct found_view *view, const char *bytes, size_t len, size_t from, struct fit *out)
{
	struct error ignored;
	while (from <= len && pattern_find(view->pattern, bytes, len, from, out, &ignored) > 0) {
		if (out->end > out->begin && out->begin >= from)
			return true;
		from = out->end > from ? out->end : from + 1;
		while (from < len && ((unsigned char)bytes[from] & 0xC0) == 0x80)
			from++;
	}
	return false;
}

static void add_marked(struct found_view *view, const struct found *found, size_t len)
{
	struct fit fit;
	size_t at = 0;
	while (view->pattern && found->fits && view->coloured && next_fit(view, found->bytes, len, at, &fit)) {
		add_foreign(view, found->bytes + at, fit.begin - at);
		add_fit(view, found->bytes + fit.begin, fit.end - fit.begin);
		at = fit.end;
	}
	add_foreign(view, found->bytes + at, len - at);
}

static int put(struct found_view *view, struct error *err)
{
	FILE *to = output_file(false);
	fwrite(buf_text(&view->text), 1, view->text.len, to);
	return ferror(to) ? output_failed(err) : 0;
}

/* What a container with a terminal ends its lines with is no part of the text. */
static size_t text_len(const struct found *found)
{
	return found->len - (found->len && found->bytes[found->len - 1] == '\r');
}

static int put_each_fit(struct found_view *view, const struct byline *who, const struct found *found, struct error *err)
{
	size_t len = text_len(found);
	struct fit fit = { 0 };
	int failed = 0;
	while (!failed && view->pattern && found->fits && next_fit(view, found->bytes, len, fit.end, &fit)) {
		buf_clear(&view->text);
		add_head(view, who, found);
		add_fit(view, found->bytes + fit.begin, fit.end - fit.begin);
		buf_add_text(&view->text, "\n");
		failed = put(view, err);
	}
	return failed;
}

static int put_json(struct found_view *view, const struct byline *who, const char *id, const struct found *found,
		    struct error *err)
{
	const struct record record = { .at = found->at, .stream = found->stream, .bytes = found->bytes, .len = found->len };
	buf_clear(&view->text);
	view_begin_object(&view->text, who->name, id, &record);
	buf_printf(&view->text, ",\"Fits\":%s}\n", found->fits ? "true" : "false");
	return put(view, err);
}

int found_view_line(struct found_view *view, const struct byline *who, const char *id, const struct found *found,
		    struct error *err)
{
	if (view->json)
		return put_json(view, who, id, found, err);
	if (view->only_fits)
		return put_each_fit(view, who, found, err);
	buf_clear(&view->text);
	add_head(view, who, found);
	add_marked(view, found, view->terminal ? text_len(found) : found->len);
	buf_add_text(&view->text, "\n");
	return put(view, err);
}

void found_view_gap(struct found_view *view)
{
	if (!view->json && !view->only_fits)
		fputs("--\n", output_file(false));
}

void found_view_sum(struct found_view *view, const struct byline *who, const char *id, unsigned long long lines,
		    bool counted)
{
	struct error ignored;
	buf_clear(&view->text);
	if (view->json) {
		view_add_member(&view->text, "Container", who->name, strlen(who->name));
		view_add_member(&view->text, "ID", id, strlen(id));
		if (counted)
			buf_printf(&view->text, ",\"Lines\":%llu", lines);
		buf_add_text(&view->text, "}\n");
	} else {
		if (view->named || !counted)
			add_name(view, who, "");
		if (counted)
			buf_printf(&view->text, "%s%llu", view->named ? " | " : "", lines);
		buf_add_text(&view->text, "\n");
	}
	put(view, &ignored);
}
