#include "base/pattern.h"

#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/buf.h"
#include "base/probe.h"
#include "base/banned.h"

#define WORK_MAX 2000000 /* of PCRE2's steps for one text: some hundredths of a second */
#define STACK_MAX (1024u * 1024)
#define TEXT_MAX (64u * 1024) /* of a pattern */

/* Compiled, for the processor if that can be. */
struct program {
	pcre2_code *code;
	bool is_native;
};

struct pattern {
	struct program whole, needles[NEEDLES_MAX];
	struct probe probes[NEEDLES_MAX];
	size_t needles_nr;
	char *text;
	bool is_twin; /* what is above is another one's */
	pcre2_match_data *match;
	pcre2_match_context *limits;
	pcre2_jit_stack *stack;
};

/* ---- compiling ---- */

static int refuse(const char *text, int code, size_t at, struct error *err)
{
	char why[256];
	pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof why);
	error_set(err, ERROR_USAGE, "pattern '%s' does not make sense at its character %zu: %s", text, at + 1, why);
	return error_hint(err, "-F takes all characters as they are");
}

static int compile(const char *text, size_t len, uint32_t options, struct program *out, size_t *at)
{
	int code;
	PCRE2_SIZE offset = 0;
	out->code = pcre2_compile((PCRE2_SPTR)text, len, options, &code, &offset, NULL);
	if (!out->code) {
		*at = offset;
		return code;
	}
	out->is_native = pcre2_jit_compile(out->code, PCRE2_JIT_COMPLETE) == 0;
	return 0;
}

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

/* Whole words of other letters than ASCII's are known by those that look for such: what digits and letters are there takes PCRE2 long to find out. */
static uint32_t options_for(const char *text, const struct pattern_wish *wish)
{
	uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY;
	if (wish->ignore_case)
		options |= PCRE2_CASELESS;
	if (!is_ascii(text))
		options |= PCRE2_UCP;
	return options;
}

/* PCRE2_LITERAL leaves no room for what stands around it. */
static void add_fixed(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < 0x80 &&
		    !strchr("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", *text))
			buf_add(out, "\\", 1);
		buf_add(out, text, 1);
	}
}

static int compile_whole(struct pattern *pattern, const struct pattern_wish *wish, struct error *err)
{
	SCOPED(buf_release) struct buf inner = BUF_INIT(2 * TEXT_MAX), around = BUF_INIT(2 * TEXT_MAX + 64);
	const char *text = pattern->text;
	uint32_t options = options_for(text, wish);
	size_t at;
	if (wish->fixed)
		add_fixed(&inner, text);
	else
		buf_add_text(&inner, text);
	/* By itself first: what is wrong is to be said of what was typed. */
	int code = compile(buf_text(&inner), inner.len, options, &pattern->whole, &at);
	if (code < 0) { /* no UTF-8 */
		options &= ~(uint32_t)(PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_UCP);
		code = compile(buf_text(&inner), inner.len, options, &pattern->whole, &at);
	}
	if (code)
		return refuse(text, code, at, err);
	if (!wish->words && !wish->lines)
		return 0;
	buf_printf(&around, "%s(?:%s)%s", wish->lines ? "^" : "(?<!\\w)", buf_text(&inner),
		   wish->lines ? "$" : "(?!\\w)");
	pcre2_code_free(pattern->whole.code);
	code = compile(buf_text(&around), around.len, options, &pattern->whole, &at);
	return code ? refuse(text, code, 0, err) : 0;
}

static void compile_needles(struct pattern *pattern, const struct pattern_wish *wish)
{
	struct needles needles;
	size_t at;
	needles_find(pattern->text, wish->fixed, wish->ignore_case, &needles);
	for (size_t i = 0; i < needles.nr; i++, pattern->needles_nr++) {
		if (compile(needles.items[i].bytes, needles.items[i].len,
			    PCRE2_LITERAL | (needles.any_case ? PCRE2_CASELESS : 0), &pattern->needles[i], &at))
			return;
		probe_make(&pattern->probes[i], &needles.items[i], needles.any_case);
	}
}

