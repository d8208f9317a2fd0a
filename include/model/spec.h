/*
 * A container described once: what `run` and `create` are given, what is built step by step, what `describe` reads back from one that
 * exists, and what stands in a file are all a struct spec. Pure.
 *
 * A description is an image, a command, and for each of spec_options the values that were given, in their order. A new option of docker's
 * is a line in spec_options (spec.c): it can then be given, is checked, printed, written, read and compared.
 */
#ifndef PURSER_MODEL_SPEC_H
#define PURSER_MODEL_SPEC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/strvec.h"
#include "model/option.h"

extern const struct option spec_options[];

struct spec {
	char *image;            /* its own; NULL: none */
	struct strvec command;  /* and its arguments; none: the image's */
	struct strvec *values;  /* private: one for each of spec_options */
};

void spec_init(struct spec *spec);
void spec_release(struct spec *spec);
/* `to` is initialised already, and forgets what it has. */
void spec_copy(struct spec *to, const struct spec *from);

void spec_set_image(struct spec *spec, const char *image);

/*
 * An option that may be given once has the last value; one of many has all, and of two with the same key (env, label) the last.
 * Nothing is checked. "false" takes a flag back.
 */
void spec_give(struct spec *spec, const struct option *option, const char *value);
/* By its name; NULL where there is no such option. */
const struct option *spec_option(const char *name, size_t len);
/* Takes all values of an option away. */
void spec_take(struct spec *spec, const char *name);

/* The last value, or NULL. */
const char *spec_value(const struct spec *spec, const char *name);
bool spec_flag(const struct spec *spec, const char *name);
/* All of them. */
const struct strvec *spec_values(const struct spec *spec, const char *name);

/* Adds all that is wrong with it, in words, each with the option it is about; the number of those. A missing image counts only if `whole`. */
size_t spec_check(const struct spec *spec, bool whole, struct strvec *wrong);

/* The first option that was given and this runtime does not know; NULL: it knows all. */
const struct option *spec_lacked(const struct spec *spec, const char *runtime);

/* As an engine is asked: "--name=web"; what is purser's own (rm, detach, health-script) is not among them. */
void spec_add_options(const struct spec *spec, struct strvec *options);
/* As it is typed behind `run`: the options, the image, the command. */
void spec_add_words(const struct spec *spec, struct strvec *words);

/* {"image":"nginx","command":["a"],"name":"web","publish":["8080:80"],"init":true}; lines: indented, a key a line. */
void spec_write(const struct spec *spec, bool lines, struct buf *out);
/* Reads one, in either form, into an empty one; ERROR_USAGE names the key. Numbers may stand for text. */
int spec_read(const char *text, size_t len, struct spec *spec, struct error *err);

/*
 * Calls `differs` for each thing that is not the same in both, in the order of spec_options: `from` and `to` are "" where it is not there.
 * Values that mean the same are the same (512m, 536870912), and so are lists in another order.
 */
typedef void spec_differs(void *arg, const char *name, const char *from, const char *to);
void spec_compare(const struct spec *from, const struct spec *to, spec_differs *differs, void *arg);

#endif
