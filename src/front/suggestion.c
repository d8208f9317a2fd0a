#include "front/suggestion.h"

#include <string.h>

#include "base/text.h"
#include "base/banned.h"

#define PROMPT_MAX 4096

static bool has_controls(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	return false;
}

const char *suggestion_from(const char *entry, const char *line)
{
	size_t len = strlen(line);
	if (len == 0 || strncmp(entry, line, len) != 0 || !entry[len] || has_controls(entry))
		return NULL;
	return entry + len;
}

size_t suggestion_word_len(const char *rest)
{
	size_t blanks = strspn(rest, " ");
	return blanks + strcspn(rest + blanks, " ");
}

/* Of its last row. */
static size_t prompt_cells(const char *prompt)
{
	SCOPED(buf_release) struct buf seen = BUF_INIT(PROMPT_MAX);
	const char *newline = strrchr(prompt, '\n');
	for (const char *at = newline ? newline + 1 : prompt; *at; at++) {
		if (*at == '\001')
			at += strcspn(at, "\002");
		else if (*at != '\002')
			buf_add(&seen, at, 1);
		if (!*at)
			break;
	}
	return text_cells(buf_text(&seen));
}

size_t suggestion_fit(const char *prompt, const char *line, const char *rest, size_t columns, struct buf *out)
{
	SCOPED(buf_release) struct buf safe = BUF_INIT(PROMPT_MAX);
	size_t used = prompt_cells(prompt) + text_cells(line), room = used + 2 < columns ? columns - used - 1 : 0; /* the last column stays free */
	if (!room || has_controls(line))
		return 0;
	text_add_safe(&safe, rest, strnlen(rest, columns * 4), false); /* cells have no more bytes than that that are worth it */
	size_t cells = text_cells(buf_text(&safe)) < room ? text_cells(buf_text(&safe)) : room;
	text_add_cells(out, buf_text(&safe), cells, false);
	return text_cells(buf_text(out));
}
