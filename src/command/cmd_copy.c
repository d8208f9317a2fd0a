/*
 * cp: into a container, out of one, and from one into another, also of another runtime. The last is two copies with a private directory of
 * this machine between them, so that each is what the runtime's own cp makes of it.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/tree.h"
#include "command/inside.h"
#include "command/output.h"
#include "command/place.h"
#include "command/progress.h"
#include "command/rows.h"
#include "command/target.h"
#include "base/banned.h"

struct copy {
	const struct invocation *call;
	struct place from, to;
	bool follows; /* a link that is copied: what it points to */
};

static bool is_tar(const struct place *place)
{
	return !place->container && !strcmp(place->path, "-");
}

/* ---- what can be known before anything is asked ---- */

/* The directory that `path` is in, or is to be in; "" cannot be. */
static void directory_of(const char *path, char directory[PATH_MAX])
{
	size_t len = strlen(path);
	while (len > 1 && path[len - 1] == '/')
		len--;
	while (len > 0 && path[len - 1] != '/')
		len--;
	snprintf(directory, PATH_MAX, "%.*s", len ? (int)len : 1, len ? path : ".");
}

static int not_there(const char *what, const char *path, struct error *err)
{
	error_system(err, "%s'%s'", what, path);
	if (err->detail == ENOENT || err->detail == ENOTDIR)
		err->kind = ERROR_NOT_FOUND;
	return error_about(err, path);
}

static int check_here(const struct session *session, const struct copy *copy, struct error *err)
{
	char directory[PATH_MAX];
	struct stat st;
	if (is_tar(&copy->to))
		return inside_check_output(err);
	if (is_tar(&copy->from))
		return session_check_input(session, "give a file or a directory", err);
	if (!copy->from.container)
		return lstat(copy->from.path, &st) < 0 ? not_there("", copy->from.path, err) : 0;
	directory_of(copy->to.path, directory);
	return stat(directory, &st) < 0 ? not_there("directory ", directory, err) : 0;
}

/* ---- one copy ---- */

/* A file that is made here, so that half of one can be taken away. */
struct landing {
	char path[PATH_MAX];
	bool is_new;
};

static void find_landing(const struct copy *copy, struct landing *out)
{
	struct stat st;
	const char *slash = strrchr(copy->from.path, '/');
	*out = (struct landing){ 0 };
	if (copy->to.container || is_tar(&copy->to) || place_means_content(copy->from.path))
		return;
	bool into = stat(copy->to.path, &st) == 0 && S_ISDIR(st.st_mode);
	int len = snprintf(out->path, sizeof out->path, "%s%s%s", copy->to.path, into ? "/" : "",
			   !into ? "" : slash ? slash + 1 : copy->from.path);
	out->is_new = len < PATH_MAX && lstat(out->path, &st) < 0 && errno == ENOENT;
}

static void clear_landing(const struct landing *landing)
{
	struct stat st;
	if (landing->is_new && lstat(landing->path, &st) == 0 && S_ISREG(st.st_mode))
		unlink(landing->path);
}

static void push_place(struct strvec *words, const struct place *place, const struct inside *inside)
{
	if (place->container)
		strvec_pushf(words, "%s:%s", inside->id, place->path);
	else
		strvec_push(words, place->path);
}

/* A single file's size is known. */
static int perform_told(struct session *session, const struct copy *copy, const struct action *action, struct result *out, struct error *err)
{
	char what[2 * CONTAINER_NAME_MAX];
	struct stat st;
	bool is_file = !copy->from.container && !is_tar(&copy->from) && stat(copy->from.path, &st) == 0 && S_ISREG(st.st_mode);
	snprintf(what, sizeof what, "cp %s %s", copy->call->operands[0], copy->call->operands[1]);
	const struct work work = { .what = what, .total = is_file ? st.st_size : 0, .counts = true };
	return progress_perform(session, copy->call, &work, action, is_tar(&copy->to) ? inside_output : NULL, NULL, out, err);
}

static int perform(struct session *session, const struct copy *copy, const struct inside *inside, struct error *err)
{
	struct action action;
	struct result result;
	struct landing landing;
	find_landing(copy, &landing);
	action_init(&action, copy->to.container ? VERB_COPY : VERB_COPY_OUT);
	forward_options(copy->call, &action.options);
	if (copy->follows)
		strvec_push(&action.options, "--follow-link");
	push_place(&action.words, &copy->from, inside);
	push_place(&action.words, &copy->to, inside);
	int failed = perform_told(session, copy, &action, &result, err);
	action_release(&action);
	if (!failed)
		result_release(&result);
	else
		clear_landing(&landing);
	return failed;
}

static int enter(struct session *session, const struct copy *copy, const struct place *place, struct inside *out, struct error *err)
{
	char word[CONTAINER_NAME_MAX + ENGINE_ID_MAX];
	snprintf(word, sizeof word, "%.*s", (int)place->container_len, place->container);
	return inside_enter(session, copy->call, word, STATES_ANY, out, err);
}

