#include "command/columns.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "command/output.h"
#include "base/banned.h"

#define LINE_MAX_BYTES (1024u * 1024)
#define GAP 3      /* blanks between columns, as docker has */
#define CELL_MIN 7 /* docker leaves no column narrower, but the last */
#define SHRUNK_MIN 8

/* Takes cells away from the widest column that may lose some, until the row fits. */
static void fit(const struct column *columns, size_t columns_nr, size_t *widths, size_t available)
{
	for (;;) {
		size_t total = 0, widest = columns_nr;
		for (size_t i = 0; i < columns_nr; i++) {
			total += widths[i] ? widths[i] + (total ? GAP : 0) : 0;
			if (columns[i].shrink && widths[i] > SHRUNK_MIN && (widest == columns_nr || widths[i] > widths[widest]))
				widest = i;
		}
		if (total <= available || widest == columns_nr)
			return;
		widths[widest]--;
	}
}

/* A table's cells, made safe: the titles, and then row by row. */
struct safe_table {
	const struct column *columns;
	size_t columns_nr, rows_nr; /* the titles count */
	struct buf *cells;
};

static struct safe_table make_safe(const struct column *columns, size_t columns_nr, const char *const *cells,
				   size_t rows_nr)
{
	struct safe_table table = { columns, columns_nr, rows_nr + 1, NULL };
	size_t nr = columns_nr * table.rows_nr;
	table.cells = xcalloc(nr, sizeof *table.cells);
	for (size_t i = 0; i < nr; i++) {
		const char *text = i < columns_nr ? columns[i].title : cells[i - columns_nr];
		buf_init(&table.cells[i], LINE_MAX_BYTES);
		if (text)
			text_add_safe(&table.cells[i], text, strlen(text), false);
	}
	return table;
}

static void safe_table_release(struct safe_table *table)
{
	for (size_t i = 0; i < table->columns_nr * table->rows_nr; i++)
		buf_release(&table->cells[i]);
	free(table->cells);
}

static void widen(const struct safe_table *table, size_t *widths)
{
	for (size_t i = 0; i + 1 < table->columns_nr; i++)
		if (widths[i] < CELL_MIN)
			widths[i] = CELL_MIN;
	for (size_t i = 0; i < table->columns_nr * table->rows_nr; i++) {
		size_t width = text_cells(buf_text(&table->cells[i]));
		if (width > widths[i % table->columns_nr])
			widths[i % table->columns_nr] = width;
	}
}

/* A column whose width is 0 is left out. */
static void add_row(const struct safe_table *table, size_t row, const size_t *widths, struct buf *line)
{
	size_t gap = 0;
	for (size_t i = 0; i < table->columns_nr; i++) {
		if (!widths[i])
			continue;
		buf_printf(line, "%*s", (int)gap, "");
		text_add_cells(line, buf_text(&table->cells[row * table->columns_nr + i]), widths[i],
			       i + 1 < table->columns_nr);
		gap = GAP;
	}
	while (line->len && line->bytes[line->len - 1] == ' ')
		buf_truncate(line, line->len - 1);
}

/* What a row takes at least: its columns as narrow as they may be. */
static size_t least_width(const struct column *columns, size_t columns_nr, const size_t *widths)
{
	size_t total = 0;
	for (size_t i = 0; i < columns_nr; i++) {
		size_t least = columns[i].shrink && widths[i] > SHRUNK_MIN ? SHRUNK_MIN : widths[i];
		total += least ? least + (total ? GAP : 0) : 0;
	}
	return total;
}

static void leave_out(const struct column *columns, size_t columns_nr, size_t *widths, size_t available)
{
	while (least_width(columns, columns_nr, widths) > available) {
		size_t spare = 0;
		for (size_t i = 1; i < columns_nr; i++)
			if (widths[i] && columns[i].spare > (widths[spare] ? columns[spare].spare : 0))
				spare = i;
		if (!widths[spare] || !columns[spare].spare)
			return;
		widths[spare] = 0;
	}
}

/* Where it would not fit all the same nothing is left out: it is wrapped then. */
static void leave_out_if_that_helps(const struct column *columns, size_t columns_nr, size_t *widths, size_t available)
{
	size_t *fewer = xcalloc(columns_nr, sizeof *fewer);
	memcpy(fewer, widths, columns_nr * sizeof *fewer);
	leave_out(columns, columns_nr, fewer, available);
	if (least_width(columns, columns_nr, fewer) <= available)
		memcpy(widths, fewer, columns_nr * sizeof *fewer);
	free(fewer);
}

void columns_print(const struct column *columns, size_t columns_nr, const char *const *cells, size_t rows_nr)
{
	SCOPED(safe_table_release) struct safe_table table = make_safe(columns, columns_nr, cells, rows_nr);
	SCOPED(buf_release) struct buf line = BUF_INIT(LINE_MAX_BYTES);
	size_t *widths = xcalloc(columns_nr, sizeof *widths);
	widen(&table, widths);
	leave_out_if_that_helps(columns, columns_nr, widths, output_width());
	fit(columns, columns_nr, widths, output_width());
	for (size_t row = 0; row < table.rows_nr; row++) {
		buf_clear(&line);
		add_row(&table, row, widths, &line);
		buf_add(&line, "\n", 1);
		output_bytes(&line);
	}
	free(widths);
}

void columns_lines(const struct column *columns, size_t columns_nr, const char *const *cells, size_t rows_nr,
		   size_t *widths, size_t available, struct strvec *lines)
{
	SCOPED(safe_table_release) struct safe_table table = make_safe(columns, columns_nr, cells, rows_nr);
	SCOPED(buf_release) struct buf line = BUF_INIT(LINE_MAX_BYTES), cut = BUF_INIT(LINE_MAX_BYTES);
	size_t *fitting = xcalloc(columns_nr, sizeof *fitting);
	widen(&table, widths);
	memcpy(fitting, widths, columns_nr * sizeof *fitting);
	leave_out(columns, columns_nr, fitting, available);
	fit(columns, columns_nr, fitting, available);
	for (size_t row = 0; row < table.rows_nr; row++) {
		buf_clear(&line);
		buf_clear(&cut);
		add_row(&table, row, fitting, &line);
		text_add_cells(&cut, buf_text(&line), available, false);
		strvec_push(lines, buf_text(&cut));
	}
	free(fitting);
}
