/*
 * What it means that a CLI, or an engine, refuses. A verb's refusals can only be told apart by their text: exit statuses differ by verb,
 * runtime and version. In each of these tables the first that fits counts, in any case of letters.
 */
#include "runtime/refusal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/api.h"
#include "runtime/dialect.h"
#include "base/banned.h"

#define LINE_ENDS "\r\n" /* on a terminal that is raw both */
#define LINE_KEPT 1000 /* bytes of a line that are enough */

/*
 * Part of a line of a log as Go programs keep it: time="…" level=fatal msg="1 errors:\nno such container: web". NULL: it is none.
 */
static const char *log_part(const char *line, size_t len, const char *key)
{
	const char *at = strncmp(line, "time=\"", 6) == 0 ? memmem(line, len, key, strlen(key)) : NULL;
	return at ? at + strlen(key) : NULL;
}

/* Warnings come before what is the matter, and may be many. */
static bool is_warning(const char *line, size_t len)
{
	static const char *const levels[] = { "warning", "info", "debug", "trace" };
	const char *level = log_part(line, len, " level=");
	if (!strncmp(line, "WARNING: ", 9))
		return true;
	for (size_t i = 0; level && i < ARRAY_LEN(levels); i++)
		if (!strncmp(level, levels[i], strlen(levels[i])))
			return true;
	return false;
}

static void add_message(struct buf *out, const char *line, size_t len)
{
	const char *message = log_part(line, len, " msg=\""), *end = line + len;
	if (!message) {
		buf_add(out, line, len);
		return;
	}
	size_t digits = strspn(message, "0123456789");
	if (digits && !strncmp(message + digits, " errors:\\n", 10))
		message += digits + 10;
	for (; message < end && *message != '"'; message++) {
		bool escaped = *message == '\\' && message + 1 < end;
		message += escaped;
		buf_add(out, escaped && (*message == 'n' || *message == 't') ? " " : message, 1);
	}
}

/* What is said on the way, the advice that CLIs add, and the status of a plugin of docker's, which says nothing. */
static bool is_by_the_way(const char *line)
{
	static const char *const beginnings[] = {
		"See '", "Run '", "exit status ", "Error: failed to start containers: ", "failed to start containers: ", "Trying to pull ", "Getting image source ", "Copying blob ", "Copying config ", "Writing manifest ",
		"Storing signatures", "DEPRECATED: The legacy builder", "            Install the buildx", "            BuildKit is currently",
		"            https://docs.docker.com/go/buildx", "            environment-variable",
	};
	for (size_t i = 0; i < ARRAY_LEN(beginnings); i++)
		if (!strncmp(line, beginnings[i], strlen(beginnings[i])))
			return true;
	return false;
}

/* Of a very long one its beginning, and its end, where the reason mostly is. */
static void add_line(struct buf *out, const char *line, size_t len)
{
	if (len <= LINE_KEPT) {
		add_message(out, line, len);
		return;
	}
	add_message(out, line, LINE_KEPT / 3);
	buf_add_text(out, " … ");
	buf_add(out, line + len - LINE_KEPT / 2, LINE_KEPT / 2);
}

static void add_words(struct buf *words, const char *text, bool warnings)
{
	for (size_t len; *text; text += len + (text[len] != '\0')) {
		len = strcspn(text, LINE_ENDS);
		if (!len || is_by_the_way(text) || is_warning(text, len) != warnings)
			continue;
		if (words->len)
			buf_add(words, " ", 1);
		add_line(words, text, len);
	}
}

/* A build's log may be there as well; what it failed of stands in its last line. */
static const char *last_line(const char *text)
{
	const char *last = text;
	for (const char *next = text; *next; next += strcspn(next, "\n"), next += *next == '\n')
		if (next[strspn(next, " \t\r\n")])
			last = next;
	return last;
}

