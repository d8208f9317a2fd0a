#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "runtime/api.h"
#include "scratch.h"
#include "suite.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DATA "tests/data/"
#define NOW (INT64_C(1795672974) * MOMENT_SECOND)

static struct action action;
static struct buf target;
static struct json_rows rows;
static struct arena arena;
static struct image_list images;

static void setup(void)
{
	setenv("TZ", "UTC", 1);
	tzset();
	action_init(&action, VERB_LIST);
	buf_init(&target, 1000000);
	memset(&rows, 0, sizeof rows);
	memset(&images, 0, sizeof images);
	memset(&arena, 0, sizeof arena);
}

static void teardown(void)
{
	action_release(&action);
	buf_release(&target);
	json_rows_release(&rows);
	image_list_release(&images);
	arena_release(&arena);
}

static void again(enum verb verb)
{
	teardown();
	setup();
	action.verb = verb;
}

/* ---- what is asked ---- */

static void push_words(struct strvec *out, const char *words)
{
	for (; *words; words += strcspn(words, "|"), words += *words == '|')
		strvec_push_len(out, words, strcspn(words, "|"));
}

#define EVENTS                                                                                                         \
	"filters=%7B%22type%22%3A%7B%22container%22%3Atrue%2C%22image%22%3Atrue%2C%22network%22%3Atrue%2C%22volume%22%3Atrue%7D%2C%22event%22%3A%7B%22create%22%3Atrue%2C%22start%22%3A" \
	"true%2C%22pause%22%3Atrue%2C%22unpause%22%3Atrue%2C%22rename%22%3Atrue%2C%22restart%22%3Atrue%2C%22die%22%3A" \
	"true%2C%22destroy%22%3Atrue%2C%22pull%22%3Atrue%2C%22tag%22%3Atrue%2C%22untag%22%3Atrue%2C%22delete%22%3Atrue%2C%22import%22%3Atrue%2C%22load%22%3Atrue%7D%7D"

