#include "command/sheet.h"

#include <stdlib.h>
#include <string.h>

#include "base/strvec.h"
#include "base/text.h"
#include "command/columns.h"
#include "command/output.h"
#include "command/template.h"
#include "model/json.h"
#include "base/banned.h"

#define TEXT_MAX (64u * 1024 * 1024)
#define NONE SIZE_MAX

static size_t keys_nr_of(const struct sheet_key *keys)
{
	size_t nr = 0;
	while (keys[nr].name)
		nr++;
	return nr;
}

void sheet_make(struct sheet *sheet, const struct sheet_key *keys, size_t nr)
{
	*sheet = (struct sheet){ .keys = keys, .keys_nr = keys_nr_of(keys), .nr = nr };
	sheet->values = xcalloc(sheet->keys_nr * nr + 1, sizeof *sheet->values);
}

void sheet_release(struct sheet *sheet)
{
	free(sheet->values);
	sheet->values = NULL;
}

void sheet_add(struct sheet *sheet, const char *value)
{
	sheet->values[sheet->next++] = value;
}

static void add_object(const struct sheet *sheet, const char **row, struct buf *out)
{
	for (size_t i = 0; i < sheet->keys_nr; i++) {
		buf_printf(out, "%s\"%s\":", i ? "," : "{", sheet->keys[i].name);
		json_add_text(out, row[i]);
	}
	buf_add_text(out, "}");
}

void sheet_add_object(const struct sheet *sheet, size_t nr, struct buf *out)
{
	add_object(sheet, sheet->values + nr * sheet->keys_nr, out);
	buf_add_text(out, "\n");
}

static void print_objects(const struct sheet *sheet)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(TEXT_MAX);
	for (size_t i = 0; i < sheet->nr; i++)
		sheet_add_object(sheet, i, &text);
	output_bytes(&text);
}

/* ---- templates ---- */

static size_t find_key(const struct sheet_key *keys, const char *name, size_t len)
{
	for (size_t i = 0; keys[i].name; i++)
		if (strlen(keys[i].name) == len && !memcmp(keys[i].name, name, len))
			return i;
	return NONE;
}

static int refuse_key(const struct piece *piece, const struct sheet_key *keys, struct error *err)
{
	SCOPED(buf_release) struct buf known = BUF_INIT(1024);
	for (size_t i = 0; keys[i].name; i++)
		buf_printf(&known, "%s%s", i ? ", " : "", keys[i].name);
	return error_set(err, ERROR_USAGE, "--format: there is no '.%.*s' here: use %s", (int)(piece->len < 60 ? piece->len : 60), piece->at,
			 buf_text(&known));
}

static int check(const char *template, const struct sheet_key *keys, struct error *err)
{
	const char *at = template_rows(template);
	for (struct piece piece; (piece = template_next(&at)).kind != PIECE_END;) {
		if (piece.kind == PIECE_UNKNOWN)
			return error_set(err, ERROR_USAGE,
					 "--format: '%.*s' is not known here: use {{.KEY}}, {{json .}}, {{json .KEY}} or {{.Label \"NAME\"}}",
					 (int)(piece.len < 80 ? piece.len : 80), piece.at);
		if ((piece.kind == PIECE_VALUE || piece.kind == PIECE_JSON) && find_key(keys, piece.at, piece.len) == NONE)
			return refuse_key(&piece, keys, err);
		if (piece.kind == PIECE_LABEL && find_key(keys, "Labels", 6) == NONE)
			return refuse_key(&(struct piece){ PIECE_VALUE, "Label", 5 }, keys, err);
	}
	return 0;
}

int sheet_template(const struct invocation *call, const struct sheet_key *keys, const char **out, struct error *err)
{
	const char *format = invocation_value(call, "format");
	*out = format && strcmp(format, "table") != 0 && strcmp(format, "json") != 0 ? format : NULL;
	if (*out && invocation_has(call, "follow"))
		return error_set(err, ERROR_USAGE, "what is followed is a table or json: a template and --follow exclude each other");
	return *out ? check(*out, keys, err) : 0;
}

/* ---- filling them in ---- */

