/*
 * What stored logs are called. Pure.
 *
 *   <STEM>.log          the file that is written to
 *   <STEM>.log.1        rotated ones, counted from 1, the oldest; numbers only grow, so no file is ever renamed to make room
 *   <STEM>.log.1.gz     the same, compressed
 *
 * The stem comes from a template: %i the first 12 digits of the container's id, %I all 64, %n its name, %d the day on which it started,
 * "2026-11-25", in UTC. As all of them but %n have a fixed length, a name can be read back.
 */
#ifndef PURSER_LOGS_LOGNAME_H
#define PURSER_LOGS_LOGNAME_H

#include <stdbool.h>

#include "base/error.h"
#include "base/moment.h"
#include "model/container.h"

#define LOG_NAME_MAX 255 /* bytes of a file's name */
#define LOG_TEMPLATE_DEFAULT "%i+%n"
#define LOG_TEMPLATE_MAX 100
#define LOG_DAY_LEN 10

struct log_name {
	char id[CONTAINER_ID_LEN + 1]; /* as many digits as the template has */
	char name[LOG_NAME_MAX + 1];   /* the container's, as far as a file's name can hold it; "" for one without */
	char day[LOG_DAY_LEN + 1];     /* "" where the template has none */
};

/* Needs %n and one of %i and %I, each once; %d at most once; besides letters, digits and _ . + = , @ - and does not start with a dot or dash. */
int log_template_check(const char *template, struct error *err);

/* The name of the file that is written to. Bytes of the container's name that have no place in a file's become '_'. */
void log_name_make(const char *template, const struct log_name *of, char file[LOG_NAME_MAX + 1]);
/* Reads such a name; false: it is none. */
bool log_name_read(const char *template, const char *file, struct log_name *out);
/* Whether the name that was read is that of the container called `name`, as far as a file's name tells. */
bool log_name_is(const char *read, const char *name);
void log_day(moment at, char day[LOG_DAY_LEN + 1]);

/* What rotation adds to a name. */
struct log_part {
	unsigned number; /* 0: the file that is written to */
	bool packed;
};

/* Splits "web.log.3.gz" into "web.log", 3, packed. false: it is no name of a log. */
bool log_part_read(const char *file, char whole[LOG_NAME_MAX + 1], struct log_part *out);
void log_part_make(const char *whole, const struct log_part *part, char file[LOG_NAME_MAX + 1]);

#endif
