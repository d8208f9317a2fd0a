/*
 * Signals are read, not handled: all are blocked before the first thread starts and arrive as readable file descriptors.
 */
#ifndef PURSER_SYSTEM_SIGNALS_H
#define PURSER_SYSTEM_SIGNALS_H

#include <stdbool.h>

#include "base/error.h"

struct signals {
	int stop_fd;   /* SIGINT, SIGTERM, SIGHUP, SIGQUIT are waiting */
	int end_fd;    /* SIGTERM or SIGHUP is among them: these end also a program that has the terminal, as Ctrl-C is its own */
	int resize_fd; /* SIGWINCH is waiting: apart, or a resize would cancel a request */
};

/* Blocks them in this and every later thread; ignores SIGPIPE, SIGTSTP and SIGTTOU. Call once, first. */
int signals_open(struct signals *signals, struct error *err);
void signals_close(struct signals *signals);

/* The next waiting stop signal's number, 0 if there is none. */
int signals_take(const struct signals *signals);

/* Throws away what waits on `resize_fd`; true if there was something. */
bool signals_take_resize(const struct signals *signals);

#endif
