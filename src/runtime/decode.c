/* Replies of docker, nerdctl and podman → values. What differs between them is data, in their dialects. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/json.h"
#include "runtime/api.h"
#include "runtime/details.h"
#include "runtime/dialect.h"
#include "runtime/images.h"
#include "runtime/refusal.h"
#include "runtime/resources.h"
#include "runtime/usage.h"
#include "base/banned.h"

#define HEALTH_FAILED 1 /* the status of a check that was run, and failed */

const char *oci_familiar_image(const struct dialect *dialect, const char *name)
{
	for (const char *const *registry = dialect->registries; registry && *registry; registry++)
		if (!strncmp(name, *registry, strlen(*registry)))
			return name + strlen(*registry);
	return name;
}

/* "2.13 MB" is docker's "2.13MB". */
static const char *without_blanks(const char *text, struct arena *arena)
{
	char *copy = arena_text(arena, text), *to = copy;
	for (; *text; text++)
		if (*text != ' ')
			*to++ = *text;
	*to = '\0';
	return copy;
}

static void decode_image(const struct dialect *dialect, const struct json *row, struct arena *arena, struct image *out)
{
	*out = (struct image){
		.id = json_text(row, "ID", arena),
		.repository = oci_familiar_image(dialect, json_text(row, "Repository", arena)),
		.tag = json_text(row, "Tag", arena),
		.created_at = json_text(row, "CreatedAt", arena),
		.created_since = json_text(row, "CreatedSince", arena),
		.size = without_blanks(json_text(row, "Size", arena), arena),
	};
}

static bool id_valid(const char *id)
{
	return strlen(id) == CONTAINER_ID_LEN && strspn(id, "0123456789abcdef") == CONTAINER_ID_LEN;
}

static int check_id(const struct runtime *self, const char *id, struct error *err)
{
	if (id_valid(id))
		return 0;
	return error_set(err, ERROR_RUNTIME, "%s gave a container without a valid id ('%.70s')", self->name, id);
}

static void turn_round(struct container_list *list)
{
	for (size_t i = 0; i < list->nr / 2; i++) {
		struct container one = list->items[i];
		list->items[i] = list->items[list->nr - 1 - i];
		list->items[list->nr - 1 - i] = one;
	}
}

static int decode_containers(const struct runtime *self, const struct json_rows *rows, bool http, struct container_list *out,
			     struct error *err)
{
	const struct dialect *dialect = self->dialect;
	moment now = moment_now();
	out->items = xcalloc(rows->nr + 1, sizeof *out->items);
	for (size_t i = 0; i < rows->nr; i++) {
		struct container *one = &out->items[out->nr];
		if (http)
			api_container(rows->items[i], now, &out->arena, one);
		else
			dialect->read_container(rows->items[i], now, &out->arena, one);
		if (dialect->blank_when_gone && !*one->id && !*one->name)
			continue;
		one->image = oci_familiar_image(dialect, one->image);
		out->nr++;
		if (check_id(self, one->id, err) < 0)
			return -1;
	}
	if (dialect->oldest_first)
		turn_round(out);
	return 0;
}

static int decode_details(const struct runtime *self, const struct json_rows *rows, struct detail_list *out, struct error *err)
{
	out->items = xcalloc(rows->nr + 1, sizeof *out->items);
	for (size_t i = 0; i < rows->nr; i++) {
		detail_read(self->dialect, rows->items[i], &out->arena, &out->items[out->nr]);
		if (check_id(self, out->items[out->nr++].id, err) < 0)
			return -1;
	}
	return 0;
}

static void decode_images(const struct runtime *self, const struct json_rows *rows, struct image_list *out)
{
	out->items = xcalloc(rows->nr + 1, sizeof *out->items);
	for (size_t i = 0; i < rows->nr; i++)
		decode_image(self->dialect, rows->items[i], &out->arena, &out->items[out->nr++]);
}

