/* exec, attach, cp, commit, diff: what is asked, and what the answer means; for each runtime, also garbage. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "runtime/runtime.h"
#include "suite.h"

#define DIGITS "4f5c0000000000000000000000000000000000000000000000000000000000aa"

static struct error err;
static struct result result;

static const struct runtime *runtime_of(const char *name)
{
	return runtime_find(name, &err);
}

/* Words with blanks between, behind the verb's own. */
static int compose(const char *runtime, enum verb verb, const char *const *options, const char *from, const char *to, struct request *request)
{
	struct action action;
	action_init(&action, verb);
	for (; options && *options; options++)
		strvec_push(&action.options, *options);
	if (verb != VERB_COPY)
		strvec_push(&action.targets, "web");
	if (from)
		strvec_push(&action.words, from);
	if (to)
		strvec_push(&action.words, to);
	request_init(request);
	int failed = runtime_of(runtime)->compose(runtime_of(runtime), &action, request, &err);
	action_release(&action);
	return failed;
}

#define OPTIONS(...) ((const char *const[]){ __VA_ARGS__, NULL })

START_TEST(exec_has_what_its_options_say)
{
	struct request request;
	ck_assert_int_eq(compose("docker", VERB_EXEC, NULL, "true", NULL, &request), 0);
	ck_assert(request.io == REQUEST_RECORDS && !request.takes_input && !request.foreground && request.ends_by_kill);
	request_release(&request);
	ck_assert_int_eq(compose("docker", VERB_EXEC, OPTIONS("--interactive"), "cat", NULL, &request), 0);
	ck_assert(request.io == REQUEST_RECORDS && request.takes_input && request.foreground);
	request_release(&request);
	ck_assert_int_eq(compose("podman", VERB_EXEC, OPTIONS("--interactive", "--tty"), "sh", NULL, &request), 0);
	ck_assert(request.io == REQUEST_TERMINAL && request.keeps_words);
	request_release(&request);
	ck_assert_int_eq(compose("nerdctl", VERB_EXEC, OPTIONS("--interactive", "--tty", "--detach"), "sh", NULL, &request), 0);
	ck_assert(request.io == REQUEST_CAPTURE && !request.takes_input && !request.foreground);
	request_release(&request);
	ck_assert_int_eq(compose("docker", VERB_EXEC, OPTIONS("--tty=false", "--interactive=false"), "cat", NULL, &request), 0);
	ck_assert(request.io == REQUEST_RECORDS && !request.takes_input);
	request_release(&request);
}
END_TEST

START_TEST(attach_reads_unless_it_only_watches)
{
	struct request request;
	ck_assert_int_eq(compose("docker", VERB_ATTACH, NULL, NULL, NULL, &request), 0);
	ck_assert(request.takes_input && request.foreground && request.ends_by_kill && request.keeps_words);
	request_release(&request);
	ck_assert_int_eq(compose("docker", VERB_ATTACH, OPTIONS("--no-stdin"), NULL, NULL, &request), 0);
	ck_assert(!request.takes_input && request.foreground);
	request_release(&request);
	ck_assert_int_eq(compose("docker", VERB_START_ATTACHED, OPTIONS("--attach"), NULL, NULL, &request), 0);
	ck_assert(!request.takes_input && request.foreground);
	request_release(&request);
	ck_assert_int_eq(compose("docker", VERB_START_ATTACHED, OPTIONS("--attach", "--interactive"), NULL, NULL, &request), 0);
	ck_assert(request.takes_input && request.foreground);
	request_release(&request);
}
END_TEST

static void copies(const char *runtime, const char *const *options, const char *from, const char *to, const char *should)
{
	struct request request;
	SCOPED(buf_release) struct buf line = BUF_INIT(4096);
	int failed = compose(runtime, VERB_COPY, options, from, to, &request);
	if (!should) {
		ck_assert_msg(failed && err.kind == ERROR_UNSUPPORTED, "%s: %s", runtime, from);
	} else {
		ck_assert_msg(!failed, "%s: %s", from, err.text);
		strvec_quote(&request.argv, &line);
		ck_assert_str_eq(buf_text(&line), should);
	}
	request_release(&request);
}

