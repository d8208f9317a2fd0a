/* Any bytes as the engine's reply to `ps`, `images`, `inspect`, `create` and `info`, and as an event: no crash, and only whole results. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/json.h"
#include "runtime/runtime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check(const struct result *result)
{
	for (size_t i = 0; i < result->containers.nr; i++) {
		const struct container *row = &result->containers.items[i];
		require(strlen(row->id) == CONTAINER_ID_LEN && row->name && row->image && row->command && row->status &&
			row->labels);
		require(container_state_name(row->state) != NULL);
	}
	for (size_t i = 0; i < result->details.nr; i++) {
		const struct container_detail *row = &result->details.items[i];
		require(strlen(row->id) == CONTAINER_ID_LEN && row->name && row->log_driver && row->error && row->log_kept >= 0);
	}
	for (size_t i = 0; i < result->images.nr; i++)
		require(result->images.items[i].id && result->images.items[i].repository &&
			result->images.items[i].tag);
}

static void decode(const struct runtime *runtime, enum verb verb, const uint8_t *data, size_t size, int status)
{
	struct action action;
	struct reply reply;
	struct result result = { 0 };
	struct error err = { 0 };

	action_init(&action, verb);
	strvec_push_all(&action.targets, "a", "b", NULL);
	reply_init(&reply);
	buf_add(&reply.out, data, size);
	buf_add(&reply.err, data, size);
	reply.status = status;
	if (runtime->decode(runtime, &action, &reply, &result, &err) == 0)
		check(&result);
	else
		require(err.kind != ERROR_NONE && err.text[0]);
	result_release(&result);
	reply_release(&reply);
	action_release(&action);
}

static void read_event(const struct runtime *runtime, const char *line, size_t len)
{
	struct container_event event;
	if (runtime->read_event(runtime, line, len, &event))
		require(strspn(event.id, "0123456789abcdef") == CONTAINER_ID_LEN);
}

static void write_and_read(const uint8_t *data, size_t size)
{
	struct buf out = BUF_INIT(16 * size + 100);
	struct json_rows rows;
	struct error err;
	struct arena arena = ARENA_INIT;
	char *text = xcalloc(1, size + 1);
	memcpy(text, data, size);

	buf_add_text(&out, "{\"key\":");
	json_add_text(&out, text);
	buf_add_text(&out, "}");
	require(json_parse_rows(out.bytes, out.len, &rows, &err) == 0 && rows.nr == 1);
	require((text[0] == '\0') == (json_text(rows.items[0], "key", &arena)[0] == '\0'));
	json_rows_release(&rows);
	arena_release(&arena);
	buf_release(&out);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum verb verbs[] = { VERB_LIST, VERB_IMAGES, VERB_INSPECT, VERB_CREATE, VERB_START, VERB_IDENTITY };
	for (const struct runtime *const *runtime = runtimes; *runtime; runtime++)
		for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
			for (int status = 0; status < 2; status++)
				decode(*runtime, verbs[i], data, size, status);
	for (const struct runtime *const *runtime = runtimes; *runtime; runtime++)
		read_event(*runtime, (const char *)data, size);
	write_and_read(data, size);
	return 0;
}