/* Lists as docker's CLI 28 was seen to send them, but for the blank, which it writes as "+". */
static const struct {
	enum verb verb;
	const char *options, *targets;
	int64_t tail, since, until;
	const char *path; /* NULL: the CLI is to be asked */
} asked[] = {
	{ VERB_VERSION, "", "", 0, 0, 0, "/_ping" },
	{ VERB_VERSION, "--all", "", 0, 0, 0, NULL },
	{ VERB_IDENTITY, "", "", 0, 0, 0, "/info" },
	{ VERB_INFO, "", "", 0, 0, 0, "/info" },
	{ VERB_IDENTITY, "", "web", 0, 0, 0, NULL },
	{ VERB_LIST, "", "", 0, 0, 0, "/containers/json" },
	{ VERB_LIST, "--all", "", 0, 0, 0, "/containers/json?all=1" },
	{ VERB_LIST, "--all=true", "", 0, 0, 0, "/containers/json?all=1" },
	{ VERB_LIST, "--all|--all=false", "", 0, 0, 0, "/containers/json" },
	{ VERB_LIST, "--all=1", "", 0, 0, 0, NULL },
	{ VERB_LIST, "--all=", "", 0, 0, 0, NULL },
	{ VERB_LIST, "--last=3", "", 0, 0, 0, "/containers/json?limit=3" },
	{ VERB_LIST, "--latest", "", 0, 0, 0, "/containers/json?limit=1" },
	{ VERB_LIST, "--latest=false", "", 0, 0, 0, "/containers/json" },
	{ VERB_LIST, "--latest|--last=3", "", 0, 0, 0, "/containers/json?limit=3" },
	{ VERB_LIST, "--latest|--last=0", "", 0, 0, 0, "/containers/json" },
	{ VERB_LIST, "--last=0", "", 0, 0, 0, "/containers/json" },
	{ VERB_LIST, "--last=010", "", 0, 0, 0, NULL },
	{ VERB_LIST, "--last=-1", "", 0, 0, 0, NULL },
	{ VERB_LIST, "--last=", "", 0, 0, 0, NULL },
	{ VERB_LIST, "--last", "", 0, 0, 0, NULL },
	{ VERB_LIST, "--last=99999999999999999999", "", 0, 0, 0, NULL },
	{ VERB_LIST, "--filter=name=web", "", 0, 0, 0, "/containers/json?filters=%7B%22name%22%3A%7B%22web%22%3Atrue%7D%7D" },
	{ VERB_LIST, "--last=2|--filter=label=b c|--filter=name=x|--filter=label=a=b,c|--all", "", 0, 0, 0,
	  "/containers/json?all=1&filters=%7B%22label%22%3A%7B%22a%3Db%2Cc%22%3Atrue%2C%22b%20c%22%3Atrue%7D%2C%22name%22%3A%7B%22x%22%3Atrue"
	  "%7D%7D&limit=2" },
	{ VERB_LIST, "--filter=is-task=true|--filter=is=x", "", 0, 0, 0,
	  "/containers/json?filters=%7B%22is-task%22%3A%7B%22true%22%3Atrue%7D%2C%22is%22%3A%7B%22x%22%3Atrue%7D%7D" },
	{ VERB_LIST, "--filter=name=", "", 0, 0, 0, "/containers/json?filters=%7B%22name%22%3A%7B%22%22%3Atrue%7D%7D" },
	{ VERB_LIST, "--filter=label=\"\\\n", "", 0, 0, 0, NULL },
	{ VERB_LIST, "--filter=label=\"\\\n.", "", 0, 0, 0,
	  "/containers/json?filters=%7B%22label%22%3A%7B%22%5C%22%5C%5C%5Cu000a.%22%3Atrue%7D%7D" },
	{ VERB_LIST, "--filter=name", "", 0, 0, 0, NULL },
	{ VERB_LIST, "--filter==web", "", 0, 0, 0, NULL },
	{ VERB_LIST, "--filter=", "", 0, 0, 0, NULL },
	{ VERB_LIST, "--filter", "", 0, 0, 0, NULL },
	{ VERB_LIST, "--filter|name=web", "", 0, 0, 0, NULL },
	{ VERB_LIST, "--filter=NAME=web", "", 0, 0, 0, NULL },
	{ VERB_LIST, "--filter=name= web", "", 0, 0, 0, NULL },
	{ VERB_LIST, "--filter=name=web\t", "", 0, 0, 0, NULL },
	{ VERB_LIST, "--filter=label=x\xc2\xa0", "", 0, 0, 0, NULL },
	{ VERB_LIST, "--size", "", 0, 0, 0, NULL },
	{ VERB_LIST, "--all|--allx", "", 0, 0, 0, NULL },
	{ VERB_LIST, "-a", "", 0, 0, 0, NULL },
	{ VERB_LIST, "", "web", 0, 0, 0, NULL },
	{ VERB_IMAGES, "", "", 0, 0, 0, "/images/json" },
	{ VERB_IMAGES, "--all|--filter=reference=a/b:*", "", 0, 0, 0,
	  "/images/json?all=1&filters=%7B%22reference%22%3A%7B%22a%2Fb%3A%2A%22%3Atrue%7D%7D" },
	{ VERB_IMAGES, "--last=3", "", 0, 0, 0, NULL },
	{ VERB_IMAGES, "--latest", "", 0, 0, 0, NULL },
	{ VERB_IMAGES, "", "busybox", 0, 0, 0, NULL },
	{ VERB_INSPECT, "", ID, 0, 0, 0, "/containers/" ID "/json" },
	{ VERB_INSPECT, "--size", ID, 0, 0, 0, NULL },
	{ VERB_INSPECT, "", "a b/c?x=1&y#z%2f\xc3\xbc\n.", 0, 0, 0, "/containers/a%20b%2Fc%3Fx%3D1%26y%23z%252f%C3%BC%0A./json" },
	{ VERB_INSPECT, "", "web\n", 0, 0, 0, NULL },
	{ VERB_INSPECT, "", " web", 0, 0, 0, NULL },
	{ VERB_INSPECT, "", "A.z-_~09", 0, 0, 0, "/containers/A.z-_~09/json" },
	{ VERB_INSPECT, "", "...", 0, 0, 0, "/containers/.../json" },
	{ VERB_INSPECT, "", ".", 0, 0, 0, NULL },
	{ VERB_INSPECT, "", "..", 0, 0, 0, NULL },
	{ VERB_INSPECT, "", "web/../db", 0, 0, 0, NULL },
	{ VERB_INSPECT, "", "/web", 0, 0, 0, NULL },
	{ VERB_INSPECT, "", "web/", 0, 0, 0, NULL },
	{ VERB_INSPECT, "", "web/.x", 0, 0, 0, "/containers/web%2F.x/json" },
	{ VERB_INSPECT, "", "", 0, 0, 0, NULL },
	{ VERB_INSPECT, "", "a|b", 0, 0, 0, NULL },
	{ VERB_INSPECT, "--size", "a", 0, 0, 0, NULL },
	{ VERB_WINDOW, "", "web", TAIL_ALL, 0, 0, "/containers/web/logs?stdout=1&stderr=1&timestamps=1" },
	{ VERB_WINDOW, "", "web", 64, 1795320239, 7, "/containers/web/logs?stdout=1&stderr=1&timestamps=1&since=1795320239&tail=64" },
	{ VERB_WINDOW, "", "web", 0, -5, 0, "/containers/web/logs?stdout=1&stderr=1&timestamps=1&tail=0" },
	{ VERB_WINDOW, "", "web?", 0, 0, 0, "/containers/web%3F/logs?stdout=1&stderr=1&timestamps=1&tail=0" },
	{ VERB_WINDOW, "", "", 64, 0, 0, NULL },
	{ VERB_WINDOW, "--follow", "web", 64, 0, 0, NULL },
	{ VERB_EVENTS, "", "", 0, 0, 0, "/events?" EVENTS },
	{ VERB_EVENTS, "", "", 0, 5, 0, "/events?since=5&" EVENTS },
	{ VERB_EVENTS, "", "", 0, 5, INT64_C(9223372036), "/events?since=5&until=9223372036&" EVENTS },
	{ VERB_EVENTS, "--filter=type=image", "", 0, 0, 0, NULL },
	{ VERB_EVENTS, "", "web", 0, 0, 0, NULL },
	{ VERB_CREATE, "", "", 0, 0, 0, NULL },
	{ VERB_START, "", "web", 0, 0, 0, NULL },
	{ VERB_START_ATTACHED, "", "web", 0, 0, 0, NULL },
	{ VERB_STOP, "", "web", 0, 0, 0, NULL },
	{ VERB_RESTART, "", "web", 0, 0, 0, NULL },
	{ VERB_KILL, "", "web", 0, 0, 0, NULL },
	{ VERB_REMOVE, "", "web", 0, 0, 0, NULL },
	{ VERB_LOGS, "", "web", 0, 0, 0, NULL },
};

