/*
 * Tells that an engine has written to a container's log, where its own file can be watched: inotify on the directory that the file is in,
 * so that rotation changes nothing. One descriptor for all containers. A watch tells once and is over; armed before a window is
 * read, nothing that is written behind that window goes unnoticed. Only a hint: what is in the log, windows tell.
 */
#ifndef PURSER_LOGS_WAKE_H
#define PURSER_LOGS_WAKE_H

#include <stdbool.h>

#define WAKE_NONE (-1)

struct wake {
	int fd; /* to poll; -1: inotify is not to be had */
};

void wake_open(struct wake *wake);
void wake_close(struct wake *wake);

/* Watches for one change in the directory of `log_path`, "" for none. Returns the watch, or WAKE_NONE if it cannot be watched. */
int wake_arm(const struct wake *wake, const char *log_path);
void wake_disarm(const struct wake *wake, int watch);

/*
 * What watches have told since the last time. A watch tells, and a little later that it is `over`; it must not be armed anew in between: the
 * kernel would take what is dying for the new one (inotify queues the event first and destroys the mark then). WAKE_NONE if some were missed:
 * then any may have told, and be over.
 */
void wake_take(const struct wake *wake, void (*woken)(void *arg, int watch, bool over), void *arg);

#endif