static void decode_usages(const struct json_rows *rows, struct usage_list *out)
{
	out->items = xcalloc(rows->nr + 1, sizeof *out->items);
	for (size_t i = 0; i < rows->nr; i++)
		usage_read(rows->items[i], &out->arena, &out->items[out->nr++]);
}

static int decode_rows(const struct runtime *self, enum verb verb, const struct reply *reply, struct result *out,
		       struct error *err)
{
	struct json_rows rows;
	if (json_parse_rows(buf_text(&reply->out), reply->out.len, &rows, err) < 0)
		return error_wrap(err, "%s printed something unreadable", self->name);
	int failed = 0;
	if (verb == VERB_LIST)
		failed = decode_containers(self, &rows, reply->code != 0, &out->containers, err);
	else if (verb == VERB_INSPECT)
		failed = decode_details(self, &rows, &out->details, err);
	else if (verb == VERB_STATS)
		decode_usages(&rows, &out->usages);
	else if (verb == VERB_NETWORKS)
		networks_read(self->dialect, &rows, &out->resources);
	else if (verb == VERB_VOLUMES)
		volumes_read(&rows, &out->resources);
	else if (reply->code)
		api_images(&rows, moment_now(), &out->images);
	else
		decode_images(self, &rows, &out->images);
	json_rows_release(&rows);
	return failed;
}

/* The id is the last line: a pull before it may print others. */
static int decode_created(const struct runtime *self, const struct reply *reply, struct result *out, struct error *err)
{
	const char *text = buf_text(&reply->out);
	size_t end = reply->out.len;
	while (end > 0 && isspace((unsigned char)text[end - 1]))
		end--;
	size_t start = end;
	while (start > 0 && text[start - 1] != '\n')
		start--;
	snprintf(out->id, sizeof out->id, "%.*s", (int)(end - start), text + start);
	return end - start == CONTAINER_ID_LEN ? check_id(self, out->id, err)
					       : error_set(err, ERROR_RUNTIME, "%s create printed no id", self->name);
}

/* docker's form: sha256: and 64 digits. */
static int decode_committed(const struct runtime *self, const struct reply *reply, struct buf *out, struct error *err)
{
	const char *text = buf_text(&reply->out);
	size_t len = reply->out.len;
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		len--;
	const char *newline = len ? memrchr(text, '\n', len) : NULL;
	const char *id = newline ? newline + 1 : text;
	size_t digits = len - (size_t)(id - text);
	if (digits > 7 && !strncmp(id, "sha256:", 7)) {
		id += 7;
		digits -= 7;
	}
	if (digits != CONTAINER_ID_LEN || strspn(id, "0123456789abcdef") < digits)
		return error_set(err, ERROR_RUNTIME, "%s commit printed no id", self->name);
	buf_init(out, REQUEST_REPLY_MAX);
	return buf_printf(out, "sha256:%.*s\n", (int)digits, id);
}

/* Each path once, as added if it is said to be: nerdctl says of what was added that it changed as well. */
static int decode_changes(const struct reply *reply, struct buf *out)
{
	SCOPED(strvec_release) struct strvec lines = STRVEC_INIT;
	const char *text = buf_text(&reply->out), *before = "";
	buf_init(out, REQUEST_REPLY_MAX);
	for (size_t len; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		if (len > 2 && text[1] == ' ' && strchr("ACD", *text))
			strvec_pushf(&lines, "%.*s %c", (int)(len - 2), text + 2, *text);
	}
	if (lines.nr)
		strvec_sort(&lines);
	for (size_t i = 0; i < lines.nr; i++) {
		const char *line = lines.items[i];
		size_t path = strlen(line) - 2;
		if (strlen(before) == path + 2 && !strncmp(before, line, path + 1))
			continue;
		if (buf_printf(out, "%c %.*s\n", line[path + 1], (int)path, line) < 0)
			return -1;
		before = line;
	}
	return 0;
}