/* One of the two is here. */
static int copy_one(struct session *session, const struct copy *copy, struct error *err)
{
	struct inside inside;
	if (check_here(session, copy, err) < 0 || enter(session, copy, copy->from.container ? &copy->from : &copy->to, &inside, err) < 0)
		return -1;
	int failed = perform(session, copy, &inside, err);
	inside_leave(session, &inside);
	return failed;
}

/* ---- from one container into another ---- */

/* What arrived in the directory between: the only thing there is, or all of its content. */
static int find_arrived(const char *between, const char *asked, char path[PATH_MAX], struct error *err)
{
	DIR *dir = opendir(between);
	struct dirent *item;
	char name[NAME_MAX + 1] = ".";
	if (!dir)
		return error_system(err, "'%s'", between);
	while (!place_means_content(asked) && (item = readdir(dir)))
		if (strcmp(item->d_name, ".") != 0 && strcmp(item->d_name, "..") != 0)
			snprintf(name, sizeof name, "%s", item->d_name);
	closedir(dir);
	return snprintf(path, PATH_MAX, "%s/%s", between, name) < PATH_MAX ? 0 : error_set(err, ERROR_FAILED, "'%s': too long", name);
}

static int copy_through(struct session *session, const struct copy *copy, const char *between, struct error *err)
{
	char arrived[PATH_MAX];
	struct copy out = *copy, in = *copy;
	out.to = (struct place){ .path = between };
	if (copy_one(session, &out, err) < 0)
		return -1;
	if (session->settings.dry_run)
		snprintf(arrived, sizeof arrived, "%s/…", between);
	else if (find_arrived(between, copy->from.path, arrived, err) < 0)
		return -1;
	in.from = (struct place){ .path = arrived };
	in.follows = false;
	struct inside inside;
	if (enter(session, &in, &in.to, &inside, err) < 0)
		return -1;
	int failed = perform(session, &in, &inside, err);
	inside_leave(session, &inside);
	return failed;
}

static int copy_between(struct session *session, const struct copy *copy, struct error *err)
{
	const char *temporary = getenv("TMPDIR");
	char between[PATH_MAX - NAME_MAX];
	struct inside inside;
	if (enter(session, copy, &copy->to, &inside, err) < 0) /* before anything is copied for nothing */
		return -1;
	inside_leave(session, &inside);
	int len = snprintf(between, sizeof between, "%s/purser-XXXXXX", temporary && *temporary == '/' ? temporary : "/tmp");
	if ((size_t)len >= sizeof between)
		return error_set(err, ERROR_USAGE, "TMPDIR is too long");
	if (session->settings.dry_run)
		return copy_through(session, copy, between, err);
	if (!mkdtemp(between))
		return error_system(err, "cannot make a directory for what is copied: '%s'", between);
	int failed = copy_through(session, copy, between, err);
	if (tree_remove(between) < 0 && !failed)
		failed = error_system(err, "'%s'", between);
	return failed;
}

static int run_cp(struct session *session, const struct invocation *call, struct error *err)
{
	struct copy copy = { .call = call };
	const char *follows = invocation_value(call, "follow-link");
	copy.follows = follows && !strcmp(follows, "true");
	place_read(call->operands[0], &copy.from);
	place_read(call->operands[1], &copy.to);
	if (!copy.from.container && !copy.to.container)
		return error_set(err, ERROR_USAGE, "one of SRC and DST is to be CONTAINER:PATH");
	if (copy.to.container && session_may_change(session, err) < 0)
		return -1;
	if (copy.from.container && copy.to.container)
		return copy_between(session, &copy, err);
	return copy_one(session, &copy, err);
}

const struct command cmd_cp = {
	.name = "cp",
	.summary = "copy files into a container, out of one, or from one into another",
	.details = "Containers may be in any state, and of different runtimes: then, and between any two, it goes by way of a private directory in\n"
		   "TMPDIR. A directory that is there takes SRC into it; DIRECTORY/. means what is in it. With - as SRC a tar is read, with - as DST\n"
		   "one is written; nerdctl cannot do either. A file here whose name has a colon is ./a:b.\n"
		   "\n"
		   "docker copies a link as a link, unless -L is given; podman and nerdctl always copy what it points to. podman does not copy\n"
		   "from a path with *, ?, [ or \\ in it, nor nerdctl one whose name begins with -.",
	.options = (const struct option[]){
		{ "archive", 'a', KIND_FLAG, NULL, "give it the owner that the container's processes have", .forward = true, .lacked_by = "nerdctl" },
		{ "follow-link", 'L', KIND_FLAG, NULL, "of a link in SRC copy what it points to" },
		{ "quiet", 'q', KIND_FLAG, NULL, "do not say how far it is" },
		{ 0 } },
	.operands = (const struct operand[]){ { "SRC", KIND_PLACE, 1, 1, .help = "CONTAINER:PATH, a path here, or -" },
					      { "DST", KIND_PLACE, 1, 1, .help = "CONTAINER:PATH, a path here, or -" },
					      { 0 } },
	.examples = (const struct example[]){ { "cp web:/etc/nginx.conf .", "out of it" },
					      { "cp site/. web:/srv", "what is in a directory, into it" },
					      { "cp web:/srv podman:other:/srv", "from docker's into podman's" },
					      { 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_PASSES_ON,
	.run = run_cp,
};