/* Its parts between the * one behind the other. */
static bool says(const char *text, const char *words)
{
	for (size_t len; text; words += len + 1) {
		char part[128];
		len = strcspn(words, "*");
		snprintf(part, sizeof part, "%.*s", (int)len, words);
		text = strcasestr(text, part);
		if (!text || !words[len])
			break;
		text += len;
	}
	return text;
}

/* The engine's own words, without the advice its CLI adds; its warnings only where there is nothing else, or nothing that tells. */
static void engine_words(const struct dialect *dialect, const struct action *action, const struct reply *reply, char *text, size_t size)
{
	SCOPED(buf_release) struct buf refusal = BUF_INIT(REQUEST_ERRORS_MAX);
	SCOPED(buf_release) struct buf words = BUF_INIT(size);
	const struct buf *from = reply->err.len ? &reply->err : &reply->out;
	if (reply->code >= 300) {
		api_refusal(buf_text(from), from->len, &refusal);
		from = &refusal;
	}
	add_words(&words, action->verb == VERB_BUILD ? last_line(buf_text(from)) : buf_text(from), false);
	if (!words.len && action->verb == VERB_BUILD)
		add_words(&words, buf_text(from), false);
	size_t summary = words.len;
	if (!summary || (dialect->told_in_warnings && says(buf_text(&words), dialect->told_in_warnings)))
		add_words(&words, buf_text(from), true);
	if (summary && words.len > summary)
		buf_drop(&words, summary + 1);
	snprintf(text, size, "%s", words.len ? buf_text(&words) : "it said nothing");
}

#define NO_ARCHIVE "load takes what save wrote; import makes an image of a file system"