START_TEST(actions_become_targets)
{
	for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
		again(asked[i].verb);
		push_words(&action.options, asked[i].options);
		push_words(&action.targets, asked[i].targets);
		action.tail = asked[i].tail;
		action.since = asked[i].since;
		action.until = asked[i].until;
		buf_add_text(&target, "GET ");
		bool could = api_target(&action, &target);
		ck_assert_msg(could == (asked[i].path != NULL), "%zu: %s", i, buf_text(&target));
		ck_assert_str_eq(buf_text(&target) + 4, could ? asked[i].path : "");
	}
}
END_TEST

START_TEST(words_are_left_to_the_cli)
{
	static const enum verb verbs[] = { VERB_VERSION, VERB_IDENTITY, VERB_LIST, VERB_IMAGES, VERB_INSPECT, VERB_WINDOW, VERB_EVENTS };
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		again(verbs[i]);
		strvec_push(&action.words, "word");
		if (verbs[i] == VERB_INSPECT || verbs[i] == VERB_WINDOW)
			strvec_push(&action.targets, "web");
		ck_assert(!api_target(&action, &target));
		ck_assert_uint_eq(target.len, 0);
	}
}
END_TEST

START_TEST(targets_have_a_ceiling)
{
	const size_t fits = REQUEST_TARGET_MAX - strlen("/containers//json");
	char *name = xcalloc(1, 4 * REQUEST_TARGET_MAX);
	for (size_t len = fits - 2; len < fits + 600; len++) {
		again(VERB_INSPECT);
		memset(name, 'x', len);
		strvec_push(&action.targets, name);
		ck_assert(api_target(&action, &target) == (len <= fits));
		ck_assert_uint_eq(target.len, len <= fits ? REQUEST_TARGET_MAX + len - fits : 0);
	}
	/* Each byte that needs it takes three; in a filter some take more. */
	memset(name, 0, 4 * REQUEST_TARGET_MAX);
	for (size_t len = fits / 3 - 2; len < 3 * (size_t)REQUEST_TARGET_MAX; len += len / 3) {
		again(VERB_INSPECT);
		memset(name, '%', len);
		strvec_push(&action.targets, name);
		ck_assert(api_target(&action, &target) == (len <= fits / 3));
		again(VERB_LIST);
		memset(name, '\x01', len);
		strvec_pushf(&action.options, "--filter=label=x%sx", name);
		ck_assert(!api_target(&action, &target));
		ck_assert_uint_eq(target.len, 0);
	}
	again(VERB_LIST);
	buf_init(&target, 15);
	ck_assert(!api_target(&action, &target));
	ck_assert_uint_eq(target.len, 0);
	buf_init(&target, 16);
	ck_assert(api_target(&action, &target));
	free(name);
}
END_TEST

/* Takes the percents out; fails for a character that must not stand in a query. */
static void decode_percents(const char *text, struct buf *out)
{
	for (; *text; text++) {
		char digits[3] = "", byte = *text;
		ck_assert_msg(*text > ' ' && *text < 0x7f && !strchr("\"<>\\^`{|}#&+", *text), "%s", text);
		if (*text == '%') {
			snprintf(digits, sizeof digits, "%s", text + 1);
			byte = (char)strtol(digits, NULL, 16);
			text += 2;
		}
		buf_add(out, &byte, 1);
	}
}

