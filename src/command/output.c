#include "command/output.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"
#include "model/json.h"
#include "base/banned.h"

#define LINE_MAX_BYTES (1024u * 1024)
#define FOREIGN_MAX (4u * 1024 * 1024) /* bytes of one piece, of which REQUEST_RECORD_MAX is the largest */
#define SCREEN_MAX (4u * 1024 * 1024) /* bytes of what is drawn at once */

static struct {
	enum color color;
	bool plain;
} style;

void output_set_style(enum color color, bool plain)
{
	style.color = color;
	style.plain = plain;
}

/* Its cursor goes forward only, and it has no colours. */
static bool is_dumb(void)
{
	const char *term = getenv("TERM");
	return !term || !*term || !strcmp(term, "dumb");
}

bool output_is_plain(void)
{
	return style.plain || is_dumb();
}

static bool has_screen;
static bool captured; /* what is printed is not for the terminal */

bool output_has_color(bool to_stderr)
{
	if (style.color == COLOR_AUTO)
		return !output_is_plain() && !captured && isatty(to_stderr ? STDERR_FILENO : STDOUT_FILENO);
	return style.color == COLOR_ALWAYS;
}

/* Where it goes instead of to the terminal. */
static FILE *diverted;
static enum output_reader (*reader_of_diverted)(void);

void output_divert(FILE *to, enum output_reader (*reader)(void))
{
	diverted = to;
	reader_of_diverted = reader;
}

static FILE *objects; /* what comes to stdout is made into them */

void output_as_objects(FILE *to)
{
	objects = to;
}

static enum output_reader reads_all(void)
{
	return READER_READS;
}

void output_capture(FILE *to)
{
	captured = to != NULL;
	output_divert(to, to ? reads_all : NULL);
}

bool output_wanted(void)
{
	return !diverted || reader_of_diverted() != READER_LEFT;
}

FILE *output_file(bool to_stderr)
{
	if (objects && !to_stderr)
		return objects;
	if (diverted && (!to_stderr || isatty(STDERR_FILENO)))
		return diverted;
	return to_stderr ? stderr : stdout;
}

static FILE *messages(void)
{
	if (diverted)
		fflush(diverted);
	return diverted && reader_of_diverted() == READER_WAITS ? stderr : output_file(true);
}

bool output_file_is_terminal(bool to_stderr)
{
	return !(objects && !to_stderr) && isatty(to_stderr ? STDERR_FILENO : STDOUT_FILENO);
}

static void print_safe(FILE *to, const char *prefix, const char *text, size_t len)
{
	SCOPED(buf_release) struct buf line = BUF_INIT(4 * LINE_MAX_BYTES);
	text_add_safe(&line, text, len, false);
	fprintf(to, "%s%s\n", prefix, buf_text(&line));
}

static void PRINTF_LIKE(3, 0) print_formatted(FILE *to, const char *prefix, const char *format, va_list args)
{
	char *text;
	int len = vasprintf(&text, format, args);
	if (len < 0)
		return;
	print_safe(to, prefix, text, (size_t)len);
	free(text);
}

void output_question(const char *question)
{
	SCOPED(buf_release) struct buf safe = BUF_INIT(4 * LINE_MAX_BYTES);
	text_add_safe(&safe, question, strlen(question), false);
	fprintf(objects ? stderr : output_file(false), "%s? [y/N] ", buf_text(&safe)); /* half a line is no object */
	output_flush();
}

static bool progress_shown;

static void clear_progress(void)
{
	if (progress_shown)
		fputs("\r\033[K", stderr);
	progress_shown = false;
}

size_t output_progress_cells(void)
{
	struct winsize size = { 0 };
	if (!isatty(STDERR_FILENO) || output_is_plain() || has_screen)
		return 0;
	ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
	return size.ws_col ? size.ws_col - 1u : 79; /* one that wraps could not be taken away */
}

void output_progress(const char *format, ...)
{
	size_t cells = output_progress_cells();
	SCOPED(buf_release) struct buf line = BUF_INIT(4 * LINE_MAX_BYTES);
	char *text;
	va_list args;
	if (!cells)
		return;
	va_start(args, format);
	int len = vasprintf(&text, format, args);
	va_end(args);
	if (len < 0)
		return;
	SCOPED(buf_release) struct buf safe = BUF_INIT(LINE_MAX_BYTES);
	text_add_safe(&safe, text, (size_t)len, false);
	text_add_cells(&line, buf_text(&safe), cells, false);
	free(text);
	clear_progress();
	fputs(buf_text(&line), stderr);
	progress_shown = line.len > 0;
}

void output_line(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	print_formatted(output_file(false), "", format, args);
	va_end(args);
}

/* Of each stream the beginning of a character that the next write may finish. */
static struct {
	char bytes[4];
	size_t len;
} begun[2];

static void show_foreign(bool to_stderr, const char *bytes, size_t len)
{
	SCOPED(buf_release) struct buf whole = BUF_INIT(FOREIGN_MAX + sizeof begun[0].bytes), safe = BUF_INIT(4 * FOREIGN_MAX);
	buf_add(&whole, begun[to_stderr].bytes, begun[to_stderr].len);
	buf_add(&whole, bytes, len);
	size_t unfinished = text_unfinished(buf_text(&whole), whole.len);
	begun[to_stderr].len = unfinished;
	memcpy(begun[to_stderr].bytes, buf_text(&whole) + whole.len - unfinished, unfinished);
	text_add_safe(&safe, buf_text(&whole), whole.len - unfinished, true);
	fwrite(buf_text(&safe), 1, safe.len, output_file(to_stderr));
}