/* What all of them may say of a request that did reach an engine: behind docker's words nerdctl's, then podman's. */
static const struct refusal refusals[] = {
	{ "is already in use by container", ERROR_NAME_TAKEN },
	{ "already used by ID", ERROR_NAME_TAKEN },
	{ "that name is already in use", ERROR_NAME_TAKEN },
	{ "already exists in network", ERROR_STATE },
	{ ": already exists", ERROR_STATE }, /* nerdctl's, of a start: the task of one that is paused */
	{ "already exists", ERROR_NAME_TAKEN }, /* a network, a volume */
	{ "port is already allocated", ERROR_IN_USE },
	{ "address already in use", ERROR_IN_USE },
	{ "volume is in use", ERROR_IN_USE },
	{ "has active endpoints", ERROR_IN_USE },
	{ "is being used", ERROR_IN_USE },
	{ "is in use by container", ERROR_IN_USE },
	{ "is in use (failed", ERROR_IN_USE },
	{ "overlaps with other one", ERROR_IN_USE },
	{ "already used on the host", ERROR_IN_USE },
	{ "is using its referenced image", ERROR_IN_USE },
	{ "image is in use", ERROR_IN_USE },
	{ "with more than one tag", ERROR_IN_USE, "name one of its tags, or remove all of them with --force" },
	{ "referenced in multiple repositories", ERROR_IN_USE, "name one of its tags, or remove all of them with --force" },
	{ "multiple IDs found with provided prefix", ERROR_IN_USE, "name one of its tags, or remove all of them with --force" },
	{ "conflict: unable to", ERROR_IN_USE },
	{ "is not running", ERROR_STATE },
	{ "container is running", ERROR_STATE },
	{ "is not paused", ERROR_STATE },
	{ "already paused", ERROR_STATE },
	{ "is paused", ERROR_STATE },
	{ "a paused container", ERROR_STATE },
	{ "a running container", ERROR_STATE },
	{ "is in running status", ERROR_STATE },
	{ "is in paused status", ERROR_STATE },
	{ "can only kill running", ERROR_STATE },
	{ "on running containers", ERROR_STATE },
	{ "exec in a stopped state", ERROR_STATE },
	{ "must be in Created or Stopped state", ERROR_STATE },
	{ "as it is running", ERROR_STATE },
	{ "as it is paused", ERROR_STATE },
	{ "is running or paused", ERROR_STATE },
	{ "can't pause", ERROR_STATE },
	{ "container state improper", ERROR_STATE },
	{ "unrecognized image format", ERROR_VALUE, NO_ARCHIVE },
	{ "any of the supported image formats", ERROR_VALUE, NO_ARCHIVE, .ends = true },
	{ "/repositories: no such file", ERROR_VALUE, NO_ARCHIVE },
	{ "does not contain a manifest.json", ERROR_VALUE, NO_ARCHIVE },
	{ "stdin is empty", ERROR_VALUE, NO_ARCHIVE },
	{ "no buildkit host is available", ERROR_FAILED, "nerdctl builds with BuildKit: install buildctl, and start buildkitd",
	  .ends = true },
	{ "pull access denied", ERROR_NOT_FOUND },
	{ "manifest unknown", ERROR_NOT_FOUND },
	{ "container does not exist", ERROR_STATE }, /* podman's, of an update: for its runtime only what runs does */
	{ "memory limit", ERROR_VALUE }, /* of an update: too small, over what is there with swap */
	{ "range of CPUs is", ERROR_VALUE },
	{ "CPUs are not available", ERROR_VALUE },
	{ "numerical result out of range", ERROR_VALUE },
	{ "cannot exec in a", ERROR_STATE },
	{ "no running task", ERROR_STATE },
	{ "only attach to running", ERROR_STATE },
	{ "cannot attach to a", ERROR_STATE },
	{ "error creating fifo", ERROR_UNSUPPORTED }, /* nerdctl's, of attaching to what has no terminal */
	{ "could not find the file", ERROR_NOT_FOUND },
	{ "no such directory", ERROR_NOT_FOUND },
	{ "could not be found on", ERROR_NOT_FOUND },
	{ "source does not exist", ERROR_NOT_FOUND },
	{ "parent does not exist", ERROR_NOT_FOUND },
	{ "destination directory must exist", ERROR_NOT_FOUND },
	{ "no public port", ERROR_NOT_FOUND },
	{ "cannot copy directory", ERROR_VALUE },
	{ "cannot copy a directory", ERROR_VALUE },
	{ "must be a directory", ERROR_VALUE },
	{ "not a directory", ERROR_VALUE },
	{ "must be a (compressed) tar", ERROR_VALUE },
	{ "processing tar file", ERROR_VALUE },
	{ "not a valid change", ERROR_VALUE },
	{ "unknown change directive", ERROR_VALUE },
	{ "already connected to network", ERROR_STATE },
	{ "is not connected to network", ERROR_STATE },
	{ "in private (none) mode", ERROR_STATE },
	{ "invalid network mode", ERROR_STATE },
	{ "invalid ", ERROR_VALUE },
	{ "are allowed", ERROR_VALUE },
	{ "name is too short", ERROR_VALUE },
	{ "plugin \"*\" not found", ERROR_VALUE },
	{ "unsupported cni driver", ERROR_VALUE },
	{ "failed to parse subnet", ERROR_VALUE },
	{ "pre-defined network", ERROR_VALUE },
	{ "predefined * network", ERROR_VALUE },
	{ "conflicts with a valid network mode", ERROR_VALUE },
	{ "default network", ERROR_VALUE },
	{ "must match", ERROR_VALUE },
	{ "unsupported restart policy", ERROR_VALUE },
	{ "valid restart policy", ERROR_VALUE },
	{ "template parsing error", ERROR_VALUE },
	{ "template: ", ERROR_VALUE },
	{ "has no defined healthcheck", ERROR_STATE },
	{ NULL, ERROR_FAILED },
};

static const struct refusal *find(const struct refusal *refusal, const char *text)
{
	while (refusal->words && !says(text, refusal->words))
		refusal++;
	return refusal;
}

/* "network web not found": words that may mean much else, of other verbs. */
static const struct refusal of_network[] = { { " not found", ERROR_NOT_FOUND }, { NULL, ERROR_FAILED } };