START_TEST(copies_are_evened_out)
{
	copies("docker", OPTIONS("--archive", "--follow-link"), "a", "web:/b", "docker cp --archive --follow-link a web:/b");
	copies("nerdctl", OPTIONS("--follow-link"), "a", "web:/b", "nerdctl cp --follow-link a web:/b");
	copies("podman", OPTIONS("--follow-link"), "a", "web:/b", "podman cp --archive=false a web:/b");
	copies("podman", OPTIONS("--archive"), "a", "web:/b", "podman cp --archive a web:/b");
	copies("podman", NULL, "web:/*[x]", "b", NULL);
	copies("podman", NULL, "./*", "web:/", NULL);
	copies("docker", NULL, "./*", "web:/", "docker cp './*' web:/");
	copies("nerdctl", NULL, "web:-x", "b", NULL);
	copies("nerdctl", NULL, "web:/tmp/--checkpoint-action=exec=x", "b", NULL);
	copies("nerdctl", NULL, "./-x", "web:/", NULL);
	copies("nerdctl", NULL, "web:/etc", "-", NULL);
	copies("nerdctl", NULL, "-", "web:/etc", NULL);
	copies("docker", NULL, "-", "web:/etc", "docker cp - web:/etc");
}
END_TEST

START_TEST(a_tar_is_read_and_written)
{
	struct request request;
	ck_assert_int_eq(compose("docker", VERB_COPY, NULL, "-", "web:/", &request), 0);
	ck_assert(request.io == REQUEST_CAPTURE && request.takes_input && request.foreground);
	request_release(&request);
	ck_assert_int_eq(compose("podman", VERB_COPY, NULL, "web:/", "-", &request), 0);
	ck_assert(request.io == REQUEST_STREAM && !request.takes_input);
	request_release(&request);
}
END_TEST

START_TEST(nerdctl_commits_by_name)
{
	struct request request;
	ck_assert_int_eq(compose("nerdctl", VERB_COMMIT, NULL, NULL, NULL, &request), -1);
	ck_assert_int_eq(err.kind, ERROR_UNSUPPORTED);
	request_release(&request);
	ck_assert_int_eq(compose("docker", VERB_COMMIT, NULL, NULL, NULL, &request), 0);
	request_release(&request);
}
END_TEST

static int decode(const char *runtime, enum verb verb, int status, const char *out, const char *words)
{
	struct action action;
	struct reply reply;
	action_init(&action, verb);
	strvec_push(&action.targets, "web");
	reply_init(&reply);
	reply.status = status;
	buf_add_text(&reply.out, out);
	buf_add_text(&reply.err, words);
	err = (struct error){ 0 };
	result_release(&result);
	result = (struct result){ 0 };
	int failed = runtime_of(runtime)->decode(runtime_of(runtime), &action, &reply, &result, &err);
	reply_release(&reply);
	action_release(&action);
	return failed;
}