START_TEST(filters_of_random_bytes_arrive)
{
	static const char start[] = "/containers/json?filters=";
	random_start(random_seed());
	for (unsigned i = 0; i < random_tries(20000); i++) {
		char value[20] = "";
		struct error err;
		SCOPED(buf_release) struct buf json = BUF_INIT(1000);
		again(VERB_LIST);
		for (size_t len = random_below(sizeof value), at = 0; at < len; at++)
			value[at] = (char)(1 + random_below(random_below(3) ? 127 : 255));
		strvec_push(&action.options, "--filter=name=x");
		strvec_pushf(&action.options, "--filter=label=.%s.", value);
		ck_assert(api_target(&action, &target));
		ck_assert_int_eq(strncmp(target.bytes, start, strlen(start)), 0);
		decode_percents(target.bytes + strlen(start), &json);
		ck_assert_msg(json_parse_rows(json.bytes, json.len, &rows, &err) == 0, "%s: %s", err.text, json.bytes);
		ck_assert(json_bool(rows.items[0], "name.x"));
		const struct json *label = json_first(json_child(rows.items[0], "label"));
		bool is_ascii = true;
		for (const char *c = value; *c; c++)
			is_ascii &= (unsigned char)*c < 0x80;
		if (is_ascii) {
			ck_assert_uint_eq(strlen(json_key(label)), strlen(value) + 2);
			ck_assert_int_eq(strncmp(json_key(label) + 1, value, strlen(value)), 0);
		}
		ck_assert(json_bool(label, "") && !json_next(label));
	}
}
END_TEST

/* ---- recorded answers (tests/data/RECORD.md) ---- */

/* The same containers and images, in either engine's form. */
static const char *const engines[] = { "docker-20.10/api", "docker-29/api" };
#define SHOWN "docker-20.10/api" /* what the CLI made of them */

static void parse(const char *text, size_t len)
{
	struct error err;
	json_rows_release(&rows);
	ck_assert_msg(json_parse_rows(text, len, &rows, &err) == 0, "%s: %.200s", err.text, text);
}

static void parse_file(const char *directory, const char *name)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(1000000);
	struct error err;
	char path[100];
	snprintf(path, sizeof path, DATA "%s/%s", directory, name);
	ck_assert_msg(fd_read_file(AT_FDCWD, path, &text, &err) == 0, "%s (run this from the top directory)", err.text);
	parse(text.bytes, text.len);
}

static const struct json *row_with(const struct json_rows *cli, const char *key, const char *value, const char *key2, const char *value2)
{
	for (size_t i = 0; i < cli->nr; i++)
		if (!strcmp(json_text(cli->items[i], key, &arena), value) && !strcmp(json_text(cli->items[i], key2, &arena), value2))
			return cli->items[i];
	ck_abort_msg("the CLI shows no %s %s, %s %s", key, value, key2, value2);
	return NULL;
}

static void same(const struct json *cli, const char *key, const char *text)
{
	ck_assert_str_eq(text, json_text(cli, key, &arena));
}

static void compare_containers(const struct json_rows *cli)
{
	ck_assert_uint_eq(rows.nr, 6);
	ck_assert_uint_eq(cli->nr, 6);
	for (size_t i = 0; i < rows.nr; i++) {
		struct container row;
		api_container(rows.items[i], NOW, &arena, &row);
		const struct json *shown = row_with(cli, "ID", row.id, "ID", row.id);
		const char *names = json_text(shown, "Names", &arena);
		ck_assert_int_eq(strncmp(names, row.name, strlen(row.name)), 0);
		ck_assert(names[strlen(row.name)] == '\0' || !strcmp(names, "unit-db,unit-web/alias"));
		same(shown, "Image", row.image);
		ck_assert_uint_eq(strlen(row.image_id), strlen("sha256:") + CONTAINER_ID_LEN);
		same(shown, "Command", row.command);
		same(shown, "CreatedAt", row.created_at);
		same(shown, "RunningFor", row.running_for);
		same(shown, "State", container_state_name(row.state));
		same(shown, "Status", row.status);
		same(shown, "Ports", row.ports);
		same(shown, "Labels", row.labels);
		same(shown, "Mounts", row.mounts);
		same(shown, "Networks", row.networks);
	}
}

static void compare_images(const struct json_rows *cli)
{
	api_images(&rows, NOW, &images);
	ck_assert_uint_eq(images.nr, 6);
	ck_assert_uint_eq(cli->nr, 6);
	for (size_t i = 0; i < images.nr; i++) {
		const struct image *row = &images.items[i];
		const struct json *shown = row_with(cli, "Repository", row->repository, "Tag", row->tag);
		same(shown, "ID", row->id);
		same(shown, "CreatedAt", row->created_at);
		same(shown, "CreatedSince", row->created_since);
		same(shown, "Size", row->size);
	}
}

static void compare_to_cli(const char *name, const char *shown_name, void (*compare)(const struct json_rows *cli))
{
	for (size_t i = 0; i < ARRAY_LEN(engines); i++) {
		again(VERB_LIST);
		parse_file(SHOWN, shown_name);
		struct json_rows cli = rows;
		rows = (struct json_rows){ 0 };
		parse_file(engines[i], name);
		compare(&cli);
		json_rows_release(&cli);
	}
}

START_TEST(recorded_containers)
{
	compare_to_cli("containers", "containers.cli", compare_containers);
}
END_TEST

START_TEST(recorded_images)
{
	compare_to_cli("images", "images.cli", compare_images);
}
END_TEST

/* ---- containers; texts that are compared are those of docker's CLI 28.2 ---- */

static struct container decode(const char *element)
{
	struct container row;
	parse(element, strlen(element));
	api_container(rows.items[0], NOW, &arena, &row);
	return row;
}

