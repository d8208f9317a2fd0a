/* The words that stand for containers: a name, or what several have in common. Pure. */
#ifndef PURSER_COMMAND_SELECTOR_H
#define PURSER_COMMAND_SELECTOR_H

#include <stdbool.h>

#include "runtime/runtime.h"

enum selector_form {
	SELECTS_NAME,    /* web, 4f5c */
	SELECTS_PATTERN, /* web-*, ?? */
	SELECTS_LABEL,   /* label=tier, label=tier=web */
	SELECTS_PROJECT, /* @shop: compose's */
	SELECTS_LAST,    /* -: those of the last result */
};

/* Strings are parts of the word. */
struct selector {
	const char *word;
	const struct runtime *runtime; /* before a colon, as in podman:web; NULL: none is */
	enum selector_form form;
	const char *text; /* the name, the pattern, KEY[=VALUE], the project; of `-` "" */
};

struct selector selector_read(const char *word);
/* Whether it is one: of names and projects their letters, of a label its key. */
bool selector_valid(const char *word);

/* Whether a label of this key says to which project a container belongs. */
bool selector_names_project(const char *key, size_t len);

/*
 * The filters of a list of containers that has those, each for a list of its own: "--filter=label=tier=web". Of forms that no engine filters there
 * are none.
 */
void selector_filters(const struct selector *selector, struct strvec *out);

#endif