/* What a registry was asked, and why it gave nothing. That it does not answer says nothing of the engine. */
static const struct refusal of_registry[] = {
	{ "manifest unknown", ERROR_NOT_FOUND },
	{ "name unknown", ERROR_NOT_FOUND },
	{ "not found", ERROR_NOT_FOUND },
	{ "unauthorized", ERROR_FAILED, "log in to the registry with the runtime's own login" },
	{ "authentication required", ERROR_FAILED, "log in to the registry with the runtime's own login" },
	{ "denied", ERROR_FAILED, "log in to the registry with the runtime's own login" },
	{ "dial tcp", ERROR_FAILED, "its registry does not answer: look at its name, and at the network" },
	{ NULL, ERROR_FAILED },
};

static bool asked_registry(const struct action *action, const char *text)
{
	bool asks = action->verb == VERB_PULL || action->verb == VERB_PUSH || action->verb == VERB_BUILD;
	return asks && strstr(text, "/v2/");
}

static const char *subject_of(const struct action *action)
{
	if (action->targets.nr)
		return action->targets.items[0];
	return action->words.nr ? action->words.items[0] : "";
}

/* About an action that did reach an engine. */
static int refuse(const struct action *action, enum error_kind kind, const char *text, const char *hint, struct error *err)
{
	error_set(err, kind, "%s", text);
	if (hint)
		error_hint(err, "%s", hint);
	return error_about(err, subject_of(action));
}

/* Of these verbs it is the image that is not there, which every CLI says in words of its own. */
static bool names_image(const struct action *action)
{
	static const enum verb verbs[] = { VERB_TAG, VERB_PUSH, VERB_IMAGE_REMOVE, VERB_IMAGE_INSPECT, VERB_HISTORY, VERB_SAVE };
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (action->verb == verbs[i])
			return action->targets.nr == 1;
	return false;
}

/* The reason is mostly at the end. */
static void shorten(char *text)
{
	size_t len = strlen(text), head = ERROR_TEXT_MAX / 4, tail = ERROR_TEXT_MAX / 2;
	if (len <= head + tail + strlen(" … "))
		return;
	memcpy(text + head, " … ", strlen(" … "));
	memmove(text + head + strlen(" … "), text + len - tail, tail + 1);
}

int refusal_read(const struct runtime *self, const struct action *action, const struct reply *reply, struct error *err)
{
	const struct dialect *dialect = self->dialect;
	char text[4096];
	engine_words(dialect, action, reply, text, sizeof text);
	const struct refusal *refusal = asked_registry(action, text) ? find(of_registry, text) : find(dialect->refusals, text);
	if (reply->code == 404)
		return refuse(action, ERROR_NOT_FOUND, text, NULL, err);
	if (!refusal->words)
		refusal = find(action->verb == VERB_NETWORK_INSPECT ? of_network : refusals, text);
	if (refusal->ends)
		strcasestr(text, refusal->words)[strlen(refusal->words)] = '\0';
	if (refusal->kind == ERROR_NOT_FOUND && names_image(action) && !asked_registry(action, text))
		snprintf(text, sizeof text, "no such image: %s", action->targets.items[0]);
	shorten(text);
	if (refusal->kind == ERROR_UNREACHABLE)
		return error_set(err, ERROR_UNREACHABLE, "%s does not answer: %s (is its engine started?)", self->name, text);
	if (refusal->kind == ERROR_DENIED)
		return error_set(err, ERROR_DENIED, "%s: %s (join the group that owns the socket, or use sudo)", self->name, text);
	return refuse(action, refusal->kind, text, refusal->hint, err);
}

/* ---- of what runs in a container ---- */

static bool begins(const char *text, const char *words)
{
	size_t len = strcspn(words, "*");
	return !strncmp(text, words, len) && (!words[len] || says(text + len, words + len + 1));
}

static bool begins_as_one(const char *text, const char *const *words)
{
	for (; words && *words; words++)
		if (begins(text, *words))
			return true;
	return false;
}