#define EXPOSED(number, type) "{\"PrivatePort\":" #number ",\"Type\":\"" type "\"}"
#define SAME(ip, number, type) "{\"IP\":\"" ip "\",\"PrivatePort\":" #number ",\"PublicPort\":" #number ",\"Type\":\"" type "\"}"
#define MAPPED(ip, outer, number, type) "{\"IP\":\"" ip "\",\"PrivatePort\":" #number ",\"PublicPort\":" #outer ",\"Type\":\"" type "\"}"

static const struct {
	const char *json, *shown;
} published[] = {
	{ "", "" },
	{ EXPOSED(80, "tcp"), "80/tcp" },
	{ EXPOSED(81, "tcp") "," EXPOSED(80, "tcp"), "80-81/tcp" },
	{ EXPOSED(82, "tcp") "," EXPOSED(80, "tcp"), "80/tcp, 82/tcp" },
	{ EXPOSED(80, "tcp") "," EXPOSED(81, "udp") "," EXPOSED(81, "tcp"), "80-81/tcp, 81/udp" },
	/* What is closed by a gap comes before all that is open in the end. */
	{ EXPOSED(1, "udp") "," EXPOSED(2, "tcp") "," EXPOSED(4, "tcp") "," EXPOSED(2, "udp"), "2/tcp, 1-2/udp, 4/tcp" },
	{ EXPOSED(1, "udp") "," EXPOSED(2, "tcp") "," EXPOSED(9, "tcp") "," EXPOSED(7, "udp"), "1/udp, 2/tcp, 7/udp, 9/tcp" },
	{ SAME("0.0.0.0", 80, "tcp") "," SAME("::", 80, "tcp"), "0.0.0.0:80->80/tcp, [::]:80->80/tcp" },
	{ SAME("0.0.0.0", 81, "tcp") "," SAME("0.0.0.0", 80, "tcp") "," SAME("::1", 81, "tcp"),
	  "0.0.0.0:80-81->80-81/tcp, [::1]:81->81/tcp" },
	{ MAPPED("0.0.0.0", 8080, 80, "tcp") "," MAPPED("0.0.0.0", 8081, 81, "tcp") "," EXPOSED(90, "tcp"),
	  "90/tcp, 0.0.0.0:8080->80/tcp, 0.0.0.0:8081->81/tcp" },
	{ MAPPED("::", 8080, 80, "tcp") "," MAPPED("0.0.0.0", 9090, 80, "tcp") "," MAPPED("0.0.0.0", 8080, 80, "tcp"),
	  "0.0.0.0:8080->80/tcp, 0.0.0.0:9090->80/tcp, [::]:8080->80/tcp" },
	/* Not the same port twice in one row. */
	{ EXPOSED(80, "tcp") "," EXPOSED(80, "tcp"), "80/tcp, 80/tcp" },
	{ EXPOSED(65535, "tcp") "," EXPOSED(65534, "tcp"), "65534-65535/tcp" },
	/* A port of the host without its address counts as exposed. */
	{ MAPPED("", 8080, 80, "tcp"), "80/tcp" },
	{ "{}", "0/" },
	{ "7,null,[],\"x\"", "0/, 0/, 0/, 0/" },
	{ "{\"IP\":\"1.2.3.4\",\"PrivatePort\":1e300,\"PublicPort\":-8e18,\"Type\":\"tcp\"}", "1.2.3.4:-8000000000000000000->0/tcp" },
};

START_TEST(ports_are_put_together)
{
	for (size_t i = 0; i < ARRAY_LEN(published); i++) {
		char text[1000];
		snprintf(text, sizeof text, "{\"Ports\":[%s]}", published[i].json);
		ck_assert_str_eq(decode(text).ports, published[i].shown);
	}
}
END_TEST

/* Every port, and as many addresses as nobody has. */
START_TEST(many_ports_are_fast)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(64u * 1024 * 1024);
	buf_add_text(&text, "{\"Ports\":[");
	for (unsigned i = 0; i < 65536; i++)
		buf_printf(&text, "{\"PrivatePort\":%u,\"Type\":\"tcp\"},", i * 7919 % 65536);
	buf_add_text(&text, EXPOSED(1, "udp") "]}");
	ck_assert_str_eq(decode(text.bytes).ports, "0-65535/tcp, 1/udp");
	buf_clear(&text);
	buf_add_text(&text, "{\"Ports\":[");
	for (unsigned i = 0; i < 200000; i++)
		buf_printf(&text, "{\"IP\":\"10.%u.%u.%u\",\"PrivatePort\":%u,\"PublicPort\":%u},", i >> 16, i >> 8 & 255, i & 255, i, i);
	buf_add_text(&text, EXPOSED(1, "udp") "]}");
	ck_assert_int_eq(strncmp(decode(text.bytes).ports, "10.0.0.0:0->0/, 1/udp, 10.0.0.1:1->1/", 37), 0);
}
END_TEST

