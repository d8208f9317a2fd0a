/*
 * The prompt, from a template: text with words like %running or %{running}. Pure. What it is told with is what is known already, so a prompt
 * waits for nobody.
 */
#ifndef PURSER_COMMAND_PROMPT_H
#define PURSER_COMMAND_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define PROMPT_DEFAULT "purser %runtime%context:%running/%total%readonly%{red}%mark%{plain}> "
#define PROMPT_TEMPLATE_MAX 256
#define PROMPT_MAX 8192 /* bytes of one that is made: all may be made safe, four cells a byte */
#define PROMPT_WORDS_HELP                                                                                                              \
	"text with %runtime, %context, %running, %total, %readonly, %mark (of trouble), %status (if not 0), %%, and colours: %{red}, " \
	"%{green}, %{yellow}, %{blue}, %{magenta}, %{cyan}, %{bold}, %{plain}; at most 256 bytes"

struct prompt_facts {
	const char *runtime; /* NULL: none */
	const char *context; /* what it talks to; "": the standard one */
	size_t running, total;
	bool readonly;
	const char *mark; /* what the matter is with collecting: "disk,gap"; "": nothing */
	int status;       /* of the last command */
	bool color;
};

bool prompt_valid(const char *template);
/* Adds it; what does not show is between \001 and \002, as readline wants it. */
void prompt_make(const char *template, const struct prompt_facts *facts, struct buf *out);

#endif
