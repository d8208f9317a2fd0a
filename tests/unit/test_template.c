#include <check.h>
#include <string.h>

#include "base/buf.h"
#include "base/macros.h"
#include "command/template.h"
#include "suite.h"

/* A template, and its pieces: kind and content, each behind a blank. */
static const struct {
	const char *template, *pieces;
} rows[] = {
	{ "", "" },
	{ "{{.Names}}", " value:Names" },
	{ "{{ .Names  }}x", " value:Names text:x" },
	{ "a{b}c", " text:a{b}c" },
	{ "a\\tb\\\\n\\x", " text:a text:\t text:b\\ text:\n text:\\x" },
	{ "{{json .}}{{json .ID}}", " object:. json:ID" },
	{ "{{.Label \"com.x/y\"}}", " label:com.x/y" },
	{ "{{.ID}}{{.ID}}", " value:ID value:ID" },
	{ "{ {{.ID}} }", " text:{  value:ID text: }" },
	{ "{{range .ID}}x", " unknown:{{range .ID}} text:x" },
	{ "{{.Label \"\"}}", " unknown:{{.Label \"\"}}" },
	{ "{{.Label \"a\\\"b\"}}", " unknown:{{.Label \"a\\\"b\"}}" },
	{ "{{.Label x}}", " unknown:{{.Label x}}" },
	{ "{{.ID .Names}}", " unknown:{{.ID .Names}}" },
	{ "{{.}}", " unknown:{{.}}" },
	{ "{{}}", " unknown:{{}}" },
	{ "{{json}}", " unknown:{{json}}" },
	{ "{{- .ID}}", " unknown:{{- .ID}}" },
	{ "{{.ID", " unknown:{{.ID" },
	{ "x{{", " text:x unknown:{{" },
	{ "\\", " text:\\" },
	{ "{", " text:{" },
};

static void show(const char *template, struct buf *out)
{
	static const char *const kinds[] = { [PIECE_TEXT] = "text",     [PIECE_VALUE] = "value", [PIECE_JSON] = "json",
					     [PIECE_OBJECT] = "object", [PIECE_LABEL] = "label", [PIECE_UNKNOWN] = "unknown" };
	buf_clear(out);
	for (struct piece piece; (piece = template_next(&template)).kind != PIECE_END;)
		buf_printf(out, " %s:%.*s", kinds[piece.kind], (int)piece.len, piece.at);
}

START_TEST(pieces)
{
	SCOPED(buf_release) struct buf shown = BUF_INIT(4096);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		show(rows[i].template, &shown);
		ck_assert_str_eq(buf_text(&shown), rows[i].pieces);
	}
}
END_TEST

START_TEST(a_table_is_what_begins_so)
{
	static const char *const lines[] = { "{{.ID}}", "tables {{.ID}}", "table\t{{.ID}}", " table {{.ID}}", "table" };
	ck_assert_str_eq(template_rows("table {{.ID}}"), "{{.ID}}");
	ck_assert_str_eq(template_rows("table   x"), "x");
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		ck_assert_ptr_eq(template_rows(lines[i]), lines[i]);
}
END_TEST

static Suite *template_suite(void)
{
	Suite *suite = suite_create("template");
	TCase *tcase = tcase_create("template");
	tcase_add_test(tcase, pieces);
	tcase_add_test(tcase, a_table_is_what_begins_so);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(template_suite)
