#include "command/listing.h"

#include <string.h>

#include "base/text.h"
#include "base/banned.h"

#define GAP 2
#define NOTE_MIN 8 /* cells of a note that are worth being shown */
#define ROWS_FREE 3
#define NOTE_BYTES_MAX 4096

static size_t longest(const struct completion *completion)
{
	size_t cells = 0;
	for (size_t i = 0; i < completion->nr; i++)
		if (text_cells(completion->items[i].word) > cells)
			cells = text_cells(completion->items[i].word);
	return cells;
}

static bool has_notes(const struct completion *completion)
{
	for (size_t i = 0; i < completion->nr; i++)
		if (*completion->items[i].note)
			return true;
	return false;
}

/* `column` is where notes begin, but behind a longer word. */
static void add_with_note(const struct proposal *candidate, size_t column, size_t columns, struct buf *out)
{
	SCOPED(buf_release) struct buf note = BUF_INIT(NOTE_BYTES_MAX);
	size_t cells = text_cells(candidate->word), from = cells + GAP > column ? cells + GAP : column;
	text_add_safe(&note, candidate->note, strlen(candidate->note), false);
	buf_add_text(out, candidate->word);
	if (note.len && from + NOTE_MIN <= columns) {
		buf_printf(out, "%*s", (int)(from - cells), "");
		text_add_cells(out, buf_text(&note), columns - from, false);
	}
	buf_add(out, "\n", 1);
}

static void add_notes(const struct completion *completion, size_t columns, struct buf *out)
{
	size_t words = longest(completion);
	for (size_t i = 0; i < completion->nr; i++)
		add_with_note(&completion->items[i], (words < columns / 2 ? words : columns / 2) + GAP, columns, out);
}

/* Downwards, then to the right. */
static void add_in_columns(const struct completion *completion, size_t columns, size_t room, struct buf *out)
{
	size_t width = longest(completion) + GAP, in_row = width < columns ? columns / width : 1;
	size_t nr = completion->nr < room * in_row ? completion->nr : room * in_row, rows = (nr + in_row - 1) / in_row;
	for (size_t row = 0; row < rows; row++) {
		for (size_t i = row; i < nr; i += rows)
			text_add_cells(out, completion->items[i].word, i + rows < nr ? width : width - GAP,
				       i + rows < nr);
		buf_add(out, "\n", 1);
	}
	if (nr < completion->nr)
		buf_printf(out, "… and %zu more\n", completion->nr - nr);
}

void listing_add(const struct completion *completion, size_t columns, size_t rows, struct buf *out)
{
	size_t room = rows > ROWS_FREE + 1 ? rows - ROWS_FREE : 1,
	       usable = columns > 1 ? columns - 1 : 1; /* the last column stays free */
	if (has_notes(completion) && completion->nr <= room)
		add_notes(completion, usable, out);
	else
		add_in_columns(completion, usable, room, out);
	if (completion->old_ms)
		buf_printf(out, "as of %lld s ago\n", (long long)(completion->old_ms / 1000));
}