/* Labels as docker writes them: a=1,b=2. */
static void add_label(const char *labels, const struct piece *name, struct buf *out)
{
	for (const char *at = labels; *at; at += strcspn(at, ","), at += *at == ',') {
		if (strncmp(at, name->at, name->len) != 0 || at[name->len] != '=')
			continue;
		const char *value = at + name->len + 1;
		text_add_safe(out, value, strcspn(value, ","), false);
		return;
	}
}

static void fill_piece(const struct sheet *sheet, const struct piece *piece, const char **row, struct buf *out)
{
	size_t key = piece->kind == PIECE_LABEL ? find_key(sheet->keys, "Labels", 6) : find_key(sheet->keys, piece->at, piece->len);
	switch (piece->kind) {
	case PIECE_TEXT:
		buf_add(out, piece->at, piece->len);
		break;
	case PIECE_VALUE:
		text_add_safe(out, row[key], strlen(row[key]), false);
		break;
	case PIECE_JSON:
		json_add_text(out, row[key]);
		break;
	case PIECE_OBJECT:
		add_object(sheet, row, out);
		break;
	case PIECE_LABEL:
		add_label(row[key], piece, out);
		break;
	default:
		break;
	}
}

/* Over a label's column stands the end of its name. */
static void fill_title(const struct sheet *sheet, const struct piece *piece, struct buf *out)
{
	size_t key = find_key(sheet->keys, piece->at, piece->len), from = piece->len;
	switch (piece->kind) {
	case PIECE_TEXT:
		buf_add(out, piece->at, piece->len);
		break;
	case PIECE_VALUE:
	case PIECE_JSON:
		buf_add_text(out, sheet->keys[key].title);
		break;
	case PIECE_LABEL:
		while (from && piece->at[from - 1] != '.')
			from--;
		for (; from < piece->len; from++)
			buf_add(out, strchr("-_", piece->at[from]) ? " " : piece->at + from, 1);
		break;
	default:
		break;
	}
}

/* `row`: NULL for the titles. The cells of a table, or all of it in one. */
static void fill(const struct sheet *sheet, const char *template, bool table, const char **row, struct strvec *cells)
{
	SCOPED(buf_release) struct buf cell = BUF_INIT(TEXT_MAX);
	const char *at = template_rows(template);
	for (struct piece piece; (piece = template_next(&at)).kind != PIECE_END;) {
		if (table && piece.kind == PIECE_TEXT && *piece.at == '\t') {
			strvec_push(cells, buf_text(&cell));
			buf_clear(&cell);
		} else if (row) {
			fill_piece(sheet, &piece, row, &cell);
		} else {
			fill_title(sheet, &piece, &cell);
		}
	}
	strvec_push(cells, buf_text(&cell));
}

static void print_table(const struct sheet *sheet, const char *template)
{
	SCOPED(strvec_release) struct strvec titles = STRVEC_INIT, cells = STRVEC_INIT;
	fill(sheet, template, true, NULL, &titles);
	for (size_t i = 0; i < sheet->nr; i++)
		fill(sheet, template, true, sheet->values + i * sheet->keys_nr, &cells);
	struct column *columns = xcalloc(titles.nr, sizeof *columns);
	for (size_t i = 0; i < titles.nr; i++)
		columns[i].title = titles.items[i];
	columns_print(columns, titles.nr, (const char *const *)cells.items, sheet->nr);
	free(columns);
}

static void print_lines(const struct sheet *sheet, const char *template)
{
	SCOPED(strvec_release) struct strvec lines = STRVEC_INIT;
	SCOPED(buf_release) struct buf text = BUF_INIT(TEXT_MAX);
	for (size_t i = 0; i < sheet->nr; i++)
		fill(sheet, template, false, sheet->values + i * sheet->keys_nr, &lines);
	for (size_t i = 0; i < lines.nr; i++)
		buf_printf(&text, "%s\n", lines.items[i]);
	output_bytes(&text);
}

void sheet_print(const struct sheet *sheet, const char *template)
{
	if (!template)
		print_objects(sheet);
	else if (template_rows(template) != template)
		print_table(sheet, template);
	else
		print_lines(sheet, template);
}