static const struct {
	const char *runtime;
	int status;
	const char *words;
	enum error_kind kind;
	int is; /* the status it becomes */
} ends[] = {
	{ "docker", 7, "", ERROR_STATUS, 7 },
	{ "docker", 126, "OCI runtime exec failed: exec failed: unable to start container process: exec: \"x\": executable file not found in $PATH: unknown\n", ERROR_NO_PROGRAM, 127 },
	{ "docker", 126, "OCI runtime exec failed: exec failed: unable to start container process: exec: \"/etc\": permission denied: unknown\n", ERROR_NOT_EXECUTABLE, 126 },
	{ "docker", 126, "OCI runtime exec failed: exec failed: unable to start container process: chdir to cwd (\"/x\") set in config.json failed: no such file or directory: unknown\n", ERROR_NOT_EXECUTABLE, 126 },
	{ "docker", 126, "unable to find user x: no matching entries in passwd file\n", ERROR_NOT_EXECUTABLE, 126 },
	{ "docker", 1, "Error response from daemon: Container ab is not running\n", ERROR_STATE, 1 },
	{ "docker", 126, "cannot exec in a stopped state: unknown\n", ERROR_STATE, 1 },
	{ "docker", 1, "unable to upgrade to tcp, received 500\n", ERROR_FAILED, 1 },
	{ "docker", 1, "Error response from daemon: No such container: web\n", ERROR_NOT_FOUND, 1 },
	{ "podman", 127, "Error: runc: exec failed: unable to start container process: exec: \"x\": executable file not found in $PATH: OCI runtime attempted to invoke a command that was not found\n", ERROR_NO_PROGRAM, 127 },
	{ "podman", 127, "Error: crun: executable file `x` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found\n", ERROR_NO_PROGRAM, 127 },
	{ "podman", 126, "Error: runc: exec failed: unable to start container process: exec: \"/etc\": permission denied: OCI permission denied\n", ERROR_NOT_EXECUTABLE, 126 },
	{ "podman", 255, "Error: can only create exec sessions on running containers: container state improper\n", ERROR_STATE, 1 },
	{ "podman", 255, "Error: can only start exec sessions when their container is running: container state improper\n", ERROR_STATE, 1 },
	{ "podman", 3, "time=\"2026-11-26T13:40:34Z\" level=error msg=\"Unable to restore terminal\"\n", ERROR_STATUS, 3 },
	{ "nerdctl", 1, "time=\"2026-11-26T13:33:40Z\" level=fatal msg=\"exec failed with exit code 7\"\n", ERROR_STATUS, 7 },
	{ "nerdctl", 1, "time=\"2026-11-26T13:33:40Z\" level=fatal msg=\"exec failed with exit code 137\"\n", ERROR_STATUS, 137 },
	{ "nerdctl", 1, "time=\"2026-11-26T13:33:40Z\" level=fatal msg=\"OCI runtime exec failed: exec failed: unable to start container process: exec: \\\"x\\\": executable file not found in $PATH: unknown\"\n", ERROR_NO_PROGRAM, 127 },
	{ "nerdctl", 1, "time=\"2026-11-26T13:33:40Z\" level=fatal msg=\"cannot exec in a paused state: unknown\"\n", ERROR_STATE, 1 },
	{ "nerdctl", 1, "time=\"2026-11-26T13:33:40Z\" level=fatal msg=\"no running task found: task 4fa not found\"\n", ERROR_STATE, 1 },
	{ "nerdctl", 1, "time=\"x\" level=fatal msg=\"exec failed with exit code \"\n", ERROR_STATUS, 0 },
	{ "docker", 1, "\n\n", ERROR_STATUS, 1 },
	{ "docker", 1, "\xff\x01garbage", ERROR_FAILED, 1 },
};

START_TEST(exec_ends_as_what_was_run_or_is_refused)
{
	ck_assert_int_eq(decode(ends[_i].runtime, VERB_EXEC, ends[_i].status, "", ends[_i].words), -1);
	ck_assert_msg(err.kind == ends[_i].kind, "%s: %s", error_kind_name(err.kind), err.text);
	ck_assert_int_eq(error_status(&err), ends[_i].is);
}
END_TEST

START_TEST(leaving_is_no_failure)
{
	ck_assert_int_eq(decode("docker", VERB_ATTACH, 1, "", "read escape sequence\n"), 0);
	ck_assert_int_eq(decode("docker", VERB_EXEC, 1, "", "read escape sequence\n"), 0);
	ck_assert_int_eq(decode("docker", VERB_START_ATTACHED, 1, "", "read escape sequence\n"), 0);
	ck_assert_int_eq(decode("podman", VERB_EXEC, 0, "", ""), 0);
}
END_TEST

