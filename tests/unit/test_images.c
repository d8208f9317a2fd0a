/* What the CLIs say of images, in docker's words: lines, histories, refusals, and who uses an image. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/moment.h"
#include "runtime/images.h"
#include "suite.h"

#define ID "2866ef348cde305ee5dbe49262ef886dbd98ecd5f0093817622d799b062564ad"
#define OTHER "a57fb6fad23a66bf7dabb3eb1b8bc12fa19c54fd6bcb0f484c367de8102b4e37"
#define NOW (INT64_C(1795701600) * MOMENT_SECOND) /* 2026-11-26 14:00 */

static struct error err;

static const struct runtime *runtime_of(const char *name)
{
	const struct runtime *runtime = runtime_find(name, &err);
	ck_assert_msg(runtime != NULL, "%s", err.text);
	return runtime;
}

static const struct {
	const char *runtime, *said, *should;
} lines[] = {
	{ "docker", "Untagged: web:1\nDeleted: sha256:" ID "\n", "Untagged: web:1\nDeleted: sha256:" ID "\n" },
	{ "docker", "Untagged: nginx@sha256:" ID "\n", "Untagged: nginx@sha256:" ID "\n" },
	{ "docker", "Loaded image: web:1\nLoaded image ID: sha256:" ID "\n", "Loaded image: web:1\nLoaded image ID: sha256:" ID "\n" },
	{ "podman", "Untagged: localhost/web:1\nDeleted: " ID "\n", "Untagged: web:1\nDeleted: sha256:" ID "\n" },
	{ "podman", "Loaded image: localhost/web:1\nLoaded image(s): docker.io/library/b:2\n", "Loaded image: web:1\nLoaded image: b:2\n" },
	{ "podman", "Untagged: 127.0.0.1:1/web:p\n", "Untagged: 127.0.0.1:1/web:p\n" },
	{ "nerdctl", "Untagged: docker.io/library/web:1@sha256:" ID "\nDeleted: sha256:" OTHER "\n", "Untagged: web:1\nDeleted: sha256:" OTHER "\n" },
	{ "nerdctl", "Untagged: 127.0.0.1:1/web@sha256:" ID "\n", "Untagged: 127.0.0.1:1/web@sha256:" ID "\n" },
	{ "nerdctl", "Untagged: :@sha256:" ID "\n", "Untagged: :@sha256:" ID "\n" },
	{ "nerdctl", "unpacking docker.io/library/web:1 (sha256:" ID ")...\nLoaded image: web:1\n", "Loaded image: web:1\n" },
	{ "docker", "", "" },
	{ "docker", "\n\nsomething else\x1b[2J", "something else\x1b[2J\n" },
	{ "docker", "Untagged: ", "Untagged: \n" },
};

START_TEST(lines_are_docker_s)
{
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		SCOPED(buf_release) struct buf out = BUF_INIT(100000);
		image_lines(runtime_of(lines[i].runtime), lines[i].said, strlen(lines[i].said), &out);
		ck_assert_str_eq(buf_text(&out), lines[i].should);
	}
}
END_TEST

static const struct {
	const char *said, *id, *since, *by, *size, *comment;
} steps[] = {
	/* docker 20.10 and 28 */
	{ "{\"Comment\":\"hi\",\"CreatedAt\":\"2026-11-26T10:00:00Z\",\"CreatedBy\":\"ADD file:x in /\",\"CreatedSince\":\"4 hours ago\",\"ID\":\"sha256:" ID
	  "\",\"Size\":\"1.98MB\"}",
	  "sha256:" ID, "4 hours ago", "ADD file:x in /", "1.98MB", "hi" },
	/* nerdctl 2.1 */
	{ "{\"Snapshot\":\"<missing>\",\"CreatedAt\":\"2026-11-26T10:00:01Z\",\"CreatedSince\":\"4 hours ago\",\"CreatedBy\":\"CMD [\\\"sh\\\"]\",\"Size\":\"0B\","
	  "\"Comment\":\"\"}",
	  "<missing>", "4 hours ago", "CMD [\"sh\"]", "0B", "" },
	/* podman 4.3 */
	{ "[{\"id\":\"" ID "\",\"created\":\"2026-11-26T10:00:01.5Z\",\"CreatedBy\":\"CMD\",\"size\":0,\"Created\":\"2026-11-26T10:00:01Z\"}]",
	  "sha256:" ID, "4 hours ago", "CMD", "0B", "" },
	{ "[{\"id\":\"\\u003cmissing\\u003e\",\"created\":\"2026-11-26T10:00:00Z\",\"CreatedBy\":\"ADD\",\"size\":1996800,\"comment\":\"hi\"}]", "<missing>",
	  "4 hours ago", "ADD", "2MB", "hi" },
	{ "{}", "", "", "", "0B", "" },
	{ "{\"ID\":7,\"Size\":true,\"size\":\"x\",\"created\":\"never\"}", "", "", "", "0B", "" },
};

