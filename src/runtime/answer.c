/*
 * What docker's HTTP API answers, read as docker's CLI reads it.
 * Only where that prints in random order, a container's networks and an image's repositories, they are sorted here.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/api.h"
#include "runtime/texts.h"
#include "base/banned.h"

#define TEXT_MAX (64u * 1024 * 1024)
#define REFUSAL_MAX 4000
#define GO_ZERO_TIME (-62135596800LL) /* the year 1, which Go takes for "no time" */

/* ---- containers ---- */

static size_t count(const struct json *list)
{
	size_t nr = 0;
	for (const struct json *item = json_first(list); item; item = json_next(item))
		nr++;
	return nr;
}

static const char *own_name(const struct json *element, struct arena *arena)
{
	SCOPED(arena_release) struct arena scratch = ARENA_INIT;
	return container_own_name(text_of_array(json_child(element, "Names"), &scratch), arena);
}

static const char *image_name(const struct json *element, struct arena *arena)
{
	const char *image = json_text(element, "Image", arena);
	return *image ? image : "<no image>";
}

static const char *networks(const struct json *element, struct arena *arena)
{
	SCOPED(strvec_release) struct strvec texts = STRVEC_INIT;
	const struct json *network = json_first(json_child(element, "NetworkSettings.Networks"));
	for (; network; network = json_next(network))
		strvec_push(&texts, json_key(network));
	strvec_sort(&texts);
	return text_joined(&texts, arena);
}

/* One port, or several with following numbers that are shown as one. */
struct ports {
	const char *ip, *type;
	long long inner, last, outer;
	bool is_mapped; /* to another number of the host: shown for itself */
	size_t order;   /* in which the CLI comes to it; for a row: to that which ends it */
};

static int compare_numbers(long long a, long long b)
{
	return (a > b) - (a < b);
}

static int by_number(const void *left, const void *right)
{
	const struct ports *a = left, *b = right;
	int order = compare_numbers(a->inner, b->inner);
	order = order ? order : strcmp(a->ip, b->ip);
	order = order ? order : compare_numbers(a->outer, b->outer);
	return order ? order : strcmp(a->type, b->type);
}

static int compare_families(const struct ports *a, const struct ports *b)
{
	int order = a->is_mapped - b->is_mapped;
	order = order ? order : strcmp(a->ip, b->ip);
	return order ? order : strcmp(a->type, b->type);
}

static int by_family(const void *left, const void *right)
{
	const struct ports *a = left, *b = right;
	int order = compare_families(a, b);
	return order ? order : compare_numbers((long long)a->order, (long long)b->order);
}

static int by_order(const void *left, const void *right)
{
	const struct ports *a = left, *b = right;
	return compare_numbers((long long)a->order, (long long)b->order);
}

static void read_ports(const struct json *list, struct arena *arena, struct ports *out)
{
	size_t nr = 0;
	for (const struct json *port = json_first(list); port; port = json_next(port)) {
		struct ports one = {
			.ip = json_text(port, "IP", arena),
			.type = json_text(port, "Type", arena),
			.inner = json_number(port, "PrivatePort"),
			.last = json_number(port, "PrivatePort"),
			.outer = json_number(port, "PublicPort"),
		};
		one.is_mapped = *one.ip && one.outer != one.inner;
		out[nr++] = one;
	}
	qsort(out, nr, sizeof *out, by_number);
	for (size_t i = 0; i < nr; i++)
		out[i].order = i;
}

/*
 * The CLI goes through the ports by number and shows a row of them when it comes to one of the same family that does not follow; then, in the
 * order in which families began, the rows that were left; then what is mapped to other numbers. Returns how many rows there are.
 */
static size_t join_rows(struct ports *ports, size_t nr)
{
	size_t rows = 0, family = 0;
	qsort(ports, nr, sizeof *ports, by_family);
	for (size_t at = 0, next; at < nr; at = next) {
		struct ports row = ports[at];
		if (at == 0 || compare_families(&ports[at - 1], &row) != 0)
			family = row.order;
		for (next = at + 1; next < nr && !row.is_mapped; next++) {
			if (compare_families(&ports[next], &row) != 0 || ports[next].inner != row.last + 1)
				break;
			row.last++;
		}
		if (row.is_mapped)
			row.order += 2 * nr;
		else if (next < nr && compare_families(&ports[next], &row) == 0)
			row.order = ports[next].order;
		else
			row.order = nr + family;
		ports[rows++] = row;
	}
	qsort(ports, rows, sizeof *ports, by_order);
	return rows;
}

static void add_numbers(struct buf *out, long long first, long long last)
{
	buf_printf(out, "%lld", first);
	if (last != first)
		buf_printf(out, "-%lld", last);
}

static const char *published(const struct json *element, struct arena *arena)
{
	SCOPED(arena_release) struct arena scratch = ARENA_INIT;
	SCOPED(buf_release) struct buf out = BUF_INIT(TEXT_MAX);
	const struct json *list = json_child(element, "Ports");
	size_t nr = count(list);
	struct ports *ports = arena_alloc(&scratch, (nr + 1) * sizeof *ports);

	read_ports(list, &scratch, ports);
	nr = join_rows(ports, nr);
	for (size_t i = 0; i < nr; i++) {
		const struct ports *row = &ports[i];
		buf_add_text(&out, i > 0 ? ", " : "");
		if (*row->ip) {
			buf_printf(&out, strchr(row->ip, ':') ? "[%s]:" : "%s:", row->ip);
			if (row->is_mapped)
				buf_printf(&out, "%lld", row->outer);
			else
				add_numbers(&out, row->inner, row->last);
			buf_add_text(&out, "->");
		}
		add_numbers(&out, row->inner, row->last);
		buf_printf(&out, "/%s", row->type);
	}
	return arena_text(arena, buf_text(&out));
}

