/* Any bytes as an answer of docker's API: no crash, no text that is missing, and a row for each image. And as a target of `inspect` and a filter. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/api.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW (INT64_C(1795672974) * MOMENT_SECOND)

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void decode_container(const struct json *element)
{
	struct arena arena = ARENA_INIT;
	struct container row;
	api_container(element, NOW, &arena, &row);
	size_t end = strlen(row.command);
	require(row.id && row.name && *row.image && row.created_at && *row.running_for && row.status && row.ports && row.labels && row.mounts &&
		row.networks);
	require(end >= 2 && row.command[0] == '"' && row.command[end - 1] == '"');
	require(container_state_name(row.state) != NULL);
	arena_release(&arena);
}

static void decode_images(const struct json_rows *rows)
{
	struct image_list list;
	api_images(rows, NOW, &list);
	require(list.nr >= rows->nr);
	for (size_t i = 0; i < list.nr; i++) {
		const struct image *row = &list.items[i];
		require(row->id && *row->repository && row->tag && row->created_at && row->created_since && *row->size);
	}
	image_list_release(&list);
}

static void refuse(const char *body, size_t len)
{
	struct buf words = BUF_INIT(10000);
	api_refusal(body, len, &words);
	require(words.len > strlen("Error response from daemon: "));
	buf_release(&words);
}

static void ask(enum verb verb, const char *option, const char *text)
{
	struct buf target = BUF_INIT(REQUEST_TARGET_MAX);
	struct action action;
	action_init(&action, verb);
	if (option)
		strvec_pushf(&action.options, "%s%s", option, text);
	else
		strvec_push(&action.targets, text);
	if (api_target(&action, &target))
		require(target.bytes[0] == '/' && !strpbrk(target.bytes, " \r\n#\"") && !strstr(target.bytes, "/../"));
	else
		require(target.len == 0);
	action_release(&action);
	buf_release(&target);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_rows rows;
	struct error err;
	char *text = xcalloc(1, size + 1);
	memcpy(text, data, size);

	refuse(text, size);
	ask(VERB_INSPECT, NULL, text);
	ask(VERB_LIST, "--", text);
	ask(VERB_LIST, "--filter=label=", text);
	if (json_parse_rows(text, size, &rows, &err) == 0) {
		for (size_t i = 0; i < rows.nr; i++)
			decode_container(rows.items[i]);
		decode_images(&rows);
		json_rows_release(&rows);
	}
	free(text);
	return 0;
}