START_TEST(histories_are_docker_s)
{
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		struct image_history history;
		ck_assert_msg(image_history_read(steps[i].said, strlen(steps[i].said), NOW, &history, &err) == 0, "%s", err.text);
		ck_assert_uint_eq(history.nr, 1);
		ck_assert_str_eq(history.items[0].id, steps[i].id);
		ck_assert_str_eq(history.items[0].created_since, steps[i].since);
		ck_assert_str_eq(history.items[0].created_by, steps[i].by);
		ck_assert_str_eq(history.items[0].size, steps[i].size);
		ck_assert_str_eq(history.items[0].comment, steps[i].comment);
		image_history_release(&history);
	}
}
END_TEST

START_TEST(a_history_may_be_empty_and_must_be_json)
{
	struct image_history history;
	ck_assert_int_eq(image_history_read("[]\n", 3, NOW, &history, &err), 0);
	ck_assert_uint_eq(history.nr, 0);
	image_history_release(&history);
	ck_assert_int_eq(image_history_read("IMAGE CREATED", 13, NOW, &history, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_RUNTIME);
}
END_TEST

static struct image rows[] = {
	{ .id = "sha256:" ID, .repository = "web", .tag = "1", .size = "1.5MB" },
	{ .id = "sha256:" ID, .repository = "web", .tag = "latest", .size = "1.5MB" },
	{ .id = "sha256:" OTHER, .repository = "127.0.0.1:5000/team/app", .tag = "2", .size = "500kB" },
	{ .id = "sha256:cafe0000" "e34de305ee5dbe49262ef886dbd98ecd5f0093817622d799b0625640", .repository = "<none>", .tag = "<none>", .size = "2B" },
	{ .id = "sha256:dead0000" "e34de305ee5dbe49262ef886dbd98ecd5f0093817622d799b0625640", .repository = "cafe", .tag = "latest", .size = "N/A" },
};
static const struct image_list images = { .items = rows, .nr = ARRAY_LEN(rows) };

START_TEST(an_image_is_found_by_each_of_its_names)
{
	static const struct {
		const char *name;
		int row; /* -1: none */
	} names[] = {
		{ "web:1", 0 },		 { "web", 1 },
		{ "web:latest", 1 },	 { "docker.io/library/web:1", 0 },
		{ "web:2", -1 },	 { "we", -1 },
		{ "webb", -1 },		 { "127.0.0.1:5000/team/app:2", 2 },
		{ "127.0.0.1:5000/team/app", -1 }, { "team/app:2", -1 },
		{ "sha256:" ID, 0 },	 { ID, 0 },
		{ "2866ef348cde", 0 },	 { "a57f", 2 },
		{ "a57", -1 },		 { "sha256:a57fb6", 2 },
		{ "cafe", 4 },		 { "cafe0", 3 },
		{ "<none>", -1 },	 { "<none>:<none>", -1 },
		{ "", -1 },		 { "a57g", -1 },
		{ "web@sha256:" ID, -1 },
	};
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		ck_assert_msg(image_find(runtime_of("docker"), &images, names[i].name) == (names[i].row < 0 ? NULL : &rows[names[i].row]), "'%s'",
			      names[i].name);
	ck_assert_ptr_eq(image_find(runtime_of("podman"), &images, "localhost/web:1"), &rows[0]);
	ck_assert_ptr_null(image_find(runtime_of("docker"), &images, "localhost/web:1"));
}
END_TEST

START_TEST(users_are_those_of_any_of_its_names)
{
	static struct container all[] = {
		{ .name = "by-tag", .image_id = "", .image = "web:1" },	   { .name = "by-latest", .image_id = "", .image = "web" },
		{ .name = "by-id", .image_id = "", .image = "2866ef348cde" }, { .name = "another", .image_id = "", .image = "127.0.0.1:5000/team/app:2" },
		{ .name = "of-what-is-gone", .image_id = "", .image = "gone:1" },
	};
	const struct container_list containers = { .items = all, .nr = ARRAY_LEN(all) };
	SCOPED(strvec_release) struct strvec names = STRVEC_INIT;
	SCOPED(buf_release) struct buf text = BUF_INIT(1000);
	image_users(runtime_of("docker"), &images, &containers, "sha256:" ID, &names);
	strvec_quote(&names, &text);
	ck_assert_str_eq(buf_text(&text), "by-tag by-latest by-id");
}
END_TEST

START_TEST(users_are_known_by_the_id_where_it_is_told)
{
	static struct container all[] = {
		{ .name = "before-the-tag-moved", .image = "cafe", .image_id = ID },
		{ .name = "since", .image = "web:1", .image_id = "sha256:" OTHER },
		{ .name = "of-no-name", .image = "web@sha256:" OTHER, .image_id = "sha256:" ID },
	};
	const struct container_list containers = { .items = all, .nr = ARRAY_LEN(all) };
	SCOPED(strvec_release) struct strvec names = STRVEC_INIT;
	SCOPED(buf_release) struct buf text = BUF_INIT(1000);
	image_users(runtime_of("podman"), &images, &containers, "sha256:" ID, &names);
	strvec_quote(&names, &text);
	ck_assert_str_eq(buf_text(&text), "before-the-tag-moved of-no-name");
}
END_TEST

START_TEST(containers_of_images_without_a_name)
{
	static const struct {
		const char *id;
		bool is_unnamed;
	} used[] = { { ID, false }, { "sha256:" ID, false }, { OTHER, false }, { "", true }, { "1234", true },
		     { "cafe0000" "e34de305ee5dbe49262ef886dbd98ecd5f0093817622d799b0625640", true } };
	for (size_t i = 0; i < ARRAY_LEN(used); i++) {
		struct container all[] = { { .image_id = ID }, { .image_id = used[i].id } };
		const struct container_list containers = { .items = all, .nr = ARRAY_LEN(all) };
		ck_assert_msg(image_unnamed_used(&images, &containers) == used[i].is_unnamed, "%s", used[i].id);
	}
	ck_assert(!image_unnamed_used(&images, &(struct container_list){ 0 }));
}
END_TEST

START_TEST(bytes_are_those_of_each_image_once)
{
	const struct image *all[ARRAY_LEN(rows)];
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		all[i] = &rows[i];
	ck_assert_int_eq(image_bytes(all, ARRAY_LEN(rows)), 2000002);
	ck_assert_int_eq(image_bytes(all, 0), 0);
}
END_TEST

START_TEST(dates_of_images)
{
	static const struct {
		const char *text;
		moment at;
	} dates[] = {
		{ "2026-11-26 14:00:00 +0000 UTC", NOW },	 { "2026-11-26 15:30:00 +0130 CET", NOW },
		{ "2026-11-26 09:00:00 -0500 EST", NOW },	 { "", 0 },
		{ "N/A", 0 },					 { "2026-11-26 14:00:00", 0 },
		{ "2026-11-26", 0 },				 { "2026-13-26 14:00:00 +0000 UTC", 0 },
		{ "99999999999999999999 14:00:00 +0000 UTC", 0 }, { "1 2 3 4", 0 },
		{ "2026-11-26 14:00:00 +00-9999999999 UTC", 0 },
	};
	for (size_t i = 0; i < ARRAY_LEN(dates); i++) {
		const struct image image = { .created_at = dates[i].text };
		ck_assert_msg(image_created(&image) == dates[i].at, "%s", dates[i].text);
	}
}
END_TEST

/* ---- refusals ---- */

#define NO_BUILDKIT                                                                                                    \
	"time=\"2026-11-26T13:31:39Z\" level=error msg=\"`buildctl` needs to be installed and `buildkitd` needs to be running, see "    \
	"https://github.com/moby/buildkit\" error=\"failed to ping to host unix:///run/b.sock\"\n"                                      \
	"time=\"2026-11-26T13:31:39Z\" level=fatal msg=\"no buildkit host is available, tried 3 candidates: failed to ping\"\n"

static const struct {
	const char *runtime;
	enum verb verb;
	const char *said;
	enum error_kind kind;
	const char *text, *hint; /* parts of them; NULL: there is none */
} refused[] = {
	{ "docker", VERB_TAG, "Error response from daemon: No such image: web:1\n", ERROR_NOT_FOUND, "no such image: web:1", NULL },
	{ "podman", VERB_TAG, "Error: web:1: image not known\n", ERROR_NOT_FOUND, "no such image: web:1", NULL },
	{ "nerdctl", VERB_TAG, "time=\"2026-11-26T13:30:41Z\" level=fatal msg=\"web:1: not found\"\n", ERROR_NOT_FOUND, "no such image: web:1", NULL },
	{ "nerdctl", VERB_IMAGE_REMOVE, "time=\"2026-11-26T13:30:41Z\" level=fatal msg=\"1 errors:\\nno such image: web:1\"\n", ERROR_NOT_FOUND,
	  "no such image: web:1", NULL },
	{ "docker", VERB_SAVE, "Error response from daemon: reference does not exist\n", ERROR_NOT_FOUND, "no such image: web:1", NULL },
	{ "docker", VERB_PUSH, "An image does not exist locally with the tag: web\n", ERROR_NOT_FOUND, "no such image: web:1", NULL },
	{ "nerdctl", VERB_PUSH, "time=\"2026-11-26T13:32:49Z\" level=fatal msg=\"image \\\"web:1\\\": not found\"\n", ERROR_NOT_FOUND,
	  "no such image: web:1", NULL },
	{ "docker", VERB_IMAGE_REMOVE,
	  "Error response from daemon: conflict: unable to remove repository reference \"web:1\" (must force) - container 4df214f6f5b1 is using its "
	  "referenced image 2866ef348cde\n",
	  ERROR_IN_USE, "4df214f6f5b1", NULL },
	{ "podman", VERB_IMAGE_REMOVE,
	  "Error: image used by " OTHER ": image is in use by a container: consider listing external containers and force-removing image\n",
	  ERROR_IN_USE, "in use by a container", NULL },
	{ "nerdctl", VERB_IMAGE_REMOVE,
	  "time=\"2026-11-26T13:31:39Z\" level=fatal msg=\"1 errors:\\nconflict: unable to delete web:1 (must be forced) - image is being used by stopped "
	  "container " OTHER "\"\n",
	  ERROR_IN_USE, "stopped container", NULL },
	{ "docker", VERB_IMAGE_REMOVE,
	  "Error response from daemon: conflict: unable to delete f07a5a23c4ab (must be forced) - image is referenced in multiple repositories\n",
	  ERROR_IN_USE, "multiple repositories", "--force" },
	{ "podman", VERB_IMAGE_REMOVE,
	  "Error: unable to delete image \"" ID "\" by ID with more than one tag ([localhost/a:1 localhost/b:1]): please force removal\n", ERROR_IN_USE,
	  "more than one tag", "--force" },
	{ "nerdctl", VERB_IMAGE_REMOVE, "time=\"2026-11-26T13:31:39Z\" level=fatal msg=\"1 errors:\\nmultiple IDs found with provided prefix: ca6a\"\n",
	  ERROR_IN_USE, "multiple IDs", "--force" },
	{ "docker", VERB_PULL,
	  "Error response from daemon: Get \"http://127.0.0.1:1/v2/\": dial tcp 127.0.0.1:1: connect: connection refused\n", ERROR_FAILED,
	  "connection refused", "registry does not answer" },
	{ "docker", VERB_PUSH, "Get \"http://127.0.0.1:1/v2/\": dial tcp 127.0.0.1:1: connect: connection refused\n", ERROR_FAILED,
	  "connection refused", "registry does not answer" },
	{ "podman", VERB_PULL,
	  "Trying to pull 127.0.0.1:1/x:y...\ntime=\"2026-11-26T13:31:31Z\" level=warning msg=\"Failed, retrying in 1s ... (1/3).\"\nError: initializing "
	  "source docker://127.0.0.1:1/x:y: pinging container registry 127.0.0.1:1: Get \"https://127.0.0.1:1/v2/\": dial tcp 127.0.0.1:1: connect: "
	  "connection refused\n",
	  ERROR_FAILED, "Error: initializing", "registry does not answer" },
	{ "podman", VERB_PUSH,
	  "Getting image source signatures\nCopying blob sha256:3367\nError: trying to reuse blob sha256:3367 at destination: pinging container registry "
	  "127.0.0.1:1: Get \"https://127.0.0.1:1/v2/\": dial tcp 127.0.0.1:1: connect: connection refused\n",
	  ERROR_FAILED, "Error: trying to reuse", "registry does not answer" },
	{ "nerdctl", VERB_PULL,
	  "time=\"2026-11-26T13:32:49Z\" level=fatal msg=\"failed to resolve reference \\\"127.0.0.1:1/x:y\\\": failed to do request: Head "
	  "\\\"http://127.0.0.1:1/v2/x/manifests/y\\\": dial tcp 127.0.0.1:1: connect: connection refused\"\n",
	  ERROR_FAILED, "failed to resolve", "registry does not answer" },
	{ "docker", VERB_PULL, "Error response from daemon: Head \"https://r.example/v2/x/manifests/y\": unauthorized: authentication required\n",
	  ERROR_FAILED, "unauthorized", "log in" },
	{ "docker", VERB_PULL, "Error response from daemon: manifest for nginx:none not found: manifest unknown: manifest unknown\n", ERROR_NOT_FOUND,
	  "manifest unknown", NULL },
	{ "docker", VERB_PULL,
	  "Error response from daemon: pull access denied for x, repository does not exist or may require 'docker login'\n", ERROR_NOT_FOUND,
	  "pull access denied", NULL },
	{ "docker", VERB_PULL, "Cannot connect to the Docker daemon at unix:///none.sock. Is the docker daemon running?\n", ERROR_UNREACHABLE,
	  "does not answer", NULL },
	{ "docker", VERB_LOAD, "open /var/lib/docker/tmp/docker-import-40013079/repositories: no such file or directory\n", ERROR_VALUE, "repositories",
	  "load takes" },
	{ "podman", VERB_LOAD,
	  "Error: payload does not match any of the supported image formats:\n * oci: initializing source oci:root.tar:: open root.tar/index.json: not a "
	  "directory\n",
	  ERROR_VALUE, "any of the supported image formats", "load takes" },
	{ "nerdctl", VERB_LOAD, "time=\"2026-11-26T13:32:49Z\" level=fatal msg=\"unrecognized image format\"\n", ERROR_VALUE, "unrecognized", "load takes" },
	{ "nerdctl", VERB_BUILD, NO_BUILDKIT, ERROR_FAILED, "no buildkit host is available", "buildkitd" },
	{ "docker", VERB_BUILD,
	  "DEPRECATED: The legacy builder is deprecated and will be removed in a future release.\n            Install the buildx component to build "
	  "images with BuildKit:\n            https://docs.docker.com/go/buildx/\n\nCOPY failed: file not found in build context\n",
	  ERROR_FAILED, "COPY failed: file not found in build context", NULL },
	{ "docker", VERB_BUILD, "#1 [internal] load build definition\n#2 done\nERROR: failed to solve: no match\n\n", ERROR_FAILED,
	  "ERROR: failed to solve: no match", NULL },
	{ "docker", VERB_TAG, "Error response from daemon: refusing to create a tag with a digest reference\n", ERROR_FAILED, "refusing", NULL },
	{ "docker", VERB_HISTORY, "", ERROR_FAILED, "it said nothing", NULL },
};

START_TEST(refusals_are_told_apart)
{
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		const struct runtime *runtime = runtime_of(refused[i].runtime);
		struct action action;
		struct reply reply;
		struct result result;
		struct error why = { 0 };
		action_init(&action, refused[i].verb);
		strvec_push(&action.targets, "web:1");
		reply_init(&reply);
		reply.status = 1;
		buf_add_text(&reply.err, refused[i].said);
		ck_assert_int_eq(runtime->decode(runtime, &action, &reply, &result, &why), -1);
		ck_assert_msg(why.kind == refused[i].kind, "%s: %s", refused[i].said, error_kind_name(why.kind));
		ck_assert_msg(strstr(why.text, refused[i].text) != NULL, "%s", why.text);
		ck_assert_msg(refused[i].hint ? strstr(why.hint, refused[i].hint) != NULL : !*why.hint, "%s: %s", why.text, why.hint);
		reply_release(&reply);
		action_release(&action);
	}
}
END_TEST