/* What matching writes to. */
static void prepare(struct pattern *pattern)
{
	pattern->match = pcre2_match_data_create(1, NULL);
	pattern->limits = pcre2_match_context_create(NULL);
	pattern->stack = pcre2_jit_stack_create(32 * 1024, STACK_MAX, NULL);
	pcre2_set_match_limit(pattern->limits, WORK_MAX);
	pcre2_jit_stack_assign(pattern->limits, NULL, pattern->stack);
}

struct pattern *pattern_new(const char *text, const struct pattern_wish *wish, struct error *err)
{
	if (strlen(text) > TEXT_MAX) {
		error_set(err, ERROR_USAGE, "a pattern has at most %u bytes", TEXT_MAX);
		return NULL;
	}
	struct pattern *pattern = xcalloc(1, sizeof *pattern);
	pattern->text = xstrdup(text);
	if (compile_whole(pattern, wish, err) < 0) {
		pattern_free(pattern);
		return NULL;
	}
	compile_needles(pattern, wish);
	prepare(pattern);
	return pattern;
}

struct pattern *pattern_twin(const struct pattern *pattern)
{
	struct pattern *twin = xmalloc(sizeof *twin);
	*twin = *pattern;
	twin->is_twin = true;
	prepare(twin);
	return twin;
}

static void free_programs(struct pattern *pattern)
{
	pcre2_code_free(pattern->whole.code);
	for (size_t i = 0; i < pattern->needles_nr; i++)
		pcre2_code_free(pattern->needles[i].code);
	free(pattern->text);
}

void pattern_free(struct pattern *pattern)
{
	if (!pattern)
		return;
	if (!pattern->is_twin)
		free_programs(pattern);
	pcre2_match_data_free(pattern->match);
	pcre2_match_context_free(pattern->limits);
	pcre2_jit_stack_free(pattern->stack);
	free(pattern);
}

/* ---- looking ---- */

static int run(struct pattern *pattern, const struct program *program, const char *bytes, size_t len, size_t from)
{
	return (program->is_native ? pcre2_jit_match : pcre2_match)(program->code, (PCRE2_SPTR)bytes, len, from, 0,
								    pattern->match, pattern->limits);
}

int pattern_find(struct pattern *pattern, const char *bytes, size_t len, size_t from, struct fit *out,
		 struct error *err)
{
	char why[256];
	int found = run(pattern, &pattern->whole, bytes, len, from);
	if (found >= 0) {
		const PCRE2_SIZE *places = pcre2_get_ovector_pointer(pattern->match);
		*out = (struct fit){ places[0], places[1] };
		return 1;
	}
	if (found == PCRE2_ERROR_NOMATCH || found == PCRE2_ERROR_PARTIAL)
		return 0;
	pcre2_get_error_message(found, (PCRE2_UCHAR *)why, sizeof why);
	error_set(err, ERROR_FAILED, "pattern '%s' takes too much work: %s", pattern->text, why);
	return error_hint(err, "repetitions within repetitions, as in (a+)+, can be written more simply");
}

bool pattern_has_needles(const struct pattern *pattern)
{
	return pattern->needles_nr > 0;
}

/* A search that fails has not said that there is nothing. */
static const char *next_needle(struct pattern *pattern, size_t nr, const char *from, const char *end)
{
	const struct probe *probe = &pattern->probes[nr];
	while ((from = probe_next(probe, from, end)) < end) {
		size_t reach = PROBE_STRETCH + probe->len - 1, left = (size_t)(end - from);
		int found = run(pattern, &pattern->needles[nr], from, reach < left ? reach : left, 0);
		if (found != PCRE2_ERROR_NOMATCH)
			return found < 0 ? from : from + pcre2_get_ovector_pointer(pattern->match)[0];
		from += PROBE_STRETCH < left ? PROBE_STRETCH : left;
	}
	return end;
}

void pattern_hints(const struct pattern *pattern, struct hints *hints, const char *bytes, size_t len)
{
	hints->end = bytes + len;
	for (size_t i = 0; i < pattern->needles_nr; i++)
		hints->next[i] = NULL;
}

const char *pattern_hint(struct pattern *pattern, struct hints *hints, const char *from)
{
	const char *first = hints->end;
	for (size_t i = 0; i < pattern->needles_nr; i++) {
		if (!hints->next[i] || hints->next[i] < from)
			hints->next[i] = next_needle(pattern, i, from, hints->end);
		if (hints->next[i] < first)
			first = hints->next[i];
	}
	return first < hints->end ? first : NULL;
}
