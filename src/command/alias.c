#include "command/alias.h"

#include <stdint.h>
#include <string.h>

#include "command/command.h"
#include "command/words.h"
#include "base/banned.h"

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"

static bool is_first_word(const char *name)
{
	SCOPED(strvec_release) struct strvec firsts = STRVEC_INIT;
	command_first_words(&firsts);
	return command_find(name, false) != NULL || strvec_has(&firsts, name);
}

static int check_name(const char *name, size_t len, struct error *err)
{
	SCOPED(buf_release) struct buf copy = BUF_INIT(SIZE_MAX);
	buf_add(&copy, name, len);
	if (len == 0 || strspn(name, NAME_LETTERS) != len || *name == '-')
		return error_set(err, ERROR_USAGE, "'%.80s' is no name of an alias: use NAME='WORDS', with letters, digits, _ . -", buf_text(&copy));
	if (is_first_word(buf_text(&copy)))
		return error_set(err, ERROR_USAGE, "'%.80s' is a command; an alias needs another name", buf_text(&copy));
	return 0;
}

int alias_check(const char *definition, struct error *err)
{
	size_t len = strcspn(definition, "=");
	struct words words;
	if (check_name(definition, len, err) < 0)
		return -1;
	if (!definition[len])
		return error_set(err, ERROR_USAGE, "'%.80s' stands for nothing: %.80s='WORDS'", definition, definition);
	const char *text = definition + len + 1;
	if (words_split(text, strlen(text), WORDS_WHOLE, &words, err) < 0)
		return error_wrap(err, "%.*s", (int)len, definition);
	bool sound = !words.ended && words.argv.nr > 0;
	words_release(&words);
	return sound ? 0 : error_set(err, ERROR_USAGE, "%.*s: an alias is the first words of one command", (int)len, definition);
}

static size_t place_of(const struct strvec *aliases, const char *name)
{
	size_t len = strcspn(name, "="), at = 0;
	while (at < aliases->nr && (strncmp(aliases->items[at], name, len) != 0 || aliases->items[at][len] != '='))
		at++;
	return at;
}

const char *alias_find(const struct strvec *aliases, const char *name)
{
	size_t at = strchr(name, '=') ? aliases->nr : place_of(aliases, name);
	return at < aliases->nr ? aliases->items[at] : NULL;
}

bool alias_drop(struct strvec *aliases, const char *name)
{
	size_t at = place_of(aliases, name);
	return at < aliases->nr && strvec_drop(aliases, aliases->items[at]);
}

void alias_define(struct strvec *aliases, const char *definition)
{
	alias_drop(aliases, definition);
	strvec_push(aliases, definition);
	strvec_sort(aliases);
}

static void replace_first(struct strvec *words, const char *text)
{
	struct words instead;
	struct error ignored;
	if (words_split(text, strlen(text), WORDS_WHOLE, &instead, &ignored) < 0)
		return;
	for (size_t i = 1; i < words->nr; i++)
		strvec_push(&instead.argv, words->items[i]);
	strvec_release(words);
	*words = instead.argv;
}

void alias_expanded(const struct strvec *aliases, const struct strvec *words, struct strvec *out)
{
	for (size_t i = 0; i < words->nr; i++)
		strvec_push(out, words->items[i]);
	alias_expand(aliases, out);
}

void alias_expand(const struct strvec *aliases, struct strvec *words)
{
	SCOPED(strvec_release) struct strvec used = STRVEC_INIT;
	while (words->nr > 0) {
		const char *definition = alias_find(aliases, words->items[0]);
		if (!definition || strvec_has(&used, definition))
			return;
		strvec_push(&used, definition);
		replace_first(words, strchr(definition, '=') + 1);
	}
}