/* What nobody can use is left out. */
START_TEST(refusals_end_where_they_are_clear)
{
	struct action action;
	struct reply reply;
	struct result result;
	struct error why = { 0 };
	action_init(&action, VERB_BUILD);
	reply_init(&reply);
	reply.status = 1;
	buf_add_text(&reply.err, NO_BUILDKIT);
	ck_assert_int_eq(runtime_of("nerdctl")->decode(runtime_of("nerdctl"), &action, &reply, &result, &why), -1);
	ck_assert_str_eq(why.text, "no buildkit host is available");
	reply_release(&reply);
	action_release(&action);
}
END_TEST

/* ---- requests ---- */

static void compose(const char *runtime, const struct action *action, struct request *request)
{
	request_init(request);
	ck_assert_msg(runtime_of(runtime)->compose(runtime_of(runtime), action, request, &err) == 0, "%s", err.text);
}

START_TEST(the_terminal_and_the_input_are_given_on)
{
	struct action action;
	struct request request;
	action_init(&action, VERB_PULL);
	compose("docker", &action, &request);
	ck_assert_int_eq(request.io, REQUEST_CAPTURE);
	ck_assert(!request.takes_input);
	request_release(&request);
	action.on_terminal = action.takes_input = true;
	compose("docker", &action, &request);
	ck_assert_int_eq(request.io, REQUEST_TERMINAL);
	ck_assert(request.takes_input);
	request_release(&request);
	action_release(&action);
}
END_TEST