bool runtime_speaks(const struct runtime *self, enum verb verb, const char *bytes, size_t len)
{
	const struct dialect *dialect = self->dialect;
	SCOPED(buf_release) struct buf line = BUF_INIT(REQUEST_ERRORS_MAX);
	const char *newline = memchr(bytes, '\n', len);
	if ((newline && newline + 1 < bytes + len) || buf_add(&line, bytes, len) < 0)
		return false;
	return begins_as_one(buf_text(&line), verb == VERB_START_ATTACHED ? dialect->start_words : dialect->own_words);
}

/* As docker's newer engines: 127 the command is not there, 126 it cannot be run, as this user or there. runc's words, crun's, podman's. */
static const struct refusal exec_refusals[] = {
	{ "chdir to cwd", ERROR_NOT_EXECUTABLE },
	{ "unable to find user", ERROR_NOT_EXECUTABLE },
	{ "unable to find group", ERROR_NOT_EXECUTABLE },
	{ "no users found", ERROR_NOT_EXECUTABLE },
	{ "no groups found", ERROR_NOT_EXECUTABLE },
	{ "executable file", ERROR_NO_PROGRAM },
	{ "no such file or directory", ERROR_NO_PROGRAM },
	{ "a command that was not found", ERROR_NO_PROGRAM },
	{ "permission denied", ERROR_NOT_EXECUTABLE },
	{ "exec format error", ERROR_NOT_EXECUTABLE },
	{ "is a directory", ERROR_NOT_EXECUTABLE },
	{ "operation not permitted", ERROR_NOT_EXECUTABLE },
	{ NULL, ERROR_FAILED },
};

/* Anything but what is noted on the way. */
static bool has_refusal(const char *text)
{
	for (size_t len; *text; text += len + (text[len] != '\0')) {
		SCOPED(buf_release) struct buf message = BUF_INIT(REQUEST_ERRORS_MAX);
		len = strcspn(text, LINE_ENDS);
		const char *level = log_part(text, len, " level=");
		if (is_warning(text, len) || (level && strncmp(level, "fatal", 5) != 0))
			continue;
		add_message(&message, text, len);
		if (message.len)
			return true;
	}
	return false;
}

static int own_status(const char *text, struct error *err)
{
	error_set(err, ERROR_STATUS, "exit status %.3s", text);
	err->detail = (int)(strtol(text, NULL, 10) & 255);
	return -1;
}

int refusal_of_inner(const struct runtime *self, const struct action *action, const struct reply *reply, struct error *err)
{
	const struct dialect *dialect = self->dialect;
	const char *words = buf_text(&reply->err);
	const char *status = dialect->tells_status ? strstr(words, dialect->tells_status) : NULL;
	if (status)
		return own_status(status + strlen(dialect->tells_status), err);
	if (dialect->detached && strstr(words, dialect->detached))
		return 0;
	if (!has_refusal(words)) {
		char number[16];
		snprintf(number, sizeof number, "%d", reply->status);
		return own_status(number, err);
	}
	refusal_read(self, action, reply, err);
	const struct refusal *refusal = find(exec_refusals, err->text);
	if (action->verb == VERB_EXEC && err->kind == ERROR_FAILED && refusal->words)
		err->kind = refusal->kind;
	return -1;
}

const char *runtime_install_advice(const struct runtime *runtime)
{
	const struct dialect *dialect = runtime->dialect;
	return dialect->install;
}

const char *runtime_advice(const struct runtime *runtime, enum error_kind kind)
{
	const struct dialect *dialect = runtime->dialect;
	return kind == ERROR_DENIED ? dialect->let_in : dialect->start;
}

bool runtime_wants_unpaused(const struct runtime *self, const struct action *action, const struct error *err)
{
	const struct dialect *dialect = self->dialect;
	return dialect->refuses_paused && (action->verb == VERB_STOP || action->verb == VERB_RESTART) && err->kind == ERROR_STATE &&
	       strstr(err->text, dialect->refuses_paused);
}
