/* What values look like: ports, sizes, durations, names … Pure. */
#ifndef PURSER_MODEL_VALUE_H
#define PURSER_MODEL_VALUE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "model/option.h"

struct value_rule {
	bool (*accepts)(const char *value); /* NULL: anything */
	const char *use;                    /* what to write instead */
	const char *const *words;           /* the closed set it is from, NULL-terminated; NULL: it is open */
};

/* For the kinds of values that a container has; one that accepts anything for all others. */
const struct value_rule *value_rule(enum kind kind);

/* ERROR_USAGE: "WHAT: 'VALUE' is not a port: use …" */
int value_check(enum kind kind, const char *what, const char *value, struct error *err);
int value_check_by(const struct value_rule *rule, enum kind kind, const char *what, const char *value, struct error *err);

/* Adds the one spelling of all that mean the same: "512m" → "536870912", "8080:80" → "8080:80/tcp". `value` is a sound one. */
void value_normal(enum kind kind, const char *value, struct buf *out);

/* For checks of other kinds. */
bool value_is_among(const char *value, const char *const *words);
bool value_is_number(const char *value, unsigned long max);
/* No blank or control character, and nothing that an engine could take for an option. */
bool value_is_word(const char *value);

#endif