/* podman takes a second image for another name of the first, unless it is told. */
START_TEST(one_image_is_saved_as_any)
{
	for (size_t i = 0; runtimes[i]; i++) {
		SCOPED(buf_release) struct buf line = BUF_INIT(1000);
		struct action action;
		struct request request;
		char should[100];
		action_init(&action, VERB_SAVE);
		strvec_push(&action.targets, "web");
		compose(runtimes[i]->name, &action, &request);
		strvec_quote(&request.argv, &line);
		snprintf(should, sizeof should, "%s save web", runtimes[i]->name);
		ck_assert_str_eq(buf_text(&line), should);
		request_release(&request);
		action_release(&action);
		ck_assert_int_eq(runtime_force_takes_users(runtimes[i]), !strcmp(runtimes[i]->name, "podman"));
	}
}
END_TEST

static Suite *images_suite(void)
{
	Suite *suite = suite_create("images");
	TCase *words = tcase_create("words"), *use = tcase_create("use"), *requests = tcase_create("requests");

	tcase_add_test(words, lines_are_docker_s);
	tcase_add_test(words, histories_are_docker_s);
	tcase_add_test(words, a_history_may_be_empty_and_must_be_json);
	tcase_add_test(words, refusals_are_told_apart);
	tcase_add_test(words, refusals_end_where_they_are_clear);
	suite_add_tcase(suite, words);
	tcase_add_test(use, an_image_is_found_by_each_of_its_names);
	tcase_add_test(use, users_are_those_of_any_of_its_names);
	tcase_add_test(use, users_are_known_by_the_id_where_it_is_told);
	tcase_add_test(use, containers_of_images_without_a_name);
	tcase_add_test(use, dates_of_images);
	tcase_add_test(use, bytes_are_those_of_each_image_once);
	suite_add_tcase(suite, use);
	tcase_add_test(requests, the_terminal_and_the_input_are_given_on);
	tcase_add_test(requests, one_image_is_saved_as_any);
	suite_add_tcase(suite, requests);
	return suite;
}

SUITE_MAIN(images_suite)