START_TEST(a_start_ends_as_what_was_started_or_is_refused)
{
	ck_assert_int_eq(decode("nerdctl", VERB_START_ATTACHED, 4, "", "time=\"x\" level=warning msg=\"failed to inspect NetNS\"\n"), -1);
	ck_assert_int_eq(err.kind, ERROR_STATUS);
	ck_assert_int_eq(error_status(&err), 4);
	ck_assert_int_eq(decode("nerdctl", VERB_START_ATTACHED, 1, "", "time=\"x\" level=fatal msg=\"1 errors:\\n\"\n"), -1);
	ck_assert_int_eq(err.kind, ERROR_STATUS);
	ck_assert_int_eq(decode("nerdctl", VERB_START_ATTACHED, 1, "", "time=\"x\" level=fatal msg=\"1 errors:\\nno such container: a\"\n"), -1);
	ck_assert_int_eq(err.kind, ERROR_NOT_FOUND);
	ck_assert_int_eq(decode("docker", VERB_START_ATTACHED, 1, "", "Error response from daemon: No such container: a\n"), -1);
	ck_assert_int_eq(err.kind, ERROR_NOT_FOUND);
}
END_TEST

static bool speaks(const char *runtime, const char *bytes)
{
	return runtime_speaks(runtime_of(runtime), VERB_EXEC, bytes, strlen(bytes));
}

START_TEST(its_own_words_are_one_line_that_begins_as_they_do)
{
	ck_assert(speaks("docker", "OCI runtime exec failed: x\r\n"));
	ck_assert(!speaks("docker", "OCI runtime exec failed: x\nmore\n"));
	ck_assert(!speaks("docker", "OCI"));
	ck_assert(!speaks("docker", ""));
	ck_assert(!speaks("docker", "Error response from daemon: conflict\n"));
	ck_assert(!speaks("docker", "a line, OCI runtime exec failed: \n"));
	ck_assert(speaks("docker", "cannot exec in a stopped state: unknown\r\n"));
	ck_assert(speaks("docker", "unable to upgrade to tcp, received 500\n"));
	ck_assert(speaks("docker", "task " DIGITS " not found: not found\r\n"));
	ck_assert(!speaks("docker", "task 7 is done\n"));
	ck_assert(speaks("docker", "container not created: not found\r\n"));
	ck_assert(speaks("docker", "cannot start a stopped process: unknown\r\n"));
	ck_assert(!speaks("docker", "a task 7 not found: not found\n"));
	ck_assert(!speaks("docker", "not found\r\n"));
	ck_assert(speaks("podman", "Error: crun: x\n"));
	ck_assert(speaks("podman", "Error: can only start exec sessions when their container is running: container state improper\n"));
	ck_assert(!speaks("podman", "Error: anything\n"));
	ck_assert(speaks("nerdctl", "time=\"2026\" level=fatal msg=\"exec failed with exit code 1\"\n"));
	ck_assert(!speaks("nerdctl", "Error: crun: x\n"));
}
END_TEST

START_TEST(commit_gives_dockers_id)
{
	ck_assert_int_eq(decode("docker", VERB_COMMIT, 0, "sha256:" DIGITS "\n", ""), 0);
	ck_assert_str_eq(buf_text(&result.text), "sha256:" DIGITS "\n");
	ck_assert_int_eq(decode("podman", VERB_COMMIT, 0, "Getting image\n" DIGITS "\n\n", ""), 0);
	ck_assert_str_eq(buf_text(&result.text), "sha256:" DIGITS "\n");
	static const char *const garbage[] = { "", "\n", "sha256:\n", "sha256:12\n", DIGITS "0\n", "sha256:" DIGITS " x", "<html>" };
	for (size_t i = 0; i < ARRAY_LEN(garbage); i++) {
		ck_assert_msg(decode("docker", VERB_COMMIT, 0, garbage[i], "") == -1, "%s", garbage[i]);
		ck_assert_int_eq(err.kind, ERROR_RUNTIME);
	}
}
END_TEST

