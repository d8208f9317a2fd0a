/* Texts as docker's CLI makes them. */
#include "runtime/texts.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/banned.h"

#define TEXT_MAX (64u * 1024 * 1024)

/* Go's decoder has U+FFFD for each byte that is not UTF-8. */
static size_t scan_point(const char *text, uint32_t *point)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char first = (unsigned char)*text;
	size_t len = first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf8 ? 4 : 0;

	*point = len > 1 ? first & (0x7fu >> len) : first;
	for (size_t i = 1; i < len; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			len = 0;
		*point = *point << 6 | ((unsigned char)text[i] & 0x3f);
	}
	if (len == 0 || *point < least[len] || *point > 0x10ffff || (*point >= 0xd800 && *point <= 0xdfff)) {
		*point = 0xfffd;
		return 1;
	}
	return len;
}

/*
 * What Go 1.24 does not take for printable beyond ASCII: controls, spaces, formats, private use, surrogates, and the large parts of Unicode
 * 15 that are empty. The small ones, between the letters of its scripts, count as printable here.
 */
static bool is_printable(uint32_t point)
{
	static const uint32_t hidden[][2] = {
		{ 0x80, 0xa0 },       { 0xad, 0xad },       { 0x600, 0x605 },     { 0x61c, 0x61c },     { 0x6dd, 0x6dd },
		{ 0x70f, 0x70f },     { 0x890, 0x891 },     { 0x8e2, 0x8e2 },     { 0x1680, 0x1680 },   { 0x180e, 0x180e },
		{ 0x2000, 0x200f },   { 0x2028, 0x202f },   { 0x205f, 0x206f },   { 0x3000, 0x3000 },   { 0xd7fc, 0xf8ff },
		{ 0xfeff, 0xfeff },   { 0xffef, 0xfffb },   { 0xfffe, 0xffff },   { 0x110bd, 0x110bd }, { 0x110cd, 0x110cd },
		{ 0x13430, 0x1343f }, { 0x1bca0, 0x1ceff }, { 0x1d173, 0x1d17a }, { 0x323b0, 0xe00ff }, { 0xe01f0, 0x10ffff },
	};
	for (size_t i = 0; i < ARRAY_LEN(hidden); i++)
		if (point >= hidden[i][0] && point <= hidden[i][1])
			return false;
	return point >= 0x20 && point != 0x7f;
}

static void add_quoted_point(struct buf *out, uint32_t point, const char *bytes, size_t len)
{
	static const char short_ones[] = "abtnvfr"; /* 7 to 13 */
	if (point == '"' || point == '\\')
		buf_printf(out, "\\%c", (char)point);
	else if (point == 0xfffd)
		buf_add_text(out, "\xef\xbf\xbd");
	else if (is_printable(point))
		buf_add(out, bytes, len);
	else if (point >= 7 && point <= 13)
		buf_printf(out, "\\%c", short_ones[point - 7]);
	else if (point < 0x80)
		buf_printf(out, "\\x%02x", (unsigned)point);
	else
		buf_printf(out, point < 0x10000 ? "\\u%04x" : "\\U%08x", (unsigned)point);
}

const char *text_quoted(const char *text, struct arena *arena)
{
	SCOPED(buf_release) struct buf out = BUF_INIT(TEXT_MAX);
	buf_add(&out, "\"", 1);
	for (size_t len; *text; text += len) {
		uint32_t point;
		len = scan_point(text, &point);
		add_quoted_point(&out, point, text, len);
	}
	buf_add(&out, "\"", 1);
	return arena_text(arena, buf_text(&out));
}

const char *text_local_time(long long seconds, struct arena *arena)
{
	time_t at = (time_t)seconds;
	struct tm tm;
	char zone[64], text[128];
	if (!localtime_r(&at, &tm))
		return "";
	strftime(zone, sizeof zone, "%z %Z", &tm);
	snprintf(text, sizeof text, "%04lld-%02d-%02d %02d:%02d:%02d %s", tm.tm_year + 1900LL, tm.tm_mon + 1,
		 tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, zone);
	return arena_text(arena, text);
}

const char *text_length(long long seconds, moment now, struct arena *arena)
{
	char words[64];
	moment at;
	int64_t length;
	if (__builtin_mul_overflow(seconds, MOMENT_SECOND, &at) || __builtin_sub_overflow(now, at, &length))
		length = seconds < 0 ? INT64_MAX : 0;
	duration_words(length, words, sizeof words);
	return arena_text(arena, words);
}

const char *text_since(long long seconds, moment now, struct arena *arena)
{
	char text[80];
	snprintf(text, sizeof text, "%s ago", text_length(seconds, now, arena));
	return arena_text(arena, text);
}

/* units.CustomSize */
static const char *size_in(double size, double thousand, const char *const *units, int digits, struct arena *arena)
{
	char text[32];
	for (; size >= thousand && units[1]; units++)
		size /= thousand;
	snprintf(text, sizeof text, "%.*g%s", digits, size, *units);
	return arena_text(arena, text);
}

/* units.HumanSizeWithPrecision(size, 3) */
const char *text_human_size(long long bytes, struct arena *arena)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB", NULL };
	return size_in((double)bytes, 1000, units, 3, arena);
}

/* units.BytesSize(size) */
const char *text_memory_size(long long bytes, struct arena *arena)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", NULL };
	return size_in((double)bytes, 1024, units, 4, arena);
}

const char *text_joined(const struct strvec *texts, struct arena *arena)
{
	SCOPED(buf_release) struct buf out = BUF_INIT(TEXT_MAX);
	for (size_t i = 0; i < texts->nr; i++)
		buf_printf(&out, "%s%s", i > 0 ? "," : "", texts->items[i]);
	return arena_text(arena, buf_text(&out));
}

const char *text_of_array(const struct json *array, struct arena *arena)
{
	SCOPED(arena_release) struct arena scratch = ARENA_INIT;
	SCOPED(strvec_release) struct strvec texts = STRVEC_INIT;
	for (const struct json *item = json_first(array); item; item = json_next(item))
		strvec_push(&texts, json_text(item, "", &scratch));
	return text_joined(&texts, arena);
}

static bool begins_with_one(const char *text, const char *const *beginnings)
{
	for (; beginnings && *beginnings; beginnings++)
		if (!strncmp(text, *beginnings, strlen(*beginnings)))
			return true;
	return false;
}

const char *text_of_labels(const struct json *object, const char *const *hidden, struct arena *arena)
{
	SCOPED(arena_release) struct arena scratch = ARENA_INIT;
	SCOPED(strvec_release) struct strvec texts = STRVEC_INIT;
	for (const struct json *label = json_first(object); label; label = json_next(label))
		if (!begins_with_one(json_key(label), hidden))
			strvec_pushf(&texts, "%s=%s", json_key(label), json_text(label, "", &scratch));
	strvec_sort(&texts);
	return text_joined(&texts, arena);
}

const char *text_of_mounts(const struct json *array, struct arena *arena)
{
	SCOPED(arena_release) struct arena scratch = ARENA_INIT;
	SCOPED(strvec_release) struct strvec texts = STRVEC_INIT;
	for (const struct json *mount = json_first(array); mount; mount = json_next(mount)) {
		const char *name = json_text(mount, "Name", &scratch);
		strvec_push(&texts, *name ? name : json_text(mount, "Source", &scratch));
	}
	return text_joined(&texts, arena);
}