/* The CLI prints it by itself, the API has it among much else. */
static const char *identity_text(const struct reply *reply, struct arena *arena)
{
	struct json_rows rows;
	struct error ignored;
	if (!reply->code)
		return buf_text(&reply->out);
	if (json_parse_rows(buf_text(&reply->out), reply->out.len, &rows, &ignored) < 0)
		return "";
	const char *text = rows.nr ? json_text(rows.items[0], "ID", arena) : "";
	json_rows_release(&rows);
	return text;
}

static int decode_identity(const struct runtime *self, const struct reply *reply, struct result *out, struct error *err)
{
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	const struct dialect *dialect = self->dialect;
	dialect->read_identity(identity_text(reply, &arena), out->engine);
	return out->engine[0] ? 0 : error_set(err, ERROR_RUNTIME, "%s gave no id of its engine", self->name);
}

static void copy_text(const struct json *row, const char *path, char *out, size_t size, struct arena *arena)
{
	snprintf(out, size, "%s", path ? json_text(row, path, arena) : "");
}

/* docker's CLI prints an empty one where no engine answers. */
static int decode_info(const struct runtime *self, const struct reply *reply, struct engine_info *out, struct error *err)
{
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	const struct dialect *dialect = self->dialect;
	struct json_rows rows;
	if (json_parse_rows(buf_text(&reply->out), reply->out.len, &rows, err) < 0)
		return error_wrap(err, "%s printed something unreadable", self->name);
	const struct json *row = rows.nr ? rows.items[0] : NULL;
	copy_text(row, dialect->info_version, out->version, sizeof out->version, &arena);
	copy_text(row, dialect->info_log_driver, out->log_driver, sizeof out->log_driver, &arena);
	copy_text(row, dialect->info_root, out->root, sizeof out->root, &arena);
	out->clock = dialect->info_clock ? detail_moment(row, dialect->info_clock, &arena) : 0;
	out->remote = dialect->info_remote && json_bool(row, dialect->info_remote);
	json_rows_release(&rows);
	return *out->version ? 0 : error_set(err, ERROR_RUNTIME, "%s gave no version of its engine", self->name);
}

/* "137" */
static int decode_exit_code(const struct runtime *self, const struct reply *reply, struct result *out, struct error *err)
{
	const char *text = buf_text(&reply->out);
	size_t digits = strspn(text, "0123456789");
	if (!digits || digits > 9 || text[digits + strspn(text + digits, "\r\n")])
		return error_set(err, ERROR_RUNTIME, "%s wait printed no status: '%.40s'", self->name, text);
	out->exit_code = (int)strtol(text, NULL, 10);
	return 0;
}

/* "Docker version 28.2.2, build e6534b4", "podman version 4.3.1" */
static int decode_client(const struct runtime *self, const struct reply *reply, struct result *out, struct error *err)
{
	const char *text = strstr(buf_text(&reply->out), "version ");
	if (!text)
		return error_set(err, ERROR_RUNTIME, "%s --version printed no version", self->name);
	text += strlen("version ");
	snprintf(out->client, sizeof out->client, "%.*s", (int)strcspn(text, ",\n"), text);
	return 0;
}

enum container_happening happening_of(const char *word, const struct happening *words)
{
	while (words->word && strcmp(words->word, word) != 0)
		words++;
	if (words->word)
		return words->what;
	for (enum container_happening what = HAPPENED_OTHER; what <= HAPPENED_DESTROY; what++)
		if (!strcmp(happening_word(what), word))
			return what;
	return HAPPENED_OTHER;
}

/* docker and podman say it by a type, containerd by the first part of a topic. */
static void read_about(const struct json *row, struct arena *arena, struct container_event *out)
{
	const char *type = json_text(row, "Type", arena);
	if (!strcmp(type, "image") || !strncmp(json_text(row, "Topic", arena), "/images/", 8))
		out->about = ABOUT_IMAGE;
	else if (!strcmp(type, "network"))
		out->about = ABOUT_NETWORK;
	else if (!strcmp(type, "volume"))
		out->about = ABOUT_VOLUME;
}