bool output_foreign_end(void)
{
	FILE *const files[] = { output_file(false), output_file(true) };
	bool well = true;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		SCOPED(buf_release) struct buf safe = BUF_INIT(4 * sizeof begun[i].bytes);
		text_add_safe(&safe, begun[i].bytes, begun[i].len, true);
		begun[i].len = 0;
		fwrite(buf_text(&safe), 1, safe.len, files[i]);
		well &= fflush(files[i]) == 0;
	}
	return well;
}

bool output_foreign(bool to_stderr, const char *bytes, size_t len)
{
	FILE *to = output_file(to_stderr);
	if (to == stderr)
		fflush(stdout); /* they may be one file: what came before is to stand before */
	if (output_file_is_terminal(to_stderr))
		show_foreign(to_stderr, bytes, len);
	else
		fwrite(bytes, 1, len, to);
	return fflush(to) == 0;
}

void output_bytes(const struct buf *bytes)
{
	if (bytes->len)
		fwrite(bytes->bytes, 1, bytes->len, output_file(false));
}

void output_text(const struct buf *text)
{
	SCOPED(buf_release) struct buf safe = BUF_INIT(SIZE_MAX);
	if (output_is_terminal())
		text_add_safe(&safe, buf_text(text), text->len, true);
	output_bytes(output_is_terminal() ? &safe : text);
}

bool output_has_screen(void)
{
	return has_screen;
}

void output_screen_begin(void)
{
	has_screen = true;
	fputs("\033[?1049h\033[?25l\033[?7l", stdout); /* the other screen, without a cursor, and what is too wide is cut */
}

bool output_screen_draw(const struct strvec *lines, size_t chosen, struct buf *drawn)
{
	SCOPED(buf_release) struct buf frame = BUF_INIT(SCREEN_MAX);
	buf_add_text(&frame, "\033[H");
	for (size_t i = 0; i < lines->nr; i++)
		buf_printf(&frame, "%s\033[K%s%s%s", i ? "\r\n" : "", i == chosen ? "\033[7m" : "", lines->items[i],
			   i == chosen ? "\033[27m" : "");
	if (frame.len == drawn->len && !memcmp(frame.bytes, drawn->bytes, frame.len))
		return true;
	buf_clear(drawn);
	buf_add(drawn, frame.bytes, frame.len);
	fwrite(frame.bytes, 1, frame.len, stdout); /* also while what a command prints is taken */
	return fflush(stdout) == 0 && !ferror(stdout);
}

void output_screen_end(void)
{
	has_screen = false;
	fputs("\033[?7h\033[?25h\033[?1049l", stdout);
	output_flush();
}

bool output_can_draw(void)
{
	return !output_is_plain() && output_is_terminal();
}

static const char *message_prefix(bool is_error)
{
	if (!output_has_color(true))
		return "purser: ";
	return is_error ? "\033[31mpurser:\033[0m " : "\033[33mpurser:\033[0m ";
}

void output_warning(const char *format, ...)
{
	va_list args;
	fflush(stdout);
	clear_progress();
	va_start(args, format);
	print_formatted(messages(), message_prefix(false), format, args);
	va_end(args);
}

static bool errors_are_json;

void output_errors_as_json(bool json)
{
	errors_are_json = json;
}

static void print_error_json(const char *where, const struct error *err)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(LINE_MAX_BYTES);
	const struct {
		const char *key, *value;
	} fields[] = { { "Kind", error_kind_name(err->kind) }, { "Subject", err->subject }, { "Message", err->text },
		       { "Hint", err->hint }, { "Where", where ? where : "" } };
	buf_add_text(&text, "{\"Error\":{");
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		json_add_text(&text, fields[i].key);
		buf_add_text(&text, ":");
		json_add_text(&text, fields[i].value);
		buf_add_text(&text, ",");
	}
	buf_printf(&text, "\"Status\":%d}}\n", error_status(err));
	fwrite(buf_text(&text), 1, text.len, messages());
}

void output_error(const char *where, const struct error *err)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(LINE_MAX_BYTES);
	if (err->kind == ERROR_STATUS || err->kind == ERROR_UNREAD) /* a container's command failed, which has said so itself; it is seen */
		return;
	fflush(stdout);
	clear_progress();
	if (errors_are_json) {
		print_error_json(where, err);
		return;
	}
	buf_printf(&text, "%s%s%s", where ? where : "", where ? ": " : "", err->text);
	if (*err->hint)
		buf_printf(&text, " (%s)", err->hint);
	print_safe(messages(), message_prefix(true), buf_text(&text), text.len);
}

bool output_is_terminal(void)
{
	return !captured && !objects && isatty(STDOUT_FILENO);
}

size_t output_width(void)
{
	struct winsize size;
	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return SIZE_MAX;
	return size.ws_col;
}

size_t output_height(void)
{
	struct winsize size;
	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row == 0)
		return SIZE_MAX;
	return size.ws_row;
}

/* A stream forgets why it failed; a pipe does not. */
static bool is_unread(int fd)
{
	struct pollfd pipe = { .fd = fd };
	return poll(&pipe, 1, 0) > 0 && (pipe.revents & (POLLERR | POLLHUP));
}

int output_failed(struct error *err)
{
	int why = errno;
	if (is_unread(STDOUT_FILENO) || is_unread(STDERR_FILENO))
		return error_set(err, ERROR_UNREAD, "nobody reads any more");
	errno = why;
	return error_system(err, "output could not be written");
}

bool output_flush(void)
{
	FILE *to = diverted ? diverted : stdout;
	bool well = !objects || fflush(objects) == 0;
	return well && fflush(to) == 0 && !ferror(to);
}

void output_add_object(struct buf *out, const struct field *fields, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		buf_printf(out, "%s\"%s\":", i ? "," : "{", fields[i].key);
		json_add_text(out, fields[i].value);
	}
	buf_add_text(out, "}\n");
}
