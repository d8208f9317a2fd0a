#include "command/config.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/text.h"
#include "command/alias.h"
#include "command/words.h"
#include "base/banned.h"

#define CONFIG_MAX (256u * 1024)

void config_release(struct config *config)
{
	invocation_release(&config->call);
	strvec_release(&config->words);
	strvec_release(&config->lines);
	strvec_release(&config->aliases);
}

/* "" where nobody can tell. */
static void find_file(char path[PATH_MAX])
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int len = 0;
	if (config && *config == '/')
		len = snprintf(path, PATH_MAX, "%s/purser/config", config);
	else if (home && *home == '/')
		len = snprintf(path, PATH_MAX, "%s/.config/purser/config", home);
	if (len <= 0 || len >= PATH_MAX)
		*path = '\0';
}

static bool is_for_a_file(const struct option *option)
{
	return option->scope != SCOPE_NONE && option->scope != SCOPE_CALL;
}

static int refuse_name(const struct command *program, const char *name, struct error *err)
{
	SCOPED(strvec_release) struct strvec names = STRVEC_INIT;
	for (const struct option *option = program->options; option->name; option++)
		if (is_for_a_file(option))
			strvec_push(&names, option->name);
	const char *meant = text_nearest(name, (const char *const *)names.items);
	return error_set(err, ERROR_USAGE, "unknown setting '%.80s'%s%s%s", name, meant ? "; did you mean '" : "", meant ? meant : "",
			 meant ? "'?" : "");
}

static const struct option *find_setting(const struct command *program, const char *name, struct error *err)
{
	const struct option *option = program->options;
	while (option->name && strcmp(option->name, name) != 0)
		option++;
	if (!option->name)
		refuse_name(program, name, err);
	else if (!is_for_a_file(option))
		error_set(err, ERROR_USAGE, "'%s' is for the command line only", name);
	else
		return option;
	return NULL;
}

const char *config_spelling(const struct option *option, const char *value)
{
	if (option->kind != KIND_FLAG)
		return value;
	if (!strcmp(value, "on") || !strcmp(value, "1"))
		return "true";
	return !strcmp(value, "off") || !strcmp(value, "0") ? "false" : value;
}

/* The words behind the name: one, or the rest of the line as words again. */
static int join_value(const struct option *option, const struct strvec *words, struct buf *value, struct error *err)
{
	const struct strvec rest = { words->items + 1, words->nr - 1, 0 };
	if (rest.nr == 0 && option->kind == KIND_FLAG)
		return buf_add_text(value, "true");
	if (rest.nr == 0)
		return error_set(err, ERROR_USAGE, "'%s' needs a value: %s %s", option->name, option->name, option->value_name);
	if (rest.nr == 1)
		return buf_add_text(value, config_spelling(option, rest.items[0]));
	if (option->kind != KIND_WORDS)
		return error_set(err, ERROR_USAGE, "'%.80s' is one word too many: a value with blanks needs quotes", rest.items[1]);
	strvec_quote(&rest, value);
	return 0;
}

static int add_setting(const struct command *program, const struct strvec *words, struct strvec *out,
		       struct error *err)
{
	SCOPED(buf_release) struct buf value = BUF_INIT(CONFIG_MAX);
	const struct option *option = find_setting(program, words->items[0], err);
	if (!option || join_value(option, words, &value, err) < 0 || kind_check(option->kind, option->name, buf_text(&value), err) < 0)
		return -1;
	strvec_pushf(out, "--%s=%s", option->name, buf_text(&value));
	return 0;
}

static int add_aliases(const struct strvec *words, struct strvec *out, struct error *err)
{
	for (size_t i = 1; i < words->nr; i++) {
		if (alias_check(words->items[i], err) < 0)
			return -1;
		alias_define(out, words->items[i]);
	}
	return words->nr > 1 ? 0 : error_set(err, ERROR_USAGE, "alias needs a definition: alias NAME='WORDS'");
}

static int add_line(const struct command *program, const char *line, size_t len, struct config *out, struct error *err)
{
	struct words words;
	int failed = 0;
	if (words_split(line, len, WORDS_WHOLE, &words, err) < 0)
		return -1;
	if (words.ended)
		failed = error_set(err, ERROR_USAGE, "one setting a line, without ;");
	else if (words.argv.nr && !strcmp(words.argv.items[0], "alias"))
		failed = add_aliases(&words.argv, &out->aliases, err);
	else if (words.argv.nr)
		failed = add_setting(program, &words.argv, &out->words, err);
	words_release(&words);
	return failed;
}

static int add_lines(const struct command *program, const struct buf *text, struct config *out, struct error *err)
{
	unsigned number = 1;
	for (size_t at = 0; at < text->len; number++) {
		const char *line = buf_text(text) + at, *newline = memchr(line, '\n', text->len - at);
		size_t len = newline ? (size_t)(newline - line) : text->len - at;
		if (add_line(program, line, len, out, err) < 0)
			return error_wrap(err, "%s:%u", out->path, number);
		if (out->words.nr > out->lines.nr)
			strvec_pushf(&out->lines, "%u", number);
		at += len + 1;
	}
	return 0;
}

/* A directory on the way that may not be looked into is the home of somebody else, as sudo leaves it in HOME: nothing is there. */
static bool is_there(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0;
}

int config_read(const struct command *program, struct config *out, struct error *err)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(CONFIG_MAX);
	*out = (struct config){ 0 };
	find_file(out->path);
	if (!*out->path)
		return 0;
	if (fd_read_file(AT_FDCWD, out->path, &text, err) < 0)
		return is_there(out->path) ? -1 : 0;
	strvec_push(&out->words, program->name);
	strvec_push(&out->lines, "");
	if (add_lines(program, &text, out, err) == 0 && command_parse_as(program, &out->words, PARSE_WHOLE, &out->call, err) == 0)
		return 0;
	config_release(out);
	return -1;
}

const char *config_line(const struct config *config, const char *name)
{
	size_t len = strlen(name);
	for (size_t i = config->words.nr; i > 1; i--) {
		const char *word = config->words.items[i - 1] + 2;
		if (!strncmp(word, name, len) && word[len] == '=')
			return config->lines.items[i - 1];
	}
	return "";
}