START_TEST(diff_has_each_path_once)
{
	static const struct {
		const char *said, *is;
	} changes[] = {
		{ "", "" },
		{ "C /etc\nD /etc/passwd\nA /made\n", "C /etc\nD /etc/passwd\nA /made\n" },
		{ "A /b\nC /b\nA /b/x\nC /b\nA /a\n", "A /a\nA /b\nA /b/x\n" },
		{ "A /b c\nA /b\nC /b c\n", "A /b\nA /b c\n" },
		{ "garbage\nX /a\nA\nA \n\n\nC /etc", "C /etc\n" },
	};
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		ck_assert_int_eq(decode("nerdctl", VERB_DIFF, 0, changes[i].said, ""), 0);
		ck_assert_str_eq(buf_text(&result.text), changes[i].is);
	}
}
END_TEST

static const struct {
	const char *runtime, *words;
	enum error_kind kind;
} copy_refusals[] = {
	{ "docker", "Error response from daemon: Could not find the file /x in container web\n", ERROR_NOT_FOUND },
	{ "docker", "no such directory\n", ERROR_NOT_FOUND },
	{ "docker", "cannot copy directory\n", ERROR_VALUE },
	{ "docker", "destination \"web:/x\" must be a directory\n", ERROR_VALUE },
	{ "docker", "Error response from daemon: Error processing tar file(exit status 1): unexpected EOF\n", ERROR_VALUE },
	{ "podman", "Error: \"/x\" could not be found on container web: no such file or directory\n", ERROR_NOT_FOUND },
	{ "podman", "Error: \"x\" could not be found on the host: no such file or directory\n", ERROR_NOT_FOUND },
	{ "podman", "Error: destination must be a directory when copying a directory\n", ERROR_VALUE },
	{ "podman", "Error: source must be a (compressed) tar archive when copying from stdin\n", ERROR_VALUE },
	{ "nerdctl", "time=\"1\" level=fatal msg=\"unable to copy: source does not exist\"\n", ERROR_NOT_FOUND },
	{ "nerdctl", "time=\"1\" level=fatal msg=\"unable to copy: destination parent does not exist\"\n", ERROR_NOT_FOUND },
	{ "nerdctl", "time=\"1\" level=fatal msg=\"unable to copy: cannot copy a directory to a file\"\n", ERROR_VALUE },
};

START_TEST(copies_are_refused_by_kind)
{
	ck_assert_int_eq(decode(copy_refusals[_i].runtime, VERB_COPY, 1, "", copy_refusals[_i].words), -1);
	ck_assert_msg(err.kind == copy_refusals[_i].kind, "%s: %s", error_kind_name(err.kind), err.text);
}
END_TEST

/* Of what is too long to be shown its end is kept: there the reason is. */
START_TEST(a_long_refusal_keeps_its_reason)
{
	char words[3000];
	memset(words, 'x', sizeof words);
	snprintf(words + 2900, 100, ": no space left on device\n");
	ck_assert_int_eq(decode("podman", VERB_COPY, 125, "", words), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "no space left on device"));
	ck_assert_ptr_nonnull(strstr(err.text, "xxx … xxx"));
}
END_TEST

static Suite *inner_suite(void)
{
	Suite *suite = suite_create("inner");
	TCase *all = tcase_create("all");

	tcase_add_test(all, exec_has_what_its_options_say);
	tcase_add_test(all, attach_reads_unless_it_only_watches);
	tcase_add_test(all, copies_are_evened_out);
	tcase_add_test(all, a_tar_is_read_and_written);
	tcase_add_test(all, nerdctl_commits_by_name);
	tcase_add_loop_test(all, exec_ends_as_what_was_run_or_is_refused, 0, (int)ARRAY_LEN(ends));
	tcase_add_test(all, leaving_is_no_failure);
	tcase_add_test(all, a_start_ends_as_what_was_started_or_is_refused);
	tcase_add_test(all, its_own_words_are_one_line_that_begins_as_they_do);
	tcase_add_test(all, commit_gives_dockers_id);
	tcase_add_test(all, diff_has_each_path_once);
	tcase_add_loop_test(all, copies_are_refused_by_kind, 0, (int)ARRAY_LEN(copy_refusals));
	tcase_add_test(all, a_long_refusal_keeps_its_reason);
	suite_add_tcase(suite, all);
	return suite;
}

SUITE_MAIN(inner_suite)
