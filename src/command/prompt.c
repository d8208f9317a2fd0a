#include "command/prompt.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/banned.h"

#define WORD_MAX 16

/* What stands for something comes with what parts it from its neighbour, and is nothing where there is nothing to say. */
static void add_runtime(const struct prompt_facts *facts, struct buf *out)
{
	buf_add_text(out, facts->runtime ? facts->runtime : "-");
}

static void add_context(const struct prompt_facts *facts, struct buf *out)
{
	if (!*facts->context)
		return;
	buf_add_text(out, "@");
	text_add_safe(out, facts->context, strlen(facts->context), false);
}

static void add_running(const struct prompt_facts *facts, struct buf *out)
{
	buf_printf(out, "%zu", facts->running);
}

static void add_total(const struct prompt_facts *facts, struct buf *out)
{
	buf_printf(out, "%zu", facts->total);
}

static void add_readonly(const struct prompt_facts *facts, struct buf *out)
{
	buf_add_text(out, facts->readonly ? " readonly" : "");
}

static void add_mark(const struct prompt_facts *facts, struct buf *out)
{
	buf_printf(out, "%s%s", *facts->mark ? " !" : "", facts->mark);
}

static void add_status(const struct prompt_facts *facts, struct buf *out)
{
	if (facts->status)
		buf_printf(out, " (%d)", facts->status);
}

static void add_percent(const struct prompt_facts *facts UNUSED, struct buf *out)
{
	buf_add_text(out, "%");
}

static const struct {
	const char *name;
	void (*add)(const struct prompt_facts *facts, struct buf *out); /* NULL: a colour */
	int color;
} words[] = {
	{ "runtime", add_runtime, 0 },
	{ "context", add_context, 0 },
	{ "running", add_running, 0 },
	{ "total", add_total, 0 },
	{ "readonly", add_readonly, 0 },
	{ "mark", add_mark, 0 },
	{ "status", add_status, 0 },
	{ "%", add_percent, 0 },
	{ "red", NULL, 31 },
	{ "green", NULL, 32 },
	{ "yellow", NULL, 33 },
	{ "blue", NULL, 34 },
	{ "magenta", NULL, 35 },
	{ "cyan", NULL, 36 },
	{ "bold", NULL, 1 },
	{ "plain", NULL, 0 },
};

/* The word at `at`, a % and what follows; *len is how long it is there. SIZE_MAX: it is none. */
static size_t find_word(const char *at, size_t *len)
{
	bool braced = at[1] == '{';
	const char *name = at + 1 + braced;
	size_t name_len = *name == '%' ? 1 : strspn(name, "abcdefghijklmnopqrstuvwxyz");
	*len = (size_t)(name - at) + name_len + braced;
	if (braced && name[name_len] != '}')
		return SIZE_MAX;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i].name) == name_len && memcmp(words[i].name, name, name_len) == 0)
			return i;
	return SIZE_MAX;
}

bool prompt_valid(const char *template)
{
	size_t len;
	if (!*template || strlen(template) > PROMPT_TEMPLATE_MAX)
		return false;
	while ((template = strchr(template, '%'))) {
		if (find_word(template, &len) == SIZE_MAX)
			return false;
		template += len;
	}
	return true;
}

static void add_word(size_t word, const struct prompt_facts *facts, struct buf *out)
{
	if (words[word].add)
		words[word].add(facts, out);
	else if (facts->color)
		buf_printf(out, "\001\033[%dm\002", words[word].color);
}

void prompt_make(const char *template, const struct prompt_facts *facts, struct buf *out)
{
	bool colored = false;
	while (*template) {
		size_t len = strcspn(template, "%"), word = SIZE_MAX;
		text_add_safe(out, template, len, false);
		template += len;
		if (*template)
			word = find_word(template, &len);
		if (word == SIZE_MAX)
			break;
		add_word(word, facts, out);
		colored |= !words[word].add && facts->color;
		template += len;
	}
	if (colored) /* what is typed has none of it */
		buf_add_text(out, "\001\033[0m\002");
}
