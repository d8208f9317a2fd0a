#include "logs/rotations.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/banned.h"

#define MORE_THAN_THERE_CAN_BE 1000000

void rotations_open(struct rotations *rotations)
{
	*rotations = (struct rotations){ .fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK) };
}

void rotations_close(struct rotations *rotations)
{
	fd_close(&rotations->fd);
	for (size_t i = 0; i < rotations->nr; i++)
		free(rotations->items[i].name);
	free(rotations->items);
	*rotations = (struct rotations){ .fd = -1 };
}

static struct rotation *find(const struct rotations *rotations, int watch)
{
	for (size_t i = 0; i < rotations->nr; i++)
		if (rotations->items[i].watch == watch)
			return &rotations->items[i];
	return NULL;
}

int rotations_add(struct rotations *rotations, const char *path)
{
	char directory[PATH_MAX];
	const char *slash = strrchr(path, '/');
	if (rotations->fd < 0 || !slash || slash == path || slash - path >= PATH_MAX)
		return ROTATIONS_NONE;
	snprintf(directory, sizeof directory, "%.*s", (int)(slash - path), path);
	int watch = inotify_add_watch(rotations->fd, directory, IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
	if (watch < 0 || find(rotations, watch))
		return ROTATIONS_NONE;
	rotations->items = xrealloc(rotations->items, (rotations->nr + 1) * sizeof *rotations->items);
	rotations->items[rotations->nr++] = (struct rotation){ .watch = watch, .name = xstrdup(slash + 1) };
	return watch;
}

void rotations_drop(struct rotations *rotations, int watch)
{
	struct rotation *rotation = find(rotations, watch);
	if (!rotation)
		return;
	inotify_rm_watch(rotations->fd, watch);
	free(rotation->name);
	*rotation = rotations->items[--rotations->nr];
}

static void count_event(struct rotations *rotations, const struct inotify_event *event)
{
	struct rotation *rotation = find(rotations, event->wd);
	if (event->mask & IN_Q_OVERFLOW)
		for (size_t i = 0; i < rotations->nr; i++)
			rotations->items[i].count += MORE_THAN_THERE_CAN_BE;
	else if (rotation && event->len && !strcmp(event->name, rotation->name))
		rotation->count++;
}

void rotations_take(struct rotations *rotations)
{
	_Alignas(struct inotify_event) char events[4096];
	ssize_t len;
	while (rotations->fd >= 0 && (len = read(rotations->fd, events, sizeof events)) > 0)
		for (const char *at = events; at < events + len;) {
			const struct inotify_event *event = (const void *)at;
			count_event(rotations, event);
			at += sizeof *event + event->len;
		}
}

uint64_t rotations_count(const struct rotations *rotations, int watch)
{
	const struct rotation *rotation = find(rotations, watch);
	return rotation ? rotation->count : 0;
}