START_TEST(commands_are_quoted)
{
	static const char *const commands[][2] = { /* as in JSON; as shown */
		{ "", "" },
		{ "sh -c 'true'", "sh -c 'true'" },
		{ "a\\\"b\\\\c", "a\\\"b\\\\c" },
		{ "\\u0001\\u0007\\b\\t\\n\\u000b\\f\\r\\u001b\\u007f", "\\x01\\a\\b\\t\\n\\v\\f\\r\\x1b\\x7f" },
		{ "\xc3\xbc\xe2\x82\xac\xf0\x9f\x90\xb3", "\xc3\xbc\xe2\x82\xac\xf0\x9f\x90\xb3" },
		{ "\\u0080\\u00a0\\u00ad\\u2028\\ufeff\\ue000\\uffff", "\\u0080\\u00a0\\u00ad\\u2028\\ufeff\\ue000\\uffff" },
		{ "\\u200b\\u200d\\u3000\\u0300", "\\u200b\\u200d\\u3000\xcc\x80" },
		{ "\\udb40\\udc01\\udbff\\udfff", "\\U000e0001\\U0010ffff" },
		{ "\\ufffd", "\xef\xbf\xbd" },
		/* What no encoder sends: bytes that are not UTF-8. */
		{ "\xff|\xc3|\xc0\x80|\xed\xa0\x80|\xf8\x88\x80\x80\x80|\xe2\x82",
		  "\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
		  "\xef\xbf\xbd\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	};
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		char json[200], shown[200];
		snprintf(json, sizeof json, "{\"Command\":\"%s\"}", commands[i][0]);
		snprintf(shown, sizeof shown, "\"%s\"", commands[i][1]);
		ck_assert_str_eq(decode(json).command, shown);
	}
}
END_TEST

START_TEST(times_are_local)
{
	static const struct {
		const char *zone, *seconds, *at, *since;
	} times[] = {
		{ "UTC", "1795672974", "2026-11-26 06:02:54 +0000 UTC", "Less than a second ago" },
		{ "UTC", "1795672973", "2026-11-26 06:02:53 +0000 UTC", "1 second ago" },
		{ "UTC", "1795500000", "2026-11-24 06:00:00 +0000 UTC", "2 days ago" },
		{ "Europe/Berlin", "1795672973", "2026-11-26 07:02:53 +0100 CET", "1 second ago" },
		{ "Europe/Berlin", "1782000000", "2026-06-21 02:00:00 +0200 CEST", "5 months ago" },
		{ "America/St_Johns", "1795672973", "2026-11-26 02:32:53 -0330 NST", "1 second ago" },
		{ "America/Sao_Paulo", "1795672973", "2026-11-26 03:02:53 -0300 -03", "1 second ago" },
		{ "UTC", "0", "1970-01-01 00:00:00 +0000 UTC", "56 years ago" },
		{ "UTC", "-1", "1969-12-31 23:59:59 +0000 UTC", "56 years ago" },
		{ "UTC", "-62135596800", "0001-01-01 00:00:00 +0000 UTC", "292 years ago" },
		{ "UTC", "253402300800", "10000-01-01 00:00:00 +0000 UTC", "Less than a second ago" },
		{ "UTC", "-9223372036", "1677-09-21 00:12:44 +0000 UTC", "292 years ago" },
		/* No time. */
		{ "UTC", "8e18", "", "Less than a second ago" },
		{ "UTC", "-8e18", "", "292 years ago" },
		{ "UTC", "1e400", "1970-01-01 00:00:00 +0000 UTC", "56 years ago" },
		{ "UTC", "\"1795672973\"", "1970-01-01 00:00:00 +0000 UTC", "56 years ago" },
	};
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		char text[100];
		setenv("TZ", times[i].zone, 1);
		tzset();
		snprintf(text, sizeof text, "{\"Created\":%s}", times[i].seconds);
		struct container row = decode(text);
		ck_assert_str_eq(row.created_at, times[i].at);
		ck_assert_str_eq(row.running_for, times[i].since);
	}
}
END_TEST

START_TEST(names_labels_mounts_and_networks)
{
	struct container row = decode("{\"Names\":[\"/web/db\",\"/db\",\"/x\"],\"Labels\":{\"b\":\"2,3\",\"a\":\"\",\"a-b\":\"=\"},"
				      "\"Mounts\":[{\"Name\":\"v\",\"Source\":\"/s\"},{\"Source\":\"/t\"},{\"Name\":\"\",\"Source\":\"/u\"}],"
				      "\"NetworkSettings\":{\"Networks\":{\"z\":{},\"a.b\":null}},\"State\":\"paused\",\"Status\":\"Up\"}");
	ck_assert_str_eq(row.name, "db");
	ck_assert_str_eq(row.labels, "a-b==,a=,b=2,3");
	ck_assert_str_eq(row.mounts, "v,/t,/u");
	ck_assert_str_eq(row.networks, "a.b,z");
	ck_assert_str_eq(row.image, "<no image>");
	ck_assert_int_eq(row.state, CONTAINER_PAUSED);
	ck_assert_str_eq(row.status, "Up");
	ck_assert_str_eq(decode("{\"Names\":[\"/web/db\"]}").name, "web/db");
	ck_assert_str_eq(decode("{\"Names\":[]}").name, "");
	ck_assert_str_eq(decode("{\"Names\":[\"\",\"\"]}").name, "");
}
END_TEST

