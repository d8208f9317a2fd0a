/*
 * What a person or a program sees: the only place that prints results and errors. Text that came from outside is made safe
 * for a terminal here.
 */
#ifndef PURSER_COMMAND_OUTPUT_H
#define PURSER_COMMAND_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/strvec.h"

/* One line on stdout, made safe. */
void output_line(const char *format, ...) PRINTF_LIKE(1, 2);
/* Bytes on stdout just as they are: our own text. */
void output_bytes(const struct buf *bytes);
/* Text from outside, of any number of lines: as it is into a pipe, made safe for a terminal. */
void output_text(const struct buf *text);
/* What a container wrote, at once: every byte as it is, but a terminal is only ever given what it can print. false: it cannot be written. */
bool output_foreign(bool to_stderr, const char *bytes, size_t len);
/* There is no more of it: what a terminal was not given yet is the beginning of a character that two writes were to make. */
bool output_foreign_end(void);
/* "QUESTION? [y/N] " on stdout, made safe. */
void output_question(const char *question);
/*
 * "purser: [WHERE: ]TEXT[ (HINT)]" on stderr, made safe; `where` may be NULL. As JSON an object in a line:
 * {"Error":{"Kind":…,"Subject":…,"Message":…,"Hint":…,"Where":…,"Status":…}}
 */
void output_error(const char *where, const struct error *err);
void output_errors_as_json(bool json);
/* The same for what is no error. */
void output_warning(const char *format, ...) PRINTF_LIKE(1, 2);

/* A line on stderr, where that is a terminal, that gives way to the next one and to any message. "" takes it away. */
void output_progress(const char *format, ...) PRINTF_LIKE(1, 2);
/* How long it may be; 0: there is no terminal for it. */
size_t output_progress_cells(void);

/* A line of JSON: an object of these texts. */
struct field {
	const char *key, *value;
};
void output_add_object(struct buf *out, const struct field *fields, size_t nr);

/* In the order of KIND_WHEN's words; auto: on a terminal. */
enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* `plain`: nothing is drawn anew or coloured. */
void output_set_style(enum color color, bool plain);
/* That, or it is a dumb terminal. */
bool output_is_plain(void);
/* Whether what is printed there is to have colours. */
bool output_has_color(bool to_stderr);

/*
 * The whole screen of the terminal that stdout is, for what is drawn anew: from output_screen_begin on, which keeps what stands there, until
 * output_screen_end, which brings it back.
 */
void output_screen_begin(void);
/*
 * What it is to show, a safe line for each of its rows, not wider than it; the one at `chosen` stands out (SIZE_MAX: none). Written at once, and only if
 * it is not what `drawn` says that it shows already; clear that when the screen may be another one. false: it cannot be written.
 */
bool output_screen_draw(const struct strvec *lines, size_t chosen, struct buf *drawn);
void output_screen_end(void);
/* Whether stdout is a terminal on which that can be done. */
bool output_can_draw(void);
/* Between the two. */
bool output_has_screen(void);
/* How many rows it has; SIZE_MAX for none. */
size_t output_height(void);

/*
 * What is printed on a terminal goes into `to` instead (command/pager.h), until that is NULL: also what goes to stderr, if that is one. But
 * a message does not wait where nothing was printed before it. `reader` says what has become of it; output_wanted, which is asked by who has
 * much to print, whether it is worth while.
 */
enum output_reader { READER_WAITS, READER_READS, READER_LEFT }; /* WAITS: it was not given anything yet */
void output_divert(FILE *to, enum output_reader (*reader)(void));
/* The same for what is no pager: all of it goes there as it would into a file, but not wider than the terminal. */
void output_capture(FILE *to);
bool output_wanted(void);
/* What is to come to stdout goes into `to` (command/objects.h), until that is NULL; then what comes of it is printed as ever. */
void output_as_objects(FILE *to);
/* Where results and what a container wrote go, for who prints a container's bytes; whether a terminal is what they are for. */
FILE *output_file(bool to_stderr);
bool output_file_is_terminal(bool to_stderr);

/* Whether stdout is a terminal. */
bool output_is_terminal(void);
/* Its width; SIZE_MAX for none. */
size_t output_width(void);
/* Everything printed so far is really written; false if it cannot be (a closed pipe, a full disk). */
bool output_flush(void);
/* That is the error, whoever found it out, with errno where that is known: ERROR_UNREAD of a pipe that nobody reads. Always returns -1. */
int output_failed(struct error *err);

#endif
