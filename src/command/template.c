#include "command/template.h"

#include <stdbool.h>
#include <string.h>

#include "base/banned.h"

const char *template_rows(const char *template)
{
	return strncmp(template, "table ", 6) == 0 ? template + 6 + strspn(template + 6, " ") : template;
}

/* At `word` and a blank: behind them. */
static const char *behind(const char *at, const char *word)
{
	size_t len = strlen(word);
	return strncmp(at, word, len) == 0 && at[len] == ' ' ? at + len + strspn(at + len, " ") : NULL;
}

static size_t key_len(const char *at)
{
	return *at == '.' ? strspn(at + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") : 0;
}

static bool is_end(const char *at)
{
	return strncmp(at + strspn(at, " "), "}}", 2) == 0;
}

static struct piece read_label(const char *at)
{
	size_t len = *at == '"' ? strcspn(at + 1, "\"\\") : 0;
	bool known = len && at[len + 1] == '"' && is_end(at + len + 2);
	return (struct piece){ known ? PIECE_LABEL : PIECE_UNKNOWN, at + 1, len };
}

/* Behind "{{". */
static struct piece read_action(const char *at)
{
	const char *label = behind(at, ".Label"), *json = behind(at, "json");
	if (label)
		return read_label(label);
	if (json && *json == '.' && is_end(json + 1))
		return (struct piece){ PIECE_OBJECT, json, 1 };
	const char *key = json ? json : at;
	size_t len = key_len(key);
	bool known = len && is_end(key + 1 + len);
	return (struct piece){ !known ? PIECE_UNKNOWN : json ? PIECE_JSON : PIECE_VALUE, key + 1, len };
}

/* A tab or a newline by name is a piece of its own. */
static struct piece read_text(const char *at)
{
	size_t len = 0;
	if (*at == '\\' && (at[1] == 't' || at[1] == 'n'))
		return (struct piece){ PIECE_TEXT, at[1] == 't' ? "\t" : "\n", 1 };
	do
		len += 1 + strcspn(at + len + 1, "\\{");
	while (at[len] && strncmp(at + len, "{{", 2) != 0 && strncmp(at + len, "\\t", 2) != 0 && strncmp(at + len, "\\n", 2) != 0);
	return (struct piece){ PIECE_TEXT, at, len };
}

struct piece template_next(const char **at)
{
	struct piece piece = { PIECE_END, *at, 0 };
	const char *end;
	if (!**at)
		return piece;
	if (strncmp(*at, "{{", 2) != 0) {
		piece = read_text(*at);
		*at += **at == '\\' && piece.at != *at ? 2 : piece.len;
		return piece;
	}
	piece = read_action(*at + 2 + strspn(*at + 2, " "));
	end = strstr(*at, "}}");
	size_t len = end ? (size_t)(end - *at) + 2 : strlen(*at);
	if (piece.kind == PIECE_UNKNOWN)
		piece = (struct piece){ PIECE_UNKNOWN, *at, len };
	*at += len;
	return piece;
}