void api_container(const struct json *element, moment now, struct arena *arena, struct container *out)
{
	SCOPED(arena_release) struct arena scratch = ARENA_INIT;
	long long created = json_number(element, "Created");

	*out = (struct container){
		.id = json_text(element, "Id", arena),
		.name = own_name(element, arena),
		.image = image_name(element, arena),
		.image_id = json_text(element, "ImageID", arena),
		.command = text_quoted(json_text(element, "Command", &scratch), arena),
		.created_at = text_local_time(created, arena),
		.running_for = text_since(created, now, arena),
		.status = json_text(element, "Status", arena),
		.ports = published(element, arena),
		.labels = text_of_labels(json_child(element, "Labels"), NULL, arena),
		.mounts = text_of_mounts(json_child(element, "Mounts"), arena),
		.networks = networks(element, arena),
		.state = container_state_parse(json_text(element, "State", &scratch)),
	};
}

/* ---- images ---- */

/* One of an image's names. A digest is shown only where its repository has no tag, and once. */
struct reference {
	const char *repository, *tag;
	bool is_digest;
	size_t order;
};

static int compare_references(const void *left, const void *right)
{
	const struct reference *a = left, *b = right;
	int order = strcmp(a->repository, b->repository);
	order = order ? order : a->is_digest - b->is_digest;
	return order ? order : compare_numbers((long long)a->order, (long long)b->order);
}

/* "docker.io/library/busybox" is "busybox". */
static const char *familiar(const char *repository)
{
	static const char *const registries[] = { "docker.io/", "index.docker.io/" };
	for (size_t i = 0; i < ARRAY_LEN(registries); i++)
		if (!strncmp(repository, registries[i], strlen(registries[i])))
			repository += strlen(registries[i]);
	if (!strncmp(repository, "library/", 8) && !strchr(repository + 8, '/'))
		repository += 8;
	return repository;
}

/* REPOSITORY[:TAG][@DIGEST]; false for "<none>:<none>" and "<none>@<none>", engines' words for no name. */
static bool read_reference(const char *text, bool is_digest, struct arena *arena, struct reference *out)
{
	size_t len = strcspn(text, "@");
	const char *name = arena_copy(arena, text, len), *colon = strrchr(name, ':');
	bool has_tag = colon && !strchr(colon, '/');
	*out = (struct reference){
		.repository = familiar(has_tag ? arena_copy(arena, name, (size_t)(colon - name)) : name),
		.tag = has_tag && !is_digest ? colon + 1 : "<none>",
		.is_digest = is_digest,
	};
	return (is_digest ? text[len] == '@' : has_tag) && *out->repository && *out->repository != '<';
}

/* How many rows an image is at most. */
static size_t count_names(const struct json *element)
{
	return count(json_child(element, "RepoTags")) + count(json_child(element, "RepoDigests")) + 1;
}

static size_t read_references(const struct json *element, struct arena *arena, struct reference *out)
{
	static const char *const lists[] = { "RepoTags", "RepoDigests" };
	size_t nr = 0;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const struct json *item = json_first(json_child(element, lists[i]));
		for (; item; item = json_next(item)) {
			if (!read_reference(json_text(item, "", arena), i == 1, arena, &out[nr]))
				continue;
			out[nr].order = nr;
			nr++;
		}
	}
	qsort(out, nr, sizeof *out, compare_references);
	return nr;
}

static void add_image(const struct json *element, moment now, struct image_list *out)
{
	static const struct reference nameless = { .repository = "<none>", .tag = "<none>" };
	SCOPED(arena_release) struct arena scratch = ARENA_INIT;
	struct arena *arena = &out->arena;
	struct reference *names = arena_alloc(&scratch, count_names(element) * sizeof *names);
	size_t nr = read_references(element, arena, names);
	long long created = json_number(element, "Created");
	struct image image = {
		.id = json_text(element, "Id", arena),
		.created_at = text_local_time(created, arena),
		.created_since = created == GO_ZERO_TIME ? "" : text_since(created, now, arena),
		.size = text_human_size(json_number(element, "Size"), arena),
	};

	if (nr == 0)
		names[nr++] = nameless;
	for (size_t i = 0; i < nr; i++) {
		if (names[i].is_digest && i > 0 && !strcmp(names[i - 1].repository, names[i].repository))
			continue;
		image.repository = names[i].repository;
		image.tag = names[i].tag;
		out->items[out->nr++] = image;
	}
}

void api_images(const struct json_rows *elements, moment now, struct image_list *out)
{
	size_t room = 0;
	for (size_t i = 0; i < elements->nr; i++)
		room += count_names(elements->items[i]);
	*out = (struct image_list){ .items = xcalloc(room, sizeof *out->items) };
	for (size_t i = 0; i < elements->nr; i++)
		add_image(elements->items[i], now, out);
}

/* ---- refusals ---- */

void api_refusal(const char *body, size_t len, struct buf *words)
{
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	struct json_rows rows = { 0 };
	struct error ignored;
	const char *message = "";

	if (json_parse_rows(body, len, &rows, &ignored) == 0 && rows.nr == 1)
		message = json_text(rows.items[0], "message", &arena);
	json_rows_release(&rows);
	if (!*message)
		message = arena_copy(&arena, body, len < REFUSAL_MAX ? len : REFUSAL_MAX);
	message += strspn(message, " \t\n\v\f\r");
	if (!*message)
		message = "it said nothing";
	size_t end = strnlen(message, REFUSAL_MAX);
	while (end > 0 && isspace((unsigned char)message[end - 1]))
		end--;
	buf_printf(words, "Error response from daemon: %.*s", (int)end, message);
}