bool oci_read_event(const struct runtime *self, const char *line, size_t len, struct container_event *out)
{
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	const struct dialect *dialect = self->dialect;
	struct json_rows rows;
	struct error ignored;

	*out = (struct container_event){ 0 };
	if (json_parse_rows(line, len, &rows, &ignored) < 0)
		return false;
	if (rows.nr) {
		dialect->read_event(rows.items[0], &arena, out);
		read_about(rows.items[0], &arena, out);
	}
	json_rows_release(&rows);
	const char *image = arena_text(&arena, oci_familiar_image(dialect, out->image));
	snprintf(out->image, sizeof out->image, "%s", image);
	return out->about == ABOUT_CONTAINER && id_valid(out->id);
}

static bool tells_of_images(enum verb verb)
{
	return verb == VERB_IMAGE_REMOVE || verb == VERB_LOAD;
}

/* nerdctl does not say by its status that it does not understand a template. */
static bool prints_something(enum verb verb)
{
	return verb == VERB_INSPECT_RAW || verb == VERB_IMAGE_INSPECT || verb == VERB_NETWORK_INSPECT || verb == VERB_VOLUME_INSPECT;
}

int oci_decode(const struct runtime *self, const struct action *action, const struct reply *reply, struct result *out,
	       struct error *err)
{
	struct result result = { 0 };
	int failed = 0;

	/* `inspect` of several gives those it found, and fails for the others. */
	const struct dialect *dialect = self->dialect;
	bool some = action->verb == VERB_INSPECT && action->targets.nr > 1 && !dialect->inspects_singly;
	bool inner = action->verb == VERB_EXEC || action->verb == VERB_ATTACH || action->verb == VERB_START_ATTACHED;
	if (inner && reply->status != 0)
		return refusal_of_inner(self, action, reply, err);
	bool unhealthy = action->verb == VERB_HEALTH && reply->status == HEALTH_FAILED;
	bool failed_all_the_same = prints_something(action->verb) && !reply->out.len && reply->err.len;
	if ((reply->status != 0 && !some && !unhealthy) || failed_all_the_same)
		return refusal_read(self, action, reply, err);
	switch (action->verb) {
	case VERB_LIST:
	case VERB_IMAGES:
	case VERB_INSPECT:
	case VERB_STATS:
	case VERB_NETWORKS:
	case VERB_VOLUMES:
		failed = decode_rows(self, action->verb, reply, &result, err);
		break;
	case VERB_CREATE:
		failed = decode_created(self, reply, &result, err);
		break;
	case VERB_INFO:
		failed = decode_info(self, reply, &result.info, err);
		break;
	case VERB_CLIENT:
		failed = decode_client(self, reply, &result, err);
		break;
	case VERB_WAIT:
		failed = decode_exit_code(self, reply, &result, err);
		break;
	case VERB_IDENTITY:
		failed = decode_identity(self, reply, &result, err);
		break;
	case VERB_WINDOW:
		if (dialect->skips_record && strstr(buf_text(&reply->err), dialect->skips_record))
			failed = refusal_read(self, action, reply, err);
		break;
	default:
		break;
	}
	if (!failed && action->verb == VERB_COMMIT)
		failed = decode_committed(self, reply, &result.text, err);
	else if (!failed && action->verb == VERB_DIFF)
		failed = decode_changes(reply, &result.text);
	else if (!failed && oci_says(action->verb)) {
		buf_init(&result.text, REQUEST_REPLY_MAX);
		if (tells_of_images(action->verb))
			image_lines(self, buf_text(&reply->out), reply->out.len, &result.text);
		else
			failed = buf_add(&result.text, buf_text(&reply->out), reply->out.len);
	}
	/* … unless no engine answered, which gives none as well. */
	if (!failed && some && reply->status != 0 && result.details.nr == 0 && refusal_read(self, action, reply, err) < 0)
		failed = err->kind == ERROR_NOT_FOUND ? 0 : -1;
	if (failed < 0) {
		result_release(&result);
		return -1;
	}
	*out = result;
	return 0;
}
