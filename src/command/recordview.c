#include "command/recordview.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sgr.h"
#include "base/text.h"
#include "command/output.h"
#include "logs/level.h"
#include "model/json.h"
#include "base/banned.h"

#define TEXT_MAX (16u * 1024 * 1024)

void view_init(struct view *view, bool timestamps, bool keeps_colours)
{
	*view = (struct view){ .timestamps = timestamps, .keeps_colours = keeps_colours, .safe = BUF_INIT(TEXT_MAX) };
	for (size_t i = 0; i < ARRAY_LEN(view->terminal); i++) {
		view->terminal[i] = output_file_is_terminal(i == 1);
		view->coloured[i] = output_has_color(i == 1);
	}
}

void view_release(struct view *view)
{
	buf_release(&view->safe);
}

/* ---- names ---- */

static const char *const name_colours[] = { "\033[36m", "\033[33m", "\033[32m", "\033[35m", "\033[34m",
					    "\033[96m", "\033[93m", "\033[92m", "\033[95m", "\033[94m" };

void view_introduce(struct view *view, struct byline *byline, const char *name)
{
	SCOPED(buf_release) struct buf safe = BUF_INIT(4096);
	unsigned nr = ARRAY_LEN(name_colours), colour = (unsigned)(text_hash(TEXT_HASH_START, name, strlen(name)) % nr);
	for (unsigned i = 0; i < nr && view->taken & 1u << colour; i++)
		colour = (colour + 1) % nr;
	view->taken |= 1u << colour;
	*byline = (struct byline){ .name = name, .colour = colour };
	text_add_safe(&safe, name, strlen(name), false);
	size_t cells = text_cells(buf_text(&safe));
	if (cells > view->name_cells)
		view->name_cells = cells;
}

const char *view_name_colour(const struct byline *byline)
{
	return name_colours[byline->colour];
}

static void print_byline(struct view *view, const struct byline *byline, bool to_stderr)
{
	SCOPED(buf_release) struct buf safe = BUF_INIT(4096), head = BUF_INIT(8192);
	bool coloured = view->coloured[to_stderr];
	text_add_safe(&safe, byline->name, strlen(byline->name), false);
	buf_add_text(&head, coloured ? name_colours[byline->colour] : "");
	text_add_cells(&head, buf_text(&safe), view->name_cells, true);
	buf_printf(&head, " | %s", coloured ? SGR_RESET : "");
	fwrite(buf_text(&head), 1, head.len, output_file(to_stderr));
}

/* ---- records ---- */

static const char *colour_of(const struct record *record)
{
	switch (level_of(record->bytes, record->len)) {
	case LEVEL_ERROR:
		return "\033[31m";
	case LEVEL_WARN:
		return "\033[33m";
	case LEVEL_DEBUG:
		return "\033[2m";
	default:
		return "";
	}
}

/* What the container coloured itself is not coloured over. */
static const char *own_colour(const struct view *view, const struct record *record, bool to_stderr)
{
	if (!view->coloured[to_stderr] || (view->keeps_colours && memchr(record->bytes, '\033', record->len)))
		return "";
	return colour_of(record);
}

static void print_text(struct view *view, const struct record *record, bool to_stderr)
{
	FILE *to = output_file(to_stderr);
	const char *colour = own_colour(view, record, to_stderr);
	size_t len = record->len;
	fputs(colour, to);
	if (!view->terminal[to_stderr]) {
		fwrite(record->bytes, 1, len, to);
	} else {
		if (len && record->bytes[len - 1] == '\r') /* a container with a terminal ends its lines with it */
			len--;
		buf_clear(&view->safe);
		if (view->keeps_colours)
			sgr_add_safe(&view->safe, record->bytes, len);
		else
			text_add_safe(&view->safe, record->bytes, len, false);
		fwrite(buf_text(&view->safe), 1, view->safe.len, to);
	}
	if (*colour)
		fputs(SGR_RESET, to);
}