/* ---- images ---- */

/* "REPOSITORY TAG|REPOSITORY TAG" */
static const char *rows_of(const char *tags, const char *digests)
{
	static char shown[1000];
	char text[1000];
	size_t end = 0;
	snprintf(text, sizeof text, "{\"RepoTags\":%s,\"RepoDigests\":%s}", tags, digests);
	parse(text, strlen(text));
	image_list_release(&images);
	api_images(&rows, NOW, &images);
	shown[0] = '\0';
	for (size_t i = 0; i < images.nr; i++)
		end += (size_t)snprintf(shown + end, sizeof shown - end, "%s%s %s", i ? "|" : "", images.items[i].repository, images.items[i].tag);
	return shown;
}

#define DIGEST "@sha256:" ID

START_TEST(images_have_a_row_for_each_tag)
{
	static const char *const names[][3] = {
		{ "null", "null", "<none> <none>" },
		{ "[]", "[]", "<none> <none>" },
		{ "[\"<none>:<none>\"]", "[\"<none>@<none>\"]", "<none> <none>" },
		{ "[\"<none>:<none>\"]", "[\"b" DIGEST "\"]", "b <none>" },
		{ "[\"b:2\",\"a:1\",\"b:1\"]", "null", "a 1|b 2|b 1" },
		{ "[\"b:1\"]", "[\"b" DIGEST "\"]", "b 1" },
		{ "[\"b:1\"]", "[\"c" DIGEST "\",\"c" DIGEST "\",\"b" DIGEST "\"]", "b 1|c <none>" },
		{ "null", "[\"c" DIGEST "\",\"c" DIGEST "\",\"a" DIGEST "\"]", "a <none>|c <none>" },
		{ "[\"localhost:5000/a/b:1\",\"localhost:5000/a/b\"]", "[\"h:1/c" DIGEST "\",\"h:1/c:t" DIGEST "\"]",
		  "h:1/c <none>|localhost:5000/a/b 1" },
		{ "[\"docker.io/library/a:1\",\"docker.io/b/c:1\",\"index.docker.io/d:1\",\"library/e:1\",\"x.y/library/z:1\"]", "null",
		  "a 1|b/c 1|d 1|e 1|x.y/library/z 1" },
		{ "[7,null,{},\"\",\":\",\"@\"]", "[7,\"\",\"@\",\"x\"]", "<none> <none>" },
		{ "7", "\"x\"", "<none> <none>" },
	};
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		ck_assert_str_eq(rows_of(names[i][0], names[i][1]), names[i][2]);
}
END_TEST

START_TEST(sizes_have_three_digits)
{
	static const char *const sizes[][2] = {
		{ "0", "0B" },           { "1", "1B" },          { "999", "999B" },      { "1000", "1kB" },         { "1984227", "1.98MB" },
		{ "999499", "999kB" },   { "999500", "1e+03kB" }, { "999999", "1e+03kB" }, { "12345678901", "12.3GB" }, { "-1", "-1B" },
		{ "1e18", "1EB" },       { "8e18", "8EB" },      { "1e300", "0B" },      { "\"7\"", "0B" },         { "null", "0B" },
		{ "100000000", "100MB" },
	};
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		char text[100];
		snprintf(text, sizeof text, "[{\"Id\":\"x\",\"Created\":-62135596800,\"Size\":%s}]", sizes[i][0]);
		parse(text, strlen(text));
		image_list_release(&images);
		api_images(&rows, NOW, &images);
		ck_assert_uint_eq(images.nr, 1);
		ck_assert_str_eq(images.items[0].id, "x");
		ck_assert_str_eq(images.items[0].size, sizes[i][1]);
		ck_assert_str_eq(images.items[0].created_at, "0001-01-01 00:00:00 +0000 UTC");
		ck_assert_str_eq(images.items[0].created_since, ""); /* no time at all, as of an image that says none */
	}
}
END_TEST

START_TEST(many_names_are_fast)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(64u * 1024 * 1024);
	buf_add_text(&text, "{\"RepoDigests\":[\"b" DIGEST "\"],\"RepoTags\":[");
	for (unsigned i = 0; i < 100000; i++)
		buf_printf(&text, "\"r%u:t\",", i);
	buf_add_text(&text, "\"b:t\"]}");
	parse(text.bytes, text.len);
	api_images(&rows, NOW, &images);
	ck_assert_uint_eq(images.nr, 100001);
}
END_TEST

/* ---- hostile answers ---- */

static void check_container(const struct container *row)
{
	const char *const texts[] = { row->id,     row->name,  row->image,  row->command, row->created_at, row->running_for,
				      row->status, row->ports, row->labels, row->mounts,  row->networks };
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		ck_assert_ptr_nonnull(texts[i]);
	size_t end = strlen(row->command);
	ck_assert(end >= 2 && row->command[0] == '"' && row->command[end - 1] == '"');
	ck_assert_ptr_nonnull(container_state_name(row->state));
}

