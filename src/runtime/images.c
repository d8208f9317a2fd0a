#include "runtime/images.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "runtime/dialect.h"
#include "runtime/texts.h"
#include "base/banned.h"

#define HEX_DIGITS "0123456789abcdef"
#define ID_PREFIX_MIN 4

static const char sha256[] = "sha256:";

/* Without its algorithm. */
static const char *id_digits(const char *id)
{
	return strncmp(id, sha256, strlen(sha256)) == 0 ? id + strlen(sha256) : id;
}

static bool is_whole_id(const char *text, size_t len)
{
	return len == CONTAINER_ID_LEN && strspn(text, HEX_DIGITS) >= len;
}

static const char *without_prefix(const char *name, const char *const *prefixes)
{
	for (; prefixes && *prefixes; prefixes++)
		if (!strncmp(name, *prefixes, strlen(*prefixes)))
			return name + strlen(*prefixes);
	return name;
}

/* ---- lines ---- */

static bool takes_word(const char **text, const char *word)
{
	size_t len = strlen(word);
	if (strncasecmp(*text, word, len) != 0)
		return false;
	*text += len;
	return true;
}

/* nerdctl tells a name and its digest as one, where docker has the name. */
static size_t name_len(const char *name)
{
	const char *at = strchr(name, '@'), *colon = at ? memrchr(name, ':', (size_t)(at - name)) : NULL;
	const char *slash = at ? memrchr(name, '/', (size_t)(at - name)) : NULL;
	return colon && colon > name && (!slash || colon > slash) ? (size_t)(at - name) : strlen(name);
}

static void add_name(const struct runtime *runtime, const char *verb, const char *name, struct buf *out)
{
	name = oci_familiar_image(runtime->dialect, name);
	buf_printf(out, "%s: %.*s\n", verb, (int)name_len(name), name);
}

static void add_line(const struct runtime *runtime, const char *line, struct buf *out)
{
	if (takes_word(&line, "unpacking ") || !*line)
		return;
	if (takes_word(&line, "untagged: "))
		add_name(runtime, "Untagged", line, out);
	else if (takes_word(&line, "loaded image: ") || takes_word(&line, "loaded image(s): "))
		add_name(runtime, "Loaded image", line, out);
	else if (takes_word(&line, "deleted: "))
		buf_printf(out, "Deleted: %s%s\n", sha256, id_digits(line));
	else
		buf_printf(out, "%s\n", line);
}

void image_lines(const struct runtime *runtime, const char *text, size_t len, struct buf *out)
{
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	for (size_t at = 0; at < len;) {
		const char *newline = memchr(text + at, '\n', len - at);
		size_t line_len = newline ? (size_t)(newline - text) - at : len - at;
		add_line(runtime, arena_copy(&arena, text + at, line_len), out);
		at += line_len + 1;
	}
}

/* ---- history ---- */

/* docker's keys, nerdctl's, podman's. */
static const char *first_text(const struct json *row, const char *const *keys, struct arena *arena)
{
	const char *text = "";
	for (; *keys && !*text; keys++)
		text = json_text(row, *keys, arena);
	return text;
}

#define FIRST_TEXT(row, arena, ...) first_text(row, (const char *const[]){ __VA_ARGS__, NULL }, arena)

static void read_step(const struct json *row, moment now, struct arena *arena, struct image_step *out)
{
	moment created = 0;
	*out = (struct image_step){
		.id = FIRST_TEXT(row, arena, "ID", "Snapshot", "id"),
		.created_at = FIRST_TEXT(row, arena, "CreatedAt", "Created", "created"),
		.created_since = json_text(row, "CreatedSince", arena),
		.created_by = json_text(row, "CreatedBy", arena),
		.size = json_text(row, "Size", arena),
		.comment = FIRST_TEXT(row, arena, "Comment", "comment"),
	};
	if (is_whole_id(out->id, strlen(out->id))) {
		char *id = arena_alloc(arena, strlen(sha256) + CONTAINER_ID_LEN + 1);
		memcpy(id, sha256, strlen(sha256));
		memcpy(id + strlen(sha256), out->id, CONTAINER_ID_LEN + 1);
		out->id = id;
	}
	if (!*out->created_since && moment_scan(out->created_at, strlen(out->created_at), &created))
		out->created_since = text_since(created / MOMENT_SECOND, now, arena);
	if (!*out->size)
		out->size = text_human_size(json_number(row, "size"), arena);
}

