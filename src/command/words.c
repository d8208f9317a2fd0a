/* A line as typed → words. */
#include "command/words.h"

#include <string.h>

#include "base/buf.h"
#include "base/banned.h"

struct splitter {
	const char *line, *at, *end;
	struct words words;
	struct buf word;
	const char *word_end; /* of the last word; NULL before the first */
	const char *open;     /* the quote or backslash that nothing closes */
	bool in_comment;      /* when the line ends */
};

/* How much of what follows is the end of a line. */
static size_t newline_len(const struct splitter *split)
{
	if (split->at < split->end && *split->at == '\n')
		return 1;
	if (split->end - split->at >= 2 && memcmp(split->at, "\r\n", 2) == 0)
		return 2;
	return 0;
}

static bool at_blank(const struct splitter *split)
{
	return split->at < split->end && strchr(" \t\r", *split->at) != NULL && *split->at != '\0';
}

static bool at_end_of_command(const struct splitter *split)
{
	return split->at == split->end || *split->at == ';' || *split->at == '\n';
}

/* A backslash before a newline joins two lines. */
static bool skip_continuation(struct splitter *split)
{
	struct splitter behind = *split;

	if (split->at == split->end || *split->at != '\\')
		return false;
	behind.at++;
	if (newline_len(&behind) == 0)
		return false;
	split->at = behind.at + newline_len(&behind);
	return true;
}

static void skip_blanks(struct splitter *split)
{
	for (;;) {
		if (at_blank(split))
			split->at++;
		else if (!skip_continuation(split))
			return;
	}
}

static void skip_comment(struct splitter *split)
{
	const char *newline = memchr(split->at, '\n', (size_t)(split->end - split->at));

	split->in_comment = newline == NULL;
	split->at = newline != NULL ? newline : split->end;
}

static void take_byte(struct splitter *split)
{
	buf_add(&split->word, split->at++, 1);
}

static void take_escaped(struct splitter *split)
{
	const char *backslash = split->at;

	split->words.escaped = true;
	if (skip_continuation(split))
		return;
	split->at++;
	if (split->at < split->end)
		take_byte(split);
	else
		split->open = backslash;
}

/* Where a shell has one: what was typed for a shell means the same here. */
static bool at_escape_in_quotes(const struct splitter *split, char quote)
{
	return quote == '"' && *split->at == '\\' && split->end - split->at >= 2 && split->at[1] &&
	       strchr("\"\\$`", split->at[1]) != NULL;
}

static void take_quoted(struct splitter *split)
{
	const char *start = split->at++;

	split->words.escaped = true;
	while (split->at < split->end && *split->at != *start) {
		if (at_escape_in_quotes(split, *start))
			split->at++;
		take_byte(split);
	}
	if (split->at < split->end) {
		split->at++;
		return;
	}
	split->open = start;
	split->words.open_quote = *start;
}

static void take_word(struct splitter *split)
{
	split->words.last_start = (size_t)(split->at - split->line);
	split->words.escaped = false;
	buf_clear(&split->word);
	while (!at_end_of_command(split) && !at_blank(split)) {
		if (*split->at == '\'' || *split->at == '"')
			take_quoted(split);
		else if (*split->at == '\\')
			take_escaped(split);
		else
			take_byte(split);
	}
	split->word_end = split->at;
	strvec_push_len(&split->words.argv, buf_text(&split->word), split->word.len);
}

static void take_command(struct splitter *split)
{
	for (;;) {
		skip_blanks(split);
		if (at_end_of_command(split))
			break;
		if (*split->at == '#')
			skip_comment(split);
		else
			take_word(split);
	}
	split->words.ended = split->at < split->end;
	if (split->words.ended)
		split->at++;
	split->words.consumed = (size_t)(split->at - split->line);
}

/* Makes the word under the cursor the last one: there is none in a comment, and an empty one after a blank. */
static void mark_cursor(struct splitter *split)
{
	if (split->in_comment) {
		strvec_release(&split->words.argv);
	} else if (split->word_end != split->end) {
		strvec_push(&split->words.argv, "");
		split->words.last_start = split->words.consumed;
		split->words.escaped = false;
	}
}

static int check_bytes(const struct splitter *split, struct error *err)
{
	const char *nul = memchr(split->line, '\0', split->words.consumed);

	if (split->words.consumed > WORDS_LINE_MAX)
		return error_set(err, ERROR_USAGE, "a command of more than %d bytes", WORDS_LINE_MAX);
	if (nul != NULL)
		return error_set(err, ERROR_USAGE, "a NUL byte at column %zu", (size_t)(nul - split->line) + 1);
	return 0;
}

static int check_balance(const struct splitter *split, struct error *err)
{
	size_t column;

	if (split->open == NULL)
		return 0;
	column = (size_t)(split->open - split->line) + 1;
	if (*split->open == '\\')
		return error_set(err, ERROR_USAGE, "nothing follows the \\ at column %zu", column);
	return error_set(err, ERROR_USAGE, "unbalanced %c at column %zu", *split->open, column);
}

void words_release(struct words *words)
{
	strvec_release(&words->argv);
}

int words_split(const char *line, size_t len, enum words_mode mode, struct words *out, struct error *err)
{
	struct splitter split = { .line = line, .at = line, .end = line + len, .word = BUF_INIT(WORDS_LINE_MAX) };
	int result;

	take_command(&split);
	result = check_bytes(&split, err);
	if (result == 0 && mode == WORDS_WHOLE)
		result = check_balance(&split, err);
	if (result == 0 && mode == WORDS_PARTIAL && !split.words.ended)
		mark_cursor(&split);
	buf_release(&split.word);
	if (result < 0)
		words_release(&split.words);
	else
		*out = split.words;
	return result;
}
