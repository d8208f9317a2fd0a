#include "logs/logname.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/banned.h"

#define SUFFIX ".log"
#define PACKED ".gz"
#define NUMBER_DIGITS_MAX 9
#define MASK '_' /* for what may not stand in a file's name */
#define NAME_KEPT_MIN 64 /* of a container's name, as many bytes always find room */
#define PART_LEN_MAX (sizeof ".4294967295" - 1 + sizeof PACKED - 1) /* what may come behind ".log" */

static bool is_literal(char c)
{
	return isascii((unsigned char)c) && (isalnum((unsigned char)c) || strchr("_.+=,@-", c));
}

int log_template_check(const char *template, struct error *err)
{
	unsigned ids = 0, names = 0, days = 0;

	if (strlen(template) > LOG_TEMPLATE_MAX)
		return error_set(err, ERROR_USAGE, "a name of logs has %d characters at most", LOG_TEMPLATE_MAX);
	if (*template == '.' || *template == '-')
		return error_set(err, ERROR_USAGE, "'%s': a name of logs may not begin with '%c'", template, *template);
	for (const char *c = template; *c; c++) {
		if (*c == '%') {
			c++;
			ids += *c == 'i' || *c == 'I';
			names += *c == 'n';
			days += *c == 'd';
			if (!*c || !strchr("iInd", *c))
				return error_set(err, ERROR_USAGE, "'%s': behind %% there may be i (id), I (whole id), n (name), d (day)", template);
		} else if (!is_literal(*c)) {
			return error_set(err, ERROR_USAGE, "'%s': '%c' may not be in a name of logs", template, *c);
		}
	}
	if (ids != 1 || names != 1 || days > 1)
		return error_set(err, ERROR_USAGE, "'%s': a name of logs needs %%n and one of %%i and %%I, each once", template);
	return 0;
}

/* How many bytes stand for what is behind a %; 0: any number. */
static size_t width_of(char what)
{
	switch (what) {
	case 'i':
		return CONTAINER_ID_SHORT;
	case 'I':
		return CONTAINER_ID_LEN;
	case 'd':
		return LOG_DAY_LEN;
	default:
		return 0;
	}
}

/* Bytes of a name that is made from `template`, without the container's. */
static size_t fixed_len(const char *template)
{
	size_t len = 0;
	for (const char *c = template; *c; c++)
		len += *c == '%' ? width_of(*++c) : 1;
	return len;
}

/* A file's name begins neither as a hidden one's nor as an option. */
static bool is_masked(char first)
{
	return first == '.' || first == '-';
}

static char safe(char c)
{
	bool kept = isascii((unsigned char)c) && (isalnum((unsigned char)c) || strchr("_.-", c));
	return kept ? c : MASK;
}

static bool is_safe(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (safe(bytes[i]) != bytes[i])
			return false;
	return true;
}

void log_name_make(const char *template, const struct log_name *of, char file[LOG_NAME_MAX + 1])
{
	size_t room = LOG_NAME_MAX - fixed_len(template) - (sizeof SUFFIX - 1) - PART_LEN_MAX;
	char *to = file;

	for (const char *c = template; *c; c++) {
		const char *from = c;
		size_t len = 1;
		if (*c == '%') {
			c++;
			from = *c == 'n' ? of->name : *c == 'd' ? of->day : of->id;
			len = *c == 'n' ? strnlen(of->name, room) : width_of(*c);
		}
		for (size_t i = 0; i < len; i++)
			*to++ = c == from ? *c : safe(from[i]);
	}
	memcpy(to, SUFFIX, sizeof SUFFIX);
	if (is_masked(*file))
		*file = MASK;
}

bool log_name_is(const char *read, const char *name)
{
	size_t len = strlen(read);
	bool cut = len >= NAME_KEPT_MIN && strlen(name) > len;
	if (strlen(name) != len && !cut)
		return false;
	for (size_t i = 0; i < len; i++) {
		bool masked = i == 0 && read[0] == MASK && is_masked(name[0]);
		if (read[i] != safe(name[i]) && !masked)
			return false;
	}
	return true;
}

static bool is_day(const char *text)
{
	for (size_t i = 0; i < LOG_DAY_LEN; i++)
		if (i == 4 || i == 7 ? text[i] != '-' : !isdigit((unsigned char)text[i]))
			return false;
	return true;
}

bool log_name_read(const char *template, const char *file, struct log_name *out)
{
	size_t len = strlen(file), fixed = fixed_len(template) + sizeof SUFFIX - 1;
	const char *at = file;

	*out = (struct log_name){ 0 };
	if (len < fixed || len > LOG_NAME_MAX || strcmp(file + len - (sizeof SUFFIX - 1), SUFFIX) != 0)
		return false;
	for (const char *c = template; *c; c++) {
		if (*c != '%') {
			bool masked = at == file && *at == MASK && is_masked(*c); /* of a container without a name */
			if (*at++ != *c && !masked)
				return false;
			continue;
		}
		size_t width = *++c == 'n' ? len - fixed : width_of(*c);
		char *to = *c == 'n' ? out->name : *c == 'd' ? out->day : out->id;
		bool fits = *c == 'n' ? is_safe(at, width) : *c == 'd' ? is_day(at) : strspn(at, "0123456789abcdef") >= width;
		if (!fits)
			return false;
		memcpy(to, at, width);
		to[width] = '\0';
		at += width;
	}
	return true;
}

void log_day(moment at, char day[LOG_DAY_LEN + 1])
{
	char text[MOMENT_TEXT_LEN + 1];
	moment_format(at, text);
	snprintf(day, LOG_DAY_LEN + 1, "%.*s", LOG_DAY_LEN, text);
}

static bool ends_with(const char *text, size_t len, const char *end)
{
	size_t end_len = strlen(end);
	return len > end_len && !memcmp(text + len - end_len, end, end_len);
}

bool log_part_read(const char *file, char whole[LOG_NAME_MAX + 1], struct log_part *out)
{
	size_t len = strlen(file), digits = 0;

	*out = (struct log_part){ 0 };
	if (len > LOG_NAME_MAX)
		return false;
	if (ends_with(file, len, PACKED)) {
		out->packed = true;
		len -= sizeof PACKED - 1;
	}
	while (digits < len && isdigit((unsigned char)file[len - digits - 1]))
		digits++;
	if (digits > 0 && digits <= NUMBER_DIGITS_MAX && digits < len && file[len - digits - 1] == '.' && file[len - digits] != '0') {
		out->number = (unsigned)strtoul(file + len - digits, NULL, 10);
		len -= digits + 1;
	}
	if (!ends_with(file, len, SUFFIX) || (out->packed && !out->number))
		return false;
	memcpy(whole, file, len);
	whole[len] = '\0';
	return true;
}

void log_part_make(const char *whole, const struct log_part *part, char file[LOG_NAME_MAX + 1])
{
	char end[PART_LEN_MAX + 1] = "";
	if (part->number)
		snprintf(end, sizeof end, ".%u%s", part->number, part->packed ? PACKED : "");
	snprintf(file, LOG_NAME_MAX + 1, "%.*s%s", LOG_NAME_MAX - (int)strlen(end), whole, end);
}