int image_history_read(const char *text, size_t len, moment now, struct image_history *out, struct error *err)
{
	struct json_rows rows;
	if (json_parse_rows(text, len, &rows, err) < 0)
		return -1;
	*out = (struct image_history){ .items = xcalloc(rows.nr + 1, sizeof *out->items) };
	for (size_t i = 0; i < rows.nr; i++)
		read_step(rows.items[i], now, &out->arena, &out->items[out->nr++]);
	json_rows_release(&rows);
	return 0;
}

void image_history_release(struct image_history *history)
{
	free(history->items);
	arena_release(&history->arena);
	*history = (struct image_history){ 0 };
}

/* ---- who uses it ---- */

/* However its registry is written. */
static const char *plain_name(const struct runtime *runtime, const char *name)
{
	static const char *const docker_hub[] = { "docker.io/library/", "docker.io/", NULL };
	const char *familiar = oci_familiar_image(runtime->dialect, name);
	return familiar != name ? familiar : without_prefix(name, docker_hub);
}

static bool is_named(const struct runtime *runtime, const struct image *image, const char *name)
{
	const char *repository = plain_name(runtime, image->repository);
	size_t len = strlen(repository);
	if (!strcmp(repository, "<none>") || strncmp(name, repository, len) != 0)
		return false;
	if (name[len] == ':')
		return !strcmp(name + len + 1, image->tag);
	return name[len] == '\0' && !strcmp(image->tag, "latest");
}

static bool has_id(const struct image *image, const char *digits)
{
	return !strncmp(id_digits(image->id), digits, strlen(digits));
}

const struct image *image_find(const struct runtime *runtime, const struct image_list *images, const char *name)
{
	const char *plain = plain_name(runtime, name), *digits = id_digits(name);
	for (size_t i = 0; i < images->nr; i++) /* a name counts before the beginning of an id */
		if (is_named(runtime, &images->items[i], plain))
			return &images->items[i];
	if (strlen(digits) < ID_PREFIX_MIN || digits[strspn(digits, HEX_DIGITS)])
		return NULL;
	for (size_t i = 0; i < images->nr; i++)
		if (has_id(&images->items[i], digits))
			return &images->items[i];
	return NULL;
}

/* A name may be another image's by now. */
static bool is_made_of(const struct runtime *runtime, const struct image_list *images, const struct container *container, const char *id)
{
	if (*container->image_id)
		return !strcmp(id_digits(container->image_id), id_digits(id));
	const struct image *image = image_find(runtime, images, container->image);
	return image && !strcmp(id_digits(image->id), id_digits(id));
}

void image_users(const struct runtime *runtime, const struct image_list *images, const struct container_list *containers, const char *id,
		 struct strvec *names)
{
	for (size_t i = 0; i < containers->nr; i++)
		if (is_made_of(runtime, images, &containers->items[i], id))
			strvec_push(names, containers->items[i].name);
}

static bool names_image(const struct image_list *images, const char *id)
{
	for (size_t i = 0; i < images->nr; i++)
		if (strcmp(images->items[i].repository, "<none>") != 0 && !strcmp(id_digits(images->items[i].id), id_digits(id)))
			return true;
	return false;
}

bool image_unnamed_used(const struct image_list *images, const struct container_list *containers)
{
	for (size_t i = 0; i < containers->nr; i++)
		if (!names_image(images, containers->items[i].image_id))
			return true;
	return false;
}

moment image_created(const struct image *image)
{
	moment at = 0;
	moment_scan_go(image->created_at, strlen(image->created_at), &at);
	return at;
}

int64_t image_bytes(const struct image *const *images, size_t nr)
{
	int64_t sum = 0;
	for (size_t i = 0; i < nr; i++) {
		int64_t size = 0;
		bool counted = false;
		for (size_t j = 0; j < i && !counted; j++)
			counted = !strcmp(images[j]->id, images[i]->id);
		if (!counted && text_size(images[i]->size, 1000, &size))
			sum += size;
	}
	return sum;
}
