#include "command/selector.h"

#include <string.h>

#include "base/text.h"
#include "model/option.h"
#include "model/value.h"
#include "base/banned.h"

#define LABEL_WORD "label="
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"

/* docker's and nerdctl's compose set the first, podman-compose the second, and mostly the first as well. */
static const char *const project_labels[] = { "com.docker.compose.project", "io.podman.compose.project" };

struct selector selector_read(const char *word)
{
	struct selector selector = { .word = word };
	selector.runtime = runtime_prefix(word, &selector.text);
	if (!strcmp(selector.text, "-")) {
		selector.form = SELECTS_LAST;
		selector.text++;
	} else if (!strncmp(selector.text, LABEL_WORD, strlen(LABEL_WORD))) {
		selector.form = SELECTS_LABEL;
		selector.text += strlen(LABEL_WORD);
	} else if (*selector.text == '@') {
		selector.form = SELECTS_PROJECT;
		selector.text++;
	} else if (text_is_pattern(selector.text)) {
		selector.form = SELECTS_PATTERN;
	}
	return selector;
}

static bool has_only(const char *text, const char *letters)
{
	return value_is_word(text) && text[strspn(text, letters)] == '\0';
}

bool selector_valid(const char *word)
{
	struct selector selector = selector_read(word);
	struct error ignored;
	switch (selector.form) {
	case SELECTS_LAST:
		return !selector.runtime; /* it knows whose they are */
	case SELECTS_LABEL:
		return value_check(KIND_LABEL, "", selector.text, &ignored) == 0;
	case SELECTS_PATTERN:
		return has_only(selector.text, NAME_LETTERS "*?");
	case SELECTS_PROJECT:
	case SELECTS_NAME:
		return has_only(selector.text, NAME_LETTERS);
	}
	return false;
}

bool selector_names_project(const char *key, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(project_labels); i++)
		if (strlen(project_labels[i]) == len && !strncmp(project_labels[i], key, len))
			return true;
	return false;
}

void selector_filters(const struct selector *selector, struct strvec *out)
{
	if (selector->form == SELECTS_LABEL)
		strvec_pushf(out, "--filter=label=%s", selector->text);
	for (size_t i = 0; i < ARRAY_LEN(project_labels) && selector->form == SELECTS_PROJECT; i++)
		strvec_pushf(out, "--filter=label=%s=%s", project_labels[i], selector->text);
}