START_TEST(values_of_other_types_are_survived)
{
	static const char *const keys[] = { "Id", "Names", "Image", "Command", "Created", "Ports", "Labels", "Mounts", "State", "Status",
					    "NetworkSettings", "RepoTags", "RepoDigests", "Size" };
	static const char *const values[] = { "null", "true", "7", "-1e999", "\"x\"", "[]", "{}", "[[[]]]", "[null,7,\"x\",{\"Networks\":7}]",
					      "{\"Networks\":[1,2]}", "{\"\":\"\",\"a\":{\"b\":[]}}" };
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		for (size_t j = 0; j < ARRAY_LEN(values); j++) {
			char text[200];
			snprintf(text, sizeof text, "{\"%s\":%s}", keys[i], values[j]);
			again(VERB_LIST);
			struct container row = decode(text);
			check_container(&row);
			api_images(&rows, NOW, &images);
			ck_assert_uint_ge(images.nr, 1);
		}
	}
}
END_TEST

START_TEST(random_answers_are_survived)
{
	static const char sample[] =
		"[{\"Id\":\"" ID "\",\"Names\":[\"/a\",\"/b/c\"],\"Command\":\"sh\",\"Created\":1795672974,\"Ports\":[" SAME("::", 80, "tcp") ","
		EXPOSED(81, "udp") "],\"Labels\":{\"a\":\"b\"},\"Mounts\":[{\"Name\":\"v\"}],\"NetworkSettings\":{\"Networks\":{\"n\":{}}},"
		"\"RepoTags\":[\"a:b\"],\"RepoDigests\":[\"c@d\"],\"Size\":12},{\"message\":\"no\"}]";
	random_start(random_seed());
	for (unsigned i = 0; i < random_tries(30000); i++) {
		char text[sizeof sample];
		struct error err;
		SCOPED(buf_release) struct buf words = BUF_INIT(10000);
		memcpy(text, sample, sizeof sample);
		for (unsigned changes = random_below(4); changes > 0; changes--)
			text[random_below(sizeof sample - 1)] = "\"{}[],:\\x0\xff"[random_below(11)];
		again(VERB_LIST);
		api_refusal(text, sizeof sample - 1, &words);
		ck_assert_int_eq(strncmp(words.bytes, "Error response from daemon: ", 28), 0);
		if (json_parse_rows(text, sizeof sample - 1, &rows, &err) < 0)
			continue;
		for (size_t at = 0; at < rows.nr; at++) {
			struct container row;
			api_container(rows.items[at], NOW, &arena, &row);
			check_container(&row);
		}
		api_images(&rows, NOW, &images);
		ck_assert_uint_ge(images.nr, rows.nr);
		for (size_t at = 0; at < images.nr; at++)
			ck_assert(images.items[at].repository && images.items[at].tag && images.items[at].size[0]);
	}
}
END_TEST

/* ---- refusals ---- */

START_TEST(refusals_are_in_the_clis_words)
{
	static const char *const refusals[][2] = {
		{ "{\"message\":\"No such container: web\"}\n", "No such container: web" },
		{ "{\"message\":\" two\\nlines \\n\"}", "two\nlines" },
		{ "{\"message\":7}", "{\"message\":7}" },
		{ "{}", "{}" },
		{ "[]", "[]" },
		{ "404 page not found\n", "404 page not found" },
		{ "{\"message\":\"cut", "{\"message\":\"cut" },
		{ "{\"message\":\" \"}", "it said nothing" },
		{ " \n\v", "it said nothing" },
		{ "", "it said nothing" },
	};
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		char words[200];
		buf_clear(&target);
		api_refusal(refusals[i][0], strlen(refusals[i][0]), &target);
		snprintf(words, sizeof words, "Error response from daemon: %s", refusals[i][1]);
		ck_assert_str_eq(buf_text(&target), words);
	}
	char *much = xcalloc(1, 1000001);
	memset(much, 'x', 1000000);
	buf_clear(&target);
	api_refusal(much, 1000000, &target);
	ck_assert_uint_lt(target.len, 5000);
	free(much);
}
END_TEST

static Suite *api_suite(void)
{
	Suite *suite = suite_create("api");
	TCase *tcase = tcase_create("api");
	const TTest *const tests[] = {
		actions_become_targets,
		words_are_left_to_the_cli,
		targets_have_a_ceiling,
		filters_of_random_bytes_arrive,
		recorded_containers,
		recorded_images,
		ports_are_put_together,
		many_ports_are_fast,
		commands_are_quoted,
		times_are_local,
		names_labels_mounts_and_networks,
		images_have_a_row_for_each_tag,
		sizes_have_three_digits,
		many_names_are_fast,
		values_of_other_types_are_survived,
		random_answers_are_survived,
		refusals_are_in_the_clis_words,
	};
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 30);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(api_suite)
