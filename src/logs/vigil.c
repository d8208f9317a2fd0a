#include "logs/vigil.h"

#include "base/moment.h"
#include "base/banned.h"

#define IN_VAIN_MAX 3

void vigil_init(struct vigil *vigil, struct vigils *all)
{
	*vigil = (struct vigil){ .all = all, .watch = WAKE_NONE };
}

void vigil_stop(struct vigil *vigil)
{
	task_stop(&vigil->stream);
}

void vigil_end(struct vigil *vigil)
{
	wake_disarm(&vigil->all->wake, vigil->watch);
	vigil->watch = WAKE_NONE;
	if (!vigil->stream.active)
		return;
	task_abandon(&vigil->stream);
	vigil->all->streams--;
}

void vigil_begin(struct vigil *vigil, const char *log_path)
{
	vigil->told = false;
	vigil->began = moment_now();
	if (vigil->watch == WAKE_NONE && log_path)
		vigil->watch = wake_arm(&vigil->all->wake, log_path);
}

/* Anything that comes is enough. */
static int take_anything(void *arg UNUSED, enum request_stream stream UNUSED, const char *bytes UNUSED, size_t len UNUSED, struct error *err)
{
	return error_set(err, ERROR_CANCELLED, "there is something new");
}

void vigil_ask(struct vigil *vigil, const struct runtime *runtime, const char *id)
{
	struct action action;
	struct error err;
	vigil->in_vain += vigil->stream_told;
	vigil->stream_told = false;
	if (vigil_kind(vigil) != VIGIL_NONE || vigil->all->streams == VIGIL_STREAMS_MAX || vigil->in_vain > IN_VAIN_MAX ||
	    !*runtime_socket(runtime))
		return;
	action_init(&action, VERB_HINT);
	action.since_at = vigil->began;
	strvec_push(&action.targets, id);
	if (task_start(&vigil->stream, runtime, &action, take_anything, NULL, &err) == 0)
		vigil->all->streams++;
}

void vigil_was_right(struct vigil *vigil)
{
	vigil->in_vain = 0;
	vigil->stream_told = false;
}

enum vigil_kind vigil_kind(const struct vigil *vigil)
{
	return vigil->watch != WAKE_NONE ? VIGIL_WATCH : vigil->stream.active ? VIGIL_STREAM : VIGIL_NONE;
}

void vigil_woken(struct vigil *vigil, bool over)
{
	if (over)
		vigil->watch = WAKE_NONE;
	vigil->told = true;
}

bool vigil_step(struct vigil *vigil)
{
	struct result result = { 0 };
	struct error err;
	if (!task_step(&vigil->stream))
		return false;
	vigil->all->streams--;
	/* A stream that ended by itself ended with its container. */
	vigil->told = vigil->stream_told = task_finish(&vigil->stream, &result, &err) == 0 || err.kind == ERROR_CANCELLED;
	return vigil->told;
}
