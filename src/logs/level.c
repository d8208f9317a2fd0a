#include "logs/level.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/macros.h"
#include "base/sgr.h"
#include "base/banned.h"

#define LOOKED_AT 160
#define LOOKED_AT_JSON 4096

struct word {
	const char *text;
	enum level level;
};

static const struct word words[] = {
	{ "error", LEVEL_ERROR },     { "err", LEVEL_ERROR },   { "fatal", LEVEL_ERROR },
	{ "critical", LEVEL_ERROR },  { "crit", LEVEL_ERROR },  { "panic", LEVEL_ERROR },
	{ "severe", LEVEL_ERROR },    { "alert", LEVEL_ERROR }, { "emerg", LEVEL_ERROR },
	{ "emergency", LEVEL_ERROR }, { "warn", LEVEL_WARN },   { "warning", LEVEL_WARN },
	{ "info", LEVEL_INFO },       { "notice", LEVEL_INFO }, { "information", LEVEL_INFO },
	{ "debug", LEVEL_DEBUG },     { "trace", LEVEL_DEBUG }, { "verbose", LEVEL_DEBUG },
};

static const char *const keys[] = { "level",     "lvl",       "severity", "loglevel",
				    "levelname", "log.level", "@level",   "level_name" };

static enum level of_word(const char *text, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i].text) == len && strncasecmp(words[i].text, text, len) == 0)
			return words[i].level;
	return LEVEL_NONE;
}

/* As klog, glog and many others write it when there is room for one letter. */
static enum level of_letter(char letter)
{
	switch (letter) {
	case 'F':
	case 'C':
	case 'E':
		return LEVEL_ERROR;
	case 'W':
		return LEVEL_WARN;
	case 'I':
	case 'N':
		return LEVEL_INFO;
	case 'D':
	case 'T':
	case 'V':
		return LEVEL_DEBUG;
	default:
		return LEVEL_NONE;
	}
}

/* bunyan's and pino's numbers */
static enum level of_number(int number)
{
	if (number < 10 || number > 69)
		return LEVEL_NONE;
	return number >= 50 ? LEVEL_ERROR : number >= 40 ? LEVEL_WARN : number >= 30 ? LEVEL_INFO : LEVEL_DEBUG;
}

static bool is_word(char byte)
{
	return isalnum((unsigned char)byte) || byte == '_' || byte == '-' || byte == '.' || byte == '@';
}

static size_t word_len(const char *bytes, size_t len)
{
	size_t at = 0;
	while (at < len && is_word(bytes[at]))
		at++;
	return at;
}

/* I1126 16:23:01.123456 */
static enum level of_klog(const char *bytes, size_t len)
{
	static const char shape[] = "Ldddd dd:dd:dd";
	if (len < sizeof shape - 1)
		return LEVEL_NONE;
	for (size_t i = 1; i < sizeof shape - 1; i++)
		if (shape[i] == 'd' ? !isdigit((unsigned char)bytes[i]) : bytes[i] != shape[i])
			return LEVEL_NONE;
	return of_letter(bytes[0]);
}

static bool is_key(const char *text, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (strlen(keys[i]) == len && strncasecmp(keys[i], text, len) == 0)
			return true;
	return false;
}

/* The value behind a key that ends at `bytes`: of JSON behind its quote, a colon and blanks; else right behind =. */
static enum level of_value(const char *bytes, size_t len, bool json)
{
	size_t at = 0;
	if (json) {
		if (len < 2 || bytes[at++] != '"')
			return LEVEL_NONE;
		while (at < len && bytes[at] == ' ')
			at++;
	}
	if (at >= len || bytes[at++] != (json ? ':' : '='))
		return LEVEL_NONE;
	while (json && at < len && bytes[at] == ' ')
		at++;
	if (at < len && bytes[at] == '"')
		at++;
	size_t value = word_len(bytes + at, len - at);
	if (value == 2 && isdigit((unsigned char)bytes[at]) && isdigit((unsigned char)bytes[at + 1]))
		return of_number((bytes[at] - '0') * 10 + bytes[at + 1] - '0');
	return of_word(bytes + at, value);
}

static enum level of_json(const char *bytes, size_t len)
{
	for (size_t at = 0; at + 1 < len; at++) {
		if (bytes[at] != '"')
			continue;
		size_t word = word_len(bytes + at + 1, len - at - 1);
		enum level level = is_key(bytes + at + 1, word)
					   ? of_value(bytes + at + 1 + word, len - at - 1 - word, true)
					   : LEVEL_NONE;
		if (level != LEVEL_NONE)
			return level;
	}
	return LEVEL_NONE;
}

static bool is_in_capitals(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isupper((unsigned char)text[i]))
			return false;
	return len > 0;
}

/* A word of plain text, with what stands around it. */
static enum level of_place(const char *bytes, size_t len, size_t at, size_t word)
{
	char before = at > 0 ? bytes[at - 1] : '\0', behind = at + word < len ? bytes[at + word] : '\0';
	bool bracketed = (before == '[' && (behind == ']' || behind == ':')) || (before == '<' && behind == '>');

	if (is_key(bytes + at, word) && behind == '=')
		return of_value(bytes + at + word, len - at - word, false);
	if (word == 1 &&
	    (bracketed || (before == '[' && behind == ' ' && at + 2 < len && isdigit((unsigned char)bytes[at + 2]))))
		return of_letter(bytes[at]);
	if (bracketed || is_in_capitals(bytes + at, word) || (at == 0 && behind == ':'))
		return of_word(bytes + at, word);
	return LEVEL_NONE;
}

static enum level of_plain(const char *bytes, size_t len)
{
	for (size_t at = 0; at < len;) {
		size_t word = word_len(bytes + at, len - at);
		while (word > 0 && strchr("-.", bytes[at + word - 1])) /* ERROR- and ERROR. are that word */
			word--;
		enum level level = word ? of_place(bytes, len, at, word) : LEVEL_NONE;
		if (level != LEVEL_NONE)
			return level;
		at += word ? word : 1;
	}
	return LEVEL_NONE;
}

/* The beginning without colours, which would be a part of the word behind them. */
static size_t without_colours(const char *bytes, size_t len, char *out, size_t size)
{
	size_t nr = 0;
	for (size_t at = 0; at < len && nr < size;) {
		size_t colour = bytes[at] == '\033' ? sgr_len(bytes + at, len - at) : 0;
		out[nr] = bytes[at];
		nr += colour == 0;
		at += colour ? colour : 1;
	}
	return nr;
}

enum level level_of(const char *bytes, size_t len)
{
	char plain[LOOKED_AT];
	if (len > 0 && bytes[0] == '{')
		return of_json(bytes, len < LOOKED_AT_JSON ? len : LOOKED_AT_JSON);
	size_t nr = without_colours(bytes, len, plain, sizeof plain);
	enum level level = of_klog(plain, nr);
	return level != LEVEL_NONE ? level : of_plain(plain, nr);
}
