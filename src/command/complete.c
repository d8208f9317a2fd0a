/* What the word under the cursor could become. */
#include "command/complete.h"

#include <string.h>

#include "base/text.h"
#include "command/command.h"
#include "command/words.h"
#include "model/container.h"
#include "base/banned.h"

#define SHOWN_MAX 4096 /* bytes of a candidate that anyone would want to see in a list */

struct completer {
	const struct complete_source *source;
	const struct invocation *call;
	const char *word;    /* under the cursor, unquoted */
	const char *prefix;  /* the part of it that is completed: behind --name= or -n */
	struct strvec known; /* all there is of what is awaited */
};

static void add_words(struct completer *completer, const char *const *words, const char *suffix)
{
	for (; words != NULL && *words != NULL; words++)
		strvec_pushf(&completer->known, "%s%s", *words, suffix);
}

static void add_commands(struct completer *completer)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		if (!(commands[i]->flags & COMMAND_HIDDEN) && strchr(commands[i]->name, ' ') == NULL)
			strvec_push(&completer->known, commands[i]->name);
	}
}

/* Of "logs verify", where "logs" is there. */
static void add_second_words(struct completer *completer)
{
	const char *first = completer->call->command->name;
	size_t len = strlen(first);

	for (size_t i = 0; commands[i] != NULL && completer->call->words.nr == 0; i++) {
		if (strncmp(commands[i]->name, first, len) == 0 && commands[i]->name[len] == ' ')
			strvec_push(&completer->known, commands[i]->name + len + 1);
	}
}

static bool is_used_up(const struct invocation *call, const struct option *option)
{
	for (size_t i = 0; i < call->given_nr && !option->many; i++) {
		if (call->given[i].option == option)
			return true;
	}
	return false;
}

static void add_options(struct completer *completer)
{
	const struct option *option = completer->call->command->options;

	for (; option != NULL && option->name != NULL; option++) {
		if (!is_used_up(completer->call, option))
			strvec_pushf(&completer->known, "--%s", option->name);
	}
	strvec_push(&completer->known, "--help");
}

static void add_listed(struct completer *completer, void (*list)(void *arg, struct strvec *out))
{
	if (list != NULL)
		list(completer->source->arg, &completer->known);
}

static void add_containers(struct completer *completer, unsigned states)
{
	const struct complete_source *source = completer->source;

	if (source->containers != NULL)
		source->containers(source->arg, states != 0 ? states : STATES_ANY, &completer->known);
}

static void add_of_kind(struct completer *completer, enum kind kind)
{
	switch (kind) {
	case KIND_COMMAND:
		add_commands(completer);
		break;
	case KIND_IMAGE:
		add_listed(completer, completer->source->images);
		break;
	case KIND_CONTAINER:
		add_containers(completer, STATES_ANY);
		break;
	case KIND_LOG:
		add_containers(completer, STATES_ANY);
		add_listed(completer, completer->source->stored);
		break;
	case KIND_RUNTIME:
		add_listed(completer, completer->source->runtimes);
		break;
	case KIND_FILTER:
		add_words(completer, kind_words(kind), "=");
		break;
	default:
		add_words(completer, kind_words(kind), "");
	}
}

static void add_operand(struct completer *completer, const struct operand *operand)
{
	if (operand->kind == KIND_CONTAINER)
		add_containers(completer, operand->states);
	else
		add_of_kind(completer, operand->kind);
	add_second_words(completer);
}

static void add_awaited(struct completer *completer)
{
	const struct invocation *call = completer->call;

	if (call->wants_command)
		add_commands(completer);
	else if (call->wants_option)
		add_options(completer);
	else if (call->awaited != NULL)
		add_of_kind(completer, call->awaited->kind);
	else if (call->next != NULL)
		add_operand(completer, call->next);
}

/* A name that would not look on the screen as it is cannot be told from another, and is not offered. */
static bool is_printable(const char *text)
{
	SCOPED(buf_release) struct buf shown = BUF_INIT(SHOWN_MAX);

	text_add_safe(&shown, text, strlen(text), false);
	return strcmp(buf_text(&shown), text) == 0;
}

static bool fits(const struct completer *completer, const char *candidate)
{
	if (strncmp(candidate, completer->prefix, strlen(completer->prefix)) != 0)
		return false;
	if (completer->call->next != NULL && strvec_has(&completer->call->words, candidate))
		return false;
	return is_printable(candidate);
}

/* Candidates that are whole words start with the first `kept` bytes of the word that is there. */
static void take_fitting(struct completer *completer, size_t kept, struct strvec *out)
{
	const struct strvec *known = &completer->known;

	strvec_sort(&completer->known);
	for (size_t i = 0; i < known->nr; i++) {
		if (i > 0 && strcmp(known->items[i], known->items[i - 1]) == 0)
			continue;
		if (fits(completer, known->items[i]))
			strvec_pushf(out, "%.*s%s", (int)kept, completer->word, known->items[i]);
	}
}

static bool takes_value(const struct invocation *call, const char *candidate)
{
	const struct option *option = call->command->options;

	while (option != NULL && option->name != NULL && strcmp(option->name, candidate + 2) != 0)
		option++;
	return option != NULL && option->name != NULL && option->kind != KIND_FLAG;
}

/* "--tail" may go on with = as well as with a blank, "status=" only without. */
static bool goes_on(const struct invocation *call, const struct strvec *candidates)
{
	const char *only = candidates->nr == 1 ? candidates->items[0] : "";
	size_t len = strlen(only);

	if (len == 0)
		return false;
	return call->wants_option ? takes_value(call, only) : only[len - 1] == '=';
}

static bool awaits_file(const struct completer *completer)
{
	const struct invocation *call = completer->call;
	enum kind kind = KIND_FLAG;

	if (call->awaited != NULL)
		kind = call->awaited->kind;
	else if (call->next != NULL)
		kind = call->next->kind;
	if (kind == KIND_VOLUME)
		return strchr("/.", *completer->prefix) != NULL && *completer->prefix != '\0' &&
		       strchr(completer->prefix, ':') == NULL;
	return kind == KIND_FILE;
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

static void complete_word(const char *line, size_t word_start, struct completer *completer, struct completion *out)
{
	size_t kept = (size_t)(completer->prefix - completer->word);

	out->start = word_start;
	if (strncmp(line + word_start, completer->word, kept) == 0) {
		out->start += kept; /* what is kept was typed without quotes, and can stay */
		kept = 0;
	}
	add_awaited(completer);
	take_fitting(completer, kept, &out->candidates);
	out->is_file = awaits_file(completer);
	out->no_blank = goes_on(completer->call, &out->candidates);
}

void complete(const char *line, size_t point, const struct complete_source *source, struct completion *out)
{
	struct words words;
	struct invocation call;
	struct error ignored;
	struct completer completer = { .source = source, .call = &call };
	size_t start;

	*out = (struct completion){ .start = point };
	if (split_at_cursor(line, point, &words, &start) < 0)
		return;
	if (words.argv.nr > 0 && command_parse(&words.argv, PARSE_PARTIAL, true, &call, &ignored) == 0) {
		completer.word = words.argv.items[words.argv.nr - 1];
		completer.prefix = call.awaited != NULL ? call.awaited_prefix : completer.word;
		complete_word(line, start + words.last_start, &completer, out);
		strvec_release(&completer.known);
		invocation_release(&call);
	}
	words_release(&words);
}

void completion_release(struct completion *completion)
{
	strvec_release(&completion->candidates);
}
