/* What the word under the cursor could become. */
#include "command/complete.h"

#include <stdlib.h>
#include <string.h>

#include "command/alias.h"
#include "command/command.h"
#include "command/proposals.h"
#include "command/settings.h"
#include "command/words.h"
#include "base/banned.h"

static void propose(struct proposals *proposals)
{
	const struct invocation *call = proposals->call;

	if (call->wants_command)
		propose_commands(proposals);
	else if (call->group != NULL)
		propose_second_words(proposals, call->group);
	else if (call->wants_option)
		propose_options(proposals);
	else if (call->awaited != NULL)
		propose_values(proposals, call->awaited);
	else if (call->next != NULL)
		propose_operands(proposals, call->next);
}

static enum kind awaited_kind(const struct invocation *call)
{
	if (call->awaited != NULL)
		return call->awaited->kind;
	return call->next != NULL ? call->next->kind : KIND_FLAG;
}

static int by_word(const void *left, const void *right)
{
	const struct proposal *a = left, *b = right;
	int order = strcmp(a->word, b->word);

	return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

/* Sorts what was proposed, and leaves each word once, as it was said first, without those that are in the line already. */
static void tidy(struct proposals *proposals)
{
	const struct invocation *call = proposals->call;
	const char *before = NULL;
	size_t kept = 0;

	if (proposals->nr > 0)
		qsort(proposals->items, proposals->nr, sizeof(*proposals->items), by_word);
	for (size_t i = 0; i < proposals->nr; i++) {
		const char *word = proposals->items[i].word;

		if ((before == NULL || strcmp(before, word) != 0) &&
		    (call->next == NULL || !strvec_has(&call->words, word)))
			proposals->items[kept++] = proposals->items[i];
		before = word;
	}
	proposals->nr = kept;
}

static bool takes_value(const struct invocation *call, const char *candidate)
{
	const struct option *option = next_option(call->command, NULL);

	while (option != NULL && strcmp(option->name, candidate + 2) != 0)
		option = next_option(call->command, option);
	return option != NULL && option->kind != KIND_FLAG;
}

/* "--tail" may go on with = as well as with a blank, "status=" and "podman:" only without. */
static bool goes_on(const struct proposals *proposals)
{
	const char *only = proposals->nr == 1 ? proposals->items[0].word : "";
	size_t len = strlen(only);

	if (len == 0)
		return false;
	return proposals->call->wants_option ? takes_value(proposals->call, only)
					     : strchr("=:/", only[len - 1]) != NULL;
}

/* Whether what is typed may be a path; `nr` names fit as well. */
static bool awaits_file(const struct proposals *proposals)
{
	enum kind kind = awaited_kind(proposals->call);
	const char *typed = proposals->prefix;

	if (kind == KIND_VOLUME)
		return strchr("/.", *typed) != NULL && *typed != '\0' && strchr(typed, ':') == NULL;
	if (kind == KIND_PLACE)
		return *typed != '\0' && strchr(typed, ':') == NULL && proposals->nr == 0;
	if (kind == KIND_CONTEXT)
		return proposals->nr == 0;
	return kind == KIND_FILE;
}

/* With what is to stay of the word before each: `len` bytes. */
static void put_before(struct proposals *proposals, const char *word, size_t len)
{
	for (size_t i = 0; i < proposals->nr && len > 0; i++) {
		size_t own = strlen(proposals->items[i].word);
		char *whole = arena_alloc(&proposals->arena, len + own + 1);

		memcpy(whole, word, len);
		memcpy(whole + len, proposals->items[i].word, own);
		proposals->items[i].word = whole;
	}
}

/* `line` is where the word stands as it was typed; NULL: candidates are to be whole words. */
static void complete_call(const struct invocation *call, const char *word, const char *line,
			  const struct complete_source *source, struct completion *out)
{
	const char *prefix = call->awaited != NULL ? call->awaited_prefix : word;
	struct proposals proposals = { .source = source, .call = call, .prefix = prefix };
	size_t before = (size_t)(prefix - word); /* --name= or -n */

	propose(&proposals);
	tidy(&proposals);
	if (proposals.nr == 0) { /* these are never in the way of a name */
		propose_leads(&proposals, awaited_kind(call));
		tidy(&proposals);
	}
	out->is_file = awaits_file(&proposals);
	out->no_blank = goes_on(&proposals);
	out->old_ms = proposals.nr > 0 ? proposals.old_ms : 0;
	if (line != NULL && strncmp(line, word, before) == 0)
		out->start += before; /* it was typed without quotes, and can stay */
	else
		put_before(&proposals, word, before);
	out->items = proposals.items;
	out->nr = proposals.nr;
	out->arena = proposals.arena;
}

static void complete_last(const struct strvec *argv, const char *line, const struct complete_source *source,
			  struct completion *out)
{
	struct invocation call;
	struct error ignored;

	if (argv->nr == 0 || command_parse(argv, PARSE_PARTIAL, true, &call, &ignored) < 0)
		return;
	complete_call(&call, argv->items[argv->nr - 1], line, source, out);
	invocation_release(&call);
}

/* Splits the command that the cursor is in, from *start on; -1 where words cannot be told. */
static int split_at_cursor(const char *line, size_t point, struct words *out, size_t *start)
{
	struct error ignored;

	for (*start = 0;; *start += out->consumed) {
		if (words_split(line + *start, point - *start, WORDS_PARTIAL, out, &ignored) < 0)
			return -1;
		if (!out->ended)
			return 0;
		words_release(out);
	}
}

void complete(const char *line, size_t point, const struct complete_source *source, struct completion *out)
{
	struct words words;
	size_t start;

	*out = (struct completion){ .start = point };
	if (split_at_cursor(line, point, &words, &start) < 0)
		return;
	if (source->aliases != NULL && words.argv.nr > 1)
		alias_expand(source->aliases, &words.argv);
	if (words.argv.nr > 0) {
		out->start = start + words.last_start;
		complete_last(&words.argv, line + out->start, source, out);
	}
	words_release(&words);
}

void complete_program(const struct strvec *argv, const struct complete_source *source, struct completion *out)
{
	struct invocation call;
	struct error ignored;

	*out = (struct completion){ 0 };
	if (argv->nr < 2 || command_parse_as(&program, argv, PARSE_PARTIAL, &call, &ignored) < 0)
		return;
	const char *last = argv->items[argv->nr - 1];
	if (call.next != NULL) {
		strvec_push(&call.words, last);
		complete_last(&call.words, NULL, source, out);
	} else {
		complete_call(&call, last, NULL, source, out);
	}
	invocation_release(&call);
}

void completion_release(struct completion *completion)
{
	free(completion->items);
	arena_release(&completion->arena);
	*completion = (struct completion){ 0 };
}