/* Somebody else's line, or a note, is not to stand behind one that has not ended. */
static void end_open_line(struct view *view)
{
	if (view->open_stream)
		putc('\n', output_file(view->open_stream == STREAM_STDERR));
	view->open_stream = 0;
}

int view_record(struct view *view, const struct byline *byline, const struct record *record, struct error *err)
{
	bool to_stderr = record->stream == STREAM_STDERR;
	FILE *to = output_file(to_stderr);
	char at[MOMENT_TEXT_LEN + 1];

	if (byline && (view->open != byline || view->open_stream != record->stream))
		end_open_line(view);
	if (to == stderr)
		fflush(stdout); /* they may be one file: what came before is to stand before */
	if (byline && !view->open_stream)
		print_byline(view, byline, to_stderr);
	if (view->timestamps && (!byline || !view->open_stream)) {
		moment_format(record->at, at);
		fprintf(to, "%s ", at);
	}
	print_text(view, record, to_stderr);
	if (!record->partial)
		putc('\n', to);
	view->open = byline;
	view->open_stream = record->partial ? record->stream : 0;
	return ferror(to) ? output_failed(err) : 0;
}

void view_add_member(struct buf *out, const char *key, const char *bytes, size_t len)
{
	buf_printf(out, "%s\"%s\":", out->len ? "," : "{", key);
	json_add_bytes(out, bytes, len);
}

void view_begin_object(struct buf *out, const char *name, const char *id, const struct record *record)
{
	char time[MOMENT_TEXT_LEN + 1];
	moment_format(record->at, time);
	view_add_member(out, "Time", time, MOMENT_TEXT_LEN);
	view_add_member(out, "Container", name, strlen(name));
	view_add_member(out, "ID", id, strlen(id));
	view_add_member(out, "Stream", record->stream == STREAM_STDERR ? "stderr" : "stdout", 6);
	view_add_member(out, "Line", record->bytes, record->len);
}

int view_object(struct view *view, const char *name, const char *id, const struct record *record, struct error *err)
{
	FILE *to = output_file(false);
	buf_clear(&view->safe);
	view_begin_object(&view->safe, name, id, record);
	buf_printf(&view->safe, "%s}\n", record->partial ? ",\"Unfinished\":true" : "");
	fwrite(buf_text(&view->safe), 1, view->safe.len, to);
	return ferror(to) ? output_failed(err) : 0;
}

/* ---- marks ---- */

void view_note(struct view *view, const char *format, ...)
{
	char *text;
	va_list args;
	va_start(args, format);
	int len = vasprintf(&text, format, args);
	va_end(args);
	if (len < 0)
		return;
	end_open_line(view);
	fflush(stderr);
	output_line("--- %s", text);
	free(text);
}

static const char *show_moment(moment at, char text[MOMENT_TEXT_LEN + 1])
{
	if (!at)
		return "?";
	moment_format(at, text);
	return text;
}

void view_mark(struct view *view, const struct mark *mark)
{
	char at[MOMENT_TEXT_LEN + 1], from[MOMENT_TEXT_LEN + 1], to[MOMENT_TEXT_LEN + 1];
	const char *event = journal_event_name(mark->event), *text = mark->text;

	switch (mark->event) {
	case JOURNAL_EXITED:
		view_note(view, "%s exited (%d) %s%s%s", mark->name, mark->code, show_moment(mark->at, at),
			  *text ? ": " : "", text);
		break;
	case JOURNAL_GAP:
		view_note(view, "%s gap: %s between %s and %s", mark->name, text, show_moment(mark->from, from),
			  mark->to ? show_moment(mark->to, to) : "its end");
		break;
	case JOURNAL_DELETED:
		view_note(view, "%s deleted up to %s: %s", mark->name, show_moment(mark->to, to), text);
		break;
	default:
		view_note(view, "%s %s %s%s%s", mark->name, event, show_moment(mark->at ? mark->at : mark->time, at),
			  *text ? ": " : "", text);
	}
}
