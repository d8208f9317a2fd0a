#include "command/objects.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "command/output.h"
#include "model/json.h"
#include "base/banned.h"

#define HELD_MAX (64u * 1024 * 1024) /* bytes of one line, or of an array */
#define LINE_ROOM (64u * 1024)

static struct {
	FILE *file;
	const char *command;
	struct buf held;
	bool any;
} objects;

/* Every byte of a value stays as it was: only blanks between them go, and what holds the items of the array together. */
static void add_items(const char *bytes, size_t len, struct buf *out)
{
	bool is_array = *bytes == '[', in_text = false;
	int depth = 0;
	for (size_t i = 0; i < len; i++) {
		char c = bytes[i];
		bool outside = depth == is_array;
		if (in_text) {
			in_text = c != '"';
			buf_add(out, bytes + i, c == '\\' && i + 1 < len ? 2 : 1);
			i += c == '\\';
			continue;
		}
		in_text = c == '"';
		if (c == '{' || c == '[')
			depth++;
		if (c == '}' || c == ']')
			depth--;
		if (strchr(" \t\r\n", c) || (is_array && ((c == '[' && depth == 1) || (c == ']' && depth == 0))))
			continue;
		buf_add(out, c == ',' && outside ? "\n" : bytes + i, 1);
	}
	buf_add_text(out, "\n");
}

static bool are_objects(const char *bytes, size_t len)
{
	struct json_rows rows;
	struct error ignored;
	if (json_parse_rows(bytes, len, &rows, &ignored) < 0)
		return false;
	bool any = rows.nr > 0;
	json_rows_release(&rows);
	return any;
}

static void print_line(const char *line, size_t len)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(HELD_MAX), out = BUF_INIT(SIZE_MAX);
	buf_add(&text, line, len);
	if (*buf_text(&text) == '{' && are_objects(line, len))
		add_items(line, len, &out);
	else
		output_add_object(&out, (const struct field[]){ { "Command", objects.command }, { "Output", buf_text(&text) } }, 2);
	output_bytes(&out);
}

static void print_lines(bool all)
{
	const char *text = buf_text(&objects.held);
	size_t at = 0, len = objects.held.len;
	for (const char *newline; at < len && (newline = memchr(text + at, '\n', len - at)); at = (size_t)(newline - text) + 1)
		print_line(text + at, (size_t)(newline - text) - at);
	if (all && at < len) {
		print_line(text + at, len - at);
		at = len;
	}
	buf_drop(&objects.held, at);
}

static void print_held(bool all)
{
	SCOPED(buf_release) struct buf out = BUF_INIT(SIZE_MAX);
	const char *text = buf_text(&objects.held);
	if (*text != '[') {
		print_lines(all);
	} else if (all && are_objects(text, objects.held.len)) {
		add_items(text, objects.held.len, &out);
		output_bytes(&out);
	} else if (all) {
		print_lines(true);
	}
}

static ssize_t take(void *cookie UNUSED, const char *bytes, size_t len)
{
	FILE *file = objects.file;
	objects.any = true;
	output_as_objects(NULL); /* what is printed from here on is printed */
	if (buf_add(&objects.held, bytes, len) < 0) {
		print_lines(true);
		buf_add(&objects.held, bytes, len);
	}
	print_held(false);
	bool well = !ferror(output_file(false));
	output_as_objects(file);
	return well ? (ssize_t)len : 0;
}

bool objects_begin(const struct invocation *call)
{
	/* What others print for them, or what is no text of purser's. */
	const unsigned not_these = COMMAND_PREFIX | COMMAND_SOURCES | COMMAND_THROUGH | COMMAND_PASSES_ON;
	const cookie_io_functions_t functions = { .write = take };
	bool passes_on = call->command->passes_on && call->command->passes_on(call);
	if (passes_on || call->command->flags & not_these || objects.file || !(objects.file = fopencookie(NULL, "w", functions)))
		return false;
	setvbuf(objects.file, NULL, _IOLBF, LINE_ROOM);
	objects.command = call->command->name;
	objects.any = false;
	buf_init(&objects.held, HELD_MAX);
	output_as_objects(objects.file);
	return true;
}

static void print_operands(const struct invocation *call)
{
	SCOPED(buf_release) struct buf out = BUF_INIT(SIZE_MAX);
	buf_add_text(&out, "{\"Command\":");
	json_add_text(&out, call->command->name);
	buf_add_text(&out, ",\"Operands\":[");
	for (size_t i = 0; i < call->operands_nr; i++) {
		buf_add_text(&out, i ? "," : "");
		json_add_text(&out, call->operands[i]);
	}
	buf_add_text(&out, "]}\n");
	output_bytes(&out);
}

void objects_end(const struct invocation *call, bool done)
{
	fflush(objects.file);
	output_as_objects(NULL);
	print_held(true);
	if (done && !objects.any && !(call->command->flags & COMMAND_HARMLESS))
		print_operands(call);
	fclose(objects.file);
	objects.file = NULL;
	buf_release(&objects.held);
}
