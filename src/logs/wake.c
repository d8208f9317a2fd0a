#include "logs/wake.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/banned.h"

void wake_open(struct wake *wake)
{
	wake->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
}

void wake_close(struct wake *wake)
{
	fd_close(&wake->fd);
}

int wake_arm(const struct wake *wake, const char *log_path)
{
	char directory[PATH_MAX];
	const char *slash = strrchr(log_path, '/');
	if (wake->fd < 0 || !slash || slash == log_path || slash - log_path >= PATH_MAX)
		return WAKE_NONE;
	snprintf(directory, sizeof directory, "%.*s", (int)(slash - log_path), log_path);
	int watch = inotify_add_watch(wake->fd, directory, IN_MODIFY | IN_MOVED_TO | IN_ONLYDIR | IN_ONESHOT);
	return watch < 0 ? WAKE_NONE : watch;
}

void wake_disarm(const struct wake *wake, int watch)
{
	if (watch != WAKE_NONE)
		inotify_rm_watch(wake->fd, watch);
}

void wake_take(const struct wake *wake, void (*woken)(void *arg, int watch, bool over), void *arg)
{
	_Alignas(struct inotify_event) char events[4096];
	ssize_t len;
	while (wake->fd >= 0 && (len = read(wake->fd, events, sizeof events)) > 0)
		for (const char *at = events; at < events + len;) {
			const struct inotify_event *event = (const void *)at;
			if (event->mask & IN_Q_OVERFLOW)
				woken(arg, WAKE_NONE, true);
			else
				woken(arg, event->wd, event->mask & IN_IGNORED);
			at += sizeof *event + event->len;
		}
}
