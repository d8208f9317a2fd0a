#include "model/json.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/glyph.h"
#include "base/banned.h"

#define ROWS_MAX 1000000

/* cJSON's type stays in this file. */
static const cJSON *inside(const struct json *value)
{
	return (const cJSON *)value;
}

static int add_row(struct json_rows *rows, const cJSON *value, size_t *room, struct error *err)
{
	if (!cJSON_IsObject(value))
		return error_set(err, ERROR_RUNTIME, "expected JSON objects, found another value");
	if (rows->nr == ROWS_MAX)
		return error_set(err, ERROR_RUNTIME, "more than %d rows", ROWS_MAX);
	if (rows->nr == *room) {
		*room = *room ? *room * 2 : 64;
		rows->items = xrealloc(rows->items, *room * sizeof *rows->items);
	}
	rows->items[rows->nr++] = (const struct json *)value;
	return 0;
}

static int add_root(struct json_rows *rows, cJSON *root, size_t *room, size_t *roots_room, struct error *err)
{
	if (rows->roots_nr == *roots_room) {
		*roots_room = *roots_room ? *roots_room * 2 : 64;
		rows->roots = xrealloc(rows->roots, *roots_room * sizeof *rows->roots);
	}
	rows->roots[rows->roots_nr++] = (struct json *)root;
	if (!cJSON_IsArray(root))
		return add_row(rows, root, room, err);
	const cJSON *item;
	cJSON_ArrayForEach(item, root)
		if (add_row(rows, item, room, err) < 0)
			return -1;
	return 0;
}

int json_parse_rows(const char *bytes, size_t len, struct json_rows *out, struct error *err)
{
	struct json_rows rows = { 0 };
	size_t room = 0, roots_room = 0, at = 0;

	for (;;) {
		while (at < len && strchr(" \t\r\n", bytes[at]) && bytes[at])
			at++;
		if (at == len)
			break;
		const char *end = bytes + at;
		cJSON *root = cJSON_ParseWithLengthOpts(bytes + at, len - at, &end, 0);
		if (!root) {
			error_set(err, ERROR_RUNTIME, "not JSON at byte %zu", (size_t)(end - bytes));
			goto failed;
		}
		if (add_root(&rows, root, &room, &roots_room, err) < 0)
			goto failed;
		at = (size_t)(end - bytes);
	}
	*out = rows;
	return 0;
failed:
	json_rows_release(&rows);
	return -1;
}

void json_rows_release(struct json_rows *rows)
{
	for (size_t i = 0; i < rows->roots_nr; i++)
		cJSON_Delete((cJSON *)rows->roots[i]);
	free(rows->roots);
	free(rows->items);
	*rows = (struct json_rows){ 0 };
}

static const cJSON *find(const struct json *object, const char *path)
{
	const cJSON *value = inside(object);
	while (value && *path) {
		char key[64];
		size_t len = strcspn(path, ".");
		if (len >= sizeof key)
			return NULL;
		memcpy(key, path, len);
		key[len] = '\0';
		value = cJSON_GetObjectItemCaseSensitive(value, key);
		path += len + (path[len] == '.');
	}
	return value;
}

const char *json_text(const struct json *object, const char *path, struct arena *arena)
{
	const cJSON *value = find(object, path);
	return cJSON_IsString(value) && value->valuestring ? arena_text(arena, value->valuestring) : "";
}

long long json_number(const struct json *object, const char *path)
{
	const cJSON *value = find(object, path);
	if (!cJSON_IsNumber(value) || !(value->valuedouble > -9e18 && value->valuedouble < 9e18))
		return 0;
	return (long long)value->valuedouble;
}

bool json_bool(const struct json *object, const char *path)
{
	return cJSON_IsTrue(find(object, path));
}

static bool holds_values(const cJSON *value)
{
	return cJSON_IsArray(value) || cJSON_IsObject(value);
}

const struct json *json_child(const struct json *object, const char *path)
{
	const cJSON *value = find(object, path);
	return holds_values(value) ? (const struct json *)value : NULL;
}

const struct json *json_first(const struct json *container)
{
	return holds_values(inside(container)) ? (const struct json *)inside(container)->child : NULL;
}

const struct json *json_next(const struct json *item)
{
	return item ? (const struct json *)inside(item)->next : NULL;
}

const char *json_key(const struct json *item)
{
	return item && inside(item)->string ? inside(item)->string : "";
}

bool json_is_list(const struct json *item)
{
	return cJSON_IsArray(inside(item));
}

const char *json_scalar(const struct json *item, struct arena *arena)
{
	const cJSON *value = inside(item);
	char number[64];
	if (cJSON_IsString(value) && value->valuestring)
		return arena_text(arena, value->valuestring);
	if (cJSON_IsBool(value))
		return cJSON_IsTrue(value) ? "true" : "false";
	if (!cJSON_IsNumber(value))
		return NULL;
	snprintf(number, sizeof number, "%.15g", value->valuedouble);
	return arena_text(arena, number);
}

/* As in JSON's own text: two halves where one number is not enough. */
static void add_escape(struct buf *out, uint32_t point)
{
	if (point >= 0x10000)
		buf_printf(out, "\\u%04x\\u%04x", 0xd800 + ((point - 0x10000) >> 10),
			   0xdc00 + ((point - 0x10000) & 0x3ff));
	else
		buf_printf(out, "\\u%04x", point);
}

/* What a terminal would act on is escaped: the value is the same. */
void json_add_bytes(struct buf *out, const char *text, size_t len)
{
	size_t taken;
	buf_add(out, "\"", 1);
	for (size_t at = 0; at < len; at += taken) {
		uint32_t point;
		taken = glyph_decode(text + at, len - at, &point);
		if (taken == 0)
			buf_add_text(out, "\xef\xbf\xbd");
		else if (point == '"' || point == '\\')
			buf_printf(out, "\\%c", (char)point);
		else if (glyph_kind(point) == GLYPH_HIDDEN)
			add_escape(out, point);
		else
			buf_add(out, text + at, taken);
		taken += taken == 0;
	}
	buf_add(out, "\"", 1);
}

void json_add_text(struct buf *out, const char *text)
{
	json_add_bytes(out, text, strlen(text));
}
