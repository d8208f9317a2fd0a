#include "command/output.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"
#include "base/banned.h"

#define LINE_MAX_BYTES (1024u * 1024)
#define GAP 3 /* blanks between columns, as docker has */
#define CELL_MIN 7 /* docker leaves no column narrower, but the last */
#define SHRUNK_MIN 8

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

static bool progress_shown;

static void clear_progress(void)
{
	if (progress_shown)
		fputs("\r\033[K", stderr);
	progress_shown = false;
}

void output_progress(const char *format, ...)
{
	const char *term = getenv("TERM");
	SCOPED(buf_release) struct buf line = BUF_INIT(4 * LINE_MAX_BYTES);
	char *text;
	va_list args;
	if (!isatty(STDERR_FILENO) || !term || !strcmp(term, "dumb"))
		return;
	va_start(args, format);
	int len = vasprintf(&text, format, args);
	va_end(args);
	if (len < 0)
		return;
	struct winsize size = { 0 };
	ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
	SCOPED(buf_release) struct buf safe = BUF_INIT(LINE_MAX_BYTES);
	text_add_safe(&safe, text, (size_t)len, false);
	text_add_cells(&line, buf_text(&safe), size.ws_col ? size.ws_col - 1u : 79, false); /* one that wraps could not be taken away */
	free(text);
	clear_progress();
	fputs(buf_text(&line), stderr);
	progress_shown = line.len > 0;
}

void output_line(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	print_formatted(stdout, "", format, args);
	va_end(args);
}

void output_bytes(const struct buf *bytes)
{
	if (bytes->len)
		fwrite(bytes->bytes, 1, bytes->len, stdout);
}

static enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } color;

bool output_set_color(const char *when)
{
	static const char *const words[] = { [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never" };
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (!strcmp(when, words[i])) {
			color = i;
			return true;
		}
	return false;
}

static const char *message_prefix(bool is_error)
{
	const char *no_color = getenv("NO_COLOR");
	bool wanted = color == COLOR_AUTO ? isatty(STDERR_FILENO) && !(no_color && *no_color) : color == COLOR_ALWAYS;
	if (!wanted)
		return "purser: ";
	return is_error ? "\033[31mpurser:\033[0m " : "\033[33mpurser:\033[0m ";
}

void output_warning(const char *format, ...)
{
	va_list args;
	fflush(stdout);
	clear_progress();
	va_start(args, format);
	print_formatted(stderr, message_prefix(false), format, args);
	va_end(args);
}

void output_error(const char *where, const struct error *err)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(LINE_MAX_BYTES);
	if (err->kind == ERROR_STATUS) /* a container's command failed; it has said so itself */
		return;
	fflush(stdout);
	clear_progress();
	buf_printf(&text, "%s%s%s", where ? where : "", where ? ": " : "", err->text);
	print_safe(stderr, message_prefix(true), buf_text(&text), text.len);
}

bool output_is_terminal(void)
{
	return isatty(STDOUT_FILENO);
}

size_t output_width(void)
{
	struct winsize size;
	if (!output_is_terminal() || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return SIZE_MAX;
	return size.ws_col;
}

bool output_flush(void)
{
	return fflush(stdout) == 0 && !ferror(stdout);
}

/* Takes cells away from the widest column that may lose some, until the row fits. */
static void fit(const struct column *columns, size_t columns_nr, size_t *widths, size_t available)
{
	for (;;) {
		size_t total = 0, widest = columns_nr;
		for (size_t i = 0; i < columns_nr; i++) {
			total += widths[i] + (i ? GAP : 0);
			if (columns[i].shrink && widths[i] > SHRUNK_MIN && (widest == columns_nr || widths[i] > widths[widest]))
				widest = i;
		}
		if (total <= available || widest == columns_nr)
			return;
		widths[widest]--;
	}
}

static void print_row(const struct buf *cells, const size_t *widths, size_t columns_nr)
{
	SCOPED(buf_release) struct buf line = BUF_INIT(LINE_MAX_BYTES);
	for (size_t i = 0; i < columns_nr; i++) {
		bool last = i + 1 == columns_nr;
		text_add_cells(&line, buf_text(&cells[i]), widths[i], !last);
		if (!last)
			buf_printf(&line, "%*s", GAP, "");
	}
	while (line.len && line.bytes[line.len - 1] == ' ')
		line.len--;
	buf_add(&line, "\n", 1);
	output_bytes(&line);
}

void output_table(const struct column *columns, size_t columns_nr, const char *const *cells, size_t rows_nr)
{
	size_t *widths = xcalloc(columns_nr, sizeof *widths), cells_nr = columns_nr * (rows_nr + 1);
	struct buf *safe = xcalloc(cells_nr, sizeof *safe);

	for (size_t i = 0; i + 1 < columns_nr; i++)
		widths[i] = CELL_MIN;
	for (size_t i = 0; i < cells_nr; i++) {
		const char *text = i < columns_nr ? columns[i].title : cells[i - columns_nr];
		buf_init(&safe[i], LINE_MAX_BYTES);
		if (text)
			text_add_safe(&safe[i], text, strlen(text), false);
		size_t width = text_cells(buf_text(&safe[i]));
		if (width > widths[i % columns_nr])
			widths[i % columns_nr] = width;
	}
	fit(columns, columns_nr, widths, output_width());
	for (size_t row = 0; row <= rows_nr; row++)
		print_row(safe + row * columns_nr, widths, columns_nr);
	for (size_t i = 0; i < cells_nr; i++)
		buf_release(&safe[i]);
	free(safe);
	free(widths);
}
